//! Decides whether two IAM policy documents grant the same, and which statements differ when they do not.
//!
//! A policy is known by its shape: a `Statement` whose elements all have an `Effect`. WAF rules also have a member
//! `Statement`; they have no effect in it and stay out.
//!
//! False positives removed: a document as text, URL-encoded text or object; one statement without its list; the order of
//! statements, actions, resources, principals; one value without its list; booleans and numbers in conditions as text;
//! the case of actions and effects; an account's id for its root's ARN; empty and numbered `Sid`s; `"*"` for
//! `{"AWS": "*"}`; the statements that log delivery adds to a bucket. By hand: attach a policy in the console that the
//! code has, with its actions sorted, and look at `PutRolePolicy`.
//!
//! It must not hide a change of what is granted: resources keep their case, an `AROA…` principal is a deleted role and
//! not the role, and a log-delivery statement must be exactly what AWS writes.

mod canonical;
#[cfg(test)]
mod obvious;

use std::collections::BTreeMap;

use serde_json::Value;

use super::path::Path;
use super::walk::Walk;
use super::{Difference, Unknown, mask};
use canonical::Document;

/// Whether a value is a policy document by its shape.
pub(super) fn is_document(value: &Value) -> bool {
    let has_effect = |statement: &Value| statement.get("Effect").is_some_and(Value::is_string);
    match value.get("Statement") {
        Some(Value::Array(statements)) => !statements.is_empty() && statements.iter().all(has_effect),
        Some(statement @ Value::Object(_)) => has_effect(statement),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => false,
    }
}

/// Compares two policy documents as wholes; false when they are not two documents.
///
/// A difference is one, of the whole document: [`statement_differences`] tells it apart.
pub(super) fn walk(walk: &mut Walk<'_>, at: Path<'_>, declared: &Value, actual: &Value) -> bool {
    walk_read(walk, at, (declared, actual), (declared, actual))
}

/// [`walk`], where the documents were read from their texts before: the first pair is what is reported.
pub(super) fn walk_read(
    walk: &mut Walk<'_>,
    at: Path<'_>,
    (declared, actual): (&Value, &Value),
    (left, right): (&Value, &Value),
) -> bool {
    let (Some(left), Some(right)) = (canonical::object(left), canonical::object(right)) else { return false };
    // Most often the two differ in white space and the order of keys alone.
    if left == right && canonical::has_statements(&left) {
        walk.trace("policy", at, "");
        return true;
    }
    let (left, mut right) = (Document::read(&left), Document::read(&right));
    if !(left.has_statements() || right.has_statements() || (left.is_empty() && right.is_empty())) {
        return false;
    }
    if right.drop_log_delivery(&left) {
        walk.trace("log-delivery-statements", at, "");
    }
    if left.is_same(&right) {
        walk.trace("policy", at, "");
    } else if is_same_of_own_api(declared, actual) {
        walk.trace("own-api-resource", at, "");
    } else if differs_in_unresolved_only(&left, &right) {
        walk.unknown(at, Unknown::Unresolved);
    } else {
        walk.differ(at, declared, actual);
    }
    true
}

/// Whether two policies of an API are the same where one calls the API's own resources by the short form
/// `execute-api:/stage/GET/path`, and the other by their ARNs.
fn is_same_of_own_api(declared: &Value, actual: &Value) -> bool {
    if !is_short_api(declared) && !is_short_api(actual) {
        return false;
    }
    let shortened = |value: &Value| canonical::object(value).map(|it| Value::Object(it.into_owned())).map(own_api);
    let (Some(left), Some(right)) = (shortened(declared), shortened(actual)) else { return false };
    let (Some(left), Some(right)) = (left.as_object(), right.as_object()) else { return false };
    Document::read(left).is_same(&Document::read(right))
}

/// Whether the short form is somewhere in a policy, or in the text of one.
fn is_short_api(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with("execute-api:/") || text.contains("\"execute-api:/"),
        Value::Array(items) => items.iter().any(is_short_api),
        Value::Object(members) => members.values().any(is_short_api),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The same with the ARNs of an API's resources in their short form.
fn own_api(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(short_api_arn(&text).map_or(text, |path| format!("execute-api:/{path}"))),
        Value::Array(items) => items.into_iter().map(own_api).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, own_api(value))).collect(),
        scalar => scalar,
    }
}

