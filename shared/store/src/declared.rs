//! Declared state by the names of its resources, and the state of each file and stack it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::OnceLock;

use driftwire_declared::{Declaration, Standing};
use driftwire_drift::{Named, Reach, Wanted};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::StoreError;
use crate::chain::hex;
use crate::model::Stored;

/// What deciding needs.
pub trait Declared: Sync {
    /// The declarations that a record may concern, with what is kept of the resources that they, and `besides`, name.
    ///
    /// # Errors
    /// When the store does not answer.
    fn gather(&self, wanted: &Wanted, besides: &[Named]) -> impl Future<Output = Result<Gathered, StoreError>> + Send;
}

/// What a record is decided with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gathered {
    /// Every declaration of every resource that the record may concern, and perhaps others.
    pub declarations: Vec<Declaration>,
    /// What is kept of resources that the record may concern; none where nothing is.
    pub stored: BTreeMap<Named, Option<Stored>>,
}

/// What syncing needs.
pub trait Origins: Sync {
    /// Puts what an origin declares now in the place of what it declared before. Writes what changed, and nothing else.
    /// Interrupted, it may be done in part; doing it again finishes it.
    ///
    /// # Errors
    /// When the store does not answer, or another sync of the same origin came between.
    fn replace(&self, state: &OriginState) -> impl Future<Output = Result<Replaced, StoreError>> + Send;

    /// Says that what a sync moved was judged again. Until then the next sync of the origin takes all of it for moved:
    /// NOTHING-LOST.
    ///
    /// # Errors
    /// When the store does not answer.
    fn finish(&self, state: &OriginState) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The origins that were synced, in order of their names.
    ///
    /// # Errors
    /// When the store does not answer.
    fn origins(&self) -> impl Future<Output = Result<Vec<OriginHead>, StoreError>> + Send;
}

/// All that an origin declares.
#[derive(Debug, Clone, PartialEq)]
pub struct OriginState {
    /// The file, object or stack.
    pub origin: String,
    /// Names the state for as long as it lives, where its format has such a name.
    pub lineage: Option<String>,
    /// Counts up with every change, where its format has such a count.
    pub serial: Option<u64>,
    /// The version, for people.
    pub version: String,
    /// What it declares; nothing where it is deleted.
    pub declarations: Vec<Declaration>,
    /// Whether an older serial of the same lineage may take the place of a newer one.
    pub force: bool,
}

/// What is known of an origin as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginHead {
    /// The file, object or stack.
    pub origin: String,
    /// As in [`OriginState`].
    pub lineage: Option<String>,
    /// As in [`OriginState`].
    pub serial: Option<u64>,
    /// As in [`OriginState`].
    pub version: String,
    /// How many declarations it has.
    pub declarations: u64,
    /// Whether what its last sync moved was judged again.
    #[serde(default)]
    pub finished: bool,
    /// Resources that its last sync took declarations from, until they are judged again: nothing else leads to them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left: BTreeSet<Named>,
}

impl OriginHead {
    /// Whether it is of this very state.
    pub(crate) fn is_of(&self, state: &OriginState) -> bool {
        Self { finished: false, left: BTreeSet::new(), ..self.clone() } == state.head()
    }
}

impl OriginState {
    pub(crate) fn head(&self) -> OriginHead {
        OriginHead {
            origin: self.origin.clone(),
            lineage: self.lineage.clone(),
            serial: self.serial,
            version: self.version.clone(),
            declarations: self.declarations.len() as u64,
            finished: false,
            left: BTreeSet::new(),
        }
    }

    /// Whether a state that is known is a later one of the same lineage.
    pub(crate) fn is_older_than(&self, known: &OriginHead) -> bool {
        !self.force && self.lineage.is_some() && self.lineage == known.lineage && self.serial < known.serial
    }

