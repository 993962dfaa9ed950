//! Writes the generated files, or compares them with those that are there. Files that are no longer generated are deleted, or
//! reported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Everything under this folder is generated.
const GENERATED: &str = "shared/catalog/data/generated";

/// Generated files by path below the workspace's folder.
pub(crate) type Files = BTreeMap<String, String>;

/// Writes the files, and deletes the others under the generated folder.
pub(crate) fn write(root: &Path, files: &Files) -> Result<()> {
    for name in present(root)?.difference(&files.keys().cloned().collect()) {
        std::fs::remove_file(root.join(name)).with_context(|| format!("deleting {name}"))?;
    }
    for (name, text) in files {
        let path = root.join(name);
        // An unchanged file keeps its time, so that nothing that depends on it is built again.
        if std::fs::read_to_string(&path).is_ok_and(|written| written == *text) {
            continue;
        }
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        std::fs::write(&path, text).with_context(|| format!("writing {name}"))?;
    }
    Ok(())
}

/// Fails where a file differs from what is generated, with the first line of each that does.
pub(crate) fn check(root: &Path, files: &Files) -> Result<()> {
    let mut problems = Vec::new();
    for name in present(root)?.difference(&files.keys().cloned().collect()) {
        problems.push(format!("{name}: no longer generated"));
    }
    for (name, text) in files {
        let path = root.join(name);
        if !path.exists() {
            problems.push(format!("{name}: missing"));
            continue;
        }
        let written = std::fs::read_to_string(&path).with_context(|| format!("reading {name}"))?;
        if let Some(difference) = first_difference(&written, text) {
            problems.push(format!("{name}:{difference}"));
        }
    }
    if !problems.is_empty() {
        bail!("the catalog is not up to date; run `cargo xtask catalog`\n{}", problems.join("\n"));
    }
    Ok(())
}

/// The files that are there.
fn present(root: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders: Vec<PathBuf> = vec![root.join(GENERATED)];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(root) {
                found.insert(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

/// The number of the first line that differs, with both of its forms.
fn first_difference(written: &str, generated: &str) -> Option<String> {
    if written == generated {
        return None;
    }
    let (mut old, mut new) = (written.lines(), generated.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) if old == new => {}
            (old, new) => return Some(format!("{number}: has {}, generated {}", shown(old), shown(new))),
        }
    }
    Some(" line ends differ".to_owned())
}

fn shown(line: Option<&str>) -> String {
    line.map_or_else(|| "no such line".to_owned(), |line| format!("`{line}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(name, text)| (format!("{GENERATED}/{name}"), (*text).to_owned())).collect()
    }

    #[test]
    fn what_was_written_passes_the_check() {
        let root = tempfile::tempdir().unwrap();
        let files = generated(&[("types/a.toml", "a = 1\n"), ("sources.toml", "")]);
        write(root.path(), &files).unwrap();
        check(root.path(), &files).unwrap();
    }

    #[test]
    fn each_file_that_differs_is_listed_with_its_first_line() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &generated(&[("a.toml", "one\ntwo\n"), ("b.toml", "same\n"), ("old.toml", "")])).unwrap();
        let now = generated(&[("a.toml", "one\n2\n"), ("b.toml", "same\nmore\n"), ("new.toml", "")]);
        let error = check(root.path(), &now).unwrap_err().to_string();
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(
            lines,
            [
                "the catalog is not up to date; run `cargo xtask catalog`",
                "shared/catalog/data/generated/old.toml: no longer generated",
                "shared/catalog/data/generated/a.toml:2: has `two`, generated `2`",
                "shared/catalog/data/generated/b.toml:2: has no such line, generated `more`",
                "shared/catalog/data/generated/new.toml: missing",
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_longer_generated_is_deleted() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &generated(&[("types/a.toml", ""), ("types/b.toml", "")])).unwrap();
        let now = generated(&[("types/a.toml", "")]);
        write(root.path(), &now).unwrap();
        check(root.path(), &now).unwrap();
    }
}
