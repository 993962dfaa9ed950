//! What becomes of a change when the declared state of its resource moves: applied, absorbed, gone, or it stands.

use driftwire_drift::{CodeWrite, Earlier, Judged, Settlement, Status, Verdict, settle};
use serde_json::{Value, json};

use crate::desk::{Desk, declared};
use crate::invariants::call;

const ID: &str = "i-0123456789abcdef0";

/// An instance with these attributes, declared.
fn desk(attributes: &Value) -> Desk {
    let mut all = json!({"id": ID, "arn": format!("arn:aws:ec2:eu-west-1:111122223333:instance/{ID}"), "instance_type": "t3.small", "ebs_optimized": true});
    all.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
    Desk::new(declared(&[("aws_instance", "app", all)]))
}

/// A call that sets one attribute of the instance.
fn modify(member: &str, value: &Value) -> Value {
    call("ec2", "ModifyInstanceAttribute", &json!({"instanceId": ID, member: {"value": value}}))
}

fn by_terraform(mut record: Value) -> Value {
    record["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/6.25.0");
    record
}

pub(crate) fn settled(before: &Judged, again: &Judged, code: CodeWrite) -> Settlement {
    let earlier = Earlier::of(&before.outcomes[0]).unwrap();
    settle(&earlier, &again.outcomes, code).1
}

#[test]
fn a_held_change_that_the_new_state_has_is_applied() {
    let record = by_terraform(modify("instanceType", &json!("t3.large")));
    let before = desk(&json!({})).judge(&record);
    assert_eq!(before.outcomes[0].verdict, Verdict::Held);
    let again = desk(&json!({"instance_type": "t3.large"})).judge_settled(&record);
    assert_eq!(settled(&before, &again, CodeWrite::None), Settlement::Closed(Status::Applied));
}

#[test]
fn a_held_change_that_no_new_state_explains_is_reported_with_its_actor_and_time() {
    let record = by_terraform(modify("instanceType", &json!("t3.large")));
    let before = desk(&json!({})).judge(&record);
    let again = desk(&json!({})).judge_settled(&record);
    let Settlement::Stands(finding) = settled(&before, &again, CodeWrite::None) else { panic!("closed") };
    assert_eq!(finding.changes[0].attribute, "instance_type");
    assert_eq!(finding.event_time, before.moment.time);
    assert_eq!(Some(&finding.who), before.actor.as_ref());
}

#[test]
fn drift_that_a_refresh_copied_into_the_state_is_absorbed() {
    let record = modify("ebsOptimized", &json!(false));
    let before = desk(&json!({})).judge(&record);
    assert_eq!(before.outcomes[0].verdict, Verdict::Drifted);
    let again = desk(&json!({"ebs_optimized": false})).judge_settled(&record);
    assert_eq!(settled(&before, &again, CodeWrite::None), Settlement::Closed(Status::Absorbed));
}

#[test]
fn drift_that_the_code_adopted_is_applied() {
    let record = modify("ebsOptimized", &json!(false));
    let before = desk(&json!({})).judge(&record);
    let again = desk(&json!({"ebs_optimized": false})).judge_settled(&record);
    assert_eq!(settled(&before, &again, CodeWrite::Seen), Settlement::Closed(Status::Applied));
}

#[test]
fn a_change_of_a_resource_that_left_the_code_is_gone() {
    let record = modify("ebsOptimized", &json!(false));
    let before = desk(&json!({})).judge(&record);
    let again = Desk::new(Vec::new()).judge_settled(&record);
    assert_eq!(settled(&before, &again, CodeWrite::None), Settlement::Closed(Status::Gone));
}

#[test]
fn a_state_that_moved_elsewhere_leaves_the_finding_with_the_new_declared_value() {
    let record = modify("instanceType", &json!("t3.large"));
    let before = desk(&json!({})).judge(&record);
    let again = desk(&json!({"instance_type": "t3.micro"})).judge_settled(&record);
    let Settlement::Stands(finding) = settled(&before, &again, CodeWrite::None) else { panic!("closed") };
    assert_eq!(finding.changes[0].declared, Some(json!("t3.micro")));
    assert_eq!(finding.id, before.outcomes[0].finding.as_ref().unwrap().id);
}
