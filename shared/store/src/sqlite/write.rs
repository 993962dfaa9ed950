//! Makes a write within a transaction. Never commits: what is not made whole is dropped by the caller.

use driftwire_report::v1::Finding;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::damage::Damage;
use super::{query, records, to_json};
use crate::model::{FindingStanding, Mark, RecordWrite, ResourceWrite, Written};

/// Makes all of a write; says where another came between.
pub(super) fn apply(connection: &Connection, write: &RecordWrite) -> Result<Written, Damage> {
    for resource in &write.resources {
        let Some(key) = keep(connection, resource)? else { return Ok(Written::Moved) };
        let mut statement =
            connection.prepare_cached("INSERT INTO history (resource, number, entry) VALUES (?1, ?2, ?3)")?;
        for entry in &resource.entries {
            statement.execute(params![key, entry.number, to_json(entry)?])?;
        }
        for standing in &resource.standings {
            match resource.found.iter().find(|finding| finding.id == standing.id) {
                Some(finding) => add(connection, finding, standing)?,
                None => change(connection, standing)?,
            }
        }
        records::keep(connection, key, resource)?;
    }
    mark(connection, &write.mark)?;
    Ok(Written::Done)
}

/// Keeps what is open on a resource, where its version is the one that the write follows. Returns the resource's key.
fn keep(connection: &Connection, write: &ResourceWrite) -> Result<Option<i64>, Damage> {
    let (resource, stored) = (&write.resource, &write.stored);
    let statement = match stored.version {
        1 => {
            "INSERT INTO resources (type, id, account, region, version, entries, head, drift)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING RETURNING key"
        }
        _ => {
            "UPDATE resources SET version = ?5, entries = ?6, head = ?7, drift = ?8
             WHERE type = ?1 AND id = ?2 AND account = ?3 AND region = ?4 AND version + 1 = ?5 RETURNING key"
        }
    };
    let named = (&resource.kind, &resource.id, &resource.account, &resource.region);
    let values = params![
        named.0,
        named.1,
        named.2,
        named.3,
        stored.version,
        stored.entries,
        stored.head,
        to_json(&stored.drift)?
    ];
    Ok(connection.prepare_cached(statement)?.query_row(values, |row| row.get(0)).optional()?)
}

/// Keeps a finding that is new, or of which more is known.
fn add(connection: &Connection, finding: &Finding, standing: &FindingStanding) -> Result<(), Damage> {
    let resource = &finding.resource;
    connection
        .prepare_cached(
            "INSERT INTO findings (id, time, resource, arn, account, region, actor, principal, severity, kind, status,
                 standing, finding)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (id) DO UPDATE SET time = excluded.time, resource = excluded.resource, arn = excluded.arn,
                 account = excluded.account, region = excluded.region, actor = excluded.actor,
                 principal = excluded.principal, severity = excluded.severity, kind = excluded.kind,
                 status = excluded.status, standing = excluded.standing, finding = excluded.finding",
        )?
        .execute(params![
            finding.id,
            query::time(finding.when.event_time),
            resource.id,
            resource.arn,
            resource.account,
            resource.region,
            finding.who.name,
            finding.who.principal,
            query::rank(finding.severity),
            finding.kind.as_str(),
            standing.status.as_str(),
            to_json(standing)?,
            to_json(finding)?,
        ])?;
    connection.prepare_cached("DELETE FROM addresses WHERE finding = ?1")?.execute([&finding.id])?;
    let mut statement =
        connection.prepare_cached("INSERT OR IGNORE INTO addresses (address, finding) VALUES (?1, ?2)")?;
    for declaration in &resource.declarations {
        statement.execute([&declaration.address, &finding.id])?;
    }
    Ok(())
}

/// Keeps how a finding stands that is kept already.
fn change(connection: &Connection, standing: &FindingStanding) -> Result<(), Damage> {
    connection.prepare_cached("UPDATE findings SET status = ?2, standing = ?3 WHERE id = ?1")?.execute(params![
        standing.id,
        standing.status.as_str(),
        to_json(standing)?
    ])?;
    Ok(())
}

fn mark(connection: &Connection, mark: &Mark) -> Result<(), Damage> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO marks (identity, event_id, time, mark) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![mark.identity, mark.event_id, query::time(mark.event_time), to_json(mark)?])?;
    Ok(())
}
