//! What travels between parent and child.
//!
//! To the child, over a socket that keeps messages whole: first the limits, then requests, each with the descriptor of
//! one file. From the child, over a pipe-like stream: frames of a length (4 bytes, little-endian, of what follows it),
//! a kind (1 byte) and a payload, which is the bytes themselves for [`frame::DATA`] and [`frame::MAP`] and CBOR (RFC 8949) for the rest.

use std::io::{self, Read, Write};

use minicbor::{Decode, Encode};

use crate::clues::Clue;
use crate::facts::Fact;
use crate::finding::Finding;
use crate::sandbox::Enforced;
use crate::tool::ToolReady;
use crate::trace::Map;

/// The longest frame, in bytes after the length: all of a document's particulars must fit.
pub(crate) const LONGEST_FRAME: usize = 1 << 20;

/// The longest request in bytes: passwords, a name, and the path of what a worker died of.
pub(crate) const LONGEST_REQUEST: usize = 128 << 10;

pub(crate) mod frame {
    pub(crate) const READY: u8 = 1;
    pub(crate) const REFUSED: u8 = 2;
    pub(crate) const FILE: u8 = 3;
    pub(crate) const DATA: u8 = 4;
    pub(crate) const END: u8 = 5;
    pub(crate) const FINDING: u8 = 6;
    pub(crate) const DONE: u8 = 7;
    pub(crate) const DOCUMENT: u8 = 8;
    pub(crate) const NO_DOCUMENT: u8 = 9;
    pub(crate) const ARCHIVE: u8 = 10;
    pub(crate) const ITEM: u8 = 11;
    pub(crate) const MAP: u8 = 12;
    pub(crate) const CLUE: u8 = 13;
    pub(crate) const TOOL_READY: u8 = 14;
    pub(crate) const TEXT: u8 = 15;
    pub(crate) const WORKING: u8 = 16;
    pub(crate) const FACTS: u8 = 17;
    pub(crate) const FACT: u8 = 18;
}

/// What a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum DocumentFormat {
    /// Text without markup.
    #[n(0)]
    #[default]
    Text,
    /// A page of HTML.
    #[n(1)]
    Html,
    /// Markdown.
    #[n(2)]
    Markdown,
    /// A message of e-mail.
    #[n(3)]
    Mail,
    /// An entry of a feed: RSS, Atom or JSON Feed.
    #[n(4)]
    Feed,
    /// A chat, or a post of a channel, as Telegram Desktop exports them.
    #[n(5)]
    Chat,
    /// An entry of a list of what extortionists published, as RansomLook and ransomware.live give them.
    #[n(6)]
    Listing,
    /// A PDF file.
    #[n(7)]
    Pdf,
    /// A text, sheet or slides of an office: OOXML or OpenDocument.
    #[n(8)]
    Office,
    /// A notebook of cells, as Jupyter keeps them.
    #[n(9)]
    Notebook,
}

impl DocumentFormat {
    /// The format in a stable word.
    pub fn word(self) -> &'static str {
        match self {
            DocumentFormat::Text => "text",
            DocumentFormat::Html => "html",
            DocumentFormat::Markdown => "markdown",
            DocumentFormat::Mail => "mail",
            DocumentFormat::Feed => "feed",
            DocumentFormat::Chat => "chat",
            DocumentFormat::Listing => "listing",
            DocumentFormat::Pdf => "pdf",
            DocumentFormat::Office => "office",
            DocumentFormat::Notebook => "notebook",
        }
    }
}

/// What the caller knows of a document's format, from a media type or a name; the content decides in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum DocumentHint {
    /// Nothing.
    #[n(0)]
    #[default]
    None,
    /// It is plain text, even if it shows markup.
    #[n(1)]
    Text,
    /// It is HTML, even if it starts like text.
    #[n(2)]
    Html,
}

