//! Decides which members of a request are properties of the resource: those whose names are the same, step by step, without case
//! and underscores, and that hold the same kind of value. Nothing is guessed; lists of structures are left to decoders.

use std::collections::{BTreeMap, BTreeSet};

use super::deltas::{Delta, deltas, list_in};
use super::fields::{Field, Holds};
use super::flags::is_rename;
use super::identify::{Identity, is_named, looks_like_id};
use super::model::{Attribute, AttributeKind, Property, ResourceType, TerraformType};
use super::nouns::fold;
use super::score::{Call, Candidate};
use super::steering::steers;

/// A row names no more members.
const MOST: usize = 40;
/// Names that mean something else on a neighbor.
const COMMON: &[&str] = &[
    "type",
    "name",
    "status",
    "description",
    "state",
    "tags",
    "enabled",
    "mode",
    "policy",
    "configuration",
    "version",
    "comment",
    "value",
    "role",
    "rolearn",
    "attributes",
    "parameters",
];

/// A member that sets a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mapped {
    /// The names are the same in `PascalCase` and `snake_case`.
    Same(String),
    /// Paths differ: member, CloudFormation's path, Terraform's path (empty: it has none).
    Path { member: String, property: String, terraform: String },
    /// A member that adds entries to a list, or removes them: the same, and which of the two.
    Delta { member: String, property: String, terraform: String, delta: Delta },
}

impl Mapped {
    /// The member's path.
    pub(crate) fn member(&self) -> &str {
        match self {
            Self::Same(member) | Self::Path { member, .. } | Self::Delta { member, .. } => member,
        }
    }
}

/// What the members of a request are.
#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) properties: Vec<Mapped>,
    /// What an update has to repeat of what no update can change.
    pub(crate) repeated: Vec<String>,
}

/// The members of a call that are properties of its best candidate. `block`: the Terraform type that declares it.
pub(crate) fn properties(
    call: &Call<'_>,
    best: &Candidate<'_, '_>,
    block: Option<&TerraformType>,
    other: bool,
    identity: &Identity,
) -> Members {
    let Some(sure) = sureness(call, best, other) else { return Members::default() };
    let aspect = sure != Sure::Own;
    // What holds a new resource identifies it; that an update requires a member does not say that it holds the resource.
    let parents = identity.parents.iter().filter(|_| call.creates()).map(String::as_str);
    let parts = identity.id.iter().flat_map(|path| path.split('|')).chain(parents);
    let ids: BTreeSet<&str> = parts.map(|path| path.trim_end_matches("[]")).collect();
    let model = best.kind.model;
    let opened = opened(call, model, &ids);
    let (mut all, mut set, mut repeated) = (Vec::new(), BTreeSet::new(), Vec::new());
    for field in &call.request {
        let usable = !field.path.contains("[]") && !field.member.token && !ids.contains(field.path.as_str());
        let vague = COMMON.contains(&field.folded.as_str()) || sure == Sure::Named && field.folded.len() < 8;
        if !usable
            || is_rename(field.name)
            || is_steering(call, field)
            || list_in(field, model).is_some()
            || aspect && vague
            || field.folded == "applyimmediately"
        {
            continue;
        }
        let inside = opened.as_ref().is_none_or(|outer| field.path.starts_with(outer.as_str()));
        let Some((mapped, property)) = mapped(call, field, model, block, opened.as_deref()) else { continue };
        let fixed = model.id.contains(&property) || !call.creates() && model.create_only.contains(&property);
        if inside && !fixed {
            all.push(mapped);
            set.insert(property);
        } else if inside && !call.creates() && field.required {
            repeated.push(field.path.clone());
        }
    }
    all.truncate(MOST);
    if !call.creates() {
        all.extend(deltas(&call.request, model, block, &set));
    }
    Members { properties: all, repeated }
}

