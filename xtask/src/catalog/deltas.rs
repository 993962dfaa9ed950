//! Decides which members add entries to a list of the resource, or remove entries from it: `AddSubnetArns`, `UserIdsToRemove`.
//! Only where what is added to is exactly a list of texts of the type; it never guesses which list is meant.

use std::collections::BTreeSet;

use super::fields::{Field, Holds};
use super::members::{Mapped, walk};
use super::model::{AttributeKind, ResourceType, TerraformType};
use super::nouns::{fold, words};

/// What a member does to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Delta {
    Add,
    Remove,
}

impl Delta {
    /// As the format names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

/// The lists that members of a request add to or remove from, each once. `set`: properties that a member of their own name sets.
pub(crate) fn deltas(
    request: &[Field<'_>],
    kind: &ResourceType,
    block: Option<&TerraformType>,
    set: &BTreeSet<String>,
) -> Vec<Mapped> {
    let mut seen: BTreeSet<(String, Delta)> = BTreeSet::new();
    let mut all = Vec::new();
    for field in request.iter().filter(|it| it.depth == 0) {
        let Some((list, delta)) = changed(field.name) else { continue };
        let Some(property) = list_in(field, kind) else { continue };
        let fixed = kind.read_only.contains(&property) || kind.id.contains(&property) || set.contains(&property);
        if fixed || !seen.insert((property.clone(), delta)) {
            continue;
        }
        let listed = |block: &TerraformType| {
            let mut inputs = block.inputs.iter().filter(|(_, input)| input.kind == AttributeKind::List);
            inputs.find(|(name, _)| fold(name) == list).map(|(name, _)| name.clone())
        };
        let terraform = block.and_then(listed).unwrap_or_default();
        all.push(Mapped::Delta { member: field.path.clone(), property, terraform, delta });
    }
    all
}

/// The folded name of the list whose entries a member adds or removes.
pub(crate) fn list_of(name: &str) -> Option<String> {
    changed(name).map(|(list, _)| list)
}

/// The property of the type whose entries a member adds or removes.
pub(crate) fn list_in(field: &Field<'_>, kind: &ResourceType) -> Option<String> {
    let list = list_of(field.name).filter(|_| field.holds == Holds::Texts)?;
    walk(kind, &[list], Holds::Texts)
}

/// The folded name of the list that a member speaks of, and what becomes of its entries.
fn changed(name: &str) -> Option<(String, Delta)> {
    let words = words(name);
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    let (list, delta) = match all.as_slice() {
        [list @ .., "to", "add"] | ["add" | "added", list @ ..] => (list, Delta::Add),
        [list @ .., "to", "remove" | "delete"] | ["remove" | "removed", list @ ..] => (list, Delta::Remove),
        _ => return None,
    };
    (!list.is_empty()).then(|| (list.concat(), delta))
}

#[cfg(test)]
mod tests {
    use super::super::fields::{Lists, fields};
    use super::super::model::{Attribute, Property};
    use super::super::tiny;
    use super::*;

    /// What is found in a request on a shelf that has `Boards`, a list, and `Color`, a text.
    fn found(request: &[tiny::Field<'_>], set: &[&str]) -> Vec<Mapped> {
        let mut service = tiny::service();
        tiny::structure(&mut service, "Request", request);
        let mut kind = tiny::kind("AWS::Store::Shelf", &["ShelfId", "Color"], &["ShelfId"]);
        let text = Property { kinds: vec!["string".to_owned()], ..Property::default() };
        let list = Property { kinds: vec!["array".to_owned()], items: Some(Box::new(text)), ..Property::default() };
        kind.properties.insert("Boards".to_owned(), list);
        let boards = Attribute { required: false, kind: AttributeKind::List };
        let block = TerraformType { inputs: [("boards".to_owned(), boards)].into(), ..TerraformType::default() };
        let set = set.iter().map(|it| (*it).to_owned()).collect();
        deltas(&fields(&service, Some("Request"), 0, Lists::Leave), &kind, Some(&block), &set)
    }

    fn delta(member: &str, delta: Delta) -> Mapped {
        Mapped::Delta {
            member: member.to_owned(),
            property: "Boards".to_owned(),
            terraform: "boards".to_owned(),
            delta,
        }
    }

    #[test]
    fn members_that_add_and_remove_are_told_by_the_list_they_name() {
        let request = [
            ("AddBoards", "Texts", false),
            ("RemovedBoards", "Texts", false),
            ("AddColor", "Texts", false),
            ("AddLamps", "Texts", false),
        ];
        assert_eq!(found(&request, &[]), [delta("AddBoards", Delta::Add), delta("RemovedBoards", Delta::Remove)]);
        let request = [("BoardsToAdd", "Texts", false), ("BoardsToDelete", "Texts", false)];
        assert_eq!(found(&request, &[]), [delta("BoardsToAdd", Delta::Add), delta("BoardsToDelete", Delta::Remove)]);
    }

    #[test]
    fn a_list_is_told_once() {
        let request = [("AddBoards", "Texts", false), ("BoardsToAdd", "Texts", false)];
        assert_eq!(found(&request, &[]), [delta("AddBoards", Delta::Add)]);
        assert_eq!(found(&[("AddBoards", "Texts", false), ("Boards", "Texts", false)], &["Boards"]), []);
    }
}
