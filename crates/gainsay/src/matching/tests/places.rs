//! Places, and dated snapshots as the history that they are.

use super::*;
use crate::claim::Root;

/// A folder as one segment: its root, when it was read, and what stands in it.
fn state(root: &str, tree: &BTreeMap<String, Set>) -> Segment<Vec<u8>> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let name = root.as_bytes().to_vec();
    let line = Line { name, reference: vec![], kind: LineKind::State, begin: 0, commits: 1 };
    let line = writer.line(line, &[Commit { oid: vec![], time: 77 }]).unwrap();
    let mut postings: BTreeMap<(Channel, u64), Vec<_>> = BTreeMap::new();
    for (path, set) in tree {
        let path = writer.path(path.as_bytes()).unwrap();
        let interval = writer.interval(Interval { path, line, first: Some(0), last: None }).unwrap();
        writer.content(&content(set), &[interval]).unwrap();
        set.iter().for_each(|thing| postings.entry(*thing).or_default().push(interval));
    }
    for ((channel, number), intervals) in postings {
        writer.posting(channel, number << 32, &intervals).unwrap();
    }
    Segment::open(writer.finish().unwrap().0).unwrap()
}

fn root(path: &str, place: Option<&str>, dated: Option<i64>) -> Root {
    Root { path: path.as_bytes().to_vec(), place: place.map(str::to_owned), dated }
}

fn own<'a>(index: &'a Index<Vec<u8>>, roots: &'a [Root]) -> Corpus<'a, Vec<u8>> {
    Corpus { name: "product", owner: "Example", role: CorpusRole::Own, roots, index, filters: &[] }
}

fn sample<'s>(sets: impl IntoIterator<Item = &'s Set>) -> Vec<SampleFile> {
    let file = |set| SampleFile {
        path: b"taken/a.c".to_vec(),
        is_text_of: None,
        fingerprints: fingerprints(set, true),
        generated: false,
        is_program: false,
        level: 0,
        short: vec![],
    };
    sets.into_iter().map(file).collect()
}

/// What is found, without what tells a snapshot from a commit.
fn undressed(found: Match) -> Match {
    let bare = |at: CommitAt| CommitAt { oid: vec![], ..at };
    let window = |of: Window| Window {
        first: bare(of.first),
        last: bare(of.last),
        begun_after: of.begun_after.map(bare),
        ended_by: of.ended_by.map(bare),
        ..of
    };
    let place =
        |of: Place| Place { source: vec![], reference: vec![], first: bare(of.first), last: bare(of.last), ..of };
    let windows = |of: Windows| Windows {
        strict: window(of.strict),
        tolerant: window(of.tolerant),
        best: BestCommit { commit: bare(of.best.commit), ..of.best },
        curve: of.curve.into_iter().map(|of| CurvePoint { commit: bare(of.commit), ..of }).collect(),
        takings: of.takings.into_iter().map(|of| Taking { first: bare(of.first), last: bare(of.last), ..of }).collect(),
        ..of
    };
    let line = |of: LineMatch| LineMatch {
        source: vec![],
        reference: vec![],
        oldest: bare(of.oldest),
        newest: bare(of.newest),
        windows: of.windows.map(windows),
        ..of
    };
    let file =
        |of: FileMatch| FileMatch { best: of.best.map(place), near: of.near.into_iter().map(place).collect(), ..of };
    let places = found.places.map(|mut places| {
        places.all.iter_mut().for_each(|place| place.name.clear());
        places
    });
    Match {
        files: found.files.into_iter().map(file).collect(),
        lines: found.lines.into_iter().map(line).collect(),
        places,
        ..found
    }
}

proptest! {
    #[test]
    fn snapshots_are_matched_as_the_history_that_they_are(world in worlds(), split in any::<bool>()) {
        let history = &world.own[0];
        // Their names and their dates are in opposite orders.
        let name = |at: usize, part: &str| format!("/b/{}{part}", 9 - at);
        let standing = |at: usize, odd: Option<bool>| -> BTreeMap<String, Set> {
            let wanted = |path: &str| odd.is_none_or(|odd| odd == (path.len() + usize::from(path.as_bytes()[2])).is_multiple_of(2));
            let paths = history.iter().filter(|(path, _)| wanted(path));
            paths.filter_map(|(path, versions)| Some((path.clone(), versions[at].clone()?))).collect()
        };
        let (mut segments, mut roots) = (Vec::new(), Vec::new());
        for at in 0..commits(history) {
            let dated = Some(1000 * i64::try_from(at).unwrap());
            // What was exported in two parts on one day is one snapshot.
            let parts = if split { vec![("", Some(true)), ("x", Some(false))] } else { vec![("", None)] };
            for (part, odd) in parts {
                segments.push(state(&name(at, part), &standing(at, odd)));
                roots.push(root(&name(at, part), None, dated));
            }
        }
        let snapshots = Index::open(segments).unwrap();
        let commits = index(history, &world.cuts);
        let sample = sample_files(&world);
        let by_snapshots = match_sample(&sample, &Profile::one(), &[own(&snapshots, &roots)]).unwrap();
        let by_commits = match_sample(&sample, &Profile::one(), &[own(&commits, &[])]).unwrap();
        prop_assert!(by_snapshots.lines.iter().all(|line| line.source == name(0, "").into_bytes() || line.source == b"/b"));
        prop_assert_eq!(undressed(by_snapshots), undressed(by_commits));
    }
}

