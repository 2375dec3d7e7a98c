//! Every threshold of the decision, with its reason, and the decision itself.
//!
//! The figures of the rules for text and code were chosen on kafka, redis and sqlalchemy, and then on seven small repositories
//! in seven languages (echo, monolog, Polly, gson, ripgrep, kotlinx.coroutines, Kingfisher) against 14,000 files of eleven others.
//! `make bench-matching` measures them on repositories that are none of these.

use std::collections::BTreeMap;

use fingerprint::Channel;

use super::hits::{CHANNELS, Stands, place};
use super::short::Together;
use super::{Shares, Total, Verdict};

/// What a file must have in a channel to be called somebody's.
struct Enough {
    /// Fingerprints.
    hits: u64,
    /// Thousandths of its fingerprints that are neither others' nor common.
    share: u64,
    /// The same of all its fingerprints.
    of_all: u64,
    /// From which share on, in thousandths of all of them, it is somebody's as a whole, if ever.
    wholly: Option<u64>,
}

/// From this share on, in thousandths, a file is called ours as a whole, and so is a sample.
const MOST: u64 = 500;
const MOSTLY: Option<u64> = Some(MOST);

/// Fewer hits may be chance or one idiom that everybody writes, a smaller share a snippet. With 100 in place of 80 hardly fewer
/// files of others were called ours (0.26% in place of 0.33%), but of the cut-outs read by optical recognition one in ten was lost;
/// with 60 it were 0.44%.
const TEXT: Enough = Enough { hits: 3, share: 80, of_all: 0, wholly: MOSTLY };

/// So many fingerprints at one path, some thousand letters and digits that are neither others' nor common, are no chance and no idiom,
/// whatever share of a file they are.
const PASSAGE: u64 = 64;

/// The text of a file that a program wrote: what the program writes into every file made up 11-29% of those of other projects.
const GENERATED_TEXT: Enough = Enough { hits: 3, share: 500, of_all: 0, wholly: MOSTLY };

/// Code without its names is more alike: two who write to the same interface, or fill the same table, write it alike. For
/// the same reason nobody's file is all of somebody else's by its code alone.
const CODE: Enough = Enough { hits: 5, share: 250, of_all: 0, wholly: None };

/// What of a short file must stand in one file at once where every gram is looked up, in a channel.
struct EnoughPieces {
    /// Places that a gram begins at.
    grams: u64,
    /// Those of them that do not overlap.
    apart: u64,
    /// Thousandths of all places. In a whole copy 61 of text are found and 118 of code: those that windows choose.
    share: u64,
}

/// Of cut-outs of 30 lines read by optical recognition, of which 20.5% were not found by their chosen grams, 1% was left, and of 4,000
/// files of others none more was called ours. With 3 in place of 5 1 more was, with 6 twice as many cut-outs were lost.
const TEXT_PIECES: EnoughPieces = EnoughPieces { grams: 5, apart: 5, share: 4 };

/// Little code, or some of whose names are keywords elsewhere: of files all of whose names were changed 11 in 2,800 more were found, of
/// 4,000 of others none. With half the share 7 more were found, and one of others.
const CODE_PIECES: EnoughPieces = EnoughPieces { grams: 3, apart: 2, share: 41 };

/// One part says it: two parts of at least 256 bytes and of no simple pattern do not have the same BLAKE3 by chance.
const PARTS: Enough = Enough { hits: 1, share: 0, of_all: 0, wholly: MOSTLY };

/// From this share on, in thousandths, parts that are neither others' nor common tell of a program: what a compiler and its libraries put into every
/// program they make is the same bytes in all. Programs that have nothing else in common shared up to 121 of these (C and C++ by gcc, clang and
/// MinGW, linked statically too, with debug information and without), builds that were changed in one section or stripped 333 and more, where any.
/// Small ones of Rust with the debug information of its library share 485: which that is, only a public corpus tells.
const PROGRAM: u64 = 250;

/// Weights of models that have nothing to do with each other shared none of 11,000 sketches, and a sketch is one of 2^80. What such
/// models do share are tables that everybody computes alike, of positions for instance: 98 sketches of one with 400,000 numbers, 0.8%
/// of a small model.
/// Public weights that somebody rounds to eight bits have 9% of other sketches than before, of which the company's rounded model has up
/// to nine in ten if it was trained from them: less than a tenth of all may be no more than that. Of a matrix in ONNX both rows and columns
/// have sketches, of which other formats have half.
const SKETCHES: Enough = Enough { hits: 3, share: 0, of_all: 100, wholly: Some(400) };

