//! NOTHING-LOST, ONCE, ORDER-FREE: thousands of records, shuffled and repeated, while functions are killed, the table
//! throttles and hangs up, and the bus takes some of what it is given. What is left is what an undisturbed replay says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use driftwire_aws_tests::faults::draw;
use driftwire_aws_tests::made::{Made, made};
use driftwire_aws_tests::stack::event;
use driftwire_aws_tests::{Fault, Outside, Proxy, Setup, Stack, functions, number, root, until};
use driftwire_report::v1::Finding;
use driftwire_store::{Drift as _, History as _};
use serde_json::Value;

use crate::store::Table;

const STATE: &str = "made/terraform.tfstate";
const RESOURCES: usize = 300;
/// A finding as far as neither the time of its detection nor where its state lies is concerned.
type Whole = BTreeMap<String, Value>;

#[test]
fn nothing_is_lost_and_everything_is_said_once_under_fire() {
    let Some(code) = functions() else { return };
    let records = number("DRIFTWIRE_RECORDS", 2_000);
    let seed = number("DRIFTWIRE_SEED", 7) as u64;
    let Made { state, delivered } = made(records, RESOURCES, seed);
    let Some(truth) = undisturbed(&state, &delivered) else { return };
    let outside = Outside::listens();
    let (table_proxy, bus_proxy) = (Proxy::listens(&Fault::TABLE, seed), Proxy::listens(&Fault::BUS, seed + 1));
    let setup = Setup::new()
        .webhook(&outside)
        .comes_back_after(8)
        .parameter("LeastSeverity", "info")
        .parameter("DetectConcurrency", "4")
        .variable("AWS_ENDPOINT_URL_DYNAMODB", &table_proxy.address())
        .variable("AWS_ENDPOINT_URL_EVENTBRIDGE", &bus_proxy.address());
    let stack = Stack::up(&code, &setup);
    table_proxy.leads_to(stack.authority());
    bus_proxy.leads_to(stack.authority());
    let table = Table::of(&stack);
    stack.put_state(STATE, &state);
    until("the state is in the table", Duration::from_secs(120), || table.declared(STATE));

    let began = Instant::now();
    table_proxy.fails(50);
    bus_proxy.fails(100);
    let bodies: Vec<String> = delivered.iter().map(event).collect();
    let (is_over, killed) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| kill_at_random(stack.pid, seed, &is_over, &killed));
        stack.send("RecordsQueueUrl", &bodies);
        let patience = Duration::from_secs(60 + records as u64 / 4);
        until("the queue is empty", patience, || (stack.waiting("RecordsQueueUrl") == 0).then_some(()));
        is_over.store(true, Ordering::Relaxed);
    });
    let took = began.elapsed();
    table_proxy.fails(0);
    bus_proxy.fails(0);
    // What failed too often waits in a dead letter queue, until someone puts it back.
    let mut redriven = 0;
    loop {
        stack.settles(Duration::from_secs(300), &outside);
        let again = stack.redrive("RecordsDeadQueueUrl", "RecordsQueueUrl")
            + stack.redrive("WebhookDeadQueueUrl", "WebhookQueueUrl");
        redriven += again;
        if again == 0 {
            break;
        }
    }
    let (kills, failures) = (killed.into_inner(), (table_proxy.failed(), bus_proxy.failed()));
    println!(
        "{records} records in {took:?}: {kills} functions killed, {failures:?}, {redriven} redriven, {} findings, {} posts",
        truth.len(),
        outside.all().len(),
    );
    assert!(kills > 0 && !failures.0.is_empty() && !failures.1.is_empty(), "nothing was disturbed");

    let found: Whole = table.findings().iter().map(whole).collect();
    same(&truth, &found);
    every_standing_is_told(&table, &outside);
}

