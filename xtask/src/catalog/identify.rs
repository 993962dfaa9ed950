//! Decides which members of a call identify the resource it works on, which name its parent and which merely refer to something.
//!
//! In order: a member named as the primary identifier's property, the same behind the type's name, a plural list, the response of
//! a call that creates, one structure deeper, another kind of the same identity (ARN, name, id). It never decides which type is meant.

use std::collections::BTreeSet;

use super::fallback::{finish, nearest, uri_parts, without_type};
use super::fields::{Field, Holds};
use super::flags::is_rename;
use super::kinds::Kind;
use super::nouns::{KINDS, fold, split_kind, stems};
use super::parts::{Found, find, own_part, parts, same_identity};
use super::score::Call;

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
    let mut parts = parts(kind);
    let mut found: Vec<Vec<Found<'_, '_>>> = parts.iter().map(|part| find(call, kind, part)).collect();
    // The account goes without saying.
    let said: Vec<bool> = parts.iter().zip(&found).map(|(part, all)| !is_account(part) || !all.is_empty()).collect();
    if said.contains(&true) {
        parts = parts.into_iter().zip(&said).filter_map(|(part, said)| said.then_some(part)).collect();
        found = found.into_iter().zip(&said).filter_map(|(all, said)| said.then_some(all)).collect();
    }
    let own = own_part(kind, &parts);
    substitute(call, kind, &mut found, own);
    let mut id = joined(&found, own);
    let mut used: BTreeSet<String> = BTreeSet::new();
    // A name is one only with its parents'; an account is no parent.
    let whole = id.is_empty()
        || parts.iter().enumerate().all(|(at, part)| at == own || is_account(part))
        || parts.get(own).is_some_and(|part| kind.model.read_only.contains(part));
    for it in named(call, kind, found.get(own).map(Vec::as_slice).unwrap_or_default()) {
        used.insert(it.field.path.clone());
        if whole || it.field.folded.ends_with("arn") {
            id.extend(it.paths());
        }
    }
    if call.links() && !id.iter().any(|it| it.contains('|')) {
        let bare = id.is_empty();
        for field in call.request.iter().filter(|it| it.depth == 0 && looks_like_id(it) && (it.required || bare)) {
            used.insert(field.path.clone());
            id.extend(field.paths());
        }
    }
    let others = found.iter().enumerate().filter(|(at, _)| *at != own).filter_map(|(_, all)| all.first());
    let parents = others.filter(|it| !it.answer && !used.contains(&it.field.path)).map(|it| it.field.path.clone());
    let parents = parents.collect();
    if id.is_empty() {
        let both: Vec<String> = kind.stems.iter().chain(&call.stems).cloned().collect();
        let fallback = nearest(call, &both, parts.get(own).map(|part| split_kind(part).1));
        id = fallback.id;
        used.extend(id.iter().cloned());
    } else if let Some(joined) = uri_parts(call) {
        // A name is one only with what holds it, also where the whole identifier is an ARN.
        let weak = found.get(own).and_then(|all| all.first()).filter(|it| it.rank >= 20 && parts.len() == 1);
        let last = |it: &&Found<'_, '_>| it.field.folded.ends_with("name") && joined.ends_with(&it.field.path);
        id.insert(if weak.filter(last).is_some() { 0 } else { id.len() }, joined);
    }
    dedup(&mut id, MOST);
    finish(call, id, parents, &used)
}

/// The part that names what holds the resource, where the call names that and not the resource itself.
pub(crate) fn only_holder(call: &Call<'_>, kind: &Kind<'_>) -> Option<String> {
    let parts = parts(kind);
    let own = own_part(kind, &parts);
    let mut found: Vec<Vec<Found<'_, '_>>> = parts.iter().map(|part| find(call, kind, part)).collect();
    substitute(call, kind, &mut found, own);
    let ends = call.links() && !["add", "remove"].contains(&call.verb.as_str());
    if ends || kind.foreign.is_empty() || found.get(own).is_none_or(|all| !all.is_empty()) {
        return None;
    }
    let sure = |all: &Vec<Found<'_, '_>>| all.iter().any(|it| it.field.required && !it.answer && it.rank < 20);
    let named = parts.iter().zip(&found).rev().find(|(part, all)| kind.foreign.contains(&fold(part)) && sure(all));
    named.map(|(part, _)| part.clone())
}

/// Whether a part of an identifier is the account.
fn is_account(part: &str) -> bool {
    ["awsaccountid", "accountid", "catalogid"].contains(&fold(part).as_str())
}

