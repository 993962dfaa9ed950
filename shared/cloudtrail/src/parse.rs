//! Reads one JSON document in one pass, as a record and as anything that may wrap one; [`crate::unwrap`] decides
//! which it is, so that a plain record is read once.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::identity::Identity;
use crate::lenient::{Key, Text, fill, otherwise_absent, skip};
use crate::record::{Addendum, Record};
use crate::unreadable::Position;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Object,
    List,
    Scalar,
}

/// Every member of a document that is known, from a record or from what wraps one.
#[derive(Default)]
pub(crate) struct Members<'a> {
    pub(crate) record: Head<'a>,
    pub(crate) wrapper: Wrapper<'a>,
}

/// The members of a record, before it is known to be one.
#[derive(Default)]
pub(crate) struct Head<'a> {
    pub(crate) event_version: Text<'a>,
    pub(crate) identity: Option<Identity<'a>>,
    pub(crate) event_time: Text<'a>,
    pub(crate) event_source: Text<'a>,
    pub(crate) event_name: Text<'a>,
    region: Text<'a>,
    source_ip_address: Text<'a>,
    user_agent: Text<'a>,
    error_code: Text<'a>,
    error_message: Text<'a>,
    request_parameters: Option<&'a RawValue>,
    response_elements: Option<&'a RawValue>,
    additional_event_data: Option<&'a RawValue>,
    service_event_details: Option<&'a RawValue>,
    request_id: Text<'a>,
    event_id: Text<'a>,
    read_only: Option<bool>,
    event_type: Text<'a>,
    management_event: Option<bool>,
    event_category: Text<'a>,
    recipient_account_id: Text<'a>,
    shared_event_id: Text<'a>,
    api_version: Text<'a>,
    resources: Option<&'a RawValue>,
    vpc_endpoint_id: Text<'a>,
    session_credential_from_console: Option<bool>,
    addendum: Option<Addendum<'a>>,
}

/// The members of what may wrap records.
#[derive(Default)]
pub(crate) struct Wrapper<'a> {
    /// EventBridge.
    pub(crate) detail: Option<&'a RawValue>,
    /// `Records`, `Events`, `Messages`.
    pub(crate) list: Option<&'a RawValue>,
    /// SQS.
    pub(crate) body: Text<'a>,
    /// SNS, and whether it is a notification.
    pub(crate) message: Text<'a>,
    pub(crate) kind: Text<'a>,
    /// SNS to a Lambda function.
    pub(crate) sns: Option<&'a RawValue>,
    /// LookupEvents.
    pub(crate) cloudtrail_event: Text<'a>,
    /// S3's test message.
    pub(crate) event: Text<'a>,
    /// CloudTrail's own notice of a new log file.
    pub(crate) s3_object_key: Option<&'a RawValue>,
}

/// Why a required member is of no use.
pub(crate) enum Lacking {
    Missing(&'static str),
    Time,
}

impl<'a> Members<'a> {
    /// Reads `text` into these members, if it is an object.
    pub(crate) fn read(&mut self, text: &'a str) -> serde_json::Result<Shape> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let mut shape = Shape::Scalar;
        deserializer.deserialize_any(Document { members: self, shape: &mut shape })?;
        deserializer.end()?;
        Ok(shape)
    }

