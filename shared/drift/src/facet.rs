//! Compares what a call did to a resource with what its declarations say, one property or element at a time.

mod band;
mod element;
mod entry;
mod list;
mod sides;
mod spelling;

use std::borrow::Cow;

use driftwire_catalog::Property;
use driftwire_declared::Declaration;
use serde_json::{Value, json};

use crate::{
    compare::{Comparison, Difference, Equality, Unknown, says_nothing},
    context::{Context, Detail},
    cover::{self, Owner},
    finding::Change,
    index::Resource,
    outcome::{Facet, FacetResult},
    understand::{effect::Effect, path, tags},
    verdict::{ChangeOp, Reason},
};

/// The pseudo attribute that stands for the whole resource.
pub(crate) const RESOURCE: &str = "@resource";

/// A declared resource, with what is needed to compare it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'s> {
    pub(crate) context: Context<'s>,
    pub(crate) resource: &'s Resource,
    pub(crate) declarations: &'s [&'s Declaration],
}

/// Compares one effect. An effect may give several facets: one per owner, element or tag.
pub(crate) fn facets(subject: Subject<'_>, effect: &Effect<'_>, facets: &mut Vec<Facet>) {
    match effect {
        Effect::Set { property, value, pending } => set(subject, property, value, *pending, false, facets),
        Effect::List { listed, part, pending } => list::facets(subject, listed, part.as_deref(), *pending, facets),
        Effect::Entry { property, entry, delta } => facets.extend(entry::changed(subject, property, entry, *delta)),
        Effect::Amend { property, key, op, value } => facets.extend(amended(subject, property, key, op, value)),
        Effect::Put { collection, key, element, set } => element::put(subject, collection, key, (element, set), facets),
        Effect::Add { collection, key, element, sides } => {
            let facet = element::add(subject, collection, key, element);
            let differs = matches!(facet.result, FacetResult::Differs(_));
            let elsewhere = differs.then(|| sides::elsewhere(subject, collection, key, sides)).flatten();
            facets.push(Facet { result: elsewhere.unwrap_or(facet.result), ..facet });
        }
        Effect::Remove { collection, key } => facets.extend(element::remove(subject, collection, key)),
        Effect::Replace { collection, elements } => facets.extend(element::replace(subject, collection, elements)),
        Effect::Rules { direction, added, rules } => {
            facets.extend(crate::rule_facets::changed(subject, *direction, *added, rules));
        }
        Effect::RuleIds { direction, ids } => facets.extend(crate::rule_facets::removed(subject, *direction, ids)),
        Effect::Rule { item, members } => facets.extend(crate::rule_facets::modified(subject, item, members)),
        Effect::Descriptions { direction, rules } => {
            facets.extend(crate::rule_facets::described(subject, *direction, rules));
        }
        Effect::Tag { tags, replace } => facets.extend(crate::tag_facets::tagged(subject, tags, *replace)),
        Effect::Untag { keys } => facets.extend(crate::tag_facets::untagged(subject, keys)),
        Effect::Create => facets.push(created(subject)),
        Effect::Delete { pending } => facets.push(deleted(subject, *pending)),
        Effect::CancelDelete => {
            facets.push(Facet { result: FacetResult::Same(Reason::Equal), ..whole(subject) });
        }
        Effect::Hidden { attribute } => {
            let facet = touched(subject, Some(attribute));
            facets.push(hidden(Facet { result: FacetResult::Unknown(Reason::Masked), ..facet }));
        }
        Effect::Touch { member } => facets.push(touched(subject, *member)),
    }
}

/// A change without an owner yet.
pub(crate) fn change(
    attribute: impl Into<String>,
    op: ChangeOp,
    declared: Option<Value>,
    actual: Option<Value>,
) -> Change {
    Change {
        attribute: attribute.into(),
        address: None,
        property: None,
        op,
        declared,
        actual,
        redacted: false,
        pending: false,
    }
}

fn whole(subject: Subject<'_>) -> Facet {
    let address = subject.declarations.first().map(|it| it.address.clone());
    Facet {
        register: RESOURCE.into(),
        result: FacetResult::Differs(Reason::Deleted),
        change: Change { address, ..change(RESOURCE, ChangeOp::Removed, Some(json!("present")), None) },
        traces: Vec::new(),
    }
}

fn deleted(subject: Subject<'_>, pending: bool) -> Facet {
    let mut facet = whole(subject);
    facet.change.pending = pending;
    facet.change.actual = pending.then(|| json!("PendingDeletion"));
    facet
}

/// A creation of what is declared: the state was written after it. It does not undo a deletion: the new resource has
/// none of the old one's settings until a state says so, hence a register of its own.
fn created(subject: Subject<'_>) -> Facet {
    Facet { register: "@created".into(), result: FacetResult::Same(Reason::Equal), ..whole(subject) }
}

