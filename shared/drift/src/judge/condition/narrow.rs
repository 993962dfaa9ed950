//! What a condition tells of itself: which findings it can be true of, and whether it may be asked of all changes.
//!
//! A rule that starts with `resource.type == "AWS::EC2::SecurityGroup" && …` is not asked about anything else. What
//! is learned here may be less than the truth, never more.

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::{Parsed, literal};

/// The resource types, calls and kinds that a condition is limited to; `None` where it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Narrow {
    types: Option<Vec<String>>,
    calls: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
}

/// How a condition meets a finding of several changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Asked of each change by itself.
    EachChange,
    /// Also asked of all changes together: it combines several, and more changes cannot make it less true.
    AllChanges,
}

impl Narrow {
    /// Whether the condition can be true of such a finding.
    pub(crate) fn admits(&self, kind_of_resource: &str, call: &str, kind: &str) -> bool {
        let admits = |list: &Option<Vec<String>>, name: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|known| known == name))
        };
        admits(&self.types, kind_of_resource) && admits(&self.calls, call) && admits(&self.kinds, kind)
    }

    /// The resource types it is limited to.
    pub(crate) fn types(&self) -> Option<&[String]> {
        self.types.as_deref()
    }

    fn limit(&mut self, what: &str, names: Vec<String>) {
        let slot = match what {
            "resource.type" => &mut self.types,
            "call.name" => &mut self.calls,
            "kind" => &mut self.kinds,
            _ => return,
        };
        match slot {
            Some(earlier) => earlier.retain(|name| names.contains(name)),
            None => *slot = Some(names),
        }
    }
}

/// Learned from the parsed condition: every part of its outermost conjunction.
pub(super) fn of(parsed: &Parsed) -> Narrow {
    let mut narrow = Narrow::default();
    conjunction(parsed.program.expression(), &mut narrow);
    narrow
}

fn conjunction(node: &IdedExpr, narrow: &mut Narrow) {
    let Expr::Call(call) = &node.expr else { return };
    let [left, right] = call.args.as_slice() else { return };
    match call.func_name.as_str() {
        operators::LOGICAL_AND => {
            conjunction(left, narrow);
            conjunction(right, narrow);
        }
        operators::EQUALS => {
            let sides = [(left, right), (right, left)];
            let limit = sides.into_iter().find_map(|(field, value)| Some((path(field)?, literal(value)?)));
            limit.into_iter().for_each(|(field, name)| narrow.limit(field, vec![name.to_owned()]));
        }
        operators::IN => {
            let Expr::List(list) = &right.expr else { return };
            let names: Option<Vec<String>> =
                list.elements.iter().map(|name| literal(name).map(str::to_owned)).collect();
            let limit = path(left).zip(names);
            limit.into_iter().for_each(|(field, names)| narrow.limit(field, names));
        }
        _ => {}
    }
}

fn path(node: &IdedExpr) -> Option<&'static str> {
    match &node.expr {
        Expr::Ident(name) if name == "kind" => Some("kind"),
        Expr::Select(select) if !select.test => match (&select.operand.expr, select.field.as_str()) {
            (Expr::Ident(name), "type") if name == "resource" => Some("resource.type"),
            (Expr::Ident(name), "name") if name == "call" => Some("call.name"),
            _ => None,
        },
        _ => None,
    }
}

/// Learned from the text of a condition that is not parsed yet: its leading `field == "…" &&` and `field in […] &&`.
/// Only for shipped conditions, for which a test compares this with what parsing says.
pub(super) fn of_text(text: &str) -> Narrow {
    let mut narrow = Narrow::default();
    let mut rest = text.trim_start();
    while let Some((field, names, behind)) = leading(rest) {
        let behind = behind.trim_start();
        let Some(next) = behind.strip_prefix("&&").or(behind.is_empty().then_some("")) else { break };
        narrow.limit(field, names);
        rest = next.trim_start();
    }
    narrow
}

fn leading(text: &str) -> Option<(&'static str, Vec<String>, &str)> {
    let field = ["resource.type", "call.name", "kind"].into_iter().find(|field| text.starts_with(field))?;
    let operator = text.get(field.len()..)?.trim_start();
    if let Some(value) = operator.strip_prefix("==") {
        let (name, behind) = value.trim_start().strip_prefix('"')?.split_once('"')?;
        return Some((field, vec![name.to_owned()], behind));
    }
    let (list, behind) = operator.strip_prefix("in")?.trim_start().strip_prefix('[')?.split_once(']')?;
    let quoted = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Option<Vec<String>> =
        quoted.map(|name| Some(name.strip_prefix('"')?.strip_suffix('"')?.to_owned())).collect();
    Some((field, names?, behind))
}

