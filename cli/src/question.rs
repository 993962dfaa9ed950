//! `history`, `open` and `who`: what is kept of drift, asked and shown. Nothing here changes a store.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anyhow::{Result, bail};
use driftwire_drift::Named;
use driftwire_report::plain;
use driftwire_report::v1::{self, Finding, Severity, Status};
use driftwire_store::{Broken, Filter, History, PageRequest, StoreError, verify};

use crate::args::{Format, HistoryArgs, OpenArgs, WhoArgs};
use crate::print::{counts_as_drift, note, view};
use crate::store::{Store, wait};

/// How many findings are read at once: bounds what is in memory.
const PAGE: usize = 500;
/// How often a history is read again that was written to between its entries and its end.
const READS: usize = 5;

/// Prints findings, the newest first; or checks every history.
pub(crate) fn history(args: &HistoryArgs, out: &mut dyn Write) -> Result<()> {
    let store = args.narrow.store.open_existing()?;
    if args.verify {
        return verify_all(&store, out);
    }
    let mut shown = Shown::new(args.narrow.format, args.narrow.limit, out);
    each_finding(&store, &args.filter(), &mut |finding| shown.finding(&finding))?;
    shown.finish();
    Ok(())
}

/// Prints what is open, the most severe first. Returns whether any of it counts as drift, shown or not.
pub(crate) fn open(args: &OpenArgs, out: &mut dyn Write) -> Result<bool> {
    let store = args.narrow.store.open_existing()?;
    let mut open = Vec::new();
    each_finding(&store, &args.filter(), &mut |finding| {
        open.push(finding);
        Ok(Go::On)
    })?;
    // What a later call overtook is told by that call's own finding.
    let told: BTreeSet<String> = open.iter().map(|it| it.call.event_id.clone()).collect();
    open.retain(|it| it.superseded_by.as_ref().is_none_or(|event| !told.contains(event)));
    // As in a replay: the worst first, then the oldest.
    open.sort_by_cached_key(|it| (Reverse(it.severity), it.when.event_time, it.id.clone()));
    let drift = open.iter().any(counts_as_drift);
    let mut shown = Shown::new(args.narrow.format, args.narrow.limit, out);
    for finding in &open {
        if shown.finding(finding)? == Go::Stop {
            break;
        }
    }
    shown.finish();
    Ok(drift)
}

/// Prints what one actor did, the newest first, and what it comes to.
pub(crate) fn who(args: &WhoArgs, out: &mut dyn Write) -> Result<()> {
    let store = args.narrow.store.open_existing()?;
    let mut counts: BTreeMap<(Reverse<Severity>, Status), usize> = BTreeMap::new();
    let mut shown = Shown::new(args.narrow.format, args.narrow.limit, out);
    each_finding(&store, &args.filter(), &mut |finding| {
        *counts.entry((Reverse(finding.severity), finding.status)).or_default() += 1;
        // Those behind the limit are counted.
        shown.finding(&finding).map(|_| Go::On)
    })?;
    shown.finish();
    if counts.is_empty() {
        return Ok(());
    }
    let text = summary(&args.name, &counts);
    match args.narrow.format {
        Format::Json => note(&text),
        Format::Table => write!(out, "\n{text}")?,
    }
    Ok(())
}

/// How many findings there are of each severity, and how they stand.
fn summary(name: &str, counts: &BTreeMap<(Reverse<Severity>, Status), usize>) -> String {
    let all: usize = counts.values().sum();
    let mut text = format!("{}: {all} finding{}\n", plain::plain(name), if all == 1 { "" } else { "s" });
    for severity in Severity::ALL.iter().rev() {
        let of = counts.iter().filter(|((Reverse(it), _), _)| it == severity);
        let stand: Vec<String> = of.map(|((_, status), count)| format!("{count} {status}")).collect();
        if !stand.is_empty() {
            text.push_str(&format!("  {severity:8}  {}\n", stand.join(", ")));
        }
    }
    text
}

/// Whether to go on with the next finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Go {
    On,
    Stop,
}

/// Visits findings, the newest first, a page at a time.
fn each_finding(store: &Store, filter: &Filter, visit: &mut dyn FnMut(Finding) -> Result<Go>) -> Result<()> {
    let mut page = PageRequest { limit: Some(PAGE), ..PageRequest::default() };
    loop {
        let answer = wait(store.findings(filter, &page))?;
        for finding in answer.items {
            if visit(finding)? == Go::Stop {
                return Ok(());
            }
        }
        let Some(next) = answer.next else { return Ok(()) };
        page.after = Some(next);
    }
}

/// Prints findings in the order in which they come.
struct Shown<'o> {
    format: Format,
    /// How many are still to be shown; all where it is none.
    left: Option<u32>,
    any: bool,
    more: bool,
    out: &'o mut dyn Write,
}

impl<'o> Shown<'o> {
    fn new(format: Format, limit: Option<u32>, out: &'o mut dyn Write) -> Self {
        Self { format, left: limit, any: false, more: false, out }
    }

    /// Prints one more; says to stop where the limit is reached.
    fn finding(&mut self, finding: &Finding) -> Result<Go> {
        if self.left == Some(0) {
            self.more = true;
            return Ok(Go::Stop);
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        match self.format {
            Format::Json => writeln!(self.out, "{}", v1::line(finding)?)?,
            Format::Table => {
                let gap = if self.any { "\n" } else { "" };
                write!(self.out, "{gap}{}", driftwire_report::findings(std::slice::from_ref(finding), view()))?;
            }
        }
        self.any = true;
        Ok(Go::On)
    }

    /// Says what is not to be seen.
    fn finish(&mut self) {
        if !self.any {
            note("note: no finding is kept that is asked for");
        } else if self.more {
            note("note: there are more findings; --limit shows more, or leave it out");
        }
    }
}

/// Checks the history of every resource, and prints those that do not hold together.
fn verify_all(store: &Store, out: &mut dyn Write) -> Result<()> {
    let resources = wait(store.resources())?;
    let (mut broken, mut entries) = (0_usize, 0_usize);
    for resource in &resources {
        match wait(verified(store, resource)) {
            Ok(Ok(count)) => entries += count,
            Ok(Err(Broken { resource, entry })) => {
                broken += 1;
                writeln!(
                    out,
                    "{}: broken at entry {entry}: it was changed, or one before it taken away",
                    place(&resource)
                )?;
            }
            // An entry that cannot be read is broken too; the rest is still checked.
            Err(StoreError::Permanent { reason, .. }) => {
                broken += 1;
                writeln!(out, "{}: {}", place(resource), plain::plain(&reason))?;
            }
            Err(error @ StoreError::Transient { .. }) => return Err(error.into()),
        }
    }
    if broken > 0 {
        out.flush()?;
        bail!("{broken} of {} histories are not as they were written", resources.len());
    }
    Ok(writeln!(out, "{} histories, {entries} entries: all as they were written", resources.len())?)
}

/// Checks one history. Returns how many entries it has.
async fn verified(store: &Store, resource: &Named) -> Result<Result<usize, Broken>, StoreError> {
    let mut last = Ok(0);
    for _ in 0..READS {
        let head = store.head(resource).await?;
        let entries = store.history(resource).await?;
        last = verify(resource, &entries, &head).map(|()| entries.len());
        // Where someone wrote in between, the entries run ahead of the end that was read.
        if last.is_ok() || store.head(resource).await? == head {
            break;
        }
    }
    Ok(last)
}

fn place(resource: &Named) -> String {
    let Named { kind, id, account, region } = resource;
    plain::plain(&format!("{kind} {id}, {account}/{region}"))
}
