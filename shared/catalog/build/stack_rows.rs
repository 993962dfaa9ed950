//! The table of CloudFormation's types that declare something of other resources.

use std::collections::BTreeMap;

use crate::packed::{Key, StackKind};
use crate::rows::StackRow;
use crate::terraform_rows::{element, lists};
use crate::texts::Texts;

/// The packed rows.
pub(crate) fn pack(texts: &mut Texts) -> Vec<(Key, Vec<u8>)> {
    let path = "data/overrides/stacks.toml";
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rows: BTreeMap<String, StackRow> = toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    rows.iter().map(|(name, row)| one(name, row, texts)).collect()
}

fn one(name: &str, row: &StackRow, texts: &mut Texts) -> (Key, Vec<u8>) {
    let id = row.id.iter().map(|it| texts.number(it)).collect();
    let of = row
        .of
        .iter()
        .map(|(kind, ids)| (texts.number(kind), ids.as_slice().iter().map(|it| texts.number(it)).collect()));
    let packed = StackKind {
        of: of.collect(),
        id,
        element: row.element.as_ref().map(|it| element(it, texts)),
        lists: lists(&row.lists, texts),
    };
    ((texts.number(name), texts.number("")), postcard::to_stdvec(&packed).expect("a row can be packed"))
}
