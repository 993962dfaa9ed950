//! Reads what a record is decided with: two requests, however many names it asks for.
//!
//! A name leads to pointers, a pointer to a declaration and to the resources that it speaks of, so what is open on those is
//! read along with it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use driftwire_declared::Declaration;
use driftwire_drift::{Named, Place, Reach, Wanted};
use serde::{Deserialize, Serialize};

use super::DynamoDb;
use super::entity::json;
use super::key::{Attributes, Items, Key};
use crate::StoreError;
use crate::declared::{Gathered, Whereabouts};

/// Where a name's pointers are.
pub(super) const POINTERS: &str = "to";

/// What leads from a name to a declaration. Its text is its identity: two declarations never share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Pointer {
    pub(super) origin: String,
    pub(super) key: String,
    pub(super) places: Vec<Place>,
}

impl Pointer {
    pub(super) fn text(&self) -> String {
        json(self)
    }

    pub(super) fn item(&self) -> Key {
        Key::declaration(&self.origin, &self.key)
    }

    pub(super) fn reach(&self) -> Reach {
        Reach { names: BTreeSet::new(), places: self.places.clone() }
    }

    /// Whether two declarations may speak of one resource, given that they share a name.
    pub(super) fn is_of_kind_of(&self, other: &Self) -> bool {
        self.places.iter().any(|it| other.places.iter().any(|that| it.kind == that.kind))
    }

    /// The pointers of a name's item.
    pub(super) fn all(item: &Attributes) -> impl Iterator<Item = Self> {
        let texts = item.get(POINTERS).and_then(|it| it.as_ss().ok()).map(Vec::as_slice).unwrap_or_default();
        // One that cannot be read is of a later version, which gathers by itself.
        texts.iter().filter_map(|text| serde_json::from_str(text).ok())
    }
}

impl DynamoDb {
    pub(super) async fn gather_for(&self, wanted: &Wanted, besides: &[Named]) -> Result<Gathered, StoreError> {
        let names: BTreeSet<Key> = wanted.names.iter().map(|it| Key::alias(it)).collect();
        let heads: BTreeMap<Key, &Named> = besides.iter().map(|it| (Key::resource(it), it)).collect();
        let first = self.get_as(names.iter().chain(heads.keys()).cloned().collect(), false).await?;
        let pointers: BTreeSet<Pointer> =
            names.iter().filter_map(|key| first.get(key)).flat_map(Pointer::all).collect();
        if pointers.is_empty() {
            let kept: Items = first.into_iter().filter(|(key, _)| heads.contains_key(key)).collect();
            let loaded = self.texts(kept).await?;
            return Ok(Gathered { declarations: Vec::new(), stored: self.heads(&heads, &loaded).await? });
        }
        let whereabouts =
            Whereabouts::places(pointers.iter().flat_map(|it| &it.places)).or(&wanted.account, &wanted.region);
        let named: BTreeSet<Named> =
            pointers.iter().flat_map(|it| whereabouts.resources(&it.reach())).chain(besides.iter().cloned()).collect();
        let heads: BTreeMap<Key, &Named> = named.iter().map(|it| (Key::resource(it), it)).collect();
        let items: BTreeSet<Key> = pointers.iter().map(Pointer::item).collect();
        let second = self.get(items.iter().chain(heads.keys()).cloned().collect()).await?;
        let loaded = self.texts(second).await?;
        let mut declarations: Vec<Declaration> = Vec::with_capacity(items.len());
        for (key, (_, text)) in loaded.iter().filter(|(key, _)| items.contains(*key)) {
            declarations.push(serde_json::from_str(text).map_err(|_| self.damaged(&format!("{} {}", key.pk, key.sk)))?);
        }
        Ok(Gathered { declarations, stored: self.heads(&heads, &loaded).await? })
    }
}

/// Pointers, as a name's item has them.
pub(super) fn pointers(texts: impl IntoIterator<Item = String>) -> AttributeValue {
    AttributeValue::Ss(texts.into_iter().collect())
}
