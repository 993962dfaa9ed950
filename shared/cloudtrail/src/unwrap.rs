//! Takes off what wraps a record: EventBridge, SQS, SNS and LookupEvents, in any order, up to four deep.
//!
//! A plain record is read once, without a copy. What is JSON and not a record is reported, never dropped.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::parse::{Lacking, Members, Shape, Wrapper};
use crate::record::Record;
use crate::unreadable::{Position, Unreadable, UnreadableReason};

/// How many wrappers may lie around a record: a Lambda function's SQS event with SNS and EventBridge has three.
const WRAPPERS: u8 = 4;

/// How many lists of records may lie in each other through those.
const LISTS: u8 = 4;

/// Calls `visit` for each record in `document`, and for each part of it that is none: at least once, unless it is an
/// empty list.
pub fn for_each_record(document: &[u8], visit: &mut dyn FnMut(Result<Record<'_>, Unreadable>)) {
    for_each_record_at(document, Position::default(), visit);
}

/// As [`for_each_record`], for a document that was at `position` in a larger input.
pub fn for_each_record_at(document: &[u8], position: Position, visit: &mut dyn FnMut(Result<Record<'_>, Unreadable>)) {
    let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
    let mut unwrapping = Unwrapping { position, visit };
    match str::from_utf8(document) {
        Ok(text) => unwrapping.document(text.trim_ascii(), Depth::default(), None),
        Err(error) => {
            let message = format!("not UTF-8 at its byte {}, so not JSON", error.valid_up_to());
            unwrapping.unreadable(UnreadableReason::NotJson, message);
        }
    }
}

struct Unwrapping<'v> {
    position: Position,
    visit: &'v mut dyn FnMut(Result<Record<'_>, Unreadable>),
}

#[derive(Clone, Copy, Default)]
struct Depth {
    wrappers: u8,
    lists: u8,
}

/// What wraps the present document, in the words of its format.
type Within = Option<&'static str>;

impl Unwrapping<'_> {
    fn document(&mut self, text: &str, depth: Depth, within: Within) {
        let mut members = Members::default();
        match members.read(text) {
            Ok(Shape::Object) => self.object(text, members, depth, within),
            Ok(Shape::List) => self.list(text, depth),
            Ok(Shape::Scalar) => self.not_a_record(within, "a single value; expected an object"),
            Err(_) if text.is_empty() => {
                self.unreadable(UnreadableReason::NotJson, in_words(within, "empty"));
            }
            Err(error) => {
                let what = if error.is_eof() { "cut off" } else { "not JSON" };
                let place = format!("{what} at line {} column {}", error.line(), error.column());
                self.unreadable(UnreadableReason::NotJson, in_words(within, &place));
            }
        }
    }

    fn object(&mut self, text: &str, members: Members<'_>, depth: Depth, within: Within) {
        let Members { record, wrapper } = members;
        if let Some(source) = record.event_source.as_deref().and_then(|source| source.strip_prefix("aws:")) {
            return self.lambda_element(source, &wrapper, depth);
        }
        if record.event_name.is_none() && self.unwrapped(&wrapper, depth) {
            return;
        }
        match record.into_record(text, self.position) {
            Ok(record) => (self.visit)(Ok(record)),
            Err(Lacking::Missing(name)) => {
                self.not_a_record(within, &format!("`{name}` is missing; expected a CloudTrail record"));
            }
            Err(Lacking::Time) => self.not_a_record(within, "`eventTime` is not a time such as `2026-11-20T10:05:00Z`"),
        }
    }

    /// An element of a Lambda function's event: `eventSource` is `aws:sqs`, not a service.
    fn lambda_element(&mut self, source: &str, wrapper: &Wrapper<'_>, depth: Depth) {
        match (source, &wrapper.body) {
            ("sqs", Some(body)) => self.inner(body, depth, "an SQS `body`"),
            ("s3", _) => {
                self.not_a_record(None, "an S3 event notification; read the log file that it names");
            }
            _ => self.not_a_record(None, "an event of another AWS service for a Lambda function"),
        }
    }

    /// Whether it was a wrapper.
    fn unwrapped(&mut self, wrapper: &Wrapper<'_>, depth: Depth) -> bool {
        let Wrapper { detail, list, body, message, kind, sns, cloudtrail_event, event, s3_object_key } = wrapper;
        if let Some(record) = cloudtrail_event {
            self.inner(record, depth, "a LookupEvents `CloudTrailEvent`");
        } else if let Some(detail) = detail {
            self.inner(detail.get(), depth, "an EventBridge `detail`");
        } else if let Some(list) = list.filter(|list| list.get().starts_with('[')) {
            self.list(list.get(), depth);
        } else if let Some(sns) = sns {
            self.inner(sns.get(), depth, "an `Sns` object");
        } else if let Some(message) = message {
            match kind.as_deref() {
                None | Some("Notification") => self.inner(message, depth, "an SNS `Message`"),
                Some(_) => self.not_a_record(None, "an SNS message about a subscription"),
            }
        } else if let Some(body) = body {
            self.inner(body, depth, "an SQS `body`");
        } else if event.as_deref() == Some("s3:TestEvent") {
            self.not_a_record(None, "an S3 test message");
        } else if s3_object_key.is_some() {
            self.not_a_record(None, "CloudTrail's notice of a new log file; read the file that it names");
        } else {
            return false;
        }
        true
    }

    fn inner(&mut self, text: &str, depth: Depth, within: &'static str) {
        if depth.wrappers == WRAPPERS {
            return self.not_a_record(Some(within), &format!("lies in more than {WRAPPERS} wrappers"));
        }
        if text.starts_with("Successfully validated SNS topic") {
            return self.not_a_record(Some(within), "an SNS test message");
        }
        let depth = Depth { wrappers: depth.wrappers + 1, ..depth };
        self.document(text.trim_ascii(), depth, Some(within));
    }

    fn list(&mut self, text: &str, depth: Depth) {
        if depth.lists == LISTS {
            return self.not_a_record(None, &format!("more than {LISTS} lists of records in each other"));
        }
        let depth = Depth { lists: depth.lists + 1, ..depth };
        // It passed as JSON before; an error can only mean that it is no list, and then it has no elements.
        let elements: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        for element in elements {
            self.position.part = self.position.part.saturating_add(1);
            self.document(element.get(), depth, None);
        }
    }

    fn not_a_record(&mut self, within: Within, what: &str) {
        self.unreadable(UnreadableReason::NotARecord, in_words(within, what));
    }

    fn unreadable(&mut self, reason: UnreadableReason, message: impl Into<Cow<'static, str>>) {
        (self.visit)(Err(Unreadable { reason, message: message.into(), position: self.position }));
    }
}

fn in_words(within: Within, what: &str) -> String {
    within.map_or_else(|| what.to_owned(), |within| format!("inside {within}: {what}"))
}
