//! Decides: one call, the declarations and the rules give one outcome for each resource that the call touches.
//!
//! Reads top to bottom: is it a change at all; what does it touch; is that declared; what differs; does it wait; how
//! much does it matter. Pure: the same input gives the same outcomes, in the same order.

mod conclude;
mod finding;

use std::borrow::Cow;

use driftwire_catalog::{Effect as Kind, Target, Why, is_global};

use crate::{
    actor,
    call::Call,
    context::Context,
    facet::{self, Subject},
    finding::{Actor, ActorKind, Finding, ResourceRef},
    hold::hold,
    index::{Found, Resource},
    outcome::{Facet, Named, Outcome},
    understand::{
        effect::{self, Effect, Touch},
        scan,
    },
    verdict::{Evidence, FindingKind, Reason, Verdict},
};

/// What a call comes to: who is behind it, and one outcome per resource; at least one: NO-SILENCE.
#[derive(Debug)]
pub struct Decision {
    /// Who is behind the call.
    pub actor: Actor,
    /// One outcome per resource.
    pub outcomes: Vec<Outcome>,
}

/// Decides what a call comes to.
#[must_use]
pub fn decide(call: &Call<'_>, context: Context<'_>) -> Decision {
    let actor = actor::actor(&call.record);
    let outcomes = match driftwire_catalog::call(call.service(), call.operation()) {
        Some(row) => known(call, row.targets, &actor, context),
        None => unknown(call, &actor, context),
    };
    Decision { actor, outcomes }
}

/// Whether a record cannot be drift, whatever it touches. Needs none of its parameters.
#[must_use]
pub fn irrelevance(record: &driftwire_cloudtrail::Record<'_>) -> Option<Reason> {
    if record.failed() {
        return Some(Reason::FailedCall);
    }
    if record.is_read() {
        return Some(Reason::ReadOnly);
    }
    let known = || driftwire_catalog::call(record.service(), record.operation()).is_some();
    if record.event_type.as_deref() == Some("AwsServiceEvent") && !known() {
        return Some(Reason::ServiceEvent);
    }
    (driftwire_catalog::ignored_class(record.service(), record.operation()).is_some() && !known())
        .then_some(Reason::Ignored)
}

/// A call that the catalog knows.
fn known(call: &Call<'_>, targets: &'static [Target], actor: &Actor, context: Context<'_>) -> Vec<Outcome> {
    if let [Target { effect: Kind::None, why, .. }] = targets {
        let reason = if *why == Some(Why::NewRevision) { Reason::NewRevision } else { Reason::Ignored };
        return vec![Outcome::irrelevant(reason, None)];
    }
    let touches = effect::touches(call, targets);
    if touches.is_empty() {
        return unnamed(call, actor, context);
    }
    let owners = owners(call);
    let (mut subjects, mut missing) = (Vec::<Subjects<'_, '_>>::new(), Vec::new());
    for touch in touches {
        match find(call, &owners, &touch, context) {
            Found::One(resource) => match subjects.iter_mut().find(|known| std::ptr::eq(known.resource, resource)) {
                Some(known) => known.effects.extend(touch.effects),
                None => subjects.push(Subjects { resource, target: touch.target, effects: touch.effects }),
            },
            Found::Several => missing.push((touch, true)),
            Found::Nothing => missing.push((touch, false)),
        }
    }
    // Where a call has several targets, what is declared says which of them it means.
    if let Some(meant) = subjects.first().map(|it| it.target) {
        missing.retain(|(touch, _)| std::ptr::eq(touch.target, meant));
    }
    let outcome = |touch: &Touch<'_>, several: bool| {
        if several { ambiguous(call, touch) } else { undeclared(call, touch, actor, context) }
    };
    let mut other: Vec<_> = missing.iter().map(|(touch, several)| (touch.target, outcome(touch, *several))).collect();
    if subjects.is_empty()
        && let Some((first, _)) = other.iter().find(|(_, it)| it.finding.is_some()).or(other.first())
    {
        let first = *first;
        other.retain(|(target, _)| std::ptr::eq(*target, first));
    }
    let declared = subjects.iter().map(|it| subject(call, it.resource, &it.effects, actor, context));
    declared.chain(other.into_iter().map(|(_, outcome)| outcome)).collect()
}

/// A declared resource, and everything that the call does to it.
struct Subjects<'i, 'c> {
    resource: &'i Resource,
    target: &'static Target,
    effects: Vec<Effect<'c>>,
}

fn ambiguous(call: &Call<'_>, touch: &Touch<'_>) -> Outcome {
    Outcome { verdict: Verdict::Undecided, ..Outcome::irrelevant(Reason::Ambiguous, Some(named(call, touch))) }
}

/// Other accounts that the call's resources are in: the caller's copy of a call across accounts says in `resources` whose
/// they are.
fn owners<'c>(call: &Call<'c>) -> Vec<Cow<'c, str>> {
    call.record.resources().into_iter().filter_map(|it| it.account_id).filter(|it| it != call.account()).collect()
}

/// The declared resource that a touch means: by an id that is unique by itself, else by type and identifier.
fn find<'i>(call: &Call<'_>, owners: &[Cow<'_, str>], touch: &Touch<'_>, context: Context<'i>) -> Found<'i> {
    let found = owners
        .iter()
        .map(|account| find_in(call, account, touch, context))
        .find(|found| !matches!(found, Found::Nothing));
    found.unwrap_or_else(|| find_in(call, call.account(), touch, context))
}

fn find_in<'i>(call: &Call<'_>, account: &str, touch: &Touch<'_>, context: Context<'i>) -> Found<'i> {
    let mut several = false;
    if touch.target.resources.len() > 4
        && let Found::One(resource) = context.index.find_by_text(call.service(), &touch.id, account, call.region())
        && touch.target.resources.contains(&resource.kind.as_str())
    {
        return Found::One(resource);
    }
    for kind in touch.target.resources {
        match context.index.find(kind, &touch.id, account, call.region()) {
            Found::One(resource) => return Found::One(resource),
            Found::Several => several = true,
            Found::Nothing => {}
        }
    }
    if several { Found::Several } else { Found::Nothing }
}

