//! The desk: one function for each thing that a user does. Command line, pages and jobs call nothing else.
//!
//! The only room that both reads and appends. Each function is given the author and the moment in `Acting`.

mod accounts;
mod add;
mod assess;
mod basis;
mod casefile;
mod challenge;
mod changes;
mod check;
mod claims;
mod config;
mod corpora;
mod drafts;
mod given;
mod jobs;
mod known;
mod listings;
mod model;
mod names;
mod private;
mod record;
mod report;
mod review;
mod samples;
mod sandbox;
mod settings;
mod settle;
mod tasks;
mod vault;
mod visits;

pub use crate::capture::moment;
pub use crate::corpus::{Progress as IndexProgress, Step as IndexStep};
pub use crate::export::text::Styles;
pub use crate::inspect::Engines;
pub use accounts::{Account, AccountChange, Role, STAY, Token, Who, secret};
pub use add::{AddOptions, Added, Keep};
pub use assess::{WEIGHTS, assess_propositions};
pub use challenge::Drawing;
pub use claims::{ClaimChange, Judging};
pub use config::Config;
pub use corpora::{Corpus, CorpusOptions, Exported, MEMORY};
pub use drafts::drafts;
pub use given::Given;
pub use jobs::{JOB_COMMAND, Job};
pub use model::{Key, ModelOptions, ModelReader, Reader};
pub use private::{Agreeing, Done, Inviting, Keeping, Looking, digits, inspect, verify};
pub use record::{LogLine, Verification, check_report};
pub use report::{Format, Reported, Shape};
pub use review::{Change, Mended, Over, Waiting, Wanted};
pub use samples::{MatchOptions, SampleProgress};
pub use sandbox::sandbox;
pub use tasks::TaskChange;
pub use visits::{Changed, Listed};

use std::cell::{Ref, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::claim::{Case, Channels, CorpusRole, EntryId, SourceText, Tlp, Until, quoted};
use crate::ledger::payload::CaseOpened;
use crate::ledger::{DeskKey, NewEntry, Payload, PublicKey};
use crate::store::{self, Blobs, Database};
use crate::{capture, corpus};
use known::Known;

/// Who acts, and when.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The author of the entries.
    pub author: String,
    /// The moment of receipt.
    pub now: Timestamp,
}

impl Acting {
    /// A person who acts.
    ///
    /// # Errors
    /// The name is the reader's: what a person decides and what the reader accepts for itself must be told apart.
    pub fn new(author: &str, now: Timestamp) -> Result<Acting, Error> {
        if crate::read::is_reader(author) {
            return Err(Error::AuthorIsTheReader { author: author.to_owned() });
        }
        Ok(Acting { author: author.to_owned(), now })
    }

    /// An entry of theirs, without a note.
    fn entry(&self, tlp: Tlp, payload: impl Into<Payload>) -> NewEntry {
        NewEntry { author: self.author.clone(), tlp, note: None, payload: payload.into() }
    }
}

/// A desk that is open.
pub struct Desk {
    root: PathBuf,
    /// Its settings.
    pub config: Config,
    database: Database,
    blobs: Blobs,
    key: DeskKey,
    /// The cases that there are for whoever sits at it; all where there is no list.
    only: Option<BTreeSet<EntryId>>,
    /// Its cases, as of when somebody last asked for one.
    known: RefCell<Known>,
}