/// Where the call names all parts but the resource's own, takes the one other identifier that it requires for it.
fn substitute<'f, 'a>(call: &'f Call<'a>, kind: &Kind<'_>, found: &mut [Vec<Found<'f, 'a>>], own: usize) {
    let lacks_own = found.iter().enumerate().all(|(at, all)| all.is_empty() == (at == own));
    if found.len() < 2 || !lacks_own || call.links() {
        return;
    }
    let taken: BTreeSet<&str> = found.iter().flatten().map(|it| it.field.path.as_str()).collect();
    let open = |it: &&Field<'_>| looks_like_id(it) && it.required && !taken.contains(it.path.as_str());
    let open = call.request.iter().filter(|it| it.depth < 2).filter(open);
    let open: Vec<&'f Field<'a>> = open.filter(|it| !kind.foreign.contains(&it.folded)).collect();
    if let ([only], Some(own)) = (open.as_slice(), found.get_mut(own)) {
        own.push(Found { field: only, rank: 30, answer: false });
    }
}

/// The members that name the resource by themselves: its own part and other names of the type. Where a required member is the own
/// part, a property that may change is none.
fn named<'f, 'a>(call: &'f Call<'a>, kind: &Kind<'_>, own: &[Found<'f, 'a>]) -> Vec<Found<'f, 'a>> {
    let sure = own.first().filter(|it| it.rank < 20 && it.field.required);
    let set = |it: &Found<'_, '_>| {
        let better = sure.is_some_and(|best| best.field.path != it.field.path && !it.answer);
        better && !call.creates() && is_settable(kind, it.field)
    };
    own.iter().cloned().chain(same_identity(call, kind)).filter(|it| !set(it)).collect()
}

