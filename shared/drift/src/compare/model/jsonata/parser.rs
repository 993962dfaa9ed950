//! Reads an expression: what binds stronger, and what is a step of which path.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Refused;
use super::functions::Native;
use super::lexer::{Token, Word, tokens};
use super::pattern::Pattern;
use super::syntax::{Condition, Kind, Lambda, Node, Operator, Update};
use super::value::Value;

/// Deeper than any expression of AWS nests.
const MOST_LEVELS: usize = 100;

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<Node, Refused> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, next: 0, level: 0, bound: BTreeSet::new(), used: Vec::new() };
    let node = parser.expression(0)?;
    if parser.peek() != &Word::End {
        return Err(parser.refuse("an operator"));
    }
    let Parser { bound, used, .. } = parser;
    let unknown = used.into_iter().find(|(name, _)| !bound.contains(name) && Native::named(name).is_none());
    match unknown {
        Some((name, at)) => Err(Refused { at, found: format!("${name}"), expected: "a function that is taken" }),
        None => Ok(node),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    level: usize,
    bound: BTreeSet<String>,
    /// Variables, and where: each must be bound somewhere, or be a function.
    used: Vec<(String, usize)>,
}

impl Parser {
    fn peek(&self) -> &Word {
        self.tokens.get(self.next).map_or(&Word::End, |token| &token.word)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |token| token.at)
    }

    fn advance(&mut self) -> Word {
        let word = self.peek().clone();
        self.next += 1;
        word
    }

    fn is_next(&self, symbol: &str) -> bool {
        matches!(self.peek(), Word::Symbol(next) if *next == symbol)
    }

    fn skip_if(&mut self, symbol: &str) -> bool {
        let is_next = self.is_next(symbol);
        self.next += usize::from(is_next);
        is_next
    }

    fn demand(&mut self, symbol: &'static str) -> Result<(), Refused> {
        if self.skip_if(symbol) { Ok(()) } else { Err(self.refuse(symbol)) }
    }

    fn refuse(&self, expected: &'static str) -> Refused {
        let found = match self.peek() {
            Word::Symbol(symbol) => (*symbol).to_owned(),
            Word::Name(word) | Word::Quoted(word) | Word::Text(word) | Word::Pattern(word) => word.clone(),
            Word::Variable(name) => format!("${name}"),
            Word::Number(number) => number.to_string(),
            Word::End => "the end".to_owned(),
        };
        Refused { at: self.at(), found, expected }
    }

    /// An expression, up to an operator that does not bind stronger than `strength`.
    fn expression(&mut self, strength: u8) -> Result<Node, Refused> {
        self.level += 1;
        if self.level > MOST_LEVELS {
            return Err(self.refuse("less nesting"));
        }
        let mut left = self.value()?;
        while strength < strength_of(self.peek()) {
            left = self.continued(left)?;
        }
        self.level -= 1;
        Ok(left)
    }

    /// What an expression begins with.
    fn value(&mut self) -> Result<Node, Refused> {
        let at = self.at();
        if let Word::Symbol(symbol) = *self.peek() {
            return self.begun_by(symbol);
        }
        let refused = self.refuse("a value");
        match self.advance() {
            Word::Name(name) => match name.as_str() {
                "function" | "λ" if self.is_next("(") => self.lambda(),
                "true" => Ok(literal(Value::Bool(true))),
                "false" => Ok(literal(Value::Bool(false))),
                "null" => Ok(literal(Value::Null)),
                _ => Ok(Node::name(name)),
            },
            Word::Quoted(name) => Ok(Node::name(name)),
            Word::Variable(name) => {
                if !name.is_empty() && name != "$" {
                    self.used.push((name.clone(), at));
                }
                Ok(Node::new(Kind::Variable(name)))
            }
            Word::Text(text) => Ok(literal(Value::text(&text))),
            Word::Number(number) => Ok(literal(Value::Number(number))),
            Word::Pattern(pattern) => {
                let compiled = Pattern::new(&pattern);
                let expected = "a regular expression without look-around";
                compiled.map(|it| Node::new(Kind::Pattern(Rc::new(it)))).ok_or(Refused { at, found: pattern, expected })
            }
            Word::Symbol(_) | Word::End => Err(refused),
        }
    }

    fn begun_by(&mut self, symbol: &str) -> Result<Node, Refused> {
        let refused = self.refuse("a value");
        self.next += 1;
        match symbol {
            "-" => {
                let mut value = self.expression(70)?;
                if let Kind::Literal(Value::Number(number)) = &mut value.kind {
                    *number = -*number;
                    return Ok(value);
                }
                Ok(Node::new(Kind::Negation(Box::new(value))))
            }
            "(" => self.block(),
            "[" => self.list(),
            "{" => self.object(),
            "|" => self.update(),
            _ => Err(refused),
        }
    }

    fn block(&mut self) -> Result<Node, Refused> {
        let mut parts = Vec::new();
        while !self.is_next(")") {
            parts.push(self.expression(0)?);
            if !self.skip_if(";") {
                break;
            }
        }
        self.demand(")")?;
        Ok(Node::new(Kind::Block(parts)))
    }

    fn list(&mut self) -> Result<Node, Refused> {
        let mut items = Vec::new();
        while !self.is_next("]") || !items.is_empty() {
            let mut item = self.expression(0)?;
            if self.skip_if("..") {
                let end = self.expression(0)?;
                item = Node::new(Kind::Operation(Operator::Range, Box::new((item, end))));
            }
            items.push(item);
            if !self.skip_if(",") {
                break;
            }
        }
        self.demand("]")?;
        Ok(Node::new(Kind::List { items, is_step: false }))
    }

    fn object(&mut self) -> Result<Node, Refused> {
        let mut members = Vec::new();
        while !self.is_next("}") || !members.is_empty() {
            let name = self.expression(0)?;
            self.demand(":")?;
            members.push((name, self.expression(0)?));
            if !self.skip_if(",") {
                break;
            }
        }
        self.demand("}")?;
        Ok(Node::new(Kind::Object(members)))
    }

    /// The rest of `| place | change |`. The place is a path of names.
    fn update(&mut self) -> Result<Node, Refused> {
        let refused = self.refuse("a path of names");
        let place = self.expression(0)?.into_names().ok_or(refused)?;
        self.demand("|")?;
        let change = self.expression(0)?;
        self.demand("|")?;
        Ok(Node::new(Kind::Update(Rc::new(Update { place, change }))))
    }

    /// The rest of `function($a){ body }`.
    fn lambda(&mut self) -> Result<Node, Refused> {
        self.demand("(")?;
        let mut parameters = Vec::new();
        while !self.is_next(")") || !parameters.is_empty() {
            let refused = self.refuse("a parameter");
            let Word::Variable(name) = self.advance() else { return Err(refused) };
            if name.is_empty() || name == "$" {
                return Err(refused);
            }
            self.bound.insert(name.clone());
            parameters.push(name);
            if !self.skip_if(",") {
                break;
            }
        }
        self.demand(")")?;
        self.demand("{")?;
        let body = self.expression(0)?;
        self.demand("}")?;
        Ok(Node::new(Kind::Lambda(Rc::new(Lambda { parameters, body }))))
    }

    /// What an operator makes of the value before it.
    fn continued(&mut self, left: Node) -> Result<Node, Refused> {
        let refused = self.refuse("another operator");
        let word = self.advance();
        let strength = strength_of(&word);
        match word {
            Word::Symbol("(") => self.call(left).map_err(|at_call| at_call.unwrap_or(refused)),
            Word::Symbol("[") => {
                let predicate = self.expression(0)?;
                self.demand("]")?;
                Ok(left.filtered(predicate))
            }
            Word::Symbol(".") => {
                let right = self.expression(strength)?;
                left.followed_by(right).ok_or(refused)
            }
            Word::Symbol("?") => self.condition(left),
            Word::Symbol(":=") => {
                let Kind::Variable(name) = left.kind else { return Err(refused) };
                if name.is_empty() || name == "$" || !left.predicates.is_empty() {
                    return Err(refused);
                }
                self.bound.insert(name.clone());
                let value = self.expression(strength - 1)?;
                Ok(Node::new(Kind::Binding(name, Box::new(value))))
            }
            Word::Symbol("~>") => {
                let right = self.expression(strength)?;
                // JavaScript's evaluator forgets a predicate here.
                if matches!(right.kind, Kind::Call(..)) && !right.predicates.is_empty() {
                    return Err(refused);
                }
                Ok(Node::new(Kind::Application(Box::new((left, right)))))
            }
            word => {
                let operator = operator(&word).ok_or(refused)?;
                let right = self.expression(strength)?;
                Ok(Node::new(Kind::Operation(operator, Box::new((left, right)))))
            }
        }
    }

    fn condition(&mut self, condition: Node) -> Result<Node, Refused> {
        let then = self.expression(0)?;
        let otherwise = if self.skip_if(":") { Some(self.expression(0)?) } else { None };
        Ok(Node::new(Kind::Condition(Box::new(Condition { condition, then, otherwise }))))
    }

    /// The rest of a call. `None` where what is called is no function.
    fn call(&mut self, function: Node) -> Result<Node, Option<Refused>> {
        if matches!(function.kind, Kind::Path(_) | Kind::Literal(_)) {
            return Err(None);
        }
        let mut arguments = Vec::new();
        while !self.is_next(")") || !arguments.is_empty() {
            arguments.push(self.expression(0)?);
            if !self.skip_if(",") {
                break;
            }
        }
        self.demand(")")?;
        let native = if let Kind::Variable(name) = &function.kind { Native::named(name) } else { None };
        if native.is_some_and(|native| arguments.len() > native.signature().len()) {
            return Err(Some(self.refuse("fewer arguments before")));
        }
        Ok(Node::new(Kind::Call(Box::new(function), arguments)))
    }
}

