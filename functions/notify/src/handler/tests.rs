//! Whole batches against a server on this machine that answers, refuses, asks to wait, or never answers.

mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use driftwire_report::v1::{Finding, Severity};
use driftwire_runtime::http::Http;
use driftwire_runtime::quarantine::Memory as Queues;
use driftwire_runtime::secrets::Memory as Known;
use driftwire_runtime::{Batch, Function as _, Invocation, Secret};
use driftwire_store::{Memory, StoreError, Told};
use serde_json::{Value, json};

use super::*;
use crate::notice::tests::{event, notice, opened};
use crate::sink::sns::Message as Published;
use crate::sink::{GitHub, Refusal, Slack, Target, Topic, Webhook};
use server::{Asked, Server};

/// What was told, in memory, and whether anything is open, as a test says.
#[derive(Default)]
struct Store {
    memory: Memory,
    /// The resources on which nothing is open any more.
    closed: Mutex<BTreeSet<String>>,
    /// Forgets to keep what was told: a crash after sending.
    is_crashing: Mutex<bool>,
}

impl Notices for Store {
    async fn thread(&self, sink: &str, subject: &str) -> Result<Option<String>, StoreError> {
        self.memory.thread(sink, subject).await
    }

    async fn is_told(&self, sink: &str, notice: &str) -> Result<bool, StoreError> {
        self.memory.is_told(sink, notice).await
    }

    async fn tell(&self, told: &Told) -> Result<(), StoreError> {
        if *self.is_crashing.lock().unwrap() {
            return Err(StoreError::Transient { store: "memory".to_owned(), reason: "crashed".to_owned() });
        }
        self.memory.tell(told).await
    }
}

impl Standing for Store {
    async fn goes_on(&self, finding: &Finding) -> Result<bool, StoreError> {
        Ok(!self.closed.lock().unwrap().contains(&finding.resource.id))
    }
}

#[derive(Default)]
struct InMemory(Mutex<Vec<Published>>);

impl Topics for InMemory {
    async fn publish(&self, _topic: &str, message: &Published) -> Result<(), Refusal> {
        self.0.lock().unwrap().push(message.clone());
        Ok(())
    }
}

type Tested = Notify<Store, Queues, Known, InMemory>;

