//! A sorted set of numbers in few bits each: differences in a Golomb-Rice code. What is not in the set is taken for in it by chance, once
//! in 2^precision.

use crate::Refused;

/// The finest precision, in bits; finer than the coarsest that terms may ask for, because large sets leave less.
pub(crate) const PRECISION: std::ops::RangeInclusive<u8> = 20..=40;

/// How a set is coded; both sides compute it from the number of its elements and the terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) count: u64,
    precision: u8,
}

impl Shape {
    /// Of so many numbers (2^32 at most) at the precision that was agreed, or as precise as 64 bits allow.
    pub(crate) fn new(count: u64, agreed: u8) -> Shape {
        let left = u8::try_from(count.leading_zeros()).unwrap_or_default();
        Shape { count, precision: agreed.min(left) }
    }

    /// Numbers are below this.
    fn range(self) -> u128 {
        u128::from(self.count) << self.precision
    }

    /// Brings 64 even bits into the range, in their order.
    pub(crate) fn reduce(self, tag: u64) -> u64 {
        u64::try_from((u128::from(tag) * self.range()) >> 64).unwrap_or(u64::MAX)
    }

    /// Bits of a difference that stand as they are.
    fn low(self) -> u32 {
        u32::from(self.precision) - 1
    }

    /// The fewest and most bytes of the code.
    pub(crate) fn bytes(self) -> std::ops::RangeInclusive<u64> {
        let fewest = self.count * u64::from(self.precision);
        // All high parts together are no more than the range without its low bits: twice the count.
        fewest.div_ceil(8)..=(fewest + 2 * self.count).div_ceil(8)
    }

    /// Of numbers that are not in the set, the expected share that is taken for in it: one in two to this.
    pub(crate) fn precision(self) -> u8 {
        self.precision
    }
}

/// The code of strictly ascending numbers below the shape's range.
pub(crate) fn write(shape: Shape, numbers: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(usize::try_from(*shape.bytes().end()).unwrap_or_default());
    let (mut bits, mut held, mut next) = (0_u128, 0_u32, 0);
    for number in numbers {
        let step = number - next;
        next = number + 1;
        let mut high = step >> shape.low();
        while high > 0 {
            let ones = high.min(32);
            bits |= ((1 << ones) - 1) << held;
            held += u32::try_from(ones).unwrap_or_default();
            high -= ones;
            drain(&mut bits, &mut held, &mut out);
        }
        held += 1;
        bits |= u128::from(step & ((1 << shape.low()) - 1)) << held;
        held += shape.low();
        drain(&mut bits, &mut held, &mut out);
    }
    if held > 0 {
        out.extend(&bits.to_le_bytes()[..1]);
    }
    out
}

/// Writes whole bytes out.
fn drain(bits: &mut u128, held: &mut u32, out: &mut Vec<u8>) {
    let whole = *held / 8;
    out.extend(&bits.to_le_bytes()[..usize::try_from(whole).unwrap_or_default()]);
    *bits >>= whole * 8;
    *held %= 8;
}

/// Reads a code piece by piece. It holds a few bytes, whatever it is given.
pub(crate) struct Reader {
    shape: Shape,
    bits: u128,
    held: u32,
    /// The high part of the difference in work, as far as it was read; and whether it was read whole.
    high: u64,
    ended: bool,
    /// The least number that may come.
    next: u64,
    left: u64,
}

impl Reader {
    pub(crate) fn new(shape: Shape) -> Reader {
        Reader { shape, bits: 0, held: 0, high: 0, ended: false, next: 0, left: shape.count }
    }

    /// Gives the numbers that more bytes complete.
    ///
    /// # Errors
    /// A number that is not below the range, or bits behind the last number; why.
    pub(crate) fn push(&mut self, bytes: &[u8], found: &mut impl FnMut(u64)) -> Result<(), &'static str> {
        for piece in bytes.chunks(8) {
            let mut more = [0; 16];
            more[..piece.len()].copy_from_slice(piece);
            self.bits |= u128::from_le_bytes(more) << self.held;
            self.held += 8 * u32::try_from(piece.len()).unwrap_or_default();
            while self.left > 0 && self.number(found)? {}
            // Less than eight bits may follow the last number, all of them zero.
            if self.left == 0 && (self.bits != 0 || self.held >= 8) {
                return Err("there is something behind its last number");
            }
        }
        Ok(())
    }

    /// Reads one number if its bits are there.
    fn number(&mut self, found: &mut impl FnMut(u64)) -> Result<bool, &'static str> {
        let too_large = "a number is larger than its range";
        if !self.ended {
            let ones = self.bits.trailing_ones().min(self.held);
            self.high += u64::from(ones);
            if self.high > 2 * self.shape.count {
                return Err(too_large);
            }
            self.ended = ones < self.held;
            self.take(ones + u32::from(self.ended));
        }
        let low = self.shape.low();
        if !self.ended || self.held < low {
            return Ok(false);
        }
        let step = (u128::from(self.high) << low) | (self.bits & ((1 << low) - 1));
        self.take(low);
        let number = u128::from(self.next) + step;
        if number >= self.shape.range() {
            return Err(too_large);
        }
        let number = u64::try_from(number).map_err(|_| too_large)?;
        (self.next, self.high, self.ended, self.left) = (number.saturating_add(1), 0, false, self.left - 1);
        found(number);
        Ok(true)
    }

    fn take(&mut self, bits: u32) {
        self.bits = self.bits.checked_shr(bits).unwrap_or_default();
        self.held -= bits;
    }

    /// Whether all numbers came.
    pub(crate) fn finish(&self) -> Result<(), &'static str> {
        if self.left == 0 { Ok(()) } else { Err("it ends before its last number") }
    }
}

/// The number of elements that is told of a set: rounded up so that only six leading bits of it are told.
pub(crate) fn rounded(count: u64) -> u64 {
    let step = 1 << (u64::BITS - count.leading_zeros()).saturating_sub(6);
    count.div_ceil(step) * step
}

impl Refused {
    pub(crate) fn filter(label: &str) -> impl Fn(&'static str) -> Refused + '_ {
        move |detail| Refused::Filter { label: label.to_owned(), detail }
    }
}
