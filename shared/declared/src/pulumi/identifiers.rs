//! Which of a resource's outputs say which resource it is. They are computed, and never compared.

use serde_json::{Map, Value};

use super::value;
use crate::Redactor;

/// A longer text is no identifier.
const LONGEST: usize = 512;

/// How the names of identifiers end, folded.
const ENDS: [&str; 9] = ["id", "arn", "name", "url", "identifier", "bucket", "key", "domain", "cidr"];

/// The short texts among the outputs whose names say that they identify, where the inputs do not say the same; and what
/// the provider filled in, which the keys of elements are made of.
pub(super) fn pick(
    outputs: Map<String, Value>,
    filled_in: Map<String, Value>,
    declared: &Map<String, Value>,
    sensitive: impl Fn(&str) -> bool,
    redactor: &Redactor,
) -> Map<String, Value> {
    let of_outputs = outputs.into_iter().filter(|(name, value)| value.is_string() && identifies(name));
    let is_short = |value: &Value| match value {
        Value::String(text) => !text.is_empty() && text.len() <= LONGEST,
        value => value.is_boolean() || value.is_number(),
    };
    let mut picked: Map<String, Value> = filled_in
        .into_iter()
        .chain(of_outputs)
        .filter(|(name, value)| is_short(value) && !sensitive(name) && declared.get(name) != Some(value))
        .map(|(name, value)| (name, value::plain(value, redactor, 0)))
        .collect();
    redactor.redact_attributes("", &mut picked);
    // What was hidden, or was not known, identifies nothing.
    picked.retain(|_, value| !value.is_object());
    picked
}

fn identifies(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("__") && ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_short_clear_names_identify() {
        let outputs = json!({"arn": "arn:aws:s3:::a", "bucket": "a", "description": "x", "userId": 1, "__metaId": "m", "tags": {"id": "t"},
            "masterKey": "k".repeat(600), "secretAccessKey": "hunter2", "token": "t", "hiddenName": "n", "name": ""});
        let declared = json!({"bucket": "a"});
        let picked = pick(
            outputs.as_object().unwrap().clone(),
            json!({"egress": false, "masterPassword": "hunter2", "list": []}).as_object().unwrap().clone(),
            declared.as_object().unwrap(),
            |name| name == "hiddenName",
            &Redactor::new(b"k"),
        );
        assert_eq!(Value::Object(picked), json!({"arn": "arn:aws:s3:::a", "egress": false}));
    }
}
