//! Folders of made-up states and records for one test.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A folder with a good state, `terraform.tfstate`, and one record that drifts from it, `record.json`.
    pub(crate) fn good() -> Self {
        Self::new().with("terraform.tfstate", state(&[log_group(90)])).with("record.json", retention("one", 7))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// With one more file; folders in its name are made.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// With one more folder.
    pub(crate) fn with_folder(self, name: &str) -> Self {
        std::fs::create_dir_all(self.path().join(name)).unwrap();
        self
    }
}

/// A Terraform state around resources.
pub(crate) fn state(resources: &[Value]) -> String {
    state_of("6a8b8f4e-0000-4000-8000-000000000001", 12, resources)
}

/// A Terraform state of a lineage and serial.
pub(crate) fn state_of(lineage: &str, serial: u64, resources: &[Value]) -> String {
    json!({"version": 4, "terraform_version": "1.13.5", "serial": serial, "lineage": lineage, "outputs": {}, "resources": resources}).to_string()
}

/// One managed AWS resource, as a state has it.
pub(crate) fn resource(kind: &str, name: &str, attributes: &Value, sensitive: &[&str]) -> Value {
    let sensitive: Vec<Value> =
        sensitive.iter().map(|attribute| json!([{"type": "get_attr", "value": attribute}])).collect();
    json!({"mode": "managed", "type": kind, "name": name, "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": sensitive}]})
}

/// The log group `/acme/api`.
pub(crate) fn log_group(days: u32) -> Value {
    let attributes = json!({"arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/acme/api", "id": "/acme/api", "name": "/acme/api",
        "region": "eu-west-1", "retention_in_days": days, "tags": {}, "tags_all": {}});
    resource("aws_cloudwatch_log_group", "api", &attributes, &[])
}

/// A successful call by a person at the console.
pub(crate) fn record(id: &str, service: &str, name: &str, request: &Value) -> Value {
    let role = "AWSReservedSSO_AdministratorAccess_3f1c0d9b7a2e4856";
    json!({
        "eventVersion": "1.11", "eventID": format!("00000000-0000-4000-8000-{id:0>12}"), "eventTime": "2026-11-20T10:05:00Z", "eventType": "AwsApiCall",
        "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "awsRegion": "eu-west-1", "readOnly": false,
        "managementEvent": true, "eventCategory": "Management", "recipientAccountId": "111122223333",
        "sourceIPAddress": "203.0.113.10", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)", "sessionCredentialFromConsole": "true",
        "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:alice@example.com", "accountId": "111122223333",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/alice@example.com"),
            "sessionContext": {"attributes": {"mfaAuthenticated": "true"}, "sessionIssuer": {"type": "Role", "userName": role,
                "arn": format!("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/{role}"), "accountId": "111122223333"}}},
        "requestParameters": request, "responseElements": null,
    })
}

/// A record that sets the retention of `/acme/api`.
pub(crate) fn retention(id: &str, days: u32) -> String {
    record(id, "logs", "PutRetentionPolicy", &json!({"logGroupName": "/acme/api", "retentionInDays": days})).to_string()
}

/// Compresses.
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
