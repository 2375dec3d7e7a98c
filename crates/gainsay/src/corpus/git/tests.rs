//! Small repositories made in the test, read, and held against what plain reading of every commit finds.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::sync::Mutex;

use fingerprint::{Channel, Fingerprints, Segment};
use gix::ObjectId;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use proptest::prelude::*;

use super::*;

const CHANNELS: [Channel; 2] = [Channel::Text, Channel::Code];

/// A repository under construction, without a git program.
struct Maker {
    repo: gix::Repository,
    clock: i64,
}

impl Maker {
    fn new(path: &Path) -> Self {
        Maker { repo: gix::init_bare(path).unwrap(), clock: 1_400_000_000 }
    }

    fn blob(&self, content: &[u8]) -> ObjectId {
        self.repo.write_blob(content).unwrap().detach()
    }

    fn tree(&self, files: &BTreeMap<String, (EntryKind, ObjectId)>) -> ObjectId {
        let mut editor = self.repo.empty_tree().edit().unwrap();
        for (path, (kind, id)) in files {
            editor.upsert(path.as_str(), *kind, *id).unwrap();
        }
        editor.write().unwrap().detach()
    }

    fn files(&self, files: &State) -> ObjectId {
        let entry = |content: &Vec<u8>| (EntryKind::Blob, self.blob(content));
        self.tree(&files.iter().map(|(path, content)| (path.clone(), entry(content))).collect())
    }

    fn commit(&mut self, reference: Option<&str>, tree: ObjectId, parents: &[ObjectId]) -> ObjectId {
        self.clock += 3600;
        let who = gix::actor::Signature {
            name: "A".into(),
            email: "a@example.org".into(),
            time: gix::date::Time { seconds: self.clock, offset: 0 },
        };
        let commit = gix::objs::Commit {
            tree,
            parents: parents.iter().copied().collect(),
            author: who.clone(),
            committer: who,
            encoding: None,
            message: "m".into(),
            extra_headers: Vec::new(),
        };
        let id = self.repo.write_object(&commit).unwrap().detach();
        if let Some(reference) = reference {
            self.point(reference, id);
        }
        id
    }

    fn point(&self, reference: &str, id: ObjectId) {
        self.repo.reference(reference, id, gix::refs::transaction::PreviousValue::Any, "").unwrap();
    }

    /// The head's branch, whatever the default is.
    fn head(&self) -> String {
        self.repo.head_name().unwrap().unwrap().as_bstr().to_string()
    }

    fn loose(&self, id: ObjectId) -> std::path::PathBuf {
        let name = id.to_string();
        self.repo.git_dir().join("objects").join(&name[..2]).join(&name[2..])
    }

