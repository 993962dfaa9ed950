//! Reads botocore's service models: the newest API version of each service, without documentation.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::archive::Archive;
use super::model::{Member, Operation, Service, Shape, ShapeKind};

const FOLDER: &str = "botocore/data/";
const FILE: &str = "/service-2.json.gz";

/// Every service by the name of its folder.
pub(crate) fn services(botocore: &Archive) -> Result<BTreeMap<String, Service>> {
    let newest = newest(&botocore.names()?);
    newest
        .into_par_iter()
        .map(|(name, path)| {
            let bytes = botocore.read(&path)?;
            let model: RawModel = serde_json::from_slice(&bytes).with_context(|| format!("reading `{path}`"))?;
            Ok((name.clone(), model.service(name)))
        })
        .collect()
}

/// The path of each service's newest model: API versions are dates, so the last in order is the newest.
fn newest(names: &[String]) -> BTreeMap<String, String> {
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    for path in names {
        let inner = path.strip_prefix(FOLDER).and_then(|it| it.strip_suffix(FILE));
        let Some((service, _)) = inner.and_then(|it| it.split_once('/')) else { continue };
        let known = newest.entry(service.to_owned()).or_default();
        if *path > *known {
            known.clone_from(path);
        }
    }
    newest
}

#[derive(Deserialize)]
struct RawModel {
    metadata: RawMetadata,
    operations: BTreeMap<String, RawOperation>,
    shapes: BTreeMap<String, RawShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    endpoint_prefix: String,
    signing_name: Option<String>,
    service_id: Option<String>,
    protocol: Option<String>,
}

#[derive(Deserialize)]
struct RawOperation {
    input: Option<RawReference>,
    output: Option<RawReference>,
    #[serde(default)]
    readonly: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawReference {
    shape: String,
    location: Option<String>,
    location_name: Option<String>,
    query_name: Option<String>,
    #[serde(default)]
    idempotency_token: bool,
    #[serde(default)]
    jsonvalue: bool,
    #[serde(default)]
    sensitive: bool,
}

#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: Members,
    member: Option<RawReference>,
    value: Option<RawReference>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    document: bool,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    min: Option<serde_json::Number>,
}

/// A structure's members in the model's order.
#[derive(Default)]
struct Members(Vec<(String, RawReference)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the members of a structure")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl RawModel {
    fn service(self, name: String) -> Service {
        let mut shapes: BTreeMap<String, Shape> =
            self.shapes.iter().map(|(name, shape)| (name.clone(), shape.shape(&self.shapes))).collect();
        // `jsonvalue` is said of a member, `document` of a shape: such members get a shape of their own.
        let mut documents = self.shapes.values().flat_map(|it| &it.members.0).filter(|(_, member)| member.jsonvalue);
        if documents.next().is_some() {
            shapes.insert(JSON_TEXT.to_owned(), Shape { document: true, ..Shape::default() });
        }
        let operations = self.operations.into_iter().map(|(name, raw)| (name.clone(), raw.operation(name))).collect();
        Service {
            name,
            signing_name: self.metadata.signing_name.unwrap_or_else(|| self.metadata.endpoint_prefix.clone()),
            endpoint_prefix: self.metadata.endpoint_prefix,
            service_id: self.metadata.service_id.unwrap_or_default(),
            protocol: self.metadata.protocol.unwrap_or_default(),
            operations,
            shapes,
        }
    }
}

/// The shape of members that hold a JSON text; no shape of AWS's has a `:` in its name.
const JSON_TEXT: &str = "driftwire:json";

impl RawOperation {
    fn operation(self, name: String) -> Operation {
        Operation {
            name,
            input: self.input.map(|it| it.shape),
            output: self.output.map(|it| it.shape),
            read_only: self.readonly,
        }
    }
}

