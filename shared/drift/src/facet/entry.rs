//! Entries that a call adds to a list of plain values, or removes from it: each is compared by itself, so that calls which
//! change different entries do not undo each other.

use std::borrow::Cow;

use driftwire_catalog::{Delta, Property};
use serde_json::Value;

use super::{Subject, change, undeclared};
use crate::{
    cover,
    finding::Change,
    outcome::{Facet, FacetResult},
    understand::path,
    verdict::{ChangeOp, Reason},
};

/// Compares one entry with the lists that declarations have.
pub(super) fn changed(subject: Subject<'_>, property: &Property, entry: &Value, delta: Delta) -> Vec<Facet> {
    let register = Cow::from(format!("{}[{}]", property.name, path::text(entry).unwrap_or_else(|| entry.to_string())));
    let owners = cover::owners(subject.declarations, property, false);
    if owners.is_empty() {
        return vec![Facet { register, ..undeclared(property, entry) }];
    }
    let one = |owner: cover::Owner<'_>| {
        let declared = owner.value.as_array().is_some_and(|entries| entries.contains(entry));
        let (op, before, after) = match delta {
            Delta::Add => (ChangeOp::Added, None, Some(entry.clone())),
            Delta::Remove => (ChangeOp::Removed, Some(entry.clone()), None),
        };
        let equal = declared == (delta == Delta::Add);
        Facet {
            register: register.clone(),
            result: if equal { FacetResult::Same(Reason::Equal) } else { FacetResult::Differs(Reason::Differs) },
            change: Change {
                address: Some(owner.declaration.address.clone()),
                property: Some(property.name.into()),
                ..change(owner.attribute, op, before, after)
            },
            traces: Vec::new(),
        }
    };
    owners.into_iter().map(one).collect()
}
