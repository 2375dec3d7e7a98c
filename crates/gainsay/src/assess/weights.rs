//! Every number of the assessment: `weights.toml`, which says why, and what a desk of its own sets in place of some of them.

use std::sync::LazyLock;

use serde::Deserialize;

/// The model and its version, as the ledger records it. A change of any number in `weights.toml` is a new version.
pub const MODEL: &str = "gainsay weighing 3";

/// The file, whose digest every assessment records.
pub const TEXT: &str = include_str!("weights.toml");

/// The numbers by name. Weights are log-odds in millinats, shares thousandths; `weights.toml` has the meaning of each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub start: i64,
    pub actor: Actor,
    pub company: Company,
    pub authority: Authority,
    pub independent: Independent,
    pub share: Share,
    pub track: Track,
    pub evidence: Evidence,
    pub reliability: Reliability,
    pub credibility: Credibility,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub word: i64,
    pub shows_piece: i64,
    pub shows_all: i64,
    pub takes_back: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    pub confirms: i64,
    pub admits_part: i64,
    pub denies: i64,
    pub limits: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    pub says: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Independent {
    pub says: i64,
    pub has_seen: i64,
    pub has_checked: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub bystander: i64,
    pub vague: i64,
    pub hearsay: i64,
    pub beside: i64,
    pub further: i64,
    pub turned: i64,
    pub dropped: i64,
    pub against_interest: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    pub firm: i64,
    pub vague: i64,
    pub prior: i64,
    pub most: i64,
    pub letter: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub match_first: i64,
    pub match_tenfold: i64,
    pub match_most: i64,
    pub without_public: i64,
    pub only_public: i64,
    pub not_found: i64,
    pub corpora_cover: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reliability {
    pub actor: char,
    pub company: char,
    pub authority: char,
    pub researcher: char,
    pub press: char,
    pub other: char,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credibility {
    pub confirmed: i64,
    pub probably: i64,
    pub possibly: i64,
    pub doubtful: i64,
}

/// Weights that do not hold.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// It is no such file, or names what there is not.
    #[error("not a file of weights: {0}; the keys are those of `gainsay assess --print-weights`")]
    Unreadable(String),
    /// A number is out of its range.
    #[error("{key} is {value}, and must be from {least} to {most}")]
    OutOfRange {
        /// Which.
        key: &'static str,
        /// As given.
        value: i64,
        /// The least that it may be.
        least: i64,
        /// The most.
        most: i64,
    },
    /// Better grounds would weigh less than worse ones.
    #[error("{less} must not weigh more than {more}: better grounds never count for less")]
    Order {
        /// The worse ground.
        less: &'static str,
        /// The better one.
        more: &'static str,
    },
    /// No letter of the Admiralty code.
    #[error("reliability {0:?} is no letter from A to F")]
    Letter(char),
}

impl Weights {
    /// Those of the program.
    pub fn built_in() -> &'static Weights {
        static BUILT_IN: LazyLock<Weights> =
            LazyLock::new(|| Weights::with("").unwrap_or_else(|e| unreachable!("a file of this folder: {e}")));
        &BUILT_IN
    }

    /// Those of the program, with what a desk's own file says in place of some. Keys that there are not are refused.
    ///
    /// # Errors
    /// The file is no such file, or its numbers do not hold together.
    pub fn with(own: &str) -> Result<Weights, WeightsError> {
        let unreadable = |e: toml::de::Error| WeightsError::Unreadable(e.to_string().trim_end().to_owned());
        let mut all: toml::Table = TEXT.parse().map_err(unreadable)?;
        let own: toml::Table = own.parse().map_err(unreadable)?;
        for (name, value) in own {
            match (all.get_mut(&name), value) {
                (Some(toml::Value::Table(section)), toml::Value::Table(values)) => section.extend(values),
                (_, value) => {
                    all.insert(name, value);
                }
            }
        }
        let weights: Weights = all.try_into().map_err(unreadable)?;
        weights.check()?;
        Ok(weights)
    }

    fn check(&self) -> Result<(), WeightsError> {
        let (actor, company, independent) = (&self.actor, &self.company, &self.independent);
        let (share, track, evidence, credibility) = (&self.share, &self.track, &self.evidence, &self.credibility);
        for (key, value, least, most) in [
            ("start", self.start, -MOST, MOST),
            ("actor.word", actor.word, 0, MOST),
            ("actor.shows_piece", actor.shows_piece, 0, MOST),
            ("actor.shows_all", actor.shows_all, 0, MOST),
            ("actor.takes_back", actor.takes_back, 0, MOST),
            ("company.confirms", company.confirms, 0, MOST),
            ("company.admits_part", company.admits_part, 0, MOST),
            ("company.denies", company.denies, 0, MOST),
            ("company.limits", company.limits, 0, MOST),
            ("authority.says", self.authority.says, 0, MOST),
            ("independent.says", independent.says, 0, MOST),
            ("independent.has_seen", independent.has_seen, 0, MOST),
            ("independent.has_checked", independent.has_checked, 0, MOST),
            ("share.bystander", share.bystander, 0, 1000),
            ("share.vague", share.vague, 0, 1000),
            ("share.hearsay", share.hearsay, 0, 1000),
            ("share.beside", share.beside, 0, 1000),
            ("share.further", share.further, 0, 1000),
            ("share.turned", share.turned, 0, 1000),
            ("share.dropped", share.dropped, 0, 1000),
            ("share.against_interest", share.against_interest, 1000, 10_000),
            ("track.firm", track.firm, 501, 1000),
            ("track.vague", track.vague, 501, 1000),
            ("track.prior", track.prior, 1, 1000),
            ("track.most", track.most, 0, MOST),
            ("track.letter", track.letter, 1, MOST),
            ("evidence.match_first", evidence.match_first, 0, MOST),
            ("evidence.match_tenfold", evidence.match_tenfold, 0, MOST),
            ("evidence.match_most", evidence.match_most, 0, MOST),
            ("evidence.without_public", evidence.without_public, 0, 1000),
            ("evidence.only_public", evidence.only_public, 0, MOST),
            ("evidence.not_found", evidence.not_found, 0, MOST),
            ("evidence.corpora_cover", evidence.corpora_cover, 0, 1000),
            ("credibility.confirmed", credibility.confirmed, 1, 100),
            ("credibility.probably", credibility.probably, 1, 100),
            ("credibility.possibly", credibility.possibly, 1, 100),
            ("credibility.doubtful", credibility.doubtful, 1, 100),
        ] {
            if !(least..=most).contains(&value) {
                return Err(WeightsError::OutOfRange { key, value, least, most });
            }
        }
        for ((less, lower), (more, upper)) in [
            (("actor.word", actor.word), ("actor.shows_piece", actor.shows_piece)),
            (("actor.shows_piece", actor.shows_piece), ("actor.shows_all", actor.shows_all)),
            (("company.limits", company.limits), ("company.denies", company.denies)),
            (("company.admits_part", company.admits_part), ("company.confirms", company.confirms)),
            (("independent.says", independent.says), ("independent.has_seen", independent.has_seen)),
            (("independent.has_seen", independent.has_seen), ("independent.has_checked", independent.has_checked)),
            (("track.vague", track.vague), ("track.firm", track.firm)),
            (("evidence.match_first", evidence.match_first), ("evidence.match_most", evidence.match_most)),
            (("credibility.doubtful", credibility.doubtful), ("credibility.possibly", credibility.possibly)),
            (("credibility.possibly", credibility.possibly), ("credibility.probably", credibility.probably)),
            (("credibility.probably", credibility.probably), ("credibility.confirmed", credibility.confirmed)),
        ] {
            if lower > upper {
                return Err(WeightsError::Order { less, more });
            }
        }
        let letters = &self.reliability;
        for letter in
            [letters.actor, letters.company, letters.authority, letters.researcher, letters.press, letters.other]
        {
            if !('A'..='F').contains(&letter) {
                return Err(WeightsError::Letter(letter));
            }
        }
        Ok(())
    }
}

