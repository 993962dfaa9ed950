//! One CloudTrail record, borrowed from its bytes: the head is read, the parameters wait as raw JSON.
//!
//! It answers what can be said from the record alone (account, operation, reading or not, failed or not). It never
//! interprets parameters.

mod verb;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::identity::Identity;
use crate::lenient::lenient_object;
use crate::unreadable::Position;

/// One record. A member that is missing, null or of another type than CloudTrail's is `None`.
///
/// ```json
/// {"eventVersion":"1.11","userIdentity":{"type":"Root"},"eventTime":"2026-11-20T10:05:00Z",
///  "eventSource":"ec2.amazonaws.com","eventName":"DeleteVpc","requestParameters":{"vpcId":"vpc-0aaa"}}
/// ```
#[derive(Clone)]
pub struct Record<'a> {
    /// Where it was in the input.
    pub position: Position,
    /// The record as it was written, without what wrapped it.
    pub raw: &'a str,
    /// The version of the record format, `1.11`.
    pub event_version: Option<Cow<'a, str>>,
    /// Who called.
    pub identity: Option<Identity<'a>>,
    /// When, to the second.
    pub event_time: Timestamp,
    /// The service, `ec2.amazonaws.com`. [`Record::service`] is shorter.
    pub event_source: Cow<'a, str>,
    /// The call's name as written. [`Record::operation`] is without the API's date.
    pub event_name: Cow<'a, str>,
    /// The region the call was made in; `us-east-1` for global services.
    pub region: Option<Cow<'a, str>>,
    /// The caller's address, or the name of the AWS service that called.
    pub source_ip_address: Option<Cow<'a, str>>,
    /// What the caller says it is. Anyone can set it.
    pub user_agent: Option<Cow<'a, str>>,
    /// Why the call failed, as a code.
    pub error_code: Option<Cow<'a, str>>,
    /// Why the call failed, in words.
    pub error_message: Option<Cow<'a, str>>,
    /// What was asked. See [`Record::request`].
    pub request_parameters: Option<&'a RawValue>,
    /// What was answered. See [`Record::response`].
    pub response_elements: Option<&'a RawValue>,
    /// More about the call, for some services.
    pub additional_event_data: Option<&'a RawValue>,
    /// What happened, for an event that no call caused.
    pub service_event_details: Option<&'a RawValue>,
    /// The id of the request.
    pub request_id: Option<Cow<'a, str>>,
    /// The record's id. Where the record has none, `sha-` and a stable hash of [`Record::raw`], so that the same
    /// bytes delivered again are known again.
    pub event_id: Cow<'a, str>,
    /// Whether `event_id` is such a substitute.
    pub event_id_is_substitute: bool,
    /// Whether the call only reads. [`Record::is_read`] also knows older records.
    pub read_only: Option<bool>,
    /// `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleSignIn`, …
    pub event_type: Option<Cow<'a, str>>,
    /// Whether it is a management event.
    pub management_event: Option<bool>,
    /// `Management`, `Data`, `NetworkActivity`, `Insight`.
    pub event_category: Option<Cow<'a, str>>,
    /// The account the record was delivered to. [`Record::account`] also knows older records.
    pub recipient_account_id: Option<Cow<'a, str>>,
    /// The same in the copies of one event that several accounts get.
    pub shared_event_id: Option<Cow<'a, str>>,
    /// The version of the service's API.
    pub api_version: Option<Cow<'a, str>>,
    /// What the call touched, for some services. See [`Record::resources`].
    pub resources_raw: Option<&'a RawValue>,
    /// The VPC endpoint the call came through.
    pub vpc_endpoint_id: Option<Cow<'a, str>>,
    /// Whether the credentials are those of a console session.
    pub session_credential_from_console: Option<bool>,
    /// Why the record is late, or which record it corrects.
    pub addendum: Option<Addendum<'a>>,
}

lenient_object! {
    /// A record's `addendum`.
    pub struct Addendum<'a> {
        /// The record that this one replaces.
        pub original_event_id: Cow<'a, str> = "originalEventID",
        /// `DELIVERY_DELAY`, `UPDATED_DATA`, `SERVICE_OUTAGE`.
        pub reason: Cow<'a, str> = "reason",
    }
}

