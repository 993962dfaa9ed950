//! End to end, without AWS and without a network.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code"
)]

mod corpus;
mod data;
mod delegated;
mod delta;
mod desk;
mod differential;
mod extraction;
mod fronts;
mod gather;
mod gold;
mod identity;
mod invariants;
mod join;
mod messages;
mod models;
mod network;
mod pulumi;
mod scenarios;
mod settle;
mod severity;
mod stacks;
mod storage;
mod table;
mod vectors;
