//! The model: what each party's last word on a claim adds to its log-odds, and why. The numbers are in `weights`.
//!
//! It knows words by their properties only, so that a party's name, the order in which things came in, and how often a thing was
//! repeated change nothing.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::likelihood::Likelihood;
use super::track::Track;
use super::weights::{Weights, share_of};
use crate::claim::{Facet, PartyKind, Stance};

/// What somebody said for or against one proposition.
#[derive(Clone, Debug)]
pub struct Word {
    /// Whose knowledge it is: words of one origin are told by this alone.
    pub origin: String,
    /// The role in which the origin speaks.
    pub kind: PartyKind,
    /// What it does to the proposition.
    pub stance: Stance,
    /// Which way it goes.
    pub for_claim: bool,
    /// What stands behind it.
    pub proof: Proof,
    /// Whether it says something that could be shown to be wrong.
    pub specific: bool,
    /// Whether the origin is heard itself.
    pub direct: bool,
    /// Whether it costs the origin something to say so.
    pub against_interest: bool,
    /// Whether the origin has admitted a part of what is alleged, here or elsewhere.
    pub has_admitted: bool,
    /// When it was said, as far as that is known.
    pub when: Timestamp,
    /// Whether its source has dropped it since.
    pub dropped: bool,
    /// How right the origin was in other cases; `None` where nothing is known of that.
    pub track: Option<Track>,
}

/// What stands behind a word, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Nothing that is shown.
    Nothing,
    /// Pictures or a part of the data.
    Piece,
    /// All of the data.
    All,
    /// A check against something that the actor does not control.
    Checked,
}

/// What a word adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// In millinats, positive for the claim.
    pub millinats: i64,
    /// Why.
    pub because: String,
}

/// A finding that would change a likelihood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// The finding.
    pub what: &'static str,
    /// What the likelihood would be with it.
    pub likelihood: Likelihood,
}

impl fmt::Display for Prospect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} %)", self.what, self.likelihood.percent())
    }
}

/// How many prospects are told.
const PROSPECTS: usize = 3;

/// The weight of each word; `None` where another word of the same origin stands in its place.
///
/// Each origin counts once, on the side that it took last, by the best grounds that it gave for that side.
pub fn weigh(words: &[&Word], facet: Facet, weights: &Weights) -> Vec<Option<Weight>> {
    let mut by_origin: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, word) in words.iter().enumerate() {
        by_origin.entry(&word.origin).or_default().push(place);
    }
    let mut weighed: Vec<Option<Weight>> = vec![None; words.len()];
    let mut groups: BTreeMap<(Group, bool), Vec<usize>> = BTreeMap::new();
    for places in by_origin.into_values() {
        let Some(last) = places.iter().map(|place| words[*place]).max_by_key(|word| rank(word)) else { continue };
        let has_turned = places.iter().any(|place| words[*place].for_claim != last.for_claim);
        // What a source has dropped since gives way to what the origin says beside it.
        let on_side = places
            .into_iter()
            .filter(|place| words[*place].for_claim == last.for_claim && (last.dropped || !words[*place].dropped));
        let each = on_side.map(|place| (place, alone(words[place], has_turned, facet, weights)));
        let best =
            each.max_by_key(|(place, weight)| (words[*place].direct, weight.millinats.abs(), words[*place].when));
        if let Some((place, weight)) = best {
            weighed[place] = Some(weight);
            groups.entry((group(words[place].kind), last.for_claim)).or_default().push(place);
        }
    }
    for mut places in groups.into_values() {
        let size = |place: &usize| weighed[*place].as_ref().map_or(0, |weight| weight.millinats.abs());
        places.sort_by_key(|place| (std::cmp::Reverse(size(place)), words[*place].when));
        let mut share = 1000;
        for (number, place) in places.into_iter().enumerate() {
            let Some(weight) = &mut weighed[place] else { continue };
            weight.millinats = share_of(weight.millinats, share);
            if number > 0 {
                weight.because += ", beside weightier of its kind";
            }
            share = share_of(share, weights.share.further);
        }
    }
    weighed
}

/// The likelihood of a claim on which these weights are put.
pub fn likelihood(weighed: &[Option<Weight>], weights: &Weights) -> Likelihood {
    let sum: i64 = weighed.iter().flatten().map(|weight| weight.millinats).sum();
    Likelihood { millinats: weights.start + sum }
}

/// Which of an origin's words tells its side: what a company admits against its own interest, a later denial does not take back;
/// otherwise its own words before others' account of them, what still stands before what was dropped, the later one, and of one moment
/// the one that takes back.
fn rank(word: &Word) -> (bool, bool, bool, Timestamp, bool) {
    let admits = word.kind == PartyKind::Victim && word.for_claim;
    (admits, word.direct, !word.dropped, word.when, !word.for_claim)
}

/// Voices that mostly look at the same thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Actors,
    Company,
    Authorities,
    Independent,
}

