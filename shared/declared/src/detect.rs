//! Decides from its keys what a JSON document is. Reads no more of it than that takes.

use serde_json::{Map, Value};

use crate::DeclaredError;

/// The documents that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// State version 4.
    StateV4,
    /// State version 3.
    StateV3,
    /// `show -json` of a state.
    Show,
    /// `show -json` of a plan.
    Plan,
    /// A stack of CloudFormation: its description, template and resources.
    Stack,
    /// A template of CloudFormation alone.
    Template,
    /// An export or a checkpoint of Pulumi.
    Pulumi,
}

const UPGRADE: &str = "upgrade it with a Terraform that still reads it (0.11 for versions 1 and 2), then write it out with `terraform state pull`";
const NEWER: &str = "it was written by a newer program than this version knows: take a newer driftwire";

/// Decides what a document is.
///
/// # Errors
/// When it is not a state or plan of a version that can be read.
pub(crate) fn kind(document: &Map<String, Value>, origin: &str) -> Result<Kind, DeclaredError> {
    let has = |key: &str| document.contains_key(key);
    if has("encrypted_data") && has("encryption_version") {
        return Err(DeclaredError::Encrypted {
            origin: origin.to_owned(),
            serial: document.get("serial").and_then(Value::as_u64),
            lineage: document.get("lineage").and_then(Value::as_str).map(str::to_owned),
        });
    }
    if let Some(kind) = other_tool(document) {
        return Ok(kind);
    }
    if let Some((found, hint)) = not_state(document) {
        return Err(DeclaredError::NotState { origin: origin.to_owned(), found, hint });
    }
    if has("format_version") {
        return shown(document, origin);
    }
    if has("version") && ["terraform_version", "serial", "lineage", "resources", "modules"].iter().any(|key| has(key)) {
        return state(document, origin);
    }
    Err(DeclaredError::NotState {
        origin: origin.to_owned(),
        found: "JSON without the marks of a state",
        hint: "write the state out with `terraform state pull`, or a plan with `terraform show -json FILE`",
    })
}

fn state(document: &Map<String, Value>, origin: &str) -> Result<Kind, DeclaredError> {
    let version = document.get("version");
    match version.and_then(Value::as_u64) {
        Some(4) => Ok(Kind::StateV4),
        Some(3) => Ok(Kind::StateV3),
        number => Err(DeclaredError::UnknownVersion {
            origin: origin.to_owned(),
            path: "version",
            found: number.map_or_else(|| "what stands there".to_owned(), |number| number.to_string()),
            known: "3 or 4",
            hint: if number.is_some_and(|number| number > 4) { NEWER } else { UPGRADE },
        }),
    }
}

/// A document with `format_version`: the JSON that Terraform writes for other programs.
fn shown(document: &Map<String, Value>, origin: &str) -> Result<Kind, DeclaredError> {
    let version = document.get("format_version").and_then(Value::as_str).unwrap_or_default();
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if !matches!(major, Some(0 | 1)) {
        return Err(DeclaredError::UnknownVersion {
            origin: origin.to_owned(),
            path: "format_version",
            found: major.map_or_else(|| "what stands there".to_owned(), |major| format!("{major}.x")),
            known: "0.x or 1.x",
            hint: NEWER,
        });
    }
    let is_plan = ["planned_values", "resource_changes", "prior_state", "configuration"]
        .iter()
        .any(|key| document.contains_key(*key));
    Ok(if is_plan { Kind::Plan } else { Kind::Show })
}

/// Declared state of other tools than Terraform.
fn other_tool(document: &Map<String, Value>) -> Option<Kind> {
    let has = |key: &str| document.contains_key(key);
    let holds = |key: &str, inner: &str| document.get(key).and_then(|value| value.get(inner)).is_some();
    let types_start = |key: &str, prefix: &str| {
        let values = document.get(key).and_then(Value::as_object).into_iter().flat_map(Map::values);
        values.filter_map(|value| value.get("Type")?.as_str()).any(|kind| kind.starts_with(prefix))
    };
    if has("deployment") && (has("version") || holds("deployment", "resources") || holds("deployment", "manifest")) {
        return Some(Kind::Pulumi);
    }
    if holds("checkpoint", "latest") || holds("checkpoint", "stack") {
        return Some(Kind::Pulumi);
    }
    if has("TemplateBody") && has("StackResources") {
        return Some(Kind::Stack);
    }
    if has("AWSTemplateFormatVersion") || types_start("Resources", "AWS::") || types_start("Resources", "Custom::") {
        return Some(Kind::Template);
    }
    None
}

