//! The `driftwire` command: who changed what, and when, from CloudTrail files and declared state.

mod args;
mod catalog;
mod code;
mod compare;
mod desk;
mod explain;
mod input;
mod key;
mod print;
mod question;
mod replay;
mod rules;
mod store;
mod sync;

use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use crate::args::{CatalogCommand, Cli, Command, RulesCommand};

/// Exit codes as those of `terraform plan -detailed-exitcode`.
const ERROR: u8 = 1;
const DRIFT: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a wrong command line is one, and clap's own code for it is taken by drift.
            let failed = error.use_stderr();
            return if error.print().is_err() || failed { ExitCode::from(ERROR) } else { ExitCode::SUCCESS };
        }
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    match run(&cli.command, &mut out).and_then(|drift| Ok(out.flush().map(|()| drift)?)) {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(DRIFT),
        // Whoever reads the output had enough, as `head` does.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let flushed = out.flush();
            print::note(&format!("error: {error:#}"));
            drop(flushed);
            ExitCode::from(ERROR)
        }
    }
}

/// Answers one command. Returns whether there is drift.
fn run(command: &Command, out: &mut dyn Write) -> Result<bool> {
    match command {
        Command::Replay(args) => replay::run(args, out),
        Command::Sync(args) => sync::run(args, out).map(|()| false),
        Command::Explain(args) => explain::run(args, out),
        Command::Compare(args) => compare::run(args, out),
        Command::History(args) => question::history(args, out).map(|()| false),
        Command::Open(args) => question::open(args, out),
        Command::Who(args) => question::who(args, out).map(|()| false),
        Command::Rules(RulesCommand::Check { file }) => rules::check(file, out).map(|()| false),
        Command::Rules(RulesCommand::Deploy { file, store }) => rules::deploy(file, store, out).map(|()| false),
        Command::Rules(RulesCommand::Test { file }) => {
            anyhow::ensure!(rules::test(file, out)?, "{}: not every example comes out as it says", file.display());
            Ok(false)
        }
        Command::Catalog(CatalogCommand::Show { call, format }) => catalog::show(call, *format, out).map(|()| false),
        Command::Catalog(CatalogCommand::Stats { format }) => catalog::stats(*format, out).map(|()| false),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "driftwire", out);
            Ok(false)
        }
        Command::Man => {
            clap_mangen::Man::new(Cli::command()).render(out)?;
            Ok(false)
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|it| it.kind() == ErrorKind::BrokenPipe)
}
