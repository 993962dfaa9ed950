//! Decides whether two sets of tags are the same: a map, a list of keys and values in any case, or S3's `TagSet`.
//!
//! False positive removed: Terraform has a map, templates and calls a list, and S3's events turn the tag value `"true"`
//! into a boolean, `"007"` into a number and a list of one into the element. AWS puts tags of its own on resources. By
//! hand: tag a bucket `public=true` and look at `PutBucketTagging`.
//!
//! It must not hide a tag that was added, nor an `aws:` key in a tag *filter*, which is configuration: those tags are
//! left out only where the property holds tags.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::Path;
use super::walk::{How, Walk};
use super::{Equality, names, scalar};

/// One tag: its value, and its element when there is more to it (`propagate_at_launch`).
#[derive(Clone, Copy)]
struct Tag<'a> {
    value: &'a Value,
    element: Option<&'a Value>,
}

/// Tags by key.
type Tags<'a> = BTreeMap<String, Tag<'a>>;

/// Compares tags, one difference a key; false when one side has no shape of tags.
pub(super) fn walk(walk: &mut Walk<'_>, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) -> bool {
    let (Some(left), Some(mut right)) = (tags(declared), tags(actual)) else { return false };
    if declared.is_array() != actual.is_array() {
        walk.trace("tag-shape", at, "");
    }
    if how.equality == Equality::Tags {
        drop_system_tags(walk, at, &left, &mut right);
    }
    let value_how = how.with(Equality::Map);
    for (key, tag) in &left {
        let place = Path::Member(&at, key);
        match right.remove(key) {
            None => walk.value(place, tag.value, &Value::Null, value_how),
            Some(Tag { element: Some(element), .. }) if tag.element.is_some() => {
                walk.value(place, tag.element.unwrap_or(&Value::Null), element, How::new(Equality::Default, how.zero));
            }
            Some(other) => walk.value(place, tag.value, other.value, value_how),
        }
    }
    for (key, tag) in &right {
        walk.differ(Path::Member(&at, key), &Value::Null, tag.value);
    }
    true
}

/// Compares a list of keys and values with a map; false when the two are not that.
pub(super) fn walk_shapes(walk_: &mut Walk<'_>, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) -> bool {
    let is_list = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_tag));
    let is_map = |value: &Value| value.as_object().is_some_and(|map| !map.is_empty() && !is_tag(value) && is_flat(map));
    let fits = (is_list(declared) && is_map(actual)) || (is_map(declared) && is_list(actual));
    fits && walk(walk_, at, declared, actual, how)
}

/// Leaves out AWS's own tags that nobody declared.
fn drop_system_tags(walk: &mut Walk<'_>, at: Path<'_>, declared: &Tags<'_>, actual: &mut Tags<'_>) {
    let before = actual.len();
    actual.retain(|key, _| !key.starts_with("aws:") || declared.contains_key(key));
    if actual.len() < before {
        walk.trace("system-tags", at, "");
    }
}

/// Reads tags in any shape; none when it is none, or a key comes twice.
fn tags(value: &Value) -> Option<Tags<'_>> {
    match value {
        Value::Null => Some(Tags::new()),
        Value::Array(list) => from_list(list),
        Value::Object(_) if is_tag(value) => from_list(std::slice::from_ref(value)),
        Value::Object(members) => match wrapped(members) {
            Some(inner) => tags(inner),
            None if is_flat(members) => {
                Some(members.iter().map(|(key, value)| (key.clone(), Tag { value, element: None })).collect())
            }
            None => None,
        },
        Value::String(text) if text.is_empty() => Some(Tags::new()),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Reads a list of tags.
fn from_list(list: &[Value]) -> Option<Tags<'_>> {
    let mut tags = Tags::new();
    for element in list {
        let members = element.as_object()?;
        let key = scalar::text(member(members, "key")?)?.into_owned();
        let value = member(members, "value").unwrap_or(&Value::Null);
        let element = (members.len() > 2).then_some(element);
        if tags.insert(key, Tag { value, element }).is_some() {
            return None;
        }
    }
    Some(tags)
}

/// What stands inside `{"TagSet": …}`, `{"Tag": …}`, `{"items": …}`.
fn wrapped(members: &Map<String, Value>) -> Option<&Value> {
    let mut inner = members.iter().filter(|(name, _)| !names::is_folded(name, "xmlns"));
    let (name, value) = inner.next().filter(|_| members.len() <= 2)?;
    let is_wrapper = matches!(names::fold(name).as_str(), "tagset" | "tags" | "tag" | "items" | "item" | "member");
    (is_wrapper && (value.is_array() || value.is_object()) && inner.next().is_none()).then_some(value)
}

/// Whether a value is one tag: a key, a value, at most whether instances get it.
fn is_tag(value: &Value) -> bool {
    let is_known = |name: &String| {
        ["key", "value", "propagateatlaunch", "tag", "resourceid", "resourcetype"]
            .iter()
            .any(|known| names::is_folded(name, known))
    };
    value.as_object().is_some_and(|members| {
        member(members, "key").is_some() && member(members, "value").is_some() && members.keys().all(is_known)
    })
}

