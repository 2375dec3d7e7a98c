//! Programs and debug information against the builds of the company, by what ties files of one build to each other.
//!
//! An id names one build, and whoever has one file of it can write it into any other. So an id alone recognises nothing: where the same
//! file of ours also has the same code, the same layout or the same names, it does.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use fingerprint::{Channel, LineId, PathId, Posting, ReadAt, WholeInterval, sort_distinct};

use super::lines::Lines;
use super::{Corpus, MatchError, Place};
use crate::claim::CorpusRole;

/// So many names must be told for their share to tell, and so many thousandths of them be those of one of ours.
const LEAST_NAMES: usize = 8;
const SHARE_OF_NAMES: usize = 500;

/// So many thousandths of what a file tells beside its ids must be public for it to be what everybody has: one fingerprint in 256 is
/// found in a filter by chance.
const SHARE_PUBLIC: usize = 500;

/// Files of ours that are named of one build.
const MOST_EXPOSED: usize = 50;

/// What follows the path of a file of ours whose marks these are.
const BUILD: &[u8] = b"!build";

/// The marks of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Build {
    /// Those that name its build.
    pub ids: Vec<u64>,
    /// That of its code, and that of where its sections lie.
    pub code: Option<u64>,
    pub layout: Option<u64>,
    /// Those of the functions that it names.
    pub names: Vec<u64>,
}

/// What a file is by its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A build of the company's: by its id and more, or by code and layout.
    Recognised,
    /// It has the id of one, and nothing else that could be compared is the same.
    ByIdAlone,
    /// A build of what is public or published.
    Public,
    /// No corpus has it.
    Unknown,
}

/// What was found of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildMatch {
    pub standing: Standing,
    /// Files of the company of the same build, those with most in common first, at most fifty.
    pub exposed: Vec<Exposed>,
    /// How many there are beyond those.
    pub more: u64,
}

impl BuildMatch {
    /// Whether it shares content with one of them: its code, or names of functions.
    pub fn has_content(&self) -> bool {
        self.exposed.iter().any(|it| it.code || it.names >= LEAST_NAMES as u64)
    }
}

/// A file of the company of the same build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// Where it is.
    pub place: Place,
    /// What it says of its product and version.
    pub product: String,
    /// Whether it has the same id, code and layout, and how many of the names.
    pub id: bool,
    pub code: bool,
    pub layout: bool,
    pub names: u64,
}

/// A path of a line of a corpus.
type Key = (usize, PathId, LineId);

/// What the company's files have of one build.
#[derive(Default)]
struct Shared {
    /// Of the last time that it stood there the last commit, and the first.
    stood: (u32, u32),
    marks: BTreeSet<u64>,
}

