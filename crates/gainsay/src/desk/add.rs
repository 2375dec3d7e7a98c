//! Capturing sources: bytes kept, text read, drafts made, all in one commit for each source.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::model::{Reader, TextRead};
use super::vault::Kept;
use super::{Acting, BLOBS, Desk, Error, casefile};
use crate::capture::{self, Captured, Opener};
use crate::claim::{About, EntryId, SourceKind, Tlp, on_one_line};
use crate::ledger::payload::{DraftDecided, DraftRef, Held, SourceCaptured, SourceRead, Text};
use crate::ledger::{Entry, Hash, NewEntry, Payload, sha256};
use crate::read::{self, Gazetteer};
use crate::store;

pub use super::vault::Keep;

/// The desk's own names, beside those that the reader brings along.
const NAMES: &str = "names.txt";

/// How sources are to be added.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// What they are; where it is not said, archives are told by their content and taken as samples, everything else as stories.
    pub kind: Option<SourceKind>,
    /// Where their bytes go; samples stay outside and the rest goes into the desk where it is not said.
    pub keep: Option<Keep>,
    /// Their marking; the desk's where it is not said.
    pub tlp: Option<Tlp>,
    /// How they are to be handled.
    pub note: Option<String>,
    /// The title, over the one in the source.
    pub title: Option<String>,
    /// Who published them, over what the source says.
    pub outlet: Option<String>,
    /// When they were published, over what the source says.
    pub published: Option<Timestamp>,
    /// Open foreign files even where the kernel cannot lock the child down.
    pub unjailed: bool,
}

/// What became of one source.
#[derive(Clone, Debug)]
pub struct Added {
    /// The entry that captured it.
    pub id: EntryId,
    /// What it is.
    pub kind: SourceKind,
    /// Whether the case had these very bytes already.
    pub already: bool,
    /// Whether it takes the place of an earlier version.
    pub is_new_version: bool,
    /// Statements that were drafted.
    pub drafted: usize,
    /// Of those, accepted by the reader for itself.
    pub accepted: usize,
    /// What was wrong with it.
    pub problems: Vec<String>,
}

impl Desk {
    /// Captures files, and of folders every file in them, each in a commit of its own: what fails is reported and the rest goes on.
    ///
    /// # Errors
    /// There is no such case, or the child that opens foreign files cannot be started.
    pub fn add(
        &mut self,
        acting: &Acting,
        case: &str,
        paths: &[PathBuf],
        options: &AddOptions,
        reader: &Reader<'_>,
        on_result: &mut dyn FnMut(&Path, &Result<Added, Error>),
    ) -> Result<(), Error> {
        let case = casefile::case_id(&self.database.reader(), case)?;
        store::sweep_unfinished(&self.root().join(BLOBS));
        let mut opener = Opener::start(options.unjailed)?;
        let names = self.names()?;
        for path in paths {
            let as_sample = options.kind == Some(SourceKind::Sample);
            if as_sample || !path.is_dir() {
                let result = self.add_one(acting, case, path, options, &mut opener, (&names, reader));
                on_result(path, &result);
                continue;
            }
            let below = files_below(path);
            if below.is_nothing() {
                on_result(path, &Err(Error::NothingIn { path: path.clone() }));
            }
            for failure in below.failures.into_iter().chain(below.skipped) {
                on_result(path, &Err(failure));
            }
            for file in below.files {
                let result = self.add_one(acting, case, &file, options, &mut opener, (&names, reader));
                on_result(&file, &result);
            }
        }
        Ok(())
    }

