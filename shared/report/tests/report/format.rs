//! `driftwire.finding/v1` as it is written and read: FROZEN-V1.

use driftwire_report::v1::{self, Finding, finding};

use crate::fixture;

/// Every field of the format as first published, and none that came later.
const FIRST: &str = r#"{
  "schema": "driftwire.finding/v1", "id": "dw1-00", "kind": "modified", "status": "open",
  "evidence": "observed", "severity": "critical", "rule": "sg-open-to-world",
  "title": "alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web",
  "resource": {
    "type": "AWS::EC2::SecurityGroup", "id": "sg-0aaa", "arn": "arn:aws:ec2:us-east-1:111122223333:security-group/sg-0aaa",
    "account": "111122223333", "region": "us-east-1",
    "declarations": [{
      "tool": "terraform", "address": "module.edge.aws_security_group.web", "type": "aws_security_group",
      "origin": "s3://acme-state/edge/terraform.tfstate", "version": "serial 412"
    }]
  },
  "changes": [{
    "attribute": "ingress", "address": "module.edge.aws_security_group.web", "property": "SecurityGroupIngress",
    "op": "added", "declared": null,
    "actual": {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr": "0.0.0.0/0"}, "redacted": false
  }],
  "who": {
    "kind": "person", "name": "alice@example.com", "principal": "arn:aws:sts::111122223333:assumed-role/R/alice@example.com",
    "role": "R", "via": "console", "source_ip": "203.0.113.10", "user_agent": "Mozilla/5.0", "mfa": true
  },
  "when": {"event_time": "2026-11-20T10:05:00Z", "detected_at": "2026-11-20T10:05:04.120Z"},
  "call": {
    "event_id": "e", "source": "ec2.amazonaws.com", "name": "AuthorizeSecurityGroupIngress", "request_id": "r",
    "record_region": "us-east-1"
  }
}"#;

#[test]
fn a_finding_as_first_published_is_still_read() {
    let first: Finding = serde_json::from_str(FIRST).unwrap();
    assert_eq!(first.rule_title, None);
    assert!(!first.changes[0].pending);
    let again: serde_json::Value = serde_json::from_str(&v1::line(&first).unwrap()).unwrap();
    let mut published: serde_json::Value = serde_json::from_str(FIRST).unwrap();
    published["when"]["detected_at"] = "2026-11-20T10:05:04.12Z".into();
    assert_eq!(again, published, "nothing is renamed, removed or added");
}

