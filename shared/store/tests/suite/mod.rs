//! What every store has to do, whatever it is made of. Each check takes an empty store.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

pub(crate) mod declared;
pub(crate) mod notices;
pub(crate) mod settle;

use driftwire_cloudtrail::for_each_record;
use driftwire_declared::{Declaration, Redactor, Tool};
use driftwire_drift::{Context, Index, Judged, Replay, Rules, judge};
use driftwire_report::v1::{self, Finding, Severity, Status};
use driftwire_store::{
    Drift, Filter, History, Order, PageRequest, RecordWrite, Recorded, ResourceWrite, Written, record, verify,
};
use serde_json::{Value, json};

/// A bucket of settings that people change: three log groups.
fn declarations() -> Vec<Declaration> {
    ["api", "web", "jobs"]
        .iter()
        .map(|name| {
            let attributes = json!({"id": name, "name": name, "retention_in_days": 90, "tags": {"team": "a"}, "tags_all": {"team": "a"}});
            Declaration {
                origin: "terraform.tfstate".to_owned(),
                version: "serial 1".to_owned(),
                account: Some("111122223333".to_owned()),
                region: Some("eu-west-1".to_owned()),
                attributes: attributes.as_object().unwrap().clone(),
                ..Declaration::new(Tool::Terraform, "aws_cloudwatch_log_group", format!("aws_cloudwatch_log_group.{name}"))
            }
        })
        .collect()
}

/// A record: who did what, and when.
pub(crate) fn call(second: u32, id: u32, who: &str, name: &str, request: &Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": format!("2026-11-20T10:{:02}:{:02}Z", second / 60, second % 60),
        "eventID": format!("00000000-0000-4000-8000-{id:012}"), "eventSource": "logs.amazonaws.com", "eventName": name,
        "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "readOnly": false, "eventType": "AwsApiCall",
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": who, "arn": format!("arn:aws:iam::111122223333:user/{who}")},
        "requestParameters": request, "responseElements": null,
    })
}

pub(crate) fn retention(second: u32, id: u32, who: &str, group: &str, days: u32) -> Value {
    call(second, id, who, "PutRetentionPolicy", &json!({"logGroupName": group, "retentionInDays": days}))
}

/// A morning: drift, more drift, put back, two writes in one second, a deletion.
pub(crate) fn morning() -> Vec<Value> {
    vec![
        retention(1, 1, "alice", "api", 7),
        retention(5, 2, "bob", "api", 14),
        retention(9, 3, "alice", "web", 7),
        retention(20, 4, "carol", "web", 90),
        retention(30, 5, "alice", "jobs", 1),
        retention(30, 6, "bob", "jobs", 3),
        call(40, 7, "carol", "DeleteLogGroup", &json!({"logGroupName": "api"})),
        call(50, 8, "alice", "TagLogGroup", &json!({"logGroupName": "web", "tags": {"team": "b"}})),
        retention(60, 9, "dave", "nobody-declares", 5),
    ]
}

pub(crate) fn judged(records: &[Value]) -> Vec<Judged> {
    let (index, rules, redactor) = (Index::new(declarations()), Rules::shipped(), Redactor::new(b"a key for tests"));
    let context = Context::new(&index, &rules, &redactor);
    let one = |record: &Value| {
        let mut found = None;
        for_each_record(&serde_json::to_vec(record).unwrap(), &mut |it| {
            found = Some(judge(it.expect("a record"), context))
        });
        found.unwrap()
    };
    records.iter().map(one).collect()
}

/// What a replay in memory makes of the records.
pub(crate) fn replayed(judged: &[Judged]) -> Vec<Finding> {
    let mut replay = Replay::default();
    for one in judged {
        replay.take(one.clone());
    }
    replay.findings().map(|finding| v1::finding(&finding, None)).collect()
}

pub(crate) async fn all(store: &impl History) -> Vec<Finding> {
    let page = PageRequest { order: Order::OldestFirst, ..PageRequest::default() };
    store.findings(&Filter::default(), &page).await.unwrap().items
}

