//! From facets to one verdict for a resource, and to a finding where there is something to see.

use driftwire_declared::{Declaration, Standing};

use super::finding::{finding, judge};
use crate::{
    call::Call,
    compare::says_nothing,
    facet::Subject,
    finding::{Actor, ActorKind, Change, DeclarationRef, Finding, ResourceRef},
    hold::hold,
    outcome::{Facet, FacetResult, Named, Outcome},
    verdict::{Evidence, FindingKind, Reason, Severity, Verdict},
};

/// Marks the facets that the code (`ignore_changes`) or the rules file says to leave alone. Returns the resource, for a
/// finding; none where all is as declared.
pub(super) fn quieten(
    call: &Call<'_>,
    subject: Subject<'_>,
    named: &Named,
    actor: &Actor,
    facets: &mut [Facet],
) -> Option<ResourceRef> {
    let is_loud = |facet: &Facet| !matches!(facet.result, FacetResult::Same(_) | FacetResult::Quiet(_));
    if !facets.iter().any(is_loud) {
        return None;
    }
    let resource = ResourceRef {
        kind: named.kind.clone(),
        id: named.id.clone(),
        arn: subject.resource.arn.clone(),
        account: named.account.clone(),
        region: named.region.clone(),
        declarations: references(subject),
    };
    for facet in facets.iter_mut().filter(|facet| is_loud(facet)) {
        let (attribute, address) = (&facet.change.attribute, facet.change.address.as_ref());
        let owner = subject.declarations.iter().find(|it| Some(&it.address) == address);
        if owner.is_some_and(|owner| owner.ignored.iter().any(|it| covers(it, attribute))) {
            facet.result = FacetResult::Quiet(Reason::IgnoreChanges);
            facet.traces.push(format!("the code ignores changes of `{attribute}`"));
            continue;
        }
        let (rules, time) = (subject.context.rules, call.record.event_time);
        if let Some(rule) = rules.ignored(&resource, attribute, address.map(String::as_str), actor, time) {
            facet.result = FacetResult::Quiet(Reason::IgnoredByRule);
            facet.traces.push(format!("the rules file ignores it: {}", rule.reason));
        }
    }
    Some(resource)
}

/// Whether an entry of `ignore_changes` covers an attribute: the same, or something above it. `[*]` is any position, and
/// none where a block stands alone.
fn covers(entry: &str, attribute: &str) -> bool {
    if entry == "*" || entry == "all" {
        return true;
    }
    let Some((before, after)) = entry.split_once("[*]") else { return is_at_or_below(entry, attribute) };
    let Some(rest) = attribute.strip_prefix(before) else { return false };
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((position, rest)) if position.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => rest,
    };
    if after.is_empty() { rest.is_empty() || rest.starts_with(['.', '[']) } else { covers(after, rest) }
}

