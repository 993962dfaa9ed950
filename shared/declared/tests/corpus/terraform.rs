//! Reads state files and plans that nobody here wrote, where they are at hand: none may panic, and each refusal must be
//! one that is expected of these files.

use std::{collections::BTreeMap, fs};

use driftwire_declared::{Redactor, read};

use super::{corpus, files};

/// The folders whose files are Terraform's and OpenTofu's.
const FOLDERS: [&str; 3] = ["tfstate", "tfstate-derived", "tfplan"];

#[test]
fn files_of_others_are_read_or_refused_for_a_reason() {
    let corpus = match corpus() {
        Ok(corpus) => corpus,
        Err(why) => return println!("skipped: {why}"),
    };
    let redactor = Redactor::new(b"a key for tests");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut declarations, mut placed, mut hidden) = (0, 0, 0);
    let (mut attributes, mut identifiers, mut ignored) = (0, 0, 0);
    for folder in FOLDERS {
        for file in files(&corpus.join(folder)) {
            let bytes = fs::read(&file).unwrap();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let label = match read(&bytes, &name, &redactor) {
                Ok(state) => {
                    declarations += state.declarations.len();
                    placed += state.declarations.iter().filter(|d| d.account.is_some() && d.region.is_some()).count();
                    attributes += state.declarations.iter().map(|d| d.attributes.len()).sum::<usize>();
                    identifiers += state.declarations.iter().map(|d| d.identifiers.len()).sum::<usize>();
                    ignored += state.declarations.iter().filter(|d| !d.ignored.is_empty()).count();
                    hidden += format!("{:?}", state.declarations).matches("$redacted").count();
                    format!("{folder}: read as {}", state.format)
                }
                Err(refusal) => {
                    println!("{folder}/{name}: {refusal}");
                    format!("{folder}: refused as {}", refusal.name())
                }
            };
            *counts.entry(label).or_default() += 1;
        }
    }
    println!("{counts:#?}");
    println!("{declarations} declarations, {placed} with account and region, {hidden} values hidden");
    println!("{attributes} attributes, {identifiers} that only identify, {ignored} declarations that ignore some");
    let refused: Vec<_> = counts.keys().filter(|label| label.contains("refused")).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(declarations > 0, "nothing read from {}", corpus.display());
}
