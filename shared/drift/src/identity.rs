//! What makes two deliveries the same record: ONCE rests on it.

use std::borrow::Cow;

use driftwire_cloudtrail::Record;
use sha2::{Digest, Sha256};

/// The id that tells a record from all others, whatever it was wrapped in.
///
/// CloudTrail's event ids are UUIDs. Anything else (tests, samples, scrubbed logs) may stand in many records, so there
/// the record's own text counts too.
#[must_use]
pub(crate) fn of_record<'r>(record: &'r Record<'_>) -> Cow<'r, str> {
    with_text(record, &record.event_id)
}

/// The id that the copies of one call share which several accounts get; the record's own where there are none.
#[must_use]
pub(crate) fn of_call<'r>(record: &'r Record<'_>) -> Cow<'r, str> {
    with_text(record, record.shared_event_id.as_deref().unwrap_or(&record.event_id))
}

fn with_text<'r>(record: &'r Record<'_>, id: &'r str) -> Cow<'r, str> {
    if is_uuid(id) || is_told(id) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(format!("{id}-{}", hex(&Sha256::digest(record.raw))))
    }
}

/// The first 16 bytes of a digest as 32 hex digits.
pub(crate) fn hex(digest: &[u8]) -> String {
    let digits = digest.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    let mut hex = String::with_capacity(32);
    hex.extend(digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)));
    hex
}

/// Whether an id tells its record's text already, as that of a record that was kept does.
fn is_told(id: &str) -> bool {
    id.rsplit_once('-')
        .is_some_and(|(_, text)| text.len() == 32 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')))
}

fn is_uuid(id: &str) -> bool {
    // Without a branch for each of the digits, which no processor can foretell.
    let has_dashes = id.len() == 36 && [8, 13, 18, 23].iter().all(|at| id.as_bytes().get(*at) == Some(&b'-'));
    has_dashes && id.bytes().filter(u8::is_ascii_hexdigit).count() == 32
}

#[cfg(test)]
mod tests {
    use super::is_uuid;

    #[test]
    fn a_placeholder_is_no_event_id() {
        assert!(is_uuid("3038ebd2-c98a-4c65-9b6e-e22506292313"));
        for placeholder in ["1111", "...", "EXAMPLE8-9621-4d00-b913-beca2EXAMPLE", ""] {
            assert!(!is_uuid(placeholder), "{placeholder}");
        }
    }
}
