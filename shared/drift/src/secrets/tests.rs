//! What is kept of a record holds no secret, and is judged as the record was.

use std::sync::LazyLock;

use driftwire_cloudtrail::for_each_record;
use driftwire_declared::{Declaration, Tool};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Context, FacetResult, Index, Judged, Rules, Waiting, judge};

fn redactor() -> Redactor {
    Redactor::new(b"a key for tests")
}

/// A resource of `us-east-1`, read as states are: secrets are hashes.
fn declared(kind: &str, attributes: &Value) -> Declaration {
    let mut attributes = attributes.clone();
    redactor().redact_value(&mut attributes);
    Declaration {
        account: Some("111122223333".to_owned()),
        region: Some("us-east-1".to_owned()),
        attributes: attributes.as_object().unwrap().clone(),
        ..Declaration::new(Tool::Terraform, kind, format!("{kind}.main"))
    }
}

fn call(service: &str, name: &str, parameters: &Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventID": "00000000-0000-4000-8000-000000000001", "eventTime": "2026-11-20T10:05:00Z",
        "eventType": "AwsApiCall", "eventSource": format!("{service}.amazonaws.com"), "eventName": name,
        "awsRegion": "us-east-1", "readOnly": false, "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": "alice", "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/alice"},
        "requestParameters": parameters, "responseElements": null,
    })
}

/// Judges a text, noting secrets. Returns what is kept of it, too.
fn judged(text: &str, declarations: &[Declaration]) -> (Judged, String) {
    static RULES: LazyLock<Rules> = LazyLock::new(Rules::shipped);
    let (index, redactor, secrets) = (Index::new(declarations.to_vec()), redactor(), Secrets::default());
    let context =
        Context { secrets: Some(&secrets), waiting: Waiting::Over, ..Context::new(&index, &RULES, &redactor) };
    let mut found = None;
    for_each_record(text.as_bytes(), &mut |record| {
        let record = record.unwrap();
        found = Some((judge(record.clone(), context), secrets.keep(&record, &redactor)));
    });
    found.unwrap()
}

/// What a record comes to, as far as a store goes on with it.
fn come_to(judged: &Judged) -> Vec<String> {
    let finding = |it: &crate::Outcome| it.finding.as_ref().map(|it| (it.id.clone(), it.kind, it.severity));
    let one = |it: &crate::Outcome| {
        let facets: BTreeSet<_> = it.facets.iter().map(|facet| (facet.register.clone(), facet.result)).collect();
        format!("{:?} {:?} {:?} {:?} {facets:?} {:?}", it.verdict, it.reason, it.resource, it.address, finding(it))
    };
    judged.outcomes.iter().map(one).chain([format!("{:?} {}", judged.moment, judged.identity)]).collect()
}

