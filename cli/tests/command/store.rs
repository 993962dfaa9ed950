//! Findings that are kept: `replay --store`, `history`, `open` and `who`.

use serde_json::{Value, json};

use crate::made::{Folder, log_group, record, resource, state};
use crate::run::{Ran, driftwire};

/// A record of a person who makes a bucket's log group or table otherwise, at a time of the day.
fn call(id: &str, time: &str, who: &str, service: &str, name: &str, request: &Value) -> Value {
    let mut call = record(id, service, name, request);
    call["eventTime"] = json!(format!("2026-11-20T{time}Z"));
    let text = call.to_string().replace("alice@example.com", who);
    serde_json::from_str(&text).unwrap()
}

/// A state of a log group and a security group, and a trail of four drifts, one of them put back.
fn day() -> Folder {
    let group = json!({"arn": "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a4f53950263eb133", "id": "sg-0a4f53950263eb133",
        "name": "web", "owner_id": "111122223333", "region": "eu-west-1", "vpc_id": "vpc-1", "ingress": [], "egress": [], "tags": {}, "tags_all": {}});
    let state = state(&[log_group(90), resource("aws_security_group", "web", &group, &[])]);
    let retention = |days: u32| json!({"logGroupName": "/acme/api", "retentionInDays": days});
    let ssh = json!({"groupId": "sg-0a4f53950263eb133", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
        "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "ipv6Ranges": {}, "prefixListIds": {}, "groups": {}}]}});
    let trail = [
        call("1", "09:00:00", "alice@example.com", "logs", "PutRetentionPolicy", &retention(7)),
        call("2", "10:00:00", "bob@example.com", "logs", "PutRetentionPolicy", &retention(90)),
        call("3", "11:00:00", "alice@example.com", "ec2", "AuthorizeSecurityGroupIngress", &ssh),
        call("4", "12:00:00", "bob@example.com", "logs", "PutRetentionPolicy", &retention(14)),
    ];
    let trail: Vec<String> = trail.iter().map(Value::to_string).collect();
    Folder::new().with("terraform.tfstate", state).with("trail.jsonl", trail.join("\n"))
}

const REPLAY: [&str; 5] = ["replay", "--state", "terraform.tfstate", "--trail", "trail.jsonl"];
const STORE: [&str; 2] = ["--store", "sqlite:drift.db"];
/// What the first run says that needs a key.
const MADE: &str =
    "note: made the key driftwire.key, which secrets are hashed with; keep it with the store, and from others\n";

/// A day that is kept in `drift.db`.
fn kept() -> Folder {
    let folder = day();
    let ran = driftwire(folder.path(), &[&REPLAY[..], &STORE].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (2, MADE), "{}", ran.stdout);
    folder
}

fn ask(folder: &Folder, question: &[&str]) -> Ran {
    driftwire(folder.path(), &[question, &STORE].concat())
}

/// What a question is answered with, without a word on standard error.
fn answered(folder: &Folder, code: i32, question: &[&str]) -> String {
    let ran = ask(folder, question);
    assert_eq!((ran.code, ran.stderr.as_str()), (code, ""), "{question:?}: {}", ran.stdout);
    ran.stdout
}

/// The times and kinds of the findings in an answer as JSON lines.
fn hours(json: &str) -> Vec<String> {
    let hour = |line: &str| {
        let finding: Value = serde_json::from_str(line).unwrap();
        let (time, status) = (finding["when"]["event_time"].as_str().unwrap(), finding["status"].as_str().unwrap());
        format!("{} {status}", time.get(11..13).unwrap())
    };
    json.lines().map(hour).collect()
}

fn asked(folder: &Folder, question: &[&str]) -> Vec<String> {
    hours(&ask(folder, &[question, &["--format", "json"]].concat()).stdout)
}

/// What the command says to a question that it refuses.
fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let ran = driftwire(folder.path(), arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{arguments:?}: {}", ran.stderr);
    ran.stderr.trim_end().to_owned()
}

fn tamper(folder: &Folder, statement: &str) {
    let changed = rusqlite::Connection::open(folder.path().join("drift.db")).unwrap().execute(statement, []).unwrap();
    assert_eq!(changed, 1, "{statement}");
}

#[test]
fn a_store_does_not_alter_what_a_replay_prints_however_often_it_runs() {
    let folder = day();
    let without = driftwire(folder.path(), &REPLAY);
    let mut answers = Vec::new();
    for store in ["sqlite:drift.db", "sqlite:drift.db", "memory"] {
        let ran = driftwire(folder.path(), &[&REPLAY[..], &["--store", store]].concat());
        let said = ran.stderr.replace(MADE, "");
        assert_eq!((ran.code, &ran.stdout, &said), (without.code, &without.stdout, &without.stderr), "{store}");
        answers.push((
            answered(&folder, 0, &["history", "--format", "json"]),
            answered(&folder, 0, &["history", "--verify"]),
        ));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].1, "2 histories, 5 entries: all as they were written\n");
}

#[test]
fn what_is_kept_are_the_findings_of_the_replay() {
    let folder = kept();
    let replayed = driftwire(folder.path(), &[&REPLAY[..], &["--format", "json"]].concat());
    let mut newest_first: Vec<&str> = replayed.stdout.lines().collect();
    newest_first.reverse();
    assert_eq!(answered(&folder, 0, &["history", "--format", "json"]).lines().collect::<Vec<_>>(), newest_first);
}

#[test]
fn history_is_in_order_of_time_and_narrowed_by_any_question() {
    let folder = kept();
    for (question, expected) in [
        (&["history"][..], &["12 open", "11 open", "09 open"][..]),
        (&["history", "/acme/api"], &["12 open", "09 open"]),
        (&["history", "aws_security_group.web"], &["11 open"]),
        (&["history", "arn:aws:logs:eu-west-1:111122223333:log-group:/acme/api"], &["12 open", "09 open"]),
        (&["history", "--actor", "alice@example.com"], &["11 open", "09 open"]),
        (&["history", "--severity", "critical"], &["11 open"]),
        (&["history", "--severity", "critical", "--actor", "bob@example.com"], &[]),
        (&["history", "--account", "111122223333", "--region", "eu-west-1"], &["12 open", "11 open", "09 open"]),
        (&["history", "--account", "999999999999"], &[]),
        (&["history", "--kind", "deleted"], &[]),
        (&["history", "--status", "restored"], &[]),
        (&["history", "--since", "2026-11-20T11:00:00Z"], &["12 open", "11 open"]),
        (&["history", "--until", "2026-11-20T11:00:00Z"], &["09 open"]),
        (&["history", "--since", "2026-11-21"], &[]),
        (&["history", "--limit", "2"], &["12 open", "11 open"]),
    ] {
        assert_eq!(asked(&folder, question), expected, "{question:?}");
    }
}

#[test]
fn a_limit_says_that_there_is_more() {
    let folder = kept();
    let ran = ask(&folder, &["history", "--limit", "1"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (0, "note: there are more findings; --limit shows more, or leave it out\n")
    );
    insta::assert_snapshot!(ran.stdout, @"
    MEDIUM    bob@example.com changed retention_in_days of aws_cloudwatch_log_group.api from 90 to 14
              when    2026-11-20 12:00:00Z
              who     bob@example.com via console from 203.0.113.10
              where   aws_cloudwatch_log_group.api (/acme/api), 111122223333/eu-west-1
              code    terraform: terraform.tfstate, serial 12
              what    retention_in_days: 90 → 14
              rule    size or limit changed (size-changed)
    ");
    assert_eq!(ask(&folder, &["history", "--limit", "3"]).stderr, "");
    let none = ask(&folder, &["history", "nothing"]);
    assert_eq!(
        (none.code, none.stdout.as_str(), none.stderr.as_str()),
        (0, "", "note: no finding is kept that is asked for\n")
    );
}

#[test]
fn open_drift_comes_with_the_most_severe_first_and_exit_code_2() {
    let folder = kept();
    insta::assert_snapshot!(answered(&folder, 2, &["open"]), @"
    CRITICAL  alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web (undeclared)
              when    2026-11-20 11:00:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_security_group.web (sg-0a4f53950263eb133), 111122223333/eu-west-1
              code    terraform: terraform.tfstate, serial 12
              what    ingress: (none) → tcp/22 from 0.0.0.0/0
              rule    open to the world (sg-open-to-world)

    MEDIUM    bob@example.com changed retention_in_days of aws_cloudwatch_log_group.api from 90 to 14
              when    2026-11-20 12:00:00Z
              who     bob@example.com via console from 203.0.113.10
              where   aws_cloudwatch_log_group.api (/acme/api), 111122223333/eu-west-1
              code    terraform: terraform.tfstate, serial 12
              what    retention_in_days: 90 → 14
              rule    size or limit changed (size-changed)
    ");
    assert_eq!(asked(&folder, &["open", "--limit", "1"]), ["11 open"]);
    assert_eq!(ask(&folder, &["open", "aws_cloudwatch_log_group.api"]).code, 2);
    let none = ask(&folder, &["open", "--account", "999999999999"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
}

#[test]
fn who_says_what_one_did_and_what_it_comes_to() {
    let folder = kept();
    insta::assert_snapshot!(answered(&folder, 0, &["who", "alice@example.com"]), @"
    CRITICAL  alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web (undeclared)
              when    2026-11-20 11:00:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_security_group.web (sg-0a4f53950263eb133), 111122223333/eu-west-1
              code    terraform: terraform.tfstate, serial 12
              what    ingress: (none) → tcp/22 from 0.0.0.0/0
              rule    open to the world (sg-open-to-world)

    MEDIUM    alice@example.com changed retention_in_days of aws_cloudwatch_log_group.api from 90 to 7
              when    2026-11-20 09:00:00Z
              who     alice@example.com via console from 203.0.113.10
              where   aws_cloudwatch_log_group.api (/acme/api), 111122223333/eu-west-1
              code    terraform: terraform.tfstate, serial 12
              what    retention_in_days: 90 → 7
              then    changed again by event 00000000-0000-4000-8000-000000000004
              rule    size or limit changed (size-changed)

    alice@example.com: 2 findings
      critical  1 open
      medium    1 open
    ");
    let json = ask(&folder, &["who", "alice@example.com", "--format", "json", "--limit", "1"]);
    assert_eq!(hours(&json.stdout), ["11 open"]);
    insta::assert_snapshot!(json.stderr, @"
    note: there are more findings; --limit shows more, or leave it out
    alice@example.com: 2 findings
      critical  1 open
      medium    1 open
    ");
}

#[test]
fn a_history_that_was_tampered_with_is_found() {
    let folder = kept();
    tamper(
        &folder,
        "UPDATE history SET entry = replace(entry, 'alice', 'mallory')
        WHERE number = 1 AND resource = (SELECT key FROM resources WHERE id = '/acme/api')",
    );
    let ran = ask(&folder, &["history", "--verify"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @"AWS::Logs::LogGroup /acme/api, 111122223333/eu-west-1: broken at entry 1: it was changed, or one before it taken away");
    insta::assert_snapshot!(ran.stderr, @"error: 1 of 2 histories are not as they were written");
    tamper(
        &folder,
        "UPDATE history SET entry = '{'
        WHERE number = 1 AND resource = (SELECT key FROM resources WHERE id = 'sg-0a4f53950263eb133')",
    );
    let ran = ask(&folder, &["history", "--verify"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @"
    AWS::EC2::SecurityGroup sg-0a4f53950263eb133, 111122223333/eu-west-1: the file is damaged: entry 1 of the history of AWS::EC2::SecurityGroup `sg-0a4f53950263eb133` cannot be read: EOF while parsing an object at line 1 column 1; restore a copy, or replay the trail into a new file
    AWS::Logs::LogGroup /acme/api, 111122223333/eu-west-1: broken at entry 1: it was changed, or one before it taken away
    ");
}

#[test]
fn a_store_that_cannot_be_used_is_said_to_be_so() {
    let folder = day().with("notes.txt", "what people write down\n".repeat(50));
    insta::assert_snapshot!(refused(&folder, &["history", "--store", "sqlite:drift.db"]), @"error: sqlite:drift.db: no such file; `driftwire replay … --store` makes one");
    assert!(!folder.path().join("drift.db").exists());
    insta::assert_snapshot!(refused(&folder, &["open", "--store", "sqlite:notes.txt"]), @"error: sqlite:notes.txt: the file is no store of driftwire; give another name");
    insta::assert_snapshot!(refused(&folder, &[&REPLAY[..], &["--store", "sqlite:notes.txt"]].concat()), @"error: sqlite:notes.txt: the file is no store of driftwire; give another name");
    insta::assert_snapshot!(refused(&folder, &[&REPLAY[..], &["--store", "sqlite:no/drift.db"]].concat()), @"error: sqlite:no/drift.db: there is no folder `no`; make it first");
    insta::assert_snapshot!(refused(&folder, &["history", "--store", "s3:bucket"]), @"
    error: invalid value 's3:bucket' for '--store <STORE>': expected memory, sqlite:FILE, dynamodb:TABLE

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &["who", "alice", "--store", "memory"]), @"error: memory: nothing is kept there from one run to the next; expected sqlite:FILE or dynamodb:TABLE");
    insta::assert_snapshot!(refused(&folder, &["history"]), @"
    error: the following required arguments were not provided:
      --store <STORE>

    Usage: driftwire history --store <STORE> [RESOURCE]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &["history", "--store", "sqlite:drift.db", "--since", "yesterday"]), @"
    error: invalid value 'yesterday' for '--since <TIME>': expected a date (`2026-11-20`), a time (`2026-11-20T10:00:00Z`) or how long ago (`7d`, `12h`)

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &["history", "--store", "sqlite:drift.db", "--severity", "bad"]), @"
    error: invalid value 'bad' for '--severity <SEVERITY>'
      [possible values: info, low, medium, high, critical]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &["history", "--store", "sqlite:drift.db", "--verify", "--limit", "3"]), @"
    error: the argument '--verify' cannot be used with '--limit <COUNT>'

    Usage: driftwire history --store <STORE> --verify [RESOURCE]

    For more information, try '--help'.
    ");
}
