//! Declared state in a store: `sync`, and what it settles.

use serde_json::{Value, json};

use crate::made::{Folder, log_group, record, resource, state_of};
use crate::run::{Ran, driftwire, driftwire_with};

const LINEAGE: &str = "6a8b8f4e-0000-4000-8000-000000000001";
const STORE: [&str; 2] = ["--store", "sqlite:drift.db"];
const MADE: &str =
    "note: made the key driftwire.key, which secrets are hashed with; keep it with the store, and from others\n";

fn group(name: &str, days: u32, key: &str) -> Value {
    let attributes = json!({"arn": format!("arn:aws:logs:eu-west-1:111122223333:log-group:/acme/{name}"), "id": format!("/acme/{name}"),
        "name": format!("/acme/{name}"), "region": "eu-west-1", "retention_in_days": days, "kms_key_id": key, "tags": {}, "tags_all": {}});
    resource("aws_cloudwatch_log_group", name, &attributes, &["kms_key_id"])
}

/// A state of the lineage with these days for `api`, `web` and `jobs`; none where the group is not declared.
fn state(serial: u64, days: [Option<u32>; 3]) -> String {
    let groups = ["api", "web", "jobs"].iter().zip(days);
    let groups: Vec<Value> = groups.filter_map(|(name, days)| Some(group(name, days?, ""))).collect();
    state_of(LINEAGE, serial, &groups)
}

fn retention(id: &str, name: &str, days: u32) -> Value {
    record(id, "logs", "PutRetentionPolicy", &json!({"logGroupName": format!("/acme/{name}"), "retentionInDays": days}))
}

fn by_terraform(mut record: Value) -> Value {
    record["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/6.25.0");
    record
}

/// A day: a person changes two groups, a pipeline one.
fn day() -> String {
    let records = [retention("1", "api", 7), retention("2", "web", 14), by_terraform(retention("3", "jobs", 30))];
    records.map(|it| it.to_string()).join("\n")
}

fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    driftwire(folder.path(), &[arguments, &STORE].concat())
}

fn sync(folder: &Folder) -> Ran {
    run(folder, &["sync", "--state", "terraform.tfstate"])
}

/// A folder whose state was synced, and a day replayed against what the store has.
fn replayed() -> Folder {
    let folder =
        Folder::new().with("terraform.tfstate", state(1, [Some(90), Some(90), Some(90)])).with("trail.jsonl", day());
    let ran = sync(&folder);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, MADE));
    assert_eq!(ran.stdout, "terraform.tfstate (serial 1): 3 added, 0 changed, 0 removed, 0 unchanged\n");
    let ran = run(&folder, &["replay", "--trail", "trail.jsonl"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""), "{}", ran.stdout);
    folder
}

/// The resources and standings of all findings.
fn standings(folder: &Folder) -> Vec<String> {
    let ran = run(folder, &["history", "--format", "json"]);
    let one = |line: &str| {
        let finding: Value = serde_json::from_str(line).unwrap();
        format!("{} {}", finding["resource"]["id"].as_str().unwrap(), finding["status"].as_str().unwrap())
    };
    let mut all: Vec<String> = ran.stdout.lines().map(one).collect();
    all.sort();
    all
}

fn bytes(folder: &Folder) -> Vec<u8> {
    rusqlite::Connection::open(folder.path().join("drift.db"))
        .unwrap()
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    std::fs::read(folder.path().join("drift.db")).unwrap()
}

#[test]
fn what_a_store_has_declared_decides_a_replay_as_the_state_itself_does() {
    let folder = replayed();
    let replay = ["replay", "--trail", "trail.jsonl"];
    let there = run(&folder, &replay);
    let given = driftwire(folder.path(), &[&replay[..], &["--state", "terraform.tfstate"]].concat());
    assert_eq!((there.code, there.stdout), (given.code, given.stdout));
    assert_eq!(standings(&folder), ["/acme/api open", "/acme/web open"]);
    assert_eq!(run(&folder, &["open"]).code, 2);
}

#[test]
fn a_sync_settles_what_is_open() {
    let folder = replayed().with("terraform.tfstate", state(2, [Some(7), None, Some(30)]));
    let ran = sync(&folder);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @"
    terraform.tfstate (serial 2): 0 added, 2 changed, 1 removed, 0 unchanged
      absorbed  alice@example.com changed retention_in_days of aws_cloudwatch_log_group.api from 90 to 7, 2026-11-20 10:05:00Z
      applied   a change that waited, on AWS::Logs::LogGroup /acme/jobs
      gone      alice@example.com changed retention_in_days of aws_cloudwatch_log_group.web from 90 to 14, 2026-11-20 10:05:00Z
      1 applied, 1 absorbed, 1 gone
    ");
    assert_eq!(standings(&folder), ["/acme/api absorbed", "/acme/web gone"]);
    assert_eq!(run(&folder, &["open"]).code, 0);
    let verified = run(&folder, &["history", "--verify"]);
    assert_eq!((verified.code, verified.stdout.as_str()), (0, "2 histories, 4 entries: all as they were written\n"));
    // Neither the state nor the day again changes anything.
    let before = standings(&folder);
    let again = sync(&folder);
    assert_eq!(again.stdout, "terraform.tfstate (serial 2): 0 added, 0 changed, 0 removed, 2 unchanged\n");
    run(&folder, &["replay", "--trail", "trail.jsonl"]);
    assert_eq!(standings(&folder), before);
}

