//! One resource of a deployment: whether it is a declaration, and what it declares.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    identifiers, paths,
    provider::{Providers, is_provider},
    sensitive, value,
};
use crate::{
    DeclaredError, Redactor, SkipReason, Standing,
    terraform::place::{self, Place},
};

/// A resource that is a declaration. Its secrets are hidden.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) urn: String,
    /// The type's token: `aws:ec2/vpc:Vpc`.
    pub(super) kind: String,
    /// What the tool calls it, where that is no secret.
    pub(super) id: Option<String>,
    /// The configuration that it was made with: `urn::id`.
    pub(super) provider: String,
    pub(super) attributes: Map<String, Value>,
    pub(super) identifiers: Map<String, Value>,
    pub(super) standing: Standing,
    pub(super) ignored: Vec<String>,
    /// What says where it is.
    whereabouts: Map<String, Value>,
}

/// What a resource of a file is.
#[derive(Debug)]
pub(super) enum Sorted {
    Declared(Box<Resource>),
    Skipped(SkipReason),
}

/// Decides what a resource is, and reads what it declares. Provider configurations are noted.
pub(super) fn sort(
    resource: Value,
    origin: &str,
    path: &str,
    providers: &mut Providers,
    redactor: &Redactor,
) -> Result<Sorted, DeclaredError> {
    let Value::Object(mut resource) = resource else {
        return Err(DeclaredError::deployment(origin, path, "an object"));
    };
    let mut text = |key: &str| match resource.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let required = |key: &str, text: Option<String>| {
        text.ok_or_else(|| DeclaredError::deployment(origin, format!("{path}.{key}"), "a text"))
    };
    let (urn, kind) = (required("urn", text("urn"))?, required("type", text("type"))?);
    let (id, provider) = (text("id").unwrap_or_default(), text("provider").unwrap_or_default());
    let mut members = |key: &str| match resource.remove(key) {
        Some(Value::Object(members)) => Ok(members),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(_) => Err(DeclaredError::deployment(origin, format!("{path}.{key}"), "an object")),
    };
    let (inputs, outputs) = (members("inputs")?, members("outputs")?);
    if is_provider(&kind) {
        providers.note(&urn, &id, inputs, redactor);
        return Ok(Sorted::Skipped(SkipReason::ProviderConfiguration));
    }
    if let Some(reason) = not_declared(&resource, &kind, &id) {
        return Ok(Sorted::Skipped(reason));
    }
    let is = |key: &str| resource.get(key) == Some(&Value::Bool(true));
    let standing = if is("delete") {
        Standing::Deposed
    } else if is("pendingReplacement") || is("taint") {
        Standing::Tainted
    } else {
        Standing::Current
    };
    let texts = |key: &str| resource.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let ignored = texts("ignoreChanges").map(paths::normal).filter(|path| !path.is_empty()).collect();
    let secret: Vec<&str> = texts("additionalSecretOutputs").collect();
    let by_type = sensitive::names(&kind, &inputs);
    let sensitive = |name: &str| {
        by_type.contains(&name) || secret.contains(&name) || outputs.get(name).is_some_and(value::is_secret)
    };
    let hidden: BTreeSet<String> =
        inputs.iter().filter(|(_, value)| value::is_secret(value)).map(|(name, _)| name.clone()).collect();
    let filled_in = value::filled_in(&inputs);
    let mut attributes = value::properties(inputs, redactor);
    for (name, value) in &mut attributes {
        if sensitive(name) {
            *value = redactor.redacted(value);
        }
    }
    redactor.redact_attributes(&kind, &mut attributes);
    let whereabouts = whereabouts(&id, &attributes, &outputs);
    let mut id = Value::from(id);
    let id = if redactor.redact_value(&mut id) { None } else { id.as_str().map(str::to_owned) };
    // What the program gave as a secret, a provider may show in its outputs.
    let is_hidden = |name: &str| sensitive(name) || hidden.contains(name);
    let identifiers = identifiers::pick(outputs.clone(), filled_in, &attributes, is_hidden, redactor);
    Ok(Sorted::Declared(Box::new(Resource {
        urn,
        kind,
        id,
        provider,
        attributes,
        identifiers,
        standing,
        ignored,
        whereabouts,
    })))
}

/// Why a resource is not a declaration, if it is not.
fn not_declared(resource: &Map<String, Value>, kind: &str, id: &str) -> Option<SkipReason> {
    let is = |key: &str| resource.get(key).and_then(Value::as_bool);
    // The oldest files leave it out: what a provider made has an id.
    if !is("custom").unwrap_or(!id.is_empty()) {
        return Some(SkipReason::Component);
    }
    let package = kind.split(':').next().unwrap_or_default();
    if !matches!(package, "aws" | "aws-native") {
        return Some(SkipReason::OtherProvider(package.to_owned()));
    }
    if is("external") == Some(true) {
        return Some(SkipReason::External);
    }
    id.is_empty().then_some(SkipReason::NotYetCreated)
}

impl Resource {
    /// What the resource and its provider say of its place.
    pub(super) fn stated(&self, providers: &Providers) -> Place {
        let Place { account, region } = place::stated(&terraform_like(&self.kind), &self.whereabouts, None);
        Place { account: account.or_else(|| providers.account_of(&self.provider)), region }
    }
}

/// What says where a resource is, in the names that Terraform has for it.
fn whereabouts(id: &str, attributes: &Map<String, Value>, outputs: &Map<String, Value>) -> Map<String, Value> {
    const NAMES: [(&str, &str); 6] = [
        ("arn", "arn"),
        ("region", "region"),
        ("availabilityZone", "availability_zone"),
        ("availabilityZones", "availability_zones"),
        ("ownerId", "owner_id"),
        ("accountId", "account_id"),
    ];
    let mut found: Map<String, Value> = NAMES
        .iter()
        .filter_map(|(name, known)| {
            let value = attributes.get(*name).or_else(|| outputs.get(*name)).filter(|it| !value::is_secret(it))?;
            Some(((*known).to_owned(), value.clone()))
        })
        .collect();
    found.insert("id".to_owned(), Value::from(id));
    found
}

/// A token in the form of Terraform's names, as far as its parts go: `aws_guardduty_member`.
fn terraform_like(token: &str) -> String {
    let mut name = String::from("aws");
    for part in token.split([':', '/']).skip(1).take(2) {
        let part = if part == "cfg" { "config" } else { part };
        name.push('_');
        for letter in part.chars() {
            if letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
    }
    name
}
