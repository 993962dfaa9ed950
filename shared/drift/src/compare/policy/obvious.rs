//! A second comparison of policies, slow and obvious, and the property that the first one always agrees with it.
//!
//! It never brings anything into one form: it asks of two policies whether their statements can be paired so that the
//! statements of each pair say the same, and tries all pairings.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{Comparison, Equality, compare};
use super::canonical::Document;

/// Whether some pairing of the statements pairs only such that say the same.
fn same_policy(one: &[Value], other: &[Value]) -> bool {
    match one {
        [] => other.is_empty(),
        [first, rest @ ..] => (0..other.len()).any(|partner| {
            let mut left = other.to_vec();
            same_statement(first, &left.remove(partner)) && same_policy(rest, &left)
        }),
    }
}

fn same_statement(one: &Value, other: &Value) -> bool {
    ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"].iter().all(|name| {
        let (one, other) = (&one[*name], &other[*name]);
        match *name {
            "Sid" => same_sid(one, other),
            "Effect" => text(one).eq_ignore_ascii_case(&text(other)),
            "Action" => each_in(&values(one), &values(other), |a, b| a.eq_ignore_ascii_case(b)),
            "Resource" => each_in(&values(one), &values(other), |a, b| a == b),
            "Principal" => each_in(&principals(one), &principals(other), same_principal),
            _ => each_in(&conditions(one), &conditions(other), |a, b| a == b),
        }
    })
}

/// Whether each entry of both lists has one like it in the other.
fn each_in<T>(one: &[T], other: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    one.iter().all(|a| other.iter().any(|b| is_same(a, b))) && other.iter().all(|b| one.iter().any(|a| is_same(a, b)))
}

/// A name is compared; none, an empty one and a number that IAM made up are not.
fn same_sid(one: &Value, other: &Value) -> bool {
    let name = |sid: &Value| sid.as_str().filter(|it| it.chars().any(|c| !c.is_ascii_digit())).map(str::to_owned);
    name(one) == name(other)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn values(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(|| vec![text(value)], |list| list.iter().map(text).collect())
}

fn principals(value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Null => Vec::new(),
        Value::String(one) => vec![("AWS".to_owned(), one.clone())],
        kinds => {
            let of_kind = |(kind, named): (&String, &Value)| {
                values(named).into_iter().map(|it| (kind.clone(), it)).collect::<Vec<_>>()
            };
            kinds.as_object().unwrap().iter().flat_map(of_kind).collect()
        }
    }
}

fn same_principal(one: &(String, String), other: &(String, String)) -> bool {
    let is_root_of = |arn: &str, account: &str| arn == format!("arn:aws:iam::{account}:root");
    one.0 == other.0 && (one.1 == other.1 || is_root_of(&one.1, &other.1) || is_root_of(&other.1, &one.1))
}

fn conditions(value: &Value) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for (operator, keys) in value.as_object().into_iter().flatten() {
        for (key, wanted) in keys.as_object().unwrap() {
            all.extend(values(wanted).into_iter().map(|it| (operator.clone(), key.clone(), it)));
        }
    }
    all
}

/// One value, or a list of some, as policies write either.
fn one_or_many(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(of).prop_map(Value::from),
        prop::collection::vec(prop::sample::select(of), 1..4).prop_map(Value::from),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let sid = prop::sample::select(vec![json!(null), json!(""), json!("1"), json!("Read"), json!("Write")]);
    let effect = prop::sample::select(vec!["Allow", "allow", "Deny"]);
    let principal = prop_oneof![
        Just(json!(null)),
        Just(json!("*")),
        Just(json!({"AWS": []})),
        one_or_many(&["*", "111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/app"])
            .prop_map(|it| json!({"AWS": it})),
        one_or_many(&["ec2.amazonaws.com", "*"]).prop_map(|it| json!({"Service": it})),
    ];
    let wanted =
        prop_oneof![one_or_many(&["true", "10", "a"]), Just(json!(true)), Just(json!(10)), Just(json!([10, "a"]))];
    let condition = prop_oneof![
        Just(json!(null)),
        Just(json!({})),
        (prop::sample::select(vec!["Bool", "StringLike"]), wanted)
            .prop_map(|(it, wanted)| json!({it: {"aws:k": wanted}})),
    ];
    let action = one_or_many(&["s3:Get", "S3:get", "s3:Put", "s3:*"]);
    let resource = one_or_many(&["*", "arn:aws:s3:::a", "arn:aws:s3:::A"]);
    (sid, effect, principal, action, resource, condition).prop_map(
        |(sid, effect, principal, action, resource, condition)| {
            let all = [
                ("Sid", sid),
                ("Effect", json!(effect)),
                ("Principal", principal),
                ("Action", action),
                ("Resource", resource),
                ("Condition", condition),
            ];
            let said = all.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(said.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
        },
    )
}

/// Two policies that share many of their statements, in another order.
fn two_policies() -> impl Strategy<Value = (Vec<Value>, Vec<Value>)> {
    let statements = prop::collection::vec(statement(), 1..4);
    (statements, prop::collection::vec(statement(), 0..2), any::<prop::sample::Index>()).prop_map(|(one, new, turn)| {
        let mut other = one.clone();
        other.rotate_left(turn.index(one.len()));
        for (place, statement) in other.iter_mut().zip(new) {
            *place = statement;
        }
        (one, other)
    })
}

proptest! {
    #[test]
    fn both_comparisons_agree((one, other) in two_policies(), is_text in any::<bool>()) {
        let document = |statements: &[Value]| json!({"Version": "2012-10-17", "Statement": statements});
        let (declared, actual) = (document(&one), document(&other));
        let declared = if is_text { Value::from(declared.to_string()) } else { declared };
        let is_equal = matches!(compare(&declared, &actual, Equality::Policy), Comparison::Equal(_));
        prop_assert_eq!(is_equal, same_policy(&one, &other), "{} {}", declared, actual);
    }

    #[test]
    fn the_one_form_of_the_one_form_is_itself(statements in prop::collection::vec(statement(), 1..4)) {
        let document = json!({"Statement": statements});
        let once = Document::read(document.as_object().unwrap()).canonical();
        let twice = Document::read(once.as_object().unwrap()).canonical();
        prop_assert_eq!(&once, &twice);
        prop_assert!(matches!(compare(&document, &once, Equality::Policy), Comparison::Equal(_)));
    }

    #[test]
    fn one_change_in_a_statement_is_seen_by_both(mut one in prop::collection::vec(statement(), 1..3), more in statement()) {
        let before = one.clone();
        let last = one.len() - 1;
        one[last]["Resource"] = more["Resource"].clone();
        let (declared, actual) = (json!({"Statement": before}), json!({"Statement": one}));
        let is_equal = matches!(compare(&declared, &actual, Equality::Policy), Comparison::Equal(_));
        prop_assert_eq!(is_equal, same_policy(&before, &one), "{} {}", declared, actual);
    }
}
