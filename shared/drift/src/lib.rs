//! The pure core: from a call, declarations and rules to a verdict. No clock, environment, files, network, random order.
//!
//! Modules in reading order; each may use those above it.

pub mod verdict;

pub mod finding;

pub mod outcome;

pub mod compare;

mod actor;
mod identity;
mod understand;

mod vocabulary;

pub mod call;
pub mod index;

mod cover;

pub mod judge;

pub mod secrets;

pub mod context;
pub mod hold;

mod facet;
mod rule_facets;
mod tag_facets;

pub mod decide;

pub mod settle;

pub mod open;
pub mod replay;

pub mod gather;

pub use call::Call;
pub use context::{Context, Detail, Waiting};
pub use decide::{Decision, decide, irrelevance};
pub use finding::Finding;
pub use gather::{Wanted, ask};
pub use index::{Index, Place, Reach};
pub use judge::Rules;
pub use open::OpenDrift;
pub use outcome::{Facet, FacetResult, Moment, Named, Outcome};
pub use replay::{Judged, Replay, judge};
pub use secrets::Secrets;
pub use settle::{CodeWrite, Earlier, Settlement, settle};
pub use verdict::{Reason, Severity, Status, Verdict};
