//! Finds where the next record may begin after something broken.

use super::lexer::LIST_KEYS;

/// How many bytes behind a `{` decide.
pub(super) const LOOKAHEAD: usize = 128;

/// What a `{` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// Nothing to go by.
    No,
    /// A record or a wrapped one.
    Record,
    /// A new list of them.
    List,
}

/// Keys that come first in a record or in something that wraps one, and hardly ever in what a record nests.
const FIRST_KEYS: [&[u8]; 24] = [
    b"eventVersion",
    b"userIdentity",
    b"eventTime",
    b"eventSource",
    b"eventName",
    b"awsRegion",
    b"sourceIPAddress",
    b"userAgent",
    b"requestParameters",
    b"responseElements",
    b"requestID",
    b"eventID",
    b"eventType",
    b"recipientAccountId",
    b"readOnly",
    b"managementEvent",
    b"eventCategory",
    b"EventId",
    b"CloudTrailEvent",
    b"messageId",
    b"MessageId",
    b"receiptHandle",
    b"EventSource",
    b"detail-type",
];

/// Judges the `{` at `at`: at the beginning of a line, or with a first key of a record.
pub(super) fn beginning(bytes: &[u8], at: usize) -> Beginning {
    let key = first_key(bytes.get(at + 1..).unwrap_or_default());
    if key.is_some_and(|key| LIST_KEYS.contains(&key)) {
        return Beginning::List;
    }
    let begins_line = at.checked_sub(1).is_none_or(|before| bytes.get(before) == Some(&b'\n'));
    if begins_line || key.is_some_and(|key| FIRST_KEYS.contains(&key)) {
        return Beginning::Record;
    }
    Beginning::No
}

fn first_key(behind: &[u8]) -> Option<&[u8]> {
    let behind = behind.get(..behind.len().min(LOOKAHEAD - 1))?;
    let text = behind.trim_ascii_start().strip_prefix(b"\"")?;
    text.get(..memchr::memchr(b'"', text)?)
}
