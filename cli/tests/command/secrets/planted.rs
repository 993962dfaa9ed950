//! States and records with secrets in them, each secret in the place that it is named for.

use serde_json::{Value, json};

use crate::made::{record, resource, state};

/// Two letters of the alphabet are left out of each, so that nothing else looks like them.
pub(super) const SECRETS: &[&str] = &[
    DB_PASSWORD,
    NEW_DB_PASSWORD,
    PARAMETER,
    NEW_PARAMETER,
    SCRIPT_PASSWORD,
    NEW_SCRIPT_PASSWORD,
    AWS_SECRET,
    CONTAINER_TOKEN,
    PEM,
    NEW_PEM,
    GITHUB_TAG,
    NEW_GITHUB_TAG,
    FUNCTION_KEY,
    NEW_FUNCTION_KEY,
    PLAN_VALUE,
    SHOWN_VALUE,
    CONDITION_TOKEN,
    UNKNOWN_PASSWORD,
    UNKNOWN_KEY,
    STRAY,
    DESCRIPTION_TOKEN,
    DNS_TOKEN,
    ACCESS_KEY_SECRET,
    RUN_PASSWORD,
    WEBHOOK_URL,
    RULE_TOKEN,
    BUILD_PASSWORD,
    TARGET_TOKEN,
    JOB_PASSWORD,
    ENDPOINT_PASSWORD,
    ALARM_TOKEN,
];

const DB_PASSWORD: &str = "Kestrel-orchard-declared-5519";
const NEW_DB_PASSWORD: &str = "Kestrel-orchard-written-8203";
const PARAMETER: &str = "lantern/quarry/declared/3377";
const NEW_PARAMETER: &str = "lantern/quarry/written/6120";
const SCRIPT_PASSWORD: &str = "mulberry-anvil-declared-9914";
const NEW_SCRIPT_PASSWORD: &str = "mulberry-anvil-written-4471";
const AWS_SECRET: &str = "h7Tq2LxVw9/ZrN4kYp0+SdGm3BcXe8JuAoIf5PvK";
const CONTAINER_TOKEN: &str = "tundra-cobalt-container-2750";
const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAplantedDeclaredKeyMaterial00\nq3X9vJkPlantedSecondLineOfTheDeclaredKey\n-----END RSA PRIVATE KEY-----";
const NEW_PEM: &str =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhplantedWrittenKeyMaterial11\n-----END PRIVATE KEY-----";
pub(super) const GITHUB_TAG: &str = "ghp_dEcLaReDtAgToKeN0123456789aBcDeFgHiJ";
const NEW_GITHUB_TAG: &str = "ghp_wRiTtEnTaGtOkEn9876543210jIhGfEdCbA";
const FUNCTION_KEY: &str = "saffron-glacier-declared-7788";
const NEW_FUNCTION_KEY: &str = "saffron-glacier-written-1155";
const PLAN_VALUE: &str = "marked only in the plan, walnut 4802";
const SHOWN_VALUE: &str = "marked only by show, walnut 9305";
const CONDITION_TOKEN: &str = "github_pat_11CONDITION0aBcDeFgHiJkLmNoPqRsTuVwXyZ";
const UNKNOWN_PASSWORD: &str = "juniper-sextant-unknown-call-6642";
const UNKNOWN_KEY: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAplantedUnknownCall22\n-----END OPENSSH PRIVATE KEY-----";
const STRAY: &str = "basalt-heron-in-no-record-1093";
const DESCRIPTION_TOKEN: &str = "glpat-dEsCrIpTiOn0123456789";
const DNS_TOKEN: &str = "ghs_dNsReCoRdToKeN0123456789aBcDeFgHiJkL";
const ACCESS_KEY_SECRET: &str = "Zq8WnR3vT6yLk1+PxJd5HsGb0/McVu9EaOi2FtYX";
const RUN_PASSWORD: &str = "cinder-pelican-user-data-5086";
const WEBHOOK_URL: &str = "https://deploy:opal-ferry-in-a-url-7261@hooks.example.com/run";

