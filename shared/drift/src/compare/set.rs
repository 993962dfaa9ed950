//! Decides which elements of two lists are the same element.
//!
//! False positive removed: AWS answers lists in its own order, and most lists have none. By hand: declare two subnets
//! and read the load balancer back. Scalars are compared as a set with repetitions; objects by the identity that all of
//! them have (`Key`, `Id`, `Name`, …), else each with the one that equals it.
//!
//! It must not hide an order that means something: lists that are known or said to have one keep it.
//! Nor may it hide an added element: what only one side has is a difference, except in the attribute lists of load
//! balancers and the like, where AWS answers every attribute there is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pair::{Rest, pair};
use super::path::Path;
use super::walk::{How, Walk};
use super::{Equality, mask, names, scalar};

/// Members that identify an element, folded, best first.
const IDENTITIES: [&str; 13] = [
    "key",
    "id",
    "name",
    "attributename",
    "indexname",
    "optionname",
    "devicename",
    "rulename",
    "policyname",
    "parametername",
    "statuscode",
    "logicalid",
    "sid",
];

/// Compares two lists.
pub(super) fn walk(walk: &mut Walk<'_>, at: Path<'_>, declared: &[&Value], actual: &[&Value], how: How<'_>) {
    if how.equality == Equality::OrderedList {
        return in_order(walk, at, declared, actual, how);
    }
    if let ([one], [other]) = (declared, actual)
        && one.is_object()
        && other.is_object()
    {
        return walk.value(Path::Element(&at, 0), one, other, how.element());
    }
    match identity(declared, actual) {
        Some(identity) => by_identity(walk, at, declared, actual, how, identity),
        None => in_any_order(walk, at, declared, actual, how),
    }
}

/// Compares element by element.
fn in_order(walk: &mut Walk<'_>, at: Path<'_>, declared: &[&Value], actual: &[&Value], how: How<'_>) {
    for index in 0..declared.len().max(actual.len()) {
        let (left, right) = (declared.get(index).copied(), actual.get(index).copied());
        walk.value(
            Path::Element(&at, index),
            left.unwrap_or(&Value::Null),
            right.unwrap_or(&Value::Null),
            how.element(),
        );
    }
}

/// The member that identifies every element of both lists.
fn identity(declared: &[&Value], actual: &[&Value]) -> Option<&'static str> {
    if declared.is_empty() || actual.is_empty() {
        return None;
    }
    let identifies = |list: &[&Value], name: &str| {
        let mut seen = BTreeSet::new();
        list.iter().all(|element| identity_of(element, name).is_some_and(|identity| seen.insert(identity)))
    };
    IDENTITIES.into_iter().find(|name| identifies(declared, name) && identifies(actual, name))
}

/// The value of an identifying member.
fn identity_of(element: &Value, folded: &str) -> Option<String> {
    let (_, value) = element.as_object()?.iter().find(|(name, _)| names::is_folded(name, folded))?;
    if mask::alone(value).is_some() {
        return None;
    }
    scalar::text(value).filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned)
}

/// Compares the elements that have the same identity.
fn by_identity(
    walk: &mut Walk<'_>,
    at: Path<'_>,
    declared: &[&Value],
    actual: &[&Value],
    how: How<'_>,
    identity: &'static str,
) {
    let mut by_key: BTreeMap<String, &Value> =
        actual.iter().filter_map(|element| Some((identity_of(element, identity)?, *element))).collect();
    let mut rest = Rest::default();
    for (index, element) in declared.iter().enumerate() {
        match identity_of(element, identity).and_then(|key| by_key.remove(&key)) {
            Some(other) => walk.value(Path::Element(&at, index), element, other, how.element()),
            None => rest.declared.push((index, element)),
        }
    }
    rest.actual = by_key.into_values().collect();
    // An identity may have two spellings.
    pair(walk, at, &mut rest, how.element());
    for (_, element) in &rest.declared {
        walk.differ(at, element, &Value::Null);
    }
    added(walk, at, &rest.actual, how.equality);
}

