//! Where declared state is read from, as a port: the tests have one in memory.

use std::future::Future;

/// What a source answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Read {
    /// A state, as bytes; compressed or not.
    State(Vec<u8>),
    /// There is none, or no longer.
    Gone,
}

/// Why a source did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceError {
    /// It may answer if asked again.
    Transient(String),
    /// It will not: no permission, too large.
    Permanent(String),
}

/// Where declared state is kept.
pub(crate) trait Source {
    /// An object of S3.
    fn object(&self, bucket: &str, key: &str) -> impl Future<Output = Result<Read, SourceError>>;

    /// A stack of CloudFormation, by name or ARN, as one JSON document: the stack, its template, its resources.
    fn stack(&self, name: &str) -> impl Future<Output = Result<Read, SourceError>>;
}
