//! Indexes against a model that knows, for every commit, what stood at every path.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod model;

use std::collections::BTreeSet;

use fingerprint::{
    Channel, Commit, Index, Interval, Line, LineId, LineKind, Profile, Segment, SegmentError, SegmentWriter, merge,
};
use model::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn one_segment_says_what_is_true(model in models()) {
        let bytes = segment(&model, &Share::all(&model));
        Segment::open(&bytes[..]).unwrap().verify().unwrap();
        let bytes = [bytes];
        let index = index(&bytes);
        prop_assert_eq!(all(&index), all_truth(&model));
        prop_assert_eq!(files(&index), truth(&model, |n| vec![n]));
        prop_assert_eq!(commits_of(&index, LineKind::History), commits(0..model.commits, 100));
        prop_assert_eq!(commits_of(&index, LineKind::Side), commits(0..model.side, 200));
    }

    #[test]
    fn several_segments_in_any_order_say_the_same_as_one(
        model in models(), cuts in prop::collection::vec(any::<u32>(), 0..4), parts in 1u64..3,
        order in any::<prop::sample::Index>(),
    ) {
        let mut segments: Vec<_> = cut(&model, &cuts, parts).iter().map(|share| segment(&model, share)).collect();
        let first = order.index(segments.len());
        segments.rotate_left(first);
        segments.iter().for_each(|bytes| Segment::open(&bytes[..]).unwrap().verify().unwrap());
        let index = index(&segments);
        prop_assert_eq!(all(&index), all_truth(&model));
        prop_assert_eq!(files(&index), truth(&model, |n| vec![n]));
        prop_assert_eq!(commits_of(&index, LineKind::History), commits(0..model.commits, 100));
        prop_assert_eq!(commits_of(&index, LineKind::Side), commits(0..model.side, 200));
    }

    #[test]
    fn merged_segments_say_the_same(
        model in models(), cuts in prop::collection::vec(any::<u32>(), 0..4), parts in 1u64..3,
        ends in prop::array::uniform2(any::<prop::sample::Index>()),
    ) {
        let shares = cut(&model, &cuts, parts);
        let mut segments: Vec<_> = shares.iter().map(|share| segment(&model, share)).collect();
        // Whole ranges of commits: a range that is split into parts is merged with all of them.
        let split = usize::try_from(parts).unwrap();
        let [from, to] = ends.map(|end| end.index(segments.len() / split));
        let merged: Vec<_> = segments.splice(from.min(to) * split..(from.max(to) + 1) * split, []).collect();
        let open: Vec<_> = merged.iter().map(|bytes| Segment::open(&bytes[..]).unwrap()).collect();
        let (bytes, counts) = merge(&open, Vec::new(), &std::env::temp_dir()).unwrap();
        let segment = Segment::open(&bytes[..]).unwrap();
        segment.verify().unwrap();
        prop_assert_eq!(segment.counts(), counts);
        prop_assert_eq!(&merge(&open, Vec::new(), &std::env::temp_dir()).unwrap().0, &bytes);
        if segments.is_empty() {
            let at_once = model::segment(&model, &Share::all(&model));
            let at_once = Segment::open(&at_once[..]).unwrap().counts();
            prop_assert_eq!(counts.fingerprints, at_once.fingerprints);
            // What stood beside the line before it came there is still in the rows.
            prop_assert!(counts.postings >= at_once.postings && counts.files >= at_once.files);
        }
        segments.push(bytes);
        let index = index(&segments);
        prop_assert_eq!(all(&index), all_truth(&model));
        prop_assert_eq!(files(&index), truth(&model, |n| vec![n]));
        prop_assert_eq!(commits_of(&index, LineKind::History), commits(0..model.commits, 100));
    }

    #[test]
    fn what_stood_at_some_paths_is_what_any_content_says_of_them(
        model in models(), cuts in prop::collection::vec(0u32..12, 0..3), parts in 1u64..3, letter in "[a-e]",
    ) {
        let segments: Vec<_> = cut(&model, &cuts, parts).iter().map(|share| segment(&model, share)).collect();
        let index = index(&segments);
        let ends = |path: &[u8]| path.ends_with(letter.as_bytes());
        let paths = index.paths_where(ends).unwrap();
        prop_assert!(paths.iter().all(|(id, path)| ends(path) && index.path(*id).unwrap() == *path));
        let mut found = BTreeSet::new();
        let ids: Vec<_> = paths.iter().map(|(id, _)| *id).collect();
        index
            .contents_at(&ids, &mut |content, intervals| {
                let n = u8::try_from(content.bytes / 1000).unwrap();
                assert_eq!(*content, model::content(n));
                assert!(intervals.is_sorted() && !intervals.is_empty());
                for i in intervals {
                    let path = &paths.iter().find(|(id, _)| *id == i.path).unwrap().1;
                    let beside = index.line(i.line).unwrap().kind == LineKind::Side;
                    found.insert((n, String::from_utf8(path.clone()).unwrap(), (beside, i.first, i.last)));
                }
            })
            .unwrap();
        let expected = files(&index).into_iter().filter(|(_, path, _)| ends(path.as_bytes())).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn partial_answers_merge_in_any_order(model in models(), parts in prop::collection::vec(0usize..3, 40)) {
        let segments: Vec<_> = cut(&model, &[2, 5], 2).iter().map(|share| segment(&model, share)).collect();
        let index = index(&segments);
        let keys = keys(Channel::Text);
        let mut merged = Vec::new();
        for part in [2, 0, 1] {
            let of_part: Vec<u64> = keys.iter().zip(&parts).filter(|(_, p)| **p == part).map(|(k, _)| *k).collect();
            merged.extend(answers(&index, Channel::Text, &of_part));
        }
        merged.sort();
        let whole = answers(&index, Channel::Text, &keys);
        prop_assert!(whole.is_sorted());
        prop_assert_eq!(merged, whole);
    }
}

