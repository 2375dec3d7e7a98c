use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;

use super::passwords::Passwords;
use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_moment, parse_word};
use crate::claim::{Channels, CorpusRole, EntryId, Root, Tlp, on_one_line};
use crate::desk::{Acting, Corpus, CorpusOptions, Desk, Exported, IndexProgress, IndexStep, MEMORY};

/// Index files to match samples against
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Index folders and git repositories with all their history; of paths indexed before under the name, what changed is read.
    /// Archives in folders (zip, tar, gzip, and so jar, whl, crate, nupkg, gem) are opened, and indexed file by file as well
    Add {
        /// The corpus's name
        #[arg(value_name = "NAME")]
        name: String,
        /// Git repositories and bundles, folders and files; filters that `corpus export` wrote, with --public or --published
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// Code that everybody has: what it holds is subtracted from a match
        #[arg(long, conflicts_with = "published")]
        public: bool,
        /// What the company itself gave away (releases, SDKs, open repositories): subtracted as well, and told apart
        #[arg(long)]
        published: bool,
        /// Whose files; the desk's organisation where it is not given
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// Its marking, where it is not the desk's: findings against it carry it too
        #[arg(long, value_name = "TLP", value_parser = parse_word::<Tlp>)]
        tlp: Option<Tlp>,
        /// Which fingerprints are made: `all`, or `text` for a smaller index by which renamed code is not found; those that the
        /// corpus has, or all, where it is not given
        #[arg(long, value_name = "CHANNELS", value_parser = parse_word::<Channels>)]
        channels: Option<Channels>,
        /// Where the paths lie, such as 'lab share L3': a match names the places that hold the sample's files; said again, it changes
        #[arg(long, value_name = "NAME")]
        place: Option<String>,
        /// The day or moment whose state the paths are, for backups and exports: the dated folders of one corpus and place are the
        /// history of what they hold. Repositories have their own dates
        #[arg(long, value_name = "DATE", value_parser = parse_moment)]
        dated: Option<Timestamp>,
        /// How much memory may be used for what grows with the corpus
        #[arg(long, value_name = "MB", default_value_t = MEMORY >> 20)]
        memory: usize,
        /// Run as a job that outlives this terminal; `gainsay jobs` tells how far it is
        #[arg(long)]
        background: bool,
        #[command(flatten)]
        passwords: Passwords,
        /// Open archives even where the kernel cannot lock the worker down
        #[arg(long)]
        unsafe_no_sandbox: bool,
    },
    /// Merge small segments of a corpus's index into larger ones; what it holds stays the same
    Merge {
        /// The corpus's name
        #[arg(value_name = "NAME")]
        name: String,
        /// How much memory may be used for what grows with the corpus
        #[arg(long, value_name = "MB", default_value_t = MEMORY >> 20)]
        memory: usize,
    },
    /// Write what a public or published corpus has as one compact file, a filter, for other desks to add: some nine bits for each
    /// fingerprint, no paths and no content
    Export {
        /// The corpus's name
        #[arg(value_name = "NAME")]
        name: String,
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// List the corpora
    List,
    /// Hold every byte of the index against its checksums; exits 1 where something is wrong
    Verify,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        match self.command {
            Command::Add {
                name,
                paths,
                public,
                published,
                owner,
                tlp,
                channels,
                place,
                dated,
                memory,
                background,
                passwords,
                unsafe_no_sandbox: unjailed,
            } => {
                let role = match (public, published) {
                    (true, _) => CorpusRole::Public,
                    (_, true) => CorpusRole::Published,
                    _ => CorpusRole::Own,
                };
                let acting = acting(&desk)?;
                let dated = dated.map(Timestamp::as_second);
                let memory = memory << 20;
                let tried = passwords.read()?;
                let options =
                    CorpusOptions { role, owner, tlp, channels, place, dated, memory, unjailed, passwords: tried };
                let passwords_from = passwords.file().map(std::path::absolute).transpose();
                let passwords_from = passwords_from.map_err(Error::WorkingFolder)?;
                let add = Add { name, paths, options, passwords_from };
                if background {
                    if passwords.are_arguments() {
                        let why = "a job in the background is written down with its arguments: give --passwords FILE";
                        return Err(Error::Usage(why.to_owned()));
                    }
                    let job = desk.start_job(&acting, &add.arguments())?;
                    super::jobs::show(&job, ui);
                    return Ok(Answer::Yes);
                }
                add.run(&mut desk, &acting, ui)
            }
            Command::Merge { name, memory } => {
                let acting = acting(&desk)?;
                let mut pace = Pace::default();
                let merged = desk.merge_corpus(&acting, &name, memory << 20, &mut |progress| {
                    ui.progress(|| pace.shown(&progress));
                })?;
                ui.clear_progress();
                let after = merged.corpus.segments().len();
                let value = json!({ "name": name, "segments_before": merged.before, "segments": after });
                ui.result(&format!("{name}: {} segments, {after} now", merged.before), &value);
                Ok(Answer::Yes)
            }
            Command::Export { name, file } => {
                let Exported { about, keys, bytes } = desk.export_corpus(&name, &file)?;
                let value = json!({
                    "path": file.to_string_lossy(),
                    "indexed": at(about.indexed),
                    "contents": about.contents,
                    "packages": about.packages,
                    "keys": keys,
                    "bytes": bytes,
                });
                let output = on_one_line(&file.to_string_lossy());
                let (contents, packages) = (about.contents, about.packages);
                let indexed = at(about.indexed);
                let of = if packages > 0 { format!(" of {packages} packages") } else { String::new() };
                ui.result(
                    &format!(
                        "Wrote {output}: {contents} contents{of} as indexed at {indexed}, {keys} keys, {bytes} bytes"
                    ),
                    &value,
                );
                Ok(Answer::Yes)
            }
            Command::List => {
                let corpora = desk.corpora()?;
                if corpora.is_empty() && !ui.json {
                    ui.line("No corpus yet. Index your own files with `gainsay corpus add NAME PATH`.");
                }
                for corpus in corpora.values() {
                    ui.result(&as_text(corpus), &as_json(corpus));
                }
                Ok(Answer::Yes)
            }
            Command::Verify => {
                let mut answer = Answer::Yes;
                for (name, result) in desk.verify_corpora()? {
                    match result {
                        Ok(()) => ui.result(&format!("Holds: {name}"), &json!({ "name": name, "holds": true })),
                        Err(error) => {
                            answer = Answer::No;
                            let value = json!({ "name": name, "holds": false, "fault": error.to_string() });
                            ui.result(&format!("WRONG: {error}"), &value);
                        }
                    }
                }
                Ok(answer)
            }
        }
    }
}

