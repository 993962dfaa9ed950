//! What people were told, in the same file. Its tables are made when the first is told: a file that only a replay wrote to
//! has none.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::Sqlite;
use super::damage::Damage;
use super::query;
use crate::StoreError;
use crate::notices::{Notices, Told};

const TABLES: &str = "
-- The notices that a sink was given.
CREATE TABLE IF NOT EXISTS told (
    sink TEXT NOT NULL,
    notice TEXT NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (sink, notice)
) STRICT, WITHOUT ROWID;

-- Where a sink's conversation about a subject goes on.
CREATE TABLE IF NOT EXISTS threads (
    sink TEXT NOT NULL,
    subject TEXT NOT NULL,
    thread TEXT NOT NULL,
    PRIMARY KEY (sink, subject)
) STRICT, WITHOUT ROWID;
";

impl Notices for Sqlite {
    async fn thread(&self, sink: &str, subject: &str) -> Result<Option<String>, StoreError> {
        self.ask(|connection| {
            if !is_there(connection)? {
                return Ok(None);
            }
            let mut statement =
                connection.prepare_cached("SELECT thread FROM threads WHERE sink = ?1 AND subject = ?2")?;
            Ok(statement.query_row([sink, subject], |row| row.get(0)).optional()?)
        })
    }

    async fn is_told(&self, sink: &str, notice: &str) -> Result<bool, StoreError> {
        self.ask(|connection| {
            if !is_there(connection)? {
                return Ok(false);
            }
            let mut statement = connection.prepare_cached("SELECT 1 FROM told WHERE sink = ?1 AND notice = ?2")?;
            Ok(statement.exists([sink, notice])?)
        })
    }

    async fn tell(&self, told: &Told) -> Result<(), StoreError> {
        let Told { sink, notice, subject, thread, at } = told;
        let mut connection = self.connection();
        let mut keep = || -> Result<(), Damage> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(TABLES)?;
            let time = query::time(*at);
            transaction.execute(
                "INSERT OR IGNORE INTO told (sink, notice, time) VALUES (?1, ?2, ?3)",
                params![sink, notice, time],
            )?;
            if let Some(thread) = thread {
                transaction.execute(
                    "INSERT OR REPLACE INTO threads (sink, subject, thread) VALUES (?1, ?2, ?3)",
                    params![sink, subject, thread],
                )?;
            }
            Ok(transaction.commit()?)
        };
        keep().map_err(|damage| damage.of(&self.name))
    }
}

fn is_there(connection: &Connection) -> Result<bool, Damage> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'told'")?;
    Ok(statement.exists([])?)
}
