//! What a rules file may say, and how a wrong one is refused.

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
    let usual =
        [("id", "id = 'a'"), ("when", "when = 'true'"), ("severity", "severity = 'low'"), ("title", "title = 't'")];
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
    insta::assert_snapshot!(all.join("\n"), @"
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
    ");
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
        rule_with(
            "example",
            "example = [{ finding = { resource = { type = 'X' }, changes = [{ attribute = 'a', op = 'add' }] }, fires = true }]",
        ),
        rule_with("when", "when = 1"),
        format!("{}{}", rule_with("id", "id = 'a'"), rule_with("id", "id = 'a'")),
    ];
    let all: Vec<String> = cases.iter().map(|case| refusal(case)).collect();
    insta::assert_snapshot!(all.join("\n"), @"
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
    ");
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
