//! Every threshold of the decision, with its reason, and the decision itself.
//!
//! The figures of rule A were chosen on three repositories (recall 1.00 for exact, reformatted, partly renamed, cut and
//! shuffled files; 0.4% of unrelated files called ours with public code subtracted). They hold until they are measured on
//! others.

use std::collections::BTreeMap;

use super::{Shares, Total, Verdict};

/// Rule A: fewer hits than this may be chance or one idiom that everybody writes.
const LEAST_HITS: u64 = 3;

/// Rule A: a smaller share, in thousandths, of the file's fingerprints may be a licence or a snippet.
const LEAST_SHARE: u64 = 100;

/// From this share on, in thousandths, a file is called ours as a whole.
const MOSTLY: u64 = 500;

/// A shorter file may be identical by chance: empty files, one-line settings, version stamps.
const LEAST_IDENTICAL_BYTES: u64 = 64;

/// From this share of its files on, in thousandths, a sample holds more of ours than the error of rule A (0.5% with public
/// code subtracted) explains, with a margin of four.
const LEAST_SAMPLE_SHARE: u64 = 20;

/// The same where no public corpus took part: then licences and borrowed code alone made 3.3% of 2,948 foreign files look
/// like those of one repository.
const LEAST_SAMPLE_SHARE_WITHOUT_PUBLIC: u64 = 100;

/// So many different files with the same bytes, in no public or published corpus, are no chance in a sample of any size.
const LEAST_IDENTICAL_FILES: u64 = 3;

/// How much less, in thousandths, than the most may stand in the tolerant window: cutting lines brings older neighbours
/// together again, which stood side by side in an older commit only, and draws the most away from the true commit. In the
/// strict window lay 92-95% of the true commits of samples with 30% of their lines deleted, in the tolerant one 98-100%.
const WINDOW_TOLERANCE: u64 = 5;

/// A file that is not identical fits a commit when this share, in thousandths, of its fingerprints stood there. Lower than
/// the window's, since one stray fingerprint is 1% of a usual file.
const FILE_FITS: u64 = 950;

/// A fingerprint that stood in more intervals than this (a licence, a generated header) does not take part in the search
/// for a file's best place unless the file has no other: it would be counted for thousands of files and favour none.
pub(super) const COMMON_INTERVALS: usize = 512;

/// In which kinds of corpora the very same bytes stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Identical {
    pub(super) own: bool,
    pub(super) public: bool,
    pub(super) published: bool,
}

/// What a file is.
pub(super) fn of_file(shares: &Shares, identical: Identical, bytes: u64) -> Verdict {
    if bytes >= LEAST_IDENTICAL_BYTES {
        if identical.public {
            return Verdict::PublicOnly;
        }
        if identical.published {
            return Verdict::PublishedOnly;
        }
        // A copy of public code that differs in blanks only is nobody's own.
        let only_others = shares.all >= LEAST_HITS && shares.distinctive == 0;
        if identical.own && !only_others {
            return Verdict::Ours;
        }
    }
    if shares.all < LEAST_HITS {
        return Verdict::CannotTell;
    }
    let enough = |hits: u64| hits >= LEAST_HITS && hits * 1000 >= shares.all * LEAST_SHARE;
    if enough(shares.distinctive) {
        let mostly = shares.distinctive * 1000 >= shares.all * MOSTLY;
        return if mostly { Verdict::Ours } else { Verdict::PartlyOurs };
    }
    if !enough(shares.public.max(shares.published)) {
        return Verdict::NotFound;
    }
    if shares.public >= shares.published { Verdict::PublicOnly } else { Verdict::PublishedOnly }
}

/// What a sample is, from its files. Files that can't be told do not count; public and published ones are no padding that
/// hides a few of ours.
pub(super) fn of_sample(totals: &BTreeMap<Verdict, Total>, identical: u64, public_subtracted: bool) -> Verdict {
    let files = |verdict| totals.get(&verdict).map_or(0, |total| total.files);
    let own = files(Verdict::Ours) + files(Verdict::PartlyOurs);
    let (public, published) = (files(Verdict::PublicOnly), files(Verdict::PublishedOnly));
    let tellable = own + files(Verdict::NotFound);
    if tellable + public + published == 0 {
        return Verdict::CannotTell;
    }
    // Files that are ours in part make a sample ours in part, however many they are.
    let wholly = files(Verdict::Ours);
    if wholly > 0 && wholly * 1000 >= (tellable + public + published) * MOSTLY {
        return Verdict::Ours;
    }
    let least = if public_subtracted { LEAST_SAMPLE_SHARE } else { LEAST_SAMPLE_SHARE_WITHOUT_PUBLIC };
    if own > 0 && (own * 1000 >= tellable * least || identical >= LEAST_IDENTICAL_FILES) {
        return Verdict::PartlyOurs;
    }
    if public + published <= files(Verdict::NotFound) {
        return Verdict::NotFound;
    }
    if public >= published { Verdict::PublicOnly } else { Verdict::PublishedOnly }
}