#[test]
fn a_change_of_a_pipeline_that_the_new_state_does_not_have_is_reported() {
    let folder = replayed().with("terraform.tfstate", state(2, [Some(60), Some(90), Some(60)]));
    let ran = sync(&folder);
    insta::assert_snapshot!(ran.stdout, @"
    terraform.tfstate (serial 2): 0 added, 2 changed, 0 removed, 1 unchanged
      reported  alice@example.com changed retention_in_days of aws_cloudwatch_log_group.jobs from 60 to 30, 2026-11-20 10:05:00Z
      1 reported, 1 still open
    ");
    assert_eq!(standings(&folder), ["/acme/api open", "/acme/jobs open", "/acme/web open"]);
}

#[test]
fn a_sync_is_told_to_programs_one_origin_a_line() {
    let folder = replayed().with("terraform.tfstate", state(2, [Some(7), Some(90), Some(90)]));
    let ran = run(&folder, &["sync", "--state", "terraform.tfstate", "--format", "json"]);
    assert_eq!(ran.stdout.lines().count(), 1);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "absorbed": 1,
      "added": 0,
      "applied": 0,
      "changed": 1,
      "changes": [
        {
          "account": "111122223333",
          "became": "absorbed",
          "event_time": "2026-11-20T10:05:00Z",
          "finding": "dw1-ce502ad0b57ca7f70488cc705ee2fcad",
          "region": "eu-west-1",
          "resource": "AWS::Logs::LogGroup /acme/api",
          "title": "alice@example.com changed retention_in_days of aws_cloudwatch_log_group.api from 90 to 7"
        }
      ],
      "gone": 0,
      "origin": "terraform.tfstate",
      "removed": 0,
      "reported": 0,
      "schema": "driftwire.sync/v1",
      "standing": 0,
      "unchanged": 2,
      "version": "serial 2",
      "waiting": 0
    }
    "#);
}

#[test]
fn an_older_state_is_refused_and_changes_nothing_unless_forced() {
    let folder = replayed().with("terraform.tfstate", state(5, [Some(90), Some(90), Some(90)]));
    assert_eq!(sync(&folder).code, 0);
    let folder = folder.with("terraform.tfstate", state(4, [Some(7), None, None]));
    let before = bytes(&folder);
    let ran = sync(&folder);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    insta::assert_snapshot!(ran.stderr, @"error: terraform.tfstate: serial 4 is older than serial 5, which the store has: give the newest state, or --force");
    assert!(bytes(&folder) == before);
    assert_eq!(run(&folder, &["sync", "--state", "terraform.tfstate", "--force"]).code, 0);
    assert_eq!(standings(&folder), ["/acme/api absorbed", "/acme/web gone"]);
}

