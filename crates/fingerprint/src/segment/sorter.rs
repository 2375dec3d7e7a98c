//! Sorts more rows than memory holds.
//!
//! Rows gather in blocks that are parted by the leading byte of the fingerprint while they are still in the cache. A part of all
//! blocks together is then small enough to be sorted in the cache, and parts are sorted side by side. Where memory is full, parts are
//! sorted and written one after the other, as a run; and of many runs one is made.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::{mem, thread};

use super::layout::CHANNELS;
use crate::Channel;

/// Bytes of a row in memory and on disk.
const ROW: usize = 12;

/// The parts of the fingerprints: as many as a byte has values.
const PARTS: usize = 256;

/// The fewest rows that a sorter keeps before it writes a run.
const FEWEST_ROWS: usize = 1 << 14;

/// The most rows of a block, and of what is given at once: few enough for the cache.
const MOST_OF_BLOCK: usize = 1 << 15;

/// Parts are sorted together up to so many rows.
const TOGETHER: usize = 1 << 14;

/// Fewer rows than this are sorted by comparing them.
const FEW: usize = 48;

/// More rows than this are parted once more before they are sorted.
const MANY: usize = 1 << 17;

/// The fewest and the most rows of a run that are read at once.
const FEWEST_READ: usize = 1 << 8;
const MOST_READ: usize = 1 << 14;

/// The fewest and the most runs that are made one.
const FEWEST_RUNS: usize = 4;
const MOST_RUNS: usize = 64;

/// Gathers rows of a fingerprint and a number, for each channel, in bounded memory: where it is full, the rows are sorted
/// and written to an unnamed file, which goes when the rows are dropped. One for each thread; [`Sorter::sorted`] merges.
pub struct Sorter {
    folder: Arc<Path>,
    /// Most rows in memory, with all that sorting them takes.
    limit: usize,
    /// Rows of each channel that are in no block yet.
    pending: [Vec<Row>; 3],
    blocks: [Vec<Block>; 3],
    /// Rows that the blocks take the memory of.
    held: usize,
    /// Runs of memory, runs that were made of several of these, and so on.
    levels: Vec<Level>,
    work: Work,
}

/// The high and the low half of a fingerprint, and a number. It has no gaps in memory as (u64, u32) would.
#[derive(Clone, Copy)]
struct Row([u32; 3]);

/// Rows of one channel, part after part.
struct Block {
    rows: Vec<Row>,
    /// Where each part ends.
    ends: [u32; PARTS],
}

/// Sorted rows in a file.
struct Run {
    file: Arc<File>,
    folder: Arc<Path>,
    offset: u64,
    /// Where each part of each channel ends, counted in rows from the beginning of the run.
    ends: Vec<u64>,
}

/// Runs of about one length, in a file of their own.
struct Level {
    file: Arc<File>,
    written: u64,
    runs: Vec<Run>,
}

/// What sorting works in.
#[derive(Default)]
struct Work {
    rows: Vec<Row>,
    spare: Vec<Row>,
    bytes: Vec<u8>,
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

