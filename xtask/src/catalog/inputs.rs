//! Fetches the packages that the catalog is generated from, in the versions that `shared/catalog/inputs` pins, through pip and
//! npm as they are configured. A file whose hash is not the pinned one is never read.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

use super::archive::Archive;

const REQUIREMENTS: &str = "shared/catalog/inputs/requirements.txt";
const NPM: &str = "shared/catalog/inputs/npm.txt";

/// The fetched packages.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// Where the packages lie.
    folder: PathBuf,
    pins: Vec<Pin>,
}

/// One line of `requirements.txt` or `npm.txt`.
#[derive(Debug, PartialEq, Eq)]
struct Pin {
    registry: Registry,
    /// `botocore`, `@aws-cdk/aws-service-spec`.
    package: String,
    version: String,
    /// `sha256:<hex>` or `sha512-<base64>`, as pip and npm write them.
    hash: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Registry {
    Pip,
    Npm,
}

impl Inputs {
    /// Fetches what is not there yet, and checks every hash. `root` is the workspace's folder.
    pub(crate) fn fetch(root: &Path) -> Result<Self> {
        let mut pins = Vec::new();
        for (file, registry) in [(REQUIREMENTS, Registry::Pip), (NPM, Registry::Npm)] {
            let text = std::fs::read_to_string(root.join(file)).with_context(|| format!("reading {file}"))?;
            pins.extend(read_pins(file, &text, registry)?);
        }
        let inputs = Self { folder: root.join("target/catalog"), pins };
        std::fs::create_dir_all(&inputs.folder)?;
        inputs.download(root)?;
        for pin in &inputs.pins {
            verify(&inputs.folder.join(pin.file()), pin)?;
        }
        Ok(inputs)
    }

    /// Opens a package by its name in the registry: `botocore`.
    pub(crate) fn open(&self, package: &str) -> Result<Archive> {
        let pin = self
            .pins
            .iter()
            .find(|pin| pin.package == package)
            .with_context(|| format!("`{package}` is not pinned in {REQUIREMENTS} or {NPM}"))?;
        Archive::open(&self.folder.join(pin.file()))
    }

    fn download(&self, root: &Path) -> Result<()> {
        let missing: Vec<&Pin> = self.pins.iter().filter(|pin| !self.folder.join(pin.file()).exists()).collect();
        if missing.iter().any(|pin| pin.registry == Registry::Pip) {
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
            run(pip.arg("-r").arg(root.join(REQUIREMENTS)).arg("-d").arg(&self.folder))?;
        }
        for pin in missing.iter().filter(|pin| pin.registry == Registry::Npm) {
            let mut npm = Command::new("npm");
            npm.args(["pack", "--silent", &format!("{}@{}", pin.package, pin.version), "--pack-destination"]);
            run(npm.arg(&self.folder))?;
        }
        Ok(())
    }
}

impl Pin {
    /// The name under which pip or npm stores the package.
    fn file(&self) -> String {
        match self.registry {
            Registry::Pip => format!("{}-{}-py3-none-any.whl", self.package.replace('-', "_"), self.version),
            Registry::Npm => format!("{}-{}.tgz", self.package.replace('@', "").replace('/', "-"), self.version),
        }
    }

    /// The file that pins it.
    fn pinned_in(&self) -> &'static str {
        match self.registry {
            Registry::Pip => REQUIREMENTS,
            Registry::Npm => NPM,
        }
    }
}

fn read_pins(file: &str, text: &str, registry: Registry) -> Result<Vec<Pin>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| {
            let expected = match registry {
                Registry::Pip => "`package==version --hash=sha256:<hex>`",
                Registry::Npm => "`package@version sha512-<base64>`",
            };
            read_pin(line, registry).with_context(|| format!("{file}:{}: expected {expected}, found `{line}`", at + 1))
        })
        .collect()
}

