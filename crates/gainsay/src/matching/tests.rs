//! The matcher against a naive one that compares sets, file by file and commit by commit.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod places;
mod short;

use fingerprint::{Content, Interval, Kind, Line, Profile, Segment, SegmentWriter};
use proptest::prelude::*;

use std::collections::BTreeSet;

use super::hits::{CHANNELS, Stands};
use super::*;

/// Fingerprints of all channels.
type Set = BTreeSet<(Channel, u64)>;

/// For each path, what stands there at each commit.
type History = BTreeMap<String, Vec<Option<Set>>>;

#[derive(Clone, Debug)]
struct World {
    /// Two repositories of the company, a public and a published corpus with one commit each.
    own: [History; 2],
    public: History,
    published: History,
    sample: Vec<(String, Set, bool)>,
    /// At which commits each corpus goes on in another segment.
    cuts: Vec<usize>,
}

fn worlds() -> impl Strategy<Value = World> {
    let set = |from: u64, to: u64| {
        let channel = prop_oneof![
            6 => Just(Channel::Text), 6 => Just(Channel::Code), 2 => Just(Channel::Parts), 2 => Just(Channel::Sketches)
        ];
        // Sketches are kept with the parts, none of which they ever are.
        let thing = (channel, from..to)
            .prop_map(|(channel, number)| (channel, if channel == Channel::Sketches { number + 1000 } else { number }));
        prop::collection::btree_set(thing, 0..14)
    };
    let history = move |commits: usize, from: u64, to: u64| {
        let versions = prop::collection::vec(prop::option::weighted(0.85, set(from, to)), commits);
        prop::collection::btree_map("[ab]/[a-d]", versions, 1..5)
    };
    let own = (1usize..8, 1usize..4)
        .prop_flat_map(move |(one, two)| (history(one, 0, 24), history(two, 16, 36)).prop_map(|(one, two)| [one, two]));
    let made_up = prop::collection::vec(("[ab]/[a-d]", set(0, 44), any::<bool>()), 0..4);
    let copies = prop::collection::vec(any::<prop::sample::Index>(), 0..6);
    let cuts = prop::collection::vec(1usize..8, 0..4);
    (own, history(1, 30, 40), history(1, 20, 26), made_up, copies, cuts).prop_map(
        |(own, public, published, mut sample, copies, cuts)| {
            let all: Vec<Set> =
                [&own[0], &own[1], &public].iter().flat_map(|h| h.values()).flatten().flatten().cloned().collect();
            if !all.is_empty() {
                sample.extend(copies.iter().map(|at| ("x/copy".to_owned(), at.get(&all).clone(), true)));
            }
            World { own, public, published, sample, cuts }
        },
    )
}

/// The same fingerprints of text.
fn text(numbers: std::ops::Range<u64>) -> Set {
    numbers.map(|number| (Channel::Text, number)).collect()
}

/// A file's bytes are its set of fingerprints: equal sets are identical files.
fn fingerprints(set: &Set, long: bool) -> Fingerprints {
    let bytes = format!("{set:?}");
    // Low bits of a fingerprint are not stored.
    let [text, code, parts, sketches] =
        CHANNELS.map(|channel| of(channel, set).into_iter().map(|(_, number)| number << 32).collect());
    Fingerprints {
        blake3: *blake3::hash(bytes.as_bytes()).as_bytes(),
        bytes: if long { 1000 } else { 10 },
        kind: Kind::Text,
        normalised: 900,
        text,
        tokens: 0,
        code,
        parts,
        sketches,
    }
}

fn of(channel: Channel, set: &Set) -> Set {
    set.iter().copied().filter(|(of, _)| *of == channel).collect()
}

fn commits(history: &History) -> usize {
    history.values().next().unwrap().len()
}

/// One segment for each stretch of commits.
fn index(history: &History, cuts: &[usize]) -> Index<Vec<u8>> {
    let commits = commits(history);
    let mut ends: BTreeSet<usize> = cuts.iter().copied().filter(|cut| *cut < commits).collect();
    ends.insert(commits);
    let mut begin = 0;
    let stretch = |end| {
        let segment = Segment::open(segment(history, begin, end)).unwrap();
        begin = end;
        segment
    };
    // The newest first: their order must not matter.
    Index::open(ends.into_iter().map(stretch).collect::<Vec<_>>().into_iter().rev().collect()).unwrap()
}

