//! Reads the JSON that `terraform show -json` writes of a saved plan.
//!
//! A plan tells what exists (`prior_state`, just refreshed, so it may hold drift) and what the code says
//! (`planned_values`). What is declared is taken from both:
//! - A resource that exists is declared with its planned values: that is what the code says, and what the plan makes
//!   true. What is known only after the apply keeps its prior value.
//! - One that the plan replaces is tainted: the object that exists is about to go, drift on it is still drift.
//! - One that the plan deletes or forgets stays declared, with its prior values: nothing is gone before the apply.
//! - One that the plan creates is not declared yet: there is nothing that an API call could have touched.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    collect::Collector,
    show::{self, Resource},
    take_list, take_object, text, text_or_empty,
};
use crate::{DeclaredError, DeclaredState, Format, Redactor, SkipReason, Standing, Warning};

mod configuration;

use configuration::Configuration;

/// Reads a plan.
///
/// # Errors
/// When a part that is needed does not have the shape of a plan, or an address stands twice.
pub(crate) fn read(
    mut document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let mut collector = Collector::new(origin, redactor);
    let configuration = Configuration::read(&document);
    for (provider, region) in configuration.regions() {
        collector.configure(provider, region);
    }
    warn(&document, &mut collector);
    let mut changes = changes(&mut document, origin)?;
    let mut planned: BTreeMap<String, Resource> = BTreeMap::new();
    if let Some(values) = take_object(&mut document, "planned_values", origin, || "planned_values".to_owned())? {
        let resources = show::resources(values, origin, "planned_values")?;
        planned.extend(resources.into_iter().map(|resource| (resource.address.clone(), resource)));
    }
    for prior in existing(&mut document, &mut changes, origin)? {
        let is_deposed = prior.standing == Standing::Deposed;
        let planned = if is_deposed { None } else { planned.remove(&prior.address) };
        if !collector.wants(&prior.mode, &prior.kind, &prior.provider, 1) {
            continue;
        }
        let change = changes.get(&(prior.address.clone(), is_deposed));
        let mut object = merge(prior, planned, change).into_object(redactor);
        object.provider = configuration.provider_of(&object.address, &object.provider);
        collector.add(object);
    }
    for resource in planned.into_values() {
        if collector.wants(&resource.mode, &resource.kind, &resource.provider, 1) {
            collector.skip(SkipReason::NotYetCreated, 1);
        }
    }
    let version = match text_or_empty(&document, "timestamp") {
        "" => format!("plan {}", show::version_of_program(&document)),
        timestamp => format!("plan of {timestamp}"),
    };
    collector.finish(Format::PlanJson, version, None, None)
}

fn warn(document: &Map<String, Value>, collector: &mut Collector<'_>) {
    let says = |key: &str, expected: bool| document.get(key).and_then(Value::as_bool) == Some(expected);
    if says("errored", true) {
        collector.warn(Warning::PlanErrored);
    }
    if says("complete", false) {
        collector.warn(Warning::PlanIncomplete);
    }
    if document.get("prior_state").is_none_or(Value::is_null) {
        collector.warn(Warning::PlanWithoutPriorState);
    }
}

/// What the plan does to one object.
#[derive(Debug)]
struct Change {
    replaces: bool,
    /// What is known only after the apply, in the shape of the values.
    unknown: Value,
    /// The object as it is, for want of a prior state.
    before: Option<Resource>,
}

/// Returns what the plan does, by address and whether the object is deposed.
fn changes(document: &mut Map<String, Value>, origin: &str) -> Result<BTreeMap<(String, bool), Change>, DeclaredError> {
    let mut changes = BTreeMap::new();
    let list = take_list(document, "resource_changes", origin, || "resource_changes".to_owned())?;
    for (index, entry) in list.into_iter().enumerate() {
        let path = || format!("resource_changes[{index}]");
        let Value::Object(mut entry) = entry else {
            return Err(DeclaredError::shape(origin, path(), "an object"));
        };
        let Some(mut change) = take_object(&mut entry, "change", origin, || format!("{}.change", path()))? else {
            continue;
        };
        let address = text(&entry, "address", origin, path)?.to_owned();
        let is_deposed = !text_or_empty(&entry, "deposed").is_empty();
        let actions = change.get("actions").and_then(Value::as_array);
        let replaces = actions.is_some_and(|actions| {
            ["delete", "create"].iter().all(|action| actions.iter().any(|given| given == action))
        });
        let before = match change.remove("before") {
            Some(Value::Object(values)) => Some(Resource {
                address: address.clone(),
                mode: text(&entry, "mode", origin, path)?.to_owned(),
                kind: text(&entry, "type", origin, path)?.to_owned(),
                provider: text_or_empty(&entry, "provider_name").to_owned(),
                values,
                sensitive: change.remove("before_sensitive").unwrap_or_default(),
                identity: take_object(&mut change, "before_identity", origin, || {
                    format!("{}.change.before_identity", path())
                })?,
                standing: if is_deposed { Standing::Deposed } else { Standing::Current },
            }),
            _ => None,
        };
        let unknown = change.remove("after_unknown").unwrap_or_default();
        changes.insert((address, is_deposed), Change { replaces, unknown, before });
    }
    Ok(changes)
}

