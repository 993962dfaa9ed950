//! What a call says that its catalog row does not know: a change of something, without a value.

use driftwire_catalog::Target;
use serde_json::Value;

use super::{effect::Effect, path};
use crate::call::Call;

/// Members that no target of the row speaks of, and that are neither empty nor a mere option.
pub(super) fn members<'c>(call: &'c Call<'_>, targets: &'static [Target]) -> Vec<Effect<'c>> {
    let is_known = |name: &str| targets.iter().any(|target| speaks_of(target, name));
    call.request
        .iter()
        .filter(|(name, value)| !is_empty(value) && !is_known(name) && !is_plumbing(name))
        .map(|(name, _)| Effect::Touch { member: Some(name.as_str()) })
        .collect()
}

/// Whether a target speaks of a member: whether one of its paths starts with it.
fn speaks_of(target: &Target, name: &str) -> bool {
    let Target { id, parents, when, key, from, options, pending, properties, .. } = target;
    let is = |path: &str| path::starts_with(path, name);
    properties.iter().any(|property| is(property.member) || property.when.is_some_and(is))
        || [*when, *pending, Some(*from)].into_iter().flatten().any(is)
        || options.iter().chain(*parents).any(|path| is(path))
        || id.iter().chain(*key).any(|expression| expression.split(['|', ',']).any(is))
}

/// Members that every call of some services may carry.
fn is_plumbing(name: &str) -> bool {
    ["clientToken", "clientRequestToken", "dryRun", "idempotencyToken", "requestId", "callerReference"]
        .iter()
        .any(|it| path::same_name(it, name))
        || name.starts_with("x-amz-")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(_) | Value::Bool(_) | Value::Number(_) => false,
    }
}
