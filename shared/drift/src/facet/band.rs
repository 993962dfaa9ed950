//! Values that an autoscaler was given the right to set: within its range they are not drift.

use driftwire_catalog::Property;
use serde_json::Value;

use super::Subject;
use crate::{cover::Owner, index, understand::path, vocabulary};

/// Whether an autoscaler was given the right to set this value.
pub(super) fn in_band(subject: Subject<'_>, property: &Property, owner: &Owner<'_>, actual: &Value) -> bool {
    let Some(dimension) = property.band else { return false };
    let attributes = &owner.declaration.attributes;
    let text = |name: &str| vocabulary::value(owner.declaration, name).and_then(Value::as_str);
    let range = if dimension == "own" {
        // The bounds stand beside the value.
        let block = owner.attribute.rsplit_once('.').map(|(block, _)| format!("{block}.")).unwrap_or_default();
        let bound =
            |name: &str| path::located(attributes, &format!("{block}{name}")).and_then(|(_, value)| value.as_f64());
        bound("min_size").zip(bound("max_size"))
    } else {
        let target = match dimension.split(':').next() {
            Some("ecs") => text("cluster")
                .zip(text("name"))
                .map(|(cluster, name)| format!("service/{}/{name}", index::short(cluster))),
            Some("dynamodb") => text("name").map(|name| format!("table/{name}")),
            _ => None,
        };
        target.and_then(|target| subject.context.index.band(&format!("{target}|{dimension}")))
    };
    range.zip(actual.as_f64()).is_some_and(|((low, high), value)| (low..=high).contains(&value))
}
