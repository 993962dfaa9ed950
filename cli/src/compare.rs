//! `compare`: declared properties beside what AWS answered when the resource was read, one pair a line; the paths that
//! differ out, one answer a line, in order.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _, Write};

use anyhow::{Context as _, Result, bail};
use driftwire_declared::Redactor;
use driftwire_drift::compare::{Difference, ModelComparison, ResourceRules, Undecided, Unknown};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::args::{CompareArgs, Format};
use crate::desk::fresh_key;

/// The longest line that is read.
const LINE_BYTES: u64 = 64 << 20;

/// One line of input.
#[derive(Debug, Deserialize)]
struct Pair {
    /// CloudFormation's type name.
    #[serde(rename = "type")]
    kind: String,
    /// What identifies the resource; taken from the live model where it is not given.
    id: Option<String>,
    /// What is declared: properties, resolved.
    declared: Map<String, Value>,
    /// What AWS answered; none where the resource is gone.
    live: Option<Map<String, Value>>,
    /// Tags that the code gives to everything, as those of a stack.
    #[serde(default)]
    default_tags: BTreeMap<String, String>,
}

/// Compares every pair. Returns whether any differs.
pub(crate) fn run(args: &CompareArgs, out: &mut dyn Write) -> Result<bool> {
    match args.pairs.as_deref() {
        None | Some("-") => compare(std::io::stdin().lock(), "standard input", args.format, out),
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| format!("reading {path}"))?;
            compare(std::io::BufReader::new(file), path, args.format, out)
        }
    }
}

fn compare(mut input: impl BufRead, name: &str, format: Format, out: &mut dyn Write) -> Result<bool> {
    let redactor = Redactor::new(&fresh_key());
    let mut rules: BTreeMap<String, ResourceRules> = BTreeMap::new();
    let (mut line, mut number, mut pairs, mut drift) = (Vec::new(), 0_u64, 0_u64, false);
    loop {
        line.clear();
        number += 1;
        if input.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line).with_context(|| format!("reading {name}"))? == 0
        {
            break;
        }
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        if line.last() != Some(&b'\n') && line.len() as u64 == LINE_BYTES {
            bail!("{name}, line {number}: longer than {} MiB; expected one pair a line", LINE_BYTES >> 20);
        }
        let pair: Pair = serde_json::from_slice(text).map_err(|error| refusal(name, number, &error))?;
        let rules = rules.entry(pair.kind.clone()).or_insert_with(|| ResourceRules::of(&pair.kind));
        let id = pair.id.or_else(|| rules.id_of(pair.live.as_ref().unwrap_or(&pair.declared), &pair.declared));
        let mut found = match pair.live {
            Some(live) => rules.compare_tagged(pair.declared, live, &pair.default_tags),
            None => ModelComparison::of_absent_resource(),
        };
        found.hide_secrets(&redactor);
        drift |= !found.differences.is_empty();
        pairs += 1;
        match format {
            Format::Json => {
                serde_json::to_writer(&mut *out, &answer(&pair.kind, id.as_deref(), &found))?;
                writeln!(out)?;
            }
            Format::Table => table(&pair.kind, id.as_deref(), &found, out)?,
        }
    }
    if pairs == 0 {
        bail!("{name}: no pair in it; expected {EXPECTED} a line");
    }
    Ok(drift)
}

const EXPECTED: &str = r#"{"type": "AWS::…", "declared": {…}, "live": {…}}"#;

/// Says where a line is wrong. Never what it holds.
fn refusal(name: &str, number: u64, error: &serde_json::Error) -> anyhow::Error {
    let reason = match error.classify() {
        serde_json::error::Category::Data => "not a pair".to_owned(),
        _ => format!("not JSON at column {}", error.column()),
    };
    anyhow::anyhow!("{name}, line {number}: {reason}; expected {EXPECTED} on one line")
}

/// One line of output.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: Option<&'a str>,
    differences: Vec<Different<'a>>,
    undecided: Vec<Open<'a>>,
}

/// A path that differs.
#[derive(Debug, Serialize)]
struct Different<'a> {
    path: &'a str,
    declared: Option<&'a Value>,
    actual: Option<&'a Value>,
}

/// A path that could not be compared.
#[derive(Debug, Serialize)]
struct Open<'a> {
    path: &'a str,
    reason: &'static str,
}

fn answer<'a>(kind: &'a str, id: Option<&'a str>, found: &'a ModelComparison) -> Answer<'a> {
    let different =
        |it: &'a Difference| Different { path: &it.path, declared: it.declared.as_ref(), actual: it.actual.as_ref() };
    let open = |it: &'a Undecided| Open { path: &it.path, reason: reason(it.why) };
    Answer {
        kind,
        id,
        differences: found.differences.iter().map(different).collect(),
        undecided: found.undecided.iter().map(open).collect(),
    }
}

/// Why a place could not be compared, as published.
fn reason(why: Unknown) -> &'static str {
    match why {
        Unknown::Masked => "masked",
        Unknown::Unresolved => "unresolved",
        Unknown::Omitted => "not_readable",
        Unknown::Redacted => "redacted",
    }
}

fn table(kind: &str, id: Option<&str>, found: &ModelComparison, out: &mut dyn Write) -> Result<()> {
    let text = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    let verdict = match (found.differences.len(), found.undecided.len()) {
        (0, 0) => "equal".to_owned(),
        (0, open) => format!("no difference seen, {open} not comparable"),
        (1, 0) => "1 difference".to_owned(),
        (count, 0) => format!("{count} differences"),
        (count, open) => format!("{count} different, {open} not comparable"),
    };
    writeln!(out, "{kind} {}: {verdict}", id.unwrap_or("(no id)"))?;
    for it in &found.differences {
        writeln!(out, "  {}: {} declared, {} in AWS", it.path, text(it.declared.as_ref()), text(it.actual.as_ref()))?;
    }
    for it in &found.undecided {
        writeln!(out, "  {}: cannot be compared ({})", it.path, reason(it.why))?;
    }
    Ok(())
}
