//! Small repositories and folders made in the test, read, and compared with what was put into them.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;

use fingerprint::{ContentId, Interval, IntervalId, LineId, LineKind, Segment};
use gix::ObjectId;
use gix::objs::tree::EntryKind;
use proptest::prelude::*;

use super::*;

const OPTIONS_TAKEN: i64 = 1_556_000_000;

/// A text long enough for a handful of fingerprints.
fn text(seed: u32) -> Vec<u8> {
    (0..120).flat_map(|i| format!("line {} of {seed}\n", (seed + i).wrapping_mul(2_654_435_761)).into_bytes()).collect()
}

fn indexed(paths: &[&Path]) -> (Indexed, Segment<Vec<u8>>) {
    let options = Options { profile: Profile::one(), taken: OPTIONS_TAKEN };
    let mut bytes = Vec::new();
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let indexed = index(&paths, &options, &mut bytes, &mut |progress| assert!(progress.done <= progress.of)).unwrap();
    let segment = Segment::open(bytes).unwrap();
    segment.verify().unwrap();
    (indexed, segment)
}

/// Every place of a content: kind of line, path, first and last commit.
fn places(segment: &Segment<Vec<u8>>, content: &[u8]) -> BTreeSet<(LineKind, Vec<u8>, u32, u32)> {
    let Some(id) = segment.content_by_blake3(blake3::hash(content).as_bytes()).unwrap() else { return BTreeSet::new() };
    let place = |id: IntervalId| {
        let Interval { path, line, first, last } = segment.interval(id).unwrap();
        (segment.line(line).unwrap().kind, segment.path(path).unwrap(), first, last)
    };
    segment.files_of(id).unwrap().into_iter().map(place).collect()
}

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
            self.repo.reference(reference, id, gix::refs::transaction::PreviousValue::Any, "").unwrap();
        }
        id
    }

    fn files(&self, files: &[(&str, u32)]) -> BTreeMap<String, (EntryKind, ObjectId)> {
        files.iter().map(|(path, seed)| ((*path).to_owned(), (EntryKind::Blob, self.blob(&text(*seed))))).collect()
    }

    /// The head's branch, whatever the default is.
    fn head(&self) -> String {
        self.repo.head_name().unwrap().unwrap().as_bstr().to_string()
    }

    fn remove_object(&self, id: ObjectId) {
        let name = id.to_string();
        fs::remove_file(self.repo.git_dir().join("objects").join(&name[..2]).join(&name[2..])).unwrap();
    }
}

