//! What leaves Driftwire: the published formats, their wording and how they look on a terminal.
//!
//! The core's own types are converted here and never serialized, so that the core can change while
//! `driftwire.finding/v1` and `driftwire.outcome/v1` cannot (FROZEN-V1). Nothing here reads a file, a
//! clock, the environment or the terminal: width and color are parameters.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod v1;

pub mod schema;

pub mod plain;

mod address;

mod network;

mod policy;

mod value;

pub mod wording;

mod layout;

pub mod table;

pub mod summary;

pub use layout::{Color, View};
pub use table::{facts, findings};
pub use wording::title;
