//! Interned texts: frequent ones get short numbers, a text that ends another one shares its bytes, and paths and names
//! are put together of the parts that they share.

use std::collections::HashMap;
use std::path::Path;

use crate::packed::{LENGTH_BITS, PARTS_BIT, PATH_BIT, Text};

/// All texts by number.
#[derive(Default)]
pub(crate) struct Texts {
    numbers: HashMap<String, Text>,
    uses: HashMap<String, u32>,
    /// How many texts end in what follows their first word.
    tails: HashMap<String, u32>,
}

impl Texts {
    /// The number of a text.
    pub(crate) fn number(&mut self, text: &str) -> Text {
        let uses = self.uses.entry(text.to_owned()).or_default();
        *uses += 1;
        if let (1, Some(parts)) = (*uses, self.parts(text)) {
            for part in parts.texts {
                self.number(part);
            }
        }
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).expect("fewer than 2^32 texts");
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// Numbers all texts that were seen by their frequency.
    pub(crate) fn settle(&mut self) {
        self.tails.clear();
        for (_, tail) in self.uses.keys().filter_map(|text| first_word(text)) {
            *self.tails.entry(tail.to_owned()).or_default() += 1;
        }
        let mut sorted: Vec<(String, u32)> = self.uses.drain().collect();
        sorted.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        self.numbers = sorted.into_iter().zip(0..).map(|((text, _), number)| (text, number)).collect();
    }

    /// The parts that a text is kept as, if it is: the steps of a path, or a first word and what several texts share.
    fn parts<'t>(&self, text: &'t str) -> Option<Parts<'t>> {
        if text.contains('.') {
            return Some(Parts { mark: PATH_BIT, texts: text.split('.').collect() });
        }
        let (word, tail) = first_word(text)?;
        let shared = self.tails.get(tail).is_some_and(|count| *count > 1);
        shared.then(|| Parts { mark: PARTS_BIT, texts: vec![word, tail] })
    }

    /// The text of a number.
    pub(crate) fn by_number(&self) -> Vec<&str> {
        let mut texts: Vec<(&str, Text)> = self.numbers.iter().map(|(text, number)| (text.as_str(), *number)).collect();
        texts.sort_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text).collect()
    }

    /// Writes the bytes, the parts, and for each number where its text is.
    pub(crate) fn write(&self, out: &Path) {
        let texts = self.by_number();
        let parts: Vec<Option<Parts<'_>>> = texts.iter().map(|text| self.parts(text)).collect();
        let (heap, mut places) = shared_ends(&texts, &parts);
        let mut lists = Vec::new();
        for (place, parts) in places.iter_mut().zip(&parts).filter_map(|(place, parts)| Some((place, parts.as_ref()?)))
        {
            let numbers: Vec<Text> = parts.texts.iter().map(|text| self.numbers[*text]).collect();
            *place = parts.mark | u32::try_from(lists.len()).expect("fewer than 1 GB");
            lists.extend(postcard::to_stdvec(&numbers).expect("numbers can be packed"));
        }
        let places: Vec<u8> = places.into_iter().flat_map(u32::to_le_bytes).collect();
        for (part, content) in [("txt", heap.as_bytes()), ("parts", &lists), ("places", &places)] {
            std::fs::write(out.join(format!("texts.{part}")), content).expect("the build folder is writable");
        }
    }
}

/// What a text is kept as.
struct Parts<'t> {
    mark: u32,
    texts: Vec<&'t str>,
}

/// The first word of a name, and the rest where it is worth sharing: `Create` and `NetworkInterface`.
fn first_word(text: &str) -> Option<(&str, &str)> {
    let starts =
        text.starts_with(|it: char| it.is_ascii_uppercase()) && text.bytes().all(|it| it.is_ascii_alphanumeric());
    let end = text.char_indices().skip(1).find(|(_, letter)| letter.is_ascii_uppercase()).filter(|_| starts)?.0;
    Some(text.split_at(end)).filter(|(_, tail)| tail.len() > 7)
}

/// The bytes of all texts that have no parts, and where each is. By their ends: a text that ends another one comes right
/// before it.
fn shared_ends(texts: &[&str], parts: &[Option<Parts<'_>>]) -> (String, Vec<u32>) {
    let mut order: Vec<usize> = (0..texts.len()).filter(|at| parts[*at].is_none()).collect();
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
        let place =
            u32::try_from((start << LENGTH_BITS) | text.len()).expect("the texts are shorter than a place can say");
        assert!(place & (PATH_BIT | PARTS_BIT) == 0, "the texts are longer than a place can say");
        places[at] = place;
    }
    (heap, places)
}
