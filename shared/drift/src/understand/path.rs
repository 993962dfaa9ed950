//! Reads values by the catalog's paths: `a.b`, `a[].b`, `a[0].b`, `a[key=x].b`, names without regard to case and underscores.

use serde_json::{Map, Value};

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// The first step of a path that is not empty, and the rest. A path is data from the catalog; what cannot be read finds
/// nothing.
fn step(path: &str) -> Option<(Step<'_>, &str)> {
    let (step, rest) = match path.strip_prefix('[') {
        Some(inner) => {
            let end = inner.bytes().position(|byte| byte == b']')?;
            let (selector, after) = inner.split_at(end);
            let step = match selector {
                "" => Step::Each,
                "0" => Step::At(0),
                _ => match selector.split_once('=') {
                    Some((name, value)) => Step::Where(name, value),
                    None => selector.parse().map_or(Step::Each, Step::At),
                },
            };
            (step, after.strip_prefix(']').unwrap_or(after))
        }
        None => {
            let end = path.bytes().position(|byte| matches!(byte, b'.' | b'[')).unwrap_or(path.len());
            let (name, after) = path.split_at(end);
            (Step::Name(name), after)
        }
    };
    Some((step, rest.strip_prefix('.').unwrap_or(rest)))
}

/// Whether two names are the same without case and underscores: `dBInstanceClass`, `db_instance_class`.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    same_letters(one.bytes(), other.bytes())
}

/// Whether a path, or a condition on one, starts with a name.
pub(super) fn starts_with(path: &str, name: &str) -> bool {
    let path = path.bytes().skip_while(|byte| matches!(byte, b'>' | b'!'));
    same_letters(path.take_while(|byte| !matches!(byte, b'.' | b'[' | b'=')), name.bytes())
}

fn same_letters(one: impl Iterator<Item = u8>, other: impl Iterator<Item = u8>) -> bool {
    let is_letter = |byte: &u8| !matches!(byte, b'_' | b'-');
    let mut one = one.filter(is_letter);
    let mut other = other.filter(is_letter);
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
    // Few names are compared sooner than one is hashed.
    let exact = match members.len() {
        0..=FEW => members.iter().find(|(key, _)| *key == name),
        _ => members.get_key_value(name),
    };
    exact.or_else(|| members.iter().find(|(key, _)| same_name(key, name)))
}

const FEW: usize = 8;

/// Whether a path goes through every element of a list.
pub(crate) fn walks(path: &str) -> bool {
    path.as_bytes().windows(2).any(|pair| pair == b"[]")
}

/// Every value at a path. A list step accepts the single object that XML makes of a one-element list, and a name step
/// looks through the one-element list that Terraform makes of a block.
pub(crate) fn values<'v>(root: &'v Map<String, Value>, path: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    each(root, path, |value| found.push(value));
    found
}

/// Shows every value at a path.
pub(crate) fn each<'v>(root: &'v Map<String, Value>, path: &str, mut show: impl FnMut(&'v Value)) {
    find(root, path, |value| {
        show(value);
        None::<()>
    });
}

/// Puts a value at a path of plain steps, making the objects on the way.
pub(crate) fn nest(into: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((block, rest)) = path.split_once('.') else {
        into.insert(path.to_owned(), value);
        return;
    };
    let members = into.entry(block).or_insert_with(|| Value::Object(Map::new()));
    if let Some(members) = members.as_object_mut() {
        nest(members, rest, value);
    }
}

/// The first value at a path that is not null.
pub(crate) fn first<'v>(root: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    find(root, path, |value| (!value.is_null()).then_some(value))
}

/// What is first made of a value at a path.
pub(crate) fn find<'v, T>(
    root: &'v Map<String, Value>,
    path: &str,
    mut make: impl FnMut(&'v Value) -> Option<T>,
) -> Option<T> {
    let (_, value, rest) = start(root, path)?;
    walk(value, Way::Start(""), rest, &mut |_, value| make(value))
}

/// Whether there is a member that the path starts with.
pub(crate) fn starts_in(root: &Map<String, Value>, path: &str) -> bool {
    start(root, path).is_some()
}

