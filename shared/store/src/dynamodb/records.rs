//! Reads the records that something open rests on, and what has waited long enough.

use driftwire_drift::Named;
use jiff::Timestamp;

use super::DynamoDb;
use super::body::{self, Opened};
use super::entity::{HELD, NAMED, names};
use super::key::{BY_DUE, KEPT, Key, read_text, text, time};
use crate::StoreError;
use crate::model::Kept;

impl DynamoDb {
    pub(super) async fn read_kept(&self, resource: &Named) -> Result<Vec<Kept>, StoreError> {
        let items = self.partition("reading records", &Key::resource(resource).pk, KEPT).await?;
        let mut all = Vec::with_capacity(items.len());
        for (key, item) in items.iter().filter(|(key, _)| !key.is_part()) {
            let damaged = || self.damaged(&format!("{} {}", key.pk, key.sk));
            let Opened::Whole(text) = body::open(item, |part| items.get(part)) else { return Err(damaged()) };
            all.push(serde_json::from_str(&text).map_err(|_| damaged())?);
        }
        Ok(all)
    }

    pub(super) async fn read_due(&self, at: Timestamp, limit: usize) -> Result<Vec<Named>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_DUE.name)
            .key_condition_expression("#lane = :held AND #due <= :at")
            .set_expression_attribute_names(Some(names(&[("#lane", BY_DUE.partition), ("#due", BY_DUE.sort)])))
            .expression_attribute_values(":held", text(HELD))
            .expression_attribute_values(":at", text(&time(at)))
            .into_paginator()
            .items()
            .send();
        let mut due: Vec<Named> = Vec::new();
        while due.len() < limit
            && let Some(item) = pages.next().await
        {
            let item = item.map_err(|error| self.failed("reading what is due", &error))?;
            let named = read_text(&item, NAMED).unwrap_or_default();
            let named: Named = serde_json::from_str(named).map_err(|_| self.damaged(named))?;
            if !due.contains(&named) {
                due.push(named);
            }
        }
        Ok(due)
    }
}
