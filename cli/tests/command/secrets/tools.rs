//! Secrets in CloudFormation's and Pulumi's declared state, in calls that change them, and in pairs that are compared.

use serde_json::{Value, json};

use super::planted::{
    AWS_SECRET, CONTAINER_TOKEN, DB_PASSWORD, FUNCTION_KEY, GITHUB_TAG, NEW_DB_PASSWORD, NEW_FUNCTION_KEY,
    NEW_GITHUB_TAG, NEW_PARAMETER, PARAMETER, PEM, PLAN_VALUE, SCRIPT_PASSWORD, SHOWN_VALUE, WEBHOOK_URL, base64,
    script,
};
use super::{SECRETS, assert_none, leaks, spellings};
use crate::made::{Folder, record};
use crate::run::{Ran, driftwire};

/// Pulumi's mark of a secret.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";

/// A stack whose parameters, properties, outputs and metadata hold secrets.
fn stack() -> String {
    let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/1";
    let made = |logical: &str, kind: &str, physical: &str| json!({"LogicalResourceId": logical, "PhysicalResourceId": physical, "ResourceType": kind, "ResourceStatus": "CREATE_COMPLETE"});
    json!({
        "Stack": {"StackId": id, "StackName": "orders", "StackStatus": "CREATE_COMPLETE", "CreationTime": "2026-03-02T08:00:00Z",
            "Parameters": [{"ParameterKey": "Given", "ParameterValue": PARAMETER}, {"ParameterKey": "Plain", "ParameterValue": GITHUB_TAG}],
            "Outputs": [{"OutputKey": "Key", "OutputValue": AWS_SECRET}]},
        "TemplateBody": {
            "Metadata": {"note": SHOWN_VALUE},
            "Parameters": {"Given": {"Type": "String", "NoEcho": true}, "Default": {"Type": "String", "NoEcho": "true", "Default": PLAN_VALUE}, "Plain": {"Type": "String"}},
            "Resources": {
                "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceIdentifier": "orders-db", "MasterUserPassword": DB_PASSWORD, "AllocatedStorage": "50"}},
                "Other": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceIdentifier": "other-db", "MasterUserPassword": {"Ref": "Given"}, "MasterUsername": {"Fn::Sub": "user-${Default}"}}},
                "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "orders/secret", "SecretString": {"Fn::Sub": format!("{{\"password\": \"{SCRIPT_PASSWORD}\", \"user\": \"${{Given}}\"}}")}}},
                "Worker": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders-worker", "Timeout": 30, "Environment": {"Variables": {"API_TOKEN": CONTAINER_TOKEN, "SIGNING_KEY": FUNCTION_KEY, "CERT": PEM}}}},
                "Host": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "t3.small", "UserData": {"Fn::Base64": script(SCRIPT_PASSWORD)}, "Tags": [{"Key": "Deploy", "Value": {"Ref": "Plain"}}]}},
                "Hook": {"Type": "AWS::SNS::Subscription", "Properties": {"Endpoint": WEBHOOK_URL, "Protocol": "https", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:alerts"}},
            },
        },
        "StackResources": [
            made("Db", "AWS::RDS::DBInstance", "orders-db"), made("Other", "AWS::RDS::DBInstance", "other-db"),
            made("Secret", "AWS::SecretsManager::Secret", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/secret-AbCdEf"),
            made("Worker", "AWS::Lambda::Function", "orders-worker"), made("Host", "AWS::EC2::Instance", "i-0a1b2c3d4e5f60799"),
            made("Hook", "AWS::SNS::Subscription", "arn:aws:sns:eu-west-1:111122223333:alerts:1"),
        ],
    })
    .to_string()
}

