//! The functions that conditions may call beside CEL's own, and the forgiving operators that stand behind `.`, `[]`,
//! `has()`, `in` and comparisons.
//!
//! None of them fails on a value of another shape: a change's value may be anything, and a condition that asks for
//! the port of a text is simply not true. Names of settings are compared without case and underscores.

mod network;
mod policy;
mod settings;

use std::sync::{Arc, LazyLock};

use cel::common::functions::Function;
use cel::common::types::{CelBool, CelList, CelNull, CelString, DYN_TYPE, STRING_TYPE, Type};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::value::{Record, View};

/// The environment all conditions run in: CEL's standard library, and what is listed here.
pub(crate) static ENVIRONMENT: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(environment().unwrap_or_else(|_| Env::stdlib())));

/// A function of the rules' own: its name, how many arguments it takes, and what it does.
pub(crate) struct Listed {
    pub(crate) name: &'static str,
    pub(crate) arguments: usize,
    run: Function,
}

/// The functions a condition may call, beside CEL's own.
pub(crate) const LISTED: &[Listed] = &[
    Listed { name: "about", arguments: 2, run: about },
    Listed { name: "about_tags", arguments: 1, run: about_tags },
    Listed { name: "now", arguments: 2, run: now },
    Listed { name: "was", arguments: 2, run: was },
    Listed { name: "turned_on", arguments: 2, run: turned_on },
    Listed { name: "turned_off", arguments: 2, run: turned_off },
    Listed { name: "lowered", arguments: 2, run: lowered },
    Listed { name: "raised", arguments: 2, run: raised },
    Listed { name: "is_any_cidr", arguments: 1, run: is_any_cidr },
    Listed { name: "opens_port", arguments: 3, run: opens_port },
    Listed { name: "opens_all_ports", arguments: 1, run: opens_all_ports },
    Listed { name: "inbound", arguments: 3, run: inbound },
    Listed { name: "grants_admin", arguments: 1, run: grants_admin },
    Listed { name: "is_public_policy", arguments: 1, run: is_public_policy },
    Listed { name: "is_public_acl", arguments: 1, run: is_public_acl },
    Listed { name: "requires_tls", arguments: 1, run: requires_tls },
    Listed { name: "new_external_principals", arguments: 3, run: new_external_principals },
    Listed { name: "federation_weakened", arguments: 2, run: federation_weakened },
    Listed { name: "shared_with_all", arguments: 1, run: shared_with_all },
    Listed { name: "expires_sooner", arguments: 2, run: expires_sooner },
];

/// What `.`, `[]`, `has()`, `in`, comparisons and loops are rewritten to; these names cannot be written in CEL.
pub(crate) const FIELD: &str = "@field";
pub(crate) const HAS: &str = "@has";
pub(crate) const WITHIN: &str = "@within";
pub(crate) const ITEMS: &str = "@items";
pub(crate) const ORDERED: &[(&str, &str)] =
    &[("_<_", "@less"), ("_<=_", "@less_equal"), ("_>_", "@greater"), ("_>=_", "@greater_equal")];

fn environment() -> Result<Env, DeclarationError> {
    let mut env = Env::stdlib();
    for listed in LISTED {
        env.add_overload(listed.name, listed.name, any(listed.arguments), listed.run)?;
    }
    for (name, run) in [(FIELD, field as Function), (HAS, has), (WITHIN, within)] {
        env.add_overload(name, name, any(2), run)?;
    }
    env.add_overload(ITEMS, ITEMS, any(1), items)?;
    let ordered: [Function; 4] = [less, less_equal, greater, greater_equal];
    for ((_, name), run) in ORDERED.iter().zip(ordered) {
        env.add_overload(name, name, any(2), run)?;
    }
    // A text asked for, something else there: not an error, not a match. The overloads of real texts come first.
    for name in ["startsWith", "endsWith", "contains", "matches"] {
        env.add_member_overload(name, &format!("{name}_of_no_text"), DYN_TYPE, vec![STRING_TYPE], no_text)?;
    }
    Ok(env)
}

fn any(count: usize) -> Vec<Type> {
    std::iter::repeat_with(|| DYN_TYPE).take(count).collect()
}

type Arguments<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Outcome<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

fn flag<'b, 'v>(flag: bool) -> Outcome<'b, 'v> {
    Ok(CowVal::owned(CelBool::from(flag)))
}

fn nothing<'b, 'v>() -> CowVal<'b, 'v> {
    CowVal::owned(CelNull)
}

fn view<'a, 'v>(arguments: &'a Arguments<'_, 'v>, index: usize) -> View<'a, 'v> {
    arguments.get(index).map_or(View::Null, |value| View::of(&**value))
}

/// The change and the names that a function on changes was given: one name, or a list.
fn with_change<'b, 'v>(arguments: &Arguments<'_, '_>, ask: impl Fn(&Record, &[&str]) -> bool) -> Outcome<'b, 'v> {
    let View::Object(change) = view(arguments, 0) else { return flag(false) };
    match view(arguments, 1) {
        View::Text(name) => flag(ask(change, &[name])),
        View::List(names) => {
            let names: Vec<&str> = names.iter().filter_map(|name| View::of(&**name).text()).collect();
            flag(ask(change, &names))
        }
        View::Null | View::Bool(_) | View::Number(_) | View::Object(_) | View::Other => flag(false),
    }
}