/// A segment of one path with one fingerprint, on a line of which it tells from `begin` on.
fn single(begin: u32, commits: u32, first: Option<u32>, last: Option<u32>) -> Vec<u8> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let line = Line { name: b"r".to_vec(), reference: b"m".to_vec(), kind: LineKind::History, begin, commits };
    let line = writer.line(line, &model::commits(begin..begin + commits, 0)).unwrap();
    let path = writer.path(b"p").unwrap();
    let id = writer.interval(Interval { path, line, first, last }).unwrap();
    writer.posting(Channel::Text, 7 << 50, &[id]).unwrap();
    writer.finish().unwrap().0
}

#[test]
fn what_was_left_open_ends_where_a_later_segment_says_so() {
    let spans = |segments: &[Vec<u8>]| -> Vec<(u32, u32)> {
        answers(&index(segments), Channel::Text, &[7 << 50]).into_iter().map(|(.., (_, a, b))| (a, b)).collect()
    };
    let open = single(0, 10, Some(3), None);
    assert_eq!(spans(std::slice::from_ref(&open)), [(3, 9)]);
    assert_eq!(spans(&[open.clone(), single(10, 5, None, Some(12))]), [(3, 12)]);
    assert_eq!(spans(&[open.clone(), single(10, 5, None, Some(9))]), [(3, 9)], "gone at the first commit told of");
    assert_eq!(spans(&[open.clone(), single(10, 5, None, None)]), [(3, 14)]);
    assert_eq!(
        spans(&[open.clone(), single(10, 5, None, Some(11)), single(15, 2, Some(16), None)]),
        [(3, 11), (16, 16)]
    );
}

