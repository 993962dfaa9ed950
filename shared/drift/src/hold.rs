//! Whether a change waits for the new declared state. A hold delays; nothing an actor can choose hides: WAIT-NOT-HIDE.

use crate::{
    finding::{Actor, Channel},
    judge::Rules,
    verdict::{Reason, Severity},
};

/// Why a change by this actor waits, if it does. A user agent alone, which anyone can set, never delays a critical
/// finding; `severity` is that of the finding, where there is one.
#[must_use]
pub fn hold(actor: &Actor, rules: &Rules, severity: Option<Severity>) -> Option<Reason> {
    let critical = severity == Some(Severity::Critical);
    // An entry that asks only for what the caller may write itself is no better than a user agent.
    if rules.pipeline(actor).is_some_and(|pipeline| !critical || !pipeline.is_only_claimed()) {
        return Some(Reason::Pipeline);
    }
    if actor.invoked_by.as_deref() == Some("cloudformation.amazonaws.com") {
        return Some(Reason::Stack);
    }
    let tool = matches!(
        actor.via,
        Channel::Terraform | Channel::OpenTofu | Channel::Pulumi | Channel::CloudFormation | Channel::Cdk
    );
    (tool && !critical).then_some(Reason::ToolUserAgent)
}