/// What is new in the commits from `begin` to `end`.
fn segment(history: &History, begin: usize, end: usize) -> Vec<u8> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let row = |at: u8| Commit { oid: vec![at; 20], time: 1000 * i64::from(at) };
    let rows: Vec<Commit> = (0u8..).take(end).skip(begin).map(row).collect();
    let [first, commits] = [begin, end - begin].map(|number| u32::try_from(number).unwrap());
    let line = writer.line(main_line(b"repo", first, commits), &rows).unwrap();
    let mut postings: BTreeMap<(Channel, u64), Vec<_>> = BTreeMap::new();
    let mut contents: BTreeMap<&Set, Vec<_>> = BTreeMap::new();
    for (path, versions) in history {
        let path = writer.path(path.as_bytes()).unwrap();
        let mut stood = |is: &dyn Fn(&Set) -> bool| {
            let standing: Vec<bool> = versions.iter().map(|version| version.as_ref().is_some_and(is)).collect();
            told(&standing, begin, end)
                .into_iter()
                .map(|(first, last)| writer.interval(Interval { path, line, first, last }).unwrap())
                .collect::<Vec<_>>()
        };
        for set in versions.iter().flatten().collect::<BTreeSet<_>>() {
            contents.entry(set).or_default().extend(stood(&|version| version == set));
        }
        for thing in versions.iter().flatten().flatten().collect::<BTreeSet<_>>() {
            postings.entry(*thing).or_default().extend(stood(&|version| version.contains(thing)));
        }
    }
    for ((channel, number), intervals) in postings.into_iter().filter(|(_, intervals)| !intervals.is_empty()) {
        writer.posting(channel, number << 32, &intervals).unwrap();
    }
    for (set, intervals) in contents.into_iter().filter(|(_, intervals)| !intervals.is_empty()) {
        writer.content(&content(set), &intervals).unwrap();
    }
    writer.finish().unwrap().0
}

fn main_line(name: &[u8], begin: u32, commits: u32) -> Line {
    Line { name: name.to_vec(), reference: b"refs/heads/main".to_vec(), kind: LineKind::History, begin, commits }
}

fn content(set: &Set) -> Content {
    let of = fingerprints(set, true);
    Content { blake3: *of.blake3.first_chunk().unwrap(), oid: Vec::new(), bytes: of.bytes, kind: of.kind }
}

/// What a segment of the commits from `begin` to `end` tells of a thing that stands at some of all commits.
fn told(standing: &[bool], begin: usize, end: usize) -> Vec<(Option<u32>, Option<u32>)> {
    let number = |at: usize| Some(u32::try_from(at).unwrap());
    let stands = |at: usize| standing.get(at).copied().unwrap_or_default();
    let mut told = Vec::new();
    // Nothing is told of what stood before and stands on.
    let mut began = None;
    for at in begin..end {
        match (at > 0 && stands(at - 1), stands(at)) {
            (false, true) => began = number(at),
            (true, false) => told.push((began.take(), number(at - 1))),
            _ => {}
        }
    }
    told.extend(began.map(|began| (Some(began), None)));
    told
}

const BOUNDS: Bounds = Bounds {
    fingerprints: MILLION,
    batch: MILLION,
    files: MILLION,
    intervals: MILLION,
    distinct: MILLION,
    threads: 3,
    each: MILLION,
};
const MILLION: usize = 1_000_000;

fn match_sample(
    sample: &[SampleFile],
    profile: &Profile,
    corpora: &[Corpus<'_, Vec<u8>>],
) -> Result<Match, MatchError> {
    Matcher::new(profile, corpora, BOUNDS)?.whole(sample)
}

fn matched(world: &World) -> Match {
    matched_with(world, false)
}

/// Matches with the corpora that are subtracted as filters, or as indexes.
fn matched_with(world: &World, filtered: bool) -> Match {
    matched_by(world, filtered, &|sample, corpora| match_sample(sample, &Profile::one(), corpora).unwrap())
}

type By<'b> = dyn Fn(&[SampleFile], &[Corpus<'_, Vec<u8>>]) -> Match + 'b;

