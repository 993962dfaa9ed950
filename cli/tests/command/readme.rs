//! The commands in the README are run, and their output is compared with what stands below them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A command in the README, and the output that it shows.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    line: usize,
    command: String,
    output: Option<String>,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The fenced blocks of a text: their language, first line, and content.
fn blocks(text: &str) -> Vec<(String, usize, usize, Vec<String>)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, Vec<String>)> = None;
    for (at, line) in text.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.trim().to_owned(), at + 2, Vec::new())),
            (Some((_, _, lines)), None) => lines.push(line.to_owned()),
            (Some(_), Some(_)) => {
                let (language, from, lines) = open.take().unwrap();
                blocks.push((language, from, at + 1, lines));
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The commands of `console` and `sh` blocks. What a `console` block prints below a `$` line, and a `text` block that
/// follows directly, is output.
fn commands(text: &str) -> Vec<Shown> {
    let blocks = blocks(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut commands: Vec<Shown> = Vec::new();
    for (at, (language, from, to, content)) in blocks.iter().enumerate() {
        if !["console", "sh", "bash", "shell"].contains(&language.as_str()) {
            continue;
        }
        let first = commands.len();
        let is_console = content.iter().any(|line| line.starts_with("$ "));
        let mut continued = false;
        for (offset, line) in content.iter().enumerate() {
            let line_number = from + offset;
            if continued {
                let last = commands.last_mut().unwrap();
                continued = line.ends_with('\\');
                last.command = format!("{} {}", last.command.trim_end_matches('\\').trim_end(), line.trim());
            } else if let Some(command) = if is_console { line.strip_prefix("$ ") } else { Some(line.as_str()) } {
                let command = command.trim();
                if !command.is_empty() && !command.starts_with('#') {
                    continued = command.ends_with('\\');
                    commands.push(Shown { line: line_number, command: command.to_owned(), output: None });
                }
            } else if let Some(last) = commands.last_mut() {
                last.output.get_or_insert_default().push_str(&format!("{line}\n"));
            }
        }
        let next = blocks.get(at + 1).filter(|(language, below, ..)| {
            language == "text"
                && lines.get(*to..below - 2).is_some_and(|between| between.iter().all(|line| line.trim().is_empty()))
        });
        if let (Some((.., shown)), [only]) = (next, &mut commands[first..]) {
            only.output = Some(shown.iter().map(|line| format!("{line}\n")).collect());
        }
    }
    commands
}

/// The targets of the Makefile.
fn targets() -> BTreeSet<String> {
    let makefile = std::fs::read_to_string(workspace().join("Makefile")).unwrap();
    let rules = makefile.lines().filter(|line| !line.starts_with([' ', '\t', '#', '.']));
    rules
        .filter_map(|line| line.split_once(':'))
        .filter(|(_, rest)| !rest.starts_with('='))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

/// The targets that a command line asks `make` for.
fn made(command: &str) -> Vec<&str> {
    let command = command.split(" #").next().unwrap_or_default();
    let words =
        command.split("&&").filter_map(|part| part.trim().strip_prefix("make ")).flat_map(str::split_whitespace);
    words.filter(|word| !word.contains('=') && !word.starts_with('-')).collect()
}

/// A folder that has what the commands of the README name, and takes what they write.
fn scratch() -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in ["examples", "shared"] {
        std::os::unix::fs::symlink(workspace().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Runs a line as a shell would, with the built command on the path.
fn run(folder: &Path, command: &str) -> (i32, String, String) {
    let built = Path::new(env!("CARGO_BIN_EXE_driftwire")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([built.to_owned()].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_command_of_the_readme_runs_and_prints_what_it_shows() {
    let Ok(readme) = std::fs::read_to_string(workspace().join("README.md")) else {
        println!("skipped: no README.md yet");
        return;
    };
    let commands = commands(&readme);
    assert!(
        commands.iter().any(|shown| shown.command.starts_with("driftwire ")),
        "README.md shows no `driftwire` command"
    );
    let (targets, folder) = (targets(), scratch());
    let mut wrong = Vec::new();
    for Shown { line, command, output } in &commands {
        for target in made(command) {
            if !targets.contains(target) {
                wrong.push(format!("README.md:{line}: `make {target}` is no target of the Makefile"));
            }
        }
        if !command.starts_with("driftwire ") {
            continue;
        }
        let (code, stdout, stderr) = run(folder.path(), command);
        if ![0, 2].contains(&code) {
            wrong.push(format!("README.md:{line}: `{command}` ends with exit code {code}: {stderr}"));
        }
        if output.as_ref().is_some_and(|output| *output != stdout) {
            wrong.push(format!("README.md:{line}: `{command}` prints otherwise than shown:\n{stdout}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_that_the_readme_shows_is_printed_by_one_of_its_commands() {
    let Ok(readme) = std::fs::read_to_string(workspace().join("README.md")) else {
        println!("skipped: no README.md yet");
        return;
    };
    let folder = scratch();
    let printed: Vec<String> = commands(&readme)
        .iter()
        .filter(|shown| shown.command.starts_with("driftwire "))
        .map(|shown| run(folder.path(), &shown.command).1)
        .collect();
    for (language, line, _, content) in blocks(&readme) {
        let marks = ["CRITICAL ", "HIGH ", "MEDIUM ", "LOW ", "INFO "];
        if language == "text" && content.first().is_some_and(|first| marks.iter().any(|mark| first.starts_with(mark))) {
            let shown = content.join("\n");
            assert!(
                printed.iter().any(|output| output.contains(&shown)),
                "README.md:{line}: no command of the README prints\n{shown}"
            );
        }
    }
}

#[test]
fn commands_and_their_output_are_found() {
    let text = "\
# A

```console
$ driftwire replay --state a \\
    --trail b
1 record read
$ make demo
```

```sh
# a comment
driftwire man
```

```text
.TH driftwire 1
```

Some words.

```toml
driftwire = 1
```
";
    let shown = |line: usize, command: &str, output: Option<&str>| Shown {
        line,
        command: command.to_owned(),
        output: output.map(str::to_owned),
    };
    assert_eq!(
        commands(text),
        [
            shown(4, "driftwire replay --state a --trail b", Some("1 record read\n")),
            shown(7, "make demo", None),
            shown(12, "driftwire man", Some(".TH driftwire 1\n")),
        ]
    );
    assert_eq!(made("make setup && make check PROFILE=ci   # both"), ["setup", "check"]);
    assert!(targets().contains("demo") && !targets().contains("SHELL"), "{:?}", targets());
}
