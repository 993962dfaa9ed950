//! Finds where a JSON value ends: brackets and strings only. It never checks what lies between them; that is the
//! parser's, which sees every value that this lets through.

use memchr::memchr2;

/// What a run over the bytes came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexed {
    /// The value ends before the returned index.
    End,
    /// The bytes end first; call again with more.
    More,
    /// A string that may be the key of a list of records ends before the returned index.
    ListKey,
    /// The byte at the returned index cannot be there.
    Broken,
}

/// The state between two runs over one value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lexer {
    depth: u32,
    /// One bit for each open bracket up to [`KINDS`] deep: 1 for a list.
    kinds: u128,
    in_string: bool,
    /// The last byte of the run before was a backslash in a string.
    escaped: bool,
}

/// Brackets nested deeper than this are counted but not matched by kind; the parser refuses them anyway.
const KINDS: u32 = 128;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Numbers, literals, commas, colons, white space.
    Plain,
    Quote,
    Open,
    Close,
    /// Cannot stand outside a string.
    Illegal,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Illegal; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::indexing_slicing, reason = "in a constant, out of bounds does not compile")]
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        {
            classes[byte] = classify(byte as u8);
        }
        byte += 1;
    }
    classes
};

const fn classify(byte: u8) -> Class {
    match byte {
        b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => Class::Plain,
        // Numbers, `true`, `false` and `null`.
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'E' => Class::Plain,
        b'a' | b'e' | b'f' | b'l' | b'n' | b'r' | b's' | b't' | b'u' => Class::Plain,
        b'"' => Class::Quote,
        b'{' | b'[' => Class::Open,
        b'}' | b']' => Class::Close,
        _ => Class::Illegal,
    }
}

pub(super) fn class(byte: u8) -> Class {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Illegal)
}

impl Lexer {
    /// Inside an object, one level deep.
    pub(super) fn in_object() -> Self {
        Self { depth: 1, ..Self::default() }
    }

    /// Runs from `at`. `start` is where the value starts, `check_until` up to where the byte before an opening
    /// bracket is looked at (it must still be in `bytes`). With `WATCH`, stops behind the key of a list of records.
    pub(super) fn run<const WATCH: bool>(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        start: usize,
        check_until: usize,
    ) -> (Lexed, usize) {
        loop {
            if self.in_string {
                let Some(end) = self.string_end(bytes, at) else {
                    return (Lexed::More, bytes.len());
                };
                at = end + 1;
                self.in_string = false;
                if self.depth == 0 {
                    return (Lexed::End, at);
                }
                if WATCH && self.depth == 1 && is_list_key(bytes, end) {
                    return (Lexed::ListKey, at);
                }
                // Most strings are followed by another one.
                if let Some([b':' | b',', b'"']) = bytes.get(at..at + 2) {
                    at += 2;
                    self.in_string = true;
                    continue;
                }
            }
            let Some(&byte) = bytes.get(at) else {
                return (Lexed::More, at);
            };
            match class(byte) {
                Class::Plain => {}
                Class::Quote => self.in_string = true,
                Class::Open => {
                    if at <= check_until && at > start && !self.may_open(bytes, start, at) {
                        return (Lexed::Broken, at);
                    }
                    self.open(byte == b'[');
                }
                Class::Close => {
                    if !self.close(byte == b']') {
                        return (Lexed::Broken, at);
                    }
                    if self.depth == 0 {
                        return (Lexed::End, at + 1);
                    }
                }
                Class::Illegal => return (Lexed::Broken, at),
            }
            at += 1;
        }
    }

    /// The index of the quote that closes the string.
    #[inline]
    fn string_end(&mut self, bytes: &[u8], mut at: usize) -> Option<usize> {
        if self.escaped && at < bytes.len() {
            at += 1;
            self.escaped = false;
        }
        // Most strings are short: sixteen bytes by hand cost less than a search that is made for long ones.
        for _ in 0..2 {
            let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else { break };
            let special = quotes_and_backslashes(u64::from_le_bytes(*word));
            if special == 0 {
                at += 8;
                continue;
            }
            let found = at + (special.trailing_zeros() / 8) as usize;
            if bytes.get(found) == Some(&b'"') {
                return Some(found);
            }
            break;
        }
        loop {
            let rest = bytes.get(at..)?;
            let found = memchr2(b'"', b'\\', rest)?;
            if rest.get(found) == Some(&b'"') {
                return Some(at + found);
            }
            at += found + 2;
            if at > bytes.len() {
                self.escaped = true;
                return None;
            }
        }
    }

    fn open(&mut self, is_list: bool) {
        if self.depth < KINDS {
            self.kinds = self.kinds << 1 | u128::from(is_list);
        }
        self.depth += 1;
    }

    fn close(&mut self, is_list: bool) -> bool {
        if self.depth <= KINDS {
            if (self.kinds & 1 == 1) != is_list {
                return false;
            }
            self.kinds >>= 1;
        }
        let Some(depth) = self.depth.checked_sub(1) else {
            return false;
        };
        self.depth = depth;
        true
    }

    /// Whether a bracket may open here: behind a colon in an object, behind a comma or first in a list. This is what
    /// notices at the next record that the one before was never closed.
    fn may_open(&self, bytes: &[u8], start: usize, at: usize) -> bool {
        if self.depth > KINDS {
            return true;
        }
        let before = bytes.get(start..at).unwrap_or_default().trim_ascii_end().last();
        match before {
            Some(b':') => self.kinds & 1 == 0,
            Some(b',' | b'[') => self.kinds & 1 == 1,
            _ => false,
        }
    }
}

/// The high bit of each byte of `word` that is a quote or a backslash; bits above the first one set may be wrong.
fn quotes_and_backslashes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    zero_bytes(word ^ (ONES * b'"' as u64)) | zero_bytes(word ^ (ONES * b'\\' as u64))
}

/// Keys whose list holds the records: a log file, a LookupEvents answer, an SQS answer.
pub(super) const LIST_KEYS: [&[u8]; 3] = [b"Records", b"Events", b"Messages"];

/// Whether the string that closes at `end` is one of [`LIST_KEYS`], judged from the few bytes before it.
fn is_list_key(bytes: &[u8], end: usize) -> bool {
    let Some(before @ [.., b's']) = bytes.get(end.saturating_sub(LIST_KEY_LOOKBACK)..end) else {
        return false;
    };
    LIST_KEYS.iter().any(|key| {
        let rest = before.strip_suffix(*key).and_then(|rest| rest.strip_suffix(b"\""));
        rest.and_then(<[u8]>::last).is_some_and(|byte| matches!(byte, b'{' | b',' | b' ' | b'\t' | b'\r' | b'\n'))
    })
}

/// A key, its opening quote, and the byte before.
const LIST_KEY_LOOKBACK: usize = 10;
