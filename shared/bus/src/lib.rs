//! The EventBridge edge: findings onto a bus.
//!
//! An event is a finding as it stands: source [`SOURCE`], detail type [`DETAIL_TYPE`], detail `driftwire.finding/v1`. Each
//! entry's own result is looked at; what was refused is sent again, and what is refused for good is named, so that whoever
//! reads the stream goes on from there: NOTHING-LOST. Events of one finding keep their order.

mod entry;

mod event_bridge;

#[cfg(any(test, feature = "test-util"))]
mod memory;

use std::future::Future;

use driftwire_report::v1::Finding;
use thiserror::Error;
use tokio::time::Instant;

pub use entry::{LARGEST, fitted};
pub use event_bridge::EventBridge;
#[cfg(any(test, feature = "test-util"))]
pub use memory::Memory;

/// The source of all events.
pub const SOURCE: &str = "driftwire";
/// The detail type of a finding.
pub const DETAIL_TYPE: &str = "Drift Finding";

/// Takes findings.
pub trait Bus: Sync {
    /// Publishes findings in their order, until a time.
    ///
    /// # Errors
    /// With the first that is not published; all before it are, and some behind it may be.
    fn publish(&self, findings: &[Finding], until: Instant)
    -> impl Future<Output = Result<Published, BusError>> + Send;
}

/// What it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// How many entries were sent again.
    pub resent: usize,
    /// How many findings had values left out, because an event may not be larger.
    pub elided: usize,
}

/// Why not all was published.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("bus `{bus}`: finding {first} of the batch: {reason}")]
pub struct BusError {
    /// The name of the bus.
    pub bus: String,
    /// The place of the first that is not published, counted from 0.
    pub first: usize,
    /// What was said, and what to do.
    pub reason: String,
    /// Whether it may be published later.
    pub is_transient: bool,
}
