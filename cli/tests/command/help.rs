//! Help, completions and the manual page: there, for every command, and no error.

use crate::made::Folder;
use crate::run::driftwire;

fn printed(arguments: &[&str]) -> String {
    let ran = driftwire(Folder::new().path(), arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    assert!(!ran.stdout.trim().is_empty(), "{arguments:?} prints nothing");
    ran.stdout
}

#[test]
fn every_command_has_help() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["replay", "--help"],
        &["replay", "-h"],
        &["sync", "--help"],
        &["explain", "--help"],
        &["rules", "--help"],
        &["rules", "check", "--help"],
        &["rules", "test", "--help"],
        &["catalog", "--help"],
        &["catalog", "show", "--help"],
        &["catalog", "stats", "--help"],
        &["history", "--help"],
        &["open", "--help"],
        &["who", "--help"],
        &["completions", "--help"],
        &["man", "--help"],
    ] {
        let help = printed(arguments);
        assert!(help.contains("Usage: driftwire"), "{arguments:?}: {help}");
    }
    assert!(printed(&["--help"]).contains("Exit codes: 0 no drift, 2 drift found, 1 error."));
    assert!(printed(&["--version"]).starts_with("driftwire "));
}

#[test]
fn every_shell_has_completions() {
    for (shell, mark) in [("bash", "complete -F"), ("zsh", "#compdef driftwire"), ("fish", "complete -c driftwire")] {
        let script = printed(&["completions", shell]);
        assert!(script.contains(mark) && script.contains("outcomes"), "{shell}");
    }
}

#[test]
fn the_manual_page_is_roff() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH driftwire 1") && page.contains(".SH NAME"), "{page}");
}
