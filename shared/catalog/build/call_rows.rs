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
    let needs = |wanted: bool, key: &str, there: bool| assert!(!wanted || there, "{} needs `{key}`", place());
    // What the generator writes cannot be mended here; it would have to be built with what it broke.
    let reviewed = path.starts_with("data/overrides");
    let keyed = matches!(effect, Effect::Put | Effect::Add | Effect::Remove);
    needs(reviewed, "because", target.because.is_some());
    needs(keyed || effect == Effect::Replace, "collection", target.collection.is_some());
    needs(keyed, "key", !target.key.as_slice().is_empty());
    let tags = matches!(effect, Effect::Tag | Effect::Untag | Effect::Retag);
    needs(reviewed && (tags || effect == Effect::Replace), "from", target.from.is_some());
    assert!(target.why.is_none() || effect == Effect::None, "{} has `why` without effect none", place());
    for property in &target.properties {
        let PropertyRow::Full(property) = property else { continue };
        needs(property.member.is_none(), "member` or `value", property.value.is_some());
        needs(property.member.is_none(), "member` or `property", property.property.is_some());
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
