//! What a decision is made with: the declarations, the rules, and the key that hides secrets. All of it is given.

use driftwire_declared::{Redactor, Tool};
use serde_json::Value;

use crate::{
    compare::{self, Comparison, Difference, Equality, Unknown, Zero},
    finding::Change,
    index::Index,
    judge::Rules,
    secrets::{self, HIDDEN, Secrets},
};

/// Everything a decision depends on besides the call: PURE-CORE.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// What is declared.
    pub index: &'c Index,
    /// Pipelines, what to ignore, severities.
    pub rules: &'c Rules,
    /// Hides secrets, with the key that hid those of the declarations.
    pub redactor: &'c Redactor,
    /// How much is kept of comparisons that found no difference.
    pub detail: Detail,
    /// Whether changes may still wait for a new declared state.
    pub waiting: Waiting,
    /// Where secrets that are seen in passing are noted, so that what is kept of a record can be rid of them.
    pub secrets: Option<&'c Secrets>,
}

/// Whether changes may wait for a new declared state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Waiting {
    /// They may: those of pipelines, and those made while a stack changes.
    #[default]
    Allowed,
    /// The new state is there, or did not come in time: what differs is reported.
    Over,
}

/// How much is kept of comparisons that found no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// That they were made.
    #[default]
    Verdict,
    /// The values, too, for people to read.
    Full,
}

impl<'c> Context<'c> {
    /// What a first judgement is made with: changes may wait, and only verdicts are kept of what does not differ.
    #[must_use]
    pub fn new(index: &'c Index, rules: &'c Rules, redactor: &'c Redactor) -> Self {
        Self { index, rules, redactor, detail: Detail::Verdict, waiting: Waiting::Allowed, secrets: None }
    }
}

impl Context<'_> {
    /// Compares a declared value with an observed one. Where the declared one is hidden, the observed one is hidden by
    /// the same key first, so that a change is still seen.
    pub(crate) fn compare(&self, tool: Tool, declared: &Value, actual: &Value, equality: Equality) -> Comparison {
        // Terraform's state has `false` and `0` for what nobody set; templates have only what somebody wrote.
        let zero = match tool {
            Tool::Terraform | Tool::OpenTofu => Zero::Absent,
            Tool::CloudFormation | Tool::Pulumi => Zero::Value,
        };
        if driftwire_declared::is_redacted(declared) && driftwire_cloudtrail::mask(actual).is_none() {
            if !driftwire_declared::is_redacted(actual) && secrets::holds_hashes(actual) {
                return Comparison::Unknown(Unknown::Redacted);
            }
            if let Some(secrets) = self.secrets {
                secrets.note_whole(actual);
            }
            let hidden = self.redactor.redacted(actual);
            return compare::compare_with(declared, &hidden, equality, zero);
        }
        // What was kept of a record has hashes where it had secrets.
        if driftwire_declared::is_redacted(actual) {
            return self.compare_kept(declared, actual, equality, zero);
        }
        let matched;
        let actual = if secrets::holds_hashes(actual) {
            matched = secrets::matched(self.redactor, declared, actual);
            &matched
        } else {
            if let Some(secrets) = self.secrets {
                secrets.note_below(declared, actual);
            }
            actual
        };
        let compared = compare::compare_with(declared, actual, equality, zero);
        match &compared {
            Comparison::Different(all) if tool == Tool::CloudFormation && all.iter().all(is_damaged) => {
                Comparison::Unknown(Unknown::Unresolved)
            }
            _ => compared,
        }
    }

    /// Compares with a value of which only the hash was kept.
    fn compare_kept(&self, declared: &Value, actual: &Value, equality: Equality, zero: Zero) -> Comparison {
        let hidden = self.redactor.redacted(declared);
        if driftwire_declared::is_redacted(&hidden) || driftwire_declared::unresolved(declared).is_some() {
            return compare::compare_with(&hidden, actual, equality, zero);
        }
        // Nothing is declared, and something was written.
        let (declared, actual) = (Some(declared.clone()), Some(actual.clone()));
        Comparison::Different(vec![Difference { path: String::new(), declared, actual }])
    }

    /// Hides what is a secret, or looks like one, in a change.
    pub(crate) fn hide(&self, change: &mut Change) {
        let seen = self.secrets.map(|_| change.actual.clone());
        let hidden = hide(self.redactor, &change.attribute, &mut change.declared, &mut change.actual);
        if let (true, Some(secrets), Some(Some(seen))) = (hidden, self.secrets, &seen) {
            secrets.note_hidden(seen, change.actual.as_ref().unwrap_or(&Value::Null));
        }
        change.redacted |= hidden;
    }
}

/// Whether a declared text differs only where the template came damaged.
fn is_damaged(difference: &Difference) -> bool {
    let (declared, actual) = (difference.declared.as_ref(), difference.actual.as_ref());
    declared.zip(actual).is_some_and(|(declared, actual)| compare::is_damaged(declared, actual))
}

/// Hides what is a secret, or looks like one, in two values of an attribute. Not even its hash is shown. What hides the
/// declared value hides the actual one, too, where nothing may mark it. Returns whether anything was hidden.
pub(crate) fn hide(
    redactor: &Redactor,
    attribute: &str,
    declared: &mut Option<Value>,
    actual: &mut Option<Value>,
) -> bool {
    let hide = |value: Option<&mut Value>| {
        value.is_some_and(|value| {
            redactor.redact_named(attribute, value);
            veil(value)
        })
    };
    let (is_declared, is_actual) = (hide(declared.as_mut()), hide(actual.as_mut()));
    if is_declared && !is_actual {
        *actual = actual.take().map(|_| Value::from(HIDDEN));
    }
    is_declared || is_actual
}

/// Replaces hashes by a word, at every depth. Returns whether there were any.
fn veil(value: &mut Value) -> bool {
    if driftwire_declared::is_redacted(value) {
        *value = Value::from(HIDDEN);
        return true;
    }
    match value {
        Value::Array(elements) => elements.iter_mut().fold(false, |hidden, element| veil(element) | hidden),
        Value::Object(members) => members.values_mut().fold(false, |hidden, member| veil(member) | hidden),
        Value::String(text) if text.contains("\"$redacted\"") => veil_text(text),
        _ => false,
    }
}

/// A document in a text: policies, container definitions.
fn veil_text(text: &mut String) -> bool {
    let Ok(mut document) = serde_json::from_str::<Value>(text) else { return false };
    let hidden = veil(&mut document);
    if hidden {
        *text = document.to_string();
    }
    hidden
}
