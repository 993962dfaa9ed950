//! Shows findings on a terminal, the worst first. Never decides what is worse, and never prints itself.

use std::cmp::Reverse;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;

use crate::layout::{Page, View};
use crate::plain::{plain, shorten};
use crate::policy::{self, StatementDifference};
use crate::v1::{ActorKind, Change, ChangeOp, Declaration, Finding, FindingKind, Severity, Status};
use crate::value;

const VALUE_WIDTH: usize = 120;
const NAME_WIDTH: usize = 96;
const STATEMENTS_SHOWN: usize = 6;

/// Returns the findings as text: by severity, the worst first, then by time, then by id.
///
/// One block each, with an empty line between; an empty text where there is none.
pub fn findings(findings: &[Finding], view: View) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| (Reverse(finding.severity), finding.when.event_time, finding.id.as_str()));
    let mut page = Page::new(view);
    for finding in sorted {
        page.gap();
        block(finding, &mut page);
    }
    page.finish()
}

/// Returns the style that a severity is shown in.
pub fn severity_style(severity: Severity) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match severity {
        Severity::Critical => color(AnsiColor::Red).bold(),
        Severity::High => color(AnsiColor::Red),
        Severity::Medium => color(AnsiColor::Yellow),
        Severity::Low => color(AnsiColor::Cyan),
        Severity::Info => Style::new().dimmed(),
    }
}

/// Returns what there is to know of a finding, besides its title and severity: a label and a line each, in the order in
/// which people want to know it. A line without a label goes on with the one before.
///
/// No line acts on where it is shown, and none shows a hidden value.
pub fn facts(finding: &Finding) -> Vec<(&'static str, String)> {
    styled(finding).into_iter().map(|(label, text, _)| (label, plain(&text))).collect()
}

fn block(finding: &Finding, page: &mut Page) {
    let mark = finding.severity.as_str().to_uppercase();
    page.marked(&mark, severity_style(finding.severity), &finding.title, Style::new().bold());
    for (label, text, style) in styled(finding) {
        page.labeled(label, &text, style);
    }
}

fn styled(finding: &Finding) -> Vec<(&'static str, String, Style)> {
    let normal = Style::new();
    let mut facts = vec![
        ("when", time(finding.when.event_time), normal),
        ("who", who(finding), normal),
        ("where", place(finding), normal),
    ];
    if let Some(declaration) = finding.resource.declarations.first() {
        facts.push(("code", code(declaration), normal));
    }
    facts.extend(what(finding));
    if finding.status != Status::Open {
        facts.push(("status", status(finding.status).to_owned(), normal));
    }
    if let Some(event) = &finding.superseded_by {
        facts.push(("then", format!("changed again by event {}", shorten(event, NAME_WIDTH)), normal));
    }
    facts.push(("rule", rule(finding), normal));
    facts
}

