//! `replay`: CloudTrail files against declared state. Files are judged on all cores and taken in one after the other in
//! a stable order, so that the same input gives the same output.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail, ensure};
use driftwire_cloudtrail::{Limits, OpenError, Record, Unreadable, for_each_in};
use driftwire_drift::{
    Context, Index, Judged, Reason, Replay, Secrets, ask, irrelevance, judge, replay::unreadable_reason,
};
use driftwire_store::{Declared as _, Origins as _, StoreError, record_with};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::ReplayArgs;
use crate::desk::Desk;
use crate::input::{Input, expand};
use crate::key::Key;
use crate::print::Printer;
use crate::store::{Store, wait};

/// How many files are under way at once, for each core.
const FILES_PER_CORE: usize = 8;
/// How many judged records travel together, and how many such batches of a file may wait: bounds what is in memory.
const BATCH_RECORDS: usize = 256;
const BATCHES: usize = 8;

/// A part of a file, judged: each record with what may be kept of it.
#[derive(Debug, Default)]
struct Batch {
    judged: Vec<(Judged, Option<String>)>,
    /// Why the store did not say what is declared.
    refused: Option<StoreError>,
    /// Records that change nothing, where nobody asked to see them.
    quiet: BTreeMap<Reason, u64>,
    unreadable: Vec<Unreadable>,
    /// Why the file could not be read to its end.
    broken: Option<OpenError>,
}

/// Replays and prints. Returns whether there is drift.
pub(crate) fn run(args: &ReplayArgs, out: &mut dyn Write) -> Result<bool> {
    let (declared, key) = (args.declared(), Key::of(&args.key, &args.store)?);
    let desk = Desk::read_with(&declared, key.redactor.clone())?;
    let inputs = expand(&args.trail, "CloudTrail records")?;
    let store = kept(args, &key)?;
    let mut intake = Intake {
        replay: Replay::default(),
        store: store.as_ref(),
        printer: Printer::new(args.format, args.outcomes, out),
    };
    let progress = progress(&inputs);
    let mut broken = Vec::new();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for group in inputs.chunks(cores * FILES_PER_CORE) {
        let work = Work {
            files: group,
            next: AtomicUsize::new(0),
            context: desk.context(),
            store: store.as_ref(),
            asks: declared.state.is_empty(),
            all: args.outcomes,
            progress: &progress,
        };
        let (senders, receivers): (Vec<_>, Vec<_>) = group.iter().map(|_| sync_channel(BATCHES)).unzip();
        // A sender is dropped when its file is done, which ends its receiver's loop below.
        let senders: Vec<Mutex<Option<SyncSender<Batch>>>> =
            senders.into_iter().map(|it| Mutex::new(Some(it))).collect();
        std::thread::scope(|scope| -> Result<()> {
            for _ in 0..cores.min(group.len()) {
                scope.spawn(|| work.judge_files(&senders));
            }
            // Files are taken up in order, so the one that is waited for here is always under way.
            for (input, receiver) in group.iter().zip(receivers) {
                for batch in receiver {
                    broken.extend(intake.take(input, batch)?);
                }
            }
            Ok(())
        })?;
    }
    progress.finish_and_clear();
    let Intake { replay, store: _, printer } = intake;
    let (unread, pieces) = printer.first_unreadable().unwrap_or_default();
    if replay.records() == u64::try_from(pieces)? && broken.is_empty() {
        let first =
            if pieces == 0 { String::new() } else { format!("; {pieces} pieces cannot be read, the first: {unread}") };
        bail!(
            "{}: no CloudTrail record found; expected log files (`Records`), JSON lines, LookupEvents answers, \
             EventBridge envelopes or SQS bodies{first}",
            args.trail.join(", ")
        );
    }
    let drift = printer.finish(&replay, &desk.notes)?;
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    Ok(drift)
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

/// A group of files that several threads work on.
struct Work<'w> {
    files: &'w [Input],
    /// The next file that nobody has taken up.
    next: AtomicUsize,
    context: Context<'w>,
    /// Where records are kept.
    store: Option<&'w Store>,
    /// Whether the store says what is declared.
    asks: bool,
    /// Whether records that change nothing are wanted one by one.
    all: bool,
    progress: &'w ProgressBar,
}

