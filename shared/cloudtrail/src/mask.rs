//! Recognizes what CloudTrail writes in place of a value that it hides or cuts.
//!
//! A marker may stand where an object or a list is expected. One spelling cannot be decided here: some members are
//! always written as `{}` (a Lambda function's environment), while elsewhere `{}` is an empty list or object. Only who
//! knows the member can tell; [`is_empty_object`] is for that.

use serde_json::Value;

/// Why the value is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mask {
    /// Hidden for security.
    Hidden,
    /// Cut for its size.
    Omitted,
}

/// The marker that `value` is, if it is one. It does not look inside objects and lists.
///
/// `{"omitted": true}` counts whatever stands beside it, such as the original size.
#[must_use]
pub fn mask(value: &Value) -> Option<Mask> {
    match value {
        Value::String(text) => is_hidden(text).then_some(Mask::Hidden),
        Value::Object(members) => {
            let omitted = match members.get("omitted")? {
                Value::Bool(omitted) => *omitted,
                Value::String(text) => text == "true",
                _ => false,
            };
            omitted.then_some(Mask::Omitted)
        }
        _ => None,
    }
}

/// Whether `text` is one of the markers for a hidden value; a run of three or more asterisks is one.
#[must_use]
pub fn is_hidden(text: &str) -> bool {
    match text {
        "HIDDEN_DUE_TO_SECURITY_REASONS" | "<sensitiveDataRemoved>" => true,
        _ => text.len() >= 3 && text.bytes().all(|byte| byte == b'*'),
    }
}

/// Whether `value` is `{}`, which for some members is a mask and for others an empty value.
#[must_use]
pub fn is_empty_object(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_is_recognized() {
        for hidden in ["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>", "****", "***", "**********"] {
            assert_eq!(mask(&json!(hidden)), Some(Mask::Hidden), "{hidden}");
        }
        for omitted in [json!({"omitted": true}), json!({"omitted": true, "originalSize": 102_400, "reason": "size"})] {
            assert_eq!(mask(&omitted), Some(Mask::Omitted), "{omitted}");
        }
    }

    #[test]
    fn values_that_only_resemble_a_marker_are_values() {
        let values = [
            json!(""),
            json!("*"),
            json!("**"),
            json!("***a"),
            json!("s3:***"),
            json!("hidden_due_to_security_reasons"),
            json!({}),
            json!([]),
            json!(["****"]),
            json!({"omitted": false}),
            json!({"password": "****"}),
            json!(null),
            json!(0),
        ];
        for value in values {
            assert_eq!(mask(&value), None, "{value}");
        }
    }

    #[test]
    fn an_empty_object_is_for_the_caller_to_judge() {
        assert!(is_empty_object(&json!({})));
        assert!(!is_empty_object(&json!({"a": 1})) && !is_empty_object(&json!([])));
    }
}
