//! What woke the function, and what there is to do about it. Looks at names, never into files.

use driftwire_runtime::Batch;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// What Lambda hands over: a batch from the queue, or a request of a person or a pipeline.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Event {
    /// Invoked directly. It knows its members, so what has others is no request.
    Request(Box<Request>),
    /// From the queue.
    Batch(Batch),
}

/// What a pipeline may ask for: one of these.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// `s3://bucket/key` of a state.
    uri: Option<String>,
    /// The name or the ARN of a stack.
    stack: Option<String>,
    /// A state itself. It needs an `origin`.
    state: Option<Value>,
    /// What people call the state.
    origin: Option<String>,
    /// Whether an older serial may take the place of a newer one.
    #[serde(default)]
    force: bool,
    /// Settle what has waited long enough.
    #[serde(default)]
    due: bool,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Task {
    /// Read an object.
    Object { bucket: String, key: String, force: bool },
    /// An object is no longer there.
    Deleted { bucket: String, key: String },
    /// Read a stack.
    Stack { name: String },
    /// A state that came along.
    State { origin: String, bytes: Vec<u8>, force: bool },
    /// Settle what has waited long enough.
    Due,
    /// Nothing, and why: as metrics call it.
    Nothing(&'static str),
}

/// Why a request or an event is not understood, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotUnderstood(pub(crate) String);

impl Request {
    /// What to do about it.
    pub(crate) fn task(self) -> Result<Task, NotUnderstood> {
        let Self { uri, stack, state, origin, force, due } = self;
        match (uri, stack, state, due) {
            (Some(uri), None, None, false) => {
                let object = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
                let Some((bucket, key)) = object.filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty()) else {
                    return Err(NotUnderstood(format!("`uri`: expected s3://BUCKET/KEY, found `{uri}`")));
                };
                Ok(Task::Object { bucket: bucket.to_owned(), key: key.to_owned(), force })
            }
            (None, Some(name), None, false) => Ok(Task::Stack { name }),
            (None, None, Some(state), false) => match origin {
                Some(origin) => Ok(Task::State { origin, bytes: state.to_string().into_bytes(), force }),
                None => Err(NotUnderstood("`origin`: expected what people call the state, beside `state`".to_owned())),
            },
            (None, None, None, true) => Ok(Task::Due),
            _ => Err(NotUnderstood("expected one of `uri`, `stack`, `state` with `origin`, `due`".to_owned())),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    source: String,
    #[serde(default, rename = "detail-type")]
    kind: String,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct S3Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
}

#[derive(Debug, Deserialize)]
struct StackDetail {
    #[serde(rename = "stack-id")]
    id: String,
}

/// What to do about an event of EventBridge.
pub(crate) fn task(body: &str) -> Result<Task, NotUnderstood> {
    let place = |error: serde_json::Error| format!("at line {}, column {}", error.line(), error.column());
    let envelope: Envelope<'_> = serde_json::from_str(body)
        .map_err(|error| NotUnderstood(format!("not an event of EventBridge, {}", place(error))))?;
    let detail = envelope.detail.map_or("null", RawValue::get);
    match (envelope.source.as_str(), envelope.kind.as_str()) {
        ("aws.s3", kind) => {
            let S3Detail { bucket, object } = serde_json::from_str(detail)
                .map_err(|error| NotUnderstood(format!("not an event of S3: in its detail, {}", place(error))))?;
            Ok(of_object(kind, bucket.name, object.key))
        }
        ("aws.cloudformation", "CloudFormation Stack Status Change") => {
            let StackDetail { id } = serde_json::from_str(detail).map_err(|error| {
                NotUnderstood(format!("not an event of CloudFormation: in its detail, {}", place(error)))
            })?;
            Ok(Task::Stack { name: id })
        }
        ("aws.cloudformation", _) => Ok(Task::Nothing("other_stack_event")),
        (_, "Scheduled Event") => Ok(Task::Due),
        (source, kind) => Err(NotUnderstood(format!("an event `{kind}` of `{source}`"))),
    }
}

fn of_object(kind: &str, bucket: String, key: String) -> Task {
    if let Some(reason) = beside_the_point(&key) {
        return Task::Nothing(reason);
    }
    match kind {
        "Object Created" => Task::Object { bucket, key, force: false },
        "Object Deleted" => Task::Deleted { bucket, key },
        _ => Task::Nothing("other_object_event"),
    }
}

/// Objects that lie beside states and are none: locks, backups, histories.
fn beside_the_point(key: &str) -> Option<&'static str> {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|it| key.ends_with(it));
    let inside = |folders: &[&str]| folders.iter().any(|it| key.contains(it));
    if ends(&[".tflock", ".tfstate.lock.info"]) || inside(&[".pulumi/locks/"]) {
        return Some("lock");
    }
    if ends(&[".backup", ".bak", ".attrs"]) || inside(&[".pulumi/backups/", ".pulumi/history/"]) {
        return Some("backup");
    }
    if ends(&["/"]) || inside(&[".pulumi/meta."]) || ends(&[".pulumi/meta.yaml"]) {
        return Some("folder");
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn s3(kind: &str, key: &str) -> Task {
        let detail = json!({"bucket": {"name": "acme-state"}, "object": {"key": key, "size": 5}});
        task(&json!({"source": "aws.s3", "detail-type": kind, "detail": detail}).to_string()).unwrap()
    }

    #[test]
    fn a_new_state_is_read_and_what_lies_beside_it_is_not() {
        let object = |key: &str| Task::Object { bucket: "acme-state".to_owned(), key: key.to_owned(), force: false };
        assert_eq!(s3("Object Created", "edge/terraform.tfstate"), object("edge/terraform.tfstate"));
        assert_eq!(s3("Object Created", ".pulumi/stacks/shop/prod.json"), object(".pulumi/stacks/shop/prod.json"));
        for (key, reason) in [
            ("edge/terraform.tfstate.tflock", "lock"),
            (".pulumi/locks/shop/prod/1.json", "lock"),
            (".pulumi/stacks/shop/prod.json.bak", "backup"),
            (".pulumi/history/shop/prod/1.history.json", "backup"),
            ("terraform.tfstate.backup", "backup"),
            ("edge/", "folder"),
        ] {
            assert_eq!(s3("Object Created", key), Task::Nothing(reason), "{key}");
        }
        assert_eq!(
            s3("Object Deleted", "edge/terraform.tfstate"),
            Task::Deleted { bucket: "acme-state".to_owned(), key: "edge/terraform.tfstate".to_owned() }
        );
    }

    #[test]
    fn an_event_that_is_none_of_ours_is_said_without_its_content() {
        let told =
            task(r#"{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":"hunter2"}}"#).unwrap_err();
        assert!(told.0.contains("not an event of S3") && !told.0.contains("hunter2"), "{told:?}");
        assert!(task("no").unwrap_err().0.contains("line 1"));
        assert!(task(r#"{"source":"my.app","detail-type":"Hello","detail":{}}"#).is_err());
    }

    #[test]
    fn a_request_is_told_from_a_batch() {
        let read = |value: Value| serde_json::from_value::<Event>(value).unwrap();
        assert!(matches!(read(json!({"due": true})), Event::Request(_)));
        assert!(matches!(read(json!({"Records": []})), Event::Batch(_)));
    }

    #[test]
    fn a_request_asks_for_one_thing() {
        let ask = |value: Value| serde_json::from_value::<Request>(value).unwrap().task();
        assert_eq!(ask(json!({"stack": "app"})), Ok(Task::Stack { name: "app".to_owned() }));
        assert_eq!(ask(json!({"due": true})), Ok(Task::Due));
        assert!(ask(json!({"uri": "https://acme"})).unwrap_err().0.contains("s3://BUCKET/KEY"));
        assert!(ask(json!({"uri": "s3://a/b", "stack": "app"})).is_err());
        assert!(ask(json!({"state": {}})).unwrap_err().0.contains("origin"));
        assert!(serde_json::from_value::<Request>(json!({"url": "s3://a/b"})).is_err());
    }
}
