//! An example of a rule: part of a finding in its published JSON shape, and whether the rule fires on it.
//!
//! What an example leaves out is filled in with a resource in one account, changed by a person with a second factor.

use driftwire_declared::Tool;
use jiff::Timestamp;
use serde_json::Value;

use super::table::Table;
use crate::finding::{Actor, ActorKind, CallRef, Change, Channel, DeclarationRef, Finding, ResourceRef};
use crate::judge::refusal::RulesError;
use crate::verdict::{ChangeOp, Evidence, FindingKind, Severity, Status};

/// An example as written.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    /// The finding, completed.
    pub(crate) finding: Finding,
    /// Whether the rule is to fire.
    pub(crate) fires: bool,
    /// Where the example is.
    pub(crate) line: usize,
}

/// The keys of an example.
pub(super) const KEYS: &[&str] = &["finding", "fires"];

const FINDING_KEYS: &[&str] = &["kind", "status", "evidence", "resource", "changes", "who", "when", "call"];
const RESOURCE_KEYS: &[&str] = &["type", "id", "arn", "account", "region", "declarations"];
const DECLARATION_KEYS: &[&str] = &["tool", "address", "type", "origin", "version"];
const CHANGE_KEYS: &[&str] = &["attribute", "address", "property", "op", "declared", "actual", "redacted", "pending"];
const WHO_KEYS: &[&str] = &[
    "kind",
    "name",
    "principal",
    "role",
    "session",
    "from_account",
    "via",
    "invoked_by",
    "source_ip",
    "user_agent",
    "mfa",
];
const CALL_KEYS: &[&str] = &["event_id", "source", "name", "request_id", "record_region"];

/// Reads an example.
pub(super) fn read<'t>(table: &Table<'t, '_>) -> Result<Example, RulesError> {
    let fires = match table.flag("fires")? {
        Some(fires) => fires,
        None => return Err(table.refuse("an example has no `fires`; expected `fires = true` or `fires = false`")),
    };
    table.required("finding")?;
    let finding = match table.table("finding", "the finding of an example", FINDING_KEYS)? {
        Some(finding) => read_finding(&finding)?,
        None => return Err(table.refuse("an example has no `finding`; expected one")),
    };
    Ok(Example { finding, fires, line: table.line() })
}

fn read_finding(table: &Table<'_, '_>) -> Result<Finding, RulesError> {
    let kind = table.get("kind").map(|placed| placed.one_of(KINDS)).transpose()?;
    let status = table.get("status").map(|placed| placed.one_of(STATUSES)).transpose()?;
    let evidence = table.get("evidence").map(|placed| placed.one_of(EVIDENCE)).transpose()?;
    let changes = table.tables("changes", "a change of an example", CHANGE_KEYS)?;
    Ok(Finding {
        id: "dw1-example".to_owned(),
        kind: kind.unwrap_or(FindingKind::Modified),
        status: status.unwrap_or(Status::Open),
        evidence: evidence.unwrap_or(Evidence::Observed),
        severity: Severity::Info,
        rule: String::new(),
        rule_title: String::new(),
        resource: read_resource(table)?,
        changes: changes.iter().map(read_change).collect::<Result<_, _>>()?,
        who: read_who(table)?,
        event_time: read_time(table)?,
        call: read_call(table)?,
        superseded_by: None,
    })
}

fn read_resource(finding: &Table<'_, '_>) -> Result<ResourceRef, RulesError> {
    let Some(table) = finding.table("resource", "the resource of an example", RESOURCE_KEYS)? else {
        return Err(finding.refuse("the finding of an example has no `resource`; expected at least its `type`"));
    };
    let declarations = table.tables("declarations", "a declaration of an example", DECLARATION_KEYS)?;
    Ok(ResourceRef {
        kind: table.required("type")?.text()?.to_owned(),
        id: table.text("id")?.unwrap_or_else(|| "example".to_owned()),
        arn: table.text("arn")?,
        account: table.text("account")?.unwrap_or_else(|| "111122223333".to_owned()),
        region: table.text("region")?.unwrap_or_else(|| "us-east-1".to_owned()),
        declarations: declarations.iter().map(read_declaration).collect::<Result<_, _>>()?,
    })
}

fn read_declaration(table: &Table<'_, '_>) -> Result<DeclarationRef, RulesError> {
    Ok(DeclarationRef {
        tool: table.get("tool").map(|placed| placed.one_of(TOOLS)).transpose()?.unwrap_or(Tool::Terraform),
        address: table.text("address")?.unwrap_or_default(),
        kind: table.text("type")?.unwrap_or_default(),
        origin: table.text("origin")?.unwrap_or_default(),
        version: table.text("version")?.unwrap_or_default(),
    })
}

/// The operation follows from which side has a value, unless the example says it.
fn read_change(table: &Table<'_, '_>) -> Result<Change, RulesError> {
    let declared: Option<Value> = table.get("declared").map(|placed| placed.json());
    let actual: Option<Value> = table.get("actual").map(|placed| placed.json());
    let implied = match (&declared, &actual) {
        (None, Some(_)) => ChangeOp::Added,
        (Some(_), None) => ChangeOp::Removed,
        (Some(_), Some(_)) | (None, None) => ChangeOp::Replaced,
    };
    Ok(Change {
        attribute: table.required("attribute")?.text()?.to_owned(),
        address: table.text("address")?,
        property: table.text("property")?.map(Into::into),
        op: table.get("op").map(|placed| placed.one_of(OPS)).transpose()?.unwrap_or(implied),
        declared,
        actual,
        redacted: table.flag("redacted")?.unwrap_or_default(),
        pending: table.flag("pending")?.unwrap_or_default(),
    })
}