fn named(call: &Call<'_>, touch: &Touch<'_>) -> Named {
    let kind = touch.target.resources.first().copied().unwrap_or_default();
    Named {
        kind: kind.to_owned(),
        id: touch.id.clone(),
        account: call.account().to_owned(),
        region: region_of(kind, call.region()),
    }
}

fn region_of(kind: &str, region: &str) -> String {
    if is_global(kind) && !kind.starts_with("AWS::S3::") { "global".to_owned() } else { region.to_owned() }
}

/// A touched resource that nobody declares: a creation is unmanaged, anything else is somebody else's business.
fn undeclared(call: &Call<'_>, touch: &Touch<'_>, actor: &Actor, context: Context<'_>) -> Outcome {
    let named = named(call, touch);
    if driftwire_catalog::ignored_class(call.service(), call.operation()).is_some() {
        return Outcome::irrelevant(Reason::Ignored, Some(named));
    }
    if touch.target.effect != Kind::Create {
        return Outcome::irrelevant(Reason::NotDeclared, Some(named));
    }
    let outcome = Outcome {
        verdict: Verdict::Unmanaged,
        reason: Reason::Created,
        ..Outcome::irrelevant(Reason::Created, Some(named.clone()))
    };
    if actor.kind == ActorKind::Service {
        return outcome;
    }
    let resource = ResourceRef {
        kind: named.kind,
        id: named.id,
        arn: None,
        account: named.account,
        region: named.region,
        declarations: Vec::new(),
    };
    let mut finding = finding::finding(call, actor, FindingKind::Unmanaged, Evidence::Observed, resource);
    finding::judge(&mut finding, context);
    if let Some(reason) = ignored_whole(&finding, actor, context) {
        return Outcome::irrelevant(reason, outcome.resource);
    }
    match hold(actor, context.rules, Some(finding.severity)) {
        Some(reason) => Outcome { verdict: Verdict::Held, reason, ..outcome },
        None => Outcome { finding: Some(finding), ..outcome },
    }
}

fn ignored_whole(finding: &Finding, actor: &Actor, context: Context<'_>) -> Option<Reason> {
    context
        .rules
        .ignored(&finding.resource, facet::RESOURCE, None, actor, finding.event_time)
        .map(|_| Reason::IgnoredByRule)
}

/// A known call that names no resource where the row looks for one.
fn unnamed(call: &Call<'_>, actor: &Actor, context: Context<'_>) -> Vec<Outcome> {
    scanned(call, actor, context, Reason::NoValue)
        .unwrap_or_else(|| vec![Outcome::irrelevant(Reason::NoResource, None)])
}

/// A call that the catalog does not know: it may still name a declared resource.
fn unknown(call: &Call<'_>, actor: &Actor, context: Context<'_>) -> Vec<Outcome> {
    scanned(call, actor, context, Reason::UnknownCall)
        .unwrap_or_else(|| vec![Outcome::irrelevant(Reason::NotDeclared, None)])
}

fn scanned(call: &Call<'_>, actor: &Actor, context: Context<'_>, reason: Reason) -> Option<Vec<Outcome>> {
    let resources = scan::resources(call, context.index);
    if resources.is_empty() {
        return None;
    }
    let touch = [Effect::Touch { member: None }];
    let outcomes = resources.into_iter().map(|resource| {
        let mut outcome = subject(call, resource, &touch, actor, context);
        if outcome.reason == Reason::NoValue {
            outcome.reason = reason;
        }
        outcome
    });
    Some(outcomes.collect())
}

/// A declared resource: compares, applies what people said to ignore, aggregates.
fn subject(
    call: &Call<'_>,
    resource: &Resource,
    effects: &[Effect<'_>],
    actor: &Actor,
    context: Context<'_>,
) -> Outcome {
    let named = Named {
        kind: resource.kind.clone(),
        id: resource.id.clone(),
        account: resource.account.clone().unwrap_or_else(|| call.account().to_owned()),
        region: region_of(&resource.kind, resource.region.as_deref().unwrap_or(call.region())),
    };
    if context.index.is_deposed(resource) {
        return Outcome::irrelevant(Reason::Deposed, Some(named));
    }
    let declarations: Vec<_> = context.index.of(resource).collect();
    let subject = Subject { context, resource, declarations: &declarations };
    let mut facets: Vec<Facet> = effects.iter().flat_map(|effect| facet::facets(subject, effect)).collect();
    if facets.is_empty() && call.omitted {
        facets = facet::facets(subject, &Effect::Touch { member: None });
    }
    // What is shown, and what is kept for `explain`, passes here: NO-SECRET-OUT.
    facets.iter_mut().for_each(|facet| context.hide(&mut facet.change));
    let reference = ResourceRef {
        kind: named.kind.clone(),
        id: named.id.clone(),
        arn: resource.arn.clone(),
        account: named.account.clone(),
        region: named.region.clone(),
        declarations: Vec::new(),
    };
    conclude::quieten(call, subject, &reference, actor, &mut facets);
    let outcome = Outcome::irrelevant(Reason::Equal, Some(named));
    conclude::conclude(call, subject, reference, actor, Outcome { facets, ..outcome })
}
