//! The rules file as the table has it: read anew once in a while. A version that is wrong is left aside for the one before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driftwire_drift::Rules;
use driftwire_runtime::Name;
use driftwire_runtime::{Invocation, Metrics};
use driftwire_store::{Configuration, StoreError};
use tokio::time::Instant;

/// How long rules are used before they are read again.
const FRESH: Duration = Duration::from_secs(60);
/// How many versions are looked at to find one that is right.
const VERSIONS: usize = 5;

/// The rules in force.
#[derive(Debug)]
pub(crate) struct InForce {
    /// Made once: it is part of a cold start.
    shipped: Arc<Rules>,
    current: Mutex<Current>,
}

#[derive(Debug, Clone)]
struct Current {
    rules: Arc<Rules>,
    /// Which version they are; 0 for the shipped ones.
    version: u64,
    read: Option<Instant>,
}

impl Default for InForce {
    fn default() -> Self {
        let shipped = Arc::new(Rules::shipped());
        Self { current: Mutex::new(Current { rules: shipped.clone(), version: 0, read: None }), shipped }
    }
}

impl InForce {
    /// The rules to judge with. Where they cannot be read anew, those that were in force stay.
    ///
    /// # Errors
    /// When none were ever read: the shipped rules alone might ring for what the team ignores.
    pub(crate) async fn rules(
        &self,
        store: &impl Configuration,
        invocation: &Invocation,
    ) -> Result<Arc<Rules>, StoreError> {
        let current = self.current().clone();
        if current.read.is_some_and(|read| read.elapsed() < FRESH) {
            return Ok(current.rules);
        }
        let texts = match store.rules(VERSIONS).await {
            Ok(texts) => texts,
            Err(error) if current.read.is_some() => {
                tracing::warn!(%error, "the rules could not be read; those in force stay");
                return Ok(current.rules);
            }
            Err(error) => return Err(error),
        };
        let mut next = Current { rules: self.shipped.clone(), version: 0, read: Some(Instant::now()) };
        for text in texts {
            if text.version == current.version {
                next = Current { read: next.read, ..current };
                break;
            }
            match Rules::parse(&text.text, &format!("version {} of the rules", text.version)) {
                Ok(rules) => {
                    next = Current { rules: Arc::new(rules), version: text.version, ..next };
                    break;
                }
                Err(error) => refused(&invocation.metrics, text.version, &error),
            }
        }
        self.current().clone_from(&next);
        Ok(next.rules)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(metrics: &Metrics, version: u64, error: &dyn std::error::Error) {
    metrics.count(Name::RulesRefused, 1, &[]);
    tracing::error!(version, %error, "these rules are wrong; the version before stays in force");
}
