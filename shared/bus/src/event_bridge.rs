//! A bus of EventBridge. Sends as many entries at once as it takes, never two of one finding, and looks at each result.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_eventbridge::operation::put_events::PutEventsError;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use driftwire_report::v1::Finding;
use tokio::time::{Instant, timeout_at};

use crate::entry::fitted;
use crate::{Bus, BusError, DETAIL_TYPE, Published, SOURCE};

/// How many entries one request may have.
const ENTRIES: usize = 10;
/// How large a request may be, in bytes.
const BYTES: usize = 250 * 1024;
/// How often an entry is sent.
const ATTEMPTS: u32 = 5;
/// What is said of an entry that will never be taken.
const FOR_GOOD: [&str; 6] = [
    "AccessDeniedException",
    "InvalidArgument",
    "MalformedDetail",
    "NotAuthorizedForDetailTypeException",
    "NotAuthorizedForSourceException",
    "ResourceNotFoundException",
];

/// A bus of EventBridge.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    name: String,
}

/// An entry, and where its finding is in the batch.
struct Entry {
    at: usize,
    id: String,
    bytes: usize,
    request: PutEventsRequestEntry,
}

/// Why entries were not taken.
struct Refused {
    reason: String,
    is_transient: bool,
}

impl EventBridge {
    /// The bus of this name.
    #[must_use]
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self::with(Client::new(config), name)
    }

    /// The bus of this name, as a client reaches it.
    #[must_use]
    pub fn with(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    fn entry(&self, at: usize, finding: &Finding) -> (Entry, bool) {
        let (sent, detail) = fitted(finding);
        let arn = finding.resource.arn.clone();
        let bytes = detail.len() + SOURCE.len() + DETAIL_TYPE.len() + arn.as_deref().map_or(0, str::len);
        let request = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(DETAIL_TYPE)
            .set_resources(arn.map(|arn| vec![arn]))
            .detail(detail)
            .build();
        let is_elided = sent.changes.iter().any(|change| change.elided);
        (Entry { at, id: finding.id.clone(), bytes, request }, is_elided)
    }

    /// Sends entries until each is taken. Returns how many were sent again.
    async fn send(&self, entries: &[Entry], until: Instant) -> Result<usize, (usize, Refused)> {
        let mut left: Vec<&Entry> = entries.iter().collect();
        let (mut resent, mut last) = (0, Refused::transient("no time was left"));
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                let pause = Duration::from_millis(100 << attempt);
                if timeout_at(until, tokio::time::sleep(pause)).await.is_err() {
                    break;
                }
                resent += left.len();
            }
            let requests = left.iter().map(|entry| entry.request.clone()).collect();
            let request = self.client.put_events().set_entries(Some(requests)).send();
            match timeout_at(until, request).await {
                Err(_) => break,
                Ok(Err(error)) => last = Refused::of(&error),
                Ok(Ok(answer)) => {
                    let (refused, why) = refused(&left, answer.entries());
                    let Some(why) = why else { return Ok(resent) };
                    (left, last) = (refused, why);
                }
            }
            if !last.is_transient {
                break;
            }
        }
        Err((left.iter().map(|entry| entry.at).min().unwrap_or(0), last))
    }
}

impl Bus for EventBridge {
    async fn publish(&self, findings: &[Finding], until: Instant) -> Result<Published, BusError> {
        let mut published = Published::default();
        let mut entries = Vec::with_capacity(findings.len());
        for (at, finding) in findings.iter().enumerate() {
            let (entry, is_elided) = self.entry(at, finding);
            published.elided += usize::from(is_elided);
            entries.push(entry);
        }
        for range in chunks(&entries) {
            // What comes behind waits: two events of one finding never overtake each other.
            let sent = self.send(entries.get(range).unwrap_or_default(), until).await;
            published.resent += sent.map_err(|(first, Refused { reason, is_transient })| BusError {
                bus: self.name.clone(),
                first,
                reason,
                is_transient,
            })?;
        }
        Ok(published)
    }
}

/// Entries that go together: in their order, no more than a request holds, no finding twice.
fn chunks(entries: &[Entry]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut bytes, mut ids) = (0, 0, BTreeSet::new());
    for (at, entry) in entries.iter().enumerate() {
        let is_full = at - start == ENTRIES || bytes + entry.bytes > BYTES || ids.contains(entry.id.as_str());
        if is_full && at > start {
            chunks.push(start..at);
            (start, bytes) = (at, 0);
            ids.clear();
        }
        bytes += entry.bytes;
        ids.insert(entry.id.as_str());
    }
    if start < entries.len() {
        chunks.push(start..entries.len());
    }
    chunks
}

/// The entries that were not taken, and why: for good if one of them is refused for good. Results are in the order of the
/// entries; an entry without one was not taken.
fn refused<'a>(sent: &[&'a Entry], results: &[PutEventsResultEntry]) -> (Vec<&'a Entry>, Option<Refused>) {
    let (mut left, mut why): (Vec<&Entry>, Option<Refused>) = (Vec::new(), None);
    for (at, entry) in sent.iter().enumerate() {
        let result = results.get(at);
        let code = result.and_then(PutEventsResultEntry::error_code);
        if code.is_none() && result.is_some_and(|it| it.event_id().is_some()) {
            continue;
        }
        left.push(entry);
        let code = code.unwrap_or("NoResult");
        let message = result.and_then(PutEventsResultEntry::error_message).unwrap_or("no more was said");
        let is_transient = !FOR_GOOD.contains(&code);
        if why.as_ref().is_none_or(|why| why.is_transient) {
            why = Some(Refused { reason: format!("{code}: {message}"), is_transient });
        }
    }
    (left, why)
}

impl Refused {
    fn transient(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_transient: true }
    }

    /// What a failed request means for all its entries.
    fn of<R>(error: &SdkError<PutEventsError, R>) -> Self {
        match error {
            SdkError::ServiceError(answer) => {
                let code = answer.err().code().unwrap_or("unknown");
                let message = answer.err().message().unwrap_or("no more was said");
                Self { reason: format!("{code}: {message}"), is_transient: !FOR_GOOD.contains(&code) }
            }
            SdkError::TimeoutError(_) => Self::transient("no answer in time"),
            SdkError::ResponseError(_) => Self::transient("the answer ended early"),
            SdkError::DispatchFailure(_) => Self::transient("unreachable"),
            _ => Self {
                reason: "the request could not be made; check region and credentials".to_owned(),
                is_transient: false,
            },
        }
    }
}
