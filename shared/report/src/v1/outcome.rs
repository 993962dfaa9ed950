//! `driftwire.outcome/v1`: how one record ended for one resource. One line each: NO-SILENCE.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::name::{Reason, Verdict};

/// How one record ended for one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// The format and its version.
    pub schema: OutcomeSchema,
    /// CloudTrail's `eventID`; null only where the record could not be read.
    pub event_id: Option<String>,
    /// `eventName`, as logged; null only where the record could not be read.
    pub event_name: Option<String>,
    /// Type and identifier, `AWS::EC2::SecurityGroup sg-0aaa`; null where the call names no resource.
    pub resource: Option<String>,
    /// The address of the declaration concerned; null where nobody declares the resource.
    pub address: Option<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// When AWS says that it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub event_time: Option<Timestamp>,
    /// The resource's account, twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The resource's region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The id of the finding it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// The attributes that could not be compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// Where an unreadable record stands: a file, and a place in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The name of this format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OutcomeSchema {
    /// Version 1.
    #[default]
    #[serde(rename = "driftwire.outcome/v1")]
    V1,
}

impl Outcome {
    /// Builds an outcome that says nothing yet of the record or the resource.
    pub fn new(verdict: impl Into<Verdict>, reason: impl Into<Reason>) -> Self {
        Self {
            schema: OutcomeSchema::V1,
            event_id: None,
            event_name: None,
            resource: None,
            address: None,
            verdict: verdict.into(),
            reason: reason.into(),
            event_time: None,
            account: None,
            region: None,
            finding: None,
            unknown: Vec::new(),
            place: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use driftwire_drift::verdict;

    #[test]
    fn an_outcome_has_the_seven_fields_and_nulls_where_it_has_nothing_to_say() {
        let mut outcome = Outcome::new(verdict::Verdict::Irrelevant, verdict::Reason::FailedCall);
        outcome.event_id = Some("e-1".to_owned());
        outcome.event_name = Some("RunInstances".to_owned());
        insta::assert_snapshot!(
            crate::v1::line(&outcome).unwrap(),
            @r#"{"schema":"driftwire.outcome/v1","event_id":"e-1","event_name":"RunInstances","resource":null,"address":null,"verdict":"irrelevant","reason":"failed_call"}"#
        );
    }

    #[test]
    fn an_outcome_reads_back_as_itself() {
        let outcome = Outcome {
            resource: Some("AWS::EC2::SecurityGroup sg-0aaa".to_owned()),
            address: Some("aws_security_group.web".to_owned()),
            event_time: Some("2026-11-20T10:05:00Z".parse().unwrap()),
            account: Some("111122223333".to_owned()),
            region: Some("us-east-1".to_owned()),
            finding: Some("dw1-00".to_owned()),
            unknown: vec!["password".to_owned()],
            ..Outcome::new(Verdict::Undecided, Reason::Masked)
        };
        let line = crate::v1::line(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&line).unwrap(), outcome);
    }
}
