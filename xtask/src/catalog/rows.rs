//! Builds one row per operation from what the other modules decide; tells apart the operations that several services share under
//! one event source.

use std::collections::{BTreeMap, BTreeSet};

use super::bridge::{self, Bridge};
use super::doubt::settled;
use super::effect::{Effect, effect, is_own, tagging};
use super::fallback::without_type;
use super::fields::{Field, Holds};
use super::flags::{flags, options, pending};
use super::identify::{Identity, identify};
use super::kinds::Kind;
use super::members::{Mapped, Members, properties};
use super::model::{Models, Service};
use super::mutating::changes_configuration;
use super::nouns::{KINDS, fold};
use super::score::{Call, Candidate, Index};
use super::sources::{event_sources, namespace, prefixes};
use super::unite;

/// What the catalog says of one operation.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) operation: String,
    /// CloudFormation types with their scores, the best first. `AWS::Glue::*` where the ARN decides.
    pub(crate) resources: Vec<(String, f64)>,
    pub(crate) terraform: Vec<String>,
    pub(crate) identity: Identity,
    pub(crate) effect: Effect,
    pub(crate) from: Option<String>,
    pub(crate) when: Option<String>,
    pub(crate) properties: Vec<Mapped>,
    pub(crate) flags: Vec<&'static str>,
    /// Whether the request requires nothing, the account aside.
    pub(crate) bare: bool,
    /// Members that steer the call and configure nothing.
    pub(crate) options: Vec<String>,
    pub(crate) pending: Option<String>,
}

/// The rows of every service, by botocore's folder.
pub(crate) fn rows(models: &Models) -> BTreeMap<String, Vec<Row>> {
    let index = Index::new(models);
    let bridge = Bridge::new(models, bridge::by_kind(models), bridge::declares(models));
    let mut all = BTreeMap::new();
    for service in models.services.values() {
        let operations = service.operations.values().filter(|it| changes_configuration(models, service, it));
        let rows: Vec<Row> =
            operations.map(|it| plain(row(&index, &bridge, &Call::new(models, service, it)))).collect();
        if !rows.is_empty() {
            all.insert(service.name.clone(), rows);
        }
    }
    unite::unite(&mut all);
    unite::alone(models, &mut all);
    tell_apart(models, &mut all);
    all
}

/// A call that takes tags away without saying which is a change of them whose value nobody knows.
fn plain(mut row: Row) -> Row {
    if matches!(row.effect, Effect::Tag | Effect::Untag) && row.from.is_none() {
        row.effect = Effect::Touch;
    }
    row
}

/// A CloudFormation type of this score, or one whose handlers call the operation, stays first, even if Terraform has a type of exactly the operation's noun.
const BEYOND_DOUBT: f64 = 2.5;

/// The row of one operation.
fn row<'a>(index: &Index<'a>, bridge: &Bridge<'a>, call: &Call<'a>) -> Row {
    let effect_by_name = tagging(call);
    if effect_by_name.is_some() && is_generic(call) {
        return generic_tags(index, call, effect_by_name.unwrap_or(Effect::Tag));
    }
    let ranked = settled(call, index.rank(call));
    let guess = |best: &Candidate<'_, '_>| best.name < 0.88 && best.score < BEYOND_DOUBT && best.handlers.is_empty();
    let other = ranked.first().is_some_and(guess);
    // A type that only Terraform knows, and that is named as the noun, is meant before its parent in CloudFormation.
    let ranked = if other && bridge.alone(call).is_some() { Vec::new() } else { ranked };
    let mut ranked = ranked;
    let mut found = bridge.rank(call, &ranked);
    if matches!(effect(call, ranked.first(), &found, false), Effect::Create | Effect::Delete) && !ranked.is_empty() {
        // What a call creates or deletes is never one of the things that it merely names.
        ranked.retain(|it| is_own(call, it));
        found = bridge.rank(call, &ranked);
    }
    let best = ranked.first();
    let identity = identify(call, &ranked.iter().take(2).map(|it| it.kind).collect::<Vec<_>>());
    let members = match best.filter(|_| effect_by_name.is_none()) {
        Some(best) => {
            let block = bridge.declaring(&found, &best.kind.model.name).and_then(|it| index.models.terraform.get(it));
            properties(call, best, block, bridge.alone(call).is_some(), &identity)
        }
        None => Members::default(),
    };
    let effect = effect(call, best, &found, !members.properties.is_empty());
    let members = if matches!(effect, Effect::Create | Effect::Update) { members } else { Members::default() };
    let mut resources: Vec<(String, f64)> = ranked.iter().map(|it| (it.kind.model.name.clone(), it.score)).collect();
    if resources.is_empty() {
        resources.extend(found.names.first().map(|name| (name.clone(), 1.0)));
    }
    Row {
        operation: call.operation.name.clone(),
        flags: flags(call, &identity.id),
        options: best
            .filter(|_| effect == Effect::Update)
            .map(|it| options(call, it.kind, &members))
            .unwrap_or_default(),
        bare: !call.request.iter().any(|it| it.required && it.folded != "accountid"),
        from: effect_by_name.and_then(|_| tag_member(call)),
        when: None,
        pending: pending(call),
        terraform: bridge.kept(call, found, &resources, effect),
        resources,
        identity,
        effect,
        properties: members.properties,
    }
}

