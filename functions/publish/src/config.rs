//! What the function is set up with.

use driftwire_runtime::Settings;

/// What the function is set up with.
pub(crate) struct Config {
    /// The table whose stream it reads.
    pub(crate) table: String,
    /// The bus's name.
    pub(crate) bus: String,
}

impl Config {
    pub(crate) fn read(settings: &mut Settings) -> Option<Self> {
        let (table, bus) = (settings.text("TABLE"), settings.text("BUS"));
        Some(Self { table: table?, bus: bus? })
    }
}