/// How many fingerprints must stand at a commit of the tolerant window where at most `most` do.
pub(super) fn tolerant(most: u64) -> u64 {
    most - most * WINDOW_TOLERANCE / 1000
}

/// How many of a file's `all` fingerprints must stand at a commit that it fits.
pub(super) fn file_fits(all: u64) -> u64 {
    (all * FILE_FITS).div_ceil(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(all: u64, distinctive: u64, public: u64, published: u64) -> Shares {
        Shares { all, matched: distinctive, public, published, distinctive }
    }

    fn identical(own: bool, public: bool, published: bool) -> Identical {
        Identical { own, public, published }
    }

    #[test]
    fn rule_a_needs_three_hits_and_a_tenth() {
        let none = Identical::default();
        assert_eq!(of_file(&shares(20, 3, 0, 0), none, 900), Verdict::PartlyOurs);
        assert_eq!(of_file(&shares(20, 2, 0, 0), none, 900), Verdict::NotFound);
        assert_eq!(of_file(&shares(31, 3, 0, 0), none, 900), Verdict::NotFound);
        assert_eq!(of_file(&shares(20, 10, 10, 0), none, 900), Verdict::Ours);
        assert_eq!(of_file(&shares(2, 2, 0, 0), none, 900), Verdict::CannotTell);
        assert_eq!(of_file(&shares(20, 1, 5, 9), none, 900), Verdict::PublishedOnly);
        assert_eq!(of_file(&shares(20, 1, 9, 9), none, 900), Verdict::PublicOnly);
    }

    #[test]
    fn the_same_bytes_tell_unless_everybody_has_them_or_they_are_few() {
        assert_eq!(of_file(&shares(0, 0, 0, 0), identical(true, false, false), 64), Verdict::Ours);
        assert_eq!(of_file(&shares(0, 0, 0, 0), identical(true, false, false), 63), Verdict::CannotTell);
        assert_eq!(of_file(&shares(9, 9, 0, 0), identical(true, true, true), 900), Verdict::PublicOnly);
        assert_eq!(of_file(&shares(9, 9, 0, 0), identical(true, false, true), 900), Verdict::PublishedOnly);
        assert_eq!(of_file(&shares(9, 0, 9, 0), identical(true, false, false), 900), Verdict::PublicOnly);
    }

    #[test]
    fn padding_does_not_hide_ours_and_strays_do_not_make_a_sample_ours() {
        let sample = |files: &[(Verdict, u64)], identical| {
            let totals = files.iter().map(|(v, n)| (*v, Total { files: *n, bytes: 0 })).collect();
            of_sample(&totals, identical, true)
        };
        assert_eq!(sample(&[(Verdict::Ours, 10), (Verdict::PublicOnly, 990)], 0), Verdict::PartlyOurs);
        assert_eq!(sample(&[(Verdict::PartlyOurs, 5), (Verdict::NotFound, 995)], 0), Verdict::NotFound);
        assert_eq!(sample(&[(Verdict::Ours, 5), (Verdict::NotFound, 995)], 3), Verdict::PartlyOurs);
        assert_eq!(sample(&[(Verdict::Ours, 1)], 0), Verdict::Ours);
        assert_eq!(sample(&[(Verdict::CannotTell, 7)], 0), Verdict::CannotTell);
        assert_eq!(sample(&[], 0), Verdict::CannotTell);
        let few = [(Verdict::PartlyOurs, 5), (Verdict::NotFound, 95)];
        let totals = few.into_iter().map(|(v, files)| (v, Total { files, bytes: 0 })).collect();
        assert_eq!(of_sample(&totals, 0, true), Verdict::PartlyOurs);
        assert_eq!(of_sample(&totals, 0, false), Verdict::NotFound);
        assert_eq!(sample(&[(Verdict::PublishedOnly, 7), (Verdict::NotFound, 2)], 0), Verdict::PublishedOnly);
    }
}
