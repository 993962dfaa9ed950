//! Functions on IAM policies: what a policy grants, and to whom.
//!
//! Reads a policy as text (also URL-encoded), as an object, or one statement of it. What cannot be read grants
//! nothing here: the change is still a finding, with the severity of its kind. Never decides equality of policies.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::network::is_any_cidr;
use crate::judge::view::{Fields, Items, View};

/// Condition keys that tie a statement to callers the owner knows.
const RESTRICTING_KEYS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
    "lambda:functionurlauthtype",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
    "elasticfilesystem:accesspointarn",
];

/// Whether the policy (or the ARN of a managed one, or any of a list) allows every action on every resource.
pub(super) fn grants_admin(value: View<'_, '_>) -> bool {
    match value {
        View::Text(text) if text.starts_with("arn:") => text.ends_with(":iam::aws:policy/AdministratorAccess"),
        View::List(items) => items.iter().any(grants_admin),
        View::Object(fields) if fields.field("Statement").is_none() && fields.field("Effect").is_none() => {
            fields.any(|_, inner| grants_admin(inner))
        }
        View::Text(text) if !may_name_everything(text) => false,
        View::Text(_) | View::Object(_) => any_statement(value, "Allow", |statement| {
            let every = |name| texts(statement.get(name)).any(is_everything);
            every("Action") && every("Resource")
        }),
        View::Null | View::Bool(_) | View::Number(_) | View::Other => false,
    }
}

/// Whether an action or a resource is all there are: `*`, `*:*`.
fn is_everything(text: &str) -> bool {
    text.contains('*') && text.bytes().all(|byte| matches!(byte, b'*' | b':'))
}

/// Whether the text of a policy may hold one of these. Most do not, and need not be parsed; in encoded ones they cannot
/// be seen.
fn may_name_everything(text: &str) -> bool {
    text.contains('\\') || !text.trim_start().starts_with(['{', '[']) || text.split('"').any(is_everything)
}

/// Whether the policy allows something to everyone, with no condition that says whom.
pub(super) fn is_public(value: View<'_, '_>) -> bool {
    any_statement(value, "Allow", |statement| {
        let everyone = statement.contains_key("NotPrincipal") || principals(statement, "AWS").contains("*");
        everyone && !is_restricted(statement)
    })
}

/// Whether the policy denies what does not come over TLS.
pub(super) fn requires_tls(value: View<'_, '_>) -> bool {
    any_statement(value, "Deny", |statement| {
        conditions(statement).any(|(_, key, value)| {
            key.eq_ignore_ascii_case("aws:SecureTransport") && texts(Some(value)).any(|text| text == "false")
        })
    })
}

/// The principals of other accounts, or everyone, that are allowed now and were not declared.
pub(super) fn new_external_principals(declared: View<'_, '_>, actual: View<'_, '_>, account: &str) -> Vec<String> {
    let before = allowed_principals(declared);
    let is_external = |principal: &String| match principal.split(':').nth(4) {
        Some(owner) => owner != account,
        None => principal == "*",
    };
    allowed_principals(actual)
        .into_iter()
        .filter(|principal| !before.contains(principal) && is_external(principal))
        .collect()
}

/// Whether a federated identity (OIDC, SAML) is allowed now that was not declared, or under fewer or wider conditions.
pub(super) fn federation_weakened(declared: View<'_, '_>, actual: View<'_, '_>) -> bool {
    let before = federations(declared);
    federations(actual).into_iter().any(|(provider, now)| match before.get(&provider) {
        None => true,
        Some(was) => was.iter().any(|(key, values)| match now.get(key) {
            None => true,
            Some(present) => !present.is_subset(values),
        }),
    })
}

/// Whether an access control list, canned or spelled out, names everyone or every AWS account.
pub(super) fn is_public_acl(value: View<'_, '_>) -> bool {
    value.any_text(&|text| {
        matches!(text, "public-read" | "public-read-write" | "authenticated-read")
            || text.ends_with("/groups/global/AllUsers")
            || text.ends_with("/groups/global/AuthenticatedUsers")
    })
}

fn any_statement(value: View<'_, '_>, effect: &str, test: impl Fn(&Map<String, Value>) -> bool) -> bool {
    let mut found = false;
    for_each_statement(value, effect, |statement| found = found || test(statement));
    found
}

/// Each statement of a policy, or the one statement that the value is.
fn for_each_statement(value: View<'_, '_>, effect: &str, mut see: impl FnMut(&Map<String, Value>)) {
    let see: &mut dyn FnMut(&Map<String, Value>) = &mut |statement| {
        if has_effect(statement, effect) {
            see(statement);
        }
    };
    match value {
        View::Text(text) => visit(&parse(text).unwrap_or_default(), see),
        View::Object(Fields::Json(fields)) => visit_fields(fields, see),
        View::List(Items::Json(items)) => items.iter().for_each(|item| visit(item, see)),
        View::Object(_) | View::List(_) => visit(&value.json(), see),
        View::Null | View::Bool(_) | View::Number(_) | View::Other => {}
    }
}

