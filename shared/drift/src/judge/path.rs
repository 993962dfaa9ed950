//! The names of a change in the form in which settings are compared: small letters, without underscores and indexes.
//!
//! `metadata_options[0].http_tokens`, `MetadataOptions.HttpTokens` and `metadataOptions.httpTokens` are one path.

/// The names of one change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    normal: Vec<String>,
    is_own_name: bool,
    is_tag: bool,
}

impl Paths {
    /// The change's own name, and CloudFormation's where it is known.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let normal: Vec<String> = names.into_iter().map(normal).collect();
        let is_own_name = normal.iter().any(|path| path.split('.').any(|name| OWN_NAMES.contains(&name)));
        let is_tag = normal.iter().any(|path| path.split('.').next().is_some_and(|first| TAG_NAMES.contains(&first)));
        Self { normal, is_own_name, is_tag }
    }

    /// Whether the last names of the change are the setting's. A tag or a variable may be called anything, so there
    /// only the name from `tags` on counts.
    pub(crate) fn are(&self, setting: &str) -> bool {
        self.normal.iter().any(|path| {
            let Some(rest) = strip_end(path, setting) else { return false };
            (rest.is_empty() || rest.ends_with('.')) && (!self.is_own_name || rest.is_empty())
        })
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

/// What is before a setting's name in a path that ends with it.
fn strip_end<'p>(path: &'p str, setting: &str) -> Option<&'p str> {
    let mut bytes = path.bytes();
    for wanted in letters(setting).rev() {
        if bytes.next_back() != Some(wanted) {
            return None;
        }
    }
    path.get(..bytes.len())
}

fn normal(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut is_index = false;
    for character in path.chars() {
        match character {
            '[' => is_index = true,
            ']' => is_index = false,
            '_' | '-' => {}
            other if !is_index => kept.push(other.to_ascii_lowercase()),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_in_every_vocabulary() {
        for path in
            ["deletion_protection", "DeletionProtection", "deletionProtection", "settings[0].deletion_protection"]
        {
            assert!(Paths::new([path]).are("deletion_protection"), "{path}");
        }
        assert!(Paths::new(["api_termination", "DisableApiTermination"]).are("disable_api_termination"));
        assert!(Paths::new(["a.b[0].c"]).are("b.c"));
        for path in ["no_deletion_protection", "deletion_protection.other", "tags.deletion_protection", "deletion", ""]
        {
            assert!(!Paths::new([path]).are("deletion_protection"), "{path}");
        }
    }

    #[test]
    fn a_tag_is_only_itself() {
        let tag = Paths::new(["tags.Owner"]);
        assert!(tag.is_tag() && tag.is_own_name() && tag.are("tags.owner"));
        assert!(!tag.are("owner"));
        let variable = Paths::new(["environment[0].variables.CODE"]);
        assert!(!variable.is_tag() && variable.is_own_name() && !variable.are("code"));
        assert!(!Paths::new(["tagging_rule"]).is_tag());
    }
}