/// Whether a tag operation names no type: `TagResource`, `AddTagsToResource`.
fn is_generic(call: &Call<'_>) -> bool {
    let words: Vec<&str> = call
        .stems
        .iter()
        .map(String::as_str)
        .filter(|it| !["tag", "tagging", "to", "from", "for", "of"].contains(it))
        .collect();
    words.is_empty() || words == ["resource"] || words == ["entity"] || words == ["arn"]
}

/// The row of an operation that tags whatever its ARN or id says.
fn generic_tags<'a>(index: &Index<'a>, call: &Call<'a>, effect: Effect) -> Row {
    let mut identity = without_type(call, &["resource".to_owned(), "arn".to_owned()]);
    let from = tag_member(call);
    if identity.id.is_empty() {
        let plain = |it: &&Field<'_>| it.depth == 0 && it.required && matches!(it.holds, Holds::Text | Holds::Texts);
        let named = call.request.iter().filter(plain).find(|it| Some(&it.path) != from.as_ref());
        identity.id.extend(named.map(Field::paths).unwrap_or_default());
    }
    Row {
        operation: call.operation.name.clone(),
        resources: tagged(index, call, &identity.id),
        terraform: Vec::new(),
        flags: flags(call, &identity.id),
        identity,
        effect,
        from,
        when: None,
        properties: Vec::new(),
        bare: false,
        options: Vec::new(),
        pending: None,
    }
}

/// What a call tags: the one type of the service that has tags or that the identifier's name means, else any of its namespaces.
fn tagged<'a>(index: &Index<'a>, call: &Call<'a>, id: &[String]) -> Vec<(String, f64)> {
    let all: Vec<&Kind<'a>> = index.kinds(&call.service.name).filter(|it| it.model.tags.is_some()).collect();
    let of: Vec<&Kind<'a>> = all.iter().filter(|it| handles(it, call.service)).copied().collect();
    let all = if of.is_empty() { all } else { of };
    let member = id.first().map(|it| fold(it)).unwrap_or_default();
    let own = |kind: &&&Kind<'a>| {
        let noun = fold(kind.noun);
        let part = if let [part] = kind.model.id.as_slice() { fold(part) } else { String::new() };
        let plain = member.len() > 4 && !member.starts_with("resource");
        plain && member == part || member.strip_prefix(&noun).is_some_and(|end| KINDS.contains(&end))
    };
    let named: Vec<&Kind<'a>> = all.iter().filter(own).copied().collect();
    let kinds = if named.is_empty() { all } else { named };
    let by_name = kinds.len() == 1 || !kinds.is_empty() && kinds.iter().all(|it| own(&it)) && kinds.len() <= 3;
    if by_name {
        return kinds.iter().map(|it| (it.model.name.clone(), 1.0)).collect();
    }
    let spaces: BTreeSet<&str> = kinds.iter().map(|it| namespace(&it.model.name)).collect();
    let spaces = if spaces.is_empty() { index.namespaces(&call.service.name).collect() } else { spaces };
    spaces.into_iter().take(3).map(|space| (format!("AWS::{space}::*"), 1.0)).collect()
}

/// Whether a type's handlers call a service, as far as they are known.
fn handles(kind: &Kind<'_>, service: &Service) -> bool {
    let prefixes = prefixes(service);
    let calls =
        |action: &String| action.split_once(':').is_some_and(|(prefix, _)| prefixes.iter().any(|it| it == prefix));
    kind.model.handlers.is_empty() || kind.model.handlers.values().flatten().any(calls)
}

/// The member that holds tags or their keys.
fn tag_member(call: &Call<'_>) -> Option<String> {
    let lists = |it: &&Field<'_>| matches!(it.holds, Holds::Structures | Holds::Texts | Holds::Map | Holds::Structure);
    let about = |it: &&Field<'_>| it.folded.contains("tag") && !it.folded.contains("bucket");
    let top: Vec<&Field<'_>> = call.request.iter().filter(|it| it.depth == 0).filter(lists).filter(about).collect();
    let keys = || call.request.iter().find(|it| it.depth == 0 && lists(it) && it.folded == "keys");
    let field = top.into_iter().min_by_key(|it| it.folded.len()).or_else(keys)?;
    let nested = format!("{}.tag", field.path);
    let inner =
        call.request.iter().find(|it| field.holds == Holds::Structure && it.depth == 1 && it.path.starts_with(&nested));
    Some(inner.map_or_else(|| field.path.clone(), |it| it.path.clone()))
}

