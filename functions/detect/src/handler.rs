//! One record through the six steps: parse → understand → gather → decide → record; the table's stream publishes.

use std::sync::Arc;

use driftwire_cloudtrail::{Record, Unreadable, for_each_record};
use driftwire_declared::Redactor;
use driftwire_drift::{Context, Index, Judged, Named, Rules, Secrets, Verdict, Wanted, ask, judge};
use driftwire_report::v1;
use driftwire_runtime::metrics::Unit;
use driftwire_runtime::quarantine::{Delay, Quarantine};
use driftwire_runtime::{Batch, BatchAnswer, Failure, Function, Handled, Invocation, Message, Metrics, Name, settle};
use driftwire_store::{Configuration, Declared, Drift, Intake, Recorded, StoreError, record_with};
use jiff::Timestamp;

use crate::config::Limits;
use crate::rules::InForce;

/// How many records of a batch are under way at once: their time is spent waiting for the table.
const AT_ONCE: usize = 10;

/// The function.
#[derive(Debug)]
pub(crate) struct Detect<S, O> {
    store: S,
    outside: O,
    redactor: Redactor,
    rules: InForce,
    limits: Limits,
}

impl<S, O> Detect<S, O> {
    /// One that reads and writes a store, and puts what cannot be read outside.
    pub(crate) fn new(store: S, outside: O, redactor: Redactor, limits: Limits) -> Self {
        Self { store, outside, redactor, rules: InForce::default(), limits }
    }
}

impl<S, O> Function for Detect<S, O>
where
    S: Drift + Declared + Configuration,
    O: Quarantine + Delay,
{
    type Event = Batch;
    type Answer = BatchAnswer;

    async fn handle(&self, batch: Batch, invocation: &Invocation) -> Result<BatchAnswer, Failure> {
        let rules = self.rules.rules(&self.store, invocation).await.map_err(|error| Failure::new("store", &error))?;
        let one = async |message: &Message| self.message(message, &rules, invocation).await;
        let handled = batch.each(invocation, AT_ONCE, one).await;
        Ok(settle(&batch, handled, &self.outside, invocation).await)
    }
}

impl<S: Drift + Declared, O> Detect<S, O> {
    /// One message: an event of EventBridge around one record.
    async fn message(&self, message: &Message, rules: &Arc<Rules>, invocation: &Invocation) -> Handled {
        invocation.metrics.count(Name::Records, 1, &[]);
        if let Err(strange) = self.limits.expected.check(&message.body) {
            unreadable(&invocation.metrics, strange.reason);
            return Handled::quarantine(strange.reason, strange.detail);
        }
        match self.take(&message.body, rules, Timestamp::now()).await {
            Ok(taken) => {
                taken.iter().for_each(|it| it.count(&invocation.metrics));
                Handled::Done
            }
            Err(Untaken::Unreadable(error)) => {
                unreadable(&invocation.metrics, error.reason.as_str());
                Handled::quarantine("unreadable", error.to_string())
            }
            Err(Untaken::Store(error)) => Handled::retry("store", &error),
        }
    }

    /// Takes in what a message holds. Taking it in again changes nothing: ONCE.
    async fn take(&self, body: &str, rules: &Rules, now: Timestamp) -> Result<Vec<Taken>, Untaken> {
        let asked = each(body, |record| ask(record, rules, &self.redactor))?;
        let mut all = Vec::with_capacity(asked.len());
        for (position, (first, wanted)) in asked.into_iter().enumerate() {
            let taken = if first.relevant {
                self.decide(body, position, (&first, &wanted), rules, now).await?
            } else {
                Taken { judged: first, recorded: Recorded::Nothing, now }
            };
            all.push(taken);
        }
        Ok(all)
    }

    /// Gathers what a record asks for, decides, and records.
    async fn decide(
        &self,
        body: &str,
        position: usize,
        (first, wanted): (&Judged, &Wanted),
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Taken, Untaken> {
        let undeclared: Vec<Named> =
            first.outcomes.iter().filter(|it| it.finding.is_some()).filter_map(|it| it.resource.clone()).collect();
        let gathered = self.store.gather(wanted, &undeclared).await?;
        let (index, secrets) = (Index::new(gathered.declarations), Secrets::default());
        let context = Context { secrets: Some(&secrets), ..Context::new(&index, rules, &self.redactor) };
        let judged = each(body, |record| {
            let judged = judge(record.clone(), context);
            let kept = judged.outcomes.iter().any(leaves_something).then(|| secrets.keep(&record, &self.redactor));
            (judged, kept)
        })?;
        let Some((judged, kept)) = judged.into_iter().nth(position) else {
            return Ok(Taken { judged: first.clone(), recorded: Recorded::Nothing, now });
        };
        let intake = Intake { now: Some(now), record: kept.as_deref(), patience: Some(self.limits.patience) };
        let recorded = record_with(&self.store, &judged, &intake, gathered.stored).await?;
        Ok(Taken { judged, recorded, now })
    }
}

/// Whether an outcome leaves something that may have to be judged again.
fn leaves_something(outcome: &driftwire_drift::Outcome) -> bool {
    outcome.finding.is_some() || !outcome.facets.is_empty()
}

/// Why a message was not taken in.
#[derive(Debug)]
enum Untaken {
    Unreadable(Unreadable),
    Store(StoreError),
}

impl From<StoreError> for Untaken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Visits each record of a message; none of them counts where one cannot be read.
fn each<T>(body: &str, mut visit: impl FnMut(Record<'_>) -> T) -> Result<Vec<T>, Untaken> {
    let (mut all, mut wrong) = (Vec::new(), None);
    for_each_record(body.as_bytes(), &mut |record| match record {
        Ok(record) => all.push(visit(record)),
        Err(unreadable) => wrong = Some(unreadable),
    });
    wrong.map_or(Ok(all), |unreadable| Err(Untaken::Unreadable(unreadable)))
}

/// A record that was taken in.
#[derive(Debug)]
struct Taken {
    judged: Judged,
    recorded: Recorded,
    now: Timestamp,
}

impl Taken {
    /// Counts every outcome with its reason: NO-SILENCE.
    fn count(&self, metrics: &Metrics) {
        for outcome in &self.judged.outcomes {
            let (verdict, reason) = (v1::Verdict::from(outcome.verdict), v1::Reason::from(outcome.reason));
            metrics.count(Name::Outcomes, 1, &[("Verdict", verdict.as_str()), ("Reason", reason.as_str())]);
            if outcome.verdict == Verdict::Held {
                metrics.count(Name::Holds, 1, &[]);
            }
        }
        if self.recorded == Recorded::Changed {
            let delay = self.now.duration_since(self.judged.moment.time);
            metrics.value(Name::DetectionLatency, Unit::Milliseconds, delay.as_secs_f64() * 1000.0);
        }
    }
}

fn unreadable(metrics: &Metrics, reason: &'static str) {
    metrics.count(Name::Outcomes, 1, &[("Verdict", "unreadable"), ("Reason", reason)]);
}

#[cfg(test)]
mod tests;
