//! Where messages wait that fail however often they are tried, and how one is sent back for later.

mod queue;

#[cfg(any(test, feature = "test-util"))]
mod memory;

use std::future::Future;
use std::time::Duration;

use thiserror::Error;

use crate::message::Message;

#[cfg(any(test, feature = "test-util"))]
pub use memory::Memory;
pub use queue::Sqs;

/// Why a message is put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// From a closed list.
    pub reason: &'static str,
    /// For people; nothing of the message.
    pub detail: String,
    /// The function that put it aside.
    pub function: String,
}

/// Puts messages aside.
pub trait Quarantine {
    /// Keeps a message whole.
    ///
    /// # Errors
    /// When it is not kept; the message has to come back.
    fn keep(&self, message: &Message, note: &Note) -> impl Future<Output = Result<(), QuarantineError>> + Send;
}

/// Tells a queue when a message should come back.
pub trait Delay {
    /// Asks for the message not before this time has passed.
    ///
    /// # Errors
    /// When the queue does not answer; the message comes back as the queue is set.
    fn delay(&self, message: &Message, after: Duration) -> impl Future<Output = Result<(), QuarantineError>> + Send;
}

/// Why a queue did not answer.
#[derive(Debug, Error)]
#[error("{queue}: {reason}")]
pub struct QuarantineError {
    /// The queue.
    pub queue: String,
    /// What it said.
    pub reason: String,
}
