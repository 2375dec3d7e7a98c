//! The lines of one text that are lines of another.

use std::ops::Range;

use super::sides::{Side, alike, equal, is_broken, may_be_alike};
use super::{Kind, Piece, count};

/// What stands more often than this in either text leads nowhere.
const RARE: usize = 4;

/// Lines in a row that lead somewhere where none of them does.
const ROW: usize = 3;

/// A line with fewer normalised bytes leads nowhere by itself.
const LEAST_LEADING: usize = 8;

/// A line with fewer tokens leads nowhere by itself, nor do some with fewer together.
const LEAST_LEADING_TOKENS: usize = 10;

/// Normalised bytes of the gram by which a line leads to one nearly like it.
const GRAM: usize = 12;

/// Weight that a run must have: of a letter or figure 1, three quarters of a token where names differ, half of a letter where more
/// does. Fewer may be chance.
const LEAST_WEIGHT: usize = 24;

/// Weight that lines must have which stand by themselves in the sample, and that a single line must: what any two files in one
/// language share does not count, and a run of so many letters always has a fingerprint in common.
const LEAST_ALONE: usize = 40;
const LEAST_SINGLE: usize = 63;

/// A line of so many normalised bytes that stands in the other text as it is belongs to no other line there.
const TELLING: usize = 16;

/// How deep what lies between runs is looked through again.
const DEPTH: u32 = 6;

/// Pairs of lines that are compared one by one: at once, and in all.
const CELLS: usize = 1 << 20;
const CELLS_IN_ALL: usize = 1 << 23;

/// How many times as many lines of ours, and how many more, are looked through for what lies between two runs.
const BESIDE: (usize, usize) = (8, 64);

/// So many lines of one kind stand as a piece of their own.
const LEAST_OF_A_KIND: usize = 8;

/// Finds what belongs together, in the order of the sample.
pub(super) fn find(ours: &Side, sample: &Side) -> Vec<Piece> {
    let mut finder = Finder::new(ours, sample);
    finder.fill(0..ours.lines.len(), 0..sample.lines.len(), DEPTH);
    finder.pieces()
}

struct Finder<'t> {
    sides: [&'t Side; 2],
    marks: [Marks; 2],
    taken: [Vec<bool>; 2],
    /// For each line of the sample, its line in ours.
    pairs: Vec<Option<(usize, Kind)>>,
    /// What is the same letters in other lines.
    wrapped: Vec<Piece>,
    /// Pairs of lines that may still be compared one by one.
    cells: usize,
}

/// What is known of each line of a text.
struct Marks {
    text: Vec<u64>,
    code: Vec<u64>,
    /// Whether it stands in the other text as it is, and is long enough to tell.
    elsewhere: Vec<bool>,
    /// The grams by which what does not leads to a line nearly like it.
    grams: Vec<[u64; 2]>,
}

/// Lines of ours and of the sample, as many, that stand in a row in both.
struct Run {
    ours: usize,
    sample: usize,
    length: usize,
    weight: usize,
}

/// A hash of what may be rare, and the line where it stands.
type Lead = (u64, u32);

const OURS: usize = 0;
const SAMPLE: usize = 1;

impl<'t> Finder<'t> {
    fn new(ours: &'t Side, sample: &'t Side) -> Self {
        let sides = [ours, sample];
        let mut marks = sides.map(|side| Marks {
            text: (0..side.lines.len()).map(|line| hash(side.normal(line..line + 1))).collect(),
            code: (0..side.lines.len()).map(|line| hash(side.tokens(line))).collect(),
            elsewhere: Vec::new(),
            grams: Vec::new(),
        });
        let mut known = [OURS, SAMPLE].map(|side| marks[side].text.clone());
        known.iter_mut().for_each(|known| known.sort_unstable());
        for (side, other) in [(OURS, SAMPLE), (SAMPLE, OURS)] {
            let normal = |line: usize| sides[side].normal(line..line + 1);
            let text = marks[side].text.iter().enumerate();
            let elsewhere: Vec<bool> = text
                .map(|(line, text)| normal(line).len() >= TELLING && known[other].binary_search(text).is_ok())
                .collect();
            let grams = |(line, elsewhere): (usize, &bool)| if *elsewhere { NO_GRAMS } else { grams(normal(line)) };
            marks[side].grams = elsewhere.iter().enumerate().map(grams).collect();
            marks[side].elsewhere = elsewhere;
        }
        Finder {
            sides,
            marks,
            taken: sides.map(|side| vec![false; side.lines.len()]),
            pairs: vec![None; sample.lines.len()],
            wrapped: Vec::new(),
            cells: CELLS_IN_ALL,
        }
    }

