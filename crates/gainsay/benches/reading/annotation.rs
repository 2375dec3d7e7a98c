//! What people read in a text, and where that text is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::common::files::files_below;
use crate::common::{Result, root};

/// A text with what people read in it.
pub(crate) struct Annotated {
    /// Its short name.
    pub(crate) slug: String,
    /// Whether no rule was written with an eye on it.
    pub(crate) held_out: bool,
    /// Where the text lies here.
    pub(crate) text: PathBuf,
    /// The lists of the annotation, each item's `span` as `[start, end]` in bytes.
    pub(crate) read: Value,
}

/// The annotations whose text is in one of the folders, and the names of those whose text is not.
pub(crate) fn load(folders: &[PathBuf]) -> Result<(Vec<Annotated>, Vec<String>)> {
    let texts = by_digest(folders)?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    let place = root()?.join("crates/gainsay/benches/reading/annotations");
    for path in files_below(&place)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "json")) {
        let read: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        let slug = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match texts.get(read["sha256"].as_str().unwrap_or_default()) {
            Some(text) => {
                let held_out = read["held_out"] == true;
                found.push(Annotated { slug, held_out, text: text.clone(), read });
            }
            None => missing.push(slug),
        }
    }
    Ok((found, missing))
}

/// The texts below these folders, by their SHA-256 in hexadecimal.
pub(crate) fn by_digest(folders: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>> {
    let mut texts = BTreeMap::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for path in files_below(folder)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "txt")) {
            texts.insert(digest(&path)?, path);
        }
    }
    Ok(texts)
}

fn digest(path: &Path) -> Result<String> {
    Ok(Sha256::digest(std::fs::read(path)?).iter().map(|byte| format!("{byte:02x}")).collect())
}
