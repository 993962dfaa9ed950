//! The history of a resource: entries that are only ever added, each with the hash of the one before.
//!
//! Whoever changes or removes an entry breaks the chain behind it; whoever cuts its end is found by the head that is kept
//! with the resource.

use driftwire_drift::Named;
use driftwire_report::v1::{Finding, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::FindingStanding;

/// One thing that happened to a finding of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1.
    pub number: u64,
    /// When it was recorded; the time of the event in a replay.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// How the finding stands since then.
    pub standing: FindingStanding,
    /// The finding, where more became known of it.
    pub finding: Option<Finding>,
    /// The hash of the entry before; empty for the first.
    pub previous: String,
    /// The hash of this entry, without this member: SHA-256 in hex.
    pub hash: String,
}

/// What happened to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was found.
    Found,
    /// More became known of it, or a later call overtook it.
    Changed,
    /// It is open no more.
    Closed,
    /// It is open again: what had closed it was overtaken.
    Reopened,
}

impl Event {
    /// What happened between two ways to stand; nothing where they are the same and no more is known.
    pub(crate) fn between(before: Option<&FindingStanding>, after: &FindingStanding, is_more: bool) -> Option<Self> {
        let Some(before) = before else { return Some(Self::Found) };
        match (before.status == Status::Open, after.status == Status::Open) {
            (true, false) => Some(Self::Closed),
            (false, true) => Some(Self::Reopened),
            _ => (before != after || is_more).then_some(Self::Changed),
        }
    }
}

impl Entry {
    /// Makes the entry that follows another.
    pub(crate) fn after(
        previous: &str,
        number: u64,
        at: Timestamp,
        event: Event,
        standing: FindingStanding,
        finding: Option<Finding>,
    ) -> Self {
        let mut entry =
            Self { number, at, event, standing, finding, previous: previous.to_owned(), hash: String::new() };
        entry.hash = entry.digest();
        entry
    }

    /// The hash of everything but the hash.
    fn digest(&self) -> String {
        let bare = Self { hash: String::new(), ..self.clone() };
        let text = serde_json::to_string(&bare).unwrap_or_default();
        hex(&Sha256::digest(text.as_bytes()))
    }
}

/// Bytes as hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|it| char::from_digit(it.into(), 16)).collect()
}

/// Where a history does not hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The resource.
    pub resource: Named,
    /// The number of the first entry that does not fit; one more than the last where the end is missing.
    pub entry: u64,
}

/// Checks that a history is whole and as it was written. `head` is the hash that is kept with the resource.
///
/// # Errors
/// The first place that does not fit.
pub fn verify(resource: &Named, entries: &[Entry], head: &str) -> Result<(), Broken> {
    let mut previous = "";
    let mut number = 0;
    for entry in entries {
        number += 1;
        if entry.number != number || entry.previous != previous || entry.hash != entry.digest() {
            return Err(Broken { resource: resource.clone(), entry: number });
        }
        previous = &entry.hash;
    }
    if previous == head { Ok(()) } else { Err(Broken { resource: resource.clone(), entry: number + 1 }) }
}
