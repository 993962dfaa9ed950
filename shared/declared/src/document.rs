//! Bytes to a JSON object, or a refusal that says what the bytes are instead. Knows no format of declared state.

use serde_json::{Map, Value, error::Category};

use crate::{DeclaredError, cloudformation::TAKE_TEMPLATE, detect, yaml};

/// What to do about the commonest mistakes.
const USE_STATE_PULL: &str = "write the state out with `terraform state pull`";
const USE_SHOW_JSON: &str = "write it out with `terraform show -json FILE`";

/// Parses a file's bytes into the JSON object that it holds.
///
/// # Errors
/// When the bytes are empty, not JSON, or JSON but not an object.
pub(crate) fn parse(bytes: &[u8], origin: &str) -> Result<Map<String, Value>, DeclaredError> {
    let decoded = utf16(bytes);
    let bytes = decoded.as_deref().map_or(bytes, str::as_bytes);
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = bytes.trim_ascii_start();
    if text.is_empty() {
        return Err(DeclaredError::Empty { origin: origin.to_owned() });
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(Value::Array(items)) => Err(not_an_object(origin, &items)),
        Ok(_) => Err(DeclaredError::NotState {
            origin: origin.to_owned(),
            found: "a single JSON value",
            hint: USE_STATE_PULL,
        }),
        Err(error) => of_yaml(bytes, text, &error, origin),
    }
}

/// Parses what is not JSON: a template in YAML, or something given by mistake.
fn of_yaml(
    bytes: &[u8],
    text: &[u8],
    error: &serde_json::Error,
    origin: &str,
) -> Result<Map<String, Value>, DeclaredError> {
    let is_template = has_line(text, &TEMPLATE_LINES);
    if let Some(refusal) = foreign(text, origin).filter(|_| !is_template) {
        return Err(refusal);
    }
    let refuse = || not_json(error, origin, json_hint(error));
    if let [b'{' | b'[' | b'"', ..] = text {
        return Err(refuse());
    }
    let yaml = std::str::from_utf8(bytes).map_err(|_| refuse())?;
    match yaml::parse(yaml) {
        Ok(yaml::Yaml { value: Value::Object(document), documents }) => match detect::other_yaml(&document) {
            None if documents == 1 => Ok(document),
            None => {
                Err(DeclaredError::template(origin, "the second document", "one template in a file", TAKE_TEMPLATE))
            }
            Some((found, hint)) => Err(DeclaredError::NotState { origin: origin.to_owned(), found, hint }),
        },
        Ok(yaml::Yaml { value: Value::Array(items), .. }) => Err(not_an_object(origin, &items)),
        Err(_) if is_template && has_holes(yaml) => {
            let found = "a template that is itself still to be filled in, at `{{…}}` or `{%…%}`";
            let hint = "render it first, or take what CloudFormation has with `aws cloudformation get-template`";
            Err(DeclaredError::NotState { origin: origin.to_owned(), found, hint })
        }
        Err(wrong) if is_template => Err(DeclaredError::yaml(origin, wrong, TAKE_TEMPLATE)),
        Ok(_) | Err(_) => Err(refuse()),
    }
}

/// Decodes UTF-16 with a byte order mark, which is what PowerShell's `>` writes.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (body, unit): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xFF, 0xFE, body @ ..] => (body, u16::from_le_bytes),
        [0xFE, 0xFF, body @ ..] => (body, u16::from_be_bytes),
        _ => return None,
    };
    let units = body.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

fn not_an_object(origin: &str, items: &[Value]) -> DeclaredError {
    let origin = origin.to_owned();
    if let Some((found, hint)) = detect::part_of_stack_list(items) {
        return DeclaredError::NotState { origin, found, hint };
    }
    DeclaredError::NotState { origin, found: "a JSON list", hint: USE_STATE_PULL }
}

fn json_hint(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "the file ends too early: copy or write it again",
        Category::Syntax | Category::Data | Category::Io => USE_STATE_PULL,
    }
}

pub(crate) fn not_json(error: &serde_json::Error, origin: &str, hint: &'static str) -> DeclaredError {
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or_default().to_owned();
    DeclaredError::NotJson { origin: origin.to_owned(), line: error.line(), column: error.column(), reason, hint }
}

/// How files that people give by mistake begin, what they are, and what to do.
const FIRST_BYTES: [(&[u8], &str, &str); 4] = [
    (b"\x1F\x8B", "compressed with gzip", "decompress it first"),
    (b"PK\x03\x04", "a saved plan in binary form, or another zip archive", USE_SHOW_JSON),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "fetch the file with `git lfs pull`"),
    (
        b"{\"@level\"",
        "the log of `terraform plan -json`",
        "save the plan with `-out`, then write it out with `terraform show -json FILE`",
    ),
];

