//! Filters: what a public or published corpus has, to be handed to another desk, and taken as a part of a corpus here.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use fingerprint::{About, Filter, FilterError, Index, PathId, write_filter};
use tempfile::NamedTempFile;

use super::{Corpus, damaged, failed, open_segments, segments};
use crate::capture;
use crate::claim::{CorpusRole, Extent, Filtered, Piece, SegmentFile};
use crate::corpus::package_of;
use crate::desk::{CORPORA, Desk, Error};

/// How many packages a filter names.
const NAMED: usize = 5_000;

/// How many folders are tried as that in which a path lies.
const ROOTS: usize = 16;

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// What the filter says of itself.
    pub about: About,
    /// How many keys it has.
    pub keys: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Whether a path of a corpus is a filter.
pub(super) fn is_filter(path: &Path) -> bool {
    path.is_file() && capture::open(path).is_ok_and(|file| Filter::begins(&file))
}

/// A filter that was copied into the desk's folder and holds: its file has no name yet.
pub(super) struct Taken {
    pub(super) file: NamedTempFile,
    pub(super) segment: SegmentFile,
    pub(super) piece: Piece,
}

/// Copies a filter into the folder of the segments, and checks all of it.
pub(super) fn take(folder: &Path, source: &Path, role: CorpusRole) -> Result<Taken, Error> {
    let refused = |why: String| Error::Filter { path: source.to_owned(), why };
    let mut out = segments::Unfinished::new(folder).map_err(|why| failed("write in", folder, why))?;
    std::io::copy(&mut capture::open(source)?, &mut out).map_err(|why| failed("read", source, why))?;
    let (file, blake3, bytes) = out.finish().map_err(|why| failed("write in", folder, why))?;
    let copy = file.reopen().map_err(|why| failed("read in", folder, why))?;
    let filter = Filter::open(copy).and_then(|filter| filter.verify().map(|()| filter));
    let filter = filter.map_err(|error| refused(error.to_string()))?;
    let About { published, indexed, contents, files, bytes: content_bytes, packages, .. } = *filter.about();
    let made_of = if published { CorpusRole::Published } else { CorpusRole::Public };
    if made_of != role {
        return Err(refused(format!("it stands for what is {made_of}: add it with --{made_of}")));
    }
    if filter.profile() != fingerprint::Profile::one().id() {
        return Err(refused("its fingerprints were made under another profile".to_owned()));
    }
    let postings = filter.keys();
    let segment = SegmentFile { blake3, bytes, files, contents, content_bytes, commits: 0, postings, tables: 0 };
    let piece = Piece {
        source: source.as_os_str().as_bytes().to_vec(),
        segment: blake3,
        extent: Extent::Filter(Filtered { indexed, packages }),
        not_read: 0,
        not_read_names: Vec::new(),
    };
    Ok(Taken { file, segment, piece })
}

impl Desk {
    /// Opens the filters that are parts of a corpus.
    pub(in crate::desk) fn filters(&self, corpus: &Corpus) -> Result<Vec<Filter<File>>, Error> {
        let folder = self.root().join(CORPORA);
        let open = |it: &SegmentFile| {
            let file = File::open(segments::filter_path(&folder, &it.blake3));
            let file = file.map_err(|why| damaged(&corpus.indexed.name, why))?;
            Filter::open(file).map_err(|why| damaged(&corpus.indexed.name, why))
        };
        corpus.filters().iter().map(open).collect()
    }

    /// Writes the filter of a public or published corpus to a file, which takes its name only when it is whole.
    ///
    /// # Errors
    /// There is no such corpus, it is the company's own, it holds nothing but other filters, a segment is damaged, or the file can't be
    /// written.
    pub fn export_corpus(&self, name: &str, to: &Path) -> Result<Exported, Error> {
        let unknown = || Error::UnknownCorpus { name: name.to_owned() };
        let corpus = self.corpora()?.remove(name).ok_or_else(unknown)?;
        let not_exported = |why| Error::NotExported { name: name.to_owned(), why };
        if corpus.indexed.role == CorpusRole::Own {
            return Err(not_exported("it holds the company's own files, and whoever has its filter could tell them"));
        }
        if !corpus.filters().is_empty() {
            return Err(not_exported("a part of it is a filter already: hand that on, and export a corpus without it"));
        }
        let folder = self.root().join(CORPORA);
        let opened = || open_segments(&folder, name, &corpus.segments());
        let packages = packages(&Index::open(opened()?).map_err(|why| damaged(name, why))?);
        let packages = packages.map_err(|why| damaged(name, why))?;
        let holds = corpus.holds();
        let about = About {
            name: name.to_owned(),
            published: corpus.indexed.role == CorpusRole::Published,
            indexed: corpus.received.as_second(),
            contents: holds.contents,
            files: holds.files,
            bytes: holds.content_bytes,
            packages: packages.len() as u64,
            names: packages.into_iter().take(NAMED).collect(),
        };
        let parent = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail = |why| failed("write", to, why);
        let file = tempfile::Builder::new().prefix(".gainsay-").tempfile_in(parent).map_err(fail)?;
        let (out, keys) = write_filter(&opened()?, &about, BufWriter::new(file)).map_err(|error| match error {
            FilterError::Io { source, .. } => failed("write", to, source),
            error => damaged(name, error),
        })?;
        let mut file = out.into_inner().map_err(|error| failed("write", to, error.into_error()))?;
        file.flush().and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        let bytes = file.as_file().metadata().map_err(fail)?.len();
        file.persist(to).map_err(|error| fail(error.error))?;
        fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(fail)?;
        Ok(Exported { about, keys, bytes })
    }
}

/// The packages that the paths of an index name, by themselves or below the repository or folder that they lie in.
fn packages(index: &Index<File>) -> Result<BTreeSet<String>, fingerprint::SegmentError> {
    let roots: BTreeSet<&[u8]> = index.lines().map(|line| line.name.as_slice()).collect();
    let mut packages = BTreeSet::new();
    for id in (0..index.paths()).map(PathId) {
        let path = index.path(id)?;
        let below = |root: &&[u8]| package_of(&[root, &b"/"[..], &path].concat());
        packages.extend(package_of(&path).or_else(|| roots.iter().take(ROOTS).find_map(below)));
    }
    Ok(packages)
}
