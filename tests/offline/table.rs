//! Tables of a call and what must come of it: verdict, owner, attribute, declared and actual value.

use driftwire_drift::Verdict;
use serde_json::{Value, json};

use crate::desk::{Desk, key};
use crate::invariants::call;

/// A call by a person at the console, and what it must come to.
pub(crate) struct Case {
    record: Value,
    verdict: Verdict,
    changes: Vec<(&'static str, &'static str, Value, Value)>,
}

impl Case {
    /// A call that must be drift, unless told otherwise.
    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better")]
    pub(crate) fn new(service: &str, name: &str, request: Value) -> Self {
        Self { record: call(service, name, &request), verdict: Verdict::Drifted, changes: Vec::new() }
    }

    pub(crate) fn answered(mut self, response: Value) -> Self {
        self.record["responseElements"] = response;
        self
    }

    pub(crate) fn by_terraform(mut self) -> Self {
        self.record["userAgent"] =
            json!("APN/1.0 HashiCorp/1.0 Terraform/1.13.0 (+https://www.terraform.io) terraform-provider-aws/6.20.0");
        self
    }

    pub(crate) fn is(mut self, verdict: Verdict) -> Self {
        self.verdict = verdict;
        self
    }

    /// A change that the finding must show, at the declaration that owns it.
    pub(crate) fn tells(
        mut self,
        address: &'static str,
        attribute: &'static str,
        declared: Value,
        actual: Value,
    ) -> Self {
        self.changes.push((address, attribute, declared, actual));
        self
    }

    /// What is wrong with the outcome; nothing, if it is as it must be.
    fn miss(&self, desk: &Desk) -> Option<String> {
        let outcomes = desk.judge(&self.record).outcomes;
        let title = || format!("{} {}", self.record["eventName"], self.record["requestParameters"]);
        if !outcomes.iter().any(|it| it.verdict == self.verdict) {
            return Some(format!(
                "{}: {:?}",
                title(),
                outcomes.iter().map(|it| (it.verdict, it.reason)).collect::<Vec<_>>()
            ));
        }
        let findings: Vec<_> = outcomes
            .iter()
            .filter(|it| it.verdict != Verdict::Irrelevant)
            .filter_map(|it| it.finding.as_ref())
            .collect();
        let expected = usize::from(matches!(self.verdict, Verdict::Drifted | Verdict::Undecided | Verdict::Unmanaged));
        if findings.len() != expected {
            return Some(format!("{}: {} findings", title(), findings.len()));
        }
        let value = |value: &Option<Value>| value.clone().unwrap_or_default();
        let mut told: Vec<String> = findings
            .iter()
            .flat_map(|it| &it.changes)
            .map(|it| {
                format!(
                    "{} {} {} -> {}",
                    it.address.as_deref().unwrap_or_default(),
                    it.attribute,
                    value(&it.declared),
                    value(&it.actual)
                )
            })
            .collect();
        let mut wanted: Vec<String> = self
            .changes
            .iter()
            .map(|(address, attribute, declared, actual)| format!("{address} {attribute} {declared} -> {actual}"))
            .collect();
        told.sort();
        wanted.sort();
        (!wanted.is_empty() && told != wanted)
            .then(|| format!("{}:\n  told   {told:#?}\n  wanted {wanted:#?}", title()))
    }
}

/// Judges every call by itself, against one state.
pub(crate) fn check(state: &str, cases: &[Case]) {
    check_all(&[state], cases);
}

/// The same, against all that several states declare.
pub(crate) fn check_all(states: &[&str], cases: &[Case]) {
    let read = |state: &&str| driftwire_declared::read(state.as_bytes(), "terraform.tfstate", &key()).expect("a state");
    let desk = Desk::new(states.iter().flat_map(|state| read(state).declarations).collect());
    let misses: Vec<String> = cases.iter().filter_map(|case| case.miss(&desk)).collect();
    assert!(misses.is_empty(), "{} of {} missed\n{}", misses.len(), cases.len(), misses.join("\n"));
}
