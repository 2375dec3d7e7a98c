//! The programs of a sample and their debug information, held against the builds of the company.

use fingerprint::{Marks, Profile};
use serde::{Deserialize, Serialize};
use unpack::{Binary, MarkKind, SomeNames};

use super::numbers::best_match;
use crate::claim::{BuildMatch, ExposedFile, Names, counted, on_one_line};
use crate::matching::{self, Build, Exposed, Standing};

/// How many programs are held against the corpora.
const BUILDS: usize = 10_000;

/// How many marks all of them may have; of further programs the ids are looked for alone.
const MARKS: usize = 4_000_000;

/// How many programs a result lists, and how many names of each.
const ROWS: usize = 1_000;
const NAMES: usize = 20;

/// The programs of a sample as it is read.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Builds {
    marks: Vec<Build>,
    /// What each is and says, with the names that are shown.
    about: Vec<(String, Binary)>,
    held: usize,
    more: u64,
}

impl Builds {
    /// Takes what the child told of a file.
    pub(super) fn add(&mut self, profile: &Profile, path: &str, binary: &Binary) {
        if self.marks.len() == BUILDS {
            self.more += 1;
            return;
        }
        let marks = Marks::new(profile);
        let of = |wanted: MarkKind| {
            let mark = binary.marks.iter().find(|(kind, _)| *kind == wanted);
            mark.map(|(kind, value)| marks.of(kind.word(), value.as_bytes()))
        };
        let ids = binary.marks.iter().filter(|(kind, _)| kind.is_id());
        let mut build = Build {
            ids: ids.map(|(kind, value)| marks.of(kind.word(), value.as_bytes())).collect(),
            code: of(MarkKind::Code),
            layout: of(MarkKind::Layout),
            names: Vec::new(),
        };
        if self.held < MARKS {
            build.names = binary.functions.some.iter().map(|name| marks.of("function", name.as_bytes())).collect();
            build.names.sort_unstable();
            self.held += build.names.len();
        }
        self.marks.push(build);
        let cut = |names: &SomeNames| SomeNames { count: names.count, some: shown(&names.some) };
        let (functions, sources, paths) = (cut(&binary.functions), cut(&binary.sources), cut(&binary.paths));
        let about = Binary {
            format: binary.format.clone(),
            marks: binary.marks.clone(),
            says: binary.says.clone(),
            has_debug: binary.has_debug,
            signature: binary.signature.clone(),
            problems: Vec::new(),
            functions,
            sources,
            paths,
        };
        self.about.push((on_one_line(path), about));
    }

    /// Their marks, to be matched.
    pub(super) fn marks(&self) -> &[Build] {
        &self.marks
    }

    /// What was found, as the ledger keeps it, and in sentences.
    pub(super) fn in_numbers(&self, found: &[matching::BuildMatch]) -> (Vec<BuildMatch>, Vec<String>) {
        let of = |standing| found.iter().filter(|it| it.standing == standing).count();
        let (ours, alone) = (of(Standing::Recognised), of(Standing::ByIdAlone));
        let mut rows: Vec<BuildMatch> = Vec::new();
        let told = self.about.iter().zip(found);
        for ((path, binary), found) in told.filter(|(_, it)| it.standing <= Standing::ByIdAlone).take(ROWS) {
            rows.push(row(path, binary, found));
        }
        rows.sort_by_key(|row| row.standing != BuildMatch::RECOGNISED);
        let mut words = Vec::new();
        if ours > 0 {
            words.push(format!(
                "{} of the company's builds: what they expose is listed. Ids can be written into any file; these agree with ours in \
                 more than the id.",
                are(ours)
            ));
        }
        if alone > 0 {
            words.push(format!(
                "{} the id of one of the company's builds, and nothing else of it: an id can be forged, so none is called the company's \
                 for that.",
                if alone == 1 { "1 program has".to_owned() } else { format!("{alone} programs have") }
            ));
        }
        if self.more > 0 {
            let more = counted(self.more, "program");
            words.push(format!("{more} beyond the first {BUILDS} took no part by ids and names."));
        }
        (rows, words)
    }
}

fn are(count: usize) -> String {
    if count == 1 { "1 program or debug file is".to_owned() } else { format!("{count} programs or debug files are") }
}

/// Of many names some, those that tell most first: runtimes and compilers put theirs into every program.
fn shown(names: &[String]) -> Vec<String> {
    const OF_RUNTIMES: [&str; 13] = [
        "_ZNSt",
        "_ZSt",
        "_ZNKSt",
        "_ZN4core",
        "_ZN5alloc",
        "_ZN3std",
        "_RNv",
        "__",
        "_ZNK4core",
        "_ZN10__cxxabi",
        "/rustc/",
        "/usr/",
        "_GLOBAL",
    ];
    let is_of_runtime = |name: &&String| OF_RUNTIMES.iter().any(|start| name.starts_with(start));
    let (runtimes, own): (Vec<&String>, Vec<&String>) = names.iter().partition(is_of_runtime);
    own.into_iter().chain(runtimes).take(NAMES).map(|name| on_one_line(name)).collect()
}

fn row(path: &str, binary: &Binary, found: &matching::BuildMatch) -> BuildMatch {
    let names = |of: &SomeNames| Names { count: of.count, some: of.some.clone() };
    let ids = binary.marks.iter().map(|(kind, value)| (kind.word().to_owned(), value.clone()));
    let signature = binary.signature.as_ref().map(|it| {
        let holds = match it.holds {
            Some(true) => "the file has the digest that was signed",
            Some(false) => "the file was changed after it was signed",
            None => "its digest is of an unknown kind",
        };
        on_one_line(&format!(
            "{} ({}); {holds}; whether the signer may be trusted was not looked at",
            it.signer, it.algorithm
        ))
    });
    BuildMatch {
        path: path.to_owned(),
        format: binary.format.clone(),
        standing: match found.standing {
            Standing::Recognised => BuildMatch::RECOGNISED,
            _ => BuildMatch::BY_ID_ALONE,
        }
        .to_owned(),
        debug: binary.has_debug,
        marks: ids.collect(),
        says: binary.says.clone(),
        exposed: found.exposed.iter().map(exposed).collect(),
        more: found.more,
        functions: names(&binary.functions),
        sources: names(&binary.sources),
        paths: names(&binary.paths),
        signature: signature.unwrap_or_default(),
    }
}

fn exposed(of: &Exposed) -> ExposedFile {
    let shares = [(of.id, "id"), (of.code, "code"), (of.layout, "layout")];
    let mut by: Vec<String> = shares.into_iter().filter(|(has, _)| *has).map(|(_, word)| word.to_owned()).collect();
    if of.names > 0 {
        by.push(counted(of.names, "name"));
    }
    ExposedFile { file: best_match(&of.place), product: on_one_line(&of.product), by }
}
