//! The attributes of resources that follow from a resource's physical id, place and properties, by type. Reviewed by
//! hand against the resource reference of CloudFormation: what is not here is never guessed.

/// What an attribute follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The physical id, with what stands around it.
    Id(Derived),
    /// The property of the same name, where it is declared.
    Property,
    /// The property of the same name, a network as EC2 writes it.
    Network,
}

/// A text with places to fill in, for physical ids that begin in one way; `!` is any that is no ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Derived {
    begins: &'static str,
    text: &'static str,
}

impl Derived {
    /// Whether the physical id is of the kind that this is made of.
    pub(super) fn suits(self, id: &str) -> bool {
        if self.begins == "!" { !id.starts_with("arn:") } else { id.starts_with(self.begins) }
    }

    /// The text cut into literal parts and places to fill in: `{id}`.
    pub(super) fn parts(self) -> impl Iterator<Item = &'static str> {
        self.text.split_inclusive('}').flat_map(|part| {
            let (literal, place) = part.split_at_checked(part.find('{').unwrap_or(part.len())).unwrap_or((part, ""));
            [literal, place].into_iter().filter(|part| !part.is_empty())
        })
    }
}

/// Returns what a part of [`Derived`] stands for, as far as the physical id tells.
pub(super) fn part_of_id<'i>(part: &'i str, id: &'i str) -> Option<&'i str> {
    match part {
        "{id}" => Some(id),
        "{after:}" => id.rsplit(':').next(),
        "{after/}" => id.rsplit('/').next(),
        "{second/}" => id.split('/').nth(1),
        "{from loadbalancer/}" => id.split_once(":loadbalancer/").map(|(_, name)| name),
        "{name of loadbalancer}" => id.split_once(":loadbalancer/")?.1.split('/').nth(1),
        "{second|}" => id.split('|').nth(1),
        _ => Some(part).filter(|part| !part.starts_with('{')),
    }
}

/// What `Ref` of a resource of this type gives for this physical id, where that is certain.
pub(super) fn referred<'i>(kind: &str, id: &'i str) -> Option<&'i str> {
    match kind {
        // The address; the allocation is another attribute.
        "AWS::EC2::EIP" => id.split('|').next().filter(|id| id.parse::<std::net::IpAddr>().is_ok()),
        _ => Some(id),
    }
}

/// Returns what an attribute of a resource of this type follows from.
pub(super) fn source(kind: &str, name: &str) -> Option<Source> {
    let of_kind = kind.strip_prefix("AWS::")?;
    let derived = DERIVED.iter().find(|(kind, attribute, ..)| *kind == of_kind && *attribute == name);
    if let Some((_, _, begins, text)) = derived {
        return Some(Source::Id(Derived { begins, text }));
    }
    match (of_kind, name) {
        ("EC2::VPC", "CidrBlock") | ("EC2::Subnet", "CidrBlock") => Some(Source::Network),
        ("EC2::Subnet", "AvailabilityZone" | "VpcId")
        | ("EC2::SecurityGroup", "VpcId")
        | ("EC2::Volume", "AvailabilityZone")
        | ("SSM::Parameter", "Type" | "Value") => Some(Source::Property),
        _ => None,
    }
}