fn touched(subject: Subject<'_>, member: Option<&str>) -> Facet {
    let attribute = member.unwrap_or(RESOURCE);
    let reason = if member.is_some() { Reason::UnknownMember } else { Reason::NoValue };
    Facet {
        register: format!("@touched|{attribute}").into(),
        result: FacetResult::Unknown(reason),
        change: Change {
            address: subject.declarations.first().map(|it| it.address.clone()),
            ..change(attribute, ChangeOp::Replaced, None, None)
        },
        traces: Vec::new(),
    }
}

/// Compares a property with the value that a call wrote, at each of its owners.
fn set(
    subject: Subject<'_>,
    property: &Property,
    actual: &Value,
    pending: bool,
    of_element: bool,
    facets: &mut Vec<Facet>,
) {
    let owners = cover::owners(subject.declarations, property, of_element);
    if owners.is_empty() {
        facets.push(undeclared(property, actual));
    }
    for owner in owners {
        compared(subject, property, owner, actual, pending, facets);
    }
}

fn undeclared(property: &Property, actual: &Value) -> Facet {
    let mut change = change(property.name, ChangeOp::Added, None, Some(actual.clone()));
    change.property = Some(property.name.into());
    Facet { register: property.name.into(), result: FacetResult::Undeclared, change, traces: Vec::new() }
}

/// Compares a declared property with the value that a call wrote.
fn compared(
    subject: Subject<'_>,
    property: &Property,
    owner: Owner<'_>,
    actual: &Value,
    pending: bool,
    facets: &mut Vec<Facet>,
) {
    let spelled = spelling::spelled(property, actual).or_else(|| spelling::pairs(&owner.value, actual));
    let actual = spelled.as_ref().unwrap_or(actual);
    let in_band = band::in_band(subject, property, &owner, actual);
    let full = subject.context.detail == Detail::Full;
    let Owner { declaration, attribute, value } = owner;
    let base = Change {
        address: Some(declaration.address.clone()),
        property: Some(property.name.into()),
        pending,
        ..change(attribute, ChangeOp::Replaced, full.then(|| value.clone().into_owned()), full.then(|| actual.clone()))
    };
    let facet = |result, change, traces| Facet { register: property.name.into(), result, change, traces };
    if in_band {
        let trace = "the value is within the autoscaler's range".to_owned();
        return facets.push(facet(FacetResult::Same(Reason::AutoscalerBand), base, vec![trace]));
    }
    if spelling::is_none(&value, actual) {
        let trace = "nothing, and a word for it, are the same".to_owned();
        return facets.push(facet(FacetResult::Same(Reason::Equal), base, vec![trace]));
    }
    if is_silence(&value, actual) || is_fingerprint(property, &value, actual) {
        return facets.push(hidden(facet(FacetResult::Unknown(Reason::NoValue), base, Vec::new())));
    }
    let spelled = if property.equality == Some("ip_protocol") {
        spelling::spelled_declared(&value)
    } else {
        Cow::Borrowed(&*value)
    };
    match subject.context.compare(declaration.tool, &spelled, actual, equality_of(property)) {
        Comparison::Equal(traces) => {
            let traces = traces.into_iter().map(|it| format!("{}: {}", it.rule, it.note)).collect();
            facets.push(facet(FacetResult::Same(Reason::Equal), base, traces));
        }
        Comparison::Unknown(unknown) => {
            let secret = driftwire_declared::is_redacted(&value);
            let mut facet = hidden(facet(FacetResult::Unknown(reason_of(unknown)), base, Vec::new()));
            // That a secret was written matters even where something else differs.
            facet.change.declared = secret.then(|| value.into_owned());
            facets.push(facet);
        }
        Comparison::Different(differences) => {
            let differences = whole_lists(differences, &value, actual);
            let bases = std::iter::repeat_n(base, differences.len());
            facets.extend(differences.into_iter().zip(bases).map(|(difference, base)| {
                facet(FacetResult::Differs(Reason::Differs), differing(difference, base), Vec::new())
            }));
        }
    }
}

/// The change of a property, or of the part of it that differs.
fn differing(difference: Difference, base: Change) -> Change {
    let Difference { path, declared, actual } = difference;
    let attribute = match path.as_str() {
        "" => base.attribute,
        path if path.starts_with('[') => base.attribute + path,
        path => base.attribute + "." + path,
    };
    let actual = actual.map(|value| spelling::typed_as(declared.as_ref(), value));
    let op = op(declared.as_ref().unwrap_or(&Value::Null), actual.as_ref().unwrap_or(&Value::Null));
    Change { attribute, declared, actual, op, ..base }
}

