//! The published formats and what they look like, from findings as the core makes them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod fixture;
mod format;
mod injection;
mod shown;
mod titles;
