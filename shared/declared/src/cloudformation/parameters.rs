//! What the parameters of a template are worth: given values, or defaults. What is hidden is never kept.

use serde_json::{Map, Value};

use super::stack::{Given, Stack};
use crate::Unresolved;

/// Returns a parameter's value, as `Ref` gives it: a text, or a list of texts.
///
/// # Errors
/// When it has none, is hidden, or is kept elsewhere.
pub(super) fn value(declared: Option<&Value>, given: Option<&Given>) -> Result<Value, Unresolved> {
    let declared = declared.and_then(Value::as_object);
    if declared.is_some_and(is_hidden) {
        return Err(Unresolved::Parameter);
    }
    let kind = declared.and_then(|declared| declared.get("Type")).and_then(Value::as_str).unwrap_or("String");
    let (kind, is_stored) = match kind.strip_prefix("AWS::SSM::Parameter::Value<") {
        Some(inner) => (inner.strip_suffix('>').unwrap_or(inner), true),
        None => (kind, false),
    };
    let text = match given {
        Some(given) if is_stored => given.resolved.clone(),
        Some(given) if given.value.is_some() => given.value.clone(),
        // The default of a stored parameter is its name, not its value.
        _ if is_stored => None,
        _ => declared.and_then(default),
    };
    let text = text.filter(|text| !is_masked(text)).ok_or(Unresolved::Parameter)?;
    if kind == "CommaDelimitedList" || kind.starts_with("List<") {
        return Ok(text.split(',').map(|item| Value::from(item.trim())).collect());
    }
    Ok(Value::String(text))
}

/// Returns every parameter that the template declares or the stack was given, with its value.
pub(super) fn values<'t>(
    declared: Option<&'t Map<String, Value>>,
    stack: &'t Stack,
) -> impl Iterator<Item = (&'t str, Result<Value, Unresolved>)> {
    let of_template = declared.into_iter().flatten().map(|(name, declared)| (name.as_str(), Some(declared)));
    let of_stack = stack.parameters.keys().map(|name| name.as_str());
    let only_given = of_stack.filter(move |name| !declared.is_some_and(|declared| declared.contains_key(*name)));
    of_template
        .chain(only_given.map(|name| (name, None)))
        .map(|(name, declared)| (name, value(declared, stack.parameters.get(name))))
}

fn is_hidden(declared: &Map<String, Value>) -> bool {
    match declared.get("NoEcho") {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.eq_ignore_ascii_case("false"),
        Some(_) => true,
    }
}

fn is_masked(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| byte == b'*')
}

fn default(declared: &Map<String, Value>) -> Option<String> {
    match declared.get("Default")? {
        Value::String(text) => Some(text.clone()),
        scalar @ (Value::Number(_) | Value::Bool(_)) => Some(scalar.to_string()),
        Value::Array(_) | Value::Object(_) | Value::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(declared: &Value, given: Option<(&str, Option<&str>)>) -> Result<Value, Unresolved> {
        let given = given
            .map(|(value, resolved)| Given { value: Some(value.to_owned()), resolved: resolved.map(str::to_owned) });
        value(Some(declared), given.as_ref())
    }

    #[test]
    fn what_was_given_wins_over_the_default_and_all_values_are_text() {
        assert_eq!(of(&json!({"Type": "Number", "Default": 5}), None), Ok(json!("5")));
        assert_eq!(of(&json!({"Type": "Number", "Default": 5}), Some(("60", None))), Ok(json!("60")));
        assert_eq!(of(&json!({"Type": "String", "Default": ""}), None), Ok(json!("")));
        assert_eq!(of(&json!({"Type": "String"}), None), Err(Unresolved::Parameter));
    }

    #[test]
    fn lists_are_split_and_trimmed() {
        for kind in ["CommaDelimitedList", "List<AWS::EC2::Subnet::Id>", "List<Number>"] {
            assert_eq!(of(&json!({"Type": kind}), Some(("a, b ,c", None))), Ok(json!(["a", "b", "c"])), "{kind}");
        }
        assert_eq!(of(&json!({"Type": "String"}), Some(("a,b", None))), Ok(json!("a,b")));
    }

    #[test]
    fn a_stored_parameter_is_what_it_resolved_to() {
        let kind = json!({"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/x"});
        assert_eq!(of(&kind, Some(("/x", Some("a,b")))), Ok(json!(["a", "b"])));
        assert_eq!(of(&kind, Some(("/x", None))), Err(Unresolved::Parameter));
        assert_eq!(of(&kind, None), Err(Unresolved::Parameter));
        assert_eq!(of(&json!({"Type": "AWS::SSM::Parameter::Name"}), Some(("/x", None))), Ok(json!("/x")));
    }

    #[test]
    fn what_is_hidden_is_not_kept() {
        assert_eq!(of(&json!({"NoEcho": true, "Default": "hunter2"}), None), Err(Unresolved::Parameter));
        assert_eq!(of(&json!({"NoEcho": "true"}), Some(("hunter2", None))), Err(Unresolved::Parameter));
        assert_eq!(of(&json!({}), Some(("****", None))), Err(Unresolved::Parameter));
        assert_eq!(of(&json!({"NoEcho": false, "Default": "a"}), None), Ok(json!("a")));
        assert_eq!(of(&json!({"NoEcho": "false", "Default": "a"}), None), Ok(json!("a")));
    }
}
