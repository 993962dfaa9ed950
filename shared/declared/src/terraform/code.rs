//! Reads Terraform's and OpenTofu's code for the one thing that no state and no plan tells: which attributes it says to
//! leave alone (`ignore_changes`). Reads nothing else of it, evaluates nothing, and opens no file.
//!
//! The modules below the root are found in `.terraform/modules/modules.json`, where `terraform init` has written it, or
//! by their source, where that is a folder beside. What a module that is not at hand ignores is unknown, and said.

mod folder;
mod json;
mod modules;
mod native;
mod path;

use std::collections::{BTreeMap, BTreeSet};

use folder::Folder;
use modules::Modules;

use super::address;
use crate::{Declaration, DeclaredError, Tool, Warning};

/// The most modules that one root may have, each counted as often as it is called.
const MODULES: usize = 10_000;

/// The code of one root module and of all modules below it.
///
/// ```
/// use driftwire_declared::{Code, Declaration, DeclaredError, Tool};
///
/// let text = "resource \"aws_ecs_service\" \"web\" {\n  lifecycle {\n    ignore_changes = [desired_count]\n  }\n}\n";
/// let files = |folder: &str| Ok(folder.is_empty().then(|| vec![("main.tf".to_owned(), text.to_owned())]));
/// let code = Code::read::<DeclaredError>("infra", None, files)?;
/// let mut declared = [Declaration::new(Tool::Terraform, "aws_ecs_service", "aws_ecs_service.web[\"a\"]")];
/// assert_eq!(code.apply(&mut declared).ignoring, 1);
/// assert_eq!(declared[0].ignored, ["desired_count"]);
/// # Ok::<(), DeclaredError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Code {
    /// From a block's address without indices to the attributes that it ignores.
    blocks: BTreeMap<String, Vec<String>>,
    warnings: Vec<Warning>,
}

/// What came of applying code to declarations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many declarations come from a block of this code.
    pub declarations: usize,
    /// How many of these ignore something.
    pub ignoring: usize,
    /// The blocks that ignore something, and that no declaration comes from.
    pub unmatched: Vec<String>,
}

/// One call of a module; the root is called by no one.
#[derive(Debug)]
struct Called {
    /// `edge.inner`, as `modules.json` names it.
    key: String,
    /// `module.edge.module.inner.`, empty for the root.
    prefix: String,
    folder: String,
    /// As the code names it.
    source: String,
}

impl Code {
    /// Whether a file of this name is code, where it lies in the folder of a module.
    #[must_use]
    pub fn is_file(name: &str) -> bool {
        folder::Name::parse(name).is_some()
    }

    /// Reads the code of a root module and of the modules below it.
    ///
    /// `origin` is what people call the root's folder. `modules` is the text of `.terraform/modules/modules.json` in it,
    /// where there is one. `files` gives names and texts of the files of a folder that [`Self::is_file`] accepts, and
    /// none where there is no such folder. Folders are seen from the root: the empty text for the root itself,
    /// `modules/edge`, `../shared`.
    ///
    /// # Errors
    /// When the root has no code, a file is no code, or an `ignore_changes` does not name attributes; and what `files`
    /// refuses. Trying again does not help.
    pub fn read<E: From<DeclaredError>>(
        origin: &str,
        modules: Option<&str>,
        mut files: impl FnMut(&str) -> Result<Option<Vec<(String, String)>>, E>,
    ) -> Result<Self, E> {
        let modules = Modules::parse(modules, origin)?;
        let mut folders: BTreeMap<String, Option<Folder>> = BTreeMap::new();
        let mut code = Self::default();
        let mut waiting = vec![Called::root()];
        let mut count = 0;
        while let Some(called) = waiting.pop() {
            count += 1;
            if count > MODULES {
                return Err(DeclaredError::too_much_code(origin, "10,000 modules").into());
            }
            if !folders.contains_key(&called.folder) {
                let found = files(&called.folder)?.filter(|files| !files.is_empty());
                let read = found.map(|files| Folder::read(origin, &called.folder, files)).transpose()?;
                folders.insert(called.folder.clone(), read);
            }
            match folders.get(&called.folder).and_then(Option::as_ref) {
                Some(folder) => code.take(&called, folder, &modules, &mut waiting),
                None if called.key.is_empty() => return Err(DeclaredError::NoCode { origin: origin.to_owned() }.into()),
                None => code.warnings.push(called.not_at_hand()),
            }
        }
        code.warnings.sort();
        Ok(code)
    }

    /// Tells each declaration what its block ignores. Several states of one code are all told.
    pub fn apply(&self, declarations: &mut [Declaration]) -> Applied {
        let mut applied = Applied::default();
        let mut matched: BTreeSet<String> = BTreeSet::new();
        for declaration in declarations {
            if !matches!(declaration.tool, Tool::Terraform | Tool::OpenTofu) {
                continue;
            }
            let block = address::without_indices(&declaration.address);
            let Some(paths) = self.blocks.get(&block) else { continue };
            applied.declarations += 1;
            applied.ignoring += usize::from(!paths.is_empty());
            let unknown = paths.iter().filter(|path| !declaration.ignored.contains(path));
            let unknown: Vec<String> = unknown.cloned().collect();
            declaration.ignored.extend(unknown);
            matched.insert(block);
        }
        let ignoring = self.blocks.iter().filter(|(_, paths)| !paths.is_empty()).map(|(block, _)| block);
        applied.unmatched = ignoring.filter(|block| !matched.contains(*block)).cloned().collect();
        applied
    }

    /// The blocks that ignore something: address without indices, and the attributes; `*` is all of them.
    pub fn ignored(&self) -> impl Iterator<Item = (&str, &[String])> {
        let ignoring = self.blocks.iter().filter(|(_, paths)| !paths.is_empty());
        ignoring.map(|(block, paths)| (block.as_str(), paths.as_slice()))
    }

    /// What was read, but deserves a look.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    fn take(&mut self, called: &Called, folder: &Folder, modules: &Modules, waiting: &mut Vec<Called>) {
        for (block, paths) in folder.resources() {
            self.blocks.insert(format!("{}{block}", called.prefix), paths.to_vec());
        }
        for (name, source) in folder.calls() {
            let dot = if called.key.is_empty() { "" } else { "." };
            let key = format!("{}{dot}{name}", called.key);
            let found = modules.folder(&key).or_else(|| modules::beside(&called.folder, source));
            let inner = Called {
                key,
                prefix: format!("{}module.{name}.", called.prefix),
                folder: found.clone().unwrap_or_default(),
                source: source.to_owned(),
            };
            match found {
                Some(_) => waiting.push(inner),
                None => self.warnings.push(inner.not_at_hand()),
            }
        }
    }
}

impl Called {
    fn root() -> Self {
        Self { key: String::new(), prefix: String::new(), folder: String::new(), source: String::new() }
    }

    fn not_at_hand(&self) -> Warning {
        let address = self.prefix.trim_end_matches('.').to_owned();
        Warning::ModuleNotAtHand { address, source: modules::without_credentials(&self.source) }
    }
}

#[cfg(test)]
mod tests;
