//! Goes down two values together and collects what differs, what is unknown and which rules applied.
//!
//! Decides at each place which rule speaks; the rules themselves are in their own files. Linear in the size of the two
//! values, except for what `set` has to pair.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::leaf::{self, Leaf};
use super::model::{self, Rules};
use super::path::Path;
use super::{Comparison, Difference, Equality, Trace, Unknown, Zero, empty, json_text, mask, names, policy, set, tags};

/// How one place is to be compared.
#[derive(Clone, Copy)]
pub(super) struct How<'r> {
    /// Which equality is asked for.
    pub(super) equality: Equality,
    /// What `false` and `0` mean against nothing.
    pub(super) zero: Zero,
    /// What a member means that only the actual side has.
    pub(super) extra: Extra,
    /// A member of this object that is not compared: an identity that only one side has.
    pub(super) skip: Option<&'static str>,
    /// What the resource's type says of this place.
    pub(super) rules: Option<&'r Rules>,
    /// Whether the actual side may leave out what is set.
    pub(super) may_be_unread: bool,
}

/// What a member means that only the actual side has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    /// Nobody declared it: not compared.
    Undeclared,
    /// The declaration is complete: it was added.
    Added,
}

impl<'r> How<'r> {
    /// The start of a comparison.
    pub(super) fn new(equality: Equality, zero: Zero) -> Self {
        let extra = match equality {
            Equality::Map | Equality::Tags | Equality::JsonDocument => Extra::Added,
            Equality::Default
            | Equality::Policy
            | Equality::VersionPrefix
            | Equality::ArnOrName
            | Equality::IgnoreCase
            | Equality::OrderedList
            | Equality::Set
            | Equality::AttributeList
            | Equality::Subset
            | Equality::Cidr
            | Equality::Duration
            | Equality::DnsName
            | Equality::UserData
            | Equality::KmsKey
            | Equality::EpochHour
            | Equality::AccessString => Extra::Undeclared,
        };
        Self { equality, zero, extra, skip: None, rules: None, may_be_unread: false }
    }

    /// The same, asking for another equality.
    pub(super) fn with(self, equality: Equality) -> Self {
        let extra = if self.extra == Extra::Added { Extra::Added } else { Self::new(equality, self.zero).extra };
        Self { equality, extra, skip: None, ..self }
    }

    /// How an element of a list is compared.
    pub(super) fn element(self) -> Self {
        let rules = self.rules.and_then(Rules::element);
        if matches!(self.equality, Equality::Set | Equality::OrderedList | Equality::AttributeList | Equality::Subset) {
            return Self { rules, ..self.with(Equality::Default) };
        }
        Self { skip: None, rules, ..self }
    }

    /// How a member of an object is compared: as its name tells, unless the whole has free keys.
    fn member(self, name: &str) -> Self {
        let rules = self.rules.and_then(|rules| rules.member(name));
        if let Some(equality) = rules.and_then(|rules| rules.equality) {
            return Self { rules, ..self.with(equality) };
        }
        if self.extra == Extra::Added || matches!(self.equality, Equality::IgnoreCase | Equality::ArnOrName) {
            return Self { skip: None, rules, ..self };
        }
        Self { rules, ..self.with(names::equality(name)) }
    }
}

/// What a comparison has found so far.
#[derive(Default)]
pub(super) struct Walk<'v> {
    traces: Vec<Trace>,
    differences: Vec<Difference>,
    unknown: Vec<(String, Unknown)>,
    /// What is compared, for rules that look around.
    declared: Option<&'v Value>,
}

impl<'v> Walk<'v> {
    /// A comparison in which the rules of a resource type may look around in what is declared.
    pub(super) fn of_resource(declared: &'v Value) -> Self {
        Self { declared: Some(declared), ..Self::default() }
    }

    /// A comparison on trial, at a place of this one.
    pub(super) fn trial(&self) -> Self {
        Self { declared: self.declared, ..Self::default() }
    }

    /// Whether whole resources are compared, one of them as AWS answers it.
    fn is_of_resource(&self) -> bool {
        self.declared.is_some()
    }

