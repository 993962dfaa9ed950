//! Packs the data files into tables that are searched in place, so that nothing is parsed when the program starts.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a build script reports by failing, and talks to cargo"
)]

mod call_rows;
mod ignored;
#[path = "../src/kinds.rs"]
#[expect(dead_code, unreachable_pub, reason = "the library's own module, of which packing needs a part")]
mod kinds;
mod merge;
mod pack;
#[path = "../src/packed.rs"]
mod packed;
mod resource_rows;
mod rows;
#[path = "../src/spelling.rs"]
#[expect(dead_code, reason = "the library's own module, of which packing needs a part")]
mod spelling;
mod stack_rows;
mod table;
mod terraform_rows;
mod texts;

use std::path::{Path, PathBuf};

use texts::Texts;

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut texts = Texts::default();
    let kinds = terraform_rows::read();
    let calls = merge::calls(&kinds);
    // Twice: the first pass counts the texts, so that the frequent ones get the short numbers.
    for _ in 0..2 {
        texts.settle();
        table::write(&out, "calls", &pack::calls(&calls, &mut texts), &texts);
        table::write(&out, "terraform", &terraform_rows::pack(&kinds, &mut texts), &texts);
        table::write(&out, "stacks", &stack_rows::pack(&mut texts), &texts);
        table::write(&out, "resources", &resource_rows::pack(&mut texts), &texts);
        table::write(&out, "services", &resource_rows::pack_sources("services", &mut texts), &texts);
        table::write(&out, "namespaces", &resource_rows::pack_sources("namespaces", &mut texts), &texts);
    }
    texts.write(&out);
    std::fs::write(out.join("tokens.bin"), terraform_rows::tokens(&kinds)).expect("the build folder is writable");
    std::fs::write(out.join("ignored.rs"), ignored::source()).expect("the build folder is writable");
    println!("cargo::rerun-if-changed=data");
}

/// The TOML files of a folder, sorted: stem, path, text. None where the folder does not exist.
fn files(folder: &str) -> Vec<(String, PathBuf, String)> {
    let Ok(entries) = std::fs::read_dir(Path::new("data").join(folder)) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .map(|entry| entry.expect("readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("readable file");
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, path, text)
        })
        .collect()
}
