//! How one record ends for one resource: verdicts and reasons from closed lists.

use serde::{Deserialize, Serialize};

/// How one (record, resource) ends. Exactly one, always counted: NO-SILENCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Compared, and equal to what is declared.
    InSync,
    /// Compared, and different.
    Drifted,
    /// A creation that no declaration covers.
    Unmanaged,
    /// A pipeline's change, waiting for the new declared state.
    Held,
    /// A declared resource was touched and the comparison could not be made: UNKNOWN-IS-NOT-SYNC.
    Undecided,
    /// Cannot be drift.
    Irrelevant,
    /// Not a CloudTrail record, or not one that can be read; kept whole.
    Unreadable,
}

/// Why a verdict was given. A closed list: alarms, counters and tests key on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    // in_sync
    /// Every touched property equals its declaration.
    Equal,
    /// The element (a rule, an attachment, a tag) is declared by another block than the resource's own.
    DeclaredBySibling,
    /// Within the range that an autoscaler was given.
    AutoscalerBand,
    // drifted
    /// At least one declared property differs.
    Differs,
    /// A declared resource was deleted, or its deletion was scheduled.
    Deleted,
    /// Something security-relevant was added to a declared resource by hand.
    UndeclaredChild,
    // unmanaged
    /// Created outside any declaration.
    Created,
    // held
    /// The rules file says that the principal is a pipeline.
    Pipeline,
    /// CloudFormation acted for a stack.
    Stack,
    /// The user agent is that of an infrastructure tool: a weak hint.
    ToolUserAgent,
    // undecided
    /// CloudTrail hides the value that was written.
    Masked,
    /// The declared value is not known before deployment, or was a secret.
    Unresolved,
    /// The call's effect is not known; a declared resource is among what it names.
    UnknownCall,
    /// The call is known, but not what one of its parameters means.
    UnknownMember,
    /// The record names no value for what it changed.
    NoValue,
    /// Two declared resources answer to the same name.
    Ambiguous,
    /// CloudTrail cut the parameters (`omitted`).
    Omitted,
    // irrelevant
    /// The call failed: nothing changed.
    FailedCall,
    /// The call reads.
    ReadOnly,
    /// On the shipped list of calls that change no configuration.
    Ignored,
    /// The rules file says to ignore it.
    IgnoredByRule,
    /// The code says to ignore it (`ignore_changes`).
    IgnoreChanges,
    /// No declaration covers the resource, and the call does not create one.
    NotDeclared,
    /// No declaration covers the property.
    UndeclaredProperty,
    /// Only `aws:` tags, which belong to AWS.
    SystemTag,
    /// The object waits to be destroyed.
    Deposed,
    /// Made a new version of something whose versions never change.
    NewRevision,
    /// An AWS service works in the background.
    ServiceEvent,
    /// The same record was seen before.
    Duplicate,
    /// The call names no resource.
    NoResource,
    // unreadable
    /// Not JSON.
    NotJson,
    /// JSON, but not a record: a required field is missing or of another type.
    NotARecord,
    /// Larger than the cap.
    TooLarge,
}

/// Evidence: how we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The call carries the new value.
    Observed,
    /// Read back from AWS.
    Confirmed,
    /// The resource is known, the value is not.
    Touched,
}

/// What kind of finding it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A declared property has another value.
    Modified,
    /// A declared resource is gone, or on its way.
    Deleted,
    /// A resource nobody declares was created.
    Unmanaged,
    /// A property or child nobody declares was written on a declared resource.
    Undeclared,
    /// A declared resource was written to; what changed is not known.
    Touched,
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Still so.
    Open,
    /// Someone put it back.
    Restored,
    /// The code now says so, by a pipeline.
    Applied,
    /// A refresh copied the drift into the state.
    Absorbed,
    /// The resource left the code.
    Gone,
    /// Someone said to leave it.
    Acknowledged,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For the record.
    Info,
    /// Tags, descriptions, changes in the safer direction.
    Low,
    /// Sizes, timeouts, retention.
    Medium,
    /// Protection weakened.
    High,
    /// Exposure, or the watch switched off.
    Critical,
}

/// What a change did to a property or an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeOp {
    /// There was nothing declared.
    Added,
    /// What was declared is no longer there.
    Removed,
    /// Another value than the declared one.
    Replaced,
}
