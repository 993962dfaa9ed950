//! Follows the marks a source sets on its sensitive values: paths, and masks in the value's own shape.

use serde_json::Value;

use super::Redactor;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into an object or map.
    Key(String),
    /// Into a list.
    Index(usize),
    /// To some element of a set, which has no position.
    Element,
}

pub(super) fn redact_at(redactor: &Redactor, value: &mut Value, path: &[Step]) -> bool {
    let Some((step, rest)) = path.split_first() else {
        return redactor.replace(value);
    };
    if super::is_redacted(value) {
        return false;
    }
    match (step, value) {
        (Step::Key(key), Value::Object(map)) => map.get_mut(key).is_some_and(|inner| redact_at(redactor, inner, rest)),
        (Step::Index(index), Value::Array(items)) if *index < items.len() => {
            items.get_mut(*index).is_some_and(|inner| redact_at(redactor, inner, rest))
        }
        (_, value) => redactor.replace(value),
    }
}

pub(super) fn redact_mask(redactor: &Redactor, value: &mut Value, mask: &Value) -> bool {
    if super::is_redacted(value) {
        return false;
    }
    match (mask, value) {
        (Value::Bool(true), value) => redactor.replace(value),
        (Value::Object(masks), Value::Object(map)) => {
            let mut changed = false;
            for (key, mask) in masks {
                changed |= map.get_mut(key).is_some_and(|inner| redact_mask(redactor, inner, mask));
            }
            changed
        }
        (Value::Array(masks), Value::Array(items)) if masks.len() == items.len() => {
            let mut changed = false;
            for (inner, mask) in items.iter_mut().zip(masks) {
                changed |= redact_mask(redactor, inner, mask);
            }
            changed
        }
        (mask, value) => marks_anything(mask) && redactor.replace(value),
    }
}

fn marks_anything(mask: &Value) -> bool {
    match mask {
        Value::Bool(marked) => *marked,
        Value::Array(masks) => masks.iter().any(marks_anything),
        Value::Object(masks) => masks.values().any(marks_anything),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(mut value: Value, path: &[Step]) -> Value {
        Redactor::new(b"k").redact_at(&mut value, path);
        value
    }

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn a_path_hides_what_is_under_it_and_nothing_beside() {
        let value = at(json!({"a": [{"b": {"c": 1}, "d": 2}]}), &[key("a"), Step::Index(0), key("b")]);
        assert!(super::super::is_redacted(&value["a"][0]["b"]));
        assert_eq!(value["a"][0]["d"], 2);
    }

    #[test]
    fn a_path_into_a_set_or_past_the_end_hides_the_whole() {
        assert!(super::super::is_redacted(&at(json!({"a": ["x"]}), &[key("a"), Step::Element])["a"]));
        assert!(super::super::is_redacted(&at(json!({"a": ["x"]}), &[key("a"), Step::Index(7)])["a"]));
        assert!(super::super::is_redacted(&at(json!({"a": "x"}), &[key("a"), key("b")])["a"]));
        assert_eq!(at(json!({"a": "x"}), &[key("b")]), json!({"a": "x"}));
    }

    #[test]
    fn a_mask_that_does_not_fit_hides_the_whole() {
        let masked = |mut value: Value, mask: Value| {
            Redactor::new(b"k").redact_mask(&mut value, &mask);
            value
        };
        assert!(super::super::is_redacted(&masked(json!({"a": ["x", "y"]}), json!({"a": [true]}))["a"]));
        assert!(super::super::is_redacted(&masked(json!({"a": "x"}), json!({"a": {"b": true}}))["a"]));
        let fits = masked(json!({"a": ["x", "y"], "c": {}}), json!({"a": [false, true], "c": {}, "e": true}));
        assert_eq!(fits["a"][0], "x");
        assert!(super::super::is_redacted(&fits["a"][1]));
    }
}
