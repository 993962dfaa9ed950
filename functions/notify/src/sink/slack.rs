//! Slack: one thread for each open drift. The first finding opens it, everything else goes into it, and when nothing is
//! open any more the next finding opens another.
//!
//! The secret is `{"token": "xoxb-…"}` (`chat.postMessage`, with threads) or `{"webhook": "https://…"}` (without). Text is
//! escaped as Slack wants it, so that no name rings a bell: `<!channel>` stays text.

use driftwire_report::plain::shorten;
use driftwire_report::v1::{Finding, Severity};
use driftwire_runtime::http::{Address, Answer, Method, Request};
use driftwire_runtime::{Secret, Secrets};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Conversation, Outside, Refusal, Sending, Sent, bearer, secret, taken};
use crate::words::{Digest, facts, link, title};

/// Slack takes blocks of 3,000 characters, headers of 150, and 50 blocks.
const BLOCK: usize = 2_900;
const HEADER: usize = 140;
const BLOCKS: usize = 50;
/// What Slack says when it does not know us.
const UNKNOWN: [&str; 6] =
    ["account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked", "no_permission"];
/// What Slack says when the same may be taken later.
const LATER: [&str; 6] =
    ["fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable", "team_added_to_org"];

/// A channel of Slack.
#[derive(Debug)]
pub(crate) struct Slack {
    pub(crate) secret: String,
    pub(crate) channel: String,
    /// `https://slack.com/api`, except in tests.
    pub(crate) base: Address,
}

/// How a workspace is reached.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    Token(String),
    Webhook(String),
}

#[derive(Deserialize)]
struct Said {
    ok: bool,
    error: Option<String>,
    ts: Option<String>,
}

impl Slack {
    pub(crate) async fn send<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        sending: Sending<'_>,
    ) -> Result<Sent, Refusal> {
        let Sending { notice, conversation, goes_on } = sending;
        // A thread that ended is not looked at any more: new drift opens another.
        let thread = conversation.filter(|it| !it.is_over || !goes_on);
        let mut message = message(&notice.finding, &notice.id);
        if let Some(thread) = thread {
            set(&mut message, "thread_ts", json!(thread.at));
        }
        let posted = match self.post(outside, message.clone()).await {
            // The thread was deleted.
            Err(Refusal::Never { detail, .. }) if thread.is_some() && detail.contains("thread_not_found") => {
                set(&mut message, "thread_ts", Value::Null);
                (self.post(outside, message).await?, None)
            }
            posted => (posted?, thread),
        };
        let (Some(at), thread) = posted else { return Ok(Sent::Taken(None)) };
        let at = thread.map_or(at, |thread| thread.at.clone());
        Ok(Sent::Taken((thread.is_some() || goes_on).then_some(Conversation { at, is_over: !goes_on })))
    }

    pub(crate) async fn send_digest<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        digest: &Digest<'_>,
    ) -> Result<Sent, Refusal> {
        self.post(outside, digest_message(digest)).await.map(|_| Sent::Taken(None))
    }

    /// Posts a message. Returns what it is called, where Slack says so.
    async fn post<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        mut message: Value,
    ) -> Result<Option<String>, Refusal> {
        let json = ("content-type", "application/json; charset=utf-8".to_owned());
        let unusable = |_| Refusal::later("secret", "the address of the webhook is none");
        let (address, headers, is_webhook) = match secret(&outside.secrets, &self.secret).await? {
            Access::Token(token) => {
                set(&mut message, "channel", json!(self.channel));
                let address = self.base.under("/chat.postMessage").map_err(unusable)?;
                (address, vec![json, bearer(&Secret::new(token))], false)
            }
            Access::Webhook(address) => {
                set(&mut message, "thread_ts", Value::Null);
                (Address::parse(&address).map_err(unusable)?, vec![json], true)
            }
        };
        let host = address.host().to_owned();
        let request = Request { method: Method::Post, address, headers, body: message.to_string().into_bytes() };
        let answer = taken(outside.http.send(request).await?, &host)?;
        if is_webhook { Ok(None) } else { said(&answer) }
    }
}