fn matched_by(world: &World, filtered: bool, by: &By<'_>) -> Match {
    let indexes: Vec<_> =
        [&world.own[0], &world.own[1], &world.public, &world.published].map(|of| index(of, &world.cuts)).into();
    let empty = Index::open(Vec::new()).unwrap();
    let filter = |index: &Index<Vec<u8>>| {
        let written = fingerprint::write_filter(index.segments(), &fingerprint::About::default(), Vec::new());
        vec![Filter::open(written.unwrap().0).unwrap()]
    };
    let filters: Vec<Vec<Filter<Vec<u8>>>> = indexes.iter().map(filter).collect();
    let roles = [CorpusRole::Own, CorpusRole::Own, CorpusRole::Public, CorpusRole::Published];
    let corpora: Vec<Corpus<'_, Vec<u8>>> = ["0", "1", "public", "published"]
        .into_iter()
        .zip(roles)
        .zip(&indexes)
        .zip(&filters)
        .map(|(((name, role), index), filters)| {
            let is_filter = filtered && role != CorpusRole::Own;
            let (index, filters) = if is_filter { (&empty, &filters[..]) } else { (index, &[][..]) };
            Corpus { name, owner: "the company", role, roots: &[], index, filters }
        })
        .collect();
    by(&sample_files(world), &corpora)
}

fn sample_files(world: &World) -> Vec<SampleFile> {
    let file = |(path, set, long): &(String, Set, bool)| SampleFile {
        path: path.clone().into_bytes(),
        is_text_of: None,
        fingerprints: fingerprints(set, *long),
        generated: false,
        is_program: false,
        level: 0,
        short: vec![],
    };
    world.sample.iter().map(file).collect()
}

/// The naive matcher.
mod naive {
    use super::*;

    pub(super) fn ever(history: &History) -> Set {
        history.values().flatten().flatten().flatten().copied().collect()
    }

    pub(super) fn shares(world: &World, set: &Set) -> Shares {
        let (public, published) = (ever(&world.public), ever(&world.published));
        let own: Set = world.own.iter().flat_map(ever).collect();
        let count = |other: &Set| set.intersection(other).count() as u64;
        Shares {
            all: set.len() as u64,
            matched: count(&own),
            public: count(&public),
            published: count(&published),
            // Their worlds have too few files for that.
            common: 0,
            distinctive: distinctive(world, set).len() as u64,
            left: set.iter().filter(|f| !public.contains(f) && !published.contains(f)).count() as u64,
        }
    }

    pub(super) fn distinctive(world: &World, set: &Set) -> Set {
        let (public, published) = (ever(&world.public), ever(&world.published));
        let own: Set = world.own.iter().flat_map(ever).collect();
        set.iter().copied().filter(|f| own.contains(f) && !public.contains(f) && !published.contains(f)).collect()
    }

    pub(super) fn holds(history: &History, set: &Set) -> bool {
        history.values().flatten().flatten().any(|version| version == set)
    }

    pub(super) fn telling(world: &World, set: &Set) -> Set {
        let distinctive = distinctive(world, set);
        if distinctive.is_empty() { set.clone() } else { distinctive }
    }

    /// How many of the fingerprints ever stood at the path.
    pub(super) fn count_at(versions: &[Option<Set>], telling: &Set) -> usize {
        let ever: Set = versions.iter().flatten().flatten().copied().collect();
        telling.intersection(&ever).count()
    }

    /// Commit by commit: how many of the fingerprints stand anywhere in the tree.
    pub(super) fn live(history: &History, set: &Set) -> Vec<usize> {
        (0..commits(history))
            .map(|at| {
                let tree: Set =
                    history.values().filter_map(|versions| versions[at].as_ref()).flatten().copied().collect();
                set.intersection(&tree).count()
            })
            .collect()
    }

    pub(super) fn stands(history: &History, content: &Set, at: usize) -> bool {
        history.values().any(|versions| versions[at].as_ref() == Some(content))
    }
}

fn number(commit: &CommitAt) -> usize {
    assert_eq!((commit.oid[0], commit.time), (commit.oid[19], 1000 * i64::from(commit.oid[0])));
    commit.number as usize
}

