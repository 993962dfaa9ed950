//! Property values as Pulumi writes them down: what is marked as a secret, an asset or a reference, and the bookkeeping
//! that stands among them.

use serde_json::{Map, Value};

use crate::{Redactor, Unresolved};

/// The member that says what an object stands for.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const ASSET: &str = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE: &str = "0def7320c3a5731c473e5ecbe6d01bc7";
const REFERENCE: &str = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/// A value that was not known yet.
const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/// Names of members that the provider filled in.
const DEFAULTS: &str = "__defaults";
/// What providers keep for themselves.
const OWN: [&str; 4] = [DEFAULTS, "__meta", "__internal", "__inputs"];
/// A secret that is within more secrets than this is not looked into.
const DEEPEST: u8 = 8;

/// Whether a value is marked as a secret.
pub(super) fn is_secret(value: &Value) -> bool {
    let signed = value.get(SIGNATURE).and_then(Value::as_str);
    signed == Some(SECRET) || signed == Some(OUTPUT) && value.get("secret") == Some(&Value::Bool(true))
}

/// The scalars among the properties that the provider filled in: part of what identifies a resource, and never declared.
pub(super) fn filled_in(members: &Map<String, Value>) -> Map<String, Value> {
    let names = members.get(DEFAULTS).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let scalar = |name| members.get_key_value(name).filter(|(_, value)| !(value.is_array() || value.is_object()));
    names.filter_map(scalar).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The properties that somebody gave, without those that the provider filled in, at every depth.
pub(super) fn properties(members: Map<String, Value>, redactor: &Redactor) -> Map<String, Value> {
    properties_at(members, redactor, 0)
}

fn properties_at(mut members: Map<String, Value>, redactor: &Redactor, depth: u8) -> Map<String, Value> {
    let defaults = members.remove(DEFAULTS);
    let defaults = defaults.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    members
        .into_iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()) && !defaults.iter().any(|it| it == name))
        .map(|(name, value)| (name, plain(value, redactor, depth)))
        .collect()
}

/// A value as it is, below `depth` secrets, with hashes and marks in the place of what must not or cannot be told.
pub(super) fn plain(value: Value, redactor: &Redactor, depth: u8) -> Value {
    match value {
        Value::String(text) if text == UNKNOWN => Unresolved::Unknown.mark(),
        Value::Array(items) => items.into_iter().map(|it| plain(it, redactor, depth)).collect(),
        Value::Object(members) => match members.get(SIGNATURE).and_then(Value::as_str).map(str::to_owned) {
            Some(signature) => signed(&signature, members, redactor, depth),
            None => Value::Object(properties_at(members, redactor, depth)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn signed(signature: &str, mut members: Map<String, Value>, redactor: &Redactor, depth: u8) -> Value {
    let mut inner = |name: &str| members.remove(name).map(|it| plain(it, redactor, depth + 1));
    match signature {
        SECRET => match (inner("plaintext"), inner("value")) {
            (Some(Value::String(text)), _) if depth < DEEPEST => match serde_json::from_str(&text) {
                Ok(value) => redactor.redacted(&plain(value, redactor, depth + 1)),
                Err(_) => redactor.redacted(&Value::String(text)),
            },
            (None, Some(value)) => redactor.redacted(&value),
            _ => Unresolved::Secret.mark(),
        },
        ASSET | ARCHIVE => Unresolved::Content.mark(),
        REFERENCE => match inner("id") {
            Some(Value::String(id)) if !id.is_empty() => Value::String(id),
            _ => Unresolved::Reference.mark(),
        },
        OUTPUT => {
            let secret = members.get("secret") == Some(&Value::Bool(true));
            match members.remove("value").map(|it| plain(it, redactor, depth + 1)) {
                Some(value) if secret => redactor.redacted(&value),
                Some(value) => value,
                None => Unresolved::Unknown.mark(),
            }
        }
        _ => Unresolved::Unknown.mark(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{is_redacted, unresolved};

    fn read(value: Value) -> Value {
        plain(value, &Redactor::new(b"k"), 0)
    }

    #[test]
    fn what_the_provider_filled_in_is_not_declared_at_any_depth() {
        let given = json!({"__defaults": ["name"], "__meta": "{}", "name": "a-1", "rule": {"__defaults": ["days"], "days": 1, "status": "on"},
            "list": [{"__defaults": ["self"], "self": false, "port": 1}]});
        assert_eq!(read(given), json!({"rule": {"status": "on"}, "list": [{"port": 1}]}));
    }

    #[test]
    fn a_secret_is_hashed_where_it_can_be_read_and_marked_where_not() {
        let redactor = Redactor::new(b"k");
        let clear = read(json!({SIGNATURE: SECRET, "plaintext": "\"hunter2\""}));
        assert_eq!(clear, redactor.redacted(&json!("hunter2")));
        assert_eq!(unresolved(&read(json!({SIGNATURE: SECRET, "ciphertext": "v1:x"}))), Some(Unresolved::Secret));
        assert!(is_redacted(&read(json!({SIGNATURE: OUTPUT, "value": {"a": 1}, "secret": true}))));
    }

    #[test]
    fn what_stands_for_something_else_is_resolved_or_marked() {
        let reason = |value: Value| unresolved(&read(value));
        assert_eq!(reason(json!({SIGNATURE: ASSET, "hash": "x", "text": "hi"})), Some(Unresolved::Content));
        assert_eq!(reason(json!({SIGNATURE: ARCHIVE, "hash": "x"})), Some(Unresolved::Content));
        assert_eq!(reason(json!({SIGNATURE: REFERENCE, "urn": "u"})), Some(Unresolved::Reference));
        assert_eq!(reason(json!({SIGNATURE: REFERENCE, "urn": "u", "id": UNKNOWN})), Some(Unresolved::Reference));
        assert_eq!(read(json!({SIGNATURE: REFERENCE, "urn": "u", "id": "vpc-1"})), json!("vpc-1"));
        assert_eq!(read(json!({SIGNATURE: OUTPUT, "value": [1]})), json!([1]));
        assert_eq!(reason(json!({SIGNATURE: OUTPUT})), Some(Unresolved::Unknown));
        assert_eq!(reason(json!(UNKNOWN)), Some(Unresolved::Unknown));
        assert_eq!(reason(json!({SIGNATURE: "something newer"})), Some(Unresolved::Unknown));
    }
}
