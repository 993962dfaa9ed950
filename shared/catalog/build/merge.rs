//! Reviewed rows win over generated ones; what a reviewed row does not say of its call is taken from the generated one.

use std::collections::BTreeMap;

use crate::call_rows;
use crate::rows::{CallRow, PropertyRow, TerraformRow};

/// The most Terraform candidates that a row keeps.
const CANDIDATES: usize = 6;

/// A target, with the ranking of the types it may be about.
pub(crate) struct Target {
    pub(crate) service: String,
    pub(crate) row: CallRow,
    /// Types with scores in hundredths; 0 where a reviewer named it.
    pub(crate) ranked: Vec<(String, u16)>,
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

fn ranking(row: &CallRow) -> Vec<(String, u16)> {
    let hundredths = |score: &f64| (score * 100.0).round().clamp(0.0, f64::from(u16::MAX));
    let scores = row.scores.iter().map(hundredths).chain(std::iter::repeat(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
    row.resource.as_slice().iter().zip(scores).map(|(kind, score)| (kind.clone(), score as u16)).collect()
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
    let like = generated.iter().find(shares).or_else(|| generated.iter().find(namesake)).or_else(only).cloned();
    let (service, like) = like.unwrap_or_default();
    let mut ranked: Vec<(String, u16)> = row.resource.as_slice().iter().map(|kind| (kind.clone(), 0)).collect();
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
    Target { service, row, ranked, terraform }
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
