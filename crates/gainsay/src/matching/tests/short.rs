//! Short text that was read with errors.

use super::*;

/// Code of made-up names: `number` makes each text another one.
fn source(number: u64) -> String {
    let mut state = number;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut name = || -> String {
        let parts = ["mal", "ori", "ten", "sul", "bor", "nis", "lom", "ert"];
        (0..3).map(|_| parts[usize::try_from(next() % 8).unwrap()]).collect()
    };
    (0..30).map(|_| format!("    let {} = {}.{}({});\n", name(), name(), name(), name())).collect()
}

/// Every 41st character that is easily misread is.
fn misread(text: &str, every: usize) -> String {
    let instead = |at: usize, letter: char| match letter {
        'o' if at % every < 9 => '0',
        'l' | 'i' if at % every < 9 => '1',
        's' if at % every < 9 => '5',
        other => other,
    };
    text.char_indices().map(|(at, letter)| instead(at, letter)).collect()
}

fn of(name: &str, text: &str, short: bool) -> SampleFile {
    SampleFile {
        path: name.as_bytes().to_vec(),
        is_text_of: None,
        fingerprints: Fingerprints::of(&Profile::one(), name.as_bytes(), text.as_bytes()),
        generated: false,
        is_program: false,
        level: 0,
        short: if short { text.as_bytes().to_vec() } else { vec![] },
    }
}

/// A folder of these files.
fn folder(files: &[(&str, &str)]) -> Index<Vec<u8>> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let line = Line { name: b"/srv/a".to_vec(), reference: vec![], kind: LineKind::State, begin: 0, commits: 1 };
    let line = writer.line(line, &[Commit { oid: vec![], time: 77 }]).unwrap();
    let mut postings: BTreeMap<u64, Vec<_>> = BTreeMap::new();
    for (name, text) in files {
        let path = writer.path(name.as_bytes()).unwrap();
        let interval = writer.interval(Interval { path, line, first: Some(0), last: None }).unwrap();
        for fingerprint in of(name, text, false).fingerprints.text {
            postings.entry(fingerprint).or_default().push(interval);
        }
    }
    for (fingerprint, intervals) in postings {
        writer.posting(Channel::Text, fingerprint, &intervals).unwrap();
    }
    Index::open(vec![Segment::open(writer.finish().unwrap().0).unwrap()]).unwrap()
}

fn found(sample: &[SampleFile], own: &Index<Vec<u8>>, public: &Index<Vec<u8>>) -> Match {
    let corpora = [("product", CorpusRole::Own, own), ("others", CorpusRole::Public, public)]
        .map(|(name, role, index)| Corpus { name, owner: "Example", role, roots: &[], index, filters: &[] });
    match_sample(sample, &Profile::one(), &corpora).unwrap()
}

#[test]
fn a_passage_that_was_read_with_errors_is_found_in_its_file_and_is_partly_ours() {
    let [ours, other] = [source(1), source(2)];
    let own = folder(&[("a.txt", &ours), ("b.txt", &other)]);
    let nothing = folder(&[]);
    let read = misread(&ours, 40);
    let sample =
        [of("photo.txt", &read, true), of("long.txt", &read, false), of("foreign.txt", &misread(&source(3), 40), true)];
    let matched = found(&sample, &own, &nothing);
    let [photo, long, foreign] = &matched.files[..] else { panic!("{matched:?}") };
    assert_eq!((photo.verdict, photo.by_pieces, photo.channel), (Verdict::PartlyOurs, true, Channel::Text));
    assert_eq!(photo.best.as_ref().unwrap().path, b"a.txt");
    assert_eq!((long.verdict, long.by_pieces), (Verdict::NotFound, false));
    assert_eq!((foreign.verdict, foreign.by_pieces), (Verdict::NotFound, false));
    let words = matched.in_words().join("\n");
    assert!(words.contains("single runs of one file of the company's: 1 file, photo.txt first."), "{words}");
    // What everybody has is nobody's, however it was read.
    assert!(!found(&sample, &own, &folder(&[("x.txt", &ours)])).files[0].by_pieces);
}

#[test]
fn runs_of_many_files_are_none_of_one() {
    let texts: Vec<String> = (10..40).map(source).collect();
    let files: Vec<(String, &str)> =
        texts.iter().enumerate().map(|(n, text)| (format!("{n}.txt"), text.as_str())).collect();
    let own = folder(&files.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>());
    // A line of each.
    let mixed: String =
        texts.iter().enumerate().map(|(n, text)| text.lines().nth(n).unwrap().to_owned() + "\n").collect();
    let matched = found(&[of("mixed.txt", &misread(&mixed, 40), true)], &own, &folder(&[]));
    assert!(!matched.files[0].by_pieces);
}
