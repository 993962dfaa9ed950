//! Turns a regular expression of JavaScript into one of the `regex` crate that matches the same, or refuses it.
//!
//! The two differ in what `.`, `\d`, `\w`, `\s` and `\b` are, and in what a bracket means within a class. Look-around,
//! back references and named groups are refused, as is everything that only one of the two reads.

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

use super::Failed;

/// More than any pattern of AWS needs when compiled, in bytes.
const MOST_BYTES: usize = 1 << 19;

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern(Regex);

/// Where a pattern matches, in bytes.
#[derive(Debug)]
pub(super) struct Match<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: &'t str,
    /// What the groups took part in; `None` for one that did not.
    pub(super) groups: Vec<Option<&'t str>>,
}

impl Pattern {
    /// Compiles a pattern, or refuses it.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let translated = Translation { chars: pattern.chars().peekable(), out: String::new() }.translate()?;
        let compiled = RegexBuilder::new(&translated).size_limit(MOST_BYTES).nest_limit(40).build();
        compiled.ok().map(Self)
    }

    /// The first match.
    pub(super) fn first<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.at(text, 0)
    }

    /// The match behind another one. An empty one, of which there would be endlessly many, fails.
    pub(super) fn next<'t>(&self, text: &'t str, before: &Match<'_>) -> Result<Option<Match<'t>>, Failed> {
        if before.end >= text.len() {
            return Ok(None);
        }
        match self.at(text, before.end) {
            Some(next) if next.text.is_empty() => Err(Failed::Mismatch("a pattern matches an empty text")),
            next => Ok(next),
        }
    }

    fn at<'t>(&self, text: &'t str, from: usize) -> Option<Match<'t>> {
        let captures = self.0.captures_at(text, from)?;
        let whole = captures.get(0)?;
        let groups = captures.iter().skip(1).map(|group| group.map(|group| group.as_str())).collect();
        Some(Match { start: whole.start(), end: whole.end(), text: whole.as_str(), groups })
    }
}

struct Translation<'p> {
    chars: Peekable<Chars<'p>>,
    out: String,
}

/// A member of a class: a character, or a set that has no bounds.
enum Member {
    Char(char),
    Set,
}

impl Translation<'_> {
    fn translate(mut self) -> Option<String> {
        // Whether what stands before can be repeated.
        let mut is_atom = false;
        while let Some(c) = self.chars.next() {
            is_atom = match c {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.open()?,
                '|' | '^' | '$' => self.plain(c, false),
                ')' => self.plain(c, true),
                '.' => {
                    self.out.push_str(r"[^\n\r\u{2028}\u{2029}]");
                    true
                }
                '*' | '+' | '?' | '{' if is_atom => self.repetition(c)?,
                '*' | '+' | '?' | '{' | '}' | ']' => return None,
                c => {
                    self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                    true
                }
            };
        }
        Some(self.out)
    }

    fn plain(&mut self, c: char, is_atom: bool) -> bool {
        self.out.push(c);
        is_atom
    }

    fn open(&mut self) -> Option<bool> {
        self.out.push('(');
        if self.chars.next_if_eq(&'?').is_some() {
            self.chars.next_if_eq(&':')?;
            self.out.push_str("?:");
        }
        Some(false)
    }

    /// A repetition, with the mark that makes it lazy.
    fn repetition(&mut self, c: char) -> Option<bool> {
        self.out.push(c);
        if c == '{' {
            let mut bounds = String::new();
            while let Some(c) = self.chars.next_if(|c| c.is_ascii_digit() || *c == ',') {
                bounds.push(c);
            }
            self.chars.next_if_eq(&'}')?;
            if bounds.starts_with(',') || bounds.is_empty() {
                return None;
            }
            self.out.push_str(&bounds);
            self.out.push('}');
        }
        if self.chars.next_if_eq(&'?').is_some() {
            self.out.push('?');
        }
        Some(false)
    }

    /// What follows a backslash outside of a class. Whether it can be repeated.
    fn escape(&mut self) -> Option<bool> {
        let c = self.chars.next()?;
        match c {
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => self.out.push_str(r"(?-u:\B)"),
            c => {
                let set = set(c).map(|set| format!("[{set}]")).or_else(|| char_of(c).map(escaped))?;
                self.out.push_str(&set);
                return Some(true);
            }
        }
        Some(false)
    }

    /// A class. In JavaScript neither an empty one nor one that begins with its end is an error; both are refused here.
    fn class(&mut self) -> Option<bool> {
        self.out.push('[');
        if self.chars.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        if self.chars.peek() == Some(&']') {
            return None;
        }
        while self.chars.next_if_eq(&']').is_none() {
            let Member::Char(low) = self.member()? else { continue };
            self.out.push_str(&escaped(low));
            let mut ahead = self.chars.clone();
            let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']');
            if is_range {
                self.chars.next();
                let Member::Char(high) = self.member()? else { return None };
                self.out.push('-');
                self.out.push_str(&escaped(high));
            }
        }
        self.out.push(']');
        Some(true)
    }

    /// A member of a class. A set is written at once.
    fn member(&mut self) -> Option<Member> {
        let c = self.chars.next()?;
        if c != '\\' {
            return Some(Member::Char(c));
        }
        let c = self.chars.next()?;
        if let Some(set) = set(c) {
            let is_bound = self.chars.peek() == Some(&'-');
            self.out.push_str(&format!("[{set}]"));
            // `[\w-z]` is read in several ways.
            let mut ahead = self.chars.clone();
            ahead.next();
            return if is_bound && ahead.next() != Some(']') { None } else { Some(Member::Set) };
        }
        char_of(c).map(Member::Char)
    }
}

/// The set that a letter behind a backslash stands for.
fn set(c: char) -> Option<String> {
    let (set, is_negated) = match c {
        'd' => (DIGIT, false),
        'D' => (DIGIT, true),
        'w' => (WORD, false),
        'W' => (WORD, true),
        's' => (SPACE, false),
        'S' => (SPACE, true),
        _ => return None,
    };
    Some(if is_negated { format!("^{set}") } else { set.to_owned() })
}

/// The character that one behind a backslash stands for.
fn char_of(c: char) -> Option<char> {
    match c {
        't' => Some('\t'),
        'n' => Some('\n'),
        'v' => Some('\u{b}'),
        'f' => Some('\u{c}'),
        'r' => Some('\r'),
        c if c.is_ascii_punctuation() || c == ' ' => Some(c),
        _ => None,
    }
}

/// A character that stands for itself, within a class and without.
fn escaped(c: char) -> String {
    if c.is_ascii_punctuation() && c != '_' { format!("\\{c}") } else { c.to_string() }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).is_some_and(|pattern| pattern.first(text).is_some())
    }

    #[test]
    fn a_class_is_that_of_javascript() {
        assert!(matches(r"^[a-zA-Z0-9-_]+$", "a-_"));
        assert!(matches(r"^[+\-][0-9]$", "-1") && matches("^[[&~]$", "["));
        assert!(!matches(r"\d", "٣") && !matches(r"\w", "é") && matches(r"^\s$", "\u{feff}"));
        assert!(!matches("a.b", "a\u{2028}b") && matches(r"[^\s]", "x") && matches(r"^[\w-]$", "-"));
    }

    #[test]
    fn what_only_one_of_the_two_reads_is_refused() {
        for pattern in
            ["(?!a)b", "(?<n>a)", r"(a)\1", "[]a]", "a++", "^*", "a{,2}", "a{", "]", r"\p", r"[\w-z]", "(?i)a"]
        {
            assert!(Pattern::new(pattern).is_none(), "{pattern}");
        }
    }
}
