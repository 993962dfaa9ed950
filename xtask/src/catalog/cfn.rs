//! Reads the schemas of CloudFormation's resource types, as cfn-lint carries them: those of `us-east-1`, and of other regions
//! what that one lacks. Descriptions, patterns and limits are not read.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::archive::Archive;
use super::cfn_paths::Paths;
use super::cfn_property::RawProperty;
use super::model::{Property, ResourceType};

const PROVIDERS: &str = "cfnlint/data/schemas/providers/";
const RESOURCES: &str = "cfnlint/data/schemas/resources/";
const FIRST: &str = "us-east-1.json";
/// The types of the Serverless Application Model are macros: no stack ever holds one.
const MACROS: &str = "sam.json";

/// Every resource type of AWS by name.
pub(crate) fn types(cfn_lint: &Archive) -> Result<BTreeMap<String, ResourceType>> {
    files(cfn_lint)?
        .into_par_iter()
        .map(|(name, file)| {
            let path = format!("{RESOURCES}{file}.json");
            let bytes = cfn_lint.read(&path)?;
            let raw: RawType = serde_json::from_slice(&bytes).with_context(|| format!("reading `{path}`, {name}"))?;
            Ok((name.clone(), raw.resource_type(name)))
        })
        .collect()
}

/// Which file holds each type's schema.
fn files(cfn_lint: &Archive) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut providers: Vec<String> = cfn_lint
        .names()?
        .into_iter()
        .filter(|it| it.starts_with(PROVIDERS) && it.ends_with(".json") && !it.ends_with(MACROS))
        .collect();
    let first = format!("{PROVIDERS}{FIRST}");
    providers.sort_by_key(|it| *it != first);
    if providers.first() != Some(&first) {
        cfn_lint.read(&first)?; // Says that it is missing.
    }
    for path in providers {
        let bytes = cfn_lint.read(&path)?;
        let listed: BTreeMap<String, String> =
            serde_json::from_slice(&bytes).with_context(|| format!("reading `{path}`"))?;
        for (name, file) in listed.into_iter().filter(|(name, _)| name.starts_with("AWS::")) {
            files.entry(name).or_insert(file);
        }
    }
    Ok(files)
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawType {
    properties: BTreeMap<String, RawProperty>,
    definitions: BTreeMap<String, RawProperty>,
    primary_identifier: Vec<String>,
    additional_identifiers: Vec<Vec<String>>,
    read_only_properties: Vec<String>,
    write_only_properties: Vec<String>,
    create_only_properties: Vec<String>,
    property_transform: BTreeMap<String, String>,
    handlers: BTreeMap<String, RawHandler>,
    tagging: Option<RawTagging>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawHandler {
    permissions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTagging {
    #[serde(default = "yes")]
    taggable: bool,
    tag_property: Option<String>,
}

fn yes() -> bool {
    true
}

impl RawType {
    fn resource_type(self, name: String) -> ResourceType {
        let (mut unordered, mut defaults) = (BTreeSet::new(), BTreeMap::new());
        self.walk(&mut |path, raw| {
            if raw.insertion_order == Some(false) {
                unordered.insert(path.to_owned());
            }
            if let Some(default) = &raw.default {
                defaults.insert(path.to_owned(), default.clone());
            }
        });
        let properties = properties(&self.properties);
        let mut definitions = properties_of_references(&self.properties);
        definitions.extend(self::properties(&self.definitions));
        let paths = Paths::new(&properties, &definitions);
        ResourceType {
            name,
            id: paths.read_all(&self.primary_identifier),
            other_ids: self.additional_identifiers.iter().map(|it| paths.read_all(it)).collect(),
            read_only: paths.read_all(&self.read_only_properties),
            write_only: paths.read_all(&self.write_only_properties),
            create_only: paths.read_all(&self.create_only_properties),
            transforms: self.property_transform.iter().map(|(path, it)| (paths.read(path), it.clone())).collect(),
            tags: self.tags().map(|it| paths.read(&it)),
            readable: self.handlers.contains_key("read"),
            handlers: self.handlers.into_iter().map(|(name, it)| (name, it.permissions())).collect(),
            unordered: unordered.into_iter().collect(),
            defaults,
            arn: None,
            reference: Vec::new(),
            properties,
            definitions,
        }
    }

    /// The pointer of the property that holds the tags. CloudFormation's rule: a type that says nothing is taggable by `Tags`.
    fn tags(&self) -> Option<String> {
        let named = match &self.tagging {
            Some(tagging) if !tagging.taggable => return None,
            Some(tagging) => tagging.tag_property.clone(),
            None => None,
        };
        named.or_else(|| self.properties.contains_key("Tags").then(|| "/properties/Tags".to_owned()))
    }

    fn walk(&self, visit: &mut dyn FnMut(&str, &RawProperty)) {
        for (name, property) in &self.properties {
            property.walk(name, &self.definitions, &mut Vec::new(), visit);
        }
    }
}

impl RawHandler {
    fn permissions(self) -> BTreeSet<String> {
        self.permissions.into_iter().map(|it| it.to_lowercase()).collect()
    }
}

fn properties(raw: &BTreeMap<String, RawProperty>) -> BTreeMap<String, Property> {
    raw.iter().map(|(name, it)| (name.clone(), it.property())).collect()
}

/// A few schemas refer to a property (`#/properties/Name`) as if it were a definition.
fn properties_of_references(raw: &BTreeMap<String, RawProperty>) -> BTreeMap<String, Property> {
    let referred = |name: &str| raw.values().any(|it| it.refers_to_property(name));
    raw.iter().filter(|(name, _)| referred(name)).map(|(name, it)| (name.clone(), it.property())).collect()
}

/// A default that differs from no value at all.
pub(crate) fn says_something(default: &Value) -> bool {
    match default {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::wheel;
    use super::*;

    const WALL: &str = r##"{
        "typeName": "AWS::Paint::Wall",
        "properties": {
            "WallId": {"type": "string", "description": "Not read."},
            "Coats": {"type": "array", "insertionOrder": false, "items": {"$ref": "#/definitions/Coat"}},
            "Labels": {"type": "object", "patternProperties": {".*": {"type": "string"}}},
            "Finish": {"type": ["string", "object"], "default": "MATT", "oneOf": [{"properties": {"Gloss": {"type": "integer"}}}]}
        },
        "definitions": {"Coat": {"type": "object", "properties": {
            "Color": {"type": "string", "default": "white"}, "Below": {"$ref": "#/definitions/Coat"}
        }}},
        "primaryIdentifier": ["/properties/WallId"],
        "readOnlyProperties": ["/properties/WallId", "/properties/Coats/*/Color", "/properties/Labels/*"],
        "propertyTransform": {"/properties/Coats/*/Color": "$lowercase(Color)"},
        "handlers": {"read": {"permissions": ["paint:GetWall"]}},
        "tagging": {"taggable": true, "tagProperty": "/properties/Labels"}
    }"##;

    fn tiny(files: &[(&str, &str)]) -> BTreeMap<String, ResourceType> {
        types(&wheel(files)).unwrap()
    }

    fn wall() -> ResourceType {
        tiny(&[
            ("cfnlint/data/schemas/providers/us-east-1.json", r#"{"AWS::Paint::Wall": "ab"}"#),
            ("cfnlint/data/schemas/resources/ab.json", WALL),
        ])
        .remove("AWS::Paint::Wall")
        .unwrap()
    }

    #[test]
    fn pointers_become_paths_that_know_lists_from_maps() {
        let wall = wall();
        assert_eq!(wall.id, ["WallId"]);
        assert_eq!(wall.read_only, ["WallId", "Coats[].Color", "Labels.*"]);
        assert_eq!(wall.transforms["Coats[].Color"], "$lowercase(Color)");
        assert_eq!(wall.tags.as_deref(), Some("Labels"));
    }

    #[test]
    fn alternatives_are_merged_and_references_kept_by_name() {
        let wall = wall();
        let finish = &wall.properties["Finish"];
        assert_eq!(finish.kinds, ["string", "object"]);
        assert!(finish.members.contains_key("Gloss"));
        let coats = wall.properties["Coats"].items.as_ref().unwrap();
        assert_eq!(coats.reference.as_deref(), Some("Coat"));
        assert!(wall.properties["Labels"].map && !finish.map);
    }

    #[test]
    fn unordered_lists_and_defaults_are_found_behind_references() {
        let wall = wall();
        assert_eq!(wall.unordered, ["Coats"]);
        let defaults: Vec<&str> = wall.defaults.keys().map(String::as_str).collect();
        assert_eq!(defaults, ["Coats[].Color", "Finish"]);
    }

    #[test]
    fn handlers_say_what_they_call_and_whether_the_type_can_be_read() {
        let wall = wall();
        assert!(wall.readable);
        assert!(wall.handlers["read"].contains("paint:getwall"));
    }

    #[test]
    fn a_type_of_another_region_is_added_and_the_first_region_wins() {
        let types = tiny(&[
            (
                "cfnlint/data/schemas/providers/af-south-1.json",
                r#"{"AWS::Paint::Wall": "old", "AWS::Paint::Roof": "roof"}"#,
            ),
            ("cfnlint/data/schemas/providers/us-east-1.json", r#"{"AWS::Paint::Wall": "ab"}"#),
            ("cfnlint/data/schemas/providers/sam.json", r#"{"AWS::Serverless::Paint": "sam"}"#),
            ("cfnlint/data/schemas/resources/ab.json", WALL),
            ("cfnlint/data/schemas/resources/old.json", "{}"),
            ("cfnlint/data/schemas/resources/roof.json", "{}"),
        ]);
        let names: Vec<&str> = types.keys().map(String::as_str).collect();
        assert_eq!(names, ["AWS::Paint::Roof", "AWS::Paint::Wall"]);
        assert_eq!(types["AWS::Paint::Wall"].id, ["WallId"]);
    }

    #[test]
    fn a_package_without_schemas_says_which_file_is_missing() {
        let error = types(&wheel(&[])).unwrap_err().to_string();
        assert!(error.contains("has no `cfnlint/data/schemas/providers/us-east-1.json`"), "{error}");
    }
}
