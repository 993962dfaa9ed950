//! Decides whether two scalars are spellings of one value, by asking the rule that the equality names.

use serde_json::Value;

use super::{
    Equality, Unknown, access_string, arn, cidr, dns, duration, epoch, kms, pem, scalar, ssh_key, user_data, version,
};

/// What is said of two scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    /// Identical.
    Same,
    /// Equal by this rule.
    By(&'static str),
    /// Cannot be known from the values alone.
    Unknown(Unknown),
    /// Different.
    Different,
}

impl Leaf {
    /// Equal by a rule, or different.
    fn if_so(is_same: bool, rule: &'static str) -> Self {
        if is_same { Self::By(rule) } else { Self::Different }
    }
}

/// Compares two scalars; anything else is different unless identical.
pub(super) fn compare(declared: &Value, actual: &Value, equality: Equality) -> Leaf {
    if declared == actual {
        return Leaf::Same;
    }
    if let Some(rule) = scalar::same(declared, actual) {
        return Leaf::By(rule);
    }
    let (Some(left), Some(right)) = (scalar::text(declared), scalar::text(actual)) else { return Leaf::Different };
    texts(&left, &right, equality)
}

/// Compares two texts that are not the same scalar.
fn texts(left: &str, right: &str, equality: Equality) -> Leaf {
    match equality {
        Equality::VersionPrefix => Leaf::if_so(version::covers(left, right), "version-prefix"),
        Equality::IgnoreCase => Leaf::if_so(left.to_lowercase() == right.to_lowercase(), "ignore-case"),
        Equality::Cidr => Leaf::if_so(cidr::same(left, right), "cidr"),
        Equality::Duration => Leaf::if_so(duration::same(left, right), "duration"),
        Equality::DnsName => Leaf::if_so(dns::same(left, right), "dns-name"),
        Equality::UserData => Leaf::if_so(user_data::same(left, right), "user-data"),
        Equality::KmsKey => kms::compare(left, right),
        Equality::EpochHour => Leaf::if_so(epoch::same_hour(left, right), "epoch-hour"),
        Equality::AccessString => Leaf::if_so(access_string::same(left, right), "access-string"),
        Equality::Map | Equality::Tags | Equality::JsonDocument => Leaf::Different,
        Equality::Default
        | Equality::Policy
        | Equality::ArnOrName
        | Equality::OrderedList
        | Equality::Set
        | Equality::AttributeList
        | Equality::Subset => by_shape(left, right),
    }
}

/// Compares two texts by what they look like.
fn by_shape(left: &str, right: &str) -> Leaf {
    if left.trim() == right.trim() {
        return Leaf::By("outer-whitespace");
    }
    if let Some(rule) = arn::same(left, right) {
        return Leaf::By(rule);
    }
    if ssh_key::same(left, right) {
        return Leaf::By("ssh-key-comment");
    }
    if duration::same(left, right) {
        return Leaf::By("duration");
    }
    if pem::same(left, right) {
        return Leaf::By("pem");
    }
    if kms::is_alias_and_key(left, right) {
        return Leaf::Unknown(Unknown::Unresolved);
    }
    Leaf::Different
}

/// Why a value against nothing is unknown rather than different: AWS's own key is both named and absent.
pub(super) fn against_nothing(declared: &Value, actual: &Value, equality: Equality) -> Option<Unknown> {
    let is_aws_key = |value: &Value| value.as_str().is_some_and(kms::is_aws_alias);
    (equality == Equality::KmsKey && (is_aws_key(declared) || is_aws_key(actual))).then_some(Unknown::Unresolved)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Equality;
    use super::{Leaf, compare};

    #[test]
    fn case_matters_unless_the_property_says_otherwise() {
        assert_eq!(compare(&json!("MANAGED"), &json!("managed"), Equality::Default), Leaf::Different);
        assert_eq!(compare(&json!("MANAGED"), &json!("managed"), Equality::IgnoreCase), Leaf::By("ignore-case"));
        assert_eq!(compare(&json!("MANAGED"), &json!("unmanaged"), Equality::IgnoreCase), Leaf::Different);
    }

    #[test]
    fn outer_whitespace_does_not_matter_and_inner_does() {
        assert_eq!(compare(&json!("a b\n"), &json!("a b"), Equality::Default), Leaf::By("outer-whitespace"));
        assert_eq!(compare(&json!("a  b"), &json!("a b"), Equality::Default), Leaf::Different);
    }

    #[test]
    fn the_value_of_a_free_key_is_compared_as_text() {
        let (name, arn) = (json!("app"), json!("arn:aws:iam::111122223333:role/app"));
        assert_eq!(compare(&name, &arn, Equality::Map), Leaf::Different);
        assert_eq!(compare(&name, &arn, Equality::ArnOrName), Leaf::By("arn-or-name"));
    }
}
