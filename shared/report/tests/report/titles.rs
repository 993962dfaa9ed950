//! Each kind of change reads as one sentence.

use driftwire_drift::finding::{ActorKind, Change, Finding};
use driftwire_drift::verdict::{ChangeOp, FindingKind};
use driftwire_report::title;
use serde_json::{Value, json};

use crate::fixture::{self, change, on};

use ChangeOp::{Added, Removed, Replaced};

const NULL: Value = Value::Null;

/// The title of one change on `aws_x.y`, without the actor.
fn said(attribute: &str, op: ChangeOp, declared: Value, actual: Value) -> String {
    deed(&on("module.m.aws_x.y", vec![change(attribute, op, declared, actual)]))
}

fn deed(finding: &Finding) -> String {
    title(finding).strip_prefix("alice@example.com ").unwrap().to_owned()
}

fn rule(cidr: &str, port: u16) -> Value {
    json!({"protocol": "tcp", "from_port": port, "to_port": port, "cidr": cidr})
}

fn pending(change: Change) -> Change {
    Change { pending: true, ..change }
}

fn redacted(change: Change) -> Change {
    Change { redacted: true, ..change }
}

#[test]
fn a_single_change_reads_as_a_sentence() {
    let statement = json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let admin = json!("arn:aws:iam::aws:policy/AdministratorAccess");
    let boundary = json!("arn:aws:iam::111122223333:policy/Limits");
    let long = "x".repeat(200);
    let cases = [
        (said("ingress", Added, NULL, rule("0.0.0.0/0", 22)), "opened tcp/22 to 0.0.0.0/0 on aws_x.y"),
        (said("ingress", Removed, rule("10.1.0.0/16", 443), NULL), "closed tcp/443 to 10.1.0.0/16 on aws_x.y"),
        (said("egress", Added, NULL, rule("0.0.0.0/0", 25)), "opened outbound tcp/25 to 0.0.0.0/0 on aws_x.y"),
        (
            said("instance_type", Replaced, json!("t3.small"), json!("t3.large")),
            "changed instance_type of aws_x.y from t3.small to t3.large",
        ),
        (said("enabled", Replaced, json!(true), json!(false)), "changed enabled of aws_x.y from true to false"),
        (said("timeout", Added, NULL, json!(30)), "added timeout=30 to aws_x.y"),
        (said("description", Removed, json!("web tier"), NULL), "removed description=web tier from aws_x.y"),
        (said("policy", Replaced, statement.to_string().into(), statement.clone()), "changed policy of aws_x.y"),
        (said("policy", Added, NULL, statement.to_string().into()), "added policy to aws_x.y"),
        (said("policy", Removed, statement, NULL), "removed policy from aws_x.y"),
        (said("block", Added, NULL, json!({"a": 1})), "added block to aws_x.y"),
        (said("definition", Replaced, json!("{\"a\": 1}"), json!("{\"a\": 2}")), "changed definition of aws_x.y"),
        (said("tags.CostCenter", Added, NULL, json!("42")), "added tag CostCenter=42 to aws_x.y"),
        (said("tags.a.b[c]", Removed, json!("42"), NULL), "removed tag a.b[c] from aws_x.y"),
        (said("Tags[\"Owner\"]", Replaced, json!("a"), json!("b")), "changed tag Owner of aws_x.y from a to b"),
        (
            said("tag", Added, NULL, json!({"key": "Owner", "value": "ops", "propagate_at_launch": true})),
            "added tag Owner=ops to aws_x.y",
        ),
        (said("managed_policy_arns", Added, NULL, admin.clone()), "attached AdministratorAccess to aws_x.y"),
        (said("managed_policy_arns", Removed, admin.clone(), NULL), "detached AdministratorAccess from aws_x.y"),
        (said("Policies", Added, NULL, json!({"PolicyArn": admin})), "attached AdministratorAccess to aws_x.y"),
        (
            said("@attachments", Removed, json!("arn:aws:iam::111122223333:policy/team/Read"), NULL),
            "detached Read from aws_x.y",
        ),
        (
            said("Policies", Added, NULL, json!({"PolicyName": "escape", "PolicyDocument": "{}"})),
            "added inline policy escape to aws_x.y",
        ),
        (said("policy_names", Removed, json!("read"), NULL), "removed inline policy read from aws_x.y"),
        (
            said("permissions_boundary", Removed, boundary, NULL),
            "removed permissions_boundary=arn:aws:iam::111122223333:policy/Limits from aws_x.y",
        ),
        (said("@resource", Removed, json!("present"), NULL), "deleted aws_x.y"),
        (
            said("user_data", Replaced, json!(format!("{long}a{long}")), json!(format!("{long}b{long}"))),
            "changed user_data of aws_x.y",
        ),
        (said("name", Replaced, json!(""), json!("b\nc")), "changed name of aws_x.y"),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_change_that_waits_or_is_hidden_says_so() {
    let class = change("instance_class", Replaced, json!("db.t3.small"), json!("db.t3.large"));
    assert_eq!(
        deed(&on("aws_db_instance.main", vec![pending(class)])),
        "changed instance_class of aws_db_instance.main from db.t3.small to db.t3.large (pending until the maintenance window)"
    );
    let password = change("password", Replaced, json!({"$redacted": "hmac-0"}), json!("hunter2"));
    let words = deed(&on("aws_db_instance.main", vec![redacted(password)]));
    assert_eq!(words, "changed password of aws_db_instance.main (value hidden)");
    let tag = change("tags.Token", Added, NULL, json!("hunter2"));
    assert_eq!(deed(&on("aws_x.y", vec![redacted(tag)])), "added tag Token=(hidden) to aws_x.y");
}

#[test]
fn several_changes_are_counted() {
    let replaced = |name: &str| change(name, Replaced, json!(1), json!(2));
    let cases = [
        (vec![replaced("a"), replaced("b")], "changed 2 properties of aws_x.y (a, b)"),
        (
            vec![replaced("a"), replaced("b"), replaced("c"), replaced("d")],
            "changed 4 properties of aws_x.y (a, b, c, …)",
        ),
        (
            vec![change("ids", Added, NULL, json!("sg-1")), change("ids", Removed, json!("sg-2"), NULL)],
            "changed 2 elements of ids of aws_x.y",
        ),
        (
            vec![change("tags.A", Added, NULL, json!("1")), change("tags.B", Added, NULL, json!("2"))],
            "added 2 tags to aws_x.y (A, B)",
        ),
        (
            vec![change("tags.A", Added, NULL, json!("1")), change("tags.B", Removed, json!("2"), NULL)],
            "changed 2 tags of aws_x.y (A, B)",
        ),
        (
            vec![
                change("p", Added, NULL, json!("arn:aws:iam::aws:policy/A")),
                change("p", Added, NULL, json!("arn:aws:iam::aws:policy/B")),
            ],
            "attached 2 policies to aws_x.y",
        ),
        (
            vec![
                change("ingress", Removed, rule("10.0.0.0/8", 22), NULL),
                change("ingress", Added, NULL, rule("0.0.0.0/0", 22)),
            ],
            "opened tcp/22 to 0.0.0.0/0 on aws_x.y, and changed 1 more rule",
        ),
        (Vec::new(), "changed aws_x.y"),
    ];
    for (changes, expected) in cases {
        assert_eq!(deed(&on("aws_x.y", changes)), expected);
    }
}

#[test]
fn each_kind_has_its_sentence() {
    let said: Vec<String> = fixture::every().iter().map(title).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web
    alice@example.com changed assume_role_policy of aws_iam_role.deploy
    root scheduled aws_kms_key.main for deletion
    ci-runner created AWS::EC2::Instance i-0abc outside any declaration
    alice@example.com attached AdministratorAccess to aws_iam_role.app (undeclared)
    alice@example.com wrote to aws_lambda_function.api with PutFoo; the new value is not in the record
    alice@example.com changed 3 properties of aws_db_instance.main (instance_class, password, ca_cert_identifier)
    ");
}

#[test]
fn a_masked_write_says_which_property_it_wrote() {
    let masked = redacted(change("password", Replaced, NULL, NULL));
    let mut finding = on("aws_db_instance.main", vec![masked]);
    finding.kind = FindingKind::Touched;
    finding.call.name = "ModifyDBInstance".to_owned();
    assert_eq!(deed(&finding), "wrote password of aws_db_instance.main with ModifyDBInstance (value hidden)");
    finding.kind = FindingKind::Deleted;
    assert_eq!(deed(&finding), "deleted aws_db_instance.main");
}

#[test]
fn an_actor_without_a_name_is_still_someone() {
    let mut finding = fixture::unmanaged();
    finding.who.name = String::new();
    for (kind, name) in
        [(ActorKind::Root, "the root user"), (ActorKind::Service, "an AWS service"), (ActorKind::Unknown, "someone")]
    {
        finding.who.kind = kind;
        assert_eq!(title(&finding), format!("{name} created AWS::EC2::Instance i-0abc outside any declaration"));
    }
}
