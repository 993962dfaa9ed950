//! Parts of stacks: associations, what could not be resolved, and what other tools declare of the same resources.

use driftwire_drift::Verdict;
use serde_json::{Value, json};

use super::{allow, arn, bucket, document, on, rules, stack};
use crate::table::{Case, check, check_all};

#[test]
#[rustfmt::skip]
fn what_could_not_be_resolved_is_never_in_sync() {
    let elsewhere = json!({"Fn::ImportValue": "other-Thing"});
    let web = "sg-0aaaaaaaaaaaaaaa1";
    let ssh = || rules("tcp", (22, 22), json!({"ipRanges": {"cidrIp": "0.0.0.0/0"}}));
    let read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    on(&[
        ("Whole", "AWS::EC2::SecurityGroup", web, json!({"GroupDescription": "x", "SecurityGroupIngress": elsewhere})),
        ("App", "AWS::IAM::Role", "app", json!({"ManagedPolicyArns": elsewhere, "MaxSessionDuration": elsewhere, "Policies": [{"PolicyName": "inline", "PolicyDocument": elsewhere}]})),
        ("Logs", "AWS::S3::Bucket", "acme-logs", json!({"VersioningConfiguration": {"Status": elsewhere}})),
        ("LogsPolicy", "AWS::S3::BucketPolicy", "acme-logs", json!({"Bucket": {"Ref": "Logs"}, "PolicyDocument": elsewhere})),
        ("Db", "AWS::RDS::DBInstance", "db-main", json!({"EngineVersion": "{{resolve:ssm:/db/version:3}}", "MultiAZ": true})),
        ("Topic", "AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111122223333:news", json!({"Tags": elsewhere, "DisplayName": elsewhere})),
        ("Tick", "AWS::Events::Rule", "tick", json!({"State": "ENABLED", "Targets": [{"Id": "fn", "Arn": elsewhere}]})),
        ("Zone", "AWS::Route53::HostedZone", "Z1PA6795UKMFR9", json!({"Name": "example.com", "VPCs": elsewhere})),
    ], &[
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": web, "ipPermissions": ssh()})).is(Verdict::Undecided),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": web, "ipPermissions": ssh()})).is(Verdict::Undecided),
        Case::new("iam", "AttachRolePolicy", json!({"roleName": "app", "policyArn": read})).is(Verdict::Undecided),
        Case::new("iam", "DetachRolePolicy", json!({"roleName": "app", "policyArn": read})).is(Verdict::Undecided),
        Case::new("iam", "UpdateRole", json!({"roleName": "app", "maxSessionDuration": 43200})).is(Verdict::Undecided),
        Case::new("iam", "PutRolePolicy", json!({"roleName": "app", "policyName": "inline", "policyDocument": allow("*")})).is(Verdict::Undecided),
        Case::new("s3", "PutBucketVersioning", bucket("VersioningConfiguration", json!({"xmlns": "x", "Status": "Suspended"}))).is(Verdict::Undecided),
        Case::new("s3", "PutBucketPolicy", bucket("bucketPolicy", document("s3:*"))).is(Verdict::Undecided),
        Case::new("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "db-main", "engineVersion": "17.1", "applyImmediately": true})).is(Verdict::Undecided),
        Case::new("sns", "TagResource", json!({"resourceArn": arn("sns", "news"), "tags": [{"key": "Owner", "value": "me"}]})).is(Verdict::Undecided),
        Case::new("sns", "UntagResource", json!({"resourceArn": arn("sns", "news"), "tagKeys": ["Owner"]})).is(Verdict::Undecided),
        Case::new("events", "PutTargets", json!({"rule": "tick", "targets": [{"id": "fn", "arn": arn("lambda", "function:x")}]})).is(Verdict::Undecided),
        Case::new("events", "RemoveTargets", json!({"rule": "tick", "ids": ["fn"]})),
        Case::new("route53", "DisassociateVPCFromHostedZone", json!({"hostedZoneId": "Z1PA6795UKMFR9", "vPC": {"vPCId": "vpc-0aaaaaaaaaaaaaaa1", "vPCRegion": "eu-west-1"}})).is(Verdict::Undecided),
    ]);
}

