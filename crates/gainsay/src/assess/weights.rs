//! Every number of the assessment, each with its reason. Millinats: see `likelihood`.
//!
//! They are few, and chosen to be argued with, not fitted: 1000 multiplies the odds by e, 2300 by ten.

use crate::claim::{PartyKind, Stance};

/// The model and its version, as the ledger records it. A change of any number below is a new version.
pub const MODEL: &str = "gainsay weighing 1";

/// Where every claim starts. Somewhat more than half of the contested claims that were later settled were borne out.
pub const PRIOR: i64 = 200;

/// A crew or seller claims it: words cost nothing, and the offer pays only if it is believed.
const ACTOR_CLAIMS: i64 = 400;
/// An actor denies part of its own boast: against its interest, but it may mean another victim.
const ACTOR_DENIES: i64 = -800;
/// The company denies: it cannot prove a negative, it often knows little in the first days, and it has its name to lose.
const VICTIM_DENIES: i64 = -500;
/// The company confirms, against its own interest.
const VICTIM_CONFIRMS: i64 = 4000;
/// The company admits a part: as good as a confirmation of what it admits.
const VICTIM_PARTLY: i64 = 3000;
/// A researcher asserts it in its own voice, from what it has seen.
const RESEARCHER_ASSERTS: i64 = 900;
/// A researcher contradicts it, having looked.
const RESEARCHER_CONTRADICTS: i64 = -900;
/// A police force, court or regulator asserts it.
const AUTHORITY_ASSERTS: i64 = 2500;
/// … or contradicts it.
const AUTHORITY_CONTRADICTS: i64 = -1500;
/// An outlet asserts it for itself, having checked: rare, and it stands for it.
const PRESS_ASSERTS: i64 = 700;
/// … or corrects it.
const PRESS_CONTRADICTS: i64 = -700;
/// Anybody else.
const OTHER: i64 = 200;

/// The sample holds distinctive files of the owner: chance and public code are excluded, forgery would need the files.
pub const MATCH_OURS: i64 = 6000;
/// The same with no public code to subtract: what matches may be code that everybody has.
pub const MATCH_WITHOUT_PUBLIC: i64 = 3000;
/// The sample holds some of them among others.
pub const MATCH_PARTLY_OURS: i64 = 5000;
/// Everything found is public or was given away: the sample proves possession of nothing secret.
pub const MATCH_ONLY_PUBLIC: i64 = -1500;
/// Nothing was found: it counts only as far as the corpus covers the company, which the desk cannot know.
pub const MATCH_NOT_FOUND: i64 = -800;

/// What one origin's last word on a claim weighs; `for_claim` says which way it goes.
pub fn of_origin(kind: PartyKind, stance: Stance, for_claim: bool) -> i64 {
    match (kind, for_claim) {
        (PartyKind::Actor, true) => ACTOR_CLAIMS,
        (PartyKind::Actor, false) => ACTOR_DENIES,
        (PartyKind::Victim, true) if stance == Stance::PartlyConfirms => VICTIM_PARTLY,
        (PartyKind::Victim, true) => VICTIM_CONFIRMS,
        (PartyKind::Victim, false) => VICTIM_DENIES,
        (PartyKind::Researcher, true) => RESEARCHER_ASSERTS,
        (PartyKind::Researcher, false) => RESEARCHER_CONTRADICTS,
        (PartyKind::Authority, true) => AUTHORITY_ASSERTS,
        (PartyKind::Authority, false) => AUTHORITY_CONTRADICTS,
        (PartyKind::Press, true) => PRESS_ASSERTS,
        (PartyKind::Press, false) => PRESS_CONTRADICTS,
        (PartyKind::Other, true) => OTHER,
        (PartyKind::Other, false) => -OTHER,
    }
}

/// This file, whose digest every assessment records.
pub const TEXT: &str = include_str!("weights.rs");
