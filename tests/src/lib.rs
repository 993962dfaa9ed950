//! What the end-to-end tests and benchmarks share: a desk (declarations, rules, key), and the corpus folder.

mod duel;

use std::path::PathBuf;

pub use duel::{duel, ratio};

/// The folder of real records and states, if it is there: `DRIFTWIRE_CORPUS`, or `../shared/corpus` beside the workspace.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where the corpus is")]
pub fn corpus() -> Option<PathBuf> {
    let workspace = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let folder = std::env::var("DRIFTWIRE_CORPUS").map_or_else(|_| workspace.join("../shared/corpus"), PathBuf::from);
    folder.is_dir().then_some(folder)
}
