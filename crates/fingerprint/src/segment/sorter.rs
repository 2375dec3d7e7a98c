//! Sorts more rows than memory holds.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{mem, thread};

use super::layout::CHANNELS;
use crate::Channel;

/// Bytes of a row in memory and on disk.
const ROW: usize = 12;

/// The fewest rows that a sorter keeps before it writes a run.
const FEWEST_ROWS: usize = 1 << 14;

/// The fewest rows that memory grows by.
const FEWEST_MORE: usize = 1 << 10;

/// Fewer rows than this are sorted by comparing them.
const FEW: usize = 384;

/// The fewest and the most rows of a run that are read at once.
const FEWEST_READ: usize = 1 << 11;
const MOST_READ: usize = 1 << 16;

/// Gathers rows of a fingerprint and a number, for each channel, in bounded memory: where it is full, the rows are sorted
/// and written to an unnamed file, which goes when the rows are dropped. One for each thread; [`Sorter::sorted`] merges.
pub struct Sorter {
    folder: PathBuf,
    /// Most rows in memory.
    limit: usize,
    rows: [Vec<Row>; 3],
    file: Option<Arc<File>>,
    written: u64,
    /// How many rows of each channel each run has, in the order of the file.
    runs: Vec<Run>,
}

/// The high and the low half of a fingerprint, and a number. It has no gaps in memory as (u64, u32) would.
#[derive(Clone, Copy)]
struct Row([u32; 3]);

struct Run {
    offset: u64,
    rows: [u64; 3],
}

impl Row {
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    fn new(fingerprint: u64, number: u32) -> Self {
        Row([(fingerprint >> 32) as u32, fingerprint as u32, number])
    }

    fn fingerprint(self) -> u64 {
        u64::from(self.0[0]) << 32 | u64::from(self.0[1])
    }

    /// What rows are sorted by.
    fn order(self) -> u128 {
        u128::from(self.fingerprint()) << 32 | u128::from(self.0[2])
    }

    fn to_bytes(self) -> [u8; ROW] {
        let mut bytes = [0; ROW];
        bytes.as_chunks_mut::<4>().0.iter_mut().zip(self.0).for_each(|(to, word)| *to = word.to_le_bytes());
        bytes
    }

    fn of_bytes(bytes: &[u8; ROW]) -> Self {
        let mut words = [0; 3];
        words.iter_mut().zip(bytes.as_chunks::<4>().0).for_each(|(word, from)| *word = u32::from_le_bytes(*from));
        Row(words)
    }
}

