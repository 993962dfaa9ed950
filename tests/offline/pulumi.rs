//! Pulumi's declarations: what differs is named as the program spells it.

mod tags;

use driftwire_declared::{Declaration, IgnoredTags, Standing, Tool};
use driftwire_drift::{Outcome, Reason, Severity, Verdict};
use serde_json::{Value, json};

use crate::desk::{Desk, key};
use crate::invariants::call;

const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";

/// What one resource declares, its id, its inputs and outputs.
fn resource(token: &str, id: &str, inputs: &Value, outputs: &Value) -> Value {
    json!({
        "urn": urn(token), "custom": true, "id": id, "type": token, "inputs": inputs, "outputs": outputs,
        "provider": "urn:pulumi:prod::app::pulumi:providers:aws::main::p-1",
    })
}

fn urn(token: &str) -> String {
    format!("urn:pulumi:prod::app::{token}::main")
}

/// The declarations of an export of a stack in one account and region.
fn declared(resources: &[Value]) -> Vec<Declaration> {
    let provider = json!({
        "urn": "urn:pulumi:prod::app::pulumi:providers:aws::main", "custom": true, "id": "p-1", "type": "pulumi:providers:aws",
        "inputs": {"region": "eu-west-1", "allowedAccountIds": "[\"111122223333\"]"},
    });
    let resources: Vec<Value> = std::iter::once(provider).chain(resources.iter().cloned()).collect();
    let export =
        json!({"version": 3, "deployment": {"manifest": {"time": "2026-11-20T09:00:00Z"}, "resources": resources}});
    driftwire_declared::read(&serde_json::to_vec(&export).unwrap(), "prod.json", &key()).unwrap().declarations
}

fn desk(token: &str, id: &str, inputs: &Value, outputs: &Value) -> Desk {
    Desk::new(declared(&[resource(token, id, inputs, outputs)]))
}

fn only(desk: &Desk, service: &str, name: &str, request: &Value) -> Outcome {
    let mut outcomes = desk.judge(&call(service, name, request)).outcomes;
    assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
    outcomes.remove(0)
}

/// What a drift shows: attribute, declared, actual.
fn told(outcome: &Outcome) -> Vec<(String, Value, Value)> {
    assert_eq!(outcome.verdict, Verdict::Drifted, "{outcome:#?}");
    let finding = outcome.finding.as_ref().unwrap();
    let value = |value: &Option<Value>| value.clone().unwrap_or_default();
    let change = |it: &driftwire_drift::finding::Change| (it.attribute.clone(), value(&it.declared), value(&it.actual));
    finding.changes.iter().map(change).collect()
}

fn change(attribute: &str, declared: Value, actual: Value) -> (String, Value, Value) {
    (attribute.to_owned(), declared, actual)
}

#[test]
fn a_block_that_stands_once_is_named_without_a_position() {
    let token = "aws:s3/bucketVersioning:BucketVersioning";
    let inputs = json!({"__defaults": [], "bucket": "acme-logs", "versioningConfiguration": {"__defaults": [], "status": "Enabled"}});
    let desk = desk(token, "acme-logs", &inputs, &json!({}));
    let suspend =
        json!({"versioning": "", "bucketName": "acme-logs", "VersioningConfiguration": {"Status": "Suspended"}});
    let outcome = only(&desk, "s3", "PutBucketVersioning", &suspend);
    assert_eq!(outcome.address, Some(urn(token)));
    assert_eq!(told(&outcome), [change("versioningConfiguration.status", json!("Enabled"), json!("Suspended"))]);
}

