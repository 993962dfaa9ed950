//! A notice: a finding as it stands, and what tells it from every other notice.

use driftwire_report::v1::{Finding, Severity, Status};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// A finding that people are to be told of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    /// The same whenever the same standing of the same finding is told.
    pub(crate) id: String,
    pub(crate) finding: Finding,
}

/// An event of the bus, as its rule hands it on.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Finding,
}

impl Notice {
    pub(crate) fn new(finding: Finding) -> Self {
        let mut hash = Sha256::new();
        let by = finding.superseded_by.as_deref().unwrap_or_default();
        for part in [finding.id.as_str(), finding.status.as_str(), by, finding.evidence.as_str()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digits: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { id: format!("dwn1-{digits}"), finding }
    }

    /// Reads an event of the bus. The error says where it is wrong, and nothing of what it holds.
    pub(crate) fn read(body: &str) -> Result<Self, String> {
        let place = |error: serde_json::Error| format!("line {}, column {}", error.line(), error.column());
        let event: Event = serde_json::from_str(body)
            .map_err(|error| format!("expected an event of the bus with a finding; wrong at {}", place(error)))?;
        match event.detail_type.as_str() {
            "Drift Finding" => Ok(Self::new(event.detail)),
            _ => Err("expected the detail type `Drift Finding`".to_owned()),
        }
    }

    /// What conversations are about: the resource.
    pub(crate) fn subject(&self) -> String {
        let resource = &self.finding.resource;
        format!("{}#{}#{}#{}", resource.account, resource.region, resource.kind, resource.id)
    }

    /// Whether it says that a finding is no longer open.
    pub(crate) fn is_closing(&self) -> bool {
        self.finding.status != Status::Open
    }

    pub(crate) fn is_critical(&self) -> bool {
        self.finding.severity == Severity::Critical
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A finding of someone who opens a port to the world.
    pub(crate) fn opened(id: &str) -> Value {
        json!({
            "schema": "driftwire.finding/v1", "id": id, "kind": "modified", "status": "open", "evidence": "observed",
            "severity": "high", "rule": "sg-open-to-world", "rule_title": "open to the world",
            "title": "alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web",
            "resource": {
                "type": "AWS::EC2::SecurityGroup", "id": "sg-0aaa", "account": "111122223333", "region": "eu-west-1",
                "declarations": [{
                    "tool": "terraform", "address": "aws_security_group.web", "type": "aws_security_group",
                    "origin": "s3://acme-state/edge/terraform.tfstate", "version": "serial 412",
                }],
            },
            "changes": [{
                "attribute": "description", "address": "aws_security_group.web", "property": null, "op": "replaced",
                "declared": "web", "actual": "web, for a while", "redacted": false,
            }],
            "who": {
                "kind": "person", "name": "alice@example.com", "via": "console", "source_ip": "203.0.113.10",
                "mfa": false,
            },
            "when": {"event_time": "2026-11-20T10:05:00Z", "detected_at": "2026-11-20T10:05:04Z"},
            "call": {
                "event_id": "6f1d0a4e-0000-4000-8000-000000000001", "source": "ec2.amazonaws.com",
                "name": "AuthorizeSecurityGroupIngress", "record_region": "eu-west-1",
            },
        })
    }

    pub(crate) fn notice(finding: &Value) -> Notice {
        Notice::read(&event(finding)).unwrap()
    }

    pub(crate) fn event(finding: &Value) -> String {
        json!({"version": "0", "source": "driftwire", "detail-type": "Drift Finding", "detail": finding}).to_string()
    }

    #[test]
    fn a_standing_is_a_notice_of_its_own() {
        let one = opened("dw1-a");
        assert_eq!(notice(&one).id, notice(&one).id);
        for (field, value) in [("id", "dw1-b"), ("status", "restored"), ("superseded_by", "e"), ("evidence", "touched")]
        {
            let mut other = one.clone();
            other[field] = json!(value);
            assert_ne!(notice(&one).id, notice(&other).id, "{field}");
        }
    }

    #[test]
    fn what_is_no_finding_is_refused_without_repeating_it() {
        for body in
            ["secret", r#"{"detail-type":"Drift Finding","detail":{"secret":1}}"#, r#"{"detail-type":"secret"}"#]
        {
            assert!(!Notice::read(body).unwrap_err().contains("secret"));
        }
    }
}
