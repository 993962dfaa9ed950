//! Where findings are kept, by the name that people give it. One place knows every kind of store.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, bail};
use driftwire_drift::Named;
use driftwire_report::v1::Finding;
use driftwire_store::{
    Drift, Entry, Filter, History, Memory, Page, PageRequest, RecordWrite, Sqlite, StoreError, Stored, Written,
};

/// What can be named, for messages.
const KINDS: &str = "memory, sqlite:FILE";

/// The name of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreName {
    /// `memory`: forgotten at the end.
    Memory,
    /// `sqlite:FILE`.
    Sqlite(PathBuf),
}

impl FromStr for StoreName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.split_once(':') {
            None if name == "memory" => Ok(Self::Memory),
            Some(("sqlite", file)) if !file.is_empty() => Ok(Self::Sqlite(file.into())),
            _ => Err(format!("expected {KINDS}")),
        }
    }
}

impl StoreName {
    /// Opens a store to record in; one that is not there yet is made.
    pub(crate) fn open(&self) -> Result<Store> {
        Ok(match self {
            Self::Memory => Store::Memory(Memory::default()),
            Self::Sqlite(file) => Store::Sqlite(Sqlite::open(file)?),
        })
    }

    /// Opens a store to ask; makes none.
    pub(crate) fn open_existing(&self) -> Result<Store> {
        Ok(match self {
            Self::Memory => bail!("memory: nothing is kept there from one run to the next; expected sqlite:FILE"),
            Self::Sqlite(file) => Store::Sqlite(Sqlite::open_existing(file)?),
        })
    }
}

/// A store, of whatever kind.
#[derive(Debug)]
pub(crate) enum Store {
    /// In memory.
    Memory(Memory),
    /// In one file.
    Sqlite(Sqlite),
}

/// Hands a question on to whatever store it is.
macro_rules! each {
    ($store:expr, $it:ident => $answer:expr) => {
        match $store {
            Store::Memory($it) => $answer,
            Store::Sqlite($it) => $answer,
        }
    };
}

impl Drift for Store {
    async fn load(&self, resources: &[Named]) -> Result<Vec<Option<Stored>>, StoreError> {
        each!(self, it => it.load(resources).await)
    }

    async fn write(&self, write: &RecordWrite) -> Result<Written, StoreError> {
        each!(self, it => it.write(write).await)
    }
}

impl History for Store {
    async fn findings(&self, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, StoreError> {
        each!(self, it => it.findings(filter, page).await)
    }

    async fn head(&self, resource: &Named) -> Result<String, StoreError> {
        each!(self, it => it.head(resource).await)
    }

    async fn history(&self, resource: &Named) -> Result<Vec<Entry>, StoreError> {
        each!(self, it => it.history(resource).await)
    }

    async fn resources(&self) -> Result<Vec<Named>, StoreError> {
        each!(self, it => it.resources().await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_named_by_its_kind() {
        assert_eq!("memory".parse(), Ok(StoreName::Memory));
        assert_eq!("sqlite:a:b.db".parse(), Ok(StoreName::Sqlite("a:b.db".into())));
        for wrong in ["", "sqlite", "sqlite:", "memory:", "s3:bucket", "drift.db"] {
            assert_eq!(wrong.parse::<StoreName>(), Err("expected memory, sqlite:FILE".to_owned()), "{wrong}");
        }
    }
}
