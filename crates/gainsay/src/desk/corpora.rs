//! Corpora: the company's own files, public code, and what the company gave away, each some segments of the index.
//!
//! A segment is written under a name that is swept, synced, and given its own name (its BLAKE3) under the writer's lock, together
//! with a note of what it tells. An entry names it only when the whole corpus is read. An add that is cut short leaves notes from
//! which the next one goes on; what neither an entry nor a note names is removed under the same lock.

mod filters;
mod merge;
mod notes;
mod segments;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use fingerprint::{Filter, Index, Profile, Segment};
use jiff::Timestamp;

use super::{Acting, CORPORA, Desk, Error, check_name};
use crate::claim::{Against, Channels, CorpusRole, EntryId, Piece, Root, SegmentFile, Tlp};
use crate::corpus::{self, OnProgress, Reader as CorpusReader};
use crate::ledger::Payload;
use crate::ledger::payload::{CorpusIndexed, CorpusIndexedV1, CorpusIndexedV2, Noted, SegmentFileV2, twins};
use crate::store::{self, Reader};
pub use filters::Exported;
use filters::Taken;
use notes::Notes;

/// Bytes of memory for what grows with a corpus, where nothing else is said.
pub const MEMORY: usize = 512 << 20;

/// With less, rows would go through the disk in pieces too small to be merged.
pub(super) const LEAST_MEMORY: usize = 64 << 20;

/// What a corpus is, and how it is read.
#[derive(Clone, Debug)]
pub struct CorpusOptions {
    /// What it is to the company.
    pub role: CorpusRole,
    /// Whose files; the desk's organisation, or the corpus's own name, where it is not said.
    pub owner: Option<String>,
    /// Its marking; the desk's where it is not said.
    pub tlp: Option<Tlp>,
    /// Which fingerprints are made; those that it has, or all, where it is not said.
    pub channels: Option<Channels>,
    /// Where the paths lie; where it is not said, what is known of each stands.
    pub place: Option<String>,
    /// The time whose state the paths are, in seconds since 1970-01-01 UTC; where it is not said, what is known of each stands.
    pub dated: Option<i64>,
    /// Bytes of memory for what grows with the corpus.
    pub memory: usize,
    /// Open archives even where the kernel cannot lock the child down.
    pub unjailed: bool,
    /// What archives are tried with that are locked.
    pub passwords: Vec<String>,
}

impl CorpusOptions {
    /// A corpus of this role, and nothing else said.
    pub fn new(role: CorpusRole) -> Self {
        let (owner, tlp, channels, place, dated) = (None, None, None, None, None);
        CorpusOptions {
            role,
            owner,
            tlp,
            channels,
            place,
            dated,
            memory: MEMORY,
            unjailed: false,
            passwords: Vec::new(),
        }
    }
}

/// A corpus as it was last indexed.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The entry that says so.
    pub entry: EntryId,
    /// When the desk received it.
    pub received: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// What was indexed.
    pub indexed: CorpusIndexed,
}

impl Corpus {
    /// What its segments and filters hold together. A content that stands in several segments counts in each.
    pub fn holds(&self) -> SegmentFile {
        let zero = SegmentFile {
            blake3: [0; 32],
            bytes: 0,
            files: 0,
            contents: 0,
            content_bytes: 0,
            commits: 0,
            postings: 0,
            tables: 0,
        };
        self.files().iter().fold(zero, |sum, it| SegmentFile {
            blake3: sum.blake3,
            bytes: sum.bytes + it.bytes,
            files: sum.files + it.files,
            contents: sum.contents + it.contents,
            content_bytes: sum.content_bytes + it.content_bytes,
            commits: sum.commits + it.commits,
            postings: sum.postings + it.postings,
            tables: sum.tables + it.tables,
        })
    }

    /// Its segments and filters.
    pub(in crate::desk) fn files(&self) -> Vec<SegmentFile> {
        twins(&self.indexed.segments)
    }

    /// Its segments.
    pub fn segments(&self) -> Vec<SegmentFile> {
        self.parted().1
    }

    /// The filters that are parts of it.
    pub fn filters(&self) -> Vec<SegmentFile> {
        self.parted().0
    }

    /// Its filters, and its segments.
    fn parted(&self) -> (Vec<SegmentFile>, Vec<SegmentFile>) {
        let pieces = self.pieces();
        let filters: HashSet<[u8; 32]> =
            pieces.iter().filter(|piece| piece.filter().is_some()).map(|piece| piece.segment).collect();
        self.files().into_iter().partition(|file| filters.contains(&file.blake3))
    }

