//! The table of Terraform types.

use crate::packed;
use crate::spelling::token;
use crate::table::{self, Slot, Table, kept, kept_text, table, text, texts};

/// What a Terraform type declares, or one of CloudFormation's that says something of other resources.
#[derive(Debug, PartialEq, Eq)]
pub struct TerraformKind {
    /// `aws_instance`.
    pub name: &'static str,
    /// CloudFormation's type of the resource that it configures.
    pub resource: &'static str,
    /// Attributes that identify that resource, besides `arn`; `a|b` joins two.
    pub id: &'static [&'static str],
    /// Whether it declares only a part of the resource, and not its existence.
    pub part: bool,
    /// Optional and computed attributes: copies of the live value, never intent.
    pub computed: &'static [&'static str],
    /// Pulumi's tokens of the same type: `aws:ec2/vpc:Vpc`.
    pub pulumi: &'static [&'static str],
    /// CloudFormation's properties whose names do not meet the attributes' own: attribute, property.
    pub properties: &'static [(&'static str, &'static str)],
    /// The collection of which the whole declaration is one element.
    pub element: Option<Element>,
    /// Attributes that hold elements of a collection.
    pub lists: &'static [ElementList],
    /// For a type of CloudFormation: the resources of which it declares a part, with the properties that name them.
    pub of: &'static [(&'static str, &'static [&'static str])],
}

/// A declaration that is one element of a collection of its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// The collection: `Policies`.
    pub collection: &'static str,
    /// The parts of the key: attributes, or `'text'`.
    pub key: &'static [&'static str],
}

/// An attribute that holds elements of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementList {
    /// The collection: `Routes`.
    pub collection: &'static str,
    /// The attribute: `route`.
    pub attribute: &'static str,
    /// The parts of an element's key; empty when the element is its own key.
    pub key: &'static [&'static str],
}

pub(crate) static TABLE: Table = table!("terraform");
/// Hashes of Pulumi's tokens and the numbers of their rows, sorted.
pub(crate) static TOKENS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tokens.bin"));
static KINDS: [Slot<TerraformKind>; TABLE.len()] = [const { Slot::new() }; TABLE.len()];

/// Looks a Terraform type up.
#[must_use]
pub fn terraform(kind: &str) -> Option<&'static TerraformKind> {
    let made = |row: usize| KINDS.get(row)?.get().map(|it| (it.name, ""));
    at(TABLE.find((kind, ""), made)?)
}

/// Looks a Terraform type up by one of its Pulumi tokens: `aws:ec2/vpc:Vpc`.
#[must_use]
pub fn pulumi(token: &str) -> Option<&'static TerraformKind> {
    let entries = TOKENS.as_chunks::<6>().0;
    let hash_of = |entry: &[u8; 6]| entry.first_chunk().map(|hash| u32::from_le_bytes(*hash)).unwrap_or_default();
    let found = entries.binary_search_by_key(&packed::hash(token, ""), hash_of).ok()?;
    let row = u16::from_le_bytes(*entries.get(found)?.last_chunk()?);
    at(row.into()).filter(|kind| kind.pulumi.contains(&token))
}

/// All Terraform types, sorted by name.
pub fn terraform_kinds() -> impl Iterator<Item = &'static TerraformKind> {
    (0..TABLE.len()).filter_map(at)
}

fn at(row: usize) -> Option<&'static TerraformKind> {
    table::row(&TABLE, &KINDS, row, |(name, _), packed: packed::TerraformKind| {
        let packed::TerraformKind { resource, id, part, computed, pulumi, properties, element, lists } = packed;
        TerraformKind {
            name: text(name),
            resource: text(resource),
            id: texts(id),
            part,
            computed: texts(computed),
            pulumi: kept(pulumi.into_iter().map(|it| kept_text(token(text(it)))).collect()),
            properties: kept(properties.into_iter().map(|(one, other)| (text(one), text(other))).collect()),
            element: element.map(made_element),
            lists: made_lists(lists),
            of: &[],
        }
    })
}

pub(crate) fn made_element((collection, key): (packed::Text, Vec<packed::Text>)) -> Element {
    Element { collection: text(collection), key: texts(key) }
}

pub(crate) fn made_lists(lists: Vec<(packed::Text, packed::Text, Vec<packed::Text>)>) -> &'static [ElementList] {
    let list = |(collection, attribute, key)| ElementList {
        collection: text(collection),
        attribute: text(attribute),
        key: texts(key),
    };
    kept(lists.into_iter().map(list).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_own_name() {
        assert_eq!(terraform_kinds().count(), TABLE.len());
        for kind in terraform_kinds() {
            assert!(terraform(kind.name).is_some_and(|found| std::ptr::eq(found, kind)), "{}", kind.name);
        }
        assert!(terraform("aws_no_such_thing").is_none());
    }

    #[test]
    fn every_type_is_found_by_every_token_of_its_own() {
        for kind in terraform_kinds() {
            for token in kind.pulumi {
                assert!(pulumi(token).is_some_and(|found| std::ptr::eq(found, kind)), "{token}");
            }
        }
        assert_eq!(pulumi("aws:ec2/vpc:Vpc").map(|it| it.name), Some("aws_vpc"));
        assert!(pulumi("aws:ec2/vpc:Vpz").is_none());
    }
}
