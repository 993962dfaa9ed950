//! The budgets, each as a comparison of two things in one run: how many times the time of a well-known baseline.
//!
//! `cargo bench -p driftwire-tests` measures; with `--test` (as `make bench-smoke` does) everything runs once, small.
//! Each figure is the quickest of several runs, the two sides taking turns, so that a busy machine disturbs both alike.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use driftwire_cloudtrail::{Limits, Record, Unreadable, for_each_in, for_each_record, open};
use driftwire_declared::{Declaration, Redactor};
use driftwire_drift::{Context, Index, Replay, Rules, irrelevance, judge};
use driftwire_tests::{duel, ratio};
use rayon::prelude::*;
use serde_json::{Value, json};

struct Plan {
    runs: usize,
    declared: Vec<usize>,
    state_resources: usize,
    trail_copies: usize,
}

fn main() {
    let smoke = !std::env::args().any(|argument| argument == "--bench");
    let plan = if smoke {
        Plan { runs: 1, declared: vec![100, 1_000], state_resources: 100, trail_copies: 1 }
    } else {
        Plan { runs: 9, declared: vec![1_000, 100_000, 1_000_000], state_resources: 10_000, trail_copies: 400 }
    };
    let redactor = Redactor::new(b"a benchmark has no secrets");
    let trail = trail();
    let records = records(&trail);
    per_record(&plan, &records, &redactor);
    state(&plan, &redactor);
    replay(&plan, &records, &redactor);
}

fn say(what: &str, times: (Duration, Duration), units: usize, baseline: &str, budget: &str) {
    let each = |time: Duration| time.as_secs_f64() * 1e6 / units.max(1) as f64;
    let ((one, other), ratio) = (times, ratio(times));
    println!(
        "{what}: {:.2} µs against {:.2} µs for {baseline}: {ratio:.2} × (budget {budget})",
        each(one),
        each(other)
    );
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the example").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn trail() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&workspace().join("examples/acme/trail"), &mut found);
    found
}

/// The records of the example's day, each in its own bytes.
fn records(trail: &[PathBuf]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    for path in trail {
        let file = std::fs::File::open(path).expect("a trail file");
        let mut visit = |record: Result<Record<'_>, Unreadable>| {
            if let Ok(record) = record {
                records.push(record.raw.as_bytes().to_vec());
            }
        };
        for_each_in(file, &Limits::default(), &mut visit).expect("a sound file");
    }
    records
}

/// The example's declarations, and as many security groups, instances, roles and buckets of others as wanted.
fn declarations(count: usize, redactor: &Redactor) -> Vec<Declaration> {
    let mut paths = Vec::new();
    files(&workspace().join("examples/acme/state"), &mut paths);
    let mut all = Vec::new();
    for path in &paths {
        let bytes = std::fs::read(path).expect("a state");
        all.extend(
            driftwire_declared::read(&bytes, &path.display().to_string(), redactor).expect("a state").declarations,
        );
    }
    let wanted = count.saturating_sub(all.len());
    for chunk in (0..wanted).collect::<Vec<_>>().chunks(10_000) {
        all.extend(
            driftwire_declared::read(&state_of(chunk), "others.tfstate", redactor).expect("a state").declarations,
        );
    }
    all
}

