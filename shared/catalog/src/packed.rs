//! The packed form of the tables, which the build script writes and the library searches in place.
//!
//! Texts are interned: a row holds their numbers. A table has three parts: slots (`u16`, hash → row + 1, open addressing,
//! linear probing), offsets (`u32`, row → position), and rows, each a postcard document that starts with its key.

use serde::{Deserialize, Serialize};

use crate::kinds::{Decoder, Delta, Effect, Flag, Why};

/// A text, by its number.
pub(crate) type Text = u32;

/// The part of a text's entry that is its length; the rest is its position.
pub(crate) const LENGTH_BITS: u32 = 10;

/// Marks the place of a path (`a.b`): the rest is the position of its steps.
pub(crate) const PATH_BIT: u32 = 1 << 31;

/// Marks the place of a text that is put together (`Create` and `Vpc`): the rest is the position of its parts.
pub(crate) const PARTS_BIT: u32 = 1 << 30;

/// The key of a row: event source and operation, or a name and nothing.
pub(crate) type Key = (Text, Text);

/// How many units of a packed score are 1.
pub(crate) const SCORE: f64 = 40.0;

/// The slot at which the search for a key starts, before it is cut to the table's size. FNV-1a.
pub(crate) fn hash(one: &str, other: &str) -> u32 {
    let bytes = one.bytes().chain(std::iter::once(b':')).chain(other.bytes());
    let wide = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    u32::try_from((wide ^ (wide >> 32)) & 0xffff_ffff).unwrap_or_default()
}

/// What one call does to one kind of resource.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) service: Text,
    pub(crate) effect: Effect,
    /// Candidates, with scores in units of [`SCORE`]; 0 where there is none.
    pub(crate) ranked: Vec<(Text, u8)>,
    /// How many of them, from the first, the resource may be; with [`RAISED`].
    pub(crate) resources: u8,
    pub(crate) terraform: Vec<Text>,
    pub(crate) id: Vec<Text>,
    pub(crate) properties: Vec<Property>,
    /// What few rows have.
    pub(crate) more: Vec<More>,
}

/// Added to the number of resources where AWS's model raises the first letters of the members.
pub(crate) const RAISED: u8 = 128;

/// What few rows have.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum More {
    Parents(Vec<Text>),
    References(Vec<Text>),
    When(Text),
    Collection(Text),
    Key(Vec<Text>),
    From(Text),
    Options(Vec<Text>),
    Why(Why),
    Pending(Text),
    Decoder(Decoder),
    Flags(Vec<Flag>),
    Because(Vec<Text>),
}

/// What one member means.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Property {
    /// CloudFormation's name is the member's in upper camel case, Terraform's attribute the one of the same name.
    Same(Text),
    /// CloudFormation's path is the member's in upper camel case, Terraform's the same in snake case through single blocks.
    Nested(Text),
    /// CloudFormation's path is the member's in upper camel case; Terraform has no such attribute.
    Bare(Text),
    /// Anything else.
    Full(Box<FullProperty>),
}

/// A property that is spelled out.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FullProperty {
    pub(crate) member: Option<Text>,
    pub(crate) value: Option<Constant>,
    pub(crate) absent: Option<Constant>,
    pub(crate) name: Text,
    pub(crate) terraform: Vec<TerraformPath>,
    pub(crate) equality: Option<Text>,
    pub(crate) when: Option<Text>,
    pub(crate) band: Option<Text>,
    pub(crate) delta: Option<Delta>,
}

/// Where a property is in a Terraform declaration.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum TerraformPath {
    Same,
    Any(Text),
    Of(Text, Text),
}

/// A constant.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Constant {
    Bool(bool),
    Integer(i64),
    Text(Text),
    EmptyList,
}

/// What a Terraform type declares.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct TerraformKind {
    pub(crate) resource: Text,
    pub(crate) id: Vec<Text>,
    pub(crate) part: bool,
    pub(crate) computed: Vec<Text>,
    pub(crate) pulumi: Vec<Text>,
    pub(crate) properties: Vec<(Text, Text)>,
    pub(crate) element: Option<(Text, Vec<Text>)>,
    pub(crate) lists: Vec<(Text, Text, Vec<Text>)>,
}

/// What a type of a stack's resources declares of others.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StackKind {
    pub(crate) id: Vec<Text>,
    pub(crate) of: Vec<(Text, Vec<Text>)>,
    pub(crate) element: Option<(Text, Vec<Text>)>,
    pub(crate) lists: Vec<(Text, Text, Vec<Text>)>,
}

/// A resource type of CloudFormation.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ResourceType {
    pub(crate) id: Vec<Text>,
    pub(crate) other_ids: Vec<Vec<Text>>,
    pub(crate) read_only: Vec<Text>,
    pub(crate) write_only: Vec<Text>,
    pub(crate) create_only: Vec<Text>,
    pub(crate) unordered: Vec<Text>,
    /// Path and JSON text.
    pub(crate) defaults: Vec<(Text, Text)>,
    pub(crate) transforms: Vec<(Text, Text)>,
    pub(crate) live: bool,
    pub(crate) tags: Option<Text>,
    pub(crate) arn: Option<Text>,
    pub(crate) reference: Vec<Text>,
    pub(crate) unread: Vec<Text>,
    /// Path and name of an equality.
    pub(crate) equalities: Vec<(Text, Text)>,
}
