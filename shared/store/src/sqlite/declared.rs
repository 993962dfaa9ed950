//! Declared state in the same file: written an origin at a time, found by any name of a resource. What a name leads to is
//! asked of the database; what a declaration is about was found out before.

use std::collections::{BTreeMap, BTreeSet};

use driftwire_declared::{Declaration, Tool};
use driftwire_drift::{Named, Place, Reach, Wanted};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::damage::Damage;
use super::{Sqlite, from_json, load, to_json};
use crate::StoreError;
use crate::declared::{Declared, Gathered, Item, Moved, OriginHead, OriginState, Origins, Replaced, Whereabouts};

impl Declared for Sqlite {
    async fn gather(&self, wanted: &Wanted, besides: &[Named]) -> Result<Gathered, StoreError> {
        self.ask(|connection| {
            // One look at the file: nobody writes between the declarations and what is kept of their resources.
            let look = connection.unchecked_transaction()?;
            let (mut declarations, mut places) = (Vec::new(), Vec::new());
            for key in reached(&look, &wanted.names)? {
                let (declaration, of) = declaration(&look, key)?;
                declarations.push(declaration);
                places.extend(of);
            }
            let whereabouts = Whereabouts::of(declarations.iter()).or(&wanted.account, &wanted.region);
            let reach = Reach { names: BTreeSet::new(), places };
            let named: BTreeSet<Named> =
                whereabouts.resources(&reach).into_iter().chain(besides.iter().cloned()).collect();
            let stored = named.into_iter().map(|named| {
                let kept = load(&look, &named)?;
                Ok((named, kept))
            });
            let stored = stored.collect::<Result<BTreeMap<_, _>, Damage>>()?;
            Ok(Gathered { declarations, stored })
        })
    }
}

impl Origins for Sqlite {
    async fn replace(&self, state: &OriginState) -> Result<Replaced, StoreError> {
        // The most work, and none that needs the lock.
        let items = state.items();
        let mut connection = self.connection();
        let mut replace = || -> Result<Replaced, Damage> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let known = head(&transaction, &state.origin)?;
            if let Some(known) = known.as_ref().filter(|known| state.is_older_than(known)) {
                return Ok(Replaced::Older(known.clone()));
            }
            let unfinished = known.as_ref().filter(|known| !known.finished).map(|known| &known.left);
            let (moved, left) = put(&transaction, state, &items, unfinished)?;
            // A state that is known already writes nothing: ONCE.
            let is_known = known.as_ref().is_some_and(|known| known.is_of(state));
            let head = OriginHead { left, ..state.head() };
            if !moved.is_nothing() || !is_known {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO origins (origin, head) VALUES (?1, ?2)")?
                    .execute(params![state.origin, to_json(&head)?])?;
                transaction.commit()?;
            }
            Ok(Replaced::Done(moved))
        };
        replace().map_err(|damage| damage.of(&self.name))
    }

    async fn finish(&self, state: &OriginState) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let mut finish = || -> Result<(), Damage> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let known = head(&transaction, &state.origin)?.filter(|known| known.is_of(state) && !known.finished);
            let Some(known) = known else { return Ok(()) };
            let finished = OriginHead { finished: true, left: BTreeSet::new(), ..known };
            transaction
                .prepare_cached("UPDATE origins SET head = ?2 WHERE origin = ?1")?
                .execute(params![state.origin, to_json(&finished)?])?;
            Ok(transaction.commit()?)
        };
        finish().map_err(|damage| damage.of(&self.name))
    }

    async fn origins(&self) -> Result<Vec<OriginHead>, StoreError> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached("SELECT origin, head FROM origins ORDER BY origin")?;
            let mut rows = statement.query([])?;
            let mut heads = Vec::new();
            while let Some(row) = rows.next()? {
                let origin = row.get_ref(0)?.as_str()?;
                heads.push(from_json(row.get_ref(1)?.as_str()?, || format!("what is known of `{origin}`"))?);
            }
            Ok(heads)
        })
    }
}

fn head(connection: &Connection, origin: &str) -> Result<Option<OriginHead>, Damage> {
    let mut statement = connection.prepare_cached("SELECT head FROM origins WHERE origin = ?1")?;
    let head: Option<String> = statement.query_row([origin], |row| row.get(0)).optional()?;
    head.map(|head| from_json(&head, || format!("what is known of `{origin}`"))).transpose()
}

/// A declaration that is kept, as far as a new one is compared with it.
struct Known {
    key: i64,
    digest: String,
}

