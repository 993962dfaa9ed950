//! Lists that a call writes whole: sorts out the properties that are read entry by entry, so that entries can be paired
//! with declared ones. Pairs nothing itself.

use std::collections::BTreeMap;

use driftwire_catalog::Property;
use serde_json::Value;

/// Properties, each with the value that it has over all entries.
pub(crate) type Sets = Vec<(&'static Property, Value)>;

/// A list, with its properties and its entries as they were logged.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// The list's path in the call.
    pub(crate) list: &'static str,
    pub(crate) flat: Sets,
    pub(crate) entries: Vec<Value>,
}

/// The list that a member walks, and the path inside its entries: `rules` and `days` of `rules[].days`.
pub(crate) fn split(member: &'static str) -> Option<(&'static str, &'static str)> {
    member.split_once("[].")
}

/// Parts the properties of lists of objects from all others.
pub(super) fn parted<'v>(sets: Sets, entries: impl Fn(&str) -> Vec<&'v Value>) -> (Sets, Vec<Listed>) {
    let mut plain = Vec::new();
    // What a list's entries are is looked up once; none where they are not objects.
    let mut lists: BTreeMap<&'static str, Option<Listed>> = BTreeMap::new();
    for (property, value) in sets {
        let list = split(property.member).map(|(list, _)| list).filter(|list| !list.contains('['));
        let listed = list.and_then(|list| {
            let fresh = || {
                let logged =
                    Some(entries(&format!("{list}[]"))).filter(|logged| logged.iter().all(|it| it.is_object()));
                logged.map(|logged| Listed { list, flat: Vec::new(), entries: logged.into_iter().cloned().collect() })
            };
            lists.entry(list).or_insert_with(fresh).as_mut()
        });
        match listed {
            Some(listed) => listed.flat.push((property, value)),
            None => plain.push((property, value)),
        }
    }
    (plain, lists.into_values().flatten().collect())
}
