//! What a call does to the resources that its catalog row names: identifiers, and one effect per property or element.

use std::collections::BTreeSet;

use driftwire_catalog::{Decoder, Delta, Effect as Kind, Property, Target};
use serde_json::{Map, Value};

use super::{
    composite::composed,
    given::{constant, each, find, observed, values},
    lists::{self, Listed, Sets},
    path, rules,
    sides::{self, Side},
    tags,
    tags::Tags,
    unmapped,
};
use crate::call::Call;
use crate::compare::security_group::{self, Direction, Read, RuleItem};
use crate::cover::{self, element_key, plain_key};
use crate::index::{SINGLETON, joined};

/// A resource that a call names, and what the call does to it.
#[derive(Debug)]
pub(crate) struct Touch<'c> {
    pub(crate) target: &'static Target,
    /// The identifier as the call spells it.
    pub(crate) id: String,
    pub(crate) effects: Vec<Effect<'c>>,
}

/// One effect on a resource.
#[derive(Debug, Clone)]
pub(crate) enum Effect<'c> {
    /// A property gets a value.
    Set { property: &'static Property, value: Value, pending: bool },
    /// The entries of a list are these; `part` is the element of `@part` that the list belongs to.
    List { listed: Listed, part: Option<String>, pending: bool },
    /// An entry is added to a list of plain values, or removed from it.
    Entry { property: &'static Property, entry: Value, delta: Delta },
    /// An entry of a map or list gets a value, or goes.
    Amend { property: &'static Property, key: String, op: &'c str, value: Value },
    /// An element of a collection gets properties.
    Put { collection: &'static str, key: String, element: Value, set: Vec<(&'static Property, Value)> },
    /// An element is added; `sides` are where else the same is seen.
    Add { collection: &'static str, key: String, element: Value, sides: Vec<Side> },
    /// An element is removed.
    Remove { collection: &'static str, key: String },
    /// These are all elements.
    Replace { collection: &'static str, elements: Vec<(String, Value)> },
    /// Security-group rules are added or removed.
    Rules { direction: Direction, added: bool, rules: Read },
    /// Security-group rules are removed of which only the ids are known.
    RuleIds { direction: Direction, ids: Vec<String> },
    /// A security-group rule, known by its own id, gets other values. The call does not say its direction.
    Rule { item: Box<RuleItem>, members: Value },
    /// Descriptions of rules are changed.
    Descriptions { direction: Direction, rules: Read },
    /// Tags are added, or all replaced.
    Tag { tags: Tags, replace: bool },
    /// Tags are removed.
    Untag { keys: BTreeSet<String> },
    /// The resource is made.
    Create,
    /// The resource is deleted, or will be.
    Delete { pending: bool },
    /// A scheduled deletion is taken back.
    CancelDelete,
    /// An attribute changes in a way that CloudTrail hides.
    Hidden { attribute: &'static str },
    /// Something changes that the catalog does not say.
    Touch { member: Option<&'c str> },
}

/// All touches of a call by the typed targets of its row. An empty result means that the row names a resource the call does not.
pub(crate) fn touches<'c>(call: &'c Call<'_>, targets: &'static [Target]) -> Vec<Touch<'c>> {
    let mut touches = Vec::new();
    for target in targets.iter().filter(|it| !it.resources.is_empty() && applies(call, it.when)) {
        let ids = identifiers(call, target);
        if ids.is_empty() {
            continue;
        }
        let effects = std::iter::repeat_n(effects(call, target, targets), ids.len());
        touches.extend(ids.into_iter().zip(effects).map(|(id, effects)| Touch { target, id, effects }));
    }
    sides::tell(&mut touches);
    touches
}

/// Whether a condition on the request holds: a member, `member=value`, or `!` and either.
pub(super) fn applies(call: &Call<'_>, when: Option<&str>) -> bool {
    let Some(when) = when else { return true };
    if let Some(other) = when.strip_prefix('!') {
        return !applies(call, Some(other));
    }
    match when.split_once('=') {
        Some((member, wanted)) if !member.ends_with(']') && !member.contains('[') => {
            path::first(&call.request, member).is_some_and(|value| path::reads(value, wanted))
        }
        _ => path::first(&call.request, when).is_some(),
    }
}

/// The identifiers of a target: the first path that gives one decides, for a path with `[]` all it gives. A resource of
/// which an account has one in a region has none.
fn identifiers(call: &Call<'_>, target: &Target) -> Vec<String> {
    if target.id.is_empty() && target.effect != Kind::None {
        return vec![SINGLETON.to_owned()];
    }
    let given = target.id.iter().map(|expression| identified(call, expression)).find(|ids| !ids.is_empty());
    let composed = || target.resources.first().and_then(|kind| composed(call, target, kind));
    given.unwrap_or_else(|| composed().into_iter().collect())
}

/// What else the row's later expressions call the one resource that its first one names. A part of a name that was tried
/// whole is none of these, unless the rest of it was the account.
pub(crate) fn alternatives(call: &Call<'_>, target: &Target) -> Vec<String> {
    let mut given = target.id.iter().map(|expression| (expression, identified(call, expression)));
    let Some((first, ids)) = given.by_ref().find(|(_, ids)| !ids.is_empty()) else { return Vec::new() };
    if ids.len() != 1 {
        return Vec::new();
    }
    let is_account = |part: &str| identified(call, part).iter().all(|text| text == call.account());
    let is_part = |expression: &str| {
        let mut parts = first.split('|');
        parts.clone().any(|part| part == expression) && parts.any(|part| part != expression && !is_account(part))
    };
    given.filter(|(expression, ids)| ids.len() == 1 && !is_part(expression)).flat_map(|(_, ids)| ids).collect()
}

/// The identifiers that an expression of the catalog gives: a path, `a|b`, `@account`.
pub(super) fn identified(call: &Call<'_>, expression: &str) -> Vec<String> {
    if expression.contains('|') {
        let one = |part: &str| match cover::constant(part) {
            Some(constant) => Some(constant.to_owned()),
            None => find(call, part, path::text).map(decoded),
        };
        return joined(expression, one).into_iter().collect();
    }
    if expression == "@account" {
        return vec![call.account().to_owned()];
    }
    let mut ids: Vec<String> = Vec::new();
    each(call, expression, |value| match value {
        Value::Array(elements) => ids.extend(elements.iter().filter_map(path::text).map(decoded)),
        single => ids.extend(path::text(single).map(decoded)),
    });
    ids.dedup();
    ids
}

/// An identifier without URL encoding, which some services leave in ARNs (EKS).
fn decoded(id: String) -> String {
    if id.contains('%') && (id.contains("%3A") || id.contains("%2F")) {
        percent_encoding::percent_decode_str(&id).decode_utf8_lossy().into_owned()
    } else {
        id
    }
}

fn effects<'c>(call: &'c Call<'_>, target: &'static Target, targets: &'static [Target]) -> Vec<Effect<'c>> {
    if let Some(decoder) = target.decoder {
        return decode(call, target, decoder);
    }
    let mut effects = match target.effect {
        Kind::Create => vec![Effect::Create],
        Kind::Delete => vec![Effect::Delete { pending: false }],
        Kind::ScheduleDelete => vec![Effect::Delete { pending: true }],
        Kind::CancelDelete => vec![Effect::CancelDelete],
        Kind::Put | Kind::Add | Kind::Remove | Kind::Replace => element(call, target),
        Kind::Tag | Kind::Retag | Kind::Untag => tagging(call, target),
        Kind::Touch => vec![Effect::Touch { member: None }],
        Kind::Update | Kind::None => Vec::new(),
    };
    if matches!(target.effect, Kind::Update | Kind::CancelDelete) {
        let pending = is_pending(call, target);
        let (deltas, sets): (Sets, Sets) = sets(call, target).into_iter().partition(|(it, _)| it.delta.is_some());
        effects.extend(deltas.into_iter().flat_map(|(property, value)| entries_of(property, value)));
        let (plain, lists) = lists::parted(sets, |list| values(call, list));
        effects.extend(plain.into_iter().map(|(property, value)| Effect::Set { property, value, pending }));
        effects.extend(lists.into_iter().map(|listed| Effect::List { listed, part: None, pending }));
    }
    if matches!(target.effect, Kind::Update | Kind::Put) {
        effects.extend(unmapped::members(call, targets));
    }
    effects
}

/// One effect for each entry that a member adds or removes.
fn entries_of<'c>(property: &'static Property, value: Value) -> Vec<Effect<'c>> {
    let Some(delta) = property.delta else { return Vec::new() };
    let entries = match value {
        Value::Array(entries) => entries,
        Value::Null => Vec::new(),
        single => vec![single],
    };
    entries.into_iter().map(|entry| Effect::Entry { property, entry, delta }).collect()
}

/// Whether the values wait for a maintenance window.
fn is_pending(call: &Call<'_>, target: &Target) -> bool {
    target
        .pending
        .is_some_and(|member| path::first(&call.request, member).is_none_or(|value| *value == Value::Bool(false)))
}

/// The properties that the call sets, with the values it sets.
fn sets(call: &Call<'_>, target: &'static Target) -> Vec<(&'static Property, Value)> {
    let mut sets = Vec::new();
    for property in target.properties.iter().filter(|property| applies(call, property.when)) {
        let value =
            if property.member.is_empty() { constant(property.value) } else { observed(&call.request, call, property) };
        if let Some(value) = value {
            sets.push((property, value));
        }
    }
    sets
}

fn element<'c>(call: &'c Call<'_>, target: &'static Target) -> Vec<Effect<'c>> {
    let collection = target.collection;
    if target.effect == Kind::Replace {
        let elements = values(call, target.from)
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(elements) => elements.clone(),
                Value::Null => Vec::new(),
                single => vec![single.clone()],
            })
            .filter_map(|value| {
                let key =
                    if target.key.is_empty() { path::text(&value) } else { element_key(target.key, value.as_object()) };
                key.map(|key| (key, value))
            })
            .collect();
        return vec![Effect::Replace { collection, elements }];
    }
    let entries = entries(call, target);
    if entries.is_empty() {
        return vec![Effect::Touch { member: None }];
    }
    entries
        .into_iter()
        .flat_map(|(keys, set)| {
            let key = keys.iter().map(|text| plain_key(text)).collect::<Vec<_>>().join("|");
            match target.effect {
                Kind::Remove => vec![Effect::Remove { collection, key }],
                Kind::Add => vec![Effect::Add {
                    collection,
                    element: described(target, &keys.join("|"), &set),
                    key,
                    sides: Vec::new(),
                }],
                _ => put(call, target, key, set),
            }
        })
        .collect()
}