fn visit(document: &Value, see: &mut dyn FnMut(&Map<String, Value>)) {
    match document {
        Value::Object(fields) => visit_fields(fields, see),
        Value::Array(items) => items.iter().for_each(|item| visit(item, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn visit_fields(fields: &Map<String, Value>, see: &mut dyn FnMut(&Map<String, Value>)) {
    match fields.get("Statement") {
        Some(inner) => visit(inner, see),
        None if fields.contains_key("Effect") => see(fields),
        None => {}
    }
}

/// The document that a text holds, URL-encoded or not.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start();
    if text.starts_with(['{', '[']) {
        return serde_json::from_str(text).ok();
    }
    let encoded = text.starts_with("%7B") || text.starts_with("%7b");
    let decoded = encoded.then(|| percent_decode_str(text).decode_utf8().ok()).flatten()?;
    serde_json::from_str(&decoded).ok()
}

fn has_effect(statement: &Map<String, Value>, wanted: &str) -> bool {
    statement.get("Effect").and_then(Value::as_str).is_some_and(|effect| effect.eq_ignore_ascii_case(wanted))
}

/// A text or a list of texts.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let single = value.and_then(Value::as_str);
    let many = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let flag = match value {
        Some(Value::Bool(false)) => Some("false"),
        Some(_) | None => None,
    };
    single.into_iter().chain(many).chain(flag)
}

/// The principals of one kind, an account written as its root.
fn principals(statement: &Map<String, Value>, kind: &str) -> BTreeSet<String> {
    let account_root = |text: &str| match text.len() == 12 && text.chars().all(|digit| digit.is_ascii_digit()) {
        true => format!("arn:aws:iam::{text}:root"),
        false => text.to_owned(),
    };
    match statement.get("Principal") {
        Some(Value::String(everyone)) if kind == "AWS" => BTreeSet::from([everyone.clone()]),
        Some(Value::Object(kinds)) => {
            let anyone = texts(kinds.get("*")).filter(|_| kind == "AWS");
            texts(kinds.get(kind)).chain(anyone).map(account_root).collect()
        }
        Some(_) | None => BTreeSet::new(),
    }
}

fn allowed_principals(value: View<'_, '_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for_each_statement(value, "Allow", |statement| found.extend(principals(statement, "AWS")));
    found
}

/// Operator, key and value of each condition.
fn conditions(statement: &Map<String, Value>) -> impl Iterator<Item = (&str, &str, &Value)> {
    let operators = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    operators.flat_map(|(operator, keys)| {
        keys.as_object().into_iter().flatten().map(move |(key, value)| (operator.as_str(), key.as_str(), value))
    })
}

/// Whether some condition must hold that names the callers. `…IfExists` and `ForAllValues` also hold where the key is
/// absent, and negated operators hold for nearly everyone.
fn is_restricted(statement: &Map<String, Value>) -> bool {
    conditions(statement).any(|(operator, key, value)| {
        let operator = operator.to_ascii_lowercase();
        let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
        let positive = ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"];
        let wide = |text: &str| text.chars().all(|c| c == '*') || is_any_cidr(View::Text(text));
        positive.contains(&operator)
            && RESTRICTING_KEYS.contains(&key.to_ascii_lowercase().as_str())
            && texts(Some(value)).next().is_some()
            && !texts(Some(value)).any(wide)
    })
}

/// Per federated provider: the values each condition key allows. A key that one of several statements lacks is absent.
fn federations(value: View<'_, '_>) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut found: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for_each_statement(value, "Allow", |statement| {
        let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, key, value) in conditions(statement) {
            allowed.entry(key.to_ascii_lowercase()).or_default().extend(texts(Some(value)).map(str::to_owned));
        }
        for provider in principals(statement, "Federated") {
            match found.get_mut(&provider) {
                None => {
                    found.insert(provider, allowed.clone());
                }
                Some(earlier) => {
                    earlier.retain(|key, _| allowed.contains_key(key));
                    earlier
                        .iter_mut()
                        .for_each(|(key, values)| values.extend(allowed.get(key).cloned().unwrap_or_default()));
                }
            }
        }
    });
    found
}

