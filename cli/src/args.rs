//! The command line: what can be asked. Knows nothing of how it is answered.

mod question;
mod sync;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::question::{HistoryArgs, OpenArgs, WhoArgs};
pub(crate) use self::sync::{KeyArgs, SyncArgs};
use crate::store::StoreName;

/// Who changed what, and when: drift from CloudTrail files and declared state.
#[derive(Debug, Parser)]
#[command(name = "driftwire", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  driftwire replay --state terraform.tfstate --trail ./cloudtrail-logs/
  driftwire replay --state states/ --trail '2026-11-2*.json.gz' --format json
  driftwire replay --state terraform.tfstate --config infra/ --trail ./cloudtrail-logs/
  aws cloudtrail lookup-events --output json | driftwire replay --state terraform.tfstate --trail -
  driftwire replay --state terraform.tfstate --trail ./cloudtrail-logs/ --store sqlite:drift.db
  driftwire sync --state terraform.tfstate --store sqlite:drift.db
  driftwire explain --state terraform.tfstate record.json

Exit codes: 0 no drift, 2 drift found, 1 error.";

const REPLAY: &str = "\
Examples:
  driftwire replay --state terraform.tfstate --trail ./cloudtrail-logs/
  driftwire replay --state states/ --trail '2026-11-2*.json.gz' --format json
  driftwire replay --state terraform.tfstate --config infra/ --trail ./cloudtrail-logs/
  aws cloudtrail lookup-events --output json | driftwire replay --state terraform.tfstate --trail -
  driftwire replay --state terraform.tfstate --trail ./cloudtrail-logs/ --store sqlite:drift.db
  driftwire replay --trail ./cloudtrail-logs/ --store sqlite:drift.db      after `driftwire sync`

Exit codes: 0 no drift, 2 drift found, 1 error.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replay CloudTrail files against declared state, and say who drifted what
    #[command(after_help = REPLAY)]
    Replay(ReplayArgs),
    /// Write declared state into a store, and settle what is open there by it
    #[command(after_help = sync::SYNC)]
    Sync(SyncArgs),
    /// Explain one record step by step: actor, resource, declarations, equality rules, verdict
    Explain(ExplainArgs),
    /// Compare declared properties with what AWS answers: pairs in, one a line, the paths that differ out
    #[command(after_help = PAIRS)]
    Compare(CompareArgs),
    /// Print the findings that a store keeps, the newest first; or check that its histories are whole
    #[command(after_help = question::HISTORY)]
    History(HistoryArgs),
    /// Print the drift that is open, the most severe first
    #[command(after_help = question::OPEN)]
    Open(OpenArgs),
    /// Print what one actor did, and what it comes to
    #[command(after_help = question::WHO)]
    Who(WhoArgs),
    /// Check a rules file, or run its examples
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Show what is known of AWS's calls: resource types, identifiers, properties
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Print shell completions
    Completions {
        /// The shell to print them for
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff
    Man,
}

/// What `replay` needs.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Declared state: of Terraform or OpenTofu (state, `show -json`, plan JSON), CloudFormation (a stack with its
    /// template and resources, a template), Pulumi (an export, a checkpoint); files, folders or globs, plain or gzip.
    /// May be left out where the store has what was synced
    #[arg(long, required_unless_present = "store", num_args = 1.., value_name = "PATH")]
    state: Vec<String>,
    /// Terraform or OpenTofu code of these states, for its `ignore_changes`: folders of root modules
    #[arg(long, requires = "state", num_args = 1.., value_name = "DIR")]
    config: Vec<PathBuf>,
    /// Rules file: pipelines, what to ignore, severities
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// CloudTrail records: files, folders, globs, or `-`; plain or gzip; log files, JSON lines, LookupEvents answers,
    /// EventBridge envelopes, SQS bodies
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub(crate) trail: Vec<String>,
    /// How to print findings
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Also print how each record ended for each resource
    #[arg(long)]
    pub(crate) outcomes: bool,
    /// Where to keep what is found: `memory` (forgotten at the end), `sqlite:FILE`, `dynamodb:TABLE`
    #[arg(long, value_name = "STORE", default_value = "memory")]
    pub(crate) store: StoreName,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

