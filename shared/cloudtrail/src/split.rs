//! Cuts a stream of bytes into single JSON documents with bounded memory: records, or what wraps them.
//!
//! It takes the elements of a `Records`, `Events` or `Messages` list, of a list at the top, and otherwise each value at
//! the top (JSON lines, concatenated or pretty-printed). It finds where values end and never checks what is in them.

mod foreign;
mod lexer;
mod recover;
mod steps;

use std::fmt;
use std::io::{self, Read};

use self::foreign::Foreign;
use self::lexer::Lexer;
use self::steps::{Keep, Place, Step};
use crate::open::Limits;
use crate::unreadable::{Position, Unreadable, UnreadableReason};

/// Bytes asked of the reader at once.
const CHUNK_BYTES: usize = 256 << 10;

/// Bytes kept before the present one even when nothing else needs them: for [`lexer`] and [`recover`] to look back.
const LOOKBACK_BYTES: usize = 16;

/// One document of an input.
#[derive(Debug)]
pub struct Document<'a> {
    /// Where it is.
    pub position: Position,
    /// Its bytes, one JSON value as far as brackets and strings tell; or why there are none.
    pub content: Result<&'a [u8], Unreadable>,
}

/// Cuts a stream into documents; see the module. Memory stays below `record_bytes` and a few chunks.
pub struct Splitter<R> {
    reader: R,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
    /// Offset in the stream of the buffer's first byte.
    base: u64,
    /// The present byte, in the buffer.
    at: usize,
    /// Offset in the stream of the present value.
    start: u64,
    limit: u64,
    place: Place,
    lexer: Lexer,
    ordinal: u64,
    /// Something was broken before: separators that no longer fit are not reported again.
    recovering: bool,
    /// Up to here, bytes were read a second time to find the next record; nothing is read a third time.
    rescanned_to: u64,
}

struct Found {
    start: u64,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Whole { from: usize, to: usize },
    TooLarge,
    Broken,
    Cut,
    CutList,
    Foreign(Foreign),
}

impl<R: Read> Splitter<R> {
    /// Cuts what `reader` gives, best an [`crate::Opened`] one. It needs no buffering of its own.
    pub fn new(reader: R, limits: &Limits) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK_BYTES],
            filled: 0,
            ended: false,
            base: 0,
            at: 0,
            start: 0,
            limit: limits.record_bytes as u64,
            place: Place::Top,
            lexer: Lexer::default(),
            ordinal: 0,
            recovering: false,
            rescanned_to: 0,
        }
    }

    /// The next document, or `None` at the end. After an unreadable one, reading goes on with the next.
    ///
    /// # Errors
    /// Whatever the reader says (see [`crate::OpenError::find`]). What came before is sound; nothing comes after.
    pub fn next_document(&mut self) -> io::Result<Option<Document<'_>>> {
        let Some(Found { start, what }) = self.find()? else {
            return Ok(None);
        };
        self.ordinal += 1;
        let position = Position { ordinal: self.ordinal, offset: start, part: 0 };
        let content = match what {
            What::Whole { from, to } => Ok(self.buffer.get(from..to).unwrap_or_default()),
            other => Err(self.explain(other, position)),
        };
        Ok(Some(Document { position, content }))
    }

    fn find(&mut self) -> io::Result<Option<Found>> {
        loop {
            match self.step() {
                Step::Again => {}
                Step::Found(found) => return Ok(Some(found)),
                Step::More if self.ended => return Ok(self.finish()),
                Step::More => {
                    if let Err(error) = self.fill() {
                        self.place = Place::Done;
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Reads more, keeping what is still needed.
    fn fill(&mut self) -> io::Result<()> {
        if self.buffer.len() - self.filled < CHUNK_BYTES / 4 {
            let keep = self.keep_from();
            self.buffer.copy_within(keep..self.filled, 0);
            self.base += keep as u64;
            self.at -= keep;
            self.filled -= keep;
            if self.buffer.len() - self.filled < CHUNK_BYTES {
                self.buffer.resize(self.filled + CHUNK_BYTES, 0);
            }
        }
        loop {
            match self.reader.read(self.buffer.get_mut(self.filled..).unwrap_or_default()) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    fn keep_from(&self) -> usize {
        let needs_start = matches!(
            self.place,
            Place::Value(Keep::Document)
                | Place::Key { keep: Keep::Document, .. }
                | Place::Element(_)
                | Place::Scalar(_)
        );
        let back = self.at.saturating_sub(LOOKBACK_BYTES);
        if needs_start && !self.is_too_large(self.at) { self.index_of(self.start).min(back) } else { back }
    }

    fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    fn present(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    fn offset_of(&self, index: usize) -> u64 {
        self.base + index as u64
    }

    fn index_of(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }

    /// Whether the present value is over the limit when it reaches up to `index`.
    fn is_too_large(&self, index: usize) -> bool {
        self.offset_of(index) - self.start > self.limit
    }

    fn explain(&self, what: What, position: Position) -> Unreadable {
        let (reason, message) = match what {
            What::TooLarge => {
                let message = format!("larger than {} bytes; raise the limit to read it", self.limit);
                (UnreadableReason::TooLarge, message.into())
            }
            What::Foreign(foreign) => (UnreadableReason::NotJson, foreign.looks_like().into()),
            What::Cut => (UnreadableReason::NotJson, "the input ends in the middle of it".into()),
            What::CutList => (UnreadableReason::NotJson, "the input ends before its list of records does".into()),
            What::Broken | What::Whole { .. } => {
                let message = "not JSON: brackets or quotes do not match; went on with the next record";
                (UnreadableReason::NotJson, message.into())
            }
        };
        Unreadable { reason, message, position }
    }
}

impl<R> fmt::Debug for Splitter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splitter")
            .field("place", &self.place)
            .field("ordinal", &self.ordinal)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
