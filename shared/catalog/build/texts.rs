//! Interned texts: frequent ones get short numbers, and a text that ends another one shares its bytes.

use std::collections::HashMap;
use std::path::Path;

use crate::packed::{LENGTH_BITS, Text};

/// All texts by number.
#[derive(Default)]
pub(crate) struct Texts {
    numbers: HashMap<String, Text>,
    uses: HashMap<String, u32>,
}

impl Texts {
    /// The number of a text.
    pub(crate) fn number(&mut self, text: &str) -> Text {
        *self.uses.entry(text.to_owned()).or_default() += 1;
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).expect("fewer than 2^32 texts");
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// Numbers all texts that were seen by their frequency.
    pub(crate) fn settle(&mut self) {
        let mut sorted: Vec<(String, u32)> = self.uses.drain().collect();
        sorted.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        self.numbers = sorted.into_iter().zip(0..).map(|((text, _), number)| (text, number)).collect();
    }

    /// The text of a number.
    pub(crate) fn by_number(&self) -> Vec<&str> {
        let mut texts: Vec<(&str, Text)> = self.numbers.iter().map(|(text, number)| (text.as_str(), *number)).collect();
        texts.sort_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text).collect()
    }

    /// Writes the bytes, and for each number where its text is.
    pub(crate) fn write(&self, out: &Path) {
        let texts = self.by_number();
        // By their ends: a text that ends another one comes right before it.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by(|one, other| texts[*one].bytes().rev().cmp(texts[*other].bytes().rev()));
        let mut heap = String::new();
        let mut places = vec![0_u32; texts.len()];
        let mut longer: Option<(&str, usize)> = None;
        for at in order.into_iter().rev() {
            let text = texts[at];
            let start = match longer {
                Some((known, start)) if known.ends_with(text) => start + known.len() - text.len(),
                _ => {
                    let start = heap.len();
                    heap.push_str(text);
                    longer = Some((text, start));
                    start
                }
            };
            assert!(text.len() < 1 << LENGTH_BITS, "a text of {} bytes is too long: {text}", text.len());
            assert!(start < 1 << (32 - LENGTH_BITS), "the texts are longer than the places can say");
            places[at] = u32::try_from((start << LENGTH_BITS) | text.len()).expect("asserted above");
        }
        let places: Vec<u8> = places.into_iter().flat_map(u32::to_le_bytes).collect();
        std::fs::write(out.join("texts.txt"), heap).expect("the build folder is writable");
        std::fs::write(out.join("texts.places"), places).expect("the build folder is writable");
    }
}
