//! Real records, against no declarations and against declarations made to fit: everything ends, counted; what cannot be
//! drift rings nowhere. Prints the outcomes by verdict and reason, and the calls that could not be told.

use std::collections::BTreeMap;

use driftwire_cloudtrail::{Limits, Record, for_each_in};
use driftwire_declared::{Declaration, Tool};
use driftwire_drift::{Judged, Reason, Replay, Verdict, irrelevance, judge, replay::unreadable_reason};
use serde_json::{Map, Value};

use crate::desk::Desk;

/// Every record of the corpus, in its own bytes.
pub(crate) fn records() -> Option<Vec<u8>> {
    use std::io::Read;
    let file = std::fs::File::open(driftwire_tests::corpus()?.join("cloudtrail/records.jsonl.gz")).unwrap();
    let mut bytes = Vec::new();
    driftwire_cloudtrail::open(file, &Limits::default()).unwrap().read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

/// Judges every record; calls `each` with the record and what it came to.
pub(crate) fn replay(bytes: &[u8], desk: &Desk, mut each: impl FnMut(&Record<'_>, &Judged)) -> Replay {
    let mut replay = Replay::default();
    let mut visit = |record: Result<Record<'_>, driftwire_cloudtrail::Unreadable>| match record {
        Ok(record) => {
            let judged = replay.take(judge(record.clone(), desk.context()));
            each(&record, &judged);
        }
        Err(unreadable) => replay.take_unreadable(unreadable_reason(&unreadable)),
    };
    for_each_in(bytes, &Limits::default(), &mut visit).unwrap();
    replay
}

fn print(replay: &Replay) {
    for ((verdict, reason), count) in replay.counts() {
        println!("  {count:5}  {verdict:?} {reason:?}");
    }
}

#[test]
fn every_real_record_ends_counted_and_what_changes_nothing_rings_nowhere() {
    let Some(bytes) = records() else {
        println!("skipped: no corpus");
        return;
    };
    let desk = Desk::new(Vec::new());
    let replay = replay(&bytes, &desk, |record, judged| {
        assert!(!judged.outcomes.is_empty());
        let quiet = record.failed() || record.is_read() || irrelevance(record).is_some();
        if quiet {
            assert!(judged.outcomes.iter().all(|it| it.finding.is_none()), "{record:?}");
        }
    });
    println!("outcomes without declarations:");
    print(&replay);
    assert_eq!(replay.records(), 1526);
}

/// A declaration for whatever a record is about, as a state would have it: every real call then meets a declared resource.
pub(crate) fn fitting(bytes: &[u8]) -> Vec<Declaration> {
    let mut declarations: BTreeMap<(String, String), Declaration> = BTreeMap::new();
    let desk = Desk::new(Vec::new());
    replay(bytes, &desk, |record, judged| {
        for named in judged.outcomes.iter().filter_map(|it| it.resource.as_ref()) {
            let Some(kind) = driftwire_catalog::terraform_kinds().find(|it| it.resource == named.kind && !it.part)
            else {
                continue;
            };
            let mut attributes = Map::new();
            attributes.insert("id".to_owned(), Value::from(named.id.as_str()));
            for id in kind.id.iter().filter(|id| !id.contains('|')) {
                attributes.insert((*id).to_owned(), Value::from(named.id.as_str()));
            }
            let declaration = Declaration {
                origin: "terraform.tfstate".to_owned(),
                version: "serial 1".to_owned(),
                account: record.account().map(str::to_owned),
                region: record.region.as_deref().map(str::to_owned),
                attributes,
                ..Declaration::new(Tool::Terraform, kind.name, format!("{}.r{}", kind.name, declarations.len()))
            };
            declarations.entry((named.kind.clone(), named.id.clone())).or_insert(declaration);
        }
    });
    declarations.into_values().collect()
}

#[test]
fn every_real_call_on_a_declared_resource_ends_counted() {
    let Some(bytes) = records() else {
        println!("skipped: no corpus");
        return;
    };
    let declarations = fitting(&bytes);
    println!("{} declarations made to fit", declarations.len());
    let desk = Desk::new(declarations);
    let mut untold: BTreeMap<String, u64> = BTreeMap::new();
    let replay = replay(&bytes, &desk, |record, judged| {
        for outcome in &judged.outcomes {
            let quiet = [Verdict::Irrelevant, Verdict::InSync, Verdict::Unreadable].contains(&outcome.verdict)
                && outcome.reason != Reason::UndeclaredProperty;
            assert!(!quiet || outcome.finding.is_none(), "{record:?} {outcome:?}");
            if outcome.verdict == Verdict::Undecided {
                *untold
                    .entry(format!("{}:{} {:?}", record.service(), record.operation(), outcome.reason))
                    .or_default() += 1;
            }
        }
    });
    println!("outcomes with a declaration for every resource:");
    print(&replay);
    let mut untold: Vec<_> = untold.into_iter().collect();
    untold.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    println!("calls that could not be told, most frequent first:");
    for (name, count) in untold.iter().take(25) {
        println!("  {count:5}  {name}");
    }
    assert_eq!(replay.records(), 1526);
}
