//! A GGUF file's header, value by value: nothing of it is held but where tensors lie.

use super::coarse::Coarse;
use super::numbers::Type;
use super::{Next, Stretch};

/// The first bytes of a file.
pub(super) const MAGIC: &[u8] = b"GGUF";

/// A longer name is none.
const LONGEST_NAME: u64 = 65_535;

/// More tensors are not read: the largest models have some thousands.
const MOST_TENSORS: u64 = 1 << 20;

/// The name of the value that says to what multiples tensors are aligned, if not to these.
const ALIGNMENT: (&[u8], u64) = (b"general.alignment", 32);

/// Types of values.
const U32: u32 = 4;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// A header that is being read.
pub(super) struct Gguf {
    want: Want,
    /// Bytes read so far.
    at: u64,
    tensors: u64,
    values: u64,
    alignment: u64,
    /// Whether tensors of fewer than eight bits are of a known type.
    is_coarse_known: bool,
    /// Where each tensor begins, counted from where the first may, and its numbers if they are of a known type.
    found: Vec<(u64, Option<Stretch>)>,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Want {
    /// Magic, version, how many tensors, how many values.
    Head,
    /// How long a value's name is.
    Key,
    /// The name and the value's type.
    Value,
    Alignment,
    /// The length of a string, and how many strings come after it.
    String(u64),
    /// The type and the number of things in an array.
    Array,
    /// What was skipped, before so many more strings.
    Skipped(u64),
    /// How long a tensor's name is.
    Tensor,
    /// The name, and how many sides the tensor has.
    Sides,
    /// The sides, the type, and where the tensor lies.
    Place,
}

impl Gguf {
    /// Begins a file, and how many bytes of it are wanted first.
    pub(super) fn new(is_coarse_known: bool) -> (Self, Next) {
        let (want, alignment) = (Want::Head, ALIGNMENT.1);
        let new = Gguf { want, at: 0, tensors: 0, values: 0, alignment, is_coarse_known, found: Vec::new() };
        (new, Next::Take(24))
    }

    /// Takes the bytes that were wanted, nothing where they were skipped. Gives what comes next, or the tensors behind the
    /// header, the first last; `None` where it is none.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Option<Result<Next, Vec<Stretch>>> {
        self.at += bytes.len() as u64;
        match self.want {
            Want::Head => {
                let version = number_32(bytes.get(4..)?)?;
                self.tensors = number_64(bytes.get(8..)?)?;
                self.values = number_64(bytes.get(16..)?)?;
                if !(2..=3).contains(&version) || self.tensors > MOST_TENSORS {
                    return None;
                }
                self.after_value()
            }
            Want::Key => {
                let length = number_64(bytes)?;
                (length <= LONGEST_NAME).then_some(())?;
                self.take(Want::Value, length + 4)
            }
            Want::Value => {
                let (name, of) = bytes.split_last_chunk::<4>()?;
                match u32::from_le_bytes(*of) {
                    U32 if name == ALIGNMENT.0 => self.take(Want::Alignment, 4),
                    _ if name == ALIGNMENT.0 => None,
                    STRING => self.take(Want::String(0), 8),
                    ARRAY => self.take(Want::Array, 12),
                    of => self.skip(0, size(of)?),
                }
            }
            Want::Alignment => {
                self.alignment = u64::from(number_32(bytes)?);
                self.alignment.is_power_of_two().then_some(())?;
                self.after_value()
            }
            Want::String(more) => self.skip(more, number_64(bytes)?),
            Want::Array => {
                let (of, length) = (number_32(bytes)?, number_64(bytes.get(4..)?)?);
                match of {
                    STRING if length > 0 => self.take(Want::String(length - 1), 8),
                    STRING => self.after_value(),
                    _ => self.skip(0, size(of)?.checked_mul(length)?),
                }
            }
            Want::Skipped(0) => self.after_value(),
            Want::Skipped(more) => self.take(Want::String(more - 1), 8),
            Want::Tensor => {
                let length = number_64(bytes)?;
                (length <= LONGEST_NAME).then_some(())?;
                self.take(Want::Sides, length + 4)
            }
            Want::Sides => {
                let sides = u64::from(number_32(bytes.last_chunk::<4>()?)?);
                (sides <= 4).then_some(())?;
                self.take(Want::Place, sides * 8 + 12)
            }
            Want::Place => {
                let (bytes, begin) = bytes.split_last_chunk::<8>()?;
                let (sides, of) = bytes.split_last_chunk::<4>()?;
                let sides = sides.as_chunks::<8>().0.iter().map(|side| u64::from_le_bytes(*side));
                let numbers = sides.into_iter().try_fold(1u64, u64::checked_mul)?;
                let of = float(u32::from_le_bytes(*of));
                let stretch = match of.filter(|of| self.is_coarse_known || !matches!(of, Type::Coarse(_))) {
                    Some(of) => Some(Stretch { of: Some(of), bytes: of.bytes(numbers)? }),
                    None => None,
                };
                self.found.push((u64::from_le_bytes(*begin), stretch));
                self.after_tensor()
            }
        }
    }