/// A function with one sink, whose queue is `q`.
fn notify(target: Target) -> Tested {
    let secrets =
        [("slack", r#"{"token":"xoxb-secret"}"#), ("key", r#"{"key":"k"}"#), ("github", r#"{"token":"ghp-secret"}"#)];
    let secrets = secrets.map(|(name, text)| (name.to_owned(), Secret::new(text)));
    Notify {
        store: Store::default(),
        queues: Queues::default(),
        outside: Outside {
            http: Http::with_limit(Duration::from_millis(400)),
            secrets: Known(secrets.into()),
            topics: InMemory::default(),
        },
        sinks: BTreeMap::from([("q".to_owned(), Sink { target, least: Severity::Low })]),
    }
}

fn slack(server: &Server) -> Tested {
    notify(Target::Slack(Slack { secret: "slack".to_owned(), channel: "C1".to_owned(), base: server.address("") }))
}

fn webhook(server: &Server) -> Tested {
    let (secret, name) = ("key".to_owned(), "hook".to_owned());
    notify(Target::Webhook(Webhook { secret, name, address: server.address("/in") }))
}

fn github(server: &Server) -> Tested {
    let (secret, repository) = ("github".to_owned(), "acme/infra".to_owned());
    notify(Target::GitHub(GitHub { secret, repository, base: server.address("") }))
}

fn batch(findings: &[Value]) -> Batch {
    let message = |(at, finding): (usize, &Value)| {
        serde_json::from_value(json!({"messageId": format!("m{at}"), "body": event(finding), "eventSourceARN": "q"}))
            .unwrap()
    };
    Batch { messages: findings.iter().enumerate().map(message).collect() }
}

/// Handles a batch. Returns which messages come back.
fn handle_batch(notify: &Tested, batch: Batch) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer =
        runtime.block_on(async { notify.handle(batch, &Invocation::lasting(Duration::from_secs(8))).await }).unwrap();
    answer.failures.into_iter().map(|it| it.item).collect()
}

fn handle(notify: &Tested, findings: &[Value]) -> Vec<String> {
    handle_batch(notify, batch(findings))
}

/// A finding on a resource.
fn on(resource: &str, id: &str) -> Value {
    let mut finding = opened(id);
    finding["resource"]["id"] = json!(resource);
    finding
}

fn with(mut finding: Value, field: &str, value: &str) -> Value {
    finding[field] = json!(value);
    finding
}

/// Slack, as it answers: a new time for each message.
fn slack_server() -> Server {
    let mut count = 0;
    Server::new(move |_| {
        count += 1;
        Some((200, Vec::new(), json!({"ok": true, "ts": format!("{count}.0")}).to_string()))
    })
}

fn threads(server: &Server) -> Vec<Option<String>> {
    server.asked().iter().map(|it| it.json()["thread_ts"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_notice_is_told_once_however_often_it_comes() {
    let server = slack_server();
    let notify = slack(&server);
    for _ in 0..2 {
        assert_eq!(handle(&notify, &[opened("dw1-a"), opened("dw1-a")]), [""; 0]);
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].path.as_str(), asked[0].json()["channel"].as_str()), ("/chat.postMessage", Some("C1")));
    assert_eq!(asked[0].header("authorization"), Some("Bearer xoxb-secret"));
}

#[test]
fn a_crash_after_sending_repeats_the_notice_with_the_same_id() {
    let server = Server::taking();
    let notify = webhook(&server);
    *notify.store.is_crashing.lock().unwrap() = true;
    assert_eq!(handle(&notify, &[opened("dw1-a")]), ["m0"]);
    *notify.store.is_crashing.lock().unwrap() = false;
    assert_eq!(handle(&notify, &[opened("dw1-a")]), [""; 0]);
    let ids: BTreeSet<String> = server.asked().iter().map(|it| it.json()["notice"].to_string()).collect();
    assert_eq!(ids.len(), 1);
}

#[test]
fn a_thread_lasts_as_long_as_something_is_open() {
    let server = slack_server();
    let notify = slack(&server);
    handle(&notify, &[on("sg-1", "dw1-a"), on("sg-1", "dw1-b"), on("sg-2", "dw1-c")]);
    let mut seen = threads(&server);
    seen.sort();
    assert_eq!(seen.iter().filter(|it| it.is_none()).count(), 2, "{seen:?}");
    handle(&notify, &[with(on("sg-1", "dw1-a"), "status", "restored")]);
    notify.store.closed.lock().unwrap().insert("sg-1".to_owned());
    handle(&notify, &[with(on("sg-1", "dw1-b"), "status", "restored")]);
    assert!(threads(&server).iter().all(Option::is_some));
    notify.store.closed.lock().unwrap().clear();
    handle(&notify, &[on("sg-1", "dw1-d")]);
    handle(&notify, &[on("sg-1", "dw1-e")]);
    let seen = threads(&server);
    assert_eq!((seen[0].is_none(), seen[1].is_some()), (true, true), "{seen:?}");
}

#[test]
fn a_flood_is_one_message_and_critical_findings_are_told_singly() {
    let server = slack_server();
    let notify = slack(&server);
    let mut findings: Vec<Value> = (0..8).map(|at| on(&format!("sg-{at}"), &format!("dw1-{at}"))).collect();
    findings[3] = with(findings[3].clone(), "severity", "critical");
    for _ in 0..2 {
        assert_eq!(handle(&notify, &findings), [""; 0]);
    }
    let mut texts: Vec<String> =
        server.asked().iter().map(|it| it.json()["text"].as_str().unwrap().to_owned()).collect();
    texts.sort();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert_eq!(texts[0], "7 findings: 7 high");
    assert!(texts[1].starts_with("CRITICAL: alice@example.com opened"), "{texts:?}");
}

#[test]
fn a_webhook_can_tell_who_sent_it() {
    let server = Server::taking();
    assert_eq!(handle(&webhook(&server), &[opened("dw1-a")]), [""; 0]);
    let asked = server.asked().remove(0);
    let (timestamp, body) = (asked.header("driftwire-timestamp").unwrap(), asked.body.clone());
    // As a receiver computes it.
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"k").unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(asked.header("driftwire-signature"), Some(format!("v1={hex}").as_str()));
    let told = asked.json();
    assert_eq!(asked.header("driftwire-notice"), told["notice"].as_str());
    assert_eq!(told["notice"], notice(&opened("dw1-a")).id);
    assert_eq!(told["finding"]["id"], "dw1-a");
}

#[test]
fn who_asks_to_wait_is_waited_for() {
    let server = Server::new(|_| Some((429, vec![("retry-after", "77".to_owned())], String::new())));
    let notify = webhook(&server);
    let findings: Vec<Value> = (0..9).map(|at| on(&format!("sg-{at}"), &format!("dw1-{at}"))).collect();
    assert_eq!(handle(&notify, &findings).len(), 9);
    assert!(server.asked().len() <= 4, "not asked again and again");
    let delays: BTreeSet<u64> = notify.queues.delayed().iter().map(|(_, after)| after.as_secs()).collect();
    assert_eq!((notify.queues.delayed().len(), delays), (9, BTreeSet::from([77])));
}

#[test]
fn what_may_pass_comes_back_and_what_will_not_is_put_aside() {
    for (status, comes_back) in
        [(500, true), (503, true), (408, true), (400, false), (401, false), (404, false), (302, false)]
    {
        let server = Server::new(move |_| Some((status, Vec::new(), "secret".to_owned())));
        let notify = webhook(&server);
        assert_eq!(handle(&notify, &[opened("dw1-a")]).is_empty(), !comes_back, "{status}");
        let kept = notify.queues.kept();
        assert_eq!(kept.is_empty(), comes_back, "{status}");
        for (message, note) in kept {
            assert_eq!(message.body, event(&opened("dw1-a")));
            assert_eq!(note.detail, format!("`127.0.0.1`: status {status}"));
        }
    }
}

#[test]
fn a_sink_that_never_answers_holds_nobody_up() {
    let server = Server::new(|_| None);
    let notify = webhook(&server);
    let findings: Vec<Value> = (0..10).map(|at| on(&format!("sg-{at}"), &format!("dw1-{at}"))).collect();
    let begun = std::time::Instant::now();
    assert_eq!(handle(&notify, &findings).len(), 10);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[test]
fn slack_may_refuse_with_status_200() {
    for (error, comes_back) in [("internal_error", true), ("channel_not_found", false), ("token_revoked", false)] {
        let server = Server::new(move |_| Some((200, Vec::new(), json!({"ok": false, "error": error}).to_string())));
        let notify = slack(&server);
        assert_eq!(handle(&notify, &[opened("dw1-a")]).is_empty(), !comes_back, "{error}");
        let reasons: Vec<&str> = notify.queues.kept().iter().map(|(_, note)| note.reason).collect();
        assert!(comes_back || reasons == ["sink_refused"] || reasons == ["sink_credentials"], "{reasons:?}");
    }
}

#[test]
fn a_webhook_of_slack_has_no_threads_and_its_address_is_never_shown() {
    let server = Server::new(|_| Some((404, Vec::new(), "no_service".to_owned())));
    let mut notify = slack(&server);
    let access = json!({"webhook": server.address("/services/T0/secret").reveal()}).to_string();
    notify.outside.secrets.0.insert("slack".to_owned(), Secret::new(access));
    assert_eq!(handle(&notify, &[opened("dw1-a")]), [""; 0]);
    assert_eq!(server.asked()[0].path, "/services/T0/secret");
    assert!(!format!("{:?}", notify.queues.kept()).contains("secret"));
}

#[test]
fn an_issue_is_opened_closed_and_opened_again() {
    let mut count = 6;
    let server = Server::new(move |asked: &Asked| {
        let is_new = asked.path.ends_with("/issues");
        count += u32::from(is_new);
        Some((if is_new { 201 } else { 200 }, Vec::new(), json!({"number": count}).to_string()))
    });
    let notify = github(&server);
    let said = |server: &Server| -> Vec<String> {
        let one = |it: &Asked| {
            let state = it.json()["state"].as_str().map(|it| format!(" {it}")).unwrap_or_default();
            format!("{} {}{state}", it.method, it.path.trim_start_matches("/repos/acme/infra"))
        };
        server.asked().iter().map(one).collect()
    };
    handle(&notify, &[on("sg-1", "dw1-a")]);
    handle(&notify, &[on("sg-1", "dw1-b")]);
    assert_eq!(said(&server), ["POST /issues", "POST /issues/7/comments"]);
    handle(&notify, &[with(on("sg-1", "dw1-a"), "status", "restored")]);
    assert_eq!(said(&server), ["POST /issues/7/comments"]);
    notify.store.closed.lock().unwrap().insert("sg-1".to_owned());
    for _ in 0..2 {
        handle(&notify, &[with(on("sg-1", "dw1-b"), "status", "restored")]);
    }
    assert_eq!(said(&server), ["POST /issues/7/comments", "PATCH /issues/7 closed"]);
    notify.store.closed.lock().unwrap().clear();
    handle(&notify, &[on("sg-1", "dw1-c")]);
    assert_eq!(said(&server), ["POST /issues/7/comments", "PATCH /issues/7 open"]);
    handle(&notify, &[with(on("sg-2", "dw1-d"), "status", "applied")]);
    assert_eq!(said(&server), [""; 0]);
}

#[test]
fn github_may_ask_to_wait_with_status_403() {
    let server = Server::new(|_| Some((403, Vec::new(), "You have exceeded a secondary rate limit.".to_owned())));
    let notify = github(&server);
    assert_eq!(handle(&notify, &[opened("dw1-a")]), ["m0"]);
    assert_eq!(notify.queues.delayed(), [("m0".to_owned(), Duration::from_secs(60))]);
}

#[test]
fn an_issue_that_was_deleted_is_opened_anew() {
    let server = Server::new(|asked: &Asked| {
        let status = if asked.path.ends_with("/comments") { 410 } else { 201 };
        Some((status, Vec::new(), json!({"number": 7}).to_string()))
    });
    let notify = github(&server);
    handle(&notify, &[on("sg-1", "dw1-a")]);
    assert_eq!(handle(&notify, &[on("sg-1", "dw1-b")]), [""; 0]);
    let paths: Vec<String> = server.asked().into_iter().map(|it| it.path).collect();
    let issues = "/repos/acme/infra/issues";
    assert_eq!(paths, [issues, &format!("{issues}/7/comments"), issues]);
}

#[test]
fn what_was_overtaken_says_so() {
    let server = slack_server();
    let notify = slack(&server);
    handle(&notify, &[opened("dw1-a"), with(opened("dw1-a"), "superseded_by", "e2")]);
    let texts: Vec<Value> = server.asked().iter().map(|it| it.json()["text"].clone()).collect();
    assert!(texts[1].as_str().unwrap().starts_with("HIGH: changed again: alice"), "{texts:?}");
}

#[test]
fn sns_is_told_in_words_and_a_flood_in_one_message() {
    let notify = notify(Target::Sns(Topic { arn: "arn:aws:sns:eu-west-1:111122223333:drift".to_owned() }));
    handle(&notify, &[opened("dw1-a")]);
    let findings: Vec<Value> = (0..8).map(|at| on(&format!("sg-{at}"), &format!("dw1-{at}"))).collect();
    handle(&notify, &findings);
    let told = notify.outside.topics.0.lock().unwrap().clone();
    let subjects: Vec<&str> = told.iter().map(|it| it.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["[HIGH] alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web", "8 findings: 8 high"]
    );
}

#[test]
fn what_a_sink_does_not_want_is_left_out_and_what_nobody_can_read_is_put_aside() {
    let server = Server::taking();
    let mut notify = webhook(&server);
    notify.sinks.values_mut().for_each(|it| it.least = Severity::High);
    let mut batch =
        batch(&[with(opened("dw1-a"), "severity", "medium"), opened("dw1-b"), opened("dw1-c"), opened("dw1-d")]);
    batch.messages[2].body = "{}".to_owned();
    batch.messages[3].queue = "another".to_owned();
    assert_eq!(handle_batch(&notify, batch), ["m3"]);
    assert_eq!(server.asked().len(), 1);
    assert_eq!(notify.queues.kept().len(), 1);
}
