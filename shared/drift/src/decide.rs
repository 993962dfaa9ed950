//! Decides: one call, the declarations and the rules give one outcome for each resource that the call touches.
//!
//! Reads top to bottom: is it a change at all; what does it touch; is that declared; what differs; does it wait; how
//! much does it matter. Pure: the same input gives the same outcomes, in the same order.

mod conclude;
mod finding;
mod join;

use driftwire_catalog::{Effect as Kind, Target, Why};

use crate::{
    actor,
    call::Call,
    context::Context,
    facet::{self, Subject},
    finding::{Actor, ActorKind, Finding, ResourceRef},
    hold::hold,
    index::{Found, Resource, SINGLETON, region_of},
    outcome::{Facet, Named, Outcome},
    understand::{
        effect::{self, Effect, Touch},
        scan::{self, Scanned},
    },
    verdict::{Evidence, FindingKind, Reason, Verdict},
};
use join::Rivals;

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
    let row = driftwire_catalog::call(record.service(), record.operation());
    // Reviewers know the list of quiet calls; the models do not.
    if row.is_some_and(|row| row.targets.iter().any(|it| it.because.is_some())) {
        return None;
    }
    if row.is_none() && record.event_type.as_deref() == Some("AwsServiceEvent") {
        return Some(Reason::ServiceEvent);
    }
    driftwire_catalog::ignored_class(record.service(), record.operation()).is_some().then_some(Reason::Ignored)
}

/// A call that the catalog knows.
fn known(call: &Call<'_>, targets: &'static [Target], actor: &Actor, context: Context<'_>) -> Vec<Outcome> {
    if targets.iter().all(|it| it.effect == Kind::None) {
        return vec![Outcome::irrelevant(quiet(targets.first()), None)];
    }
    let owners = join::owners(call);
    let answered = effect::touches(call, targets).into_iter().map(|touch| {
        let (found, fit) = join::find(call, &owners, &touch, context.index);
        (touch, found, fit)
    });
    let answers: Vec<_> = answered.filter(|(touch, found, _)| !join::is_left_open(touch, *found)).collect();
    let nothing = answers.iter().all(|(_, found, _)| matches!(found, Found::Nothing));
    if nothing && targets.iter().any(|it| it.resources.is_empty()) {
        let named = scan::untyped(call, targets, context.index);
        let outcomes = scanned(call, named, actor, context, Reason::UnknownCall);
        if outcomes.is_some() || answers.is_empty() {
            return outcomes.unwrap_or_else(|| vec![Outcome::irrelevant(Reason::NotDeclared, None)]);
        }
    }
    if answers.is_empty() {
        return unnamed(call, targets, actor, context);
    }
    let rivals = join::rivals(answers.iter().map(|(touch, found, fit)| (touch.target, *found, *fit)));
    let (mut subjects, mut missing) = (Vec::<Subjects<'_, '_>>::new(), Vec::new());
    for (touch, found, _) in answers {
        match (found, rivals) {
            (_, Rivals::Tied(target)) if std::ptr::eq(touch.target, target) => return vec![ambiguous(call, &touch)],
            (_, Rivals::Of(service)) if join::is_generated(touch.target) && touch.target.service != service => {}
            (Found::One(resource), _) => Subjects::add(&mut subjects, resource, touch),
            (Found::Several, _) => missing.push((touch, true)),
            (Found::Nothing, _) => missing.push((touch, false)),
        }
    }
    // Where a call has several targets, what is declared says which of them it means.
    if let Some(meant) = subjects.first().map(|it| it.target) {
        missing.retain(|(touch, _)| std::ptr::eq(touch.target, meant));
    }
    let declared = subjects.iter().map(|it| match it.target.effect {
        Kind::None => Outcome::irrelevant(quiet(Some(it.target)), Some(declared_as(call, it.resource))),
        _ => subject(call, it.resource, &it.effects, actor, context),
    });
    declared.chain(not_found(call, &missing, subjects.is_empty(), actor, context)).collect()
}

