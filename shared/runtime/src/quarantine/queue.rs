//! A quarantine in SQS: the message's body as it came, with the reason as an attribute.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;

use super::{Delay, Note, Quarantine, QuarantineError};
use crate::aws::said;
use crate::message::Message;

/// How long an attribute may be here, in characters.
const LONGEST: usize = 1_000;
/// How long a queue keeps a message back at most.
const LATEST: Duration = Duration::from_secs(11 * 60 * 60);

/// A quarantine in SQS.
#[derive(Debug)]
pub struct Sqs {
    client: Client,
    quarantine: String,
    /// The URLs of queues by their ARNs: a message only says the ARN.
    urls: Mutex<BTreeMap<String, String>>,
}

impl Sqs {
    /// The queue with this URL.
    #[must_use]
    pub fn new(config: &SdkConfig, quarantine: impl Into<String>) -> Self {
        Self { client: Client::new(config), quarantine: quarantine.into(), urls: Mutex::default() }
    }

    async fn url(&self, arn: &str) -> Result<String, QuarantineError> {
        let known = self.urls.lock().unwrap_or_else(PoisonError::into_inner).get(arn).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        let mut parts = arn.splitn(6, ':').skip(4);
        let (account, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let answer = self.client.get_queue_url().queue_name(name).queue_owner_aws_account_id(account).send().await;
        let url = answer.map_err(|error| refused(arn, &error))?.queue_url.unwrap_or_default();
        self.urls.lock().unwrap_or_else(PoisonError::into_inner).insert(arn.to_owned(), url.clone());
        Ok(url)
    }
}

impl Quarantine for Sqs {
    async fn keep(&self, message: &Message, note: &Note) -> Result<(), QuarantineError> {
        let received = message.first_received().map(|it| it.to_string()).unwrap_or_default();
        let attributes = [
            ("reason", note.reason),
            ("detail", &note.detail),
            ("function", &note.function),
            ("queue", &message.queue),
            ("first_received", &received),
        ];
        let mut send = self.client.send_message().queue_url(&self.quarantine).message_body(&message.body);
        for (name, value) in attributes {
            let value = clean(value);
            if !value.is_empty() {
                let attribute = MessageAttributeValue::builder().data_type("String").string_value(value).build();
                send = send.message_attributes(name, attribute.map_err(|error| unmade(&self.quarantine, &error))?);
            }
        }
        send.send().await.map(drop).map_err(|error| refused(&self.quarantine, &error))
    }
}

impl Delay for Sqs {
    async fn delay(&self, message: &Message, after: Duration) -> Result<(), QuarantineError> {
        let url = self.url(&message.queue).await?;
        let seconds = i32::try_from(after.min(LATEST).as_secs()).unwrap_or(i32::MAX);
        let change = self.client.change_message_visibility().queue_url(url).receipt_handle(&message.receipt_handle);
        let answer = change.visibility_timeout(seconds).send().await;
        answer.map(drop).map_err(|error| refused(&message.queue, &error))
    }
}

/// A value as SQS takes it.
fn clean(value: &str) -> String {
    let plain = |it: char| if it.is_control() || matches!(it, '\u{fffe}' | '\u{ffff}') { ' ' } else { it };
    value.chars().take(LONGEST).map(plain).collect()
}

fn refused<E>(queue: &str, error: &aws_sdk_sqs::error::SdkError<E>) -> QuarantineError
where
    E: aws_sdk_sqs::error::ProvideErrorMetadata + std::error::Error + 'static,
{
    QuarantineError { queue: queue.to_owned(), reason: said(error) }
}

fn unmade(queue: &str, error: &aws_sdk_sqs::error::BuildError) -> QuarantineError {
    QuarantineError { queue: queue.to_owned(), reason: error.to_string() }
}
