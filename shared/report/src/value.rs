//! Says a value in a few words that are safe to show. Hidden values stay hidden: NO-SECRET-OUT.

use serde_json::Value;

use crate::network::NetworkRule;
use crate::plain::{plain, shorten};

/// What stands for a value that is hidden.
pub(crate) const HIDDEN: &str = "(hidden)";

/// What stands for a value that is too large to send.
pub(crate) const ELIDED: &str = "(too large to show here)";

/// What stands for a value that is not there.
pub(crate) const NONE: &str = "(none)";

/// The attribute that stands for the whole resource.
pub(crate) const WHOLE: &str = "@resource";

/// Says the name of an attribute, at most `limit` characters long; the stand-ins have words of their own.
pub(crate) fn name(attribute: &str, limit: usize) -> String {
    match attribute {
        WHOLE => "the resource".to_owned(),
        "@attachments" => "attached policies".to_owned(),
        _ => shorten(attribute, limit),
    }
}

/// Says a value, at most `limit` characters long.
pub(crate) fn in_words(attribute: &str, value: &Value, limit: usize) -> String {
    match NetworkRule::read(attribute, value) {
        Some(rule) => shorten(&rule.in_words(), limit),
        None => shorten(&spell(value, Place::Alone), limit),
    }
}

/// Tells whether a value fits into a sentence: text that is not a document, a number, a truth value.
pub(crate) fn is_short(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.trim_start().starts_with(['{', '[']) && !text.contains('\n'),
        Value::Array(_) | Value::Object(_) => is_hidden(value),
    }
}

/// Tells whether a value is the stand-in for a secret.
pub(crate) fn is_hidden(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.contains_key("$redacted"))
}

/// Whether a value is said alone or as a part of another.
#[derive(Clone, Copy)]
enum Place {
    Alone,
    Inside,
}

fn spell(value: &Value, place: Place) -> String {
    match value {
        _ if is_hidden(value) => HIDDEN.to_owned(),
        Value::Null => NONE.to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => match place {
            Place::Alone if is_clear_without_quotes(text) => plain(text),
            Place::Alone | Place::Inside => format!("\"{}\"", plain(text)),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| spell(item, Place::Inside)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, member)| format!("{}: {}", plain(name), spell(member, Place::Inside)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn is_clear_without_quotes(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text != NONE && text != HIDDEN
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_said_plainly() {
        let cases = [
            (json!("t3.small"), "t3.small"),
            (json!(""), r#""""#),
            (json!(" x"), r#"" x""#),
            (json!("(none)"), r#""(none)""#),
            (json!(true), "true"),
            (json!(null), "(none)"),
            (json!(["a", 1]), r#"["a", 1]"#),
            (json!({"a": {"b": null}}), "{a: {b: (none)}}"),
            (json!("a\u{1b}[2J"), r"a\u{1b}[2J"),
        ];
        for (value, words) in cases {
            assert_eq!(in_words("x", &value, 40), words);
        }
    }

    #[test]
    fn a_secret_stays_hidden_at_any_depth() {
        let value = json!([{"name": "TOKEN", "value": {"$redacted": "hmac-0011"}}]);
        assert_eq!(in_words("x", &value, 80), r#"[{name: "TOKEN", value: (hidden)}]"#);
        assert!(!in_words("x", &json!({"$redacted": "hmac-0011"}), 80).contains("hmac"));
    }
}