#[test]
fn a_history_becomes_intervals_and_what_stands_beside_it_a_side() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let states: [&[(&str, u32)]; 4] = [
        &[("a.c", 1), ("lib/b.c", 2)],
        &[("a.c", 3), ("lib/b.c", 2)],
        &[("a.c", 3), ("lib/b.c", 2), ("lib/deep/c.c", 1)],
        &[("a.c", 1), ("lib/deep/c.c", 1)],
    ];
    let mut parent: Vec<ObjectId> = Vec::new();
    for state in states {
        let tree = maker.tree(&maker.files(state));
        parent = vec![maker.commit(Some(&head), tree, &parent)];
    }
    // A branch that was never merged, and a tag on a commit that no branch reaches.
    let tree = maker.tree(&maker.files(&[("a.c", 1), ("lib/deep/c.c", 1), ("x.c", 50)]));
    let branch = maker.commit(Some("refs/heads/feature"), tree, &parent);
    let tree = maker.tree(&maker.files(&[("a.c", 60), ("lib/deep/c.c", 1), ("x.c", 51)]));
    let tag = maker.commit(Some("refs/tags/v1"), tree, &[branch]);
    let tree = maker.tree(&maker.files(&[("a.c", 60), ("lib/deep/c.c", 1), ("x.c", 50)]));
    maker.commit(Some("refs/tags/v2"), tree, &[tag]);

    let (indexed, segment) = indexed(&[folder.path()]);
    assert_eq!((indexed.not_read, indexed.repositories), (vec![], 1));
    assert_eq!((indexed.counts.commits, indexed.counts.contents, indexed.counts.paths), (7, 6, 4));
    let once: usize = [1, 2, 3, 50, 51, 60].map(|seed| text(seed).len()).iter().sum();
    assert_eq!(indexed.bytes, once as u64, "each content is fingerprinted once");
    let line = segment.line(LineId(0)).unwrap();
    assert_eq!((line.kind, line.commits, line.reference), (LineKind::History, 4, head.into_bytes()));
    assert_eq!(line.name, folder.path().as_os_str().as_bytes());
    assert_eq!(segment.commit(LineId(0), 1).unwrap().time, 1_400_007_200);
    let h = |path: &str, first, last| (LineKind::History, path.as_bytes().to_vec(), first, last);
    let s = |path: &str, first, last| (LineKind::Side, path.as_bytes().to_vec(), first, last);
    assert_eq!(places(&segment, &text(1)), [h("a.c", 0, 0), h("a.c", 3, 3), h("lib/deep/c.c", 2, 3)].into());
    assert_eq!(places(&segment, &text(2)), [h("lib/b.c", 0, 2)].into());
    assert_eq!(places(&segment, &text(3)), [h("a.c", 1, 2)].into());
    assert_eq!(places(&segment, &text(50)), [s("x.c", 0, 2)].into());
    assert_eq!(places(&segment, &text(51)), [s("x.c", 1, 1)].into());
    assert_eq!(places(&segment, &text(60)), [s("a.c", 1, 1)].into());
    let by_oid = segment.content_by_oid(maker.blob(&text(3)).as_slice()).unwrap().unwrap();
    assert_eq!(segment.content(by_oid).unwrap().bytes, text(3).len() as u64);
}

#[test]
fn merged_work_is_on_the_line_from_the_merge_on_and_before_it_only_beside() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let base = maker.tree(&maker.files(&[("a", 1)]));
    let base = maker.commit(Some(&head), base, &[]);
    let draft = maker.tree(&maker.files(&[("a", 1), ("f", 5)]));
    let draft = maker.commit(None, draft, &[base]);
    let done = maker.tree(&maker.files(&[("a", 1), ("f", 6)]));
    let done_commit = maker.commit(None, done, &[draft]);
    maker.commit(Some(&head), done, &[base, done_commit]);
    let (indexed, segment) = indexed(&[folder.path()]);
    assert_eq!((segment.line(LineId(0)).unwrap().commits, indexed.counts.commits), (2, 4));
    assert_eq!(places(&segment, &text(6)), [(LineKind::History, b"f".to_vec(), 1, 1)].into());
    assert_eq!(places(&segment, &text(5)), [(LineKind::Side, b"f".to_vec(), 0, 0)].into());
}

#[test]
fn a_shallow_clone_is_read_as_far_as_it_reaches() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let tree = maker.tree(&maker.files(&[("a", 1)]));
    let absent = ObjectId::from_hex(&[b'5'; 40]).unwrap();
    let oldest = maker.commit(Some(&head), tree, &[absent]);
    let tree = maker.tree(&maker.files(&[("a", 2)]));
    maker.commit(Some(&head), tree, &[oldest]);
    fs::write(folder.path().join("shallow"), format!("{oldest}\n")).unwrap();
    let (indexed, segment) = indexed(&[folder.path()]);
    let [cut] = &indexed.not_read[..] else { panic!("{:?}", indexed.not_read) };
    assert!(cut.reason.contains("shallow"), "{}", cut.reason);
    assert_eq!(places(&segment, &text(1)), [(LineKind::History, b"a".to_vec(), 0, 0)].into());
}

