//! `catalog show` and `catalog stats`: what the catalog knows of a call, where that comes from, and how much it knows.

use std::io::Write;

use anyhow::{Result, bail};
use driftwire_catalog::{
    Effect, Property, Target, TerraformPath, calls, calls_of_service, coverage, event_sources, ignored_class,
    targets_of_service, type_counts,
};
use serde_json::{Value, json};

use crate::args::Format;

/// How many names are suggested for one that is not known.
const SUGGESTIONS: usize = 5;

/// Shows one call: `ec2:ModifyVpcAttribute`, by event source or by the service's name.
pub(crate) fn show(name: &str, format: Format, out: &mut dyn Write) -> Result<()> {
    let Some((service, operation)) = name.split_once(':') else {
        bail!("`{name}` is no call; expected <service>:<operation>, as in ec2:ModifyVpcAttribute");
    };
    let service = service.trim_end_matches(".amazonaws.com").to_ascii_lowercase();
    let found = calls_of_service(&service, operation);
    let [first, ..] = found.as_slice() else { return unknown(name, &service, operation, format, out) };
    let targets = targets_of_service(&service, &found);
    match format {
        Format::Json => writeln!(out, "{}", document(name, &targets))?,
        Format::Table => {
            writeln!(out, "{}:{}", first.source, first.operation)?;
            for target in targets {
                table(target, out)?;
            }
        }
    }
    Ok(())
}

fn unknown(name: &str, service: &str, operation: &str, format: Format, out: &mut dyn Write) -> Result<()> {
    if let Some(class) = ignored_class(service, operation) {
        match format {
            Format::Json => writeln!(out, "{}", json!({"call": name, "types": [], "ignored": class}))?,
            Format::Table => writeln!(out, "{name}: changes no configuration ({class})")?,
        }
        return Ok(());
    }
    let near = near(service, operation);
    let hint = if near.is_empty() { String::new() } else { format!("; the nearest are {}", near.join(", ")) };
    bail!(
        "the catalog has no call `{name}`{hint} (a record of it is still searched for the declared resources it names)"
    );
}

