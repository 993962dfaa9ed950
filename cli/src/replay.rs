//! `replay`: CloudTrail files against declared state. Files are judged on all cores and taken in one after the other in
//! a stable order, so that the same input gives the same output.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write};

use anyhow::{Result, bail};
use driftwire_cloudtrail::{Limits, OpenError, Record, Unreadable, for_each_in};
use driftwire_drift::{Context, Judged, Reason, Replay, irrelevance, judge, replay::unreadable_reason};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::args::ReplayArgs;
use crate::desk::Desk;
use crate::input::{Input, expand};
use crate::print::{Printer, counts_as_drift};

/// How many files are judged before they are taken in: bounds what is in memory at once.
const FILES_PER_CORE: usize = 4;

/// One file, judged.
#[derive(Debug, Default)]
struct FileJudged {
    judged: Vec<Judged>,
    /// Records that change nothing, where nobody asked to see them.
    quiet: BTreeMap<Reason, u64>,
    unreadable: Vec<Unreadable>,
    /// Why the file could not be read to its end.
    broken: Option<OpenError>,
}

/// Replays and prints. Returns whether there is drift.
pub(crate) fn run(args: &ReplayArgs, out: &mut dyn Write) -> Result<bool> {
    let desk = Desk::read(&args.declared)?;
    let inputs = expand(&args.trail, "CloudTrail records")?;
    let mut replay = Replay::default();
    let mut printer = Printer::new(args.format, args.outcomes, out);
    let progress = progress(&inputs);
    let mut broken = Vec::new();
    for group in inputs.chunks(rayon::current_num_threads() * FILES_PER_CORE) {
        let files: Vec<FileJudged> =
            group.par_iter().map(|input| judge_file(input, desk.context(), args.outcomes, &progress)).collect();
        for (input, file) in group.iter().zip(files) {
            broken.extend(take(input, file, &mut replay, &mut printer)?);
        }
    }
    progress.finish_and_clear();
    if replay.records() == 0 && broken.is_empty() {
        bail!(
            "{}: no CloudTrail record found; expected log files (`Records`), JSON lines, LookupEvents answers, \
             EventBridge envelopes or SQS bodies",
            args.trail.join(", ")
        );
    }
    printer.finish(&replay, &desk.notes)?;
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    Ok(replay.findings().iter().any(counts_as_drift))
}

fn progress(inputs: &[Input]) -> ProgressBar {
    let bytes = inputs.iter().filter_map(|input| match input {
        Input::Stdin => None,
        Input::File { path, .. } => std::fs::metadata(path).ok().map(|it| it.len()),
    });
    let bytes: u64 = bytes.sum();
    if bytes < 4 << 20 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Reads and judges one file. What was judged before it breaks off is kept.
fn judge_file(input: &Input, context: Context<'_>, all: bool, progress: &ProgressBar) -> FileJudged {
    let mut file = FileJudged::default();
    let mut visit = |record: Result<Record<'_>, Unreadable>| match record {
        Ok(record) => match irrelevance(&record) {
            Some(reason) if !all => *file.quiet.entry(reason).or_default() += 1,
            _ => file.judged.push(judge(record, context)),
        },
        Err(unreadable) => file.unreadable.push(unreadable),
    };
    let limits = Limits::default();
    let read = match input {
        Input::Stdin => for_each_in(std::io::stdin().lock(), &limits, &mut visit),
        Input::File { path, .. } => match std::fs::File::open(path) {
            Ok(open) => for_each_in(progress.wrap_read(open), &limits, &mut visit),
            Err(error) => Err(error.into()),
        },
    };
    file.broken = read.err();
    file
}

/// Takes a judged file in. Returns what to say where it broke off.
fn take(input: &Input, file: FileJudged, replay: &mut Replay, printer: &mut Printer<'_>) -> Result<Option<String>> {
    let FileJudged { judged, quiet, unreadable, broken } = file;
    for judged in judged {
        printer.judged(&replay.take(judged))?;
    }
    for (reason, count) in quiet {
        replay.take_quiet(reason, count);
    }
    for unreadable in unreadable {
        replay.take_unreadable(unreadable_reason(&unreadable));
        printer.unreadable(&input.name(), &unreadable)?;
    }
    Ok(broken.map(|error| format!("{:#}", anyhow::Error::from(error).context(input.name()))))
}
