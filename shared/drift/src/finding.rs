//! What the core says of a difference, before any public format.

use std::borrow::Cow;

pub use driftwire_declared::Tool;
use jiff::Timestamp;
use serde_json::Value;

use crate::verdict::{ChangeOp, Evidence, FindingKind, Severity, Status};

/// A judged difference, deletion or unmanaged creation that someone should see.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// `dw1-` and 32 hex digits; the same for the same record and resource, however often it is delivered: ONCE.
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
    pub rule_title: String,
    /// The resource concerned.
    pub resource: ResourceRef,
    /// What differs, in the declarations' own words.
    pub changes: Vec<Change>,
    /// Who is behind it.
    pub who: Actor,
    /// When AWS says it happened.
    pub event_time: Timestamp,
    /// The call.
    pub call: CallRef,
    /// The event id of a later call that changed the same property again.
    pub superseded_by: Option<String>,
}

/// The resource a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRef {
    /// CloudFormation's type name, or Terraform's where CloudFormation has none.
    pub kind: String,
    /// The identifier AWS gives it.
    pub id: String,
    /// Its ARN, when known.
    pub arn: Option<String>,
    /// Twelve digits.
    pub account: String,
    /// A region name; `global` where the service has none.
    pub region: String,
    /// The blocks that declare it, those that own the changes first.
    pub declarations: Vec<DeclarationRef>,
}

/// A pointer to a declaration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclarationRef {
    /// `terraform`, `opentofu`, `cloudformation`, `pulumi`.
    pub tool: Tool,
    /// The block's address.
    pub address: String,
    /// The tool's type name.
    pub kind: String,
    /// File, object or stack.
    pub origin: String,
    /// `serial 412`.
    pub version: String,
}

/// One property or element that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The name in the declaration's own vocabulary, deeper as `a.b[0].c`; `@resource` for the whole.
    pub attribute: String,
    /// The declaration that owns it; absent for what nobody declares.
    pub address: Option<String>,
    /// CloudFormation's name of the property, when known.
    pub property: Option<Cow<'static, str>>,
    /// What happened to it.
    pub op: ChangeOp,
    /// The declared value or element.
    pub declared: Option<Value>,
    /// The value or element that the call wrote.
    pub actual: Option<Value>,
    /// Whether a value is hidden: by CloudTrail's mask, or because it is a secret.
    pub redacted: bool,
    /// Whether AWS applies it later (a maintenance window, a deletion date).
    pub pending: bool,
}

/// Who is behind a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The name people know: an e-mail, a user name, a role, a service.
    pub name: String,
    /// The ARN that AWS authorized.
    pub principal: Option<String>,
    /// The role behind the session.
    pub role: Option<String>,
    /// The name of the session, which the caller chose.
    pub session: Option<String>,
    /// The account that the caller belongs to, where it is not the resource's.
    pub from_account: Option<String>,
    /// What the call was made with.
    pub via: Channel,
    /// The service that called on the actor's behalf.
    pub invoked_by: Option<String>,
    /// An address or the name of a service.
    pub source_ip: Option<String>,
    /// As sent; anyone can set it.
    pub user_agent: Option<String>,
    /// Whether the session was authenticated with a second factor, when the record says.
    pub mfa: Option<bool>,
}

/// What kind of actor is behind a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// A human being: an SSO session, an IAM user at the console, a federated sign-in.
    Person,
    /// The account's root user.
    Root,
    /// An IAM user with a long-term key; person or program.
    User,
    /// A role session that is not known to be a person.
    Role,
    /// A workload with a web identity: a Kubernetes service account, a CI job.
    Workload,
    /// Infrastructure code's own machinery: CloudFormation, a configured pipeline.
    Pipeline,
    /// An AWS service on its own behalf.
    Service,
    /// The record does not say.
    Unknown,
}

/// What a call was made with. From the user agent and `invokedBy`; evidence of intent, never proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The AWS console.
    Console,
    /// The AWS command line.
    Cli,
    /// An SDK.
    Sdk,
    /// Terraform.
    Terraform,
    /// OpenTofu.
    OpenTofu,
    /// Pulumi.
    Pulumi,
    /// CloudFormation, and `StackSets`, SAM, Service Catalog through it.
    CloudFormation,
    /// The CDK's own roles.
    Cdk,
    /// A controller in a Kubernetes cluster.
    Kubernetes,
    /// An AWS service.
    Service,
    /// Nothing we know.
    Other,
}

/// The call behind a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRef {
    /// `eventID`.
    pub event_id: String,
    /// `eventSource`, such as `ec2.amazonaws.com`.
    pub source: String,
    /// `eventName`, as logged.
    pub name: String,
    /// `requestID`.
    pub request_id: Option<String>,
    /// `awsRegion`, as logged.
    pub record_region: String,
}
