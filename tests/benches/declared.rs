//! Declared state of every tool, read, against parsing the same bytes; and comparing, against the size of what is
//! compared.
//!
//! `cargo bench -p driftwire-tests --bench declared` measures; with `--test` everything runs once, small.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::hint::black_box;

use driftwire_declared::Redactor;
use driftwire_drift::compare::ResourceRules;
use driftwire_tests::{duel, ratio};
use serde_json::{Value, json};

fn main() {
    let smoke = !std::env::args().any(|argument| argument == "--bench");
    let (runs, resources) = if smoke { (1, 100) } else { (9, 10_000) };
    let redactor = Redactor::new(b"a benchmark has no secrets");
    for (name, document) in [("a CloudFormation stack", stack(resources)), ("a Pulumi export", export(resources))] {
        let bytes = serde_json::to_vec(&document).expect("a value");
        let state = driftwire_declared::read(&bytes, "file", &redactor).expect("declared state");
        assert_eq!(state.declarations.len(), resources, "{name}");
        let read = || drop(black_box(driftwire_declared::read(&bytes, "file", &redactor)));
        let parse = || drop(black_box(serde_json::from_slice::<Value>(&bytes)));
        let times = duel(runs, read, parse);
        println!(
            "{name} of {resources} resources: {:.1} ms against {:.1} ms for serde_json's Value: {:.2} × (budget 3 ×)",
            times.0.as_secs_f64() * 1e3,
            times.1.as_secs_f64() * 1e3,
            ratio(times)
        );
    }
    linear(runs, if smoke { 100 } else { 2_000 });
}

/// A model ten times as large takes ten times as long.
fn linear(runs: usize, size: usize) {
    let rules = ResourceRules::of("AWS::EC2::SecurityGroup");
    let pairs = |count: usize| (group(count, false), group(count, true));
    let ((small, small_live), (large, large_live)) = (pairs(size), pairs(size * 10));
    assert!(rules.compare(&large, &large_live).differences.is_empty(), "the same rules in another order");
    let compare = |declared: &Value, live: &Value| drop(black_box(rules.compare(declared, live)));
    let times = duel(runs, || compare(&large, &large_live), || compare(&small, &small_live));
    println!(
        "a model of {} rules in another order against one of {size}: {:.1} × the time (linear is 10 ×)",
        size * 10,
        ratio(times)
    );
}

/// A group with many rules; the live one has them in another order, with what AWS adds.
fn group(count: usize, is_live: bool) -> Value {
    let mut rules: Vec<Value> = (0..count)
        .map(|number| {
            let mut rule = json!({"IpProtocol": "tcp", "FromPort": number % 60_000, "ToPort": number % 60_000, "CidrIp": format!("10.{}.{}.0/24", number / 250 % 250, number % 250)});
            if is_live {
                rule["Description"] = json!("");
            }
            rule
        })
        .collect();
    if is_live {
        rules.reverse();
    }
    json!({"GroupDescription": "many", "SecurityGroupIngress": rules})
}

fn stack(count: usize) -> Value {
    let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/1";
    let resource = |number: usize| {
        json!({"Type": "AWS::SQS::Queue", "Properties": {
            "QueueName": {"Fn::Sub": format!("${{AWS::StackName}}-jobs-{number}")},
            "VisibilityTimeout": {"Ref": "Timeout"}, "DelaySeconds": number % 900,
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::Join": [":", ["arn:aws:sqs", {"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}, "dead"]]}, "maxReceiveCount": 5},
            "Tags": [{"Key": "team", "Value": "orders"}, {"Key": "number", "Value": number.to_string()}],
        }})
    };
    let resources: serde_json::Map<String, Value> =
        (0..count).map(|number| (format!("Queue{number}"), resource(number))).collect();
    let made: Vec<Value> = (0..count)
        .map(|number| {
            json!({"LogicalResourceId": format!("Queue{number}"), "PhysicalResourceId": format!("https://sqs.eu-west-1.amazonaws.com/111122223333/app-jobs-{number}"),
                "ResourceType": "AWS::SQS::Queue", "ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": "2026-01-02T03:04:05Z"})
        })
        .collect();
    json!({
        "Stack": {"StackId": id, "StackName": "app", "StackStatus": "CREATE_COMPLETE", "CreationTime": "2026-01-02T03:04:05Z",
            "Parameters": [{"ParameterKey": "Timeout", "ParameterValue": "60"}]},
        "TemplateBody": {"Parameters": {"Timeout": {"Type": "Number"}}, "Resources": resources},
        "StackResources": made,
    })
}

fn export(count: usize) -> Value {
    let provider = "urn:pulumi:prod::app::pulumi:providers:aws::main";
    let mut resources = vec![
        json!({"urn": provider, "custom": true, "id": "p-1", "type": "pulumi:providers:aws", "inputs": {"region": "eu-west-1"}}),
    ];
    resources.extend((0..count).map(|number| {
        let arn = format!("arn:aws:sqs:eu-west-1:111122223333:jobs-{number}");
        let inputs = json!({"__defaults": ["fifoQueue"], "name": format!("jobs-{number}"), "fifoQueue": false, "delaySeconds": number % 900,
            "visibilityTimeoutSeconds": 60, "tags": {"__defaults": [], "team": "orders", "number": number.to_string()}});
        let mut outputs = inputs.clone();
        outputs["arn"] = json!(arn);
        outputs["id"] = json!(format!("https://sqs.eu-west-1.amazonaws.com/111122223333/jobs-{number}"));
        json!({"urn": format!("urn:pulumi:prod::app::aws:sqs/queue:Queue::jobs-{number}"), "custom": true,
            "id": format!("https://sqs.eu-west-1.amazonaws.com/111122223333/jobs-{number}"), "type": "aws:sqs/queue:Queue",
            "inputs": inputs, "outputs": outputs, "provider": format!("{provider}::p-1")})
    }));
    json!({"version": 3, "deployment": {"manifest": {"time": "2026-01-02T03:04:05Z", "magic": "", "version": "v3.100.0"}, "resources": resources}})
}
