//! Reads the JSON that `terraform show -json` writes of a state, and the part of a plan that has the same shape.

use serde_json::{Map, Value};

use super::{
    collect::{Collector, Object},
    object, take_list, take_object, text, text_or_empty,
    written::Written,
};
use crate::{DeclaredError, DeclaredState, Format, Redactor, Standing};

/// Reads a state.
///
/// ```json
/// {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {
///   "resources": [{"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "name": "main",
///     "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"id": "vpc-1"}, "sensitive_values": {}}],
///   "child_modules": [{"address": "module.edge", "resources": []}]}}}
/// ```
/// A state without resources is `{"format_version": "1.0"}`.
///
/// # Errors
/// When a part that is needed does not have the shape of a state, or an address stands twice.
pub(crate) fn read(
    mut document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let version = version_of_program(&document);
    let mut collector = Collector::new(origin, redactor);
    let values = take_object(&mut document, "values", origin, || "values".to_owned())?.unwrap_or_default();
    for resource in resources(values, origin, "values")? {
        if collector.wants(&resource.mode, &resource.kind, &resource.provider, 1) {
            collector.add(resource.into_object(redactor));
        }
    }
    collector.finish(Format::ShowJson, version, None, None)
}

/// Names the program that wrote a document, for want of a serial.
pub(super) fn version_of_program(document: &Map<String, Value>) -> String {
    match text_or_empty(document, "terraform_version") {
        "" => "no version".to_owned(),
        version => format!("written by {version}"),
    }
}

/// One resource, as the JSON for other programs has it.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) address: String,
    pub(super) mode: String,
    pub(super) kind: String,
    pub(super) provider: String,
    /// Null where there is none.
    pub(super) values: Map<String, Value>,
    /// What of the values is sensitive, in their shape.
    pub(super) sensitive: Value,
    pub(super) identity: Option<Map<String, Value>>,
    pub(super) standing: Standing,
}

impl Resource {
    /// Hides what is marked, and forgets the marks.
    pub(super) fn into_object(self, redactor: &Redactor) -> Object {
        let Self { address, mode: _, kind, provider, values, sensitive, identity, standing } = self;
        let mut values = Value::Object(values);
        redactor.redact_mask(&mut values, &sensitive);
        let attributes = match values {
            Value::Object(attributes) => attributes,
            _ => Map::new(),
        };
        Object { address, kind, provider, attributes, identity, standing, written: Written::default() }
    }
}

/// Returns the resources of `{"root_module": …}`, with those of all child modules.
///
/// # Errors
/// When a part does not have the shape of a module.
pub(super) fn resources(
    mut values: Map<String, Value>,
    origin: &str,
    path: &str,
) -> Result<Vec<Resource>, DeclaredError> {
    let path = format!("{path}.root_module");
    let mut found = Vec::new();
    if let Some(root) = take_object(&mut values, "root_module", origin, || path.clone())? {
        read_module(root, origin, &path, &mut found)?;
    }
    Ok(found)
}

/// The JSON parser bounds how deep modules can nest.
fn read_module(
    mut module: Map<String, Value>,
    origin: &str,
    path: &str,
    found: &mut Vec<Resource>,
) -> Result<(), DeclaredError> {
    let resources = take_list(&mut module, "resources", origin, || format!("{path}.resources"))?;
    for (index, resource) in resources.into_iter().enumerate() {
        let path = || format!("{path}.resources[{index}]");
        let resource = object(resource, origin, path)?;
        found.push(read_resource(resource, origin, path)?);
    }
    let children = take_list(&mut module, "child_modules", origin, || format!("{path}.child_modules"))?;
    for (index, child) in children.into_iter().enumerate() {
        let path = format!("{path}.child_modules[{index}]");
        let child = object(child, origin, || path.clone())?;
        read_module(child, origin, &path, found)?;
    }
    Ok(())
}

