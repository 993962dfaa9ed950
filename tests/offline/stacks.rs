//! Stacks: what CloudFormation declares takes part in detection as what Terraform does, in CloudFormation's own words.

mod parts;

use driftwire_drift::Verdict;
use serde_json::{Map, Value, json};

use crate::table::{Case, check};

/// The fixture's resources: type, physical id and properties by logical id.
fn fixture() -> Value {
    serde_json::from_str(include_str!("states/stack.json")).unwrap()
}

/// A stack file around resources.
fn stack(resources: &Value) -> Value {
    let all = resources.as_object().unwrap();
    let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/1";
    let template = |it: &Value| json!({"Type": it["Type"], "Properties": it["Properties"]});
    let resources: Map<String, Value> = all.iter().map(|(name, it)| (name.clone(), template(it))).collect();
    let live = |(name, it): (&String, &Value)| {
        json!({
            "StackId": id, "LogicalResourceId": name, "PhysicalResourceId": it["Id"], "ResourceType": it["Type"],
            "ResourceStatus": "UPDATE_COMPLETE", "Timestamp": "2026-01-02T03:04:05Z",
        })
    };
    json!({
        "Stack": {
            "StackName": "app", "StackId": id, "CreationTime": "2026-01-02T03:04:05Z", "StackStatus": "UPDATE_COMPLETE",
            "Tags": [{"Key": "Stage", "Value": "prod"}],
        },
        "TemplateBody": {"Resources": resources},
        "StackResources": all.iter().map(live).collect::<Vec<_>>(),
    })
}

fn on_the_stack(cases: &[Case]) {
    check(&stack(&fixture()).to_string(), cases);
}

