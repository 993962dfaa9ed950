//! Reads the table's stream, as Lambda hands it over: which findings are new or stand otherwise than before. What else is
//! in the stream is said to be so, never an error; what cannot be read is never passed over: NOTHING-LOST.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use driftwire_report::v1::Finding;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::DynamoDb;
use super::body;
use super::entity::read_standing;
use super::key::{Attributes, Items, Key};
use crate::StoreError;

/// A batch of a table's stream.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct StreamEvent {
    /// In the order of the shard. Each is read on its own, so that one that is damaged does not hide the others.
    #[serde(rename = "Records", default)]
    pub records: Vec<StreamRecord>,
}

/// One change of one item.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct StreamRecord(Value);

impl StreamRecord {
    /// Where it is in the stream; empty where it does not say.
    #[must_use]
    pub fn sequence(&self) -> &str {
        self.0.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default()
    }
}

impl std::fmt::Debug for StreamRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("StreamRecord").field(&self.sequence()).finish()
    }
}

/// What a change of an item means.
#[derive(Debug, Clone, PartialEq)]
pub enum Streamed {
    /// A finding is new, or stands otherwise, or more is known of it: as it stands now.
    Finding(Box<Finding>),
    /// Another item changed.
    OtherItem,
    /// An item was removed.
    Removed,
    /// Nothing of a finding changed that anyone would see.
    Unchanged,
}

