//! What is kept, as items: the only place that knows which attribute holds what.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use driftwire_drift::{Moment, Named};
use driftwire_report::v1::{Finding, Status};
use serde::Serialize;

use super::body::Body;
use super::key::{AT, Attributes, EXPIRES, Key, Name, at, bounded, lane, name, number, read_text, text, time};
use super::key::{BY_ACCOUNT, BY_ACTOR, BY_DUE, BY_RESOURCE, BY_SEVERITY, Index, PK, SK};
use crate::model::{FindingStanding, Kept, Mark, ResourceWrite};

pub(super) const VERSION: &str = "version";
pub(super) const ENTRIES: &str = "entries";
/// The resource, as an object: its key may hold a hash.
pub(super) const NAMED: &str = "named";
/// There while standings are still to be written.
pub(super) const OWED: &str = "owed";
/// The partition of what waits for a declared state.
pub(super) const HELD: &str = "held";
const STATUS: &str = "status";
const CONTESTED: &str = "contested";
const SUPERSEDED_BY: &str = "superseded_by";
const TITLE: &str = "title";
const SEVERITY: &str = "severity";
const LANE_OPEN: &str = "lane_open";
const LANE_CLOSED: &str = "lane_closed";
/// What an index holds of a finding, besides its keys.
pub(super) const SHOWN: [&str; 3] = [TITLE, SEVERITY, STATUS];
/// How long a mark is kept.
const MARK_KEPT_S: i64 = 90 * 24 * 60 * 60;

/// An item of a transaction.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) item: TransactWriteItem,
    pub(super) bytes: usize,
    pub(super) role: Role,
}

/// What it means when the condition of an item does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Another write came first.
    Head,
    /// The history has an entry that the head does not know.
    History,
    /// A finding that the resource speaks of is missing.
    Standing,
    /// It has no condition.
    Free,
}

/// Makes items of what is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Maker<'a> {
    pub(super) table: &'a str,
}

impl Maker<'_> {
    /// The item of a resource, with its parts before it.
    pub(super) fn head(self, write: &ResourceWrite, is_owed: bool) -> Result<Vec<Planned>, BuildError> {
        let (key, stored) = (Key::resource(&write.resource), &write.stored);
        let body = Body::new(json(stored));
        let mut item = key.attributes();
        item.insert(VERSION.to_owned(), number(stored.version));
        item.insert(ENTRIES.to_owned(), number(stored.entries));
        item.insert(NAMED.to_owned(), text(&json(&write.resource)));
        if is_owed {
            item.insert(OWED.to_owned(), AttributeValue::Bool(true));
        }
        let parts = body.put(&key, &mut item);
        let condition = match stored.version {
            0 | 1 => Condition::IsNew,
            version => Condition::Version(version - 1),
        };
        self.with_parts(item, parts, condition, Role::Head)
    }

    /// The entries of a write; nothing where there are none.
    pub(super) fn history(self, write: &ResourceWrite) -> Result<Vec<Planned>, BuildError> {
        let Some(first) = write.entries.first() else { return Ok(Vec::new()) };
        let key = Key::history(&write.resource, first.number);
        let mut item = key.attributes();
        let parts = Body::new(json(&write.entries)).put(&key, &mut item);
        self.with_parts(item, parts, Condition::IsNew, Role::History)
    }

    /// A finding that is new, or of which more is known.
    pub(super) fn finding(self, finding: &Finding, standing: &FindingStanding) -> Result<Vec<Planned>, BuildError> {
        let key = Key::finding(&finding.id);
        let mut item = key.attributes();
        let mut set = |name: &str, value: &str| {
            // A key of an index must not be empty.
            if !value.is_empty() {
                item.insert(name.to_owned(), text(value));
            }
        };
        set(AT, &at(finding));
        set(BY_RESOURCE.partition, &bounded(&finding.resource.id));
        set(BY_ACTOR.partition, &bounded(&finding.who.name));
        set(BY_ACCOUNT.partition, &bounded(&finding.resource.account));
        set(BY_SEVERITY.partition, &lane(standing.status, finding.severity));
        set(LANE_OPEN, &lane(Status::Open, finding.severity));
        set(LANE_CLOSED, &lane(Status::Gone, finding.severity));
        set(TITLE, &finding.title);
        set(SEVERITY, finding.severity.as_str());
        set(STATUS, standing.status.as_str());
        set(SUPERSEDED_BY, standing.superseded_by.as_deref().unwrap_or_default());
        item.insert(CONTESTED.to_owned(), AttributeValue::Bool(standing.contested));
        let parts = Body::new(json(finding)).put(&key, &mut item);
        self.with_parts(item, parts, Condition::None, Role::Free)
    }

    /// How a finding stands that is there already. Its lane is copied from the finding itself.
    pub(super) fn standing(self, standing: &FindingStanding) -> Result<Planned, BuildError> {
        let FindingStanding { id, status, contested, superseded_by } = standing;
        let from = if *status == Status::Open { LANE_OPEN } else { LANE_CLOSED };
        let by = if superseded_by.is_some() { ", #by = :by" } else { " REMOVE #by" };
        let update = Update::builder()
            .table_name(self.table)
            .set_key(Some(Key::finding(id).attributes()))
            .update_expression(format!("SET #status = :status, #contested = :contested, #lane = #from{by}"))
            .condition_expression("attribute_exists(#pk)")
            .set_expression_attribute_names(Some(names(&[
                ("#pk", PK),
                ("#status", STATUS),
                ("#contested", CONTESTED),
                ("#lane", BY_SEVERITY.partition),
                ("#from", from),
                ("#by", SUPERSEDED_BY),
            ])))
            .expression_attribute_values(":status", text(status.as_str()))
            .expression_attribute_values(":contested", AttributeValue::Bool(*contested));
        let update = match superseded_by {
            Some(by) => update.expression_attribute_values(":by", text(by)),
            None => update,
        };
        let item = TransactWriteItem::builder().update(update.build()?).build();
        Ok(Planned { item, bytes: OVERHEAD, role: Role::Standing })
    }

    /// A record to be judged again, with its parts.
    pub(super) fn kept(self, resource: &Named, kept: &Kept) -> Result<Vec<Planned>, BuildError> {
        let key = Key::kept(resource, &kept.moment);
        let mut item = key.attributes();
        item.insert(NAMED.to_owned(), text(&json(resource)));
        if let Some(due) = kept.due.filter(|_| kept.held) {
            item.insert(BY_DUE.partition.to_owned(), text(HELD));
            item.insert(BY_DUE.sort.to_owned(), text(&time(due)));
        }
        let parts = Body::new(json(kept)).put(&key, &mut item);
        self.with_parts(item, parts, Condition::None, Role::Free)
    }

    /// A record that nothing rests on any more. It has no parts: CloudTrail keeps records below 256 KB, and they are packed.
    pub(super) fn forget(self, resource: &Named, moment: &Moment) -> Result<Planned, BuildError> {
        let key = Key::kept(resource, moment).attributes();
        let delete = Delete::builder().table_name(self.table).set_key(Some(key)).build()?;
        Ok(Planned { item: TransactWriteItem::builder().delete(delete).build(), bytes: OVERHEAD, role: Role::Free })
    }

    /// How a record ended.
    pub(super) fn mark(self, mark: &Mark) -> Result<Planned, BuildError> {
        let mut planned = self.put(mark_item(mark), Condition::None, Role::Free)?;
        planned.bytes += mark.outcomes.len() * OVERHEAD;
        Ok(planned)
    }

    /// An item without a condition.
    pub(super) fn free(self, item: Attributes) -> Result<Planned, BuildError> {
        self.put(item, Condition::None, Role::Free)
    }

    /// That a resource is still as a write left it.
    pub(super) fn still(self, key: &Key, version: u64) -> Result<TransactWriteItem, BuildError> {
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(version))
            .build()?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn with_parts(
        self,
        item: Attributes,
        parts: Vec<Attributes>,
        condition: Condition,
        role: Role,
    ) -> Result<Vec<Planned>, BuildError> {
        let mut planned = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            planned.push(self.put(part, Condition::None, Role::Free)?);
        }
        planned.push(self.put(item, condition, role)?);
        Ok(planned)
    }

    fn put(self, item: Attributes, condition: Condition, role: Role) -> Result<Planned, BuildError> {
        let bytes = OVERHEAD + item.values().map(weight).sum::<usize>();
        let put = Put::builder().table_name(self.table).set_item(Some(item));
        let put = match condition {
            Condition::None => put,
            Condition::IsNew => {
                put.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", PK)
            }
            Condition::Version(version) => put
                .condition_expression("#version = :before")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":before", number(version)),
        };
        Ok(Planned { item: TransactWriteItem::builder().put(put.build()?).build(), bytes, role })
    }
}

