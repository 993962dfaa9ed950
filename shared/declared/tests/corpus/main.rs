//! Declared state that nobody here wrote, where it is at hand: each file is read, or refused with a message that is right
//! for it; none may panic.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

mod cloudformation;
mod pulumi;
mod terraform;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use driftwire_declared::{Redactor, read};

/// The unpacked files, or why there are none.
fn corpus() -> Result<PathBuf, &'static str> {
    static UNPACKED: OnceLock<Result<PathBuf, &'static str>> = OnceLock::new();
    UNPACKED.get_or_init(unpack).clone()
}

fn unpack() -> Result<PathBuf, &'static str> {
    if let Ok(unpacked) = std::env::var("DRIFTWIRE_CORPUS_STATES") {
        return Ok(unpacked.into());
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = std::env::var("DRIFTWIRE_CORPUS")
        .map_or_else(|_| workspace.join("../shared/corpus"), |path| workspace.join(path));
    let packed = corpus.join("states/declared.tar.xz");
    if !packed.exists() {
        return Err("no corpus");
    }
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (folder, own) = (temporary.join("corpus-states"), temporary.join(format!("corpus-{}", std::process::id())));
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(&own).map_err(|_| "no folder to unpack into")?;
    let unpacked = Command::new("tar").arg("-xf").arg(&packed).arg("-C").arg(&own).status();
    if !unpacked.is_ok_and(|status| status.success()) {
        return Err("`tar` cannot unpack the corpus");
    }
    // Tests run side by side in several processes: the first one's is everybody's.
    if fs::rename(&own, &folder).is_err() {
        fs::remove_dir_all(&own).map_err(|_| "a folder that cannot be removed")?;
    }
    Ok(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_file_is_read_or_refused() {
    let corpus = match corpus() {
        Ok(corpus) => corpus,
        Err(why) => return println!("skipped: {why}"),
    };
    let redactor = Redactor::new(b"a key for tests");
    let (mut all, mut counts) = (0, BTreeMap::<String, usize>::new());
    for folder in ["tfstate", "tfstate-derived", "tfplan", "cfn", "stack-resources", "pulumi"] {
        for file in files(&corpus.join(folder)) {
            all += 1;
            let label = match read(&fs::read(&file).unwrap(), "file", &redactor) {
                Ok(state) => format!("{folder}: read as {}", state.format),
                Err(refusal) => format!("{folder}: refused as {}", refusal.name()),
            };
            *counts.entry(label).or_default() += 1;
        }
    }
    println!("{all} files\n{counts:#?}");
    assert!(all > 0, "nothing in {}", corpus.display());
}
