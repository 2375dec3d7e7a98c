//! Forged segments: stored ones that are changed block by block, by one who makes checksums, digests and lengths right again.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use fingerprint::{Channel, Commit, Content, Interval, Kind, Line, LineKind, Profile, SegmentWriter};
use twox_hash::XxHash3_64;

/// The stored example of the format: a history whose first commits are missing, its side, and a folder.
pub const EXAMPLE: &[u8] = include_bytes!("../../crates/fingerprint/tests/fixtures/segment-2.gainseg");

/// The commits before those of the example.
pub static BEFORE: LazyLock<Vec<u8>> = LazyLock::new(|| history(3, 2, 300));

/// A whole history, with enough of everything for several blocks.
static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| history(20, 40, 1500));

const BLOCK: usize = 4096;

const PAYLOAD: usize = BLOCK - 8;

/// The number of the footer's section.
const FOOTER: u8 = 15;

/// Fingerprints that the segments hold, and some that they do not hold.
pub fn keys() -> Vec<u64> {
    let numbers = (0..40).chain((40..1500u64).step_by(11));
    let mut keys: Vec<u64> = numbers.flat_map(|n| (0..3).map(move |more| (n * n + more) << 40)).collect();
    keys.extend([1, 1 << 50, 1 << 63, u64::MAX - 1, u64::MAX]);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The BLAKE3 of content `n`; its object id is made of its first bytes.
pub fn digest(n: u64) -> [u8; 32] {
    *blake3::hash(&n.to_le_bytes()).as_bytes()
}

fn history(commits: u32, paths: u32, fingerprints: u64) -> Vec<u8> {
    let mut writer =
        SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).expect("memory takes it");
    let line = Line {
        name: b"/srv/product".to_vec(),
        reference: b"refs/heads/main".to_vec(),
        kind: LineKind::History,
        begin: 0,
        commits,
    };
    let oid = |n: u64| digest(n)[..20].to_vec();
    let all: Vec<Commit> =
        (0..commits).map(|n| Commit { oid: oid(u64::from(n) + 1000), time: 60 * i64::from(n) }).collect();
    let line = writer.line(line, &all).expect("it makes sense");
    let ids: Vec<_> = (0..paths)
        .map(|n| {
            let path = writer.path(format!("src/{}/file{n}", n % 7).as_bytes()).expect("there is room");
            let (first, last) = (Some(n % commits), (n % 3 == 0).then(|| n % commits));
            writer.interval(Interval { path, line, first, last }).expect("it makes sense")
        })
        .collect();
    let some = |n: u64| {
        let from = usize::try_from(n).expect("it is small") % ids.len();
        &ids[from..ids.len().min(from + 1 + from % 5)]
    };
    for channel in [Channel::Text, Channel::Code, Channel::Parts] {
        for n in 0..fingerprints {
            writer.posting(channel, (n * n + channel as u64) << 40, some(n)).expect("they ascend");
        }
    }
    for n in 0..u64::from(paths) * 3 {
        let oid = if n % 5 == 0 { Vec::new() } else { oid(n) };
        let blake3 = *digest(n).first_chunk().expect("it is longer");
        writer.content(&Content { blake3, oid, bytes: n, kind: Kind::Text }, some(n)).expect("it makes sense");
    }
    writer.finish().expect("memory takes it").0
}

