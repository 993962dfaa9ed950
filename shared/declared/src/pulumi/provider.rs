//! Configurations of the AWS providers: where they work, and the tags that they give or leave alone.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::value;
use crate::{IgnoredTags, Redactor, is_redacted};

/// The provider resources of a file, by `urn::id`.
#[derive(Debug, Default)]
pub(super) struct Providers {
    known: BTreeMap<String, Provider>,
}

#[derive(Debug, Default)]
struct Provider {
    region: Option<String>,
    /// The only account that it may work in, where it says one.
    account: Option<String>,
    default_tags: BTreeMap<String, String>,
    ignored_tags: IgnoredTags,
}

/// The type of the resources that configure this package.
const PREFIX: &str = "pulumi:providers:";

/// Whether a type is that of a provider's configuration.
pub(super) fn is_provider(kind: &str) -> bool {
    kind.starts_with(PREFIX)
}

impl Providers {
    /// Notes a provider resource.
    pub(super) fn note(&mut self, urn: &str, id: &str, inputs: Map<String, Value>, redactor: &Redactor) {
        let inputs = value::properties(inputs, redactor);
        let text = |name: &str| inputs.get(name).and_then(Value::as_str).map(str::to_owned);
        let listed = |name: &str| unpacked(&inputs, name).map(|it| texts(&it)).unwrap_or_default();
        let account = match listed("allowedAccountIds").as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let tags = unpacked(&inputs, "defaultTags").and_then(|it| it.get("tags").cloned());
        let default_tags = tags.as_ref().and_then(Value::as_object).into_iter().flatten();
        let shown = |value: &Value| {
            let mut shown = value.clone();
            redactor.redact_value(&mut shown);
            // A hash stands for a value that looks like a secret.
            is_redacted(&shown).then(|| shown.to_string()).or_else(|| shown.as_str().map(str::to_owned))
        };
        let default_tags = default_tags.filter_map(|(key, value)| Some((key.clone(), shown(value)?)));
        let ignored = unpacked(&inputs, "ignoreTags").unwrap_or_default();
        let list = |name: &str| ignored.get(name).map(texts).unwrap_or_default();
        let provider = Provider {
            region: text("region"),
            account,
            default_tags: default_tags.collect(),
            ignored_tags: IgnoredTags { keys: list("keys"), key_prefixes: list("keyPrefixes") },
        };
        self.known.insert(format!("{urn}::{id}"), provider);
    }

    /// The regions that configurations name, by `urn::id`.
    pub(super) fn regions(&self) -> BTreeMap<String, String> {
        self.known.iter().filter_map(|(name, it)| Some((name.clone(), it.region.clone()?))).collect()
    }

    /// The only account that a provider may work in, where it says one.
    pub(super) fn account_of(&self, provider: &str) -> Option<String> {
        self.known.get(provider)?.account.clone()
    }

    /// The tags that a provider gives to resources of a type, and those that it leaves alone.
    pub(super) fn tags_of(&self, provider: &str, kind: &str) -> (BTreeMap<String, String>, IgnoredTags) {
        let Some(provider) = self.known.get(provider) else { return Default::default() };
        // The provider gives groups none: they have a form of their own for tags.
        let gives = kind != "aws:autoscaling/group:Group";
        let default_tags = if gives { provider.default_tags.clone() } else { BTreeMap::new() };
        (default_tags, provider.ignored_tags.clone())
    }
}

/// A nested input of a provider, which is written as a value or as JSON in a text.
fn unpacked(inputs: &Map<String, Value>, name: &str) -> Option<Value> {
    match inputs.get(name)? {
        Value::String(text) => serde_json::from_str(text).ok(),
        value => Some(value.clone()),
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
