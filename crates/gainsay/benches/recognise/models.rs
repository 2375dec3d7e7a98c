//! Whether models are recognised when they are stored otherwise, changed in part or trained a little.
//!
//! `models.py` trains small networks and stores them by the formats' own libraries, which are installed from PyPI. Others learnt the same
//! task from the same examples, from other beginnings, and are stored likewise: none of these may be called ours. `QUICK` trains
//! fewer.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use crate::common::program::{Channels, Desk};
use crate::common::python::Python;
use crate::common::table::Table;
use crate::common::{self, Result, say};
use crate::{Count, recognised};

const PROGRAM: &str = include_str!("models.py");

/// What is installed, and what of it must be importable.
const PACKAGES: [(&str, &str); 5] = [
    ("numpy", "numpy"),
    ("ml_dtypes", "ml_dtypes"),
    ("safetensors", "safetensors.numpy"),
    ("onnx", "onnx.numpy_helper"),
    ("gguf", "gguf.quants"),
];

/// `models`, for each way to store one, and `models/others`.
pub(crate) fn measure(_: u64, table: &mut Table) -> Result<()> {
    let (folder, desk) = (common::target()?.join("models"), common::target()?.join("models.desk"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    say("models: training");
    Python::with(&common::target()?.join("models.python"), &PACKAGES)?.run(PROGRAM, &folder)?;
    let desk = Desk::fresh(&desk)?;
    desk.add(&folder.join("ours"), Channels::All)?;
    let (mut ours, mut theirs): (BTreeMap<String, Count>, Count) = Default::default();
    for sample in common::files::files_below(&folder.join("samples"))? {
        let name = sample.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (model, kind) = name.split_once('-').unwrap_or((&name, ""));
        let said = desk.run(&[OsStr::new("match"), sample.as_os_str()])?.said;
        let rows = said["results"][0]["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
        let best = format!("{model}.safetensors");
        let recognised = rows.iter().any(|row| {
            let is_ours = matches!(row["verdict"].as_str(), Some("ours" | "partly ours"));
            is_ours && (model == "theirs" || row["best"]["path"] == best.as_str())
        });
        let count = if model == "theirs" { &mut theirs } else { ours.entry(kind.to_owned()).or_default() };
        *count = (count.0 + 1, count.1 + usize::from(recognised));
    }
    recognised(table, "models", 0.95, ours, theirs);
    desk.remove()
}
