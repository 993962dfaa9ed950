//! The places in an input, and how a [`Splitter`] goes from one to the next over the bytes it holds. It never reads.

use std::io::Read;

use memchr::memchr;

use super::foreign::{Foreign, SNIFF_BYTES};
use super::lexer::{Class, Lexed, Lexer, class};
use super::recover::{Beginning, LOOKAHEAD, beginning};
use super::{Found, Splitter, What};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between values at the top.
    Top,
    /// In a value at the top.
    Value(Keep),
    /// In an object at the top, behind the key of a list of records.
    Key {
        keep: Keep,
        colon: bool,
    },
    /// Between the elements of a list.
    List(List),
    Element(List),
    /// In an element that is a number or a literal.
    Scalar(List),
    /// In something that is not JSON, up to a line that may be.
    Garbage(Foreign),
    /// Behind something broken, looking for the next record; in this list, or at the top.
    Broken(Option<List>),
    Done,
}

/// Whether the object at the top is itself a document, or what surrounds a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Document,
    Surroundings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    AtTop,
    InObject,
}

pub(super) enum Step {
    Again,
    More,
    Found(Found),
}

impl<R: Read> Splitter<R> {
    pub(super) fn step(&mut self) -> Step {
        match self.place {
            Place::Top => self.step_top(),
            Place::Value(keep) => self.step_value(keep),
            Place::Key { keep, colon } => self.step_key(keep, colon),
            Place::List(list) => self.step_list(list),
            Place::Element(list) => self.step_element(list),
            Place::Scalar(list) => self.step_scalar(list),
            Place::Garbage(foreign) => self.step_garbage(foreign),
            Place::Broken(list) => self.step_broken(list),
            Place::Done => {
                self.at = self.filled;
                self.ended = true;
                Step::More
            }
        }
    }

    fn step_top(&mut self) -> Step {
        let Some(byte) = self.present() else {
            return Step::More;
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {}
            // A byte order mark, at the beginning or where files were joined.
            0xEF | 0xBB | 0xBF => {}
            b']' | b'}' if self.recovering => {}
            b'[' => self.place = Place::List(List::AtTop),
            b'{' | b'"' => {
                self.begin(Place::Value(Keep::Document));
                return Step::Again;
            }
            _ => return self.begin_garbage(),
        }
        self.at += 1;
        Step::Again
    }

    fn begin(&mut self, place: Place) {
        self.start = self.offset_of(self.at);
        self.lexer = Lexer::default();
        self.place = place;
    }

    fn begin_garbage(&mut self) -> Step {
        if self.filled - self.at < SNIFF_BYTES && !self.ended {
            return Step::More;
        }
        let foreign = if self.ordinal == 0 {
            Foreign::of(self.bytes().get(self.at..).unwrap_or_default())
        } else {
            Foreign::Text
        };
        self.start = self.offset_of(self.at);
        if foreign.is_whole_input() {
            return self.found(What::Foreign(foreign), Place::Done);
        }
        self.place = Place::Garbage(foreign);
        Step::Again
    }

    fn step_value(&mut self, keep: Keep) -> Step {
        let (lexed, at) = match keep {
            Keep::Document => self.lex::<true>(),
            Keep::Surroundings => {
                self.lexer.run::<true>(self.buffer.get(..self.filled).unwrap_or_default(), self.at, 0, 0)
            }
        };
        match lexed {
            Lexed::End if keep == Keep::Document => self.whole(at, Place::Top),
            Lexed::End => self.go(at, Place::Top),
            Lexed::ListKey => self.go(at, Place::Key { keep, colon: false }),
            Lexed::Broken => self.broken(at, None),
            Lexed::More => self.more(at),
        }
    }

    fn lex<const WATCH: bool>(&mut self) -> (Lexed, usize) {
        let start = self.index_of(self.start);
        let check_until = self.index_of(self.start.saturating_add(self.limit));
        let bytes = self.buffer.get(..self.filled).unwrap_or_default();
        self.lexer.run::<WATCH>(bytes, self.at, start, check_until)
    }

    fn step_key(&mut self, keep: Keep, colon: bool) -> Step {
        match self.present() {
            None => Step::More,
            Some(b' ' | b'\t' | b'\r' | b'\n') => self.go(self.at + 1, self.place),
            Some(b':') if !colon => self.go(self.at + 1, Place::Key { keep, colon: true }),
            Some(b'[') if colon => self.go(self.at + 1, Place::List(List::InObject)),
            Some(_) => self.go(self.at, Place::Value(keep)),
        }
    }

