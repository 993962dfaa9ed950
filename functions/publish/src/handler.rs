//! Reads what changed, publishes the findings in order, and says from where the stream has to be read again.
//!
//! A crash, a refusal or a damaged record never passes anything over: the stream goes on from the first that is not on the
//! bus. Those behind it may come twice, as the same events: NOTHING-LOST, ONCE.

use driftwire_bus::{Bus, BusError, Published};
use driftwire_report::v1::Finding;
use driftwire_runtime::{BatchAnswer, Failure, Function, Invocation, Name};
use driftwire_store::{DynamoDb, StreamEvent, Streamed};

/// What publishing needs.
pub(crate) struct Publish<B> {
    pub(crate) table: DynamoDb,
    pub(crate) bus: B,
}

impl<B: Bus> Function for Publish<B> {
    type Event = StreamEvent;
    type Answer = BatchAnswer;

    async fn handle(&self, event: StreamEvent, invocation: &Invocation) -> Result<BatchAnswer, Failure> {
        let Read { findings, sequences, stopped_at } = self.read(&event, invocation).await?;
        let failed = match self.bus.publish(&findings, invocation.last_moment()).await {
            Ok(Published { resent, elided }) => {
                count(invocation, Name::Published, findings.len());
                count(invocation, Name::Resent, resent);
                count(invocation, Name::Elided, elided);
                stopped_at
            }
            Err(error) => {
                count(invocation, Name::Published, error.first);
                refused(&error);
                sequences.get(error.first).cloned()
            }
        };
        Ok(BatchAnswer::failed(failed))
    }
}

/// What a batch of the stream holds.
#[derive(Default)]
struct Read {
    findings: Vec<Finding>,
    /// Where each finding is in the stream.
    sequences: Vec<String>,
    /// The first record that could not be read.
    stopped_at: Option<String>,
}

impl<B> Publish<B> {
    /// Reads until the first record that cannot be read.
    async fn read(&self, event: &StreamEvent, invocation: &Invocation) -> Result<Read, Failure> {
        let mut read = Read::default();
        for record in &event.records {
            match self.table.streamed(record).await {
                Ok(streamed) => {
                    invocation.metrics.count(Name::StreamRecords, 1, &[("Kind", streamed.as_str())]);
                    if let Streamed::Finding(finding) = streamed {
                        read.findings.push(*finding);
                        read.sequences.push(record.sequence().to_owned());
                    }
                }
                // Without a place in the stream, all of the batch has to come again.
                Err(error) if record.sequence().is_empty() => return Err(Failure::new("stream", &error)),
                Err(error) => {
                    invocation.metrics.count(Name::StreamRecords, 1, &[("Kind", "unreadable")]);
                    tracing::error!(error_type = "stream", error = %error, "a record of the stream cannot be read");
                    read.stopped_at = Some(record.sequence().to_owned());
                    break;
                }
            }
        }
        Ok(read)
    }
}

fn count(invocation: &Invocation, name: Name, times: usize) {
    if times > 0 {
        invocation.metrics.count(name, times as u64, &[]);
    }
}

fn refused(error: &BusError) {
    if error.is_transient {
        tracing::warn!(error = %error, "the stream is read again from there");
    } else {
        tracing::error!(error_type = "bus", error = %error, "the bus refuses a finding; the stream does not go on");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_config::{BehaviorVersion, SdkConfig};
    use driftwire_bus::Memory;
    use serde_json::{Value, json};

    use super::*;

    fn publish() -> Publish<Memory> {
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        Publish { table: DynamoDb::with(&aws, "drift"), bus: Memory::default() }
    }

    fn finding(id: &str, status: &str) -> Value {
        json!({
            "schema": "driftwire.finding/v1", "id": id, "kind": "modified", "status": status, "evidence": "observed",
            "severity": "high", "rule": "logs", "title": "alice changed a log group",
            "resource": {
                "type": "AWS::Logs::LogGroup", "id": "api", "account": "111122223333", "region": "eu-west-1",
                "declarations": [],
            },
            "changes": [], "who": {"kind": "person", "name": "alice@example.com", "via": "console"},
            "when": {"event_time": "2026-11-20T10:05:00Z"},
            "call": {"event_id": "e", "source": "logs.amazonaws.com", "name": "Put", "record_region": "eu-west-1"},
        })
    }

    fn record(sequence: u32, id: &str, status: &str) -> Value {
        let (pk, sk) = (json!({"S": format!("F#{id}")}), json!({"S": "@"}));
        let body = json!({"S": finding(id, "open").to_string()});
        json!({"eventName": "INSERT", "dynamodb": {
            "SequenceNumber": sequence.to_string(), "Keys": {"pk": pk, "sk": sk},
            "NewImage": {"pk": pk, "sk": sk, "status": {"S": status}, "contested": {"BOOL": false}, "body": body},
        }})
    }

    fn handle(publish: &Publish<Memory>, records: &[Value]) -> Result<Vec<String>, Failure> {
        let event: StreamEvent = serde_json::from_value(json!({"Records": records})).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer =
            runtime.block_on(async { publish.handle(event, &Invocation::lasting(Duration::from_secs(30))).await })?;
        Ok(answer.failures.into_iter().map(|it| it.item).collect())
    }

    fn published(publish: &Publish<Memory>) -> Vec<String> {
        publish.bus.published().iter().map(|it| format!("{} {}", it.id, it.status)).collect()
    }

    #[test]
    fn findings_are_published_in_order_and_everything_else_is_left() {
        let publish = publish();
        let mut other = record(2, "x", "open");
        other["dynamodb"]["Keys"]["pk"]["S"] = json!("R#1#eu#T#api");
        let records = [record(1, "a", "open"), other, record(3, "b", "open"), record(4, "a", "restored")];
        for _ in 0..2 {
            assert_eq!(handle(&publish, &records), Ok(vec![]));
        }
        let once = ["a open", "b open", "a restored"];
        assert_eq!(published(&publish), [once, once].concat());
    }

    #[test]
    fn the_stream_goes_on_from_the_first_that_is_not_on_the_bus() {
        let publish = publish();
        *publish.bus.refuses_from.lock().unwrap() = Some(1);
        let records = [
            record(1, "a", "open"),
            record(2, "b", "open"),
            record(3, "c", "open"),
            json!({"dynamodb": {"SequenceNumber": "4"}}),
        ];
        assert_eq!(handle(&publish, &records), Ok(vec!["2".to_owned()]));
        *publish.bus.refuses_from.lock().unwrap() = None;
        assert_eq!(handle(&publish, &records[1..]), Ok(vec!["4".to_owned()]));
        assert_eq!(published(&publish), ["a open", "b open", "c open"]);
    }

    #[test]
    fn what_has_no_place_in_the_stream_brings_all_of_it_back() {
        let publish = publish();
        assert_eq!(handle(&publish, &[record(1, "a", "open"), json!(7)]).unwrap_err().error_type, "stream");
        assert!(published(&publish).is_empty());
    }
}
