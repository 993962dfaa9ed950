//! The fallback for calls of which no row says what they change: which declared resource do the parameters name?
//!
//! Only resources of the call's own service are blamed, and never for being referred to: a role, a subnet or a key that a
//! call merely names is not what it changes. Names no property.

use driftwire_catalog::{Effect as Kind, Target};
use serde_json::{Map, Value};

use super::{effect, path};
use crate::{
    call::Call,
    index::{Found, Index, Resource, is_arn},
};

/// The deepest nesting that is searched, and the longest text that may be an identifier.
const DEPTH: usize = 4;
const LONGEST: usize = 2048;

/// What a scan comes to.
#[derive(Debug)]
pub(crate) enum Scanned<'i> {
    /// Nothing declared is named.
    Nothing,
    /// These are what the call is about.
    These(Vec<&'i Resource>),
    /// Several are named, and nothing tells which of them the call is about.
    Several,
}

/// The declared resources that a known call without a type is about: the first identifier of its row that names any, else
/// the first parent.
pub(crate) fn untyped<'i>(call: &Call<'_>, targets: &'static [Target], index: &'i Index) -> Scanned<'i> {
    let targets = || targets.iter().filter(|it| it.resources.is_empty() && effect::applies(call, it.when));
    let ids = targets()
        .filter(|it| it.effect != Kind::None)
        .flat_map(|it| it.id.iter().filter(|id| !it.references.iter().any(|reference| path::same_name(reference, id))));
    let parents = targets().filter(|it| it.effect != Kind::None).flat_map(|it| it.parents);
    for expression in ids.chain(parents) {
        let (mut named, mut several) = (Vec::new(), false);
        for id in effect::identified(call, expression) {
            match index.find_by_text(call.service(), &id, call.account(), call.region()) {
                Found::One(resource) if resource.belongs_to(call.service()) => add(&mut named, resource),
                Found::Several => several = true,
                Found::One(_) | Found::Nothing => {}
            }
        }
        if !named.is_empty() {
            return Scanned::These(named);
        }
        if several {
            return Scanned::Several;
        }
    }
    Scanned::Nothing
}

/// A declared resource that a parameter names.
#[derive(Debug)]
struct Mention<'i> {
    resource: &'i Resource,
    member: String,
    /// Whether the parameter's name is in the call's name: `bucketName` in `PutBucketFutureSetting`.
    about: bool,
    /// Whether it is a parameter of the call itself, rather than of a structure in it.
    outer: bool,
}

/// The declared resources that an unknown call is about: those whose parameter's name is in the call's name
/// (`bucketName` in `PutBucketFutureSetting`), else those that the record lists, else what one parameter names.
///
/// `targets` are the rows of a known call that names no resource where they look for one: what they call a reference is
/// none of the answers.
pub(crate) fn resources<'i>(call: &Call<'_>, targets: &[Target], index: &'i Index) -> Scanned<'i> {
    let mut mentions = Vec::new();
    let named_otherwise = |member: &str| {
        targets.iter().any(|it| {
            let parents = if it.effect == Kind::Create { it.parents } else { &[] };
            it.references.iter().chain(parents).any(|reference| path::same_name(last(reference), member))
        })
    };
    texts(&call.request, DEPTH, &mut |member, outer, text| {
        let about = is_noun_of(member, call.operation());
        let skipped = named_otherwise(member) || !about && is_reference(member) || !may_identify(member, about, text);
        if !skipped && let Some(resource) = look_up(call, index, text) {
            mentions.push(Mention { resource, member: member.to_owned(), about, outer });
        }
    });
    let mut listed = Vec::new();
    for arn in call.record.resources().iter().filter_map(|it| it.arn.as_deref()) {
        if let Some(resource) = look_up(call, index, arn) {
            add(&mut listed, resource);
        }
    }
    chosen(mentions, listed)
}

