//! One ledger entry: a header that stands forever, and a payload that may lawfully be destroyed.
//!
//! The leaf of the Merkle tree is the header's bytes. The header holds the digest of a random salt and the payload, so that
//! without salt and payload nothing can be learnt of the payload, not even by guessing it.

use jiff::Timestamp;
use minicbor::{Decode, Encode};

use super::merkle::{Hash, leaf_hash, sha256};
use super::payload::Payload;
use super::{Error, canonical};
use crate::claim::{EntryId, Tlp};

/// What is to be appended: the payload, and who says it under which marking.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Who makes the entry: a person, or a part of the program that acts by itself.
    pub author: String,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// How it is to be handled, in words.
    pub note: Option<String>,
    /// What is recorded.
    pub payload: Payload,
}

/// The part of an entry that the tree covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its place in the ledger, from 0.
    pub seq: u64,
    /// The payload's kind and version, such as `statement/1`.
    pub kind: String,
    /// Who made it.
    pub author: String,
    /// When the desk received it, to the microsecond.
    pub received: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// How it is to be handled.
    pub note: Option<String>,
    /// SHA-256 of salt and payload.
    pub digest: Hash,
}

/// The header's bytes: a CBOR array in this order.
#[derive(Encode, Decode)]
#[cbor(array)]
struct HeaderV1 {
    #[n(0)]
    version: u8,
    #[n(1)]
    seq: u64,
    #[n(2)]
    kind: String,
    #[n(3)]
    author: String,
    /// Microseconds since 1970-01-01T00:00:00Z.
    #[n(4)]
    received: i64,
    #[n(5)]
    tlp: String,
    #[n(6)]
    note: Option<String>,
    #[cbor(n(7), with = "minicbor::bytes")]
    digest: Hash,
}

impl Header {
    /// The bytes that the tree covers.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(&HeaderV1 {
            version: 1,
            seq: self.seq,
            kind: self.kind.clone(),
            author: self.author.clone(),
            received: self.received.as_microsecond(),
            tlp: self.tlp.word().to_owned(),
            note: self.note.clone(),
            digest: self.digest,
        })
    }

    /// The header of these bytes.
    ///
    /// # Errors
    /// Bytes that are no header, or not the only encoding of one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Header, Error> {
        let header: HeaderV1 = canonical::decode(bytes, "an entry's header")?;
        if header.version != 1 {
            return Err(Error::NewerEncoding { what: format!("header version {}", header.version) });
        }
        let malformed = |why: String| Error::Malformed { what: "an entry's header".into(), why };
        Ok(Header {
            seq: header.seq,
            kind: header.kind,
            author: header.author,
            received: Timestamp::from_microsecond(header.received).map_err(|e| malformed(e.to_string()))?,
            tlp: header.tlp.parse().map_err(|e: crate::claim::UnknownWord| malformed(e.to_string()))?,
            note: header.note,
            digest: header.digest,
        })
    }
}

/// An entry as it is kept: the header's bytes, and beside them salt and payload, unless they were destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The bytes that the tree covers.
    pub header: Vec<u8>,
    /// Salt and payload; `None` once destroyed.
    pub body: Option<Body>,
}

/// What can be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// 32 random bytes.
    pub salt: Vec<u8>,
    /// The payload's bytes.
    pub payload: Vec<u8>,
}

impl Body {
    /// What the header holds of it.
    pub fn digest(&self) -> Hash {
        sha256(&[&self.salt, &self.payload])
    }
}

impl Record {
    /// The record of a new entry at its place.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn new(seq: u64, received: Timestamp, new: &NewEntry) -> Result<Record, Error> {
        let mut salt = vec![0; 32];
        getrandom::fill(&mut salt).map_err(|e| Error::NoRandomness { why: e.to_string() })?;
        let body = Body { salt, payload: new.payload.to_bytes() };
        let header = Header {
            seq,
            kind: new.payload.kind().to_owned(),
            author: new.author.clone(),
            received,
            tlp: new.tlp,
            note: new.note.clone(),
            digest: body.digest(),
        };
        Ok(Record { header: header.to_bytes(), body: Some(body) })
    }

    /// The entry's identity: its leaf hash.
    pub fn id(&self) -> EntryId {
        EntryId(leaf_hash(&self.header))
    }
}

/// An entry read back.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its identity.
    pub id: EntryId,
    /// Who, when, under which marking.
    pub header: Header,
    /// What it records; `None` once destroyed.
    pub payload: Option<Payload>,
}

impl Entry {
    /// Reads a record back, and checks that the payload is the one that the header names.
    ///
    /// # Errors
    /// Bytes that are not canonical, a payload that is not the header's, or a kind of a later version.
    pub fn from_record(record: &Record) -> Result<Entry, Error> {
        let id = record.id();
        let header = Header::from_bytes(&record.header)?;
        let payload = match &record.body {
            None => None,
            Some(body) if body.digest() != header.digest => return Err(Error::PayloadChanged { id: id.short() }),
            Some(body) => Some(Payload::from_bytes(&header.kind, &body.payload)?),
        };
        Ok(Entry { id, header, payload })
    }
}
