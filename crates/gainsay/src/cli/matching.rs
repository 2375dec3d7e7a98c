use std::path::PathBuf;
use std::time::Duration;

use super::passwords::Passwords;
use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::desk::{Engines, MEMORY, MatchOptions, SampleProgress, Shape};

/// Is it ours? How much, which files, which versions, when; works with no case
///
/// Exits 0 where the sample is the owner's, wholly or in part, or a listing of its files, and 1 where it is not or where it cannot be told.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A file, a folder or an archive, or all parts of one; or a listing of files (tree, ls -lR, dir /s, find -ls, unzip -l, paths)
    #[arg(value_name = "SAMPLE", required = true)]
    sample: Vec<PathBuf>,
    /// The sample is a listing of files, though it may not look like one: say so where it cannot be read as one
    #[arg(long)]
    listing: bool,
    /// Match against this corpus of ours only; public and published ones always take part
    #[arg(long, value_name = "NAME")]
    corpus: Option<String>,
    /// Show this file of the sample beside the company's file that it matches best
    #[arg(long, value_name = "FILE", conflicts_with = "case")]
    compare: Option<String>,
    /// Keep the result as evidence in this case
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// How much memory may be used for what grows with the sample; of a sample that needs more, some figures are those of an even part
    #[arg(long, value_name = "MB", default_value_t = MEMORY >> 20)]
    memory: usize,
    /// Scan for malware with the daemon of ClamAV that listens at this socket; Debian's is used where it is there
    #[arg(long, value_name = "SOCKET")]
    clamd: Option<PathBuf>,
    /// Scan for malware with YARA by these rules: a file, or a folder of *.yar and *.yara
    #[arg(long, value_name = "RULES")]
    yara: Option<PathBuf>,
    /// Tell which of its files leaked before: a list of digests (MD5, SHA-1, SHA-256 or BLAKE3), one on a line, of any length
    #[arg(long, value_name = "FILE", conflicts_with = "compare")]
    leaks: Option<PathBuf>,
    /// Do not look for what the sample must not reveal (secrets, logins, personal data), which takes a good part of the time
    #[arg(long)]
    no_sensitive: bool,
    /// Do not read the text in pictures, each of which takes a second or some
    #[arg(long)]
    no_pictures: bool,
    /// Keep what is known so often, sealed in the desk, so that the same command goes on where a match was killed; 0 keeps it after each file
    #[arg(long, value_name = "SECONDS", default_value_t = 60, conflicts_with = "no_bookmark")]
    bookmark: u64,
    /// Keep nothing, and begin at the start
    #[arg(long)]
    no_bookmark: bool,
    #[command(flatten)]
    passwords: Passwords,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
        let mut progress = |done: SampleProgress| ui.progress(|| done.words());
        let corpus = self.corpus.as_deref();
        let Some((sample, parts)) = self.sample.split_first() else { return Ok(Answer::No) };
        let passwords = self.passwords.read()?;
        let options = MatchOptions {
            parts,
            corpus,
            case: self.case.as_deref(),
            is_listing: self.listing,
            unjailed: self.unsafe_no_sandbox,
            passwords: &passwords,
            passwords_from: self.passwords.file(),
            leaks: self.leaks.as_deref(),
            engines: Engines {
                clamd: self.clamd.as_deref(),
                yara: self.yara.as_deref(),
                unjailed: self.unsafe_no_sandbox,
            },
            no_sensitive: self.no_sensitive,
            no_pictures: self.no_pictures,
            memory: Some(self.memory << 20),
            bookmark: (!self.no_bookmark).then(|| Duration::from_secs(self.bookmark)),
        };
        if let Some(file) = &self.compare {
            let compared = desk.compare(sample, file, options, &mut progress)?;
            ui.clear_progress();
            ui.out(&compared.shown(shape, ui.columns()));
            return Ok(if compared.is_ours() { Answer::Yes } else { Answer::No });
        }
        let acting = acting(&desk)?;
        let report = desk.match_sample(&acting, sample, options, &mut progress)?;
        ui.clear_progress();
        ui.out(&report.shown(shape));
        Ok(if report.is_ours() { Answer::Yes } else { Answer::No })
    }
}
