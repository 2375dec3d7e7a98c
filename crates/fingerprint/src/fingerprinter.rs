//! The one pass over a file: its BLAKE3, what kind of file it is, its fingerprints.

use crate::code::CodeChannel;
use crate::decode::{Decoded, Decoder, Kind};
use crate::kernel::{Isa, Kernel, Rules};
use crate::parts::Parts;
use crate::profile::{Channel, Profile};
use crate::sketches::Sketches;
use crate::winnow::Winnower;

/// Bytes that go through all steps before the next do: so few that they are still in the cache, and enough for BLAKE3 to
/// hash many blocks side by side.
const PIECE: usize = 1 << 16;

/// Makes the fingerprints of one file, which may come in pieces of any size.
///
/// Memory is bounded by the result: what is kept of the file itself is its first 8000 bytes at most, and of a model
/// where its tensors lie.
pub struct Fingerprinter {
    blake3: blake3::Hasher,
    bytes: u64,
    decoder: Decoder,
    channels: Channels,
    /// Of the bytes as they are: a model may have no NUL in its head.
    sketches: Sketches,
}

struct Channels {
    profile: Profile,
    text: Winnower,
    code: CodeChannel,
    /// Of a binary file only: most files need none.
    parts: Option<Parts>,
}

/// What is known of a file's content under one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprints {
    /// BLAKE3 of the file's bytes as they are.
    pub blake3: [u8; 32],
    /// Length of the file in bytes.
    pub bytes: u64,
    /// What the file was taken for.
    pub kind: Kind,
    /// Length of its text in normalised bytes; 0 for a binary file.
    pub normalised: u64,
    /// Its fingerprints in [`crate::Channel::Text`], sorted and distinct; none for a binary file and for fewer normalised
    /// bytes than [`crate::GRAM`].
    pub text: Vec<u64>,
    /// Length of its source code in tokens; 0 where it is no source code.
    pub tokens: u64,
    /// Its fingerprints in [`crate::Channel::Code`], sorted and distinct.
    pub code: Vec<u64>,
    /// The fingerprints of its parts in [`crate::Channel::Parts`], sorted and distinct.
    pub parts: Vec<u64>,
    /// The fingerprints of its weights in [`crate::Channel::Sketches`], sorted and distinct; none where it is no model.
    pub sketches: Vec<u64>,
}

impl Fingerprinter {
    /// Begins a file. Its name, as far as it is known, tells the language of source code.
    pub fn new(profile: &Profile, name: &[u8]) -> Self {
        Self::with(Isa::current(), profile, name)
    }

    /// [`Self::new`] with one instruction set, or in plain Rust where this machine lacks it. The result is the same.
    pub fn with(isa: Isa, profile: &Profile, name: &[u8]) -> Self {
        Fingerprinter {
            blake3: blake3::Hasher::new(),
            bytes: 0,
            decoder: Decoder::new(),
            channels: Channels {
                profile: profile.clone(),
                text: Winnower::new(Kernel::of(isa), profile.clone(), Rules::TEXT),
                code: CodeChannel::new(Kernel::of(isa), profile.clone(), name),
                parts: None,
            },
            sketches: Sketches::new(profile),
        }
    }

    /// Makes sketches of weights of fewer than eight bits too, as [`Sketches::with_coarse`] says.
    #[must_use]
    pub fn with_coarse_weights(self) -> Self {
        Fingerprinter { sketches: self.sketches.with_coarse(), ..self }
    }

    /// Takes the next bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            self.blake3.update(piece);
            self.decoder.push(piece, &mut |decoded| self.channels.push(decoded));
            self.sketches.push(piece);
        }
        self.bytes += bytes.len() as u64;
    }

    /// Hands over the fingerprints that have gathered, in any order and with repeats: memory then stays bounded however long the
    /// file is. What [`Self::finish`] gives lacks them.
    pub fn drain(&mut self, take: &mut impl FnMut(Channel, &[u64])) {
        take(Channel::Text, &self.channels.text.take());
        take(Channel::Code, &self.channels.code.take());
        take(Channel::Parts, &self.channels.parts.as_mut().map(Parts::take).unwrap_or_default());
        take(Channel::Sketches, &self.sketches.take());
    }

    /// Ends the file.
    pub fn finish(self) -> Fingerprints {
        self.finish_by(Winnower::finish)
    }

    /// Ends the file, and gives the fingerprints of its text and its code in any order and perhaps repeated: for who sorts them anyway.
    pub fn finish_unsorted(self) -> Fingerprints {
        self.finish_by(Winnower::finish_unsorted)
    }

    fn finish_by(mut self, finish: impl Fn(Winnower) -> (u64, Vec<u64>)) -> Fingerprints {
        let kind = self.decoder.finish(&mut |decoded| self.channels.push(decoded));
        let (normalised, text) = finish(self.channels.text);
        let (tokens, code) = finish(self.channels.code.finish());
        Fingerprints {
            blake3: *self.blake3.finalize().as_bytes(),
            bytes: self.bytes,
            kind,
            normalised,
            text,
            tokens,
            code,
            parts: self.channels.parts.map(Parts::finish).unwrap_or_default(),
            sketches: self.sketches.finish(),
        }
    }
}

impl Channels {
    fn push(&mut self, decoded: Decoded<'_>) {
        match decoded {
            Decoded::Text(text) => {
                self.text.normalise(text);
                self.code.push(text);
            }
            Decoded::Binary(bytes) => self.parts.get_or_insert_with(|| Parts::new(&self.profile)).push(bytes),
        }
    }
}

impl Fingerprints {
    /// The fingerprints of a whole file held in memory.
    pub fn of(profile: &Profile, name: &[u8], bytes: &[u8]) -> Self {
        Self::of_with(Isa::current(), profile, name, bytes)
    }

    /// [`Self::of`] with one instruction set, or in plain Rust where this machine lacks it. The result is the same.
    pub fn of_with(isa: Isa, profile: &Profile, name: &[u8], bytes: &[u8]) -> Self {
        let mut fingerprinter = Fingerprinter::with(isa, profile, name);
        fingerprinter.update(bytes);
        fingerprinter.finish()
    }
}
