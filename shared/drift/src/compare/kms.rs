//! Decides whether two texts name the same KMS key.
//!
//! False positive removed: a key is declared by id and answered by ARN, an alias by name or by ARN. By hand: encrypt a
//! queue with `kms_master_key_id` set to a key's id.
//!
//! It must not hide another key: whether an alias names a key is not in the two texts, so that is unknown, not equal.

use super::Unknown;
use super::leaf::Leaf;

/// What a text says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key<'a> {
    /// By its id, or the id at the end of an ARN.
    Id { scope: Option<&'a str>, id: &'a str },
    /// By an alias, with the part of the ARN before it.
    Alias { scope: Option<&'a str>, name: &'a str },
}

/// Compares two spellings that are not identical.
pub(super) fn compare(left: &str, right: &str) -> Leaf {
    let is_same_scope = |left: Option<&str>, right: Option<&str>| left.is_none() || right.is_none() || left == right;
    match (key(left), key(right)) {
        (Key::Id { scope: here, id }, Key::Id { scope: there, id: other })
        | (Key::Alias { scope: here, name: id }, Key::Alias { scope: there, name: other }) => {
            if id == other && is_same_scope(here, there) { Leaf::By("kms-key") } else { Leaf::Different }
        }
        (Key::Id { .. }, Key::Alias { .. }) | (Key::Alias { .. }, Key::Id { .. }) => Leaf::Unknown(Unknown::Unresolved),
    }
}

/// Whether one text is an alias and the other certainly a key.
pub(super) fn is_alias_and_key(left: &str, right: &str) -> bool {
    let is_key_arn = |text: &str| text.starts_with("arn:") && text.contains(":kms:") && text.contains(":key/");
    let is_alias = |text: &str| matches!(key(text), Key::Alias { .. });
    (is_alias(left) && is_key_arn(right)) || (is_key_arn(left) && is_alias(right))
}

/// Whether a text is the alias of a key that AWS manages.
pub(super) fn is_aws_alias(text: &str) -> bool {
    matches!(key(text), Key::Alias { name, .. } if name.starts_with("aws/"))
}

/// Reads a text as a key.
fn key(text: &str) -> Key<'_> {
    if let Some(name) = text.strip_prefix("alias/") {
        return Key::Alias { scope: None, name };
    }
    match (text.split_once(":alias/"), text.split_once(":key/")) {
        (Some((scope, name)), _) => Key::Alias { scope: Some(scope), name },
        (None, Some((scope, id))) => Key::Id { scope: Some(scope), id },
        (None, None) => Key::Id { scope: None, id: text },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::leaf::Leaf;
    use super::super::{Comparison, Equality, Unknown, compare as compare_values};
    use super::compare;

    const ID: &str = "12345678-1234-1234-1234-123456789012";
    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012";

    #[test]
    fn a_key_is_its_arn_and_an_alias_its_arn() {
        assert_eq!(compare(ID, ARN), Leaf::By("kms-key"));
        assert_eq!(compare("alias/app", "arn:aws:kms:us-east-1:111122223333:alias/app"), Leaf::By("kms-key"));
    }

    #[test]
    fn another_key_alias_or_account_is_different() {
        assert_eq!(compare(ID, "87654321-1234-1234-1234-123456789012"), Leaf::Different);
        assert_eq!(compare("alias/app", "alias/other"), Leaf::Different);
        assert_eq!(compare(ARN, &ARN.replace("111122223333", "444455556666")), Leaf::Different);
    }

    #[test]
    fn whether_an_alias_names_a_key_is_unknown() {
        assert_eq!(compare("alias/app", ARN), Leaf::Unknown(Unknown::Unresolved));
        let unknown = Comparison::Unknown(Unknown::Unresolved);
        assert_eq!(compare_values(&json!({"Key": "alias/app"}), &json!({"Key": ARN}), Equality::Default), unknown);
        assert_eq!(compare_values(&json!("alias/aws/s3"), &json!(null), Equality::KmsKey), unknown);
        assert!(matches!(compare_values(&json!(ID), &json!(null), Equality::KmsKey), Comparison::Different(_)));
    }
}
