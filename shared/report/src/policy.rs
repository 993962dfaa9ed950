//! Says how two policy documents differ, statement by statement, without printing either.
//!
//! Whether they differ at all was decided by the core; this never decides it again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::plain::shorten;

const STATEMENT_WIDTH: usize = 160;
const NAMES_SHOWN: usize = 3;

/// A statement that one of two documents has and the other has not; the words are safe to show.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StatementDifference {
    /// Declared, and no longer there.
    Lost(String),
    /// There, and not declared.
    Gained(String),
}

/// Tells whether a value is a policy document: its statements all have an effect.
pub(crate) fn is_policy(value: &Value) -> bool {
    statements(value).is_some()
}

/// Returns the statements that differ, lost ones first, in the documents' order.
///
/// Empty where no statement differs by itself (a version, an id, the order of something).
pub(crate) fn differences(declared: Option<&Value>, actual: Option<&Value>) -> Vec<StatementDifference> {
    let declared = declared.and_then(statements).unwrap_or_default();
    let actual = actual.and_then(statements).unwrap_or_default();
    let mut unmatched: BTreeMap<String, usize> = BTreeMap::new();
    for statement in &actual {
        *unmatched.entry(canonical(statement)).or_default() += 1;
    }
    let mut lost = Vec::new();
    for statement in &declared {
        match unmatched.get_mut(&canonical(statement)) {
            Some(left) if *left > 0 => *left -= 1,
            _ => lost.push(statement),
        }
    }
    let mut gained = Vec::new();
    for statement in actual.iter().rev() {
        if let Some(left) = unmatched.get_mut(&canonical(statement))
            && *left > 0
        {
            *left -= 1;
            gained.push(statement);
        }
    }
    let lost = lost.into_iter().map(|one| StatementDifference::Lost(in_words(one)));
    let gained = gained.into_iter().rev().map(|one| StatementDifference::Gained(in_words(one)));
    lost.chain(gained).collect()
}

type Statement = Map<String, Value>;

fn statements(value: &Value) -> Option<Vec<Statement>> {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            statements(&serde_json::from_str(text).ok()?)
        }
        Value::Array(items) => match items.as_slice() {
            [only @ Value::Object(_)] => statements(only),
            _ => None,
        },
        Value::Object(document) => {
            let found = match document.get("Statement")? {
                Value::Object(single) => vec![single.clone()],
                Value::Array(items) => {
                    items.iter().map(|item| item.as_object().cloned()).collect::<Option<Vec<_>>>()?
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
            };
            found.iter().all(|statement| statement.contains_key("Effect")).then_some(found)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// One spelling for a single value and a list of one, and for lists in any order.
fn canonical(statement: &Statement) -> String {
    fn settle(value: &Value) -> Value {
        match value {
            Value::Array(items) => {
                let mut items: Vec<Value> = items.iter().map(settle).collect();
                items.sort_by_key(Value::to_string);
                match items.as_slice() {
                    [only] => only.clone(),
                    _ => Value::Array(items),
                }
            }
            Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), settle(member))).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }
    let mut settled = settle(&Value::Object(statement.clone()));
    settled.sort_all_objects();
    settled.to_string()
}

/// `Allow s3:GetObject on arn:aws:s3:::b/* to 111122223333 if StringEquals aws:SourceAccount=…`.
fn in_words(statement: &Statement) -> String {
    let mut words = listed(statement.get("Effect"));
    let parts = [
        ("Action", " "),
        ("NotAction", " all actions but "),
        ("Resource", " on "),
        ("NotResource", " on all but "),
        ("Principal", " to "),
        ("NotPrincipal", " to all but "),
    ];
    for (member, before) in parts {
        if let Some(value) = statement.get(member) {
            words.push_str(before);
            words.push_str(&listed(Some(value)));
        }
    }
    if let Some(Value::Object(conditions)) = statement.get("Condition") {
        for (at, (operator, tests)) in conditions.iter().enumerate() {
            words.push_str(if at == 0 { " if " } else { " and " });
            words.push_str(operator);
            for (key, expected) in tests.as_object().into_iter().flatten() {
                words.push_str(&format!(" {key}={}", listed(Some(expected))));
            }
        }
    }
    if let Some(Value::String(id)) = statement.get("Sid")
        && !id.is_empty()
    {
        words.push_str(&format!(" ({id})"));
    }
    shorten(&words, STATEMENT_WIDTH)
}

fn listed(value: Option<&Value>) -> String {
    let mut names = Vec::new();
    collect(value.unwrap_or(&Value::Null), &mut names);
    let more = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    let shown = names.join(", ");
    match more {
        0 => shown,
        _ => format!("{shown} and {more} more"),
    }
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => names.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(members) => members.values().for_each(|member| collect(member, names)),
        Value::Bool(_) | Value::Number(_) => names.push(value.to_string()),
        Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::StatementDifference::{Gained, Lost};
    use super::*;
    use serde_json::json;

    #[test]
    fn each_statement_that_differs_is_said() {
        let declared = json!(
            r#"{"Version":"2012-10-17","Statement":[
                {"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"},
                {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"444455556666"}}]}"#
        );
        let actual = json!({"Statement": [
            {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["*"]},
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}},
        ]});
        assert_eq!(
            differences(Some(&declared), Some(&actual)),
            [
                Lost("Allow sts:AssumeRole to 444455556666".to_owned()),
                Gained("Allow sts:AssumeRole to arn:aws:iam::999988887777:root".to_owned()),
            ]
        );
    }

    #[test]
    fn a_condition_and_an_exception_are_part_of_the_words() {
        let actual = json!({"Statement": {
            "Sid": "NotUs", "Effect": "Deny", "NotAction": ["a:A", "b:B", "c:C", "d:D"], "NotResource": "r",
            "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": false}},
        }});
        assert_eq!(
            differences(None, Some(&actual)),
            [Gained(
                "Deny all actions but a:A, b:B, c:C and 1 more on all but r to * if Bool aws:SecureTransport=false (NotUs)"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_statement_without_an_effect_is_not_a_policy() {
        assert!(!is_policy(&json!({"Statement": {"ByteMatchStatement": {}}})));
        assert!(!is_policy(&json!("{not json")));
        assert!(!is_policy(&json!(3)));
        assert!(is_policy(&json!([{"Statement": [{"Effect": "Allow"}]}])));
    }
}
