//! The `driftwire` command as people run it: what it prints, where, and with which exit code.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

mod bad_input;
mod catalog;
mod compare;
mod help;
mod made;
mod readme;
mod run;
mod scenarios;
mod secrets;
mod store;
mod sync;
