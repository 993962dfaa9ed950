//! Decides which shapes of a call need more than a row: hidden values, blobs, several resources, bags, deltas, renames, delays.

use super::fields::{Field, Holds};
use super::kinds::Kind;
use super::members::Members;
use super::model::{Service, ShapeKind};
use super::nouns::words;
use super::score::Call;
use super::steering::{changes, steers};

/// The flags of a call, in the format's order. `id`: the row's identifier paths.
pub(crate) fn flags(call: &Call<'_>, id: &[String]) -> Vec<&'static str> {
    let any = |test: &dyn Fn(&Field<'_>) -> bool| call.request.iter().any(test);
    let top = |test: &dyn Fn(&Field<'_>) -> bool| call.request.iter().any(|it| it.depth == 0 && test(it));
    let all = [
        ("sensitive", any(&|it| it.member.sensitive || it.shape.sensitive)),
        ("blob", any(&|it| it.holds == Holds::Blob)),
        ("batch", id.iter().any(|path| !path.starts_with('>') && path.contains("[]"))),
        ("bag", top(&|it| is_bag(call.service, it))),
        ("delta", any(&|it| it.depth <= 1 && is_delta(it.name))),
        ("rename", top(&|it| is_rename(it.name))),
        ("async", pending(call).is_some()),
    ];
    all.into_iter().filter(|(_, set)| *set).map(|(name, _)| name).collect()
}

/// Members whose names say that they steer the call and configure nothing: tokens, expected revisions, `Force…`; and those that
/// repeat what no update can change.
pub(crate) fn options(call: &Call<'_>, kind: &Kind<'_>, members: &Members) -> Vec<String> {
    const KNOWN: [&str; 5] = ["clienttoken", "clientrequesttoken", "dryrun", "idempotencytoken", "requestid"];
    let named = |it: &&Field<'_>| {
        let (name, flag) = (it.folded.as_str(), it.shape.kind == ShapeKind::Boolean);
        let switch = ["force", "skip", "bypass", "ignore"].iter().any(|start| name.starts_with(start));
        let secret =
            it.member.sensitive || ["auth", "access", "security", "api", "secret"].iter().any(|it| name.contains(it));
        let token = it.member.token || name.ends_with("token") && it.holds == Holds::Text && !secret;
        let before = ["ifmatch", "etag", "revisionid", "currentversion", "expectedversion", "expectedbucketowner"];
        flag && (switch || ["dryrunmode", "validateonly", "performcheckonly"].contains(&name))
            || token
            || before.contains(&name)
            || name.starts_with("expectedrevision")
    };
    let top = call.request.iter().filter(|it| it.depth == 0 && !KNOWN.contains(&it.folded.as_str()));
    let told = |it: &Field<'_>| members.properties.iter().any(|known| known.member() == it.path);
    let is = |it: &&Field<'_>| {
        let repeated = members.repeated.contains(&it.path);
        let steers = steers(it) && !changes(it) && !told(it);
        repeated || steers || named(it) && !kind.properties.contains_key(&it.folded)
    };
    top.filter(is).map(|it| it.path.clone()).collect()
}

/// The member that, when false, delays the change.
pub(crate) fn pending(call: &Call<'_>) -> Option<String> {
    let found = call.request.iter().find(|it| it.depth == 0 && it.folded == "applyimmediately");
    found.map(|it| it.path.clone())
}

/// Whether a member holds settings by key: a map, or a list of keys with values, tags aside.
fn is_bag(service: &Service, field: &Field<'_>) -> bool {
    if field.folded.contains("tag") || field.folded.contains("filter") {
        return false;
    }
    match field.holds {
        Holds::Map => true,
        Holds::Structures if field.shape.kind == ShapeKind::Map => true,
        Holds::Structures => service.shapes.get(&field.shape.element).is_some_and(|entry| {
            let names: Vec<String> = entry.members.iter().map(|it| it.name.to_ascii_lowercase()).collect();
            let key = names
                .iter()
                .any(|it| ["key", "name", "parametername", "attributename", "attribute"].contains(&it.as_str()));
            let value = names.iter().any(|it| ["value", "parametervalue", "attributevalue"].contains(&it.as_str()));
            key && value && names.len() <= 14
        }),
        _ => false,
    }
}

/// Whether a member adds to or takes from what is there: `AddSubnetIds`, `LogTypesToEnable`.
fn is_delta(name: &str) -> bool {
    let words = words(name);
    let starts = words.first().is_some_and(|it| ["add", "remove"].contains(&it.as_str())) && words.len() > 1;
    let ends = ["ToAdd", "ToRemove", "ToEnable", "ToDisable", "ToDelete", "ToUpdate", "ToSet", "ToUnset"];
    starts || ends.iter().any(|end| name.ends_with(end))
}

/// Whether a member gives the resource a new identity: `NewUserName`.
pub(crate) fn is_rename(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    words.first().is_some_and(|it| it == "new") && ["name", "path", "identifier", "id"].contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_is_a_rename_and_a_new_size_is_not() {
        assert!(is_rename("NewDBInstanceIdentifier"));
        assert!(!is_rename("NewSize"));
        assert!(!is_rename("NewsName"));
    }

    #[test]
    fn adding_and_removing_is_a_delta() {
        assert!(is_delta("AddSubnetIds"));
        assert!(is_delta("LogTypesToEnable"));
        assert!(!is_delta("Address"));
    }
}