lenient_object! {
    /// One of a record's `resources`.
    pub struct Touched<'a> {
        /// Its ARN.
        pub arn: Cow<'a, str> = "ARN" | "arn",
        /// Its account.
        pub account_id: Cow<'a, str> = "accountId",
        /// Its type, `AWS::S3::Bucket`.
        pub kind: Cow<'a, str> = "type",
    }
}

/// Parameters that passed as JSON when the record was read, and still cannot be made a value: nested too deeply, or
/// with a number out of range.
#[derive(Debug, thiserror::Error)]
#[error("the record's `{member}` cannot be read")]
pub struct MemberError {
    /// The record's member.
    pub member: &'static str,
    /// What the parser says.
    #[source]
    pub source: serde_json::Error,
}

/// The endings of `eventSource`, with the longer ones first.
const SERVICE_SUFFIXES: [&str; 5] =
    [".amazonaws.com.cn", ".amazonaws.com", ".amazonaws.eu", ".aws.internal", ".api.aws"];

impl<'a> Record<'a> {
    /// The account the record belongs to: where it was delivered, or else the caller's.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        let callers = || self.identity.as_ref().and_then(|identity| identity.account_id.as_deref());
        self.recipient_account_id.as_deref().or_else(callers)
    }

    /// The call's name without the API date that some services append: `CreateFunction20150331` is `CreateFunction`.
    #[must_use]
    pub fn operation(&self) -> &str {
        verb::without_api_date(&self.event_name)
    }

    /// The service without its domain: `ec2`.
    #[must_use]
    pub fn service(&self) -> &str {
        let source = self.event_source.as_ref();
        SERVICE_SUFFIXES.iter().find_map(|suffix| source.strip_suffix(suffix)).unwrap_or(source)
    }

    /// Whether the call only reads: `readOnly` where there is one, else by the verb of the name. Unknown verbs write.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.read_only.unwrap_or_else(|| verb::reads(self.operation()))
    }

    /// Whether the call failed, so that nothing changed.
    ///
    /// An error code decides (a dry run has one too). An error message alone counts when there is no answer either, or
    /// when the answer of a sign-in says `Failure`; beside any other answer it does not, so as not to hide a change.
    #[must_use]
    pub fn failed(&self) -> bool {
        if self.error_code.as_deref().is_some_and(|code| !code.is_empty()) {
            return true;
        }
        if self.error_message.as_deref().is_none_or(str::is_empty) {
            return false;
        }
        self.response_elements.is_none_or(|answer| self.service() == "signin" && answer.get().contains("\"Failure\""))
    }

    /// What was asked; null where the record has none.
    ///
    /// # Errors
    /// See [`MemberError`].
    pub fn request(&self) -> Result<Value, MemberError> {
        to_value("requestParameters", self.request_parameters)
    }

    /// What was answered; null where the record has none.
    ///
    /// # Errors
    /// See [`MemberError`].
    pub fn response(&self) -> Result<Value, MemberError> {
        to_value("responseElements", self.response_elements)
    }

    /// What the call touched, where the record says so. Elements that are no objects are left out.
    #[must_use]
    pub fn resources(&self) -> Vec<Touched<'a>> {
        let Some(raw) = self.resources_raw else {
            return Vec::new();
        };
        let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
        elements.into_iter().filter_map(|element| crate::lenient::object(element.get())).collect()
    }
}

fn to_value(member: &'static str, raw: Option<&RawValue>) -> Result<Value, MemberError> {
    let Some(raw) = raw else {
        return Ok(Value::Null);
    };
    serde_json::from_str(raw.get()).map_err(|source| MemberError { member, source })
}

impl fmt::Debug for Record<'_> {
    /// Shows which record it is; never addresses, names of people or parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("position", &self.position)
            .field("event_id", &self.event_id)
            .field("event_time", &self.event_time)
            .field("event_source", &self.event_source)
            .field("event_name", &self.event_name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
