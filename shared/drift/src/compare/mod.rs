//! Decides whether two JSON values say the same thing: what is declared, and what a call wrote or AWS holds.
//!
//! Both values are compared as they are spelled: a Terraform attribute with an API member, a template's property with
//! a live model. A comparison goes down the two values together and, at each place, asks in this order: can it be
//! known at all (`mask`), is there nothing on either side (`empty`), what kind of thing is it (`policy`, `tags`,
//! `set`, `json_text`, `names`), and last whether two scalars are spellings of one value (`leaf` and the files it
//! asks). Each rule removes one false positive, says in its file how to see that false positive in an account and what
//! it must not hide, and leaves a [`Trace`]: SAY-WHAT-YOU-HID. What could not be compared is [`Comparison::Unknown`],
//! never equal: UNKNOWN-IS-NOT-SYNC.
//!
//! It never reads anything, never changes the values, and knows no resource types: the caller says which
//! [`Equality`] a property asks for.

mod model;
mod walk;

mod mask;

mod empty;
mod names;
mod path;

mod json_text;
mod policy;

mod pair;
mod set;
mod tags;

mod leaf;

mod access_string;
mod arn;
mod cidr;
mod dns;
mod duration;
mod epoch;
mod kms;
mod pem;
mod scalar;
mod ssh_key;
mod user_data;
mod version;

pub mod security_group;

#[cfg(test)]
mod laws;

use serde_json::Value;

pub(crate) use model::is_damaged;
pub use model::{ModelComparison, ResourceRules, Undecided};
pub use policy::statement_differences;

/// Which equality a property asks for, beyond the rules that apply to every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Equality {
    /// The rules that apply to every value, chosen by its shape.
    #[default]
    Default,
    /// An IAM policy document.
    Policy,
    /// A version of which only the first components are declared: `8.0` covers `8.0.36`.
    VersionPrefix,
    /// A name or an ARN that ends in it.
    ArnOrName,
    /// Text in any case.
    IgnoreCase,
    /// A list in which the order matters.
    OrderedList,
    /// A list in which neither order nor repetition matters.
    Set,
    /// A list of attributes of which AWS answers every one there is: only the declared ones are compared.
    AttributeList,
    /// A list that other declarations add to: only the declared elements are compared.
    Subset,
    /// A map with free keys: a key that only the actual side has is a difference.
    Map,
    /// Tags, in any of their shapes; AWS's own `aws:` tags are not compared.
    Tags,
    /// JSON in a text: members that only the actual side has are differences.
    JsonDocument,
    /// A network or an address.
    Cidr,
    /// `rate(60 minutes)`, `rate(1 hour)`.
    Duration,
    /// A host or zone name.
    DnsName,
    /// User data: clear, base64, or the hash that Terraform stores.
    UserData,
    /// A KMS key: its id, its ARN, an alias.
    KmsKey,
    /// Seconds since 1970, of which AWS keeps the hour.
    EpochHour,
    /// What a user of Redis or Valkey may do.
    AccessString,
}

impl Equality {
    /// Every equality with its name, as written in the catalog's overrides.
    const NAMES: [(&'static str, Self); 19] = [
        ("default", Self::Default),
        ("policy", Self::Policy),
        ("version_prefix", Self::VersionPrefix),
        ("arn_or_name", Self::ArnOrName),
        ("ignore_case", Self::IgnoreCase),
        ("ordered_list", Self::OrderedList),
        ("set", Self::Set),
        ("attribute_list", Self::AttributeList),
        ("subset", Self::Subset),
        ("map", Self::Map),
        ("tags", Self::Tags),
        ("json_document", Self::JsonDocument),
        ("cidr", Self::Cidr),
        ("duration", Self::Duration),
        ("dns_name", Self::DnsName),
        ("user_data", Self::UserData),
        ("kms_key", Self::KmsKey),
        ("epoch_hour", Self::EpochHour),
        ("access_string", Self::AccessString),
    ];

    /// All names, for messages.
    fn known() -> String {
        Self::NAMES.map(|(name, _)| format!("`{name}`")).join(", ")
    }

    /// The equality that a property's name alone tells, in any vocabulary: `tags`, `EngineVersion`, `userData`.
    #[must_use]
    pub fn of_member(name: &str) -> Self {
        names::equality(name)
    }

    /// The name, as written in the catalog's overrides.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, equality)| *equality == self).map_or("default", |(name, _)| name)
    }
}

/// No equality has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no equality: expected one of {known}", known = Equality::known())]
pub struct UnknownEquality(String);

impl std::str::FromStr for Equality {
    type Err = UnknownEquality;

    fn from_str(text: &str) -> Result<Self, UnknownEquality> {
        Self::NAMES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, equality)| *equality)
            .ok_or_else(|| UnknownEquality(text.to_owned()))
    }
}

/// What a declared or actual `false` or `0` means where the other side has nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Zero {
    /// A value like any other: AWS's default may be `true`.
    #[default]
    Value,
    /// Nothing: Terraform's state has `false` and `0` for what nobody set.
    Absent,
}

/// Which rule made two spellings equal, and where. Holds paths and names of members, never values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// The rule's name, such as `policy` or `tag-shape`.
    pub rule: &'static str,
    /// Where it applied, relative to what was compared, and what it set aside.
    pub note: String,
}

/// Why two values could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// CloudTrail hides the actual value.
    Masked,
    /// The declared value is not known before deployment, or names its target in a way that only AWS can resolve.
    Unresolved,
    /// CloudTrail left the actual value out.
    Omitted,
    /// One side is a secret of which only a keyed hash is kept.
    Redacted,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// The same, by these rules; none when the two are identical.
    Equal(Vec<Trace>),
    /// These parts differ; there is at least one. Parts that could not be compared are left out.
    Different(Vec<Difference>),
    /// Nothing was seen to differ, and at least one part could not be compared.
    Unknown(Unknown),
}

/// One part that differs. An element of an unordered list that only one side has is one difference, with the list's path.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Relative to what was compared, in the declaration's own names: `a.b[0].c`; empty for the whole.
    pub path: String,
    /// The declared value or element; none where nothing is declared.
    pub declared: Option<Value>,
    /// The actual value or element; none where there is none.
    pub actual: Option<Value>,
}

/// Compares a declared value with the actual one; an absent value is `null`.
///
/// Members of an object that are not declared are not compared (an equality rule traces them), except in maps with
/// free keys, tags, policies and JSON texts.
#[must_use]
pub fn compare(declared: &Value, actual: &Value, equality: Equality) -> Comparison {
    compare_with(declared, actual, equality, Zero::Value)
}

/// Whether a value is equal to nothing: `null`, `""`, `[]`, `{}`. A hidden secret is not.
pub(crate) fn says_nothing(value: &Value) -> bool {
    mask::redaction(value).is_none() && empty::is_empty(value, Zero::Value)
}

/// [`compare`], told what `false` and `0` mean against nothing.
#[must_use]
pub fn compare_with(declared: &Value, actual: &Value, equality: Equality, zero: Zero) -> Comparison {
    if declared == actual && !mask::anywhere(actual) {
        return Comparison::Equal(Vec::new());
    }
    let mut walk = walk::Walk::default();
    walk.value(path::Path::Root, declared, actual, walk::How::new(equality, zero));
    walk.finish()
}
