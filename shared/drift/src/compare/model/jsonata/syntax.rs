//! Says what an expression consists of, once it is read.

use std::rc::Rc;

use super::pattern::Pattern;
use super::value::Value;

/// A part of an expression.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// What filters the value of this part: `$split(Name, ":")[-1]`.
    pub(super) predicates: Vec<Self>,
    /// The same, where the part is a step of a path.
    pub(super) stages: Vec<Self>,
}

/// What a part is.
#[derive(Debug)]
pub(super) enum Kind {
    Literal(Value),
    /// A property of the context. Always a step of a path.
    Name(String),
    /// A variable without its `$`: empty for the context, `$` for the whole input.
    Variable(String),
    /// Steps, each evaluated over every result of the one before.
    Path(Vec<Node>),
    List {
        items: Vec<Node>,
        /// Whether the list begins or ends a path, which then does not flatten it.
        is_step: bool,
    },
    Object(Vec<(Node, Node)>),
    Negation(Box<Node>),
    Operation(Operator, Box<(Node, Node)>),
    Condition(Box<Condition>),
    Block(Vec<Node>),
    Binding(String, Box<Node>),
    Lambda(Rc<Lambda>),
    Call(Box<Node>, Vec<Node>),
    /// `value ~> function`.
    Application(Box<(Node, Node)>),
    Pattern(Rc<Pattern>),
    Update(Rc<Update>),
}

/// `condition ? then : otherwise`.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) condition: Node,
    pub(super) then: Node,
    pub(super) otherwise: Option<Node>,
}

/// `function($a, $b){ body }`.
#[derive(Debug)]
pub(super) struct Lambda {
    pub(super) parameters: Vec<String>,
    pub(super) body: Node,
}

/// `| $.a.b | {…} |`: a function that merges an object into every object at a place.
#[derive(Debug)]
pub(super) struct Update {
    pub(super) place: Vec<String>,
    pub(super) change: Node,
}

/// What stands between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Join,
    Range,
    In,
    And,
    Or,
}

impl Node {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, predicates: Vec::new(), stages: Vec::new() }
    }

    /// A path of one step.
    pub(super) fn name(name: String) -> Self {
        Self::new(Kind::Path(vec![Self::new(Kind::Name(name))]))
    }

    /// `value[predicate]`.
    pub(super) fn filtered(mut self, predicate: Self) -> Self {
        match &mut self.kind {
            Kind::Path(steps) => {
                if let Some(step) = steps.last_mut() {
                    step.stages.push(predicate);
                }
            }
            _ => self.predicates.push(predicate),
        }
        self
    }

    /// `left.right`; `None` where one of them cannot be a step.
    pub(super) fn followed_by(self, right: Self) -> Option<Self> {
        let mut steps = match self.kind {
            Kind::Path(steps) => steps,
            _ => vec![self],
        };
        match right.kind {
            Kind::Path(more) => steps.extend(more),
            kind => {
                let Self { predicates, mut stages, .. } = right;
                stages.extend(predicates);
                steps.push(Self { kind, predicates: Vec::new(), stages });
            }
        }
        for step in &mut steps {
            match &step.kind {
                // A name can be written as a text.
                Kind::Literal(Value::Text(name)) => step.kind = Kind::Name(name.to_string()),
                Kind::Literal(_) => return None,
                _ => {}
            }
        }
        for at in [0, steps.len() - 1] {
            if let Some(Self { kind: Kind::List { is_step, .. }, .. }) = steps.get_mut(at) {
                *is_step = true;
            }
        }
        Some(Self::new(Kind::Path(steps)))
    }

    /// The names of a path that has nothing else, except for the context that it begins with.
    pub(super) fn into_names(self) -> Option<Vec<String>> {
        let steps = match self.kind {
            Kind::Path(steps) => steps,
            _ => vec![self],
        };
        let mut names = Vec::new();
        for (at, step) in steps.into_iter().enumerate() {
            if !step.predicates.is_empty() || !step.stages.is_empty() {
                return None;
            }
            match step.kind {
                Kind::Name(name) => names.push(name),
                Kind::Variable(name) if at == 0 && name.is_empty() => {}
                _ => return None,
            }
        }
        Some(names)
    }

    /// Whether the part constructs a list that begins a path: it is then evaluated once, not for each of a list.
    pub(super) fn is_constructor(&self) -> bool {
        match &self.kind {
            Kind::List { is_step, .. } => *is_step,
            Kind::Block(parts) => parts.iter().any(|part| match &part.kind {
                Kind::Path(steps) => steps.first().is_some_and(Self::is_constructor),
                Kind::List { .. } | Kind::Block(_) => part.is_constructor(),
                _ => false,
            }),
            _ => false,
        }
    }
}