/// What Slack says: status 200 may be a refusal.
fn said(answer: &Answer) -> Result<Option<String>, Refusal> {
    let Ok(Said { ok, error, ts }) = serde_json::from_slice(&answer.body) else {
        return Err(Refusal::later("sink_unavailable", "Slack's answer is not JSON"));
    };
    if ok {
        return Ok(ts);
    }
    let error = error.unwrap_or_else(|| "unknown".to_owned());
    let detail = format!("Slack says `{}`", shorten(&error, 80));
    Err(match error.as_str() {
        error if UNKNOWN.contains(&error) => Refusal::Unknown { detail },
        error if LATER.contains(&error) => {
            Refusal::Later { reason: "sink_unavailable", detail, after: answer.retry_after }
        }
        _ => Refusal::Never { reason: "sink_refused", detail },
    })
}

fn set(message: &mut Value, name: &str, value: Value) {
    if let Some(message) = message.as_object_mut() {
        match value {
            Value::Null => drop(message.remove(name)),
            value => drop(message.insert(name.to_owned(), value)),
        }
    }
}

/// The message of one finding.
fn message(finding: &Finding, notice: &str) -> Value {
    let title = title(finding);
    let severity = finding.severity.as_str().to_uppercase();
    let mut blocks = vec![
        json!({"type": "header", "text": text("plain_text", &format!("{} {severity}", mark(finding)), HEADER)}),
        json!({"type": "section", "text": text("mrkdwn", &format!("*{}*", escape(&title)), BLOCK)}),
    ];
    let lines = facts(finding).into_iter().map(|(label, fact)| match label.as_str() {
        "" => format!("        {}", escape(&fact)),
        label => format!("*{label}*  {}", escape(&fact)),
    });
    blocks.extend(sections(lines));
    let link = format!("<{}|See the call in CloudTrail>", escape(&link(finding)));
    blocks.push(json!({"type": "context", "elements": [text("mrkdwn", &link, BLOCK), text("mrkdwn", notice, BLOCK)]}));
    whole(&format!("{severity}: {}", escape(&title)), blocks)
}

fn digest_message(digest: &Digest<'_>) -> Value {
    let mut blocks = vec![json!({"type": "header", "text": text("plain_text", &digest.title(), HEADER)})];
    let lines = digest.listed().map(|finding| {
        let (severity, title) = (finding.severity.as_str(), escape(&title(finding)));
        format!("{} *{severity}* {title}  <{}|CloudTrail>", mark(finding), escape(&link(finding)))
    });
    blocks.extend(sections(lines));
    if digest.more() > 0 {
        let more = format!("… and {} more; `driftwire open` lists all", digest.more());
        blocks.push(json!({"type": "context", "elements": [text("mrkdwn", &more, BLOCK)]}));
    }
    whole(&digest.title(), blocks)
}

fn whole(summary: &str, mut blocks: Vec<Value>) -> Value {
    blocks.truncate(BLOCKS);
    json!({
        "text": summary, "blocks": blocks,
        // Names are no mentions, addresses no pictures.
        "parse": "none", "link_names": false, "unfurl_links": false, "unfurl_media": false,
    })
}

/// Lines as sections, as few as hold them.
fn sections(lines: impl Iterator<Item = String>) -> Vec<Value> {
    let mut texts: Vec<String> = Vec::new();
    for line in lines {
        match texts.last_mut().filter(|last| last.chars().count() + line.chars().count() < BLOCK) {
            Some(last) => {
                last.push('\n');
                last.push_str(&line);
            }
            None => texts.push(line),
        }
    }
    texts.iter().map(|lines| json!({"type": "section", "text": text("mrkdwn", lines, BLOCK)})).collect()
}

fn text(kind: &str, text: &str, limit: usize) -> Value {
    let text: String = text.chars().take(limit).collect();
    match kind {
        "plain_text" => json!({"type": kind, "text": text, "emoji": true}),
        _ => json!({"type": kind, "text": text, "verbatim": true}),
    }
}

