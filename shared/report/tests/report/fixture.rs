//! One finding of each kind, as the core would hand them over.

use driftwire_drift::finding::Tool;
use driftwire_drift::finding::{Actor, ActorKind, CallRef, Change, Channel, DeclarationRef, Finding, ResourceRef};
use driftwire_drift::verdict::{ChangeOp, Evidence, FindingKind, Severity, Status};
use serde_json::{Value, json};

pub(crate) fn change(attribute: &str, op: ChangeOp, declared: Value, actual: Value) -> Change {
    Change {
        attribute: attribute.to_owned(),
        address: None,
        property: None,
        op,
        declared: Some(declared).filter(|value| !value.is_null()),
        actual: Some(actual).filter(|value| !value.is_null()),
        redacted: false,
        pending: false,
    }
}

/// A finding by Alice on a declared resource.
pub(crate) fn on(address: &str, changes: Vec<Change>) -> Finding {
    Finding {
        id: "dw1-0123456789abcdef0123456789abcdef".to_owned(),
        kind: FindingKind::Modified,
        status: Status::Open,
        evidence: Evidence::Observed,
        severity: Severity::Medium,
        rule: "changed".to_owned(),
        rule_title: "differs from its declaration".to_owned(),
        resource: ResourceRef {
            kind: "AWS::EC2::Instance".to_owned(),
            id: "i-0abc".to_owned(),
            arn: None,
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            declarations: vec![DeclarationRef {
                tool: Tool::Terraform,
                address: address.to_owned(),
                kind: "aws_instance".to_owned(),
                origin: "s3://acme-state/app/terraform.tfstate".to_owned(),
                version: "serial 7".to_owned(),
            }],
        },
        changes: changes.into_iter().map(|change| Change { address: Some(address.to_owned()), ..change }).collect(),
        who: Actor {
            kind: ActorKind::Person,
            name: "alice@example.com".to_owned(),
            principal: None,
            role: None,
            session: None,
            from_account: None,
            via: Channel::Console,
            invoked_by: None,
            source_ip: Some("203.0.113.10".to_owned()),
            user_agent: None,
            mfa: Some(true),
        },
        event_time: "2026-11-20T10:05:00Z".parse().unwrap(),
        call: CallRef {
            event_id: "5d4f7e0a-0001".to_owned(),
            source: "ec2.amazonaws.com".to_owned(),
            name: "ModifyInstanceAttribute".to_owned(),
            request_id: None,
            record_region: "us-east-1".to_owned(),
        },
        superseded_by: None,
    }
}

/// A security group opened to the world, with everything a record can say.
pub(crate) fn opened() -> Finding {
    let address = "module.edge.aws_security_group.web";
    let rule = json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr": "0.0.0.0/0"});
    let mut finding = on(address, vec![change("ingress", ChangeOp::Added, Value::Null, rule)]);
    finding.changes[0].property = Some("SecurityGroupIngress".into());
    finding.severity = Severity::Critical;
    finding.rule = "sg-open-to-world".to_owned();
    finding.rule_title = "open to the world".to_owned();
    finding.resource.kind = "AWS::EC2::SecurityGroup".to_owned();
    finding.resource.id = "sg-0aaa".to_owned();
    finding.resource.arn = Some("arn:aws:ec2:us-east-1:111122223333:security-group/sg-0aaa".to_owned());
    finding.resource.declarations[0].kind = "aws_security_group".to_owned();
    finding.resource.declarations[0].origin = "s3://acme-state/edge/terraform.tfstate".to_owned();
    finding.resource.declarations[0].version = "serial 412".to_owned();
    let role = "AWSReservedSSO_AdministratorAccess_0123456789abcdef";
    finding.who.principal = Some(format!("arn:aws:sts::111122223333:assumed-role/{role}/alice@example.com"));
    finding.who.role = Some(role.to_owned());
    finding.who.user_agent = Some("Mozilla/5.0 (X11; Linux x86_64)".to_owned());
    finding.call.name = "AuthorizeSecurityGroupIngress".to_owned();
    finding.call.request_id = Some("59dbff89-35bd-4eac-99ed-be587EXAMPLE".to_owned());
    finding
}