    fn take(&mut self, want: Want, bytes: u64) -> Option<Result<Next, Vec<Stretch>>> {
        self.want = want;
        usize::try_from(bytes).ok().map(|bytes| Ok(Next::Take(bytes)))
    }

    fn skip(&mut self, more: u64, bytes: u64) -> Option<Result<Next, Vec<Stretch>>> {
        self.want = Want::Skipped(more);
        self.at = self.at.checked_add(bytes)?;
        Some(Ok(Next::Skip(bytes)))
    }

    fn after_value(&mut self) -> Option<Result<Next, Vec<Stretch>>> {
        match self.values.checked_sub(1) {
            Some(left) => {
                self.values = left;
                self.take(Want::Key, 8)
            }
            None => self.after_tensor(),
        }
    }

    fn after_tensor(&mut self) -> Option<Result<Next, Vec<Stretch>>> {
        match self.tensors.checked_sub(1) {
            Some(left) => {
                self.tensors = left;
                self.take(Want::Tensor, 8)
            }
            None => self.stretches().map(Err),
        }
    }

    /// All that follows the header, the first last. What lies between tensors, and tensors of other types, is of no type.
    fn stretches(&mut self) -> Option<Vec<Stretch>> {
        self.found.sort_unstable_by_key(|(begin, stretch)| (*begin, stretch.as_ref().map(|it| it.bytes)));
        let mut at = self.at;
        let first = at.checked_next_multiple_of(self.alignment)?;
        let mut stretches = Vec::new();
        for (begin, stretch) in self.found.drain(..) {
            let begin = first.checked_add(begin)?;
            (begin.is_multiple_of(self.alignment) && begin >= at).then_some(())?;
            let Some(stretch) = stretch else { continue };
            stretches.push(Stretch { of: None, bytes: begin - at });
            at = begin.checked_add(stretch.bytes)?;
            stretches.push(stretch);
        }
        stretches.retain(|stretch| stretch.bytes > 0);
        stretches.reverse();
        Some(stretches)
    }
}

/// Bytes of a value of a type.
fn size(of: u32) -> Option<u64> {
    match of {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// The type of tensor of this number.
fn float(of: u32) -> Option<Type> {
    match of {
        0 => Some(Type::F32),
        1 => Some(Type::F16),
        2 => Some(Type::Coarse(Coarse::Q4_0)),
        3 => Some(Type::Coarse(Coarse::Q4_1)),
        6 => Some(Type::Coarse(Coarse::Q5_0)),
        7 => Some(Type::Coarse(Coarse::Q5_1)),
        8 => Some(Type::Q8),
        12 => Some(Type::Coarse(Coarse::Q4K)),
        13 => Some(Type::Coarse(Coarse::Q5K)),
        14 => Some(Type::Coarse(Coarse::Q6K)),
        28 => Some(Type::F64),
        30 => Some(Type::Bf16),
        _ => None,
    }
}

fn number_32(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn number_64(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
