//! Statements and findings attached to the claims that they speak to, and weighed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::access::Access;
use super::edits::{self, Editing};
use super::grounds;
use super::likelihood::Likelihood;
use super::model::{self, Prospect, Word};
use super::parties::{Parties, key, organisation};
use super::weights::{Weights, share_of};
use crate::claim::{
    Case, ClaimKey, Confidence, Facet, Finding, PartyKind, PrivateMatch, Said, Settlement, Stance, State, StatementKey,
};

/// A proposition that can be true or false.
#[derive(Clone, Debug)]
pub struct Claim {
    /// `c` and its number in the case.
    pub handle: String,
    /// Which claim it is, whatever its handle.
    pub key: ClaimKey,
    /// Which part of the breach claim it is.
    pub facet: Facet,
    /// Against whom, as named; `None` where no victim is named at all.
    pub victim: Option<String>,
    /// The proposition in words.
    pub proposition: String,
    /// What speaks for and against it, heaviest first.
    pub voices: Vec<Voice>,
    /// How likely it is.
    pub likelihood: Likelihood,
    /// How far that judgement can be trusted.
    pub confidence: Confidence,
    /// Where the knowledge comes from, each once.
    pub origins: BTreeSet<String>,
    /// The findings that would change the likelihood most, heaviest first.
    pub prospects: Vec<Prospect>,
    /// What became of it, where somebody settled it; nothing that is computed depends on it.
    pub settled: Option<String>,
    /// Whether the way in is still open, and for sale; of a claim of access alone.
    pub access: Option<Access>,
}

/// One statement or finding on a claim.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The handle of the statement or finding.
    pub handle: String,
    /// Who speaks.
    pub party: String,
    /// Whose knowledge it is, where it is another's.
    pub origin: Option<String>,
    /// Which way it goes.
    pub for_claim: bool,
    /// Whether it names the victim, or leaves open whom it means, as a claim against "three companies" does.
    pub is_named: bool,
    /// What it adds to the log-odds, in millinats; 0 where it does not weigh.
    pub weight: i64,
    /// Why that much.
    pub because: String,
    /// How reliable whoever knows it is, by kind and record: a letter of the Admiralty code, `A` to `F`.
    pub reliability: char,
    /// Whether it is the one of its origin's that counts, whatever it then weighs.
    pub counts: bool,
    /// How likely it makes the claim if its origin is taken at its word, in thousandths.
    pub implied: u16,
    /// How credible it is by what the other voices say: a number of the Admiralty code, 1 to 6.
    pub credibility: u8,
}

impl Claim {
    /// What weighs most in the direction that the likelihood goes.
    pub fn mainstay(&self) -> Option<&Voice> {
        let sum: i64 = self.voices.iter().map(|voice| voice.weight).sum();
        self.voices
            .iter()
            .filter(|voice| voice.for_claim == (sum >= 0) && voice.weight != 0)
            .max_by_key(|voice| voice.weight.abs())
    }

    /// Whether anything that was reviewed or can be recomputed speaks to it. Otherwise there is nothing to judge by.
    pub fn is_assessed(&self) -> bool {
        self.voices.iter().any(|voice| voice.weight != 0)
    }
}

/// The claims of a case, most important facet first, and what became of what analysts edited.
pub fn claims(case: &Case, parties: &Parties, weights: &Weights) -> (Vec<Claim>, Editing) {
    let mut victims: Vec<Option<String>> = parties.victims.values().cloned().map(Some).collect();
    if victims.is_empty() {
        victims.push(None);
    }
    let mut sketches = Vec::new();
    for victim in victims {
        for facet in [Facet::Victim, Facet::Access, Facet::Exfiltration, Facet::Assets, Facet::Date] {
            sketches.extend(sketch(case, parties, weights, facet, victim.clone()));
        }
    }
    // How much there is, and for how much, is said of the whole haul; whose part is how large is seldom said at all.
    for facet in [Facet::Volume, Facet::Offer] {
        sketches.extend(sketch(case, parties, weights, facet, None));
    }
    let applied = edits::apply(case, parties, &mut sketches);
    let mut claims: Vec<Claim> = sketches.into_iter().map(|sketch| weigh(sketch, weights)).collect();
    claims.sort_by_key(|claim| !claim.is_assessed());
    for (number, claim) in claims.iter_mut().enumerate() {
        claim.handle = format!("c{}", number + 1);
        let is_it = |it: &&Settlement| edits::normal(&it.claim) == edits::normal(&claim.key);
        claim.access = (claim.facet == Facet::Access).then(|| Access::of(case, &claim.voices));
        claim.settled = case.settlements.iter().rev().find(is_it).map(Settlement::words);
    }
    let editing = applied.with_handles(&claims);
    (claims, editing)
}

