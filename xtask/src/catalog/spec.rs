//! Adds to CloudFormation's types what the AWS CDK's service specification knows: how their ARNs are built and which properties
//! `Ref` gives. Its types and properties are not read, cfn-lint's are.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::archive::Archive;
use super::model::ResourceType;

const FILE: &str = "package/db.json.gz";

/// Adds `arn` and `reference` to the types that the specification knows; types that only it knows are left out.
pub(crate) fn add(types: &mut BTreeMap<String, ResourceType>, spec: &Archive) -> Result<()> {
    let bytes = spec.read(FILE)?;
    let raw: RawFile = serde_json::from_slice(&bytes).with_context(|| format!("reading `{FILE}`"))?;
    for resource in raw.schema.resource.entities {
        let Some(known) = types.get_mut(&resource.cloud_formation_type) else { continue };
        known.arn = resource.arn_template;
        if resource.cfn_ref_identifier != known.id {
            known.reference = resource.cfn_ref_identifier;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct RawFile {
    schema: RawSchema,
}

#[derive(Deserialize)]
struct RawSchema {
    resource: RawResources,
}

#[derive(Deserialize)]
struct RawResources {
    entities: Vec<RawResource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawResource {
    cloud_formation_type: String,
    arn_template: Option<String>,
    #[serde(default)]
    cfn_ref_identifier: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::npm;
    use super::*;

    const DATABASE: &str = r#"{"schema": {"resource": {"type": "entities", "entities": [
        {"cloudFormationType": "AWS::Paint::Coat", "arnTemplate": "arn:${Partition}:paint:::coat/${Id}",
              "cfnRefIdentifier": ["CoatId"], "documentation": "Not read."},
        {"cloudFormationType": "AWS::Paint::Wall", "cfnRefIdentifier": ["WallId"]},
        {"cloudFormationType": "AWS::Paint::Unknown"}
    ]}, "region": {}}}"#;

    fn typed(id: &[&str]) -> ResourceType {
        ResourceType { id: id.iter().map(|it| (*it).to_owned()).collect(), ..ResourceType::default() }
    }

    #[test]
    fn arns_are_added_and_references_only_where_they_differ_from_the_identifier() {
        let mut types = BTreeMap::from([
            ("AWS::Paint::Coat".to_owned(), typed(&["WallId", "CoatId"])),
            ("AWS::Paint::Wall".to_owned(), typed(&["WallId"])),
        ]);
        add(&mut types, &npm(&[("package/db.json.gz", DATABASE)])).unwrap();
        assert_eq!(types["AWS::Paint::Coat"].arn.as_deref(), Some("arn:${Partition}:paint:::coat/${Id}"));
        assert_eq!(types["AWS::Paint::Coat"].reference, ["CoatId"]);
        assert!(types["AWS::Paint::Wall"].reference.is_empty());
        assert_eq!(types.len(), 2);
    }
}