    /// Moves these objects into a pack, each as a change of an earlier one of its kind where `bases` says so.
    fn pack(&self, ids: &[ObjectId], bases: &[Option<usize>]) -> Pack {
        let objects: Vec<_> = ids.iter().map(|id| self.repo.find_object(*id).unwrap().detach()).collect();
        let mut bytes = b"PACK\0\0\0\x02".to_vec();
        bytes.extend(u32::try_from(ids.len()).unwrap().to_be_bytes());
        let mut offsets: Vec<usize> = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            offsets.push(bytes.len());
            let base = bases.get(at).copied().flatten().filter(|base| *base < at);
            match base.filter(|base| objects[*base].kind == object.kind) {
                Some(base) => {
                    let delta = delta(&objects[base].data, &object.data);
                    header(6, delta.len(), &mut bytes);
                    distance(offsets[at] - offsets[base], &mut bytes);
                    bytes.extend(deflated(&delta));
                }
                None => {
                    let kind = match object.kind {
                        Kind::Commit => 1,
                        Kind::Tree => 2,
                        Kind::Blob => 3,
                        Kind::Tag => 4,
                    };
                    header(kind, object.data.len(), &mut bytes);
                    bytes.extend(deflated(&object.data));
                }
            }
        }
        let ends = offsets.iter().skip(1).copied().chain([bytes.len()]).collect();
        let pack = Pack { folder: self.repo.git_dir().join("objects/pack"), ids: ids.to_vec(), offsets, ends, bytes };
        pack.write();
        for id in ids {
            let _ = fs::remove_file(self.loose(*id));
        }
        pack
    }

    /// All loose objects by id.
    fn all(&self) -> Vec<ObjectId> {
        let mut ids: Vec<ObjectId> = self.repo.objects.iter().unwrap().map(Result::unwrap).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// A pack as it was written.
struct Pack {
    folder: std::path::PathBuf,
    ids: Vec<ObjectId>,
    offsets: Vec<usize>,
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl Pack {
    fn write(&self) {
        fs::create_dir_all(&self.folder).unwrap();
        let mut pack = self.bytes.clone();
        pack.extend(sha1(&pack));
        let mut sorted: Vec<(ObjectId, usize)> = self.ids.iter().copied().zip(self.offsets.iter().copied()).collect();
        sorted.sort();
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255u8 {
            let below = sorted.iter().filter(|(id, _)| id.as_slice()[0] <= first).count();
            index.extend(u32::try_from(below).unwrap().to_be_bytes());
        }
        sorted.iter().for_each(|(id, _)| index.extend(id.as_slice()));
        sorted.iter().for_each(|_| index.extend([0; 4]));
        sorted.iter().for_each(|(_, offset)| index.extend(u32::try_from(*offset).unwrap().to_be_bytes()));
        index.extend(&pack[pack.len() - 20..]);
        index.extend(sha1(&index));
        fs::write(self.folder.join("pack-a.pack"), pack).unwrap();
        fs::write(self.folder.join("pack-a.idx"), index).unwrap();
    }
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().unwrap().as_slice().to_vec()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = gix::zlib::stream::deflate::Write::new(Vec::new(), gix::zlib::Compression::DEFAULT);
    out.write_all(bytes).unwrap();
    out.flush().unwrap();
    out.into_inner()
}

fn header(kind: u8, size: usize, out: &mut Vec<u8>) {
    let mut byte = kind << 4 | u8::try_from(size & 15).unwrap();
    let mut rest = size >> 4;
    while rest > 0 {
        out.push(byte | 0x80);
        byte = u8::try_from(rest & 0x7f).unwrap();
        rest >>= 7;
    }
    out.push(byte);
}

fn distance(mut distance: usize, out: &mut Vec<u8>) {
    let mut bytes = vec![u8::try_from(distance & 0x7f).unwrap()];
    while distance > 0x7f {
        distance = (distance >> 7) - 1;
        bytes.push(0x80 | u8::try_from(distance & 0x7f).unwrap());
    }
    out.extend(bytes.into_iter().rev());
}

/// A delta that takes whole lines of the base where it has them.
fn delta(base: &[u8], now: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for mut size in [base.len(), now.len()] {
        while size > 0x7f {
            out.push(0x80 | u8::try_from(size & 0x7f).unwrap());
            size >>= 7;
        }
        out.push(u8::try_from(size).unwrap());
    }
    for line in now.split_inclusive(|byte| *byte == b'\n') {
        match base.windows(line.len()).position(|run| run == line) {
            Some(from) if line.len() < 0x1_0000 => {
                let (from, length) = (u32::try_from(from).unwrap(), u32::try_from(line.len()).unwrap());
                out.push(0xbf);
                out.extend(from.to_le_bytes());
                out.extend(&length.to_le_bytes()[..2]);
            }
            _ => {
                for piece in line.chunks(0x7f) {
                    out.push(u8::try_from(piece.len()).unwrap());
                    out.extend(piece);
                }
            }
        }
    }
    out
}

/// What stands at each path.
type State = BTreeMap<String, Vec<u8>>;

/// A text of blocks of which each has some fingerprints.
fn text(blocks: &[u8]) -> Vec<u8> {
    let line = |block: u8, i: u32| {
        let number = (u32::from(block) * 977 + i).wrapping_mul(2_654_435_761);
        format!("int value_{number}(int a) {{ return call_{i}(a, {number}); }}\n")
    };
    blocks.iter().flat_map(|block| (0..12).map(move |i| line(*block, i))).collect::<String>().into_bytes()
}

fn state(files: &[(&str, u8)]) -> State {
    files.iter().map(|(path, block)| ((*path).to_owned(), text(&[*block]))).collect()
}

/// What reading gave: the outcome, the segment, the problems.
struct Outcomes {
    read: Option<Read>,
    segment: Vec<u8>,
    problems: Vec<String>,
}

fn reading(path: &Path, since: Option<&Since>, threads: usize) -> (Outcome, Outcomes) {
    let spill = tempfile::tempdir().unwrap();
    let profile = Profile::one();
    let options = Options { profile: &profile, folder: spill.path(), memory: 1 << 20, threads, code: true };
    let problems = Mutex::new(Vec::new());
    let mut writer = SegmentWriter::new(Vec::new(), profile.id(), spill.path()).unwrap();
    let outcome = read(path, b"name", &options, since, &mut writer, &|event| match event {
        Event::Problem(problem) => problems.lock().unwrap().push(problem),
        Event::Commits(done, of) | Event::Contents(done, of, _) => assert!(done <= of),
    })
    .unwrap();
    let read = match &outcome {
        Outcome::Read(read) => Some(read.clone()),
        _ => None,
    };
    let segment = read.as_ref().map(|_| writer.finish().unwrap().0).unwrap_or_default();
    (outcome, Outcomes { read, segment, problems: problems.into_inner().unwrap() })
}

fn read_all(path: &Path) -> Outcomes {
    let (_, outcomes) = reading(path, None, 2);
    let (_, alone) = reading(path, None, 1);
    assert_eq!(outcomes.segment, alone.segment, "the number of threads changes nothing");
    Segment::open(outcomes.segment.clone()).unwrap().verify().unwrap();
    outcomes
}

fn index(segments: &[&Outcomes]) -> Index<Vec<u8>> {
    Index::open(segments.iter().map(|it| Segment::open(it.segment.clone()).unwrap()).collect()).unwrap()
}

/// What a reading of all left for the next one.
fn since(first: &Outcomes) -> Since {
    let known = index(&[first]);
    let ids = |kind| -> Vec<Vec<u8>> {
        let (id, line) = (0u32..).map(LineId).zip(known.lines()).find(|(_, line)| line.kind == kind).unzip();
        let commits = line.map_or(0, |line: &Line| line.commits);
        (0..commits).map(|at| known.commit(id.unwrap(), at).unwrap().oid).collect()
    };
    let reference = first.read.as_ref().unwrap().reference.clone();
    let (line, side) = (ids(LineKind::History), ids(LineKind::Side));
    Since { reference, line, side, told: Box::new(told(known)) }
}

/// A row by what it stands for: channel, fingerprint (or a content's first eight bytes), path, kind of line, the first and the
/// last commit.
type Row = (Option<Channel>, u64, String, LineKind, String, String);

fn content_key(blake3: &[u8]) -> u64 {
    u64::from_be_bytes(*blake3.first_chunk().unwrap())
}

/// All rows of an index of these contents.
fn rows(index: &Index<Vec<u8>>, contents: &BTreeSet<Vec<u8>>) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    let mut row = |channel, key, interval: fingerprint::WholeInterval| {
        let path = String::from_utf8(index.path(interval.path).unwrap()).unwrap();
        let commit = |at| ObjectId::try_from(&index.commit(interval.line, at).unwrap().oid[..]).unwrap().to_string();
        let kind = index.line(interval.line).unwrap().kind;
        rows.insert((channel, key, path, kind, commit(interval.first), commit(interval.last)));
    };
    for channel in CHANNELS {
        let names = ["x.c", "x.py", "x"];
        let all = contents
            .iter()
            .flat_map(|content| names.iter().flat_map(|name| of_channel(name, content, channel)).collect::<Vec<_>>());
        let keys: Vec<u64> = all.collect::<BTreeSet<u64>>().into_iter().collect();
        index.look_up(channel, &keys, &mut |hit| row(Some(channel), hit.fingerprint, hit.interval)).unwrap();
    }
    for content in contents {
        let blake3 = *blake3::hash(content).as_bytes();
        for interval in index.content_by_blake3(&blake3).unwrap().map(|found| found.1).unwrap_or_default() {
            row(None, content_key(&blake3), interval);
        }
    }
    rows
}

fn of_channel(path: &str, content: &[u8], channel: Channel) -> Vec<u64> {
    let all = Fingerprints::of(&Profile::one(), path.as_bytes(), content);
    match channel {
        Channel::Text => all.text,
        Channel::Code => all.code,
        Channel::Parts => all.parts,
        Channel::Sketches => all.sketches,
    }
}

/// Things to look for in a content at a path.
fn things(path: &str, content: &[u8]) -> BTreeSet<(Option<Channel>, u64)> {
    let mut things: BTreeSet<_> = CHANNELS
        .iter()
        .flat_map(|channel| of_channel(path, content, *channel).into_iter().map(|key| (Some(*channel), key)))
        .collect();
    things.insert((None, content_key(blake3::hash(content).as_bytes())));
    things
}

/// A commit of a made-up history.
#[derive(Clone, Debug)]
struct Made {
    id: String,
    parents: Vec<usize>,
    state: State,
}

/// What plain reading of every commit finds, with the last commit as head.
fn expected(history: &[Made]) -> BTreeSet<Row> {
    let mut line = vec![history.len() - 1];
    while let Some(parent) = history[line[line.len() - 1]].parents.first() {
        line.push(*parent);
    }
    line.reverse();
    let mut rows = BTreeSet::new();
    let paths: BTreeSet<&String> = history.iter().flat_map(|commit| commit.state.keys()).collect();
    for path in paths {
        let at = |commit: usize| history[commit].state.get(path);
        let mut stood = BTreeSet::new();
        let mut open: BTreeMap<(Option<Channel>, u64), (usize, usize)> = BTreeMap::new();
        for commit in &line {
            let now = at(*commit).map(|content| things(path, content)).unwrap_or_default();
            let mut row = |(thing, (first, last)): (&(Option<Channel>, u64), &(usize, usize))| {
                let (first, last) = (history[*first].id.clone(), history[*last].id.clone());
                rows.insert((thing.0, thing.1, path.clone(), LineKind::History, first, last));
            };
            open.iter().filter(|(thing, _)| !now.contains(thing)).for_each(&mut row);
            open.retain(|thing, _| now.contains(thing));
            for thing in now {
                open.entry(thing).or_insert((*commit, *commit)).1 = *commit;
                stood.insert(thing);
            }
        }
        for (thing, (first, last)) in &open {
            let (first, last) = (history[*first].id.clone(), history[*last].id.clone());
            rows.insert((thing.0, thing.1, path.clone(), LineKind::History, first, last));
        }
        let mut beside: BTreeMap<(Option<Channel>, u64), (usize, usize)> = BTreeMap::new();
        for commit in (0..history.len()).filter(|commit| !line.contains(commit)) {
            let before = history[commit].parents.first().and_then(|parent| at(*parent));
            let Some(now) = at(commit).filter(|now| before != Some(*now)) else { continue };
            for thing in things(path, now).difference(&stood) {
                beside.entry(*thing).or_insert((commit, commit)).1 = commit;
            }
        }
        for (thing, (first, last)) in beside {
            let (first, last) = (history[first].id.clone(), history[last].id.clone());
            rows.insert((thing.0, thing.1, path.clone(), LineKind::Side, first, last));
        }
    }
    rows
}

/// Contents by blocks; parents by how far back they lie, modulo what there is.
type Drawn = (Vec<(String, Vec<u8>)>, Vec<usize>);

fn histories() -> impl Strategy<Value = Vec<Drawn>> {
    // Names that are both files and folders, so that one becomes the other between commits.
    let path = prop_oneof!["[ab](/[ab](/c)?)?", "[ab]\\.(c|py)"];
    let file = (path, prop::collection::vec(0u8..6, 0..6));
    let parents = prop::collection::vec(0usize..4, 1..3);
    prop::collection::vec((prop::collection::vec(file, 0..4), parents), 1..10)
}

/// Makes the commits: each changes some files of its first parent's state.
fn make(maker: &mut Maker, drawn: &[Drawn]) -> Vec<Made> {
    let mut history: Vec<Made> = Vec::new();
    for (at, (files, back)) in drawn.iter().enumerate() {
        let parents: Vec<usize> = back.iter().filter_map(|back| at.checked_sub(1 + back)).collect();
        let mut state = parents.first().map(|parent| history[*parent].state.clone()).unwrap_or_default();
        for (path, blocks) in files {
            let under = format!("{path}/");
            state.retain(|other, _| !other.starts_with(&under) && !path.starts_with(&format!("{other}/")));
            match blocks.is_empty() {
                true => state.remove(path),
                false => state.insert(path.clone(), text(blocks)),
            };
        }
        let tree = maker.files(&state);
        let ids: Vec<ObjectId> = parents.iter().map(|parent| history[*parent].id.parse().unwrap()).collect();
        let id = maker.commit(Some(&format!("refs/tags/{at}")), tree, &ids).to_string();
        history.push(Made { id, parents, state });
    }
    history
}

fn contents(history: &[Made]) -> BTreeSet<Vec<u8>> {
    history.iter().flat_map(|commit| commit.state.values().cloned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_plain_reading(
        drawn in histories(),
        bases in prop::collection::vec(prop::option::weighted(0.8, 0usize..40), 120),
        packed in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut maker = Maker::new(folder.path());
        let history = make(&mut maker, &drawn);
        maker.point(&maker.head(), history[history.len() - 1].id.parse().unwrap());
        if packed {
            maker.pack(&maker.all(), &bases);
        }
        let outcomes = read_all(folder.path());
        prop_assert_eq!(&outcomes.problems, &Vec::<String>::new());
        prop_assert!(outcomes.read.as_ref().is_some_and(|read| read.whole));
        prop_assert_eq!(rows(&index(&[&outcomes]), &contents(&history)), expected(&history));
    }

    #[test]
    fn reading_what_is_new_adds_up_to_reading_all(drawn in histories(), cut in 1usize..9) {
        let folder = tempfile::tempdir().unwrap();
        let mut maker = Maker::new(folder.path());
        let cut = cut.min(drawn.len());
        let early = make(&mut maker, &drawn[..cut]);
        maker.point(&maker.head(), early[early.len() - 1].id.parse().unwrap());
        let first = read_all(folder.path());
        let known = index(&[&first]);
        let since = since(&first);
        prop_assert_eq!(digest(folder.path(), true).unwrap(), first.read.as_ref().unwrap().digest);

        let mut maker = Maker { repo: gix::open(folder.path()).unwrap(), clock: 1_400_000_000 };
        let history = make(&mut maker, &drawn);
        maker.point(&maker.head(), history[history.len() - 1].id.parse().unwrap());
        let mut first_parents = vec![history.len() - 1];
        while let Some(parent) = history[first_parents[first_parents.len() - 1]].parents.first() {
            first_parents.push(*parent);
        }
        let (outcome, second) = reading(folder.path(), Some(&since), 2);
        if !first_parents.contains(&(cut - 1)) {
            prop_assert!(matches!(outcome, Outcome::Rewritten));
        } else {
            let Outcome::Read(read) = outcome else { panic!("it is readable") };
            prop_assert_eq!(read.written, drawn.len() > cut);
            let both = if read.written { index(&[&first, &second]) } else { known };
            prop_assert_eq!(rows(&both, &contents(&history)), expected(&history));
        }
    }
}

/// A repository of one file, version after version, with everything in one pack as changes of what came before.
fn packed_versions(folder: &Path) -> (Maker, Vec<Made>, Pack) {
    let mut maker = Maker::new(folder);
    let drawn: Vec<Drawn> = (0..6u8).map(|at| (vec![("a.c".to_owned(), vec![at, 7, 8, 9])], vec![0])).collect();
    let history = make(&mut maker, &drawn);
    maker.point(&maker.head(), history[5].id.parse().unwrap());
    let mut ids = maker.all();
    ids.sort_by_key(|id| maker.repo.find_object(*id).unwrap().kind != Kind::Blob);
    let bases: Vec<Option<usize>> = (0..ids.len()).map(|at| if at < 6 { at.checked_sub(1) } else { None }).collect();
    let pack = maker.pack(&ids, &bases);
    (maker, history, pack)
}

#[test]
fn a_damaged_pack_loses_what_rests_on_the_damage_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (_maker, history, mut pack) = packed_versions(folder.path());
    let middle = (pack.offsets[3] + pack.ends[3]) / 2;
    pack.bytes[middle..middle + 4].iter_mut().for_each(|byte| *byte ^= 0xff);
    pack.write();
    let lost: BTreeSet<ObjectId> = pack.ids[3..6].iter().copied().collect();
    let outcomes = read_all(folder.path());
    assert!(!outcomes.read.as_ref().unwrap().whole);
    assert_eq!(outcomes.problems.len(), 3, "{:#?}", outcomes.problems);
    for id in &lost {
        assert!(outcomes.problems.iter().any(|it| it.contains(&format!("blob {id}"))), "{:#?}", outcomes.problems);
    }
    // What can't be read counts as nothing that stood there.
    let blob = |content: &[u8]| gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, content).unwrap();
    let mut left = history.clone();
    left.iter_mut().for_each(|commit| commit.state.retain(|_, content| !lost.contains(&blob(content))));
    assert_eq!(rows(&index(&[&outcomes]), &contents(&history)), expected(&left));
}