/// The outcomes of touches that lead to no declared resource, or to several. Where the call leads to no other, one
/// target's: the first that has something to show.
fn not_found(
    call: &Call<'_>,
    missing: &[(Touch<'_>, bool)],
    alone: bool,
    actor: &Actor,
    context: Context<'_>,
) -> Vec<Outcome> {
    let outcome = |touch: &Touch<'_>, several: bool| {
        if several { ambiguous(call, touch) } else { undeclared(call, touch, actor, context) }
    };
    let mut other: Vec<_> = missing.iter().map(|(touch, several)| (touch.target, outcome(touch, *several))).collect();
    if alone && let Some((first, _)) = other.iter().find(|(_, it)| it.finding.is_some()).or(other.first()) {
        let first = *first;
        other.retain(|(target, _)| std::ptr::eq(*target, first));
    }
    other.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Why a call that changes no configuration is none of our business.
fn quiet(target: Option<&Target>) -> Reason {
    if target.is_some_and(|it| it.why == Some(Why::NewRevision)) { Reason::NewRevision } else { Reason::Ignored }
}

/// A declared resource, and everything that the call does to it.
struct Subjects<'i, 'c> {
    resource: &'i Resource,
    target: &'static Target,
    effects: Vec<Effect<'c>>,
}

impl<'i, 'c> Subjects<'i, 'c> {
    fn add(subjects: &mut Vec<Self>, resource: &'i Resource, touch: Touch<'c>) {
        match subjects.iter_mut().find(|known| std::ptr::eq(known.resource, resource)) {
            Some(known) => {
                known.effects.extend(touch.effects);
                if known.target.effect == Kind::None {
                    known.target = touch.target;
                }
            }
            None => subjects.push(Self { resource, target: touch.target, effects: touch.effects }),
        }
    }
}

fn ambiguous(call: &Call<'_>, touch: &Touch<'_>) -> Outcome {
    Outcome { verdict: Verdict::Undecided, ..Outcome::irrelevant(Reason::Ambiguous, Some(named(call, touch))) }
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

/// A touched resource that nobody declares: a creation is unmanaged, anything else is somebody else's business.
fn undeclared(call: &Call<'_>, touch: &Touch<'_>, actor: &Actor, context: Context<'_>) -> Outcome {
    let named = named(call, touch);
    if driftwire_catalog::ignored_class(call.service(), call.operation()).is_some() {
        return Outcome::irrelevant(Reason::Ignored, Some(named));
    }
    if touch.target.effect == Kind::None {
        return Outcome::irrelevant(quiet(Some(touch.target)), Some(named));
    }
    if touch.target.effect != Kind::Create || !is_surely_made(touch) {
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
    match hold(actor, context, finding.severity, false) {
        Some(reason) => Outcome { verdict: Verdict::Held, reason, ..outcome },
        None => Outcome { finding: Some(finding), ..outcome },
    }
}

/// Whether it is known what a creation makes. A row that nobody reviewed must name the type and its identifier.
fn is_surely_made(touch: &Touch<'_>) -> bool {
    let is_type = |kind: &&str| kind.starts_with("AWS::") && !kind.ends_with('*');
    !join::is_generated(touch.target) || touch.target.resources.first().is_some_and(is_type) && touch.id != SINGLETON
}

fn ignored_whole(finding: &Finding, actor: &Actor, context: Context<'_>) -> Option<Reason> {
    context
        .rules
        .ignored(&finding.resource, facet::RESOURCE, None, actor, finding.event_time)
        .map(|_| Reason::IgnoredByRule)
}

/// A known call that names no resource where the row looks for one.
fn unnamed(call: &Call<'_>, targets: &[Target], actor: &Actor, context: Context<'_>) -> Vec<Outcome> {
    scanned(call, scan::resources(call, targets, context.index), actor, context, Reason::NoValue)
        .unwrap_or_else(|| vec![Outcome::irrelevant(Reason::NoResource, None)])
}

/// A call that the catalog does not know: it may still name a declared resource.
fn unknown(call: &Call<'_>, actor: &Actor, context: Context<'_>) -> Vec<Outcome> {
    scanned(call, scan::resources(call, &[], context.index), actor, context, Reason::UnknownCall)
        .unwrap_or_else(|| vec![Outcome::irrelevant(Reason::NotDeclared, None)])
}

fn scanned(
    call: &Call<'_>,
    scanned: Scanned<'_>,
    actor: &Actor,
    context: Context<'_>,
    reason: Reason,
) -> Option<Vec<Outcome>> {
    let resources = match scanned {
        Scanned::Nothing => return None,
        Scanned::Several => {
            let open = Outcome::irrelevant(Reason::Ambiguous, None);
            return Some(vec![Outcome { verdict: Verdict::Undecided, ..open }]);
        }
        Scanned::These(resources) => resources,
    };
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

/// A declared resource as its declarations name it.
fn declared_as(call: &Call<'_>, resource: &Resource) -> Named {
    Named {
        kind: resource.kind.clone(),
        id: resource.id.clone(),
        account: resource.account.clone().unwrap_or_else(|| call.account().to_owned()),
        region: region_of(&resource.kind, resource.region.as_deref().unwrap_or(call.region())),
    }
}

/// A declared resource: compares, applies what people said to ignore, aggregates.
fn subject(
    call: &Call<'_>,
    resource: &Resource,
    effects: &[Effect<'_>],
    actor: &Actor,
    context: Context<'_>,
) -> Outcome {
    let named = declared_as(call, resource);
    if context.index.is_deposed(resource) {
        return Outcome::irrelevant(Reason::Deposed, Some(named));
    }
    let declarations: Vec<_> = context.index.of(resource).collect();
    let subject = Subject { context, resource, declarations: &declarations };
    let mut facets: Vec<Facet> = Vec::with_capacity(effects.len());
    for effect in effects {
        facet::facets(subject, effect, &mut facets);
    }
    if facets.is_empty() && call.omitted {
        facet::facets(subject, &Effect::Touch { member: None }, &mut facets);
    }
    // What is shown, and what is kept for `explain`, passes here: NO-SECRET-OUT.
    facets.iter_mut().for_each(|facet| context.hide(&mut facet.change));
    let seen = conclude::quieten(call, subject, &named, actor, &mut facets);
    let outcome = Outcome { facets, ..Outcome::irrelevant(Reason::Equal, Some(named)) };
    conclude::conclude(call, subject, seen, actor, outcome)
}