/// A list of plain values that a call replaces as a whole is shown as a whole, not element by element.
fn whole_lists(differences: Vec<Difference>, declared: &Value, actual: &Value) -> Vec<Difference> {
    if is_plain_list(declared) && is_plain_list(actual) {
        return vec![Difference {
            path: String::new(),
            declared: Some(declared.clone()),
            actual: Some(actual.clone()),
        }];
    }
    if differences.iter().all(|it| it.path.is_empty()) {
        return differences;
    }
    let root = declared;
    let mut shown: Vec<Difference> = Vec::new();
    for difference in differences {
        let Difference { path, declared, actual } = difference;
        if let Some(Value::Array(elements)) =
            shown.iter_mut().find(|it| it.path == path).and_then(|it| it.actual.as_mut())
        {
            amend(elements, declared.as_ref(), actual);
            continue;
        }
        let list = path::below(root, &path).filter(|value| is_plain_list(value));
        let element = [&declared, &actual].into_iter().flatten().all(|it| !it.is_array() && !it.is_object());
        if let (Some(Value::Array(list)), true) = (list, element) {
            let mut elements = list.clone();
            amend(&mut elements, declared.as_ref(), actual);
            shown.push(Difference {
                path,
                declared: Some(Value::Array(list.clone())),
                actual: Some(Value::Array(elements)),
            });
        } else {
            shown.push(Difference { path, declared, actual });
        }
    }
    shown
}

fn is_plain_list(value: &Value) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(|it| !it.is_object() && !it.is_array()))
}

/// A list without one element and with another.
fn amend(elements: &mut Vec<Value>, without: Option<&Value>, with: Option<Value>) {
    if let Some(position) = without.and_then(|it| elements.iter().position(|element| element == it)) {
        elements.remove(position);
    }
    elements.extend(with);
}

/// Compares one entry of a declared map or list with what a patch makes of it.
fn amended(subject: Subject<'_>, property: &Property, key: &str, op: &str, value: &Value) -> Vec<Facet> {
    let owners = cover::owners(subject.declarations, property, false);
    if owners.is_empty() {
        return vec![undeclared(property, &Value::Object([(key.to_owned(), value.clone())].into_iter().collect()))];
    }
    let mut facets = Vec::new();
    for owner in owners {
        if let Value::Array(elements) = owner.value.as_ref() {
            let mut elements = elements.clone();
            let with = match op {
                "remove" => None,
                "add" if elements.iter().any(|it| it == key) => None,
                "add" => Some(Value::from(key)),
                _ => Some(value.clone()),
            };
            amend(&mut elements, Some(&Value::from(key)).filter(|_| op != "add"), with);
            compared(subject, property, owner, &Value::Array(elements), false, &mut facets);
            continue;
        }
        let declared = owner.value.get(key).cloned().unwrap_or_default();
        let owner = Owner {
            attribute: format!("{}.{key}", owner.attribute),
            value: Cow::Owned(declared),
            declaration: owner.declaration,
        };
        let before = facets.len();
        compared(subject, property, owner, value, false, &mut facets);
        facets.iter_mut().skip(before).for_each(|facet| facet.register = format!("{}.{key}", property.name).into());
    }
    facets
}

/// The equality that the catalog names, or that the property's name tells.
fn equality_of(property: &Property) -> Equality {
    match property.equality {
        Some("comma_list") => Equality::Set,
        Some(name) => name.parse().unwrap_or_default(),
        None => Equality::of_member(property.name.rsplit('.').next().unwrap_or(property.name)),
    }
}

/// A change whose values must not be shown, or are not known.
fn hidden(mut facet: Facet) -> Facet {
    facet.change.declared = None;
    facet.change.actual = None;
    facet.change.redacted = true;
    facet.change.op = ChangeOp::Replaced;
    facet
}

/// An empty object where something is declared: CloudTrail leaves values out (Lambda's environment), which is not removal.
fn is_silence(declared: &Value, actual: &Value) -> bool {
    actual.as_object().is_some_and(serde_json::Map::is_empty)
        && !matches!(declared, Value::Null)
        && !says_nothing(declared)
}

/// A text that a call answers where the code has a place: what the place holds is not known.
fn is_fingerprint(property: &Property, declared: &Value, actual: &Value) -> bool {
    property.member.starts_with('>') && declared.is_object() && actual.is_string()
}

pub(crate) fn reason_of(unknown: Unknown) -> Reason {
    match unknown {
        Unknown::Masked => Reason::Masked,
        Unknown::Omitted => Reason::Omitted,
        Unknown::Unresolved | Unknown::Redacted => Reason::Unresolved,
    }
}

pub(crate) fn op(declared: &Value, actual: &Value) -> ChangeOp {
    match (says_nothing(declared), says_nothing(actual)) {
        (true, false) => ChangeOp::Added,
        (false, true) => ChangeOp::Removed,
        _ => ChangeOp::Replaced,
    }
}

/// Whether tags of this key are none of anybody's business, and why.
pub(crate) fn quiet_tag(subject: Subject<'_>, key: &str) -> Option<Reason> {
    if tags::is_system(key) {
        return Some(Reason::SystemTag);
    }
    if subject.declarations.iter().any(|it| it.ignored_tags.cover(key)) {
        return Some(Reason::IgnoreChanges);
    }
    subject.context.rules.ignores_tag(key).then_some(Reason::IgnoredByRule)
}
