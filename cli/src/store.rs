//! Where findings are kept, by the name that people give it. One place knows every kind of store.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, bail};
use driftwire_drift::{Named, Wanted};
use driftwire_report::v1::Finding;
#[cfg(feature = "aws")]
use driftwire_store::{Configuration as _, DynamoDb};
use driftwire_store::{
    Declared, Drift, Entry, Filter, Gathered, History, Kept, Memory, OriginHead, OriginState, Origins, Page,
    PageRequest, RecordWrite, Records, Replaced, Sqlite, StoreError, Stored, Written,
};
use jiff::Timestamp;

pub(crate) use self::wait::wait;

mod wait;

/// What can be named, for messages.
const KINDS: &str = "memory, sqlite:FILE, dynamodb:TABLE";
/// What can be named of those that stay.
const LASTING: &str = "sqlite:FILE or dynamodb:TABLE";

/// The name of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreName {
    /// `memory`: forgotten at the end.
    Memory,
    /// `sqlite:FILE`.
    Sqlite(PathBuf),
    /// `dynamodb:TABLE`.
    DynamoDb(String),
}

impl FromStr for StoreName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.split_once(':') {
            None if name == "memory" => Ok(Self::Memory),
            Some(("sqlite", file)) if !file.is_empty() => Ok(Self::Sqlite(file.into())),
            Some(("dynamodb", table)) if is_table(table) => Ok(Self::DynamoDb(table.to_owned())),
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
            Self::DynamoDb(table) => connect(table)?,
        })
    }

    /// Opens a store to ask; makes none.
    pub(crate) fn open_existing(&self) -> Result<Store> {
        Ok(match self {
            Self::Memory => bail!("memory: nothing is kept there from one run to the next; expected {LASTING}"),
            Self::Sqlite(file) => Store::Sqlite(Sqlite::open_existing(file)?),
            Self::DynamoDb(table) => connect(table)?,
        })
    }

    /// Makes a text the newest version of a deployment's rules file. Returns the version.
    pub(crate) fn put_rules(&self, text: &str) -> Result<u64> {
        match self.open_existing()? {
            #[cfg(feature = "aws")]
            Store::DynamoDb(table) => Ok(wait(table.put_rules(text))?),
            _ => bail!("rules are deployed to a table; expected dynamodb:TABLE. At a desk, give them with --rules"),
        }
    }

    /// Whether what is written there is there in the next run.
    pub(crate) fn is_lasting(&self) -> bool {
        *self != Self::Memory
    }
}

/// Whether a table, or the ARN of one, can be called so.
fn is_table(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.-:/".contains(&it))
}

#[cfg(feature = "aws")]
fn connect(table: &str) -> Result<Store> {
    wait::connected()?;
    Ok(Store::DynamoDb(wait(DynamoDb::connect(table))))
}

#[cfg(not(feature = "aws"))]
fn connect(table: &str) -> Result<Store> {
    bail!("dynamodb:{table}: this `driftwire` was built without it; build it with the feature `aws`")
}

/// A store, of whatever kind.
#[derive(Debug)]
pub(crate) enum Store {
    /// In memory.
    Memory(Memory),
    /// In one file.
    Sqlite(Sqlite),
    /// In a table.
    #[cfg(feature = "aws")]
    DynamoDb(DynamoDb),
}

/// Hands a question on to whatever store it is.
macro_rules! each {
    ($store:expr, $it:ident => $answer:expr) => {
        match $store {
            Store::Memory($it) => $answer,
            Store::Sqlite($it) => $answer,
            #[cfg(feature = "aws")]
            Store::DynamoDb($it) => $answer,
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

impl Declared for Store {
    async fn gather(&self, wanted: &Wanted, besides: &[Named]) -> Result<Gathered, StoreError> {
        each!(self, it => it.gather(wanted, besides).await)
    }
}

impl Origins for Store {
    async fn replace(&self, state: &OriginState) -> Result<Replaced, StoreError> {
        each!(self, it => it.replace(state).await)
    }

    async fn finish(&self, state: &OriginState) -> Result<(), StoreError> {
        each!(self, it => it.finish(state).await)
    }

    async fn origins(&self) -> Result<Vec<OriginHead>, StoreError> {
        each!(self, it => it.origins().await)
    }
}

impl Records for Store {
    async fn kept(&self, resource: &Named) -> Result<Vec<Kept>, StoreError> {
        each!(self, it => it.kept(resource).await)
    }

    async fn due(&self, at: Timestamp, limit: usize) -> Result<Vec<Named>, StoreError> {
        each!(self, it => it.due(at, limit).await)
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
        assert_eq!("dynamodb:drift-1".parse(), Ok(StoreName::DynamoDb("drift-1".to_owned())));
        for wrong in ["", "sqlite", "sqlite:", "memory:", "s3:bucket", "drift.db", "dynamodb:", "dynamodb:a b"] {
            assert_eq!(
                wrong.parse::<StoreName>(),
                Err("expected memory, sqlite:FILE, dynamodb:TABLE".to_owned()),
                "{wrong}"
            );
        }
    }
}
