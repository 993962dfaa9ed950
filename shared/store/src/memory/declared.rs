//! Declared state in memory: what every other store has to give, at its plainest.

use std::collections::BTreeSet;

use driftwire_declared::Declaration;
use driftwire_drift::{Named, Wanted};

use super::{Kept, Memory};
use crate::StoreError;
use crate::declared::{Declared, Gathered, Item, Moved, OriginHead, OriginState, Origins, Replaced, Whereabouts};

impl Kept {
    /// Declarations that a name leads to, and those that share a name of one of their resources.
    fn reached(&self, names: &BTreeSet<String>) -> BTreeSet<(String, String)> {
        let of = |name: &String| self.names.get(name).into_iter().flatten();
        let direct: BTreeSet<_> = names.iter().flat_map(of).cloned().collect();
        let mut all = direct.clone();
        for item in direct.iter().filter_map(|key| self.declared.get(key)) {
            let kinds: BTreeSet<&str> = item.reach().places.iter().map(|it| it.kind.as_str()).collect();
            let shares = |key: &&(String, String)| {
                self.declared
                    .get(*key)
                    .is_some_and(|it| it.reach().places.iter().any(|it| kinds.contains(it.kind.as_str())))
            };
            all.extend(item.reach().names.iter().flat_map(of).filter(shares).cloned());
        }
        all
    }

    fn name(&mut self, key: &(String, String), item: &Item) {
        for name in &item.reach().names {
            self.names.entry(name.clone()).or_default().insert(key.clone());
        }
    }

    fn unname(&mut self, key: &(String, String)) {
        let Some(item) = self.declared.remove(key) else { return };
        for name in &item.reach().names {
            if let Some(keys) = self.names.get_mut(name) {
                keys.remove(key);
            }
        }
    }
}

impl Declared for Memory {
    async fn gather(&self, wanted: &Wanted, besides: &[Named]) -> Result<Gathered, StoreError> {
        let kept = self.kept();
        let reached = kept.reached(&wanted.names);
        let items: Vec<&Item> = reached.iter().filter_map(|key| kept.declared.get(key)).collect();
        let declarations: Vec<Declaration> = items.iter().map(|it| it.declaration.clone()).collect();
        let whereabouts = Whereabouts::of(declarations.iter()).or(&wanted.account, &wanted.region);
        let named = items.iter().flat_map(|it| whereabouts.resources(it.reach())).chain(besides.iter().cloned());
        let stored = named.map(|it| (it.clone(), kept.resources.get(&it).cloned())).collect();
        Ok(Gathered { declarations, stored })
    }
}

impl Origins for Memory {
    async fn replace(&self, state: &OriginState) -> Result<Replaced, StoreError> {
        let mut kept = self.kept();
        if let Some(known) = kept.heads.get(&state.origin).filter(|known| state.is_older_than(known)) {
            return Ok(Replaced::Older(known.clone()));
        }
        let new = state.items();
        let known = |it: &&(String, String)| it.0 == state.origin;
        let old: Vec<(String, String)> = kept.declared.keys().filter(known).cloned().collect();
        let whereabouts = Whereabouts::of(
            state
                .declarations
                .iter()
                .chain(old.iter().filter_map(|it| kept.declared.get(it)).map(|it| &it.declaration)),
        );
        let unfinished = kept.heads.get(&state.origin).filter(|known| !known.finished);
        let (is_unfinished, mut left) =
            (unfinished.is_some(), unfinished.map(|it| it.left.clone()).unwrap_or_default());
        let mut moved = Moved { resources: left.clone(), ..Moved::default() };
        for key in old.iter().filter(|(_, key)| !new.contains_key(key)) {
            moved.removed += 1;
            let old = kept.declared.get(key).map(|it| whereabouts.resources(it.reach())).unwrap_or_default();
            moved.leaves(&mut left, old, None);
            kept.unname(key);
        }
        for (key, item) in new {
            let key = (state.origin.clone(), key);
            let known = kept.declared.get(&key);
            if known.is_some_and(|known| known.digest == item.digest) {
                moved.unchanged += 1;
                if is_unfinished {
                    moved.resources.extend(whereabouts.resources(item.reach()));
                }
                continue;
            }
            let new = whereabouts.resources(item.reach());
            match known {
                Some(known) => {
                    moved.changed += 1;
                    moved.leaves(&mut left, whereabouts.resources(known.reach()), Some(&new));
                }
                None => moved.added += 1,
            }
            moved.resources.extend(new);
            kept.unname(&key);
            kept.name(&key, &item);
            kept.declared.insert(key, item);
        }
        kept.heads.insert(state.origin.clone(), OriginHead { left, ..state.head() });
        Ok(Replaced::Done(moved))
    }

    async fn finish(&self, state: &OriginState) -> Result<(), StoreError> {
        if let Some(known) = self.kept().heads.get_mut(&state.origin).filter(|known| known.is_of(state)) {
            known.finished = true;
            known.left.clear();
        }
        Ok(())
    }

    async fn origins(&self) -> Result<Vec<OriginHead>, StoreError> {
        Ok(self.kept().heads.values().cloned().collect())
    }
}
