//! Where notices go. Each sink says of one notice: it has it, it may have it later, or it never will.

mod github;
mod slack;
pub(crate) mod sns;
mod webhook;

use std::time::Duration;

use driftwire_report::v1::Severity;
use driftwire_runtime::http::{Answer, Http, HttpError};
use driftwire_runtime::{Secret, Secrets};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(crate) use github::GitHub;
pub(crate) use slack::Slack;
pub(crate) use sns::{Topic, Topics};
pub(crate) use webhook::Webhook;

use crate::notice::Notice;
use crate::words::Digest;

/// How long to wait where it is not said.
const A_WHILE: Duration = Duration::from_secs(60);

/// A sink, and what it wants to hear of.
#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) target: Target,
    /// The least severity.
    pub(crate) least: Severity,
}

/// What kind of sink.
#[derive(Debug)]
pub(crate) enum Target {
    Slack(Slack),
    Webhook(Webhook),
    Sns(Topic),
    GitHub(GitHub),
}

/// What all sinks need of the outside.
#[derive(Debug)]
pub(crate) struct Outside<S, T> {
    pub(crate) http: Http,
    pub(crate) secrets: S,
    pub(crate) topics: T,
}

/// Where the conversation about a resource goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conversation {
    /// The time of Slack's message, the number of GitHub's issue.
    pub(crate) at: String,
    /// Whether it ended: nothing was open any more.
    pub(crate) is_over: bool,
}

/// A notice on its way to a sink.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) notice: &'a Notice,
    /// The conversation so far.
    pub(crate) conversation: Option<&'a Conversation>,
    /// Whether anything is open on the resource.
    pub(crate) goes_on: bool,
}

/// What a sink did with a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It has it; the conversation goes on there, where it has one.
    Taken(Option<Conversation>),
    /// There was nothing to do: a closing of what it never heard of.
    Nothing,
}

/// Why a sink does not have a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It may have it later.
    Later { reason: &'static str, detail: String, after: Option<Duration> },
    /// It never will.
    Never { reason: &'static str, detail: String },
    /// It does not know us; the secret may have been changed.
    Unknown { detail: String },
}

impl Refusal {
    pub(crate) fn later(reason: &'static str, detail: impl Into<String>) -> Self {
        Self::Later { reason, detail: detail.into(), after: None }
    }
}

impl From<HttpError> for Refusal {
    fn from(error: HttpError) -> Self {
        match error.is_transient() {
            true => Self::later("sink_unavailable", error.to_string()),
            false => Self::Never { reason: "sink_address", detail: error.to_string() },
        }
    }
}

impl Sink {
    /// What told notices are kept under.
    pub(crate) fn name(&self) -> String {
        let place = match &self.target {
            Target::Slack(slack) => &slack.channel,
            Target::Webhook(webhook) => &webhook.name,
            Target::Sns(topic) => &topic.arn,
            Target::GitHub(github) => &github.repository,
        };
        format!("{}#{place}", self.kind())
    }

    /// One word: for counting.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.target {
            Target::Slack(_) => "slack",
            Target::Webhook(_) => "webhook",
            Target::Sns(_) => "sns",
            Target::GitHub(_) => "github",
        }
    }

    /// Whether people read each message as it comes, so that a flood is one message.
    pub(crate) fn takes_digests(&self) -> bool {
        matches!(self.target, Target::Slack(_) | Target::Sns(_))
    }

    fn secret(&self) -> Option<&str> {
        match &self.target {
            Target::Slack(slack) => Some(&slack.secret),
            Target::Webhook(webhook) => Some(&webhook.secret),
            Target::GitHub(github) => Some(&github.secret),
            Target::Sns(_) => None,
        }
    }

    /// Sends one notice.
    pub(crate) async fn send<S: Secrets, T: Topics>(
        &self,
        outside: &Outside<S, T>,
        sending: Sending<'_>,
    ) -> Result<Sent, Refusal> {
        self.known(outside, async || match &self.target {
            Target::Slack(slack) => slack.send(outside, sending).await,
            Target::Webhook(webhook) => webhook.send(outside, sending.notice).await,
            Target::Sns(topic) => topic.send(&outside.topics, sending.notice).await,
            Target::GitHub(github) => github.send(outside, sending).await,
        })
        .await
    }

    /// Sends several notices as one message.
    pub(crate) async fn send_digest<S: Secrets, T: Topics>(
        &self,
        outside: &Outside<S, T>,
        digest: &Digest<'_>,
    ) -> Result<Sent, Refusal> {
        self.known(outside, async || match &self.target {
            Target::Slack(slack) => slack.send_digest(outside, digest).await,
            Target::Sns(topic) => topic.send_digest(&outside.topics, digest).await,
            Target::Webhook(_) | Target::GitHub(_) => Ok(Sent::Nothing),
        })
        .await
    }

    /// Sends; once more with the secret as it is now, where the sink does not know us.
    async fn known<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        send: impl AsyncFn() -> Result<Sent, Refusal>,
    ) -> Result<Sent, Refusal> {
        match send().await {
            Err(Refusal::Unknown { .. }) => {}
            sent => return sent,
        }
        if let Some(secret) = self.secret() {
            outside.secrets.forget(secret);
        }
        match send().await {
            Err(Refusal::Unknown { detail }) => Err(Refusal::Never { reason: "sink_credentials", detail }),
            sent => sent,
        }
    }
}

/// A secret that holds JSON.
async fn secret<T: DeserializeOwned>(secrets: &impl Secrets, name: &str) -> Result<T, Refusal> {
    let secret = secrets.secret(name).await.map_err(|error| Refusal::later("secret", error.to_string()))?;
    let read = serde_json::from_str(secret.reveal());
    // The error of the reader would repeat what it read.
    read.map_err(|_| {
        secrets.forget(name);
        Refusal::later("secret", format!("secret `{name}`: it is not the JSON that this sink needs"))
    })
}

/// What the status of an answer means.
fn taken(answer: Answer, host: &str) -> Result<Answer, Refusal> {
    let Answer { status, retry_after, ref body } = answer;
    // GitHub may say that it is asked too often with a status of its own, and without a time.
    let is_too_often = retry_after.is_some() || String::from_utf8_lossy(body).contains("rate limit");
    let detail = format!("`{host}`: status {status}");
    match status {
        200..300 => Ok(answer),
        429 => Err(Refusal::Later { reason: "rate_limited", detail, after: retry_after }),
        403 if is_too_often => {
            Err(Refusal::Later { reason: "rate_limited", detail, after: Some(retry_after.unwrap_or(A_WHILE)) })
        }
        401 | 403 => Err(Refusal::Unknown { detail }),
        408 | 500.. => Err(Refusal::Later { reason: "sink_unavailable", detail, after: retry_after }),
        _ => Err(Refusal::Never { reason: "sink_refused", detail }),
    }
}

/// As a header holds a secret.
fn bearer(secret: &Secret) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", secret.reveal()))
}