#[test]
fn links_are_left_out_and_submodules_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let mut files = maker.files(&[("a", 1)]);
    files.insert("link".into(), (EntryKind::Link, maker.blob(b"a")));
    files.insert("vendor/zlib".into(), (EntryKind::Commit, ObjectId::from_hex(&[b'7'; 40]).unwrap()));
    files.insert("run".into(), (EntryKind::BlobExecutable, maker.blob(&text(9))));
    let tree = maker.tree(&files);
    let head = maker.head();
    maker.commit(Some(&head), tree, &[]);
    let (indexed, segment) = indexed(&[folder.path()]);
    assert_eq!(indexed.counts.contents, 2);
    assert_eq!(places(&segment, &text(9)).len(), 1);
    let [submodule] = &indexed.not_read[..] else { panic!("{:?}", indexed.not_read) };
    assert!(submodule.reason.contains("vendor/zlib: it is a submodule"), "{}", submodule.reason);
}

#[test]
fn missing_objects_are_named_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let first = maker.tree(&maker.files(&[("keep/a", 1), ("gone/b", 2)]));
    let first = maker.commit(Some(&head), first, &[]);
    let lost = maker.tree(&maker.files(&[("keep/a", 1), ("gone/b", 3), ("new", 4)]));
    let second = maker.commit(Some(&head), lost, &[first]);
    let third = maker.tree(&maker.files(&[("keep/a", 5), ("gone/c", 6)]));
    let third = maker.commit(Some(&head), third, &[second]);
    maker.commit(Some("refs/heads/broken"), lost, &[third, ObjectId::from_hex(&[b'9'; 40]).unwrap()]);
    maker.remove_object(lost);
    maker.remove_object(maker.blob(&text(5)));
    let (indexed, segment) = indexed(&[folder.path()]);
    let reasons: Vec<&str> = indexed.not_read.iter().map(|n| n.reason.as_str()).collect();
    assert_eq!(reasons.len(), 3, "{reasons:#?}");
    assert!(reasons.iter().any(|r| r.contains(&format!("tree {lost}"))), "{reasons:#?}");
    assert!(reasons.iter().any(|r| r.contains(&format!("blob {}", maker.blob(&text(5))))), "{reasons:#?}");
    assert!(reasons.iter().any(|r| r.contains("commit 9999")), "{reasons:#?}");
    let h = |path: &str, first, last| (LineKind::History, path.as_bytes().to_vec(), first, last);
    // The second commit's tree is gone: what stood before it stands on until the third says otherwise.
    assert_eq!(places(&segment, &text(1)), [h("keep/a", 0, 1)].into());
    assert_eq!(places(&segment, &text(2)), [h("gone/b", 0, 1)].into());
    assert_eq!(places(&segment, &text(6)), [h("gone/c", 2, 2)].into());
    assert_eq!(places(&segment, &text(4)), BTreeSet::new());
}

#[test]
fn a_folder_whose_tree_is_missing_stands_as_it_was_until_it_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let states: [&[(&str, u32)]; 3] =
        [&[("gone/b", 2), ("gone/d", 4)], &[("gone/b", 3), ("new", 5)], &[("gone/c", 6), ("gone/d", 4)]];
    let mut parent: Vec<ObjectId> = Vec::new();
    for state in states {
        let tree = maker.tree(&maker.files(state));
        parent = vec![maker.commit(Some(&head), tree, &parent)];
    }
    maker.remove_object(maker.tree(&maker.files(&[("b", 3)])));
    let (indexed, segment) = indexed(&[folder.path()]);
    assert_eq!(indexed.not_read.len(), 1, "{:?}", indexed.not_read);
    let h = |path: &str, first, last| (LineKind::History, path.as_bytes().to_vec(), first, last);
    assert_eq!(places(&segment, &text(2)), [h("gone/b", 0, 1)].into());
    assert_eq!(places(&segment, &text(4)), [h("gone/d", 0, 2)].into());
    assert_eq!(places(&segment, &text(5)), [h("new", 1, 1)].into());
    assert_eq!(places(&segment, &text(6)), [h("gone/c", 2, 2)].into());
}

