//! Sends transactions, and says what became of them.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, PutRequest, WriteRequest};

use super::entity::{Planned, Role};
use super::key::Attributes;
use super::plan::{Group, Unplanned, groups};
use super::{ATTEMPTS, DynamoDb};
use crate::StoreError;
use crate::model::{RecordWrite, Written};

/// How many items one request without a transaction may write.
const BATCH: usize = 25;

impl DynamoDb {
    pub(super) async fn write_record(&self, write: &RecordWrite) -> Result<Written, StoreError> {
        let groups = groups(&self.table, write).map_err(|error| match error {
            Unplanned::Build(error) => self.unmade(&error),
            Unplanned::TooLarge(resource) => self.permanent(format!(
                "what one record changes of `{}` in `{}` exceeds a transaction of DynamoDB; keep it in another store",
                resource.id, resource.account
            )),
        })?;
        for group in groups {
            self.put_all(&group.early).await?;
            if self.transact(&group).await? == Written::Moved {
                return Ok(Written::Moved);
            }
            for owed in &group.owed {
                self.settle(owed).await?;
            }
        }
        Ok(Written::Done)
    }

    async fn transact(&self, group: &Group) -> Result<Written, StoreError> {
        for attempt in 0..ATTEMPTS {
            match self.send(&group.items, Some(&group.token)).await? {
                Sent::Done => return Ok(Written::Done),
                Sent::Failed(Role::Head) => return Ok(Written::Moved),
                Sent::Failed(role) => return Err(self.broken(role)),
                Sent::Busy => self.pause(attempt).await,
            }
        }
        Err(self.transient(format!("writing: others were at the same items, {ATTEMPTS} times")))
    }

    /// Sends one transaction, once.
    pub(super) async fn send(&self, items: &[Planned], token: Option<&str>) -> Result<Sent, StoreError> {
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items.iter().map(|it| it.item.clone()).collect()))
            .set_client_request_token(token.map(str::to_owned))
            .send()
            .await;
        let Err(error) = answer else { return Ok(Sent::Done) };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                let roles: Vec<Role> = items.iter().map(|it| it.role).collect();
                self.canceled(canceled.cancellation_reasons(), &roles)
            }
            _ => Err(self.failed("writing", &error)),
        }
    }

    /// Why a transaction was not made. The reasons are in the order of its items.
    fn canceled(&self, reasons: &[CancellationReason], roles: &[Role]) -> Result<Sent, StoreError> {
        let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
        let mut failed: Vec<Role> = reasons
            .iter()
            .zip(roles)
            .filter(|(it, _)| code(it) == "ConditionalCheckFailed")
            .map(|(_, role)| *role)
            .collect();
        // Another write came first, whatever else does not hold.
        failed.sort_by_key(|role| *role != Role::Head);
        let is_later = |reason: &CancellationReason| {
            matches!(
                reason.code(),
                Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" | "DuplicateItem")
            )
        };
        if let Some(Role::Head) = failed.first() {
            return Ok(Sent::Failed(Role::Head));
        }
        if reasons.iter().any(is_later) {
            return Ok(Sent::Busy);
        }
        if let Some(role) = failed.first() {
            return Ok(Sent::Failed(*role));
        }
        let refused = reasons.iter().find(|it| code(it) != "None");
        match refused {
            Some(reason) => Err(self.permanent(format!(
                "writing: {}: {}; the table's keys or indexes may be another version's",
                code(reason),
                reason.message().unwrap_or("no more was said")
            ))),
            None => Err(self.transient("writing: the transaction was canceled, and no reason given")),
        }
    }

    pub(super) fn broken(&self, role: Role) -> StoreError {
        self.damaged(match role {
            Role::Head | Role::Free => "a resource",
            Role::History => "the end of a history",
            Role::Standing => "a finding that its resource speaks of",
        })
    }

    /// Writes items that need no condition, as many as it takes.
    pub(super) async fn put_all(&self, items: &[Attributes]) -> Result<(), StoreError> {
        for chunk in items.chunks(BATCH) {
            let mut requests = Vec::with_capacity(chunk.len());
            for item in chunk {
                let put = PutRequest::builder().set_item(Some(item.clone())).build();
                requests.push(WriteRequest::builder().put_request(put.map_err(|error| self.unmade(&error))?).build());
            }
            self.put_chunk(requests).await?;
        }
        Ok(())
    }

    async fn put_chunk(&self, mut requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        for attempt in 0..ATTEMPTS {
            let answer = self
                .client
                .batch_write_item()
                .set_request_items(Some(HashMap::from([(self.table.clone(), requests)])))
                .send()
                .await
                .map_err(|error| self.failed("writing names", &error))?;
            requests = answer.unprocessed_items.and_then(|mut it| it.remove(&self.table)).unwrap_or_default();
            if requests.is_empty() {
                return Ok(());
            }
            self.pause(attempt).await;
        }
        Err(self.transient(format!("writing names: not all were taken, {ATTEMPTS} times")))
    }
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was made.
    Done,
    /// A condition did not hold.
    Failed(Role),
    /// Others were at the same items.
    Busy,
}