impl Sorter {
    /// Sorts in `memory` bytes (a few hundred thousand at least); what is more goes to a file in `folder`.
    pub fn new(folder: &Path, memory: usize) -> Self {
        Sorter {
            folder: folder.to_owned(),
            limit: (memory / ROW).max(FEWEST_ROWS),
            rows: Default::default(),
            file: None,
            written: 0,
            runs: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where the file in the folder can't be written.
    #[inline]
    pub fn push(&mut self, channel: Channel, fingerprint: u64, number: u32) -> io::Result<()> {
        let rows = &mut self.rows[place(channel)];
        if rows.len() == rows.capacity() {
            self.make_room(channel)?;
        }
        self.rows[place(channel)].push(Row::new(fingerprint, number));
        Ok(())
    }

    /// Adds a row for each of these fingerprints, all with one number.
    ///
    /// # Errors
    /// Where the file in the folder can't be written.
    pub fn extend(&mut self, channel: Channel, mut fingerprints: &[u64], number: u32) -> io::Result<()> {
        while !fingerprints.is_empty() {
            let rows = &mut self.rows[place(channel)];
            let room = rows.capacity() - rows.len();
            if room == 0 {
                self.make_room(channel)?;
                continue;
            }
            let (now, later) = fingerprints.split_at(room.min(fingerprints.len()));
            rows.extend(now.iter().map(|fingerprint| Row::new(*fingerprint, number)));
            fingerprints = later;
        }
        Ok(())
    }

    /// All rows of these sorters in the order of channel, fingerprint and number; equal ones as often as they were added.
    /// Reading takes no more memory than the sorters were given.
    ///
    /// # Errors
    /// Where a file can't be written or read.
    pub fn sorted(mut sorters: Vec<Sorter>) -> io::Result<SortedRows> {
        let spilled = sorters.iter().any(|sorter| !sorter.runs.is_empty());
        thread::scope(|scope| -> io::Result<()> {
            let prepare = |sorter: &mut Sorter| {
                if spilled {
                    return sorter.spill();
                }
                sorter.rows.iter_mut().for_each(|rows| sort(rows, 0));
                Ok(())
            };
            let threads: Vec<_> = sorters.iter_mut().map(|sorter| scope.spawn(move || prepare(sorter))).collect();
            threads.into_iter().try_for_each(|thread| {
                thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread that sorts came to a sudden end")))
            })
        })?;
        let runs: usize = sorters.iter().map(|sorter| sorter.runs.len()).sum();
        let limit: usize = sorters.iter().map(|sorter| sorter.limit).sum();
        let at_once = limit.checked_div(runs).unwrap_or_default().clamp(FEWEST_READ, MOST_READ);
        let mut sources = Vec::new();
        for mut sorter in sorters {
            sources.push(Source::of_memory(mem::take(&mut sorter.rows)));
            let (folder, file) = (&sorter.folder, &sorter.file);
            sources.extend(sorter.runs.iter().filter_map(|run| {
                let file = Arc::clone(file.as_ref()?);
                let total = run.rows.iter().sum();
                let spilled = Spilled { file, folder: folder.clone(), offset: run.offset, left: total, at_once };
                Some(Source { rows: Vec::new(), at: 0, left: run.rows, later: Vec::new(), spilled: Some(spilled) })
            }));
        }
        SortedRows::new(sources)
    }

    /// Makes room for a row of this channel.
    fn make_room(&mut self, channel: Channel) -> io::Result<()> {
        let taken: usize = self.rows.iter().map(Vec::capacity).sum();
        let mut free = self.limit.saturating_sub(taken);
        if free < FEWEST_MORE {
            self.spill()?;
            free = self.limit;
        }
        let rows = &mut self.rows[place(channel)];
        rows.reserve_exact(rows.capacity().clamp(FEWEST_MORE, free));
        Ok(())
    }

    /// Writes what is in memory as a run, and gives the memory back.
    fn spill(&mut self) -> io::Result<()> {
        let mut rows = mem::take(&mut self.rows);
        if rows.iter().all(Vec::is_empty) {
            return Ok(());
        }
        let named = |source: io::Error| naming(&self.folder, "sorting in", &source);
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => Arc::new(tempfile::tempfile_in(&self.folder).map_err(named)?),
        };
        self.file = Some(Arc::clone(&file));
        let run = Run { offset: self.written, rows: rows.each_ref().map(|rows| rows.len() as u64) };
        let mut bytes = Vec::with_capacity(ROW * FEWEST_ROWS);
        for rows in &mut rows {
            sort(rows, 0);
            for piece in rows.chunks(FEWEST_ROWS) {
                bytes.clear();
                piece.iter().for_each(|row| bytes.extend_from_slice(&row.to_bytes()));
                file.write_all_at(&bytes, self.written).map_err(named)?;
                self.written += bytes.len() as u64;
            }
        }
        self.runs.push(run);
        Ok(())
    }
}

/// Rows in order, from [`Sorter::sorted`].
pub struct SortedRows {
    sources: Vec<Source>,
    /// A tournament: the smallest key, and at each inner node the key that lost there. A key is a row in its order and
    /// the number of its source; there is none above all others.
    winner: u128,
    losers: Vec<u128>,
}

/// The key of a source that has come to its end.
const END: u128 = u128::MAX;

/// Bits of a key that number its source.
const SOURCE_BITS: u32 = 30;

impl SortedRows {
    fn new(mut sources: Vec<Source>) -> io::Result<Self> {
        let places = sources.len().next_power_of_two();
        let mut winners = vec![END; 2 * places];
        for (number, source) in sources.iter_mut().enumerate() {
            winners[places + number] = source.key(number)?;
        }
        let mut losers = vec![END; places];
        for node in (1..places).rev() {
            let (left, right) = (winners[2 * node], winners[2 * node + 1]);
            winners[node] = left.min(right);
            losers[node] = left.max(right);
        }
        Ok(SortedRows { sources, winner: winners[1], losers })
    }