/// A claim before it is weighed.
pub(super) struct Sketch {
    pub key: ClaimKey,
    pub facet: Facet,
    pub victim: Option<String>,
    pub proposition: String,
    pub voices: Vec<Candidate>,
}

/// The claim of a facet against a victim, where anybody speaks to it by name.
fn sketch(case: &Case, parties: &Parties, weights: &Weights, facet: Facet, victim: Option<String>) -> Option<Sketch> {
    let mut voices = spoken(case, parties, facet, victim.as_deref());
    voices.extend(case.current_findings().filter_map(|finding| found(finding, weights, facet, victim.as_deref())));
    voices.extend(settled_privately(case, weights, facet, victim.as_deref()));
    let is_named = voices.iter().any(|voice| voice.is_named);
    is_named.then(|| Sketch {
        key: ClaimKey::Computed { facet, victim: victim.clone() },
        facet,
        proposition: proposition(case, facet, victim.as_deref()),
        victim,
        voices,
    })
}

/// Whether a voice names the victim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// It does.
    Yes,
    /// It leaves open whom it means, as a claim against "three companies" does.
    Open,
}

/// A voice before it is weighed.
pub(super) struct Candidate {
    voice: Voice,
    /// The statement that it is; nothing of a finding.
    pub statement: Option<StatementKey>,
    /// What the model weighs of a statement; nothing of a finding, whose weight is its own.
    word: Option<Word>,
    /// Whose knowledge it is, to tell one origin from another.
    origin: String,
    kind: PartyKind,
    when: (Timestamp, usize, usize),
    weighs: bool,
    unseen: bool,
}

impl std::ops::Deref for Candidate {
    type Target = Voice;

    fn deref(&self) -> &Voice {
        &self.voice
    }
}

impl Candidate {
    /// Lets it go the other way.
    pub fn turn(&mut self, for_claim: bool) {
        self.voice.for_claim = for_claim;
        self.word.iter_mut().for_each(|word| word.for_claim = for_claim);
    }
}

fn spoken(case: &Case, parties: &Parties, facet: Facet, victim: Option<&str>) -> Vec<Candidate> {
    let admitted = admitted(case, parties);
    let speaking = case.shown().filter(|said| speaks_to(said, facet)).filter_map(|said| {
        let for_claim = direction(case, parties, said, facet)?;
        let named = names(parties, said, victim)?;
        Some(voice(case, parties, &admitted, said, (for_claim, named)))
    });
    speaking.collect()
}

/// A statement that somebody attached, as a voice on a claim of this facet; `None` where it shows no more, or takes no side.
pub(super) fn attached(
    case: &Case,
    parties: &Parties,
    statement: StatementKey,
    (facet, side): (Facet, Option<bool>),
) -> Option<Candidate> {
    let said = case.shown().find(|said| said.draft == statement)?;
    let for_claim = side.or_else(|| direction(case, parties, said, facet))?;
    Some(voice(case, parties, &admitted(case, parties), said, (for_claim, Named::Yes)))
}

