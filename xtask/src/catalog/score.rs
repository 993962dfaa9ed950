//! Ranks the CloudFormation types that an operation may touch. A score is the sum of six votes whose weights were set once:
//!
//! | vote | weight | what it says |
//! |---|---|---|
//! | noun | 2.0 (1.0 where the verb links two things) | how near the operation's noun is to the type's name |
//! | handler | 1.5 / √n (0.9 / √n where the handler is of another kind) | the type's create, update or delete handler calls it, as do n types |
//! | identifier | 0.5 | the share of the primary identifier that request or response carries |
//! | its own | 0.4 | required members bear the whole primary identifier, and a word of the operation's noun is the type's |
//! | aspect | 0.8 | the noun, without the type's name, is a property of the type |
//! | properties | 0.6 | the share of the request's other members that are properties of the type |
//!
//! It ranks only types of the service's own namespaces, and never reads identifiers' values.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Field, Holds, Lists, fields};
use super::identify;
use super::kinds::{Kind, kinds};
use super::model::{Models, Operation, Service};
use super::near::{is_aspect, is_special, mentions, near};
use super::nouns::{crosses, fold, place, similarity, split_kind, stems, verb_and_noun};
use super::sources::{Home, homes, prefixes};

/// A type below this score is no candidate.
const THRESHOLD: f64 = 1.55;
/// A type below this share of the best score is no candidate.
const NEAR: f64 = 0.55;
/// How near a name is that lacks only what the type's holder is called.
const INNER: f64 = 0.96;
/// A row names no more types.
const MOST: usize = 3;

/// Verbs that link two things: the noun is often the other end.
const LINKING: &[&str] = &["associate", "disassociate", "dissociate", "attach", "detach", "add", "remove"];

/// Everything that is asked for every operation, prepared once.
#[derive(Debug)]
pub(crate) struct Index<'a> {
    pub(crate) models: &'a Models,
    homes: BTreeMap<String, Vec<Home>>,
    kinds: BTreeMap<&'a str, Vec<Kind<'a>>>,
}

/// An operation, prepared.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) service: &'a Service,
    pub(crate) operation: &'a Operation,
    pub(crate) verb: String,
    pub(crate) noun: String,
    pub(crate) stems: Vec<String>,
    /// What the noun is for: `stack` of `ThemeForStack`.
    place: Vec<String>,
    /// Whether the noun only says where: `RemoveFromGlobalCluster`.
    pub(crate) aside: bool,
    pub(crate) request: Vec<Field<'a>>,
    pub(crate) response: Vec<Field<'a>>,
    actions: Vec<String>,
}

/// A ranked type.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'i, 'a> {
    pub(crate) kind: &'i Kind<'a>,
    pub(crate) score: f64,
    /// How near the names are: 1 where the operation's noun is the type's.
    pub(crate) name: f64,
    /// Handlers of the type that call the operation.
    pub(crate) handlers: BTreeSet<&'a str>,
    /// Whether no other type's handlers of that kind call it.
    pub(crate) alone: bool,
}

impl<'a> Call<'a> {
    /// Prepares an operation.
    pub(crate) fn new(models: &Models, service: &'a Service, operation: &'a Operation) -> Self {
        let (verb, whole) = verb_and_noun(&operation.name);
        let noun = made(&verb, &whole).to_owned();
        let lower = operation.name.to_ascii_lowercase();
        Self {
            service,
            operation,
            stems: stems(&noun),
            place: place(&noun),
            aside: ["From", "To"].iter().any(|it| noun.starts_with(it)),
            verb,
            noun,
            request: fields(service, operation.input.as_deref(), 2, Lists::Enter),
            response: unwrapped(service, fields(service, operation.output.as_deref(), 2, Lists::Enter)),
            actions: actions(models, service, &lower),
        }
    }

    /// Whether the verb makes something.
    pub(crate) fn creates(&self) -> bool {
        const CREATING: &[&str] = &[
            "create",
            "register",
            "allocate",
            "import",
            "request",
            "run",
            "subscribe",
            "publish",
            "define",
            "purchase",
            "upload",
            "provision",
            "launch",
            "issue",
            "clone",
            "copy",
            "restore",
            "reserve",
            "generate",
            "initialize",
        ];
        CREATING.contains(&self.verb.as_str())
    }

