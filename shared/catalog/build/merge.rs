//! Reviewed rows win over generated ones; what a reviewed row does not say of its call is taken from the generated one.

use std::collections::BTreeMap;

use crate::call_rows;
use crate::kinds::Effect;
use crate::packed::SCORE;
use crate::rows::{CallRow, OneOrMany, PropertyRow, TerraformRow};
use crate::spelling::{lowered, raised};

/// The most Terraform candidates that a row keeps.
const CANDIDATES: usize = 6;

/// A target, with the ranking of the types it may be about.
pub(crate) struct Target {
    pub(crate) service: String,
    /// Whether AWS's model raises the first letters of the members.
    pub(crate) raised: bool,
    pub(crate) row: CallRow,
    /// Types with packed scores; 0 where a reviewer named it.
    pub(crate) ranked: Vec<(String, u8)>,
    pub(crate) terraform: Vec<String>,
}

/// All calls, by event source and operation.
pub(crate) fn calls(kinds: &BTreeMap<String, TerraformRow>) -> BTreeMap<(String, String), Vec<Target>> {
    let generated = call_rows::read("generated/calls");
    let reviewed = call_rows::read("overrides/calls");
    let mut merged: BTreeMap<(String, String), Vec<Target>> = BTreeMap::new();
    for (call, targets) in &generated {
        if !reviewed.contains_key(call) {
            let whole = |(service, row): &(String, CallRow)| Target {
                service: service.clone(),
                raised: is_raised(row),
                ranked: ranking(row),
                terraform: row.terraform.clone(),
                row: row.clone(),
            };
            merged.insert(call.clone(), targets.iter().map(whole).collect());
        }
    }
    for (call, targets) in reviewed {
        let known = generated.get(&call).map(Vec::as_slice).unwrap_or_default();
        let targets = targets.into_iter().map(|(_, row)| completed(row, known, kinds)).collect();
        merged.insert(call, targets);
    }
    merged
}

/// Spells the members of a reviewed row as AWS's model does, if that can be undone; says whether it could.
fn spell(row: &mut CallRow) -> bool {
    let mut undone = true;
    let mut other = row.clone();
    each_path(&mut other, &mut |path| {
        let spelled = raised(path);
        undone &= lowered(&spelled) == *path;
        *path = spelled;
    });
    if undone {
        *row = other;
    }
    undone
}

/// Every path of a row that leads to a member of the call.
fn each_path(row: &mut CallRow, visit: &mut dyn FnMut(&mut String)) {
    let lists = [&mut row.id, &mut row.key].into_iter().flat_map(OneOrMany::as_mut_slice);
    lists.for_each(&mut *visit);
    [&mut row.parents, &mut row.references, &mut row.options].into_iter().flatten().for_each(&mut *visit);
    [&mut row.from, &mut row.when, &mut row.pending].into_iter().flatten().for_each(&mut *visit);
    for property in &mut row.properties {
        match property {
            PropertyRow::Same(member) => visit(member),
            PropertyRow::Full(full) => full.member.iter_mut().chain(&mut full.when).for_each(&mut *visit),
        }
    }
}

/// Whether the row's members are spelled with a first letter raised.
fn is_raised(row: &CallRow) -> bool {
    let of_property = |property: &PropertyRow| match property {
        PropertyRow::Same(member) => Some(member.clone()),
        PropertyRow::Full(full) => full.member.clone(),
    };
    let paths = row.id.as_slice().iter().chain(&row.parents).chain(&row.references).cloned();
    let first = paths.chain(row.properties.iter().filter_map(of_property)).chain(row.options.iter().cloned()).next();
    first.is_some_and(|path| path.chars().find(char::is_ascii_alphabetic).is_some_and(|it| it.is_ascii_uppercase()))
}

fn ranking(row: &CallRow) -> Vec<(String, u8)> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let packed = |score: &f64| (score * SCORE).round().clamp(1.0, f64::from(u8::MAX)) as u8;
    let scores = row.scores.iter().map(packed).chain(std::iter::repeat(0));
    row.resource.as_slice().iter().cloned().zip(scores).collect()
}

