//! What a value is, for the functions of conditions: the same view on a value of CEL, on JSON and on the finding itself.
//!
//! A view borrows; nothing is converted or copied to be looked at.

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, CelUInt};
use cel::common::value::Val;
use serde_json::{Map, Value};

use super::parts::Part;
use super::path::Paths;
use super::value::Record;
use crate::finding::DeclarationRef;

/// A value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum View<'a, 'v> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'a str),
    List(Items<'a, 'v>),
    Object(Fields<'a>),
    Other,
}

/// A number, in the type that CEL gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    /// More than the largest whole number: compared, but no port, length of time or size.
    Large(u64),
    Real(f64),
}

/// The elements of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Items<'a, 'v> {
    Values(&'a [Box<dyn Val + 'v>]),
    Json(&'a [Value]),
    Declarations(&'a [DeclarationRef]),
}

/// The fields of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fields<'a> {
    Record(&'a Record),
    Json(&'a Map<String, Value>),
    Part(Part<'a>),
}

impl<'a, 'v> View<'a, 'v> {
    /// Looks at a value of CEL.
    pub(crate) fn of(value: &'a (dyn Val + 'v)) -> Self {
        if let Some(text) = value.downcast_ref::<CelString<'v>>() {
            return Self::Text(text.inner());
        }
        if let Some(object) = value.downcast_ref::<Record>() {
            return Self::Object(Fields::Record(object));
        }
        if let Some(list) = value.downcast_ref::<CelList<'v>>() {
            return Self::List(Items::Values(list.inner()));
        }
        if value.downcast_ref::<CelNull>().is_some() {
            return Self::Null;
        }
        if let Some(flag) = value.downcast_ref::<CelBool>() {
            return Self::Bool(*flag.inner());
        }
        if let Some(number) = value.downcast_ref::<CelInt>() {
            return Self::Number(Number::Whole(*number.inner()));
        }
        if let Some(number) = value.downcast_ref::<CelUInt>() {
            return Self::Number(Number::Large(*number.inner()));
        }
        value.downcast_ref::<CelDouble>().map_or(Self::Other, |number| Self::Number(Number::Real(*number.inner())))
    }

    /// Looks at a JSON value, and sees what it would see of the same value in CEL.
    pub(crate) fn of_json(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => Number::Whole(whole),
                (None, Some(large)) => Number::Large(large),
                (None, None) => Number::Real(number.as_f64().unwrap_or(f64::NAN)),
            }),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(Items::Json(items)),
            Value::Object(fields) => Self::Object(Fields::Json(fields)),
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) | Self::Other => None,
        }
    }

    /// The fields, if it is an object.
    pub(crate) fn fields(self) -> Option<Fields<'a>> {
        match self {
            Self::Object(fields) => Some(fields),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) | Self::Other => None,
        }
    }

    /// The number: also of a text such as `"443"`, as CloudFormation parameters are texts.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Number(Number::Real(number)) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "ports, days and sizes: exact up to 2^53")]
            Self::Number(Number::Whole(number)) => Some(number as f64),
            Self::Number(Number::Large(_)) => None,
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) | Self::Other => None,
        }
    }

    /// The value as JSON.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Null | Self::Other => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(Number::Whole(number)) => number.into(),
            Self::Number(Number::Large(number)) => number.into(),
            Self::Number(Number::Real(number)) => number.into(),
            Self::Text(text) => Value::String(text.to_owned()),
            Self::List(items) => Value::Array(items.iter().map(View::json).collect()),
            Self::Object(fields) => {
                let mut map = Map::new();
                fields.any(|name, value| {
                    map.insert(name.to_owned(), value.json());
                    false
                });
                Value::Object(map)
            }
        }
    }

    /// Whether the value, or anything inside it, is a text that satisfies the test.
    pub(crate) fn any_text(self, test: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Text(text) => test(text),
            Self::List(items) => items.iter().any(|item| item.any_text(test)),
            Self::Object(fields) => fields.any(|_, value| value.any_text(test)),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Other => false,
        }
    }
}

impl<'a, 'v> Items<'a, 'v> {
    /// The elements in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = View<'a, 'v>> {
        (0..).map_while(move |index| match self {
            Self::Values(items) => items.get(index).map(|item| View::of(&**item)),
            Self::Json(items) => items.get(index).map(View::of_json),
            Self::Declarations(items) => {
                items.get(index).map(|item| View::Object(Fields::Part(Part::Declaration(item))))
            }
        })
    }
}

impl<'a> Fields<'a> {
    /// The value of a field.
    pub(crate) fn field(self, name: &str) -> Option<View<'a, 'static>> {
        match self {
            Self::Record(record) => record.field(name).map(|value| View::of(&**value)),
            Self::Json(fields) => fields.get(name).map(View::of_json),
            Self::Part(part) => part.field(name),
        }
    }

    /// The first thing found in a field.
    pub(crate) fn find<T>(self, mut look: impl FnMut(&'a str, View<'a, 'static>) -> Option<T>) -> Option<T> {
        match self {
            Self::Record(record) => record.fields().find_map(|(name, value)| look(name, View::of(&**value))),
            Self::Json(fields) => fields.iter().find_map(|(name, value)| look(name, View::of_json(value))),
            Self::Part(part) => part.names().iter().find_map(|name| look(name, part.field(name)?)),
        }
    }

    /// Whether some field satisfies the test.
    pub(crate) fn any(self, mut test: impl FnMut(&'a str, View<'a, 'static>) -> bool) -> bool {
        self.find(|name, value| test(name, value).then_some(())).is_some()
    }

    /// The names of the change, where the object is one.
    pub(crate) fn paths(self) -> Option<&'a Paths> {
        match self {
            Self::Record(record) => record.paths(),
            Self::Part(Part::Change(facts)) => Some(facts.paths()),
            Self::Json(_) | Self::Part(Part::Resource(_) | Part::Declaration(_) | Part::Who(_) | Part::Call(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::judge::value::owned;

    #[test]
    fn a_value_keeps_its_shape() {
        let value = json!({"a": [1, "x", null, true, {"b": {}}], "c": 1.5});
        assert_eq!(View::of(&*owned(View::of_json(&value))).json(), value);
        assert_eq!(View::of_json(&value).json(), value);
    }
}