#[test]
#[rustfmt::skip]
fn associations_are_parts_of_what_they_join() {
    on(&[
        ("Igw", "AWS::EC2::InternetGateway", "igw-0aaaaaaaaaaaaaaa1", json!({})),
        ("Attached", "AWS::EC2::VPCGatewayAttachment", "IGW|vpc-0aaaaaaaaaaaaaaa1", json!({"VpcId": "vpc-0aaaaaaaaaaaaaaa1", "InternetGatewayId": {"Ref": "Igw"}})),
        ("Vpc", "AWS::EC2::VPC", "vpc-0aaaaaaaaaaaaaaa1", json!({"CidrBlock": "10.0.0.0/16"})),
        ("Dhcp", "AWS::EC2::VPCDHCPOptionsAssociation", "dopt-0aaaaaaaaaaaaaaa1|vpc-0aaaaaaaaaaaaaaa1", json!({"VpcId": {"Ref": "Vpc"}, "DhcpOptionsId": "dopt-0aaaaaaaaaaaaaaa1"})),
        ("Joined", "AWS::EC2::SubnetRouteTableAssociation", "rtbassoc-0aaaaaaaaaaaaaaa1", json!({"SubnetId": "subnet-0aaaaaaaaaaaaaaa1", "RouteTableId": "rtb-0aaaaaaaaaaaaaaa1"})),
        ("Address", "AWS::EC2::EIP", "203.0.113.7", json!({"Domain": "vpc"})),
        ("Bound", "AWS::EC2::EIPAssociation", "eipassoc-0aaaaaaaaaaaaaaa1", json!({"EIP": {"Ref": "Address"}, "InstanceId": "i-0aaaaaaaaaaaaaaa1"})),
        ("Scale", "AWS::AutoScaling::ScalingPolicy", "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:1:autoScalingGroupName/fleet:policyName/app-Scale-1ABC", json!({"AutoScalingGroupName": "fleet", "PolicyType": "SimpleScaling", "ScalingAdjustment": "1"})),
        ("Rows", "AWS::Glue::Table", "rows", json!({"CatalogId": "111122223333", "DatabaseName": "lake", "TableInput": {"Name": "rows", "Description": "Rows"}})),
        ("Nodes", "AWS::EKS::Nodegroup", "main/workers", json!({"ClusterName": "main", "ScalingConfig": {"MinSize": 1, "MaxSize": "3", "DesiredSize": 1}})),
    ], &[
        Case::new("ec2", "DetachInternetGateway", json!({"internetGatewayId": "igw-0aaaaaaaaaaaaaaa1", "vpcId": "vpc-0aaaaaaaaaaaaaaa1"})).tells("Attached", "VpcId", json!("vpc-0aaaaaaaaaaaaaaa1"), json!(null)),
        Case::new("ec2", "AttachInternetGateway", json!({"internetGatewayId": "igw-0aaaaaaaaaaaaaaa1", "vpcId": "vpc-0aaaaaaaaaaaaaaa1"})).is(Verdict::InSync),
        Case::new("ec2", "AssociateDhcpOptions", json!({"dhcpOptionsId": "default", "vpcId": "vpc-0aaaaaaaaaaaaaaa1"})).tells("Dhcp", "DhcpOptionsId", json!("dopt-0aaaaaaaaaaaaaaa1"), json!("default")),
        Case::new("ec2", "DisassociateRouteTable", json!({"associationId": "rtbassoc-0aaaaaaaaaaaaaaa1"})).tells("Joined", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "ReplaceRouteTableAssociation", json!({"associationId": "rtbassoc-0aaaaaaaaaaaaaaa1", "routeTableId": "rtb-0bbbbbbbbbbbbbbb1"})).tells("Joined", "RouteTableId", json!("rtb-0aaaaaaaaaaaaaaa1"), json!("rtb-0bbbbbbbbbbbbbbb1")),
        Case::new("ec2", "DisassociateAddress", json!({"associationId": "eipassoc-0aaaaaaaaaaaaaaa1"})).tells("Bound", "InstanceId", json!("i-0aaaaaaaaaaaaaaa1"), json!(null)),
        Case::new("ec2", "AssociateAddress", json!({"publicIp": "203.0.113.7", "instanceId": "i-0bbbbbbbbbbbbbbb1"})).tells("Bound", "InstanceId", json!("i-0aaaaaaaaaaaaaaa1"), json!("i-0bbbbbbbbbbbbbbb1")),
        Case::new("ec2", "ReleaseAddress", json!({"publicIp": "203.0.113.7"})).tells("Address", "@resource", json!("present"), json!(null)),
        Case::new("autoscaling", "PutScalingPolicy", json!({"autoScalingGroupName": "fleet", "policyName": "app-Scale-1ABC", "policyType": "SimpleScaling", "scalingAdjustment": 10})).tells("Scale", "ScalingAdjustment", json!("1"), json!("10")),
        Case::new("glue", "UpdateTable", json!({"databaseName": "lake", "tableInput": {"name": "rows", "description": "Columns"}})).tells("Rows", "TableInput.Description", json!("Rows"), json!("Columns")),
        Case::new("eks", "UpdateNodegroupConfig", json!({"name": "main", "nodegroupName": "workers", "scalingConfig": {"minSize": 1, "maxSize": 30, "desiredSize": 1}})).tells("Nodes", "ScalingConfig.MaxSize", json!("3"), json!("30")),
    ]);
}