fn completed(mut row: CallRow, generated: &[(String, CallRow)], kinds: &BTreeMap<String, TerraformRow>) -> Target {
    let shares = |(_, other): &&(String, CallRow)| {
        other.resource.as_slice().iter().any(|kind| row.resource.as_slice().contains(kind))
    };
    let namesake = |(_, other): &&(String, CallRow)| {
        let space = |kind: &String| kind.rsplit_once("::").map(|(space, _)| space.to_owned());
        let spaces: Vec<_> = row.resource.as_slice().iter().filter_map(space).collect();
        other.resource.as_slice().iter().filter_map(space).any(|it| spaces.contains(&it))
    };
    let only = || if let [only] = generated { Some(only) } else { None };
    let quiet = || generated.first().filter(|_| row.effect == Effect::None);
    let like =
        generated.iter().find(shares).or_else(|| generated.iter().find(namesake)).or_else(only).or_else(quiet).cloned();
    let (service, like) = like.unwrap_or_default();
    let raised = is_raised(&like) && spell(&mut row);
    // That a call changes nothing needs no type, but its generated rows know one.
    if row.effect == Effect::None && row.resource.as_slice().is_empty() {
        let all = generated.iter().flat_map(|(_, other)| other.resource.as_slice()).take(CANDIDATES);
        row.resource = OneOrMany::Many(all.cloned().collect());
    }
    let mut ranked: Vec<(String, u8)> = row.resource.as_slice().iter().map(|kind| (kind.clone(), 0)).collect();
    for (kind, score) in ranking(&like) {
        match ranked.iter_mut().find(|(known, _)| *known == kind) {
            Some(known) => known.1 = score,
            None => ranked.push((kind, score)),
        }
    }
    let terraform = terraform(&row, &like, kinds);
    for (own, of_like) in [(&mut row.parents, like.parents), (&mut row.references, like.references)] {
        if own.is_empty() {
            *own = of_like;
        }
    }
    if row.flags.is_empty() {
        row.flags = like.flags;
    }
    // A row of a resource without an identifier is about the one of its kind in an account.
    let singleton = row.id.as_slice().is_empty() && row.effect != Effect::None;
    if !singleton && (row.effect == Effect::None || row.resource.as_slice().first() == like.resource.as_slice().first())
    {
        add_ids(&mut row.id, like.id.as_slice());
    }
    Target { service, raised, row, ranked, terraform }
}

/// Adds the models' paths to the identifier behind those that a reviewer wrote: newer records may spell them so.
fn add_ids(id: &mut OneOrMany<String>, more: &[String]) {
    let mut all = id.as_slice().to_vec();
    let new = more
        .iter()
        .filter(|path| !all.iter().any(|known| known.eq_ignore_ascii_case(path)))
        .cloned()
        .collect::<Vec<_>>();
    all.extend(new);
    *id = OneOrMany::Many(all);
}

/// The Terraform types that a reviewed row may be about: those it names, those whose elements it changes, the generated
/// candidates, and the types of the resource itself.
fn terraform(row: &CallRow, like: &CallRow, kinds: &BTreeMap<String, TerraformRow>) -> Vec<String> {
    if !row.terraform.is_empty() {
        return row.terraform.clone();
    }
    let of_paths = row.properties.iter().flat_map(|property| match property {
        PropertyRow::Full(full) => full.terraform.iter().flat_map(|paths| paths.as_slice().to_vec()).collect(),
        PropertyRow::Same(_) => Vec::new(),
    });
    let mut names: Vec<String> = Vec::new();
    let named = of_paths.filter_map(|path: String| {
        path.split_once('.').map(|(kind, _)| kind.to_owned()).filter(|kind| kind.starts_with("aws_"))
    });
    let same = |kind: &TerraformRow| row.resource.as_slice().contains(&kind.resource);
    let elements = kinds.iter().filter(|(_, kind)| {
        same(kind) && kind.element.as_ref().is_some_and(|it| Some(&it.collection) == row.collection.as_ref())
    });
    let whole = kinds.iter().filter(|(_, kind)| same(kind) && !kind.part && kind.element.is_none());
    let all = named
        .chain(elements.map(|(name, _)| name.clone()))
        .chain(like.terraform.iter().cloned())
        .chain(whole.map(|(name, _)| name.clone()));
    for name in all {
        if names.len() < CANDIDATES && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
