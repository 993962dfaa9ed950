//! The open drift: what differs now, converged from outcomes in any order: ORDER-FREE, ONCE.
//!
//! Per property (per element for sets) the newest call by (event time, event id) wins. A finding never changes, except in
//! how it stands: still so, put back, or overtaken by a later call. [`ResourceDrift`] is one resource's part of it, and
//! all that a store has to keep of a resource to go on; [`OpenDrift`] is all of it, in memory.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    facet::RESOURCE,
    finding::Finding,
    identity,
    outcome::{Facet, FacetResult, Moment, Named, Outcome},
    settle::Settlement,
    verdict::{Evidence, FindingKind, Status, Verdict},
};

/// What the newest call left a property as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// What is known of one property of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Register {
    newest: Moment,
    state: State,
    /// A digest of the value it was left with, if the call said.
    written: Option<String>,
    /// Whether another call in the same second left it otherwise: then only a look at AWS can tell.
    contested: bool,
}

/// What of a finding decides how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reported {
    moment: Moment,
    kind: FindingKind,
    /// Whether the record left the caller out, as the copy for another account does.
    nameless: bool,
    /// The registers that it speaks of.
    registers: BTreeSet<String>,
    /// How it was closed because the code moved, rather than AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<Status>,
}

/// How a finding stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Open, or put back.
    pub status: Status,
    /// Whether two calls in one second left its property otherwise: then it is known only as touched.
    pub contested: bool,
    /// The event id of a later call that changed the same property again.
    pub superseded_by: Option<String>,
}

/// The open drift of one resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceDrift {
    registers: BTreeMap<String, Register>,
    reported: BTreeMap<String, Reported>,
}

impl ResourceDrift {
    /// Takes an outcome of this resource in. Taking it in again changes nothing, and the order does not matter. Returns
    /// whether its finding is new, or says more about the actor than the one that is known by its id.
    pub fn apply(&mut self, moment: &Moment, outcome: &Outcome) -> bool {
        let mut registers = BTreeSet::new();
        for facet in &outcome.facets {
            let state = match facet.result {
                FacetResult::Same(_) => State::Same,
                FacetResult::Differs(_) if outcome.verdict == Verdict::Held => State::Held,
                FacetResult::Differs(_) => State::Differs,
                FacetResult::Unknown(_) => State::Unknown,
                FacetResult::Undeclared | FacetResult::Quiet(_) => continue,
            };
            let name = facet.register.as_ref();
            self.set(name, moment, state, facet.change.actual.as_ref());
            // A finding stands for what it shows: what differs, or else what could not be told.
            let shown = if outcome.finding.as_ref().is_some_and(|it| it.kind == FindingKind::Touched) {
                State::Unknown
            } else {
                State::Differs
            };
            if state == shown {
                registers.insert(name.to_owned());
            }
        }
        outcome.finding.as_ref().is_some_and(|finding| self.report(moment, finding, registers))
    }

    fn set(&mut self, name: &str, moment: &Moment, state: State, written: Option<&Value>) {
        let written = written.map(digest);
        let Some(register) = self.registers.get_mut(name) else {
            let new = Register { newest: moment.clone(), state, written, contested: false };
            self.registers.insert(name.to_owned(), new);
            return;
        };
        let same_second = moment.time == register.newest.time && moment.event_id != register.newest.event_id;
        let contested = same_second && (register.contested || state != register.state || written != register.written);
        if *moment > register.newest {
            *register = Register { newest: moment.clone(), state, written, contested };
        } else {
            register.contested |= contested;
        }
    }

    /// Of two copies of one call (one per account), the one that says more about the actor stays.
    fn report(&mut self, moment: &Moment, finding: &Finding, registers: BTreeSet<String>) -> bool {
        let new = Reported {
            moment: moment.clone(),
            kind: finding.kind,
            nameless: finding.who.principal.is_none(),
            registers,
            closed: None,
        };
        let rank = |reported: &Reported| (reported.nameless, reported.moment.clone());
        let is_better = self.reported.get(&finding.id).is_none_or(|known| rank(&new) < rank(known));
        if is_better {
            self.reported.insert(finding.id.clone(), new);
        }
        is_better
    }

    /// The ids of all findings that were taken in.
    pub fn findings(&self) -> impl Iterator<Item = &str> {
        self.reported.keys().map(String::as_str)
    }