/// Of all mentions, those that say what the call is about.
fn chosen<'i>(mut mentions: Vec<Mention<'i>>, listed: Vec<&'i Resource>) -> Scanned<'i> {
    let is_listed = |mention: &Mention<'i>| listed.iter().any(|it| std::ptr::eq(*it, mention.resource));
    if mentions.iter().any(|it| it.about) {
        mentions.retain(|it| it.about);
    } else if mentions.iter().any(is_listed) {
        mentions.retain(is_listed);
    } else if mentions.is_empty() || !listed.is_empty() {
        return if listed.is_empty() { Scanned::Nothing } else { Scanned::These(listed) };
    }
    if mentions.iter().any(|it| it.outer) {
        mentions.retain(|it| it.outer);
    }
    // A list names several resources; two parameters that name two of them leave open which is meant.
    let one_member = mentions.first().is_none_or(|first| mentions.iter().all(|it| it.member == first.member));
    let about = mentions.iter().any(|it| it.about);
    let mut named = Vec::new();
    mentions.iter().for_each(|it| add(&mut named, it.resource));
    if one_member || about || named.len() == 1 { Scanned::These(named) } else { Scanned::Several }
}

fn add<'i>(list: &mut Vec<&'i Resource>, resource: &'i Resource) {
    if !list.iter().any(|known| std::ptr::eq(*known, resource)) {
        list.push(resource);
    }
}

fn look_up<'i>(call: &Call<'_>, index: &'i Index, text: &str) -> Option<&'i Resource> {
    match index.find_by_text(call.service(), text, call.account(), call.region()) {
        Found::One(resource) if resource.belongs_to(call.service()) => Some(resource),
        _ => None,
    }
}

/// Whether a parameter's text may be an identifier at all: by its own shape, or by the parameter's name.
fn may_identify(member: &str, about: bool, text: &str) -> bool {
    about || is_arn(text) || noun(member).len() < member.len() || member.to_ascii_lowercase().contains("resource")
}

/// Whether a parameter, by its name, merely refers to something that another call makes.
fn is_reference(member: &str) -> bool {
    const REFERENCES: [&str; 16] = [
        "role",
        "subnet",
        "securitygroup",
        "kmskey",
        "vpc",
        "topic",
        "loggroup",
        "logbucket",
        "certificate",
        "secret",
        "policy",
        "destination",
        "source",
        "parent",
        "principal",
        "encryptionkey",
    ];
    let folded: String =
        member.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let folded = folded.replace("resource", "");
    REFERENCES.iter().any(|reference| folded.contains(reference))
}

/// What a parameter names: `bucket` of `bucketName`.
fn noun(member: &str) -> &str {
    ["Names", "Name", "Identifiers", "Identifier", "Ids", "Id", "Arns", "Arn", "ARNs", "ARN"]
        .iter()
        .find_map(|suffix| member.strip_suffix(suffix))
        .unwrap_or(if ["name", "id", "identifier", "arn"].contains(&member) { "" } else { member })
}

/// Whether a parameter names what the call is about: `bucketName` in `PutBucketFutureSetting`.
fn is_noun_of(member: &str, operation: &str) -> bool {
    let noun = noun(member);
    !noun.is_empty() && operation.to_ascii_lowercase().contains(&noun.to_ascii_lowercase())
}

/// The last name of a path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]")
}

fn texts(members: &Map<String, Value>, depth: usize, visit: &mut impl FnMut(&str, bool, &str)) {
    for (name, value) in members {
        each(name, value, depth, depth == DEPTH, visit);
    }
}

fn each(name: &str, value: &Value, depth: usize, outer: bool, visit: &mut impl FnMut(&str, bool, &str)) {
    match value {
        Value::String(text) if (3..=LONGEST).contains(&text.len()) => visit(name, outer, text),
        Value::Array(elements) if depth > 0 => {
            elements.iter().for_each(|element| each(name, element, depth - 1, outer, visit));
        }
        Value::Object(members) if depth > 0 => {
            members.iter().for_each(|(name, value)| each(name, value, depth - 1, false, visit));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_what_the_call_is_about_when_its_noun_is_in_the_calls_name() {
        assert!(is_noun_of("bucketName", "PutBucketFutureSetting"));
        assert!(is_noun_of("Bucket", "PutBucketFutureSetting"));
        assert!(!is_noun_of("roleArn", "PutBucketFutureSetting"));
        assert!(!is_noun_of("name", "RenameThing"));
    }

    #[test]
    fn what_other_calls_make_is_a_reference() {
        for member in
            ["taskRoleArn", "subnetIds", "SecurityGroupIds", "kmsKeyId", "kms_key_arn", "vpcId", "logGroupName"]
        {
            assert!(is_reference(member), "{member}");
        }
        for member in ["functionName", "resourceArn", "clusterId", "name"] {
            assert!(!is_reference(member), "{member}");
        }
    }
}
