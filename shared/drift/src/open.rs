//! The open drift: what differs now, converged from outcomes in any order: ORDER-FREE, ONCE.
//!
//! Per property (per element for sets) the newest call by (event time, event id) wins. A finding never changes, except in
//! how it stands: still so, put back, or overtaken by a later call.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    facet::RESOURCE,
    finding::Finding,
    outcome::{FacetResult, Moment, Named, Outcome},
    verdict::{Evidence, FindingKind, Status, Verdict},
};

/// What the newest call left a property as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// As declared.
    Same,
    /// Not as declared, and reported.
    Differs,
    /// Not as declared, and waiting for a new declared state.
    Held,
    /// Not known.
    Unknown,
}

#[derive(Debug, Clone)]
struct Register {
    newest: Moment,
    state: State,
    /// The value it was left with, if the call said.
    written: Option<Value>,
    /// Whether another call in the same second left it otherwise: then only a look at AWS can tell.
    contested: bool,
}

/// All findings, and the newest call for each property of each resource.
#[derive(Debug, Default)]
pub struct OpenDrift {
    registers: BTreeMap<Key, Register>,
    findings: BTreeMap<String, Reported>,
}

/// A property of a resource, whatever call touches it.
type Key = (Named, String);

/// A finding, when it was made, and the properties that it speaks of.
#[derive(Debug)]
struct Reported {
    moment: Moment,
    finding: Finding,
    keys: BTreeSet<Key>,
}

impl OpenDrift {
    /// Takes an outcome in. Taking it in again changes nothing, and the order does not matter.
    pub fn apply(&mut self, moment: &Moment, outcome: &Outcome) {
        let Some(resource) = &outcome.resource else { return };
        let mut keys = BTreeSet::new();
        for facet in &outcome.facets {
            let state = match facet.result {
                FacetResult::Same(_) => State::Same,
                FacetResult::Differs(_) if outcome.verdict == Verdict::Held => State::Held,
                FacetResult::Differs(_) => State::Differs,
                FacetResult::Unknown(_) => State::Unknown,
                FacetResult::Undeclared | FacetResult::Quiet(_) => continue,
            };
            let key = (resource.clone(), facet.register.clone().into_owned());
            self.set(key.clone(), moment, state, facet.change.actual.as_ref());
            // A finding stands for what it shows: what differs, or else what could not be told.
            let shown = if outcome.finding.as_ref().is_some_and(|it| it.kind == FindingKind::Touched) {
                State::Unknown
            } else {
                State::Differs
            };
            if state == shown {
                keys.insert(key);
            }
        }
        if let Some(finding) = &outcome.finding {
            self.add(moment, finding, keys);
        }
    }

    fn set(&mut self, key: Key, moment: &Moment, state: State, written: Option<&Value>) {
        let new = |contested| Register { newest: moment.clone(), state, written: written.cloned(), contested };
        let register = self.registers.entry(key).or_insert_with(|| new(false));
        let same_second = moment.time == register.newest.time && moment.event_id != register.newest.event_id;
        let contested =
            same_second && (register.contested || state != register.state || written != register.written.as_ref());
        if *moment > register.newest {
            *register = new(contested);
        } else {
            register.contested |= contested;
        }
    }

    /// Of two copies of one call (one per account), the one that says more about the actor stays.
    fn add(&mut self, moment: &Moment, finding: &Finding, keys: BTreeSet<Key>) {
        let rank = |finding: &Finding, moment: &Moment| (finding.who.principal.is_none(), moment.clone());
        let better = self
            .findings
            .get(&finding.id)
            .is_none_or(|known| rank(finding, moment) < rank(&known.finding, &known.moment));
        if better {
            self.findings
                .insert(finding.id.clone(), Reported { moment: moment.clone(), finding: finding.clone(), keys });
        }
    }

    /// All findings as they stand now, oldest first; made one at a time, since there may be many.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        let mut order: Vec<&Reported> = self.findings.values().collect();
        order.sort_by(|one, other| {
            (one.finding.event_time, &one.finding.id).cmp(&(other.finding.event_time, &other.finding.id))
        });
        order.into_iter().map(|reported| self.standing(reported))
    }

    fn standing(&self, reported: &Reported) -> Finding {
        let Reported { moment, finding, keys } = reported;
        let mut finding = finding.clone();
        let registers: Vec<&Register> = keys.iter().filter_map(|key| self.registers.get(key)).collect();
        let later: Vec<&&Register> = registers.iter().filter(|register| register.newest > *moment).collect();
        let contested = registers.iter().any(|register| register.contested);
        if contested {
            // Which of two calls in one second came last, only AWS knows: the finding stands.
            finding.evidence = Evidence::Touched;
        } else if !registers.is_empty() && later.len() == registers.len() {
            if later.iter().all(|register| register.state == State::Same) {
                finding.status = Status::Restored;
            } else {
                finding.superseded_by =
                    later.iter().map(|register| &register.newest).max().map(|it| it.event_id.clone());
            }
        }
        if finding.kind != FindingKind::Deleted
            && let Some(deletion) = self.deletion(keys).filter(|deletion| deletion > moment)
        {
            finding.superseded_by = Some(deletion.event_id);
        }
        finding
    }

    /// A deletion of the resource stands for everything that differed on it.
    fn deletion(&self, keys: &BTreeSet<Key>) -> Option<Moment> {
        let (resource, _) = keys.first()?;
        let register = self.registers.get(&(resource.clone(), RESOURCE.to_owned()))?;
        (register.state == State::Differs).then(|| register.newest.clone())
    }
}
