//! Decides which members of a call may hold a part of a type's primary identifier, and how well their names fit. It never decides
//! which type is meant.

use super::fields::{Field, Holds};
use super::flags::is_rename;
use super::identify::{MOST, looks_like_id};
use super::kinds::Kind;
use super::model::ShapeKind;
use super::nouns::{KINDS, fold, similarity, singular, split_kind, stems, words};
use super::score::Call;

/// Ends of names of members that hold a document, not a name.
const DOCUMENTS: &[&str] =
    &["policy", "document", "configuration", "definition", "template", "body", "content", "text"];

/// Ends of names of structures that describe what the rest of the name says.
const WRAPPERS: &[&str] = &[
    "input",
    "request",
    "config",
    "configuration",
    "update",
    "info",
    "metadata",
    "description",
    "id",
    "identifier",
    "detail",
    "details",
    "status",
    "summary",
];

/// A member that may hold a part of the identifier. A lower rank is better.
#[derive(Debug, Clone)]
pub(crate) struct Found<'f, 'a> {
    pub(crate) field: &'f Field<'a>,
    pub(crate) rank: u32,
    /// Whether it is a member of the response.
    pub(crate) answer: bool,
}

impl Found<'_, '_> {
    pub(crate) fn paths(&self) -> Vec<String> {
        let paths = self.field.paths();
        if self.answer { paths.into_iter().map(|path| format!(">{path}")).collect() } else { paths }
    }
}

/// The last segments of the primary identifier's paths.
pub(crate) fn parts(kind: &Kind<'_>) -> Vec<String> {
    kind.model.id.iter().map(|path| path.rsplit('.').next().unwrap_or(path).to_owned()).collect()
}

/// Which part is the resource's own: the last one that bears its name, else the last bare one, else the last. A part that names
/// another type of the namespace is not, unless all do.
pub(crate) fn own_part(kind: &Kind<'_>, parts: &[String]) -> usize {
    let worth = |part: &String| {
        let words = stems(part);
        let bare = words.len() == 1 && KINDS.contains(&part.to_ascii_lowercase().as_str());
        let base: Vec<String> = words.iter().filter(|word| !KINDS.contains(&word.as_str())).cloned().collect();
        let last = if kind.stems.last().is_some_and(|last| base.contains(last)) { 0.5 } else { 0.0 };
        if bare { 0.6 } else { similarity(&base, &kind.stems) + last }
    };
    let foreign = |part: &String| kind.foreign.contains(&fold(part));
    let bound = parts.iter().all(foreign);
    let mut best = (parts.iter().rposition(|part| bound || !foreign(part)).unwrap_or_default(), 0.0);
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| bound || !foreign(part)) {
        let worth = worth(part);
        if worth > 0.0 && worth >= best.1 {
            best = (at, worth);
        }
    }
    best.0
}

/// The members that may hold a part of the identifier, the best first.
pub(crate) fn find<'f, 'a>(call: &'f Call<'a>, kind: &Kind<'_>, part: &str) -> Vec<Found<'f, 'a>> {
    let mut all: Vec<Found<'f, 'a>> = Vec::new();
    let others = call.request.iter().any(|it| it.depth == 0 && it.required && looks_like_id(it));
    let server_side = kind.model.read_only.iter().any(|path| path == part);
    for field in &call.request {
        let document = !call.deletes() && DOCUMENTS.iter().any(|it| field.folded.ends_with(it));
        if let Some(rank) = rank(field, kind, part, call)
            .filter(|it| reachable(field, kind, part, &call.stems) && !(document && *it >= 20))
        {
            let optional = if field.required { 0 } else { 6 };
            if rank >= 20 && !field.required && others && !call.creates() {
                continue;
            }
            // What is made has no ARN before.
            if rank >= 20 && call.creates() && field.folded.ends_with("arn") {
                continue;
            }
            let late = if call.creates() && server_side { 20 } else { 0 };
            all.push(Found { field, rank: rank + optional + late + 8 * depth(field), answer: false });
        }
    }
    if all.is_empty() {
        // Lists of structures are entered where nothing else names the part.
        let bare = KINDS.contains(&fold(part).as_str());
        let entries = call.request.iter().filter(|it| it.depth == 1 && it.path.contains("[]"));
        let entries = entries.filter(|it| !bare || describes(&it.holder, kind, &call.stems));
        let named =
            entries.filter_map(|it| rank(it, kind, part, call).filter(|rank| *rank < 12).map(|rank| (it, rank)));
        all.extend(named.map(|(field, rank)| Found { field, rank: rank + 14, answer: false }));
    }
    if call.creates() || ["associate", "attach"].contains(&call.verb.as_str()) {
        for field in &call.response {
            let rank = rank(field, kind, part, call);
            if let Some(rank) = rank.filter(|rank| *rank < 20 && answers(field, kind, &call.stems)) {
                let late = if server_side { 0 } else { 10 };
                all.push(Found { field, rank: rank + late + depth(field), answer: true });
            }
        }
    }
    all.sort_by_key(|it| it.rank);
    all.truncate(MOST);
    all
}

fn depth(field: &Field<'_>) -> u32 {
    u32::try_from(field.depth).unwrap_or(u32::MAX)
}

