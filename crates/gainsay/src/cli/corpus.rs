use std::path::PathBuf;

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::{CorpusRole, Tlp, on_one_line};
use crate::desk::{Corpus, CorpusOptions, IndexProgress, IndexStep};

/// Index files to match samples against
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Index folders and git repositories with all their history; paths indexed before under the name are read again
    Add {
        /// The corpus's name
        #[arg(value_name = "NAME")]
        name: String,
        /// Git repositories, folders and files
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
            Command::Add { name, paths, public, published, owner, tlp } => {
                let role = match (public, published) {
                    (true, _) => CorpusRole::Public,
                    (_, true) => CorpusRole::Published,
                    _ => CorpusRole::Own,
                };
                let acting = acting(&desk)?;
                let options = CorpusOptions { role, owner, tlp };
                let (corpus, indexed) = desk
                    .add_corpus(&acting, &name, &paths, &options, &mut |progress| ui.progress(|| shown(&progress)))?;
                for not in &indexed.not_read {
                    ui.failure(&on_one_line(&format!("{} was not read: {}", not.path.display(), not.reason)));
                }
                ui.clear_progress();
                ui.result(&as_text(&corpus), &as_json(&corpus));
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

pub(super) fn shown(progress: &IndexProgress) -> String {
    let step = match progress.step {
        IndexStep::Commits => "comparing commits",
        IndexStep::Paths => "fingerprinting histories",
        IndexStep::Files => "fingerprinting files",
    };
    format!(
        "{}: {step}, {} of {}, {} MB of content",
        on_one_line(&progress.source.to_string_lossy()),
        progress.done,
        progress.of,
        progress.bytes / 1_000_000
    )
}

fn as_text(corpus: &Corpus) -> String {
    let it = &corpus.indexed;
    let not_read = if it.not_read > 0 { format!(", {} not read", it.not_read) } else { String::new() };
    format!(
        "{} ({}, of {}): {} file versions, {} distinct contents of {} bytes, {} commits, {} rows{not_read}\n    {}",
        it.name,
        it.role,
        it.owner,
        it.files,
        it.blobs,
        it.bytes,
        it.commits,
        it.postings,
        it.paths.iter().map(|path| on_one_line(path)).collect::<Vec<_>>().join("\n    ")
    )
}

fn as_json(corpus: &Corpus) -> serde_json::Value {
    let it = &corpus.indexed;
    json!({
        "name": it.name,
        "owner": it.owner,
        "role": it.role.word(),
        "entry": corpus.entry.to_string(),
        "tlp": corpus.tlp.word(),
        "segment_blake3": crate::claim::EntryId(it.segment).to_string(),
        "paths": it.paths,
        "file_versions": it.files,
        "contents": it.blobs,
        "bytes": it.bytes,
        "commits": it.commits,
        "rows": it.postings,
        "not_read": it.not_read,
        "not_read_names": it.not_read_names,
    })
}