fn group(kind: PartyKind) -> Group {
    match kind {
        PartyKind::Actor => Group::Actors,
        PartyKind::Victim => Group::Company,
        PartyKind::Authority => Group::Authorities,
        PartyKind::Researcher | PartyKind::Press | PartyKind::Other => Group::Independent,
    }
}

/// What a word adds where nobody else speaks.
fn alone(word: &Word, has_turned: bool, facet: Facet, weights: &Weights) -> Weight {
    let share = &weights.share;
    let mut because = format!("{} {}", word.kind, word.stance.word().replace('_', " "));
    // What is shown bears on whose data it is and which; on how it was had, how much and when only by the way.
    let bears = |size: i64| match facet {
        Facet::Victim | Facet::Assets | Facet::Exfiltration => size,
        Facet::Volume if word.proof == Proof::All => size,
        Facet::Volume | Facet::Access | Facet::Date | Facet::Offer => share_of(size, share.beside),
    };
    let mut conceded = word.kind == PartyKind::Victim && word.for_claim;
    let mut size = match (word.kind, word.for_claim) {
        (PartyKind::Actor, true) => {
            let own = &weights.actor;
            let (size, shown) = match word.proof {
                Proof::Nothing => (own.word, ", showing nothing"),
                Proof::Piece => (bears(own.shows_piece), ", showing a piece of its choosing"),
                Proof::All | Proof::Checked => (bears(own.shows_all), ", showing all of it"),
            };
            because += shown;
            size.max(own.word)
        }
        (PartyKind::Actor, false) if word.against_interest || has_turned => {
            conceded = true;
            because += ", taking it back";
            weights.actor.takes_back
        }
        (PartyKind::Actor, false) => weights.actor.word,
        (PartyKind::Victim, true) if word.stance == Stance::PartlyConfirms => weights.company.admits_part,
        (PartyKind::Victim, true) => weights.company.confirms,
        // Where it is asked whose systems or data it is, a lesser thing that is admitted is another explanation of what is shown.
        (PartyKind::Victim, false) if word.has_admitted && !matches!(facet, Facet::Access | Facet::Victim) => {
            because += ", having admitted a part";
            weights.company.limits
        }
        (PartyKind::Victim, false) => weights.company.denies,
        (PartyKind::Authority, _) => weights.authority.says,
        (PartyKind::Researcher | PartyKind::Press | PartyKind::Other, _) => {
            let own = &weights.independent;
            let (size, grounds) = match word.proof {
                Proof::Nothing => (own.says, ""),
                Proof::Piece | Proof::All => (bears(own.has_seen), ", having seen what is shown"),
                Proof::Checked => (bears(own.has_checked), ", having checked what is shown"),
            };
            because += grounds;
            size.max(own.says)
        }
    };
    if let Some(track) = word.track.as_ref().filter(|track| !conceded && track.claims.all() > 0) {
        // Who was always wrong counts nothing, not the other way round: that could be played.
        size = (size + track.shift(word.kind, weights)).max(0);
        because += &format!(", {}", track.words());
    }
    if word.kind == PartyKind::Other {
        size = share_of(size, share.bystander);
    }
    if word.against_interest && !matches!(word.kind, PartyKind::Actor | PartyKind::Victim) {
        size = share_of(size, share.against_interest);
        because += ", against its own interest";
    }
    if !word.specific && word.kind != PartyKind::Actor && !conceded {
        size = share_of(size, share.vague);
        because += ", vaguely";
    }
    // Of an actor one mostly hears through others.
    if !word.direct && word.kind != PartyKind::Actor {
        size = share_of(size, share.hearsay);
        because += ", at second hand";
    }
    if has_turned && !conceded {
        size = share_of(size, share.turned);
        because += ", having said the opposite";
    }
    if word.dropped {
        size = share_of(size, share.dropped);
        because += ", which its source has dropped since";
    }
    Weight { millinats: if word.for_claim { size } else { -size }, because }
}

/// How likely a word makes the proposition if its origin is taken at it, in thousandths.
pub fn implied(word: &Word, weights: &Weights) -> u16 {
    let sure = if word.specific { weights.track.firm } else { weights.track.vague };
    u16::try_from(if word.for_claim { sure } else { 1000 - sure }).unwrap_or(500)
}

