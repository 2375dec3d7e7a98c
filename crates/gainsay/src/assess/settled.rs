//! What becomes of a claim: what each party had said of it, to be recorded when somebody settles it.

use std::collections::BTreeMap;

use super::claims::{Claim, SAMPLE_ITSELF};
use super::parties::{Parties, organisation};
use crate::claim::{Case, EntryId, PartyKind, Side};

/// The sides that parties took on a claim, each party once, and the sources in which they did. Of an origin its last word counts; an
/// outlet or firm that only passed a word on is told apart. Who has no name has no record.
pub fn sides(case: &Case, claim: &Claim) -> (Vec<Side>, Vec<EntryId>) {
    let parties = Parties::of(case);
    let mut sides: BTreeMap<String, Side> = BTreeMap::new();
    let mut sources = Vec::new();
    let mut take = |party: &str, kind: PartyKind, implied: u16, relayed: bool| {
        if party.contains("(unnamed)") {
            return false;
        }
        let canonical = parties.canonical(party);
        // An alias counts as its actor, also where no later text explains it.
        let name = if parties.is_actor(party) { parties.shown(&canonical) } else { organisation(party) };
        let side = || Side { party: name.to_owned(), kind, implied, relayed };
        let kept = sides.entry(canonical.clone()).or_insert_with(side);
        if kept.relayed && !relayed {
            *kept = side();
        }
        true
    };
    for voice in claim.voices.iter().filter(|voice| voice.party != SAMPLE_ITSELF) {
        let Some(said) = case.statements.iter().find(|said| said.handle == voice.handle && said.state.weighs()) else {
            continue;
        };
        let speaker = parties.kind(&voice.party, said.statement.speaker_kind);
        let taken = match &voice.origin {
            None => voice.counts && take(&voice.party, speaker, voice.implied, false),
            // Of an actor one mostly hears through others; what others are said to have said may be the outlet's own mistake.
            Some(origin) => {
                let of_actor =
                    voice.counts && parties.is_actor(origin) && take(origin, PartyKind::Actor, voice.implied, false);
                take(&voice.party, speaker, voice.implied, true) || of_actor
            }
        };
        let source = case.sources[said.source].id;
        if taken && !sources.contains(&source) {
            sources.push(source);
        }
    }
    (sides.into_values().collect(), sources)
}