fn read_pin(line: &str, registry: Registry) -> Option<Pin> {
    let (what, hash) = line.split_once(' ')?;
    let ((package, version), hash) = match registry {
        Registry::Pip => (what.split_once("==")?, hash.trim().strip_prefix("--hash=")?),
        Registry::Npm => (what.rsplit_once('@')?, hash.trim()),
    };
    let known = hash.starts_with("sha256:") || hash.starts_with("sha512-");
    known.then(|| Pin { registry, package: package.to_owned(), version: version.to_owned(), hash: hash.to_owned() })
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting `{name}`, which fetches the catalog's inputs"))?;
    if !status.success() {
        bail!("`{name}` could not fetch the catalog's inputs ({status}); its own message is above");
    }
    Ok(())
}

/// Checks that the file is the pinned one.
fn verify(path: &Path, pin: &Pin) -> Result<()> {
    let file = path.display();
    let bytes = std::fs::read(path)
        .with_context(|| format!("`{file}` was not fetched: {} {} has no such file", pin.package, pin.version))?;
    let found = if pin.hash.starts_with("sha256:") {
        let hex: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    } else {
        format!("sha512-{}", STANDARD.encode(Sha512::digest(&bytes)))
    };
    if found != pin.hash {
        bail!(
            "`{file}` is not the pinned file: expected {}, found {found}; delete it and run again; if it stays so, the registry \
             serves something else than what {} pins: do not use it before you know why",
            pin.hash,
            pin.pinned_in()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    fn pin(registry: Registry, package: &str, hash: &str) -> Pin {
        Pin { registry, package: package.to_owned(), version: "1.2.3".to_owned(), hash: hash.to_owned() }
    }

    #[test]
    fn pins_are_read_and_name_their_files() {
        let pip = read_pins(REQUIREMENTS, "# why\n\npulumi-aws==1.2.3 --hash=sha256:ab\n", Registry::Pip).unwrap();
        assert_eq!(pip, [pin(Registry::Pip, "pulumi-aws", "sha256:ab")]);
        assert_eq!(pip[0].file(), "pulumi_aws-1.2.3-py3-none-any.whl");
        let npm = read_pins(NPM, "@scope/name@1.2.3 sha512-ab==\n", Registry::Npm).unwrap();
        assert_eq!(npm, [pin(Registry::Npm, "@scope/name", "sha512-ab==")]);
        assert_eq!(npm[0].file(), "scope-name-1.2.3.tgz");
    }

    #[test]
    fn a_pin_without_a_hash_is_refused_with_its_line() {
        let error = read_pins(REQUIREMENTS, "# first\nbotocore==1.2.3\n", Registry::Pip).unwrap_err().to_string();
        assert!(error.starts_with("shared/catalog/inputs/requirements.txt:2: expected"), "{error}");
    }

    #[test]
    fn the_right_hash_passes_in_both_notations() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hello");
        std::fs::write(&path, "hello").unwrap();
        verify(&path, &pin(Registry::Pip, "hello", HELLO)).unwrap();
        let sha512 = "sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";
        verify(&path, &pin(Registry::Npm, "hello", sha512)).unwrap();
    }

    #[test]
    fn a_wrong_hash_says_which_file_what_was_expected_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hello");
        std::fs::write(&path, "HELLO").unwrap();
        let error = verify(&path, &pin(Registry::Pip, "hello", HELLO)).unwrap_err().to_string();
        assert!(error.contains("hello` is not the pinned file"), "{error}");
        assert!(error.contains(&format!("expected {HELLO}, found sha256:3733cd97")), "{error}");
        assert!(error.contains("delete it and run again"), "{error}");
    }

    #[test]
    fn an_unpinned_package_is_refused() {
        let inputs = Inputs { folder: PathBuf::new(), pins: Vec::new() };
        assert!(inputs.open("boto3").unwrap_err().to_string().contains("`boto3` is not pinned"));
    }
}
