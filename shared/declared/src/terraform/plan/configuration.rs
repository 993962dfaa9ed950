//! Reads a plan's `configuration`: which provider configuration each block uses and what that one says, and which
//! attributes the block writes. A plan's resources say only `registry.terraform.io/hashicorp/aws`; the alias is here.
//! What is not there is not missed; expressions count where they are constants or variables of the root module.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    IgnoredTags,
    terraform::{address, written::Written},
};

/// What the code of a plan says.
#[derive(Debug, Default)]
pub(super) struct Configuration<'c> {
    /// From a block's address without indices.
    blocks: BTreeMap<String, Block<'c>>,
    /// From the key of a provider configuration to its expressions.
    providers: BTreeMap<&'c str, Expressions<'c>>,
}

/// One block of a resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'c> {
    /// The key of its provider configuration.
    pub(super) provider: Option<&'c str>,
    /// What it writes: `{"name": {"constant_value": "a"}, "ingress": [{"from_port": {}}], "tags": {"references": [..]}}`.
    pub(super) expressions: Option<&'c Map<String, Value>>,
}

/// The expressions of a provider configuration.
#[derive(Debug, Clone, Copy)]
struct Expressions<'c> {
    own: Option<&'c Value>,
    /// The variables that its references mean: those of the root module are known.
    variables: Option<&'c Value>,
}

impl<'c> Configuration<'c> {
    pub(super) fn read(configuration: Option<&'c Value>, variables: Option<&'c Value>) -> Self {
        let mut found = Self::default();
        let Some(configuration) = configuration else { return found };
        if let Some(module) = configuration.get("root_module") {
            found.read_module(module, "");
        }
        for (key, provider) in configuration.get("provider_config").and_then(Value::as_object).into_iter().flatten() {
            let in_root = provider.get("module_address").and_then(Value::as_str).is_none_or(str::is_empty);
            let expressions =
                Expressions { own: provider.get("expressions"), variables: variables.filter(|_| in_root) };
            found.providers.insert(key, expressions);
        }
        found
    }

    /// The provider configurations that name their region, and that region.
    pub(super) fn regions(&self) -> impl Iterator<Item = (&str, String)> {
        self.providers.iter().filter_map(|(key, provider)| {
            let region = provider.value(provider.own?.get("region")?)?.as_str()?.to_owned();
            Some((*key, region))
        })
    }

    /// Returns the block that a resource comes from.
    pub(super) fn block(&self, address: &str) -> Option<Block<'c>> {
        self.blocks.get(&address::without_indices(address)).copied()
    }

    /// Returns what is known of a block beside its values.
    pub(super) fn written(&self, block: Block<'_>) -> Written {
        let provider = block.provider.and_then(|key| self.providers.get(key));
        let attributes = block.expressions.map(|expressions| {
            let mut names: BTreeSet<String> = expressions.keys().cloned().collect();
            // Where the provider's configuration is not there, it may well give tags.
            let has_tags = provider.is_none_or(Expressions::gives_tags) || names.contains("tags");
            if has_tags {
                names.insert("tags_all".to_owned());
            }
            names
        });
        Written {
            attributes,
            ignored: Vec::new(),
            default_tags: provider.map(Expressions::default_tags).unwrap_or_default(),
            ignored_tags: provider.map(Expressions::ignored_tags).unwrap_or_default(),
        }
    }

    fn read_module(&mut self, module: &'c Value, prefix: &str) {
        for resource in module.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let Some(address) = resource.get("address").and_then(Value::as_str) else { continue };
            let block = Block {
                provider: resource.get("provider_config_key").and_then(Value::as_str),
                expressions: resource.get("expressions").and_then(Value::as_object),
            };
            self.blocks.insert(format!("{prefix}{address}"), block);
        }
        for (name, call) in module.get("module_calls").and_then(Value::as_object).into_iter().flatten() {
            if let Some(module) = call.get("module") {
                self.read_module(module, &format!("{prefix}module.{name}."));
            }
        }
    }
}

impl<'c> Expressions<'c> {
    fn gives_tags(&self) -> bool {
        self.own.and_then(|own| own.get("default_tags")).is_some()
    }

    fn default_tags(&self) -> BTreeMap<String, String> {
        let tags = self.blocks("default_tags").filter_map(|block| self.value(block.get("tags")?)?.as_object());
        tags.flatten().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect()
    }

    fn ignored_tags(&self) -> IgnoredTags {
        let texts = |name: &str| -> Vec<String> {
            let lists = self.blocks("ignore_tags").filter_map(|block| self.value(block.get(name)?)?.as_array());
            lists.flatten().filter_map(text).collect()
        };
        IgnoredTags { keys: texts("keys"), key_prefixes: texts("key_prefixes") }
    }

    /// The blocks of a name: a list of them, or one.
    fn blocks(&self, name: &str) -> impl Iterator<Item = &'c Value> {
        let found = self.own.and_then(|own| own.get(name));
        let list = found.and_then(Value::as_array).into_iter().flatten();
        list.chain(found.filter(|found| found.is_object()))
    }

    /// What an expression amounts to, where it is a constant or a variable whose value is known.
    fn value(&self, expression: &'c Value) -> Option<&'c Value> {
        if let Some(constant) = expression.get("constant_value") {
            return Some(constant);
        }
        let [Value::String(reference)] = expression.get("references")?.as_array()?.as_slice() else { return None };
        self.variables?.get(reference.strip_prefix("var.")?)?.get("value")
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
