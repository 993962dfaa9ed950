//! Refuses a condition that names what no finding has: a misspelt field would make a rule silent for ever.

use cel::Program;
use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr, SelectExpr, operators};

use super::Fault;
use crate::judge::functions::LISTED;
use crate::judge::refusal::{listed, suggestion};

/// What is known of a value before any finding is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// An object with these fields.
    Object(&'static [(&'static str, Self)]),
    /// A list of objects with these fields.
    List(&'static [(&'static str, Self)]),
    /// A text, number or flag.
    Scalar,
    /// Whatever a declaration or a call says.
    Any,
}

const VARIABLES: &[(&str, Shape)] = &[
    ("resource", Shape::Object(RESOURCE)),
    ("changes", Shape::List(CHANGE)),
    ("who", Shape::Object(WHO)),
    ("when", Shape::Object(&[("event_time", Shape::Scalar), ("detected_at", Shape::Scalar)])),
    ("call", Shape::Object(CALL)),
    ("kind", Shape::Scalar),
    ("evidence", Shape::Scalar),
    ("status", Shape::Scalar),
];

const RESOURCE: &[(&str, Shape)] = &[
    ("type", Shape::Scalar),
    ("id", Shape::Scalar),
    ("arn", Shape::Scalar),
    ("account", Shape::Scalar),
    ("region", Shape::Scalar),
    ("declarations", Shape::List(DECLARATION)),
];

const DECLARATION: &[(&str, Shape)] = &[
    ("tool", Shape::Scalar),
    ("address", Shape::Scalar),
    ("type", Shape::Scalar),
    ("origin", Shape::Scalar),
    ("version", Shape::Scalar),
];

const CHANGE: &[(&str, Shape)] = &[
    ("attribute", Shape::Scalar),
    ("address", Shape::Scalar),
    ("property", Shape::Scalar),
    ("op", Shape::Scalar),
    ("declared", Shape::Any),
    ("actual", Shape::Any),
    ("redacted", Shape::Scalar),
    ("pending", Shape::Scalar),
];

const WHO: &[(&str, Shape)] = &[
    ("kind", Shape::Scalar),
    ("name", Shape::Scalar),
    ("principal", Shape::Scalar),
    ("role", Shape::Scalar),
    ("session", Shape::Scalar),
    ("from_account", Shape::Scalar),
    ("via", Shape::Scalar),
    ("invoked_by", Shape::Scalar),
    ("source_ip", Shape::Scalar),
    ("user_agent", Shape::Scalar),
    ("mfa", Shape::Scalar),
];

const CALL: &[(&str, Shape)] = &[
    ("event_id", Shape::Scalar),
    ("source", Shape::Scalar),
    ("name", Shape::Scalar),
    ("request_id", Shape::Scalar),
    ("record_region", Shape::Scalar),
];

/// CEL's own functions and types that conditions may use.
const STANDARD: &[&str] = &[
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "string",
    "int",
    "uint",
    "double",
    "bool",
    "bytes",
    "type",
    "dyn",
    "has",
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
];

/// Refuses unknown variables, fields and functions, and a wrong number of arguments.
pub(super) fn names(program: &Program, text: &str) -> Result<(), Fault> {
    let mut scope: Vec<(String, Shape)> = VARIABLES.iter().map(|(name, shape)| ((*name).to_owned(), *shape)).collect();
    Checker { program, text }.shape(program.expression(), &mut scope)?;
    Ok(())
}

struct Checker<'a> {
    program: &'a Program,
    text: &'a str,
}

type Scope = Vec<(String, Shape)>;

