//! Evaluates the functions of the language that AWS calls: those on numbers, lists and objects here, those on texts in
//! [`super::text`].

use std::rc::Rc;

use super::Failed;
use super::evaluate::Evaluator;
use super::operators::finite;
use super::signature::{ANY, FUNCTION, LIST, NUMBER, NUMBERS, Parameter, SCALAR, TEXT, TEXT_OR_FUNCTION, TEXTS, fit};
use super::value::{Function, LARGEST_EXACT, List, Value, whole};

/// A function of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Native {
    Contains,
    Count,
    Exists,
    Floor,
    FormatBase,
    Join,
    Lookup,
    Lowercase,
    Map,
    Match,
    Number,
    Pad,
    Power,
    Replace,
    Split,
    String,
    Substring,
    SubstringAfter,
    SubstringBefore,
    Sum,
    Uppercase,
}

impl Native {
    /// The function with a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "contains" => Self::Contains,
            "count" => Self::Count,
            "exists" => Self::Exists,
            "floor" => Self::Floor,
            "formatBase" => Self::FormatBase,
            "join" => Self::Join,
            "lookup" => Self::Lookup,
            "lowercase" => Self::Lowercase,
            "map" => Self::Map,
            "match" => Self::Match,
            "number" => Self::Number,
            "pad" => Self::Pad,
            "power" => Self::Power,
            "replace" => Self::Replace,
            "split" => Self::Split,
            "string" => Self::String,
            "substring" => Self::Substring,
            "substringAfter" => Self::SubstringAfter,
            "substringBefore" => Self::SubstringBefore,
            "sum" => Self::Sum,
            "uppercase" => Self::Uppercase,
            _ => return None,
        })
    }

    /// What the function takes.
    pub(super) fn signature(self) -> &'static [Parameter] {
        const CONTEXT: Parameter = TEXT.or_context();
        match self {
            Self::Contains => const { &[CONTEXT, TEXT_OR_FUNCTION] },
            Self::Count => const { &[LIST] },
            Self::Exists => const { &[ANY] },
            Self::Floor => const { &[NUMBER.or_context()] },
            Self::FormatBase => const { &[NUMBER.or_context(), NUMBER.optional()] },
            Self::Join => const { &[TEXTS, TEXT.optional()] },
            Self::Lookup => const { &[ANY.or_context(), TEXT] },
            Self::Lowercase | Self::Uppercase => const { &[CONTEXT] },
            Self::Map => const { &[LIST, FUNCTION] },
            Self::Match => const { &[CONTEXT, FUNCTION, NUMBER.optional()] },
            Self::Number => const { &[SCALAR.or_context()] },
            Self::Pad => const { &[CONTEXT, NUMBER, TEXT.optional()] },
            Self::Power => const { &[NUMBER.or_context(), NUMBER] },
            Self::Replace => const { &[CONTEXT, TEXT_OR_FUNCTION, TEXT_OR_FUNCTION, NUMBER.optional()] },
            Self::Split => const { &[CONTEXT, TEXT_OR_FUNCTION, NUMBER.optional()] },
            Self::String => const { &[ANY.or_context()] },
            Self::Substring => const { &[CONTEXT, NUMBER, NUMBER.optional()] },
            Self::SubstringAfter | Self::SubstringBefore => const { &[CONTEXT, TEXT] },
            Self::Sum => const { &[NUMBERS] },
        }
    }

    /// How many arguments the function gets from `$map`: the item, its index, the whole.
    fn arguments_from_map(self) -> usize {
        match self {
            Self::String => 1,
            other => other.signature().len(),
        }
    }
}

impl Evaluator {
    /// Calls a function of the language.
    pub(super) fn native(&mut self, native: Native, arguments: &[Value], context: &Value) -> Result<Value, Failed> {
        let arguments = fit(native.signature(), arguments, context)?;
        let mut arguments = arguments.into_iter();
        let first = arguments.next().unwrap_or(Value::Undefined);
        let mut next = || arguments.next().unwrap_or(Value::Undefined);
        let (second, third, fourth) = (next(), next(), next());
        match (native, &first) {
            (Native::Exists, value) => return Ok(Value::Bool(!value.is_undefined())),
            (Native::Count, Value::Undefined) => return Ok(Value::Number(0.0)),
            (_, Value::Undefined) => return Ok(Value::Undefined),
            _ => {}
        }
        match (native, &first) {
            (Native::Count, Value::List(list)) => Ok(Value::Number(count(list))),
            (Native::Sum, Value::List(list)) => finite(list.items.iter().filter_map(number_of).sum()),
            (Native::Map, Value::List(list)) => self.map(list, &second),
            (Native::Join, Value::List(list)) => self.join(list, &second),
            (Native::Lookup, _) => match second {
                Value::Text(name) => self.member(&first, &name),
                _ => Ok(Value::Undefined),
            },
            (Native::Floor, Value::Number(number)) => finite(number.floor()),
            (Native::Power, Value::Number(number)) => finite(number.powf(number_of(&second).unwrap_or(f64::NAN))),
            (Native::FormatBase, Value::Number(number)) => self.format_base(*number, &second),
            (Native::Number, value) => number(value),
            (Native::String, value) => match self.string(value)? {
                Some(text) => self.text(&text),
                None => Ok(Value::Undefined),
            },
            (_, Value::Text(text)) => self.on_text(native, text, &[second, third, fourth]),
            _ => Err(Failed::Mismatch("an argument has another type than is taken")),
        }
    }

