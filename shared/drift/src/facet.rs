//! Compares what a call did to a resource with what its declarations say, one property or element at a time.

mod list;
mod sides;

use std::borrow::Cow;

use driftwire_catalog::Property;
use driftwire_declared::Declaration;
use serde_json::{Value, json};

use crate::{
    compare::{self, Comparison, Difference, Equality, Unknown},
    context::Context,
    cover::{self, DeclaredElement, Owner},
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
pub(crate) fn facets(subject: Subject<'_>, effect: &Effect<'_>) -> Vec<Facet> {
    match effect {
        Effect::Set { property, value, pending } => set(subject, property, value, *pending, false),
        Effect::List { listed, part, pending } => list::facets(subject, listed, part.as_deref(), *pending),
        Effect::Put { collection, key, element, set } => put(subject, collection, key, element, set),
        Effect::Add { collection, key, element, sides } => {
            let facet = add(subject, collection, key, element);
            let differs = matches!(facet.result, FacetResult::Differs(_));
            let elsewhere = differs.then(|| sides::elsewhere(subject, collection, key, sides)).flatten();
            vec![Facet { result: elsewhere.unwrap_or(facet.result), ..facet }]
        }
        Effect::Remove { collection, key } => remove(subject, collection, key),
        Effect::Replace { collection, elements } => replace(subject, collection, elements),
        Effect::Rules { direction, added, rules } => crate::rule_facets::changed(subject, *direction, *added, rules),
        Effect::RuleIds { direction, ids } => crate::rule_facets::removed(subject, *direction, ids),
        Effect::Rule { item, members } => crate::rule_facets::modified(subject, item, members),
        Effect::Descriptions { direction, rules } => crate::rule_facets::described(subject, *direction, rules),
        Effect::Tag { tags, replace } => crate::tag_facets::tagged(subject, tags, *replace),
        Effect::Untag { keys } => crate::tag_facets::untagged(subject, keys),
        Effect::Create => vec![created(subject)],
        Effect::Delete { pending } => vec![deleted(subject, *pending)],
        Effect::CancelDelete => vec![Facet { result: FacetResult::Same(Reason::Equal), ..whole(subject) }],
        Effect::Touch { member } => touched(subject, *member),
    }
}

/// A change without an owner yet.
pub(crate) fn change(attribute: impl Into<String>, op: ChangeOp, declared: Option<Value>, actual: Option<Value>) -> Change {
    Change { attribute: attribute.into(), address: None, property: None, op, declared, actual, redacted: false, pending: false }
}

fn whole(subject: Subject<'_>) -> Facet {
    let address = subject.declarations.first().map(|it| it.address.clone());
    Facet {
        register: RESOURCE.to_owned(),
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
    Facet { register: "@created".to_owned(), result: FacetResult::Same(Reason::Equal), ..whole(subject) }
}

fn touched(subject: Subject<'_>, member: Option<&str>) -> Vec<Facet> {
    let attribute = member.unwrap_or(RESOURCE);
    let reason = if member.is_some() { Reason::UnknownMember } else { Reason::NoValue };
    vec![Facet {
        register: format!("@touched|{attribute}"),
        result: FacetResult::Unknown(reason),
        change: Change { address: subject.declarations.first().map(|it| it.address.clone()), ..change(attribute, ChangeOp::Replaced, None, None) },
        traces: Vec::new(),
    }]
}

fn set(subject: Subject<'_>, property: &Property, actual: &Value, pending: bool, part: bool) -> Vec<Facet> {
    let owners = cover::owners(subject.declarations, property, part);
    if owners.is_empty() {
        return vec![undeclared(subject, property, actual)];
    }
    owners.into_iter().flat_map(|owner| compared(subject, property, &owner, actual, pending)).collect()
}

fn undeclared(subject: Subject<'_>, property: &Property, actual: &Value) -> Facet {
    let mut change = change(property.name, ChangeOp::Added, None, Some(actual.clone()));
    change.property = Some(property.name.to_owned());
    subject.context.hide(&mut change);
    Facet { register: property.name.to_owned(), result: FacetResult::Undeclared, change, traces: Vec::new() }
}

/// Compares a declared property with the value that a call wrote.
fn compared(subject: Subject<'_>, property: &Property, owner: &Owner<'_>, actual: &Value, pending: bool) -> Vec<Facet> {
    let equality = equality_of(property);
    let spelled = spelled(property, actual).or_else(|| pairs(&owner.value, actual));
    let actual = spelled.as_ref().unwrap_or(actual);
    let base = Change {
        address: Some(owner.declaration.address.clone()),
        property: Some(property.name.to_owned()),
        pending,
        ..change(owner.attribute.clone(), op(&owner.value, actual), Some(owner.value.clone().into_owned()), Some(actual.clone()))
    };
    let facet = |register: String, result, change, traces| Facet { register, result, change, traces };
    let register = property.name.to_owned();
    if in_band(subject, property, owner, actual) {
        return vec![facet(register, FacetResult::Same(Reason::AutoscalerBand), base, vec!["the value is within the autoscaler's range".to_owned()])];
    }
    if is_none(&owner.value, actual) {
        return vec![facet(register, FacetResult::Same(Reason::Equal), base, vec!["nothing, and a word for it, are the same".to_owned()])];
    }
    if is_silence(&owner.value, actual) {
        return vec![hidden(facet(register, FacetResult::Unknown(Reason::NoValue), base, Vec::new()))];
    }
    let declared = if property.equality == Some("ip_protocol") { spelled_declared(&owner.value) } else { owner.value.clone() };
    match subject.context.compare(owner.declaration.tool, &declared, actual, equality) {
        Comparison::Equal(traces) => {
            let traces = traces.into_iter().map(|it| format!("{}: {}", it.rule, it.note)).collect();
            vec![facet(register, FacetResult::Same(Reason::Equal), base, traces)]
        }
        Comparison::Unknown(unknown) => vec![hidden(facet(register, FacetResult::Unknown(reason_of(unknown)), base, Vec::new()))],
        Comparison::Different(differences) => whole_lists(differences, &owner.value, actual)
            .into_iter()
            .map(|difference| {
                let attribute = match difference.path.as_str() {
                    "" => owner.attribute.clone(),
                    path if path.starts_with('[') => format!("{}{path}", owner.attribute),
                    path => format!("{}.{path}", owner.attribute),
                };
                let actual = difference.actual.map(|value| typed_as(difference.declared.as_ref(), value));
                let mut change = Change { attribute, declared: difference.declared, actual, ..base.clone() };
                change.op = op(change.declared.as_ref().unwrap_or(&Value::Null), change.actual.as_ref().unwrap_or(&Value::Null));
                subject.context.hide(&mut change);
                facet(register.clone(), FacetResult::Differs(Reason::Differs), change, Vec::new())
            })
            .collect(),
    }
}

/// A written value in the type that the declaration has: services log numbers and switches as text, and the reverse.
fn typed_as(declared: Option<&Value>, actual: Value) -> Value {
    let typed = match (declared, &actual) {
        (Some(Value::Number(_)), Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
        (Some(Value::Bool(_)), Value::String(text)) => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
        (Some(Value::String(_)), Value::Number(_) | Value::Bool(_)) => path::text(&actual).map(Value::from),
        _ => None,
    };
    typed.unwrap_or(actual)
}

/// A list of plain values that a call replaces as a whole is shown as a whole, not element by element.
fn whole_lists(differences: Vec<Difference>, declared: &Value, actual: &Value) -> Vec<Difference> {
    let plain = |value: &Value| value.as_array().is_some_and(|elements| elements.iter().all(|it| !it.is_object() && !it.is_array()));
    if plain(declared) && plain(actual) {
        return vec![Difference { path: String::new(), declared: Some(declared.clone()), actual: Some(actual.clone()) }];
    }
    differences
}

/// The value as declarations spell it, where calls spell it in a way of their own.
fn spelled(property: &Property, actual: &Value) -> Option<Value> {
    match (property.equality?, actual) {
        ("comma_list", Value::String(list)) => Some(list.split(',').map(str::trim).filter(|it| !it.is_empty()).collect()),
        ("ip_protocol", protocol) => Some(Value::from(protocol_name(&path::text(protocol)?))),
        _ => None,
    }
}

/// A list of names and values as the map that a declaration has (an alarm's dimensions).
fn pairs(declared: &Value, actual: &Value) -> Option<Value> {
    let (Value::Object(_), Value::Array(entries)) = (declared, actual) else { return None };
    let pair = |entry: &Value| {
        let members = entry.as_object().filter(|members| members.len() == 2)?;
        let key = ["name", "key"].iter().find_map(|name| path::first(members, name)).and_then(path::text)?;
        Some((key, path::first(members, "value")?.clone()))
    };
    entries.iter().map(pair).collect::<Option<serde_json::Map<_, _>>>().map(Value::Object)
}

/// Whether one side says nothing, and the other in a word that there is nothing.
fn is_none(declared: &Value, actual: &Value) -> bool {
    let word = |value: &Value| value.as_str().is_some_and(|text| ["none", "disabled", "off"].iter().any(|none| text.eq_ignore_ascii_case(none)));
    is_nothing(declared) && word(actual) || word(declared) && is_nothing(actual)
}

fn spelled_declared(declared: &Value) -> Cow<'_, Value> {
    path::text(declared).map_or(Cow::Borrowed(declared), |protocol| Cow::Owned(Value::from(protocol_name(&protocol))))
}

/// A protocol by its name, where it has one.
fn protocol_name(protocol: &str) -> &str {
    match protocol {
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        "all" => "-1",
        other => other,
    }
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
    actual.as_object().is_some_and(serde_json::Map::is_empty) && !matches!(declared, Value::Null) && !is_nothing(declared)
}

pub(crate) fn reason_of(unknown: Unknown) -> Reason {
    match unknown {
        Unknown::Masked => Reason::Masked,
        Unknown::Omitted => Reason::Omitted,
        Unknown::Unresolved | Unknown::Redacted => Reason::Unresolved,
    }
}

/// Whether a value says nothing: `null`, `""`, `[]`, `{}`.
pub(crate) fn is_nothing(value: &Value) -> bool {
    matches!(compare::compare(value, &Value::Null, Equality::Default), Comparison::Equal(_))
}

pub(crate) fn op(declared: &Value, actual: &Value) -> ChangeOp {
    match (is_nothing(declared), is_nothing(actual)) {
        (true, false) => ChangeOp::Added,
        (false, true) => ChangeOp::Removed,
        _ => ChangeOp::Replaced,
    }
}

/// Whether an autoscaler was given the right to set this value.
fn in_band(subject: Subject<'_>, property: &Property, owner: &Owner<'_>, actual: &Value) -> bool {
    let Some(dimension) = property.band else { return false };
    let attributes = &owner.declaration.attributes;
    let text = |name: &str| attributes.get(name).and_then(Value::as_str);
    let range = if dimension == "own" {
        // The bounds stand beside the value.
        let block = owner.attribute.rsplit_once('.').map(|(block, _)| format!("{block}.")).unwrap_or_default();
        let bound = |name: &str| path::located(attributes, &format!("{block}{name}")).and_then(|(_, value)| value.as_f64());
        bound("min_size").zip(bound("max_size"))
    } else {
        let target = match dimension.split(':').next() {
            Some("ecs") => text("cluster").zip(text("name")).map(|(cluster, name)| format!("service/{}/{name}", crate::index::short(cluster))),
            Some("dynamodb") => text("name").map(|name| format!("table/{name}")),
            _ => None,
        };
        target.and_then(|target| subject.context.index.band(&format!("{target}|{dimension}")))
    };
    range.zip(actual.as_f64()).is_some_and(|((low, high), value)| (low..=high).contains(&value))
}

fn element_register(collection: &str, key: &str) -> String {
    format!("{collection}|{key}")
}

fn find_element<'d>(subject: Subject<'d>, collection: &str, key: &str) -> Option<DeclaredElement<'d>> {
    cover::elements(subject.declarations, collection).into_iter().find(|element| element.key == key)
}