/// A statement as a voice on a claim, before it is weighed.
fn voice(
    case: &Case,
    parties: &Parties,
    admitted: &BTreeSet<String>,
    said: &Said,
    (for_claim, named): (bool, Named),
) -> Candidate {
    let statement = &said.statement;
    // Who contradicts speaks for himself, of whomever he speaks.
    let repeats = matches!(statement.stance, Stance::Informs | Stance::Claims);
    let origin = statement
        .origin
        .clone()
        .filter(|origin| repeats && parties.canonical(origin) != parties.canonical(&statement.speaker));
    let kind = match &origin {
        Some(origin) if parties.is_actor(origin) => PartyKind::Actor,
        // What an outlet or a firm repeats is worth what it is worth from whom it has it, and that is not known here.
        Some(_) => PartyKind::Other,
        None => parties.kind(&statement.speaker, statement.speaker_kind),
    };
    let key = parties.canonical(origin.as_deref().unwrap_or(&statement.speaker));
    let quote = said.quote(case).unwrap_or_default().to_lowercase();
    let word = Word {
        origin: key.clone(),
        kind,
        stance: statement.stance,
        for_claim,
        proof: grounds::proof(case, parties, said, kind, &quote),
        specific: grounds::is_specific(&quote),
        direct: origin.is_none(),
        against_interest: false,
        has_admitted: admitted.contains(&key),
        when: grounds::when(case, said),
        dropped: parties.is_dropped(&said.handle),
        track: parties.track(&key).cloned(),
    };
    Candidate {
        statement: Some(said.draft),
        voice: Voice {
            handle: said.handle.clone(),
            party: statement.speaker.clone(),
            origin,
            for_claim,
            is_named: named == Named::Yes,
            weight: 0,
            because: String::new(),
            counts: false,
            implied: 500,
            reliability: 'F',
            credibility: 6,
        },
        word: Some(word),
        origin: key,
        kind,
        when: case.order(said),
        weighs: said.state.weighs(),
        unseen: matches!(said.state, State::Accepted { unseen: true, .. }),
    }
}

/// The parties that have admitted a part of what is alleged.
fn admitted(case: &Case, parties: &Parties) -> BTreeSet<String> {
    let happened = [Facet::Access, Facet::Exfiltration, Facet::Assets];
    case.shown()
        .filter(|said| said.state.weighs())
        .map(|said| &said.statement)
        .filter(|it| matches!(it.stance, Stance::Confirms | Stance::PartlyConfirms))
        .filter(|it| it.facets.iter().any(|facet| happened.contains(facet)))
        .map(|it| parties.canonical(&it.speaker))
        .collect()
}

/// Whether a statement speaks to a facet, by its words or by what follows from them: who says that data was taken from a company says
/// that it was entered, and who denies that it was entered denies that anything was taken. A company that confirms whom it talked to,
/// or when, confirms no breach by that: on whose data it is and on the date it speaks only together with what happened.
fn speaks_to(said: &Said, facet: Facet) -> bool {
    let facets = &said.statement.facets;
    let follows = match (said.statement.stance, facet) {
        (Stance::Denies, Facet::Exfiltration) => facets.contains(&Facet::Access),
        (Stance::Claims | Stance::Confirms | Stance::PartlyConfirms | Stance::Informs, Facet::Access) => {
            facets.contains(&Facet::Exfiltration)
        }
        _ => false,
    };
    let happened = [Facet::Access, Facet::Exfiltration, Facet::Assets];
    let admits = matches!(said.statement.stance, Stance::Confirms | Stance::PartlyConfirms);
    let needs_more = admits && matches!(facet, Facet::Victim | Facet::Date);
    follows || facets.contains(&facet) && (!needs_more || happened.iter().any(|facet| facets.contains(facet)))
}

/// Whether the statement speaks of this victim, and by name; `None` where it speaks of others.
fn names(parties: &Parties, said: &Said, victim: Option<&str>) -> Option<Named> {
    let statement = &said.statement;
    let Some(victim) = victim.map(key) else { return Some(Named::Yes) };
    let about: Vec<String> = statement.about.iter().map(|name| key(name)).collect();
    if about.contains(&victim) || key(&statement.speaker) == victim {
        return Some(Named::Yes);
    }
    let of_another = about.iter().any(|name| parties.victims.contains_key(name))
        || parties.victims.contains_key(&key(&statement.speaker));
    (!of_another).then_some(Named::Open)
}

/// Whether a statement speaks for or against a claim of this facet; `None` where it takes no side.
fn direction(case: &Case, parties: &Parties, said: &Said, facet: Facet) -> Option<bool> {
    match said.statement.stance {
        Stance::Claims | Stance::Confirms => Some(true),
        // What is admitted is that systems were entered; what is limited or denied is the rest.
        Stance::PartlyConfirms => Some(matches!(facet, Facet::Access | Facet::Date)),
        Stance::Denies => Some(false),
        // "We never said so" takes a claim back, and makes none.
        Stance::Disputes
            if mentions(
                case,
                said,
                &["never suggest", "never claimed", "never said", "did not suggest", "did not claim"],
            ) =>
        {
            None
        }
        Stance::Disputes => Some(disputes_a_denial(case, parties, said)),
        Stance::NoComment | Stance::Investigating => None,
        // What is passed on from an actor is the actor's claim, said again.
        Stance::Informs => said.statement.origin.as_ref().map(|_| true),
    }
}

