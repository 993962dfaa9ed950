//! Decides whether two scalars of different types are one value: `"true"` and `true`, `"256"` and `256`, `5` and `5.0`.
//!
//! False positive removed: templates write numbers and booleans as text, and XML APIs are logged with text turned into
//! numbers and booleans. By hand: give a template `MemorySize: "256"` and read the function back.
//!
//! It must not hide a version: the texts `1.1` and `1.10` are two, so numbers are only compared as numbers when one
//! side is a number. Numbers are compared exactly, however long.

use std::borrow::Cow;

use serde_json::Value;

/// The rule by which two scalars are equal, when they are.
pub(super) fn same(left: &Value, right: &Value) -> Option<&'static str> {
    match (left, right) {
        // Two whole numbers have one spelling each.
        (Value::Number(one), Value::Number(other)) if one.is_i64() && other.is_i64() && one != other => None,
        (Value::Number(_), Value::Number(_) | Value::String(_)) | (Value::String(_), Value::Number(_)) => {
            let is_same = decimal(&text(left)?)? == decimal(&text(right)?)?;
            is_same.then_some("number-spelling")
        }
        (Value::Bool(_), Value::String(_)) | (Value::String(_), Value::Bool(_)) => {
            (boolean(left)? == boolean(right)?).then_some("boolean-spelling")
        }
        _ => None,
    }
}

/// A scalar as text.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A boolean, also as text in any case.
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::String(_) | Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A decimal number in one spelling: its sign, its digits without outer zeros, and the power of ten of the last digit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

/// Reads a decimal number, exactly.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some(Decimal { is_negative: false, digits: String::new(), exponent: 0 });
    }
    let trailing = i64::try_from(all.len() - all.trim_end_matches('0').len()).ok()?;
    let exponent = i64::from(exponent) - i64::try_from(fraction.len()).ok()? + trailing;
    Some(Decimal { is_negative, digits: significant.to_owned(), exponent })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::same;

    #[test]
    fn numbers_have_many_spellings() {
        for (left, right) in [
            (json!("256"), json!(256)),
            (json!(5), json!(5.0)),
            (json!("5.0"), json!(5)),
            (json!("-1"), json!(-1)),
            (json!(1e3), json!("1000")),
            (json!(0.5), json!("0.50")),
            (json!(0), json!("-0.0")),
        ] {
            assert_eq!(same(&left, &right), Some("number-spelling"), "{left} {right}");
            assert_eq!(same(&right, &left), Some("number-spelling"), "{right} {left}");
        }
    }

    #[test]
    fn numbers_are_compared_exactly() {
        assert_eq!(same(&json!("9007199254740993"), &json!(9_007_199_254_740_992_u64)), None);
        assert_eq!(same(&json!("10"), &json!(1)), None);
        assert_eq!(same(&json!("-5"), &json!(5)), None);
        assert_eq!(same(&json!("5 GB"), &json!(5)), None);
    }

    #[test]
    fn two_texts_are_not_numbers() {
        assert_eq!(same(&json!("1.10"), &json!("1.1")), None);
        assert_eq!(same(&json!("007"), &json!("7")), None);
    }

    #[test]
    fn booleans_have_many_spellings() {
        assert_eq!(same(&json!("true"), &json!(true)), Some("boolean-spelling"));
        assert_eq!(same(&json!("False"), &json!(false)), Some("boolean-spelling"));
        assert_eq!(same(&json!("true"), &json!(false)), None);
        assert_eq!(same(&json!(true), &json!(1)), None);
        assert_eq!(same(&json!("enabled"), &json!(true)), None);
    }
}
