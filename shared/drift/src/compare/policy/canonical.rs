//! Brings a policy document into the one form in which equal policies are identical. Never judges; drops nothing but
//! what grants nothing, and what [`Document::drop_log_delivery`] is asked to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::super::{Difference, json_text};

/// What log delivery needs on its target, in lower case.
const DELIVERY_ACTIONS: [&str; 5] =
    ["s3:putobject", "s3:getbucketacl", "s3:listbucket", "logs:createlogstream", "logs:putlogevents"];

/// A policy document, its statements in their one form beside the originals.
#[derive(Debug)]
pub(super) struct Document<'d> {
    /// Everything but the statements.
    outside: BTreeMap<&'d str, &'d Value>,
    statements: Vec<Statement<'d>>,
}

/// A statement.
#[derive(Debug)]
struct Statement<'d> {
    source: &'d Value,
    members: BTreeMap<&'d str, Cow<'d, Value>>,
    /// The members as text: identical for equal statements.
    key: String,
}

impl<'d> Document<'d> {
    /// Reads a document.
    pub(super) fn read(document: &'d Map<String, Value>) -> Self {
        let mut statements = Vec::new();
        let mut outside = BTreeMap::new();
        for (name, value) in document {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("Statement", Value::Array(list)) if list.iter().all(Value::is_object) => {
                    statements.extend(list.iter().filter_map(Statement::read));
                }
                ("Statement", Value::Object(_)) => statements.extend(Statement::read(value)),
                _ => {
                    outside.insert(name.as_str(), value);
                }
            }
        }
        Self { outside, statements }
    }

    /// Whether there are statements, all with an effect.
    pub(super) fn has_statements(&self) -> bool {
        !self.statements.is_empty() && self.statements.iter().all(|statement| statement.members.contains_key("Effect"))
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.outside.is_empty() && self.statements.is_empty()
    }

    /// The statements' keys, in the order of the document.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().map(|statement| statement.key.as_str())
    }

    /// The document in its one form.
    #[cfg(test)]
    pub(super) fn canonical(&self) -> Value {
        let statement = |it: &Statement<'_>| {
            Value::Object(it.members.iter().map(|(name, value)| ((*name).to_owned(), value.as_ref().clone())).collect())
        };
        serde_json::json!({"Statement": self.statements.iter().map(statement).collect::<Vec<_>>()})
    }

    /// A statement as it was written.
    pub(super) fn source(&self, index: usize) -> Option<&Value> {
        self.statements.get(index).map(|statement| statement.source)
    }

    /// Whether two documents grant the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let (mut here, mut there): (Vec<&str>, Vec<&str>) = (self.keys().collect(), other.keys().collect());
        here.sort_unstable();
        there.sort_unstable();
        here == there && self.is_same_outside_statements(other)
    }

    /// Whether everything but the statements is the same.
    pub(super) fn is_same_outside_statements(&self, other: &Self) -> bool {
        self.outside_statements(other).is_empty()
    }

    /// What differs but the statements. Versions are compared when both are given.
    pub(super) fn outside_statements(&self, other: &Self) -> Vec<Difference> {
        let names: BTreeSet<&str> = self.outside.keys().chain(other.outside.keys()).copied().collect();
        let mut differences = Vec::new();
        for name in names {
            let (here, there) = (self.outside.get(name), other.outside.get(name));
            if here != there && (name != "Version" || (here.is_some() && there.is_some())) {
                let owned = |value: Option<&&Value>| value.map(|value| (*value).clone());
                differences.push(Difference { path: name.to_owned(), declared: owned(here), actual: owned(there) });
            }
        }
        differences
    }

    /// Leaves out the statements that log delivery added; whether there were any.
    ///
    /// Only what AWS writes itself: an allow, for the delivery service alone, of delivery's own actions. Anybody could
    /// write the `Sid`.
    pub(super) fn drop_log_delivery(&mut self, declared: &Self) -> bool {
        let known: BTreeSet<&str> = declared.keys().collect();
        let before = self.statements.len();
        self.statements.retain(|statement| known.contains(statement.key.as_str()) || !statement.is_log_delivery());
        self.statements.len() < before
    }

    /// How much a statement shares with one of another document; a shared `Sid` outweighs everything.
    pub(super) fn likeness(&self, index: usize, other: &Self, other_index: usize) -> usize {
        let (Some(here), Some(there)) = (self.statements.get(index), other.statements.get(other_index)) else {
            return 0;
        };
        let shared = here.members.iter().filter(|(name, value)| there.members.get(*name) == Some(value));
        shared
            .map(|(name, _)| match *name {
                "Sid" => 100,
                "Effect" => 0,
                _ => 1,
            })
            .sum()
    }
}

impl<'d> Statement<'d> {
    /// Reads a statement.
    fn read(source: &'d Value) -> Option<Self> {
        let members: BTreeMap<&str, Cow<'_, Value>> = source
            .as_object()?
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), member(name, value)?)))
            .collect();
        let mut key = String::with_capacity(256);
        for (name, value) in &members {
            // Quoted, so that no name can pose as two.
            key.push_str(&format!("{name:?}:"));
            key.push_str(&text(value));
            key.push(',');
        }
        Some(Self { source, members, key })
    }

    /// Whether log delivery writes this statement.
    fn is_log_delivery(&self) -> bool {
        let get = |name: &str| self.members.get(name).map(AsRef::as_ref);
        let sid = get("Sid").and_then(Value::as_str).unwrap_or_default();
        let actions = get("Action").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        sid.starts_with("AWSLogDelivery")
            && get("Effect") == Some(&Value::from("allow"))
            && get("Principal") == Some(&serde_json::json!({"Service": ["delivery.logs.amazonaws.com"]}))
            && !actions.is_empty()
            && actions.iter().all(|action| action.as_str().is_some_and(|action| DELIVERY_ACTIONS.contains(&action)))
            && get("NotAction").is_none()
    }
}

