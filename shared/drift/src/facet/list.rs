//! Compares a list that a call writes whole, entry by entry: an entry with the declared one that it is most like.
//!
//! A difference then stands where it is (`rule[1].expiration[0].days`); entries without a partner were added or removed.
//! One declared entry and one written need no pairing.

use std::borrow::Cow;

use driftwire_catalog::Property;
use driftwire_declared::Declaration;
use serde_json::{Map, Value};

use super::element::find_element;
use super::{Subject, change, compared, equality_of, set, undeclared};
use crate::{
    compare::{Comparison, says_nothing},
    cover::{self, Owner},
    finding::Change,
    outcome::{Facet, FacetResult},
    understand::{
        given::observed_at,
        lists::{self, Listed},
        path,
    },
    verdict::{ChangeOp, Reason},
    vocabulary::{camel, has_properties, is_respelled, native_name, row_of, snake, spelled, spelled_in},
};

/// The declared list that a call writes.
struct Home<'d> {
    declaration: &'d Declaration,
    attribute: String,
    entries: &'d [Value],
    /// The properties: path in a written entry, path in a declared one.
    members: Vec<(&'static Property, &'static str, &'static str)>,
}

/// Compares the written entries with the declared ones.
pub(super) fn facets(
    subject: Subject<'_>,
    listed: &Listed,
    part: Option<&str>,
    pending: bool,
    facets: &mut Vec<Facet>,
) {
    let own: Vec<&Declaration> = match part.map(|key| find_element(subject, "@part", key)) {
        None => subject.declarations.to_vec(),
        Some(Some(element)) => vec![element.declaration],
        // A stack has the part inside the resource.
        Some(None) if subject.declarations.iter().any(|it| is_inside(it)) => {
            subject.declarations.iter().copied().filter(|it| is_inside(it)).collect()
        }
        Some(None) => return facets.extend(listed.flat.iter().map(|(property, value)| undeclared(property, value))),
    };
    let home = own.iter().find_map(|declaration| home(declaration, listed));
    match home {
        Some(home) if home.entries.len() != 1 || listed.entries.len() != 1 => {
            facets.extend(paired(subject, &home, listed, pending));
        }
        _ => {
            let narrowed = Subject { declarations: &own, ..subject };
            for (property, value) in &listed.flat {
                let of_element = part.is_some() && !own.iter().any(|it| is_inside(it));
                set(narrowed, property, value, pending, of_element, facets);
            }
        }
    }
}

/// Whether a declaration has the parts of its resource inside.
fn is_inside(declaration: &Declaration) -> bool {
    has_properties(declaration) && row_of(declaration).is_none_or(|row| !row.part)
}

/// Where a declaration has the list: the longest path that the properties share up to an index, by preference one of the
/// call's own name.
fn home<'d>(declaration: &'d Declaration, listed: &Listed) -> Option<Home<'d>> {
    if has_properties(declaration) {
        return home_of_properties(declaration, listed);
    }
    let paths: Vec<(&'static Property, &'static str, &'static str)> = listed
        .flat
        .iter()
        .filter_map(|(property, _)| {
            let (_, inside) = lists::split(property.member)?;
            let path = cover::explicit_path(declaration, property)?;
            Some((*property, inside, path))
        })
        .collect();
    let (_, _, first) = paths.first()?;
    let shared = first.match_indices("[0].").filter_map(|(at, _)| first.get(..at)).filter(|list| {
        paths.iter().all(|(_, _, path)| path.strip_prefix(*list).is_some_and(|rest| rest.starts_with("[0].")))
    });
    let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path).trim_end_matches('s');
    let mut shared: Vec<&'static str> = shared.collect();
    shared.sort_by_key(|list| !path::same_name(last(list), last(listed.list)));
    let list = shared.first()?;
    let (attribute, value) = path::located(&declaration.attributes, &spelled(declaration, list))?;
    let entries = match value {
        Value::Array(entries) => entries.as_slice(),
        Value::Null => &[],
        _ => return None,
    };
    if cover::is_copy(declaration, &attribute) {
        return None;
    }
    let members = paths
        .iter()
        .filter_map(|(property, inside, path)| {
            Some((*property, *inside, path.strip_prefix(list)?.strip_prefix("[0].")?))
        })
        .collect();
    Some(Home { declaration, attribute, entries, members })
}

