//! Replaces sensitive values by keyed hashes: NO-SECRET-OUT.
//!
//! Equal values under one key hash equal, so that a change is still seen; the value itself is gone. What is sensitive:
//! what the source marks, what its name gives away, and what looks like a secret wherever it stands. Values are
//! replaced, names never are. Empty values stay: they say nothing, and mean the same as an absent one.

mod kinds;
mod name;
mod path;
mod shape;
mod walk;

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::unresolved;

pub use path::Step;

/// The only key of what stands in a secret's place: `{"$redacted": "hmac-…"}`.
const MARK: &str = "$redacted";
const HASH_PREFIX: &str = "hmac-";
const HASH_BYTES: usize = 16;
const BLOCK_BYTES: usize = 64;

/// Replaces secrets by hashes under one key (HMAC-SHA256, cut to 128 bits).
#[derive(Clone)]
pub struct Redactor {
    keyed: Hmac<Sha256>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// Makes a redactor. Keep the key: hashes under another key compare as different.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0; BLOCK_BYTES];
        let hashed;
        let key = if key.len() > BLOCK_BYTES {
            hashed = Sha256::digest(key);
            hashed.as_slice()
        } else {
            key
        };
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        Self { keyed: Hmac::new(&block.into()) }
    }

    /// Hashes a text: `hmac-` and 32 hex digits.
    #[must_use]
    pub fn hash(&self, text: &str) -> String {
        let digest = self.keyed.clone().chain_update(text.as_bytes()).finalize().into_bytes();
        let mut hash = String::with_capacity(HASH_PREFIX.len() + 2 * HASH_BYTES);
        hash.push_str(HASH_PREFIX);
        for byte in digest.iter().take(HASH_BYTES) {
            for nibble in [byte >> 4, byte & 0xF] {
                hash.extend(char::from_digit(nibble.into(), 16));
            }
        }
        hash
    }

    /// Returns what stands in a value's place. Empty and already hidden values stay as they are.
    ///
    /// A number or boolean hashes as its text, because tools turn one into the other.
    #[must_use]
    pub fn redacted(&self, value: &Value) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::String(text) if text.is_empty() => value.clone(),
            Value::String(text) => self.marked(text),
            Value::Array(items) if items.is_empty() => value.clone(),
            Value::Object(map) if map.is_empty() || is_mark(map) || unresolved::of_members(map).is_some() => {
                value.clone()
            }
            other => self.marked(&other.to_string()),
        }
    }

    /// Replaces everything under `value` that looks like a secret or that its name gives away, also inside JSON text.
    /// Returns whether anything was replaced. For what comes without a schema, such as the parameters of a call.
    pub fn redact_value(&self, value: &mut Value) -> bool {
        self.walk(value, walk::Place::Schema, 0)
    }

    /// As [`Self::redact_value`], for a value whose path is known: `environment[0].variables.DB_PASSWORD`.
    pub fn redact_named(&self, path: &str, value: &mut Value) -> bool {
        let mut place = walk::Place::Schema;
        let mut names = path.split(['.', '[', ']']).filter(|name| !name.is_empty()).peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return self.walk_named(name, value, place, 0);
            }
            place = place.inside(name);
        }
        self.redact_value(value)
    }

    /// Replaces what stands at `path`, with everything under it. Where the path leads into a set, or past what is
    /// there, the smallest whole that is sure to contain it is replaced. Returns whether anything was.
    pub fn redact_at(&self, value: &mut Value, path: &[Step]) -> bool {
        path::redact_at(self, value, path)
    }

    /// Replaces what `mask` marks with `true`; the mask has the shape of the value.
    pub(crate) fn redact_mask(&self, value: &mut Value, mask: &Value) -> bool {
        path::redact_mask(self, value, mask)
    }

    /// Replaces what is sensitive in the attributes of a resource of type `kind`, marked or not.
    pub(crate) fn redact_attributes(&self, kind: &str, attributes: &mut Map<String, Value>) -> bool {
        let mut changed = false;
        for name in kinds::sensitive(kind, attributes) {
            if let Some(value) = attributes.get_mut(*name) {
                changed |= match unresolved::within(value) {
                    // The hash of what is not known would be another each time it is.
                    Some(reason) => std::mem::replace(value, reason.mark()) != *value,
                    None => self.replace(value),
                };
            }
        }
        self.walk_object(attributes, walk::Place::Schema, 0) || changed
    }

    /// Replaces a value whole. Returns whether it was.
    fn replace(&self, value: &mut Value) -> bool {
        let redacted = self.redacted(value);
        let changed = redacted != *value;
        *value = redacted;
        changed
    }

    fn marked(&self, text: &str) -> Value {
        Value::Object(Map::from_iter([(MARK.to_owned(), Value::String(self.hash(text)))]))
    }
}

