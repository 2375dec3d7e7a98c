//! Look-up in a large index, against a binary search of the same rows in memory.

use std::fs::File;
use std::hint::black_box;
use std::path::Path;

use fingerprint::{Channel, Index, Interval, Line, LineKind, Profile, Segment, SegmentWriter};

use crate::common::numbers::Numbers;
use crate::common::table::{Bar, Table};
use crate::peers::{Rows, Search};
use crate::{Result, Setting, real, say, timed};

/// How many files the rows stand in.
const FILES: u32 = 100_000;

/// `lookup-1e4` and `lookup-1e6`.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    let count = if setting.quick { 10_000_000 } else { 100_000_000 };
    say(&format!("lookup: {count} rows"));
    let rows = rows(count);
    let file = setting.folder.join("lookup.segment");
    let measured = measure_one(setting, &rows, &file, table);
    // It is large: it goes, whatever came of it.
    if file.exists() {
        std::fs::remove_file(&file)?;
    }
    measured
}

fn measure_one(setting: &Setting, rows: &Rows, file: &Path, table: &mut Table) -> Result<()> {
    let written = timed(|| write(rows, file));
    let bytes = written.1?;
    say(&format!("lookup: written in {:.1} s, {:.0} MB", written.0, real(bytes) / 1e6));
    // In memory, as the rows are.
    std::io::copy(&mut File::open(file)?, &mut std::io::sink())?;
    let index = Index::open(vec![Segment::open(File::open(file)?)?])?;
    for (id, asked) in [("lookup-1e4", 10_000), ("lookup-1e6", 1_000_000)] {
        let keys = keys(rows, asked);
        let (mut ratios, mut note) = (Vec::new(), String::new());
        for _ in 0..setting.repetitions() {
            let (plain, expected) = timed(|| rows.look_up(Search::Plain, &keys));
            let (galloping, _) = timed(|| black_box(rows.look_up(Search::Galloping, &keys)));
            let (ours, found) = timed(|| look_up(&index, &keys));
            if found? != expected.0 {
                return Err("the index and the binary search find not the same".into());
            }
            let theirs = plain.min(galloping);
            ratios.push(ours / theirs);
            note = format!(
                "{:.0e} rows, {:.2} B a row, warm; {:.2} ms; binary search {:.2} ms, galloping {:.2} ms",
                real(rows.keys.len() as u64),
                real(bytes) / real(rows.keys.len() as u64),
                ours * 1e3,
                plain * 1e3,
                galloping * 1e3
            );
        }
        table.measured(id, Bar::AtMost(2.0), &ratios, note);
    }
    Ok(())
}

/// So many rows, but for the few keys that come twice.
fn rows(count: usize) -> Rows {
    let mut numbers = Numbers(1);
    let mut keys: Vec<u64> = std::iter::repeat_with(|| numbers.next()).take(count).collect();
    keys.sort_unstable();
    keys.dedup();
    let values = keys.iter().map(|_| u32::try_from(numbers.below(u64::from(FILES))).unwrap_or(0)).collect();
    Rows { keys, values }
}

/// Half of them in the rows, half elsewhere, ascending and distinct.
fn keys(rows: &Rows, count: usize) -> Vec<u64> {
    let mut numbers = Numbers(2);
    let mut keys: Vec<u64> = std::iter::repeat_with(|| {
        let place = usize::try_from(numbers.below(rows.keys.len() as u64)).unwrap_or(0);
        [rows.keys.get(place).copied().unwrap_or_default(), numbers.next()]
    })
    .take(count / 2)
    .flatten()
    .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Writes the rows as a segment and gives its bytes.
fn write(rows: &Rows, path: &Path) -> Result<u64> {
    let mut writer = SegmentWriter::new(File::create(path)?, Profile::one().id(), &std::env::temp_dir())?;
    let line = Line { name: b"bench".to_vec(), reference: Vec::new(), kind: LineKind::State, begin: 0, commits: 1 };
    let line = writer.line(line, &[fingerprint::Commit { oid: Vec::new(), time: 0 }])?;
    let mut intervals = Vec::new();
    for file in 0..FILES {
        let path = writer.path(format!("folder-{}/file-{file}.c", file % 1000).as_bytes())?;
        intervals.push(writer.interval(Interval { path, line, first: Some(0), last: None })?);
    }
    for (key, value) in rows.keys.iter().zip(&rows.values) {
        let place = usize::try_from(*value)?;
        writer.posting(Channel::Text, *key, intervals.get(place..=place).unwrap_or_default())?;
    }
    let (_, counts) = writer.finish()?;
    Ok(counts.bytes)
}

fn look_up(index: &Index<File>, keys: &[u64]) -> Result<u64> {
    let (mut found, mut last) = (0, None);
    index.look_up(Channel::Text, keys, &mut |posting| {
        black_box(posting.interval);
        if last != Some(posting.fingerprint) {
            found += 1;
            last = Some(posting.fingerprint);
        }
    })?;
    Ok(found)
}