fn time(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn who(finding: &Finding) -> String {
    let who = &finding.who;
    let mut words = shorten(&who.name, NAME_WIDTH);
    if words.trim().is_empty() {
        words = "someone".to_owned();
    }
    match who.kind {
        // The name says it, or there is nothing to say.
        ActorKind::Person | ActorKind::Root | ActorKind::Unknown => {}
        ActorKind::User | ActorKind::Role | ActorKind::Workload | ActorKind::Pipeline | ActorKind::Service => {
            words.push_str(&format!(" ({})", who.kind))
        }
    }
    words.push_str(&format!(" via {}", who.via));
    let mut add = |before: &str, what: &Option<String>| {
        if let Some(what) = what {
            words.push_str(&format!("{before}{}", shorten(what, NAME_WIDTH)));
        }
    };
    add(" through ", &who.invoked_by);
    add(" from ", &who.source_ip);
    add(", of account ", &who.from_account);
    let by_hand = matches!(who.kind, ActorKind::Person | ActorKind::Root);
    if by_hand && who.mfa == Some(false) {
        words.push_str(", without MFA");
    }
    words
}

fn place(finding: &Finding) -> String {
    let resource = &finding.resource;
    let id = shorten(&resource.id, NAME_WIDTH);
    let name = match resource.declarations.first() {
        Some(declaration) => format!("{} ({id})", declaration.address),
        None => format!("{} {id}", resource.kind),
    };
    format!("{name}, {}/{}", resource.account, resource.region)
}

fn code(declaration: &Declaration) -> String {
    let Declaration { tool, origin, version, address: _, kind: _ } = declaration;
    match version.is_empty() {
        true => format!("{tool}: {origin}"),
        false => format!("{tool}: {origin}, {version}"),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::Restored => "restored: someone put it back",
        Status::Applied => "applied: the code now says so",
        Status::Absorbed => "absorbed: a refresh copied the drift into the state",
        Status::Gone => "gone: the resource left the code",
        Status::Acknowledged => "acknowledged: someone said to leave it",
    }
}

fn rule(finding: &Finding) -> String {
    match &finding.rule_title {
        Some(title) => format!("{title} ({})", finding.rule),
        None => finding.rule.clone(),
    }
}

fn what(finding: &Finding) -> Vec<(&'static str, String, Style)> {
    let mut label = "what";
    let mut facts = Vec::new();
    for change in &finding.changes {
        for (text, style) in lines(finding, change) {
            facts.push((std::mem::take(&mut label), text, style));
        }
    }
    if finding.changes.is_empty() {
        let call = shorten(&finding.call.name, NAME_WIDTH);
        let words = match finding.kind {
            FindingKind::Deleted => format!("the resource: declared → deleted by {call}"),
            FindingKind::Unmanaged => format!("the resource: not declared → created by {call}"),
            FindingKind::Touched => format!("{call}; the new value is not in the record"),
            FindingKind::Modified | FindingKind::Undeclared => call,
        };
        facts.push((label, words, Style::new()));
    }
    facts
}

/// One line for a change; for a policy document, one for each statement that differs too.
fn lines(finding: &Finding, change: &Change) -> Vec<(String, Style)> {
    let mut name = value::name(&change.attribute, NAME_WIDTH);
    let first = finding.resource.declarations.first();
    if let Some(owner) = &change.address
        && first.is_none_or(|first| first.address != *owner)
    {
        name = format!("{} {name}", shorten(owner, NAME_WIDTH));
    }
    let later = match change.pending && change.attribute != value::WHOLE {
        true => " (pending)",
        false => "",
    };
    let is_policy = |value: &Option<serde_json::Value>| value.as_ref().is_some_and(policy::is_policy);
    if !change.redacted && (is_policy(&change.declared) || is_policy(&change.actual)) {
        let mut all = vec![(format!("{name}: policy document differs{later}"), Style::new())];
        all.extend(statements(change));
        return all;
    }
    let (declared, mut actual) = sides(finding, change);
    if declared == actual && !change.redacted && change.declared != change.actual {
        actual = "(differs in the part left out)".to_owned();
    }
    vec![(format!("{name}: {declared} → {actual}{later}"), Style::new())]
}

fn sides(finding: &Finding, change: &Change) -> (String, String) {
    let said = |value: &Option<serde_json::Value>, absent: &str| match value {
        Some(_) if change.redacted => value::HIDDEN.to_owned(),
        Some(value) => value::in_words(&change.attribute, value, VALUE_WIDTH),
        None if change.elided => value::ELIDED.to_owned(),
        None => absent.to_owned(),
    };
    if change.attribute == value::WHOLE {
        let (before, after) = match (change.op, finding.kind) {
            (_, FindingKind::Touched) => ("declared", "(not in the record)"),
            (ChangeOp::Removed, _) if change.pending => ("declared", "scheduled for deletion"),
            (ChangeOp::Removed, _) => ("declared", "deleted"),
            (ChangeOp::Added, _) => ("not declared", "created"),
            (ChangeOp::Replaced, _) => ("declared", "changed"),
        };
        return (before.to_owned(), after.to_owned());
    }
    let lost = match change.op {
        ChangeOp::Removed => "(removed)",
        ChangeOp::Added | ChangeOp::Replaced if change.redacted => value::HIDDEN,
        ChangeOp::Added | ChangeOp::Replaced => "(not in the record)",
    };
    let undeclared = match change.op {
        ChangeOp::Removed | ChangeOp::Replaced if change.redacted => value::HIDDEN,
        ChangeOp::Added | ChangeOp::Removed | ChangeOp::Replaced => value::NONE,
    };
    (said(&change.declared, undeclared), said(&change.actual, lost))
}

fn statements(change: &Change) -> Vec<(String, Style)> {
    let colored = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    let differences = policy::differences(change.declared.as_ref(), change.actual.as_ref());
    let more = differences.len().saturating_sub(STATEMENTS_SHOWN);
    let mut lines: Vec<(String, Style)> = differences
        .into_iter()
        .take(STATEMENTS_SHOWN)
        .map(|difference| match difference {
            StatementDifference::Lost(words) => (format!("- {words}"), colored(AnsiColor::Red)),
            StatementDifference::Gained(words) => (format!("+ {words}"), colored(AnsiColor::Green)),
        })
        .collect();
    if more > 0 {
        lines.push((format!("… and {more} more"), Style::new()));
    }
    lines
}
