use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::unreadable::{Unreadable, UnreadableReason};
use crate::unwrap::for_each_record;

/// Calls `check` with the one record of `text`.
fn with_record<T>(text: &str, check: impl FnOnce(Record<'_>) -> T) -> T {
    let (mut check, mut found) = (Some(check), None);
    for_each_record(text.as_bytes(), &mut |record| {
        found = Some(check.take().unwrap()(record.unwrap()));
    });
    found.unwrap()
}

/// A record with `members` added to, or put in place of, those of the smallest one.
fn with<T>(members: &Value, check: impl FnOnce(Record<'_>) -> T) -> T {
    let mut record = json!({
        "eventTime": "2026-11-20T10:05:00Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DeleteVpc",
        "eventID": "e-1"
    });
    for (name, value) in members.as_object().unwrap() {
        record[name] = value.clone();
    }
    with_record(&record.to_string(), check)
}

fn refused(text: &str) -> Unreadable {
    let mut found = None;
    for_each_record(text.as_bytes(), &mut |record| found = Some(record.unwrap_err()));
    found.unwrap()
}

#[test]
fn every_member_is_read() {
    let members = json!({
        "eventVersion": "1.11", "userIdentity": {"type": "Root", "accountId": "444455556666"},
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.10", "userAgent": "aws-cli/2.17.32",
        "errorCode": "AccessDenied", "errorMessage": "no", "requestParameters": {"vpcId": "vpc-0aaa"},
        "responseElements": {"_return": true}, "additionalEventData": {"a": 1}, "serviceEventDetails": {"b": 2},
        "requestID": "r-1", "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "eventCategory": "Management", "recipientAccountId": "111122223333", "sharedEventID": "s-1",
        "apiVersion": "2016-11-15", "vpcEndpointId": "vpce-1", "sessionCredentialFromConsole": "true",
        "resources": [{"ARN": "arn:aws:s3:::logs", "accountId": "111122223333", "type": "AWS::S3::Bucket"}, 7],
        "addendum": {"reason": "UPDATED_DATA", "originalEventID": "e-0"},
        "tlsDetails": {"tlsVersion": "TLSv1.3"}, "somethingNew": [1, 2]
    });
    with(&members, |record| {
        assert_eq!(record.event_version.as_deref(), Some("1.11"));
        assert_eq!(record.event_time.to_string(), "2026-11-20T10:05:00Z");
        assert_eq!(record.region.as_deref(), Some("eu-west-1"));
        assert_eq!(record.source_ip_address.as_deref(), Some("203.0.113.10"));
        assert_eq!(record.user_agent.as_deref(), Some("aws-cli/2.17.32"));
        assert_eq!(record.error_code.as_deref(), Some("AccessDenied"));
        assert_eq!(record.error_message.as_deref(), Some("no"));
        assert_eq!(record.request().unwrap(), json!({"vpcId": "vpc-0aaa"}));
        assert_eq!(record.response().unwrap(), json!({"_return": true}));
        assert_eq!(record.additional_event_data.unwrap().get(), r#"{"a":1}"#);
        assert_eq!(record.service_event_details.unwrap().get(), r#"{"b":2}"#);
        assert_eq!(record.request_id.as_deref(), Some("r-1"));
        assert_eq!((&*record.event_id, record.event_id_is_substitute), ("e-1", false));
        assert_eq!((record.read_only, record.management_event), (Some(false), Some(true)));
        assert_eq!(record.event_type.as_deref(), Some("AwsApiCall"));
        assert_eq!(record.event_category.as_deref(), Some("Management"));
        assert_eq!(record.account(), Some("111122223333"));
        assert_eq!(record.shared_event_id.as_deref(), Some("s-1"));
        assert_eq!(record.api_version.as_deref(), Some("2016-11-15"));
        assert_eq!(record.vpc_endpoint_id.as_deref(), Some("vpce-1"));
        assert_eq!(record.session_credential_from_console, Some(true));
        let [touched] = &record.resources()[..] else { panic!() };
        assert_eq!(touched.arn.as_deref(), Some("arn:aws:s3:::logs"));
        assert_eq!(touched.kind.as_deref(), Some("AWS::S3::Bucket"));
        assert_eq!(record.addendum.unwrap().original_event_id.as_deref(), Some("e-0"));
    });
}

#[test]
fn null_and_missing_are_the_same() {
    let members = json!({"userIdentity": null, "requestParameters": null, "errorCode": null, "resources": null,
        "readOnly": null, "addendum": null});
    with(&members, |record| {
        assert!(record.identity.is_none() && record.request_parameters.is_none() && record.error_code.is_none());
        assert!(record.resources().is_empty() && record.read_only.is_none() && record.addendum.is_none());
        assert_eq!(record.request().unwrap(), Value::Null);
        assert_eq!(record.account(), None);
    });
}

#[test]
fn a_wrong_type_loses_the_member_and_not_the_record() {
    let members = json!({"userIdentity": "alice", "eventVersion": 1.08, "awsRegion": ["x"], "errorCode": {"a": 1},
        "readOnly": 1, "recipientAccountId": 111_122_223_333_u64, "addendum": [], "resources": "x"});
    with(&members, |record| {
        assert!(record.identity.is_none() && record.event_version.is_none() && record.region.is_none());
        assert!(!record.failed() && record.read_only.is_none() && record.account().is_none());
        assert!(record.addendum.is_none() && record.resources().is_empty());
    });
}

#[test]
fn a_key_given_twice_counts_with_its_last_value() {
    let text = r#"{"eventName":"A","eventSource":"ec2.amazonaws.com","eventName":"B","requestParameters":{"a":1},
        "eventTime":"2026-11-20T10:05:00Z","requestParameters":{"a":2},"userIdentity":{"arn":"x"},"userIdentity":7}"#;
    with_record(text, |record| {
        assert_eq!(record.event_name, "B");
        assert_eq!(record.request().unwrap(), json!({"a": 2}));
        assert!(record.identity.is_none());
    });
}

#[test]
fn what_a_record_needs_is_named_when_it_is_not_there() {
    let cases = [
        (
            r#"{"eventName":"A","eventTime":"2026-11-20T10:05:00Z"}"#,
            "`eventSource` is missing; expected a CloudTrail record",
        ),
        (
            r#"{"eventSource":"a","eventTime":"2026-11-20T10:05:00Z"}"#,
            "`eventName` is missing; expected a CloudTrail record",
        ),
        (r#"{"eventSource":"a","eventName":""}"#, "`eventName` is missing; expected a CloudTrail record"),
        (
            r#"{"eventSource":"a","eventName":"A","eventTime":7}"#,
            "`eventTime` is missing; expected a CloudTrail record",
        ),
        (
            r#"{"eventSource":"a","eventName":"A","eventTime":"..."}"#,
            "`eventTime` is not a time such as `2026-11-20T10:05:00Z`",
        ),
        (
            r#"{"eventSource":"a","eventName":"A","eventTime":"2026-11-20"}"#,
            "`eventTime` is not a time such as `2026-11-20T10:05:00Z`",
        ),
        ("{}", "`eventSource` is missing; expected a CloudTrail record"),
        ("7", "a single value; expected an object"),
    ];
    for (text, message) in cases {
        let unreadable = refused(text);
        assert_eq!((unreadable.reason, &*unreadable.message), (UnreadableReason::NotARecord, message), "{text}");
    }
}

#[test]
fn times_without_a_zone_are_utc() {
    for time in
        ["2026-11-20 10:05:00", "2026-11-20 10:05:00.000000000", "2026-11-20 10:05:00Z", "2026-11-20T11:05:00+01:00"]
    {
        with(&json!({"eventTime": time}), |record| {
            assert_eq!(record.event_time.to_string(), "2026-11-20T10:05:00Z", "{time}");
        });
    }
}

#[test]
fn every_spelling_of_read_only() {
    let cases = [
        (json!(true), Some(true)),
        (json!(false), Some(false)),
        (json!("true"), Some(true)),
        (json!("True"), Some(true)),
        (json!("false"), Some(false)),
        (json!("False"), Some(false)),
        (json!("yes"), None),
        (json!("TRUE "), None),
        (json!(""), None),
        (json!(1), None),
        (Value::Null, None),
    ];
    for (value, expected) in cases {
        with(&json!({"readOnly": value}), |record| assert_eq!(record.read_only, expected));
    }
}

#[test]
fn reading_is_told_by_the_flag_and_else_by_the_verb() {
    let is_read =
        |name: &str, flag: Value| with(&json!({"eventName": name, "readOnly": flag}), |record| record.is_read());
    assert!(is_read("DescribeVpcs", Value::Null));
    assert!(is_read("GetFunction20150331v2", Value::Null));
    assert!(!is_read("DeleteVpc", Value::Null));
    assert!(is_read("AssumeRole", json!(true)));
    assert!(!is_read("GetAndDelete", json!(false)));
}

#[test]
fn failures_are_told_by_the_code() {
    let failed = |members: Value| with(&members, |record| record.failed());
    assert!(failed(json!({"errorCode": "Client.DryRunOperation"})));
    assert!(!failed(json!({})));
    assert!(!failed(json!({"errorCode": ""})));
    assert!(failed(json!({"errorMessage": "no", "responseElements": null})));
    assert!(!failed(json!({"errorMessage": "in part", "responseElements": {"unsuccessful": [1]}})));
    assert!(failed(json!({"errorMessage": "Failed authentication", "eventSource": "signin.amazonaws.com",
        "responseElements": {"ConsoleLogin": "Failure"}})));
}

#[test]
fn services_are_named_without_their_domain() {
    let sources = BTreeMap::from([
        ("ec2.amazonaws.com", "ec2"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("s3.aws.internal", "s3"),
        ("lambda.api.aws", "lambda"),
        ("custom", "custom"),
    ]);
    for (source, service) in sources {
        with(&json!({"eventSource": source}), |record| assert_eq!(record.service(), service));
    }
}

#[test]
fn a_service_event_without_a_type_of_identity_is_read() {
    let members = json!({"eventType": "AwsServiceEvent", "userIdentity": {"accountId": "111122223333",
        "invokedBy": "secretsmanager.amazonaws.com"}, "serviceEventDetails": {"keyId": "k-1"}});
    with(&members, |record| {
        assert_eq!(record.account(), Some("111122223333"));
        let identity = record.identity.unwrap();
        assert_eq!((identity.kind, identity.invoked_by.as_deref()), (None, Some("secretsmanager.amazonaws.com")));
        assert_eq!(record.service_event_details.unwrap().get(), r#"{"keyId":"k-1"}"#);
    });
}

#[test]
fn a_record_without_an_id_gets_a_stable_one() {
    let text = r#"{"eventName":"A","eventSource":"b","eventTime":"2026-11-20T10:05:00Z"}"#;
    let id = |text: &str| with_record(text, |record| (record.event_id.into_owned(), record.event_id_is_substitute));
    assert_eq!(id(text), ("sha-7d300bdeeeb2433a39cbd11645f37daf".to_owned(), true));
    assert_eq!(id(&format!(" {text}\n")), id(text));
    assert_ne!(id(&text.replace('A', "B")), id(text));
    with(&json!({"eventID": null, "eventId": "e-2"}), |record| assert_eq!(record.event_id, "e-2"));
}

#[test]
fn strings_are_borrowed_unless_they_have_escapes() {
    with(&json!({"userAgent": "plain", "errorMessage": "a \"quote\" é"}), |record| {
        assert!(matches!(record.user_agent, Some(Cow::Borrowed("plain"))));
        assert!(matches!(&record.error_message, Some(Cow::Owned(text)) if text == "a \"quote\" é"));
    });
}

#[test]
fn parameters_nested_too_deeply_do_not_lose_the_record() {
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let text = format!(
        r#"{{"eventName":"A","eventSource":"b","eventTime":"2026-11-20T10:05:00Z","requestParameters":{deep}}}"#
    );
    with_record(&text, |record| {
        insta::assert_snapshot!(record.request().unwrap_err(), @"the record's `requestParameters` cannot be read");
    });
}

#[test]
fn debug_shows_which_record_and_no_content() {
    let shown = with(&json!({"sourceIPAddress": "203.0.113.10", "requestParameters": {"a": "secret"}}), |record| {
        format!("{record:?}")
    });
    insta::assert_snapshot!(shown, @r#"Record { position: Position { ordinal: 0, offset: 0, part: 0 }, event_id: "e-1", event_time: 2026-11-20T10:05:00Z, event_source: "ec2.amazonaws.com", event_name: "DeleteVpc", .. }"#);
}
