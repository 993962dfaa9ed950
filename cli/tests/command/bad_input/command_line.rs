//! A wrong command line: exit code 1, because 2 means drift.

use super::refused;
use crate::made::Folder;
use crate::run::driftwire;

#[test]
fn an_unknown_option_is_an_error_and_not_drift() {
    let folder = Folder::good();
    let replay = ["replay", "--state", "terraform.tfstate", "--trail", "record.json"];
    insta::assert_snapshot!(refused(&folder, &[&replay[..], &["--colour"]].concat()), @"
    error: unexpected argument '--colour' found

    Usage: driftwire replay --trail <PATH>... --state <PATH>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &[&replay[..], &["--format", "yaml"]].concat()), @"
    error: invalid value 'yaml' for '--format <FORMAT>'
      [possible values: table, json]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &["replai"]), @"
    error: unrecognized subcommand 'replai'

      tip: some similar subcommands exist: 'explain', 'replay'

    Usage: driftwire <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn what_is_missing_is_named() {
    let folder = Folder::good();
    insta::assert_snapshot!(refused(&folder, &["replay", "--state", "terraform.tfstate"]), @"
    error: the following required arguments were not provided:
      --trail <PATH>...

    Usage: driftwire replay --trail <PATH>... --state <PATH>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&folder, &["explain", "--state", "terraform.tfstate"]), @"error: no record given; expected: driftwire explain --state <PATH>... <RECORD.json>");
    insta::assert_snapshot!(refused(&folder, &["completions", "tcsh"]), @"
    error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    ");
}

#[test]
fn the_record_may_stand_where_the_help_shows_it() {
    let folder = Folder::good();
    let last = driftwire(folder.path(), &["explain", "--state", "terraform.tfstate", "record.json"]);
    let first = driftwire(folder.path(), &["explain", "record.json", "--state", "terraform.tfstate"]);
    assert_eq!((last.stderr, last.code), (String::new(), 2));
    assert_eq!(last.stdout, first.stdout);
}

#[test]
fn no_arguments_give_help_and_an_error() {
    let ran = driftwire(Folder::new().path(), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("Usage: driftwire") && ran.stderr.contains("replay"), "{}", ran.stderr);
}
