//! The join: which declared resource a touch means. The catalog ranks the types that it may be, the index decides; where
//! two answers are as good as each other, neither is picked. Compares no values.

use std::borrow::Cow;

use driftwire_catalog::{Target, terraform};

use crate::{
    call::Call,
    index::{Fit, Found, Index, Resource, SINGLETON},
    understand::{
        composite::composed,
        effect::{self, Touch},
    },
};

/// Other accounts that the call's resources are in: the caller's copy of a call across accounts says in `resources` whose
/// they are.
pub(super) fn owners<'c>(call: &Call<'c>) -> Vec<Cow<'c, str>> {
    call.record.resources().into_iter().filter_map(|it| it.account_id).filter(|it| it != call.account()).collect()
}

/// Whether a row comes from AWS's models alone, and nobody has reviewed it.
pub(super) fn is_generated(target: &Target) -> bool {
    target.because.is_none() && !target.service.is_empty()
}

/// Whether a row that nobody reviewed has no place for an identifier, and the account has no single such resource either.
pub(super) fn is_left_open(touch: &Touch<'_>, found: Found<'_>) -> bool {
    touch.id == SINGLETON && matches!(found, Found::Nothing) && is_generated(touch.target)
}

/// The declared resource that a touch means, and how well its identifier fits.
pub(super) fn find<'i>(
    call: &Call<'_>,
    owners: &[Cow<'_, str>],
    touch: &Touch<'_>,
    index: &'i Index,
) -> (Found<'i>, Fit) {
    owners
        .iter()
        .map(|account| find_in(call, account, touch, index))
        .find(|(found, _)| !matches!(found, Found::Nothing))
        .unwrap_or_else(|| find_in(call, call.account(), touch, index))
}

fn find_in<'i>(call: &Call<'_>, account: &str, touch: &Touch<'_>, index: &'i Index) -> (Found<'i>, Fit) {
    let target = touch.target;
    let found = find_by(call, account, target, &touch.id, index);
    if !matches!(found.0, Found::Nothing) {
        return found;
    }
    let others = if target.id.len() > 1 { effect::alternatives(call, target) } else { Vec::new() };
    let composed = target.resources.iter().filter_map(|kind| composed(call, target, kind));
    others
        .into_iter()
        .chain(composed)
        .map(|id| find_by(call, account, target, &id, index))
        .find(|(found, _)| !matches!(found, Found::Nothing))
        .unwrap_or((Found::Nothing, Fit::Form))
}

/// The declared resource of a target's types that an identifier means.
fn find_by<'i>(
    call: &Call<'_>,
    account: &str,
    target: &'static Target,
    id: &str,
    index: &'i Index,
) -> (Found<'i>, Fit) {
    let seek = |kind: &str| match kind.strip_suffix('*') {
        Some(namespace) => index.seek_any(namespace, call.service(), id, (account, call.region())),
        None => index.seek(kind, id, account, call.region()),
    };
    if let [only] = target.resources {
        let (found, fit) = seek(only);
        if !matches!(found, Found::Nothing) {
            return (found, fit);
        }
    } else if target.resources.len() > 4
        && let Found::One(resource) = index.find_by_text(call.service(), id, account, call.region())
        && target.resources.contains(&resource.kind.as_str())
    {
        return (Found::One(resource), Fit::Sure);
    } else {
        let answers = target.resources.iter().map(|kind| (seek(kind), score(target, kind)));
        let found = best(answers);
        if !matches!(found.0, Found::Nothing) {
            return found;
        }
    }
    if !is_generated(target) {
        return (Found::Nothing, Fit::Form);
    }
    // Types that only Terraform has, where its name says the same as the call's: another type of CloudFormation's is at most
    // the parent, which a deletion of its child must not be told of.
    let kinds = target.terraform.iter().map(|kind| terraform(kind).map_or(*kind, |row| row.resource));
    let own = |kind: &&str| kind.starts_with("aws_") && is_named_after(kind, call.operation());
    best(kinds.filter(own).filter(|kind| !target.resources.contains(kind)).map(|kind| (seek(kind), None)))
}

/// Whether a Terraform type ends in what an operation's verb is followed by: `aws_ssm_patch_group`, `RegisterPatchGroup`.
fn is_named_after(kind: &str, operation: &str) -> bool {
    let noun = operation
        .trim_start_matches(|it: char| it.is_ascii_uppercase())
        .trim_start_matches(|it: char| it.is_ascii_lowercase());
    let fold = |text: &str| text.replace('_', "").to_ascii_lowercase();
    let (kind, noun) = (fold(kind), fold(noun));
    !noun.is_empty() && (kind.ends_with(&noun) || noun.strip_suffix('s').is_some_and(|noun| kind.ends_with(noun)))
}

/// How well a type fits the call, in hundredths, if the models say so.
fn score(target: &Target, kind: &str) -> Option<u32> {
    // A reviewer's list has no ranking: the index decides.
    if !is_generated(target) {
        return None;
    }
    let score = target.candidates.iter().find(|it| it.kind == kind)?.score?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    Some((score * 100.0).round() as u32)
}

/// The answer with the best fit; among those, the first, unless a later one with the same score is another resource.
fn best<'i>(answers: impl Iterator<Item = ((Found<'i>, Fit), Option<u32>)>) -> (Found<'i>, Fit) {
    let mut best: Option<(Found<'i>, Fit, Option<u32>)> = None;
    for ((found, fit), score) in answers.filter(|((found, _), _)| !matches!(found, Found::Nothing)) {
        match &mut best {
            Some((_, known, _)) if *known > fit => {}
            Some((known, known_fit, known_score)) if *known_fit == fit => {
                if *known_score == score && !is_same(*known, found) {
                    *known = Found::Several;
                }
            }
            _ => best = Some((found, fit, score)),
        }
    }
    best.map_or((Found::Nothing, Fit::Form), |(found, fit, _)| (found, fit))
}

fn is_same(one: Found<'_>, other: Found<'_>) -> bool {
    matches!((one, other), (Found::One(one), Found::One(other)) if std::ptr::eq(one, other))
}

/// Of rows that several services have for one name, those that speak of the resource that the call means: the answers of
/// one service, or none where two services' answers are as good as each other.
///
/// Rows of one service, and rows that people wrote, may all apply: a call may touch several resources.
pub(super) fn rivals<'i>(answers: impl Iterator<Item = (&'static Target, Found<'i>, Fit)>) -> Rivals {
    let rank = |target: &Target| target.resources.first().and_then(|kind| score(target, kind));
    let mut best: Option<(&'static Target, &Resource, Fit)> = None;
    let mut tied = false;
    for (target, found, fit) in answers {
        let Found::One(resource) = found else { continue };
        let Some((known, known_resource, known_fit)) = best else {
            best = Some((target, resource, fit));
            continue;
        };
        let rival = is_generated(target) && is_generated(known) && target.service != known.service;
        if !rival || std::ptr::eq(known_resource, resource) {
            continue;
        }
        let (one, other) = ((fit, rank(target)), (known_fit, rank(known)));
        if one > other {
            (best, tied) = (Some((target, resource, fit)), false);
        } else if one == other {
            tied = true;
        }
    }
    match best {
        Some((target, _, _)) if tied => Rivals::Tied(target),
        Some((target, _, _)) => Rivals::Of(target.service),
        None => Rivals::None,
    }
}

/// Which service's rows a call means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rivals {
    /// No row leads to a declared resource.
    None,
    /// Those of this service, and those that people wrote.
    Of(&'static str),
    /// Two services' rows lead to two resources, and nothing tells which is meant.
    Tied(&'static Target),
}
