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
    ("critical", Severity::Critical), ("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low),
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
    for table in top.tables("ignore", "[[ignore]]", &["address", "type", "account", "region", "actor", "attribute", "reason", "expires"])? {
        file.ignores.push(ignore(&source, &table)?);
    }
    if let Some(table) = top.table("ignore_tags", "[ignore_tags]", &["keys", "key_prefixes"])? {
        file.tag_keys = table.texts("keys")?.into_iter().collect();
        file.tag_prefixes = table.texts("key_prefixes")?;
        if file.tag_prefixes.iter().any(String::is_empty) {
            return Err(table.refuse("`key_prefixes` holds an empty text, which every key starts with; expected a prefix"));
        }
    }
    let mut ids = BTreeSet::new();
    for table in top.tables("rule", "[[rule]]", &["id", "when", "severity", "title", "enabled", "final", "example"])? {
        let entry = rule(&table, trust)?;
        if !ids.insert(entry.id.clone()) {
            return Err(table.required("id")?.refuse(format!("a second rule with the id `{}`; expected each id once", entry.id)));
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
        return Err(table.refuse("[[pipeline]] matches everyone; expected `principal`, `role`, `session` or `user_agent`"));
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
    let day = written.as_str().filter(|text| text.len() == "2027-01-01".len()).and_then(|text| text.parse::<Date>().ok());
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
    let incomplete = missing.map(|(key, _)| table.refuse(format!("the rule `{id}` has no `{key}`, and no rule of that id is shipped; expected one")));
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
        return Err(placed.refuse(format!("`id` is `{id}`; expected small letters, digits and `-`, such as `sg-open-to-world`")));
    }
    if id.starts_with("base-") {
        return Err(placed.refuse(format!("`id` is `{id}`; ids that start with `base-` belong to the severities by kind, expected another")));
    }
    Ok(id.to_owned())
}

fn title(placed: &Placed<'_, '_>) -> Result<String, RulesError> {
    let text = placed.text()?.trim();
    match text.is_empty() || text.chars().any(char::is_control) {
        true => Err(placed.refuse("`title` is empty or has several lines; expected a short phrase such as `open to the world`")),
        false => Ok(text.to_owned()),
    }
}

fn condition(placed: &Placed<'_, '_>, trust: Trust) -> Result<Condition, RulesError> {
    let text = placed.text()?;
    match trust {
        Trust::Tested => Ok(Condition::trusted(text)),
        Trust::Unread => {
            Condition::read(text).map_err(|fault| placed.refuse_inside(text, fault.character, format!("the condition {}", fault.message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str) -> String {
        match read(Source { origin: "rules.toml", text }, Trust::Unread) {
            Ok(file) => panic!("accepted: {file:?}"),
            Err(error) => error.to_string(),
        }
    }

    /// A rule with one line in place of its usual one.
    fn rule_with(key: &str, line: &str) -> String {
        let usual = [("id", "id = 'a'"), ("when", "when = 'true'"), ("severity", "severity = 'low'"), ("title", "title = 't'")];
        let lines = usual.into_iter().map(|(name, usual)| if name == key { line } else { usual });
        let extra = if usual.iter().any(|(name, _)| *name == key) { "" } else { line };
        format!("[[rule]]\n{}\n{extra}\n", lines.collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn a_wrong_file_is_refused_with_place_and_expectation() {
        let cases = [
            "a = ",
            "[[rules]]\nid = 'a'\n",
            "[rule]\nid = 'a'\n",
            "rule = 3\n",
            "[[pipeline]]\nreason = 'deploys'\n",
            "[[pipeline]]\nprincipal = 'arn:*'\n",
            "[[pipeline]]\nprincipal = 5\nreason = 'deploys'\n",
            "[[pipeline]]\nprinciple = 'arn:*'\nreason = 'deploys'\n",
            "[[pipeline]]\nprincipal = ''\nreason = 'deploys'\n",
            "[[ignore]]\nreason = 'noise'\n",
            "[[ignore]]\ntype = 'aws_*'\nreason = '  '\n",
            "[[ignore]]\ntype = 'aws_*'\nreason = 'noise'\nexpires = 'soon'\n",
            "[[ignore]]\ntype = 'aws_*'\nreason = 'noise'\nexpires = 2027-02-30\n",
            "[[ignore]]\ntype = 'aws_*'\nreason = 'noise'\nexpires = 2027-01-01T10:00:00Z\n",
            "[ignore_tags]\nkeys = 'LastScanned'\n",
            "[ignore_tags]\nkeys = ['a', 1]\n",
            "[ignore_tags]\nkey_prefixes = ['']\n",
        ];
        let all: Vec<String> = cases.iter().map(|case| refusal(case)).collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        rules.toml:1:5: not TOML: string values must be quoted, expected literal string
        rules.toml:1:3: unknown key `rules` in the file; did you mean `rule`? (expected `pipeline`, `ignore`, `ignore_tags`, `rule`)
        rules.toml:1:1: `rule` is a table; expected a list of tables
        rules.toml:1:8: `rule` is a number; expected a list of tables
        rules.toml:1:1: [[pipeline]] matches everyone; expected `principal`, `role`, `session` or `user_agent`
        rules.toml:1:1: [[pipeline]] has no `reason`; expected one
        rules.toml:2:13: `principal` is a number; expected text in quotes
        rules.toml:2:1: unknown key `principle` in [[pipeline]]; did you mean `principal`? (expected `principal`, `role`, `session`, `user_agent`, `reason`)
        rules.toml:2:13: `principal` is an empty pattern; expected text in which `*` and `?` are wildcards
        rules.toml:1:1: [[ignore]] matches everything; expected `address`, `type`, `account`, `region`, `actor` or `attribute`
        rules.toml:3:10: `reason` is empty; expected why, for those who ask later
        rules.toml:4:11: `expires` is `soon`; expected a date such as `2027-01-01`
        rules.toml:4:11: not TOML: invalid date, expected day between 01 and 28
        rules.toml:4:11: `expires` is `2027-01-01T10:00:00Z`; expected a date such as `2027-01-01`
        rules.toml:2:8: `keys` is a text; expected a list
        rules.toml:2:14: `keys` is a number; expected text in quotes
        rules.toml:1:1: `key_prefixes` holds an empty text, which every key starts with; expected a prefix
        "#);
    }

    #[test]
    fn a_wrong_rule_is_refused_with_place_and_expectation() {
        let cases = [
            rule_with("id", ""),
            rule_with("id", "id = 'Open World'"),
            rule_with("id", "id = 'base-own'"),
            rule_with("severity", "severity = 'hihg'"),
            rule_with("severity", "severity = 3"),
            rule_with("title", "title = ''"),
            rule_with("color", "color = 'red'"),
            rule_with("enabled", "enabled = 'no'"),
            rule_with("example", "example = [{ fires = true }]"),
            rule_with("example", "example = [{ finding = { resource = { type = 'X' } } }]"),
            rule_with("example", "example = [{ finding = { resource = { kind = 'X' } }, fires = true }]"),
            rule_with("example", "example = [{ finding = { resource = { type = 'X' }, changes = [{ attribute = 'a', op = 'add' }] }, fires = true }]"),
            rule_with("when", "when = 1"),
            format!("{}{}", rule_with("id", "id = 'a'"), rule_with("id", "id = 'a'")),
        ];
        let all: Vec<String> = cases.iter().map(|case| refusal(case)).collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        rules.toml:1:1: [[rule]] has no `id`; expected one
        rules.toml:2:6: `id` is `Open World`; expected small letters, digits and `-`, such as `sg-open-to-world`
        rules.toml:2:6: `id` is `base-own`; ids that start with `base-` belong to the severities by kind, expected another
        rules.toml:4:12: `severity` is `hihg`; expected one of `critical`, `high`, `medium`, `low`, `info`; did you mean `high`?
        rules.toml:4:12: `severity` is a number; expected text in quotes
        rules.toml:5:9: `title` is empty or has several lines; expected a short phrase such as `open to the world`
        rules.toml:6:1: unknown key `color` in [[rule]] (expected `id`, `when`, `severity`, `title`, `enabled`, `final`, `example`)
        rules.toml:6:11: `enabled` is a text; expected `true` or `false`
        rules.toml:6:12: [[rule.example]] has no `finding`; expected one
        rules.toml:6:12: an example has no `fires`; expected `fires = true` or `fires = false`
        rules.toml:6:39: unknown key `kind` in the resource of an example (expected `type`, `id`, `arn`, `account`, `region`, `declarations`)
        rules.toml:6:88: `op` is `add`; expected one of `added`, `removed`, `replaced`; did you mean `added`?
        rules.toml:3:8: `when` is a number; expected text in quotes
        rules.toml:8:6: a second rule with the id `a`; expected each id once
        "#);
    }

    #[test]
    fn a_wrong_condition_is_refused_at_the_character() {
        let cases = [
            "when = ''",
            "when = 'kind =='",
            "when = 'kind = \"deleted\"'",
            "when = 'kind == \"deleted'",
            "when = 'changes.exists(c c.op == 1)'",
            "when = 'resource.typ == \"x\"'",
            "when = 'resource.size == 1'",
            "when = 'resorce.type == \"x\"'",
            "when = 'changes.exists(c, c.actul.cidr == \"x\")'",
            "when = 'changes.op == \"added\"'",
            "when = 'kind.name == \"x\"'",
            "when = 'changes.exists(c, is_any_cdir(c.actual))'",
            "when = 'changes.exists(c, opens_port(c.actual, 22))'",
            "when = 'changes.exists(c, c.about(\"x\"))'",
            "when = \'\'\'\nkind == \"deleted\"\n  && who.knd == \"root\"\n\'\'\'",
            "when = \"kind == \\\"deleted\\\" && who.knd == 1\"",
        ];
        let long = format!("when = '{}'", "kind == \"deleted\" || ".repeat(150));
        let deep = format!("when = '{}kind{}'", "(".repeat(200), ")".repeat(200));
        let nested = format!("when = 'kind{}'", ".a".repeat(300));
        let cases = cases.iter().map(|case| (*case).to_owned()).chain([long, deep, nested]);
        let all: Vec<String> = cases.map(|case| refusal(&rule_with("when", &case))).collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        rules.toml:3:8: the condition ends too early
        rules.toml:3:16: the condition ends too early
        rules.toml:3:14: the condition cannot read `=`; expected `==`
        rules.toml:3:17: the condition cannot read `"deleted`
        rules.toml:3:26: the condition does not expect `c` here
        rules.toml:3:18: the condition does not know the field `typ`; did you mean `type`? (expected one of `type`, `id`, `arn`, `account`, `region`, `declarations`)
        rules.toml:3:18: the condition does not know the field `size` (expected one of `type`, `id`, `arn`, `account`, `region`, `declarations`)
        rules.toml:3:9: the condition does not know `resorce`; did you mean `resource`? (expected one of `resource`, `changes`, `who`, `when`, `call`, `kind`, `evidence`, `status`)
        rules.toml:3:29: the condition does not know the field `actul`; did you mean `actual`? (expected one of `attribute`, `address`, `property`, `op`, `declared`, `actual`, `redacted`, `pending`)
        rules.toml:3:17: the condition asks a list for `op`; expected a loop such as `.exists(c, c.op == …)`
        rules.toml:3:14: the condition asks for `name` of something that has no fields
        rules.toml:3:38: the condition does not know the function `is_any_cdir`; did you mean `is_any_cidr`?
        rules.toml:3:37: the condition gives `opens_port` 2 arguments; expected 3
        rules.toml:3:34: the condition calls `about` on a value; expected `about(…)`
        rules.toml:5:10: the condition does not know the field `knd`; did you mean `kind`? (expected one of `kind`, `name`, `principal`, `role`, `session`, `from_account`, `via`, `invoked_by`, `source_ip`, `user_agent`, `mfa`)
        rules.toml:3:8: the condition does not know the field `knd`; did you mean `kind`? (expected one of `kind`, `name`, `principal`, `role`, `session`, `from_account`, `via`, `invoked_by`, `source_ip`, `user_agent`, `mfa`)
        rules.toml:3:9: the condition is longer than 2000 bytes; split it into two rules
        rules.toml:3:17: the condition has more than 8 brackets inside each other; split it into two rules
        rules.toml:3:9: the condition is nested deeper than 32 levels; split it into two rules
        "#);
    }

    #[test]
    fn what_a_change_holds_is_not_known_beforehand() {
        let text = rule_with("when", "when = 'changes.exists(c, has(c.actual.anything.at_all) && c.actual[0].b > 3)'");
        assert!(read(Source { origin: "rules.toml", text: &text }, Trust::Unread).is_ok());
    }

    #[test]
    fn a_date_may_be_written_with_or_without_quotes() {
        for date in ["'2027-01-01'", "2027-01-01"] {
            let text = format!("[[ignore]]\ntype = 'aws_*'\nreason = 'noise'\nexpires = {date}\n");
            let file = read(Source { origin: "rules.toml", text: &text }, Trust::Unread).unwrap();
            assert_eq!(file.ignores[0].expires.unwrap().to_string(), "2027-01-01T00:00:00Z");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _outcome: Result<RulesFile, RulesError> = read(Source { origin: "r", text: &text }, Trust::Unread);
        }

        #[test]
        fn any_condition_is_read_or_refused(
            text in "(kind|changes|resource|c|\\.exists\\(c, |\\.type|==|&&|\\|\\||!|\\(|\\)|\\[|\\]|\\{|\\}|,|\\?|:|\"a\"|1|-|\\+| in |has\\(| ){0,40}"
        ) {
            let _outcome: Result<Condition, _> = Condition::read(&text);
        }

        #[test]
        fn any_text_as_a_condition_is_read_or_refused(text in "\\PC{0,60}") {
            let _outcome: Result<Condition, _> = Condition::read(&text);
        }
    }
}
