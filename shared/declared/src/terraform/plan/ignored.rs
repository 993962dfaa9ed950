//! Infers from a plan what the code ignores, where it shows: the code says one thing as a constant, the object has
//! another, and the plan leaves it so.
//!
//! Providers leave differences of spelling alone in the same way: letter case, JSON in another form, a name for an ARN,
//! `13` for `13.4`. Nothing is inferred from a difference that may be one of those.

use std::net::IpAddr;

use serde_json::{Map, Value};

/// The longest text of which a difference says something.
const LONGEST: usize = 256;

/// Returns the paths of the attributes that a plan without changes shows to be ignored.
///
/// `expressions` are those of the block, `prior` what the object has, `planned` what it is to have.
pub(super) fn infer(
    expressions: &Map<String, Value>,
    prior: &Map<String, Value>,
    planned: &Map<String, Value>,
) -> Vec<String> {
    let mut found = Vec::new();
    members(expressions, prior, planned, "", &mut found);
    found
}

fn members(
    expressions: &Map<String, Value>,
    prior: &Map<String, Value>,
    planned: &Map<String, Value>,
    prefix: &str,
    found: &mut Vec<String>,
) {
    for (name, expression) in expressions {
        let (Some(prior), Some(planned)) = (prior.get(name), planned.get(name)) else { continue };
        // The plan does not keep it as it is.
        if prior != planned {
            continue;
        }
        let path = format!("{prefix}{name}");
        match (expression, prior) {
            (Value::Object(one), prior) if one.contains_key("constant_value") => {
                one.get("constant_value").into_iter().for_each(|code| constant(code, prior, &path, found));
            }
            (Value::Object(one), Value::Object(prior)) if !one.contains_key("references") => {
                members(one, prior, prior, &format!("{path}."), found);
            }
            // Of several blocks, which one is which is not known.
            (Value::Array(blocks), Value::Array(items)) => {
                if let ([Value::Object(one)], [Value::Object(prior)]) = (blocks.as_slice(), items.as_slice()) {
                    members(one, prior, prior, &format!("{path}[0]."), found);
                }
            }
            _ => {}
        }
    }
}

/// Compares what the code says with what the object has.
fn constant(code: &Value, prior: &Value, path: &str, found: &mut Vec<String>) {
    match (code, prior) {
        (Value::Object(code), Value::Object(prior)) => {
            let added = prior.keys().filter(|key| !code.contains_key(*key));
            let changed = code.iter().filter(|(key, value)| {
                prior.get(*key).is_none_or(|prior| is_plain(value) && is_plain(prior) && differs(value, prior))
            });
            let keys = changed.map(|(key, _)| key).chain(added);
            found.extend(keys.map(|key| format!("{path}.{key}")));
        }
        (Value::Array(code), Value::Array(prior)) => {
            let all_plain = code.iter().chain(prior).all(is_plain);
            let has_same = |one: &Value, other: &[Value]| other.iter().any(|other| !differs(one, other));
            let are_same = code.iter().all(|one| has_same(one, prior)) && prior.iter().all(|one| has_same(one, code));
            if all_plain && !code.is_empty() && !are_same {
                found.push(path.to_owned());
            }
        }
        (code, prior) if is_plain(code) && is_plain(prior) && differs(code, prior) => found.push(path.to_owned()),
        _ => {}
    }
}

/// Whether a value says something, and in so few words that another one is not the same in other words.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => {
            !text.is_empty() && text.len() <= LONGEST && !text.contains('\n') && !text.starts_with(['{', '['])
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Whether two plain values differ in more than their spelling.
fn differs(one: &Value, other: &Value) -> bool {
    if let (Value::Number(one), Value::Number(other)) = (one, other) {
        return one.as_f64() != other.as_f64();
    }
    let (one, other) = (spelled(one), spelled(other));
    let is_ip = |text: &str| text.split('/').next().is_some_and(|address| address.parse::<IpAddr>().is_ok());
    let is_hash = |text: &str| matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_alias = |text: &str| text.starts_with("alias/");
    let is_arn = |text: &str| text.starts_with("arn:");
    let same_number = matches!((one.parse::<f64>(), other.parse::<f64>()), (Ok(one), Ok(other)) if one == other);
    let are_numbers = one.parse::<f64>().is_ok() && other.parse::<f64>().is_ok();
    let are_whole = are_numbers && !one.contains('.') && !other.contains('.');
    let may_be_same = same_number
        || (!are_whole && (one.contains(&other) || other.contains(&one)))
        || (is_ip(&one) && is_ip(&other))
        || is_hash(&one) != is_hash(&other)
        || is_alias(&one) != is_alias(&other)
        || is_arn(&one) != is_arn(&other);
    !may_be_same
}

