//! Puts the files of one folder together as Terraform does: which of them count, in which order, and what an override
//! file replaces. Knows nothing of other folders.

use std::collections::{BTreeMap, BTreeSet};

use super::{json, native};
use crate::DeclaredError;

/// The largest file of code that is read.
const FILE_BYTES: usize = 8 << 20;

/// What one file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    /// From `aws_vpc.main` to the attributes that the block ignores; none where it does not say.
    pub(super) resources: BTreeMap<String, Option<Vec<String>>>,
    /// From a module call's name to its source; none where it does not say, or not in plain text.
    pub(super) calls: BTreeMap<String, Option<String>>,
}

impl File {
    /// Notes a block. Of two blocks of one name, which Terraform refuses, both count.
    pub(super) fn add_resource(&mut self, kind: &str, name: &str, ignored: Option<Vec<String>>) {
        let known = self.resources.entry(format!("{kind}.{name}")).or_default();
        match (known, ignored) {
            (Some(known), Some(more)) => known.extend(more),
            (known @ None, ignored) => *known = ignored,
            (Some(_), None) => {}
        }
    }
}

/// The syntax of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Native,
    Json,
}

/// A file's name, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'n> {
    stem: &'n str,
    syntax: Syntax,
    is_opentofu: bool,
}

impl<'n> Name<'n> {
    /// Reads a name; none for a file that is not code. Editors' leftovers are not.
    pub(super) fn parse(name: &'n str) -> Option<Self> {
        if name.starts_with(['.', '#']) || name.ends_with('~') {
            return None;
        }
        let kinds = [
            (".tf", Syntax::Native, false),
            (".tofu", Syntax::Native, true),
            (".tf.json", Syntax::Json, false),
            (".tofu.json", Syntax::Json, true),
        ];
        kinds.into_iter().find_map(|(ending, syntax, is_opentofu)| {
            let stem = name.strip_suffix(ending).filter(|stem| !stem.is_empty())?;
            Some(Self { stem, syntax, is_opentofu })
        })
    }

    fn is_override(self) -> bool {
        self.stem == "override" || self.stem.ends_with("_override")
    }
}

/// What the files of one folder say together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    merged: File,
}

impl Folder {
    /// Reads the files of a folder, given with their names. Others than code are passed over.
    ///
    /// # Errors
    /// When a file is no code, or larger than code is.
    pub(super) fn read(origin: &str, folder: &str, mut files: Vec<(String, String)>) -> Result<Self, DeclaredError> {
        files.sort();
        let names = files.iter().filter_map(|(name, _)| Name::parse(name));
        let opentofu: BTreeSet<(String, bool)> = names
            .filter(|name| name.is_opentofu)
            .map(|name| (name.stem.to_owned(), name.syntax == Syntax::Json))
            .collect();
        let (mut plain, mut overrides) = (Vec::new(), Vec::new());
        for (name, text) in &files {
            let Some(parsed) = Name::parse(name) else { continue };
            // OpenTofu reads `x.tofu` in place of `x.tf`.
            if !parsed.is_opentofu && opentofu.contains(&(parsed.stem.to_owned(), parsed.syntax == Syntax::Json)) {
                continue;
            }
            let place = [origin.trim_end_matches('/'), folder, name].into_iter().filter(|part| !part.is_empty());
            let place = place.collect::<Vec<_>>().join("/");
            let file = read_file(&place, parsed.syntax, text)?;
            if parsed.is_override() { overrides.push(file) } else { plain.push(file) }
        }
        let mut whole = Self::default();
        plain.into_iter().for_each(|file| whole.add(file));
        overrides.into_iter().for_each(|file| whole.replace(file));
        Ok(whole)
    }

