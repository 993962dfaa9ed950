//! A quarantine in memory: the double in tests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Delay, Note, Quarantine, QuarantineError};
use crate::message::Message;

/// A quarantine in memory.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Mutex<Vec<(Message, Note)>>,
    delayed: Mutex<Vec<(String, Duration)>>,
    is_refusing: bool,
}

impl Memory {
    /// One that takes nothing.
    #[must_use]
    pub fn refusing() -> Self {
        Self { is_refusing: true, ..Self::default() }
    }

    /// What was put aside, in order.
    #[must_use]
    pub fn kept(&self) -> Vec<(Message, Note)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Which messages were sent back for later, by their ids.
    #[must_use]
    pub fn delayed(&self) -> Vec<(String, Duration)> {
        self.delayed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Quarantine for Memory {
    async fn keep(&self, message: &Message, note: &Note) -> Result<(), QuarantineError> {
        if self.is_refusing {
            return Err(QuarantineError { queue: "memory".to_owned(), reason: "refused".to_owned() });
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push((message.clone(), note.clone()));
        Ok(())
    }
}

impl Delay for Memory {
    async fn delay(&self, message: &Message, after: Duration) -> Result<(), QuarantineError> {
        self.delayed.lock().unwrap_or_else(PoisonError::into_inner).push((message.message_id.clone(), after));
        Ok(())
    }
}