fn check_place(world: &World, set: &Set, file: &FileMatch) -> Result<(), TestCaseError> {
    let telling = naive::telling(world, &of(file.channel, set));
    let anywhere = world.own.iter().flat_map(|history| history.values());
    let most = anywhere.map(|versions| naive::count_at(versions, &telling)).max().unwrap();
    let Some(best) = &file.best else {
        prop_assert!(!file.identical && most == 0, "there is a best place with {} hits", most);
        return Ok(());
    };
    let history = &world.own[best.corpus.parse::<usize>().unwrap()];
    let versions = &history[str::from_utf8(&best.path).unwrap()];
    let (first, last) = (number(&best.first), number(&best.last));
    let state = |at: usize| versions[at].as_ref().map_or(0, |version| version.intersection(&telling).count());
    let ends = |is: &dyn Fn(usize) -> bool| {
        (first..=last).all(is) && (first == 0 || !is(first - 1)) && (last + 1 == versions.len() || !is(last + 1))
    };
    if file.identical {
        prop_assert!(ends(&|at| versions[at].as_ref() == Some(set)));
        prop_assert!((last + 1..versions.len()).all(|at| versions[at].as_ref() != Some(set)), "it stood there later");
    } else {
        prop_assert_eq!(naive::count_at(versions, &telling), most);
        let at_once = (0..versions.len()).map(state).max().unwrap();
        prop_assert_eq!(best.hits, at_once as u64);
        prop_assert!(ends(&|at| state(at) == at_once));
        prop_assert!((last + 1..versions.len()).all(|at| state(at) < at_once), "a newer run is as good");
    }
    Ok(())
}

fn check_line(world: &World, found: &Match, line: &LineMatch) -> Result<(), TestCaseError> {
    let history = &world.own[line.corpus.parse::<usize>().unwrap()];
    let here = |file: &&(&FileMatch, &Set)| {
        file.0.verdict.is_ours() && file.0.best.as_ref().is_some_and(|best| best.corpus == line.corpus)
    };
    let sets: Vec<&Set> = world.sample.iter().map(|(_, set, _)| set).collect();
    let files: Vec<(&FileMatch, &Set)> = found.files.iter().zip(sets.iter().copied()).collect();
    let files: Vec<(&FileMatch, &Set)> = files.iter().filter(here).copied().collect();
    prop_assert_eq!(line.files.files, files.len() as u64);
    let ever = naive::ever(history);
    let points = |file: &FileMatch, set: &Set| -> Set {
        naive::distinctive(world, &of(file.channel, set)).intersection(&ever).copied().collect()
    };
    let all: Set = files.iter().flat_map(|(file, set)| points(file, set)).collect();
    prop_assert_eq!(line.fingerprints, all.len() as u64);
    let identical = |set: &Set| naive::holds(history, set);
    let live = naive::live(history, &all);
    let contents: BTreeSet<&Set> = files.iter().filter(|(_, s)| identical(s)).map(|(_, s)| *s).collect();
    let standing = |at: usize| (contents.iter().filter(|s| naive::stands(history, s, at)).count(), live[at]);
    let most = (0..live.len()).map(standing).max().unwrap();
    let strict: Vec<usize> = (0..live.len()).filter(|at| standing(*at) == most).collect();
    let tolerant: Vec<usize> = match most.1 {
        0 => strict.clone(),
        most => (0..live.len()).filter(|at| live[*at] * 1000 >= most * 995).collect(),
    };
    let fits = |at: usize| {
        let fits = |file: &FileMatch, set: &Set| match identical(set) {
            true => naive::stands(history, set, at),
            false => {
                let points = points(file, set);
                !points.is_empty() && naive::live(history, &points)[at] * 100 >= points.len() * 95
            }
        };
        files.iter().filter(|(file, set)| fits(file, set)).count()
    };
    let windows = line.windows.as_ref().unwrap();
    for (window, expected) in [(&windows.strict, &strict), (&windows.tolerant, &tolerant)] {
        prop_assert_eq!(Some(number(&window.first)), expected.first().copied());
        prop_assert_eq!(Some(number(&window.last)), expected.last().copied());
        prop_assert_eq!(window.commits as usize, expected.len());
        let next = window.last.number + 1;
        prop_assert_eq!(window.ended_by.as_ref().map(|c| c.number), ((next as usize) < live.len()).then_some(next));
        let runs = expected.iter().filter(|at| !expected.contains(&(*at + 1))).count();
        prop_assert_eq!(window.runs as usize, runs);
    }
    let best = (0..live.len()).max_by_key(|at| (fits(*at), live[*at], *at)).unwrap();
    let is = &windows.best;
    let expected = (best, fits(best) as u64, live[best] as u64);
    prop_assert_eq!((number(&is.commit), is.files.some, is.fingerprints.some), expected);
    prop_assert_eq!((is.files.all, is.fingerprints.all), (files.len() as u64, all.len() as u64));
    let most = (windows.identical, windows.fingerprints);
    prop_assert_eq!((most.0.some, most.0.all), (standing(strict[0]).0 as u64, contents.len() as u64));
    prop_assert_eq!((most.1.some, most.1.all), (live[strict[0]] as u64, all.len() as u64));
    Ok(())
}

