//! Fits the arguments of a call to what a function takes, as the language's signatures say (`<s-nn?:s>`).
//!
//! An undefined argument fits every parameter. A parameter that is left out takes the context, where the signature
//! allows it: `$octets.$pad(-8, "0")`.

use super::Failed;
use super::value::{List, Value};

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    /// The letters of the types that it takes; empty for any.
    types: &'static str,
    absence: Absence,
    list: Listing,
}

/// What a parameter is that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absence {
    Refused,
    Context,
    Undefined,
}

/// Whether a parameter is a list: a value alone is then a list of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    No,
    OfAny,
    Of(char),
}

pub(super) const ANY: Parameter = Parameter { types: "", absence: Absence::Refused, list: Listing::No };
pub(super) const TEXT: Parameter = Parameter { types: "s", ..ANY };
pub(super) const NUMBER: Parameter = Parameter { types: "n", ..ANY };
pub(super) const SCALAR: Parameter = Parameter { types: "nsb", ..ANY };
pub(super) const FUNCTION: Parameter = Parameter { types: "f", ..ANY };
pub(super) const TEXT_OR_FUNCTION: Parameter = Parameter { types: "sf", ..ANY };
pub(super) const LIST: Parameter = Parameter { list: Listing::OfAny, ..ANY };
pub(super) const TEXTS: Parameter = Parameter { list: Listing::Of('s'), ..ANY };
pub(super) const NUMBERS: Parameter = Parameter { list: Listing::Of('n'), ..ANY };

impl Parameter {
    pub(super) const fn or_context(self) -> Self {
        Self { absence: Absence::Context, ..self }
    }

    pub(super) const fn optional(self) -> Self {
        Self { absence: Absence::Undefined, ..self }
    }

    fn takes(&self, value: &Value) -> bool {
        self.types.is_empty() || value.is_undefined() || self.types.contains(value.symbol())
    }

    /// The argument, as a list where the parameter is one.
    fn fitted(&self, value: Value) -> Result<Value, Failed> {
        let item = match self.list {
            Listing::No => return Ok(value),
            Listing::OfAny => None,
            Listing::Of(item) => Some(item),
        };
        let list = match value {
            Value::Undefined => return Ok(Value::Undefined),
            Value::List(list) => list,
            one => List::plain(vec![one]),
        };
        if item.is_some_and(|item| list.items.iter().any(|it| it.symbol() != item)) {
            return Err(Failed::Mismatch("an item of a list has another type than the function takes"));
        }
        Ok(list.into())
    }
}

/// The arguments, one for each parameter.
pub(super) fn fit(parameters: &[Parameter], arguments: &[Value], context: &Value) -> Result<Vec<Value>, Failed> {
    let fits = assign(parameters, arguments).ok_or(Failed::Mismatch("an argument has another type than is taken"))?;
    let mut arguments = arguments.iter();
    let mut fitted = Vec::new();
    for (parameter, is_given) in parameters.iter().zip(fits) {
        let value = match parameter.absence {
            _ if is_given => arguments.next().cloned().unwrap_or(Value::Undefined),
            Absence::Context if parameter.takes(context) => context.clone(),
            Absence::Context => return Err(Failed::Mismatch("the context has another type than is taken")),
            Absence::Undefined | Absence::Refused => Value::Undefined,
        };
        fitted.push(parameter.fitted(value)?);
    }
    Ok(fitted)
}

/// Which parameters are given; `None` where the arguments fit in no way. The first parameters get what they can.
fn assign(parameters: &[Parameter], arguments: &[Value]) -> Option<Vec<bool>> {
    let Some((parameter, parameters)) = parameters.split_first() else {
        return arguments.is_empty().then(Vec::new);
    };
    let (rest, is_given) = match arguments.split_first() {
        Some((argument, rest)) if parameter.takes(argument) => match assign(parameters, rest) {
            Some(rest) => (rest, true),
            None if parameter.absence != Absence::Refused => (assign(parameters, arguments)?, false),
            None => return None,
        },
        _ if parameter.absence != Absence::Refused => (assign(parameters, arguments)?, false),
        _ => return None,
    };
    let mut given = vec![is_given];
    given.extend(rest);
    Some(given)
}