    /// The next row.
    ///
    /// # Errors
    /// Where a file can't be read.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the parts of a key are taken out as they were put in")]
    #[expect(clippy::should_implement_trait, reason = "it can fail")]
    pub fn next(&mut self) -> io::Result<Option<(Channel, u64, u32)>> {
        let first = self.winner;
        if first == END {
            return Ok(None);
        }
        let number = (first & ((1 << SOURCE_BITS) - 1)) as usize;
        let mut key = self.sources[number].key(number)?;
        let mut node = usize::midpoint(self.losers.len(), number);
        while node > 0 {
            let loser = &mut self.losers[node];
            if *loser < key {
                mem::swap(loser, &mut key);
            }
            node /= 2;
        }
        self.winner = key;
        let channel = CHANNELS[(first >> 126) as usize];
        Ok(Some((channel, (first >> 62) as u64, (first >> SOURCE_BITS) as u32)))
    }
}

/// Rows of one run, or of one sorter's memory.
struct Source {
    rows: Vec<Row>,
    at: usize,
    /// Rows of each channel that have not been given.
    left: [u64; 3],
    /// What comes after `rows`, in memory, the next last; or in a file.
    later: Vec<Vec<Row>>,
    spilled: Option<Spilled>,
}

struct Spilled {
    file: Arc<File>,
    folder: PathBuf,
    offset: u64,
    left: u64,
    at_once: usize,
}

impl Source {
    fn of_memory(rows: [Vec<Row>; 3]) -> Self {
        let left = rows.each_ref().map(|rows| rows.len() as u64);
        let mut later = Vec::from(rows);
        later.reverse();
        Source { rows: Vec::new(), at: 0, left, later, spilled: None }
    }

    /// Takes the next row, as a key.
    #[inline]
    fn key(&mut self, number: usize) -> io::Result<u128> {
        let Some(channel) = self.left.iter().position(|left| *left > 0) else { return Ok(END) };
        while self.at == self.rows.len() {
            self.refill()?;
        }
        let row = self.rows[self.at];
        self.at += 1;
        self.left[channel] -= 1;
        let order = (channel as u128) << 96 | row.order();
        Ok(order << SOURCE_BITS | number as u128)
    }

