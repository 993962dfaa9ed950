//! Records that cannot be used, alone or among good ones.

use std::io::Write as _;

use serde_json::json;

use super::{refused, replayed_trail, said};
use crate::made::{Folder, gzip, record, retention};
use crate::run::{driftwire, driftwire_with};

/// A small file that becomes 80 MiB of spaces.
pub(super) fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..80 {
        encoder.write_all(&spaces).unwrap();
    }
    encoder.finish().unwrap()
}

/// A trail that must be refused before anything is printed.
fn refused_trail(folder: &Folder, trail: &str) -> String {
    refused(folder, &["replay", "--state", "terraform.tfstate", "--trail", trail])
}

/// A trail in which nothing is a record: whether there is drift is not known, so that the exit code is not 0. Returns all
/// that is said.
fn not_one_record(folder: &Folder, trail: &str) -> String {
    let ran = replayed_trail(folder, trail);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    ran.stdout + &ran.stderr
}

fn refused_record(folder: &Folder, record: &str) -> String {
    refused(folder, &["explain", record, "--state", "terraform.tfstate"])
}

#[test]
fn a_record_that_is_not_there() {
    let folder = Folder::good();
    insta::assert_snapshot!(refused_trail(&folder, "nothing.json"), @"error: nothing.json: no such file or folder; expected CloudTrail records");
    insta::assert_snapshot!(refused_trail(&folder, "nothing/*.json.gz"), @"error: nothing/*.json.gz: no file matches; expected CloudTrail records");
    insta::assert_snapshot!(refused_trail(&folder, "[.json"), @"error: [.json: not a valid glob: Pattern syntax error near position 0: invalid range pattern");
    insta::assert_snapshot!(refused_record(&folder, "nothing.json"), @"error: nothing.json: no such file or folder; expected a file with one CloudTrail record");
}

#[test]
fn a_trail_that_is_empty() {
    let folder = Folder::good().with("empty.json", "").with("none.json", "{\"Records\": []}").with_folder("nothing");
    insta::assert_snapshot!(refused_trail(&folder, "empty.json"), @"error: empty.json: no CloudTrail record found; expected log files (`Records`), JSON lines, LookupEvents answers, EventBridge envelopes or SQS bodies");
    insta::assert_snapshot!(refused_trail(&folder, "none.json"), @"error: none.json: no CloudTrail record found; expected log files (`Records`), JSON lines, LookupEvents answers, EventBridge envelopes or SQS bodies");
    insta::assert_snapshot!(refused_trail(&folder, "nothing"), @"error: nothing: the folder holds no file; expected CloudTrail records");
    insta::assert_snapshot!(refused_trail(&folder, "-"), @"error: -: no CloudTrail record found; expected log files (`Records`), JSON lines, LookupEvents answers, EventBridge envelopes or SQS bodies");
    insta::assert_snapshot!(refused_record(&folder, "empty.json"), @"error: empty.json: record: empty (not_json)");
    insta::assert_snapshot!(refused_record(&folder, "none.json"), @"error: none.json: no CloudTrail record in it");
}

#[test]
fn a_folder_without_records() {
    let folder = Folder::good().with("notes/README.md", "# Notes\n").with("notes/values.yaml", "a: 1\n");
    let said = not_one_record(&folder, "notes");
    assert!(said.contains("notes/README.md") && said.contains("2 pieces cannot be read"), "{said}");
}

#[test]
fn a_web_page_in_place_of_records() {
    let page = "<!DOCTYPE html>\n<html><title>Sign in</title></html>\n";
    let folder = Folder::good().with("page.json", page).with("page.json.gz", gzip(page.as_bytes()));
    for name in ["page.json", "page.json.gz"] {
        let said = not_one_record(&folder, name);
        assert!(said.contains(name) && said.contains("looks like HTML"), "{said}");
    }
    insta::assert_snapshot!(refused_record(&folder, "page.json"), @"error: page.json: record: not JSON at line 1 column 1 (not_json)");
}

#[test]
fn a_state_given_as_records() {
    let folder = Folder::good();
    let said = not_one_record(&folder, "terraform.tfstate");
    assert!(said.contains("`eventSource` is missing"), "{said}");
    insta::assert_snapshot!(refused_record(&folder, "terraform.tfstate"), @"error: terraform.tfstate: record: `eventSource` is missing; expected a CloudTrail record (not_a_record)");
}

#[test]
fn gzip_that_breaks_off_keeps_what_came_before() {
    // Stored, not deflated, so that whole records come out before the end.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    let many: Vec<String> = (0..200).map(|id| retention(&id.to_string(), 90)).collect();
    encoder.write_all(format!("{}\n{}\n", retention("drift", 7), many.join("\n")).as_bytes()).unwrap();
    let mut packed = encoder.finish().unwrap();
    packed.truncate(packed.len() / 2);
    let folder = Folder::good().with("cut.json.gz", &packed).with("head.json.gz", &packed[..6]);
    let ran = replayed_trail(&folder, "cut.json.gz");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("retention_in_days: 90 → 7"), "{}", ran.stdout);
    insta::with_settings!({filters => vec![(r"\d{4,} bytes", "[some] bytes")]}, {
        insta::assert_snapshot!(said(&folder, &ran), @"error: cut.json.gz: the gzip data ends in the middle, after [some] bytes; fetch the file again");
    });
    let ran = replayed_trail(&folder, "head.json.gz");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&folder, &ran), @"error: head.json.gz: the gzip data ends in the middle, after 6 bytes; fetch the file again");
    let explained = refused_record(&folder, "head.json.gz");
    assert!(explained.contains("head.json.gz") && explained.contains("ends in the middle"), "{explained}");
}