    /// All of what is declared, where that is known.
    pub(super) fn declared(&self) -> Option<&'v Value> {
        self.declared
    }

    /// Everything that was found: what differs, what is unknown, which rules applied.
    pub(super) fn into_parts(self) -> (Vec<Difference>, Vec<(String, Unknown)>, Vec<Trace>) {
        (self.differences, self.unknown, self.traces)
    }

    /// The result: a difference outweighs an unknown part, which outweighs equality.
    pub(super) fn finish(self) -> Comparison {
        match (self.differences.is_empty(), self.unknown.first()) {
            (false, _) => Comparison::Different(self.differences),
            (true, Some((_, unknown))) => Comparison::Unknown(*unknown),
            (true, None) => Comparison::Equal(self.traces),
        }
    }

    /// Whether nothing was found to differ.
    pub(super) fn is_without_difference(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether nothing was found to differ or to be unknown.
    pub(super) fn is_equal(&self) -> bool {
        self.differences.is_empty() && self.unknown.is_empty()
    }

    /// Takes over what a trial comparison found.
    pub(super) fn absorb(&mut self, other: Walk<'_>) {
        let Walk { traces, differences, unknown, declared: _ } = other;
        self.traces.extend(traces);
        self.differences.extend(differences);
        self.unknown.extend(unknown);
    }

    /// Notes the rule that made two spellings equal.
    pub(super) fn trace(&mut self, rule: &'static str, at: Path<'_>, what: &str) {
        let place = match at {
            Path::Root => "the whole value".to_owned(),
            Path::Member(..) | Path::Element(..) => format!("`{at}`"),
        };
        let note = if what.is_empty() { place } else { format!("{place}: {what}") };
        self.traces.push(Trace { rule, note });
    }

    /// Notes a difference; `null` stands for nothing.
    pub(super) fn differ(&mut self, at: Path<'_>, declared: &Value, actual: &Value) {
        let some = |value: &Value| (!value.is_null()).then(|| value.clone());
        self.differences.push(Difference { path: at.to_string(), declared: some(declared), actual: some(actual) });
    }

    /// Notes a part that cannot be compared.
    pub(super) fn unknown(&mut self, at: Path<'_>, unknown: Unknown) {
        self.unknown.push((at.to_string(), unknown));
    }

    /// Compares two values at one place.
    pub(super) fn value(&mut self, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) {
        match how.rules {
            Some(rules) => model::value(self, at, declared, actual, how, rules),
            None => self.below(at, declared, actual, how),
        }
    }

    /// Compares two values by the rules for values.
    pub(super) fn below(&mut self, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) {
        if let Some(unknown) = mask::unknown(declared, actual) {
            return self.unknown(at, unknown);
        }
        if mask::redaction(declared).is_some() {
            if declared != actual {
                self.differ(at, declared, actual);
            }
            return;
        }
        if self.both_say_nothing(at, declared, actual, how) {
            return;
        }
        if how.equality == Equality::Policy && policy::walk(self, at, declared, actual) {
            return;
        }
        if how.equality == Equality::Tags && tags::walk(self, at, declared, actual, how) {
            return;
        }
        if declared.is_null() || actual.is_null() {
            return self.one_is_absent(at, declared, actual, how);
        }
        match (declared, actual) {
            (Value::Object(left), Value::Object(right)) => {
                // A whole resource with a property `Statement` is no policy.
                let may_be_policy = !(self.is_of_resource() && matches!(at, Path::Root));
                if !(may_be_policy
                    && policy::is_document(declared)
                    && policy::is_document(actual)
                    && policy::walk(self, at, declared, actual))
                {
                    self.object(at, left, right, how);
                }
            }
            (Value::Array(_), Value::Array(_)) => {
                set::walk(self, at, &names::elements(declared), &names::elements(actual), how);
            }
            (Value::String(_), Value::Array(_) | Value::Object(_) | Value::String(_))
            | (Value::Array(_) | Value::Object(_), Value::String(_))
                if json_text::walk(self, at, declared, actual, how) => {}
            (Value::Array(_), _) | (_, Value::Array(_)) => self.list_and_other(at, declared, actual, how),
            _ => self.leaf(at, declared, actual, how),
        }
    }

    /// Whether neither side says anything. Two objects are looked into: which empty block is present matters.
    fn both_say_nothing(&mut self, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) -> bool {
        let are_objects = declared.is_object() && actual.is_object();
        if are_objects || !empty::is_empty(declared, how.zero) || !empty::is_empty(actual, how.zero) {
            return false;
        }
        if declared != actual {
            self.trace("empty", at, "");
        }
        true
    }

    /// Handles a place where one side is absent and the other says something.
    fn one_is_absent(&mut self, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) {
        match leaf::against_nothing(declared, actual, how.equality) {
            Some(unknown) => self.unknown(at, unknown),
            None if actual.is_null()
                && (how.may_be_unread || (self.is_of_resource() && model::is_unread(at, declared))) =>
            {
                self.unknown(at, Unknown::Omitted);
            }
            None => self.differ(at, declared, actual),
        }
    }

    /// Compares two scalars.
    fn leaf(&mut self, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) {
        match leaf::compare(declared, actual, how.equality) {
            Leaf::Same => {}
            Leaf::By(rule) => self.trace(rule, at, ""),
            Leaf::Unknown(unknown) => self.unknown(at, unknown),
            Leaf::Different if self.is_of_resource() && model::is_damaged(declared, actual) => {
                self.unknown(at, Unknown::Unresolved);
            }
            Leaf::Different => self.differ(at, declared, actual),
        }
    }

    /// Compares a list with an object or a scalar: a wrapper around the elements, a map of tags, or the only element.
    fn list_and_other(&mut self, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>) {
        if tags::walk_shapes(self, at, declared, actual, how) {
            return;
        }
        let (left, right) = (names::elements_beside(declared, actual), names::elements_beside(actual, declared));
        self.trace("list-shape", at, "");
        match (left.as_slice(), right.as_slice()) {
            ([one], [other]) if declared.is_array() => self.value(Path::Element(&at, 0), one, other, how.element()),
            ([one], [other]) => self.value(at, one, other, how.element()),
            _ => set::walk(self, at, &left, &right, how),
        }
    }

    /// Compares two objects, member by declared member.
    fn object(&mut self, at: Path<'_>, declared: &Map<String, Value>, actual: &Map<String, Value>, how: How<'_>) {
        // In a template, names of properties have no other characters than letters and digits.
        let is_free = self.is_of_resource() && names::has_free_keys(declared) && !matches!(at, Path::Root);
        let how = if is_free { How { extra: Extra::Added, ..how } } else { how };
        let pairs = names::Pairing::new(declared, actual, how.extra);
        if pairs.is_folded() {
            self.trace("member-names", at, "");
        }
        let extras = pairs.extras();
        let replaced = replaced_blocks(declared, &pairs, &extras);
        for (name, value) in declared {
            if replaced && is_block(value) && pairs.actual(name).is_none() {
                // Which empty block is present is what such an object says.
                self.differ(Path::Member(&at, name), value, &Value::Null);
                continue;
            }
            if how.skip.is_some_and(|skip| names::is_folded(name, skip)) {
                self.trace("identity-on-one-side", Path::Member(&at, name), "");
                continue;
            }
            let found = pairs.actual(name).unwrap_or(&Value::Null);
            self.value(Path::Member(&at, name), value, found, how.member(name));
        }
        match how.extra {
            _ if replaced => {
                for (name, value) in extras.iter().filter(|(_, value)| is_present(value)) {
                    self.differ(Path::Member(&at, name), &Value::Null, value);
                }
            }
            Extra::Added => {
                for (name, value) in extras {
                    self.value(Path::Member(&at, name), &Value::Null, value, how.member(name));
                }
            }
            Extra::Undeclared => self.undeclared(at, &extras),
        }
    }

    /// Notes members that nobody declared.
    fn undeclared(&mut self, at: Path<'_>, extras: &BTreeMap<&str, &Value>) {
        let names: Vec<&str> = extras.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| *name).collect();
        if !names.is_empty() {
            self.trace("undeclared-members", at, &names.join(", "));
        }
    }
}

/// Whether an empty block gave way to something else: nothing but blocks is declared, one is absent, and the actual side
/// has what nobody declared.
fn replaced_blocks(declared: &Map<String, Value>, pairs: &names::Pairing<'_>, extras: &BTreeMap<&str, &Value>) -> bool {
    let is_gone = |(name, value): (&String, &Value)| is_block(value) && pairs.actual(name).is_none();
    let only_blocks = declared.iter().all(|(name, value)| value.is_null() || is_gone((name, value)));
    only_blocks && declared.iter().any(is_gone) && extras.values().any(|value| is_present(value))
}

/// Whether a value is there: `{}` is a block without arguments.
fn is_present(value: &Value) -> bool {
    value.is_object() || !empty::is_empty(value, Zero::Value)
}

/// Whether a value is a block without arguments: `Allow: {}`, and `Allow: {"CustomResponse": null}` as well.
fn is_block(value: &Value) -> bool {
    value.is_object() && empty::is_empty(value, Zero::Value)
}
