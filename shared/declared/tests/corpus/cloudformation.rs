//! Reads templates and answers of CloudFormation that nobody here wrote, where they are at hand: none may panic, and each
//! refusal must be one that is expected of these files.

use std::{collections::BTreeMap, fs};

use driftwire_declared::{Redactor, read, unresolved};
use serde_json::Value;

use super::{corpus, files};

/// Counts what is not known, by reason.
fn count_unknown(value: &Value, counts: &mut BTreeMap<String, usize>) {
    if let Some(reason) = unresolved(value) {
        *counts.entry(format!("unresolved: {}", reason.name())).or_default() += 1;
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| count_unknown(item, counts)),
        Value::Object(members) => members.values().for_each(|member| count_unknown(member, counts)),
        _ => *counts.entry("known values".to_owned()).or_default() += 1,
    }
}

#[test]
fn templates_of_others_are_read_or_refused_for_a_reason() {
    let corpus = match corpus() {
        Ok(corpus) => corpus,
        Err(why) => return println!("skipped: {why}"),
    };
    let redactor = Redactor::new(b"a key for tests");
    let (mut outcomes, mut skipped, mut values) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut declarations = 0;
    for folder in ["cfn", "stack-resources"] {
        for file in files(&corpus.join(folder)) {
            let outcome = match read(&fs::read(&file).unwrap(), "f", &redactor) {
                Ok(state) => {
                    declarations += state.declarations.len();
                    for (reason, count) in &state.skipped {
                        *skipped.entry(reason.to_string()).or_insert(0) += count;
                    }
                    for declaration in state.declarations {
                        count_unknown(&declaration.attributes.into(), &mut values);
                    }
                    format!("{folder}: read as {}", state.format)
                }
                Err(refusal) => {
                    println!("{}: {refusal}", file.file_name().unwrap().to_string_lossy());
                    format!("{folder}: refused as {}", refusal.name())
                }
            };
            *outcomes.entry(outcome).or_insert(0) += 1;
        }
    }
    println!("{outcomes:#?}\n{declarations} declarations; skipped {skipped:#?}\n{values:#?}");
    assert!(declarations > 0, "nothing read from {}", corpus.display());
    let count = |outcome: &str| {
        outcomes.iter().filter(|(label, _)| label.contains(outcome)).map(|(_, count)| count).sum::<i32>()
    };
    assert!(count("cfn: refused") * 20 < count("cfn: read"), "{outcomes:?}");
    assert_eq!(count("refused as empty") + count("refused as other_format"), 0, "{outcomes:?}");
}