/// A text and what its own metadata say of it. Everything but `format`, `encoding`, `map` and `problems` is its own word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Document {
    /// What it is.
    #[n(0)]
    pub format: DocumentFormat,
    /// The encoding that it was read in, by its name in the WHATWG Encoding Standard.
    #[n(1)]
    pub encoding: String,
    /// The text: of plain text in UTF-8 the very bytes of the file; of a page the article, one paragraph to a line,
    /// an empty line between two.
    #[cbor(skip)]
    pub text: String,
    /// The way back from the text to the bytes of the file.
    #[cbor(skip)]
    pub map: Map,
    /// Its title.
    #[n(2)]
    pub title: Option<String>,
    /// Who wrote it.
    #[n(3)]
    pub byline: Option<String>,
    /// Who published it.
    #[n(4)]
    pub outlet: Option<String>,
    /// When it was published, as written in the metadata (mostly RFC 3339, with no promise).
    #[n(5)]
    pub published: Option<String>,
    /// When it was last changed, as written in the metadata.
    #[n(6)]
    pub modified: Option<String>,
    /// The address that it gives itself.
    #[n(7)]
    pub address: Option<String>,
    /// What it is known by where it has no address: the id of a message.
    #[n(8)]
    pub id: Option<String>,
    /// The language that it gives itself, such as `en-GB`.
    #[n(9)]
    pub language: Option<String>,
    /// Which part of the file it is, such as `message 3`; `None` where it is all of it.
    #[n(10)]
    pub part: Option<String>,
    /// The addresses that it leads to, each once, in their order; no more than [`Document::MOST_LINKS`].
    #[n(11)]
    pub links: Vec<String>,
    /// The names of the files that came with it and were not read, no more than [`Document::MOST_LINKS`].
    #[n(12)]
    pub attachments: Vec<String>,
    /// What was wrong with it.
    #[n(13)]
    pub problems: Vec<Finding>,
}

impl Document {
    /// Links and attachments beyond this many are left out.
    pub const MOST_LINKS: usize = 200;
}

/// What the parent asks for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Request {
    /// Every file in the file at hand.
    #[n(0)]
    Files {
        #[n(0)]
        name: String,
        /// What a worker before this one did of it.
        #[n(1)]
        already: Already,
        /// What archives are tried with that are locked.
        #[n(2)]
        passwords: Vec<String>,
    },
    /// Every document in the file at hand: itself, or the many that it holds.
    #[n(1)]
    Documents {
        #[n(0)]
        name: String,
        #[n(1)]
        hint: DocumentHint,
        /// What a worker before this one did of it.
        #[n(2)]
        already: Already,
    },
    /// The file at hand is a part of the one that is asked for next: the first, then those behind it.
    #[n(2)]
    Part,
}

/// How far a request came before its worker died; all zero at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Already {
    /// The entry that it died of. Those up to it have been passed on, and itself is left out.
    #[n(0)]
    pub(crate) entry: u64,
    /// Bytes passed on.
    #[n(1)]
    pub(crate) bytes: u64,
    /// Findings told.
    #[n(2)]
    pub(crate) findings: u64,
    /// Clues told.
    #[n(3)]
    pub(crate) clues: u64,
    /// The path of the entry that it died of.
    #[n(4)]
    pub(crate) path: String,
}

/// The start of one file, archive or document.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EntryStart {
    #[n(0)]
    pub(crate) path: String,
    #[n(1)]
    pub(crate) size: Option<u64>,
    /// Its number in the request: the order in which entries come up is always the same.
    #[n(2)]
    pub(crate) entry: u64,
}

/// The start of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ArchiveStart {
    #[n(0)]
    pub(crate) start: EntryStart,
    /// What it is, in a word.
    #[n(1)]
    pub(crate) format: String,
}