/// A shorter file may be identical by chance: empty files, one-line settings, version stamps.
const LEAST_IDENTICAL_BYTES: u64 = 64;

/// From this share of its files on, in thousandths, a sample holds more of ours than the error of the rules (0.5% with public
/// code subtracted) explains, with a margin of four.
const LEAST_SAMPLE_SHARE: u64 = 20;

/// The same where no public corpus took part: then licences and borrowed code alone made 3.3% of 2,948 foreign files look
/// like those of one repository.
const LEAST_SAMPLE_SHARE_WITHOUT_PUBLIC: u64 = 100;

/// So many different files with the same bytes, in no public or published corpus, are no chance in a sample of any size.
pub(super) const LEAST_IDENTICAL_FILES: u64 = 3;

/// How much less, in thousandths, than the most may stand in the tolerant window: cutting lines brings older neighbours
/// together again, which stood side by side in an older commit only, and draws the most away from the true commit. In the
/// strict window lay 92-95% of the true commits of samples with 30% of their lines deleted, in the tolerant one 98-100%.
const WINDOW_TOLERANCE: u64 = 5;

/// A file that is not identical fits a commit when this share, in thousandths, of its fingerprints stood there. Lower than
/// the window's, since one stray fingerprint is 1% of a usual file.
const FILE_FITS: u64 = 950;

/// A fingerprint that stood in more different files than this (a licence, a header, imports, what a generator writes) says of a
/// file neither whose it is nor which it is. Nearly all that files of other projects shared with a repository were such: of 14,000
/// 1.3% were called ours with them, 0.3% without, and with 8 or 16 in place of 32 hardly fewer.
pub(super) const COMMON_FILES: usize = 32;

/// A place holds an edited file when this share, in thousandths, of the most fingerprints that stand at once anywhere stands there:
/// cutting lines brings a few fingerprints of other versions together, and a place is not to be excluded by them.
const PLACE_HOLDS: u64 = FILE_FITS;

/// Fewer files that fit another state than the rest may have come to fit it by an edit; and from this share on, in
/// thousandths, of those with a history.
const LEAST_TAKING: u64 = 3;
const LEAST_TAKING_SHARE: u64 = 50;

/// What a file is, and the channel that tells it. `shares` are those in each of the [`CHANNELS`].
/// A program that wrote a file wrote it alike for everybody: `generated` files are not judged by their code, and need more of
/// their text.
pub(super) fn of_file(shares: &[Shares; 4], identical: Stands, bytes: u64, generated: bool) -> (Verdict, Channel) {
    if bytes >= LEAST_IDENTICAL_BYTES {
        let channel = CHANNELS.into_iter().find(|channel| shares[place(*channel)].all > 0).unwrap_or(Channel::Text);
        if identical.public {
            return (Verdict::PublicOnly, channel);
        }
        if identical.published {
            return (Verdict::PublishedOnly, channel);
        }
        // A copy of public code that differs in blanks only is nobody's own.
        let [of_text, _, of_parts, _] = shares;
        let only_others =
            |of: &Shares, least: &Enough| of.all >= least.hits && of.matched > 0 && of.distinctive + of.common == 0;
        if identical.own && !only_others(of_text, &TEXT) && !only_others(of_parts, &PARTS) {
            return (Verdict::Ours, channel);
        }
    }
    let by_channel = CHANNELS.map(|channel| match channel {
        Channel::Code if generated => (Verdict::CannotTell, channel),
        Channel::Text if generated => (in_channel(&shares[place(channel)], &GENERATED_TEXT), channel),
        _ => (in_channel(&shares[place(channel)], enough(channel)), channel),
    });
    // What is ours by one channel is not made public by another, nor what is public made unknown; of channels that agree,
    // the first tells. One tensor that was left as it was makes a model less ours than all its weights do.
    let found = |wanted: &dyn Fn(Verdict) -> bool| by_channel.into_iter().find(|(verdict, _)| wanted(*verdict));
    found(&|verdict| verdict == Verdict::Ours)
        .or_else(|| found(&Verdict::is_ours))
        .or_else(|| found(&|verdict| matches!(verdict, Verdict::PublicOnly | Verdict::PublishedOnly)))
        .or_else(|| found(&|verdict| verdict == Verdict::NotFound))
        .unwrap_or((Verdict::CannotTell, Channel::Text))
}

