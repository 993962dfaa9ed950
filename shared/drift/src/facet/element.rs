//! Elements of collections: rules, attachments, policies, routes, entries. Each is owned by the block that declares it, one of
//! its own or an entry of a list.

use std::borrow::Cow;

use driftwire_catalog::Property;
use driftwire_declared::Declaration;
use serde_json::{Value, json};

use super::{RESOURCE, Subject, change, compared, hidden, set, undeclared};
use crate::{
    compare::says_nothing,
    cover::{self, DeclaredElement, Owner},
    finding::Change,
    outcome::{Facet, FacetResult},
    understand::path,
    verdict::{ChangeOp, Reason},
    vocabulary::{has_properties, is_respelled, native_name, spelled},
};

fn element_register(collection: &str, key: &str) -> Cow<'static, str> {
    [collection, "|", key].concat().into()
}

pub(super) fn find_element<'d>(subject: Subject<'d>, collection: &str, key: &str) -> Option<DeclaredElement<'d>> {
    cover::elements(subject.declarations, collection).into_iter().find(|element| element.key == key)
}

/// Where a list could not be resolved, what it does not show may still be in it.
fn unless_open(subject: Subject<'_>, collection: &str, facet: Facet) -> Facet {
    match cover::unresolved_list(subject.declarations, collection) {
        Some(owner) => {
            let change = Change { address: Some(owner.address.clone()), ..facet.change };
            hidden(Facet { result: FacetResult::Unknown(Reason::Unresolved), change, ..facet })
        }
        None => facet,
    }
}

