//! A listing against corpora: which of the company's files its entries fit by path and size, and when these stood there.
//!
//! A listing shows names and sizes, not content: who knows the company's files can write one. `listing/rules.rs` says
//! from when on fits are no chance, `listing/words.rs` what they prove.

mod pictured;
mod rules;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fingerprint::{LineId, LineKind, PathId, ReadAt, SegmentError};

use super::lines::Lines;
use super::window::{self, Runs};
use super::{Corpus, MatchError, Place, Verdict, Windows};
use crate::claim::CorpusRole;
use crate::listing::{Entry, Format, Listing, folded};

pub use pictured::match_pictured;

/// How many entries a result shows.
const ROWS: usize = 1000;

/// So many paths that end alike are looked at for one entry; more tell nothing of where it lies.
const MOST_ALIKE: usize = 8;

/// So many roots of the listing in a corpus are tried: a listing may hold several checkouts.
const MOST_ROOTS: usize = 8;

/// So many different roots are voted on, those that come first.
const MOST_VOTED: usize = 1 << 16;

/// What was found of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingMatch {
    /// What made the listing.
    pub format: Format,
    /// The answer.
    pub verdict: Verdict,
    /// Whether the verdict rests on paths alone: there are no sizes, or they do not fit.
    pub by_names: bool,
    /// How many entries take part: files, not folders.
    pub counts: Counts,
    /// The repositories and folders that entries of a listing of ours fit, the one with most first.
    pub lines: Vec<ListingLine>,
    /// The newest time listed, in seconds since 1970, as the clock of who listed it told it.
    pub newest: Option<i64>,
    /// The first entries, those first that fit.
    pub rows: Vec<ListedFile>,
    /// What was wrong with the listing.
    pub problems: Vec<String>,
}

/// How many entries fit how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that are files.
    pub files: u64,
    /// … with a size.
    pub sized: u64,
    /// … that a file of the company's fits by path and size.
    pub by_size: u64,
    /// … that one fits by its path alone.
    pub by_path: u64,
    /// Of those, whose listed size is a little larger than one of ours was: with line ends of two bytes it would be.
    pub larger: u64,
    /// … of which ours was as small as a pointer to a large file stored elsewhere.
    pub pointers: u64,
    /// Different pairs of name and size that tell: not empty, and not names that every project has.
    pub telling: u64,
    /// … that only the company's corpora have.
    pub own: u64,
    /// … that public corpora have.
    pub public: u64,
    /// … that published corpora have.
    pub published: u64,
    /// Different paths that tell by themselves.
    pub telling_paths: u64,
    /// … that the company's corpora have, and no public or published one.
    pub own_paths: u64,
}

/// What was found in one repository or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingLine {
    /// The repository or folder.
    pub source: Vec<u8>,
    /// The branch; empty for a folder and for commits beside the line.
    pub reference: Vec<u8>,
    /// What its commits are to each other.
    pub kind: LineKind,
    /// Entries that fit here.
    pub files: u64,
    /// To which commits they belong; only for a history.
    pub windows: Option<Windows>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Its path as listed.
    pub path: Vec<u8>,
    /// Its size, where it is listed exactly.
    pub bytes: Option<u64>,
    /// The company's file that it fits.
    pub best: Option<Place>,
    /// Whether the size is that file's.
    pub same_size: bool,
}

