//! Where output goes: data to standard output, everything else to standard error.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use driftwire_cloudtrail::Unreadable;
use driftwire_drift::replay::unreadable_reason;
use driftwire_drift::{FacetResult, Judged, Outcome, Replay, Verdict};
use driftwire_report::v1::{Finding, FindingKind, Severity, Status};
use driftwire_report::{Color, View, summary, v1};

use crate::args::Format;

/// Whether a finding makes the exit code 2: it is open, and more than a property that nobody declares.
///
/// A resource that was touched in a way that cannot be told counts: exit code 0 says that there is no drift.
pub(crate) fn counts_as_drift(finding: &Finding) -> bool {
    let mere = finding.kind == FindingKind::Undeclared && finding.severity < Severity::Medium;
    finding.status == Status::Open && !mere
}

/// How wide and colorful the terminal is.
pub(crate) fn view() -> View {
    let stdout = std::io::stdout();
    let colors = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
    View { width: width.filter(|_| stdout.is_terminal()), color: if colors { Color::On } else { Color::Off } }
}

/// Prints what a replay comes to.
pub(crate) struct Printer<'o> {
    format: Format,
    outcomes: bool,
    out: &'o mut dyn Write,
    unreadable: Vec<summary::Unreadable>,
}

impl<'o> Printer<'o> {
    pub(crate) fn new(format: Format, outcomes: bool, out: &'o mut dyn Write) -> Self {
        Self { format, outcomes, out, unreadable: Vec::new() }
    }

    /// Prints the outcomes of a record, where they were asked for.
    pub(crate) fn judged(&mut self, judged: &Judged) -> Result<()> {
        if !self.outcomes {
            return Ok(());
        }
        for outcome in &judged.outcomes {
            self.outcome(&published(judged, outcome))?;
        }
        Ok(())
    }

    /// Prints, and keeps for the summary, what could not be read.
    pub(crate) fn unreadable(&mut self, file: &str, unreadable: &Unreadable) -> Result<()> {
        let place = format!("{file}, {}", unreadable.position);
        if self.outcomes {
            let outcome = v1::Outcome::new(Verdict::Unreadable, unreadable_reason(unreadable));
            self.outcome(&v1::Outcome { place: Some(place.clone()), ..outcome })?;
        }
        self.unreadable.push(summary::Unreadable { place, problem: unreadable.message.to_string() });
        Ok(())
    }

    fn outcome(&mut self, outcome: &v1::Outcome) -> Result<()> {
        match self.format {
            Format::Json => writeln!(self.out, "{}", v1::line(outcome)?)?,
            Format::Table => {
                let at = outcome.event_time.map(|it| it.to_string()).unwrap_or_default();
                let of = outcome.address.as_deref().or(outcome.resource.as_deref()).or(outcome.place.as_deref());
                let (verdict, reason) = (outcome.verdict.to_string(), outcome.reason.as_str());
                let name = outcome.event_name.as_deref().unwrap_or("-");
                let line = format!("{at:20}  {verdict:10}  {reason:19}  {name}  {}", of.unwrap_or("-"));
                writeln!(self.out, "{}", driftwire_report::plain::plain(&line))?;
            }
        }
        Ok(())
    }

    /// The first piece that could not be read, and how many there are.
    pub(crate) fn first_unreadable(&self) -> Option<(String, usize)> {
        self.unreadable.first().map(|it| (format!("{}: {}", it.place, it.problem), self.unreadable.len()))
    }

    /// Prints the findings as they stand now, and the summary. Returns whether there is drift.
    pub(crate) fn finish(self, replay: &Replay, notes: &[String]) -> Result<bool> {
        let mut summary =
            summary::Summary { records: replay.records(), unreadable: self.unreadable, ..Default::default() };
        for ((verdict, reason), count) in replay.counts() {
            summary.outcomes.insert(((*verdict).into(), (*reason).into()), *count);
        }
        let mut drift = false;
        let published = replay.findings().map(|finding| {
            let published = v1::finding(&finding, None);
            drift |= counts_as_drift(&published);
            summary.add_finding(&published);
            published
        });
        match self.format {
            Format::Json => {
                for finding in published {
                    writeln!(self.out, "{}", v1::line(&finding)?)?;
                }
                note(&summary.text(View::default()));
            }
            Format::Table => {
                let text = driftwire_report::findings(&published.collect::<Vec<_>>(), view());
                let gap = |wanted: bool| if wanted { "\n" } else { "" };
                write!(self.out, "{}{text}{}{}", gap(self.outcomes), gap(!text.is_empty()), summary.text(view()))?;
            }
        }
        self.out.flush()?;
        notes.iter().for_each(|it| note(&format!("note: {it}\n")));
        Ok(drift)
    }
}

/// An outcome in its published form.
pub(crate) fn published(judged: &Judged, outcome: &Outcome) -> v1::Outcome {
    let unknown = outcome.facets.iter().filter(|it| matches!(it.result, FacetResult::Unknown(_)));
    v1::Outcome {
        event_id: Some(judged.event_id.clone()),
        event_name: Some(judged.event_name.clone()),
        event_time: Some(judged.moment.time),
        resource: outcome.resource.as_ref().map(|it| format!("{} {}", it.kind, it.id)),
        account: outcome.resource.as_ref().map(|it| it.account.clone()).filter(|it| !it.is_empty()),
        region: outcome.resource.as_ref().map(|it| it.region.clone()).filter(|it| !it.is_empty()),
        address: outcome.address.clone(),
        finding: outcome.finding.as_ref().map(|it| it.id.clone()),
        unknown: unknown.map(|it| it.change.attribute.clone()).collect(),
        ..v1::Outcome::new(outcome.verdict, outcome.reason)
    }
}

/// Says something to the person at the terminal.
#[expect(clippy::print_stderr, reason = "the one place that speaks to standard error")]
pub(crate) fn note(text: &str) {
    eprint!("{}", text.lines().map(driftwire_report::plain::plain).fold(String::new(), |all, line| all + &line + "\n"));
}
