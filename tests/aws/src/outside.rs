//! A place outside: the webhook, Slack and GitHub of a test. It keeps what it is told, and answers as it is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::wire::{Answer, Reply, Request, serve};

/// What signs the webhook's posts.
pub const KEY: &str = "the-key-of-the-webhook";

/// A request that came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// `/hook`, `/slack/…`, `/github/…`
    pub request: Request,
    /// What was answered.
    pub status: u16,
    /// What it was called in the answer: the time of Slack's message, the number of GitHub's issue.
    pub called: String,
}

/// How a place answers for a while.
#[derive(Debug, Clone)]
pub enum Told {
    /// With a status, and how many seconds to wait.
    Status(u16, Option<u64>),
    /// Not at all.
    Never,
}

/// The place.
#[derive(Debug, Clone)]
pub struct Outside {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    told: Arc<Mutex<BTreeMap<&'static str, Vec<Told>>>>,
}

impl Outside {
    /// Listens from now on.
    #[must_use]
    pub fn listens() -> Self {
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let told: Arc<Mutex<BTreeMap<&'static str, Vec<Told>>>> = Arc::default();
        let (to, by, count) = (heard.clone(), told.clone(), AtomicU64::new(0));
        let port = serve(move |request| {
            let at = Instant::now();
            let called = format!("{}", 1000 + count.fetch_add(1, Ordering::Relaxed));
            let place = place(&request.path);
            let order = by.lock().unwrap().get_mut(place).and_then(Vec::pop);
            let (status, reply) = match order {
                Some(Told::Never) => (0, Reply::Silence(Duration::from_secs(15))),
                Some(Told::Status(status, after)) => (status, refusal(status, after)),
                None => (200, Reply::Answer(usual(&request, &called))),
            };
            to.lock().unwrap().push(Heard { at, request, status, called });
            reply
        });
        Self { port: port.unwrap(), heard, told }
    }

    /// `http://127.0.0.1:PORT/hook`, and so on.
    #[must_use]
    pub fn address(&self, place: &str) -> String {
        format!("http://127.0.0.1:{}{place}", self.port)
    }

    /// Answers the next requests to a place (`/hook`, `/slack`, `/github`) in another way, in this order.
    pub fn tell(&self, place: &'static str, how: &[Told]) {
        let mut told = self.told.lock().unwrap();
        let orders = told.entry(place).or_default();
        orders.splice(0..0, how.iter().rev().cloned());
    }

    /// What came to a place and was taken.
    #[must_use]
    pub fn taken(&self, place: &str) -> Vec<Heard> {
        self.all().into_iter().filter(|it| it.request.path.starts_with(place) && it.status == 200).collect()
    }

    /// Everything that came.
    #[must_use]
    pub fn all(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// The webhook's posts that were taken, by the id of their notice; every signature is checked.
    #[must_use]
    pub fn notices(&self) -> BTreeMap<String, Vec<Heard>> {
        let mut notices: BTreeMap<String, Vec<Heard>> = BTreeMap::new();
        for heard in self.taken("/hook") {
            heard.check_signature();
            let id = heard.body()["notice"].as_str().unwrap().to_owned();
            assert_eq!(heard.request.headers.get("driftwire-notice"), Some(&id));
            notices.entry(id).or_default().push(heard);
        }
        notices
    }
}

impl Heard {
    /// The body, as JSON.
    #[must_use]
    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.request.body).unwrap()
    }

    fn check_signature(&self) {
        let header = |name: &str| self.request.headers.get(name).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        mac.update(format!("{}.", header("driftwire-timestamp")).as_bytes());
        mac.update(&self.request.body);
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(*header("driftwire-signature"), format!("v1={hex}"));
    }
}

fn place(path: &str) -> &'static str {
    ["/hook", "/slack", "/github"].into_iter().find(|it| path.starts_with(it)).unwrap_or("/")
}

fn refusal(status: u16, after: Option<u64>) -> Reply {
    let mut answer = Answer::json(status, &json!({"ok": false, "error": "told_so"}));
    if let Some(after) = after {
        answer.headers.insert("retry-after".to_owned(), after.to_string());
    }
    Reply::Answer(answer)
}

fn usual(request: &Request, called: &str) -> Answer {
    match place(&request.path) {
        "/slack" => Answer::json(200, &json!({"ok": true, "ts": called, "channel": "C0ACME"})),
        "/github" => Answer::json(200, &json!({"number": called.parse::<u64>().unwrap_or_default()})),
        _ => Answer::json(200, &json!({})),
    }
}
