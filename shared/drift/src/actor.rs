//! Who is behind a call, and what they used. A name here is for people; holds and ignores match what AWS authorized.

mod agent;

use std::borrow::Cow;

use agent::{Agent, Mark, marks};
use driftwire_cloudtrail::{Identity, Record};

use crate::finding::{Actor, ActorKind, Channel};

/// Works out who is behind a record. Never fails: what the record does not say is `unknown`.
#[must_use]
pub(crate) fn actor(record: &Record<'_>) -> Actor {
    let nobody = Identity::default();
    let identity = record.identity.as_ref().unwrap_or(&nobody);
    let role = role_name(identity);
    let via = channel(record, identity, role);
    let session = session_name(identity);
    let kind = kind(record, identity, via, role);
    let from = text(&identity.account_id);
    Actor {
        kind,
        name: name(record, identity, kind, role, session),
        principal: text(&identity.arn).map(str::to_owned),
        role: role.map(str::to_owned),
        session: session.map(str::to_owned),
        from_account: from.filter(|from| Some(*from) != record.account()).map(str::to_owned),
        via,
        invoked_by: text(&identity.invoked_by).map(str::to_owned),
        source_ip: text(&record.source_ip_address).map(str::to_owned),
        user_agent: user_agent(record).map(str::to_owned),
        mfa: mfa(identity),
    }
}

/// Whether a second factor was used, where the record can know: a role session says `false` even if the person behind it
/// signed in to Identity Center with one.
fn mfa(identity: &Identity<'_>) -> Option<bool> {
    let said = identity
        .session
        .as_ref()
        .and_then(|session| session.attributes.as_ref())
        .and_then(|attributes| attributes.mfa_authenticated);
    let knows = matches!(text(&identity.kind), Some("IAMUser" | "Root"));
    said.filter(|said| *said || knows)
}

fn text<'t>(value: &'t Option<Cow<'_, str>>) -> Option<&'t str> {
    value.as_deref().filter(|text| !text.is_empty())
}

/// The user agent without the brackets that S3 puts around it.
fn user_agent<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    text(&record.user_agent)
        .map(|agent| agent.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(agent))
}

/// The role behind a session: its name.
fn role_name<'i>(identity: &'i Identity<'_>) -> Option<&'i str> {
    let issuer = identity.session.as_ref().and_then(|session| session.issuer.as_ref());
    let issued = issuer
        .filter(|issuer| text(&issuer.kind).is_none_or(|kind| kind == "Role"))
        .and_then(|issuer| text(&issuer.user_name));
    issued.or_else(|| assumed(identity).and_then(|session| session.split('/').next()))
}

/// The role and the name of a session, as its ARN has them: `deploy/run-7`.
fn assumed<'i>(identity: &'i Identity<'_>) -> Option<&'i str> {
    text(&identity.arn)?.splitn(6, ':').nth(5)?.strip_prefix("assumed-role/")
}

/// The name of a session, which its caller chose.
fn session_name<'i>(identity: &'i Identity<'_>) -> Option<&'i str> {
    let of_arn = assumed(identity).and_then(|session| session.split_once('/')).map(|(_, name)| name);
    let of_principal = || {
        // The resource owner's copy of a cross-account call has the caller's ids and nothing else.
        let assumed = matches!(text(&identity.kind), Some("AssumedRole" | "AWSAccount"));
        text(&identity.principal_id).filter(|_| assumed).and_then(|id| id.split_once(':')).map(|(_, name)| name)
    };
    of_arn.or_else(of_principal).filter(|name| !name.is_empty())
}

/// Whether a role is one that IAM Identity Center gives to people.
fn is_sso(role: Option<&str>) -> bool {
    role.is_some_and(|role| role.starts_with("AWSReservedSSO_"))
}

/// Whether an identity is a service-linked role: its service acts, nobody else can assume it.
fn is_service_linked(identity: &Identity<'_>, role: Option<&str>) -> bool {
    let issuer =
        identity.session.as_ref().and_then(|session| session.issuer.as_ref()).and_then(|issuer| text(&issuer.arn));
    issuer.is_some_and(|arn| arn.contains(":role/aws-service-role/"))
        || role.is_some_and(|role| role.starts_with("AWSServiceRoleFor"))
}

fn kind(record: &Record<'_>, identity: &Identity<'_>, via: Channel, role: Option<&str>) -> ActorKind {
    let kind = text(&identity.kind).unwrap_or_default();
    if kind == "AWSService"
        || record.event_type.as_deref() == Some("AwsServiceEvent")
        || is_service_linked(identity, role)
    {
        return ActorKind::Service;
    }
    if text(&identity.invoked_by) == Some("cloudformation.amazonaws.com") {
        return ActorKind::Pipeline;
    }
    let is_root = kind == "Root" || text(&identity.arn).is_some_and(|arn| arn.ends_with(":root"));
    match kind {
        _ if is_root => ActorKind::Root,
        "IdentityCenterUser" | "SAMLUser" => ActorKind::Person,
        "WebIdentityUser" => ActorKind::Workload,
        "FederatedUser" => ActorKind::Person,
        "IAMUser" if via == Channel::Console || has_mfa(identity) => ActorKind::Person,
        "IAMUser" => ActorKind::User,
        "AssumedRole" => session_kind(identity, via, role),
        "" if text(&identity.invoked_by).is_some() => ActorKind::Service,
        _ => ActorKind::Unknown,
    }
}

