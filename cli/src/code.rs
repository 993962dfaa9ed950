//! Finds the files of Terraform code below the folders that people name, and tells declarations what it ignores.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use driftwire_declared::{Code, Declaration};

/// The largest file that is read; the code's own limit is lower.
const FILE_BYTES: u64 = 16 << 20;

/// Tells each declaration what the code below one of these folders ignores.
pub(crate) fn apply(roots: &[PathBuf], declarations: &mut [Declaration], notes: &mut Vec<String>) -> Result<()> {
    for root in roots {
        let name = root.display();
        let code = read(root)?;
        notes.extend(code.warnings().iter().map(|warning| format!("{name}: {warning}")));
        let applied = code.apply(declarations);
        if applied.declarations == 0 {
            notes.push(format!("{name}: no declared resource comes from this code; give the code of the states given"));
        }
    }
    Ok(())
}

fn read(root: &Path) -> Result<Code> {
    let name = root.display();
    if !root.exists() {
        bail!("{name}: no such folder; expected the folder of a Terraform root module");
    }
    if !root.is_dir() {
        bail!("{name}: not a folder; expected the folder of a Terraform root module");
    }
    let listed = root.join(".terraform/modules/modules.json");
    let modules = if listed.is_file() { Some(text(&listed)?) } else { None };
    Code::read(&name.to_string(), modules.as_deref(), |folder| files(&root.join(folder)))
}

/// The files of code in a folder; none where there is no such folder.
fn files(folder: &Path) -> Result<Option<Vec<(String, String)>>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("reading the folder {}", folder.display()))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if Code::is_file(name) && path.is_file() {
            files.push((name.to_owned(), text(&path)?));
        }
    }
    Ok(Some(files))
}

fn text(path: &Path) -> Result<String> {
    let reading = || format!("reading {}", path.display());
    let file = std::fs::File::open(path).with_context(reading)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES).read_to_end(&mut bytes).with_context(reading)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => bail!("{}: not UTF-8 text; expected Terraform code", path.display()),
    }
}
