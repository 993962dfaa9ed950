//! JSON Schemas of the published formats, generated from the types; written by the caller, never here.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::v1;

/// Returns every schema as (file name, text). The text is the same on every machine and ends with a newline.
pub fn schemas() -> [(&'static str, String); 2] {
    [
        ("finding-v1.json", text::<v1::Finding>("driftwire.finding/v1")),
        ("outcome-v1.json", text::<v1::Outcome>("driftwire.outcome/v1")),
    ]
}

/// Describes what Driftwire writes: a field is required when it is always written.
fn text<T: JsonSchema>(name: &str) -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), name.into());
    }
    // Whichever map another crate makes serde_json use.
    schema.sort_all_objects();
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_committed_schemas_are_the_generated_ones() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
        for (name, generated) in schemas() {
            let committed = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert_eq!(
                committed, generated,
                "`docs/schema/{name}` is not what the types say; run `cargo xtask schema`"
            );
        }
    }

    #[test]
    fn a_schema_closes_no_door_to_new_fields() {
        for (name, text) in schemas() {
            assert!(!text.contains("additionalProperties"), "{name}");
        }
    }
}