impl Checker<'_> {
    fn shape(&self, node: &IdedExpr, scope: &mut Scope) -> Result<Shape, Fault> {
        match &node.expr {
            Expr::Unspecified => Err(self.fault(node.id, "cannot be read".to_owned())),
            Expr::Literal(_) => Ok(Shape::Scalar),
            Expr::Ident(name) => self.variable(node, name, scope),
            Expr::Select(select) => self.field(node, select, scope),
            Expr::Call(call) => {
                let target = call.target.as_ref().map(|target| self.shape(target, scope)).transpose()?;
                let mut arguments = Vec::new();
                for argument in &call.args {
                    arguments.push(self.shape(argument, scope)?);
                }
                self.function(node, &call.func_name, target, arguments.len())?;
                Ok(match (call.func_name.as_str(), arguments.first()) {
                    (operators::INDEX, Some(Shape::List(fields))) => Shape::Object(fields),
                    _ => Shape::Any,
                })
            }
            Expr::List(list) => {
                list.elements.iter().try_for_each(|element| self.shape(element, scope).map(drop))?;
                Ok(Shape::Any)
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
                    self.shape(&entry.key, scope)?;
                    self.shape(&entry.value, scope)?;
                }
                Ok(Shape::Any)
            }
            Expr::Struct(literal) => Err(self.fault(node.id, format!("has no type `{}`", literal.type_name))),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, scope),
        }
    }

    fn variable(&self, node: &IdedExpr, name: &str, scope: &Scope) -> Result<Shape, Fault> {
        if let Some((_, shape)) = scope.iter().rev().find(|(known, _)| known == name) {
            return Ok(*shape);
        }
        let known: Vec<&str> =
            scope.iter().map(|(known, _)| known.as_str()).filter(|known| !known.starts_with('@')).collect();
        let hint = suggestion(name, &known);
        let known = listed(&known);
        Err(self.fault(node.id, format!("does not know `{name}`{hint} (expected one of {known})")))
    }

    fn field(&self, node: &IdedExpr, select: &SelectExpr, scope: &mut Scope) -> Result<Shape, Fault> {
        let name = select.field.as_str();
        match self.shape(&select.operand, scope)? {
            Shape::Any => Ok(Shape::Any),
            Shape::Object(fields) => match fields.iter().find(|(known, _)| *known == name) {
                Some((_, shape)) => Ok(*shape),
                None => {
                    let known: Vec<&str> = fields.iter().map(|(known, _)| *known).collect();
                    let (hint, known) = (suggestion(name, &known), listed(&known));
                    Err(self
                        .fault(node.id, format!("does not know the field `{name}`{hint} (expected one of {known})")))
                }
            },
            Shape::List(_) => Err(self.fault(
                node.id,
                format!("asks a list for `{name}`; expected a loop such as `.exists(c, c.{name} == …)`"),
            )),
            Shape::Scalar => Err(self.fault(node.id, format!("asks for `{name}` of something that has no fields"))),
        }
    }

    fn function(&self, node: &IdedExpr, name: &str, target: Option<Shape>, count: usize) -> Result<(), Fault> {
        let is_operator = name.starts_with(['_', '@', '!', '-']);
        if is_operator || STANDARD.contains(&name) {
            return Ok(());
        }
        let count = count + usize::from(target.is_some());
        match LISTED.iter().find(|listed| listed.name == name) {
            Some(_) if target.is_some() => {
                Err(self.fault(node.id, format!("calls `{name}` on a value; expected `{name}(…)`")))
            }
            Some(listed) if listed.arguments != count => {
                Err(self.fault(node.id, format!("gives `{name}` {count} arguments; expected {}", listed.arguments)))
            }
            Some(_) => Ok(()),
            None => {
                let known: Vec<&str> =
                    STANDARD.iter().copied().chain(LISTED.iter().map(|listed| listed.name)).collect();
                Err(self.fault(node.id, format!("does not know the function `{name}`{}", suggestion(name, &known))))
            }
        }
    }

    fn comprehension(&self, comprehension: &ComprehensionExpr, scope: &mut Scope) -> Result<Shape, Fault> {
        let element = match self.shape(&comprehension.iter_range, scope)? {
            Shape::List(fields) => Shape::Object(fields),
            Shape::Object(_) | Shape::Scalar | Shape::Any => Shape::Any,
        };
        self.shape(&comprehension.accu_init, scope)?;
        let outer = scope.len();
        scope.push((comprehension.accu_var.clone(), Shape::Any));
        scope.push((comprehension.iter_var.clone(), element));
        scope.extend(comprehension.iter_var2.iter().map(|name| (name.clone(), Shape::Any)));
        let inner = [&comprehension.loop_cond, &comprehension.loop_step, &comprehension.result];
        let checked = inner.into_iter().try_for_each(|part| self.shape(part, scope).map(drop));
        scope.truncate(outer);
        checked.map(|()| Shape::Any)
    }

    fn fault(&self, id: u64, message: String) -> Fault {
        let start = self.program.source_info().offset_for(id).map_or(0, |(start, _)| start);
        let start = usize::try_from(start).unwrap_or_default();
        // A selection is placed at its dot.
        let character = start + usize::from(self.text.chars().nth(start) == Some('.'));
        Fault { character, message }
    }
}

/// Whether an expression nests deeper than so many levels; stops descending there.
pub(super) fn is_deeper_than(node: &IdedExpr, levels: usize) -> bool {
    let Some(levels) = levels.checked_sub(1) else { return true };
    let deeper = |inner: &IdedExpr| is_deeper_than(inner, levels);
    match &node.expr {
        Expr::Unspecified | Expr::Literal(_) | Expr::Ident(_) => false,
        Expr::Select(select) => deeper(&select.operand),
        Expr::Call(call) => call.target.as_deref().is_some_and(deeper) || call.args.iter().any(deeper),
        Expr::List(list) => list.elements.iter().any(deeper),
        Expr::Map(map) => map.entries.iter().any(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => deeper(&entry.key) || deeper(&entry.value),
            EntryExpr::StructField(field) => deeper(&field.value),
        }),
        Expr::Struct(literal) => literal.entries.iter().any(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => deeper(&entry.key) || deeper(&entry.value),
            EntryExpr::StructField(field) => deeper(&field.value),
        }),
        Expr::Comprehension(inner) => {
            let ComprehensionExpr {
                iter_range,
                iter_var: _,
                iter_var2: _,
                accu_var: _,
                accu_init,
                loop_cond,
                loop_step,
                result,
            } = &**inner;
            [iter_range, accu_init, loop_cond, loop_step, result].into_iter().any(deeper)
        }
    }
}
