//! The table of Terraform types.

use crate::tables::TERRAFORM;

/// What a Terraform type declares.
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
    /// The collection of which the whole declaration is one element.
    pub element: Option<Element>,
    /// Attributes that hold elements of a collection.
    pub lists: &'static [ElementList],
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

/// Looks a Terraform type up.
#[must_use]
pub fn terraform(kind: &str) -> Option<&'static TerraformKind> {
    TERRAFORM.binary_search_by(|row| row.name.cmp(kind)).ok().and_then(|at| TERRAFORM.get(at))
}

/// All Terraform types, sorted by name.
#[must_use]
pub fn terraform_kinds() -> &'static [TerraformKind] {
    TERRAFORM
}