    /// It as a match names it: with its date and coverage. Of a filter the date is that of the corpus that it stands for.
    pub fn as_held_against(&self) -> Against {
        let (holds, pieces) = (self.holds(), self.pieces());
        let of_filters = pieces.iter().filter_map(|piece| Timestamp::from_second(piece.filter()?.indexed).ok());
        let packages: u64 = pieces.iter().map(Piece::packages).sum();
        Against {
            name: self.indexed.name.clone(),
            role: self.indexed.role,
            indexed: of_filters.chain([self.received]).min(),
            contents: holds.contents,
            rows: holds.postings,
            packages: Some(packages).filter(|packages| *packages > 0),
        }
    }

    /// How many things could not be read.
    pub fn not_read(&self) -> u64 {
        self.indexed.not_read + self.pieces().iter().map(|piece| piece.not_read).sum::<u64>()
    }

    /// The first of them, with the reason.
    pub fn not_read_names(&self) -> Vec<String> {
        let of_pieces = self.pieces().into_iter().flat_map(|piece| piece.not_read_names);
        self.indexed.not_read_names.iter().cloned().chain(of_pieces).collect()
    }

    /// The paths as given, where they lie and of when they are.
    pub fn roots(&self) -> Vec<Root> {
        twins(&self.indexed.roots)
    }

    fn pieces(&self) -> Vec<Piece> {
        twins(&self.indexed.pieces)
    }
}

impl Desk {
    /// Indexes paths as a corpus, together with those that it had before: of all of them what changed is read. Every segment is on the
    /// disk before the entry that names it, and one that is finished is kept for the next call where this one is cut short.
    ///
    /// # Errors
    /// A path is missing, the corpus exists with another role or owner, somebody else indexed it meanwhile, or the disk is full: then
    /// the corpus is as it was.
    pub fn add_corpus(
        &mut self,
        acting: &Acting,
        name: &str,
        paths: &[PathBuf],
        options: &CorpusOptions,
        progress: &mut OnProgress<'_>,
    ) -> Result<Corpus, Error> {
        check_name("corpus", name)?;
        if let Some(place) = &options.place {
            check_name("place", place)?;
        }
        if options.memory < LEAST_MEMORY {
            return Err(Error::TooLittleMemory { least: LEAST_MEMORY >> 20 });
        }
        let mut others = self.corpora()?;
        let known = others.remove(name);
        if let Some(known) = &known {
            refuse_another(&known.indexed, options)?;
        }
        let roots = all_roots(known.as_ref(), paths, options)?;
        let owner = match (&options.owner, &known) {
            (Some(owner), _) => owner.clone(),
            (None, Some(known)) => known.indexed.owner.clone(),
            (None, None) => self.default_owner(name, options.role, &others),
        };
        let standing = known.as_ref().map(|known| known.indexed.channels);
        let channels = options.channels.or(standing).unwrap_or(Channels::All);
        let folder = self.root().join(CORPORA);
        let base = known.as_ref().map(|known| known.entry);
        let mut adding =
            Adding { name, base, folder: folder.clone(), notes: Notes::begin(&folder, name, base, channels)? };
        let mut segments = known.as_ref().map(Corpus::files).unwrap_or_default();
        let mut pieces = known.as_ref().map(Corpus::pieces).unwrap_or_default();
        for noted in adding.notes.noted() {
            segments.push((&noted.segment).into());
            pieces.extend(noted.pieces.iter().map(Piece::from));
        }
        pieces.retain(|piece| segments::is_there(&folder, &piece.segment));
        let paths: Vec<PathBuf> = roots.iter().map(|root| OsStr::from_bytes(&root.path).into()).collect();
        let (filters, paths) = parted(paths, &pieces);
        for source in filters {
            let is_it = |piece: &Piece| piece.source == source.as_os_str().as_bytes();
            // What can't be reached now stays as it was taken.
            if !filters::is_filter(&source) && pieces.iter().any(|piece| is_it(piece) && piece.filter().is_some()) {
                continue;
            }
            let Taken { file, segment, piece } = filters::take(&folder, &source, options.role)?;
            if pieces.contains(&piece) {
                continue;
            }
            let noted = Noted { segment: (&segment).into(), pieces: twins(std::slice::from_ref(&piece)) };
            self.keep_segment(acting, &mut adding, file, &noted)?;
            pieces.retain(|piece| !is_it(piece));
            pieces.push(piece);
            segments.push(segment);
        }
        let reading = corpus::Options {
            profile: Profile::one(),
            taken: acting.now.as_second(),
            memory: options.memory,
            code: channels == Channels::All,
            coarse: options.role != CorpusRole::Own,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            unjailed: options.unjailed,
            passwords: options.passwords.clone(),
            spill: folder.clone(),
        };
        let in_folder = folder.clone();
        let open: corpus::Open = Box::new(move |digest| File::open(segments::path(&in_folder, digest)));
        let mut reader = CorpusReader::new(&paths, pieces, open, reading, progress);
        while let Some(written) = reader.next(|| segments::Unfinished::new(&folder), progress)? {
            let (file, blake3, bytes) = written.out.finish().map_err(|why| failed("write in", &folder, why))?;
            let segment = SegmentFile {
                blake3,
                bytes,
                files: written.counts.files,
                contents: written.counts.contents,
                content_bytes: written.bytes,
                commits: written.counts.commits,
                postings: written.counts.postings,
                tables: written.tables,
            };
            let piece = Piece { segment: blake3, ..written.piece };
            let noted = Noted { segment: (&segment).into(), pieces: twins(std::slice::from_ref(&piece)) };
            self.keep_segment(acting, &mut adding, file, &noted)?;
            segments.push(segment);
            reader.keep(piece);
        }
        let (pieces, unread) = reader.finish();
        let indexed = CorpusIndexed {
            name: name.to_owned(),
            owner,
            role: options.role,
            roots: twins(&roots),
            segments: named_by(&pieces, &segments),
            pieces: twins(&pieces),
            not_read: unread.count,
            not_read_names: unread.named.iter().map(ToString::to_string).collect(),
            channels,
        };
        let tlp = options.tlp.unwrap_or(self.config.tlp);
        match known {
            Some(known) if known.indexed == indexed && known.tlp == tlp => {
                adding.notes.forget()?;
                Ok(known)
            }
            _ => self.commit_corpus(acting, adding, tlp, indexed),
        }
    }