/// One rule in EC2's form.
#[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better")]
fn rules(protocol: &str, ports: (i64, i64), source: Value) -> Value {
    let mut rule = json!({"ipProtocol": protocol, "fromPort": ports.0, "toPort": ports.1, "groups": {}, "ipRanges": {}, "ipv6Ranges": {}, "prefixListIds": {}});
    for (name, items) in source.as_object().unwrap() {
        rule[name] = json!({"items": [items]});
    }
    json!({"items": [rule]})
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const OPEN: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

/// A policy with one statement, and the same as IAM logs it.
fn document(action: &str) -> Value {
    json!({"Statement": [{"Action": action, "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})
}

fn allow(action: &str) -> String {
    document(action).to_string()
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:eu-west-1:111122223333:{rest}")
}

/// The body of an S3 call.
#[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better")]
fn bucket(name: &str, value: Value) -> Value {
    json!({"bucketName": "acme-logs", "Host": "s3.eu-west-1.amazonaws.com", name: value})
}

/// Judges calls on a stack of a few resources: logical id, type, physical id, properties.
fn on(resources: &[(&str, &str, &str, Value)], cases: &[Case]) {
    let one = |(name, kind, id, properties): &(&str, &str, &str, Value)| {
        ((*name).to_owned(), json!({"Type": kind, "Id": id, "Properties": properties}))
    };
    check(&stack(&Value::Object(resources.iter().map(one).collect())).to_string(), cases);
}

#[test]
#[rustfmt::skip]
fn rules_of_groups_belong_to_the_block_that_declares_them() {
    let web = "sg-0aaaaaaaaaaaaaaa1";
    let db = "sg-0bbbbbbbbbbbbbbb1";
    let from_web = json!({"groups": {"groupId": web, "userId": "111122223333"}});
    on_the_stack(&[
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": web, "ipPermissions": rules("tcp", (22, 22), json!({"ipRanges": {"cidrIp": "0.0.0.0/0"}}))})).tells("WebSg", "SecurityGroupIngress", json!(null), json!({"cidr": "0.0.0.0/0", "from_port": 22, "protocol": "tcp", "to_port": 22})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": web, "ipPermissions": rules("tcp", (443, 443), json!({"ipRanges": {"cidrIp": "10.0.0.0/8"}}))})).is(Verdict::InSync),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": web, "ipPermissions": rules("tcp", (443, 443), json!({"ipRanges": {"cidrIp": "10.0.0.0/8"}}))})).tells("WebSg", "SecurityGroupIngress", json!({"cidr": "10.0.0.0/8", "from_port": 443, "protocol": "tcp", "to_port": 443}), json!(null)),
        Case::new("ec2", "RevokeSecurityGroupEgress", json!({"groupId": web, "ipPermissions": {"items": [{"ipProtocol": "-1", "groups": {}, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).tells("WebSg", "SecurityGroupEgress", json!({"cidr": "0.0.0.0/0", "from_port": null, "protocol": "-1", "to_port": null}), json!(null)),
        Case::new("ec2", "UpdateSecurityGroupRuleDescriptionsIngress", json!({"groupId": web, "ipPermissions": rules("tcp", (443, 443), json!({"ipRanges": {"cidrIp": "10.0.0.0/8", "description": "all"}}))})).tells("WebSg", "SecurityGroupIngress[0].Description", json!("lan"), json!("all")),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": db, "ipPermissions": rules("tcp", (5432, 5432), from_web.clone())})).tells("DbIn", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": db, "ipPermissions": {}, "securityGroupRuleIds": {"items": [{"securityGroupRuleId": "sgr-0bbbbbbbbbbbbbbb1"}]}})).tells("DbIn", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": db, "ipPermissions": rules("tcp", (5432, 5432), from_web)})).is(Verdict::InSync),
        Case::new("ec2", "RevokeSecurityGroupEgress", json!({"groupId": db, "ipPermissions": rules("tcp", (443, 443), json!({"ipRanges": {"cidrIp": "10.0.0.0/16"}}))})).tells("DbOut", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "ModifySecurityGroupRules", json!({"ModifySecurityGroupRulesRequest": {"GroupId": db, "SecurityGroupRule": {"SecurityGroupRuleId": "sgr-0bbbbbbbbbbbbbbb2", "tag": 1, "SecurityGroupRule": {"CidrIpv4": "0.0.0.0/0", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}}}})).tells("DbOut", "CidrIp", json!("10.0.0.0/16"), json!("0.0.0.0/0")),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": db, "ipPermissions": rules("tcp", (5432, 5432), json!({"ipRanges": {"cidrIp": "0.0.0.0/0"}}))})).tells("DbSg", "SecurityGroupIngress", json!(null), json!({"cidr": "0.0.0.0/0", "from_port": 5432, "protocol": "tcp", "to_port": 5432})),
        Case::new("ec2", "DeleteSecurityGroup", json!({"groupId": db})).tells("DbSg", "@resource", json!("present"), json!(null)),
    ]);
}

#[test]
#[rustfmt::skip]
fn changes_of_a_network_are_told_in_the_words_of_the_stack() {
    let table = "rtb-0aaaaaaaaaaaaaaa1";
    let acl = |number: i64, action: &str| json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": number, "egress": false, "ruleAction": action, "icmpTypeCode": {}, "portRange": {"from": 443, "to": 443}, "aclProtocol": "6", "cidrBlock": "10.0.0.0/8"});
    let tags = |id: &str, key: &str, value: &str| json!({"resourcesSet": {"items": [{"resourceId": id}]}, "tagSet": {"items": [{"key": key, "value": value}]}});
    on_the_stack(&[
        Case::new("ec2", "DeleteRoute", json!({"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0"})).tells("Internet", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "CreateRoute", json!({"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-0aaaaaaaaaaaaaaa1"})).is(Verdict::InSync),
        Case::new("ec2", "ReplaceRoute", json!({"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0aaaaaaaaaaaaaaa1"})).tells("Internet", "NatGatewayId", json!("nat-0aaaaaaaaaaaaaaa1"), json!(null)).tells("Internet", "GatewayId", json!(null), json!("igw-0aaaaaaaaaaaaaaa1")),
        Case::new("ec2", "CreateRoute", json!({"routeTableId": table, "destinationCidrBlock": "172.16.0.0/12", "vpcPeeringConnectionId": "pcx-0aaaaaaaaaaaaaaa1"})).tells("Table", "Routes", json!(null), json!({"DestinationCidrBlock": "172.16.0.0/12", "VpcPeeringConnectionId": "pcx-0aaaaaaaaaaaaaaa1"})),
        Case::new("ec2", "ReplaceNetworkAclEntry", acl(100, "allow")).is(Verdict::InSync),
        Case::new("ec2", "ReplaceNetworkAclEntry", acl(100, "deny")).tells("AclHttps", "RuleAction", json!("allow"), json!("deny")),
        Case::new("ec2", "DeleteNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 100, "egress": false})).tells("AclHttps", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "CreateNetworkAclEntry", acl(50, "allow")).tells("Acl", "NetworkAclEntries", json!(null), json!({"CidrBlock": "10.0.0.0/8", "Egress": false, "PortRange": {"From": 443, "To": 443}, "Protocol": "6", "RuleAction": "allow", "RuleNumber": 50})),
        Case::new("ec2", "ModifyVpcAttribute", json!({"vpcId": "vpc-0aaaaaaaaaaaaaaa1", "enableDnsHostnames": {"value": false}})).tells("Vpc", "EnableDnsHostnames", json!("true"), json!("false")),
        Case::new("ec2", "ModifyVpcAttribute", json!({"vpcId": "vpc-0aaaaaaaaaaaaaaa1", "enableDnsHostnames": {"value": true}})).is(Verdict::InSync),
        Case::new("ec2", "ModifySubnetAttribute", json!({"subnetId": "subnet-0aaaaaaaaaaaaaaa1", "mapPublicIpOnLaunch": {"value": true}})).tells("Subnet", "MapPublicIpOnLaunch", json!("false"), json!("true")),
        Case::new("ec2", "ModifySubnetAttribute", json!({"subnetId": "subnet-0aaaaaaaaaaaaaaa1", "mapPublicIpOnLaunch": {"value": false}})).is(Verdict::InSync),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "instanceType": {"value": "m5.large"}})).tells("Web", "InstanceType", json!("t3.small"), json!("m5.large")),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "disableApiTermination": {"value": false}})).tells("Web", "DisableApiTermination", json!("true"), json!("false")),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "groupSet": {"items": [{"groupId": "sg-0bbbbbbbbbbbbbbb1"}]}})).tells("Web", "SecurityGroupIds", json!(["sg-0aaaaaaaaaaaaaaa1"]), json!(["sg-0bbbbbbbbbbbbbbb1"])),
        Case::new("ec2", "MonitorInstances", json!({"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaa1"}]}})).tells("Web", "Monitoring", json!(false), json!(true)),
        Case::new("ec2", "TerminateInstances", json!({"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaa1"}]}})).tells("Web", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "ModifyVolume", json!({"ModifyVolumeRequest": {"VolumeId": "vol-0aaaaaaaaaaaaaaa1", "Size": 40}})).tells("Disk", "Size", json!("20"), json!("40")),
        Case::new("ec2", "ModifyVolume", json!({"ModifyVolumeRequest": {"VolumeId": "vol-0aaaaaaaaaaaaaaa1", "Size": 20, "VolumeType": "gp3"}})).is(Verdict::InSync),
        Case::new("ec2", "DetachVolume", json!({"volumeId": "vol-0aaaaaaaaaaaaaaa1", "instanceId": "i-0aaaaaaaaaaaaaaa1", "force": false})).tells("DiskToWeb", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "AttachVolume", json!({"volumeId": "vol-0aaaaaaaaaaaaaaa1", "instanceId": "i-0aaaaaaaaaaaaaaa1", "device": "/dev/sdf"})).is(Verdict::InSync),
        Case::new("ec2", "DeleteVolume", json!({"volumeId": "vol-0aaaaaaaaaaaaaaa1"})).tells("Disk", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "DeleteFlowLogs", json!({"DeleteFlowLogsRequest": {"FlowLogId": {"content": "fl-0aaaaaaaaaaaaaaa1", "tag": 1}}})).tells("Flow", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "DeleteLaunchTemplate", json!({"DeleteLaunchTemplateRequest": {"LaunchTemplateId": "lt-0aaaaaaaaaaaaaaa1"}})).tells("Template", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "AddSubnetId": {"tag": 1, "content": "subnet-0bbbbbbbbbbbbbbb1"}}})).tells("Endpoint", "SubnetIds", json!(null), json!("subnet-0bbbbbbbbbbbbbbb1")),
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "RemoveSubnetId": {"tag": 1, "content": "subnet-0aaaaaaaaaaaaaaa1"}}})).tells("Endpoint", "SubnetIds", json!("subnet-0aaaaaaaaaaaaaaa1"), json!(null)),
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "PrivateDnsEnabled": false}})).tells("Endpoint", "PrivateDnsEnabled", json!("true"), json!("false")),
        Case::new("ec2", "CreateTags", tags("vpc-0aaaaaaaaaaaaaaa1", "Name", "other")).tells("Vpc", "Tags.Name", json!("main"), json!("other")),
        Case::new("ec2", "CreateTags", tags("vpc-0aaaaaaaaaaaaaaa1", "Name", "main")).is(Verdict::InSync),
        Case::new("ec2", "CreateTags", tags("sg-0bbbbbbbbbbbbbbb1", "Stage", "test")).tells("DbSg", "Tags.Stage", json!("prod"), json!("test")),
        Case::new("ec2", "CreateTags", tags("sg-0bbbbbbbbbbbbbbb1", "Stage", "prod")).is(Verdict::InSync),
        Case::new("ec2", "DeleteTags", tags("i-0aaaaaaaaaaaaaaa1", "Name", "web")).tells("Web", "Tags.Name", json!("web"), json!(null)),
    ]);
}

