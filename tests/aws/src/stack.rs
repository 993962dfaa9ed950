//! The stack on an AWS of this machine's own, for as long as a value lives; and what tests ask that AWS, in its own
//! protocols.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::outside::{KEY, Outside};
use crate::wire::{Answer, Request, send};
use crate::{root, until};

/// Whose AWS it is, as in the example.
pub const ACCOUNT: &str = "111122223333";
/// The bucket with the states.
pub const STATES: &str = "acme-state";

/// What to bring up.
#[derive(Debug, Default)]
pub struct Setup {
    parameters: Vec<String>,
    secrets: Vec<String>,
    endpoints: Vec<String>,
    environment: Vec<String>,
    visibility: Option<u32>,
    port: Option<u16>,
}

impl Setup {
    /// Without a sink; records come from `local.`.
    #[must_use]
    pub fn new() -> Self {
        Self::default().parameter("SourcePrefix", "local.").parameter("StateBuckets", STATES)
    }

    /// With a parameter of the template.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push(format!("{name}={value}"));
        self
    }

    /// With a variable of the functions.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push(format!("{name}={value}"));
        self
    }

    /// With messages that come back after so many seconds where they failed.
    #[must_use]
    pub fn comes_back_after(mut self, seconds: u32) -> Self {
        self.visibility = Some(seconds);
        self
    }

    /// On a port that was chosen before.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// With a webhook.
    #[must_use]
    pub fn webhook(mut self, outside: &Outside) -> Self {
        self.secrets.push(format!("webhook={}", json!({"key": KEY})));
        self.parameter("WebhookUrl", &outside.address("/hook")).parameter("WebhookSecret", "secret:webhook")
    }

    /// With Slack.
    #[must_use]
    pub fn slack(mut self, outside: &Outside) -> Self {
        self.secrets.push(format!("slack={}", json!({"token": "xoxb-local"})));
        self.endpoints.push(format!("slack={}", outside.address("/slack")));
        self.parameter("SlackSecret", "secret:slack").parameter("SlackChannel", "C0ACME")
    }

    /// With GitHub.
    #[must_use]
    pub fn github(mut self, outside: &Outside) -> Self {
        self.secrets.push(format!("github={}", json!({"token": "ghp_local"})));
        self.endpoints.push(format!("github={}", outside.address("/github")));
        self.parameter("GitHubRepository", "acme/infra").parameter("GitHubSecret", "secret:github")
    }
}

/// The stack.
#[derive(Debug)]
pub struct Stack {
    folder: tempfile::TempDir,
    authority: String,
    outputs: BTreeMap<String, String>,
    /// The process that is this AWS.
    pub pid: u32,
}