    /// Whose a corpus is where nobody says so. What was published without an organisation in the desk's settings is of whom the
    /// desk's own corpora are, where that is one: apart from them it would take part in no match.
    fn default_owner(&self, name: &str, role: CorpusRole, others: &BTreeMap<String, Corpus>) -> String {
        let organisation = self.config.organisation.as_ref();
        let own = others.values().filter(|it| it.indexed.role == CorpusRole::Own);
        let own: BTreeSet<&String> = own.map(|it| &it.indexed.owner).collect();
        let sole = own.first().filter(|_| own.len() == 1 && role == CorpusRole::Published).copied();
        match role {
            CorpusRole::Public => "the public".to_owned(),
            CorpusRole::Own | CorpusRole::Published => organisation.or(sole).map_or(name, String::as_str).to_owned(),
        }
    }

    /// Gives a segment its name and notes what it tells, both under the writer's lock: nobody sweeps between them.
    fn keep_segment(
        &mut self,
        acting: &Acting,
        adding: &mut Adding<'_>,
        file: tempfile::NamedTempFile,
        noted: &Noted,
    ) -> Result<(), Error> {
        let kept = self.database.commit(&self.key, acting.now, |commit| {
            adding.refuse_changed(&commit.reader())?;
            let digest = SegmentFile::from(&noted.segment).blake3;
            let is_filter = noted.pieces.iter().any(|piece| Piece::from(piece).filter().is_some());
            let path = if is_filter { segments::filter_path } else { segments::path };
            segments::place(file, &adding.folder, path(&adding.folder, &digest))?;
            adding.notes.add(noted)
        });
        adding.forget_where_changed(kept)
    }

    /// Appends the entry, and removes what it does not need any more.
    fn commit_corpus(
        &mut self,
        acting: &Acting,
        adding: Adding<'_>,
        tlp: Tlp,
        indexed: CorpusIndexed,
    ) -> Result<Corpus, Error> {
        let folder = self.root().join(CORPORA);
        let entry = self.database.commit(&self.key, acting.now, |commit| {
            adding.refuse_changed(&commit.reader())?;
            if !corpus_is_there(&folder, &indexed) {
                return Err(Error::CorpusChanged { name: indexed.name.clone() });
            }
            Ok(commit.push(&acting.entry(tlp, indexed.clone()))?)
        });
        let entry = adding.forget_where_changed(entry)?;
        adding.notes.forget()?;
        self.sweep_segments(acting)?;
        Ok(Corpus { entry, received: acting.now, tlp, indexed })
    }