/// The same, where properties name the steps to the list and do not say which of them is one.
fn home_of_properties<'d>(declaration: &'d Declaration, listed: &Listed) -> Option<Home<'d>> {
    let names: Vec<(&'static Property, &'static str)> = listed
        .flat
        .iter()
        .filter_map(|(property, _)| lists::split(property.member).map(|(_, inside)| (*property, inside)))
        .collect();
    let (first, _) = names.first()?;
    let below = |name: &'static str, list: &str| name.strip_prefix(list).and_then(|rest| inside_of(rest));
    let mut shared: Vec<&'static str> =
        first.name.match_indices(['.', '[']).filter_map(|(at, _)| first.name.get(..at)).collect();
    shared.retain(|list| names.iter().all(|(property, _)| below(property.name, list).is_some()));
    let found = shared.into_iter().rev().find_map(|list| {
        let (attribute, value) = path::located(&declaration.attributes, list)?;
        Some((list, attribute, value.as_array()?.as_slice()))
    });
    let (list, attribute, entries) = found?;
    let members = names.iter().filter_map(|(property, inside)| Some((*property, *inside, below(property.name, list)?)));
    Some(Home { declaration, attribute, entries, members: members.collect() })
}

/// What is left of a path below a list.
fn inside_of(rest: &'static str) -> Option<&'static str> {
    let rest = rest.strip_prefix("[0]").or_else(|| rest.strip_prefix("[]")).unwrap_or(rest);
    rest.strip_prefix('.')
}

fn paired(subject: Subject<'_>, home: &Home<'_>, listed: &Listed, pending: bool) -> Vec<Facet> {
    // Each entry is read once, not once for each of the other side.
    let declared: Vec<Vec<_>> = home.entries.iter().map(|entry| in_entry(home, entry)).collect();
    let written: Vec<Vec<_>> = listed.entries.iter().map(|entry| in_written(home, entry)).collect();
    let pairs = pairs(subject, home, &declared, &written);
    let mut facets = Vec::new();
    for (at, (entry, said)) in home.entries.iter().zip(declared).enumerate() {
        let attribute = format!("{}[{at}]", home.attribute);
        match pairs.iter().find(|(declared, _)| *declared == at).and_then(|(_, other)| written.get(*other)) {
            Some(written) => entry_facets(subject, home, &attribute, (said, written), pending, &mut facets),
            None => {
                let change = Change { pending, ..change(attribute, ChangeOp::Removed, Some(entry.clone()), None) };
                facets.push(whole(home, listed, Reason::Differs, change));
            }
        }
    }
    for (at, written) in listed.entries.iter().enumerate() {
        if !pairs.iter().any(|(_, paired)| *paired == at) {
            let change = Change {
                pending,
                ..change(home.attribute.clone(), ChangeOp::Added, None, Some(in_their_words(home, written)))
            };
            facets.push(whole(home, listed, Reason::Differs, change));
        }
    }
    if facets.is_empty() {
        let change = change(home.attribute.clone(), ChangeOp::Replaced, None, None);
        let same = whole(home, listed, Reason::Equal, change);
        facets.push(Facet { result: FacetResult::Same(Reason::Equal), ..same });
    }
    facets
}

/// A facet of a whole entry.
fn whole(home: &Home<'_>, listed: &Listed, reason: Reason, change: Change) -> Facet {
    let element = change.declared.as_ref().or(change.actual.as_ref()).map(ToString::to_string).unwrap_or_default();
    let property = listed
        .flat
        .first()
        .map(|(property, _)| property.name.rsplit_once('.').map_or(property.name, |(list, _)| list).into());
    let change = Change { address: Some(home.declaration.address.clone()), property, ..change };
    Facet {
        register: format!("{}|{element}", home.attribute).into(),
        result: FacetResult::Differs(reason),
        change,
        traces: Vec::new(),
    }
}

/// What a declared entry says, property by property: its path in the entry, and the value.
type Said<'d> = Vec<Option<(String, Cow<'d, Value>)>>;

