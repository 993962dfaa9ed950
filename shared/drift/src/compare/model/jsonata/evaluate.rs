//! Evaluates what is neither a path nor an operator nor a function of the language, and keeps the books of the work.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Failed;
use super::functions::Native;
use super::syntax::{Kind, Lambda, Node, Update};
use super::value::{Function, List, Object, Origin, Value, to_json};

/// Far more than any expression of AWS needs over any declaration.
const MOST_WORK: usize = 1_000_000;

/// Twice as deep as any expression of AWS goes.
const MOST_LEVELS: usize = 160;

/// What the expression gives over an input.
pub(super) fn evaluate(node: &Node, input: &Json) -> Result<Option<Json>, Failed> {
    let whole = Value::from_json(input)?;
    let context = match &whole {
        Value::List(_) => List { items: Rc::new(vec![whole.clone()]), origin: Origin::Input }.into(),
        other => other.clone(),
    };
    let mut evaluator = Evaluator { whole, frames: vec![Frame::default()], work: 0, level: 0 };
    let result = evaluator.evaluate(node, &context, 0)?;
    to_json(&result, &mut || evaluator.spend(1))
}

/// An evaluation.
pub(super) struct Evaluator {
    whole: Value,
    /// Blocks and calls, each with its variables. None is freed before the end, so that no function keeps itself alive.
    frames: Vec<Frame>,
    work: usize,
    level: usize,
}

/// The variables of a block or call.
#[derive(Default)]
struct Frame {
    parent: Option<usize>,
    variables: Vec<(String, Value)>,
}

impl Evaluator {
    /// Counts work.
    pub(super) fn spend(&mut self, work: usize) -> Result<(), Failed> {
        self.work = self.work.saturating_add(work);
        if self.work > MOST_WORK { Err(Failed::Exhausted) } else { Ok(()) }
    }

    /// A text that was made, as a value.
    pub(super) fn text(&mut self, text: &str) -> Result<Value, Failed> {
        self.spend(1 + text.len() / 16)?;
        Ok(Value::text(text))
    }

    /// What a part of the expression gives over a context.
    pub(super) fn evaluate(&mut self, node: &Node, input: &Value, frame: usize) -> Result<Value, Failed> {
        self.spend(1)?;
        self.level += 1;
        if self.level > MOST_LEVELS {
            return Err(Failed::Exhausted);
        }
        let mut value = self.kind(&node.kind, input, frame)?;
        for predicate in &node.predicates {
            value = self.filter(predicate, value, frame)?;
        }
        self.level -= 1;
        Ok(value.unwrapped())
    }

    fn kind(&mut self, kind: &Kind, input: &Value, frame: usize) -> Result<Value, Failed> {
        match kind {
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Name(name) => self.member(input, name),
            Kind::Variable(name) => Ok(self.variable(name, input, frame)),
            Kind::Path(steps) => self.path(steps, input, frame),
            Kind::List { items, is_step } => self.list(items, *is_step, input, frame),
            Kind::Object(members) => self.object(members, input, frame),
            Kind::Negation(value) => match self.evaluate(value, input, frame)? {
                Value::Undefined => Ok(Value::Undefined),
                Value::Number(number) => Ok(Value::Number(-number)),
                _ => Err(Failed::Mismatch("only a number can be negated")),
            },
            Kind::Operation(operator, operands) => {
                let (left, right) = operands.as_ref();
                self.operation(*operator, left, right, input, frame)
            }
            Kind::Condition(parts) => {
                let condition = self.evaluate(&parts.condition, input, frame)?;
                match (self.holds(&condition)?, &parts.otherwise) {
                    (true, _) => self.evaluate(&parts.then, input, frame),
                    (false, Some(otherwise)) => self.evaluate(otherwise, input, frame),
                    (false, None) => Ok(Value::Undefined),
                }
            }
            Kind::Block(parts) => self.block(parts, input, frame),
            Kind::Binding(name, value) => {
                let value = self.evaluate(value, input, frame)?;
                self.bind(frame, name, value.clone());
                Ok(value)
            }
            Kind::Lambda(lambda) => {
                Ok(Value::Function(Function::Lambda(Rc::clone(lambda), Rc::new(input.clone()), frame)))
            }
            Kind::Call(function, arguments) => self.call(function, arguments, None, input, frame),
            Kind::Application(parts) => self.application(&parts.0, &parts.1, input, frame),
            Kind::Pattern(pattern) => Ok(Value::Function(Function::Pattern(Rc::clone(pattern)))),
            Kind::Update(update) => Ok(Value::Function(Function::Update(Rc::clone(update), frame))),
        }
    }