const RULE_TOKEN: &str = "glpat-rUlEdEsCrIpTiOn987654";
const BUILD_PASSWORD: &str = "thistle-gantry-build-written-3048";
const TARGET_TOKEN: &str = "gho_tArGeTiNpUt0123456789aBcDeFgHiJkLmN";
const JOB_PASSWORD: &str = "willow-turbine-glue-written-6193";
const ENDPOINT_PASSWORD: &str = "cormorant-in-an-endpoint-5820";
const ALARM_TOKEN: &str = "ghu_aLaRmDeScRiPtIoN0123456789aBcDeFgHi";

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks(3).flat_map(|chunk| {
        let word = chunk.iter().chain([&0; 2]).take(3).fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        (0..4).map(move |at| if at <= chunk.len() { char::from(ALPHABET[word >> (18 - 6 * at) & 63]) } else { '=' })
    });
    letters.collect()
}

fn script(password: &str) -> String {
    format!(
        "#!/bin/sh\nexport DB_PASSWORD={password}\nexport AWS_ACCESS_KEY_ID=AKIAPLANTED000000001\nexport AWS_SECRET_ACCESS_KEY={AWS_SECRET}\n"
    )
}

fn policy(condition: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Referer", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*",
        "Condition": {"StringEquals": {"aws:Referer": condition}}}]})
}

