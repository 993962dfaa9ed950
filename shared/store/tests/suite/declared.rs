//! What every store has to do with declared state, and with what is open when it moves. Each check takes an empty store.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;

use driftwire_cloudtrail::for_each_record;
use driftwire_declared::{Declaration, Redactor, Standing, Tool};
use driftwire_drift::{Context, Index, Named, Reach, Rules, Secrets, Wanted, ask, judge};
use driftwire_report::v1::{Finding, Status};
use driftwire_store::{
    Cause, Declared, Drift, Event, History, Intake, Kept, Moved, OriginState, Origins, Recorded, Records, Replaced,
    Settled, record_with, resettle, verify,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{all, call, retention};

/// Hands the name of every check to a macro that makes tests of them.
macro_rules! every_check {
    ($tests:ident) => {
        $tests! {
            a_state_is_found_by_every_name_of_its_resources
            a_part_in_another_state_comes_along
            the_same_state_again_changes_nothing
            only_what_changed_is_written
            a_block_that_was_removed_is_found_no_more
            an_older_serial_is_refused_unless_forced
            a_new_lineage_takes_over
            a_deleted_state_takes_everything_with_it
            resources_of_one_name_keep_apart
            a_deposed_object_is_kept_beside_the_current_one
            what_is_kept_of_resources_comes_with_their_declarations
            a_record_is_kept_while_something_rests_on_it
            a_kept_record_holds_no_secret
            what_has_waited_longest_is_due_first
            a_held_change_that_the_new_state_has_is_applied
            a_held_change_that_was_due_is_reported_with_its_time_and_actor
            an_open_change_that_the_new_state_has_is_absorbed
            an_open_change_of_what_left_the_code_is_gone
            an_unmanaged_resource_that_is_declared_is_absorbed
            what_still_differs_stands_and_writes_nothing
            a_record_that_comes_again_after_settling_changes_nothing
        }
    };
}
pub(crate) use every_check;

/// A store that can all of it.
pub(crate) trait Whole: Drift + Declared + Origins + Records + History {}
impl<S: Drift + Declared + Origins + Records + History> Whole for S {}

const ACCOUNT: &str = "111122223333";
const GROUP: &str = "sg-0123456789abcdef0";
const GROUP_ARN: &str = "arn:*:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0";

fn redactor() -> Redactor {
    Redactor::new(b"a key for tests")
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}Z").parse().unwrap()
}

fn block(kind: &str, name: &str, attributes: &Value) -> Declaration {
    Declaration {
        origin: "a.tfstate".to_owned(),
        version: "serial 1".to_owned(),
        account: Some(ACCOUNT.to_owned()),
        region: Some("eu-west-1".to_owned()),
        attributes: attributes.as_object().unwrap().clone(),
        ..Declaration::new(Tool::Terraform, kind, format!("{kind}.{name}"))
    }
}

pub(crate) fn log_group(name: &str, days: u32) -> Declaration {
    let arn = format!("arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{name}");
    block(
        "aws_cloudwatch_log_group",
        name,
        &json!({"id": name, "name": name, "arn": arn, "retention_in_days": days, "tags": {}, "tags_all": {}}),
    )
}

pub(crate) fn state(origin: &str, serial: u64, declarations: &[Declaration]) -> OriginState {
    let version = format!("serial {serial}");
    let of = |it: &Declaration| Declaration { origin: origin.to_owned(), version: version.clone(), ..it.clone() };
    OriginState {
        origin: origin.to_owned(),
        lineage: Some("one".to_owned()),
        serial: Some(serial),
        declarations: declarations.iter().map(of).collect(),
        version,
        force: false,
    }
}

async fn sync(store: &impl Whole, state: &OriginState) -> Moved {
    match store.replace(state).await.unwrap() {
        Replaced::Done(moved) => moved,
        Replaced::Older(known) => panic!("older than {known:?}"),
    }
}

fn counts(moved: &Moved) -> [u64; 4] {
    [moved.added, moved.changed, moved.removed, moved.unchanged]
}

