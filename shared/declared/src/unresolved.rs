//! What stands in the place of a declared value that the source does not tell: never a guess, never a value.

use serde_json::{Map, Value};

/// The only key of what stands in its place: `{"$unresolved": "attribute"}`.
const MARK: &str = "$unresolved";

/// Why a declared value cannot be known from what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unresolved {
    /// Another resource's identifier, and nothing says which it got.
    Reference,
    /// Another resource's attribute that only a reader of AWS knows.
    Attribute,
    /// A parameter without a value, or one whose value is hidden.
    Parameter,
    /// A dynamic reference: `{{resolve:ssm:…}}`.
    Dynamic,
    /// An export of another stack or state.
    Import,
    /// What depends on the account or the region: its availability zones.
    Environment,
    /// A function that this version cannot evaluate, or given operands that it does not take.
    Function,
    /// A condition that cannot be decided.
    Condition,
    /// A value that the tool itself did not know yet.
    Unknown,
    /// Content that the source keeps elsewhere: an asset, an archive.
    Content,
    /// A text that its carrier damaged: characters were replaced.
    Damaged,
    /// A secret of which the source has only the ciphertext.
    Secret,
}

impl Unresolved {
    const NAMES: [(&'static str, Self); 12] = [
        ("reference", Self::Reference),
        ("attribute", Self::Attribute),
        ("parameter", Self::Parameter),
        ("dynamic", Self::Dynamic),
        ("import", Self::Import),
        ("environment", Self::Environment),
        ("function", Self::Function),
        ("condition", Self::Condition),
        ("unknown", Self::Unknown),
        ("content", Self::Content),
        ("damaged", Self::Damaged),
        ("secret", Self::Secret),
    ];

    /// The reason's name, as in the mark.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, reason)| *reason == self).map_or("unknown", |(name, _)| name)
    }

    /// What stands in the value's place.
    #[must_use]
    pub fn mark(self) -> Value {
        Value::Object(Map::from_iter([(MARK.to_owned(), Value::from(self.name()))]))
    }
}

/// Why a value is not known, if it is not. Only the marks of this crate count: what merely poses as one is a value.
#[must_use]
pub fn unresolved(value: &Value) -> Option<Unresolved> {
    value.as_object().and_then(of_members)
}

pub(crate) fn of_members(members: &Map<String, Value>) -> Option<Unresolved> {
    let name = members.iter().next().filter(|(name, _)| members.len() == 1 && *name == MARK)?.1.as_str()?;
    Unresolved::NAMES.iter().find(|(known, _)| *known == name).map(|(_, reason)| *reason)
}

/// Why some part of a value is not known, if one is not.
pub(crate) fn within(value: &Value) -> Option<Unresolved> {
    match value {
        Value::Array(items) => items.iter().find_map(within),
        Value::Object(members) => of_members(members).or_else(|| members.values().find_map(within)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_reason_has_a_mark_that_reads_back() {
        for (name, reason) in Unresolved::NAMES {
            assert_eq!(unresolved(&reason.mark()), Some(reason), "{name}");
        }
    }

    #[test]
    fn what_poses_as_a_mark_is_a_value() {
        for value in [json!({"$unresolved": "hunter2"}), json!({"$unresolved": "import", "a": 1}), json!("import")] {
            assert_eq!(unresolved(&value), None, "{value}");
        }
    }
}
