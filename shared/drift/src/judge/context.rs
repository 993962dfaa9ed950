//! A finding as the variables of conditions, in the names and shape of its published JSON.
//!
//! Built once for a finding; only `changes` is exchanged between one question and the next.

use std::sync::Arc;

use cel::Context;
use cel::common::types::{CelBool, CelList, CelString};

use super::functions::ENVIRONMENT;
use super::path::Paths;
use super::value::{Owned, Record, owned};
use crate::finding::{Actor, ActorKind, CallRef, Change, Channel, DeclarationRef, Finding, ResourceRef};
use crate::verdict::{ChangeOp, Evidence, FindingKind, Status};

/// The variables of one finding.
pub(crate) struct Variables {
    context: Context<'static, 'static>,
    changes: Vec<Record>,
}

impl Variables {
    /// The variables of a finding, `changes` still empty.
    pub(crate) fn of(finding: &Finding) -> Self {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        let call = &finding.call;
        let when = Record::new([("event_time".to_owned(), text(finding.event_time.to_string()))]);
        let fixed: [(&str, Owned); 7] = [
            ("resource", Box::new(resource(&finding.resource))),
            ("who", Box::new(who(&finding.who))),
            ("when", Box::new(when)),
            ("call", Box::new(called(call))),
            ("kind", text(kind_name(finding.kind))),
            ("evidence", text(evidence_name(finding.evidence))),
            ("status", text(status_name(finding.status))),
        ];
        for (name, value) in fixed {
            context.add_variable_as_val(name, value);
        }
        context.add_variable_as_val("changes", Box::new(CelList::default()));
        Self { context, changes: finding.changes.iter().map(change).collect() }
    }

    /// With one change as the only one.
    pub(crate) fn with_change(&mut self, index: usize) -> &Context<'static, 'static> {
        self.set(self.changes.iter().skip(index).take(1).cloned().collect())
    }

    /// With all changes.
    pub(crate) fn with_all(&mut self) -> &Context<'static, 'static> {
        self.set(self.changes.clone())
    }

    fn set(&mut self, changes: Vec<Record>) -> &Context<'static, 'static> {
        let changes: Vec<Owned> = changes.into_iter().map(|change| Box::new(change) as Owned).collect();
        self.context.add_variable_as_val("changes", Box::new(CelList::from(changes)));
        &self.context
    }
}

fn text(text: impl Into<String>) -> Owned {
    Box::new(CelString::from(text.into()))
}

/// An object of those fields that have a value.
fn record<const N: usize>(fields: [(&str, Option<Owned>); N]) -> Record {
    Record::new(present(fields))
}

fn present<const N: usize>(fields: [(&str, Option<Owned>); N]) -> impl Iterator<Item = (String, Owned)> {
    fields.into_iter().filter_map(|(name, value)| value.map(|value| (name.to_owned(), value)))
}

fn some(value: impl Into<String>) -> Option<Owned> {
    Some(text(value))
}

fn maybe(value: Option<&String>) -> Option<Owned> {
    value.map(|value| text(value.as_str()))
}

fn flag(value: bool) -> Owned {
    Box::new(CelBool::from(value))
}

fn resource(resource: &ResourceRef) -> Record {
    let ResourceRef { kind, id, arn, account, region, declarations } = resource;
    let declarations: Vec<Owned> =
        declarations.iter().map(|declaration| Box::new(declared(declaration)) as Owned).collect();
    record([
        ("type", some(kind)),
        ("id", some(id)),
        ("arn", maybe(arn.as_ref())),
        ("account", some(account)),
        ("region", some(region)),
        ("declarations", Some(Box::new(CelList::from(declarations)))),
    ])
}

fn declared(declaration: &DeclarationRef) -> Record {
    let DeclarationRef { tool, address, kind, origin, version } = declaration;
    record([
        ("tool", some(tool_name(*tool))),
        ("address", some(address)),
        ("type", some(kind)),
        ("origin", some(origin)),
        ("version", some(version)),
    ])
}

fn change(change: &Change) -> Record {
    let Change { attribute, address, property, op, declared, actual, redacted, pending } = change;
    let fields = [
        ("attribute", some(attribute)),
        ("address", maybe(address.as_ref())),
        ("property", maybe(property.as_ref())),
        ("op", some(op_name(*op))),
        ("declared", declared.as_ref().map(owned)),
        ("actual", actual.as_ref().map(owned)),
        ("redacted", Some(flag(*redacted))),
        ("pending", Some(flag(*pending))),
    ];
    let paths = Paths::new([Some(attribute.as_str()), property.as_deref()].into_iter().flatten());
    Record::change(present(fields), paths)
}

fn who(actor: &Actor) -> Record {
    let Actor { kind, name, principal, role, session, from_account, via, invoked_by, source_ip, user_agent, mfa } =
        actor;
    record([
        ("kind", some(actor_name(*kind))),
        ("name", some(name)),
        ("principal", maybe(principal.as_ref())),
        ("role", maybe(role.as_ref())),
        ("session", maybe(session.as_ref())),
        ("from_account", maybe(from_account.as_ref())),
        ("via", some(channel_name(*via))),
        ("invoked_by", maybe(invoked_by.as_ref())),
        ("source_ip", maybe(source_ip.as_ref())),
        ("user_agent", maybe(user_agent.as_ref())),
        ("mfa", mfa.map(flag)),
    ])
}

fn called(call: &CallRef) -> Record {
    let CallRef { event_id, source, name, request_id, record_region } = call;
    record([
        ("event_id", some(event_id)),
        ("source", some(source)),
        ("name", some(name)),
        ("request_id", maybe(request_id.as_ref())),
        ("record_region", some(record_region)),
    ])
}

/// The published name of a kind of finding.
pub(crate) fn kind_name(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Modified => "modified",
        FindingKind::Deleted => "deleted",
        FindingKind::Unmanaged => "unmanaged",
        FindingKind::Undeclared => "undeclared",
        FindingKind::Touched => "touched",
    }
}

fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Observed => "observed",
        Evidence::Confirmed => "confirmed",
        Evidence::Touched => "touched",
    }
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::Restored => "restored",
        Status::Applied => "applied",
        Status::Absorbed => "absorbed",
        Status::Gone => "gone",
        Status::Acknowledged => "acknowledged",
    }
}

fn op_name(op: ChangeOp) -> &'static str {
    match op {
        ChangeOp::Added => "added",
        ChangeOp::Removed => "removed",
        ChangeOp::Replaced => "replaced",
    }
}

fn actor_name(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "person",
        ActorKind::Root => "root",
        ActorKind::User => "user",
        ActorKind::Role => "role",
        ActorKind::Workload => "workload",
        ActorKind::Pipeline => "pipeline",
        ActorKind::Service => "service",
        ActorKind::Unknown => "unknown",
    }
}

fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Console => "console",
        Channel::Cli => "cli",
        Channel::Sdk => "sdk",
        Channel::Terraform => "terraform",
        Channel::OpenTofu => "opentofu",
        Channel::Pulumi => "pulumi",
        Channel::CloudFormation => "cloudformation",
        Channel::Cdk => "cdk",
        Channel::Kubernetes => "kubernetes",
        Channel::Service => "service",
        Channel::Other => "other",
    }
}

fn tool_name(tool: driftwire_declared::Tool) -> &'static str {
    match tool {
        driftwire_declared::Tool::Terraform => "terraform",
        driftwire_declared::Tool::OpenTofu => "opentofu",
        driftwire_declared::Tool::CloudFormation => "cloudformation",
        driftwire_declared::Tool::Pulumi => "pulumi",
    }
}