#[test]
fn packs_that_lie_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let (_maker, _, mut pack) = packed_versions(folder.path());
    let honest = pack.bytes.clone();
    for at in (12..honest.len()).step_by(7) {
        pack.bytes.clone_from(&honest);
        pack.bytes[at] ^= 1 << (at % 8);
        pack.write();
        let (outcome, outcomes) = reading(folder.path(), None, 2);
        if matches!(outcome, Outcome::Read(_)) {
            Segment::open(outcomes.segment).unwrap().verify().unwrap();
        }
    }
}

#[test]
fn a_shallow_clone_is_read_as_far_as_it_reaches() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let tree = maker.files(&state(&[("a", 1)]));
    let absent = ObjectId::from_hex(&[b'5'; 40]).unwrap();
    let oldest = maker.commit(Some(&head), tree, &[absent]);
    let tree = maker.files(&state(&[("a", 2)]));
    maker.commit(Some(&head), tree, &[oldest]);
    fs::write(folder.path().join("shallow"), format!("{oldest}\n")).unwrap();
    let outcomes = read_all(folder.path());
    let [cut] = &outcomes.problems[..] else { panic!("{:?}", outcomes.problems) };
    assert!(cut.contains("shallow"), "{cut}");
    let read = outcomes.read.unwrap();
    assert_eq!((read.line, read.whole), (2, true), "what the clone does not hold is not lost");
    // New commits leave the cut where it is; where it moves, older ones came.
    maker.point("refs/tags/old", oldest);
    assert_ne!(digest(folder.path(), true).unwrap(), read.digest);
    assert!(same_cut(&digest(folder.path(), true).unwrap(), &read.digest));
    fs::remove_file(folder.path().join("shallow")).unwrap();
    assert!(!same_cut(&digest(folder.path(), true).unwrap(), &read.digest));
}

