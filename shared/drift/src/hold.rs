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

/// Why a change waits while an operation on the resource's own stack is under way: what it declares next is not known yet.
/// Whoever makes the change may have started that operation, so a critical finding does not wait.
#[must_use]
pub fn hold_while_changing(is_changing: bool, severity: Option<Severity>) -> Option<Reason> {
    (is_changing && severity != Some(Severity::Critical)).then_some(Reason::Stack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_in_progress_delays_all_but_what_is_critical() {
        assert_eq!(hold_while_changing(true, Some(Severity::High)), Some(Reason::Stack));
        assert_eq!(hold_while_changing(true, None), Some(Reason::Stack));
        assert_eq!(hold_while_changing(true, Some(Severity::Critical)), None);
        assert_eq!(hold_while_changing(false, Some(Severity::Low)), None);
    }
}
