//! The table of CloudFormation's types that declare something of other resources, or have collections inside.

use crate::packed;
use crate::table::{self, Slot, Table, kept, table, text, texts};
use crate::terraform::{TerraformKind, made_element, made_lists};

pub(crate) static TABLE: Table = table!("stacks");
static KINDS: [Slot<TerraformKind>; TABLE.len()] = [const { Slot::new() }; TABLE.len()];

/// Looks a type of CloudFormation up, in the form of Terraform's types. `id` has the ways to say it beside the
/// type's own identifiers.
#[must_use]
pub fn stack(kind: &str) -> Option<&'static TerraformKind> {
    let made = |row: usize| KINDS.get(row)?.get().map(|it| (it.name, ""));
    at(TABLE.find((kind, ""), made)?)
}

/// All such types, sorted by name.
pub fn stack_kinds() -> impl Iterator<Item = &'static TerraformKind> {
    (0..TABLE.len()).filter_map(at)
}

fn at(row: usize) -> Option<&'static TerraformKind> {
    table::row(&TABLE, &KINDS, row, |(name, _), packed: packed::StackKind| {
        let packed::StackKind { id, of, element, lists } = packed;
        TerraformKind {
            name: text(name),
            resource: text(name),
            id: texts(id),
            part: !of.is_empty(),
            computed: &[],
            pulumi: &[],
            properties: &[],
            element: element.map(made_element),
            lists: made_lists(lists),
            of: kept(of.into_iter().map(|(kind, ids)| (text(kind), texts(ids))).collect()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource_type;

    #[test]
    fn a_part_belongs_to_types_that_exist() {
        for kind in stack_kinds() {
            assert!(resource_type(kind.name).is_some(), "{}", kind.name);
            for (of, ids) in kind.of {
                assert!(resource_type(of).is_some(), "{}: {of}", kind.name);
                assert!(!ids.is_empty(), "{}: {of}", kind.name);
            }
            assert!(!kind.of.is_empty() || !kind.lists.is_empty() || !kind.id.is_empty(), "{} says nothing", kind.name);
            assert!(kind.element.is_none() || !kind.of.is_empty(), "{} is an element of nothing", kind.name);
        }
    }
}
