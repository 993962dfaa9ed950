//! What goes over the wire: how many requests a record takes, what a sync writes, what an interrupted one leaves.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use driftwire_declared::{Declaration, Tool};
use driftwire_drift::{Reach, Wanted};
use driftwire_store::{Declared as _, DynamoDb, Moved, OriginState, Origins as _, Recorded, Replaced, StoreError};
use serde_json::{Value, json};

use super::suite::{self, declared::take};
use super::wire::Wire;
use super::{Table, endpoint, run};

const ACCOUNT: &str = "111122223333";

fn block(kind: &str, name: &str, attributes: &Value) -> Declaration {
    Declaration {
        account: Some(ACCOUNT.to_owned()),
        region: Some("eu-west-1".to_owned()),
        attributes: attributes.as_object().unwrap().clone(),
        ..Declaration::new(Tool::Terraform, kind, format!("{kind}.{name}"))
    }
}

fn group(name: &str, days: u32) -> Declaration {
    let arn = format!("arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{name}");
    block("aws_cloudwatch_log_group", name, &json!({"id": name, "name": name, "arn": arn, "retention_in_days": days}))
}

fn state(origin: &str, serial: u64, blocks: Vec<Declaration>) -> OriginState {
    let of = |block: Declaration| Declaration { origin: origin.to_owned(), ..block };
    OriginState {
        origin: origin.to_owned(),
        lineage: Some(origin.to_owned()),
        serial: Some(serial),
        version: format!("serial {serial}"),
        declarations: blocks.into_iter().map(of).collect(),
        force: false,
    }
}

async fn sync(store: &DynamoDb, state: &OriginState) -> Result<Moved, StoreError> {
    let Replaced::Done(moved) = store.replace(state).await? else { panic!("an older state") };
    store.finish(state).await?;
    Ok(moved)
}

/// How often each operation was asked for since the last time.
fn counted(wire: &Wire) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    wire.seen().into_iter().for_each(|operation| *counts.entry(operation).or_default() += 1);
    counts
}

#[test]
fn a_record_is_at_most_two_reads_and_one_write() {
    let Some(endpoint) = endpoint() else { return };
    run(async {
        let table = Table::new(&endpoint).await;
        let wire = Wire::default();
        let store = table.store(&wire);
        sync(&store, &state("a.tfstate", 1, vec![group("api", 90), group("web", 90)])).await.unwrap();
        drop(wire.seen());
        let now = "2026-11-20T11:00:00Z".parse().unwrap();
        let made = |id, name: &str| {
            let mut record = suite::call(id, id, "eve", "CreateBucket", &json!({"bucketName": name}));
            record["eventSource"] = json!("s3.amazonaws.com");
            record
        };
        for (record, recorded, requests) in [
            (
                suite::retention(1, 1, "alice", "api", 7),
                Recorded::Changed,
                "BatchGetItem BatchGetItem TransactWriteItems",
            ),
            (suite::retention(1, 1, "alice", "api", 7), Recorded::Nothing, "BatchGetItem BatchGetItem"),
            (suite::retention(2, 2, "bob", "nobody", 7), Recorded::Nothing, "BatchGetItem"),
            (made(3, "by-hand"), Recorded::Changed, "BatchGetItem TransactWriteItems"),
            (made(3, "by-hand"), Recorded::Nothing, "BatchGetItem"),
        ] {
            assert_eq!(take(&store, &record, now).await, recorded, "{record}");
            assert_eq!(wire.seen().join(" "), requests, "{record}");
        }
    });
}

/// How many resources the large state has: `DRIFTWIRE_MANY`, or as many as an emulator takes in half a minute.
#[expect(clippy::disallowed_methods, reason = "a test's own setting")]
fn many() -> usize {
    std::env::var("DRIFTWIRE_MANY").ok().and_then(|it| it.parse().ok()).unwrap_or(1_000)
}

#[test]
fn one_changed_attribute_of_a_large_state_writes_its_own_item() {
    let Some(endpoint) = endpoint() else { return };
    run(async {
        let table = Table::new(&endpoint).await;
        let wire = Wire::default();
        let store = table.store(&wire);
        let many = many();
        let mut groups: Vec<Declaration> = (0..many).map(|at| group(&format!("g{at}"), 90)).collect();
        let moved = sync(&store, &state("a.tfstate", 1, groups.clone())).await.unwrap();
        assert_eq!((moved.added, moved.resources.len()), (many as u64, many));
        let first = counted(&wire);
        eprintln!("{many} resources: {first:?}");
        assert_eq!(first.get("PutItem"), Some(&many));
        groups[77] = group("g77", 30);
        let moved = sync(&store, &state("a.tfstate", 2, groups.clone())).await.unwrap();
        assert_eq!((moved.changed, moved.unchanged, moved.resources.len()), (1, many as u64 - 1, 1));
        let mut second = counted(&wire);
        eprintln!("one attribute: {second:?}");
        assert_eq!(second.remove("PutItem"), Some(1));
        assert_eq!(second.remove("UpdateItem"), Some(3), "claim, release, finish");
        assert!(
            second
                .keys()
                .all(|operation| operation == "Query" || operation == "GetItem" || operation == "BatchGetItem")
        );
        // A state that shrank.
        groups.truncate(many - 10);
        let moved = sync(&store, &state("a.tfstate", 3, groups)).await.unwrap();
        assert_eq!((moved.removed, moved.unchanged), (10, many as u64 - 10));
        assert_eq!(counted(&wire).get("PutItem"), None);
    });
}

