//! The table of CloudFormation's resource types: what identifies one, what a reader must know of its properties.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::packed;
use crate::spelling::long_arn;
use crate::table::{self, Slot, Table, kept, kept_text, table, text, texts};

/// A resource type of CloudFormation. Paths are `A.B`, with `[]` for the entries of a list and `*` for any key.
#[derive(Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// `AWS::EC2::VPC`.
    pub name: &'static str,
    /// The paths of the primary identifier.
    pub id: &'static [&'static str],
    /// Other identifiers, each a list of paths.
    pub other_ids: &'static [&'static [&'static str]],
    /// What only AWS sets.
    pub read_only: &'static [&'static str],
    /// What can be set and never be read back.
    pub write_only: &'static [&'static str],
    /// What a change of makes a new resource.
    pub create_only: &'static [&'static str],
    /// Lists whose order means nothing.
    pub unordered: &'static [&'static str],
    /// Defaults: path, and the value as JSON.
    pub defaults: &'static [(&'static str, &'static str)],
    /// How AWS rewrites what is declared: path, and an expression in `JSONata`.
    pub transforms: &'static [(&'static str, &'static str)],
    /// Whether the Cloud Control API can read it.
    pub live: bool,
    /// The property that holds its tags.
    pub tags: Option<&'static str>,
    /// The shape of its ARN: `arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}`.
    pub arn: Option<&'static str>,
    /// The properties that a stack's physical id is made of, where it is not the primary identifier.
    pub reference: &'static [&'static str],
    /// What a reader of AWS leaves out although it is set.
    pub unread: &'static [&'static str],
    /// How properties are compared, where their name and schema do not tell: path, and the equality's name.
    pub equalities: &'static [(&'static str, &'static str)],
}

pub(crate) static TABLE: Table = table!("resources");
static TYPES: [Slot<ResourceType>; TABLE.len()] = [const { Slot::new() }; TABLE.len()];

/// Looks a resource type up.
#[must_use]
pub fn resource_type(name: &str) -> Option<&'static ResourceType> {
    let made = |row: usize| TYPES.get(row)?.get().map(|it| (it.name, ""));
    at(TABLE.find((name, ""), made)?)
}

/// Looks a resource type up by its token in Pulumi's native package, `aws-native:ec2:Vpc`: the name without its case.
#[must_use]
pub fn native(token: &str) -> Option<&'static ResourceType> {
    /// The rows by module and name, folded. Reads the keys only, when somebody first asks.
    static ROWS: OnceLock<BTreeMap<String, usize>> = OnceLock::new();
    let folded = |row: usize| {
        let name = text(TABLE.key(row)?.0).strip_prefix("AWS::")?;
        Some((name.replacen("::", ":", 1).to_ascii_lowercase(), row))
    };
    let rows = ROWS.get_or_init(|| (0..TABLE.len()).filter_map(folded).collect());
    let (module, name) = token.strip_prefix("aws-native:")?.split_once(':')?;
    // `config` is a word of Pulumi's own.
    let module = if module == "configuration" { "config" } else { module };
    at(*rows.get(&format!("{module}:{name}").to_ascii_lowercase())?)
}

/// All resource types, sorted by name.
pub fn resource_types() -> impl Iterator<Item = &'static ResourceType> {
    (0..TABLE.len()).filter_map(at)
}

fn at(row: usize) -> Option<&'static ResourceType> {
    table::row(&TABLE, &TYPES, row, |(name, _), packed: packed::ResourceType| {
        let packed::ResourceType {
            id,
            other_ids,
            read_only,
            write_only,
            create_only,
            unordered,
            defaults,
            transforms,
            live,
            tags,
            arn,
            reference,
            unread,
            equalities,
        } = packed;
        let pairs =
            |list: Vec<(u32, u32)>| kept(list.into_iter().map(|(one, other)| (text(one), text(other))).collect());
        ResourceType {
            name: text(name),
            id: texts(id),
            other_ids: kept(other_ids.into_iter().map(texts).collect()),
            read_only: texts(read_only),
            write_only: texts(write_only),
            create_only: texts(create_only),
            unordered: texts(unordered),
            defaults: pairs(defaults),
            transforms: pairs(transforms),
            live,
            tags: tags.map(text),
            arn: arn.map(|it| kept_text(long_arn(text(it)))),
            reference: texts(reference),
            unread: texts(unread),
            equalities: pairs(equalities),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_native_token_leads_to_its_type() {
        for (token, name) in [
            ("aws-native:ec2:Vpc", "AWS::EC2::VPC"),
            ("aws-native:wafv2:WebAcl", "AWS::WAFv2::WebACL"),
            ("aws-native:configuration:ConfigRule", "AWS::Config::ConfigRule"),
        ] {
            assert_eq!(native(token).map(|it| it.name), Some(name));
        }
        assert!(native("aws:ec2/vpc:Vpc").is_none());
        assert!(native("aws-native:ec2:NoSuchThing").is_none());
    }
}
