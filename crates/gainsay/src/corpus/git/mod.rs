//! A git repository with its whole history, or with what is new of it, to a segment of its own.
//!
//! Everything is read once. The delta forest of the packs gives commits and trees; comparing each commit's tree with its
//! first parent's gives the versions of each path; from one version to the next is an *edge*. Then the forest gives the
//! blobs, each with its grams, of which it inherits most from the blob that it is stored as a change of: the differences
//! along the deltas between both ends of an edge add up to the edge's. They are sorted, and become intervals.
//!
//! What takes memory beside the budget: about 24 bytes for each packed object, 8 for each entry of a tree (beyond the budget
//! in a file), 40 for each version of a path, and the tables of the segment.

mod blobs;
mod bundle;
mod commits;
mod contents;
mod forest;
mod hash;
mod objects;
mod pending;
mod plan;
mod rows;
mod trees;
mod versions;

use std::io::Write;
use std::path::Path;

use fingerprint::{
    Commit, Index, Line, LineId, LineKind, PathId, Profile, ReadAt, SegmentError, SegmentWriter, Sorter, WholeInterval,
};

use bundle::Bundle;
use commits::{CommitRow, Commits, NoCommits};
use contents::Contents;
use objects::{Forest, Objects};
use plan::Languages;
use rows::Places;
pub(super) use rows::RowsError;
use trees::Trees;
use versions::When;

use super::NO_CODE;

/// How a repository is read.
pub(super) struct Options<'o> {
    pub(super) profile: &'o Profile,
    /// Where rows that exceed the memory are kept, in unnamed files.
    pub(super) folder: &'o Path,
    /// Bytes of memory for rows.
    pub(super) memory: usize,
    pub(super) threads: usize,
    /// Whether source code is fingerprinted as such.
    pub(super) code: bool,
}

/// What an earlier reading that was [`Read::whole`] left of a repository: enough to read only what came since.
pub(super) struct Since {
    /// The reference whose line was read.
    pub(super) reference: Vec<u8>,
    /// The ids of the line's commits, oldest first.
    pub(super) line: Vec<Vec<u8>>,
    /// The ids of all commits beside it that were read, in the order of their numbers.
    pub(super) side: Vec<Vec<u8>>,
    /// Whether it told that a blob, by its id, stood at a path: what a partial clone lacked then may be there now.
    pub(super) told: Told,
}

/// Tells of a path and the id of a blob whether the one stood at the other.
pub(super) type Told = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// What an index tells of the newest commit of its only history.
pub(super) fn told<R: ReadAt>(index: Index<R>) -> impl Fn(&[u8], &[u8]) -> bool {
    move |path, blob| {
        let stands = |interval: &WholeInterval| {
            let line = index.line(interval.line).filter(|line| line.kind == LineKind::History);
            line.is_some_and(|line| interval.last + 1 == line.commits)
                && index.path(interval.path).is_ok_and(|found| found == path)
        };
        let found = index.content_by_oid(blob).ok().flatten();
        found.is_some_and(|(_, intervals)| intervals.iter().any(stands))
    }
}

/// What was read of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// As they were read: see [`digest`].
    pub(super) digest: [u8; 32],
    /// The reference whose line was read.
    pub(super) reference: Vec<u8>,
    /// The id of the newest commit of the line.
    pub(super) newest: Vec<u8>,
    /// How many commits the line has now.
    pub(super) line: u32,
    /// How many commits beside it were read by now.
    pub(super) side: u32,
    /// Bytes of the distinct contents read.
    pub(super) bytes: u64,
    /// All that there is was read. Where something was not, reading only what is new could not tell what came and went. What was
    /// left out of the repository itself (submodules, the past of a shallow clone, promised blobs) is named, and no such loss.
    pub(super) whole: bool,
    /// Something was written to the segment; where nothing was, the segment is not worth keeping.
    pub(super) written: bool,
}

