//! Corpora: the company's own files, public code, and what the company gave away, each one segment of the index.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use fingerprint::{Profile, Segment};
use tempfile::NamedTempFile;

use super::{Acting, CORPORA, Desk, Error, check_name};
use crate::claim::{CorpusRole, EntryId, Tlp};
use crate::corpus::{self, Indexed, Progress};
use crate::ledger::payload::CorpusIndexed;
use crate::ledger::{NewEntry, Payload};
use crate::store::{self, Reader};

/// How many things that were not read an entry names.
const NAMED_NOT_READ: usize = 100;

/// What a corpus is.
#[derive(Clone, Debug)]
pub struct CorpusOptions {
    /// What it is to the company.
    pub role: CorpusRole,
    /// Whose files; the desk's organisation, or the corpus's own name, where it is not said.
    pub owner: Option<String>,
    /// Its marking; the desk's where it is not said.
    pub tlp: Option<Tlp>,
}

/// A corpus as it was last indexed.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The entry that says so.
    pub entry: EntryId,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// What was indexed.
    pub indexed: CorpusIndexed,
}

impl Desk {
    /// Indexes paths as a corpus, together with those that it had before: they are read again. The segment is on the disk before
    /// the entry that names it.
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
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Corpus, Indexed), Error> {
        check_name("corpus", name)?;
        let known = self.corpora()?.remove(name);
        if let Some(known) = &known {
            refuse_another(&known.indexed, options)?;
        }
        let mut all: Vec<PathBuf> =
            known.iter().flat_map(|corpus| corpus.indexed.paths.iter().map(PathBuf::from)).collect();
        for path in paths {
            let whole =
                fs::canonicalize(path).map_err(|why| Error::File { action: "read", path: path.clone(), why })?;
            if !all.contains(&whole) {
                all.push(whole);
            }
        }
        let owner = match (&options.owner, &known, options.role) {
            (Some(owner), ..) => owner.clone(),
            (None, Some(known), _) => known.indexed.owner.clone(),
            (None, None, CorpusRole::Public) => "the public".to_owned(),
            (None, None, _) => self.config.organisation.clone().unwrap_or_else(|| name.to_owned()),
        };
        let index = corpus::Options { profile: Profile::one(), taken: acting.now.as_second() };
        let (file, segment, indexed) = self.write_segment(&all, &index, progress)?;
        let tlp = options.tlp.unwrap_or(self.config.tlp);
        let entry = CorpusIndexed {
            name: name.to_owned(),
            owner,
            role: options.role,
            paths: all.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            segment,
            files: indexed.counts.files,
            blobs: indexed.counts.contents,
            commits: indexed.counts.commits,
            postings: indexed.counts.postings,
            bytes: indexed.bytes,
            not_read: indexed.not_read.len() as u64,
            not_read_names: indexed
                .not_read
                .iter()
                .take(NAMED_NOT_READ)
                .map(|not| format!("{}: {}", not.path.display(), not.reason))
                .collect(),
        };
        let root = self.root().to_owned();
        let built_on = known.map(|known| known.entry);
        let id = self.database.commit(&self.key, acting.now, |commit| {
            let standing = corpora(&commit.reader())?.remove(name).map(|standing| standing.entry);
            if standing != built_on {
                return Err(Error::CorpusChanged { name: name.to_owned() });
            }
            // The segment gets its name under the lock: nobody sweeps between here and the entry that names it.
            place_segment(file, &root, &segment)?;
            Ok(commit.push(&NewEntry {
                author: acting.author.clone(),
                tlp,
                note: None,
                payload: entry.clone().into(),
            })?)
        })?;
        // A second commit, of nothing: the entry is on the disk before the old segment goes, and nobody names one while they go.
        self.database.commit(&self.key, acting.now, |commit| drop_unused_segments(&commit.reader(), &root))?;
        Ok((Corpus { entry: id, tlp, indexed: entry }, indexed))
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
        let check = |corpus: &Corpus| {
            let name = &corpus.indexed.name;
            let mut file = self.segment_file(corpus)?;
            let mut hasher = blake3::Hasher::new();
            std::io::copy(&mut file, &mut hasher).map_err(|why| damaged(name, why))?;
            if *hasher.finalize().as_bytes() != corpus.indexed.segment {
                return Err(damaged(name, "its bytes are not those that the ledger names"));
            }
            self.segment(corpus)?.verify().map_err(|e| damaged(name, e))
        };
        Ok(self.corpora()?.iter().map(|(name, corpus)| (name.clone(), check(corpus))).collect())
    }

    /// Opens a corpus's segment.
    pub(super) fn segment(&self, corpus: &Corpus) -> Result<Segment<File>, Error> {
        Segment::open(self.segment_file(corpus)?).map_err(|e| damaged(&corpus.indexed.name, e))
    }

    fn segment_file(&self, corpus: &Corpus) -> Result<File, Error> {
        File::open(self.segment_path(&corpus.indexed.segment)).map_err(|why| damaged(&corpus.indexed.name, why))
    }

    fn segment_path(&self, digest: &[u8; 32]) -> PathBuf {
        segment_path(self.root(), digest)
    }

    /// Writes a segment, synced but without its name yet: under that it is swept when the run is cut short.
    fn write_segment(
        &self,
        paths: &[PathBuf],
        index: &corpus::Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(NamedTempFile, [u8; 32], Indexed), Error> {
        let folder = self.root().join(CORPORA);
        let failed = |why| Error::File { action: "write in", path: folder.clone(), why };
        let file = tempfile::Builder::new().prefix(store::UNFINISHED).tempfile_in(&folder).map_err(failed)?;
        let mut out = Hashing { inner: BufWriter::new(file), hasher: blake3::Hasher::new() };
        let indexed = corpus::index(paths, index, &mut out, progress)?;
        out.flush().map_err(failed)?;
        let digest = *out.hasher.finalize().as_bytes();
        let file = out.inner.into_inner().map_err(|e| failed(e.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        Ok((file, digest, indexed))
    }
}

/// What a corpus is to the company decides what a match proves: it never changes silently.
fn refuse_another(known: &CorpusIndexed, options: &CorpusOptions) -> Result<(), Error> {
    let name = known.name.clone();
    if known.role != options.role {
        return Err(Error::CorpusRoleDiffers { name, known: known.role, given: options.role });
    }
    match &options.owner {
        Some(given) if *given != known.owner => {
            Err(Error::CorpusOwnerDiffers { name, known: known.owner.clone(), given: given.clone() })
        }
        _ => Ok(()),
    }
}

fn corpora(reader: &Reader<'_>) -> Result<BTreeMap<String, Corpus>, store::Error> {
    let corpora = reader.of_kind("corpus/1")?.into_iter().filter_map(|entry| match entry.payload {
        Some(Payload::Corpus(indexed)) => {
            Some((indexed.name.clone(), Corpus { entry: entry.id, tlp: entry.header.tlp, indexed }))
        }
        _ => None,
    });
    Ok(corpora.collect())
}

fn segment_path(desk: &Path, digest: &[u8; 32]) -> PathBuf {
    desk.join(CORPORA).join(format!("{}.segment", EntryId(*digest)))
}

fn place_segment(file: NamedTempFile, desk: &Path, digest: &[u8; 32]) -> Result<(), Error> {
    let folder = desk.join(CORPORA);
    let failed = |why| Error::File { action: "write in", path: folder.clone(), why };
    file.persist(segment_path(desk, digest)).map_err(|e| failed(e.error))?;
    File::open(&folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Removes segments that no corpus is of any more, and what an interrupted run left. To be called under the writer's lock: there
/// every segment under its name is either named by an entry or left over.
fn drop_unused_segments(reader: &Reader<'_>, desk: &Path) -> Result<(), Error> {
    let used: Vec<PathBuf> =
        corpora(reader)?.values().map(|corpus| segment_path(desk, &corpus.indexed.segment)).collect();
    let folder = desk.join(CORPORA);
    let failed = |why| Error::File { action: "list", path: folder.clone(), why };
    store::sweep_unfinished(&folder);
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_segment = path.extension().is_some_and(|ending| ending == "segment");
        if is_segment && !used.contains(&path) {
            fs::remove_file(&path).map_err(|why| Error::File { action: "remove", path, why })?;
        }
    }
    Ok(())
}

fn damaged(corpus: &str, why: impl ToString) -> Error {
    Error::Segment { corpus: corpus.to_owned(), why: why.to_string() }
}

/// Hashes what passes through it.
struct Hashing<W> {
    inner: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
