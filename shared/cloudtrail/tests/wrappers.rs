//! Every way a record is wrapped, plain and compressed, through the whole reader.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::io::Write;

use driftwire_cloudtrail::{Limits, for_each_in, for_each_record};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Value, json};

fn parameters() -> Value {
    json!({"policyDocument": "{\"Statement\": [{\"Effect\": \"Allow\"}]}"})
}

fn record(id: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-11-20T10:05:00Z", "eventSource": "iam.amazonaws.com",
        "eventName": "PutRolePolicy", "eventID": id,
        "requestParameters": parameters()
    })
}

fn eventbridge(detail: &Value) -> Value {
    json!({"version": "0", "id": "x", "detail-type": "AWS API Call via CloudTrail", "source": "aws.iam", "detail": detail})
}

fn sns(message: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:us-east-1:111122223333:trail",
        "Message": message.to_string(), "Timestamp": "2026-11-20T10:05:01Z"})
}

fn received(body: &Value) -> Value {
    json!({"MessageId": "m-1", "ReceiptHandle": "h", "Body": body.to_string()})
}

fn lambda_sqs(body: &Value) -> Value {
    json!({"messageId": "m-1", "receiptHandle": "h", "body": body.to_string(), "attributes": {},
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:trail", "awsRegion": "us-east-1"})
}

fn lambda_sns(message: &Value) -> Value {
    json!({"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns(message)})
}

fn looked_up(record: &Value) -> Value {
    json!({"EventId": "e-1", "EventName": "PutRolePolicy", "EventTime": 1_795_000_000, "Username": "alice",
        "Resources": [], "CloudTrailEvent": record.to_string()})
}

/// What the reader gives, one line each: the id and the policy's length, or the problem.
fn read(bytes: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    for_each_in(bytes, &Limits::default(), &mut |record| {
        lines.push(match record {
            Ok(record) => {
                assert_eq!(record.request().unwrap(), parameters());
                record.event_id.into_owned()
            }
            Err(unreadable) => unreadable.to_string(),
        });
    })
    .unwrap();
    lines
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn both(input: &Value) -> Vec<String> {
    let text = input.to_string();
    let plain = read(text.as_bytes());
    assert_eq!(read(&gzip(text.as_bytes())), plain);
    assert_eq!(read(serde_json::to_string_pretty(input).unwrap().as_bytes()), plain.clone());
    plain
}

#[test]
fn every_wrapper_gives_its_records_plain_and_compressed() {
    let (first, second) = (record("e-1"), record("e-2"));
    let file = json!({"Records": [first, second]});
    let inputs = [
        file.clone(),
        json!([first, second]),
        json!({"Events": [looked_up(&first), looked_up(&second)], "NextToken": "t"}),
        json!({"Messages": [received(&first), received(&eventbridge(&second))]}),
        json!({"Messages": [received(&file)]}),
        json!({"Messages": [received(&sns(&eventbridge(&first))), received(&sns(&second))]}),
        json!({"Records": [lambda_sqs(&eventbridge(&first)), lambda_sqs(&sns(&eventbridge(&second)))]}),
        json!({"Records": [lambda_sqs(&file)]}),
        json!({"Records": [lambda_sqs(&sns(&file))]}),
        json!({"Records": [lambda_sns(&first), lambda_sns(&eventbridge(&second))]}),
        json!([eventbridge(&first), eventbridge(&second)]),
        sns(&file),
        received(&json!([first, second])),
        json!([{"Type": "Notification", "Message": json!({"Records": [lambda_sqs(&first), lambda_sqs(&second)]}).to_string()}]),
    ];
    for input in inputs {
        assert_eq!(both(&input), ["e-1", "e-2"], "{input}");
    }
}

#[test]
fn a_handler_reads_one_document_without_a_stream() {
    let mut ids = Vec::new();
    let event = json!({"Records": [lambda_sqs(&eventbridge(&record("e-1"))), lambda_sqs(&record("e-2"))]});
    for_each_record(event.to_string().as_bytes(), &mut |record| {
        let record = record.unwrap();
        ids.push((record.event_id.into_owned(), record.position.part));
    });
    assert_eq!(ids, [("e-1".to_owned(), 1), ("e-2".to_owned(), 2)]);
}

#[test]
fn four_wrappers_are_opened_and_a_fifth_is_not() {
    let mut wrapped = record("e-1");
    for _ in 0..4 {
        wrapped = received(&wrapped);
    }
    assert_eq!(both(&wrapped), ["e-1"]);
    assert_eq!(
        both(&received(&wrapped)),
        ["record 1 at byte 0: inside an SQS `body`: lies in more than 4 wrappers (not_a_record)"]
    );
    let mut listed = record("e-1");
    for _ in 0..6 {
        listed = json!([listed]);
    }
    let lines = read(listed.to_string().as_bytes());
    assert_eq!(lines, ["record 1.4 at byte 1: more than 4 lists of records in each other (not_a_record)"]);
}

#[test]
fn what_is_wrapped_and_no_record_is_named() {
    let s3 = json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-11-20T10:05:00.000Z", "eventName": "ObjectCreated:Put", "s3": {}}]});
    let inputs = [
        s3.clone(),
        json!({"Records": [lambda_sqs(&s3)]}),
        json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-20T10:05:00.000Z", "Bucket": "logs"}),
        json!({"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe", "Token": "t"}),
        json!({"Type": "Notification", "Message": "Successfully validated SNS topic for CloudTrail."}),
        json!({"Type": "Notification", "Message": json!({"s3Bucket": "logs", "s3ObjectKey": ["a.json.gz"]}).to_string()}),
        json!({"Messages": [{"Body": "hello"}]}),
        json!({"Messages": [{"Body": ""}]}),
        json!({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": "eA=="}}]}),
        json!({"version": "0", "detail-type": "EC2 Instance State-change Notification", "detail": {"state": "running"}}),
        json!({"detail-type": "AWS API Call via CloudTrail", "detail": "text"}),
        json!({"MessageId": "m-1"}),
        json!({"Records": null}),
    ];
    let lines: Vec<String> = inputs.iter().flat_map(|input| read(input.to_string().as_bytes())).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    record 1 at byte 12: an S3 event notification; read the log file that it names (not_a_record)
    record 1.1 at byte 12: an S3 event notification; read the log file that it names (not_a_record)
    record 1 at byte 0: an S3 test message (not_a_record)
    record 1 at byte 0: an SNS message about a subscription (not_a_record)
    record 1 at byte 0: inside an SNS `Message`: an SNS test message (not_a_record)
    record 1 at byte 0: CloudTrail's notice of a new log file; read the file that it names (not_a_record)
    record 1 at byte 13: inside an SQS `body`: not JSON at line 1 column 1 (not_json)
    record 1 at byte 13: inside an SQS `body`: empty (not_json)
    record 1 at byte 12: an event of another AWS service for a Lambda function (not_a_record)
    record 1 at byte 0: inside an EventBridge `detail`: `eventSource` is missing; expected a CloudTrail record (not_a_record)
    record 1 at byte 0: inside an EventBridge `detail`: a single value; expected an object (not_a_record)
    record 1 at byte 0: `eventSource` is missing; expected a CloudTrail record (not_a_record)
    record 1 at byte 0: `eventSource` is missing; expected a CloudTrail record (not_a_record)
    ");
}

#[test]
fn a_broken_document_in_a_good_file_is_the_only_loss() {
    let input = format!("{{\"Records\":[{},{{\"eventVersion\":1 1}},{}]}}", record("e-1"), record("e-2"));
    let lines = read(input.as_bytes());
    assert_eq!((&*lines[0], &*lines[2]), ("e-1", "e-2"));
    assert!(lines[1].ends_with("not JSON at line 1 column 19 (not_json)"), "{}", lines[1]);
}

#[test]
fn bytes_that_are_not_utf8_are_reported() {
    let lines = read(b"{\"eventName\":\"\xff\"}\n{\"a\":1}");
    assert_eq!(lines[0], "record 1 at byte 0: not UTF-8 at its byte 14, so not JSON (not_json)");
    assert_eq!(lines.len(), 2);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z\"\\\\{}]{0,8}".prop_map(Value::from),
        Just(record("e-1")),
        Just(Value::from(record("e-2").to_string())),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let key = prop::sample::select(vec![
            "Records",
            "Events",
            "Messages",
            "detail",
            "detail-type",
            "body",
            "Body",
            "Type",
            "Message",
            "Sns",
            "CloudTrailEvent",
            "eventSource",
            "eventName",
            "eventTime",
            "userIdentity",
            "sessionContext",
            "resources",
            "addendum",
            "readOnly",
            "eventID",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner.clone(), 0..6)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_ends_as_records_or_reasons(input in any_json()) {
        let text = input.to_string();
        let mut count = 0;
        for_each_record(text.as_bytes(), &mut |record| {
            count += 1;
            if let Ok(record) = record {
                let _ = (record.failed(), record.is_read(), record.resources().len(), record.account().is_some());
            }
        });
        prop_assert!(count > 0 || text.contains("[]"), "{}", text);
    }

    #[test]
    fn any_bytes_are_survived(input in prop::collection::vec(any::<u8>(), 0..300)) {
        for_each_record(&input, &mut |_| {});
        for_each_in(&input[..], &Limits::default(), &mut |_| {}).ok();
    }

    #[test]
    fn damaged_gzip_is_survived(at in 0_usize..2000, with in any::<u8>()) {
        let mut bytes = gzip(json!({"Records": [record("e-1"), record("e-2")]}).to_string().as_bytes());
        let length = bytes.len();
        bytes[at % length] ^= with;
        for_each_in(&bytes[..], &Limits::default(), &mut |_| {}).ok();
    }
}
