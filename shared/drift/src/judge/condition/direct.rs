//! Answers a condition on the finding as it is, without a value or variable of CEL: a hundred times faster.
//!
//! Knows what rules are usually made of: `&&`, `||`, `!`, `==`, `!=`, `in`, `has()`, `changes.exists(…)`, fields and the
//! listed functions. Where an answer depends on anything else it is `None`, and CEL is asked. It is never another
//! answer than CEL's: a part that is not known does not matter only where `false && x` or `true || x` says so.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

use super::literal;
use super::narrow::exists;
use crate::finding::Finding;
use crate::judge::functions::{Does, LISTED, MOST_ARGUMENTS, SEPARATOR, setting};
use crate::judge::parts::{Facts, Part, evidence_name, kind_name, status_name};
use crate::judge::path::{Name, NamesInside, Settings};
use crate::judge::view::{Fields, Number, View};

/// The finding, and the changes that the condition is asked of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    finding: &'a Finding,
    changes: &'a [Facts<'a>],
    change: Option<&'a Facts<'a>>,
}

impl<'a> Scope<'a> {
    /// A finding with some of its changes, or all.
    pub(crate) fn of(finding: &'a Finding, changes: &'a [Facts<'a>]) -> Self {
        Self { finding, changes, change: None }
    }

    /// Whether some change may be about a setting of these last names, or hold one.
    pub(super) fn may_concern(self, last: NamesInside) -> bool {
        self.changes.iter().any(|facts| facts.paths().may_concern(last))
    }
}

/// A condition or a part of one.
#[derive(Debug, Clone)]
pub(super) enum Direct {
    Text(String),
    Number(Number),
    Bool(bool),
    Null,
    Variable(Variable),
    Field(Box<Self>, String),
    /// The field of a variable.
    Part(Variable, String),
    Has(Box<Self>),
    Not(Box<Self>),
    /// The answer that one part suffices for (false of `&&`, true of `||`), and the parts.
    Chain(bool, Vec<Self>),
    Same(Box<Self>, Box<Self>),
    /// Whether a value is this text.
    Is(Box<Self>, String),
    OneOf(Box<Self>, Vec<String>),
    /// `changes.exists(…)`
    Some(Box<Self>),
    Ask(fn(&[View<'_, '_>]) -> bool, Vec<Self>),
    AskPolicies(fn(&[View<'_, '_>]) -> bool, Vec<Self>),
    AskChange(fn(Fields<'_>, &[Name]) -> bool, Box<Self>, Settings),
    Setting(&'static str, Box<Self>, Settings),
    /// `size(f(…)) > 0`
    GivesAny(fn(&[View<'_, '_>]) -> Vec<String>, Vec<Self>),
    OfText(fn(&str, &str) -> bool, Box<Self>, String),
    Unknown,
}

/// What a condition starts from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Variable {
    Resource,
    Who,
    Call,
    Kind,
    Evidence,
    Status,
    Change,
}

type Seen<'a> = View<'a, 'static>;

impl Direct {
    /// The answer, where it is known.
    pub(super) fn answer(&self, scope: Scope<'_>) -> Option<bool> {
        match self.value(scope) {
            Some(View::Bool(answer)) => Some(answer),
            Some(_) | None => None,
        }
    }

    fn value<'a>(&'a self, scope: Scope<'a>) -> Option<Seen<'a>> {
        let flag = match self {
            Self::Text(text) => return Some(View::Text(text)),
            Self::Number(number) => return Some(View::Number(*number)),
            Self::Null => return Some(View::Null),
            Self::Variable(variable) => return variable.value(scope),
            Self::Field(object, name) => return Some(field(object.value(scope)?, name)),
            Self::Part(variable, name) => return Some(field(variable.value(scope)?, name)),
            Self::Setting(side, change, settings) => {
                let change = concerned(change.value(scope)?, settings);
                return Some(change.and_then(|it| setting(it, side, settings.names())).unwrap_or(View::Null));
            }
            Self::Unknown => return None,
            Self::Bool(flag) => *flag,
            Self::Has(value) => !matches!(value.value(scope)?, View::Null),
            Self::Not(part) => !part.answer(scope)?,
            Self::Chain(decisive, parts) => chain(*decisive, parts.iter().map(|part| part.answer(scope)))?,
            Self::Some(part) => {
                let answers = scope.changes.iter().map(|facts| part.answer(Scope { change: Some(facts), ..scope }));
                chain(true, answers)?
            }
            Self::Same(left, right) => same(left.value(scope)?, right.value(scope)?)?,
            Self::Is(value, text) => same(value.value(scope)?, View::Text(text))?,
            Self::OneOf(value, names) => {
                value.value(scope)?.text().is_some_and(|text| names.iter().any(|name| name == text))
            }
            Self::Ask(ask, parts) => ask(&values(parts, scope)?),
            Self::AskPolicies(ask, parts) => ask(&policies(parts, scope)?),
            Self::GivesAny(give, parts) => !give(&policies(parts, scope)?).is_empty(),
            Self::AskChange(ask, change, settings) => {
                concerned(change.value(scope)?, settings).is_some_and(|change| ask(change, settings.names()))
            }
            Self::OfText(test, value, wanted) => match value.value(scope)? {
                View::Text(text) => test(text, wanted),
                View::Null | View::Bool(_) | View::Number(_) => false,
                View::List(_) | View::Object(_) | View::Other => return None,
            },
        };
        Some(View::Bool(flag))
    }
}

impl Variable {
    fn value(self, scope: Scope<'_>) -> Option<Seen<'_>> {
        let finding = scope.finding;
        let object = |part| Some(View::Object(Fields::Part(part)));
        match self {
            Self::Resource => object(Part::Resource(&finding.resource)),
            Self::Who => object(Part::Who(&finding.who)),
            Self::Call => object(Part::Call(&finding.call)),
            Self::Kind => Some(View::Text(kind_name(finding.kind))),
            Self::Evidence => Some(View::Text(evidence_name(finding.evidence))),
            Self::Status => Some(View::Text(status_name(finding.status))),
            Self::Change => object(Part::Change(scope.change?)),
        }
    }
}

/// The change, if the settings may be in it: the answer to every question about them is no, or nothing, elsewhere.
fn concerned<'a>(change: Seen<'a>, settings: &Settings) -> Option<Fields<'a>> {
    change.fields().filter(|fields| fields.paths().is_some_and(|paths| paths.may_concern(settings.last())))
}

/// The field of an object; null where there is no such thing.
fn field<'a>(value: Seen<'a>, name: &str) -> Seen<'a> {
    value.fields().and_then(|fields| fields.field(name)).unwrap_or(View::Null)
}