proptest! {
    /// What a filter was made from it has: only by chance it has more.
    #[test]
    fn filters_subtract_at_least_what_their_corpora_do(world in worlds()) {
        let (by_index, by_filter) = (matched_with(&world, false), matched_with(&world, true));
        for (index, filter) in by_index.files.iter().zip(&by_filter.files) {
            if index.channel == filter.channel {
                prop_assert_eq!((index.shares.all, index.shares.matched), (filter.shares.all, filter.shares.matched));
                prop_assert!(index.shares.public <= filter.shares.public);
                prop_assert!(index.shares.published <= filter.shares.published);
                prop_assert!(index.shares.distinctive >= filter.shares.distinctive);
            }
            prop_assert!(!filter.verdict.is_ours() || index.verdict.is_ours());
        }
    }

    #[test]
    fn equals_the_naive_matcher(world in worlds()) {
        let found = matched(&world);
        for (file, (_, set, long)) in found.files.iter().zip(&world.sample) {
            let shares = CHANNELS.map(|channel| {
                let set = of(channel, set);
                let telling = naive::telling(&world, &set);
                let paths = world.own.iter().flat_map(|history| history.values());
                let most = paths.map(|versions| naive::count_at(versions, &telling)).max().unwrap_or_default();
                let shares = naive::shares(&world, &set);
                if file.identical { shares } else { rules::at_one_path(shares, channel, most as u64) }
            });
            let identical = Stands {
                own: world.own.iter().any(|history| naive::holds(history, set)),
                public: naive::holds(&world.public, set),
                published: naive::holds(&world.published, set),
            };
            prop_assert_eq!(file.identical, identical.own);
            let judged = rules::of_file(&shares, identical, if *long { 1000 } else { 10 }, false);
            prop_assert_eq!((file.verdict, file.channel), judged);
            prop_assert_eq!(file.shares, naive::shares(&world, &of(file.channel, set)));
            check_place(&world, set, file)?;
        }
        let judged_by = found.files.iter().zip(&world.sample).flat_map(|(file, (_, set, _))| of(file.channel, set));
        let union: Set = judged_by.collect();
        prop_assert_eq!(found.shares, naive::shares(&world, &union));
        prop_assert_eq!(found.totals.values().map(|t| t.files).sum::<u64>(), world.sample.len() as u64);
        let placed: BTreeSet<&str> = found.lines.iter().map(|line| line.corpus.as_str()).collect();
        let ours = found.files.iter().filter(|file| file.verdict.is_ours());
        prop_assert!(ours.map(|file| &file.best.as_ref().unwrap().corpus).all(|corpus| placed.contains(corpus.as_str())));
        for line in &found.lines {
            check_line(&world, &found, line)?;
        }
        prop_assert!(found.in_words().iter().all(|sentence| sentence.ends_with('.')));
    }

    #[test]
    fn any_batches_give_the_same_answer(world in worlds(), size in 1usize..12, intervals in 1usize..60) {
        // Sets of intervals that are too many at once are looked up in smaller parts, but those of one file.
        let bounds = Bounds { intervals: intervals + 400, ..BOUNDS };
        let in_batches = matched_by(&world, false, &|sample, corpora| {
            let mut matcher = Matcher::new(&Profile::one(), corpora, bounds).unwrap();
            sample.chunks(size).for_each(|batch| matcher.survey(batch).unwrap());
            sample.chunks(size).for_each(|batch| matcher.count(batch).unwrap());
            matcher.finish().unwrap()
        });
        prop_assert_eq!(in_batches, matched(&world));
    }

    #[test]
    fn what_is_more_than_memory_holds_is_counted_in_an_even_part(world in worlds(), most in 1usize..9) {
        let all = matched(&world);
        let bounds = Bounds { distinct: most, ..BOUNDS };
        let found = matched_by(&world, false, &|sample, corpora| {
            Matcher::new(&Profile::one(), corpora, bounds).unwrap().whole(sample).unwrap()
        });
        prop_assert_eq!(&found.files, &all.files);
        prop_assert_eq!((found.verdict, &found.places), (all.verdict, &all.places));
        let judged_by = found.files.iter().zip(&world.sample).flat_map(|(file, (_, set, _))| of(file.channel, set));
        let judged_by: Set = judged_by.collect();
        // Lines may have been counted more finely than the shares, or less.
        let part = |least: u32| -> Set { judged_by.iter().copied().filter(|(_, number)| distinct::level(number << 32) >= least).collect() };
        prop_assert!((0..=found.level).any(|level| found.shares == naive::shares(&world, &part(level))));
        // The last part is never thinned: fingerprints that are alike in every bit that decides stay together.
        prop_assert!(found.shares.all <= most as u64 || found.level == distinct::HIGHEST);
    }

    #[test]
    fn a_state_of_the_repository_lies_inside_its_strict_window(world in worlds(), at in any::<prop::sample::Index>()) {
        let history = &world.own[0];
        let at = at.index(commits(history));
        let nothing = History::from([("x".to_owned(), vec![None])]);
        let sample = history.values().filter_map(|versions| versions[at].clone()).map(|set| ("f".to_owned(), set, true));
        let elsewhere = History::from([("x".to_owned(), vec![None])]);
        let own = [history.clone(), elsewhere];
        let sample = sample.collect();
        let world = World { own, public: nothing.clone(), published: nothing, sample, cuts: world.cuts.clone() };
        for line in matched(&world).lines {
            let windows = line.windows.unwrap();
            prop_assert_eq!(windows.fingerprints.some, windows.fingerprints.all);
            prop_assert_eq!(windows.identical.some, windows.identical.all);
            let strict = windows.strict;
            prop_assert!((number(&strict.first)..=number(&strict.last)).contains(&at));
        }
    }
}

