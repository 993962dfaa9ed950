//! What becomes of a change once the declared state of its resource has moved.
//!
//! The record is judged again against the new declarations, without waiting; this decides what the two answers mean
//! together. Equal by the code's own doing is `applied`; equal because a refresh copied the live value into the state is
//! `absorbed`, and people must know; still different is reported, with the original actor and time.

use crate::{
    finding::Finding,
    outcome::Outcome,
    replay::Judged,
    verdict::{Reason, Status, Verdict},
};

/// Whether infrastructure code wrote the property between the change and the new declared state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeWrite {
    /// A pipeline's call did.
    Seen,
    /// No call of a pipeline was seen.
    None,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Settlement {
    /// Nothing is left to see: closed as [`Status::Applied`], [`Status::Absorbed`] or [`Status::Gone`].
    Closed(Status),
    /// It still differs, and is reported as it is now.
    Stands(Box<Finding>),
    /// It still differs, and nobody is to see it: the rules or the code say so now.
    Quiet(Reason),
}

/// Settles the outcome that a record had for a resource, by what the same record is judged as now.
///
/// `again` is made with [`crate::context::Waiting::Over`] and the new declarations.
#[must_use]
pub fn settle(before: &Outcome, again: &Judged, code: CodeWrite) -> Settlement {
    let now = again.outcomes.iter().find(|it| it.resource.is_some() && it.resource == before.resource);
    let Some(now) = now.or_else(|| again.outcomes.iter().find(|it| it.address == before.address)) else {
        return Settlement::Closed(Status::Gone);
    };
    match (now.verdict, now.reason) {
        (Verdict::InSync, _) if before.verdict == Verdict::Held || code == CodeWrite::Seen => {
            Settlement::Closed(Status::Applied)
        }
        (Verdict::InSync, _) => Settlement::Closed(Status::Absorbed),
        (Verdict::Irrelevant, Reason::NotDeclared | Reason::Deposed) => Settlement::Closed(Status::Gone),
        (_, reason) => match &now.finding {
            Some(finding) => Settlement::Stands(Box::new(finding.clone())),
            None => Settlement::Quiet(reason),
        },
    }
}
