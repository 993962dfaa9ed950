//! What every store has to do with what is open when declared state moves, or when a change has waited long enough. Each
//! check takes an empty store.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use driftwire_drift::{Named, Rules};
use driftwire_report::v1::{Finding, Status};
use driftwire_store::{Cause, Event, Kept, Recorded, Settled, resettle, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::declared::{Whole, api, at, block, groups, log_group, named, redactor, state, stored, sync, take};
use super::{all, call, retention};

/// Settles a resource twice: the second time changes nothing and writes nothing.
async fn settled(store: &impl Whole, resource: &Named, cause: Cause<'_>, now: Timestamp) -> Settled {
    let (rules, redactor) = (Rules::shipped(), redactor());
    let resettled = || resettle(store, resource, (&rules, &redactor), cause, now);
    let first = resettled().await.unwrap();
    let version = stored(store, resource).await;
    let again = resettled().await.unwrap();
    assert_eq!((again.closed, again.reported), (0, 0), "settled a second time");
    assert_eq!(stored(store, resource).await, version, "written a second time");
    first
}

async fn kept(store: &impl Whole, resource: &Named) -> Vec<Kept> {
    store.kept(resource).await.unwrap()
}

/// The one finding, with its history whole.
async fn only(store: &impl Whole) -> Finding {
    let mut findings = all(store).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    for resource in store.resources().await.unwrap() {
        let (entries, head) = (store.history(&resource).await.unwrap(), store.head(&resource).await.unwrap());
        verify(&resource, &entries, &head).unwrap();
    }
    findings.remove(0)
}

async fn events(store: &impl Whole, resource: &Named) -> Vec<Event> {
    store.history(resource).await.unwrap().into_iter().map(|it| it.event).collect()
}

fn by_terraform(mut record: Value) -> Value {
    record["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/6.25.0");
    record
}

pub(crate) async fn a_record_is_kept_while_something_rests_on_it(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let mut seen = Vec::new();
    for (second, who, days) in [(1, "alice", 7), (2, "bob", 14), (3, "carol", 90)] {
        take(store, &retention(second, second, who, "api", days), at("10:05:00")).await;
        let kept = kept(store, &api()).await;
        assert!(kept.iter().all(|it| !it.held && it.due.is_none() && it.record.contains("retentionInDays")));
        seen.push(kept.into_iter().map(|it| it.moment.event_id).collect::<Vec<_>>());
    }
    let id = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    assert_eq!(seen, [vec![id(1)], vec![id(2)], vec![]]);
    assert_eq!(kept(store, &named("web")).await, []);
}

pub(crate) async fn a_kept_record_holds_no_secret(store: &impl Whole) {
    let secret = "swordfish-in-the-sea";
    let mut group = log_group("api", 90);
    group.attributes.insert("kms_key_id".to_owned(), redactor().redacted(&json!("another-fish")));
    sync(store, &state("a.tfstate", 1, &[group])).await;
    let record = call(1, 1, "alice", "AssociateKmsKey", &json!({"logGroupName": "api", "kmsKeyId": secret}));
    assert_eq!(take(store, &record, at("10:05:00")).await, Recorded::Changed);
    let kept = kept(store, &api()).await;
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].record.contains("swordfish") && kept[0].record.contains("hmac-"), "{}", kept[0].record);
    assert!(!serde_json::to_string(&only(store).await).unwrap().contains("swordfish"));
    let settled = settled(store, &api(), Cause::Moved("serial 2"), at("11:00:00")).await;
    assert_eq!(settled, Settled { standing: 1, ..Settled::default() });
}

pub(crate) async fn what_has_waited_longest_is_due_first(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    for (second, group, now) in [(1, "api", "10:20:00"), (2, "web", "10:00:00"), (3, "jobs", "10:10:00")] {
        take(store, &by_terraform(retention(second, second, "alice", group, 7)), at(now)).await;
    }
    take(store, &retention(9, 9, "bob", "web", 7), at("10:30:00")).await;
    let due = async |now: &str, limit| -> Vec<String> {
        store.due(at(now), limit).await.unwrap().into_iter().map(|it| it.id).collect()
    };
    assert_eq!(due("10:59:59", 9).await, [""; 0]);
    // What a person wrote over it waits no more.
    assert_eq!(due("11:10:00", 9).await, ["jobs"]);
    assert_eq!(due("11:20:00", 9).await, ["jobs", "api"]);
    assert_eq!(due("23:00:00", 1).await, ["jobs"]);
    assert_eq!(due("23:00:00", 0).await, [""; 0]);
}

pub(crate) async fn a_held_change_that_the_new_state_has_is_applied(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    take(store, &by_terraform(retention(1, 1, "alice", "api", 7)), at("10:05:00")).await;
    assert_eq!((all(store).await, kept(store, &api()).await.len()), (Vec::new(), 1));
    let moved = sync(store, &state("a.tfstate", 2, &[log_group("api", 7)])).await;
    assert!(moved.resources.contains(&api()));
    let settled = settled(store, &api(), Cause::Moved("serial 2"), at("10:06:00")).await;
    assert_eq!(settled, Settled { closed: 1, applied: 1, ..Settled::default() });
    assert_eq!((all(store).await, kept(store, &api()).await), (Vec::new(), Vec::new()));
    assert_eq!(store.due(at("23:00:00"), 9).await.unwrap(), []);
}

