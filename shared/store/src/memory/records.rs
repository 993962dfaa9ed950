//! Kept records in memory.

use driftwire_drift::Named;
use jiff::Timestamp;

use super::Memory;
use crate::model::Kept;
use crate::{Records, StoreError};

impl Records for Memory {
    async fn kept(&self, resource: &Named) -> Result<Vec<Kept>, StoreError> {
        Ok(self.kept().records.get(resource).into_iter().flat_map(|it| it.values().cloned()).collect())
    }

    async fn due(&self, at: Timestamp, limit: usize) -> Result<Vec<Named>, StoreError> {
        let kept = self.kept();
        let mut due: Vec<(Timestamp, Named)> = kept
            .records
            .iter()
            .filter_map(|(named, records)| {
                records.values().filter(|it| it.held).filter_map(|it| it.due).min().map(|due| (due, named.clone()))
            })
            .filter(|(due, _)| *due <= at)
            .collect();
        due.sort();
        Ok(due.into_iter().map(|(_, named)| named).take(limit).collect())
    }
}
