//! Reads CloudFormation's stacks and templates into [`crate::DeclaredState`]: each resource of the template, with its
//! functions evaluated as far as the stack tells. What it does not tell is marked, never guessed.

mod attribute;
mod cidr;
mod condition;
mod file;
mod functions;
mod parameters;
mod place;
mod reference;
mod resolve;
mod resource;
mod scope;
mod stack;
mod sub;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use file::{TAKE_TEMPLATE, WRITE_STACK};

use crate::{DeclaredError, DeclaredState, Format, Redactor, Tool, Warning};
use file::StackFile;
use resource::Reader;
use scope::{Around, Scope};
use stack::Stack;

/// Reads a stack file.
///
/// # Errors
/// When a part of it is missing, cut short or damaged.
pub(crate) fn stack(
    document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let StackFile { stack, template, resources, exports, nested } = StackFile::open(document, origin)?;
    let stack = Stack::read(&stack, &resources);
    let around = Around { stack: &stack, resources: &resources, exports: &exports, nested: &nested };
    read(&template, &around, Format::Stack, origin, redactor)
}

/// Reads a template without its stack: parameters have their defaults, and no resource has an id.
///
/// # Errors
/// When it is damaged.
pub(crate) fn template(
    document: Map<String, Value>,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let template = match document.contains_key("TemplateBody") {
        true => file::template_body(Value::Object(document), origin)?,
        false => Some(document),
    };
    let template =
        template.ok_or_else(|| DeclaredError::template(origin, "TemplateBody", "a template", TAKE_TEMPLATE))?;
    let (stack, none, nested) = (Stack::default(), BTreeMap::new(), BTreeMap::new());
    let around = Around { stack: &stack, resources: &[], exports: &none, nested: &nested };
    let mut state = read(&template, &around, Format::Template, origin, redactor)?;
    state.warnings.insert(0, Warning::TemplateWithoutStack);
    Ok(state)
}

fn read(
    template: &Map<String, Value>,
    around: &Around<'_>,
    format: Format,
    origin: &str,
    redactor: &Redactor,
) -> Result<DeclaredState, DeclaredError> {
    let hint = if format == Format::Stack { WRITE_STACK } else { TAKE_TEMPLATE };
    let resources = template.get("Resources").and_then(Value::as_object).ok_or_else(|| {
        DeclaredError::template(origin, "Resources", "an object with the resources by their logical ids", hint)
    })?;
    let scope = Scope::new(template, resources, around);
    let mut reader = Reader::new(&scope, origin, redactor, format);
    for (logical_id, resource) in resources {
        reader.read(logical_id, resource).map_err(|(path, expected)| {
            DeclaredError::template(origin, format!("Resources.{logical_id}{path}"), expected, hint)
        })?;
    }
    let Reader { declarations, skipped, warnings, version, .. } = reader.finish();
    Ok(DeclaredState {
        origin: origin.to_owned(),
        tool: Tool::CloudFormation,
        format,
        version,
        serial: None,
        lineage: around.stack.id.clone(),
        declarations,
        skipped,
        warnings,
    })
}
