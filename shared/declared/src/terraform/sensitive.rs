//! Reads the paths that a state marks as sensitive. A mark that cannot be understood hides more, never less.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::Step;

/// Reads `sensitive_attributes`; none when it is nothing that any version writes.
///
/// ```json
/// [[{"type": "get_attr", "value": "user"}, {"type": "index", "value": {"value": 0, "type": "number"}}]]
/// ```
/// The same as JSON in a text, or that in base64, is read as well, and plain names of attributes.
pub(super) fn paths(value: Option<&Value>) -> Option<Vec<Vec<Step>>> {
    match value {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(path).collect(),
        Some(Value::String(text)) => packed(text),
        Some(_) => None,
    }
}

fn packed(text: &str) -> Option<Vec<Vec<Step>>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok().filter(|value| !value.is_string());
    let inner = parse(text.as_bytes()).or_else(|| parse(&STANDARD.decode(text).ok()?))?;
    paths(Some(&inner))
}

fn path(value: &Value) -> Option<Vec<Step>> {
    match value {
        Value::Array(steps) => steps.iter().map(step).collect(),
        // The name of an attribute, or the start of a path: hide all of it.
        Value::String(name) => {
            let first = name.split(['.', '[']).next().unwrap_or_default();
            (!first.is_empty()).then(|| vec![Step::Key(first.to_owned())])
        }
        _ => None,
    }
}

fn step(value: &Value) -> Option<Step> {
    let inner = value.get("value")?;
    match value.get("type")?.as_str()? {
        "get_attr" => inner.as_str().map(|name| Step::Key(name.to_owned())),
        "index" => {
            // The index carries its own type: `{"value": 0, "type": "number"}`.
            let key = inner.get("value").unwrap_or(inner);
            Some(match key {
                Value::String(key) => Step::Key(key.clone()),
                key => key.as_u64().and_then(|index| usize::try_from(index).ok()).map_or(Step::Element, Step::Index),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn paths_are_read_in_every_form() {
        let list = json!([[
            {"type": "get_attr", "value": "user"},
            {"type": "index", "value": {"value": 0, "type": "number"}},
            {"type": "index", "value": {"value": "k", "type": "string"}},
            {"type": "index", "value": {"value": {"a": 1}, "type": ["object", {"a": "number"}]}},
        ]]);
        let expected = vec![vec![key("user"), Step::Index(0), key("k"), Step::Element]];
        assert_eq!(paths(Some(&list)), Some(expected.clone()));
        assert_eq!(paths(Some(&json!(list.to_string()))), Some(expected.clone()));
        assert_eq!(paths(Some(&json!(STANDARD.encode(list.to_string())))), Some(expected));
        assert_eq!(paths(Some(&json!(["user[0].password"]))), Some(vec![vec![key("user")]]));
        assert_eq!(paths(None), Some(vec![]));
        assert_eq!(paths(Some(&json!(""))), Some(vec![]));
    }

    #[test]
    fn what_no_version_writes_is_not_guessed_at() {
        for value in [
            json!(7),
            json!("?"),
            json!([[{"type": "splat", "value": 1}]]),
            json!([[7]]),
            json!([[{"type": "get_attr", "value": 7}]]),
        ] {
            assert_eq!(paths(Some(&value)), None, "{value}");
        }
    }
}
