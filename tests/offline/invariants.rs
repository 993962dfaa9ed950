//! The invariants of ARCHITECTURE.md that are properties, by name, over the example's day and over made-up calls.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driftwire_cloudtrail::{Limits, for_each_in};
use driftwire_drift::{Finding, Reason, Replay, Severity, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::desk::{Desk, declared, key};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/acme")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The example's declarations and rules, and its records.
pub(crate) fn acme() -> (Desk, Vec<Value>) {
    let (mut states, mut trail) = (Vec::new(), Vec::new());
    files(&example().join("state"), &mut states);
    files(&example().join("trail"), &mut trail);
    let read = |path: &PathBuf| {
        driftwire_declared::read(&std::fs::read(path).unwrap(), &path.display().to_string(), &key()).unwrap()
    };
    let declarations = states.iter().flat_map(|path| read(path).declarations).collect();
    let rules = std::fs::read_to_string(example().join("rules.toml")).unwrap();
    let mut records = Vec::new();
    for path in trail {
        let mut visit = |record: Result<driftwire_cloudtrail::Record<'_>, _>| {
            if let Ok(record) = record {
                records.push(serde_json::from_str(record.raw).unwrap());
            }
        };
        for_each_in(std::fs::File::open(path).unwrap(), &Limits::default(), &mut visit).unwrap();
    }
    (Desk::new(declarations).with_rules(&rules), records)
}

fn replayed<'r>(desk: &Desk, records: impl IntoIterator<Item = &'r Value>) -> Replay {
    let mut replay = Replay::default();
    for record in records {
        replay.take(desk.judge(record));
    }
    replay
}

/// Findings without what a delivery may change: nothing.
fn stands(replay: &Replay) -> Vec<Finding> {
    replay.findings().collect()
}

#[test]
fn order_free_any_permutation_and_repetition_gives_the_same_findings() {
    let (desk, records) = acme();
    let expected = stands(&replayed(&desk, &records));
    assert!(expected.len() > 20, "the example has findings: {}", expected.len());
    let positions: Vec<usize> = (0..records.len()).chain(0..records.len() / 3).collect();
    proptest!(ProptestConfig::with_cases(24), |(order in Just(positions).prop_shuffle())| {
        let shuffled = replayed(&desk, order.iter().map(|at| &records[*at]));
        prop_assert_eq!(&stands(&shuffled), &expected);
    });
}

#[test]
fn once_a_record_delivered_again_changes_nothing() {
    let (desk, records) = acme();
    let first = replayed(&desk, &records);
    let again = replayed(&desk, records.iter().chain(&records));
    assert_eq!(stands(&first), stands(&again));
    let without_repeats = |replay: &Replay| -> BTreeMap<(Verdict, Reason), u64> {
        let quiet = [Reason::Duplicate, Reason::ReadOnly, Reason::FailedCall, Reason::Ignored, Reason::ServiceEvent];
        replay
            .counts()
            .iter()
            .filter(|((_, reason), _)| !quiet.contains(reason))
            .map(|(key, count)| (*key, *count))
            .collect()
    };
    assert_eq!(without_repeats(&first), without_repeats(&again));
}

#[test]
fn pure_core_the_same_input_gives_the_same_verdict() {
    let (desk, records) = acme();
    let (other, _) = acme();
    for record in &records {
        let (one, two) = (desk.judge(record), other.judge(record));
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
    }
}

/// A declared database, and a call that writes some of its properties: equal, different, or hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Not,
    Equal,
    Different,
    Hidden,
}