#[test]
fn links_are_left_out_and_submodules_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let entries = [
        ("link", EntryKind::Link, maker.blob(b"a")),
        ("vendor/zlib", EntryKind::Commit, ObjectId::from_hex(&[b'7'; 40]).unwrap()),
        ("run", EntryKind::BlobExecutable, maker.blob(&text(&[9]))),
    ];
    let tree = maker.tree(&entries.into_iter().map(|(path, kind, id)| (path.to_owned(), (kind, id))).collect());
    let head = maker.head();
    maker.commit(Some(&head), tree, &[]);
    let outcomes = read_all(folder.path());
    let index = index(&[&outcomes]);
    assert_eq!(index.segments()[0].counts().contents, 1);
    assert!(index.content_by_blake3(blake3::hash(&text(&[9])).as_bytes()).unwrap().is_some());
    let [submodule] = &outcomes.problems[..] else { panic!("{:?}", outcomes.problems) };
    assert!(submodule.contains("vendor/zlib: it is a submodule"), "{submodule}");
    assert!(outcomes.read.unwrap().whole, "its files belong to another repository");
}

#[test]
fn missing_objects_are_named_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let states = [
        state(&[("keep/a", 1), ("gone/b", 2)]),
        state(&[("keep/a", 1), ("gone/b", 3), ("new", 4)]),
        state(&[("keep/a", 5), ("gone/c", 6)]),
    ];
    let trees: Vec<ObjectId> = states.iter().map(|state| maker.files(state)).collect();
    let first = maker.commit(Some(&head), trees[0], &[]);
    let second = maker.commit(Some(&head), trees[1], &[first]);
    let third = maker.commit(Some(&head), trees[2], &[second]);
    maker.commit(Some("refs/heads/broken"), trees[1], &[third, ObjectId::from_hex(&[b'9'; 40]).unwrap()]);
    let blob = maker.blob(&text(&[5]));
    fs::remove_file(maker.loose(trees[1])).unwrap();
    fs::remove_file(maker.loose(blob)).unwrap();
    let outcomes = read_all(folder.path());
    let problems = &outcomes.problems;
    assert_eq!(problems.len(), 3, "{problems:#?}");
    assert!(!outcomes.read.as_ref().unwrap().whole);
    for named in [format!("tree {}", trees[1]), format!("blob {blob}"), "commit 9999".to_owned()] {
        assert!(problems.iter().any(|problem| problem.contains(&named)), "{problems:#?}");
    }
    // The second commit's tree is gone: what stood before it stands on until the third says otherwise.
    let ids = [first, second, third].map(|id| id.to_string());
    let left =
        [state(&[("keep/a", 1), ("gone/b", 2)]), state(&[("keep/a", 1), ("gone/b", 2)]), state(&[("gone/c", 6)])];
    let plain: Vec<Made> = ids
        .into_iter()
        .zip(left)
        .enumerate()
        .map(|(at, (id, state))| Made { id, state, parents: at.checked_sub(1).into_iter().collect() })
        .collect();
    let all = states.iter().flat_map(|state| state.values().cloned()).collect();
    assert_eq!(rows(&index(&[&outcomes]), &all), expected(&plain));
    // As long as it stays so there is nothing new; what comes back is.
    let read = outcomes.read.unwrap();
    assert_eq!(digest(folder.path(), false).unwrap(), read.digest);
    maker.blob(&text(&[5]));
    assert_ne!(digest(folder.path(), false).unwrap(), read.digest);
}

