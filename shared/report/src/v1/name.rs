//! The words that the published formats use, each with the word of the core it stands for.
//!
//! The conversions have no wildcard: a new word in the core does not compile until it is published.

use driftwire_drift::finding as core_finding;
use driftwire_drift::finding::Tool as DeclaredTool;
use driftwire_drift::verdict as core_verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares a published list of words and its conversion from the core's list.
macro_rules! published {
    ($(#[$doc:meta])* $name:ident from $core:ty { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// Every word, in order.
            pub const ALL: &[Self] = &[$(Self::$word),+];

            /// Returns the published word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl From<$core> for $name {
            fn from(core: $core) -> Self {
                match core { $(<$core>::$word => Self::$word,)+ }
            }
        }
    };
}

published! {
    /// What kind of finding it is.
    FindingKind from core_verdict::FindingKind {
        /// A declared property has another value.
        Modified = "modified",
        /// A declared resource is gone, or on its way.
        Deleted = "deleted",
        /// A resource nobody declares was created.
        Unmanaged = "unmanaged",
        /// A property or child nobody declares was written on a declared resource.
        Undeclared = "undeclared",
        /// A declared resource was written to; the new value is not known.
        Touched = "touched",
    }
}

published! {
    /// Where a finding stands.
    Status from core_verdict::Status {
        /// Still so.
        Open = "open",
        /// Someone put it back.
        Restored = "restored",
        /// The code now says so, by a pipeline.
        Applied = "applied",
        /// A refresh copied the drift into the state.
        Absorbed = "absorbed",
        /// The resource left the code.
        Gone = "gone",
        /// Someone said to leave it.
        Acknowledged = "acknowledged",
    }
}

published! {
    /// How we know.
    Evidence from core_verdict::Evidence {
        /// The call carries the new value.
        Observed = "observed",
        /// Read back from AWS.
        Confirmed = "confirmed",
        /// The resource is known, the value is not.
        Touched = "touched",
    }
}

published! {
    /// How much it matters, least first.
    Severity from core_verdict::Severity {
        /// For the record.
        Info = "info",
        /// Tags, descriptions, changes in the safer direction.
        Low = "low",
        /// Sizes, timeouts, retention.
        Medium = "medium",
        /// Protection weakened.
        High = "high",
        /// Exposure, or the watch switched off.
        Critical = "critical",
    }
}

published! {
    /// What a change did to a property or an element.
    ChangeOp from core_verdict::ChangeOp {
        /// There was nothing declared.
        Added = "added",
        /// What was declared is no longer there.
        Removed = "removed",
        /// Another value than the declared one.
        Replaced = "replaced",
    }
}

published! {
    /// The tool a declaration comes from.
    Tool from DeclaredTool {
        /// HashiCorp Terraform.
        Terraform = "terraform",
        /// OpenTofu.
        OpenTofu = "opentofu",
        /// AWS CloudFormation, and what compiles to it.
        CloudFormation = "cloudformation",
        /// Pulumi.
        Pulumi = "pulumi",
    }
}

published! {
    /// What kind of actor is behind a call.
    ActorKind from core_finding::ActorKind {
        /// A human being.
        Person = "person",
        /// The account's root user.
        Root = "root",
        /// An IAM user with a long-term key; person or program.
        User = "user",
        /// A role session that is not known to be a person.
        Role = "role",
        /// A workload with a web identity.
        Workload = "workload",
        /// Infrastructure code's own machinery.
        Pipeline = "pipeline",
        /// An AWS service on its own behalf.
        Service = "service",
        /// The record does not say.
        Unknown = "unknown",
    }
}

published! {
    /// What a call was made with, as far as the record tells.
    Channel from core_finding::Channel {
        /// The AWS console.
        Console = "console",
        /// The AWS command line.
        Cli = "cli",
        /// An SDK.
        Sdk = "sdk",
        /// Terraform.
        Terraform = "terraform",
        /// OpenTofu.
        OpenTofu = "opentofu",
        /// Pulumi.
        Pulumi = "pulumi",
        /// CloudFormation, and what works through it.
        CloudFormation = "cloudformation",
        /// The CDK's own roles.
        Cdk = "cdk",
        /// A controller in a Kubernetes cluster.
        Kubernetes = "kubernetes",
        /// An AWS service.
        Service = "service",
        /// Nothing known.
        Other = "other",
    }
}

