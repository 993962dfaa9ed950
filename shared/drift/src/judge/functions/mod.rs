//! The functions that conditions may call beside CEL's own, and the forgiving operators that stand behind `.`, `[]`,
//! `has()`, `in` and comparisons.
//!
//! None of them fails on a value of another shape: a change's value may be anything, and a condition that asks for
//! the port of a text is simply not true. Names of settings are compared without case and underscores.

#![expect(clippy::needless_pass_by_value, reason = "a function of CEL takes its arguments by value")]

mod network;
mod operators;
mod policy;
mod settings;

use std::sync::{Arc, LazyLock};

use cel::common::functions::Function;
use cel::common::types::{CelBool, CelList, CelNull, CelString, DYN_TYPE, Type};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

pub(crate) use operators::{FIELD, HAS, ITEMS, ONE_OF, ORDERED, SEPARATOR, WITHIN};

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

fn environment() -> Result<Env, DeclarationError> {
    let mut env = Env::stdlib();
    for listed in LISTED {
        env.add_overload(listed.name, listed.name, any(listed.arguments), listed.run)?;
    }
    operators::declare(&mut env)?;
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

/// The names that a function was given: one, several joined, or a list that was computed.
fn names<'a>(value: View<'a, '_>) -> Vec<&'a str> {
    match value {
        View::Text(joined) => joined.split(SEPARATOR).collect(),
        View::List(names) => names.iter().filter_map(|name| View::of(&**name).text()).collect(),
        View::Null | View::Bool(_) | View::Number(_) | View::Object(_) | View::Other => Vec::new(),
    }
}

/// The change and the names that a function on changes was given.
fn with_change<'b, 'v>(arguments: &Arguments<'_, '_>, ask: impl Fn(&Record, &[&str]) -> bool) -> Outcome<'b, 'v> {
    let View::Object(change) = view(arguments, 0) else { return flag(false) };
    flag(ask(change, &names(view(arguments, 1))))
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
    let found = settings::value(change, side, &names(view(arguments, 1)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_finds_its_place_in_the_environment() {
        assert!(environment().is_ok());
    }
}
