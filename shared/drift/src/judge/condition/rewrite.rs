//! Rewrites a condition so that what is missing is not true instead of an error.
//!
//! A change's value may be a text, an object or nothing, and a rule that asks for `c.actual.cidr` means "if there is
//! one". `a.b`, `a[b]`, `has(a.b)`, `a in b`, comparisons and loops become calls of functions that answer null or false
//! there. Meaning is otherwise CEL's.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::common::types::CelString;

use super::literal;
use crate::judge::functions::{FIELD, HAS, ITEMS, ONE_OF, ORDERED, SEPARATOR, WITHIN};

/// The forgiving form of a condition.
pub(super) fn forgiving(mut node: IdedExpr) -> IdedExpr {
    node.expr = match node.expr {
        Expr::Select(select) => {
            let name = LiteralValue::String(CelString::from(select.field));
            let name = IdedExpr { id: node.id, expr: Expr::Literal(name) };
            call(if select.test { HAS } else { FIELD }, vec![forgiving(*select.operand), name])
        }
        Expr::Call(mut original) => {
            let names = original.args.get_mut(1).filter(|_| takes_names(&original.func_name));
            if let Some((names, joined)) = names.and_then(|names| join(names).map(|joined| (names, joined))) {
                names.expr = Expr::Literal(LiteralValue::String(CelString::from(joined)));
                if original.func_name == operators::IN {
                    original.func_name = ONE_OF.to_owned();
                }
            }
            let name = match original.func_name.as_str() {
                operators::INDEX => FIELD,
                operators::IN => WITHIN,
                other => {
                    ORDERED.iter().find(|(operator, _)| *operator == other).map_or(other, |(_, forgiving)| forgiving)
                }
            };
            Expr::Call(CallExpr {
                func_name: name.to_owned(),
                target: original.target.map(|target| Box::new(forgiving(*target))),
                args: original.args.into_iter().map(forgiving).collect(),
            })
        }
        Expr::Comprehension(mut inner) => {
            let range = forgiving(inner.iter_range);
            inner.iter_range = match &range.expr {
                // Always a list.
                Expr::Ident(name) if name == "changes" => range,
                _ => IdedExpr { id: range.id, expr: call(ITEMS, vec![range]) },
            };
            inner.accu_init = forgiving(inner.accu_init);
            inner.loop_cond = forgiving(inner.loop_cond);
            inner.loop_step = forgiving(inner.loop_step);
            inner.result = forgiving(inner.result);
            Expr::Comprehension(inner)
        }
        Expr::List(mut list) => {
            list.elements = list.elements.into_iter().map(forgiving).collect();
            Expr::List(list)
        }
        Expr::Map(mut map) => {
            for entry in &mut map.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    entry.key = forgiving(std::mem::take(&mut entry.key));
                    entry.value = forgiving(std::mem::take(&mut entry.value));
                }
            }
            Expr::Map(map)
        }
        same @ (Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified) => same,
    };
    node
}

/// Whether a list of texts as second argument may be handed over as one text: building a list for each question takes
/// longer than asking it.
fn takes_names(function: &str) -> bool {
    function == operators::IN
        || matches!(function, "about" | "now" | "was" | "turned_on" | "turned_off" | "lowered" | "raised")
}

/// The texts of a literal list, joined. Not where one holds the separator itself, nor for an empty list.
fn join(node: &IdedExpr) -> Option<String> {
    let Expr::List(list) = &node.expr else { return None };
    let texts: Option<Vec<&str>> = list.elements.iter().map(literal).collect();
    texts
        .filter(|texts| !texts.is_empty() && !texts.iter().any(|text| text.contains(SEPARATOR)))
        .map(|texts| texts.join(&SEPARATOR.to_string()))
}

fn call(name: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args })
}