/// Whether objects expire after fewer days now than declared, or expire where they were kept.
pub(super) fn expires_sooner(declared: View<'_, '_>, actual: View<'_, '_>) -> bool {
    let days = |value: View<'_, '_>| {
        let mut found: Option<f64> = None;
        expirations(&value.json(), false, &mut found);
        found
    };
    match (days(declared), days(actual)) {
        (Some(was), Some(now)) => now < was,
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

fn expirations(value: &Value, inside: bool, found: &mut Option<f64>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let name = name.to_ascii_lowercase();
                let counts = name == "expirationindays" || (inside && name == "days");
                let days = View::of_json(inner).number().filter(|days| counts && *days > 0.0);
                *found = days.map_or(*found, |days| Some(found.map_or(days, |least| least.min(days))));
                expirations(inner, name == "expiration" || (inside && inner.is_array()), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| expirations(item, inside, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with<T>(value: &Value, ask: impl Fn(View<'_, '_>) -> T) -> T {
        ask(View::of_json(value))
    }

    fn allow(principal: &Value, condition: &Value) -> Value {
        json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", "Condition": condition}]})
    }

    #[test]
    fn an_administrator_is_recognized_as_text_object_statement_and_arn() {
        let all = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["*"], "Resource": "*"}});
        let encoded = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%3A*%22%2C%22Resource%22%3A%22*%22%7D%7D";
        for value in [
            all.clone(),
            json!(all.to_string()),
            json!(encoded),
            json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
            json!("arn:aws:iam::aws:policy/AdministratorAccess"),
            json!(["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws-cn:iam::aws:policy/AdministratorAccess"]),
            json!({"PolicyName": "inline", "PolicyDocument": all}),
        ] {
            assert!(with(&value, grants_admin), "{value}");
        }
        for value in [
            json!({"Effect": "Deny", "Action": "*", "Resource": "*"}),
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
            json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/*"}),
            json!("arn:aws:iam::111122223333:policy/AdministratorAccess"),
            json!("not a policy"),
            json!(null),
        ] {
            assert!(!with(&value, grants_admin), "{value}");
        }
    }

    #[test]
    fn a_condition_that_names_callers_makes_a_policy_private() {
        assert!(with(&allow(&json!("*"), &json!({})), is_public));
        assert!(with(&allow(&json!({"AWS": ["*"]}), &json!({})), is_public));
        assert!(with(&allow(&json!("*"), &json!({"Bool": {"aws:SecureTransport": "true"}})), is_public));
        assert!(with(&allow(&json!("*"), &json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})), is_public));
        assert!(with(&allow(&json!("*"), &json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}})), is_public));
        assert!(with(
            &allow(&json!("*"), &json!({"StringNotEquals": {"aws:SourceAccount": "111122223333"}})),
            is_public
        ));
        assert!(!with(&allow(&json!("*"), &json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})), is_public));
        assert!(!with(&allow(&json!("*"), &json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}})), is_public));
        assert!(!with(&allow(&json!({"AWS": "arn:aws:iam::111122223333:root"}), &json!({})), is_public));
        assert!(!with(&allow(&json!({"Service": "s3.amazonaws.com"}), &json!({})), is_public));
    }

    #[test]
    fn only_principals_of_other_accounts_that_are_new_count() {
        let new = |was: &Value, now: &Value| {
            with(was, |was| with(now, |now| new_external_principals(was, now, "111122223333")))
        };
        let trusts = |aws: Value| allow(&json!({"AWS": aws}), &json!({}));
        let other = "arn:aws:iam::444455556666:root";
        assert_eq!(new(&trusts(json!("111122223333")), &trusts(json!(other))), [other]);
        assert!(new(&trusts(json!("444455556666")), &trusts(json!(other))).is_empty());
        assert!(new(&json!(null), &trusts(json!("arn:aws:iam::111122223333:role/app"))).is_empty());
        assert_eq!(new(&json!(null), &trusts(json!("*"))), ["*"]);
    }

    #[test]
    fn a_lost_or_widened_federation_condition_is_seen() {
        let oidc = |condition: &Value| {
            allow(&json!({"Federated": "arn:aws:iam::111122223333:oidc-provider/token"}), condition)
        };
        let weakened = |was: &Value, now: &Value| with(was, |was| with(now, |now| federation_weakened(was, now)));
        let main = oidc(&json!({"StringEquals": {"token:sub": "repo:acme/app:ref:refs/heads/main"}}));
        let any = oidc(&json!({"StringLike": {"token:sub": "repo:acme/*"}}));
        assert!(weakened(&main, &any));
        assert!(weakened(&main, &oidc(&json!({}))));
        assert!(weakened(&json!(null), &main));
        assert!(!weakened(&main, &main));
        assert!(!weakened(&oidc(&json!({})), &main));
    }

    #[test]
    fn sooner_expiry_is_seen_in_both_vocabularies() {
        let sooner = |was: &Value, now: &Value| with(was, |was| with(now, |now| expires_sooner(was, now)));
        assert!(sooner(&json!([{"expiration": [{"days": 365}]}]), &json!([{"expiration": [{"days": 1}]}])));
        assert!(sooner(&json!(null), &json!({"Rules": [{"ExpirationInDays": 7}]})));
        assert!(!sooner(&json!([{"expiration": [{"days": 30}]}]), &json!([{"expiration": [{"days": 60}]}])));
        assert!(!sooner(&json!(null), &json!([{"transition": [{"days": 7}]}])));
    }
}
