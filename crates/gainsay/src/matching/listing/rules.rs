//! Every threshold of the decision on a listing, with its reason, and the decision itself.
//!
//! A pair of path and size is weaker than content: names and sizes can be known, or written by hand. So a listing is held to
//! more than a file is, and paths without sizes never make it ours as a whole.

use super::super::Verdict;
use super::Counts;

/// A shorter file may have any name and the same size: settings of one line, version stamps, empty files.
pub(super) const LEAST_TELLING_BYTES: u64 = 64;

/// Fewer pairs of path and size may fit by chance: a licence, a template of a build tool.
const LEAST_PAIRS: u64 = 5;

/// So many different pairs are no chance in a listing of any length: of 5,018 pairs of three projects none fitted another one of
/// them. Where no public corpus took part, code that both borrowed may still explain them.
pub(super) const MANY_PAIRS: u64 = 20;

/// Rounded sizes (`4.0K`) fit one file in some ten by chance, so more of them must.
const LEAST_ROUNDED_PAIRS: u64 = 20;

/// From this share on, in thousandths of the pairs that tell, a listing is called ours as a whole.
const MOSTLY: u64 = 500;

/// From this share on it holds more of ours than chance explains; where no public corpus took part, borrowed code alone may
/// explain more.
const LEAST_SHARE: u64 = 20;
const LEAST_SHARE_WITHOUT_PUBLIC: u64 = 100;

/// Paths alone are alike by custom (`src/main/java/…`): more of them must be ours, and most of all that are listed.
const LEAST_PATHS: u64 = 20;
const LEAST_SHARE_OF_PATHS: u64 = 500;

/// How large a pointer to a large file is that git-lfs leaves in a repository.
pub(super) const MOST_POINTER_BYTES: u64 = 200;

/// From so many files on of which our size is a little smaller, it is said what line ends do to sizes.
pub(super) const LEAST_LARGER: u64 = 5;

/// Names that are everybody's. A file of such a name tells only where more of its path fits than the name.
const COMMON_NAMES: [&[u8]; 40] = [
    b".gitattributes",
    b".gitignore",
    b".npmignore",
    b"AUTHORS",
    b"CHANGELOG.md",
    b"CMakeLists.txt",
    b"CONTRIBUTING.md",
    b"COPYING",
    b"Cargo.toml",
    b"Dockerfile",
    b"LICENSE",
    b"LICENSE.md",
    b"LICENSE.txt",
    b"Makefile",
    b"NOTICE",
    b"README",
    b"README.md",
    b"README.rst",
    b"README.txt",
    b"__init__.py",
    b"__main__.py",
    b"build.gradle",
    b"build.rs",
    b"config.json",
    b"go.mod",
    b"go.sum",
    b"gradlew",
    b"index.html",
    b"index.js",
    b"index.ts",
    b"lib.rs",
    b"main.c",
    b"main.go",
    b"main.py",
    b"main.rs",
    b"mod.rs",
    b"package.json",
    b"pom.xml",
    b"setup.py",
    b"utils.py",
];

/// Whether a file name is everybody's.
pub(super) fn is_common_name(name: &[u8]) -> bool {
    COMMON_NAMES.binary_search(&name).is_ok()
}

/// Whether a file of this size may be a pointer to a large one.
pub(super) fn is_pointer(bytes: u64) -> bool {
    (100..=MOST_POINTER_BYTES).contains(&bytes)
}

/// So many files of one folder, by names that are not everybody's, and so many of them by size too, must a picture of a list show, and the
/// sizes of half of those that it shows must fit: a rounded size fits one file in some ten by chance.
const LEAST_PICTURED: u64 = 5;
const LEAST_PICTURED_BY_SIZE: u64 = 4;

/// What a list is that was read in a picture and is too short for rounded sizes alone; `names` is how many files of one folder it names.
pub(super) fn of_pictured(counts: &Counts, names: u64) -> Verdict {
    let by_size = counts.by_size >= LEAST_PICTURED_BY_SIZE && counts.by_size * 2 >= counts.sized;
    let is_others = counts.public.max(counts.published) * 2 >= counts.by_size.max(1);
    let is_ours = names >= LEAST_PICTURED && names * 2 >= counts.files && by_size && !is_others;
    match (is_ours, names) {
        (true, _) => Verdict::PartlyOurs,
        (false, 0) => Verdict::NotFound,
        (false, _) => Verdict::CannotTell,
    }
}

