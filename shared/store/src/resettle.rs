//! Judges again what is open on a resource, its declared state having moved, or a change having waited long enough.
//!
//! The records that something open rests on were kept, with hashes for secrets. Each is judged with what is declared now;
//! what that means was decided by the core. One write makes all of it; a crash before it leaves everything as it was, and
//! the next sync or the next look at what is due finds it again: NOTHING-LOST.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use driftwire_cloudtrail::for_each_record;
use driftwire_declared::{Redactor, Standing};
use driftwire_drift::{
    CodeWrite, Context, Earlier, Index, Judged, Named, Rules, Settlement, Status, Waiting, ask, judge, settle,
};
use driftwire_report::v1::{self, Finding};
use jiff::Timestamp;

use crate::declared::Declared;
use crate::model::{Kept, Mark, OutcomeMark, RecordWrite, Stored, Written};
use crate::record::{following, overtaken};
use crate::{Drift, Records, StoreError};

/// How often a write that met another is made again.
const ATTEMPTS: usize = 20;

/// Why records are judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause<'a> {
    /// The declared state of the resource moved: the origin and version that moved it.
    Moved(&'a str),
    /// Changes have waited long enough.
    Due,
}

/// What became of what was open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Changes that are as declared now, or nobody's business any more.
    pub closed: u64,
    /// Those of them that the code made.
    pub applied: u64,
    /// Those of them that a refresh copied into the state: people must know.
    pub absorbed: u64,
    /// Those of them of what nobody declares any more.
    pub gone: u64,
    /// Changes that waited and are reported now.
    pub reported: u64,
    /// Changes that were reported before and still stand.
    pub standing: u64,
    /// Changes that go on waiting.
    pub waiting: u64,
}

/// How many resources are looked at with one request.
const LOOK: usize = 100;

impl AddAssign for Settled {
    fn add_assign(&mut self, other: Self) {
        let Self { closed, applied, absorbed, gone, reported, standing, waiting } = other;
        self.closed += closed;
        self.applied += applied;
        self.absorbed += absorbed;
        self.gone += gone;
        self.reported += reported;
        self.standing += standing;
        self.waiting += waiting;
    }
}

/// Judges everything again that is open on any of these resources. Most have nothing open, and cost one look.
///
/// # Errors
/// When the store does not answer, or others keep writing to one of them.
pub async fn resettle_all(
    store: &(impl Drift + Declared + Records),
    resources: &BTreeSet<Named>,
    by: (&Rules, &Redactor),
    cause: Cause<'_>,
    now: Timestamp,
) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    let resources: Vec<Named> = resources.iter().cloned().collect();
    for chunk in resources.chunks(LOOK) {
        let stored = store.load(chunk).await?;
        let is_open = |stored: &Option<Stored>| stored.as_ref().is_some_and(|it| !it.drift.live().is_empty());
        for (resource, _) in chunk.iter().zip(stored).filter(|(_, stored)| is_open(stored)) {
            settled += resettle(store, resource, by, cause, now).await?;
        }
    }
    Ok(settled)
}

impl Settled {
    fn close(&mut self, settlement: &Settlement) {
        self.closed += 1;
        match settlement {
            Settlement::Closed(Status::Applied) => self.applied += 1,
            Settlement::Closed(Status::Absorbed) => self.absorbed += 1,
            Settlement::Closed(Status::Gone) => self.gone += 1,
            _ => {}
        }
    }
}

/// Judges everything again that is open on a resource.
///
/// # Errors
/// When the store does not answer, or others keep writing to the resource.
pub async fn resettle(
    store: &(impl Drift + Declared + Records),
    resource: &Named,
    (rules, redactor): (&Rules, &Redactor),
    cause: Cause<'_>,
    now: Timestamp,
) -> Result<Settled, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(before) = store.load(std::slice::from_ref(resource)).await?.into_iter().flatten().next() else {
            return Ok(Settled::default());
        };
        if before.drift.live().is_empty() {
            return Ok(Settled::default());
        }
        let kept = store.kept(resource).await?;
        let mut again = Again::new(resource, &before);
        for one in &kept {
            let is_due = one.held && one.due.is_some_and(|due| due <= now);
            if cause == Cause::Due && !is_due {
                continue;
            }
            let Some(now_judged) = judged(store, one, (rules, redactor)).await? else { continue };
            let later = kept.iter().any(|it| it.held && it.moment > one.moment);
            again.take(one, &now_judged, if later { CodeWrite::Seen } else { CodeWrite::None }, now);
        }
        let Some(write) = again.write(&before, cause, now) else { return Ok(again.settled) };
        if store.write(&write).await? == Written::Done {
            return Ok(again.settled);
        }
    }
    Err(overtaken(ATTEMPTS))
}

