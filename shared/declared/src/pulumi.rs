//! Pulumi's exports and checkpoints, read into [`crate::DeclaredState`].

use serde_json::{Map, Value};

use crate::{DeclaredError, DeclaredState, Redactor};

/// Reads an export or a checkpoint.
///
/// # Errors
/// When it is damaged.
pub(crate) fn read(
    document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let _ = (document, redactor);
    Err(DeclaredError::OtherFormat {
        origin: origin.to_owned(),
        found: "a Pulumi export",
        hint: crate::document::READS,
    })
}