/// Whether a condition may be asked of all changes together without more changes making it less true: `changes`
/// occurs at least twice, and only as `changes.exists(…)` that no `!` or other operator turns around.
pub(super) fn reach(node: &IdedExpr) -> Reach {
    let mut loops = 0;
    match only_grows(node, &mut loops) && loops >= 2 {
        true => Reach::AllChanges,
        false => Reach::EachChange,
    }
}

fn only_grows(node: &IdedExpr, loops: &mut usize) -> bool {
    match &node.expr {
        Expr::Call(call) if matches!(call.func_name.as_str(), operators::LOGICAL_AND | operators::LOGICAL_OR) => {
            call.args.iter().all(|argument| only_grows(argument, loops))
        }
        Expr::Comprehension(inner) => match (&inner.iter_range.expr, exists(&inner.accu_init, &inner.loop_step)) {
            (Expr::Ident(name), Some(predicate)) if name == "changes" => {
                *loops += 1;
                only_grows(predicate, loops)
            }
            _ => !mentions_changes(node),
        },
        _ => !mentions_changes(node),
    }
}

/// The predicate of `exists`, which starts false and adds by `||`.
pub(super) fn exists<'a>(start: &IdedExpr, step: &'a IdedExpr) -> Option<&'a IdedExpr> {
    let starts_false = matches!(&start.expr, Expr::Literal(LiteralValue::Boolean(flag)) if !*flag.inner());
    match &step.expr {
        Expr::Call(call) if starts_false && call.func_name == operators::LOGICAL_OR => call.args.get(1),
        _ => None,
    }
}

fn mentions_changes(node: &IdedExpr) -> bool {
    node.references().has_variable("changes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::condition::parse;

    fn narrow(text: &str) -> Narrow {
        of(&parse(text).unwrap())
    }

    fn names(list: &[&str]) -> Option<Vec<String>> {
        Some(list.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn types_calls_and_kinds_are_found_in_the_outermost_conjunction() {
        let found =
            narrow(r#"who.kind == "root" && (resource.type in ["A", "B"] && "X" == call.name) && kind == "deleted""#);
        assert_eq!(found, Narrow { types: names(&["A", "B"]), calls: names(&["X"]), kinds: names(&["deleted"]) });
        assert!(found.admits("A", "X", "deleted"));
        assert!(!found.admits("C", "X", "deleted"));
    }

    #[test]
    fn a_disjunction_or_a_negation_limits_nothing() {
        assert_eq!(narrow(r#"resource.type == "A" || kind == "deleted""#), Narrow::default());
        assert_eq!(narrow(r#"!(resource.type == "A")"#), Narrow::default());
        assert_eq!(narrow(r#"resource.type == resource.id"#), Narrow::default());
    }

    #[test]
    fn the_text_of_a_condition_limits_as_its_parsed_form_does() {
        for text in [
            r#"resource.type == "A" && changes.exists(c, c.op == "added")"#,
            "resource.type in [\"A\",\n \"B\",] &&\n kind == \"deleted\"",
            r#"call.name in ["X"] && who.kind == "root""#,
            r#"kind == "deleted""#,
            r#"who.kind == "root""#,
        ] {
            assert_eq!(of_text(text), narrow(text), "{text}");
        }
    }

    #[test]
    fn only_a_condition_that_can_only_grow_is_asked_of_all_changes() {
        let reach_of = |text: &str| reach(parse(text).unwrap().program.expression());
        assert_eq!(reach_of("changes.exists(c, c.op == 'a') && changes.exists(c, c.op == 'b')"), Reach::AllChanges);
        assert_eq!(reach_of("changes.exists(c, c.op == 'a')"), Reach::EachChange);
        assert_eq!(reach_of("changes.exists(c, c.op == 'a') && !changes.exists(c, c.op == 'b')"), Reach::EachChange);
        assert_eq!(reach_of("changes.all(c, c.op == 'a') && changes.exists(c, c.op == 'b')"), Reach::EachChange);
        assert_eq!(reach_of("changes.exists(c, c.op == 'a') && size(changes) == 2"), Reach::EachChange);
    }
}