/// What a kept record is judged as with what is declared now, and whether that may still move.
async fn judged(
    store: &impl Declared,
    kept: &Kept,
    (rules, redactor): (&Rules, &Redactor),
) -> Result<Option<(Judged, bool)>, StoreError> {
    let mut asked = None;
    for_each_record(kept.record.as_bytes(), &mut |record| {
        asked = record.ok().map(|record| ask(record, rules, redactor).1);
    });
    let Some(wanted) = asked else { return Ok(None) };
    let gathered = store.gather(&wanted, &[]).await?;
    let is_changing = gathered.declarations.iter().any(|it| it.standing == Standing::Changing);
    let index = Index::new(gathered.declarations);
    let context = Context { waiting: Waiting::Over, ..Context::new(&index, rules, redactor) };
    let mut again = None;
    for_each_record(kept.record.as_bytes(), &mut |record| again = record.ok().map(|record| judge(record, context)));
    Ok(again.map(|judged| (judged, is_changing)))
}

/// A resource while its records are judged again.
struct Again<'a> {
    resource: &'a Named,
    drift: driftwire_drift::open::ResourceDrift,
    found: BTreeMap<String, Finding>,
    keep: Vec<Kept>,
    outcomes: Vec<OutcomeMark>,
    settled: Settled,
}

impl<'a> Again<'a> {
    fn new(resource: &'a Named, before: &Stored) -> Self {
        Self {
            resource,
            drift: before.drift.clone(),
            found: BTreeMap::new(),
            keep: Vec::new(),
            outcomes: Vec::new(),
            settled: Settled::default(),
        }
    }

    fn take(&mut self, kept: &Kept, (judged, is_changing): &(Judged, bool), code: CodeWrite, now: Timestamp) {
        let is_over = kept.due.is_some_and(|due| due <= now);
        if *is_changing && kept.held && !is_over {
            self.settled.waiting += 1;
            return;
        }
        let earlier = Earlier { resource: self.resource.clone(), address: kept.address.clone(), held: kept.held };
        let (outcome, settlement) = settle(&earlier, &judged.outcomes, code);
        let is_new = self.drift.settle(&kept.moment, outcome, &settlement);
        match &settlement {
            Settlement::Stands(finding) if is_new => {
                self.found.insert(finding.id.clone(), v1::finding(finding, Some(now)));
                self.settled.reported += 1;
                self.keep.push(Kept { held: false, due: None, ..kept.clone() });
            }
            Settlement::Stands(_) => self.settled.standing += 1,
            Settlement::Closed(_) | Settlement::Quiet(_) => self.settled.close(&settlement),
        }
        self.outcomes.extend(outcome.map(|it| OutcomeMark {
            resource: it.resource.clone(),
            verdict: v1::Verdict::from(it.verdict).to_string(),
            reason: v1::Reason::from(it.reason).to_string(),
        }));
    }

    fn write(&mut self, before: &Stored, cause: Cause<'_>, now: Timestamp) -> Option<RecordWrite> {
        let found = std::mem::take(&mut self.found);
        if self.drift == before.drift && found.is_empty() {
            return None;
        }
        let mut write = following(self.resource, before, self.drift.clone(), found, now);
        write.keep = self.keep.iter().filter(|it| self.drift.live().contains(&it.moment)).cloned().collect();
        let cause = if let Cause::Moved(by) = cause { by } else { "time" };
        let name = format!("settled#{}#{}#{}", self.resource.account, self.resource.id, write.stored.version);
        let mark = Mark {
            identity: name,
            event_id: format!("settled by {cause}"),
            event_time: now,
            recorded_at: now,
            outcomes: std::mem::take(&mut self.outcomes),
        };
        Some(RecordWrite { mark, resources: vec![write] })
    }
}
