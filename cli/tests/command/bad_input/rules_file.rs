//! A rules file that cannot be used: refused whole, with line and column.

use super::refused;
use crate::made::Folder;

const WRONG_KEY: &str =
    "[[pipeline]]\nprinciple = \"arn:aws:iam::*:role/github-deploy*\"\nreason = \"deploys from main\"\n";
const WRONG_CONDITION: &str = "[[rule]]\nid = \"own\"\nwhen = 'resource.typ == \"AWS::EC2::SecurityGroup\"'\nseverity = \"high\"\ntitle = \"own\"\n";
const WRONG_SYNTAX: &str = "[[rule]]\nid = \"own\"\nwhen = 'kind == '\nseverity = \"high\"\ntitle = \"own\"\n";

fn refused_rules(content: &str) -> String {
    let folder = Folder::good().with("rules.toml", content);
    let replayed = refused(
        &folder,
        &["replay", "--state", "terraform.tfstate", "--trail", "record.json", "--rules", "rules.toml"],
    );
    let explained =
        refused(&folder, &["explain", "record.json", "--state", "terraform.tfstate", "--rules", "rules.toml"]);
    let checked = refused(&folder, &["rules", "check", "rules.toml"]);
    let tested = refused(&folder, &["rules", "test", "rules.toml"]);
    assert_eq!([&explained, &checked, &tested], [&replayed; 3], "every command says the same");
    replayed
}

#[test]
fn a_rules_file_that_is_not_there() {
    let folder = Folder::good();
    let replay = ["replay", "--state", "terraform.tfstate", "--trail", "record.json", "--rules", "nothing.toml"];
    insta::assert_snapshot!(refused(&folder, &replay), @"error: reading the rules file nothing.toml: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused(&folder, &["rules", "check", "nothing.toml"]), @"error: reading the rules file nothing.toml: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused(&folder, &["rules", "test", "nothing.toml"]), @"error: reading the rules file nothing.toml: No such file or directory (os error 2)");
}

#[test]
fn a_rules_file_with_a_wrong_key() {
    insta::assert_snapshot!(refused_rules(WRONG_KEY), @"error: rules.toml:2:1: unknown key `principle` in [[pipeline]]; did you mean `principal`? (expected `principal`, `role`, `session`, `user_agent`, `reason`)");
}

#[test]
fn a_rules_file_with_a_wrong_condition() {
    insta::assert_snapshot!(refused_rules(WRONG_CONDITION), @"error: rules.toml:3:18: the condition does not know the field `typ`; did you mean `type`? (expected one of `type`, `id`, `arn`, `account`, `region`, `declarations`)");
    insta::assert_snapshot!(refused_rules(WRONG_SYNTAX), @"error: rules.toml:3:17: the condition ends too early");
}

#[test]
fn a_rules_file_that_is_something_else() {
    insta::assert_snapshot!(refused_rules("{\"rule\": []}"), @"error: rules.toml:1:1: not TOML: invalid key-value pair, expected key");
    insta::assert_snapshot!(refused_rules("<!DOCTYPE html>"), @"error: rules.toml:1:11: not TOML: key with no value, expected `=`");
}

#[test]
fn a_rule_without_severity() {
    insta::assert_snapshot!(refused_rules("[[rule]]\nid = \"own\"\nwhen = 'kind == \"deleted\"'\ntitle = \"own\"\n"), @"error: rules.toml:1:1: the rule `own` has no `severity`, and no rule of that id is shipped; expected one");
}

#[test]
fn an_empty_rules_file_is_valid() {
    let folder = Folder::good().with("rules.toml", "");
    let ran = crate::run::driftwire(folder.path(), &["rules", "check", "rules.toml"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "rules.toml: valid\n", ""));
}

#[test]
fn an_example_that_does_not_come_out_as_it_says() {
    let rule = "[[rule]]\nid = \"own\"\nwhen = 'kind == \"deleted\"'\nseverity = \"high\"\ntitle = \"own\"\n\n\
                [[rule.example]]\nfinding = { kind = \"modified\", resource = { type = \"AWS::SQS::Queue\" } }\nfires = true\n";
    let folder = Folder::good().with("rules.toml", rule);
    let ran = crate::run::driftwire(folder.path(), &["rules", "test", "rules.toml"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(format!("{}---\n{}", ran.stdout, ran.stderr), @"
    rules.toml:7: rule `own` does not fire, the example says that it fires
    rules.toml: 1 rule, 1 example, not all as they say
    ---
    error: rules.toml: not every example comes out as it says
    ");
}