/// What became of a reading.
pub(super) enum Outcome {
    Read(Read),
    /// The line is no longer a continuation of the one read before: read all, and forget what was read before.
    Rewritten,
    /// There is no commit to read; why, in a sentence.
    Unreadable(String),
}

/// Told while a repository is read.
pub(super) enum Event {
    /// So many commits of so many are compared.
    Commits(u64, u64),
    /// So many contents of so many are fingerprinted, of so many bytes.
    Contents(u64, u64, u64),
    /// Something was not read.
    Problem(String),
}

/// Why an empty repository is not read.
const NO_COMMIT: &str = "the git repository has no commit that can be read";

/// Fewer blobs than this are read one by one rather than over the forest.
const FEW_BLOBS: usize = 1000;

/// Bytes of unpacked objects kept at hand where they are read one by one.
const OBJECT_CACHE: usize = 32 << 20;

/// Whether a file begins as a bundle does.
pub(super) fn is_bundle(head: &[u8; 16]) -> bool {
    bundle::HEADS.contains(&head)
}

/// A digest of all references of a repository and of where they lead, and where it was not read as a [whole](Read::whole) of which
/// objects there are: as long as it stays, there is nothing new. Its last bytes tell of where a shallow clone is cut: see
/// [`same_cut`].
///
/// # Errors
/// A sentence that says why the repository can't be opened.
pub(super) fn digest(path: &Path, whole: bool) -> Result<[u8; 32], String> {
    if path.is_file() {
        return Ok(digest_of_bundle(&Bundle::open(path)?));
    }
    let repo = open(path)?;
    let digest = digest_of(&repo);
    Ok(if whole { digest } else { with_objects(digest, &repo) })
}

/// The digest with all files that hold objects: what is missing can only come with another one.
fn with_objects(digest: [u8; 32], repo: &gix::Repository) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&digest);
    for folder in objects::folders(repo).0 {
        let parts = (0..=u8::MAX).map(|byte| format!("{byte:02x}")).chain(["pack".to_owned()]);
        for part in parts {
            let entries = std::fs::read_dir(folder.join(part)).into_iter().flatten().flatten();
            let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
            names.sort();
            names.iter().for_each(|name| {
                hasher.update(name.as_encoded_bytes()).update(b"/");
            });
            hasher.update(b"/");
        }
    }
    let mut all = *hasher.finalize().as_bytes();
    if let (Some(to), Some(cut)) = (all.last_chunk_mut::<CUT>(), digest.last_chunk()) {
        *to = *cut;
    }
    all
}

fn digest_of_bundle(bundle: &Bundle) -> [u8; 32] {
    digest_with(&bundle.tips, &bundle.cut())
}

/// Bytes at the end of a digest that tell of a shallow clone's cut.
const CUT: usize = 8;

/// Whether two digests were made with the same history left out: where they were not, what came between is not new but older.
pub(super) fn same_cut(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.last_chunk::<CUT>() == other.last_chunk::<CUT>()
}

fn digest_of(repo: &gix::Repository) -> [u8; 32] {
    let mut cut: Vec<String> = commits::shallow(repo).iter().map(ToString::to_string).collect();
    cut.sort();
    let mut tips = Vec::new();
    if let Ok(references) = repo.references()
        && let Ok(all) = references.all()
    {
        tips.extend(all.flatten().map(|reference| {
            let (name, target) = (reference.name().as_bstr(), reference.target());
            let is_there = target.try_id().is_some_and(|id| repo.has_object(id));
            format!("{name:?} {target:?} {is_there}")
        }));
    }
    tips.sort();
    let head = repo.head_id().ok().map(gix::Id::detach);
    tips.push(format!("{:?} {head:?}", repo.head_name().ok().flatten()));
    digest_with(tips.join("\n").as_bytes(), &cut.join("\n"))
}

