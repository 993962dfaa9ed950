//! Pulumi's exports and checkpoints, read into [`crate::DeclaredState`].
//!
//! Declared is what the program gave (`inputs`), without what the provider filled in (`__defaults`). `outputs` are a copy
//! of the live resource: they only identify it, and are never declared values.

mod identifiers;
mod paths;
mod provider;
mod resource;
mod sensitive;
mod time;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use self::{
    provider::Providers,
    resource::{Resource, Sorted},
    time::Time,
};
use crate::{
    Declaration, DeclaredError, DeclaredState, Format, Redactor, SkipReason, Standing, Tool, Warning,
    terraform::place::{Place, Places},
};

/// Reads an export or a checkpoint. The version is known to be one that can be read.
///
/// # Errors
/// When it is damaged.
pub(crate) fn read(
    mut document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let file = File::take(&mut document, origin)?;
    let (format, tool) = (Format::Deployment, Tool::Pulumi);
    let mut providers = Providers::default();
    let mut skipped: BTreeMap<SkipReason, usize> = BTreeMap::new();
    let mut resources = Vec::new();
    for (position, value) in file.resources.into_iter().enumerate() {
        match resource::sort(value, origin, &format!("{}.resources[{position}]", file.path), &mut providers, redactor)?
        {
            Sorted::Declared(resource) => resources.push(*resource),
            Sorted::Skipped(reason) => *skipped.entry(reason).or_default() += 1,
        }
    }
    let mut warnings = Vec::new();
    if !file.pending.is_empty() {
        warnings.push(Warning::Interrupted { operations: file.pending.len() });
    }
    let changing: BTreeSet<&str> = file.pending.iter().filter_map(|it| changing(it)).collect();
    for resource in &mut resources {
        if resource.standing != Standing::Deposed && changing.contains(resource.urn.as_str()) {
            resource.standing = Standing::Changing;
        }
    }
    refuse_duplicates(&resources, origin)?;
    let stated: Vec<Place> = resources.iter().map(|it| it.stated(&providers)).collect();
    let mut places = Places::new(format, providers.regions());
    for (resource, place) in resources.iter().zip(&stated) {
        places.learn(&resource.provider, place);
    }
    let declare = |(resource, stated): (Resource, Place)| {
        let place = places.settle(&resource.provider, stated, &resource.attributes);
        let (default_tags, ignored_tags) = providers.tags_of(&resource.provider, &resource.kind);
        Declaration {
            id: resource.id,
            origin: origin.to_owned(),
            version: file.version.clone(),
            account: place.account,
            region: place.region,
            attributes: resource.attributes,
            identifiers: resource.identifiers,
            standing: resource.standing,
            ignored: resource.ignored,
            default_tags,
            ignored_tags,
            ..Declaration::new(tool, resource.kind, resource.urn)
        }
    };
    Ok(DeclaredState {
        origin: origin.to_owned(),
        tool,
        format,
        version: file.version.clone(),
        serial: file.serial,
        lineage: file.lineage,
        declarations: resources.into_iter().zip(stated).map(declare).collect(),
        skipped,
        warnings,
    })
}

/// What a file holds, whichever of its forms it has.
struct File {
    /// Where the deployment stands in the file, for messages.
    path: &'static str,
    resources: Vec<Value>,
    pending: Vec<Value>,
    version: String,
    serial: Option<u64>,
    lineage: Option<String>,
}

impl File {
    fn take(document: &mut Map<String, Value>, origin: &str) -> Result<Self, DeclaredError> {
        let (form, path, stack, deployment) = if document.contains_key("deployment") {
            ("export", "deployment", None, document.remove("deployment"))
        } else if let Some(checkpoint) = document.remove("checkpoint") {
            let Value::Object(mut checkpoint) = checkpoint else {
                return Err(DeclaredError::deployment(origin, "checkpoint", "an object"));
            };
            ("checkpoint", "checkpoint.latest", checkpoint.remove("stack"), checkpoint.remove("latest"))
        } else {
            // Before forms had versions, a checkpoint stood by itself.
            ("checkpoint", "latest", document.remove("stack"), document.remove("latest"))
        };
        let mut deployment = match deployment {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(deployment)) => deployment,
            Some(_) => return Err(DeclaredError::deployment(origin, path, "an object or null")),
        };
        let mut list = |key: &str| match deployment.remove(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(DeclaredError::deployment(origin, format!("{path}.{key}"), "a list")),
        };
        let (resources, pending) = (list("resources")?, list("pending_operations")?);
        let time =
            deployment.get("manifest").and_then(|it| it.get("time")).and_then(Value::as_str).and_then(Time::parse);
        let first = resources.first().and_then(|it| it.get("urn")).and_then(Value::as_str);
        let lineage =
            first.and_then(stack_of_urn).or_else(|| stack.as_ref().and_then(Value::as_str).and_then(stack_of_name));
        Ok(Self {
            path,
            resources,
            pending,
            version: time.map_or_else(|| form.to_owned(), |time| format!("{form} of {time}")),
            serial: time.map(Time::milliseconds),
            lineage,
        })
    }
}

/// `urn:pulumi:prod::app` of a resource's URN: the stack and the project that it is in.
fn stack_of_urn(urn: &str) -> Option<String> {
    let mut parts = urn.strip_prefix("urn:pulumi:")?.split("::");
    let (stack, project) = (parts.next()?, parts.next()?);
    Some(format!("urn:pulumi:{stack}::{project}"))
}

/// The same of a stack's full name, `organization/app/prod`.
fn stack_of_name(name: &str) -> Option<String> {
    let (rest, stack) = name.rsplit_once('/')?;
    let project = rest.rsplit('/').next()?;
    Some(format!("urn:pulumi:{stack}::{project}"))
}

/// The URN of a resource that a pending operation changes.
fn changing(operation: &Value) -> Option<&str> {
    if operation.get("type").and_then(Value::as_str) == Some("reading") {
        return None;
    }
    operation.get("resource")?.get("urn")?.as_str()
}

fn refuse_duplicates(resources: &[Resource], origin: &str) -> Result<(), DeclaredError> {
    let mut seen = BTreeSet::new();
    for resource in resources.iter().filter(|it| it.standing != Standing::Deposed) {
        if !seen.insert(resource.urn.as_str()) {
            let expected = "one current resource per URN; this one stands twice";
            return Err(DeclaredError::deployment(origin, resource.urn.clone(), expected));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