#[test]
fn ignore_changes_of_the_program_is_kept() {
    let token = "aws:ec2/instance:Instance";
    let mut instance = resource(
        token,
        "i-0123456789abcdef0",
        &json!({"instanceType": "t3.small", "tags": {"Name": "web"}, "metadataOptions": {"httpTokens": "required"}}),
        &json!({"arn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"}),
    );
    instance["ignoreChanges"] = json!(["tags[\"CostCenter\"]", "instanceType"]);
    let desk = Desk::new(declared(&[instance]));
    let tag = |key: &str| json!({"resourcesSet": {"items": [{"resourceId": "i-0123456789abcdef0"}]}, "tagSet": {"items": [{"key": key, "value": "42"}]}});
    let quiet = only(&desk, "ec2", "CreateTags", &tag("CostCenter"));
    assert_eq!((quiet.verdict, quiet.reason), (Verdict::Irrelevant, Reason::IgnoreChanges));
    let kind = json!({"instanceId": "i-0123456789abcdef0", "instanceType": {"value": "t3.large"}});
    assert_eq!(only(&desk, "ec2", "ModifyInstanceAttribute", &kind).reason, Reason::IgnoreChanges);
    let outcome = only(&desk, "ec2", "CreateTags", &tag("Name"));
    assert_eq!(told(&outcome), [change("tags.Name", json!("web"), json!("42"))]);
}

#[test]
fn an_instance_is_compared_with_what_the_program_gave() {
    let inputs = json!({
        "__defaults": ["sourceDestCheck"], "instanceType": "t3.small", "sourceDestCheck": true, "disableApiTermination": true,
        "vpcSecurityGroupIds": ["sg-0aaaaaaaaaaaaaaa1"], "metadataOptions": {"httpTokens": "required"},
    });
    let desk = desk("aws:ec2/instance:Instance", "i-0123456789abcdef0", &inputs, &json!({}));
    let modify = |member: &str, value: Value| {
        only(&desk, "ec2", "ModifyInstanceAttribute", &json!({"instanceId": "i-0123456789abcdef0", member: value}))
    };
    let outcome = modify("instanceType", json!({"value": "t3.large"}));
    assert_eq!(told(&outcome), [change("instanceType", json!("t3.small"), json!("t3.large"))]);
    let outcome = modify("disableApiTermination", json!({"value": false}));
    assert_eq!(told(&outcome), [change("disableApiTermination", json!(true), json!(false))]);
    let outcome = modify("groupSet", json!({"items": [{"groupId": "sg-0bbbbbbbbbbbbbbb2"}]}));
    let groups = change("vpcSecurityGroupIds", json!(["sg-0aaaaaaaaaaaaaaa1"]), json!(["sg-0bbbbbbbbbbbbbbb2"]));
    assert_eq!(told(&outcome), [groups]);
    assert_eq!(modify("groupSet", json!({"items": [{"groupId": "sg-0aaaaaaaaaaaaaaa1"}]})).verdict, Verdict::InSync);
    // Filled in by the provider: nobody declares it.
    assert_eq!(modify("sourceDestCheck", json!({"value": false})).reason, Reason::UndeclaredProperty);
    let request = json!({"ModifyInstanceMetadataOptionsRequest": {"InstanceId": "i-0123456789abcdef0", "HttpTokens": "optional"}});
    let outcome = only(&desk, "ec2", "ModifyInstanceMetadataOptions", &request);
    assert_eq!(told(&outcome), [change("metadataOptions.httpTokens", json!("required"), json!("optional"))]);
}

