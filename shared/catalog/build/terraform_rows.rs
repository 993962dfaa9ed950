//! The table of Terraform types: reviewed rows win over generated ones.

use std::collections::BTreeMap;

use crate::packed::{Key, TerraformKind, Text, hash};
use crate::rows::{ElementRow, ListRow, TerraformRow};
use crate::spelling::token;
use crate::texts::Texts;

/// All rows by Terraform's name. A reviewed row keeps the generated row's Pulumi tokens.
pub(crate) fn read() -> BTreeMap<String, TerraformRow> {
    let mut rows = folder("generated/terraform");
    for (name, mut row) in folder("overrides/terraform") {
        assert!(row.because.is_some(), "data/overrides/terraform: `{name}` needs `because`");
        if let Some(generated) = rows.remove(&name) {
            if row.pulumi.as_slice().is_empty() {
                row.pulumi = generated.pulumi;
            }
            if row.properties.is_empty() {
                row.properties = generated.properties;
            }
        }
        rows.insert(name, row);
    }
    rows
}

fn folder(folder: &str) -> BTreeMap<String, TerraformRow> {
    let mut rows = BTreeMap::new();
    for (_, path, text) in crate::files(folder) {
        let tables: BTreeMap<String, TerraformRow> =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (name, row) in tables {
            assert!(!rows.contains_key(&name), "{}: `{name}` appears twice", path.display());
            rows.insert(name, row);
        }
    }
    rows
}

/// The packed rows.
pub(crate) fn pack(rows: &BTreeMap<String, TerraformRow>, texts: &mut Texts) -> Vec<(Key, Vec<u8>)> {
    rows.iter().map(|(name, row)| one(name, row, texts)).collect()
}

fn one(name: &str, row: &TerraformRow, texts: &mut Texts) -> (Key, Vec<u8>) {
    let all = |list: &[String], texts: &mut Texts| list.iter().map(|it| texts.number(it)).collect::<Vec<_>>();
    let packed = TerraformKind {
        resource: texts.number(&row.resource),
        id: all(&row.id, texts),
        part: row.part || row.element.is_some(),
        computed: all(&row.computed, texts),
        pulumi: row.pulumi.as_slice().iter().map(|it| texts.number(&short(it))).collect(),
        properties: row.properties.iter().map(|(one, other)| (texts.number(one), texts.number(other))).collect(),
        element: row.element.as_ref().map(|it| element(it, texts)),
        lists: lists(&row.lists, texts),
    };
    ((texts.number(name), texts.number("")), postcard::to_stdvec(&packed).expect("a row can be packed"))
}

/// A packed element: its collection, and the parts of its key.
pub(crate) fn element(row: &ElementRow, texts: &mut Texts) -> (Text, Vec<Text>) {
    (texts.number(&row.collection), row.key.as_slice().iter().map(|it| texts.number(it)).collect())
}

/// Packed lists: collection, attribute, and the parts of an element's key.
pub(crate) fn lists(rows: &[ListRow], texts: &mut Texts) -> Vec<(Text, Text, Vec<Text>)> {
    let one = |ListRow { collection, attribute, key }: &ListRow| {
        let key = key.as_slice().iter().map(|it| texts.number(it)).collect();
        (texts.number(collection), texts.number(attribute), key)
    };
    rows.iter().map(one).collect()
}

/// The rows by their Pulumi tokens: the hash of a token and the number of its row, sorted.
pub(crate) fn tokens(rows: &BTreeMap<String, TerraformRow>) -> Vec<u8> {
    let mut tokens: BTreeMap<u32, u16> = BTreeMap::new();
    for (at, row) in rows.values().enumerate() {
        let at = u16::try_from(at).expect("fewer than 65,536 rows");
        for token in row.pulumi.as_slice() {
            let known = tokens.insert(hash(token, ""), at);
            assert!(known.is_none(), "the token `{token}` has the hash of another");
        }
    }
    tokens.into_iter().flat_map(|(hash, row)| hash.to_le_bytes().into_iter().chain(row.to_le_bytes())).collect()
}

/// A token as its module and name, where the rest follows from them.
fn short(full: &str) -> String {
    let parts = full.strip_prefix("aws:").and_then(|rest| rest.split_once('/'));
    let parts = parts.and_then(|(module, rest)| Some((module, rest.split_once(':')?.1)));
    parts
        .map(|(module, name)| format!("{module}/{name}"))
        .filter(|it| token(it) == full)
        .unwrap_or_else(|| full.to_owned())
}
