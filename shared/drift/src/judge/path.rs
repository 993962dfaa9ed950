//! The names of a change in the form in which settings are compared: small letters, without underscores and indexes.
//!
//! `metadata_options[0].http_tokens`, `MetadataOptions.HttpTokens` and `metadataOptions.httpTokens` are one path.

use serde_json::Value;

/// The names of one change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    normal: Vec<String>,
    /// The last names of the paths.
    last: NamesInside,
    is_own_name: bool,
    is_tag: bool,
    inside: NamesInside,
}

/// The name of a setting, in the form in which names are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    normal: String,
    last: NamesInside,
}

/// The settings that one question names.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    names: Vec<Name>,
    last: NamesInside,
}

/// Which names may occur inside a value: one bit for each, shared by several. A name whose bit is not set does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamesInside(u64);

impl Paths {
    /// The change's own name, and CloudFormation's where it is known.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let normal: Vec<String> = names.into_iter().map(normal).collect();
        let is_own_name = normal.iter().any(|path| path.split('.').any(|name| OWN_NAMES.contains(&name)));
        let is_tag = normal.iter().any(|path| path.split('.').next().is_some_and(|first| TAG_NAMES.contains(&first)));
        let last = normal.iter().fold(NamesInside(0), |names, path| names.with(NamesInside::last(path)));
        Self { normal, last, is_own_name, is_tag, inside: NamesInside::default() }
    }

    /// The same, where it is known which names occur inside the change's values.
    pub(crate) fn with_inside(self, inside: NamesInside) -> Self {
        Self { inside, ..self }
    }

    /// Whether the last names of the change are the setting's. A tag or a variable may be called anything, so there
    /// only the name from `tags` on counts.
    pub(crate) fn are(&self, setting: &Name) -> bool {
        self.last.has(setting.last) && self.end_with(&setting.normal)
    }

    fn end_with(&self, normal: &str) -> bool {
        self.normal.iter().any(|path| {
            let Some(rest) = path.strip_suffix(normal) else { return false };
            (rest.is_empty() || rest.ends_with('.')) && (!self.is_own_name || rest.is_empty())
        })
    }

    /// The rest of the setting's name, for each leading part of it that the change has.
    pub(crate) fn below<'n>(&self, setting: &'n Name) -> impl Iterator<Item = &'n str> {
        let dots = setting.normal.match_indices('.');
        dots.filter_map(|(at, _)| Some((setting.normal.get(..at)?, setting.normal.get(at + 1..)?)))
            .filter(|(leading, _)| self.end_with(leading))
            .map(|(_, rest)| rest)
    }

    /// Whether the change may be about one of the settings of these last names, or hold one.
    pub(crate) fn may_concern(&self, last: NamesInside) -> bool {
        self.last.with(self.inside).has(last)
    }

    /// Whether a value of the change may hold the setting.
    pub(crate) fn may_hold(&self, setting: &Name) -> bool {
        self.inside.has(setting.last)
    }

    /// Whether the change is about tags, or one tag.
    pub(crate) fn is_tag(&self) -> bool {
        self.is_tag
    }

    /// Whether the change lies among names that people choose.
    pub(crate) fn is_own_name(&self) -> bool {
        self.is_own_name
    }

    /// Whether a word is part of a name of the change.
    pub(crate) fn contain(&self, word: &str) -> bool {
        self.normal.iter().any(|path| path.contains(word))
    }
}

const TAG_NAMES: &[&str] = &["tags", "tag", "tagsall", "tagset"];
const OWN_NAMES: &[&str] = &["tags", "tag", "tagsall", "tagset", "variables"];

/// Whether two names are the same but for case and underscores.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl DoubleEndedIterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}

/// Whether a name is the other, which is already in the form in which names are compared.
pub(crate) fn is_name(written: &str, normal: &str) -> bool {
    letters(written).eq(normal.bytes())
}

impl Name {
    /// A setting as a condition writes it.
    pub(crate) fn new(setting: &str) -> Self {
        let kept = setting.chars().filter(|character| !matches!(character, '_' | '-'));
        let normal: String = kept.map(|character| character.to_ascii_lowercase()).collect();
        let last = NamesInside::last(&normal);
        Self { normal, last }
    }

    /// The name in the form in which names are compared.
    pub(crate) fn normal(&self) -> &str {
        &self.normal
    }
}

impl Settings {
    /// The settings of these names.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Name> = names.into_iter().map(Name::new).collect();
        let last = names.iter().fold(NamesInside(0), |last, name| last.with(name.last));
        Self { names, last }
    }

    /// Their names.
    pub(crate) fn names(&self) -> &[Name] {
        &self.names
    }

    /// Their last names.
    pub(crate) fn last(&self) -> NamesInside {
        self.last
    }
}

/// All names, as long as nobody has looked.
impl Default for NamesInside {
    fn default() -> Self {
        Self(u64::MAX)
    }
}

impl NamesInside {
    /// The names inside some values.
    pub(crate) fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        values.into_iter().fold(Self(0), Self::and)
    }

    fn and(self, value: &Value) -> Self {
        match value {
            Value::Object(fields) => {
                fields.iter().fold(self, |names, (name, inner)| names.with(Self::one(name)).and(inner))
            }
            Value::Array(items) => items.iter().fold(self, Self::and),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => self,
        }
    }

    /// These names and others.
    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, name: Self) -> bool {
        self.0 & name.0 != 0
    }

    /// The last name of a path.
    fn last(path: &str) -> Self {
        Self::one(path.rsplit('.').next().unwrap_or_default())
    }

    /// The bit of a name: FNV-1a over the letters that count.
    fn one(name: &str) -> Self {
        let start = 0xcbf2_9ce4_8422_2325_u64;
        let hash = letters(name).fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(1 << (hash >> 58))
    }
}

fn normal(path: &str) -> String {
    let mut kept = Vec::with_capacity(path.len());
    let mut is_index = false;
    for byte in path.bytes() {
        match byte {
            b'[' => is_index = true,
            b']' => is_index = false,
            b'_' | b'-' => {}
            other if !is_index => kept.push(other.to_ascii_lowercase()),
            _ => {}
        }
    }
    // Only whole characters were left out.
    String::from_utf8(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_in_every_vocabulary() {
        for path in
            ["deletion_protection", "DeletionProtection", "deletionProtection", "settings[0].deletion_protection"]
        {
            assert!(Paths::new([path]).are(&Name::new("deletion_protection")), "{path}");
        }
        assert!(Paths::new(["api_termination", "DisableApiTermination"]).are(&Name::new("disable_api_termination")));
        assert!(Paths::new(["a.b[0].c"]).are(&Name::new("b.c")));
        for path in ["no_deletion_protection", "deletion_protection.other", "tags.deletion_protection", "deletion", ""]
        {
            assert!(!Paths::new([path]).are(&Name::new("deletion_protection")), "{path}");
        }
    }

    #[test]
    fn a_tag_is_only_itself() {
        let tag = Paths::new(["tags.Owner"]);
        assert!(tag.is_tag() && tag.is_own_name() && tag.are(&Name::new("tags.owner")));
        assert!(!tag.are(&Name::new("owner")));
        let variable = Paths::new(["environment[0].variables.CODE"]);
        assert!(!variable.is_tag() && variable.is_own_name() && !variable.are(&Name::new("code")));
        assert!(!Paths::new(["tagging_rule"]).is_tag());
    }
}
