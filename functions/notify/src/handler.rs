//! Reads the notices of a batch, leaves out what a sink does not want or has, and gives it the rest.

use std::collections::BTreeMap;

use driftwire_runtime::quarantine::{Delay, Quarantine};
use driftwire_runtime::{Batch, BatchAnswer, Failure, Function, Handled, Invocation, Message, Name, Secrets, settle};
use driftwire_store::Notices;

use crate::deliver::{Delivery, Pending, unanswered};
use crate::notice::Notice;
use crate::sink::{Outside, Sink, Topics};
use crate::standing::Standing;

/// What telling people needs.
pub(crate) struct Notify<N, Q, S, T> {
    pub(crate) store: N,
    pub(crate) queues: Q,
    pub(crate) outside: Outside<S, T>,
    /// By the ARN of their queue.
    pub(crate) sinks: BTreeMap<String, Sink>,
}

impl<N, Q, S, T> Function for Notify<N, Q, S, T>
where
    N: Notices + Standing,
    Q: Quarantine + Delay,
    S: Secrets,
    T: Topics,
{
    type Event = Batch;
    type Answer = BatchAnswer;

    async fn handle(&self, batch: Batch, invocation: &Invocation) -> Result<BatchAnswer, Failure> {
        let mut handled: BTreeMap<usize, Handled> = BTreeMap::new();
        let mut pending: BTreeMap<&str, Vec<Pending>> = BTreeMap::new();
        for (at, message) in batch.messages.iter().enumerate() {
            match self.read(message, invocation).await {
                Ok(notice) => pending.entry(&message.queue).or_default().push(Pending { at, notice }),
                Err(ending) => drop(handled.insert(at, ending)),
            }
        }
        for (queue, pending) in pending {
            if let Some(sink) = self.sinks.get(queue) {
                let delivery = Delivery::new(sink, &self.store, &self.outside, invocation);
                handled.extend(Box::pin(delivery.all(pending)).await);
            }
        }
        let missing = || Handled::retry("not_handled", "nothing was said of the message");
        let handled = (0..batch.messages.len()).map(|at| handled.remove(&at).unwrap_or_else(missing)).collect();
        Ok(settle(&batch, handled, &self.queues, invocation).await)
    }
}

impl<N: Notices, Q, S, T> Notify<N, Q, S, T> {
    /// The notice of a message, if its sink is to be given it.
    async fn read(&self, message: &Message, invocation: &Invocation) -> Result<Notice, Handled> {
        let Some(sink) = self.sinks.get(&message.queue) else {
            return Err(Handled::retry("unknown_sink", format!("`SINKS` has no sink for `{}`", message.queue)));
        };
        let notice = Notice::read(&message.body).map_err(|error| Handled::quarantine("unreadable", error))?;
        let count = |outcome: &str| {
            invocation.metrics.count(Name::Notices, 1, &[("Sink", sink.kind()), ("Outcome", outcome)]);
        };
        if notice.finding.severity < sink.least {
            count("below_severity");
            return Err(Handled::Done);
        }
        match self.store.is_told(&sink.name(), &notice.id).await {
            Ok(true) => {
                count("repeat");
                Err(Handled::Done)
            }
            Ok(false) => Ok(notice),
            Err(error) => Err(unanswered(&error)),
        }
    }
}

#[cfg(test)]
mod tests;
