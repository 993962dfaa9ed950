//! What the tests of the deployed half need: an AWS of this machine's own, a place outside that listens to what the sinks
//! say, and something between the functions and AWS that fails as it is told. It decides nothing about drift.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "test code: what does not hold panics"
)]

pub mod faults;
pub mod made;
pub mod outside;
pub mod records;
pub mod stack;
pub mod wire;

pub use faults::{Fault, Proxy};
pub use outside::{Heard, Outside, Told};
pub use stack::{Setup, Stack};

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder with the functions, each as `NAME/bootstrap`; says that the test is skipped where there is none.
#[must_use]
#[expect(clippy::print_stdout, reason = "a test that does nothing says so")]
pub fn functions() -> Option<PathBuf> {
    let folder = std::env::var_os("DRIFTWIRE_LAMBDA").map(|it| root().join(it));
    if folder.is_none() {
        println!("skipped: DRIFTWIRE_LAMBDA is not set; `make test-aws` builds the functions and sets it");
    }
    folder
}

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// A number from the environment.
#[must_use]
pub fn number(name: &str, otherwise: usize) -> usize {
    std::env::var_os(name).and_then(|it| it.to_str()?.parse().ok()).unwrap_or(otherwise)
}

/// Waits until something is so.
pub fn until<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + within;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "not within {within:?}: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
