//! A store in memory: the default of a replay, and the double in tests.

mod declared;
mod notices;
mod records;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use driftwire_drift::{Moment, Named};
use driftwire_report::v1::Finding;
use jiff::Timestamp;

use crate::chain::Entry;
use crate::configuration::{Configuration, RulesText};
use crate::declared::{Item, OriginHead};
use crate::filter::{Filter, Order, Page, PageRequest};
use crate::model::{FindingStanding, Kept as KeptRecord, Mark, RecordWrite, ResourceWrite, Stored, Written};
use crate::{Drift, History, StoreError};

/// A store in memory.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Mutex<Kept>,
    /// What people were told.
    conversations: Mutex<notices::Conversations>,
}

#[derive(Debug, Default)]
struct Kept {
    resources: BTreeMap<Named, Stored>,
    entries: BTreeMap<Named, Vec<Entry>>,
    findings: BTreeMap<String, (Finding, FindingStanding)>,
    marks: BTreeMap<String, Mark>,
    records: BTreeMap<Named, BTreeMap<Moment, KeptRecord>>,
    heads: BTreeMap<String, OriginHead>,
    declared: BTreeMap<(String, String), Item>,
    /// Names to the declarations that they lead to.
    names: BTreeMap<String, BTreeSet<(String, String)>>,
    /// Versions of the rules file, the oldest first.
    rules: Vec<String>,
}

impl Memory {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere leaves a write whole or not made.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the records ended that changed something, by their identity.
    #[must_use]
    pub fn marks(&self) -> BTreeMap<String, Mark> {
        self.kept().marks.clone()
    }
}

impl Kept {
    fn apply(&mut self, write: &ResourceWrite) {
        self.resources.insert(write.resource.clone(), write.stored.clone());
        self.entries.entry(write.resource.clone()).or_default().extend(write.entries.iter().cloned());
        let records = self.records.entry(write.resource.clone()).or_default();
        records.extend(write.keep.iter().map(|it| (it.moment.clone(), it.clone())));
        write.forget.iter().for_each(|moment| drop(records.remove(moment)));
        for standing in &write.standings {
            let new = write.found.iter().find(|finding| finding.id == standing.id).cloned();
            let known = || self.findings.get(&standing.id).map(|(finding, _)| finding.clone());
            if let Some(finding) = new.or_else(known) {
                self.findings.insert(standing.id.clone(), (finding, standing.clone()));
            }
        }
    }
}

impl Drift for Memory {
    async fn load(&self, resources: &[Named]) -> Result<Vec<Option<Stored>>, StoreError> {
        let kept = self.kept();
        Ok(resources.iter().map(|resource| kept.resources.get(resource).cloned()).collect())
    }

    async fn write(&self, write: &RecordWrite) -> Result<Written, StoreError> {
        let mut kept = self.kept();
        let version = |resource: &Named| kept.resources.get(resource).map_or(0, |stored| stored.version);
        if write.resources.iter().any(|it| version(&it.resource) + 1 != it.stored.version) {
            return Ok(Written::Moved);
        }
        for resource in &write.resources {
            kept.apply(resource);
        }
        kept.marks.insert(write.mark.identity.clone(), write.mark.clone());
        Ok(Written::Done)
    }
}

impl Configuration for Memory {
    async fn rules(&self, limit: usize) -> Result<Vec<RulesText>, StoreError> {
        let kept = self.kept();
        let versions = (1..).zip(&kept.rules).map(|(version, text)| RulesText { version, text: text.clone() });
        let oldest = kept.rules.len().saturating_sub(limit);
        let mut newest: Vec<RulesText> = versions.skip(oldest).collect();
        newest.reverse();
        Ok(newest)
    }

    async fn put_rules(&self, text: &str) -> Result<u64, StoreError> {
        let mut kept = self.kept();
        kept.rules.push(text.to_owned());
        Ok(kept.rules.len() as u64)
    }
}

impl History for Memory {
    async fn findings(&self, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, StoreError> {
        let kept = self.kept();
        let all = kept.findings.values().map(|(finding, standing)| standing.of(finding.clone()));
        Ok(paged(all.filter(|finding| filter.takes(finding)).collect(), page))
    }

    async fn head(&self, resource: &Named) -> Result<String, StoreError> {
        Ok(self.kept().resources.get(resource).map(|stored| stored.head.clone()).unwrap_or_default())
    }

    async fn history(&self, resource: &Named) -> Result<Vec<Entry>, StoreError> {
        Ok(self.kept().entries.get(resource).cloned().unwrap_or_default())
    }

    async fn resources(&self) -> Result<Vec<Named>, StoreError> {
        Ok(self
            .kept()
            .entries
            .iter()
            .filter(|(_, entries)| !entries.is_empty())
            .map(|(named, _)| named.clone())
            .collect())
    }
}

/// A page of findings that are all at hand. It ends after a finding, named by its time and id.
fn paged(mut findings: Vec<Finding>, page: &PageRequest) -> Page<Finding> {
    let key = |finding: &Finding| -> (Timestamp, String) { (finding.when.event_time, finding.id.clone()) };
    findings.sort_by_cached_key(key);
    if page.order == Order::NewestFirst {
        findings.reverse();
    }
    let name = |finding: &Finding| format!("{}|{}", finding.when.event_time, finding.id);
    if let Some(after) = &page.after {
        let behind = findings.iter().position(|finding| name(finding) == *after).map_or(0, |at| at + 1);
        findings.drain(..behind);
    }
    let next = page.limit.filter(|limit| findings.len() > *limit).and_then(|limit| {
        findings.truncate(limit);
        findings.last().map(name)
    });
    Page { items: findings, next }
}