#[test]
fn a_side_and_a_folder_are_named_without_a_window() {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let commit = |at: u8| Commit { oid: vec![at; 20], time: 86_400 * i64::from(at) };
    let beside = |name: &[u8], kind, commits| Line { name: name.to_vec(), reference: vec![], kind, begin: 0, commits };
    let line = writer.line(main_line(b"/srv/repo", 0, 2), &[commit(1), commit(2)]).unwrap();
    let side = beside(b"/srv/repo", LineKind::Side, 3);
    let side = writer.line(side, &[commit(3), commit(4), commit(5)]).unwrap();
    let state = Commit { oid: vec![], time: 86_400 };
    let folder = writer.line(beside(b"/srv/lab", LineKind::State, 1), &[state]).unwrap();
    let [a, b] = [b"a.c", b"b.c"].map(|path| writer.path(path).unwrap());
    for (numbers, path, line, first, last) in
        [(0..20, a, line, 0, None), (100..120, a, side, 1, Some(2)), (200..220, b, folder, 0, None)]
    {
        let interval = writer.interval(Interval { path, line, first: Some(first), last }).unwrap();
        for number in numbers.clone() {
            writer.posting(Channel::Text, number << 32, &[interval]).unwrap();
        }
        writer.content(&content(&text(numbers)), &[interval]).unwrap();
    }
    let index = Index::open(vec![Segment::open(writer.finish().unwrap().0).unwrap()]).unwrap();
    let corpora =
        [Corpus { name: "product", owner: "Example", role: CorpusRole::Own, roots: &[], index: &index, filters: &[] }];
    let lab = fingerprints(&text(200..220), true);
    let part = fingerprints(&text(100..112).union(&text(900..910)).copied().collect(), true);
    let sample = [part, lab].map(|fingerprints| SampleFile {
        path: b"taken/a.c".to_vec(),
        is_text_of: None,
        fingerprints,
        generated: false,
        is_program: false,
        level: 0,
        short: vec![],
    });
    let found = match_sample(&sample, &Profile::one(), &corpora).unwrap();
    let best = found.files[0].best.as_ref().unwrap();
    assert_eq!((best.kind, best.hits, best.first.number, best.last.number), (LineKind::Side, 12, 1, 2));
    assert_eq!(found.verdict, Verdict::Ours);
    assert!(found.lines.iter().all(|line| line.windows.is_none()));
    let words = found.in_words().join("\n");
    assert!(words.contains("/srv/lab, as it was read at 1970-01-02T00:00:00Z: 1 file (1000 bytes)"), "{words}");
    assert!(words.contains("beside its line"), "{words}");
    assert!(words.contains("It does not show how the data was obtained"), "{words}");
}