/// Whether a document as it is written has statements, all with an effect.
pub(super) fn has_statements(document: &Map<String, Value>) -> bool {
    let has_effect =
        |statement: &Value| statement.as_object().is_some_and(|it| it.get("Effect").is_some_and(|it| !it.is_null()));
    match document.get("Statement") {
        Some(Value::Array(statements)) => !statements.is_empty() && statements.iter().all(has_effect),
        Some(statement) => has_effect(statement),
        None => false,
    }
}

/// The object that a document is or holds: an object, a list of one, text, or URL-encoded text. Empty text is an empty
/// document.
pub(super) fn object(value: &Value) -> Option<Cow<'_, Map<String, Value>>> {
    match value {
        Value::Object(members) => Some(Cow::Borrowed(members)),
        Value::Array(list) => match list.as_slice() {
            [] => Some(Cow::Owned(Map::new())),
            [only] => object(only),
            _ => None,
        },
        Value::String(text) if text.trim().is_empty() => Some(Cow::Owned(Map::new())),
        Value::String(text) => match parse(text)? {
            Value::Object(members) => Some(Cow::Owned(members)),
            other => object(&other).map(|members| Cow::Owned(members.into_owned())),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The JSON in a text, also when it is URL-encoded.
fn parse(text: &str) -> Option<Value> {
    json_text::parse(text).or_else(|| {
        let decoded = percent_decode_str(text).decode_utf8().ok().filter(|_| text.contains('%'))?;
        json_text::parse(&decoded)
    })
}

/// The one form of a statement's member; none when it says nothing.
fn member<'d>(name: &str, value: &'d Value) -> Option<Cow<'d, Value>> {
    let own = match (name, value) {
        (_, Value::Null) => None,
        ("Effect", Value::String(effect)) => Some(Value::from(effect.to_lowercase())),
        ("Sid", Value::String(sid)) => {
            return (!sid.bytes().all(|b| b.is_ascii_digit())).then_some(Cow::Borrowed(value));
        }
        ("Action" | "NotAction", _) => Some(list(value, |action| text(action).to_lowercase())),
        ("Resource" | "NotResource", _) => Some(list(value, |resource| text(resource).into_owned())),
        ("Principal", _) => {
            Some(principals(value)).filter(|kinds| kinds.as_object().is_none_or(|kinds| !kinds.is_empty()))
        }
        ("NotPrincipal", _) => Some(principals(value)),
        ("Condition", Value::Object(operators)) => (!operators.is_empty()).then(|| conditions(operators)),
        _ => return Some(Cow::Borrowed(value)),
    };
    own.map(Cow::Owned)
}

/// One value or several as a sorted list without repetitions.
fn list(value: &Value, form: impl Fn(&Value) -> String) -> Value {
    let values: &[Value] = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let mut distinct: Vec<String> = values.iter().map(form).collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.into_iter().collect()
}

/// Principals by kind; kinds without any are left out.
fn principals(value: &Value) -> Value {
    let form = |principal: &Value| account_of_root(&text(principal)).to_owned();
    match value {
        Value::Object(kinds) => {
            let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            let kinds: BTreeMap<&String, Value> = kinds
                .iter()
                .filter(|(_, value)| !is_empty(value))
                .map(|(kind, value)| (kind, list(value, form)))
                .collect();
            kinds.into_iter().map(|(kind, value)| (kind.clone(), value)).collect()
        }
        Value::String(_) => serde_json::json!({"AWS": list(value, form)}),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.clone(),
    }
}

/// The account's id for its root's ARN, in any partition; anything else as it is.
fn account_of_root(principal: &str) -> &str {
    let mut parts = principal.split(':');
    let mut next = || parts.next();
    match [next(), next(), next(), next(), next(), next(), next()] {
        [Some("arn"), Some(_), Some("iam"), Some(""), Some(account), Some("root"), None]
            if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) =>
        {
            account
        }
        _ => principal,
    }
}

/// Conditions: operator, key, sorted values as text.
fn conditions(operators: &Map<String, Value>) -> Value {
    let sorted: BTreeMap<String, Value> = operators
        .iter()
        .map(|(operator, keys)| {
            let keys = match keys {
                Value::Object(keys) => {
                    let keys: BTreeMap<&String, Value> =
                        keys.iter().map(|(key, value)| (key, list(value, |value| text(value).into_owned()))).collect();
                    keys.into_iter().map(|(key, value)| (key.clone(), value)).collect()
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => keys.clone(),
            };
            (operator.clone(), keys)
        })
        .collect();
    sorted.into_iter().collect()
}

/// A scalar as IAM reads it: `true`, `10`, `100.01`; anything else as JSON.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => {
            let text = number.to_string();
            Cow::Owned(text.strip_suffix(".0").map(str::to_owned).unwrap_or(text))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    }
}
