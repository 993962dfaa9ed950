//! Runs the built command. Nothing that it prints may ever be a panic.

use std::path::Path;

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `driftwire` in a folder.
pub(crate) fn driftwire(folder: &Path, arguments: &[&str]) -> Ran {
    driftwire_with(folder, arguments, b"")
}

/// Runs `driftwire` in a folder, with something on its standard input.
pub(crate) fn driftwire_with(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_driftwire"))
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .env("RUST_BACKTRACE", "0")
        .args(arguments)
        .write_stdin(input)
        .output()
        .expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 on every channel");
    let ran = Ran {
        code: output.status.code().expect("an exit code, not a signal"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    assert!(!ran.stderr.contains("panicked") && !ran.stdout.contains("panicked"), "{arguments:?}: {}", ran.stderr);
    ran
}
