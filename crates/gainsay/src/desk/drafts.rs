//! Reading texts without a desk: nothing is kept.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::model::Reader;
use super::{Error, Shape};
use crate::capture::Opener;
use crate::claim::{About, Tlp};
use crate::export;
use crate::read::Gazetteer;
use crate::release::Released;

/// The drafts of one file.
pub struct Drafts {
    /// As they are shown.
    pub shown: Released,
    /// What was wrong with the file.
    pub problems: Vec<String>,
}

/// The drafts of each file, with what was wrong with it; what fails is reported and the rest goes on. The marking is that of all of them.
///
/// # Errors
/// The child that opens foreign files cannot be started.
pub fn drafts(
    files: &[PathBuf],
    shape: Shape,
    unjailed: bool,
    (reader, tlp): (&Reader<'_>, Option<Tlp>),
    on_result: &mut dyn FnMut(Result<Drafts, Error>),
) -> Result<(), Error> {
    let mut opener = Opener::start(unjailed)?;
    let names = Gazetteer::built_in();
    for file in files {
        on_result(drafts_of(file, shape, &mut opener, &names, (reader, tlp)));
    }
    Ok(())
}

fn drafts_of(
    file: &Path,
    shape: Shape,
    opener: &mut Opener,
    names: &Gazetteer,
    (reader, tlp): (&Reader<'_>, Option<Tlp>),
) -> Result<Drafts, Error> {
    let mut captured = opener.document(file)?;
    let about = About { title: captured.title.clone(), outlet: captured.outlet.clone(), published: captured.published };
    let read = reader.read(file, &captured.text, &about, names, tlp)?;
    captured.problems.extend(read.problems);
    let name = file.to_string_lossy();
    let shown = match shape {
        Shape::Json => {
            let mut value = export::reading::reading_to_json(&captured.text, &read.reading);
            value["reader"] = json!(read.reader);
            value["file"] = json!(name);
            value["title"] = json!(captured.title);
            value["outlet"] = json!(captured.outlet);
            value["published"] = json!(captured.published.map(|at| at.to_string()));
            Released::json(value)
        }
        Shape::Text(_) | Shape::Brief(_) => {
            Released::plain(&export::text::reading(&name, &captured.text, &read.reading))
        }
    };
    Ok(Drafts { shown, problems: captured.problems })
}
