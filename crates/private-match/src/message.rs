//! What every message is framed in: magic, header, body in chunks with running digests, signature.

use std::io::Write;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::Refused;

/// The first bytes of a message of any version.
const MAGIC: &[u8; 7] = b"GAINPRV";

const VERSION: u8 = 1;

/// Bytes before the header: magic, version, length.
const PREFIX: usize = 12;

/// The longest header, in bytes.
const LONGEST_HEADER: u32 = 1 << 16;

/// Bytes of a chunk of the body.
const CHUNK: usize = 1 << 16;

const DIGEST: usize = 32;

const SIGNATURE: usize = 64;

/// What a message is, in the order in which they are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// The holder of the sample names the terms and commits to the sample.
    #[n(1)]
    Invitation,
    /// The owner of the corpus agrees, and commits to the corpus.
    #[n(2)]
    Agreement,
    /// The sample, blinded.
    #[n(3)]
    Request,
    /// The blinded sample with the owner's key over it, and the owner's set.
    #[n(4)]
    Answer,
    /// The counts.
    #[n(5)]
    Result,
    /// The owner signs that the result is of the files exchanged.
    #[n(6)]
    Countersignature,
    /// Which elements matched.
    #[n(7)]
    Revelation,
}

impl Kind {
    /// All of them, in the order in which they are due.
    pub const ALL: [Kind; 7] = [
        Kind::Invitation,
        Kind::Agreement,
        Kind::Request,
        Kind::Answer,
        Kind::Result,
        Kind::Countersignature,
        Kind::Revelation,
    ];

    /// Its number in messages and heads.
    pub(crate) fn code(self) -> u8 {
        match self {
            Kind::Invitation => 1,
            Kind::Agreement => 2,
            Kind::Request => 3,
            Kind::Answer => 4,
            Kind::Result => 5,
            Kind::Countersignature => 6,
            Kind::Revelation => 7,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invitation => "invitation",
            Kind::Agreement => "agreement",
            Kind::Request => "request",
            Kind::Answer => "answer",
            Kind::Result => "result",
            Kind::Countersignature => "countersignature",
            Kind::Revelation => "revelation",
        }
    }
}

/// The digest of a message, which the next one names.
pub type MessageDigest = [u8; DIGEST];

/// A party's Ed25519 key pair.
pub struct Identity(SigningKey);

impl Identity {
    /// Of a secret key's 32 bytes.
    pub fn new(secret: &[u8; 32]) -> Identity {
        Identity(SigningKey::from_bytes(secret))
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }
}

/// A party's Ed25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicKey(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// What a message says of itself before its body. Nothing of it is proven before the signature is checked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Header {
    /// What it is.
    #[n(0)]
    pub kind: Kind,
    /// Who signs it.
    #[n(1)]
    pub from: PublicKey,
    /// Who may read it.
    #[n(2)]
    pub to: PublicKey,
    /// The session: the digest of its agreement, or zeros in what comes before there is one.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub session: MessageDigest,
    /// The digest of the message that it follows, or zeros.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub previous: MessageDigest,
    /// Bytes of the body.
    #[n(5)]
    pub body: u64,
    /// What only this kind says, in CBOR of its own.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub(crate) details: Vec<u8>,
}

impl Header {
    /// Reads the header of a message's first bytes, without checking who signed it: enough to say what a file is.
    ///
    /// # Errors
    /// It is no message, of another version, cut short before the header's end, or its header is damaged.
    pub fn of(bytes: &[u8]) -> Result<Header, Refused> {
        let length = prefix(bytes.get(..PREFIX).ok_or_else(|| not_whole(bytes))?)?;
        let whole = bytes.get(..PREFIX + length + DIGEST).ok_or(Refused::CutShort)?;
        header(whole).map(|(header, _)| header)
    }
}

/// A message and what lies behind it, by the length that its header says.
pub(crate) fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), Refused> {
    let head = PREFIX + prefix(bytes.get(..PREFIX).ok_or_else(|| not_whole(bytes))?)? + DIGEST;
    let body = usize::try_from(Header::of(bytes)?.body).map_err(|_| Refused::CutShort)?;
    let length = body.div_ceil(CHUNK).checked_mul(DIGEST).and_then(|digests| digests.checked_add(body));
    let length = length.and_then(|it| it.checked_add(head + SIGNATURE)).ok_or(Refused::CutShort)?;
    bytes.split_at_checked(length).ok_or(Refused::CutShort)
}