/// What is put into an element; the lists of a part one by one.
fn put<'c>(call: &'c Call<'_>, target: &'static Target, key: String, set: Sets) -> Vec<Effect<'c>> {
    let element = described(target, &key, &set);
    let collection = target.collection;
    let (set, lists) =
        if collection == "@part" { lists::parted(set, |list| values(call, list)) } else { (set, Vec::new()) };
    let lists = lists
        .into_iter()
        .map(|listed| Effect::List { listed, part: Some(key.clone()), pending: false })
        .collect::<Vec<_>>();
    let whole = (!set.is_empty() || lists.is_empty()).then_some(Effect::Put { collection, key, element, set });
    whole.into_iter().chain(lists).collect()
}

/// The elements that a call names, each with what it sets: one, or as many as the list has that the key walks.
fn entries(call: &Call<'_>, target: &'static Target) -> Vec<(Vec<String>, Sets)> {
    let walked = target.key.iter().find_map(|part| part.split_once("[]").map(|(list, _)| list));
    let Some(list) = walked else {
        let part = |part: &str| {
            part.split(',').find_map(|path| match cover::constant(path) {
                Some(constant) => Some(constant.to_owned()),
                None => find(call, path, path::text),
            })
        };
        let keys: Option<Vec<String>> = target.key.iter().map(|it| part(it)).collect();
        return keys.map(|keys| (keys, sets(call, target))).into_iter().collect();
    };
    let prefix = format!("{list}[]");
    let inside = |path: &'static str| path.strip_prefix(prefix.as_str()).map(|rest| rest.trim_start_matches('.'));
    let elements = values(call, &prefix);
    elements
        .into_iter()
        .filter_map(|element| {
            let empty = Map::new();
            let members = element.as_object().unwrap_or(&empty);
            let part = |part: &&'static str| match inside(part) {
                Some("") => path::text(element),
                Some(rest) => path::first(members, rest).and_then(path::text),
                None => element_key(&[part], Some(&call.request)),
            };
            let keys: Option<Vec<String>> = target.key.iter().map(part).collect();
            let set = target.properties.iter().filter_map(|property| {
                let value = match inside(property.member) {
                    Some(rest) => path::first(members, rest).cloned(),
                    None if property.member.is_empty() => constant(property.value),
                    None => observed(&call.request, call, property),
                };
                value.map(|value| (property, value))
            });
            Some((keys?, set.collect()))
        })
        .collect()
}

