//! What the benches share.

pub(crate) mod files;
pub(crate) mod numbers;
pub(crate) mod program;
pub(crate) mod python;
pub(crate) mod table;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a measurement gives. Its error says why there is no figure.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The project's own folder, wherever Cargo builds.
pub(crate) fn root() -> Result<PathBuf> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?)
}

/// The folder for inputs, desks and results.
pub(crate) fn target() -> Result<PathBuf> {
    let folder = root()?.join("target/bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Whether a variable asks for something.
pub(crate) fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// The paths that a variable names, with blanks between; relative ones are as in the Makefile, from the root.
pub(crate) fn paths(variable: &str) -> Result<Vec<PathBuf>> {
    let root = root()?;
    Ok(std::env::var(variable).unwrap_or_default().split_whitespace().map(|path| root.join(path)).collect())
}

/// What a repository is called: its folder's name, or where that says nothing, the one around it too.
pub(crate) fn name(repository: &Path) -> String {
    let mut parts = repository.iter().rev().map(|part| part.to_string_lossy());
    let last = parts.next().unwrap_or_default();
    match parts.next() {
        Some(around) if last == "repo" => format!("{around}/{last}"),
        _ => last.into_owned(),
    }
}

/// Tells on standard error what is under way.
#[expect(clippy::print_stderr, reason = "a bench talks to who started it")]
pub(crate) fn say(words: &str) {
    eprintln!("{words}");
}

/// The words that a bench was started with: Cargo adds options, which are none.
pub(crate) fn arguments() -> Vec<String> {
    std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect()
}

/// How a bench ends.
pub(crate) fn ended(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "figures are given with three digits")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}
