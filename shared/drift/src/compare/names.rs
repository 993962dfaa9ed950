//! Decides which members of two objects are the same member, and what a member's name tells of its value.
//!
//! False positive removed: `instance_type` (Terraform), `instanceType` (API, Pulumi) and `InstanceType` (template,
//! newer APIs) are one member; a block that may stand once is a list of one in Terraform and an object elsewhere; EC2
//! wraps lists in `items`, XML APIs give a list of one as the element itself. By hand: set a bucket's versioning in
//! Terraform and read `versioning_configuration[0].status` beside `VersioningConfiguration.Status` in the call.
//!
//! It must not hide a changed key in a map with free keys: environment variables `Path` and `PATH` are two.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Equality;
use super::walk::Extra;

/// Names that wrap the elements of a list, folded.
const WRAPPERS: [&str; 4] = ["items", "item", "member", "tagset"];

/// Lists in which the order means something, folded.
const ORDERED: [&str; 17] = [
    "command",
    "entrypoint",
    "layers",
    "cachebehaviors",
    "orderedcachebehavior",
    "stages",
    "stage",
    "placementstrategies",
    "orderedplacementstrategy",
    "functions",
    "transformerconfig",
    "processors",
    "args",
    "bootstrapactions",
    "containerentrypoint",
    "containerarguments",
    "terminationpolicies",
];

/// Members with two names, folded: the first is the shorter.
const SYNONYMS: [(&str, &str); 6] = [
    ("gte", "greaterthanorequal"),
    ("gt", "greaterthan"),
    ("lte", "lessthanorequal"),
    ("lt", "lessthan"),
    ("eq", "equals"),
    ("neq", "notequals"),
];

/// Members that an API adds beside the elements of a list, folded.
const BESIDE: [&str; 3] = ["quantity", "tag", "xmlns"];

/// The name without case, underscores and hyphens.
pub(super) fn fold(name: &str) -> String {
    if name.is_ascii() {
        return folded_bytes(name).map(char::from).collect();
    }
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Whether a name folds to this one.
pub(super) fn is_folded(name: &str, folded: &str) -> bool {
    if name.is_ascii() {
        return folded_bytes(name).eq(folded.bytes());
    }
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).eq(folded.chars())
}

/// The folded bytes of a name that has only ASCII.
fn folded_bytes(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}

/// What a member's name tells of its value.
pub(super) fn equality(name: &str) -> Equality {
    match fold(name).as_str() {
        "tagsall" | "tagset" | "tagging" | "taglist" => Equality::Tags,
        "attributes" => Equality::Default,
        "optionsettings" => Equality::AttributeList,
        "engineversion" | "platformversion" => Equality::VersionPrefix,
        "userdata" | "userdatabase64" => Equality::UserData,
        "kmskeyid" | "kmskeyarn" | "kmskey" | "kmsmasterkeyid" | "kmsmasterkeyarn" => Equality::KmsKey,
        "dnsname" | "domainname" | "hostedzonename" | "subjectalternativenames" => Equality::DnsName,
        // Header names have no case; RDS answers its identifiers in lower case.
        "allowheaders" | "allowedheaders" | "exposeheaders" | "exposedheaders" => Equality::IgnoreCase,
        "singleheader" | "singlequeryargument" => Equality::IgnoreCase,
        "dbinstanceidentifier"
        | "dbclusteridentifier"
        | "dbsubnetgroupname"
        | "dbparametergroupname"
        | "dbclusterparametergroupname"
        | "optiongroupname" => Equality::IgnoreCase,
        "variables" | "environmentvariables" | "labels" => Equality::Map,
        "cidr"
        | "cidrip"
        | "cidripv4"
        | "cidripv6"
        | "cidrblock"
        | "cidrblocks"
        | "ipv6cidrblock"
        | "ipv6cidrblocks"
        | "destinationcidrblock"
        | "destinationipv6cidrblock" => Equality::Cidr,
        "policy" | "policydocument" | "assumerolepolicy" | "assumerolepolicydocument" | "bucketpolicy" => {
            Equality::Policy
        }
        // Target tags choose what a policy applies to: a filter.
        name if name.ends_with("tags") && !name.starts_with("target") => Equality::Tags,
        name if name.ends_with("attributes") => Equality::AttributeList,
        name if ORDERED.contains(&name) => Equality::OrderedList,
        _ => Equality::Default,
    }
}

/// The other name of a member.
fn synonym(folded: &str) -> Option<&'static str> {
    SYNONYMS.iter().find_map(|(short, long)| match folded {
        name if name == *short => Some(*long),
        name if name == *long => Some(*short),
        _ => None,
    })
}

/// The elements of what may be a list, a wrapper around one, or the only element of one.
pub(super) fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(elements) => elements.iter().map(element).collect(),
        Value::Object(members) => match wrapped(members) {
            Some(inner) => elements(inner),
            None if members.is_empty() => Vec::new(),
            None => vec![element(value)],
        },
        Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![value],
    }
}