/// Calls of the same service, or of the same name, that look like the one asked for.
fn near(service: &str, operation: &str) -> Vec<String> {
    let sources = event_sources(service);
    let mut near: Vec<(f64, String)> = calls()
        .filter(|row| row.source == service || sources.contains(&row.source) || row.operation == operation)
        .map(|row| (likeness(operation, row.operation), format!("{}:{}", row.source, row.operation)))
        .filter(|(likeness, _)| *likeness > 0.6)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    near.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

/// Dice's coefficient of the pairs of letters: 1 for equal names, 0 for names that share none.
fn likeness(one: &str, other: &str) -> f64 {
    let pairs = |text: &str| {
        let lower = text.to_ascii_lowercase().into_bytes();
        lower.windows(2).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let (one, mut rest) = (pairs(one), pairs(other));
    let total = one.len() + rest.len();
    let shared = one
        .iter()
        .filter(|pair| rest.iter().position(|it| it == *pair).map(|at| rest.swap_remove(at)).is_some())
        .count();
    if total == 0 { 0.0 } else { 2.0 * shared as f64 / total as f64 }
}

/// The row as one JSON object; several targets unite, the likeliest types first.
fn document(name: &str, targets: &[&Target]) -> Value {
    let mut candidates: Vec<_> = targets.iter().flat_map(|it| it.candidates).collect();
    let mut seen = Vec::new();
    candidates.retain(|it| {
        !seen.contains(&it.kind) && {
            seen.push(it.kind);
            true
        }
    });
    let distinct = |values: Vec<Value>| {
        values.into_iter().fold(Vec::new(), |mut all: Vec<Value>, value| {
            if !all.contains(&value) {
                all.push(value);
            }
            all
        })
    };
    let each = |members: fn(&Target) -> Vec<Value>| distinct(targets.iter().flat_map(|it| members(it)).collect());
    json!({
        "call": name,
        "types": candidates.iter().map(|it| it.kind).filter(|it| it.starts_with("AWS::")).collect::<Vec<_>>(),
        "scores": candidates.iter().map(|it| json!({"type": it.kind, "score": it.score})).collect::<Vec<_>>(),
        "terraform": each(|it| it.terraform.iter().map(|it| json!(it)).collect()),
        "effect": each(|it| vec![json!(it.effect.as_str())]),
        "identifiers": each(identifiers),
        "properties": each(|it| it.properties.iter().map(|property| described(it, property)).collect()),
        "flags": each(|it| it.flags.iter().map(|it| json!(it.as_str())).collect()),
        "origin": each(|it| vec![json!(origin(it))]),
    })
}

/// Every member that identifies something, once: the parts of a composite identifier are the target's own.
fn identifiers(target: &Target) -> Vec<Value> {
    let mut members: Vec<(String, &str)> = Vec::new();
    let parts = target.id.iter().flat_map(|path| path.split('|')).filter(|part| !part.starts_with(['\'', '@']));
    let all = parts.map(|part| (part, "target"));
    let all = all
        .chain(target.parents.iter().map(|it| (*it, "parent")))
        .chain(target.references.iter().map(|it| (*it, "reference")));
    for (path, role) in all {
        let member = target.spelled(path);
        if !members.iter().any(|(known, _)| *known == member) {
            members.push((member, role));
        }
    }
    members.into_iter().map(|(member, role)| json!({"member": member, "role": role})).collect()
}

fn described(target: &Target, property: &Property) -> Value {
    let terraform: Vec<String> = property.terraform.iter().filter_map(terraform_path).collect();
    json!({"member": target.spelled(property.member), "property": property.name, "terraform": terraform})
}

/// A path in Terraform that the row spells out; where the names are the same there is nothing to spell out.
fn terraform_path(path: &TerraformPath) -> Option<String> {
    match path {
        TerraformPath::Same => None,
        TerraformPath::Any(path) => Some((*path).to_owned()),
        TerraformPath::Of(kind, path) => Some(format!("{kind}.{path}")),
    }
}

fn origin(target: &Target) -> String {
    match target.because {
        Some(because) => format!("reviewed: {because}"),
        None => format!("generated from AWS's model of {}", target.service),
    }
}

fn table(target: &Target, out: &mut dyn Write) -> Result<()> {
    let mut line = |label: &str, text: String| -> Result<()> {
        if !text.is_empty() {
            writeln!(out, "  {label:12} {text}")?;
        }
        Ok(())
    };
    let spelled = |members: &[&str]| members.iter().map(|it| target.spelled(it)).collect::<Vec<_>>().join(", ");
    let words = |words: Vec<&str>| words.join(", ");
    let why = target.why.map(|it| format!(" ({it:?})").to_lowercase()).unwrap_or_default();
    line("effect", format!("{}{why}", target.effect.as_str()))?;
    line("only if", target.when.map(|it| target.spelled(it)).unwrap_or_default())?;
    let scored = |it: &driftwire_catalog::Candidate| match it.score {
        Some(score) => format!("{} ({score:.2})", it.kind),
        None => it.kind.to_owned(),
    };
    line("types", target.candidates.iter().map(scored).collect::<Vec<_>>().join(", "))?;
    line("Terraform", words(target.terraform.to_vec()))?;
    line("identifiers", spelled(target.id))?;
    line("parents", spelled(target.parents))?;
    line("references", spelled(target.references))?;
    if !target.collection.is_empty() {
        line("collection", format!("{} by {}", target.collection, spelled(target.key)))?;
    }
    if matches!(target.effect, Effect::Tag | Effect::Untag | Effect::Retag | Effect::Replace) {
        line("from", target.spelled(target.from))?;
    }
    for property in target.properties {
        let paths: Vec<String> = property.terraform.iter().filter_map(terraform_path).collect();
        let terraform = if paths.is_empty() { String::new() } else { format!(" ({})", paths.join(", ")) };
        let member = if property.member.is_empty() { "the call".to_owned() } else { target.spelled(property.member) };
        line("property", format!("{member} → {}{terraform}", property.name))?;
    }
    line("decoder", target.decoder.map(|it| format!("{it:?}")).unwrap_or_default())?;
    line("flags", words(target.flags.iter().map(|it| it.as_str()).collect()))?;
    line("origin", origin(target))
}

/// Prints the totals.
pub(crate) fn stats(format: Format, out: &mut dyn Write) -> Result<()> {
    let services = coverage();
    let mut all = driftwire_catalog::Coverage::default();
    services.values().for_each(|it| all += *it);
    let (types, live, terraform) = type_counts();
    let rows = [
        ("event_sources", services.len(), "event sources"),
        ("calls", all.calls, "mutating control-plane calls"),
        ("typed", all.typed, "of them with the resource's type"),
        ("identified", all.identified, "of them with the member that identifies it"),
        ("with_properties", all.with_properties, "of them with what they set"),
        ("readable", all.readable, "of them on a type that the Cloud Control API reads"),
        ("quiet", all.quiet, "of them change no configuration"),
        ("reviewed", all.reviewed, "of them reviewed by a person"),
        ("cloudformation_types", types, "CloudFormation types"),
        ("live_types", live, "of them readable by the Cloud Control API"),
        ("terraform_types", terraform, "Terraform types"),
        ("size_bytes", driftwire_catalog::size_bytes(), "bytes in the binary"),
    ];
    match format {
        Format::Json => {
            let members = rows.iter().map(|(key, count, _)| ((*key).to_owned(), json!(count))).collect();
            writeln!(out, "{}", Value::Object(members))?;
        }
        Format::Table => {
            for (_, count, what) in rows {
                writeln!(out, "{count:>7}  {what}")?;
            }
        }
    }
    Ok(())
}
