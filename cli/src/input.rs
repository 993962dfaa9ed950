//! From the paths that people type to files: folders are walked, globs expanded, each file once, in a stable order.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// One input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// `-`.
    Stdin,
    /// A file, and whether it was found in a folder rather than named.
    File { path: PathBuf, walked: bool },
}

impl Input {
    /// What to call it in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }
}

/// Expands paths. A path that leads nowhere is an error that says what was looked for.
pub(crate) fn expand(paths: &[String], what: &str) -> Result<Vec<Input>> {
    let mut inputs = BTreeSet::new();
    for path in paths {
        if path == "-" {
            inputs.insert(Input::Stdin);
        } else if path.starts_with("s3://") {
            let recursive = if path.ends_with('/') { "--recursive " } else { "" };
            bail!("{path}: the command reads local files; fetch it first: aws s3 cp {recursive}{path} .");
        } else if Path::new(path).exists() {
            add(Path::new(path), false, &mut inputs).with_context(|| format!("reading {path}"))?;
        } else if path.contains(['*', '?', '[']) {
            let before = inputs.len();
            for found in glob::glob(path).with_context(|| format!("{path}: not a valid glob"))? {
                add(&found?, false, &mut inputs)?;
            }
            if inputs.len() == before {
                bail!("{path}: no file matches; expected {what}");
            }
        } else {
            bail!("{path}: no such file or folder; expected {what}");
        }
    }
    if inputs.is_empty() {
        bail!("{}: the folder holds no file; expected {what}", paths.join(", "));
    }
    Ok(inputs.into_iter().collect())
}

fn add(path: &Path, walked: bool, inputs: &mut BTreeSet<Input>) -> Result<()> {
    if !path.is_dir() {
        inputs.insert(Input::File { path: path.to_owned(), walked });
        return Ok(());
    }
    let entries = std::fs::read_dir(path).with_context(|| format!("reading the folder {}", path.display()))?;
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A link may lead back up; only what it names is followed.
        if !hidden && (!path.is_symlink() || path.is_file()) {
            add(&path, true, inputs)?;
        }
    }
    Ok(())
}