fn has_mfa(identity: &Identity<'_>) -> bool {
    identity
        .session
        .as_ref()
        .and_then(|session| session.attributes.as_ref())
        .and_then(|attributes| attributes.mfa_authenticated)
        == Some(true)
}

/// A role session: a person's if Identity Center, a source identity or the console says so; a workload's if it came with
/// a web identity.
fn session_kind(identity: &Identity<'_>, via: Channel, role: Option<&str>) -> ActorKind {
    let session = identity.session.as_ref();
    let source = session.and_then(|session| text(&session.source_identity));
    let web = session.and_then(|session| session.web_identity.as_ref()).and_then(|web| text(&web.federated_provider));
    if is_sso(role) || identity.on_behalf_of.is_some() || source.is_some() {
        return ActorKind::Person;
    }
    if web.is_some() || via == Channel::Kubernetes {
        return ActorKind::Workload;
    }
    if via == Channel::Console || has_mfa(identity) { ActorKind::Person } else { ActorKind::Role }
}

/// The name that people know.
fn name(
    record: &Record<'_>,
    identity: &Identity<'_>,
    kind: ActorKind,
    role: Option<&str>,
    session: Option<&str>,
) -> String {
    let source = identity.session.as_ref().and_then(|session| text(&session.source_identity));
    let behalf = identity.on_behalf_of.as_ref().and_then(|behalf| text(&behalf.user_id));
    let user = text(&identity.user_name).filter(|name| *name != "HIDDEN_DUE_TO_SECURITY_REASONS");
    let service =
        || text(&identity.invoked_by).or_else(|| text(&record.source_ip_address)).unwrap_or(&record.event_source);
    let last_of_arn = || text(&identity.arn).and_then(|arn| arn.rsplit(['/', ':']).next());
    let found = match kind {
        ActorKind::Root => Some("root"),
        ActorKind::Service => Some(service()),
        // The person behind CloudFormation is still the person.
        ActorKind::Person | ActorKind::Pipeline | ActorKind::Role | ActorKind::Workload
            if role.is_some() || session.is_some() =>
        {
            let chosen = source.or_else(|| session.filter(|name| is_telling(name) || kind == ActorKind::Person));
            chosen.or(role).or(session)
        }
        _ => source
            .or(user)
            .or(behalf)
            .or_else(last_of_arn)
            .or(session)
            .or_else(|| text(&identity.principal_id))
            .or_else(|| text(&identity.account_id)),
    };
    found.unwrap_or("unknown").to_owned()
}

/// Whether a session's name says more than its role's: numbers, instance ids and tools' defaults do not.
fn is_telling(session: &str) -> bool {
    let dull = session.bytes().all(|byte| byte.is_ascii_digit())
        || session.starts_with("botocore-session-")
        || session.starts_with("aws-sdk-")
        || session.starts_with("aws-go-sdk-");
    let tool = matches!(session, "AWSCloudFormation" | "GitHubActions" | "session" | "terraform");
    !dull && !tool && session.contains('@')
}

/// What a call was made with, by its user agent and who invoked it.
fn channel(record: &Record<'_>, identity: &Identity<'_>, role: Option<&str>) -> Channel {
    let agent = user_agent(record).unwrap_or_default();
    let invoked = text(&identity.invoked_by);
    if [invoked, Some(agent), record.source_ip_address.as_deref()].contains(&Some("cloudformation.amazonaws.com")) {
        return Channel::CloudFormation;
    }
    let tools = Agent::of(agent);
    if tools.has_any(&KUBERNETES) {
        return Channel::Kubernetes;
    }
    if tools.has_any(&PULUMI) {
        return Channel::Pulumi;
    }
    if tools.has_any(&OPEN_TOFU) {
        return Channel::OpenTofu;
    }
    if tools.has_any(&TERRAFORM) {
        return Channel::Terraform;
    }
    if role.is_some_and(|role| role.starts_with("cdk-") && role.contains("-role-")) {
        return Channel::Cdk;
    }
    if record.session_credential_from_console == Some(true) || tools.has_any(&CONSOLE) {
        return Channel::Console;
    }
    if tools.has_any(&CLI) {
        return Channel::Cli;
    }
    if invoked.is_some() || agent.ends_with(".amazonaws.com") || text(&identity.kind) == Some("AWSService") {
        return Channel::Service;
    }
    if tools.has_any(&SDK) { Channel::Sdk } else { Channel::Other }
}

const KUBERNETES: [Mark; 11] = marks([
    "crossplane",
    "elbv2.k8s.aws/",
    "cluster-autoscaler/",
    "karpenter.sh",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "ExternalDNS/",
    "external-dns/",
    "kubernetes/",
    "amazon-vpc-cni-k8s",
    "ack-",
]);
const PULUMI: [Mark; 1] = marks(["Pulumi"]);
const OPEN_TOFU: [Mark; 2] = marks(["OpenTofu", "opentofu"]);
const TERRAFORM: [Mark; 3] = marks(["HashiCorp/1.0 Terraform/", "HashiCorp Terraform", "terraform-provider-aws"]);
const CONSOLE: [Mark; 8] = marks([
    "Mozilla/",
    "console.amazonaws.com",
    "console.ec2.amazonaws.com",
    "signin.amazonaws.com",
    "S3Console",
    "AWS CloudWatch Console",
    "Coral/",
    "AWSConsole",
]);
const CLI: [Mark; 1] = marks(["aws-cli/"]);
const SDK: [Mark; 8] =
    marks(["aws-sdk-", "Boto3/", "Botocore/", "boto/", "AWS-SDK", "aws-internal/", "AWSPowerShell", "aws-tools-"]);
