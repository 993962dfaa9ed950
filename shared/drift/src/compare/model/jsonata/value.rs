//! Says what a value is while an expression is evaluated: what JSON has, undefined, and functions.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value as Json};

use super::Failed;
use super::functions::Native;
use super::pattern::Pattern;
use super::syntax::{Lambda, Update};

/// Deeper than any declaration nests.
const MOST_LEVELS: usize = 128;

/// The largest whole number below which a floating-point number has all of them.
pub(super) const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// What a property that is not there is. Unlike null, it vanishes from lists and objects.
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<str>),
    List(List),
    Object(Rc<Object>),
    Function(Function),
}

/// Members by name.
pub(super) type Object = BTreeMap<Rc<str>, Value>;

/// A list, and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) items: Rc<Vec<Value>>,
    pub(super) origin: Origin,
}

/// Where a list comes from: this decides when it is flattened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A list of the input, or one that a function or constructor made.
    Plain,
    /// Results of a path. One alone is the result itself; none is undefined.
    Sequence,
    /// Constructed by a step of a path, which does not flatten it.
    Step,
    /// The input, which is a list.
    Input,
}

/// A function.
#[derive(Debug, Clone)]
pub(super) enum Function {
    Native(Native),
    /// With the context and the variables that it was made with.
    Lambda(Rc<Lambda>, Rc<Value>, usize),
    Update(Rc<Update>, usize),
    Pattern(Rc<Pattern>),
}

impl List {
    pub(super) fn sequence(items: Vec<Value>) -> Self {
        Self { items: Rc::new(items), origin: Origin::Sequence }
    }

    pub(super) fn plain(items: Vec<Value>) -> Self {
        Self { items: Rc::new(items), origin: Origin::Plain }
    }

    pub(super) fn is_sequence(&self) -> bool {
        matches!(self.origin, Origin::Sequence | Origin::Input)
    }
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Self::List(list)
    }
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Rc::from(text))
    }

    pub(super) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// The value, as a list of one unless it is a list.
    pub(super) fn into_list(self) -> List {
        match self {
            Self::List(list) => list,
            other => List::sequence(vec![other]),
        }
    }

    /// What a sequence is once it is complete.
    pub(super) fn unwrapped(self) -> Self {
        match self {
            Self::List(list) if list.is_sequence() => match list.items.as_slice() {
                [] => Self::Undefined,
                [one] => one.clone(),
                _ => Self::List(list),
            },
            other => other,
        }
    }

    /// The letter that stands for the type in a signature.
    pub(super) fn symbol(&self) -> char {
        match self {
            Self::Undefined => 'm',
            Self::Null => 'l',
            Self::Bool(_) => 'b',
            Self::Number(_) => 'n',
            Self::Text(_) => 's',
            Self::List(_) => 'a',
            Self::Object(_) => 'o',
            Self::Function(_) => 'f',
        }
    }

    pub(super) fn from_json(json: &Json) -> Result<Self, Failed> {
        from_json(json, 0)
    }
}

fn from_json(json: &Json, level: usize) -> Result<Value, Failed> {
    if level > MOST_LEVELS {
        return Err(Failed::Exhausted);
    }
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(number.as_f64().ok_or(Failed::Mismatch("a number is too large"))?),
        Json::String(text) => Value::text(text),
        Json::Array(items) => {
            let items: Result<_, _> = items.iter().map(|item| from_json(item, level + 1)).collect();
            List::plain(items?).into()
        }
        Json::Object(members) => {
            let member = |(name, value): (&String, &Json)| Ok((Rc::from(name.as_str()), from_json(value, level + 1)?));
            Value::Object(Rc::new(members.iter().map(member).collect::<Result<_, Failed>>()?))
        }
    })
}

/// A value as JSON, counting its parts with `spend`; `None` where it is undefined.
pub(super) fn to_json(value: &Value, spend: &mut impl FnMut() -> Result<(), Failed>) -> Result<Option<Json>, Failed> {
    spend()?;
    Ok(Some(match value {
        Value::Undefined => return Ok(None),
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => json_number(*number),
        Value::Text(text) => Json::from(text.as_ref()),
        Value::List(list) => {
            let item = |item| Ok(to_json(item, spend)?.unwrap_or_default());
            Json::Array(list.items.iter().map(item).collect::<Result<_, Failed>>()?)
        }
        Value::Object(members) => {
            let mut object = Map::new();
            for (name, member) in members.iter() {
                if let Some(member) = to_json(member, spend)? {
                    object.insert(name.to_string(), member);
                }
            }
            Json::Object(object)
        }
        Value::Function(_) => return Err(Failed::Mismatch("the result is a function")),
    }))
}

fn json_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < LARGEST_EXACT { Json::from(whole(number)) } else { Json::from(number) }
}

/// A number that is known to be whole and small.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, or saturating")]
pub(super) fn whole(number: f64) -> i64 {
    number as i64
}
