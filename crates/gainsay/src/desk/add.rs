//! Capturing sources: bytes kept, text read, drafts made, all in one commit for each source.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::model::{Reader, TextRead};
use super::names::Names;
use super::record::{self, is_used};
use super::settings::Settings;
use super::vault::{Kept, digest_file, recipient_of};
use super::{Acting, BLOBS, Desk, Error};
use crate::capture::{self, Captured, Opener};
use crate::claim::{About, EntryId, SourceKind, Tlp, on_one_line};
use crate::ledger::payload::{DraftDecided, DraftRef, Held, SourceCaptured, SourceRead, Text};
use crate::ledger::{Hash, NewEntry, Payload, sha256};
use crate::read::{self, Gazetteer};
use crate::store::{self, Blobs, Commit};

pub use super::vault::Keep;

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
    /// What they are called, where they are no files of this machine and their paths say nothing.
    pub name: Option<String>,
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
    /// Which part of the file it is, where that holds several.
    pub part: Option<String>,
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
    /// Captures files, and of folders every file in them, each in a commit of its own, of a file that holds many documents some
    /// hundred at a time: what fails is reported and the rest goes on.
    ///
    /// # Errors
    /// There is no such case, the recipient is none, or the child that opens foreign files cannot be started.
    pub fn add(
        &mut self,
        acting: &Acting,
        case: &str,
        paths: &[PathBuf],
        options: &AddOptions,
        reader: &Reader<'_>,
        on_result: &mut dyn FnMut(&Path, &Result<Added, Error>),
    ) -> Result<(), Error> {
        let case = self.case_id(case)?;
        if let Some(Keep::Sealed(recipient)) = &options.keep {
            recipient_of(recipient)?;
        }
        store::sweep_unfinished(&self.root().join(BLOBS));
        let mut opener = Opener::start(options.unjailed)?;
        let (names, settings) = (&self.names()?, &self.settings()?);
        let mut run = Run { acting, options, reader, names, settings, known: Known::of(case) };
        for path in paths {
            let as_sample = options.kind == Some(SourceKind::Sample);
            if as_sample || !path.is_dir() {
                if let Err(why) = self.add_one(&mut run, path, &mut opener, on_result) {
                    on_result(path, &Err(why));
                }
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
                if let Err(why) = self.add_one(&mut run, &file, &mut opener, on_result) {
                    on_result(&file, &Err(why));
                }
            }
        }
        Ok(())
    }

    /// Captures one file: a sample, or each document that it holds.
    fn add_one(
        &mut self,
        run: &mut Run<'_>,
        path: &Path,
        opener: &mut Opener,
        on_result: &mut dyn FnMut(&Path, &Result<Added, Error>),
    ) -> Result<(), Error> {
        let options = run.options;
        let is_sample = match options.kind {
            Some(kind) => kind == SourceKind::Sample,
            None => is_archive(path)?,
        };
        if is_sample {
            on_result(path, &self.add_sample(run, path));
            return Ok(());
        }
        let mut shelf = Shelf::new(Stamp::of(path)?);
        let mut failed = None;
        let name = options.name.as_deref().map_or_else(|| path.to_string_lossy(), Into::into);
        opener.documents_of((path, &name), &mut |captured| {
            match captured {
                Ok(captured) => shelf.put(captured, options, &run.names.known),
                // What changed under its reader gives no document, whatever that says of it.
                Err(_) if !shelf.is_unchanged(path) => {
                    on_result(path, &Err(Error::ChangedMeanwhile { path: path.to_owned() }));
                }
                Err(why) => on_result(path, &Err(why.into())),
            }
            if shelf.is_full() {
                failed = self.empty(run, path, &mut shelf, on_result).err();
            }
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let Some(failed) = failed {
            return Err(failed);
        }
        self.empty(run, path, &mut shelf, on_result)?;
        self.let_go(run, &shelf)
    }

    fn add_sample(&mut self, run: &mut Run<'_>, path: &Path) -> Result<Added, Error> {
        let kept = self.keep_sample(path, run.options.keep.as_ref().unwrap_or(&Keep::Outside))?;
        self.commit_sample(run.acting, path, run.options, &mut run.known, &kept)
    }

    /// Keeps a sample: a file, or a folder by the list of what is in it.
    pub(super) fn keep_sample(&self, path: &Path, keep: &Keep) -> Result<Kept, Error> {
        if path.is_dir() { folder_manifest(path) } else { self.keep(path, keep) }
    }

    /// The entry of a sample: the one that the case has, or a new one.
    pub(super) fn commit_sample(
        &mut self,
        acting: &Acting,
        path: &Path,
        options: &AddOptions,
        known: &mut Known,
        kept: &Kept,
    ) -> Result<Added, Error> {
        let tlp = options.tlp.unwrap_or(self.config.tlp);
        let source = SourceCaptured {
            case: known.case,
            kind: SourceKind::Sample,
            whence: options.name.clone().unwrap_or_else(|| whole_path(path)),
            digest: kept.digest,
            size: kept.size,
            held: kept.held.clone(),
            text: None,
            replaces: None,
            problems: kept.problems.clone(),
            part: None,
        };
        let blobs = &self.blobs;
        let added = self.database.commit(&self.key, acting.now, |commit| {
            known.catch_up(&commit.reader())?;
            push_source(commit, acting, (tlp, options), path, blobs, known, source, None)
        });
        added.inspect_err(|_| *known = Known::of(known.case))
    }

    /// Reads and commits what is on the shelf, all of it under one signed head.
    fn empty(
        &mut self,
        run: &mut Run<'_>,
        path: &Path,
        shelf: &mut Shelf,
        on_result: &mut dyn FnMut(&Path, &Result<Added, Error>),
    ) -> Result<(), Error> {
        let Run { acting, options, reader, names: Names { known: names, note }, settings, known } = run;
        let case = known.case;
        let captured = std::mem::take(&mut shelf.texts);
        shelf.bytes = 0;
        if captured.is_empty() {
            return Ok(());
        }
        known.catch_up(&self.database.reader())?;
        // What the case itself is marked counts for what is sent to a model.
        let desk = options.tlp.unwrap_or(self.config.tlp);
        let tlp = known.tlp.map_or(desk, |of_case| desk.max(of_case));
        let file = shelf.file(path)?;
        // Before anything is kept: where no model answers, nothing stays behind.
        let mut documents = Vec::new();
        for captured in captured {
            let about = about(&captured, options);
            // What neither the user nor the format says, the text's own marks do.
            let kind = about.kind.unwrap_or_else(|| read::source_kind(&captured.text, &about, names));
            let source = source_of(case, (path, options), kind, &file, &captured);
            if let Some(id) = known.by_content.get(&Known::content(&source)) {
                // What the case has already is not read again.
                documents.push(Document::Known(Added { id: *id, already: true, ..Added::of(&source) }));
                continue;
            }
            match reader.read(path, &captured.text, &about, names, Some(tlp)) {
                Ok(mut read) => {
                    read.note_names(note.as_deref());
                    documents.push(Document::New(Box::new((captured, kind, read))));
                }
                Err(why) => on_result(path, &Err(why)),
            }
        }
        if documents.iter().all(|document| matches!(document, Document::Known(_))) {
            for document in documents {
                if let Document::Known(added) = document {
                    on_result(path, &Ok(added));
                }
            }
            return Ok(());
        }
        let kept = match &shelf.kept {
            Some(kept) => kept,
            None => {
                let kept = self.keep(path, options.keep.as_ref().unwrap_or(&Keep::InDesk))?;
                shelf.kept.insert(kept)
            }
        };
        // The text was read once and the bytes were kept once: they must be the same bytes.
        if Stamp::of(path)? != shelf.before {
            return Err(Error::ChangedMeanwhile { path: path.to_owned() });
        }
        if kept.held == Held::Desk {
            for document in &documents {
                let Document::New(new) = document else { continue };
                let (captured, ..) = &**new;
                self.blobs.put(captured.text.as_bytes())?;
                if let Some(map) = map_of(captured) {
                    self.blobs.put(&map)?;
                }
            }
        }
        let tlp = options.tlp.unwrap_or(self.config.tlp);
        let blobs = &self.blobs;
        let added = self.database.commit(&self.key, acting.now, |commit| {
            known.catch_up(&commit.reader())?;
            settings.note(commit, acting)?;
            let mut all = Vec::new();
            for document in documents {
                all.push(match document {
                    Document::Known(added) => added,
                    Document::New(new) => {
                        let (captured, kind, read) = *new;
                        let source = source_of(case, (path, options), kind, kept, &captured);
                        push_source(commit, acting, (tlp, options), path, blobs, known, source, Some(read))?
                    }
                });
            }
            Ok::<_, Error>(all)
        });
        // What was not written is not known.
        let added: Vec<Added> = added.inspect_err(|_| *known = Known::of(case))?;
        for added in added {
            shelf.pushed += usize::from(!added.already || added.part.is_none());
            on_result(path, &Ok(added));
        }
        Ok(())
    }

    /// Lets the bytes of a file go of which every part was known from another: no entry names them.
    fn let_go(&mut self, run: &Run<'_>, shelf: &Shelf) -> Result<(), Error> {
        let Some(kept) = shelf.kept.as_ref().filter(|_| shelf.pushed == 0) else { return Ok(()) };
        let held = match kept.held {
            Held::Desk => kept.digest,
            Held::Sealed(_, sealed) => sealed,
            Held::Outside(_) => return Ok(()),
        };
        if run.known.made_of.contains(&held) {
            return Ok(());
        }
        let blobs = &self.blobs;
        // Under the lock nobody captures the same bytes meanwhile.
        self.database.commit(&self.key, run.acting.now, |commit| {
            if !is_used(&commit.reader(), &held)? {
                blobs.destroy(&held)?;
            }
            Ok(())
        })
    }
}

/// What all files that are added at once have in common.
struct Run<'a> {
    acting: &'a Acting,
    options: &'a AddOptions,
    reader: &'a Reader<'a>,
    names: &'a Names,
    settings: &'a Settings,
    known: Known,
}

