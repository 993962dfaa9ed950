//! `rules check`, `rules test` and `rules deploy`.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use driftwire_drift::judge;

use crate::desk;
use crate::store::StoreName;

/// Says whether a rules file can be used.
pub(crate) fn check(file: &Path, out: &mut dyn Write) -> Result<()> {
    desk::rules(Some(file))?;
    Ok(writeln!(out, "{}: valid", file.display())?)
}

/// Makes a rules file the one that a deployment uses: a minute later at most. A wrong one is refused here.
pub(crate) fn deploy(file: &Path, store: &StoreName, out: &mut dyn Write) -> Result<()> {
    desk::rules(Some(file))?;
    let text = std::fs::read_to_string(file).with_context(|| format!("reading the rules file {}", file.display()))?;
    let version = store.put_rules(&text)?;
    Ok(writeln!(out, "{}: version {version} of the rules", file.display())?)
}

/// Runs the examples in a rules file. Returns whether all came out as they say.
pub(crate) fn test(file: &Path, out: &mut dyn Write) -> Result<bool> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading the rules file {}", file.display()))?;
    let report = judge::test(&text, &file.display().to_string())?;
    let examples: usize = report.rules.iter().map(|rule| rule.examples.len()).sum();
    for rule in &report.rules {
        for example in rule.examples.iter().filter(|it| !it.passed()) {
            let fires = |fires: bool| if fires { "fires" } else { "does not fire" };
            writeln!(
                out,
                "{}:{}: rule `{}` {}, the example says that it {}",
                file.display(),
                example.line,
                rule.rule,
                fires(example.fired),
                fires(example.expected)
            )?;
            for problem in &example.problems {
                writeln!(out, "  {problem}")?;
            }
        }
    }
    for rule in report.without_examples() {
        writeln!(out, "{}: rule `{rule}` has no example", file.display())?;
    }
    let number = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    writeln!(
        out,
        "{}: {}, {}, {}",
        file.display(),
        number(report.rules.len(), "rule"),
        number(examples, "example"),
        if report.passed() { "all as they say" } else { "not all as they say" }
    )?;
    Ok(report.passed())
}
