//! A rules file that cannot be used: refused whole, with line and column.

use super::refused;
use crate::made::Folder;

const WRONG_KEY: &str = "[[pipeline]]\nprinciple = \"arn:aws:iam::*:role/github-deploy*\"\nreason = \"deploys from main\"\n";
const WRONG_CONDITION: &str =
    "[[rule]]\nid = \"own\"\nwhen = 'resource.typ == \"AWS::EC2::SecurityGroup\"'\nseverity = \"high\"\ntitle = \"own\"\n";
const WRONG_SYNTAX: &str = "[[rule]]\nid = \"own\"\nwhen = 'kind == '\nseverity = \"high\"\ntitle = \"own\"\n";

fn refused_rules(content: &str) -> String {
    let folder = Folder::good().with("rules.toml", content);
    let replayed = refused(&folder, &["replay", "--state", "terraform.tfstate", "--trail", "record.json", "--rules", "rules.toml"]);
    let explained = refused(&folder, &["explain", "--state", "terraform.tfstate", "--rules", "rules.toml", "record.json"]);
    let checked = refused(&folder, &["rules", "check", "rules.toml"]);
    let tested = refused(&folder, &["rules", "test", "rules.toml"]);
    assert_eq!([&explained, &checked, &tested], [&replayed; 3], "every command says the same");
    replayed
}

#[test]
fn a_rules_file_that_is_not_there() {
    let folder = Folder::good();
    let replay = ["replay", "--state", "terraform.tfstate", "--trail", "record.json", "--rules", "nothing.toml"];
    insta::assert_snapshot!(refused(&folder, &replay), @"");
    insta::assert_snapshot!(refused(&folder, &["rules", "check", "nothing.toml"]), @"");
    insta::assert_snapshot!(refused(&folder, &["rules", "test", "nothing.toml"]), @"");
}

#[test]
fn a_rules_file_with_a_wrong_key() {
    insta::assert_snapshot!(refused_rules(WRONG_KEY), @"");
}

#[test]
fn a_rules_file_with_a_wrong_condition() {
    insta::assert_snapshot!(refused_rules(WRONG_CONDITION), @"");
    insta::assert_snapshot!(refused_rules(WRONG_SYNTAX), @"");
}

#[test]
fn a_rules_file_that_is_something_else() {
    insta::assert_snapshot!(refused_rules("{\"rule\": []}"), @"");
    insta::assert_snapshot!(refused_rules("<!DOCTYPE html>"), @"");
}

#[test]
fn a_rule_without_severity() {
    insta::assert_snapshot!(refused_rules("[[rule]]\nid = \"own\"\nwhen = 'kind == \"deleted\"'\ntitle = \"own\"\n"), @"");
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
    insta::assert_snapshot!(format!("{}---\n{}", ran.stdout, ran.stderr), @"");
}