    fn add_one(
        &mut self,
        acting: &Acting,
        case: EntryId,
        path: &Path,
        options: &AddOptions,
        opener: &mut Opener,
        read_by: (&Gazetteer, &Reader<'_>),
    ) -> Result<Added, Error> {
        let kind = match options.kind {
            Some(kind) => kind,
            None if is_archive(path)? => SourceKind::Sample,
            None => SourceKind::Story,
        };
        if kind == SourceKind::Sample {
            self.add_sample(acting, case, path, options)
        } else {
            let before = Stamp::of(path)?;
            let captured = opener.document(path)?;
            self.add_text(acting, case, path, kind, options, (captured, before), read_by)
        }
    }

    fn add_sample(
        &mut self,
        acting: &Acting,
        case: EntryId,
        path: &Path,
        options: &AddOptions,
    ) -> Result<Added, Error> {
        let kept = self.keep_sample(path, options.keep.as_ref().unwrap_or(&Keep::Outside))?;
        self.commit_source(acting, case, path, SourceKind::Sample, options, kept, None)
    }

    /// Keeps a sample: a file, or a folder by the list of what is in it.
    pub(super) fn keep_sample(&self, path: &Path, keep: &Keep) -> Result<Kept, Error> {
        if path.is_dir() { folder_manifest(path) } else { self.keep(path, keep) }
    }

    #[expect(clippy::too_many_arguments, reason = "a source is made of all of it")]
    fn add_text(
        &mut self,
        acting: &Acting,
        case: EntryId,
        path: &Path,
        kind: SourceKind,
        options: &AddOptions,
        (mut captured, before): (Captured, Stamp),
        (names, reader): (&Gazetteer, &Reader<'_>),
    ) -> Result<Added, Error> {
        captured.title = options.title.clone().or(captured.title);
        captured.outlet = options.outlet.clone().or(captured.outlet).or_else(|| {
            let host = captured.address.as_deref()?.split("//").nth(1)?.split(['/', ':', '?']).next()?;
            names.find_domain(host).map(|known| known.name.to_owned())
        });
        captured.published = options.published.or(captured.published);
        let mut tlp = options.tlp.unwrap_or(self.config.tlp);
        if reader.model.is_some() {
            let entries = self.database.reader().of_case(case)?;
            let (digest, _) = super::vault::digest_file(path)?;
            let text = Some(text_entry(&captured));
            if let Some(id) = find_source(&entries, |other| is_same(other, &digest, &text, kind)) {
                // What the case has already is not sent again.
                let (drafted, accepted, problems) = (0, 0, captured.problems);
                return Ok(Added { id, kind, already: true, is_new_version: false, drafted, accepted, problems });
            }
            tlp = entries.first().map_or(tlp, |opened| tlp.max(opened.header.tlp));
        }
        let about =
            About { title: captured.title.clone(), outlet: captured.outlet.clone(), published: captured.published };
        // Before anything is kept: where no model answers, nothing stays behind.
        let read = reader.read(path, &captured.text, &about, names, Some(tlp))?;
        let keep = options.keep.clone().unwrap_or(Keep::InDesk);
        let kept = self.keep(path, &keep)?;
        // The text was read once and the bytes were kept once: they must be the same bytes.
        if Stamp::of(path)? != before {
            return Err(Error::ChangedMeanwhile { path: path.to_owned() });
        }
        if kept.held == Held::Desk {
            self.blobs.put(captured.text.as_bytes())?;
        }
        self.commit_source(acting, case, path, kind, options, kept, Some((captured, read)))
    }

    #[expect(clippy::too_many_arguments, reason = "one commit is made of all of it, and a struct would be used once")]
    pub(super) fn commit_source(
        &mut self,
        acting: &Acting,
        case: EntryId,
        path: &Path,
        kind: SourceKind,
        options: &AddOptions,
        kept: Kept,
        captured: Option<(Captured, TextRead)>,
    ) -> Result<Added, Error> {
        let (captured, read) = captured.unzip();
        let whence = whence(path, captured.as_ref());
        let problems = captured.as_ref().map_or(kept.problems, |captured| captured.problems.clone());
        let tlp = options.tlp.unwrap_or(self.config.tlp);
        let mut source = SourceCaptured {
            case,
            kind,
            whence: whence.clone(),
            digest: kept.digest,
            size: kept.size,
            held: kept.held,
            text: captured.as_ref().map(text_entry),
            replaces: None,
            problems: problems.clone(),
        };
        let blobs = &self.blobs;
        self.database.commit(&self.key, acting.now, |commit| {
            let mut added =
                Added { id: case, kind, already: false, is_new_version: false, drafted: 0, accepted: 0, problems };
            let entries = commit.reader().of_case(case)?;
            let same = |other: &SourceCaptured| is_same(other, &source.digest, &source.text, kind);
            if let Some(id) = find_source(&entries, same) {
                return Ok(Added { id, already: true, ..added });
            }
            // Under the lock no destruction runs; one may have run since the blobs were put there.
            if source.held == Held::Desk
                && !std::iter::once(&source.digest)
                    .chain(source.text.as_ref().map(|it| &it.digest))
                    .all(|it| blobs.has(it))
            {
                return Err(Error::BlobGone { path: path.to_owned() });
            }
            source.replaces = find_source(&entries, |other| other.whence == whence && other.kind == kind);
            added.is_new_version = source.replaces.is_some();
            added.id = commit.push(&NewEntry {
                author: acting.author.clone(),
                tlp,
                note: options.note.clone(),
                payload: source.clone().into(),
            })?;
            let Some(TextRead { reading, reader, dropped, problems }) = read else { return Ok(added) };
            added.problems.extend(problems);
            let by_the_reader = |payload: Payload, note| NewEntry { author: reader.clone(), tlp, note, payload };
            let read = SourceRead::new(case, added.id, &reader, &reading);
            let read = commit.push(&by_the_reader(read.into(), dropped))?;
            for (index, draft) in (0..).zip(&reading.drafts) {
                added.drafted += 1;
                if draft.confidence < read::ACCEPT_AT {
                    continue;
                }
                added.accepted += 1;
                let decision = DraftDecided {
                    case,
                    source: added.id,
                    draft: Some(DraftRef { reading: read, index }),
                    statement: Some((&draft.statement).into()),
                    reason: None,
                };
                commit.push(&by_the_reader(decision.into(), None))?;
            }
            Ok(added)
        })
    }

    /// The names that the reader knows: its own, and those of the desk's `names.txt`.
    pub(super) fn names(&self) -> Result<Gazetteer, Error> {
        let mut names = Gazetteer::built_in();
        let path = self.root().join(NAMES);
        match fs::read_to_string(&path) {
            Ok(text) => names.merge(Gazetteer::parse(&text).map_err(|why| Error::Names { path, why })?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(why) => return Err(Error::File { action: "read", path, why }),
        }
        Ok(names)
    }
}

fn find_source(entries: &[Entry], is_it: impl Fn(&SourceCaptured) -> bool) -> Option<EntryId> {
    entries.iter().rev().find_map(|entry| match &entry.payload {
        Some(Payload::Source(source)) if is_it(source) => Some(entry.id),
        _ => None,
    })
}

/// Whether a source is made of these bytes. The same bytes under another title, outlet or date make other statements: that is a new version.
fn is_same(other: &SourceCaptured, digest: &Hash, text: &Option<Text>, kind: SourceKind) -> bool {
    other.digest == *digest && other.text == *text && other.kind == kind
}

/// A page is known by its own address, a file by its full path: the next capture of either is a new version.
fn whence(path: &Path, captured: Option<&Captured>) -> String {
    captured.and_then(|captured| captured.address.clone()).unwrap_or_else(|| {
        let whole = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
        whole.unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
    })
}

fn text_entry(captured: &Captured) -> Text {
    Text {
        format: captured.format.to_owned(),
        encoding: captured.encoding.clone(),
        digest: sha256(&[captured.text.as_bytes()]),
        title: captured.title.clone(),
        outlet: captured.outlet.clone(),
        byline: captured.byline.clone(),
        published_words: captured.published_words.clone(),
        published: captured.published.map(Timestamp::as_microsecond),
        address: captured.address.clone(),
    }
}

fn is_archive(path: &Path) -> Result<bool, Error> {
    use std::io::Read;
    let unreadable = |why| capture::Error::Unreadable { path: path.to_owned(), why };
    let mut head = Vec::new();
    capture::open(path)?.take(unpack::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    Ok(unpack::is_archive(&head))
}

/// What tells that a file was written or put in another's place: device and inode, length, and when it was last written.
#[derive(PartialEq, Eq)]
struct Stamp(u64, u64, u64, i64, i64);

impl Stamp {
    fn of(path: &Path) -> Result<Stamp, Error> {
        use std::os::unix::fs::MetadataExt;
        let meta = fs::metadata(path).map_err(|why| capture::Error::Unreadable { path: path.to_owned(), why })?;
        Ok(Stamp(meta.dev(), meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()))
    }
}

/// What is below a folder.
pub(super) struct Below {
    /// Its files, in the order of their names.
    pub(super) files: Vec<PathBuf>,
    /// Folders that cannot be listed.
    pub(super) failures: Vec<Error>,
    /// Links, pipes and devices: none of them is followed or read.
    pub(super) skipped: Vec<Error>,
}

impl Below {
    /// Whether there is neither a file nor anything else to name.
    pub(super) fn is_nothing(&self) -> bool {
        self.files.is_empty() && self.failures.is_empty() && self.skipped.is_empty()
    }
}

/// Every file below a folder, in the order of their names; links are not followed.
pub(super) fn files_below(folder: &Path) -> Below {
    let mut below = Below { files: Vec::new(), failures: Vec::new(), skipped: Vec::new() };
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |why| Error::File { action: "list", path: folder.clone(), why };
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(why) => {
                below.failures.push(failed(why));
                continue;
            }
        };
        let mut names: BTreeMap<OsString, FileType> = BTreeMap::new();
        for entry in listed {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok((name, kind)) => drop(names.insert(name, kind)),
                Err(why) => below.failures.push(failed(why)),
            }
        }
        for (name, kind) in names.into_iter().rev() {
            let path = folder.join(name);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                below.files.push(path);
            } else {
                let what = if kind.is_symlink() { "a link" } else { "a pipe, a socket or a device" };
                below.skipped.push(Error::Skipped { path, what });
            }
        }
    }
    below.files.sort();
    below
}

/// A folder as a sample: the digest of the list of its files with their digests, in the order of their paths.
fn folder_manifest(folder: &Path) -> Result<Kept, Error> {
    let below = files_below(folder);
    if let Some(failure) = below.failures.into_iter().next() {
        return Err(failure);
    }
    if below.files.is_empty() {
        return Err(Error::NothingIn { path: folder.to_owned() });
    }
    let mut manifest = Vec::new();
    let mut size = 0;
    for file in below.files {
        let (digest, bytes) = super::vault::digest_file(&file)?;
        let name = file.strip_prefix(folder).unwrap_or(&file);
        manifest.extend_from_slice(format!("{}  ", EntryId(digest)).as_bytes());
        manifest.extend_from_slice(name.as_os_str().as_encoded_bytes());
        // A name can hold a newline, and so pretend to be two files; no name holds a NUL.
        manifest.push(0);
        size += bytes;
    }
    let digest: Hash = sha256(&[&manifest]);
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let problems = below.skipped.iter().map(|skipped| on_one_line(&skipped.to_string())).collect();
    Ok(Kept { digest, size, held: Held::Outside(absolute.to_string_lossy().into_owned()), problems })
}