/// A state with a resource per number.
fn state_of(numbers: &[usize]) -> Vec<u8> {
    let resources: Vec<Value> = numbers
        .iter()
        .map(|number| {
            let (kind, attributes) = resource(*number);
            json!({"mode": "managed", "type": kind, "name": format!("r{number}"), "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{"schema_version": 1, "attributes": attributes, "sensitive_attributes": []}]})
        })
        .collect();
    let state = json!({"version": 4, "terraform_version": "1.13.5", "serial": 7, "lineage": format!("l{}", numbers.len()), "outputs": {}, "resources": resources});
    serde_json::to_vec(&state).expect("a value")
}

fn resource(number: usize) -> (&'static str, Value) {
    let tags = json!({"Name": format!("r{number}"), "Environment": "production", "Team": "platform"});
    match number % 4 {
        0 => (
            "aws_security_group",
            json!({"id": format!("sg-{number:017x}"), "arn": format!("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-{number:017x}"),
            "name": format!("group-{number}"), "description": "Managed by Terraform", "vpc_id": "vpc-0a1b2c3d4e5f60718", "owner_id": "111122223333",
            "ingress": [{"cidr_blocks": ["10.0.0.0/8"], "description": "https", "from_port": 443, "to_port": 443, "protocol": "tcp", "self": false, "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": []}],
            "egress": [], "revoke_rules_on_delete": false, "tags": tags, "tags_all": tags, "timeouts": null}),
        ),
        1 => (
            "aws_instance",
            json!({"id": format!("i-{number:017x}"), "arn": format!("arn:aws:ec2:eu-west-1:111122223333:instance/i-{number:017x}"), "ami": "ami-0a1b2c3d4e5f60718",
            "instance_type": "t3.small", "availability_zone": "eu-west-1a", "monitoring": false, "ebs_optimized": true, "disable_api_termination": true, "source_dest_check": true,
            "vpc_security_group_ids": [format!("sg-{number:017x}")], "subnet_id": "subnet-0a1b2c3d4e5f60718", "user_data": null, "tags": tags, "tags_all": tags}),
        ),
        2 => (
            "aws_iam_role",
            json!({"id": format!("role-{number}"), "name": format!("role-{number}"), "arn": format!("arn:aws:iam::111122223333:role/role-{number}"),
            "assume_role_policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}",
            "description": "", "max_session_duration": 3600, "path": "/", "managed_policy_arns": [], "inline_policy": [], "tags": tags, "tags_all": tags}),
        ),
        _ => (
            "aws_s3_bucket",
            json!({"id": format!("bucket-{number}"), "bucket": format!("bucket-{number}"), "arn": format!("arn:aws:s3:::bucket-{number}"), "region": "eu-west-1",
            "force_destroy": false, "object_lock_enabled": false, "versioning": [{"enabled": true, "mfa_delete": false}], "tags": tags, "tags_all": tags}),
        ),
    }
}

/// How a record ends, as far as its cost goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A read, a failure, background work.
    Idle,
    /// A change that is as declared, or of nobody's resource.
    Quiet,
    /// A change with a finding.
    Loud,
}

fn class(record: &[u8], context: Context<'_>) -> Class {
    let mut class = Class::Idle;
    for_each_record(record, &mut |record| {
        if let Ok(record) = record
            && irrelevance(&record).is_none()
        {
            let loud = judge(record, context).outcomes.iter().any(|outcome| outcome.finding.is_some());
            class = if loud { Class::Loud } else { Class::Quiet };
        }
    });
    class
}

/// CPU for one record, bytes to verdict, against parsing the same bytes; and how it grows with what is declared.
fn per_record(plan: &Plan, records: &[Vec<u8>], redactor: &Redactor) {
    let rules = Rules::shipped();
    // Many short runs: a busy machine interrupts a long one, and of two sides the longer more often.
    let (rounds, runs) = if plan.runs == 1 { (1, 1) } else { (4, 10 * plan.runs) };
    let mut smallest = None;
    for count in &plan.declared {
        let index = Index::new(declarations(*count, redactor));
        let context = Context::new(&index, &rules, redactor);
        let measure = |what: &str, records: &[&Vec<u8>]| {
            let each = |run: &dyn Fn(&[u8])| (0..rounds).for_each(|_| records.iter().for_each(|record| run(record)));
            let judge_all = || {
                each(&|bytes| {
                    for_each_record(bytes, &mut |record| drop(black_box(record.map(|record| judge(record, context)))))
                })
            };
            let parse_all = || each(&|bytes| drop(black_box(serde_json::from_slice::<Value>(bytes))));
            let times = duel(runs, judge_all, parse_all);
            say(&format!("{what}, {count} declared"), times, records.len() * rounds, "serde_json's Value", "2 ×");
            ratio(times)
        };
        let all: Vec<&Vec<u8>> = records.iter().collect();
        let ratio = measure("a record of the example's day", &all);
        let first = *smallest.get_or_insert(ratio);
        println!("  grown since the smallest: {:.2} × (budget 1.1 ×)", ratio / first);
        for (name, wanted) in [
            ("  one that changes nothing", Class::Idle),
            ("  a change without a finding", Class::Quiet),
            ("  a change with a finding", Class::Loud),
        ] {
            let some: Vec<&Vec<u8>> = records.iter().filter(|record| class(record, context) == wanted).collect();
            measure(name, &some);
        }
    }
}

/// Reading a state, against parsing it.
fn state(plan: &Plan, redactor: &Redactor) {
    let bytes = state_of(&(0..plan.state_resources).collect::<Vec<_>>());
    let read = || drop(black_box(driftwire_declared::read(&bytes, "terraform.tfstate", redactor)));
    let parse = || drop(black_box(serde_json::from_slice::<Value>(&bytes)));
    say(
        &format!("a state of {} resources, per resource", plan.state_resources),
        duel(plan.runs, read, parse),
        plan.state_resources,
        "serde_json's Value",
        "3 ×",
    );
    let load = || {
        drop(black_box(
            driftwire_declared::read(&bytes, "terraform.tfstate", redactor).map(|state| Index::new(state.declarations)),
        ))
    };
    say("  and indexed", duel(plan.runs, load, parse), plan.state_resources, "serde_json's Value", "3 ×");
}

/// Replaying gzip files on all cores, against decompressing the same files one after the other and on all cores.
fn replay(plan: &Plan, records: &[Vec<u8>], redactor: &Redactor) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::new(declarations(1_000, redactor));
    let rules = Rules::shipped();
    let context = Context::new(&index, &rules, redactor);
    let (loud, quiet): (Vec<_>, Vec<_>) = records.iter().partition(|record| class(record, context) == Class::Loud);
    let (paths, units) = write_trail(folder.path(), &quiet, &loud, plan.trail_copies);
    let decompress = |path: &PathBuf| {
        let mut file = open(std::fs::File::open(path).expect("a file"), &Limits::default()).expect("gzip");
        let mut buffer = vec![0; 256 << 10];
        while file.read(&mut buffer).expect("sound") > 0 {}
    };
    let replay = || {
        let judged: Vec<_> = paths
            .par_iter()
            .map(|path| {
                let mut judged = Vec::new();
                let mut visit = |record: Result<Record<'_>, Unreadable>| {
                    if let Ok(record) = record
                        && irrelevance(&record).is_none()
                    {
                        judged.push(judge(record, context));
                    }
                };
                for_each_in(std::fs::File::open(path).expect("a file"), &Limits::default(), &mut visit).expect("sound");
                judged
            })
            .collect();
        let mut replay = Replay::default();
        for one in judged.into_iter().flatten() {
            replay.take(one);
        }
        black_box(replay.findings().count());
    };
    let runs = plan.runs.min(3);
    let cores = rayon::current_num_threads();
    say(
        &format!("replay of gzip files, {cores} cores, per record"),
        duel(runs, replay, || paths.iter().for_each(decompress)),
        units,
        "decompressing them",
        "1.5 ×",
    );
    say(
        "  the same",
        duel(runs, replay, || paths.par_iter().for_each(decompress)),
        units,
        "decompressing them on all cores",
        "none",
    );
}