#[test]
#[rustfmt::skip]
fn native_pulumi_names_the_same_properties() {
    let provider = "urn:pulumi:prod::app::pulumi:providers:aws-native::main";
    let one = |name: &str, kind: &str, id: &str, inputs: Value| json!({
        "urn": format!("urn:pulumi:prod::app::{kind}::{name}"), "custom": true, "id": id, "type": kind, "inputs": inputs,
        "outputs": {"id": id, "ownArn": "arn:aws:made:eu-west-1:111122223333:up"}, "provider": format!("{provider}::p-1"),
    });
    let deployment = json!({"version": 3, "deployment": {"manifest": {"time": "2026-01-02T03:04:05Z", "magic": "", "version": ""}, "resources": [
        {"urn": "urn:pulumi:prod::app::pulumi:pulumi:Stack::app-prod", "custom": false, "type": "pulumi:pulumi:Stack"},
        {"urn": provider, "custom": true, "id": "p-1", "type": "pulumi:providers:aws-native", "inputs": {"region": "eu-west-1", "allowedAccountIds": "[\"111122223333\"]"}},
        one("web", "aws-native:ec2:SecurityGroup", "sg-0aaaaaaaaaaaaaaa1", json!({"groupDescription": "web", "securityGroupIngress": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIp": "10.0.0.0/8"}]})),
        one("db", "aws-native:ec2:SecurityGroupIngress", "sgr-0aaaaaaaaaaaaaaa1", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrIp": "10.0.0.0/16"})),
        one("app", "aws-native:iam:Role", "app", json!({"roleName": "app", "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "policies": [{"policyName": "inline", "policyDocument": document("s3:GetObject")}]})),
        one("extra", "aws-native:iam:RolePolicy", "extra|app", json!({"roleName": "app", "policyName": "extra", "policyDocument": document("sns:Publish")})),
        one("logs", "aws-native:s3:Bucket", "acme-logs", json!({"bucketName": "acme-logs", "versioningConfiguration": {"status": "Enabled"}})),
        one("policy", "aws-native:s3:BucketPolicy", "acme-logs", json!({"bucket": "acme-logs", "policyDocument": document("s3:GetObject")})),
    ]}});
    let urn = "urn:pulumi:prod::app::aws-native:ec2:SecurityGroup::web";
    check(&deployment.to_string(), &[
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": rules("tcp", (22, 22), json!({"ipRanges": {"cidrIp": "0.0.0.0/0"}}))})).tells(urn, "securityGroupIngress", json!(null), json!({"cidr": "0.0.0.0/0", "from_port": 22, "protocol": "tcp", "to_port": 22})),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": rules("tcp", (5432, 5432), json!({"ipRanges": {"cidrIp": "10.0.0.0/16"}}))})).tells("urn:pulumi:prod::app::aws-native:ec2:SecurityGroupIngress::db", "@resource", json!("present"), json!(null)),
        Case::new("iam", "AttachRolePolicy", json!({"roleName": "app", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})).tells("urn:pulumi:prod::app::aws-native:iam:Role::app", "managedPolicyArns", json!(null), json!("arn:aws:iam::aws:policy/AdministratorAccess")),
        Case::new("iam", "PutRolePolicy", json!({"roleName": "app", "policyName": "inline", "policyDocument": allow("*")})).tells("urn:pulumi:prod::app::aws-native:iam:Role::app", "policies[0].policyDocument", document("s3:GetObject"), document("*")),
        Case::new("iam", "PutRolePolicy", json!({"roleName": "app", "policyName": "new", "policyDocument": allow("*")})).tells("urn:pulumi:prod::app::aws-native:iam:Role::app", "policies", json!(null), json!({"policyDocument": allow("*"), "policyName": "new"})),
        Case::new("iam", "DeleteRolePolicy", json!({"roleName": "app", "policyName": "extra"})).tells("urn:pulumi:prod::app::aws-native:iam:RolePolicy::extra", "@resource", json!("present"), json!(null)),
        Case::new("s3", "PutBucketVersioning", bucket("VersioningConfiguration", json!({"xmlns": "x", "Status": "Suspended"}))).tells("urn:pulumi:prod::app::aws-native:s3:Bucket::logs", "versioningConfiguration.status", json!("Enabled"), json!("Suspended")),
        Case::new("s3", "DeleteBucketPolicy", bucket("policy", json!(""))).tells("urn:pulumi:prod::app::aws-native:s3:BucketPolicy::policy", "@resource", json!("present"), json!(null)),
    ]);
}

#[test]
#[rustfmt::skip]
fn stacks_and_terraform_declare_parts_of_the_same_resources() {
    let resources = [
        ("aws_security_group", "shared", json!({"id": "sg-0aaaaaaaaaaaaaaa1", "arn": arn("ec2", "security-group/sg-0aaaaaaaaaaaaaaa1"), "name": "shared", "ingress": [], "egress": []})),
        ("aws_iam_role", "ci", json!({"id": "ci", "arn": "arn:aws:iam::111122223333:role/ci", "name": "ci", "managed_policy_arns": [], "tags_all": {}})),
    ].map(|(kind, name, attributes)| json!({
        "mode": "managed", "type": kind, "name": name, "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{"schema_version": 0, "attributes": attributes}],
    }));
    let terraform = json!({"version": 4, "terraform_version": "1.13.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources});
    let own = "arn:aws:iam::111122223333:policy/reader";
    let stack = stack(&json!({
        "In": {"Type": "AWS::EC2::SecurityGroupIngress", "Id": "sgr-0aaaaaaaaaaaaaaa1", "Properties": {"GroupId": "sg-0aaaaaaaaaaaaaaa1", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}},
        "Jobs": {"Type": "AWS::IAM::Policy", "Id": "other-Jobs-1ABC", "Properties": {"PolicyName": "jobs", "Roles": ["ci"], "PolicyDocument": document("sqs:SendMessage")}},
        "Reader": {"Type": "AWS::IAM::ManagedPolicy", "Id": own, "Properties": {"PolicyDocument": document("s3:ListBucket"), "Roles": ["ci"]}},
    }));
    let https = || rules("tcp", (443, 443), json!({"ipRanges": {"cidrIp": "10.0.0.0/8"}}));
    check_all(&[&terraform.to_string(), &stack.to_string()], &[
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": https()})).tells("In", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": https()})).is(Verdict::InSync),
        Case::new("iam", "DeleteRolePolicy", json!({"roleName": "ci", "policyName": "jobs"})).tells("Jobs", "@resource", json!("present"), json!(null)),
        Case::new("iam", "PutRolePolicy", json!({"roleName": "ci", "policyName": "jobs", "policyDocument": allow("sqs:SendMessage")})).is(Verdict::InSync),
        Case::new("iam", "AttachRolePolicy", json!({"roleName": "ci", "policyArn": own})).is(Verdict::InSync),
        Case::new("iam", "DetachRolePolicy", json!({"roleName": "ci", "policyArn": own})).tells("Reader", "Roles", json!("ci"), json!(null)),
        Case::new("iam", "TagRole", json!({"roleName": "ci", "tags": [{"key": "Stage", "value": "test"}]})).tells("aws_iam_role.ci", "tags.Stage", json!(null), json!("test")),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_rule_that_no_unresolved_one_can_be_is_told() {
    let open = |port: i64, source: Value| json!({"groupId": "sg-0ccccccccccccccc1", "ipPermissions": rules("tcp", (port, port), source)});
    let world = || json!({"ipRanges": {"cidrIp": "0.0.0.0/0"}});
    let peer = json!({"groups": {"groupId": "sg-0ddddddddddddddd1", "userId": "111122223333"}});
    let group = json!({"GroupDescription": "app", "SecurityGroupIngress": [
        {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "SourceSecurityGroupId": {"$unresolved": "attribute"}},
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "{{resolve:ssm:/net}}"},
    ]});
    on(&[("App", "AWS::EC2::SecurityGroup", "sg-0ccccccccccccccc1", group)], &[
        Case::new("ec2", "AuthorizeSecurityGroupIngress", open(22, world())).tells("App", "SecurityGroupIngress", json!(null), json!({"cidr": "0.0.0.0/0", "from_port": 22, "protocol": "tcp", "to_port": 22})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", open(8080, world())).tells("App", "SecurityGroupIngress", json!(null), json!({"cidr": "0.0.0.0/0", "from_port": 8080, "protocol": "tcp", "to_port": 8080})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", open(8080, peer)).is(Verdict::Undecided),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", open(443, world())).is(Verdict::Undecided),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_property_that_an_unknown_function_may_make_is_undecided() {
    let queue = json!({"QueueName": "jobs", "Fn::Transform": {"$unresolved": "function"}});
    let url = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs";
    on(&[("Jobs", "AWS::SQS::Queue", url, queue)], &[
        Case::new("sqs", "SetQueueAttributes", json!({"queueUrl": url, "attributes": {"DelaySeconds": "5"}})).is(Verdict::Undecided),
    ]);
}
