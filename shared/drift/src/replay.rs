//! The six steps of a record, and what a row of records comes to. The story of the product on one page.
//!
//! [`judge`] is parse, understand, gather and decide for one record; it needs nothing of other records and can run
//! anywhere, in any order. [`Replay::take`] is record: it counts, drops repeats and converges the open drift.

use std::collections::BTreeMap;

use driftwire_cloudtrail::{Record, Unreadable, UnreadableReason};
use hashbrown::HashSet;

use crate::{
    call::Call,
    context::Context,
    decide::{decide, irrelevance},
    finding::{Actor, Finding},
    identity,
    open::OpenDrift,
    outcome::{Moment, Outcome},
    verdict::{Reason, Verdict},
};

/// A judged record.
#[derive(Debug, Clone)]
pub struct Judged {
    /// `eventID`.
    pub event_id: String,
    /// What tells the record from all others.
    pub identity: String,
    /// `eventName`, as logged.
    pub event_name: String,
    /// When it happened; the id in it is the one that the copies for several accounts share.
    pub moment: Moment,
    /// Who is behind it; absent for calls that change nothing.
    pub actor: Option<Actor>,
    /// One outcome per resource, at least one.
    pub outcomes: Vec<Outcome>,
    /// Whether it could be drift at all.
    pub relevant: bool,
}

/// Judges one record: parse → understand → gather → decide.
#[must_use]
pub fn judge(record: Record<'_>, context: Context<'_>) -> Judged {
    let identity = identity::of_record(&record).into_owned();
    let is_shared = record.shared_event_id.is_some();
    let event_id = if is_shared { identity::of_call(&record).into_owned() } else { identity.clone() };
    let judged = Judged {
        event_id: record.event_id.as_ref().to_owned(),
        event_name: record.event_name.as_ref().to_owned(),
        identity,
        moment: Moment { time: record.event_time, event_id },
        actor: None,
        outcomes: Vec::new(),
        relevant: false,
    };
    if let Some(reason) = irrelevance(&record) {
        return Judged { outcomes: vec![Outcome::irrelevant(reason, None)], ..judged };
    }
    let call = Call::new(record);
    let decision = decide(&call, context);
    Judged { actor: Some(decision.actor), outcomes: decision.outcomes, relevant: true, ..judged }
}

/// The reason that an outcome has for a piece of the input that is not a record.
#[must_use]
pub fn unreadable_reason(unreadable: &Unreadable) -> Reason {
    match unreadable.reason {
        UnreadableReason::NotJson => Reason::NotJson,
        UnreadableReason::NotARecord => Reason::NotARecord,
        UnreadableReason::TooLarge => Reason::TooLarge,
    }
}

/// What a row of records comes to.
#[derive(Debug, Default)]
pub struct Replay {
    open: OpenDrift,
    seen: HashSet<Box<str>>,
    counts: BTreeMap<(Verdict, Reason), u64>,
    records: u64,
}

impl Replay {
    /// Takes a judged record in. One that was taken before changes nothing and is counted as a repeat: ONCE.
    pub fn take(&mut self, mut judged: Judged) -> Judged {
        self.records += 1;
        // Reads and failures change nothing however often they come, so their ids need not be kept.
        if judged.relevant && !self.seen.insert(judged.identity.as_str().into()) {
            judged.outcomes = vec![Outcome::irrelevant(Reason::Duplicate, None)];
        }
        for outcome in &judged.outcomes {
            *self.counts.entry((outcome.verdict, outcome.reason)).or_default() += 1;
            self.open.apply(&judged.moment, outcome);
        }
        judged
    }

    /// Counts records that cannot be drift ([`irrelevance`]), without looking at each.
    pub fn take_quiet(&mut self, reason: Reason, count: u64) {
        self.records += count;
        *self.counts.entry((Verdict::Irrelevant, reason)).or_default() += count;
    }

    /// Counts a piece of the input that is not a record.
    pub fn take_unreadable(&mut self, reason: Reason) {
        self.records += 1;
        *self.counts.entry((Verdict::Unreadable, reason)).or_default() += 1;
    }

    /// How many records were taken in, unreadable ones included.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How many outcomes there were of each kind.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<(Verdict, Reason), u64> {
        &self.counts
    }

    /// All findings as they stand now, oldest first.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        self.open.findings()
    }
}