#[test]
fn rules_of_a_security_group_are_declared_inline_or_by_their_own_resources() {
    let group = resource(
        "aws:ec2/securityGroup:SecurityGroup",
        "sg-0aaaaaaaaaaaaaaa1",
        &json!({"__defaults": ["name"], "name": "web-1", "ingress": [
            {"__defaults": ["self"], "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"], "self": false},
        ]}),
        &json!({"name": "web-1"}),
    );
    let rule = resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "sgrule-429049991",
        &json!({"type": "ingress", "protocol": "tcp", "fromPort": 80, "toPort": 80, "sourceSecurityGroupId": "sg-0bbbbbbbbbbbbbbb2", "securityGroupId": "sg-0aaaaaaaaaaaaaaa1"}),
        &json!({"securityGroupRuleId": "sgr-0123456789abcdef0"}),
    );
    let desk = Desk::new(declared(&[group, rule]));
    let permission = |port: u16, source: Value| {
        let mut permission = json!({"ipProtocol": "tcp", "fromPort": port, "toPort": port});
        permission.as_object_mut().unwrap().extend(source.as_object().unwrap().clone());
        json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [permission]}})
    };
    let cidr = |range: &str| json!({"ipRanges": {"items": [{"cidrIp": range}]}});
    let open = only(&desk, "ec2", "AuthorizeSecurityGroupIngress", &permission(22, cidr("0.0.0.0/0")));
    assert_eq!(open.address, Some(urn("aws:ec2/securityGroup:SecurityGroup")));
    assert_eq!(told(&open)[0].0, "ingress");
    assert_eq!(open.finding.unwrap().severity, Severity::Critical);
    let declared = only(&desk, "ec2", "AuthorizeSecurityGroupIngress", &permission(443, cidr("10.0.0.0/8")));
    assert_eq!(declared.verdict, Verdict::InSync);
    let gone = only(&desk, "ec2", "RevokeSecurityGroupIngress", &permission(443, cidr("10.0.0.0/8")));
    assert_eq!(told(&gone)[0].0, "ingress");
    let from_group = json!({"groups": {"items": [{"groupId": "sg-0bbbbbbbbbbbbbbb2"}]}});
    let gone = only(&desk, "ec2", "RevokeSecurityGroupIngress", &permission(80, from_group));
    assert_eq!(gone.address, Some(urn("aws:ec2/securityGroupRule:SecurityGroupRule")));
    assert_eq!(told(&gone), [change("@resource", json!("present"), json!(null))]);
    let by_id =
        json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "securityGroupRuleIds": {"items": ["sgr-0123456789abcdef0"]}});
    let gone = only(&desk, "ec2", "RevokeSecurityGroupIngress", &by_id);
    assert_eq!(gone.address, Some(urn("aws:ec2/securityGroupRule:SecurityGroupRule")));
}

#[test]
fn a_bucket_is_found_by_the_name_that_the_provider_made_up() {
    let inputs = json!({"__defaults": ["bucket"], "bucket": "logs-1a2b3c4", "tags": {"team": "core"}});
    let token = "aws:s3/bucketV2:BucketV2";
    let desk =
        desk(token, "logs-1a2b3c4", &inputs, &json!({"bucket": "logs-1a2b3c4", "arn": "arn:aws:s3:::logs-1a2b3c4"}));
    let tags = json!({"tagging": "", "bucketName": "logs-1a2b3c4", "Tagging": {"TagSet": {"Tag": {"Key": "team", "Value": "web"}}}});
    let outcome = only(&desk, "s3", "PutBucketTagging", &tags);
    assert_eq!(told(&outcome), [change("tags.team", json!("core"), json!("web"))]);
    let outcome = only(&desk, "s3", "DeleteBucket", &json!({"bucketName": "logs-1a2b3c4"}));
    assert_eq!(
        (outcome.verdict, outcome.reason, outcome.address.clone()),
        (Verdict::Drifted, Reason::Deleted, Some(urn(token)))
    );
}

#[test]
fn what_was_renamed_is_still_found() {
    let inputs = json!({"__defaults": ["name"], "name": "api-1", "memorySize": 128, "environment": {"variables": {"COLOR": "blue"}}});
    let function = resource("aws:lambda/function:Function", "api-1", &inputs, &json!({"name": "api-1"}));
    let inputs = json!({"__defaults": ["statementId"], "action": "lambda:InvokeFunction", "function": "api-1", "principal": "s3.amazonaws.com", "statementId": "s3-1"});
    let permission = resource(
        "aws:lambda/permission:Permission",
        "s3-1",
        &inputs,
        &json!({"statementId": "s3-1", "function": "api-1"}),
    );
    let desk = Desk::new(declared(&[function, permission]));
    let update = json!({"functionName": "api-1", "memorySize": 512});
    let outcome = only(&desk, "lambda", "UpdateFunctionConfiguration20150331v2", &update);
    assert_eq!(told(&outcome), [change("memorySize", json!(128), json!(512))]);
    let remove = json!({"functionName": "api-1", "statementId": "s3-1"});
    let outcome = only(&desk, "lambda", "RemovePermission20150331v2", &remove);
    assert_eq!(outcome.address, Some(urn("aws:lambda/permission:Permission")));
    assert_eq!(told(&outcome), [change("@resource", json!("present"), json!(null))]);
}

