//! What a deployment is told by its people: the rules file, in versions. An older version stays, so that a newer one that
//! is wrong takes nothing away.

use std::error::Error;
use std::future::Future;

use driftwire_drift::Rules;

use crate::StoreError;

/// How many versions are looked at to find one that is right.
const VERSIONS: usize = 5;

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

/// What the rules of a deployment are.
#[derive(Debug)]
pub enum Newest {
    /// Still the version that is known.
    Known,
    /// This version, and what it says.
    Version(u64, Box<Rules>),
    /// Nobody deployed any that are right: the shipped ones.
    Shipped,
}

/// The newest version of the rules that is right. `known` is the version that is in use; 0 for none. Each version that is
/// wrong, and newer, is told.
///
/// # Errors
/// When the store does not answer.
pub async fn newest_rules(
    store: &impl Configuration,
    known: u64,
    mut wrong: impl FnMut(u64, &dyn Error),
) -> Result<Newest, StoreError> {
    for RulesText { version, text } in store.rules(VERSIONS).await? {
        if version == known {
            return Ok(Newest::Known);
        }
        match Rules::parse(&text, &format!("version {version} of the rules")) {
            Ok(rules) => return Ok(Newest::Version(version, Box::new(rules))),
            Err(error) => wrong(version, &error),
        }
    }
    Ok(Newest::Shipped)
}
