//! Decides whether two texts are the same user data.
//!
//! False positive removed: Terraform's provider before version 6 stores the SHA-1 of the bytes, later ones the clear
//! text; launch templates and calls carry base64. By hand: start an instance with `user_data` and read its attribute.
//!
//! It must not hide another script: hashes are compared with the hash of the whole other side.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha1::{Digest as _, Sha1};

/// Whether two texts are the same bytes, in clear, in base64 or hashed.
pub(super) fn same(left: &str, right: &str) -> bool {
    let (here, there) = (readings(left), readings(right));
    here.iter().any(|bytes| there.contains(bytes)) || is_hash_of(left, &there) || is_hash_of(right, &here)
}

/// What a text may stand for: its own bytes, and what they decode to.
fn readings(text: &str) -> Vec<Vec<u8>> {
    let compact: String = text.split_ascii_whitespace().collect();
    let decoded = STANDARD.decode(&compact).or_else(|_| STANDARD_NO_PAD.decode(&compact)).ok();
    std::iter::once(text.as_bytes().to_vec()).chain(decoded.filter(|bytes| !bytes.is_empty())).collect()
}

/// Whether a text is the SHA-1 of one of these readings, in hex.
fn is_hash_of(text: &str, readings: &[Vec<u8>]) -> bool {
    text.len() == 40 && readings.iter().any(|bytes| sha1_hex(bytes).eq_ignore_ascii_case(text))
}

/// The SHA-1 in hex.
fn sha1_hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{same, sha1_hex};

    const CLEAR: &str = "#!/bin/bash\necho hi\n";
    const BASE64: &str = "IyEvYmluL2Jhc2gKZWNobyBoaQo=";

    #[test]
    fn user_data_has_three_spellings() {
        let hash = sha1_hex(CLEAR.as_bytes());
        for (left, right) in [(CLEAR, BASE64), (CLEAR, hash.as_str()), (BASE64, hash.as_str())] {
            assert!(same(left, right) && same(right, left), "{left} {right}");
        }
    }

    #[test]
    fn another_script_differs_in_every_spelling() {
        let hash = sha1_hex(b"#!/bin/bash\necho ho\n");
        for left in [CLEAR, BASE64] {
            assert!(!same(left, &hash) && !same(left, "#!/bin/bash\necho ho\n"), "{left}");
        }
    }
}
