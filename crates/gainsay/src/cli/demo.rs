use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::report::stage;
use super::ui::Ui;
use super::{Answer, Error, acting};
use crate::claim::{CorpusRole, SourceKind, Tlp, Until, counted};
use crate::demo::{self, Bundled};
use crate::desk::{
    self, Acting, AddOptions, Change, Config, CorpusOptions, Desk, Format, MatchOptions, Over, Reader, Shape, Wanted,
};

/// Two bundled cases from rumour to report, in a throw-away desk
#[derive(clap::Args)]
pub(super) struct Args {
    /// Where to make it; a new folder among the temporary files where it is not given
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

const REAL_CASE: &str = "fxmsp-2019";
const INVENTED_CASE: &str = "skerrywall-2024";
const INVENTED_COMPANY: &str = "Oskelund Security";

impl Args {
    pub(super) fn run(self, ui: &mut Ui) -> Result<Answer, Error> {
        let folder = match self.folder {
            Some(folder) => folder,
            None => tempfile::Builder::new()
                .prefix("gainsay-demo-")
                .tempdir()
                .map_err(|why| Error::File { action: "write in", path: std::env::temp_dir(), why })?
                .keep(),
        };
        let root = folder.join("desk");
        let config = Config {
            organisation: Some(INVENTED_COMPANY.to_owned()),
            author: None,
            tlp: Tlp::Clear,
            clamd: None,
            yara: None,
        };
        let mut desk = Desk::create(&root, config)?;
        let mut tour = Tour { acting: acting(&desk)?, folder: &folder, unjailed: self.unsafe_no_sandbox, ui };
        tour.real_case(&mut desk)?;
        tour.invented_case(&mut desk)?;
        tour.ending(&mut desk)?;
        Ok(Answer::Yes)
    }
}

struct Tour<'u> {
    acting: Acting,
    folder: &'u Path,
    unjailed: bool,
    ui: &'u mut Ui,
}