    /// Finds what belongs together in two stretches.
    fn fill(&mut self, ours: Range<usize>, sample: Range<usize>, depth: u32) {
        let (ours, sample) = self.take_ends(ours, sample, Kind::Renamed);
        if ours.is_empty() || sample.is_empty() {
            return;
        }
        let taken = if depth == 0 { Vec::new() } else { self.take_runs(&ours, &sample) };
        if taken.is_empty() {
            self.compare(ours, sample);
            return;
        }
        let mut before: Option<Run> = None;
        for after in taken.into_iter().map(Some).chain([None]) {
            let gap = before.as_ref().map_or(sample.start, |run| run.sample + run.length)
                ..after.as_ref().map_or(sample.end, |run| run.sample);
            let from = before.as_ref().map(|run| run.ours + run.length);
            let to = after.as_ref().map(|run| run.ours);
            let between = from.unwrap_or(ours.start)..to.unwrap_or(ours.end);
            // Not more of ours than in proportion, since what lies between may be much, and for many runs the same.
            let beside = BESIDE.0 * gap.len() + BESIDE.1;
            if between.start <= between.end && between.len() <= beside {
                self.fill(self.without_taken_ends(between), gap, depth - 1);
            } else {
                if let Some(from) = from {
                    self.fill(from..(from + beside).min(ours.end), gap.clone(), depth - 1);
                }
                if let Some(to) = to {
                    let left = gap.clone().rev().take_while(|line| !self.taken[SAMPLE][*line]).count();
                    self.fill(to.saturating_sub(beside).max(ours.start)..to, gap.end - left..gap.end, depth - 1);
                }
            }
            before = after;
        }
    }

    fn without_taken_ends(&self, mut lines: Range<usize>) -> Range<usize> {
        while !lines.is_empty() && self.taken[OURS][lines.start] {
            lines.start += 1;
        }
        while !lines.is_empty() && self.taken[OURS][lines.end - 1] {
            lines.end -= 1;
        }
        lines
    }

    /// How a line of the sample is a line of ours, where neither is taken.
    fn pair(&self, our: usize, their: usize) -> Option<Kind> {
        if self.taken[OURS][our] || self.taken[SAMPLE][their] {
            return None;
        }
        let [ours, sample] = self.sides;
        let kind = if self.marks[OURS].text[our] == self.marks[SAMPLE].text[their]
            || self.marks[OURS].code[our] == self.marks[SAMPLE].code[their]
        {
            equal(ours, our, sample, their)
        } else {
            None
        };
        match kind {
            Some(Kind::Same | Kind::Reformatted) => kind,
            // What stands elsewhere as it is does not stand here as something else.
            _ if self.marks[OURS].elsewhere[our] || self.marks[SAMPLE].elsewhere[their] => None,
            Some(_) => kind,
            None if !alike(ours, our, sample, their) || is_broken(ours, our, sample, their) => None,
            None => Some(Kind::Similar),
        }
    }

    fn weight(&self, their: usize, kind: Kind) -> usize {
        let sample = self.sides[SAMPLE];
        match kind {
            Kind::Same | Kind::Reformatted => sample.normal(their..their + 1).len(),
            Kind::Renamed => sample.tokens(their).len() * 3 / 4,
            Kind::Similar => sample.normal(their..their + 1).len() / 2,
        }
    }

    fn take(&mut self, our: usize, their: usize, kind: Kind) {
        self.taken[OURS][our] = true;
        self.taken[SAMPLE][their] = true;
        self.pairs[their] = Some((our, kind));
    }