/// The value at a path, if there is exactly one way to it, with the path as the document spells it.
pub(crate) fn located<'v>(root: &'v Map<String, Value>, path: &str) -> Option<(String, &'v Value)> {
    let (key, value, rest) = start(root, path)?;
    let mut found = None;
    let other = walk(value, Way::Start(key), rest, &mut |way, value| found.replace((way.spelled(), value)).map(|_| ()));
    found.filter(|_| other.is_none())
}

/// The value at a path below a value, if there is exactly one way to it.
pub(crate) fn below<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut found = None;
    let other = walk(value, Way::Start(""), path, &mut |_, value| found.replace(value).map(|_| ()));
    found.filter(|_| other.is_none())
}

/// The member that a path starts with, and the rest of the path.
fn start<'v, 'p>(root: &'v Map<String, Value>, path: &'p str) -> Option<(&'v str, &'v Value, &'p str)> {
    let (Step::Name(name), rest) = step(path)? else { return None };
    let (key, value) = member(root, name)?;
    Some((key, value, rest))
}

/// The way to a value, as a chain to its start; spelled out only where somebody asks for it.
#[derive(Debug, Clone, Copy)]
enum Way<'w> {
    Start(&'w str),
    Member(&'w Self, &'w str),
    Element(&'w Self, usize),
}

impl Way<'_> {
    /// The way as a path: `a[0].b`.
    fn spelled(self) -> String {
        let mut path = String::with_capacity(48);
        self.spell(&mut path);
        path
    }

    fn spell(self, path: &mut String) {
        match self {
            Self::Start(key) => path.push_str(key),
            Self::Member(way, key) => {
                way.spell(path);
                path.push('.');
                path.push_str(key);
            }
            Self::Element(way, index) => {
                way.spell(path);
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
        }
    }
}

/// Goes every way along a path, until `visit` makes something of a value at the end of one.
fn walk<'v, T>(
    value: &'v Value,
    way: Way<'_>,
    path: &str,
    visit: &mut impl FnMut(Way<'_>, &'v Value) -> Option<T>,
) -> Option<T> {
    if path.is_empty() {
        return visit(way, value);
    }
    let (step, rest) = step(path)?;
    match (step, value) {
        (Step::Name(name), Value::Object(members)) => {
            let (key, value) = member(members, name)?;
            walk(value, Way::Member(&way, key), rest, visit)
        }
        (Step::Name(_), Value::Array(elements)) => match elements.as_slice() {
            [only] => walk(only, Way::Element(&way, 0), path, visit),
            _ => None,
        },
        (Step::Each, Value::Array(elements)) => {
            let mut elements = elements.iter().enumerate();
            elements.find_map(|(index, element)| walk(element, Way::Element(&way, index), rest, visit))
        }
        (Step::Each | Step::At(0), Value::Object(_) | Value::String(_)) => walk(value, way, rest, visit),
        (Step::At(index), Value::Array(elements)) => walk(elements.get(index)?, Way::Element(&way, index), rest, visit),
        (Step::Where(name, wanted), Value::Object(members)) if has(members, name, wanted) => {
            walk(value, way, rest, visit)
        }
        (Step::Where(name, wanted), Value::Array(elements)) => elements
            .iter()
            .enumerate()
            .filter(|(_, element)| element.as_object().is_some_and(|members| has(members, name, wanted)))
            .find_map(|(index, element)| walk(element, Way::Element(&way, index), rest, visit)),
        _ => None,
    }
}

/// Whether a member has a value, in any case: S3 logs `Prefix` for what it calls `prefix`.
fn has(members: &Map<String, Value>, name: &str, wanted: &str) -> bool {
    member(members, name).is_some_and(|(_, value)| reads(value, wanted))
}

/// Whether a scalar reads like a text, in any case.
pub(crate) fn reads(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => !text.is_empty() && text.eq_ignore_ascii_case(wanted),
        other => text(other).is_some_and(|text| text.eq_ignore_ascii_case(wanted)),
    }
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

/// A number, also as the text that templates may write it as.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
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
