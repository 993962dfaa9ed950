//! The closed lists of the catalog's words. Compiled into the library and into its build script, so that a word which the
//! library does not know cannot be packed.

use serde::{Deserialize, Serialize};

/// What a call does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Sets properties.
    #[default]
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

impl Effect {
    /// The word that the data files use: `schedule_delete`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Create => "create",
            Self::Delete => "delete",
            Self::ScheduleDelete => "schedule_delete",
            Self::CancelDelete => "cancel_delete",
            Self::Put => "put",
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
            Self::Tag => "tag",
            Self::Untag => "untag",
            Self::Retag => "retag",
            Self::Touch => "touch",
            Self::None => "none",
        }
    }
}

/// Why a call changes no configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// What a member does to a list, where it does not give the list as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delta {
    /// Its entries are added.
    Add,
    /// Its entries are removed.
    Remove,
}

/// What is peculiar about a call's parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A member is marked sensitive: CloudTrail masks or omits its value.
    Sensitive,
    /// A member is a blob, which CloudTrail omits.
    Blob,
    /// It names several resources.
    Batch,
    /// Its members are in a bag of keys and values.
    Bag,
    /// Its members add to a property, or remove from it.
    Delta,
    /// It changes an identifier.
    Rename,
    /// The change may take effect later.
    Async,
}

impl Flag {
    /// The word that the data files use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sensitive => "sensitive",
            Self::Blob => "blob",
            Self::Batch => "batch",
            Self::Bag => "bag",
            Self::Delta => "delta",
            Self::Rename => "rename",
            Self::Async => "async",
        }
    }
}