fn values<'a>(parts: &'a [Direct], scope: Scope<'a>) -> Option<[Seen<'a>; MOST_ARGUMENTS]> {
    let mut values = [View::Null; MOST_ARGUMENTS];
    for (value, part) in values.iter_mut().zip(parts) {
        *value = part.value(scope)?;
    }
    Some(values)
}

/// The same, with the policies in them read.
fn policies<'a>(parts: &'a [Direct], scope: Scope<'a>) -> Option<[Seen<'a>; MOST_ARGUMENTS]> {
    let values = values(parts, scope)?;
    Some(scope.change.map_or(values, |change| values.map(|value| change.policy(value))))
}

/// One decisive part suffices, whatever the others are.
fn chain(decisive: bool, parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut answer = Some(!decisive);
    for part in parts {
        match part {
            Some(flag) if flag == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

/// Whether two values are equal. Values of different types are not.
fn same(left: Seen<'_>, right: Seen<'_>) -> Option<bool> {
    match (left, right) {
        (View::Text(left), View::Text(right)) => Some(left == right),
        (View::Bool(left), View::Bool(right)) => Some(left == right),
        (View::Null, View::Null) => Some(true),
        (View::Number(Number::Whole(left)), View::Number(Number::Whole(right))) => Some(left == right),
        (View::Text(_) | View::Bool(_) | View::Null | View::Number(_), other) => match other {
            View::Text(_) | View::Bool(_) | View::Null => Some(false),
            View::Number(_) if !matches!(left, View::Number(_)) => Some(false),
            View::Number(_) | View::List(_) | View::Object(_) | View::Other => None,
        },
        (View::List(_) | View::Object(_), View::Text(_) | View::Bool(_) | View::Null) => Some(false),
        (View::List(_) | View::Object(_) | View::Other, _) => None,
    }
}

/// What is known of a condition as it was parsed.
pub(super) fn of(node: &IdedExpr) -> Direct {
    Reader { change: None }.part(node)
}

/// The name of the variable that `changes.exists(…)` runs over, inside of it.
#[derive(Clone, Copy)]
struct Reader<'n> {
    change: Option<&'n str>,
}

impl Reader<'_> {
    fn part(self, node: &IdedExpr) -> Direct {
        match &node.expr {
            Expr::Literal(value) => of_literal(value),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => {
                let found = match self.part(&select.operand) {
                    Direct::Variable(variable) => Direct::Part(variable, select.field.clone()),
                    object => Direct::Field(Box::new(object), select.field.clone()),
                };
                if select.test { Direct::Has(Box::new(found)) } else { found }
            }
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(inner) => self.exists(inner),
            Expr::List(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => Direct::Unknown,
        }
    }

    fn boxed(self, node: &IdedExpr) -> Box<Direct> {
        Box::new(self.part(node))
    }

    fn variable(self, name: &str) -> Direct {
        if self.change == Some(name) {
            return Direct::Variable(Variable::Change);
        }
        Direct::Variable(match name {
            "resource" => Variable::Resource,
            "who" => Variable::Who,
            "call" => Variable::Call,
            "kind" => Variable::Kind,
            "evidence" => Variable::Evidence,
            "status" => Variable::Status,
            _ => return Direct::Unknown,
        })
    }

    /// `changes.exists(…)`, not inside another one.
    fn exists(self, inner: &ComprehensionExpr) -> Direct {
        let ranges_over_changes = matches!(&inner.iter_range.expr, Expr::Ident(name) if name == "changes");
        match exists(&inner.accu_init, &inner.loop_step) {
            Some(predicate) if ranges_over_changes && self.change.is_none() && inner.iter_var2.is_none() => {
                Direct::Some(Reader { change: Some(&inner.iter_var) }.boxed(predicate))
            }
            Some(_) | None => Direct::Unknown,
        }
    }

    fn call(self, call: &CallExpr) -> Direct {
        match (call.target.as_deref(), call.func_name.as_str(), call.args.as_slice()) {
            (None, operators::LOGICAL_NOT, [part]) => Direct::Not(self.boxed(part)),
            (None, operators::LOGICAL_AND, parts) => self.chain(false, parts),
            (None, operators::LOGICAL_OR, parts) => self.chain(true, parts),
            (None, operators::EQUALS, [left, right]) => self.same(left, right),
            (None, operators::NOT_EQUALS, [left, right]) => Direct::Not(Box::new(self.same(left, right))),
            (None, operators::IN, [value, names]) => {
                let Some(names) = list(names) else { return Direct::Unknown };
                Direct::OneOf(self.boxed(value), names.into_iter().map(str::to_owned).collect())
            }
            (None, operators::GREATER, [size, least]) => self.gives_any(size, least),
            (Some(value), name @ ("startsWith" | "endsWith" | "contains"), [wanted]) => {
                let Some(wanted) = literal(wanted) else { return Direct::Unknown };
                let test = match name {
                    "startsWith" => |text: &str, wanted: &str| text.starts_with(wanted),
                    "endsWith" => |text: &str, wanted: &str| text.ends_with(wanted),
                    _ => |text: &str, wanted: &str| text.contains(wanted),
                };
                Direct::OfText(test, self.boxed(value), wanted.to_owned())
            }
            (None, name, arguments) => self.listed(name, arguments),
            (Some(_), ..) => Direct::Unknown,
        }
    }

    fn same(self, left: &IdedExpr, right: &IdedExpr) -> Direct {
        match self.part(right) {
            Direct::Text(text) => Direct::Is(self.boxed(left), text),
            right => Direct::Same(self.boxed(left), Box::new(right)),
        }
    }

    /// Both sides of an operator, and of the same operator on either side.
    fn chain(self, decisive: bool, parts: &[IdedExpr]) -> Direct {
        let mut flat = Vec::new();
        for part in parts {
            match self.part(part) {
                Direct::Chain(inner, parts) if inner == decisive => flat.extend(parts),
                other => flat.push(other),
            }
        }
        Direct::Chain(decisive, flat)
    }

    fn listed(self, name: &str, arguments: &[IdedExpr]) -> Direct {
        let listed = LISTED.iter().find(|listed| listed.name == name && listed.arguments == arguments.len());
        match (listed.map(|listed| listed.does), arguments) {
            (Some(Does::Ask(ask)), parts) => Direct::Ask(ask, self.parts(parts)),
            (Some(Does::AskPolicies(ask)), parts) => Direct::AskPolicies(ask, self.parts(parts)),
            (Some(Does::AskChange(ask)), [change, names]) => {
                settings(names).map_or(Direct::Unknown, |names| Direct::AskChange(ask, self.boxed(change), names))
            }
            (Some(Does::Setting(side)), [change, names]) => {
                settings(names).map_or(Direct::Unknown, |names| Direct::Setting(side, self.boxed(change), names))
            }
            (Some(Does::AskChange(_) | Does::Setting(_) | Does::ListOfPolicies(_)) | None, _) => Direct::Unknown,
        }
    }

    fn gives_any(self, size: &IdedExpr, least: &IdedExpr) -> Direct {
        let is_zero = matches!(&least.expr, Expr::Literal(LiteralValue::Int(number)) if *number.inner() == 0);
        let (Expr::Call(size), true) = (&size.expr, is_zero) else { return Direct::Unknown };
        let ("size", None, [given]) = (size.func_name.as_str(), &size.target, size.args.as_slice()) else {
            return Direct::Unknown;
        };
        let Expr::Call(given) = &given.expr else { return Direct::Unknown };
        let listed = LISTED.iter().find(|listed| listed.name == given.func_name && given.target.is_none());
        match listed.map(|listed| listed.does) {
            Some(Does::ListOfPolicies(give)) => Direct::GivesAny(give, self.parts(&given.args)),
            Some(Does::Ask(_) | Does::AskPolicies(_) | Does::AskChange(_) | Does::Setting(_)) | None => Direct::Unknown,
        }
    }

    fn parts(self, nodes: &[IdedExpr]) -> Vec<Direct> {
        nodes.iter().map(|node| self.part(node)).collect()
    }
}

fn of_literal(value: &LiteralValue) -> Direct {
    match value {
        LiteralValue::Boolean(flag) => Direct::Bool(*flag.inner()),
        LiteralValue::Int(number) => Direct::Number(Number::Whole(*number.inner())),
        LiteralValue::Null => Direct::Null,
        LiteralValue::String(text) => Direct::Text(text.inner().to_owned()),
        LiteralValue::Bytes(_) | LiteralValue::Double(_) | LiteralValue::UInt(_) => Direct::Unknown,
    }
}

/// The texts of a literal list that can be handed over as one text, as the rewritten condition does.
fn list(node: &IdedExpr) -> Option<Vec<&str>> {
    let Expr::List(list) = &node.expr else { return None };
    let texts: Vec<&str> = list.elements.iter().map(literal).collect::<Option<_>>()?;
    (!texts.is_empty() && !texts.iter().any(|text| text.contains(SEPARATOR))).then_some(texts)
}

/// One name of a setting, or several.
fn settings(node: &IdedExpr) -> Option<Settings> {
    let one = literal(node).filter(|text| !text.contains(SEPARATOR)).map(|text| vec![text]);
    one.or_else(|| list(node)).map(Settings::new)
}