/// One frame from the child.
#[derive(Debug, PartialEq)]
pub(crate) enum Reply<'f> {
    Ready(Enforced),
    Refused(Vec<String>),
    File(EntryStart),
    Archive(ArchiveStart),
    Item(EntryStart),
    Text(EntryStart),
    /// What is known of the file before it beyond its bytes begins; it ends as a file does.
    Facts(EntryStart),
    Fact(Box<Fact>),
    /// Nothing came out since the last frame, and the child is at work.
    Working,
    Data(&'f [u8]),
    Map(&'f [u8]),
    End {
        complete: bool,
    },
    Finding(Finding),
    Clue(Clue),
    Done {
        cut: bool,
    },
    Document(Box<Document>),
    NoDocument(Finding),
    ToolReady(ToolReady),
}

/// A broken rule of the frames: the child is buggy or hostile, and either way it is ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Violation {
    #[error("a frame of {0} bytes, where 1 to {LONGEST_FRAME} are allowed")]
    Length(u32),
    #[error("a frame of the unknown kind {0}")]
    Kind(u8),
    #[error("a frame of kind {kind} that cannot be decoded: {why}")]
    Payload { kind: u8, why: String },
    #[error("{0}")]
    Order(&'static str),
    #[error("a path that is not one of the file in hand, or cannot be shown: {0:?}")]
    Path(String),
    #[error("more {0} than allowed")]
    Budget(&'static str),
}

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    #[error(transparent)]
    Stream(#[from] io::Error),
    #[error(transparent)]
    Violation(#[from] Violation),
}

/// Reads one frame into `buffer`: kind and payload. `Ok(None)` at the end of the stream.
pub(crate) fn read_frame<'b>(
    stream: &mut impl Read,
    buffer: &'b mut Vec<u8>,
) -> Result<Option<(u8, &'b [u8])>, FrameError> {
    let mut length = [0; 4];
    let mut read = 0;
    while read < length.len() {
        match stream.read(&mut length[read..])? {
            0 if read == 0 => return Ok(None),
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            more => read += more,
        }
    }
    let length = u32::from_le_bytes(length);
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    if size == 0 || size > LONGEST_FRAME {
        return Err(Violation::Length(length).into());
    }
    buffer.resize(size, 0);
    stream.read_exact(buffer)?;
    Ok(buffer.split_first().map(|(kind, payload)| (*kind, payload)))
}

/// Decodes a frame.
pub(crate) fn decode_reply(tag: u8, payload: &[u8]) -> Result<Reply<'_>, Violation> {
    match tag {
        frame::READY => decode_all(tag, payload).map(Reply::Ready),
        frame::REFUSED => decode_all(tag, payload).map(Reply::Refused),
        frame::FILE => decode_all(tag, payload).map(Reply::File),
        frame::ARCHIVE => decode_all(tag, payload).map(Reply::Archive),
        frame::ITEM => decode_all(tag, payload).map(Reply::Item),
        frame::TEXT => decode_all(tag, payload).map(Reply::Text),
        frame::FACTS => decode_all(tag, payload).map(Reply::Facts),
        frame::FACT => decode_all(tag, payload).map(|fact| Reply::Fact(Box::new(fact))),
        frame::DATA => Ok(Reply::Data(payload)),
        frame::MAP => Ok(Reply::Map(payload)),
        frame::END => decode_all(tag, payload).map(|complete| Reply::End { complete }),
        frame::FINDING => decode_all(tag, payload).map(Reply::Finding),
        frame::CLUE => decode_all(tag, payload).map(Reply::Clue),
        frame::DONE => decode_all(tag, payload).map(|cut| Reply::Done { cut }),
        frame::WORKING => Ok(Reply::Working),
        frame::DOCUMENT => decode_all(tag, payload).map(|it| Reply::Document(Box::new(it))),
        frame::NO_DOCUMENT => decode_all(tag, payload).map(Reply::NoDocument),
        frame::TOOL_READY => decode_all(tag, payload).map(Reply::ToolReady),
        unknown => Err(Violation::Kind(unknown)),
    }
}

fn decode_all<'b, T: Decode<'b, ()>>(kind: u8, payload: &'b [u8]) -> Result<T, Violation> {
    let failed = |why: String| Violation::Payload { kind, why };
    let mut decoder = minicbor::Decoder::new(payload);
    let value = decoder.decode().map_err(|error| failed(error.to_string()))?;
    if decoder.position() == payload.len() { Ok(value) } else { Err(failed("bytes are left over".to_owned())) }
}

/// Writes one frame with a CBOR payload.
pub(crate) fn write_frame(out: &mut impl Write, kind: u8, value: &impl Encode<()>) -> io::Result<()> {
    let payload = minicbor::to_vec(value).map_err(io::Error::other)?;
    write_bytes(out, kind, &payload)
}

/// Writes one frame with the payload as it is.
pub(crate) fn write_bytes(out: &mut impl Write, kind: u8, payload: &[u8]) -> io::Result<()> {
    let length = payload.len() + 1;
    if length > LONGEST_FRAME {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("a frame of {length} bytes is too long")));
    }
    let length = u32::try_from(length).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&[kind])?;
    out.write_all(payload)
}
