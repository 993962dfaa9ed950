//! Reads what a plan does to each object, and which objects there are. Decides nothing about their values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    DeclaredError, Standing,
    terraform::{
        object,
        show::{self, Resource},
        take_list, take_object, text, text_or_empty,
    },
};

/// What a plan does, by address and whether the object is deposed.
pub(super) type Changes = BTreeMap<(String, bool), Change>;

/// What the plan does to one object.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) action: Action,
    /// What is known only after the apply, in the shape of the values.
    pub(super) unknown: Value,
    /// The object as it is, for want of a prior state.
    before: Option<Resource>,
}

/// How a change leaves an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// As it is.
    Keeps,
    /// Another one is in its place.
    Replaces,
    /// In any other way.
    Other,
}

impl Action {
    fn of(actions: Option<&Value>) -> Self {
        let actions = actions.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        match actions {
            [one] if one == "no-op" => Self::Keeps,
            _ if ["delete", "create"].iter().all(|action| actions.iter().any(|given| given == action)) => {
                Self::Replaces
            }
            _ => Self::Other,
        }
    }
}

/// Returns what the plan does.
///
/// # Errors
/// When a part that is needed does not have the shape of a plan.
pub(super) fn changes(document: &mut Map<String, Value>, origin: &str) -> Result<Changes, DeclaredError> {
    let mut changes = BTreeMap::new();
    let list = take_list(document, "resource_changes", origin, || "resource_changes".to_owned())?;
    for (index, entry) in list.into_iter().enumerate() {
        let path = || format!("resource_changes[{index}]");
        let mut entry = object(entry, origin, path)?;
        let Some(mut change) = take_object(&mut entry, "change", origin, || format!("{}.change", path()))? else {
            continue;
        };
        let address = text(&entry, "address", origin, path)?.to_owned();
        let is_deposed = !text_or_empty(&entry, "deposed").is_empty();
        let action = Action::of(change.get("actions"));
        let before = match change.remove("before") {
            Some(Value::Object(values)) => Some(Resource {
                address: address.clone(),
                mode: text(&entry, "mode", origin, path)?.to_owned(),
                kind: text(&entry, "type", origin, path)?.to_owned(),
                provider: text_or_empty(&entry, "provider_name").to_owned(),
                values,
                sensitive: change.remove("before_sensitive").unwrap_or_default(),
                identity: take_object(&mut change, "before_identity", origin, || {
                    format!("{}.change.before_identity", path())
                })?,
                standing: if is_deposed { Standing::Deposed } else { Standing::Current },
            }),
            _ => None,
        };
        let unknown = change.remove("after_unknown").unwrap_or_default();
        changes.insert((address, is_deposed), Change { action, unknown, before });
    }
    Ok(changes)
}

/// Returns what exists: the prior state, and what only the changes know of (imports).
///
/// # Errors
/// When the prior state does not have the shape of one.
pub(super) fn existing(
    document: &mut Map<String, Value>,
    changes: &mut Changes,
    origin: &str,
) -> Result<Vec<Resource>, DeclaredError> {
    let state = take_object(document, "prior_state", origin, || "prior_state".to_owned())?;
    let values = match state {
        Some(mut state) => {
            take_object(&mut state, "values", origin, || "prior_state.values".to_owned())?.unwrap_or_default()
        }
        None => Map::new(),
    };
    let mut found = show::resources(values, origin, "prior_state.values")?;
    let known: BTreeSet<(&str, bool)> =
        found.iter().map(|resource| (resource.address.as_str(), resource.standing == Standing::Deposed)).collect();
    let missing = changes.iter_mut().filter(|((address, deposed), _)| !known.contains(&(address.as_str(), *deposed)));
    let missing: Vec<Resource> = missing.filter_map(|(_, change)| change.before.take()).collect();
    found.extend(missing);
    Ok(found)
}