/// A document of a file, once it is known whether it has to be read.
enum Document {
    /// The case has it already.
    Known(Added),
    /// It was read.
    New(Box<(Captured, SourceKind, TextRead)>),
}

/// Documents of one file that wait to be committed.
struct Shelf {
    /// The file, once it was digested.
    file: Option<Kept>,
    /// Its bytes, once they are kept.
    kept: Option<Kept>,
    /// The file as it was before it was read.
    before: Stamp,
    texts: Vec<Captured>,
    bytes: usize,
    /// Sources that name the bytes.
    pushed: usize,
}

impl Shelf {
    /// Documents, and bytes of their texts, that are committed at once.
    const MOST: (usize, usize) = (500, 16 << 20);

    fn new(before: Stamp) -> Shelf {
        Shelf { file: None, kept: None, before, texts: Vec::new(), bytes: 0, pushed: 0 }
    }

    /// The file as it would be kept, before it is.
    fn file(&mut self, path: &Path) -> Result<Kept, Error> {
        if let Some(file) = &self.file {
            return Ok(file.clone());
        }
        let (digest, size) = digest_file(path)?;
        let file = Kept { digest, size, held: Held::Desk, problems: Vec::new() };
        Ok(self.file.insert(file).clone())
    }

    /// Whether the file is as it was before it was read.
    fn is_unchanged(&self, path: &Path) -> bool {
        Stamp::of(path).is_ok_and(|now| now == self.before)
    }