#[test]
fn a_state_that_cannot_be_read_changes_nothing() {
    let good = state(2, [Some(7), None, None]);
    let folder = replayed().with("good.tfstate", &good).with("bad.tfstate", good.split_at(good.len() / 2).0);
    let before = bytes(&folder);
    let ran = run(&folder, &["sync", "--state", "good.tfstate", "bad.tfstate"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("error: `bad.tfstate` is not JSON"), "{}", ran.stderr);
    assert!(bytes(&folder) == before);
    // Nor is a store made, or a key.
    let folder = Folder::new().with("bad.tfstate", "{");
    assert_eq!(run(&folder, &["sync", "--state", "bad.tfstate"]).code, 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_state_has_one_name() {
    let folder = replayed().with("copy.tfstate", state(2, [Some(90), Some(90), Some(90)]));
    let ran = run(&folder, &["sync", "--state", "copy.tfstate"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    insta::assert_snapshot!(ran.stderr, @"error: copy.tfstate: the store has this state already, as `terraform.tfstate`; give `--origin terraform.tfstate` to replace it, or --force to keep both");
    let ran = run(&folder, &["sync", "--state", "copy.tfstate", "--origin", "terraform.tfstate"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "terraform.tfstate (serial 2): 0 added, 0 changed, 0 removed, 3 unchanged\n")
    );
    let piped = driftwire_with(
        folder.path(),
        &[&["sync", "--state", "-", "--origin", "terraform.tfstate"], &STORE[..]].concat(),
        state(3, [None, None, None]).as_bytes(),
    );
    assert_eq!(
        piped.stdout.lines().next(),
        Some("terraform.tfstate (serial 3): 0 added, 0 changed, 3 removed, 0 unchanged")
    );
    let last = state(4, [None, None, None]);
    let nameless = driftwire_with(folder.path(), &[&["sync", "--state", "-"], &STORE[..]].concat(), last.as_bytes());
    insta::assert_snapshot!(nameless.stderr, @"error: standard input has no name that the next sync can find it by; give one with --origin");
    let folder = folder.with("other.tfstate", state_of("another", 1, &[log_group(90)]));
    let two = run(&folder, &["sync", "--state", "copy.tfstate", "other.tfstate", "--origin", "both"]);
    assert_eq!((two.code, two.stdout.as_str()), (1, ""));
    insta::assert_snapshot!(two.stderr, @"error: --origin names one state, and 2 were given; sync them one by one");
}

#[test]
fn secrets_are_hashed_with_the_key_beside_the_store_and_never_written() {
    let secret = "swordfish-in-the-sea";
    let record = record("1", "logs", "AssociateKmsKey", &json!({"logGroupName": "/acme/api", "kmsKeyId": secret}));
    let folder = Folder::new()
        .with("terraform.tfstate", state_of(LINEAGE, 1, &[group("api", 90, "another-secret-here")]))
        .with("trail.jsonl", record.to_string());
    sync(&folder);
    assert_eq!(run(&folder, &["replay", "--trail", "trail.jsonl"]).code, 2);
    let text = String::from_utf8_lossy(&bytes(&folder)).into_owned();
    assert!(!text.contains("swordfish") && !text.contains("another-secret") && text.contains("hmac-"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join("driftwire.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The key of another run is the same: the refresh that copied the change is known for what it is.
    let folder = folder.with("terraform.tfstate", state_of(LINEAGE, 2, &[group("api", 90, secret)]));
    let ran = sync(&folder);
    assert!(ran.stdout.ends_with("  1 absorbed\n"), "{}", ran.stdout);
    std::fs::remove_file(folder.path().join("driftwire.key")).unwrap();
    let lost = sync(&folder);
    assert_eq!((lost.code, lost.stdout.as_str()), (1, ""));
    insta::assert_snapshot!(lost.stderr, @"error: driftwire.key: no such file; it is the key that secrets of `terraform.tfstate` in this store were hashed with: put it back, give it with --key, or start a new store");
}

#[test]
fn a_key_is_read_from_the_file_that_is_named() {
    let folder = Folder::new()
        .with("terraform.tfstate", state_of(LINEAGE, 1, &[log_group(90)]))
        .with("a/key", "0123456789abcdef\n")
        .with("short", "0123\n");
    let with = |file: &str| run(&folder, &["sync", "--state", "terraform.tfstate", "--key", file]);
    assert_eq!((with("a/key").code, with("a/key").stderr.as_str()), (0, ""));
    assert!(!folder.path().join("driftwire.key").exists());
    insta::assert_snapshot!(with("short").stderr, @"error: short: the key is too short; expected 16 bytes or more, as `openssl rand -hex 32` makes them");
    insta::assert_snapshot!(with("none").stderr, @"error: reading the key none: No such file or directory (os error 2)");
}

#[test]
fn a_store_that_cannot_be_synced_is_said_to_be_so() {
    let folder = Folder::new().with("terraform.tfstate", state_of(LINEAGE, 1, &[log_group(90)])).with("t", day());
    let said = |arguments: &[&str]| {
        let ran = driftwire(folder.path(), arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{arguments:?}");
        ran.stderr
    };
    let state = ["--state", "terraform.tfstate"];
    insta::assert_snapshot!(said(&[&["sync", "--store", "memory"], &state[..]].concat()), @"error: memory: nothing is kept there from one run to the next; expected sqlite:FILE or dynamodb:TABLE");
    insta::assert_snapshot!(said(&[&["sync", "--store", "dynamodb:drift"], &state[..]].concat()), @"error: dynamodb:drift: the key that its secrets are hashed with is needed: --key FILE, or DRIFTWIRE_KEY_FILE; fetch it once: aws secretsmanager get-secret-value --secret-id drift-hash-key --query SecretString --output text > key");
    insta::assert_snapshot!(said(&["replay", "--trail", "t"]), @"
    error: the following required arguments were not provided:
      --state <PATH>...

    Usage: driftwire replay --trail <PATH>... --state <PATH>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said(&["replay", "--trail", "t", "--store", "memory"]), @"error: no declared state given: --state PATH, or a --store that `driftwire sync` has written to");
    insta::assert_snapshot!(said(&["replay", "--trail", "t", "--store", "sqlite:none.db"]), @"error: sqlite:none.db: no such file; `driftwire replay … --store` makes one");
    assert_eq!(
        driftwire(
            folder.path(),
            &["replay", "--trail", "t", "--state", "terraform.tfstate", "--store", "sqlite:new.db"]
        )
        .code,
        2
    );
    insta::assert_snapshot!(said(&["replay", "--trail", "t", "--store", "sqlite:new.db"]), @"error: no declared state in the store: `driftwire sync` writes it, or give --state PATH");
}
