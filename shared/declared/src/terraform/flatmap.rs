//! Turns the flat attributes of older states (`ingress.123.cidr_blocks.0`) back into nested values, all of them text.
//!
//! `x.#` counts a list or set, `x.%` a map. Sets have hashes where lists have positions; they come out in the order of
//! their hashes. What the file calls unknown comes out as null.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What older versions write for a value that is not known yet.
const UNKNOWN: &str = "74D93920-ED26-11E3-AC10-0800200C9A66";
/// Deeper nesting stays flat. No provider comes near it; a made-up file must not exhaust the stack.
const DEEPEST: usize = 32;

/// Decodes flat attributes. Values that are not text are kept as they are.
pub(super) fn decode(flat: Map<String, Value>) -> Map<String, Value> {
    object(flat.into_iter().collect(), 0)
}

/// Decodes the attributes of one object: each first part of the keys is one attribute.
fn object(flat: BTreeMap<String, Value>, depth: usize) -> Map<String, Value> {
    let mut attributes = Map::new();
    let mut nested: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (key, value) in flat {
        match key.split_once('.') {
            Some((first, rest)) if depth < DEEPEST => {
                nested.entry(first.to_owned()).or_default().insert(rest.to_owned(), value);
            }
            _ => {
                attributes.insert(key, scalar(value));
            }
        }
    }
    for (key, members) in nested {
        attributes.insert(key, container(members, depth + 1));
    }
    attributes
}

/// Decodes what stands under one attribute: a list, a set, or a map.
fn container(mut members: BTreeMap<String, Value>, depth: usize) -> Value {
    let list_length = members.remove("#");
    let map_length = members.remove("%");
    if list_length.as_ref().or(map_length.as_ref()).and_then(Value::as_str) == Some(UNKNOWN) {
        return Value::Null;
    }
    let position = |key: &str| key.split('.').next().unwrap_or_default().parse::<u64>().ok();
    let is_list = list_length.is_some() && members.keys().all(|key| position(key).is_some());
    if !is_list {
        // Maps hold plain values only, and their keys may hold dots.
        return Value::Object(members.into_iter().map(|(key, value)| (key, scalar(value))).collect());
    }
    let mut elements: BTreeMap<u64, BTreeMap<String, Value>> = BTreeMap::new();
    for (key, value) in members {
        let rest = key.split_once('.').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        elements.entry(position(&key).unwrap_or_default()).or_default().insert(rest, value);
    }
    Value::Array(elements.into_values().map(|element| self::element(element, depth)).collect())
}

/// Decodes one element of a list: a plain value, an object, or a list again.
fn element(mut members: BTreeMap<String, Value>, depth: usize) -> Value {
    if let Some(value) = members.remove("") {
        return scalar(value);
    }
    if members.contains_key("#") || members.contains_key("%") {
        return if depth < DEEPEST {
            container(members, depth + 1)
        } else {
            Value::Object(members.into_iter().collect())
        };
    }
    Value::Object(object(members, depth))
}

fn scalar(value: Value) -> Value {
    if value.as_str() == Some(UNKNOWN) { Value::Null } else { value }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn decoded(flat: Value) -> Value {
        let Value::Object(flat) = flat else { return Value::Null };
        Value::Object(decode(flat))
    }

    #[test]
    fn lists_sets_and_maps_come_back() {
        let flat = json!({
            "id": "sg-1",
            "tags.%": "2", "tags.Name": "web", "tags.kubernetes.io/role": "node",
            "empty.#": "0", "none.%": "0",
            "ingress.#": "2",
            "ingress.2214680975.from_port": "80", "ingress.2214680975.cidr_blocks.#": "2",
            "ingress.2214680975.cidr_blocks.0": "10.0.0.0/8", "ingress.2214680975.cidr_blocks.1": "10.1.0.0/16",
            "ingress.516175195.from_port": "22", "ingress.516175195.cidr_blocks.#": "0",
            "names.#": "11", "names.0": "a", "names.10": "k", "names.2": "c",
            "old_map.#": "1", "old_map.Name": "x",
            "later": UNKNOWN, "list_later.#": UNKNOWN,
        });
        assert_eq!(
            decoded(flat),
            json!({
                "id": "sg-1",
                "tags": {"Name": "web", "kubernetes.io/role": "node"},
                "empty": [], "none": {},
                "ingress": [
                    {"from_port": "22", "cidr_blocks": []},
                    {"from_port": "80", "cidr_blocks": ["10.0.0.0/8", "10.1.0.0/16"]},
                ],
                "names": ["a", "c", "k"],
                "old_map": {"Name": "x"},
                "later": null, "list_later": null,
            })
        );
    }

    #[test]
    fn made_up_nesting_stays_shallow() {
        let mut flat = Map::new();
        let mut key = String::from("a");
        for _ in 0..500 {
            flat.insert(format!("{key}.#"), json!("1"));
            key.push_str(".0");
        }
        flat.insert(key, json!("x"));
        assert!(serde_json::to_string(&decode(flat)).unwrap().contains('x'));
    }

    proptest! {
        #[test]
        fn any_keys_are_decoded(flat in proptest::collection::btree_map("([a0#%]\\.?){0,8}", "[a-z]{0,3}", 0..20)) {
            decode(flat.into_iter().map(|(key, value)| (key, Value::String(value))).collect());
        }
    }
}