/// Returns what exists: the prior state, and what only the changes know of (imports).
fn existing(
    document: &mut Map<String, Value>,
    changes: &mut BTreeMap<(String, bool), Change>,
    origin: &str,
) -> Result<Vec<Resource>, DeclaredError> {
    let state = take_object(document, "prior_state", origin, || "prior_state".to_owned())?;
    let values = match state {
        Some(mut state) => {
            take_object(&mut state, "values", origin, || "prior_state.values".to_owned())?.unwrap_or_default()
        }
        None => Map::new(),
    };
    let mut found = show::resources(values, origin, "prior_state.values")?;
    let known: BTreeSet<(&str, bool)> =
        found.iter().map(|resource| (resource.address.as_str(), resource.standing == Standing::Deposed)).collect();
    let missing = changes.iter_mut().filter(|((address, deposed), _)| !known.contains(&(address.as_str(), *deposed)));
    let missing: Vec<Resource> = missing.filter_map(|(_, change)| change.before.take()).collect();
    found.extend(missing);
    Ok(found)
}

/// Gives an object that exists the values that the code says.
fn merge(prior: Resource, planned: Option<Resource>, change: Option<&Change>) -> Resource {
    let Some(planned) = planned else { return prior };
    let unknown = change.map_or(&Value::Null, |change| &change.unknown);
    let mut values = planned.values;
    for (name, before) in prior.values {
        let value = match values.remove(&name) {
            Some(after) => overlay(before, after, unknown.get(&name)),
            // The plan leaves out what is known only after the apply.
            None => before,
        };
        values.insert(name, value);
    }
    let replaces = change.is_some_and(|change| change.replaces);
    let standing = if replaces { Standing::Tainted } else { prior.standing };
    Resource { values, sensitive: join(prior.sensitive, planned.sensitive), standing, ..prior }
}

/// Returns the planned value, with prior ones where it is not known.
fn overlay(before: Value, after: Value, unknown: Option<&Value>) -> Value {
    match (before, after, unknown) {
        (before, _, Some(Value::Bool(true))) => before,
        (Value::Object(before), Value::Object(mut after), Some(Value::Object(unknown))) => {
            for (name, before) in before {
                let unknown = unknown.get(&name);
                match after.remove(&name) {
                    Some(value) => {
                        after.insert(name, overlay(before, value, unknown));
                    }
                    None if unknown == Some(&Value::Bool(true)) => {
                        after.insert(name, before);
                    }
                    None => {}
                }
            }
            Value::Object(after)
        }
        // An element that is not known yet stands as null; which one it replaces is not known either.
        (before @ Value::Array(_), Value::Array(_), Some(Value::Array(unknown)))
            if unknown.contains(&Value::Bool(true)) =>
        {
            before
        }
        (Value::Array(before), Value::Array(after), Some(Value::Array(unknown)))
            if [before.len(), after.len(), unknown.len()] == [1; 3] =>
        {
            let pairs = before.into_iter().zip(after).zip(unknown);
            Value::Array(pairs.map(|((before, after), unknown)| overlay(before, after, Some(unknown))).collect())
        }
        (_, after, _) => after,
    }
}

/// Joins two masks: what either marks is marked. Where their shapes differ, the coarser one counts.
fn join(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, mask) in other {
                let joined = match one.remove(&name) {
                    Some(first) => join(first, mask),
                    None => mask,
                };
                one.insert(name, joined);
            }
            Value::Object(one)
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            Value::Array(one.into_iter().zip(other).map(|(one, other)| join(one, other)).collect())
        }
        (one, other) => Value::Bool(marks(&one) || marks(&other)),
    }
}