#[test]
fn the_place_that_alone_holds_a_file_is_named() {
    let tree = |own: u64| -> BTreeMap<String, Set> {
        let shared = (0..8).map(|file| (format!("src/{file}.c"), text(100 * file..100 * file + 20)));
        shared.chain([("src/own.c".to_owned(), text(own..own + 20))]).collect()
    };
    let names = ["/lab/3", "/lab/4", "/farm/job/deep"];
    let segments = names.iter().zip([5000, 6000, 7000]).map(|(name, own)| state(name, &tree(own))).collect();
    let index = Index::open(segments).unwrap();
    let roots =
        [root("/lab/3", Some("lab share L3"), None), root("/lab/4", None, None), root("/farm", Some("farm"), None)];
    let corpora = [own(&index, &roots)];
    let matched = |sets: &[Set]| match_sample(&sample(sets), &Profile::one(), &corpora).unwrap();
    let found = |sets: &[Set]| matched(sets).places.unwrap();
    let named = |places: &Places| -> Vec<(String, u64, u64)> {
        let name = |it: &PlaceMatch| (String::from_utf8(it.name.clone()).unwrap(), it.files, it.only_here.len() as u64);
        places.all.iter().map(name).collect()
    };
    let shared: Vec<Set> = (0..8).map(|file| text(100 * file..100 * file + 20)).collect();

    let everywhere = found(&shared);
    assert_eq!((everywhere.known, everywhere.files, everywhere.cover.len()), (3, 8, 1));
    assert!(everywhere.is_least && !everywhere.is_only, "three places hold all of it");
    assert!(named(&everywhere).iter().all(|(_, files, only)| (*files, *only) == (8, 0)));

    // What lies in all of them is told of the place that holds the rest.
    let of_lab_4 = matched(&[&shared[..], &[text(6000..6020)]].concat());
    assert_eq!(
        of_lab_4.lines.iter().map(|line| (line.source.as_slice(), line.files.files)).collect::<Vec<_>>(),
        [(b"/lab/4".as_slice(), 9)]
    );

    // One file tells, and an edited one as well.
    for own in [text(5000..5020), text(5000..5015).union(&text(9000..9002)).copied().collect()] {
        let places = found(&[&shared[..], &[own]].concat());
        assert_eq!(named(&places)[0], ("lab share L3".to_owned(), 9, 1));
        assert_eq!((places.cover, places.is_least, places.is_only), (vec![0], true, true));
    }
    let two = found(&[shared[0].clone(), text(6000..6020), text(7000..7020)]);
    assert_eq!(named(&two)[..2], [("/lab/4".to_owned(), 2, 1), ("farm".to_owned(), 2, 1)]);
    assert_eq!((two.cover, two.is_only), (vec![0, 1], true));
}

#[test]
fn an_edited_file_is_not_held_where_another_version_lies() {
    let versions = [("/a", text(0..100)), ("/b", text(3..103)), ("/c", text(30..130))];
    let tree = |set: &Set| BTreeMap::from([("m/x.c".to_owned(), set.clone())]);
    let index = Index::open(versions.iter().map(|(name, set)| state(name, &tree(set))).collect()).unwrap();
    let corpora = [own(&index, &[])];
    let places = match_sample(&sample([&text(0..90)]), &Profile::one(), &corpora).unwrap().places.unwrap();
    let names: Vec<&[u8]> = places.all.iter().map(|it| it.name.as_slice()).collect();
    // Three fingerprints of ninety may be the work of an edit, thirty are not; the closest comes first.
    assert_eq!(names, [b"/a", b"/b"]);
    assert_eq!((places.cover, places.is_only), (vec![0], false));
}

