//! Tasks that are not compiling. `cargo xtask generate` writes the generated files, `--check` fails where one is not up to
//! date, `cargo xtask tidy` checks what no compiler checks.

mod detected;
mod tidy;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["tidy"] => tidy::check(&root()),
        _ => bail!("expected `generate`, `generate --check` or `tidy`"),
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Writes, or compares, every generated file.
fn generate(only_check: bool) -> Result<()> {
    let mut files = vec![("docs/detected.md".to_owned(), detected::page())];
    for (name, text) in driftwire_report::schema::schemas() {
        files.push((format!("docs/schema/{name}"), text));
    }
    for (name, text) in files {
        let path = root().join(&name);
        if only_check {
            let written =
                std::fs::read_to_string(&path).with_context(|| format!("{name} is missing; run `make generate`"))?;
            if written != text {
                bail!("{name} is not up to date; run `make generate`");
            }
        } else {
            std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
            std::fs::write(&path, text).with_context(|| format!("writing {name}"))?;
        }
    }
    Ok(())
}
