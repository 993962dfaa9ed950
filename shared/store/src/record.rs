//! Takes a judged record in: what was open on the resources concerned, with what the record says, is what is open now.
//!
//! Whatever interrupts it, taking the record in again gives the same: NOTHING-LOST, ONCE. A write is made only where
//! something changed.

use std::collections::BTreeMap;

use driftwire_drift::{Judged, Named, Outcome};
use driftwire_report::v1::{self, Finding};
use jiff::Timestamp;

use crate::chain::{Entry, Event};
use crate::model::{FindingStanding, Mark, OutcomeMark, RecordWrite, ResourceWrite, Stored, Written};
use crate::{Drift, StoreError};

/// How often a write that met another is made again.
const ATTEMPTS: usize = 20;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It changed something, and that is kept.
    Changed,
    /// It changed nothing: it says nothing new, or was taken in before.
    Nothing,
}

/// Takes a judged record in. `now` is when it was found; none in a replay, which must not depend on the clock.
///
/// # Errors
/// When the store does not answer, or others keep writing to the same resource.
pub async fn record(store: &impl Drift, judged: &Judged, now: Option<Timestamp>) -> Result<Recorded, StoreError> {
    let concerned = concerned(judged);
    if concerned.is_empty() {
        return Ok(Recorded::Nothing);
    }
    let names: Vec<Named> = concerned.keys().map(|named| (*named).clone()).collect();
    for _ in 0..ATTEMPTS {
        let loaded = store.load(&names).await?;
        let resources: Vec<ResourceWrite> = concerned
            .iter()
            .zip(loaded)
            .filter_map(|((named, outcomes), stored)| {
                changed(judged, named, outcomes, &stored.unwrap_or_default(), now)
            })
            .collect();
        if resources.is_empty() {
            return Ok(Recorded::Nothing);
        }
        if store.write(&RecordWrite { mark: mark(judged, now), resources }).await? == Written::Done {
            return Ok(Recorded::Changed);
        }
    }
    Err(StoreError::Transient {
        store: "the store".to_owned(),
        reason: format!("other writes to the same resource came first, {ATTEMPTS} times"),
    })
}

/// The outcomes of a record that something is kept of, by resource.
fn concerned(judged: &Judged) -> BTreeMap<&Named, Vec<&Outcome>> {
    let mut concerned: BTreeMap<&Named, Vec<&Outcome>> = BTreeMap::new();
    for outcome in judged.outcomes.iter().filter(|it| !it.facets.is_empty() || it.finding.is_some()) {
        if let Some(resource) = &outcome.resource {
            concerned.entry(resource).or_default().push(outcome);
        }
    }
    concerned
}

/// What a record changes of a resource; none where it changes nothing.
fn changed(
    judged: &Judged,
    named: &Named,
    outcomes: &[&Outcome],
    before: &Stored,
    now: Option<Timestamp>,
) -> Option<ResourceWrite> {
    let mut drift = before.drift.clone();
    let mut found: BTreeMap<&str, Finding> = BTreeMap::new();
    for outcome in outcomes {
        let is_new = drift.apply(&judged.moment, outcome);
        if let Some(finding) = outcome.finding.as_ref().filter(|_| is_new) {
            found.insert(&finding.id, v1::finding(finding, now));
        }
    }
    if drift == before.drift {
        return None;
    }
    let at = now.unwrap_or(judged.moment.time);
    let mut history = Chain { head: before.head.clone(), entries: before.entries, new: Vec::new() };
    let mut standings = Vec::new();
    for id in drift.findings() {
        let (was, is) = (before.drift.standing(id), drift.standing(id));
        let Some(is) = is.map(|standing| FindingStanding::new(id, standing)) else { continue };
        let was = was.map(|standing| FindingStanding::new(id, standing));
        let body = found.get(id);
        if let Some(event) = Event::between(was.as_ref(), &is, body.is_some()) {
            history.add(at, event, is.clone(), body.cloned());
            standings.push(is);
        }
    }
    let Chain { head, entries, new } = history;
    Some(ResourceWrite {
        resource: named.clone(),
        stored: Stored { version: before.version + 1, drift, entries, head },
        found: found.into_values().collect(),
        standings,
        entries: new,
    })
}

/// The end of a history, and what joins it.
struct Chain {
    head: String,
    entries: u64,
    new: Vec<Entry>,
}

impl Chain {
    fn add(&mut self, at: Timestamp, event: Event, standing: FindingStanding, body: Option<Finding>) {
        self.entries += 1;
        let entry = Entry::after(&self.head, self.entries, at, event, standing, body);
        self.head.clone_from(&entry.hash);
        self.new.push(entry);
    }
}

fn mark(judged: &Judged, now: Option<Timestamp>) -> Mark {
    let outcome = |it: &Outcome| OutcomeMark {
        resource: it.resource.clone(),
        verdict: v1::Verdict::from(it.verdict).to_string(),
        reason: v1::Reason::from(it.reason).to_string(),
    };
    Mark {
        identity: judged.identity.clone(),
        event_id: judged.event_id.clone(),
        event_time: judged.moment.time,
        recorded_at: now.unwrap_or(judged.moment.time),
        outcomes: judged.outcomes.iter().map(outcome).collect(),
    }
}