    fn map(&mut self, list: &List, function: &Value) -> Result<Value, Failed> {
        let arguments = match function {
            Value::Function(Function::Native(native)) => native.arguments_from_map(),
            Value::Function(Function::Lambda(lambda, ..)) => lambda.parameters.len(),
            _ => 1,
        };
        let mut results = Vec::new();
        for (index, item) in (0_u32..).zip(list.items.iter()) {
            let mut given = vec![item.clone(), Value::Number(f64::from(index)), list.clone().into()];
            given.truncate(arguments.max(1));
            let result = self.apply(function, given, &Value::Null)?;
            if !result.is_undefined() {
                results.push(result);
            }
        }
        Ok(List::sequence(results).into())
    }

    fn format_base(&mut self, number: f64, base: &Value) -> Result<Value, Failed> {
        let base = whole(number_of(base).unwrap_or(10.0).round_ties_even());
        let number = number.round_ties_even();
        if !(2..=36).contains(&base) || number.abs() > LARGEST_EXACT {
            return Err(Failed::Mismatch("a number cannot be written in the base"));
        }
        let mut digits = Vec::new();
        let mut rest = whole(number.abs());
        while rest > 0 || digits.is_empty() {
            digits.extend(u32::try_from(rest % base).ok().and_then(|digit| char::from_digit(digit, 36)));
            rest /= base;
        }
        if number < 0.0 {
            digits.push('-');
        }
        let text: String = digits.into_iter().rev().collect();
        self.text(&text)
    }

    /// A value as text: a text itself, anything else as JSON.
    pub(super) fn string(&mut self, value: &Value) -> Result<Option<String>, Failed> {
        match value {
            Value::Undefined => Ok(None),
            Value::Text(text) => Ok(Some(text.to_string())),
            Value::Function(_) => Ok(Some(String::new())),
            value => {
                let mut out = String::new();
                self.write(value, &mut out)?;
                Ok(Some(out))
            }
        }
    }

    fn write(&mut self, value: &Value, out: &mut String) -> Result<(), Failed> {
        self.spend(1)?;
        match value {
            Value::Undefined | Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => out.push_str(&written(*number)),
            Value::Text(text) => {
                self.spend(text.len() / 16)?;
                out.push_str(&serde_json::Value::from(text.as_ref()).to_string());
            }
            Value::Function(_) => out.push_str("\"\""),
            Value::List(list) => {
                out.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    self.write(item, out)?;
                }
                out.push(']');
            }
            // The order in which members were declared is not known here.
            Value::Object(members) if members.len() > 1 => {
                return Err(Failed::Mismatch("an object of several members is not written as text"));
            }
            Value::Object(members) => {
                out.push('{');
                for (name, member) in members.iter() {
                    self.write(&Value::Text(Rc::clone(name)), out)?;
                    out.push(':');
                    self.write(member, out)?;
                }
                out.push('}');
            }
        }
        Ok(())
    }
}

/// The number that a value is.
pub(super) fn number_of(value: &Value) -> Option<f64> {
    if let Value::Number(number) = value { Some(*number) } else { None }
}

#[expect(clippy::cast_precision_loss, reason = "no list here is as long as 2^53")]
fn count(list: &List) -> f64 {
    list.items.len() as f64
}

fn number(value: &Value) -> Result<Value, Failed> {
    match value {
        Value::Number(number) => Ok(Value::Number(*number)),
        Value::Bool(value) => Ok(Value::Number(f64::from(u8::from(*value)))),
        Value::Text(text) if is_decimal(text) => {
            text.parse().map_err(|_| Failed::Mismatch("a text is no number")).and_then(finite)
        }
        _ => Err(Failed::Mismatch("a text is no number")),
    }
}

/// Whether a text is a number as JSON writes it, except that it may begin with zeros.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (units, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    [units, fraction, exponent].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A number as JavaScript writes it, with 15 digits where it is not whole.
fn written(number: f64) -> String {
    let number = if number.fract() == 0.0 { number } else { format!("{number:.14e}").parse().unwrap_or(number) };
    match number.abs() {
        0.0 => "0".to_owned(),
        size if size >= 1e21 => format!("{number:e}").replace('e', "e+"),
        size if size < 1e-6 => format!("{number:e}"),
        _ => number.to_string(),
    }
}
