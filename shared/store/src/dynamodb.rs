//! A store in DynamoDB: one table, five indexes, no lookup that has to be guessed.
//!
//! It keeps and finds; it never judges. All of a write is made in one transaction, under the condition that each resource
//! is still as it was loaded. Where one transaction cannot hold it, the parts are made so that each may be repeated, and
//! so that a crash between them is finished by whoever loads the resource next: NOTHING-LOST, ONCE.
//!
//! # Items
//!
//! | item | `pk` | `sk` | holds |
//! |---|---|---|---|
//! | resource | `R#account#region#type#id` | `@` | `version` (the condition of a write), what is open, the head of its history; `owed` while standings are still to be written |
//! | history | the resource's | `H#` and the number of the first entry, 12 digits | the entries of one write, never changed afterwards |
//! | finding | `F#id` | `@` | the finding as found; `status`, `contested`, `superseded_by` as it stands; the keys of the indexes |
//! | name | `N#resource#arn or address`, `N#actor#arn` | time `#` id | nothing: leads to a finding by its other names |
//! | mark | `M#identity` | `@` | how a record ended; `expires` 90 days after it was recorded |
//! | told | `N!sink#notice` | `@` | that a notice was given; `expires` 90 days afterwards |
//! | thread | `T#sink#subject` | `@` | `thread`: where a sink's conversation about a resource goes on |
//! | kept record | the resource's | `K#` time `#` event id | a record that what is open rests on, secrets hashed; `due_lane` and `due` while it waits |
//! | origin | `O` | the file, object or stack | `claim` (counts the syncs), `head`: lineage, serial, how many declarations |
//! | declaration | `O#origin` | `D#` and the address | what the block declares; `says` (its digest), `names` and `pointer` (what leads to it) |
//! | left | `O#origin` | `L` | resources that a sync took declarations from, should it end before they are judged again |
//! | alias | `A#name of a resource` | `@` | `to`: pointers to declarations, and to the resources that they speak of |
//! | rules | `C#rules` | the version, 12 digits | the rules file |
//! | part | its item's | its item's, `#p` and a number | a piece of a body that does not fit in one item |
//!
//! A body is JSON text (`body`), gzip above 8 KB (`packed`), numbered parts above 350 KB. It is never cut off.
//!
//! # Indexes
//!
//! All are sorted by `at` (time, then id: `2026-11-20T10:05:00.000000000Z#dw1-…`) and hold `title`, `severity`, `status`,
//! so that `aws dynamodb query` shows something to read.
//!
//! | index | partition | answers |
//! |---|---|---|
//! | `by-resource` | `resource`: its id | findings of a resource in order of time |
//! | `by-actor` | `actor`: the name of who is behind it | findings of an actor |
//! | `by-account` | `account` | findings of an account; of a day with `begins_with(at, "2026-11-20")` |
//! | `by-due` | `due_lane`: `held` | what has waited long enough, by `due` rather than `at` |
//! | `by-severity` | `lane`: `open#critical`, `closed#low`, … | open drift by severity; everything, as ten lanes merged |
//!
//! # Access patterns
//!
//! | pattern | requests |
//! |---|---|
//! | what a record is decided with | one `BatchGetItem` of aliases; where they lead anywhere, one more, consistent, of declarations and of what is open on their resources |
//! | what is open on the resources of a record | came along; one `BatchGetItem`, consistent, where another write came between |
//! | to replace what an origin declares | one `Query`, two writes of the origin, one write for each declaration that says something else and for each of its names that is new or gone |
//! | holds by due time | one `Query` |
//! | a record that changes something | one `TransactWriteItems`; more above 100 items or 3.5 MB |
//! | a record that says nothing new | none after the read |
//! | findings by id or ARN or address, by actor, by account and time, by severity | one `Query` for each name or lane, one `BatchGetItem` for each page |
//! | findings without any of these | a `Query` for each of ten lanes (five where the status is asked for), merged by time; never a scan |
//! | history of a resource | one `Query`, consistent |
//! | all resources with a history | a `Scan`: for checking every chain, which reads all of it anyway |
//!
//! Indexes follow a write a moment later; bodies and standings are read consistently. What is kept of one resource may take
//! about 3.5 MB packed, tens of thousands of findings; beyond that a write is refused, and says so.
//! Other conditions of a question are checked on each finding here, so a rare one reads more pages than it returns.