    /// Whether the verb ends something.
    pub(crate) fn deletes(&self) -> bool {
        const DELETING: &[&str] =
            &["delete", "deregister", "unregister", "terminate", "release", "unsubscribe", "destroy", "remove"];
        DELETING.contains(&self.verb.as_str())
    }

    /// Whether a type is only what the operation's noun is for.
    pub(crate) fn is_place(&self, kind: &Kind<'_>) -> bool {
        let own = self.stems.len().saturating_sub(self.place.len());
        let in_place = kind.stems.iter().all(|word| self.place.contains(word));
        in_place && !self.stems.iter().take(own).any(|word| kind.stems.contains(word))
    }

    /// Whether the verb links two things.
    pub(crate) fn links(&self) -> bool {
        LINKING.contains(&self.verb.as_str())
    }
}

/// A response of the query protocol is logged with or without its one structure.
fn unwrapped<'a>(service: &Service, mut response: Vec<Field<'a>>) -> Vec<Field<'a>> {
    let tops: Vec<&Field<'_>> = response.iter().filter(|it| it.depth == 0 && it.holds == Holds::Structure).collect();
    let outer = match tops.as_slice() {
        [only] if service.protocol == "query" => format!("{}.", only.path),
        _ => return response,
    };
    for field in &mut response {
        field.wire = field.path.strip_prefix(&outer).map(str::to_owned).or(field.wire.take());
    }
    response
}

/// What a verb makes: `ClusterFromSnapshot` is a cluster.
fn made<'n>(verb: &str, noun: &'n str) -> &'n str {
    let cut = |word: &str| noun.find(word).filter(|at| *at > 0).and_then(|at| noun.get(..at));
    match verb {
        "create" | "restore" | "copy" | "import" => {
            cut("From").or_else(|| cut("Using")).or_else(|| cut("BySplit")).or_else(|| cut("ToPoint")).unwrap_or(noun)
        }
        _ => noun,
    }
}

impl<'a> Index<'a> {
    /// Prepares every type.
    pub(crate) fn new(models: &'a Models) -> Self {
        Self { models, homes: homes(models), kinds: kinds(models) }
    }

    /// The namespaces of a service, its own first.
    pub(crate) fn namespaces(&self, service: &str) -> impl Iterator<Item = &str> {
        self.homes.get(service).into_iter().flatten().map(|home| home.namespace.as_str())
    }