/// The addresses and origins of what some names lead to.
async fn found(store: &impl Whole, names: &[&str]) -> Vec<(String, String)> {
    let wanted = Wanted { names: names.iter().map(|it| (*it).to_owned()).collect(), ..Wanted::default() };
    let gathered = store.gather(&wanted, &[]).await.unwrap();
    let mut all: Vec<_> = gathered.declarations.into_iter().map(|it| (it.address, it.origin)).collect();
    all.sort();
    all
}

async fn addresses(store: &impl Whole, names: &[&str]) -> Vec<String> {
    found(store, names).await.into_iter().map(|(address, _)| address).collect()
}

fn api() -> Named {
    named("api")
}

fn named(id: &str) -> Named {
    Named {
        kind: "AWS::Logs::LogGroup".to_owned(),
        id: id.to_owned(),
        account: ACCOUNT.to_owned(),
        region: "eu-west-1".to_owned(),
    }
}

/// Takes a record in as a function does: asks what it needs, gathers that, judges, keeps.
async fn take(store: &impl Whole, record: &Value, now: Timestamp) -> Recorded {
    let (rules, redactor, secrets) = (Rules::shipped(), redactor(), Secrets::default());
    let bytes = serde_json::to_vec(record).unwrap();
    let mut asked = None;
    for_each_record(&bytes, &mut |record| asked = Some(ask(record.expect("a record"), &rules, &redactor)));
    let (first, wanted) = asked.unwrap();
    let besides: Vec<Named> = first.outcomes.iter().filter_map(|it| it.resource.clone()).collect();
    let gathered = store.gather(&wanted, &besides).await.unwrap();
    let index = Index::new(gathered.declarations);
    let context = Context { secrets: Some(&secrets), ..Context::new(&index, &rules, &redactor) };
    let mut judged = None;
    for_each_record(&bytes, &mut |record| {
        let record = record.expect("a record");
        let one = judge(record.clone(), context);
        judged = Some((one, secrets.keep(&record, &redactor)));
    });
    let (judged, kept) = judged.unwrap();
    let intake = Intake { now: Some(now), record: Some(&kept), patience: Some(SignedDuration::from_hours(1)) };
    record_with(store, &judged, &intake, gathered.stored).await.unwrap()
}

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

