//! The function over a source and a store in memory, the store failing and killing at every one of its operations.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use driftwire_cloudtrail::for_each_record;
use driftwire_drift::{Context, Index, Named, Secrets, ask, judge};
use driftwire_runtime::{Batch, quarantine};
use driftwire_store::{Fault, Faulty, Filter, History as _, Intake, Memory, PageRequest, record_with, verify};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;

const ACCOUNT: &str = "111122223333";
const STATE: &str = "edge/terraform.tfstate";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(future)
}

fn redactor() -> Redactor {
    Redactor::new(b"a key for tests")
}

/// A bucket, and stacks.
#[derive(Debug, Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    is_throttled: bool,
}

impl Bucket {
    fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        self.objects.lock().unwrap().insert(key.to_owned(), bytes.into());
    }

    fn read(&self, key: &str) -> Result<Read, SourceError> {
        if self.is_throttled {
            return Err(SourceError::Transient("slow down".to_owned()));
        }
        Ok(self.objects.lock().unwrap().get(key).cloned().map_or(Read::Gone, Read::State))
    }
}

impl Source for &Bucket {
    async fn object(&self, _bucket: &str, key: &str) -> Result<Read, SourceError> {
        self.read(key)
    }

    async fn stack(&self, name: &str) -> Result<Read, SourceError> {
        self.read(name)
    }
}

/// A state of log groups: name and days.
fn state(serial: u64, groups: &[(&str, u32)]) -> Vec<u8> {
    let resource = |(name, days): &(&str, u32)| {
        let arn = format!("arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{name}");
        json!({"mode": "managed", "type": "aws_cloudwatch_log_group", "name": name,
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{"schema_version": 0, "attributes": {"id": name, "name": name, "arn": arn, "retention_in_days": days}}]})
    };
    let resources: Vec<Value> = groups.iter().map(resource).collect();
    json!({"version": 4, "terraform_version": "1.13.0", "serial": serial, "lineage": "one", "outputs": {}, "resources": resources})
        .to_string()
        .into_bytes()
}

fn message(kind: &str, key: &str) -> Message {
    let detail = json!({"bucket": {"name": "acme"}, "object": {"key": key}});
    Message {
        message_id: format!("{kind} {key}"),
        receipt_handle: String::new(),
        body: json!({"source": "aws.s3", "detail-type": kind, "detail": detail}).to_string(),
        attributes: BTreeMap::new(),
        queue: String::new(),
    }
}

/// Somebody sets the days of a group; by Terraform it waits for a state.
async fn changed(store: &Memory, second: u32, group: &str, days: u32, agent: &str) {
    let record = json!({
        "eventVersion": "1.11", "eventTime": format!("2026-11-20T10:00:{second:02}Z"), "eventType": "AwsApiCall",
        "eventID": format!("00000000-0000-4000-8000-{second:012}"), "eventSource": "logs.amazonaws.com",
        "eventName": "PutRetentionPolicy", "awsRegion": "eu-west-1", "recipientAccountId": ACCOUNT, "readOnly": false,
        "userAgent": agent, "requestParameters": {"logGroupName": group, "retentionInDays": days},
        "userIdentity": {"type": "IAMUser", "accountId": ACCOUNT, "userName": "alice", "arn": "arn:aws:iam::111122223333:user/alice"},
    })
    .to_string();
    let (rules, redactor, secrets) = (Rules::shipped(), redactor(), Secrets::default());
    let mut asked = None;
    for_each_record(record.as_bytes(), &mut |it| asked = Some(ask(it.unwrap(), &rules, &redactor).1));
    let gathered = store.gather(&asked.unwrap(), &[]).await.unwrap();
    let index = Index::new(gathered.declarations);
    let mut judged = None;
    for_each_record(record.as_bytes(), &mut |it| {
        judged = Some(judge(it.unwrap(), Context::new(&index, &rules, &redactor)));
    });
    let kept = {
        let mut kept = String::new();
        for_each_record(record.as_bytes(), &mut |it| kept = secrets.keep(&it.unwrap(), &redactor));
        kept
    };
    let now = "2026-11-20T10:01:00Z".parse().ok();
    let intake = Intake { now, record: Some(&kept), patience: Some(SignedDuration::from_mins(60)) };
    record_with(store, &judged.unwrap(), &intake, gathered.stored).await.unwrap();
}

const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.0";

fn sync<'s>(store: Faulty<'s, Memory>, bucket: &'s Bucket) -> Sync<Faulty<'s, Memory>, quarantine::Memory, &'s Bucket> {
    Sync { store, outside: quarantine::Memory::default(), source: bucket, redactor: redactor() }
}

fn sound(store: &Memory) -> Faulty<'_, Memory> {
    Faulty::new(store, Fault::FailsBefore, u64::MAX)
}

/// Delivers a message once. Returns whether it comes back, and what was put into quarantine.
async fn delivered(store: Faulty<'_, Memory>, bucket: &Bucket, message: Message) -> (bool, Vec<&'static str>) {
    let function = sync(store, bucket);
    let batch = Event::Batch(Batch { messages: vec![message] });
    let whole = Invocation::lasting(Duration::from_secs(60));
    let answer = tokio::time::timeout(Duration::from_secs(600), function.handle(batch, &whole)).await;
    let comes_back = match answer {
        Ok(Ok(Answer::Batch(answer))) => !answer.failures.is_empty(),
        _ => true,
    };
    (comes_back, function.outside.kept().into_iter().map(|(_, note)| note.reason).collect())
}

