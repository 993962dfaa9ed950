//! Decides which members of a call identify the resource it works on, which name its parent and which merely refer to something.
//!
//! In order: a member named as the primary identifier's property, the same behind the type's name, a plural list, the response of
//! a call that creates, one structure deeper, another kind of the same identity (ARN, name, id). It never decides which type is meant.

use std::collections::BTreeSet;

use super::fallback::{finish, nearest, uri_parts, without_type};
use super::fields::{Field, Holds};
use super::flags::is_rename;
use super::nouns::{KINDS, fold, split_kind, stems};
use super::parts::{Found, find, own_part, parts, same_identity};
use super::score::{Call, Kind};

/// A row names no more paths.
pub(crate) const MOST: usize = 8;
/// What a row says of identity.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: Vec<String>,
    pub(crate) parents: Vec<String>,
    pub(crate) references: Vec<String>,
}

/// Whether a member's name is one of an identifier.
pub(crate) fn looks_like_id(field: &Field<'_>) -> bool {
    let last = stems(field.name).pop().unwrap_or_default();
    matches!(field.holds, Holds::Text | Holds::Texts)
        && !field.member.token
        && !is_rename(field.name)
        && !field.shape.sensitive
        && field.shape.values.is_empty()
        && !["nexttoken", "displayname", "hostname", "domainnameoptions"].contains(&field.folded.as_str())
        && (KINDS.contains(&last.as_str()) || field.member.in_uri)
}

/// The share of a type's primary identifier that a call carries, other kinds of the same identity counted less.
pub(crate) fn share(call: &Call<'_>, kind: &Kind<'_>) -> f64 {
    let parts = parts(kind);
    let total = u32::try_from(parts.len().max(1)).map_or(1.0, f64::from);
    let worth = |part: &String| match find(call, kind, part).first().map(|it| it.rank) {
        Some(0..=19) => 1.0,
        Some(20..=39) => 0.7,
        Some(_) => 0.4,
        None if call.request.iter().any(|it| it.folded == "resourcearn" && it.required) => 0.3,
        None => 0.0,
    };
    parts.iter().map(worth).sum::<f64>() / total
}

/// Whether required members are named as the whole primary identifier, which bears the type's name.
pub(crate) fn is_named(call: &Call<'_>, kind: &Kind<'_>) -> bool {
    let required = |part: &String| {
        find(call, kind, part).first().is_some_and(|it| it.rank < 12 && it.field.required && !it.answer)
    };
    let parts = parts(kind);
    let bears = parts.iter().any(|part| stems(part).iter().any(|word| kind.stems.contains(word)))
        || call.request.iter().any(|it| it.required && stems(it.name).iter().any(|word| kind.stems.contains(word)));
    bears && !parts.is_empty() && parts.iter().all(required)
}

/// Whether a required member has exactly the name of the own part of the primary identifier, and bears the type's name.
pub(crate) fn is_exactly_named(call: &Call<'_>, kind: &Kind<'_>) -> bool {
    let parts = parts(kind);
    let Some(own) = parts.get(own_part(kind, &parts)) else { return false };
    let bears = kind.stems.last().is_some_and(|last| stems(own).contains(last));
    let exact = call.request.iter().any(|it| it.depth == 0 && it.required && it.folded == fold(own));
    bears && exact && is_named(call, kind)
}

/// The identity of the resource that a call works on, over the ranked types: the index decides which of them it is.
pub(crate) fn identify(call: &Call<'_>, kinds: &[&Kind<'_>]) -> Identity {
    let mut all = kinds.iter().map(|kind| of_kind(call, kind));
    let Some(mut identity) = all.next() else { return without_type(call, &call.stems) };
    for other in all {
        identity.id.extend(other.id);
    }
    dedup(&mut identity.id, MOST);
    let used: BTreeSet<&str> =
        identity.id.iter().flat_map(|it| it.split('|')).map(|it| it.trim_end_matches("[]")).collect();
    identity.references.retain(|it| !used.contains(it.as_str()));
    identity
}

/// The identity of the resource of one type.
fn of_kind(call: &Call<'_>, kind: &Kind<'_>) -> Identity {
    let parts = parts(kind);
    let found: Vec<Vec<Found<'_, '_>>> = parts.iter().map(|part| find(call, kind, part)).collect();
    let own = own_part(kind, &parts);
    let mut id = joined(&found);
    let mut used: BTreeSet<String> = BTreeSet::new();
    // A name is one only with its parents'; an account is no parent.
    let alone = |it: &String| ["awsaccountid", "accountid", "catalogid"].contains(&fold(it).as_str());
    let alone = parts.iter().enumerate().all(|(at, part)| at == own || alone(part));
    let whole = id.is_empty() || alone || parts.get(own).is_some_and(|part| kind.model.read_only.contains(part));
    let sure = found.get(own).and_then(|all| all.first()).filter(|it| it.rank < 20 && it.field.required);
    let set = |it: &Found<'_, '_>| {
        let better = sure.is_some_and(|best| best.field.path != it.field.path && !it.answer);
        better && !call.creates() && is_settable(kind, it.field)
    };
    let named = found.get(own).into_iter().flatten().cloned().chain(same_identity(call, kind));
    for it in named.filter(|it| !set(it)) {
        used.insert(it.field.path.clone());
        if whole || it.field.folded.ends_with("arn") {
            id.extend(it.paths());
        }
    }
    if call.links() {
        let bare = id.is_empty();
        for field in call.request.iter().filter(|it| it.depth == 0 && looks_like_id(it) && (it.required || bare)) {
            used.insert(field.path.clone());
            id.extend(field.paths());
        }
    }
    let mut parents: Vec<String> = Vec::new();
    for (at, all) in found.iter().enumerate() {
        if let Some(part) = all.first().filter(|it| at != own && !it.answer && !used.contains(&it.field.path)) {
            parents.push(part.field.path.clone());
        }
    }
    if id.is_empty() {
        let both: Vec<String> = kind.stems.iter().chain(&call.stems).cloned().collect();
        let fallback = nearest(call, &both, parts.get(own).map(|part| split_kind(part).1));
        id = fallback.id;
        used.extend(id.iter().cloned());
    } else if let Some(joined) = uri_parts(call) {
        id.push(joined);
    }
    dedup(&mut id, MOST);
    finish(call, id, parents, &used)
}