fn put(subject: Subject<'_>, collection: &str, key: &str, element: &Value, set: &[(&'static Property, Value)]) -> Vec<Facet> {
    let Some(declared) = find_element(subject, collection, key) else {
        if collection == "@part" {
            // No block of its own: the resource's may have it.
            return set.iter().flat_map(|(property, value)| self::set(subject, property, value, false, false)).collect();
        }
        let words = cover::in_words(subject.declarations, collection, key, set);
        return vec![added(subject, collection, key, words.as_ref().unwrap_or(element))];
    };
    let mut facets = Vec::new();
    for (property, actual) in set {
        let owners = if declared.attribute.is_empty() { cover::owners(&[declared.declaration], property, true) } else { inline_owner(&declared, property) };
        for owner in owners {
            for mut facet in compared(subject, property, &owner, actual, false) {
                facet.register = format!("{}|{}", element_register(collection, key), facet.register);
                facets.push(facet);
            }
        }
    }
    if facets.is_empty() {
        // A part that is written without a value that can be seen.
        let unseen = collection == "@part" && set.is_empty();
        let result = if unseen { FacetResult::Unknown(Reason::NoValue) } else { FacetResult::Same(Reason::DeclaredBySibling) };
        let facet = Facet { result, ..added(subject, collection, key, element) };
        facets.push(if unseen { hidden(facet) } else { facet });
    }
    facets
}

