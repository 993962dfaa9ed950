//! Tags compared key by key: with `tags_all` where a declaration has it, with the tags that the code gives to everything it
//! makes, with every block that declares the resource.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use driftwire_catalog::resource_type;
use driftwire_declared::{Declaration, unresolved};
use serde_json::Value;

use crate::{
    facet::{Subject, change, quiet_tag},
    finding::Change,
    outcome::{Facet, FacetResult},
    understand::tags::{self, Tags},
    verdict::{ChangeOp, Reason},
    vocabulary::{has_properties, kind_of, native_name, row_of},
};

/// The declared tags of a resource: key to value, with the declaration and the attribute that own them.
struct DeclaredTags<'d> {
    owner: &'d Declaration,
    attribute: Cow<'static, str>,
    tags: Tags,
    /// Whether some could not be resolved: a key that is not among the others may be one of them.
    open: bool,
}

/// The tags of the first declaration that has any, with those that the code gives to everything it makes.
fn declared<'d>(declarations: &[&'d Declaration]) -> Option<DeclaredTags<'d>> {
    let mut declared = declarations.iter().find_map(|owner| own(owner)).or_else(|| {
        let gives = |it: &&&Declaration| !it.default_tags.is_empty() && row_of(it).is_none_or(|row| !row.part);
        let owner = declarations.iter().find(gives)?;
        Some(DeclaredTags { owner, attribute: attribute_of(owner), tags: Tags::new(), open: false })
    })?;
    for (key, value) in &declared.owner.default_tags {
        declared.tags.entry(key.clone()).or_insert_with(|| Some(value.clone()));
    }
    Some(declared)
}

fn own(owner: &Declaration) -> Option<DeclaredTags<'_>> {
    let read = |attribute: &str| owner.attributes.get(attribute).and_then(tags::read);
    let own = read("tags");
    if let Some(all) = read("tags_all").or_else(|| read("tagsAll")) {
        // A state that was written by hand may have more in `tags` than in `tags_all`.
        let mut tags = own.unwrap_or_default();
        tags.extend(all);
        return Some(DeclaredTags { owner, attribute: "tags".into(), tags, open: false });
    }
    let of = |attribute: Cow<'static, str>| {
        let unread = || owner.attributes.get(attribute.as_ref()).filter(|_| has_properties(owner)).and_then(in_part);
        let (tags, open) =
            read(&attribute).filter(|_| !is_unread(owner, &attribute)).map(|tags| (tags, false)).or_else(unread)?;
        Some(DeclaredTags { owner, tags, attribute, open })
    };
    of("tags".into()).or_else(|| of("Tags".into())).or_else(|| of("tag".into())).or_else(|| of(attribute_of(owner)))
}

/// Whether a stack's tags are a reference that could not be resolved, and no map.
fn is_unread(owner: &Declaration, attribute: &str) -> bool {
    owner.attributes.get(attribute).is_some_and(|tags| unresolved(tags).is_some())
}

/// The tags of a list of which some could not be resolved.
fn in_part(declared: &Value) -> Option<(Tags, bool)> {
    if unresolved(declared).is_some() {
        return Some((Tags::new(), true));
    }
    let entries = declared.as_array()?.iter();
    let tags = entries.filter_map(|entry| tags::read(&Value::Array(vec![entry.clone()]))).flatten();
    Some((tags.collect(), true))
}

/// The attribute in which a declaration has tags, or would have them.
fn attribute_of(owner: &Declaration) -> Cow<'static, str> {
    if !has_properties(owner) {
        return Cow::Borrowed("tags");
    }
    let property = resource_type(&kind_of(owner)).and_then(|kind| kind.tags).unwrap_or("Tags");
    native_name(owner, property)
}

/// Tags were added, or (`replace`) these are all tags now.
pub(crate) fn tagged(subject: Subject<'_>, actual: &Tags, replace: bool) -> Vec<Facet> {
    let declared = declared(subject.declarations);
    let known = declared.as_ref().map(|it| it.tags.clone()).unwrap_or_default();
    let mut facets: Vec<Facet> = actual
        .iter()
        .map(|(key, value)| one(subject, declared.as_ref(), key, known.get(key), Some(value), replace))
        .collect();
    if replace {
        let gone = known.iter().filter(|(key, _)| !actual.contains_key(*key) && !tags::is_system(key));
        facets.extend(gone.map(|(key, value)| one(subject, declared.as_ref(), key, Some(value), None, replace)));
    }
    facets
}