    /// Takes the heaviest runs in two stretches that do not overlap, and gives them in the order of the sample.
    fn take_runs(&mut self, ours: &Range<usize>, sample: &Range<usize>) -> Vec<Run> {
        let mut runs = self.runs(ours, sample);
        runs.sort_by_key(|run| (std::cmp::Reverse(run.weight), run.sample, run.ours));
        let mut taken = Vec::new();
        for run in runs {
            if let Some(run) = self.free_part(&run).filter(|run| run.weight >= LEAST_WEIGHT) {
                for at in 0..run.length {
                    if let Some(kind) = self.pair(run.ours + at, run.sample + at) {
                        self.take(run.ours + at, run.sample + at, kind);
                    }
                }
                taken.push(run);
            }
        }
        taken.sort_by_key(|run| run.sample);
        taken
    }

    /// The heaviest part of a run of which nothing is taken.
    fn free_part(&self, run: &Run) -> Option<Run> {
        let mut best: Option<Run> = None;
        let mut part = Run { ours: run.ours, sample: run.sample, length: 0, weight: 0 };
        for at in 0..=run.length {
            let kind = if at < run.length { self.pair(run.ours + at, run.sample + at) } else { None };
            if let Some(kind) = kind {
                part.length += 1;
                part.weight += self.weight(run.sample + at, kind);
            } else {
                let next = Run { ours: run.ours + at + 1, sample: run.sample + at + 1, length: 0, weight: 0 };
                let part = std::mem::replace(&mut part, next);
                if part.length > 0 && best.as_ref().is_none_or(|best| part.weight > best.weight) {
                    best = Some(part);
                }
            }
        }
        best
    }

    /// The longest runs through what is rare in both stretches.
    fn runs(&self, ours: &Range<usize>, sample: &Range<usize>) -> Vec<Run> {
        let (mut of_ours, mut of_sample) = (self.leads(OURS, ours), self.leads(SAMPLE, sample));
        keep_shared(&mut of_ours, &of_sample);
        keep_shared(&mut of_sample, &of_ours);
        of_ours.sort_unstable();
        of_sample.sort_unstable();
        let mut places: Vec<(u32, u32)> = Vec::new();
        let mut rest = of_ours.as_slice();
        for group in of_sample.chunk_by(|a, b| a.0 == b.0) {
            let key = group[0].0;
            rest = &rest[rest.iter().take_while(|lead| lead.0 < key).count()..];
            let same = &rest[..rest.iter().take_while(|lead| lead.0 == key).count()];
            if group.len() <= RARE && same.len() <= RARE {
                places.extend(group.iter().flat_map(|their| same.iter().map(|our| (their.1, our.1))));
            }
        }
        places.sort_unstable();
        places.dedup();
        // For each diagonal, where the last run on it ends.
        let mut ends = vec![0_u32; ours.len() + sample.len()];
        let mut runs = Vec::new();
        for (at, our) in places {
            let (their, our) = (at as usize, our as usize);
            let diagonal = our - ours.start + sample.end - their;
            if at < ends[diagonal] {
                continue;
            }
            let Some(kind) = self.pair(our, their) else { continue };
            let back = (1..=(our - ours.start).min(their - sample.start))
                .map_while(|back| Some(self.weight(their - back, self.pair(our - back, their - back)?)));
            let (before, weight) = back.fold((0, 0), |(count, sum), weight| (count + 1, sum + weight));
            let on = (1..(ours.end - our).min(sample.end - their))
                .map_while(|on| Some(self.weight(their + on, self.pair(our + on, their + on)?)));
            let (after, weight) = on.fold((0, weight), |(count, sum), weight| (count + 1, sum + weight));
            ends[diagonal] = at + count(after) + 1;
            let weight = weight + self.weight(their, kind);
            runs.push(Run { ours: our - before, sample: their - before, length: before + after + 1, weight });
        }
        runs
    }

