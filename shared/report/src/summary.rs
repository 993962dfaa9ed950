//! Counts what was read and how it ended, and says it: NO-SILENCE. Counts only; judges nothing.

use std::collections::BTreeMap;

use anstyle::Style;

use crate::layout::{Page, View};
use crate::table::severity_style;
use crate::v1::{Finding, Outcome, Reason, Severity, Status, Verdict};
use crate::wording::count;

/// What a run read, and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records read, unreadable ones included.
    pub records: u64,
    /// Outcomes, by verdict and reason.
    pub outcomes: BTreeMap<(Verdict, Reason), u64>,
    /// Findings, by severity and status.
    pub findings: BTreeMap<(Severity, Status), u64>,
    /// Records that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Where: a file, and a place in it.
    pub place: String,
    /// What is wrong with it.
    pub problem: String,
}

const UNREADABLE_SHOWN: usize = 20;

impl Summary {
    /// Counts one outcome.
    pub fn add_outcome(&mut self, outcome: &Outcome) {
        let reached = (outcome.verdict, outcome.reason);
        *self.outcomes.entry(reached).or_default() += 1;
    }

    /// Counts one finding.
    pub fn add_finding(&mut self, finding: &Finding) {
        let standing = (finding.severity, finding.status);
        *self.findings.entry(standing).or_default() += 1;
    }

    /// Adds what another part of the same run counted. The order of the parts does not show in the text.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let Self { records, outcomes, findings, unreadable } = other;
        self.records += records;
        for (reached, number) in outcomes {
            *self.outcomes.entry(reached).or_default() += number;
        }
        for (standing, number) in findings {
            *self.findings.entry(standing).or_default() += number;
        }
        self.unreadable.extend(unreadable);
        self
    }

    /// Returns the summary as text.
    pub fn text(&self, view: View) -> String {
        let mut page = Page::new(view);
        page.line(&self.headline());
        self.findings_to(&mut page);
        self.outcomes_to(&mut page);
        self.unreadable_to(&mut page);
        page.finish()
    }

    fn headline(&self) -> String {
        let findings = match self.findings.values().sum() {
            0 => "no findings".to_owned(),
            found => count(found, "finding", "findings"),
        };
        let mut words = format!("{} read: {findings}", count(self.records, "record", "records"));
        for verdict in [Verdict::Undecided, Verdict::Held] {
            match self.reached(verdict) {
                0 => {}
                number => words.push_str(&format!(", {number} {verdict}")),
            }
        }
        match self.unreadable.len() {
            0 => {}
            number => words.push_str(&format!(", {number} unreadable")),
        }
        words
    }

    fn reached(&self, verdict: Verdict) -> u64 {
        let of_verdict = self.outcomes.iter().filter(|((reached, _), _)| *reached == verdict);
        of_verdict.map(|(_, number)| number).sum()
    }

    fn findings_to(&self, page: &mut Page) {
        let mut first = true;
        for severity in Severity::ALL.iter().rev() {
            let standing: Vec<(u64, &str)> = self
                .findings
                .iter()
                .filter(|((found, _), number)| found == severity && **number > 0)
                .map(|((_, status), number)| (*number, status.as_str()))
                .collect();
            if standing.is_empty() {
                continue;
            }
            if std::mem::take(&mut first) {
                page.gap();
                page.line("Findings by severity");
            }
            let total = standing.iter().map(|(number, _)| number).sum();
            page.counted(severity.as_str(), severity_style(*severity), total, &parts(&standing));
        }
    }

    fn outcomes_to(&self, page: &mut Page) {
        let mut first = true;
        for verdict in Verdict::ALL {
            let mut reasons: Vec<(u64, &str)> = self
                .outcomes
                .iter()
                .filter(|((reached, _), number)| reached == verdict && **number > 0)
                .map(|((_, reason), number)| (*number, reason.as_str()))
                .collect();
            if reasons.is_empty() {
                continue;
            }
            reasons.sort_by_key(|(number, reason)| (std::cmp::Reverse(*number), *reason));
            if std::mem::take(&mut first) {
                page.gap();
                page.line("Outcomes by verdict and reason");
            }
            let total = self.reached(*verdict);
            page.counted(verdict.as_str(), Style::new(), total, &parts(&reasons));
        }
    }

    fn unreadable_to(&self, page: &mut Page) {
        if self.unreadable.is_empty() {
            return;
        }
        let mut sorted: Vec<&Unreadable> = self.unreadable.iter().collect();
        sorted.sort();
        page.gap();
        page.line("Unreadable records");
        for Unreadable { place, problem } in sorted.iter().take(UNREADABLE_SHOWN) {
            page.listed(&format!("{place}: {problem}"));
        }
        match sorted.len().saturating_sub(UNREADABLE_SHOWN) {
            0 => {}
            more => page.listed(&format!("… and {more} more")),
        }
    }
}

/// `differs`, or `2 read_only, 1 failed_call`.
fn parts(counted: &[(u64, &str)]) -> String {
    match counted {
        [(_, only)] => (*only).to_owned(),
        several => {
            let said: Vec<String> = several.iter().map(|(number, what)| format!("{number} {what}")).collect();
            said.join(", ")
        }
    }
}
