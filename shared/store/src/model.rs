//! What is written and read: shapes without behavior.

use driftwire_drift::open::{ResourceDrift, Standing};
use driftwire_drift::{Moment, Named};
use driftwire_report::v1::{Evidence, Finding, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chain::Entry;

/// What is kept of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Counts the writes; a write says which one it follows.
    pub version: u64,
    /// What is open on it.
    pub drift: ResourceDrift,
    /// How many entries its history has.
    pub entries: u64,
    /// The hash of the newest entry; empty where there is none.
    pub head: String,
}

/// All that one record changes.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordWrite {
    /// How the record ended.
    pub mark: Mark,
    /// What it changes, resource by resource; never empty.
    pub resources: Vec<ResourceWrite>,
}

/// What one record changes of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceWrite {
    /// The resource.
    pub resource: Named,
    /// What is kept of it from now on. Its version is one more than the one that was loaded.
    pub stored: Stored,
    /// Findings that are new, or of which more is known; as they were when they were found.
    pub found: Vec<Finding>,
    /// How findings stand that are new, or stand otherwise than before.
    pub standings: Vec<FindingStanding>,
    /// What joins the history.
    pub entries: Vec<Entry>,
    /// The records that what is open now rests on, and did not before.
    pub keep: Vec<Kept>,
    /// The records that nothing rests on any more.
    pub forget: Vec<Moment>,
}

/// A record that something open rests on, kept so that it can be judged again when the declared state moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When it happened.
    pub moment: Moment,
    /// The declaration concerned.
    pub address: Option<String>,
    /// Whether it waits for a new declared state.
    pub held: bool,
    /// Until when it waits, where that is known.
    pub due: Option<Timestamp>,
    /// The record as JSON, with hashes in the place of secrets.
    pub record: String,
}

/// How a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingStanding {
    /// The finding's id.
    pub id: String,
    /// Open, or how it was closed.
    pub status: Status,
    /// Whether two calls in one second left its property otherwise: then it is known only as touched.
    pub contested: bool,
    /// The event id of a later call that changed the same property again.
    pub superseded_by: Option<String>,
}

impl FindingStanding {
    pub(crate) fn new(id: &str, standing: Standing) -> Self {
        let Standing { status, contested, superseded_by } = standing;
        Self { id: id.to_owned(), status: status.into(), contested, superseded_by }
    }

    /// A finding as it stands.
    #[must_use]
    pub fn of(&self, finding: Finding) -> Finding {
        let evidence = if self.contested { Evidence::Touched } else { finding.evidence };
        Finding { status: self.status, evidence, superseded_by: self.superseded_by.clone(), ..finding }
    }
}

/// How a record ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What tells the record from all others.
    pub identity: String,
    /// `eventID`.
    pub event_id: String,
    /// When it happened.
    pub event_time: Timestamp,
    /// When it was recorded; the time of the event in a replay.
    pub recorded_at: Timestamp,
    /// How it ended for each resource.
    pub outcomes: Vec<OutcomeMark>,
}

/// How a record ended for one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeMark {
    /// The resource, where there is one.
    pub resource: Option<Named>,
    /// The verdict, as published.
    pub verdict: String,
    /// The reason, as published.
    pub reason: String,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// All of it is kept.
    Done,
    /// Nothing was: another write came between. Load again.
    Moved,
}
