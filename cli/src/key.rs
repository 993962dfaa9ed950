//! The key that secrets are hashed with before they reach a store: the same in every run, or nothing would compare. It is
//! read from a file, never from the command line, and made once beside a store in a file.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use driftwire_declared::Redactor;
use driftwire_store::Origins as _;

use crate::args::KeyArgs;
use crate::desk::fresh_key;
use crate::print::note;
use crate::store::{Store, StoreName, wait};

/// What the key is called that is made beside a store in a file.
const FILE: &str = "driftwire.key";
/// The shortest key that is taken, and the largest file.
const SHORTEST: usize = 16;
const LARGEST: u64 = 64 << 10;

/// What hashes the secrets of a store.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) redactor: Redactor,
    /// Where a key that is new is to be kept, and as what.
    new: Option<(PathBuf, String)>,
}

impl Key {
    /// The key of a store. One that is new is not kept yet.
    pub(crate) fn of(args: &KeyArgs, store: &StoreName) -> Result<Self> {
        let known = |key: Vec<u8>| Self { redactor: Redactor::new(&key), new: None };
        if let Some(file) = &args.file {
            return read(file).map(known);
        }
        match store {
            StoreName::Memory => Ok(known(fresh_key().to_vec())),
            StoreName::Sqlite(store) => {
                let file = store.with_file_name(FILE);
                if file.exists() {
                    return read(&file).map(known);
                }
                let key = hex(&random()?);
                Ok(Self { redactor: Redactor::new(key.as_bytes()), new: Some((file, key)) })
            }
            StoreName::DynamoDb(table) => bail!(
                "dynamodb:{table}: the key that its secrets are hashed with is needed: --key FILE, or \
                 DRIFTWIRE_KEY_FILE; fetch it once: aws secretsmanager get-secret-value --secret-id {}-hash-key \
                 --query SecretString --output text > key",
                table.rsplit('/').next().unwrap_or(table)
            ),
        }
    }

    /// Keeps a key that is new, before anything is hashed with it in the store. Refuses where something was hashed with
    /// another.
    pub(crate) fn keep(&self, store: &Store) -> Result<()> {
        let Some((file, key)) = &self.new else { return Ok(()) };
        if let Some(known) = wait(store.origins())?.first() {
            bail!(
                "{}: no such file; it is the key that secrets of `{}` in this store were hashed with: put it back, \
                 give it with --key, or start a new store",
                file.display(),
                known.origin
            );
        }
        make(file, key)?;
        note(&format!(
            "note: made the key {}, which secrets are hashed with; keep it with the store, and from others",
            file.display()
        ));
        Ok(())
    }
}

fn make(file: &Path, key: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    // Where another run came first, this one has the wrong key.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(file).with_context(|| format!("making the key {}", file.display()))?;
    let written = open.write_all(key.as_bytes()).and_then(|()| open.sync_all());
    written.with_context(|| format!("writing the key {}", file.display()))
}

/// Reads a key: the text of a file, without the end of its line.
fn read(file: &Path) -> Result<Vec<u8>> {
    let reading = || format!("reading the key {}", file.display());
    let mut key = Vec::new();
    File::open(file).with_context(reading)?.take(LARGEST).read_to_end(&mut key).with_context(reading)?;
    while key.pop_if(|last| matches!(last, b'\n' | b'\r')).is_some() {}
    ensure!(
        key.len() >= SHORTEST,
        "{}: the key is too short; expected {SHORTEST} bytes or more, as `openssl rand -hex 32` makes them",
        file.display()
    );
    Ok(key)
}

/// Random bytes of the system.
fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    if cfg!(unix) {
        File::open("/dev/urandom").and_then(|mut it| it.read_exact(&mut bytes)).context("reading /dev/urandom")?;
    } else {
        bytes = fresh_key();
    }
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
