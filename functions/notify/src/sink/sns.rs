//! SNS: a message for people, with attributes that subscriptions filter by. The same notice may come twice: its id is an
//! attribute.

use std::fmt::Write as _;
use std::future::Future;

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sns::types::MessageAttributeValue;
use driftwire_report::v1::Finding;
use driftwire_runtime::said;

use super::{Refusal, Sent};
use crate::notice::Notice;
use crate::words::{Digest, facts, link, title};

/// SNS takes subjects of less than 100 characters.
const SUBJECT: usize = 99;
/// SNS takes 256 KB; people read less.
const BODY: usize = 60_000;
/// What SNS says when it will never take a message.
const FOR_GOOD: [&str; 7] = [
    "AuthorizationError",
    "AuthorizationErrorException",
    "AccessDenied",
    "InvalidParameter",
    "InvalidParameterValue",
    "InvalidSecurity",
    "NotFound",
];

/// A topic.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) arn: String,
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) attributes: Vec<(&'static str, String)>,
}

/// Takes messages.
pub(crate) trait Topics {
    /// Publishes one message.
    fn publish(&self, topic: &str, message: &Message) -> impl Future<Output = Result<(), Refusal>>;
}

impl Topic {
    pub(crate) async fn send(&self, topics: &impl Topics, notice: &Notice) -> Result<Sent, Refusal> {
        topics.publish(&self.arn, &message(notice)).await.map(|()| Sent::Taken(None))
    }

    pub(crate) async fn send_digest(&self, topics: &impl Topics, digest: &Digest<'_>) -> Result<Sent, Refusal> {
        topics.publish(&self.arn, &digest_message(digest)).await.map(|()| Sent::Taken(None))
    }
}

fn message(notice: &Notice) -> Message {
    let finding = &notice.finding;
    let severity = finding.severity.as_str().to_uppercase();
    let mut body = format!("{severity}: {}\n\n", title(finding));
    for (label, fact) in facts(finding) {
        line(&mut body, &format!("{label:<8}{fact}"));
    }
    line(&mut body, &format!("{:<8}{}", "link", link(finding)));
    Message {
        subject: subject(&format!("[{severity}] {}", title(finding))),
        body: body.chars().take(BODY).collect(),
        attributes: attributes(finding, &notice.id),
    }
}

fn digest_message(digest: &Digest<'_>) -> Message {
    let mut body = format!("{}\n\n", digest.title());
    for finding in digest.listed() {
        line(
            &mut body,
            &format!("{}: {}\n  {}", finding.severity.as_str().to_uppercase(), title(finding), link(finding)),
        );
    }
    if digest.more() > 0 {
        line(&mut body, &format!("… and {} more; `driftwire open` lists all", digest.more()));
    }
    let attributes = digest.first().map(|first| attributes(&first.finding, &format!("digest-{}", first.id)));
    Message { subject: subject(&digest.title()), body, attributes: attributes.unwrap_or_default() }
}

fn line(body: &mut String, line: &str) {
    // Writing to a string cannot fail.
    writeln!(body, "{line}").ok();
}

fn attributes(finding: &Finding, notice: &str) -> Vec<(&'static str, String)> {
    let attributes = [
        ("severity", finding.severity.as_str()),
        ("account", &finding.resource.account),
        ("kind", finding.kind.as_str()),
        ("status", finding.status.as_str()),
        ("notice", notice),
    ];
    attributes
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

/// A subject as SNS takes it: ASCII, beginning with a letter, a number or a mark.
fn subject(text: &str) -> String {
    let ascii = |it: char| if it.is_ascii_graphic() || it == ' ' { it } else { '?' };
    text.chars().map(ascii).take(SUBJECT).collect::<String>().trim().to_owned()
}

/// Topics of SNS.
#[derive(Debug)]
pub(crate) struct Sns {
    client: Client,
}

impl Sns {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }
}

impl Topics for Sns {
    async fn publish(&self, topic: &str, message: &Message) -> Result<(), Refusal> {
        let mut publish = self.client.publish().topic_arn(topic).subject(&message.subject).message(&message.body);
        for (name, value) in &message.attributes {
            let attribute = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            let unmade = |_| Refusal::Never { reason: "sink_refused", detail: "an attribute is none".to_owned() };
            publish = publish.message_attributes(*name, attribute.map_err(unmade)?);
        }
        let Err(error) = publish.send().await else { return Ok(()) };
        let detail = format!("topic `{topic}`: {}", said(&error));
        let is_for_good = match &error {
            SdkError::ServiceError(answer) => answer.err().code().is_some_and(|code| FOR_GOOD.contains(&code)),
            _ => false,
        };
        Err(match is_for_good {
            true => Refusal::Never { reason: "sink_refused", detail },
            false => Refusal::later("sink_unavailable", detail),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::tests::{notice, opened};

    #[test]
    fn a_finding_is_a_message_that_people_read() {
        let mut finding = opened("dw1-a");
        finding["title"] = serde_json::json!(format!("älice\n changed {}", "x".repeat(200)));
        let message = message(&notice(&finding));
        assert!(message.subject.starts_with("[HIGH] ?lice"), "{}", message.subject);
        assert!(message.subject.is_ascii() && message.subject.len() < 100);
        let names: Vec<&str> = message.attributes.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["severity", "account", "kind", "status", "notice"]);
        assert!(message.body.contains("description: web → web, for a while"), "{}", message.body);
    }
}