#[test]
fn what_came_from_beside_the_line_is_told_of_the_line_alone() {
    let beside = |name: &[u8], path: &[u8]| {
        let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
        let kind = LineKind::Side;
        let line = Line { name: name.to_vec(), reference: Vec::new(), kind, begin: 0, commits: 3 };
        let line = writer.line(line, &model::commits(0..3, 7)).unwrap();
        let path = writer.path(path).unwrap();
        let id = writer.interval(Interval { path, line, first: Some(1), last: Some(2) }).unwrap();
        writer.posting(Channel::Text, 7 << 50, &[id]).unwrap();
        writer.finish().unwrap().0
    };
    let on_line = single(0, 10, Some(3), None);
    let kinds = |segments: &[Vec<u8>]| -> Vec<bool> {
        answers(&index(segments), Channel::Text, &[7 << 50]).into_iter().map(|(.., (beside, ..))| beside).collect()
    };
    assert_eq!(kinds(&[beside(b"r", b"p")]), [true]);
    assert_eq!(kinds(&[beside(b"r", b"p"), on_line.clone()]), [false]);
    assert_eq!(kinds(&[on_line.clone(), beside(b"r", b"p")]), [false]);
    let there = |name, path| kinds(&[on_line.clone(), beside(name, path)]).len();
    assert_eq!((there(b"r", b"q"), there(b"s", b"p")), (2, 2), "another path, another source");
}

#[test]
fn segments_that_do_not_belong_together_are_refused() {
    let open = |segments: &[Vec<u8>]| {
        let index = Index::open(segments.iter().map(|bytes| Segment::open(&bytes[..]).unwrap()).collect())?;
        index.look_up(Channel::Text, &[7 << 50], &mut |_| ())
    };
    let apart = |result| matches!(result, Err(SegmentError::Apart { .. }));
    let first = single(0, 10, Some(3), Some(4));
    assert!(apart(open(&[first.clone(), single(11, 5, Some(12), None)])), "commit 10 is missing");
    assert!(apart(open(&[single(10, 5, Some(12), None)])), "the oldest are missing");
    assert!(apart(open(&[first, single(10, 5, None, Some(12))])), "it ended and never began");
    let other = SegmentWriter::new(Vec::new(), Profile::of_engagement(&[1; 32]).id(), &std::env::temp_dir())
        .unwrap()
        .finish()
        .unwrap()
        .0;
    assert!(apart(open(&[single(0, 10, Some(3), None), other])));
    assert!(matches!(merge::<&[u8], _>(&[], Vec::new(), &std::env::temp_dir()), Err(SegmentError::Senseless { .. })));
}

#[test]
fn states_of_one_folder_at_two_times_are_two_lines() {
    let state = |time| {
        let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
        let line = Line { name: b"lab".to_vec(), reference: vec![], kind: LineKind::State, begin: 0, commits: 1 };
        let line = writer.line(line, &[Commit { oid: vec![], time }]).unwrap();
        let path = writer.path(b"a").unwrap();
        let id = writer.interval(Interval { path, line, first: Some(0), last: Some(0) }).unwrap();
        writer.posting(Channel::Code, 9 << 40, &[id]).unwrap();
        writer.finish().unwrap().0
    };
    let both = [state(8), state(-5), state(8)];
    let index = index(&both);
    assert_eq!(index.lines().len(), 2);
    assert_eq!(index.commit(LineId(0), 0).unwrap().time, -5);
    assert!(index.commit(LineId(0), 1).is_err());
    assert!(index.commit(LineId(2), 0).is_err());
    assert_eq!(answers(&index, Channel::Code, &[9 << 40]).len(), 2);
}

#[test]
fn an_index_of_nothing_answers_nothing() {
    let index: Index<&[u8]> = Index::open(Vec::new()).unwrap();
    assert_eq!((index.profile(), index.lines().len()), (None, 0));
    assert_eq!(answers(&index, Channel::Text, &[0, 1, u64::MAX]), []);
    assert_eq!(index.content_by_blake3(&[0; 32]).unwrap(), None);
    assert_eq!(index.content_by_oid(&[0; 20]).unwrap(), None);
    assert!(index.path(fingerprint::PathId(0)).is_err());
}
