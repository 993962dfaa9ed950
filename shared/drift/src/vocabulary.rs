//! In whose words a declaration speaks: the catalog's row of its type, whatever tool wrote it, and how Pulumi spells what
//! Terraform calls otherwise. Compares nothing, and knows no call.

use std::borrow::Cow;

use driftwire_catalog::{TerraformKind, native, pulumi, stack, terraform};
use driftwire_declared::{Declaration, Tool};
use serde_json::{Map, Value};

use crate::understand::path;

/// What Pulumi's tokens begin with where it speaks CloudFormation's language in camel case.
const NATIVE: &str = "aws-native:";

/// The catalog's row of a declaration's type.
pub(crate) fn row_of(declaration: &Declaration) -> Option<&'static TerraformKind> {
    match declaration.tool {
        Tool::Terraform | Tool::OpenTofu => terraform(&declaration.kind),
        Tool::Pulumi if has_properties(declaration) => stack(&kind_of(declaration)),
        Tool::Pulumi => pulumi(&declaration.kind),
        Tool::CloudFormation => stack(&declaration.kind),
    }
}

/// A declaration's type as the catalog would name it: Terraform's for Pulumi's, CloudFormation's for native ones.
pub(crate) fn kind_of(declaration: &Declaration) -> Cow<'_, str> {
    let kind = declaration.kind.as_str();
    if declaration.tool != Tool::Pulumi {
        return Cow::Borrowed(kind);
    }
    if let Some(rest) = kind.strip_prefix(NATIVE) {
        return native(kind).map_or_else(
            || Cow::Owned(format!("AWS::{}", rest.replacen(':', "::", 1))),
            |known| Cow::Borrowed(known.name),
        );
    }
    pulumi(kind).map_or_else(|| Cow::Owned(terraform_like(kind)), |row| Cow::Borrowed(row.name))
}

/// Whether a declaration is of a Terraform type.
pub(crate) fn is_kind(declaration: &Declaration, kind: &str) -> bool {
    match declaration.tool {
        Tool::Pulumi => row_of(declaration).is_some_and(|row| row.name == kind),
        _ => declaration.kind == kind,
    }
}

/// Whether a declaration names CloudFormation's properties, in whatever case.
pub(crate) fn has_properties(declaration: &Declaration) -> bool {
    match declaration.tool {
        Tool::CloudFormation => true,
        Tool::Pulumi => declaration.kind.starts_with(NATIVE),
        Tool::Terraform | Tool::OpenTofu => false,
    }
}

/// Whether a declaration has Terraform's attributes in Pulumi's spelling: only what somebody wrote, in camel case, lists
/// in the plural, blocks that may stand once as objects.
pub(crate) fn is_respelled(declaration: &Declaration) -> bool {
    declaration.tool == Tool::Pulumi && !has_properties(declaration)
}

/// A property of CloudFormation's as a declaration that names properties spells it: native Pulumi lowers first letters.
pub(crate) fn native_name<'p>(declaration: &Declaration, path: &'p str) -> Cow<'p, str> {
    if declaration.tool != Tool::Pulumi {
        return Cow::Borrowed(path);
    }
    let lowered = |step: &str| {
        let mut letters = step.chars();
        letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    Cow::Owned(path.split('.').map(lowered).collect::<Vec<_>>().join("."))
}

/// A token of a type that the catalog does not know, in the form of Terraform's names.
fn terraform_like(token: &str) -> String {
    let parts: Vec<String> = token.split([':', '/']).skip(1).take(2).map(snake).collect();
    format!("aws_{}", parts.join("_"))
}

/// `ruleNumber` as Terraform spells it: `rule_number`.
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with(['_', '.']) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `rule_number` as Pulumi spells it: `ruleNumber`.
pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// A Terraform path as a declaration spells it.
pub(crate) fn spelled<'p>(declaration: &Declaration, path: &'p str) -> Cow<'p, str> {
    spelled_in(declaration, &declaration.attributes, path)
}

/// The same below an entry of a list of the declaration.
pub(crate) fn spelled_in<'p>(declaration: &Declaration, members: &Map<String, Value>, path: &'p str) -> Cow<'p, str> {
    // A condition on entries is not Terraform's.
    if !is_respelled(declaration) || path.contains('=') {
        return Cow::Borrowed(path);
    }
    let own = row_of(declaration).filter(|row| !row.part).map(|row| row.name).unwrap_or_default();
    Cow::Owned(respelled(members, path, own))
}

/// What a declaration says of an attribute by Terraform's name of it: declared, or known to identify.
pub(crate) fn value<'d>(declaration: &'d Declaration, attribute: &str) -> Option<&'d Value> {
    let declared = path::first(&declaration.attributes, &spelled(declaration, attribute));
    declared.or_else(|| {
        path::first(&declaration.identifiers, &spelled_in(declaration, &declaration.identifiers, attribute))
    })
}

/// The text of [`value`]; `id` is also what the tool itself calls the resource.
pub(crate) fn text(declaration: &Declaration, attribute: &str) -> Option<String> {
    let own = || declaration.id.clone().filter(|_| attribute == "id" && declaration.tool == Tool::Pulumi);
    own().or_else(|| value(declaration, attribute).and_then(path::text))
}