    /// What may be rare in a stretch, with the line where it stands.
    fn leads(&self, side: usize, lines: &Range<usize>) -> Vec<Lead> {
        let of = self.sides[side];
        let Marks { text, code, elsewhere, grams } = &self.marks[side];
        let mut leads = Vec::with_capacity(4 * lines.len());
        for line in lines.clone().filter(|line| !self.taken[side][*line]) {
            let mut lead = |kind: u8, marks: &[u64]| {
                leads.push((marks.iter().fold(kind.into(), |all, mark| mixed(all, *mark)), count(line)));
            };
            if of.normal(line..line + 1).len() >= LEAST_LEADING {
                lead(b't', &text[line..=line]);
            }
            let tokens = of.tokens(line).len();
            if tokens >= LEAST_LEADING_TOKENS {
                lead(b'c', &code[line..=line]);
            }
            if line + ROW <= lines.end {
                lead(b'T', &text[line..line + ROW]);
                let together: usize = (line..line + ROW).map(|line| of.tokens(line).len()).sum();
                if together >= LEAST_LEADING_TOKENS {
                    lead(b'C', &code[line..line + ROW]);
                }
            }
            if !elsewhere[line] {
                grams[line].iter().filter(|gram| **gram != NO_GRAM).for_each(|gram| lead(b'g', &[*gram]));
            }
        }
        leads
    }

    /// Takes what belongs together at both ends of two stretches, as far as it is more alike than this, and gives the rest.
    fn take_ends(
        &mut self,
        mut ours: Range<usize>,
        mut sample: Range<usize>,
        than: Kind,
    ) -> (Range<usize>, Range<usize>) {
        while !ours.is_empty() && !sample.is_empty() {
            if let Some(kind) = self.pair(ours.start, sample.start).filter(|kind| *kind < than) {
                self.take(ours.start, sample.start, kind);
                (ours.start, sample.start) = (ours.start + 1, sample.start + 1);
            } else if let Some(piece) = self.wrapped(&ours, &sample) {
                (ours.start, sample.start) = (piece.ours.end, piece.sample.end);
                piece.ours.clone().for_each(|line| self.taken[OURS][line] = true);
                piece.sample.clone().for_each(|line| self.taken[SAMPLE][line] = true);
                self.wrapped.push(piece);
            } else {
                break;
            }
        }
        while !ours.is_empty()
            && !sample.is_empty()
            && let Some(kind) = self.pair(ours.end - 1, sample.end - 1).filter(|kind| *kind < than)
        {
            (ours.end, sample.end) = (ours.end - 1, sample.end - 1);
            self.take(ours.end, sample.end, kind);
        }
        (ours, sample)
    }

    /// Compares two stretches line by line: what is equal at their ends, then all with all, in order.
    fn compare(&mut self, ours: Range<usize>, sample: Range<usize>) {
        let (ours, sample) = self.take_ends(ours, sample, Kind::Similar);
        let cells = ours.len().saturating_mul(sample.len());
        if cells > 0 && cells <= CELLS.min(self.cells) {
            self.cells -= cells;
            self.compare_all(ours, sample);
        }
    }

    /// The first lines, of which there are not as many on both sides, that are the same letters.
    fn wrapped(&self, ours: &Range<usize>, sample: &Range<usize>) -> Option<Piece> {
        let [our_side, their_side] = self.sides;
        let (mut our, mut their) = (ours.start, sample.start);
        let (mut our_length, mut their_length, mut equal) = (0, 0, 0);
        while equal == 0 || our_length != their_length {
            if our_length <= their_length {
                if our == ours.end || self.taken[OURS][our] {
                    return None;
                }
                our_length += our_side.normal(our..our + 1).len();
                our += 1;
            } else {
                if their == sample.end || self.taken[SAMPLE][their] {
                    return None;
                }
                their_length += their_side.normal(their..their + 1).len();
                their += 1;
            }
            let both = our_length.min(their_length);
            let of_ours = our_side.normal(ours.start..our).get(equal..both);
            if of_ours != their_side.normal(sample.start..their).get(equal..both) {
                return None;
            }
            equal = both;
        }
        Some(Piece { ours: ours.start..our, sample: sample.start..their, kind: Kind::Reformatted })
    }

