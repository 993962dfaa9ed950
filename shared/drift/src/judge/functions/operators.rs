//! The operators of conditions, in a form that is not true, rather than an error, where a value is missing.
//!
//! The names cannot be written in CEL: a condition is rewritten to them when it is read.

use std::cmp::Ordering;

use cel::common::functions::Function;
use cel::common::types::{CelList, DYN_TYPE, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{DeclarationError, Env, ExecutionError};

use super::{Arguments, Outcome, any, flag, nothing, view};
use crate::judge::view::View;

/// What `.`, `[]`, `has()`, `in`, comparisons and loops become.
pub(crate) const FIELD: &str = "@field";
pub(crate) const HAS: &str = "@has";
pub(crate) const WITHIN: &str = "@within";
pub(crate) const ONE_OF: &str = "@one_of";
pub(crate) const ITEMS: &str = "@items";
pub(crate) const ORDERED: &[(&str, &str)] =
    &[("_<_", "@less"), ("_<=_", "@less_equal"), ("_>_", "@greater"), ("_>=_", "@greater_equal")];

/// Between the names of a list of texts that was joined when the condition was read.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Declares the operators.
pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    let pairs: [(&str, Function); 4] = [(FIELD, field), (HAS, has), (WITHIN, within), (ONE_OF, one_of)];
    for (name, run) in pairs {
        env.add_overload(name, name, any(2), run)?;
    }
    env.add_overload(ITEMS, ITEMS, any(1), items)?;
    let ordered: [Function; 4] = [less, less_equal, greater, greater_equal];
    for ((_, name), run) in ORDERED.iter().zip(ordered) {
        env.add_overload(name, name, any(2), run)?;
    }
    // A text asked for, something else there: not an error, not a match. The overloads of real texts come first.
    for name in ["startsWith", "endsWith", "contains", "matches"] {
        let id = format!("{name}_of_no_text");
        env.add_member_overload(name, &id, DYN_TYPE, vec![STRING_TYPE], no_text)?;
    }
    Ok(())
}

fn no_text<'b, 'v>(_arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(false)
}

/// `value.name` and `value["name"]`; null where there is no such thing.
fn field<'b, 'v>(mut arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let Some(name) = arguments.pop() else { return Ok(nothing()) };
    match arguments.pop() {
        Some(CowVal::Borrowed(value)) => {
            Ok(value.as_indexer().and_then(|value| value.get(&*name).ok()).unwrap_or_else(nothing))
        }
        Some(CowVal::Owned(value)) => {
            let found =
                value.as_indexer().and_then(|value| value.get(&*name).ok()).map(|found| found.clone().into_owned());
            Ok(found.map_or_else(nothing, CowVal::Owned))
        }
        None => Ok(nothing()),
    }
}

/// `has(value.name)`: there, and not null.
fn has<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let found = field(arguments)?;
    flag(!matches!(View::of(&*found), View::Null))
}

/// `value in container`; false where the container is none.
fn within<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let [value, container] = arguments.as_slice() else { return flag(false) };
    flag(container.as_container().is_some_and(|container| container.contains(&**value).unwrap_or_default()))
}

/// `value in ["a", "b"]`, the list joined.
fn one_of<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    match (view(&arguments, 0), view(&arguments, 1)) {
        (View::Text(value), View::Text(joined)) => flag(joined.split(SEPARATOR).any(|name| name == value)),
        _ => flag(false),
    }
}

/// What a loop runs over: a list or an object; nothing where the value is neither.
fn items<'b, 'v>(mut arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    match arguments.pop() {
        Some(value) if value.as_iterable().is_some() => Ok(value),
        Some(_) | None => Ok(CowVal::owned(CelList::default())),
    }
}

/// A comparison with something that is not there is false; with something of another type, an error.
fn compare<'b, 'v>(arguments: &Arguments<'_, '_>, operator: &str, test: fn(Ordering) -> bool) -> Outcome<'b, 'v> {
    let [left, right] = arguments.as_slice() else { return flag(false) };
    if matches!(View::of(&**left), View::Null) || matches!(View::of(&**right), View::Null) {
        return flag(false);
    }
    let types = || vec![left.get_type().name().to_owned(), right.get_type().name().to_owned()];
    let mismatch = || ExecutionError::no_such_overload(operator, types());
    let comparer = left.as_comparer().ok_or_else(mismatch)?;
    flag(test(comparer.compare(&**right).map_err(|_| mismatch())?))
}

fn less<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, "<", Ordering::is_lt)
}

fn less_equal<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, "<=", Ordering::is_le)
}

fn greater<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, ">", Ordering::is_gt)
}

fn greater_equal<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, ">=", Ordering::is_ge)
}
