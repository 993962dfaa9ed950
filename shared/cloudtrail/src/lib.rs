//! CloudTrail's wire format and nothing else: bytes in, records out, one at a time.
//!
//! It opens plain and gzip input with bounds, cuts it into JSON documents, takes the wrappers off (EventBridge, SQS,
//! SNS, LookupEvents) and reads the head of each record, borrowed from the bytes. It never touches the file system,
//! and it knows nothing of resources, declarations or drift.
//!
//! The whole way in one call is [`for_each_in`]; a handler that already holds one document uses [`for_each_record`].

pub mod identity;
mod lenient;
pub mod mask;
pub mod open;
mod parse;
pub mod record;
pub mod split;
mod stream;
pub mod unreadable;
pub mod unwrap;

pub use identity::Identity;
pub use mask::{Mask, mask};
pub use open::{Limits, OpenError, Opened, open};
pub use record::Record;
pub use split::{Document, Splitter};
pub use stream::for_each_in;
pub use unreadable::{Position, Unreadable, UnreadableReason};
pub use unwrap::{for_each_record, for_each_record_at};
