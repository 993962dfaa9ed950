//! Reads items whole: what a request left out is asked for again, and parts are joined.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use driftwire_drift::Named;

use super::body::{self, Opened};
use super::entity::{ENTRIES, NAMED, OWED, names};
use super::key::{Attributes, HISTORY, Items, Key, PK, SK, number, read_text, text};
use super::plan::Owed;
use super::{ATTEMPTS, DynamoDb};
use crate::StoreError;
use crate::chain::Entry;
use crate::model::Stored;

/// How many items one request may ask for.
const BATCH: usize = 100;

impl DynamoDb {
    pub(super) async fn load_resources(&self, resources: &[Named]) -> Result<Vec<Option<Stored>>, StoreError> {
        let keys: BTreeMap<Key, &Named> = resources.iter().map(|it| (Key::resource(it), it)).collect();
        let loaded = self.texts(self.get(keys.keys().cloned().collect()).await?).await?;
        let mut stored = self.heads(&keys, &loaded).await?;
        Ok(resources.iter().map(|it| stored.remove(it).flatten()).collect())
    }

    /// What is kept of resources, among items that were read. What a resource owes is settled.
    pub(super) async fn heads(
        &self,
        keys: &BTreeMap<Key, &Named>,
        loaded: &BTreeMap<Key, (Attributes, String)>,
    ) -> Result<BTreeMap<Named, Option<Stored>>, StoreError> {
        let mut stored = BTreeMap::new();
        for (key, named) in keys {
            let Some((item, text)) = loaded.get(key) else {
                stored.insert((*named).clone(), None);
                continue;
            };
            let one: Stored = serde_json::from_str(text).map_err(|_| self.damaged(&key.pk))?;
            if item.contains_key(OWED) {
                self.settle(&Owed::all(named, &one)).await?;
            }
            stored.insert((*named).clone(), Some(one));
        }
        Ok(stored)
    }

    /// The head of a history. It settles nothing: whoever asks may only be allowed to read.
    pub(super) async fn read_head(&self, resource: &Named) -> Result<String, StoreError> {
        let loaded = self.texts(self.get(BTreeSet::from([Key::resource(resource)])).await?).await?;
        let Some((key, (_, text))) = loaded.first_key_value() else { return Ok(String::new()) };
        let stored: Stored = serde_json::from_str(text).map_err(|_| self.damaged(&key.pk))?;
        Ok(stored.head)
    }

    /// Items by their keys, consistent.
    pub(super) async fn get(&self, keys: BTreeSet<Key>) -> Result<Items, StoreError> {
        self.get_as(keys, true).await
    }

    /// Items by their keys, as of now or as of a moment ago, which costs half.
    pub(super) async fn get_as(&self, keys: BTreeSet<Key>, consistent: bool) -> Result<Items, StoreError> {
        let keys: Vec<Attributes> = keys.iter().map(Key::attributes).collect();
        let mut found = Items::new();
        for chunk in keys.chunks(BATCH) {
            self.get_chunk(chunk.to_vec(), consistent, &mut found).await?;
        }
        Ok(found)
    }

    async fn get_chunk(
        &self,
        mut keys: Vec<Attributes>,
        consistent: bool,
        found: &mut Items,
    ) -> Result<(), StoreError> {
        for attempt in 0..ATTEMPTS {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(consistent)
                .build()
                .map_err(|error| self.unmade(&error))?;
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(Some(HashMap::from([(self.table.clone(), wanted)])))
                .send()
                .await
                .map_err(|error| self.failed("reading", &error))?;
            let items = answer.responses.and_then(|mut it| it.remove(&self.table)).unwrap_or_default();
            found.extend(items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))));
            keys =
                answer.unprocessed_keys.and_then(|mut it| it.remove(&self.table)).map(|it| it.keys).unwrap_or_default();
            if keys.is_empty() {
                return Ok(());
            }
            self.pause(attempt).await;
        }
        Err(self.transient(format!("reading: not all was answered, {ATTEMPTS} times")))
    }

    /// The texts of items, with the items. Those whose parts are of two writes are read again.
    pub(super) async fn texts(&self, mut items: Items) -> Result<BTreeMap<Key, (Attributes, String)>, StoreError> {
        let mut texts = BTreeMap::new();
        for attempt in 0..ATTEMPTS {
            let wanted: BTreeSet<Key> = items.values().flat_map(body::parts).collect();
            let parts = self.get(wanted).await?;
            let mut torn = BTreeSet::new();
            for (key, item) in items {
                match body::open(&item, |part| parts.get(part)) {
                    Opened::Whole(text) => drop(texts.insert(key, (item, text))),
                    Opened::Nothing => {}
                    Opened::Torn => drop(torn.insert(key)),
                    Opened::Damaged => return Err(self.damaged(&key.pk)),
                }
            }
            if torn.is_empty() {
                return Ok(texts);
            }
            self.pause(attempt).await;
            items = self.get(torn).await?;
        }
        Err(self.transient(format!("reading: others kept writing the same item, {ATTEMPTS} times")))
    }

    /// All items of a partition whose sort keys begin so, consistent.
    pub(super) async fn partition(&self, doing: &str, pk: &str, begins: &str) -> Result<Items, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", text(pk));
        // No text is not the beginning of a key.
        let query = if begins.is_empty() {
            query.key_condition_expression("#pk = :pk")
        } else {
            query
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :begins)")
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":begins", text(begins))
        };
        let mut pages = query.into_paginator().items().send();
        let mut items = Items::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| self.failed(doing, &error))?;
            items.extend(Key::of(&item).map(|key| (key, item)));
        }
        Ok(items)
    }

    pub(super) async fn read_history(&self, resource: &Named) -> Result<Vec<Entry>, StoreError> {
        let items = self.partition("reading a history", &Key::resource(resource).pk, HISTORY).await?;
        let mut entries: Vec<Entry> = Vec::new();
        for (key, item) in items.iter().filter(|(key, _)| !key.is_part()) {
            let Opened::Whole(text) = body::open(item, |part| items.get(part)) else {
                return Err(self.damaged(&format!("{} {}", key.pk, key.sk)));
            };
            let more: Vec<Entry> =
                serde_json::from_str(&text).map_err(|_| self.damaged(&format!("{} {}", key.pk, key.sk)))?;
            entries.extend(more);
        }
        Ok(entries)
    }

    pub(super) async fn scan_resources(&self) -> Result<Vec<Named>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("attribute_exists(#named) AND #entries > :none")
            .projection_expression("#named")
            .set_expression_attribute_names(Some(names(&[("#named", NAMED), ("#entries", ENTRIES)])))
            .expression_attribute_values(":none", number(0))
            .into_paginator()
            .items()
            .send();
        let mut resources = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| self.failed("reading all resources", &error))?;
            let named = read_text(&item, NAMED).unwrap_or_default();
            resources.push(serde_json::from_str(named).map_err(|_| self.damaged(named))?);
        }
        resources.sort();
        Ok(resources)
    }
}
