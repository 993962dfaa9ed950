//! What `sync` can be asked, and the key of secrets, which whatever writes to a store needs.

use std::path::PathBuf;

use clap::Args;

use super::{DeclaredArgs, Format};
use crate::store::StoreName;

pub(super) const SYNC: &str = "\
Examples:
  driftwire sync --state terraform.tfstate --store sqlite:drift.db
  driftwire sync --state states/ --config infra/ --store sqlite:drift.db --rules rules.toml
  terraform state pull | driftwire sync --state - --origin prod/network --store sqlite:drift.db
  driftwire sync --state terraform.tfstate --store dynamodb:driftwire --key key

Each file or stack is an origin, by its path as given. What it declared before is replaced as a whole, and only
what changed is written. What is open on the resources concerned is judged again: it may be applied (the code says
so now), absorbed (a refresh copied it into the state), gone (nobody declares it any more), or reported (a change
of a pipeline that the new state does not have).

Exit codes: 0 done, 1 error.";

/// What `sync` needs.
#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) declared: DeclaredArgs,
    /// Where to write it: `sqlite:FILE`, `dynamodb:TABLE`
    #[arg(long, value_name = "STORE")]
    pub(crate) store: StoreName,
    /// What to call the state, where its path may change or it has none; for one state only
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: Option<String>,
    /// Let an older state take the place of a newer one, and one state be there under two names
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// How to print what became of it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// The key of secrets.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// File with the key that secrets are hashed with before they are written to the store; the same for every run.
    /// Beside `sqlite:FILE`, `driftwire.key` is made at first use; a table has its deployment's
    #[arg(long = "key", value_name = "FILE", env = "DRIFTWIRE_KEY_FILE", hide_env_values = true)]
    pub(crate) file: Option<PathBuf>,
}