    /// A byte of the fingerprint; 0 is the leading one.
    fn byte<const BYTE: usize>(self) -> usize {
        usize::from(self.0[BYTE / 4].to_be_bytes()[BYTE % 4])
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
            folder: folder.into(),
            limit: (memory / ROW).max(FEWEST_ROWS),
            pending: Default::default(),
            blocks: Default::default(),
            held: 0,
            levels: Vec::new(),
            work: Work::default(),
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where the file in the folder can't be written.
    #[inline]
    pub fn push(&mut self, channel: Channel, fingerprint: u64, number: u32) -> io::Result<()> {
        let channel = channel.kept();
        let pending = &mut self.pending[channel as usize];
        if pending.len() == pending.capacity() {
            self.make_room(channel)?;
        }
        self.pending[channel as usize].push(Row::new(fingerprint, number));
        Ok(())
    }

    /// Adds a row for each of these fingerprints, all with one number.
    ///
    /// # Errors
    /// Where the file in the folder can't be written.
    pub fn extend(&mut self, channel: Channel, mut fingerprints: &[u64], number: u32) -> io::Result<()> {
        let channel = channel.kept();
        while !fingerprints.is_empty() {
            let pending = &mut self.pending[channel as usize];
            let room = pending.capacity() - pending.len();
            if room == 0 {
                self.make_room(channel)?;
                continue;
            }
            let (now, later) = fingerprints.split_at(room.min(fingerprints.len()));
            pending.extend(now.iter().map(|fingerprint| Row::new(*fingerprint, number)));
            fingerprints = later;
        }
        Ok(())
    }

    /// All rows of these sorters in the order of channel, fingerprint and number; equal ones as often as they were added.
    /// They are sorted by as many threads, while they are taken. Reading takes no more memory than the sorters were given.
    ///
    /// # Errors
    /// Where a file can't be written or read.
    pub fn sorted(mut sorters: Vec<Sorter>) -> io::Result<SortedRows> {
        let spilled = sorters.iter().any(|sorter| !sorter.levels.is_empty());
        thread::scope(|scope| -> io::Result<()> {
            let prepare = |sorter: &mut Sorter| {
                if spilled {
                    return sorter.settle();
                }
                sorter.seal_all();
                Ok(())
            };
            let threads: Vec<_> = sorters.iter_mut().map(|sorter| scope.spawn(move || prepare(sorter))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(ended())))
        })?;
        let threads = sorters.len().max(1);
        let limit: usize = sorters.iter().map(|sorter| sorter.limit).sum();
        let mut parted = Parted::default();
        for sorter in sorters {
            parted.blocks.iter_mut().zip(sorter.blocks).for_each(|(all, blocks)| all.extend(blocks));
            parted.runs.extend(sorter.levels.into_iter().flat_map(|level| level.runs));
        }
        SortedRows::new(parted, limit, threads)
    }

    /// Rows of a block.
    fn of_block(&self) -> usize {
        (self.limit / 32).min(MOST_OF_BLOCK)
    }

    /// Makes room for a row of this channel.
    #[cold]
    fn make_room(&mut self, channel: Channel) -> io::Result<()> {
        self.seal(channel);
        // An eighth is for rows that are in no block yet, and a quarter for sorting.
        if self.held > self.limit / 8 * 5 {
            self.spill()?;
        }
        let most = self.of_block();
        let pending = &mut self.pending[channel as usize];
        pending.reserve_exact((2 * pending.capacity()).clamp(most / 32, most));
        Ok(())
    }

    /// Makes a block of what is in none yet.
    fn seal(&mut self, channel: Channel) {
        let pending = &mut self.pending[channel as usize];
        if !pending.is_empty() {
            self.held += pending.len() + size_of::<Block>() / ROW;
            self.blocks[channel as usize].push(Block::new(pending));
            pending.clear();
        }
    }

    fn seal_all(&mut self) {
        CHANNELS.into_iter().for_each(|channel| self.seal(channel));
        self.pending = Default::default();
    }

    /// Writes what is in memory as a run.
    fn spill(&mut self) -> io::Result<()> {
        CHANNELS.into_iter().for_each(|channel| self.seal(channel));
        if self.held > 0 {
            let blocks = mem::take(&mut self.blocks);
            self.held = 0;
            self.write(0, Parted { blocks, runs: Vec::new() })?;
        }
        let mut level = 0;
        while self.levels.get(level).is_some_and(|full| full.runs.len() >= self.at_most()) {
            self.join(level)?;
            level += 1;
        }
        Ok(())
    }

    /// Writes what is in memory, and leaves no more runs than can be read together.
    fn settle(&mut self) -> io::Result<()> {
        self.spill()?;
        self.seal_all();
        let mut level = 0;
        while self.levels.iter().map(|level| level.runs.len()).sum::<usize>() > self.at_most() {
            self.join(level)?;
            level += 1;
        }
        self.work = Work::default();
        Ok(())
    }

    /// How many runs are made one.
    fn at_most(&self) -> usize {
        (self.limit / (8 * FEWEST_READ)).clamp(FEWEST_RUNS, MOST_RUNS)
    }

    /// Makes one run of all of a level.
    fn join(&mut self, level: usize) -> io::Result<()> {
        let Some(full) = self.levels.get_mut(level) else { return Ok(()) };
        let runs = mem::take(&mut full.runs);
        if runs.is_empty() {
            return Ok(());
        }
        let file = Arc::clone(&full.file);
        full.written = 0;
        self.write(level + 1, Parted { blocks: Default::default(), runs })?;
        file.set_len(0).map_err(|source| naming(&self.folder, "sorting in", &source))
    }

