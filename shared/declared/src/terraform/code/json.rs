//! Reads one file in Terraform's JSON syntax, where each block may also be a list of blocks.
//!
//! ```json
//! {"resource": {"aws_ecs_service": {"web": {"lifecycle": {"ignore_changes": ["desired_count", "tags[\"deployed\"]"]}}}}}
//! ```

use serde_json::{Map, Value};

use super::{folder::File, native::HINT, path};
use crate::DeclaredError;

/// Reads a file.
///
/// # Errors
/// When it is not JSON, or an `ignore_changes` does not name attributes.
pub(super) fn read(file: &str, text: &str) -> Result<File, DeclaredError> {
    let document: Value = serde_json::from_str(text).map_err(|error| DeclaredError::NotCode {
        file: file.to_owned(),
        place: format!("line {}, column {}", error.line(), error.column()),
        reason: "expected JSON".to_owned(),
        hint: HINT,
    })?;
    let mut found = File::default();
    for root in blocks(&document) {
        for (kind, named) in labeled(root, "resource") {
            for (name, resource) in blocks(named).flatten() {
                let ignored = ignored(resource).map_err(|()| DeclaredError::NotCode {
                    file: file.to_owned(),
                    place: format!("`resource.{kind}.{name}.lifecycle.ignore_changes`"),
                    reason: path::EXPECTED.to_owned(),
                    hint: HINT,
                })?;
                found.add_resource(kind, name, ignored);
            }
        }
        for (name, calls) in labeled(root, "module") {
            let source = blocks(calls).find_map(|call| call.get("source")?.as_str());
            let source = source.filter(|source| !source.contains("${"));
            found.calls.insert(name.clone(), source.map(str::to_owned));
        }
    }
    Ok(found)
}

/// One block, or a list of them.
fn blocks(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let one = value.as_object();
    one.into_iter().chain(value.as_array().into_iter().flatten().filter_map(Value::as_object))
}

/// What stands below a block's name, by its first label.
fn labeled<'v>(root: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    root.get(name).into_iter().flat_map(|labeled| blocks(labeled).flatten())
}

/// Returns what a resource ignores; none where it does not say.
fn ignored(resource: &Value) -> Result<Option<Vec<String>>, ()> {
    let mut said: Option<Vec<String>> = None;
    let lifecycles = blocks(resource).filter_map(|block| block.get("lifecycle")).flat_map(blocks);
    for ignored in lifecycles.filter_map(|lifecycle| lifecycle.get("ignore_changes")) {
        let paths = said.get_or_insert_default();
        match ignored {
            Value::String(all) if all == "all" => paths.push(path::ALL.to_owned()),
            Value::Array(entries) => {
                for entry in entries {
                    paths.push(entry.as_str().and_then(path::of_text).ok_or(())?);
                }
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => return Err(()),
        }
    }
    Ok(said.map(path::with_all_tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read() {
        let text = r#"{
            "//": "a comment",
            "resource": [
                {"aws_vpc": {"one": {"lifecycle": {"ignore_changes": ["tags[\"a\"]", "setting.0.x"]}}}},
                {"aws_vpc": [{"two": [{"cidr_block": "${var.x}", "lifecycle": [{"ignore_changes": "all"}]}]}]}
            ],
            "module": {"edge": {"source": "./edge"}, "list": [{"source": "../list"}], "dynamic": {"source": "${var.x}"}}
        }"#;
        let found = read("main.tf.json", text).unwrap();
        let ignored = |block: &str| found.resources[block].as_ref().unwrap().join(" ");
        assert_eq!(ignored("aws_vpc.one"), "tags.a tags_all.a setting[0].x");
        assert_eq!(ignored("aws_vpc.two"), "*");
        assert_eq!(found.calls["edge"].as_deref(), Some("./edge"));
        assert_eq!(found.calls["list"].as_deref(), Some("../list"));
        assert_eq!(found.calls["dynamic"], None);
    }

    #[test]
    fn a_broken_file_says_where_and_what_was_expected() {
        let refused = |text| read("infra/main.tf.json", text).unwrap_err().to_string();
        insta::assert_snapshot!(refused("{\n  \"resource\": \n}"), @"`infra/main.tf.json` at line 3, column 1: expected JSON; check it with `terraform validate`");
        insta::assert_snapshot!(refused(r#"{"resource": {"aws_vpc": {"main": {"lifecycle": {"ignore_changes": ["${var.x}"]}}}}}"#), @r#"`infra/main.tf.json` at `resource.aws_vpc.main.lifecycle.ignore_changes`: expected attributes such as `tags`, `tags["Name"]` or `setting[0].value`, or `all`, as `ignore_changes`; check it with `terraform validate`"#);
        insta::assert_snapshot!(refused(r#"{"resource": {"aws_vpc": {"main": {"lifecycle": {"ignore_changes": 5}}}}}"#), @r#"`infra/main.tf.json` at `resource.aws_vpc.main.lifecycle.ignore_changes`: expected attributes such as `tags`, `tags["Name"]` or `setting[0].value`, or `all`, as `ignore_changes`; check it with `terraform validate`"#);
    }
}