    /// Takes the heaviest pairs that stand in the same order in both stretches.
    fn compare_all(&mut self, ours: Range<usize>, sample: Range<usize>) {
        let width = sample.len() + 1;
        let mut best = vec![0_usize; width];
        let [of_ours, of_sample] = &self.marks;
        let length = |side: usize, line: usize| self.sides[side].normal(line..line + 1).len();
        // Of each line of the sample its length, and the most that it may weigh where it equals one of ours.
        let weights: Vec<(usize, usize)> = sample
            .clone()
            .map(|their| (length(SAMPLE, their), self.weight(their, Kind::Same).max(self.weight(their, Kind::Renamed))))
            .collect();
        // What was done at each pair of lines: nothing taken of ours, nothing of the sample's, or both as a kind.
        let mut steps: Vec<Step> = Vec::with_capacity(ours.len() * sample.len());
        for our in ours.clone() {
            let (our_text, our_code, our_length) = (of_ours.text[our], of_ours.code[our], length(OURS, our));
            let mut diagonal = 0;
            for (at, (their, (their_length, equal))) in (1..).zip(sample.clone().zip(&weights)) {
                let (mut most, mut step) =
                    if best[at] >= best[at - 1] { (best[at], Step::Cut) } else { (best[at - 1], Step::Added) };
                let may_be_equal = of_sample.text[their] == our_text || of_sample.code[their] == our_code;
                let similar = their_length / 2;
                // What would not be taken in any case need not be looked at.
                let is_wanted = if may_be_equal {
                    diagonal + 1 + *equal > most
                } else {
                    diagonal + 1 + similar > most
                        && may_be_alike(our_length.min(*their_length), our_length.max(*their_length))
                };
                if is_wanted && let Some(kind) = self.pair(our, their) {
                    let both = diagonal + 1 + self.weight(their, kind);
                    if both > most {
                        (most, step) = (both, Step::Both(kind));
                    }
                }
                diagonal = std::mem::replace(&mut best[at], most);
                steps.push(step);
            }
        }
        let (mut our, mut their) = (ours.len(), sample.len());
        while our > 0 && their > 0 {
            match steps[(our - 1) * sample.len() + their - 1] {
                Step::Cut => our -= 1,
                Step::Added => their -= 1,
                Step::Both(kind) => {
                    (our, their) = (our - 1, their - 1);
                    self.take(ours.start + our, sample.start + their, kind);
                }
            }
        }
    }

    /// What was found, in the order of the sample, without what stands by itself and may be chance.
    fn pieces(self) -> Vec<Piece> {
        let mut rows: Vec<Vec<(usize, usize, Kind)>> = Vec::new();
        for (their, pair) in self.pairs.iter().enumerate() {
            let Some((our, kind)) = *pair else { continue };
            match rows.last_mut() {
                Some(row) if row.last().is_some_and(|(a, b, _)| (a + 1, b + 1) == (our, their)) => {
                    row.push((our, their, kind));
                }
                _ => rows.push(vec![(our, their, kind)]),
            }
        }
        let weight = |row: &[(usize, usize, Kind)]| -> usize {
            row.iter().map(|(_, their, kind)| self.weight(*their, *kind)).sum()
        };
        let mut found: Vec<(Piece, usize)> = self.wrapped.iter().map(|piece| (piece.clone(), LEAST_SINGLE)).collect();
        for row in &rows {
            let weight = weight(row);
            let pieces = by_kind(row);
            // What stands in a row stands or falls together.
            found.extend(pieces.into_iter().map(|piece| (piece, weight)));
        }
        found.sort_by_key(|(piece, _)| piece.sample.start);
        let [our_lines, their_lines] = self.sides.map(|side| side.lines.len());
        let stands = |place: usize, piece: &Piece| {
            let before = place
                .checked_sub(1)
                .and_then(|place| found.get(place))
                .map_or_else(|| piece.ours.start.max(piece.sample.start) <= 1, |(before, _)| follows(before, piece));
            let after = found.get(place + 1).map_or_else(
                || (our_lines - piece.ours.end).max(their_lines - piece.sample.end) <= 1,
                |(after, _)| follows(piece, after),
            );
            before || after
        };
        let kept = found.iter().enumerate().filter(|(place, (piece, weight))| {
            let least = if piece.sample.len() > 1 { LEAST_ALONE } else { LEAST_SINGLE };
            *weight >= least || stands(*place, piece)
        });
        kept.map(|(_, (piece, _))| piece.clone()).collect()
    }
}

