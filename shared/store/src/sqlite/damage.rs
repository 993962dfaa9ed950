//! What is wrong with a file, in words: what SQLite says, and what to do. Decides what may help to try again.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::StoreError;

/// Why the file did not answer.
#[derive(Debug)]
pub(super) enum Damage {
    /// SQLite refused.
    Sqlite(rusqlite::Error),
    /// What is kept in one place cannot be read.
    Content { place: String, error: serde_json::Error },
    /// Anything else, in words.
    Other(String),
}

impl From<rusqlite::Error> for Damage {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<rusqlite::types::FromSqlError> for Damage {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Other(format!("the file is damaged: {error}; {RESTORE}"))
    }
}

const RESTORE: &str = "restore a copy, or replay the trail into a new file";

impl Damage {
    /// The error of a store.
    pub(super) fn of(self, store: &str) -> StoreError {
        let store = store.to_owned();
        let reason = match self {
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    let reason = "another process keeps writing to the file".to_owned();
                    return StoreError::Transient { store, reason };
                }
                code => refused(code, &error),
            },
            Self::Content { place, error } => {
                format!("the file is damaged: {place} cannot be read: {error}; {RESTORE}")
            }
            Self::Other(reason) => reason,
        };
        StoreError::Permanent { store, reason }
    }
}

fn refused(code: Option<ErrorCode>, error: &rusqlite::Error) -> String {
    match code {
        Some(ErrorCode::NotADatabase) => "the file is no store of driftwire; give another name".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => format!("the file is damaged: {error}; {RESTORE}"),
        Some(ErrorCode::ReadOnly) => "the file is read-only; what is recorded has to be written to it".to_owned(),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            format!("the file cannot be opened: {error}; it and its folder must be writable, also to ask")
        }
        Some(ErrorCode::DiskFull) => "the disk is full; make room and run it again".to_owned(),
        // Questions leave a file of an older version as it is.
        _ if error.to_string().starts_with("no such table") => {
            "the file is of an older version, without declared state; `driftwire sync --store` brings it up to date"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// What people call a store.
pub(super) fn name(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

pub(super) fn permanent(path: &Path, reason: &str) -> StoreError {
    StoreError::Permanent { store: name(path), reason: reason.to_owned() }
}