/// A group, and in another state its rules, which know it by its id only.
fn two_states(rules: usize) -> (OriginState, OriginState) {
    let id = "sg-0123456789abcdef0";
    let arn = format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/{id}");
    let whole = block("aws_security_group", "web", &json!({"id": id, "name": "web", "arn": arn}));
    let rule = |at: usize| {
        let attributes = json!({"id": format!("sgrule-{at}"), "security_group_id": id, "type": "ingress", "protocol": "tcp",
            "from_port": at, "to_port": at, "cidr_blocks": ["10.0.0.0/8"]});
        block("aws_security_group_rule", &format!("r{at}"), &attributes)
    };
    (state("a.tfstate", 1, vec![whole]), state("b.tfstate", 1, (0..rules).map(rule).collect()))
}

/// How many declarations each of a declaration's names leads to.
async fn led_to(store: &DynamoDb, declaration: &Declaration) -> Vec<usize> {
    let mut counts = Vec::new();
    for name in Reach::of(declaration).names {
        let wanted = Wanted { names: [name].into(), ..Wanted::default() };
        counts.push(store.gather(&wanted, &[]).await.unwrap().declarations.len());
    }
    counts
}

#[test]
fn two_states_written_at_once_find_each_other() {
    let Some(endpoint) = endpoint() else { return };
    let table = run(Table::new(&endpoint));
    let (one, other) = two_states(20);
    thread::scope(|scope| {
        for state in [&one, &other] {
            let store = table.store(&Wire::default());
            scope.spawn(move || run(async { sync(&store, state).await }).unwrap());
        }
    });
    let counts = run(led_to(&table.store(&Wire::default()), &one.declarations[0]));
    assert!(counts.len() > 1 && counts.iter().all(|count| *count == 21), "{counts:?}");
}

#[test]
fn of_two_versions_written_at_once_the_last_to_finish_is_whole() {
    let Some(endpoint) = endpoint() else { return };
    let table = run(Table::new(&endpoint));
    let version =
        |serial: u64, days| state("a.tfstate", serial, (0..12).map(|at| group(&format!("g{at}"), days)).collect());
    let versions = [version(1, 1), version(2, 2), version(3, 3)];
    thread::scope(|scope| {
        for state in &versions {
            let store = table.store(&Wire::default());
            scope.spawn(move || {
                run(async {
                    // Who met another begins again; who is older than what is there has nothing to do.
                    for attempt in 0..50 {
                        // As a queue does: later each time, and not all at the same moment.
                        thread::sleep(Duration::from_millis(attempt * state.serial.unwrap_or(1) * 100));
                        match store.replace(state).await {
                            Ok(_) => return store.finish(state).await.unwrap(),
                            Err(StoreError::Transient { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    panic!("never came through");
                });
            });
        }
    });
    run(async {
        let store = table.store(&Wire::default());
        let names = (0..12).map(|at| format!("{ACCOUNT}|g{at}")).collect();
        let found = store.gather(&Wanted { names, ..Wanted::default() }, &[]).await.unwrap().declarations;
        assert_eq!(found.len(), 12);
        assert!(found.iter().all(|it| it.attributes["retention_in_days"] == 3), "{:?}", store.origins().await);
    });
}

#[test]
fn a_sync_that_is_cut_off_anywhere_is_finished_by_the_next() {
    let Some(endpoint) = endpoint() else { return };
    run(async {
        let (one, other) = two_states(3);
        let mut cuts = 0;
        // One more request goes through each time.
        for requests in 0.. {
            let table = Table::new(&endpoint).await;
            let sound = table.store(&Wire::default());
            sync(&sound, &one).await.unwrap();
            let is_cut = sync(&table.store(&Wire::breaking_after(requests)), &other).await.is_err();
            let moved = sync(&sound, &other).await.unwrap();
            // What was written before the cut is still judged again.
            assert!(!is_cut || !moved.resources.is_empty(), "cut after {requests} requests: {moved:?}");
            let counts = led_to(&sound, &one.declarations[0]).await;
            assert!(counts.iter().all(|count| *count == 4), "cut after {requests} requests: {counts:?}");
            cuts += usize::from(is_cut);
            if !is_cut {
                break;
            }
        }
        assert!(cuts > 8, "{cuts}");
    });
}

#[test]
fn a_sync_that_is_cut_off_again_and_again_gets_further() {
    let Some(endpoint) = endpoint() else { return };
    run(async {
        let table = Table::new(&endpoint).await;
        let state = state("a.tfstate", 1, (0..100).map(|at| group(&format!("g{at}"), 90)).collect());
        let mut cuts = 0;
        // Each time fewer requests than the whole takes: 200 names, 100 declarations.
        while sync(&table.store(&Wire::breaking_after(260)), &state).await.is_err() {
            cuts += 1;
            assert!(cuts < 5, "never came through");
        }
        assert!(cuts >= 1);
        let names = (0..100).map(|at| format!("{ACCOUNT}|g{at}")).collect();
        let found = table.store(&Wire::default()).gather(&Wanted { names, ..Wanted::default() }, &[]).await.unwrap();
        assert_eq!(found.declarations.len(), 100);
    });
}