impl Streamed {
    /// One word: for counting.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Finding(_) => "finding",
            Self::OtherItem => "other_item",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Why a change of the stream could not be read.
#[derive(Debug, Error)]
pub enum StreamError {
    /// It is not what a stream with both images hands over.
    #[error("record `{sequence}` of the stream: {reason}; the stream must hold new and old images")]
    Malformed {
        /// Where it is in the stream.
        sequence: String,
        /// What is wrong.
        reason: String,
    },
    /// The finding's body is not all in the stream, and the table did not give it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: Value,
    #[serde(rename = "NewImage")]
    new: Option<Value>,
    #[serde(rename = "OldImage")]
    old: Option<Value>,
}

impl DynamoDb {
    /// Says what a change means, and gives the finding as it stands. Asks the table only where a body is in parts.
    ///
    /// # Errors
    /// When the record is none, its finding cannot be read, or the table does not answer.
    pub async fn streamed(&self, record: &StreamRecord) -> Result<Streamed, StreamError> {
        let malformed =
            |reason: &str| StreamError::Malformed { sequence: record.sequence().to_owned(), reason: reason.to_owned() };
        let change = record.0.get("dynamodb").cloned().map(serde_json::from_value::<Change>);
        let Some(Ok(Change { keys, new, old })) = change else { return Err(malformed("expected keys and images")) };
        let key = attributes(&keys).and_then(|it| Key::of(&it)).ok_or_else(|| malformed("expected `pk` and `sk`"))?;
        let Some(id) = key.finding_id().map(str::to_owned) else { return Ok(Streamed::OtherItem) };
        let Some(new) = new else {
            let is_removal = record.0.get("eventName").and_then(Value::as_str) == Some("REMOVE");
            return if is_removal { Ok(Streamed::Removed) } else { Err(malformed("expected a new image")) };
        };
        let new = attributes(&new).ok_or_else(|| malformed("the new image is not one"))?;
        if let Some(old) = old {
            let old = attributes(&old).ok_or_else(|| malformed("the old image is not one"))?;
            if body::is_same(&old, &new) && read_standing(&old, &id) == read_standing(&new, &id) {
                return Ok(Streamed::Unchanged);
            }
        }
        let texts = self.texts(Items::from([(key.clone(), new)])).await?;
        let Some((item, text)) = texts.get(&key) else { return Ok(Streamed::Removed) };
        let finding: Finding =
            serde_json::from_str(text).map_err(|error| malformed(&format!("its body is no finding: {error}")))?;
        let standing = read_standing(item, &id);
        Ok(Streamed::Finding(Box::new(match standing {
            Some(standing) => standing.of(finding),
            None => finding,
        })))
    }
}

/// An item as a stream has it: each value under the letter of its type.
fn attributes(image: &Value) -> Option<Attributes> {
    image.as_object()?.iter().map(|(name, value)| Some((name.clone(), attribute(value)?))).collect()
}

fn attribute(value: &Value) -> Option<AttributeValue> {
    let (letter, value) = value.as_object()?.iter().next()?;
    let texts = || value.as_array()?.iter().map(|it| it.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    let blob = |value: &Value| STANDARD.decode(value.as_str()?).ok().map(Blob::new);
    Some(match letter.as_str() {
        "S" => AttributeValue::S(value.as_str()?.to_owned()),
        "N" => AttributeValue::N(value.as_str()?.to_owned()),
        "B" => AttributeValue::B(blob(value)?),
        "BOOL" => AttributeValue::Bool(value.as_bool()?),
        "NULL" => AttributeValue::Null(true),
        "SS" => AttributeValue::Ss(texts()?),
        "NS" => AttributeValue::Ns(texts()?),
        "BS" => AttributeValue::Bs(value.as_array()?.iter().map(blob).collect::<Option<_>>()?),
        "L" => AttributeValue::L(value.as_array()?.iter().map(attribute).collect::<Option<_>>()?),
        "M" => {
            let members = value.as_object()?.iter();
            let members: Option<HashMap<_, _>> =
                members.map(|(name, it)| Some((name.clone(), attribute(it)?))).collect();
            AttributeValue::M(members?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Config};
    use serde_json::json;

    use super::*;

    /// A store that nobody answers for.
    fn store() -> DynamoDb {
        DynamoDb::new(Client::from_conf(Config::builder().behavior_version(BehaviorVersion::latest()).build()), "drift")
    }

    fn finding() -> Value {
        json!({
            "schema": "driftwire.finding/v1", "id": "dw1-a", "kind": "modified", "status": "open", "evidence": "observed",
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

    fn image(status: &str, by: Option<&str>) -> Value {
        let mut image = json!({
            "pk": {"S": "F#dw1-a"}, "sk": {"S": "@"}, "status": {"S": status}, "contested": {"BOOL": false},
            "body": {"S": finding().to_string()}, "lane": {"S": format!("{status}#high")},
            "others": {"L": [{"N": "1"}, {"M": {"a": {"SS": ["b"]}}}, {"NULL": true}, {"B": "AAEC"}]},
        });
        if let Some(by) = by {
            image["superseded_by"] = json!({"S": by});
        }
        image
    }

    fn change(new: Option<Value>, old: Option<Value>) -> StreamRecord {
        let key = |image: &Option<Value>| image.as_ref().map(|it| json!({"pk": it["pk"], "sk": it["sk"]}));
        let mut change = json!({"Keys": key(&new).or_else(|| key(&old)), "SequenceNumber": "700"});
        let name = if new.is_some() { "INSERT" } else { "REMOVE" };
        for (name, image) in [("NewImage", new), ("OldImage", old)] {
            if let Some(image) = image {
                change[name] = image;
            }
        }
        serde_json::from_value(json!({"eventID": "1", "eventName": name, "dynamodb": change})).unwrap()
    }

    fn streamed(record: &StreamRecord) -> Result<Streamed, StreamError> {
        pollster::block_on(store().streamed(record))
    }

    fn said(record: &StreamRecord) -> String {
        match streamed(record).unwrap() {
            Streamed::Finding(finding) => format!("{} {}", finding.status, finding.superseded_by.unwrap_or_default()),
            other => other.as_str().to_owned(),
        }
    }

    #[test]
    fn a_finding_is_given_as_it_stands() {
        assert_eq!(said(&change(Some(image("open", None)), None)), "open ");
        assert_eq!(said(&change(Some(image("restored", None)), Some(image("open", None)))), "restored ");
        assert_eq!(said(&change(Some(image("open", Some("e2"))), Some(image("open", None)))), "open e2");
        let mut more = image("open", None);
        more["body"]["S"] = json!(finding().to_string().replace("high", "critical"));
        assert_eq!(said(&change(Some(more), Some(image("open", None)))), "open ");
    }

    #[test]
    fn everything_else_is_said_to_be_so() {
        assert_eq!(said(&change(Some(image("open", None)), Some(image("open", None)))), "unchanged");
        assert_eq!(said(&change(None, Some(image("open", None)))), "removed");
        for (pk, sk) in [("R#1#eu#T#api", "@"), ("F#dw1-a", "@#p0001"), ("N!slack#n", "@")] {
            let item = json!({"pk": {"S": pk}, "sk": {"S": sk}});
            assert_eq!(said(&change(Some(item), None)), "other_item");
        }
    }

    #[test]
    fn what_is_malformed_is_named_and_not_passed_over() {
        let event: StreamEvent = serde_json::from_value(json!({"Records": [7, {"dynamodb": {}}, {"dynamodb": {
            "SequenceNumber": "701", "Keys": {"pk": {"S": "F#dw1-a"}, "sk": {"S": "@"}},
        }}]}))
        .unwrap();
        assert!(event.records.iter().all(|it| streamed(it).is_err()));
        let mut bad = image("open", None);
        bad["body"]["S"] = json!("{}");
        let error = streamed(&change(Some(bad), None)).unwrap_err();
        insta::assert_snapshot!(error, @"record `700` of the stream: its body is no finding: missing field `schema` at line 1 column 2; the stream must hold new and old images");
        insta::assert_snapshot!(streamed(&event.records[2]).unwrap_err(), @"record `701` of the stream: expected a new image; the stream must hold new and old images");
    }
}
