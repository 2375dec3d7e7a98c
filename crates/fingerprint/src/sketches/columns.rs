//! The groups of a matrix that is stored the other way round: their numbers stand below each other.

use super::group::{CODE, MAGNITUDE};
use super::numbers::{LANES, ROWS};

/// Rows of a matrix whose numbers make a group in each column.
const HIGH: usize = LANES * ROWS;

/// Matrices of more columns are not read so: of each, winners take 128 bytes.
const MOST: u64 = 1 << 16;

/// The winners of the groups of all columns, while its rows come.
pub(super) struct Columns {
    width: usize,
    /// The row and the column of the number that comes next, of those of a group.
    row: usize,
    column: usize,
    /// For each lane and column, the winner, and how many numbers are as large.
    winners: Vec<u32>,
    largest: Vec<u32>,
}

impl Columns {
    /// Begins a matrix of this many rows and columns. Where columns are not made of whole groups, the groups of the matrix that it
    /// is when it is stored the other way round are not those of its columns.
    pub(super) fn of(rows: u64, columns: u64) -> Option<Self> {
        let is_one = rows > 0 && rows.is_multiple_of(HIGH as u64) && (2..=MOST).contains(&columns);
        let width = usize::try_from(columns).ok().filter(|_| is_one)?;
        let nothing = vec![0; width * LANES];
        Some(Columns { width, row: 0, column: 0, winners: nothing.clone(), largest: nothing })
    }

    /// Takes the next numbers, row by row, and gives the winners of each group that ends, with how many numbers are as large.
    pub(super) fn push(&mut self, mut numbers: &[u32], found: &mut impl FnMut(&[u32; LANES], usize)) {
        while !numbers.is_empty() {
            let (row, rest) = numbers.split_at(numbers.len().min(self.width - self.column));
            numbers = rest;
            self.in_row(row);
            self.column += row.len();
            if self.column == self.width {
                (self.row, self.column) = (self.row + 1, 0);
            }
            if self.row == HIGH {
                self.end(found);
            }
        }
    }

    fn in_row(&mut self, row: &[u32]) {
        let begin = self.row % LANES * self.width + self.column;
        let rank = if let Ok(above) = u32::try_from(self.row / LANES) { (15 - above) << 1 } else { 0 };
        let winners = &mut self.winners[begin..begin + row.len()];
        let largest = &mut self.largest[begin..begin + row.len()];
        for ((winner, largest), bits) in winners.iter_mut().zip(largest).zip(row) {
            let (magnitude, most) = (bits & MAGNITUDE & !CODE, *winner & !CODE);
            *largest = if magnitude > most { 1 } else { *largest + u32::from(magnitude == most) };
            *winner = (magnitude | rank | bits >> 31).max(*winner);
        }
    }

    fn end(&mut self, found: &mut impl FnMut(&[u32; LANES], usize)) {
        for column in 0..self.width {
            let in_lanes = std::array::from_fn(|lane| self.winners[lane * self.width + column]);
            let largest = (0..LANES).map(|lane| self.largest[lane * self.width + column]).sum::<u32>();
            found(&in_lanes, usize::try_from(largest).unwrap_or(usize::MAX));
        }
        self.winners.fill(0);
        self.largest.fill(0);
        self.row = 0;
    }
}
