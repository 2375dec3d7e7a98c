//! Names of parties, brought to one form so that the same party is one party.

use std::collections::BTreeMap;

use crate::claim::{Case, OrganisationRole, PartyKind};

/// A party's name in the form that is compared: the organisation of `Person (Organisation)`, lower case, without legal forms.
pub fn key(name: &str) -> String {
    let name = match (name.find('('), name.ends_with(')')) {
        (Some(open), true) if !name[open..].contains("unnamed") => &name[open + 1..name.len() - 1],
        _ => name,
    };
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.filter(|word| !LEGAL_FORMS.contains(&word.as_str())).collect::<Vec<_>>().join(" ")
}

const LEGAL_FORMS: &[&str] = &["inc", "corp", "corporation", "ltd", "llc", "plc", "gmbh", "ag", "co", "sa", "the"];

/// The parties of a case: who are said to be victims, who are actors, and other names for one of them.
pub struct Parties {
    /// Alleged victims by key, with the name as first written.
    pub victims: BTreeMap<String, String>,
    actors: BTreeMap<String, String>,
    kinds: BTreeMap<String, PartyKind>,
}

impl Parties {
    /// The parties that the case's texts and findings name.
    pub fn of(case: &Case) -> Parties {
        let mut parties = Parties { victims: BTreeMap::new(), actors: BTreeMap::new(), kinds: BTreeMap::new() };
        for source in case.sources.iter().filter(|source| source.replaced_by.is_none()) {
            for actor in &source.reading.actors {
                let main = key(&actor.name);
                for alias in &actor.aliases {
                    parties.actors.insert(key(alias), main.clone());
                }
                parties.actors.entry(main.clone()).or_insert(main);
            }
            let victims = source.reading.organisations.iter().filter(|o| o.role == OrganisationRole::AllegedVictim);
            for victim in victims {
                parties.victims.entry(key(&victim.name)).or_insert_with(|| victim.name.clone());
            }
        }
        parties.victims.retain(|victim, _| !parties.actors.contains_key(victim));
        for said in case.shown().map(|said| &said.statement).filter(|it| it.speaker_kind != PartyKind::Other) {
            parties.kinds.entry(key(&said.speaker)).or_insert(said.speaker_kind);
        }
        for finding in &case.findings {
            let owner = &finding.result.owner;
            parties.victims.entry(key(owner)).or_insert_with(|| owner.clone());
        }
        parties
    }

    /// The form under which a party counts: an actor's alias counts as the actor.
    pub fn canonical(&self, name: &str) -> String {
        let key = key(name);
        self.actors.get(&key).cloned().unwrap_or(key)
    }

    /// In which role a party speaks, where one text leaves it open and another of the case tells.
    pub fn kind(&self, name: &str, in_text: PartyKind) -> PartyKind {
        let party = key(name);
        match in_text {
            PartyKind::Other if self.victims.contains_key(&party) => PartyKind::Victim,
            PartyKind::Other => self.kinds.get(&party).copied().unwrap_or(PartyKind::Other),
            told => told,
        }
    }

    /// Whether the party is an actor.
    pub fn is_actor(&self, name: &str) -> bool {
        self.actors.contains_key(&key(name))
    }
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn one_party_has_one_key() {
        assert_eq!(key("Trend Micro Inc."), key("trend micro"));
        assert_eq!(key("Jane Roe (Acme Corp.)"), key("Acme"));
        assert_ne!(key("threat actor (unnamed)"), key("unnamed"));
        assert_ne!(key("Acme"), key("Notacme"));
    }
}