/// The whole identifier of several parts in its order; where a request may lack some of them, also what is left: two or more
/// joined, or each by itself.
fn joined(found: &[Vec<Found<'_, '_>>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut first: Vec<&Found<'_, '_>> = Vec::new();
    for all in found {
        let Some(best) = all.iter().find(|it| !seen.contains(&it.field.path)) else { return Vec::new() };
        seen.insert(&best.field.path);
        first.push(best);
    }
    if first.len() < 2 {
        return Vec::new();
    }
    let path = |it: &&Found<'_, '_>| it.paths().into_iter().next();
    let join = |all: &[&Found<'_, '_>]| all.iter().filter_map(path).collect::<Vec<_>>().join("|");
    let needed: Vec<&Found<'_, '_>> = first.iter().filter(|it| it.answer || it.field.required).copied().collect();
    let mut paths = vec![join(&first)];
    match needed.len() {
        0 => paths.extend(first.iter().filter_map(path)),
        most if most < first.len() => paths.push(join(&needed)),
        _ => {}
    }
    paths
}

/// Whether a member is a property that may change, so that it names the resource anew where something else identifies it.
fn is_settable(kind: &Kind<'_>, field: &Field<'_>) -> bool {
    let model = kind.model;
    let fixed = |name: &str| {
        [&model.read_only, &model.create_only, &model.id].iter().any(|all| all.iter().any(|it| it == name))
    };
    kind.properties.get(&field.folded).is_some_and(|name| !fixed(name))
}

/// Keeps the first of equal paths, and no more than `most`.
pub(crate) fn dedup(all: &mut Vec<String>, most: usize) {
    let mut seen = BTreeSet::new();
    all.retain(|it| seen.insert(it.clone()));
    all.truncate(most);
}

#[cfg(test)]
mod tests {
    use super::super::model::ResourceType;
    use super::super::score::Index;
    use super::super::tiny;
    use super::*;

    fn identity(
        operation: &str,
        request: &[tiny::Field<'_>],
        response: &[tiny::Field<'_>],
        kind: ResourceType,
    ) -> Identity {
        let mut service = tiny::service();
        tiny::structure(&mut service, "Shelf", &[("ShelfArn", "Text", false), ("ShelfName", "Text", false)]);
        tiny::operation(&mut service, operation, request, response);
        let models = tiny::models(service, vec![kind]);
        let service = &models.services["store"];
        let call = Call::new(&models, service, &service.operations[operation]);
        let index = Index::new(&models);
        let kinds: Vec<&Kind<'_>> = index.kinds("store").collect();
        identify(&call, &kinds)
    }

    #[test]
    fn a_member_named_as_the_identifier_is_the_target_and_an_optional_one_a_reference() {
        let kind = tiny::kind("AWS::Store::Shelf", &["ShelfId"], &["ShelfId"]);
        let found = identity("UpdateShelf", &[("RoleArn", "Text", false), ("ShelfId", "Text", true)], &[], kind);
        assert_eq!(found.id, ["ShelfId"]);
        assert_eq!(found.references, ["RoleArn"]);
    }

    #[test]
    fn a_created_resource_is_named_by_the_response_first() {
        let mut kind = tiny::kind("AWS::Store::Shelf", &["ShelfArn"], &["ShelfArn"]);
        kind.read_only = vec!["ShelfArn".to_owned()];
        let found = identity("CreateShelf", &[("ShelfName", "Text", true)], &[("Shelf", "Shelf", false)], kind);
        assert_eq!(found.id, [">Shelf.ShelfArn", "ShelfName", ">Shelf.ShelfName"]);
    }

    #[test]
    fn a_composite_identifier_is_joined_in_its_order_and_names_the_parent() {
        let kind = tiny::kind("AWS::Store::Shelf", &["HallId", "ShelfId"], &["HallId", "ShelfId"]);
        let found = identity("DeleteShelf", &[("ShelfId", "Text", true), ("HallId", "Text", true)], &[], kind);
        assert_eq!(found.id, ["HallId|ShelfId", "ShelfId"]);
        assert_eq!(found.parents, ["HallId"]);
    }

    #[test]
    fn a_list_of_identifiers_is_walked() {
        let kind = tiny::kind("AWS::Store::Shelf", &["ShelfId"], &["ShelfId"]);
        assert_eq!(identity("DeleteShelves", &[("ShelfIds", "Texts", true)], &[], kind).id, ["ShelfIds[]"]);
    }

    #[test]
    fn a_new_name_is_not_the_identifier() {
        let kind = tiny::kind("AWS::Store::Shelf", &["ShelfName"], &["ShelfName"]);
        let request = [("NewShelfName", "Text", false), ("ShelfName", "Text", true)];
        assert_eq!(identity("UpdateShelf", &request, &[], kind).id, ["ShelfName"]);
    }
}
