//! Compares what is declared of a whole resource with what AWS answers when it is read: a live model.
//!
//! A live model has every property there is, as AWS spells it; only what is declared is compared. Beyond the rules for
//! values, the resource's type says which properties only AWS sets, which cannot be read back, which lists have no
//! order, what a property is where nobody sets it, and how AWS rewrites it.

mod jsonata;
mod rules;
mod transform;

use std::collections::BTreeMap;

use driftwire_catalog::{ResourceType, resource_type};
use driftwire_declared::{Redactor, is_secret_name};
use serde_json::{Map, Value, json};

use super::path::Path;
use super::walk::{How, Walk};
use super::{Difference, Equality, Trace, Unknown, Zero, empty, mask};

use crate::context::hide;
use crate::facet::RESOURCE;

pub(super) use rules::Rules;

/// What is known of comparing the resources of one type.
#[derive(Debug)]
pub struct ResourceRules {
    rules: Rules,
    kind: Option<&'static ResourceType>,
}

/// What the comparison of a resource found.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelComparison {
    /// What differs, in the order of the declaration.
    pub differences: Vec<Difference>,
    /// What could not be compared.
    pub undecided: Vec<Undecided>,
    /// Which rules made spellings equal, and where.
    pub traces: Vec<Trace>,
}

/// A place that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// The place, in the declaration's own names.
    pub path: String,
    /// Why.
    pub why: Unknown,
}

impl ResourceRules {
    /// The rules of a type of CloudFormation. For any other, only the rules for values apply, and what is missing in a
    /// live model may have another name there.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let kind = resource_type(kind);
        Self { rules: kind.map_or_else(Rules::of_unknown_type, Rules::of), kind }
    }

    /// What identifies a resource of the type: the parts of its primary identifier, joined by `|`.
    #[must_use]
    pub fn id_of(&self, live: &Map<String, Value>, declared: &Map<String, Value>) -> Option<String> {
        let part = |name: &&str| live.get(*name).or_else(|| declared.get(*name))?.as_str();
        let parts: Option<Vec<&str>> = self.kind?.id.iter().map(part).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("|"))
    }

    /// Compares declared properties with a live model. What is not declared is not compared.
    #[must_use]
    pub fn compare(&self, declared: &Value, live: &Value) -> ModelComparison {
        let mut walk = Walk::of_resource(declared);
        let how = How { rules: Some(&self.rules), ..How::new(Equality::Default, Zero::Value) };
        walk.value(Path::Root, declared, live, how);
        let (differences, undecided, traces) = walk.into_parts();
        let undecided = undecided.into_iter().map(|(path, why)| Undecided { path, why }).collect();
        ModelComparison { differences, undecided, traces }
    }

    /// [`Self::compare`], where the code gives tags to everything it makes: they are declared, too.
    #[must_use]
    pub fn compare_tagged(
        &self,
        declared: Map<String, Value>,
        live: Map<String, Value>,
        default_tags: &BTreeMap<String, String>,
    ) -> ModelComparison {
        let (mut declared, live) = (Value::Object(declared), Value::Object(live));
        if let Some(tags) = self.kind.and_then(|kind| kind.tags).and_then(|tags| declared.get_mut(tags)) {
            add_tags(tags, default_tags);
        }
        self.compare(&declared, &live)
    }
}