impl ReplayArgs {
    /// Declared state as other commands are given it.
    pub(crate) fn declared(&self) -> DeclaredArgs {
        DeclaredArgs { state: self.state.clone(), config: self.config.clone(), rules: self.rules.clone() }
    }
}

/// Declared state and rules.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeclaredArgs {
    /// Declared state: of Terraform or OpenTofu (state, `show -json`, plan JSON), CloudFormation (a stack with its
    /// template and resources, a template), Pulumi (an export, a checkpoint); files, folders or globs, plain or gzip
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub(crate) state: Vec<String>,
    /// Terraform or OpenTofu code of these states, for its `ignore_changes`: folders of root modules
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub(crate) config: Vec<PathBuf>,
    /// Rules file: pipelines, what to ignore, severities
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
}

/// What `explain` needs.
#[derive(Debug, Args)]
#[command(override_usage = "driftwire explain [OPTIONS] --state <PATH>... <RECORD.json>")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) declared: DeclaredArgs,
    /// A file with one record, in any of the forms that `replay` takes; `-` reads standard input
    #[arg(value_name = "RECORD.json")]
    pub(crate) record: Option<String>,
}

impl ExplainArgs {
    /// Tells the record from the paths before it: behind several of `--state`, the last one is the record; behind those of
    /// `--config`, which are folders, the last one that is no folder.
    pub(crate) fn split(&self) -> anyhow::Result<(DeclaredArgs, String)> {
        let mut declared = self.declared.clone();
        if let Some(record) = &self.record {
            return Ok((declared, record.clone()));
        }
        if declared.config.len() > 1
            && let Some(record) = declared.config.pop_if(|path| !path.is_dir())
        {
            return Ok((declared, record.display().to_string()));
        }
        match (declared.state.pop(), declared.state.is_empty()) {
            (Some(record), false) => Ok((declared, record)),
            _ => anyhow::bail!("no record given; expected: driftwire explain --state <PATH>... <RECORD.json>"),
        }
    }
}

const PAIRS: &str = r#"A pair is one line:
  {"type": "AWS::SQS::Queue", "declared": {"DelaySeconds": 5}, "live": {"DelaySeconds": 0, "QueueName": "jobs"}}
and may have an "id", and "default_tags": the tags of the whole stack.

Each is answered by one line, in order:
  {"type": …, "id": …, "differences": [{"path", "declared", "actual"}], "undecided": [{"path", "reason"}]}

Exit codes: 0 no difference, 2 differences, 1 error."#;

/// What `compare` needs.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// A file of pairs, one a line; standard input where none is given
    #[arg(value_name = "PAIRS.jsonl")]
    pub(crate) pairs: Option<String>,
    /// How to print what differs
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub(crate) format: Format,
}

/// What to do with a rules file.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Validate a rules file
    Check {
        /// The file
        file: PathBuf,
    },
    /// Run the examples that a rules file holds
    Test {
        /// The file
        file: PathBuf,
    },
    /// Validate a rules file, and make it the one that a deployment uses
    #[command(after_help = "Example: driftwire rules deploy rules.toml --store dynamodb:driftwire")]
    Deploy {
        /// The file
        file: PathBuf,
        /// The deployment's table: dynamodb:TABLE
        #[arg(long, value_name = "STORE")]
        store: StoreName,
    },
}

/// What to ask of the catalog.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Explain one call: what it touches, by which member, and where that is known from
    Show {
        /// The call, by service and operation: `ec2:ModifyVpcAttribute`
        call: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Print how much is known
    Stats {
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs: one JSON object a line
    Json,
}
