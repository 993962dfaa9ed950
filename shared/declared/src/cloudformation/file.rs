//! Takes a stack file apart: the stack, its template, its resources, and what other stacks export. Accepts the answers of
//! the AWS CLI as they are; what is missing or cut short is refused with what to add. Evaluates nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{DeclaredError, yaml};

/// What to do about a stack file.
pub(crate) const WRITE_STACK: &str = "`driftwire sync --stack NAME --out FILE` writes such a file; by hand, put the answers of `aws cloudformation describe-stacks`, `get-template --template-stage Processed` and `list-stack-resources` under `Stack`, `TemplateBody` and `StackResources` of one JSON object";
/// What to do about a template.
pub(crate) const TAKE_TEMPLATE: &str =
    "correct the template, or take what CloudFormation has with `aws cloudformation get-template`";

/// A stack file, taken apart.
#[derive(Debug)]
pub(super) struct StackFile {
    /// The stack, as an element of `DescribeStacks`.
    pub(super) stack: Map<String, Value>,
    /// The template.
    pub(super) template: Map<String, Value>,
    /// The stack's resources.
    pub(super) resources: Vec<Value>,
    /// Values by the names that stacks export them under.
    pub(super) exports: BTreeMap<String, String>,
    /// Outputs by the id of the nested stack.
    pub(super) nested: BTreeMap<String, BTreeMap<String, String>>,
}

impl StackFile {
    /// Takes a document apart.
    ///
    /// # Errors
    /// When a part is missing, cut short, or not what it should be.
    pub(super) fn open(mut document: Map<String, Value>, origin: &str) -> Result<Self, DeclaredError> {
        let wrong = |path: &str, expected| DeclaredError::template(origin, path, expected, WRITE_STACK);
        let stack = document.remove("Stack").or_else(|| document.remove("Stacks"));
        let stack =
            stack.and_then(one_stack).ok_or_else(|| wrong("Stack", "one stack, as `describe-stacks` tells it"))?;
        let resources = ["StackResources", "StackResourceSummaries"].iter().find_map(|key| document.remove(*key));
        let resources = elements(resources, &["StackResources", "StackResourceSummaries"])
            .map_err(|NotAll| wrong("StackResources.NextToken", "all pages of the list"))?
            .ok_or_else(|| wrong("StackResources", "a list, as `list-stack-resources` gives it"))?;
        let template = document.remove("TemplateBody").unwrap_or_default();
        let template = template_body(template, &format!("{origin}: TemplateBody"))?
            .ok_or_else(|| wrong("TemplateBody", "a template, as an object or as text in JSON or YAML"))?;
        let exports = elements(document.remove("Exports"), &["Exports"])
            .map_err(|NotAll| wrong("Exports.NextToken", "all pages of the list"))?;
        Ok(Self {
            stack,
            template,
            resources,
            exports: pairs(exports.as_deref().unwrap_or_default(), "Name", "Value"),
            nested: nested(document.remove("NestedStacks")),
        })
    }
}

/// Takes a template out of what `GetTemplate` answers, if it is there.
///
/// # Errors
/// When it is a text that is neither JSON nor YAML.
pub(super) fn template_body(body: Value, origin: &str) -> Result<Option<Map<String, Value>>, DeclaredError> {
    match body {
        Value::Object(mut body) if !body.contains_key("Resources") => match body.remove("TemplateBody") {
            Some(inner @ (Value::String(_) | Value::Object(_))) => template_body(inner, origin),
            _ => Ok(None),
        },
        Value::Object(body) => Ok(Some(body)),
        Value::String(text) => of_text(&text, origin),
        _ => Ok(None),
    }
}

fn of_text(text: &str, origin: &str) -> Result<Option<Map<String, Value>>, DeclaredError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let value = if text.trim_ascii_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| crate::document::not_json(&error, origin, TAKE_TEMPLATE))?
    } else {
        yaml::parse(text).map_err(|error| DeclaredError::yaml(origin, error, TAKE_TEMPLATE))?.value
    };
    let Value::Object(template) = value else { return Ok(None) };
    Ok(template.contains_key("Resources").then_some(template))
}

/// A list that goes on where it was not asked.
struct NotAll;

/// Takes the elements out of a list, or out of the answer that holds it.
fn elements(value: Option<Value>, keys: &[&str]) -> Result<Option<Vec<Value>>, NotAll> {
    match value {
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(Value::Object(mut answer)) => {
            if answer.get("NextToken").is_some_and(Value::is_string) {
                return Err(NotAll);
            }
            elements(keys.iter().find_map(|key| answer.remove(*key)).filter(Value::is_array), keys)
        }
        _ => Ok(None),
    }
}

fn one_stack(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(mut answer) => match answer.remove("Stacks") {
            Some(stacks @ Value::Array(_)) => one_stack(stacks),
            _ => Some(answer),
        },
        Value::Array(stacks) => {
            let mut stacks = stacks.into_iter();
            let stack = stacks.next().filter(|stack| stack.get("Stacks").is_none()).and_then(one_stack);
            stack.filter(|_| stacks.next().is_none())
        }
        _ => None,
    }
}

/// Returns the values of a list of pairs.
pub(super) fn pairs(items: &[Value], name: &str, value: &str) -> BTreeMap<String, String> {
    let pair = |item: &Value| Some((item.get(name)?.as_str()?.to_owned(), item.get(value)?.as_str()?.to_owned()));
    items.iter().filter_map(pair).collect()
}

