//! The files of this machine.

use std::fs;
use std::path::{Path, PathBuf};

use super::Result;

/// Endings of source code.
const SOURCE: &[&str] = &[
    "c", "cc", "cpp", "cs", "go", "h", "hpp", "java", "js", "kt", "m", "mm", "php", "py", "rb", "rs", "scala", "sh",
    "sql", "swift", "ts",
];

/// Endings of other text.
const TEXT: &[&str] = &[
    "api",
    "bat",
    "cfg",
    "cmake",
    "conf",
    "csproj",
    "css",
    "csv",
    "gradle",
    "html",
    "in",
    "ini",
    "json",
    "kts",
    "md",
    "properties",
    "proto",
    "rst",
    "sbt",
    "stub",
    "svg",
    "tex",
    "toml",
    "txt",
    "xml",
    "yaml",
    "yml",
];

/// Whether a name is that of source code.
pub(crate) fn is_source(path: &Path) -> bool {
    ending(path).is_some_and(|ending| SOURCE.contains(&ending))
}

/// Whether a name is that of source code or other text.
pub(crate) fn is_text(path: &Path) -> bool {
    is_source(path) || ending(path).is_some_and(|ending| TEXT.contains(&ending))
}

/// What follows the last dot of a name.
pub(crate) fn ending(path: &Path) -> Option<&str> {
    path.extension().and_then(|ending| ending.to_str())
}

/// Where Cargo has unpacked the packages that it built.
pub(crate) fn cargo_registry() -> Result<PathBuf> {
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => std::env::home_dir().ok_or("no home folder")?.join(".cargo"),
    };
    Ok(home.join("registry/src"))
}

/// Every regular file below a folder, sorted by path.
pub(crate) fn files_below(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The length of every regular file below a folder together.
pub(crate) fn bytes_below(root: &Path) -> std::io::Result<u64> {
    files_below(root)?.iter().map(|file| Ok(fs::metadata(file)?.len())).sum()
}
