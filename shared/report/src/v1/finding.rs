//! `driftwire.finding/v1`: the shape on the bus, in the table and in `--format json`.

use driftwire_drift::finding as core;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::name::{ActorKind, ChangeOp, Channel, Evidence, FindingKind, Severity, Status, Tool};
use crate::wording;

/// A judged difference, deletion or unmanaged creation that someone should see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The format and its version.
    pub schema: FindingSchema,
    /// The same for the same record and resource, however often it is delivered.
    pub id: String,
    /// What kind of finding it is.
    pub kind: FindingKind,
    /// Where it stands.
    pub status: Status,
    /// How we know.
    pub evidence: Evidence,
    /// How much it matters.
    pub severity: Severity,
    /// The id of the rule that gave the severity.
    pub rule: String,
    /// The rule's own wording: `open to the world`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_title: Option<String>,
    /// One sentence for people, safe to show on a terminal.
    pub title: String,
    /// The resource concerned.
    pub resource: Resource,
    /// What differs, in the declarations' own words.
    pub changes: Vec<Change>,
    /// Who is behind it.
    pub who: Who,
    /// When it happened, and when it was seen.
    pub when: When,
    /// The call.
    pub call: Call,
    /// The event id of a later call that changed the same property again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
}

/// The name of this format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FindingSchema {
    /// Version 1.
    #[default]
    #[serde(rename = "driftwire.finding/v1")]
    V1,
}

/// The resource a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// CloudFormation's type name, or Terraform's where CloudFormation has none.
    #[serde(rename = "type")]
    pub kind: String,
    /// The identifier AWS gives it.
    pub id: String,
    /// Its ARN, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Twelve digits.
    pub account: String,
    /// A region name; `global` where the service has none.
    pub region: String,
    /// The blocks that declare it, those that own the changes first.
    pub declarations: Vec<Declaration>,
}

/// A pointer to a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Declaration {
    /// The tool it is written for.
    pub tool: Tool,
    /// The block's address.
    pub address: String,
    /// The tool's type name.
    #[serde(rename = "type")]
    pub kind: String,
    /// File, object or stack.
    pub origin: String,
    /// The origin's version, for people: `serial 412`.
    pub version: String,
}

/// One property or element that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The name in the declaration's own vocabulary, deeper as `a.b[0].c`; `@resource` for the whole.
    pub attribute: String,
    /// The declaration that owns it; null for what nobody declares.
    pub address: Option<String>,
    /// CloudFormation's name of the property; null when not known.
    pub property: Option<String>,
    /// What happened to it.
    pub op: ChangeOp,
    /// The declared value or element; null where there is none.
    pub declared: Option<Value>,
    /// The value or element that the call wrote; null where there is none or it is not known.
    pub actual: Option<Value>,
    /// Whether a value is hidden.
    pub redacted: bool,
    /// Whether AWS applies it later; absent when it does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// Whether values were left out because they are too large to send; absent when they were not. The whole finding is in
    /// the table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elided: bool,
}

/// Who is behind a call. What the record does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Who {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The name people know: an e-mail, a user name, a role, a service.
    pub name: String,
    /// The ARN that AWS authorized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The role behind the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The name of the session, which the caller chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The account that the caller belongs to, where it is not the resource's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_account: Option<String>,
    /// What the call was made with.
    pub via: Channel,
    /// The service that called on the actor's behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoked_by: Option<String>,
    /// An address or the name of a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// As sent; anyone can set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Whether the session was authenticated with a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa: Option<bool>,
}

/// When it happened, and when it was seen. UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct When {
    /// When AWS says that it happened.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub event_time: Timestamp,
    /// When it was found; absent in a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub detected_at: Option<Timestamp>,
}

/// The call behind a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Call {
    /// CloudTrail's `eventID`.
    pub event_id: String,
    /// `eventSource`, such as `ec2.amazonaws.com`.
    pub source: String,
    /// `eventName`, as logged.
    pub name: String,
    /// `requestID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `awsRegion`, as logged.
    pub record_region: String,
}

/// Publishes a finding of the core, seen at the given time.
///
/// Without a time (a replay), `when.detected_at` is left out and the same input gives the same bytes.
pub fn finding(finding: &core::Finding, detected_at: Option<Timestamp>) -> Finding {
    let core::Finding {
        id,
        kind,
        status,
        evidence,
        severity,
        rule,
        rule_title,
        resource,
        changes,
        who,
        event_time,
        call,
        superseded_by,
    } = finding;
    Finding {
        schema: FindingSchema::V1,
        id: id.clone(),
        kind: (*kind).into(),
        status: (*status).into(),
        evidence: (*evidence).into(),
        severity: (*severity).into(),
        rule: rule.clone(),
        rule_title: Some(rule_title.clone()).filter(|title| !title.is_empty()),
        title: wording::title(finding),
        resource: resource.into(),
        changes: changes.iter().map(Change::from).collect(),
        who: who.into(),
        when: When { event_time: *event_time, detected_at },
        call: call.into(),
        superseded_by: superseded_by.clone(),
    }
}

impl From<&core::ResourceRef> for Resource {
    fn from(resource: &core::ResourceRef) -> Self {
        let core::ResourceRef { kind, id, arn, account, region, declarations } = resource;
        Self {
            kind: kind.clone(),
            id: id.clone(),
            arn: arn.clone(),
            account: account.clone(),
            region: region.clone(),
            declarations: declarations.iter().map(Declaration::from).collect(),
        }
    }
}

impl From<&core::DeclarationRef> for Declaration {
    fn from(declaration: &core::DeclarationRef) -> Self {
        let core::DeclarationRef { tool, address, kind, origin, version } = declaration;
        Self {
            tool: (*tool).into(),
            address: address.clone(),
            kind: kind.clone(),
            origin: origin.clone(),
            version: version.clone(),
        }
    }
}

impl From<&core::Change> for Change {
    fn from(change: &core::Change) -> Self {
        let core::Change { attribute, address, property, op, declared, actual, redacted, pending } = change;
        Self {
            attribute: attribute.clone(),
            address: address.clone(),
            property: property.as_deref().map(str::to_owned),
            op: (*op).into(),
            // JSON has one null: a null value and no value are published alike.
            declared: declared.clone().filter(|value| !value.is_null()),
            actual: actual.clone().filter(|value| !value.is_null()),
            redacted: *redacted,
            pending: *pending,
            elided: false,
        }
    }
}

impl From<&core::Actor> for Who {
    fn from(actor: &core::Actor) -> Self {
        let core::Actor {
            kind,
            name,
            principal,
            role,
            session,
            from_account,
            via,
            invoked_by,
            source_ip,
            user_agent,
            mfa,
        } = actor;
        Self {
            kind: (*kind).into(),
            name: name.clone(),
            principal: principal.clone(),
            role: role.clone(),
            session: session.clone(),
            from_account: from_account.clone(),
            via: (*via).into(),
            invoked_by: invoked_by.clone(),
            source_ip: source_ip.clone(),
            user_agent: user_agent.clone(),
            mfa: *mfa,
        }
    }
}

impl From<&core::CallRef> for Call {
    fn from(call: &core::CallRef) -> Self {
        let core::CallRef { event_id, source, name, request_id, record_region } = call;
        Self {
            event_id: event_id.clone(),
            source: source.clone(),
            name: name.clone(),
            request_id: request_id.clone(),
            record_region: record_region.clone(),
        }
    }
}
