//! An addition that two resources see: says it once, at the side whose declarations have a place for it.

use super::{FacetResult, Reason, Subject};
use crate::{cover, index::Found, understand::sides::Side};

/// What an addition is that this side does not declare, if another side answers for it.
pub(super) fn elsewhere(subject: Subject<'_>, collection: &str, key: &str, sides: &[Side]) -> Option<FacetResult> {
    let own = cover::has_place(subject.declarations, collection, key);
    let mut answers = None;
    for side in sides {
        let Some(declarations) = declarations(subject, side) else { continue };
        if cover::elements(&declarations, side.collection).iter().any(|element| element.key == side.key) {
            return Some(FacetResult::Same(Reason::DeclaredBySibling));
        }
        let place = cover::has_place(&declarations, side.collection, &side.key);
        if place && !own || place == own && side.first {
            answers = Some(FacetResult::Quiet(Reason::NotDeclared));
        }
    }
    answers
}

/// The declarations of the resource at the other side.
fn declarations<'s>(subject: Subject<'s>, side: &Side) -> Option<Vec<&'s driftwire_declared::Declaration>> {
    let index = subject.context.index;
    let place = |text: &'s Option<String>| text.as_deref().unwrap_or_default();
    let (account, region) = (place(&subject.resource.account), place(&subject.resource.region));
    side.kinds.iter().find_map(|kind| match index.find(kind, &side.id, account, region) {
        Found::One(resource) => Some(index.of(resource).collect()),
        Found::Several | Found::Nothing => None,
    })
}