    /// Sorts rows, and writes them as a run.
    fn write(&mut self, level: usize, mut parted: Parted) -> io::Result<()> {
        let named = |source: io::Error| naming(&self.folder, "sorting in", &source);
        while self.levels.len() <= level {
            let file = Arc::new(tempfile::tempfile_in(&self.folder).map_err(named)?);
            self.levels.push(Level { file, written: 0, runs: Vec::new() });
        }
        let Level { file, written, runs } = &mut self.levels[level];
        let (offset, ends) = (*written, parted.ends());
        let sizes = Sizes::new(self.limit / 4, parted.runs.len());
        parted.order_crowded(sizes.together);
        let mut bytes = Vec::new();
        for portion in parted.portions() {
            parted.sort(portion, sizes, &mut self.work, &mut |rows, _| {
                for piece in rows.chunks(FEWEST_ROWS) {
                    bytes.clear();
                    piece.iter().for_each(|row| bytes.extend_from_slice(&row.to_bytes()));
                    file.write_all_at(&bytes, *written).map_err(named)?;
                    *written += bytes.len() as u64;
                }
                rows.clear();
                Ok(())
            })?;
        }
        runs.push(Run { file: Arc::clone(file), folder: Arc::clone(&self.folder), offset, ends });
        Ok(())
    }
}

impl Block {
    fn new(from: &[Row]) -> Self {
        let mut ends = [0usize; PARTS];
        from.iter().for_each(|row| ends[row.byte::<0>()] += 1);
        let mut rows = vec![Row([0; 3]); from.len()];
        scatter::<0>(from, &mut rows, &mut ends);
        Block { rows, ends: ends.map(|end| u32::try_from(end).unwrap_or(u32::MAX)) }
    }

    /// Where parts stand in the block.
    fn place(&self, parts: Parts) -> std::ops::Range<usize> {
        let end = |parts: usize| parts.checked_sub(1).map_or(0, |part| self.ends[part] as usize);
        end(parts.from)..end(parts.to)
    }
}

impl Run {
    /// Where parts of a channel stand in the file: the offset, and how many rows they have.
    fn place(&self, channel: usize, parts: Parts) -> (u64, u64) {
        let end = |parts: usize| (channel * PARTS + parts).checked_sub(1).map_or(0, |part| self.ends[part]);
        let (from, to) = (end(parts.from), end(parts.to));
        (self.offset + from * ROW as u64, to - from)
    }

    /// Appends rows.
    fn read(&self, offset: u64, count: usize, bytes: &mut Vec<u8>, rows: &mut Vec<Row>) -> io::Result<()> {
        let (mut at, mut left) = (offset, count);
        while left > 0 {
            let now = left.min(MOST_READ);
            bytes.resize(now * ROW, 0);
            let read = self.file.read_exact_at(bytes, at);
            read.map_err(|source| naming(&self.folder, "reading what was sorted in", &source))?;
            rows.extend(bytes.as_chunks::<ROW>().0.iter().map(Row::of_bytes));
            at += bytes.len() as u64;
            left -= now;
        }
        Ok(())
    }
}

/// Parts from one to before another.
#[derive(Clone, Copy)]
struct Parts {
    from: usize,
    to: usize,
}

/// Parts of a channel that are sorted together, and how many rows they have.
#[derive(Clone, Copy)]
struct Portion {
    channel: usize,
    parts: Parts,
    rows: u64,
}

/// How much of them is in memory while rows are sorted.
#[derive(Clone, Copy)]
struct Sizes {
    /// The most rows that are sorted as a whole; of more, each source must be sorted, and they are merged.
    together: usize,
    /// Rows that are read of a run at once.
    at_once: usize,
}

impl Sizes {
    /// The sizes with which one thread takes no more rows than `limit` in memory, or [`FEWEST_READ`] of each run.
    fn new(limit: usize, runs: usize) -> Self {
        // Six parts: rows that are sorted, what they are sorted into, bytes that are read, what is held of runs, and those that wait and
        // that are taken.
        let together = limit / 6;
        let at_once = together.checked_div(runs).unwrap_or_default().clamp(FEWEST_READ, MOST_READ);
        Sizes { together, at_once }
    }
}

/// Rows in parts.
#[derive(Default)]
struct Parted {
    blocks: [Vec<Block>; 3],
    runs: Vec<Run>,
}