    fn step_list(&mut self, list: List) -> Step {
        let Some(byte) = self.present() else {
            return Step::More;
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => self.at += 1,
            b']' => {
                self.at += 1;
                self.place = match list {
                    List::AtTop => Place::Top,
                    List::InObject => {
                        self.begin(Place::Value(Keep::Surroundings));
                        self.lexer = Lexer::in_object();
                        self.place
                    }
                };
            }
            b'{' | b'[' | b'"' => self.begin(Place::Element(list)),
            b'}' if self.recovering => self.at += 1,
            _ => self.begin(Place::Scalar(list)),
        }
        Step::Again
    }

    fn step_element(&mut self, list: List) -> Step {
        match self.lex::<false>() {
            (Lexed::End, at) => self.whole(at, Place::List(list)),
            (Lexed::Broken, at) => self.broken(at, Some(list)),
            (_, at) => self.more(at),
        }
    }

    fn step_scalar(&mut self, list: List) -> Step {
        match self.present() {
            None => Step::More,
            Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b']') => self.whole(self.at, Place::List(list)),
            Some(byte) if class(byte) == Class::Plain => self.go(self.at + 1, self.place),
            Some(_) => self.broken(self.at, Some(list)),
        }
    }

    fn step_garbage(&mut self, foreign: Foreign) -> Step {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let Some(line_end) = memchr(b'\n', rest) else {
            return self.more(self.filled);
        };
        let next = self.at + line_end + 1;
        if self.filled < next + 2 && !self.ended {
            return self.more(next - 1);
        }
        match self.bytes().get(next..).unwrap_or_default() {
            [b'{', ..] | [b'[', b'{', ..] => {
                self.at = next;
                self.found(What::Foreign(foreign), Place::Top)
            }
            _ => self.go(next, self.place),
        }
    }

    fn step_broken(&mut self, list: Option<List>) -> Step {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let Some(bracket) = memchr(b'{', rest) else {
            return self.more(self.filled);
        };
        let at = self.at + bracket;
        if self.filled - at < LOOKAHEAD && !self.ended {
            return self.more(at);
        }
        match (beginning(self.bytes(), at), list) {
            (Beginning::No, _) => self.go(at + 1, self.place),
            (Beginning::Record, Some(list)) => self.go(at, Place::List(list)),
            (Beginning::Record, None) | (Beginning::List, _) => self.go(at, Place::Top),
        }
    }

    fn go(&mut self, at: usize, place: Place) -> Step {
        self.at = at;
        self.place = place;
        Step::Again
    }

    fn more(&mut self, at: usize) -> Step {
        self.at = at;
        Step::More
    }

    fn found(&mut self, what: What, place: Place) -> Step {
        self.place = place;
        Step::Found(Found { start: self.start, what })
    }

    fn whole(&mut self, at: usize, place: Place) -> Step {
        let what = if self.is_too_large(at) {
            What::TooLarge
        } else {
            What::Whole { from: self.index_of(self.start), to: at }
        };
        self.at = at;
        self.found(what, place)
    }

    /// The value cannot go on at `at`: goes back to its beginning to look for the next one there, once.
    fn broken(&mut self, at: usize, list: Option<List>) -> Step {
        let too_large = self.is_too_large(at);
        let here = self.offset_of(at);
        let surroundings = self.place == Place::Value(Keep::Surroundings);
        self.recovering = true;
        self.at = if too_large || surroundings || self.start < self.rescanned_to {
            self.index_of(here.max(self.start + 1))
        } else {
            self.rescanned_to = here;
            self.index_of(self.start + 1)
        };
        self.found(if too_large { What::TooLarge } else { What::Broken }, Place::Broken(list))
    }

    /// What the end of the input cuts off, if anything.
    pub(super) fn finish(&mut self) -> Option<Found> {
        let what = match self.place {
            Place::Top | Place::Broken(_) | Place::Done => return None,
            Place::List(_) | Place::Value(Keep::Surroundings) | Place::Key { keep: Keep::Surroundings, .. } => {
                if self.recovering {
                    return None;
                }
                self.start = self.offset_of(self.filled);
                What::CutList
            }
            Place::Garbage(foreign) => What::Foreign(foreign),
            Place::Value(_) | Place::Key { .. } | Place::Element(_) | Place::Scalar(_) => {
                if self.is_too_large(self.filled) { What::TooLarge } else { What::Cut }
            }
        };
        let start = self.start;
        self.place = Place::Done;
        if matches!(what, What::Cut) && start >= self.rescanned_to {
            self.recovering = true;
            self.rescanned_to = self.offset_of(self.filled);
            self.at = self.index_of(start + 1);
            self.place = Place::Broken(None);
        }
        Some(Found { start, what })
    }
}