/// Deterministic CBOR: what the encoder writes, and nothing else that decodes to the same.
pub(crate) fn canonical<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// # Errors
/// The bytes are not the one encoding of a value.
pub(crate) fn decode<'b, T: Encode<()> + Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, Refused> {
    let value: T = minicbor::decode(bytes).map_err(|e| Refused::Header { detail: e.to_string() })?;
    match canonical(&value) == bytes {
        true => Ok(value),
        false => Err(Refused::Header { detail: "it is not in its one encoding".to_owned() }),
    }
}

/// What a file is that has no prefix.
fn not_whole(bytes: &[u8]) -> Refused {
    if bytes.starts_with(MAGIC) { Refused::CutShort } else { Refused::NotAMessage }
}

/// The header's length.
fn prefix(bytes: &[u8]) -> Result<usize, Refused> {
    let (Some((magic, rest)), Some(length)) = (bytes.split_first_chunk(), bytes.last_chunk()) else {
        return Err(not_whole(bytes));
    };
    if magic != MAGIC {
        return Err(Refused::NotAMessage);
    }
    match rest.first() {
        Some(&VERSION) => {}
        found => return Err(Refused::OtherVersion { found: found.copied().unwrap_or_default() }),
    }
    let length = u32::from_le_bytes(*length);
    match usize::try_from(length) {
        Ok(it) if (1..=LONGEST_HEADER).contains(&length) => Ok(it),
        _ => Err(Refused::HeaderLength { length }),
    }
}

/// The header of prefix, header and digest; and that digest.
fn header(bytes: &[u8]) -> Result<(Header, MessageDigest), Refused> {
    let (head, digest) = bytes.split_last_chunk().ok_or(Refused::CutShort)?;
    if first_digest(head) != *digest {
        return Err(Refused::Damaged { part: "header".to_owned() });
    }
    Ok((decode(head.get(PREFIX..).unwrap_or_default())?, *digest))
}

fn first_digest(head: &[u8]) -> MessageDigest {
    Sha256::new().chain_update(b"gainsay private 1 header").chain_update(head).finalize().into()
}

fn next_digest(before: &MessageDigest, chunk: &[u8]) -> MessageDigest {
    Sha256::new().chain_update(b"gainsay private 1 chunk").chain_update(before).chain_update(chunk).finalize().into()
}

/// What is signed of a message.
fn signed(digest: &MessageDigest) -> Vec<u8> {
    [&b"gainsay private 1 signature"[..], digest].concat()
}

/// Writes a message.
pub(crate) struct Writer<'i, W> {
    out: W,
    identity: &'i Identity,
    digest: MessageDigest,
    chunk: Vec<u8>,
}

/// What a message is besides its body.
pub(crate) struct Envelope<'i> {
    pub(crate) identity: &'i Identity,
    pub(crate) kind: Kind,
    pub(crate) to: PublicKey,
    pub(crate) session: MessageDigest,
    pub(crate) previous: MessageDigest,
    pub(crate) details: Vec<u8>,
}

impl<'i> Envelope<'i> {
    /// Writes the header. The body must then have as many bytes as it says.
    pub(crate) fn open<W: Write>(self, mut out: W, body: u64) -> Result<Writer<'i, W>, Refused> {
        let Envelope { identity, kind, to, session, previous, details } = self;
        let header = canonical(&Header { kind, from: identity.public(), to, session, previous, body, details });
        let length = u32::try_from(header.len()).unwrap_or(u32::MAX);
        if length > LONGEST_HEADER {
            return Err(Refused::HeaderLength { length });
        }
        let head = [&MAGIC[..], &[VERSION], &length.to_le_bytes(), &header].concat();
        let digest = first_digest(&head);
        out.write_all(&head)?;
        out.write_all(&digest)?;
        Ok(Writer { out, identity, digest, chunk: Vec::new() })
    }

    /// Writes a message that is short.
    pub(crate) fn write(self, out: impl Write, body: &[u8]) -> Result<MessageDigest, Refused> {
        let mut writer = self.open(out, body.len() as u64)?;
        writer.write(body)?;
        writer.finish()
    }
}

impl<W: Write> Writer<'_, W> {
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<(), Refused> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend(now);
            bytes = later;
            if self.chunk.len() == CHUNK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Refused> {
        self.digest = next_digest(&self.digest, &self.chunk);
        self.out.write_all(&self.chunk)?;
        self.out.write_all(&self.digest)?;
        self.chunk.clear();
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<MessageDigest, Refused> {
        if !self.chunk.is_empty() {
            self.flush()?;
        }
        self.out.write_all(&self.identity.0.sign(&signed(&self.digest)).to_bytes())?;
        self.out.flush()?;
        Ok(self.digest)
    }
}