pub(crate) async fn a_held_change_that_was_due_is_reported_with_its_time_and_actor(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let record = by_terraform(retention(1, 1, "alice", "api", 7));
    take(store, &record, at("10:05:00")).await;
    let early = settled(store, &api(), Cause::Due, at("10:30:00")).await;
    assert_eq!((early, all(store).await), (Settled::default(), Vec::new()));
    assert_eq!(store.due(at("11:05:00"), 9).await.unwrap(), [api()]);
    let settled = settled(store, &api(), Cause::Due, at("11:05:00")).await;
    assert_eq!(settled, Settled { reported: 1, ..Settled::default() });
    let finding = only(store).await;
    assert_eq!((finding.status, finding.who.name.as_str()), (Status::Open, "alice"));
    assert_eq!(finding.when.event_time, at("10:00:01"));
    assert_eq!(finding.when.detected_at, Some(at("11:05:00")));
    let kept = kept(store, &api()).await;
    assert_eq!((kept.len(), kept[0].held, kept[0].due), (1, false, None));
    assert_eq!(store.due(at("23:00:00"), 9).await.unwrap(), []);
    assert_eq!(take(store, &record, at("12:00:00")).await, Recorded::Nothing);
}

pub(crate) async fn an_open_change_that_the_new_state_has_is_absorbed(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    take(store, &retention(1, 1, "alice", "api", 7), at("10:05:00")).await;
    assert_eq!(only(store).await.status, Status::Open);
    sync(store, &state("a.tfstate", 2, &[log_group("api", 7)])).await;
    let settled = settled(store, &api(), Cause::Moved("serial 2"), at("10:06:00")).await;
    assert_eq!(settled, Settled { closed: 1, absorbed: 1, ..Settled::default() });
    assert_eq!(only(store).await.status, Status::Absorbed);
    assert_eq!(events(store, &api()).await, [Event::Found, Event::Closed]);
    assert_eq!(kept(store, &api()).await, []);
}

pub(crate) async fn an_open_change_of_what_left_the_code_is_gone(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    take(store, &retention(1, 1, "alice", "api", 7), at("10:05:00")).await;
    let moved = sync(store, &state("a.tfstate", 2, &groups()[1..])).await;
    assert!(moved.resources.contains(&api()));
    let settled = settled(store, &api(), Cause::Moved("serial 2"), at("10:06:00")).await;
    assert_eq!(settled, Settled { closed: 1, gone: 1, ..Settled::default() });
    assert_eq!(only(store).await.status, Status::Gone);
    assert_eq!((events(store, &api()).await, kept(store, &api()).await), (vec![Event::Found, Event::Closed], vec![]));
}

pub(crate) async fn an_unmanaged_resource_that_is_declared_is_absorbed(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let mut made = call(1, 1, "alice", "CreateTable", &json!({"tableName": "new", "billingMode": "PAY_PER_REQUEST"}));
    made["eventSource"] = json!("dynamodb.amazonaws.com");
    let table = Named { kind: "AWS::DynamoDB::Table".to_owned(), ..named("new") };
    take(store, &made, at("10:05:00")).await;
    assert_eq!(only(store).await.status, Status::Open);
    assert_eq!(kept(store, &table).await.len(), 1);
    let declared =
        block("aws_dynamodb_table", "new", &json!({"id": "new", "name": "new", "billing_mode": "PAY_PER_REQUEST"}));
    let moved = sync(store, &state("a.tfstate", 2, &[declared])).await;
    assert!(moved.resources.contains(&table), "{moved:?}");
    let settled = settled(store, &table, Cause::Moved("serial 2"), at("10:06:00")).await;
    assert_eq!(settled, Settled { closed: 1, absorbed: 1, ..Settled::default() });
    assert_eq!((only(store).await.status, kept(store, &table).await), (Status::Absorbed, Vec::new()));
}

pub(crate) async fn what_still_differs_stands_and_writes_nothing(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    take(store, &retention(1, 1, "alice", "api", 7), at("10:05:00")).await;
    let before = (only(store).await, stored(store, &api()).await, kept(store, &api()).await);
    sync(store, &state("a.tfstate", 2, &[log_group("api", 60)])).await;
    let settled = settled(store, &api(), Cause::Moved("serial 2"), at("10:06:00")).await;
    assert_eq!(settled, Settled { standing: 1, ..Settled::default() });
    assert_eq!((only(store).await, stored(store, &api()).await, kept(store, &api()).await), before);
}

pub(crate) async fn a_record_that_comes_again_after_settling_changes_nothing(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let records = [
        retention(1, 1, "alice", "api", 7),
        retention(2, 2, "alice", "web", 7),
        by_terraform(retention(3, 3, "alice", "jobs", 7)),
    ];
    for record in &records {
        assert_eq!(take(store, record, at("10:05:00")).await, Recorded::Changed);
    }
    // One is absorbed, one gone, one applied.
    let moved = sync(store, &state("a.tfstate", 2, &[log_group("api", 7), log_group("jobs", 7)])).await;
    for resource in &moved.resources {
        assert_eq!(settled(store, resource, Cause::Moved("serial 2"), at("10:06:00")).await.closed, 1, "{resource:?}");
    }
    let before = all(store).await;
    assert_eq!(before.iter().map(|it| it.status).collect::<Vec<_>>(), [Status::Absorbed, Status::Gone]);
    for record in &records {
        assert_eq!(take(store, record, at("10:07:00")).await, Recorded::Nothing);
    }
    assert_eq!(all(store).await, before);
}
