//! Says why a rules file was refused: which file, where in it, what was found, what was expected.

use std::fmt::Write as _;
use std::ops::Range;

/// Why a rules file was refused. The whole file is refused: half of a rule set would judge in a way nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}")]
pub struct RulesError {
    /// The file, as the caller named it.
    pub origin: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

/// A text being read, and the name that errors give it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) origin: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// An error at a byte offset.
    pub(crate) fn refuse(&self, offset: usize, message: impl Into<String>) -> RulesError {
        let (line, column) = self.place(offset);
        RulesError { origin: self.origin.to_owned(), line, column, message: message.into() }
    }

    /// The line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// Where a character of a decoded text was written, given the span of the text with its quotes. Falls back to the
    /// opening quote where escapes moved the characters.
    pub(crate) fn inside(&self, span: &Range<usize>, decoded: &str, character: usize) -> usize {
        let within = decoded.char_indices().nth(character).map_or(decoded.len(), |(byte, _)| byte);
        let written = self.text.get(span.clone()).unwrap_or_default();
        match written.find(decoded) {
            Some(start) if !decoded.is_empty() => span.start + start + within,
            Some(_) | None => span.start,
        }
    }

    fn place(&self, offset: usize) -> (usize, usize) {
        let mut line = 1;
        let mut column = 1;
        for (at, character) in self.text.char_indices() {
            if at >= offset {
                break;
            }
            if character == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        (line, column)
    }
}

/// `` `a`, `b`, `c` ``
pub(crate) fn listed(names: &[&str]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a text cannot fail.
        write!(text, "{comma}`{name}`").unwrap_or_default();
    }
    text
}

/// `` ; did you mean `severity`? `` or nothing, where no known name is close.
pub(crate) fn suggestion(found: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|name| (distance(found, name), name))
        .filter(|(steps, name)| *steps <= 2.min(name.chars().count() / 2))
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, name)| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

/// How many characters must be inserted, removed, replaced or swapped with a neighbor to get from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = Vec::with_capacity(above.len());
        current.push(row + 1);
        for (column, wanted) in to.iter().enumerate() {
            let get = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&above, column) + usize::from(letter != *wanted))
                .min(get(&above, column + 1) + 1)
                .min(get(&current, column) + 1);
            let swapped = column > 0 && previous == Some(*wanted) && to.get(column - 1) == Some(&letter);
            if swapped {
                best = best.min(get(&before, column - 1) + 1);
            }
            current.push(best);
        }
        before = above;
        above = current;
        previous = Some(letter);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_name_is_suggested_and_a_distant_one_is_not() {
        let known = ["severity", "title", "when", "id"];
        assert_eq!(suggestion("sevrity", &known), "; did you mean `severity`?");
        assert_eq!(suggestion("tilte", &known), "; did you mean `title`?");
        assert_eq!(suggestion("color", &known), "");
        assert_eq!(suggestion("xy", &known), "");
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source { origin: "r.toml", text: "a = 'é'\nb = 2\n" };
        assert_eq!(source.place(0), (1, 1));
        assert_eq!(source.place(8), (1, 8));
        assert_eq!(source.place(9), (2, 1));
        assert_eq!(source.place(999), (3, 1));
    }
}