#[test]
fn a_tree_that_holds_itself_many_times_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let head = maker.head();
    let good = maker.tree(&maker.files(&[("a", 1)]));
    let good = maker.commit(Some(&head), good, &[]);
    // Two hundred levels, one entry each: a name longer than any checkout could hold.
    let mut deep = maker.tree(&maker.files(&[("end", 2)]));
    for _ in 0..200 {
        deep = maker.tree(&BTreeMap::from([("d".repeat(40), (EntryKind::Tree, deep))]));
    }
    maker.commit(Some(&head), deep, &[good]);
    let (indexed, segment) = indexed(&[folder.path()]);
    assert_eq!(indexed.not_read.len(), 1);
    assert!(indexed.not_read[0].reason.contains("longer than 4096"), "{:?}", indexed.not_read);
    assert_eq!(places(&segment, &text(1)), [(LineKind::History, b"a".to_vec(), 0, 0)].into());
}

#[test]
fn a_folder_is_one_state_and_repositories_in_it_are_read_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"na\xffme.txt"));
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(root.join("sub").join(odd), text(1)).unwrap();
    fs::write(root.join("empty"), b"").unwrap();
    fs::write(root.join("binary"), [b"\x7fELF\0\0", &text(2)[..]].concat()).unwrap();
    std::os::unix::fs::symlink("sub", root.join("loop")).unwrap();
    std::os::unix::fs::symlink(root, root.join("sub/up")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let mut maker = Maker::new(&root.join("sub/product.git"));
    let head = maker.head();
    let tree = maker.tree(&maker.files(&[("src.c", 7)]));
    maker.commit(Some(&head), tree, &[]);
    let (indexed, segment) = indexed(&[root]);
    assert_eq!((indexed.counts.lines, indexed.counts.contents, indexed.repositories), (2, 4, 1));
    let [pipe] = &indexed.not_read[..] else { panic!("{:?}", indexed.not_read) };
    assert!(pipe.path.ends_with("pipe") && pipe.reason.contains("pipe"));
    assert_eq!(places(&segment, &text(1)), [(LineKind::State, b"sub/na\xffme.txt".to_vec(), 0, 0)].into());
    assert_eq!(places(&segment, &text(7)), [(LineKind::History, b"src.c".to_vec(), 0, 0)].into());
    let lines: Vec<_> = (0..2).map(|line| segment.line(LineId(line)).unwrap()).collect();
    let state = lines.iter().position(|line| line.kind == LineKind::State).unwrap();
    assert_eq!(segment.commit(LineId(u32::try_from(state).unwrap()), 0).unwrap().time, OPTIONS_TAKEN);
    let binary = fs::read(root.join("binary")).unwrap();
    let binary = segment.content_by_blake3(blake3::hash(&binary).as_bytes()).unwrap().unwrap();
    assert_eq!(segment.content(binary).unwrap().kind, fingerprint::Kind::Binary);
}

#[test]
fn what_git_cannot_open_is_named_and_read_as_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("work/.git")).unwrap();
    fs::write(folder.path().join("work/.git/HEAD"), "nonsense").unwrap();
    fs::write(folder.path().join("work/a.c"), text(1)).unwrap();
    let unborn = gix::init(folder.path().join("unborn")).unwrap();
    fs::write(unborn.workdir().unwrap().join("b.c"), text(2)).unwrap();
    let sha256 = folder.path().join("sha256");
    fs::create_dir_all(sha256.join("objects")).unwrap();
    fs::create_dir_all(sha256.join("refs")).unwrap();
    fs::write(sha256.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n";
    fs::write(sha256.join("config"), config).unwrap();
    let missing = folder.path().join("missing");
    let (indexed, segment) = indexed(&[folder.path(), &missing]);
    let reason = |name: &str| {
        let found: Vec<&NotRead> = indexed.not_read.iter().filter(|n| n.path.ends_with(name)).collect();
        found.iter().map(|n| n.reason.clone()).collect::<Vec<_>>().join("; ")
    };
    assert!(reason("work").contains("can't be opened"), "{:?}", indexed.not_read);
    assert!(reason("unborn").contains("no commit"), "{:?}", indexed.not_read);
    assert!(reason("sha256").contains("can't be opened"), "{:?}", indexed.not_read);
    assert!(reason("missing").contains("can't be opened"), "{:?}", indexed.not_read);
    assert_eq!(places(&segment, &text(1)).len(), 1);
    assert_eq!(places(&segment, &text(2)).len(), 1);
}