#[test]
fn policies_of_a_role_are_compared_as_documents() {
    let document = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
            .to_string()
    };
    let role = resource(
        "aws:iam/role:Role",
        "app-1",
        &json!({"__defaults": ["name"], "name": "app-1", "assumeRolePolicy": "{}"}),
        &json!({"name": "app-1"}),
    );
    let inputs = json!({"__defaults": ["name"], "role": "app-1", "name": "read-1", "policy": document("s3:GetObject")});
    let policy = resource("aws:iam/rolePolicy:RolePolicy", "app-1:read-1", &inputs, &json!({"name": "read-1"}));
    let desk = Desk::new(declared(&[role, policy]));
    let put = |action: &str| {
        only(
            &desk,
            "iam",
            "PutRolePolicy",
            &json!({"roleName": "app-1", "policyName": "read-1", "policyDocument": document(action)}),
        )
    };
    assert_eq!(put("s3:GetObject").verdict, Verdict::InSync);
    let outcome = put("*");
    assert_eq!(outcome.address, Some(urn("aws:iam/rolePolicy:RolePolicy")));
    assert!(told(&outcome)[0].0.starts_with("policy"), "{outcome:#?}");
}

#[test]
fn entries_of_a_list_are_told_in_the_plural_of_the_program() {
    let routes =
        json!({"vpcId": "vpc-1", "routes": [{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-0aaaaaaaaaaaaaaa1"}]});
    let desk = desk("aws:ec2/routeTable:RouteTable", "rtb-0aaaaaaaaaaaaaaa1", &routes, &json!({}));
    let route = |name: &str, range: &str, by: Value| {
        let mut request = json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": range});
        request.as_object_mut().unwrap().extend(by.as_object().unwrap().clone());
        only(&desk, "ec2", name, &request)
    };
    let replaced = route("ReplaceRoute", "0.0.0.0/0", json!({"natGatewayId": "nat-0bbbbbbbbbbbbbbb2"}));
    let nat = change("routes[0].natGatewayId", json!("nat-0aaaaaaaaaaaaaaa1"), json!("nat-0bbbbbbbbbbbbbbb2"));
    assert_eq!(told(&replaced), [nat]);
    let added = route("CreateRoute", "172.16.0.0/12", json!({"gatewayId": "igw-0aaaaaaaaaaaaaaa1"}));
    let words = json!({"cidrBlock": "172.16.0.0/12", "gatewayId": "igw-0aaaaaaaaaaaaaaa1"});
    assert_eq!(told(&added), [change("routes", json!(null), words)]);
    assert_eq!(told(&route("DeleteRoute", "0.0.0.0/0", json!({})))[0].0, "routes");
}

#[test]
fn a_route_to_somewhere_else_is_told_with_where_it_leads() {
    let token = "aws:ec2/route:Route";
    let inputs = json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-0aaaaaaaaaaaaaaa1"});
    let desk = desk(token, "r-rtb-0aaaaaaaaaaaaaaa11080289494", &inputs, &json!({}));
    let request = json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0aaaaaaaaaaaaaaa1"});
    let outcome = only(&desk, "ec2", "ReplaceRoute", &request);
    let mut changes = told(&outcome);
    changes.sort_by(|one, other| one.0.cmp(&other.0));
    let gateway = change("gatewayId", json!(null), json!("igw-0aaaaaaaaaaaaaaa1"));
    assert_eq!(changes, [gateway, change("natGatewayId", json!("nat-0aaaaaaaaaaaaaaa1"), json!(null))]);
}

#[test]
fn what_the_provider_filled_in_still_tells_elements_apart() {
    let token = "aws:ec2/networkAclRule:NetworkAclRule";
    let inputs = json!({
        "__defaults": ["egress"], "egress": false, "networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 200,
        "ruleAction": "allow", "protocol": "6", "cidrBlock": "10.0.0.0/8", "fromPort": 443, "toPort": 443,
    });
    let acl =
        resource("aws:ec2/networkAcl:NetworkAcl", "acl-0aaaaaaaaaaaaaaa1", &json!({"vpcId": "vpc-1"}), &json!({}));
    let desk = Desk::new(declared(&[acl, resource(token, "nacl-1", &inputs, &json!({}))]));
    let request = json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 200, "egress": false});
    let outcome = only(&desk, "ec2", "DeleteNetworkAclEntry", &request);
    assert_eq!(outcome.address, Some(urn(token)));
    assert_eq!(told(&outcome), [change("@resource", json!("present"), json!(null))]);
}

#[test]
fn a_native_resource_is_the_one_of_cloudformation() {
    let token = "aws-native:ec2:Vpc";
    let inputs =
        json!({"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true, "tags": [{"key": "Name", "value": "main"}]});
    let desk = desk(token, "vpc-0aaaaaaaaaaaaaaa1", &inputs, &json!({"vpcId": "vpc-0aaaaaaaaaaaaaaa1"}));
    let request = json!({"vpcId": "vpc-0aaaaaaaaaaaaaaa1", "enableDnsHostnames": {"value": false}});
    let outcome = only(&desk, "ec2", "ModifyVpcAttribute", &request);
    assert_eq!(outcome.resource.as_ref().unwrap().kind, "AWS::EC2::VPC");
    assert_eq!(told(&outcome), [change("enableDnsHostnames", json!(true), json!(false))]);
    let tags = json!({"resourcesSet": {"items": [{"resourceId": "vpc-0aaaaaaaaaaaaaaa1"}]}, "tagSet": {"items": [{"key": "Name", "value": "x"}]}});
    assert_eq!(told(&only(&desk, "ec2", "CreateTags", &tags)), [change("tags.Name", json!("main"), json!("x"))]);
    let outcome = only(&desk, "ec2", "DeleteVpc", &json!({"vpcId": "vpc-0aaaaaaaaaaaaaaa1"}));
    assert_eq!((outcome.reason, outcome.address), (Reason::Deleted, Some(urn(token))));
}

#[test]
fn a_secret_that_only_the_backend_can_read_is_never_called_equal() {
    let inputs = json!({"instanceClass": "db.t3.small", "identifier": "main", "parameterGroupName": {SIGNATURE: SECRET, "ciphertext": "v1:x"}});
    let desk = desk("aws:rds/instance:Instance", "db-ABC", &inputs, &json!({"identifier": "main"}));
    let request = json!({"dBInstanceIdentifier": "main", "dBParameterGroupName": "other"});
    let outcome = only(&desk, "rds", "ModifyDBInstance", &request);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Undecided, Reason::Unresolved), "{outcome:#?}");
}

#[test]
fn what_waits_to_be_deleted_is_expected_to_go() {
    let mut address = resource("aws:ec2/eip:Eip", "eipalloc-0aaaaaaaaaaaaaaa1", &json!({}), &json!({}));
    address["delete"] = json!(true);
    let desk = Desk::new(declared(&[address]));
    let outcome = only(&desk, "ec2", "ReleaseAddress", &json!({"allocationId": "eipalloc-0aaaaaaaaaaaaaaa1"}));
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Irrelevant, Reason::Deposed));
}

