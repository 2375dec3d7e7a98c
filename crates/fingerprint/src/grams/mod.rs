//! The chosen grams of a content with their places, so that an edited content inherits those that an edit leaves alone.
//!
//! The versions of a file in a git pack are stored as edits of each other. A gram is chosen by the windows that hold it and
//! by nothing else; so what a copy takes from the base with all its windows need not be looked at again. [`Grams::edited`]
//! always equals [`Grams::of`] the same bytes.

mod code;
mod placed;
mod text;

use std::iter;

use crate::decode::{BINARY_HEAD, Decoder, Kind};
use crate::profile::{Channel, Profile};
use code::Code;
use placed::{Balance, Placed, Pool};

/// The chosen grams of one content in each channel, in order of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grams {
    kind: Kind,
    /// The text is the content's bytes as they are: only then do places in it follow from those in its base.
    plain: bool,
    text: Placed,
    code: Code,
}

/// A run of bytes that an edit takes from its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in the base, in bytes.
    pub from: u32,
    /// Where it begins in the edited content, in bytes.
    pub to: u32,
    /// How many bytes.
    pub length: u32,
}

/// An edit of a base: what [`Grams::edited`] works from.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    /// The bytes of the base.
    pub base: &'a [u8],
    /// The bytes of the edited content.
    pub now: &'a [u8],
    /// The runs of `now` that are the same bytes as in `base`, ascending in `to` and apart from each other there.
    pub copies: &'a [Copied],
}

/// How much more often (or less) each fingerprint stands in one content than in another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    text: Vec<(u64, i32)>,
    code: Vec<(u64, i32)>,
}

/// Buffers that serve one content after the other.
#[derive(Default)]
pub struct Scratch {
    text: text::Scratch,
    code: code::Scratch,
    balance: Balance,
    pool: Pool,
}

impl Scratch {
    /// Takes the memory of grams that are no longer needed.
    pub fn reuse(&mut self, grams: Grams) {
        self.pool.reuse(grams.text);
        self.pool.reuse(grams.code.grams);
    }

    /// Takes the memory of changes that are no longer needed.
    pub fn reuse_changes(&mut self, changes: Changes) {
        self.pool.reuse_changes(changes.text);
        self.pool.reuse_changes(changes.code);
    }
}

impl Copied {
    /// This copy goes on where `other` ends, in the base and in the edit.
    fn continues(&self, other: &Copied) -> bool {
        let end = |start: u32| start.checked_add(other.length);
        end(other.from) == Some(self.from) && end(other.to) == Some(self.to)
    }

    /// What is added to a place in the base to have its place in the edit, modulo 2^32.
    fn shift(&self) -> u32 {
        self.to.wrapping_sub(self.from)
    }
}

/// The copies of so many bytes, when those that go on in each other are joined.
fn long_copies(copies: &[Copied], shortest: u32) -> impl Iterator<Item = Copied> {
    let mut copies = copies.iter().copied().peekable();
    let joined = iter::from_fn(move || {
        let mut copy = copies.next()?;
        while let Some(next) = copies.next_if(|next| next.continues(&copy)) {
            copy.length += next.length;
        }
        Some(copy)
    });
    joined.filter(move |copy| copy.length >= shortest)
}

impl Grams {
    /// The grams of a content whose file has this name; `None` for one of 2^32 bytes or more.
    pub fn of(profile: &Profile, name: &[u8], bytes: &[u8], scratch: &mut Scratch) -> Option<Self> {
        let mut decoded = Vec::new();
        let (plain, kind, text) = if is_plain(bytes) {
            (true, Kind::Text, bytes)
        } else {
            let mut decoder = Decoder::new();
            decoder.push(bytes, &mut |piece| decoded.extend_from_slice(piece.text()));
            let kind = decoder.finish(&mut |piece| decoded.extend_from_slice(piece.text()));
            (false, kind, &decoded[..])
        };
        u32::try_from(text.len()).ok()?;
        let code = code::begin(name, text, None);
        Some(Grams {
            kind,
            plain,
            text: text::of(profile, text, &mut scratch.pool, &mut scratch.text),
            code: code::of(profile, code, text, &mut scratch.code),
        })
    }

    /// The grams of an edit of this content whose file has this name, and how they differ from this content's; `None` where
    /// [`Grams::of`] has none.
    pub fn edited(
        &self,
        profile: &Profile,
        name: &[u8],
        edit: &Edit<'_>,
        scratch: &mut Scratch,
    ) -> Option<(Self, Changes)> {
        let Edit { base, now, .. } = edit;
        let fits = u32::try_from(base.len().max(now.len())).is_ok();
        if !(self.plain && fits && is_plain(now)) {
            let now = Grams::of(profile, name, now, scratch)?;
            let changes = now.changes_since(self);
            return Some((now, changes));
        }
        let Scratch { text, code, balance, pool } = scratch;
        let (text, text_changes) = text::edited(profile, &self.text, edit, (balance, pool), text);
        let begun = code::begin(name, now, Some((&self.code, *base)));
        let (code, code_changes) = if begun.language == self.code.language {
            code::edited(profile, begun, &self.code, edit, (balance, pool), code)
        } else {
            let code = code::of(profile, begun, now, code);
            let changes = balance.of(&self.code.grams, &code.grams, pool);
            (code, changes)
        };
        let grams = Grams { kind: Kind::Text, plain: true, text, code };
        Some((grams, Changes { text: text_changes, code: code_changes }))
    }

    /// What the content was taken for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The fingerprints of one channel in the order of their places, each as often as it stands there.
    pub fn fingerprints(&self, channel: Channel) -> &[u64] {
        match channel {
            Channel::Text => &self.text.fingerprints,
            Channel::Code => &self.code.grams.fingerprints,
            Channel::Parts | Channel::Sketches => &[],
        }
    }

    /// How often each fingerprint stands in the content.
    pub fn counts(&self) -> Changes {
        let nothing = Grams { kind: self.kind, plain: self.plain, text: Placed::default(), code: Code::default() };
        self.changes_since(&nothing)
    }

    /// How the counts of this content differ from those of `base`, which need not be related.
    pub fn changes_since(&self, base: &Grams) -> Changes {
        let (mut balance, mut pool) = (Balance::default(), Pool::default());
        let text = balance.of(&base.text, &self.text, &mut pool);
        Changes { text, code: balance.of(&base.code.grams, &self.code.grams, &mut pool) }
    }

    /// Bytes of memory that it holds.
    pub fn memory(&self) -> usize {
        self.text.memory() + self.code.memory()
    }
}

impl Changes {
    /// Fingerprints of one channel, ascending, each with a change that is not zero.
    pub fn of(&self, channel: Channel) -> &[(u64, i32)] {
        match channel {
            Channel::Text => &self.text,
            Channel::Code => &self.code,
            Channel::Parts | Channel::Sketches => &[],
        }
    }
}

/// A content is text from its first byte on: no byte-order mark, and no NUL where one would make it binary or UTF-16.
fn is_plain(bytes: &[u8]) -> bool {
    let marked = [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"].iter().any(|mark| bytes.starts_with(mark));
    !marked && !bytes.get(..BINARY_HEAD).unwrap_or(bytes).contains(&0)
}

/// A place in a text of fewer than 2^32 bytes.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