/// A deployment with secrets in clear, marked, nested, in outputs and in its providers.
fn export() -> String {
    let provider = "urn:pulumi:prod::shop::pulumi:providers:aws::main";
    let secret = |value: &str| json!({SIGNATURE: SECRET, "plaintext": json!(value).to_string()});
    let resource = |kind: &str, name: &str, id: &str, inputs: Value, outputs: Value| {
        json!({"urn": format!("urn:pulumi:prod::shop::{kind}::{name}"), "custom": true, "id": id, "type": kind,
            "inputs": inputs, "outputs": outputs, "provider": format!("{provider}::p-1"), "additionalSecretOutputs": ["description"]})
    };
    json!({"version": 3, "deployment": {
        "manifest": {"time": "2026-11-19T14:00:00Z", "magic": "", "version": "v3.160.0"},
        "secrets_providers": {"type": "passphrase", "state": {"salt": AWS_SECRET}},
        "resources": [
            {"urn": provider, "custom": true, "id": "p-1", "type": "pulumi:providers:aws", "inputs": {"region": "eu-west-1", "secretKey": AWS_SECRET, "token": secret(CONTAINER_TOKEN)}},
            resource("aws:rds/instance:Instance", "db", "shop-db", json!({"identifier": "shop-db", "password": secret(DB_PASSWORD), "allocatedStorage": 50}),
                json!({"identifier": "shop-db", "arn": "arn:aws:rds:eu-west-1:111122223333:db:shop-db", "password": DB_PASSWORD})),
            resource("aws:ssm/parameter:Parameter", "token", "/shop/token", json!({"name": "/shop/token", "type": "SecureString", "value": secret(PARAMETER), "description": PLAN_VALUE}),
                json!({"name": "/shop/token", "arn": "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token", "value": PARAMETER, "description": PLAN_VALUE})),
            resource("aws:lambda/function:Function", "fn", "shop-fn", json!({"name": "shop-fn", "timeout": 3, "environment": {"variables": {"SIGNING_KEY": FUNCTION_KEY, "NESTED": secret(SHOWN_VALUE)}}}),
                json!({"arn": "arn:aws:lambda:eu-west-1:111122223333:function:shop-fn", "name": "shop-fn"})),
            resource("aws:ec2/instance:Instance", "web", "i-0a1b2c3d4e5f60788", json!({"instanceType": "t3.small", "userData": script(SCRIPT_PASSWORD), "tags": {"Deploy": GITHUB_TAG}}),
                json!({"arn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60788", "userDataBase64": base64(script(SCRIPT_PASSWORD).as_bytes())})),
        ],
    }})
    .to_string()
}

/// Calls that change what the two declare, with new secrets.
fn calls() -> String {
    let calls = [
        (
            "rds",
            "ModifyDBInstance",
            json!({"dBInstanceIdentifier": "orders-db", "masterUserPassword": NEW_DB_PASSWORD, "allocatedStorage": 100}),
        ),
        (
            "rds",
            "ModifyDBInstance",
            json!({"dBInstanceIdentifier": "shop-db", "masterUserPassword": NEW_DB_PASSWORD, "allocatedStorage": 100}),
        ),
        ("ssm", "PutParameter", json!({"name": "/shop/token", "value": NEW_PARAMETER, "type": "SecureString"})),
        ("secretsmanager", "UpdateSecret", json!({"secretId": "orders/secret", "secretString": NEW_PARAMETER})),
        (
            "lambda",
            "UpdateFunctionConfiguration20150331v2",
            json!({"functionName": "orders-worker", "timeout": 5, "environment": {"variables": {"SIGNING_KEY": NEW_FUNCTION_KEY}}}),
        ),
        (
            "lambda",
            "UpdateFunctionConfiguration20150331v2",
            json!({"functionName": "shop-fn", "timeout": 5, "environment": {"variables": {"SIGNING_KEY": NEW_FUNCTION_KEY}}}),
        ),
        (
            "ec2",
            "CreateTags",
            json!({"resourcesSet": {"items": [{"resourceId": "i-0a1b2c3d4e5f60799"}, {"resourceId": "i-0a1b2c3d4e5f60788"}]}, "tagSet": {"items": [{"key": "Deploy", "value": NEW_GITHUB_TAG}]}}),
        ),
    ];
    let records: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(at, (service, name, request))| record(&format!("tools-{at}"), service, name, request))
        .collect();
    json!({"Records": records}).to_string()
}

