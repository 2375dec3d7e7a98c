//! What entries record of a source that was captured.

use minicbor::{Decode, Encode};

use super::first;
use crate::claim::{EntryId, SourceKind};
use crate::ledger::canonical;

/// `source/2`. What the first version did not have comes last and is not written where it is empty.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SourceCaptured {
    /// The case that it was added to.
    #[n(0)]
    pub case: EntryId,
    /// What it is.
    #[cbor(n(1), with = "canonical::word")]
    pub kind: SourceKind,
    /// Its own address, what it is known by elsewhere (the id of a message), or the path as given with the part of the file.
    #[n(2)]
    pub whence: String,
    /// SHA-256 of its bytes; of a folder, of its manifest.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Its bytes.
    #[n(4)]
    pub size: u64,
    /// Where the bytes are.
    #[n(5)]
    pub held: Held,
    /// The text that was read from it, for sources that are read.
    #[n(6)]
    pub text: Option<Text>,
    /// The version that it takes the place of.
    #[n(7)]
    pub replaces: Option<EntryId>,
    /// What was wrong with it, in words.
    #[n(8)]
    pub problems: Vec<String>,
    /// Which part of the file it is, where that holds several sources; of the second version.
    #[n(9)]
    pub part: Option<String>,
}

/// `source/1`: what `source/2` is without what is of the second version.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cbor(transparent)]
pub struct SourceCapturedV1(#[n(0)] pub SourceCaptured);

impl<'b, C> Decode<'b, C> for SourceCapturedV1 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let source = SourceCaptured::decode(from, ctx)?;
        let is_first = source.part.is_none() && source.text.as_ref().is_none_or(Text::is_first);
        first(is_first, SourceCapturedV1(source))
    }
}

impl Text {
    /// Whether it has nothing that the first version did not have.
    fn is_first(&self) -> bool {
        let Text { updated_words, updated, language, links, attachments, map, .. } = self;
        let has = [updated_words.is_some(), updated.is_some(), language.is_some(), map.is_some()];
        !has.contains(&true) && links.is_empty() && attachments.is_empty()
    }
}

/// Where a source's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Held {
    /// In the desk's blobs.
    #[n(0)]
    Desk,
    /// Outside the desk, at this path.
    #[n(1)]
    Outside(#[n(0)] String),
    /// In the desk's blobs, encrypted to this age recipient, whose key is not in the desk. The digest is of the clear bytes,
    /// this one of the encrypted ones.
    #[n(2)]
    Sealed(#[n(0)] String, #[cbor(n(1), with = "minicbor::bytes")] [u8; 32]),
}

impl Held {
    /// The blob that is kept of bytes of this digest.
    pub fn blob(&self, digest: [u8; 32]) -> Option<[u8; 32]> {
        match self {
            Held::Desk => Some(digest),
            Held::Sealed(_, sealed) => Some(*sealed),
            Held::Outside(_) => None,
        }
    }
}

/// A source's text and what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Text {
    /// `text`, `html`, `markdown`, `mail`, `feed`, `chat`, `listing` or `pdf`.
    #[n(0)]
    pub format: String,
    /// The encoding that the bytes were read in.
    #[n(1)]
    pub encoding: String,
    /// SHA-256 of the text in UTF-8; equal to the source's where the text is the source.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Its title.
    #[n(3)]
    pub title: Option<String>,
    /// Who published it.
    #[n(4)]
    pub outlet: Option<String>,
    /// Who wrote it.
    #[n(5)]
    pub byline: Option<String>,
    /// When, in its own words.
    #[n(6)]
    pub published_words: Option<String>,
    /// When, as microseconds since 1970 UTC.
    #[n(7)]
    pub published: Option<i64>,
    /// Its own address.
    #[n(8)]
    pub address: Option<String>,
    /// When it was changed, in its own words; from here on of the second version.
    #[n(9)]
    pub updated_words: Option<String>,
    /// When, as microseconds since 1970 UTC.
    #[n(10)]
    pub updated: Option<i64>,
    /// Its language, in its own words.
    #[n(11)]
    pub language: Option<String>,
    /// The addresses that it leads to.
    #[cbor(n(12), with = "canonical::list", has_nil)]
    pub links: Vec<String>,
    /// The names of the files that came with it and were not read.
    #[cbor(n(13), with = "canonical::list", has_nil)]
    pub attachments: Vec<String>,
    /// SHA-256 of the map from the text back to the bytes; none where the text is the source, byte for byte.
    #[n(14)]
    pub map: Option<EntryId>,
}
