//! Records that nobody here wrote: all are read or have a reason.
#![expect(clippy::print_stdout, reason = "what a run over the corpus found is for people")]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use driftwire_cloudtrail::{Limits, for_each_in};

#[expect(clippy::disallowed_methods, reason = "where the corpus is, for tests only")]
fn corpus() -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let folder = std::env::var("DRIFTWIRE_CORPUS").unwrap_or_else(|_| "../shared/corpus".to_owned());
    let file = root.join(folder).join("cloudtrail/records.jsonl.gz");
    if !file.exists() {
        println!("skipped: no corpus");
        return None;
    }
    Some(file)
}

#[test]
fn every_record_of_the_corpus_is_read_or_has_a_reason() {
    let Some(file) = corpus() else { return };
    let (mut read, mut calls) = (0_usize, BTreeMap::<&str, usize>::new());
    let mut unreadable = BTreeMap::<String, usize>::new();
    let count = |count: &mut BTreeMap<&str, usize>, name| *count.entry(name).or_default() += 1;
    for_each_in(File::open(file).unwrap(), &Limits::default(), &mut |record| match record {
        Ok(record) => {
            read += 1;
            let json: serde_json::Value = serde_json::from_str(record.raw).unwrap();
            assert_eq!(record.event_name, json["eventName"].as_str().unwrap());
            assert_eq!(record.request().unwrap(), json["requestParameters"]);
            assert_eq!(record.response().unwrap(), json["responseElements"]);
            let arn = record.identity.as_ref().and_then(|identity| identity.arn.as_deref());
            assert_eq!(arn, json["userIdentity"]["arn"].as_str());
            count(&mut calls, if record.is_read() { "reading" } else { "writing" });
            count(&mut calls, if record.failed() { "failed" } else { "succeeded" });
            if record.event_id_is_substitute {
                count(&mut calls, "without an id");
            }
        }
        Err(problem) => *unreadable.entry(format!("{} {}", problem.reason, problem.message)).or_default() += 1,
    })
    .unwrap();
    println!("read {read}: {calls:?}\nunreadable: {unreadable:#?}");
    let refused: usize = unreadable.values().sum();
    assert_eq!(read + refused, 1526);
    assert!(unreadable.keys().all(|key| key.starts_with("not_a_record `eventTime`")), "{unreadable:?}");
}
