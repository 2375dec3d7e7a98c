//! The one pass over a file: its BLAKE3, what kind of file it is, its fingerprints.

use crate::decode::{Decoder, Kind};
use crate::profile::Profile;
use crate::winnow::Winnower;

/// Makes the fingerprints of one file, which may come in pieces of any size.
///
/// Memory is bounded by the result: what is kept of the file itself is its first 8000 bytes at most.
pub struct Fingerprinter {
    blake3: blake3::Hasher,
    bytes: u64,
    decoder: Decoder,
    winnower: Winnower,
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
}

impl Fingerprinter {
    /// Begins a file. Its name, as far as it is known, tells the language of source code.
    pub fn new(profile: &Profile, _name: &[u8]) -> Self {
        Fingerprinter {
            blake3: blake3::Hasher::new(),
            bytes: 0,
            decoder: Decoder::new(),
            winnower: Winnower::new(profile.clone()),
        }
    }

    /// Takes the next bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.bytes += bytes.len() as u64;
        self.decoder.push(bytes, &mut |text| self.winnower.push(text));
    }

    /// Ends the file.
    pub fn finish(mut self) -> Fingerprints {
        let kind = self.decoder.finish(&mut |text| self.winnower.push(text));
        let (normalised, text) = self.winnower.finish();
        Fingerprints {
            blake3: *self.blake3.finalize().as_bytes(),
            bytes: self.bytes,
            kind,
            normalised,
            text,
            tokens: 0,
            code: Vec::new(),
            parts: Vec::new(),
        }
    }
}

impl Fingerprints {
    /// The fingerprints of a whole file held in memory.
    pub fn of(profile: &Profile, name: &[u8], bytes: &[u8]) -> Self {
        let mut fingerprinter = Fingerprinter::new(profile, name);
        fingerprinter.update(bytes);
        fingerprinter.finish()
    }
}