/// What follows the API's id in the ARN of one of its resources.
fn short_api_arn(text: &str) -> Option<String> {
    let mut parts = text.splitn(6, ':');
    let is_api = parts.next() == Some("arn") && parts.nth(1) == Some("execute-api");
    let (_, path) = parts.nth(2).filter(|_| is_api)?.split_once('/')?;
    Some(path.to_owned())
}

/// Whether each declared statement that has no equal holds a part that is not known before deployment.
fn differs_in_unresolved_only(declared: &Document<'_>, actual: &Document<'_>) -> bool {
    let (only_declared, only_actual) = lonely(declared, actual);
    let is_open = |index: &usize| declared.source(*index).is_some_and(mask::anywhere);
    !only_declared.is_empty()
        && only_declared.iter().all(is_open)
        && only_actual.len() <= only_declared.len()
        && declared.is_same_outside_statements(actual)
}

/// The statements that have no equal on the other side, by their places.
fn lonely(declared: &Document<'_>, actual: &Document<'_>) -> (Vec<usize>, Vec<usize>) {
    let mut open: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, key) in actual.keys().enumerate() {
        open.entry(key).or_default().push(index);
    }
    let only_declared: Vec<usize> = declared
        .keys()
        .enumerate()
        .filter(|(_, key)| open.get_mut(key).and_then(Vec::pop).is_none())
        .map(|(index, _)| index)
        .collect();
    let mut only_actual: Vec<usize> = open.into_values().flatten().collect();
    only_actual.sort_unstable();
    (only_declared, only_actual)
}

/// Tells two policies apart statement by statement: added, removed, or changed.
///
/// Statements are paired by `Sid`, else by what they share. Empty when the policies are the same; one difference of the
/// whole when they are not two documents.
#[must_use]
pub fn statement_differences(declared: &Value, actual: &Value) -> Vec<Difference> {
    let (Some(left), Some(right)) = (canonical::object(declared), canonical::object(actual)) else {
        let some = |value: &Value| (!value.is_null()).then(|| value.clone());
        return vec![Difference { path: String::new(), declared: some(declared), actual: some(actual) }];
    };
    let (left, mut right) = (Document::read(&left), Document::read(&right));
    right.drop_log_delivery(&left);
    let (only_declared, mut only_actual) = lonely(&left, &right);
    let mut differences: Vec<Difference> = left.outside_statements(&right);
    for index in only_declared {
        let partner = best(&left, index, &right, &only_actual);
        if let Some(partner) = partner {
            only_actual.retain(|other| *other != partner);
        }
        differences.push(Difference {
            path: format!("Statement[{index}]"),
            declared: left.source(index).cloned(),
            actual: partner.and_then(|other| right.source(other).cloned()),
        });
    }
    for index in only_actual {
        differences.push(Difference {
            path: "Statement".to_owned(),
            declared: None,
            actual: right.source(index).cloned(),
        });
    }
    differences
}

