//! The published formats, version 1. They gain optional fields; nothing is renamed or removed: FROZEN-V1.

mod finding;
mod name;
mod outcome;

pub use finding::{Call, Change, Declaration, Finding, FindingSchema, Resource, When, Who, finding};
pub use name::{ActorKind, ChangeOp, Channel, Evidence, FindingKind, Reason, Severity, Status, Tool, Verdict};
pub use outcome::{Outcome, OutcomeSchema};

use crate::plain::plain_json;

/// Writes a finding or an outcome as one line of JSON, without a final newline.
///
/// Characters that would act on a terminal are written as `\uXXXX`; a reader gets the same data.
///
/// # Errors
///
/// When the value cannot be JSON; the types of this module always can.
pub fn line<T: serde::Serialize>(published: &T) -> serde_json::Result<String> {
    serde_json::to_string(published).map(|json| plain_json(&json))
}
