//! What a decision at a desk is made with: declared state from files, the rules, and a key for secrets.

use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use driftwire_cloudtrail::{Limits, open};
use driftwire_declared::{Declaration, DeclaredError, DeclaredState, Redactor};
use driftwire_drift::{Context, Index, Rules};

use crate::args::DeclaredArgs;
use crate::code;
use crate::input::{Input, expand};

/// The largest state that is read, after decompression.
const STATE_BYTES: u64 = 2 << 30;

/// Declarations, rules and key.
#[derive(Debug)]
pub(crate) struct Desk {
    index: Index,
    rules: Rules,
    redactor: Redactor,
    /// What people should know of the files that were read.
    pub(crate) notes: Vec<String>,
}

impl Desk {
    /// Reads declared state and rules, with a key that is forgotten at the end.
    pub(crate) fn read(args: &DeclaredArgs) -> Result<Self> {
        Self::read_with(args, Redactor::new(&fresh_key()))
    }

    /// Reads declared state and rules, with a key. Nothing is declared where no state is named.
    pub(crate) fn read_with(args: &DeclaredArgs, redactor: Redactor) -> Result<Self> {
        let rules = rules(args.rules.as_deref())?;
        let mut notes = Vec::new();
        let states = match args.state.is_empty() {
            true => Vec::new(),
            false => states(args, &redactor, &mut notes)?,
        };
        let declarations = states.into_iter().flat_map(|it| it.declarations).collect();
        Ok(Self { index: Index::new(declarations), rules, redactor, notes })
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context::new(&self.index, &self.rules, &self.redactor)
    }
}

/// A key that nobody else has and that is forgotten at the end: the hashes of a run mean nothing outside it.
pub(crate) fn fresh_key() -> [u8; 32] {
    let mut key = [0; 32];
    for (position, part) in key.chunks_mut(8).enumerate() {
        part.copy_from_slice(&RandomState::new().hash_one(position).to_le_bytes());
    }
    key
}

/// The shipped rules, with those of a file.
pub(crate) fn rules(file: Option<&Path>) -> Result<Rules> {
    let Some(file) = file else { return Ok(Rules::shipped()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("reading the rules file {}", file.display()))?;
    Ok(Rules::parse(&text, &file.display().to_string())?)
}

/// Declared state from files, each for itself, with what its code ignores.
pub(crate) fn states(args: &DeclaredArgs, redactor: &Redactor, notes: &mut Vec<String>) -> Result<Vec<DeclaredState>> {
    let mut states = read_states(&args.state, redactor, notes)?;
    // The code is of all of them together.
    let counts: Vec<usize> = states.iter().map(|it| it.declarations.len()).collect();
    let mut all: Vec<Declaration> = states.iter_mut().flat_map(|it| std::mem::take(&mut it.declarations)).collect();
    code::apply(&args.config, &mut all, notes)?;
    for (state, count) in states.iter_mut().zip(counts).rev() {
        state.declarations = all.split_off(all.len().saturating_sub(count));
    }
    Ok(states)
}

fn read_states(paths: &[String], redactor: &Redactor, notes: &mut Vec<String>) -> Result<Vec<DeclaredState>> {
    let (mut states, mut left_out) = (Vec::new(), Vec::new());
    for input in &expand(paths, "declared state: of Terraform, OpenTofu, CloudFormation or Pulumi")? {
        match read_state(input, redactor) {
            Ok(state) => states.push(state),
            Err(error) if is_beside_the_point(input, &error) => left_out.push(format!("{error:#}")),
            Err(error) => return Err(error),
        }
    }
    if let [first, rest @ ..] = left_out.as_slice() {
        let more = match rest.len() {
            0 => String::new(),
            1 => "; and one more file".to_owned(),
            more => format!("; and {more} more files"),
        };
        notes.push(format!("left out: {first}{more}"));
    }
    if states.is_empty() {
        bail!("{}: no declared state in it; {}", paths.join(", "), notes.join("; "));
    }
    let states = newest(states, notes);
    let empty: Vec<String> = states.iter().filter(|it| it.declarations.is_empty()).map(describe_empty).collect();
    for state in &states {
        notes.extend(state.warnings.iter().map(|warning| format!("{}: {warning}", state.origin)));
    }
    // An empty state is a state; one that declares other things only is a mistake.
    let foreign = states.iter().any(|it| it.declarations.is_empty() && !it.skipped.is_empty());
    if foreign && states.iter().all(|it| it.declarations.is_empty()) {
        bail!("no AWS resource is declared: {}; give the state of the AWS infrastructure", empty.join("; "));
    }
    notes.extend(empty);
    Ok(states)
}

/// Of several versions of one state (a backup beside it), the newest counts.
fn newest(states: Vec<DeclaredState>, notes: &mut Vec<String>) -> Vec<DeclaredState> {
    let mut kept: Vec<DeclaredState> = Vec::new();
    for state in states {
        match kept.iter_mut().find(|it| it.lineage.is_some() && it.lineage == state.lineage && it.serial.is_some()) {
            None => kept.push(state),
            Some(known) => {
                let (older, newer) = if state.serial > known.serial {
                    (std::mem::replace(known, state), &*known)
                } else {
                    (state, &*known)
                };
                notes.push(format!(
                    "left out: {} ({}) is the same state as {} ({}), not newer",
                    older.origin, older.version, newer.origin, newer.version
                ));
            }
        }
    }
    kept
}

fn describe_empty(state: &DeclaredState) -> String {
    let skipped: Vec<String> = state.skipped.iter().map(|(reason, count)| format!("{count} of {reason}")).collect();
    if skipped.is_empty() {
        format!("{} is an empty state", state.origin)
    } else {
        format!("{} holds only {}", state.origin, skipped.join(", "))
    }
}

/// A folder of states also holds locks, notes and templates. What was named, or is called a state, must be one.
fn is_beside_the_point(input: &Input, error: &anyhow::Error) -> bool {
    let Input::File { path, walked: true } = input else { return false };
    let called_state = path.file_name().is_some_and(|name| name.to_string_lossy().contains(".tfstate"));
    let other = matches!(
        error.downcast_ref(),
        Some(
            DeclaredError::Empty { .. }
                | DeclaredError::NotJson { .. }
                | DeclaredError::NotState { .. }
                | DeclaredError::OtherFormat { .. }
        )
    );
    other && !called_state
}

fn read_state(input: &Input, redactor: &Redactor) -> Result<DeclaredState> {
    let name = input.name();
    let bytes = read_all(input).with_context(|| format!("reading {name}"))?;
    Ok(driftwire_declared::read(&bytes, &name, redactor)?)
}

/// A whole file, decompressed if need be, capped.
pub(crate) fn read_all(input: &Input) -> Result<Vec<u8>> {
    let limits = Limits { file_bytes: STATE_BYTES, ..Limits::default() };
    let mut bytes = Vec::new();
    match input {
        Input::Stdin => open(std::io::stdin().lock(), &limits)?.read_to_end(&mut bytes)?,
        Input::File { path, .. } => open(std::fs::File::open(path)?, &limits)?.read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}
