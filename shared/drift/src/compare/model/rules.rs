//! What a resource type's schema, AWS's own rewriting rules and reviewers say of each property, as a tree to walk along.

use std::collections::BTreeMap;

use driftwire_catalog::ResourceType;
use serde_json::Value;

use super::super::Equality;

/// What is said of one place of a type's properties, and of the places below.
#[derive(Debug, Default)]
pub(in crate::compare) struct Rules {
    /// Only AWS sets it: nothing to compare.
    pub(in crate::compare) is_read_only: bool,
    /// A reader of AWS may leave it out although it is set: its absence says nothing.
    pub(in crate::compare) may_be_unread: bool,
    /// It cannot be changed in place, so nobody has taken it away: its own absence says nothing.
    pub(in crate::compare) is_fixed: bool,
    /// The order of the list means nothing.
    pub(in crate::compare) is_unordered: bool,
    /// How it is compared, where a reviewer said so.
    pub(in crate::compare) equality: Option<Equality>,
    /// How AWS rewrites it: an expression in `JSONata`.
    pub(in crate::compare) transform: Option<&'static str>,
    /// What it is where nobody sets it.
    pub(in crate::compare) default: Option<Value>,
    members: BTreeMap<&'static str, Self>,
    any: Option<Box<Self>>,
    element: Option<Box<Self>>,
}

impl Rules {
    /// The rules of a resource type.
    pub(super) fn of(kind: &'static ResourceType) -> Self {
        let mut rules = Self::default();
        for path in kind.read_only {
            rules.at(path).is_read_only = true;
        }
        for path in kind.write_only.iter().chain(kind.unread) {
            rules.at(path).may_be_unread = true;
        }
        for path in kind.create_only.iter().filter(|path| Some(**path) != kind.tags) {
            rules.at(path).is_fixed = true;
        }
        for path in kind.unordered {
            rules.at(path).is_unordered = true;
        }
        for (path, json) in kind.defaults {
            rules.at(path).default = serde_json::from_str(json).ok();
        }
        for (path, expression) in kind.transforms {
            rules.at(path).transform = Some(expression);
        }
        for (path, name) in kind.equalities {
            rules.at(path).equality = name.parse().ok();
        }
        rules
    }

    /// The rules of a type that the catalog does not know.
    pub(super) fn of_unknown_type() -> Self {
        Self { may_be_unread: true, ..Self::default() }
    }

    /// The place at a path such as `A.B[].C` or `A.*.B`, made where it is new.
    fn at(&mut self, path: &'static str) -> &mut Self {
        let mut place = self;
        for step in path.split('.') {
            let name = step.trim_end_matches("[]");
            place = match name {
                "*" => place.any.get_or_insert_default(),
                "" => place,
                name => place.members.entry(name).or_default(),
            };
            for _ in 0..(step.len() - name.len()) / 2 {
                place = place.element.get_or_insert_default();
            }
        }
        place
    }

    /// The rules of a member.
    pub(in crate::compare) fn member(&self, name: &str) -> Option<&Self> {
        self.members.get(name).or(self.any.as_deref())
    }

    /// The rules of the elements of a list.
    pub(in crate::compare) fn element(&self) -> Option<&Self> {
        // Some schemas say `A.B` where they mean the entries of `A`.
        self.element.as_deref().or_else(|| (!self.members.is_empty()).then_some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_lists_and_free_keys() {
        let mut rules = Rules::default();
        rules.at("A.B[].C").is_read_only = true;
        rules.at("A.*.D").is_unordered = true;
        let b = rules.member("A").unwrap().member("B").unwrap();
        assert!(b.element().unwrap().member("C").unwrap().is_read_only);
        assert!(rules.member("A").unwrap().member("free").unwrap().member("D").unwrap().is_unordered);
        assert!(rules.member("B").is_none());
    }
}
