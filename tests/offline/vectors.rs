//! The verdict vectors: a declaration, a record, what must come out. Prints the score and lists the misses.

use driftwire_declared::{Declaration, Standing};
use driftwire_drift::{CodeWrite, FacetResult, Finding, Judged, Reason, Replay, Settlement, Status, Verdict};
use serde_json::{Value, json};

use crate::desk::{Desk, key};
use crate::settle::settled;

#[test]
fn every_vector_gets_its_verdict_path_and_values() {
    let Some(corpus) = driftwire_tests::corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let text = std::fs::read(corpus.join("vectors.json")).expect("the vectors");
    let file: Value = serde_json::from_slice(&text).expect("JSON");
    let (mut passed, mut misses) = (0, Vec::new());
    for vector in file["vectors"].as_array().expect("a list") {
        let id = vector["id"].as_str().expect("an id");
        let checked = match vector["context"].get("state_after") {
            Some(after) => check_in_time(vector, after),
            None => check(vector),
        };
        match checked {
            Ok(()) => passed += 1,
            Err(miss) => misses.push(format!("{id} {}: {miss}", vector["title"].as_str().unwrap_or_default())),
        }
    }
    println!("vectors: {passed} of {}", passed + misses.len());
    for miss in &misses {
        println!("  miss {miss}");
    }
    assert!(misses.is_empty(), "{misses:#?}");
}

/// A vector in which the declared state moves: judged before, and settled after.
fn check_in_time(vector: &Value, after: &Value) -> Result<(), String> {
    let before = Desk::new(declarations(vector)).judge(&vector["event"]);
    let mut moved = vector.clone();
    let attributes = moved["declared"]["attributes"].as_object_mut().expect("attributes");
    attributes.extend(after.as_object().expect("a state").clone());
    let again = Desk::new(declarations(&moved)).judge_settled(&vector["event"]);
    let settled = settled(&before, &again, CodeWrite::None);
    if vector["expected"]["verdict"] == "no-drift" {
        expect(before.outcomes[0].verdict == Verdict::Held, format!("{:?} is not held", before.outcomes[0].verdict))?;
        return expect(settled == Settlement::Closed(Status::Applied), format!("{settled:?}"));
    }
    drift(vector, &before.outcomes[0].finding.iter().cloned().collect::<Vec<_>>())?;
    let status = vector["expected"]["drifts"][0]["status"].as_str().expect("a status");
    expect(
        matches!(&settled, Settlement::Closed(closed) if format!("{closed:?}").to_lowercase() == status),
        format!("{settled:?}"),
    )
}

/// The vector's declarations, written into a file of their tool and read from it.
fn declarations(vector: &Value) -> Vec<Declaration> {
    let declared = &vector["declared"];
    let file = match declared["format"].as_str().expect("a format") {
        "cfn" => stack(declared),
        "pulumi" => deployment(declared),
        _ => return terraform_declarations(vector),
    };
    driftwire_declared::read(&serde_json::to_vec(&file).expect("a value"), "file", &key())
        .expect("a state")
        .declarations
}

/// A stack file with one resource.
fn stack(declared: &Value) -> Value {
    let text = |name: &str| declared[name].as_str().unwrap_or_default();
    let id = format!("arn:aws:cloudformation:{}:{}:stack/{}/1", text("region"), text("account"), text("stack"));
    let parameters = declared["stack_parameters"].as_object().cloned().unwrap_or_default();
    let types: serde_json::Map<String, Value> =
        parameters.keys().map(|name| (name.clone(), json!({"Type": "String"}))).collect();
    let given: Vec<Value> =
        parameters.iter().map(|(name, value)| json!({"ParameterKey": name, "ParameterValue": value})).collect();
    let properties = declared.get("attributes_template").unwrap_or(&declared["attributes"]);
    json!({
        "Stack": {
            "StackName": text("stack"), "StackId": id, "CreationTime": "2026-01-02T03:04:05Z", "Parameters": given,
            "StackStatus": declared["stack_status"].as_str().unwrap_or("UPDATE_COMPLETE"),
        },
        "TemplateBody": {"Parameters": types, "Resources": {text("logical_id"): {"Type": text("type"), "Properties": properties}}},
        "StackResources": [{
            "StackId": id, "LogicalResourceId": text("logical_id"), "PhysicalResourceId": text("physical_id"),
            "ResourceType": text("type"), "ResourceStatus": "UPDATE_COMPLETE", "Timestamp": "2026-01-02T03:04:05Z",
        }],
    })
}

