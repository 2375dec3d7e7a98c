//! Grams of text: of a whole text, and of an edited one from those of its base.

use std::ops::Range;

use super::placed::{Balance, Placed, Pool};
use super::{Copied, Edit, index, long_copies, offset};
use crate::kernel::{Kernel, Places, Rules};
use crate::profile::{GRAM, Profile, SHARED_RUN, WINDOW};

/// Raw bytes that are normalised at once: they and what is made of them stay in the cache.
const PIECE: usize = 1 << 15;

/// Fewer normalised bytes than this are too little progress for a piece, which shares its last 62 with the next one.
const FEW_UNITS: usize = 8 * SHARED_RUN;

/// Grams before a gram that stand in one window with it.
const BEFORE: usize = WINDOW - 1;

/// The number (from 0) of the last normalised byte of a copy that a window holds together with a gram before the inheritable
/// ones; counted from the copy's end, of the first one that a window holds together with a gram after them.
const OUTSIDE: usize = BEFORE + SHARED_RUN - 2;

/// A shorter copy costs more at its two ends, where 93 normalised bytes on both sides are looked at again, than
/// inheriting its grams saves. Raw bytes; measured.
const SHORTEST_COPY: u32 = 400;

/// So many raw bytes at either end of a copy mostly hold the normalised bytes outside; if not, more are looked at.
const EDGE: usize = 192;

/// Buffers of this room that are used again for the next text.
pub(super) struct Scratch {
    kernel: Kernel,
    units: Vec<u8>,
    places: Places,
    chosen: Vec<u32>,
    stretches: Vec<Stretch>,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            kernel: Kernel::current(),
            units: Vec::new(),
            places: Places::default(),
            chosen: Vec::new(),
            stretches: Vec::new(),
        }
    }
}

/// A copy from whose base grams are inherited. Places are raw bytes of the edit.
struct Stretch {
    /// Every gram that begins here has all its windows in the copy.
    inner: Range<usize>,
    /// Where the windows of the grams before `inner` end.
    lead: usize,
    /// Where the windows of the grams after `inner` begin.
    tail: usize,
    /// The same place in the base is so many bytes back, modulo 2^32.
    shift: u32,
}

/// The chosen grams of a text.
pub(super) fn of(profile: &Profile, text: &[u8], pool: &mut Pool, scratch: &mut Scratch) -> Placed {
    let mut grams = pool.placed(text.len() / 24);
    add_chosen(profile, text, 0..text.len(), 0..text.len(), &mut grams, scratch);
    if grams.len() == 0 {
        add_smallest(profile, text, &mut grams, scratch);
    }
    grams
}

/// The chosen grams of `now`, which was made of `base` by `copies`, and how their counts differ from those of the base.
pub(super) fn edited(
    profile: &Profile,
    grams: &Placed,
    edit: &Edit<'_>,
    (balance, pool): (&mut Balance, &mut Pool),
    scratch: &mut Scratch,
) -> (Placed, Vec<(u64, i32)>) {
    let now = edit.now;
    scratch.find_stretches(edit);
    let stretches = std::mem::take(&mut scratch.stretches);
    let mut result = pool.placed(grams.len() + grams.len() / 16 + 16);
    let (mut begin, mut after) = (0, 0);
    for Stretch { inner, lead, tail, shift } in &stretches {
        let fresh = result.len();
        add_chosen(profile, now, begin..*lead, after..inner.start, &mut result, scratch);
        let in_base = |place: usize| offset(place).wrapping_sub(*shift);
        let inherited = grams.within(in_base(inner.start)..in_base(inner.end));
        balance.step(&grams.fingerprints, &result.fingerprints[fresh..], inherited.clone());
        result.inherit(grams, inherited, *shift);
        (begin, after) = (*tail, inner.end);
    }
    let fresh = result.len();
    if stretches.is_empty() {
        pool.reuse(result);
        result = of(profile, now, pool, scratch);
    } else {
        add_chosen(profile, now, begin..now.len(), after..now.len(), &mut result, scratch);
    }
    balance.step(&grams.fingerprints, &result.fingerprints[fresh..], grams.len()..grams.len());
    scratch.stretches = stretches;
    (result, balance.finish(&grams.fingerprints, pool))
}

impl Scratch {
    /// Joins the copies that go on in each other and finds in the long ones which grams can be inherited.
    fn find_stretches(&mut self, edit: &Edit<'_>) {
        self.stretches.clear();
        for copy in long_copies(edit.copies, SHORTEST_COPY) {
            if let Some(stretch) = self.stretch(edit, &copy) {
                self.stretches.push(stretch);
            }
        }
    }

