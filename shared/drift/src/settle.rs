//! What becomes of a change once the declared state of its resource has moved.
//!
//! The record is judged again against the new declarations, without waiting; this decides what the two answers mean
//! together. Equal by the code's own doing is `applied`; equal because a refresh copied the live value into the state is
//! `absorbed`, and people must know; still different is reported, with the original actor and time.

use crate::{
    finding::Finding,
    outcome::{Named, Outcome},
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

/// What is known of how a record ended for a resource, before the declared state moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The resource.
    pub resource: Named,
    /// The declaration concerned.
    pub address: Option<String>,
    /// Whether it waited for a new declared state.
    pub held: bool,
}

impl Earlier {
    /// What an outcome leaves to be settled; nothing where it has no resource.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let resource = outcome.resource.clone()?;
        Some(Self { resource, address: outcome.address.clone(), held: outcome.verdict == Verdict::Held })
    }
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

/// Settles what a record had come to for a resource, by what the same record is judged as now: the outcome it has for the
/// resource, if it has one still, and what that means.
///
/// `again` is made with [`crate::context::Waiting::Over`] and the new declarations.
#[must_use]
pub fn settle<'a>(before: &Earlier, again: &'a [Outcome], code: CodeWrite) -> (Option<&'a Outcome>, Settlement) {
    let now = again.iter().find(|it| it.resource.as_ref() == Some(&before.resource));
    let moved = || again.iter().find(|it| it.address.is_some() && it.address == before.address);
    let Some(now) = now.or_else(moved) else { return (None, Settlement::Closed(Status::Gone)) };
    let settlement = match (now.verdict, now.reason) {
        (Verdict::InSync, _) if before.held || code == CodeWrite::Seen => Settlement::Closed(Status::Applied),
        (Verdict::InSync, _) => Settlement::Closed(Status::Absorbed),
        (Verdict::Irrelevant, Reason::NotDeclared | Reason::Deposed) => Settlement::Closed(Status::Gone),
        (_, reason) => match &now.finding {
            Some(finding) => Settlement::Stands(Box::new(finding.clone())),
            None => Settlement::Quiet(reason),
        },
    };
    (Some(now), settlement)
}
