//! One state at a time: read, put in the place of the one before, judge again what is open on what moved.

use std::error::Error;
use std::io::Read as _;

use driftwire_cloudtrail::{Limits, open};
use driftwire_declared::{DeclaredError, DeclaredState, Redactor};
use driftwire_drift::Rules;
use driftwire_runtime::quarantine::{Delay, Quarantine};
use driftwire_runtime::{BatchAnswer, Failure, Function, Handled, Invocation, Message, Metrics, Name, settle};
use driftwire_store::{
    Cause, Configuration, Declared, Drift, Moved, Newest, OriginState, Origins, Records, Replaced, Settled, StoreError,
    newest_rules, resettle_all,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::event::{self, Event, Task};
use crate::source::{Read, Source, SourceError};

/// States are large: one at a time is in memory.
const AT_ONCE: usize = 1;
/// The largest state, unpacked.
const STATE_BYTES: u64 = 512 * 1024 * 1024;
/// How many resources are settled at a time whose changes have waited long enough.
const DUE: usize = 200;

/// The function.
#[derive(Debug)]
pub(crate) struct Sync<S, O, T> {
    /// The table.
    pub(crate) store: S,
    /// Where goes what cannot be read.
    pub(crate) outside: O,
    /// Where states are.
    pub(crate) source: T,
    /// Hides secrets.
    pub(crate) redactor: Redactor,
}

/// What is answered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// To the queue.
    Batch(BatchAnswer),
    /// To whoever asked directly.
    Report(Report),
}

/// What became of a task, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    /// The file, object or stack.
    pub(crate) origin: String,
    /// What became of it: `synced`, `older`, `deleted`, `nothing`.
    pub(crate) result: &'static str,
    /// Its version.
    pub(crate) version: String,
    /// Declarations that are new, say something else, are gone, say the same.
    pub(crate) added: u64,
    /// As above.
    pub(crate) changed: u64,
    /// As above.
    pub(crate) removed: u64,
    /// As above.
    pub(crate) unchanged: u64,
    /// Changes that the code made, that a refresh copied, that nobody declares any more; that are reported now, and that
    /// still stand.
    pub(crate) applied: u64,
    /// As above.
    pub(crate) absorbed: u64,
    /// As above.
    pub(crate) gone: u64,
    /// As above.
    pub(crate) reported: u64,
    /// As above.
    pub(crate) standing: u64,
}

/// Why a task was not done.
#[derive(Debug)]
enum Undone {
    /// It may be done later.
    Later(String),
    /// It will not be done as it is.
    Refused(&'static str, String),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Later(error.to_string())
    }
}

impl<S, O, T> Function for Sync<S, O, T>
where
    S: Drift + Declared + Origins + Records + Configuration,
    O: Quarantine + Delay,
    T: Source,
{
    type Event = Event;
    type Answer = Answer;

    async fn handle(&self, event: Event, invocation: &Invocation) -> Result<Answer, Failure> {
        match event {
            Event::Batch(batch) => {
                let one = async |message: &Message| self.message(message, &invocation.metrics).await;
                let handled = batch.each(invocation, AT_ONCE, one).await;
                Ok(Answer::Batch(settle(&batch, handled, &self.outside, invocation).await))
            }
            Event::Request(request) => {
                let task = request.task().map_err(|it| Failure { error_type: "request", message: it.0 })?;
                let done = self.run(task, &invocation.metrics).await;
                done.map(Answer::Report).map_err(|undone| match undone {
                    Undone::Later(message) => Failure { error_type: "later", message },
                    Undone::Refused(_, message) => Failure { error_type: "refused", message },
                })
            }
        }
    }
}