/// Type, attribute, how the physical id begins, and the attribute.
const DERIVED: &[(&str, &str, &str, &str)] = &[
    ("ApiGateway::RestApi", "RestApiId", "!", "{id}"),
    ("ApiGatewayV2::Api", "ApiId", "!", "{id}"),
    ("AppSync::GraphQLApi", "ApiId", "arn:", "{after/}"),
    ("AppSync::GraphQLApi", "Arn", "arn:", "{id}"),
    ("CloudFront::CachePolicy", "Id", "!", "{id}"),
    ("CloudFront::CloudFrontOriginAccessIdentity", "Id", "!", "{id}"),
    ("CloudFront::Distribution", "Id", "!", "{id}"),
    ("CloudFront::Function", "FunctionARN", "arn:", "{id}"),
    ("CloudFront::OriginAccessControl", "Id", "!", "{id}"),
    ("CloudTrail::Trail", "Arn", "!", "arn:{partition}:cloudtrail:{region}:{account}:trail/{id}"),
    ("CloudWatch::Alarm", "Arn", "!", "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"),
    ("CodeBuild::Project", "Arn", "!", "arn:{partition}:codebuild:{region}:{account}:project/{id}"),
    ("Cognito::UserPool", "Arn", "!", "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}"),
    ("Cognito::UserPool", "ProviderName", "!", "{in aws}cognito-idp.{region}.amazonaws.com/{id}"),
    ("Cognito::UserPool", "ProviderURL", "!", "{in aws}https://cognito-idp.{region}.amazonaws.com/{id}"),
    ("Cognito::UserPool", "UserPoolId", "!", "{id}"),
    ("DynamoDB::GlobalTable", "Arn", "!", "arn:{partition}:dynamodb:{region}:{account}:table/{id}"),
    ("DynamoDB::Table", "Arn", "!", "arn:{partition}:dynamodb:{region}:{account}:table/{id}"),
    ("EC2::InternetGateway", "InternetGatewayId", "igw-", "{id}"),
    ("EC2::LaunchTemplate", "LaunchTemplateId", "lt-", "{id}"),
    ("EC2::NatGateway", "NatGatewayId", "nat-", "{id}"),
    ("EC2::NetworkAcl", "Id", "acl-", "{id}"),
    ("EC2::NetworkInterface", "Id", "eni-", "{id}"),
    ("EC2::RouteTable", "RouteTableId", "rtb-", "{id}"),
    ("EC2::SecurityGroup", "GroupId", "sg-", "{id}"),
    ("EC2::SecurityGroup", "Id", "sg-", "{id}"),
    ("EC2::Subnet", "SubnetId", "subnet-", "{id}"),
    ("EC2::TransitGateway", "Id", "tgw-", "{id}"),
    ("EC2::VPC", "VpcId", "vpc-", "{id}"),
    ("EC2::VPCEndpoint", "Id", "vpce-", "{id}"),
    ("EC2::Volume", "VolumeId", "vol-", "{id}"),
    ("ECR::Repository", "Arn", "!", "arn:{partition}:ecr:{region}:{account}:repository/{id}"),
    ("ECR::Repository", "RepositoryUri", "!", "{account}.dkr.ecr.{region}.{suffix}/{id}"),
    ("ECS::Cluster", "Arn", "!", "arn:{partition}:ecs:{region}:{account}:cluster/{id}"),
    ("ECS::Service", "Name", "arn:", "{after/}"),
    ("ECS::Service", "ServiceArn", "arn:", "{id}"),
    ("ECS::TaskDefinition", "TaskDefinitionArn", "arn:", "{id}"),
    ("EFS::AccessPoint", "AccessPointId", "fsap-", "{id}"),
    ("EFS::AccessPoint", "Arn", "fsap-", "arn:{partition}:elasticfilesystem:{region}:{account}:access-point/{id}"),
    ("EFS::FileSystem", "Arn", "fs-", "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}"),
    ("EFS::FileSystem", "FileSystemId", "fs-", "{id}"),
    ("EKS::Cluster", "Arn", "!", "arn:{partition}:eks:{region}:{account}:cluster/{id}"),
    ("ElasticLoadBalancingV2::Listener", "ListenerArn", "arn:", "{id}"),
    ("ElasticLoadBalancingV2::ListenerRule", "RuleArn", "arn:", "{id}"),
    ("ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn", "arn:", "{id}"),
    ("ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName", "arn:", "{from loadbalancer/}"),
    ("ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerName", "arn:", "{name of loadbalancer}"),
    ("ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn", "arn:", "{id}"),
    ("ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName", "arn:", "{after:}"),
    ("ElasticLoadBalancingV2::TargetGroup", "TargetGroupName", "arn:", "{second/}"),
    ("Elasticsearch::Domain", "Arn", "!", "arn:{partition}:es:{region}:{account}:domain/{id}"),
    ("Elasticsearch::Domain", "DomainArn", "!", "arn:{partition}:es:{region}:{account}:domain/{id}"),
    ("Events::EventBus", "Arn", "!", "arn:{partition}:events:{region}:{account}:event-bus/{id}"),
    ("Events::EventBus", "Name", "!", "{id}"),
    ("Events::Rule", "Arn", "!", "arn:{partition}:events:{region}:{account}:rule/{bus}"),
    ("IAM::Group", "Arn", "!", "arn:{partition}:iam::{account}:group{path}{id}"),
    ("IAM::InstanceProfile", "Arn", "!", "arn:{partition}:iam::{account}:instance-profile{path}{id}"),
    ("IAM::ManagedPolicy", "PolicyArn", "arn:", "{id}"),
    ("IAM::Role", "Arn", "!", "arn:{partition}:iam::{account}:role{path}{id}"),
    ("IAM::User", "Arn", "!", "arn:{partition}:iam::{account}:user{path}{id}"),
    ("KMS::Key", "Arn", "!", "arn:{partition}:kms:{region}:{account}:key/{id}"),
    ("KMS::Key", "KeyId", "!", "{id}"),
    ("Kinesis::Stream", "Arn", "!", "arn:{partition}:kinesis:{region}:{account}:stream/{id}"),
    ("KinesisFirehose::DeliveryStream", "Arn", "!", "arn:{partition}:firehose:{region}:{account}:deliverystream/{id}"),
    ("Lambda::Function", "Arn", "!", "arn:{partition}:lambda:{region}:{account}:function:{id}"),
    ("Lambda::LayerVersion", "LayerVersionArn", "arn:", "{id}"),
    ("Lambda::Version", "Version", "arn:", "{after:}"),
    ("Logs::LogGroup", "Arn", "!", "arn:{partition}:logs:{region}:{account}:log-group:{id}:*"),
    ("OpenSearchService::Domain", "Arn", "!", "arn:{partition}:es:{region}:{account}:domain/{id}"),
    ("OpenSearchService::Domain", "DomainArn", "!", "arn:{partition}:es:{region}:{account}:domain/{id}"),
    ("RDS::DBCluster", "DBClusterArn", "!", "arn:{partition}:rds:{region}:{account}:cluster:{id}"),
    ("RDS::DBInstance", "DBInstanceArn", "!", "arn:{partition}:rds:{region}:{account}:db:{id}"),
    ("Route53::HostedZone", "Id", "Z", "{id}"),
    ("S3::Bucket", "Arn", "!", "arn:{partition}:s3:::{id}"),
    ("S3::Bucket", "DomainName", "!", "{in aws}{id}.s3.amazonaws.com"),
    ("S3::Bucket", "DualStackDomainName", "!", "{id}.s3.dualstack.{region}.{suffix}"),
    ("S3::Bucket", "RegionalDomainName", "!", "{id}.s3.{region}.{suffix}"),
    ("SNS::Topic", "TopicArn", "arn:", "{id}"),
    ("SNS::Topic", "TopicName", "arn:", "{after:}"),
    ("SQS::Queue", "Arn", "https://", "arn:{partition}:sqs:{region}:{account}:{after/}"),
    ("SQS::Queue", "QueueName", "https://", "{after/}"),
    ("SQS::Queue", "QueueUrl", "https://", "{id}"),
    ("SecretsManager::Secret", "Id", "arn:", "{id}"),
    ("StepFunctions::Activity", "Arn", "arn:", "{id}"),
    ("StepFunctions::StateMachine", "Arn", "arn:", "{id}"),
    ("StepFunctions::StateMachine", "Name", "arn:", "{after:}"),
    ("WAFv2::WebACL", "Id", "!", "{second|}"),
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::scope::testing::resolved, *};
    use crate::Unresolved;

    /// An attribute of a resource of one type, with a physical id and properties.
    fn of(kind: &str, id: &str, properties: &Value, name: &str) -> Value {
        let template = json!({"Resources": {"It": {"Type": kind, "Properties": properties}}});
        let live = json!([{"LogicalResourceId": "It", "PhysicalResourceId": id, "ResourceStatus": "CREATE_COMPLETE"}]);
        resolved(json!({"TemplateBody": template, "StackResources": live}), &json!({"Fn::GetAtt": ["It", name]}))
    }

    #[test]
    fn attributes_follow_from_the_physical_id() {
        let balancer = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188";
        let group = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067";
        let machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:flow";
        for (kind, id, name, value) in [
            ("AWS::S3::Bucket", "logs", "Arn", "arn:aws:s3:::logs"),
            ("AWS::S3::Bucket", "logs", "RegionalDomainName", "logs.s3.eu-west-1.amazonaws.com"),
            ("AWS::S3::Bucket", "logs", "DomainName", "logs.s3.amazonaws.com"),
            (
                "AWS::SQS::Queue",
                "https://sqs.eu-west-1.amazonaws.com/111122223333/q",
                "Arn",
                "arn:aws:sqs:eu-west-1:111122223333:q",
            ),
            ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111122223333:news", "TopicName", "news"),
            ("AWS::Lambda::Function", "fn", "Arn", "arn:aws:lambda:eu-west-1:111122223333:function:fn"),
            ("AWS::Logs::LogGroup", "/app", "Arn", "arn:aws:logs:eu-west-1:111122223333:log-group:/app:*"),
            ("AWS::EC2::SecurityGroup", "sg-0aaa", "GroupId", "sg-0aaa"),
            ("AWS::IAM::Role", "deploy", "Arn", "arn:aws:iam::111122223333:role/deploy"),
            ("AWS::ECR::Repository", "app", "RepositoryUri", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app"),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", balancer, "LoadBalancerFullName", "app/web/50dc6c495c0c9188"),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", balancer, "LoadBalancerName", "web"),
            (
                "AWS::ElasticLoadBalancingV2::TargetGroup",
                group,
                "TargetGroupFullName",
                "targetgroup/web/73e2d6bc24d8a067",
            ),
            ("AWS::ElasticLoadBalancingV2::TargetGroup", group, "TargetGroupName", "web"),
            ("AWS::StepFunctions::StateMachine", machine, "Name", "flow"),
            ("AWS::WAFv2::WebACL", "acl|0a1b|REGIONAL", "Id", "0a1b"),
            ("AWS::Events::Rule", "tick", "Arn", "arn:aws:events:eu-west-1:111122223333:rule/tick"),
            ("AWS::Events::Rule", "bus|tick", "Arn", "arn:aws:events:eu-west-1:111122223333:rule/bus/tick"),
        ] {
            assert_eq!(of(kind, id, &json!({}), name), json!(value), "{kind} {name}");
        }
    }

    #[test]
    fn what_is_not_certain_is_unknown() {
        let nothing = json!({});
        for (kind, id, name) in [
            ("AWS::EC2::SecurityGroup", "web", "GroupId"),
            ("AWS::IAM::Role", "deploy", "RoleId"),
            ("AWS::RDS::DBInstance", "db", "Endpoint.Address"),
            ("AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:111122223333:function:fn", "Arn"),
            ("AWS::DynamoDB::Table", "t", "StreamArn"),
            ("Custom::Lookup", "x", "Arn"),
            ("AWS::CloudFormation::Stack", "arn:aws:cloudformation:eu-west-1:111122223333:stack/n/1", "Outputs.Vpc"),
        ] {
            assert_eq!(of(kind, id, &nothing, name), Unresolved::Attribute.mark(), "{kind} {name}");
        }
    }

    #[test]
    fn attributes_follow_from_properties() {
        assert_eq!(
            of("AWS::EC2::VPC", "vpc-1", &json!({"CidrBlock": {"Fn::Join": ["/", ["10.1.2.3", "16"]]}}), "CidrBlock"),
            json!("10.1.0.0/16")
        );
        assert_eq!(of("AWS::EC2::VPC", "vpc-1", &json!({}), "CidrBlock"), Value::Null);
        assert_eq!(of("AWS::SSM::Parameter", "/a", &json!({"Value": "blue"}), "Value"), json!("blue"));
        assert_eq!(
            of("AWS::IAM::Role", "deploy", &json!({"Path": "/ci/"}), "Arn"),
            json!("arn:aws:iam::111122223333:role/ci/deploy")
        );
        assert_eq!(
            of("AWS::IAM::Role", "deploy", &json!({"Path": {"Ref": "Nothing"}}), "Arn"),
            Unresolved::Reference.mark()
        );
        assert_eq!(
            of("AWS::Events::Rule", "tick", &json!({"EventBusName": "bus"}), "Arn"),
            json!("arn:aws:events:eu-west-1:111122223333:rule/bus/tick")
        );
        let itself = json!({"Value": {"Fn::Sub": "${It.Value}x"}});
        assert_eq!(of("AWS::SSM::Parameter", "/a", &itself, "Value"), Unresolved::Attribute.mark());
    }

    #[test]
    fn a_reference_is_what_the_type_says() {
        assert_eq!(referred("AWS::EC2::EIP", "192.0.2.1"), Some("192.0.2.1"));
        assert_eq!(referred("AWS::EC2::EIP", "192.0.2.1|eipalloc-1"), Some("192.0.2.1"));
        assert_eq!(referred("AWS::EC2::EIP", "eipalloc-1"), None);
        assert_eq!(
            referred("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111122223333:news"),
            Some("arn:aws:sns:eu-west-1:111122223333:news")
        );
    }

    #[test]
    fn every_place_to_fill_in_is_known() {
        const FILLED: [&str; 7] = ["{partition}", "{account}", "{region}", "{suffix}", "{path}", "{bus}", "{in aws}"];
        for (kind, attribute, begins, text) in DERIVED {
            for part in (Derived { begins, text }).parts().filter(|part| part.starts_with('{')) {
                let is_of_id = part_of_id(part, "arn:aws:x:y:z:loadbalancer/a/b|c/d").is_some();
                assert!(is_of_id || FILLED.contains(&part), "{kind}.{attribute}: {part}");
            }
        }
        assert!(DERIVED.is_sorted_by_key(|(kind, attribute, ..)| (kind, attribute)));
    }
}
