//! End to end, without AWS and without a network.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "test code")]

mod corpus;
mod desk;
mod invariants;
mod scenarios;
mod vectors;