    /// What it declares, each under a key of its own.
    pub(crate) fn items(&self) -> BTreeMap<String, Item> {
        let mut items = BTreeMap::new();
        for declaration in &self.declarations {
            let item = Item::new(declaration);
            let mut key = declaration.address.clone();
            if declaration.standing == Standing::Deposed {
                key.push_str(&format!("#deposed-{}", item.digest));
            }
            // No two current ones have one address; should a format have them, none is lost.
            while items.contains_key(&key) {
                key.push_str("#again");
            }
            items.insert(key, item);
        }
        items
    }
}

/// A declaration on its way into a store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) declaration: Declaration,
    /// Tells whether it says the same as before: of everything but the version, which moves with every other block.
    pub(crate) digest: String,
    reach: OnceLock<Reach>,
}

impl Item {
    fn new(declaration: &Declaration) -> Self {
        let mut bare = declaration.clone();
        bare.version.clear();
        let digest = hex(&Sha256::digest(serde_json::to_vec(&bare).unwrap_or_default()));
        let declaration = Declaration { version: declaration.version.clone(), ..bare };
        Self { digest: digest.chars().take(32).collect(), reach: OnceLock::new(), declaration }
    }

    /// What leads to it. Found out when somebody asks: of most declarations, nothing has moved and nobody does.
    pub(crate) fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| Reach::of(&self.declaration))
    }
}

/// What became of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaced {
    /// A later state of the same lineage is known: nothing was changed.
    Older(OriginHead),
    /// It is as it says now.
    Done(Moved),
}

/// What moved with a sync.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many declarations are new.
    pub added: u64,
    /// How many say something else.
    pub changed: u64,
    /// How many are no longer there.
    pub removed: u64,
    /// How many say the same as before.
    pub unchanged: u64,
    /// The resources of which something moved, as far as their declarations name them.
    pub resources: BTreeSet<Named>,
}

impl Moved {
    /// Takes in what a declaration spoke of that is no longer there, or says something else now. Of resources that the new
    /// one speaks of, the new one tells.
    pub(crate) fn leaves(&mut self, left: &mut BTreeSet<Named>, old: BTreeSet<Named>, new: Option<&BTreeSet<Named>>) {
        left.extend(old.iter().filter(|it| new.is_none_or(|new| !new.contains(*it))).cloned());
        self.resources.extend(old);
    }

    /// Whether nothing moved.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.added + self.changed + self.removed == 0
    }
}

/// Where resources may be whose declarations do not say it: wherever those of the same origin are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whereabouts {
    accounts: BTreeSet<String>,
    regions: BTreeSet<String>,
}

/// From places alone, where those are kept apart from their declarations.
#[cfg(feature = "dynamodb")]
impl Whereabouts {
    pub(crate) fn places<'p>(places: impl IntoIterator<Item = &'p driftwire_drift::Place>) -> Self {
        Self::default().or_places(places)
    }

    pub(crate) fn or_places(
        mut self,
        places: impl IntoIterator<Item = impl std::borrow::Borrow<driftwire_drift::Place>>,
    ) -> Self {
        for place in places {
            self.accounts.extend(place.borrow().account.clone());
            self.regions.extend(place.borrow().region.clone());
        }
        self
    }
}

impl Whereabouts {
    pub(crate) fn of<'d>(declarations: impl Iterator<Item = &'d Declaration>) -> Self {
        let mut all = Self::default();
        for declaration in declarations {
            all.accounts.extend(declaration.account.clone());
            all.regions.extend(declaration.region.clone());
        }
        all
    }

    /// With the place of a call, where nothing else is known.
    pub(crate) fn or(mut self, account: &str, region: &str) -> Self {
        self.accounts.insert(account.to_owned());
        self.regions.insert(region.to_owned());
        self
    }

    /// The resources that a declaration may speak of.
    pub(crate) fn resources(&self, reach: &Reach) -> BTreeSet<Named> {
        let any = BTreeSet::from([String::new()]);
        let or_any = |known: &BTreeSet<String>| if known.is_empty() { any.clone() } else { known.clone() };
        let mut resources = BTreeSet::new();
        for place in &reach.places {
            for account in or_any(&self.accounts) {
                resources.extend(or_any(&self.regions).iter().map(|region| place.named(&account, region)));
            }
        }
        resources
    }
}