/// How some line of theirs begins, what they are, and what to do.
const FIRST_WORDS: [(&[&str], &str, &str); 2] = [
    (
        &["resource \"", "terraform {", "provider \"", "module \"", "variable \"", "data \"", "locals {", "output \""],
        "Terraform code, not its state",
        USE_STATE_PULL,
    ),
    (
        &[
            "Terraform will perform",
            "Terraform used the",
            "OpenTofu will perform",
            "OpenTofu used the",
            "# aws_",
            "# module.",
        ],
        "output of Terraform or OpenTofu for people",
        "add `-json` to the `show` command",
    ),
];

/// How some line of a template in YAML begins.
const TEMPLATE_LINES: [&str; 3] = ["AWSTemplateFormatVersion", "Resources:", "Transform: AWS::"];

/// How much of a file is looked at for a telling line.
const HEAD_BYTES: usize = 65_536;

/// Recognizes what people give by mistake, in bytes that are not JSON.
fn foreign(text: &[u8], origin: &str) -> Option<DeclaredError> {
    let origin = origin.to_owned();
    if let [b'<', b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z', ..] = text {
        let hint = "a sign-in page or an error was saved in place of the state: download it again";
        return Some(DeclaredError::NotState { origin, found: "an HTML or XML page", hint });
    }
    let known = FIRST_BYTES.iter().find(|(start, ..)| text.starts_with(start)).map(|(_, found, hint)| (*found, *hint));
    let by_line =
        || FIRST_WORDS.iter().find(|(words, ..)| has_line(text, words)).map(|(_, found, hint)| (*found, *hint));
    let (found, hint) = known.or_else(by_line)?;
    Some(DeclaredError::OtherFormat { origin, found, hint })
}

/// Whether a text has the marks of Jinja, cookiecutter and their kind, which CloudFormation does not know.
fn has_holes(text: &str) -> bool {
    text.contains("{%")
        || text.match_indices("{{").any(|(at, _)| !text.get(at..).is_some_and(|it| it.starts_with("{{resolve:")))
}

/// Whether a line near the beginning begins with one of these.
fn has_line(text: &[u8], words: &[&str]) -> bool {
    let head = String::from_utf8_lossy(text.get(..HEAD_BYTES).unwrap_or(text));
    head.lines().any(|line| words.iter().any(|word| line.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        parse(bytes, "a.tfstate").unwrap_err().to_string()
    }

    #[test]
    fn a_byte_order_mark_and_utf_16_are_read() {
        assert!(parse(b"\xEF\xBB\xBF{}", "a").unwrap().is_empty());
        let le: Vec<u8> = "\u{FEFF}{\"a\": \"é\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(parse(&le, "a").unwrap()["a"], "é");
        let be: Vec<u8> = "\u{FEFF}{}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(parse(&be, "a").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_json_is_named() {
        assert_snapshot!(refusal(b" \n"), @"`a.tfstate` is empty; expected declared state: of Terraform or OpenTofu (`terraform state pull`), a CloudFormation stack or template, a Pulumi export (`pulumi stack export`)");
        assert_snapshot!(refusal(b"{\"version\": 4,\n \"serial\": "), @"`a.tfstate` is not JSON: EOF while parsing a value at line 2, column 11; the file ends too early: copy or write it again");
        assert_snapshot!(refusal(b"{\n<<<<<<< HEAD"), @"`a.tfstate` is not JSON: key must be a string at line 2, column 1; write the state out with `terraform state pull`");
        assert_snapshot!(refusal(b"<!DOCTYPE html><html>"), @"`a.tfstate` is an HTML or XML page, not declared state; a sign-in page or an error was saved in place of the state: download it again");
        assert_snapshot!(refusal(b"PK\x03\x04...."), @"`a.tfstate` is a saved plan in binary form, or another zip archive; write it out with `terraform show -json FILE`");
        assert_snapshot!(refusal(b"\x1F\x8B\x08"), @"`a.tfstate` is compressed with gzip; decompress it first");
        assert_snapshot!(refusal(b"# ours\nresource \"aws_s3_bucket\" \"logs\" {}\n"), @"`a.tfstate` is Terraform code, not its state; write the state out with `terraform state pull`");
        assert_snapshot!(refusal(b"{\"@level\":\"info\"}\n{\"@level\":\"info\"}"), @"`a.tfstate` is the log of `terraform plan -json`; save the plan with `-out`, then write it out with `terraform show -json FILE`");
        assert_snapshot!(refusal(b"# aws_vpc.main:\nresource ="), @"`a.tfstate` is output of Terraform or OpenTofu for people; add `-json` to the `show` command");
        assert_snapshot!(refusal(b"[1]"), @"`a.tfstate` is a JSON list, not declared state; write the state out with `terraform state pull`");
    }
}
