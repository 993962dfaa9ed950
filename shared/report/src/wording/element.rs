//! Recognizes changes to a tag or to an attached policy, whatever the tool's spelling.

use driftwire_drift::finding::Change;
use driftwire_drift::verdict::ChangeOp;
use serde_json::Value;

use super::VALUE_WIDTH;
use crate::plain::shorten;
use crate::value;

/// A change to one tag; every text is safe to show.
pub(super) struct Tag {
    pub(super) key: String,
    op: ChangeOp,
    declared: Option<String>,
    actual: Option<String>,
}

impl Tag {
    pub(super) fn in_words(&self, place: &str) -> String {
        let key = &self.key;
        match (self.op, &self.declared, &self.actual) {
            (ChangeOp::Added, _, Some(actual)) => format!("added tag {key}={actual} to {place}"),
            (ChangeOp::Added, _, None) => format!("added tag {key} to {place}"),
            (ChangeOp::Removed, _, _) => format!("removed tag {key} from {place}"),
            (ChangeOp::Replaced, Some(declared), Some(actual)) if declared != actual => {
                format!("changed tag {key} of {place} from {declared} to {actual}")
            }
            (ChangeOp::Replaced, _, _) => format!("changed tag {key} of {place}"),
        }
    }
}

/// Reads `tags.Owner`, `tags["Owner"]`, `Tags[Owner]`, or an element `{key, value}` of `tags`.
pub(super) fn tag(change: &Change) -> Option<Tag> {
    let attribute = change.attribute.as_str();
    let end = attribute.find(['.', '[']).unwrap_or(attribute.len());
    let (root, rest) = attribute.split_at_checked(end)?;
    let tagged = ["tags", "tags_all", "tagsall", "tag", "tagset"];
    if !tagged.iter().any(|name| root.eq_ignore_ascii_case(name)) {
        return None;
    }
    let written = match rest.strip_prefix('.') {
        Some(key) => key,
        None => rest.trim_matches(['[', ']', '"']),
    };
    let element = change.actual.as_ref().or(change.declared.as_ref());
    let key = match element.and_then(|element| member(element, "key")) {
        Some(Value::String(key)) => key.as_str(),
        _ if !written.is_empty() => written,
        _ => return None,
    };
    let said = |value: &Value| match (change.redacted, member(value, "value").unwrap_or(value)) {
        (true, _) => value::HIDDEN.to_owned(),
        (false, value) => value::in_words("", value, VALUE_WIDTH),
    };
    Some(Tag {
        key: shorten(key, VALUE_WIDTH),
        op: change.op,
        declared: change.declared.as_ref().map(said),
        actual: change.actual.as_ref().map(said),
    })
}

/// A policy that a role, user or group gained or lost; the name is safe to show.
pub(super) struct Attachment {
    name: String,
    kind: PolicyKind,
    moved: Move,
}

enum Move {
    Gained,
    Lost,
}

enum PolicyKind {
    Managed,
    Inline,
}

impl Attachment {
    pub(super) fn in_words(&self, place: &str) -> String {
        let name = &self.name;
        match (&self.kind, &self.moved) {
            (PolicyKind::Managed, Move::Gained) => format!("attached {name} to {place}"),
            (PolicyKind::Managed, Move::Lost) => format!("detached {name} from {place}"),
            (PolicyKind::Inline, Move::Gained) => format!("added inline policy {name} to {place}"),
            (PolicyKind::Inline, Move::Lost) => format!("removed inline policy {name} from {place}"),
        }
    }
}

/// Reads a change whose value is the ARN of a managed policy, an element of an attachment list, or an inline policy.
pub(super) fn attachment(change: &Change) -> Option<Attachment> {
    let (moved, element) = match change.op {
        ChangeOp::Added => (Move::Gained, change.actual.as_ref()?),
        ChangeOp::Removed => (Move::Lost, change.declared.as_ref()?),
        ChangeOp::Replaced => return None,
    };
    let named = ["policyarn", "arn", "policyname", "name"];
    let text = match element {
        Value::String(text) => text.as_str(),
        Value::Object(_) => named.iter().find_map(|name| member(element, name)?.as_str())?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    };
    let attribute = change.attribute.to_lowercase().replace('_', "");
    // A permissions boundary takes rights away; attaching is the wrong word.
    if change.redacted || attribute.contains("boundary") {
        return None;
    }
    let is_arn = text.starts_with("arn:") && text.contains(":policy/");
    let holds_inline = ["policies", "policynames", "inlinepolicy"].contains(&attribute.as_str());
    let has_document = member(element, "policydocument").or_else(|| member(element, "policy")).is_some();
    let kind = match (is_arn || attribute == "@attachments", holds_inline) {
        (true, _) => PolicyKind::Managed,
        (false, true) if element.is_string() || has_document => PolicyKind::Inline,
        (false, _) => return None,
    };
    let name = text.rsplit('/').next().unwrap_or(text);
    Some(Attachment { name: shorten(name, VALUE_WIDTH), kind, moved })
}

/// A member by name, in any spelling (`policy_arn`, `PolicyArn`).
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_object()?
        .iter()
        .find(|(written, _)| written.replace('_', "").eq_ignore_ascii_case(name))
        .map(|(_, member)| member)
}