#[test]
fn references_that_lead_nowhere_are_named_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let tree = maker.files(&state(&[("a", 1)]));
    let first = maker.commit(Some(&head), tree, &[]);
    let tree = maker.files(&state(&[("a", 1), ("b", 2)]));
    let later = maker.commit(Some("refs/heads/later"), tree, &[first]);
    let aside = folder.path().join("aside");
    fs::rename(maker.loose(later), &aside).unwrap();
    fs::write(folder.path().join("refs/heads/nowhere"), format!("{}\n", "7".repeat(40))).unwrap();
    let outcomes = read_all(folder.path());
    let problems = &outcomes.problems;
    assert_eq!(problems.len(), 2, "{problems:#?}");
    for named in ["refs/heads/later", "refs/heads/nowhere"] {
        assert!(problems.iter().any(|problem| problem.contains(named)), "{problems:#?}");
    }
    let read = outcomes.read.as_ref().unwrap();
    assert_eq!((read.line, read.side, read.whole), (1, 0, true));
    assert_eq!(digest(folder.path(), true).unwrap(), read.digest);
    // What comes later is new, though no reference was moved.
    fs::rename(&aside, maker.loose(later)).unwrap();
    assert_ne!(digest(folder.path(), true).unwrap(), read.digest);
    let (_, second) = reading(folder.path(), Some(&since(&outcomes)), 2);
    assert!(second.read.is_some_and(|read| (read.line, read.side, read.whole) == (1, 1, true)));
}

