//! Decides what a scalar or a tag of YAML stands for, as CloudFormation reads it. Puts nothing together.

use saphyr_parser::{ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

/// Returns the value of a scalar.
pub(super) fn read(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    match tag {
        None if style == ScalarStyle::Plain => plain(text),
        None => Value::from(text),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix != "str" => plain(text),
        Some(tag) => tagged(Value::from(text), Some(tag)),
    }
}

/// Returns what a tag makes of a value: a local tag is a function, others leave it as it is.
pub(super) fn tagged(value: Value, tag: Option<&Tag>) -> Value {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else { return value };
    let name = tag.suffix.strip_prefix("Fn::").unwrap_or(&tag.suffix);
    let (name, value) = match (name, value) {
        ("Ref" | "Condition", value) => (name.to_owned(), value),
        ("GetAtt", Value::String(path)) => ("Fn::GetAtt".to_owned(), dotted(&path)),
        (_, value) => (format!("Fn::{name}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

/// `Database.Endpoint.Address` names an attribute of `Database`.
fn dotted(path: &str) -> Value {
    match path.split_once('.') {
        Some((logical_id, attribute)) => Value::Array(vec![logical_id.into(), attribute.into()]),
        None => path.into(),
    }
}

/// Reads a scalar without quotes: YAML 1.1's booleans, and numbers that are written as numbers print. Dates, octal and
/// sexagesimal numbers, versions and account numbers with a leading zero stay the text that they are.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    number(text).map_or_else(|| Value::from(text), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    if !matches!(text.as_bytes(), [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..]) {
        return None;
    }
    let whole = || text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
    let fraction = || text.parse::<f64>().ok().and_then(Number::from_f64);
    whole().or_else(fraction).filter(|number| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse;

    #[test]
    fn scalars_are_what_cloudformation_takes_them_for() {
        for (text, value) in [
            ("443", json!(443)),
            ("-1", json!(-1)),
            ("1.5", json!(1.5)),
            ("yes", json!(true)),
            ("Off", json!(false)),
            ("~", json!(null)),
            ("123456789012", json!(123_456_789_012_u64)),
            ("18446744073709551615", json!(u64::MAX)),
        ] {
            assert_eq!(parse(&format!("[{text}]")).unwrap().value, json!([value]), "{text}");
        }
        for text in [
            "2012-10-17",
            "2010-09-09T00:00:00Z",
            "012345678901",
            "3.10",
            "22:22",
            "0x1F",
            "1_000",
            "1e3",
            "+5",
            "y",
            "n",
            "99999999999999999999",
            "-0",
            "1.",
            ".5",
        ] {
            assert_eq!(parse(&format!("- {text}")).unwrap().value, json!([text]), "{text}");
        }
    }

    #[test]
    fn quotes_and_tags_make_text() {
        for text in ["'443'", "\"443\"", "!!str 443", "|-\n  443"] {
            assert_eq!(parse(&format!("- {text}")).unwrap().value, json!(["443"]), "{text}");
        }
        assert_eq!(parse("- !!int '443'\n- !!bool \"yes\"").unwrap().value, json!([443, true]));
        assert_eq!(
            parse("- !Ref 443\n- !GetAZs\n- !Fn::Sub x").unwrap().value,
            json!([{"Ref": "443"}, {"Fn::GetAZs": ""}, {"Fn::Sub": "x"}])
        );
    }
}