/// Files of declared state: their names, and what they hold.
pub(super) fn states() -> Vec<(String, String)> {
    let arn = |rest: &str| format!("arn:aws:{rest}").replace("@", "eu-west-1:111122223333");
    let containers = json!([{"name": "api", "image": "api:1", "environment": [{"name": "API_TOKEN", "value": CONTAINER_TOKEN}, {"name": "CERT", "value": PEM}]}]);
    let resources = [
        resource(
            "aws_db_instance",
            "main",
            &json!({"id": "db-MAIN", "identifier": "main", "arn": arn("rds:@:db:main"), "region": "eu-west-1",
            "instance_class": "db.t4g.medium", "password": DB_PASSWORD}),
            &["password"],
        ),
        resource(
            "aws_ssm_parameter",
            "token",
            &json!({"id": "/acme/token", "name": "/acme/token", "arn": arn("ssm:@:parameter/acme/token"),
            "type": "SecureString", "value": PARAMETER, "description": "for the API"}),
            &["value"],
        ),
        resource(
            "aws_instance",
            "web",
            &json!({"id": "i-0a1b2c3d4e5f60713", "arn": arn("ec2:@:instance/i-0a1b2c3d4e5f60713"), "instance_type": "t4g.small",
            "user_data": script(SCRIPT_PASSWORD), "tags": {"Deploy": GITHUB_TAG}, "tags_all": {"Deploy": GITHUB_TAG}}),
            &[],
        ),
        resource(
            "aws_instance",
            "packed",
            &json!({"id": "i-0a1b2c3d4e5f60714", "arn": arn("ec2:@:instance/i-0a1b2c3d4e5f60714"),
            "instance_type": "t4g.small", "user_data_base64": base64(script(SCRIPT_PASSWORD).as_bytes())}),
            &[],
        ),
        resource(
            "aws_ecs_task_definition",
            "api",
            &json!({"id": "api", "family": "api", "revision": 17, "arn": arn("ecs:@:task-definition/api:17"),
            "arn_without_revision": arn("ecs:@:task-definition/api"), "container_definitions": containers.to_string()}),
            &[],
        ),
        resource(
            "aws_lambda_function",
            "api",
            &json!({"id": "api", "function_name": "api", "arn": arn("lambda:@:function:api"), "timeout": 3,
            "environment": [{"variables": {"PAYMENT_API_KEY": FUNCTION_KEY, "SIGNING": PEM, "HOOK": WEBHOOK_URL}}]}),
            &[],
        ),
        resource(
            "aws_iam_role",
            "api",
            &json!({"id": "api", "name": "api", "arn": "arn:aws:iam::111122223333:role/api"}),
            &[],
        ),
        resource(
            "aws_iam_role_policy",
            "api",
            &json!({"id": "api:own", "name": "own", "role": "api", "policy": policy("https://example.com/").to_string()}),
            &[],
        ),
        resource(
            "aws_security_group",
            "web",
            &json!({"id": "sg-0a1b2c3d4e5f60718", "name": "web", "arn": arn("ec2:@:security-group/sg-0a1b2c3d4e5f60718"),
            "ingress": [], "egress": []}),
            &[],
        ),
        resource(
            "aws_route53_zone",
            "main",
            &json!({"id": "Z0EXAMPLE", "zone_id": "Z0EXAMPLE", "name": "example.com", "arn": "arn:aws:route53:::hostedzone/Z0EXAMPLE"}),
            &[],
        ),
        resource(
            "aws_route53_record",
            "proof",
            &json!({"id": "Z0EXAMPLE_proof.example.com_TXT", "zone_id": "Z0EXAMPLE", "name": "proof.example.com",
            "type": "TXT", "ttl": 300, "records": ["none"]}),
            &[],
        ),
        resource(
            "aws_iam_user",
            "ci",
            &json!({"id": "ci", "name": "ci", "arn": "arn:aws:iam::111122223333:user/ci"}),
            &[],
        ),
        resource(
            "aws_codebuild_project",
            "api",
            &json!({"id": "api", "name": "api", "arn": arn("codebuild:@:project/api"), "environment": [{"type": "LINUX_CONTAINER",
            "environment_variable": [{"name": "DB_PASSWORD", "type": "PLAINTEXT", "value": DB_PASSWORD}]}]}),
            &[],
        ),
        resource(
            "aws_cloudwatch_event_rule",
            "nightly",
            &json!({"id": "nightly", "name": "nightly", "arn": arn("events:@:rule/nightly"), "event_bus_name": "default"}),
            &[],
        ),
        resource(
            "aws_cloudwatch_event_target",
            "nightly",
            &json!({"id": "nightly-api", "rule": "nightly", "target_id": "api", "event_bus_name": "default",
            "arn": arn("lambda:@:function:api"), "input": json!({"token": GITHUB_TAG}).to_string()}),
            &[],
        ),
        resource(
            "aws_glue_job",
            "import",
            &json!({"id": "import", "name": "import", "arn": arn("glue:@:job/import"), "default_arguments": {"--db_password": DB_PASSWORD}}),
            &[],
        ),
        resource(
            "aws_sns_topic",
            "alarms",
            &json!({"id": arn("sns:@:alarms"), "name": "alarms", "arn": arn("sns:@:alarms")}),
            &[],
        ),
        resource(
            "aws_cloudwatch_metric_alarm",
            "cpu",
            &json!({"id": "cpu", "alarm_name": "cpu", "arn": arn("cloudwatch:@:alarm:cpu"), "alarm_description": "busy", "threshold": 80}),
            &[],
        ),
        resource(
            "aws_transfer_server",
            "inbox",
            &json!({"id": "s-0a1b2c3d4e5f60715", "arn": arn("transfer:@:server/s-0a1b2c3d4e5f60715")}),
            &[],
        ),
    ];
    let shown = |address: &str, value: &str| {
        json!({"root_module": {"resources": [{"address": format!("aws_sqs_queue.{address}"), "mode": "managed", "type": "aws_sqs_queue", "name": address,
            "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "sensitive_values": {"description": true},
            "values": {"id": format!("https://sqs.eu-west-1.amazonaws.com/111122223333/{address}"), "name": address,
                "arn": arn(&format!("sqs:@:{address}")), "description": value, "delay_seconds": 0}}]}})
    };
    let plan = json!({"format_version": "1.2", "terraform_version": "1.13.5", "variables": {"seed": {"value": PLAN_VALUE}}, "planned_values": shown("planned", PLAN_VALUE),
        "prior_state": {"format_version": "1.0", "terraform_version": "1.13.5", "values": shown("planned", PLAN_VALUE)},
        "resource_changes": [{"address": "aws_sqs_queue.planned", "mode": "managed", "type": "aws_sqs_queue", "name": "planned",
            "provider_name": "registry.terraform.io/hashicorp/aws", "change": {"actions": ["update"], "before": {"description": PLAN_VALUE},
            "after": {"description": PLAN_VALUE}, "before_sensitive": {"description": true}, "after_sensitive": {"description": true}}}],
        "configuration": {"root_module": {}}});
    let show = json!({"format_version": "1.0", "terraform_version": "1.13.5", "values": shown("shown", SHOWN_VALUE)});
    vec![
        ("app.tfstate".to_owned(), state(&resources)),
        ("plan.json".to_owned(), plan.to_string()),
        ("show.json".to_owned(), show.to_string()),
    ]
}

