//! A wrong command line: exit code 1, because 2 means drift.

use super::refused;
use crate::made::Folder;
use crate::run::driftwire;

#[test]
fn an_unknown_option_is_an_error_and_not_drift() {
    let folder = Folder::good();
    let replay = ["replay", "--state", "terraform.tfstate", "--trail", "record.json"];
    insta::assert_snapshot!(refused(&folder, &[&replay[..], &["--colour"]].concat()), @"");
    insta::assert_snapshot!(refused(&folder, &[&replay[..], &["--format", "yaml"]].concat()), @"");
    insta::assert_snapshot!(refused(&folder, &["replai"]), @"");
}

#[test]
fn what_is_missing_is_named() {
    let folder = Folder::good();
    insta::assert_snapshot!(refused(&folder, &["replay", "--state", "terraform.tfstate"]), @"");
    insta::assert_snapshot!(refused(&folder, &["explain", "--state", "terraform.tfstate"]), @"");
    insta::assert_snapshot!(refused(&folder, &["completions", "tcsh"]), @"");
}

#[test]
fn no_arguments_give_help_and_an_error() {
    let ran = driftwire(Folder::new().path(), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("Usage: driftwire") && ran.stderr.contains("replay"), "{}", ran.stderr);
}
