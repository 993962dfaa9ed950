//! The list of calls that change no configuration, as Rust source: it is short and has patterns.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreRow {
    calls: Vec<String>,
}

/// Patterns by service.
pub(crate) fn source() -> String {
    let text = std::fs::read_to_string("data/ignore.toml").expect("readable file");
    let tables: BTreeMap<String, IgnoreRow> =
        toml::from_str(&text).unwrap_or_else(|error| panic!("data/ignore.toml: {error}"));
    let mut rows: BTreeMap<(String, String), String> = BTreeMap::new();
    for (class, row) in tables {
        for call in row.calls {
            let (service, name) =
                call.split_once(':').unwrap_or_else(|| panic!("data/ignore.toml: `{call}` has no service"));
            rows.insert((service.to_owned(), name.to_owned()), class.clone());
        }
    }
    let mut out = String::from("/// Sorted by service.\npub(crate) static IGNORED: &[Ignored] = &[\n");
    for ((service, name), class) in &rows {
        writeln!(out, "Ignored {{ service: {service:?}, name: {name:?}, class: {class:?} }},").expect("a string");
    }
    out + "];\n"
}