fn entry_facets(
    subject: Subject<'_>,
    home: &Home<'_>,
    attribute: &str,
    (declared, written): (Said<'_>, &[Option<Value>]),
    pending: bool,
    facets: &mut Vec<Facet>,
) {
    for (((property, ..), declared), written) in home.members.iter().zip(declared).zip(written) {
        let (Some(actual), Some((name, value))) = (written, declared) else { continue };
        let owner = Owner { declaration: home.declaration, attribute: [attribute, ".", &name].concat(), value };
        let before = facets.len();
        compared(subject, property, owner, actual, pending, facets);
        for facet in facets.iter_mut().skip(before) {
            facet.register = [attribute, "|", &facet.register].concat().into();
        }
    }
}

/// What a written entry says of a property. What it leaves out of a list that is written whole is not set.
fn value_in(written: &Value, property: &Property, inside: &str) -> Option<Value> {
    observed_at(written.as_object()?, None, property, inside)
}

/// What a written entry says, property by property.
fn in_written(home: &Home<'_>, written: &Value) -> Vec<Option<Value>> {
    home.members.iter().map(|(property, inside, _)| value_in(written, property, inside)).collect()
}

/// What a declared entry says, property by property.
fn in_entry<'d>(home: &Home<'_>, entry: &'d Value) -> Said<'d> {
    let value = |(property, _, path): &(&'static Property, &'static str, &'static str)| {
        let members = entry.as_object()?;
        let path = spelled_in(home.declaration, members, path);
        cover::value_at(members, &path, property.member.matches("[]").count() > 1)
    };
    home.members.iter().map(value).collect()
}

/// Pairs of positions, declared and written: those most alike first. What is left over is paired where one of each is
/// left that have something in common.
fn pairs(
    subject: Subject<'_>,
    home: &Home<'_>,
    declared: &[Said<'_>],
    written: &[Vec<Option<Value>>],
) -> Vec<(usize, usize)> {
    let mut scored = Vec::new();
    for (at, entry) in declared.iter().enumerate() {
        for (other, written) in written.iter().enumerate() {
            let values = home.members.iter().zip(entry).zip(written);
            let likeness: u32 = values
                .filter_map(|(((property, ..), declared), written)| {
                    let written = written.as_ref().filter(|it| !says_nothing(it))?;
                    Some(likeness(subject, home, property, written, declared.as_ref()?))
                })
                .sum();
            if likeness > 0 {
                scored.push((likeness, at, other));
            }
        }
    }
    scored.sort_by(|one, other| other.0.cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, declared, written) in scored {
        if !pairs.iter().any(|(one, other)| *one == declared || *other == written) {
            pairs.push((declared, written));
        }
    }
    pairs
}

/// How much an equal property says: an identity tells entries apart, other values only hint.
fn likeness(
    subject: Subject<'_>,
    home: &Home<'_>,
    property: &Property,
    actual: &Value,
    (name, value): &(String, Cow<'_, Value>),
) -> u32 {
    let equal = matches!(
        subject.context.compare(home.declaration.tool, value, actual, equality_of(property)),
        Comparison::Equal(_)
    );
    if !equal {
        return 0;
    }
    match snake(name).as_str() {
        "id" | "name" | "key" | "priority" | "rule_id" | "target_id" | "path_pattern" => 100,
        _ => 1,
    }
}

/// A written entry in the names of the declaration.
fn in_their_words(home: &Home<'_>, written: &Value) -> Value {
    let mut entry = Map::new();
    for (property, inside, path) in &home.members {
        if let Some(value) = value_in(written, property, inside).filter(|it| !says_nothing(it)) {
            let list = property.equality == Some("set") && !value.is_array();
            let value = if list { Value::Array(vec![value]) } else { value };
            if has_properties(home.declaration) {
                path::nest(&mut entry, &native_name(home.declaration, &path.replace("[0]", "")), value);
            } else if is_respelled(home.declaration) {
                nest_flat(&mut entry, path, value);
            } else {
                nest(&mut entry, path, value);
            }
        }
    }
    Value::Object(entry)
}

fn nest(into: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((block, rest)) = path.split_once("[0].") else {
        into.insert(path.to_owned(), value);
        return;
    };
    let list = into.entry(block).or_insert_with(|| Value::Array(vec![Value::Object(Map::new())]));
    if let Some(members) = list.as_array_mut().and_then(|it| it.first_mut()).and_then(Value::as_object_mut) {
        nest(members, rest, value);
    }
}

/// The same in Pulumi's words, where a block that may stand once is an object.
fn nest_flat(into: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((block, rest)) = path.split_once("[0].") else {
        into.insert(camel(path), value);
        return;
    };
    let members = into.entry(camel(block)).or_insert_with(|| Value::Object(Map::new()));
    if let Some(members) = members.as_object_mut() {
        nest_flat(members, rest, value);
    }
}