fn read_resource(
    mut resource: Map<String, Value>,
    origin: &str,
    path: impl Fn() -> String,
) -> Result<Resource, DeclaredError> {
    let is_deposed = !text_or_empty(&resource, "deposed_key").is_empty();
    let is_tainted = resource.get("tainted").and_then(Value::as_bool) == Some(true);
    let values = take_object(&mut resource, "values", origin, || format!("{}.values", path()))?;
    let identity = take_object(&mut resource, "identity", origin, || format!("{}.identity", path()))?;
    Ok(Resource {
        address: text(&resource, "address", origin, &path)?.to_owned(),
        mode: text(&resource, "mode", origin, &path)?.to_owned(),
        kind: text(&resource, "type", origin, &path)?.to_owned(),
        provider: text_or_empty(&resource, "provider_name").to_owned(),
        values: values.unwrap_or_default(),
        sensitive: resource.remove("sensitive_values").unwrap_or_default(),
        identity,
        standing: match (is_deposed, is_tainted) {
            (true, _) => Standing::Deposed,
            (false, true) => Standing::Tainted,
            (false, false) => Standing::Current,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{SkipReason, is_redacted};

    const AWS: &str = "registry.terraform.io/hashicorp/aws";

    fn show(values: &Value) -> Result<DeclaredState, DeclaredError> {
        let state = json!({"format_version": "1.0", "terraform_version": "1.11.4", "values": values});
        crate::read(state.to_string().as_bytes(), "show.json", &Redactor::new(b"k"))
    }

    #[test]
    fn a_state_is_read_with_all_its_modules() {
        let read = show(&json!({"root_module": {
            "resources": [
                {"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "name": "main", "provider_name": AWS,
                 "values": {"id": "vpc-1", "note": "s3cret", "tags": {"a": "b"}}, "sensitive_values": {"note": true, "tags": {}}},
                {"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "name": "main", "provider_name": AWS, "deposed_key": "0a1b2c3d", "values": {"id": "vpc-0"}},
                {"address": "data.aws_ami.a", "mode": "data", "type": "aws_ami", "name": "a", "provider_name": AWS, "values": {"id": "ami-1"}},
            ],
            "child_modules": [{"address": "module.edge", "child_modules": [{"address": "module.edge.module.in", "resources": [
                {"address": "module.edge.module.in.aws_vpc.main[\"a\"]", "mode": "managed", "type": "aws_vpc", "name": "main", "index": "a", "provider_name": AWS, "tainted": true, "values": {"id": "vpc-2"}},
            ]}]}],
        }}));
        let read = read.unwrap();
        let seen: Vec<_> = read.declarations.iter().map(|d| (d.address.as_str(), d.standing)).collect();
        assert_eq!(
            seen,
            [
                ("aws_vpc.main", Standing::Current),
                ("aws_vpc.main", Standing::Deposed),
                ("module.edge.module.in.aws_vpc.main[\"a\"]", Standing::Tainted),
            ]
        );
        assert!(is_redacted(&read.declarations[0].attributes["note"]));
        assert_eq!(read.skipped.get(&SkipReason::DataSource), Some(&1));
        assert_eq!((read.format, read.version.as_str(), read.serial), (Format::ShowJson, "written by 1.11.4", None));
    }

    #[test]
    fn a_state_without_resources_is_empty_not_wrong() {
        let read = crate::read(br#"{"format_version":"1.0"}"#, "show.json", &Redactor::new(b"k")).unwrap();
        assert!(read.declarations.is_empty() && read.skipped.is_empty());
    }

    #[test]
    fn a_damaged_module_says_where() {
        let refusal = show(&json!({"root_module": {"child_modules": [{"resources": [{"address": 1}]}]}}))
            .unwrap_err()
            .to_string();
        assert!(
            refusal.starts_with(
                "`show.json` at `values.root_module.child_modules[0].resources[0].address`: expected a text;"
            ),
            "{refusal}"
        );
    }
}
