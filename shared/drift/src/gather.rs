//! What a decision has to be given, found out from the record alone. Reads nothing.

use std::collections::BTreeSet;

use driftwire_cloudtrail::Record;
use driftwire_declared::Redactor;

use crate::{
    context::Context,
    index::Index,
    judge::Rules,
    replay::{Judged, judge},
};

/// What a record asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The names under which the declarations concerned are kept; none where the record cannot be drift.
    pub names: BTreeSet<String>,
    /// The account that a resource is in whose declarations do not say it.
    pub account: String,
    /// The region that a resource is in whose declarations do not say it.
    pub region: String,
}

/// Judges a record as if nothing were declared. Where nothing is kept under the names that it asks for, that is how it
/// ends; else it is judged again with what is kept there.
#[must_use]
pub fn ask(record: Record<'_>, rules: &Rules, redactor: &Redactor) -> (Judged, Wanted) {
    let account = record.account().unwrap_or_default().to_owned();
    let region = record.region.as_deref().unwrap_or_default().to_owned();
    let index = Index::noting();
    let judged = judge(record, Context::new(&index, rules, redactor));
    (judged, Wanted { names: index.asked(), account, region })
}