/// Matches a listing against corpora. Holds its entries, the paths of each corpus that have a name of the listing, and the
/// sizes that files had there.
///
/// # Errors
/// Where a corpus' index can't be read or is damaged.
pub fn match_listing<R: ReadAt>(listing: &Listing, corpora: &[Corpus<'_, R>]) -> Result<ListingMatch, MatchError> {
    let asked = Asked::new(&listing.entries);
    let mut found: Vec<Found> = vec![Found::default(); asked.files.len()];
    let mut fits: Vec<(usize, Fits)> = Vec::new();
    let known_lines = Lines::new(corpora);
    for (number, corpus) in corpora.iter().enumerate() {
        let of_corpus = Fits::in_corpus(&asked, corpus, number, &known_lines).map_err(|source| corpus.error(source))?;
        for (file, fit) in of_corpus.of_file.iter().enumerate() {
            let tells = fit.as_ref().is_some_and(|fit| fit.is_close || !rules::is_common_name(asked.name(file)));
            let by_size = fit.as_ref().is_some_and(|fit| fit.same_size) && tells;
            let by_path = fit.as_ref().is_some_and(|fit| fit.is_close);
            let of = match corpus.role {
                CorpusRole::Own => &mut found[file].own,
                CorpusRole::Public => &mut found[file].public,
                CorpusRole::Published => &mut found[file].published,
            };
            of.by_size |= by_size;
            of.by_path |= by_path;
        }
        if corpus.role == CorpusRole::Own {
            fits.push((number, of_corpus));
        }
    }
    let mut counts = Counts::default();
    asked.count(&found, &mut counts);
    for file in 0..asked.files.len() {
        let best = fits.iter().filter_map(|(_, of)| of.of_file[file].as_ref()).max_by_key(|fit| fit.rank());
        let Some(fit) = best else { continue };
        if fit.same_size {
            counts.by_size += 1;
        } else {
            counts.by_path += 1;
            counts.larger += u64::from(fit.is_larger);
            counts.pointers += u64::from(fit.is_pointer);
        }
    }
    let has_public = corpora.iter().any(|corpus| corpus.role == CorpusRole::Public);
    let is_exact = asked.files.iter().any(|file| file.exact_bytes().is_some());
    let (verdict, by_names) = rules::of_listing(&counts, is_exact, has_public);
    let mut lines = Vec::new();
    // What is not ours has no window: the few that fit then fit by chance.
    for (corpus, of_corpus) in fits.iter().filter(|_| verdict.is_ours()) {
        lines.extend(of_corpus.lines(corpora, *corpus, &known_lines, !by_names)?);
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.files));
    let newest = asked.files.iter().filter_map(|file| file.modified).map(|(first, _)| first).max();
    let rows = rows(&asked, &fits, corpora, &known_lines)?;
    let problems = listing.problems.clone();
    Ok(ListingMatch { format: listing.format, verdict, by_names, counts, lines, newest, rows, problems })
}

/// The files of a listing, made comparable.
struct Asked<'l> {
    files: Vec<&'l Entry>,
    /// For each its path, folded, with its parts from the last to the first, a slash behind each.
    keys: Vec<Vec<u8>>,
    /// By folded name, the files that have it.
    by_name: HashMap<Vec<u8>, Vec<usize>>,
}

/// In which kinds of corpora a file was found.
#[derive(Clone, Copy, Default)]
struct Found {
    own: Fitting,
    public: Fitting,
    published: Fitting,
}

/// By what a file fits, where that tells.
#[derive(Clone, Copy, Default)]
struct Fitting {
    by_size: bool,
    by_path: bool,
}

impl<'l> Asked<'l> {
    fn new(entries: &'l [Entry]) -> Self {
        let files: Vec<&Entry> = entries.iter().filter(|entry| !entry.is_folder).collect();
        let keys: Vec<Vec<u8>> = files.iter().map(|file| key(&file.path)).collect();
        let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (number, key) in keys.iter().enumerate() {
            by_name.entry(first_part(key).to_vec()).or_default().push(number);
        }
        Asked { files, keys, by_name }
    }

    fn name(&self, file: usize) -> &[u8] {
        first_part(&self.keys[file])
    }

    /// Counts different things: what is listed a thousand times tells once.
    fn count(&self, found: &[Found], counts: &mut Counts) {
        let (mut pairs, mut paths) = (HashSet::new(), HashSet::new());
        for (number, (file, found)) in self.files.iter().zip(found).enumerate() {
            counts.files += 1;
            counts.sized += u64::from(file.bytes.is_some());
            let tells = file.bytes.is_some_and(|(least, _)| least >= rules::LEAST_TELLING_BYTES);
            if tells && pairs.insert((self.name(number), file.bytes)) {
                let other = found.public.by_size || found.published.by_size;
                counts.telling += 1;
                counts.own += u64::from(found.own.by_size && !other);
                counts.public += u64::from(found.public.by_size);
                counts.published += u64::from(found.published.by_size);
            }
            if !rules::is_common_name(self.name(number)) && paths.insert(&self.keys[number]) {
                let other = found.public.by_path || found.published.by_path;
                counts.telling_paths += 1;
                counts.own_paths += u64::from(found.own.by_path && !other);
            }
        }
    }
}

