//! A rule's condition: read and checked once, then asked of many findings.
//!
//! Reading parses CEL, refuses names that the finding does not have, and rewrites field access, `in` and comparisons
//! into forms that are not true, rather than an error, where a value is missing. A condition never changes a finding.

mod check;
mod direct;
mod narrow;
mod needs;
mod rewrite;

use std::sync::OnceLock;

use cel::common::ast::{Expr, LiteralValue};
use cel::common::types::CelBool;
use cel::{Context, ExecutionError, IdedExpr, Program, Value};

pub(crate) use direct::Scope;
pub(crate) use narrow::{Narrow, Reach};

use super::functions::ENVIRONMENT;
use super::path::NamesInside;

/// Longest condition, in bytes.
const LONGEST: usize = 2_000;

/// Most brackets inside each other. The parser recurses by them, and uses much of a thread's stack for each when it is
/// not optimized: twelve overflow two megabytes.
const MOST_BRACKETS: usize = 8;

/// Deepest nesting of a parsed condition, which bounds every recursion over it.
const DEEPEST: usize = 32;

/// What is wrong with a condition, and at which of its characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) character: usize,
    pub(crate) message: String,
}

/// A condition, its text and what was learned of it without asking it.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    text: String,
    compiled: OnceLock<Result<Compiled, Fault>>,
    narrow: Narrow,
}

#[derive(Debug, Clone)]
struct Compiled {
    direct: direct::Direct,
    /// The last names of settings without which the answer is no.
    needs: Option<NamesInside>,
    expression: IdedExpr,
    reach: Reach,
}

impl Condition {
    /// Reads and checks a condition.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let parsed = parse(text)?;
        let narrow = narrow::of(&parsed);
        let compiled = compile(&parsed, text)?;
        Ok(Self { text: text.to_owned(), compiled: OnceLock::from(Ok(compiled)), narrow })
    }

    /// Takes over a condition that a test has already read, and parses it when it is first asked: parsing the shipped
    /// rules takes ten milliseconds, which a function would pay at each cold start.
    pub(crate) fn trusted(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new(), narrow: narrow::of_text(text) }
    }

    /// Which findings the condition can be true of at all.
    pub(crate) fn narrow(&self) -> &Narrow {
        &self.narrow
    }

    /// Whether the condition is also asked of all changes together.
    pub(crate) fn reach(&self) -> Reach {
        self.compiled().map_or(Reach::EachChange, |compiled| compiled.reach)
    }

    /// Answers the condition without CEL, where that is possible.
    pub(crate) fn answer(&self, scope: Scope<'_>) -> Option<bool> {
        let Compiled { direct, needs, .. } = self.compiled().ok()?;
        if needs.is_some_and(|needs| !scope.may_concern(needs)) { Some(false) } else { direct.answer(scope) }
    }

    /// Asks the condition. The error says what went wrong, without any value of the finding.
    pub(crate) fn ask(&self, context: &Context<'_, '_>) -> Result<bool, String> {
        let compiled = self.compiled().map_err(|fault| fault.message.clone())?;
        let answer = Value::resolve_val(&compiled.expression, context).map_err(|error| describe(&error))?;
        match answer.downcast_ref::<CelBool>() {
            Some(flag) => Ok(*flag.inner()),
            None => Err(format!("gives a value of type `{}`; expected true or false", answer.get_type().name())),
        }
    }

    fn compiled(&self) -> Result<&Compiled, &Fault> {
        self.compiled.get_or_init(|| parse(&self.text).and_then(|parsed| compile(&parsed, &self.text))).as_ref()
    }
}

struct Parsed {
    program: Program,
}

fn parse(text: &str) -> Result<Parsed, Fault> {
    if text.len() > LONGEST {
        return Err(Fault {
            character: 0,
            message: format!("is longer than {LONGEST} bytes; split it into two rules"),
        });
    }
    if let Some(character) = too_many_brackets(text) {
        return Err(Fault {
            character,
            message: format!("has more than {MOST_BRACKETS} brackets inside each other; split it into two rules"),
        });
    }
    let program = ENVIRONMENT.compile(text).map_err(|errors| {
        let first = errors.errors.into_iter().min_by_key(|error| error.pos);
        first.map_or_else(
            || Fault { character: 0, message: "cannot be read".to_owned() },
            |error| Fault { character: offset(text, error.pos), message: syntax(&error.msg) },
        )
    })?;
    if check::is_deeper_than(program.expression(), DEEPEST) {
        return Err(Fault {
            character: 0,
            message: format!("is nested deeper than {DEEPEST} levels; split it into two rules"),
        });
    }
    Ok(Parsed { program })
}

fn compile(parsed: &Parsed, text: &str) -> Result<Compiled, Fault> {
    check::names(&parsed.program, text)?;
    let reach = narrow::reach(parsed.program.expression());
    let direct = direct::of(parsed.program.expression());
    let expression = rewrite::forgiving(parsed.program.expression().clone());
    Ok(Compiled { needs: needs::of(&direct), direct, expression, reach })
}

/// The first bracket that is one too many. Brackets in texts do not count.
fn too_many_brackets(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut is_escaped = false;
    for (at, character) in text.chars().enumerate() {
        match (quote, character) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), same) if open == same => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        if depth > MOST_BRACKETS {
            return Some(at);
        }
    }
    None
}

/// The parser's line and column as a count of characters.
fn offset(text: &str, (line, column): (isize, isize)) -> usize {
    let lines = usize::try_from(line - 1).unwrap_or_default();
    let before: usize = text.split_inclusive('\n').take(lines).map(|line| line.chars().count()).sum();
    before + usize::try_from(column - 1).unwrap_or_default()
}

