//! Walks `tests/scenarios`: each folder holds declared state, numbered records, perhaps a rules file and the code of the
//! states, and in `expected.txt` all that `driftwire replay … --outcomes` prints, with the exit code as its last line.
//!
//! `UPDATE_EXPECT=1 cargo test -p driftwire scenarios` writes every `expected.txt` anew; read each difference as a change
//! of behavior before it is kept.

use std::path::{Path, PathBuf};

use crate::run::driftwire;

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

/// The options for what a folder may hold beside states and records.
fn options(folder: &Path) -> Vec<&'static str> {
    [("rules.toml", ["--rules", "rules.toml"]), ("config", ["--config", "config"])]
        .into_iter()
        .filter(|(name, _)| folder.join(name).exists())
        .flat_map(|(_, option)| option)
        .collect()
}

fn replayed(folder: &Path) -> String {
    let mut arguments = vec!["replay", "--state", "state", "--trail", "records", "--outcomes"];
    arguments.extend(options(folder));
    let ran = driftwire(folder, &arguments);
    assert_eq!(ran.stderr, "", "{}: a scenario has nothing to say on standard error", name(folder));
    format!("{}exit code: {}\n", ran.stdout, ran.code)
}

#[test]
fn each_scenario_comes_out_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for folder in folders() {
        let file = folder.join("expected.txt");
        let found = replayed(&folder);
        if update {
            std::fs::write(&file, &found).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if found != expected {
            wrong.push(format!("=== {}\n{}", name(&folder), differences(&expected, &found)));
        }
    }
    assert!(wrong.is_empty(), "{} scenarios do not come out as expected:\n{}", wrong.len(), wrong.join("\n"));
}

/// `UPDATE_EXPECT=1` writes `examples/acme/expected.txt` anew.
#[test]
fn the_example_comes_out_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let example = "examples/acme";
    let arguments =
        ["--state", "examples/acme/state", "--trail", "examples/acme/trail", "--rules", "examples/acme/rules.toml"];
    let ran = driftwire(&root, &[&["replay", "--outcomes"][..], &arguments].concat());
    let found = format!("{}exit code: {}\n", ran.stdout, ran.code);
    let file = root.join(example).join("expected.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "the example does not come out as expected:\n{}", differences(&expected, &found));
}

#[test]
fn a_scenario_says_what_it_proves_and_is_complete() {
    let folders = folders();
    assert!(folders.len() >= 24, "scenarios are missing: {}", folders.len());
    for folder in folders {
        for needed in ["README.md", "state", "records", "expected.txt"] {
            assert!(folder.join(needed).exists(), "{} has no {needed}", name(&folder));
        }
        for entry in std::fs::read_dir(folder.join("records")).unwrap() {
            let record = entry.unwrap().file_name().to_string_lossy().into_owned();
            let is_numbered =
                record.bytes().take(3).eq(record.bytes().take(2).filter(u8::is_ascii_digit).chain([b'-']));
            assert!(
                is_numbered && record.ends_with(".json"),
                "{}: `{record}` is not `NN-what-it-is.json`",
                name(&folder)
            );
        }
    }
}

#[test]
fn the_order_of_the_files_changes_no_finding() {
    for folder in folders() {
        let mut records: Vec<String> = std::fs::read_dir(folder.join("records"))
            .unwrap()
            .map(|entry| entry.unwrap().path().display().to_string())
            .collect();
        records.sort_by(|one, other| other.cmp(one));
        // One stream, last file first: what the folder walk never does.
        let stream: Vec<u8> =
            records.iter().flat_map(|path| [std::fs::read(path).unwrap(), b"\n".to_vec()].concat()).collect();
        let mut arguments = vec!["replay", "--state", "state", "--format", "json", "--trail"];
        arguments.splice(1..1, options(&folder));
        let backward = crate::run::driftwire_with(&folder, &[&arguments[..], &["-"]].concat(), &stream);
        let forward = driftwire(&folder, &[&arguments[..], &["records"]].concat());
        assert_eq!(backward.stdout, forward.stdout, "{}", name(&folder));
        assert_eq!(backward.code, forward.code, "{}", name(&folder));
    }
}

/// The lines that only one side has, marked.
fn differences(expected: &str, found: &str) -> String {
    let only = |mark: &str, one: &str, other: &str| -> String {
        one.lines()
            .filter(|line| !other.lines().any(|same| same == *line))
            .map(|line| format!("{mark} {line}\n"))
            .collect()
    };
    let lines = only("-", expected, found) + &only("+", found, expected);
    if lines.is_empty() { format!("the same lines in another order or number:\n{found}") } else { lines }
}
