//! The function over a store in memory that fails and is killed at every one of its operations.

use std::collections::BTreeMap;
use std::time::Duration;

use driftwire_declared::{Declaration, Tool};
use driftwire_report::v1::{Finding, When};
use driftwire_runtime::quarantine;
use driftwire_store::{Fault, Faulty, Filter, History, Memory, OriginState, Origins, PageRequest, verify};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::envelope::Expected;

const ACCOUNT: &str = "111122223333";

/// A store that knows three log groups.
fn declared() -> Memory {
    let block = |name: &str| {
        let attributes = json!({"id": name, "name": name, "retention_in_days": 90, "kms_key_id": ""});
        Declaration {
            origin: "a.tfstate".to_owned(),
            account: Some(ACCOUNT.to_owned()),
            region: Some("eu-west-1".to_owned()),
            attributes: attributes.as_object().unwrap().clone(),
            ..Declaration::new(Tool::Terraform, "aws_cloudwatch_log_group", format!("aws_cloudwatch_log_group.{name}"))
        }
    };
    let state = OriginState {
        origin: "a.tfstate".to_owned(),
        lineage: None,
        serial: None,
        version: "serial 1".to_owned(),
        declarations: ["api", "web", "jobs"].map(block).to_vec(),
        force: false,
    };
    let store = Memory::default();
    run(store.replace(&state)).unwrap();
    store
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

fn record(second: u32, who: &str, name: &str, request: &Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": format!("2026-11-20T10:00:{second:02}Z"), "eventType": "AwsApiCall",
        "eventID": format!("00000000-0000-4000-8000-{second:012}"), "eventSource": "logs.amazonaws.com",
        "eventName": name, "awsRegion": "eu-west-1", "recipientAccountId": ACCOUNT, "readOnly": false,
        "userIdentity": {"type": "IAMUser", "accountId": ACCOUNT, "userName": who,
            "arn": format!("arn:aws:iam::{ACCOUNT}:user/{who}")},
        "requestParameters": request, "responseElements": null,
    })
}

fn retention(second: u32, who: &str, group: &str, days: u32) -> Value {
    record(second, who, "PutRetentionPolicy", &json!({"logGroupName": group, "retentionInDays": days}))
}

fn message(id: usize, source: &str, record: &Value) -> Message {
    let event = json!({"version": "0", "source": source, "account": ACCOUNT, "detail-type": "AWS API Call via CloudTrail", "detail": record});
    Message {
        message_id: format!("m{id}"),
        receipt_handle: String::new(),
        body: event.to_string(),
        attributes: BTreeMap::new(),
        queue: String::new(),
    }
}

/// Drift, more drift, put back, a deletion, a pipeline's change, a read, and one that is none of AWS's.
fn morning() -> Vec<Message> {
    let mut by_terraform = retention(25, "ci", "jobs", 30);
    by_terraform["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.13.0");
    let records = [
        retention(1, "alice", "api", 7),
        retention(5, "bob", "api", 14),
        retention(9, "alice", "web", 7),
        retention(20, "carol", "web", 90),
        by_terraform,
        record(40, "carol", "DeleteLogGroup", &json!({"logGroupName": "api"})),
        record(41, "carol", "DescribeLogGroups", &json!({})),
    ];
    let mut messages: Vec<Message> =
        records.iter().enumerate().map(|(at, record)| message(at, "aws.logs", record)).collect();
    messages.push(message(7, "my.app", &records[0]));
    messages
}

fn detect<S>(store: S) -> Detect<S, quarantine::Memory> {
    let expected = Expected { source: "aws.".to_owned(), accounts: Vec::new() };
    let limits = Limits { expected, patience: SignedDuration::from_mins(60) };
    Detect::new(store, quarantine::Memory::default(), Redactor::new(b"a key for tests"), limits)
}