/// Orders of the morning, with repeats, that a queue might deliver.
pub(crate) fn orders() -> Vec<Vec<usize>> {
    let count = morning().len();
    let forward: Vec<usize> = (0..count).collect();
    let backward: Vec<usize> = (0..count).rev().collect();
    let twice: Vec<usize> = forward.iter().flat_map(|it| [*it, *it]).collect();
    let mixed: Vec<usize> = (0..count * 3).map(|it| it * 7 % count).collect();
    vec![forward, backward, twice, mixed]
}

/// ORDER-FREE and ONCE: whatever the order and the repeats, the findings are those of a replay.
pub(crate) async fn findings_are_those_of_a_replay(store: &(impl Drift + History), order: &[usize]) {
    let judged = judged(&morning());
    for at in order {
        record(store, &judged[*at], None).await.unwrap();
    }
    assert_eq!(all(store).await, replayed(&judged));
    for resource in store.resources().await.unwrap() {
        let (entries, head) = (store.history(&resource).await.unwrap(), store.head(&resource).await.unwrap());
        assert!(!entries.is_empty());
        verify(&resource, &entries, &head).unwrap();
    }
}

/// ONCE: a record that was taken in before writes nothing.
pub(crate) async fn a_repeat_writes_nothing(store: &(impl Drift + History)) {
    let judged = judged(&morning());
    for one in &judged {
        record(store, one, None).await.unwrap();
    }
    for one in &judged {
        assert_eq!(record(store, one, None).await.unwrap(), Recorded::Nothing, "{}", one.event_id);
    }
}

/// Two writes that follow the same one: the second is not made, and nothing of it is kept.
pub(crate) async fn a_write_that_meets_another_is_not_made(store: &(impl Drift + History)) {
    let judged = judged(&morning());
    record(store, &judged[0], None).await.unwrap();
    let before = all(store).await;
    let resource = judged[0].outcomes[0].resource.clone().unwrap();
    let stored = store.load(std::slice::from_ref(&resource)).await.unwrap().remove(0).unwrap();
    let mark = driftwire_store::Mark {
        identity: "another".to_owned(),
        event_id: "another".to_owned(),
        event_time: judged[0].moment.time,
        recorded_at: judged[0].moment.time,
        outcomes: Vec::new(),
    };
    let late = ResourceWrite {
        resource: resource.clone(),
        stored: stored.clone(),
        found: Vec::new(),
        standings: Vec::new(),
        entries: Vec::new(),
        keep: Vec::new(),
        forget: Vec::new(),
    };
    let write = RecordWrite { mark, resources: vec![late] };
    assert_eq!(store.write(&write).await.unwrap(), Written::Moved);
    assert_eq!(all(store).await, before);
    assert_eq!(store.load(&[resource]).await.unwrap().remove(0), Some(stored));
}

/// Each question is answered, and pages join without gap or repeat.
pub(crate) async fn questions_are_answered_page_by_page(store: &(impl Drift + History)) {
    for one in &judged(&morning()) {
        record(store, one, None).await.unwrap();
    }
    let everything = all(store).await;
    let asked = [
        Filter { actor: Some("alice".to_owned()), ..Filter::default() },
        Filter { resource: Some("web".to_owned()), ..Filter::default() },
        Filter { resource: Some("aws_cloudwatch_log_group.api".to_owned()), ..Filter::default() },
        Filter { status: Some(Status::Open), ..Filter::default() },
        Filter { severity: Some(Severity::High), ..Filter::default() },
        Filter { account: Some("999999999999".to_owned()), ..Filter::default() },
        Filter {
            since: Some("2026-11-20T10:00:30Z".parse().unwrap()),
            until: Some("2026-11-20T10:00:50Z".parse().unwrap()),
            ..Filter::default()
        },
    ];
    for filter in asked {
        let wanted: Vec<Finding> = everything.iter().filter(|finding| filter.takes(finding)).cloned().collect();
        for order in [Order::OldestFirst, Order::NewestFirst] {
            let mut joined = Vec::new();
            let mut page = PageRequest { limit: Some(2), after: None, order };
            loop {
                let answer = store.findings(&filter, &page).await.unwrap();
                assert!(answer.items.len() <= 2);
                joined.extend(answer.items);
                match answer.next {
                    Some(next) => page.after = Some(next),
                    None => break,
                }
            }
            if order == Order::NewestFirst {
                joined.reverse();
            }
            assert_eq!(joined, wanted, "{filter:?}");
        }
    }
}