#[test]
fn a_change_while_the_stack_is_changing_waits_unless_it_is_critical() {
    let group = |standing| {
        let inputs = json!({"description": "web", "ingress": []});
        let mut declarations =
            declared(&[resource("aws:ec2/securityGroup:SecurityGroup", "sg-0aaaaaaaaaaaaaaa1", &inputs, &json!({}))]);
        declarations[0].standing = standing;
        Desk::new(declarations)
    };
    let open = |range: &str| {
        let permission =
            json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": range}]}});
        json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [permission]}})
    };
    let desk = group(Standing::Changing);
    let held = only(&desk, "ec2", "AuthorizeSecurityGroupIngress", &open("10.0.0.0/8"));
    assert_eq!((held.verdict, held.reason), (Verdict::Held, Reason::Stack));
    let critical = only(&desk, "ec2", "AuthorizeSecurityGroupIngress", &open("0.0.0.0/0"));
    assert_eq!(critical.verdict, Verdict::Drifted);
    let current = only(&group(Standing::Current), "ec2", "AuthorizeSecurityGroupIngress", &open("10.0.0.0/8"));
    assert_eq!(current.verdict, Verdict::Drifted);
}

/// States that nobody here wrote, where they lie unpacked: every declaration is joined to the resource that it speaks of.
#[test]
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where the corpus is")]
fn resources_of_others_are_found_by_what_aws_calls_them() {
    let Ok(folder) = std::env::var("DRIFTWIRE_CORPUS_STATES") else {
        return println!("skipped: no unpacked corpus");
    };
    let (mut declarations, mut known, mut lost) = (0, 0, Vec::new());
    for entry in std::fs::read_dir(format!("{folder}/pulumi")).unwrap() {
        let path = entry.unwrap().path();
        let state = driftwire_declared::read(&std::fs::read(&path).unwrap(), "f", &key()).unwrap();
        let desk = Desk::new(state.declarations.clone());
        for declaration in &state.declarations {
            declarations += 1;
            let joined =
                desk.index.resources().iter().find(|it| desk.index.of(it).any(|it| it.address == declaration.address));
            let Some(resource) = joined else {
                lost.push(format!("{} {:?}", declaration.kind, declaration.id));
                continue;
            };
            known += usize::from(resource.kind.starts_with("AWS::"));
        }
    }
    lost.sort();
    lost.dedup();
    println!("{declarations} declarations, {known} on resources of CloudFormation's types, lost {lost:#?}");
    // One permission of a function whose name is a secret.
    assert!(lost.len() <= 1);
}

