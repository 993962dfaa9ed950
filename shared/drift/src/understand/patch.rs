//! API Gateway's `patchOperations`: a list of JSON-patch-like steps, each naming a property by a path.

use driftwire_catalog::{Property, Target};
use serde_json::{Map, Value};

use super::{effect::Effect, path};
use crate::call::Call;

/// The collection of a stage that the settings of its methods are.
const METHOD_SETTINGS: &str = "MethodSettings";

/// The effects of each step. A step whose path the row does not name touches the resource.
pub(super) fn decode<'c>(call: &'c Call<'_>, target: &'static Target) -> Vec<Effect<'c>> {
    path::values(&call.request, "patchOperations[]")
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(|step| one(step, target))
        .collect()
}

fn one<'c>(step: &'c Map<String, Value>, target: &'static Target) -> Vec<Effect<'c>> {
    let at = path::first(step, "path").and_then(Value::as_str).unwrap_or_default();
    let op = path::first(step, "op").and_then(Value::as_str).unwrap_or("replace");
    let value = if op == "remove" { Value::Null } else { path::first(step, "value").cloned().unwrap_or_default() };
    let parts: Vec<&str> = at.trim_start_matches('/').split('/').collect();
    let wanted = parts.join(".");
    let named = |name: &str| target.properties.iter().find(|property| path::same_name(property.member, name));
    if let Some(property) = named(&wanted) {
        return vec![Effect::Set { property, value, pending: false }];
    }
    if let Some(effect) = method_setting(&parts, target, &value) {
        return vec![effect];
    }
    if let Some((property, key)) = wanted.rsplit_once('.').and_then(|(list, key)| Some((named(list)?, unescaped(key))))
    {
        return vec![Effect::Amend { property, key, op, value }];
    }
    // A block that goes takes all of its members along.
    let inside =
        |property: &&Property| property.member.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('.'));
    let gone: Vec<_> = target.properties.iter().filter(|_| op == "remove").filter(inside).collect();
    if gone.is_empty() {
        return vec![Effect::Touch { member: Some(at) }];
    }
    gone.into_iter().map(|property| Effect::Set { property, value: Value::Null, pending: false }).collect()
}

/// `/~1orders/GET/logging/loglevel`: a setting of one method, or of `*/*`. The row names it `*.*.logging.loglevel`.
fn method_setting<'c>(parts: &[&str], target: &'static Target, value: &Value) -> Option<Effect<'c>> {
    let [resource, method, setting @ ..] = parts else { return None };
    let wanted = format!("*.*.{}", setting.join("."));
    let property = target.properties.iter().find(|property| property.member.eq_ignore_ascii_case(&wanted))?;
    let key = format!("{}/{method}", unescaped(resource).trim_start_matches('/'));
    let element = Value::Object(
        [("key".to_owned(), Value::from(key.as_str())), (property.name.to_owned(), value.clone())]
            .into_iter()
            .collect(),
    );
    Some(Effect::Put { collection: METHOD_SETTINGS, key, element, set: vec![(property, value.clone())] })
}

/// A part of a JSON pointer as it was meant.
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
