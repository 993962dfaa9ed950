//! Tags in all their shapes: maps, lists of keys and values, S3's tag sets, lists of bare keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path;

/// Tags by key. A value that is `None` is not known.
pub(crate) type Tags = BTreeMap<String, Option<String>>;

/// Reads tags from a value: `{"k":"v"}`, `[{"key":"k","value":"v"}]` with names in any case, `{"items":[…]}`,
/// `{"TagSet":{"Tag":…}}`, or bare keys. `None` if the value is something else.
pub(crate) fn read(value: &Value) -> Option<Tags> {
    match value {
        Value::Array(elements) => elements.iter().map(pair).collect(),
        Value::Object(members) if driftwire_cloudtrail::mask(value).is_none() => {
            for wrapper in ["TagSet", "Tag", "items", "Items"] {
                if members.len() <= 2
                    && let Some(inner @ (Value::Array(_) | Value::Object(_))) = members.get(wrapper)
                {
                    return read(inner);
                }
            }
            if let Some((key, value)) = key_and_value(members) {
                return Some(Tags::from([(key, value)]));
            }
            members.iter().map(|(key, value)| Some((key.clone(), Some(tag_text(value)?)))).collect()
        }
        // A mask in place of the tags is no tag.
        masked if driftwire_cloudtrail::mask(masked).is_some() => None,
        Value::String(key) if !key.is_empty() => Some(Tags::from([(key.clone(), None)])),
        Value::Null => Some(Tags::new()),
        _ => None,
    }
}

fn pair(element: &Value) -> Option<(String, Option<String>)> {
    match element {
        Value::Object(members) => key_and_value(members),
        Value::String(key) if driftwire_cloudtrail::mask(element).is_none() => Some((key.clone(), None)),
        _ => None,
    }
}

fn key_and_value(members: &Map<String, Value>) -> Option<(String, Option<String>)> {
    let named = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    };
    let key = named(["key", "tagKey"])?;
    Some((path::text(key)?, named(["value", "tagValue"]).and_then(tag_text)))
}

/// A tag's value as text: the XML of S3 and EC2 turned `"true"` into `true` and `"7"` into `7`.
fn tag_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Null => Some(String::new()),
        hidden if driftwire_declared::is_redacted(hidden) => Some(hidden.to_string()),
        other => path::text(other),
    }
}

/// Whether a declared value is a secret of which only the hash is left.
pub(crate) fn is_hidden(value: &str) -> bool {
    value.starts_with("{\"$redacted\"")
}

/// A tag's value as findings show it.
pub(crate) fn as_value(value: &str) -> Value {
    if is_hidden(value) { serde_json::from_str(value).unwrap_or_default() } else { Value::from(value) }
}

/// Whether the key belongs to AWS: nobody else can set it.
pub(crate) fn is_system(key: &str) -> bool {
    key.starts_with("aws:")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(value: &Value) -> Option<Vec<(String, Option<String>)>> {
        read(value).map(|tags| tags.into_iter().collect())
    }

    #[test]
    fn every_shape_gives_the_same_tags() {
        let expected = Some(vec![("Owner".to_owned(), Some("true".to_owned()))]);
        for shape in [
            json!({"Owner": "true"}),
            json!([{"key": "Owner", "value": "true"}]),
            json!([{"Key": "Owner", "Value": true}]),
            json!({"TagSet": {"Tag": {"Value": true, "Key": "Owner"}}}),
            json!({"TagSet": {"Tag": [{"Value": true, "Key": "Owner"}]}}),
            json!({"items": [{"key": "Owner", "value": "true"}]}),
        ] {
            assert_eq!(one(&shape), expected, "{shape}");
        }
    }

    #[test]
    fn a_removal_may_name_keys_alone() {
        assert_eq!(one(&json!(["Owner"])), Some(vec![("Owner".to_owned(), None)]));
        assert_eq!(one(&json!([{"key": "Owner"}])), Some(vec![("Owner".to_owned(), None)]));
    }

    #[test]
    fn what_is_not_tags_is_said_to_be_something_else() {
        assert_eq!(read(&json!(7)), None);
        assert_eq!(read(&json!([1, 2])), None);
    }
}
