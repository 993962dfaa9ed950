//! Terraform's and OpenTofu's four ways to write down what is declared, each read into [`crate::DeclaredState`].

mod address;
mod code;
mod collect;
mod flatmap;
pub(crate) mod place;
mod plan;
mod provider;
mod sensitive;
mod show;
mod state_v3;
mod state_v4;
mod written;

use serde_json::{Map, Value};

pub use code::{Applied, Code};
pub(crate) use plan::read as plan;
pub(crate) use show::read as show;
pub(crate) use state_v3::read as state_v3;
pub(crate) use state_v4::read as state_v4;

use crate::DeclaredError;

/// Takes a list out of an object; absent and null are an empty one.
fn take_list(
    map: &mut Map<String, Value>,
    key: &str,
    origin: &str,
    path: impl Fn() -> String,
) -> Result<Vec<Value>, DeclaredError> {
    match map.remove(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(DeclaredError::shape(origin, path(), "a list")),
    }
}

/// Takes an object out of an object; absent and null are none.
fn take_object(
    map: &mut Map<String, Value>,
    key: &str,
    origin: &str,
    path: impl Fn() -> String,
) -> Result<Option<Map<String, Value>>, DeclaredError> {
    match map.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(inner)) => Ok(Some(inner)),
        Some(_) => Err(DeclaredError::shape(origin, path(), "an object")),
    }
}

/// Returns what must be an object.
fn object(value: Value, origin: &str, path: impl Fn() -> String) -> Result<Map<String, Value>, DeclaredError> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(DeclaredError::shape(origin, path(), "an object")),
    }
}

/// Returns a text from an object, or refuses.
fn text<'m>(
    map: &'m Map<String, Value>,
    key: &str,
    origin: &str,
    path: impl Fn() -> String,
) -> Result<&'m str, DeclaredError> {
    map.get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| DeclaredError::shape(origin, format!("{}.{key}", path()), "a text"))
}

/// Returns a text from an object; empty where there is none.
fn text_or_empty<'m>(map: &'m Map<String, Value>, key: &str) -> &'m str {
    map.get(key).and_then(Value::as_str).unwrap_or_default()
}