    fn is_full(&self) -> bool {
        self.texts.len() >= Shelf::MOST.0 || self.bytes >= Shelf::MOST.1
    }

    /// Puts a document to the others.
    fn put(&mut self, mut captured: Captured, options: &AddOptions, names: &Gazetteer) {
        captured.title = options.title.clone().or(captured.title);
        captured.outlet = options.outlet.clone().or(captured.outlet).or_else(|| {
            let host = captured.address.as_deref()?.split("//").nth(1)?.split(['/', ':', '?']).next()?;
            names.find_domain(host).map(|known| known.name.to_owned())
        });
        captured.published = options.published.or(captured.published);
        self.bytes += captured.text.len();
        self.texts.push(captured);
    }
}

impl Added {
    /// Of a source that is about to be added.
    fn of(source: &SourceCaptured) -> Added {
        Added {
            id: source.case,
            kind: source.kind,
            part: source.part.clone(),
            already: false,
            is_new_version: false,
            drafted: 0,
            accepted: 0,
            problems: source.problems.clone(),
        }
    }
}

/// What is known of a document beside its text.
fn about(captured: &Captured, options: &AddOptions) -> About {
    let by_format = Some(usual_kind(captured.format)).filter(|kind| *kind != SourceKind::Story);
    About {
        title: captured.title.clone(),
        outlet: captured.outlet.clone(),
        published: captured.published,
        kind: options.kind.or(by_format),
    }
}

