//! A batch of messages as SQS hands it to a function, and the answer it wants. Nothing else of the wire is known here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A batch of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Batch {
    /// In the order of delivery.
    #[serde(rename = "Records", default)]
    pub messages: Vec<Message>,
}

/// One message. Its body is never shown by `Debug`: it may hold anything.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// What the queue calls it.
    pub message_id: String,
    /// What the queue wants to hear when the message is changed.
    #[serde(default)]
    pub receipt_handle: String,
    /// What was sent.
    #[serde(default)]
    pub body: String,
    /// What the queue says of it.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// The queue's ARN.
    #[serde(rename = "eventSourceARN", default)]
    pub queue: String,
}

impl Message {
    /// When it was first handed out.
    #[must_use]
    pub fn first_received(&self) -> Option<Timestamp> {
        let time = self.attributes.get("ApproximateFirstReceiveTimestamp")?;
        Timestamp::from_millisecond(time.parse().ok()?).ok()
    }

    /// How often it was handed out, this time included.
    #[must_use]
    pub fn received(&self) -> u32 {
        self.attributes.get("ApproximateReceiveCount").and_then(|it| it.parse().ok()).unwrap_or(1)
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (id, queue) = (&self.message_id, &self.queue);
        formatter.debug_struct("Message").field("id", id).field("queue", queue).finish_non_exhaustive()
    }
}

/// Which messages of a batch come back, or where a stream is read on from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchAnswer {
    /// None where all is done.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<Failed>,
}

impl BatchAnswer {
    /// Names what failed: message ids of a queue; the sequence number of the first that failed, for a stream.
    pub fn failed(items: impl IntoIterator<Item = String>) -> Self {
        Self { failures: items.into_iter().map(|item| Failed { item }).collect() }
    }
}

/// One that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// A message id, or a sequence number.
    #[serde(rename = "itemIdentifier")]
    pub item: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_read_as_lambda_hands_it_over() {
        let batch: Batch = serde_json::from_value(serde_json::json!({"Records": [{
            "messageId": "11d6ee51-4cc7-4302-9e22-7cd8afdaadf5", "receiptHandle": "AQEB", "body": "secret",
            "attributes": {
                "ApproximateReceiveCount": "2", "SentTimestamp": "1795169100000",
                "SenderId": "AIDA", "ApproximateFirstReceiveTimestamp": "1795169100500"
            },
            "messageAttributes": {}, "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3", "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:records", "awsRegion": "eu-west-1"
        }]}))
        .unwrap();
        let message = &batch.messages[0];
        assert_eq!((message.body.as_str(), message.received()), ("secret", 2));
        assert_eq!(message.first_received().unwrap().to_string(), "2026-11-20T10:05:00.5Z");
        assert!(!format!("{batch:?}").contains("secret"));
    }

    #[test]
    fn the_answer_names_what_failed() {
        let answer = serde_json::to_string(&BatchAnswer::failed(["a".to_owned()])).unwrap();
        assert_eq!(answer, r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#);
    }
}
