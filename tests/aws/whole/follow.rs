//! What becomes of open drift and of changes that wait, when the declared state moves or time passes.

use std::time::Duration;

use driftwire_aws_tests::records::{attributes, moved, one, state};
use driftwire_aws_tests::{Outside, Setup, Stack, functions, until};
use serde_json::{Value, json};

use crate::store::Table;
use crate::way::with_the_example;

const APP: &str = "app/terraform.tfstate";
const SOON: Duration = Duration::from_secs(60);

/// Waits until a call's finding stands as said; returns it as the table has it.
fn stands(table: &Table, call: &str, status: &str) -> Value {
    until(&format!("{call} is {status}"), SOON, || {
        let found = table.findings();
        let is_it = |it: &&driftwire_report::v1::Finding| it.call.name == call && it.status.as_str() == status;
        found.iter().find(is_it).map(|it| serde_json::to_value(it).unwrap())
    })
}

#[test]
fn drift_that_the_code_takes_over_or_gives_up_is_closed_everywhere() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new().webhook(&outside).slack(&outside).github(&outside));
    let table = Table::of(&stack);
    with_the_example(&stack, &table);

    stack.put_records(&[one("PutRetentionPolicy", "13:26:44"), one("UpdateTable", "13:10:27")]);
    stands(&table, "PutRetentionPolicy", "open");
    stands(&table, "UpdateTable", "open");
    stack.settles(SOON, &outside);
    let opened = outside.taken("/slack");
    assert_eq!(opened.iter().filter(|it| it.body()["thread_ts"].is_null()).count(), 2);
    assert_eq!(outside.taken("/github").len(), 2);

    // A refresh copies the retention; a block is removed.
    let next = moved(&state("app"), |resources| {
        attributes(resources, "aws_cloudwatch_log_group", "api")["retention_in_days"] = json!(7);
        resources.retain(|it| !(it["type"] == "aws_dynamodb_table" && it["name"] == "sessions"));
    });
    stack.put_state(APP, &next);
    let absorbed = stands(&table, "PutRetentionPolicy", "absorbed");
    let gone = stands(&table, "UpdateTable", "gone");
    stack.settles(SOON, &outside);
    table.histories();

    let told = outside.notices();
    for finding in [&absorbed, &gone] {
        let is_it = |it: &Value| it["finding"]["id"] == finding["id"] && it["finding"]["status"] == finding["status"];
        assert!(told.values().flatten().any(|it| is_it(&it.body())), "not told: {finding}");
        let id = finding["id"].as_str().unwrap();
        let first = opened.iter().find(|it| it.body().to_string().contains(id)).unwrap();
        let said = outside.taken("/slack");
        let closing = said.iter().filter(|it| it.body()["thread_ts"] == first.called.as_str());
        assert_eq!(closing.filter(|it| it.body().to_string().contains(id)).count(), 1, "{id} in its thread");
    }
    let closed = outside.taken("/github").into_iter().filter(|it| it.request.method == "PATCH");
    let closed: Vec<Value> = closed.map(|it| it.body()["state"].clone()).collect();
    assert_eq!(closed, ["closed", "closed"]);
}

#[test]
fn a_pipelines_change_waits_for_its_state_and_not_for_ever() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new().webhook(&outside));
    let table = Table::of(&stack);
    with_the_example(&stack, &table);

    // The deploy role, and Terraform on somebody's laptop.
    stack.put_records(&[one("SetQueueAttributes", "16:35:02"), one("PutMetricAlarm", "16:22:13")]);
    let waiting = || held(&stack);
    until("both wait", SOON, || (waiting().len() == 2).then_some(()));
    stack.settles(SOON, &outside);
    assert!(outside.all().is_empty(), "a change that waits rings nothing");

    let next = moved(&state("app"), |resources| {
        attributes(resources, "aws_sqs_queue", "jobs_dlq")["message_retention_seconds"] = json!(604_800);
    });
    stack.put_state(APP, &next);
    until("the state is taken in", SOON, || table.declared(APP).filter(|(serial, _)| *serial == Some(188)));
    until("one waits no more", SOON, || (waiting().len() == 1).then_some(()));

    // It is not due yet: nothing is said of the other.
    assert_eq!(stack.invoke("sync", &json!({"due": true}))["result"], "settled");
    stack.settles(SOON, &outside);
    assert!(outside.all().is_empty());

    for item in waiting() {
        let long_ago = "2026-11-20T17:00:00Z";
        let mut body: Value = serde_json::from_str(item["body"]["S"].as_str().unwrap()).unwrap();
        body["due"] = json!(long_ago);
        let request = json!({
            "TableName": stack.output("TableName"), "Key": {"pk": item["pk"], "sk": item["sk"]},
            "UpdateExpression": "SET #body = :body, #due = :due",
            "ExpressionAttributeNames": {"#body": "body", "#due": "due"},
            "ExpressionAttributeValues": {":body": {"S": body.to_string()}, ":due": {"S": long_ago}},
        });
        drop(stack.call("dynamodb", "DynamoDB_20120810.UpdateItem", &request));
    }
    let report = stack.invoke("sync", &json!({"due": true}));
    assert_eq!(report["reported"], 1, "{report}");
    let finding = stands(&table, "PutMetricAlarm", "open");
    stack.settles(SOON, &outside);
    assert!(waiting().is_empty());
    // With who it was and when, not with who looked.
    assert_eq!(finding["who"]["name"], "bob@example.com");
    assert_eq!(finding["when"]["event_time"], "2026-11-20T16:22:13Z");
    let told: Vec<Value> = outside.notices().values().flatten().map(|it| it.body()["finding"]["id"].clone()).collect();
    assert_eq!(told, [finding["id"].clone()]);
    table.histories();
}

/// The records that wait.
fn held(stack: &Stack) -> Vec<Value> {
    stack.items().into_iter().filter(|it| it["due_lane"]["S"] == "held").collect()
}
