//! The table of calls.

use crate::tables::CALLS;

/// What one call touches.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// `<event source>:<operation>`: `ec2:ModifyInstanceAttribute`.
    pub name: &'static str,
    /// What it touches; several when the name means several things or touches several resources.
    pub targets: &'static [Target],
}

/// One kind of resource that a call touches, and how.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// CloudFormation types that it may be; the index decides.
    pub resources: &'static [&'static str],
    /// Paths to the identifier, tried in order; the syntax is that of `data/README.md`.
    pub id: &'static [&'static str],
    /// Applies only if the request has this member.
    pub when: Option<&'static str>,
    /// What happens to the resource.
    pub effect: Effect,
    /// The collection whose element is put, added, removed or replaced; empty for other effects.
    pub collection: &'static str,
    /// Paths to the parts of the element's key.
    pub key: &'static [&'static str],
    /// The member that holds tags, tag keys or elements; empty where it has none.
    pub from: &'static str,
    /// Members that steer the call and configure nothing.
    pub options: &'static [&'static str],
    /// For [`Effect::None`]: why nothing changes.
    pub why: Option<Why>,
    /// A member that, when false, delays the change to a maintenance window.
    pub pending: Option<&'static str>,
    /// The decoder of a shape that is not a table row.
    pub decoder: Option<Decoder>,
    /// What the members mean.
    pub properties: &'static [Property],
}

/// What a call does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Sets properties.
    Update,
    /// Makes the resource, with its properties.
    Create,
    /// Deletes it.
    Delete,
    /// Starts a deletion that takes days.
    ScheduleDelete,
    /// Takes such a deletion back.
    CancelDelete,
    /// Sets an element of a collection, with its properties.
    Put,
    /// Adds an element.
    Add,
    /// Removes an element.
    Remove,
    /// Replaces all elements.
    Replace,
    /// Adds or changes tags.
    Tag,
    /// Removes tags.
    Untag,
    /// Replaces all tags.
    Retag,
    /// Changes something that has no property.
    Touch,
    /// Changes no configuration.
    None,
}

/// Why a call changes no configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It makes a new version of something whose versions never change.
    NewRevision,
    /// It makes a new object that nobody declares and that changes nothing else.
    Child,
    /// It starts, stops or restarts.
    Runtime,
    /// It works on data.
    Data,
}

/// A decoder for a shape that is not a table row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoder {
    /// `ipPermissions` in its three forms.
    SecurityGroupRules,
    /// `ModifySecurityGroupRules`.
    SecurityGroupModify,
    /// `UpdateSecurityGroupRuleDescriptions*`.
    SecurityGroupDescriptions,
    /// Route 53 change batches.
    RecordSets,
    /// API Gateway's `patchOperations`.
    PatchOperations,
}

/// What one member of a call means.
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    /// Path of the member; empty when `value` says it all.
    pub member: &'static str,
    /// The value that the call's name implies.
    pub value: Constant,
    /// The value that a missing member means.
    pub absent: Constant,
    /// CloudFormation's path.
    pub name: &'static str,
    /// Terraform's paths.
    pub terraform: &'static [TerraformPath],
    /// The equality that the property asks for.
    pub equality: Option<&'static str>,
    /// Applies only if the request has this member.
    pub when: Option<&'static str>,
    /// The scalable dimension that owns the value.
    pub band: Option<&'static str>,
}

/// Where a property is in a Terraform declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerraformPath {
    /// The attribute of the same name, without case and underscores.
    Same,
    /// This path, in any type that has it.
    Any(&'static str),
    /// This path in this type only.
    Of(&'static str, &'static str),
}

/// A constant in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// There is none.
    None,
    /// A boolean.
    Bool(bool),
    /// A number.
    Integer(i64),
    /// A string.
    Text(&'static str),
    /// `[]`.
    EmptyList,
}

/// Looks a call up by service (`ec2`) and operation (`ModifyInstanceAttribute`), without allocating.
#[must_use]
pub fn call(service: &str, operation: &str) -> Option<&'static Call> {
    let wanted = || service.bytes().chain(std::iter::once(b':')).chain(operation.bytes());
    CALLS.binary_search_by(|row| row.name.bytes().cmp(wanted())).ok().and_then(|at| CALLS.get(at))
}

/// All calls, sorted by name.
#[must_use]
pub fn calls() -> &'static [Call] {
    CALLS
}
