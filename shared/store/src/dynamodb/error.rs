//! What an answer of DynamoDB means for whoever asked: try again, or what to do.

use std::error::Error;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

use super::DynamoDb;
use crate::StoreError;

/// Codes that say: later.
const LATER: [&str; 11] = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

impl DynamoDb {
    /// What people call this store.
    fn called(&self) -> String {
        format!("table `{}`", self.table)
    }

    pub(super) fn transient(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Transient { store: self.called(), reason: reason.into() }
    }

    pub(super) fn permanent(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Permanent { store: self.called(), reason: reason.into() }
    }

    /// What is in the table is not what was written there.
    pub(super) fn damaged(&self, what: &str) -> StoreError {
        self.permanent(format!("`{what}` is not as it was written; restore the table to a time before, or remove it"))
    }

    /// A request that the SDK would not make.
    pub(super) fn unmade(&self, error: &BuildError) -> StoreError {
        self.permanent(format!("a request could not be made: {error}"))
    }

    /// What a failed request means.
    pub(super) fn failed<E>(&self, doing: &str, error: &SdkError<E>) -> StoreError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::TimeoutError(_) => self.transient(format!("{doing}: no answer in time")),
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                self.refused(doing, status, answer.err().code(), answer.err().message())
            }
            SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
                self.transient(format!("{doing}: unreachable: {}", causes(error)))
            }
            SdkError::ResponseError(_) => self.transient(format!("{doing}: the answer ended early")),
            _ => self.permanent(format!(
                "{doing}: the request could not be made; check the region, the endpoint and the credentials: {}",
                causes(error)
            )),
        }
    }

    fn refused(&self, doing: &str, status: u16, code: Option<&str>, message: Option<&str>) -> StoreError {
        let code = code.unwrap_or("unknown");
        let said = format!("{doing}: {code}: {}", message.unwrap_or("no more was said"));
        let advice = match code {
            code if LATER.contains(&code) => return self.transient(said),
            "ResourceNotFoundException" => {
                "check the name, the account and the region; `driftwire` does not create tables, a deployment does"
            }
            "AccessDeniedException" => "allow this role to read and write the table and its indexes",
            "ExpiredTokenException" | "UnrecognizedClientException" | "InvalidSignatureException" => {
                "sign in again, and check the clock"
            }
            "ValidationException" => "the table's keys or indexes may be another version's; deploy this one",
            _ if status >= 500 || status == 429 => return self.transient(said),
            _ => "it will be the same however often it is asked",
        };
        self.permanent(format!("{said}; {advice}"))
    }
}

/// An error and what caused it, on one line.
fn causes(error: &dyn Error) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if !said.iter().any(|known| known.contains(&text)) {
            said.push(text);
        }
        next = cause.source();
    }
    said.join(": ")
}