fn digest_with(tips: &[u8], cut: &str) -> [u8; 32] {
    let mut digest = *blake3::hash(tips).as_bytes();
    if let (Some(last), Some(of_cut)) =
        (digest.last_chunk_mut::<CUT>(), blake3::hash(cut.as_bytes()).as_bytes().first_chunk())
    {
        *last = *of_cut;
    }
    digest
}

/// Opens a repository, or unpacks a bundle and opens what was in it, with its digest.
fn open_any(
    path: &Path,
    options: &Options<'_>,
) -> Result<(gix::Repository, [u8; 32], Option<bundle::Unpacked>), String> {
    if !path.is_file() {
        let repo = open(path)?;
        let digest = digest_of(&repo);
        return Ok((repo, digest, None));
    }
    let bundle = Bundle::open(path)?;
    let digest = digest_of_bundle(&bundle);
    let unpacked = bundle.unpack(options.folder, options.threads)?;
    Ok((open(unpacked.folder.path())?, digest, Some(unpacked)))
}

/// Whether a folder that looks like a repository can be read as one; the reason where it can't, in a sentence.
pub(super) fn judge(path: &Path) -> Result<(), String> {
    let repo = open(path)?;
    let leads_somewhere = repo.references().is_ok_and(|all| all.all().is_ok_and(|mut all| all.next().is_some()));
    if leads_somewhere || repo.head_id().is_ok() { Ok(()) } else { Err(NO_COMMIT.to_owned()) }
}

/// Isolated: no configuration of the user or the system takes part, and no program is started.
pub(super) fn open(path: &Path) -> Result<gix::Repository, String> {
    let repo = gix::open_opts(path, gix::open::Options::isolated());
    let mut repo = repo.map_err(|error| {
        let hint = if names_sha256(path) { "it has SHA-256 object ids, which are not read yet: " } else { "" };
        format!("the git repository can't be opened: {hint}{error}")
    })?;
    repo.object_cache_size(OBJECT_CACHE);
    Ok(repo)
}

/// Whether the configuration of a repository that can't be opened asks for SHA-256.
fn names_sha256(path: &Path) -> bool {
    let configs = [path.join("config"), path.join(".git/config")];
    configs.iter().filter_map(|config| std::fs::read(config).ok()).any(|config| {
        let config = config.to_ascii_lowercase();
        config.windows(12).any(|word| word == b"objectformat") && config.windows(6).any(|word| word == b"sha256")
    })
}