/// Whether what stands in one order in both texts has next to nothing in between in one of them.
fn follows(before: &Piece, after: &Piece) -> bool {
    let between = |before: &Range<usize>, after: &Range<usize>| after.start.checked_sub(before.end);
    let gaps = between(&before.ours, &after.ours).zip(between(&before.sample, &after.sample));
    gaps.is_some_and(|(ours, sample)| ours.min(sample) <= 1)
}

#[derive(Clone, Copy)]
enum Step {
    Cut,
    Added,
    Both(Kind),
}

/// Lines in a row as pieces: many of one kind by themselves, what changes from line to line together as the least like.
fn by_kind(row: &[(usize, usize, Kind)]) -> Vec<Piece> {
    let mut pieces: Vec<(Piece, bool)> = Vec::new();
    for stretch in row.chunk_by(|a, b| a.2 == b.2) {
        let (ours, sample, kind) = stretch[0];
        let alone = stretch.len() >= LEAST_OF_A_KIND;
        match pieces.last_mut() {
            Some((piece, false)) if !alone => {
                piece.ours.end += stretch.len();
                piece.sample.end += stretch.len();
                piece.kind = piece.kind.max(kind);
            }
            _ => {
                let piece = Piece { ours: ours..ours + stretch.len(), sample: sample..sample + stretch.len(), kind };
                pieces.push((piece, alone));
            }
        }
    }
    pieces.into_iter().map(|(piece, _)| piece).collect()
}

/// Keeps what leads somewhere in the other text too, and some more.
fn keep_shared(leads: &mut Vec<Lead>, others: &[Lead]) {
    // A bit for each of their hashes, by a part of it.
    let words = others.len().next_power_of_two();
    let place = |hash: u64| (usize::try_from(hash >> 32).unwrap_or_default() & (words - 1), hash & 63);
    let mut bits = vec![0_u64; words];
    for (hash, _) in others {
        let (word, bit) = place(*hash);
        bits[word] |= 1 << bit;
    }
    leads.retain(|(hash, _)| {
        let (word, bit) = place(*hash);
        bits[word] >> bit & 1 == 1
    });
}

/// Where a line has no gram, or only one.
const NO_GRAM: u64 = u64::MAX;
const NO_GRAMS: [u64; 2] = [NO_GRAM; 2];

/// The two grams of a line with the least hashes: most of the time a line that is nearly like it has one of them.
fn grams(normal: &[u8]) -> [u64; 2] {
    const FACTOR: u64 = 0x0100_0000_01b3;
    let number = |number: u64, byte: &u8| number.wrapping_mul(FACTOR).wrapping_add(u64::from(*byte));
    // By so much the byte that leaves had grown.
    let grown = (0..GRAM).fold(1_u64, |grown, _| grown.wrapping_mul(FACTOR));
    let mut least = NO_GRAMS;
    let Some((first, rest)) = normal.split_at_checked(GRAM) else { return least };
    let mut gram = first.iter().fold(0_u64, number);
    for (next, leaving) in rest.iter().map(Some).chain([None]).zip(normal) {
        let mixed = gram.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = mixed ^ (mixed >> 29);
        if mixed < least[0] {
            least = [mixed, least[0]];
        } else if mixed > least[0] && mixed < least[1] {
            least[1] = mixed;
        }
        if let Some(next) = next {
            gram = number(gram, next).wrapping_sub(u64::from(*leaving).wrapping_mul(grown));
        }
    }
    least
}

/// A number of some bytes, the same in every run, so that the same texts are always aligned in the same way; what is made to collide is
/// only less rare.
fn hash(bytes: &[u8]) -> u64 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
    let eights = eights.iter().chain([&last]);
    eights.fold(bytes.len() as u64, |hash, eight| mixed(hash, u64::from_le_bytes(*eight)))
}

/// One number of two, whose every bit depends on those of both.
fn mixed(hash: u64, next: u64) -> u64 {
    let hash = (hash.rotate_left(29) ^ next).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 32)
}
