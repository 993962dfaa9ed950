//! Reads the files of calls, generated and reviewed, and checks what their words cannot say by themselves.

use std::collections::BTreeMap;
use std::path::Path;

use crate::kinds::Effect;
use crate::rows::{CallFile, CallRow, PropertyRow};

/// Targets by event source and operation; with each, the service whose file it is from.
pub(crate) type Calls = BTreeMap<(String, String), Vec<(String, CallRow)>>;

/// Reads a folder. Services that share an event source unite under it.
pub(crate) fn read(folder: &str) -> Calls {
    let mut calls = Calls::new();
    for (stem, path, text) in crate::files(folder) {
        let file: CallFile = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let sources = if file.source.is_empty() { vec![stem.clone()] } else { file.source };
        for (name, targets) in file.calls {
            for target in targets.as_slice() {
                check(&path, &name, target);
            }
            for source in &sources {
                let rows = calls.entry((source.clone(), name.clone())).or_default();
                rows.extend(targets.as_slice().iter().map(|target| (stem.clone(), target.clone())));
            }
        }
    }
    calls
}

fn check(path: &Path, name: &str, target: &CallRow) {
    let place = || format!("{}: `{name}`", path.display());
    let effect = target.effect;
    let keyed = matches!(effect, Effect::Put | Effect::Add | Effect::Remove);
    assert!(
        !keyed || (target.collection.is_some() && !target.key.as_slice().is_empty()),
        "{} needs `collection` and `key`",
        place()
    );
    assert!(
        effect != Effect::Replace || (target.collection.is_some() && target.from.is_some()),
        "{} needs `collection` and `from`",
        place()
    );
    let tags = matches!(effect, Effect::Tag | Effect::Untag | Effect::Retag);
    assert!(!tags || target.from.is_some() || path.starts_with("data/generated"), "{} needs `from`", place());
    assert!(target.why.is_none() || effect == Effect::None, "{} has `why` without effect none", place());
    for property in &target.properties {
        let PropertyRow::Full(property) = property else { continue };
        assert!(
            property.member.is_some() || (property.value.is_some() && property.property.is_some()),
            "{}: a property needs `member`, or `value` and `property`",
            place()
        );
        if let Some(equality) = &property.equality {
            assert!(EQUALITIES.contains(&equality.as_str()), "{}: no equality is called `{equality}`", place());
        }
    }
}

const EQUALITIES: &[&str] = &[
    "policy",
    "version_prefix",
    "arn_or_name",
    "ignore_case",
    "ordered_list",
    "set",
    "json_document",
    "cidr",
    "duration",
    "dns_name",
    "user_data",
    "kms_key",
    "attribute_list",
    "map",
    "tags",
    "comma_list",
    "ip_protocol",
];
