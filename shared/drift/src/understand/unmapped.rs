//! What a call says that its catalog row does not know: a change of something, without a value.

use driftwire_catalog::Target;
use serde_json::Value;

use super::{effect::Effect, path};
use crate::call::Call;

/// Members that no target of the row speaks of, and that are neither empty nor a mere option.
pub(super) fn members<'c>(call: &'c Call<'_>, targets: &'static [Target]) -> Vec<Effect<'c>> {
    let is_known = |name: &str| targets.iter().flat_map(known_members).any(|it| path::same_name(it, name));
    call.request
        .iter()
        .filter(|(name, value)| !is_empty(value) && !is_known(name) && !is_plumbing(name))
        .map(|(name, _)| Effect::Touch { member: Some(name.as_str()) })
        .collect()
}

/// The members that a target speaks of, by the first step of their paths.
fn known_members(target: &'static Target) -> impl Iterator<Item = &'static str> {
    let Target {
        service: _,
        resources: _,
        candidates: _,
        terraform: _,
        id,
        parents,
        references: _,
        when,
        effect: _,
        collection: _,
        key,
        from,
        options,
        why: _,
        pending,
        decoder: _,
        flags: _,
        because: _,
        properties,
    } = target;
    let head =
        |path: &'static str| path.trim_start_matches(['>', '!']).split(['.', '[', '=']).next().unwrap_or_default();
    let expressions = id.iter().chain(*key).flat_map(|it| it.split(['|', ','])).chain(options.iter().chain(*parents).copied());
    let members =
        properties.iter().flat_map(|it| [Some(it.member), it.when]).chain([*when, *pending, Some(*from)]).flatten();
    expressions.chain(members).map(head)
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