impl Work<'_> {
    /// Takes up one file after the other, in order, until there is none left.
    fn judge_files(&self, senders: &[Mutex<Option<SyncSender<Batch>>>]) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let (Some(input), Some(sender)) = (self.files.get(at), senders.get(at)) else { return };
            let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(sender) = sender {
                self.judge_file(input, &sender);
            }
        }
    }

    /// Reads and judges one file. What was judged before it breaks off is kept.
    fn judge_file(&self, input: &Input, sender: &SyncSender<Batch>) {
        let mut batch = Batch::default();
        let mut visit = |record: Result<Record<'_>, Unreadable>| {
            match record {
                Ok(record) => match irrelevance(&record) {
                    Some(reason) if !self.all => *batch.quiet.entry(reason).or_default() += 1,
                    _ => match self.judged(&record) {
                        Ok(judged) => batch.judged.push(judged),
                        Err(error) => drop(batch.refused.get_or_insert(error)),
                    },
                },
                Err(unreadable) => batch.unreadable.push(unreadable),
            }
            if batch.judged.len() + batch.unreadable.len() >= BATCH_RECORDS {
                self.send(sender, std::mem::take(&mut batch));
            }
        };
        let limits = Limits::default();
        let read = match input {
            Input::Stdin => for_each_in(std::io::stdin().lock(), &limits, &mut visit),
            Input::File { path, .. } => match std::fs::File::open(path) {
                Ok(open) => for_each_in(self.progress.wrap_read(open), &limits, &mut visit),
                Err(error) => Err(error.into()),
            },
        };
        batch.broken = read.err();
        self.send(sender, batch);
    }

    /// Judges a record. Returns what may be kept of it, too, if it may have to be judged again.
    fn judged(&self, record: &Record<'_>) -> Result<(Judged, Option<String>), StoreError> {
        let Some(store) = self.store else { return Ok((judge(record.clone(), self.context), None)) };
        let (secrets, known) = (Secrets::default(), self.declared(store, record)?);
        let index = known.as_ref().unwrap_or(self.context.index);
        let judged = judge(record.clone(), Context { index, secrets: Some(&secrets), ..self.context });
        let rests = judged.outcomes.iter().any(|it| !it.facets.is_empty() || it.finding.is_some());
        Ok((judged, rests.then(|| secrets.keep(record, self.context.redactor))))
    }

    /// What the store says is declared of what a record may concern; none where states were given.
    fn declared(&self, store: &Store, record: &Record<'_>) -> Result<Option<Index>, StoreError> {
        if !self.asks {
            return Ok(None);
        }
        let (_, wanted) = ask(record.clone(), self.context.rules, self.context.redactor);
        if wanted.names.is_empty() {
            return Ok(None);
        }
        Ok(Some(Index::new(wait(store.gather(&wanted, &[]))?.declarations)))
    }

    /// Hands a batch over. Nobody listens any more when printing failed; then no further file is taken up.
    fn send(&self, sender: &SyncSender<Batch>, batch: Batch) {
        if sender.send(batch).is_err() {
            self.next.store(self.files.len(), Ordering::Relaxed);
        }
    }
}

/// What judged records go into.
struct Intake<'o> {
    replay: Replay,
    store: Option<&'o Store>,
    printer: Printer<'o>,
}

/// The store to keep findings in. What is forgotten at the end is in the replay anyway.
fn kept(args: &ReplayArgs, key: &Key) -> Result<Option<Store>> {
    let asks = args.declared().state.is_empty();
    if !args.store.is_lasting() {
        ensure!(!asks, "no declared state given: --state PATH, or a --store that `driftwire sync` has written to");
        return Ok(None);
    }
    let store = if asks { args.store.open_existing()? } else { args.store.open()? };
    ensure!(
        !asks || !wait(store.origins())?.is_empty(),
        "no declared state in the store: `driftwire sync` writes it, or give --state PATH"
    );
    key.keep(&store)?;
    Ok(Some(store))
}

impl Intake<'_> {
    /// Takes a judged part of a file in. Returns what to say where the file broke off.
    fn take(&mut self, input: &Input, batch: Batch) -> Result<Option<String>> {
        let Batch { judged, refused, quiet, unreadable, broken } = batch;
        for (judged, record) in judged {
            if let Some(store) = self.store {
                let intake = driftwire_store::Intake { record: record.as_deref(), ..Default::default() };
                wait(record_with(store, &judged, &intake, BTreeMap::new()))?;
            }
            self.printer.judged(&self.replay.take(judged))?;
        }
        if let Some(error) = refused {
            return Err(error.into());
        }
        for (reason, count) in quiet {
            self.replay.take_quiet(reason, count);
        }
        for unreadable in unreadable {
            self.replay.take_unreadable(unreadable_reason(&unreadable));
            self.printer.unreadable(&input.name(), &unreadable)?;
        }
        Ok(broken.map(|error| format!("{:#}", anyhow::Error::from(error).context(input.name()))))
    }
}