    fn variable(&self, name: &str, input: &Value, frame: usize) -> Value {
        match (name, input) {
            ("", Value::List(List { items, origin: Origin::Input })) => {
                items.first().cloned().unwrap_or(Value::Undefined)
            }
            ("", input) => input.clone(),
            ("$", _) => self.whole.clone(),
            (name, _) => self.bound(name, frame),
        }
    }

    fn bound(&self, name: &str, frame: usize) -> Value {
        let mut frame = self.frames.get(frame);
        while let Some(Frame { parent, variables }) = frame {
            if let Some((_, value)) = variables.iter().find(|(bound, _)| bound == name) {
                return value.clone();
            }
            frame = parent.and_then(|parent| self.frames.get(parent));
        }
        Native::named(name).map_or(Value::Undefined, |native| Value::Function(Function::Native(native)))
    }

    fn bind(&mut self, frame: usize, name: &str, value: Value) {
        let Some(Frame { variables, .. }) = self.frames.get_mut(frame) else { return };
        match variables.iter_mut().find(|(bound, _)| bound == name) {
            Some((_, old)) => *old = value,
            None => variables.push((name.to_owned(), value)),
        }
    }

    fn frame_in(&mut self, parent: usize) -> usize {
        self.frames.push(Frame { parent: Some(parent), variables: Vec::new() });
        self.frames.len() - 1
    }

    fn block(&mut self, parts: &[Node], input: &Value, frame: usize) -> Result<Value, Failed> {
        let frame = self.frame_in(frame);
        let mut last = Value::Undefined;
        for part in parts {
            last = self.evaluate(part, input, frame)?;
        }
        Ok(last)
    }

    /// A list. A list written within stays one; any other is flattened.
    fn list(&mut self, nodes: &[Node], is_step: bool, input: &Value, frame: usize) -> Result<Value, Failed> {
        let mut items = Vec::new();
        for node in nodes {
            match (self.evaluate(node, input, frame)?, &node.kind) {
                (Value::Undefined, _) => {}
                (Value::List(list), kind) if !matches!(kind, Kind::List { .. }) => {
                    self.spend(list.items.len())?;
                    items.extend_from_slice(&list.items);
                }
                (value, _) => items.push(value),
            }
        }
        let origin = if is_step { Origin::Step } else { Origin::Plain };
        Ok(List { items: Rc::new(items), origin }.into())
    }

    /// An object. Over a list, members are grouped by name.
    fn object(&mut self, nodes: &[(Node, Node)], input: &Value, frame: usize) -> Result<Value, Failed> {
        let contexts = input.clone().into_list().items;
        let nothing = [Value::Undefined];
        let contexts = if contexts.is_empty() { &nothing } else { contexts.as_slice() };
        let mut groups: Vec<(Rc<str>, &Node, Vec<Value>)> = Vec::new();
        for context in contexts {
            for (name, value) in nodes {
                let name = match self.evaluate(name, context, frame)? {
                    Value::Text(name) => name,
                    Value::Undefined => continue,
                    _ => return Err(Failed::Mismatch("the name of a member is no text")),
                };
                self.spend(groups.len())?;
                match groups.iter_mut().find(|(other, ..)| *other == name) {
                    Some((_, other, _)) if !std::ptr::eq(*other, value) => {
                        return Err(Failed::Mismatch("two members have one name"));
                    }
                    Some((.., group)) => group.push(context.clone()),
                    None => groups.push((name, value, vec![context.clone()])),
                }
            }
        }
        let mut members = Object::new();
        for (name, node, mut group) in groups {
            let context = match group.pop() {
                Some(only) if group.is_empty() => only,
                last => {
                    group.extend(last);
                    let flat = group.into_iter().flat_map(|one| one.into_list().items.to_vec()).collect();
                    List::plain(flat).into()
                }
            };
            let value = self.evaluate(node, &context, frame)?;
            if !value.is_undefined() {
                members.insert(name, value);
            }
        }
        Ok(Value::Object(Rc::new(members)))
    }

