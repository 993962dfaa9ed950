use serde_json::json;

use super::*;
use crate::{Unresolved, is_redacted, unresolved};

const URN: &str = "urn:pulumi:prod::app::";
const PROVIDER: &str = "urn:pulumi:prod::app::pulumi:providers:aws::main";
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";

fn parse(document: &Value) -> DeclaredState {
    crate::read(document.to_string().as_bytes(), "prod.json", &Redactor::new(b"k")).unwrap()
}

fn export(resources: &Value) -> DeclaredState {
    parse(
        &json!({"version": 3, "deployment": {"manifest": {"time": "2026-01-02T03:04:05.5Z", "magic": "m", "version": "v3.1.0"}, "resources": resources}}),
    )
}

fn provider(inputs: &Value) -> Value {
    json!({"urn": PROVIDER, "custom": true, "id": "p-1", "type": "pulumi:providers:aws", "inputs": inputs})
}

#[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better")]
fn resource(kind: &str, id: &str, more: Value) -> Value {
    let mut resource = json!({"urn": format!("{URN}{kind}::a"), "custom": true, "id": id, "type": kind, "provider": format!("{PROVIDER}::p-1")});
    resource.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    resource
}

#[test]
fn inputs_are_declared_and_outputs_only_identify() {
    let state = export(&json!([
        provider(&json!({"region": "eu-west-1"})),
        resource(
            "aws:ec2/vpc:Vpc",
            "vpc-1",
            json!({
                "inputs": {"__defaults": ["enableDnsSupport"], "cidrBlock": "10.0.0.0/16", "enableDnsSupport": true},
                "outputs": {"arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "cidrBlock": "10.0.0.0/16", "enableDnsHostnames": false, "id": "vpc-1"},
            })
        ),
    ]));
    assert_eq!((state.version.as_str(), state.serial), ("export of 2026-01-02T03:04:05Z", Some(1_767_323_045_500)));
    assert_eq!(state.lineage.as_deref(), Some("urn:pulumi:prod::app"));
    let [vpc] = state.declarations.as_slice() else { panic!("{state:#?}") };
    assert_eq!(Value::Object(vpc.attributes.clone()), json!({"cidrBlock": "10.0.0.0/16"}));
    assert_eq!(
        Value::Object(vpc.identifiers.clone()),
        json!({"arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "id": "vpc-1", "enableDnsSupport": true})
    );
    assert_eq!(
        (vpc.id.as_deref(), vpc.account.as_deref(), vpc.region.as_deref()),
        (Some("vpc-1"), Some("111122223333"), Some("eu-west-1"))
    );
    assert_eq!(
        (vpc.address.as_str(), vpc.kind.as_str()),
        ("urn:pulumi:prod::app::aws:ec2/vpc:Vpc::a", "aws:ec2/vpc:Vpc")
    );
}

#[test]
fn what_is_no_declaration_is_counted() {
    let state = export(&json!([
        provider(&json!({})),
        {"urn": format!("{URN}pulumi:pulumi:Stack::a"), "custom": false, "type": "pulumi:pulumi:Stack"},
        {"urn": format!("{URN}awsx:ec2:Vpc::a"), "custom": false, "type": "awsx:ec2:Vpc"},
        {"urn": format!("{URN}random:index/randomPassword:RandomPassword::a"), "custom": true, "id": "none", "type": "random:index/randomPassword:RandomPassword"},
        resource("aws:ec2/vpc:Vpc", "vpc-1", json!({"external": true})),
        resource("aws:ec2/subnet:Subnet", "", json!({})),
        resource("aws:ec2/eip:Eip", "eipalloc-1", json!({"delete": true})),
        resource("aws:ec2/eip:Eip", "eipalloc-2", json!({"taint": true})),
    ]));
    let skipped: Vec<String> = state.skipped.iter().map(|(reason, count)| format!("{count} of {reason}")).collect();
    assert_eq!(
        skipped,
        [
            "1 of provider random",
            "1 of not yet created",
            "2 of component",
            "1 of resource managed elsewhere",
            "1 of provider configuration"
        ]
    );
    let standing: Vec<Standing> = state.declarations.iter().map(|it| it.standing).collect();
    assert_eq!(standing, [Standing::Deposed, Standing::Tainted]);
}

#[test]
fn secrets_are_hidden_wherever_they_are_marked() {
    let state = export(&json!([resource(
        "aws:rds/instance:Instance",
        "db",
        json!({
            "additionalSecretOutputs": ["domain"],
            "inputs": {
                "password": {SIGNATURE: SECRET, "ciphertext": "v1:aaa"}, "masterPassword": "hunter2", "domain": "hunter3", "kmsKeyId": "hunter4",
                "username": {SIGNATURE: SECRET, "plaintext": "\"hunter5\""},
                "optionGroupName": {SIGNATURE: SECRET, "ciphertext": "v1:b"},
            },
            "outputs": {"kmsKeyId": {SIGNATURE: SECRET, "plaintext": "\"hunter4\""}, "domain": "hunter3", "endpointUrl": {SIGNATURE: SECRET, "ciphertext": "x"}, "username": "hunter5", "optionGroupName": "hunter6"},
        })
    )]));
    assert!(!format!("{state:?}").contains("hunter"), "{state:#?}");
    let attributes = &state.declarations[0].attributes;
    assert_eq!(unresolved(&attributes["password"]), Some(Unresolved::Secret));
    assert!(
        ["masterPassword", "domain", "kmsKeyId", "username"].iter().all(|name| is_redacted(&attributes[*name])),
        "{attributes:?}"
    );
}

#[test]
fn a_provider_says_region_account_and_tags() {
    let state = export(&json!([
        provider(
            &json!({"region": "eu-west-1", "allowedAccountIds": "[\"111122223333\"]", "defaultTags": "{\"tags\":{\"team\":\"core\"}}", "ignoreTags": {"keys": ["a"], "keyPrefixes": ["k8s/"]}})
        ),
        resource("aws:s3/bucket:Bucket", "logs", json!({"ignoreChanges": ["tags[\"x\"]", "*"]})),
    ]));
    let bucket = &state.declarations[0];
    assert_eq!((bucket.account.as_deref(), bucket.region.as_deref()), (Some("111122223333"), Some("eu-west-1")));
    assert_eq!(bucket.default_tags, BTreeMap::from([("team".to_owned(), "core".to_owned())]));
    assert!(bucket.ignored_tags.cover("a") && bucket.ignored_tags.cover("k8s/x") && !bucket.ignored_tags.cover("b"));
    assert_eq!(bucket.ignored, ["tags.x", "*"]);
}

#[test]
fn an_interrupted_update_is_told_and_holds_what_it_changes() {
    let vpc = resource("aws:ec2/vpc:Vpc", "vpc-1", json!({}));
    let state = parse(&json!({"version": 3, "checkpoint": {"stack": "organization/app/prod", "latest": {
        "resources": [vpc, resource("aws:ec2/eip:Eip", "eip-1", json!({}))], "pending_operations": [{"resource": vpc, "type": "updating"}],
    }}}));
    assert_eq!(
        state.declarations.iter().map(|it| it.standing).collect::<Vec<_>>(),
        [Standing::Changing, Standing::Current]
    );
    assert_eq!(state.warnings, [Warning::Interrupted { operations: 1 }]);
    assert_eq!(state.version, "checkpoint");
}

#[test]
fn an_empty_stack_declares_nothing() {
    for document in [
        json!({"version": 3, "checkpoint": {"stack": "organization/app/prod", "latest": null}}),
        json!({"version": 4, "features": ["taint"], "deployment": {"resources": null}}),
        json!({"version": 1, "checkpoint": {"stack": "organization/app/prod", "config": {}}}),
        json!({"stack": "organization/app/prod", "latest": {"manifest": {"time": "0001-01-01T00:00:00Z"}}}),
    ] {
        let state = parse(&document);
        assert!(state.declarations.is_empty() && state.serial.is_none(), "{state:?}");
        assert!(state.lineage.is_none_or(|it| it == "urn:pulumi:prod::app"));
    }
}

#[test]
fn a_resource_of_the_first_version_needs_no_mark_to_be_one() {
    let bucket = json!({"urn": format!("{URN}aws:s3/bucket:Bucket::a"), "id": "logs", "type": "aws:s3/bucket:Bucket", "inputs": {"bucket": "logs"}});
    let state = parse(&json!({"version": 1, "checkpoint": {"stack": "prod", "latest": {"resources": [bucket]}}}));
    assert_eq!(state.declarations[0].attributes["bucket"], "logs");
}

#[test]
fn a_damaged_file_says_where() {
    let refusal = |resources: Value| {
        let document = json!({"version": 3, "deployment": {"resources": resources}}).to_string();
        crate::read(document.as_bytes(), "a.json", &Redactor::new(b"k")).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refusal(json!([{"urn": "u"}])), @"`a.json` at `deployment.resources[0].type`: expected a text; the file is damaged or was edited, write it again with `pulumi stack export`");
    insta::assert_snapshot!(refusal(json!({})), @"`a.json` at `deployment.resources`: expected a list; the file is damaged or was edited, write it again with `pulumi stack export`");
    let vpc = resource("aws:ec2/vpc:Vpc", "vpc-1", json!({}));
    insta::assert_snapshot!(refusal(json!([vpc, vpc])), @"`a.json` at `urn:pulumi:prod::app::aws:ec2/vpc:Vpc::a`: expected one current resource per URN; this one stands twice; the file is damaged or was edited, write it again with `pulumi stack export`");
}

#[test]
fn the_settings_of_a_backend_are_refused_by_name() {
    let refusal = crate::read(b"version: 1\n", "meta.yaml", &Redactor::new(b"k")).unwrap_err().to_string();
    insta::assert_snapshot!(refusal, @"`meta.yaml` is the settings of a Pulumi backend, not declared state; give the stack's file in `.pulumi/stacks`, or the output of `pulumi stack export`");
}