fn mentions(case: &Case, said: &Said, words: &[&str]) -> bool {
    said.quote(case).is_some_and(|quote| words.iter().any(|word| quote.contains(word)))
}

/// Whether what a statement disputes is the company's own denial: then it speaks for the claim. It does where a company that it
/// speaks of, or any where it names none, has denied or limited the claim before, unless it says that the accuser has shown too
/// little.
fn disputes_a_denial(case: &Case, parties: &Parties, said: &Said) -> bool {
    let statement = &said.statement;
    if parties.kind(&statement.speaker, statement.speaker_kind) == PartyKind::Victim {
        return false;
    }
    if mentions(case, said, &["evidence to support", "no evidence", "not provided", "insufficient", "unfounded"]) {
        return false;
    }
    let meant: BTreeSet<String> =
        statement.about.iter().map(|name| key(name)).filter(|name| parties.victims.contains_key(name)).collect();
    case.shown().any(|other| {
        let speaker = key(&other.statement.speaker);
        matches!(other.statement.stance, Stance::Denies | Stance::PartlyConfirms)
            && if meant.is_empty() { parties.victims.contains_key(&speaker) } else { meant.contains(&speaker) }
            && is_before(case, other, said)
    })
}

/// Whether one statement was made before another: in one text by place, else by day, those of one day before each other.
fn is_before(case: &Case, one: &Said, other: &Said) -> bool {
    if one.source == other.source {
        one.statement.span.start < other.statement.span.start
    } else {
        grounds::when(case, one) <= grounds::when(case, other)
    }
}

/// The party of a match.
pub const SAMPLE_ITSELF: &str = "the sample itself";

/// What a match says on a facet, by its own figures. It bears on whose data it is and on what is offered, never by itself on access
/// or exfiltration.
fn found(finding: &Finding, weights: &Weights, facet: Facet, victim: Option<&str>) -> Option<Candidate> {
    let result = &finding.result;
    if victim.is_none_or(|victim| key(victim) != key(&result.owner)) {
        return None;
    }
    let own = &weights.evidence;
    let (weight, because) = match (facet, result.verdict.as_str()) {
        (Facet::Victim | Facet::Assets, "ours" | "partly ours") => {
            let files = (result.files_of(&["ours"]) + result.files_of(&["partly ours"])).max(1);
            let weight = (own.match_first + own.match_tenfold * i64::from(files.ilog10())).min(own.match_most);
            let files = crate::claim::counted(files, "file");
            if result.subtracts_public() {
                (weight, format!("{files} in the sample that only the owner has, in whole or in part"))
            } else {
                let weight = share_of(weight, own.without_public);
                (weight, format!("{files} of the owner in the sample, but no public code was held against it"))
            }
        }
        (Facet::Victim, "public only" | "published only") => {
            (-own.only_public, "all that was found is public or was given away".to_owned())
        }
        (Facet::Victim, "not found") => (
            -share_of(own.not_found, own.corpora_cover),
            match own.corpora_cover {
                0 => {
                    "nothing of the sample is in the corpora, of which nobody has stated how much they cover".to_owned()
                }
                cover => format!("nothing of the sample is in the corpora, which are stated to cover {} %", cover / 10),
            },
        ),
        _ => return None,
    };
    // Anybody with sample and corpora gets the same.
    let reliability = ('A', 1);
    let when = (finding.received, finding.sample, 0);
    Some(evidence((&finding.handle, format!("match {}", finding.handle)), (weight, because), reliability, when))
}

/// What private matches say on a facet. Of those of the same two parties the weightiest counts: they may well be of one sample.
fn settled_privately(case: &Case, weights: &Weights, facet: Facet, victim: Option<&str>) -> Vec<Candidate> {
    let mut heard: BTreeMap<(&str, &str), Vec<Candidate>> = BTreeMap::new();
    for settled in &case.privates {
        let said = by_private_match(settled, weights, facet, victim);
        heard.entry((&settled.holder, &settled.owner)).or_default().extend(said);
    }
    for of_two in heard.values_mut() {
        of_two.sort_by_key(|it| std::cmp::Reverse(it.weight.abs()));
        for beside in of_two.iter_mut().skip(1) {
            beside.voice.weight = 0;
            beside.voice.because += ", beside a weightier one of the same two";
        }
    }
    heard.into_values().flatten().collect()
}

