//! The tables of CloudFormation's resource types and of event sources.

use std::collections::BTreeMap;

use crate::packed::{Key, ResourceType};
use crate::rows::{OneOrMany, ReadingRow, ResourceRow};
use crate::spelling::ARN;
use crate::texts::Texts;

/// The packed resource types.
pub(crate) fn pack(texts: &mut Texts) -> Vec<(Key, Vec<u8>)> {
    let mut rows: BTreeMap<String, ResourceRow> = BTreeMap::new();
    for (_, path, text) in crate::files("generated/types") {
        let tables: BTreeMap<String, ResourceRow> =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        rows.extend(tables);
    }
    let mut readings = readings();
    let packed =
        rows.iter().map(|(name, row)| one(name, row, &readings.remove(name).unwrap_or_default(), texts)).collect();
    let unknown: Vec<&String> = readings.keys().collect();
    assert!(unknown.is_empty(), "data/overrides/types.toml: no such types: {unknown:?}");
    packed
}

/// What reviewers know of reading resources back.
fn readings() -> BTreeMap<String, ReadingRow> {
    let path = "data/overrides/types.toml";
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rows: BTreeMap<String, ReadingRow> = toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    for (name, row) in &rows {
        assert!(!row.because.is_empty(), "{path}: `{name}` needs `because`");
    }
    rows
}

fn one(name: &str, row: &ResourceRow, reading: &ReadingRow, texts: &mut Texts) -> (Key, Vec<u8>) {
    let all = |list: &[String], texts: &mut Texts| list.iter().map(|it| texts.number(it)).collect::<Vec<_>>();
    let packed = ResourceType {
        id: all(&row.id, texts),
        other_ids: row.other_ids.iter().map(|it| all(it, texts)).collect(),
        read_only: all(&row.read_only, texts),
        write_only: all(&row.write_only, texts),
        create_only: all(&row.create_only, texts),
        unordered: all(&row.unordered, texts),
        defaults: row
            .defaults
            .iter()
            .chain(&reading.defaults)
            .map(|(path, value)| (texts.number(path), texts.number(&json(value))))
            .collect(),
        transforms: row.transforms.iter().map(|(path, it)| (texts.number(path), texts.number(it))).collect(),
        live: row.live,
        tags: row.tags.as_ref().map(|it| texts.number(it)),
        arn: row.arn.as_ref().map(|it| texts.number(&short_arn(it))),
        reference: all(&row.reference, texts),
        unread: all(&reading.unread, texts),
        equalities: reading.equality.iter().map(|(path, it)| (texts.number(path), texts.number(it))).collect(),
    };
    ((texts.number(name), texts.number("")), postcard::to_stdvec(&packed).expect("a row can be packed"))
}

/// The shape of an ARN without what most have in common.
fn short_arn(arn: &str) -> String {
    ARN.iter().fold(arn.to_owned(), |arn, (long, short)| arn.replacen(long, short, 1))
}

/// A TOML value as JSON.
fn json(value: &toml::Value) -> String {
    serde_json::to_string(value).expect("a value without dates")
}

/// The packed event sources of services, or of namespaces.
pub(crate) fn pack_sources(table: &str, texts: &mut Texts) -> Vec<(Key, Vec<u8>)> {
    let Ok(text) = std::fs::read_to_string("data/generated/sources.toml") else { return Vec::new() };
    let tables: BTreeMap<String, BTreeMap<String, OneOrMany<String>>> =
        toml::from_str(&text).unwrap_or_else(|error| panic!("data/generated/sources.toml: {error}"));
    let Some(rows) = tables.get(table) else { return Vec::new() };
    rows.iter()
        .map(|(name, sources)| {
            let sources: Vec<u32> = sources.as_slice().iter().map(|it| texts.number(it)).collect();
            ((texts.number(name), texts.number("")), postcard::to_stdvec(&sources).expect("a row can be packed"))
        })
        .collect()
}