#[test]
fn gzip_that_is_damaged() {
    let folder = Folder::good().with("damaged.json.gz", b"\x1f\x8b\x08\x00damaged, not deflated");
    let ran = replayed_trail(&folder, "damaged.json.gz");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&folder, &ran), @"error: damaged.json.gz: the gzip data is damaged before byte 25; fetch the file again: corrupt deflate stream");
}

#[test]
fn a_decompression_bomb() {
    let folder = Folder::good().with("bomb.json.gz", bomb());
    let ran = replayed_trail(&folder, "bomb.json.gz");
    assert_eq!(ran.code, 1);
    insta::with_settings!({filters => vec![(r"\d{5,}", "[many]")]}, {
        insta::assert_snapshot!(said(&folder, &ran), @"error: bomb.json.gz: the input grows more than 200 times when decompressed, which no log or state does ([many] bytes became more than [many])");
    });
    let explained = refused_record(&folder, "bomb.json.gz");
    assert!(explained.contains("bomb.json.gz") && explained.contains("grows more than 200 times"), "{explained}");
}

#[test]
fn a_large_record_is_left_out_and_its_neighbors_are_judged() {
    let large = record(
        "large",
        "logs",
        "PutRetentionPolicy",
        &json!({"logGroupName": "/acme/api", "padding": "x".repeat(10_000_000)}),
    );
    let lines = format!("{{\"Records\":[{},{large},{}]}}", retention("before", 7), retention("after", 7));
    let folder = Folder::good().with("trail.json", lines);
    let ran = replayed_trail(&folder, "trail.json");
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""));
    let summary = ran.stdout.split("\n\n").skip(2).collect::<Vec<_>>().join("\n\n");
    insta::assert_snapshot!(summary, @"
    3 records read: 2 findings, 1 unreadable

    Findings by severity
      medium         2  open

    Outcomes by verdict and reason
      drifted        2  differs
      unreadable     1  too_large

    Unreadable records
      trail.json, record 2 at byte 1086: larger than 1048576 bytes; raise the limit to read it
    ");
}

#[test]
fn a_broken_record_is_counted_and_its_neighbors_are_judged() {
    let broken = r#"{"eventVersion": "1.11", "eventName": "PutRetentionPolicy" "eventTime": ]}"#;
    let lines = format!("{}\n{broken}\nnot JSON at all\n{}\n{{}}\n", retention("before", 7), retention("after", 14));
    let folder = Folder::good().with("trail.json", &lines);
    let ran = replayed_trail(&folder, "trail.json");
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""));
    assert!(ran.stdout.contains("90 → 7") && ran.stdout.contains("90 → 14"), "{}", ran.stdout);
    let unreadable = ran.stdout.split_once("Unreadable records").unwrap().1;
    insta::assert_snapshot!(unreadable, @"
    trail.json, record 2 at byte 1074: not JSON: brackets or quotes do not match; went on with the next record
    trail.json, record 4 at byte 2240: `eventSource` is missing; expected a CloudTrail record
    ");
    let input =
        driftwire_with(folder.path(), &["replay", "--state", "terraform.tfstate", "--trail", "-"], lines.as_bytes());
    assert_eq!(input.stdout.replace("standard input", "trail.json"), ran.stdout);
}

#[test]
fn unreadable_records_alone_are_no_drift_but_a_good_one_among_them_counts() {
    let quiet = format!("{}\n{{}}\n", retention("same", 90));
    let folder = Folder::good().with("trail.json", quiet);
    let ran = replayed_trail(&folder, "trail.json");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @"
    2 records read: no findings, 1 unreadable

    Outcomes by verdict and reason
      in_sync        1  equal
      unreadable     1  not_a_record

    Unreadable records
      trail.json, record 2 at byte 1075: `eventSource` is missing; expected a CloudTrail record
    ");
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let log = format!("{{\"Records\":[{}]}}", retention("one", 7));
    let folder = Folder::good().with("plain.json", &log).with("marked.json", format!("\u{feff}{log}"));
    let folder = folder.with("marked-line.json", format!("\u{feff}{}\r\n", retention("one", 7)));
    let plain = replayed_trail(&folder, "plain.json");
    assert_eq!(plain.code, 2);
    for name in ["marked.json", "marked-line.json"] {
        let marked = replayed_trail(&folder, name);
        assert_eq!((marked.code, marked.stdout), (2, plain.stdout.clone()), "{name}");
    }
    assert_eq!(driftwire(folder.path(), &["explain", "marked.json", "--state", "terraform.tfstate"]).code, 2);
}

#[test]
fn a_trail_in_a_bucket() {
    insta::assert_snapshot!(refused_trail(&Folder::good(), "s3://acme-trail/AWSLogs/"), @"error: s3://acme-trail/AWSLogs/: the command reads local files; fetch it first: aws s3 cp --recursive s3://acme-trail/AWSLogs/ .");
}

#[test]
fn a_trail_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::good();
    let path = folder.path().join("record.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let ran = replayed_trail(&folder, "record.json");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&folder, &ran), @"error: record.json: could not read the input: Permission denied (os error 13)");
}