/// An export with one resource and its provider.
fn deployment(declared: &Value) -> Value {
    let provider = "urn:pulumi:prod::app::pulumi:providers:aws::main";
    let arn =
        format!("arn:aws:made:{}:{}:up", declared["region"].as_str().unwrap(), declared["account"].as_str().unwrap());
    json!({"version": 3, "deployment": {"manifest": {"time": "2026-01-02T03:04:05Z", "magic": "", "version": ""}, "resources": [
        {"urn": "urn:pulumi:prod::app::pulumi:pulumi:Stack::app-prod", "custom": false, "type": "pulumi:pulumi:Stack"},
        {"urn": provider, "custom": true, "id": "p-1", "type": "pulumi:providers:aws", "inputs": {"region": declared["region"], "allowedAccountIds": format!("[\"{}\"]", declared["account"].as_str().unwrap())}},
        {"urn": declared["urn"], "custom": true, "id": declared["id"], "type": declared["type"], "inputs": declared["attributes"],
         "outputs": {"id": declared["id"], "ownArn": arn}, "provider": format!("{provider}::p-1"), "ignoreChanges": declared.get("ignoreChanges").cloned().unwrap_or(json!([]))},
    ]}})
}

/// The vector's declarations, written into a state file and read from it.
fn terraform_declarations(vector: &Value) -> Vec<Declaration> {
    let siblings = vector["siblings"].as_array().cloned().unwrap_or_default();
    let blocks: Vec<&Value> = std::iter::once(&vector["declared"]).chain(&siblings).collect();
    let resources: Vec<Value> = blocks
        .iter()
        .map(|block| {
            let address = block["address"].as_str().expect("an address");
            let (module, rest) = match address.strip_prefix("module.") {
                Some(rest) => rest.split_once(".aws_").map(|(module, rest)| (Some(format!("module.{module}")), format!("aws_{rest}"))).expect("a type"),
                None => (None, address.to_owned()),
            };
            let (kind, name) = rest.split_once('.').expect("type and name");
            let name = name.split('[').next().expect("a name");
            let mut instance = json!({"schema_version": 0, "attributes": block["attributes"], "sensitive_attributes": block.get("sensitive_attributes").cloned().unwrap_or(json!([]))});
            for key in ["index_key", "deposed"] {
                if let Some(value) = block.get(key) {
                    instance[key] = value.clone();
                }
            }
            if let Some(number) = rest.strip_suffix(']').and_then(|it| it.rsplit_once('[')).and_then(|it| it.1.parse::<u64>().ok()) {
                instance["index_key"] = json!(number);
            }
            let mut resource = json!({"mode": "managed", "type": kind, "name": name, "provider": block["provider"], "instances": [instance]});
            if let Some(module) = module {
                resource["module"] = json!(module);
            }
            resource
        })
        .collect();
    let state = json!({"version": 4, "terraform_version": "1.11.4", "serial": 41, "lineage": "l", "outputs": {}, "resources": resources});
    let read = driftwire_declared::read(&serde_json::to_vec(&state).expect("a value"), "terraform.tfstate", &key())
        .expect("a state");
    let mut declarations = read.declarations;
    let ignored = vector["context"]["ignore_changes"].as_object();
    for declaration in &mut declarations {
        let block =
            blocks.iter().find(|block| block["address"] == declaration.address.as_str()).expect("the same addresses");
        declaration.account = block["account"].as_str().map(str::to_owned);
        declaration.region = block["region"].as_str().map(str::to_owned);
        let entries = ignored.and_then(|it| it.get(&declaration.address)).and_then(Value::as_array);
        declaration.ignored = entries.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        assert_eq!(declaration.standing == Standing::Deposed, block.get("deposed").is_some());
    }
    declarations
}

fn check(vector: &Value) -> Result<(), String> {
    let desk = Desk::new(declarations(vector));
    let events = vector["events"].as_array().cloned().unwrap_or_else(|| vec![vector["event"].clone()]);
    let mut replay = Replay::default();
    let mut judged = Vec::new();
    // Delivered twice, as the queue may: ONCE.
    for event in &events {
        judged.push(replay.take(desk.judge(event)));
        replay.take(desk.judge(event));
    }
    if let Some(live) = vector.get("live_after") {
        return read_back(&desk, live);
    }
    let open: Vec<Finding> =
        replay.findings().filter(|it| it.status == Status::Open && it.superseded_by.is_none()).collect();
    let outcomes: Vec<_> = judged.iter().flat_map(|it| &it.outcomes).map(|it| (it.verdict, it.reason)).collect();
    match vector["expected"]["verdict"].as_str().expect("a verdict") {
        "drift" => drift(vector, &open).map_err(|miss| format!("{miss}; outcomes {outcomes:?}")),
        "unknown" => {
            expect(outcomes.iter().all(|it| it.0 == Verdict::Undecided), format!("not undecided: {outcomes:?}"))
        }
        _ => quiet(vector, &judged, &open).map_err(|miss| format!("{miss}; outcomes {outcomes:?}")),
    }
}

