//! What a record asks a store for is enough: decided with what is gathered, it ends as with everything that is declared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driftwire_cloudtrail::{Limits, Record, for_each_in};
use driftwire_declared::Declaration;
use driftwire_drift::{Context, Index, Judged, Named, Outcome, ask, judge};
use driftwire_store::{Declared as _, Memory, OriginState, Origins as _};
use pollster::block_on;

use crate::corpus;
use crate::desk::{Desk, key};

/// A store that holds declarations, by the origins that they came from.
fn store(declarations: &[Declaration]) -> Memory {
    let mut origins: BTreeMap<&str, Vec<Declaration>> = BTreeMap::new();
    for declaration in declarations {
        origins.entry(&declaration.origin).or_default().push(declaration.clone());
    }
    let memory = Memory::default();
    for (origin, declarations) in origins {
        let state = OriginState {
            origin: origin.to_owned(),
            lineage: None,
            serial: None,
            version: "serial 1".to_owned(),
            declarations,
            force: false,
        };
        block_on(memory.replace(&state)).unwrap();
    }
    memory
}

/// What an outcome says, whatever it was decided with.
fn told(outcomes: &[Outcome]) -> Vec<String> {
    outcomes
        .iter()
        .map(|it| format!("{:?} {:?} {:?} {:?} {:?}", it.verdict, it.reason, it.resource, it.address, it.finding))
        .collect()
}

/// Judges a record with what the store gives for it. Checks that what is kept of its resources came along.
fn gathered(record: &Record<'_>, store: &Memory, desk: &Desk) -> (Judged, usize) {
    let (first, wanted) = ask(record.clone(), &desk.rules, &desk.redactor);
    let besides: Vec<Named> = first.outcomes.iter().filter_map(|it| it.resource.clone()).collect();
    let gathered = block_on(store.gather(&wanted, &besides)).unwrap();
    let index = Index::new(gathered.declarations);
    let judged = judge(record.clone(), Context::new(&index, &desk.rules, &desk.redactor));
    for outcome in judged.outcomes.iter().filter(|it| !it.facets.is_empty() || it.finding.is_some()) {
        let resource = outcome.resource.as_ref().unwrap();
        assert!(gathered.stored.contains_key(resource), "{resource:?} was not read: {record:?}");
    }
    (judged, wanted.names.len())
}

fn check(bytes: &[u8], desk: &Desk) {
    let store = store(desk.index.declarations());
    let (mut records, mut names, mut most) = (0, 0, 0);
    for_each_in(bytes, &Limits::default(), &mut |record| {
        let Ok(record) = record else { return };
        let whole = judge(record.clone(), desk.context());
        let (part, asked) = gathered(&record, &store, desk);
        assert_eq!(told(&whole.outcomes), told(&part.outcomes), "{record:?}\n{}", record.raw);
        records += 1;
        names += asked;
        most = most.max(asked);
    })
    .unwrap();
    println!("{records} records asked for {names} names, at most {most}");
}

#[test]
fn a_real_record_ends_as_with_everything_declared() {
    let Some(bytes) = corpus::records() else {
        println!("skipped: no corpus");
        return;
    };
    check(&bytes, &Desk::new(corpus::fitting(&bytes)));
    check(&bytes, &Desk::new(Vec::new()));
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.flat_map(|it| if it.is_dir() { files(&it) } else { vec![it] }).collect()
}

#[test]
fn a_record_of_the_examples_and_scenarios_ends_as_with_everything_declared() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let folders = ["examples", "tests/scenarios"].map(|it| std::fs::read_dir(root.join(it)).unwrap());
    let mut checked = 0;
    for folder in folders.into_iter().flatten().map(|it| it.unwrap().path()) {
        let all = files(&folder);
        let states: Vec<PathBuf> = all.iter().filter(|it| it.to_string_lossy().contains("/state")).cloned().collect();
        let mut declarations = Vec::new();
        for state in &states {
            let bytes = std::fs::read(state).unwrap();
            let read = driftwire_declared::read(&bytes, &state.display().to_string(), &key());
            declarations.extend(read.into_iter().flat_map(|it| it.declarations));
        }
        let rules = std::fs::read_to_string(folder.join("rules.toml")).unwrap_or_default();
        let desk = Desk::new(declarations).with_rules(&rules);
        let is_trail = |it: &&PathBuf| ["/trail", "/records"].iter().any(|part| it.to_string_lossy().contains(part));
        for trail in all.iter().filter(is_trail) {
            checked += 1;
            check(&std::fs::read(trail).unwrap(), &desk);
        }
    }
    assert!(checked > 20, "{checked}");
}