#[test]
fn a_folder_whose_tree_is_missing_stands_as_it_was_until_it_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let states = [
        state(&[("gone/b", 2), ("gone/d", 4)]),
        state(&[("gone/b", 3), ("new", 5)]),
        state(&[("gone/c", 6), ("gone/d", 4)]),
    ];
    let mut ids: Vec<ObjectId> = Vec::new();
    for state in &states {
        let tree = maker.files(state);
        let parents: Vec<ObjectId> = ids.last().copied().into_iter().collect();
        ids.push(maker.commit(Some(&head), tree, &parents));
    }
    fs::remove_file(maker.loose(maker.files(&state(&[("b", 3)])))).unwrap();
    let outcomes = read_all(folder.path());
    assert_eq!(outcomes.problems.len(), 1, "{:?}", outcomes.problems);
    let left = [states[0].clone(), state(&[("gone/b", 2), ("gone/d", 4), ("new", 5)]), states[2].clone()];
    let plain: Vec<Made> = ids
        .iter()
        .zip(left)
        .enumerate()
        .map(|(at, (id, state))| Made { id: id.to_string(), state, parents: at.checked_sub(1).into_iter().collect() })
        .collect();
    let all = states.iter().flat_map(|state| state.values().cloned()).collect();
    assert_eq!(rows(&index(&[&outcomes]), &all), expected(&plain));
}

