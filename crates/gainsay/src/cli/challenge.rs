use std::path::PathBuf;

use super::passwords::Passwords;
use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::DrawnBy;
use crate::desk::{Drawing, MatchOptions, SampleProgress, Shape};

/// How much of what a seller lists is genuine? Files are drawn at random from a listing that was committed to before
///
/// First `open` with the listing: it is on record from then on. Then `draw`: what it prints goes to the seller. Then `answer` with the
/// files that came: it says between which shares the genuine part of all listed files lies (docs/challenge.md).
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Commit to a listing: from now on it is on record, with the SHA-256 of a nonce of ours
    Open {
        /// The case
        #[arg(value_name = "CASE")]
        case: String,
        /// The listing (tree, ls -lR, dir /s, find -ls, unzip -l, paths): a file, or a source of the case by its handle
        #[arg(value_name = "LISTING")]
        listing: String,
    },
    /// Draw files of the newest challenge, once, and print what to ask for
    Draw {
        /// The case
        #[arg(value_name = "CASE")]
        case: String,
        /// A value that nobody could choose when the challenge was opened, such as the hash of a later block
        #[arg(long, value_name = "VALUE")]
        public: Option<String>,
        /// How wide the interval may be at most, in percent of all that is listed
        #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        width: u32,
        /// How many files to draw, whatever the width
        #[arg(long, value_name = "N", conflicts_with = "width")]
        count: Option<u64>,
        /// How often the interval holds, in percent
        #[arg(long, value_name = "PERCENT", default_value_t = 95, value_parser = clap::value_parser!(u32).range(50..=99))]
        confidence: u32,
        /// What is drawn evenly: files, or bytes (large files are likelier)
        #[arg(long, value_name = "files|bytes", default_value = "files", value_parser = parse_word::<DrawnBy>)]
        by: DrawnBy,
    },
    /// Hold what came against the corpora, and say what follows; exits 1 where nothing of it is genuine
    Answer {
        /// The case
        #[arg(value_name = "CASE")]
        case: String,
        /// The files that came: files, folders or archives
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// Match against this corpus of ours only; public and published ones always take part
        #[arg(long, value_name = "NAME")]
        corpus: Option<String>,
        #[command(flatten)]
        passwords: Passwords,
        /// Open foreign files even where the kernel cannot lock the worker down
        #[arg(long)]
        unsafe_no_sandbox: bool,
    },
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
        let mut answer = Answer::Yes;
        let challenged = match self.what {
            What::Open { case, listing } => desk.open_challenge(&acting, &case, &listing)?,
            What::Draw { case, public, width, count, confidence, by } => {
                let drawing = Drawing { count, width: width * 10, confidence: confidence * 10, by, public };
                desk.draw_challenge(&acting, &case, &drawing)?
            }
            What::Answer { case, paths, corpus, passwords, unsafe_no_sandbox } => {
                let tried = passwords.read()?;
                let options = MatchOptions {
                    corpus: corpus.as_deref(),
                    unjailed: unsafe_no_sandbox,
                    passwords: &tried,
                    passwords_from: passwords.file(),
                    ..MatchOptions::default()
                };
                let mut progress = |done: SampleProgress| ui.progress(|| done.words());
                let challenged = desk.answer_challenge(&acting, &case, &paths, options, &mut progress)?;
                ui.clear_progress();
                answer = if challenged.is_genuine() { Answer::Yes } else { Answer::No };
                challenged
            }
        };
        ui.out(&challenged.shown(shape));
        Ok(answer)
    }
}
