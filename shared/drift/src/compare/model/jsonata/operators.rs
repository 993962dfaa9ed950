//! Evaluates what stands between two values, and says when two values are equal.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Failed;
use super::evaluate::Evaluator;
use super::syntax::{Node, Operator};
use super::value::{Function, List, Value, whole};

impl Evaluator {
    /// `left operator right`.
    pub(super) fn operation(
        &mut self,
        operator: Operator,
        left: &Node,
        right: &Node,
        input: &Value,
        frame: usize,
    ) -> Result<Value, Failed> {
        let left = self.evaluate(left, input, frame)?;
        if let Operator::And | Operator::Or = operator {
            let is_decided = self.holds(&left)? == (operator == Operator::Or);
            let value = if is_decided { left } else { self.evaluate(right, input, frame)? };
            return Ok(Value::Bool(self.holds(&value)?));
        }
        let right = self.evaluate(right, input, frame)?;
        match operator {
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                calculated(operator, &left, &right)
            }
            Operator::Equal => Ok(Value::Bool(is_defined(&left, &right) && self.is_equal(&left, &right)?)),
            Operator::Unequal => Ok(Value::Bool(is_defined(&left, &right) && !self.is_equal(&left, &right)?)),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                compared(operator, &left, &right)
            }
            Operator::Join => {
                let (left, right) = (self.string(&left)?, self.string(&right)?);
                self.text(&format!("{}{}", left.unwrap_or_default(), right.unwrap_or_default()))
            }
            Operator::Range => self.range(&left, &right),
            Operator::In => {
                let is_in = is_defined(&left, &right) && right.into_list().items.iter().any(|it| is_same(&left, it));
                Ok(Value::Bool(is_in))
            }
            // Decided above.
            Operator::And | Operator::Or => Ok(Value::Undefined),
        }
    }

    /// Whether a condition holds.
    pub(super) fn holds(&mut self, value: &Value) -> Result<bool, Failed> {
        self.spend(1)?;
        Ok(match value {
            Value::Undefined | Value::Null | Value::Function(_) => false,
            Value::Bool(value) => *value,
            Value::Number(number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::List(list) => {
                for item in list.items.iter() {
                    if self.holds(item)? {
                        return Ok(true);
                    }
                }
                false
            }
        })
    }

    /// Whether two values are equal in all their parts.
    fn is_equal(&mut self, left: &Value, right: &Value) -> Result<bool, Failed> {
        self.spend(1)?;
        match (left, right) {
            (Value::List(left), Value::List(right)) => {
                if left.items.len() != right.items.len() {
                    return Ok(false);
                }
                for (left, right) in left.items.iter().zip(right.items.iter()) {
                    if !self.is_equal(left, right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Object(left), Value::Object(right)) => {
                if !left.keys().eq(right.keys()) {
                    return Ok(false);
                }
                for (left, right) in left.values().zip(right.values()) {
                    if !self.is_equal(left, right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (left, right) => Ok(is_same(left, right)),
        }
    }

    fn range(&mut self, left: &Value, right: &Value) -> Result<Value, Failed> {
        let bound = |value: &Value| match value {
            Value::Undefined => Ok(None),
            Value::Number(number) if number.fract() == 0.0 => Ok(Some(*number)),
            _ => Err(Failed::Mismatch("a range is between whole numbers")),
        };
        let (Some(low), Some(high)) = (bound(left)?, bound(right)?) else { return Ok(Value::Undefined) };
        if low > high {
            return Ok(Value::Undefined);
        }
        let size = usize::try_from(whole(high - low)).map_err(|_| Failed::Exhausted)?;
        self.spend(size)?;
        let mut numbers = Vec::new();
        let mut number = low;
        for _ in 0..=size {
            numbers.push(Value::Number(number));
            number += 1.0;
        }
        Ok(List::sequence(numbers).into())
    }
}

fn is_defined(left: &Value, right: &Value) -> bool {
    !left.is_undefined() && !right.is_undefined()
}

/// Whether two values are the same: lists and objects only where they are one.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::List(left), Value::List(right)) => Rc::ptr_eq(&left.items, &right.items),
        (Value::Object(left), Value::Object(right)) => Rc::ptr_eq(left, right),
        (Value::Function(Function::Native(left)), Value::Function(Function::Native(right))) => left == right,
        _ => false,
    }
}

fn calculated(operator: Operator, left: &Value, right: &Value) -> Result<Value, Failed> {
    let (left, right) = match (left, right) {
        (Value::Number(left), Value::Number(right)) => (*left, *right),
        (Value::Undefined, Value::Number(_) | Value::Undefined) | (Value::Number(_), Value::Undefined) => {
            return Ok(Value::Undefined);
        }
        _ => return Err(Failed::Mismatch("only numbers are calculated with")),
    };
    finite(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => left % right,
    })
}

/// A number, unless it is none.
pub(super) fn finite(number: f64) -> Result<Value, Failed> {
    if number.is_finite() { Ok(Value::Number(number)) } else { Err(Failed::Mismatch("a number is out of range")) }
}

fn compared(operator: Operator, left: &Value, right: &Value) -> Result<Value, Failed> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        // Texts are in the order of their UTF-16 units.
        (Value::Text(left), Value::Text(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        (Value::Undefined, Value::Undefined | Value::Number(_) | Value::Text(_))
        | (Value::Number(_) | Value::Text(_), Value::Undefined) => return Ok(Value::Undefined),
        _ => return Err(Failed::Mismatch("only numbers, or only texts, have an order")),
    };
    Ok(Value::Bool(match operator {
        Operator::Less => order == Some(Ordering::Less),
        Operator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }))
}
