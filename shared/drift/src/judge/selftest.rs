//! Runs a rules file's own examples: whether each rule fires where the file says it does, and not where it says not.

use super::file::{self, Example, Trust};
use super::refusal::{RulesError, Source};
use super::rules::Rules;

/// What came of a file's examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// The file's rules, in its order.
    pub rules: Vec<RuleOutcome>,
}

/// What came of one rule's examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcome {
    /// The rule's id.
    pub rule: String,
    /// Where the rule is.
    pub line: usize,
    /// Its examples; none is not a failure, but nothing shows then that the rule works.
    pub examples: Vec<ExampleOutcome>,
}

/// What came of one example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleOutcome {
    /// Where the example is.
    pub line: usize,
    /// Whether the file says that the rule fires.
    pub expected: bool,
    /// Whether the rule fired.
    pub fired: bool,
    /// What kept the condition from being answered.
    pub problems: Vec<String>,
}

impl TestReport {
    /// Whether every example went as the file says.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.rules.iter().flat_map(|rule| &rule.examples).all(ExampleOutcome::passed)
    }

    /// The rules that have no example.
    pub fn without_examples(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|rule| rule.examples.is_empty()).map(|rule| rule.rule.as_str())
    }
}

impl ExampleOutcome {
    /// Whether the example went as the file says.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.expected == self.fired && self.problems.is_empty()
    }
}

/// Reads a rules file and runs its examples. A rule that is switched off fires on nothing.
///
/// # Errors
///
/// The file is refused whole for the first thing in it that is wrong.
pub fn test(text: &str, origin: &str) -> Result<TestReport, RulesError> {
    let file = file::read(Source { origin, text }, Trust::Unread)?;
    let rules = Rules::with(file.clone())?;
    let outcome = |entry: &file::RuleEntry| RuleOutcome {
        rule: entry.id.clone(),
        line: entry.line,
        examples: entry.examples.iter().map(|example| run(&rules, &entry.id, example)).collect(),
    };
    Ok(TestReport { rules: file.rules.iter().map(outcome).collect() })
}

fn run(rules: &Rules, id: &str, example: &Example) -> ExampleOutcome {
    let judgement = rules.judge(&example.finding);
    let problems = judgement.problems.into_iter().filter(|problem| problem.rule == id).map(|problem| problem.message);
    ExampleOutcome {
        line: example.line,
        expected: example.fires,
        fired: judgement.fired.iter().any(|fired| fired.rule == id),
        problems: problems.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::condition::Condition;
    use crate::judge::rules::{SHIPPED, SHIPPED_ORIGIN};

    #[test]
    fn every_shipped_rule_does_what_its_examples_say() {
        let report = test(SHIPPED, SHIPPED_ORIGIN).unwrap();
        for rule in &report.rules {
            for example in &rule.examples {
                assert!(example.passed(), "{} at line {}: {example:?}", rule.rule, example.line);
            }
            let fires = |wanted: bool| rule.examples.iter().any(|example| example.expected == wanted);
            assert!(fires(true) && fires(false), "{} lacks an example", rule.rule);
        }
        assert!(report.rules.len() > 35);
        assert_eq!(report.without_examples().count(), 0);
    }

    #[test]
    fn a_shipped_condition_says_of_itself_what_parsing_finds() {
        let file = file::read(Source { origin: SHIPPED_ORIGIN, text: SHIPPED }, Trust::Unread).unwrap();
        let quick = file::read(Source { origin: SHIPPED_ORIGIN, text: SHIPPED }, Trust::Tested).unwrap();
        assert_eq!(file.rules.len(), Rules::shipped().rules.len());
        for (read, trusted) in file.rules.iter().zip(&quick.rules) {
            let narrow = |condition: &Option<Condition>| condition.as_ref().map(|when| when.narrow().clone());
            assert_eq!(narrow(&read.when), narrow(&trusted.when), "{}", read.id);
        }
    }

    #[test]
    fn a_failing_example_and_a_rule_without_one_are_reported() {
        let text = r#"
[[rule]]
id = "root-acts"
when = 'who.kind == "root"'
severity = "high"
title = "root at work"

[[rule.example]]
finding = { resource = { type = "AWS::S3::Bucket" }, who = { kind = "person" } }
fires = true

[[rule]]
id = "no-example"
when = 'kind == "deleted"'
severity = "low"
title = "gone"

[[rule]]
id = "cannot-answer"
when = 'changes.exists(c, c.actual > 3)'
severity = "low"
title = "many"
example = [{ finding = { resource = { type = "X" }, changes = [{ attribute = "a", actual = "text" }] }, fires = false }]
"#;
        let report = test(text, "r.toml").unwrap();
        assert!(!report.passed());
        assert_eq!(report.without_examples().collect::<Vec<_>>(), ["no-example"]);
        insta::assert_debug_snapshot!(report.rules[0].examples, @"
        [
            ExampleOutcome {
                line: 8,
                expected: true,
                fired: false,
                problems: [],
            },
        ]
        ");
        assert_eq!(report.rules[2].examples[0].problems, ["`>` does not work on (string, int)"]);
    }
}
