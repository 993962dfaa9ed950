//! Route 53 change batches: several records of one zone in one call.

use driftwire_catalog::Target;
use serde_json::{Map, Value};

use super::{effect::Effect, given::observed, path};
use crate::call::Call;

/// The collection of a hosted zone that its records are.
pub(crate) const RECORD_SETS: &str = "RecordSets";

/// One effect per change: `DELETE` removes a record, `CREATE` and `UPSERT` put it.
pub(super) fn decode<'c>(call: &'c Call<'_>, target: &'static Target) -> Vec<Effect<'c>> {
    let mut effects = Vec::new();
    for change in path::values(&call.request, "changeBatch.changes[]") {
        let Some(members) = change.as_object() else { continue };
        let Some(record) = path::first(members, "resourceRecordSet").and_then(Value::as_object) else { continue };
        let Some(key) = key(record) else { continue };
        let action = path::first(members, "action").and_then(path::text).unwrap_or_default();
        if action.eq_ignore_ascii_case("DELETE") {
            effects.push(Effect::Remove { collection: RECORD_SETS, key });
            continue;
        }
        let set = target
            .properties
            .iter()
            .filter_map(|property| observed(record, call, property).map(|value| (property, value)))
            .collect();
        // Deleted and created in one batch is replaced.
        effects.retain(|effect| !matches!(effect, Effect::Remove { key: removed, .. } if *removed == key));
        effects.push(Effect::Put { collection: RECORD_SETS, key, element: Value::Object(record.clone()), set });
    }
    effects
}

/// Name, type and set identifier, the name as DNS compares it.
pub(crate) fn key(record: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| path::first(record, name).and_then(path::text);
    let name = dns_name(&text("name")?);
    Some(format!("{name}|{}|{}", text("type")?, text("setIdentifier").unwrap_or_default()))
}

/// A record's key as declarations spell it, with its name as DNS compares it.
pub(crate) fn plain(key: &str) -> String {
    let (name, rest) = key.split_once('|').unwrap_or((key, ""));
    format!("{}|{rest}", dns_name(name))
}

/// A DNS name without its final dot, in lower case, with Route 53's escape of `*` undone.
pub(crate) fn dns_name(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*")
}
