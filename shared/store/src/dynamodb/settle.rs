//! Writes the standings that a resource owes, and then says that it owes nothing.
//!
//! How a finding stands follows from what is kept of its resource, so whoever loads a resource that owes can settle it: the
//! one that wrote it, or the next after a crash. Each step holds only while the resource is as it was loaded; once it is
//! not, someone else has settled, since no one writes a resource without loading it. Two may settle at once: they write
//! the same.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use driftwire_drift::Named;

use super::entity::{Maker, OWED, Planned, Role, VERSION};
use super::key::{Key, number};
use super::plan::Owed;
use super::write::Sent;
use super::{ATTEMPTS, DynamoDb};
use crate::StoreError;
use crate::model::{FindingStanding, Stored};

/// How many standings go with one check.
const CHUNK: usize = 99;

impl Owed {
    /// All standings of a resource.
    pub(super) fn all(resource: &Named, stored: &Stored) -> Self {
        let drift = &stored.drift;
        let standing = |id: &str| drift.standing(id).map(|it| FindingStanding::new(id, it));
        Self {
            resource: resource.clone(),
            version: stored.version,
            standings: drift.findings().filter_map(standing).collect(),
        }
    }
}

impl DynamoDb {
    pub(super) async fn settle(&self, owed: &Owed) -> Result<(), StoreError> {
        let key = Key::resource(&owed.resource);
        for chunk in owed.standings.chunks(CHUNK) {
            if !self.settle_some(&key, owed.version, chunk).await? {
                return Ok(());
            }
        }
        self.settled(&key, owed.version).await
    }

    /// Returns whether the resource is still as it was loaded.
    async fn settle_some(&self, key: &Key, version: u64, standings: &[FindingStanding]) -> Result<bool, StoreError> {
        let maker = Maker { table: &self.table };
        let check = maker.still(key, version).map_err(|error| self.unmade(&error))?;
        let mut items = vec![Planned { item: check, bytes: 0, role: Role::Head }];
        for standing in standings {
            items.push(maker.standing(standing).map_err(|error| self.unmade(&error))?);
        }
        for attempt in 0..ATTEMPTS {
            match self.send(&items, None).await? {
                Sent::Done => return Ok(true),
                Sent::Failed(Role::Head) => return Ok(false),
                Sent::Failed(role) => return Err(self.broken(role)),
                Sent::Busy => self.pause(attempt).await,
            }
        }
        Err(self.transient(format!("settling: others were at the same items, {ATTEMPTS} times")))
    }

    async fn settled(&self, key: &Key, version: u64) -> Result<(), StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression("REMOVE #owed")
            .condition_expression("#version = :version")
            .expression_attribute_names("#owed", OWED)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(version))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(error.as_service_error(), Some(UpdateItemError::ConditionalCheckFailedException(_))) =>
            {
                Ok(())
            }
            Err(error) => Err(self.failed("settling", &error)),
        }
    }
}
