//! Secrets that a decision sees in passing, and what may be kept of a record: the same call with hashes in their place, so
//! that it can be judged again. Knows neither declarations nor verdicts.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use driftwire_cloudtrail::Record;
use driftwire_declared::Redactor;
use serde_json::{Map, Value};

use crate::identity;

/// A shorter text is looked for as a whole only: it may stand in others by chance.
const SHORTEST: usize = 6;

/// Secrets that were seen. They are never shown, not even to developers.
#[derive(Default)]
pub struct Secrets {
    seen: Mutex<BTreeSet<String>>,
    /// Lists and objects that are secret as wholes, as JSON.
    wholes: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Notes every text and number of a value.
    pub(crate) fn note(&self, value: &Value) {
        match value {
            Value::String(text) if !text.is_empty() => drop(self.seen().insert(text.clone())),
            Value::Number(number) => drop(self.seen().insert(number.to_string())),
            Value::Array(items) => items.iter().for_each(|it| self.note(it)),
            Value::Object(_) if driftwire_declared::is_redacted(value) => {}
            Value::Object(members) => members.values().for_each(|it| self.note(it)),
            _ => {}
        }
    }

    /// Notes a value that is compared by the hash of all of it.
    pub(crate) fn note_whole(&self, value: &Value) {
        if value.is_array() || value.is_object() {
            locked(&self.wholes).insert(value.to_string());
        }
        self.note(value);
    }

    /// Notes what of a value is not in the form in which it is shown.
    pub(crate) fn note_hidden(&self, value: &Value, shown: &Value) {
        match (value, shown) {
            (Value::Object(members), Value::Object(shown)) if !driftwire_declared::is_redacted(value) => {
                members.iter().for_each(|(name, it)| self.note_hidden(it, shown.get(name).unwrap_or(&Value::Null)));
            }
            (Value::Array(items), Value::Array(shown)) if items.len() == shown.len() => {
                items.iter().zip(shown).for_each(|(it, shown)| self.note_hidden(it, shown));
            }
            _ if value == shown => {}
            _ => self.note(value),
        }
    }

    /// Notes what of an observed value stands where something secret is declared, as far as the two can be told to match.
    pub(crate) fn note_below(&self, declared: &Value, actual: &Value) {
        if driftwire_declared::is_redacted(declared) {
            return self.note(actual);
        }
        match (declared, actual) {
            _ if !holds_hashes(declared) => {}
            (Value::Object(declared), Value::Object(actual)) => self.note_members(declared, actual),
            (Value::Array(declared), Value::Array(actual)) => self.note_items(declared, actual),
            // A block of Terraform is a list of one.
            (Value::Array(items), actual) => items.iter().for_each(|it| self.note_below(it, actual)),
            (declared, Value::Array(items)) => items.iter().for_each(|it| self.note_below(declared, it)),
            (Value::String(declared), actual) => match (serde_json::from_str(declared), opened(actual)) {
                (Ok(declared), Some(actual)) => self.note_below(&declared, &actual),
                _ => self.note(actual),
            },
            (declared, actual) => match opened(actual) {
                Some(actual) => self.note_below(declared, &actual),
                None => self.note(actual),
            },
        }
    }

    fn note_members(&self, declared: &Map<String, Value>, actual: &Map<String, Value>) {
        for (name, declared) in declared.iter().filter(|(_, it)| holds_hashes(it)) {
            let mut known = actual.iter().filter(|(other, _)| is_same_name(name, other)).peekable();
            if known.peek().is_none() {
                // Spelled otherwise: it may be any of them.
                actual.values().for_each(|it| self.note(it));
            }
            known.for_each(|(_, actual)| self.note_below(declared, actual));
        }
    }

    /// Elements match by what is not secret of them: the name of a variable. Where nothing does, each may be any.
    fn note_items(&self, declared: &[Value], actual: &[Value]) {
        for element in declared.iter().filter(|it| holds_hashes(it)) {
            let mut matching = actual.iter().filter(|it| shares_member(element, it)).peekable();
            if matching.peek().is_none() {
                actual.iter().for_each(|it| self.note_below(element, it));
            }
            matching.for_each(|it| self.note_below(element, it));
        }
    }

