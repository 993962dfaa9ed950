//! A store that fails, or is killed, at one of its operations: what whoever uses a store has to stand. For tests.

use std::future::{Future, pending};
use std::sync::atomic::{AtomicU64, Ordering};

use driftwire_drift::{Named, Wanted};
use driftwire_report::v1::Finding;
use jiff::Timestamp;

use crate::{
    Configuration, Declared, Drift, Entry, Filter, Gathered, History, Kept, OriginHead, OriginState, Origins, Page,
    PageRequest, RecordWrite, Records, Replaced, RulesText, StoreError, Stored, Written,
};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The operation fails, and nothing happened.
    FailsBefore,
    /// The operation fails, and yet it happened.
    FailsAfter,
    /// Whoever asked is killed before it happened: it is never answered.
    KilledBefore,
    /// Whoever asked is killed after it happened: it is never answered.
    KilledAfter,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::FailsBefore, Self::FailsAfter, Self::KilledBefore, Self::KilledAfter];
}

/// A store, one of whose operations goes wrong.
#[derive(Debug)]
pub struct Faulty<'s, S> {
    inner: &'s S,
    fault: Fault,
    /// Which operation, from 0.
    at: u64,
    count: AtomicU64,
}

impl<'s, S> Faulty<'s, S> {
    /// A store whose operation number `at`, from 0, goes wrong.
    pub fn new(inner: &'s S, fault: Fault, at: u64) -> Self {
        Self { inner, fault, at, count: AtomicU64::new(0) }
    }

    /// Whether there were so many operations that one went wrong.
    pub fn is_reached(&self) -> bool {
        self.count.load(Ordering::SeqCst) > self.at
    }

    async fn with<T>(&self, operation: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
        if self.count.fetch_add(1, Ordering::SeqCst) != self.at {
            return operation.await;
        }
        match self.fault {
            Fault::FailsBefore => return Err(failed()),
            Fault::KilledBefore => pending::<()>().await,
            Fault::FailsAfter | Fault::KilledAfter => {}
        }
        operation.await?;
        if self.fault == Fault::KilledAfter {
            pending::<()>().await;
        }
        Err(failed())
    }
}

fn failed() -> StoreError {
    StoreError::Transient { store: "the store".to_owned(), reason: "made to fail".to_owned() }
}

impl<S: Drift> Drift for Faulty<'_, S> {
    async fn load(&self, resources: &[Named]) -> Result<Vec<Option<Stored>>, StoreError> {
        self.with(self.inner.load(resources)).await
    }

    async fn write(&self, write: &RecordWrite) -> Result<Written, StoreError> {
        self.with(self.inner.write(write)).await
    }
}

impl<S: Declared> Declared for Faulty<'_, S> {
    async fn gather(&self, wanted: &Wanted, besides: &[Named]) -> Result<Gathered, StoreError> {
        self.with(self.inner.gather(wanted, besides)).await
    }
}

impl<S: Origins> Origins for Faulty<'_, S> {
    async fn replace(&self, state: &OriginState) -> Result<Replaced, StoreError> {
        self.with(self.inner.replace(state)).await
    }

    async fn finish(&self, state: &OriginState) -> Result<(), StoreError> {
        self.with(self.inner.finish(state)).await
    }

    async fn origins(&self) -> Result<Vec<OriginHead>, StoreError> {
        self.with(self.inner.origins()).await
    }
}

impl<S: Records> Records for Faulty<'_, S> {
    async fn kept(&self, resource: &Named) -> Result<Vec<Kept>, StoreError> {
        self.with(self.inner.kept(resource)).await
    }

    async fn due(&self, at: Timestamp, limit: usize) -> Result<Vec<Named>, StoreError> {
        self.with(self.inner.due(at, limit)).await
    }
}

impl<S: Configuration> Configuration for Faulty<'_, S> {
    async fn rules(&self, limit: usize) -> Result<Vec<RulesText>, StoreError> {
        self.with(self.inner.rules(limit)).await
    }

    async fn put_rules(&self, text: &str) -> Result<u64, StoreError> {
        self.with(self.inner.put_rules(text)).await
    }
}

impl<S: History> History for Faulty<'_, S> {
    async fn findings(&self, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, StoreError> {
        self.with(self.inner.findings(filter, page)).await
    }

    async fn head(&self, resource: &Named) -> Result<String, StoreError> {
        self.with(self.inner.head(resource)).await
    }

    async fn history(&self, resource: &Named) -> Result<Vec<Entry>, StoreError> {
        self.with(self.inner.history(resource)).await
    }

    async fn resources(&self) -> Result<Vec<Named>, StoreError> {
        self.with(self.inner.resources()).await
    }
}