/// Adds tags to declared ones, in their own shape. A tag that is declared itself stays.
fn add_tags(tags: &mut Value, more: &BTreeMap<String, String>) {
    match tags {
        Value::Object(map) => {
            for (key, value) in more {
                map.entry(key.clone()).or_insert_with(|| Value::from(value.as_str()));
            }
        }
        Value::Array(list) => {
            for (key, value) in more {
                if !list.iter().any(|tag| tag.get("Key").and_then(Value::as_str) == Some(key)) {
                    list.push(json!({"Key": key, "Value": value}));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl ModelComparison {
    /// What is found where there is no such resource any more.
    #[must_use]
    pub fn of_absent_resource() -> Self {
        let gone = Difference { path: RESOURCE.to_owned(), declared: Some(Value::from("present")), actual: None };
        Self { differences: vec![gone], undecided: Vec::new(), traces: Vec::new() }
    }

    /// Hides what is a secret, or looks like one. Not even its hash is shown.
    pub fn hide_secrets(&mut self, redactor: &Redactor) {
        for difference in &mut self.differences {
            hide(redactor, &difference.path, &mut difference.declared, &mut difference.actual);
        }
    }
}

/// Compares two values at a place of which the resource's type says something.
pub(super) fn value(walk: &mut Walk<'_>, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>, rules: &Rules) {
    let how = adjusted(how, rules);
    if rules.is_read_only {
        return walk.trace("read-only", at, "");
    }
    if rules.is_fixed && actual.is_null() && !empty::is_empty(declared, Zero::Value) {
        return walk.unknown(at, Unknown::Omitted);
    }
    if let Some(default) = &rules.default
        && is_default(walk, at, declared, actual, how, default)
    {
        return walk.trace("default", at, "");
    }
    let may_be_rewritten = !declared.is_null() && !actual.is_null() && mask::alone(declared).is_none();
    let Some(expression) = rules.transform.filter(|_| may_be_rewritten) else {
        return walk.below(at, declared, actual, how);
    };
    let compared = |value: &Value| {
        let mut trial = walk.trial();
        trial.below(at, value, actual, how);
        trial
    };
    let plain = compared(declared);
    let is_same = |rewritten: &Value| compared(rewritten).is_equal();
    if !plain.is_equal() && transform::rewrites(expression, walk.declared(), at, actual, is_same) {
        walk.trace("property-transform", at, "");
    } else {
        walk.absorb(plain);
    }
}

/// Whether one side says nothing, and the other what the property is where nobody sets it.
fn is_default(walk: &Walk<'_>, at: Path<'_>, declared: &Value, actual: &Value, how: How<'_>, default: &Value) -> bool {
    let is_same = |one: &Value, other: &Value| {
        let mut trial = walk.trial();
        trial.below(at, one, other, how);
        trial.is_equal()
    };
    (actual.is_null() && is_same(declared, default))
        || (!declared.is_null() && empty::is_empty(declared, Zero::Value) && is_same(default, actual))
}

/// Whether AWS's answer leaves out a value like this one although it is set: a secret, or a block in which all is off.
pub(super) fn is_unread(at: Path<'_>, declared: &Value) -> bool {
    let is_secret = if let Path::Member(_, name) = at { is_secret_name(name) } else { false };
    is_secret || (declared.is_object() && empty::is_empty(declared, Zero::Absent))
}

/// Whether `GetTemplate` damaged the declared text: it replaces every character beyond ASCII by a question mark.
pub(crate) fn is_damaged(declared: &Value, actual: &Value) -> bool {
    let (Some(declared), Some(actual)) = (declared.as_str(), actual.as_str()) else { return false };
    !actual.is_ascii()
        && declared.contains('?')
        && declared.chars().eq(actual.chars().map(|c| if c.is_ascii() { c } else { '?' }))
}

/// How a place is compared, with what the rules say of it.
fn adjusted<'r>(how: How<'r>, rules: &Rules) -> How<'r> {
    let equality = match how.equality {
        // Where the schema says that a list has no order, its name does not say otherwise; a reviewer may.
        Equality::OrderedList if rules.is_unordered && rules.equality.is_none() => Equality::Default,
        other => other,
    };
    How { equality, may_be_unread: how.may_be_unread || rules.may_be_unread, ..how }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(kind: &str, declared: &Value, live: &Value) -> (Vec<String>, Vec<String>) {
        let found = ResourceRules::of(kind).compare(declared, live);
        let differs = found.differences.into_iter().map(|it| it.path).collect();
        (differs, found.undecided.into_iter().map(|it| it.path).collect())
    }

    fn both(differs: &[&str], open: &[&str]) -> (Vec<String>, Vec<String>) {
        let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect();
        (owned(differs), owned(open))
    }

    #[test]
    fn what_is_missing_in_a_live_model_is_gone_unless_it_cannot_be_read_or_changed() {
        let declared = json!({"DBInstanceIdentifier": "main", "MasterUserPassword": "x", "BackupRetentionPeriod": 7, "Engine": "mysql"});
        assert_eq!(
            paths("AWS::RDS::DBInstance", &declared, &json!({"Engine": "mysql"})),
            both(&["BackupRetentionPeriod"], &["DBInstanceIdentifier", "MasterUserPassword"])
        );
    }

    #[test]
    fn what_only_aws_sets_is_not_compared() {
        let (declared, live) = (json!({"Arn": "a", "QueueName": "q"}), json!({"Arn": "b", "QueueName": "q"}));
        assert_eq!(paths("AWS::SQS::Queue", &declared, &live), both(&[], &[]));
    }

    #[test]
    fn a_type_that_nobody_knows_is_compared_by_shape_alone() {
        let (declared, live) = (json!({"size": 1, "kind": "a"}), json!({"Size": 2}));
        assert_eq!(paths("Acme::New::Thing", &declared, &live), both(&["size"], &["kind"]));
    }

    #[test]
    fn a_key_that_was_added_to_a_map_is_a_difference() {
        let declared = json!({"Parameters": {"max-connections": "100"}});
        let live = json!({"Parameters": {"max-connections": "100", "timeout": "5"}});
        assert_eq!(paths("AWS::RDS::DBParameterGroup", &declared, &live), both(&["Parameters.timeout"], &[]));
    }

    #[test]
    fn a_template_that_came_damaged_cannot_be_compared() {
        let (declared, live) = (json!({"Value": "caf? au lait"}), json!({"Value": "café au lait"}));
        assert_eq!(paths("AWS::SSM::Parameter", &declared, &live), both(&[], &["Value"]));
        assert_eq!(paths("AWS::SSM::Parameter", &declared, &json!({"Value": "thé"})), both(&["Value"], &[]));
    }

    #[test]
    fn tags_of_the_whole_stack_are_declared() {
        let rules = ResourceRules::of("AWS::SQS::Queue");
        let declared = json!({"Tags": [{"Key": "a", "Value": "1"}]});
        let live = json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "team", "Value": "x"}, {"Key": "aws:cloudformation:stack-name", "Value": "s"}]});
        let tags = BTreeMap::from([("team".to_owned(), "x".to_owned())]);
        let compare = |tags: &BTreeMap<String, String>| {
            rules
                .compare_tagged(declared.as_object().unwrap().clone(), live.as_object().unwrap().clone(), tags)
                .differences
                .len()
        };
        assert_eq!((compare(&tags), compare(&BTreeMap::new())), (0, 1));
    }
}
