//! What one block of infrastructure code says of a resource, in its own tool's vocabulary.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The tool a declaration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    /// HashiCorp Terraform.
    Terraform,
    /// OpenTofu: Terraform's format, written by another program.
    OpenTofu,
    /// AWS CloudFormation, and what compiles to it.
    CloudFormation,
    /// Pulumi.
    Pulumi,
}

/// Where a declared object stands in its own life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Declared and expected to be as it says.
    Current,
    /// The next apply replaces it; drift is still drift.
    Tainted,
    /// Waiting to be destroyed; nothing that happens to it is drift.
    Deposed,
    /// An operation on its stack is under way: what it declares next is not known yet.
    Changing,
}

/// One block of infrastructure code, as its state says it was last applied.
///
/// Every value that the source marks as sensitive, or that looks like a secret, is already replaced by
/// [`crate::Redactor`]: NO-SECRET-OUT holds from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// The tool whose vocabulary `kind` and `attributes` use.
    pub tool: Tool,
    /// The block's own address: `module.edge.aws_security_group.web["a"]`, a logical id, a URN.
    pub address: String,
    /// The tool's type name: `aws_security_group`, `AWS::EC2::SecurityGroup`, `aws:ec2/instance:Instance`.
    pub kind: String,
    /// What the tool itself calls the resource, apart from its attributes: a stack's physical id, a Pulumi id.
    /// Terraform has it among the attributes.
    pub id: Option<String>,
    /// The file, object or stack it was read from.
    pub origin: String,
    /// The origin's version, for people: `serial 412`.
    pub version: String,
    /// Twelve digits, when the source says or implies it.
    pub account: Option<String>,
    /// A region name such as `eu-west-1`, when the source says or implies it.
    pub region: Option<String>,
    /// What is declared, in the tool's own names; sensitive leaves are `{"$redacted": "hmac-…"}`, and what the source
    /// does not tell is a mark of [`crate::Unresolved`].
    pub attributes: Map<String, Value>,
    /// Attributes that only identify the resource: computed, never compared.
    pub identifiers: Map<String, Value>,
    /// Where the object stands.
    pub standing: Standing,
    /// Attribute paths the code says to leave alone (`ignore_changes`); `*` is all of them.
    pub ignored: Vec<String>,
    /// Tags that the code gives to everything it makes here (stack tags, `default_tags`), where the attributes do not
    /// have them already.
    pub default_tags: BTreeMap<String, String>,
    /// Tags the code says to leave alone on everything it makes here (`ignore_tags`).
    pub ignored_tags: IgnoredTags,
}

/// Tags that are never compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredTags {
    /// Whole keys.
    pub keys: Vec<String>,
    /// How keys begin.
    pub key_prefixes: Vec<String>,
}

impl IgnoredTags {
    /// Whether a tag with this key is never compared.
    #[must_use]
    pub fn cover(&self, key: &str) -> bool {
        self.keys.iter().any(|it| it == key) || self.key_prefixes.iter().any(|it| key.starts_with(it.as_str()))
    }
}

impl Declaration {
    /// A current declaration that says nothing yet.
    #[must_use]
    pub fn new(tool: Tool, kind: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            tool,
            address: address.into(),
            kind: kind.into(),
            id: None,
            origin: String::new(),
            version: String::new(),
            account: None,
            region: None,
            attributes: Map::new(),
            identifiers: Map::new(),
            standing: Standing::Current,
            ignored: Vec::new(),
            default_tags: BTreeMap::new(),
            ignored_tags: IgnoredTags::default(),
        }
    }
}
