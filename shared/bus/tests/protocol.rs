//! What goes over the wire to EventBridge, and what its answers mean.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use driftwire_bus::{Bus as _, BusError, EventBridge, Published};
use driftwire_report::v1::Finding;
use serde_json::{Value, json};
use tokio::time::Instant;

fn finding(id: &str) -> Finding {
    serde_json::from_value(json!({
        "schema": "driftwire.finding/v1", "id": id, "kind": "modified", "status": "open", "evidence": "observed",
        "severity": "high", "rule": "logs", "title": "alice changed a log group",
        "resource": {
            "type": "AWS::Logs::LogGroup", "id": "api", "arn": "arn:aws:logs:eu-west-1:111122223333:log-group:api",
            "account": "111122223333", "region": "eu-west-1", "declarations": [],
        },
        "changes": [], "who": {"kind": "person", "name": "alice@example.com", "via": "console"},
        "when": {"event_time": "2026-11-20T10:05:00Z"},
        "call": {"event_id": "e", "source": "logs.amazonaws.com", "name": "Put", "record_region": "eu-west-1"},
    }))
    .unwrap()
}

fn large(id: &str, bytes: usize) -> Finding {
    Finding { title: "x".repeat(bytes), ..finding(id) }
}

/// What the bus says of each entry: a code, or that it was taken.
fn answers(codes: &[&str]) -> (u16, Value) {
    let one = |code: &&str| match *code {
        "" => json!({"EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860"}),
        code => json!({"ErrorCode": code, "ErrorMessage": "it says why"}),
    };
    let failed = codes.iter().filter(|code| !code.is_empty()).count();
    (200, json!({"FailedEntryCount": failed, "Entries": codes.iter().map(one).collect::<Vec<_>>()}))
}

fn refusal(code: &str) -> (u16, Value) {
    (400, json!({"__type": code, "message": "it says why"}))
}

/// Answers requests one after the other, and keeps what was sent.
#[derive(Debug, Clone)]
struct Wire {
    answers: Arc<Vec<(u16, Value)>>,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut sent = self.sent.lock().unwrap();
        sent.push(request.body().bytes().unwrap().to_vec());
        let answer = self.answers.get(sent.len() - 1).map(|(status, body)| {
            HttpResponse::new(StatusCode::try_from(*status).unwrap(), SdkBody::from(body.to_string()))
        });
        HttpConnectorFuture::ready(answer.ok_or_else(|| ConnectorError::other("no more answers".into(), None)))
    }
}

/// Publishes, and gives what was sent: the ids of each request.
fn publish(findings: &[Finding], answers: &[(u16, Value)]) -> (Result<Published, BusError>, Vec<Vec<String>>) {
    let wire = Wire { answers: Arc::new(answers.to_vec()), sent: Arc::default() };
    let client = {
        let wire = wire.clone();
        http_client_fn(move |_: &HttpConnectorSettings, _: &_| SharedHttpConnector::new(wire.clone()))
    };
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(client)
        .retry_config(RetryConfig::disabled())
        .build();
    let bus = EventBridge::with(Client::from_conf(config), "driftwire");
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let published = runtime.block_on(async { bus.publish(findings, Instant::now() + Duration::from_secs(60)).await });
    let ids = |body: &[u8]| -> Vec<String> {
        let body: Value = serde_json::from_slice(body).unwrap();
        body["Entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                assert_eq!((&entry["Source"], &entry["DetailType"]), (&json!("driftwire"), &json!("Drift Finding")));
                assert_eq!(entry["EventBusName"], "driftwire");
                let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
                assert_eq!(entry["Resources"][0], detail["resource"]["arn"]);
                detail["id"].as_str().unwrap().to_owned()
            })
            .collect()
    };
    let sent = wire.sent.lock().unwrap().iter().map(|body| ids(body)).collect();
    (published, sent)
}

#[test]
fn each_entrys_own_result_is_looked_at() {
    let findings = [finding("a"), finding("b"), finding("c")];
    let wire = [answers(&["", "ThrottlingException", ""]), answers(&[""])];
    let (published, sent) = publish(&findings, &wire);
    assert_eq!(published, Ok(Published { resent: 1, elided: 0 }));
    assert_eq!(sent, [vec!["a", "b", "c"], vec!["b"]]);
}

#[test]
fn what_fails_again_and_again_is_named() {
    let findings = [finding("a"), finding("b"), finding("c")];
    let wire = [
        answers(&["", "InternalFailure", ""]),
        answers(&["InternalFailure"]),
        answers(&["InternalFailure"]),
        answers(&["InternalFailure"]),
        answers(&["InternalFailure"]),
    ];
    let (published, sent) = publish(&findings, &wire);
    let error = published.unwrap_err();
    assert_eq!((error.first, error.is_transient, sent.len()), (1, true, 5));
    assert_eq!(error.to_string(), "bus `driftwire`: finding 1 of the batch: InternalFailure: it says why");
}

#[test]
fn what_is_refused_for_good_is_not_sent_again() {
    let (published, sent) = publish(&[finding("a"), finding("b")], &[answers(&["MalformedDetail", ""])]);
    let error = published.unwrap_err();
    assert_eq!((error.first, error.is_transient, sent.len()), (0, false, 1));
    let (published, sent) = publish(&[finding("a")], &[refusal("ResourceNotFoundException")]);
    assert_eq!((published.unwrap_err().is_transient, sent.len()), (false, 1));
}

#[test]
fn a_request_that_fails_is_made_again() {
    let (published, sent) = publish(&[finding("a")], &[refusal("ThrottlingException"), answers(&[""])]);
    assert_eq!((published, sent.len()), (Ok(Published { resent: 1, elided: 0 }), 2));
}

#[test]
fn an_entry_without_a_result_was_not_taken() {
    let (published, sent) = publish(&[finding("a"), finding("b")], &[answers(&[""]), answers(&[""])]);
    assert!(published.is_ok());
    assert_eq!(sent, [vec!["a", "b"], vec!["b"]]);
}

#[test]
fn no_request_holds_more_than_it_may() {
    let findings: Vec<Finding> = (0..23).map(|id| finding(&id.to_string())).collect();
    let wire = [answers(&[""; 10]), answers(&[""; 10]), answers(&[""; 3])];
    let (published, sent) = publish(&findings, &wire);
    assert!(published.is_ok());
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 3]);

    let findings: Vec<Finding> = ["a", "b", "c"].iter().map(|id| large(id, 100_000)).collect();
    let (published, sent) = publish(&findings, &[answers(&["", ""]), answers(&[""])]);
    assert!(published.is_ok());
    assert_eq!(sent, [vec!["a", "b"], vec!["c"]]);
}

#[test]
fn two_events_of_one_finding_never_overtake_each_other() {
    let findings = [finding("a"), finding("b"), finding("a"), finding("c")];
    let wire = [answers(&["ThrottlingException", ""]), answers(&[""]), answers(&["", ""])];
    let (published, sent) = publish(&findings, &wire);
    assert!(published.is_ok());
    assert_eq!(sent, [vec!["a", "b"], vec!["a"], vec!["a", "c"]]);

    let wire = vec![answers(&["InternalFailure", ""]); 1].into_iter().chain(vec![answers(&["InternalFailure"]); 4]);
    let (published, sent) = publish(&findings, &wire.collect::<Vec<_>>());
    assert_eq!(published.unwrap_err().first, 0);
    assert!(sent.iter().all(|ids| ids.iter().filter(|id| *id == "a").count() <= 1 && !ids.contains(&"c".to_owned())));
}
