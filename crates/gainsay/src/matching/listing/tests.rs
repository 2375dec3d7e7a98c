//! Listings of made-up repositories, of which it is known what stood when.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use fingerprint::{Commit, Content, Index, Interval, Kind, Line, Profile, Segment, SegmentWriter};
use proptest::prelude::*;

use super::*;

/// For each path its size at each commit, 0 where it is not there.
type History = BTreeMap<String, Vec<u64>>;

fn index(name: &str, history: &History) -> Index<Vec<u8>> {
    let commits = history.values().next().unwrap().len();
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let commit = |at: u8| Commit { oid: vec![at; 20], time: 1_000_000 * i64::from(at) };
    let rows: Vec<Commit> = (0u8..).take(commits).map(commit).collect();
    let line = Line {
        name: name.as_bytes().to_vec(),
        reference: b"refs/heads/main".to_vec(),
        kind: LineKind::History,
        begin: 0,
        commits: u32::try_from(commits).unwrap(),
    };
    let line = writer.line(line, &rows).unwrap();
    for (path, sizes) in history {
        let id = writer.path(path.as_bytes()).unwrap();
        for bytes in sizes.iter().copied().filter(|bytes| *bytes > 0).collect::<BTreeSet<_>>() {
            let mut intervals = Vec::new();
            let mut at = 0;
            for same in sizes.chunk_by(|a, b| a == b) {
                let [first, last] = [at, at + same.len() - 1].map(|at| u32::try_from(at).unwrap());
                if same[0] == bytes {
                    let last = (at + same.len() < commits).then_some(last);
                    intervals.push(writer.interval(Interval { path: id, line, first: Some(first), last }).unwrap());
                }
                at += same.len();
            }
            let blake3 = *blake3::hash(format!("{path} {bytes}").as_bytes()).as_bytes().first_chunk().unwrap();
            writer.content(&Content { blake3, oid: Vec::new(), bytes, kind: Kind::Text }, &intervals).unwrap();
        }
    }
    Index::open(vec![Segment::open(writer.finish().unwrap().0).unwrap()]).unwrap()
}

fn listing(files: impl IntoIterator<Item = (String, Option<u64>)>) -> Listing {
    let entry = |(path, bytes): (String, Option<u64>)| Entry {
        path: path.into_bytes(),
        bytes: bytes.map(|bytes| (bytes, bytes)),
        modified: None,
        is_folder: false,
    };
    let entries: Vec<Entry> = files.into_iter().map(entry).collect();
    Listing { format: Format::Long, listed: entries.len() as u64, entries, problems: Vec::new() }
}

fn matched(listing: &Listing, corpora: &[(CorpusRole, &Index<Vec<u8>>)]) -> ListingMatch {
    let corpora: Vec<Corpus<'_, Vec<u8>>> = corpora
        .iter()
        .map(|(role, index)| Corpus { name: "code", owner: "us", role: *role, roots: &[], index, filters: &[] })
        .collect();
    match_listing(listing, &corpora).unwrap()
}

/// Forty files of which each changes its size every few commits.
fn engine() -> History {
    (0..40u64)
        .map(|file| {
            let path = format!("src/part{}/unit{file}.c", file % 5);
            (path, (0..30).map(|commit| 500 + file * 1000 + (commit + file) / (3 + file % 4)).collect())
        })
        .collect()
}

fn at(history: &History, commit: usize, root: &str) -> Vec<(String, Option<u64>)> {
    let there = history.iter().filter(|(_, sizes)| sizes[commit] > 0);
    there.map(|(path, sizes)| (format!("{root}{path}"), Some(sizes[commit]))).collect()
}

#[test]
fn a_listing_of_a_checkout_dates_it() {
    let history = engine();
    let own = index("/srv/engine", &history);
    for root in ["", "engine-1.2/", "data/taken/engine/"] {
        let found = matched(&listing(at(&history, 17, root)), &[(CorpusRole::Own, &own)]);
        assert_eq!((found.verdict, found.by_names), (Verdict::Ours, false));
        assert_eq!((found.counts.by_size, found.counts.by_path), (40, 0));
        let windows = found.lines[0].windows.as_ref().unwrap();
        assert_eq!((windows.strict.first.number, windows.strict.last.number), (17, 17));
        assert_eq!(windows.best.files.some, 40);
        assert!(found.in_words()[0].starts_with("Ours, as a listing (ls -l): of 40 files listed 40 fit"));
    }
    // Of a folder inside it, too.
    let inner =
        at(&history, 17, "").into_iter().filter_map(|(path, bytes)| Some((path.strip_prefix("src/")?.into(), bytes)));
    assert_eq!(matched(&listing(inner), &[(CorpusRole::Own, &own)]).counts.by_size, 40);
}

