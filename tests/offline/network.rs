//! Networks and what stands in them: groups, routes, endpoints, machines, volumes, images.

use driftwire_drift::Verdict;
use serde_json::{Value, json};

use crate::table::{Case, check};

/// Judges every call by itself, against a state of these resources.
pub(crate) fn on(names: &[&str], cases: &[Case]) {
    let all: Value = serde_json::from_str(include_str!("states/network.json")).unwrap();
    let resources: Vec<Value> = names
        .iter()
        .map(|name| {
            let resource = &all[name];
            json!({
                "mode": "managed", "type": resource["type"], "name": resource["name"],
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{"schema_version": 0, "attributes": resource["attributes"]}],
            })
        })
        .collect();
    let state = json!({"version": 4, "terraform_version": "1.13.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources});
    check(&state.to_string(), cases);
}

#[test]
#[rustfmt::skip]
fn changes_of_a_network_are_told_as_their_owners_spell_them() {
    on(&["group_with_rules"], &[
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).answered(json!({"requestId": "r", "_return": true, "securityGroupRuleSet": {"items": [{"groupOwnerId": "111122223333", "groupId": "sg-0aaaaaaaaaaaaaaa1", "securityGroupRuleId": "sgr-0bbbbbbbbbbbbbbb1", "isEgress": false, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"}]}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr": "0.0.0.0/0"})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipProtocol": "tcp", "fromPort": 3389, "toPort": 3389, "cidrIp": "203.0.113.9/32", "ipPermissions": {}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "tcp", "from_port": 3389, "to_port": 3389, "cidr": "203.0.113.9/32"})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupName": "web", "ipProtocol": "tcp", "fromPort": 3389, "toPort": 3389, "cidrIp": "203.0.113.9/32", "ipPermissions": {}})).answered(json!({"requestId": "r", "_return": true, "securityGroupRuleSet": {"items": [{"groupOwnerId": "111122223333", "groupId": "sg-0aaaaaaaaaaaaaaa1", "securityGroupRuleId": "sgr-0bbbbbbbbbbbbbbb1", "isEgress": false, "ipProtocol": "tcp", "fromPort": 3389, "toPort": 3389, "cidrIpv4": "203.0.113.9/32"}]}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "tcp", "from_port": 3389, "to_port": 3389, "cidr": "203.0.113.9/32"})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8", "description": "https in"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).is(Verdict::InSync),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {}, "ipv6Ranges": {}, "prefixListIds": {"items": [{"prefixListId": "pl-0123456789abcdef0"}]}}]}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "tcp", "from_port": 443, "to_port": 443, "prefix_list": "pl-0123456789abcdef0"})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {}, "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]}, "prefixListIds": {}}]}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr": "::/0"})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "-1", "groups": {"items": [{"groupId": "sg-0aaaaaaaaaaaaaaa1", "userId": "111122223333"}]}, "ipRanges": {}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "-1", "from_port": null, "to_port": null, "source_group": "sg-0aaaaaaaaaaaaaaa1"})),
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8", "description": "https in"}]}, "ipv6Ranges": {}, "prefixListIds": {}}, {"ipProtocol": "tcp", "fromPort": 8080, "toPort": 8080, "groups": {}, "ipRanges": {"items": [{"cidrIp": "192.0.2.0/24"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).tells("aws_security_group.web", "ingress", json!(null), json!({"protocol": "tcp", "from_port": 8080, "to_port": 8080, "cidr": "192.0.2.0/24"})),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).answered(json!({"requestId": "r", "_return": true, "unknownIpPermissionSet": {}})).tells("aws_security_group.web", "ingress", json!({"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr": "10.0.0.0/8"}), json!(null)),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).answered(json!({"requestId": "r", "_return": true, "unknownIpPermissionSet": {}})).is(Verdict::InSync),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {}, "securityGroupRuleIds": {"items": [{"securityGroupRuleId": "sgr-0cccccccccccccc11"}]}})).answered(json!({"requestId": "r", "_return": true, "revokedSecurityGroupRuleSet": {"items": [{"groupId": "sg-0aaaaaaaaaaaaaaa1", "securityGroupRuleId": "sgr-0cccccccccccccc11", "isEgress": false, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"}]}})).tells("aws_security_group.web", "ingress", json!({"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr": "10.0.0.0/8"}), json!(null)),
        Case::new("ec2", "UpdateSecurityGroupRuleDescriptionsIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8", "description": "hacked"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).tells("aws_security_group.web", "ingress[0].description", json!("https in"), json!("hacked")),
        Case::new("ec2", "DeleteSecurityGroup", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1"})).tells("aws_security_group.web", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "CreateSecurityGroup", json!({"groupName": "rogue", "groupDescription": "x", "vpcId": "vpc-0aaaaaaaaaaaaaaa1"})).answered(json!({"requestId": "r", "_return": true, "groupId": "sg-0fffffffffffffff1"})).is(Verdict::Unmanaged),
        Case::new("ec2", "CreateTags", json!({"resourcesSet": {"items": [{"resourceId": "sg-0aaaaaaaaaaaaaaa1"}]}, "tagSet": {"items": [{"key": "Name", "value": "other"}]}})).tells("aws_security_group.web", "tags.Name", json!("web"), json!("other")),
    ]);
    on(&["group_with_self"], &[
        Case::new("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "-1", "groups": {"items": [{"groupId": "sg-0aaaaaaaaaaaaaaa1", "userId": "111122223333"}]}, "ipRanges": {}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).is(Verdict::InSync),
    ]);
    on(&["group", "vpc_security_group_ingress_rule"], &[
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {}, "securityGroupRuleIds": {"items": [{"securityGroupRuleId": "sgr-0aaaaaaaaaaaaaaa1"}]}})).tells("aws_vpc_security_group_ingress_rule.https", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).answered(json!({"requestId": "r", "_return": true, "unknownIpPermissionSet": {}})).tells("aws_vpc_security_group_ingress_rule.https", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "ModifySecurityGroupRules", json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0aaaaaaaaaaaaaaa1", "SecurityGroupRule": {"SecurityGroupRuleId": "sgr-0aaaaaaaaaaaaaaa1", "tag": 1, "SecurityGroupRule": {"CidrIpv4": "0.0.0.0/0", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}}}})).answered(json!({"ModifySecurityGroupRulesResponse": {"xmlns": "x", "requestId": "r", "return": true}})).tells("aws_vpc_security_group_ingress_rule.https", "cidr_ipv4", json!("10.0.0.0/8"), json!("0.0.0.0/0")),
        Case::new("ec2", "ModifySecurityGroupRules", json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0aaaaaaaaaaaaaaa1", "SecurityGroupRule": {"SecurityGroupRuleId": "sgr-0aaaaaaaaaaaaaaa1", "tag": 1, "SecurityGroupRule": {"CidrIpv4": "10.0.0.0/8", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}}}})).answered(json!({"ModifySecurityGroupRulesResponse": {"xmlns": "x", "requestId": "r", "return": true}})).is(Verdict::InSync),
    ]);
    on(&["group", "security_group_rule"], &[
        Case::new("ec2", "RevokeSecurityGroupIngress", json!({"groupId": "sg-0aaaaaaaaaaaaaaa1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}})).tells("aws_security_group_rule.https", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "ModifySecurityGroupRules", json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0aaaaaaaaaaaaaaa1", "SecurityGroupRule": {"SecurityGroupRuleId": "sgr-0aaaaaaaaaaaaaaa1", "tag": 1, "SecurityGroupRule": {"CidrIpv4": "0.0.0.0/0", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}}}})).answered(json!({"ModifySecurityGroupRulesResponse": {"xmlns": "x", "requestId": "r", "return": true}})).tells("aws_security_group_rule.https", "cidr_blocks", json!(["10.0.0.0/8"]), json!(["0.0.0.0/0"])),
    ]);
    on(&["acl"], &[
        Case::new("ec2", "CreateNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 50, "egress": false, "ruleAction": "allow", "icmpTypeCode": {}, "portRange": {}, "aclProtocol": "-1", "cidrBlock": "0.0.0.0/0"})).tells("aws_network_acl.main", "ingress", json!(null), json!({"rule_no": 50, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"})),
        Case::new("ec2", "ReplaceNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 100, "egress": false, "ruleAction": "allow", "icmpTypeCode": {}, "portRange": {"from": 0, "to": 65535}, "aclProtocol": "6", "cidrBlock": "10.0.0.0/8"})).tells("aws_network_acl.main", "ingress[0].from_port", json!(443), json!(0)).tells("aws_network_acl.main", "ingress[0].to_port", json!(443), json!(65535)),
        Case::new("ec2", "ReplaceNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 100, "egress": false, "ruleAction": "deny", "icmpTypeCode": {}, "portRange": {"from": 443, "to": 443}, "aclProtocol": "6", "cidrBlock": "10.0.0.0/8"})).tells("aws_network_acl.main", "ingress[0].action", json!("allow"), json!("deny")),
        Case::new("ec2", "ReplaceNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 100, "egress": false, "ruleAction": "allow", "icmpTypeCode": {}, "portRange": {"from": 443, "to": 443}, "aclProtocol": "6", "cidrBlock": "10.0.0.0/8"})).is(Verdict::InSync),
        Case::new("ec2", "DeleteNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 100, "egress": false})).tells("aws_network_acl.main", "ingress", json!({"action": "allow", "cidr_block": "10.0.0.0/8", "from_port": 443, "icmp_code": 0, "icmp_type": 0, "ipv6_cidr_block": "", "protocol": "6", "rule_no": 100, "to_port": 443}), json!(null)),
    ]);
    on(&["bare_acl", "network_acl_rule"], &[
        Case::new("ec2", "ReplaceNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 200, "egress": false, "ruleAction": "deny", "icmpTypeCode": {}, "portRange": {"from": 443, "to": 443}, "aclProtocol": "6", "cidrBlock": "10.0.0.0/8"})).tells("aws_network_acl_rule.https", "rule_action", json!("allow"), json!("deny")),
        Case::new("ec2", "DeleteNetworkAclEntry", json!({"networkAclId": "acl-0aaaaaaaaaaaaaaa1", "ruleNumber": 200, "egress": false})).tells("aws_network_acl_rule.https", "@resource", json!("present"), json!(null)),
    ]);
    on(&["route_table", "route"], &[
        Case::new("ec2", "ReplaceRoute", json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0aaaaaaaaaaaaaaa1"})).tells("aws_route.nat", "gateway_id", json!(""), json!("igw-0aaaaaaaaaaaaaaa1")).tells("aws_route.nat", "nat_gateway_id", json!("nat-0aaaaaaaaaaaaaaa1"), json!(null)),
        Case::new("ec2", "CreateRoute", json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-0aaaaaaaaaaaaaaa1"})).is(Verdict::InSync),
        Case::new("ec2", "CreateRoute", json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "172.16.0.0/12", "vpcPeeringConnectionId": "pcx-0aaaaaaaaaaaaaaa1"})).tells("aws_route_table.private", "route", json!(null), json!({"cidr_block": "172.16.0.0/12", "vpc_peering_connection_id": "pcx-0aaaaaaaaaaaaaaa1"})),
        Case::new("ec2", "DeleteRoute", json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "0.0.0.0/0"})).tells("aws_route.nat", "@resource", json!("present"), json!(null)),
    ]);
    on(&["route_table_with_route"], &[
        Case::new("ec2", "ReplaceRoute", json!({"routeTableId": "rtb-0aaaaaaaaaaaaaaa1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0aaaaaaaaaaaaaaa1"})).tells("aws_route_table.private", "route[0].gateway_id", json!(""), json!("igw-0aaaaaaaaaaaaaaa1")).tells("aws_route_table.private", "route[0].nat_gateway_id", json!("nat-0aaaaaaaaaaaaaaa1"), json!(null)),
    ]);
    on(&["route_table_association"], &[
        Case::new("ec2", "ReplaceRouteTableAssociation", json!({"associationId": "rtbassoc-0aaaaaaaaaaaaaaa1", "routeTableId": "rtb-0bbbbbbbbbbbbbbb1"})).answered(json!({"requestId": "r", "newAssociationId": "rtbassoc-0bbbbbbbbbbbbbbb1"})).tells("aws_route_table_association.a", "route_table_id", json!("rtb-0aaaaaaaaaaaaaaa1"), json!("rtb-0bbbbbbbbbbbbbbb1")),
        Case::new("ec2", "DisassociateRouteTable", json!({"associationId": "rtbassoc-0aaaaaaaaaaaaaaa1"})).tells("aws_route_table_association.a", "@resource", json!("present"), json!(null)),
    ]);
    on(&["subnet"], &[
        Case::new("ec2", "ModifySubnetAttribute", json!({"subnetId": "subnet-0aaaaaaaaaaaaaaa1", "mapPublicIpOnLaunch": {"value": true}})).tells("aws_subnet.a", "map_public_ip_on_launch", json!(false), json!(true)),
    ]);
    on(&["vpc"], &[
        Case::new("ec2", "ModifyVpcAttribute", json!({"vpcId": "vpc-0aaaaaaaaaaaaaaa1", "enableDnsHostnames": {"value": false}})).tells("aws_vpc.main", "enable_dns_hostnames", json!(true), json!(false)),
    ]);
    on(&["vpc_endpoint"], &[
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "AddSubnetId": {"tag": 1, "content": "subnet-0aaaaaaaaaaaaaaa1"}}})).answered(json!({"ModifyVpcEndpointResponse": {"xmlns": "x", "requestId": "r", "return": true}})).is(Verdict::InSync),
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "PolicyDocument": "{\"Version\": \"2008-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}})).answered(json!({"ModifyVpcEndpointResponse": {"xmlns": "x", "requestId": "r", "return": true}})).tells("aws_vpc_endpoint.ssm", "policy", json!("{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}]}"), json!("{\"Version\": \"2008-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}]}")),
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "PolicyDocument": "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Principal\": \"*\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \"arn:aws:s3:::b/*\"\n    }\n  ]\n}"}})).answered(json!({"ModifyVpcEndpointResponse": {"xmlns": "x", "requestId": "r", "return": true}})).is(Verdict::InSync),
        Case::new("ec2", "DeleteVpcEndpoints", json!({"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"tag": 1, "content": "vpce-0aaaaaaaaaaaaaaa1"}}})).answered(json!({"DeleteVpcEndpointsResponse": {"xmlns": "x", "requestId": "r", "unsuccessful": ""}})).tells("aws_vpc_endpoint.ssm", "@resource", json!("present"), json!(null)),
    ]);
    on(&["vpc_endpoint", "vpc_endpoint_policy"], &[
        Case::new("ec2", "ModifyVpcEndpoint", json!({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1", "PolicyDocument": "{\"Version\": \"2008-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}})).answered(json!({"ModifyVpcEndpointResponse": {"xmlns": "x", "requestId": "r", "return": true}})).tells("aws_vpc_endpoint_policy.p", "policy", json!("{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}]}"), json!("{\"Version\": \"2008-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}]}")),
    ]);
    on(&["eip", "eip_association"], &[
        Case::new("ec2", "AssociateAddress", json!({"allocationId": "eipalloc-0aaaaaaaaaaaaaaa1", "instanceId": "i-0bbbbbbbbbbbbbbb1", "allowReassociation": true})).answered(json!({"requestId": "r", "_return": true, "associationId": "eipassoc-0bbbbbbbbbbbbbbb1"})).tells("aws_eip_association.a", "instance_id", json!("i-0aaaaaaaaaaaaaaa1"), json!("i-0bbbbbbbbbbbbbbb1")),
    ]);
    on(&["eip"], &[
        Case::new("ec2", "DisassociateAddress", json!({"associationId": "eipassoc-0aaaaaaaaaaaaaaa1"})).tells("aws_eip.e", "instance", json!("i-0aaaaaaaaaaaaaaa1"), json!(null)),
    ]);
    on(&["ec2_managed_prefix_list"], &[
        Case::new("ec2", "ModifyManagedPrefixList", json!({"ModifyManagedPrefixListRequest": {"PrefixListId": "pl-0aaaaaaaaaaaaaaa1", "CurrentVersion": 1, "AddEntry": {"tag": 1, "Cidr": "192.0.2.0/24", "Description": "x"}}})).tells("aws_ec2_managed_prefix_list.p", "entry", json!(null), json!({"cidr": "192.0.2.0/24", "description": "x"})),
    ]);
}

#[test]
#[rustfmt::skip]
fn changes_of_machines_are_told_as_their_owners_spell_them() {
    on(&["instance"], &[
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "instanceType": {"value": "t3.large"}})).tells("aws_instance.app", "instance_type", json!("t3.small"), json!("t3.large")),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "instanceType": {"value": "t3.small"}})).is(Verdict::InSync),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "attribute": "instanceType", "value": "t3.large"})).tells("aws_instance.app", "instance_type", json!("t3.small"), json!("t3.large")),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "disableApiTermination": {"value": false}})).tells("aws_instance.app", "disable_api_termination", json!(true), json!(false)),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "groupSet": {"items": [{"groupId": "sg-0aaaaaaaaaaaaaaa1"}, {"groupId": "sg-0bbbbbbbbbbbbbbb2"}]}})).tells("aws_instance.app", "vpc_security_group_ids", json!(["sg-0aaaaaaaaaaaaaaa1"]), json!(["sg-0aaaaaaaaaaaaaaa1", "sg-0bbbbbbbbbbbbbbb2"])),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "groupSet": {"items": [{"groupId": "sg-0aaaaaaaaaaaaaaa1"}]}})).is(Verdict::InSync),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "userData": "<sensitiveDataRemoved>"})).is(Verdict::Undecided),
        Case::new("ec2", "ModifyInstanceAttribute", json!({"instanceId": "i-0aaaaaaaaaaaaaaa1", "blockDeviceMapping": {"items": [{"deviceName": "/dev/xvda", "ebs": {"deleteOnTermination": false}}]}})).tells("aws_instance.app", "root_block_device[0].delete_on_termination", json!(true), json!(false)),
        Case::new("ec2", "ModifyInstanceMetadataOptions", json!({"ModifyInstanceMetadataOptionsRequest": {"InstanceId": "i-0aaaaaaaaaaaaaaa1", "HttpTokens": "optional", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2}})).answered(json!({"ModifyInstanceMetadataOptionsResponse": {"xmlns": "x", "instanceId": "i-0aaaaaaaaaaaaaaa1"}})).tells("aws_instance.app", "metadata_options[0].http_tokens", json!("required"), json!("optional")),
        Case::new("ec2", "ModifyInstanceMetadataOptions", json!({"ModifyInstanceMetadataOptionsRequest": {"InstanceId": "i-0aaaaaaaaaaaaaaa1", "HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2, "InstanceMetadataTags": "disabled"}})).answered(json!({"ModifyInstanceMetadataOptionsResponse": {"xmlns": "x", "instanceId": "i-0aaaaaaaaaaaaaaa1"}})).is(Verdict::InSync),
        Case::new("ec2", "MonitorInstances", json!({"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaa1"}]}})).answered(json!({"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaa1", "monitoring": {"state": "pending"}}]}})).tells("aws_instance.app", "monitoring", json!(false), json!(true)),
        Case::new("ec2", "ReplaceIamInstanceProfileAssociation", json!({"ReplaceIamInstanceProfileAssociationRequest": {"IamInstanceProfile": {"Name": "admin"}, "AssociationId": "iip-assoc-1"}})).answered(json!({"ReplaceIamInstanceProfileAssociationResponse": {"iamInstanceProfileAssociation": {"associationId": "iip-assoc-2", "instanceId": "i-0aaaaaaaaaaaaaaa1", "state": "associating", "iamInstanceProfile": {"arn": "arn:aws:iam::111122223333:instance-profile/admin", "id": "AIPA"}}}})).tells("aws_instance.app", "iam_instance_profile", json!("app"), json!("admin")),
        Case::new("ec2", "AssociateIamInstanceProfile", json!({"AssociateIamInstanceProfileRequest": {"IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/app"}, "InstanceId": "i-0aaaaaaaaaaaaaaa1"}})).answered(json!({"AssociateIamInstanceProfileResponse": {"iamInstanceProfileAssociation": {"associationId": "iip-assoc-2", "instanceId": "i-0aaaaaaaaaaaaaaa1"}}})).is(Verdict::InSync),
        Case::new("ec2", "DisassociateIamInstanceProfile", json!({"DisassociateIamInstanceProfileRequest": {"AssociationId": "iip-assoc-1"}})).answered(json!({"DisassociateIamInstanceProfileResponse": {"iamInstanceProfileAssociation": {"associationId": "iip-assoc-1", "instanceId": "i-0aaaaaaaaaaaaaaa1", "state": "disassociating"}}})).tells("aws_instance.app", "iam_instance_profile", json!("app"), json!(null)),
        Case::new("ec2", "ModifyInstanceCreditSpecification", json!({"ModifyInstanceCreditSpecificationRequest": {"InstanceCreditSpecification": {"InstanceId": "i-0aaaaaaaaaaaaaaa1", "CpuCredits": "standard", "tag": 1}}})).answered(json!({"ModifyInstanceCreditSpecificationResponse": {}})).tells("aws_instance.app", "credit_specification[0].cpu_credits", json!("unlimited"), json!("standard")),
        Case::new("ec2", "TerminateInstances", json!({"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaa1"}]}})).answered(json!({"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaa1", "currentState": {"code": 32, "name": "shutting-down"}}]}})).tells("aws_instance.app", "@resource", json!("present"), json!(null)),
        Case::new("ec2", "RunInstances", json!({"instancesSet": {"items": [{"imageId": "ami-1", "minCount": 1, "maxCount": 1}]}, "instanceType": "t3.micro", "blockDeviceMapping": {}, "monitoring": {"enabled": false}})).answered(json!({"instancesSet": {"items": [{"instanceId": "i-0eeeeeeeeeeeeeee1", "imageId": "ami-1"}]}})).is(Verdict::Unmanaged),
        Case::new("ec2", "DeleteTags", json!({"resourcesSet": {"items": [{"resourceId": "i-0aaaaaaaaaaaaaaa1"}]}, "tagSet": {"items": [{"key": "Name", "value": "app"}]}})).tells("aws_instance.app", "tags.Name", json!("app"), json!(null)),
        Case::new("ec2", "ModifyNetworkInterfaceAttribute", json!({"networkInterfaceId": "eni-0aaaaaaaaaaaaaaa1", "groupSet": {"items": [{"groupId": "sg-0bbbbbbbbbbbbbbb2"}]}})).tells("aws_instance.app", "vpc_security_group_ids", json!(["sg-0aaaaaaaaaaaaaaa1"]), json!(["sg-0bbbbbbbbbbbbbbb2"])),
        Case::new("ec2", "ModifyVolume", json!({"ModifyVolumeRequest": {"VolumeId": "vol-0aaaaaaaaaaaaaaa1", "Size": 100}})).answered(json!({"ModifyVolumeResponse": {"volumeModification": {"volumeId": "vol-0aaaaaaaaaaaaaaa1", "targetSize": 100}}})).tells("aws_instance.app", "root_block_device[0].volume_size", json!(30), json!(100)),
    ]);
    on(&["instance", "subnet"], &[
        Case::new("ec2", "CreateTags", json!({"resourcesSet": {"items": [{"resourceId": "i-0aaaaaaaaaaaaaaa1"}]}, "tagSet": {"items": [{"key": "Name", "value": "app"}, {"key": "Owner", "value": "bob"}]}})).tells("aws_instance.app", "tags.Owner", json!(null), json!("bob")),
    ]);
    on(&["ebs_volume"], &[
        Case::new("ec2", "ModifyVolume", json!({"ModifyVolumeRequest": {"VolumeId": "vol-0bbbbbbbbbbbbbbb1", "Size": 200, "VolumeType": "gp3", "Iops": 3000, "Throughput": 125}})).tells("aws_ebs_volume.data", "size", json!(50), json!(200)),
        Case::new("ec2", "ModifyVolume", json!({"ModifyVolumeRequest": {"VolumeId": "vol-0bbbbbbbbbbbbbbb1", "Size": 50, "VolumeType": "gp3", "Iops": 3000, "Throughput": 125}})).is(Verdict::InSync),
    ]);
    on(&["instance", "ebs_volume", "volume_attachment"], &[
        Case::new("ec2", "DetachVolume", json!({"volumeId": "vol-0bbbbbbbbbbbbbbb1", "force": false})).answered(json!({"requestId": "r", "volumeId": "vol-0bbbbbbbbbbbbbbb1", "instanceId": "i-0aaaaaaaaaaaaaaa1", "device": "/dev/sdf", "status": "detaching"})).tells("aws_volume_attachment.d", "@resource", json!("present"), json!(null)),
    ]);
    on(&["launch_template"], &[
        Case::new("ec2", "CreateLaunchTemplateVersion", json!({"CreateLaunchTemplateVersionRequest": {"LaunchTemplateId": "lt-0aaaaaaaaaaaaaaa1", "LaunchTemplateData": {"ImageId": "ami-0aaaaaaaaaaaaaaa1", "InstanceType": "t3.small", "IamInstanceProfile": {"Name": "app"}, "Monitoring": {"Enabled": true}, "SecurityGroupId": {"tag": 1, "content": "sg-0aaaaaaaaaaaaaaa1"}, "MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1}, "BlockDeviceMapping": {"tag": 1, "DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": true, "Encrypted": true, "VolumeSize": 20, "VolumeType": "gp3"}}, "UserData": "<sensitiveDataRemoved>"}, "ClientToken": "t"}})).answered(json!({"CreateLaunchTemplateVersionResponse": {"xmlns": "x", "launchTemplateVersion": {"launchTemplateId": "lt-0aaaaaaaaaaaaaaa1", "versionNumber": 2}}})).tells("aws_launch_template.app", "metadata_options[0].http_tokens", json!("required"), json!("optional")),
        Case::new("ec2", "CreateLaunchTemplateVersion", json!({"CreateLaunchTemplateVersionRequest": {"LaunchTemplateId": "lt-0aaaaaaaaaaaaaaa1", "LaunchTemplateData": {"ImageId": "ami-0aaaaaaaaaaaaaaa1", "InstanceType": "t3.small", "IamInstanceProfile": {"Name": "app"}, "Monitoring": {"Enabled": true}, "SecurityGroupId": {"tag": 1, "content": "sg-0aaaaaaaaaaaaaaa1"}, "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1}, "BlockDeviceMapping": {"tag": 1, "DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": true, "Encrypted": true, "VolumeSize": 20, "VolumeType": "gp3"}}}, "ClientToken": "t"}})).answered(json!({"CreateLaunchTemplateVersionResponse": {"xmlns": "x", "launchTemplateVersion": {"launchTemplateId": "lt-0aaaaaaaaaaaaaaa1", "versionNumber": 2}}})).is(Verdict::InSync),
        Case::new("ec2", "ModifyLaunchTemplate", json!({"ModifyLaunchTemplateRequest": {"SetDefaultVersion": 2, "LaunchTemplateId": "lt-0aaaaaaaaaaaaaaa1"}})).answered(json!({"ModifyLaunchTemplateResponse": {}})).tells("aws_launch_template.app", "default_version", json!(1), json!(2)),
    ]);
    on(&["ebs_snapshot"], &[
        Case::new("ec2", "ModifySnapshotAttribute", json!({"snapshotId": "snap-0aaaaaaaaaaaaaaa1", "createVolumePermission": {"add": {"items": [{"group": "all"}]}}, "attributeType": "CREATE_VOLUME_PERMISSION"})).tells("aws_ebs_snapshot.s", "CreateVolumePermissions", json!(null), json!("all")),
    ]);
    on(&["ebs_snapshot", "snapshot_create_volume_permission"], &[
        Case::new("ec2", "ModifySnapshotAttribute", json!({"snapshotId": "snap-0aaaaaaaaaaaaaaa1", "createVolumePermission": {"add": {"items": [{"userId": "444455556666"}]}}, "attributeType": "CREATE_VOLUME_PERMISSION"})).is(Verdict::InSync),
        Case::new("ec2", "ModifySnapshotAttribute", json!({"snapshotId": "snap-0aaaaaaaaaaaaaaa1", "createVolumePermission": {"remove": {"items": [{"userId": "444455556666"}]}}, "attributeType": "CREATE_VOLUME_PERMISSION"})).tells("aws_snapshot_create_volume_permission.p", "@resource", json!("present"), json!(null)),
    ]);
    on(&["ami"], &[
        Case::new("ec2", "ModifyImageAttribute", json!({"attributeType": "launchPermission", "imageId": "ami-0aaaaaaaaaaaaaaa1", "launchPermission": {"add": {"items": [{"group": "all"}]}}})).tells("aws_ami.app", "LaunchPermissions", json!(null), json!("all")),
    ]);
    on(&["ebs_encryption_by_default"], &[
        Case::new("ec2", "DisableEbsEncryptionByDefault", json!({"DisableEbsEncryptionByDefaultRequest": ""})).answered(json!({"DisableEbsEncryptionByDefaultResponse": {"ebsEncryptionByDefault": false}})).tells("aws_ebs_encryption_by_default.e", "enabled", json!(true), json!(false)),
    ]);
    on(&["internet_gateway"], &[
        Case::new("ec2", "DetachInternetGateway", json!({"internetGatewayId": "igw-0aaaaaaaaaaaaaaa1", "vpcId": "vpc-0aaaaaaaaaaaaaaa1"})).tells("aws_internet_gateway.g", "vpc_id", json!("vpc-0aaaaaaaaaaaaaaa1"), json!(null)),
    ]);
}