/// Whether an attribute of this name holds a secret, in any vocabulary: `master_password`, `MasterUserPassword`.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    name::is_secret_attribute(name)
}

/// Whether a value stands in the place of a secret.
#[must_use]
pub fn is_redacted(value: &Value) -> bool {
    value.as_object().is_some_and(is_mark)
}

fn is_mark(map: &Map<String, Value>) -> bool {
    map.len() == 1
        && map.get(MARK).and_then(Value::as_str).and_then(|hash| hash.strip_prefix(HASH_PREFIX)).is_some_and(|hex| {
            hex.len() == 2 * HASH_BYTES && hex.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn redactor() -> Redactor {
        Redactor::new(b"a key for tests")
    }

    #[test]
    fn the_hash_is_hmac_sha256() {
        // RFC 4231, test cases 2 and 6.
        assert_eq!(
            Redactor::new(b"Jefe").hash("what do ya want for nothing?"),
            "hmac-5bdcc146bf60754e6a042426089575c7"
        );
        let long = [0xAA; 131];
        let text = "Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(Redactor::new(&long).hash(text), "hmac-60e431591ee0b67f0d8a26aacbf5b77f");
    }

    #[test]
    fn equal_values_hash_equal_and_others_do_not() {
        let redactor = redactor();
        assert_eq!(redactor.redacted(&json!("a")), redactor.redacted(&json!("a")));
        assert_ne!(redactor.redacted(&json!("a")), redactor.redacted(&json!("b")));
        assert_eq!(redactor.redacted(&json!(5)), redactor.redacted(&json!("5")));
        assert_ne!(redactor.hash("a"), Redactor::new(b"another key").hash("a"));
        assert!(is_redacted(&redactor.redacted(&json!({"a": [1]}))));
    }

    #[test]
    fn empty_values_and_hidden_ones_stay() {
        let redactor = redactor();
        for value in [json!(null), json!(""), json!([]), json!({}), redactor.redacted(&json!("a"))] {
            assert_eq!(redactor.redacted(&value), value);
        }
    }

    #[test]
    fn a_secret_that_poses_as_hidden_is_hidden() {
        let mut value = json!({"password": {"$redacted": "hunter2hunter2"}, "token": {"$redacted": "hmac-zz"}});
        assert!(!is_redacted(&value["password"]));
        redactor().redact_value(&mut value);
        assert!(!value.to_string().contains("hunter2"), "{value}");
    }

    #[test]
    fn neither_key_nor_state_is_shown() {
        assert_eq!(format!("{:?}", Redactor::new(b"the key")), "Redactor");
    }

    #[test]
    fn a_path_gives_a_value_its_name() {
        let hidden = |path: &str| redactor().redact_named(path, &mut json!("blue"));
        assert!(hidden("master_password"));
        assert!(hidden("environment[0].variables.db_token_two"));
        assert!(!hidden("tags.TokenColor"));
        assert!(!hidden("environment[0].variables.COLOR"));
        assert!(!hidden(""));
    }

    proptest! {
        #[test]
        fn hiding_twice_is_hiding_once(text in ".{0,60}", name in "[a-zA-Z_]{0,12}(password|TOKEN|color)") {
            let mut once = json!({name: text, "list": ["AKIAABCDEFGHIJKLMNOP", text]});
            redactor().redact_value(&mut once);
            let mut twice = once.clone();
            redactor().redact_value(&mut twice);
            prop_assert_eq!(once, twice);
        }
    }
}
