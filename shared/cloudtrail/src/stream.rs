//! The whole way from a reader to records: open, split, unwrap. It only joins the three.

use std::io::Read;

use crate::open::{Limits, OpenError, open};
use crate::record::Record;
use crate::split::Splitter;
use crate::unreadable::Unreadable;
use crate::unwrap::for_each_record_at;

/// Calls `visit` for each record of an input of any form, in the order of the input, and for each piece that is not one.
///
/// # Errors
/// When the input cannot be read to its end. Everything visited before is sound.
pub fn for_each_in<R: Read>(
    reader: R,
    limits: &Limits,
    visit: &mut dyn FnMut(Result<Record<'_>, Unreadable>),
) -> Result<(), OpenError> {
    let mut splitter = Splitter::new(open(reader, limits)?, limits);
    while let Some(document) = splitter.next_document()? {
        match document.content {
            Ok(bytes) => for_each_record_at(bytes, document.position, visit),
            Err(unreadable) => visit(Err(unreadable)),
        }
    }
    Ok(())
}