impl Parted {
    /// Rows of some parts of a channel.
    fn count(&self, channel: usize, parts: Parts) -> u64 {
        let blocks: usize = self.blocks[channel].iter().map(|block| block.place(parts).len()).sum();
        blocks as u64 + self.runs.iter().map(|run| run.place(channel, parts).1).sum::<u64>()
    }

    /// How many rows each part of each channel has, and all before it.
    fn ends(&self) -> Vec<u64> {
        let mut before = 0;
        let all = (0..CHANNELS.len()).flat_map(|channel| (0..PARTS).map(move |part| (channel, part)));
        all.map(|(channel, part)| {
            before += self.count(channel, Parts { from: part, to: part + 1 });
            before
        })
        .collect()
    }

    /// All that has rows, in order.
    fn portions(&self) -> Vec<Portion> {
        let mut portions: Vec<Portion> = Vec::new();
        for channel in 0..CHANNELS.len() {
            for part in 0..PARTS {
                let parts = Parts { from: part, to: part + 1 };
                let rows = self.count(channel, parts);
                let last = portions.last_mut();
                match last.filter(|last| last.channel == channel && last.rows + rows <= TOGETHER as u64) {
                    _ if rows == 0 => {}
                    Some(last) => {
                        last.parts.to = part + 1;
                        last.rows += rows;
                    }
                    None => portions.push(Portion { channel, parts, rows }),
                }
            }
        }
        portions
    }

    /// How much several threads read, of rows that have `limit` rows of memory in all.
    fn sizes(&self, limit: usize, threads: usize) -> Sizes {
        // Of what is in memory already, sorting must not take as much again.
        let limit = if self.runs.is_empty() { limit / 4 } else { limit };
        Sizes::new(limit / threads.max(1), self.runs.len())
    }

    /// Sorts, in each block, parts that are too large to be sorted as a whole. Only of hostile rows there are many.
    fn order_crowded(&mut self, together: usize) {
        for portion in self.portions().into_iter().filter(|portion| portion.rows > together as u64) {
            for block in &mut self.blocks[portion.channel] {
                let place = block.place(portion.parts);
                block.rows[place].sort_unstable_by_key(|row| row.order());
            }
        }
    }

    /// Gives the rows of a portion in order, in pieces; with the last of them it is said that it is the last.
    fn sort(
        &self,
        portion: Portion,
        sizes: Sizes,
        work: &mut Work,
        take: &mut impl FnMut(&mut Vec<Row>, bool) -> io::Result<()>,
    ) -> io::Result<()> {
        let Portion { channel, parts, rows: count } = portion;
        let blocks = self.blocks[channel].iter().map(|block| &block.rows[block.place(parts)]);
        work.rows.clear();
        if count > sizes.together as u64 {
            let runs = self.runs.iter().map(|run| {
                let (offset, left) = run.place(channel, parts);
                Source::File { run, offset, left, rows: Vec::new(), at: 0 }
            });
            let most = sizes.together.min(MOST_OF_BLOCK);
            work.rows.reserve_exact(most);
            let mut merge = Merge::new(blocks.map(Source::Memory).chain(runs).collect(), sizes.at_once, work)?;
            while let Some(row) = merge.next(work)? {
                work.rows.push(row);
                if work.rows.len() == most {
                    take(&mut work.rows, false)?;
                    work.rows.reserve_exact(most);
                }
            }
            return take(&mut work.rows, true);
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        work.rows.reserve_exact(count);
        blocks.for_each(|rows| work.rows.extend_from_slice(rows));
        for run in &self.runs {
            let (offset, rows) = run.place(channel, parts);
            run.read(offset, usize::try_from(rows).unwrap_or(usize::MAX), &mut work.bytes, &mut work.rows)?;
        }
        if work.spare.len() < count {
            work.spare.resize(count, Row([0; 3]));
        }
        let known = usize::from(parts.to == parts.from + 1);
        sort(&mut work.rows, &mut work.spare[..count], known);
        take(&mut work.rows, true)
    }
}

/// Rows in order, from [`Sorter::sorted`].
pub struct SortedRows {
    portions: std::vec::IntoIter<Portion>,
    /// What the threads have sorted: each takes portions in turn.
    sorted: Vec<Receiver<io::Result<Sorted>>>,
    turn: usize,
    ended: bool,
    channel: Channel,
    rows: Vec<Row>,
    at: usize,
}

/// Rows of a portion, and whether they are its last.
type Sorted = (Vec<Row>, bool);

impl SortedRows {
    fn new(mut parted: Parted, limit: usize, threads: usize) -> io::Result<Self> {
        let portions = parted.portions();
        let threads = threads.min(portions.len());
        let sizes = parted.sizes(limit, threads);
        parted.order_crowded(sizes.together);
        let parted = Arc::new(parted);
        let mut sorted = Vec::new();
        for first in 0..threads {
            let (give, taken) = sync_channel(1);
            let (parted, mine) = (Arc::clone(&parted), portions.iter().skip(first).step_by(threads).copied());
            let mine: Vec<Portion> = mine.collect();
            thread::Builder::new().spawn(move || sort_all(&parted, &mine, sizes, &give))?;
            sorted.push(taken);
        }
        let portions = portions.into_iter();
        Ok(SortedRows { portions, sorted, turn: 0, ended: true, channel: Channel::Text, rows: Vec::new(), at: 0 })
    }

