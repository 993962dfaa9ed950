//! The rules file as the table has it: read anew once in a while. A version that is wrong is left aside for the one before.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driftwire_drift::Rules;
use driftwire_runtime::{Invocation, Metrics, Name};
use driftwire_store::{Configuration, Newest, StoreError, newest_rules};
use tokio::time::Instant;

/// How long rules are used before they are read again.
const FRESH: Duration = Duration::from_secs(60);

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
        let read = Some(Instant::now());
        let wrong = |version, error: &dyn Error| refused(&invocation.metrics, version, error);
        let next = match newest_rules(store, current.version, wrong).await {
            Ok(Newest::Known) => Current { read, ..current },
            Ok(Newest::Version(version, rules)) => Current { rules: Arc::new(*rules), version, read },
            Ok(Newest::Shipped) => Current { rules: self.shipped.clone(), version: 0, read },
            Err(error) if current.read.is_some() => {
                tracing::warn!(%error, "the rules could not be read; those in force stay");
                return Ok(current.rules);
            }
            Err(error) => return Err(error),
        };
        self.current().clone_from(&next);
        Ok(next.rules)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(metrics: &Metrics, version: u64, error: &dyn Error) {
    metrics.count(Name::RulesRefused, 1, &[]);
    tracing::error!(version, %error, "these rules are wrong; the version before stays in force");
}