fn inline_owner<'d>(element: &DeclaredElement<'d>, property: &Property) -> Vec<Owner<'d>> {
    let last = property.name.rsplit('.').next().unwrap_or(property.name);
    let Some(members) = element.members else { return Vec::new() };
    cover::terraform_paths(element.declaration, property)
        .map(|path| cover::below(&element.attribute, path))
        .chain([property.member, last, property.name])
        .find_map(|name| path::located(members, name))
        .map(|(name, value)| Owner { declaration: element.declaration, attribute: format!("{}.{name}", element.attribute), value: Cow::Borrowed(value) })
        .into_iter()
        .collect()
}

/// An element that nobody declares, on a resource that somebody does.
fn added(subject: Subject<'_>, collection: &str, key: &str, element: &Value) -> Facet {
    let (attribute, owner) = cover::home(subject.declarations, collection, key);
    let mut change = change(attribute, ChangeOp::Added, None, Some(element.clone()));
    change.address = owner.map(|it| it.address.clone());
    subject.context.hide(&mut change);
    let result = FacetResult::Differs(Reason::UndeclaredChild);
    Facet { register: element_register(collection, key), result, change, traces: Vec::new() }
}

fn add(subject: Subject<'_>, collection: &str, key: &str, element: &Value) -> Facet {
    let facet = added(subject, collection, key, element);
    match find_element(subject, collection, key) {
        Some(declared) => Facet {
            result: FacetResult::Same(Reason::DeclaredBySibling),
            change: Change { address: Some(declared.declaration.address.clone()), ..facet.change },
            ..facet
        },
        None => facet,
    }
}

