//! A bus in memory: the double in tests.

use std::sync::{Mutex, PoisonError};

use driftwire_report::v1::Finding;
use tokio::time::Instant;

use crate::{Bus, BusError, Published};

/// A bus in memory.
#[derive(Debug, Default)]
pub struct Memory {
    published: Mutex<Vec<Finding>>,
    /// Refuses from this place on; everything is taken where there is none.
    pub refuses_from: Mutex<Option<usize>>,
}

impl Memory {
    /// What was published, in order.
    #[must_use]
    pub fn published(&self) -> Vec<Finding> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Bus for Memory {
    async fn publish(&self, findings: &[Finding], _until: Instant) -> Result<Published, BusError> {
        let first = *self.refuses_from.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = findings.iter().take(first.unwrap_or(usize::MAX)).cloned();
        self.published.lock().unwrap_or_else(PoisonError::into_inner).extend(taken);
        match first.filter(|first| *first < findings.len()) {
            Some(first) => {
                let (bus, reason) = ("memory".to_owned(), "refused".to_owned());
                Err(BusError { bus, first, reason, is_transient: true })
            }
            None => Ok(Published::default()),
        }
    }
}
