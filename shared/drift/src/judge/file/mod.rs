//! The rules file: TOML, read into what it says or refused whole with one error. Says nothing about findings yet.

mod example;
mod table;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::de::DeTable;

pub(crate) use example::Example;
#[cfg(test)]
pub(crate) use example::finding;
use table::{Placed, Table};

use super::condition::Condition;
use super::glob::Glob;
use super::refusal::{RulesError, Source};
use crate::verdict::Severity;

/// Largest rules file, in bytes.
const LARGEST: usize = 1 << 20;

/// Names of severities, in the order errors list them.
const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("info", Severity::Info),
];

/// How much of a file is read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// A file that a test has read before: conditions are parsed when they are first asked, examples not at all.
    Tested,
    /// Any other file: everything is read and checked.
    Unread,
}

/// What a rules file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct RulesFile {
    pub(crate) pipelines: Vec<PipelineMatch>,
    pub(crate) ignores: Vec<IgnoreRule>,
    pub(crate) tag_keys: BTreeSet<String>,
    pub(crate) tag_prefixes: Vec<String>,
    pub(crate) rules: Vec<RuleEntry>,
}

/// Whose changes are held until the new declared state arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineMatch {
    pub(crate) principal: Option<Glob>,
    pub(crate) role: Option<Glob>,
    pub(crate) session: Option<Glob>,
    pub(crate) user_agent: Option<Glob>,
    /// Why, in the words of the file.
    pub reason: String,
    /// File and line, for `explain`.
    pub place: String,
}

impl PipelineMatch {
    /// Whether the entry asks only for what the caller can choose: a user agent, the name of a session. Such a match
    /// never delays a critical finding: WAIT-NOT-HIDE.
    #[must_use]
    pub fn is_only_claimed(&self) -> bool {
        self.principal.is_none() && self.role.is_none()
    }
}

/// What is never a finding; still an outcome, still counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreRule {
    pub(crate) address: Option<Glob>,
    pub(crate) kind: Option<Glob>,
    pub(crate) account: Option<Glob>,
    pub(crate) region: Option<Glob>,
    pub(crate) actor: Option<Glob>,
    pub(crate) attribute: Option<Glob>,
    /// Why, in the words of the file.
    pub reason: String,
    /// From when on it no longer applies, compared with the time of the event.
    pub expires: Option<Timestamp>,
    /// File and line, for `explain`.
    pub place: String,
}

/// A rule as the file writes it; what it leaves out comes from the shipped rule of the same id.
#[derive(Debug, Clone)]
pub(crate) struct RuleEntry {
    pub(crate) id: String,
    pub(crate) when: Option<Condition>,
    pub(crate) severity: Option<Severity>,
    pub(crate) title: Option<String>,
    pub(crate) is_enabled: bool,
    pub(crate) is_final: Option<bool>,
    pub(crate) examples: Vec<Example>,
    pub(crate) line: usize,
    /// The error to give where nothing is shipped under this id and something is left out.
    pub(crate) incomplete: Option<RulesError>,
}

/// Reads a rules file.
pub(crate) fn read(source: Source<'_>, trust: Trust) -> Result<RulesFile, RulesError> {
    if source.text.len() > LARGEST {
        return Err(source.refuse(0, format!("larger than {LARGEST} bytes; expected a smaller rules file")));
    }
    let document = DeTable::parse(source.text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        source.refuse(start, format!("not TOML: {}", error.message().to_lowercase()))
    })?;
    let top = Table::new(source, "the file", &document, &["pipeline", "ignore", "ignore_tags", "rule"])?;
    let mut file = RulesFile::default();
    for table in top.tables("pipeline", "[[pipeline]]", &["principal", "role", "session", "user_agent", "reason"])? {
        file.pipelines.push(pipeline(&source, &table)?);
    }
    for table in top.tables(
        "ignore",
        "[[ignore]]",
        &["address", "type", "account", "region", "actor", "attribute", "reason", "expires"],
    )? {
        file.ignores.push(ignore(&source, &table)?);
    }
    if let Some(table) = top.table("ignore_tags", "[ignore_tags]", &["keys", "key_prefixes"])? {
        file.tag_keys = table.texts("keys")?.into_iter().collect();
        file.tag_prefixes = table.texts("key_prefixes")?;
        if file.tag_prefixes.iter().any(String::is_empty) {
            return Err(
                table.refuse("`key_prefixes` holds an empty text, which every key starts with; expected a prefix")
            );
        }
    }
    let mut ids = BTreeSet::new();
    for table in top.tables("rule", "[[rule]]", &["id", "when", "severity", "title", "enabled", "final", "example"])? {
        let entry = rule(&table, trust)?;
        if !ids.insert(entry.id.clone()) {
            return Err(table
                .required("id")?
                .refuse(format!("a second rule with the id `{}`; expected each id once", entry.id)));
        }
        file.rules.push(entry);
    }
    Ok(file)
}

fn place(source: &Source<'_>, table: &Table<'_, '_>) -> String {
    format!("{}:{}", source.origin, table.line())
}