async fn stored(store: &impl Whole, resource: &Named) -> Option<driftwire_store::Stored> {
    store.load(std::slice::from_ref(resource)).await.unwrap().remove(0)
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

fn groups() -> [Declaration; 3] {
    [log_group("api", 90), log_group("web", 90), log_group("jobs", 90)]
}

pub(crate) async fn a_state_is_found_by_every_name_of_its_resources(store: &impl Whole) {
    let group = json!({"id": GROUP, "name": "web", "arn": GROUP_ARN.replace('*', "aws"), "ingress": []});
    let blocks = [log_group("api", 90), block("aws_security_group", "web", &group)];
    let moved = sync(store, &state("a.tfstate", 1, &blocks)).await;
    assert_eq!(counts(&moved), [2, 0, 0, 0]);
    assert!(moved.resources.contains(&api()), "{moved:?}");
    for block in &blocks {
        let names = Reach::of(block).names;
        assert!(names.len() > 1, "{names:?}");
        for name in &names {
            assert_eq!(addresses(store, &[name]).await, [block.address.as_str()], "{name}");
        }
    }
    assert_eq!(addresses(store, &["111122223333|api", "111122223333|nobody", GROUP_ARN]).await.len(), 2);
    assert_eq!(addresses(store, &["999999999999|api", "-|api", ""]).await, [""; 0]);
    let heads = store.origins().await.unwrap();
    assert_eq!(heads.len(), 1);
    assert_eq!((heads[0].origin.as_str(), heads[0].serial, heads[0].declarations), ("a.tfstate", Some(1), 2));
}

/// By a name that only the whole has: the part shares another one with it.
pub(crate) async fn a_part_in_another_state_comes_along(store: &impl Whole) {
    let group = json!({"id": GROUP, "name": "web", "arn": GROUP_ARN.replace('*', "aws"), "ingress": []});
    let rule = json!({"id": "sgr-1", "security_group_id": GROUP, "from_port": 22, "to_port": 22, "ip_protocol": "tcp", "cidr_ipv4": "10.0.0.0/8"});
    sync(store, &state("a.tfstate", 1, &[block("aws_security_group", "web", &group)])).await;
    let rules = [block("aws_vpc_security_group_ingress_rule", "ssh", &rule), log_group("web", 1)];
    sync(store, &state("b.tfstate", 1, &rules)).await;
    let both = ["aws_security_group.web", "aws_vpc_security_group_ingress_rule.ssh"];
    assert_eq!(addresses(store, &[GROUP_ARN]).await, both);
    assert_eq!(addresses(store, &[&format!("#{GROUP}")]).await, both);
}

pub(crate) async fn the_same_state_again_changes_nothing(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let moved = sync(store, &state("a.tfstate", 1, &groups())).await;
    assert!(moved.is_nothing() && moved.resources.is_empty(), "{moved:?}");
    assert_eq!(counts(&moved), [0, 0, 0, 3]);
    // Nor does another serial, which moves with whatever else is in the state.
    let moved = sync(store, &state("a.tfstate", 2, &groups())).await;
    assert!(moved.is_nothing(), "{moved:?}");
    assert_eq!(store.origins().await.unwrap()[0].serial, Some(2));
}

pub(crate) async fn only_what_changed_is_written(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let changed = [log_group("api", 30), log_group("web", 90), log_group("jobs", 90)];
    let moved = sync(store, &state("a.tfstate", 2, &changed)).await;
    assert_eq!(counts(&moved), [0, 1, 0, 2]);
    assert_eq!(moved.resources, BTreeSet::from([api()]));
    let wanted = Wanted { names: BTreeSet::from(["111122223333|api".to_owned()]), ..Wanted::default() };
    let gathered = store.gather(&wanted, &[]).await.unwrap();
    assert_eq!(gathered.declarations.len(), 1);
    assert_eq!(gathered.declarations[0].attributes["retention_in_days"], 30);
}

pub(crate) async fn a_block_that_was_removed_is_found_no_more(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    let moved = sync(store, &state("a.tfstate", 2, &groups()[1..])).await;
    assert_eq!((counts(&moved), moved.resources), ([0, 0, 1, 2], BTreeSet::from([api()])));
    for name in &Reach::of(&log_group("api", 90)).names {
        assert_eq!(addresses(store, &[name]).await, [""; 0], "{name}");
    }
    assert_eq!(addresses(store, &["111122223333|web"]).await.len(), 1);
}

pub(crate) async fn an_older_serial_is_refused_unless_forced(store: &impl Whole) {
    sync(store, &state("a.tfstate", 7, &groups())).await;
    let older = state("a.tfstate", 6, &groups()[1..]);
    let Replaced::Older(known) = store.replace(&older).await.unwrap() else { panic!("taken") };
    assert_eq!((known.serial, known.declarations), (Some(7), 3));
    assert_eq!(addresses(store, &["111122223333|api"]).await.len(), 1);
    let moved = sync(store, &OriginState { force: true, ..older }).await;
    assert_eq!(counts(&moved), [0, 0, 1, 2]);
    assert_eq!(store.origins().await.unwrap()[0].serial, Some(6));
}

pub(crate) async fn a_new_lineage_takes_over(store: &impl Whole) {
    sync(store, &state("a.tfstate", 7, &groups())).await;
    let new = OriginState { lineage: Some("two".to_owned()), ..state("a.tfstate", 1, &groups()[..1]) };
    assert_eq!(counts(&sync(store, &new).await), [0, 0, 2, 1]);
    let heads = store.origins().await.unwrap();
    assert_eq!((heads.len(), heads[0].lineage.as_deref(), heads[0].serial), (1, Some("two"), Some(1)));
}

pub(crate) async fn a_deleted_state_takes_everything_with_it(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    sync(store, &state("b.tfstate", 1, &[log_group("other", 1)])).await;
    let moved = sync(store, &state("a.tfstate", 2, &[])).await;
    assert_eq!((counts(&moved), moved.resources.len()), ([0, 0, 3, 0], 3));
    let names = ["api", "web", "jobs", "other"].map(|it| format!("{ACCOUNT}|{it}"));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(addresses(store, &names).await, ["aws_cloudwatch_log_group.other"]);
    assert!(sync(store, &state("a.tfstate", 3, &[])).await.is_nothing());
}

pub(crate) async fn resources_of_one_name_keep_apart(store: &impl Whole) {
    let other = |it: Declaration| Declaration { account: Some("444455556666".to_owned()), ..it };
    let mut elsewhere = other(log_group("api", 30));
    elsewhere.attributes.insert("arn".to_owned(), json!("arn:aws:logs:eu-west-1:444455556666:log-group:api"));
    sync(store, &state("a.tfstate", 1, &[log_group("api", 90)])).await;
    let moved = sync(store, &state("b.tfstate", 1, &[elsewhere])).await;
    assert_eq!(moved.resources, BTreeSet::from([Named { account: "444455556666".to_owned(), ..api() }]));
    let address = "aws_cloudwatch_log_group.api".to_owned();
    assert_eq!(found(store, &["111122223333|api"]).await, [(address.clone(), "a.tfstate".to_owned())]);
    assert_eq!(found(store, &["444455556666|api"]).await, [(address.clone(), "b.tfstate".to_owned())]);
    sync(store, &state("a.tfstate", 2, &[])).await;
    assert_eq!(found(store, &["111122223333|api"]).await, []);
    assert_eq!(found(store, &["444455556666|api"]).await, [(address, "b.tfstate".to_owned())]);
}

pub(crate) async fn a_deposed_object_is_kept_beside_the_current_one(store: &impl Whole) {
    let mut old = log_group("api-old", 90);
    old.address = "aws_cloudwatch_log_group.api".to_owned();
    old.standing = Standing::Deposed;
    let both = [log_group("api", 90), old];
    assert_eq!(counts(&sync(store, &state("a.tfstate", 1, &both)).await), [2, 0, 0, 0]);
    assert_eq!(addresses(store, &["111122223333|api", "111122223333|api-old"]).await.len(), 2);
    assert!(sync(store, &state("a.tfstate", 2, &both)).await.is_nothing());
    let moved = sync(store, &state("a.tfstate", 3, &both[..1])).await;
    assert_eq!((counts(&moved), moved.resources), ([0, 0, 1, 1], BTreeSet::from([named("api-old")])));
    assert_eq!(addresses(store, &["111122223333|api", "111122223333|api-old"]).await.len(), 1);
}

pub(crate) async fn what_is_kept_of_resources_comes_with_their_declarations(store: &impl Whole) {
    sync(store, &state("a.tfstate", 1, &groups())).await;
    assert_eq!(take(store, &retention(1, 1, "alice", "api", 7), at("10:01:00")).await, Recorded::Changed);
    let wanted = Wanted {
        names: BTreeSet::from(["111122223333|api".to_owned(), "111122223333|web".to_owned()]),
        account: ACCOUNT.to_owned(),
        region: "eu-west-1".to_owned(),
    };
    let gathered = store.gather(&wanted, &[named("besides")]).await.unwrap();
    assert_eq!(gathered.declarations.len(), 2);
    assert_eq!(gathered.stored.len(), 3, "{:?}", gathered.stored.keys());
    assert_eq!(gathered.stored[&api()], stored(store, &api()).await);
    assert!(gathered.stored[&api()].is_some());
    assert_eq!((&gathered.stored[&named("web")], &gathered.stored[&named("besides")]), (&None, &None));
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
