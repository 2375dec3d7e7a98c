//! Others on the same samples: scanoss-winnowing, TLSH, ssdeep and copydetect, each by the rule that its authors give or, where
//! they give none, by ours.

use std::fs;

use serde_json::Value;

use crate::common::python::Python;
use crate::common::table::Table;
use crate::common::{Result, say, target};
use crate::interval::share;
use crate::samples::{self, Kind};
use crate::setting::Setting;

/// The package of PyPI, and what of it must be importable.
const PEERS: [(&str, &str); 4] = [
    ("scanoss-winnowing", "scanoss_winnowing, _winnowing"),
    ("py-tlsh", "tlsh"),
    ("ppdeep", "ppdeep"),
    ("copydetect", "copydetect"),
];

/// Reads a folder with `known` and a folder for each kind, and prints for each peer and kind how many files of how many match.
const PROGRAM: &str = include_str!("peers.py");

/// For each peer the rows `exact` to `ocr5` and `unrelated`, over all repositories.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    let root = target()?.join("peers-matching");
    let mut there = Vec::new();
    for (package, modules) in PEERS {
        match Python::with(&root, &[(package, modules)]) {
            Ok(python) => there.push((package, python)),
            Err(error) => table.skipped(package, &error.to_string()),
        }
    }
    let kinds: Vec<Kind> = Kind::EDITS.into_iter().chain([Kind::Unrelated]).collect();
    let folder = setting.folder.join("peers");
    let mut counts = vec![vec![(0, 0); kinds.len()]; there.len()];
    for tested in &setting.tested {
        say(&format!("peers: {}", tested.name));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let files = setting.count(40, 12);
        for kind in &kinds {
            let of_kind = folder.join(kind.word());
            let truth = samples::write(&tested.history, *kind, 2, files, &tested.foreign, &of_kind)?;
            // They know the very versions that the samples were made from, and the newest of all files.
            for whence in truth.files.values() {
                let Some(commit) = whence.commit else { continue };
                let standing = tested.history.at(commit).into_iter().filter(|version| version.path == whence.path);
                for version in standing {
                    let path = folder.join("known").join(version.blob.to_hex().to_string()).join(&version.path);
                    fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
                    fs::write(path, tested.history.bytes(version.blob)?)?;
                }
            }
        }
        for ((package, python), counts) in there.iter().zip(&mut counts) {
            say(&format!("peers: {package}, {}", tested.name));
            let said: Value = serde_json::from_str(&python.run(&PROGRAM.replace("PEER", package), &folder)?)?;
            for (kind, count) in kinds.iter().zip(counts) {
                let number = |at: usize| said[kind.word()][at].as_u64().and_then(|number| usize::try_from(number).ok());
                count.0 += number(0).unwrap_or_default();
                count.1 += number(1).unwrap_or_default();
            }
        }
    }
    for ((package, _), counts) in there.iter().zip(&counts) {
        for (kind, (some, all)) in kinds.iter().zip(counts) {
            let note = format!("{some} of {all} files of all repositories");
            table.estimated(&format!("{package}/{}", kind.word()), None, share(*some, *all), note);
        }
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}
