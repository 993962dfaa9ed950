//! Reads Pulumi's exports and checkpoints that nobody here wrote, where they are at hand: each is read whole, no secret
//! comes through, and what it leaves out is counted.

use std::{collections::BTreeMap, fs};

use driftwire_declared::{Format, Redactor, Tool, read};

use super::corpus;

#[test]
fn deployments_of_others_are_read_whole() {
    let corpus = match corpus() {
        Ok(corpus) => corpus,
        Err(why) => return println!("skipped: {why}"),
    };
    let redactor = Redactor::new(b"a key for tests");
    let (mut files, mut resources) = (0, 0);
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in super::files(&corpus.join("pulumi")) {
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let state = read(&bytes, &name, &redactor).unwrap();
        assert_eq!((state.tool, state.format), (Tool::Pulumi, Format::Deployment), "{name}");
        assert!(state.lineage.is_some(), "{name}");
        *counts.entry("files with a time").or_default() += usize::from(state.serial.is_some());
        files += 1;
        resources += state.declarations.len() + state.skipped.values().sum::<usize>();
        for (reason, count) in &state.skipped {
            *skipped.entry(reason.to_string()).or_default() += count;
        }
        for declaration in &state.declarations {
            let text = format!("{declaration:?}");
            assert!(
                !text.contains("__defaults") && !text.contains("4dabf18193072939515e22adb298388d"),
                "{name}: {text}"
            );
            let mut count = |what, counted: bool| *counts.entry(what).or_default() += usize::from(counted);
            count("declarations", true);
            count("with a region", declaration.region.is_some());
            count("with an account", declaration.account.is_some());
            count("with an ARN", declaration.identifiers.contains_key("arn"));
            count("with ignored paths", !declaration.ignored.is_empty());
            count("with a hidden value", text.contains("$redacted"));
            count("with an unresolved value", text.contains("$unresolved"));
            count("identifiers", false);
            *counts.entry("identifiers").or_default() += declaration.identifiers.len();
        }
    }
    println!("{files} files, {resources} resources\n{counts:#?}\n{skipped:#?}");
    assert!(files > 0, "nothing in {}", corpus.display());
}
