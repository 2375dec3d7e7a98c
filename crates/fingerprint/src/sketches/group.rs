//! What of 256 numbers rounding hardly ever changes: which of a few is the largest, and its sign.
//!
//! Winner-take-all hashing (Yagnik and others, ICCV 2011). Rounding keeps the order of numbers and only makes some equal,
//! so that a winner is lost only where another number was as large but for the rounding.

use super::columns::Columns;
use super::numbers::{Group, LANES, ROWS, Type};

/// Bits of a winner that tell its row and its sign in place of the last bits of its magnitude.
pub(super) const CODE: u32 = 0x1f;

/// Bits of the magnitude of a float.
pub(super) const MAGNITUDE: u32 = 0x7fff_ffff;

/// From here on a magnitude is no number.
const ENDLESS: u32 = 0x7f80_0000;

/// More numbers of a group may not be as large as the largest of their lanes: numbers of few values have no winners.
/// Of weights rounded to eight bits of precision a group has one such pair in four groups.
const MOST_LARGEST: usize = LANES + 4;

/// The winners of a group must stand in so many different rows: in what rises and falls evenly they stand side by side.
/// By chance one group in two thousand has fewer.
const LEAST_ROWS: u32 = 6;

/// One of so many groups is chosen, by its hash: a chosen one for each 4096 numbers, which as 16-bit floats take the 8 KiB
/// of a chunk.
const ONE_OF: u8 = 8;

/// Makes the fingerprints of the chosen groups of one tensor after the other.
pub(super) struct Grouper {
    key: [u8; 32],
    /// Bytes of a group that is not yet whole.
    held: Vec<u8>,
    /// The columns of the tensor, where their groups count as well.
    columns: Option<Columns>,
}

impl Grouper {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Grouper { key, held: Vec::new(), columns: None }
    }

    /// Begins a tensor; what is left of the one before it is no group.
    pub(super) fn begin(&mut self, columns: Option<Columns>) {
        self.held.clear();
        self.columns = columns;
    }

    /// Takes the next bytes of a tensor.
    pub(super) fn push(&mut self, of: Type, mut bytes: &[u8], found: &mut impl FnMut(u64)) {
        let size = of.group();
        if !self.held.is_empty() {
            let (taken, rest) = bytes.split_at(bytes.len().min(size - self.held.len()));
            self.held.extend_from_slice(taken);
            bytes = rest;
            if self.held.len() < size {
                return;
            }
            let held = std::mem::take(&mut self.held);
            self.whole(of, &held, found);
            self.held = held;
            self.held.clear();
        }
        let groups = bytes.chunks_exact(size);
        self.held.extend_from_slice(groups.remainder());
        for bytes in groups {
            self.whole(of, bytes, found);
        }
    }

    /// Takes the bytes of a group, and gives its fingerprint if it has one.
    fn whole(&mut self, of: Type, bytes: &[u8], found: &mut impl FnMut(u64)) {
        let mut group = [[0; LANES]; ROWS];
        of.widen(bytes, &mut group);
        let winners = winners(&group);
        fingerprint(&self.key, &winners, || largest(&group, &winners)).into_iter().for_each(&mut *found);
        if let Some(columns) = &mut self.columns {
            columns.push(group.as_flattened(), &mut |winners, largest| {
                fingerprint(&self.key, winners, || largest).into_iter().for_each(&mut *found);
            });
        }
    }
}

/// The fingerprint of a group with these winners, if it is chosen and they are not the winners of everything alike;
/// `largest` counts the numbers that are as large as the winners of their lanes.
fn fingerprint(key: &[u8; 32], winners: &[u32; LANES], largest: impl FnOnce() -> usize) -> Option<u64> {
    if winners.iter().any(|winner| winner & !CODE == 0 || *winner >= ENDLESS) {
        return None;
    }
    let hash = blake3::keyed_hash(key, &winners.map(|winner| winner.to_le_bytes()[0] & 0x1f));
    let [first @ .., choice] = hash.as_bytes().first_chunk::<9>()?;
    let rows = winners.iter().fold(0u32, |rows, winner| rows | 1 << ((winner & CODE) >> 1));
    let tells = choice % ONE_OF == 0 && rows.count_ones() >= LEAST_ROWS && largest() <= MOST_LARGEST;
    tells.then(|| u64::from_le_bytes(*first))
}

/// Of each lane the largest magnitude, with the row, counted from the last, and the sign in its last five bits: of
/// several that are largest without these bits, the first.
fn winners(group: &Group) -> [u32; LANES] {
    let mut winners = [0i32; LANES];
    for (rank, row) in (0..32).step_by(2).rev().zip(group) {
        for (winner, bits) in winners.iter_mut().zip(row) {
            // Signed, since the oldest processors compare no others, and below 2^31 in any case.
            let other = (bits & MAGNITUDE & !CODE | rank | bits >> 31).cast_signed();
            *winner = if other > *winner { other } else { *winner };
        }
    }
    winners.map(i32::cast_unsigned)
}

/// How many numbers are as large as the winners of their lanes.
fn largest(group: &Group, winners: &[u32; LANES]) -> usize {
    let is_largest = |(bits, winner): &(&u32, &u32)| **bits & MAGNITUDE & !CODE == **winner & !CODE;
    group.iter().map(|row| row.iter().zip(winners).filter(is_largest).count()).sum()
}