impl Tour<'_> {
    /// A rumour and its denials, and no sample: it stays unsettled, and the desk says who said what.
    fn real_case(&mut self, desk: &mut Desk) -> Result<(), Error> {
        self.tell("1. A rumour: Fxmsp, May 2019. Three retellings, in our own words, of what the press reported.\n");
        desk.open_case(&self.acting, REAL_CASE, None)?;
        self.add_texts(desk, REAL_CASE, demo::fxmsp())?;
        self.brief(desk, REAL_CASE)
    }

    /// The same shape with invented names, and a sample to settle it.
    fn invented_case(&mut self, desk: &mut Desk) -> Result<(), Error> {
        self.tell(&format!(
            "\n2. The same shape, with a sample to settle it. {INVENTED_COMPANY}, its product, the crew, the firm and the outlet are invented.\n"
        ));
        let repository = self.folder.join("repository.git");
        let made = demo::make_repository(&repository)?;
        let public = self.folder.join("public-code");
        let published = self.folder.join("published-sdk");
        demo::write_public(&public)?;
        demo::write_published(&published)?;
        for (name, path, role) in [
            ("code", &repository, CorpusRole::Own),
            ("open-source", &public, CorpusRole::Public),
            ("sdk", &published, CorpusRole::Published),
        ] {
            let paths = [path.clone()];
            let mut pace = super::corpus::Pace::default();
            let ui = &mut *self.ui;
            let corpus = desk.add_corpus(&self.acting, name, &paths, &CorpusOptions::new(role), &mut |step| {
                ui.progress(|| pace.shown(&step));
            })?;
            self.ui.clear_progress();
            let it = corpus.holds();
            self.tell(&format!(
                "   indexed {name} ({role}): {} file versions, {}",
                it.files,
                counted(it.commits, "commit")
            ));
        }
        desk.open_case(&self.acting, INVENTED_CASE, None)?;
        self.add_texts(desk, INVENTED_CASE, demo::invented())?;
        self.review(desk, INVENTED_CASE)?;
        let sample = self.folder.join(demo::SAMPLE_NAME);
        let cut = demo::write_sample(&repository, &sample)?;
        let options = AddOptions { kind: Some(SourceKind::Sample), unjailed: self.unjailed, ..AddOptions::default() };
        self.add(desk, INVENTED_CASE, &sample, &options)?;
        let options = MatchOptions { case: Some(INVENTED_CASE), unjailed: self.unjailed, ..MatchOptions::default() };
        let report = desk.match_sample(&self.acting, &sample, options, &mut |_| {})?;
        for result in &report.results {
            self.tell(&format!("   matched {}: {}\n", demo::SAMPLE_NAME, result.summary()));
        }
        self.brief(desk, INVENTED_CASE)?;
        self.tell(&format!(
            "\n   What was hidden from the desk: the sample was cut from commit {} of {} ({} of {}), and edited.",
            &cut.commit[..10],
            cut.when.strftime("%Y-%m-%d"),
            made.commits.iter().position(|commit| commit.id == cut.commit).map_or(0, |place| place + 1),
            counted(made.commits.len(), "commit"),
        ));
        Ok(())
    }

    fn ending(&mut self, desk: &mut Desk) -> Result<(), Error> {
        let verification = desk.verify(None)?;
        self.tell(&format!(
            "\n3. The record: {} entries in the signed ledger, {}.",
            verification.ledger.size,
            if verification.holds() { "all of them hold" } else { "and not all of them hold" }
        ));
        let mut pages = Vec::new();
        for case in [REAL_CASE, INVENTED_CASE] {
            let page = self.folder.join(format!("{case}.html"));
            let reported = desk.report(&self.acting, case, Format::Html, None, |released| stage(&page, released))?;
            reported.staged.give_its_name()?;
            pages.push(page.display().to_string());
        }
        if self.ui.json {
            let value = json!({ "folder": self.folder.to_string_lossy(), "desk": desk.root().to_string_lossy(), "pages": pages });
            self.ui.value(value);
        }
        self.tell(&format!(
            "\nThe pages to hand over:\n  {}\n\nGo on with:\n{}  cd {}\n  gainsay show {REAL_CASE}\n  gainsay show {INVENTED_CASE}\n  gainsay review {REAL_CASE}\n  gainsay match ../{}\n  gainsay ledger verify",
            pages.join("\n  "),
            path_to_this_program(),
            desk.root().display(),
            demo::SAMPLE_NAME
        ));
        Ok(())
    }

    fn add_texts(&mut self, desk: &mut Desk, case: &str, texts: &[Bundled]) -> Result<(), Error> {
        let folder = self.folder.join(case);
        fs::create_dir_all(&folder).map_err(|why| Error::File { action: "create", path: folder.clone(), why })?;
        for text in texts {
            let path = folder.join(text.file_name);
            fs::write(&path, text.text).map_err(|why| Error::File { action: "write", path: path.clone(), why })?;
            let options = AddOptions {
                kind: Some(text.kind),
                title: Some(text.title.to_owned()),
                published: moment(text.published),
                unjailed: self.unjailed,
                ..AddOptions::default()
            };
            self.add(desk, case, &path, &options)?;
        }
        Ok(())
    }

    fn add(&mut self, desk: &mut Desk, case: &str, path: &Path, options: &AddOptions) -> Result<(), Error> {
        let ui = &mut *self.ui;
        desk.add(&self.acting, case, &[path.to_owned()], options, &Reader::RULES, &mut |path, result| match result {
            Ok(added) => tell(
                ui,
                &format!(
                    "   added {} {}{}",
                    added.kind,
                    path.file_name().unwrap_or_default().display(),
                    if added.kind == SourceKind::Sample {
                        String::new()
                    } else {
                        format!(
                            ": {} drafted, {} sure enough to weigh",
                            counted(added.drafted, "statement"),
                            added.accepted
                        )
                    }
                ),
            ),
            Err(error) => ui.failure(error),
        })?;
        Ok(())
    }

    /// What an analyst does with `gainsay review`; here it takes every draft as it is.
    fn review(&mut self, desk: &mut Desk, case: &str) -> Result<(), Error> {
        let waiting = desk.waiting(case, &Wanted::default())?;
        let accepted: Vec<(String, Change)> =
            waiting.into_iter().map(|one| (one.said.handle, Change::Accept)).collect();
        let analyst = Acting { author: "demo analyst".to_owned(), now: self.acting.now };
        let count = desk.decide(&analyst, case, &accepted, Over::Nobody)?;
        self.tell(&format!("   reviewed: {} more accepted by the demo's analyst", counted(count, "draft")));
        Ok(())
    }

    /// For machines the tour goes beside the result.
    fn tell(&mut self, words: &str) {
        tell(self.ui, words);
    }

    fn brief(&mut self, desk: &mut Desk, case: &str) -> Result<(), Error> {
        if self.ui.json {
            return Ok(());
        }
        let styles = self.ui.styles();
        let shown = desk.show(case, Timestamp::now(), Until::default(), Shape::Brief(styles))?;
        self.ui.out(&shown);
        Ok(())
    }
}

fn tell(ui: &mut Ui, words: &str) {
    if ui.json { ui.note(words) } else { ui.line(words) }
}

/// The line that puts this program on the shell's path, where it is not there yet.
fn path_to_this_program() -> String {
    let folder = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
    let on_path = |folder: &PathBuf| {
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|known| known == *folder))
    };
    match folder.filter(|folder| !on_path(folder)) {
        Some(folder) => format!("  export PATH={}:$PATH\n", folder.display()),
        None => String::new(),
    }
}

/// A bundled text's date: a day, or a month where the day is not known, which stands for its first.
fn moment(date: &str) -> Option<Timestamp> {
    desk::moment(date).or_else(|| desk::moment(&format!("{date}-01")))
}
