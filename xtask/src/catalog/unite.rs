//! Decides what the rows of all operations say together: services whose calls nobody can tell apart speak with one row, and a call
//! that names nothing touches only a type of which an account has one.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::Effect;
use super::identify::{MOST, dedup};
use super::model::Models;
use super::rows::Row;

/// Services that have the same operations under one event source; the rows of the first are kept.
const SAME: &[&str] = &["rds", "docdb", "neptune"];
/// A row names no more types of CloudFormation.
const KINDS: usize = 3;
/// A row names no more types of Terraform.
const BLOCKS: usize = 5;
/// Parts of a primary identifier that are the account itself.
const ACCOUNT: &[&str] = &["AccountId", "AwsAccountId", "Account"];

/// Gives every operation that the services share one row, which names the types of all of them: the index decides.
pub(crate) fn unite(all: &mut BTreeMap<String, Vec<Row>>) {
    let mut by_name: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in SAME.iter().filter_map(|service| all.remove(*service)).flatten() {
        by_name.entry(row.operation.clone()).or_default().push(row);
    }
    let first = SAME.first().filter(|_| !by_name.is_empty());
    all.extend(first.map(|it| ((*it).to_owned(), by_name.into_values().filter_map(join).collect())));
}

/// One row of several: the first's, with the types and paths of all, the likeliest of each before the others.
fn join(mut rows: Vec<Row>) -> Option<Row> {
    let noun = |name: &str| name.rsplit("::").next().unwrap_or_default().to_owned();
    let best = rows.iter().find_map(|it| it.resources.first()).map(|(name, _)| noun(name)).unwrap_or_default();
    // What one of them makes is not what another one merely touches.
    let made = rows.iter().map(|it| it.effect).find(|it| matches!(it, Effect::Create | Effect::Delete));
    let resources = rows.iter().map(|it| {
        let whole = made.is_none_or(|made| made == it.effect);
        let (same, others): (Vec<_>, Vec<_>) = it.resources.iter().cloned().partition(|(name, _)| noun(name) == best);
        same.into_iter().chain(others.into_iter().filter(|_| whole)).collect()
    });
    let resources = in_turns(&resources.collect::<Vec<Vec<_>>>(), KINDS);
    let terraform = in_turns(&rows.iter().map(|it| it.terraform.clone()).collect::<Vec<_>>(), BLOCKS);
    let mut id: Vec<String> = rows.iter().flat_map(|it| it.identity.id.clone()).collect();
    dedup(&mut id, MOST);
    let best = rows.iter().position(|it| !it.resources.is_empty()).unwrap_or_default();
    let row = if rows.is_empty() { None } else { Some(rows.swap_remove(best)) };
    row.map(|mut row| {
        row.identity.id = id;
        Row { resources, terraform, ..row }
    })
}

/// The first of every list, then the second of every list, and so on.
fn in_turns<T: Clone>(all: &[Vec<T>], most: usize) -> Vec<T> {
    let longest = all.iter().map(Vec::len).max().unwrap_or_default();
    (0..longest).flat_map(|at| all.iter().filter_map(move |one| one.get(at).cloned())).take(most).collect()
}

/// Leaves calls that name nothing without a type, unless an account has one of that type: what is deleted without being named, what
/// the account identifies, and what AWS names itself and no call does.
pub(crate) fn alone(models: &Models, all: &mut BTreeMap<String, Vec<Row>>) {
    let of = |test: &dyn Fn(&Row) -> bool| -> BTreeSet<String> {
        let rows = all.values().flatten().filter(|row| test(row));
        rows.filter_map(|row| row.resources.first().map(|(name, _)| name.clone())).collect()
    };
    let works = |row: &Row| matches!(row.effect, Effect::Create | Effect::Delete | Effect::Update | Effect::Touch);
    let several = of(&|row| works(row) && row.identity.id.iter().any(|path| !path.starts_with('>')));
    let only = of(&|row| row.bare && row.effect == Effect::Delete && row.identity.id.is_empty());
    for row in all.values_mut().flatten().filter(|row| row.identity.id.is_empty()) {
        let Some((name, _)) = row.resources.first() else { continue };
        let of_account = |id: &[String]| !id.is_empty() && id.iter().all(|part| ACCOUNT.contains(&part.as_str()));
        match models.types.get(name) {
            Some(kind) if of_account(&kind.id) => row.identity.id.push("@account".to_owned()),
            _ if only.contains(name) => {}
            Some(kind) if !several.contains(name) && kind.id.iter().all(|part| kind.read_only.contains(part)) => {}
            None if !several.contains(name) && !name.ends_with('*') => {}
            _ => {
                row.resources.clear();
                row.terraform.clear();
                row.properties.clear();
                if matches!(row.effect, Effect::Create | Effect::Delete | Effect::Update) {
                    row.effect = Effect::Touch;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::rows;
    use super::super::tiny;
    use super::*;

    #[test]
    fn the_likeliest_of_each_come_first() {
        assert_eq!(in_turns(&[vec!["a", "b", "c"], vec!["x"], vec!["k", "l"]], 4), ["a", "x", "k", "b"]);
    }

    #[test]
    fn a_call_that_names_nothing_touches_no_type_of_which_there_are_several() {
        let mut service = tiny::service();
        tiny::operation(&mut service, "DeleteShelf", &[("ShelfId", "Text", true)], &[]);
        tiny::operation(&mut service, "UpdateShelf", &[("Color", "Text", false)], &[]);
        tiny::operation(&mut service, "UpdateLedger", &[("Color", "Text", false)], &[]);
        let mut ledger = tiny::kind("AWS::Store::Ledger", &["AccountId", "Color"], &["AccountId"]);
        ledger.read_only = vec!["AccountId".to_owned()];
        let shelf = tiny::kind("AWS::Store::Shelf", &["ShelfId", "Color"], &["ShelfId"]);
        let all = rows(&tiny::models(service, vec![ledger, shelf]));
        let of = |name: &str| all["store"].iter().find(|it| it.operation == name).unwrap();
        assert!(of("UpdateShelf").resources.is_empty());
        assert_eq!(of("UpdateLedger").identity.id, ["@account"]);
        assert_eq!(of("DeleteShelf").identity.id, ["ShelfId"]);
    }
}
