//! The shape of the data files.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::kinds::{Decoder, Delta, Effect, Flag, Why};

/// One value, or a list of them.
#[derive(Deserialize, Clone, Debug)]
#[serde(untagged)]
pub(crate) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::One(one) => std::slice::from_mut(one),
            Self::Many(many) => many,
        }
    }
}

/// A file of calls.
#[derive(Deserialize)]
pub(crate) struct CallFile {
    /// Event sources under which the calls are logged; without it the file's name is the only one.
    #[serde(default)]
    pub(crate) source: Vec<String>,
    #[serde(flatten)]
    pub(crate) calls: BTreeMap<String, OneOrMany<CallRow>>,
}

/// One target of a call.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CallRow {
    pub(crate) resource: OneOrMany<String>,
    pub(crate) scores: Vec<f64>,
    pub(crate) terraform: Vec<String>,
    pub(crate) id: OneOrMany<String>,
    pub(crate) parents: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) when: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) collection: Option<String>,
    pub(crate) key: OneOrMany<String>,
    pub(crate) from: Option<String>,
    pub(crate) properties: Vec<PropertyRow>,
    pub(crate) options: Vec<String>,
    pub(crate) why: Option<Why>,
    pub(crate) pending: Option<String>,
    pub(crate) decoder: Option<Decoder>,
    pub(crate) flags: Vec<Flag>,
    pub(crate) because: Option<String>,
}

/// What a member means.
#[derive(Deserialize, Clone, Debug)]
#[serde(untagged)]
pub(crate) enum PropertyRow {
    Same(String),
    Full(Box<FullProperty>),
}

/// A property that is spelled out.
#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct FullProperty {
    pub(crate) member: Option<String>,
    pub(crate) value: Option<toml::Value>,
    pub(crate) absent: Option<toml::Value>,
    pub(crate) property: Option<String>,
    pub(crate) terraform: Option<OneOrMany<String>>,
    pub(crate) equality: Option<String>,
    pub(crate) when: Option<String>,
    pub(crate) band: Option<String>,
    pub(crate) delta: Option<Delta>,
}

/// What a Terraform type declares.
#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct TerraformRow {
    pub(crate) resource: String,
    #[serde(default = "arn")]
    pub(crate) id: Vec<String>,
    #[serde(default)]
    pub(crate) part: bool,
    pub(crate) element: Option<ElementRow>,
    #[serde(default)]
    pub(crate) lists: Vec<ListRow>,
    #[serde(default)]
    pub(crate) computed: Vec<String>,
    #[serde(default)]
    pub(crate) pulumi: OneOrMany<String>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) because: Option<String>,
}

fn arn() -> Vec<String> {
    vec!["arn".to_owned()]
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElementRow {
    pub(crate) collection: String,
    pub(crate) key: OneOrMany<String>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListRow {
    pub(crate) collection: String,
    pub(crate) attribute: String,
    #[serde(default)]
    pub(crate) key: OneOrMany<String>,
}

/// What a type of CloudFormation declares of other resources, and the collections inside it.
#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct StackRow {
    /// Ways to say it beside the type's own identifiers.
    #[serde(default)]
    pub(crate) id: Vec<String>,
    /// The types of which it declares a part, with the paths of the properties that name them.
    #[serde(default)]
    pub(crate) of: BTreeMap<String, OneOrMany<String>>,
    pub(crate) element: Option<ElementRow>,
    #[serde(default)]
    pub(crate) lists: Vec<ListRow>,
}

/// A resource type of CloudFormation.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ResourceRow {
    pub(crate) id: Vec<String>,
    pub(crate) other_ids: Vec<Vec<String>>,
    pub(crate) read_only: Vec<String>,
    pub(crate) write_only: Vec<String>,
    pub(crate) create_only: Vec<String>,
    pub(crate) unordered: Vec<String>,
    pub(crate) defaults: BTreeMap<String, toml::Value>,
    pub(crate) transforms: BTreeMap<String, String>,
    pub(crate) live: bool,
    pub(crate) tags: Option<String>,
    pub(crate) arn: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Vec<String>,
}

/// What reviewers know of reading a resource type back, beyond its schema.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReadingRow {
    /// Properties that a reader of AWS leaves out although they are set.
    pub(crate) unread: Vec<String>,
    /// How properties are compared, where their name and schema do not tell.
    pub(crate) equality: BTreeMap<String, String>,
    /// What properties are where nobody sets them.
    pub(crate) defaults: BTreeMap<String, toml::Value>,
    /// Why.
    pub(crate) because: String,
}
