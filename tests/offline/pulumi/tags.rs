//! Tags that the code gives to everything it makes, and tags that it leaves alone.

use super::*;

/// An instance of some tool, with tags that its code gives to everything it makes.
fn tagged(tool: Tool, kind: &str, attributes: &Value) -> Declaration {
    Declaration {
        id: Some("i-0123456789abcdef0".to_owned()),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        attributes: attributes.as_object().unwrap().clone(),
        default_tags: [("team".to_owned(), "core".to_owned()), ("env".to_owned(), "prod".to_owned())].into(),
        ignored_tags: IgnoredTags { keys: vec!["scanned".to_owned()], key_prefixes: vec!["k8s/".to_owned()] },
        ..Declaration::new(tool, kind, "web")
    }
}

#[test]
fn tags_that_the_code_gives_to_everything_are_declared() {
    let id = "i-0123456789abcdef0";
    for (desk, attribute) in [
        (tagged(Tool::Terraform, "aws_instance", &json!({"id": id, "tags": {"env": "test"}})), "tags.team"),
        (tagged(Tool::Terraform, "aws_instance", &json!({"id": id})), "tags.team"),
        (tagged(Tool::CloudFormation, "AWS::EC2::Instance", &json!({})), "Tags.team"),
        (tagged(Tool::Pulumi, "aws:ec2/instance:Instance", &json!({})), "tags.team"),
        (tagged(Tool::Pulumi, "aws-native:ec2:Instance", &json!({})), "tags.team"),
    ]
    .map(|(declaration, attribute)| (Desk::new(vec![declaration]), attribute))
    {
        let request = |key: &str, value: &str| json!({"resourcesSet": {"items": [{"resourceId": id}]}, "tagSet": {"items": [{"key": key, "value": value}]}});
        let outcome = only(&desk, "ec2", "CreateTags", &request("team", "web"));
        assert_eq!(told(&outcome), [change(attribute, json!("core"), json!("web"))]);
        assert_eq!(outcome.address.as_deref(), Some("web"));
        assert_eq!(only(&desk, "ec2", "CreateTags", &request("team", "core")).verdict, Verdict::InSync);
        let outcome = only(&desk, "ec2", "DeleteTags", &request("team", "core"));
        assert_eq!(told(&outcome), [change(attribute, json!("core"), json!(null))]);
        for key in ["scanned", "k8s/node"] {
            let outcome = only(&desk, "ec2", "CreateTags", &request(key, "x"));
            assert_eq!((outcome.verdict, outcome.reason), (Verdict::Irrelevant, Reason::IgnoreChanges));
            assert!(outcome.facets[0].traces[0].contains(key), "{:?}", outcome.facets);
        }
    }
}

#[test]
fn a_resource_s_own_tag_wins_over_the_one_that_everything_gets() {
    let declaration =
        tagged(Tool::Terraform, "aws_instance", &json!({"id": "i-0123456789abcdef0", "tags": {"env": "test"}}));
    let desk = Desk::new(vec![declaration]);
    let request = json!({"resourcesSet": {"items": [{"resourceId": "i-0123456789abcdef0"}]}, "tagSet": {"items": [{"key": "env", "value": "prod"}]}});
    assert_eq!(told(&only(&desk, "ec2", "CreateTags", &request)), [change("tags.env", json!("test"), json!("prod"))]);
}