    /// The inheritable part of a copy; `None` if it has none.
    fn stretch(&mut self, edit: &Edit<'_>, copy: &Copied) -> Option<Stretch> {
        let [from, to, length] = [copy.from, copy.to, copy.length].map(index);
        let raw = edit.now.get(to..to.checked_add(length)?)?;
        // Where both texts begin or end, the windows do so too, and nothing outside the copy has a say.
        let begins = from == 0 && to == 0;
        let ends = from + length == edit.base.len() && to + length == edit.now.len();
        let [first, lead] = self.first_units(raw, [BEFORE, OUTSIDE]);
        let [end, tail] = self.last_units(raw, [SHARED_RUN - 1, OUTSIDE]);
        // With fewer units than a window's span a copy has nothing to give.
        let end_of_short = end?;
        let first = if begins { 0 } else { first? };
        let end = if ends { raw.len() } else { end_of_short + 1 };
        let lead = if begins { 0 } else { lead.map_or(raw.len(), |place| place + 1) };
        let tail = if ends { raw.len() } else { tail.unwrap_or(0) };
        (first < end).then(|| Stretch {
            inner: to + first..to + end,
            lead: to + lead,
            tail: to + tail,
            shift: copy.shift(),
        })
    }

    /// Where the nth normalised bytes (from 0) of `raw` stand; the last of the numbers is the greatest.
    fn first_units(&mut self, raw: &[u8], nth: [usize; 2]) -> [Option<usize>; 2] {
        let mut length = EDGE;
        loop {
            let head = raw.get(..length).unwrap_or(raw);
            self.normalise(head);
            if self.units.len() > nth[1] || head.len() == raw.len() {
                return nth.map(|n| self.place(n));
            }
            length *= 4;
        }
    }

    /// The same, counted from the end.
    fn last_units(&mut self, raw: &[u8], nth: [usize; 2]) -> [Option<usize>; 2] {
        let mut length = EDGE;
        loop {
            let from = raw.len().saturating_sub(length);
            self.normalise(&raw[from..]);
            if self.units.len() > nth[1] || from == 0 {
                return nth.map(|n| Some(from + self.place(self.units.len().checked_sub(n + 1)?)?));
            }
            length *= 4;
        }
    }

    fn normalise(&mut self, raw: &[u8]) {
        self.units.clear();
        self.kernel.normalise_with_places(raw, &mut self.units, &mut self.places);
    }

    fn place(&self, unit: usize) -> Option<usize> {
        self.places.raw(u32::try_from(unit).ok()?).map(index)
    }
}

/// Appends the chosen grams that begin in `keep`; `zone` holds every window that they stand in. Both are raw bytes of
/// `text`.
fn add_chosen(
    profile: &Profile,
    text: &[u8],
    zone: Range<usize>,
    keep: Range<usize>,
    grams: &mut Placed,
    scratch: &mut Scratch,
) {
    let Scratch { kernel, units, places, chosen, .. } = scratch;
    let (mut at, mut length, mut next) = (zone.start, PIECE, keep.start);
    while next < keep.end && at < zone.end {
        let end = zone.end.min(at + length);
        units.clear();
        kernel.normalise_with_places(text.get(at..end).unwrap_or_default(), units, places);
        if units.len() < FEW_UNITS && end < zone.end {
            length *= 2;
            continue;
        }
        chosen.clear();
        kernel.choose(Rules::TEXT, units, chosen);
        let [first, after] = [next, keep.end].map(|place| places.units_before(place.saturating_sub(at)));
        let from = chosen.partition_point(|unit| *unit < first);
        let kept = chosen.get(from..chosen.partition_point(|unit| *unit < after)).unwrap_or_default();
        let gram = |unit: &u32| units.get(index(*unit)..).and_then(<[u8]>::first_chunk).unwrap_or(&[0; GRAM]);
        grams.fingerprints.extend(kept.iter().map(|unit| profile.fingerprint(gram(unit))));
        places.add_raws(kept, offset(at), &mut grams.starts);
        next = grams.starts.last().map_or(next, |last| next.max(index(*last) + 1));
        if end == zone.end {
            break;
        }
        // The next piece begins with the first gram whose window is not complete in this one.
        at += places.raw(offset(units.len() - (SHARED_RUN - 1))).map_or(length, index);
        length = PIECE;
    }
}

/// Adds the only gram of a text that has fewer grams than a window; nothing where it has none.
fn add_smallest(profile: &Profile, text: &[u8], grams: &mut Placed, scratch: &mut Scratch) {
    let Scratch { kernel, units, places, .. } = scratch;
    units.clear();
    kernel.normalise_with_places(text, units, places);
    let smallest = Rules::TEXT.smallest_of_all(units);
    if let Some((unit, gram)) = smallest.and_then(|unit| Some((unit, units.get(index(unit)..)?.first_chunk()?))) {
        grams.push(profile.fingerprint(gram), places.raw(unit).unwrap_or(0));
    }
}
