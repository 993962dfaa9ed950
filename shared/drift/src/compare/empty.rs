//! Decides whether a value says nothing: `null`, absent, `""`, `[]` and `{}` are one.
//!
//! False positive removed: a state has `""` or `[]` for an optional attribute that nobody set, a call leaves it out and
//! a live model has `null`. By hand: create a log group without a key; Terraform stores `kms_key_id = ""`.
//!
//! It must not hide a declared `false`: AWS's default may be `true`, so `false` and `0` are values unless the caller
//! says that the declaration's tool writes them for what nobody set ([`Zero::Absent`]). Nor may it hide which of several
//! empty blocks is present: `{"Allow": {}}` is not `{"Block": {}}` (see `walk`).

use serde_json::Value;

use super::Zero;

/// Whether a value says nothing. A list with an empty element says something: a block without arguments is there.
pub(super) fn is_empty(value: &Value, zero: Zero) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.values().all(|member| is_empty(member, zero)),
        Value::Bool(value) => zero == Zero::Absent && !value,
        Value::Number(number) => zero == Zero::Absent && number.as_f64() == Some(0.0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Comparison, Difference, Equality, Zero, compare, compare_with};

    #[test]
    fn nothing_is_spelled_in_five_ways() {
        let spellings = [json!(null), json!(""), json!([]), json!({}), json!({"a": null, "b": []})];
        for declared in &spellings {
            for actual in &spellings {
                assert!(
                    matches!(compare(declared, actual, Equality::Default), Comparison::Equal(_)),
                    "{declared} {actual}"
                );
            }
        }
    }

    #[test]
    fn a_declared_empty_list_is_not_a_list_of_something() {
        let expected = Difference { path: String::new(), declared: None, actual: Some(json!("sg-1")) };
        assert_eq!(compare(&json!([]), &json!(["sg-1"]), Equality::Default), Comparison::Different(vec![expected]));
    }

    #[test]
    fn a_declared_false_is_not_absent_unless_told() {
        let (declared, actual) = (json!({"Enabled": false, "Max": 0, "Name": "a"}), json!({"Name": "a"}));
        let Comparison::Different(differences) = compare(&declared, &actual, Equality::Default) else {
            panic!("equal")
        };
        assert_eq!(differences.iter().map(|d| d.path.as_str()).collect::<Vec<_>>(), ["Enabled", "Max"]);
        assert!(matches!(compare_with(&declared, &actual, Equality::Default, Zero::Absent), Comparison::Equal(_)));
    }

    #[test]
    fn a_declared_true_is_never_absent() {
        let (declared, actual) = (json!({"Enabled": true}), json!({}));
        assert!(matches!(compare_with(&declared, &actual, Equality::Default, Zero::Absent), Comparison::Different(_)));
        assert!(matches!(
            compare_with(&json!(true), &json!(false), Equality::Default, Zero::Absent),
            Comparison::Different(_)
        ));
    }

    #[test]
    fn which_empty_block_is_present_matters() {
        let (allow, block) = (json!({"DefaultAction": {"Allow": {}}}), json!({"DefaultAction": {"Block": {}}}));
        assert!(matches!(compare(&allow, &block, Equality::Default), Comparison::Different(_)));
        assert!(matches!(compare(&allow, &allow, Equality::Default), Comparison::Equal(_)));
        let terraform = json!({"default_action": [{"allow": [{"custom": []}], "block": []}]});
        assert!(matches!(compare(&terraform, &allow, Equality::Default), Comparison::Equal(_)));
        assert!(matches!(compare(&terraform, &block, Equality::Default), Comparison::Different(_)));
    }
}
