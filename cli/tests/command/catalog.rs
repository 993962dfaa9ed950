//! `catalog show` and `catalog stats`.

use crate::made::Folder;
use crate::run::driftwire;

fn shown(arguments: &[&str]) -> serde_json::Value {
    let ran = driftwire(Folder::new().path(), &[&["catalog", "show"], arguments, &["--format", "json"]].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn a_call_is_shown_with_its_types_identifiers_and_properties() {
    let row = shown(&["ec2:ModifyVpcAttribute"]);
    assert_eq!(row["call"], "ec2:ModifyVpcAttribute");
    assert_eq!(row["types"][0], "AWS::EC2::VPC");
    assert!(row["terraform"].as_array().unwrap().contains(&"aws_vpc".into()), "{row}");
    assert_eq!(row["identifiers"][0], serde_json::json!({"member": "VpcId", "role": "target"}));
    let properties: Vec<_> = row["properties"].as_array().unwrap().iter().map(|it| &it["property"]).collect();
    assert!(properties.contains(&&"EnableDnsSupport".into()), "{row}");
}

#[test]
fn a_service_is_known_by_its_own_name_and_by_its_event_source() {
    let by_service = shown(&["elbv2:CreateLoadBalancer"]);
    assert_eq!(by_service["types"][0], "AWS::ElasticLoadBalancingV2::LoadBalancer");
    let classic = shown(&["elb:CreateLoadBalancer"]);
    assert_eq!(classic["types"][0], "AWS::ElasticLoadBalancing::LoadBalancer");
    // The event source is both's, and so are the candidates.
    let types = shown(&["elasticloadbalancing.amazonaws.com:CreateLoadBalancer"])["types"].clone();
    for row in [by_service, classic] {
        assert!(types.as_array().unwrap().contains(&row["types"][0]), "{types}");
    }
    assert_eq!(shown(&["cloudwatch:PutMetricAlarm"])["types"][0], "AWS::CloudWatch::Alarm");
    assert_eq!(shown(&["stepfunctions:UpdateStateMachine"])["types"][0], "AWS::StepFunctions::StateMachine");
}

#[test]
fn a_row_says_where_it_is_from() {
    let folder = Folder::new();
    let ran = driftwire(folder.path(), &["catalog", "show", "ec2:AuthorizeSecurityGroupIngress"]);
    assert!(ran.stdout.contains("origin       reviewed: "), "{}", ran.stdout);
    let ran = driftwire(folder.path(), &["catalog", "show", "workspaces:ModifyWorkspaceProperties"]);
    assert!(ran.stdout.contains("origin       generated from AWS's model of workspaces"), "{}", ran.stdout);
}

#[test]
fn a_call_that_does_not_exist_is_an_error_that_names_the_nearest() {
    let ran = driftwire(Folder::new().path(), &["catalog", "show", "ec2:ModifyVpcAtribute"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.starts_with(
            "error: the catalog has no call `ec2:ModifyVpcAtribute`; the nearest are ec2:ModifyVpcAttribute,"
        ),
        "{}",
        ran.stderr
    );
    let ran = driftwire(Folder::new().path(), &["catalog", "show", "ModifyVpcAttribute"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("expected <service>:<operation>"), "{}", ran.stderr);
}

#[test]
fn the_totals_are_printed_for_people_and_for_programs() {
    let ran = driftwire(Folder::new().path(), &["catalog", "stats", "--format", "json"]);
    let stats: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(stats["calls"].as_u64().unwrap() >= 10_000, "{stats}");
    assert!(stats["typed"].as_u64().unwrap() >= 7_500, "{stats}");
    let ran = driftwire(Folder::new().path(), &["catalog", "stats"]);
    assert!(ran.stdout.contains("mutating control-plane calls"), "{}", ran.stdout);
}
