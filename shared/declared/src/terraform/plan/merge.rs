//! Gives what exists the values that the code says, and marks as sensitive what either side marks.

use serde_json::Value;

use super::change::{Action, Change};
use crate::{Standing, terraform::show::Resource};

/// Gives an object that exists the values that the code says.
pub(super) fn merge(prior: Resource, planned: Option<Resource>, change: Option<&Change>) -> Resource {
    let Some(planned) = planned else { return prior };
    let unknown = change.map_or(&Value::Null, |change| &change.unknown);
    let mut values = planned.values;
    for (name, before) in prior.values {
        let value = match values.remove(&name) {
            Some(after) => overlay(before, after, unknown.get(&name)),
            // The plan leaves out what is known only after the apply.
            None => before,
        };
        values.insert(name, value);
    }
    let replaces = change.is_some_and(|change| change.action == Action::Replaces);
    let standing = if replaces { Standing::Tainted } else { prior.standing };
    Resource { values, sensitive: join(prior.sensitive, planned.sensitive), standing, ..prior }
}

/// Returns the planned value, with prior ones where it is not known.
fn overlay(before: Value, after: Value, unknown: Option<&Value>) -> Value {
    match (before, after, unknown) {
        (before, _, Some(Value::Bool(true))) => before,
        (Value::Object(before), Value::Object(mut after), Some(Value::Object(unknown))) => {
            for (name, before) in before {
                let unknown = unknown.get(&name);
                match after.remove(&name) {
                    Some(value) => {
                        after.insert(name, overlay(before, value, unknown));
                    }
                    None if unknown == Some(&Value::Bool(true)) => {
                        after.insert(name, before);
                    }
                    None => {}
                }
            }
            Value::Object(after)
        }
        // An element that is not known yet stands as null; which one it replaces is not known either.
        (before @ Value::Array(_), Value::Array(_), Some(Value::Array(unknown)))
            if unknown.contains(&Value::Bool(true)) =>
        {
            before
        }
        (Value::Array(before), Value::Array(after), Some(Value::Array(unknown)))
            if [before.len(), after.len(), unknown.len()] == [1; 3] =>
        {
            let pairs = before.into_iter().zip(after).zip(unknown);
            Value::Array(pairs.map(|((before, after), unknown)| overlay(before, after, Some(unknown))).collect())
        }
        (_, after, _) => after,
    }
}

/// Joins two masks: what either marks is marked. Where their shapes differ, the coarser one counts.
fn join(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, mask) in other {
                let joined = match one.remove(&name) {
                    Some(first) => join(first, mask),
                    None => mask,
                };
                one.insert(name, joined);
            }
            Value::Object(one)
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            Value::Array(one.into_iter().zip(other).map(|(one, other)| join(one, other)).collect())
        }
        (one, other) => Value::Bool(marks(&one) || marks(&other)),
    }
}

fn marks(mask: &Value) -> bool {
    match mask {
        Value::Bool(marked) => *marked,
        Value::Array(masks) => masks.iter().any(marks),
        Value::Object(masks) => masks.values().any(marks),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}
