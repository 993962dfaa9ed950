//! Evaluates the part of the query language `JSONata` in which AWS writes how a service respells a property.
//!
//! An expression such as `$lowercase(Name)` or `$split(KmsKeyId, "/")[-1]` is read once and evaluated over the declared
//! properties. Taken are paths, predicates, calls, lambdas, blocks, conditions, constructors, ranges, operators, regular
//! expressions and the update of an object (`$ ~> | $.Source | {…} |`), with the functions that AWS calls. What is not
//! taken (wildcards, grouping, sorting, parents, partial calls, other functions) is refused when the text is read: an
//! expression means what `JSONata` says it means, or nothing.
//!
//! It never panics, and its depth and work are bounded, whatever the text and the values are.

mod syntax;

mod lexer;
mod parser;
mod pattern;

mod value;

mod evaluate;
mod operators;
mod steps;

mod functions;
mod signature;
mod text;

#[cfg(test)]
mod tests;

use serde_json::Value as Json;

use syntax::Node;

/// An expression that has been read.
#[derive(Debug)]
pub(super) struct Expression(Node);

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: `{found}` found, expected {expected}")]
pub(super) struct Refused {
    at: usize,
    found: String,
    expected: &'static str,
}

/// Why an expression gives nothing over these values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failed {
    /// A value has another type or size than an operator or function takes.
    #[error("{0}")]
    Mismatch(&'static str),
    /// The expression nests, or works, longer than any that AWS writes.
    #[error("the expression takes too long")]
    Exhausted,
}

impl Expression {
    /// Reads an expression.
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        parser::parse(text).map(Self)
    }

    /// What the expression gives over a value; `None` where that is undefined, which is not null.
    pub(super) fn evaluate(&self, input: &Json) -> Result<Option<Json>, Failed> {
        evaluate::evaluate(&self.0, input)
    }
}