fn enough(channel: Channel) -> &'static Enough {
    match channel {
        Channel::Text => &TEXT,
        Channel::Code => &CODE,
        Channel::Parts => &PARTS,
        Channel::Sketches => &SKETCHES,
    }
}

/// What a file is by its fingerprints in one channel. Licences, headers and borrowed code do not weigh against what is ours
/// beside them: the share is that of what is left without them.
fn in_channel(shares: &Shares, least: &Enough) -> Verdict {
    let enough = |hits: u64, of: u64| hits >= least.hits && hits * 1000 >= of * least.share;
    if enough(shares.distinctive, shares.left) && shares.distinctive * 1000 >= shares.all * least.of_all {
        let mostly = least.wholly.is_some_and(|share| shares.distinctive * 1000 >= shares.all * share);
        return if mostly { Verdict::Ours } else { Verdict::PartlyOurs };
    }
    if enough(shares.public.max(shares.published), shares.all) {
        return if shares.public >= shares.published { Verdict::PublicOnly } else { Verdict::PublishedOnly };
    }
    if shares.left < least.hits { Verdict::CannotTell } else { Verdict::NotFound }
}

/// The shares as they are counted: fingerprints that stand at no path together in sufficient number, `most` at one path, are
/// distinctive of nothing. They are idioms, one here and one there: of 4,000 files of other projects 3 were called somebody's in place
/// of 5, and of files that were edited none was lost.
pub(super) fn at_one_path(shares: Shares, channel: Channel, most: u64) -> Shares {
    if most < enough(channel).hits { Shares { distinctive: 0, ..shares } } else { shares }
}

/// The shares of a program in its parts as they are counted: where few are the company's, these are distinctive of nothing.
pub(super) fn in_program(shares: Shares) -> Shares {
    if shares.distinctive * 1000 < shares.left * PROGRAM { Shares { distinctive: 0, ..shares } } else { shares }
}

/// Whether so many fingerprints of one file of the company stand in a file that its share does not matter: noise around a passage
/// does not hide it.
pub(super) fn is_passage(channel: Channel, most: u64) -> bool {
    channel == Channel::Text && most >= PASSAGE
}