/// What people give by mistake, and where it belongs.
fn not_state(document: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let has = |key: &str| document.contains_key(key);
    if has("Records") {
        return Some(("a CloudTrail log file or a batch of messages", "give it to `--trail`"));
    }
    if has("LockID") || (has("Operation") && has("Who") && has("Created")) {
        return Some(("the lock of a state", "give the state file beside it"));
    }
    if has("provider_schemas") {
        return Some(("the output of `terraform providers schema -json`", "give the state itself"));
    }
    if has("valid") && has("diagnostics") {
        return Some(("the output of `terraform validate -json`", "give the state itself"));
    }
    if has("@level") && has("@message") {
        return Some(("the log of a Terraform run", "write the state out with `terraform state pull`"));
    }
    None
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn refusal(document: &Value) -> String {
        kind(document.as_object().unwrap(), "a.json").unwrap_err().to_string()
    }

    #[test]
    fn the_content_says_what_a_document_is() {
        let kind = |document: Value| kind(document.as_object().unwrap(), "a.json").unwrap();
        assert_eq!(kind(json!({"version": 4, "serial": 1})), Kind::StateV4);
        assert_eq!(kind(json!({"version": 3, "modules": []})), Kind::StateV3);
        assert_eq!(kind(json!({"format_version": "1.0"})), Kind::Show);
        assert_eq!(kind(json!({"format_version": "0.1", "planned_values": {}})), Kind::Plan);
    }

    #[test]
    fn an_encrypted_state_says_how_to_decrypt_it() {
        let state =
            json!({"serial": 4, "lineage": "l", "meta": {}, "encrypted_data": "aGk=", "encryption_version": "v0"});
        assert_snapshot!(refusal(&state), @"`a.json` is encrypted by OpenTofu (serial 4); decrypt it with `tofu state pull` or `tofu show -json` where the key is at hand, and read that");
    }

    #[test]
    fn other_versions_say_what_to_do() {
        assert_snapshot!(refusal(&json!({"version": 1, "serial": 1})), @"`a.json` at `version`: 1 is not a version that can be read, expected 3 or 4; upgrade it with a Terraform that still reads it (0.11 for versions 1 and 2), then write it out with `terraform state pull`");
        assert_snapshot!(refusal(&json!({"version": 5, "serial": 1})), @"`a.json` at `version`: 5 is not a version that can be read, expected 3 or 4; it was written by a newer program than this version knows: take a newer driftwire");
        assert_snapshot!(refusal(&json!({"format_version": "2.0", "values": {}})), @"`a.json` at `format_version`: 2.x is not a version that can be read, expected 0.x or 1.x; it was written by a newer program than this version knows: take a newer driftwire");
    }

    #[test]
    fn state_of_other_tools_is_known() {
        let kind = |document: Value| kind(document.as_object().unwrap(), "a.json").unwrap();
        assert_eq!(kind(json!({"version": 3, "deployment": {"resources": []}})), Kind::Pulumi);
        assert_eq!(kind(json!({"version": 3, "checkpoint": {"latest": {}}})), Kind::Pulumi);
        assert_eq!(kind(json!({"Resources": {"A": {"Type": "AWS::S3::Bucket"}}})), Kind::Template);
        assert_eq!(kind(json!({"Stack": {}, "TemplateBody": "", "StackResources": []})), Kind::Stack);
    }

    #[test]
    fn what_is_given_by_mistake_is_named() {
        assert_snapshot!(refusal(&json!({"Records": []})), @"`a.json` is a CloudTrail log file or a batch of messages, not declared state; give it to `--trail`");
        assert_snapshot!(refusal(&json!({"ID": "1", "Operation": "OperationTypeApply", "Who": "a@b", "Created": "x"})), @"`a.json` is the lock of a state, not declared state; give the state file beside it");
        assert_snapshot!(refusal(&json!({})), @"`a.json` is JSON without the marks of a state, not declared state; write the state out with `terraform state pull`, or a plan with `terraform show -json FILE`");
    }
}