#[test]
fn a_tree_that_holds_itself_many_times_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let good = maker.files(&state(&[("a", 1)]));
    let good = maker.commit(Some(&head), good, &[]);
    // Two hundred levels, one entry each: a name longer than any checkout could hold.
    let mut deep = maker.files(&state(&[("end", 2)]));
    for _ in 0..200 {
        deep = maker.tree(&BTreeMap::from([("d".repeat(40), (EntryKind::Tree, deep))]));
    }
    maker.commit(Some(&head), deep, &[good]);
    let outcomes = read_all(folder.path());
    let [problem] = &outcomes.problems[..] else { panic!("{:?}", outcomes.problems) };
    assert!(problem.contains("longer than 4096"), "{problem}");
}

#[test]
fn blobs_that_a_partial_clone_left_out_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let tree = maker.files(&state(&[("a", 1), ("b", 2), ("c", 3)]));
    let head = maker.head();
    maker.commit(Some(&head), tree, &[]);
    for block in [1, 2] {
        fs::remove_file(maker.loose(maker.blob(&text(&[block])))).unwrap();
    }
    fs::create_dir_all(folder.path().join("objects/pack")).unwrap();
    fs::write(folder.path().join("objects/pack/pack-1.promisor"), b"").unwrap();
    let outcomes = read_all(folder.path());
    let [problem] = &outcomes.problems[..] else { panic!("{:?}", outcomes.problems) };
    assert!(problem.contains("partial clone: 2 blobs"), "{problem}");
    assert!(outcomes.read.unwrap().whole, "they were promised, not lost");
}

#[test]
fn a_partial_clone_is_gone_on_with_as_long_as_what_it_lacked_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let states = [state(&[("a", 1), ("b", 2)]), state(&[("a", 3), ("b", 4)])];
    let trees: Vec<ObjectId> = states.iter().map(|state| maker.files(state)).collect();
    let absent = maker.loose(maker.blob(&text(&[1])));
    let aside = folder.path().join("aside");
    fs::rename(&absent, &aside).unwrap();
    fs::create_dir_all(folder.path().join("objects/pack")).unwrap();
    fs::write(folder.path().join("objects/pack/pack-1.promisor"), b"").unwrap();
    let oldest = maker.commit(Some(&head), trees[0], &[]);
    let first = read_all(folder.path());
    let newest = maker.commit(Some(&head), trees[1], &[oldest]);

    let (_, second) = reading(folder.path(), Some(&since(&first)), 2);
    assert!(second.read.as_ref().is_some_and(|read| read.whole && read.line == 2));
    let left = [state(&[("b", 2)]), states[1].clone()];
    let plain: Vec<Made> = [oldest, newest]
        .iter()
        .zip(left)
        .enumerate()
        .map(|(at, (id, state))| Made { id: id.to_string(), state, parents: at.checked_sub(1).into_iter().collect() })
        .collect();
    let all = states.iter().flat_map(|state| state.values().cloned()).collect();
    assert_eq!(rows(&index(&[&first, &second]), &all), expected(&plain));

    // What was not told of can't be told to have ended.
    fs::rename(&aside, &absent).unwrap();
    assert!(matches!(reading(folder.path(), Some(&since(&first)), 2).0, Outcome::Rewritten));
}

