//! What every store has to do with declared state, and with what is open when it moves. Each check takes an empty store.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "test code")]

use std::collections::BTreeSet;

use driftwire_cloudtrail::for_each_record;
use driftwire_declared::{Declaration, Redactor, Standing, Tool};
use driftwire_drift::{Context, Index, Named, Reach, Rules, Secrets, Wanted, ask, judge};
use driftwire_store::{
    Declared, Drift, History, Intake, Moved, OriginState, Origins, Recorded, Records, Replaced, record_with,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::retention;

/// Hands the name of every check to a macro that makes tests of them.
macro_rules! every_check {
    ($tests:ident) => {
        $tests! {
            a_state_is_found_by_every_name_of_its_resources
            a_part_in_another_state_comes_along
            the_same_state_again_changes_nothing
            only_what_changed_is_written
            a_sync_that_ended_early_is_taken_up_again
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

pub(crate) use super::settle::*;

/// A store that can all of it.
pub(crate) trait Whole: Drift + Declared + Origins + Records + History {}
impl<S: Drift + Declared + Origins + Records + History> Whole for S {}

const ACCOUNT: &str = "111122223333";
const GROUP: &str = "sg-0123456789abcdef0";
const GROUP_ARN: &str = "arn:*:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0";

pub(super) fn redactor() -> Redactor {
    Redactor::new(b"a key for tests")
}

pub(super) fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}Z").parse().unwrap()
}

pub(super) fn block(kind: &str, name: &str, attributes: &Value) -> Declaration {
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

pub(super) async fn sync(store: &impl Whole, state: &OriginState) -> Moved {
    let moved = begun(store, state).await;
    store.finish(state).await.unwrap();
    moved
}

/// A sync that ends before what moved is judged again.
async fn begun(store: &impl Whole, state: &OriginState) -> Moved {
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

pub(super) async fn addresses(store: &impl Whole, names: &[&str]) -> Vec<String> {
    found(store, names).await.into_iter().map(|(address, _)| address).collect()
}

pub(super) fn api() -> Named {
    named("api")
}

pub(super) fn named(id: &str) -> Named {
    Named {
        kind: "AWS::Logs::LogGroup".to_owned(),
        id: id.to_owned(),
        account: ACCOUNT.to_owned(),
        region: "eu-west-1".to_owned(),
    }
}

/// Takes a record in as a function does: asks what it needs, gathers that, judges, keeps.
pub(crate) async fn take(store: &impl Whole, record: &Value, now: Timestamp) -> Recorded {
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

pub(super) async fn stored(store: &impl Whole, resource: &Named) -> Option<driftwire_store::Stored> {
    store.load(std::slice::from_ref(resource)).await.unwrap().remove(0)
}

pub(super) fn groups() -> [Declaration; 3] {
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

pub(crate) async fn a_sync_that_ended_early_is_taken_up_again(store: &impl Whole) {
    let state = state("a.tfstate", 1, &groups());
    let first = begun(store, &state).await;
    assert_eq!(first.resources.len(), 3);
    let again = sync(store, &state).await;
    assert!(again.is_nothing());
    assert_eq!(again.resources, first.resources);
    assert!(sync(store, &state).await.resources.is_empty());
    // Also what has left: nothing that is declared leads to it.
    let fewer = super::declared::state("a.tfstate", 2, &groups()[..1]);
    begun(store, &fewer).await;
    let again = sync(store, &fewer).await;
    assert!(again.is_nothing());
    assert_eq!(again.resources, first.resources);
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
