//! What people were told, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use super::Memory;
use crate::StoreError;
use crate::notices::{Notices, Told};

#[derive(Debug, Default)]
pub(super) struct Conversations {
    told: BTreeSet<(String, String)>,
    threads: BTreeMap<(String, String), String>,
}

impl Notices for Memory {
    async fn thread(&self, sink: &str, subject: &str) -> Result<Option<String>, StoreError> {
        let conversations = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(conversations.threads.get(&(sink.to_owned(), subject.to_owned())).cloned())
    }

    async fn is_told(&self, sink: &str, notice: &str) -> Result<bool, StoreError> {
        let conversations = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(conversations.told.contains(&(sink.to_owned(), notice.to_owned())))
    }

    async fn tell(&self, told: &Told) -> Result<(), StoreError> {
        let Told { sink, notice, subject, thread, at: _ } = told.clone();
        let mut conversations = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        conversations.told.insert((sink.clone(), notice));
        if let Some(thread) = thread {
            conversations.threads.insert((sink, subject), thread);
        }
        Ok(())
    }
}
