//! Reads the JSON that `terraform show -json` writes of a saved plan.
//!
//! A plan tells what exists (`prior_state`, just refreshed, so it may hold drift) and what the code says
//! (`planned_values`). What is declared is taken from both:
//! - A resource that exists is declared with its planned values: that is what the code says, and what the plan makes
//!   true. What is known only after the apply keeps its prior value.
//! - One that the plan replaces is tainted: the object that exists is about to go, drift on it is still drift.
//! - One that the plan deletes or forgets stays declared, with its prior values: nothing is gone before the apply.
//! - One that the plan creates is not declared yet: there is nothing that an API call could have touched.
//!
//! Of the values, those are intent that the plan's `configuration` has an expression for; the others are the provider's
//! copies. See [`super::written`].

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    collect::{Collector, Object},
    show::{self, Resource},
    take_object, text_or_empty,
};
use crate::{DeclaredError, DeclaredState, Format, Redactor, SkipReason, Standing, Warning};

mod change;
mod configuration;
mod ignored;
mod merge;

use change::{Action, Change, changes, existing};
use configuration::Configuration;
use merge::merge;

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
    let (code, variables) = (document.remove("configuration"), document.remove("variables"));
    let configuration = Configuration::read(code.as_ref(), variables.as_ref());
    for (provider, region) in configuration.regions() {
        collector.configure(provider, &region);
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
        let object = object_of(prior, planned, change, &configuration, redactor);
        if !object.written.ignored.is_empty() {
            let (address, attributes) = (object.address.clone(), object.written.ignored.clone());
            collector.warn(Warning::Ignores { address, attributes });
        }
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

/// Turns a resource that exists into an object with what the code says of it.
fn object_of(
    prior: Resource,
    planned: Option<Resource>,
    change: Option<&Change>,
    configuration: &Configuration<'_>,
    redactor: &Redactor,
) -> Object {
    let block = configuration.block(&prior.address);
    let keeps = change.is_some_and(|change| change.action == Action::Keeps);
    let ignored = match (&planned, block.and_then(|block| block.expressions)) {
        (Some(planned), Some(expressions)) if keeps => ignored::infer(expressions, &prior.values, &planned.values),
        _ => Vec::new(),
    };
    let mut object = merge(prior, planned, change).into_object(redactor);
    if let Some(block) = block {
        if let Some(provider) = block.provider {
            provider.clone_into(&mut object.provider);
        }
        object.written = configuration.written(block);
    }
    object.written.ignored = ignored;
    object
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

#[cfg(test)]
mod tests;