/// A segment that is changed anywhere.
pub fn forged(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut blocks = blocks(u.choose(&[EXAMPLE, &BEFORE, &LARGE])?);
    for _ in 0..u.int_in_range(0..=8)? {
        let at = u.choose_index(blocks.len())?;
        match u.arbitrary::<u8>()? {
            0..180 => {
                // Most of what matters stands at the beginning of a block.
                let reach = *u.choose(&[4, 12, 128, PAYLOAD])?;
                let from = u.choose_index(reach)?;
                let value = u.arbitrary::<u64>()?.to_le_bytes();
                let width = u.int_in_range(1..=8)?.min(PAYLOAD - from);
                blocks[at].1[from..from + width].copy_from_slice(&value[..width]);
            }
            180..200 => {
                // An entry of the footer: rows or a width.
                let footer = blocks.len() - 1;
                let entry = 112 + 64 * u.int_in_range(0..=13)?;
                if u.arbitrary()? {
                    blocks[footer].1[entry..entry + 8].copy_from_slice(&u.arbitrary::<u64>()?.to_le_bytes());
                } else {
                    blocks[footer].1[entry + 16 + u.int_in_range(0..=11)?] = u.int_in_range(0..=65)?;
                }
            }
            200..220 => {
                let other = u.choose_index(blocks.len())?;
                let payload = blocks[other].1.clone();
                blocks[at].1 = payload;
            }
            220..240 => {
                let block = blocks[at].clone();
                let times = u.int_in_range(1..=9)?;
                if blocks.len() < 200 && (1..FOOTER).contains(&block.0) {
                    blocks.splice(at..at, vec![block; times]);
                }
            }
            240.. => {
                if (1..FOOTER).contains(&blocks[at].0) {
                    blocks.remove(at);
                }
            }
        }
    }
    Ok(whole(blocks, u.ratio(7, 8)?, u.ratio(7, 8)?))
}

/// The payloads of a segment with the numbers of their sections.
fn blocks(segment: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let footer = &segment[segment.len() - BLOCK..];
    let sections = (1..FOOTER).flat_map(|section| {
        let blocks = number(footer, 112 + 64 * (usize::from(section) - 1) + 8);
        (0..blocks).map(move |_| section)
    });
    let sections = [0].into_iter().chain(sections).chain([FOOTER]);
    sections.zip(segment.chunks(BLOCK)).map(|(section, block)| (section, block[..PAYLOAD].to_vec())).collect()
}

/// Puts payloads together again. A footer that is mended names the blocks and their digests, and so many rows as may be.
fn whole(mut blocks: Vec<(u8, Vec<u8>)>, mend_footer: bool, mend_rows: bool) -> Vec<u8> {
    let mut footer = blocks.pop().map(|(_, payload)| payload).unwrap_or_default();
    let mut file = Vec::new();
    let mut counts = [0u64; 16];
    let mut digests = [(); 16].map(|()| blake3::Hasher::new());
    for (section, payload) in &blocks {
        let from = file.len();
        seal(&mut file, *section, counts[usize::from(*section)], payload);
        digests[usize::from(*section)].update(&file[from..]);
        counts[usize::from(*section)] += 1;
    }
    if mend_footer {
        let length = (file.len() + BLOCK) as u64;
        footer[..8].copy_from_slice(&length.to_le_bytes());
        for section in 1..usize::from(FOOTER) {
            let entry = 112 + 64 * (section - 1);
            footer[entry + 8..entry + 16].copy_from_slice(&counts[section].to_le_bytes());
            footer[entry + 32..entry + 64].copy_from_slice(digests[section].finalize().as_bytes());
            let rows = number(&footer, entry);
            let bits: u64 = footer[entry + 16..entry + 28].iter().map(|width| u64::from(*width)).sum();
            let bits = if matches!(section, 9 | 11) { 8 } else { bits };
            let per_block = (PAYLOAD as u64 * 8).checked_div(bits).unwrap_or_default();
            let may = match section {
                1..=3 => rows.max(counts[section].min(1))..=if counts[section] == 0 { 0 } else { u64::MAX },
                4..=6 => counts[section - 3]..=counts[section - 3],
                _ => {
                    per_block * counts[section].saturating_sub(1) + counts[section].min(1)..=per_block * counts[section]
                }
            };
            if mend_rows && !may.contains(&rows) {
                footer[entry..entry + 8].copy_from_slice(&may.end().to_le_bytes());
            }
        }
    }
    seal(&mut file, FOOTER, 0, &footer);
    file
}

fn seal(file: &mut Vec<u8>, section: u8, block: u64, payload: &[u8]) {
    let sum = XxHash3_64::oneshot_with_seed(u64::from(section) << 56 | block, payload);
    file.extend_from_slice(payload);
    file.extend_from_slice(&sum.to_le_bytes());
}

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
