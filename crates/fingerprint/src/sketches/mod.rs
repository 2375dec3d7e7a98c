//! Sketches of a model's weights, which stay what they are when the model is stored as another type or in another format.
//!
//! `docs/fingerprint-profile-1.md`, "Sketches of weights", is the specification. A file is read as it streams, by a reader
//! for each format that says which stretches of it are numbers; what differs from its format in any way has no more
//! sketches from there on.

mod coarse;
mod columns;
mod gguf;
mod group;
mod npy;
mod numbers;
mod onnx;
mod raw;

use crate::parts::{self, safetensors};
use crate::profile::Profile;
use columns::Columns;
use gguf::Gguf;
use group::Grouper;
use onnx::Onnx;

pub(crate) use numbers::Type;

/// Bytes by which the format of a file is known.
const HEAD: usize = 4096;

/// Makes the sketches of one file, which may come in pieces of any size: none where it holds no weights.
///
/// Memory is bounded by the result, by the longest header of a safetensors file that is read, 16 MiB, by 40 bytes for each
/// tensor of a GGUF file, of which a million are read, and by 8 MiB for the columns of a matrix in an ONNX file.
pub struct Sketches {
    format: Format,
    /// Whether weights of fewer than eight bits are read.
    is_coarse_read: bool,
    next: Next,
    /// What of the wanted bytes is there.
    held: Vec<u8>,
    grouper: Grouper,
    found: Vec<u64>,
}

/// What a reader does with the bytes that come next.
enum Next {
    /// They are looked at together: all that it was given since it last looked.
    Take(usize),
    Skip(u64),
    /// They are numbers of a tensor; of a matrix that may be stored the other way round, its rows and columns.
    Numbers(Type, u64, Option<(u64, u64)>),
    /// Nothing any more.
    Nothing,
}

enum Format {
    /// It is not known yet.
    Unknown,
    Safetensors,
    Npy,
    Gguf(Gguf),
    Onnx(Onnx),
    /// The stretches that are still to come, the next one last.
    Stretches(Vec<Stretch>),
}

/// Successive bytes of a file, all of one type of number, or none.
#[derive(Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) of: Option<Type>,
    pub(crate) bytes: u64,
}

impl Sketches {
    /// Begins a file.
    pub fn new(profile: &Profile) -> Self {
        Sketches {
            format: Format::Unknown,
            is_coarse_read: false,
            next: Next::Take(HEAD),
            held: Vec::new(),
            grouper: Grouper::new(profile.derive_key(parts::KEY_CONTEXT)),
            found: Vec::new(),
        }
    }

    /// Reads weights of fewer than eight bits too. Of a file to be looked for: of what a model became by so much rounding up to three in four
    /// sketches are new, and whatever else was made of the same model shares most of them.
    #[must_use]
    pub fn with_coarse(self) -> Self {
        Sketches { is_coarse_read: true, ..self }
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let length = match &mut self.next {
                Next::Nothing => return,
                Next::Take(wanted) => {
                    let (taken, rest) = bytes.split_at(bytes.len().min(*wanted - self.held.len()));
                    self.held.extend_from_slice(taken);
                    bytes = rest;
                    if self.held.len() == *wanted {
                        self.step();
                    }
                    continue;
                }
                Next::Skip(left) | Next::Numbers(_, left, _) => {
                    let length = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= length as u64;
                    length
                }
            };
            let (taken, rest) = bytes.split_at(length);
            bytes = rest;
            if let Next::Numbers(of, ..) = self.next {
                let found = &mut self.found;
                self.grouper.push(of, taken, &mut |fingerprint| keep(found, fingerprint));
            }
            if matches!(self.next, Next::Skip(0) | Next::Numbers(_, 0, _)) {
                self.step();
            }
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.found)
    }

    /// Ends the file: its fingerprints, sorted and distinct.
    pub fn finish(mut self) -> Vec<u64> {
        if matches!(self.format, Format::Unknown) {
            self.step();
        }
        self.found.sort_unstable();
        self.found.dedup();
        self.found.shrink_to_fit();
        self.found
    }

    /// Goes on after what was wanted: it was taken, skipped, or read.
    fn step(&mut self) {
        loop {
            let held = &self.held[..];
            self.next = match &mut self.format {
                Format::Unknown => {
                    let held = std::mem::take(&mut self.held);
                    (self.format, self.next) = begin(&held, self.is_coarse_read);
                    return self.push(&held);
                }
                Format::Safetensors => match safetensors::wanted(held) {
                    Some(wanted) if wanted > held.len() => return self.next = Next::Take(wanted),
                    _ => self.format.becomes(safetensors::tensors(held)),
                },
                Format::Npy => match npy::wanted(held) {
                    Some(wanted) if wanted > held.len() => return self.next = Next::Take(wanted),
                    _ => self.format.becomes(npy::stretch(held).map(|stretch| vec![stretch])),
                },
                Format::Gguf(gguf) => match gguf.step(held) {
                    Some(Ok(next)) => next,
                    Some(Err(stretches)) => self.format.becomes(Some(stretches)),
                    None => Next::Nothing,
                },
                Format::Onnx(onnx) => onnx.step(held).unwrap_or(Next::Nothing),
                Format::Stretches(stretches) => stretches.pop().map_or(Next::Nothing, |stretch| match stretch.of {
                    Some(of) => Next::Numbers(of, stretch.bytes, None),
                    None => Next::Skip(stretch.bytes),
                }),
            };
            self.held.clear();
            if let Next::Numbers(_, _, sides) = self.next {
                self.grouper.begin(sides.and_then(|(rows, columns)| Columns::of(rows, columns)));
            }
            if !matches!(self.next, Next::Take(0) | Next::Skip(0) | Next::Numbers(_, 0, _)) {
                return;
            }
        }
    }
}

impl Format {
    /// Nothing is left of a header but the stretches behind it, if it is one; they are all that comes.
    fn becomes(&mut self, stretches: Option<Vec<Stretch>>) -> Next {
        *self = Format::Stretches(stretches.unwrap_or_default());
        Next::Skip(0)
    }
}

/// The format of a file with this head, and what it wants first.
fn begin(head: &[u8], is_coarse_read: bool) -> (Format, Next) {
    if safetensors::wanted(head).is_some() && head.len() > 8 {
        (Format::Safetensors, Next::Take(9))
    } else if head.starts_with(gguf::MAGIC) {
        let (gguf, next) = Gguf::new(is_coarse_read);
        (Format::Gguf(gguf), next)
    } else if head.starts_with(npy::MAGIC) {
        (Format::Npy, Next::Take(12))
    } else if onnx::may_be(head) {
        let (onnx, next) = Onnx::new();
        (Format::Onnx(onnx), next)
    } else {
        match raw::of(head) {
            Some(of) => (Format::Stretches(Vec::new()), Next::Numbers(of, u64::MAX, None)),
            None => (Format::Stretches(Vec::new()), Next::Nothing),
        }
    }
}

/// Keeps a fingerprint. Repeats go before room is made for more: weights over and over need little.
fn keep(found: &mut Vec<u64>, fingerprint: u64) {
    if found.len() == found.capacity() {
        found.sort_unstable();
        found.dedup();
        found.reserve(found.len() + 1);
    }
    found.push(fingerprint);
}
