//! The parts of a binary file: its tensors where it is a safetensors file, else chunks whose ends its content decides.
//!
//! `docs/fingerprint-profile-1.md`, "The channel of parts", is the specification.

mod cutter;
pub(crate) mod safetensors;

use crate::profile::Profile;
use cutter::Cutter;

/// The context from which a profile's key becomes the key of its parts.
pub(crate) const KEY_CONTEXT: &str = "gainsay fingerprint profile: key of parts";

/// A shorter part has no fingerprint: the end of a file, a tensor of a few numbers, is the same in many by chance.
const LEAST: u64 = 256;

/// A part that says nothing but its first bytes over and over has no fingerprint: zeros, ones of any type of number.
const PERIOD: usize = 8;

/// Makes the fingerprints of the parts of one binary file, which may come in pieces of any size.
///
/// Memory is bounded by the result and by the longest header of a safetensors file that is read, 16 MiB.
pub struct Parts {
    state: State,
    part: Part,
    found: Vec<u64>,
}

enum State {
    /// What may become the header of a safetensors file.
    Header(Vec<u8>),
    /// The lengths of the tensors that are still to come, the next one last; that one's less what came of it.
    Tensors(Vec<u64>),
    Chunks(Cutter),
}

/// The part that is being read.
struct Part {
    hasher: blake3::Hasher,
    bytes: u64,
    first: [u8; PERIOD],
    /// Whether it is its first bytes over and over, so far.
    repeats: bool,
}

impl Parts {
    /// Begins a file.
    pub fn new(profile: &Profile) -> Self {
        Parts { state: State::Header(Vec::new()), part: Part::new(profile), found: Vec::new() }
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (length, ends) = match &mut self.state {
                State::Header(held) => {
                    let missing = safetensors::wanted(held).map_or(0, |wanted| wanted.saturating_sub(held.len()));
                    let (taken, rest) = bytes.split_at(missing.min(bytes.len()));
                    held.extend_from_slice(taken);
                    bytes = rest;
                    if missing == 0 {
                        self.header_ends();
                    }
                    continue;
                }
                State::Tensors(lengths) => {
                    let Some(left) = lengths.last_mut() else {
                        self.state = State::Chunks(Cutter::new());
                        continue;
                    };
                    let length = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= length as u64;
                    let ends = *left == 0;
                    if ends {
                        lengths.pop();
                    }
                    (length, ends)
                }
                State::Chunks(cutter) => cutter.cut(bytes),
            };
            let (taken, rest) = bytes.split_at(length);
            self.extend_part(taken, ends);
            bytes = rest;
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.found)
    }

    /// Ends the file: the fingerprints of its parts, sorted and distinct.
    pub fn finish(mut self) -> Vec<u64> {
        if matches!(self.state, State::Header(_)) {
            self.header_ends();
        }
        // The last chunk ends with the file; a tensor that is cut short equals no whole one.
        if matches!(self.state, State::Chunks(_)) {
            self.extend_part(&[], true);
        }
        self.found.sort_unstable();
        self.found.dedup();
        self.found.shrink_to_fit();
        self.found
    }

    /// The header is there, or there is none.
    fn header_ends(&mut self) {
        let State::Header(held) = std::mem::replace(&mut self.state, State::Chunks(Cutter::new())) else { return };
        match safetensors::tensors(&held) {
            Some(tensors) => self.state = State::Tensors(tensors.into_iter().map(|tensor| tensor.bytes).collect()),
            None => self.push(&held),
        }
    }

    fn extend_part(&mut self, bytes: &[u8], ends: bool) {
        self.part.push(bytes);
        let Some(fingerprint) = ends.then(|| self.part.end()).flatten() else { return };
        if self.found.len() == self.found.capacity() {
            // Repeats go before room is made for more: a disk image of one block over and over needs little.
            self.found.sort_unstable();
            self.found.dedup();
            self.found.reserve(self.found.len() + 1);
        }
        self.found.push(fingerprint);
    }
}

impl Part {
    fn new(profile: &Profile) -> Self {
        let key = profile.derive_key(KEY_CONTEXT);
        Part { hasher: blake3::Hasher::new_keyed(&key), bytes: 0, first: [0; PERIOD], repeats: true }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.repeats {
            self.repeats = self.continues(bytes);
        }
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// Whether these bytes go on with the first ones of the part, which they may bring.
    fn continues(&mut self, bytes: &[u8]) -> bool {
        for (place, byte) in (self.bytes..).zip(bytes).take(PERIOD) {
            let first = &mut self.first[usize::try_from(place % PERIOD as u64).unwrap_or_default()];
            if place < PERIOD as u64 {
                *first = *byte;
            } else if first != byte {
                return false;
            }
        }
        bytes.len() <= PERIOD || bytes[PERIOD..] == bytes[..bytes.len() - PERIOD]
    }

    /// The fingerprint of what was read, if it has one; the next part begins.
    fn end(&mut self) -> Option<u64> {
        let tells = self.bytes >= LEAST && !self.repeats;
        let fingerprint = tells.then(|| {
            let mut bytes = [0; 8];
            self.hasher.finalize_xof().fill(&mut bytes);
            u64::from_le_bytes(bytes)
        });
        self.hasher.reset();
        (self.bytes, self.repeats) = (0, true);
        fingerprint
    }
}
