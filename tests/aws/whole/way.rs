//! The whole way: states in a bucket, a day of records on the bus, findings in the table, on the findings' bus, with people.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use driftwire_aws_tests::records::{example, state, text};
use driftwire_aws_tests::{Outside, Setup, Stack, functions, root, until};
use driftwire_store::Configuration as _;
use serde_json::Value;

use crate::store::{Summary, Table, read};

/// What the command says of the same files.
fn replayed() -> Option<BTreeSet<Summary>> {
    let program = std::env::var_os("DRIFTWIRE_COMMAND")?;
    let acme = root().join("examples/acme");
    let output = Command::new(root().join(program))
        .arg("replay")
        .args(["--format", "json", "--state"])
        .arg(acme.join("state"))
        .arg("--trail")
        .arg(acme.join("trail"))
        .arg("--rules")
        .arg(acme.join("rules.toml"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| read(&serde_json::from_str(line).unwrap())).collect())
}

/// The states of the example, and its rules, as the functions have them.
pub(crate) fn with_the_example(stack: &Stack, table: &Table) {
    let rules = std::fs::read_to_string(root().join("examples/acme/rules.toml")).unwrap();
    table.wait(table.store.put_rules(&rules)).unwrap();
    for name in ["network", "app"] {
        stack.put_state(&format!("{name}/terraform.tfstate"), &state(name));
        until("the state is in the table", Duration::from_secs(60), || {
            table.declared(&format!("{name}/terraform.tfstate"))
        });
    }
    until("the states are read", Duration::from_secs(30), || (stack.waiting("StatesQueueUrl") == 0).then_some(()));
}

#[test]
fn the_whole_way() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new().webhook(&outside).slack(&outside).github(&outside));
    stack.catch_findings();
    let table = Table::of(&stack);
    with_the_example(&stack, &table);

    let mut put = BTreeMap::new();
    for record in example() {
        put.insert(text(&record, "eventID"), Instant::now());
        stack.put_records(&[record]);
        std::thread::sleep(Duration::from_millis(50));
    }
    stack.settles(Duration::from_secs(120), &outside);

    let found = table.summaries();
    assert!(!found.is_empty());
    if let Some(replayed) = replayed() {
        let missing: Vec<&Summary> = replayed.difference(&found).collect();
        let more: Vec<&Summary> = found.difference(&replayed).collect();
        assert!(missing.is_empty() && more.is_empty(), "missing: {missing:#?}\nmore: {more:#?}");
    }
    table.histories();

    // Every finding, as it stands, was on the bus and reached the webhook, signed.
    let caught: Vec<Value> = stack.receive("caught").iter().map(|it| serde_json::from_str(it).unwrap()).collect();
    let on_the_bus: BTreeSet<Summary> = caught.iter().map(|it| read(&it["detail"])).collect();
    let notices = outside.notices();
    let told: BTreeSet<Summary> = notices.values().flatten().map(|it| read(&it.body()["finding"])).collect();
    for standing in &found {
        assert!(on_the_bus.contains(standing), "not on the bus: {standing:?}");
        assert!(told.contains(standing), "not told: {standing:?}");
    }
    assert_eq!(on_the_bus, told);
    assert!(notices.values().all(|it| it.len() == 1), "a notice came twice");

    slack_has_a_thread_for_each_resource(&outside);
    latencies(&put, &outside);
    assert_eq!((stack.waiting("QuarantineQueueUrl"), stack.waiting("RecordsDeadQueueUrl")), (0, 0));
}

/// What is said of a resource is in one thread: at most one message of it stands alone.
fn slack_has_a_thread_for_each_resource(outside: &Outside) {
    let mut alone: BTreeMap<String, usize> = BTreeMap::new();
    let said = outside.taken("/slack/chat.postMessage");
    assert!(!said.is_empty());
    for message in said.iter().map(|it| it.body()).filter(|it| it["thread_ts"].is_null()) {
        let facts = message["blocks"].to_string();
        let Some((_, place)) = facts.split_once("*where*") else { continue };
        *alone.entry(place.split("\\n").next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    assert!(alone.values().all(|count| *count == 1), "{alone:#?}");
}

#[expect(clippy::print_stdout, reason = "figures to be read")]
fn latencies(put: &BTreeMap<String, Instant>, outside: &Outside) {
    let mut first: BTreeMap<String, Duration> = BTreeMap::new();
    for heard in outside.taken("/hook") {
        let id = heard.body()["finding"]["call"]["event_id"].as_str().unwrap_or_default().to_owned();
        if let Some(put) = put.get(&id) {
            first.entry(id).or_insert(heard.at.duration_since(*put));
        }
    }
    let mut all: Vec<Duration> = first.into_values().collect();
    all.sort();
    let at = |part: usize| all[(all.len() * part / 100).min(all.len() - 1)];
    println!("PutEvents to webhook, {} findings: p50 {:?}, p99 {:?}, most {:?}", all.len(), at(50), at(99), at(100));
}