/// Matches builds against corpora: for each what it is, in their order.
///
/// # Errors
/// Where a corpus' index can't be read or is damaged.
pub fn match_builds<R: ReadAt>(builds: &[Build], corpora: &[Corpus<'_, R>]) -> Result<Vec<BuildMatch>, MatchError> {
    let sorted = |mut all: Vec<u64>| {
        sort_distinct(&mut all, &mut Vec::new());
        all
    };
    let telling = sorted(builds.iter().flat_map(Build::telling).collect());
    if telling.is_empty() {
        let unknown = BuildMatch { standing: Standing::Unknown, exposed: Vec::new(), more: 0 };
        return Ok(vec![unknown; builds.len()]);
    }
    // First which files of ours share an id or the code, then what else they share.
    let lines = Lines::new(corpora);
    let mut shared: BTreeMap<Key, Shared> = BTreeMap::new();
    let mut others = Vec::new();
    for pass in 0..2 {
        for (number, corpus) in corpora.iter().enumerate().filter(|(_, corpus)| corpus.role == CorpusRole::Own) {
            let paths: BTreeSet<PathId> = shared.keys().filter(|it| it.0 == number).map(|it| it.1).collect();
            let (marks, is_first) = if pass == 0 { (&telling, true) } else { (&others, false) };
            let mut stood: BTreeMap<u64, Vec<WholeInterval>> = BTreeMap::new();
            let mut take = |posting: Posting| {
                if is_first || paths.contains(&posting.interval.path) {
                    stood.entry(posting.fingerprint).or_default().push(posting.interval);
                }
            };
            corpus.index.look_up(Channel::Parts, marks, &mut take).map_err(|source| corpus.error(source))?;
            for (mark, mut intervals) in stood {
                intervals.sort_unstable();
                let joined = lines.join(number, &mut intervals);
                for it in &intervals[..joined] {
                    let key = (number, it.path, it.line);
                    if is_first {
                        let here = shared.entry(key).or_default();
                        here.stood = here.stood.max((it.last, it.first));
                        here.marks.insert(mark);
                    } else if let Some(here) = shared.get_mut(&key) {
                        here.marks.insert(mark);
                    }
                }
            }
        }
        let known: BTreeSet<u64> = shared.values().flat_map(|it| it.marks.iter().copied()).collect();
        let candidates = builds.iter().filter(|build| build.telling().any(|mark| known.contains(&mark)));
        others = sorted(candidates.flat_map(Build::others).collect());
    }
    let all = sorted(telling.iter().copied().chain(builds.iter().flat_map(Build::others)).collect());
    let mut public = BTreeSet::new();
    for corpus in corpora.iter().filter(|corpus| corpus.role != CorpusRole::Own) {
        let mut take = |mark| _ = public.insert(mark);
        corpus.index.known(Channel::Parts, &all, &mut take).map_err(|source| corpus.error(source))?;
        for filter in corpus.filters {
            filter.look_up(Channel::Parts, &all, &mut take).map_err(|source| corpus.filter_error(source))?;
        }
    }
    let mut by_mark: HashMap<u64, Vec<Key>> = HashMap::new();
    for (key, of) in &shared {
        of.marks.iter().for_each(|mark| by_mark.entry(*mark).or_default().push(*key));
    }
    let found = Found { lines, shared, by_mark, public };
    builds.iter().map(|build| found.of(build, corpora)).collect()
}

/// What the corpora have of all marks.
struct Found {
    lines: Lines,
    shared: BTreeMap<Key, Shared>,
    by_mark: HashMap<u64, Vec<Key>>,
    public: BTreeSet<u64>,
}

impl Found {
    fn of<R: ReadAt>(&self, build: &Build, corpora: &[Corpus<'_, R>]) -> Result<BuildMatch, MatchError> {
        let mut found = BuildMatch { standing: Standing::Unknown, exposed: Vec::new(), more: 0 };
        if self.is_public(build) {
            return Ok(BuildMatch { standing: Standing::Public, ..found });
        }
        let keys: BTreeSet<Key> =
            build.telling().filter_map(|mark| self.by_mark.get(&mark)).flatten().copied().collect();
        let mut exposed = Vec::new();
        for (key, here) in keys.iter().filter_map(|key| Some((*key, self.shared.get(key)?))) {
            let (id, code, layout) = build.shared(&here.marks);
            let names = build.names.iter().filter(|mark| here.marks.contains(mark)).count();
            let has_names = build.names.len() >= LEAST_NAMES && names * 1000 >= build.names.len() * SHARE_OF_NAMES;
            let standing = match (id, code || layout || has_names) {
                (true, true) => Standing::Recognised,
                (true, false) => Standing::ByIdAlone,
                (false, _) if code && layout => Standing::Recognised,
                // Installers and the like share their code with everybody's.
                (false, _) => continue,
            };
            found.standing = found.standing.min(standing);
            exposed.push((standing, Reverse(u8::from(code) + u8::from(layout)), Reverse(names), key));
        }
        exposed.sort_unstable();
        found.more = exposed.len().saturating_sub(MOST_EXPOSED) as u64;
        for (_, _, Reverse(names), key) in exposed.into_iter().take(MOST_EXPOSED) {
            if let Some(here) = self.shared.get(&key) {
                found.exposed.push(self.exposed(build, (key, here), names as u64, corpora)?);
            }
        }
        Ok(found)
    }

    /// Whether everybody has a build: its id or its code, and most of what else it tells.
    fn is_public(&self, build: &Build) -> bool {
        let others: Vec<u64> = build.others().collect();
        let some = others.iter().filter(|mark| self.public.contains(mark)).count();
        build.telling().any(|mark| self.public.contains(&mark)) && some * 1000 >= others.len() * SHARE_PUBLIC
    }

    fn exposed<R: ReadAt>(
        &self,
        build: &Build,
        ((number, path, line), here): (Key, &Shared),
        names: u64,
        corpora: &[Corpus<'_, R>],
    ) -> Result<Exposed, MatchError> {
        let corpus = &corpora[number];
        let Shared { marks, stood: (last, first) } = here;
        let whole = corpus.index.path(path).map_err(|source| corpus.error(source))?;
        let at = whole.windows(BUILD.len()).rposition(|it| it == BUILD).unwrap_or(whole.len());
        let (path, build_of) = whole.split_at(at);
        let product = build_of.get(BUILD.len()..).unwrap_or_default().trim_ascii();
        let (id, code, layout) = build.shared(marks);
        Ok(Exposed {
            place: self.lines.stood(corpora, (number, line), path.to_vec(), names, (*first, *last))?,
            product: String::from_utf8_lossy(product).into_owned(),
            id,
            code,
            layout,
            names,
        })
    }
}

impl Build {
    /// Whether its id, its code and its layout are among some marks.
    fn shared(&self, marks: &BTreeSet<u64>) -> (bool, bool, bool) {
        let has = |mark: Option<u64>| mark.is_some_and(|mark| marks.contains(&mark));
        (self.ids.iter().any(|mark| marks.contains(mark)), has(self.code), has(self.layout))
    }

    /// Marks by which a build is looked for.
    fn telling(&self) -> impl Iterator<Item = u64> {
        self.ids.iter().copied().chain(self.code)
    }

    /// What else is compared.
    fn others(&self) -> impl Iterator<Item = u64> {
        self.layout.into_iter().chain(self.names.iter().copied())
    }
}
