//! How one record ends for one resource, with everything that `explain` shows.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    finding::{Change, Finding},
    verdict::{Reason, Verdict},
};

/// The end of one (record, resource).
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// `<type> <id>` of the resource, as declared, or else as the call names it.
    pub resource: Option<Named>,
    /// The declaration concerned: the owner of the first difference, or the resource's own.
    pub address: Option<String>,
    /// What someone should see.
    pub finding: Option<Finding>,
    /// What was looked at, property by property.
    pub facets: Vec<Facet>,
}

impl Outcome {
    /// A record that cannot be drift on a resource.
    #[must_use]
    pub fn irrelevant(reason: Reason, resource: Option<Named>) -> Self {
        Self { verdict: Verdict::Irrelevant, reason, resource, address: None, finding: None, facets: Vec::new() }
    }
}

/// A resource as a call or a declaration names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// CloudFormation's type name.
    pub kind: String,
    /// The identifier.
    pub id: String,
    /// Twelve digits.
    pub account: String,
    /// A region, or `global`.
    pub region: String,
}

/// One property or element that a call touched, compared with what is declared.
#[derive(Debug, Clone)]
pub struct Facet {
    /// Names the property on its resource, whatever call touches it: the register of the open drift.
    pub register: Cow<'static, str>,
    /// How the comparison ended.
    pub result: FacetResult,
    /// What differs, or would.
    pub change: Change,
    /// The rules that made two texts equal, or hid a difference: SAY-WHAT-YOU-HID.
    pub traces: Vec<String>,
}

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FacetResult {
    /// Equal, or equivalent.
    Same(Reason),
    /// Different.
    Differs(Reason),
    /// Could not be told.
    Unknown(Reason),
    /// Nobody declares it.
    Undeclared,
    /// Not looked at, on somebody's word.
    Quiet(Reason),
}

impl Facet {
    /// The declared value, for people.
    #[must_use]
    pub fn declared(&self) -> Option<&Value> {
        self.change.declared.as_ref()
    }
}

/// The moment of a record: newest wins, by time and then by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// `eventTime`.
    pub time: Timestamp,
    /// `eventID`.
    pub event_id: String,
}
