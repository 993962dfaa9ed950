//! API Gateway's `patchOperations`: a list of JSON-patch-like steps, each naming a property by a path.

use driftwire_catalog::Target;
use serde_json::{Map, Value};

use super::{effect::Effect, path};
use crate::call::Call;

/// One effect per step. A step whose path the row does not name touches the resource.
pub(super) fn decode<'c>(call: &'c Call<'_>, target: &'static Target) -> Vec<Effect<'c>> {
    path::values(&call.request, "patchOperations[]").into_iter().filter_map(Value::as_object).map(|step| one(step, target)).collect()
}

fn one<'c>(step: &'c Map<String, Value>, target: &'static Target) -> Effect<'c> {
    let at = path::first(step, "path").and_then(Value::as_str).unwrap_or_default();
    let removes = path::first(step, "op").and_then(Value::as_str) == Some("remove");
    let wanted = at.trim_start_matches('/').replace('/', ".");
    let property = target.properties.iter().find(|property| path::same_name(property.member, &wanted));
    match property {
        Some(property) => {
            let value = if removes { Value::Null } else { path::first(step, "value").cloned().unwrap_or_default() };
            Effect::Set { property, value, pending: false }
        }
        None => Effect::Touch { member: Some(at) },
    }
}
