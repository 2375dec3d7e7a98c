//! Grams that are inherited over edits are those of the edited bytes, and the changes add up.
#![no_main]

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use fingerprint::{Changes, Channel, Copied, Edit, Grams, Profile, Scratch};
use fuzz::code::{NAMES, WORDS};
use libfuzzer_sys::fuzz_target;

/// The edited bytes, and the runs that they have from the base.
fn edit(u: &mut Unstructured<'_>, base: &[u8]) -> Result<(Vec<u8>, Vec<Copied>)> {
    let (mut now, mut copies) = (Vec::new(), Vec::<Copied>::new());
    for _ in 0..u.int_in_range(0..=8)? {
        if u.ratio(1, 3)? || base.is_empty() {
            fuzz::step(u, &WORDS, &mut now)?;
            continue;
        }
        // Onwards from where the last copy ended, mostly: so an edit leaves most of a file as it is.
        let last = copies.last().map_or(0, |copy| index(copy.from + copy.length)).min(base.len() - 1);
        let from = if u.ratio(3, 4)? {
            last + usize::from(u.arbitrary::<u8>()?) % 8
        } else {
            usize::from(u.arbitrary::<u16>()?)
        };
        let from = from % base.len();
        let length = if u.arbitrary()? { usize::from(u.arbitrary::<u16>()?) } else { base.len() };
        let run = &base[from..base.len().min(from + length)];
        if now.len() + run.len() > 400_000 {
            break;
        }
        copies.push(Copied { from: number(from), to: number(now.len()), length: number(run.len()) });
        now.extend_from_slice(run);
    }
    copies.retain(|copy| copy.length > 0);
    Ok((now, copies))
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("contents are short")
}

fn index(place: u32) -> usize {
    usize::try_from(place).expect("places have 32 bits")
}

fn counted(changes: &Changes, channel: Channel) -> BTreeMap<u64, i32> {
    changes.of(channel).iter().copied().collect()
}

fn check(u: &mut Unstructured<'_>) -> Result<()> {
    let (profile, mut scratch) = (Profile::one(), Scratch::default());
    let name = *u.choose(&NAMES)?;
    let mut base = Vec::new();
    for _ in 0..u.int_in_range(0..=24)? {
        fuzz::step(u, &WORDS, &mut base)?;
    }
    let mut of_base = Grams::of(&profile, name, &base, &mut scratch).expect("it is short");
    for _ in 0..2 {
        let (now, copies) = edit(u, &base)?;
        let edit = Edit { base: &base, now: &now, copies: &copies };
        let (of_now, changes) = of_base.edited(&profile, name, &edit, &mut scratch).expect("it is short");
        let anew = Grams::of(&profile, name, &now, &mut Scratch::default()).expect("it is short");
        assert!(of_now == anew, "inherited grams differ");
        assert_eq!(changes, of_now.changes_since(&of_base));
        for channel in [Channel::Text, Channel::Code] {
            let mut sum = counted(&of_base.counts(), channel);
            for (fingerprint, change) in counted(&changes, channel) {
                assert_ne!(change, 0);
                *sum.entry(fingerprint).or_default() += change;
            }
            sum.retain(|_, count| *count != 0);
            assert_eq!(sum, counted(&of_now.counts(), channel));
        }
        (base, of_base) = (now, of_now);
    }
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    // An input that ends too early tells nothing more.
    let _ = check(&mut Unstructured::new(data));
});