    fn seen(&self) -> MutexGuard<'_, BTreeSet<String>> {
        locked(&self.seen)
    }

    /// What may be kept of a record, as JSON: whatever was seen as a secret, or looks like one, is hashed.
    #[must_use]
    pub fn keep(&self, record: &Record<'_>, redactor: &Redactor) -> String {
        let Ok(Value::Object(mut kept)) = serde_json::from_str(record.raw) else { return String::new() };
        for (name, value) in &mut kept {
            match name.as_str() {
                "userIdentity" => drop(value.as_object_mut().and_then(|identity| identity.remove("accessKeyId"))),
                "requestParameters" | "responseElements" | "serviceEventDetails" | "additionalEventData" => {
                    self.hide_wholes(value, redactor);
                    redactor.redact_value(value);
                    self.hide(value, redactor);
                }
                _ => {}
            }
        }
        // What tells the record from others is of its text where its id does not: it must not change.
        kept.insert("eventID".to_owned(), identity::of_record(record).into());
        if record.shared_event_id.is_some() {
            kept.insert("sharedEventID".to_owned(), identity::of_call(record).into());
        }
        Value::Object(kept).to_string()
    }

    fn hide_wholes(&self, value: &mut Value, redactor: &Redactor) {
        let wholes = locked(&self.wholes);
        if !wholes.is_empty() {
            hide_wholes(&wholes, value, redactor);
        }
    }

    fn hide(&self, value: &mut Value, redactor: &Redactor) {
        match value {
            Value::String(text) if self.knows(text) => *value = redactor.redacted(value),
            Value::Number(number) if self.seen().contains(&number.to_string()) => *value = redactor.redacted(value),
            Value::Array(items) => items.iter_mut().for_each(|it| self.hide(it, redactor)),
            Value::Object(_) if driftwire_declared::is_redacted(value) => {}
            Value::Object(members) => self.hide_members(members, redactor),
            _ => {}
        }
    }

    /// A name may be a secret, too: a map whose keys are.
    fn hide_members(&self, members: &mut Map<String, Value>, redactor: &Redactor) {
        for member in members.values_mut() {
            self.hide(member, redactor);
        }
        let told: Vec<String> =
            members.keys().filter(|name| name.len() >= SHORTEST && self.knows(name)).cloned().collect();
        for name in told {
            if let Some(value) = members.remove(&name) {
                members.insert(redactor.hash(&name), value);
            }
        }
    }

    fn knows(&self, text: &str) -> bool {
        self.seen().iter().any(|secret| text == secret || secret.len() >= SHORTEST && text.contains(secret.as_str()))
    }
}

fn locked(texts: &Mutex<BTreeSet<String>>) -> MutexGuard<'_, BTreeSet<String>> {
    texts.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hide_wholes(wholes: &BTreeSet<String>, value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Array(_) | Value::Object(_) if wholes.contains(&value.to_string()) => *value = redactor.redacted(value),
        Value::Array(items) => items.iter_mut().for_each(|it| hide_wholes(wholes, it, redactor)),
        Value::Object(members) => members.values_mut().for_each(|it| hide_wholes(wholes, it, redactor)),
        _ => {}
    }
}

/// The JSON in a text.
fn opened(value: &Value) -> Option<Value> {
    value.as_str().and_then(|text| serde_json::from_str(text).ok()).filter(|it: &Value| it.is_array() || it.is_object())
}

/// Whether two names are one in two vocabularies: `key_id`, `keyId`.
fn is_same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars().filter(|it| it.is_alphanumeric()).map(|it| it.to_ascii_lowercase()).collect()
    };
    letters(one) == letters(other)
}

/// Whether two elements have a member in common that is not secret: a name, a key.
fn shares_member(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    let is_plain = |it: &Value| it.as_str().is_some_and(|it| !it.is_empty());
    one.iter().any(|(name, value)| {
        is_plain(value) && other.iter().any(|(its_name, its)| is_same_name(name, its_name) && its == value)
    })
}

/// An observed value that was kept with hashes, as it is compared with a declared one: what hashes alike is what is
/// declared. What does not is another value, if nothing declared is a secret itself.
pub(crate) fn matched(redactor: &Redactor, declared: &Value, actual: &Value) -> Value {
    let mut known = Vec::new();
    plain(redactor, declared, &mut known);
    let mut matched = actual.clone();
    replace(&mut matched, &known, !holds_hashes(declared));
    matched
}

/// What is declared in plain, with its hashes.
fn plain(redactor: &Redactor, value: &Value, known: &mut Vec<(Value, Value)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|it| plain(redactor, it, known)),
        Value::Object(_) if driftwire_declared::is_redacted(value) => {}
        Value::Object(members) => members.values().for_each(|it| plain(redactor, it, known)),
        Value::String(_) | Value::Number(_) => known.push((redactor.redacted(value), value.clone())),
        Value::Null | Value::Bool(_) => {}
    }
}

fn replace(value: &mut Value, known: &[(Value, Value)], is_all_plain: bool) {
    if driftwire_declared::is_redacted(value) {
        match known.iter().find(|(hash, _)| hash == value) {
            Some((_, plain)) => *value = plain.clone(),
            None if is_all_plain => *value = Value::from(HIDDEN),
            None => {}
        }
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| replace(it, known, is_all_plain)),
        Value::Object(members) => members.values_mut().for_each(|it| replace(it, known, is_all_plain)),
        _ => {}
    }
}

/// What people see in place of a secret.
pub(crate) const HIDDEN: &str = "(sensitive)";

/// Whether hashes stand somewhere in a value.
pub(crate) fn holds_hashes(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_hashes),
        Value::Object(members) => driftwire_declared::is_redacted(value) || members.values().any(holds_hashes),
        Value::String(text) => text.contains("\"$redacted\""),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