/// Three groups; a hold that the next state explains, drift that it adopts, drift of what it drops.
async fn before(bucket: &Bucket) -> Memory {
    let store = Memory::default();
    bucket.put(STATE, state(1, &[("api", 90), ("web", 90), ("jobs", 90)]));
    assert_eq!(delivered(sound(&store), bucket, message("Object Created", STATE)).await, (false, Vec::new()));
    changed(&store, 1, "api", 30, TERRAFORM).await;
    changed(&store, 2, "web", 7, "aws-cli").await;
    changed(&store, 3, "jobs", 1, "aws-cli").await;
    bucket.put(STATE, state(2, &[("api", 30), ("web", 7)]));
    store
}

/// How each finding stands, and what is still kept.
async fn held(store: &Memory) -> Vec<String> {
    let findings = store.findings(&Filter::default(), &PageRequest::default()).await.unwrap().items;
    let mut all: Vec<String> =
        findings.iter().map(|it| format!("{} {} {}", it.resource.id, it.status, it.title)).collect();
    for id in ["api", "web", "jobs"] {
        let (kind, region) = ("AWS::Logs::LogGroup".to_owned(), "eu-west-1".to_owned());
        let resource = Named { kind, id: id.to_owned(), account: ACCOUNT.to_owned(), region };
        let (entries, head) = (store.history(&resource).await.unwrap(), store.head(&resource).await.unwrap());
        verify(&resource, &entries, &head).unwrap();
        all.extend(store.kept(&resource).await.unwrap().iter().map(|it| format!("{id} kept {:?}", it.moment)));
    }
    all.sort();
    all
}

#[test]
fn what_the_new_state_says_is_applied_absorbed_or_gone() {
    run(async {
        let bucket = Bucket::default();
        let store = before(&bucket).await;
        assert_eq!(delivered(sound(&store), &bucket, message("Object Created", STATE)).await, (false, Vec::new()));
        let all = held(&store).await;
        assert_eq!(all.len(), 2, "{all:#?}");
        assert!(all[0].starts_with("jobs gone") && all[1].starts_with("web absorbed"), "{all:#?}");
    });
}

/// NOTHING-LOST and ONCE.
#[test]
fn a_fault_at_any_operation_is_finished_by_the_next_delivery() {
    let wanted = run(async {
        let bucket = Bucket::default();
        let store = before(&bucket).await;
        delivered(sound(&store), &bucket, message("Object Created", STATE)).await;
        held(&store).await
    });
    for fault in Fault::ALL {
        for at in 0.. {
            let (found, is_reached) = run(async {
                let bucket = Bucket::default();
                let store = before(&bucket).await;
                let faulty = sync(Faulty::new(&store, fault, at), &bucket);
                let batch = Event::Batch(Batch { messages: vec![message("Object Created", STATE)] });
                let whole = Invocation::lasting(Duration::from_secs(60));
                drop(tokio::time::timeout(Duration::from_secs(600), faulty.handle(batch, &whole)).await);
                for _ in 0..2 {
                    delivered(sound(&store), &bucket, message("Object Created", STATE)).await;
                }
                (held(&store).await, faulty.store.is_reached())
            });
            assert_eq!(found, wanted, "{fault:?} at operation {at}");
            if !is_reached {
                assert!(at > 5, "only {at} operations");
                break;
            }
        }
    }
}

#[test]
fn an_older_serial_a_damaged_state_and_a_busy_bucket_change_nothing() {
    run(async {
        let bucket = Bucket::default();
        let store = before(&bucket).await;
        let created = || message("Object Created", STATE);
        delivered(sound(&store), &bucket, created()).await;
        let (wanted, heads) = (held(&store).await, store.origins().await.unwrap());
        bucket.put(STATE, state(1, &[("api", 90)]));
        assert_eq!(delivered(sound(&store), &bucket, created()).await, (false, Vec::new()));
        bucket.put(STATE, "{\"version\": 4, \"serial\":");
        assert_eq!(delivered(sound(&store), &bucket, created()).await, (false, vec!["not_json"]));
        bucket.put("notes.txt", "nothing");
        assert_eq!(
            delivered(sound(&store), &bucket, message("Object Created", "notes.txt")).await,
            (false, Vec::new())
        );
        let busy = Bucket { is_throttled: true, ..Bucket::default() };
        assert_eq!(delivered(sound(&store), &busy, created()).await, (true, Vec::new()));
        assert_eq!((held(&store).await, store.origins().await.unwrap()), (wanted, heads));
    });
}

#[test]
fn a_state_that_is_deleted_takes_its_findings_with_it_unless_it_is_back() {
    run(async {
        let bucket = Bucket::default();
        let store = before(&bucket).await;
        bucket.put(STATE, state(1, &[("api", 90), ("web", 90), ("jobs", 90)]));
        // The event is late: the state is there again.
        delivered(sound(&store), &bucket, message("Object Deleted", STATE)).await;
        assert!(held(&store).await.iter().any(|it| it.starts_with("web open")));
        bucket.objects.lock().unwrap().clear();
        delivered(sound(&store), &bucket, message("Object Deleted", STATE)).await;
        let all = held(&store).await;
        assert!(all.iter().all(|it| it.contains(" gone ")), "{all:#?}");
    });
}