/// Which files of a corpus the files of a listing fit.
struct Fits {
    /// The paths of the corpus that have a name of the listing.
    paths: Vec<(PathId, Vec<u8>)>,
    /// For each file of the listing.
    of_file: Vec<Option<Fit>>,
}

/// A file of the corpus that one of the listing fits.
struct Fit {
    /// Its number among the paths.
    path: usize,
    same_size: bool,
    /// Whether its path is alike in two parts or more, or as a whole, or the whole listing lies so.
    is_close: bool,
    is_larger: bool,
    is_pointer: bool,
    /// Where it stood: with the size that is listed; where none fits, with any.
    stood: Vec<(LineId, u32, u32)>,
}

impl Fit {
    fn rank(&self) -> (bool, bool) {
        (self.same_size, self.is_close)
    }
}

/// A file of a corpus at one time.
struct Version {
    bytes: u64,
    line: LineId,
    first: u32,
    last: u32,
}

/// Where a listing lies in a corpus: below the first path in the listing, below the second in the corpus. Keys, not paths.
type Root = (Vec<u8>, Vec<u8>);

/// The paths of a corpus by their keys.
struct Known {
    /// In order, with their numbers among the paths.
    keys: Vec<(Vec<u8>, usize)>,
}

impl Fits {
    fn in_corpus<R: ReadAt>(
        asked: &Asked<'_>,
        corpus: &Corpus<'_, R>,
        number: usize,
        lines: &Lines,
    ) -> Result<Fits, SegmentError> {
        let named = |path: &[u8]| {
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            asked.by_name.contains_key(&folded(name))
        };
        let paths = corpus.index.paths_where(named)?;
        let known = Known::new(&paths);
        let alike: Vec<(std::ops::Range<usize>, usize)> = asked.keys.iter().map(|key| known.alike(key)).collect();
        let roots = known.roots(asked, &alike);
        // For each file of the listing the paths that it may be, the likeliest first.
        let candidates: Vec<Vec<(usize, bool)>> = asked
            .keys
            .iter()
            .zip(&alike)
            .map(|(key, (range, parts))| known.candidates(key, range.clone(), *parts, &roots))
            .collect();
        let versions = versions(corpus, number, lines, &paths, &candidates)?;
        let of_file =
            (0..asked.files.len()).map(|file| fit(asked, file, &candidates[file], &paths, &versions)).collect();
        Ok(Fits { paths, of_file })
    }

    /// The lines of a corpus that files fit: by path and size, or by path alone.
    fn lines<R: ReadAt>(
        &self,
        corpora: &[Corpus<'_, R>],
        number: usize,
        known: &Lines,
        by_size: bool,
    ) -> Result<Vec<ListingLine>, MatchError> {
        let mut at_lines: BTreeMap<LineId, Vec<Runs>> = BTreeMap::new();
        for fit in self.of_file.iter().flatten().filter(|fit| fit.is_close && (fit.same_size || !by_size)) {
            let mut here: BTreeMap<LineId, Runs> = BTreeMap::new();
            fit.stood.iter().for_each(|(line, first, last)| here.entry(*line).or_default().push((*first, *last)));
            here.into_iter().for_each(|(line, runs)| at_lines.entry(line).or_default().push(runs));
        }
        let mut lines = Vec::new();
        for (id, things) in at_lines {
            let line = known.line((number, id));
            let commit_of = |at: u32| known.commit(corpora, (number, id), at);
            let files = things.len() as u64;
            let windows = match line.kind {
                LineKind::History => Some(window::of_runs(line.commits, things, &commit_of)?),
                LineKind::State | LineKind::Side => None,
            };
            let (source, reference) = (line.name.clone(), line.reference.clone());
            lines.push(ListingLine { source, reference, kind: line.kind, files, windows });
        }
        Ok(lines)
    }
}

impl Known {
    fn new(paths: &[(PathId, Vec<u8>)]) -> Known {
        let mut keys: Vec<(Vec<u8>, usize)> = paths.iter().zip(0..).map(|((_, path), at)| (key(path), at)).collect();
        keys.sort_unstable();
        Known { keys }
    }

