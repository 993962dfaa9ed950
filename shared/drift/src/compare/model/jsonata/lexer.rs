//! Splits the text of an expression into its words.

use std::iter::Peekable;
use std::str::CharIndices;

use super::Refused;

/// More words than any expression of AWS has, and few enough that no tree of them is too deep to drop.
const MOST_TOKENS: usize = 2_000;

/// Symbols, longer ones before their beginnings.
const SYMBOLS: [&str; 31] = [
    "..", ":=", "!=", ">=", "<=", "~>", ".", "[", "]", "{", "}", "(", ")", ",", ";", ":", "?", "+", "-", "*", "/", "%",
    "|", "=", "<", ">", "^", "&", "@", "#", "!",
];

/// A word, and the byte at which it begins.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) word: Word,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    /// A name that may be a keyword.
    Name(String),
    /// A name between backquotes.
    Quoted(String),
    /// A variable without its `$`.
    Variable(String),
    Text(String),
    Number(f64),
    /// What stands between the slashes of a regular expression.
    Pattern(String),
    Symbol(&'static str),
    End,
}

impl Word {
    /// Whether a value can end with the word: a slash behind it divides.
    fn ends_value(&self) -> bool {
        match self {
            Self::Symbol(symbol) => matches!(*symbol, ")" | "]" | "}"),
            Self::Name(name) => !matches!(name.as_str(), "and" | "or" | "in"),
            Self::Quoted(_) | Self::Variable(_) | Self::Text(_) | Self::Number(_) | Self::Pattern(_) => true,
            Self::End => false,
        }
    }
}

/// Splits a text. The last word is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Refused> {
    let mut lexer = Lexer { text, chars: text.char_indices().peekable() };
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let at = lexer.position();
        if tokens.len() >= MOST_TOKENS {
            return Err(Refused { at, found: "…".to_owned(), expected: "a shorter expression" });
        }
        let may_divide = tokens.last().is_some_and(|token| token.word.ends_value());
        let word = lexer.word(may_divide)?;
        let is_end = word == Word::End;
        tokens.push(Token { at, word });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
}

impl<'t> Lexer<'t> {
    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, c)| *c)
    }

    fn position(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn rest(&mut self) -> &'t str {
        let at = self.position();
        self.text.get(at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        let end = self.position() + bytes;
        while self.chars.next_if(|(at, _)| *at < end).is_some() {}
    }

    fn refuse(&mut self, expected: &'static str) -> Refused {
        Refused { at: self.position(), found: self.peek().map(String::from).unwrap_or_default(), expected }
    }

    /// Skips blanks and comments.
    fn skip_blanks(&mut self) -> Result<(), Refused> {
        loop {
            while self.chars.next_if(|(_, c)| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}')).is_some() {}
            let Some(comment) = self.rest().strip_prefix("/*") else { return Ok(()) };
            let end = comment.find("*/").ok_or_else(|| self.refuse("the end of the comment"))?;
            self.skip(end + 4);
        }
    }

    fn word(&mut self, may_divide: bool) -> Result<Word, Refused> {
        let Some(first) = self.peek() else { return Ok(Word::End) };
        match first {
            '/' if !may_divide => self.pattern(),
            '"' | '\'' => self.quoted_text(first),
            '`' => self.quoted_name(),
            '0'..='9' => self.number(),
            '$' => {
                self.skip(1);
                // The whole input is a variable named `$`.
                let name = if self.peek() == Some('$') { self.take(|c| c == '$') } else { self.take(is_of_name) };
                if name.starts_with("$$") { Err(self.refuse("a variable")) } else { Ok(Word::Variable(name)) }
            }
            first if is_of_name(first) => Ok(Word::Name(self.take(is_of_name))),
            _ => {
                let rest = self.rest();
                let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
                let symbol = symbol.ok_or_else(|| self.refuse("an operator or a value"))?;
                self.skip(symbol.len());
                Ok(Word::Symbol(symbol))
            }
        }
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some((_, c)) = self.chars.next_if(|(_, c)| is_part(*c)) {
            taken.push(c);
        }
        taken
    }

    fn quoted_name(&mut self) -> Result<Word, Refused> {
        self.skip(1);
        let name = self.take(|c| c != '`');
        if self.chars.next().is_none() {
            return Err(self.refuse("a closing backquote"));
        }
        Ok(Word::Quoted(name))
    }

    fn number(&mut self) -> Result<Word, Refused> {
        let mut digits = if self.peek() == Some('0') { self.take_one() } else { self.take(|c| c.is_ascii_digit()) };
        let mut ahead = self.rest().chars();
        if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
            digits.push_str(&self.take_one());
            digits.push_str(&self.take(|c| c.is_ascii_digit()));
        }
        if self.peek().is_some_and(is_of_name) {
            return Err(self.refuse("a number without exponent"));
        }
        let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Word::Number).ok_or_else(|| self.refuse("a number"))
    }

    fn take_one(&mut self) -> String {
        self.chars.next().map(|(_, c)| c.to_string()).unwrap_or_default()
    }

    fn quoted_text(&mut self, quote: char) -> Result<Word, Refused> {
        self.skip(1);
        let mut text = String::new();
        loop {
            match self.chars.next().map(|(_, c)| c) {
                None => return Err(self.refuse("a closing quotation mark")),
                Some('\\') => text.push(self.escaped()?),
                Some(c) if c == quote => return Ok(Word::Text(text)),
                Some(c) => text.push(c),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Refused> {
        let escaped = match self.peek() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.code_point(),
            _ => return Err(self.refuse("a character that can be escaped")),
        };
        self.skip(1);
        Ok(escaped)
    }

    fn code_point(&mut self) -> Result<char, Refused> {
        self.skip(1);
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        let code = code.ok_or_else(|| self.refuse("four hexadecimal digits of one character"))?;
        self.skip(4);
        Ok(code)
    }

    /// A regular expression. A slash within brackets does not end it.
    fn pattern(&mut self) -> Result<Word, Refused> {
        self.skip(1);
        let (mut pattern, mut depth, mut is_escaped) = (String::new(), 0_i32, false);
        while let Some((_, c)) = self.chars.next() {
            match c {
                '/' if depth == 0 && !is_escaped => {
                    let has_flags = self.peek().is_some_and(is_of_name);
                    let is_refused = pattern.is_empty() || has_flags;
                    let word = Word::Pattern(pattern);
                    return if is_refused { Err(self.refuse("a pattern without flags")) } else { Ok(word) };
                }
                '(' | '[' | '{' if !is_escaped => depth += 1,
                ')' | ']' | '}' if !is_escaped => depth -= 1,
                _ => {}
            }
            is_escaped = c == '\\' && !is_escaped;
            pattern.push(c);
        }
        Err(self.refuse("a closing slash"))
    }
}

/// Whether a name can have the character.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