/// Nobody's word is worth more than odds of 22,000 to 1.
const MOST: i64 = 10_000;

/// A share of a weight, in thousandths.
pub fn share_of(weight: i64, share: i64) -> i64 {
    weight * share / 1000
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_desk_sets_some_and_the_rest_stands() {
        let own = Weights::with("start = 0\n[company]\ndenies = 1000\n").unwrap();
        assert_eq!((own.start, own.company.denies), (0, 1000));
        assert_eq!(own.company.confirms, Weights::built_in().company.confirms);
        assert_eq!(Weights::with("").unwrap(), *Weights::built_in());
    }

    #[test]
    fn what_does_not_hold_is_refused_by_name() {
        for (own, named) in [
            ("begin = 1", "begin"),
            ("[company]\ndenys = 1", "denys"),
            ("[independent]\nsays = 9000", "independent.has_seen"),
            ("[share]\nvague = 1001", "share.vague is 1001"),
            ("[actor]\nword = -1", "actor.word is -1"),
            ("[reliability]\npress = \"G\"", "'G'"),
            ("start = \"much\"", "start"),
            ("company = 3", "company"),
            ("= 3", "line 1"),
        ] {
            let refused = Weights::with(own).unwrap_err().to_string();
            assert!(refused.contains(named), "{own}: {refused}");
        }
    }

    #[test]
    fn every_number_has_a_reason_above_it() {
        let mut section = "";
        let mut before = "";
        for line in TEXT.lines().filter(|line| !line.is_empty()) {
            // Letters and percentages have theirs once, above their section.
            if line.contains(" = ") && !line.starts_with('#') && !matches!(section, "[reliability]" | "[credibility]") {
                assert!(before.starts_with('#'), "{line}");
            }
            section = if line.starts_with('[') { line } else { section };
            before = line;
        }
        assert_eq!(section, "[credibility]");
    }
}
