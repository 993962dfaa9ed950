//! The parts of a finding under their published names, looked at where they are.
//!
//! `resource`, `who`, `call`, a change and a declaration, and the published name of each closed value.

use std::cell::OnceCell;

use serde_json::Value;

use super::functions::parse_policy;
use super::path::{NamesInside, Paths};
use super::view::{Items, View};
use crate::finding::{Actor, ActorKind, CallRef, Change, Channel, DeclarationRef, ResourceRef};
use crate::verdict::{ChangeOp, Evidence, FindingKind, Status};

/// An object of a finding.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'a> {
    Resource(&'a ResourceRef),
    Declaration(&'a DeclarationRef),
    Change(&'a Facts<'a>),
    Who(&'a Actor),
    Call(&'a CallRef),
}

/// A change, and what is learned of it once for all questions.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    change: &'a Change,
    paths: Paths,
    /// The values before and after, where they are texts that were read as policies.
    documents: [OnceCell<Value>; 2],
}

impl<'a> Facts<'a> {
    /// Learns of a change.
    pub(crate) fn of(change: &'a Change) -> Self {
        let inside = NamesInside::of([change.declared.as_ref(), change.actual.as_ref()].into_iter().flatten());
        let names = [Some(change.attribute.as_str()), change.property.as_deref()];
        Self {
            change,
            paths: Paths::new(names.into_iter().flatten()).with_inside(inside),
            documents: Default::default(),
        }
    }

    /// A value as a policy: where it is a text of this change, read once for all questions.
    pub(crate) fn policy(&'a self, value: View<'a, 'static>) -> View<'a, 'static> {
        let View::Text(text) = value else { return value };
        let sides = [&self.change.declared, &self.change.actual];
        let read = sides.into_iter().zip(&self.documents).find_map(|(side, document)| {
            let is_side = side.as_ref().and_then(Value::as_str).is_some_and(|side| std::ptr::eq(side, text));
            is_side.then(|| document.get_or_init(|| parse_policy(text).unwrap_or_default()))
        });
        read.map_or(value, View::of_json)
    }

    /// The names of the change.
    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }
}

type Seen<'a> = Option<View<'a, 'static>>;

impl<'a> Part<'a> {
    /// The value of a field; `None` where the finding does not have it.
    pub(crate) fn field(self, name: &str) -> Seen<'a> {
        match self {
            Self::Resource(resource) => of_resource(resource, name),
            Self::Declaration(declaration) => of_declaration(declaration, name),
            Self::Change(facts) => of_change(facts.change, name),
            Self::Who(who) => of_actor(who, name),
            Self::Call(call) => of_call(call, name),
        }
    }

    /// The names a field may have.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Resource(_) => &["account", "arn", "declarations", "id", "region", "type"],
            Self::Declaration(_) => &["address", "origin", "tool", "type", "version"],
            Self::Change(_) => &["actual", "address", "attribute", "declared", "op", "pending", "property", "redacted"],
            Self::Who(_) => &[
                "from_account",
                "invoked_by",
                "kind",
                "mfa",
                "name",
                "principal",
                "role",
                "session",
                "source_ip",
                "user_agent",
                "via",
            ],
            Self::Call(_) => &["event_id", "name", "record_region", "request_id", "source"],
        }
    }
}

fn text<'a>(text: &'a str) -> Seen<'a> {
    Some(View::Text(text))
}

fn maybe(text: Option<&String>) -> Seen<'_> {
    text.map(|text| View::Text(text))
}

fn of_resource<'a>(resource: &'a ResourceRef, name: &str) -> Seen<'a> {
    let ResourceRef { kind, id, arn, account, region, declarations } = resource;
    match name {
        "type" => text(kind),
        "id" => text(id),
        "arn" => maybe(arn.as_ref()),
        "account" => text(account),
        "region" => text(region),
        "declarations" => Some(View::List(Items::Declarations(declarations))),
        _ => None,
    }
}

fn of_declaration<'a>(declaration: &'a DeclarationRef, name: &str) -> Seen<'a> {
    let DeclarationRef { tool, address, kind, origin, version } = declaration;
    match name {
        "tool" => text(tool_name(*tool)),
        "address" => text(address),
        "type" => text(kind),
        "origin" => text(origin),
        "version" => text(version),
        _ => None,
    }
}

fn of_change<'a>(change: &'a Change, name: &str) -> Seen<'a> {
    let Change { attribute, address, property, op, declared, actual, redacted, pending } = change;
    match name {
        "attribute" => text(attribute),
        "address" => maybe(address.as_ref()),
        "property" => property.as_deref().map(View::Text),
        "op" => text(op_name(*op)),
        "declared" => declared.as_ref().map(View::of_json),
        "actual" => actual.as_ref().map(View::of_json),
        "redacted" => Some(View::Bool(*redacted)),
        "pending" => Some(View::Bool(*pending)),
        _ => None,
    }
}

fn of_actor<'a>(actor: &'a Actor, field: &str) -> Seen<'a> {
    let Actor { kind, name, principal, role, session, from_account, via, invoked_by, source_ip, user_agent, mfa } =
        actor;
    match field {
        "kind" => text(actor_name(*kind)),
        "name" => text(name),
        "principal" => maybe(principal.as_ref()),
        "role" => maybe(role.as_ref()),
        "session" => maybe(session.as_ref()),
        "from_account" => maybe(from_account.as_ref()),
        "via" => text(channel_name(*via)),
        "invoked_by" => maybe(invoked_by.as_ref()),
        "source_ip" => maybe(source_ip.as_ref()),
        "user_agent" => maybe(user_agent.as_ref()),
        "mfa" => mfa.map(View::Bool),
        _ => None,
    }
}

fn of_call<'a>(call: &'a CallRef, field: &str) -> Seen<'a> {
    let CallRef { event_id, source, name, request_id, record_region } = call;
    match field {
        "event_id" => text(event_id),
        "source" => text(source),
        "name" => text(name),
        "request_id" => maybe(request_id.as_ref()),
        "record_region" => text(record_region),
        _ => None,
    }
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

pub(crate) fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Observed => "observed",
        Evidence::Confirmed => "confirmed",
        Evidence::Touched => "touched",
    }
}

pub(crate) fn status_name(status: Status) -> &'static str {
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
