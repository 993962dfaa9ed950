//! Writes a table: slots, offsets, rows.

use std::path::Path;

use crate::packed::{Key, hash};
use crate::texts::Texts;

/// Writes the rows of a table under a name, sorted as they come.
pub(crate) fn write(out: &Path, name: &str, rows: &[(Key, Vec<u8>)], texts: &Texts) {
    let by_number = texts.by_number();
    let size = (rows.len() * 5 / 4).next_power_of_two();
    let mut slots = vec![0_u16; size];
    let (mut offsets, mut bytes) = (Vec::new(), Vec::new());
    for (at, (key, row)) in rows.iter().enumerate() {
        let text = |number: u32| by_number[number as usize];
        let mut slot = hash(text(key.0), text(key.1)) as usize & (size - 1);
        while slots[slot] != 0 {
            slot = (slot + 1) & (size - 1);
        }
        slots[slot] = u16::try_from(at + 1).expect("fewer than 65,535 rows");
        offsets.extend(u32::try_from(bytes.len()).expect("fewer than 4 GB").to_le_bytes());
        bytes.extend(postcard::to_stdvec(key).expect("a key can be packed"));
        bytes.extend(row);
    }
    let slots: Vec<u8> = slots.into_iter().flat_map(u16::to_le_bytes).collect();
    for (part, content) in [("slots", slots), ("offsets", offsets), ("rows", bytes)] {
        std::fs::write(out.join(format!("{name}.{part}")), content).expect("the build folder is writable");
    }
}