#[test]
fn copies_do_not_make_a_fingerprint_common_and_different_files_do() {
    let header = text(0..10);
    let with = |own: u64| -> Set { header.union(&text(own..own + 10)).copied().collect() };
    let copies = rules::COMMON_FILES as u64 + 1;
    // The same two files at many places and depths; then a header that stands in as many files.
    let depths = ["", "x/", "x/x/"].into_iter().cycle();
    let copied = (0..copies)
        .zip(depths)
        .map(|(at, above)| (format!("{above}job{at}/src/{}.c", at % 2), with(1000 + 100 * (at % 2))));
    let different = (0..copies).map(|at| (format!("src/{at}.c"), with(1000 + 100 * at)));
    for (tree, is_common) in [(copied.collect::<BTreeMap<_, _>>(), false), (different.collect(), true)] {
        let index = Index::open(vec![state("/all", &tree)]).unwrap();
        let corpora = [own(&index, &[])];
        let against = matcher::Against::new(&Profile::one(), &corpora, Bounds::of_memory(1 << 29)).unwrap();
        let sample = sample([&with(1000)]);
        let hits = Hits::look_up(&sample, &BTreeMap::new(), &against, 100_000).unwrap().unwrap();
        let common: Vec<bool> = hits.keys_of(0, Channel::Text).iter().map(|key| hits.is_common(*key)).collect();
        assert_eq!(common, [vec![is_common; 10], vec![false; 10]].concat());
    }
}

#[test]
fn the_words_tell_between_which_snapshots_it_came_and_where_to_look_first() {
    const DAY: i64 = 86_400;
    let tree = |sets: &[(&str, Set)]| sets.iter().map(|(path, set)| ((*path).to_owned(), set.clone())).collect();
    let a = || ("src/a.c", text(0..20));
    let b = |from: u64| ("src/b.c", text(from..from + 20));
    let segments = vec![
        state("/b/1", &tree(&[a()])),
        state("/b/2", &tree(&[a(), b(100)])),
        state("/b/3", &tree(&[a(), b(100)])),
        state("/b/4", &tree(&[a(), b(200)])),
        state("/lab", &tree(&[a(), ("c.c", text(300..320))])),
    ];
    let index = Index::open(segments).unwrap();
    let dated = |path: &str, at: i64| root(path, Some("lab share L3"), Some(at));
    let roots = [dated("/b/1", 0), dated("/b/2", 31 * DAY), dated("/b/3", 59 * DAY + 3600), dated("/b/4", 90 * DAY)];
    let words = |sets: &[Set]| match_sample(&sample(sets), &Profile::one(), &[own(&index, &roots)]).unwrap().in_words();
    let found = words(&[text(0..20), text(100..120)]);
    let expected = [
        "In the 4 snapshots of lab share L3: 2 files (2000 bytes).",
        "As of the snapshot of 1970-03-01T01:00:00Z 2 of 2 files fit, with 40 of 40 fingerprints.",
        "All of it stood at once from the snapshot of 1970-02-01 to that of 1970-03-01T01:00:00Z (2 snapshots): it came \
         between the snapshot of 1970-01-01 and that of 1970-02-01, and was changed or gone by that of 1970-04-01.",
        "Of 2 places that are indexed only one holds all 2 files that are the company's: lab share L3.",
        "Look first where files lie that no other place holds: lab share L3 (1 file).",
    ];
    let of_lines = found.iter().skip_while(|words| !words.starts_with("In the"));
    assert_eq!(of_lines.take(5).collect::<Vec<_>>(), expected);
    assert!(
        found.iter().any(|words| words.starts_with("The snapshots date the content: it was taken after")),
        "{found:?}"
    );
    assert!(!found.iter().any(|words| words.contains("commit")), "{found:?}");

    let newest = words(&[text(200..220)]).join(" ");
    assert!(newest.contains("in the snapshot of 1970-04-01 alone: it came between the snapshot of 1970-03-01T01:00:00Z and that of 1970-04-01, and the newest one has it."), "{newest}");
    let both = words(&[text(0..20)]).join(" ");
    assert!(both.contains("the oldest snapshot has it, so that it may be older, and the newest one has it."), "{both}");
    assert!(
        both.contains(
            "2 of 2 places that are indexed hold the one file that is the company's, each of them: /lab; lab share L3."
        ),
        "{both}"
    );
    let apart = words(&[text(100..120), text(200..220), text(300..320)]).join(" ");
    assert!(apart.contains("In no snapshot did all of it stand at once"), "{apart}");
    assert!(apart.contains("None of 2 places that are indexed holds all 3 files that are the company's; 2 together do: lab share L3 (2 files); /lab (1 file). No fewer do, and no others as few."), "{apart}");
}
