//! Why something in the input is not a record, and where it is; never what it contains.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// Where something is in the input, after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Position {
    /// Which document of the input, from 1; 0 when the document was not part of a larger input.
    pub ordinal: u64,
    /// The byte at which the document starts.
    pub offset: u64,
    /// Which record of a document that wraps a list of them, from 1; 0 outside such a list.
    pub part: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ordinal, self.part) {
            (0, 0) => write!(f, "record"),
            (0, part) => write!(f, "record {part}"),
            (ordinal, 0) => write!(f, "record {ordinal} at byte {}", self.offset),
            (ordinal, part) => write!(f, "record {ordinal}.{part} at byte {}", self.offset),
        }
    }
}

/// Why a piece of the input cannot be read as a record. A closed list: counters and alarms key on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnreadableReason {
    /// Not JSON, or JSON that is cut off.
    NotJson,
    /// JSON, but not a CloudTrail record.
    NotARecord,
    /// Larger than `Limits::record_bytes`.
    TooLarge,
}

impl UnreadableReason {
    /// The reason as counters and outcomes spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotARecord => "not_a_record",
            Self::TooLarge => "too_large",
        }
    }
}

impl fmt::Display for UnreadableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A piece of the input that is not a record. Its text is safe to show and to log: it never quotes the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Which of the closed list.
    pub reason: UnreadableReason,
    /// What is wrong and what was expected, in words.
    pub message: Cow<'static, str>,
    /// Where.
    pub position: Position,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.position, self.message, self.reason)
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_where_and_what() {
        let unreadable = Unreadable {
            reason: UnreadableReason::NotARecord,
            message: "`eventName` is missing".into(),
            position: Position { ordinal: 3, offset: 4096, part: 2 },
        };
        insta::assert_snapshot!(unreadable, @"record 3.2 at byte 4096: `eventName` is missing (not_a_record)");
    }
}