/// What a message must be to be read now.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) kind: Kind,
    pub(crate) from: PublicKey,
    pub(crate) to: PublicKey,
    pub(crate) session: MessageDigest,
    pub(crate) previous: MessageDigest,
    /// What it follows, in words.
    pub(crate) after: &'static str,
    /// Bytes of its body.
    pub(crate) body: u64,
}

impl Due {
    fn check(&self, header: &Header) -> Result<(), Refused> {
        if header.kind != self.kind {
            return Err(Refused::OtherKind { expected: self.kind.name(), found: header.kind.name() });
        }
        if header.to != self.to {
            return Err(Refused::OtherRecipient);
        }
        if header.from != self.from {
            return Err(Refused::OtherSender);
        }
        if header.session != self.session || header.previous != self.previous {
            return Err(Refused::OtherSession { after: self.after });
        }
        if header.body != self.body {
            return Err(Refused::OtherLength { expected: self.body, found: header.body });
        }
        Ok(())
    }
}

/// What is read next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Prefix,
    Header,
    Chunk,
    Signature,
    End,
}

/// Reads a message piece by piece. It holds a header or a chunk at a time.
pub(crate) struct Reader {
    due: Due,
    next: Next,
    /// Bytes of the part that is being read, and how many it has.
    part: Vec<u8>,
    length: usize,
    details: Vec<u8>,
    digest: MessageDigest,
    left: u64,
}

impl Reader {
    pub(crate) fn new(due: Due) -> Reader {
        let left = due.body;
        let digest = MessageDigest::default();
        Reader { due, next: Next::Prefix, part: Vec::new(), length: PREFIX, details: Vec::new(), digest, left }
    }

    /// Takes more of the message, and gives what it completes of the body. Nothing of that is proven before [`Reader::finish`].
    pub(crate) fn push(
        &mut self,
        mut bytes: &[u8],
        body: &mut impl FnMut(&[u8]) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        while !bytes.is_empty() {
            if self.next == Next::End {
                return Err(Refused::Trailing);
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.length - self.part.len()));
            self.part.extend(now);
            bytes = later;
            if self.part.len() == self.length {
                self.whole(body)?;
            }
        }
        Ok(())
    }

    /// A part is whole.
    fn whole(&mut self, body: &mut impl FnMut(&[u8]) -> Result<(), Refused>) -> Result<(), Refused> {
        match self.next {
            Next::Prefix => {
                self.length += prefix(&self.part)? + DIGEST;
                self.next = Next::Header;
                return Ok(());
            }
            Next::Header => {
                let (header, digest) = header(&self.part)?;
                self.due.check(&header)?;
                (self.details, self.digest) = (header.details, digest);
            }
            Next::Chunk => {
                let (chunk, digest) = self.part.split_last_chunk().ok_or(Refused::CutShort)?;
                self.digest = next_digest(&self.digest, chunk);
                if self.digest != *digest {
                    let at = self.due.body - self.left;
                    return Err(Refused::Damaged { part: format!("body, from byte {at} on") });
                }
                body(chunk)?;
                self.left -= chunk.len() as u64;
            }
            Next::Signature => {
                verify(&self.due.from, &self.digest, &self.part)?;
                self.next = Next::End;
                return Ok(());
            }
            Next::End => return Err(Refused::Trailing),
        }
        self.part.clear();
        let chunk = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
        (self.next, self.length) =
            if chunk == 0 { (Next::Signature, SIGNATURE) } else { (Next::Chunk, chunk + DIGEST) };
        Ok(())
    }

    /// The message's digest and what only its kind says.
    ///
    /// # Errors
    /// The message did not come whole.
    pub(crate) fn finish(self) -> Result<(MessageDigest, Vec<u8>), Refused> {
        match self.next {
            Next::End => Ok((self.digest, self.details)),
            Next::Prefix => Err(not_whole(&self.part)),
            _ => Err(Refused::CutShort),
        }
    }

    /// Reads a message that is short: its digest, what only its kind says, and its body.
    pub(crate) fn whole_of(due: Due, bytes: &[u8]) -> Result<(MessageDigest, Vec<u8>, Vec<u8>), Refused> {
        let (mut reader, mut body) = (Reader::new(due), Vec::new());
        reader.push(bytes, &mut |chunk| {
            body.extend(chunk);
            Ok(())
        })?;
        let (digest, details) = reader.finish()?;
        Ok((digest, details, body))
    }
}

fn verify(from: &PublicKey, digest: &MessageDigest, signature: &[u8]) -> Result<(), Refused> {
    let key = VerifyingKey::from_bytes(&from.0).map_err(|_| Refused::NotAKey { whose: "the sender's" })?;
    let signature = Signature::from_slice(signature).map_err(|_| Refused::Signature)?;
    key.verify_strict(&signed(digest), &signature).map_err(|_| Refused::Signature)
}