/// What a listing is, and whether that rests on paths alone.
pub(super) fn of_listing(counts: &Counts, is_exact: bool, public_subtracted: bool) -> (Verdict, bool) {
    let least = if is_exact { LEAST_PAIRS } else { LEAST_ROUNDED_PAIRS };
    let reaches = |some: u64, all: u64, share: u64| some * 1000 >= all * share;
    if counts.own >= least && reaches(counts.own, counts.telling, MOSTLY) {
        return (Verdict::Ours, false);
    }
    let share = if public_subtracted { LEAST_SHARE } else { LEAST_SHARE_WITHOUT_PUBLIC };
    let is_many = is_exact && counts.own >= MANY_PAIRS;
    if counts.own >= least && reaches(counts.own, counts.telling, share) || is_many && public_subtracted {
        return (Verdict::PartlyOurs, false);
    }
    let others = counts.public.max(counts.published);
    if others >= least && reaches(others, counts.telling, MOSTLY) {
        let verdict = if counts.public >= counts.published { Verdict::PublicOnly } else { Verdict::PublishedOnly };
        return (verdict, false);
    }
    // There are no sizes, or they are not ours: the paths are left.
    if counts.own_paths >= LEAST_PATHS && reaches(counts.own_paths, counts.telling_paths, LEAST_SHARE_OF_PATHS) {
        return (Verdict::PartlyOurs, true);
    }
    let too_few = counts.telling < least && counts.telling_paths < LEAST_PATHS;
    let some_paths = counts.own_paths >= LEAST_PATHS && reaches(counts.own_paths, counts.telling_paths, share);
    if is_many {
        return (Verdict::CannotTell, false);
    }
    if too_few || some_paths { (Verdict::CannotTell, true) } else { (Verdict::NotFound, counts.telling < least) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(own: u64, public: u64, telling: u64) -> Verdict {
        of_listing(&Counts { own, public, telling, telling_paths: telling, ..Counts::default() }, true, true).0
    }

    #[test]
    fn five_pairs_and_a_fiftieth_make_a_listing_ours_in_part() {
        assert_eq!(pairs(4, 0, 4), Verdict::CannotTell);
        assert_eq!(pairs(4, 0, 30), Verdict::NotFound);
        assert_eq!(pairs(5, 0, 10), Verdict::Ours);
        assert_eq!(pairs(5, 0, 11), Verdict::PartlyOurs);
        assert_eq!(pairs(5, 0, 250), Verdict::PartlyOurs);
        assert_eq!(pairs(5, 0, 251), Verdict::NotFound);
        assert_eq!(pairs(0, 60, 100), Verdict::PublicOnly);
        assert_eq!((pairs(19, 0, 5000), pairs(20, 0, 5000)), (Verdict::NotFound, Verdict::PartlyOurs));
        let many = Counts { own: 20, telling: 5000, telling_paths: 5000, ..Counts::default() };
        assert_eq!(of_listing(&many, true, false), (Verdict::CannotTell, false));
        let rounded = Counts { own: 19, telling: 30, telling_paths: 30, ..Counts::default() };
        assert_eq!(of_listing(&rounded, false, true).0, Verdict::NotFound);
    }

    #[test]
    fn paths_alone_never_make_it_ours_as_a_whole() {
        let paths = |own_paths, telling_paths| {
            of_listing(&Counts { own_paths, telling_paths, ..Counts::default() }, false, true)
        };
        assert_eq!(paths(100, 100), (Verdict::PartlyOurs, true));
        assert_eq!(paths(19, 19), (Verdict::CannotTell, true));
        assert_eq!(paths(20, 100), (Verdict::CannotTell, true));
        assert_eq!(paths(1, 100), (Verdict::NotFound, true));
    }

    #[test]
    fn names_that_are_everybodys_are_in_order() {
        assert!(COMMON_NAMES.is_sorted());
        assert!(is_common_name(b"README.md") && !is_common_name(b"engine.c"));
    }
}
