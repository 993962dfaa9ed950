//! Something between the functions and AWS that fails as it is told: throttles, hangs up, refuses some entries of a batch.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Value, json};

use crate::wire::{Answer, Reply, Request, send, serve};

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The table is throttled; nothing was done.
    Throttled,
    /// Too many requests; nothing was done.
    Limited,
    /// The connection ends before the request was passed on.
    LostBefore,
    /// The request was done, and the answer is lost.
    LostAfter,
    /// The service failed; nothing was done.
    Failed,
    /// Some entries of `PutEvents` fail, the others are put.
    Partial,
}

impl Fault {
    /// All that a table may do.
    pub const TABLE: [Self; 5] = [Self::Throttled, Self::Limited, Self::LostBefore, Self::LostAfter, Self::Failed];
    /// All that a bus may do.
    pub const BUS: [Self; 4] = [Self::Partial, Self::Limited, Self::LostAfter, Self::Failed];
}

/// The thing between.
#[derive(Debug, Clone)]
pub struct Proxy {
    port: u16,
    told: Arc<Told>,
}

#[derive(Debug, Default)]
struct Told {
    upstream: OnceLock<String>,
    /// How many of a thousand requests fail.
    rate: AtomicU64,
    drawn: AtomicU64,
    failed: Mutex<BTreeMap<Fault, u64>>,
}

impl Proxy {
    /// Listens. It fails in one of these ways; where to is said later.
    #[must_use]
    pub fn listens(faults: &'static [Fault], seed: u64) -> Self {
        let told: Arc<Told> = Arc::default();
        told.drawn.store(seed, Ordering::Relaxed);
        let by = told.clone();
        let port = serve(move |request| by.pass(faults, &request)).unwrap();
        Self { port, told }
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Passes requests on to `127.0.0.1:PORT`.
    pub fn leads_to(&self, authority: &str) {
        self.told.upstream.get_or_init(|| authority.to_owned());
    }

    /// Lets so many of a thousand requests fail from now on.
    pub fn fails(&self, of_a_thousand: u64) {
        self.told.rate.store(of_a_thousand, Ordering::Relaxed);
    }

    /// How many failed, and how.
    #[must_use]
    pub fn failed(&self) -> BTreeMap<Fault, u64> {
        self.told.failed.lock().unwrap().clone()
    }
}

impl Told {
    fn pass(&self, faults: &[Fault], request: &Request) -> Reply {
        let Some(upstream) = self.upstream.get() else { return Reply::HangUp };
        let forward = |request: &Request| send(upstream, request).map_or(Reply::HangUp, Reply::Answer);
        let drawn = draw(self.drawn.fetch_add(1, Ordering::Relaxed));
        if drawn % 1000 >= self.rate.load(Ordering::Relaxed) {
            return forward(request);
        }
        let pick = usize::try_from((drawn / 1000) % faults.len() as u64).unwrap_or_default();
        let fault = faults[pick];
        *self.failed.lock().unwrap().entry(fault).or_default() += 1;
        match fault {
            Fault::Throttled => refused(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
            Fault::Limited => refused(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException"),
            Fault::Failed => refused(500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
            Fault::LostBefore => Reply::HangUp,
            Fault::LostAfter => {
                drop(forward(request));
                Reply::HangUp
            }
            Fault::Partial => partly(request, forward),
        }
    }
}

/// Puts every other entry; says of the rest that they failed.
fn partly(request: &Request, forward: impl Fn(&Request) -> Reply) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) else { return forward(request) };
    let Some(entries) = body["Entries"].as_array().cloned() else { return forward(request) };
    let kept: Vec<Value> = entries.iter().skip(1).step_by(2).cloned().collect();
    let failed = entries.len() - kept.len();
    body["Entries"] = json!(kept);
    if !kept.is_empty() {
        let inner = Request { body: body.to_string().into_bytes(), ..request.clone() };
        let Reply::Answer(Answer { status: 200, .. }) = forward(&inner) else { return Reply::HangUp };
    }
    let said: Vec<Value> = (0..entries.len())
        .map(|at| match at % 2 {
            0 => json!({"ErrorCode": "InternalFailure", "ErrorMessage": "told so"}),
            _ => json!({"EventId": format!("00000000-0000-4000-8000-{at:012}")}),
        })
        .collect();
    Reply::Answer(Answer::json(200, &json!({"FailedEntryCount": failed, "Entries": said})))
}

fn refused(status: u16, kind: &str) -> Reply {
    Reply::Answer(Answer::json(status, &json!({"__type": kind, "message": "told so"})))
}

/// Numbers that look drawn, and are the same for the same seed.
#[must_use]
pub fn draw(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