/// Whether a member, or the structure that it is in, steers the call.
fn is_steering(call: &Call<'_>, field: &Field<'_>) -> bool {
    let holds = |outer: &Field<'_>| field.path.strip_prefix(&outer.path).is_some_and(|rest| rest.starts_with('.'));
    steers(field) || field.depth > 0 && call.request.iter().any(|it| it.depth == 0 && steers(it) && holds(it))
}

/// How sure it is that members of the same name mean the type's properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// The operation is about the type itself.
    Own,
    /// The operation is about an aspect of the type.
    Aspect,
    /// The operation's noun is another, but its target is the type beyond doubt.
    Named,
}

/// How sure it is; `None` where names prove nothing. `other`: whether a type that only Terraform knows has
/// the operation's very noun.
fn sureness(call: &Call<'_>, best: &Candidate<'_, '_>, other: bool) -> Option<Sure> {
    const SETTING: &[&str] = &["update", "modify", "put", "set", "change", "edit", "configure", "replace"];
    let sets = SETTING.contains(&call.verb.as_str());
    match () {
        () if call.links() || call.is_place(best.kind) || best.name < 0.88 && other => None,
        () if best.name >= 0.95 && (sets || call.creates()) => Some(Sure::Own),
        () if best.name >= 0.5 && best.score >= 2.4 && sets => Some(Sure::Aspect),
        () if sets && best.score >= 1.9 && is_named(call, best.kind) => Some(Sure::Named),
        () => None,
    }
}

/// The one structure that describes the whole resource, as a path with its dot: `configRule.`.
fn opened(call: &Call<'_>, kind: &ResourceType, ids: &BTreeSet<&str>) -> Option<String> {
    let known: BTreeSet<String> = kind.properties.keys().map(|name| fold(name)).collect();
    let plain =
        |it: &&Field<'_>| it.depth == 0 && !it.member.token && !ids.contains(it.path.as_str()) && !looks_like_id(it);
    let others = call.request.iter().filter(plain).filter(|it| it.holds != Holds::Structure);
    if others.clone().any(|it| known.contains(&it.folded) && it.folded != "tags") {
        return None;
    }
    let mut best: Option<(usize, String)> = None;
    for outer in call.request.iter().filter(|it| it.depth == 0 && it.holds == Holds::Structure) {
        if known.contains(&outer.folded) && !kind_is_wrapper(kind, &outer.folded) {
            continue;
        }
        let prefix = format!("{}.", outer.path);
        let inner: Vec<&Field<'_>> =
            call.request.iter().filter(|it| it.depth == 1 && it.path.starts_with(&prefix)).collect();
        let found = inner.iter().filter(|it| known.contains(&it.folded)).count();
        if found >= 2 && found * 2 >= inner.len() && best.as_ref().is_none_or(|(most, _)| found > *most) {
            best = Some((found, prefix));
        }
    }
    best.map(|(_, prefix)| prefix)
}

/// Whether a type has one property of this name that holds everything: `DistributionConfig`.
fn kind_is_wrapper(kind: &ResourceType, folded: &str) -> bool {
    let plain = kind.properties.keys().filter(|name| fold(name) != folded).count();
    plain == 0
}

/// A member as a property, where every step of its path has the same name on the other side.
/// With it comes CloudFormation's path.
fn mapped(
    call: &Call<'_>,
    field: &Field<'_>,
    kind: &ResourceType,
    block: Option<&TerraformType>,
    opened: Option<&str>,
) -> Option<(Mapped, String)> {
    let holds = unwrapped(call, field);
    if matches!(holds, Holds::Structure | Holds::Structures | Holds::Blob | Holds::Document) {
        return None;
    }
    let path = opened.map_or(Some(field.path.as_str()), |outer| field.path.strip_prefix(outer))?;
    let steps: Vec<String> = path.split('.').map(fold).collect();
    if steps.len() > 3 {
        return None;
    }
    let property = walk(kind, &steps, holds)?;
    if kind.read_only.contains(&property) {
        return None;
    }
    let terraform = block.and_then(|block| attribute(&block.inputs, &steps)).unwrap_or_default();
    let mapped = match (steps.len(), opened) {
        (1, None) => Mapped::Same(field.path.clone()),
        _ => Mapped::Path { member: field.path.clone(), property: property.clone(), terraform },
    };
    Some((mapped, property))
}