fn nested(value: Option<Value>) -> BTreeMap<String, BTreeMap<String, String>> {
    let stacks: Vec<(Option<String>, Value)> = match value {
        Some(Value::Array(stacks)) => stacks.into_iter().map(|stack| (None, stack)).collect(),
        Some(Value::Object(mut stacks)) => match stacks.remove("Stacks") {
            Some(Value::Array(stacks)) => stacks.into_iter().map(|stack| (None, stack)).collect(),
            _ => stacks.into_iter().map(|(id, stack)| (Some(id), stack)).collect(),
        },
        _ => Vec::new(),
    };
    let outputs = |(id, stack): (Option<String>, Value)| {
        let stack = one_stack(stack)?;
        let id = id.or_else(|| stack.get("StackId").and_then(Value::as_str).map(str::to_owned))?;
        let outputs = stack.get("Outputs").and_then(Value::as_array)?;
        Some((id, pairs(outputs, "OutputKey", "OutputValue")))
    };
    stacks.into_iter().filter_map(outputs).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn open(document: &Value) -> Result<StackFile, DeclaredError> {
        StackFile::open(document.as_object().unwrap().clone(), "app.json")
    }

    fn refusal(document: &Value) -> String {
        open(document).unwrap_err().to_string().replace(WRITE_STACK, "…").replace(TAKE_TEMPLATE, "…")
    }

    #[test]
    fn answers_are_accepted_as_they_are() {
        let template = json!({"Resources": {"A": {"Type": "AWS::S3::Bucket"}}});
        let resources = json!([{"LogicalResourceId": "A"}]);
        for document in [
            json!({"Stack": {"StackName": "s"}, "TemplateBody": template, "StackResources": resources}),
            json!({"Stack": {"Stacks": [{"StackName": "s"}]}, "TemplateBody": {"TemplateBody": template, "StagesAvailable": ["Original"]}, "StackResources": {"StackResourceSummaries": resources}}),
            json!({"Stacks": [{"StackName": "s"}], "TemplateBody": template.to_string(), "StackResourceSummaries": resources}),
            json!({"Stack": [{"StackName": "s"}], "TemplateBody": "# ours\nResources:\n  A: {Type: AWS::S3::Bucket}\n", "StackResources": {"StackResources": resources, "NextToken": null}}),
        ] {
            let file = open(&document).unwrap();
            assert_eq!(file.stack["StackName"], "s");
            assert_eq!(Value::from(file.template), template);
            assert_eq!(file.resources.len(), 1);
        }
    }

    #[test]
    fn exports_and_nested_stacks_are_looked_up_by_name() {
        let nested = json!([{"StackId": "arn:1", "Outputs": [{"OutputKey": "K", "OutputValue": "v"}]}]);
        for nested in [
            nested.clone(),
            json!({"Stacks": nested}),
            json!({"arn:1": nested[0]}),
            json!({"arn:1": {"Stacks": nested}}),
        ] {
            let file = open(
                &json!({"Stack": {}, "TemplateBody": {"Resources": {}}, "StackResources": [], "NestedStacks": nested, "Exports": {"Exports": [{"Name": "n", "Value": "v"}]}}),
            );
            let file = file.unwrap();
            assert_eq!(file.nested["arn:1"]["K"], "v");
            assert_eq!(file.exports["n"], "v");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let template = json!({"Resources": {}});
        assert_snapshot!(refusal(&json!({"TemplateBody": template, "StackResources": []})), @"`app.json` at `Stack`: expected one stack, as `describe-stacks` tells it; …");
        assert_snapshot!(refusal(&json!({"Stack": {"Stacks": [{}, {}]}, "TemplateBody": template, "StackResources": []})), @"`app.json` at `Stack`: expected one stack, as `describe-stacks` tells it; …");
        assert_snapshot!(refusal(&json!({"Stack": {}, "TemplateBody": template})), @"`app.json` at `StackResources`: expected a list, as `list-stack-resources` gives it; …");
        assert_snapshot!(refusal(&json!({"Stack": {}, "TemplateBody": template, "StackResources": {"StackResourceSummaries": [], "NextToken": "t"}})), @"`app.json` at `StackResources.NextToken`: expected all pages of the list; …");
        assert_snapshot!(refusal(&json!({"Stack": {}, "TemplateBody": 5, "StackResources": []})), @"`app.json` at `TemplateBody`: expected a template, as an object or as text in JSON or YAML; …");
        assert_snapshot!(refusal(&json!({"Stack": {}, "TemplateBody": "word", "StackResources": []})), @"`app.json` at `TemplateBody`: expected a template, as an object or as text in JSON or YAML; …");
        assert_snapshot!(refusal(&json!({"Stack": {}, "TemplateBody": "Resources:\n  A: [", "StackResources": []})), @"`app.json: TemplateBody` is not YAML: while parsing a node, did not find expected node content at line 3, column 1; …");
        assert_snapshot!(refusal(&json!({"Stack": {}, "TemplateBody": "{\"Resources\": ", "StackResources": []})), @"`app.json: TemplateBody` is not JSON: EOF while parsing a value at line 1, column 14; …");
    }
}