    /// Removes what no corpus needs any more. A commit of its own, of nothing: the entry is on the disk before old segments go, and
    /// nobody names one while they go.
    fn sweep_segments(&mut self, acting: &Acting) -> Result<(), Error> {
        let folder = self.root().join(CORPORA);
        self.database.commit(&self.key, acting.now, |commit| segments::sweep(&folder, &corpora(&commit.reader())?))
    }

    /// The corpora by name, each as it was last indexed.
    ///
    /// # Errors
    /// The store fails.
    pub fn corpora(&self) -> Result<BTreeMap<String, Corpus>, Error> {
        Ok(corpora(&self.database.reader())?)
    }

    /// Reads every byte of every segment and holds it against its checksums, and gives what is wrong.
    ///
    /// # Errors
    /// The store fails.
    pub fn verify_corpora(&self) -> Result<BTreeMap<String, Result<(), Error>>, Error> {
        let folder = self.root().join(CORPORA);
        let open = |name: &str, path: &Path, digest: &[u8; 32]| {
            let open = || File::open(path).map_err(|why| damaged(name, why));
            let mut hasher = blake3::Hasher::new();
            std::io::copy(&mut open()?, &mut hasher).map_err(|why| damaged(name, why))?;
            if hasher.finalize().as_bytes() != digest {
                return Err(damaged(name, "its bytes are not those that the ledger names"));
            }
            open()
        };
        let check = |name: &str, corpus: &Corpus| -> Result<(), Error> {
            for it in corpus.segments() {
                let file = open(name, &segments::path(&folder, &it.blake3), &it.blake3)?;
                Segment::open(file).and_then(|segment| segment.verify()).map_err(|why| damaged(name, why))?;
            }
            for it in corpus.filters() {
                let file = open(name, &segments::filter_path(&folder, &it.blake3), &it.blake3)?;
                Filter::open(file).and_then(|filter| filter.verify()).map_err(|why| damaged(name, why))?;
            }
            Ok(())
        };
        Ok(self.corpora()?.iter().map(|(name, corpus)| (name.clone(), check(name, corpus))).collect())
    }

    /// Opens a corpus's index.
    pub(super) fn index(&self, corpus: &Corpus) -> Result<Index<File>, Error> {
        let name = &corpus.indexed.name;
        let opened = open_segments(&self.root().join(CORPORA), name, &corpus.segments())?;
        Index::open(opened).map_err(|why| damaged(name, why))
    }
}

/// Whether every segment that an entry is to name is there.
fn corpus_is_there(folder: &Path, indexed: &CorpusIndexed) -> bool {
    let segments: Vec<SegmentFile> = twins(&indexed.segments);
    segments.iter().all(|segment| segments::is_there(folder, &segment.blake3))
}

fn open_segments(folder: &Path, name: &str, segments: &[SegmentFile]) -> Result<Vec<Segment<File>>, Error> {
    let open = |segment: &SegmentFile| {
        let file = File::open(segments::path(folder, &segment.blake3)).map_err(|why| damaged(name, why))?;
        Segment::open(file).map_err(|why| damaged(name, why))
    };
    segments.iter().map(open).collect()
}

/// A corpus that is being changed.
struct Adding<'n> {
    name: &'n str,
    /// The entry that the change builds on.
    base: Option<EntryId>,
    folder: PathBuf,
    notes: Notes,
}

impl Adding<'_> {
    fn refuse_changed(&self, reader: &Reader<'_>) -> Result<(), Error> {
        let standing = corpora(reader)?.remove(self.name).map(|standing| standing.entry);
        if standing == self.base { Ok(()) } else { Err(Error::CorpusChanged { name: self.name.to_owned() }) }
    }

    /// What was noted for a corpus that is no more is of no use to anybody.
    fn forget_where_changed<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if matches!(result, Err(Error::CorpusChanged { .. })) {
            self.notes.forget()?;
        }
        result
    }
}

/// The paths that a corpus had and those that are new, without links, each once. What is said now of where a path lies, or of when it
/// is, takes the place of what was said before: trees are moved, and names are mistyped. Results name the entry that they rest on.
fn all_roots(known: Option<&Corpus>, paths: &[PathBuf], options: &CorpusOptions) -> Result<Vec<Root>, Error> {
    let mut all = known.map(Corpus::roots).unwrap_or_default();
    for path in paths {
        let whole = fs::canonicalize(path).map_err(|why| failed("read", path, why))?.into_os_string().into_vec();
        let root = match all.iter().position(|root| root.path == whole) {
            Some(known) => known,
            None => {
                all.push(Root { path: whole, place: None, dated: None });
                all.len() - 1
            }
        };
        if let Some(root) = all.get_mut(root) {
            root.place = options.place.clone().or(root.place.take());
            root.dated = options.dated.or(root.dated);
        }
    }
    Ok(all)
}