/// What a member holds once EC2's `{"value": …}` is undone.
fn unwrapped(call: &Call<'_>, field: &Field<'_>) -> Holds {
    let value = match field.shape.members.as_slice() {
        [value] if value.name == "Value" && call.service.protocol == "ec2" => call.service.shapes.get(&value.shape),
        _ => None,
    };
    value.map_or(field.holds, |shape| Holds::of(call.service, shape))
}

/// The path of a property whose steps have these folded names, if it holds the same kind of value.
pub(crate) fn walk(kind: &ResourceType, steps: &[String], holds: Holds) -> Option<String> {
    let mut members: &BTreeMap<String, Property> = &kind.properties;
    let mut path: Vec<&str> = Vec::new();
    let mut last: Option<&Property> = None;
    for step in steps {
        if let Some(before) = last {
            members = &before.members;
        }
        let (name, property) = members.iter().find(|(name, _)| fold(name) == *step)?;
        path.push(name);
        last = Some(resolve(kind, property));
    }
    let same = last.is_some_and(|property| holds_same(kind, property, holds)) || is_tags(kind, &path, holds);
    same.then(|| path.join("."))
}

/// The definition that a property refers to, or itself.
fn resolve<'a>(kind: &'a ResourceType, property: &'a Property) -> &'a Property {
    let mut property = property;
    for _ in 0..4 {
        let Some(next) = property.reference.as_ref().and_then(|name| kind.definitions.get(name)) else { break };
        property = next;
    }
    property
}

/// Whether a property holds what a member holds.
fn holds_same(kind: &ResourceType, property: &Property, holds: Holds) -> bool {
    let is = |property: &Property, names: &[&str]| property.kinds.iter().any(|it| names.contains(&it.as_str()));
    let plain = ["string", "integer", "number", "boolean"];
    match holds {
        Holds::Text => {
            is(property, &plain) || property.kinds.is_empty() && property.members.is_empty() && !property.map
        }
        Holds::Other => is(property, &plain),
        Holds::Texts | Holds::Others => {
            let item = property.items.as_ref().map(|it| resolve(kind, it));
            is(property, &["array"])
                && item.is_none_or(|it| is(it, &plain) || it.kinds.is_empty() && it.members.is_empty())
        }
        Holds::Map => property.map || is(property, &["object"]) && property.members.is_empty(),
        _ => false,
    }
}

/// Whether a property is the type's tags, which are compared as tags whatever their form.
fn is_tags(kind: &ResourceType, path: &[&str], holds: Holds) -> bool {
    holds == Holds::Map && path.len() == 1 && kind.tags.as_deref().is_some_and(|tags| path.first() == Some(&tags))
}

/// The path of a Terraform attribute whose steps have these folded names; blocks are entered at their first entry.
fn attribute(inputs: &BTreeMap<String, Attribute>, steps: &[String]) -> Option<String> {
    let (step, rest) = steps.split_first()?;
    let (name, attribute) = inputs.iter().find(|(name, _)| fold(name) == *step)?;
    if rest.is_empty() {
        return matches!(attribute.kind, AttributeKind::Plain | AttributeKind::List | AttributeKind::Map)
            .then(|| name.clone());
    }
    match &attribute.kind {
        AttributeKind::Block(inner) => attribute_in(name, inner, rest),
        _ => None,
    }
}

fn attribute_in(name: &str, inner: &BTreeMap<String, Attribute>, rest: &[String]) -> Option<String> {
    attribute(inner, rest).map(|path| format!("{name}[0].{path}"))
}

#[cfg(test)]
mod tests {
    use super::super::model::Service;
    use super::super::score::Index;
    use super::super::tiny;
    use super::*;

