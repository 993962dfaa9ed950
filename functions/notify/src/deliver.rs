//! Gives notices to one sink: a flood as one message, the rest one by one, a few resources at once. Every notice is told or
//! comes back; a sink that is down, or asks to wait, is not asked again in the same batch.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use driftwire_runtime::metrics::Unit;
use driftwire_runtime::{Handled, Invocation, Name, Secrets, guarded};
use driftwire_store::{Notices, StoreError, Told};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use crate::notice::Notice;
use crate::sink::{Conversation, Outside, Refusal, Sending, Sent, Sink, Topics};
use crate::standing::Standing;
use crate::words::Digest;

/// How many findings are told one by one; more are one message.
const SINGLY: usize = 5;
/// How many resources are told of at once.
const AT_ONCE: usize = 4;

/// A notice, and where its message is in the batch.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) at: usize,
    pub(crate) notice: Notice,
}

/// Gives notices to one sink.
pub(crate) struct Delivery<'a, N, S, T> {
    pub(crate) sink: &'a Sink,
    pub(crate) store: &'a N,
    pub(crate) outside: &'a Outside<S, T>,
    pub(crate) invocation: &'a Invocation,
    /// What the sink said that holds for all notices of this batch: not now.
    stopped: RefCell<Option<(&'static str, Option<Duration>)>>,
}

impl<'a, N: Notices + Standing, S: Secrets, T: Topics> Delivery<'a, N, S, T> {
    pub(crate) fn new(sink: &'a Sink, store: &'a N, outside: &'a Outside<S, T>, invocation: &'a Invocation) -> Self {
        Self { sink, store, outside, invocation, stopped: RefCell::new(None) }
    }

    /// Gives all; says for each message how it ended.
    pub(crate) async fn all(&self, pending: Vec<Pending>) -> Vec<(usize, Handled)> {
        let (together, singly) = self.divided(pending).await;
        let mut handled = self.digest(&together).await;
        // The findings of one resource in their order: the first opens the conversation.
        let mut subjects: BTreeMap<String, Vec<Pending>> = BTreeMap::new();
        for one in singly {
            subjects.entry(one.notice.subject()).or_default().push(one);
        }
        let groups = subjects.into_values().map(async |group| {
            let mut handled = Vec::with_capacity(group.len());
            for one in group {
                handled.push((one.at, guarded(self.invocation, Box::pin(self.one(&one.notice))).await));
            }
            handled
        });
        let told: Vec<Vec<(usize, Handled)>> = stream::iter(groups).buffer_unordered(AT_ONCE).collect().await;
        handled.extend(told.into_iter().flatten());
        handled
    }

    /// What is told together, and what singly: critical findings, and what goes on in a conversation.
    async fn divided(&self, pending: Vec<Pending>) -> (Vec<Pending>, Vec<Pending>) {
        let ids: BTreeSet<&str> = pending.iter().map(|it| it.notice.id.as_str()).collect();
        if !self.sink.takes_digests() || ids.len() <= SINGLY {
            return (Vec::new(), pending);
        }
        let (mut together, mut singly) = (Vec::new(), Vec::new());
        for one in pending {
            // A critical finding is told singly, whatever the store says; a question that fails is asked again later.
            let is_single = one.notice.is_critical()
                || self.store.thread(&self.sink.name(), &one.notice.subject()).await.is_ok_and(|it| it.is_some());
            if is_single { singly.push(one) } else { together.push(one) }
        }
        let ids: BTreeSet<&str> = together.iter().map(|it| it.notice.id.as_str()).collect();
        if ids.len() <= SINGLY {
            singly.append(&mut together);
            singly.sort_by_key(|it| it.at);
        }
        (together, singly)
    }

    async fn digest(&self, together: &[Pending]) -> Vec<(usize, Handled)> {
        if together.is_empty() {
            return Vec::new();
        }
        let ending = guarded(self.invocation, Box::pin(self.send_digest(together))).await;
        together.iter().map(|it| (it.at, ending.clone())).collect()
    }