/// What a private match says on a facet: as a match does, by as many files as its elements make.
fn by_private_match(
    settled: &PrivateMatch,
    weights: &Weights,
    facet: Facet,
    victim: Option<&str>,
) -> Option<Candidate> {
    if victim.is_none_or(|victim| key(victim) != key(&settled.company)) {
        return None;
    }
    let own = &weights.evidence;
    let (weight, because) = match (facet, settled.files()) {
        (Facet::Victim | Facet::Assets, 1..) => {
            let files = settled.files();
            let weight = (own.match_first + own.match_tenfold * i64::from(files.ilog10())).min(own.match_most);
            (weight, format!("both parties signed that {}", settled.summary()))
        }
        (Facet::Victim, 0) if settled.matches == 0 => {
            let weight = -share_of(own.not_found, own.corpora_cover);
            (weight, format!("both parties signed that {}, as far as the owner held it against all", settled.summary()))
        }
        (Facet::Victim, 0) => (0, format!("both parties signed that {}: too little to tell", settled.summary())),
        _ => return None,
    };
    // The holder vouches for the counts, the owner for the files that they are of; what the owner left out nobody sees.
    let (origin, when) = (format!("private match {}", settled.handle), (settled.received, 0, 0));
    Some(evidence((&settled.handle, origin), (weight, because), ('B', 1), when))
}

/// A voice that weighs by itself.
fn evidence(
    (handle, origin): (&str, String),
    (weight, because): (i64, String),
    (reliability, credibility): (char, u8),
    when: (Timestamp, usize, usize),
) -> Candidate {
    let voice = Voice {
        handle: handle.to_owned(),
        party: SAMPLE_ITSELF.to_owned(),
        origin: None,
        for_claim: weight > 0,
        is_named: true,
        weight,
        because,
        counts: false,
        implied: 500,
        reliability,
        credibility,
    };
    let (kind, weighs, unseen) = (PartyKind::Other, true, false);
    Candidate { statement: None, voice, word: None, origin, kind, when, weighs, unseen }
}

fn weigh(sketch: Sketch, weights: &Weights) -> Claim {
    let Sketch { key, facet, victim, proposition, mut voices } = sketch;
    let weighing: Vec<usize> = (0..voices.len()).filter(|place| voices[*place].weighs).collect();
    let words: Vec<&Word> = weighing.iter().filter_map(|place| voices[*place].word.as_ref()).collect();
    let fixed: i64 = voices.iter().map(|voice| voice.weight).sum();
    let weighed = model::weigh(&words, facet, weights);
    let prospects = model::prospects(&words, fixed, facet, weights);
    let mut likelihood = model::likelihood(&weighed, weights);
    likelihood.millinats += fixed;
    let mut weighed = weighed.into_iter();
    for voice in voices.iter_mut().filter(|voice| voice.word.is_some()) {
        let weight = if voice.weighs { weighed.next().flatten() } else { None };
        voice.voice.counts = weight.is_some();
        voice.voice.implied = voice.word.as_ref().map_or(500, |word| model::implied(word, weights));
        (voice.voice.weight, voice.voice.because) = match weight {
            Some(weight) => (weight.millinats, weight.because),
            None if voice.weighs => {
                (0, "the same origin counts once, by the best that it says on its last side".to_owned())
            }
            None => (0, "nobody has reviewed it".to_owned()),
        };
    }
    rate(&mut voices, likelihood, weights);
    let counted = || voices.iter().filter(|voice| voice.weight != 0);
    let confidence = if counted().all(|voice| voice.unseen) {
        // What no person has looked at may be misread; no confidence can rest on it.
        Confidence::Low
    } else if counted().any(|voice| voice.word.is_none()) {
        Confidence::High
    } else {
        // Of an admission that nobody has looked at it is not known that it is one.
        let known = counted().filter(|voice| !(voice.unseen && voice.kind == PartyKind::Victim && voice.for_claim));
        confidence(known.map(|voice| (voice.kind, voice.for_claim)))
    };
    let named: BTreeMap<&str, &str> = voices
        .iter()
        .filter(|voice| voice.weighs)
        .map(|voice| (voice.origin.as_str(), organisation(voice.voice.origin.as_deref().unwrap_or(&voice.party))))
        .collect();
    let origins = named.into_values().map(str::to_owned).collect();
    voices.sort_by_key(|voice| (std::cmp::Reverse(voice.weight.abs()), voice.when));
    Claim {
        handle: String::new(),
        key,
        proposition,
        facet,
        victim,
        voices: voices.into_iter().map(|voice| voice.voice).collect(),
        likelihood,
        confidence,
        origins,
        prospects,
        settled: None,
        access: None,
    }
}