fn about<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    with_change(&arguments, settings::about)
}

fn about_tags<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let View::Object(change) = view(&arguments, 0) else { return flag(false) };
    flag(settings::about_tags(change))
}

fn turned_on<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    with_change(&arguments, settings::turned_on)
}

fn turned_off<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    with_change(&arguments, settings::turned_off)
}

fn lowered<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    with_change(&arguments, |change, names| settings::moved(change, names, |was, now| now < was))
}

fn raised<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    with_change(&arguments, |change, names| settings::moved(change, names, |was, now| now > was))
}

fn now<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    setting(&arguments, "actual")
}

fn was<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    setting(&arguments, "declared")
}

fn setting<'b, 'v>(arguments: &Arguments<'_, '_>, side: &str) -> Outcome<'b, 'v> {
    let View::Object(change) = view(arguments, 0) else { return Ok(nothing()) };
    let found = match view(arguments, 1) {
        View::Text(name) => settings::value(change, side, &[name]),
        View::List(names) => {
            let names: Vec<&str> = names.iter().filter_map(|name| View::of(&**name).text()).collect();
            settings::value(change, side, &names)
        }
        View::Null | View::Bool(_) | View::Number(_) | View::Object(_) | View::Other => None,
    };
    Ok(found.map_or_else(nothing, |value| CowVal::Owned(value.clone_as_boxed())))
}

fn is_any_cidr<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(network::is_any_cidr(view(&arguments, 0)))
}

fn opens_port<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    match (view(&arguments, 1).text(), view(&arguments, 2).number()) {
        (Some(protocol), Some(port)) => flag(network::opens_port(view(&arguments, 0), protocol, port)),
        (None, _) | (_, None) => flag(false),
    }
}

fn opens_all_ports<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(network::opens_all_ports(view(&arguments, 0)))
}

fn inbound<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let View::Object(change) = view(&arguments, 0) else { return flag(false) };
    flag(network::inbound(change, view(&arguments, 1), view(&arguments, 2)))
}

fn grants_admin<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(policy::grants_admin(view(&arguments, 0)))
}

fn is_public_policy<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(policy::is_public(view(&arguments, 0)))
}

fn is_public_acl<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(policy::is_public_acl(view(&arguments, 0)))
}

fn requires_tls<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(policy::requires_tls(view(&arguments, 0)))
}

fn new_external_principals<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let account = view(&arguments, 2).text().unwrap_or_default();
    let found = policy::new_external_principals(view(&arguments, 0), view(&arguments, 1), account);
    let texts = found.into_iter().map(|principal| Box::new(CelString::from(principal)) as Box<dyn Val + 'v>);
    Ok(CowVal::owned(CelList::from(texts.collect::<Vec<_>>())))
}

fn federation_weakened<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(policy::federation_weakened(view(&arguments, 0), view(&arguments, 1)))
}

fn shared_with_all<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(view(&arguments, 0).any_text(&|text| matches!(text, "all" | "*")))
}

fn expires_sooner<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(policy::expires_sooner(view(&arguments, 0), view(&arguments, 1)))
}

fn no_text<'b, 'v>(_arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    flag(false)
}

/// `value.name` and `value["name"]`; null where there is no such thing.
fn field<'b, 'v>(mut arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    let Some(name) = arguments.pop() else { return Ok(nothing()) };
    match arguments.pop() {
        Some(CowVal::Borrowed(value)) => Ok(value.as_indexer().and_then(|value| value.get(&*name).ok()).unwrap_or_else(nothing)),
        Some(CowVal::Owned(value)) => {
            let found = value.as_indexer().and_then(|value| value.get(&*name).ok()).map(|found| found.clone().into_owned());
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

/// What a loop runs over: a list or an object; nothing where the value is neither.
fn items<'b, 'v>(mut arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    match arguments.pop() {
        Some(value) if value.as_iterable().is_some() => Ok(value),
        Some(_) | None => Ok(CowVal::owned(CelList::default())),
    }
}

/// A comparison with something that is not there is false; with something of another type, an error.
fn compare<'b, 'v>(arguments: &Arguments<'_, '_>, operator: &str, test: fn(std::cmp::Ordering) -> bool) -> Outcome<'b, 'v> {
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
    compare(&arguments, "<", std::cmp::Ordering::is_lt)
}

fn less_equal<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, "<=", std::cmp::Ordering::is_le)
}

fn greater<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, ">", std::cmp::Ordering::is_gt)
}

fn greater_equal<'b, 'v>(arguments: Arguments<'b, 'v>) -> Outcome<'b, 'v> {
    compare(&arguments, ">=", std::cmp::Ordering::is_ge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_finds_its_place_in_the_environment() {
        assert!(environment().is_ok());
    }
}
