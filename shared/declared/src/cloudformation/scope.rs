//! What the functions of a template may look up: parameters, mappings, conditions, resources, exports. Bounds how deep
//! and how much is evaluated; never looks outside of what was read.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use serde_json::{Map, Value};

use super::{
    parameters,
    place::Place,
    stack::{Live, Stack},
};
use crate::Unresolved;

/// Functions, lists, objects, conditions and other resources' properties, each within the other.
const DEEPEST: u32 = 200;
/// What may be evaluated in all, for one file.
const MOST_BYTES: usize = 256 << 20;
/// No text is longer: a whole template is a quarter of it.
const LONGEST_TEXT: usize = 4 << 20;

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// `AWS::NoValue`: what it stands for is not declared.
    NoValue,
    /// It cannot be known.
    Unknown(Unresolved),
}

impl From<Unresolved> for Missing {
    fn from(reason: Unresolved) -> Self {
        Self::Unknown(reason)
    }
}

/// A value, or why there is none.
pub(super) type Outcome<T = Value> = Result<T, Missing>;

/// What the functions of one template may look up.
#[derive(Debug)]
pub(super) struct Scope<'s> {
    pub(super) stack: &'s Stack,
    pub(super) place: Place,
    pub(super) parameters: BTreeMap<&'s str, Result<Value, Unresolved>>,
    pub(super) mappings: Option<&'s Map<String, Value>>,
    pub(super) conditions: Option<&'s Map<String, Value>>,
    pub(super) resources: &'s Map<String, Value>,
    pub(super) live: BTreeMap<&'s str, Live<'s>>,
    pub(super) exports: &'s BTreeMap<String, String>,
    pub(super) nested: &'s BTreeMap<String, BTreeMap<String, String>>,
    pub(super) decided: RefCell<BTreeMap<String, Option<bool>>>,
    pub(super) attributes: RefCell<BTreeMap<(String, String), Outcome>>,
    depth: Cell<u32>,
    left_bytes: Cell<usize>,
}

/// What a scope takes from the stack file besides the template.
#[derive(Debug)]
pub(super) struct Around<'s> {
    pub(super) stack: &'s Stack,
    pub(super) resources: &'s [Value],
    pub(super) exports: &'s BTreeMap<String, String>,
    pub(super) nested: &'s BTreeMap<String, BTreeMap<String, String>>,
}

impl<'s> Scope<'s> {
    pub(super) fn new(
        template: &'s Map<String, Value>,
        resources: &'s Map<String, Value>,
        around: &Around<'s>,
    ) -> Self {
        let section = |name: &str| template.get(name).and_then(Value::as_object);
        let live: BTreeMap<_, _> = around.resources.iter().filter_map(Live::read).collect();
        let place = around.stack.place();
        let place = if place.account.is_some() { place } else { of_resources(around.resources).unwrap_or(place) };
        Self {
            stack: around.stack,
            place,
            parameters: parameters::values(section("Parameters"), around.stack).collect(),
            mappings: section("Mappings"),
            conditions: section("Conditions"),
            resources,
            live,
            exports: around.exports,
            nested: around.nested,
            decided: RefCell::default(),
            attributes: RefCell::default(),
            depth: Cell::new(0),
            left_bytes: Cell::new(MOST_BYTES),
        }
    }

    /// Evaluates one level deeper, if there is one.
    pub(super) fn deeper<T>(&self, evaluate: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let depth = self.depth.get();
        if depth >= DEEPEST {
            return Err(Unresolved::Function.into());
        }
        self.depth.set(depth + 1);
        let outcome = evaluate();
        self.depth.set(depth);
        outcome
    }

    /// Counts what evaluation makes; past the bound there is no value any more.
    pub(super) fn spend(&self, bytes: usize) -> Outcome<()> {
        let left = self.left_bytes.get().checked_sub(bytes).filter(|_| bytes <= LONGEST_TEXT);
        self.left_bytes.set(left.ok_or(Unresolved::Function)?);
        Ok(())
    }

    /// The type of a resource.
    pub(super) fn kind(&self, logical_id: &str) -> Option<&'s str> {
        self.resources.get(logical_id)?.get("Type")?.as_str()
    }

    /// The physical id of a resource that exists.
    pub(super) fn physical_id(&self, logical_id: &str) -> Option<&'s str> {
        self.live.get(logical_id).filter(|live| live.absent().is_none())?.id
    }
}

/// Reads the place off the first ARN that a resource has for its id. What a custom resource calls itself may be an ARN
/// from anywhere.
fn of_resources(resources: &[Value]) -> Option<Place> {
    let is_own = |element: &&Value| {
        element.get("ResourceType").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("AWS::"))
    };
    let places = resources.iter().filter(is_own).filter_map(Live::read).filter_map(|(_, live)| Place::of_arn(live.id?));
    places.reduce(Place::or)
}

#[cfg(test)]
pub(super) mod testing {
    //! Evaluates one expression as the tests write it.

    use serde_json::{Value, json};

    use super::{super::file::StackFile, *};

    /// Evaluates an expression beside the given keys of a stack file: `AWS::NoValue` is null.
    pub(in super::super) fn resolved(mut document: Value, expression: &Value) -> Value {
        let keys = document.as_object_mut().unwrap();
        keys.entry("StackResources").or_insert(json!([]));
        keys.entry("Stack").or_insert(json!({"StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/1"}));
        let template = keys.entry("TemplateBody").or_insert(json!({}));
        template.as_object_mut().unwrap().entry("Resources").or_insert(json!({}));
        let file = StackFile::open(document.as_object().unwrap().clone(), "f").unwrap();
        let stack = Stack::read(&file.stack, &file.resources);
        let around = Around { stack: &stack, resources: &file.resources, exports: &file.exports, nested: &file.nested };
        let resources = file.template["Resources"].as_object().unwrap();
        match Scope::new(&file.template, resources, &around).resolve(expression) {
            Ok(value) => value,
            Err(Missing::NoValue) => Value::Null,
            Err(Missing::Unknown(reason)) => reason.mark(),
        }
    }
}
