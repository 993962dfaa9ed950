//! Evaluates paths and predicates: each step over every result of the one before, flattened.

use super::Failed;
use super::evaluate::Evaluator;
use super::syntax::{Kind, Node};
use super::value::{List, Origin, Value};

impl Evaluator {
    /// A property of an object, or of each object of a list.
    pub(super) fn member(&mut self, input: &Value, name: &str) -> Result<Value, Failed> {
        self.spend(1)?;
        match input {
            Value::Object(members) => Ok(members.get(name).cloned().unwrap_or(Value::Undefined)),
            Value::List(list) => {
                let mut found = Vec::new();
                for item in list.items.iter() {
                    match self.member(item, name)? {
                        Value::Undefined => {}
                        Value::List(more) => {
                            self.spend(more.items.len())?;
                            found.extend_from_slice(&more.items);
                        }
                        one => found.push(one),
                    }
                }
                Ok(List::sequence(found).into())
            }
            _ => Ok(Value::Undefined),
        }
    }

    /// A path.
    pub(super) fn path(&mut self, steps: &[Node], input: &Value, frame: usize) -> Result<Value, Failed> {
        let begins_with_variable = steps.first().is_some_and(|step| matches!(step.kind, Kind::Variable(_)));
        let mut current = match input {
            Value::List(list) if !begins_with_variable => list.clone(),
            other => List::sequence(vec![other.clone()]),
        };
        for (at, step) in steps.iter().enumerate() {
            current = if at == 0 && step.is_constructor() {
                match self.evaluate(step, &current.into(), frame)? {
                    Value::List(list) => list,
                    Value::Undefined => return Ok(Value::Undefined),
                    _ => return Err(Failed::Mismatch("a path begins with one item of a list that is written out")),
                }
            } else {
                self.step(step, &current, frame, at + 1 == steps.len())?
            };
            if current.items.is_empty() {
                break;
            }
        }
        Ok(current.into())
    }

    fn step(&mut self, step: &Node, input: &List, frame: usize, is_last: bool) -> Result<List, Failed> {
        let mut results = Vec::new();
        for item in input.items.iter() {
            let mut value = self.evaluate(step, item, frame)?;
            for stage in &step.stages {
                value = self.filter(stage, value, frame)?;
            }
            if !value.is_undefined() {
                results.push(value);
            }
        }
        if let ([Value::List(only)], true) = (results.as_slice(), is_last)
            && !only.is_sequence()
        {
            return Ok(only.clone());
        }
        let mut flat = Vec::new();
        for result in results {
            match result {
                Value::List(list) if list.origin != Origin::Step => {
                    self.spend(list.items.len())?;
                    flat.extend_from_slice(&list.items);
                }
                other => flat.push(other),
            }
        }
        Ok(List::sequence(flat))
    }

    /// What a predicate leaves: the item at an index, or the items over which it holds.
    pub(super) fn filter(&mut self, predicate: &Node, input: Value, frame: usize) -> Result<Value, Failed> {
        let input = input.into_list();
        if let Kind::Literal(Value::Number(index)) = predicate.kind {
            let item = input.items.iter().enumerate().find(|(at, _)| is_at(*at, index, input.items.len()));
            return Ok(match item {
                None | Some((_, Value::Undefined)) => List::sequence(Vec::new()).into(),
                Some((_, list @ Value::List(_))) => list.clone(),
                Some((_, one)) => List::sequence(vec![one.clone()]).into(),
            });
        }
        let mut left = Vec::new();
        for (at, item) in input.items.iter().enumerate() {
            let result = self.evaluate(predicate, item, frame)?;
            match numbers(&result) {
                Some(indices) => {
                    self.spend(indices.len())?;
                    left.extend(indices.iter().filter(|it| is_at(at, **it, input.items.len())).map(|_| item.clone()));
                }
                None if self.holds(&result)? => left.push(item.clone()),
                None => {}
            }
        }
        Ok(List::sequence(left).into())
    }
}

/// Whether an index means a place in a list. A negative one counts from the end.
#[expect(clippy::cast_precision_loss, reason = "no list here is as long as 2^53")]
fn is_at(at: usize, index: f64, length: usize) -> bool {
    let index = index.floor();
    let index = if index < 0.0 { length as f64 + index } else { index };
    at as f64 == index
}

/// The numbers of a value that consists of them.
fn numbers(value: &Value) -> Option<Vec<f64>> {
    let number = |value: &Value| if let Value::Number(number) = value { Some(*number) } else { None };
    match value {
        Value::List(list) => list.items.iter().map(number).collect(),
        one => number(one).map(|number| vec![number]),
    }
}