#[test]
fn forged_sizes_leave_the_paths() {
    let history = engine();
    let own = index("/srv/engine", &history);
    let forged = at(&history, 17, "").into_iter().map(|(path, bytes)| (path, bytes.map(|bytes| bytes * 3 + 1)));
    let found = matched(&listing(forged), &[(CorpusRole::Own, &own)]);
    assert_eq!((found.verdict, found.by_names), (Verdict::PartlyOurs, true));
    assert_eq!((found.counts.by_size, found.counts.by_path), (0, 40));
    let words = found.in_words().join("\n");
    assert!(words.contains("The sizes do not fit: this rests on 40 of 40 paths"), "{words}");
    // Line ends of two bytes are said to be a reason.
    let windows = at(&history, 17, "").into_iter().map(|(path, bytes)| (path, bytes.map(|bytes| bytes + bytes / 30)));
    let words = matched(&listing(windows), &[(CorpusRole::Own, &own)]).in_words().join("\n");
    assert!(
        words.contains("40 of them are listed up to a fifth larger than ours: where line ends are two bytes"),
        "{words}"
    );
}

#[test]
fn what_is_public_or_everybodys_is_not_ours() {
    let history = engine();
    let own = index("/srv/engine", &history);
    let listed = listing(at(&history, 17, ""));
    let public = index("/srv/public", &history);
    let found = matched(&listed, &[(CorpusRole::Own, &own), (CorpusRole::Public, &public)]);
    assert_eq!(found.verdict, Verdict::PublicOnly);
    let found = matched(&listed, &[(CorpusRole::Own, &own), (CorpusRole::Published, &public)]);
    assert_eq!(found.verdict, Verdict::PublishedOnly);
    // Names of every project, with sizes that any of them may have.
    let common = |n: u64| (format!("p{n}/README.md"), vec![70 + n; 3]);
    let own = index("/srv/readme", &(0..30).map(common).collect());
    let strangers = (0..30).map(|n| (format!("q{n}/README.md"), Some(70 + n)));
    let found = matched(&listing(strangers), &[(CorpusRole::Own, &own)]);
    assert!(!found.verdict.is_ours(), "{found:?}");
    // Empty files tell nothing, however many.
    let empty = (0..30).map(|n| (format!("src/part{}/unit{n}.c", n % 5), Some(0)));
    let found = matched(&listing(empty.take(10)), &[(CorpusRole::Own, &index("/srv/engine", &history))]);
    assert_eq!((found.verdict, found.counts.by_size), (Verdict::CannotTell, 0));
}

#[test]
fn times_that_contradict_the_window_are_named() {
    let history = engine();
    let own = index("/srv/engine", &history);
    let mut listed = listing(at(&history, 17, ""));
    listed.entries[0].modified = Some((16_000_000, 16_000_059));
    let words = matched(&listed, &[(CorpusRole::Own, &own)]).in_words().join("\n");
    assert!(words.contains("Its newest time is 1970-07-05T04:26:40Z"), "{words}");
    assert!(words.contains("That contradicts the window in /srv/engine"), "{words}");
    listed.entries[0].modified = Some((17_000_000, 17_000_059));
    let words = matched(&listed, &[(CorpusRole::Own, &own)]).in_words().join("\n");
    assert!(!words.contains("contradicts"), "{words}");
}

proptest! {
    /// Whatever is listed of one commit, that commit lies in the window.
    #[test]
    fn the_commit_that_was_listed_is_in_the_window(
        sizes in prop::collection::vec(prop::collection::vec(prop_oneof![Just(0u64), 64u64..90], 12), 8..40),
        commit in 0usize..12,
        taken in prop::collection::vec(any::<bool>(), 40),
        root in prop::sample::select(vec!["", "x/", "a/b/"]),
    ) {
        let path = |n: usize| format!("{}/{}/f{n}.c", ["lib", "src", "x"][n % 3], n % 7);
        let history: History = sizes.iter().enumerate().map(|(n, sizes)| (path(n), sizes.clone())).collect();
        let own = index("/srv/code", &history);
        let files = at(&history, commit, root).into_iter().zip(&taken).filter(|(_, taken)| **taken).map(|(file, _)| file);
        let files: Vec<_> = files.collect();
        let count = files.len() as u64;
        let found = matched(&listing(files), &[(CorpusRole::Own, &own)]);
        prop_assert_eq!(found.counts.by_size, count);
        prop_assert_eq!(found.verdict.is_ours(), count >= 5);
        if count >= 5 {
            let windows = found.lines[0].windows.as_ref().unwrap();
            let strict = windows.strict.first.number..=windows.strict.last.number;
            prop_assert!(strict.contains(&u32::try_from(commit).unwrap()));
            prop_assert_eq!(windows.fingerprints.some, count);
        }
    }
}
