//! What became of an assessment that is on record: which claims would now be judged otherwise.

use super::edits::normal;
use super::likelihood::Likelihood;
use super::{Assessment, Claim};
use crate::claim::{AssessedClaim, ClaimKey};

/// What differs, claim by claim, in words; nothing where it would come to the same.
pub fn since(earlier: &[AssessedClaim], now: &Assessment) -> Vec<String> {
    // What is judged otherwise comes before what is judged more or less so, and that before what is worded otherwise.
    let (mut changes, mut slight, mut worded) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen: Vec<&str> = Vec::new();
    for was in earlier {
        let is_it = |claim: &&Claim| match &was.key {
            Some(key) => normal(key) == normal(&claim.key),
            // Of the first version only the words are known.
            None => claim.proposition == was.proposition,
        };
        let before = Likelihood { millinats: was.millinats };
        let Some(claim) = now.claims.iter().filter(|claim| claim.is_assessed()).find(is_it) else {
            let gone = if matches!(was.key, Some(ClaimKey::Split(_))) { "is one of its own" } else { "is assessed" };
            changes.push(format!("“{}” was {before} and {gone} no more", was.proposition));
            continue;
        };
        seen.push(&claim.handle);
        let after = claim.likelihood;
        let name = format!("{} “{}”", claim.handle, claim.proposition);
        if before.word() != after.word() {
            changes.push(format!("{name} was {before} and is {after}"));
        } else if before.percent() != after.percent() {
            slight.push(format!("{name} was {} % and is {} %", before.percent(), after.percent()));
        }
        if was.confidence != claim.confidence.word() {
            slight.push(format!("{name} had {} confidence and has {}", was.confidence, claim.confidence));
        }
        if was.proposition != claim.proposition {
            worded.push(format!("{name} was worded “{}”", was.proposition));
        }
    }
    for claim in now.claims.iter().filter(|claim| claim.is_assessed()) {
        if !seen.contains(&claim.handle.as_str()) {
            changes.push(format!("{} “{}” is new: {}", claim.handle, claim.proposition, claim.likelihood));
        }
    }
    changes.extend(slight);
    changes.extend(worded);
    changes
}
