//! Which names lead to a declaration, and to others of the same resource. Names are only ever added to while a declaration
//! is there, and what they lead to is looked at again by whoever reads it.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::ReturnValue;
use futures_util::FutureExt as _;

use super::DynamoDb;
use super::declared::{POINTERS, Pointer, pointers};
use super::key::Key;
use super::known::Known;
use super::origin::{Change, several};
use crate::StoreError;
use crate::declared::{Item, OriginState};

/// What names are to lead to, and no longer to.
#[derive(Default)]
pub(super) struct Links {
    pub(super) add: BTreeMap<String, BTreeSet<String>>,
    pub(super) remove: BTreeMap<String, BTreeSet<String>>,
}

impl Links {
    fn add(&mut self, names: &BTreeSet<String>, pointer: &str) {
        for name in names {
            self.add.entry(name.clone()).or_default().insert(pointer.to_owned());
        }
    }

    pub(super) fn remove(&mut self, names: &BTreeSet<String>, pointer: &str) {
        for name in names {
            self.remove.entry(name.clone()).or_default().insert(pointer.to_owned());
        }
    }
}

impl DynamoDb {
    /// Adds pointers to names.
    pub(super) async fn link(&self, add: BTreeMap<String, BTreeSet<String>>) -> Result<(), StoreError> {
        several(add.into_iter().map(|(name, texts)| self.link_one(name, texts).boxed()).collect()).await.map(|_| ())
    }

    async fn link_one(&self, name: String, texts: BTreeSet<String>) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::alias(&name).attributes()))
            .update_expression("ADD #to :to")
            .expression_attribute_names("#to", POINTERS)
            .expression_attribute_values(":to", pointers(texts))
            .send()
            .await
            .map_err(|error| self.failed("writing a name", &error))?;
        Ok(())
    }

    pub(super) async fn unlink(&self, remove: Vec<(String, BTreeSet<String>)>) -> Result<(), StoreError> {
        let removes = remove.into_iter().map(|(name, texts)| self.unlink_one(name, texts).boxed()).collect();
        several(removes).await.map(|_| ())
    }

    async fn unlink_one(&self, name: String, texts: BTreeSet<String>) -> Result<(), StoreError> {
        let key = Key::alias(&name);
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression("DELETE #to :to")
            .expression_attribute_names("#to", POINTERS)
            .expression_attribute_values(":to", pointers(texts))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(|error| self.failed("removing from a name", &error))?;
        if answer.attributes.is_none_or(|it| !it.contains_key(POINTERS)) {
            self.delete(&key, "attribute_not_exists(#it)", POINTERS, None).await?;
        }
        Ok(())
    }

    /// The links between what is changed and declarations of the same resources in other origins, by names that those do
    /// not share. `linked` are the names that changed.
    pub(super) async fn foreign(
        &self,
        state: &OriginState,
        changes: &[Change<'_>],
        linked: BTreeSet<Key>,
    ) -> Result<Links, StoreError> {
        let found = self.get(linked).await?;
        let mut pairs: Vec<(&Change<'_>, Pointer)> = Vec::new();
        for change in changes {
            let names = change.item.reach().names.iter().filter_map(|name| found.get(&Key::alias(name)));
            let reached: BTreeSet<Pointer> = names.flat_map(Pointer::all).collect();
            let others =
                reached.into_iter().filter(|it| it.origin != state.origin && it.is_of_kind_of(&change.pointer));
            pairs.extend(others.map(|it| (change, it)));
        }
        let mut links = Links::default();
        let others = self.get(pairs.iter().map(|(_, it)| it.item()).collect()).await?;
        for (change, pointer) in pairs {
            let Some(other) = others.get(&pointer.item()).map(Known::of) else { continue };
            links.add(&change.item.reach().names, &other.pointer);
            links.add(&other.names, &change.pointer.text());
        }
        Ok(links)
    }
}

/// The links of what changed: its names to itself, and those of what speaks of the same resources in this state.
pub(super) fn links(
    state: &OriginState,
    changes: &[Change<'_>],
    all: &BTreeMap<String, Item>,
    is_unfinished: bool,
) -> Links {
    // Most syncs change no name, and need not look who shares one.
    let by_name = LazyCell::new(|| {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (key, item) in all {
            item.reach().names.iter().for_each(|name| by_name.entry(name).or_default().push(key));
        }
        by_name
    });
    let mut links = Links::default();
    for change in changes.iter().filter(|it| !it.is_written) {
        let (names, own) = (&change.item.reach().names, change.pointer.text());
        let moved = change.known.as_ref().is_none_or(|known| known.pointer != own || known.names != *names);
        if !moved && !is_unfinished {
            continue;
        }
        links.add(names, &own);
        let others: BTreeSet<&str> =
            names.iter().filter_map(|name| by_name.get(name.as_str())).flatten().copied().collect();
        for (key, item) in others.into_iter().filter(|key| *key != change.key).filter_map(|key| all.get_key_value(key))
        {
            let other = Pointer { origin: state.origin.clone(), key: key.clone(), places: item.reach().places.clone() };
            if other.is_of_kind_of(&change.pointer) {
                links.add(names, &other.text());
                links.add(&item.reach().names, &own);
            }
        }
        if let Some(known) = &change.known {
            let gone = if known.pointer == own {
                known.names.difference(names).cloned().collect()
            } else {
                known.names.clone()
            };
            links.remove(&gone, &known.pointer);
        }
    }
    links
}