/// The statement that a declared one became: the one with its `Sid`, else the one that shares most of it.
fn best(declared: &Document<'_>, index: usize, actual: &Document<'_>, candidates: &[usize]) -> Option<usize> {
    candidates
        .iter()
        .map(|other| (declared.likeness(index, actual, *other), *other))
        .filter(|(likeness, _)| *likeness > 0)
        .max_by_key(|(likeness, other)| (*likeness, std::cmp::Reverse(*other)))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Comparison, Difference, Equality, Unknown, compare};
    use super::statement_differences;

    fn policy(statement: &Value) -> Value {
        json!({"Version": "2012-10-17", "Statement": statement})
    }

    fn is_equal(declared: &Value, actual: &Value) -> bool {
        let there = matches!(compare(declared, actual, Equality::Policy), Comparison::Equal(_));
        let back = matches!(compare(actual, declared, Equality::Policy), Comparison::Equal(_));
        assert_eq!(there, back, "not symmetric: {declared} {actual}");
        there
    }

    fn is_same_statement(declared: &Value, actual: &Value) -> bool {
        is_equal(&policy(declared), &policy(actual))
    }

    fn allow(member: &str, value: &Value) -> Value {
        let mut statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
        statement[member] = value.clone();
        statement
    }

    #[test]
    fn a_document_is_text_encoded_text_an_object_or_a_list_of_one() {
        let document = policy(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]));
        let text = document.to_string();
        let encoded = text.replace('{', "%7B").replace('"', "%22").replace(' ', "%20");
        for spelling in [json!(text), json!(encoded), json!([document]), policy(&document["Statement"][0])] {
            assert!(is_equal(&document, &spelling), "{spelling}");
        }
        assert!(is_equal(&json!(""), &json!({})) && is_equal(&json!("[]"), &json!("[{}]")));
        assert!(!is_equal(&document, &json!("")));
    }

    #[test]
    fn the_order_of_statements_and_values_does_not_matter() {
        let (a, b) = (allow("Action", &json!(["s3:A", "s3:B"])), allow("Resource", &json!(["x", "y"])));
        assert!(is_same_statement(
            &json!([a, b]),
            &json!([allow("Resource", &json!(["y", "x", "x"])), allow("Action", &json!(["s3:b", "s3:a"]))])
        ));
        assert!(!is_same_statement(&json!([a, b]), &json!([a])));
    }

    #[test]
    fn actions_and_effects_have_no_case_and_resources_do() {
        assert!(is_same_statement(&allow("Action", &json!("S3:getobject")), &allow("Effect", &json!("allow"))));
        assert!(!is_same_statement(
            &allow("Resource", &json!("arn:aws:s3:::B")),
            &allow("Resource", &json!("arn:aws:s3:::b"))
        ));
        assert!(!is_same_statement(&allow("Effect", &json!("Deny")), &allow("Effect", &json!("Allow"))));
    }

    #[test]
    fn an_account_is_its_root_in_any_partition() {
        let by_id = allow("Principal", &json!({"AWS": "444455556666"}));
        for root in ["arn:aws:iam::444455556666:root", "arn:aws-cn:iam::444455556666:root"] {
            assert!(is_same_statement(&by_id, &allow("Principal", &json!({"AWS": [root]}))), "{root}");
        }
        assert!(!is_same_statement(&by_id, &allow("Principal", &json!({"AWS": "arn:aws:iam::999988887777:root"}))));
        assert!(!is_same_statement(
            &by_id,
            &allow("Principal", &json!({"AWS": "arn:aws:iam::444455556666:user/root"}))
        ));
    }

    #[test]
    fn everyone_has_two_spellings_and_nobody_three() {
        assert!(is_same_statement(&allow("Principal", &json!("*")), &allow("Principal", &json!({"AWS": ["*"]}))));
        assert!(!is_same_statement(&allow("Principal", &json!("*")), &allow("Principal", &json!({"Service": "*"}))));
        assert!(is_same_statement(&allow("Principal", &json!({"AWS": []})), &allow("Principal", &json!({}))));
        assert!(!is_same_statement(&allow("Principal", &json!({})), &allow("Principal", &json!("*"))));
    }

    #[test]
    fn a_deleted_principal_is_a_difference() {
        let role = allow("Principal", &json!({"AWS": "arn:aws:iam::111122223333:role/app"}));
        assert!(!is_same_statement(&role, &allow("Principal", &json!({"AWS": "AROAEXAMPLEROLE00001"}))));
    }

    #[test]
    fn conditions_compare_booleans_and_numbers_as_text() {
        let condition = |value: Value| allow("Condition", &json!({"Bool": {"aws:SecureTransport": value}}));
        assert!(is_same_statement(&condition(json!("true")), &condition(json!([true]))));
        assert!(!is_same_statement(&condition(json!("true")), &condition(json!(false))));
        let keys = |value: Value| allow("Condition", &json!({"NumericLessThan": {"s3:max-keys": value}}));
        assert!(
            is_same_statement(&keys(json!(10)), &keys(json!(["10"])))
                && is_same_statement(&keys(json!(10.0)), &keys(json!("10")))
        );
        assert!(is_same_statement(&keys(json!([100.01, 2])), &keys(json!(["2", "100.01"]))));
        assert!(!is_same_statement(&keys(json!([])), &allow("Sid", &json!(""))));
    }

    #[test]
    fn a_sid_that_nobody_chose_does_not_matter() {
        assert!(is_same_statement(&allow("Sid", &json!("")), &allow("Sid", &json!("1"))));
        assert!(!is_same_statement(&allow("Sid", &json!("Read")), &allow("Sid", &json!("Write"))));
    }

    #[test]
    fn versions_matter_when_both_are_given() {
        let statement = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
        assert!(is_equal(&policy(&statement), &json!({"Statement": statement})));
        assert!(!is_equal(&policy(&statement), &json!({"Version": "2008-10-17", "Statement": statement})));
        assert!(!is_equal(&policy(&statement), &json!({"Version": "2012-10-17", "Id": "x", "Statement": statement})));
    }

    #[test]
    fn log_delivery_may_add_its_own_statements_and_nothing_else() {
        let own = allow("Sid", &json!("Own"));
        let delivery = |action: &str, principal: &Value| json!({"Sid": "AWSLogDeliveryWrite", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "arn:aws:s3:::b/*"});
        let service = json!({"Service": "delivery.logs.amazonaws.com"});
        let with = |added: Value| compare(&policy(&json!([own])), &policy(&json!([own, added])), Equality::Policy);
        assert!(matches!(with(delivery("s3:PutObject", &service)), Comparison::Equal(_)));
        assert!(matches!(with(delivery("s3:*", &service)), Comparison::Different(_)));
        assert!(matches!(with(delivery("s3:PutObject", &json!("*"))), Comparison::Different(_)));
        assert!(matches!(
            with(delivery("s3:PutObject", &json!({"Service": "delivery.logs.amazonaws.com", "AWS": "*"}))),
            Comparison::Different(_)
        ));
    }

    #[test]
    fn a_waf_statement_is_no_policy() {
        let rule = |list: &str| json!({"Name": "r", "Statement": {"IPSetReferenceStatement": {"Arn": list}}});
        assert!(matches!(compare(&rule("A"), &rule("a"), Equality::Default), Comparison::Different(_)));
        assert!(!super::is_document(&rule("a")));
    }

    #[test]
    fn a_member_named_policy_may_be_something_else() {
        let (declared, actual) = (json!({"Policy": {"Mode": "a"}}), json!({"Policy": {"Mode": "a", "Default": 1}}));
        assert!(matches!(compare(&declared, &actual, Equality::Default), Comparison::Equal(_)));
        assert!(matches!(
            compare(&json!({"policy": "a"}), &json!({"policy": "b"}), Equality::Default),
            Comparison::Different(_)
        ));
    }

    #[test]
    fn a_changed_policy_is_one_difference_of_the_whole() {
        let (declared, actual) =
            (json!(policy(&allow("Sid", &json!("A"))).to_string()), policy(&allow("Action", &json!("*"))));
        let expected =
            Difference { path: "policy".to_owned(), declared: Some(declared.clone()), actual: Some(actual.clone()) };
        assert_eq!(
            compare(&json!({"policy": declared}), &json!({"policy": actual}), Equality::Default),
            Comparison::Different(vec![expected])
        );
    }

    #[test]
    fn an_unresolved_statement_is_unknown_and_does_not_cover_an_added_one() {
        let open = allow("Resource", &json!("{{resolve:ssm:/bucket}}"));
        let (solved, added) = (allow("Resource", &json!("arn:aws:s3:::b")), allow("Action", &json!("*")));
        assert_eq!(
            compare(&policy(&open), &policy(&solved), Equality::Policy),
            Comparison::Unknown(Unknown::Unresolved)
        );
        assert!(matches!(
            compare(&policy(&open), &policy(&json!([solved, added])), Equality::Policy),
            Comparison::Different(_)
        ));
    }

    #[test]
    fn differences_are_told_by_statement() {
        let (a, b, c) = (
            allow("Sid", &json!("A")),
            allow("Sid", &json!("B")),
            json!({"Effect": "Deny", "NotAction": "x", "NotResource": "y"}),
        );
        let mut changed = b.clone();
        changed["Action"] = json!("s3:*");
        let told = statement_differences(&policy(&json!([a, b])), &policy(&json!([changed, a, c])));
        let expected = vec![
            Difference { path: "Statement[1]".to_owned(), declared: Some(b), actual: Some(changed) },
            Difference { path: "Statement".to_owned(), declared: None, actual: Some(c) },
        ];
        assert_eq!(told, expected);
    }
}
