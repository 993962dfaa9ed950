//! Records to send: those of the example, and any number of made ones.

use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::root;

/// The records of the example's day, in order of time.
#[must_use]
pub fn example() -> Vec<Value> {
    let mut records = Vec::new();
    collect(&root().join("examples/acme/trail"), &mut records);
    records.sort_by_key(|record| (text(record, "eventTime"), text(record, "eventID")));
    records
}

/// A state of the example.
#[must_use]
pub fn state(name: &str) -> Vec<u8> {
    std::fs::read(root().join(format!("examples/acme/state/{name}/terraform.tfstate"))).unwrap()
}

/// A member of a record; empty where it has none.
#[must_use]
pub fn text(record: &Value, name: &str) -> String {
    record[name].as_str().unwrap_or_default().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "files of this repository")]
fn collect(folder: &Path, records: &mut Vec<Value>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, records);
            continue;
        }
        let mut bytes = Vec::new();
        MultiGzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_end(&mut bytes).unwrap();
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        records.extend(file["Records"].as_array().cloned().unwrap());
    }
}

/// The record of the example with this event name at this time of day, `13:26:44`.
#[must_use]
pub fn one(name: &str, time: &str) -> Value {
    let is_it = |it: &Value| text(it, "eventName") == name && text(it, "eventTime").contains(time);
    example().into_iter().find(is_it).unwrap_or_else(|| panic!("the example has no {name} at {time}"))
}

/// A state with the next serial, after something was done to its resources.
#[must_use]
pub fn moved(state: &[u8], change: impl FnOnce(&mut Vec<Value>)) -> Vec<u8> {
    let mut state: Value = serde_json::from_slice(state).unwrap();
    state["serial"] = (state["serial"].as_u64().unwrap() + 1).into();
    if let Value::Array(resources) = &mut state["resources"] {
        change(resources);
    }
    state.to_string().into_bytes()
}

/// The attributes of the first instance of a resource of a state.
pub fn attributes<'a>(resources: &'a mut [Value], kind: &str, name: &str) -> &'a mut Value {
    let found = resources.iter_mut().find(|it| it["type"] == kind && it["name"] == name);
    &mut found.unwrap_or_else(|| panic!("no {kind}.{name}"))["instances"][0]["attributes"]
}