    /// The paths that end most like a key, and in how many parts they do.
    fn alike(&self, key: &[u8]) -> (std::ops::Range<usize>, usize) {
        let at = self.keys.partition_point(|(known, _)| known.as_slice() < key);
        let neighbours = [at.checked_sub(1), Some(at)];
        let common = |at: usize| self.keys.get(at).map_or(0, |(known, _)| common_parts(key, known));
        let bytes = neighbours.into_iter().flatten().map(common).max().unwrap_or_default();
        let shared = &key[..bytes];
        let range = self.starting_with(shared);
        (if shared.is_empty() { 0..0 } else { range }, shared.iter().filter(|byte| **byte == b'/').count())
    }

    fn starting_with(&self, start: &[u8]) -> std::ops::Range<usize> {
        let first = self.keys.partition_point(|(known, _)| known.as_slice() < start);
        let count = self.keys[first..].partition_point(|(known, _)| known.starts_with(start));
        first..first + count
    }

    /// Where most of the listing lies, by votes of the files whose place is nearly certain.
    fn roots(&self, asked: &Asked<'_>, alike: &[(std::ops::Range<usize>, usize)]) -> Vec<Root> {
        let mut votes: HashMap<Root, u64> = HashMap::new();
        for (key, (range, _)) in asked.keys.iter().zip(alike).filter(|(_, (range, _))| range.len() <= 4) {
            for (known, _) in &self.keys[range.clone()] {
                let common = common_parts(key, known);
                let root = (key[common..].to_vec(), known[common..].to_vec());
                if votes.len() < MOST_VOTED || votes.contains_key(&root) {
                    // Twelve parts into one, two, three and four.
                    *votes.entry(root).or_default() += 12 / range.len() as u64;
                }
            }
        }
        let mut roots: Vec<(u64, Root)> = votes.into_iter().map(|(root, votes)| (votes, root)).collect();
        roots.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let most = roots.first().map_or(0, |(votes, _)| *votes);
        // One vote for a root is no root, but in a listing of one folder.
        roots.into_iter().take_while(|(votes, _)| votes * 50 >= most).take(MOST_ROOTS).map(|(_, root)| root).collect()
    }

