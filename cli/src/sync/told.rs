//! What became of a sync, for people and for programs. Decides nothing.

use std::io::Write;

use anyhow::Result;
use driftwire_drift::Named;
use driftwire_report::plain::plain;
use driftwire_report::v1::Finding;
use driftwire_store::{Entry, Event, Moved, OriginState, Settled};
use jiff::Timestamp;
use serde::Serialize;

/// What became of one origin. Its JSON form is published: members are only ever added.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    schema: &'static str,
    pub(super) origin: String,
    pub(super) version: String,
    added: u64,
    changed: u64,
    removed: u64,
    unchanged: u64,
    #[serde(flatten)]
    pub(super) settled: Counts,
    pub(super) changes: Vec<Change>,
}

/// How many changes there are of each kind.
#[derive(Debug, Default, Serialize)]
pub(super) struct Counts {
    applied: u64,
    absorbed: u64,
    gone: u64,
    reported: u64,
    standing: u64,
    waiting: u64,
}

impl std::ops::AddAssign<Settled> for Counts {
    fn add_assign(&mut self, settled: Settled) {
        self.applied += settled.applied;
        self.absorbed += settled.absorbed;
        self.gone += settled.gone + (settled.closed - settled.applied - settled.absorbed - settled.gone);
        self.reported += settled.reported;
        self.standing += settled.standing;
        self.waiting += settled.waiting;
    }
}

/// What became of one change.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    /// `applied`, `absorbed`, `gone`, or `reported`.
    became: String,
    /// Its type and identifier.
    resource: String,
    account: String,
    region: String,
    /// The id of its finding, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
    /// When the change was made, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_time: Option<Timestamp>,
    title: String,
}

impl Told {
    pub(super) fn new(state: &OriginState, moved: &Moved) -> Self {
        let Moved { added, changed, removed, unchanged, resources: _ } = *moved;
        Self {
            schema: "driftwire.sync/v1",
            origin: state.origin.clone(),
            version: state.version.clone(),
            added,
            changed,
            removed,
            unchanged,
            settled: Counts::default(),
            changes: Vec::new(),
        }
    }

    /// Prints it for programs: one line.
    pub(super) fn line(&self, out: &mut dyn Write) -> Result<()> {
        Ok(writeln!(out, "{}", serde_json::to_string(self)?)?)
    }

    /// Prints it for people.
    pub(super) fn print(&self, out: &mut dyn Write) -> Result<()> {
        let Self { origin, version, added, changed, removed, unchanged, .. } = self;
        let moved = format!("{added} added, {changed} changed, {removed} removed, {unchanged} unchanged");
        writeln!(out, "{}", plain(&format!("{origin} ({version}): {moved}")))?;
        for change in &self.changes {
            let at = change.event_time.map(|at| at.strftime(", %Y-%m-%d %H:%M:%SZ").to_string()).unwrap_or_default();
            writeln!(out, "{}", plain(&format!("  {:8}  {}{at}", change.became, change.title)))?;
        }
        let Counts { applied, absorbed, gone, reported, standing, waiting } = self.settled;
        let counts = [
            (applied, "applied"),
            (absorbed, "absorbed"),
            (gone, "gone"),
            (reported, "reported"),
            (standing, "still open"),
            (waiting, "still waiting"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        if !counts.is_empty() {
            writeln!(out, "  {}", counts.join(", "))?;
        }
        Ok(())
    }
}

/// What became of the changes of a resource, by what its history has more than `before`. A change that waited and was
/// applied has no history: nobody was told of it.
pub(super) fn changes(resource: &Named, before: u64, history: &[Entry], settled: Settled) -> Vec<Change> {
    let change = |became: &str, finding: Option<String>, of: Option<&Finding>, title: String| Change {
        became: became.to_owned(),
        resource: format!("{} {}", resource.kind, resource.id),
        account: resource.account.clone(),
        region: resource.region.clone(),
        finding,
        event_time: of.map(|it| it.when.event_time),
        title: of.map_or(title, |it| it.title.clone()),
    };
    let mut changes = Vec::new();
    for entry in history.iter().filter(|entry| entry.number > before) {
        let became = match entry.event {
            Event::Found => "reported",
            Event::Closed => entry.standing.status.as_str(),
            Event::Changed | Event::Reopened => continue,
        };
        let id = &entry.standing.id;
        let of = history.iter().rev().filter(|it| it.standing.id == *id).find_map(|it| it.finding.as_ref());
        changes.push(change(became, Some(id.clone()), of, id.clone()));
    }
    let quiet = settled.applied.saturating_sub(changes.iter().filter(|it| it.became == "applied").count() as u64);
    for _ in 0..quiet {
        let title = format!("a change that waited, on {} {}", resource.kind, resource.id);
        changes.push(change("applied", None, None, title));
    }
    changes
}
