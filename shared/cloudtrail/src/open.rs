//! Opens an input: plain or gzip is decided by its first bytes, and what comes out is bounded.
//!
//! It never trusts a file's name or its claimed size, and it is the only place that builds a gzip decoder.

use std::fmt;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// How much may come out of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest single record, in bytes. CloudTrail's own cap is 256 KiB; wrapped and escaped ones are larger.
    pub record_bytes: usize,
    /// The largest input, in bytes after decompression.
    pub file_bytes: u64,
    /// The largest ratio of bytes out to bytes in, checked once more than 64 MiB has come out.
    pub expansion: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record_bytes: 1 << 20, file_bytes: 8 << 30, expansion: 200 }
    }
}

/// Below this many bytes out, the ratio is not looked at: a small file of equal records may compress very well.
const EXPANSION_FREE_BYTES: u64 = 64 << 20;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Why an input cannot be read to its end. What came out before the error is sound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The reader underneath failed; reading again may help.
    #[error("could not read the input")]
    Read(#[source] io::Error),
    /// The gzip data stops in the middle: an unfinished download or upload.
    #[error("the gzip data ends in the middle, after {compressed_bytes} bytes; fetch the file again")]
    Truncated {
        /// Bytes that were there.
        compressed_bytes: u64,
    },
    /// The gzip data is damaged, or something that is not gzip follows it.
    #[error("the gzip data is damaged before byte {compressed_bytes}; fetch the file again")]
    Corrupt {
        /// Bytes read when the damage was noticed; the damage lies before it.
        compressed_bytes: u64,
        /// What the decoder says.
        #[source]
        source: io::Error,
    },
    /// More comes out than an input may hold.
    #[error("the input holds more than {limit_bytes} bytes after decompression; split it or raise the limit")]
    TooLarge {
        /// The limit that was passed.
        limit_bytes: u64,
    },
    /// A decompression bomb.
    #[error(
        "the input grows more than {limit} times when decompressed, which no log or state does \
         ({compressed_bytes} bytes became more than {decompressed_bytes})"
    )]
    Bomb {
        /// The limit that was passed.
        limit: u64,
        /// Bytes in.
        compressed_bytes: u64,
        /// Bytes out.
        decompressed_bytes: u64,
    },
}

impl OpenError {
    /// The typed error inside what [`Opened::read`] returned, if it is one of these.
    #[must_use]
    pub fn find(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }

    /// Whether reading the same input again can succeed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Read(_))
    }

    fn into_io(self) -> io::Error {
        let kind = match &self {
            Self::Read(source) => source.kind(),
            Self::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            Self::Corrupt { .. } => io::ErrorKind::InvalidData,
            Self::TooLarge { .. } | Self::Bomb { .. } => io::ErrorKind::FileTooLarge,
        };
        io::Error::new(kind, self)
    }
}

impl From<io::Error> for OpenError {
    /// Takes the typed error out of an [`io::Error`] again; any other becomes [`OpenError::Read`].
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(typed) => typed,
            Err(error) => Self::Read(error),
        }
    }
}

/// Opens an input, plain or gzip (of one or several members).
///
/// # Errors
/// [`OpenError::Read`] when not even the first bytes can be read. Everything else shows while reading.
pub fn open<R: Read>(mut reader: R, limits: &Limits) -> Result<Opened<R>, OpenError> {
    let mut head = [0; 2];
    let mut head_len = 0;
    while let Some(rest) = head.get_mut(head_len..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => head_len += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(OpenError::Read(error)),
        }
    }
    let source = Counted { head, head_len, head_read: 0, reader, count: 0, failed: false };
    let source = if head == GZIP_MAGIC { Source::Gzip(Box::new(gzip(source))) } else { Source::Plain(source) };
    Ok(Opened { source, limits: *limits, decompressed_bytes: 0 })
}