/// Of the paths of a corpus those that are filters, or were when they were taken, and the others.
fn parted(paths: Vec<PathBuf>, pieces: &[Piece]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let was_one = |path: &Path| {
        pieces.iter().any(|piece| piece.filter().is_some() && piece.source == path.as_os_str().as_bytes())
    };
    paths.into_iter().partition(|path| filters::is_filter(path) || was_one(path))
}

/// The segments that pieces name, in their order, each once: what is read twice within a second gives the same segment.
fn named_by(pieces: &[Piece], segments: &[SegmentFile]) -> Vec<SegmentFileV2> {
    let mut left: HashSet<[u8; 32]> = pieces.iter().map(|piece| piece.segment).collect();
    segments.iter().filter(|segment| left.remove(&segment.blake3)).map(Into::into).collect()
}

/// What a corpus is to the company decides what a match proves: it never changes silently.
fn refuse_another(known: &CorpusIndexed, options: &CorpusOptions) -> Result<(), Error> {
    let name = known.name.clone();
    if known.role != options.role {
        return Err(Error::CorpusRoleDiffers { name, known: known.role, given: options.role });
    }
    if let Some(given) = options.channels.filter(|given| *given != known.channels) {
        return Err(Error::CorpusChannelsDiffer { name, known: known.channels, given });
    }
    match &options.owner {
        Some(given) if *given != known.owner => {
            Err(Error::CorpusOwnerDiffers { name, known: known.owner.clone(), given: given.clone() })
        }
        _ => Ok(()),
    }
}

fn corpora(reader: &Reader<'_>) -> Result<BTreeMap<String, Corpus>, store::Error> {
    let mut corpora = BTreeMap::new();
    // A corpus that was added again is in both: the newer kind comes later and stands.
    for kind in ["corpus/1", "corpus/2", "corpus/3"] {
        for entry in reader.of_kind(kind)? {
            let indexed = match entry.payload {
                Some(Payload::CorpusV1(indexed)) => of_second_version(of_first_version(indexed)),
                Some(Payload::CorpusV2(indexed)) => of_second_version(indexed),
                Some(Payload::Corpus(indexed)) => indexed,
                _ => continue,
            };
            let corpus = Corpus { entry: entry.id, received: entry.header.received, tlp: entry.header.tlp, indexed };
            corpora.insert(corpus.indexed.name.clone(), corpus);
        }
    }
    Ok(corpora)
}

/// A corpus of the first version, of which no piece is known: adding it again reads all of it.
fn of_first_version(it: CorpusIndexedV1) -> CorpusIndexedV2 {
    let segment = SegmentFile {
        blake3: it.segment,
        bytes: 0,
        files: it.files,
        contents: it.blobs,
        content_bytes: it.bytes,
        commits: it.commits,
        postings: it.postings,
        tables: 0,
    };
    CorpusIndexedV2 {
        name: it.name,
        owner: it.owner,
        role: it.role,
        paths: it.paths.into_iter().map(|path| path.into_bytes().into()).collect(),
        segments: vec![(&segment).into()],
        pieces: Vec::new(),
        not_read: it.not_read,
        not_read_names: it.not_read_names,
        channels: Channels::All,
    }
}

/// A corpus of the second version, of which nobody said where it lies or of when it is.
fn of_second_version(it: CorpusIndexedV2) -> CorpusIndexed {
    let roots = it.paths.into_iter().map(|path| Root { path: path.into(), place: None, dated: None });
    CorpusIndexed {
        name: it.name,
        owner: it.owner,
        role: it.role,
        roots: twins(&roots.collect::<Vec<_>>()),
        segments: it.segments,
        pieces: it.pieces,
        not_read: it.not_read,
        not_read_names: it.not_read_names,
        channels: it.channels,
    }
}

fn failed(action: &'static str, path: &Path, why: std::io::Error) -> Error {
    Error::File { action, path: path.to_owned(), why }
}

fn damaged(corpus: &str, why: impl ToString) -> Error {
    Error::Segment { corpus: corpus.to_owned(), why: why.to_string() }
}
