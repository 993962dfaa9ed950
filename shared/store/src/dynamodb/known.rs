//! What is known of an origin's declarations, as far as it is compared with what they are to be. Their bodies stay where
//! they are.

use std::collections::{BTreeMap, BTreeSet};

use driftwire_drift::{Place, Reach};

use super::DynamoDb;
use super::declared::Pointer;
use super::entity::names;
use super::key::{Attributes, Key, PK, read_number, read_text, text};
use super::origin::{CLAIM, DIGEST, NAMES, POINTER};
use crate::StoreError;

/// A declaration that is known, as far as it matters for what has to be written.
pub(super) struct Known {
    pub(super) digest: String,
    pub(super) claim: u64,
    pub(super) pointer: String,
    pub(super) names: BTreeSet<String>,
}

impl DynamoDb {
    /// What is known of an origin's declarations, by their keys. Only what has to be compared is kept in memory.
    pub(super) async fn known(&self, origin: &str) -> Result<BTreeMap<String, Known>, StoreError> {
        let pk = Key::declaration(origin, "").pk;
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .filter_expression("attribute_exists(#digest)")
            .projection_expression("#pk, sk, #digest, #pointer, #names, #claim")
            .set_expression_attribute_names(Some(names(&[
                ("#pk", PK),
                ("#digest", DIGEST),
                ("#claim", CLAIM),
                ("#pointer", POINTER),
                ("#names", NAMES),
            ])))
            .expression_attribute_values(":pk", text(&pk))
            .into_paginator()
            .items()
            .send();
        let mut known = BTreeMap::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| self.failed("reading a state", &error))?;
            let Some(pointer) = read_text(&item, POINTER) else { continue };
            let key = serde_json::from_str::<Pointer>(pointer).map_err(|_| self.damaged(&pk))?.key;
            known.insert(key, Known::of(&item));
        }
        Ok(known)
    }
}

impl Known {
    pub(super) fn of(item: &Attributes) -> Self {
        let names = item.get(NAMES).and_then(|it| it.as_ss().ok()).map(Vec::as_slice).unwrap_or_default();
        Self {
            digest: read_text(item, DIGEST).unwrap_or_default().to_owned(),
            claim: read_number(item, CLAIM).unwrap_or(0),
            pointer: read_text(item, POINTER).unwrap_or_default().to_owned(),
            names: names.iter().cloned().collect(),
        }
    }

    fn pointer(&self) -> Option<Pointer> {
        serde_json::from_str(&self.pointer).ok()
    }

    pub(super) fn places(&self) -> Vec<Place> {
        self.pointer().map(|it| it.places).unwrap_or_default()
    }

    pub(super) fn reach(&self) -> Reach {
        self.pointer().map(|it| it.reach()).unwrap_or_default()
    }
}