    /// A call, with what stands before `~>` as its first argument.
    fn call(
        &mut self,
        function: &Node,
        arguments: &[Node],
        first: Option<Value>,
        input: &Value,
        frame: usize,
    ) -> Result<Value, Failed> {
        let function = self.evaluate(function, input, frame)?;
        let mut values: Vec<Value> = first.into_iter().collect();
        for argument in arguments {
            values.push(self.evaluate(argument, input, frame)?);
        }
        self.apply(&function, values, input)
    }

    /// `left ~> right`.
    fn application(&mut self, left: &Node, right: &Node, input: &Value, frame: usize) -> Result<Value, Failed> {
        let left = self.evaluate(left, input, frame)?;
        if let Kind::Call(function, arguments) = &right.kind {
            return self.call(function, arguments, Some(left), input, frame);
        }
        let function = self.evaluate(right, input, frame)?;
        if matches!(left, Value::Function(_)) {
            return Err(Failed::Mismatch("functions are not composed"));
        }
        self.apply(&function, vec![left], &Value::Null)
    }

    /// Applies a function to arguments.
    pub(super) fn apply(&mut self, function: &Value, arguments: Vec<Value>, context: &Value) -> Result<Value, Failed> {
        let Value::Function(function) = function else { return Err(Failed::Mismatch("what is called is no function")) };
        match function {
            Function::Native(native) => self.native(*native, &arguments, context),
            Function::Lambda(lambda, input, frame) => self.lambda(lambda, arguments, input, *frame),
            Function::Update(update, frame) => match arguments.as_slice() {
                [Value::Undefined] => Ok(Value::Undefined),
                [whole @ (Value::Object(_) | Value::List(_))] => self.update(whole, &update.place, update, *frame),
                _ => Err(Failed::Mismatch("only an object is updated")),
            },
            Function::Pattern(_) => Err(Failed::Mismatch("a pattern is not called")),
        }
    }

    fn lambda(&mut self, lambda: &Lambda, arguments: Vec<Value>, input: &Value, frame: usize) -> Result<Value, Failed> {
        let frame = self.frame_in(frame);
        let arguments = arguments.into_iter().chain(std::iter::repeat(Value::Undefined));
        for (name, value) in lambda.parameters.iter().zip(arguments) {
            self.bind(frame, name, value);
        }
        self.evaluate(&lambda.body, input, frame)
    }

    /// A value with an object merged into every object at a place.
    fn update(&mut self, value: &Value, place: &[String], update: &Update, frame: usize) -> Result<Value, Failed> {
        self.spend(1)?;
        match (value, place) {
            (Value::List(list), _) => {
                let items: Result<_, _> =
                    list.items.iter().map(|item| self.update(item, place, update, frame)).collect();
                Ok(List { items: Rc::new(items?), origin: list.origin }.into())
            }
            (Value::Object(members), [name, place @ ..]) => {
                let Some(member) = members.get(name.as_str()) else { return Ok(value.clone()) };
                let member = self.update(member, place, update, frame)?;
                self.spend(members.len())?;
                let mut members = Object::clone(members);
                members.insert(Rc::from(name.as_str()), member);
                Ok(Value::Object(Rc::new(members)))
            }
            (value, []) => self.changed(value, update, frame),
            (value, _) => Ok(value.clone()),
        }
    }

    fn changed(&mut self, value: &Value, update: &Update, frame: usize) -> Result<Value, Failed> {
        match (value, self.evaluate(&update.change, value, frame)?) {
            (_, Value::Undefined) => Ok(value.clone()),
            (Value::Object(members), Value::Object(change)) => {
                self.spend(members.len() + change.len())?;
                let mut members = Object::clone(members);
                members.extend(change.iter().map(|(name, value)| (Rc::clone(name), value.clone())));
                Ok(Value::Object(Rc::new(members)))
            }
            _ => Err(Failed::Mismatch("only an object is merged, and into an object")),
        }
    }
}
