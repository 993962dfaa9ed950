//! Makes a finding of a call and a resource, and has it judged.

use sha2::{Digest, Sha256};

use crate::{
    call::Call,
    context::Context,
    finding::{Actor, CallRef, Finding, ResourceRef},
    identity,
    verdict::{Evidence, FindingKind, Severity, Status},
};

pub(super) fn judge(finding: &mut Finding, context: Context<'_>) {
    let judgement = context.rules.judge(finding);
    (finding.severity, finding.rule, finding.rule_title) = (judgement.severity, judgement.rule, judgement.title);
}

pub(super) fn finding(
    call: &Call<'_>,
    actor: &Actor,
    kind: FindingKind,
    evidence: Evidence,
    resource: ResourceRef,
) -> Finding {
    let record = &call.record;
    let owned = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
    let caller = record.identity.as_ref().and_then(|identity| identity.account_id.as_deref());
    let from_account = caller.filter(|caller| *caller != resource.account).map(str::to_owned);
    Finding {
        id: finding_id(&identity::of_call(record), &resource),
        kind,
        status: Status::Open,
        evidence,
        severity: Severity::Info,
        rule: String::new(),
        rule_title: String::new(),
        resource,
        changes: Vec::new(),
        who: Actor { from_account, ..actor.clone() },
        event_time: record.event_time,
        call: CallRef {
            event_id: record.event_id.as_ref().to_owned(),
            source: record.event_source.as_ref().to_owned(),
            name: record.event_name.as_ref().to_owned(),
            request_id: owned(&record.request_id),
            record_region: call.region().to_owned(),
        },
        superseded_by: None,
    }
}

/// The same for the same record and resource, however often it is delivered: ONCE.
fn finding_id(event: &str, resource: &ResourceRef) -> String {
    let mut hash = Sha256::new();
    for part in [event, &resource.account, &resource.kind, &resource.id] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    "dw1-".to_owned() + &identity::hex(&hash.finalize())
}
