//! Plans read whole.

use serde_json::json;

use super::*;

const AWS: &str = "registry.terraform.io/hashicorp/aws";

fn plan(document: &Value) -> DeclaredState {
    crate::read(document.to_string().as_bytes(), "plan.json", &Redactor::new(b"k")).unwrap()
}

fn resource(name: &str, values: &Value) -> Value {
    json!({"address": format!("aws_vpc.{name}"), "mode": "managed", "type": "aws_vpc", "name": name, "provider_name": AWS, "values": values})
}

fn change(name: &str, actions: &Value, change: &Value) -> Value {
    let mut change = change.clone();
    change["actions"] = actions.clone();
    json!({"address": format!("aws_vpc.{name}"), "mode": "managed", "type": "aws_vpc", "name": name, "provider_name": AWS, "change": change})
}

fn of(prior: &Value, planned: &Value, changes: &Value) -> DeclaredState {
    plan(&json!({"format_version": "1.2", "timestamp": "2026-01-02T03:04:05Z",
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": prior}}},
        "planned_values": {"root_module": {"resources": planned}}, "resource_changes": changes}))
}

#[test]
fn a_resource_that_exists_is_declared_as_the_code_says() {
    let prior = json!({"id": "vpc-1", "cidr": "10.0.0.0/8", "tags": {"a": "by hand", "b": "x"}, "etag": "1", "block": [{"size": 8, "id": "d-1"}]});
    let planned = json!({"cidr": "10.0.0.0/8", "tags": {"b": "x"}, "block": [{"size": 16}]});
    let unknown = json!({"id": true, "etag": true, "block": [{"id": true}], "tags": {}});
    let read = of(
        &json!([resource("main", &prior)]),
        &json!([resource("main", &planned)]),
        &json!([change("main", &json!(["update"]), &json!({"after_unknown": unknown}))]),
    );
    let expected = json!({"id": "vpc-1", "cidr": "10.0.0.0/8", "tags": {"b": "x"}, "etag": "1", "block": [{"size": 16, "id": "d-1"}]});
    assert_eq!(Value::Object(read.declarations[0].attributes.clone()), expected);
    assert_eq!(read.version, "plan of 2026-01-02T03:04:05Z");
}

#[test]
fn nothing_is_gone_or_there_before_the_apply() {
    let read = of(
        &json!([resource("gone", &json!({"id": "1"})), resource("swapped", &json!({"id": "2"}))]),
        &json!([resource("new", &json!({})), resource("swapped", &json!({"cidr": "x"}))]),
        &json!([
            change("gone", &json!(["delete"]), &json!({"before": {"id": "1"}})),
            change("new", &json!(["create"]), &json!({"before": null})),
            change(
                "swapped",
                &json!(["delete", "create"]),
                &json!({"before": {"id": "2"}, "after_unknown": {"id": true}})
            ),
            change("found", &json!(["no-op"]), &json!({"before": {"id": "3"}, "importing": {"id": "3"}})),
        ]),
    );
    let seen: Vec<_> = read
        .declarations
        .iter()
        .map(|d| (d.address.as_str(), d.standing, d.attributes["id"].as_str().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ("aws_vpc.gone", Standing::Current, "1"),
            ("aws_vpc.swapped", Standing::Tainted, "2"),
            ("aws_vpc.found", Standing::Current, "3"),
        ]
    );
    assert_eq!(read.skipped.get(&SkipReason::NotYetCreated), Some(&1));
}

#[test]
fn what_either_side_marks_is_hidden() {
    let with = |mut resource: Value, mask: Value| {
        resource["sensitive_values"] = mask;
        resource
    };
    let prior = with(resource("main", &json!({"id": "1", "a": "s3cret", "b": "s3cret"})), json!({"a": true}));
    let planned = with(resource("main", &json!({"a": "s3cret2", "b": "s3cret2"})), json!({"b": true}));
    let read = of(&json!([prior]), &json!([planned]), &json!([]));
    assert!(!format!("{read:?}").contains("s3cret"));
}

#[test]
fn an_unknown_element_keeps_the_prior_list() {
    let read = of(
        &json!([resource("main", &json!({"id": "1", "groups": ["sg-1", "sg-2"]}))]),
        &json!([resource("main", &json!({"id": "1", "groups": ["sg-1", null]}))]),
        &json!([change("main", &json!(["update"]), &json!({"after_unknown": {"groups": [false, true]}}))]),
    );
    assert_eq!(read.declarations[0].attributes["groups"], json!(["sg-1", "sg-2"]));
}

#[test]
fn the_configuration_names_the_region_of_an_alias() {
    let inner = json!({"address": "module.m[\"a.b\"].aws_vpc.far[0]", "mode": "managed", "type": "aws_vpc", "name": "far", "provider_name": AWS, "values": {"id": "2"}});
    let read = plan(&json!({"format_version": "1.2", "variables": {"region": {"value": "eu-west-1"}},
        "prior_state": {"values": {"root_module": {"resources": [resource("near", &json!({"id": "1"}))], "child_modules": [{"resources": [inner]}]}}},
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
                "aws.far": {"name": "aws", "alias": "far", "expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {"resources": [{"address": "aws_vpc.near", "provider_config_key": "aws"}],
                "module_calls": {"m": {"module": {"resources": [{"address": "aws_vpc.far", "provider_config_key": "aws.far"}]}}}}}}));
    let regions: Vec<_> = read.declarations.iter().map(|d| d.region.as_deref().unwrap()).collect();
    assert_eq!(regions, ["eu-west-1", "us-east-1"]);
}

