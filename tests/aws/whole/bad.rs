//! What nobody should send, and sinks that do not take what they are given: nothing is lost, everything is somewhere.

use std::collections::BTreeSet;
use std::time::Duration;

use driftwire_aws_tests::records::{one, text};
use driftwire_aws_tests::stack::event;
use driftwire_aws_tests::{Heard, Outside, Setup, Stack, Told, functions, until};
use driftwire_store::Configuration as _;
use serde_json::{Value, json};

use crate::store::Table;
use crate::way::with_the_example;

const SOON: Duration = Duration::from_secs(90);

#[test]
fn what_is_no_record_is_put_aside_whole_with_its_reason() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new().webhook(&outside).parameter("Accounts", "111122223333"));
    let table = Table::of(&stack);
    with_the_example(&stack, &table);

    let good: Value = serde_json::from_str(&event(&one("PutRetentionPolicy", "13:26:44"))).unwrap();
    let with = |change: fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body.to_string()
    };
    let sent = [
        with(|it| it["source"] = json!("my.app")),
        with(|it| it["account"] = json!("444455556666")),
        with(|it| {
            it["account"] = json!("444455556666");
            it["detail"]["recipientAccountId"] = json!("444455556666");
        }),
        with(|it| it["detail"]["eventName"] = Value::Null),
        "no JSON, hunter2".to_owned(),
    ];
    for body in &sent {
        stack.send("RecordsQueueUrl", std::slice::from_ref(body));
    }
    // As large as a message may be, and a record all the same.
    let large = with(|it| {
        it["detail"]["eventID"] = json!("e0000000-0000-4000-8000-000000000002");
        it["detail"]["eventTime"] = json!("2026-11-20T13:20:00Z");
        it["detail"]["requestParameters"]["retentionInDays"] = json!(14);
        it["detail"]["userAgent"] = json!("x".repeat(1_040_000));
    });
    stack.send("RecordsQueueUrl", &[large]);
    stack.put_records(&[one("PutRetentionPolicy", "13:26:44")]);
    until("the good records are judged", SOON, || (table.findings().len() == 2).then_some(()));
    stack.settles(SOON, &outside);

    let put_aside = stack.receive("QuarantineQueueUrl");
    assert_eq!(put_aside.len(), sent.len());
    assert!(stack.waiting("RecordsDeadQueueUrl") == 0);
    let told = outside.notices();
    let ids: BTreeSet<String> = told.values().flatten().map(|it| text(&it.body()["finding"], "id")).collect();
    assert_eq!(ids.len(), 2);
    assert!(stack.logs("detect").iter().all(|line| !line.contains("hunter2")), "a log repeats what it could not read");
}

#[test]
fn wrong_rules_are_counted_and_the_version_before_stays() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new().webhook(&outside));
    let table = Table::of(&stack);
    with_the_example(&stack, &table);
    let wrong = "[[rule]\nid = ";
    assert_eq!(table.wait(table.store.put_rules(wrong)).unwrap(), 2);

    // Version 1 ignores this call, and holds the other; the shipped rules would do neither.
    stack.put_records(&[one("DisableRule", "14:07:33"), one("SetQueueAttributes", "16:35:02")]);
    stack.put_records(&[one("PutRetentionPolicy", "13:26:44")]);
    until("the last is judged", SOON, || (!table.findings().is_empty()).then_some(()));
    stack.settles(SOON, &outside);
    let calls: Vec<String> = table.findings().into_iter().map(|it| it.call.name).collect();
    assert_eq!(calls, ["PutRetentionPolicy"]);
    let refused = stack.logs("detect").iter().filter(|it| it.contains("\"RulesRefused\":1")).count();
    assert!(refused > 0, "RulesRefused was not counted");
}

#[test]
fn a_sink_that_is_slow_down_or_silent_has_every_notice_in_the_end() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let setup = Setup::new().webhook(&outside).slack(&outside).comes_back_after(4);
    let stack = Stack::up(&code, &setup);
    let table = Table::of(&stack);
    with_the_example(&stack, &table);
    outside.tell("/slack", &[Told::Status(429, Some(8)), Told::Status(500, None), Told::Never]);
    outside.tell("/hook", &[Told::Status(503, None), Told::Status(500, None), Told::Status(429, Some(2))]);

    let sent = [
        one("PutRetentionPolicy", "13:26:44"),
        one("SetQueueAttributes", "13:18:05"),
        one("UpdateTable", "13:10:27"),
        one("AuthorizeSecurityGroupIngress", "10:05:00"),
    ];
    stack.put_records(&sent);
    until("all are told", SOON, || {
        let slack = outside.taken("/slack").iter().filter(|it| it.body()["thread_ts"].is_null()).count();
        (outside.notices().len() == sent.len() && slack == sent.len()).then_some(())
    });
    stack.settles(SOON, &outside);
    assert!(outside.notices().values().all(|it| it.len() == 1));
    assert_eq!(stack.waiting("QuarantineQueueUrl"), 0);
    // What was put off is tried again no sooner than the sink said, and no later than it has to be.
    let heard = outside.all();
    let refused = heard.iter().find(|it| it.status == 429 && it.request.path.starts_with("/slack")).unwrap();
    let same = |it: &&Heard| it.at > refused.at && it.request.body == refused.request.body;
    let waited = heard.iter().find(same).unwrap().at.duration_since(refused.at);
    assert!(waited >= Duration::from_secs(8), "asked again after {waited:?}");
}

#[test]
fn what_a_sink_refuses_for_good_is_put_aside() {
    let Some(code) = functions() else { return };
    let outside = Outside::listens();
    let stack = Stack::up(&code, &Setup::new().webhook(&outside));
    let table = Table::of(&stack);
    with_the_example(&stack, &table);
    outside.tell("/hook", &[Told::Status(404, None)]);
    stack.put_records(&[one("PutRetentionPolicy", "13:26:44")]);
    let aside =
        until("it is put aside", SOON, || Some(stack.receive("QuarantineQueueUrl")).filter(|it| !it.is_empty()));
    let finding = &table.findings()[0];
    assert!(aside.len() == 1 && aside[0].contains(&finding.id), "{aside:?}");
}