    #[cold]
    fn refill(&mut self) -> io::Result<()> {
        self.at = 0;
        let Some(spilled) = &mut self.spilled else {
            self.rows = self.later.pop().unwrap_or_default();
            return Ok(());
        };
        let rows = usize::try_from(spilled.left).map_or(spilled.at_once, |left| left.min(spilled.at_once));
        let mut bytes = vec![0; rows * ROW];
        let read = spilled.file.read_exact_at(&mut bytes, spilled.offset);
        read.map_err(|source| naming(&spilled.folder, "reading what was sorted in", &source))?;
        spilled.offset += bytes.len() as u64;
        spilled.left -= rows as u64;
        self.rows.clear();
        self.rows.extend(bytes.as_chunks::<ROW>().0.iter().map(Row::of_bytes));
        Ok(())
    }
}

fn place(channel: Channel) -> usize {
    channel as usize
}

fn naming(folder: &Path, doing: &str, source: &io::Error) -> io::Error {
    io::Error::new(source.kind(), format!("{doing} {}: {source}", folder.display()))
}

/// Sorts rows that agree in the bytes of their fingerprints before `byte`: into 256 parts in place, and each of them on.
fn sort(rows: &mut [Row], byte: u32) {
    if rows.len() <= FEW || byte == 8 {
        rows.sort_unstable_by_key(|row| row.order());
        return;
    }
    let digit = |row: &Row| (row.fingerprint() >> (56 - 8 * byte) & 0xff) as usize;
    let mut counts = [0usize; 256];
    rows.iter().for_each(|row| counts[digit(row)] += 1);
    let (mut heads, mut ends) = ([0usize; 256], [0usize; 256]);
    let mut end = 0;
    for part in 0..256 {
        heads[part] = end;
        end += counts[part];
        ends[part] = end;
    }
    // Each pass brings every row that it meets to where it belongs. Swaps do not wait for each other, as they would if one
    // followed each row that was pushed out (as in M. Skarupke's ska_sort).
    loop {
        let mut done = true;
        for part in 0..256 {
            for at in heads[part]..ends[part] {
                let to = &mut heads[digit(&rows[at])];
                rows.swap(at, *to);
                *to += 1;
            }
            done &= heads[part] == ends[part];
        }
        if done {
            break;
        }
    }
    let mut rest = rows;
    for count in counts {
        let (part, later) = rest.split_at_mut(count);
        sort(part, byte + 1);
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use super::*;
    use proptest::prelude::*;

    fn all(mut sorted: SortedRows) -> Vec<(Channel, u64, u32)> {
        std::iter::from_fn(|| sorted.next().unwrap()).collect()
    }

    /// Rows that agree in many, some or no leading bytes.
    fn rows() -> impl Strategy<Value = Vec<(Channel, u64, u32)>> {
        let fingerprint = prop_oneof![any::<u64>(), any::<u16>().prop_map(u64::from), Just(7), Just(u64::MAX)];
        prop::collection::vec((prop::sample::select(&CHANNELS[..]), fingerprint, 0u32..5), 0..4000)
    }

    proptest! {
        #[test]
        fn rows_of_several_sorters_come_in_order(parts in prop::collection::vec(rows(), 0..4)) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorters = Vec::new();
            for rows in &parts {
                // The least memory: the longer ones repeat their rows until they spill.
                let mut sorter = Sorter::new(folder.path(), 0);
                for (channel, fingerprint, number) in rows.iter().cycle().take(rows.len() * 8) {
                    sorter.push(*channel, *fingerprint, *number).unwrap();
                }
                prop_assert!(sorter.rows.iter().map(Vec::capacity).sum::<usize>() <= FEWEST_ROWS);
                sorters.push(sorter);
            }
            let mut expected: Vec<_> = parts.iter().flat_map(|rows| rows.iter().cycle().take(rows.len() * 8)).copied().collect();
            expected.sort_unstable();
            prop_assert!(all(Sorter::sorted(sorters).unwrap()) == expected);
            prop_assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
        }

        #[test]
        fn many_rows_of_one_number_are_as_single_ones(fingerprints in prop::collection::vec(any::<u64>(), 0..60_000)) {
            let folder = tempfile::tempdir().unwrap();
            let [mut one, mut all_at_once] = [(); 2].map(|()| Sorter::new(folder.path(), 0));
            all_at_once.extend(Channel::Code, &fingerprints, 3).unwrap();
            fingerprints.iter().for_each(|fingerprint| one.push(Channel::Code, *fingerprint, 3).unwrap());
            prop_assert!(all(Sorter::sorted(vec![one]).unwrap()) == all(Sorter::sorted(vec![all_at_once]).unwrap()));
        }
    }

    #[test]
    fn a_folder_that_takes_no_file_is_named() {
        let mut sorter = Sorter::new(Path::new("/nowhere/at/all"), 0);
        let error = (0..100_000).find_map(|n| sorter.push(Channel::Text, n, 0).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }
}