/// Goes down a path by the names that the document has for its steps.
fn respelled(root: &Map<String, Value>, path: &str, own: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut level: Vec<&Map<String, Value>> = vec![root];
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let (name, selectors) = step.find('[').and_then(|at| step.split_at_checked(at)).unwrap_or((step, ""));
        let is_last = steps.peek().is_none();
        let own = if out.is_empty() { own } else { "" };
        let found = level.iter().find_map(|members| key_of(members, name, is_last, own));
        if !out.is_empty() {
            out.push('.');
        }
        let Some(key) = found else {
            out.push_str(&camel(name));
            level.clear();
            continue;
        };
        out.push_str(key);
        let values: Vec<&Value> = level.iter().filter_map(|members| members.get(key)).collect();
        if selectors != "[0]" || values.iter().any(|value| value.is_array()) {
            out.push_str(selectors);
        }
        level = values.into_iter().flat_map(blocks).filter_map(Value::as_object).collect();
    }
    out
}

/// The entries of a list, or what stands alone.
fn blocks(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// The key of a step: the same name, its plural, or, at the end, the name without what kind of name it is
/// (`rest_api_id`: `restApi`; of the resource itself `function_name`: `name`).
fn key_of<'m>(members: &'m Map<String, Value>, name: &str, is_last: bool, own: &str) -> Option<&'m str> {
    let named = |wanted: &str| members.keys().find(|key| path::same_name(key, wanted)).map(String::as_str);
    if let Some(key) = members.get_key_value(name).map(|(key, _)| key.as_str()).or_else(|| named(name)) {
        return Some(key);
    }
    if let Some(key) = plurals(name).iter().find_map(|plural| named(plural)) {
        return Some(key);
    }
    let stem = ["_name", "_id", "_arn", "Name", "Id", "Arn"].iter().find_map(|end| name.strip_suffix(end));
    let stem = stem.filter(|stem| is_last && !stem.is_empty())?;
    let is_text = |key: &&str| members.get(*key).is_some_and(Value::is_string);
    let is_own = || own.ends_with(&snake(stem)) && name.to_ascii_lowercase().ends_with("name");
    named(stem).filter(is_text).or_else(|| named("name").filter(|_| is_own()).filter(is_text))
}

/// The ways in which Pulumi may write the plural of a list's name.
fn plurals(name: &str) -> [String; 3] {
    let ies = name.strip_suffix('y').map_or_else(String::new, |stem| format!("{stem}ies"));
    [format!("{name}s"), format!("{name}es"), ies]
}

/// How Pulumi would name a list of blocks that a declaration has none of.
pub(crate) fn plural(name: &str) -> String {
    let [s, es, ies] = plurals(name);
    match name {
        // The groups of rules have no plural.
        "ingress" | "egress" => name.to_owned(),
        _ if name.ends_with(['x']) || name.ends_with("ss") || name.ends_with("ch") => es,
        _ if name.ends_with('s') => name.to_owned(),
        _ if !ies.is_empty() && !name.ends_with("ay") && !name.ends_with("ey") => ies,
        _ => s,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn declared(token: &str, attributes: &Value) -> Declaration {
        let attributes = attributes.as_object().unwrap().clone();
        Declaration { attributes, ..Declaration::new(Tool::Pulumi, token, "urn") }
    }

    #[test]
    fn a_path_of_terraform_is_found_in_what_pulumi_wrote() {
        let instance = declared(
            "aws:ec2/instance:Instance",
            &json!({"instanceType": "t3.small", "ebsBlockDevices": [{"x": 1}, {"volumeSize": 8}], "rootBlockDevice": {"volumeSize": 9}}),
        );
        for (path, spelling) in [
            ("instance_type", "instanceType"),
            ("ebs_block_device[0].volume_size", "ebsBlockDevices[0].volumeSize"),
            ("ebs_block_device[]", "ebsBlockDevices[]"),
            ("root_block_device[0].volume_size", "rootBlockDevice.volumeSize"),
            ("metadata_options[0].http_tokens", "metadataOptions.httpTokens"),
        ] {
            assert_eq!(spelled(&instance, path), spelling);
        }
    }

    #[test]
    fn renamed_attributes_are_found_where_nothing_has_the_name() {
        let function = declared("aws:lambda/function:Function", &json!({"name": "api", "role": "r"}));
        assert_eq!(spelled(&function, "function_name"), "name");
        assert_eq!(text(&function, "function_name").as_deref(), Some("api"));
        let permission = declared("aws:lambda/permission:Permission", &json!({"function": "api", "name": "x"}));
        assert_eq!(spelled(&permission, "function_name"), "function");
        let stage = declared("aws:apigateway/stage:Stage", &json!({"restApi": "abc"}));
        assert_eq!(text(&stage, "rest_api_id").as_deref(), Some("abc"));
    }

    #[test]
    fn every_type_is_named_as_the_catalog_would() {
        let kind = |token: &str| kind_of(&declared(token, &json!({}))).into_owned();
        assert_eq!(kind("aws:ec2/vpc:Vpc"), "aws_vpc");
        assert_eq!(kind("aws-native:ec2:Vpc"), "AWS::EC2::VPC");
        assert_eq!(kind("aws:newservice/bigThing:BigThing"), "aws_newservice_big_thing");
        assert_eq!(kind("aws-native:newservice:Thing"), "AWS::newservice::Thing");
    }

    #[test]
    fn a_list_that_is_not_there_has_a_likely_name() {
        for (name, plural) in [
            ("route", "routes"),
            ("ingress", "ingress"),
            ("global_secondary_index", "global_secondary_indexes"),
            ("entry", "entries"),
            ("target_group_arns", "target_group_arns"),
        ] {
            assert_eq!(super::plural(name), plural);
        }
    }
}