    async fn send_digest(&self, together: &[Pending]) -> Handled {
        let unique: BTreeMap<&str, &Notice> = together.iter().map(|it| (it.notice.id.as_str(), &it.notice)).collect();
        let sent = self.sink.send_digest(self.outside, &Digest::new(unique.values().copied().collect())).await;
        match sent {
            Ok(_) => {}
            Err(refusal) => return self.refused(refusal),
        }
        for notice in unique.values() {
            self.counted("digested", notice);
            if let Err(error) = self.keep(notice, None).await {
                return unanswered(&error);
            }
        }
        Handled::Done
    }

    async fn one(&self, notice: &Notice) -> Handled {
        // Again: the same notice may be twice in a batch.
        match self.store.is_told(&self.sink.name(), &notice.id).await {
            Ok(true) => {
                self.count("repeat");
                return Handled::Done;
            }
            Ok(false) => {}
            Err(error) => return unanswered(&error),
        }
        if let Some((reason, after)) = *self.stopped.borrow() {
            let detail = "the sink asked for it, or is down".to_owned();
            return Handled::Retry { reason, detail, after };
        }
        match self.told(notice).await {
            Ok(Ok(sent)) => {
                match sent {
                    Sent::Taken(_) => self.counted("sent", notice),
                    Sent::Nothing => self.count("nothing_to_close"),
                }
                Handled::Done
            }
            Ok(Err(refusal)) => self.refused(refusal),
            Err(error) => unanswered(&error),
        }
    }

    /// Sends first and keeps afterwards: a crash between the two repeats the notice and never loses it.
    async fn told(&self, notice: &Notice) -> Result<Result<Sent, Refusal>, StoreError> {
        let kept = self.store.thread(&self.sink.name(), &notice.subject()).await?;
        let conversation: Option<Conversation> = kept.and_then(|it| serde_json::from_str(&it).ok());
        let goes_on = self.store.goes_on(&notice.finding).await?;
        let sending = Sending { notice, conversation: conversation.as_ref(), goes_on };
        let sent = match self.sink.send(self.outside, sending).await {
            Ok(sent) => sent,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let next = match &sent {
            Sent::Taken(next) => next.as_ref().filter(|next| Some(*next) != conversation.as_ref()),
            Sent::Nothing => None,
        };
        self.keep(notice, next).await?;
        Ok(Ok(sent))
    }

    async fn keep(&self, notice: &Notice, next: Option<&Conversation>) -> Result<(), StoreError> {
        let told = Told {
            sink: self.sink.name(),
            notice: notice.id.clone(),
            subject: notice.subject(),
            thread: next.and_then(|it| serde_json::to_string(it).ok()),
            at: Timestamp::now(),
        };
        self.store.tell(&told).await
    }

    fn refused(&self, refusal: Refusal) -> Handled {
        match refusal {
            Refusal::Later { reason, detail, after } => {
                self.count("later");
                if matches!(reason, "rate_limited" | "sink_unavailable") {
                    *self.stopped.borrow_mut() = Some((reason, after));
                }
                Handled::Retry { reason, detail, after }
            }
            Refusal::Never { reason, detail } => {
                self.count("refused");
                Handled::Quarantine { reason, detail }
            }
            Refusal::Unknown { detail } => {
                self.count("refused");
                Handled::Quarantine { reason: "sink_credentials", detail }
            }
        }
    }

    fn count(&self, outcome: &str) {
        let dimensions = [("Sink", self.sink.kind()), ("Outcome", outcome)];
        self.invocation.metrics.count(Name::Notices, 1, &dimensions);
    }

    fn counted(&self, outcome: &str, notice: &Notice) {
        self.count(outcome);
        if let Some(found) = notice.finding.when.detected_at {
            let latency = Timestamp::now().duration_since(found).as_millis_f64();
            self.invocation.metrics.value(Name::NoticeLatency, Unit::Milliseconds, latency);
        }
    }
}

/// The store did not answer: whatever it is, it may be mended and the notice is told then.
pub(crate) fn unanswered(error: &StoreError) -> Handled {
    Handled::retry("store_unavailable", error)
}