/// [`elements`], where `{}` beside a list of one block is that block without arguments.
pub(super) fn elements_beside<'a>(value: &'a Value, other: &Value) -> Vec<&'a Value> {
    let is_one_block = other.as_array().is_some_and(|list| list.len() == 1 && list.iter().all(Value::is_object));
    if is_one_block && value.as_object().is_some_and(Map::is_empty) { vec![value] } else { elements(value) }
}

/// What a wrapper holds, when the object is one.
fn wrapped(members: &Map<String, Value>) -> Option<&Value> {
    let mut inner = None;
    for (name, value) in members {
        let name = fold(name);
        if WRAPPERS.contains(&name.as_str()) {
            inner = Some(value);
        } else if !BESIDE.contains(&name.as_str()) {
            return None;
        }
    }
    inner
}

/// A scalar element as newer APIs log it: `{"tag": 1, "content": "subnet-1"}`.
fn element(value: &Value) -> &Value {
    match value.as_object() {
        Some(members) if members.len() == 2 && members.get("tag").is_some_and(Value::is_number) => {
            members.get("content").unwrap_or(value)
        }
        _ => value,
    }
}

/// How the words of a name are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `status`: the same in snake and camel case.
    Plain,
    Snake,
    Camel,
    Pascal,
    /// Not a member's name but data: `PATH`, `app.kubernetes.io/name`.
    Data,
}

/// How a name is written.
fn style(name: &str) -> Style {
    let mut chars = name.chars();
    let (upper, lower, underscore) = name.chars().fold((false, false, false), |(upper, lower, underscore), c| {
        (upper || c.is_ascii_uppercase(), lower || c.is_ascii_lowercase(), underscore || c == '_')
    });
    match chars.next() {
        Some(first) if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || !first.is_ascii_alphabetic() => {
            Style::Data
        }
        Some(_) if upper && underscore => Style::Data,
        Some(_) if underscore => Style::Snake,
        Some(first) if first.is_ascii_uppercase() && (lower || name.len() <= 4) => Style::Pascal,
        Some(_) if upper && !lower => Style::Data,
        Some(_) if upper => Style::Camel,
        Some(_) => Style::Plain,
        None => Style::Data,
    }
}

/// Whether some name is no property's but data.
pub(super) fn has_free_keys(members: &Map<String, Value>) -> bool {
    members.keys().any(|name| style(name) == Style::Data)
}

/// The members of two objects, paired.
pub(super) struct Pairing<'a> {
    pairs: BTreeMap<&'a str, &'a Value>,
    extras: BTreeMap<&'a str, &'a Value>,
    folded: bool,
}

impl<'a> Pairing<'a> {
    /// Pairs by name; across vocabularies by the folded name.
    pub(super) fn new(declared: &'a Map<String, Value>, actual: &'a Map<String, Value>, extra: Extra) -> Self {
        let mut pairing = Self { pairs: BTreeMap::new(), extras: BTreeMap::new(), folded: false };
        for (name, value) in actual {
            if declared.contains_key(name) {
                pairing.pairs.insert(name, value);
            } else {
                pairing.extras.insert(name, value);
            }
        }
        if extra == Extra::Undeclared && pairing.pairs.len() < declared.len() && !pairing.extras.is_empty() {
            pairing.fold(declared);
        }
        pairing
    }

    /// Pairs what is left by folded names.
    fn fold(&mut self, declared: &'a Map<String, Value>) {
        let mut by_fold: BTreeMap<String, &'a str> = BTreeMap::new();
        for name in self.extras.keys().filter(|name| style(name) != Style::Data) {
            by_fold.insert(fold(name), name);
        }
        for name in declared.keys().filter(|name| style(name) != Style::Data) {
            if self.pairs.contains_key(name.as_str()) {
                continue;
            }
            let folded = fold(name);
            let same = by_fold.get(&folded).copied().filter(|other| style(other) != style(name));
            let synonym = || synonym(&folded).and_then(|other| by_fold.get(other).copied());
            let Some(other) = same.or_else(synonym).or_else(|| self.plural(&by_fold, &folded, declared.get(name)?))
            else {
                continue;
            };
            if let Some(value) = self.extras.remove(other) {
                self.pairs.insert(name, value);
                self.folded = true;
            }
        }
    }