/// What is to be added to a corpus.
struct Add {
    name: String,
    paths: Vec<PathBuf>,
    options: CorpusOptions,
    /// The file that its passwords are in.
    passwords_from: Option<PathBuf>,
}

impl Add {
    fn run(self, desk: &mut Desk, acting: &Acting, ui: &mut Ui) -> Result<Answer, Error> {
        let mut pace = Pace::default();
        let corpus = desk.add_corpus(acting, &self.name, &self.paths, &self.options, &mut |progress| {
            ui.progress(|| pace.shown(&progress));
        })?;
        let (count, names) = (corpus.not_read(), corpus.not_read_names());
        for name in &names {
            ui.failure(&on_one_line(&format!("not read: {name}")));
        }
        if let Some(more) = count.checked_sub(names.len() as u64).filter(|more| *more > 0) {
            ui.failure(&format!("and {more} more were not read"));
        }
        ui.clear_progress();
        ui.result(&as_text(&corpus), &as_json(&corpus));
        if corpus.is_scattered(self.options.memory) {
            let job = desk.start_job(acting, &["corpus", "merge", &self.name].map(OsString::from))?;
            ui.note(&format!("its segments are merged in the background, as job {}", job.row.id));
        }
        Ok(Answer::Yes)
    }

    /// The command that does the same, from whichever folder it is run.
    fn arguments(&self) -> Vec<OsString> {
        let CorpusOptions { role, owner, tlp, channels, place, dated, memory, unjailed, passwords: _ } = &self.options;
        let mut words: Vec<OsString> = vec!["corpus".into(), "add".into(), "--memory".into()];
        words.push((memory >> 20).to_string().into());
        if *role != CorpusRole::Own {
            words.push(format!("--{role}").into());
        }
        if let Some(path) = &self.passwords_from {
            words.extend(["--passwords".into(), path.into()]);
        }
        if *unjailed {
            words.push("--unsafe-no-sandbox".into());
        }
        let (tlp, channels) = (tlp.map(|tlp| tlp.word().to_owned()), channels.map(|it| it.word().to_owned()));
        let (place, dated) = (place.clone(), dated.map(at));
        for (option, value) in [
            ("--owner", owner.clone()),
            ("--tlp", tlp),
            ("--channels", channels),
            ("--place", place),
            ("--dated", dated),
        ] {
            words.extend(value.map(|value| format!("{option}={value}").into()));
        }
        words.extend(["--".into(), self.name.clone().into()]);
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone()).into_os_string();
        words.extend(self.paths.iter().map(absolute));
        words
    }
}

