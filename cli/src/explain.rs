//! `explain`: every step for one record, in the order in which they happen.

use std::io::Write;

use anyhow::{Context as _, Result, bail};
use driftwire_cloudtrail::{Record, for_each_record};
use driftwire_drift::{Call, Context, Detail, FacetResult, Judged, Outcome, judge};
use driftwire_report::plain::{plain, shorten};
use driftwire_report::v1;

use crate::args::ExplainArgs;
use crate::desk::{Desk, read_all};
use crate::input::expand;
use crate::print::{counts_as_drift, view};

/// Explains. Returns whether there is drift.
pub(crate) fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<bool> {
    let (declared, record) = args.split()?;
    let desk = Desk::read(&declared)?;
    let inputs = expand(std::slice::from_ref(&record), "a file with one CloudTrail record")?;
    let mut drift = false;
    let mut seen = 0;
    let mut failed = None;
    for input in &inputs {
        let bytes = read_all(input).with_context(|| input.name())?;
        for_each_record(&bytes, &mut |record| {
            seen += 1;
            match record {
                Ok(record) => match explain(&record, &desk, out) {
                    Ok(one) => drift |= one,
                    Err(error) => failed = Some(error),
                },
                Err(unreadable) => failed = Some(anyhow::anyhow!("{}: {unreadable}", input.name())),
            }
        });
    }
    match failed {
        Some(error) => Err(error),
        None if seen == 0 => bail!("{record}: no CloudTrail record in it"),
        None => Ok(drift),
    }
}

fn explain(record: &Record<'_>, desk: &Desk, out: &mut dyn Write) -> Result<bool> {
    let context = Context { detail: Detail::Full, ..desk.context() };
    let judged = judge(record.clone(), context);
    let name = format!("{}:{}", record.service(), record.operation());
    head(out, "record", &format!("{} of {} at {}", record.event_name, record.event_source, record.event_time))?;
    line(out, "event id", &record.event_id)?;
    line(
        out,
        "account",
        &format!("{}, {}", record.account().unwrap_or("unknown"), record.region.as_deref().unwrap_or("no region")),
    )?;
    if let Some(code) = &record.error_code {
        line(out, "failed", code)?;
    }
    if let Some(actor) = &judged.actor {
        let actor = actor.clone();
        head(out, "actor", &format!("{} ({:?}, via {:?})", actor.name, actor.kind, actor.via).to_lowercase())?;
        for (label, value) in [
            ("principal", actor.principal),
            ("role", actor.role),
            ("session", actor.session),
            ("invoked by", actor.invoked_by),
            ("address", actor.source_ip),
        ] {
            if let Some(value) = value {
                line(out, label, &value)?;
            }
        }
    }
    head(out, "catalog", &name)?;
    catalog(record, out)?;
    for outcome in &judged.outcomes {
        resource(outcome, &judged, desk, out)?;
    }
    let mut findings = judged.outcomes.iter().filter_map(|it| it.finding.as_ref());
    Ok(findings.any(|finding| counts_as_drift(&v1::finding(finding, None))))
}

/// What the catalog says of the call, and which parameters it has.
fn catalog(record: &Record<'_>, out: &mut dyn Write) -> Result<()> {
    match driftwire_catalog::call(record.service(), record.operation()) {
        Some(row) => {
            for target in row.targets {
                let types = if target.resources.len() > 3 {
                    format!("{} types", target.resources.len())
                } else {
                    target.resources.join(", ")
                };
                line(
                    out,
                    "may touch",
                    &format!("{types} by {} ({:?})", target.id.join(", "), target.effect).to_string(),
                )?;
            }
        }
        None => match driftwire_catalog::ignored_class(record.service(), record.operation()) {
            Some(class) => {
                line(out, "not known", &format!("but on the list of calls that change no configuration ({class})"))?
            }
            None => {
                line(out, "not known", "the parameters are searched for declared resources; no property can be named")?
            }
        },
    }
    let call = Call::new(record.clone());
    let members: Vec<&str> = call.request.keys().map(String::as_str).collect();
    line(out, "parameters", &if members.is_empty() { "none".to_owned() } else { members.join(", ") })
}

fn resource(outcome: &Outcome, judged: &Judged, desk: &Desk, out: &mut dyn Write) -> Result<()> {
    let name = outcome.resource.as_ref().map_or_else(|| "none".to_owned(), |it| format!("{} {}", it.kind, it.id));
    head(out, "resource", &name)?;
    let declared = desk
        .context()
        .index
        .resources()
        .iter()
        .find(|it| outcome.resource.as_ref().is_some_and(|named| named.kind == it.kind && named.id == it.id));
    match declared {
        Some(resource) => {
            for declaration in desk.context().index.of(resource) {
                line(
                    out,
                    "declared",
                    &format!("{} in {}, {}", declaration.address, declaration.origin, declaration.version),
                )?;
            }
        }
        None => line(out, "declared", "by nobody")?,
    }
    for facet in &outcome.facets {
        let result = match facet.result {
            FacetResult::Same(reason) => format!("same ({})", v1::Reason::from(reason).as_str()),
            FacetResult::Differs(reason) => format!("differs ({})", v1::Reason::from(reason).as_str()),
            FacetResult::Unknown(reason) => format!("cannot be told ({})", v1::Reason::from(reason).as_str()),
            FacetResult::Undeclared => "nobody declares it".to_owned(),
            FacetResult::Quiet(reason) => format!("left out ({})", v1::Reason::from(reason).as_str()),
        };
        line(out, "compared", &format!("{}: {result}", facet.change.attribute))?;
        for (label, value) in [("  declared", &facet.change.declared), ("  actual", &facet.change.actual)] {
            if let Some(value) = value {
                line(out, label, &shorten(&value.to_string(), 200))?;
            }
        }
        for trace in &facet.traces {
            line(out, "  rule", trace)?;
        }
    }
    let verdict = published_verdict(judged, outcome);
    head(out, "verdict", &verdict)?;
    if let Some(finding) = &outcome.finding {
        line(out, "judged by", &format!("{} ({})", finding.rule, finding.rule_title))?;
        writeln!(out)?;
        write!(out, "{}", driftwire_report::findings(&[v1::finding(finding, None)], view()))?;
    }
    Ok(())
}

fn published_verdict(judged: &Judged, outcome: &Outcome) -> String {
    let published = crate::print::published(judged, outcome);
    format!("{}, because {}", published.verdict, published.reason.as_str())
}

fn head(out: &mut dyn Write, label: &str, text: &str) -> Result<()> {
    Ok(writeln!(out, "{label:10} {}", plain(text))?)
}

fn line(out: &mut dyn Write, label: &str, text: &str) -> Result<()> {
    Ok(writeln!(out, "  {label:12} {}", plain(text))?)
}