pub(super) fn put(
    subject: Subject<'_>,
    collection: &str,
    key: &str,
    (element, set): (&Value, &[(&'static Property, Value)]),
    facets: &mut Vec<Facet>,
) {
    let Some(declared) = find_element(subject, collection, key) else {
        if collection == "@part" {
            // No block of its own: the resource's may have it.
            for (property, value) in set {
                self::set(subject, property, value, false, false, facets);
            }
            return;
        }
        let words = cover::in_words(subject.declarations, collection, key, set);
        let facet = added(subject, collection, key, words.as_ref().unwrap_or(element));
        return facets.push(unless_open(subject, collection, facet));
    };
    let first = facets.len();
    let mut unowned = Vec::new();
    for (property, actual) in set {
        let owners = if declared.attribute.is_empty() {
            cover::owners(&[declared.declaration], property, true)
        } else {
            inline_owner(&declared, property)
        };
        if owners.is_empty() {
            unowned.push((*property, actual));
        }
        for owner in owners {
            let before = facets.len();
            compared(subject, property, owner, actual, false, facets);
            for facet in facets.iter_mut().skip(before) {
                facet.register = [collection, "|", key, "|", &facet.register].concat().into();
            }
        }
    }
    unwritten(&declared, collection, &unowned, first, facets);
    if facets.len() == first {
        // A part that is written without a value that can be seen.
        let unseen = collection == "@part" && set.is_empty();
        let result =
            if unseen { FacetResult::Unknown(Reason::NoValue) } else { FacetResult::Same(Reason::DeclaredBySibling) };
        let mut facet = Facet { result, ..added(subject, collection, key, element) };
        facet.change.address = Some(declared.declaration.address.clone());
        if unseen {
            facet.change.attribute = RESOURCE.to_owned();
            facet = hidden(facet);
        }
        facets.push(facet);
    }
}

/// What a call sets of an element that the code does not mention. A state of Terraform mentions everything; where only
/// what somebody wrote is declared, it belongs to a change of the element: another target of a route.
fn unwritten(
    declared: &DeclaredElement<'_>,
    collection: &str,
    unowned: &[(&'static Property, &Value)],
    first: usize,
    facets: &mut Vec<Facet>,
) {
    let DeclaredElement { declaration, attribute, key, .. } = declared;
    if !is_respelled(declaration) && !has_properties(declaration) {
        return;
    }
    let differs = facets.iter().skip(first).any(|facet| matches!(facet.result, FacetResult::Differs(_)));
    for (property, actual) in unowned.iter().filter(|(_, actual)| !is_unset(actual)) {
        let mut facet = undeclared(property, actual);
        facet.register = format!("{collection}|{key}|{}", facet.register).into();
        facet.change.address = Some(declaration.address.clone());
        if differs {
            let own = member_name(declaration, property, attribute);
            facet.change.attribute = if attribute.is_empty() { own } else { format!("{attribute}.{own}") };
            facet.result = FacetResult::Differs(Reason::Differs);
        }
        facets.push(facet);
    }
}

/// What a declaration would call a member of an element.
fn member_name(declaration: &Declaration, property: &Property, attribute: &str) -> String {
    if has_properties(declaration) {
        let list = attribute.split('[').next().unwrap_or_default();
        let inside = property.name.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'));
        return native_name(declaration, inside.unwrap_or(property.name)).into_owned();
    }
    let path = cover::terraform_paths(declaration, property).next().unwrap_or(property.name);
    let path = spelled(declaration, path);
    if attribute.is_empty() { path.into_owned() } else { cover::below(attribute, &path).to_owned() }
}

/// Whether a value is what most members have that nobody sets.
fn is_unset(actual: &Value) -> bool {
    says_nothing(actual) || *actual == json!(false) || *actual == json!(0)
}

fn inline_owner<'d>(element: &DeclaredElement<'d>, property: &Property) -> Vec<Owner<'d>> {
    let last = property.name.rsplit('.').next().unwrap_or(property.name);
    let Some(members) = element.members else { return Vec::new() };
    cover::terraform_paths(element.declaration, property)
        .map(|path| spelled(element.declaration, path))
        .map(|path| cover::below(&element.attribute, &path).to_owned())
        .chain([property.member, last, property.name].map(str::to_owned))
        .find_map(|name| path::located(members, &name))
        .map(|(name, value)| Owner {
            declaration: element.declaration,
            attribute: format!("{}.{name}", element.attribute),
            value: Cow::Borrowed(value),
        })
        .into_iter()
        .collect()
}

/// An element that nobody declares, on a resource that somebody does.
fn added(subject: Subject<'_>, collection: &str, key: &str, element: &Value) -> Facet {
    let (attribute, owner) = cover::home(subject.declarations, collection, key);
    let mut change = change(attribute, ChangeOp::Added, None, Some(element.clone()));
    change.address = owner.map(|it| it.address.clone());
    let result = FacetResult::Differs(Reason::UndeclaredChild);
    Facet { register: element_register(collection, key), result, change, traces: Vec::new() }
}

pub(super) fn add(subject: Subject<'_>, collection: &str, key: &str, element: &Value) -> Facet {
    let facet = added(subject, collection, key, element);
    match find_element(subject, collection, key) {
        Some(declared) => Facet {
            result: FacetResult::Same(Reason::DeclaredBySibling),
            change: Change { address: Some(declared.declaration.address.clone()), ..facet.change },
            ..facet
        },
        None => unless_open(subject, collection, facet),
    }
}

pub(super) fn remove(subject: Subject<'_>, collection: &str, key: &str) -> Vec<Facet> {
    let register = element_register(collection, key);
    let Some(declared) = find_element(subject, collection, key) else {
        if collection == "@part"
            && let Some(owner) = cover::part_inside(subject.declarations, key)
        {
            let change = Change {
                address: Some(owner.declaration.address.clone()),
                property: Some(key.to_owned().into()),
                ..change(owner.attribute, ChangeOp::Removed, Some(owner.value.into_owned()), None)
            };
            return vec![Facet { register, result: FacetResult::Differs(Reason::Differs), change, traces: Vec::new() }];
        }
        let (attribute, owner) = cover::home(subject.declarations, collection, key);
        let change =
            Change { address: owner.map(|it| it.address.clone()), ..change(attribute, ChangeOp::Removed, None, None) };
        let facet = Facet { register, result: FacetResult::Same(Reason::Equal), change, traces: Vec::new() };
        return vec![unless_open(subject, collection, facet)];
    };
    let (attribute, value) = if declared.attribute.is_empty() {
        (RESOURCE.to_owned(), json!("present"))
    } else {
        let value = declared.value.cloned().unwrap_or_else(|| Value::from(key));
        (declared.attribute.split('[').next().unwrap_or_default().to_owned(), value)
    };
    let change = Change {
        address: Some(declared.declaration.address.clone()),
        ..change(attribute, ChangeOp::Removed, Some(value), None)
    };
    let reason = if change.attribute == RESOURCE { Reason::Deleted } else { Reason::Differs };
    vec![Facet { register, result: FacetResult::Differs(reason), change, traces: Vec::new() }]
}

pub(super) fn replace(subject: Subject<'_>, collection: &str, elements: &[(String, Value)]) -> Vec<Facet> {
    let mut facets: Vec<Facet> = elements.iter().map(|(key, element)| add(subject, collection, key, element)).collect();
    for declared in cover::elements(subject.declarations, collection) {
        if !elements.iter().any(|(key, _)| *key == declared.key) {
            facets.extend(remove(subject, collection, &declared.key));
        }
    }
    facets
}