/// The entry of a document.
fn source_of(
    case: EntryId,
    (path, options): (&Path, &AddOptions),
    kind: SourceKind,
    kept: &Kept,
    captured: &Captured,
) -> SourceCaptured {
    SourceCaptured {
        case,
        kind,
        whence: whence(path, options, captured),
        digest: kept.digest,
        size: kept.size,
        held: kept.held.clone(),
        text: Some(text_entry(captured)),
        replaces: None,
        problems: captured.problems.clone(),
        part: captured.part.clone(),
    }
}

/// The sources of a case, by what makes two of them one and by what makes one the next version of the other.
pub(super) struct Known {
    case: EntryId,
    /// What the entry that opened the case is marked.
    tlp: Option<Tlp>,
    /// The place of the first entry that was not looked at.
    next: u64,
    /// The bytes that its sources are made of.
    made_of: HashSet<Hash>,
    by_content: HashMap<Hash, EntryId>,
    by_whence: HashMap<(String, SourceKind, Option<String>), EntryId>,
}

impl Known {
    /// Of a case of which nothing was looked at.
    pub(super) fn of(case: EntryId) -> Known {
        Known {
            case,
            tlp: None,
            next: 0,
            made_of: HashSet::new(),
            by_content: HashMap::new(),
            by_whence: HashMap::new(),
        }
    }

    /// Looks at what came since, so that a run over many files reads each entry of the case once.
    fn catch_up(&mut self, reader: &store::Reader<'_>) -> Result<(), store::Error> {
        let mut since = reader.of_case_since(self.case, self.next)?;
        if self.next > 0 && since.iter().any(|entry| matches!(entry.payload, Some(Payload::Destruction(_)))) {
            *self = Known::of(self.case);
            since = reader.of_case(self.case)?;
        }
        for entry in &since {
            self.next = entry.header.seq + 1;
            self.tlp.get_or_insert(entry.header.tlp);
            if let Some(source) = entry.payload.as_ref().and_then(Payload::source) {
                self.insert(source, entry.id);
            }
        }
        Ok(())
    }

    fn insert(&mut self, source: &SourceCaptured, id: EntryId) {
        self.made_of.extend(record::blobs_of(source).into_iter().map(|digest| digest.0));
        self.by_content.insert(Known::content(source), id);
        self.by_whence.insert(Known::whence(source), id);
    }

    /// The same bytes under another title, outlet or date make other statements: that is a new version. Of a part the bytes of its file
    /// say nothing: it is the same wherever it has the same text.
    fn content(source: &SourceCaptured) -> Hash {
        let mut content = SourceCaptured { held: Held::Desk, size: 0, replaces: None, ..source.clone() };
        content.problems.clear();
        if content.part.take().is_none() {
            content.whence.clear();
        } else {
            content.digest = [0; 32];
            if let Some(text) = &mut content.text {
                text.map = None;
            }
        }
        sha256(&[&Payload::from(content).to_bytes()])
    }

