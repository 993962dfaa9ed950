//! A second opinion on the catalog: requests made up from AWS's models, each about one declared resource among thousands of
//! decoys. `cargo xtask catalog --requests SEED FILE` draws others; `DRIFTWIRE_REQUESTS` names them.

use driftwire_declared::{Declaration, Tool};
use serde_json::{Map, Value, json};

use crate::desk::Desk;

const DECOYS: usize = 10_000;

fn samples() -> Vec<Value> {
    let text = match std::env::var_os("DRIFTWIRE_REQUESTS") {
        Some(file) => std::fs::read_to_string(file).unwrap(),
        None => include_str!("requests.jsonl").to_owned(),
    };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The resource of a sample as a stack declares it, or as Terraform does where its type and identifier allow.
fn declared(sample: &Value, at: usize) -> Declaration {
    let mut attributes = sample["properties"].as_object().unwrap().clone();
    let ids: Vec<&str> = sample["id"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let terraform = sample["terraform"].as_str().filter(|_| at % 2 == 1 && ids.len() == 1);
    attributes.insert("id".to_owned(), Value::from(ids.join("|")));
    declaration(
        if terraform.is_some() { Tool::Terraform } else { Tool::CloudFormation },
        terraform.unwrap_or_else(|| sample["type"].as_str().unwrap()),
        &format!("target.r{at}"),
        attributes,
        ("111122223333", "eu-west-1"),
    )
}

fn declaration(
    tool: Tool,
    kind: &str,
    address: &str,
    mut attributes: Map<String, Value>,
    place: (&str, &str),
) -> Declaration {
    let id = if tool == Tool::CloudFormation { attributes.remove("id") } else { None };
    Declaration {
        id: id.and_then(|id| id.as_str().map(str::to_owned)),
        origin: "states".to_owned(),
        version: "serial 1".to_owned(),
        account: Some(place.0.to_owned()),
        region: Some(place.1.to_owned()),
        attributes,
        ..Declaration::new(tool, kind, address)
    }
}

/// What is easily taken for the target: the same values elsewhere, and values that contain it or that it contains.
fn decoys(target: &Declaration, types: &[&str], count: usize) -> Vec<Declaration> {
    let changed = |change: &dyn Fn(&str) -> String| -> Map<String, Value> {
        let each = |(name, value): (&String, &Value)| {
            (name.clone(), value.as_str().map_or(value.clone(), |it| change(it).into()))
        };
        let mut changed: Map<String, Value> = target.attributes.iter().map(each).collect();
        changed.extend(target.id.as_deref().map(|id| ("id".to_owned(), change(id).into())));
        changed
    };
    (0..count)
        .map(|at| {
            let address = format!("decoy.{}.d{at}", target.address);
            let own = (target.account.as_deref().unwrap(), target.region.as_deref().unwrap());
            let other = types[(at * 7 + address.len()) % types.len()];
            let (kind, place, attributes) = match at % 6 {
                0 => (target.kind.as_str(), own, changed(&|it| format!("{it}{at}"))),
                1 => (target.kind.as_str(), own, changed(&|it| it.chars().take(it.len() - 1 - at % 5).collect())),
                2 => (
                    target.kind.as_str(),
                    ("444455556666", own.1),
                    changed(&|it| it.replace("111122223333", "444455556666")),
                ),
                3 => (
                    target.kind.as_str(),
                    (own.0, "us-east-2"),
                    changed(&|it| it.replace("eu-west-1", "us-east-2") + &format!("-{at}")),
                ),
                4 => (target.kind.as_str(), own, changed(&|it| format!("x{at}{it}"))),
                _ => (other, own, changed(&|it| format!("{it}-{at}"))),
            };
            declaration(target.tool, kind, &address, attributes, place)
        })
        .collect()
}

#[test]
fn a_request_of_the_models_finds_its_resource_among_decoys() {
    let samples = samples();
    let types: Vec<&str> = samples.iter().map(|it| it["type"].as_str().unwrap()).collect();
    let targets: Vec<Declaration> = samples.iter().enumerate().map(|(at, it)| declared(it, at)).collect();
    let each = DECOYS.div_ceil(targets.len());
    let mut declarations: Vec<Declaration> = targets.iter().flat_map(|it| decoys(it, &types, each)).collect();
    assert!(declarations.len() >= DECOYS);
    declarations.extend(targets.iter().cloned());
    let desk = Desk::new(declarations);
    let mut wrong = Vec::new();
    for (at, (sample, target)) in samples.iter().zip(&targets).enumerate() {
        let judged = desk.judge(&json!({
            "eventVersion": "1.11", "eventTime": "2026-11-20T10:05:00Z", "eventID": format!("00000000-0000-4000-8000-{at:012}"),
            "eventSource": format!("{}.amazonaws.com", sample["source"].as_str().unwrap()), "eventName": sample["operation"],
            "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "readOnly": false, "eventType": "AwsApiCall",
            "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": "alice", "arn": "arn:aws:iam::111122223333:user/alice"},
            "requestParameters": sample["request"], "responseElements": sample["response"],
        }));
        let mut found: Vec<&str> = judged.outcomes.iter().filter_map(|it| it.address.as_deref()).collect();
        found.dedup();
        if found != [target.address.as_str()] {
            let ends: Vec<_> = judged
                .outcomes
                .iter()
                .map(|it| format!("{:?} {:?} {:?}", it.verdict, it.reason, it.resource))
                .collect();
            wrong.push(format!(
                "{}:{} {} {found:?} {ends:?}\n    request {}",
                sample["source"], sample["operation"], sample["type"], sample["request"]
            ));
        }
    }
    println!(
        "{} of {} requests found their resource among {} declarations",
        samples.len() - wrong.len(),
        samples.len(),
        desk.index.len()
    );
    assert!(samples.len() >= 300, "{}", samples.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
