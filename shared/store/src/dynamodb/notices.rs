//! What people were told, in the same table: a mark for each notice, and an item for each conversation.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::DynamoDb;
use super::key::{Attributes, EXPIRES, Key, number, read_text, text};
use crate::StoreError;
use crate::notices::{Notices, Told};

const THREAD: &str = "thread";
/// How long it is known that a notice was given.
const TOLD_KEPT_S: i64 = 90 * 24 * 60 * 60;

impl DynamoDb {
    async fn item(&self, key: Key) -> Result<Option<Attributes>, StoreError> {
        Ok(self.get(BTreeSet::from([key])).await?.into_values().next())
    }
}

impl Notices for DynamoDb {
    async fn thread(&self, sink: &str, subject: &str) -> Result<Option<String>, StoreError> {
        let item = self.item(Key::thread(sink, subject)).await?;
        Ok(item.as_ref().and_then(|it| read_text(it, THREAD)).map(str::to_owned))
    }

    async fn is_told(&self, sink: &str, notice: &str) -> Result<bool, StoreError> {
        Ok(self.item(Key::told(sink, notice)).await?.is_some())
    }

    async fn tell(&self, told: &Told) -> Result<(), StoreError> {
        let Told { sink, notice, subject, thread, at } = told;
        let mut mark = Key::told(sink, notice).attributes();
        mark.insert(EXPIRES.to_owned(), number(at.as_second() + TOLD_KEPT_S));
        let mut items = vec![mark];
        if let Some(thread) = thread {
            let mut item = Key::thread(sink, subject).attributes();
            item.insert(THREAD.to_owned(), text(thread));
            items.push(item);
        }
        let mut request = self.client.transact_write_items();
        for item in items {
            let put = Put::builder().table_name(&self.table).set_item(Some(item)).build();
            let put = put.map_err(|error| self.unmade(&error))?;
            request = request.transact_items(TransactWriteItem::builder().put(put).build());
        }
        request.send().await.map(drop).map_err(|error| self.failed("keeping that people were told", &error))
    }
}