fn read_who(finding: &Table<'_, '_>) -> Result<Actor, RulesError> {
    let mut who = Actor {
        kind: ActorKind::Person,
        name: "alice@example.com".to_owned(),
        principal: None,
        role: None,
        session: None,
        from_account: None,
        via: Channel::Console,
        invoked_by: None,
        source_ip: None,
        user_agent: None,
        mfa: Some(true),
    };
    let Some(table) = finding.table("who", "the actor of an example", WHO_KEYS)? else { return Ok(who) };
    who.kind = table.get("kind").map(|placed| placed.one_of(ACTORS)).transpose()?.unwrap_or(who.kind);
    who.name = table.text("name")?.unwrap_or(who.name);
    who.principal = table.text("principal")?;
    who.role = table.text("role")?;
    who.session = table.text("session")?;
    who.from_account = table.text("from_account")?;
    who.via = table.get("via").map(|placed| placed.one_of(CHANNELS)).transpose()?.unwrap_or(who.via);
    who.invoked_by = table.text("invoked_by")?;
    who.source_ip = table.text("source_ip")?;
    who.user_agent = table.text("user_agent")?;
    who.mfa = table.flag("mfa")?.or(who.mfa);
    Ok(who)
}

fn read_time(finding: &Table<'_, '_>) -> Result<Timestamp, RulesError> {
    let Some(table) = finding.table("when", "the times of an example", &["event_time"])? else {
        return Ok(Timestamp::UNIX_EPOCH);
    };
    let placed = table.required("event_time")?;
    let written = placed.json();
    let parsed = written.as_str().and_then(|time| time.parse().ok());
    parsed.ok_or_else(|| placed.refuse("`event_time` is not a time; expected one such as `2026-11-20T10:05:00Z`"))
}

fn read_call(finding: &Table<'_, '_>) -> Result<CallRef, RulesError> {
    let mut call = CallRef {
        event_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        source: String::new(),
        name: String::new(),
        request_id: None,
        record_region: "us-east-1".to_owned(),
    };
    let Some(table) = finding.table("call", "the call of an example", CALL_KEYS)? else { return Ok(call) };
    call.event_id = table.text("event_id")?.unwrap_or(call.event_id);
    call.source = table.text("source")?.unwrap_or_default();
    call.name = table.text("name")?.unwrap_or_default();
    call.request_id = table.text("request_id")?;
    call.record_region = table.text("record_region")?.unwrap_or(call.record_region);
    Ok(call)
}

const KINDS: &[(&str, FindingKind)] = &[
    ("modified", FindingKind::Modified),
    ("deleted", FindingKind::Deleted),
    ("unmanaged", FindingKind::Unmanaged),
    ("undeclared", FindingKind::Undeclared),
    ("touched", FindingKind::Touched),
];

const STATUSES: &[(&str, Status)] = &[
    ("open", Status::Open),
    ("restored", Status::Restored),
    ("applied", Status::Applied),
    ("absorbed", Status::Absorbed),
    ("gone", Status::Gone),
    ("acknowledged", Status::Acknowledged),
];

const EVIDENCE: &[(&str, Evidence)] =
    &[("observed", Evidence::Observed), ("confirmed", Evidence::Confirmed), ("touched", Evidence::Touched)];

const OPS: &[(&str, ChangeOp)] =
    &[("added", ChangeOp::Added), ("removed", ChangeOp::Removed), ("replaced", ChangeOp::Replaced)];

const TOOLS: &[(&str, Tool)] = &[
    ("terraform", Tool::Terraform),
    ("opentofu", Tool::OpenTofu),
    ("cloudformation", Tool::CloudFormation),
    ("pulumi", Tool::Pulumi),
];

const ACTORS: &[(&str, ActorKind)] = &[
    ("person", ActorKind::Person),
    ("root", ActorKind::Root),
    ("user", ActorKind::User),
    ("role", ActorKind::Role),
    ("workload", ActorKind::Workload),
    ("pipeline", ActorKind::Pipeline),
    ("service", ActorKind::Service),
    ("unknown", ActorKind::Unknown),
];

const CHANNELS: &[(&str, Channel)] = &[
    ("console", Channel::Console),
    ("cli", Channel::Cli),
    ("sdk", Channel::Sdk),
    ("terraform", Channel::Terraform),
    ("opentofu", Channel::OpenTofu),
    ("pulumi", Channel::Pulumi),
    ("cloudformation", Channel::CloudFormation),
    ("cdk", Channel::Cdk),
    ("kubernetes", Channel::Kubernetes),
    ("service", Channel::Service),
    ("other", Channel::Other),
];

/// The finding that an example written in a test means.
#[cfg(test)]
pub(crate) fn finding(text: &str) -> Finding {
    let rules = format!("[[rule]]\nid = 'x'\nexample = [{{ fires = true, finding = {text} }}]");
    let source = crate::judge::refusal::Source { origin: "test", text: &rules };
    super::read(source, super::Trust::Unread).unwrap().rules[0].examples[0].finding.clone()
}