/// All objects of a repository as a bundle, under a header of these lines.
fn bundle(maker: &Maker, version: u8, lines: &[String]) -> Vec<u8> {
    let mut pack = maker.pack(&maker.all(), &[]).bytes;
    pack.extend(sha1(&pack));
    let header = format!("# v{version} git bundle\n{}\n", lines.iter().map(|it| format!("{it}\n")).collect::<String>());
    [header.into_bytes(), pack].concat()
}

#[test]
fn a_bundle_is_read_with_its_history_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(&folder.path().join("repository"));
    let versions = |count: u8| (0..count).map(|at| (vec![("a.c".to_owned(), vec![at, 7, 8])], vec![0])).collect();
    let path = folder.path().join("all.bundle");
    let drawn: Vec<Drawn> = versions(3);
    let early = make(&mut maker, &drawn);
    let tip = |history: &[Made]| format!("{} refs/heads/trunk", history[history.len() - 1].id);
    fs::write(&path, bundle(&maker, 2, &[tip(&early)])).unwrap();
    let first = read_all(&path);
    assert_eq!(first.problems, Vec::<String>::new());
    assert_eq!(rows(&index(&[&first]), &contents(&early)), expected(&early));
    let read = first.read.clone().unwrap();
    assert_eq!((&read.reference[..], read.whole), (&b"refs/heads/trunk"[..], true));
    assert_eq!(digest(&path, true).unwrap(), read.digest);

    let mut maker = Maker::new(&folder.path().join("grown"));
    let drawn: Vec<Drawn> = versions(5);
    let history = make(&mut maker, &drawn);
    let head = format!("{} HEAD", history[4].id);
    fs::write(&path, bundle(&maker, 3, &["@object-format=sha1".to_owned(), head, tip(&history)])).unwrap();
    assert!(digest(&path, true).unwrap() != read.digest && same_cut(&digest(&path, true).unwrap(), &read.digest));
    let (_, second) = reading(&path, Some(&since(&first)), 2);
    assert_eq!(second.read.as_ref().map(|read| (read.line, read.whole)), Some((5, true)));
    assert_eq!(rows(&index(&[&first, &second]), &contents(&history)), expected(&history));
}

#[test]
fn what_a_bundle_lacks_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(&folder.path().join("repository"));
    let tree = maker.files(&state(&[("a", 1)]));
    let absent = ObjectId::from_hex(&[b'5'; 40]).unwrap();
    let tip = maker.commit(None, tree, &[absent]);
    let lines = [format!("-{absent} what came before"), format!("{tip} refs/heads/main")];
    let bytes = bundle(&maker, 2, &lines);
    let path = folder.path().join("new.bundle");
    fs::write(&path, &bytes).unwrap();
    let outcomes = read_all(&path);
    assert!(outcomes.problems[0].contains(&format!("builds on 1 commits that it does not hold, {absent}")));
    assert!(outcomes.read.is_some_and(|read| read.line == 1 && !read.whole));
    let reason = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        match reading(&path, None, 1).0 {
            Outcome::Unreadable(reason) => reason,
            _ => panic!("it is unreadable"),
        }
    };
    assert!(reason(&bytes[..bytes.len() - 30]).contains("can't be unpacked"));
    assert!(reason(b"# v2 git bundle\n1234").contains("no end"));
    assert!(reason(b"# v2 git bundle\n1234 refs/heads/main\n\n").contains("damaged"));
    assert!(reason(b"# v3 git bundle\n@object-format=sha256\n\n").contains("sha256"));
}

#[test]
fn what_can_not_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let reason = |path: &Path| match reading(path, None, 1).0 {
        Outcome::Unreadable(reason) => reason,
        _ => panic!("it is unreadable"),
    };
    assert!(reason(&folder.path().join("missing")).contains("can't be opened"));
    gix::init(folder.path().join("unborn")).unwrap();
    assert!(reason(&folder.path().join("unborn")).contains("no commit"));
    let sha256 = folder.path().join("sha256");
    fs::create_dir_all(sha256.join("objects")).unwrap();
    fs::create_dir_all(sha256.join("refs")).unwrap();
    fs::write(sha256.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n";
    fs::write(sha256.join("config"), config).unwrap();
    assert!(reason(&sha256).contains("SHA-256"), "{}", reason(&sha256));
}

#[test]
fn a_head_that_leads_nowhere_is_named_and_a_branch_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let tree = maker.files(&state(&[("a", 4)]));
    maker.commit(Some("refs/heads/trunk"), tree, &[]);
    fs::write(folder.path().join("HEAD"), "ref: refs/heads/elsewhere\n").unwrap();
    let outcomes = read_all(folder.path());
    assert_eq!(outcomes.read.unwrap().reference, b"refs/heads/trunk");
    let [head] = &outcomes.problems[..] else { panic!("{:?}", outcomes.problems) };
    assert!(head.contains("refs/heads/trunk"), "{head}");
}
