//! Makes text that someone else chose safe to show.
//!
//! Names, tags and user agents are chosen by whoever made the call. Printed as they are, they could
//! move the cursor, recolor the screen, fake a second finding or reverse the reading direction. Here
//! such characters are written out (`\n`, `\u{1b}`, `\u{202e}`), never dropped: what was hidden is seen.

use std::fmt::Write as _;

/// Returns the text with every character that acts instead of showing itself written out.
///
/// The result is one line: it has no control character, no newline, no direction override and no
/// invisible character. A space of another kind becomes a plain one. Doing it twice changes nothing.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            shown.extend(escape(character));
        } else if character.is_whitespace() {
            shown.push(' ');
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Returns the text safe to show and at most `limit` characters long, the middle replaced by `…`.
///
/// The end is kept because it tells names and ARNs apart.
pub fn shorten(text: &str, limit: usize) -> String {
    let shown = plain(text);
    let length = shown.chars().count();
    if length <= limit {
        return shown;
    }
    let kept = limit.saturating_sub(1);
    let tail = kept / 3;
    let head = kept - tail;
    let mut short: String = shown.chars().take(head).collect();
    short.push('…');
    short.extend(shown.chars().skip(length - tail));
    short
}

/// Returns JSON text with the same data in which no character acts on a terminal.
///
/// JSON escapes what is below U+0020 only; C1 controls and direction overrides would pass.
pub(crate) fn plain_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if acts(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                write!(shown, "\\u{unit:04x}").ok();
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

fn escape(character: char) -> impl Iterator<Item = char> {
    let named = match character {
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        _ => None,
    };
    let short = named.map(|letter| ['\\', letter]);
    let long = short.is_none().then(|| character.escape_unicode());
    short.into_iter().flatten().chain(long.into_iter().flatten())
}

/// Tells whether a character acts on what is around it, or takes no place at all.
///
/// Controls, and Unicode's format characters, fillers and selectors (Unicode 16, general category Cf
/// and property `Default_Ignorable_Code_Point`).
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        assert_eq!(plain("a\u{1b}[31mred\u{1b}[0m"), r"a\u{1b}[31mred\u{1b}[0m");
        assert_eq!(plain("one\ntwo\r\tthree"), r"one\ntwo\r\tthree");
        assert_eq!(plain("\u{9b}2J"), r"\u{9b}2J");
        assert_eq!(plain("exe\u{202e}gpj"), r"exe\u{202e}gpj");
        assert_eq!(plain("al\u{200b}ice"), r"al\u{200b}ice");
        assert_eq!(plain("a\u{2028}b"), r"a\u{2028}b");
        assert_eq!(plain("a\u{a0}b"), "a b");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in ["alice@example.com", r"CORP\alice", "Zoë Ångström", "東京", "naïve – “x” …"] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn shortening_keeps_both_ends() {
        assert_eq!(shorten("abcdefghij", 10), "abcdefghij");
        assert_eq!(shorten("abcdefghijk", 10), "abcdef…ijk");
        assert_eq!(shorten("abc", 1), "…");
    }

    proptest! {
        #[test]
        fn plain_text_is_one_harmless_line(text in any::<String>()) {
            let shown = plain(&text);
            prop_assert!(!shown.chars().any(acts));
            prop_assert_eq!(plain(&shown), shown);
        }

        #[test]
        fn shortened_text_is_within_its_limit(text in any::<String>(), limit in 1usize..80) {
            prop_assert!(shorten(&text, limit).chars().count() <= limit);
        }

        #[test]
        fn plain_json_carries_the_same_data(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let shown = plain_json(&json);
            prop_assert!(!shown.chars().any(acts));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
