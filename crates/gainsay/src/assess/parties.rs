//! Names of parties, brought to one form so that the same party is one party.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::track::{Track, tracks};
use super::versions::dropped;
use crate::claim::{Case, OrganisationRole, PartyKind};

/// A party's name in the form that is compared: the organisation of `Person (Organisation)`, lower case, without legal forms.
pub fn key(name: &str) -> String {
    let words =
        organisation(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.filter(|word| !LEGAL_FORMS.contains(&word.as_str())).collect::<Vec<_>>().join(" ")
}

/// The organisation of `Person (Organisation)`, and any other name as it is.
pub fn organisation(name: &str) -> &str {
    match (name.find('('), name.ends_with(')')) {
        (Some(open), true) if !name[open..].contains("unnamed") => &name[open + 1..name.len() - 1],
        _ => name,
    }
}

const LEGAL_FORMS: &[&str] = &["inc", "corp", "corporation", "ltd", "llc", "plc", "gmbh", "ag", "co", "sa", "the"];

/// The parties of a case: who are said to be victims, who are actors, and other names for one of them.
///
/// One text may mistake a firm that reports a breach for the one that suffered it. The texts of a case decide together: a party has
/// the role that most of them give it.
pub struct Parties {
    /// Alleged victims by key, with the name as first written.
    pub victims: BTreeMap<String, String>,
    actors: BTreeMap<String, String>,
    shown: BTreeMap<String, String>,
    votes: BTreeMap<String, BTreeMap<PartyKind, usize>>,
    tracks: BTreeMap<String, Track>,
    dropped: BTreeSet<String>,
    /// The keys of names that stand in statements: each is asked for again and again.
    keys: HashMap<String, String>,
}

impl Parties {
    /// The parties that the case's texts and findings name.
    pub fn of(case: &Case) -> Parties {
        let mut parties = Parties {
            victims: BTreeMap::new(),
            actors: BTreeMap::new(),
            shown: BTreeMap::new(),
            votes: BTreeMap::new(),
            tracks: tracks(&case.past),
            dropped: dropped(case),
            keys: HashMap::new(),
        };
        for statement in case.shown().map(|said| &said.statement) {
            for name in [&statement.speaker].into_iter().chain(&statement.about).chain(&statement.origin) {
                if !parties.keys.contains_key(name) {
                    parties.keys.insert(name.clone(), key(name));
                }
            }
        }
        for source in case.sources.iter().filter(|source| source.replaced_by.is_none()) {
            for actor in &source.reading.actors {
                let main = key(&actor.name);
                for alias in &actor.aliases {
                    parties.actors.insert(key(alias), main.clone());
                }
                parties.shown.entry(main.clone()).or_insert_with(|| actor.name.clone());
                parties.actors.entry(main.clone()).or_insert(main);
            }
            for organisation in &source.reading.organisations {
                match organisation.role {
                    OrganisationRole::AllegedVictim => {
                        parties.victims.entry(key(&organisation.name)).or_insert_with(|| organisation.name.clone());
                        parties.vote(&organisation.name, PartyKind::Victim);
                    }
                    OrganisationRole::Researcher => parties.vote(&organisation.name, PartyKind::Researcher),
                    OrganisationRole::Outlet => parties.vote(&organisation.name, PartyKind::Press),
                    OrganisationRole::Other => {}
                }
            }
        }
        for said in case.shown() {
            parties.vote(&said.statement.speaker, said.statement.speaker_kind);
        }
        for finding in case.current_findings() {
            let owner = &finding.result.owner;
            parties.victims.entry(key(owner)).or_insert_with(|| owner.clone());
        }
        for settled in &case.privates {
            parties.victims.entry(key(&settled.company)).or_insert_with(|| settled.company.clone());
        }
        let is_victim = |victim: &String| parties.kind(victim, PartyKind::Victim) == PartyKind::Victim;
        let not: Vec<String> = parties.victims.keys().filter(|victim| !is_victim(victim)).cloned().collect();
        parties.victims.retain(|victim, _| !not.contains(victim));
        parties
    }

    fn vote(&mut self, name: &str, kind: PartyKind) {
        if kind != PartyKind::Other {
            let party = self.key(name).into_owned();
            *self.votes.entry(party).or_default().entry(kind).or_default() += 1;
        }
    }

    /// A party's name in the form that is compared.
    pub fn key<'n>(&'n self, name: &str) -> Cow<'n, str> {
        self.keys.get(name).map_or_else(|| Cow::Owned(key(name)), |key| Cow::Borrowed(key.as_str()))
    }

    /// Whether a party is said to be breached.
    pub fn is_victim(&self, name: &str) -> bool {
        self.victims.contains_key(&*self.key(name))
    }

    /// In which role a party speaks: an actor is one, whatever else is said of it; otherwise the role that most places of the case
    /// give it, and where they are as many, the one of the text at hand.
    pub fn kind(&self, name: &str, in_text: PartyKind) -> PartyKind {
        let party = self.key(name);
        if self.actors.contains_key(&*party) {
            return PartyKind::Actor;
        }
        let votes = self.votes.get(&*party).into_iter().flatten();
        votes.max_by_key(|(kind, count)| (**count, **kind == in_text)).map_or(in_text, |(kind, _)| *kind)
    }

    /// The form under which a party counts: an actor's alias counts as the actor.
    pub fn canonical(&self, name: &str) -> String {
        let key = self.key(name);
        self.actors.get(&*key).cloned().unwrap_or_else(|| key.into_owned())
    }

    /// The name under which an actor is shown, by the form under which it counts; of others that form itself.
    pub fn shown<'n>(&'n self, canonical: &'n str) -> &'n str {
        self.shown.get(canonical).map_or(canonical, String::as_str)
    }

    /// How right a party was in other cases, by the form under which it counts.
    pub fn track(&self, canonical: &str) -> Option<&Track> {
        self.tracks.get(canonical)
    }

    /// Whether a source has dropped a statement of one of them since, by the statement's handle.
    pub fn is_dropped(&self, handle: &str) -> bool {
        self.dropped.contains(handle)
    }

    /// Whether the party is an actor.
    pub fn is_actor(&self, name: &str) -> bool {
        self.actors.contains_key(&*self.key(name))
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