/// A member by its folded name.
fn member<'a>(members: &'a Map<String, Value>, folded: &str) -> Option<&'a Value> {
    members.iter().find(|(name, _)| names::is_folded(name, folded)).map(|(_, value)| value)
}

/// Whether all values are scalars, or stand for a hidden one.
fn is_flat(members: &Map<String, Value>) -> bool {
    members.values().all(|value| !value.is_array() && (!value.is_object() || super::mask::alone(value).is_some()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Comparison, Difference, Equality, compare};

    fn tags(declared: &Value, actual: &Value) -> Vec<String> {
        match compare(declared, actual, Equality::Tags) {
            Comparison::Equal(_) => Vec::new(),
            Comparison::Different(differences) => differences.into_iter().map(|d| d.path).collect(),
            Comparison::Unknown(unknown) => panic!("{unknown:?}"),
        }
    }

    #[test]
    fn tags_have_many_shapes() {
        let declared = json!({"Name": "web", "public": "true"});
        for actual in [
            json!([{"Key": "public", "Value": "true"}, {"Key": "Name", "Value": "web"}]),
            json!({"items": [{"key": "Name", "value": "web"}, {"key": "public", "value": "true"}]}),
            json!({"TagSet": {"Tag": [{"Value": true, "Key": "public"}, {"Key": "Name", "Value": "web"}]}}),
        ] {
            assert_eq!(tags(&declared, &actual), [""; 0], "{actual}");
            assert_eq!(tags(&actual, &declared), [""; 0], "{actual}");
        }
    }

    #[test]
    fn s3_turns_text_into_scalars_and_a_list_of_one_into_its_element() {
        assert_eq!(
            tags(&json!({"public-set": "true"}), &json!({"Tag": {"Value": true, "Key": "public-set"}})),
            [""; 0]
        );
        assert_eq!(tags(&json!({"agent": "007"}), &json!({"TagSet": {"Tag": {"Value": 7, "Key": "agent"}}})), [""; 0]);
        assert_eq!(
            tags(&json!({"agent": "007"}), &json!({"TagSet": {"Tag": {"Value": "7", "Key": "agent"}}})),
            ["agent"]
        );
    }

    #[test]
    fn an_added_changed_or_removed_tag_is_one_difference() {
        let declared = json!({"Name": "web", "team": "a", "env": "prod"});
        let actual = json!([{"key": "Name", "value": "web"}, {"key": "team", "value": "b"}, {"key": "CostCenter", "value": "42"}]);
        let expected = [("env", Some("prod"), None), ("team", Some("a"), Some("b")), ("CostCenter", None, Some("42"))]
            .map(|(path, declared, actual): (&str, Option<&str>, Option<&str>)| Difference {
                path: path.to_owned(),
                declared: declared.map(Value::from),
                actual: actual.map(Value::from),
            });
        assert_eq!(compare(&declared, &actual, Equality::Tags), Comparison::Different(expected.to_vec()));
    }

    #[test]
    fn tags_that_aws_owns_are_left_out_on_the_actual_side_only() {
        let actual = json!([{"Key": "aws:cloudformation:stack-name", "Value": "app"}]);
        assert_eq!(tags(&json!([]), &actual), [""; 0]);
        assert_eq!(tags(&actual, &json!([])), [r#"aws:cloudformation:stack-name"#]);
    }

    #[test]
    fn a_tag_filter_keeps_its_system_keys() {
        let declared = json!({"TargetTags": [{"Key": "a", "Value": "1"}]});
        let actual =
            json!({"TargetTags": [{"Key": "a", "Value": "1"}, {"Key": "aws:autoscaling:groupName", "Value": "x"}]});
        assert!(matches!(compare(&declared, &actual, Equality::Default), Comparison::Different(_)));
        let tagged = json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "aws:autoscaling:groupName", "Value": "x"}]});
        assert!(matches!(compare(&json!({"Tags": {"a": "1"}}), &tagged, Equality::Default), Comparison::Equal(_)));
    }

    #[test]
    fn whether_instances_get_a_tag_is_compared() {
        let declared = json!([{"key": "a", "value": "1", "propagate_at_launch": true}]);
        let actual = |propagate: bool| json!([{"Key": "a", "Value": "1", "PropagateAtLaunch": propagate}]);
        assert_eq!(tags(&declared, &actual(true)), [""; 0]);
        assert_eq!(tags(&declared, &actual(false)), ["a.propagate_at_launch"]);
        assert_eq!(tags(&json!({"a": "1"}), &actual(false)), [""; 0]);
    }

    #[test]
    fn tag_keys_and_values_keep_their_case() {
        assert_eq!(tags(&json!({"name": "web"}), &json!({"Name": "web"})), ["name", "Name"]);
        assert_eq!(tags(&json!({"Name": "web"}), &json!({"Name": "Web"})), ["Name"]);
    }
}
