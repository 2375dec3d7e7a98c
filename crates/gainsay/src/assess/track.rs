//! How right each party has been before: its track record in the settled claims of other cases, and what that does to its word.
//!
//! A case counts once for each party, however many of its claims are settled: they are of one event, and mostly fall together.

use std::collections::{BTreeMap, BTreeSet};

use super::likelihood::{Likelihood, logarithm};
use super::parties::{key, organisation};
use super::weights::Weights;
use crate::claim::{EntryId, PartyKind, Settlement};

/// How right a party has been.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Its name, as it was last written.
    pub name: String,
    /// The roles in which it spoke.
    pub kinds: BTreeSet<PartyKind>,
    /// Settled claims on which it was right, and on which wrong.
    pub claims: Count,
    /// Settled claims on which it passed on what proved right, and what proved wrong. That weighs nothing.
    pub relayed: Count,
    /// The cases in which it was right, and wrong, in thousandths: of each the share of its claims.
    pub cases: Count,
    /// The mean square of what its words implied less what proved so, in thousandths: 0 is best, 250 is to know nothing. `None` where
    /// it only passed on.
    pub brier: Option<u64>,
}

/// How often right, and how often wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Right.
    pub right: u64,
    /// Wrong.
    pub wrong: u64,
}

impl Count {
    fn add(&mut self, is_right: bool) {
        *(if is_right { &mut self.right } else { &mut self.wrong }) += 1;
    }

    /// Both.
    pub fn all(self) -> u64 {
        self.right + self.wrong
    }
}

/// The track records of all parties, by the form in which names are compared.
pub fn tracks(past: &[Settlement]) -> BTreeMap<String, Track> {
    let mut tracks: BTreeMap<String, Track> = BTreeMap::new();
    let mut by_case: BTreeMap<(String, EntryId), Count> = BTreeMap::new();
    let mut squares: BTreeMap<String, u64> = BTreeMap::new();
    for settled in past {
        let Some(is_true) = settled.outcome else { continue };
        for side in &settled.sides {
            let party = key(&side.party);
            let track = tracks.entry(party.clone()).or_default();
            track.name = organisation(&side.party).to_owned();
            track.kinds.insert(side.kind);
            let is_right = (side.implied > 500) == is_true;
            if side.relayed {
                track.relayed.add(is_right);
                continue;
            }
            track.claims.add(is_right);
            by_case.entry((party.clone(), settled.case)).or_default().add(is_right);
            let miss = u64::from(side.implied).abs_diff(if is_true { 1000 } else { 0 });
            *squares.entry(party).or_default() += miss * miss;
        }
    }
    for ((party, _), of_case) in by_case {
        if let Some(track) = tracks.get_mut(&party) {
            track.cases.right += 1000 * of_case.right / of_case.all();
            track.cases.wrong += 1000 - 1000 * of_case.right / of_case.all();
        }
    }
    for (party, sum) in squares {
        if let Some(track) = tracks.get_mut(&party) {
            track.brier = Some(sum / (track.claims.all() * 1000));
        }
    }
    tracks
}

impl Track {
    /// What the track record adds to the size of a party's word, in millinats, negative where it takes away: the odds of being right
    /// after the settled cases, less those that one of its kind is taken to have before any. As if it had been right, before, in as many
    /// of `track.prior` cases as its kind is. Never more than `track.most`, either way.
    pub fn shift(&self, kind: PartyKind, weights: &Weights) -> i64 {
        let own = &weights.track;
        let of_kind = match kind {
            PartyKind::Actor => weights.actor.word,
            PartyKind::Victim => weights.company.denies,
            PartyKind::Authority => weights.authority.says,
            PartyKind::Researcher | PartyKind::Press | PartyKind::Other => weights.independent.says,
        };
        let percent = u64::from(Likelihood { millinats: of_kind }.percent());
        // In thousandths of a case, like the record.
        let prior = own.prior.unsigned_abs() * 10;
        let (right, wrong) = (prior * percent, prior * (100 - percent));
        let after = logarithm(right + self.cases.right) - logarithm(wrong + self.cases.wrong);
        (after - logarithm(right) + logarithm(wrong)).clamp(-own.most, own.most)
    }

    /// In a few words, for the reason of a weight.
    pub fn words(&self) -> String {
        let all = self.claims.all();
        format!("right on {} of {all} settled claim{}", self.claims.right, if all == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::claim::{ClaimKey, Facet, Side, Tlp};

    /// A claim of a case that proved true or not, on which these took a side.
    pub(in crate::assess) fn settled(case: u8, is_true: bool, sides: &[(&str, PartyKind, u16)]) -> Settlement {
        Settlement {
            id: EntryId([case; 32]),
            by: "ana".into(),
            at: Timestamp::UNIX_EPOCH,
            tlp: Tlp::Clear,
            case: EntryId([case; 32]),
            claim: ClaimKey::Computed { facet: Facet::Access, victim: None },
            proposition: "It is so.".into(),
            outcome: Some(is_true),
            reason: "It came out.".into(),
            sides: sides
                .iter()
                .map(|(party, kind, implied)| Side {
                    party: (*party).to_owned(),
                    kind: *kind,
                    implied: *implied,
                    relayed: false,
                })
                .collect(),
        }
    }

    fn shift(past: &[Settlement], party: &str, kind: PartyKind) -> i64 {
        tracks(past).get(&key(party)).map_or(0, |track| track.shift(kind, Weights::built_in()))
    }

    #[test]
    fn who_was_right_counts_more_and_who_was_wrong_less_and_both_within_bounds() {
        let most = Weights::built_in().track.most;
        for kind in PartyKind::ALL {
            let after = |right: u8, wrong: u8| {
                let of = |case| settled(case, case < right, &[("Firm", *kind, 900)]);
                shift(&(0..right + wrong).map(of).collect::<Vec<_>>(), "Firm", *kind)
            };
            assert_eq!(after(0, 0), 0);
            for count in 0..40 {
                assert!(after(count + 1, 3) >= after(count, 3), "{kind}");
                assert!(after(3, count + 1) <= after(3, count), "{kind}");
            }
            assert!((0..=most).contains(&after(100, 0)) && (-most..0).contains(&after(0, 100)), "{kind}");
        }
    }

    #[test]
    fn a_case_counts_once_however_many_of_its_claims_are_settled() {
        let one = |case, is_true| settled(case, is_true, &[("Firm", PartyKind::Researcher, 900)]);
        let once = shift(&[one(1, true)], "Firm", PartyKind::Researcher);
        assert_eq!(shift(&[one(1, true), one(1, true), one(1, true)], "Firm", PartyKind::Researcher), once);
        assert!(shift(&[one(1, true), one(2, true)], "Firm Inc.", PartyKind::Researcher) > once);
        let both = [one(1, true), one(1, false)];
        let track = &tracks(&both)["firm"];
        assert_eq!((track.claims.right, track.claims.wrong), (1, 1));
        assert_eq!(track.brier, Some((10 + 810) / 2));
    }

    #[test]
    fn who_only_passed_on_has_no_record_that_weighs() {
        let mut past = settled(1, false, &[("Outlet", PartyKind::Press, 900)]);
        past.sides[0].relayed = true;
        let track = &tracks(std::slice::from_ref(&past))["outlet"];
        assert_eq!(
            (track.relayed.wrong, track.brier, track.shift(PartyKind::Press, Weights::built_in())),
            (1, None, 0)
        );
    }
}
