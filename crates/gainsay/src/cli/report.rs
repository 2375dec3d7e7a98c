use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::Tlp;
use crate::desk::Format;
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
        let acting = acting(&desk);
        let (released, marking, withheld) = desk.report(&acting, &self.case, format, self.audience)?;
        write(&self.output, &released)?;
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
        ui.result(&format!("Wrote {} (TLP:{marking}{withheld}).", self.output.display()), &value);
        Ok(Answer::Yes)
    }
}

/// Writes a whole file or none: beside its place first, then under its name.
pub(super) fn write(path: &Path, released: &Released) -> Result<(), Error> {
    let failed = |why| Error::File { action: "write", path: path.to_owned(), why };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".gainsay-").tempfile_in(folder).map_err(failed)?;
    file.write_all(released.as_str().as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
