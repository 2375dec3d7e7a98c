//! Annotated stories: what people found in a text, and where the text lies.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::common::{Result, files, paths, root, say};

/// One annotated text.
pub(crate) struct Story {
    pub(crate) text: PathBuf,
    /// `statements` with `speaker`, `stance`, `start`, `end` (bytes) and perhaps `optional`; `organisations`, `actors`, `figures`, `cites`.
    pub(crate) found: Value,
}

/// What of each kind of thing is kept.
const KEPT: [(&str, &[&str]); 4] = [
    ("organisations", &["name", "role"]),
    ("actors", &["name", "aliases"]),
    ("figures", &["kind", "value", "unit"]),
    ("cites", &["source"]),
];

/// The stories of `GOLD`, else of this project, whose texts are at hand.
pub(crate) fn stories() -> Result<Vec<Story>> {
    let mut folders = paths("GOLD")?;
    if folders.is_empty() {
        folders.push(annotations()?);
    }
    let texts = by_digest(&paths("TEXTS")?)?;
    let mut stories = Vec::new();
    for path in folders.iter().map(|folder| files::files_below(folder)).collect::<std::io::Result<Vec<_>>>()?.concat() {
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let gold: Value = serde_json::from_slice(&fs::read(&path)?)?;
        match story(&path, &gold, &texts)? {
            Some(story) => stories.push(story),
            None => say(&format!("  {}: its text is not in TEXTS, or is another version", path.display())),
        }
    }
    Ok(stories)
}

fn story(path: &Path, gold: &Value, texts: &HashMap<String, PathBuf>) -> Result<Option<Story>> {
    if gold["text_file"].is_string() {
        return beside(path, gold);
    }
    let text = gold["sha256"].as_str().and_then(|digest| texts.get(digest));
    Ok(text.map(|text| Story { text: text.clone(), found: gold.clone() }))
}

/// An annotation with its text beside it: its spans are words of the text, or places in it counted in characters.
fn beside(path: &Path, gold: &Value) -> Result<Option<Story>> {
    let folder = path.parent().and_then(Path::parent).ok_or("an annotation lies in a folder beside its texts")?;
    let text_file = folder.join(gold["text_file"].as_str().unwrap_or_default());
    let Ok(text) = fs::read_to_string(&text_file) else { return Ok(None) };
    let mut statements = Vec::new();
    for said in gold["statements"].as_array().into_iter().flatten() {
        let (start, end) = place(&text, &said["span"])
            .ok_or_else(|| format!("{}: a span is not in the text: {}", path.display(), said["span"]))?;
        let mut kept = json!({ "speaker": said["speaker"], "stance": said["stance"], "start": start, "end": end });
        if said["optional"].as_bool() == Some(true) {
            kept["optional"] = json!(true);
        }
        statements.push(kept);
    }
    let mut found = Map::new();
    for name in ["slug", "address", "kind", "language"] {
        found.insert(name.to_owned(), gold[name].clone());
    }
    found.insert("sha256".to_owned(), json!(digest(text.as_bytes())));
    found.insert("statements".to_owned(), Value::Array(statements));
    for (kind, fields) in KEPT {
        let items = gold[kind].as_array().into_iter().flatten().map(|item| {
            let fields = fields.iter().filter(|f| !item[**f].is_null());
            Value::Object(fields.map(|f| ((*f).to_owned(), item[*f].clone())).collect())
        });
        found.insert(kind.to_owned(), items.collect());
    }
    Ok(Some(Story { text: text_file, found: Value::Object(found) }))
}

/// A span in bytes.
fn place(text: &str, span: &Value) -> Option<(usize, usize)> {
    if let Some(words) = span.as_str() {
        return text.find(words).map(|start| (start, start + words.len()));
    }
    let at = |which: usize| {
        let chars = usize::try_from(span[which].as_u64()?).ok()?;
        Some(text.char_indices().nth(chars).map_or(text.len(), |(byte, _)| byte))
    };
    Some((at(0)?, at(1)?))
}

/// Writes the annotations of a folder into this project, without their texts.
pub(crate) fn keep(folder: &Path) -> Result<()> {
    let name = folder.parent().and_then(Path::file_name).ok_or("keep takes a folder such as stories/first/gold")?;
    let to = annotations()?.join(name);
    fs::create_dir_all(&to)?;
    for path in files::files_below(folder)? {
        let gold: Value = serde_json::from_slice(&fs::read(&path)?)?;
        let story = beside(&path, &gold)?.ok_or_else(|| format!("{}: no text", path.display()))?;
        let file = to.join(path.file_name().unwrap_or_default());
        fs::write(file, serde_json::to_string(&story.found)? + "\n")?;
    }
    Ok(())
}

fn annotations() -> Result<PathBuf> {
    Ok(root()?.join("crates/gainsay/benches/reading/annotations"))
}

fn by_digest(folders: &[PathBuf]) -> Result<HashMap<String, PathBuf>> {
    let mut found = HashMap::new();
    for folder in folders {
        for path in files::files_below(folder)? {
            if path.extension().is_some_and(|ending| ending == "txt") {
                found.insert(digest(&fs::read(&path)?), path);
            }
        }
    }
    Ok(found)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