impl<S, O, T> Sync<S, O, T>
where
    S: Drift + Declared + Origins + Records + Configuration,
    T: Source,
{
    async fn message(&self, message: &Message, metrics: &Metrics) -> Handled {
        let task = match event::task(&message.body) {
            Ok(task) => task,
            Err(wrong) => return Handled::quarantine("not_understood", wrong.0),
        };
        match self.run(task, metrics).await {
            Ok(report) => {
                tracing::info!(?report, "done");
                Handled::Done
            }
            Err(Undone::Later(detail)) => Handled::retry("later", detail),
            Err(Undone::Refused(reason, detail)) => Handled::quarantine(reason, detail),
        }
    }

    async fn run(&self, task: Task, metrics: &Metrics) -> Result<Report, Undone> {
        match task {
            Task::Nothing(reason) => {
                metrics.count(Name::Origins, 1, &[("Result", reason)]);
                Ok(Report { result: "nothing", ..Report::default() })
            }
            Task::Due => self.settle_due(metrics).await,
            Task::State { origin, bytes, force } => self.state(&origin, &bytes, force, metrics).await,
            Task::Deleted { bucket, key } => self.look_again(&bucket, &key, metrics).await,
            Task::Object { bucket, key, force } => {
                let origin = uri(&bucket, &key);
                match self.source.object(&bucket, &key).await.map_err(|error| unread(&origin, error))? {
                    Read::State(bytes) => self.state(&origin, &bytes, force, metrics).await,
                    Read::Gone => self.gone(&origin, metrics).await,
                }
            }
            Task::Stack { name } => {
                let origin = stack_origin(&name);
                match self.source.stack(&name).await.map_err(|error| unread(&origin, error))? {
                    Read::State(bytes) => self.state(&origin, &bytes, true, metrics).await,
                    Read::Gone => self.gone(&origin, metrics).await,
                }
            }
        }
    }

    /// An object was deleted. Events may come late: what counts is what is there now.
    async fn look_again(&self, bucket: &str, key: &str, metrics: &Metrics) -> Result<Report, Undone> {
        let origin = uri(bucket, key);
        match self.source.object(bucket, key).await.map_err(|error| unread(&origin, error))? {
            Read::State(bytes) => self.state(&origin, &bytes, false, metrics).await,
            Read::Gone => self.gone(&origin, metrics).await,
        }
    }

    async fn state(&self, origin: &str, bytes: &[u8], force: bool, metrics: &Metrics) -> Result<Report, Undone> {
        let bytes = unpacked(bytes).map_err(|error| Undone::Refused("unreadable", format!("{origin}: {error}")))?;
        let state = match driftwire_declared::read(&bytes, origin, &self.redactor) {
            Ok(state) => state,
            Err(error) if is_beside_the_point(origin, &error) => {
                metrics.count(Name::Origins, 1, &[("Result", "not_state")]);
                return Ok(Report { origin: origin.to_owned(), result: "nothing", ..Report::default() });
            }
            Err(error) => return Err(Undone::Refused(error.name(), error.to_string())),
        };
        metrics.count(Name::Declarations, state.declarations.len() as u64, &[]);
        for warning in &state.warnings {
            tracing::warn!(origin, %warning, "read, but deserves a look");
        }
        self.replace(state_of(state, force), "synced", metrics).await
    }

    async fn gone(&self, origin: &str, metrics: &Metrics) -> Result<Report, Undone> {
        let state = OriginState {
            origin: origin.to_owned(),
            lineage: None,
            serial: None,
            version: "deleted".to_owned(),
            declarations: Vec::new(),
            force: true,
        };
        self.replace(state, "deleted", metrics).await
    }

    async fn replace(&self, state: OriginState, result: &'static str, metrics: &Metrics) -> Result<Report, Undone> {
        let moved = match self.store.replace(&state).await? {
            Replaced::Done(moved) => moved,
            Replaced::Older(known) => {
                metrics.count(Name::Origins, 1, &[("Result", "older")]);
                return Ok(Report {
                    origin: state.origin,
                    result: "older",
                    version: known.version,
                    ..Report::default()
                });
            }
        };
        metrics.count(Name::Origins, 1, &[("Result", result)]);
        let rules = self.rules(metrics).await?;
        let by = format!("{} {}", state.origin, state.version);
        let cause = Cause::Moved(&by);
        let now = Timestamp::now();
        let settled = resettle_all(&self.store, &moved.resources, (&rules, &self.redactor), cause, now).await?;
        count(metrics, settled);
        self.store.finish(&state).await?;
        Ok(report(state, result, &moved, settled))
    }

    async fn settle_due(&self, metrics: &Metrics) -> Result<Report, Undone> {
        let (rules, now) = (self.rules(metrics).await?, Timestamp::now());
        let due = self.store.due(now, DUE).await?.into_iter().collect();
        let settled = resettle_all(&self.store, &due, (&rules, &self.redactor), Cause::Due, now).await?;
        count(metrics, settled);
        let Settled { applied, absorbed, gone, reported, standing, .. } = settled;
        Ok(Report { result: "settled", applied, absorbed, gone, reported, standing, ..Report::default() })
    }

    /// The newest rules that are right.
    async fn rules(&self, metrics: &Metrics) -> Result<Rules, StoreError> {
        let wrong = |version, error: &dyn Error| {
            metrics.count(Name::RulesRefused, 1, &[]);
            tracing::error!(version, %error, "these rules are wrong; the version before is used");
        };
        Ok(match newest_rules(&self.store, 0, wrong).await? {
            Newest::Version(_, rules) => *rules,
            Newest::Known | Newest::Shipped => Rules::shipped(),
        })
    }
}

