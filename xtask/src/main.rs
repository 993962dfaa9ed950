//! Tasks that are not compiling. `cargo xtask generate` writes the generated pages, `cargo xtask catalog` the catalog's data;
//! with `--check` they fail where one is not up to date. `cargo xtask tidy` checks what no compiler checks.

mod catalog;
mod coverage;
mod tidy;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["catalog"] => catalog::run(&root(), catalog::Mode::Write),
        ["catalog", "--check"] => catalog::run(&root(), catalog::Mode::Check),
        ["catalog", "--gold", list] => catalog::gold(&root(), Path::new(list)),
        ["catalog", "--requests", seed, file, count @ ..] => {
            let count =
                count.first().map_or(Ok(300), |count| count.parse()).context("expected a number of requests")?;
            catalog::requests(&root(), seed, Path::new(file), count)
        }
        ["tidy"] => tidy::check(&root()),
        _ => bail!(
            "expected `generate`, `catalog` (both take `--check`), `catalog --gold FILE`, `catalog --requests SEED FILE [COUNT]` or `tidy`"
        ),
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Writes, or compares, every generated file.
fn generate(only_check: bool) -> Result<()> {
    let mut files = vec![("docs/coverage.md".to_owned(), coverage::page())];
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
