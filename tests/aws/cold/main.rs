//! How long `detect` takes from nothing to its first verdict, and how much memory: against a function that does nothing
//! with the same clients. Both run under AWS's own runtime interface emulator.
//!
//! `DRIFTWIRE_COLD` is a folder with `detect/bootstrap` and `hello/bootstrap`, `DRIFTWIRE_RIE` the emulator; without them it
//! says that it is skipped. `make test-cold` builds and sets them. The budget holds for the profile that ships.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use driftwire_aws_tests::records::one;
use driftwire_aws_tests::stack::event;
use driftwire_aws_tests::wire::{Answer, Reply, Request, send, serve};
use driftwire_aws_tests::{number, root, until};
use serde_json::{Value, json};

const INVOKE: &str = "/2015-03-31/functions/function/invocations";

/// A first invocation.
#[derive(Debug, Clone, Copy)]
struct Start {
    took: Duration,
    /// The most that was resident, in KB.
    resident: u64,
}

#[test]
fn a_cold_start_is_short_and_small() {
    let (Some(folder), Some(rie)) = (std::env::var_os("DRIFTWIRE_COLD"), std::env::var_os("DRIFTWIRE_RIE")) else {
        println!("skipped: DRIFTWIRE_COLD and DRIFTWIRE_RIE are not set; `make test-cold` sets them");
        return;
    };
    let (folder, rie) = (root().join(folder), root().join(rie));
    let aws = serve(|request| Reply::Answer(said(&request))).unwrap();
    let message = json!({"messageId": "m-1", "receiptHandle": "r-1", "body": event(&one("PutRetentionPolicy", "13:26:44")),
        "attributes": {}, "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:records", "eventSource": "aws:sqs"});
    let batch = json!({"Records": [message]});
    let (mut hello, mut detect) = (Vec::new(), Vec::new());
    for _ in 0..number("DRIFTWIRE_STARTS", 20) {
        hello.push(start(&rie, &folder.join("hello/bootstrap"), aws, &json!({})));
        detect.push(start(&rie, &folder.join("detect/bootstrap"), aws, &batch));
    }
    let (hello, detect) = (median(&hello), median(&detect));
    let ratio = detect.took.as_secs_f64() / hello.took.as_secs_f64();
    println!(
        "hello: {:?}, {} KB; detect: {:?}, {} KB; ratio {ratio:.2}",
        hello.took, hello.resident, detect.took, detect.resident
    );
    if std::env::var_os("DRIFTWIRE_BUDGETS").is_some() {
        assert!(ratio <= 1.5, "a cold start takes {ratio:.2} times as long as a function that does nothing");
        assert!(detect.resident <= 24 * 1024, "{} KB resident", detect.resident);
    }
}

fn median(starts: &[Start]) -> Start {
    let mut took: Vec<Duration> = starts.iter().map(|it| it.took).collect();
    let mut resident: Vec<u64> = starts.iter().map(|it| it.resident).collect();
    took.sort();
    resident.sort_unstable();
    Start { took: took[took.len() / 2], resident: resident[resident.len() / 2] }
}

/// The emulator, ended with the value.
struct Emulator(Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        for pid in children(self.0.id()) {
            drop(Command::new("kill").arg(pid.to_string()).status());
        }
        drop((self.0.kill(), self.0.wait()));
    }
}

fn start(rie: &Path, bootstrap: &Path, aws: u16, payload: &Value) -> Start {
    let (address, runtime) = (free(), free());
    let mut command = Command::new(rie);
    command
        .args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &runtime])
        .arg(bootstrap)
        .env_clear()
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{aws}"))
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "us-east-1")])
        .envs([
            ("TABLE", "table"),
            ("QUARANTINE_QUEUE", "queue"),
            ("HASH_KEY_SECRET", "key"),
            ("SOURCE_PREFIX", "local."),
        ])
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "detect"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let emulator = Emulator(command.spawn().unwrap());
    let request = Request {
        method: "POST".to_owned(),
        path: INVOKE.to_owned(),
        body: payload.to_string().into_bytes(),
        ..Request::default()
    };
    until("the emulator listens", Duration::from_secs(10), || std::net::TcpStream::connect(&address).ok());
    let began = Instant::now();
    let answer = send(&address, &request).unwrap();
    let took = began.elapsed();
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(answer.status == 200 && !said.contains("errorType") && !said.contains("itemIdentifier"), "{said}");
    let resident = children(emulator.0.id()).into_iter().filter_map(resident).max().unwrap();
    Start { took, resident }
}

/// As little as an AWS can say: a secret, no rules, nothing declared.
fn said(request: &Request) -> Answer {
    let target = request.headers.get("x-amz-target").map(String::as_str).unwrap_or_default();
    let body = match target.rsplit('.').next().unwrap_or_default() {
        "GetSecretValue" => json!({"Name": "key", "SecretString": "a-key-for-this-test"}),
        "BatchGetItem" => json!({"Responses": {"table": []}, "UnprocessedKeys": {}}),
        _ => json!({"Items": [], "Count": 0, "ScannedCount": 0}),
    };
    Answer::json(200, &body)
}

fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(PathBuf::from("/proc").join(pid.to_string()).join("status")).ok()?;
    let line = status.lines().find(|it| it.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn children(parent: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|it| it.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>()).collect()
}
