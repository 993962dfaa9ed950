//! Names what an input is that does not begin like JSON, so that the message says more than "not JSON".

/// What the first bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    Html,
    Xml,
    Gzip,
    Zip,
    Zstandard,
    Parquet,
    Text,
}

/// How many bytes to look at.
pub(super) const SNIFF_BYTES: usize = 64;

impl Foreign {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let lower = bytes.get(..bytes.len().min(SNIFF_BYTES)).unwrap_or_default().to_ascii_lowercase();
        let begins = |prefix: &[u8]| lower.starts_with(prefix);
        if begins(b"<!doctype html") || begins(b"<html") || begins(b"<head") || begins(b"<body") || begins(b"<!--") {
            return Self::Html;
        }
        if begins(b"<") {
            return Self::Xml;
        }
        if begins(b"\x1f\x8b") {
            return Self::Gzip;
        }
        if begins(b"pk\x03\x04") {
            return Self::Zip;
        }
        if begins(b"\x28\xb5\x2f\xfd") {
            return Self::Zstandard;
        }
        if begins(b"par1") {
            return Self::Parquet;
        }
        Self::Text
    }

    /// Whether nothing behind it can be a record either.
    pub(super) const fn is_whole_input(self) -> bool {
        !matches!(self, Self::Text)
    }

    pub(super) const fn looks_like(self) -> &'static str {
        match self {
            Self::Html => "looks like HTML (an error or sign-in page?), not JSON; expected CloudTrail records",
            Self::Xml => "looks like XML (an error answer?), not JSON; expected CloudTrail records",
            Self::Gzip => "looks like gzip inside gzip; decompress it once and try again",
            Self::Zip => "looks like a zip archive; extract it and pass the files in it",
            Self::Zstandard => "looks like zstandard; decompress it, or pass the gzip file that CloudTrail wrote",
            Self::Parquet => "looks like Parquet; expected CloudTrail records as JSON",
            Self::Text => "looks like plain text, not JSON; expected CloudTrail records",
        }
    }
}
