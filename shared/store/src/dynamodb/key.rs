//! The names of tables' parts: keys, attributes, indexes. Nothing else spells them.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use driftwire_drift::{Moment, Named};
use driftwire_report::v1::{Finding, Severity, Status};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::chain::hex;

/// An item, as the SDK has it.
pub(super) type Attributes = HashMap<String, AttributeValue>;
/// Items by their key.
pub(super) type Items = BTreeMap<Key, Attributes>;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
/// The sort key of all indexes.
pub(super) const AT: &str = "at";
/// When an item may be removed, in seconds since 1970.
pub(super) const EXPIRES: &str = "expires";
/// The sort key of the item that stands for a thing.
const SELF: &str = "@";
/// A partition key has at most 2,048 bytes and a sort key 1,024; longer names end in their hash.
const LONGEST: usize = 900;

/// An index, and the attributes that are its keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Index {
    pub(super) name: &'static str,
    pub(super) partition: &'static str,
    pub(super) sort: &'static str,
}

pub(super) const BY_RESOURCE: Index = Index { name: "by-resource", partition: "resource", sort: AT };
pub(super) const BY_ACTOR: Index = Index { name: "by-actor", partition: "actor", sort: AT };
pub(super) const BY_ACCOUNT: Index = Index { name: "by-account", partition: "account", sort: AT };
pub(super) const BY_SEVERITY: Index = Index { name: "by-severity", partition: "lane", sort: AT };
pub(super) const BY_DUE: Index = Index { name: "by-due", partition: "due_lane", sort: "due" };
pub(super) const INDEXES: [Index; 5] = [BY_RESOURCE, BY_ACTOR, BY_ACCOUNT, BY_SEVERITY, BY_DUE];

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    fn itself(pk: String) -> Self {
        Self { pk, sk: SELF.to_owned() }
    }

    pub(super) fn resource(named: &Named) -> Self {
        let Named { kind, id, account, region } = named;
        Self::itself(bounded(&format!("R#{account}#{region}#{kind}#{id}")))
    }

    /// The entries of one write, by the number of the first.
    pub(super) fn history(named: &Named, first: u64) -> Self {
        Self { sk: format!("{HISTORY}{first:012}"), ..Self::resource(named) }
    }

    pub(super) fn finding(id: &str) -> Self {
        Self::itself(format!("F#{id}"))
    }

    pub(super) fn mark(identity: &str) -> Self {
        Self::itself(bounded(&format!("M#{identity}")))
    }

    /// That a sink was given a notice.
    pub(super) fn told(sink: &str, notice: &str) -> Self {
        Self::itself(bounded(&format!("N!{sink}#{notice}")))
    }

    /// Where a sink's conversation about a subject goes on.
    pub(super) fn thread(sink: &str, subject: &str) -> Self {
        Self::itself(bounded(&format!("T#{sink}#{subject}")))
    }

    /// The id of the finding that it is the key of.
    pub(super) fn finding_id(&self) -> Option<&str> {
        self.pk.strip_prefix("F#").filter(|_| self.sk == SELF)
    }

    /// A record that what is open on a resource rests on.
    pub(super) fn kept(named: &Named, moment: &Moment) -> Self {
        Self { sk: bounded(&format!("{KEPT}{}#{}", time(moment.time), moment.event_id)), ..Self::resource(named) }
    }

    /// What is known of an origin as a whole.
    pub(super) fn origin(origin: &str) -> Self {
        Self { pk: ORIGINS.to_owned(), sk: bounded(origin) }
    }

    pub(super) fn declaration(origin: &str, key: &str) -> Self {
        Self { pk: bounded(&format!("O#{origin}")), sk: bounded(&format!("{DECLARATION}{key}")) }
    }

    /// The resources that an origin's declarations were taken from, until they are judged again.
    pub(super) fn left(origin: &str) -> Self {
        Self { pk: bounded(&format!("O#{origin}")), sk: "L".to_owned() }
    }

    /// What leads to declarations by a name of their resource.
    pub(super) fn alias(name: &str) -> Self {
        Self::itself(bounded(&format!("A#{name}")))
    }

    /// A version of the rules file.
    pub(super) fn rules(version: u64) -> Self {
        Self { pk: "C#rules".to_owned(), sk: format!("{version:012}") }
    }

    /// A piece of an item's body, counted from 1.
    pub(super) fn part(&self, number: usize) -> Self {
        Self { pk: self.pk.clone(), sk: format!("{}#p{number:04}", self.sk) }
    }

    /// Whether it is a piece of another item's body.
    pub(super) fn is_part(&self) -> bool {
        self.sk.contains("#p")
    }

    pub(super) fn attributes(&self) -> Attributes {
        Attributes::from([(PK.to_owned(), text(&self.pk)), (SK.to_owned(), text(&self.sk))])
    }

    pub(super) fn of(item: &Attributes) -> Option<Self> {
        Some(Self { pk: read_text(item, PK)?.to_owned(), sk: read_text(item, SK)?.to_owned() })
    }
}

/// What the sort keys of a history begin with.
pub(super) const HISTORY: &str = "H#";
/// What the sort keys of kept records begin with.
pub(super) const KEPT: &str = "K#";
/// What the sort keys of declarations begin with.
pub(super) const DECLARATION: &str = "D#";
/// The partition that lists all origins.
pub(super) const ORIGINS: &str = "O";

/// The partition of other names than those that have an index.
pub(super) fn name(of: Name, name: &str) -> String {
    let of = match of {
        Name::Resource => "resource",
        Name::Actor => "actor",
    };
    bounded(&format!("N#{of}#{name}"))
}

/// What a name leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    Resource,
    Actor,
}

/// A time as a sort key begins: of one width, so that text sorts as time does.
pub(super) fn time(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// Where a finding is in the order of time.
pub(super) fn at(finding: &Finding) -> String {
    format!("{}#{}", time(finding.when.event_time), finding.id)
}

/// The partition of findings that are open, or closed, with one severity.
pub(super) fn lane(status: Status, severity: Severity) -> String {
    format!("{}#{severity}", if status == Status::Open { "open" } else { "closed" })
}

/// A name that fits into a key.
pub(super) fn bounded(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let head: String = name.chars().take(LONGEST / 8).collect();
    format!("{head}#sha256-{}", hex(&Sha256::digest(name.as_bytes())))
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number<T: ToString + Copy>(value: T) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn read_text<'a>(item: &'a Attributes, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(super) fn read_number(item: &Attributes, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{bounded, time};

    #[test]
    fn times_sort_as_text() {
        let times = ["2026-11-20T10:00:01Z", "2026-11-20T10:00:01.5Z", "2026-11-20T10:00:02Z"];
        let keys: Vec<String> = times.iter().map(|it| time(it.parse().unwrap())).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        assert_eq!(keys[0], "2026-11-20T10:00:01.000000000Z");
    }

    #[test]
    fn a_long_name_fits_and_stays_itself() {
        let (one, other) = ("ä".repeat(2000), format!("{}b", "ä".repeat(2000)));
        assert!(bounded(&one).len() < 1000);
        assert_ne!(bounded(&one), bounded(&other));
        assert_eq!(bounded("short"), "short");
    }
}
