//! A store in one SQLite file, for one machine: declared state, what is open, every finding, and the history of every
//! resource.
//!
//! Several processes may use it at once: readers see whole writes only, and a write that follows an older one than the
//! newest is not made. A write survives the death of the process; where the machine loses power the newest ones may be
//! missing, and recording them again brings them back: ONCE. Nothing is filtered or sorted outside the database.

mod damage;
mod declared;
mod notices;
mod query;
mod records;
mod schema;
mod write;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use driftwire_drift::Named;
use driftwire_report::v1::Finding;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use crate::chain::Entry;
use crate::filter::{Filter, Page, PageRequest};
use crate::model::{Mark, RecordWrite, Stored, Written};
use crate::{Drift, History, StoreError};
use damage::Damage;

/// How many pages wait in the log before they join the file: 64 MiB. The pages of a busy resource are written again and
/// again, and join it once.
const CHECKPOINT_PAGES: i64 = 16_384;

/// How long a process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of the file is kept in memory, in KiB, as SQLite wants it said: negative.
const CACHE_KIB: i64 = -65_536;
/// How many prepared statements are kept: all that there are.
const STATEMENTS: usize = 48;

/// A store in one SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Mutex<Connection>,
    /// What people call it: `sqlite:drift.db`.
    name: String,
}

impl Sqlite {
    /// Opens a store to write to; makes the file where there is none.
    ///
    /// # Errors
    /// When it cannot be written to: the folder is missing, the file is read-only, damaged, no store, or of a newer version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let damage = |reason: &str| damage::permanent(path, reason);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(damage(&format!("there is no folder `{}`; make it first", folder.display())));
        }
        if is_read_only(path) {
            return Err(damage("the file is read-only; what is recorded has to be written to it"));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Self::connect(path, flags, schema::make)
    }

    /// Opens a store that is there, to ask; makes nothing.
    ///
    /// # Errors
    /// When it cannot be read: there is no file, or it is damaged, no store, or of a newer version.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            let reason = "no such file; `driftwire replay … --store` makes one";
            return Err(damage::permanent(path, reason));
        }
        let access = match is_read_only(path) {
            true => OpenFlags::SQLITE_OPEN_READ_ONLY,
            false => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        Self::connect(path, access, |connection| schema::check(connection))
    }

    fn connect(
        path: &Path,
        flags: OpenFlags,
        prepare: impl FnOnce(&mut Connection) -> Result<(), Damage>,
    ) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Err(damage::permanent(path, "this is a folder; expected a file"));
        }
        let name = damage::name(path);
        let connect = || -> Result<Connection, Damage> {
            // Not as a URI: a file may be called anything.
            let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            connection.busy_timeout(PATIENCE)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "cache_size", CACHE_KIB)?;
            // What a write keeps is there when the process dies; only a loss of power can take the newest away.
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            prepare(&mut connection)?;
            Ok(connection)
        };
        let connection = connect().map_err(|damage| damage.of(&name))?;
        Ok(Self { connection: Mutex::new(connection), name })
    }

    /// How the records ended that changed something, by their identity.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn marks(&self) -> Result<BTreeMap<String, Mark>, StoreError> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached("SELECT identity, mark FROM marks")?;
            let mut rows = statement.query([])?;
            let mut marks = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let identity: String = row.get(0)?;
                let mark = from_json(row.get_ref(1)?.as_str()?, || format!("the mark of `{identity}`"))?;
                marks.insert(identity, mark);
            }
            Ok(marks)
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere drops its transaction, which undoes it.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, Damage>) -> Result<T, StoreError> {
        ask(&self.connection()).map_err(|damage| damage.of(&self.name))
    }
}

impl Drift for Sqlite {
    async fn load(&self, resources: &[Named]) -> Result<Vec<Option<Stored>>, StoreError> {
        self.ask(|connection| resources.iter().map(|resource| load(connection, resource)).collect())
    }

    async fn write(&self, write: &RecordWrite) -> Result<Written, StoreError> {
        let mut connection = self.connection();
        let made = || -> Result<Written, Damage> {
            // The lock is taken before the versions are looked at, so nobody comes between.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let written = write::apply(&transaction, write)?;
            // Dropping the transaction undoes what it has done so far.
            if written == Written::Done {
                transaction.commit()?;
            }
            Ok(written)
        };
        let mut made = made;
        made().map_err(|damage| damage.of(&self.name))
    }
}