/// A value as a text, without what spelling is free to choose.
fn spelled(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().trim_end_matches('.').to_lowercase(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inferred(expressions: &Value, prior: &Value) -> Vec<String> {
        infer(expressions.as_object().unwrap(), prior.as_object().unwrap(), prior.as_object().unwrap())
    }

    fn of(code: &Value, prior: &Value) -> Vec<String> {
        inferred(&json!({"a": {"constant_value": code}}), &json!({"a": prior}))
    }

    #[test]
    fn what_a_plan_leaves_against_the_code_is_ignored() {
        assert_eq!(of(&json!(2), &json!(5)), ["a"]);
        assert_eq!(of(&json!(2), &json!("20")), ["a"], "a number is no beginning of another");
        assert_eq!(of(&json!(true), &json!(false)), ["a"]);
        assert_eq!(of(&json!("one"), &json!("two")), ["a"]);
        assert_eq!(of(&json!(["a", "b"]), &json!(["b", "c"])), ["a"]);
        assert_eq!(of(&json!({"x": "1", "y": "2"}), &json!({"x": "1", "y": "3", "z": "4"})), ["a.y", "a.z"]);
        assert_eq!(
            inferred(
                &json!({"scaling": [{"desired": {"constant_value": 2}, "max": {"references": ["var.max"]}}]}),
                &json!({"scaling": [{"desired": 4, "max": 9}]})
            ),
            ["scaling[0].desired"]
        );
    }

    #[test]
    fn what_may_be_the_same_in_other_words_says_nothing() {
        for (code, prior) in [
            (json!("2"), json!(2)),
            (json!(1.0), json!(1)),
            (json!("true"), json!(true)),
            (json!("Enabled"), json!("enabled")),
            (json!("example.com."), json!("example.com")),
            (json!("13"), json!("13.4")),
            (json!("deploy"), json!("arn:aws:iam::111122223333:role/deploy")),
            (json!("alias/app"), json!("arn:aws:kms:eu-west-1:111122223333:key/k-1")),
            (json!("10.0.0.5/16"), json!("10.0.0.0/16")),
            (json!("#!/bin/sh"), json!("da39a3ee5e6b4b0d3255bfef95601890afd80709")),
            (json!("{\"a\": 1}"), json!("{\"b\":1}")),
            (json!("a\nb"), json!("c")),
            (json!(""), json!("eu-west-1a")),
            (json!(null), json!("x")),
            (json!("x"), json!(null)),
            (json!([]), json!(["sg-1"])),
            (json!(["a", "b"]), json!(["b", "a"])),
            (json!([{"a": 1}]), json!([{"a": 2}])),
            (json!({"x": "1"}), json!({"x": 1})),
        ] {
            assert_eq!(of(&code, &prior), Vec::<String>::new(), "{code} {prior}");
        }
        assert!(inferred(&json!({"a": {"references": ["var.a"]}}), &json!({"a": 1})).is_empty());
        let two = json!({"b": [{"x": {"constant_value": 1}}, {"x": {"constant_value": 2}}]});
        assert!(inferred(&two, &json!({"b": [{"x": 8}, {"x": 9}]})).is_empty(), "which one is which is not known");
    }

    #[test]
    fn what_a_plan_changes_is_not_ignored() {
        let (code, prior, planned) = (json!({"a": {"constant_value": 2}}), json!({"a": 5}), json!({"a": 2}));
        let [code, prior, planned] = [&code, &prior, &planned].map(|it| it.as_object().unwrap());
        assert!(infer(code, prior, planned).is_empty());
    }
}