fn literal(value: Value) -> Node {
    Node::new(Kind::Literal(value))
}

/// How strong an operator binds to what stands before it; zero for what is none.
fn strength_of(word: &Word) -> u8 {
    match word {
        Word::Name(name) => match name.as_str() {
            "or" => 25,
            "and" => 30,
            "in" => 40,
            _ => 0,
        },
        Word::Symbol(symbol) => match *symbol {
            ":=" => 10,
            "?" => 20,
            "=" | "!=" | "<" | "<=" | ">" | ">=" | "~>" | "^" => 40,
            "+" | "-" | "&" => 50,
            "*" | "/" | "%" => 60,
            "{" => 70,
            "." => 75,
            "[" | "(" | "@" | "#" => 80,
            _ => 0,
        },
        Word::Quoted(_) | Word::Variable(_) | Word::Text(_) | Word::Number(_) | Word::Pattern(_) | Word::End => 0,
    }
}

fn operator(word: &Word) -> Option<Operator> {
    let word = match word {
        Word::Symbol(symbol) => symbol,
        Word::Name(name) => name.as_str(),
        _ => return None,
    };
    Some(match word {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        "=" => Operator::Equal,
        "!=" => Operator::Unequal,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "&" => Operator::Join,
        "in" => Operator::In,
        "and" => Operator::And,
        "or" => Operator::Or,
        _ => return None,
    })
}
