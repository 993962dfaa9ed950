//! Prepares CloudFormation's types for being compared with operations, and finds which of a namespace hold others.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Models, ResourceType};
use super::nouns::{fold, split_kind, stems};
use super::sources::namespace;

/// A CloudFormation type, prepared.
#[derive(Debug)]
pub(crate) struct Kind<'a> {
    pub(crate) model: &'a ResourceType,
    /// `LoadBalancer`.
    pub(crate) noun: &'a str,
    pub(crate) stems: Vec<String>,
    pub(crate) namespace: Vec<String>,
    /// Parts of the primary identifier, folded, that name another type of the namespace: `userpoolid` of a user pool's group.
    pub(crate) foreign: BTreeSet<String>,
    /// The stems without the name of a type that holds it, or without the namespace's: `group` of `UserPoolGroup`.
    pub(crate) inner: Vec<Vec<String>>,
    /// Top-level properties, folded, with their own names.
    pub(crate) properties: BTreeMap<String, &'a str>,
}

/// Every type by its namespace, prepared.
pub(crate) fn kinds(models: &Models) -> BTreeMap<&str, Vec<Kind<'_>>> {
    let mut kinds: BTreeMap<&str, Vec<Kind<'_>>> = BTreeMap::new();
    for model in models.types.values() {
        let space = namespace(&model.name);
        let noun = model.name.rsplit("::").next().unwrap_or_default();
        let properties = model.properties.keys().map(|name| (fold(name), name.as_str())).collect();
        let (foreign, inner) = (BTreeSet::new(), Vec::new());
        let kind = Kind { model, noun, stems: stems(noun), namespace: stems(space), foreign, inner, properties };
        kinds.entry(space).or_default().push(kind);
    }
    kinds.values_mut().for_each(|all| relate(all));
    kinds
}

/// Finds which types of a namespace hold others, by their names and identifiers.
fn relate(kinds: &mut [Kind<'_>]) {
    let nouns: Vec<(String, Vec<String>)> = kinds.iter().map(|it| (fold(it.noun), it.stems.clone())).collect();
    for kind in kinds {
        let own = fold(kind.noun);
        for path in &kind.model.id {
            let part = path.rsplit('.').next().unwrap_or(path);
            let (base, ending) = split_kind(part);
            if kind.model.id.len() > 1
                && !ending.is_empty()
                && base != own
                && nouns.iter().any(|(noun, _)| *noun == base)
            {
                kind.foreign.insert(fold(part));
            }
        }
        let holders = nouns.iter().map(|(_, words)| words).chain([&kind.namespace]);
        let inner = holders.filter_map(|words| kind.stems.strip_prefix(words.as_slice()));
        kind.inner =
            inner.filter(|rest| !rest.is_empty() && rest.len() < kind.stems.len()).map(<[String]>::to_vec).collect();
    }
}
