//! Kept records in the same file: those that something open rests on, and when they have waited long enough.

use driftwire_drift::{Moment, Named};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::damage::Damage;
use super::{Sqlite, query};
use crate::model::{Kept, ResourceWrite};
use crate::{Records, StoreError};

impl Records for Sqlite {
    async fn kept(&self, resource: &Named) -> Result<Vec<Kept>, StoreError> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT time, event_id, address, held, due, record FROM records
                 JOIN resources ON resources.key = records.resource
                 WHERE type = ?1 AND id = ?2 AND account = ?3 AND region = ?4 ORDER BY time, event_id",
            )?;
            let named = params![resource.kind, resource.id, resource.account, resource.region];
            Ok(statement.query_map(named, kept)?.collect::<Result<_, _>>()?)
        })
    }

    async fn due(&self, at: Timestamp, limit: usize) -> Result<Vec<Named>, StoreError> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT type, id, account, region FROM records JOIN resources ON resources.key = records.resource
                 WHERE held AND due <= ?1 GROUP BY records.resource
                 ORDER BY min(due), type, id, account, region LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let named = |row: &Row<'_>| {
                Ok(Named { kind: row.get(0)?, id: row.get(1)?, account: row.get(2)?, region: row.get(3)? })
            };
            Ok(statement.query_map(params![query::time(at), limit], named)?.collect::<Result<_, _>>()?)
        })
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let due: Option<String> = row.get(4)?;
    Ok(Kept {
        moment: Moment { time: time(0, &row.get::<_, String>(0)?)?, event_id: row.get(1)? },
        address: row.get(2)?,
        held: row.get(3)?,
        due: due.map(|due| time(4, &due)).transpose()?,
        record: row.get(5)?,
    })
}

fn time(column: usize, text: &str) -> rusqlite::Result<Timestamp> {
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// Keeps the records that a write brings, and forgets those that nothing rests on any more.
pub(super) fn keep(connection: &Connection, resource: i64, write: &ResourceWrite) -> Result<(), Damage> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO records (resource, time, event_id, address, held, due, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for kept in &write.keep {
        let Kept { moment, address, held, due, record } = kept;
        let (time, due) = (query::time(moment.time), due.map(query::time));
        statement.execute(params![resource, time, moment.event_id, address, held, due, record])?;
    }
    let mut statement =
        connection.prepare_cached("DELETE FROM records WHERE resource = ?1 AND time = ?2 AND event_id = ?3")?;
    for moment in &write.forget {
        statement.execute(params![resource, query::time(moment.time), moment.event_id])?;
    }
    Ok(())
}
