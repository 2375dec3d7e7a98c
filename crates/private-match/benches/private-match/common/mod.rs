//! What the benches of the program have and this one shares.

#[path = "../../../../gainsay/benches/common/python.rs"]
pub(crate) mod python;
#[path = "../../../../gainsay/benches/common/table.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
pub(crate) mod table;

use std::path::{Path, PathBuf};

/// What a measurement gives. Its error says why there is no figure.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The folder for inputs and results.
pub(crate) fn target() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// Tells on standard error what is under way.
#[expect(clippy::print_stderr, reason = "a bench talks to who started it")]
pub(crate) fn say(words: &str) {
    eprintln!("{words}");
}
