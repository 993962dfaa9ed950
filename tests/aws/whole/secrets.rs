//! NO-SECRET-OUT: planted in states, records and rules, and looked for everywhere that anything is kept or said.

use std::io::Read as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use driftwire_aws_tests::records::{attributes, example, moved, one, state};
use driftwire_aws_tests::{Outside, Setup, Stack, functions, until};
use driftwire_store::Configuration as _;
use serde_json::{Value, json};

use crate::store::Table;

const SOON: Duration = Duration::from_secs(90);

/// In the states of the example.
const DECLARED: [&str; 2] = ["correct-horse-battery-staple-2026", "not-a-real-token-just-an-example"];

fn token(last: &str) -> String {
    format!("ghp_{}{last}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7")
}

/// Records with values that nobody may repeat.
fn records() -> Vec<Value> {
    let with = |name: &str, time: &str, path: &str, value: Value| {
        let mut record = one(name, time);
        *record["requestParameters"].pointer_mut(path).unwrap() = value;
        record
    };
    let mut records = vec![
        with("ModifyDBInstance", "11:03:54", "/masterUserPassword", json!("planted-master-password")),
        with("PutParameter", "15:30:44", "/value", json!("planted-parameter")),
        with(
            "UpdateFunctionConfiguration20150331v2",
            "11:32:05",
            "/environment",
            json!({"variables": {"API_KEY": "planted-variable", "STAGE": token("R1")}}),
        ),
        with("CreateTags", "13:52:16", "/tagSet/items/0/value", json!(token("R2"))),
    ];
    let mut user_data = one("ModifyInstanceAttribute", "14:45:20");
    let script = STANDARD.encode(format!("#!/bin/sh\nexport GITHUB={}\n", token("R3")));
    user_data["requestParameters"] = json!({"instanceId": "i-09c879af067fd10cd", "userData": {"value": script}});
    user_data["eventID"] = json!("e0000000-0000-4000-8000-000000000001");
    records.push(user_data);
    let mut rule = one("AuthorizeSecurityGroupIngress", "10:05:00");
    let ranges = json!([{"cidrIp": "0.0.0.0/0", "description": format!("for {}", token("R4"))}]);
    *rule.pointer_mut("/requestParameters/ipPermissions/items/0/ipRanges/items").unwrap() = ranges;
    records.push(rule);
    records
}

fn planted() -> Vec<String> {
    let mut planted: Vec<String> = DECLARED.map(str::to_owned).to_vec();
    planted.extend(["planted-master-password", "planted-parameter", "planted-variable"].map(str::to_owned));
    planted.extend(["R1", "R2", "R3", "R4", "S1", "S2", "X1"].map(token));
    planted.push(STANDARD.encode(format!("#!/bin/sh\nexport GITHUB={}\n", token("R3"))));
    planted
}

#[test]
fn no_secret_is_anywhere_that_anything_is_kept_or_said() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let setup = Setup::new().webhook(&outside).slack(&outside).github(&outside).parameter("LogLevel", "debug");
    let stack = Stack::up(&code, &setup);
    stack.catch_findings();
    let table = Table::of(&stack);
    let app = moved(&state("app"), |resources| {
        attributes(resources, "aws_instance", "bastion")["tags"]["Token"] = json!(token("S1"));
        attributes(resources, "aws_instance", "bastion")["user_data"] = json!(format!("export TOKEN={}", token("S2")));
    });
    for (name, bytes) in [("network", state("network")), ("app", app)] {
        stack.put_state(&format!("{name}/terraform.tfstate"), &bytes);
        until("the state is in the table", SOON, || table.declared(&format!("{name}/terraform.tfstate")));
    }
    let wrong_rules = format!("[[rule]]\nid = \"{}\nwhen = ", token("X1"));
    table.wait(table.store.put_rules(&wrong_rules)).unwrap();
    stack.put_records(&records());
    stack.put_records(&example());
    until("records are judged", SOON, || (table.findings().len() > 10).then_some(()));
    stack.settles(SOON, &outside);
    // Judged again, too.
    let next = moved(&moved(&state("app"), |_| {}), |resources| {
        attributes(resources, "aws_ssm_parameter", "api_token")["value"] = json!("planted-parameter");
        attributes(resources, "aws_instance", "bastion")["tags"]["Environment"] = json!(token("R2"));
    });
    stack.put_state("app/terraform.tfstate", &next);
    until("the next state is in the table", SOON, || {
        table.declared("app/terraform.tfstate").filter(|(serial, _)| *serial == Some(189))
    });
    stack.settles(SOON, &outside);

    for (place, text) in everywhere(&stack, &outside) {
        for secret in planted() {
            let at = text.find(&secret);
            let near = at.and_then(|at| text.get(at.saturating_sub(200)..at));
            assert!(near.is_none(), "`{secret}` is in {place}, behind {near:?}");
        }
    }
}

/// Everything that is kept or said, as text, by place.
fn everywhere(stack: &Stack, outside: &Outside) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for item in stack.items().iter().filter(|it| it["pk"]["S"] != "C#rules") {
        all.push((format!("the table, {} {}", item["pk"], item["sk"]), opened(item)));
    }
    assert!(all.len() > 100);
    all.push(("the bus".to_owned(), stack.receive("caught").join("\n")));
    for heard in outside.all() {
        let body = String::from_utf8_lossy(&heard.request.body).into_owned();
        all.push((heard.request.path.clone(), format!("{:?} {body}", heard.request.headers)));
    }
    for function in ["detect", "sync", "publish", "notify"] {
        let lines = stack.logs(function);
        assert!(!lines.is_empty(), "{function} logs nothing");
        all.push((format!("the log of {function}"), lines.join("\n")));
    }
    all
}

/// An item as text, unpacked.
fn opened(item: &Value) -> String {
    let mut text = item.to_string();
    for packed in item.as_object().unwrap().values().filter_map(|it| it["B"].as_str()) {
        let bytes = STANDARD.decode(packed).unwrap();
        let mut unpacked = String::new();
        let is_text = flate2::bufread::GzDecoder::new(bytes.as_slice()).read_to_string(&mut unpacked).is_ok();
        assert!(is_text, "not packed as text: {}", item["pk"]);
        text.push_str(&unpacked);
    }
    text
}
