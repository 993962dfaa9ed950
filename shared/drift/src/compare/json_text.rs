//! Decides whether a text that holds JSON, and a value or another such text, are the same JSON.
//!
//! False positive removed: key order, white space, a definition given as text on one side and as an object on the other,
//! and one given as YAML that a service keeps as JSON. By hand: declare an event pattern with `jsonencode`, or an SSM
//! document in YAML, and read it back.
//!
//! It must not hide a member that was added to the text: a document declared as text is complete. Two texts in YAML stay
//! texts. What differs in a declared text is reported as the whole text, because the declaration has no names inside it.

use std::borrow::Cow;

use serde_json::Value;

use super::path::Path;
use super::walk::{How, Walk};
use super::{Equality, policy};

/// Compares two sides of which at least one is JSON in a text; false when that is not so.
pub(super) fn walk(walk: &mut Walk<'_>, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) -> bool {
    let (left, right) = match (container(declared), container(actual)) {
        (Some(left), Some(right)) => (left, right),
        (None, Some(right)) => match yaml(declared) {
            Some(left) => (left, right),
            None => return false,
        },
        (Some(left), None) => match yaml(actual) {
            Some(right) => (left, right),
            None => return false,
        },
        (None, None) => return false,
    };
    if policy::is_document(&left)
        && policy::is_document(&right)
        && policy::walk_read(walk, at, (declared, actual), (&left, &right))
    {
        return true;
    }
    let is_text = declared.is_string();
    let inside = if is_text && matches!(how.equality, Equality::Default | Equality::JsonDocument) {
        How::new(Equality::JsonDocument, how.zero)
    } else {
        how
    };
    let mut trial = walk.trial();
    trial.value(at, &left, &right, inside);
    if is_text && !trial.is_without_difference() {
        walk.differ(at, declared, actual);
    } else {
        walk.trace("json-text", at, "");
        walk.absorb(trial);
    }
    true
}

/// The list or object that a value is, or holds as text.
fn container(value: &Value) -> Option<Cow<'_, Value>> {
    match value {
        Value::Array(_) | Value::Object(_) => Some(Cow::Borrowed(value)),
        Value::String(text) => parse(text).map(Cow::Owned),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The list or object that a text holds as YAML: at least one line with a name or a dash.
fn yaml(value: &Value) -> Option<Cow<'_, Value>> {
    let text = value.as_str().filter(|text| text.contains('\n') && text.contains([':', '-']))?;
    driftwire_declared::yaml(text).filter(|it| it.is_array() || it.is_object()).map(Cow::Owned)
}

/// The list or object that a text holds.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Comparison, Difference, Equality, Zero, compare, compare_with};

    const PATTERN: &str = r#"{"source": ["aws.ec2"], "detail": {"state": ["running"]}}"#;

    #[test]
    fn key_order_and_white_space_do_not_matter() {
        let actual = json!(r#"{"detail":{"state":["running"]},"source":["aws.ec2"]}"#);
        assert!(matches!(compare(&json!(PATTERN), &actual, Equality::Default), Comparison::Equal(_)));
        let object = json!({"detail": {"state": ["running"]}, "source": ["aws.ec2"]});
        assert!(matches!(compare(&json!(PATTERN), &object, Equality::Default), Comparison::Equal(_)));
        assert!(matches!(compare(&object, &json!(PATTERN), Equality::Default), Comparison::Equal(_)));
    }

    #[test]
    fn a_document_in_yaml_is_the_one_that_is_kept_as_json() {
        let declared = json!("schemaVersion: '2.2'\nmainSteps:\n  - action: aws:runShellScript\n    name: run\n");
        let kept = json!({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "run"}]});
        for actual in [kept.clone(), json!(kept.to_string())] {
            assert!(matches!(compare(&declared, &actual, Equality::Default), Comparison::Equal(_)), "{actual}");
            assert!(matches!(compare(&actual, &declared, Equality::Default), Comparison::Equal(_)), "{actual}");
        }
        let other = json!({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "stop"}]});
        assert!(matches!(compare(&declared, &other, Equality::Default), Comparison::Different(_)));
        assert!(matches!(compare(&json!("a line\nwith: two"), &kept, Equality::Default), Comparison::Different(_)));
    }

    #[test]
    fn a_changed_or_added_member_is_reported_as_the_whole_text() {
        for actual in [
            r#"{"source":["aws.s3"],"detail":{"state":["running"]}}"#,
            r#"{"source":["aws.ec2"],"detail":{"state":["running"]},"region":["x"]}"#,
        ] {
            let expected =
                Difference { path: String::new(), declared: Some(json!(PATTERN)), actual: Some(json!(actual)) };
            assert_eq!(
                compare(&json!(PATTERN), &json!(actual), Equality::Default),
                Comparison::Different(vec![expected])
            );
        }
    }

    #[test]
    fn what_differs_in_a_declared_object_is_named() {
        let declared = json!({"pattern": {"source": "aws.ec2"}});
        let expected = Difference {
            path: "pattern.source".to_owned(),
            declared: Some(json!("aws.ec2")),
            actual: Some(json!("aws.s3")),
        };
        let actual = json!({"pattern": "{\"source\": \"aws.s3\"}"});
        assert_eq!(compare(&declared, &actual, Equality::Default), Comparison::Different(vec![expected]));
    }

    #[test]
    fn zeros_in_a_definition_are_nothing_only_when_told() {
        let declared = json!(r#"[{"name":"api","image":"nginx:1","cpu":0,"environment":[],"essential":true}]"#);
        let actual = json!([{"essential": true, "image": "nginx:1", "name": "api"}]);
        assert!(matches!(compare_with(&declared, &actual, Equality::Default, Zero::Absent), Comparison::Equal(_)));
        assert!(matches!(compare(&declared, &actual, Equality::Default), Comparison::Different(_)));
    }

    #[test]
    fn text_that_only_looks_like_json_is_text() {
        assert!(matches!(compare(&json!("{a}"), &json!("{a} "), Equality::Default), Comparison::Equal(_)));
        assert!(matches!(compare(&json!("{a}"), &json!("{b}"), Equality::Default), Comparison::Different(_)));
    }
}
