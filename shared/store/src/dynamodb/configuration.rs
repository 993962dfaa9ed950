//! Reads and writes the rules file, in versions.

use aws_sdk_dynamodb::operation::put_item::PutItemError;

use super::DynamoDb;
use super::body::{self, Body, Opened};
use super::entity::names;
use super::key::{Items, Key, PK, text};
use crate::StoreError;
use crate::configuration::RulesText;

impl DynamoDb {
    pub(super) async fn read_rules(&self, limit: usize) -> Result<Vec<RulesText>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .set_expression_attribute_names(Some(names(&[("#pk", PK)])))
            .expression_attribute_values(":pk", text(&Key::rules(0).pk))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| self.failed("reading the rules", &error))?;
        let items: Items = answer.items().iter().filter_map(|item| Some((Key::of(item)?, item.clone()))).collect();
        let version = |key: &Key| key.sk.parse().ok();
        Ok(items
            .iter()
            .rev()
            .filter_map(|(key, item)| match body::open(item, |part| items.get(part)) {
                Opened::Whole(text) => Some(RulesText { version: version(key)?, text }),
                _ => None,
            })
            .collect())
    }

    pub(super) async fn write_rules(&self, rules: &str) -> Result<u64, StoreError> {
        let version = self.read_rules(1).await?.first().map_or(0, |it| it.version) + 1;
        let key = Key::rules(version);
        let mut item = key.attributes();
        if !Body::new(rules.to_owned()).put(&key, &mut item).is_empty() {
            return Err(self.permanent("the rules file is too large"));
        }
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PK);
        match put.send().await {
            Ok(_) => Ok(version),
            Err(error)
                if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) =>
            {
                Err(self.transient("another version of the rules came between"))
            }
            Err(error) => Err(self.failed("writing the rules", &error)),
        }
    }
}