/// What the command says of the records, each delivered once or more, in the order of their delivery.
fn undisturbed(state: &[u8], delivered: &[Value]) -> Option<Whole> {
    let program = std::env::var_os("DRIFTWIRE_COMMAND")?;
    let folder = tempfile::tempdir().unwrap();
    let (states, trail) = (folder.path().join("made.tfstate"), folder.path().join("trail.jsonl"));
    std::fs::write(&states, state).unwrap();
    let lines: Vec<String> = delivered.iter().map(Value::to_string).collect();
    std::fs::write(&trail, lines.join("\n")).unwrap();
    let mut command = Command::new(root().join(program));
    let output = command.args(["replay", "--format", "json", "--state"]).arg(states).arg("--trail").arg(trail).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| whole(&serde_json::from_str(line).unwrap())).collect())
}

fn whole(finding: &Finding) -> (String, Value) {
    let mut value = serde_json::to_value(finding).unwrap();
    if let Some(when) = value["when"].as_object_mut() {
        when.remove("detected_at");
    }
    for declaration in value["resource"]["declarations"].as_array_mut().unwrap() {
        declaration["origin"] = Value::Null;
    }
    (finding.id.clone(), value)
}

fn same(truth: &Whole, found: &Whole) {
    assert!(truth.len() > 100);
    let missing: Vec<&String> = truth.keys().filter(|id| !found.contains_key(*id)).collect();
    let more: Vec<&String> = found.keys().filter(|id| !truth.contains_key(*id)).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "{} missing, {} more: {missing:?} {more:?}",
        missing.len(),
        more.len()
    );
    for (id, expected) in truth {
        assert_eq!(expected, &found[id], "{id}");
    }
}

/// Every way in which a finding stood, as its history has it, was told; and nothing else was.
fn every_standing_is_told(table: &Table, outside: &Outside) {
    let mut stood = BTreeSet::new();
    for resource in table.wait(table.store.resources()).unwrap() {
        let entries = table.wait(table.store.history(&resource)).unwrap();
        driftwire_store::verify(&resource, &entries, &table.wait(table.store.head(&resource)).unwrap()).unwrap();
        for entry in entries {
            let standing = entry.standing;
            stood.insert((standing.id, standing.status.as_str().to_owned(), standing.superseded_by));
        }
        assert!(table.wait(table.store.load(std::slice::from_ref(&resource))).unwrap()[0].is_some());
    }
    let notices = outside.notices();
    let mut told = BTreeSet::new();
    for (notice, heard) in &notices {
        let said = |it: &Value| {
            let text = |name: &str| it["finding"][name].as_str().map(str::to_owned);
            (text("id").unwrap_or_default(), text("status").unwrap_or_default(), text("superseded_by"))
        };
        let all: BTreeSet<_> = heard.iter().map(|it| said(&it.body())).collect();
        assert_eq!(all.len(), 1, "{notice} says different things");
        told.extend(all);
    }
    let untold: Vec<_> = stood.difference(&told).collect();
    let unfounded: Vec<_> = told.difference(&stood).collect();
    assert!(untold.is_empty(), "{} of {} not told: {untold:?}", untold.len(), stood.len());
    assert!(unfounded.is_empty(), "{} told that never stood so: {unfounded:?}", unfounded.len());
}

/// Kills one of this stack's functions every now and then.
fn kill_at_random(emulator: u32, seed: u64, is_over: &AtomicBool, killed: &AtomicUsize) {
    for round in 0.. {
        let drawn = draw(seed.wrapping_add(round));
        std::thread::sleep(Duration::from_millis(300 + drawn % 900));
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let functions = running(emulator);
        if functions.is_empty() {
            continue;
        }
        let victim = functions[usize::try_from(drawn / 1000 % functions.len() as u64).unwrap_or_default()];
        if Command::new("kill").args(["-9", &victim.to_string()]).status().is_ok_and(|it| it.success()) {
            killed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The functions that an emulator runs: its children that are called `bootstrap`.
fn running(emulator: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|it| it.parse::<u32>().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        let parent = rest.split_whitespace().nth(1).and_then(|it| it.parse::<u32>().ok());
        if name.ends_with("(bootstrap") && parent == Some(emulator) {
            found.push(pid);
        }
    }
    found
}