    /// The next row.
    ///
    /// # Errors
    /// Where a file can't be read.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "it can fail")]
    pub fn next(&mut self) -> io::Result<Option<(Channel, u64, u32)>> {
        loop {
            if let Some(row) = self.rows.get(self.at) {
                self.at += 1;
                return Ok(Some((self.channel, row.fingerprint(), row.0[2])));
            }
            if !self.refill()? {
                return Ok(None);
            }
        }
    }

    /// Takes what is sorted next; tells whether there is more.
    #[cold]
    fn refill(&mut self) -> io::Result<bool> {
        (self.rows, self.at) = (Vec::new(), 0);
        if self.ended {
            let Some(portion) = self.portions.next() else { return Ok(false) };
            self.channel = CHANNELS[portion.channel];
        }
        let sorted = self.sorted[self.turn].recv().unwrap_or_else(|_| Err(ended()));
        (self.rows, self.ended) = sorted?;
        if self.ended {
            self.turn = (self.turn + 1) % self.sorted.len();
        }
        Ok(true)
    }
}

/// Sorts portions as fast as they are taken.
fn sort_all(parted: &Parted, portions: &[Portion], sizes: Sizes, give: &SyncSender<io::Result<Sorted>>) {
    let mut work = Work::default();
    for portion in portions {
        let sorted = parted.sort(*portion, sizes, &mut work, &mut |rows, last| {
            // Where nobody takes any more, the portion is of no use: any error ends it.
            give.send(Ok((mem::take(rows), last))).map_err(|_| ended())
        });
        if let Err(error) = sorted {
            let _ = give.send(Err(error));
            return;
        }
    }
}

fn ended() -> io::Error {
    io::Error::other("a thread that sorts came to a sudden end")
}

/// Sorted rows of one block or of one run.
enum Source<'p> {
    Memory(&'p [Row]),
    File { run: &'p Run, offset: u64, left: u64, rows: Vec<Row>, at: usize },
}

impl Source<'_> {
    fn next(&mut self, at_once: usize, bytes: &mut Vec<u8>) -> io::Result<Option<Row>> {
        match self {
            Source::Memory(rows) => Ok(rows.split_off_first().copied()),
            Source::File { run, offset, left, rows, at } => {
                if *at == rows.len() && *left > 0 {
                    let count = usize::try_from(*left).map_or(at_once, |left| left.min(at_once));
                    rows.clear();
                    rows.reserve_exact(count);
                    run.read(*offset, count, bytes, rows)?;
                    (*offset, *left, *at) = (*offset + (count * ROW) as u64, *left - count as u64, 0);
                }
                *at += 1;
                Ok(rows.get(*at - 1).copied())
            }
        }
    }
}

/// A tournament of sources: the smallest key, and at each inner node the key that lost there. A key is a row in its order and the
/// number of its source; there is none above all others.
struct Merge<'p> {
    sources: Vec<Source<'p>>,
    at_once: usize,
    winner: u128,
    losers: Vec<u128>,
}

/// The key of a source that has come to its end.
const END: u128 = u128::MAX;

/// Bits of a key that number its source.
const SOURCE_BITS: u32 = 30;

