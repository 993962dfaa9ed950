//! Decides in which folder the code of a module lies. Looks into none.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::DeclaredError;

/// The folders that `terraform init` wrote down: `.terraform/modules/modules.json`.
///
/// ```json
/// {"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "edge.inner", "Source": "…", "Dir": ".terraform/modules/edge.inner"}]}
/// ```
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// From a module's key to its folder, seen from the root's.
    folders: BTreeMap<String, String>,
}

impl Modules {
    /// # Errors
    /// When the text is not what `terraform init` writes.
    pub(super) fn parse(text: Option<&str>, origin: &str) -> Result<Self, DeclaredError> {
        let Some(text) = text else { return Ok(Self::default()) };
        let file = || format!("{}/.terraform/modules/modules.json", origin.trim_end_matches('/'));
        let refuse = |place: String, reason: String| DeclaredError::NotCode {
            file: file(),
            place,
            reason,
            hint: "write it again with `terraform init`",
        };
        let document: Value = serde_json::from_str(text).map_err(|error| {
            refuse(format!("line {}, column {}", error.line(), error.column()), "expected JSON".to_owned())
        })?;
        let Some(listed) = document.get("Modules").and_then(Value::as_array) else {
            return Err(refuse("`Modules`".to_owned(), "expected a list".to_owned()));
        };
        let mut folders = BTreeMap::new();
        for (index, module) in listed.iter().enumerate() {
            let text = |key: &str| module.get(key).and_then(Value::as_str);
            let (Some(key), Some(folder)) = (text("Key"), text("Dir")) else {
                return Err(refuse(format!("`Modules[{index}]`"), "expected `Key` and `Dir`, both texts".to_owned()));
            };
            folders.insert(key.to_owned(), joined("", folder));
        }
        Ok(Self { folders })
    }

    /// Returns the folder of a module, seen from the root's.
    pub(super) fn folder(&self, key: &str) -> Option<String> {
        self.folders.get(key).cloned()
    }
}

/// Returns the folder of a module whose source is a folder beside, seen from the root's.
pub(super) fn beside(folder: &str, source: &str) -> Option<String> {
    let is_beside = [".", ".."].contains(&source) || source.starts_with("./") || source.starts_with("../");
    is_beside.then(|| joined(folder, source))
}

/// Returns a source without what may be a password in it: `git::https://user:password@example.com/a?token=b`.
pub(super) fn without_credentials(source: &str) -> String {
    let source = source.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = source.split_once("://") else { return source.to_owned() };
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let host = host.rsplit('@').next().unwrap_or_default();
    let slash = if path.is_empty() { "" } else { "/" };
    format!("{scheme}://{host}{slash}{path}")
}

/// Walks from one folder along a path. Looks at the text only; `..` above the start stays.
fn joined(folder: &str, path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let from = if is_absolute { "" } else { folder };
    let is_absolute = is_absolute || from.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_beside_leads_to_a_folder() {
        assert_eq!(beside("", "./modules/edge/").as_deref(), Some("modules/edge"));
        assert_eq!(beside("modules/edge", "../inner").as_deref(), Some("modules/inner"));
        assert_eq!(beside("modules", "../../shared").as_deref(), Some("../shared"));
        assert_eq!(beside("../shared", "..").as_deref(), Some(".."));
        assert_eq!(beside("/srv/code", "./a").as_deref(), Some("/srv/code/a"));
        for elsewhere in ["terraform-aws-modules/vpc/aws", "git::https://example.com/vpc.git", "", "/srv/code"] {
            assert_eq!(beside("", elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_source_is_named_without_its_password() {
        for (source, named) in [
            ("git::https://user:s3cret@example.com/vpc.git?ref=v1", "git::https://example.com/vpc.git"),
            ("https://example.com", "https://example.com"),
            ("https://example.com/a.zip?token=s3cret", "https://example.com/a.zip"),
            ("git@example.com:acme/vpc.git", "git@example.com:acme/vpc.git"),
            ("terraform-aws-modules/vpc/aws", "terraform-aws-modules/vpc/aws"),
        ] {
            assert_eq!(without_credentials(source), named);
        }
    }

    #[test]
    fn what_was_written_down_is_found_by_key() {
        let text = r#"{"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "edge.inner", "Source": "acme/edge/aws", "Version": "1.0.0", "Dir": ".terraform/modules/edge/inner"}]}"#;
        let modules = Modules::parse(Some(text), "infra").unwrap();
        assert_eq!(modules.folder("edge.inner").as_deref(), Some(".terraform/modules/edge/inner"));
        assert_eq!(modules.folder("").as_deref(), Some(""));
        assert_eq!(modules.folder("edge"), None);
    }

    #[test]
    fn a_damaged_list_says_where() {
        let refusal = |text| Modules::parse(Some(text), "infra").unwrap_err().to_string();
        assert_eq!(
            refusal("{"),
            "`infra/.terraform/modules/modules.json` at line 1, column 1: expected JSON; write it again with `terraform init`"
        );
        assert_eq!(
            refusal(r#"{"Modules": [{"Key": "a"}]}"#),
            "`infra/.terraform/modules/modules.json` at `Modules[0]`: expected `Key` and `Dir`, both texts; write it again with `terraform init`"
        );
    }
}
