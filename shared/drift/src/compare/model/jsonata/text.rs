//! Evaluates the functions on texts. A text is counted in characters, not bytes.

use super::Failed;
use super::evaluate::Evaluator;
use super::functions::{Native, number_of};
use super::pattern::{Match, Pattern};
use super::value::{Function, List, Object, Value, whole};

use std::rc::Rc;

/// Longer than any text that a service rewrites, in characters.
const MOST_PADDING: f64 = 65_536.0;

impl Evaluator {
    /// Calls a function whose first argument is a text.
    pub(super) fn on_text(&mut self, native: Native, text: &str, more: &[Value; 3]) -> Result<Value, Failed> {
        let [second, third, fourth] = more;
        match (native, second, third) {
            (Native::Lowercase, ..) => self.text(&text.to_lowercase()),
            (Native::Uppercase, ..) => self.text(&text.to_uppercase()),
            (Native::SubstringAfter, Value::Text(mark), _) => {
                self.text(text.split_once(mark.as_ref()).map_or(text, |(_, after)| after))
            }
            (Native::SubstringBefore, Value::Text(mark), _) => {
                self.text(text.split_once(mark.as_ref()).map_or(text, |(before, _)| before))
            }
            (Native::Substring, start, length) => {
                let part = substring(text, number_of(start).unwrap_or(f64::NAN), number_of(length));
                self.text(&part)
            }
            (Native::Pad, width, filler) => self.pad(text, width, filler),
            (Native::Contains, Value::Undefined, _) => Ok(Value::Undefined),
            (Native::Contains, Value::Text(part), _) => Ok(Value::Bool(text.contains(part.as_ref()))),
            (Native::Contains, Value::Function(Function::Pattern(pattern)), _) => {
                self.spend(text.len() / 16)?;
                Ok(Value::Bool(pattern.first(text).is_some()))
            }
            (Native::Match, Value::Function(Function::Pattern(pattern)), limit) => self.matches(text, pattern, limit),
            (Native::Split, Value::Text(mark), limit) => self.split(text, mark, limit),
            (Native::Split, Value::Function(Function::Pattern(pattern)), limit) => {
                self.split_by_pattern(text, pattern, limit)
            }
            (Native::Replace, Value::Text(part), Value::Text(by)) => self.replace(text, part, by, fourth),
            (Native::Replace, Value::Function(Function::Pattern(pattern)), Value::Text(by)) => {
                self.replace_by_pattern(text, pattern, by, fourth)
            }
            _ => Err(Failed::Mismatch("an argument has another type than is taken")),
        }
    }

    /// Texts, one after the other.
    pub(super) fn join(&mut self, list: &List, separator: &Value) -> Result<Value, Failed> {
        let mut joined = String::new();
        for (index, item) in list.items.iter().enumerate() {
            for part in [separator, item].into_iter().skip(usize::from(index == 0)) {
                if let Value::Text(part) = part {
                    self.spend(1 + part.len() / 16)?;
                    joined.push_str(part);
                }
            }
        }
        self.text(&joined)
    }

    fn pad(&mut self, text: &str, width: &Value, filler: &Value) -> Result<Value, Failed> {
        let width = number_of(width).unwrap_or(0.0).trunc();
        let filler = match filler {
            Value::Text(filler) if !filler.is_empty() => filler.as_ref(),
            _ => " ",
        };
        if width.abs() > MOST_PADDING {
            return Err(Failed::Exhausted);
        }
        let missing = usize::try_from(whole(width.abs())).unwrap_or_default().saturating_sub(text.chars().count());
        let padding: String = filler.chars().cycle().take(missing).collect();
        self.text(&if width > 0.0 { format!("{text}{padding}") } else { format!("{padding}{text}") })
    }

