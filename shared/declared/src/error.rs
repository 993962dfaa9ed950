//! Why a file of declared state is refused: which file, where in it, what was expected, what to do. Never a value.

use thiserror::Error;

use crate::yaml::YamlError;

/// Why a file of declared state was refused. None of these goes away by trying again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeclaredError {
    /// There is nothing in the file.
    #[error(
        "`{origin}` is empty; expected declared state: of Terraform or OpenTofu (`terraform state pull`), a CloudFormation stack or template, a Pulumi export (`pulumi stack export`)"
    )]
    Empty {
        /// The file.
        origin: String,
    },
    /// The file is not JSON.
    #[error("`{origin}` is not JSON: {reason} at line {line}, column {column}; {hint}")]
    NotJson {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the JSON parser says.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
    /// Something else altogether, such as a web page.
    #[error("`{origin}` is {found}, not declared state; {hint}")]
    NotState {
        /// The file.
        origin: String,
        /// What it is.
        found: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Declared state of a tool, or in a form, that this version does not read.
    #[error("`{origin}` is {found}; {hint}")]
    OtherFormat {
        /// The file.
        origin: String,
        /// What it is.
        found: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// OpenTofu encrypted the state.
    #[error(
        "`{origin}` is encrypted by OpenTofu{}; decrypt it with `tofu state pull` or `tofu show -json` where the key is at hand, and read that",
        serial.map(|serial| format!(" (serial {serial})")).unwrap_or_default()
    )]
    Encrypted {
        /// The file.
        origin: String,
        /// The serial, which stays readable.
        serial: Option<u64>,
        /// The lineage, which stays readable.
        lineage: Option<String>,
    },
    /// A version of the format that is not known.
    #[error("`{origin}` at `{path}`: {found} is not a version that can be read, expected {known}; {hint}")]
    UnknownVersion {
        /// The file.
        origin: String,
        /// Where the version stands.
        path: &'static str,
        /// The version, or what stands in its place.
        found: String,
        /// The versions that can be read.
        known: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Two current objects have the same address.
    #[error(
        "`{origin}` declares `{address}` twice; expected one current object per address; list them with `terraform state list` and remove the wrong one with `terraform state rm`"
    )]
    DuplicateAddress {
        /// The file.
        origin: String,
        /// The address.
        address: String,
    },
    /// A part of the file does not have the shape of the format.
    #[error(
        "`{origin}` at `{path}`: expected {expected}; the file is damaged or was edited, write it again with `terraform state pull` or `terraform show -json`"
    )]
    WrongShape {
        /// The file.
        origin: String,
        /// Where, as `resources[3].instances[0]`.
        path: String,
        /// What should be there.
        expected: &'static str,
    },
    /// A part of a deployment of Pulumi does not have the shape of the format.
    #[error(
        "`{origin}` at `{path}`: expected {expected}; the file is damaged or was edited, write it again with `pulumi stack export`"
    )]
    WrongDeployment {
        /// The file.
        origin: String,
        /// Where, as `deployment.resources[3]`.
        path: String,
        /// What should be there.
        expected: &'static str,
    },
    /// A part of a template or a stack file of CloudFormation is not there, or not what it should be.
    #[error("`{origin}` at `{path}`: expected {expected}; {hint}")]
    WrongTemplate {
        /// The file.
        origin: String,
        /// Where, as `Resources.Web.Type`.
        path: String,
        /// What should be there.
        expected: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A template of CloudFormation that is not YAML.
    #[error("`{origin}` is not YAML: {reason} at line {line}, column {column}; {hint}")]
    NotYaml {
        /// The file.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the YAML parser says.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
    /// A file that is no Terraform code, or code that does not say what it should.
    #[error("`{file}` at {place}: {reason}; {hint}")]
    NotCode {
        /// The file.
        file: String,
        /// Where, as `line 3, column 5`.
        place: String,
        /// What is wrong with it, or what was expected.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
    /// There is no code where code was expected.
    #[error(
        "`{origin}` holds no Terraform code; expected the folder of a root module, with `.tf`, `.tf.json` or `.tofu` files in it"
    )]
    NoCode {
        /// The folder.
        origin: String,
    },
    /// More code than people write.
    #[error(
        "`{origin}` holds more than {limit}, more than any code that people write; give the folder of a root module"
    )]
    TooMuchCode {
        /// The folder or file.
        origin: String,
        /// What there is too much of.
        limit: &'static str,
    },
}

impl DeclaredError {
    /// Returns the reason's name from a closed list: alarms and counters key on it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "empty",
            Self::NotJson { .. } => "not_json",
            Self::NotYaml { .. } => "not_yaml",
            Self::NotState { .. } => "not_state",
            Self::OtherFormat { .. } => "other_format",
            Self::Encrypted { .. } => "encrypted",
            Self::UnknownVersion { .. } => "unknown_version",
            Self::DuplicateAddress { .. } => "duplicate_address",
            Self::WrongShape { .. } | Self::WrongDeployment { .. } | Self::WrongTemplate { .. } => "wrong_shape",
            Self::NotCode { .. } => "not_code",
            Self::NoCode { .. } => "no_code",
            Self::TooMuchCode { .. } => "too_much_code",
        }
    }

    /// Makes a [`Self::TooMuchCode`].
    pub(crate) fn too_much_code(origin: &str, limit: &'static str) -> Self {
        Self::TooMuchCode { origin: origin.to_owned(), limit }
    }

    /// Makes a [`Self::WrongTemplate`].
    pub(crate) fn template(origin: &str, path: impl Into<String>, expected: &'static str, hint: &'static str) -> Self {
        Self::WrongTemplate { origin: origin.to_owned(), path: path.into(), expected, hint }
    }

    /// Makes a [`Self::NotYaml`].
    pub(crate) fn yaml(origin: &str, error: YamlError, hint: &'static str) -> Self {
        let YamlError { line, column, reason } = error;
        Self::NotYaml { origin: origin.to_owned(), line, column, reason, hint }
    }

    /// Makes a [`Self::WrongShape`].
    pub(crate) fn shape(origin: &str, path: impl Into<String>, expected: &'static str) -> Self {
        Self::WrongShape { origin: origin.to_owned(), path: path.into(), expected }
    }

    /// Makes a [`Self::WrongDeployment`].
    pub(crate) fn deployment(origin: &str, path: impl Into<String>, expected: &'static str) -> Self {
        Self::WrongDeployment { origin: origin.to_owned(), path: path.into(), expected }
    }
}
