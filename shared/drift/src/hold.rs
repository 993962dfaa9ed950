//! Whether a change waits for the new declared state. A hold delays; nothing an actor can choose hides: WAIT-NOT-HIDE.

use crate::{
    context::{Context, Waiting},
    finding::{Actor, Channel},
    verdict::{Reason, Severity},
};

/// Why a change by this actor waits, if it does. `is_changing` says that an operation on the resource's own stack is under
/// way, so that what it declares next is not known yet.
///
/// A user agent alone, which anyone can set, never delays a critical finding; nor does an operation, which whoever makes
/// the change may have started.
#[must_use]
pub fn hold(actor: &Actor, context: Context<'_>, severity: Severity, is_changing: bool) -> Option<Reason> {
    if context.waiting == Waiting::Over {
        return None;
    }
    let critical = severity == Severity::Critical;
    // An entry that asks only for what the caller may write itself is no better than a user agent.
    if context.rules.pipeline(actor).is_some_and(|pipeline| !critical || !pipeline.is_only_claimed()) {
        return Some(Reason::Pipeline);
    }
    if actor.invoked_by.as_deref() == Some("cloudformation.amazonaws.com") {
        return Some(Reason::Stack);
    }
    let tool = matches!(
        actor.via,
        Channel::Terraform | Channel::OpenTofu | Channel::Pulumi | Channel::CloudFormation | Channel::Cdk
    );
    match (critical, tool, is_changing) {
        (false, true, _) => Some(Reason::ToolUserAgent),
        (false, false, true) => Some(Reason::Stack),
        _ => None,
    }
}