    fn member<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let Self { record, wrapper } = self;
        match key {
            "eventVersion" => fill(map, &mut record.event_version)?,
            "userIdentity" => fill(map, &mut record.identity)?,
            "eventTime" => fill(map, &mut record.event_time)?,
            "eventSource" => fill(map, &mut record.event_source)?,
            "eventName" => fill(map, &mut record.event_name)?,
            "awsRegion" => fill(map, &mut record.region)?,
            "sourceIPAddress" => fill(map, &mut record.source_ip_address)?,
            "userAgent" => fill(map, &mut record.user_agent)?,
            "errorCode" => fill(map, &mut record.error_code)?,
            "errorMessage" => fill(map, &mut record.error_message)?,
            "requestParameters" => fill(map, &mut record.request_parameters)?,
            "responseElements" => fill(map, &mut record.response_elements)?,
            "additionalEventData" => fill(map, &mut record.additional_event_data)?,
            "serviceEventDetails" => fill(map, &mut record.service_event_details)?,
            "requestID" => fill(map, &mut record.request_id)?,
            "eventID" | "eventId" => fill(map, &mut record.event_id)?,
            "readOnly" => fill(map, &mut record.read_only)?,
            "eventType" => fill(map, &mut record.event_type)?,
            "managementEvent" => fill(map, &mut record.management_event)?,
            "eventCategory" => fill(map, &mut record.event_category)?,
            "recipientAccountId" => fill(map, &mut record.recipient_account_id)?,
            "sharedEventID" => fill(map, &mut record.shared_event_id)?,
            "apiVersion" => fill(map, &mut record.api_version)?,
            "resources" => fill(map, &mut record.resources)?,
            "vpcEndpointId" => fill(map, &mut record.vpc_endpoint_id)?,
            "sessionCredentialFromConsole" => fill(map, &mut record.session_credential_from_console)?,
            "addendum" => fill(map, &mut record.addendum)?,
            "detail" => fill(map, &mut wrapper.detail)?,
            "Records" | "Events" | "Messages" => fill(map, &mut wrapper.list)?,
            "body" | "Body" => fill(map, &mut wrapper.body)?,
            "Message" => fill(map, &mut wrapper.message)?,
            "Type" => fill(map, &mut wrapper.kind)?,
            "Sns" => fill(map, &mut wrapper.sns)?,
            "CloudTrailEvent" => fill(map, &mut wrapper.cloudtrail_event)?,
            "Event" => fill(map, &mut wrapper.event)?,
            "s3ObjectKey" => fill(map, &mut wrapper.s3_object_key)?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl<'a> Head<'a> {
    /// The record, if what it needs is there.
    pub(crate) fn into_record(self, raw: &'a str, position: Position) -> Result<Record<'a>, Lacking> {
        let event_source = required(self.event_source, "eventSource")?;
        let event_name = required(self.event_name, "eventName")?;
        let event_time = required(self.event_time, "eventTime")?;
        let event_time = read_time(&event_time).ok_or(Lacking::Time)?;
        let event_id = self.event_id.filter(|id| !id.is_empty());
        Ok(Record {
            position,
            raw,
            event_version: self.event_version,
            identity: self.identity,
            event_time,
            event_source,
            event_name,
            region: self.region,
            source_ip_address: self.source_ip_address,
            user_agent: self.user_agent,
            error_code: self.error_code,
            error_message: self.error_message,
            request_parameters: self.request_parameters,
            response_elements: self.response_elements,
            additional_event_data: self.additional_event_data,
            service_event_details: self.service_event_details,
            request_id: self.request_id,
            event_id_is_substitute: event_id.is_none(),
            event_id: event_id.unwrap_or_else(|| substitute_id(raw).into()),
            read_only: self.read_only,
            event_type: self.event_type,
            management_event: self.management_event,
            event_category: self.event_category,
            recipient_account_id: self.recipient_account_id,
            shared_event_id: self.shared_event_id,
            api_version: self.api_version,
            resources_raw: self.resources,
            vpc_endpoint_id: self.vpc_endpoint_id,
            session_credential_from_console: self.session_credential_from_console,
            addendum: self.addendum,
        })
    }
}

fn required<'a>(text: Text<'a>, name: &'static str) -> Result<Cow<'a, str>, Lacking> {
    text.filter(|text| !text.is_empty()).ok_or(Lacking::Missing(name))
}

/// CloudTrail writes `2026-11-20T10:05:00Z`; exports drop the zone (`2026-11-20 10:05:00.000`), which still is UTC.
fn read_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    if text.len() < "2026-11-20T10:05:00".len() {
        return None;
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// `sha-` and FNV-1a of 128 bits, which never changes between releases.
fn substitute_id(raw: &str) -> String {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = raw.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    format!("sha-{hash:032x}")
}

/// Reads a document's members in place.
struct Document<'s, 'a> {
    members: &'s mut Members<'a>,
    shape: &'s mut Shape,
}

impl<'de> Visitor<'de> for Document<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        *self.shape = Shape::Object;
        while let Some(Key(key)) = map.next_key()? {
            self.members.member(&key, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        *self.shape = Shape::List;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    otherwise_absent!(bool, number, null, text);
}