impl Stack {
    /// Brings it up, with the functions in a folder.
    #[must_use]
    pub fn up(code: &Path, setup: &Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = script("up", folder.path());
        command.arg("--code").arg(code).args(["--account", ACCOUNT, "--buckets", STATES]);
        for (option, values) in [
            ("--parameters", &setup.parameters),
            ("--secrets", &setup.secrets),
            ("--endpoints", &setup.endpoints),
            ("--environment", &setup.environment),
        ] {
            if !values.is_empty() {
                command.arg(option).args(values);
            }
        }
        if let Some(seconds) = setup.visibility {
            command.args(["--visibility", &seconds.to_string()]);
        }
        if let Some(port) = setup.port {
            command.args(["--port", &port.to_string()]);
        }
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the stack did not come up");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        Self {
            authority: told["endpoint"].as_str().unwrap().trim_start_matches("http://").to_owned(),
            outputs: serde_json::from_value(told["outputs"].clone()).unwrap(),
            pid: told["pid"].as_u64().and_then(|it| u32::try_from(it).ok()).unwrap(),
            folder,
        }
    }

    /// An output of the template.
    #[must_use]
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).unwrap_or_else(|| panic!("no output `{name}` in {:?}", self.outputs))
    }

    /// `127.0.0.1:PORT`
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What a command at a desk needs to reach it.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.authority)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ]
    }

    /// Where the emulator's log is.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("ministack.log")
    }

    fn request(&self, service: &str, method: &str, path: &str, body: Vec<u8>, more: &[(&str, &str)]) -> Answer {
        let scope = format!("test/20261121/us-east-1/{service}/aws4_request");
        let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00");
        let mut headers = BTreeMap::from([("authorization".to_owned(), authorization)]);
        headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = Request { method: method.to_owned(), path: path.to_owned(), headers, body };
        let again = || send(&self.authority, &request);
        again().or_else(|_| again()).unwrap()
    }

    /// Calls a service that speaks JSON: `("sqs", "AmazonSQS.SendMessage", …)`.
    #[must_use]
    pub fn call(&self, service: &str, target: &str, body: &Value) -> Value {
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target)];
        let answer = self.request(service, "POST", "/", body.to_string().into_bytes(), &headers);
        assert_eq!(answer.status, 200, "{target}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Puts a state into the bucket.
    pub fn put_state(&self, key: &str, bytes: &[u8]) {
        let answer = self.request("s3", "PUT", &format!("/{STATES}/{key}"), bytes.to_vec(), &[]);
        assert_eq!(answer.status, 200);
    }

    /// Invokes a function and returns what it answers.
    #[must_use]
    pub fn invoke(&self, function: &str, payload: &Value) -> Value {
        let path = format!("/2015-03-31/functions/driftwire-{function}/invocations");
        let answer = self.request("lambda", "POST", &path, payload.to_string().into_bytes(), &[]);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Puts records on the default bus, as CloudTrail does.
    pub fn put_records(&self, records: &[Value]) {
        for chunk in records.chunks(10) {
            let entries: Vec<Value> = chunk
                .iter()
                .map(|record| {
                    json!({
                        "Source": source(record), "DetailType": "AWS API Call via CloudTrail", "Detail": record.to_string(),
                    })
                })
                .collect();
            let answer = self.call("events", "AWSEvents.PutEvents", &json!({"Entries": entries}));
            assert_eq!(answer["FailedEntryCount"], 0, "{answer}");
        }
    }

    /// Puts events straight onto a queue; faster than over the bus.
    pub fn send(&self, queue: &str, bodies: &[String]) {
        for chunk in bodies.chunks(10) {
            let entries: Vec<Value> =
                chunk.iter().enumerate().map(|(at, body)| json!({"Id": at.to_string(), "MessageBody": body})).collect();
            let request = json!({"QueueUrl": self.queue(queue), "Entries": entries});
            let answer = self.call("sqs", "AmazonSQS.SendMessageBatch", &request);
            assert!(answer["Failed"].as_array().is_none_or(Vec::is_empty), "{answer}");
        }
    }

    fn queue(&self, queue: &str) -> String {
        self.outputs.get(queue).cloned().unwrap_or_else(|| format!("http://{}/{ACCOUNT}/{queue}", self.authority))
    }

    /// How many messages are in a queue, seen or not.
    #[must_use]
    pub fn waiting(&self, queue: &str) -> usize {
        let request = json!({"QueueUrl": self.queue(queue), "AttributeNames": ["All"]});
        let answer = self.call("sqs", "AmazonSQS.GetQueueAttributes", &request);
        ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
            .iter()
            .filter_map(|name| answer["Attributes"][name].as_str()?.parse::<usize>().ok())
            .sum()
    }

    /// Takes everything out of a queue.
    #[must_use]
    pub fn receive(&self, queue: &str) -> Vec<String> {
        let mut bodies = Vec::new();
        loop {
            let request = json!({"QueueUrl": self.queue(queue), "MaxNumberOfMessages": 10});
            let answer = self.call("sqs", "AmazonSQS.ReceiveMessage", &request);
            let Some(messages) = answer["Messages"].as_array().filter(|it| !it.is_empty()) else { return bodies };
            for message in messages {
                bodies.push(message["Body"].as_str().unwrap().to_owned());
                let delete = json!({"QueueUrl": self.queue(queue), "ReceiptHandle": message["ReceiptHandle"]});
                drop(self.call("sqs", "AmazonSQS.DeleteMessage", &delete));
            }
        }
    }

    /// Makes a queue that has every event of the findings' bus.
    pub fn catch_findings(&self) {
        drop(self.call("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": "caught"})));
        let bus = self.output("FindingBusName");
        let rule = json!({"Name": "caught", "EventBusName": bus, "EventPattern": json!({"source": ["driftwire"]}).to_string()});
        drop(self.call("events", "AWSEvents.PutRule", &rule));
        let arn = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:caught");
        let targets = json!({"Rule": "caught", "EventBusName": bus, "Targets": [{"Id": "caught", "Arn": arn}]});
        drop(self.call("events", "AWSEvents.PutTargets", &targets));
    }

    /// All items of the table.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        let mut request = json!({"TableName": self.output("TableName"), "ConsistentRead": true});
        let mut items = Vec::new();
        loop {
            let answer = self.call("dynamodb", "DynamoDB_20120810.Scan", &request);
            items.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            match &answer["LastEvaluatedKey"] {
                Value::Null => return items,
                key => request["ExclusiveStartKey"] = key.clone(),
            }
        }
    }

    /// All that a function logged.
    #[must_use]
    pub fn logs(&self, function: &str) -> Vec<String> {
        let mut request = json!({"logGroupName": format!("/aws/lambda/driftwire-{function}")});
        let mut lines = Vec::new();
        loop {
            let answer = self.call("logs", "Logs_20140328.FilterLogEvents", &request);
            let events = answer["events"].as_array().cloned().unwrap_or_default();
            lines.extend(events.iter().filter_map(|it| it["message"].as_str().map(str::to_owned)));
            match &answer["nextToken"] {
                Value::Null => return lines,
                token => request["nextToken"] = token.clone(),
            }
        }
    }

    /// Waits until every queue is empty and nothing else comes for a while.
    pub fn settles(&self, within: Duration, outside: &Outside) {
        let queues: Vec<&str> = self
            .outputs
            .keys()
            .filter(|it| it.ends_with("QueueUrl") && !it.contains("Dead") && !it.starts_with("Quarantine"))
            .map(String::as_str)
            .collect();
        let (mut quiet, mut heard) = (Instant::now(), usize::MAX);
        until("everything is told", within, || {
            let now = outside.all().len();
            let is_quiet = queues.iter().all(|queue| self.waiting(queue) == 0) && now == heard;
            if !is_quiet {
                (quiet, heard) = (Instant::now(), now);
            }
            (quiet.elapsed() > Duration::from_secs(4)).then_some(())
        });
    }

    /// Puts what is in a dead letter queue back to where it came from. Returns how many.
    #[must_use]
    pub fn redrive(&self, dead: &str, queue: &str) -> usize {
        let bodies = self.receive(dead);
        self.send(queue, &bodies);
        bodies.len()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let ended = script("down", self.folder.path()).stderr(Stdio::null()).status();
        drop(ended);
    }
}

fn script(command: &str, folder: &Path) -> Command {
    let mut script = Command::new("python3");
    script.arg(root().join("infra/local/stack.py")).arg(command).arg("--dir").arg(folder);
    script
}

/// What puts a record on the bus here: `local.ec2` for `ec2.amazonaws.com`.
fn source(record: &Value) -> String {
    let service = record["eventSource"].as_str().and_then(|it| it.split('.').next()).unwrap_or("none");
    format!("local.{service}")
}

/// A record as EventBridge hands it on.
#[must_use]
pub fn event(record: &Value) -> String {
    json!({
        "version": "0", "id": record["eventID"], "detail-type": "AWS API Call via CloudTrail", "source": source(record),
        "account": ACCOUNT, "time": record["eventTime"], "region": record["awsRegion"], "resources": [], "detail": record,
    })
    .to_string()
}
