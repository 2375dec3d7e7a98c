//! Reading texts without a desk: nothing is kept.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::model::Reader;
use super::{Error, Shape};
use crate::capture::{Captured, Opener};
use crate::claim::{About, Tlp};
use crate::export;
use crate::read::{Gazetteer, explain};
use crate::release::Released;

/// The drafts of one document.
pub struct Drafts {
    /// As they are shown.
    pub shown: Released,
    /// What was wrong with the document.
    pub problems: Vec<String>,
}

/// The drafts of each document in the files, `explained` step by step where that is asked for, with what was wrong with it; what fails is
/// reported and the rest goes on. The marking is that of all of them.
///
/// # Errors
/// The child that opens foreign files cannot be started.
pub fn drafts(
    files: &[PathBuf],
    shape: Shape,
    explained: bool,
    unjailed: bool,
    (reader, tlp): (&Reader<'_>, Option<Tlp>),
    on_result: &mut dyn FnMut(Result<Drafts, Error>),
) -> Result<(), Error> {
    let mut opener = Opener::start(unjailed)?;
    let names = Gazetteer::built_in();
    for file in files {
        let read = opener.documents(file, &mut |captured| {
            let captured = captured.map_err(Error::from);
            on_result(captured.and_then(|captured| drafts_of(file, captured, shape, explained, &names, (reader, tlp))));
            ControlFlow::Continue(())
        });
        if let Err(why) = read {
            on_result(Err(why.into()));
        }
    }
    Ok(())
}

fn drafts_of(
    file: &Path,
    mut captured: Captured,
    shape: Shape,
    explained: bool,
    names: &Gazetteer,
    (reader, tlp): (&Reader<'_>, Option<Tlp>),
) -> Result<Drafts, Error> {
    let about = About {
        title: captured.title.clone(),
        outlet: captured.outlet.clone(),
        published: captured.published,
        kind: None,
    };
    let read = reader.read(file, &captured.text, &about, names, tlp)?;
    captured.problems.extend(read.problems);
    let steps = if explained { explain(&captured.text, &about, names) } else { Vec::new() };
    let name = file.to_string_lossy();
    let shown = match shape {
        Shape::Json => {
            let mut value = export::reading::reading_to_json(&captured.text, &read.reading);
            lead_back(&mut value, &captured);
            if explained {
                value["explained"] = export::reading::explained_to_json(&captured.text, &steps);
            }
            value["reader"] = json!(read.reader);
            value["file"] = json!(name);
            value["part"] = json!(captured.part);
            value["title"] = json!(captured.title);
            value["outlet"] = json!(captured.outlet);
            value["published"] = json!(captured.published.map(|at| at.to_string()));
            Released::json(value)
        }
        Shape::Text(_) | Shape::Screen(_) | Shape::Brief(_) => {
            let name = captured.part.as_ref().map_or(name.to_string(), |part| format!("{name}!{part}"));
            let shown = export::text::reading(&name, &captured.text, &read.reading);
            Released::plain(&(shown + &export::text::explained(&captured.text, &read.reading, &steps)))
        }
    };
    Ok(Drafts { shown, problems: captured.problems })
}

/// Adds to each span of the text where it stands in the file.
fn lead_back(value: &mut Value, captured: &Captured) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| lead_back(value, captured)),
        Value::Object(fields) => {
            let end = |name: &str| fields.get("span").and_then(|span| span[name].as_u64());
            let raw = end("start").zip(end("end")).and_then(|(start, end)| captured.map.in_file(start..end));
            if let Some(raw) = raw {
                fields.insert("in_file".to_owned(), json!({ "start": raw.start, "end": raw.end }));
            }
            fields.iter_mut().for_each(|(_, value)| lead_back(value, captured));
        }
        _ => {}
    }
}
