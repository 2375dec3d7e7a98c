//! Git's own files: bundles, packs and loose objects, as git writes them.

use unpack::{ClueKind, FindingKind, Limits};

use super::makers::tar_of;
use super::{Outcome, unpack, worker};

/// Three commits on one branch, of `src/main.c` with a line changed in each, a link, and a file that the second alone has: `git bundle
/// create` of git 2.39 after `git repack -ad`.
const FULL: &[u8] = include_bytes!("full.bundle");
/// The last of these commits alone, as it goes on from the second.
const THIN: &[u8] = include_bytes!("thin.bundle");
/// `echo loose | git hash-object -w --stdin`
const LOOSE: &[u8] = include_bytes!("loose.gitobject");

fn open(name: &str, bytes: &[u8]) -> Outcome {
    unpack(&mut worker(&[], Limits::default()), name, bytes)
}

fn pack() -> &'static [u8] {
    &FULL[FULL.windows(4).position(|it| it == b"PACK").expect("a pack")..]
}

#[test]
fn a_bundle_gives_each_content_once_under_the_newest_commit_that_has_it() {
    let outcome = open("r.bundle", FULL);
    assert_eq!(outcome.opened, [("r.bundle".to_owned(), "git".to_owned())]);
    let of = |name: &str| outcome.files.iter().filter(|file| file.path.ends_with(name)).collect::<Vec<_>>();
    let versions: Vec<String> =
        of("/src/main.c").iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).collect();
    let edits: Vec<(bool, bool)> =
        versions.iter().map(|it| (it.contains("line 30 said"), it.contains("line 31 said"))).collect();
    assert_eq!(edits, [(true, true), (true, false), (false, false)], "the newest first");
    assert_eq!((of("/README").len(), of("/old.txt").len(), outcome.files.len()), (1, 1, 5));
    assert!(outcome.paths().iter().all(|path| path.starts_with("r.bundle!") && !path.contains("objects")));
    let kinds: Vec<FindingKind> = outcome.kinds().iter().map(|(_, kind)| *kind).collect();
    assert_eq!(kinds, [FindingKind::NotAFile]);
    assert_eq!(outcome.clues(ClueKind::Person), ["Ana <ana@build.example>"]);
    assert_eq!(outcome.clues(ClueKind::Zone), ["UTC+03:00"]);
    assert_eq!(outcome.clues(ClueKind::Times).len(), 1);
    assert!(outcome.summary.whole);
}

#[test]
fn a_pack_is_read_without_its_branches_wherever_it_lies() {
    let mut bundled: Vec<_> = open("x", FULL).files.into_iter().map(|file| file.bytes).collect();
    let nested = tar_of(&[(".git/objects/pack/pack-1.pack", pack()), (".git/objects/01/23", LOOSE)]);
    let outcome = open("leak.tar", &nested);
    let mut packed: Vec<_> = outcome.files.iter().map(|file| file.bytes.clone()).collect();
    bundled.push(b"loose\n".to_vec());
    bundled.sort();
    packed.sort();
    assert_eq!(packed, bundled);
    assert_eq!(outcome.text("leak.tar!.git/objects/01/23!blob"), "loose\n");
}

#[test]
fn what_is_not_in_a_bundle_is_named() {
    let outcome = open("thin.bundle", THIN);
    let details: Vec<&str> = outcome.findings.iter().map(|finding| finding.detail.as_str()).collect();
    assert!(details.iter().any(|detail| detail.contains("that are not in it")), "{details:?}");
    let later = b"# v3 git bundle\n@object-format=sha256\n\nPACK";
    let outcome = open("a.bundle", later);
    assert_eq!(outcome.kinds(), [("a.bundle", FindingKind::Unsupported)]);
    assert_eq!(outcome.files.len(), 1, "it is passed on as it is");
    let three = [b"# v3 git bundle\n@filter=blob:none\n\n", pack()].concat();
    assert_eq!(open("b.bundle", &three).files.len(), 5);
}

#[test]
fn a_damaged_pack_gives_what_stands_before_and_says_so() {
    let mut lying = pack().to_vec();
    lying[11] = 200;
    let outcome = open("a.pack", &lying);
    assert_eq!(outcome.files.len(), 5);
    assert!(outcome.kinds().contains(&("a.pack", FindingKind::Corrupt)));
    let outcome = open("b.pack", &pack()[..pack().len() / 2]);
    assert!(outcome.kinds().contains(&("b.pack", FindingKind::Corrupt)));
    assert_eq!(open("c.pack", &pack()[..20]).paths(), ["c.pack"]);
}
