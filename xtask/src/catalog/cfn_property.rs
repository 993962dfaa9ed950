//! One property of a CloudFormation schema: what JSON Schema says of it, reduced to the model. Alternatives (`oneOf`, `anyOf`,
//! `allOf`) are merged: a member that one of them has is a member.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::model::Property;

/// Deeper properties are not walked: definitions refer to each other, and paths would multiply.
const DEEPEST: usize = 5;

/// A property, a definition, or a part of one, as the schema writes it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RawProperty {
    #[serde(rename = "type")]
    kinds: Kinds,
    #[serde(rename = "$ref")]
    reference: Option<String>,
    properties: BTreeMap<String, RawSchema>,
    pattern_properties: BTreeMap<String, IgnoredAny>,
    additional_properties: RawSchema,
    items: RawSchema,
    one_of: Vec<RawSchema>,
    any_of: Vec<RawSchema>,
    all_of: Vec<RawSchema>,
    pub(crate) insertion_order: Option<bool>,
    pub(crate) default: Option<Value>,
}

/// A schema, or the flag that may stand for one.
#[derive(Default)]
struct RawSchema {
    allowed: bool,
    schema: Option<Box<RawProperty>>,
}

/// `"string"` or `["string", "object"]`.
#[derive(Default)]
struct Kinds(Vec<String>);

impl RawProperty {
    /// What the model keeps of it.
    pub(crate) fn property(&self) -> Property {
        let mut property = Property {
            kinds: self.kinds.0.clone(),
            reference: self.reference.as_deref().and_then(referred).map(|(_, name)| name.to_owned()),
            items: self.items.schema.as_ref().map(|it| Box::new(it.property())),
            members: self.members().map(|(name, it)| (name.to_owned(), it.property())).collect(),
            map: !self.pattern_properties.is_empty()
                || (self.additional_properties.allowed && self.properties.is_empty()),
        };
        for other in self.alternatives().map(Self::property) {
            merge(&mut property, other);
        }
        property
    }

    /// Whether it, or what its list holds, refers to a property of the type.
    pub(crate) fn refers_to_property(&self, name: &str) -> bool {
        self.reference.as_deref().and_then(referred) == Some(("properties", name))
            || self.items.schema.as_ref().is_some_and(|it| it.refers_to_property(name))
            || self.members().any(|(_, it)| it.refers_to_property(name))
    }

    /// Calls `visit` with the path of this property and of everything below it, behind references too.
    pub(crate) fn walk<'a>(
        &'a self,
        path: &str,
        definitions: &'a BTreeMap<String, Self>,
        passed: &mut Vec<&'a str>,
        visit: &mut dyn FnMut(&str, &Self),
    ) {
        visit(path, self);
        if path.matches('.').count() >= DEEPEST {
            return;
        }
        for (name, member) in self.members() {
            member.walk(&format!("{path}.{name}"), definitions, passed, visit);
        }
        if let Some(items) = &self.items.schema {
            items.walk(&format!("{path}[]"), definitions, passed, visit);
        }
        for other in self.alternatives() {
            other.walk(path, definitions, passed, visit);
        }
        let Some(("definitions", name)) = self.reference.as_deref().and_then(referred) else { return };
        // A definition that holds itself repeats what was said of it one level above.
        if let Some(definition) = definitions.get(name).filter(|_| !passed.contains(&name)) {
            passed.push(name);
            definition.walk(path, definitions, passed, visit);
            passed.pop();
        }
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.properties.iter().filter_map(|(name, it)| Some((name.as_str(), it.schema.as_deref()?)))
    }

    fn alternatives(&self) -> impl Iterator<Item = &Self> {
        [&self.one_of, &self.any_of, &self.all_of].into_iter().flatten().filter_map(|it| it.schema.as_deref())
    }
}

/// `#/definitions/Coat` → (`definitions`, `Coat`).
fn referred(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("#/")?.split_once('/')
}

fn merge(into: &mut Property, other: Property) {
    let Property { kinds, reference, items, members, map } = other;
    for kind in kinds {
        if !into.kinds.contains(&kind) {
            into.kinds.push(kind);
        }
    }
    into.reference = into.reference.take().or(reference);
    into.map |= map;
    match (&mut into.items, items) {
        (Some(into), Some(items)) => merge(into, *items),
        (into, items) => *into = into.take().or(items),
    }
    for (name, member) in members {
        merge(into.members.entry(name).or_default(), member);
    }
}

impl<'de> Deserialize<'de> for RawSchema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SchemaOrFlag;
        impl<'de> Visitor<'de> for SchemaOrFlag {
            type Value = RawSchema;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a schema, or true or false")
            }

            fn visit_bool<E>(self, allowed: bool) -> Result<RawSchema, E> {
                Ok(RawSchema { allowed, schema: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSchema, A::Error> {
                let schema = RawProperty::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RawSchema { allowed: true, schema: Some(Box::new(schema)) })
            }

            /// One schema for each place in a list: none of them is that of the entries.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawSchema, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(RawSchema { allowed: true, schema: None })
            }
        }
        deserializer.deserialize_any(SchemaOrFlag)
    }
}

impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Kinds;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a type or a list of types")
            }

            fn visit_str<E>(self, kind: &str) -> Result<Kinds, E> {
                Ok(Kinds(vec![kind.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kinds, A::Error> {
                let mut kinds = Vec::new();
                while let Some(kind) = list.next_element()? {
                    kinds.push(kind);
                }
                Ok(Kinds(kinds))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> RawProperty {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn alternatives_add_kinds_members_and_entries() {
        let property = raw(
            r##"{"type": "array", "items": {"properties": {"A": {"type": "string"}}},
                "anyOf": [{"type": ["array", "object"], "items": {"properties": {"B": true, "C": {"$ref": "#/definitions/D"}}}}]}"##,
        )
        .property();
        assert_eq!(property.kinds, ["array", "object"]);
        let entry = property.items.unwrap();
        assert_eq!(entry.members.keys().collect::<Vec<_>>(), ["A", "C"]);
        assert_eq!(entry.members["C"].reference.as_deref(), Some("D"));
    }

    #[test]
    fn a_definition_that_holds_itself_is_walked_once() {
        let definitions = BTreeMap::from([(
            "Tree".to_owned(),
            raw(r##"{"properties": {"Left": {"$ref": "#/definitions/Tree"}, "Leaf": {"default": 1}}}"##),
        )]);
        let mut paths = Vec::new();
        raw(r##"{"$ref": "#/definitions/Tree"}"##).walk("Root", &definitions, &mut Vec::new(), &mut |path, raw| {
            if raw.default.is_some() {
                paths.push(path.to_owned());
            }
        });
        assert_eq!(paths, ["Root.Leaf"]);
    }
}
