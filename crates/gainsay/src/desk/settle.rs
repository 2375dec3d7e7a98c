//! What became of claims, and how right each party has been.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Acting, Desk, Error};
use crate::assess::{self, Track, tracks};
use crate::claim::{ClaimKey, EntryId, PartyKind, Settlement, Tlp};
use crate::ledger::payload::ClaimSettled;
use crate::ledger::{Entry, Payload};
use crate::release::Released;
use crate::store::{self, Reader};

impl Desk {
    /// Settles a claim of a case: it proved true or not, or is open again where `outcome` is `None`. What each party had said of it goes
    /// into its track record, which tells in other cases from then on.
    ///
    /// # Errors
    /// There is no such case or claim, or the store fails.
    pub fn settle(
        &mut self,
        acting: &Acting,
        case_name: &str,
        claim: &str,
        outcome: Option<bool>,
        reason: &str,
    ) -> Result<Settlement, Error> {
        let case = self.case(case_name)?;
        let assessment = assess::assess(&case, &self.weights()?.0);
        let claim = assessment
            .claims
            .iter()
            .find(|it| it.handle == claim)
            .ok_or_else(|| Error::NoHandle { case: case_name.to_owned(), handle: claim.to_owned() })?;
        let (sides, sources) = assess::sides(&case, claim);
        let tlp = case.highest_marking();
        let settled = ClaimSettled {
            case: case.id,
            claim: (&claim.key).into(),
            proposition: claim.proposition.clone(),
            outcome,
            reason: reason.to_owned(),
            sides: sides.iter().map(Into::into).collect(),
            sources,
        };
        let settings = self.settings()?;
        let id = self.database.commit(&self.key, acting.now, |commit| {
            settings.note(commit, acting)?;
            Ok::<_, Error>(commit.push(&acting.entry(tlp, settled.clone()))?)
        })?;
        Ok(settlement(&settled, id, &acting.author, acting.now, tlp))
    }

    /// How right each party has been on the claims that are settled, of all cases: those whose name holds `name` where it is given, and
    /// what was known at a moment where one is given. For a person, or one JSON object for each party.
    ///
    /// # Errors
    /// The store fails, or the desk's weights do not hold.
    pub fn parties(
        &mut self,
        name: Option<&str>,
        known_at: Option<Timestamp>,
        as_json: bool,
    ) -> Result<Vec<Released>, Error> {
        let weights = self.weights()?.0;
        let past = self.database.with_snapshot(|reader| past(reader, None, known_at))?;
        let wanted = name.unwrap_or_default().to_lowercase();
        let found = tracks(&past).into_values().filter(|track| track.name.to_lowercase().contains(&wanted));
        Ok(found
            .flat_map(|track| {
                let kinds: Vec<PartyKind> = track.kinds.iter().copied().collect();
                kinds.into_iter().map(move |kind| (kind, track.clone()))
            })
            .map(|(kind, track)| {
                let shift = track.shift(kind, &weights);
                if as_json {
                    Released::json(value(&track, kind, shift))
                } else {
                    Released::plain(&line(&track, kind, shift))
                }
            })
            .collect())
    }
}

fn value(track: &Track, kind: PartyKind, shift: i64) -> Value {
    json!({
        "party": track.name,
        "kind": kind.word(),
        "right": track.claims.right,
        "wrong": track.claims.wrong,
        "brier_permille": track.brier,
        "passed_on": { "right": track.relayed.right, "wrong": track.relayed.wrong },
        "weight_millinats": shift,
    })
}

fn line(track: &Track, kind: PartyKind, shift: i64) -> String {
    let brier = track.brier.map_or(String::new(), |brier| format!(", Brier score .{brier:03}, weight {shift:+}"));
    let own =
        if track.claims.all() > 0 { track.words() } else { "said nothing of its own that was settled".to_owned() };
    let relayed = match track.relayed.all() {
        0 => String::new(),
        all => format!("; passed on {all}, of which {} proved so", track.relayed.right),
    };
    format!("{} ({kind}): {own}{brier}{relayed}\n", track.name)
}

/// An entry as it is used.
pub(super) fn settlement(it: &ClaimSettled, id: EntryId, by: &str, at: Timestamp, tlp: Tlp) -> Settlement {
    Settlement {
        id,
        by: by.to_owned(),
        at,
        tlp,
        case: it.case,
        claim: (&it.claim).into(),
        proposition: it.proposition.clone(),
        outcome: it.outcome,
        reason: it.reason.clone(),
        sides: it.sides.iter().map(Into::into).collect(),
    }
}

/// What the settlements of all cases but one come to, as far as they were received at a moment: of each claim the last.
pub(super) fn past(
    reader: &Reader<'_>,
    but: Option<EntryId>,
    known_at: Option<Timestamp>,
) -> Result<Vec<Settlement>, store::Error> {
    let mut last: BTreeMap<(EntryId, ClaimKey), (u64, Settlement)> = BTreeMap::new();
    for Entry { id, header, payload } in reader.of_kind("settlement/1")? {
        let Some(Payload::Settlement(it)) = payload else { continue };
        if Some(it.case) != but && known_at.is_none_or(|moment| header.received <= moment) {
            let of_claim = (it.case, ClaimKey::from(&it.claim));
            last.insert(of_claim, (header.seq, settlement(&it, id, &header.author, header.received, header.tlp)));
        }
    }
    let mut last: Vec<(u64, Settlement)> = last.into_values().filter(|(_, it)| it.outcome.is_some()).collect();
    last.sort_by_key(|(seq, _)| *seq);
    Ok(last.into_iter().map(|(_, it)| it).collect())
}