published! {
    /// How one record ends for one resource.
    Verdict from core_verdict::Verdict {
        /// Compared, and equal to what is declared.
        InSync = "in_sync",
        /// Compared, and different.
        Drifted = "drifted",
        /// A creation that no declaration covers.
        Unmanaged = "unmanaged",
        /// A pipeline's change, waiting for the new declared state.
        Held = "held",
        /// The comparison could not be made.
        Undecided = "undecided",
        /// Cannot be drift.
        Irrelevant = "irrelevant",
        /// Not a CloudTrail record, or not one that can be read.
        Unreadable = "unreadable",
    }
}

published! {
    /// Why a verdict was given.
    Reason from core_verdict::Reason {
        /// Every touched property equals its declaration.
        Equal = "equal",
        /// The element is declared by another block than the resource's own.
        DeclaredBySibling = "declared_by_sibling",
        /// Within the range that an autoscaler was given.
        AutoscalerBand = "autoscaler_band",
        /// At least one declared property differs.
        Differs = "differs",
        /// A declared resource was deleted, or its deletion was scheduled.
        Deleted = "deleted",
        /// Something security-relevant was added to a declared resource by hand.
        UndeclaredChild = "undeclared_child",
        /// Created outside any declaration.
        Created = "created",
        /// The rules file says that the principal is a pipeline.
        Pipeline = "pipeline",
        /// CloudFormation acted for a stack.
        Stack = "stack",
        /// The user agent is that of an infrastructure tool.
        ToolUserAgent = "tool_user_agent",
        /// CloudTrail hides the value that was written.
        Masked = "masked",
        /// The declared value is not known before deployment, or was a secret.
        Unresolved = "unresolved",
        /// The call's effect is not known.
        UnknownCall = "unknown_call",
        /// The call is known, but not what one of its parameters means.
        UnknownMember = "unknown_member",
        /// The record names no value for what it changed.
        NoValue = "no_value",
        /// Two declared resources answer to the same name.
        Ambiguous = "ambiguous",
        /// CloudTrail cut the parameters.
        Omitted = "omitted",
        /// The call failed: nothing changed.
        FailedCall = "failed_call",
        /// The call reads.
        ReadOnly = "read_only",
        /// On the shipped list of calls that change no configuration.
        Ignored = "ignored",
        /// The rules file says to ignore it.
        IgnoredByRule = "ignored_by_rule",
        /// The code says to ignore it.
        IgnoreChanges = "ignore_changes",
        /// No declaration covers the resource, and the call does not create one.
        NotDeclared = "not_declared",
        /// No declaration covers the property.
        UndeclaredProperty = "undeclared_property",
        /// Only `aws:` tags, which belong to AWS.
        SystemTag = "system_tag",
        /// The object waits to be destroyed.
        Deposed = "deposed",
        /// Made a new version of something whose versions never change.
        NewRevision = "new_revision",
        /// An AWS service works in the background.
        ServiceEvent = "service_event",
        /// The same record was seen before.
        Duplicate = "duplicate",
        /// The call names no resource.
        NoResource = "no_resource",
        /// Not JSON.
        NotJson = "not_json",
        /// JSON, but not a record.
        NotARecord = "not_a_record",
        /// Larger than the cap.
        TooLarge = "too_large",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_as_itself() {
        for reason in Reason::ALL {
            let text = serde_json::to_string(reason).unwrap();
            assert_eq!(text, format!("\"{reason}\""));
            assert_eq!(serde_json::from_str::<Reason>(&text).unwrap(), *reason);
        }
    }

    #[test]
    fn the_worst_severity_is_the_greatest() {
        assert_eq!(Severity::ALL.iter().max(), Some(&Severity::Critical));
        assert!(Severity::High > Severity::Medium);
    }
}
