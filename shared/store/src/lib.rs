//! Where open drift, findings and their history are kept, behind ports cut by capability.
//!
//! [`Drift`] is what recording needs: what is open on a resource, and one write that happens whole or not at all.
//! [`History`] is what questions need. [`record()`] takes a judged record in through the first: ONCE and ORDER-FREE hold
//! whatever the store is, because what is open on a resource converges by itself and a write that meets another is made
//! again on what the other left. Nothing here judges.

mod chain;
mod filter;
mod model;
mod notices;

mod configuration;
mod declared;
mod record;
mod resettle;

mod memory;

#[cfg(feature = "test-util")]
mod faulty;

#[cfg(feature = "dynamodb")]
mod dynamodb;

#[cfg(feature = "sqlite")]
mod sqlite;

pub use chain::{Broken, Entry, Event, verify};
pub use configuration::{Configuration, Newest, RulesText, newest_rules};
pub use declared::{Declared, Gathered, Moved, OriginHead, OriginState, Origins, Replaced};
#[cfg(feature = "dynamodb")]
pub use dynamodb::{DynamoDb, StreamError, StreamEvent, StreamRecord, Streamed};
#[cfg(feature = "test-util")]
pub use faulty::{Fault, Faulty};
pub use filter::{Filter, Order, Page, PageRequest};
pub use memory::Memory;
pub use model::{FindingStanding, Kept, Mark, OutcomeMark, RecordWrite, ResourceWrite, Stored, Written};
pub use notices::{Notices, Told};
pub use record::{Intake, Recorded, record, record_with};
pub use resettle::{Cause, Settled, resettle, resettle_all};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

use std::future::Future;

use driftwire_drift::Named;
use driftwire_report::v1::Finding;
use jiff::Timestamp;
use thiserror::Error;

/// Why a store did not answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It may answer if asked again: throttled, busy, unreachable.
    #[error("{store}: {reason}; trying again may help")]
    Transient {
        /// What people call the store.
        store: String,
        /// What it said.
        reason: String,
    },
    /// It will not answer however often it is asked: no such table, no permission, damaged content.
    #[error("{store}: {reason}")]
    Permanent {
        /// What people call the store.
        store: String,
        /// What it said, and what to do.
        reason: String,
    },
}

/// What recording needs.
pub trait Drift: Sync {
    /// What is kept of each of these resources; none where nothing is.
    ///
    /// # Errors
    /// When the store does not answer.
    fn load(&self, resources: &[Named]) -> impl Future<Output = Result<Vec<Option<Stored>>, StoreError>> + Send;

    /// Makes all of a write, or nothing of it.
    ///
    /// # Errors
    /// When the store does not answer; then it may or may not have been made, and making it again is safe.
    fn write(&self, write: &RecordWrite) -> impl Future<Output = Result<Written, StoreError>> + Send;
}

/// What judging again needs.
pub trait Records: Sync {
    /// The records that what is open on a resource rests on, in the order in which they happened.
    ///
    /// # Errors
    /// When the store does not answer.
    fn kept(&self, resource: &Named) -> impl Future<Output = Result<Vec<Kept>, StoreError>> + Send;

    /// Resources with a record that waits for a declared state, and has waited long enough at a time; those that have
    /// waited longest first, no more than `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn due(&self, at: Timestamp, limit: usize) -> impl Future<Output = Result<Vec<Named>, StoreError>> + Send;
}

/// What questions need.
pub trait History: Sync {
    /// Findings as they stand, in order of time, a page at a time.
    ///
    /// # Errors
    /// When the store does not answer, or the page is not one of its own.
    fn findings(
        &self,
        filter: &Filter,
        page: &PageRequest,
    ) -> impl Future<Output = Result<Page<Finding>, StoreError>> + Send;

    /// What is kept of one resource: for the end of its history.
    ///
    /// # Errors
    /// When the store does not answer.
    fn head(&self, resource: &Named) -> impl Future<Output = Result<String, StoreError>> + Send;

    /// The history of one resource, oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn history(&self, resource: &Named) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// The resources that have a history, in order.
    ///
    /// # Errors
    /// When the store does not answer.
    fn resources(&self) -> impl Future<Output = Result<Vec<Named>, StoreError>> + Send;
}