const PROPERTIES: &[(&str, &str, i64, i64)] = &[
    ("allocated_storage", "allocatedStorage", 20, 50),
    ("backup_retention_period", "backupRetentionPeriod", 7, 1),
    ("monitoring_interval", "monitoringInterval", 60, 0),
    ("max_allocated_storage", "maxAllocatedStorage", 100, 1000),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn unknown_is_not_sync(writes in proptest::collection::vec(prop_oneof![Just(Written::Not), Just(Written::Equal), Just(Written::Different), Just(Written::Hidden)], PROPERTIES.len()), mask in prop_oneof![Just("****"), Just("HIDDEN_DUE_TO_SECURITY_REASONS"), Just("<sensitiveDataRemoved>")]) {
        let mut attributes = json!({"id": "db-X", "identifier": "main", "arn": "arn:aws:rds:eu-west-1:111122223333:db:main"});
        let mut request = json!({"dBInstanceIdentifier": "main", "applyImmediately": true});
        for ((attribute, member, same, other), written) in PROPERTIES.iter().zip(&writes) {
            attributes[*attribute] = json!(same);
            match written {
                Written::Not => {}
                Written::Equal => request[*member] = json!(same),
                Written::Different => request[*member] = json!(other),
                Written::Hidden => request[*member] = json!(mask),
            }
        }
        let desk = Desk::new(declared(&[("aws_db_instance", "main", attributes)]));
        let outcomes = desk.judge(&call("rds", "ModifyDBInstance", &request)).outcomes;
        let expected = if writes.contains(&Written::Different) {
            Verdict::Drifted
        } else if writes.contains(&Written::Hidden) {
            Verdict::Undecided
        } else if writes.contains(&Written::Equal) {
            Verdict::InSync
        } else {
            Verdict::Irrelevant
        };
        prop_assert_eq!(outcomes[0].verdict, expected, "{:?}", outcomes);
    }
}

/// A successful call by a person at the console.
pub(crate) fn call(service: &str, name: &str, request: &Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventID": format!("{service}-{name}"), "eventTime": "2026-11-20T10:05:00Z", "eventType": "AwsApiCall",
        "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "awsRegion": "eu-west-1", "readOnly": false, "managementEvent": true,
        "recipientAccountId": "111122223333", "sourceIPAddress": "203.0.113.10", "userAgent": "Mozilla/5.0", "sessionCredentialFromConsole": "true",
        "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:alice@example.com", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true"}, "sessionIssuer": {"type": "Role", "userName": "AWSReservedSSO_Admin_0123456789abcdef",
                "arn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef", "accountId": "111122223333"}}},
        "requestParameters": request, "responseElements": null,
    })
}

#[test]
fn wait_not_hide_nothing_that_an_actor_chooses_hides_a_change() {
    let (desk, records) = acme();
    let loud: Vec<(&Value, Verdict, Option<Severity>)> = records
        .iter()
        .flat_map(|record| {
            let judged = desk.judge(record);
            judged
                .outcomes
                .into_iter()
                .filter(|it| it.finding.is_some() && it.verdict != Verdict::Irrelevant)
                .map(move |it| (record, it.verdict, it.finding.map(|it| it.severity)))
        })
        .collect();
    assert!(loud.len() > 20);
    let agents = prop_oneof![
        Just(
            "APN/1.0 HashiCorp/1.0 Terraform/1.13.0 (+https://www.terraform.io) terraform-provider-aws/6.20.0"
                .to_owned()
        ),
        Just("APN/1.0 Pulumi/1.0 Pulumi-Aws/7.0.0".to_owned()),
        Just("cloudformation.amazonaws.com".to_owned()),
        Just("autoscaling.amazonaws.com".to_owned()),
        Just("elbv2.k8s.aws/v2.8.0".to_owned()),
        Just("AWS Internal".to_owned()),
        ".{0,40}",
    ];
    proptest!(ProptestConfig::with_cases(256), |(at in 0..loud.len(), agent in agents, session in prop_oneof![Just("GitHubActions".to_owned()), Just("AWSCloudFormation".to_owned()), "[a-zA-Z0-9=,.@_-]{2,20}"])| {
        let (record, verdict, severity) = loud[at];
        let mut forged = record.clone();
        forged["userAgent"] = json!(agent);
        if let Some(arn) = record["userIdentity"]["arn"].as_str().and_then(|arn| arn.rsplit_once('/')).filter(|(before, _)| before.contains(":assumed-role/")) {
            forged["userIdentity"]["arn"] = json!(format!("{}/{session}", arn.0));
        }
        let outcomes = desk.judge(&forged).outcomes;
        let held = outcomes.iter().any(|it| it.verdict == Verdict::Held);
        let reported = outcomes.iter().any(|it| it.verdict == verdict && it.finding.is_some());
        prop_assert!(reported || held, "{verdict:?} became {:?} by `{agent}`", outcomes.iter().map(|it| (it.verdict, it.reason)).collect::<Vec<_>>());
        prop_assert!(severity != Some(Severity::Critical) || reported, "a critical finding waits for `{agent}`");
    });
}
