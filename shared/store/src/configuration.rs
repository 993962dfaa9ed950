//! What a deployment is told by its people: the rules file, in versions. An older version stays, so that a newer one that
//! is wrong takes nothing away.

use std::future::Future;

use crate::StoreError;

/// A version of the rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesText {
    /// Counts from 1.
    pub version: u64,
    /// The file.
    pub text: String,
}

/// What functions are configured with.
pub trait Configuration: Sync {
    /// The newest versions of the rules file, the newest first; none where there are only the shipped rules.
    ///
    /// # Errors
    /// When the store does not answer.
    fn rules(&self, limit: usize) -> impl Future<Output = Result<Vec<RulesText>, StoreError>> + Send;

    /// Makes a text the newest version. Whether it is right is for the caller to know. Returns the version.
    ///
    /// # Errors
    /// When the store does not answer, or another version came between.
    fn put_rules(&self, text: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