/// How a member's name fits a part of the identifier: 0 exactly, 4 behind or without the type's name, 6 as a list, 20 and more as
/// another kind of the same identity.
fn rank(field: &Field<'_>, kind: &Kind<'_>, part: &str, call: &Call<'_>) -> Option<u32> {
    let plain = matches!(field.holds, Holds::Text | Holds::Texts) && field.shape.values.is_empty();
    let value = field.holds == Holds::Text || field.shape.kind == ShapeKind::Number;
    if !plain && !value || is_rename(field.name) {
        return None;
    }
    let name = single(field);
    let copies = ["restore", "copy", "clone"].contains(&call.verb.as_str());
    let made = name.strip_prefix("target").filter(|_| copies).unwrap_or(&name);
    let list = if field.holds == Holds::Texts { 6 } else { 0 };
    let part_folded = fold(part);
    if made == part_folded {
        return Some(list);
    }
    let tails = tails(kind);
    if !plain {
        // What is chosen from a list, and what is counted, identifies nothing by a name that is only near.
        return tails.iter().any(|tail| name == format!("{tail}{part_folded}")).then_some(4);
    }
    let noun = &call.noun;
    if tails.iter().any(|tail| made == format!("{tail}{part_folded}") || part_folded == format!("{tail}{made}")) {
        return Some(4 + list);
    }
    let (base, ending) = split_kind(part);
    let own_noun = base.is_empty() || tails.contains(&base);
    if own_noun && !noun.is_empty() && name == format!("{}{ending}", fold(noun)) && !ending.is_empty() {
        return Some(5 + list);
    }
    // `connectionNotificationId` of a `VPCEndpointConnectionNotification`.
    let short = || tails.iter().filter(|tail| words(kind.noun).last() != Some(tail));
    if call.creates() && own_noun && !ending.is_empty() && short().any(|tail| made == format!("{tail}{ending}")) {
        return Some(8 + list);
    }
    let own =
        base.is_empty() || tails.contains(&base) || tails.first().is_some_and(|noun| base.ends_with(noun.as_str()));
    if ending.is_empty() && !own {
        return None;
    }
    let bases: Vec<&String> =
        if own { tails.iter().chain([&base]).filter(|it| !it.is_empty()).collect() } else { vec![&base] };
    for base in bases {
        if KINDS.iter().any(|it| made == format!("{base}{it}")) {
            return Some(20 + list);
        }
        if name == *base {
            return Some(24 + list);
        }
    }
    (own && KINDS.contains(&name.as_str())).then_some(28 + list)
}

/// A member's folded name; a list's in the singular: `instanceIds` and `nameList` are instanceid and name.
pub(crate) fn single(field: &Field<'_>) -> String {
    match field.holds {
        Holds::Texts => singular(field.folded.strip_suffix("list").unwrap_or(&field.folded)),
        _ => field.folded.clone(),
    }
}

/// The type's noun and its endings: `dbclusterparametergroup`, `parametergroup`, `group`; as spelt, and in the singular.
fn tails(kind: &Kind<'_>) -> Vec<String> {
    let spelt = words(kind.noun);
    let of =
        |all: &[String]| (0..all.len()).map(|from| all.get(from..).unwrap_or_default().concat()).collect::<Vec<_>>();
    let mut all = of(&spelt);
    all.extend(of(&kind.stems));
    all.dedup();
    all
}

/// Whether a request's member may name the target, by where it is: at the top, or in the structure that describes the target.
fn reachable(field: &Field<'_>, kind: &Kind<'_>, part: &str, noun: &[String]) -> bool {
    let whole = || field.folded == fold(part) && field.folded.starts_with(&fold(kind.noun));
    match field.depth {
        0 => true,
        1 => !field.path.contains("[]") && (describes(&field.holder, kind, noun) || whole()),
        _ => false,
    }
}

/// Whether a response's member is the created resource's own.
fn answers(field: &Field<'_>, kind: &Kind<'_>, noun: &[String]) -> bool {
    let failed = ["error", "fail", "unprocessed"].iter().any(|it| field.path.to_ascii_lowercase().contains(it));
    let bare = KINDS.contains(&field.folded.as_str());
    match field.depth {
        _ if failed => false,
        0 => true,
        1 => !bare || describes(&field.holder, kind, noun),
        _ => !bare || field.holder == fold(kind.noun),
    }
}

/// Whether a structure's name says that it describes the type.
fn describes(holder: &str, kind: &Kind<'_>, noun: &[String]) -> bool {
    let own = kind.stems.concat();
    let called = noun.concat();
    let holder = singular(holder);
    let core = WRAPPERS.iter().find_map(|end| holder.strip_suffix(end)).unwrap_or(&holder);
    core.is_empty()
        || core == fold(kind.noun)
        || own.ends_with(core)
        || core.ends_with(&own)
        || called.ends_with(core)
        || own.starts_with(core)
}

/// Members that are the ARN, name or id of the type by their name, whatever its primary identifier is.
pub(crate) fn same_identity<'f, 'a>(call: &'f Call<'a>, kind: &Kind<'_>) -> Vec<Found<'f, 'a>> {
    let noun = kind.stems.concat();
    let named = |field: &&Field<'_>| {
        let name = single(field);
        looks_like_id(field) && KINDS.iter().any(|it| name == format!("{noun}{it}"))
    };
    let request = call.request.iter().filter(|it| it.depth == 0).filter(named);
    let mut all: Vec<Found<'_, '_>> = request.map(|field| Found { field, rank: 0, answer: false }).collect();
    if call.creates() {
        let bare_arn =
            |field: &&Field<'_>| field.folded == "arn" && field.depth <= 1 && answers(field, kind, &call.stems);
        let response = call.response.iter().filter(|it| named(it) || bare_arn(it));
        all.extend(response.map(|field| Found { field, rank: 1, answer: true }));
    }
    all
}