fn uri(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{key}")
}

/// A stack's ARN without the part that is another each time the stack is made anew.
fn stack_origin(name: &str) -> String {
    match name.split_once(":stack/") {
        Some((head, rest)) => format!("{head}:stack/{}", rest.split('/').next().unwrap_or_default()),
        None => format!("stack/{name}"),
    }
}

fn unread(origin: &str, error: SourceError) -> Undone {
    match error {
        SourceError::Transient(reason) => Undone::Later(format!("{origin}: {reason}")),
        SourceError::Permanent(reason) => Undone::Refused("unread", format!("{origin}: {reason}")),
    }
}

/// A state as it is, whether it came compressed or not; bounded.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let limits = Limits { file_bytes: STATE_BYTES, ..Limits::default() };
    let mut unpacked = Vec::new();
    open(bytes, &limits)
        .map_err(|error| error.to_string())?
        .read_to_end(&mut unpacked)
        .map_err(|error| error.to_string())?;
    Ok(unpacked)
}

/// A bucket of states also holds other things. What is called a state must be one.
fn is_beside_the_point(origin: &str, error: &DeclaredError) -> bool {
    let is_other = matches!(
        error,
        DeclaredError::Empty { .. }
            | DeclaredError::NotJson { .. }
            | DeclaredError::NotState { .. }
            | DeclaredError::OtherFormat { .. }
    );
    is_other && !origin.contains(".tfstate") && !origin.contains(".pulumi/stacks/")
}

fn state_of(state: DeclaredState, force: bool) -> OriginState {
    let DeclaredState { origin, version, serial, lineage, declarations, .. } = state;
    OriginState { origin, lineage, serial, version, declarations, force }
}

fn count(metrics: &Metrics, settled: Settled) {
    let Settled { closed: _, applied, absorbed, gone, reported, standing, waiting } = settled;
    let closed = [("applied", applied), ("absorbed", absorbed), ("gone", gone)];
    for (kind, count) in
        closed.into_iter().chain([("reported", reported), ("standing", standing), ("waiting", waiting)])
    {
        if count > 0 {
            metrics.count(Name::Settled, count, &[("Kind", kind)]);
        }
    }
}

fn report(state: OriginState, result: &'static str, moved: &Moved, settled: Settled) -> Report {
    let Moved { added, changed, removed, unchanged, resources: _ } = *moved;
    let Settled { applied, absorbed, gone, reported, standing, .. } = settled;
    let OriginState { origin, version, .. } = state;
    Report { origin, result, version, added, changed, removed, unchanged, applied, absorbed, gone, reported, standing }
}

#[cfg(test)]
mod tests;
