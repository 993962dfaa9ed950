//! What one block of infrastructure code says of a resource, in its own tool's vocabulary.

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
    /// The file, object or stack it was read from.
    pub origin: String,
    /// The origin's version, for people: `serial 412`.
    pub version: String,
    /// Twelve digits, when the source says or implies it.
    pub account: Option<String>,
    /// A region name such as `eu-west-1`, when the source says or implies it.
    pub region: Option<String>,
    /// What is declared, in the tool's own names; sensitive leaves are `{"$redacted": "hmac-…"}`.
    pub attributes: Map<String, Value>,
    /// Where the object stands.
    pub standing: Standing,
    /// Attribute paths the code says to leave alone (`ignore_changes`); `*` is all of them.
    pub ignored: Vec<String>,
}
