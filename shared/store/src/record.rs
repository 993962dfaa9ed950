//! Takes a judged record in: what was open on the resources concerned, with what the record says, is what is open now.
//!
//! Whatever interrupts it, taking the record in again gives the same: NOTHING-LOST, ONCE. A write is made only where
//! something changed.

use std::collections::BTreeMap;

use driftwire_drift::open::ResourceDrift;
use driftwire_drift::{Judged, Named, Outcome, Verdict};
use driftwire_report::v1::{self, Finding};
use jiff::{SignedDuration, Timestamp};

use crate::chain::{Entry, Event};
use crate::model::{FindingStanding, Kept, Mark, OutcomeMark, RecordWrite, ResourceWrite, Stored, Written};
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

/// What is known of a record besides what it was judged as.
#[derive(Debug, Clone, Copy, Default)]
pub struct Intake<'a> {
    /// When it was found; none in a replay, which must not depend on the clock.
    pub now: Option<Timestamp>,
    /// The record with hashes in the place of secrets; none where it is not to be judged again.
    pub record: Option<&'a str>,
    /// How long a change may wait for a new declared state; without end where it is none.
    pub patience: Option<SignedDuration>,
}

/// Takes a judged record in. `now` is when it was found; none in a replay, which must not depend on the clock.
///
/// # Errors
/// When the store does not answer, or others keep writing to the same resource.
pub async fn record(store: &impl Drift, judged: &Judged, now: Option<Timestamp>) -> Result<Recorded, StoreError> {
    record_with(store, judged, &Intake { now, ..Intake::default() }, BTreeMap::new()).await
}

/// Takes a judged record in, with what else is known of it. `loaded` is what was read of resources already; what is not
/// among it is read here.
///
/// # Errors
/// When the store does not answer, or others keep writing to the same resource.
pub async fn record_with(
    store: &impl Drift,
    judged: &Judged,
    intake: &Intake<'_>,
    mut loaded: BTreeMap<Named, Option<Stored>>,
) -> Result<Recorded, StoreError> {
    let concerned = concerned(judged);
    if concerned.is_empty() {
        return Ok(Recorded::Nothing);
    }
    for _ in 0..ATTEMPTS {
        let missing: Vec<Named> =
            concerned.keys().filter(|it| !loaded.contains_key(**it)).map(|it| (*it).clone()).collect();
        if !missing.is_empty() {
            let more = store.load(&missing).await?;
            loaded.extend(missing.into_iter().zip(more));
        }
        let resources: Vec<ResourceWrite> = concerned
            .iter()
            .filter_map(|(named, outcomes)| {
                let before = loaded.get(*named).cloned().flatten().unwrap_or_default();
                changed(judged, named, outcomes, &before, intake)
            })
            .collect();
        if resources.is_empty() {
            return Ok(Recorded::Nothing);
        }
        if store.write(&RecordWrite { mark: mark(judged, intake.now), resources }).await? == Written::Done {
            return Ok(Recorded::Changed);
        }
        loaded.clear();
    }
    Err(overtaken(ATTEMPTS))
}

/// Others kept writing.
pub(crate) fn overtaken(attempts: usize) -> StoreError {
    StoreError::Transient {
        store: "the store".to_owned(),
        reason: format!("other writes to the same resource came first, {attempts} times"),
    }
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
    intake: &Intake<'_>,
) -> Option<ResourceWrite> {
    let mut drift = before.drift.clone();
    let mut found: BTreeMap<String, Finding> = BTreeMap::new();
    for outcome in outcomes {
        let is_new = drift.apply(&judged.moment, outcome);
        if let Some(finding) = outcome.finding.as_ref().filter(|_| is_new) {
            found.insert(finding.id.clone(), v1::finding(finding, intake.now));
        }
    }
    if drift == before.drift {
        return None;
    }
    let at = intake.now.unwrap_or(judged.moment.time);
    let mut write = following(named, before, drift, found, at);
    let is_new = |record: &&str| {
        !record.is_empty()
            && write.stored.drift.live().contains(&judged.moment)
            && !before.drift.live().contains(&judged.moment)
    };
    if let Some(record) = intake.record.filter(is_new) {
        let held = outcomes.iter().any(|it| it.verdict == Verdict::Held);
        write.keep.push(Kept {
            moment: judged.moment.clone(),
            address: outcomes.iter().find_map(|it| it.address.clone()),
            due: intake.patience.filter(|_| held).and_then(|patience| at.checked_add(patience).ok()),
            held,
            record: record.to_owned(),
        });
    }
    Some(write)
}

/// The write that leaves a resource with this drift. `found` are the findings that are new, or of which more is known.
pub(crate) fn following(
    named: &Named,
    before: &Stored,
    drift: ResourceDrift,
    mut found: BTreeMap<String, Finding>,
    at: Timestamp,
) -> ResourceWrite {
    let mut history = Chain { head: before.head.clone(), entries: before.entries, new: Vec::new() };
    let mut standings = Vec::new();
    let ids: Vec<String> = drift.findings().map(str::to_owned).collect();
    for id in &ids {
        let (was, is) = (before.drift.standing(id), drift.standing(id));
        let Some(is) = is.map(|standing| FindingStanding::new(id, standing)) else { continue };
        let was = was.map(|standing| FindingStanding::new(id, standing));
        let body = found.get(id);
        if let Some(event) = Event::between(was.as_ref(), &is, body.is_some()) {
            history.add(at, event, is.clone(), body.cloned());
            standings.push(is);
        }
    }
    found.retain(|id, _| ids.contains(id));
    let Chain { head, entries, new } = history;
    let forget = before.drift.live().difference(&drift.live()).map(|it| (*it).clone()).collect();
    ResourceWrite {
        resource: named.clone(),
        forget,
        keep: Vec::new(),
        stored: Stored { version: before.version + 1, drift, entries, head },
        found: found.into_values().collect(),
        standings,
        entries: new,
    }
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
