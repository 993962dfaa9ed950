//! Packs `data/**/*.toml` into sorted static tables, so that nothing is parsed when the program starts.

#![expect(clippy::expect_used, clippy::panic, reason = "a build script reports by failing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One value, or a list of them.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

fn list(value: Option<OneOrMany<String>>) -> Vec<String> {
    value.map(OneOrMany::into_vec).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallRow {
    resource: Option<OneOrMany<String>>,
    id: Option<OneOrMany<String>>,
    when: Option<String>,
    #[serde(default = "update")]
    effect: String,
    collection: Option<String>,
    key: Option<OneOrMany<String>>,
    from: Option<String>,
    #[serde(default)]
    properties: Vec<PropertyRow>,
    #[serde(default)]
    options: Vec<String>,
    why: Option<String>,
    pending: Option<String>,
    decoder: Option<String>,
}

fn update() -> String {
    "update".to_owned()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PropertyRow {
    Same(String),
    Full(FullProperty),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullProperty {
    member: Option<String>,
    value: Option<toml::Value>,
    absent: Option<toml::Value>,
    property: Option<String>,
    terraform: Option<OneOrMany<String>>,
    equality: Option<String>,
    when: Option<String>,
    band: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerraformRow {
    resource: String,
    #[serde(default)]
    id: Vec<String>,
    #[serde(default)]
    part: bool,
    element: Option<ElementRow>,
    #[serde(default)]
    lists: Vec<ListRow>,
    #[serde(default)]
    computed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementRow {
    collection: String,
    key: OneOrMany<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListRow {
    collection: String,
    attribute: String,
    key: Option<OneOrMany<String>>,
}

const EFFECTS: &[&str] = &[
    "update",
    "create",
    "delete",
    "schedule_delete",
    "cancel_delete",
    "put",
    "add",
    "remove",
    "replace",
    "tag",
    "untag",
    "retag",
    "touch",
    "none",
];
const DECODERS: &[&str] = &[
    "security_group_rules",
    "security_group_modify",
    "security_group_descriptions",
    "record_sets",
    "patch_operations",
];
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
const WHYS: &[&str] = &["new_revision", "child", "runtime", "data"];

fn main() {
    let mut out = String::new();
    pack_calls(&mut out);
    pack_terraform(&mut out);
    pack_ignored(&mut out);
    let target = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("catalog.rs");
    std::fs::write(target, out).expect("the build folder is writable");
    println!("cargo::rerun-if-changed=data");
}

fn files(folder: &str) -> Vec<(String, PathBuf, String)> {
    let mut found: Vec<_> = std::fs::read_dir(Path::new("data").join(folder))
        .expect("the data folder exists")
        .map(|entry| entry.expect("readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("readable file");
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, path, text)
        })
        .collect()
}

fn check(path: &Path, what: &str, value: &str, known: &[&str]) {
    assert!(known.contains(&value), "{}: {what} `{value}` is not one of {known:?}", path.display());
}

fn pack_calls(out: &mut String) {
    let mut rows: BTreeMap<String, Vec<CallRow>> = BTreeMap::new();
    for (service, path, text) in files("calls") {
        let tables: BTreeMap<String, OneOrMany<CallRow>> =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (name, table) in tables {
            let targets = table.into_vec();
            for target in &targets {
                check(&path, "effect", &target.effect, EFFECTS);
                target.decoder.iter().for_each(|it| check(&path, "decoder", it, DECODERS));
                target.why.iter().for_each(|it| check(&path, "why", it, WHYS));
                let touches = target.effect != "none";
                assert!(
                    target.resource.is_some() == touches,
                    "{}: `{name}` lacks `resource`, or has one with effect none",
                    path.display()
                );
                let keyed = matches!(target.effect.as_str(), "put" | "add" | "remove");
                assert!(
                    !keyed || (target.collection.is_some() && target.key.is_some()),
                    "{}: `{name}` needs `collection` and `key`",
                    path.display()
                );
                assert!(
                    target.effect != "replace" || (target.collection.is_some() && target.from.is_some()),
                    "{}: `{name}` needs `collection` and `from`",
                    path.display()
                );
                let tags = matches!(target.effect.as_str(), "tag" | "untag" | "retag");
                assert!(!tags || target.from.is_some(), "{}: `{name}` needs `from`", path.display());
            }
            let key = format!("{service}:{name}");
            assert!(!rows.contains_key(&key), "{}: `{name}` appears twice", path.display());
            rows.insert(key, targets);
        }
    }
    writeln!(out, "/// Sorted by name.\npub(crate) static CALLS: &[Call] = &[").expect("a string");
    for (name, targets) in &rows {
        writeln!(out, "Call {{ name: {name:?}, targets: &[").expect("a string");
        for target in targets {
            pack_target(out, target, name);
        }
        writeln!(out, "] }},").expect("a string");
    }
    writeln!(out, "];").expect("a string");
}

fn pack_target(out: &mut String, row: &CallRow, name: &str) {
    let CallRow { resource, id, when, effect, collection, key, from, properties, options, why, pending, decoder } = row;
    write!(
        out,
        "Target {{ resources: &{:?}, id: &{:?}, when: {when:?}, effect: Effect::{}, collection: {:?}, key: &{:?}, from: {:?}, options: &{options:?}, why: {}, pending: {pending:?}, decoder: {}, properties: &[",
        list(resource.clone()),
        list(id.clone()),
        pascal(effect),
        collection.as_deref().unwrap_or_default(),
        list(key.clone()),
        from.as_deref().unwrap_or_default(),
        why.as_deref().map_or("None".to_owned(), |it| format!("Some(Why::{})", pascal(it))),
        decoder.as_deref().map_or("None".to_owned(), |it| format!("Some(Decoder::{})", pascal(it))),
    )
    .expect("a string");
    for property in properties {
        pack_property(out, property, name);
    }
    writeln!(out, "] }},").expect("a string");
}

fn pack_property(out: &mut String, row: &PropertyRow, name: &str) {
    let (member, value, absent, property, terraform, equality, when, band) = match row {
        PropertyRow::Same(member) => (Some(member.clone()), None, None, None, None, None, None, None),
        PropertyRow::Full(full) => {
            let FullProperty { member, value, absent, property, terraform, equality, when, band } = full;
            (
                member.clone(),
                value.clone(),
                absent.clone(),
                property.clone(),
                terraform.clone(),
                equality.clone(),
                when.clone(),
                band.clone(),
            )
        }
    };
    assert!(
        member.is_some() || (value.is_some() && property.is_some()),
        "`{name}`: a property needs `member`, or `value` and `property`"
    );
    equality.iter().for_each(|it| check(Path::new(name), "equality", it, EQUALITIES));
    let member = member.unwrap_or_default();
    let plain = member.trim_start_matches('>').replace("[]", "");
    let property = property.unwrap_or_else(|| plain.split('.').map(pascal_first).collect::<Vec<_>>().join("."));
    let paths: Vec<String> = terraform.map(OneOrMany::into_vec).map_or_else(
        || vec!["TerraformPath::Same".to_owned()],
        |paths| {
            paths
                .iter()
                .filter(|it| !it.is_empty())
                .map(|path| match path.split_once('.') {
                    Some((kind, rest)) if kind.starts_with("aws_") => format!("TerraformPath::Of({kind:?}, {rest:?})"),
                    _ => format!("TerraformPath::Any({path:?})"),
                })
                .collect()
        },
    );
    write!(
        out,
        "Property {{ member: {member:?}, value: {}, absent: {}, name: {property:?}, terraform: &[{}], equality: {equality:?}, when: {when:?}, band: {band:?} }}, ",
        constant(value.as_ref()),
        constant(absent.as_ref()),
        paths.join(", "),
    )
    .expect("a string");
}

fn constant(value: Option<&toml::Value>) -> String {
    match value {
        None => "Constant::None".to_owned(),
        Some(toml::Value::Boolean(it)) => format!("Constant::Bool({it})"),
        Some(toml::Value::Integer(it)) => format!("Constant::Integer({it})"),
        Some(toml::Value::String(it)) => format!("Constant::Text({it:?})"),
        Some(toml::Value::Array(it)) if it.is_empty() => "Constant::EmptyList".to_owned(),
        Some(other) => panic!("a constant must be a boolean, an integer, a string or an empty list, not {other}"),
    }
}

fn pack_terraform(out: &mut String) {
    let mut rows: BTreeMap<String, TerraformRow> = BTreeMap::new();
    for (_, path, text) in files("terraform") {
        let tables: BTreeMap<String, TerraformRow> =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (name, row) in tables {
            assert!(!rows.contains_key(&name), "{}: `{name}` appears twice", path.display());
            rows.insert(name, row);
        }
    }
    writeln!(out, "/// Sorted by name.\npub(crate) static TERRAFORM: &[TerraformKind] = &[").expect("a string");
    for (name, row) in &rows {
        let TerraformRow { resource, id, part, element, lists, computed } = row;
        write!(
            out,
            "TerraformKind {{ name: {name:?}, resource: {resource:?}, id: &{id:?}, part: {}, computed: &{computed:?}, element: {}, lists: &[",
            *part || element.is_some(),
            element.as_ref().map_or("None".to_owned(), |it| format!("Some(Element {{ collection: {:?}, key: &{:?} }})", it.collection, it.key.clone().into_vec())),
        )
        .expect("a string");
        for ListRow { collection, attribute, key } in lists {
            write!(
                out,
                "ElementList {{ collection: {collection:?}, attribute: {attribute:?}, key: &{:?} }}, ",
                list(key.clone())
            )
            .expect("a string");
        }
        writeln!(out, "] }},").expect("a string");
    }
    writeln!(out, "];").expect("a string");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreRow {
    calls: Vec<String>,
}

/// Patterns by service, `*` services last.
fn pack_ignored(out: &mut String) {
    let text = std::fs::read_to_string("data/ignore.toml").expect("readable file");
    let tables: BTreeMap<String, IgnoreRow> =
        toml::from_str(&text).unwrap_or_else(|error| panic!("data/ignore.toml: {error}"));
    let mut rows: BTreeMap<(String, String), String> = BTreeMap::new();
    for (class, row) in tables {
        for call in row.calls {
            let (service, name) =
                call.split_once(':').unwrap_or_else(|| panic!("data/ignore.toml: `{call}` has no service"));
            rows.insert((service.to_owned(), name.to_owned()), class.clone());
        }
    }
    writeln!(out, "/// Sorted by service.\npub(crate) static IGNORED: &[Ignored] = &[").expect("a string");
    for ((service, name), class) in &rows {
        writeln!(out, "Ignored {{ service: {service:?}, name: {name:?}, class: {class:?} }},").expect("a string");
    }
    writeln!(out, "];").expect("a string");
}

fn pascal(text: &str) -> String {
    text.split('_').map(pascal_first).collect()
}

fn pascal_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