    /// A page and the entry of a feed that leads to it have one address, and are two sources.
    fn whence(source: &SourceCaptured) -> (String, SourceKind, Option<String>) {
        (source.whence.clone(), source.kind, source.text.as_ref().map(|text| text.format.clone()))
    }
}

/// Adds a source to a commit with what was read from it, unless the case has it already.
#[expect(clippy::too_many_arguments, reason = "one entry is made of all of it, and a struct would be used once")]
fn push_source(
    commit: &mut Commit<'_>,
    acting: &Acting,
    (tlp, options): (Tlp, &AddOptions),
    path: &Path,
    blobs: &Blobs,
    known: &mut Known,
    mut source: SourceCaptured,
    read: Option<TextRead>,
) -> Result<Added, Error> {
    let case = source.case;
    let mut added = Added::of(&source);
    if let Some(id) = known.by_content.get(&Known::content(&source)) {
        return Ok(Added { id: *id, already: true, ..added });
    }
    // Under the lock no destruction runs; one may have run since the blobs were put there.
    let mut needed = record::blobs_of(&source);
    needed.retain(|_| source.held == Held::Desk);
    if !needed.iter().all(|digest| blobs.has(&digest.0)) {
        return Err(Error::BlobGone { path: path.to_owned() });
    }
    source.replaces = known.by_whence.get(&Known::whence(&source)).copied();
    added.is_new_version = source.replaces.is_some();
    added.id = commit.push(&NewEntry {
        author: acting.author.clone(),
        tlp,
        note: options.note.clone(),
        payload: source.clone().into(),
    })?;
    known.insert(&source, added.id);
    let Some(TextRead { reading, reader, note, problems }) = read else { return Ok(added) };
    added.problems.extend(problems);
    let by_the_reader = |payload: Payload, note| NewEntry { author: reader.clone(), tlp, note, payload };
    let read = SourceRead::new(case, added.id, &reader, &reading);
    let read = commit.push(&by_the_reader(read.into(), note))?;
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
}

/// What a document is where nobody says: what a chat or a leak site says is taken for a seller's word.
fn usual_kind(format: &str) -> SourceKind {
    if matches!(format, "chat" | "listing") { SourceKind::Listing } else { SourceKind::Story }
}

/// A page is known by its own address, a message by its id, a file by its full path, and a part of one by its name there: the next
/// capture of either is a new version.
fn whence(path: &Path, options: &AddOptions, captured: &Captured) -> String {
    // A number alone is known in its own file only.
    let id = captured.id.as_ref().filter(|id| id.contains(':'));
    let has_own_id = matches!(captured.format, "mail" | "chat" | "listing");
    let (first, second) = if has_own_id { (id, captured.address.as_ref()) } else { (captured.address.as_ref(), id) };
    let name = || options.name.clone().unwrap_or_else(|| whole_path(path));
    first.or(second).cloned().unwrap_or_else(|| match captured.id.as_ref().or(captured.part.as_ref()) {
        Some(part) if captured.part.is_some() => format!("{}#{part}", name()),
        _ => name(),
    })
}

fn whole_path(path: &Path) -> String {
    let whole = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    whole.unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

/// The map of a text, unless the text is its file.
fn map_of(captured: &Captured) -> Option<Vec<u8>> {
    (!captured.map.is_identity(captured.text.len() as u64)).then(|| captured.map.to_bytes())
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
        updated_words: captured.updated_words.clone(),
        updated: captured.updated.map(Timestamp::as_microsecond),
        language: captured.language.clone(),
        links: captured.links.clone(),
        attachments: captured.attachments.clone(),
        map: map_of(captured).map(|map| EntryId(sha256(&[&map]))),
    }
}

fn is_archive(path: &Path) -> Result<bool, Error> {
    use std::io::Read;
    let unreadable = |why| capture::Error::Unreadable { path: path.to_owned(), why };
    let mut head = Vec::new();
    capture::open(path)?.take(unpack::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    Ok(unpack::is_archive(&head) && !unpack::is_office(&head))
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
