//! Decides whether a place can be compared at all.
//!
//! Masked, left out, unresolved or redacted values are unknown: never equal, never removed. A mask is never compared
//! with the declared value, even when somebody declared the mask's own text.

use serde_json::Value;

use super::Unknown;

/// The key of an object that stands for a secret: `{"$redacted": "hmac-…"}`.
const REDACTED: &str = "$redacted";

/// Why this place is unknown, when it is. Looks at the values themselves, not into them.
///
/// Two redactions are comparable: the same keyed hash is the same secret, another one is a changed secret.
pub(super) fn unknown(declared: &Value, actual: &Value) -> Option<Unknown> {
    if let Some(mask) = mask(actual) {
        return Some(mask);
    }
    match (redaction(declared), redaction(actual)) {
        (Some(_), Some(_)) => return None,
        (Some(_), None) | (None, Some(_)) => return Some(Unknown::Redacted),
        (None, None) => {}
    }
    is_unresolved(declared).then_some(Unknown::Unresolved)
}

/// Whether a value stands for something unknown on its own, whatever the other side holds.
pub(super) fn alone(value: &Value) -> Option<Unknown> {
    mask(value)
        .or_else(|| redaction(value).map(|_| Unknown::Redacted))
        .or_else(|| is_unresolved(value).then_some(Unknown::Unresolved))
}

/// The same for a text.
pub(super) fn of_text(text: &str) -> Option<Unknown> {
    if is_mask_text(text) {
        return Some(Unknown::Masked);
    }
    is_unresolved_text(text).then_some(Unknown::Unresolved)
}

/// Whether a mask or an unresolved reference stands anywhere inside.
pub(super) fn anywhere(value: &Value) -> bool {
    if mask(value).is_some() || is_unresolved(value) {
        return true;
    }
    match value {
        Value::Array(elements) => elements.iter().any(anywhere),
        Value::Object(members) => members.values().any(anywhere),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The keyed hash that stands for a secret.
pub(super) fn redaction(value: &Value) -> Option<&str> {
    value.as_object().filter(|members| members.len() == 1)?.get(REDACTED)?.as_str()
}

/// CloudTrail's marks for what it does not show.
fn mask(value: &Value) -> Option<Unknown> {
    match value {
        Value::String(text) => is_mask_text(text).then_some(Unknown::Masked),
        Value::Object(members) => {
            (members.len() == 1 && members.get("omitted") == Some(&Value::Bool(true))).then_some(Unknown::Omitted)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// The spellings that CloudTrail uses, service by service.
fn is_mask_text(text: &str) -> bool {
    matches!(text, "HIDDEN_DUE_TO_SECURITY_REASONS" | "<sensitiveDataRemoved>")
        || (text.len() >= 3 && text.bytes().all(|b| b == b'*'))
}

/// What the source does not tell, and a dynamic reference of CloudFormation, alone or inside a longer text.
fn is_unresolved(value: &Value) -> bool {
    value.as_str().is_some_and(is_unresolved_text) || driftwire_declared::unresolved(value).is_some()
}

fn is_unresolved_text(text: &str) -> bool {
    // One byte is found faster than ten; most texts have no brace.
    text.contains('{') && text.contains("{{resolve:")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Comparison, Difference, Equality, Unknown, compare};

    #[test]
    fn every_spelling_of_a_mask_is_unknown() {
        for mask in ["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>", "***", "****"] {
            assert_eq!(
                compare(&json!("a"), &json!(mask), Equality::Default),
                Comparison::Unknown(Unknown::Masked),
                "{mask}"
            );
        }
        assert_eq!(
            compare(&json!({"A": 1}), &json!({"omitted": true}), Equality::Default),
            Comparison::Unknown(Unknown::Omitted)
        );
    }

    #[test]
    fn a_declared_mask_does_not_equal_a_mask() {
        assert_eq!(
            compare(&json!(["****"]), &json!(["****"]), Equality::Default),
            Comparison::Unknown(Unknown::Masked)
        );
    }

    #[test]
    fn a_wildcard_is_no_mask() {
        assert!(matches!(compare(&json!("a"), &json!("*"), Equality::Default), Comparison::Different(_)));
    }

    #[test]
    fn a_dynamic_reference_is_unresolved_even_inside_a_text() {
        let declared = json!("postgres://{{resolve:ssm:/db/host:3}}:5432");
        assert_eq!(
            compare(&declared, &json!("postgres://db:5432"), Equality::Default),
            Comparison::Unknown(Unknown::Unresolved)
        );
    }

    #[test]
    fn a_secret_is_compared_by_its_hash_only() {
        let secret = json!({"$redacted": "hmac-1"});
        assert_eq!(compare(&secret, &secret, Equality::Default), Comparison::Equal(vec![]));
        assert_eq!(compare(&secret, &json!("clear"), Equality::Default), Comparison::Unknown(Unknown::Redacted));
        assert_eq!(compare(&secret, &json!(null), Equality::Default), Comparison::Unknown(Unknown::Redacted));
        assert!(matches!(
            compare(&secret, &json!({"$redacted": "hmac-2"}), Equality::Default),
            Comparison::Different(_)
        ));
    }

    #[test]
    fn a_nested_mask_hides_its_own_part_only() {
        let declared = json!({"User": "a", "Password": "b"});
        let masked = json!({"User": "a", "Password": "****"});
        assert_eq!(compare(&declared, &masked, Equality::Default), Comparison::Unknown(Unknown::Masked));
        let changed = json!({"User": "x", "Password": "****"});
        let expected = Difference { path: "User".to_owned(), declared: Some(json!("a")), actual: Some(json!("x")) };
        assert_eq!(compare(&declared, &changed, Equality::Default), Comparison::Different(vec![expected]));
    }
}
