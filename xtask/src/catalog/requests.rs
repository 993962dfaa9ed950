//! Requests made up from AWS's models, each with a declared resource that it is about: a second opinion on the catalog's
//! identifiers. It asks the models alone which member means which property, by the plainest of rules (the same name, or the
//! same behind the type's noun), and never looks at what a row says of identifiers.

use std::collections::BTreeMap;

use driftwire_catalog::{Call, Effect, Target, calls, ignored_class};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::model::{Models, ResourceType, Service, Shape, ShapeKind};
use super::nouns::fold;

/// How deep a request or a response is filled in.
const DEPTH: usize = 3;

/// One line for each of `count` calls drawn by a seed. The same seed draws the same calls as long as the table has them.
pub(crate) fn draw(models: &Models, seed: &str, count: usize) -> Vec<String> {
    let mut drawn: BTreeMap<[u8; 32], &'static Call> = BTreeMap::new();
    for call in calls() {
        drawn.insert(Sha256::digest(format!("{seed}|{}:{}", call.source, call.operation)).into(), call);
    }
    drawn.into_values().filter_map(|call| sample(models, call)).take(count).map(|it| it.to_string()).collect()
}

/// A request of a call, its response, and the resource that it is about; `None` where the plain rule cannot tell.
fn sample(models: &Models, call: &Call) -> Option<Value> {
    let [target] = call.targets else { return None };
    let ignored = target.because.is_none() && ignored_class(call.source, call.operation).is_some();
    // A copy's request names two resources, and the plain rule cannot tell which is new.
    let ignored = ignored || call.operation.starts_with("Copy");
    let quiet = ignored || target.effect == Effect::None || target.resources.iter().any(|it| it.ends_with('*'));
    let kind = models.types.get(*target.resources.first()?).filter(|_| !quiet && !target.id.is_empty())?;
    let service = models.services.get(target.service)?;
    let operation = service.operations.get(call.operation)?;
    let world = World { kind, mark: mark(call), noun: fold(kind.name.rsplit("::").next()?) };
    let structure = |name: &Option<String>| name.as_ref().and_then(|name| service.shapes.get(name));
    let filled = |shape: Option<&Shape>| shape.map(|it| world.structure(service, it, 0)).unwrap_or_default();
    let (request, mut seen) = filled(structure(&operation.input));
    let (response, answered) = filled(structure(&operation.output).filter(|_| target.effect == Effect::Create));
    seen.extend(answered);
    if kind.id.is_empty() || !kind.id.iter().all(|path| seen.contains(path)) {
        return None;
    }
    let properties: Map<String, Value> =
        seen.iter().map(|name| (name.clone(), Value::from(world.value(name)))).collect();
    Some(json!({
        "source": call.source, "operation": call.operation, "effect": target.effect.as_str(),
        "type": kind.name, "terraform": terraform(target, kind),
        "id": kind.id.iter().map(|name| world.value(name)).collect::<Vec<_>>(),
        "properties": properties, "request": request, "response": response,
    }))
}

/// The Terraform type that declares the whole resource, if the table knows one.
fn terraform(target: &Target, kind: &ResourceType) -> Option<&'static str> {
    target
        .terraform
        .iter()
        .find(|name| {
            driftwire_catalog::terraform(name)
                .is_some_and(|it| it.resource == kind.name && !it.part && it.element.is_none())
        })
        .copied()
}

/// Hex digits of a call's own.
fn mark(call: &Call) -> String {
    let digest = Sha256::digest(format!("{}:{}", call.source, call.operation));
    digest.iter().take(9).map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(17).collect()
}

/// A resource that exists, with a value for every property.
struct World<'m> {
    kind: &'m ResourceType,
    mark: String,
    /// The type's last word, folded: `vpc`.
    noun: String,
}

impl World<'_> {
    /// The value of a property.
    fn value(&self, property: &str) -> String {
        let folded = fold(property);
        if folded.ends_with("arn") {
            let service = self.kind.name.split("::").nth(1).unwrap_or_default().to_ascii_lowercase();
            return format!("arn:aws:{service}:eu-west-1:111122223333:{}/{}", self.noun, self.mark);
        }
        if folded.ends_with("id") {
            return format!("{}-{}", self.noun, self.mark);
        }
        format!("{folded}-of-{}", self.mark)
    }

    /// The property that a member means: the same name, or the same behind the type's noun.
    fn property(&self, member: &str) -> Option<&str> {
        let member = fold(member);
        let same = |name: &&String| fold(name) == member || format!("{}{}", self.noun, fold(name)) == member;
        let own = |name: &&String| fold(name).strip_prefix(&self.noun) == Some(&member) && self.kind.id.contains(name);
        let names = || self.kind.properties.keys();
        names().find(same).or_else(|| names().find(own)).map(String::as_str)
    }

    /// A structure with its required members and those that mean a part of the identifier, and the properties that were
    /// given values.
    fn structure(&self, service: &Service, shape: &Shape, depth: usize) -> (Map<String, Value>, Vec<String>) {
        let (mut members, mut seen) = (Map::new(), Vec::new());
        for member in &shape.members {
            let Some(inner) = service.shapes.get(&member.shape) else { continue };
            let property = self.property(&member.name).filter(|_| inner.kind == ShapeKind::Text);
            let identifies = property.is_some_and(|it| self.kind.id.iter().any(|path| path == it));
            let holds = depth < DEPTH && inner.kind == ShapeKind::Structure && fold(&member.name) == self.noun;
            if !(member.required || member.in_uri || identifies || holds) {
                continue;
            }
            let value = match property {
                Some(property) => {
                    seen.push(property.to_owned());
                    Value::from(self.value(property))
                }
                None if inner.kind == ShapeKind::Structure && depth < DEPTH => {
                    let (value, inner) = self.structure(service, inner, depth + 1);
                    seen.extend(inner);
                    Value::Object(value)
                }
                None => filler(inner, &format!("{}-{depth}-{}", fold(&member.name), &self.mark)),
            };
            members.insert(logged(&member.name), value);
        }
        (members, seen)
    }
}

/// A value that means nothing.
fn filler(shape: &Shape, text: &str) -> Value {
    match shape.kind {
        ShapeKind::Structure | ShapeKind::Map => json!({}),
        ShapeKind::List => json!([]),
        ShapeKind::Boolean => json!(true),
        ShapeKind::Number => json!(shape.min.unwrap_or(1).max(1)),
        ShapeKind::Timestamp => json!("2026-11-20T10:00:00Z"),
        ShapeKind::Blob => json!("HIDDEN_DUE_TO_SECURITY_REASONS"),
        ShapeKind::Text => json!(shape.values.first().cloned().unwrap_or_else(|| format!("filler-{text}"))),
    }
}

/// A member as CloudTrail logs it.
fn logged(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}