fn mark(finding: &Finding) -> &'static str {
    match finding.severity {
        _ if finding.status.as_str() != "open" => ":white_check_mark:",
        Severity::Critical => ":rotating_light:",
        Severity::High => ":red_circle:",
        Severity::Medium => ":large_orange_circle:",
        Severity::Low | Severity::Info => ":large_blue_circle:",
    }
}

/// Text as Slack shows it and never acts on it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::tests::{notice, opened};

    #[test]
    fn a_finding_is_a_message_to_act_on() {
        let notice = notice(&opened("dw1-a"));
        insta::assert_json_snapshot!(message(&notice.finding, &notice.id), @r###"
        {
          "blocks": [
            {
              "text": {
                "emoji": true,
                "text": ":red_circle: HIGH",
                "type": "plain_text"
              },
              "type": "header"
            },
            {
              "text": {
                "text": "*alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web*",
                "type": "mrkdwn",
                "verbatim": true
              },
              "type": "section"
            },
            {
              "text": {
                "text": "*when*  2026-11-20 10:05:00Z\n*who*  alice@example.com via console from 203.0.113.10, without MFA\n*where*  aws_security_group.web (sg-0aaa), 111122223333/eu-west-1\n*code*  terraform: s3://acme-state/edge/terraform.tfstate, serial 412\n*what*  description: web → web, for a while\n*rule*  open to the world (sg-open-to-world)\n*call*  ec2.amazonaws.com AuthorizeSecurityGroupIngress\n*event*  6f1d0a4e-0000-4000-8000-000000000001\n*finding*  dw1-a",
                "type": "mrkdwn",
                "verbatim": true
              },
              "type": "section"
            },
            {
              "elements": [
                {
                  "text": "<https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1d0a4e-0000-4000-8000-000000000001|See the call in CloudTrail>",
                  "type": "mrkdwn",
                  "verbatim": true
                },
                {
                  "text": "dwn1-eca8f1db393fd9ee6f7198d9acabb466",
                  "type": "mrkdwn",
                  "verbatim": true
                }
              ],
              "type": "context"
            }
          ],
          "link_names": false,
          "parse": "none",
          "text": "HIGH: alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web",
          "unfurl_links": false,
          "unfurl_media": false
        }
        "###);
    }

    #[test]
    fn no_name_rings_a_bell_and_nothing_is_too_long() {
        let mut evil = opened("dw1-a");
        let name = format!("<!channel> <@U1> <https://evil.example|x> & *b* {}", "x".repeat(9_000));
        evil["title"] = json!(name);
        evil["who"]["name"] = json!(name);
        evil["resource"]["id"] = json!(name);
        let change = evil["changes"][0].clone();
        evil["changes"] = json!(vec![change; 400]);
        evil["changes"][0]["actual"] = json!(name);
        let message = message(&notice(&evil).finding, "dwn1-a");
        let whole = message.to_string();
        assert!(!whole.contains("<!") && !whole.contains("<@") && !whole.contains("<https://evil"), "{whole}");
        let blocks = message["blocks"].as_array().unwrap();
        assert!(blocks.len() <= BLOCKS);
        for block in blocks {
            assert!(block["text"]["text"].as_str().unwrap_or_default().chars().count() <= 3_000);
        }
        assert_eq!((message["parse"].as_str(), message["link_names"].as_bool()), (Some("none"), Some(false)));
    }

    #[test]
    fn a_digest_counts_lists_and_says_what_is_not_listed() {
        let of = |at: usize, severity: &str| {
            let mut finding = opened(&format!("dw1-{at}"));
            finding["severity"] = json!(severity);
            notice(&finding)
        };
        let notices: Vec<_> = (0..12).map(|at| of(at, if at == 7 { "high" } else { "low" })).collect();
        let message = digest_message(&Digest::new(notices.iter().collect()));
        assert_eq!(message["text"], "12 findings: 1 high, 11 low");
        let listed = message["blocks"][1]["text"]["text"].as_str().unwrap();
        assert!(listed.starts_with(":red_circle: *high* alice@example.com opened"), "{listed}");
        let last = message["blocks"].as_array().unwrap().last().unwrap();
        assert_eq!(last["elements"][0]["text"], "… and 2 more; `driftwire open` lists all");
    }
}
