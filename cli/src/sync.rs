//! `sync`: declared state into a store, and what is open there judged again by it. Everything is read before anything is
//! written, so that a state that cannot be read changes nothing.

mod told;

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write};

use anyhow::{Result, bail};
use driftwire_declared::{DeclaredState, Redactor};
use driftwire_drift::{Named, Rules};
use driftwire_store::{Cause, Drift as _, History as _, OriginHead, OriginState, Origins as _, Replaced, resettle};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::args::{Format, SyncArgs};
use crate::desk;
use crate::key::Key;
use crate::print::note;
use crate::store::{Store, wait};
use told::{Told, changes};

/// How many resources are looked at with one request.
const LOOK: usize = 100;

/// Writes declared state, settles what is open by it, and prints what became of both.
pub(crate) fn run(args: &SyncArgs, out: &mut dyn Write) -> Result<()> {
    if !args.store.is_lasting() {
        // Says why, as for a question.
        args.store.open_existing()?;
    }
    let key = Key::of(&args.key, &args.store)?;
    let rules = desk::rules(args.declared.rules.as_deref())?;
    let mut notes = Vec::new();
    let states = origins(args, desk::states(&args.declared, &key.redactor, &mut notes)?)?;
    let store = args.store.open()?;
    key.keep(&store)?;
    let mut refused = Vec::new();
    let progress = progress(&states);
    for state in &states {
        let known = wait(store.origins())?;
        if let Some(twin) = twin(state, &known) {
            refused.push(format!(
                "{}: the store has this state already, as `{twin}`; give `--origin {twin}` to replace it, or --force to \
                 keep both",
                state.origin,
                twin = twin.origin
            ));
            continue;
        }
        let moved = match wait(store.replace(state))? {
            Replaced::Done(moved) => moved,
            Replaced::Older(known) => {
                refused.push(older(state, &known));
                continue;
            }
        };
        progress.inc(state.declarations.len() as u64);
        let mut told = Told::new(state, &moved);
        settle(&store, &moved.resources, (&rules, &key.redactor), &mut told)?;
        wait(store.finish(state))?;
        match args.format {
            Format::Table => progress.suspend(|| told.print(out))?,
            Format::Json => progress.suspend(|| told.line(out))?,
        }
    }
    progress.finish_and_clear();
    out.flush()?;
    notes.iter().for_each(|it| note(&format!("note: {it}\n")));
    if !refused.is_empty() {
        bail!("{}", refused.join("\n"));
    }
    Ok(())
}

/// What is to be written, under the names that people give.
fn origins(args: &SyncArgs, states: Vec<DeclaredState>) -> Result<Vec<OriginState>> {
    if let (Some(_), 2..) = (&args.origin, states.len()) {
        bail!("--origin names one state, and {} were given; sync them one by one", states.len());
    }
    let named = |mut state: DeclaredState| {
        let origin = args.origin.clone().unwrap_or(state.origin);
        state.declarations.iter_mut().for_each(|it| it.origin.clone_from(&origin));
        OriginState {
            origin,
            lineage: state.lineage,
            serial: state.serial,
            version: state.version,
            declarations: state.declarations,
            force: args.force,
        }
    };
    if args.origin.is_none() && args.declared.state.iter().any(|it| it == "-") {
        bail!("standard input has no name that the next sync can find it by; give one with --origin");
    }
    Ok(states.into_iter().map(named).collect())
}

/// The same state under another name: what it declares would be declared twice.
fn twin<'k>(state: &OriginState, known: &'k [OriginHead]) -> Option<&'k OriginHead> {
    let is_same = |it: &&OriginHead| it.lineage.is_some() && it.lineage == state.lineage && it.declarations > 0;
    let is_new = known.iter().all(|it| it.origin != state.origin);
    known.iter().filter(|_| is_new && !state.force).find(is_same)
}

fn older(state: &OriginState, known: &OriginHead) -> String {
    let OriginState { origin, version, .. } = state;
    let known = &known.version;
    format!("{origin}: {version} is older than {known}, which the store has: give the newest state, or --force")
}

/// Judges again what is open on resources. Most have nothing open, and cost one look.
fn settle(store: &Store, resources: &BTreeSet<Named>, by: (&Rules, &Redactor), told: &mut Told) -> Result<()> {
    let resources: Vec<Named> = resources.iter().cloned().collect();
    let cause = format!("{} {}", told.origin, told.version);
    for chunk in resources.chunks(LOOK) {
        for (resource, stored) in chunk.iter().zip(wait(store.load(chunk))?) {
            let Some(before) = stored.filter(|it| !it.drift.live().is_empty()) else { continue };
            let settled = wait(resettle(store, resource, by, Cause::Moved(&cause), Timestamp::now()))?;
            let history = match settled.closed + settled.reported {
                0 => Vec::new(),
                _ => wait(store.history(resource))?,
            };
            told.settled += settled;
            told.changes.extend(changes(resource, before.entries, &history, settled));
        }
    }
    Ok(())
}

fn progress(states: &[OriginState]) -> ProgressBar {
    let count: usize = states.iter().map(|it| it.declarations.len()).sum();
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} declarations, {eta} left");
    ProgressBar::new(count as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