/// The verdict vectors that are Pulumi's: a declaration, a record, what must come out.
#[test]
fn every_pulumi_vector_gets_its_verdict_path_and_values() {
    let Some(corpus) = driftwire_tests::corpus() else {
        return println!("skipped: no corpus");
    };
    let file: Value = serde_json::from_slice(&std::fs::read(corpus.join("vectors.json")).unwrap()).unwrap();
    let ours = file["vectors"].as_array().unwrap().iter().filter(|it| it["declared"]["format"] == "pulumi");
    let mut count = 0;
    for vector in ours {
        let block = &vector["declared"];
        let token = block["type"].as_str().unwrap();
        let mut resource = resource(token, block["id"].as_str().unwrap(), &block["attributes"], &json!({}));
        (resource["urn"], resource["ignoreChanges"]) = (block["urn"].clone(), block["ignoreChanges"].clone());
        let desk = Desk::new(declared(&[resource]));
        let mut outcomes = desk.judge(&vector["event"]).outcomes;
        let outcome = outcomes.remove(0);
        let expected = &vector["expected"];
        if expected["verdict"] == "drift" {
            let drift = |it: &Value| change(it["path"].as_str().unwrap(), it["declared"].clone(), it["actual"].clone());
            let wanted: Vec<_> = expected["drifts"].as_array().unwrap().iter().map(drift).collect();
            assert_eq!(told(&outcome), wanted, "{}", vector["id"]);
            let severity = format!("{:?}", outcome.finding.unwrap().severity).to_lowercase();
            assert_eq!(expected["severity"], severity.as_str(), "{}", vector["id"]);
        } else {
            let reason = serde_json::to_value(outcome.reason).unwrap();
            assert_eq!((outcome.verdict, &reason), (Verdict::Irrelevant, &expected["reason"]), "{}", vector["id"]);
        }
        count += 1;
    }
    println!("vectors: {count} of {count}");
}