#[test]
fn the_words_lead_from_the_figures_to_what_they_leave_open() {
    let standing = |from: u64, to: u64| Some(text(from..to));
    let history = History::from([
        ("a".to_owned(), vec![standing(0, 10), standing(5, 15), standing(5, 15)]),
        ("b".to_owned(), vec![None, standing(100, 110), standing(110, 120)]),
    ]);
    let nothing = History::from([("x".to_owned(), vec![None])]);
    let public = History::from([("x".to_owned(), vec![standing(900, 910)])]);
    let file = |from, to| ("f".to_owned(), text(from..to), true);
    let sample = vec![file(5, 15), file(104, 112), file(905, 910), file(800, 810), file(1, 2)];
    let world = World { own: [history, nothing.clone()], public, published: nothing, sample, cuts: vec![2] };
    let expected = [
        "Ours: 2 of 5 files (2000 of 5000 bytes) share distinctive text with the company's: 2 ours, 0 partly ours.",
        "Only code that everybody has: 1 file (1000 bytes).",
        "Not found, or too little of it: 1 file (1000 bytes).",
        "Too little text to tell: 1 file (1000 bytes).",
        "Of 34 distinct fingerprints 19 are in the company's corpora, 5 in public ones, 0 in published ones; 19 are \
         distinctive (55.8%).",
        "In repo on refs/heads/main: 2 files (2000 bytes).",
        "As of commit 010101010101 of 1970-01-01T00:16:40Z 1 of 2 files fit, with 16 of 18 fingerprints.",
        "At no commit did all of it stand at once: it was edited, or taken from several states or branches.",
        "Most of it, 1 of 1 identical contents and 16 of 18 fingerprints, stood at once from commit 010101010101 of \
         1970-01-01T00:16:40Z on, until commit 020202020202 of 1970-01-01T00:33:20Z changed it (1 commit).",
        "Fit no commit as they are, since they were edited or are of a state that is not indexed: 1 file.",
        "The match bears on whose data it is. It does not show how the data was obtained, by whom, or that any system was \
         entered.",
        "The window dates the content: it was taken no earlier than the window's first commit. That it was taken before the \
         window's end holds only if what was taken was the newest state at that time. Commit times are those of the \
         committers' clocks.",
    ];
    assert_eq!(matched(&world).in_words(), expected);
}

#[test]
fn code_with_other_names_and_parts_are_placed_dated_and_named() {
    let all = |channel: Channel, numbers: std::ops::Range<u64>| -> Set { numbers.map(|n| (channel, n)).collect() };
    let source: Set = all(Channel::Text, 0..10).union(&all(Channel::Code, 50..60)).copied().collect();
    let renamed: Set = all(Channel::Text, 900..910).union(&all(Channel::Code, 50..60)).copied().collect();
    let model = all(Channel::Parts, 70..90);
    let tuned: Set = all(Channel::Parts, 70..75).union(&all(Channel::Parts, 300..320)).copied().collect();
    let history = History::from([
        ("a.c".to_owned(), vec![None, Some(source), None]),
        ("m.bin".to_owned(), vec![None, Some(model.clone()), Some(model)]),
    ]);
    let nothing = History::from([("x".to_owned(), vec![None])]);
    let sample = vec![("r.c".to_owned(), renamed, true), ("t.bin".to_owned(), tuned, true)];
    let world =
        World { own: [history, nothing.clone()], public: nothing.clone(), published: nothing, sample, cuts: vec![] };
    let found = matched(&world);
    let judged = |file: &FileMatch| (file.verdict, file.channel, file.shares.distinctive, file.best.clone().unwrap());
    let (verdict, channel, distinctive, best) = judged(&found.files[0]);
    assert_eq!((verdict, channel, distinctive), (Verdict::PartlyOurs, Channel::Code, 10));
    assert_eq!((best.path, best.first.number, best.last.number), (b"a.c".to_vec(), 1, 1));
    let (verdict, channel, distinctive, best) = judged(&found.files[1]);
    assert_eq!((verdict, channel, distinctive), (Verdict::PartlyOurs, Channel::Parts, 5));
    assert_eq!((best.path, best.first.number, best.last.number), (b"m.bin".to_vec(), 1, 2));
    let windows = found.lines[0].windows.as_ref().unwrap();
    assert_eq!((windows.strict.first.number, windows.strict.last.number, windows.fingerprints.some), (1, 1, 15));
    let words = found.in_words();
    assert!(words[0].contains("2 of 2 files (2000 of 2000 bytes) share distinctive content"), "{words:?}");
    assert_eq!(words[1], "Recognised: 1 by the same code with other names, 1 by the same parts of binary files.");
    assert!(words.iter().any(|sentence| sentence.contains("look at these files")), "{words:?}");
}

