//! Reads what infrastructure code declares: state and plan files in, [`Declaration`]s out.
//!
//! What a file is, is decided from its content, never from its name. A file that cannot be read whole is refused whole,
//! with where and what to do. Secrets are replaced by keyed hashes before anything leaves this crate: NO-SECRET-OUT.
//! Nothing here opens a file, decompresses, or looks at the environment.

mod cloudformation;
mod declaration;
mod detect;
mod document;
mod error;
mod pulumi;
mod redact;
mod state;
mod terraform;
mod unresolved;
mod yaml;

use detect::Kind;

pub use declaration::{Declaration, IgnoredTags, Standing, Tool};
pub use error::DeclaredError;
pub use redact::{Redactor, Step, is_redacted, is_secret_name};
pub use state::{DeclaredState, Format, SkipReason, Warning};
pub use terraform::{Applied, Code};
pub use unresolved::{Unresolved, unresolved};
pub use yaml::yaml;

/// Reads one file of declared state.
///
/// `origin` is what people call the file (a path, an `s3://` address); it ends up in every declaration and message.
/// A byte order mark and UTF-16 are accepted; compressed bytes are the caller's business.
///
/// A state that holds no AWS resource is read, with no declarations and its resources counted in
/// [`DeclaredState::skipped`]: whether that is wrong is for the caller to say.
///
/// # Errors
/// When the bytes are not a state or plan that this version reads, or are damaged. Trying again does not help.
pub fn read(bytes: &[u8], origin: &str, redactor: &Redactor) -> Result<DeclaredState, DeclaredError> {
    let document = document::parse(bytes, origin)?;
    match detect::kind(&document, origin)? {
        Kind::StateV4 => terraform::state_v4(document, origin, redactor),
        Kind::StateV3 => terraform::state_v3(document, origin, redactor),
        Kind::Show => terraform::show(document, origin, redactor),
        Kind::Plan => terraform::plan(document, origin, redactor),
        Kind::Stack => cloudformation::stack(document, origin, redactor),
        Kind::Template => cloudformation::template(document, origin, redactor),
        Kind::Pulumi => pulumi::read(document, origin, redactor),
    }
}
