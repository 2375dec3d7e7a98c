//! Segments of hostile bytes: no panic, no loop, no memory beyond the file's size times a constant; and one that passes the full
//! check answers, and merged answers the same.
#![no_main]

use std::collections::btree_map::{BTreeMap, Entry};

use arbitrary::{Arbitrary, Unstructured};
use fingerprint::{Channel, Index, LineId, Segment, SegmentError, merge};
use fuzz::forge;
use libfuzzer_sys::fuzz_target;

const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

/// Things beyond this are asked for at both ends only.
const ASKED: u32 = 8;

/// An answer, or why there is none.
type Answer = Result<String, SegmentError>;

fn both_ends(count: u32) -> impl Iterator<Item = u32> {
    (0..count.min(ASKED)).chain(count.saturating_sub(ASKED).max(ASKED)..count)
}

/// What an index answers to everything. Paths are named by their bytes, lines by theirs.
fn ask(index: &Index<&[u8]>) -> Vec<Answer> {
    let mut answers = Vec::new();
    let keys = forge::keys();
    let line = |id| index.line(id).map(|line| format!("{line:?}"));
    for channel in CHANNELS {
        for keys in keys.chunks(500) {
            let (mut found, mut paths) = (Vec::new(), BTreeMap::new());
            let result = index.look_up(channel, keys, &mut |posting| {
                if found.len() < 20_000 {
                    found.push(posting);
                }
            });
            answers.push(result.and_then(|()| {
                for posting in &found {
                    if let Entry::Vacant(path) = paths.entry(posting.interval.path) {
                        path.insert(index.path(posting.interval.path)?);
                    }
                }
                let told = found.iter().map(|posting| {
                    let interval = posting.interval;
                    (posting.fingerprint, &paths[&interval.path], interval.line, interval.first, interval.last)
                });
                Ok(format!("{:?}", told.collect::<Vec<_>>()))
            }));
        }
    }
    for n in 0..12u64 {
        for digest in [forge::digest(n), *blake3::hash(&[n.to_le_bytes()[0]]).as_bytes()] {
            let told = |(content, intervals): (_, Vec<fingerprint::WholeInterval>)| {
                let told = intervals.into_iter().map(|i| Ok((index.path(i.path)?, i.line, i.first, i.last)));
                Ok(format!("{content:?} {:?}", told.collect::<Result<Vec<_>, SegmentError>>()?))
            };
            answers.push(index.content_by_blake3(&digest).and_then(|found| found.map_or(Ok(String::new()), told)));
            // Two contents may claim one id, and either may be found.
            let found = index.content_by_oid(&digest[..20]);
            answers.push(found.map(|found| format!("{:?}", found.map(|(content, _)| content.oid))));
        }
    }
    for id in (0..u32::try_from(index.lines().len()).unwrap_or(ASKED).min(ASKED)).map(LineId) {
        answers.push(Ok(format!("{:?}", line(id))));
        for number in both_ends(index.line(id).map_or(0, |line| line.commits)) {
            answers.push(index.commit(id, number).map(|commit| format!("{commit:?}")));
        }
    }
    answers
}

/// Panics where an answer differs from one that was given.
fn compare(answers: &[Answer], others: &[Answer]) {
    assert_eq!(answers.len(), others.len());
    for (answer, other) in answers.iter().zip(others) {
        assert_eq!(answer.as_ref().expect("it was answered"), other.as_ref().expect("what is whole answers"));
    }
}

/// What a segment is read with.
#[derive(Clone, Copy, Arbitrary)]
enum With {
    Nothing,
    Before,
    Itself,
}

/// Checks a segment, asks an index of it for everything, and merges it.
fn read(bytes: &[u8], with: With) -> Result<(), SegmentError> {
    let verified = Segment::open(bytes)?.verify();
    let open = || {
        let more = match with {
            With::Nothing => None,
            With::Before => Some(forge::BEFORE.as_slice()),
            With::Itself => Some(bytes),
        };
        [bytes].into_iter().chain(more).map(Segment::open).collect::<Result<Vec<_>, _>>()
    };
    let answers = Index::open(open()?).map(|index| ask(&index));
    let merged = merge(&open()?, Vec::new(), &std::env::temp_dir());
    verified?;
    // What passes the full check may not fit another segment, but no reference in it leads nowhere.
    let damaged = |error: &SegmentError| matches!(error, SegmentError::Damaged { .. });
    for error in answers.iter().flatten().filter_map(|answer| answer.as_ref().err()).chain(merged.as_ref().err()) {
        assert!(!damaged(error), "{error}");
    }
    if let (Ok((merged, counts)), Ok(answers)) = (&merged, &answers)
        && answers.iter().all(Answer::is_ok)
    {
        let merged = Segment::open(merged.as_slice())?;
        assert_eq!(merged.counts(), *counts);
        merged.verify().expect("what is written is whole");
        compare(answers, &ask(&Index::open(vec![merged]).expect("it tells of whole lines")));
    }
    Ok(())
}

fn segment(data: &[u8]) -> arbitrary::Result<(With, Vec<u8>)> {
    let mut u = Unstructured::new(data);
    let with = u.arbitrary()?;
    let raw = u.ratio(1, 16)?;
    Ok((with, if raw { u.take_rest().to_vec() } else { forge::forged(&mut u)? }))
}

fuzz_target!(|data: &[u8]| {
    let Ok((with, bytes)) = segment(data) else { return };
    let (memory, _) = fuzz::memory(|| read(&bytes, with));
    assert!(memory <= (16 << 20) + 1000 * bytes.len(), "{memory} bytes held for a segment of {}", bytes.len());
});