impl<'p> Merge<'p> {
    fn new(sources: Vec<Source<'p>>, at_once: usize, work: &mut Work) -> io::Result<Self> {
        let places = sources.len().next_power_of_two();
        let mut merge = Merge { sources, at_once, winner: END, losers: vec![END; places] };
        let mut winners = vec![END; 2 * places];
        for number in 0..merge.sources.len() {
            winners[places + number] = merge.key(number, work)?;
        }
        for node in (1..places).rev() {
            let (left, right) = (winners[2 * node], winners[2 * node + 1]);
            winners[node] = left.min(right);
            merge.losers[node] = left.max(right);
        }
        merge.winner = winners[1];
        Ok(merge)
    }

    fn key(&mut self, number: usize, work: &mut Work) -> io::Result<u128> {
        let row = self.sources[number].next(self.at_once, &mut work.bytes)?;
        Ok(row.map_or(END, |row| row.order() << SOURCE_BITS | number as u128))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the parts of a key are taken out as they were put in")]
    fn next(&mut self, work: &mut Work) -> io::Result<Option<Row>> {
        let first = self.winner;
        if first == END {
            return Ok(None);
        }
        let number = (first & ((1 << SOURCE_BITS) - 1)) as usize;
        let mut key = self.key(number, work)?;
        let mut node = usize::midpoint(self.losers.len(), number);
        while node > 0 {
            let loser = &mut self.losers[node];
            if *loser < key {
                mem::swap(loser, &mut key);
            }
            node /= 2;
        }
        self.winner = key;
        Ok(Some(Row::new((first >> 62) as u64, (first >> SOURCE_BITS) as u32)))
    }
}

fn naming(folder: &Path, doing: &str, source: &io::Error) -> io::Error {
    io::Error::new(source.kind(), format!("{doing} {}: {source}", folder.display()))
}

/// Sorts rows that have the first `known` bytes of their fingerprints in common; `spare` is as long.
fn sort(rows: &mut [Row], spare: &mut [Row], known: usize) {
    match known {
        _ if rows.len() <= FEW => rows.sort_unstable_by_key(|row| row.order()),
        0 => sort_from::<0, 1>(rows, spare),
        1 => sort_from::<1, 2>(rows, spare),
        2 => sort_from::<2, 3>(rows, spare),
        3 => sort_from::<3, 4>(rows, spare),
        // Only hostile ones, or one that stands everywhere, have more in common.
        _ => rows.sort_unstable_by_key(|row| row.order()),
    }
}

/// Sorts by byte number `FIRST`, and so on.
fn sort_from<const FIRST: usize, const SECOND: usize>(rows: &mut [Row], spare: &mut [Row]) {
    let mut first = [0; PARTS];
    if rows.len() < MANY {
        let mut second = [0; PARTS];
        for row in rows.iter() {
            first[row.byte::<FIRST>()] += 1;
            second[row.byte::<SECOND>()] += 1;
        }
        scatter::<SECOND>(rows, spare, &mut second);
        scatter::<FIRST>(spare, rows, &mut first);
        settle(rows, 56 - 8 * SECOND);
    } else {
        rows.iter().for_each(|row| first[row.byte::<FIRST>()] += 1);
        scatter::<FIRST>(rows, spare, &mut first);
        let mut begin = 0;
        for end in first {
            sort(&mut spare[begin..end], &mut rows[begin..end], SECOND);
            begin = end;
        }
        rows.copy_from_slice(spare);
    }
}

/// Copies rows so that those with smaller values of a byte come first, and those with the same stay in order. `places` tells how many
/// have each value, and then where each value's rows end.
fn scatter<const BYTE: usize>(from: &[Row], to: &mut [Row], places: &mut [usize; PARTS]) {
    let mut before = 0;
    for place in places.iter_mut() {
        before += mem::replace(place, before);
    }
    for row in from {
        let place = &mut places[row.byte::<BYTE>()];
        to[*place] = *row;
        *place += 1;
    }
}

/// Sorts rows that are sorted by their fingerprints but for the low `unknown` bits: few have all others in common.
fn settle(rows: &mut [Row], unknown: usize) {
    let mut at = 1;
    while at < rows.len() {
        if rows[at].order() >= rows[at - 1].order() {
            at += 1;
            continue;
        }
        let known = rows[at].fingerprint() >> unknown;
        let alike = |row: &&Row| row.fingerprint() >> unknown == known;
        let begin = at - rows[..at].iter().rev().take_while(alike).count();
        at += rows[at..].iter().take_while(alike).count();
        // Of one fingerprint the numbers of each thread ascend already.
        rows[begin..at].sort_by_key(|row| row.order());
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

    /// All that a sorter keeps, counted in rows.
    fn rows_in_memory(sorter: &Sorter) -> usize {
        let blocks = sorter.blocks.iter().flatten().map(|block| block.rows.capacity() + size_of::<Block>() / ROW);
        let pending = sorter.pending.iter().map(Vec::capacity);
        let work = [sorter.work.rows.capacity(), sorter.work.spare.capacity(), sorter.work.bytes.capacity() / ROW];
        blocks.chain(pending).chain(work).sum()
    }

    /// The most that one of several threads keeps while rows are read, counted in rows: what it works in, what waits to be taken and what is.
    fn rows_while_read(parted: &mut Parted, limit: usize, threads: usize) -> usize {
        let sizes = parted.sizes(limit, threads);
        parted.order_crowded(sizes.together);
        let (mut work, mut most) = (Work::default(), 0);
        for portion in parted.portions() {
            let mut given = 0;
            let mut take = |rows: &mut Vec<Row>, _| {
                given = given.max(mem::take(rows).capacity());
                Ok(())
            };
            parted.sort(portion, sizes, &mut work, &mut take).unwrap();
            let crowded = portion.rows > sizes.together as u64;
            let of_runs = if crowded { parted.runs.len() * sizes.at_once } else { 0 };
            most = most.max(3 * given + work.spare.capacity() + work.bytes.capacity() / ROW + of_runs);
        }
        most
    }

    /// Rows that agree in many, some or no leading bytes.
    fn rows() -> impl Strategy<Value = Vec<(Channel, u64, u32)>> {
        let fingerprint = prop_oneof![any::<u64>(), any::<u16>().prop_map(u64::from), Just(7), Just(u64::MAX)];
        prop::collection::vec((prop::sample::select(&CHANNELS[..]), fingerprint, 0u32..5), 0..4000)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
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
                prop_assert!(rows_in_memory(&sorter) <= FEWEST_ROWS);
                sorters.push(sorter);
            }
            let mut expected: Vec<_> = parts.iter().flat_map(|rows| rows.iter().cycle().take(rows.len() * 8)).copied().collect();
            expected.sort_unstable();
            prop_assert!(all(Sorter::sorted(sorters).unwrap()) == expected);
            prop_assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
        }

        #[test]
        fn memory_and_runs_are_bounded(
            alike in 0u32..60, folds in 1u64..5, numbers in 1u32..1000, memory in 0usize..1 << 18, threads in 1usize..4,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorters: Vec<_> = (0..threads).map(|_| Sorter::new(folder.path(), memory)).collect();
            let mut expected = Vec::new();
            for (at, sorter) in (0..50_000 * folds).zip((0..threads).cycle()) {
                let sorter = &mut sorters[sorter];
                let row = (CHANNELS[(at % 7 / 3) as usize], at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> alike, u32::try_from(at).unwrap() % numbers);
                sorter.push(row.0, row.1, row.2).unwrap();
                if at.is_multiple_of(997) {
                    prop_assert!(rows_in_memory(sorter) <= sorter.limit);
                    prop_assert!(sorter.levels.iter().all(|level| level.runs.len() < sorter.at_most()));
                }
                expected.push(row);
            }
            for sorter in &mut sorters {
                if !sorter.levels.is_empty() {
                    sorter.settle().unwrap();
                    prop_assert!(sorter.levels.iter().map(|level| level.runs.len()).sum::<usize>() <= sorter.at_most());
                }
            }
            let limit = sorters.iter().map(|sorter| sorter.limit).sum::<usize>();
            let mut parted = Parted::default();
            for sorter in &mut sorters {
                if sorter.levels.is_empty() {
                    sorter.seal_all();
                }
                parted.blocks.iter_mut().zip(&mut sorter.blocks).for_each(|(all, blocks)| all.append(blocks));
                parted.runs.extend(sorter.levels.drain(..).flat_map(|level| level.runs));
            }
            let most = if parted.runs.is_empty() { limit / 4 } else { limit };
            let reading = threads * rows_while_read(&mut parted, limit, threads);
            let least = threads * parted.runs.len() * FEWEST_READ;
            prop_assert!(reading <= most + least, "{reading} rows of {most}, and {least} in any case");
            expected.sort_unstable();
            prop_assert!(all(SortedRows::new(parted, limit, threads).unwrap()) == expected);
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
