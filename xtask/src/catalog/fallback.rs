//! Decides which member of a call names its target where no type says so: the required one whose name is nearest to the operation's
//! noun. Optional members are references, whatever their names; it never decides which type is meant.

use std::collections::BTreeSet;

use super::fields::{Field, Holds};
use super::identify::{Identity, MOST, dedup, looks_like_id};
use super::nouns::{KINDS, fold, similarity, split_kind, stems};
use super::parts::single;
use super::score::Call;

/// Words of members that name a dependency, whatever the operation.
const DEPENDENCIES: &[&str] = &[
    "role",
    "kms",
    "key",
    "topic",
    "subnet",
    "certificate",
    "bucket",
    "secret",
    "principal",
    "execution",
    "group",
    "policy",
];

/// The identifier-like members of a call whose type is not known, the likeliest target first.
pub(crate) fn without_type(call: &Call<'_>, noun: &[String]) -> Identity {
    nearest(call, noun, None)
}

/// The same, where the identifier is of a known kind: `arn`.
pub(crate) fn nearest(call: &Call<'_>, noun: &[String], ending: Option<String>) -> Identity {
    let untyped = ending.is_none();
    let ending = ending.filter(|it| !it.is_empty());
    let worth = |field: &Field<'_>| {
        let words: Vec<String> = stems(field.name).into_iter().filter(|word| !KINDS.contains(&word.as_str())).collect();
        let near = if words.is_empty() { 0.5 } else { inside(&words, noun) };
        let resource = if field.folded.starts_with("resource") { 0.45 } else { 0.0 };
        let fits = ending.as_ref().is_some_and(|it| single(field).ends_with(it.as_str()));
        near.max(resource)
            + if fits { 0.2 } else { 0.0 }
            + if field.required { 0.6 } else { 0.0 }
            + if field.member.in_uri { 0.1 } else { 0.0 }
            - match depends(field, noun) {
                true if field.required => 0.04,
                true => 0.5,
                false => 0.0,
            }
            - if ["accountid", "awsaccountid", "catalogid", "instanceid"].contains(&field.folded.as_str()) {
                0.2
            } else {
                0.0
            }
    };
    let is_noun = |it: &Field<'_>| {
        let named = it.holds == Holds::Text && it.folded == fold(&call.noun);
        untyped && named && !it.member.token && it.shape.values.is_empty()
    };
    let mut all: Vec<(f64, &Field<'_>)> = call
        .request
        .iter()
        .filter(|it| it.depth == 0 && (looks_like_id(it) || is_noun(it)))
        .map(|it| (worth(it), it))
        .collect();
    if all.iter().all(|(_, it)| !it.required) {
        let resource = |it: &&Field<'_>| ["resourceid", "resourcearn"].contains(&it.folded.as_str());
        let inner = call.request.iter().filter(|it| it.depth == 1 && looks_like_id(it));
        let inner: Vec<&Field<'_>> = inner.filter(|it| it.required || resource(it)).collect();
        let less = if inner.len() == 1 { 0.0 } else { 0.3 };
        all.extend(inner.into_iter().map(|it| (worth(it) - less + if resource(&it) { 0.2 } else { 0.0 }, it)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut id = Vec::new();
    let mut used = BTreeSet::new();
    for (worth, field) in all {
        if worth > 0.55 && id.len() < 2 {
            used.insert(field.path.clone());
            id.extend(field.paths());
        }
    }
    if call.creates() {
        let made = call.stems.concat();
        let own = |field: &&Field<'_>| {
            let (base, ending) = split_kind(field.name);
            let near = base.contains(&made) || made.ends_with(&base);
            let named = !ending.is_empty() && (base == noun.concat() || near && field.depth == 0);
            looks_like_id(field) && named || untyped && field.depth == 0 && is_noun(field)
        };
        let made = call.response.iter().filter(own).take(2).flat_map(Field::paths).map(|path| format!(">{path}"));
        let made: Vec<String> = made.collect();
        if !made.is_empty() {
            // What the request names without a word of the noun is what holds the new resource.
            let speaks = |path: &String| stems(path.trim_end_matches("[]")).iter().any(|word| noun.contains(word));
            id.retain(|path| speaks(path) || KINDS.contains(&fold(path).as_str()));
            used.retain(|path| speaks(path) || KINDS.contains(&fold(path).as_str()));
        }
        id = made.into_iter().chain(id).collect();
    }
    dedup(&mut id, MOST);
    finish(call, id, Vec::new(), &used)
}

/// How near a member's words are to a noun; those that the noun lacks count against it.
fn inside(words: &[String], noun: &[String]) -> f64 {
    let total = u32::try_from(words.len().max(1)).map_or(1.0, f64::from);
    let shared = u32::try_from(words.iter().filter(|word| noun.contains(word)).count()).map_or(0.0, f64::from);
    0.5 * similarity(words, noun) + 0.5 * shared / total
}

/// Sorts the other identifier-like members into parents and references.
pub(crate) fn finish(call: &Call<'_>, id: Vec<String>, mut parents: Vec<String>, used: &BTreeSet<String>) -> Identity {
    let mut references = Vec::new();
    for field in call.request.iter().filter(|it| it.depth == 0 && looks_like_id(it)) {
        if used.contains(&field.path) || parents.contains(&field.path) {
            continue;
        }
        let serves = field.holds == Holds::Texts && !call.links() || call.creates() && serves(field, &call.stems);
        if field.required && !serves {
            parents.push(field.path.clone());
        } else {
            references.push(field.path.clone());
        }
    }
    let named: BTreeSet<&str> = id.iter().flat_map(|it| it.split('|')).map(|it| it.trim_end_matches("[]")).collect();
    references.retain(|it| !named.contains(it.as_str()));
    parents.retain(|it| !id.contains(it));
    Identity { parents, references, id }
}

/// Whether a member names what the resource uses, never what holds it: a role, a key.
fn serves(field: &Field<'_>, noun: &[String]) -> bool {
    let used = ["role", "kms", "key", "certificate", "principal", "execution", "url", "uri"];
    stems(field.name).iter().any(|word| used.contains(&word.as_str()) && !noun.contains(word))
}

/// Whether a member's name says that it names a dependency, unless the operation is about such a thing.
fn depends(field: &Field<'_>, noun: &[String]) -> bool {
    let words = stems(field.name);
    let dependency = |word: &String| DEPENDENCIES.contains(&word.as_str()) && !noun.contains(word);
    words.iter().any(dependency)
}

/// Two or more required identifiers joined: the address of a resource in another.
pub(crate) fn uri_parts(call: &Call<'_>) -> Option<String> {
    let all: Vec<&Field<'_>> = call
        .request
        .iter()
        .filter(|it| it.depth == 0 && it.holds == Holds::Text && it.required && looks_like_id(it))
        .collect();
    let in_uri = all.iter().filter(|it| it.member.in_uri).count();
    ((2..=3).contains(&in_uri) && !call.creates())
        .then(|| all.iter().filter(|it| it.member.in_uri).map(|it| it.path.clone()).collect::<Vec<_>>().join("|"))
}
