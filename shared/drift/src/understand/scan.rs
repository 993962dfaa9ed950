//! The fallback for calls that no row knows: which declared resource do the parameters name?
//!
//! Only resources of the call's own service are blamed: a role or a key that a call merely refers to is not what it
//! changes. Names no property.

use serde_json::{Map, Value};

use crate::{
    call::Call,
    index::{Found, Index, Resource, service_of},
};

/// The deepest nesting that is searched, and the longest text that may be an identifier.
const DEPTH: usize = 4;
const LONGEST: usize = 2048;

/// The declared resources that an unknown call is about: those whose parameter's name is in the call's name
/// (`bucketName` in `PutBucketFutureSetting`), else all that it names.
pub(crate) fn resources<'i>(call: &Call<'_>, index: &'i Index) -> Vec<&'i Resource> {
    let mut named = Vec::new();
    texts(&call.request, DEPTH, &mut |member, text| look_up(call, index, member, text, &mut named));
    if named.is_empty() {
        for resource in call.record.resources() {
            if let Some(arn) = resource.arn.as_deref() {
                look_up(call, index, "", arn, &mut named);
            }
        }
    }
    let about: Vec<&Resource> = named
        .iter()
        .filter(|(member, _)| is_noun_of(member, call.operation()))
        .map(|(_, resource)| *resource)
        .collect();
    let chosen = if about.is_empty() { named.into_iter().map(|(_, resource)| resource).collect() } else { about };
    let mut distinct: Vec<&Resource> = Vec::new();
    for resource in chosen {
        if !distinct.iter().any(|known| std::ptr::eq(*known, resource)) {
            distinct.push(resource);
        }
    }
    distinct
}

fn look_up<'i>(call: &Call<'_>, index: &'i Index, member: &str, text: &str, named: &mut Vec<(String, &'i Resource)>) {
    if let Found::One(resource) = index.find_by_text(call.service(), text, call.account(), call.region())
        && service_of(&resource.kind) == call.service()
    {
        named.push((member.to_owned(), resource));
    }
}

/// Whether a parameter names what the call is about: `bucketName` in `PutBucketFutureSetting`.
fn is_noun_of(member: &str, operation: &str) -> bool {
    let noun = ["Name", "Id", "Identifier", "Arn", "ARN", "Ids", "Names", "Arns"]
        .iter()
        .find_map(|suffix| member.strip_suffix(suffix))
        .unwrap_or(member);
    let lower = operation.to_ascii_lowercase();
    !noun.is_empty() && lower.contains(&noun.to_ascii_lowercase())
}

fn texts(members: &Map<String, Value>, depth: usize, visit: &mut impl FnMut(&str, &str)) {
    for (name, value) in members {
        each(name, value, depth, visit);
    }
}

fn each(name: &str, value: &Value, depth: usize, visit: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) if (3..=LONGEST).contains(&text.len()) => visit(name, text),
        Value::Array(elements) if depth > 0 => {
            elements.iter().for_each(|element| each(name, element, depth - 1, visit))
        }
        Value::Object(members) if depth > 0 => {
            members.iter().for_each(|(name, value)| each(name, value, depth - 1, visit))
        }
        _ => {}
    }
}