/// A trust policy that lets another account in.
pub(crate) fn trusted() -> Finding {
    let policy = |account: &str| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
        }]})
        .to_string()
    };
    let declared = policy("111122223333").into();
    let actual = policy("999988887777").into();
    let mut finding =
        on("aws_iam_role.deploy", vec![change("assume_role_policy", ChangeOp::Replaced, declared, actual)]);
    finding.severity = Severity::Critical;
    finding.resource.kind = "AWS::IAM::Role".to_owned();
    finding.resource.id = "deploy".to_owned();
    finding.resource.region = "global".to_owned();
    finding
}

/// A key scheduled for deletion by root without a second factor.
pub(crate) fn scheduled() -> Finding {
    let mut gone = change("@resource", ChangeOp::Removed, json!("present"), json!("PendingDeletion"));
    gone.pending = true;
    let mut finding = on("aws_kms_key.main", vec![gone]);
    finding.kind = FindingKind::Deleted;
    finding.status = Status::Restored;
    finding.severity = Severity::High;
    finding.who.kind = ActorKind::Root;
    finding.who.name = "root".to_owned();
    finding.who.mfa = Some(false);
    finding.resource.kind = "AWS::KMS::Key".to_owned();
    finding.resource.id = "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned();
    finding
}

/// An instance nobody declares, made by a role in another account.
pub(crate) fn unmanaged() -> Finding {
    let mut finding = on("unused", Vec::new());
    finding.kind = FindingKind::Unmanaged;
    finding.severity = Severity::Low;
    finding.rule = "unmanaged".to_owned();
    finding.rule_title = String::new();
    finding.resource.declarations.clear();
    finding.who.kind = ActorKind::Role;
    finding.who.name = "ci-runner".to_owned();
    finding.who.via = Channel::Sdk;
    finding.who.from_account = Some("444455556666".to_owned());
    finding.who.mfa = None;
    finding.call.name = "RunInstances".to_owned();
    finding
}

/// A managed policy attached to a declared role by hand.
pub(crate) fn undeclared() -> Finding {
    let arn = json!("arn:aws:iam::aws:policy/AdministratorAccess");
    let mut finding = on("aws_iam_role.app", vec![change("managed_policy_arns", ChangeOp::Added, Value::Null, arn)]);
    finding.kind = FindingKind::Undeclared;
    finding.severity = Severity::Critical;
    finding.resource.kind = "AWS::IAM::Role".to_owned();
    finding.resource.id = "app".to_owned();
    finding
}

/// A write whose value is not in the record.
pub(crate) fn touched() -> Finding {
    let mut finding =
        on("aws_lambda_function.api", vec![change("@resource", ChangeOp::Replaced, Value::Null, Value::Null)]);
    finding.kind = FindingKind::Touched;
    finding.evidence = Evidence::Touched;
    finding.severity = Severity::Info;
    finding.superseded_by = Some("5d4f7e0a-0002".to_owned());
    finding.resource.kind = "AWS::Lambda::Function".to_owned();
    finding.resource.id = "api".to_owned();
    finding.call.name = "PutFoo".to_owned();
    finding
}

/// Three properties of a database: one waits, one is secret.
pub(crate) fn several() -> Finding {
    let mut class = change("instance_class", ChangeOp::Replaced, json!("db.t3.small"), json!("db.t3.large"));
    class.pending = true;
    let hash = |digits: &str| json!({"$redacted": format!("hmac-{digits}")});
    let mut password = change("password", ChangeOp::Replaced, hash("0011"), hash("2233"));
    password.redacted = true;
    let removed = change("ca_cert_identifier", ChangeOp::Removed, json!("rds-ca-rsa2048-g1"), Value::Null);
    let mut finding = on("module.data.aws_db_instance.main", vec![class, password, removed]);
    finding.resource.kind = "AWS::RDS::DBInstance".to_owned();
    finding.resource.id = "main".to_owned();
    finding
}

/// One of each.
pub(crate) fn every() -> Vec<Finding> {
    let all = [opened(), trusted(), scheduled(), unmanaged(), undeclared(), touched(), several()];
    let mut every: Vec<Finding> = all.into();
    for (at, finding) in every.iter_mut().enumerate() {
        finding.id = format!("dw1-{at:032x}");
    }
    every
}