#[test]
fn another_profile_and_a_damaged_index_are_refused() {
    let history = History::from([("a".to_owned(), vec![Some(text(0..9))])]);
    let good = index(&history, &[]);
    let corpora =
        [Corpus { name: "product", owner: "Example", role: CorpusRole::Own, roots: &[], index: &good, filters: &[] }];
    let sample = [SampleFile {
        path: b"a".to_vec(),
        is_text_of: None,
        fingerprints: fingerprints(&text(0..9), true),
        generated: false,
        is_program: false,
        level: 0,
        short: vec![],
    }];
    let other = Profile::of_engagement(&[1; 32]);
    assert!(matches!(match_sample(&sample, &other, &corpora), Err(MatchError::Profile { .. })));
    assert!(match_sample(&sample, &Profile::one(), &corpora).is_ok());
    let empty = Index::<Vec<u8>>::open(vec![]).unwrap();
    let corpora =
        [Corpus { name: "product", owner: "Example", role: CorpusRole::Own, roots: &[], index: &empty, filters: &[] }];
    assert_eq!(match_sample(&sample, &Profile::one(), &corpora).unwrap().verdict, Verdict::NotFound);

    let mut bytes = segment(&history, 0, 1);
    // The first block of postings follows the header.
    bytes[4096 + 50] ^= 1;
    let damaged = Index::open(vec![Segment::open(bytes).unwrap()]).unwrap();
    let corpora = [Corpus {
        name: "product",
        owner: "Example",
        role: CorpusRole::Own,
        roots: &[],
        index: &damaged,
        filters: &[],
    }];
    assert!(matches!(match_sample(&sample, &Profile::one(), &corpora), Err(MatchError::Segment { .. })));
}

#[test]
fn noise_around_a_passage_does_not_hide_it() {
    let history = History::from([("a".to_owned(), vec![Some(text(0..200))])]);
    let index = index(&history, &[]);
    let corpora =
        [Corpus { name: "product", owner: "Example", role: CorpusRole::Own, roots: &[], index: &index, filters: &[] }];
    let verdict = |passage: std::ops::Range<u64>| {
        let noisy: Set = text(passage).union(&text(1000..5000)).copied().collect();
        let sample = [SampleFile {
            path: b"noise".to_vec(),
            is_text_of: None,
            fingerprints: fingerprints(&noisy, true),
            generated: false,
            is_program: false,
            level: 0,
            short: vec![],
        }];
        match_sample(&sample, &Profile::one(), &corpora).unwrap().files[0].verdict
    };
    assert_eq!(verdict(0..63), Verdict::NotFound);
    assert_eq!(verdict(0..64), Verdict::PartlyOurs);
}

#[test]
fn of_a_file_and_its_text_one_counts() {
    let history = History::from([("a.pdf!text".to_owned(), vec![Some(text(0..200))])]);
    let index = index(&history, &[]);
    let corpora =
        [Corpus { name: "product", owner: "Example", role: CorpusRole::Own, roots: &[], index: &index, filters: &[] }];
    let file = |path: &str, set: &Set, is_text_of| SampleFile {
        path: path.as_bytes().to_vec(),
        is_text_of,
        fingerprints: fingerprints(set, true),
        generated: false,
        is_program: false,
        level: 0,
        short: vec![],
    };
    let sample = [
        file("one.pdf", &text(1000..1200), None),
        file("one.pdf!text", &text(0..199), Some(1000)),
        file("two.pdf", &text(0..200), None),
        file("two.pdf!text", &text(0..199), Some(1000)),
        file("three.pdf", &text(2000..2200), None),
        file("three.pdf!text", &text(3000..3200), Some(1000)),
    ];
    let check = |found: &Match| {
        let rows: Vec<_> =
            found.files.iter().map(|it| (String::from_utf8_lossy(&it.path).into_owned(), it.verdict)).collect();
        let row = |path: &str, verdict| (path.to_owned(), verdict);
        let (ours, none) = (Verdict::Ours, Verdict::NotFound);
        assert_eq!(rows, [row("one.pdf!text", ours), row("two.pdf", ours), row("three.pdf", none)]);
        assert_eq!((found.total().files, found.total().bytes), (3, 3000));
        assert_eq!(found.places.as_ref().map(|places| places.files), Some(2));
    };
    check(&match_sample(&sample, &Profile::one(), &corpora).unwrap());
    // Where little may be held a text stays with its file.
    for intervals in [1, 100, 300] {
        let bounds = Bounds { intervals, ..BOUNDS };
        check(&Matcher::new(&Profile::one(), &corpora, bounds).unwrap().whole(&sample).unwrap());
    }
}