    /// The paths that a file may be, each with whether it is close: first those where a root puts it, then those that end most
    /// like it.
    fn candidates(
        &self,
        key: &[u8],
        alike: std::ops::Range<usize>,
        parts: usize,
        roots: &[Root],
    ) -> Vec<(usize, bool)> {
        let mut found: Vec<(usize, bool)> = Vec::new();
        for (listed, ours) in roots {
            let Some(inner) = key.strip_suffix(listed.as_slice()).filter(|inner| inner.ends_with(b"/")) else {
                continue;
            };
            let whole = [inner, ours].concat();
            let at = self.keys.partition_point(|(known, _)| known.as_slice() < whole.as_slice());
            let same = self.keys[at..].iter().take_while(|(known, _)| *known == whole);
            found.extend(same.take(MOST_ALIKE).map(|(_, path)| (*path, true)));
        }
        // Last those that have no more in common with it than the name.
        let named = self.starting_with(key.get(..=first_part(key).len()).unwrap_or_default());
        for (range, parts) in [(alike, parts), (named, 1)] {
            if range.len() > MOST_ALIKE {
                continue;
            }
            for (known, path) in &self.keys[range] {
                if !found.iter().any(|(other, _)| other == path) {
                    found.push((*path, parts >= 2 || known == key));
                }
            }
        }
        found
    }
}

/// The versions of each path that a file may be.
fn versions<R: ReadAt>(
    corpus: &Corpus<'_, R>,
    number: usize,
    lines: &Lines,
    paths: &[(PathId, Vec<u8>)],
    candidates: &[Vec<(usize, bool)>],
) -> Result<HashMap<usize, Vec<Version>>, SegmentError> {
    let chosen: BTreeSet<usize> = candidates.iter().flatten().map(|(path, _)| *path).collect();
    let ids: Vec<PathId> = chosen.iter().filter_map(|path| paths.get(*path)).map(|(id, _)| *id).collect();
    let mut versions: HashMap<usize, Vec<Version>> = HashMap::new();
    corpus.index.contents_at(&ids, &mut |content, intervals| {
        let mut here = intervals.to_vec();
        // Dated snapshots of one place are one history.
        let count = if lines.has_snapshots(number) { lines.join(number, &mut here) } else { here.len() };
        for interval in here.iter().take(count) {
            // Paths come in the order of their numbers.
            let Ok(path) = paths.binary_search_by_key(&interval.path, |(id, _)| *id) else { continue };
            let (line, first, last) = (interval.line, interval.first, interval.last);
            versions.entry(path).or_default().push(Version { bytes: content.bytes, line, first, last });
        }
    })?;
    Ok(versions)
}

/// What a file of the listing fits best: the first path that had its size, else the first that is close.
fn fit(
    asked: &Asked<'_>,
    file: usize,
    candidates: &[(usize, bool)],
    paths: &[(PathId, Vec<u8>)],
    versions: &HashMap<usize, Vec<Version>>,
) -> Option<Fit> {
    let bytes = asked.files[file].bytes;
    let stood = |path: usize, fits: &dyn Fn(u64) -> bool| -> Vec<(LineId, u32, u32)> {
        let of_path = versions.get(&path).into_iter().flatten();
        of_path.filter(|version| fits(version.bytes)).map(|of| (of.line, of.first, of.last)).collect()
    };
    if let Some((least, most)) = bytes.filter(|(_, most)| *most > 0) {
        for (path, is_close) in candidates {
            let stood = stood(*path, &|bytes| (least..=most).contains(&bytes));
            if !stood.is_empty() {
                let (path, is_close) = (*path, *is_close);
                return Some(Fit { path, same_size: true, is_close, is_larger: false, is_pointer: false, stood });
            }
        }
    }
    let (path, _) = candidates.iter().find(|(path, is_close)| *is_close && paths.get(*path).is_some())?;
    let mut of_path = versions.get(path).into_iter().flatten();
    let exact = asked.files[file].exact_bytes().unwrap_or_default();
    let is_larger = of_path.clone().any(|of| of.bytes < exact && exact - of.bytes <= of.bytes / 5);
    let is_pointer = exact > rules::MOST_POINTER_BYTES && of_path.any(|of| rules::is_pointer(of.bytes));
    Some(Fit { path: *path, same_size: false, is_close: true, is_larger, is_pointer, stood: stood(*path, &|_| true) })
}

/// The first files, those first that fit by path and size.
fn rows<R: ReadAt>(
    asked: &Asked<'_>,
    fits: &[(usize, Fits)],
    corpora: &[Corpus<'_, R>],
    known: &Lines,
) -> Result<Vec<ListedFile>, MatchError> {
    let best = |file: usize| {
        let of_file = fits.iter().filter_map(|(corpus, of)| Some((*corpus, of, of.of_file[file].as_ref()?)));
        of_file.max_by_key(|(corpus, _, fit)| (fit.rank(), std::cmp::Reverse(*corpus)))
    };
    let mut order: Vec<((bool, bool), usize)> = (0..asked.files.len())
        .map(|file| (best(file).map_or((false, false), |(_, _, fit)| fit.rank()), file))
        .collect();
    order.sort_by_key(|(rank, file)| (std::cmp::Reverse(*rank), *file));
    let mut rows = Vec::new();
    for (_, file) in order.into_iter().take(ROWS) {
        let of = asked.files[file];
        let (mut place, mut same_size) = (None, false);
        if let Some((number, of_corpus, fit)) = best(file) {
            same_size = fit.same_size;
            // Of several times at which it stood there the newest on a history is shown.
            let kind = |line: LineId| known.line((number, line)).kind;
            let rank = |(line, first, last): &&(LineId, u32, u32)| (kind(*line) == LineKind::History, *last, *first);
            if let Some((id, first, last)) = fit.stood.iter().max_by_key(rank) {
                let path = of_corpus.paths[fit.path].1.clone();
                place = Some(known.stood(corpora, (number, *id), path, 0, (*first, *last))?);
            }
        }
        rows.push(ListedFile { path: of.path.clone(), bytes: of.exact_bytes(), best: place, same_size });
    }
    Ok(rows)
}

/// A path folded, its parts from the last to the first, a slash behind each: paths that end alike begin alike.
fn key(path: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(path.len() + 1);
    for part in path.rsplit(|byte| *byte == b'/') {
        key.extend_from_slice(&folded(part));
        key.push(b'/');
    }
    key
}

fn first_part(key: &[u8]) -> &[u8] {
    key.split(|byte| *byte == b'/').next().unwrap_or_default()
}

/// How many bytes of whole parts two keys begin alike in.
fn common_parts(a: &[u8], b: &[u8]) -> usize {
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    a[..common].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1)
}

#[cfg(test)]
mod tests;