fn is_at_or_below(path: &str, attribute: &str) -> bool {
    attribute.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// From facets to one verdict, and to a finding where there is something to see.
pub(super) fn conclude(
    call: &Call<'_>,
    subject: Subject<'_>,
    resource: Option<ResourceRef>,
    actor: &Actor,
    mut outcome: Outcome,
) -> Outcome {
    let Some(resource) = resource else { return quiet(subject, outcome) };
    let differs: Vec<&Facet> =
        outcome.facets.iter().filter(|it| matches!(it.result, FacetResult::Differs(_))).collect();
    let unknown: Vec<&Facet> =
        outcome.facets.iter().filter(|it| matches!(it.result, FacetResult::Unknown(_))).collect();
    let undeclared: Vec<&Facet> = outcome.facets.iter().filter(|it| it.result == FacetResult::Undeclared).collect();
    let compared = outcome.facets.iter().any(|it| matches!(it.result, FacetResult::Same(_)));
    let (kind, evidence, shown, reason) = if let Some(first) = differs.first() {
        let reason = reason_of(first);
        let kind = match reason {
            Reason::Deleted => FindingKind::Deleted,
            Reason::UndeclaredChild if differs.iter().all(|it| reason_of(it) == Reason::UndeclaredChild) => {
                added_kind(subject, first)
            }
            _ => FindingKind::Modified,
        };
        // A secret that was written in the same call is part of what happened.
        let masked = FacetResult::Unknown(Reason::Masked);
        let secrets = unknown.iter().copied().filter(|it| it.result == masked && it.change.declared.is_some());
        (kind, Evidence::Observed, differs.iter().copied().chain(secrets).collect(), reason)
    } else if let Some(first) = unknown.first() {
        (FindingKind::Touched, Evidence::Touched, unknown.clone(), reason_of(first))
    } else if !undeclared.is_empty() {
        (FindingKind::Undeclared, Evidence::Observed, undeclared, Reason::UndeclaredProperty)
    } else {
        return quiet(subject, outcome);
    };
    let mut finding = finding(call, actor, kind, evidence, resource);
    finding.changes = shown
        .iter()
        .map(|facet| match facet.result {
            FacetResult::Unknown(_) => Change { declared: None, ..facet.change.clone() },
            _ => facet.change.clone(),
        })
        .collect();
    let Finding { changes, resource, .. } = &mut finding;
    let owns_none = |it: &DeclarationRef| !changes.iter().any(|change| change.address.as_ref() == Some(&it.address));
    resource.declarations.sort_by_key(owns_none);
    judge(&mut finding, subject.context);
    outcome.reason = reason;
    outcome.address = finding
        .changes
        .iter()
        .find_map(|it| it.address.clone())
        .or_else(|| subject.declarations.first().map(|it| it.address.clone()));
    if kind == FindingKind::Undeclared && finding.severity < Severity::High {
        if reason == Reason::UndeclaredProperty {
            return if compared {
                quiet(subject, outcome)
            } else {
                undeclared_property(subject, actor, finding, outcome)
            };
        }
        let ignored = driftwire_catalog::ignored_class(call.service(), call.operation()).is_some();
        if ignored || actor.kind == ActorKind::Service {
            return Outcome { verdict: Verdict::Irrelevant, reason: Reason::Ignored, ..outcome };
        }
    }
    if let Some(reason) = waits(subject, actor, finding.severity) {
        return Outcome { verdict: Verdict::Held, reason, ..outcome };
    }
    outcome.verdict = if kind == FindingKind::Touched { Verdict::Undecided } else { Verdict::Drifted };
    let rings = kind != FindingKind::Touched || actor.kind != ActorKind::Service;
    outcome.finding = rings.then_some(finding);
    outcome
}

/// Why a change waits, if it does: for whoever made it, or for the operation that is changing the resource's stack.
fn waits(subject: Subject<'_>, actor: &Actor, severity: Severity) -> Option<Reason> {
    let is_changing = subject.declarations.iter().any(|it| it.standing == Standing::Changing);
    hold(actor, subject.context, severity, is_changing)
}

/// A property that nobody declares: not drift, but on the record.
fn undeclared_property(subject: Subject<'_>, actor: &Actor, finding: Finding, outcome: Outcome) -> Outcome {
    let waits = waits(subject, actor, finding.severity).is_some();
    let shown = !waits && actor.kind != ActorKind::Service;
    Outcome { verdict: Verdict::Irrelevant, finding: shown.then_some(finding), ..outcome }
}

/// An added element is a modification where somebody declares the collection, and an undeclared child otherwise.
fn added_kind(subject: Subject<'_>, facet: &Facet) -> FindingKind {
    let attribute = facet.change.attribute.as_str();
    let declares =
        subject.declarations.iter().any(|it| it.attributes.get(attribute).is_some_and(|value| !says_nothing(value)));
    if declares { FindingKind::Modified } else { FindingKind::Undeclared }
}

fn quiet(subject: Subject<'_>, outcome: Outcome) -> Outcome {
    let same = outcome
        .facets
        .iter()
        .filter_map(|it| if let FacetResult::Same(reason) = it.result { Some(reason) } else { None });
    let hidden = outcome
        .facets
        .iter()
        .find_map(|it| if let FacetResult::Quiet(reason) = it.result { Some(reason) } else { None });
    let address = outcome
        .facets
        .iter()
        .find_map(|it| it.change.address.clone())
        .or_else(|| subject.declarations.first().map(|it| it.address.clone()));
    let special = same.clone().find(|reason| *reason != Reason::Equal);
    let (verdict, reason) = match (hidden, same.clone().next()) {
        (Some(reason), _) => (Verdict::Irrelevant, reason),
        (None, Some(_)) => (Verdict::InSync, special.unwrap_or(Reason::Equal)),
        (None, None) => (Verdict::Irrelevant, Reason::UndeclaredProperty),
    };
    Outcome { verdict, reason, address, ..outcome }
}

pub(super) fn reason_of(facet: &Facet) -> Reason {
    match facet.result {
        FacetResult::Same(reason)
        | FacetResult::Differs(reason)
        | FacetResult::Unknown(reason)
        | FacetResult::Quiet(reason) => reason,
        FacetResult::Undeclared => Reason::UndeclaredProperty,
    }
}

/// The declarations of a resource.
fn references(subject: Subject<'_>) -> Vec<DeclarationRef> {
    let reference = |it: &&Declaration| DeclarationRef {
        tool: it.tool,
        address: it.address.clone(),
        kind: it.kind.clone(),
        origin: it.origin.clone(),
        version: it.version.clone(),
    };
    subject.declarations.iter().map(reference).collect()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn an_entry_covers_itself_and_what_is_below_it() {
        for (entry, attribute) in [
            ("*", "tags.a"),
            ("tags", "tags.a"),
            ("tags.a", "tags.a"),
            ("a.b[0].c", "a.b[0].c"),
            ("rules[*].status", "rules[3].status"),
            ("rules[*].status", "rules.status"),
            ("rules[*]", "rules"),
            ("rules[*]", "rules[1].days"),
            ("a[*].b[*].c", "a[0].b[12].c.d"),
        ] {
            assert!(covers(entry, attribute), "{entry} {attribute}");
        }
        for (entry, attribute) in [
            ("tags.a", "tags"),
            ("tags", "tags_all"),
            ("rules[*].status", "rules[3].days"),
            ("rules[*].status", "rules"),
            ("rules[*]", "rulesets"),
        ] {
            assert!(!covers(entry, attribute), "{entry} {attribute}");
        }
    }
}