    fn members(request: &[tiny::Field<'_>], change: impl FnOnce(&mut Service, &mut ResourceType)) -> Members {
        let mut service = tiny::service();
        tiny::operation(&mut service, "UpdateShelf", request, &[]);
        let mut kind = tiny::kind("AWS::Store::Shelf", &["ShelfId", "Color", "Owner", "Height"], &["ShelfId"]);
        change(&mut service, &mut kind);
        let models = tiny::models(service, vec![kind]);
        let service = &models.services["store"];
        let call = Call::new(&models, service, &service.operations["UpdateShelf"]);
        let index = Index::new(&models);
        let ranked = index.rank(&call);
        let identity = Identity { id: vec!["ShelfId".to_owned()], ..Identity::default() };
        properties(&call, ranked.first().unwrap(), None, false, &identity)
    }

    fn found(request: &[tiny::Field<'_>], change: impl FnOnce(&mut Service, &mut ResourceType)) -> Vec<Mapped> {
        members(request, change).properties
    }

    #[test]
    fn what_steers_a_call_is_no_property_even_where_the_type_has_one_of_its_name() {
        let request = [("ShelfId", "Text", true), ("Color", "Text", false), ("AcceptLanguage", "Text", false)];
        let all = found(&request, |_, kind| {
            let text = kind.properties["Color"].clone();
            kind.properties.insert("AcceptLanguage".to_owned(), text);
        });
        assert_eq!(all, [Mapped::Same("Color".to_owned())]);
    }

    #[test]
    fn what_is_in_a_structure_that_steers_is_no_property() {
        let request = [("ShelfId", "Text", true), ("Color", "Text", false), ("OperationPreferences", "Pace", false)];
        let all = found(&request, |service, kind| {
            tiny::structure(service, "Pace", &[("Order", "Text", false)]);
            let order = [("Order".to_owned(), kind.properties["Color"].clone())].into();
            let pace = Property { kinds: vec!["object".to_owned()], members: order, ..Property::default() };
            kind.properties.insert("OperationPreferences".to_owned(), pace);
        });
        assert_eq!(all, [Mapped::Same("Color".to_owned())]);
    }

    #[test]
    fn only_members_of_the_same_name_are_properties_and_identifiers_are_not() {
        let request = [
            ("ShelfId", "Text", true),
            ("Color", "Text", false),
            ("Shade", "Text", false),
            ("NewOwner", "Text", false),
        ];
        assert_eq!(found(&request, |_, _| ()), [Mapped::Same("Color".to_owned())]);
    }

    #[test]
    fn a_list_is_not_the_property_of_a_text() {
        assert!(found(&[("ShelfId", "Text", true), ("Color", "Texts", false)], |_, _| ()).is_empty());
    }

    #[test]
    fn what_cannot_be_updated_is_not_what_an_update_changes() {
        let request = [("ShelfId", "Text", true), ("Color", "Text", false), ("Owner", "Text", false)];
        let all = members(&request, |_, kind| kind.create_only = vec!["Owner".to_owned()]);
        assert_eq!((all.properties, all.repeated), (vec![Mapped::Same("Color".to_owned())], Vec::new()));
        let request = [("ShelfId", "Text", true), ("Color", "Text", false), ("Owner", "Text", true)];
        let all = members(&request, |_, kind| kind.create_only = vec!["Owner".to_owned()]);
        assert_eq!(all.repeated, ["Owner"]);
    }

    #[test]
    fn the_structure_that_describes_the_resource_is_opened() {
        let all = found(&[("ShelfId", "Text", true), ("ShelfUpdate", "ShelfUpdate", true)], |service, _| {
            tiny::structure(service, "ShelfUpdate", &[("Color", "Text", false), ("Height", "Number", false)]);
        });
        let path = |member: &str, property: &str| Mapped::Path {
            member: member.to_owned(),
            property: property.to_owned(),
            terraform: String::new(),
        };
        assert_eq!(all, [path("ShelfUpdate.Color", "Color"), path("ShelfUpdate.Height", "Height")]);
    }
}
