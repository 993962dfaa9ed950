//! Reads state version 3: Terraform before 0.12, where every value is text.

use serde_json::{Map, Value};

use super::{
    address::{self, IndexKey},
    collect::{Collector, Object},
    flatmap, object, take_list, take_object, text_or_empty,
    written::Written,
};
use crate::{DeclaredError, DeclaredState, Format, Redactor, SkipReason, Standing};

/// Reads a state.
///
/// ```json
/// {"version": 3, "serial": 12, "modules": [{"path": ["root", "edge"], "resources": {
///   "aws_instance.web.0": {"type": "aws_instance", "provider": "provider.aws",
///     "primary": {"id": "i-1", "attributes": {"id": "i-1", "tags.%": "0"}, "tainted": false}, "deposed": []}}}]}
/// ```
///
/// # Errors
/// When a part that is needed does not have the shape of a state, or an address stands twice.
pub(crate) fn read(
    mut document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    if !document.contains_key("modules") {
        return Err(DeclaredError::shape(origin, "modules", "a list"));
    }
    let modules = take_list(&mut document, "modules", origin, || "modules".to_owned())?;
    let mut collector = Collector::new(origin, redactor);
    for (index, module) in modules.into_iter().enumerate() {
        let path = || format!("modules[{index}]");
        let mut module = object(module, origin, path)?;
        let prefix = module_prefix(&mut module, origin, path)?;
        let resources =
            take_object(&mut module, "resources", origin, || format!("{}.resources", path()))?.unwrap_or_default();
        for (key, resource) in resources {
            let path = || format!("{}.resources[{key:?}]", path());
            let resource = object(resource, origin, path)?;
            read_resource(&key, resource, &prefix, origin, path, &mut collector)?;
        }
    }
    collector.finish_state(Format::StateV3, &document)
}

/// Turns `["root", "a", "b"]` into `module.a.module.b`.
fn module_prefix(
    module: &mut Map<String, Value>,
    origin: &str,
    path: impl Fn() -> String,
) -> Result<String, DeclaredError> {
    let mut prefix = String::new();
    for part in take_list(module, "path", origin, || format!("{}.path", path()))?.iter().skip(1) {
        let Some(name) = part.as_str() else {
            return Err(DeclaredError::shape(origin, format!("{}.path", path()), "a list of texts"));
        };
        let dot = if prefix.is_empty() { "" } else { "." };
        prefix.push_str(dot);
        prefix.push_str("module.");
        prefix.push_str(name);
    }
    Ok(prefix)
}

fn read_resource(
    key: &str,
    mut resource: Map<String, Value>,
    module: &str,
    origin: &str,
    path: impl Fn() -> String,
    collector: &mut Collector<'_>,
) -> Result<(), DeclaredError> {
    let (mode, rest) = key.strip_prefix("data.").map_or(("managed", key), |rest| ("data", rest));
    let mut parts = rest.splitn(3, '.');
    let (Some(kind), Some(name)) = (parts.next(), parts.next()) else {
        return Err(DeclaredError::shape(origin, path(), "a key such as `aws_instance.web` or `aws_instance.web.0`"));
    };
    let Ok(index) = parts.next().map_or(Ok(IndexKey::None), |number| number.parse().map(IndexKey::Number)) else {
        return Err(DeclaredError::shape(origin, path(), "a whole number at the end of the key"));
    };
    let deposed = take_list(&mut resource, "deposed", origin, || format!("{}.deposed", path()))?;
    let primary = resource.remove("primary").filter(|primary| !primary.is_null());
    let provider = text_or_empty(&resource, "provider").to_owned();
    let count = usize::from(primary.is_some()) + deposed.len();
    if !collector.wants(mode, kind, &provider, count) {
        return Ok(());
    }
    let address = address::build(module, kind, name, &index);
    let deposed = deposed.into_iter().map(|instance| (instance, true));
    for (instance, is_deposed) in primary.into_iter().map(|instance| (instance, false)).chain(deposed) {
        let Value::Object(mut instance) = instance else {
            return Err(DeclaredError::shape(origin, path(), "objects as `primary` and in `deposed`"));
        };
        let flat = take_object(&mut instance, "attributes", origin, || format!("{}.attributes", path()))?;
        let Some(flat) = flat else {
            collector.skip(SkipReason::NoAttributes, 1);
            continue;
        };
        let is_tainted = instance.get("tainted").and_then(Value::as_bool) == Some(true);
        collector.add(Object {
            address: address.clone(),
            kind: kind.to_owned(),
            provider: provider.clone(),
            attributes: attributes(flat, instance),
            identity: None,
            standing: match is_tainted {
                _ if is_deposed => Standing::Deposed,
                true => Standing::Tainted,
                false => Standing::Current,
            },
            written: Written::default(),
        });
    }
    Ok(())
}