/// An element as people read it: its key alone, or its key and what was written.
fn described(target: &Target, key: &str, set: &[(&'static Property, Value)]) -> Value {
    if set.is_empty() || target.collection.starts_with('@') && set.len() > 1 {
        return Value::from(key);
    }
    if let ([(_, value)], true) = (set, target.collection.starts_with('@')) {
        return value.clone();
    }
    let mut members = Map::new();
    members.insert("key".to_owned(), Value::from(key));
    members.extend(set.iter().map(|(property, value)| (property.name.to_owned(), value.clone())));
    Value::Object(members)
}

fn tagging<'c>(call: &'c Call<'_>, target: &'static Target) -> Vec<Effect<'c>> {
    let value = find(call, target.from, Some);
    // A call that replaces all tags and names none removes them all.
    let none = (target.effect == Kind::Retag && value.is_none() && !call.omitted).then(Tags::new);
    if value.is_some_and(|value| driftwire_cloudtrail::mask(value).is_some()) {
        return vec![Effect::Hidden { attribute: "tags" }];
    }
    let Some(tags) = value.map_or(none, tags::read) else {
        return vec![Effect::Touch { member: Some(target.from) }];
    };
    match target.effect {
        Kind::Untag => vec![Effect::Untag { keys: tags.into_keys().collect() }],
        kind => vec![Effect::Tag { tags, replace: kind == Kind::Retag }],
    }
}

fn decode<'c>(call: &'c Call<'_>, target: &'static Target, decoder: Decoder) -> Vec<Effect<'c>> {
    let direction = if call.operation().contains("Egress") { Direction::Egress } else { Direction::Ingress };
    match decoder {
        Decoder::SecurityGroupRules => {
            let rules = rules::revoked_by_id(call, security_group::from_permissions(direction, &call.request));
            let ids = if rules.tuples.is_empty() { rules::rule_ids(call) } else { Vec::new() };
            if !ids.is_empty() {
                return vec![Effect::RuleIds { direction, ids }];
            }
            vec![Effect::Rules { direction, added: call.operation().starts_with("Authorize"), rules }]
        }
        Decoder::SecurityGroupDescriptions => {
            vec![Effect::Descriptions { direction, rules: security_group::from_permissions(direction, &call.request) }]
        }
        Decoder::SecurityGroupModify => rules::modified_rules(call),
        Decoder::RecordSets => super::record_sets::decode(call, target),
        Decoder::PatchOperations => super::patch::decode(call, target),
    }
}