/// Whether grams of a short file that stand in one file of the company at once make it partly the company's; `all` is how many places
/// of it a gram begins at.
pub(super) fn by_pieces(channel: Channel, all: u64, together: &Together) -> bool {
    let Some(least) = (match channel {
        Channel::Text => Some(&TEXT_PIECES),
        Channel::Code => Some(&CODE_PIECES),
        Channel::Parts | Channel::Sketches => None,
    }) else {
        return false;
    };
    let enough = together.grams >= least.grams && together.apart >= least.apart;
    enough && together.grams * 1000 >= all * least.share
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
    if wholly > 0 && wholly * 1000 >= (tellable + public + published) * MOST {
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

/// How many of a file's fingerprints must stand at once in a place that holds it where at most `most` do anywhere.
pub(super) fn place_holds(most: u64) -> u64 {
    (most * PLACE_HOLDS).div_ceil(1000)
}

/// How many of `all` files a further state of a history must explain to be called a taking of its own.
pub(super) fn taking(all: u64) -> u64 {
    LEAST_TAKING.max((all * LEAST_TAKING_SHARE).div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(all: u64, distinctive: u64, public: u64, published: u64) -> Shares {
        let left = all - public.max(published);
        Shares { all, matched: distinctive, public, published, common: 0, distinctive, left }
    }

    fn identical(own: bool, public: bool, published: bool) -> Stands {
        Stands { own, public, published }
    }

    const NONE: Shares = Shares { all: 0, matched: 0, public: 0, published: 0, common: 0, distinctive: 0, left: 0 };

    fn by_text(text: Shares) -> Verdict {
        let (verdict, channel) = of_file(&[text, NONE, NONE, NONE], Stands::default(), 900, false);
        assert_eq!(channel, Channel::Text);
        verdict
    }

    #[test]
    fn text_needs_three_hits_and_a_share() {
        assert_eq!(by_text(shares(20, 3, 0, 0)), Verdict::PartlyOurs);
        assert_eq!(by_text(shares(20, 2, 0, 0)), Verdict::NotFound);
        assert_eq!(by_text(shares(37, 3, 0, 0)), Verdict::PartlyOurs);
        assert_eq!(by_text(shares(38, 3, 0, 0)), Verdict::NotFound);
        assert_eq!(by_text(shares(20, 10, 10, 0)), Verdict::Ours);
        assert_eq!(by_text(shares(2, 2, 0, 0)), Verdict::CannotTell);
        assert_eq!(by_text(shares(20, 1, 5, 9)), Verdict::PublishedOnly);
        assert_eq!(by_text(shares(20, 1, 9, 9)), Verdict::PublicOnly);
    }

    #[test]
    fn a_long_header_hides_nothing_and_tells_nothing() {
        // A licence above a few lines of ours, and public code padded with them.
        assert_eq!(by_text(shares(100, 4, 80, 0)), Verdict::PartlyOurs);
        assert_eq!(by_text(shares(1000, 10, 980, 0)), Verdict::PartlyOurs);
        assert_eq!(by_text(shares(100, 2, 80, 0)), Verdict::PublicOnly);
        let header = |left| Shares { matched: 20, common: 20, left, ..shares(20 + left, 0, 0, 0) };
        assert_eq!(by_text(header(0)), Verdict::CannotTell);
        assert_eq!(by_text(header(9)), Verdict::NotFound);
        // The same bytes are ours, even if all of them are what many of our files have.
        let own = identical(true, false, false);
        assert_eq!(of_file(&[header(0), NONE, NONE, NONE], own, 900, false).0, Verdict::Ours);
    }

    #[test]
    fn what_a_program_wrote_needs_half_of_its_text() {
        let judged = |text| of_file(&[text, NONE, NONE, NONE], Stands::default(), 900, true).0;
        assert_eq!(judged(shares(100, 49, 0, 0)), Verdict::NotFound);
        assert_eq!(judged(shares(100, 50, 0, 0)), Verdict::Ours);
    }

    #[test]
    fn code_needs_five_hits_and_a_quarter_and_never_makes_a_whole_file_ours() {
        let judged = |text, code| of_file(&[text, code, NONE, NONE], Stands::default(), 900, false);
        let other_names = shares(40, 0, 0, 0);
        assert_eq!(judged(other_names, shares(20, 5, 0, 0)), (Verdict::PartlyOurs, Channel::Code));
        assert_eq!(judged(other_names, shares(20, 20, 0, 0)), (Verdict::PartlyOurs, Channel::Code));
        assert_eq!(judged(other_names, shares(21, 5, 0, 0)), (Verdict::NotFound, Channel::Text));
        assert_eq!(judged(other_names, shares(12, 4, 0, 0)), (Verdict::NotFound, Channel::Text));
        assert_eq!(judged(other_names, shares(20, 0, 9, 0)), (Verdict::PublicOnly, Channel::Code));
        assert_eq!(judged(NONE, shares(20, 0, 0, 0)), (Verdict::NotFound, Channel::Code));
        assert_eq!(judged(shares(20, 3, 0, 0), shares(20, 9, 0, 0)), (Verdict::PartlyOurs, Channel::Text));
        let of_a_program = of_file(&[other_names, shares(20, 9, 0, 0), NONE, NONE], Stands::default(), 900, true);
        assert_eq!(of_a_program, (Verdict::NotFound, Channel::Text));
        // The licence is public, the code below it is ours with other names.
        assert_eq!(judged(shares(40, 0, 30, 0), shares(20, 9, 0, 0)), (Verdict::PartlyOurs, Channel::Code));
    }

    #[test]
    fn one_part_makes_a_file_partly_ours_and_the_most_of_them_wholly() {
        let judged = |parts| of_file(&[NONE, NONE, parts, NONE], Stands::default(), 900, false);
        assert_eq!(judged(shares(1000, 1, 0, 0)), (Verdict::PartlyOurs, Channel::Parts));
        assert_eq!(judged(shares(10, 5, 5, 0)), (Verdict::Ours, Channel::Parts));
        assert_eq!(judged(shares(10, 0, 1, 0)), (Verdict::PublicOnly, Channel::Parts));
        assert_eq!(judged(shares(10, 0, 0, 0)), (Verdict::NotFound, Channel::Parts));
        assert_eq!(judged(NONE), (Verdict::CannotTell, Channel::Text));
        let own = identical(true, false, false);
        let all_public = Shares { matched: 9, ..shares(9, 0, 9, 0) };
        assert_eq!(of_file(&[NONE, NONE, all_public, NONE], own, 900, false), (Verdict::PublicOnly, Channel::Parts));
        assert_eq!(of_file(&[NONE, NONE, shares(9, 1, 8, 0), NONE], own, 900, false), (Verdict::Ours, Channel::Parts));
    }

    #[test]
    fn of_a_program_a_quarter_of_its_parts_tells_and_fewer_are_its_compilers() {
        let judged = |parts| of_file(&[NONE, NONE, in_program(parts), NONE], Stands::default(), 900, false);
        assert_eq!(judged(shares(19, 4, 0, 0)), (Verdict::NotFound, Channel::Parts));
        assert_eq!(judged(shares(3, 1, 0, 0)), (Verdict::PartlyOurs, Channel::Parts));
        assert_eq!(judged(shares(19, 10, 0, 0)), (Verdict::Ours, Channel::Parts));
        // What everybody has of it does not weigh against what is ours.
        assert_eq!(judged(shares(19, 1, 16, 0)), (Verdict::PartlyOurs, Channel::Parts));
        assert_eq!(judged(shares(19, 1, 9, 0)), (Verdict::PublicOnly, Channel::Parts));
    }

    #[test]
    fn weights_need_three_sketches_and_a_tenth_of_all() {
        let judged = |parts, sketches| of_file(&[NONE, NONE, parts, sketches], Stands::default(), 900, false);
        let rounded = shares(500, 0, 0, 0);
        assert_eq!(judged(rounded, shares(100, 40, 0, 0)), (Verdict::Ours, Channel::Sketches));
        assert_eq!(judged(rounded, shares(100, 39, 0, 0)), (Verdict::PartlyOurs, Channel::Sketches));
        assert_eq!(judged(rounded, shares(100, 10, 0, 0)), (Verdict::PartlyOurs, Channel::Sketches));
        assert_eq!(judged(rounded, shares(101, 10, 0, 0)), (Verdict::NotFound, Channel::Parts));
        assert_eq!(judged(rounded, shares(9, 2, 0, 0)), (Verdict::NotFound, Channel::Parts));
        // Of what a public model became by a little training, its own sketches tell.
        assert_eq!(judged(rounded, shares(100, 12, 88, 0)), (Verdict::PartlyOurs, Channel::Sketches));
        assert_eq!(judged(rounded, shares(100, 8, 92, 0)), (Verdict::PublicOnly, Channel::Sketches));
        // One tensor as it was says less than all the weights.
        assert_eq!(judged(shares(20, 1, 0, 0), shares(100, 99, 0, 0)), (Verdict::Ours, Channel::Sketches));
    }

    #[test]
    fn the_same_bytes_tell_unless_everybody_has_them_or_they_are_few() {
        let judged = |text, identical, bytes| of_file(&[text, NONE, NONE, NONE], identical, bytes, false).0;
        assert_eq!(judged(NONE, identical(true, false, false), 64), Verdict::Ours);
        assert_eq!(judged(NONE, identical(true, false, false), 63), Verdict::CannotTell);
        assert_eq!(judged(shares(9, 9, 0, 0), identical(true, true, true), 900), Verdict::PublicOnly);
        assert_eq!(judged(shares(9, 9, 0, 0), identical(true, false, true), 900), Verdict::PublishedOnly);
        let all_public = Shares { matched: 9, ..shares(9, 0, 9, 0) };
        assert_eq!(judged(all_public, identical(true, false, false), 900), Verdict::PublicOnly);
    }

    #[test]
    fn what_stands_here_and_there_is_distinctive_of_nothing() {
        let counted = |channel, most| at_one_path(shares(20, 9, 0, 0), channel, most).distinctive;
        assert_eq!([counted(Channel::Text, 2), counted(Channel::Text, 3)], [0, 9]);
        assert_eq!([counted(Channel::Code, 4), counted(Channel::Code, 5)], [0, 9]);
        assert_eq!([counted(Channel::Parts, 0), counted(Channel::Parts, 1)], [0, 9]);
    }

    #[test]
    fn single_grams_tell_only_if_they_are_apart_and_not_lost_in_the_rest() {
        let judged =
            |channel, all, grams, apart| by_pieces(channel, all, &Together { grams, apart, ..Together::default() });
        assert!(judged(Channel::Text, 1000, 5, 5));
        assert!(!judged(Channel::Text, 1000, 20, 4));
        assert!(judged(Channel::Text, 1250, 5, 5) && !judged(Channel::Text, 1251, 5, 5));
        assert!(judged(Channel::Code, 73, 3, 2) && !judged(Channel::Code, 74, 3, 2));
        assert!(!judged(Channel::Code, 20, 2, 2) && !judged(Channel::Code, 20, 9, 1));
        assert!(!judged(Channel::Parts, 1, 9, 9));
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
