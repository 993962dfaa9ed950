//! Functions on one change: which setting it is about, and which way the setting went.
//!
//! A setting is named once (`deletion_protection`) and found in Terraform's, CloudFormation's and Pulumi's spelling,
//! as the change itself (`metadata_options[0].http_tokens`) or inside a larger value that changed as a whole.

use cel::common::value::Val;

use crate::judge::path::{Paths, same_name};
use crate::judge::value::{Record, View};

/// Whether the change is about one of the settings.
pub(super) fn about(change: &Record, names: &[&str]) -> bool {
    change.paths().is_some_and(|paths| names.iter().any(|name| paths.are(name)))
}

/// Whether the change is about tags, or one tag.
pub(super) fn about_tags(change: &Record) -> bool {
    change.paths().is_some_and(Paths::is_tag)
}

/// The value the setting has now, or the one it was declared to have; `None` where the change does not say.
pub(super) fn value<'a>(change: &'a Record, side: &str, names: &[&str]) -> Option<&'a (dyn Val + 'static)> {
    let paths = change.paths()?;
    let whole: &'a (dyn Val + 'static) = &**change.field(side)?;
    if names.iter().any(|name| paths.are(name)) {
        return Some(whole);
    }
    let holds_more = matches!(View::of(whole), View::Object(_) | View::List(_));
    match holds_more && !paths.is_own_name() {
        true => names.iter().find_map(|name| inside(paths, whole, name)),
        false => None,
    }
}

/// The setting's value inside a larger one: below the part of its name that the change has, or anywhere.
fn inside<'a>(paths: &Paths, whole: &'a (dyn Val + 'static), name: &str) -> Option<&'a (dyn Val + 'static)> {
    let below = |(at, _): (usize, &str)| {
        let (leading, rest) = (name.get(..at)?, name.get(at + 1..)?);
        paths.are(leading).then(|| walk(whole, &rest.split('.').collect::<Vec<_>>())).flatten()
    };
    let segments: Vec<&str> = name.split('.').collect();
    name.match_indices('.').find_map(below).or_else(|| search(whole, &segments, 4))
}

/// Whether the setting is on now, and was not declared to be.
pub(super) fn turned_on(change: &Record, names: &[&str]) -> bool {
    let now = value(change, "actual", names).map(View::of);
    let was = value(change, "declared", names).map(View::of);
    now.is_some_and(is_on) && !was.is_some_and(is_on)
}

/// Whether the setting is off now, or gone, and was not declared to be.
pub(super) fn turned_off(change: &Record, names: &[&str]) -> bool {
    let now = value(change, "actual", names).map(View::of);
    let was = value(change, "declared", names).map(View::of);
    if was.is_some_and(is_off) {
        return false;
    }
    let gone = operation(change) == Some("removed") && was.is_some_and(|was| !matches!(was, View::Null));
    now.is_some_and(is_off) || gone
}

/// Whether the number is smaller (or larger) now than declared.
pub(super) fn moved(change: &Record, names: &[&str], test: fn(f64, f64) -> bool) -> bool {
    let number = |side| value(change, side, names).map(View::of).and_then(View::number);
    match (number("declared"), number("actual")) {
        (Some(was), Some(now)) => test(was, now),
        (None, _) | (_, None) => false,
    }
}

/// `true`, `"true"`, `"Enabled"`, `"ON"`.
pub(super) fn is_on(value: View<'_, '_>) -> bool {
    match value {
        View::Bool(flag) => flag,
        View::Text(text) => ["true", "enabled", "enable", "on", "yes"].iter().any(|on| text.eq_ignore_ascii_case(on)),
        View::Null | View::Number(_) | View::List(_) | View::Object(_) | View::Other => false,
    }
}

/// `false`, `"false"`, `"Disabled"`, `"Suspended"`, `"OFF"`.
pub(super) fn is_off(value: View<'_, '_>) -> bool {
    match value {
        View::Bool(flag) => !flag,
        View::Text(text) => {
            ["false", "disabled", "disable", "suspended", "off", "no"].iter().any(|off| text.eq_ignore_ascii_case(off))
        }
        View::Null | View::Number(_) | View::List(_) | View::Object(_) | View::Other => false,
    }
}

/// What happened to the setting: `added`, `removed`, `replaced`.
pub(super) fn operation(change: &Record) -> Option<&str> {
    change.field("op").and_then(|op| View::of(&**op).text())
}

/// The value at a chain of names, through lists.
fn walk<'a, 'v>(value: &'a (dyn Val + 'v), names: &[&str]) -> Option<&'a (dyn Val + 'v)> {
    let Some((first, rest)) = names.split_first() else { return Some(value) };
    match View::of(value) {
        View::Object(fields) => {
            fields.fields().filter(|(name, _)| same_name(name, first)).find_map(|(_, inner)| walk(&**inner, rest))
        }
        View::List(items) => items.iter().find_map(|item| walk(&**item, names)),
        View::Null | View::Bool(_) | View::Number(_) | View::Text(_) | View::Other => None,
    }
}

/// The value at a chain of names, anywhere inside.
fn search<'a, 'v>(value: &'a (dyn Val + 'v), names: &[&str], depth: usize) -> Option<&'a (dyn Val + 'v)> {
    let deeper = depth.checked_sub(1)?;
    walk(value, names).or_else(|| match View::of(value) {
        View::Object(fields) => fields.fields().find_map(|(_, inner)| search(&**inner, names, deeper)),
        View::List(items) => items.iter().find_map(|item| search(&**item, names, deeper)),
        View::Null | View::Bool(_) | View::Number(_) | View::Text(_) | View::Other => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::judge::value::owned;

    fn change(value: Value) -> Record {
        let Value::Object(fields) = value else { panic!("an object") };
        let paths = Paths::new(fields.get("attribute").and_then(Value::as_str));
        Record::change(fields.iter().map(|(name, value)| (name.clone(), owned(value))), paths)
    }

    #[test]
    fn a_setting_is_found_inside_a_block_that_changed_as_a_whole() {
        let block = change(json!({
            "attribute": "metadata_options", "op": "replaced",
            "declared": [{"http_tokens": "required"}], "actual": [{"http_tokens": "optional"}]
        }));
        let now =
            |names: &[&str]| value(&block, "actual", names).and_then(|value| View::of(value).text().map(str::to_owned));
        assert_eq!(now(&["http_tokens"]).as_deref(), Some("optional"));
        assert_eq!(now(&["metadata_options.http_tokens"]).as_deref(), Some("optional"));
        assert_eq!(now(&["other_options.http_tokens"]), None);
        let tags = change(json!({"attribute": "tags", "actual": {"http_tokens": "optional"}}));
        assert!(value(&tags, "actual", &["http_tokens"]).is_none());
    }

    #[test]
    fn off_means_off_now_and_not_declared_off() {
        let off = |value: Value| turned_off(&change(value), &["encrypted"]);
        assert!(off(json!({"attribute": "encrypted", "op": "replaced", "declared": true, "actual": false})));
        assert!(off(json!({"attribute": "encrypted", "op": "replaced", "declared": "true", "actual": "false"})));
        assert!(off(json!({"attribute": "encrypted", "op": "removed", "declared": true})));
        assert!(!off(json!({"attribute": "encrypted", "op": "removed", "declared": false})));
        assert!(!off(json!({"attribute": "encrypted", "op": "replaced", "declared": false, "actual": true})));
        assert!(!off(json!({"attribute": "other", "op": "replaced", "declared": true, "actual": false})));
    }
}
