//! Searches a packed table in place: one hash, a probe or two, one comparison. Nothing is read before somebody asks.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::packed::{Key, LENGTH_BITS, PARTS_BIT, PATH_BIT, Text, hash};

/// The bytes of all texts.
const HEAP: &str = include_str!(concat!(env!("OUT_DIR"), "/texts.txt"));
/// The parts of all texts that are put together.
const PARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.parts"));
/// For each text, where it is.
const PLACES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.places"));

/// The bytes of one table, as the build script wrote them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) slots: &'static [u8],
    pub(crate) offsets: &'static [u8],
    pub(crate) rows: &'static [u8],
}

/// A table of the build script, by its name.
macro_rules! table {
    ($name:literal) => {
        $crate::table::Table {
            slots: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".slots")),
            offsets: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".offsets")),
            rows: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".rows")),
        }
    };
}
pub(crate) use table;

impl Table {
    /// How many bytes it takes in the binary.
    pub(crate) const fn size(&self) -> usize {
        self.slots.len() + self.offsets.len() + self.rows.len()
    }

    /// How many rows there are.
    pub(crate) const fn len(&self) -> usize {
        self.offsets.len() / 4
    }

    /// The number of the row with a key. `made` gives the key of a row that was made before, which is quicker to compare.
    pub(crate) fn find<'k>(
        &self,
        (one, other): (&str, &str),
        made: impl Fn(usize) -> Option<(&'k str, &'k str)>,
    ) -> Option<usize> {
        let mask = (self.slots.len() / 2).checked_sub(1)?;
        let mut slot = hash(one, other) as usize & mask;
        loop {
            let row = usize::from(u16::from_le_bytes(*self.slots.get(slot * 2..)?.first_chunk()?)).checked_sub(1)?;
            let same = match made(row) {
                Some(key) => key == (one, other),
                None => self.key(row).is_some_and(|(first, second)| is(first, one) && is(second, other)),
            };
            if same {
                return Some(row);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The key of a row.
    pub(crate) fn key(&self, row: usize) -> Option<Key> {
        self.read::<Key>(row).map(|(key, _)| key)
    }

    /// What a row holds.
    pub(crate) fn row<T: Deserialize<'static>>(&self, row: usize) -> Option<T> {
        let (_, rest) = self.read::<Key>(row)?;
        postcard::from_bytes(rest).ok()
    }

    fn read<T: Deserialize<'static>>(&self, row: usize) -> Option<(T, &'static [u8])> {
        let offset = u32::from_le_bytes(*self.offsets.get(row * 4..)?.first_chunk()?) as usize;
        postcard::take_from_bytes(self.rows.get(offset..)?).ok()
    }
}

/// How many bytes all texts take in the binary.
pub(crate) const TEXTS_SIZE: usize = HEAP.len() + PARTS.len() + PLACES.len();

/// How a text is kept.
enum Kept {
    Whole(&'static str),
    Parts(Vec<Text>, &'static str),
}

fn find(number: Text) -> Option<Kept> {
    let place = u32::from_le_bytes(*PLACES.get(number as usize * 4..)?.first_chunk()?);
    let joint = match place & (PATH_BIT | PARTS_BIT) {
        0 => {
            let (start, length) = (place >> LENGTH_BITS, place & ((1 << LENGTH_BITS) - 1));
            return HEAP.get(start as usize..(start + length) as usize).map(Kept::Whole);
        }
        PATH_BIT => ".",
        _ => "",
    };
    let parts = PARTS.get((place & !(PATH_BIT | PARTS_BIT)) as usize..)?;
    postcard::take_from_bytes(parts).ok().map(|(parts, _)| Kept::Parts(parts, joint))
}

/// The text of a number; empty for a number that the build script did not give. What is put together is kept: ask once.
pub(crate) fn text(number: Text) -> &'static str {
    match find(number) {
        Some(Kept::Whole(text)) => text,
        Some(Kept::Parts(parts, joint)) => kept_text(parts.into_iter().map(text).collect::<Vec<_>>().join(joint)),
        None => "",
    }
}

/// Whether a number's text is this one; keeps nothing.
fn is(number: Text, wanted: &str) -> bool {
    fn after(number: Text, wanted: &str) -> Option<&str> {
        match find(number)? {
            Kept::Whole(text) => wanted.strip_prefix(text),
            Kept::Parts(parts, joint) => parts.into_iter().enumerate().try_fold(wanted, |rest, (at, part)| {
                after(part, if at == 0 { rest } else { rest.strip_prefix(joint)? })
            }),
        }
    }
    after(number, wanted).is_some_and(str::is_empty)
}

/// Keeps a text for the life of the program.
pub(crate) fn kept_text(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The texts of numbers.
pub(crate) fn texts(numbers: Vec<Text>) -> &'static [&'static str] {
    kept(numbers.into_iter().map(text).collect())
}

/// Keeps what was made of a row for the life of the program: rows are as static as the tables that they come from.
pub(crate) fn kept<T>(list: Vec<T>) -> &'static [T] {
    if list.is_empty() { &[] } else { Box::leak(list.into_boxed_slice()) }
}

/// A row that is made when it is first asked for.
pub(crate) type Slot<T> = OnceLock<&'static T>;

/// The row of a table, made by `make` when it is first asked for.
pub(crate) fn row<T, P: Deserialize<'static>>(
    table: &Table,
    slots: &'static [Slot<T>],
    at: usize,
    make: impl FnOnce(Key, P) -> T,
) -> Option<&'static T> {
    let slot = slots.get(at)?;
    if let Some(row) = slot.get() {
        return Some(row);
    }
    let made = make(table.key(at)?, table.row(at)?);
    Some(slot.get_or_init(|| Box::leak(Box::new(made))))
}
