//! Records with secrets in them, and what only looks like records.

use serde_json::json;

use super::planted::{
    ACCESS_KEY_SECRET, ALARM_TOKEN, BUILD_PASSWORD, CONDITION_TOKEN, CONTAINER_TOKEN, DESCRIPTION_TOKEN, DNS_TOKEN,
    ENDPOINT_PASSWORD, JOB_PASSWORD, NEW_DB_PASSWORD, NEW_FUNCTION_KEY, NEW_GITHUB_TAG, NEW_PARAMETER, NEW_PEM,
    NEW_SCRIPT_PASSWORD, PEM, RULE_TOKEN, RUN_PASSWORD, STRAY, TARGET_TOKEN, UNKNOWN_KEY, UNKNOWN_PASSWORD,
    WEBHOOK_URL, base64, policy, script,
};
use crate::made::record;

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
