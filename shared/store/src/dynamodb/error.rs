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
            _ => self.permanent(format!("{doing}: {}", not_made(&causes(error)))),
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

/// Why a request was not made, and what to do. What the SDK says of credentials is long, and names no command.
fn not_made(said: &str) -> String {
    if said.contains("missing signing region") {
        "no region is set: set AWS_REGION, or `region` in the profile".to_owned()
    } else if said.contains("no credentials found in chain") {
        "no credentials were found: sign in (`aws sso login`), name a profile in AWS_PROFILE, or set AWS_ACCESS_KEY_ID \
         and AWS_SECRET_ACCESS_KEY"
            .to_owned()
    } else if said.contains("credential") || said.contains("profile") {
        format!("the credentials cannot be used: sign in again (`aws sso login`), or check AWS_PROFILE: {said}")
    } else {
        format!("the request could not be made; check the region, the endpoint and the credentials: {said}")
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

#[cfg(test)]
mod tests {
    use super::not_made;

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        for (said, advice) in [
            ("dispatch failure: other: missing signing region", "no region is set: set AWS_REGION"),
            ("other: no credentials found in chain. Attempted: Environment: …", "no credentials were found: sign in"),
            ("other: could not load credentials: session expired", "the credentials cannot be used: sign in again"),
            ("construction failure", "the request could not be made; check the region"),
        ] {
            assert!(not_made(said).starts_with(advice), "{}", not_made(said));
        }
    }
}
