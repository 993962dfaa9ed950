//! What no compiler checks: the paths that ARCHITECTURE.md names exist, source files stay small, every crate inherits the
//! workspace's lints.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Longer files need a reason in their first lines.
const LINES: usize = 400;

/// Checks the tree under `root`.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut problems = Vec::new();
    named_paths(root, &mut problems)?;
    for folder in ["functions", "shared", "cli", "tests", "xtask"] {
        walk(&root.join(folder), &mut |path| file(root, path, &mut problems))?;
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{}", problems.join("\n"));
}

/// Paths in backquotes that look like ours must exist.
fn named_paths(root: &Path, problems: &mut Vec<String>) -> Result<()> {
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).context("reading ARCHITECTURE.md")?;
    for name in text.split('`').skip(1).step_by(2) {
        let ours = ["shared/", "cli/", "tests/", "xtask/", "docs/", "examples/", ".ci/"]
            .iter()
            .any(|folder| name.starts_with(folder));
        if ours && !root.join(name).exists() {
            problems.push(format!("ARCHITECTURE.md names `{name}`, which does not exist"));
        }
    }
    Ok(())
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() { walk(&path, visit)? } else { visit(&path)? }
    }
    Ok(())
}

fn file(root: &Path, path: &Path, problems: &mut Vec<String>) -> Result<()> {
    let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
    if path.extension().is_some_and(|it| it == "rs") {
        let text = std::fs::read_to_string(path)?;
        let lines = text.lines().count();
        if lines > LINES && !text.lines().take(12).any(|line| line.contains("Long because")) {
            problems.push(format!("{name} has {lines} lines; cut it, or say `Long because …` at its top"));
        }
    }
    if path.ends_with("Cargo.toml") && !std::fs::read_to_string(path)?.contains("[lints]\nworkspace = true") {
        problems.push(format!("{name} does not inherit the workspace's lints"));
    }
    Ok(())
}
