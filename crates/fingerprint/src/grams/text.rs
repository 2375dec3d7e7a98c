//! Grams of text: of a whole text, and of an edited one from those of its base.

use std::cmp::Reverse;
use std::ops::Range;

use super::placed::{Balance, Placed};
use super::{Copied, Edit, index, offset};
use crate::kernel::{self, Places, Rules};
use crate::profile::{GRAM, NORMALISED, Profile, SHARED_RUN, WINDOW, next_order};

/// Raw bytes that are normalised at once: they and what is made of them stay in the cache.
const PIECE: usize = 1 << 15;

/// Fewer normalised bytes than this are too little progress for a piece, which shares its last 62 with the next one.
const FEW_UNITS: usize = 8 * SHARED_RUN;

/// Grams before a gram that stand in one window with it.
const BEFORE: usize = WINDOW - 1;

/// Normalised bytes of a copy before its first inheritable gram's neighbour outside is through with its windows, and as many
/// after the last one's begin: what has to be looked at again.
const OUTSIDE: usize = BEFORE + SHARED_RUN - 2;

/// A shorter copy costs more at its two ends, where 93 normalised bytes on both sides are looked at again, than
/// inheriting its grams saves. Raw bytes; measured.
const SHORTEST_COPY: u32 = 400;

/// Buffers of this room that are used again for the next text.
#[derive(Default)]
pub(super) struct Scratch {
    units: Vec<u8>,
    places: Places,
    chosen: Vec<u32>,
    stretches: Vec<Stretch>,
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
pub(super) fn of(profile: &Profile, text: &[u8], scratch: &mut Scratch) -> Placed {
    let mut grams = Placed::with_capacity(text.len() / 24);
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
    scratch: &mut Scratch,
) -> (Placed, Vec<(u64, i32)>) {
    let Edit { base, now, copies } = *edit;
    let mut stretches = std::mem::take(&mut scratch.stretches);
    stretches.clear();
    find_stretches(base, now, copies, &mut stretches);
    let mut result = Placed::with_capacity(grams.len() + grams.len() / 16 + 16);
    let mut balance = Balance::new(&grams.fingerprints);
    let (mut begin, mut after) = (0, 0);
    for Stretch { inner, lead, tail, shift } in &stretches {
        let fresh = result.len();
        add_chosen(profile, now, begin..*lead, after..inner.start, &mut result, scratch);
        let in_base = |place: usize| offset(place).wrapping_sub(*shift);
        let inherited = grams.within(in_base(inner.start)..in_base(inner.end));
        balance.step(&result.fingerprints[fresh..], inherited.clone());
        result.inherit(grams, inherited, *shift);
        (begin, after) = (*tail, inner.end);
    }
    let fresh = result.len();
    if stretches.is_empty() {
        result = of(profile, now, scratch);
    } else {
        add_chosen(profile, now, begin..now.len(), after..now.len(), &mut result, scratch);
    }
    balance.step(&result.fingerprints[fresh..], grams.len()..grams.len());
    scratch.stretches = stretches;
    (result, balance.finish())
}

/// Joins the copies that go on in each other and finds in the long ones which grams can be inherited.
fn find_stretches(base: &[u8], now: &[u8], copies: &[Copied], stretches: &mut Vec<Stretch>) {
    let mut copies = copies.iter().copied().peekable();
    while let Some(mut copy) = copies.next() {
        while let Some(next) = copies.next_if(|next| next.continues(&copy)) {
            copy.length += next.length;
        }
        if copy.length >= SHORTEST_COPY {
            stretches.extend(Stretch::of(base, now, &copy));
        }
    }
}

impl Stretch {
    /// The inheritable part of a copy; `None` if it has none.
    fn of(base: &[u8], now: &[u8], copy: &Copied) -> Option<Self> {
        let (from, to, length) =
            (usize::try_from(copy.from).ok()?, usize::try_from(copy.to).ok()?, usize::try_from(copy.length).ok()?);
        let raw = now.get(to..to + length)?;
        // Where both texts begin or end, the windows do so too, and nothing outside the copy has a say. A copy with fewer
        // units than a window's span has nothing to give.
        let begins = from == 0 && to == 0;
        let ends = from + length == base.len() && to + length == now.len();
        unit_from_start(raw, SHARED_RUN - 1)?;
        let first = if begins { 0 } else { unit_from_start(raw, BEFORE)? };
        let end = if ends { raw.len() } else { unit_from_end(raw, SHARED_RUN - 1)? + 1 };
        let lead = if begins { 0 } else { unit_from_start(raw, OUTSIDE).map_or(raw.len(), |place| place + 1) };
        let tail = if ends { raw.len() } else { unit_from_end(raw, OUTSIDE).unwrap_or(0) };
        (first < end).then(|| Stretch {
            inner: to + first..to + end,
            lead: to + lead,
            tail: to + tail,
            shift: copy.to.wrapping_sub(copy.from),
        })
    }
}

/// Where the nth normalised byte (from 0) of `raw` stands.
fn unit_from_start(raw: &[u8], n: usize) -> Option<usize> {
    raw.iter().enumerate().filter(|(_, byte)| is_unit(**byte)).nth(n).map(|(place, _)| place)
}

/// Where the nth normalised byte (from 0) of `raw` stands, counted from its end.
fn unit_from_end(raw: &[u8], n: usize) -> Option<usize> {
    raw.iter().enumerate().rev().filter(|(_, byte)| is_unit(**byte)).nth(n).map(|(place, _)| place)
}

fn is_unit(byte: u8) -> bool {
    NORMALISED[usize::from(byte)] != 0
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
    let Scratch { units, places, chosen, .. } = scratch;
    let (mut at, mut length, mut next) = (zone.start, PIECE, keep.start);
    while next < keep.end && at < zone.end {
        let end = zone.end.min(at + length);
        units.clear();
        kernel::normalise_with_places(text.get(at..end).unwrap_or_default(), units, places);
        if units.len() < FEW_UNITS && end < zone.end {
            length *= 2;
            continue;
        }
        chosen.clear();
        kernel::choose(Rules::TEXT, units, chosen);
        for unit in &*chosen {
            let place = at + places.raw(*unit).map_or(0, index);
            if !(next..keep.end).contains(&place) {
                continue;
            }
            let Some(gram) = units.get(index(*unit)..).and_then(<[u8]>::first_chunk) else { continue };
            grams.push(profile.fingerprint(gram), offset(place));
            next = place + 1;
        }
        if end == zone.end {
            break;
        }
        // The next piece begins with the first gram whose window is not complete in this one.
        at += places.raw(places.units() - (SHARED_RUN as u32 - 1)).map_or(length, index);
        length = PIECE;
    }
}

/// Adds the only gram of a text that has fewer grams than a window; nothing where it has none.
fn add_smallest(profile: &Profile, text: &[u8], grams: &mut Placed, scratch: &mut Scratch) {
    let Scratch { units, places, .. } = scratch;
    units.clear();
    kernel::normalise_with_places(text, units, places);
    let order = |gram: &[u8; GRAM]| gram.iter().fold(0, |order, unit| next_order(order, *unit));
    // The rightmost of several that are smallest.
    let smallest = (0..).zip(units.array_windows()).min_by_key(|(unit, gram)| (order(gram), Reverse(*unit)));
    if let Some((unit, gram)) = smallest {
        grams.push(profile.fingerprint(gram), places.raw(unit).unwrap_or(0));
    }
}