    /// The blocks: `aws_vpc.main`, and the attributes that each ignores.
    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.merged.resources.iter().map(|(block, ignored)| (block.as_str(), ignored.as_deref().unwrap_or_default()))
    }

    /// The module calls: name and source.
    pub(super) fn calls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.merged.calls.iter().map(|(name, source)| (name.as_str(), source.as_deref().unwrap_or_default()))
    }

    fn add(&mut self, file: File) {
        for (block, ignored) in file.resources {
            let (kind, name) = block.split_once('.').unwrap_or((&block, ""));
            self.merged.add_resource(kind, name, ignored);
        }
        self.merged.calls.extend(file.calls);
    }

    /// An override file replaces argument by argument, in blocks that are there already.
    fn replace(&mut self, file: File) {
        for (block, ignored) in file.resources {
            if let (Some(known), Some(_)) = (self.merged.resources.get_mut(&block), &ignored) {
                *known = ignored;
            }
        }
        for (name, source) in file.calls {
            if let (Some(known), Some(_)) = (self.merged.calls.get_mut(&name), &source) {
                *known = source;
            }
        }
    }
}

fn read_file(place: &str, syntax: Syntax, text: &str) -> Result<File, DeclaredError> {
    if text.len() > FILE_BYTES {
        return Err(DeclaredError::too_much_code(place, "8 MiB"));
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    match syntax {
        Syntax::Native => native::read(place, text),
        Syntax::Json => json::read(place, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_code_by_its_name() {
        for name in ["main.tf", "main.tf.json", "main.tofu", "main.tofu.json", "a.b.tf", "override.tf"] {
            assert!(Name::parse(name).is_some(), "{name}");
        }
        for name in ["main.tfvars", ".main.tf", "main.tf~", "#main.tf#", ".tf", "main.json", "main.tf.bak", ""] {
            assert!(Name::parse(name).is_none(), "{name}");
        }
    }

    fn folder(files: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let read = Folder::read("infra", "", files).unwrap();
        read.resources().map(|(block, ignored)| (block.to_owned(), ignored.to_vec())).collect()
    }

    fn block(ignored: &str) -> String {
        format!("resource \"aws_vpc\" \"main\" {{\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n")
    }

    fn main(ignored: &[&str]) -> Vec<(String, Vec<String>)> {
        vec![("aws_vpc.main".to_owned(), ignored.iter().map(|path| (*path).to_owned()).collect())]
    }

    #[test]
    fn an_override_replaces_the_argument() {
        let (one, other) = (block("[a]"), block("[b]"));
        assert_eq!(folder(&[("override.tf", &other), ("z.tf", &one)]), main(&["b"]));
        assert_eq!(folder(&[("a_override.tf", &block("[]")), ("z.tf", &one)]), main(&[]));
        assert_eq!(
            folder(&[("a_override.tf", &other), ("b_override.tf", &block("all")), ("z.tf", &one)]),
            main(&["*"])
        );
        let silent = "resource \"aws_vpc\" \"main\" {\n}\nresource \"aws_vpc\" \"new\" {\n}\n";
        assert_eq!(folder(&[("override.tf", silent), ("z.tf", &one)]), main(&["a"]));
        let json = r#"{"resource": {"aws_vpc": {"main": {"lifecycle": {"ignore_changes": ["c"]}}}}}"#;
        assert_eq!(folder(&[("x_override.tf.json", json), ("z.tf", &one)]), main(&["c"]));
    }

    #[test]
    fn a_file_of_opentofu_stands_in_for_its_namesake() {
        let (one, other) = (block("[a]"), block("[b]"));
        assert_eq!(folder(&[("main.tf", &one), ("main.tofu", &other)]), main(&["b"]));
        assert_eq!(folder(&[("main.tf", &one), ("other.tofu", "")]), main(&["a"]));
        assert_eq!(folder(&[("main.tf", &one), ("main.tofu.json", "{}")]), main(&["a"]));
    }

    #[test]
    fn a_file_that_nobody_wrote_by_hand_is_refused() {
        let huge = vec![("main.tf".to_owned(), " ".repeat(FILE_BYTES + 1))];
        assert_eq!(
            Folder::read("infra/", "modules/edge", huge).unwrap_err().to_string(),
            "`infra/modules/edge/main.tf` holds more than 8 MiB, more than any code that people write; give the folder of a root module"
        );
    }
}
