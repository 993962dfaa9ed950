//! What people were told, and where the conversation about a thing goes on. It keeps; it never sends.
//!
//! A notice is sent first and kept as told afterwards, so a crash between the two repeats it and never loses it:
//! NOTHING-LOST. Whoever receives it tells the repeat by the notice's id.

use std::future::Future;

use jiff::Timestamp;

use crate::StoreError;

/// That people were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Through which sink: `slack#C0123`.
    pub sink: String,
    /// The notice's id.
    pub notice: String,
    /// What it is about: a resource.
    pub subject: String,
    /// Where the conversation about the subject goes on from now on; none where that does not change.
    pub thread: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What telling people once needs.
pub trait Notices: Sync {
    /// Where a sink's conversation about a subject goes on: the time of a message, the number of an issue.
    ///
    /// # Errors
    /// When the store does not answer.
    fn thread(&self, sink: &str, subject: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// Whether people were told. What was told long ago may be forgotten.
    ///
    /// # Errors
    /// When the store does not answer.
    fn is_told(&self, sink: &str, notice: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Keeps that people were told, and where the conversation goes on, in one write. Keeping it again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer; then it may or may not be kept, and keeping it again is safe.
    fn tell(&self, told: &Told) -> impl Future<Output = Result<(), StoreError>> + Send;
}
