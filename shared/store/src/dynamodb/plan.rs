//! How a write is divided into transactions. It knows DynamoDB's limits and sends nothing.
//!
//! A write of the usual size is one transaction. A record that touches many resources is divided between resources: each
//! is written whole, under its own condition, and taking the record in again changes nothing on those that have it, so a
//! part may be repeated and a crash between two is finished by the next delivery. Within a resource only the standings of
//! older findings are ever put off: the resource says that it owes them, and whoever loads it settles first.

use aws_sdk_dynamodb::error::BuildError;
use driftwire_drift::Named;
use driftwire_report::v1::Finding;
use sha2::{Digest as _, Sha256};

use super::entity::{Maker, Planned, json, other_names};
use crate::chain::hex;

use super::key::{Attributes, Key};
use crate::model::{FindingStanding, Mark, RecordWrite, ResourceWrite};

/// A transaction has at most 100 items, one of which is the mark.
const ITEMS: usize = 99;
/// A transaction has at most 4 MB, as DynamoDB counts them.
const BYTES: usize = 3_500_000;

/// One transaction, and what goes before and after it.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Names that lead to findings: harmless as long as the finding is not there.
    pub(super) early: Vec<Attributes>,
    pub(super) items: Vec<Planned>,
    /// The same for the same write: a repeat within ten minutes does nothing.
    pub(super) token: String,
    pub(super) owed: Vec<Owed>,
}

/// Standings that did not fit.
#[derive(Debug)]
pub(super) struct Owed {
    pub(super) resource: Named,
    pub(super) version: u64,
    pub(super) standings: Vec<FindingStanding>,
}

/// Why a write cannot be made at all.
#[derive(Debug)]
pub(super) enum Unplanned {
    /// A request would not be valid.
    Build(BuildError),
    /// What one record changes of this resource exceeds a transaction.
    TooLarge(Named),
}

impl From<BuildError> for Unplanned {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

/// Divides a write. Each group carries the mark: writing it again changes nothing.
pub(super) fn groups(table: &str, write: &RecordWrite) -> Result<Vec<Group>, Unplanned> {
    let maker = Maker { table };
    let mut groups: Vec<Group> = Vec::new();
    let mut seed = seed(table, &write.mark);
    let mut current = Group::default();
    for resource in &write.resources {
        let Group { early, items, token: _, owed } = planned(maker, resource)?;
        if !current.items.is_empty() && !fits(current.items.iter().chain(&items)) {
            groups.push(finish(maker, std::mem::take(&mut current), &write.mark, &seed)?);
            seed = self::seed(table, &write.mark);
        }
        seed.update(Key::resource(&resource.resource).pk);
        seed.update(json(&resource.stored));
        seed.update(json(&resource.found));
        current.early.extend(early);
        current.items.extend(items);
        current.owed.extend(owed);
    }
    groups.push(finish(maker, current, &write.mark, &seed)?);
    Ok(groups)
}

/// The record and when it was taken in; the resources and their versions join it. Tokens are the whole account's, so the
/// table is part of it.
fn seed(table: &str, mark: &Mark) -> Sha256 {
    Sha256::new().chain_update(table).chain_update(&mark.identity).chain_update(mark.recorded_at.to_string())
}

fn finish(maker: Maker<'_>, mut group: Group, mark: &Mark, seed: &Sha256) -> Result<Group, BuildError> {
    group.items.push(maker.mark(mark)?);
    // At most 36 characters.
    group.token = hex(&seed.clone().finalize()).chars().take(36).collect();
    Ok(group)
}

fn fits<'a>(items: impl Iterator<Item = &'a Planned>) -> bool {
    let (count, bytes) = items.fold((0, 0), |(count, bytes), item| (count + 1, bytes + item.bytes));
    count <= ITEMS && bytes <= BYTES
}

/// All that is written of one resource.
fn planned(maker: Maker<'_>, write: &ResourceWrite) -> Result<Group, Unplanned> {
    let body = |id: &str| -> Option<&Finding> { write.found.iter().find(|finding| finding.id == id) };
    let (mut items, mut early, mut standings) = (Vec::new(), Vec::new(), Vec::new());
    for standing in &write.standings {
        match body(&standing.id) {
            Some(finding) => {
                items.extend(maker.finding(finding, standing)?);
                early.extend(other_names(finding));
            }
            None => standings.push(standing),
        }
    }
    items.extend(maker.history(write)?);
    for kept in &write.keep {
        items.extend(maker.kept(&write.resource, kept)?);
    }
    for moment in &write.forget {
        items.push(maker.forget(&write.resource, moment)?);
    }
    let head = maker.head(write, false)?;
    if !fits(items.iter().chain(&head)) {
        return Err(Unplanned::TooLarge(write.resource.clone()));
    }
    let mut updates = Vec::with_capacity(standings.len());
    for standing in &standings {
        updates.push(maker.standing(standing)?);
    }
    let mut owed = Vec::new();
    if fits(items.iter().chain(&head).chain(&updates)) {
        items.extend(updates);
        items.extend(head);
    } else {
        items.extend(maker.head(write, true)?);
        let standings = standings.into_iter().cloned().collect();
        owed.push(Owed { resource: write.resource.clone(), version: write.stored.version, standings });
    }
    let mut names = Vec::with_capacity(early.len());
    for name in &early {
        names.push(maker.free(name.clone())?);
    }
    if fits(items.iter().chain(&names)) {
        items.extend(names);
        early.clear();
    }
    Ok(Group { early, items, token: String::new(), owed })
}
