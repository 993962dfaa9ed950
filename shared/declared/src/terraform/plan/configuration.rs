//! Reads from a plan's `configuration` which provider configuration each block uses, and the region that it names.
//! A plan's resources say only `registry.terraform.io/hashicorp/aws`; the alias is here. What is not there is not missed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::terraform::address;

/// Which provider configuration each block uses.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// From a block's address without indices to the key of its provider configuration.
    providers: BTreeMap<String, String>,
    /// From that key to a region.
    regions: BTreeMap<String, String>,
}

impl Configuration {
    pub(super) fn read(document: &Map<String, Value>) -> Self {
        let mut found = Self::default();
        let Some(configuration) = document.get("configuration") else { return found };
        if let Some(module) = configuration.get("root_module") {
            found.read_module(module, "");
        }
        for (key, provider) in configuration.get("provider_config").and_then(Value::as_object).into_iter().flatten() {
            if let Some(region) = region(provider, document) {
                found.regions.insert(key.clone(), region);
            }
        }
        found
    }

    /// The provider configurations that name their region, and that region.
    pub(super) fn regions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.regions.iter().map(|(key, region)| (key.as_str(), region.as_str()))
    }

    /// Returns the key of the configuration that a resource uses, or the provider's name where that is not said.
    pub(super) fn provider_of(&self, address: &str, name: &str) -> String {
        self.providers.get(&address::without_indices(address)).map_or(name, String::as_str).to_owned()
    }

    fn read_module(&mut self, module: &Value, prefix: &str) {
        for resource in module.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| resource.get(key).and_then(Value::as_str);
            if let (Some(address), Some(provider)) = (text("address"), text("provider_config_key")) {
                self.providers.insert(format!("{prefix}{address}"), provider.to_owned());
            }
        }
        for (name, call) in module.get("module_calls").and_then(Value::as_object).into_iter().flatten() {
            if let Some(module) = call.get("module") {
                self.read_module(module, &format!("{prefix}module.{name}."));
            }
        }
    }
}

/// Returns the region of a provider configuration, where it is a constant or a variable of the root module.
fn region(provider: &Value, document: &Map<String, Value>) -> Option<String> {
    let expression = provider.get("expressions")?.get("region")?;
    if let Some(constant) = expression.get("constant_value") {
        return constant.as_str().map(str::to_owned);
    }
    let [Value::String(reference)] = expression.get("references")?.as_array()?.as_slice() else { return None };
    let variable = reference.strip_prefix("var.")?;
    document.get("variables")?.get(variable)?.get("value")?.as_str().map(str::to_owned)
}
