//! The ways in which calls spell values that declarations spell otherwise: numbers as text, lists in one text, protocols
//! by number, pairs as a map, words for nothing. Compares nothing.

use std::borrow::Cow;

use driftwire_catalog::Property;
use serde_json::{Map, Value};

use crate::{compare::says_nothing, understand::path};

/// A written value in the type that the declaration has: services log numbers and switches as text, and the reverse.
pub(super) fn typed_as(declared: Option<&Value>, actual: Value) -> Value {
    let typed = match (declared, &actual) {
        (Some(Value::Number(_)), Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
        (Some(Value::Bool(_)), Value::String(text)) => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
        // A document that the code has as such, and the call as text.
        (Some(Value::Object(_) | Value::Array(_)), Value::String(text)) => {
            serde_json::from_str(text).ok().filter(|it: &Value| it.is_object() || it.is_array())
        }
        (Some(Value::String(_)), Value::Number(_) | Value::Bool(_)) => path::text(&actual).map(Value::from),
        _ => None,
    };
    typed.unwrap_or(actual)
}

/// The value as declarations spell it, where calls spell it in a way of their own.
pub(super) fn spelled(property: &Property, actual: &Value) -> Option<Value> {
    match (property.equality?, actual) {
        ("comma_list", Value::String(list)) => {
            Some(list.split(',').map(str::trim).filter(|it| !it.is_empty()).collect())
        }
        ("ip_protocol", protocol) => Some(Value::from(protocol_name(&path::text(protocol)?))),
        _ => None,
    }
}

/// A list of names and values as the map that a declaration has (an alarm's dimensions).
pub(super) fn pairs(declared: &Value, actual: &Value) -> Option<Value> {
    let (Value::Object(_), Value::Array(entries)) = (declared, actual) else { return None };
    let pair = |entry: &Value| {
        let members = entry.as_object().filter(|members| members.len() == 2)?;
        let key = ["name", "key"].iter().find_map(|name| path::first(members, name)).and_then(path::text)?;
        Some((key, path::first(members, "value")?.clone()))
    };
    entries.iter().map(pair).collect::<Option<Map<_, _>>>().map(Value::Object)
}

/// Whether one side says nothing, and the other in a word that there is nothing.
pub(super) fn is_none(declared: &Value, actual: &Value) -> bool {
    let word = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| ["none", "disabled", "off"].iter().any(|none| text.eq_ignore_ascii_case(none)))
    };
    word(actual) && says_nothing(declared) || word(declared) && says_nothing(actual)
}

pub(super) fn spelled_declared(declared: &Value) -> Cow<'_, Value> {
    path::text(declared).map_or(Cow::Borrowed(declared), |protocol| Cow::Owned(Value::from(protocol_name(&protocol))))
}

/// A protocol by its name, where it has one.
fn protocol_name(protocol: &str) -> &str {
    match protocol {
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        "all" => "-1",
        other => other,
    }
}