impl History for Sqlite {
    async fn findings(&self, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, StoreError> {
        self.ask(|connection| query::findings(connection, filter, page))
    }

    async fn head(&self, resource: &Named) -> Result<String, StoreError> {
        self.ask(|connection| Ok(load(connection, resource)?.map(|stored| stored.head).unwrap_or_default()))
    }

    async fn history(&self, resource: &Named) -> Result<Vec<Entry>, StoreError> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT entry FROM history JOIN resources ON resources.key = history.resource
                 WHERE type = ?1 AND id = ?2 AND account = ?3 AND region = ?4 ORDER BY number",
            )?;
            let mut rows = statement.query(params![resource.kind, resource.id, resource.account, resource.region])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                let place =
                    || format!("entry {} of the history of {} `{}`", entries.len() + 1, resource.kind, resource.id);
                entries.push(from_json(row.get_ref(0)?.as_str()?, place)?);
            }
            Ok(entries)
        })
    }

    async fn resources(&self) -> Result<Vec<Named>, StoreError> {
        self.ask(|connection| {
            // Also where all entries were taken away: the head that is left tells.
            let mut statement = connection.prepare_cached(
                "SELECT type, id, account, region FROM resources
                 WHERE entries > 0 OR head <> '' OR key IN (SELECT resource FROM history)
                 ORDER BY type, id, account, region",
            )?;
            let mut rows = statement.query([])?;
            let mut resources = Vec::new();
            while let Some(row) = rows.next()? {
                resources.push(Named { kind: row.get(0)?, id: row.get(1)?, account: row.get(2)?, region: row.get(3)? });
            }
            Ok(resources)
        })
    }
}

fn load(connection: &Connection, resource: &Named) -> Result<Option<Stored>, Damage> {
    let mut statement = connection.prepare_cached(
        "SELECT version, entries, head, drift FROM resources WHERE type = ?1 AND id = ?2 AND account = ?3 AND region = ?4",
    )?;
    let named = params![resource.kind, resource.id, resource.account, resource.region];
    let row = statement.query_row(named, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)));
    let Some((version, entries, head, drift)) = row.optional()? else { return Ok(None) };
    let drift = from_json(&drift, || format!("what is open on {} `{}`", resource.kind, resource.id))?;
    Ok(Some(Stored { version, drift, entries, head }))
}

fn to_json(value: &impl serde::Serialize) -> Result<String, Damage> {
    serde_json::to_string(value).map_err(|error| Damage::Content { place: "what is to be kept".to_owned(), error })
}

fn from_json<T: DeserializeOwned>(text: &str, place: impl FnOnce() -> String) -> Result<T, Damage> {
    serde_json::from_str(text).map_err(|error| Damage::Content { place: place(), error })
}

fn is_read_only(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|it| it.permissions().readonly())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ResourceWrite;

    #[test]
    fn a_write_that_is_dropped_midway_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drift.db");
        let resource = Named {
            kind: "AWS::Logs::LogGroup".to_owned(),
            id: "api".to_owned(),
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
        };
        let time = "2026-11-20T10:00:00Z".parse().unwrap();
        let write = RecordWrite {
            mark: Mark {
                identity: "one".to_owned(),
                event_id: "one".to_owned(),
                event_time: time,
                recorded_at: time,
                outcomes: Vec::new(),
            },
            resources: vec![ResourceWrite {
                resource: resource.clone(),
                stored: Stored { version: 1, ..Stored::default() },
                found: Vec::new(),
                standings: Vec::new(),
                entries: Vec::new(),
                keep: Vec::new(),
                forget: Vec::new(),
            }],
        };
        let store = Sqlite::open(&path).unwrap();
        let mut connection = store.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        assert_eq!(write::apply(&transaction, &write).unwrap(), Written::Done);
        drop(transaction);
        drop(connection);
        assert_eq!(load(&store.connection(), &resource).unwrap(), None);
        assert!(store.marks().unwrap().is_empty());
    }
}
