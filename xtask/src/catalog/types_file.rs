//! Writes CloudFormation's resource types as `types/<namespace>.toml`. Leaves out what is empty or follows from the rest: a
//! path below another of the same list, what is said of a property that only AWS sets, and that tags have no order.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cfn::says_something;
use super::model::{Models, ResourceType};

const FOLDER: &str = "shared/catalog/data/generated/types";
/// A longer array has one element per line.
const WIDTH: usize = 120;

/// The files, each with its path below the workspace's folder.
pub(crate) fn files(models: &Models) -> Vec<(String, String)> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for kind in models.types.values() {
        let namespace = kind.name.split("::").nth(1).unwrap_or_default().to_lowercase();
        let text = files.entry(namespace).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&table(kind));
    }
    files.into_iter().map(|(namespace, text)| (format!("{FOLDER}/{namespace}.toml"), text)).collect()
}

/// One type's table.
fn table(kind: &ResourceType) -> String {
    let read_only = outermost(&kind.read_only);
    let free = |path: &str| !read_only.iter().any(|it| covers(it, path));
    let free_of = |paths: &[String]| paths.iter().filter(|it| free(it)).cloned().collect::<Vec<String>>();
    let is_tags = |path: &str| kind.tags.as_deref().is_some_and(|tags| covers(tags, path));
    let unordered: Vec<&str> =
        kind.unordered.iter().map(String::as_str).filter(|it| free(it) && !is_tags(it)).collect();
    let other_ids: Vec<String> = kind.other_ids.iter().map(|it| list(it)).collect();
    let defaults = kind.defaults.iter().filter(|(path, value)| says_something(value) && free(path));
    let defaults = defaults.filter_map(|(path, value)| Some(format!("{} = {}", quoted(path), toml(value)?)));
    let transforms = kind.transforms.iter().filter(|(path, _)| free(path));
    let transforms = transforms.map(|(path, it)| format!("{} = {}", quoted(path), quoted(it)));

    let mut text = format!("[{}]\n", quoted(&kind.name));
    array(&mut text, "id", &quoted_all(&kind.id));
    array(&mut text, "other_ids", &other_ids);
    array(&mut text, "ref", &quoted_all(&kind.reference));
    array(&mut text, "read_only", &quoted_all(&read_only));
    array(&mut text, "write_only", &quoted_all(&outermost(&kind.write_only)));
    array(&mut text, "create_only", &quoted_all(&outermost(&free_of(&kind.create_only))));
    array(&mut text, "unordered", &quoted_all(&unordered));
    inline_table(&mut text, "defaults", &defaults.collect::<Vec<_>>());
    inline_table(&mut text, "transforms", &transforms.collect::<Vec<_>>());
    if let Some(tags) = &kind.tags {
        line(&mut text, "tags", &quoted(tags));
    }
    if let Some(arn) = &kind.arn {
        line(&mut text, "arn", &quoted(arn));
    }
    if kind.readable {
        line(&mut text, "live", "true");
    }
    text
}

/// The paths that are not below another one of the list, each once.
fn outermost(paths: &[String]) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for path in paths {
        let below = paths.iter().any(|other| other != path && covers(other, path));
        if !below && !kept.contains(&path.as_str()) {
            kept.push(path);
        }
    }
    kept.sort_unstable();
    kept
}

/// Whether `path` is `outer`, or lies below it.
fn covers(outer: &str, path: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with("[]"))
}

fn array(text: &mut String, key: &str, values: &[String]) {
    if values.is_empty() {
        return;
    }
    let short = values.join(", ");
    if key.len() + short.len() + "  = []".len() <= WIDTH {
        line(text, key, &format!("[{short}]"));
    } else {
        line(text, key, &format!("[\n    {},\n]", values.join(",\n    ")));
    }
}