/// Decodes an instance's attributes. Its id may stand beside them only.
fn attributes(flat: Map<String, Value>, mut instance: Map<String, Value>) -> Map<String, Value> {
    let mut attributes = flatmap::decode(flat);
    if let Some(id) = instance.remove("id").filter(Value::is_string) {
        attributes.entry("id").or_insert(id);
    }
    attributes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(modules: &Value) -> Result<DeclaredState, DeclaredError> {
        let state =
            json!({"version": 3, "terraform_version": "0.11.14", "serial": 12, "lineage": "l-1", "modules": modules});
        crate::read(state.to_string().as_bytes(), "old.tfstate", &Redactor::new(b"k"))
    }

    #[test]
    fn a_state_is_read() {
        let read = state(&json!([
            {"path": ["root"], "outputs": {}, "resources": {
                "aws_instance.web.1": {"type": "aws_instance", "provider": "provider.aws.west", "depends_on": [], "primary": {
                    "id": "i-1", "meta": {}, "tainted": true,
                    "attributes": {"id": "i-1", "availability_zone": "us-west-2a", "tags.%": "1", "tags.Name": "web", "vpc_security_group_ids.#": "1", "vpc_security_group_ids.77": "sg-1"}},
                    "deposed": [{"id": "i-0", "attributes": {"id": "i-0"}}]},
                "data.aws_ami.linux": {"type": "aws_ami", "primary": {"id": "ami-1", "attributes": {"id": "ami-1"}}},
                "null_resource.a": {"type": "null_resource", "provider": "provider.null", "primary": {"id": "1", "attributes": {}}},
            }},
            {"path": ["root", "db", "main"], "resources": {
                "aws_db_instance.db": {"type": "aws_db_instance", "provider": "", "primary": {"id": "db", "attributes": {"password": "s3cret", "arn": "arn:aws:rds:us-west-2:111122223333:db:db"}}},
                "aws_db_instance.gone": {"type": "aws_db_instance", "primary": null},
            }},
        ]));
        let read = read.unwrap();
        let seen: Vec<_> = read
            .declarations
            .iter()
            .map(|d| (d.address.as_str(), d.standing, d.attributes["id"].as_str().unwrap()))
            .collect();
        assert_eq!(
            seen,
            [
                ("aws_instance.web[1]", Standing::Tainted, "i-1"),
                ("aws_instance.web[1]", Standing::Deposed, "i-0"),
                ("module.db.module.main.aws_db_instance.db", Standing::Current, "db"),
            ]
        );
        let web = &read.declarations[0];
        assert_eq!(
            (&web.attributes["tags"], &web.attributes["vpc_security_group_ids"]),
            (&json!({"Name": "web"}), &json!(["sg-1"]))
        );
        assert_eq!(read.declarations[1].region.as_deref(), Some("us-west-2"), "as others of its provider");
        assert!(!format!("{read:?}").contains("s3cret"));
        assert_eq!(read.skipped.get(&SkipReason::DataSource), Some(&1));
        assert_eq!((read.format, read.version.as_str()), (Format::StateV3, "serial 12"));
    }

    #[test]
    fn a_damaged_state_says_where() {
        let refusal = state(&json!([{"path": ["root"], "resources": {"aws_vpc": {}}}])).unwrap_err().to_string();
        assert!(
            refusal.starts_with("`old.tfstate` at `modules[0].resources[\"aws_vpc\"]`: expected a key such as"),
            "{refusal}"
        );
    }
}
