//! What the command says to input that it cannot use: one message, on standard error, with exit code 1.

mod code;
mod command_line;
mod rules_file;
mod state;
mod trail;

use crate::made::Folder;
use crate::run::{Ran, driftwire};

/// Runs a command that must be refused before it prints anything. Returns what it says.
fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let ran = driftwire(folder.path(), arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{arguments:?}: {}", ran.stderr);
    let said = said(folder, &ran);
    assert!(said.starts_with("error: ") && said.matches("error: ").count() == 1, "{said}");
    said
}

/// Standard error, with the folder's path replaced.
fn said(folder: &Folder, ran: &Ran) -> String {
    ran.stderr.replace(&folder.path().display().to_string(), "[dir]").trim_end().to_owned()
}

/// Replays `record.json` against a state.
fn replayed_state(folder: &Folder, state: &str) -> String {
    refused(folder, &["replay", "--state", state, "--trail", "record.json"])
}

/// Replays a trail against `terraform.tfstate`.
fn replayed_trail(folder: &Folder, trail: &str) -> Ran {
    driftwire(folder.path(), &["replay", "--state", "terraform.tfstate", "--trail", trail])
}
