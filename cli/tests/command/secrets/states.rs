//! Files of declared state with secrets in them.

use serde_json::json;

use super::planted::{
    CONTAINER_TOKEN, DB_PASSWORD, FUNCTION_KEY, GITHUB_TAG, PARAMETER, PEM, PLAN_VALUE, SCRIPT_PASSWORD, SHOWN_VALUE,
    WEBHOOK_URL, base64, policy, script,
};
use crate::made::{resource, state};

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
