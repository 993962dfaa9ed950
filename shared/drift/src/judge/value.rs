//! The finding's values as CEL values.
//!
//! An object is shared, not copied: CEL clones the element of a list into the variable of each loop.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Iterable, Sizer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, CelUInt, MAP_TYPE, Type};
use cel::common::value::{CowVal, StaticVal, Val};

use super::parts::Part;
use super::path::Paths;
use super::view::{Fields, Number, View};

/// An owned CEL value that borrows nothing.
pub(crate) type Owned = Box<dyn Val>;

/// An object whose clones share its fields.
#[derive(Clone)]
pub(crate) struct Record(Arc<Kept>);

struct Kept {
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
        Self(Arc::new(Kept { values, paths }))
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

/// What is seen, as a CEL value of its own.
pub(crate) fn owned(view: View<'_, '_>) -> Owned {
    match view {
        View::Null | View::Other => Box::new(CelNull),
        View::Bool(flag) => Box::new(CelBool::from(flag)),
        View::Number(Number::Whole(number)) => Box::new(CelInt::from(number)),
        View::Number(Number::Large(number)) => Box::new(CelUInt::from(number)),
        View::Number(Number::Real(number)) => Box::new(CelDouble::from(number)),
        View::Text(text) => Box::new(CelString::from(text.to_owned())),
        View::List(items) => Box::new(CelList::from(items.iter().map(owned).collect::<Vec<_>>())),
        View::Object(Fields::Record(record)) => Box::new(record.clone()),
        View::Object(Fields::Json(fields)) => {
            Box::new(Record::new(fields.iter().map(|(name, value)| (name.clone(), owned(View::of_json(value))))))
        }
        View::Object(Fields::Part(part)) => Box::new(record(part)),
    }
}

/// A part of a finding, with those of its fields that it has.
pub(crate) fn record(part: Part<'_>) -> Record {
    let fields = part.names().iter().filter_map(|name| Some(((*name).to_owned(), owned(part.field(name)?))));
    match part {
        Part::Change(facts) => Record::change(fields, facts.paths().clone()),
        Part::Resource(_) | Part::Declaration(_) | Part::Who(_) | Part::Call(_) => Record::new(fields),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_debugged_object_shows_names_only() {
        let record = Record::new([("password".to_owned(), owned(View::of_json(&json!("hunter2"))))]);
        assert_eq!(format!("{record:?}"), r#"{"password"}"#);
    }
}
