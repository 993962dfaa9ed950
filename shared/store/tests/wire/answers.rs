//! What goes over the wire to DynamoDB, and what its answers mean. Needs no DynamoDB.
#![expect(clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;

use driftwire_drift::Named;
use driftwire_store::{
    Drift as _, DynamoDb, Filter, History as _, Mark, PageRequest, RecordWrite, Recorded, ResourceWrite, StoreError,
    Stored, Written, record,
};
use serde_json::{Value, json};

use super::{Request, Server, Wire};
use crate::{run, suite};

fn store(server: &Server) -> DynamoDb {
    DynamoDb::new(Wire::default().client(&server.endpoint), "drift")
}

fn nothing_there(request: &Request) -> (u16, Value) {
    match request.operation.as_str() {
        "BatchGetItem" => (200, json!({"Responses": {"drift": []}, "UnprocessedKeys": {}})),
        _ => (200, json!({})),
    }
}

fn refusal(code: &str) -> (u16, Value) {
    (400, json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "it says why"}))
}

/// A transaction that was not made, for one reason, at the item that writes the resource.
fn canceled(request: &Request, code: &str) -> (u16, Value) {
    let reason = |item: &Value| {
        let key = &item["Put"]["Item"];
        let is_head = key["pk"]["S"].as_str().is_some_and(|it| it.starts_with("R#")) && key["sk"]["S"] == "@";
        if is_head { json!({"Code": code, "Message": "no"}) } else { json!({"Code": "None"}) }
    };
    let reasons: Vec<Value> = request.body["TransactItems"].as_array().unwrap().iter().map(reason).collect();
    let (status, mut body) = refusal("TransactionCanceledException");
    body["CancellationReasons"] = reasons.into();
    (status, body)
}

fn named(id: usize) -> Named {
    Named {
        kind: "AWS::Logs::LogGroup".to_owned(),
        id: id.to_string(),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
    }
}

/// A write that touches some resources, and nothing else.
fn touching(resources: usize) -> RecordWrite {
    let time = "2026-11-20T10:00:00Z".parse().unwrap();
    let resource = |id| ResourceWrite {
        resource: named(id),
        stored: Stored { version: 1, ..Stored::default() },
        found: Vec::new(),
        standings: Vec::new(),
        entries: Vec::new(),
        keep: Vec::new(),
        forget: Vec::new(),
    };
    RecordWrite {
        mark: Mark {
            identity: "one".to_owned(),
            event_id: "one".to_owned(),
            event_time: time,
            recorded_at: time,
            outcomes: Vec::new(),
        },
        resources: (0..resources).map(resource).collect(),
    }
}