/// Compares two lists whatever their order.
fn in_any_order(walk: &mut Walk<'_>, at: Path<'_>, declared: &[&Value], actual: &[&Value], how: How<'_>) {
    if declared == actual && !actual.iter().any(|element| mask::anywhere(element)) {
        return;
    }
    let list = how.equality;
    let is_set = list == Equality::Set;
    let mut rest = without_identical(&distinct(declared, is_set), &distinct(actual, is_set));
    let how = How { skip: lone_id(&rest), ..how.element() };
    let is_unknown = take_unknown(walk, at, &mut rest);
    pair(walk, at, &mut rest, how);
    if is_unknown.declared {
        rest.actual.clear();
    }
    if is_unknown.actual {
        rest.declared.clear();
    }
    if let ([(index, one)], [other]) = (rest.declared.as_slice(), rest.actual.as_slice())
        && one.is_object()
        && other.is_object()
    {
        return walk.value(Path::Element(&at, *index), one, other, how);
    }
    for (_, element) in &rest.declared {
        walk.differ(at, element, &Value::Null);
    }
    added(walk, at, &rest.actual, list);
    if rest.declared.is_empty() && rest.actual.is_empty() && declared != actual {
        walk.trace("unordered", at, "");
    }
}

/// The elements that say something; in a set, each once.
fn distinct<'v>(list: &[&'v Value], is_set: bool) -> Vec<&'v Value> {
    let mut seen = BTreeSet::new();
    list.iter().copied().filter(|element| !element.is_null() && (!is_set || seen.insert(element.to_string()))).collect()
}

