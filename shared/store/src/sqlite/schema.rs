//! The tables, their version, and whose file it is. A file of something else, or of a newer version, is left alone.

use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::damage::Damage;

/// Tells our files from other people's: `DRFT`.
const APPLICATION: i64 = 0x4452_4654;
/// The version of the tables that this build reads and writes.
const VERSION: i64 = 2;
/// How often, and how far apart, another process is waited for that opens the same new file.
const ATTEMPTS: usize = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// The tables of version 1. Values are JSON as text; times have nine decimals, so that their order is that of their text.
const TABLES: &str = "
-- What is open on a resource. `version` counts the writes; `head` is the hash of the newest entry of its history.
CREATE TABLE resources (
    key INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    version INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    head TEXT NOT NULL,
    drift TEXT NOT NULL,
    UNIQUE (type, id, account, region)
) STRICT;

-- What happened to the findings of a resource. Entries are only ever added; each has the hash of the one before.
CREATE TABLE history (
    resource INTEGER NOT NULL REFERENCES resources (key),
    number INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (resource, number)
) STRICT, WITHOUT ROWID;

-- Findings: `finding` as it was found (driftwire.finding/v1), `standing` how it stands now.
CREATE TABLE findings (
    id TEXT PRIMARY KEY,
    time TEXT NOT NULL,
    resource TEXT NOT NULL,
    arn TEXT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    actor TEXT NOT NULL,
    principal TEXT,
    severity INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    standing TEXT NOT NULL,
    finding TEXT NOT NULL
) STRICT;
CREATE INDEX findings_by_time ON findings (time, id);
CREATE INDEX findings_by_resource ON findings (resource, time, id);
CREATE INDEX findings_by_arn ON findings (arn, time, id) WHERE arn IS NOT NULL;
CREATE INDEX findings_by_account ON findings (account, time, id);
CREATE INDEX findings_by_actor ON findings (actor, time, id);
CREATE INDEX findings_by_principal ON findings (principal, time, id) WHERE principal IS NOT NULL;
CREATE INDEX findings_open ON findings (severity, time, id) WHERE status = 'open';

-- The blocks that declare a finding's resource.
CREATE TABLE addresses (
    address TEXT NOT NULL,
    finding TEXT NOT NULL REFERENCES findings (id),
    PRIMARY KEY (address, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_finding ON addresses (finding);

-- How the records ended that changed something.
CREATE TABLE marks (
    identity TEXT PRIMARY KEY,
    event_id TEXT NOT NULL,
    time TEXT NOT NULL,
    mark TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_by_event ON marks (event_id);
CREATE INDEX marks_by_time ON marks (time);
";

/// What version 2 added.
const DECLARED: &str = "
-- The files and stacks that were synced.
CREATE TABLE origins (
    origin TEXT PRIMARY KEY,
    head TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What they declare. `item` tells a declaration from the others of its origin: its address, for the most part. `digest`
-- is of everything but the version; `places` are the resources that it speaks of.
CREATE TABLE declarations (
    key INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    item TEXT NOT NULL,
    account TEXT,
    region TEXT,
    digest TEXT NOT NULL,
    places TEXT NOT NULL,
    declaration TEXT NOT NULL,
    UNIQUE (origin, item)
) STRICT;

-- The names that lead to a declaration, for each type of resource that it speaks of.
CREATE TABLE names (
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    declaration INTEGER NOT NULL REFERENCES declarations (key),
    PRIMARY KEY (name, type, declaration)
) STRICT, WITHOUT ROWID;
CREATE INDEX names_by_declaration ON names (declaration);

-- The records that what is open on a resource rests on, with hashes for secrets. Held ones wait until they are due.
CREATE TABLE records (
    resource INTEGER NOT NULL REFERENCES resources (key),
    time TEXT NOT NULL,
    event_id TEXT NOT NULL,
    address TEXT,
    held INTEGER NOT NULL,
    due TEXT,
    record TEXT NOT NULL,
    PRIMARY KEY (resource, time, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_due ON records (due, resource) WHERE held;
";

/// Makes the tables where the file is new, and those that an older version lacks; otherwise checks that it is a store.
pub(super) fn make(connection: &mut Connection) -> Result<(), Damage> {
    if is_new(connection)? {
        // SQLite waits for nobody here: two processes that find the file new both ask for this.
        patiently(|| connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())))?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if is_new(&transaction)? {
            transaction.execute_batch(TABLES)?;
            transaction.execute_batch(DECLARED)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            transaction.commit()?;
        }
    }
    check(connection)?;
    upgrade(connection)
}

/// Adds what the file's version lacks. What is in it stays as it is.
fn upgrade(connection: &mut Connection) -> Result<(), Damage> {
    if number(connection, "user_version")? >= VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have come first.
    if number(&transaction, "user_version")? < VERSION {
        transaction.execute_batch(DECLARED)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Checks that the file is a store of a version that is known.
pub(super) fn check(connection: &Connection) -> Result<(), Damage> {
    if number(connection, "application_id")? != APPLICATION {
        return Err(Damage::Other("the file is no store of driftwire; give another name".to_owned()));
    }
    let version = number(connection, "user_version")?;
    if version > VERSION {
        return Err(Damage::Other(format!(
            "the file is of version {version}, and this driftwire knows versions up to {VERSION}; use a newer driftwire"
        )));
    }
    Ok(())
}

/// Whether nothing is in the file yet, of us or of anyone.
fn is_new(connection: &Connection) -> Result<bool, Damage> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0 && number(connection, "application_id")? == 0 && number(connection, "user_version")? == 0)
}

fn number(connection: &Connection, pragma: &str) -> Result<i64, Damage> {
    Ok(connection.pragma_query_value(None, pragma, |row| row.get(0))?)
}

fn patiently(mut ask: impl FnMut() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    for _ in 1..ATTEMPTS {
        match ask() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => std::thread::sleep(PAUSE),
            answer => return answer,
        }
    }
    ask()
}
