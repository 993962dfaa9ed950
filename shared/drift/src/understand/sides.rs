//! Calls that join two resources (a user and a group, a role and a policy) say one thing of both: tells each side of
//! the other. Knows nothing declared.

use super::effect::{Effect, Touch};
use crate::cover::plain_key;

/// What a call does to the resource at the other end of the same relation.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    /// The types that the resource may have.
    pub(crate) kinds: &'static [&'static str],
    pub(crate) id: String,
    pub(crate) collection: &'static str,
    pub(crate) key: String,
    /// Whether the catalog's row names that side first.
    pub(crate) first: bool,
}

/// Tells every addition of the additions that are the same relation seen from elsewhere.
pub(super) fn tell(touches: &mut [Touch<'_>]) {
    if touches.len() < 2 {
        return;
    }
    let ends: Vec<(usize, Side)> = touches
        .iter()
        .enumerate()
        .flat_map(|(at, touch)| {
            touch.effects.iter().filter_map(move |effect| match effect {
                Effect::Add { collection, key, .. } => Some((
                    at,
                    Side {
                        kinds: touch.target.resources,
                        id: touch.id.clone(),
                        collection,
                        key: key.clone(),
                        first: false,
                    },
                )),
                _ => None,
            })
        })
        .collect();
    for (at, touch) in touches.iter_mut().enumerate() {
        for effect in &mut touch.effects {
            let Effect::Add { key, sides, .. } = effect else { continue };
            let reciprocal = ends.iter().filter(|(_, side)| {
                side.kinds != touch.target.resources && plain_key(&side.id) == *key && side.key == plain_key(&touch.id)
            });
            sides.extend(reciprocal.map(|(other, side)| Side { first: *other < at, ..side.clone() }));
        }
    }
}
