//! What people read, in the same words whatever the sink: facts, links, and how many there are. Safe to show: nothing in it
//! acts, except what a sink itself makes of characters, which the sink escapes.

use driftwire_report::plain::{plain, shorten};
use driftwire_report::v1::{Finding, Severity};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::notice::Notice;

const TITLE: usize = 250;
const FACT: usize = 600;
/// How many lines say what there is to know of a finding.
const FACTS: usize = 30;
/// How many findings a digest lists.
const LISTED: usize = 10;

/// The title of a notice; what is no longer open, or no longer so, says so first.
pub(crate) fn title(finding: &Finding) -> String {
    let title = shorten(&finding.title, TITLE);
    match finding.status.as_str() {
        "open" if finding.superseded_by.is_some() => format!("changed again: {title}"),
        "open" => title,
        status => format!("{status}: {title}"),
    }
}

/// What there is to know, a label and a line each.
pub(crate) fn facts(finding: &Finding) -> Vec<(String, String)> {
    let mut facts = driftwire_report::facts(finding);
    let more = facts.len().saturating_sub(FACTS);
    if more > 0 {
        facts.truncate(FACTS);
        facts.push(("", format!("… and {more} more lines")));
    }
    facts.push(("call", format!("{} {}", plain(&finding.call.source), plain(&finding.call.name))));
    facts.push(("event", plain(&finding.call.event_id)));
    facts.push(("finding", plain(&finding.id)));
    facts.into_iter().map(|(label, text)| (label.to_owned(), shorten(&text, FACT))).collect()
}

/// Where the console shows the call.
pub(crate) fn link(finding: &Finding) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string().replace("%2D", "-");
    let region = encode(&finding.call.record_region);
    let host = match region.as_str() {
        region if region.starts_with("cn-") => "console.amazonaws.cn".to_owned(),
        region if region.starts_with("us-gov-") => "console.amazonaws-us-gov.com".to_owned(),
        region => format!("{region}.console.aws.amazon.com"),
    };
    format!("https://{host}/cloudtrailv2/home?region={region}#/events/{}", encode(&finding.call.event_id))
}

/// Several findings in one message.
#[derive(Debug)]
pub(crate) struct Digest<'a> {
    /// The most severe first, then by time.
    notices: Vec<&'a Notice>,
}

impl<'a> Digest<'a> {
    pub(crate) fn new(mut notices: Vec<&'a Notice>) -> Self {
        notices.sort_by_key(|it| (it.is_closing(), std::cmp::Reverse(it.finding.severity), it.finding.when.event_time));
        Self { notices }
    }

    /// `7 findings: 2 high, 5 low, 1 closed`.
    pub(crate) fn title(&self) -> String {
        let open = || self.notices.iter().filter(|it| !it.is_closing());
        let count = |severity: &Severity| (open().filter(|it| it.finding.severity == *severity).count(), *severity);
        let mut severities: Vec<(usize, Severity)> = Severity::ALL.iter().map(count).filter(|it| it.0 > 0).collect();
        severities.sort_by_key(|(_, severity)| std::cmp::Reverse(*severity));
        let mut counts: Vec<String> =
            severities.iter().map(|(count, severity)| format!("{count} {severity}")).collect();
        let closed = self.notices.len() - open().count();
        if closed > 0 {
            counts.push(format!("{closed} closed"));
        }
        format!("{} findings: {}", self.notices.len(), counts.join(", "))
    }

    /// The first findings.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &Finding> {
        self.notices.iter().take(LISTED).map(|it| &it.finding)
    }

    /// How many are not listed.
    pub(crate) fn more(&self) -> usize {
        self.notices.len().saturating_sub(LISTED)
    }

    /// What tells a repeat: the same for the same findings.
    pub(crate) fn first(&self) -> Option<&Notice> {
        self.notices.first().copied()
    }
}
