//! Decides by its name whether a member steers the call and configures nothing: what to force or to skip, which revision is meant,
//! in which language to answer. It never looks at types.

use super::fields::Field;
use super::model::ShapeKind;

/// Members of these names, folded, steer the call whatever they hold.
const NAMES: &[&str] = &[
    "operationpreferences",
    "callas",
    "acceptlanguage",
    "dryrun",
    "locktoken",
    "ifmatch",
    "revisionid",
    "clientrequesttoken",
    "domainowner",
    "meshowner",
];

/// Flags whose names start so steer the call.
const FLAGS: &[&str] = &["force", "skip", "retain", "failon", "useprevious", "reset"];

/// Whether a member steers the call, even where the type has a property of its name.
pub(crate) fn steers(field: &Field<'_>) -> bool {
    let name = field.folded.as_str();
    let flag = field.shape.kind == ShapeKind::Boolean && FLAGS.iter().any(|start| name.starts_with(start));
    flag || NAMES.contains(&name) || name.starts_with("expectedrevision") || changes_entries(name)
}

/// Whether a member that steers the call changes something all the same: it resets a setting, or says which entries go. Such a
/// member is no property, and must not be passed over either.
pub(crate) fn changes(field: &Field<'_>) -> bool {
    field.folded.starts_with("reset") || changes_entries(&field.folded)
}

/// Whether a folded name says which entries are added or removed: `UserIdsToAdd`.
fn changes_entries(name: &str) -> bool {
    ["todelete", "toadd", "toremove"].iter().any(|end| name.strip_suffix(end).is_some_and(|rest| !rest.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::fields::{Lists, fields};
    use super::super::model::Shape;
    use super::super::tiny;
    use super::*;

    #[test]
    fn names_tell_what_steers_and_a_number_of_days_configures() {
        let mut service = tiny::service();
        let flag = Shape { kind: ShapeKind::Boolean, ..Shape::default() };
        service.shapes.insert("Flag".to_owned(), flag);
        let request = [
            ("SkipFinalSnapshot", "Flag", false),
            ("ForceUpdate", "Flag", false),
            ("AcceptLanguage", "Text", false),
            ("ExpectedRevisionId", "Text", false),
            ("UserIdsToRemove", "Texts", false),
            ("RetainInterval", "Number", false),
            ("ForcedColor", "Text", false),
            ("Color", "Text", false),
        ];
        tiny::structure(&mut service, "Request", &request);
        let all = fields(&service, Some("Request"), 0, Lists::Leave);
        let steering: Vec<&str> = all.iter().filter(|it| steers(it)).map(|it| it.name).collect();
        let expected = ["SkipFinalSnapshot", "ForceUpdate", "AcceptLanguage", "ExpectedRevisionId", "UserIdsToRemove"];
        assert_eq!(steering, expected);
    }
}