/// The findings that would change the likelihood most, with what it would then be. `fixed` is what evidence adds.
pub fn prospects(words: &[&Word], fixed: i64, facet: Facet, weights: &Weights) -> Vec<Prospect> {
    let total = |words: &[&Word]| {
        let mut likelihood = likelihood(&weigh(words, facet, weights), weights);
        likelihood.millinats += fixed;
        likelihood
    };
    let now = total(words);
    let origin_of = |kind| {
        let of_kind = words.iter().filter(|word| word.kind == kind);
        of_kind.max_by_key(|word| (word.proof, word.when)).map(|word| word.origin.as_str())
    };
    let mut found: Vec<Prospect> = Vec::new();
    let said: [(&'static str, PartyKind, bool, Proof); 8] = [
        ("the company confirms it", PartyKind::Victim, true, Proof::Nothing),
        ("the company denies it and says what it looked at", PartyKind::Victim, false, Proof::Nothing),
        ("somebody without a stake checks what is shown, and it holds", PartyKind::Researcher, true, Proof::Checked),
        (
            "somebody without a stake checks what is shown, and it does not hold",
            PartyKind::Researcher,
            false,
            Proof::Checked,
        ),
        ("police or a regulator find it so", PartyKind::Authority, true, Proof::Nothing),
        ("police or a regulator find otherwise", PartyKind::Authority, false, Proof::Nothing),
        ("whoever claims it gives all of it away", PartyKind::Actor, true, Proof::All),
        ("whoever claims it takes it back", PartyKind::Actor, false, Proof::Nothing),
    ];
    for (what, kind, for_claim, proof) in said {
        // Company and actor are those who spoke; a check or an inquiry is one more.
        let origin = match kind {
            PartyKind::Victim | PartyKind::Actor => origin_of(kind),
            _ => None,
        };
        if kind == PartyKind::Actor && origin.is_none() {
            continue;
        }
        let stance = match (kind, for_claim) {
            (PartyKind::Actor, true) => Stance::Claims,
            (_, true) => Stance::Confirms,
            (_, false) => Stance::Denies,
        };
        let word = Word {
            origin: origin.unwrap_or("\0").to_owned(),
            kind,
            stance,
            for_claim,
            proof,
            specific: true,
            direct: true,
            against_interest: kind == PartyKind::Actor && !for_claim,
            has_admitted: words.iter().any(|word| word.kind == kind && word.has_admitted),
            when: Timestamp::MAX,
            dropped: false,
            track: words
                .iter()
                .find(|word| word.kind == kind && Some(word.origin.as_str()) == origin)
                .and_then(|it| it.track.clone()),
        };
        let with: Vec<&Word> = words.iter().copied().chain([&word]).collect();
        found.push(Prospect { what, likelihood: total(&with) });
    }
    let evidence = &weights.evidence;
    let matched = matches!(facet, Facet::Victim | Facet::Assets);
    for (what, millinats) in [
        (
            "a sample is found to hold ten files that only the company has",
            evidence.match_first + evidence.match_tenfold,
        ),
        ("all of a sample is found to be public", -evidence.only_public),
    ] {
        if matched && (millinats > 0 || facet == Facet::Victim) {
            let likelihood = Likelihood { millinats: now.millinats + millinats.min(evidence.match_most) };
            found.push(Prospect { what, likelihood });
        }
    }
    let change = |it: &Prospect| it.likelihood.percent().abs_diff(now.percent());
    found.retain(|it| change(it) > 0);
    found.sort_by_key(|it| std::cmp::Reverse(change(it)));
    found.truncate(PROSPECTS);
    found
}

/// How reliable a source is, by its kind: the letter of the Admiralty code. Who has turned is one lower; so is who was wrong often
/// enough in other cases, and who was right so often one higher: between `A` and `E`.
pub fn reliability(kind: PartyKind, has_turned: bool, shift: i64, weights: &Weights) -> char {
    let own = &weights.reliability;
    let letter = match kind {
        PartyKind::Actor => own.actor,
        PartyKind::Victim => own.company,
        PartyKind::Authority => own.authority,
        PartyKind::Researcher => own.researcher,
        PartyKind::Press => own.press,
        PartyKind::Other => own.other,
    };
    const LETTERS: [char; 5] = ['A', 'B', 'C', 'D', 'E'];
    let earned = (shift <= -weights.track.letter, shift >= weights.track.letter);
    // Of whom nothing can be judged by its kind, the record is all that there is: it starts from the middle.
    let at = match LETTERS.iter().position(|it| *it == letter) {
        Some(at) => at,
        None if earned.0 || earned.1 => 2,
        None => return letter,
    };
    let lower = usize::from(has_turned) + usize::from(earned.0);
    LETTERS[(at + lower).saturating_sub(usize::from(earned.1)).min(LETTERS.len() - 1)]
}

/// How credible what a voice says is, by what the others say: the number of the Admiralty code. `rest` is the likelihood without it,
/// `borne_out` and `alone` whether another origin is on its side, and whether there is no other at all.
pub fn credibility(for_claim: bool, rest: Likelihood, borne_out: bool, alone: bool, weights: &Weights) -> u8 {
    let own = &weights.credibility;
    let percent = i64::from(if for_claim { rest.percent() } else { 100 - rest.percent() });
    match percent {
        _ if alone => 6,
        it if borne_out && it >= own.confirmed => 1,
        it if it >= own.probably => 2,
        it if it >= own.possibly => 3,
        it if it >= own.doubtful => 4,
        _ => 5,
    }
}