/// How fast it goes, measured for each source by itself.
#[derive(Default)]
pub(super) struct Pace {
    /// The source, when the first of it was told, and how much was done by then.
    since: Option<(PathBuf, Instant, u64)>,
}

impl Pace {
    pub(super) fn shown(&mut self, progress: &IndexProgress) -> String {
        let step = match progress.step {
            IndexStep::Listing => "looking for changes",
            IndexStep::Commits => "comparing commits",
            IndexStep::Contents => "fingerprinting contents",
            IndexStep::Files => "fingerprinting files",
            IndexStep::Writing => "writing the index",
            IndexStep::Merging => "merging",
        };
        let of = if progress.counting { "of at least" } else { "of" };
        let megabytes = |bytes: u64| bytes / 1_000_000;
        let mut words = format!(
            "{}: {step}, {} {of} {}, {} {of} {} MB",
            on_one_line(&progress.source.to_string_lossy()),
            progress.done,
            progress.of,
            megabytes(progress.bytes),
            megabytes(progress.of_bytes),
        );
        let (rate, left) = self.rate(progress);
        if rate > 0 {
            words += &format!(", {} MB/s", megabytes(rate));
        }
        if let Some(left) = left {
            words += &format!(", {}{} left", if progress.counting { "at least " } else { "" }, in_words(left));
        }
        words
    }

    /// Bytes in a second, and how long what is known to be left takes at that.
    fn rate(&mut self, progress: &IndexProgress) -> (u64, Option<Duration>) {
        let same = self.since.as_ref().filter(|(source, ..)| *source == progress.source);
        let (began, before) = same.map_or((Instant::now(), progress.bytes), |(_, began, before)| (*began, *before));
        self.since = Some((progress.source.clone(), began, before));
        let (elapsed, done) = (began.elapsed().as_millis(), progress.bytes.saturating_sub(before));
        let rate = u64::try_from(u128::from(done) * 1000 / elapsed.max(1)).unwrap_or(u64::MAX);
        let left = progress.of_bytes.saturating_sub(progress.bytes).checked_div(rate).map(Duration::from_secs);
        (rate, left.filter(|_| matches!(progress.step, IndexStep::Files | IndexStep::Contents)))
    }
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..100 => format!("{seconds} s"),
        seconds @ 100..6000 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

fn as_text(corpus: &Corpus) -> String {
    let (it, holds, not_read) = (&corpus.indexed, corpus.holds(), corpus.not_read());
    let not_read = if not_read > 0 { format!(", {not_read} not read") } else { String::new() };
    format!(
        "{} ({}, of {}): {} file versions, {} distinct contents of {} bytes, {} commits, {} rows{not_read}\n    {}",
        it.name,
        it.role,
        it.owner,
        holds.files,
        holds.contents,
        holds.content_bytes,
        holds.commits,
        holds.postings,
        corpus.roots().iter().map(root_as_text).collect::<Vec<_>>().join("\n    ")
    )
}

fn root_as_text(root: &Root) -> String {
    let mut words = on_one_line(&String::from_utf8_lossy(&root.path));
    if let Some(place) = &root.place {
        words += &format!(", in {}", on_one_line(place));
    }
    if let Some(dated) = root.dated {
        words += &format!(", as of {}", at(dated));
    }
    words
}

/// A moment in seconds since 1970-01-01 UTC as RFC 3339.
fn at(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| format!("{seconds} s since 1970"), |at| at.to_string())
}

fn as_json(corpus: &Corpus) -> serde_json::Value {
    let (it, holds) = (&corpus.indexed, corpus.holds());
    let filters: Vec<_> = corpus.filters().iter().map(|it| EntryId(it.blake3).to_string()).collect();
    let segments: Vec<_> = corpus.segments().iter().map(|it| EntryId(it.blake3).to_string()).collect();
    json!({
        "name": it.name,
        "owner": it.owner,
        "role": it.role.word(),
        "channels": it.channels.word(),
        "entry": corpus.entry.to_string(),
        "tlp": corpus.tlp.word(),
        "segments_blake3": segments,
        "filters_blake3": filters,
        "index_bytes": holds.bytes,
        "paths": corpus.roots().iter().map(|root| json!({
            "path": String::from_utf8_lossy(&root.path),
            "place": root.place,
            "dated": root.dated.map(at),
        })).collect::<Vec<_>>(),
        "file_versions": holds.files,
        "contents": holds.contents,
        "bytes": holds.content_bytes,
        "commits": holds.commits,
        "rows": holds.postings,
        "packages": corpus.as_held_against().packages,
        "not_read": corpus.not_read(),
        "not_read_names": corpus.not_read_names(),
    })
}