fn expect(holds: bool, otherwise: String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// A value that the record hides, read from AWS afterwards.
fn read_back(desk: &Desk, live: &Value) -> Result<(), String> {
    let property = driftwire_catalog::call("ec2", "ModifyInstanceAttribute")
        .and_then(|call| call.targets.iter().flat_map(|it| it.properties).find(|it| it.member == "userData"));
    let equality = property.and_then(|it| it.equality).ok_or("no equality for userData")?;
    let declared =
        desk.index.declarations().first().and_then(|it| it.attributes.get("user_data")).ok_or("no user_data")?;
    let compared =
        driftwire_drift::compare::compare(declared, &live["userData"]["value"], equality.parse().unwrap_or_default());
    expect(matches!(compared, driftwire_drift::compare::Comparison::Equal(_)), format!("{compared:?}"))
}

fn drift(vector: &Value, open: &[Finding]) -> Result<(), String> {
    let changes: Vec<_> =
        open.iter().flat_map(|finding| finding.changes.iter().map(move |change| (finding, change))).collect();
    let wanted = vector["expected"]["drifts"].as_array().expect("a list");
    for drift in wanted {
        let path = drift["path"].as_str().expect("a path");
        let found = changes.iter().find(|(_, change)| change.attribute == path);
        let Some((_, change)) = found else {
            return Err(format!(
                "no change of `{path}` among {:?}",
                changes.iter().map(|it| &it.1.attribute).collect::<Vec<_>>()
            ));
        };
        let op = drift["op"].as_str().expect("an op");
        expect(
            (op == "pending" || op == "pending_deletion") == change.pending,
            format!("pending is {}", change.pending),
        )?;
        for (name, wanted, got) in
            [("declared", &drift["declared"], &change.declared), ("actual", &drift["actual"], &change.actual)]
        {
            let got = got.clone().unwrap_or_default();
            expect(same(wanted, &got), format!("{name} of `{path}` is {got}, not {wanted}"))?;
        }
    }
    for not in vector["context"]["must_not_report"].as_array().into_iter().flatten() {
        expect(
            !changes.iter().any(|(_, it)| it.attribute == not.as_str().unwrap_or_default()),
            format!("reports {not}"),
        )?;
    }
    expect(changes.len() == wanted.len(), format!("{} changes instead of {}", changes.len(), wanted.len()))?;
    let severity = vector["expected"]["severity"].as_str().unwrap_or_default();
    let got = open.iter().map(|it| it.severity).max().map(|it| format!("{it:?}").to_lowercase()).unwrap_or_default();
    expect(severity == got, format!("severity {got}, not {severity}"))
}

/// The vectors spell a security-group rule with its direction and the family of its range; findings as the format does.
fn same(wanted: &Value, got: &Value) -> bool {
    let Some(members) = wanted.as_object().filter(|it| it.contains_key("direction")) else { return wanted == got };
    members.iter().filter(|(name, _)| *name != "direction").all(|(name, value)| {
        let name = if name.starts_with("cidr_") { "cidr" } else { name };
        got.get(name) == Some(value)
    })
}

fn quiet(vector: &Value, judged: &[Judged], open: &[Finding]) -> Result<(), String> {
    let outcomes: Vec<_> = judged.iter().flat_map(|it| &it.outcomes).collect();
    let loud: Vec<_> = open
        .iter()
        .filter(|it| it.kind != driftwire_drift::verdict::FindingKind::Undeclared)
        .map(|it| &it.id)
        .collect();
    expect(loud.is_empty(), format!("rings: {loud:?}"))?;
    let last = outcomes.last().ok_or("no outcome")?;
    let reason = vector["expected"]["reason"].as_str().expect("a reason");
    let fits = match reason {
        "equal" => last.verdict == Verdict::InSync,
        "declared_by_sibling" => last.reason == Reason::DeclaredBySibling,
        "unmanaged" => last.verdict == Verdict::Unmanaged,
        "undeclared_property" => last.reason == Reason::UndeclaredProperty,
        "aws_system_tag" => last.reason == Reason::SystemTag,
        "ignore_changes" => last.reason == Reason::IgnoreChanges,
        "iac_actor_defer" => last.verdict == Verdict::Held,
        "autoscaler_band" => last.reason == Reason::AutoscalerBand,
        "reverted" => last.verdict == Verdict::InSync,
        "failed_call" => last.reason == Reason::FailedCall,
        "deposed" => last.reason == Reason::Deposed,
        "immutable_new_revision" => last.reason == Reason::NewRevision,
        other => return Err(format!("unknown reason {other}")),
    };
    let facets: Vec<_> = last
        .facets
        .iter()
        .filter(|it| !matches!(it.result, FacetResult::Same(_)))
        .map(|it| &it.change.attribute)
        .collect();
    expect(fits, format!("{:?} is not {reason}; {facets:?}", last.reason))
}