    /// The types of a service, those of its own namespaces first.
    pub(crate) fn kinds(&self, service: &str) -> impl Iterator<Item = &Kind<'a>> {
        self.namespaces(service).filter_map(|space| self.kinds.get(space)).flatten()
    }

    /// The types that an operation may touch, the best first.
    pub(crate) fn rank(&self, call: &Call<'a>) -> Vec<Candidate<'_, 'a>> {
        let users = |kind: &Kind<'a>| -> BTreeSet<&'a str> { calling(kind, &call.actions) };
        let handlers: Vec<(&Kind<'a>, BTreeSet<&'a str>)> =
            self.kinds(&call.service.name).map(|kind| (kind, users(kind))).collect();
        let total = handlers.iter().filter(|(_, all)| !all.is_empty()).count();
        let exact = handlers.iter().any(|(kind, _)| kind.stems == call.stems);
        let mut ranked: Vec<Candidate<'_, 'a>> = Vec::new();
        for (kind, called) in handlers {
            let name = near(call, kind);
            let inner = !exact && !called.is_empty() && kind.inner.contains(&call.stems);
            let name = if inner { name.max(INNER) } else { name };
            let name = if called.is_empty() && (crosses(&call.stems, &kind.stems) || is_special(call, kind)) {
                0.75 * name
            } else {
                name
            };
            if name < 0.3 && called.is_empty() && !is_aspect(call, kind) {
                continue;
            }
            let alone = total == 1 && !called.is_empty();
            let few = total <= 2 && !called.is_empty();
            let aspect = is_aspect(call, kind);
            let score = noun_vote(call, kind, name)
                + handler_vote(call, &called, total, name)
                    * if name > 0.0 || few || mentions(call, kind) { 1.0 } else { 0.5 }
                + 0.5 * identify::share(call, kind)
                + if (name > 0.0 || aspect || !called.is_empty()) && identify::is_named(call, kind) {
                    0.4
                } else {
                    0.0
                }
                + if aspect { 0.8 } else { 0.0 }
                + 0.6 * property_share(call, kind);
            ranked.push(Candidate { kind, score, name, handlers: called, alone });
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.kind.model.name.cmp(&b.kind.model.name)));
        let best = ranked.first().map_or(0.0, |first| first.score);
        ranked.retain(|it| it.score >= THRESHOLD && it.score >= best * NEAR);
        // A type that the call does not name is not meant before one that it names.
        if let [first, second, ..] = ranked.as_mut_slice()
            && !call.creates()
            && first.name < INNER
            && first.handlers.is_empty()
            && identify::share(call, first.kind) <= 0.0
            && identify::is_named(call, second.kind)
        {
            std::mem::swap(first, second);
        }
        if let Some(holder) = ranked.first().and_then(|first| self.holder(call, first)) {
            ranked.retain(|it| it.kind.model.name != holder.kind.model.name);
            ranked.insert(0, holder);
        }
        ranked.truncate(MOST);
        if ranked.is_empty() && !call.creates() {
            ranked.extend(self.named(call));
        }
        ranked
    }

    /// The type that holds the best one, where the call names only that: a route that is not named is a change of its table.
    fn holder(&self, call: &Call<'a>, best: &Candidate<'_, 'a>) -> Option<Candidate<'_, 'a>> {
        let part = identify::only_holder(call, best.kind)?;
        let (base, _) = split_kind(&part);
        let kind = self.kinds(&call.service.name).find(|kind| fold(kind.noun) == base)?;
        Some(Candidate { kind, score: best.score, name: near(call, kind), handlers: BTreeSet::new(), alone: false })
    }

    /// The one type whose whole primary identifier the call requires, where nothing else speaks for any type.
    fn named(&self, call: &Call<'a>) -> Option<Candidate<'_, 'a>> {
        let mut all = self.kinds(&call.service.name).filter(|kind| identify::is_exactly_named(call, kind));
        let kind = all.next().filter(|_| all.next().is_none())?;
        Some(Candidate { kind, score: THRESHOLD, name: 0.0, handlers: BTreeSet::new(), alone: false })
    }
}

/// The IAM actions of an operation: those of its name; where there is none, those with one word more or less at the front.
fn actions(models: &Models, service: &Service, lower: &str) -> Vec<String> {
    let exact: Vec<String> = prefixes(service).into_iter().map(|prefix| format!("{prefix}:{lower}")).collect();
    if exact.iter().any(|it| models.actions.contains_key(it)) {
        return exact;
    }
    let near = |action: &str| {
        let verb = ["create", "delete", "put", "update", "get"].iter().find(|verb| lower.starts_with(**verb))?;
        let (own, other) = (lower.strip_prefix(verb)?, action.strip_prefix(verb)?);
        let (short, long) = if own.len() < other.len() { (own, other) } else { (other, own) };
        (short.len() >= 8 && long.ends_with(short) && long.len() - short.len() <= 9).then_some(())
    };
    let mut all = exact;
    for prefix in prefixes(service) {
        let from = format!("{prefix}:");
        let same = models.actions.range(from.clone()..).take_while(|(name, _)| name.starts_with(&from));
        let names = same.filter(|(name, _)| name.strip_prefix(&from).and_then(near).is_some());
        all.extend(names.map(|(name, _)| name.clone()));
    }
    all
}

/// The handlers of a type that change something and call one of the actions.
fn calling<'a>(kind: &Kind<'a>, actions: &[String]) -> BTreeSet<&'a str> {
    let changing =
        kind.model.handlers.iter().filter(|(name, _)| ["create", "update", "delete"].contains(&name.as_str()));
    changing.filter(|(_, all)| actions.iter().any(|it| all.contains(it))).map(|(name, _)| name.as_str()).collect()
}

