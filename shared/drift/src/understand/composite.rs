//! Composite identifiers that a call spells out part by part, under the names that the type's schema gives the parts.

use driftwire_catalog::{Effect as Kind, Target, resource_type};
use serde_json::{Map, Value};

use super::path;
use crate::{call::Call, index::short};

/// The composite identifier of a type whose parts the call has under the parts' own names.
pub(crate) fn composed(call: &Call<'_>, target: &Target, kind: &str) -> Option<String> {
    let parts = resource_type(kind)?.id;
    if parts.len() < 2 {
        return None;
    }
    let of_response = |part: &&str| part_in(call.response(), part).filter(|_| target.effect == Kind::Create);
    let texts: Option<Vec<String>> =
        parts.iter().map(|part| part_in(&call.request, part).or_else(|| of_response(part))).collect();
    texts.map(|texts| texts.iter().map(|text| short(text)).collect::<Vec<_>>().join("|"))
}

/// A member by a property's name, or by the two names on the way to it: `identityProviderConfig.name`.
fn part_in(members: &Map<String, Value>, part: &str) -> Option<String> {
    if let Some(value) = path::first(members, part) {
        return path::text(value);
    }
    let inner = || {
        let objects = members.iter().filter_map(|(outer, value)| Some((outer, value.as_object()?)));
        objects.flat_map(|(outer, inner)| inner.iter().map(move |(name, value)| (outer, name, value)))
    };
    let whole = inner().find(|(outer, name, _)| path::same_name(&format!("{outer}{name}"), part));
    whole
        .or_else(|| inner().find(|(_, name, _)| path::same_name(name, part)))
        .and_then(|(_, _, value)| path::text(value))
}
