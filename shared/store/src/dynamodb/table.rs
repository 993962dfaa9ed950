//! Makes the table: for tests, and for a first run against an emulator. A deployment makes its own, with the same keys.

use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType, TableStatus, TimeToLiveSpecification,
};

use super::DynamoDb;
use super::entity::{NAMED, SHOWN};
use super::key::{AT, BY_DUE, EXPIRES, INDEXES, Index, PK, SK};
use crate::StoreError;

/// How often it is asked whether the table is ready.
const ASKED: u32 = 60;

impl DynamoDb {
    /// Makes the table and its indexes, paid by request, with a stream of both images and a time to live. Returns when it
    /// can be used; a table that is there already is left as it is.
    ///
    /// # Errors
    /// When it is refused, or not ready in time.
    pub async fn create_table(&self) -> Result<(), StoreError> {
        let (definitions, keys, indexes) = shape().map_err(|error| self.unmade(&error))?;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .build();
        let answer = self
            .client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(definitions))
            .set_key_schema(Some(keys))
            .set_global_secondary_indexes(Some(indexes))
            .stream_specification(stream.map_err(|error| self.unmade(&error))?)
            .send()
            .await;
        match answer {
            Ok(_) => {}
            Err(SdkError::ServiceError(answer))
                if matches!(answer.err(), CreateTableError::ResourceInUseException(_)) =>
            {
                return self.ready().await;
            }
            Err(error) => return Err(self.failed("creating the table", &error)),
        }
        self.ready().await?;
        let expires = TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES).build();
        self.client
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(expires.map_err(|error| self.unmade(&error))?)
            .send()
            .await
            .map_err(|error| self.failed("setting the time to live", &error))?;
        Ok(())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        for attempt in 0..ASKED {
            let answer = self.client.describe_table().table_name(&self.table).send().await;
            let answer = answer.map_err(|error| self.failed("waiting for the table", &error))?;
            if answer.table().and_then(|it| it.table_status()) == Some(&TableStatus::Active) {
                return Ok(());
            }
            self.pause(attempt).await;
        }
        Err(self.transient("waiting for the table: it is still being made"))
    }
}

type Shape = (Vec<AttributeDefinition>, Vec<KeySchemaElement>, Vec<GlobalSecondaryIndex>);

fn shape() -> Result<Shape, BuildError> {
    let mut definitions = Vec::new();
    let sorts = [AT, BY_DUE.sort];
    for name in [PK, SK].into_iter().chain(sorts).chain(INDEXES.iter().map(|index| index.partition)) {
        let kind = ScalarAttributeType::S;
        definitions.push(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()?);
    }
    let mut indexes = Vec::new();
    for Index { name, partition, sort } in INDEXES {
        let shown: &[&str] = if name == BY_DUE.name { &[NAMED] } else { &SHOWN };
        let shown = shown.iter().map(|it| (*it).to_owned()).collect();
        let projection =
            Projection::builder().projection_type(ProjectionType::Include).set_non_key_attributes(Some(shown)).build();
        let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(keys(partition, sort)?));
        indexes.push(index.projection(projection).build()?);
    }
    Ok((definitions, keys(PK, SK)?, indexes))
}

fn keys(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let key = |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![key(partition, KeyType::Hash)?, key(sort, KeyType::Range)?])
}