/// The vote of the names.
fn noun_vote(call: &Call<'_>, kind: &Kind<'_>, name: f64) -> f64 {
    if !call.links() {
        return 2.0 * name;
    }
    let as_link = ["association", "attachment", "addition"].iter().map(|link| {
        let words: Vec<String> = call.stems.iter().cloned().chain([(*link).to_owned()]).collect();
        similarity(&words, &kind.stems)
    });
    let link = as_link.fold(0.0, f64::max);
    (1.0 * name).max(if link > 0.7 { 2.0 * link } else { 0.0 })
}

/// The vote of the handlers.
fn handler_vote(call: &Call<'_>, called: &BTreeSet<&str>, total: usize, name: f64) -> f64 {
    if called.is_empty() {
        return 0.0;
    }
    let agrees = match () {
        () if call.creates() => called.contains("create"),
        () if call.deletes() => called.contains("delete") || name < 0.5 && called.contains("update"),
        () => called.contains("update") || called.contains("create"),
    };
    let rarity = u32::try_from(total.max(1)).map_or(1.0, f64::from).sqrt();
    (if agrees { 1.5 } else { 0.9 }) / rarity
}

/// The share of the request's members that are properties, identifiers and tokens aside.
fn property_share(call: &Call<'_>, kind: &Kind<'_>) -> f64 {
    let top: Vec<&Field<'_>> = call.request.iter().filter(|it| it.depth == 0 && !it.member.token).collect();
    let opened: Vec<&Field<'_>> = call.request.iter().filter(|it| it.depth == 1 && !it.path.contains("[]")).collect();
    let share = |all: &[&Field<'_>]| {
        let others = all.iter().filter(|it| !identify::looks_like_id(it) && it.folded != "dryrun");
        let (mut found, mut total) = (0_u32, 0_u32);
        for field in others {
            total += 1;
            found += u32::from(kind.properties.contains_key(&field.folded));
        }
        if total == 0 { 0.0 } else { f64::from(found) / f64::from(total) }
    };
    let direct = share(&top);
    if opened.len() >= 3 { direct.max(share(&opened)) } else { direct }
}

#[cfg(test)]
mod tests {
    use super::super::tiny;
    use super::*;

    fn best(models: &Models, operation: &str) -> Vec<String> {
        let service = &models.services["store"];
        let call = Call::new(models, service, &service.operations[operation]);
        Index::new(models).rank(&call).iter().map(|it| it.kind.model.name.clone()).collect()
    }

    #[test]
    fn the_type_of_the_noun_comes_first_and_a_stranger_not_at_all() {
        let mut service = tiny::service();
        tiny::operation(&mut service, "UpdateShelf", &[("ShelfId", "Text", true), ("Color", "Text", false)], &[]);
        let kinds = vec![
            tiny::kind("AWS::Store::Shelf", &["ShelfId", "Color"], &["ShelfId"]),
            tiny::kind("AWS::Store::Cart", &["CartId"], &["CartId"]),
        ];
        assert_eq!(best(&tiny::models(service, kinds), "UpdateShelf"), ["AWS::Store::Shelf"]);
    }

    #[test]
    fn a_handler_that_calls_the_operation_speaks_for_its_type() {
        let mut service = tiny::service();
        tiny::operation(&mut service, "SetLamps", &[("ShelfArn", "Text", true)], &[]);
        let mut shelf = tiny::kind("AWS::Store::Shelf", &["ShelfArn"], &["ShelfArn"]);
        tiny::handler(&mut shelf, "update", &["store:setlamps"]);
        let models = tiny::models(service, vec![shelf, tiny::kind("AWS::Store::Cart", &["CartId"], &["CartId"])]);
        assert_eq!(best(&models, "SetLamps"), ["AWS::Store::Shelf"]);
    }

    #[test]
    fn types_of_another_service_are_never_candidates() {
        let mut service = tiny::service();
        tiny::operation(&mut service, "DeleteShelf", &[("ShelfId", "Text", true)], &[]);
        let models = tiny::models(service, vec![tiny::kind("AWS::Depot::Shelf", &["ShelfId"], &["ShelfId"])]);
        assert!(best(&models, "DeleteShelf").is_empty());
    }
}