mod body;
mod configuration;
mod declared;
mod entity;
mod error;
mod key;
mod known;
mod link;
mod notices;
mod origin;
mod plan;
mod question;
mod read;
mod records;
mod settle;
mod stream;
mod table;
mod write;

pub use stream::{StreamError, StreamEvent, StreamRecord, Streamed};

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::AsyncSleep as _;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use driftwire_drift::{Named, Wanted};
use driftwire_report::v1::Finding;
use jiff::Timestamp;

use crate::chain::Entry;
use crate::configuration::{Configuration, RulesText};
use crate::declared::{Declared, Gathered, OriginHead, OriginState, Origins, Replaced};
use crate::filter::{Filter, Page, PageRequest};
use crate::model::{Kept, RecordWrite, Stored, Written};
use crate::{Drift, History, Records, StoreError};

/// How often a request is made again that was refused for a while.
const ATTEMPTS: u32 = 7;

/// A store in DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoDb {
    client: Client,
    table: String,
}

impl DynamoDb {
    /// A table that a client reaches.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// A table that is reached as a function reaches everything else.
    #[must_use]
    pub fn with(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self::new(Client::new(config), table)
    }

    /// A table in the account and region of the environment: variables, profile, or the role of the function.
    pub async fn connect(table: impl Into<String>) -> Self {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(5));
        let config: SdkConfig = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .timeout_config(timeouts.build())
            .retry_config(RetryConfig::standard().with_max_attempts(5))
            .load()
            .await;
        Self::new(Client::new(&config), table)
    }

    /// Waits before a request is made again: twice as long each time.
    async fn pause(&self, attempt: u32) {
        if let Some(sleep) = self.client.config().sleep_impl() {
            sleep.sleep(Duration::from_millis(25 << attempt.min(6))).await;
        }
    }
}

impl Drift for DynamoDb {
    async fn load(&self, resources: &[Named]) -> Result<Vec<Option<Stored>>, StoreError> {
        self.load_resources(resources).await
    }

    async fn write(&self, write: &RecordWrite) -> Result<Written, StoreError> {
        self.write_record(write).await
    }
}

impl Declared for DynamoDb {
    async fn gather(&self, wanted: &Wanted, besides: &[Named]) -> Result<Gathered, StoreError> {
        self.gather_for(wanted, besides).await
    }
}

impl Origins for DynamoDb {
    async fn replace(&self, state: &OriginState) -> Result<Replaced, StoreError> {
        self.replace_origin(state).await
    }

    async fn finish(&self, state: &OriginState) -> Result<(), StoreError> {
        self.finish_origin(state).await
    }

    async fn origins(&self) -> Result<Vec<OriginHead>, StoreError> {
        self.list_origins().await
    }
}

impl Records for DynamoDb {
    async fn kept(&self, resource: &Named) -> Result<Vec<Kept>, StoreError> {
        self.read_kept(resource).await
    }

    async fn due(&self, at: Timestamp, limit: usize) -> Result<Vec<Named>, StoreError> {
        self.read_due(at, limit).await
    }
}

impl Configuration for DynamoDb {
    async fn rules(&self, limit: usize) -> Result<Vec<RulesText>, StoreError> {
        self.read_rules(limit).await
    }

    async fn put_rules(&self, text: &str) -> Result<u64, StoreError> {
        self.write_rules(text).await
    }
}

impl History for DynamoDb {
    async fn findings(&self, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, StoreError> {
        self.answer(filter, page).await
    }

    async fn head(&self, resource: &Named) -> Result<String, StoreError> {
        self.read_head(resource).await
    }

    async fn history(&self, resource: &Named) -> Result<Vec<Entry>, StoreError> {
        self.read_history(resource).await
    }

    async fn resources(&self) -> Result<Vec<Named>, StoreError> {
        self.scan_resources().await
    }
}
