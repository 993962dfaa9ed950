//! Reads values by the catalog's paths: `a.b`, `a[].b`, `a[0].b`, `a[key=x].b`, names without regard to case and underscores.

use serde_json::{Map, Value};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step<'p> {
    /// A member by name.
    Name(&'p str),
    /// Every element.
    Each,
    /// The element at an index.
    At(usize),
    /// The elements whose member has the value.
    Where(&'p str, &'p str),
}

/// Splits a path. A path is data from the catalog; what cannot be read finds nothing.
fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let Some((selector, after)) = inner.split_once(']') else { return Vec::new() };
            steps.push(match (selector, selector.split_once('=')) {
                ("", _) => Step::Each,
                (_, Some((name, value))) => Step::Where(name, value),
                _ => selector.parse().map_or(Step::Each, Step::At),
            });
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            steps.push(Step::Name(name));
            rest = after.strip_prefix('.').unwrap_or(after);
        }
    }
    steps
}

/// Whether two names are the same without case and underscores: `dBInstanceClass`, `db_instance_class`.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let mut one = one.bytes().filter(|byte| *byte != b'_' && *byte != b'-');
    let mut other = other.bytes().filter(|byte| *byte != b'_' && *byte != b'-');
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(left), Some(right)) if left.eq_ignore_ascii_case(&right) => {}
            _ => return false,
        }
    }
}

/// The member of an object, exact or by folded name.
fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<(&'v String, &'v Value)> {
    members.get_key_value(name).or_else(|| members.iter().find(|(key, _)| same_name(key, name)))
}

/// Every value at a path. A list step accepts the single object that XML makes of a one-element list, and a name step
/// looks through the one-element list that Terraform makes of a block.
pub(crate) fn values<'v>(root: &'v Map<String, Value>, path: &str) -> Vec<&'v Value> {
    // Most paths are one name.
    if !path.contains(['.', '[']) {
        return member(root, path).map(|(_, value)| value).into_iter().collect();
    }
    let mut found: Vec<(Unspelled, &Value)> = Vec::new();
    let steps = steps(path);
    if let Some((Step::Name(name), rest)) = steps.split_first()
        && let Some((_, value)) = member(root, name)
    {
        walk(value, Unspelled, rest, &mut found);
    }
    found.into_iter().map(|(_, value)| value).collect()
}

/// How a way through a document is kept: spelled out where somebody asks for it, not at all elsewhere.
trait Way: Clone {
    fn member(&self, key: &str) -> Self;
    fn element(&self, index: usize) -> Self;
}

/// A way that nobody asks for.
#[derive(Debug, Clone, Copy)]
struct Unspelled;

impl Way for Unspelled {
    fn member(&self, _: &str) -> Self {
        Self
    }

    fn element(&self, _: usize) -> Self {
        Self
    }
}

impl Way for String {
    fn member(&self, key: &str) -> Self {
        format!("{self}.{key}")
    }

    fn element(&self, index: usize) -> Self {
        format!("{self}[{index}]")
    }
}

/// The value at a path, if there is exactly one way to it, with the path as the document spells it.
pub(crate) fn located<'v>(root: &'v Map<String, Value>, path: &str) -> Option<(String, &'v Value)> {
    let mut found = Vec::new();
    let steps = steps(path);
    let (Step::Name(name), rest) = steps.split_first()? else { return None };
    let (key, value) = member(root, name)?;
    walk(value, key.clone(), rest, &mut found);
    if found.len() == 1 { found.pop() } else { None }
}

/// The first value at a path that is not null.
pub(crate) fn first<'v>(root: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if !path.contains(['.', '[']) {
        return member(root, path).map(|(_, value)| value).filter(|value| !value.is_null());
    }
    values(root, path).into_iter().find(|value| !value.is_null())
}

fn walk<'v, W: Way>(value: &'v Value, at: W, steps: &[Step<'_>], found: &mut Vec<(W, &'v Value)>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push((at, value));
        return;
    };
    match (step, value) {
        (Step::Name(name), Value::Object(members)) => {
            if let Some((key, value)) = member(members, name) {
                walk(value, at.member(key), rest, found);
            }
        }
        (Step::Name(_), Value::Array(elements)) if elements.len() == 1 => {
            if let Some(only) = elements.first() {
                walk(only, at.element(0), steps, found);
            }
        }
        (Step::Each, Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                walk(element, at.element(index), rest, found);
            }
        }
        (Step::Each | Step::At(0), Value::Object(_) | Value::String(_)) => walk(value, at, rest, found),
        (Step::At(index), Value::Array(elements)) => {
            if let Some(element) = elements.get(*index) {
                walk(element, at.element(*index), rest, found);
            }
        }
        (Step::Where(name, wanted), Value::Object(members)) if has(members, name, wanted) => {
            walk(value, at, rest, found)
        }
        (Step::Where(name, wanted), Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                if element.as_object().is_some_and(|members| has(members, name, wanted)) {
                    walk(element, at.element(index), rest, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether a member has a value, in any case: S3 logs `Prefix` for what it calls `prefix`.
fn has(members: &Map<String, Value>, name: &str, wanted: &str) -> bool {
    member(members, name).and_then(|(_, value)| text(value)).is_some_and(|text| text.eq_ignore_ascii_case(wanted))
}

/// A scalar as the text that identifiers are made of; objects and lists have none.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn root() -> Map<String, Value> {
        let Value::Object(members) = json!({
            "versioning_configuration": [{"status": "Enabled"}],
            "dBInstanceClass": "db.t3.small",
            "attributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "60"}, {"Key": "deletion_protection.enabled", "Value": "true"}],
            "instancesSet": [{"instanceId": "i-1"}, {"instanceId": "i-2"}],
            "Tagging": {"TagSet": {"Tag": {"Key": "a", "Value": true}}},
        }) else {
            panic!("an object")
        };
        members
    }

    #[test]
    fn a_located_path_is_spelled_as_the_document_does() {
        let root = root();
        assert_eq!(
            located(&root, "versioning_configuration[0].status"),
            Some(("versioning_configuration[0].status".to_owned(), &json!("Enabled")))
        );
        assert_eq!(
            located(&root, "versioningConfiguration.Status").map(|it| it.0).as_deref(),
            Some("versioning_configuration[0].status")
        );
    }

    #[test]
    fn names_match_without_case_and_underscores() {
        assert_eq!(first(&root(), "DBInstanceClass"), Some(&json!("db.t3.small")));
        assert!(same_name("db_instance_class", "dBInstanceClass"));
        assert!(!same_name("instance_class", "dBInstanceClass"));
    }

    #[test]
    fn lists_are_walked_and_picked_from() {
        let root = root();
        assert_eq!(values(&root, "instancesSet[].instanceId"), [&json!("i-1"), &json!("i-2")]);
        assert_eq!(first(&root, "attributes[key=deletion_protection.enabled].value"), Some(&json!("true")));
        assert_eq!(first(&root, "Tagging.TagSet.Tag[].Key"), Some(&json!("a")));
    }

    #[test]
    fn a_path_that_cannot_be_read_finds_nothing() {
        assert_eq!(first(&root(), "attributes[key"), None);
        assert_eq!(first(&root(), ""), None);
    }
}
