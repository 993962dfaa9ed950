//! `compare`: pairs in, answers out, in order; what is wrong with a line is said, and no more than that.

use serde_json::{Value, json};

use crate::made::Folder;
use crate::run::{Ran, driftwire, driftwire_with};

fn pair(kind: &str, declared: &Value, live: &Value) -> String {
    json!({"type": kind, "declared": declared, "live": live}).to_string()
}

fn compare(lines: &[String]) -> Ran {
    driftwire_with(Folder::new().path(), &["compare"], lines.join("\n").as_bytes())
}

#[test]
fn each_pair_is_answered_in_order() {
    let ran = compare(&[
        pair("AWS::SQS::Queue", &json!({"DelaySeconds": "5"}), &json!({"DelaySeconds": 5, "QueueUrl": "https://q"})),
        String::new(),
        pair("AWS::SQS::Queue", &json!({"DelaySeconds": "5"}), &json!({"DelaySeconds": 0})),
        pair(
            "AWS::EC2::VPC",
            &json!({"CidrBlock": {"$unresolved": "parameter"}}),
            &json!({"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}),
        ),
    ]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r#"
    {"type":"AWS::SQS::Queue","id":"https://q","differences":[],"undecided":[]}
    {"type":"AWS::SQS::Queue","id":null,"differences":[{"path":"DelaySeconds","declared":"5","actual":0}],"undecided":[]}
    {"type":"AWS::EC2::VPC","id":"vpc-1","differences":[],"undecided":[{"path":"CidrBlock","reason":"unresolved"}]}
    "#);
}

#[test]
fn nothing_that_differs_is_exit_code_zero_even_where_something_is_open() {
    let ran =
        compare(&[pair("AWS::RDS::DBInstance", &json!({"MasterUserPassword": "x"}), &json!({"Engine": "mysql"}))]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("not_readable"), "{}", ran.stdout);
}

#[test]
fn a_resource_that_is_gone_differs_as_a_whole() {
    let ran = compare(&[pair("AWS::SQS::Queue", &json!({"DelaySeconds": 5}), &Value::Null)]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stdout, @r#"{"type":"AWS::SQS::Queue","id":null,"differences":[{"path":"@resource","declared":"present","actual":null}],"undecided":[]}"#);
}

#[test]
fn a_wrong_line_is_named_and_what_stands_in_it_is_not_shown() {
    let good = pair("AWS::SQS::Queue", &json!({}), &json!({}));
    for (wrong, said) in [
        ("{\"type\": \"hunter2", "not JSON at column"),
        ("[1]", "not a pair"),
        ("{\"type\": \"AWS::SQS::Queue\", \"declared\": \"hunter2\", \"live\": {}}", "not a pair"),
    ] {
        let ran = compare(&[good.clone(), wrong.to_owned()]);
        assert_eq!(ran.code, 1, "{wrong}");
        assert!(ran.stderr.contains("standard input, line 2: ") && ran.stderr.contains(said), "{}", ran.stderr);
        assert!(ran.stderr.contains(r#"expected {"type": "AWS::…", "declared": {…}, "live": {…}} on one line"#));
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[test]
fn no_pair_and_no_file_are_errors() {
    let folder = Folder::new().with("empty.jsonl", "\n\n");
    insta::assert_snapshot!(driftwire(folder.path(), &["compare", "empty.jsonl"]).stderr, @r#"error: empty.jsonl: no pair in it; expected {"type": "AWS::…", "declared": {…}, "live": {…}} a line"#);
    insta::assert_snapshot!(driftwire(folder.path(), &["compare", "none.jsonl"]).stderr, @"error: reading none.jsonl: No such file or directory (os error 2)");
}
