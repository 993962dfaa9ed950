//! Reads state version 4: Terraform since 0.12, and OpenTofu.

use serde_json::{Map, Value};

use super::{
    address::{self, IndexKey},
    collect::{Collector, Object},
    flatmap, object, sensitive, take_list, take_object, text, text_or_empty,
    written::Written,
};
use crate::{DeclaredError, DeclaredState, Format, Redactor, Standing, Warning};

/// Reads a state.
///
/// ```json
/// {"version": 4, "serial": 412, "lineage": "…", "resources": [
///   {"module": "module.edge", "mode": "managed", "type": "aws_vpc", "name": "main", "provider": "provider[\"…\"]",
///    "instances": [{"index_key": 0, "attributes": {"id": "vpc-1"}, "sensitive_attributes": []}]}]}
/// ```
///
/// # Errors
/// When a part that is needed does not have the shape of a state, or an address stands twice.
pub(crate) fn read(
    mut document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    if !document.contains_key("resources") {
        return Err(DeclaredError::shape(origin, "resources", "a list"));
    }
    let resources = take_list(&mut document, "resources", origin, || "resources".to_owned())?;
    let mut collector = Collector::new(origin, redactor);
    for (index, resource) in resources.into_iter().enumerate() {
        let resource = object(resource, origin, || format!("resources[{index}]"))?;
        read_resource(resource, index, origin, redactor, &mut collector)?;
    }
    collector.finish_state(Format::StateV4, &document)
}

fn read_resource(
    mut resource: Map<String, Value>,
    index: usize,
    origin: &str,
    redactor: &Redactor,
    collector: &mut Collector<'_>,
) -> Result<(), DeclaredError> {
    let path = || format!("resources[{index}]");
    let instances = take_list(&mut resource, "instances", origin, || format!("{}.instances", path()))?;
    let kind = text(&resource, "type", origin, path)?;
    let name = text(&resource, "name", origin, path)?;
    let provider = text_or_empty(&resource, "provider");
    if !collector.wants(text(&resource, "mode", origin, path)?, kind, provider, instances.len()) {
        return Ok(());
    }
    let module = text_or_empty(&resource, "module");
    for (number, instance) in instances.into_iter().enumerate() {
        let path = || format!("resources[{index}].instances[{number}]");
        let mut instance = object(instance, origin, path)?;
        let Some(key) = IndexKey::from_value(instance.get("index_key")) else {
            return Err(DeclaredError::shape(origin, format!("{}.index_key", path()), "a text or a whole number"));
        };
        let address = address::build(module, kind, name, &key);
        let attributes = attributes(&mut instance, &address, origin, path, redactor, collector)?;
        collector.add(Object {
            address,
            kind: kind.to_owned(),
            provider: provider.to_owned(),
            attributes,
            identity: take_object(&mut instance, "identity", origin, || format!("{}.identity", path()))?,
            standing: standing(&instance),
            written: Written::default(),
        });
    }
    Ok(())
}

fn standing(instance: &Map<String, Value>) -> Standing {
    let is_deposed = !text_or_empty(instance, "deposed").is_empty();
    match text_or_empty(instance, "status") {
        _ if is_deposed => Standing::Deposed,
        "tainted" => Standing::Tainted,
        _ => Standing::Current,
    }
}