#[test]
fn a_finding_with_fields_of_a_later_day_is_read() {
    let later = FIRST.replacen('{', r#"{"of_a_later_day": {"a": 1},"#, 1);
    let later = later.replacen(r#""who": {"#, r#""who": {"of_a_later_day": 1,"#, 1);
    assert_eq!(serde_json::from_str::<Finding>(&later).unwrap(), serde_json::from_str::<Finding>(FIRST).unwrap());
}

#[test]
fn every_finding_reads_back_as_itself() {
    let seen = "2026-11-20T10:05:04.120Z".parse().unwrap();
    for core in fixture::every() {
        for detected_at in [None, Some(seen)] {
            let published = finding(&core, detected_at);
            let line = v1::line(&published).unwrap();
            assert_eq!(serde_json::from_str::<Finding>(&line).unwrap(), published);
            assert_eq!(line.lines().count(), 1);
        }
    }
}

#[test]
fn a_replay_says_nothing_of_its_own_time() {
    let line = v1::line(&finding(&fixture::opened(), None)).unwrap();
    assert!(!line.contains("detected_at"));
}

fn pretty(core: &driftwire_drift::finding::Finding) -> String {
    serde_json::to_string_pretty(&finding(core, None)).unwrap()
}

#[test]
fn a_modified_resource_as_json() {
    insta::assert_snapshot!(pretty(&fixture::opened()), @r#"
    {
      "schema": "driftwire.finding/v1",
      "id": "dw1-0123456789abcdef0123456789abcdef",
      "kind": "modified",
      "status": "open",
      "evidence": "observed",
      "severity": "critical",
      "rule": "sg-open-to-world",
      "rule_title": "open to the world",
      "title": "alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web",
      "resource": {
        "type": "AWS::EC2::SecurityGroup",
        "id": "sg-0aaa",
        "arn": "arn:aws:ec2:us-east-1:111122223333:security-group/sg-0aaa",
        "account": "111122223333",
        "region": "us-east-1",
        "declarations": [
          {
            "tool": "terraform",
            "address": "module.edge.aws_security_group.web",
            "type": "aws_security_group",
            "origin": "s3://acme-state/edge/terraform.tfstate",
            "version": "serial 412"
          }
        ]
      },
      "changes": [
        {
          "attribute": "ingress",
          "address": "module.edge.aws_security_group.web",
          "property": "SecurityGroupIngress",
          "op": "added",
          "declared": null,
          "actual": {
            "cidr": "0.0.0.0/0",
            "from_port": 22,
            "protocol": "tcp",
            "to_port": 22
          },
          "redacted": false
        }
      ],
      "who": {
        "kind": "person",
        "name": "alice@example.com",
        "principal": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alice@example.com",
        "role": "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        "via": "console",
        "source_ip": "203.0.113.10",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "mfa": true
      },
      "when": {
        "event_time": "2026-11-20T10:05:00Z"
      },
      "call": {
        "event_id": "5d4f7e0a-0001",
        "source": "ec2.amazonaws.com",
        "name": "AuthorizeSecurityGroupIngress",
        "request_id": "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
        "record_region": "us-east-1"
      }
    }
    "#);
}

#[test]
fn a_deleted_resource_as_json() {
    insta::assert_snapshot!(v1::line(&finding(&fixture::scheduled(), None)).unwrap(), @r#"{"schema":"driftwire.finding/v1","id":"dw1-0123456789abcdef0123456789abcdef","kind":"deleted","status":"restored","evidence":"observed","severity":"high","rule":"changed","rule_title":"differs from its declaration","title":"root scheduled aws_kms_key.main for deletion","resource":{"type":"AWS::KMS::Key","id":"1234abcd-12ab-34cd-56ef-1234567890ab","account":"111122223333","region":"us-east-1","declarations":[{"tool":"terraform","address":"aws_kms_key.main","type":"aws_instance","origin":"s3://acme-state/app/terraform.tfstate","version":"serial 7"}]},"changes":[{"attribute":"@resource","address":"aws_kms_key.main","property":null,"op":"removed","declared":"present","actual":"PendingDeletion","redacted":false,"pending":true}],"who":{"kind":"root","name":"root","via":"console","source_ip":"203.0.113.10","mfa":false},"when":{"event_time":"2026-11-20T10:05:00Z"},"call":{"event_id":"5d4f7e0a-0001","source":"ec2.amazonaws.com","name":"ModifyInstanceAttribute","record_region":"us-east-1"}}"#);
}

#[test]
fn an_unmanaged_resource_as_json() {
    insta::assert_snapshot!(v1::line(&finding(&fixture::unmanaged(), None)).unwrap(), @r#"{"schema":"driftwire.finding/v1","id":"dw1-0123456789abcdef0123456789abcdef","kind":"unmanaged","status":"open","evidence":"observed","severity":"low","rule":"unmanaged","title":"ci-runner created AWS::EC2::Instance i-0abc outside any declaration","resource":{"type":"AWS::EC2::Instance","id":"i-0abc","account":"111122223333","region":"us-east-1","declarations":[]},"changes":[],"who":{"kind":"role","name":"ci-runner","from_account":"444455556666","via":"sdk","source_ip":"203.0.113.10"},"when":{"event_time":"2026-11-20T10:05:00Z"},"call":{"event_id":"5d4f7e0a-0001","source":"ec2.amazonaws.com","name":"RunInstances","record_region":"us-east-1"}}"#);
}

#[test]
fn an_undeclared_child_as_json() {
    insta::assert_snapshot!(v1::line(&finding(&fixture::undeclared(), None)).unwrap(), @r#"{"schema":"driftwire.finding/v1","id":"dw1-0123456789abcdef0123456789abcdef","kind":"undeclared","status":"open","evidence":"observed","severity":"critical","rule":"changed","rule_title":"differs from its declaration","title":"alice@example.com attached AdministratorAccess to aws_iam_role.app (undeclared)","resource":{"type":"AWS::IAM::Role","id":"app","account":"111122223333","region":"us-east-1","declarations":[{"tool":"terraform","address":"aws_iam_role.app","type":"aws_instance","origin":"s3://acme-state/app/terraform.tfstate","version":"serial 7"}]},"changes":[{"attribute":"managed_policy_arns","address":"aws_iam_role.app","property":null,"op":"added","declared":null,"actual":"arn:aws:iam::aws:policy/AdministratorAccess","redacted":false}],"who":{"kind":"person","name":"alice@example.com","via":"console","source_ip":"203.0.113.10","mfa":true},"when":{"event_time":"2026-11-20T10:05:00Z"},"call":{"event_id":"5d4f7e0a-0001","source":"ec2.amazonaws.com","name":"ModifyInstanceAttribute","record_region":"us-east-1"}}"#);
}

#[test]
fn a_touched_resource_as_json() {
    insta::assert_snapshot!(v1::line(&finding(&fixture::touched(), None)).unwrap(), @r#"{"schema":"driftwire.finding/v1","id":"dw1-0123456789abcdef0123456789abcdef","kind":"touched","status":"open","evidence":"touched","severity":"info","rule":"changed","rule_title":"differs from its declaration","title":"alice@example.com wrote to aws_lambda_function.api with PutFoo; the new value is not in the record","resource":{"type":"AWS::Lambda::Function","id":"api","account":"111122223333","region":"us-east-1","declarations":[{"tool":"terraform","address":"aws_lambda_function.api","type":"aws_instance","origin":"s3://acme-state/app/terraform.tfstate","version":"serial 7"}]},"changes":[{"attribute":"@resource","address":"aws_lambda_function.api","property":null,"op":"replaced","declared":null,"actual":null,"redacted":false}],"who":{"kind":"person","name":"alice@example.com","via":"console","source_ip":"203.0.113.10","mfa":true},"when":{"event_time":"2026-11-20T10:05:00Z"},"call":{"event_id":"5d4f7e0a-0001","source":"ec2.amazonaws.com","name":"PutFoo","record_region":"us-east-1"},"superseded_by":"5d4f7e0a-0002"}"#);
}

#[test]
fn a_pending_and_a_hidden_change_as_json() {
    let published = finding(&fixture::several(), None);
    insta::assert_snapshot!(serde_json::to_string_pretty(&published.changes).unwrap(), @r#"
    [
      {
        "attribute": "instance_class",
        "address": "module.data.aws_db_instance.main",
        "property": null,
        "op": "replaced",
        "declared": "db.t3.small",
        "actual": "db.t3.large",
        "redacted": false,
        "pending": true
      },
      {
        "attribute": "password",
        "address": "module.data.aws_db_instance.main",
        "property": null,
        "op": "replaced",
        "declared": {
          "$redacted": "hmac-0011"
        },
        "actual": {
          "$redacted": "hmac-2233"
        },
        "redacted": true
      },
      {
        "attribute": "ca_cert_identifier",
        "address": "module.data.aws_db_instance.main",
        "property": null,
        "op": "removed",
        "declared": "rds-ca-rsa2048-g1",
        "actual": null,
        "redacted": false
      }
    ]
    "#);
}
