//! Calls that add entries to a list or remove them: each entry is told by itself, whatever the order of the records.

use driftwire_declared::{Declaration, Tool};
use driftwire_drift::verdict::ChangeOp;
use driftwire_drift::{Replay, Status};
use serde_json::{Value, json};

use crate::desk::{Desk, declared};
use crate::invariants::call;

const ID: &str = "attachment-0123456789abcdef0";

fn subnet(name: &str) -> String {
    format!("arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0123456789abcde{name}")
}

/// An attachment of two subnets, `0a` and `0b`, as Terraform and as CloudFormation declare it.
fn desks() -> [(Desk, &'static str); 2] {
    let subnets = json!([subnet("0a"), subnet("0b")]);
    let vpc = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0123456789abcdef0";
    let terraform = declared(&[(
        "aws_networkmanager_vpc_attachment",
        "main",
        json!({"id": ID, "core_network_id": "core-network-0123456789abcdef0", "vpc_arn": vpc, "subnet_arns": subnets}),
    )]);
    let properties = json!({"CoreNetworkId": "core-network-0123456789abcdef0", "VpcArn": vpc, "SubnetArns": subnets});
    let stack = Declaration {
        id: Some(ID.to_owned()),
        origin: "stack".to_owned(),
        version: "1".to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        attributes: properties.as_object().unwrap().clone(),
        ..Declaration::new(Tool::CloudFormation, "AWS::NetworkManager::VpcAttachment", "Attachment")
    };
    [(Desk::new(terraform), "subnet_arns"), (Desk::new(vec![stack]), "SubnetArns")]
}

/// A record that adds or removes one subnet.
fn record(minute: u32, member: &str, name: &str) -> Value {
    let mut record =
        call("networkmanager", "UpdateVpcAttachment", &json!({"attachmentId": ID, member: [subnet(name)]}));
    record["eventID"] = json!(format!("{minute}-{member}-{name}"));
    record["eventTime"] = json!(format!("2026-11-20T10:{minute:02}:00Z"));
    record
}

/// Entries that stand as drifted, with what became of each, in order.
fn standing(desk: &Desk, records: &[Value], attribute: &str) -> Vec<(ChangeOp, Value)> {
    let mut replay = Replay::default();
    for record in records {
        replay.take(desk.judge(record));
    }
    let mut all: Vec<(ChangeOp, Value)> = Vec::new();
    for finding in replay.findings().filter(|it| it.status == Status::Open) {
        for change in finding.changes {
            assert_eq!(change.attribute, attribute, "{change:#?}");
            all.push((change.op, change.actual.or(change.declared).unwrap()));
        }
    }
    all.sort_by_key(|(_, entry)| entry.to_string());
    all
}

#[test]
fn what_is_added_and_what_is_removed_stand_side_by_side_in_both_orders() {
    for (desk, attribute) in desks() {
        let (removed, added) = (("RemoveSubnetArns", "0b"), ("AddSubnetArns", "0c"));
        let expected = [(ChangeOp::Removed, json!(subnet("0b"))), (ChangeOp::Added, json!(subnet("0c")))];
        for [first, second] in [[removed, added], [added, removed]] {
            let records = [record(1, first.0, first.1), record(2, second.0, second.1)];
            assert_eq!(standing(&desk, &records, attribute), expected, "{attribute}: {first:?} then {second:?}");
            let reversed = [records[1].clone(), records[0].clone()];
            assert_eq!(standing(&desk, &reversed, attribute), expected, "{attribute}: delivered in reverse");
        }
    }
}

#[test]
fn an_entry_that_is_put_back_stands_no_more_and_the_other_still_does() {
    for (desk, attribute) in desks() {
        let records =
            [record(1, "RemoveSubnetArns", "0b"), record(2, "AddSubnetArns", "0c"), record(3, "AddSubnetArns", "0b")];
        assert_eq!(standing(&desk, &records, attribute), [(ChangeOp::Added, json!(subnet("0c")))], "{attribute}");
    }
}

#[test]
fn what_is_declared_and_added_again_is_no_drift() {
    for (desk, attribute) in desks() {
        assert_eq!(standing(&desk, &[record(1, "AddSubnetArns", "0a")], attribute), [], "{attribute}");
    }
}