/// Takes an instance's attributes, nested and with what the state marks as sensitive hidden.
fn attributes(
    instance: &mut Map<String, Value>,
    address: &str,
    origin: &str,
    path: impl Fn() -> String,
    redactor: &Redactor,
    collector: &mut Collector<'_>,
) -> Result<Map<String, Value>, DeclaredError> {
    let Some(paths) = sensitive::paths(instance.get("sensitive_attributes")) else {
        return Err(DeclaredError::shape(origin, format!("{}.sensitive_attributes", path()), "a list of paths"));
    };
    let nested = take_object(instance, "attributes", origin, || format!("{}.attributes", path()))?;
    let flat = take_object(instance, "attributes_flat", origin, || format!("{}.attributes_flat", path()))?;
    let attributes = match (nested, flat) {
        (Some(nested), _) => nested,
        (None, Some(flat)) => {
            collector.warn(Warning::FlatAttributes { address: address.to_owned() });
            flatmap::decode(flat)
        }
        (None, None) => Map::new(),
    };
    if paths.is_empty() {
        return Ok(attributes);
    }
    let mut whole = Value::Object(attributes);
    for path in &paths {
        redactor.redact_at(&mut whole, path);
    }
    Ok(match whole {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{SkipReason, Tool, is_redacted};

    const AWS: &str = r#"provider["registry.terraform.io/hashicorp/aws"]"#;

    fn state(resources: &Value) -> Result<DeclaredState, DeclaredError> {
        let state = json!({"version": 4, "terraform_version": "1.11.4", "serial": 412, "lineage": "l-1", "outputs": {}, "resources": resources});
        crate::read(state.to_string().as_bytes(), "edge.tfstate", &Redactor::new(b"k"))
    }

    fn block(kind: &str, instances: &Value) -> Value {
        json!({"mode": "managed", "type": kind, "name": "main", "provider": AWS, "instances": instances})
    }

    fn instance(attributes: &Value) -> Value {
        json!({"schema_version": 0, "attributes": attributes})
    }

    #[test]
    fn a_state_is_read() {
        let arn = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1";
        let read = state(&json!([
            block("aws_vpc", &json!([instance(&json!({"id": "vpc-1", "arn": arn, "timeouts": {"create": "5m"}}))])),
            block("aws_s3_bucket", &json!([instance(&json!({"id": "logs"}))])),
            {"mode": "data", "type": "aws_ami", "name": "a", "provider": AWS, "instances": [{}, {}]},
            {"mode": "managed", "type": "random_id", "name": "a", "provider": "provider.random", "instances": [{}]},
        ]));
        let read = read.unwrap();
        assert_eq!((read.tool, read.format, read.version.as_str()), (Tool::Terraform, Format::StateV4, "serial 412"));
        assert_eq!((read.serial, read.lineage.as_deref()), (Some(412), Some("l-1")));
        let [vpc, bucket] = read.declarations.as_slice() else { panic!("{read:?}") };
        assert_eq!((vpc.address.as_str(), vpc.kind.as_str()), ("aws_vpc.main", "aws_vpc"));
        assert_eq!((vpc.account.as_deref(), vpc.region.as_deref()), (Some("111122223333"), Some("eu-west-1")));
        assert!(!vpc.attributes.contains_key("timeouts"));
        assert_eq!((bucket.account.as_deref(), bucket.region.as_deref()), (Some("111122223333"), Some("eu-west-1")));
        assert_eq!(read.skipped.get(&SkipReason::DataSource), Some(&2));
        assert_eq!(read.skipped.get(&SkipReason::OtherProvider("random".to_owned())), Some(&1));
    }

    #[test]
    fn each_instance_has_an_address_and_a_standing() {
        let read = state(&json!([
            {"module": "module.m[\"x/y\"]", "mode": "managed", "type": "aws_vpc", "name": "v", "provider": AWS, "instances": [
                {"index_key": "a\"b", "attributes": {"id": "1"}},
                {"index_key": 3, "status": "tainted", "attributes": {"id": "2"}},
                {"index_key": 3, "deposed": "0a1b2c3d", "status": "tainted", "attributes": {"id": "3"}},
                {"index_key": 3, "deposed": "4e5f6a7b", "attributes": {"id": "4"}},
            ]},
        ]));
        let read = read.unwrap();
        let seen: Vec<_> = read.declarations.iter().map(|d| (d.address.as_str(), d.standing)).collect();
        let third = r#"module.m["x/y"].aws_vpc.v[3]"#;
        assert_eq!(
            seen,
            [
                (r#"module.m["x/y"].aws_vpc.v["a\"b"]"#, Standing::Current),
                (third, Standing::Tainted),
                (third, Standing::Deposed),
                (third, Standing::Deposed),
            ]
        );
    }

    #[test]
    fn what_the_state_marks_is_hidden() {
        let marked = json!({"attributes": {"id": "1", "content": "s3cret", "list": [{"a": "s3cret", "b": "plain"}]},
            "sensitive_attributes": [[{"type": "get_attr", "value": "content"}],
                [{"type": "get_attr", "value": "list"}, {"type": "index", "value": {"value": 0, "type": "number"}}, {"type": "get_attr", "value": "a"}]]});
        let read = state(&json!([block("aws_thing", &json!([marked]))])).unwrap();
        let attributes = &read.declarations[0].attributes;
        assert!(is_redacted(&attributes["content"]));
        assert!(is_redacted(&attributes["list"][0]["a"]));
        assert_eq!(attributes["list"][0]["b"], "plain");
        assert!(!format!("{read:?}").contains("s3cret"));
    }

    #[test]
    fn flat_attributes_are_decoded_with_a_warning() {
        let flat = json!({"attributes_flat": {"id": "sg-1", "ingress.#": "1", "ingress.77.cidr_blocks.#": "1", "ingress.77.cidr_blocks.0": "10.0.0.0/8"}});
        let read = state(&json!([block("aws_security_group", &json!([flat]))])).unwrap();
        assert_eq!(read.declarations[0].attributes["ingress"], json!([{"cidr_blocks": ["10.0.0.0/8"]}]));
        assert_eq!(read.warnings, [Warning::FlatAttributes { address: "aws_security_group.main".to_owned() }]);
    }

    #[test]
    fn opentofu_is_known_by_its_registry() {
        let provider = r#"provider["registry.opentofu.org/hashicorp/aws"]"#;
        let vpc = json!({"mode": "managed", "type": "aws_vpc", "name": "main", "provider": provider, "instances": [instance(&json!({"id": "1"}))]});
        let read = state(&json!([vpc])).unwrap();
        assert_eq!((read.tool, read.declarations[0].tool), (Tool::OpenTofu, Tool::OpenTofu));
    }

    #[test]
    fn a_state_without_aws_is_read() {
        let read = state(&json!([{"mode": "managed", "type": "azurerm_vnet", "name": "a",
            "provider": "provider[\"registry.terraform.io/hashicorp/azurerm\"]", "instances": [instance(&json!({"id": "1"}))]}]));
        let read = read.unwrap();
        assert!(read.declarations.is_empty());
        assert_eq!(
            read.skipped.into_iter().collect::<Vec<_>>(),
            [(SkipReason::OtherProvider("hashicorp/azurerm".to_owned()), 1)]
        );
    }

    #[test]
    fn a_damaged_state_says_where() {
        let refusal = |resources: &Value| state(resources).unwrap_err().to_string();
        let ending =
            "the file is damaged or was edited, write it again with `terraform state pull` or `terraform show -json`";
        assert_eq!(refusal(&json!({})), format!("`edge.tfstate` at `resources`: expected a list; {ending}"));
        assert_eq!(refusal(&json!([7])), format!("`edge.tfstate` at `resources[0]`: expected an object; {ending}"));
        assert_eq!(
            refusal(&json!([{"mode": "managed", "name": "a"}])),
            format!("`edge.tfstate` at `resources[0].type`: expected a text; {ending}")
        );
        let bad_key = block("aws_vpc", &json!([{"index_key": 1.5, "attributes": {"id": "1"}}]));
        assert_eq!(
            refusal(&json!([bad_key])),
            format!(
                "`edge.tfstate` at `resources[0].instances[0].index_key`: expected a text or a whole number; {ending}"
            )
        );
        let bad_mark = block("aws_vpc", &json!([{"attributes": {"id": "1"}, "sensitive_attributes": 1}]));
        assert_eq!(
            refusal(&json!([bad_mark])),
            format!(
                "`edge.tfstate` at `resources[0].instances[0].sensitive_attributes`: expected a list of paths; {ending}"
            )
        );
    }

    #[test]
    fn two_current_objects_of_one_address_are_refused() {
        let twice = block("aws_vpc", &json!([instance(&json!({"id": "1"})), instance(&json!({"id": "2"}))]));
        assert_eq!(
            state(&json!([twice])).unwrap_err().to_string(),
            "`edge.tfstate` declares `aws_vpc.main` twice; expected one current object per address; list them with `terraform state list` and remove the wrong one with `terraform state rm`"
        );
    }
}
