//! The finding's values as CEL values, and a view on any CEL value for the functions of conditions.
//!
//! An object is shared, not copied: CEL clones the element of a list into the variable of each loop.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Iterable, Sizer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, CelUInt, MAP_TYPE, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use serde_json::Value;

use super::path::Paths;

/// An owned CEL value that borrows nothing.
pub(crate) type Owned = Box<dyn Val>;

/// An object whose clones share its fields.
#[derive(Clone)]
pub(crate) struct Record(Arc<Fields>);

struct Fields {
    /// Sorted by name.
    values: Vec<(CelString<'static>, Owned)>,
    /// The names that functions compare settings with, where the object is a change.
    paths: Option<Paths>,
}

impl Record {
    /// An object of these fields.
    pub(crate) fn new(fields: impl IntoIterator<Item = (String, Owned)>) -> Self {
        Self::with(fields, None)
    }

    /// An object that is a change.
    pub(crate) fn change(fields: impl IntoIterator<Item = (String, Owned)>, paths: Paths) -> Self {
        Self::with(fields, Some(paths))
    }

    fn with(fields: impl IntoIterator<Item = (String, Owned)>, paths: Option<Paths>) -> Self {
        let mut values: Vec<_> = fields.into_iter().map(|(name, value)| (CelString::from(name), value)).collect();
        values.sort_by(|(one, _), (other, _)| one.inner().cmp(other.inner()));
        values.dedup_by(|(one, _), (other, _)| one.inner() == other.inner());
        Self(Arc::new(Fields { values, paths }))
    }

    /// The value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&Owned> {
        let values = &self.0.values;
        let place = values.binary_search_by(|(known, _)| known.inner().cmp(name)).ok()?;
        values.get(place).map(|(_, value)| value)
    }

    /// The fields, by name.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Owned)> {
        self.0.values.iter().map(|(name, value)| (name.inner(), value))
    }

    /// The names of the change, where the object is one.
    pub(crate) fn paths(&self) -> Option<&Paths> {
        self.0.paths.as_ref()
    }
}

/// Names only: values do not belong into messages.
impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.fields().map(|(name, _)| name)).finish()
    }
}

impl Val for Record {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Self>().is_some_and(|other| {
            self.0.values.len() == other.0.values.len()
                && self.fields().all(|(name, value)| other.field(name).is_some_and(|theirs| value.equals(&**theirs)))
        })
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Record {}

impl Container for Record {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(value.downcast_ref::<CelString<'_>>().is_some_and(|name| self.field(name.inner()).is_some()))
    }
}

impl Indexer for Record {
    fn get<'b, 'v>(&'b self, field: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let name = field.downcast_ref::<CelString<'_>>().map(CelString::inner).unwrap_or_default();
        match self.field(name) {
            Some(value) => Ok(CowVal::Borrowed(&**value)),
            None => Err(ExecutionError::no_such_key(name)),
        }
    }

    fn steal<'v>(self: Box<Self>, field: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(field).map(CowVal::into_owned)
    }
}

impl Iterable for Record {
    fn iter<'b, 'v>(&'b self) -> Box<dyn cel::common::traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Names(self.0.values.iter()))
    }
}

impl Sizer for Record {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.0.values.len()).unwrap_or(i64::MAX))
    }
}

/// The names of an object's fields, as CEL iterates over a map.
struct Names<'b>(std::slice::Iter<'b, (CelString<'static>, Owned)>);

impl<'b, 'v> cel::common::traits::Iterator<'b, 'v> for Names<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|(name, _)| name as &(dyn Val + 'v))
    }
}

/// A JSON value as a CEL value.
pub(crate) fn owned(value: &Value) -> Owned {
    match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(flag) => Box::new(CelBool::from(*flag)),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Box::new(CelInt::from(whole)),
            (None, Some(large)) => Box::new(CelUInt::from(large)),
            (None, None) => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(text) => Box::new(CelString::from(text.clone())),
        Value::Array(items) => Box::new(CelList::from(items.iter().map(owned).collect::<Vec<_>>())),
        Value::Object(fields) => Box::new(Record::new(fields.iter().map(|(name, value)| (name.clone(), owned(value))))),
    }
}

/// What a value is, for the functions of conditions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum View<'a, 'v> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    List(&'a [Box<dyn Val + 'v>]),
    Object(&'a Record),
    Other,
}

impl<'a, 'v> View<'a, 'v> {
    /// Looks at a value.
    pub(crate) fn of(value: &'a (dyn Val + 'v)) -> Self {
        if let Some(text) = value.downcast_ref::<CelString<'v>>() {
            return Self::Text(text.inner());
        }
        if let Some(object) = value.downcast_ref::<Record>() {
            return Self::Object(object);
        }
        if let Some(list) = value.downcast_ref::<CelList<'v>>() {
            return Self::List(list.inner());
        }
        if value.downcast_ref::<CelNull>().is_some() {
            return Self::Null;
        }
        if let Some(flag) = value.downcast_ref::<CelBool>() {
            return Self::Bool(*flag.inner());
        }
        if let Some(number) = value.downcast_ref::<CelDouble>() {
            return Self::Number(*number.inner());
        }
        match value.downcast_ref::<CelInt>() {
            #[expect(clippy::cast_precision_loss, reason = "ports, days and sizes: exact up to 2^53")]
            Some(number) => Self::Number(*number.inner() as f64),
            None => Self::Other,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) | Self::Other => None,
        }
    }

    /// The number: also of a text such as `"443"`, as CloudFormation parameters are texts.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) | Self::Other => None,
        }
    }

    /// The value as JSON.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Null | Self::Other => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number),
            Self::Text(text) => Value::String(text.to_owned()),
            Self::List(items) => Value::Array(items.iter().map(|item| View::of(&**item).json()).collect()),
            Self::Object(fields) => Value::Object(
                fields.fields().map(|(name, value)| (name.to_owned(), View::of(&**value).json())).collect(),
            ),
        }
    }

    /// Whether the value, or anything inside it, is a text that satisfies the test.
    pub(crate) fn any_text(self, test: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Text(text) => test(text),
            Self::List(items) => items.iter().any(|item| View::of(&**item).any_text(test)),
            Self::Object(fields) => fields.fields().any(|(_, value)| View::of(&**value).any_text(test)),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Other => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_keeps_its_shape() {
        let value = json!({"a": [1, "x", null, true, {"b": {}}], "c": 1.5});
        let seen = View::of(&*owned(&value)).json();
        assert_eq!(seen, json!({"a": [1.0, "x", null, true, {"b": {}}], "c": 1.5}));
    }

    #[test]
    fn a_debugged_object_shows_names_only() {
        let record = Record::new([("password".to_owned(), owned(&json!("hunter2")))]);
        assert_eq!(format!("{record:?}"), r#"{"password"}"#);
    }
}
