//! The store in DynamoDB does what every store has to do.
//!
//! Needs an endpoint in `DRIFTWIRE_DYNAMODB`, such as `http://127.0.0.1:8000`: DynamoDB Local, ministack or dynoxide. Each
//! test makes a table of its own and leaves it there; start the endpoint in memory.
#![expect(clippy::unwrap_used, reason = "test code")]

mod suite;
mod trips;
mod wire;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use aws_sdk_dynamodb::types::AttributeValue;
use driftwire_drift::{Judged, Named};
use driftwire_report::v1::Finding;
use driftwire_store::{
    Drift as _, DynamoDb, Filter, History as _, Mark, Memory, Order, PageRequest, RecordWrite, Recorded, ResourceWrite,
    Stored, StreamRecord, Streamed, Written, record, verify,
};
use serde_json::{Value, json};
use wire::Wire;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The endpoint, where there is one.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a test's own setting")]
fn endpoint() -> Option<String> {
    let endpoint = std::env::var("DRIFTWIRE_DYNAMODB").ok();
    if endpoint.is_none() {
        eprintln!("skipped: no DRIFTWIRE_DYNAMODB");
    }
    endpoint
}

/// A new table, and what goes over the wire to it.
struct Table {
    endpoint: String,
    name: String,
}

impl Table {
    async fn new(endpoint: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let name = format!("drift-{}-{now}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let table = Self { endpoint: endpoint.to_owned(), name };
        table.store(&Wire::default()).create_table().await.unwrap();
        table
    }

    fn store(&self, wire: &Wire) -> DynamoDb {
        DynamoDb::new(wire.client(&self.endpoint), &self.name)
    }
}

/// Runs a test on a new table, if there is an endpoint.
macro_rules! on_a_table {
    (|$table:ident| $body:expr) => {
        if let Some(endpoint) = endpoint() {
            run(async {
                let $table = Table::new(&endpoint).await;
                $body
            })
        }
    };
}

async fn recorded(store: &impl driftwire_store::Drift, judged: &[Judged]) {
    for one in judged {
        record(store, one, None).await.unwrap();
    }
}

/// What a store in memory makes of records.
async fn in_memory(judged: &[Judged]) -> Memory {
    let memory = Memory::default();
    recorded(&memory, judged).await;
    memory
}

#[test]
fn findings_are_those_of_a_replay_in_any_order() {
    for order in suite::orders() {
        on_a_table!(|table| suite::findings_are_those_of_a_replay(&table.store(&Wire::default()), &order).await);
    }
}

/// A test of each check about declared state.
macro_rules! tests {
    ($($check:ident)*) => {
        $(#[test]
        fn $check() {
            on_a_table!(|table| suite::declared::$check(&table.store(&Wire::default())).await);
        })*
    };
}
suite::declared::every_check!(tests);

#[test]
fn what_was_told_is_known() {
    on_a_table!(|table| suite::notices::what_was_told_is_known(&table.store(&Wire::default())).await);
}

#[test]
fn a_repeat_writes_nothing() {
    on_a_table!(|table| suite::a_repeat_writes_nothing(&table.store(&Wire::default())).await);
}

#[test]
fn a_write_that_meets_another_is_not_made() {
    on_a_table!(|table| suite::a_write_that_meets_another_is_not_made(&table.store(&Wire::default())).await);
}

#[test]
fn questions_are_answered_page_by_page() {
    on_a_table!(|table| suite::questions_are_answered_page_by_page(&table.store(&Wire::default())).await);
}

#[test]
fn a_new_finding_is_one_read_and_one_write_and_a_repeat_is_one_read() {
    on_a_table!(|table| {
        let wire = Wire::default();
        let store = table.store(&wire);
        for one in
            suite::judged(&suite::morning()).iter().filter(|it| it.outcomes.iter().any(|it| it.finding.is_some()))
        {
            assert_eq!(record(&store, one, None).await.unwrap(), Recorded::Changed);
            assert_eq!(wire.seen(), ["BatchGetItem", "TransactWriteItems"]);
            assert_eq!(record(&store, one, None).await.unwrap(), Recorded::Nothing);
            assert_eq!(wire.seen(), ["BatchGetItem"]);
        }
    });
}

#[test]
fn two_that_write_at_once_leave_what_one_would() {
    let Some(endpoint) = endpoint() else { return };
    let judged = suite::judged(&suite::morning());
    let table = run(Table::new(&endpoint));
    let backward: Vec<Judged> = judged.iter().rev().cloned().collect();
    thread::scope(|scope| {
        for records in [&judged, &backward, &judged] {
            let store = table.store(&Wire::default());
            scope.spawn(move || run(async { recorded(&store, records).await }));
        }
    });
    run(async {
        let store = table.store(&Wire::default());
        assert_eq!(suite::all(&store).await, suite::all(&in_memory(&judged).await).await);
        for resource in store.resources().await.unwrap() {
            verify(&resource, &store.history(&resource).await.unwrap(), &store.head(&resource).await.unwrap()).unwrap();
        }
    });
}

#[test]
fn other_names_and_times_lead_to_the_same_findings() {
    on_a_table!(|table| {
        let judged = suite::judged(&suite::morning());
        let (store, memory) = (table.store(&Wire::default()), in_memory(&judged).await);
        recorded(&store, &judged).await;
        let some = |text: &str| Some(text.to_owned());
        let (since, until) = ("2026-11-20T10:00:05Z".parse().ok(), "2026-11-20T10:00:40Z".parse().ok());
        let arn = suite::all(&memory).await.into_iter().find_map(|it| it.resource.arn);
        for filter in [
            Filter { resource: arn, ..Filter::default() },
            Filter { actor: some("arn:aws:iam::111122223333:user/bob"), ..Filter::default() },
            Filter { account: some("111122223333"), since, until, ..Filter::default() },
            Filter { account: some("111122223333"), since: until, until: since, ..Filter::default() },
            Filter { actor: some("alice"), resource: some("web"), ..Filter::default() },
            Filter { region: some("eu-west-1"), since, ..Filter::default() },
        ] {
            for (limit, order) in
                [(None, Order::OldestFirst), (Some(1), Order::NewestFirst), (Some(0), Order::OldestFirst)]
            {
                let page = PageRequest { limit, after: None, order };
                let (asked, wanted) =
                    (store.findings(&filter, &page).await.unwrap(), memory.findings(&filter, &page).await.unwrap());
                assert_eq!(asked.items, wanted.items, "{filter:?}");
                assert_eq!(asked.next.is_some(), wanted.next.is_some(), "{filter:?}");
            }
        }
    });
}

/// A hundred and fifty findings on one resource, and what overtakes them all at once.
fn a_long_morning() -> Vec<Judged> {
    let tag = |id: u32| json!({"logGroupName": "api", "tags": {format!("key-{id}"): "b"}});
    let mut records: Vec<Value> = (0..150).map(|id| suite::call(id, id, "alice", "TagLogGroup", &tag(id))).collect();
    records.push(suite::call(200, 200, "carol", "DeleteLogGroup", &json!({"logGroupName": "api"})));
    suite::judged(&records)
}

#[test]
fn a_call_that_overtakes_more_findings_than_a_transaction_holds_overtakes_all() {
    on_a_table!(|table| {
        let judged = a_long_morning();
        let wire = Wire::default();
        let store = table.store(&wire);
        recorded(&store, &judged[..150]).await;
        drop(wire.seen());
        recorded(&store, &judged[150..]).await;
        let settled = ["BatchGetItem", "TransactWriteItems", "TransactWriteItems", "TransactWriteItems", "UpdateItem"];
        assert_eq!(wire.seen(), settled);
        assert_eq!(suite::all(&store).await, suite::all(&in_memory(&judged).await).await);
    });
}

#[test]
fn a_crash_between_two_requests_loses_nothing() {
    on_a_table!(|table| {
        let judged = a_long_morning();
        recorded(&table.store(&Wire::default()), &judged[..150]).await;
        let mut crashes = 0;
        // One more request goes through each time; the first to be made is the read.
        for requests in 0.. {
            let wire = Wire::breaking_after(requests);
            if record(&table.store(&wire), &judged[150], None).await.is_ok() {
                break;
            }
            crashes += 1;
        }
        assert!(crashes >= 3, "{crashes}");
        let store = table.store(&Wire::default());
        assert_eq!(suite::all(&store).await, suite::all(&in_memory(&judged).await).await);
    });
}

/// A resource of which so many findings were reported.
fn reported(count: usize, version: u64) -> (Named, RecordWrite) {
    let resource = Named {
        kind: "AWS::Logs::LogGroup".to_owned(),
        id: "/aws/lambda/much#changed".to_owned(),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
    };
    let mixed =
        |seed: usize| format!("{:032x}", (seed as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let one = |at: usize| {
        let moment = json!({"time": "2026-11-20T10:00:00Z", "event_id": mixed(at * 3)});
        let value = json!({"moment": moment, "kind": "modified", "nameless": false, "registers": [mixed(at * 5)]});
        (format!("dw1-{}", mixed(at * 7)), value)
    };
    let all: BTreeMap<String, Value> = (0..count).map(one).collect();
    let drift = serde_json::from_value(json!({"registers": {}, "reported": all})).unwrap();
    let time = "2026-11-20T10:00:00Z".parse().unwrap();
    let mark = Mark {
        identity: "one".to_owned(),
        event_id: "one".to_owned(),
        event_time: time,
        recorded_at: time,
        outcomes: Vec::new(),
    };
    let write = ResourceWrite {
        resource: resource.clone(),
        stored: Stored { version, drift, entries: 0, head: String::new() },
        found: Vec::new(),
        standings: Vec::new(),
        entries: Vec::new(),
        keep: Vec::new(),
        forget: Vec::new(),
    };
    (resource, RecordWrite { mark, resources: vec![write] })
}

#[test]
fn what_is_kept_of_a_resource_may_be_larger_than_an_item() {
    on_a_table!(|table| {
        let wire = Wire::default();
        let store = table.store(&wire);
        let mut reads = Vec::new();
        for (at, count) in [3_000, 12_000, 20_000, 10].into_iter().enumerate() {
            let (resource, write) = reported(count, at as u64 + 1);
            assert_eq!(store.write(&write).await.unwrap(), Written::Done);
            drop(wire.seen());
            assert_eq!(store.load(&[resource]).await.unwrap().remove(0).as_ref(), Some(&write.resources[0].stored));
            reads.push(wire.seen().len());
        }
        assert_eq!(reads, [1, 2, 2, 1]);
    });
}

#[test]
fn a_finding_may_be_larger_than_an_item() {
    on_a_table!(|table| {
        let store = table.store(&Wire::default());
        let judged = suite::judged(&suite::morning());
        let found: Finding = suite::all(&in_memory(&judged).await).await.remove(0);
        let mixed =
            |seed: u64| Value::from(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(seed | 1));
        let mut large = found.clone();
        large.changes[0].actual = Some((0..90_000).map(mixed).collect());
        let (resource, mut write) = reported(1, 1);
        write.resources[0].standings = vec![
            serde_json::from_value(
                json!({"id": large.id, "status": "open", "contested": false, "superseded_by": null}),
            )
            .unwrap(),
        ];
        write.resources[0].found = vec![large.clone()];
        assert_eq!(store.write(&write).await.unwrap(), Written::Done);
        assert_eq!(suite::all(&store).await.len(), 1);
        assert!(suite::all(&store).await[0].changes == large.changes);
        assert!(store.history(&resource).await.unwrap().is_empty());
    });
}

#[test]
fn a_finding_in_parts_is_read_from_the_table_as_it_stands() {
    on_a_table!(|table| {
        let (wire, name) = (Wire::default(), table.name.clone());
        let store = table.store(&wire);
        let judged = suite::judged(&suite::morning());
        let mixed =
            |seed: u64| Value::from(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(seed | 1));
        let mut large: Finding = suite::all(&in_memory(&judged).await).await.remove(0);
        large.changes[0].actual = Some((0..90_000).map(mixed).collect());
        let (_, mut write) = reported(1, 1);
        let standing = json!({"id": large.id, "status": "restored", "contested": false, "superseded_by": null});
        write.resources[0].standings = vec![serde_json::from_value(standing).unwrap()];
        write.resources[0].found = vec![large.clone()];
        assert_eq!(store.write(&write).await.unwrap(), Written::Done);

        let value = |text: &str| AttributeValue::S(text.to_owned());
        let item = wire.client(&table.endpoint).get_item().table_name(name);
        let item = item.key("pk", value(&format!("F#{}", large.id))).key("sk", value("@")).send().await.unwrap();
        let typed = |value: &AttributeValue| match value {
            AttributeValue::S(text) => json!({"S": text}),
            AttributeValue::N(text) => json!({"N": text}),
            AttributeValue::Bool(truth) => json!({"BOOL": truth}),
            other => panic!("{other:?}"),
        };
        let image: Value = item.item().unwrap().iter().map(|(name, value)| (name.clone(), typed(value))).collect();
        let keys = json!({"pk": image["pk"], "sk": image["sk"]});
        let change = json!({"SequenceNumber": "1", "Keys": keys, "NewImage": image});
        let record: StreamRecord = serde_json::from_value(json!({"eventName": "INSERT", "dynamodb": change})).unwrap();
        let Streamed::Finding(finding) = store.streamed(&record).await.unwrap() else { panic!("a finding") };
        assert!(finding.changes == large.changes);
        assert_eq!(finding.status.as_str(), "restored");
    });
}

#[test]
fn a_table_that_is_there_is_left_as_it_is() {
    on_a_table!(|table| table.store(&Wire::default()).create_table().await.unwrap());
}