#[test]
fn a_plan_for_nothing_says_so() {
    let read = plan(
        &json!({"format_version": "0.1", "complete": false, "planned_values": {"root_module": {"resources": [resource("new", &json!({}))]}}}),
    );
    assert_eq!(read.warnings, [Warning::PlanIncomplete, Warning::PlanWithoutPriorState]);
    assert_eq!(read.skipped.get(&SkipReason::NotYetCreated), Some(&1));
}

/// The plan of one thing that exists and of the code around it.
fn coded(
    prior: &Value,
    planned: &Value,
    actions: &Value,
    expressions: Option<&Value>,
    provider: &Value,
) -> DeclaredState {
    let mut block = json!({"address": "aws_vpc.main", "provider_config_key": "aws"});
    if let Some(expressions) = expressions {
        block["expressions"] = expressions.clone();
    }
    plan(&json!({"format_version": "1.2",
        "variables": {"tags": {"value": {"team": "edge", "cost": 7}}},
        "prior_state": {"values": {"root_module": {"resources": [resource("main", prior)]}}},
        "planned_values": {"root_module": {"resources": [resource("main", planned)]}},
        "resource_changes": [change("main", actions, &json!({}))],
        "configuration": {"provider_config": {"aws": {"name": "aws", "expressions": provider}}, "root_module": {"resources": [block]}}}))
}

#[test]
fn only_what_the_code_writes_is_declared() {
    let values = json!({"id": "vpc-1", "arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "cidr_block": "10.0.0.0/16",
        "instance_tenancy": "default", "main_route_table_id": "rtb-1", "enable_dns_support": true, "tags": {"a": "b"}, "tags_all": {"a": "b"},
        "ingress": [{"from_port": 22}]});
    let of = |expressions: Option<&Value>| coded(&values, &values, &json!(["no-op"]), expressions, &json!({}));
    let read = of(Some(&json!({"cidr_block": {"references": ["var.cidr"]}, "tags": {}})));
    let vpc = &read.declarations[0];
    assert_eq!(
        Value::Object(vpc.attributes.clone()),
        json!({"cidr_block": "10.0.0.0/16", "tags": {"a": "b"}, "tags_all": {"a": "b"}, "ingress": [{"from_port": 22}]})
    );
    assert_eq!(
        Value::Object(vpc.identifiers.clone()),
        json!({"id": "vpc-1", "arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "main_route_table_id": "rtb-1"})
    );
    assert_eq!(vpc.region.as_deref(), Some("eu-west-1"), "its place is known as before");

    let untagged = of(Some(&json!({"cidr_block": {}})));
    assert!(!untagged.declarations[0].attributes.contains_key("tags_all"));
    let unknown = of(None);
    assert_eq!(Value::Object(unknown.declarations[0].attributes.clone()), values, "without expressions all counts");
}

#[test]
fn the_provider_configuration_gives_and_ignores_tags() {
    let provider = json!({"default_tags": [{"tags": {"references": ["var.tags"]}}],
        "ignore_tags": [{"keys": {"constant_value": ["LastScanned"]}, "key_prefixes": {"constant_value": ["kubernetes.io/"]}}]});
    let of = |values: &Value| coded(values, values, &json!(["no-op"]), Some(&json!({"cidr_block": {}})), &provider);
    let old = of(&json!({"id": "vpc-1", "cidr_block": "x", "tags": null}));
    let tags = [("cost", "7"), ("team", "edge")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(old.declarations[0].default_tags, BTreeMap::from(tags));
    assert!(old.declarations[0].ignored_tags.cover("kubernetes.io/x"));
    assert!(old.declarations[0].ignored_tags.cover("LastScanned"));
    let new = of(&json!({"id": "vpc-1", "cidr_block": "x", "tags": null, "tags_all": {"team": "edge"}}));
    assert!(new.declarations[0].default_tags.is_empty(), "`tags_all` has them");
    assert_eq!(new.declarations[0].attributes["tags_all"], json!({"team": "edge"}));
}

#[test]
fn a_difference_that_the_plan_leaves_is_ignored_by_the_code() {
    let code = json!({"desired": {"constant_value": 2}, "name": {"constant_value": "a"}});
    let values = json!({"id": "1", "desired": 5, "name": "a"});
    let of = |actions: &Value, planned: &Value| coded(&values, planned, actions, Some(&code), &json!({}));
    let kept = of(&json!(["no-op"]), &values);
    assert_eq!(kept.declarations[0].ignored, ["desired"]);
    assert_eq!(
        kept.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "the plan leaves `desired` of `aws_vpc.main` as it is though the code says otherwise: taken as `ignore_changes`"
        ]
    );
    let changed = of(&json!(["update"]), &json!({"id": "1", "desired": 2, "name": "a"}));
    assert!(changed.declarations[0].ignored.is_empty());
    assert_eq!(changed.warnings, []);
}

#[test]
fn a_variable_of_a_module_is_not_one_of_the_root() {
    let read = plan(&json!({"format_version": "1.2", "variables": {"region": {"value": "eu-west-1"}},
        "prior_state": {"values": {"root_module": {"child_modules": [{"resources": [
            {"address": "module.m.aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "provider_name": AWS, "values": {"id": "1"}}]}]}}},
        "configuration": {
            "provider_config": {"module.m:aws": {"name": "aws", "module_address": "module.m", "expressions": {"region": {"references": ["var.region"]}}}},
            "root_module": {"module_calls": {"m": {"module": {"resources": [{"address": "aws_vpc.a", "provider_config_key": "module.m:aws"}]}}}}}}));
    assert_eq!(read.declarations[0].region, None);
}