/// What is reckoned for the names and keys of an item.
const OVERHEAD: usize = 512;

fn weight(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => 0,
    }
}

/// Under which condition an item is written.
#[derive(Clone, Copy)]
enum Condition {
    None,
    IsNew,
    Version(u64),
}

/// The items that lead to a finding by the names that have no index.
pub(super) fn other_names(finding: &Finding) -> Vec<Attributes> {
    let resource = &finding.resource;
    let mut partitions: BTreeSet<String> = BTreeSet::new();
    let addresses = resource.declarations.iter().map(|it| it.address.as_str());
    for other in resource.arn.as_deref().into_iter().chain(addresses).filter(|other| *other != resource.id) {
        partitions.insert(name(Name::Resource, other));
    }
    if let Some(principal) = finding.who.principal.as_deref().filter(|other| *other != finding.who.name) {
        partitions.insert(name(Name::Actor, principal));
    }
    let sk = at(finding);
    partitions.into_iter().map(|pk| Key { pk, sk: sk.clone() }.attributes()).collect()
}

fn mark_item(mark: &Mark) -> Attributes {
    let key = Key::mark(&mark.identity);
    let mut item = key.attributes();
    item.insert(EXPIRES.to_owned(), number(mark.recorded_at.as_second() + MARK_KEPT_S));
    // A mark has a line for each resource of one record: it never needs parts.
    Body::new(json(mark)).put(&key, &mut item);
    item
}

/// How a finding stands, as its item says; none where it does not.
pub(super) fn read_standing(item: &Attributes, id: &str) -> Option<FindingStanding> {
    let status = read_text(item, STATUS)?;
    Some(FindingStanding {
        id: id.to_owned(),
        status: *Status::ALL.iter().find(|it| it.as_str() == status)?,
        contested: item.get(CONTESTED).and_then(|it| it.as_bool().ok()).copied().unwrap_or(false),
        superseded_by: read_text(item, SUPERSEDED_BY).map(str::to_owned),
    })
}

/// Where a query found a finding: in an index, or under another name.
pub(super) fn read_at(item: &Attributes, index: Option<Index>) -> Option<&str> {
    read_text(item, if index.is_some() { AT } else { SK })
}

pub(super) fn names(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

/// Our own shapes always have a JSON form.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
