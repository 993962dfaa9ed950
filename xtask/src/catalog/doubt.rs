//! Decides which ranked types are none after all: a type whose name is only the first part of a thing that the request names itself,
//! and one that ranks before the type of the operation's very noun. It ranks nothing anew.

use super::fields::Field;
use super::kinds::Kind;
use super::nouns::{KINDS, fold, stems};
use super::parts::{own_part, parts};
use super::score::{Call, Candidate};

/// From here on, a type's name is the operation's noun.
const SAME: f64 = 0.99;
/// Below this, it is another one.
const OTHER: f64 = 0.88;

/// The ranked types without those that are none.
pub(crate) fn settled<'i, 'a>(call: &Call<'_>, mut ranked: Vec<Candidate<'i, 'a>>) -> Vec<Candidate<'i, 'a>> {
    let exact = ranked.iter().position(|it| it.name > SAME && !call.is_place(it.kind));
    let sure = |at: &usize| ranked.get(*at).is_some_and(|it| !it.handlers.is_empty());
    let loose = |sure: bool| ranked.first().is_some_and(|it| it.name < OTHER && (sure || it.handlers.is_empty()));
    if let Some(at) = exact.filter(|at| !call.links() && loose(sure(at))) {
        let exact = ranked.remove(at);
        ranked.insert(0, exact);
    }
    ranked.retain(|it| it.name >= OTHER || !it.handlers.is_empty() || !is_other(call, it.kind));
    ranked
}

/// Whether the request names a thing of the operation's own noun, which is the type's and another behind it, and names no such
/// type: `ReservedInstancesListingId` of no `Instance`.
fn is_other(call: &Call<'_>, kind: &Kind<'_>) -> bool {
    let words = |it: &Field<'_>| -> Vec<String> {
        stems(it.name).into_iter().filter(|word| !KINDS.contains(&word.as_str())).collect()
    };
    let longer = call.stems.last().is_some_and(|last| !kind.stems.contains(last));
    let is_id = |it: &Field<'_>| stems(it.name).last().is_some_and(|last| KINDS.contains(&last.as_str()));
    let named =
        |test: &dyn Fn(&Field<'_>) -> bool| call.request.iter().any(|it| it.depth == 0 && it.required && test(it));
    let parts = parts(kind);
    let part = parts.get(own_part(kind, &parts)).map(|part| fold(part)).unwrap_or_default();
    longer
        && kind.stems.iter().any(|word| call.stems.contains(word))
        && named(&|it| is_id(it) && words(it) == call.stems)
        && !named(&|it| words(it) == kind.stems || it.folded == part)
}

#[cfg(test)]
mod tests {
    use super::super::score::Index;
    use super::super::tiny;
    use super::*;

    /// Whether the types that rank are settled to none, and whether the request names another thing than the type.
    fn judged(operation: &str, request: &[tiny::Field<'_>]) -> (usize, bool) {
        let mut service = tiny::service();
        tiny::operation(&mut service, operation, request, &[]);
        let models = tiny::models(service, vec![tiny::kind("AWS::Store::Shelf", &["ShelfId"], &["ShelfId"])]);
        let service = &models.services["store"];
        let call = Call::new(&models, service, &service.operations[operation]);
        let index = Index::new(&models);
        (settled(&call, index.rank(&call)).len(), is_other(&call, index.kinds("store").next().unwrap()))
    }

    #[test]
    fn a_thing_with_a_name_of_its_own_is_not_the_type_that_its_name_begins_with() {
        assert_eq!(judged("CancelShelfListing", &[("ShelfListingId", "Text", true)]), (0, true));
        assert_eq!(judged("UpdateShelf", &[("ShelfId", "Text", true)]), (1, false));
        let both = [("ShelfListingId", "Text", true), ("ShelfId", "Text", true)];
        assert_eq!(judged("UpdateShelfListing", &both), (1, false));
    }

    #[test]
    fn a_document_is_no_thing_of_its_own() {
        assert!(!judged("PutShelfPolicy", &[("ShelfPolicy", "Text", true)]).1);
    }
}
