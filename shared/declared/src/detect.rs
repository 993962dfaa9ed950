//! Decides from its keys what a JSON document is. Reads no more of it than that takes.

use serde_json::{Map, Value};

use crate::{DeclaredError, cloudformation::WRITE_STACK};

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
const GIVE_TEMPLATES: &str =
    "give the `*.template.json` beside it, or better the stack, as `driftwire sync --stack NAME --out FILE` writes it";
const EXPORT: &str = "write it again with `pulumi stack export`";
const GIVE_DEPLOYMENT: &str = "give the stack's file in `.pulumi/stacks`, or the output of `pulumi stack export`";

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
        return if kind == Kind::Pulumi { deployment(document, origin) } else { Ok(kind) };
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

/// A deployment of Pulumi: its version says whether it can be read.
fn deployment(document: &Map<String, Value>, origin: &str) -> Result<Kind, DeclaredError> {
    let number = match document.get("version") {
        None => Some(1),
        Some(version) => version.as_u64(),
    };
    match number {
        Some(1..=4) => Ok(Kind::Pulumi),
        number => Err(DeclaredError::UnknownVersion {
            origin: origin.to_owned(),
            path: "version",
            found: number.map_or_else(|| "what stands there".to_owned(), |number| number.to_string()),
            known: "1 to 4",
            hint: if number.is_some_and(|number| number > 4) { NEWER } else { EXPORT },
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
    let holds_any = |key: &str| document.get(key).is_some_and(Value::is_object);
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
    // Before checkpoints had versions.
    if has("stack") && holds("latest", "manifest") {
        return Some(Kind::Pulumi);
    }
    if has("TemplateBody") {
        let has_stack = ["Stack", "Stacks", "StackResources", "StackResourceSummaries"].iter().any(|key| has(key));
        return Some(if has_stack { Kind::Stack } else { Kind::Template });
    }
    if has("AWSTemplateFormatVersion") || types_start("Resources", "AWS::") || types_start("Resources", "Custom::") {
        return Some(Kind::Template);
    }
    let is_transformed = match document.get("Transform") {
        Some(Value::String(name)) => name.starts_with("AWS::"),
        Some(Value::Array(names)) => names.iter().any(|name| name.as_str().is_some_and(|it| it.starts_with("AWS::"))),
        _ => false,
    };
    (is_transformed && holds_any("Resources")).then_some(Kind::Template)
}

/// What YAML is that is neither a template nor a stack.
pub(crate) fn other_yaml(document: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let all = |keys: &[&str]| keys.iter().all(|key| document.contains_key(*key));
    if matches!(other_tool(document), Some(Kind::Template | Kind::Stack)) {
        return None;
    }
    if let Some(known) = part_of_stack(document) {
        return Some(known);
    }
    if let Some(found) = beside_deployment(document) {
        return Some((found, GIVE_DEPLOYMENT));
    }
    let found = if all(&["apiVersion", "kind"]) {
        "a manifest of Kubernetes"
    } else if all(&["services"]) {
        "a file of Docker Compose"
    } else if all(&["name", "runtime"]) {
        "a project of Pulumi, not its state"
    } else if all(&["Resources"]) {
        "YAML with `Resources` of which none has an AWS type"
    } else {
        "YAML without the marks of a template"
    };
    Some((found, "a template of CloudFormation has `Resources`, each with a `Type` such as `AWS::S3::Bucket`"))
}

/// What tells a part of a stack, but not enough of it.
fn part_of_stack(document: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    const PARTS: [(&str, &str); 10] = [
        ("StackResources", "the resources of a stack without its template"),
        ("StackResourceSummaries", "the resources of a stack without its template"),
        ("StackResourceDetail", "one resource of a stack without its template"),
        ("StackResourceDrifts", "what CloudFormation's own drift detection found"),
        ("StackResourceDrift", "what CloudFormation's own drift detection found"),
        ("StackEvents", "the events of a stack"),
        ("Stacks", "the description of a stack without its template"),
        ("StackSummaries", "a list of stacks"),
        ("Exports", "what stacks export"),
        ("ChangeSetId", "a change set"),
    ];
    let known = PARTS.iter().find(|(key, _)| document.contains_key(*key)).map(|(_, found)| (*found, WRITE_STACK));
    let all = |keys: &[&str]| keys.iter().all(|key| document.contains_key(*key));
    let is_manifest = all(&["version", "artifacts"]) || all(&["version", "dockerImages"]) || all(&["version", "tree"]);
    let manifest = ("a file of a CDK app beside its templates", GIVE_TEMPLATES);
    known.or_else(|| is_manifest.then_some(manifest))
}

/// What a list tells of a stack or its parameters, but not enough.
pub(crate) fn part_of_stack_list(items: &[Value]) -> Option<(&'static str, &'static str)> {
    let first = items.first()?;
    let has = |key: &str| first.get(key).is_some();
    if has("ParameterKey") {
        return Some(("the parameters of a stack without its template", WRITE_STACK));
    }
    if has("LogicalResourceId") {
        return Some(("the resources of a stack without its template", WRITE_STACK));
    }
    has("StackId").then_some(("the description of a stack without its template", WRITE_STACK))
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
    if let Some(found) = beside_deployment(document) {
        return Some((found, GIVE_DEPLOYMENT));
    }
    if let Some(known) = part_of_stack(document) {
        return Some(known);
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

/// What stands beside the states in a backend of Pulumi, and what Pulumi prints besides them.
fn beside_deployment(document: &Map<String, Value>) -> Option<&'static str> {
    let all = |keys: &[&str]| keys.iter().all(|key| document.contains_key(*key));
    if all(&["pid", "username", "hostname", "timestamp"]) {
        return Some("the lock of a Pulumi stack");
    }
    if all(&["kind", "startTime", "result"]) || all(&["kind", "startTime", "resourceChanges"]) {
        return Some("the history of a Pulumi stack");
    }
    if all(&["version"]) && document.len() == 1 {
        return Some("the settings of a Pulumi backend");
    }
    if all(&["steps", "changeSummary"]) {
        return Some("the output of `pulumi preview --json`");
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
        assert_snapshot!(refusal(&json!({"pid": 1, "username": "a", "hostname": "b", "timestamp": "t"})), @"`a.json` is the lock of a Pulumi stack, not declared state; give the stack's file in `.pulumi/stacks`, or the output of `pulumi stack export`");
        assert_snapshot!(refusal(&json!({"kind": "update", "startTime": 1, "result": "succeeded", "config": {}})), @"`a.json` is the history of a Pulumi stack, not declared state; give the stack's file in `.pulumi/stacks`, or the output of `pulumi stack export`");
        assert_snapshot!(refusal(&json!({"version": 1})), @"`a.json` is the settings of a Pulumi backend, not declared state; give the stack's file in `.pulumi/stacks`, or the output of `pulumi stack export`");
        assert_snapshot!(refusal(&json!({"version": 5, "deployment": {}})), @"`a.json` at `version`: 5 is not a version that can be read, expected 1 to 4; it was written by a newer program than this version knows: take a newer driftwire");
        assert_snapshot!(refusal(&json!({})), @"`a.json` is JSON without the marks of a state, not declared state; write the state out with `terraform state pull`, or a plan with `terraform show -json FILE`");
    }
}