    /// All matches, or as many as the limit says.
    fn found<'t>(&mut self, text: &'t str, pattern: &Pattern, limit: usize) -> Result<Vec<Match<'t>>, Failed> {
        let mut found: Vec<Match<'t>> = Vec::new();
        while found.len() < limit {
            let from = found.last().map_or(0, |last| last.end);
            self.spend(1 + (text.len() - from) / 16)?;
            let next = match found.last() {
                None => pattern.first(text),
                Some(last) => pattern.next(text, last)?,
            };
            let Some(next) = next else { break };
            found.push(next);
        }
        Ok(found)
    }

    fn matches(&mut self, text: &str, pattern: &Pattern, limit: &Value) -> Result<Value, Failed> {
        let mut results = Vec::new();
        let (mut units, mut counted) = (0_u32, 0);
        for found in self.found(text, pattern, limit_of(limit)?)? {
            let before = text.get(counted..found.start).unwrap_or_default();
            units = before.encode_utf16().fold(units, |units, _| units.saturating_add(1));
            counted = found.start;
            let group = |group: &Option<&str>| group.map_or(Value::Undefined, Value::text);
            self.spend(found.text.len() / 16 + found.groups.len())?;
            let mut result = Object::new();
            result.insert(Rc::from("match"), Value::text(found.text));
            result.insert(Rc::from("index"), Value::Number(f64::from(units)));
            result.insert(Rc::from("groups"), List::plain(found.groups.iter().map(group).collect()).into());
            results.push(Value::Object(Rc::new(result)));
        }
        Ok(List::sequence(results).into())
    }

    fn split(&mut self, text: &str, mark: &str, limit: &Value) -> Result<Value, Failed> {
        let limit = limit_of(limit)?;
        let mut parts = Vec::new();
        if mark.is_empty() {
            for part in text.chars().take(limit) {
                parts.push(self.text(part.encode_utf8(&mut [0; 4]))?);
            }
        } else {
            for part in text.split(mark).take(limit) {
                parts.push(self.text(part)?);
            }
        }
        Ok(List::plain(parts).into())
    }

    fn split_by_pattern(&mut self, text: &str, pattern: &Pattern, limit: &Value) -> Result<Value, Failed> {
        let limit = limit_of(limit)?;
        let (mut parts, mut start) = (Vec::new(), 0);
        for found in self.found(text, pattern, limit)? {
            parts.push(self.text(text.get(start..found.start).unwrap_or_default())?);
            start = found.end;
        }
        if parts.len() < limit {
            parts.push(self.text(text.get(start..).unwrap_or_default())?);
        }
        Ok(List::plain(parts).into())
    }

    fn replace(&mut self, text: &str, part: &str, by: &str, limit: &Value) -> Result<Value, Failed> {
        if part.is_empty() {
            return Err(Failed::Mismatch("an empty text is not replaced"));
        }
        let limit = limit_of(limit)?;
        self.spend(text.matches(part).take(limit).count().saturating_mul(1 + by.len() / 16))?;
        self.text(&text.replacen(part, by, limit))
    }

    fn replace_by_pattern(&mut self, text: &str, pattern: &Pattern, by: &str, limit: &Value) -> Result<Value, Failed> {
        let (mut replaced, mut start) = (String::new(), 0);
        for found in self.found(text, pattern, limit_of(limit)?)? {
            replaced.push_str(text.get(start..found.start).unwrap_or_default());
            let filled = filled(by, &found);
            self.spend(1 + filled.len() / 16)?;
            replaced.push_str(&filled);
            start = found.end;
        }
        replaced.push_str(text.get(start..).unwrap_or_default());
        self.text(&replaced)
    }
}

/// How many results are wanted: all, unless a limit says otherwise.
fn limit_of(limit: &Value) -> Result<usize, Failed> {
    match number_of(limit) {
        None => Ok(usize::MAX),
        Some(limit) if limit < 0.0 || limit.fract() != 0.0 => Err(Failed::Mismatch("a limit is no count")),
        Some(limit) => usize::try_from(whole(limit)).map_err(|_| Failed::Exhausted),
    }
}

/// A replacement with `$1` and its like filled in: as many digits as there are groups, fewer where that is too many.
fn filled(replacement: &str, found: &Match<'_>) -> String {
    let groups = found.groups.len();
    let mut out = String::new();
    let mut pieces = replacement.split('$');
    out.push_str(pieces.next().unwrap_or_default());
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            // Two in a row are one, and what follows is plain; one at the end stands for itself.
            out.push('$');
            out.push_str(pieces.next().unwrap_or_default());
            continue;
        }
        if let Some(rest) = piece.strip_prefix('0') {
            out.push_str(found.text);
            out.push_str(rest);
            continue;
        }
        let most = groups.max(1).to_string().len();
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let number = |length: usize| piece.get(..length).and_then(|digits| digits.parse::<usize>().ok());
        let fewer = digits.min(most - 1);
        let length =
            if most > 1 && number(digits.min(most)).is_some_and(|it| it > groups) { fewer } else { digits.min(most) };
        match number(length) {
            Some(number) => {
                let group = number.checked_sub(1).and_then(|index| found.groups.get(index)).copied().flatten();
                out.push_str(group.unwrap_or_default());
                out.push_str(piece.get(length..).unwrap_or_default());
            }
            None => {
                out.push('$');
                out.push_str(piece);
            }
        }
    }
    out
}

/// A part of a text, as JavaScript cuts a list: a negative start counts from the end.
#[expect(clippy::cast_precision_loss, reason = "no text here is as long as 2^53")]
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let count = text.chars().count() as f64;
    let start = if count + start < 0.0 { 0.0 } else { start };
    let end = match length {
        Some(length) if length <= 0.0 => return String::new(),
        Some(length) if start >= 0.0 => start + length,
        Some(length) => count + start + length,
        None => count,
    };
    let place = |at: f64| {
        let at = at.trunc();
        usize::try_from(whole(if at < 0.0 { (count + at).max(0.0) } else { at })).unwrap_or_default()
    };
    let (start, end) = (place(start), place(end));
    text.chars().take(end).skip(start).collect()
}