/// Delivers messages until none comes back. Returns what was put into quarantine.
async fn delivered(store: Faulty<'_, Memory>, messages: &[Message]) -> Vec<String> {
    let function = detect(store);
    let mut left = messages.to_vec();
    for _ in 0..5 {
        let batch = Batch { messages: left.clone() };
        if let Ok(answer) = function.handle(batch, &Invocation::lasting(Duration::from_secs(60))).await {
            left.retain(|message| answer.failures.iter().any(|it| it.item == message.message_id));
        }
        if left.is_empty() {
            break;
        }
    }
    assert!(left.is_empty(), "{left:?} kept coming back");
    function
        .outside
        .kept()
        .into_iter()
        .map(|(message, note)| format!("{} {}", message.message_id, note.reason))
        .collect()
}

/// A store in which nothing goes wrong.
fn sound(store: &Memory) -> Faulty<'_, Memory> {
    Faulty::new(store, Fault::FailsBefore, u64::MAX)
}

/// What a store holds, but for when it was found.
async fn held(store: &Memory) -> Vec<String> {
    let page = PageRequest { limit: None, ..PageRequest::default() };
    let findings = store.findings(&Filter::default(), &page).await.unwrap().items;
    let mut all: Vec<String> = findings
        .into_iter()
        .map(|it| Finding { when: When { detected_at: None, ..it.when }, ..it })
        .map(|it| serde_json::to_string(&it).unwrap())
        .collect();
    for id in ["api", "web", "jobs"] {
        let resource = Named {
            kind: "AWS::Logs::LogGroup".to_owned(),
            id: id.to_owned(),
            account: ACCOUNT.to_owned(),
            region: "eu-west-1".to_owned(),
        };
        let (entries, head) = (store.history(&resource).await.unwrap(), store.head(&resource).await.unwrap());
        verify(&resource, &entries, &head).unwrap();
        let kept = driftwire_store::Records::kept(store, &resource).await.unwrap();
        all.extend(kept.iter().map(|it| format!("{resource:?} {:?} {}", it.moment, it.record)));
    }
    all.sort();
    all
}

fn undisturbed() -> Vec<String> {
    let store = declared();
    run(async {
        delivered(sound(&store), &morning()).await;
        held(&store).await
    })
}

#[test]
fn each_message_ends_as_it_should() {
    let store = declared();
    let quarantined = run(delivered(sound(&store), &morning()));
    assert_eq!(quarantined, ["m7 forged"]);
    let all = undisturbed();
    assert!(all.iter().any(|it| it.contains("carol deleted")), "{all:#?}");
    assert!(!all.iter().any(|it| it.contains("\"name\":\"ci\"")), "a pipeline's change waits: {all:#?}");
    assert!(all.iter().any(|it| it.contains("userName\":\"ci")), "and is kept: {all:#?}");
}

/// NOTHING-LOST and ONCE: whatever fails, and whenever it is killed, the next delivery finishes it, and nothing is there
/// twice.
#[test]
fn a_fault_at_any_operation_changes_nothing() {
    let wanted = undisturbed();
    for fault in Fault::ALL {
        for at in 0.. {
            let store = declared();
            let is_reached = run(async {
                let function = detect(Faulty::new(&store, fault, at));
                let batch = Batch { messages: morning() };
                let whole = Invocation::lasting(Duration::from_secs(60));
                // Who is killed never answers; then, as after any failure, everything is delivered again.
                drop(tokio::time::timeout(Duration::from_secs(600), function.handle(batch, &whole)).await);
                delivered(sound(&store), &morning()).await;
                function.store.is_reached()
            });
            assert_eq!(run(held(&store)), wanted, "{fault:?} at operation {at}");
            if !is_reached {
                assert!(at > 10, "only {at} operations");
                break;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// ORDER-FREE and ONCE: any order, any repeats, any cut into batches.
    #[test]
    fn order_and_repeats_change_nothing(order in prop::collection::vec(0..8_usize, 0..30), cut in 1..9_usize) {
        let (store, all) = (declared(), morning());
        let mut messages: Vec<Message> = order.iter().map(|at| all[*at].clone()).collect();
        messages.extend(all);
        run(async {
            for batch in messages.chunks(cut) {
                let mut batch = batch.to_vec();
                for (at, message) in batch.iter_mut().enumerate() {
                    message.message_id = format!("{at}");
                }
                delivered(sound(&store), &batch).await;
            }
        });
        prop_assert_eq!(run(held(&store)), undisturbed());
    }
}
