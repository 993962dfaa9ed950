//! CloudFormation's stacks and templates, read into [`crate::DeclaredState`].

use serde_json::{Map, Value};

use crate::{DeclaredError, DeclaredState, Redactor};

/// Reads a stack file.
///
/// # Errors
/// When it is damaged.
pub(crate) fn stack(
    document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let _ = (document, redactor);
    Err(DeclaredError::OtherFormat {
        origin: origin.to_owned(),
        found: "a stack file of CloudFormation",
        hint: crate::document::READS,
    })
}

/// Reads a template without its stack.
///
/// # Errors
/// When it is damaged.
pub(crate) fn template(
    document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let _ = (document, redactor);
    Err(DeclaredError::OtherFormat {
        origin: origin.to_owned(),
        found: "a CloudFormation template",
        hint: crate::document::READS,
    })
}