fn marks(mask: &Value) -> bool {
    match mask {
        Value::Bool(marked) => *marked,
        Value::Array(masks) => masks.iter().any(marks),
        Value::Object(masks) => masks.values().any(marks),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AWS: &str = "registry.terraform.io/hashicorp/aws";

    fn plan(document: &Value) -> DeclaredState {
        crate::read(document.to_string().as_bytes(), "plan.json", &Redactor::new(b"k")).unwrap()
    }

    fn resource(name: &str, values: &Value) -> Value {
        json!({"address": format!("aws_vpc.{name}"), "mode": "managed", "type": "aws_vpc", "name": name, "provider_name": AWS, "values": values})
    }

    fn change(name: &str, actions: &Value, change: &Value) -> Value {
        let mut change = change.clone();
        change["actions"] = actions.clone();
        json!({"address": format!("aws_vpc.{name}"), "mode": "managed", "type": "aws_vpc", "name": name, "provider_name": AWS, "change": change})
    }

    fn of(prior: &Value, planned: &Value, changes: &Value) -> DeclaredState {
        plan(&json!({"format_version": "1.2", "timestamp": "2026-01-02T03:04:05Z",
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": prior}}},
            "planned_values": {"root_module": {"resources": planned}}, "resource_changes": changes}))
    }

    #[test]
    fn a_resource_that_exists_is_declared_as_the_code_says() {
        let prior = json!({"id": "vpc-1", "cidr": "10.0.0.0/8", "tags": {"a": "by hand", "b": "x"}, "etag": "1", "block": [{"size": 8, "id": "d-1"}]});
        let planned = json!({"cidr": "10.0.0.0/8", "tags": {"b": "x"}, "block": [{"size": 16}]});
        let unknown = json!({"id": true, "etag": true, "block": [{"id": true}], "tags": {}});
        let read = of(
            &json!([resource("main", &prior)]),
            &json!([resource("main", &planned)]),
            &json!([change("main", &json!(["update"]), &json!({"after_unknown": unknown}))]),
        );
        let expected = json!({"id": "vpc-1", "cidr": "10.0.0.0/8", "tags": {"b": "x"}, "etag": "1", "block": [{"size": 16, "id": "d-1"}]});
        assert_eq!(Value::Object(read.declarations[0].attributes.clone()), expected);
        assert_eq!(read.version, "plan of 2026-01-02T03:04:05Z");
    }

    #[test]
    fn nothing_is_gone_or_there_before_the_apply() {
        let read = of(
            &json!([resource("gone", &json!({"id": "1"})), resource("swapped", &json!({"id": "2"}))]),
            &json!([resource("new", &json!({})), resource("swapped", &json!({"cidr": "x"}))]),
            &json!([
                change("gone", &json!(["delete"]), &json!({"before": {"id": "1"}})),
                change("new", &json!(["create"]), &json!({"before": null})),
                change(
                    "swapped",
                    &json!(["delete", "create"]),
                    &json!({"before": {"id": "2"}, "after_unknown": {"id": true}})
                ),
                change("found", &json!(["no-op"]), &json!({"before": {"id": "3"}, "importing": {"id": "3"}})),
            ]),
        );
        let seen: Vec<_> = read
            .declarations
            .iter()
            .map(|d| (d.address.as_str(), d.standing, d.attributes["id"].as_str().unwrap()))
            .collect();
        assert_eq!(
            seen,
            [
                ("aws_vpc.gone", Standing::Current, "1"),
                ("aws_vpc.swapped", Standing::Tainted, "2"),
                ("aws_vpc.found", Standing::Current, "3"),
            ]
        );
        assert_eq!(read.skipped.get(&SkipReason::NotYetCreated), Some(&1));
    }

    #[test]
    fn what_either_side_marks_is_hidden() {
        let with = |mut resource: Value, mask: Value| {
            resource["sensitive_values"] = mask;
            resource
        };
        let prior = with(resource("main", &json!({"id": "1", "a": "s3cret", "b": "s3cret"})), json!({"a": true}));
        let planned = with(resource("main", &json!({"a": "s3cret2", "b": "s3cret2"})), json!({"b": true}));
        let read = of(&json!([prior]), &json!([planned]), &json!([]));
        assert!(!format!("{read:?}").contains("s3cret"));
    }

    #[test]
    fn an_unknown_element_keeps_the_prior_list() {
        let read = of(
            &json!([resource("main", &json!({"id": "1", "groups": ["sg-1", "sg-2"]}))]),
            &json!([resource("main", &json!({"id": "1", "groups": ["sg-1", null]}))]),
            &json!([change("main", &json!(["update"]), &json!({"after_unknown": {"groups": [false, true]}}))]),
        );
        assert_eq!(read.declarations[0].attributes["groups"], json!(["sg-1", "sg-2"]));
    }

    #[test]
    fn the_configuration_names_the_region_of_an_alias() {
        let inner = json!({"address": "module.m[\"a.b\"].aws_vpc.far[0]", "mode": "managed", "type": "aws_vpc", "name": "far", "provider_name": AWS, "values": {"id": "2"}});
        let read = plan(&json!({"format_version": "1.2", "variables": {"region": {"value": "eu-west-1"}},
            "prior_state": {"values": {"root_module": {"resources": [resource("near", &json!({"id": "1"}))], "child_modules": [{"resources": [inner]}]}}},
            "configuration": {
                "provider_config": {
                    "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
                    "aws.far": {"name": "aws", "alias": "far", "expressions": {"region": {"constant_value": "us-east-1"}}}},
                "root_module": {"resources": [{"address": "aws_vpc.near", "provider_config_key": "aws"}],
                    "module_calls": {"m": {"module": {"resources": [{"address": "aws_vpc.far", "provider_config_key": "aws.far"}]}}}}}}));
        let regions: Vec<_> = read.declarations.iter().map(|d| d.region.as_deref().unwrap()).collect();
        assert_eq!(regions, ["eu-west-1", "us-east-1"]);
    }

    #[test]
    fn a_plan_for_nothing_says_so() {
        let read = plan(
            &json!({"format_version": "0.1", "complete": false, "planned_values": {"root_module": {"resources": [resource("new", &json!({}))]}}}),
        );
        assert_eq!(read.warnings, [Warning::PlanIncomplete, Warning::PlanWithoutPriorState]);
        assert_eq!(read.skipped.get(&SkipReason::NotYetCreated), Some(&1));
    }
}