    /// The list that a block which may repeat is elsewhere: `text_transformation` blocks are `textTransformations`.
    fn plural(&self, by_fold: &BTreeMap<String, &'a str>, folded: &str, declared: &Value) -> Option<&'a str> {
        let is_blocks = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_object));
        let names = [Some(format!("{folded}s")), folded.strip_suffix('y').map(|stem| format!("{stem}ies"))];
        let other = names.into_iter().flatten().find_map(|name| by_fold.get(&name).copied())?;
        (is_blocks(declared) && is_blocks(self.extras.get(other)?)).then_some(other)
    }

    /// The actual value of a declared member.
    pub(super) fn actual(&self, name: &str) -> Option<&'a Value> {
        self.pairs.get(name).copied()
    }

    /// What only the actual side has.
    pub(super) fn extras(&self) -> BTreeMap<&'a str, &'a Value> {
        self.extras.clone()
    }

    /// Whether two spellings of a name were paired.
    pub(super) fn is_folded(&self) -> bool {
        self.folded
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Comparison, Equality, Trace, compare};

    fn is_equal(declared: &serde_json::Value, actual: &serde_json::Value) -> bool {
        matches!(compare(declared, actual, Equality::Default), Comparison::Equal(_))
    }

    #[test]
    fn one_member_has_three_spellings() {
        let declared = json!({"instance_type": "t3.small", "id": "i-1"});
        for actual in
            [json!({"instanceType": "t3.small", "id": "i-1"}), json!({"InstanceType": "t3.small", "Id": "i-1"})]
        {
            assert!(is_equal(&declared, &actual), "{actual}");
        }
        assert!(!is_equal(&declared, &json!({"InstanceType": "t3.large", "Id": "i-1"})));
    }

    #[test]
    fn a_folded_name_leaves_a_trace() {
        let traces = compare(&json!({"a": {"status": "On"}}), &json!({"a": {"Status": "On"}}), Equality::Default);
        assert_eq!(traces, Comparison::Equal(vec![Trace { rule: "member-names", note: "`a`".to_owned() }]));
    }

    #[test]
    fn free_keys_are_not_folded() {
        let declared = json!({"Variables": {"PATH": "a", "Mode": "x"}});
        assert!(!is_equal(&declared, &json!({"Variables": {"Path": "a", "Mode": "x"}})));
        assert!(!is_equal(&declared, &json!({"Variables": {"PATH": "a", "mode": "x"}})));
        assert!(!is_equal(&declared, &json!({"Variables": {"PATH": "a", "Mode": "x", "Added": "y"}})));
        assert!(is_equal(&declared, &declared.clone()));
    }

    #[test]
    fn a_name_tells_how_its_value_compares() {
        for (name, equality) in [
            ("tags_all", Equality::Tags),
            ("FileSystemTags", Equality::Tags),
            ("TargetTags", Equality::Default),
            ("engineVersion", Equality::VersionPrefix),
            ("assume_role_policy", Equality::Policy),
            ("LoadBalancerAttributes", Equality::AttributeList),
            ("entryPoint", Equality::OrderedList),
            ("instance_type", Equality::Default),
        ] {
            assert_eq!(Equality::of_member(name), equality, "{name}");
        }
    }

    #[test]
    fn a_block_that_stands_once_is_a_list_of_one() {
        let declared = json!({"versioning_configuration": [{"status": "Enabled", "mfa_delete": ""}]});
        assert!(is_equal(&declared, &json!({"VersioningConfiguration": {"Status": "Enabled"}})));
        assert!(!is_equal(&declared, &json!({"VersioningConfiguration": {"Status": "Suspended"}})));
    }

    #[test]
    fn the_wrappers_of_lists_are_not_members() {
        let declared = json!({"subnets": ["subnet-1", "subnet-2"]});
        assert!(is_equal(&declared, &json!({"subnets": {"items": ["subnet-2", "subnet-1"], "quantity": 2}})));
        assert!(is_equal(
            &declared,
            &json!({"subnets": [{"tag": 1, "content": "subnet-1"}, {"tag": 2, "content": "subnet-2"}]})
        ));
        assert!(!is_equal(&declared, &json!({"subnets": {"items": ["subnet-1"]}})));
        assert!(is_equal(&json!(["subnet-1"]), &json!({"tag": 1, "content": "subnet-1"})));
    }

    #[test]
    fn blocks_that_repeat_are_a_list_with_a_name_in_the_plural() {
        let declared = json!({"text_transformation": [{"priority": 0, "type": "NONE"}]});
        assert!(is_equal(&declared, &json!({"textTransformations": [{"priority": 0, "type": "NONE"}]})));
        assert!(!is_equal(&declared, &json!({"textTransformations": [{"priority": 0, "type": "LOWERCASE"}]})));
        assert!(!is_equal(&json!({"subnet": "a"}), &json!({"subnets": "a"})));
    }

    #[test]
    fn what_nobody_declared_is_traced_and_not_compared() {
        let traces = compare(&json!({"a": 1}), &json!({"a": 1, "Iops": 3000}), Equality::Default);
        assert_eq!(
            traces,
            Comparison::Equal(vec![Trace { rule: "undeclared-members", note: "the whole value: Iops".to_owned() }])
        );
    }
}