/// Reads a repository, or what came since an earlier reading of it, into a segment of its own, under this name.
///
/// # Errors
/// Where rows can't be kept or written.
pub(super) fn read<W: Write>(
    path: &Path,
    name: &[u8],
    options: &Options<'_>,
    since: Option<&Since>,
    writer: &mut SegmentWriter<W>,
    tell: &(dyn Fn(Event) + Sync),
) -> Result<Outcome, RowsError> {
    let (repo, digest, unpacked) = match open_any(path, options) {
        Ok(opened) => opened,
        Err(reason) => return Ok(Outcome::Unreadable(reason)),
    };
    let mut whole = true;
    let mut problem = |problem: String| {
        whole = false;
        tell(Event::Problem(problem));
    };
    // What never was part of the repository is told of, and is no loss.
    let notice = |notice: String| tell(Event::Problem(notice));
    unpacked.iter().flat_map(|unpacked| &unpacked.problems).cloned().for_each(&mut problem);
    let objects = Objects::open(&repo, &mut problem);
    let mut forest = since.is_none().then(|| Forest::new(&objects));
    if !commits::shallow(&repo).is_empty() {
        notice("the clone is shallow: older history is not there".to_owned());
    }
    let commits = Commits::read(&repo, &objects, (forest.as_ref(), options.threads), since, &mut problem, &notice);
    let commits = match commits {
        Ok(commits) => commits,
        Err(NoCommits::Rewritten) => return Ok(Outcome::Rewritten),
        Err(NoCommits::Empty) => {
            return Ok(Outcome::Unreadable(NO_COMMIT.to_owned()));
        }
    };
    let mut trees = Trees::read(&repo, &objects, forest.as_ref(), options)?;
    let of = (commits.line.len() + commits.side.len()) as u64;
    let near = |blob| forest.as_ref().map_or(blob, |forest| forest.place(blob));
    let edges = versions::edges(&mut trees, &commits, &near, &mut |done| tell(Event::Commits(done as u64, of)));
    trees.problems().into_iter().for_each(&mut problem);
    for path in trees.submodules() {
        let path = String::from_utf8_lossy(&path);
        notice(format!("{path}: it is a submodule: add the repository that holds its files"));
    }
    let name_of = |path| if options.code { trees.file_name(path) } else { NO_CODE };
    let languages = Languages::new((0..).take(trees.paths.len()).map(name_of));
    let line = add_line(writer, name, &commits.reference, LineKind::History, commits.begin.0, &commits.line)?;
    let side = add_line(writer, name, b"", LineKind::Side, commits.begin.1, &commits.side)?;
    let mut paths = vec![PathId(0); trees.paths.len()];
    // What stood before, each with whether it was told of.
    let mut stood = Vec::new();
    for edge in edges.chunk_by(|a, b| a.path == b.path).filter_map(<[_]>::first) {
        let bytes = trees.path(edge.path);
        if let Some(path) = paths.get_mut(edge.path as usize) {
            *path = writer.path(&bytes)?;
        }
        if let Some(since) = since.filter(|_| edge.when == When::Before) {
            stood.push((edge.to, (since.told)(&bytes, objects.id(edge.to).as_slice())));
        }
    }
    drop(trees);
    if forest.is_none() && edges.len() > FEW_BLOBS {
        forest = Some(Forest::new(&objects));
    }
    let contents = Contents { repo: &repo, objects: &objects, forest: forest.as_ref(), edges: &edges, languages };
    let (sorters, found) = contents.read(options, tell, &mut problem)?;
    let is_found = |blob| found.binary_search_by_key(&blob, |found| found.blob).is_ok();
    if stood.into_iter().any(|(blob, told)| told != is_found(blob)) {
        return Ok(Outcome::Rewritten);
    }
    let places = Places::new(&edges, paths, line, side);
    rows::write(Sorter::sorted(sorters)?, &places, options.threads, writer)?;
    rows::write_contents(&found, &objects, &places, writer)?;
    let count = |begin: u32, new: usize| begin.saturating_add(u32::try_from(new).unwrap_or(u32::MAX));
    let newest = commits.line.last().map(|commit| commit.id.as_slice().to_vec());
    let digest = if whole || path.is_file() { digest } else { with_objects(digest, &repo) };
    Ok(Outcome::Read(Read {
        digest,
        newest: newest.or_else(|| since?.line.last().cloned()).unwrap_or_default(),
        line: count(commits.begin.0, commits.line.len()),
        side: count(commits.begin.1, commits.side.len()),
        bytes: found.iter().map(|found| found.bytes).sum(),
        written: of > 0,
        whole,
        reference: commits.reference,
    }))
}

fn add_line<W: Write>(
    writer: &mut SegmentWriter<W>,
    name: &[u8],
    reference: &[u8],
    kind: LineKind,
    begin: u32,
    rows: &[CommitRow],
) -> Result<Option<LineId>, SegmentError> {
    let commits: Vec<Commit> =
        rows.iter().map(|row| Commit { oid: row.id.as_slice().to_vec(), time: row.time }).collect();
    let Ok(count @ 1..) = u32::try_from(commits.len()) else { return Ok(None) };
    let line = Line { name: name.to_vec(), reference: reference.to_vec(), kind, begin, commits: count };
    writer.line(line, &commits).map(Some)
}

#[cfg(test)]
mod tests;