    /// How a finding stands now.
    #[must_use]
    pub fn standing(&self, finding: &str) -> Option<Standing> {
        let Reported { moment, kind, registers, closed, nameless: _ } = self.reported.get(finding)?;
        let registers: Vec<&Register> = registers.iter().filter_map(|name| self.registers.get(name)).collect();
        let later: Vec<&&Register> = registers.iter().filter(|register| register.newest > *moment).collect();
        let contested = registers.iter().any(|register| register.contested);
        let mut standing = Standing { status: Status::Open, contested, superseded_by: None };
        // Which of two calls in one second came last, only AWS knows: the finding stands.
        if !contested && !registers.is_empty() && later.len() == registers.len() {
            if later.iter().all(|register| register.state == State::Same) {
                standing.status = Status::Restored;
            } else {
                standing.superseded_by =
                    later.iter().map(|register| &register.newest).max().map(|it| it.event_id.clone());
            }
        }
        if *kind != FindingKind::Deleted
            && !registers.is_empty()
            && let Some(deletion) = self.deletion().filter(|deletion| *deletion > moment)
        {
            standing.superseded_by = Some(deletion.event_id.clone());
        }
        if let (Status::Open, Some(closed)) = (standing.status, closed) {
            standing.status = *closed;
        }
        Some(standing)
    }

    /// The moments of the records that what is open rests on: the newest call of a property that is not as declared, and
    /// what was made or deleted and nothing overtook.
    #[must_use]
    pub fn live(&self) -> BTreeSet<&Moment> {
        let registers = self.registers.values().filter(|it| it.state != State::Same).map(|it| &it.newest);
        let whole = self.reported.iter().filter(|(id, it)| {
            it.registers.is_empty()
                && it.closed.is_none()
                && self.standing(id).is_some_and(|standing| standing.superseded_by.is_none())
        });
        registers.chain(whole.map(|(_, it)| &it.moment)).collect()
    }

    /// Takes in what a record that was taken in before comes to now, the declared state having moved. `again` is none
    /// where nobody declares the resource any more. Returns whether its finding is new.
    pub fn settle(&mut self, moment: &Moment, again: Option<&Outcome>, settlement: &Settlement) -> bool {
        for (name, register) in self.registers.iter_mut().filter(|(_, it)| it.newest == *moment) {
            let facet = again.and_then(|it| it.facets.iter().find(|facet| facet.register.as_ref() == name));
            register.state = match facet.map(|it| it.result) {
                Some(FacetResult::Differs(_)) => State::Differs,
                Some(FacetResult::Unknown(_)) => State::Unknown,
                // What the code or the rules leave alone now is nobody's drift.
                Some(FacetResult::Same(_) | FacetResult::Undeclared | FacetResult::Quiet(_)) | None => State::Same,
            };
        }
        match settlement {
            Settlement::Stands(finding) => {
                let stands = |facet: &&Facet| matches!(facet.result, FacetResult::Differs(_) | FacetResult::Unknown(_));
                let facets = again.into_iter().flat_map(|it| &it.facets).filter(stands);
                self.report(moment, finding, facets.map(|it| it.register.as_ref().to_owned()).collect())
            }
            Settlement::Closed(_) | Settlement::Quiet(_) => {
                let status = if let Settlement::Closed(status) = settlement { *status } else { Status::Gone };
                for reported in self.reported.values_mut().filter(|it| it.moment == *moment) {
                    reported.closed = Some(status);
                }
                false
            }
        }
    }

    /// A deletion of the resource stands for everything that differed on it.
    fn deletion(&self) -> Option<&Moment> {
        self.registers
            .get(RESOURCE)
            .filter(|register| register.state == State::Differs)
            .map(|register| &register.newest)
    }
}

/// A digest of a value: two writes of one value have one.
fn digest(value: &Value) -> String {
    identity::hex(&Sha256::digest(value.to_string().as_bytes()))
}

/// All findings, and the newest call for each property of each resource.
#[derive(Debug, Default)]
pub struct OpenDrift {
    resources: BTreeMap<Named, ResourceDrift>,
    findings: BTreeMap<String, (Named, Finding)>,
}

impl OpenDrift {
    /// Takes an outcome in. Taking it in again changes nothing, and the order does not matter.
    pub fn apply(&mut self, moment: &Moment, outcome: &Outcome) {
        let Some(resource) = &outcome.resource else { return };
        let drift = match self.resources.get_mut(resource) {
            Some(known) => known,
            None => self.resources.entry(resource.clone()).or_default(),
        };
        if drift.apply(moment, outcome)
            && let Some(finding) = &outcome.finding
        {
            self.findings.insert(finding.id.clone(), (resource.clone(), finding.clone()));
        }
    }

    /// All findings as they stand now, oldest first; made one at a time, since there may be many.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        let mut order: Vec<&(Named, Finding)> = self.findings.values().collect();
        order.sort_by(|(_, one), (_, other)| (one.event_time, &one.id).cmp(&(other.event_time, &other.id)));
        order.into_iter().map(|(resource, finding)| {
            let standing = self.resources.get(resource).and_then(|drift| drift.standing(&finding.id));
            standing.map_or_else(|| finding.clone(), |standing| standing.of(finding))
        })
    }
}

impl Standing {
    /// The finding as it stands.
    #[must_use]
    pub fn of(self, finding: &Finding) -> Finding {
        let evidence = if self.contested { Evidence::Touched } else { finding.evidence };
        Finding { status: self.status, evidence, superseded_by: self.superseded_by, ..finding.clone() }
    }
}
