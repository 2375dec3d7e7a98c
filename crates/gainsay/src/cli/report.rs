use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::NamedTempFile;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::{Tlp, on_one_line};
use crate::desk::{Format, Reported};
use crate::release::Released;

/// Write the page to hand over: HTML, Markdown or JSON by the file's ending
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// The file: .html, .md or .json
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// To which marking its readers are cleared; what is marked above it is withheld and counted
    #[arg(long, value_name = "TLP", value_parser = parse_word::<Tlp>)]
    audience: Option<Tlp>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let format = match self.output.extension().and_then(|ending| ending.to_str()) {
            Some("html" | "htm") => Format::Html,
            Some("md") => Format::Markdown,
            Some("json") => Format::Json,
            _ => {
                let path = self.output.display();
                return Err(Error::Usage(format!(
                    "cannot tell the format of {path}: end the name in .html, .md or .json"
                )));
            }
        };
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let Reported { staged, marking, withheld } =
            desk.report(&acting, &self.case, format, self.audience, |released| stage(&self.output, released))?;
        staged.give_its_name()?;
        let value = json!({
            "path": self.output.to_string_lossy(),
            "format": format.word(),
            "tlp": marking.word(),
            "withheld": withheld,
        });
        let withheld = match withheld {
            0 => String::new(),
            count => format!("; {} withheld under their marking", crate::claim::counted(count, "item")),
        };
        let marking = marking.word().to_uppercase();
        let output = on_one_line(&self.output.to_string_lossy());
        ui.result(&format!("Wrote {output} (TLP:{marking}{withheld})."), &value);
        Ok(Answer::Yes)
    }
}

/// A whole file on the disk beside its place: only its name is missing. Dropped, it is gone.
pub(super) struct Staged<'p> {
    file: NamedTempFile,
    path: &'p Path,
}

/// Writes what was released beside its place.
pub(super) fn stage<'p>(path: &'p Path, released: &Released) -> Result<Staged<'p>, Error> {
    let failed = |why| Error::File { action: "write", path: path.to_owned(), why };
    if path.is_dir() {
        return Err(failed(std::io::ErrorKind::IsADirectory.into()));
    }
    let mut file = tempfile::Builder::new().prefix(".gainsay-").tempfile_in(folder_of(path)).map_err(failed)?;
    file.write_all(released.as_str().as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    Ok(Staged { file, path })
}

impl Staged<'_> {
    /// Puts the file in its place, whole.
    pub(super) fn give_its_name(self) -> Result<(), Error> {
        let failed = |why| Error::File { action: "write", path: self.path.to_owned(), why };
        self.file.persist(self.path).map_err(|e| failed(e.error))?;
        std::fs::File::open(folder_of(self.path)).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