/// Puts the declarations of a state in the place of the origin's old ones. `unfinished` is what the sync before left, where
/// it ended early. Returns what moved, and what this one leaves.
fn put(
    connection: &Connection,
    state: &OriginState,
    items: &BTreeMap<String, Item>,
    unfinished: Option<&BTreeSet<Named>>,
) -> Result<(Moved, BTreeSet<Named>), Damage> {
    let old = known(connection, &state.origin)?;
    let before = places_before(connection, &state.origin)?;
    let whereabouts = Whereabouts::of(state.declarations.iter().chain(&before));
    let mut left = unfinished.cloned().unwrap_or_default();
    let mut moved = Moved { resources: left.clone(), ..Moved::default() };
    for (_, known) in old.iter().filter(|(item, _)| !items.contains_key(*item)) {
        moved.removed += 1;
        moved.leaves(&mut left, whereabouts.resources(&reach(connection, known.key)?), None);
        remove(connection, known.key)?;
    }
    for (name, item) in items {
        let known = old.get(name);
        if known.is_some_and(|known| known.digest == item.digest) {
            moved.unchanged += 1;
            if unfinished.is_some() {
                moved.resources.extend(whereabouts.resources(item.reach()));
            }
            continue;
        }
        let new = whereabouts.resources(item.reach());
        match known {
            Some(known) => {
                moved.changed += 1;
                moved.leaves(&mut left, whereabouts.resources(&reach(connection, known.key)?), Some(&new));
                remove(connection, known.key)?;
            }
            None => moved.added += 1,
        }
        moved.resources.extend(new);
        add(connection, &state.origin, name, item)?;
    }
    Ok((moved, left))
}

fn known(connection: &Connection, origin: &str) -> Result<BTreeMap<String, Known>, Damage> {
    let mut statement = connection.prepare_cached("SELECT item, key, digest FROM declarations WHERE origin = ?1")?;
    let rows =
        statement.query_map([origin], |row| Ok((row.get(0)?, Known { key: row.get(1)?, digest: row.get(2)? })))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where the old declarations of an origin are; nothing else of them.
fn places_before(connection: &Connection, origin: &str) -> Result<Vec<Declaration>, Damage> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT account, region FROM declarations WHERE origin = ?1")?;
    let rows = statement.query_map([origin], |row| {
        Ok(Declaration { account: row.get(0)?, region: row.get(1)?, ..Declaration::new(Tool::Terraform, "", "") })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The resources that a kept declaration speaks of.
fn reach(connection: &Connection, key: i64) -> Result<Reach, Damage> {
    let mut statement = connection.prepare_cached("SELECT places FROM declarations WHERE key = ?1")?;
    let places: String = statement.query_row([key], |row| row.get(0))?;
    Ok(Reach { names: BTreeSet::new(), places: from_json(&places, || format!("the resources of declaration {key}"))? })
}

fn remove(connection: &Connection, key: i64) -> Result<(), Damage> {
    connection.prepare_cached("DELETE FROM names WHERE declaration = ?1")?.execute([key])?;
    connection.prepare_cached("DELETE FROM declarations WHERE key = ?1")?.execute([key])?;
    Ok(())
}

fn add(connection: &Connection, origin: &str, name: &str, item: &Item) -> Result<(), Damage> {
    let Item { declaration, digest, .. } = item;
    let reach = item.reach();
    let mut statement = connection.prepare_cached(
        "INSERT INTO declarations (origin, item, account, region, digest, places, declaration)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING key",
    )?;
    let (account, region) = (&declaration.account, &declaration.region);
    let values = params![origin, name, account, region, digest, to_json(&reach.places)?, to_json(declaration)?];
    let key: i64 = statement.query_row(values, |row| row.get(0))?;
    let mut statement = connection.prepare_cached("INSERT INTO names (name, type, declaration) VALUES (?1, ?2, ?3)")?;
    let kinds: BTreeSet<&str> = reach.places.iter().map(|it| it.kind.as_str()).collect();
    // What speaks of no resource is still found by its names.
    let kinds = if kinds.is_empty() { BTreeSet::from([""]) } else { kinds };
    for name in &reach.names {
        for kind in &kinds {
            statement.execute(params![name, kind, key])?;
        }
    }
    Ok(())
}

/// The keys of the declarations that a name leads to, and of those that share a name and a type with one of them; in
/// order of their origins and addresses.
fn reached(connection: &Connection, names: &BTreeSet<String>) -> Result<Vec<i64>, Damage> {
    let (mut direct, mut all) = (BTreeSet::new(), BTreeSet::new());
    let mut statement = connection.prepare_cached("SELECT declaration FROM names WHERE name = ?1")?;
    for name in names {
        let mut rows = statement.query([name])?;
        while let Some(row) = rows.next()? {
            direct.insert(row.get::<_, i64>(0)?);
        }
    }
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT other.origin, other.item, other.key FROM declarations AS other
         WHERE other.key = ?1 OR other.key IN (
             SELECT shared.declaration FROM names AS own
             JOIN names AS shared ON shared.name = own.name AND shared.type = own.type
             WHERE own.declaration = ?1 AND own.type <> '')",
    )?;
    for key in direct {
        let mut rows = statement.query([key])?;
        while let Some(row) = rows.next()? {
            all.insert((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?));
        }
    }
    Ok(all.into_iter().map(|(_, _, key)| key).collect())
}

fn declaration(connection: &Connection, key: i64) -> Result<(Declaration, Vec<Place>), Damage> {
    let mut statement =
        connection.prepare_cached("SELECT declaration, places, origin, item FROM declarations WHERE key = ?1")?;
    let mut rows = statement.query([key])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let (origin, item) = (row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?);
    let place = || format!("the declaration `{item}` of `{origin}`");
    Ok((from_json(row.get_ref(0)?.as_str()?, place)?, from_json(row.get_ref(1)?.as_str()?, place)?))
}