impl RawShape {
    fn shape(&self, all: &BTreeMap<String, Self>) -> Shape {
        let element = self.member.as_ref().or(self.value.as_ref());
        Shape {
            kind: match self.kind.as_str() {
                "structure" => ShapeKind::Structure,
                "list" => ShapeKind::List,
                "map" => ShapeKind::Map,
                "blob" => ShapeKind::Blob,
                "boolean" => ShapeKind::Boolean,
                "integer" | "long" | "float" | "double" => ShapeKind::Number,
                "timestamp" => ShapeKind::Timestamp,
                _ => ShapeKind::Text,
            },
            members: self.members.0.iter().map(|(name, member)| self.member(name, member, all)).collect(),
            element: element.map(|it| it.shape.clone()).unwrap_or_default(),
            sensitive: self.sensitive,
            document: self.document,
            values: self.values.clone(),
            min: self.min.as_ref().and_then(serde_json::Number::as_i64),
        }
    }

    fn member(&self, name: &str, raw: &RawReference, all: &BTreeMap<String, Self>) -> Member {
        Member {
            name: name.to_owned(),
            shape: if raw.jsonvalue { JSON_TEXT.to_owned() } else { raw.shape.clone() },
            required: self.required.iter().any(|it| it == name),
            in_uri: raw.location.as_deref() == Some("uri"),
            location: raw.location_name.clone(),
            query_name: raw.query_name.clone(),
            token: raw.idempotency_token,
            sensitive: raw.sensitive || all.get(&raw.shape).is_some_and(|it| it.sensitive),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::wheel;
    use super::*;

    const OLD: &str = r#"{"metadata": {"endpointPrefix": "old"}, "operations": {}, "shapes": {}}"#;
    const NEW: &str = r#"{
        "metadata": {"endpointPrefix": "paint", "serviceId": "Paint", "protocol": "rest-json"},
        "documentation": "<p>Not read.</p>",
        "operations": {"SetColor": {
            "name": "SetColor", "http": {"method": "PUT", "requestUri": "/walls/{WallId}"},
            "input": {"shape": "SetColorRequest"}, "idempotent": true
        }},
        "shapes": {
            "SetColorRequest": {"type": "structure", "required": ["WallId"], "members": {
                "WallId": {"shape": "Text", "location": "uri", "locationName": "wallId"},
                "Colors": {"shape": "Colors"},
                "Code": {"shape": "Secret", "documentation": "<p>Not read.</p>"},
                "Attributes": {"shape": "Text", "jsonvalue": true}
            }},
            "Colors": {"type": "list", "member": {"shape": "Text", "locationName": "item"}},
            "Secret": {"type": "string", "sensitive": true, "min": 8},
            "Text": {"type": "string", "enum": ["a", "b"]}
        }
    }"#;

    #[test]
    fn the_newest_version_of_a_service_is_read() {
        let services = services(&wheel(&[
            ("botocore/data/paint/2019-01-01/service-2.json.gz", NEW),
            ("botocore/data/paint/2014-01-01/service-2.json.gz", OLD),
            ("botocore/data/paint/2019-01-01/paginators-1.json", "not read"),
        ]))
        .unwrap();
        let paint = &services["paint"];
        assert_eq!((paint.endpoint_prefix.as_str(), paint.signing_name.as_str()), ("paint", "paint"));
        let set = &paint.operations["SetColor"];
        assert_eq!(set.input.as_deref(), Some("SetColorRequest"));
        assert!(!set.read_only);
        assert_eq!(set.output, None);
    }

    #[test]
    fn members_keep_their_order_and_say_what_they_are() {
        let services = services(&wheel(&[("botocore/data/paint/2019-01-01/service-2.json.gz", NEW)])).unwrap();
        let shapes = &services["paint"].shapes;
        let members = &shapes["SetColorRequest"].members;
        let names: Vec<&str> = members.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["WallId", "Colors", "Code", "Attributes"]);
        assert!(members[0].required && members[0].in_uri && !members[1].required);
        assert!(members[2].sensitive && !members[0].sensitive);
        assert!(shapes[&members[3].shape].document);
        assert_eq!(shapes["Colors"].element, "Text");
        assert_eq!((shapes["Secret"].min, shapes["Text"].values.len()), (Some(8), 2));
    }

    #[test]
    fn a_model_that_cannot_be_read_is_named() {
        let error = services(&wheel(&[("botocore/data/paint/2019-01-01/service-2.json.gz", "{}")])).unwrap_err();
        assert_eq!(error.to_string(), "reading `botocore/data/paint/2019-01-01/service-2.json.gz`");
    }
}
