//! Functions on one change: which setting it is about, and which way the setting went.
//!
//! A setting is named once (`deletion_protection`) and found in Terraform's, CloudFormation's and Pulumi's spelling,
//! as the change itself (`metadata_options[0].http_tokens`) or inside a larger value that changed as a whole.

use cel::common::value::Val;

use crate::judge::value::{Record, View};

/// Whether the change is about one of the settings.
pub(super) fn about(change: &Record, names: &[&str]) -> bool {
    names.iter().any(|name| paths(change).any(|path| ends_with(path, name)))
}

/// Whether the change is about tags, or one tag.
pub(super) fn about_tags(change: &Record) -> bool {
    let first = |path: &str| path.split(['.', '[']).next().unwrap_or_default().to_owned();
    paths(change).map(first).any(|name| ["tags", "tags_all", "tag", "tag_set"].iter().any(|own| same_name(&name, own)))
}

/// The value the setting has now, and the one it was declared to have; `None` where the change does not say.
pub(super) fn value<'a>(change: &'a Record, side: &str, names: &[&str]) -> Option<&'a (dyn Val + 'static)> {
    let whole: &'a (dyn Val + 'static) = &**change.field(side)?;
    names.iter().find_map(|name| {
        if paths(change).any(|path| ends_with(path, name)) {
            return Some(whole);
        }
        if paths(change).any(is_tag) {
            return None;
        }
        let segments: Vec<&str> = name.split('.').collect();
        let inside = |(at, _): (usize, char)| {
            let (leading, rest) = (name.get(..at)?, name.get(at + 1..)?);
            let rest: Vec<&str> = rest.split('.').collect();
            paths(change).any(|path| ends_with(path, leading)).then(|| walk(whole, &rest)).flatten()
        };
        name.char_indices().filter(|(_, character)| *character == '.').find_map(inside).or_else(|| search(whole, &segments, 4))
    })
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

/// The change's names: the declaration's own, and CloudFormation's.
pub(super) fn paths(change: &Record) -> impl Iterator<Item = &str> {
    ["attribute", "property"].into_iter().filter_map(|name| change.field(name).and_then(|path| View::of(&**path).text()))
}

/// Whether two names are the same but for case and underscores.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl DoubleEndedIterator<Item = char> {
    name.chars().filter(|character| !matches!(character, '_' | '-')).map(|character| character.to_ascii_lowercase())
}

/// Whether a path's last names are the setting's. A tag may be called anything, so a tag is only itself.
fn ends_with(path: &str, name: &str) -> bool {
    let mut path_letters = without_indexes(path).rev();
    for wanted in letters(name).rev() {
        if path_letters.next() != Some(wanted) {
            return false;
        }
    }
    matches!(path_letters.next(), None | Some('.')) && (is_tag(name) || !is_tag(path))
}

/// A path without `[0]`, in small letters.
fn without_indexes(path: &str) -> impl DoubleEndedIterator<Item = char> {
    let mut kept = Vec::with_capacity(path.len());
    let mut inside = false;
    for character in path.chars() {
        match character {
            '[' => inside = true,
            ']' => inside = false,
            '_' | '-' => {}
            other if !inside => kept.push(other.to_ascii_lowercase()),
            _ => {}
        }
    }
    kept.into_iter()
}

/// Whether a path lies among tags or in other people's own names, such as a function's variables.
fn is_tag(path: &str) -> bool {
    path.split(['.', '[']).any(|name| ["tags", "tag", "tagsall", "variables"].iter().any(|own| same_name(name, own)))
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
        Record::new(fields.iter().map(|(name, value)| (name.clone(), owned(value))))
    }

    #[test]
    fn a_setting_is_found_in_every_vocabulary() {
        for path in ["deletion_protection", "DeletionProtection", "deletionProtection", "settings[0].deletion_protection"] {
            assert!(about(&change(json!({"attribute": path})), &["deletion_protection"]), "{path}");
        }
        let property = json!({"attribute": "api_termination", "property": "DisableApiTermination"});
        assert!(about(&change(property), &["disable_api_termination"]));
        for path in ["no_deletion_protection", "deletion_protection.other", "tags.deletion_protection", "deletion"] {
            assert!(!about(&change(json!({"attribute": path})), &["deletion_protection"]), "{path}");
        }
        assert!(about(&change(json!({"attribute": "tags.Owner"})), &["tags.owner"]));
    }

    #[test]
    fn a_setting_is_found_inside_a_block_that_changed_as_a_whole() {
        let block = change(json!({
            "attribute": "metadata_options", "op": "replaced",
            "declared": [{"http_tokens": "required"}], "actual": [{"http_tokens": "optional"}]
        }));
        let now = |names: &[&str]| value(&block, "actual", names).and_then(|value| View::of(value).text().map(str::to_owned));
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
