//! Undoes the dialects in which services log their parameters, so that the catalog's paths read alike.
//!
//! EC2: `{"items":[…]}` and `{"item":…}` become lists, `{}` becomes null, `<Operation>Request` and `<Operation>Response`
//! are opened, their keys lowered, ordinals dropped, `{"value":x}` becomes `x`, and the legacy pair `attribute` and
//! `value` becomes the member it names. S3: markers, `xmlns` and `Host` go. API Gateway: `<operation>Input` is opened.
//! Values are never invented: what is not one of these shapes stays as it was logged.

use serde_json::{Map, Value};

/// Which side of a call is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Response,
}

/// Returns the parameters without their dialect. `null` and anything that is not an object give an empty object.
pub(crate) fn plain(service: &str, operation: &str, side: Side, parameters: Value) -> Map<String, Value> {
    let Value::Object(members) = parameters else { return Map::new() };
    match service {
        "ec2" => ec2(operation, side, members),
        "s3" => s3(members),
        "apigateway" => api_gateway(operation, members),
        _ => members,
    }
}

fn ec2(operation: &str, side: Side, mut members: Map<String, Value>) -> Map<String, Value> {
    let suffix = if side == Side::Request { "Request" } else { "Response" };
    let wrapper = members.keys().find(|key| key.strip_prefix(operation) == Some(suffix)).cloned();
    if let Some(Value::Object(inner)) = wrapper.and_then(|wrapper| members.remove(&wrapper)) {
        members = inner
            .into_iter()
            .filter(|(key, _)| key != "xmlns")
            .map(|(key, value)| (lower_first(&key), lowered(value)))
            .collect();
    }
    members.values_mut().for_each(ec2_value);
    legacy_attribute(&mut members);
    members
}

/// The command line's old form: `{"attribute": "instanceType", "value": "t3.large"}`.
fn legacy_attribute(members: &mut Map<String, Value>) {
    let Some(Value::String(name)) = members.get("attribute").cloned() else { return };
    if let Some(value) = members.remove("value") {
        members.remove("attribute");
        members.insert(lower_first(&name), value);
    }
}

/// Opens EC2's list and value wrappers, at every depth.
fn ec2_value(value: &mut Value) {
    match value {
        Value::Object(members) => match unwrapped(members) {
            Some(inner) => {
                *value = inner;
                ec2_value(value);
            }
            None if members.is_empty() => *value = Value::Null,
            None => members.values_mut().for_each(ec2_value),
        },
        Value::Array(elements) => elements.iter_mut().for_each(ec2_value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What the only member of a wrapper holds: a list, or a value.
fn unwrapped(members: &mut Map<String, Value>) -> Option<Value> {
    if members.len() != 1 {
        return None;
    }
    match members.remove("items").or_else(|| members.remove("item")) {
        Some(Value::Array(elements)) => Some(Value::Array(elements)),
        Some(single) => Some(Value::Array(vec![single])),
        None => members.remove("value"),
    }
}

/// Lowers the keys of a wrapped request and drops the ordinals (`"tag": 1`) that its XML left behind.
fn lowered(value: Value) -> Value {
    match value {
        Value::Object(mut members) => {
            if members.get("tag").is_some_and(Value::is_number) {
                members.remove("tag");
                if members.len() == 1
                    && let Some(content) = members.remove("content")
                {
                    return content;
                }
            }
            Value::Object(members.into_iter().map(|(key, value)| (lower_first(&key), lowered(value))).collect())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(lowered).collect()),
        scalar => scalar,
    }
}

/// The sub-resources that S3 names with an empty member, next to the XML body that carries the values.
const S3_MARKERS: &[&str] = &[
    "policy",
    "acl",
    "lifecycle",
    "tagging",
    "versioning",
    "encryption",
    "logging",
    "cors",
    "website",
    "replication",
    "publicAccessBlock",
    "ownershipControls",
    "notification",
    "object-lock",
    "accelerate",
    "requestPayment",
    "analytics",
    "inventory",
    "metrics",
    "intelligent-tiering",
];

fn s3(mut members: Map<String, Value>) -> Map<String, Value> {
    members.retain(|key, value| {
        let marker = S3_MARKERS.contains(&key.as_str()) && !value.is_object();
        !marker && !key.eq_ignore_ascii_case("host")
    });
    members.values_mut().for_each(without_namespaces);
    members
}

fn without_namespaces(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|key, _| key != "xmlns" && !key.starts_with("xmlns:"));
            members.values_mut().for_each(without_namespaces);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_namespaces),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn api_gateway(operation: &str, mut members: Map<String, Value>) -> Map<String, Value> {
    members.remove("template");
    let wrapper = format!("{}Input", lower_first(operation));
    if let Some(Value::Object(inner)) = members.remove(&wrapper) {
        members.extend(inner);
    }
    members
}

pub(crate) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(service: &str, operation: &str, parameters: Value) -> Value {
        Value::Object(plain(service, operation, Side::Request, parameters))
    }

    #[test]
    fn ec2_lists_lose_their_items_and_empty_lists_become_null() {
        let logged = json!({"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}, "groups": {}}]}});
        assert_eq!(
            request("ec2", "AuthorizeSecurityGroupIngress", logged),
            json!({"groupId": "sg-1", "ipPermissions": [{"ipProtocol": "tcp", "ipRanges": [{"cidrIp": "10.0.0.0/8"}], "groups": null}]})
        );
    }

    #[test]
    fn a_wrapped_ec2_request_reads_like_a_plain_one() {
        let logged = json!({"ModifyVpcEndpointRequest": {"xmlns": "x", "AddSubnetId": {"tag": 1, "content": "subnet-1"}, "VpcEndpointId": "vpce-1"}});
        assert_eq!(
            request("ec2", "ModifyVpcEndpoint", logged),
            json!({"addSubnetId": "subnet-1", "vpcEndpointId": "vpce-1"})
        );
    }

    #[test]
    fn both_forms_of_an_attribute_call_read_alike() {
        let wrapped = request(
            "ec2",
            "ModifyInstanceAttribute",
            json!({"instanceId": "i-1", "instanceType": {"value": "t3.small"}}),
        );
        let legacy = request(
            "ec2",
            "ModifyInstanceAttribute",
            json!({"instanceId": "i-1", "attribute": "instanceType", "value": "t3.small"}),
        );
        assert_eq!(wrapped, legacy);
    }

    #[test]
    fn s3_keeps_the_body_and_drops_the_marker() {
        let logged = json!({"versioning": "", "Host": "h", "bucketName": "b", "VersioningConfiguration": {"xmlns": "x", "Status": "Suspended"}});
        assert_eq!(
            request("s3", "PutBucketVersioning", logged),
            json!({"bucketName": "b", "VersioningConfiguration": {"Status": "Suspended"}})
        );
    }

    #[test]
    fn an_array_marker_of_old_records_goes_too() {
        let logged = json!({"publicAccessBlock": [""], "host": ["h"], "bucketName": "b"});
        assert_eq!(request("s3", "PutBucketPublicAccessBlock", logged), json!({"bucketName": "b"}));
    }

    #[test]
    fn the_body_of_an_api_gateway_call_is_opened() {
        let logged = json!({"restApiId": "a", "template": false, "updateRestApiInput": {"patchOperations": []}});
        assert_eq!(request("apigateway", "UpdateRestApi", logged), json!({"restApiId": "a", "patchOperations": []}));
    }
}
