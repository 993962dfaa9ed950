//! Which findings are asked for, and a page of the answer.

use driftwire_report::v1::{Finding, FindingKind, Severity, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which findings are asked for. What is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The resource's id, its ARN, or the address of a block that declares it.
    pub resource: Option<String>,
    /// The name of who is behind it, or their ARN.
    pub actor: Option<String>,
    /// Twelve digits.
    pub account: Option<String>,
    /// A region.
    pub region: Option<String>,
    /// This severity or a higher one.
    pub severity: Option<Severity>,
    /// What kind of finding.
    pub kind: Option<FindingKind>,
    /// Where it stands.
    pub status: Option<Status>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether a finding is asked for.
    #[must_use]
    pub fn takes(&self, finding: &Finding) -> bool {
        let is = |wanted: &Option<String>, found: &[Option<&str>]| {
            wanted.as_deref().is_none_or(|wanted| found.contains(&Some(wanted)))
        };
        let resource = &finding.resource;
        let mut names: Vec<Option<&str>> = vec![Some(&resource.id), resource.arn.as_deref()];
        names.extend(resource.declarations.iter().map(|it| Some(it.address.as_str())));
        let time = finding.when.event_time;
        is(&self.resource, &names)
            && is(&self.actor, &[Some(&finding.who.name), finding.who.principal.as_deref()])
            && is(&self.account, &[Some(&resource.account)])
            && is(&self.region, &[Some(&resource.region)])
            && self.severity.is_none_or(|least| finding.severity >= least)
            && self.kind.is_none_or(|kind| finding.kind == kind)
            && self.status.is_none_or(|status| finding.status == status)
            && self.since.is_none_or(|since| time >= since)
            && self.until.is_none_or(|until| time < until)
    }
}

/// In which order findings come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// Which page is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// How many at most; all where it is none.
    pub limit: Option<usize>,
    /// Where the last page ended.
    pub after: Option<String>,
    /// In which order.
    pub order: Order,
}

/// A page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where it ended; none where there is no more.
    pub next: Option<String>,
}
