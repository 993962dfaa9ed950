//! Laws that hold for every comparison, tried on generated values, and the answers that a public set of policies expects.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Comparison, Equality, Zero, compare, compare_with, says_nothing, security_group};

const EQUALITIES: [Equality; 16] = [
    Equality::Default,
    Equality::Policy,
    Equality::VersionPrefix,
    Equality::ArnOrName,
    Equality::IgnoreCase,
    Equality::OrderedList,
    Equality::Set,
    Equality::AttributeList,
    Equality::Map,
    Equality::Tags,
    Equality::JsonDocument,
    Equality::Cidr,
    Equality::Duration,
    Equality::DnsName,
    Equality::UserData,
    Equality::KmsKey,
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..300).prop_map(Value::from),
        "[a-z]{0,4}".prop_map(Value::from),
        "[0-9]{1,2}\\.[0-9]{1,2}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z_]{1,4}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn is_equal(comparison: &Comparison) -> bool {
    matches!(comparison, Comparison::Equal(_))
}

/// The places of the scalars in a value.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{pointer}/{i}"), found)),
        Value::Object(map) => map.iter().for_each(|(k, v)| leaves(v, &format!("{pointer}/{k}"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push(pointer.to_owned()),
    }
}

/// The lists in a value turned around.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().rev().map(reversed).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), reversed(v))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// A value written as CloudFormation does: scalars as text.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(as_text).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), as_text(v))).collect(),
        Value::Bool(_) | Value::Number(_) => Value::from(value.to_string()),
        Value::Null | Value::String(_) => value.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_equals_itself_without_any_rule(value in value()) {
        for equality in EQUALITIES {
            prop_assert_eq!(compare(&value, &value, equality), Comparison::Equal(vec![]));
        }
    }

    #[test]
    fn a_value_says_nothing_exactly_when_it_equals_nothing(value in value()) {
        let secret = json!({"$redacted": value.clone()});
        for value in [value, secret, json!({"$redacted": ""})] {
            prop_assert_eq!(says_nothing(&value), is_equal(&compare(&value, &Value::Null, Equality::Default)));
        }
    }

    #[test]
    fn the_order_of_lists_does_not_matter(value in value()) {
        prop_assert!(is_equal(&compare(&value, &reversed(&value), Equality::Default)), "{}", reversed(&value));
    }

    #[test]
    fn scalars_written_as_text_are_the_same(value in value()) {
        prop_assert!(is_equal(&compare(&value, &as_text(&value), Equality::Default)), "{}", as_text(&value));
    }

    #[test]
    fn a_changed_leaf_is_found(value in value(), index in any::<prop::sample::Index>()) {
        let mut places = Vec::new();
        leaves(&value, "", &mut places);
        if places.is_empty() {
            return Ok(());
        }
        let mut changed = value.clone();
        if let Some(leaf) = changed.pointer_mut(index.get(&places).as_str()) {
            *leaf = json!("another value");
        }
        for zero in [Zero::Value, Zero::Absent] {
            prop_assert!(!is_equal(&compare_with(&value, &changed, Equality::Default, zero)), "{changed}");
            prop_assert!(!is_equal(&compare_with(&changed, &value, Equality::Default, zero)), "{changed}");
        }
    }

    #[test]
    fn scalars_compare_the_same_both_ways(one in scalar(), other in scalar()) {
        for equality in EQUALITIES.into_iter().filter(|equality| *equality != Equality::VersionPrefix) {
            let (there, back) = (compare(&one, &other, equality), compare(&other, &one, equality));
            prop_assert_eq!(is_equal(&there), is_equal(&back), "{:?}", equality);
        }
    }

    #[test]
    fn a_complete_document_compares_the_same_both_ways(one in value(), other in value()) {
        let (there, back) = (compare(&one, &other, Equality::Map), compare(&other, &one, Equality::Map));
        prop_assert_eq!(is_equal(&there), is_equal(&back));
    }

    #[test]
    fn a_rule_read_from_its_own_element_is_itself(from in -1_i64..66_000, to in -1_i64..66_000, protocol in "tcp|udp|icmp|icmpv6|-1|all|6|17|50|esp", prefix in 0_u8..33, host in any::<u32>()) {
        let cidr = format!("{}/{prefix}", std::net::Ipv4Addr::from(host));
        let block = json!({"protocol": protocol, "from_port": from, "to_port": to, "cidr_blocks": [cidr]});
        let read = |block: &Value| security_group::from_terraform_block(security_group::Direction::Ingress, "sg-0aaa", block.as_object().unwrap());
        let once = read(&block);
        let mut element = once.tuples[0].to_json();
        element["cidr_blocks"] = json!([element["cidr"]]);
        prop_assert_eq!(read(&element), once);
    }
}

#[test]
fn every_equality_has_a_name_that_reads_back() {
    for equality in EQUALITIES {
        assert_eq!(equality.as_str().parse(), Ok(equality));
    }
    let error = "polizy".parse::<Equality>().unwrap_err().to_string();
    assert!(error.starts_with("`polizy` is no equality"), "{error}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "test code reads its cases and says so when it cannot"
)]
fn policies_are_equal_where_a_public_set_says_so() {
    let folder = std::env::var("DRIFTWIRE_CORPUS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus").to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{folder}/policy_equivalence_cases.json")) else {
        println!("skipped: no corpus");
        return;
    };
    // Broken JSON is an error there; here the same text, whatever it holds, is the same.
    let argued = ["Invalid policy JSON"];
    let set: Value = serde_json::from_str(&text).unwrap();
    let cases = set["cases"].as_array().unwrap();
    let wrong: Vec<&str> = cases
        .iter()
        .filter(|case| is_equal(&compare(&case["policy1"], &case["policy2"], Equality::Policy)) != case["equivalent"])
        .filter_map(|case| case["name"].as_str())
        .collect();
    println!("policies: {} of {} as expected", cases.len() - wrong.len(), cases.len());
    assert_eq!(wrong, argued);
}

#[test]
fn an_empty_block_with_a_member_that_says_nothing_is_still_that_block() {
    let (one, other) = (json!({"a": {"_": null}}), json!({"_": {}}));
    assert!(!is_equal(&compare(&one, &other, Equality::Map)));
    assert!(!is_equal(&compare(&other, &one, Equality::Map)));
}