/// The parser's message without its list of every token that could follow.
fn syntax(message: &str) -> String {
    let message = message.trim_start_matches("Syntax error: ");
    if message.contains("Recursion limit") {
        return "is nested too deep; split it into two rules".to_owned();
    }
    let quoted = || {
        message
            .split_once('\'')
            .and_then(|(_, rest)| rest.split_once("' expecting").map(|(token, _)| token).or(rest.strip_suffix('\'')))
    };
    match quoted() {
        Some("<EOF>") => "ends too early".to_owned(),
        Some(token) if message.starts_with("token recognition") => {
            let token = token.trim_end();
            let hint = match token.trim_end() {
                "=" => "; expected `==`",
                "&" => "; expected `&&`",
                "|" => "; expected `||`",
                _ => "",
            };
            format!("cannot read `{token}`{hint}")
        }
        Some(token) => format!("does not expect `{token}` here"),
        None => message.to_owned(),
    }
}

/// What went wrong while asking, by kind only: the details could hold a value of the finding.
fn describe(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchOverload(overload) => {
            format!(
                "`{}` does not work on ({})",
                overload.function().trim_matches('_'),
                overload.argument_types().join(", ")
            )
        }
        ExecutionError::UnsupportedBinaryOperator(operator, ..) => {
            format!("`{operator}` does not work on these values")
        }
        ExecutionError::UndeclaredReference(name) => format!("`{name}` is not known"),
        ExecutionError::FunctionError { function, .. } => format!("`{function}` failed"),
        ExecutionError::InvalidArgumentCount { expected, actual } => {
            format!("a function got {actual} arguments; expected {expected}")
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "divides by zero".to_owned(),
        ExecutionError::Overflow(..) => "a number is too large".to_owned(),
        ExecutionError::UnexpectedType { want, .. } => format!("a value has another type than `{want}`"),
        _ => "could not be evaluated".to_owned(),
    }
}

/// The text of a literal.
fn literal(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::context::Variables;
    use crate::judge::parts::Facts;

    fn ask(text: &str) -> Result<bool, String> {
        let finding = crate::judge::file::finding(FINDING);
        let changes: Vec<Facts<'_>> = finding.changes.iter().map(Facts::of).collect();
        let condition = Condition::read(text).unwrap();
        let answer = condition.ask(Variables::of(&finding, &changes).with_all());
        let direct = condition.answer(Scope::of(&finding, &changes));
        assert!(direct.is_none_or(|direct| answer == Ok(direct)), "{text}");
        answer
    }

    const FINDING: &str = r#"{ resource = { type = "AWS::EC2::Instance" }, changes = [{ attribute = "a", actual = "text" }, { attribute = "b", declared = { n = 5, list = ["x"] } }] }"#;

    #[test]
    fn what_is_missing_is_not_true_and_no_error() {
        for text in [
            "changes.exists(c, c.actual.cidr == '0.0.0.0/0')",
            "changes.exists(c, c.actual.cidr in ['0.0.0.0/0', '::/0'])",
            "changes.exists(c, c.actual.from_port <= 22)",
            "changes.exists(c, c.actual.deep.er[3].still > 1)",
            "changes.exists(c, has(c.actual.cidr))",
            "changes.exists(c, c.actual.exists(x, x == 'y'))",
            "changes.exists(c, 'y' in c.actual)",
            "changes.exists(c, c.declared.startsWith('te'))",
            "changes.exists(c, c.declared.n.matches('5'))",
            "has(who.session)",
            "who.user_agent.contains('Terraform')",
        ] {
            assert_eq!(ask(text), Ok(false), "{text}");
        }
        for text in [
            "changes.exists(c, has(c.declared.n) && c.declared.n > 4 && c.declared.n >= 5 && c.declared['n'] < 6)",
            "changes.exists(c, 'x' in c.declared.list && 'n' in c.declared && c.declared.list[0] == 'x')",
            "changes.exists(c, c.declared.list.exists(x, x == 'x') && size(c.declared.list) == 1)",
            "changes.exists(c, c.actual.startsWith('te') && c.actual.matches('^t.*t$'))",
            "changes.all(c, !has(c.actual) || c.actual == 'text')",
            "changes.filter(c, c.attribute == 'a').size() == 1 && changes.map(c, c.attribute) == ['a', 'b']",
            "who.mfa && who.kind == 'person' && when.event_time.startsWith('1970') && when.detected_at == null",
        ] {
            assert_eq!(ask(text), Ok(true), "{text}");
        }
    }

    #[test]
    fn a_question_that_makes_no_sense_is_a_problem_without_values() {
        assert_eq!(ask("changes.exists(c, c.actual > 5)"), Err("`>` does not work on (string, int)".to_owned()));
        assert_eq!(ask("who.name"), Err("gives a value of type `string`; expected true or false".to_owned()));
        assert_eq!(ask("1 / 0 == 1"), Err("divides by zero".to_owned()));
        assert_eq!(ask("changes[0].actual + 1 == 2"), Err("`add` does not work on these values".to_owned()));
        assert_eq!(ask("who.name.matches('(')"), Err("`matches` failed".to_owned()));
    }

    #[test]
    fn the_largest_condition_that_is_read_can_be_asked() {
        let chain = format!("changes[0].actual{} == null", ".a".repeat(DEEPEST - 5));
        assert_eq!(ask(&chain), Ok(true));
        let brackets = format!("{}kind{} == 'modified'", "(".repeat(MOST_BRACKETS), ")".repeat(MOST_BRACKETS));
        assert_eq!(ask(&brackets), Ok(true));
        let sum = format!("1{} == 29", " + 1".repeat(28));
        assert_eq!(ask(&sum), Ok(true));
        let negations = format!("{}who.mfa", "!".repeat(DEEPEST - 4));
        assert_eq!(ask(&negations), Ok(true));
    }
}
