//! JSON pointers of CloudFormation's schemas (`/properties/Coats/*/Color`) as paths (`Coats[].Color`, `Labels.*`). The schema
//! decides what a `*` means, and where a list is walked though the pointer does not say so.

use std::collections::BTreeMap;

use super::model::Property;

/// No chain of references is longer.
const LONGEST_CHAIN: usize = 10;

/// Reads pointers into one type.
pub(crate) struct Paths<'a> {
    properties: &'a BTreeMap<String, Property>,
    definitions: &'a BTreeMap<String, Property>,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(properties: &'a BTreeMap<String, Property>, definitions: &'a BTreeMap<String, Property>) -> Self {
        Self { properties, definitions }
    }

    /// Every pointer as a path, in their order.
    pub(crate) fn read_all(&self, pointers: &[String]) -> Vec<String> {
        pointers.iter().map(|it| self.read(it)).collect()
    }

    /// One pointer as a path. A step that the schema does not know is kept as it is.
    pub(crate) fn read(&self, pointer: &str) -> String {
        let mut steps = pointer.strip_prefix("/properties/").unwrap_or(pointer).split('/').filter(|it| !it.is_empty());
        let Some(first) = steps.next() else { return String::new() };
        let mut path = first.to_owned();
        let mut at = self.properties.get(first).map(|it| self.resolve(it));
        for step in steps {
            at = self.step(at, step, &mut path);
        }
        path
    }

    fn step(&self, at: Option<&'a Property>, step: &str, path: &mut String) -> Option<&'a Property> {
        let items = at.and_then(|it| it.items.as_deref());
        if matches!(step, "*" | "items" | "[]") {
            if let Some(items) = items {
                path.push_str("[]");
                return Some(self.resolve(items));
            }
            if step == "*" {
                path.push_str(".*");
                return None;
            }
        }
        let holder = if let Some(items) = items {
            path.push_str("[]");
            Some(self.resolve(items))
        } else {
            at
        };
        let member = holder.and_then(|it| it.members.get(step)).map(|it| self.resolve(it));
        if step == "properties" && member.is_none() {
            return holder; // `/properties/A/properties/B` means `A.B`.
        }
        path.push('.');
        path.push_str(step);
        member
    }

    fn resolve(&self, mut property: &'a Property) -> &'a Property {
        for _ in 0..LONGEST_CHAIN {
            match property.reference.as_ref().and_then(|name| self.definitions.get(name)) {
                Some(definition) => property = definition,
                None => break,
            }
        }
        property
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: Property) -> Property {
        Property { items: Some(Box::new(items)), ..Property::default() }
    }

    fn object(name: &str, member: Property) -> Property {
        Property { members: BTreeMap::from([(name.to_owned(), member)]), ..Property::default() }
    }

    #[test]
    fn every_way_to_write_a_list_gives_the_same_path() {
        let reference = Property { reference: Some("Coat".to_owned()), ..Property::default() };
        let properties = BTreeMap::from([("Coats".to_owned(), list(reference))]);
        let definitions = BTreeMap::from([("Coat".to_owned(), object("Color", Property::default()))]);
        let paths = Paths::new(&properties, &definitions);
        for pointer in ["Coats/*/Color", "Coats/items/Color", "Coats/Color", "Coats/items/properties/Color"] {
            assert_eq!(paths.read(&format!("/properties/{pointer}")), "Coats[].Color", "{pointer}");
        }
    }

    #[test]
    fn a_star_that_walks_no_list_is_any_key() {
        let properties = BTreeMap::from([("Labels".to_owned(), Property::default())]);
        let paths = Paths::new(&properties, &properties);
        assert_eq!(paths.read("/properties/Labels/*"), "Labels.*");
        assert_eq!(paths.read("/properties/Labels/*/Deep"), "Labels.*.Deep");
    }

    #[test]
    fn a_step_that_the_schema_does_not_know_is_kept() {
        let none = BTreeMap::new();
        assert_eq!(Paths::new(&none, &none).read("/properties/Parent/Id"), "Parent.Id");
    }
}