#[test]
fn a_new_finding_is_one_read_and_one_write_and_a_repeat_is_one_read() {
    let mut head: Option<Value> = None;
    let server = Server::new(move |request| {
        if let Some(items) = request.body["TransactItems"].as_array() {
            let put = |item: &Value| item["Put"]["Item"].clone();
            head = items
                .iter()
                .map(put)
                .find(|it| it["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("R#")) && it["sk"]["S"] == "@");
            return (200, json!({}));
        }
        (200, json!({"Responses": {"drift": head.iter().collect::<Vec<_>>()}, "UnprocessedKeys": {}}))
    });
    let one = suite::judged(&suite::morning()).remove(0);
    run(async {
        assert_eq!(record(&store(&server), &one, None).await.unwrap(), Recorded::Changed);
        assert_eq!(server.operations(), ["BatchGetItem", "TransactWriteItems"]);
        assert_eq!(record(&store(&server), &one, None).await.unwrap(), Recorded::Nothing);
        assert_eq!(server.operations(), ["BatchGetItem"]);
    });
}

#[test]
fn what_was_refused_for_a_while_is_asked_again() {
    let mut count = 0;
    let server = Server::new(move |request| {
        count += 1;
        if count % 2 == 1 { refusal("ThrottlingException") } else { nothing_there(request) }
    });
    let one = suite::judged(&suite::morning()).remove(0);
    run(async { assert_eq!(record(&store(&server), &one, None).await.unwrap(), Recorded::Changed) });
    assert_eq!(server.operations(), ["BatchGetItem", "BatchGetItem", "TransactWriteItems", "TransactWriteItems"]);
}

#[test]
fn a_write_that_meets_another_is_told() {
    let server = Server::new(|request| canceled(request, "ConditionalCheckFailed"));
    run(async { assert_eq!(store(&server).write(&touching(2)).await.unwrap(), Written::Moved) });
    assert_eq!(server.operations(), ["TransactWriteItems"]);
}

#[test]
fn a_write_that_others_block_is_made_again_as_the_same_write() {
    let mut count = 0;
    let server = Server::new(move |request| {
        count += 1;
        if count <= 2 { canceled(request, "TransactionConflict") } else { (200, json!({})) }
    });
    run(async { assert_eq!(store(&server).write(&touching(2)).await.unwrap(), Written::Done) });
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let tokens: BTreeSet<&str> = requests.iter().map(|it| it.body["ClientRequestToken"].as_str().unwrap()).collect();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
}

#[test]
fn another_write_has_another_token() {
    let server = Server::new(nothing_there);
    let mut later = touching(1);
    later.resources[0].stored.version = 2;
    run(async {
        for write in [touching(1), touching(1), later] {
            store(&server).write(&write).await.unwrap();
        }
    });
    let tokens: Vec<Value> = server.requests().iter().map(|it| it.body["ClientRequestToken"].clone()).collect();
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
}

#[test]
fn keys_that_were_not_answered_are_asked_again() {
    let mut is_first = true;
    let server = Server::new(move |request| {
        let (status, mut body) = nothing_there(request);
        if std::mem::take(&mut is_first) {
            let key = request.body["RequestItems"]["drift"]["Keys"][0].clone();
            body["UnprocessedKeys"] = json!({"drift": {"Keys": [key], "ConsistentRead": true}});
        }
        (status, body)
    });
    run(async { assert_eq!(store(&server).load(&[named(1), named(2)]).await.unwrap(), [None, None]) });
    let requests = server.requests();
    let keys = |at: usize| requests[at].body["RequestItems"]["drift"]["Keys"].as_array().unwrap().len();
    assert_eq!((requests.len(), keys(0), keys(1)), (2, 2, 1));
}

#[test]
fn no_request_asks_for_more_than_it_may() {
    let server = Server::new(nothing_there);
    let resources: Vec<Named> = (0..250).map(named).collect();
    run(async { store(&server).load(&resources).await.unwrap() });
    let requests = server.requests();
    let counts: Vec<usize> =
        requests.iter().map(|it| it.body["RequestItems"]["drift"]["Keys"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [100, 100, 50]);
}

#[test]
fn a_record_that_touches_many_resources_is_divided_between_them() {
    let server = Server::new(nothing_there);
    run(async { assert_eq!(store(&server).write(&touching(120)).await.unwrap(), Written::Done) });
    let requests = server.requests();
    let items = |request: &Request| request.body["TransactItems"].as_array().unwrap().len();
    assert_eq!(requests.iter().map(items).collect::<Vec<_>>(), [100, 22]);
    assert_ne!(requests[0].body["ClientRequestToken"], requests[1].body["ClientRequestToken"]);
}

fn error_for(code: &'static str) -> StoreError {
    let server = Server::new(move |_| refusal(code));
    run(async { store(&server).load(&[named(1)]).await.unwrap_err() })
}

#[test]
fn what_may_pass_is_transient() {
    for code in ["ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"] {
        assert!(matches!(error_for(code), StoreError::Transient { .. }), "{code}");
    }
    let nobody = DynamoDb::new(Wire::default().client("http://127.0.0.1:1"), "drift");
    let error = run(async { nobody.load(&[named(1)]).await.unwrap_err() });
    assert!(matches!(error, StoreError::Transient { .. }), "{error}");
}

#[test]
fn what_will_not_pass_says_what_to_do() {
    insta::assert_snapshot!(error_for("ResourceNotFoundException"), @"table `drift`: reading: ResourceNotFoundException: it says why; check the name, the account and the region; `driftwire` does not create tables, a deployment does");
    insta::assert_snapshot!(error_for("AccessDeniedException"), @"table `drift`: reading: AccessDeniedException: it says why; allow this role to read and write the table and its indexes");
    insta::assert_snapshot!(error_for("ValidationException"), @"table `drift`: reading: ValidationException: it says why; the table's keys or indexes may be another version's; deploy this one");
}

#[test]
fn a_page_of_another_store_is_refused() {
    let server = Server::new(nothing_there);
    let page = PageRequest { after: Some("2026".to_owned()), ..PageRequest::default() };
    let error = run(async { store(&server).findings(&Filter::default(), &page).await.unwrap_err() });
    assert!(matches!(error, StoreError::Permanent { .. }), "{error}");
    assert!(server.operations().is_empty());
}
