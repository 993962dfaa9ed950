//! Decides which of the elements that have no identity are the same: those that are equal by the rules.
//!
//! Trying each with each would cost the square of the list. Elements are first sorted into heaps by what both sides have
//! of them in any spelling, and tried within their heap; only what finds no partner there is tried with the rest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::path::Path;
use super::walk::{How, Walk};
use super::{names, scalar};

/// How many pairs are tried in any case.
const TRIALS: usize = 20_000;

/// How many more are tried for each element: what keeps the costs in step with the length of the list.
const TRIALS_OF_ELEMENT: usize = 16;

/// Lists up to this many pairs are tried as they are.
const SMALL: usize = 64;

/// Elements that only one side has.
#[derive(Default)]
pub(super) struct Rest<'v> {
    pub(super) declared: Vec<(usize, &'v Value)>,
    pub(super) actual: Vec<&'v Value>,
}

/// Takes out the pairs that are equal by the rules, and notes the rules.
pub(super) fn pair(walk: &mut Walk<'_>, at: Path<'_>, rest: &mut Rest<'_>, how: How<'_>) {
    let mut trials = TRIALS + TRIALS_OF_ELEMENT * (rest.declared.len() + rest.actual.len());
    if rest.declared.len() * rest.actual.len() > SMALL {
        let heaps = heaps(rest);
        for mut heap in heaps.into_values() {
            try_pairs(walk, at, &mut heap, how, &mut trials);
            rest.declared.append(&mut heap.declared);
            rest.actual.append(&mut heap.actual);
        }
    }
    try_pairs(walk, at, rest, how, &mut trials);
    rest.declared.sort_by_key(|(index, _)| *index);
}

/// The elements by what they are in any spelling. Takes them out of `rest`.
fn heaps<'v>(rest: &mut Rest<'v>) -> BTreeMap<String, Rest<'v>> {
    let (declared, actual) = (std::mem::take(&mut rest.declared), std::mem::take(&mut rest.actual));
    let elements = || declared.iter().map(|(_, element)| *element).chain(actual.iter().copied());
    let shared = shared_names(elements());
    let mut heaps: BTreeMap<String, Rest<'v>> = BTreeMap::new();
    for (index, element) in &declared {
        heaps.entry(spelling(element, &shared)).or_default().declared.push((*index, *element));
    }
    for element in &actual {
        heaps.entry(spelling(element, &shared)).or_default().actual.push(*element);
    }
    heaps
}

/// The folded names of the scalars that every element has.
fn shared_names<'v>(elements: impl Iterator<Item = &'v Value>) -> BTreeSet<String> {
    let scalars = |element: &Value| -> BTreeSet<String> {
        let members = element.as_object().into_iter().flatten();
        members.filter(|(_, value)| scalar::text(value).is_some()).map(|(name, _)| names::fold(name)).collect()
    };
    elements.map(scalars).reduce(|one, other| &one & &other).unwrap_or_default()
}

/// What an element is in any spelling: a scalar's text, or the texts of the shared members. Equal elements may differ in
/// it; then they are tried later.
fn spelling(element: &Value, shared: &BTreeSet<String>) -> String {
    let plain = |value: &Value| scalar::text(value).map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let Some(members) = element.as_object() else { return plain(element) };
    let mut by_name: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in members {
        let folded = names::fold(name);
        if shared.contains(&folded) {
            by_name.insert(folded, plain(value));
        }
    }
    by_name.into_values().collect::<Vec<_>>().join("\n")
}

/// Tries each declared element with each actual one, the largest first: they fit the fewest others.
fn try_pairs(walk: &mut Walk<'_>, at: Path<'_>, rest: &mut Rest<'_>, how: How<'_>, trials: &mut usize) {
    let mut by_size: Vec<(usize, &Value)> = std::mem::take(&mut rest.declared);
    by_size.sort_by_cached_key(|(index, element)| (std::cmp::Reverse(element.to_string().len()), *index));
    for (index, element) in by_size {
        let mut best: Option<(usize, Walk<'_>)> = None;
        for (position, other) in rest.actual.iter().enumerate() {
            if *trials == 0 {
                break;
            }
            *trials -= 1;
            let mut trial = walk.trial();
            trial.value(Path::Element(&at, index), element, other, how);
            if trial.is_equal() {
                best = Some((position, trial));
                break;
            }
            if trial.is_without_difference() && best.is_none() {
                best = Some((position, trial));
            }
        }
        match best {
            Some((position, trial)) => {
                rest.actual.remove(position);
                walk.absorb(trial);
            }
            None => rest.declared.push((index, element)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Comparison, Equality, compare};

    fn rules(count: usize, spell: impl Fn(usize) -> Value) -> Value {
        (0..count).map(spell).collect()
    }

    #[test]
    fn a_long_list_in_another_order_and_spelling_is_equal() {
        let declared = rules(3_000, |it| json!({"port": it, "cidr_ip": "10.0.0.0/8"}));
        let actual = rules(3_000, |it| json!({"Port": (2_999 - it).to_string(), "CidrIp": "10.0.0.0/8", "Note": ""}));
        assert!(matches!(compare(&declared, &actual, Equality::Default), Comparison::Equal(_)));
    }

    #[test]
    fn one_other_element_in_a_long_list_is_told_by_its_member() {
        let declared = rules(1_000, |it| json!({"port": it, "to": it}));
        let actual = rules(1_000, |it| json!({"Port": if it == 500 { 5_000 } else { it }, "To": it, "Note": ""}));
        let Comparison::Different(differences) = compare(&declared, &actual, Equality::Default) else {
            panic!("equal")
        };
        assert_eq!(differences.len(), 1, "{differences:?}");
        assert_eq!(differences[0].declared, Some(json!(500)));
    }
}