fn remove(subject: Subject<'_>, collection: &str, key: &str) -> Vec<Facet> {
    let register = element_register(collection, key);
    let Some(declared) = find_element(subject, collection, key) else {
        let (attribute, owner) = cover::home(subject.declarations, collection, key);
        let change = Change { address: owner.map(|it| it.address.clone()), ..change(attribute, ChangeOp::Removed, None, None) };
        return vec![Facet { register, result: FacetResult::Same(Reason::Equal), change, traces: Vec::new() }];
    };
    let (attribute, value) = if declared.attribute.is_empty() {
        (RESOURCE.to_owned(), json!("present"))
    } else {
        let value = declared.value.cloned().unwrap_or_else(|| Value::from(key));
        (declared.attribute.split('[').next().unwrap_or_default().to_owned(), value)
    };
    let mut change = Change { address: Some(declared.declaration.address.clone()), ..change(attribute, ChangeOp::Removed, Some(value), None) };
    subject.context.hide(&mut change);
    let reason = if change.attribute == RESOURCE { Reason::Deleted } else { Reason::Differs };
    vec![Facet { register, result: FacetResult::Differs(reason), change, traces: Vec::new() }]
}

fn replace(subject: Subject<'_>, collection: &str, elements: &[(String, Value)]) -> Vec<Facet> {
    let mut facets: Vec<Facet> = elements.iter().map(|(key, element)| add(subject, collection, key, element)).collect();
    for declared in cover::elements(subject.declarations, collection) {
        if !elements.iter().any(|(key, _)| *key == declared.key) {
            facets.extend(remove(subject, collection, &declared.key));
        }
    }
    facets
}

/// Whether tags of this key are none of anybody's business, and why.
pub(crate) fn quiet_tag(subject: Subject<'_>, key: &str) -> Option<Reason> {
    if tags::is_system(key) {
        return Some(Reason::SystemTag);
    }
    subject.context.rules.ignores_tag(key).then_some(Reason::IgnoredByRule)
}
