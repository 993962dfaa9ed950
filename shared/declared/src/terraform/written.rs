//! What is known of the code behind an object, where a format has the code beside the values. Splits what the code
//! writes from what the provider has filled in. Finds nothing of it out: the plan does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{Declaration, IgnoredTags, Redactor, is_redacted};

/// What is known of the code behind an object. By default nothing, and every attribute counts as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    /// The attributes that the code writes, where that is known.
    pub(super) attributes: Option<BTreeSet<String>>,
    /// The paths of attributes that it ignores.
    pub(super) ignored: Vec<String>,
    /// Tags that the provider configuration gives to everything.
    pub(super) default_tags: BTreeMap<String, String>,
    /// Tags that the provider configuration ignores on everything.
    pub(super) ignored_tags: IgnoredTags,
}

impl Written {
    /// Drops default tags that look like secrets: NO-SECRET-OUT.
    pub(super) fn drop_secrets(&mut self, kind: &str, redactor: &Redactor) {
        if self.default_tags.is_empty() {
            return;
        }
        let tags: Map<String, Value> =
            self.default_tags.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
        let mut attributes = Map::from_iter([("tags_all".to_owned(), Value::Object(tags))]);
        redactor.redact_attributes(kind, &mut attributes);
        let tags = attributes.get("tags_all");
        self.default_tags.retain(|key, _| tags.and_then(|tags| tags.get(key)).is_some_and(Value::is_string));
    }

    /// Tells a declaration that has all attributes what is known.
    pub(super) fn tell(self, mut declaration: Declaration) -> Declaration {
        let Self { attributes, ignored, default_tags, ignored_tags } = self;
        // Where the provider knows default tags, `tags_all` has them already; what has no `tags` has no tags.
        let has_tags = matches!(declaration.attributes.get("tags"), Some(Value::Null | Value::Object(_)));
        if has_tags && !declaration.attributes.contains_key("tags_all") {
            declaration.default_tags = default_tags;
        }
        declaration.ignored = ignored;
        declaration.ignored_tags = ignored_tags;
        if let Some(written) = attributes {
            declaration.identifiers = set_aside(&mut declaration.attributes, &written);
        }
        declaration
    }
}

/// Takes out what the code does not write, and returns what of it identifies the resource.
///
/// Blocks that are there stay, written or not: a plan does not show those that come from a `dynamic` block, nor those
/// that the provider treats as attributes, such as `ingress` of a security group.
fn set_aside(attributes: &mut Map<String, Value>, written: &BTreeSet<String>) -> Map<String, Value> {
    let mut identifiers = Map::new();
    let all = std::mem::take(attributes);
    for (name, value) in all {
        if written.contains(&name) || holds_blocks(&value) {
            attributes.insert(name, value);
        } else if identifies(&name) && is_text(&value) {
            identifiers.insert(name, value);
        }
    }
    identifiers
}

/// Whether a value is, or may be, a block or several. A map of texts is none.
fn holds_blocks(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(Value::is_object),
        Value::Object(_) if is_redacted(value) => false,
        Value::Object(members) => members.values().any(|member| !member.is_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_text(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
}

/// Whether an attribute of this name says which resource it is, or of which other it is a part.
fn identifies(name: &str) -> bool {
    const NAMES: [&str; 24] = [
        "id",
        "arn",
        "name",
        "alias",
        "bucket",
        "bucket_domain_name",
        "bucket_regional_domain_name",
        "cluster",
        "domain",
        "family",
        "fqdn",
        "group",
        "identifier",
        "key",
        "public_ip",
        "registry",
        "revision",
        "role",
        "url",
        "user",
        "username",
        "uuid",
        "version",
        "version_number",
    ];
    const ENDINGS: [&str; 5] = ["_id", "_arn", "_name", "_identifier", "_url"];
    NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Tool;

    fn told(written: Written, attributes: &Value) -> Declaration {
        let declaration = Declaration::new(Tool::Terraform, "aws_thing", "aws_thing.a");
        written.tell(Declaration { attributes: attributes.as_object().unwrap().clone(), ..declaration })
    }

    fn names(names: &[&str]) -> Option<BTreeSet<String>> {
        Some(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn what_the_provider_filled_in_is_not_declared() {
        let attributes = json!({"size": 5, "label": null, "id": "i-1", "arn": "arn:x", "owner_id": "111122223333",
            "revision": 3, "etag": "abc", "kms_key_id": "", "iops": 100, "labels": {"a": "b"}, "zones": ["a", "b"],
            "ingress": [{"from_port": 22}], "egress": [], "single": {"size": 1, "on": true}});
        let known = Written { attributes: names(&["size", "label"]), ..Written::default() };
        let declaration = told(known, &attributes);
        assert_eq!(
            Value::Object(declaration.attributes),
            json!({"size": 5, "label": null, "ingress": [{"from_port": 22}], "single": {"size": 1, "on": true}})
        );
        assert_eq!(
            Value::Object(declaration.identifiers),
            json!({"id": "i-1", "arn": "arn:x", "owner_id": "111122223333", "revision": 3})
        );
        let unknown = told(Written::default(), &attributes);
        assert_eq!((Value::Object(unknown.attributes), unknown.identifiers.len()), (attributes, 0));
    }

    #[test]
    fn a_default_tag_that_looks_like_a_secret_is_dropped() {
        let tags = [("team", "edge"), ("cache", "redis://:hunter2@cache:6379")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut written = Written { default_tags: BTreeMap::from(tags), ..Written::default() };
        written.drop_secrets("aws_thing", &Redactor::new(b"k"));
        assert_eq!(written.default_tags.into_keys().collect::<Vec<_>>(), ["team"]);
    }

    #[test]
    fn default_tags_are_told_where_the_attributes_do_not_have_them() {
        let tags = BTreeMap::from([("team".to_owned(), "edge".to_owned())]);
        let given = |attributes: &Value| {
            told(Written { default_tags: tags.clone(), ..Written::default() }, attributes).default_tags
        };
        assert_eq!(given(&json!({"tags": {"a": "b"}})), tags);
        assert_eq!(given(&json!({"tags": null})), tags);
        assert!(given(&json!({"tags": {}, "tags_all": {}})).is_empty());
        assert!(given(&json!({"tag": [{"key": "a"}]})).is_empty(), "a group's own tags are not a provider's");
    }
}