/// The whole identifier of several parts in its order; where a request may lack some of them, also what is left: the own part
/// with the other required ones, or by itself.
fn joined(found: &[Vec<Found<'_, '_>>], own: usize) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut first: Vec<&Found<'_, '_>> = Vec::new();
    for all in found {
        let open = || all.iter().filter(|it| !seen.contains(&it.field.path));
        let sure = open().find(|it| it.answer || it.field.required && it.rank < 20);
        let Some(best) = sure.or_else(|| open().next()) else { return Vec::new() };
        seen.insert(&best.field.path);
        first.push(best);
    }
    if first.len() < 2 {
        return Vec::new();
    }
    let path = |it: &&Found<'_, '_>| it.paths().into_iter().next();
    let join = |all: &[&Found<'_, '_>]| all.iter().filter_map(path).collect::<Vec<_>>().join("|");
    let needed = |(at, it): (usize, &&Found<'_, '_>)| at == own || it.answer || it.field.required;
    let left: Vec<&Found<'_, '_>> =
        first.iter().enumerate().filter(|(at, it)| needed((*at, it))).map(|(_, it)| *it).collect();
    let mut paths = vec![join(&first)];
    if left.len() < first.len() {
        paths.push(join(&left));
    }
    // The name that is not given here may be given there: `tableInput.name`.
    let open = first.get(own).filter(|it| !it.answer && !it.field.required);
    let other = found.get(own).into_iter().flatten().find(|it| !it.answer && !seen.contains(&it.field.path));
    if let (Some(open), Some(other)) = (open, other.filter(|it| it.rank < 20)) {
        paths.push(join(
            &left.iter().map(|it| if it.field.path == open.field.path { other } else { *it }).collect::<Vec<_>>(),
        ));
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
    use super::super::model::{ResourceType, Shape, ShapeKind};
    use super::super::score::Index;
    use super::super::tiny;
    use super::*;

    fn identity(
        operation: &str,
        request: &[tiny::Field<'_>],
        response: &[tiny::Field<'_>],
        kind: ResourceType,
    ) -> Identity {
        among(operation, request, response, vec![kind])
    }

    fn among(
        operation: &str,
        request: &[tiny::Field<'_>],
        response: &[tiny::Field<'_>],
        kinds: Vec<ResourceType>,
    ) -> Identity {
        let mut service = tiny::service();
        let choice = Shape { values: vec!["oak".to_owned(), "pine".to_owned()], ..Shape::default() };
        let list = Shape { kind: ShapeKind::List, element: "Shelf".to_owned(), ..Shape::default() };
        service.shapes.extend([("Wood".to_owned(), choice), ("Shelves".to_owned(), list)]);
        tiny::structure(&mut service, "Shelf", &[("ShelfArn", "Text", false), ("ShelfName", "Text", false)]);
        tiny::operation(&mut service, operation, request, response);
        let models = tiny::models(service, kinds);
        let service = &models.services["store"];
        let call = Call::new(&models, service, &service.operations[operation]);
        let index = Index::new(&models);
        let kinds: Vec<&Kind<'_>> = index.kinds("store").collect();
        identify(&call, kinds.get(..1).unwrap_or_default())
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
        assert_eq!(found.id, ["HallId|ShelfId"]);
        assert_eq!(found.parents, ["HallId"]);
    }

    #[test]
    fn a_part_that_aws_gives_is_unique_by_itself() {
        let mut kind = tiny::kind("AWS::Store::Shelf", &["HallId", "ShelfId"], &["HallId", "ShelfId"]);
        kind.read_only = vec!["ShelfId".to_owned()];
        let found = identity("DeleteShelf", &[("ShelfId", "Text", true), ("HallId", "Text", true)], &[], kind);
        assert_eq!(found.id, ["HallId|ShelfId", "ShelfId"]);
    }

    #[test]
    fn a_part_may_be_chosen_from_a_list_and_what_may_be_missing_is_left_out_second() {
        let kind = tiny::kind("AWS::Store::Shelf", &["Wood", "HallId", "Name"], &["Wood", "HallId", "Name"]);
        let request = [("Name", "Text", true), ("Wood", "Wood", true), ("HallId", "Text", false)];
        assert_eq!(identity("DeleteShelf", &request, &[], kind).id, ["Wood|HallId|Name", "Wood|Name"]);
    }

    #[test]
    fn the_account_goes_without_saying() {
        let kind = tiny::kind("AWS::Store::Shelf", &["AccountId", "Wood", "Name"], &["AccountId", "Wood", "Name"]);
        let request = [("Name", "Text", true), ("Wood", "Wood", true)];
        assert_eq!(identity("DeleteShelf", &request, &[], kind).id, ["Wood|Name"]);
    }

    #[test]
    fn a_part_that_names_another_type_is_not_the_own_one() {
        let shelf = tiny::kind("AWS::Store::HallShelf", &["ShelfArn", "HallName"], &["ShelfArn", "HallName"]);
        let hall = tiny::kind("AWS::Store::Hall", &["HallName"], &["HallName"]);
        let request = [("HallName", "Text", true), ("ShelfArn", "Text", true)];
        let found = among("DeleteHallShelf", &request, &[], vec![hall, shelf]);
        assert_eq!(found.id, ["HallName"]);
        let shelf = tiny::kind("AWS::Store::AtHall", &["ShelfArn", "HallName"], &["ShelfArn", "HallName"]);
        let hall = tiny::kind("AWS::Store::Hall", &["HallName"], &["HallName"]);
        let found = among("DeleteAtHall", &request, &[], vec![shelf, hall]);
        assert_eq!(
            (found.id, found.parents),
            (vec!["ShelfArn|HallName".to_owned(), "ShelfArn".to_owned()], vec!["HallName".to_owned()])
        );
    }

    #[test]
    fn a_required_identifier_stands_for_the_part_that_nothing_names() {
        let kind = tiny::kind("AWS::Store::Shelf", &["HallId", "ShelfId"], &["HallId", "ShelfId"]);
        let found = identity("DeleteShelf", &[("HallId", "Text", true), ("LampName", "Text", true)], &[], kind);
        assert_eq!(found.id, ["HallId|LampName"]);
    }

    #[test]
    fn what_is_named_only_by_what_holds_it_changes_that() {
        let mut service = tiny::service();
        tiny::operation(&mut service, "DeleteLamp", &[("ShelfId", "Text", true), ("Color", "Text", true)], &[]);
        let lamp = tiny::kind("AWS::Store::Lamp", &["ShelfId", "LampKey"], &["ShelfId", "LampKey"]);
        let shelf = tiny::kind("AWS::Store::Shelf", &["ShelfId"], &["ShelfId"]);
        let models = tiny::models(service, vec![lamp, shelf]);
        let service = &models.services["store"];
        let index = Index::new(&models);
        let ranked = index.rank(&Call::new(&models, service, &service.operations["DeleteLamp"]));
        let names: Vec<&str> = ranked.iter().map(|it| it.kind.noun).collect();
        assert_eq!(names, ["Shelf", "Lamp"]);
    }

    #[test]
    fn a_property_that_may_change_is_no_identifier_beside_a_required_one() {
        let kind = tiny::kind("AWS::Store::Shelf", &["ShelfId", "ShelfName"], &["ShelfId"]);
        let request = [("ShelfId", "Text", true), ("ShelfName", "Text", false)];
        assert_eq!(identity("UpdateShelf", &request, &[], kind).id, ["ShelfId"]);
    }

    #[test]
    fn identifiers_in_a_list_of_structures_are_found_and_a_copy_is_the_target() {
        let kind = || tiny::kind("AWS::Store::Shelf", &["ShelfName"], &["ShelfName"]);
        assert_eq!(identity("SortShelves", &[("Orders", "Shelves", true)], &[], kind()).id, ["Orders[].ShelfName"]);
        let request = [("TargetShelfName", "Text", true), ("SourceShelfName", "Text", true)];
        assert_eq!(identity("CopyShelf", &request, &[], kind()).id, ["TargetShelfName"]);
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
