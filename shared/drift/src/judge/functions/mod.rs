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
pub(crate) use policy::parse as parse_policy;
pub(crate) use settings::value as setting;

use super::path::Name;
use super::value::owned;
use super::view::{Fields, View};

/// The environment all conditions run in: CEL's standard library, and what is listed here.
pub(crate) static ENVIRONMENT: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(environment().unwrap_or_else(|_| Env::stdlib())));

/// A function of the rules' own: its name, how many arguments it takes, and what it does.
pub(crate) struct Listed {
    pub(crate) name: &'static str,
    pub(crate) arguments: usize,
    /// What it does in CEL.
    run: Function,
    /// What it does outside of CEL.
    pub(crate) does: Does,
}

/// What a function does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Does {
    /// Says yes or no to values.
    Ask(fn(&[View<'_, '_>]) -> bool),
    /// The same, where it makes no difference whether a policy is a text or was read from it.
    AskPolicies(fn(&[View<'_, '_>]) -> bool),
    /// Says yes or no to a change and names of settings.
    AskChange(fn(Fields<'_>, &[Name]) -> bool),
    /// Gives the value of a setting, on this side of a change.
    Setting(&'static str),
    /// Gives a list of texts; a policy may be a text or read from it.
    ListOfPolicies(fn(&[View<'_, '_>]) -> Vec<String>),
}

/// Most arguments of a listed function.
pub(crate) const MOST_ARGUMENTS: usize = 3;

macro_rules! ask {
    ($name:literal, $arguments:literal, $ask:expr) => {
        ask!($name, $arguments, Ask, $ask)
    };
    ($name:literal, $arguments:literal, $does:ident, $ask:expr) => {
        Listed {
            name: $name,
            arguments: $arguments,
            run: |arguments| flag(with_views(&arguments, $ask)),
            does: Does::$does($ask),
        }
    };
}

macro_rules! ask_change {
    ($name:literal, $ask:expr) => {
        Listed {
            name: $name,
            arguments: 2,
            run: |arguments| flag(with_change(&arguments, $ask)),
            does: Does::AskChange($ask),
        }
    };
}

macro_rules! side {
    ($name:literal, $side:literal) => {
        Listed {
            name: $name,
            arguments: 2,
            run: |arguments| value_of_setting(&arguments, $side),
            does: Does::Setting($side),
        }
    };
}

/// The functions a condition may call, beside CEL's own.
pub(crate) const LISTED: &[Listed] = &[
    ask_change!("about", settings::about),
    ask!("about_tags", 1, |it| at(it, 0).fields().is_some_and(settings::about_tags)),
    side!("now", "actual"),
    side!("was", "declared"),
    ask_change!("turned_on", settings::turned_on),
    ask_change!("turned_off", settings::turned_off),
    ask_change!("lowered", settings::lowered),
    ask_change!("raised", settings::raised),
    ask!("is_any_cidr", 1, |it| network::is_any_cidr(at(it, 0))),
    ask!("opens_port", 3, |it| match (at(it, 1).text(), at(it, 2).number()) {
        (Some(protocol), Some(port)) => network::opens_port(at(it, 0), protocol, port),
        (None, _) | (_, None) => false,
    }),
    ask!("opens_all_ports", 1, |it| network::opens_all_ports(at(it, 0))),
    ask!("inbound", 3, |it| at(it, 0).fields().is_some_and(|change| network::inbound(change, at(it, 1), at(it, 2)))),
    ask!("grants_admin", 1, |it| policy::grants_admin(at(it, 0))),
    ask!("is_public_policy", 1, AskPolicies, |it| policy::is_public(at(it, 0))),
    ask!("is_public_acl", 1, |it| policy::is_public_acl(at(it, 0))),
    ask!("requires_tls", 1, AskPolicies, |it| policy::requires_tls(at(it, 0))),
    Listed {
        name: "new_external_principals",
        arguments: 3,
        run: |arguments| texts(with_views(&arguments, new_external_principals)),
        does: Does::ListOfPolicies(new_external_principals),
    },
    ask!("federation_weakened", 2, AskPolicies, |it| policy::federation_weakened(at(it, 0), at(it, 1))),
    ask!("shared_with_all", 1, |it| at(it, 0).any_text(&|text| matches!(text, "all" | "*"))),
    ask!("expires_sooner", 2, |it| policy::expires_sooner(at(it, 0), at(it, 1))),
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

fn texts<'b, 'v>(texts: Vec<String>) -> Outcome<'b, 'v> {
    let texts = texts.into_iter().map(|text| Box::new(CelString::from(text)) as Box<dyn Val + 'v>);
    Ok(CowVal::owned(CelList::from(texts.collect::<Vec<_>>())))
}

fn view<'a, 'v>(arguments: &'a Arguments<'_, 'v>, index: usize) -> View<'a, 'v> {
    arguments.get(index).map_or(View::Null, |value| View::of(&**value))
}

fn at<'a, 'v>(views: &[View<'a, 'v>], index: usize) -> View<'a, 'v> {
    views.get(index).copied().unwrap_or(View::Null)
}

fn with_views<T>(arguments: &Arguments<'_, '_>, ask: fn(&[View<'_, '_>]) -> T) -> T {
    let views: [View<'_, '_>; MOST_ARGUMENTS] = std::array::from_fn(|index| view(arguments, index));
    ask(&views)
}

/// The names that a function was given: one, several joined, or a list that was computed.
fn names(value: View<'_, '_>) -> Vec<Name> {
    match value {
        View::Text(joined) => joined.split(SEPARATOR).map(Name::new).collect(),
        View::List(names) => names.iter().filter_map(View::text).map(Name::new).collect(),
        View::Null | View::Bool(_) | View::Number(_) | View::Object(_) | View::Other => Vec::new(),
    }
}

/// Asks of the change and the names that a function on changes was given.
fn with_change(arguments: &Arguments<'_, '_>, ask: fn(Fields<'_>, &[Name]) -> bool) -> bool {
    view(arguments, 0).fields().is_some_and(|change| ask(change, &names(view(arguments, 1))))
}

fn value_of_setting<'b, 'v>(arguments: &Arguments<'_, '_>, side: &str) -> Outcome<'b, 'v> {
    let Some(change) = view(arguments, 0).fields() else { return Ok(nothing()) };
    let found = settings::value(change, side, &names(view(arguments, 1)));
    Ok(found.map_or_else(nothing, |value| CowVal::Owned(owned(value))))
}

fn new_external_principals(it: &[View<'_, '_>]) -> Vec<String> {
    policy::new_external_principals(at(it, 0), at(it, 1), at(it, 2).text().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_finds_its_place_in_the_environment() {
        assert!(environment().is_ok());
    }
}
