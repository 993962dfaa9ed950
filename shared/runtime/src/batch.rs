//! Handles the messages of a batch one by one or a few at once, and settles each: done, back to the queue, or quarantine.
//!
//! One message never fails the others: NO-SILENCE. A panic, or a message that is not done in time, is an ending of its
//! own. What comes back more often than its queue allows ends in the queue's dead-letter queue by itself.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::timeout_at;

use crate::message::{Batch, BatchAnswer, Message};
use crate::metrics::Name;
use crate::quarantine::{Delay, Note, Quarantine};
use crate::serve::Invocation;

/// How a message was handled. Reasons are from a closed list: alarms key on them. Details are for people, and hold
/// nothing of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// It is done, or there is nothing to do.
    Done,
    /// It comes back: the same may succeed later.
    Retry {
        /// From a closed list.
        reason: &'static str,
        /// For people.
        detail: String,
        /// Not before this time has passed, where that is known.
        after: Option<Duration>,
    },
    /// It is put aside, whole: it fails however often it is tried.
    Quarantine {
        /// From a closed list.
        reason: &'static str,
        /// For people.
        detail: String,
    },
}

impl Handled {
    /// It comes back.
    pub fn retry(reason: &'static str, detail: impl Display) -> Self {
        Self::Retry { reason, detail: detail.to_string(), after: None }
    }

    /// It is put aside.
    pub fn quarantine(reason: &'static str, detail: impl Display) -> Self {
        Self::Quarantine { reason, detail: detail.to_string() }
    }
}

impl Batch {
    /// Handles each message, at most so many at once; the endings are in the order of the messages.
    ///
    /// A handler that panics has its message put aside; one that is not done when the function has to end, or has not
    /// begun by then, has it back in the queue.
    pub async fn each<F>(&self, invocation: &Invocation, at_once: usize, handle: F) -> Vec<Handled>
    where
        F: AsyncFn(&Message) -> Handled,
    {
        let handle = &handle;
        let one = |message: &'_ Message| {
            let message = message.clone();
            async move { guarded(invocation, handle(&message)).await }
        };
        stream::iter(self.messages.iter().map(one)).buffered(at_once.max(1)).collect().await
    }
}

/// Waits for one ending. A panic is one, and so is the moment at which the function has to end.
pub async fn guarded(invocation: &Invocation, handling: impl Future<Output = Handled>) -> Handled {
    match timeout_at(invocation.last_moment(), AssertUnwindSafe(handling).catch_unwind()).await {
        Ok(Ok(handled)) => handled,
        Ok(Err(_)) => Handled::quarantine("panic", "the code panicked; the log says where"),
        Err(_) => Handled::retry("out_of_time", "the function had to end first"),
    }
}

/// Settles a batch: counts and logs each ending, puts aside, sends back. A message that cannot be put aside comes back.
pub async fn settle(
    batch: &Batch,
    handled: Vec<Handled>,
    outside: &(impl Quarantine + Delay),
    invocation: &Invocation,
) -> BatchAnswer {
    let mut failed = Vec::new();
    let missing = || Handled::retry("not_handled", "nothing was said of the message");
    let handled = handled.into_iter().map(Some).chain(std::iter::repeat(None));
    for (message, handled) in batch.messages.iter().zip(handled) {
        let handled = put_aside(message, handled.unwrap_or_else(missing), outside, invocation).await;
        if let Handled::Retry { reason, detail, after } = handled {
            invocation.metrics.count(Name::Retried, 1, &[("Reason", reason)]);
            tracing::warn!(message.id = message.message_id, reason, detail, "a message comes back");
            if let Some(after) = after
                && let Err(error) = outside.delay(message, after).await
            {
                tracing::warn!(message.id = message.message_id, error = %error, "it may come back too early");
            }
            failed.push(message.message_id.clone());
        }
    }
    BatchAnswer::failed(failed)
}

/// Puts a message aside where it has to be; otherwise says what is left to do.
async fn put_aside(message: &Message, handled: Handled, outside: &impl Quarantine, invocation: &Invocation) -> Handled {
    let Handled::Quarantine { reason, detail } = handled else { return handled };
    let note = Note { reason, detail, function: invocation.function.clone() };
    match outside.keep(message, &note).await {
        Ok(()) => {
            invocation.metrics.count(Name::Quarantined, 1, &[("Reason", reason)]);
            let detail = note.detail;
            tracing::error!(message.id = message.message_id, reason, detail, "a message was put into quarantine");
            Handled::Done
        }
        Err(error) => Handled::retry("quarantine_unavailable", error),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::quarantine::Memory;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build().unwrap().block_on(future)
    }

    fn batch(bodies: &[&str]) -> Batch {
        let message = |body: &&str| {
            serde_json::from_value(serde_json::json!({"messageId": format!("id-{body}"), "body": body})).unwrap()
        };
        Batch { messages: bodies.iter().map(message).collect() }
    }

    #[test]
    fn one_message_never_fails_the_others() {
        run(async {
            let batch = batch(&["good", "bad", "later", "boom", "slow", "good too"]);
            let (invocation, outside) = (Invocation::lasting(Duration::from_secs(30)), Memory::default());
            let handled = batch
                .each(&invocation, 2, async |message| match message.body.as_str() {
                    "bad" => Handled::quarantine("unreadable", "expected JSON"),
                    "later" => Handled::Retry {
                        reason: "store_unavailable",
                        detail: String::new(),
                        after: Some(Duration::from_secs(7)),
                    },
                    "boom" => panic!("secret"),
                    "slow" => std::future::pending().await,
                    _ => Handled::Done,
                })
                .await;
            let answer = settle(&batch, handled, &outside, &invocation).await;
            assert_eq!(answer, BatchAnswer::failed(["id-later".to_owned(), "id-slow".to_owned()]));
            let kept: Vec<(String, &str)> =
                outside.kept().into_iter().map(|(it, note)| (it.body, note.reason)).collect();
            assert_eq!(kept, [("bad".to_owned(), "unreadable"), ("boom".to_owned(), "panic")]);
            assert_eq!(outside.delayed(), [("id-later".to_owned(), Duration::from_secs(7))]);
        });
    }

    #[test]
    fn no_more_are_handled_at_once_than_allowed() {
        run(async {
            let (batch, invocation) = (batch(&["a"; 9]), Invocation::lasting(Duration::from_secs(30)));
            let (now, most) = (Cell::new(0), Cell::new(0));
            let handled = batch
                .each(&invocation, 3, async |_| {
                    now.set(now.get() + 1);
                    most.set(most.get().max(now.get()));
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    now.set(now.get() - 1);
                    Handled::Done
                })
                .await;
            assert_eq!((handled.len(), most.get()), (9, 3));
        });
    }

    #[test]
    fn what_cannot_be_put_aside_comes_back() {
        run(async {
            let (batch, invocation) = (batch(&["bad"]), Invocation::lasting(Duration::from_secs(30)));
            let handled = vec![Handled::quarantine("unreadable", "")];
            let answer = settle(&batch, handled, &Memory::refusing(), &invocation).await;
            assert_eq!(answer.failures.len(), 1);
        });
    }

    #[test]
    fn a_message_of_which_nothing_was_said_comes_back() {
        run(async {
            let (batch, invocation) = (batch(&["a", "b"]), Invocation::lasting(Duration::from_secs(30)));
            let answer = settle(&batch, vec![Handled::Done], &Memory::default(), &invocation).await;
            assert_eq!(answer, BatchAnswer::failed(["id-b".to_owned()]));
        });
    }
}
