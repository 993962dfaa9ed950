//! How a text is kept that may be larger than an item: as it is, packed, or packed and in parts. It is never cut off.

use std::io::{Read as _, Write as _};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::chain::hex;

use super::key::{Attributes, Key, number, read_number, read_text, text};

/// What is longer is packed.
const PLAIN: usize = 8 * 1024;
/// What is longer, packed, is kept in parts. An item has at most 400 KB, with its names and keys.
const PART: usize = 350 * 1024;
/// What no text may exceed when unpacked.
const LONGEST: u64 = 256 * 1024 * 1024;

const BODY: &str = "body";
const PACKED: &str = "packed";
const PARTS: &str = "parts";
const DIGEST: &str = "digest";

/// A text on its way into the table.
#[derive(Debug)]
pub(super) enum Body {
    Plain(String),
    Packed(Vec<u8>),
    Parts(Vec<u8>),
}

impl Body {
    pub(super) fn new(text: String) -> Self {
        if text.len() <= PLAIN {
            return Self::Plain(text);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
        match packed {
            Ok(packed) if packed.len() <= PART => Self::Packed(packed),
            Ok(packed) => Self::Parts(packed),
            // Writing to memory does not fail.
            Err(_) => Self::Plain(text),
        }
    }

    /// Writes it into its item. Returns the items that have to be written with it.
    pub(super) fn put(&self, key: &Key, item: &mut Attributes) -> Vec<Attributes> {
        let blob = |bytes: &[u8]| AttributeValue::B(Blob::new(bytes));
        match self {
            Self::Plain(plain) => {
                item.insert(BODY.to_owned(), text(plain));
                Vec::new()
            }
            Self::Packed(packed) => {
                item.insert(PACKED.to_owned(), blob(packed));
                Vec::new()
            }
            Self::Parts(packed) => {
                item.insert(PARTS.to_owned(), number(packed.len().div_ceil(PART)));
                item.insert(DIGEST.to_owned(), text(&hex(&Sha256::digest(packed))));
                let part = |(at, bytes): (usize, &[u8])| {
                    let mut part = key.part(at + 1).attributes();
                    part.insert(PACKED.to_owned(), blob(bytes));
                    part
                };
                packed.chunks(PART).enumerate().map(part).collect()
            }
        }
    }
}

/// The keys of an item's parts, in order.
pub(super) fn parts(item: &Attributes) -> Vec<Key> {
    let count = read_number(item, PARTS).and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
    Key::of(item).map(|key| (1..=count).map(|part| key.part(part)).collect()).unwrap_or_default()
}

/// What an item's text turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// The text.
    Whole(String),
    /// There is none, as in a finding that is known by its standing only.
    Nothing,
    /// The parts are not all of one write: another write came between the reads.
    Torn,
    /// It cannot be unpacked.
    Damaged,
}

/// Reads the text of an item. `part` finds a part by its key.
pub(super) fn open<'a>(item: &Attributes, part: impl Fn(&Key) -> Option<&'a Attributes>) -> Opened {
    if let Some(plain) = read_text(item, BODY) {
        return Opened::Whole(plain.to_owned());
    }
    if let Some(packed) = packed(item) {
        return unpack(packed);
    }
    let Some(digest) = read_text(item, DIGEST) else { return Opened::Nothing };
    let mut joined = Vec::new();
    for key in parts(item) {
        let Some(bytes) = part(&key).and_then(packed) else { return Opened::Torn };
        joined.extend_from_slice(bytes);
    }
    if hex(&Sha256::digest(&joined)) == digest { unpack(&joined) } else { Opened::Torn }
}

/// Whether two items hold the same text.
pub(super) fn is_same(one: &Attributes, other: &Attributes) -> bool {
    [BODY, PACKED, DIGEST].iter().all(|name| one.get(*name) == other.get(*name))
}

fn packed(item: &Attributes) -> Option<&[u8]> {
    item.get(PACKED)?.as_b().ok().map(AsRef::as_ref)
}

fn unpack(packed: &[u8]) -> Opened {
    let mut text = String::new();
    match GzDecoder::new(packed).take(LONGEST + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 <= LONGEST => Opened::Whole(text),
        _ => Opened::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Opened, PART, open, parts};
    use crate::dynamodb::key::{Items, Key};

    /// Text that hardly packs.
    fn noise(length: usize) -> String {
        let mut state: u64 = 7;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'!' + u8::try_from(state >> 57).unwrap() % 90)
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_text_of_any_size_comes_back() {
        for length in [0, 10, 9_000, PART, 3 * PART] {
            let (key, wanted) = (Key::finding("dw1-a"), noise(length));
            let mut item = key.attributes();
            let others: Items = Body::new(wanted.clone())
                .put(&key, &mut item)
                .into_iter()
                .map(|part| (Key::of(&part).unwrap(), part))
                .collect();
            assert_eq!(parts(&item).len(), others.len());
            assert_eq!(open(&item, |key| others.get(key)), Opened::Whole(wanted));
        }
    }

    #[test]
    fn parts_of_two_writes_are_torn() {
        let key = Key::finding("dw1-a");
        let (mut one, mut other) = (key.attributes(), key.attributes());
        let old = Body::new(noise(2 * PART)).put(&key, &mut one);
        let new = Body::new(noise(3 * PART)).put(&key, &mut other);
        let find = |wanted: &Key| {
            [new.first(), old.get(1), new.get(2)].into_iter().flatten().find(|it| Key::of(it).as_ref() == Some(wanted))
        };
        assert_eq!(open(&other, find), Opened::Torn);
        assert_eq!(open(&other, |_| None), Opened::Torn);
    }
}
