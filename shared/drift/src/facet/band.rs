//! Values that an autoscaler was given the right to set: within its range they are not drift.

use driftwire_catalog::Property;
use serde_json::Value;

use super::Subject;
use crate::{cover::Owner, index::short, understand::path, vocabulary};

/// Whether an autoscaler was given the right to set this value.
pub(super) fn in_band(subject: Subject<'_>, property: &Property, owner: &Owner<'_>, actual: &Value) -> bool {
    let (Some(dimension), Some(value)) = (property.band, path::number(actual)) else { return false };
    let covers = |(low, high): (f64, f64)| (low..=high).contains(&value);
    if dimension == "own" {
        return own_bounds(owner).is_some_and(covers);
    }
    let index = subject.context.index;
    match target(subject, dimension, owner) {
        Some(Target::One(target)) => index.band(&target, dimension).is_some_and(covers),
        Some(Target::Below(prefix)) => index.bands_below(&prefix, dimension).any(covers),
        None => false,
    }
}

/// The bounds that stand beside the value: those of an Auto Scaling group, of a group of nodes.
fn own_bounds(owner: &Owner<'_>) -> Option<(f64, f64)> {
    let block = owner.attribute.rsplit_once('.').map(|(block, _)| format!("{block}.")).unwrap_or_default();
    let bound = |name: &str| {
        let (_, value) = path::located(&owner.declaration.attributes, &format!("{block}{name}"))?;
        path::number(value)
    };
    bound("min_size").zip(bound("max_size"))
}

/// What Application Auto Scaling calls a resource.
enum Target {
    /// Exactly this.
    One(String),
    /// A part of the resource, of which the call's value does not say which: an index, an alias.
    Below(String),
}

/// What Application Auto Scaling calls the resource, by the service that the dimension begins with.
fn target(subject: Subject<'_>, dimension: &str, owner: &Owner<'_>) -> Option<Target> {
    let id = subject.resource.id.as_str();
    let named = || vocabulary::text(owner.declaration, "name").unwrap_or_else(|| short(id).to_owned());
    match dimension.split(':').next()? {
        "ecs" => service(subject, owner).map(Target::One),
        "dynamodb" if dimension.starts_with("dynamodb:index:") => {
            Some(Target::Below(format!("table/{}/index/", named())))
        }
        "dynamodb" => Some(Target::One(format!("table/{}", named()))),
        "elasticache" => Some(Target::One(format!("replication-group/{}", short(id)))),
        "lambda" => Some(Target::Below(format!("function:{}:", short(id)))),
        _ => None,
    }
}

/// `service/<cluster>/<name>`: what the service's ARN ends in, or else of what is declared.
fn service(subject: Subject<'_>, owner: &Owner<'_>) -> Option<String> {
    let of_arn =
        |arn: &str| arn.split_once(":service/").filter(|(_, rest)| rest.contains('/')).map(|it| it.1.to_owned());
    let arn = || of_arn(&subject.resource.id).or_else(|| subject.resource.arn.as_deref().and_then(of_arn));
    let of_stack = |name: &str| path::first(&owner.declaration.attributes, name).and_then(path::text);
    let declared = || {
        let cluster = vocabulary::text(owner.declaration, "cluster")?;
        let name = of_stack("ServiceName").or_else(|| vocabulary::text(owner.declaration, "name"))?;
        Some(format!("{}/{name}", short(&cluster)))
    };
    arn().or_else(declared).map(|service| format!("service/{service}"))
}
