//! As many records as wanted, of a few kinds of calls, on a few hundred resources that one state declares.
//!
//! People change, put back and change again; some calls share a second; some are delivered twice. The same seed gives the
//! same records in the same order.

use serde_json::{Value, json};

use crate::faults::draw;
use crate::stack::ACCOUNT;

const REGION: &str = "eu-west-1";
const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];
/// A Friday morning, as Terraform's own clock counts it: 2026-11-20T06:00:00Z.
const MORNING: i64 = 1_795_154_400;

/// Records and what they are about.
#[derive(Debug)]
pub struct Made {
    /// A state that declares every resource.
    pub state: Vec<u8>,
    /// The records as they are delivered: shuffled, three of ten twice.
    pub delivered: Vec<Value>,
}

/// Makes so many deliveries for so many resources.
#[must_use]
pub fn made(deliveries: usize, resources: usize, seed: u64) -> Made {
    let mut unique = Vec::new();
    for at in 0..deliveries * 7 / 10 {
        let drawn = draw(seed ^ (at as u64) << 20);
        let resource = usize::try_from(drawn % resources as u64).unwrap_or_default();
        unique.push(record(at, resource, drawn / 1000));
    }
    let mut delivered = unique.clone();
    let again = deliveries - delivered.len();
    delivered.extend((0..again).map(|at| unique[(at * 7919) % unique.len()].clone()));
    shuffle(&mut delivered, seed);
    Made { state: state(resources), delivered }
}

fn shuffle(records: &mut [Value], seed: u64) {
    for at in (1..records.len()).rev() {
        let other = draw(seed.wrapping_add(at as u64)) % (at as u64 + 1);
        records.swap(at, usize::try_from(other).unwrap_or_default());
    }
}

/// What is done to a resource: three kinds of resources, by turns.
fn record(at: usize, resource: usize, drawn: u64) -> Value {
    let pick = usize::try_from(drawn % 3).unwrap_or_default();
    let (source, name, request) = match resource % 3 {
        0 => {
            let days = [90, 7, 14][pick];
            let request = json!({"logGroupName": format!("/made/{resource:03}"), "retentionInDays": days});
            ("logs", "PutRetentionPolicy", request)
        }
        1 => {
            let url = format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/made-{resource:03}");
            let (name, value) =
                [("VisibilityTimeout", "30"), ("VisibilityTimeout", "300"), ("DelaySeconds", "5")][pick];
            ("sqs", "SetQueueAttributes", json!({"queueUrl": url, "attributes": {name: value}}))
        }
        _ => {
            let name = ["RevokeSecurityGroupIngress", "AuthorizeSecurityGroupIngress"][pick.min(1)];
            let range = ["203.0.113.0/24", "0.0.0.0/0"][usize::try_from(drawn / 3 % 2).unwrap_or_default()];
            let permission = json!({
                "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipRanges": {"items": [{"cidrIp": range}]},
                "ipv6Ranges": {}, "prefixListIds": {},
            });
            ("ec2", name, json!({"groupId": group(resource), "ipPermissions": {"items": [permission]}}))
        }
    };
    let who = PEOPLE[usize::try_from(drawn / 7 % 3).unwrap_or_default()];
    // Two and two in one second.
    let second = i64::try_from(at / 2).unwrap_or_default();
    let time = jiff::Timestamp::from_second(MORNING + second).unwrap();
    json!({
        "eventVersion": "1.11", "eventTime": time.to_string(), "eventID": format!("00000000-0000-4000-8000-{at:012}"),
        "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "awsRegion": REGION,
        "recipientAccountId": ACCOUNT, "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "eventCategory": "Management", "sourceIPAddress": "203.0.113.10", "userAgent": "aws-cli/2.32.3",
        "userIdentity": {
            "type": "IAMUser", "accountId": ACCOUNT, "userName": who, "arn": format!("arn:aws:iam::{ACCOUNT}:user/{who}"),
        },
        "requestParameters": request, "responseElements": null, "requestID": format!("00000000-0000-4000-9000-{at:012}"),
    })
}

fn group(resource: usize) -> String {
    format!("sg-0{resource:016x}")
}

fn state(resources: usize) -> Vec<u8> {
    let resources: Vec<Value> = (0..resources).map(block).collect();
    json!({
        "version": 4, "terraform_version": "1.13.5", "serial": 1, "lineage": "9b6f0c58-0000-4000-8000-000000000001",
        "outputs": {}, "resources": resources,
    })
    .to_string()
    .into_bytes()
}

fn block(resource: usize) -> Value {
    let (kind, attributes) = match resource % 3 {
        0 => {
            let name = format!("/made/{resource:03}");
            let arn = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}");
            ("aws_cloudwatch_log_group", json!({"arn": arn, "id": name, "name": name, "retention_in_days": 90}))
        }
        1 => {
            let name = format!("made-{resource:03}");
            let url = format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}");
            let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}");
            let attributes = json!({
                "arn": arn, "id": url, "url": url, "name": name, "visibility_timeout_seconds": 30, "delay_seconds": 0,
            });
            ("aws_sqs_queue", attributes)
        }
        _ => {
            let (id, name) = (group(resource), format!("made-{resource:03}"));
            let ingress = json!([{
                "cidr_blocks": ["203.0.113.0/24"], "description": "", "from_port": 22, "ipv6_cidr_blocks": [],
                "prefix_list_ids": [], "protocol": "tcp", "security_groups": [], "self": false, "to_port": 22,
            }]);
            let arn = format!("arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{id}");
            let attributes = json!({
                "arn": arn, "id": id, "name": name, "description": "made", "owner_id": ACCOUNT, "ingress": ingress,
                "egress": [], "vpc_id": "vpc-0e2cce402e60dcd43",
            });
            ("aws_security_group", attributes)
        }
    };
    let mut attributes = attributes;
    attributes["region"] = json!(REGION);
    attributes["tags"] = Value::Null;
    json!({
        "mode": "managed", "type": kind, "name": format!("made_{resource:03}"),
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    })
}