/// Rates each statement by the Admiralty code: its origin by kind and record, what it says by what the others say.
fn rate(voices: &mut [Candidate], likelihood: Likelihood, weights: &Weights) {
    let mut sides: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for voice in voices.iter().filter(|voice| voice.weighs) {
        sides.entry(&voice.origin).or_default().insert(voice.for_claim);
    }
    let counted = voices.iter().filter(|voice| voice.weight != 0).count();
    let on_side = |side: bool| voices.iter().filter(|voice| voice.weight != 0 && voice.for_claim == side).count();
    let (pro, contra) = (on_side(true), on_side(false));
    let ratings: Vec<(char, u8)> = voices
        .iter()
        .map(|voice| {
            let has_turned = sides.get(voice.origin.as_str()).is_some_and(|sides| sides.len() > 1);
            let track = voice.word.as_ref().and_then(|word| word.track.as_ref());
            let shift = track.map_or(0, |track| track.shift(voice.kind, weights));
            let reliability = model::reliability(voice.kind, has_turned, shift, weights);
            if voice.weight == 0 {
                return (reliability, 6);
            }
            let rest = Likelihood { millinats: likelihood.millinats - voice.weight };
            let borne_out = if voice.for_claim { pro > 1 } else { contra > 1 };
            (reliability, model::credibility(voice.for_claim, rest, borne_out, counted == 1, weights))
        })
        .collect();
    for (voice, rating) in voices.iter_mut().zip(ratings).filter(|(voice, _)| voice.word.is_some()) {
        (voice.voice.reliability, voice.voice.credibility) = rating;
    }
}

/// How far a likelihood that rests on these voices, each with its side, can be trusted.
pub(super) fn confidence(voices: impl Iterator<Item = (PartyKind, bool)>) -> Confidence {
    let voices: Vec<(PartyKind, bool)> = voices.collect();
    if voices.contains(&(PartyKind::Victim, true)) {
        Confidence::High
    } else if voices.len() > 1 && voices.iter().any(|(kind, _)| !matches!(kind, PartyKind::Actor | PartyKind::Victim)) {
        Confidence::Moderate
    } else {
        Confidence::Low
    }
}

fn proposition(case: &Case, facet: Facet, victim: Option<&str>) -> String {
    let victim = victim.unwrap_or("the company");
    let allegations = || case.sources.iter().flat_map(|source| &source.reading.allegations);
    let worded = |pick: fn(&crate::claim::Allegation) -> Option<String>| {
        let of_victim = allegations().filter(|a| key(&a.victim) == key(victim)).find_map(pick);
        of_victim.or_else(|| allegations().find_map(pick))
    };
    match facet {
        Facet::Victim => format!("The data offered is {victim}'s."),
        Facet::Access => format!("Systems of {victim} were entered."),
        Facet::Exfiltration => format!("Data of {victim} was taken."),
        Facet::Assets => {
            let assets = worded(|a| (!a.assets.is_empty()).then(|| a.assets.join(", ").to_lowercase()));
            format!("What is offered includes {} of {victim}.", assets.as_deref().unwrap_or("internal files"))
        }
        Facet::Volume => format!("The volume is {}.", worded(|a| a.volume.clone()).as_deref().unwrap_or("as stated")),
        Facet::Date => format!("Systems of {victim} were entered at the time that is stated."),
        Facet::Offer => match worded(|a| a.price.clone()) {
            Some(price) => format!("The data is offered for {}.", price.trim()),
            None => "The data is offered for sale.".to_owned(),
        },
    }
}