/// Where several services log operations of one name under one event source, gives each row a member that only its requests have.
fn tell_apart(models: &Models, all: &mut BTreeMap<String, Vec<Row>>) {
    let mut users: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (name, rows) in all.iter() {
        let Some(service) = models.services.get(name) else { continue };
        for source in event_sources(service) {
            for row in rows {
                users.entry((source.clone(), row.operation.clone())).or_default().push(name.clone());
            }
        }
    }
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    for ((_, operation), services) in users {
        let distinct: Vec<&Service> = services.iter().filter_map(|it| models.services.get(it)).collect();
        for service in &distinct {
            let others: Vec<&Service> = distinct.iter().filter(|it| it.name != service.name).copied().collect();
            if let Some(when) = mark(service, &others, &operation).filter(|_| !others.is_empty()) {
                found.insert((service.name.clone(), operation.clone()), when);
            }
        }
    }
    for (name, rows) in all.iter_mut() {
        for row in rows {
            row.when = found.remove(&(name.clone(), row.operation.clone()));
        }
    }
}

/// A member that this service's operation requires and the others lack (`member`), or that all others require and it lacks
/// (`!member`).
fn mark(service: &Service, others: &[&Service], operation: &str) -> Option<String> {
    let own = top(service, operation);
    let theirs: Vec<Vec<Field<'_>>> = others.iter().map(|it| top(it, operation)).collect();
    let lacks = |fields: &[Field<'_>], folded: &str| fields.iter().all(|it| it.folded != folded);
    let mine = own.iter().find(|it| it.required && theirs.iter().all(|fields| lacks(fields, &it.folded)));
    if let Some(mine) = mine {
        return Some(mine.path.clone());
    }
    let [only] = theirs.as_slice() else { return None };
    only.iter().find(|it| it.required && lacks(&own, &it.folded)).map(|it| format!("!{}", it.path))
}

/// The top members of an operation's request.
fn top<'a>(service: &'a Service, operation: &str) -> Vec<Field<'a>> {
    let input = service.operations.get(operation).and_then(|it| it.input.as_deref());
    super::fields::fields(service, input, 0, super::fields::Lists::Leave)
}

#[cfg(test)]
mod tests {
    use super::super::tiny;
    use super::*;

    #[test]
    fn operations_that_share_a_name_are_told_apart_by_what_one_requires() {
        let mut old = tiny::service();
        tiny::operation(&mut old, "DeleteShelf", &[("ShelfName", "Text", true)], &[]);
        let mut new = tiny::service();
        tiny::operation(&mut new, "DeleteShelf", &[("ShelfArn", "Text", true)], &[]);
        let mut loose = tiny::service();
        tiny::operation(&mut loose, "DeleteShelf", &[("Force", "Text", false)], &[]);
        assert_eq!(mark(&old, &[&new], "DeleteShelf").as_deref(), Some("ShelfName"));
        assert_eq!(mark(&loose, &[&new], "DeleteShelf").as_deref(), Some("!ShelfArn"));
        assert_eq!(mark(&new, &[&new], "DeleteShelf"), None);
    }

    #[test]
    fn a_call_that_tags_by_arn_may_mean_any_type_of_the_service() {
        let mut service = tiny::service();
        tiny::operation(&mut service, "TagResource", &[("ResourceArn", "Text", true), ("Tags", "Texts", true)], &[]);
        let models = tiny::models(service, vec![tiny::kind("AWS::Store::Shelf", &["ShelfId"], &["ShelfId"])]);
        let all = rows(&models);
        let row = &all["store"][0];
        assert_eq!(row.resources[0].0, "AWS::Store::*");
        assert_eq!(row.identity.id, ["ResourceArn"]);
        assert_eq!(row.from.as_deref(), Some("Tags"));
        assert_eq!(row.effect, Effect::Tag);
    }

    #[test]
    fn a_deleted_resource_is_never_one_that_the_call_merely_names() {
        let mut service = tiny::service();
        let request = [("ShelfLampId", "Text", true), ("ShelfId", "Text", true)];
        tiny::operation(&mut service, "DeleteShelfLamp", &request, &[]);
        let kinds = vec![
            tiny::kind("AWS::Store::Shelf", &["ShelfId"], &["ShelfId"]),
            tiny::kind("AWS::Store::ShelfLamp", &["ShelfLampId"], &["ShelfLampId"]),
        ];
        let all = rows(&tiny::models(service, kinds));
        let row = &all["store"][0];
        assert_eq!(row.effect, Effect::Delete);
        assert_eq!(row.resources.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["AWS::Store::ShelfLamp"]);
        assert_eq!(row.identity.id, ["ShelfLampId"]);
    }
}