#[expect(clippy::disallowed_methods, reason = "the one place: `Opened` caps what comes out")]
fn gzip<R: Read>(source: Counted<R>) -> MultiGzDecoder<Counted<R>> {
    MultiGzDecoder::new(source)
}

/// An opened input: reads as plain bytes. Read it with a large buffer; it keeps none of its own for what comes out.
///
/// An error is an [`io::Error`] that carries an [`OpenError`]; [`OpenError::find`] or `OpenError::from` gets it back.
pub struct Opened<R> {
    source: Source<R>,
    limits: Limits,
    decompressed_bytes: u64,
}

enum Source<R> {
    Plain(Counted<R>),
    Gzip(Box<MultiGzDecoder<Counted<R>>>),
}

impl<R> Opened<R> {
    /// Whether the input is compressed.
    #[must_use]
    pub const fn is_gzip(&self) -> bool {
        matches!(self.source, Source::Gzip(_))
    }

    /// Bytes that came out so far.
    #[must_use]
    pub const fn decompressed_bytes(&self) -> u64 {
        self.decompressed_bytes
    }

    /// Bytes that went in so far, for progress against the file's size.
    #[must_use]
    pub fn compressed_bytes(&self) -> u64 {
        self.counted().count
    }

    fn counted(&self) -> &Counted<R> {
        match &self.source {
            Source::Plain(source) => source,
            Source::Gzip(decoder) => decoder.get_ref(),
        }
    }

    fn explain(&self, error: io::Error) -> io::Error {
        let Counted { count: compressed_bytes, failed, .. } = *self.counted();
        if error.kind() == io::ErrorKind::Interrupted {
            return error;
        }
        if failed || !self.is_gzip() {
            return OpenError::Read(error).into_io();
        }
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return OpenError::Truncated { compressed_bytes }.into_io();
        }
        OpenError::Corrupt { compressed_bytes, source: error }.into_io()
    }

    fn check(&self) -> Result<(), OpenError> {
        let Limits { file_bytes, expansion, record_bytes: _ } = self.limits;
        if self.decompressed_bytes > file_bytes {
            return Err(OpenError::TooLarge { limit_bytes: file_bytes });
        }
        let compressed_bytes = self.compressed_bytes();
        if self.decompressed_bytes > EXPANSION_FREE_BYTES
            && self.decompressed_bytes > compressed_bytes.saturating_mul(expansion)
        {
            let decompressed_bytes = self.decompressed_bytes;
            return Err(OpenError::Bomb { limit: expansion, compressed_bytes, decompressed_bytes });
        }
        Ok(())
    }
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Source::Plain(source) => source.read(buffer),
            Source::Gzip(decoder) => decoder.read(buffer),
        };
        let count = read.map_err(|error| self.explain(error))?;
        self.decompressed_bytes += count as u64;
        self.check().map_err(OpenError::into_io)?;
        Ok(count)
    }
}

impl<R> fmt::Debug for Opened<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("gzip", &self.is_gzip())
            .field("limits", &self.limits)
            .field("decompressed_bytes", &self.decompressed_bytes)
            .finish_non_exhaustive()
    }
}

/// The reader underneath: gives back the bytes that were looked at, and counts.
struct Counted<R> {
    head: [u8; 2],
    head_len: usize,
    head_read: usize,
    reader: R,
    count: u64,
    /// The reader failed, so that what the decoder then says is the reader's error, not the data's.
    failed: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.head_read < self.head_len {
            let mut rest = self.head.get(self.head_read..self.head_len).unwrap_or_default();
            let count = rest.read(buffer)?;
            self.head_read += count;
            self.count += count as u64;
            return Ok(count);
        }
        let read = self.reader.read(buffer);
        match &read {
            Ok(count) => self.count += *count as u64,
            Err(error) => self.failed = error.kind() != io::ErrorKind::Interrupted,
        }
        read
    }
}

#[cfg(test)]
mod tests;
