//! Secrets, by their names; read when they are first needed and again after five minutes. They are never shown.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use thiserror::Error;
use tokio::time::Instant;

use crate::aws::said;

/// How long a secret is used before it is read again.
const KEPT: Duration = Duration::from_secs(5 * 60);

/// A secret. It does not show what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// Finds secrets.
pub trait Secrets {
    /// The secret of this name or ARN.
    ///
    /// # Errors
    /// When it is not there, not text, or cannot be asked for.
    fn secret(&self, name: &str) -> impl Future<Output = Result<Secret, SecretError>> + Send;

    /// Forgets what is known of a secret: someone refused it, so it may have been changed.
    fn forget(&self, name: &str);
}

/// Why there is no secret.
#[derive(Debug, Error)]
#[error("secret `{name}`: {reason}")]
pub struct SecretError {
    /// Its name or ARN.
    pub name: String,
    /// What was said.
    pub reason: String,
}

/// Secrets in AWS Secrets Manager.
#[derive(Debug)]
pub struct SecretsManager {
    client: Client,
    known: Mutex<BTreeMap<String, (Instant, Secret)>>,
}

impl SecretsManager {
    /// The secrets of the account and region of a configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config), known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, (Instant, Secret)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for SecretsManager {
    async fn secret(&self, name: &str) -> Result<Secret, SecretError> {
        let known = self.known().get(name).filter(|(read, _)| read.elapsed() < KEPT).map(|(_, it)| it.clone());
        if let Some(secret) = known {
            return Ok(secret);
        }
        let refused = |reason: String| SecretError { name: name.to_owned(), reason };
        let answer = self.client.get_secret_value().secret_id(name).send().await;
        let text = answer.map_err(|error| refused(said(&error)))?.secret_string;
        let secret = Secret(text.ok_or_else(|| refused("expected text, not bytes".to_owned()))?);
        self.known().insert(name.to_owned(), (Instant::now(), secret.clone()));
        Ok(secret)
    }

    fn forget(&self, name: &str) {
        self.known().remove(name);
    }
}

/// Secrets in memory: the double in tests.
#[cfg(any(test, feature = "test-util"))]
#[derive(Debug, Default)]
pub struct Memory(pub BTreeMap<String, Secret>);

#[cfg(any(test, feature = "test-util"))]
impl Secrets for Memory {
    async fn secret(&self, name: &str) -> Result<Secret, SecretError> {
        let missing = || SecretError { name: name.to_owned(), reason: "not there".to_owned() };
        self.0.get(name).cloned().ok_or_else(missing)
    }

    fn forget(&self, _name: &str) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_what_it_is() {
        let secret = Secret::new("xoxb-1");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "(secret) Some((secret))");
        assert_eq!(secret.reveal(), "xoxb-1");
    }
}
