//! What a call gives at the catalog's paths: values as they were logged, and the values of properties. Names nothing.

use driftwire_catalog::{Constant, Property};
use serde_json::{Map, Value};

use super::path;
use crate::call::Call;

/// The values at a path of the call: `>` starts in the response.
pub(super) fn values<'v>(call: &'v Call<'_>, path: &str) -> Vec<&'v Value> {
    let (root, path) = rooted(&call.request, Some(call), path);
    root.map(|root| path::values(root, path)).unwrap_or_default()
}

/// Shows every value at a path of the call.
pub(super) fn each<'v>(call: &'v Call<'_>, path: &str, show: impl FnMut(&'v Value)) {
    let (root, path) = rooted(&call.request, Some(call), path);
    if let Some(root) = root {
        path::each(root, path, show);
    }
}

/// What is first made of a value at a path of the call.
pub(super) fn find<'v, T>(call: &'v Call<'_>, path: &str, make: impl FnMut(&'v Value) -> Option<T>) -> Option<T> {
    let (root, path) = rooted(&call.request, Some(call), path);
    path::find(root?, path, make)
}

/// Where a path starts.
fn rooted<'v, 'p>(
    request: &'v Map<String, Value>,
    call: Option<&'v Call<'_>>,
    path: &'p str,
) -> (Option<&'v Map<String, Value>>, &'p str) {
    match path.strip_prefix('>') {
        Some(path) => (call.map(Call::response), path),
        None => (Some(request), path),
    }
}

/// The value that a call, or a part of one, gives a property.
pub(super) fn observed(request: &Map<String, Value>, call: &Call<'_>, property: &Property) -> Option<Value> {
    observed_at(request, Some(call), property, property.member)
}

/// The same, where the property's member is at another path.
pub(crate) fn observed_at(
    request: &Map<String, Value>,
    call: Option<&Call<'_>>,
    property: &Property,
    member: &str,
) -> Option<Value> {
    let (root, path) = rooted(request, call, member);
    // Most members of a row are not in a call.
    let found = root.filter(|root| path::starts_in(root, path)).and_then(|root| {
        let walks = path::walks(path) && !path.contains('=');
        if walks { flat(root, path) } else { path::first(root, path).cloned() }
    });
    found.or_else(|| constant(property.absent))
}

/// Every value at a path that walks a list, in one list; an empty one where the list is there and empty.
fn flat(root: &Map<String, Value>, path: &str) -> Option<Value> {
    let mut found = None;
    path::each(root, path, |value| {
        let flat = found.get_or_insert_with(Vec::new);
        match value {
            Value::Array(elements) => flat.extend_from_slice(elements),
            single => flat.push(single.clone()),
        }
    });
    let (list, _) = path.split_once("[]").unwrap_or((path, ""));
    found.or_else(|| path::first(root, list).map(|_| Vec::new())).map(Value::Array)
}

/// A constant of the catalog as a value.
pub(super) fn constant(constant: Constant) -> Option<Value> {
    match constant {
        Constant::None => None,
        Constant::Bool(flag) => Some(Value::Bool(flag)),
        Constant::Integer(number) => Some(Value::from(number)),
        Constant::Text("") => Some(Value::Null),
        Constant::Text(text) => Some(Value::from(text)),
        Constant::EmptyList => Some(Value::Array(Vec::new())),
    }
}
