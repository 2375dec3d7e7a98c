//! An ONNX model, field by field: a message of protocol buffers, of which the graph's initializers hold weights.
//!
//! The fields and their numbers are those of `onnx.proto`: `ModelProto.graph` 7, `GraphProto.initializer` 5, and of
//! `TensorProto` `dims` 1, `data_type` 2, `float_data` 4, `raw_data` 9, `double_data` 10. Writers keep the order of the numbers.

use std::cmp::Ordering;

use super::Next;
use super::numbers::Type;

/// Bytes of the longest number.
const LONGEST_NUMBER: u32 = 10;

/// A model that is being read.
pub(super) struct Onnx {
    /// Bytes read so far, and those that are being skipped or read as numbers.
    at: u64,
    /// The messages that are open, one in the other: where each ends.
    open: [u64; 3],
    depth: usize,
    want: Want,
    /// The number that is being read, and how many bytes of it are.
    number: (u64, u32),
    /// What `data_type` said in the tensor that is open.
    data_type: Option<u64>,
    /// What `dims` said: how many sides there are, and the last two of them.
    sides: (usize, [u64; 2]),
}

/// What the number that comes next is.
#[derive(Clone, Copy)]
enum Want {
    Tag,
    Value(u64),
    Length(u64),
    /// A side, of those that are written together and end here.
    Side(u64),
}

/// The messages, by how deep they lie.
const MODEL: usize = 0;
const GRAPH: usize = 1;
const TENSOR: usize = 2;

/// Whether a file that begins so may be one: its version, up to 255, then one of the fields that come next.
pub(super) fn may_be(head: &[u8]) -> bool {
    matches!(head, [0x08, 1..=0x7f, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..])
}

impl Onnx {
    /// Begins a file, and how many bytes of it are wanted first.
    pub(super) fn new() -> (Self, Next) {
        let (open, number) = ([u64::MAX, 0, 0], (0, 0));
        (
            Onnx { at: 0, open, depth: MODEL, want: Want::Tag, number, data_type: None, sides: (0, [0; 2]) },
            Next::Take(1),
        )
    }

    /// Takes the byte that was wanted, none where something was skipped or read. `None` where it is no such message.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Option<Next> {
        if let [byte] = bytes {
            self.at += 1;
            let (number, read) = &mut self.number;
            if *read == LONGEST_NUMBER - 1 && *byte > 1 {
                return None;
            }
            *number |= u64::from(byte & 0x7f) << (7 * *read);
            *read += 1;
            if *byte >= 0x80 {
                return self.goes_on(Next::Take(1));
            }
            let (number, _) = std::mem::take(&mut self.number);
            return self.number_ends(number);
        }
        self.field_ends()
    }

    fn number_ends(&mut self, number: u64) -> Option<Next> {
        match self.want {
            Want::Tag => {
                let field = number >> 3;
                if field == 0 || field >= 1 << 29 {
                    return None;
                }
                match number & 7 {
                    0 => self.want = Want::Value(field),
                    1 => return self.content(8, Next::Skip),
                    2 => self.want = Want::Length(field),
                    5 => return self.content(4, Next::Skip),
                    _ => return None,
                }
                self.goes_on(Next::Take(1))
            }
            Want::Value(field) => {
                if (self.depth, field) == (TENSOR, 2) {
                    // Said twice, the last holds, as everywhere in such messages.
                    self.data_type = Some(number);
                }
                if (self.depth, field) == (TENSOR, 1) {
                    self.side(number);
                }
                self.field_ends()
            }
            Want::Side(end) => {
                self.side(number);
                match self.at.cmp(&end) {
                    Ordering::Less => Some(Next::Take(1)),
                    Ordering::Equal => self.field_ends(),
                    Ordering::Greater => None,
                }
            }
            Want::Length(field) => match (self.depth, field) {
                (MODEL, 7) | (GRAPH, 5) => {
                    let end = self.at.checked_add(number).filter(|end| *end <= self.open[self.depth])?;
                    self.depth += 1;
                    self.open[self.depth] = end;
                    (self.data_type, self.sides) = (None, (0, [0; 2]));
                    self.field_ends()
                }
                (TENSOR, 1) if number > 0 => {
                    let end = self.at.checked_add(number).filter(|end| *end <= self.open[self.depth])?;
                    self.want = Want::Side(end);
                    Some(Next::Take(1))
                }
                _ => match self.float(field) {
                    Some(of) => {
                        let matrix = self.matrix().filter(|sides| is_all(of, *sides, number));
                        self.content(number, |bytes| Next::Numbers(of, bytes, matrix))
                    }
                    None => self.content(number, Next::Skip),
                },
            },
        }
    }

    /// What numbers a field holds, if it is one of the open tensor's.
    fn float(&self, field: u64) -> Option<Type> {
        match (self.depth, field, self.data_type?) {
            (TENSOR, 4 | 9, 1) => Some(Type::F32),
            (TENSOR, 9, 10) => Some(Type::F16),
            (TENSOR, 9 | 10, 11) => Some(Type::F64),
            (TENSOR, 9, 16) => Some(Type::Bf16),
            _ => None,
        }
    }

    fn side(&mut self, side: u64) {
        let (count, [_, before]) = self.sides;
        self.sides = (count.saturating_add(1), [before, side]);
    }

    /// The rows and columns of the open tensor.
    fn matrix(&self) -> Option<(u64, u64)> {
        let (count, [rows, columns]) = self.sides;
        (count == 2).then_some((rows, columns))
    }

    /// What a field holds, of so many bytes.
    fn content(&mut self, bytes: u64, next: impl Fn(u64) -> Next) -> Option<Next> {
        self.at = self.at.checked_add(bytes).filter(|end| *end <= self.open[self.depth])?;
        if bytes == 0 { self.field_ends() } else { Some(next(bytes)) }
    }

    /// After a field comes another one; messages that end here are closed.
    fn field_ends(&mut self) -> Option<Next> {
        self.want = Want::Tag;
        while self.at == self.open[self.depth] {
            self.depth = self.depth.checked_sub(1)?;
        }
        Some(Next::Take(1))
    }

    /// Within a field no message ends.
    fn goes_on(&self, next: Next) -> Option<Next> {
        (self.at < self.open[self.depth]).then_some(next)
    }
}

/// Whether so many bytes are all of a matrix.
fn is_all(of: Type, (rows, columns): (u64, u64), bytes: u64) -> bool {
    rows.checked_mul(columns).and_then(|numbers| of.bytes(numbers)) == Some(bytes)
}