/// Records: their names, and what they hold.
pub(super) fn records() -> Vec<(String, String)> {
    let instance = "i-0a1b2c3d4e5f60713";
    let zone = json!({"hostedZoneId": "Z0EXAMPLE", "changeBatch": {"changes": [{"action": "UPSERT", "resourceRecordSet": {"name": "proof.example.com.",
        "type": "TXT", "tTL": 300, "resourceRecords": [{"value": format!("\"{DNS_TOKEN}\"")}]}}]}});
    let rule = json!({"groupId": "sg-0a1b2c3d4e5f60718", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "groups": {},
        "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8", "description": DESCRIPTION_TOKEN}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}});
    let endpoint = format!("https://alarms:{ENDPOINT_PASSWORD}@hooks.example.com/in");
    let modified = json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0a1b2c3d4e5f60718", "SecurityGroupRule": {"SecurityGroupRuleId": "sgr-0a1b2c3d4e5f60717", "tag": 1,
        "SecurityGroupRule": {"CidrIpv4": "10.0.0.0/8", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp", "Description": RULE_TOKEN}}}});
    let described = json!({"groupId": "sg-0a1b2c3d4e5f60718", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {},
        "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8", "description": RULE_TOKEN}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}});
    let mut subscribe = record(
        "19",
        "sns",
        "Subscribe",
        &json!({"topicArn": "arn:aws:sns:eu-west-1:111122223333:alarms", "protocol": "https", "endpoint": endpoint}),
    );
    subscribe["responseElements"] = json!({"subscriptionArn": "arn:aws:sns:eu-west-1:111122223333:alarms:0a1b2c3d"});
    let mut access_key = record("13", "iam", "CreateAccessKey", &json!({"userName": "ci"}));
    access_key["responseElements"] = json!({"accessKey": {"userName": "ci", "accessKeyId": "AKIAPLANTED000000002", "status": "Active", "secretAccessKey": ACCESS_KEY_SECRET}});
    let mut denied = record(
        "14",
        "rds",
        "ModifyDBInstance",
        &json!({"dBInstanceIdentifier": "main", "masterUserPassword": NEW_DB_PASSWORD}),
    );
    denied["errorCode"] = json!("InvalidParameterValue");
    denied["errorMessage"] = json!(format!("The password {NEW_DB_PASSWORD} is not valid"));
    let calls = [
        (
            "01-password",
            record(
                "1",
                "rds",
                "ModifyDBInstance",
                &json!({"dBInstanceIdentifier": "main", "masterUserPassword": NEW_DB_PASSWORD, "tdeCredentialPassword": NEW_DB_PASSWORD, "dBInstanceClass": "db.r6g.large", "applyImmediately": true}),
            ),
        ),
        (
            "02-environment",
            record(
                "2",
                "lambda",
                "UpdateFunctionConfiguration20150331v2",
                &json!({"functionName": "api", "timeout": 30, "environment": {"variables": {"PAYMENT_API_KEY": NEW_FUNCTION_KEY, "SIGNING": NEW_PEM, "HOOK": WEBHOOK_URL}}}),
            ),
        ),
        (
            "03-tag",
            record(
                "3",
                "ec2",
                "CreateTags",
                &json!({"resourcesSet": {"items": [{"resourceId": instance}]}, "tagSet": {"items": [{"key": "Deploy", "value": NEW_GITHUB_TAG}]}}),
            ),
        ),
        (
            "04-condition",
            record(
                "4",
                "iam",
                "PutRolePolicy",
                &json!({"roleName": "api", "policyName": "own", "policyDocument": policy(CONDITION_TOKEN).to_string()}),
            ),
        ),
        (
            "05-unknown-call",
            record(
                "5",
                "transfer",
                "UpdateServerIdentity",
                &json!({"arn": "arn:aws:transfer:eu-west-1:111122223333:server/s-0a1b2c3d4e5f60715", "password": UNKNOWN_PASSWORD, "hostKey": UNKNOWN_KEY, "nested": {"list": [{"token": UNKNOWN_PASSWORD}]}}),
            ),
        ),
        (
            "06-parameter",
            record(
                "6",
                "ssm",
                "PutParameter",
                &json!({"name": "/acme/token", "type": "SecureString", "overwrite": true, "value": NEW_PARAMETER}),
            ),
        ),
        (
            "07-user-data",
            record(
                "7",
                "ec2",
                "ModifyInstanceAttribute",
                &json!({"instanceId": instance, "userData": {"value": base64(script(NEW_SCRIPT_PASSWORD).as_bytes())}}),
            ),
        ),
        (
            "08-user-data-in-clear",
            record(
                "8",
                "ec2",
                "ModifyInstanceAttribute",
                &json!({"instanceId": instance, "attribute": "userData", "value": script(NEW_SCRIPT_PASSWORD)}),
            ),
        ),
        ("09-description", record("9", "ec2", "AuthorizeSecurityGroupIngress", &rule)),
        ("10-dns", record("10", "route53", "ChangeResourceRecordSets", &zone)),
        (
            "11-run",
            record(
                "11",
                "ec2",
                "RunInstances",
                &json!({"instancesSet": {"items": [{"imageId": "ami-0a1b2c3d4e5f60712"}]}, "userData": base64(script(RUN_PASSWORD).as_bytes()), "tagSpecificationSet": {"items": [{"resourceType": "instance", "tags": [{"key": "Deploy", "value": NEW_GITHUB_TAG}]}]}}),
            ),
        ),
        (
            "12-task-definition",
            record(
                "12",
                "ecs",
                "RegisterTaskDefinition",
                &json!({"family": "api", "containerDefinitions": [{"name": "api", "environment": [{"name": "API_TOKEN", "value": CONTAINER_TOKEN}]}]}),
            ),
        ),
        ("13-access-key", access_key),
        ("14-denied", denied),
        ("15-rule", record("15", "ec2", "ModifySecurityGroupRules", &modified)),
        ("16-descriptions", record("16", "ec2", "UpdateSecurityGroupRuleDescriptionsIngress", &described)),
        (
            "17-build",
            record(
                "17",
                "codebuild",
                "UpdateProject",
                &json!({"name": "api", "description": BUILD_PASSWORD.replace("thistle", "token=thistle"), "environment": {"type": "LINUX_CONTAINER", "environmentVariables": [{"name": "DB_PASSWORD", "type": "PLAINTEXT", "value": BUILD_PASSWORD}]}}),
            ),
        ),
        (
            "18-target",
            record(
                "18",
                "events",
                "PutTargets",
                &json!({"rule": "nightly", "targets": [{"id": "api", "arn": "arn:aws:lambda:eu-west-1:111122223333:function:api", "input": json!({"token": TARGET_TOKEN}).to_string()}]}),
            ),
        ),
        ("19-subscription", subscribe),
        (
            "20-job",
            record(
                "20",
                "glue",
                "UpdateJob",
                &json!({"jobName": "import", "jobUpdate": {"defaultArguments": {"--db_password": JOB_PASSWORD}}}),
            ),
        ),
        (
            "21-alarm",
            record(
                "21",
                "monitoring",
                "PutMetricAlarm",
                &json!({"alarmName": "cpu", "alarmDescription": format!("call {ALARM_TOKEN}"), "threshold": 90.0}),
            ),
        ),
    ];
    let mut records: Vec<(String, String)> =
        calls.into_iter().map(|(name, record)| (name.to_owned(), record.to_string())).collect();
    records.push(("31-no-record".to_owned(), json!({"password": STRAY, "note": PEM}).to_string()));
    records.push(("32-a-text".to_owned(), format!("password={STRAY}\n{NEW_PEM}\n")));
    records.push(("33-a-page".to_owned(), format!("<p>password={STRAY}</p>\n")));
    records.push((
        "34-cut".to_owned(),
        format!("{{\"eventName\": \"PutParameter\", \"requestParameters\": {{\"value\": \"{STRAY}\""),
    ));
    records
}