fn inline_table(text: &mut String, key: &str, entries: &[String]) {
    if !entries.is_empty() {
        line(text, key, &format!("{{ {} }}", entries.join(", ")));
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    for part in [key, " = ", value, "\n"] {
        text.push_str(part);
    }
}

fn list(values: &[String]) -> String {
    format!("[{}]", quoted_all(values).join(", "))
}

fn quoted_all<T: AsRef<str>>(values: &[T]) -> Vec<String> {
    values.iter().map(|it| quoted(it.as_ref())).collect()
}

/// A text as TOML: literal where that saves escapes. JSON's escapes are TOML's.
fn quoted(text: &str) -> String {
    let literal = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(char::is_control);
    if literal { format!("'{text}'") } else { Value::from(text).to_string() }
}

/// A JSON value as TOML; `None` where TOML cannot say it.
fn toml(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => number.as_u64().is_none_or(|it| i64::try_from(it).is_ok()).then(|| number.to_string()),
        Value::String(text) => Some(quoted(text)),
        Value::Array(values) => {
            let values: Option<Vec<String>> = values.iter().map(toml).collect();
            Some(format!("[{}]", values?.join(", ")))
        }
        Value::Object(members) => {
            let entry = |(name, value): (&String, &Value)| Some(format!("{} = {}", quoted(name), toml(value)?));
            let entries: Option<Vec<String>> = members.iter().map(entry).collect();
            Some(format!("{{ {} }}", entries?.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|it| (*it).to_owned()).collect()
    }

    fn wall() -> ResourceType {
        ResourceType {
            name: "AWS::Paint::Wall".to_owned(),
            id: texts(&["RoomId", "WallId"]),
            other_ids: vec![texts(&["Arn"])],
            read_only: texts(&["WallId", "State.Since", "State"]),
            create_only: texts(&["RoomId", "WallId"]),
            unordered: texts(&["Coats", "State.History", "Tags"]),
            defaults: BTreeMap::from([
                ("Finish".to_owned(), json!("MATT")),
                ("Nothing".to_owned(), json!({"Deep": null})),
                ("Empty".to_owned(), json!([])),
                ("Size".to_owned(), json!({"Height": 2.5, "Units": ["m"]})),
                ("State.Since".to_owned(), json!("now")),
            ]),
            transforms: BTreeMap::from([("Color".to_owned(), r#"$replace(Color, "\\s", "")"#.to_owned())]),
            readable: true,
            tags: Some("Tags".to_owned()),
            arn: Some("arn:${Partition}:paint:::wall/${WallId}".to_owned()),
            reference: texts(&["WallId"]),
            ..ResourceType::default()
        }
    }

    #[test]
    fn a_type_says_only_what_does_not_follow_from_the_rest() {
        assert_eq!(
            table(&wall()),
            r#"["AWS::Paint::Wall"]
id = ["RoomId", "WallId"]
other_ids = [["Arn"]]
ref = ["WallId"]
read_only = ["State", "WallId"]
create_only = ["RoomId"]
unordered = ["Coats"]
defaults = { "Finish" = "MATT", "Size" = { "Height" = 2.5, "Units" = ["m"] } }
transforms = { "Color" = '$replace(Color, "\\s", "")' }
tags = "Tags"
arn = "arn:${Partition}:paint:::wall/${WallId}"
live = true
"#
        );
    }

    #[test]
    fn what_is_written_is_toml_and_a_namespace_has_one_file() {
        let mut models = Models::default();
        for name in ["AWS::Paint::Wall", "AWS::Paint::Roof", "AWS::Glass::Pane"] {
            models.types.insert(name.to_owned(), ResourceType { name: name.to_owned(), ..wall() });
        }
        let files = files(&models);
        let paths: Vec<&str> = files.iter().filter_map(|(path, _)| path.rsplit('/').next()).collect();
        assert_eq!(paths, ["glass.toml", "paint.toml"]);
        let read: toml::Table = toml::from_str(&files[1].1).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["AWS::Paint::Roof", "AWS::Paint::Wall"]);
        assert_eq!(read["AWS::Paint::Wall"]["transforms"]["Color"].as_str(), Some(r#"$replace(Color, "\\s", "")"#));
    }

    #[test]
    fn a_long_array_has_one_element_per_line() {
        let mut text = String::new();
        let names: Vec<String> = (0..30).map(|it| format!("Property{it}")).collect();
        array(&mut text, "create_only", &quoted_all(&names));
        assert!(text.starts_with("create_only = [\n    \"Property0\",\n    \"Property1\",\n"), "{text}");
        assert!(text.ends_with("\"Property29\",\n]\n"), "{text}");
    }

    #[test]
    fn a_path_covers_what_lies_below_it_and_nothing_of_a_longer_name() {
        assert!(covers("State", "State.Since") && covers("State", "State[].Since") && covers("State", "State"));
        assert!(!covers("State", "StateReason"));
    }
}
