//! What one file of declared state amounts to: its declarations, and a count of everything that is not one.

use std::{collections::BTreeMap, fmt};

use crate::{Declaration, Tool};

/// One file of declared state, read.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredState {
    /// What people call the file.
    pub origin: String,
    /// The program that wrote it.
    pub tool: Tool,
    /// What the content is.
    pub format: Format,
    /// The version, for people: `serial 412`, `plan of 2026-01-02T03:04:05Z`.
    pub version: String,
    /// Counts up with every change of the state; absent where the format has none.
    pub serial: Option<u64>,
    /// Names the state for as long as it lives: another lineage is another state.
    pub lineage: Option<String>,
    /// What is declared, in the file's order.
    pub declarations: Vec<Declaration>,
    /// Everything in the file that is not a declaration, counted by reason: NO-SILENCE.
    pub skipped: BTreeMap<SkipReason, usize>,
    /// What was read, but deserves a look.
    pub warnings: Vec<Warning>,
}

/// What the content of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Terraform or OpenTofu state, version 4.
    StateV4,
    /// Terraform state before 0.12, version 3.
    StateV3,
    /// `terraform show -json` of a state.
    ShowJson,
    /// `terraform show -json` of a saved plan.
    PlanJson,
    /// A stack of CloudFormation.
    Stack,
    /// A template of CloudFormation alone.
    Template,
    /// An export or a checkpoint of Pulumi.
    Deployment,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StateV4 => "state version 4",
            Self::StateV3 => "state version 3",
            Self::ShowJson => "state as `show -json`",
            Self::PlanJson => "plan as JSON",
            Self::Stack => "stack of CloudFormation",
            Self::Template => "template of CloudFormation",
            Self::Deployment => "deployment of Pulumi",
        })
    }
}

/// Why an object of the file is not a declaration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// A data source: the code only reads it.
    DataSource,
    /// Another provider's, by its name: `hashicorp/azurerm`.
    OtherProvider(String),
    /// An object without attributes: there is nothing to compare or to find it by.
    NoAttributes,
    /// The plan creates it; there is no such resource yet.
    NotYetCreated,
    /// Neither managed nor a data source; the mode, as written.
    OtherMode(String),
    /// A component: it only groups what is declared beside it.
    Component,
    /// Its condition is false.
    ConditionFalse,
    /// Its condition cannot be decided from what was read.
    ConditionUnknown,
    /// It is no longer in its stack.
    LeftStack,
    /// Nothing in AWS stands behind it that could drift: a custom resource, a wait condition.
    NotInAws,
    /// It stands for others, and the transform that makes them was not run.
    Unprocessed,
    /// Its stack, in this status, has nothing that its template declares.
    StackStatus(String),
    /// Read by the program, and managed elsewhere.
    External,
    /// The configuration of a provider.
    ProviderConfiguration,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataSource => f.write_str("data source"),
            Self::OtherProvider(name) => write!(f, "provider {name}"),
            Self::NoAttributes => f.write_str("no attributes"),
            Self::NotYetCreated => f.write_str("not yet created"),
            Self::OtherMode(mode) => write!(f, "mode {mode}"),
            Self::Component => f.write_str("component"),
            Self::ConditionFalse => f.write_str("condition is false"),
            Self::ConditionUnknown => f.write_str("condition unknown"),
            Self::LeftStack => f.write_str("no longer in the stack"),
            Self::NotInAws => f.write_str("nothing in AWS behind it"),
            Self::Unprocessed => f.write_str("needs a transform that was not run"),
            Self::StackStatus(status) => write!(f, "stack in {status}"),
            Self::External => f.write_str("resource managed elsewhere"),
            Self::ProviderConfiguration => f.write_str("provider configuration"),
        }
    }
}

/// Something that was read, but deserves a look. Displayed, it is one sentence without a final full stop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// An object of an older Terraform that was never upgraded: its values are all text.
    FlatAttributes {
        /// The resource's address.
        address: String,
    },
    /// The plan says that making it failed: what it would do is not all there.
    PlanErrored,
    /// The plan was limited to targets, or deferred changes: it does not cover all of the code.
    PlanIncomplete,
    /// The plan holds no prior state: nothing says what exists, so nothing is declared.
    PlanWithoutPriorState,
    /// Code calls a module whose own code is not there to read.
    ModuleNotAtHand {
        /// The module's address without indices.
        address: String,
        /// Its source, as the code names it; empty where it does not, or not in plain text.
        source: String,
    },
    /// The plan leaves attributes as they are though the code says otherwise: they are taken as ignored.
    Ignores {
        /// The resource's address.
        address: String,
        /// The attributes' paths.
        attributes: Vec<String>,
    },
    /// A template without its stack.
    TemplateWithoutStack,
    /// An operation on the stack ended halfway.
    StackHalfway {
        /// The stack's status.
        status: String,
    },
    /// The list of the stack's resources has as many as one answer holds, and not all that the template declares.
    ResourcesCutShort,
    /// An update ended before its operations did: what they change is not known.
    Interrupted {
        /// How many operations are pending.
        operations: usize,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FlatAttributes { address } => {
                write!(f, "`{address}` was written by an older Terraform: its values are all text until the next apply")
            }
            Self::PlanErrored => f.write_str("making this plan failed: resources may be missing from it"),
            Self::PlanIncomplete => {
                f.write_str("this plan does not cover all of the code: resources may be missing from it")
            }
            Self::PlanWithoutPriorState => {
                f.write_str("this plan knows of no state: every resource is still to be created, so none is declared")
            }
            Self::ModuleNotAtHand { address, source } => {
                let source = if source.is_empty() { String::new() } else { format!(" (`{source}`)") };
                write!(
                    f,
                    "the code of `{address}`{source} is not at hand, so what it ignores is not known: run `terraform init` there"
                )
            }
            Self::Ignores { address, attributes } => write!(
                f,
                "the plan leaves `{}` of `{address}` as it is though the code says otherwise: taken as `ignore_changes`",
                attributes.join("`, `")
            ),
            Self::TemplateWithoutStack => f.write_str(
                "this template came without its stack: parameters have their defaults, and nothing says which resources exist",
            ),
            Self::StackHalfway { status } => {
                write!(f, "the stack is in {status}: what its template declares may not be what exists")
            }
            Self::ResourcesCutShort => f.write_str(
                "the list of the stack's resources may be cut short: `describe-stack-resources` tells only the first 100, `list-stack-resources` all",
            ),
            Self::Interrupted { operations } => write!(
                f,
                "an update was interrupted, {operations} of its operations are pending: what they change is held; settle them with `pulumi refresh`"
            ),
        }
    }
}
