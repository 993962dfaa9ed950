//! Functions on one change: which setting it is about, and which way the setting went.
//!
//! A setting is named once (`deletion_protection`) and found in Terraform's, CloudFormation's and Pulumi's spelling,
//! as the change itself (`metadata_options[0].http_tokens`) or inside a larger value that changed as a whole.

use crate::judge::path::{Name, Paths, is_name};
use crate::judge::view::{Fields, View};

/// Whether the change is about one of the settings.
pub(super) fn about(change: Fields<'_>, names: &[Name]) -> bool {
    change.paths().is_some_and(|paths| are(paths, names))
}

fn are(paths: &Paths, names: &[Name]) -> bool {
    names.iter().any(|name| paths.are(name))
}

/// Whether the change is about tags, or one tag.
pub(super) fn about_tags(change: Fields<'_>) -> bool {
    change.paths().is_some_and(Paths::is_tag)
}

/// The value the setting has now, or the one it was declared to have; `None` where the change does not say.
pub(crate) fn value<'a>(change: Fields<'a>, side: &str, names: &[Name]) -> Option<View<'a, 'static>> {
    let paths = change.paths()?;
    let whole = change.field(side)?;
    if are(paths, names) {
        return Some(whole);
    }
    let holds_more = matches!(whole, View::Object(_) | View::List(_));
    match holds_more && !paths.is_own_name() {
        true => names.iter().filter(|name| paths.may_hold(name)).find_map(|name| inside(paths, whole, name)),
        false => None,
    }
}

/// The setting's value inside a larger one: below the part of its name that the change has, or anywhere.
fn inside<'a>(paths: &Paths, whole: View<'a, 'static>, name: &Name) -> Option<View<'a, 'static>> {
    let below = paths.below(name).find_map(|rest| walk(whole, Some(rest)));
    below.or_else(|| search(whole, name.normal(), 4))
}

/// Whether the setting is on now, and was not declared to be.
pub(super) fn turned_on(change: Fields<'_>, names: &[Name]) -> bool {
    value(change, "actual", names).is_some_and(is_on) && !value(change, "declared", names).is_some_and(is_on)
}

/// Whether the setting is off now, or gone, and was not declared to be.
pub(super) fn turned_off(change: Fields<'_>, names: &[Name]) -> bool {
    let was = || value(change, "declared", names);
    let gone = || operation(change) == Some("removed") && was().is_some_and(|was| !matches!(was, View::Null));
    (value(change, "actual", names).is_some_and(is_off) || gone()) && !was().is_some_and(is_off)
}

/// Whether the number is smaller now than declared.
pub(super) fn lowered(change: Fields<'_>, names: &[Name]) -> bool {
    moved(change, names, |was, now| now < was)
}

/// Whether the number is larger now than declared.
pub(super) fn raised(change: Fields<'_>, names: &[Name]) -> bool {
    moved(change, names, |was, now| now > was)
}

fn moved(change: Fields<'_>, names: &[Name], test: fn(f64, f64) -> bool) -> bool {
    let number = |side| value(change, side, names).and_then(View::number);
    number("actual").is_some_and(|now| number("declared").is_some_and(|was| test(was, now)))
}

/// `true`, `"true"`, `"Enabled"`, `"ON"`.
fn is_on(value: View<'_, '_>) -> bool {
    match value {
        View::Bool(flag) => flag,
        View::Text(text) => ["true", "enabled", "enable", "on", "yes"].iter().any(|on| text.eq_ignore_ascii_case(on)),
        View::Null | View::Number(_) | View::List(_) | View::Object(_) | View::Other => false,
    }
}

/// `false`, `"false"`, `"Disabled"`, `"Suspended"`, `"OFF"`.
fn is_off(value: View<'_, '_>) -> bool {
    match value {
        View::Bool(flag) => !flag,
        View::Text(text) => {
            ["false", "disabled", "disable", "suspended", "off", "no"].iter().any(|off| text.eq_ignore_ascii_case(off))
        }
        View::Null | View::Number(_) | View::List(_) | View::Object(_) | View::Other => false,
    }
}

/// What happened to the setting: `added`, `removed`, `replaced`.
fn operation(change: Fields<'_>) -> Option<&str> {
    change.field("op").and_then(View::text)
}

/// The value at a chain of names, through lists.
fn walk<'a>(value: View<'a, 'static>, names: Option<&str>) -> Option<View<'a, 'static>> {
    let Some(names) = names else { return Some(value) };
    match value {
        View::Object(fields) => {
            let (first, rest) = names.split_once('.').map_or((names, None), |(first, rest)| (first, Some(rest)));
            fields.find(|name, inner| is_name(name, first).then(|| walk(inner, rest)).flatten())
        }
        View::List(items) => items.iter().find_map(|item| walk(item, Some(names))),
        View::Null | View::Bool(_) | View::Number(_) | View::Text(_) | View::Other => None,
    }
}

/// The value at a chain of names, anywhere inside.
fn search<'a>(value: View<'a, 'static>, names: &str, depth: usize) -> Option<View<'a, 'static>> {
    let deeper = depth.checked_sub(1)?;
    walk(value, Some(names)).or_else(|| match value {
        View::Object(fields) => fields.find(|_, inner| search(inner, names, deeper)),
        View::List(items) => items.iter().find_map(|item| search(item, names, deeper)),
        View::Null | View::Bool(_) | View::Number(_) | View::Text(_) | View::Other => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::judge::value::{Record, owned};

    fn change(value: Value) -> Record {
        let Value::Object(fields) = value else { panic!("an object") };
        let paths = Paths::new(fields.get("attribute").and_then(Value::as_str));
        Record::change(fields.iter().map(|(name, value)| (name.clone(), owned(View::of_json(value)))), paths)
    }

    #[test]
    fn a_setting_is_found_inside_a_block_that_changed_as_a_whole() {
        let block = change(json!({
            "attribute": "metadata_options", "op": "replaced",
            "declared": [{"http_tokens": "required"}], "actual": [{"http_tokens": "optional"}]
        }));
        let named = |name: &str| [Name::new(name)];
        let now = |name: &str| value(Fields::Record(&block), "actual", &named(name)).and_then(View::text);
        assert_eq!(now("http_tokens"), Some("optional"));
        assert_eq!(now("metadata_options.http_tokens"), Some("optional"));
        assert_eq!(now("other_options.http_tokens"), None);
        let tags = change(json!({"attribute": "tags", "actual": {"http_tokens": "optional"}}));
        assert!(value(Fields::Record(&tags), "actual", &named("http_tokens")).is_none());
    }

    #[test]
    fn off_means_off_now_and_not_declared_off() {
        let off = |value: Value| turned_off(Fields::Record(&change(value)), &[Name::new("encrypted")]);
        assert!(off(json!({"attribute": "encrypted", "op": "replaced", "declared": true, "actual": false})));
        assert!(off(json!({"attribute": "encrypted", "op": "replaced", "declared": "true", "actual": "false"})));
        assert!(off(json!({"attribute": "encrypted", "op": "removed", "declared": true})));
        assert!(!off(json!({"attribute": "encrypted", "op": "removed", "declared": false})));
        assert!(!off(json!({"attribute": "encrypted", "op": "replaced", "declared": false, "actual": true})));
        assert!(!off(json!({"attribute": "other", "op": "replaced", "declared": true, "actual": false})));
    }
}
