//! The deployed half, end to end: the functions as they are deployed, on an AWS of this machine's own.
//!
//! Every test brings up a stack of its own. Without `DRIFTWIRE_LAMBDA` each says that it is skipped.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod bad;
mod desk;
mod fire;
mod follow;
mod secrets;
mod store;
mod way;