/// Leaves out the elements that are identical on both sides.
fn without_identical<'v>(declared: &[&'v Value], actual: &[&'v Value]) -> Rest<'v> {
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    for element in declared {
        *left.entry(element.to_string()).or_default() += 1;
    }
    let mut rest = Rest::default();
    for element in actual {
        match left.get_mut(&element.to_string()) {
            Some(count) if *count > 0 && !mask::anywhere(element) => *count -= 1,
            _ => rest.actual.push(element),
        }
    }
    for (index, element) in declared.iter().enumerate().rev() {
        if let Some(count) = left.get_mut(&element.to_string())
            && *count > 0
        {
            *count -= 1;
            rest.declared.push((index, element));
        }
    }
    rest.declared.reverse();
    rest
}

/// The identifier that all elements of the declared side have and none of the actual side: AWS or the tool made it up.
fn lone_id(rest: &Rest<'_>) -> Option<&'static str> {
    let names_it = |element: &Value| {
        element.as_object().is_some_and(|members| members.keys().any(|name| names::is_folded(name, "id")))
    };
    let is_lone = !rest.declared.is_empty()
        && rest.declared.iter().all(|(_, element)| identity_of(element, "id").is_some())
        && !rest.actual.iter().any(|element| names_it(element));
    is_lone.then_some("id")
}

/// On which side an element cannot be known.
struct UnknownSides {
    declared: bool,
    actual: bool,
}

/// Takes out elements that cannot be known; with them, what the other side has more is not known either.
fn take_unknown(walk: &mut Walk<'_>, at: Path<'_>, rest: &mut Rest<'_>) -> UnknownSides {
    let mut sides = UnknownSides { declared: false, actual: false };
    rest.declared.retain(|(_, element)| match mask::alone(element) {
        Some(unknown) => {
            walk.unknown(at, unknown);
            sides.declared = true;
            false
        }
        None => true,
    });
    rest.actual.retain(|element| match mask::alone(element) {
        Some(unknown) => {
            walk.unknown(at, unknown);
            sides.actual = true;
            false
        }
        None => true,
    });
    sides
}

/// Notes elements that only the actual side has.
fn added(walk: &mut Walk<'_>, at: Path<'_>, elements: &[&Value], list: Equality) {
    let is_hidden = match list {
        Equality::Subset => true,
        Equality::AttributeList => elements.iter().all(|element| element.is_object()),
        _ => false,
    };
    if !elements.is_empty() && is_hidden {
        return walk.trace("undeclared-attributes", at, "");
    }
    for element in elements {
        walk.differ(at, &Value::Null, element);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Comparison, Difference, Equality, Unknown, compare};

    fn is_equal(declared: &Value, actual: &Value, equality: Equality) -> bool {
        matches!(compare(declared, actual, equality), Comparison::Equal(_))
    }

    #[test]
    fn the_order_of_scalars_does_not_matter_and_their_number_does() {
        assert!(is_equal(&json!(["a", "b", "b"]), &json!(["b", "a", "b"]), Equality::Default));
        assert!(is_equal(&json!(["80", "443"]), &json!([443, 80]), Equality::Default));
        assert!(!is_equal(&json!(["a", "b"]), &json!(["b", "a", "b"]), Equality::Default));
        assert!(is_equal(&json!(["a", "b"]), &json!(["b", "a", "b"]), Equality::Set));
        assert!(!is_equal(&json!(["a", "b"]), &json!(["a", "c"]), Equality::Set));
    }

    #[test]
    fn an_order_that_means_something_is_kept() {
        assert!(!is_equal(&json!(["a", "b"]), &json!(["b", "a"]), Equality::OrderedList));
        assert!(!is_equal(&json!({"EntryPoint": ["a", "b"]}), &json!({"EntryPoint": ["b", "a"]}), Equality::Default));
        let expected = Difference { path: "[1]".to_owned(), declared: None, actual: Some(json!("b")) };
        assert_eq!(
            compare(&json!(["a"]), &json!(["a", "b"]), Equality::OrderedList),
            Comparison::Different(vec![expected])
        );
    }

    #[test]
    fn what_only_one_side_has_is_one_difference_each() {
        let expected =
            [(Some("sg-1"), None), (None, Some("sg-3"))].map(|(declared, actual): (Option<&str>, Option<&str>)| {
                Difference {
                    path: "groups".to_owned(),
                    declared: declared.map(Value::from),
                    actual: actual.map(Value::from),
                }
            });
        let (declared, actual) = (json!({"groups": ["sg-1", "sg-2"]}), json!({"groups": ["sg-2", "sg-3"]}));
        assert_eq!(compare(&declared, &actual, Equality::Default), Comparison::Different(expected.to_vec()));
    }

    #[test]
    fn objects_are_found_by_their_identity() {
        let declared = json!([{"Name": "a", "Value": 1}, {"Name": "b", "Value": 2}]);
        assert!(is_equal(&declared, &json!([{"Name": "b", "Value": 2}, {"Name": "a", "Value": 1}]), Equality::Default));
        let actual = json!([{"Name": "b", "Value": 3}, {"Name": "a", "Value": 1}]);
        let expected = Difference { path: "[1].Value".to_owned(), declared: Some(json!(2)), actual: Some(json!(3)) };
        assert_eq!(compare(&declared, &actual, Equality::Default), Comparison::Different(vec![expected]));
    }

    #[test]
    fn objects_without_identity_are_found_by_what_they_say() {
        let declared = json!([{"from": 80, "to": 80}, {"from": 443, "to": 443}]);
        let actual = json!([{"from": 443, "to": 443, "default": true}, {"from": "80", "to": 80}]);
        assert!(is_equal(&declared, &actual, Equality::Default));
        let changed = json!([{"from": 443, "to": 444}, {"from": 80, "to": 80}]);
        let expected = Difference { path: "[1].to".to_owned(), declared: Some(json!(443)), actual: Some(json!(444)) };
        assert_eq!(compare(&declared, &changed, Equality::Default), Comparison::Different(vec![expected]));
    }

    #[test]
    fn an_identifier_that_only_the_declared_side_has_is_left_out() {
        let declared = json!([{"id": "tf-1", "days": 1}, {"id": "tf-2", "days": 2}]);
        assert!(is_equal(&declared, &json!([{"Days": 2}, {"Days": 1}]), Equality::Default));
        assert!(!is_equal(&declared, &json!([{"Days": 2}, {"Days": 3}]), Equality::Default));
    }

    #[test]
    fn lists_of_all_attributes_hold_more_than_was_declared() {
        let declared = json!({"LoadBalancerAttributes": [{"Key": "a", "Value": "1"}]});
        let actual = json!({"LoadBalancerAttributes": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]});
        assert!(is_equal(&declared, &actual, Equality::Default));
        let changed = json!({"LoadBalancerAttributes": [{"Key": "a", "Value": "2"}]});
        assert!(!is_equal(&declared, &changed, Equality::Default));
    }

    #[test]
    fn a_hidden_element_makes_the_rest_of_its_list_unknown() {
        let unknown = |unknown| Comparison::Unknown(unknown);
        assert_eq!(compare(&json!(["a", "b"]), &json!(["b", "****"]), Equality::Default), unknown(Unknown::Masked));
        let declared = json!(["a", "{{resolve:ssm:/x}}"]);
        assert_eq!(compare(&declared, &json!(["a", "b"]), Equality::Default), unknown(Unknown::Unresolved));
        assert!(matches!(
            compare(&json!(["a"]), &json!(["a", "c", "****"]), Equality::Default),
            Comparison::Different(_)
        ));
    }
}
