//! Values that an autoscaler was given the right to set, whatever tool declares them: within the range they are not
//! drift, outside they are.

use driftwire_declared::{Declaration, Tool};
use driftwire_drift::{Reason, Verdict};
use serde_json::{Value, json};

use crate::desk::{Desk, declared};
use crate::invariants::call;

const PLACE: (&str, &str) = ("111122223333", "eu-west-1");
const SERVICE: &str = "arn:aws:ecs:eu-west-1:111122223333:service/main/api";
const TARGET: &str = "service/main/api";

fn block(tool: Tool, kind: &str, address: &str, id: &str, attributes: &Value) -> Declaration {
    Declaration {
        id: Some(id.to_owned()),
        account: Some(PLACE.0.to_owned()),
        region: Some(PLACE.1.to_owned()),
        attributes: attributes.as_object().unwrap().clone(),
        ..Declaration::new(tool, kind, address)
    }
}

/// A service of two tasks that may have one to ten, as each tool declares it.
fn services() -> [(&'static str, Desk); 3] {
    let terraform = declared(&[
        (
            "aws_ecs_service",
            "api",
            json!({"id": SERVICE, "name": "api", "cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/main", "desired_count": 2}),
        ),
        (
            "aws_appautoscaling_target",
            "api",
            json!({"id": TARGET, "resource_id": TARGET, "scalable_dimension": "ecs:service:DesiredCount", "service_namespace": "ecs", "min_capacity": 1, "max_capacity": 10}),
        ),
    ]);
    let unknown = json!({"$unresolved": "attribute"});
    let stack = vec![
        block(
            Tool::CloudFormation,
            "AWS::ECS::Service",
            "Api",
            SERVICE,
            &json!({"Cluster": "main", "DesiredCount": "2"}),
        ),
        block(
            Tool::CloudFormation,
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "Target",
            "service/main/api|ecs:service:DesiredCount|ecs",
            &json!({"ResourceId": unknown, "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs", "MinCapacity": "1", "MaxCapacity": "10"}),
        ),
    ];
    let pulumi = vec![
        block(
            Tool::Pulumi,
            "aws:ecs/service:Service",
            "urn:api",
            SERVICE,
            &json!({"name": "api", "cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/main", "desiredCount": 2}),
        ),
        block(
            Tool::Pulumi,
            "aws:appautoscaling/target:Target",
            "urn:target",
            TARGET,
            &json!({"resourceId": TARGET, "scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs", "minCapacity": 1, "maxCapacity": 10}),
        ),
    ];
    [("terraform", Desk::new(terraform)), ("cloudformation", Desk::new(stack)), ("pulumi", Desk::new(pulumi))]
}

fn ends(desk: &Desk, record: &Value) -> (Verdict, Reason) {
    let judged = desk.judge(record);
    let outcome = judged.outcomes.first().unwrap();
    (outcome.verdict, outcome.reason)
}

#[test]
fn a_service_within_its_range_is_not_drift_and_outside_it_is() {
    for (tool, desk) in services() {
        let scale = |count: u32| {
            call("ecs", "UpdateService", &json!({"cluster": "main", "service": "api", "desiredCount": count}))
        };
        assert_eq!(ends(&desk, &scale(7)), (Verdict::InSync, Reason::AutoscalerBand), "{tool}");
        assert_eq!(ends(&desk, &scale(2)).0, Verdict::InSync, "{tool}");
        assert_eq!(ends(&desk, &scale(0)).0, Verdict::Drifted, "{tool}");
        assert_eq!(ends(&desk, &scale(11)).0, Verdict::Drifted, "{tool}");
    }
}

#[test]
fn a_group_is_its_own_range_in_every_tool() {
    let group = |tool, kind, attributes| block(tool, kind, "group", "web", &attributes);
    let groups = [
        group(
            Tool::CloudFormation,
            "AWS::AutoScaling::AutoScalingGroup",
            json!({"AutoScalingGroupName": "web", "MinSize": "1", "MaxSize": "5", "DesiredCapacity": "2"}),
        ),
        group(
            Tool::Pulumi,
            "aws:autoscaling/group:Group",
            json!({"name": "web", "minSize": 1, "maxSize": 5, "desiredCapacity": 2}),
        ),
    ];
    for declaration in groups {
        let tool = declaration.tool;
        let desk = Desk::new(vec![declaration]);
        let set = |size: u32| {
            call(
                "autoscaling",
                "UpdateAutoScalingGroup",
                &json!({"autoScalingGroupName": "web", "desiredCapacity": size}),
            )
        };
        assert_eq!(ends(&desk, &set(4)), (Verdict::InSync, Reason::AutoscalerBand), "{tool:?}");
        assert_eq!(ends(&desk, &set(9)).0, Verdict::Drifted, "{tool:?}");
    }
}

#[test]
fn an_index_of_a_table_scales_within_the_range_of_the_tables_indexes() {
    let desk = Desk::new(declared(&[
        (
            "aws_dynamodb_table",
            "orders",
            json!({"id": "orders", "name": "orders", "arn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "read_capacity": 5, "global_secondary_index": [{"name": "by-day", "read_capacity": 5, "write_capacity": 5}]}),
        ),
        (
            "aws_appautoscaling_target",
            "index",
            json!({"id": "table/orders/index/by-day", "resource_id": "table/orders/index/by-day", "scalable_dimension": "dynamodb:index:ReadCapacityUnits", "min_capacity": 5, "max_capacity": 50}),
        ),
    ]));
    let scale = |units: u32| {
        call(
            "dynamodb",
            "UpdateTable",
            &json!({"tableName": "orders", "globalSecondaryIndexUpdates": [{"update": {"indexName": "by-day", "provisionedThroughput": {"readCapacityUnits": units, "writeCapacityUnits": 5}}}]}),
        )
    };
    assert_eq!(ends(&desk, &scale(40)).0, Verdict::InSync);
    assert_eq!(ends(&desk, &scale(400)).0, Verdict::Drifted);
}
