//! What `sync` is set up with.

use driftwire_runtime::Settings;

/// Everything from the environment.
#[derive(Debug)]
pub(crate) struct Config {
    /// The table.
    pub(crate) table: String,
    /// The URL of the queue for what cannot be read.
    pub(crate) quarantine: String,
    /// The secret that holds the key of all hashes.
    pub(crate) hash_key: String,
}

impl Config {
    /// Reads the settings; each problem is noted in them.
    pub(crate) fn read(settings: &mut Settings) -> Option<Self> {
        let (table, quarantine) = (settings.text("TABLE"), settings.text("QUARANTINE_QUEUE"));
        let hash_key = settings.text("HASH_KEY_SECRET");
        Some(Self { table: table?, quarantine: quarantine?, hash_key: hash_key? })
    }
}