/// Checks a record against what is declared; the secrets are in it, and must not be in what is kept.
fn check(record: &Value, declarations: &[Declaration], secrets: &[&str]) -> Judged {
    let text = record.to_string();
    let (first, kept) = judged(&text, declarations);
    for secret in secrets {
        assert!(!kept.contains(secret), "{secret} is in {kept}");
        let shown = format!("{:?}", first.outcomes);
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    let (again, _) = judged(&kept, declarations);
    // A hash tells more where a value alone could not be told: it may be known now, and nothing else may change.
    let is_told = |judged: &Judged| {
        judged.outcomes.iter().flat_map(|it| &it.facets).all(|it| !matches!(it.result, FacetResult::Unknown(_)))
    };
    if is_told(&first) {
        assert_eq!(come_to(&again), come_to(&first), "{kept}");
    } else {
        let registers = |judged: &Judged| -> Vec<String> {
            judged.outcomes.iter().flat_map(|it| &it.facets).map(|it| it.register.to_string()).collect()
        };
        assert_eq!((registers(&again), &again.moment), (registers(&first), &first.moment), "{kept}");
    }
    first
}

fn database(password: &Value) -> Declaration {
    declared(
        "aws_db_instance",
        &json!({"id": "main", "identifier": "main", "password": password, "db_name": "app", "backup_retention_period": 7}),
    )
}

#[test]
fn a_parameter_whose_name_gives_it_away_is_not_kept() {
    let secret = "correct-horse-battery";
    for declared in [json!(secret), json!("another"), json!(null), json!("")] {
        for days in [7, 30] {
            let parameters =
                json!({"dBInstanceIdentifier": "main", "masterUserPassword": secret, "backupRetentionPeriod": days});
            check(&call("rds", "ModifyDBInstance", &parameters), &[database(&declared)], &[secret]);
        }
    }
}

#[test]
fn a_value_that_the_state_calls_sensitive_is_not_kept() {
    let secret = "swordfish-in-the-sea";
    for (sensitive, same) in [(json!(secret), true), (json!("another"), false)] {
        let mut group =
            declared("aws_cloudwatch_log_group", &json!({"id": "api", "name": "api", "retention_in_days": 7}));
        group.attributes.insert("kms_key_id".to_owned(), redactor().redacted(&sensitive));
        let mut record = call("logs", "AssociateKmsKey", &json!({"logGroupName": "api", "kmsKeyId": secret}));
        record["additionalEventData"] = json!({"note": format!("uses {secret}")});
        let judged = check(&record, &[group], &[secret]);
        assert_eq!(judged.outcomes[0].finding.is_none(), same);
    }
}

#[test]
fn a_value_beside_a_secret_is_compared_as_before() {
    let function = |color: &str, password: &str| {
        let variables = json!({"DB_PASSWORD": password, "COLOR": color});
        declared(
            "aws_lambda_function",
            &json!({"id": "api", "function_name": "api", "environment": [{"variables": variables}]}),
        )
    };
    let parameters =
        json!({"functionName": "api", "environment": {"variables": {"DB_PASSWORD": "correct-horse", "COLOR": "blue"}}});
    let record = call("lambda", "UpdateFunctionConfiguration20150331v2", &parameters);
    for declared in [function("blue", "correct-horse"), function("red", "correct-horse"), function("red", "another")] {
        check(&record, &[declared], &["correct-horse"]);
    }
}

#[test]
fn a_tag_that_the_state_calls_sensitive_is_not_kept() {
    let secret = "swordfish-in-the-sea";
    for declared_secret in [secret, "another"] {
        let mut group = declared("aws_cloudwatch_log_group", &json!({"id": "api", "name": "api"}));
        let tags = json!({"motto": redactor().redacted(&json!(declared_secret)), "team": "a"});
        group.attributes.insert("tags".to_owned(), tags.clone());
        group.attributes.insert("tags_all".to_owned(), tags);
        let parameters = json!({"logGroupName": "api", "tags": {"motto": secret, "team": "b"}});
        check(&call("logs", "TagLogGroup", &parameters), &[group], &[secret]);
    }
}

#[test]
fn a_record_without_an_id_of_its_own_stays_the_same_record() {
    let group = declared("aws_cloudwatch_log_group", &json!({"id": "api", "name": "api", "retention_in_days": 90}));
    let mut record = call("logs", "PutRetentionPolicy", &json!({"logGroupName": "api", "retentionInDays": 7}));
    for (id, shared) in [(json!("1"), None), (json!("1"), Some(json!("2"))), (Value::Null, None)] {
        record["eventID"] = id;
        if let Some(shared) = shared {
            record["sharedEventID"] = shared;
        }
        let judged = check(&record, std::slice::from_ref(&group), &[]);
        assert!(judged.outcomes[0].finding.is_some());
    }
}

#[test]
fn an_access_key_is_not_kept() {
    let record = call("logs", "PutRetentionPolicy", &json!({"logGroupName": "api", "retentionInDays": 7}));
    check(&record, &[], &["AKIAIOSFODNN7EXAMPLE"]);
}

#[test]
fn secrets_are_not_shown() {
    let secrets = Secrets::default();
    secrets.note(&json!("hunter2hunter2"));
    assert_eq!(format!("{secrets:?}"), "Secrets");
}

/// Where a value may stand, in a call and in the state that declares it.
fn placed(place: usize, secret: &str, known: &str) -> (Value, Declaration) {
    let group = |attributes: Value| {
        let mut all = json!({"id": "api", "name": "api", "retention_in_days": 7});
        all.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
        declared("aws_cloudwatch_log_group", &all)
    };
    let hash = |text: &str| redactor().redacted(&json!(text));
    match place {
        0 => {
            let mut it = group(json!({}));
            it.attributes.insert("kms_key_id".to_owned(), hash(known));
            (call("logs", "AssociateKmsKey", &json!({"logGroupName": "api", "kmsKeyId": secret})), it)
        }
        1 => {
            let mut it = group(json!({}));
            it.attributes.insert("tags".to_owned(), json!({"motto": hash(known)}));
            it.attributes.insert("tags_all".to_owned(), json!({"motto": hash(known)}));
            (call("logs", "TagLogGroup", &json!({"logGroupName": "api", "tags": {"motto": secret}})), it)
        }
        2 => {
            let parameters =
                json!({"dBInstanceIdentifier": "main", "masterUserPassword": secret, "backupRetentionPeriod": 3});
            (call("rds", "ModifyDBInstance", &parameters), database(&json!(known)))
        }
        3 => {
            let variables = json!({"DB_PASSWORD": known, "COLOR": "blue"});
            let it = json!({"id": "api", "function_name": "api", "environment": [{"variables": variables}], "memory_size": 128});
            let parameters = json!({"functionName": "api", "memorySize": 256, "environment": {"variables": {"DB_PASSWORD": secret, "COLOR": "red"}}});
            (call("lambda", "UpdateFunctionConfiguration20150331v2", &parameters), declared("aws_lambda_function", &it))
        }
        _ => {
            let document = |secret: &str| {
                json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"password": secret}, "End": true}}}).to_string()
            };
            let arn = "arn:aws:states:us-east-1:111122223333:stateMachine:m";
            let it = json!({"id": arn, "arn": arn, "name": "m", "definition": document(known)});
            let parameters = json!({"stateMachineArn": arn, "definition": document(secret)});
            (call("states", "UpdateStateMachine", &parameters), declared("aws_sfn_state_machine", &it))
        }
    }
}

proptest! {
    /// NO-SECRET-OUT, wherever the secret stands, and PURE-CORE: what is kept comes to the same.
    #[test]
    fn what_is_kept_holds_no_secret_and_comes_to_the_same(
        place in 0_usize..5, secret in "Zq[a-zA-Z0-9+/=.:#@!-]{8,40}", same in any::<bool>(), other in "Zq[a-z]{8,20}",
    ) {
        let known = if same { secret.clone() } else { other };
        let (record, declaration) = placed(place, &secret, &known);
        check(&record, &[declaration], &[&secret]);
    }
}