#[test]
#[rustfmt::skip]
fn everything_of_a_bucket_is_inside_it_but_its_policy() {
    let rule = |days: i64| json!({"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": days}});
    let parts = json!({"ID": "parts", "Status": "Enabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}});
    let block = |policy: bool| json!({"xmlns": "x", "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": policy, "RestrictPublicBuckets": true});
    let tls = |value: &str| json!({"Version": "2012-10-17", "Statement": [{"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-logs/*", "Condition": {"Bool": {"aws:SecureTransport": value}}}]});
    let encryption = |algorithm: &str| json!({"xmlns": "x", "Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, "KMSMasterKeyID": "alias/main"}, "BucketKeyEnabled": true}});
    on_the_stack(&[
        Case::new("s3", "PutBucketVersioning", bucket("VersioningConfiguration", json!({"xmlns": "x", "Status": "Suspended"}))).tells("Logs", "VersioningConfiguration.Status", json!("Enabled"), json!("Suspended")),
        Case::new("s3", "PutBucketVersioning", bucket("VersioningConfiguration", json!({"xmlns": "x", "Status": "Enabled"}))).is(Verdict::InSync),
        Case::new("s3", "PutBucketPublicAccessBlock", bucket("PublicAccessBlockConfiguration", block(false))).tells("Logs", "PublicAccessBlockConfiguration.BlockPublicPolicy", json!("true"), json!("false")),
        Case::new("s3", "PutBucketPublicAccessBlock", bucket("PublicAccessBlockConfiguration", block(true))).is(Verdict::InSync),
        Case::new("s3", "DeleteBucketPublicAccessBlock", bucket("publicAccessBlock", json!(""))).tells("Logs", "PublicAccessBlockConfiguration", json!({"BlockPublicAcls": true, "BlockPublicPolicy": "true", "IgnorePublicAcls": true, "RestrictPublicBuckets": true}), json!(null)),
        Case::new("s3", "PutBucketEncryption", bucket("ServerSideEncryptionConfiguration", encryption("aws:kms"))).is(Verdict::InSync),
        Case::new("s3", "PutBucketEncryption", bucket("ServerSideEncryptionConfiguration", encryption("AES256"))).tells("Logs", "BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.SSEAlgorithm", json!("aws:kms"), json!("AES256")),
        Case::new("s3", "DeleteBucketEncryption", bucket("encryption", json!(""))),
        Case::new("s3", "PutBucketPolicy", bucket("bucketPolicy", tls("false"))).is(Verdict::InSync),
        Case::new("s3", "PutBucketPolicy", bucket("bucketPolicy", tls("true"))),
        Case::new("s3", "DeleteBucketPolicy", bucket("policy", json!(""))).tells("LogsPolicy", "@resource", json!("present"), json!(null)),
        Case::new("s3", "PutBucketLifecycle", bucket("LifecycleConfiguration", json!({"xmlns": "x", "Rule": [rule(365), parts]}))).is(Verdict::InSync),
        Case::new("s3", "PutBucketLifecycle", bucket("LifecycleConfiguration", json!({"xmlns": "x", "Rule": [rule(1), parts]}))).tells("Logs", "LifecycleConfiguration.Rules[0].ExpirationInDays", json!("365"), json!("1")),
        Case::new("s3", "PutBucketLifecycle", bucket("LifecycleConfiguration", json!({"xmlns": "x", "Rule": rule(365)}))).tells("Logs", "LifecycleConfiguration.Rules[1]", json!({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}, "Id": "parts", "Status": "Enabled"}), json!(null)),
        Case::new("s3", "DeleteBucketLifecycle", bucket("lifecycle", json!(""))),
        Case::new("s3", "PutBucketCors", bucket("CORSConfiguration", json!({"xmlns": "x", "CORSRule": {"AllowedMethod": "GET", "AllowedOrigin": "*"}}))).tells("Logs", "CorsConfiguration.CorsRules[0].AllowedOrigins", json!(["https://example.com"]), json!(["*"])),
        Case::new("s3", "PutBucketCors", bucket("CORSConfiguration", json!({"xmlns": "x", "CORSRule": {"AllowedMethod": "GET", "AllowedOrigin": "https://example.com"}}))).is(Verdict::InSync),
        Case::new("s3", "PutBucketLogging", bucket("BucketLoggingStatus", json!({"xmlns": "x", "LoggingEnabled": {"TargetBucket": "other", "TargetPrefix": "s3/"}}))).tells("Logs", "LoggingConfiguration.DestinationBucketName", json!("acme-audit"), json!("other")),
        Case::new("s3", "PutBucketOwnershipControls", bucket("OwnershipControls", json!({"xmlns": "x", "Rule": {"ObjectOwnership": "ObjectWriter"}}))).tells("Logs", "OwnershipControls.Rules[0].ObjectOwnership", json!("BucketOwnerEnforced"), json!("ObjectWriter")),
        Case::new("s3", "PutBucketNotification", bucket("NotificationConfiguration", json!({"xmlns": "x", "QueueConfiguration": {"Id": "x", "Queue": arn("sqs", "jobs"), "Event": "s3:ObjectCreated:*"}}))).is(Verdict::InSync),
        Case::new("s3", "PutBucketAcl", bucket("x-amz-acl", json!("public-read"))).tells("Logs", "AccessControl", json!("Private"), json!("public-read")),
        Case::new("s3", "PutBucketTagging", bucket("Tagging", json!({"xmlns": "x", "TagSet": {"Tag": {"Key": "Owner", "Value": "me"}}}))).tells("Logs", "Tags.Owner", json!("team"), json!("me")).tells("Logs", "Tags.Stage", json!("prod"), json!(null)),
        Case::new("s3", "DeleteBucketTagging", bucket("tagging", json!(""))).tells("Logs", "Tags.Owner", json!("team"), json!(null)).tells("Logs", "Tags.Stage", json!("prod"), json!(null)),
        Case::new("s3", "DeleteBucket", json!({"bucketName": "acme-logs"})).tells("Logs", "@resource", json!("present"), json!(null)),
    ]);
}

#[test]
#[rustfmt::skip]
fn policies_belong_to_the_block_that_attaches_them() {
    let read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let own = "arn:aws:iam::111122223333:policy/reader";
    let role = |name: &str, document: String| json!({"roleName": "app", "policyName": name, "policyDocument": document});
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
    on_the_stack(&[
        Case::new("iam", "UpdateAssumeRolePolicy", json!({"roleName": "app", "policyDocument": TRUST})).is(Verdict::InSync),
        Case::new("iam", "UpdateAssumeRolePolicy", json!({"roleName": "app", "policyDocument": OPEN})).tells("App", "AssumeRolePolicyDocument", serde_json::from_str(TRUST).unwrap(), serde_json::from_str(OPEN).unwrap()),
        Case::new("iam", "UpdateRole", json!({"roleName": "app", "maxSessionDuration": 43200, "description": "App"})).tells("App", "MaxSessionDuration", json!("3600"), json!("43200")),
        Case::new("iam", "PutRolePolicy", role("inline", allow("s3:GetObject"))).is(Verdict::InSync),
        Case::new("iam", "PutRolePolicy", role("inline", allow("s3:*"))).tells("App", "Policies[0].PolicyDocument", document("s3:GetObject"), document("s3:*")),
        Case::new("iam", "DeleteRolePolicy", json!({"roleName": "app", "policyName": "inline"})).tells("App", "Policies", json!({"PolicyDocument": document("s3:GetObject"), "PolicyName": "inline"}), json!(null)),
        Case::new("iam", "PutRolePolicy", role("jobs", allow("sqs:SendMessage"))).is(Verdict::InSync),
        Case::new("iam", "PutRolePolicy", role("jobs", allow("sqs:*"))).tells("AppPolicy", "PolicyDocument", json!({"Statement": [{"Action": ["sqs:SendMessage"], "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"}), document("sqs:*")),
        Case::new("iam", "DeleteRolePolicy", json!({"roleName": "app", "policyName": "jobs"})).tells("AppPolicy", "@resource", json!("present"), json!(null)),
        Case::new("iam", "PutRolePolicy", role("extra", allow("sns:Publish"))).is(Verdict::InSync),
        Case::new("iam", "DeleteRolePolicy", json!({"roleName": "app", "policyName": "extra"})).tells("AppRolePolicy", "@resource", json!("present"), json!(null)),
        Case::new("iam", "PutRolePolicy", role("backdoor", allow("*"))).tells("App", "Policies", json!(null), json!({"PolicyDocument": allow("*"), "PolicyName": "backdoor"})),
        Case::new("iam", "AttachRolePolicy", json!({"roleName": "app", "policyArn": read})).is(Verdict::InSync),
        Case::new("iam", "AttachRolePolicy", json!({"roleName": "app", "policyArn": admin})).tells("App", "ManagedPolicyArns", json!(null), json!(admin)),
        Case::new("iam", "DetachRolePolicy", json!({"roleName": "app", "policyArn": read})).tells("App", "ManagedPolicyArns", json!(read), json!(null)),
        Case::new("iam", "AttachRolePolicy", json!({"roleName": "app", "policyArn": own})).is(Verdict::InSync),
        Case::new("iam", "DetachRolePolicy", json!({"roleName": "app", "policyArn": own})).tells("Reader", "Roles", json!("app"), json!(null)),
        Case::new("iam", "CreatePolicyVersion", json!({"policyArn": own, "policyDocument": allow("s3:*"), "setAsDefault": true})).tells("Reader", "PolicyDocument", document("s3:ListBucket"), document("s3:*")),
        Case::new("iam", "CreatePolicyVersion", json!({"policyArn": own, "policyDocument": allow("s3:ListBucket"), "setAsDefault": true})).is(Verdict::InSync),
        Case::new("iam", "DeletePolicy", json!({"policyArn": own})).tells("Reader", "@resource", json!("present"), json!(null)),
        Case::new("iam", "RemoveRoleFromInstanceProfile", json!({"instanceProfileName": "web", "roleName": "app"})).tells("Profile", "Roles", json!(["app"]), json!(null)),
        Case::new("iam", "AddRoleToInstanceProfile", json!({"instanceProfileName": "web", "roleName": "app"})).is(Verdict::InSync),
        Case::new("iam", "AttachUserPolicy", json!({"userName": "bob", "policyArn": admin})).tells("Bob", "ManagedPolicyArns", json!(null), json!(admin)),
        Case::new("iam", "RemoveUserFromGroup", json!({"userName": "bob", "groupName": "devs"})).tells("Bob", "Groups", json!("devs"), json!(null)),
        Case::new("iam", "RemoveUserFromGroup", json!({"userName": "carol", "groupName": "devs"})).tells("DevsBob", "Users", json!("carol"), json!(null)),
        Case::new("iam", "AddUserToGroup", json!({"userName": "bob", "groupName": "devs"})).is(Verdict::InSync),
        Case::new("iam", "PutGroupPolicy", json!({"groupName": "devs", "policyName": "dev", "policyDocument": allow("*")})).tells("Devs", "Policies[0].PolicyDocument", document("s3:GetObject"), document("*")),
        Case::new("iam", "TagRole", json!({"roleName": "app", "tags": [{"key": "Owner", "value": "me"}]})).tells("App", "Tags.Owner", json!("team"), json!("me")),
        Case::new("iam", "UntagRole", json!({"roleName": "app", "tagKeys": ["Stage"]})).tells("App", "Tags.Stage", json!("prod"), json!(null)),
        Case::new("iam", "DeleteRole", json!({"roleName": "app"})).tells("App", "@resource", json!("present"), json!(null)),
        Case::new("iam", "CreateUser", json!({"userName": "mallory"})).answered(json!({"user": {"path": "/", "userName": "mallory", "userId": "AIDA", "arn": "arn:aws:iam::111122223333:user/mallory", "createDate": "x"}})).is(Verdict::Unmanaged),
        Case::new("kms", "DisableKeyRotation", json!({"keyId": key})).tells("Key", "EnableKeyRotation", json!("true"), json!("false")),
        Case::new("kms", "EnableKeyRotation", json!({"keyId": key})).is(Verdict::InSync),
        Case::new("kms", "UpdateKeyDescription", json!({"keyId": arn("kms", &format!("key/{key}")), "description": "x"})).tells("Key", "Description", json!("main"), json!("x")),
        Case::new("kms", "PutKeyPolicy", json!({"keyId": key, "policyName": "default", "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"})).is(Verdict::InSync),
        Case::new("kms", "UpdateAlias", json!({"aliasName": "alias/main", "targetKeyId": "ffffffff-12ab-34cd-56ef-1234567890ab"})).tells("KeyAlias", "TargetKeyId", json!(key), json!("ffffffff-12ab-34cd-56ef-1234567890ab")),
        Case::new("kms", "TagResource", json!({"keyId": key, "tags": [{"tagKey": "a", "tagValue": "c"}]})).tells("Key", "Tags.a", json!("b"), json!("c")),
    ]);
}

#[test]
#[rustfmt::skip]
fn changes_of_functions_and_messages_are_told_in_the_words_of_the_stack() {
    let queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs";
    let topic = arn("sns", "news");
    let policy = |service: &str, action: &str, resource: String| json!({"Statement": [{"Action": action, "Effect": "Allow", "Principal": {"Service": service}, "Resource": resource}], "Version": "2012-10-17"});
    let attribute = |name: &str, value: String| json!({"topicArn": topic, "attributeName": name, "attributeValue": value});
    on_the_stack(&[
        Case::new("lambda", "UpdateFunctionConfiguration20150331v2", json!({"functionName": "app-Fn-ABC", "timeout": 900})).tells("Fn", "Timeout", json!("30"), json!("900")),
        Case::new("lambda", "UpdateFunctionConfiguration20150331v2", json!({"functionName": arn("lambda", "function:app-Fn-ABC"), "timeout": 30, "memorySize": 256, "handler": "index.handler"})).is(Verdict::InSync),
        Case::new("lambda", "UpdateFunctionConfiguration20150331v2", json!({"functionName": "app-Fn-ABC", "layers": []})).tells("Fn", "Layers", json!([arn("lambda", "layer:x:1")]), json!([])),
        Case::new("lambda", "UpdateFunctionConfiguration20150331v2", json!({"functionName": "app-Fn-ABC", "environment": {}})).is(Verdict::Undecided),
        Case::new("lambda", "UpdateFunctionCode20150331v2", json!({"functionName": "app-Fn-ABC", "publish": false})).answered(json!({"functionName": "app-Fn-ABC", "codeSha256": "abc="})).tells("Fn", "Code", json!(null), json!(null)).is(Verdict::Undecided),
        Case::new("lambda", "PutFunctionConcurrency20171031", json!({"functionName": "app-Fn-ABC", "reservedConcurrentExecutions": 0})).tells("Fn", "ReservedConcurrentExecutions", json!(5), json!(0)),
        Case::new("lambda", "UpdateAlias20150331", json!({"functionName": "app-Fn-ABC", "name": "live", "functionVersion": "4"})).tells("FnLive", "FunctionVersion", json!("3"), json!("4")),
        Case::new("lambda", "RemovePermission20150331v2", json!({"functionName": "app-Fn-ABC", "statementId": "app-FnMayRun-1ABC"})).tells("FnMayRun", "@resource", json!("present"), json!(null)),
        Case::new("lambda", "AddPermission20150331v2", json!({"functionName": "app-Fn-ABC", "statementId": "open", "action": "lambda:InvokeFunction", "principal": "*"})).tells("Fn", "Permissions", json!(null), json!({"Action": "lambda:InvokeFunction", "Principal": "*", "key": "open"})),
        Case::new("lambda", "UpdateEventSourceMapping20150331", json!({"uUID": "a1b2c3d4-1111-2222-3333-444455556666", "batchSize": 100})).tells("FnQueue", "BatchSize", json!("10"), json!("100")),
        Case::new("lambda", "UpdateEventSourceMapping20150331", json!({"uUID": "a1b2c3d4-1111-2222-3333-444455556666", "enabled": false})).tells("FnQueue", "Enabled", json!(true), json!(false)),
        Case::new("lambda", "UpdateFunctionUrlConfig", json!({"functionName": "app-Fn-ABC", "authType": "NONE"})).tells("FnUrl", "AuthType", json!("AWS_IAM"), json!("NONE")),
        Case::new("lambda", "TagResource20170331v2", json!({"resource": arn("lambda", "function:app-Fn-ABC"), "tags": {"Owner": "me"}})).tells("Fn", "Tags.Owner", json!("team"), json!("me")),
        Case::new("lambda", "DeleteFunction20150331", json!({"functionName": "app-Fn-ABC"})).tells("Fn", "@resource", json!("present"), json!(null)),
        Case::new("sqs", "SetQueueAttributes", json!({"queueUrl": queue, "attributes": {"VisibilityTimeout": "60"}})).is(Verdict::InSync),
        Case::new("sqs", "SetQueueAttributes", json!({"queueUrl": queue, "attributes": {"MessageRetentionPeriod": "60"}})).tells("Jobs", "MessageRetentionPeriod", json!(345_600), json!(60)),
        Case::new("sqs", "SetQueueAttributes", json!({"queueUrl": queue, "attributes": {"RedrivePolicy": format!("{{\"deadLetterTargetArn\":\"{}\",\"maxReceiveCount\":\"5\"}}", arn("sqs", "dead"))}})).is(Verdict::InSync),
        Case::new("sqs", "SetQueueAttributes", json!({"queueUrl": queue, "attributes": {"Policy": policy("s3.amazonaws.com", "sqs:SendMessage", arn("sqs", "jobs")).to_string()}})).is(Verdict::InSync),
        Case::new("sqs", "SetQueueAttributes", json!({"queueUrl": queue, "attributes": {"Policy": policy("s3.amazonaws.com", "sqs:*", arn("sqs", "jobs")).to_string()}})).tells("JobsPolicy", "PolicyDocument", policy("s3.amazonaws.com", "sqs:SendMessage", arn("sqs", "jobs")), policy("s3.amazonaws.com", "sqs:*", arn("sqs", "jobs"))),
        Case::new("sqs", "TagQueue", json!({"queueUrl": queue, "tags": {"Owner": "me"}})).tells("Jobs", "Tags.Owner", json!("team"), json!("me")),
        Case::new("sqs", "DeleteQueue", json!({"queueUrl": queue})).tells("Jobs", "@resource", json!("present"), json!(null)),
        Case::new("sns", "SetTopicAttributes", attribute("DisplayName", "Olds".to_owned())).tells("News", "DisplayName", json!("News"), json!("Olds")),
        Case::new("sns", "SetTopicAttributes", attribute("Policy", policy("events.amazonaws.com", "sns:Publish", topic.clone()).to_string())).is(Verdict::InSync),
        Case::new("sns", "SetTopicAttributes", attribute("Policy", policy("events.amazonaws.com", "sns:*", topic.clone()).to_string())).tells("NewsPolicy", "PolicyDocument", policy("events.amazonaws.com", "sns:Publish", topic.clone()), policy("events.amazonaws.com", "sns:*", topic.clone())),
        Case::new("sns", "SetSubscriptionAttributes", json!({"subscriptionArn": arn("sns", "news:11111111-2222-3333-4444-555555555555"), "attributeName": "RawMessageDelivery", "attributeValue": "false"})).tells("NewsToJobs", "RawMessageDelivery", json!("true"), json!("false")),
        Case::new("sns", "SetSubscriptionAttributes", json!({"subscriptionArn": arn("sns", "news:11111111-2222-3333-4444-555555555555"), "attributeName": "FilterPolicy", "attributeValue": "{\"kind\": [\"order\"]}"})).is(Verdict::InSync),
        Case::new("sns", "Unsubscribe", json!({"subscriptionArn": arn("sns", "news:11111111-2222-3333-4444-555555555555")})).tells("NewsToJobs", "@resource", json!("present"), json!(null)),
        Case::new("sns", "UntagResource", json!({"resourceArn": topic, "tagKeys": ["Owner"]})).tells("News", "Tags.Owner", json!("team"), json!(null)),
        Case::new("events", "DisableRule", json!({"name": "tick"})).tells("Tick", "State", json!("ENABLED"), json!("DISABLED")),
        Case::new("events", "PutRule", json!({"name": "tick", "scheduleExpression": "rate(1 minute)", "state": "ENABLED"})).tells("Tick", "ScheduleExpression", json!("rate(5 minutes)"), json!("rate(1 minute)")),
        Case::new("events", "PutTargets", json!({"rule": "tick", "targets": [{"id": "fn", "arn": arn("lambda", "function:app-Fn-ABC"), "input": "{\"a\": 1}"}]})).is(Verdict::InSync),
        Case::new("events", "PutTargets", json!({"rule": "tick", "targets": [{"id": "fn", "arn": arn("lambda", "function:other"), "input": "{\"a\": 1}"}]})).tells("Tick", "Targets[0].Arn", json!(arn("lambda", "function:app-Fn-ABC")), json!(arn("lambda", "function:other"))),
        Case::new("events", "RemoveTargets", json!({"rule": "tick", "ids": ["fn"]})).tells("Tick", "Targets", json!({"Arn": arn("lambda", "function:app-Fn-ABC"), "Id": "fn", "Input": "{\"a\":1}"}), json!(null)),
        Case::new("states", "UpdateStateMachine", json!({"stateMachineArn": arn("states", "stateMachine:flow"), "loggingConfiguration": {"level": "OFF"}})).tells("Flow2", "LoggingConfiguration.Level", json!("ALL"), json!("OFF")),
    ]);
}

#[test]
#[rustfmt::skip]
fn changes_of_data_are_told_in_the_words_of_the_stack() {
    let owner = |arn: String, value: &str| json!({"resourceName": arn, "tags": [{"key": "Owner", "value": value}]});
    on_the_stack(&[
        Case::new("dynamodb", "UpdateTable", json!({"tableName": "orders", "deletionProtectionEnabled": false})).tells("Orders", "DeletionProtectionEnabled", json!("true"), json!("false")),
        Case::new("dynamodb", "UpdateTable", json!({"tableName": "orders", "provisionedThroughput": {"readCapacityUnits": 5, "writeCapacityUnits": 5}})).is(Verdict::InSync),
        Case::new("dynamodb", "UpdateTable", json!({"tableName": "orders", "provisionedThroughput": {"readCapacityUnits": 50, "writeCapacityUnits": 5}})).tells("Orders", "ProvisionedThroughput.ReadCapacityUnits", json!("5"), json!("50")),
        Case::new("dynamodb", "UpdateTable", json!({"tableName": "orders", "globalSecondaryIndexUpdates": [{"delete": {"indexName": "by-day"}}]})),
        Case::new("dynamodb", "UpdateContinuousBackups", json!({"tableName": "orders", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": false}})).tells("Orders", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", json!(true), json!(false)),
        Case::new("dynamodb", "UpdateTimeToLive", json!({"tableName": "orders", "timeToLiveSpecification": {"attributeName": "ttl", "enabled": false}})).tells("Orders", "TimeToLiveSpecification.Enabled", json!(true), json!(false)),
        Case::new("dynamodb", "TagResource", json!({"resourceArn": arn("dynamodb", "table/orders"), "tags": [{"key": "Owner", "value": "me"}]})).tells("Orders", "Tags.Owner", json!("team"), json!("me")),
        Case::new("dynamodb", "DeleteTable", json!({"tableName": "orders"})).tells("Orders", "@resource", json!("present"), json!(null)),
        Case::new("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "db-main", "engineVersion": "16.4", "applyImmediately": true})).is(Verdict::Undecided),
        Case::new("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "db-main", "publiclyAccessible": true, "applyImmediately": true})).tells("Db", "PubliclyAccessible", json!(false), json!(true)),
        Case::new("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "db-main", "deletionProtection": false, "backupRetentionPeriod": 7, "applyImmediately": true})).tells("Db", "DeletionProtection", json!("true"), json!("false")),
        Case::new("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "db-main", "vpcSecurityGroupIds": ["sg-0aaaaaaaaaaaaaaa1"], "applyImmediately": true})).tells("Db", "VPCSecurityGroups", json!(["sg-0bbbbbbbbbbbbbbb1"]), json!(["sg-0aaaaaaaaaaaaaaa1"])),
        Case::new("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "db-main", "cloudwatchLogsExportConfiguration": {"disableLogTypes": ["postgresql"]}, "applyImmediately": true})).tells("Db", "EnableCloudwatchLogsExports", json!("postgresql"), json!(null)),
        Case::new("rds", "ModifyDBCluster", json!({"dBClusterIdentifier": "cluster-main", "backupRetentionPeriod": 1, "applyImmediately": true})).tells("Cluster", "BackupRetentionPeriod", json!("14"), json!("1")),
        Case::new("rds", "AddTagsToResource", owner(arn("rds", "db:db-main"), "me")).tells("Db", "Tags.Owner", json!("team"), json!("me")),
        Case::new("rds", "AddTagsToResource", owner(arn("rds", "db:db-main"), "team")).is(Verdict::InSync),
        Case::new("rds", "DeleteDBInstance", json!({"dBInstanceIdentifier": "db-main", "skipFinalSnapshot": true})).tells("Db", "@resource", json!("present"), json!(null)),
        Case::new("elasticache", "ModifyReplicationGroup", json!({"replicationGroupId": "cache", "automaticFailoverEnabled": false, "applyImmediately": true})).tells("Cache", "AutomaticFailoverEnabled", json!("true"), json!("false")),
        Case::new("elasticfilesystem", "PutBackupPolicy", json!({"fileSystemId": "fs-0aaaaaaaaaaaaaaa1", "backupPolicy": {"status": "DISABLED"}})).tells("Files", "BackupPolicy.Status", json!("ENABLED"), json!("DISABLED")),
        Case::new("elasticfilesystem", "UpdateFileSystem", json!({"fileSystemId": "fs-0aaaaaaaaaaaaaaa1", "throughputMode": "bursting"})).tells("Files", "ThroughputMode", json!("elastic"), json!("bursting")),
        Case::new("elasticfilesystem", "TagResource", json!({"resourceId": "fs-0aaaaaaaaaaaaaaa1", "tags": [{"key": "Owner", "value": "me"}]})).tells("Files", "FileSystemTags.Owner", json!("team"), json!("me")),
        Case::new("kinesis", "DecreaseStreamRetentionPeriod", json!({"streamName": "events", "retentionPeriodHours": 24})).tells("Stream", "RetentionPeriodHours", json!("48"), json!("24")),
        Case::new("kinesis", "UpdateShardCount", json!({"streamName": "events", "targetShardCount": 2, "scalingType": "UNIFORM_SCALING"})).is(Verdict::InSync),
        Case::new("glue", "UpdateDatabase", json!({"name": "lake", "databaseInput": {"name": "lake", "description": "Swamp"}})).tells("Catalog", "DatabaseInput.Description", json!("Lake"), json!("Swamp")),
        Case::new("secretsmanager", "UpdateSecret", json!({"secretId": "db", "description": "x"})).tells("DbSecret", "Description", json!("DB"), json!("x")),
        Case::new("secretsmanager", "DeleteResourcePolicy", json!({"secretId": "db"})).tells("DbSecretPolicy", "@resource", json!("present"), json!(null)),
        Case::new("secretsmanager", "RotateSecret", json!({"secretId": arn("secretsmanager", "secret:db-XSQFTo"), "rotationRules": {"automaticallyAfterDays": 90}})).tells("DbRotation", "RotationRules.AutomaticallyAfterDays", json!("30"), json!("90")),
        Case::new("secretsmanager", "TagResource", json!({"secretId": "db", "tags": [{"key": "Owner", "value": "me"}]})).tells("DbSecret", "Tags.Owner", json!("team"), json!("me")),
        Case::new("ssm", "PutParameter", json!({"name": "/app/url", "description": "new", "value": "HIDDEN_DUE_TO_SECURITY_REASONS", "type": "String", "overwrite": true})).tells("UrlParam", "Description", json!("URL"), json!("new")),
        Case::new("ssm", "AddTagsToResource", json!({"resourceType": "Parameter", "resourceId": "/app/url", "tags": [{"key": "Owner", "value": "me"}]})).tells("UrlParam", "Tags.Owner", json!("team"), json!("me")),
        Case::new("ssm", "DeleteParameter", json!({"name": "/app/url"})).tells("UrlParam", "@resource", json!("present"), json!(null)),
        Case::new("logs", "PutRetentionPolicy", json!({"logGroupName": "/app", "retentionInDays": 1})).tells("LogGroup", "RetentionInDays", json!("30"), json!("1")),
        Case::new("logs", "PutRetentionPolicy", json!({"logGroupName": "/app", "retentionInDays": 30})).is(Verdict::InSync),
        Case::new("logs", "DisassociateKmsKey", json!({"logGroupName": "/app"})).tells("LogGroup", "KmsKeyId", json!(arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab")), json!(null)),
        Case::new("logs", "TagResource", json!({"resourceArn": arn("logs", "log-group:/app"), "tags": {"Owner": "me"}})).tells("LogGroup", "Tags.Owner", json!("team"), json!("me")),
    ]);
}

#[test]
#[rustfmt::skip]
fn changes_of_fronts_and_watchers_are_told_in_the_words_of_the_stack() {
    let balancer = arn("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188");
    let group = arn("elasticloadbalancing", "targetgroup/web/73e2d6bc24d8a067");
    let listener = arn("elasticloadbalancing", "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2");
    let record = |action: &str, name: &str, kind: &str, value: &str| json!({"hostedZoneId": "Z1PA6795UKMFR9", "changeBatch": {"changes": [{"action": action, "resourceRecordSet": {"name": name, "type": kind, "tTL": if kind == "MX" { 3600 } else { 300 }, "resourceRecords": [{"value": value}]}}]}});
    on_the_stack(&[
        Case::new("elasticloadbalancing", "ModifyLoadBalancerAttributes", json!({"loadBalancerArn": balancer, "attributes": [{"key": "deletion_protection.enabled", "value": "false"}]})).tells("Balancer", "LoadBalancerAttributes[1].Value", json!("true"), json!("false")),
        Case::new("elasticloadbalancing", "ModifyLoadBalancerAttributes", json!({"loadBalancerArn": balancer, "attributes": [{"key": "idle_timeout.timeout_seconds", "value": "60"}]})).is(Verdict::InSync),
        Case::new("elasticloadbalancing", "SetSecurityGroups", json!({"loadBalancerArn": balancer, "securityGroups": ["sg-0bbbbbbbbbbbbbbb1"]})).tells("Balancer", "SecurityGroups", json!(["sg-0aaaaaaaaaaaaaaa1"]), json!(["sg-0bbbbbbbbbbbbbbb1"])),
        Case::new("elasticloadbalancing", "ModifyListener", json!({"listenerArn": listener, "sslPolicy": "ELBSecurityPolicy-2016-08"})).tells("Listener", "SslPolicy", json!("ELBSecurityPolicy-TLS13-1-2-2021-06"), json!("ELBSecurityPolicy-2016-08")),
        Case::new("elasticloadbalancing", "ModifyListener", json!({"listenerArn": listener, "port": 443, "protocol": "HTTPS"})).is(Verdict::InSync),
        Case::new("elasticloadbalancing", "ModifyTargetGroup", json!({"targetGroupArn": group, "healthCheckIntervalSeconds": 60})).tells("Targets", "HealthCheckIntervalSeconds", json!("30"), json!("60")),
        Case::new("elasticloadbalancing", "ModifyTargetGroupAttributes", json!({"targetGroupArn": group, "attributes": [{"key": "deregistration_delay.timeout_seconds", "value": "0"}]})).tells("Targets", "TargetGroupAttributes[0].Value", json!("30"), json!("0")),
        Case::new("elasticloadbalancing", "DeregisterTargets", json!({"targetGroupArn": group, "targets": [{"id": "i-0aaaaaaaaaaaaaaa1"}]})).tells("Targets", "Targets", json!({"Id": "i-0aaaaaaaaaaaaaaa1", "Port": 80}), json!(null)),
        Case::new("elasticloadbalancing", "AddTags", json!({"resourceArns": [balancer], "tags": [{"key": "Owner", "value": "me"}]})).tells("Balancer", "Tags.Owner", json!("team"), json!("me")),
        Case::new("elasticloadbalancing", "DeleteListener", json!({"listenerArn": listener})).tells("Listener", "@resource", json!("present"), json!(null)),
        Case::new("ecs", "UpdateService", json!({"cluster": "main", "service": "api", "desiredCount": 5})).tells("Service", "DesiredCount", json!("2"), json!("5")),
        Case::new("ecs", "UpdateService", json!({"cluster": "main", "service": arn("ecs", "service/main/api"), "desiredCount": 2, "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200}})).is(Verdict::InSync),
        Case::new("ecs", "UpdateService", json!({"cluster": "main", "service": "api", "enableExecuteCommand": true})).tells("Service", "EnableExecuteCommand", json!(false), json!(true)),
        Case::new("autoscaling", "UpdateAutoScalingGroup", json!({"autoScalingGroupName": "fleet", "maxSize": 100})).tells("Fleet", "MaxSize", json!("4"), json!("100")),
        Case::new("autoscaling", "DetachLoadBalancerTargetGroups", json!({"autoScalingGroupName": "fleet", "targetGroupARNs": [group]})).tells("Fleet", "TargetGroupARNs", json!(group), json!(null)),
        Case::new("autoscaling", "CreateOrUpdateTags", json!({"tags": [{"resourceId": "fleet", "resourceType": "auto-scaling-group", "key": "Name", "value": "x", "propagateAtLaunch": true}]})).tells("Fleet", "Tags.Name", json!("fleet"), json!("x")),
        Case::new("monitoring", "DisableAlarmActions", json!({"alarmNames": ["cpu"]})).tells("Alarm", "ActionsEnabled", json!("true"), json!("false")),
        Case::new("monitoring", "PutMetricAlarm", json!({"alarmName": "cpu", "metricName": "CPUUtilization", "namespace": "AWS/EC2", "threshold": 99.0, "period": 60, "evaluationPeriods": 2, "statistic": "Average", "comparisonOperator": "GreaterThanThreshold", "actionsEnabled": true, "dimensions": [{"name": "InstanceId", "value": "i-0aaaaaaaaaaaaaaa1"}], "alarmActions": [arn("sns", "news")]})).tells("Alarm", "Threshold", json!("80"), json!("99.0")),
        Case::new("monitoring", "DeleteAlarms", json!({"alarmNames": ["cpu"]})).tells("Alarm", "@resource", json!("present"), json!(null)),
        Case::new("apigateway", "UpdateStage", json!({"restApiId": "abc123", "stageName": "prod", "updateStageInput": {"patchOperations": [{"op": "replace", "path": "/tracingEnabled", "value": "false"}]}})).tells("ApiStage", "TracingEnabled", json!("true"), json!("false")),
        Case::new("apigateway", "UpdateStage", json!({"restApiId": "abc123", "stageName": "prod", "updateStageInput": {"patchOperations": [{"op": "replace", "path": "/variables/mode", "value": "green"}]}})).tells("ApiStage", "Variables.mode", json!("blue"), json!("green")),
        Case::new("apigateway", "UpdateRestApi", json!({"restApiId": "abc123", "updateRestApiInput": {"patchOperations": [{"op": "replace", "path": "/description", "value": "x"}]}})).tells("Api", "Description", json!("API"), json!("x")),
        Case::new("apigateway", "UpdateApi", json!({"apiId": "def456", "name": "other"})).tells("Http", "Name", json!("http"), json!("other")),
        Case::new("apigateway", "UpdateStage", json!({"apiId": "def456", "stageName": "$default", "defaultRouteSettings": {"throttlingBurstLimit": 5}})).tells("HttpStage", "DefaultRouteSettings.ThrottlingBurstLimit", json!("100"), json!("5")),
        Case::new("route53", "ChangeResourceRecordSets", record("UPSERT", "www.example.com.", "A", "203.0.113.7")).is(Verdict::InSync),
        Case::new("route53", "ChangeResourceRecordSets", record("UPSERT", "www.example.com", "A", "198.51.100.1")).tells("Www", "ResourceRecords", json!(["203.0.113.7"]), json!(["198.51.100.1"])),
        Case::new("route53", "ChangeResourceRecordSets", record("DELETE", "www.example.com", "A", "203.0.113.7")).tells("Www", "@resource", json!("present"), json!(null)),
        Case::new("route53", "ChangeResourceRecordSets", record("UPSERT", "example.com.", "MX", "10 evil.example.net")).tells("Mail", "RecordSets[0].ResourceRecords", json!(["10 mail.example.com"]), json!(["10 evil.example.net"])),
        Case::new("route53", "ChangeResourceRecordSets", record("CREATE", "new.example.com.", "A", "198.51.100.1")).tells("Zone", "RecordSets", json!(null), json!({"Name": "new.example.com", "ResourceRecords": ["198.51.100.1"], "TTL": 300, "Type": "A"})),
        Case::new("wafv2", "UpdateWebACL", json!({"name": "acl", "scope": "REGIONAL", "id": "0a1b2c3d-1111-2222-3333-444455556666", "defaultAction": {"block": {}}, "rules": [], "visibilityConfig": {"sampledRequestsEnabled": true, "cloudWatchMetricsEnabled": true, "metricName": "acl"}, "lockToken": "x"})),
        Case::new("ecr", "PutImageTagMutability", json!({"repositoryName": "app", "imageTagMutability": "MUTABLE"})).tells("Images", "ImageTagMutability", json!("IMMUTABLE"), json!("MUTABLE")),
        Case::new("ecr", "PutImageScanningConfiguration", json!({"repositoryName": "app", "imageScanningConfiguration": {"scanOnPush": true}})).is(Verdict::InSync),
        Case::new("cognito-idp", "SetUserPoolMfaConfig", json!({"userPoolId": "eu-west-1_AbCdEfGhI", "mfaConfiguration": "OFF"})).tells("Users", "MfaConfiguration", json!("OPTIONAL"), json!("OFF")),
        Case::new("cognito-idp", "TagResource", json!({"resourceArn": arn("cognito-idp", "userpool/eu-west-1_AbCdEfGhI"), "tags": {"Owner": "me"}})).tells("Users", "UserPoolTags.Owner", json!("team"), json!("me")),
        Case::new("cloudtrail", "StopLogging", json!({"name": arn("cloudtrail", "trail/audit")})).tells("Trail", "IsLogging", json!("true"), json!("false")),
        Case::new("cloudtrail", "UpdateTrail", json!({"name": "audit", "isMultiRegionTrail": false})).tells("Trail", "IsMultiRegionTrail", json!("true"), json!("false")),
        Case::new("config", "PutConfigurationRecorder", json!({"configurationRecorder": {"name": "default", "roleARN": "arn:aws:iam::111122223333:role/app", "recordingGroup": {"allSupported": false, "includeGlobalResourceTypes": true}}})).tells("Recorder", "RecordingGroup.AllSupported", json!("true"), json!("false")),
        Case::new("guardduty", "UpdateDetector", json!({"detectorId": "12abc34d567e8fa901bc2d34e56789f0", "enable": false})).tells("Detector", "Enable", json!("true"), json!("false")),
    ]);
}