/// What can go wrong at a desk.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No desk was found.
    #[error("no desk in {from} or above it; make one with `gainsay init`, or name it with --desk")]
    NoDesk {
        /// Where the search began.
        from: PathBuf,
    },
    /// The folder is not a desk.
    #[error("{path} is not a desk: it holds no desk.toml; make one with `gainsay init {}`", quoted(&.path.to_string_lossy()))]
    NotADesk {
        /// The folder.
        path: PathBuf,
    },
    /// There is a desk already.
    #[error("{path} is a desk already")]
    DeskExists {
        /// The folder.
        path: PathBuf,
    },
    /// A file outside the store failed.
    #[error("cannot {action} {path}: {why}{}", store::hint_for(.why))]
    File {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// The settings do not hold.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The desk's own names do not hold.
    #[error("{path}: {why}")]
    Names {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: crate::read::GazetteerError,
    },
    /// The desk's own weights, or some that were given, do not hold.
    #[error("{path}: {why}")]
    Weights {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: crate::assess::WeightsError,
    },
    /// A line of statements that does not hold.
    #[error("{path}, line {line}: {why}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Which.
        line: usize,
        /// Why.
        why: String,
    },
    /// A blob that was there was destroyed by somebody else.
    #[error("the bytes of {path} were destroyed by somebody else meanwhile; run the command again")]
    BlobGone {
        /// The source.
        path: PathBuf,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::Error),
    /// A foreign file could not be read.
    #[error(transparent)]
    Capture(#[from] capture::Error),
    /// What a sample was to be scanned with is not there.
    #[error(transparent)]
    Inspect(#[from] crate::inspect::Error),
    /// A model cannot be asked.
    #[error(transparent)]
    Endpoint(#[from] crate::endpoint::Error),
    /// A model gave no answer on a text.
    #[error("{path} was not read: {why}")]
    Model {
        /// The text.
        path: PathBuf,
        /// Why.
        why: crate::endpoint::Error,
    },
    /// A text that is for its recipients only.
    #[error("{path} is marked TLP:{} and was not sent to {host}; --send-marked sends it, without --reader model nothing is sent", .tlp.word().to_uppercase())]
    Marked {
        /// The text.
        path: PathBuf,
        /// Its marking.
        tlp: Tlp,
        /// Where it would have gone.
        host: String,
    },
    /// A corpus could not be indexed.
    #[error(transparent)]
    Index(#[from] corpus::CorpusError),
    /// A sample could not be matched.
    #[error(transparent)]
    Match(#[from] crate::matching::MatchError),
    /// A segment of the index failed.
    #[error("the index of corpus {corpus:?} cannot be used: {why}; index it again with `gainsay corpus add`")]
    Segment {
        /// The corpus.
        corpus: String,
        /// Why.
        why: String,
    },
    /// No such case.
    #[error("there is no case {name:?} on this desk{}", hint_cases(.known))]
    NoCase {
        /// What was asked for.
        name: String,
        /// The cases that there are.
        known: Vec<String>,
    },
    /// The case exists.
    #[error("there is a case {title:?} already; choose another name")]
    CaseExists {
        /// Its name.
        title: String,
    },
    /// A name that cannot be one.
    #[error("{name:?} cannot be the name of a {what}: it is empty, too long, or holds control characters or a slash")]
    BadName {
        /// Of what.
        what: &'static str,
        /// What was given.
        name: String,
    },
    /// The audience may not even know of the case.
    #[error("the case itself is marked TLP:{}: a report to an audience of TLP:{} would name it", .tlp.word().to_uppercase(), .audience.word().to_uppercase())]
    CaseAbove {
        /// The case's marking.
        tlp: Tlp,
        /// The audience's clearance.
        audience: Tlp,
    },
    /// No such entry.
    #[error("there is no entry {id:?} in the ledger; `gainsay ledger log` lists them")]
    NoEntry {
        /// What was asked for.
        id: String,
    },
    /// Too little to name what is destroyed by.
    #[error(
        "{id:?} is too short to destroy an entry by: give at least {least} digits of its id; `gainsay ledger log` lists them"
    )]
    ShortId {
        /// What was given.
        id: String,
        /// How many digits it takes.
        least: usize,
    },
    /// No such thing in the case.
    #[error("case {case:?} has no {handle:?}; `gainsay show {}` lists what it has", quoted(.case))]
    NoHandle {
        /// The case.
        case: String,
        /// What was asked for.
        handle: String,
    },
    /// A name that is taken.
    #[error(
        "{author:?} is the reader's own name and cannot be an author's; set another with GAINSAY_AUTHOR or in desk.toml"
    )]
    AuthorIsTheReader {
        /// The name.
        author: String,
    },
    /// Two decisions on one statement.
    #[error("{handle} is named twice: one call decides on a statement once; nothing was changed")]
    DecidedTwice {
        /// The statement.
        handle: String,
    },
    /// A statement is not to be split there.
    #[error(
        "{handle} cannot be split before {words:?}: it takes words that stand in it once, and not at its beginning"
    )]
    NoSplit {
        /// The statement.
        handle: String,
        /// The words before which it was to be split.
        words: String,
    },
    /// There is no such step.
    #[error("case {case:?} has {count} steps; name one by its number in `gainsay show {}`, or write one in words", quoted(.case))]
    NoStep {
        /// The case.
        case: String,
        /// How many steps it has.
        count: usize,
    },
    /// A challenge cannot be opened, drawn or answered so.
    #[error("nothing was recorded: {why}")]
    Challenge {
        /// Why.
        why: String,
    },
    /// An edit of a claim, or a judgement, that comes to nothing.
    #[error("nothing was recorded: {why}")]
    NoEdit {
        /// Why.
        why: String,
    },
    /// The case was not there yet.
    #[error("case {case:?} was opened at {opened}, which is later")]
    OpenedLater {
        /// The case.
        case: String,
        /// When it was opened.
        opened: Timestamp,
    },
    /// It is not clear whose a text is.
    #[error(
        "it is not clear whose statement this is: case {case:?} names no company, or several; say it with --as COMPANY"
    )]
    WhoseText {
        /// The case.
        case: String,
    },
    /// Somebody decided before.
    #[error("{handle} was decided by {by} already; --again changes it")]
    Stale {
        /// The statement.
        handle: String,
        /// Who decided.
        by: String,
    },
    /// There is nothing to match against.
    #[error("there is no corpus to match against; index your own files with `gainsay corpus add NAME PATH`")]
    NoCorpus,
    /// Not a report.
    #[error("{path} is not a JSON report of gainsay: {why}")]
    NotAReport {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// No such corpus.
    #[error("there is no corpus {name:?}; `gainsay corpus list` names those that there are")]
    UnknownCorpus {
        /// What was asked for.
        name: String,
    },
    /// A file that begins as a filter can't be taken as one.
    #[error("{path} can't be taken as a filter: {why}")]
    Filter {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A corpus of which no filter is written.
    #[error("no filter of corpus {name:?} is written: {why}")]
    NotExported {
        /// The corpus.
        name: String,
        /// Why.
        why: &'static str,
    },
    /// A sample whose bytes cannot be had.
    #[error("{handle} is not where it was when it was matched, or sealed to a key that is not in the desk")]
    OutOfReach {
        /// The sample.
        handle: String,
    },
    /// A sample has no such file.
    #[error("the sample has no file {file:?}: name it as the match does")]
    NotInSample {
        /// What was asked for.
        file: String,
    },
    /// The corpus is of another role.
    #[error("the role of corpus {name:?} is {known}, not {given}; choose another name for what is {given}")]
    CorpusRoleDiffers {
        /// The corpus.
        name: String,
        /// Its role.
        known: CorpusRole,
        /// What was asked for.
        given: CorpusRole,
    },
    /// The corpus is somebody else's.
    #[error("corpus {name:?} is of {known:?}, not of {given:?}: choose another name for the files of {given:?}")]
    CorpusOwnerDiffers {
        /// The corpus.
        name: String,
        /// Its owner.
        known: String,
        /// What was asked for.
        given: String,
    },
    /// The corpus has other fingerprints.
    #[error("the channels of corpus {name:?} are {known}, not {given}: choose another name for one with {given}")]
    CorpusChannelsDiffer {
        /// The corpus.
        name: String,
        /// Which it has.
        known: Channels,
        /// What was asked for.
        given: Channels,
    },
    /// Two indexed a corpus at once.
    #[error("corpus {name:?} was indexed by somebody else meanwhile; run the command again")]
    CorpusChanged {
        /// The corpus.
        name: String,
    },
    /// Too little memory to index or to match with.
    #[error("this takes at least {least} MB of memory; give --memory {least} or more")]
    TooLittleMemory {
        /// In MB.
        least: usize,
    },
    /// No such account.
    #[error("there is no user {name:?}; `gainsay user list` names those that there are")]
    NoAccount {
        /// What was asked for.
        name: String,
    },
    /// An account has no such token.
    #[error("user {name:?} has no token {id}; `gainsay user token` lists them")]
    NoToken {
        /// The account.
        name: String,
        /// What was asked for.
        id: i64,
    },
    /// An account cannot be so.
    #[error("nothing was done: {why}")]
    Account {
        /// Why.
        why: String,
    },
    /// No such job.
    #[error("there is no job {id}; `gainsay jobs` lists them")]
    NoJob {
        /// What was asked for.
        id: i64,
    },
    /// A job of which something was asked that it is not for.
    #[error("job {id} is {word} already")]
    JobIs {
        /// The job.
        id: i64,
        /// Where it is.
        word: &'static str,
    },
    /// What was said to be a listing cannot be read as one.
    #[error(
        "{path} is no listing of files that can be read: give what tree, ls -lR, dir /s, find -ls, unzip -l or 7z l printed, or a path on each line"
    )]
    NotAListing {
        /// The file.
        path: PathBuf,
    },
    /// A folder holds no file.
    #[error("{path}: nothing in it: no file to read")]
    NothingIn {
        /// The folder.
        path: PathBuf,
    },
    /// Something in a folder that is no file.
    #[error("{path} is {what}, and was not read; name it by itself, or put a copy in its place")]
    Skipped {
        /// Where it is.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// What was said to be a list of digests has none.
    #[error(
        "{path} has no digest: give MD5, SHA-1, SHA-256 or BLAKE3 in hexadecimal, one on a line, a name behind it or not"
    )]
    NoDigests {
        /// The file.
        path: PathBuf,
    },
    /// Somebody wrote to it.
    #[error(
        "{path} changed while it was read, and nothing was recorded; run the command again when nobody writes to it"
    )]
    ChangedMeanwhile {
        /// What changed.
        path: PathBuf,
    },
    /// Files that were given together are not parts of one archive.
    #[error(
        "{path} and what was given with it are not the parts of one archive, which lie in one folder; give one sample, or the folder \
         that holds all"
    )]
    NotParts {
        /// The first of them.
        path: PathBuf,
    },
    /// Parts that were given one by one are no evidence of a case.
    #[error("a case keeps the parts of an archive together: put them in a folder of their own, and give that")]
    PartsOfCase,
    /// A private match was not gone on with.
    #[error(transparent)]
    Private(#[from] private::Error),
    /// Not an age recipient.
    #[error("{recipient:?} is not an age recipient: it begins with age1; `age-keygen` makes one. {why}")]
    Recipient {
        /// What was given.
        recipient: String,
        /// Why not.
        why: String,
    },
    /// Encryption failed.
    #[error("cannot seal {path}: {why}")]
    Seal {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl Error {
    /// Whether it answers a question with no (exit code 1), rather than being a failure (2).
    pub fn is_no(&self) -> bool {
        matches!(self, Error::Stale { .. } | Error::CorpusChanged { .. } | Error::NoEdit { .. })
    }
}

fn hint_cases(known: &[String]) -> String {
    if known.is_empty() {
        "; open one with `gainsay open CASE`".to_owned()
    } else {
        format!("; there are: {}", known.join(", "))
    }
}

const DATABASE: &str = "ledger.db";
const BLOBS: &str = "blobs";
const CORPORA: &str = "corpora";
const KEYS: &str = "keys";
const KEY: &str = "desk.key";
const PUBLIC_KEY: &str = "desk.pub";

impl Desk {
    /// Makes a new desk in a folder, which is made where it is not there. The settings file is written last: a folder without it
    /// is no desk, so that a kill on the way leaves nothing half made that looks whole.
    ///
    /// # Errors
    /// The folder is a desk, or cannot be written.
    pub fn create(root: &Path, config: Config) -> Result<Desk, Error> {
        if root.join(config::FILE).exists() {
            return Err(Error::DeskExists { path: root.to_owned() });
        }
        for folder in [root.to_owned(), root.join(BLOBS), root.join(CORPORA), root.join(KEYS)] {
            fs::create_dir_all(&folder).map_err(|why| Error::File { action: "create", path: folder, why })?;
        }
        let key = DeskKey::generate()?;
        write_new(&root.join(KEYS).join(KEY), &key.to_text(), true)?;
        write_new(&root.join(KEYS).join(PUBLIC_KEY), &(key.public().to_text() + "\n"), false)?;
        Database::create(&root.join(DATABASE))?;
        // The desk's own name, and those of the folders made for it, before the file that makes it a desk.
        let whole = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        for above in whole.ancestors().skip(1).take_while(|above| !above.as_os_str().is_empty()) {
            let synced = fs::File::open(above).and_then(|folder| folder.sync_all());
            if synced.is_err() {
                // A folder that may not be read was there before, and its names with it.
                break;
            }
        }
        // A list that somebody wrote before there was a desk stays as it is.
        if !root.join(names::NAMES).exists() {
            write_new(&root.join(names::NAMES), names::TEMPLATE, false)?;
        }
        write_new(&root.join(config::FILE), &config.to_text(), false)?;
        Desk::open(root)
    }

    /// Opens the desk in this folder.
    ///
    /// # Errors
    /// The folder is no desk, or one of a newer version.
    pub fn open(root: &Path) -> Result<Desk, Error> {
        if !root.join(config::FILE).exists() {
            return Err(Error::NotADesk { path: root.to_owned() });
        }
        let config = Config::read(root)?;
        let key_path = root.join(KEYS).join(KEY);
        let key = fs::read_to_string(&key_path).map_err(|why| Error::File {
            action: "read the desk's key",
            path: key_path,
            why,
        })?;
        Ok(Desk {
            root: root.to_owned(),
            config,
            database: Database::open(&root.join(DATABASE))?,
            blobs: Blobs::new(root.join(BLOBS)),
            key: DeskKey::from_text(&key)?,
            only: None,
            known: RefCell::default(),
        })
    }

    /// Opens the desk that holds this folder: the folder itself, or the nearest one above it.
    ///
    /// # Errors
    /// There is none.
    pub fn find(from: &Path) -> Result<Desk, Error> {
        let found = from.ancestors().find(|folder| folder.join(config::FILE).is_file());
        found.map_or_else(|| Err(Error::NoDesk { from: from.to_owned() }), Desk::open)
    }

    /// From here on there are no other cases than these at this desk, neither by name nor by what was learned from them.
    pub fn restrict(&mut self, only: Option<BTreeSet<EntryId>>) {
        self.only = only;
    }

    /// The cases by now.
    fn known(&self) -> Result<Ref<'_, Known>, Error> {
        self.known.borrow_mut().grow(&self.database.reader())?;
        Ok(self.known.borrow())
    }

    /// Makes a desk that was open for somebody else one for the next, as it would be opened now.
    ///
    /// # Errors
    /// The settings do not hold any more.
    pub fn open_again(&mut self) -> Result<(), Error> {
        self.only = None;
        self.config = Config::read(&self.root)?;
        Ok(())
    }

    fn may_see(&self, case: EntryId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&case))
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The key that signs its ledger, public half.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Opens a case.
    ///
    /// # Errors
    /// There is one of that name, or the name cannot be one.
    pub fn open_case(&mut self, acting: &Acting, title: &str, tlp: Option<Tlp>) -> Result<EntryId, Error> {
        check_name("case", title)?;
        let tlp = tlp.unwrap_or(self.config.tlp);
        self.database.commit(&self.key, acting.now, |commit| {
            // Nor like the beginning of another's id: pages lead to that case by it, and a name is looked for first.
            let is_id = |id: &EntryId| title.len() >= 4 && id.begins_with(title);
            let mut known = casefile::cases(&commit.reader(), 0..u64::MAX)?.into_iter();
            if known.any(|(known, id)| known.as_deref() == Some(title) || is_id(&id)) {
                return Err(Error::CaseExists { title: title.to_owned() });
            }
            Ok(commit.push(&acting.entry(tlp, CaseOpened { title: title.to_owned() }))?)
        })
    }

    /// The cases by name, with the entry that opened each.
    ///
    /// # Errors
    /// The store fails.
    pub fn cases(&self) -> Result<Vec<(String, EntryId)>, Error> {
        let known = self.known()?;
        let cases = known.cases.iter().filter(|(_, id)| self.may_see(*id));
        Ok(cases.map(|(title, id)| (casefile::title(title.as_deref()), *id)).collect())
    }

    /// The entry that opened the case of this name, or whose id begins with it.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn case_id(&self, name: &str) -> Result<EntryId, Error> {
        casefile::case_id(&self.known()?.cases, name, |id| self.may_see(id))
    }

    /// What a case is called.
    pub fn case_title(&self, id: EntryId) -> Option<String> {
        let known = self.known().ok()?;
        let case = known.cases.iter().find(|(_, known)| *known == id && self.may_see(id));
        case.map(|(title, _)| casefile::title(title.as_deref()))
    }

    /// A case by its name or the beginning of its id, as it stands.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn case(&mut self, name: &str) -> Result<Case, Error> {
        self.case_until(name, Until::default())
    }

    /// A case as it was, or would have been: without what was published or received later.
    ///
    /// # Errors
    /// As of [`Desk::case`]; or the case was opened later.
    fn case_until(&mut self, name: &str, until: Until) -> Result<Case, Error> {
        let names = self.known_names()?;
        let id = self.case_id(name)?;
        let (blobs, only) = (&self.blobs, &self.only);
        let mut case = self.database.with_snapshot(|reader| {
            let mut entries = reader.of_case(id)?;
            let opened = entries.first().map(|first| first.header.received);
            if let Some(opened) = opened.filter(|opened| until.received.is_some_and(|moment| *opened > moment)) {
                return Err(Error::OpenedLater { case: name.to_owned(), opened });
            }
            entries.retain(|entry| until.received.is_none_or(|moment| entry.header.received <= moment));
            casefile::fold(&entries, |digest| match blobs.get(digest) {
                Ok(bytes) => match String::from_utf8(bytes) {
                    Ok(text) => SourceText::Here(text),
                    Err(_) => SourceText::Unavailable("its bytes are damaged".to_owned()),
                },
                Err(e) => SourceText::Unavailable(e.to_string()),
            })
            .map(|case| {
                let mut past = settle::past(reader, Some(id), until.received)?;
                past.retain(|settled| only.as_ref().is_none_or(|only| only.contains(&settled.case)));
                Ok(Case { past, ..case })
            })
            .unwrap_or_else(|| Err(Error::NoCase { name: name.to_owned(), known: Vec::new() }))
        })?;
        case.brands = casefile::brands(&case, &names);
        Ok(Case { until, ..case.published_until(until.published) })
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    EntryId(digest_bytes(bytes)).to_string()
}

/// The same as bytes.
pub fn digest_bytes(bytes: &[u8]) -> [u8; 32] {
    crate::ledger::sha256(&[bytes])
}

/// Whether something can be called this.
///
/// # Errors
/// It is empty, too long, or holds what would change how it is read.
pub fn check_name(what: &'static str, name: &str) -> Result<(), Error> {
    let bad = name.trim().is_empty() || name.len() > 200 || name.chars().any(|c| c.is_control() || c == '/');
    if bad { Err(Error::BadName { what, name: name.to_owned() }) } else { Ok(()) }
}

/// Adds text to the end of a file, which is made where it is not there.
fn append(path: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write;

    let written = fs::OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|why| Error::File { action: "write", path: path.to_owned(), why })
}

fn write_new(path: &Path, text: &str, secret: bool) -> Result<(), Error> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let mode = if secret { 0o600 } else { 0o644 };
    let written =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
    written.map_err(|why| Error::File { action: "write", path: path.to_owned(), why })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| Error::File {
        action: "sync",
        path: folder.to_owned(),
        why,
    })
}