/// Tags were removed.
pub(crate) fn untagged(subject: Subject<'_>, keys: &BTreeSet<String>) -> Vec<Facet> {
    let declared = declared(subject.declarations);
    let known: BTreeMap<_, _> = declared.as_ref().map(|it| it.tags.clone()).unwrap_or_default();
    keys.iter().map(|key| one(subject, declared.as_ref(), key, known.get(key), None, false)).collect()
}

fn one(
    subject: Subject<'_>,
    owner: Option<&DeclaredTags<'_>>,
    key: &str,
    declared: Option<&Option<String>>,
    actual: Option<&Option<String>>,
    retyped: bool,
) -> Facet {
    let text = |value: Option<&Option<String>>| value.map(|it| it.as_deref().map_or(Value::Null, tags::as_value));
    let op = match (declared.is_some(), actual.is_some()) {
        (false, _) => ChangeOp::Added,
        (true, false) => ChangeOp::Removed,
        (true, true) => ChangeOp::Replaced,
    };
    let attribute = match (owner, subject.declarations.first()) {
        (Some(it), _) => it.attribute.clone(),
        (None, Some(first)) => attribute_of(first),
        (None, None) => "tags".into(),
    };
    let mut change = Change {
        address: owner
            .map(|it| it.owner.address.clone())
            .or_else(|| subject.declarations.first().map(|it| it.address.clone())),
        property: Some("Tags".into()),
        ..change(format!("{attribute}.{key}"), op, text(declared), text(actual))
    };
    let same = match (declared, actual) {
        (None, None) => true,
        (Some(Some(one)), Some(Some(other))) if tags::is_hidden(one) || tags::is_hidden(other) => {
            // What is kept of a record has hashes, too.
            let hash = |text: &str| match tags::is_hidden(text) {
                true => tags::as_value(text),
                false => subject.context.redactor.redacted(&Value::from(text)),
            };
            hash(one) == hash(other)
        }
        (Some(Some(one)), Some(Some(other))) => one == other || (retyped && same_number(one, other)),
        _ => false,
    };
    let mut traces = Vec::new();
    let masked = actual
        .and_then(Option::as_ref)
        .is_some_and(|value| driftwire_cloudtrail::mask(&Value::from(value.as_str())).is_some());
    let result = match quiet_tag(subject, key) {
        Some(reason) => {
            traces.push(match reason {
                Reason::IgnoreChanges => format!("the code leaves tag `{key}` alone on everything it makes"),
                _ => format!("tag `{key}` is left out of the comparison"),
            });
            FacetResult::Quiet(reason)
        }
        None if is_unknown(owner, declared, actual) => FacetResult::Unknown(Reason::Unresolved),
        None if same => FacetResult::Same(Reason::Equal),
        None if masked => FacetResult::Unknown(Reason::Masked),
        None => FacetResult::Differs(Reason::Differs),
    };
    if masked || result == FacetResult::Unknown(Reason::Unresolved) {
        (change.actual, change.declared, change.redacted) = (None, None, true);
    }
    Facet { register: format!("Tags|{key}").into(), result, change, traces }
}

/// Whether the code gives the tag a value that could not be resolved, or may give it one.
fn is_unknown(
    owner: Option<&DeclaredTags<'_>>,
    declared: Option<&Option<String>>,
    actual: Option<&Option<String>>,
) -> bool {
    owner.is_some_and(|it| match declared {
        None => it.open,
        Some(None) => has_properties(it.owner) && actual.is_some_and(Option::is_some),
        Some(Some(_)) => false,
    })
}

/// S3, whose call replaces all tags, logs them as its XML parser read them: `007` arrives as `7`. Other services log text,
/// where the two differ.
fn same_number(one: &str, other: &str) -> bool {
    match (one.parse::<i64>(), other.parse::<i64>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