#[test]
fn a_single_file_and_a_head_that_leads_nowhere_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.txt");
    fs::write(&file, text(3)).unwrap();
    let repo = folder.path().join("mirror");
    let mut maker = Maker::new(&repo);
    let tree = maker.tree(&maker.files(&[("a", 4)]));
    maker.commit(Some("refs/heads/trunk"), tree, &[]);
    fs::write(repo.join("HEAD"), "ref: refs/heads/elsewhere\n").unwrap();
    let (indexed, segment) = indexed(&[&file, &repo]);
    assert_eq!(places(&segment, &text(3)), [(LineKind::State, b"one.txt".to_vec(), 0, 0)].into());
    assert_eq!(segment.line(LineId(1)).unwrap().reference, b"refs/heads/trunk");
    let [head] = &indexed.not_read[..] else { panic!("{:?}", indexed.not_read) };
    assert!(head.reason.contains("refs/heads/trunk"), "{}", head.reason);
}

/// For each commit of a line, the seed that stands at each path.
type States = Vec<BTreeMap<String, u32>>;

fn states() -> impl Strategy<Value = States> {
    // Names that are both files and folders, so that one becomes the other between commits.
    prop::collection::vec(prop::collection::btree_map("[ab](/[ab](/c)?)?", 0u32..5, 0..5), 1..7).prop_map(|states| {
        let without_clashes = |state: BTreeMap<String, u32>| -> BTreeMap<String, u32> {
            let names: Vec<String> = state.keys().cloned().collect();
            let under = |name: &String| names.iter().any(|other| name.starts_with(&format!("{other}/")));
            state.into_iter().filter(|(name, _)| !under(name)).collect()
        };
        states.into_iter().map(without_clashes).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn intervals_are_those_of_the_states_commit_by_commit(states in states()) {
        let folder = tempfile::tempdir().unwrap();
        let mut maker = Maker::new(folder.path());
        let head = maker.head();
        let mut parent: Vec<ObjectId> = Vec::new();
        for state in &states {
            let files: Vec<(&str, u32)> = state.iter().map(|(path, seed)| (path.as_str(), *seed)).collect();
            let tree = maker.tree(&maker.files(&files));
            parent = vec![maker.commit(Some(&head), tree, &parent)];
        }
        let (indexed, segment) = indexed(&[folder.path()]);
        prop_assert_eq!(indexed.not_read, vec![]);
        let mut stands = BTreeSet::new();
        for id in 0..u32::try_from(indexed.counts.contents).unwrap() {
            let content = segment.content(ContentId(id)).unwrap();
            let seed = (0..5).find(|seed| *blake3::hash(&text(*seed)).as_bytes() == content.blake3).unwrap();
            for interval in segment.files_of(ContentId(id)).unwrap() {
                let Interval { path, first, last, .. } = segment.interval(interval).unwrap();
                let path = String::from_utf8(segment.path(path).unwrap()).unwrap();
                stands.extend((first..=last).map(|at| (at, path.clone(), seed)));
            }
        }
        let expected: BTreeSet<(u32, String, u32)> = (0u32..)
            .zip(&states)
            .flat_map(|(at, state)| state.iter().map(move |(path, seed)| (at, path.clone(), *seed)))
            .collect();
        prop_assert_eq!(stands, expected);
    }
}
