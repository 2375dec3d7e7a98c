//! One desk for the run: what everybody has, and each tested repository as a corpus of ours by itself.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::program::Desk;
use crate::common::{self, Result, files, is_set, name, say};
use crate::samples::foreign::Foreign;
use crate::samples::history::History;

/// What every group needs to know.
pub(crate) struct Setting {
    /// Fewer samples.
    pub(crate) quick: bool,
    /// Samples are made here; the sample that is being matched is `sample`.
    pub(crate) folder: PathBuf,
    pub(crate) tested: Vec<Tested>,
    desk: Desk,
    /// How many public corpora and how much of them there is.
    public: usize,
}

/// A repository that is taken for ours.
pub(crate) struct Tested {
    /// The corpus, and what it is called in notes.
    pub(crate) name: String,
    pub(crate) history: History,
    /// The files of the other repositories.
    pub(crate) foreign: Foreign,
}

/// What the program said of a sample.
pub(crate) struct Answer(pub(crate) Value);

impl Setting {
    pub(crate) fn from_environment() -> Result<Self> {
        let folder = common::target()?.join("matching");
        std::fs::create_dir_all(&folder)?;
        let repositories = existing("BENCH_REPOSITORIES")?;
        let foreign = existing("BENCH_FOREIGN")?;
        let mut public = existing("BENCH_PUBLIC")?;
        if repositories.is_empty() {
            return Err("no repository to test: name some with REPOS".into());
        }
        public.push(files::cargo_registry()?);

        let desk = Desk::fresh(&folder.join("desk"))?;
        say("adding what everybody has");
        for (number, path) in public.iter().enumerate() {
            add(&desk, &format!("public-{number}"), path, &["--public"])?;
        }
        let mut tested = Vec::new();
        for path in &repositories {
            let name = title(path);
            say(&format!("reading {name}"));
            add(&desk, &name, path, &[])?;
            let others: Vec<PathBuf> =
                repositories.iter().chain(&foreign).filter(|other| *other != path).cloned().collect();
            let foreign = Foreign::check_out(&others, &folder.join("foreign"))?;
            tested.push(Tested { name, history: History::read(path)?, foreign });
        }
        Ok(Setting { quick: is_set("QUICK"), folder, tested, desk, public: public.len() })
    }

    /// How many of something, and how many in a quick run.
    pub(crate) fn count(&self, whole: usize, quick: usize) -> usize {
        if self.quick { quick } else { whole }
    }

    pub(crate) fn sample(&self) -> PathBuf {
        self.folder.join("sample")
    }

    /// `corpus add` of a path.
    pub(crate) fn add(&self, corpus: &str, path: &Path, options: &[&str]) -> Result<()> {
        add(&self.desk, corpus, path, options)
    }

    /// `match` of a file or folder against one corpus of ours and all that is public and published.
    pub(crate) fn matched(&self, corpus: &str, sample: &Path) -> Result<Answer> {
        let words = [OsStr::new("match"), OsStr::new("--corpus"), OsStr::new(corpus), sample.as_os_str()];
        let mut said = self.desk.run(&words)?.said;
        match said["results"].get_mut(0) {
            Some(result) => Ok(Answer(result.take())),
            None => Err(format!("match {corpus}: no result: {said}").into()),
        }
    }

    pub(crate) fn in_words(&self) -> String {
        let names: Vec<_> = self.tested.iter().map(|tested| tested.name.as_str()).collect();
        let quick = if self.quick { "; QUICK: few samples, no figures to quote" } else { "" };
        format!("ours: {}; {} public corpora{quick}", names.join(", "), self.public)
    }
}

fn add(desk: &Desk, corpus: &str, path: &Path, options: &[&str]) -> Result<()> {
    let mut words = vec![OsStr::new("corpus"), OsStr::new("add"), OsStr::new(corpus), path.as_os_str()];
    words.extend(options.iter().copied().map(OsStr::new));
    desk.run(&words)?;
    Ok(())
}

/// The repositories of a variable that are there; of the others it is said.
fn existing(variable: &str) -> Result<Vec<PathBuf>> {
    let (there, missing): (Vec<_>, Vec<_>) = common::paths(variable)?.into_iter().partition(|path| path.exists());
    missing.iter().for_each(|path| say(&format!("not there: {}", path.display())));
    Ok(there)
}

/// The project that a repository is of.
fn title(repository: &Path) -> String {
    let name = name(repository);
    let name = name.strip_suffix("/repo").unwrap_or(&name);
    name.rsplit('+').next().unwrap_or(name).to_owned()
}

impl Answer {
    /// Whether the sample is ours, wholly or in part.
    pub(crate) fn is_ours(&self) -> bool {
        is_ours(&self.0)
    }

    /// The rows by the files' paths in the sample.
    pub(crate) fn rows(&self) -> BTreeMap<&str, &Value> {
        let rows = self.0["rows"].as_array().into_iter().flatten();
        rows.filter_map(|row| Some((row["path"].as_str()?, row))).collect()
    }
}

/// Whether a result or one of its rows says ours.
pub(crate) fn is_ours(value: &Value) -> bool {
    matches!(value["verdict"].as_str(), Some("ours" | "partly ours"))
}
