//! What the function is set up with: its table, its quarantine, and the sinks, each with a queue of its own.

use std::collections::BTreeMap;

use driftwire_report::v1::Severity;
use driftwire_runtime::Settings;
use driftwire_runtime::http::Address;
use serde::Deserialize;

use crate::sink::{GitHub, Sink, Slack, Target, Topic, Webhook};

const SLACK: &str = "https://slack.com/api";
const GITHUB: &str = "https://api.github.com";

/// What the function is set up with.
pub(crate) struct Config {
    pub(crate) table: String,
    /// The URL of the queue for what no sink takes.
    pub(crate) quarantine: String,
    /// Sinks by the ARN of their queue.
    pub(crate) sinks: BTreeMap<String, Sink>,
}

/// A sink as it is written in `SINKS`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Kind,
    queue: String,
    severity: Option<Severity>,
    secret: Option<String>,
    channel: Option<String>,
    url: Option<String>,
    topic: Option<String>,
    repository: Option<String>,
    endpoint: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Slack,
    Webhook,
    Sns,
    GitHub,
}

impl Config {
    pub(crate) fn read(settings: &mut Settings) -> Option<Self> {
        let (table, quarantine) = (settings.text("TABLE"), settings.text("QUARANTINE_QUEUE"));
        let written = settings.json::<Vec<Written>>("SINKS");
        let mut sinks = BTreeMap::new();
        for (at, written) in written?.into_iter().enumerate() {
            let name = format!("SINKS[{at}]");
            let queue = written.queue.clone();
            if !queue.starts_with("arn:") {
                settings.problem(format!("{name}.queue"), "expected the ARN of a queue");
            }
            let target = Reader { settings, name: &name }.target(&written);
            let Some(target) = target else { continue };
            let least = written.severity.unwrap_or(Severity::Low);
            if sinks.insert(queue, Sink { target, least }).is_some() {
                settings.problem(format!("{name}.queue"), "another sink has this queue already");
            }
        }
        Some(Self { table: table?, quarantine: quarantine?, sinks })
    }
}

/// Reads one sink, and notes what is wrong with it.
struct Reader<'a> {
    settings: &'a mut Settings,
    name: &'a str,
}

impl Reader<'_> {
    fn target(&mut self, written: &Written) -> Option<Target> {
        match written.kind {
            Kind::Slack => {
                let (secret, channel) = (self.text("secret", &written.secret), self.text("channel", &written.channel));
                let base = self.base(written, SLACK);
                Some(Target::Slack(Slack { secret: secret?, channel: channel?, base: base? }))
            }
            Kind::Webhook => {
                let (secret, url) = (self.text("secret", &written.secret), self.text("url", &written.url));
                let address = url.and_then(|url| self.address("url", &url));
                let name = written.queue.rsplit(':').next().unwrap_or_default().to_owned();
                Some(Target::Webhook(Webhook { secret: secret?, address: address?, name }))
            }
            Kind::Sns => {
                let topic = self.text("topic", &written.topic)?;
                if !topic.starts_with("arn:") {
                    self.wrong("topic", "expected the ARN of a topic");
                    return None;
                }
                Some(Target::Sns(Topic { arn: topic }))
            }
            Kind::GitHub => {
                let secret = self.text("secret", &written.secret);
                let repository = self.text("repository", &written.repository).filter(|it| self.is_repository(it));
                let base = self.base(written, GITHUB);
                Some(Target::GitHub(GitHub { secret: secret?, repository: repository?, base: base? }))
            }
        }
    }

    fn text(&mut self, field: &str, value: &Option<String>) -> Option<String> {
        let text = value.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
        if text.is_none() {
            self.wrong(field, "not set");
        }
        text
    }

    fn base(&mut self, written: &Written, otherwise: &str) -> Option<Address> {
        self.address("endpoint", written.endpoint.as_deref().unwrap_or(otherwise))
    }

    fn address(&mut self, field: &str, text: &str) -> Option<Address> {
        Address::parse(text).map_err(|error| self.wrong(field, &error.to_string())).ok()
    }

    fn is_repository(&mut self, text: &str) -> bool {
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-'))
        };
        let is_one = text.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name));
        if !is_one {
            self.wrong("repository", "expected `owner/name`");
        }
        is_one
    }

    fn wrong(&mut self, field: &str, problem: &str) {
        self.settings.problem(format!("{}.{field}", self.name), problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sinks: &str) -> Result<Config, String> {
        let pairs = [("TABLE", "drift"), ("QUARANTINE_QUEUE", "https://sqs/q"), ("SINKS", sinks)];
        let mut settings = Settings::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        settings.read(Config::read).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_of_sink_is_read() {
        let config = read(
            r#"[{"kind":"slack","queue":"arn:aws:sqs:eu-west-1:111122223333:a","secret":"arn:s","channel":"C1","severity":"high"},
                {"kind":"webhook","queue":"arn:aws:sqs:eu-west-1:111122223333:b","secret":"arn:s","url":"https://example.com/in"},
                {"kind":"sns","queue":"arn:aws:sqs:eu-west-1:111122223333:c","topic":"arn:t"},
                {"kind":"github","queue":"arn:aws:sqs:eu-west-1:111122223333:d","secret":"arn:s","repository":"acme/infra","endpoint":"http://127.0.0.1:1"}]"#,
        )
        .unwrap();
        let names: Vec<String> = config.sinks.values().map(Sink::name).collect();
        assert_eq!(names, ["slack#C1", "webhook#b", "sns#arn:t", "github#acme/infra"]);
    }

    #[test]
    fn all_that_is_wrong_with_sinks_is_said_together() {
        let wrong = read(
            r#"[{"kind":"slack","queue":"a","channel":"C1","endpoint":"http://192.0.2.1"},
                {"kind":"webhook","queue":"arn:b","secret":"s","url":"ftp://secret"},
                {"kind":"github","queue":"arn:b","secret":"s","repository":"acme"}, {"kind":"sns","queue":"arn:c"}]"#,
        );
        insta::assert_snapshot!(wrong.err().unwrap(), @"the settings are not complete: SINKS[0].queue: expected the ARN of a queue; SINKS[0].secret: not set; SINKS[0].endpoint: expected https://…, or http:// to this machine; SINKS[1].url: expected https://…, or http:// to this machine; SINKS[2].repository: expected `owner/name`; SINKS[3].topic: not set");
        assert!(read(r#"[{"kind":"pager","queue":"arn:a"}]"#).is_err());
    }
}