/// Trail files of a busy account: nine reads to a write, and a finding in every five hundred records. Ids are all different. Returns the files and how many records they hold.
fn write_trail(folder: &Path, quiet: &[&Vec<u8>], loud: &[&Vec<u8>], copies: usize) -> (Vec<PathBuf>, usize) {
    use std::io::Write;
    let (mut paths, mut count) = (Vec::new(), 0_usize);
    for file in 0..copies.div_ceil(20) {
        let path = folder.join(format!("{file:04}.json.gz"));
        let mut gzip = flate2::write::GzEncoder::new(
            std::fs::File::create(&path).expect("a file"),
            flate2::Compression::default(),
        );
        gzip.write_all(b"{\"Records\":[").expect("written");
        let mut first = true;
        let findings = loud.iter().cycle().skip(file).take(quiet.len() * 200 / 500);
        let records = (0..200).flat_map(|_| quiet).chain(findings);
        for (number, record) in records.enumerate() {
            let mut record: Value = serde_json::from_slice(record).expect("JSON");
            record["eventID"] = json!(format!("{file:08x}-0000-4000-8000-{number:012x}"));
            if !(number + number / quiet.len()).is_multiple_of(10) && number < quiet.len() * 200 {
                record["readOnly"] = json!(true);
            }
            if !std::mem::take(&mut first) {
                gzip.write_all(b",").expect("written");
            }
            gzip.write_all(&serde_json::to_vec(&record).expect("a value")).expect("written");
            count += 1;
        }
        gzip.write_all(b"]}").expect("written");
        gzip.finish().expect("written");
        paths.push(path);
    }
    (paths, count)
}