/// Pairs whose secrets differ, stand alone, or hide in texts.
fn pairs() -> String {
    let pair = |kind: &str, declared: Value, live: Value| {
        json!({"type": kind, "declared": declared, "live": live}).to_string()
    };
    [
        pair(
            "AWS::RDS::DBInstance",
            json!({"MasterUserPassword": DB_PASSWORD}),
            json!({"MasterUserPassword": NEW_DB_PASSWORD}),
        ),
        pair(
            "AWS::SSM::Parameter",
            json!({"Type": "String", "Value": GITHUB_TAG}),
            json!({"Type": "String", "Value": NEW_GITHUB_TAG}),
        ),
        pair(
            "AWS::Lambda::Function",
            json!({"Environment": {"Variables": {"SIGNING_KEY": FUNCTION_KEY, "CERT": PEM}}}),
            json!({"Environment": {"Variables": {"SIGNING_KEY": NEW_FUNCTION_KEY, "API_TOKEN": CONTAINER_TOKEN}}}),
        ),
        pair(
            "AWS::EC2::Instance",
            json!({"UserData": base64(script(SCRIPT_PASSWORD).as_bytes())}),
            json!({"UserData": "IyEvYmluL2Jhc2gK"}),
        ),
        pair(
            "AWS::SecretsManager::Secret",
            json!({"SecretString": json!({"password": PARAMETER}).to_string()}),
            json!({"SecretString": json!({"password": NEW_PARAMETER}).to_string()}),
        ),
    ]
    .join("\n")
}

fn folder() -> Folder {
    Folder::new()
        .with("state/stack.json", stack())
        .with("state/export.json", export())
        .with("trail.json", calls())
        .with("pairs.jsonl", pairs())
}

fn run(arguments: &[&str]) -> Ran {
    driftwire(folder().path(), arguments)
}

#[test]
fn no_secret_out_of_other_tools() {
    let mut found = Vec::new();
    let replay = ["replay", "--state", "state", "--trail", "trail.json"];
    for more in [&[][..], &["--outcomes"], &["--format", "json", "--outcomes"]] {
        let ran = run(&[&replay[..], more].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        found.extend(leaks(&format!("replay {}", more.join(" ")), &ran));
    }
    found.extend(leaks("explain", &run(&["explain", "trail.json", "--state", "state"])));
    for format in ["json", "table"] {
        let ran = run(&["compare", "pairs.jsonl", "--format", format]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        found.extend(leaks(&format!("compare as {format}"), &ran));
    }
    assert_none(&found);
}

#[test]
fn the_change_of_another_tools_secret_is_still_seen() {
    let ran = run(&["replay", "--state", "state", "--trail", "trail.json", "--format", "json"]);
    for seen in ["\"Db\"", "Parameter::token", "Instance::db"] {
        let line = ran.stdout.lines().find(|line| line.contains(seen));
        assert!(line.is_some_and(|line| line.contains("\"redacted\":true")), "{seen}: {line:?}");
    }
    let compared = run(&["compare", "pairs.jsonl"]);
    let first = compared.stdout.lines().next().unwrap_or_default();
    assert!(first.contains(r#""path":"MasterUserPassword""#) && first.contains("(sensitive)"), "{first}");
}

#[test]
fn no_secret_out_of_a_damaged_file_of_another_tool() {
    let mut found = Vec::new();
    for (name, content) in [("stack.json", stack()), ("export.json", export()), ("pairs.jsonl", pairs())] {
        let half: String = content.chars().take(content.chars().count() * 3 / 5).collect();
        let damaged = [
            half,
            content.replacen(':', " ", 3),
            content.replace("\"Properties\":{", "\"Properties\":[{").replace("\"inputs\":{", "\"inputs\":[{"),
            content.replace("\"Type\":", "\"Kind\":").replace("\"urn\":", "\"name\":"),
            content.replace("\"Fn::Sub\"", "\"Fn::Unknown\"").replace("\"plaintext\"", "\"ciphertext\""),
            content.replace('"', "'"),
        ];
        for (number, text) in damaged.iter().enumerate() {
            let folder = folder().with("bad", text);
            for arguments in
                [&["replay", "--state", "bad", "--trail", "trail.json", "--outcomes"][..], &["compare", "bad"]]
            {
                let ran = driftwire(folder.path(), arguments);
                found.extend(leaks(&format!("{name}, damaged {number}, {arguments:?}"), &ran));
            }
        }
    }
    assert_none(&found);
}

#[test]
fn the_secrets_of_other_tools_are_where_they_are_said_to_be() {
    let all = [stack(), export(), calls(), pairs()].concat();
    let planted =
        SECRETS.iter().filter(|secret| spellings(secret).iter().any(|spelling| all.contains(spelling.as_str())));
    assert!(planted.count() >= 14);
}
