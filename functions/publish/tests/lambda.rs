//! The function as Lambda runs it: the real process, a runtime API and a bus on this machine.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Reads a request: its first line, and its body.
fn read(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((first, String::from_utf8(body).unwrap()))
}

fn answer(stream: &mut TcpStream, headers: &str, body: &Value) {
    let body = body.to_string();
    let length = body.len();
    write!(stream, "HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\n\r\n{body}").unwrap();
}

/// Serves one event, then none, and a bus that takes everything. Says what came in.
fn serve(event: Value, came: Sender<(String, String)>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let event = Arc::new(Mutex::new(Some(event)));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (came, event) = (came.clone(), event.clone());
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut stream = stream;
                while let Some((first, body)) = read(&mut reader) {
                    if first.contains("/invocation/next") {
                        let Some(event) = event.lock().unwrap().take() else {
                            std::thread::park();
                            return;
                        };
                        let headers = "lambda-runtime-aws-request-id: r-1\r\nlambda-runtime-deadline-ms: 4102444800000\r\nlambda-runtime-invoked-function-arn: arn\r\ncontent-type: application/json\r\n";
                        answer(&mut stream, headers, &event);
                        continue;
                    }
                    let reply = json!({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]});
                    came.send((first, body)).unwrap();
                    answer(&mut stream, "content-type: application/x-amz-json-1.1\r\n", &reply);
                }
            });
        }
    });
    port
}

fn run(port: u16, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_publish"));
    let here = format!("127.0.0.1:{port}");
    command
        .env_clear()
        .env("AWS_ENDPOINT_URL", format!("http://{here}"))
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "eu-west-1")])
        .env("AWS_LAMBDA_RUNTIME_API", here)
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "publish"), ("AWS_LAMBDA_FUNCTION_VERSION", "1")])
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped());
    command
}

fn next(came: &Receiver<(String, String)>) -> (String, String) {
    came.recv_timeout(Duration::from_secs(20)).unwrap()
}

#[test]
fn a_finding_goes_from_the_stream_to_the_bus() {
    let finding = json!({
        "schema": "driftwire.finding/v1", "id": "dw1-a", "kind": "modified", "status": "open", "evidence": "observed",
        "severity": "high", "rule": "logs", "title": "alice changed a log group",
        "resource": {
            "type": "AWS::Logs::LogGroup", "id": "api", "account": "111122223333", "region": "eu-west-1",
            "declarations": [],
        },
        "changes": [], "who": {"kind": "person", "name": "alice@example.com", "via": "console"},
        "when": {"event_time": "2026-11-20T10:05:00Z"},
        "call": {"event_id": "e", "source": "logs.amazonaws.com", "name": "Put", "record_region": "eu-west-1"},
    });
    let keys = json!({"pk": {"S": "F#dw1-a"}, "sk": {"S": "@"}});
    let image = json!({
        "pk": keys["pk"], "sk": keys["sk"], "status": {"S": "restored"}, "contested": {"BOOL": false},
        "body": {"S": finding.to_string()},
    });
    let event = json!({"Records": [
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "Keys": keys, "NewImage": image}},
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "2"}},
    ]});
    let (sender, came) = channel();
    let port = serve(event, sender);
    let mut child = run(port, &[("TABLE", "drift"), ("BUS", "driftwire")]).spawn().unwrap();

    let (_, put) = next(&came);
    let entry = serde_json::from_str::<Value>(&put).unwrap()["Entries"][0].clone();
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    assert_eq!((entry["EventBusName"].as_str(), detail["status"].as_str()), (Some("driftwire"), Some("restored")));
    let (first, answer) = next(&came);
    assert!(first.contains("/invocation/r-1/response"), "{first}");
    assert_eq!(answer, r#"{"batchItemFailures":[{"itemIdentifier":"2"}]}"#);

    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let log = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!((log["error_type"].as_str(), log["span"]["request_id"].as_str()), (Some("stream"), Some("r-1")));
    let metric = lines.iter().find(|line| line["Published"] == 1).unwrap();
    assert_eq!(metric["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Driftwire");
}

#[test]
fn wrong_settings_are_one_message_and_no_start() {
    let (sender, _came) = channel();
    let port = serve(json!({}), sender);
    let output = run(port, &[("BUS", " ")]).output().unwrap();
    assert!(!output.status.success());
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["error"], "the settings are not complete: TABLE: not set; BUS: not set");
}
