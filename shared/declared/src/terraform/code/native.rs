//! Reads one file in Terraform's own syntax.
//!
//! ```hcl
//! resource "aws_ecs_service" "web" {
//!   lifecycle {
//!     ignore_changes = [desired_count, tags["deployed"]]
//!   }
//! }
//! ```

use hcl_edit::{
    Span as _,
    expr::Expression,
    parser,
    structure::{Block, Body},
};

use super::{folder::File, path};
use crate::DeclaredError;

/// What to do about a file that cannot be read.
pub(super) const HINT: &str = "check it with `terraform validate`";

/// Reads a file.
///
/// # Errors
/// When it does not have the syntax, or an `ignore_changes` does not name attributes.
pub(super) fn read(file: &str, text: &str) -> Result<File, DeclaredError> {
    let body = parser::parse_body(text).map_err(|error| {
        let location = error.location();
        refusal(file, (location.line(), location.column()), error.message())
    })?;
    let mut found = File::default();
    for block in body.blocks() {
        match (block.ident.as_str(), block.labels.as_slice()) {
            ("resource", [kind, name]) => {
                let ignored = ignored(&block.body, file, text)?;
                found.add_resource(kind.as_str(), name.as_str(), ignored);
            }
            ("module", [name]) => {
                found.calls.insert(name.as_str().to_owned(), source(block));
            }
            _ => {}
        }
    }
    Ok(found)
}

fn source(block: &Block) -> Option<String> {
    Some(block.body.get_attribute("source")?.value.as_str()?.to_owned())
}

/// Returns what the block of a resource ignores; none where it does not say.
fn ignored(resource: &Body, file: &str, text: &str) -> Result<Option<Vec<String>>, DeclaredError> {
    let mut said: Option<Vec<String>> = None;
    for lifecycle in resource.get_blocks("lifecycle") {
        let Some(attribute) = lifecycle.body.get_attribute("ignore_changes") else { continue };
        let refuse = |entry: &Expression| {
            let start =
                entry.span().or_else(|| attribute.value.span()).or_else(|| attribute.span()).unwrap_or_default();
            refusal(file, position(text, start.start), path::EXPECTED)
        };
        let paths = said.get_or_insert_default();
        match &attribute.value {
            Expression::Variable(name) if name.as_str() == "all" => paths.push(path::ALL.to_owned()),
            Expression::Array(entries) => {
                for entry in entries {
                    paths.push(path::of_expression(entry).ok_or_else(|| refuse(entry))?);
                }
            }
            other => return Err(refuse(other)),
        }
    }
    Ok(said.map(path::with_all_tags))
}

fn refusal(file: &str, (line, column): (usize, usize), reason: &str) -> DeclaredError {
    DeclaredError::NotCode {
        file: file.to_owned(),
        place: format!("line {line}, column {column}"),
        reason: reason.to_owned(),
        hint: HINT,
    }
}

/// Line and column, from 1, of a byte.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        read("infra/main.tf", text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read() {
        let text = r#"
            # Everything that code may hold, beside what counts.
            terraform {
              required_version = ">= 1.5"
            }
            resource "aws_security_group" "web" {
              for_each = { for name in var.names : name => upper(name) if name != null }
              name     = "${each.key}-%{ if var.long }long%{ else }short%{ endif }"
              dynamic "ingress" {
                for_each = var.rules[*].port
                content {
                  from_port = ingress.value
                }
              }
              policy = <<-EOT
                ${jsonencode({ a = 1 })}
              EOT
              arn = provider::aws::arn_build("aws", "s3", "", "", "b")
              lifecycle {
                create_before_destroy = true
                ignore_changes = [
                  ingress, # by hand
                  tags["deployed"],
                ]
                precondition {
                  condition     = length(var.rules) > 0
                  error_message = "no"
                }
              }
            }
            resource aws_vpc main {}
            data "aws_ami" "a" {
              lifecycle {
                ignore_changes = all
              }
            }
            resource "aws_vpc" "all" {
              lifecycle {
                ignore_changes = all
              }
            }
            resource "aws_vpc" "old" {
              lifecycle {
                ignore_changes = ["tags.a", "cidr_block"]
              }
            }
            module "edge" {
              source = "./edge"
            }
            module "elsewhere" {
              source = "${var.from}/edge"
            }
        "#;
        let found = read("main.tf", text).unwrap();
        let ignored = |block: &str| found.resources[block].as_ref().map(|paths| paths.join(" "));
        assert_eq!(ignored("aws_security_group.web").as_deref(), Some("ingress tags.deployed tags_all.deployed"));
        assert_eq!(ignored("aws_vpc.main"), None);
        assert_eq!(ignored("aws_vpc.all").as_deref(), Some("*"));
        assert_eq!(ignored("aws_vpc.old").as_deref(), Some("tags.a tags_all.a cidr_block"));
        assert_eq!(found.resources.len(), 4);
        assert_eq!(found.calls["edge"].as_deref(), Some("./edge"));
        assert_eq!(found.calls["elsewhere"], None);
    }

    #[test]
    fn a_broken_file_says_where_and_what_was_expected() {
        insta::assert_snapshot!(refused("resource \"aws_vpc\" \"main\" {\n  cidr_block =\n}\n"), @r#"`infra/main.tf` at line 2, column 15: invalid expression; expected `"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit; check it with `terraform validate`"#);
        insta::assert_snapshot!(refused("resource \"aws_vpc\" \"main\" {\n"), @"`infra/main.tf` at line 1, column 29: invalid block body; expected `}`, newline or identifier; check it with `terraform validate`");
        insta::assert_snapshot!(refused("resource \"a\" \"b\" {\n  lifecycle {\n    ignore_changes = [tags, var.x[count.index]]\n  }\n}"), @r#"`infra/main.tf` at line 3, column 29: expected attributes such as `tags`, `tags["Name"]` or `setting[0].value`, or `all`, as `ignore_changes`; check it with `terraform validate`"#);
        insta::assert_snapshot!(refused("resource \"a\" \"b\" {\n  lifecycle {\n    ignore_changes = var.ignored ? all : none\n  }\n}"), @r#"`infra/main.tf` at line 3, column 22: expected attributes such as `tags`, `tags["Name"]` or `setting[0].value`, or `all`, as `ignore_changes`; check it with `terraform validate`"#);
    }
}