fn reason(table: &Table<'_, '_>) -> Result<String, RulesError> {
    let placed = table.required("reason")?;
    let text = placed.text()?.trim();
    match text.is_empty() {
        true => Err(placed.refuse("`reason` is empty; expected why, for those who ask later")),
        false => Ok(text.to_owned()),
    }
}

fn pipeline(source: &Source<'_>, table: &Table<'_, '_>) -> Result<PipelineMatch, RulesError> {
    let matcher = PipelineMatch {
        principal: table.glob("principal")?,
        role: table.glob("role")?,
        session: table.glob("session")?,
        user_agent: table.glob("user_agent")?,
        reason: reason(table)?,
        place: place(source, table),
    };
    let PipelineMatch { principal, role, session, user_agent, reason: _, place: _ } = &matcher;
    if [principal, role, session, user_agent].into_iter().all(Option::is_none) {
        return Err(
            table.refuse("[[pipeline]] matches everyone; expected `principal`, `role`, `session` or `user_agent`")
        );
    }
    Ok(matcher)
}

fn ignore(source: &Source<'_>, table: &Table<'_, '_>) -> Result<IgnoreRule, RulesError> {
    let rule = IgnoreRule {
        address: table.glob("address")?,
        kind: table.glob("type")?,
        account: table.glob("account")?,
        region: table.glob("region")?,
        actor: table.glob("actor")?,
        attribute: table.glob("attribute")?,
        reason: reason(table)?,
        expires: table.get("expires").map(|placed| expiry(&placed)).transpose()?,
        place: place(source, table),
    };
    let IgnoreRule { address, kind, account, region, actor, attribute, reason: _, expires: _, place: _ } = &rule;
    if [address, kind, account, region, actor, attribute].into_iter().all(Option::is_none) {
        return Err(table.refuse(
            "[[ignore]] matches everything; expected `address`, `type`, `account`, `region`, `actor` or `attribute`",
        ));
    }
    Ok(rule)
}

/// A date, in quotes or not: the first moment of that day in UTC.
fn expiry(placed: &Placed<'_, '_>) -> Result<Timestamp, RulesError> {
    let written = placed.json();
    let day =
        written.as_str().filter(|text| text.len() == "2027-01-01".len()).and_then(|text| text.parse::<Date>().ok());
    let moment = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp());
    moment.ok_or_else(|| {
        let found = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
        placed.refuse(format!("`expires` is `{found}`; expected a date such as `2027-01-01`"))
    })
}

fn rule(table: &Table<'_, '_>, trust: Trust) -> Result<RuleEntry, RulesError> {
    let id = rule_id(table)?;
    let when = table.get("when").map(|placed| condition(&placed, trust)).transpose()?;
    let severity = table.get("severity").map(|placed| placed.one_of(SEVERITIES)).transpose()?;
    let title = table.get("title").map(|placed| title(&placed)).transpose()?;
    let mut examples = Vec::new();
    for example in table.tables("example", "[[rule.example]]", example::KEYS)? {
        if trust == Trust::Unread {
            examples.push(example::read(&example)?);
        }
    }
    let missing = [("when", when.is_none()), ("severity", severity.is_none()), ("title", title.is_none())];
    let missing = missing.into_iter().find(|(_, is_missing)| *is_missing);
    let incomplete = missing.map(|(key, _)| {
        table.refuse(format!("the rule `{id}` has no `{key}`, and no rule of that id is shipped; expected one"))
    });
    Ok(RuleEntry {
        is_enabled: table.flag("enabled")?.unwrap_or(true),
        is_final: table.flag("final")?,
        line: table.line(),
        id,
        when,
        severity,
        title,
        examples,
        incomplete,
    })
}

fn rule_id(table: &Table<'_, '_>) -> Result<String, RulesError> {
    let placed = table.required("id")?;
    let id = placed.text()?;
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if id.is_empty() || !id.chars().all(is_plain) {
        return Err(placed
            .refuse(format!("`id` is `{id}`; expected small letters, digits and `-`, such as `sg-open-to-world`")));
    }
    if id.starts_with("base-") {
        return Err(placed.refuse(format!(
            "`id` is `{id}`; ids that start with `base-` belong to the severities by kind, expected another"
        )));
    }
    Ok(id.to_owned())
}

fn title(placed: &Placed<'_, '_>) -> Result<String, RulesError> {
    let text = placed.text()?.trim();
    match text.is_empty() || text.chars().any(char::is_control) {
        true => {
            Err(placed
                .refuse("`title` is empty or has several lines; expected a short phrase such as `open to the world`"))
        }
        false => Ok(text.to_owned()),
    }
}

fn condition(placed: &Placed<'_, '_>, trust: Trust) -> Result<Condition, RulesError> {
    let text = placed.text()?;
    match trust {
        Trust::Tested => Ok(Condition::trusted(text)),
        Trust::Unread => Condition::read(text)
            .map_err(|fault| placed.refuse_inside(text, fault.character, format!("the condition {}", fault.message))),
    }
}

#[cfg(test)]
mod tests;
