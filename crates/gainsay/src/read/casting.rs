//! From candidates to parties: what each name is, which names are one party, and which part each party plays.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::claim::{PartyKind, Span};
use crate::read::entities::{Cast, Class, Party};
use crate::read::evidence::Evidence;
use crate::read::lexicon;
use crate::read::names::{NameKind, key};
use crate::read::shapes;

pub(super) struct RawMention {
    pub(super) span: Span,
    pub(super) key: String,
    /// The key of the organisation that stands beside a person.
    pub(super) home: Option<String>,
}

#[derive(Default)]
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) words: usize,
    pub(super) first: Option<Span>,
    pub(super) count: u32,
    pub(super) inside_sentence: u32,
    pub(super) evidence: Evidence,
    pub(super) known: Option<NameKind>,
    pub(super) home: Option<String>,
    pub(super) known_name: Option<String>,
    /// A brand or product of somebody known.
    pub(super) brand: bool,
    /// Other names that the text gives it.
    pub(super) aliases: Vec<String>,
}

/// Which names stand for which, by key.
pub(super) struct OtherNames {
    /// From a long name to the short one that the story goes on with.
    pub(super) short_for: BTreeMap<String, String>,
    /// From another name to the main one.
    pub(super) alias_for: BTreeMap<String, String>,
}

pub(super) fn class_of(candidate: &Candidate) -> Option<Class> {
    let e = &candidate.evidence;
    match candidate.known {
        Some(NameKind::Actor) => return Some(Class::Actor),
        Some(NameKind::Given | NameKind::Place | NameKind::Thing) => return None,
        // A product is a party only where it does what parties do.
        Some(_) if candidate.brand && e.organisation + e.victim + e.speaks < 2 => return None,
        // "A Facebook post": only its things are named.
        Some(NameKind::Company | NameKind::Platform)
            if e.thing > 0 && e.thing >= candidate.count && e.organisation + e.victim + e.speaks + e.outlet == 0 =>
        {
            return None;
        }
        Some(_) => return Some(Class::Organisation),
        None => {}
    }
    if e.place > 0 && e.organisation < 3 && e.actor < 4 && e.person < 3 && e.victim < 3 {
        return None;
    }
    if e.thing > 0 && e.organisation + e.victim + e.speaks + e.person + e.actor < e.thing + 2 {
        return None;
    }
    // A single capitalised word that only ever opens sentences may be any word.
    // One that speaks and is no plural is a name after all: "Residents said", but "Acme said".
    let plural = candidate.name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| candidate.name.ends_with(end));
    let speaks_alone = e.speaks > 0 && !plural;
    // One that strikes and comes again is one, too: "Thieves broke in" is not.
    let strikes_again = e.actor >= 2 && candidate.count > 1 && !plural;
    let surely_a_name = candidate.inside_sentence > 0 || candidate.words > 1 || speaks_alone || strikes_again;
    let organisation = e.organisation + e.outlet + e.researcher;
    if e.actor >= 4 && e.actor > e.person && e.actor + 2 > organisation {
        Some(Class::Actor)
    // Nobody breaks into a person.
    } else if e.person >= 3 && candidate.words <= 4 && e.person + 1 >= e.organisation + e.victim + e.looks {
        Some(Class::Person)
    } else if e.organisation >= 3
        || e.victim >= 4
        || e.researcher >= 3
        || (surely_a_name && (e.outlet >= 2 || e.victim >= 2 || e.speaks >= 1 || e.organisation >= 2 || e.actor >= 2))
        // Named again and again, and neither place nor thing.
        || candidate.count >= 4 && candidate.inside_sentence >= 3 && e.place == 0 && e.thing == 0
    {
        Some(Class::Organisation)
    } else {
        None
    }
}

pub(super) fn settle(
    raw: Vec<RawMention>,
    candidates: BTreeMap<String, Candidate>,
    names: OtherNames,
    outlet: Option<&str>,
) -> Cast {
    let OtherNames { short_for, alias_for } = names;
    // A short form stands for its long one; the two pool what is known of them.
    let mut pooled = candidates;
    for (long, short) in &short_for {
        if long == short {
            continue;
        }
        if let Some(taken) = pooled.remove(short) {
            let entry = pooled.entry(long.clone()).or_default();
            entry.evidence.add(&taken.evidence);
            entry.count += taken.count;
            entry.inside_sentence += taken.inside_sentence;
            entry.known = entry.known.or(taken.known);
            // The short form is what the story goes on to say.
            entry.name = taken.name;
        }
    }
    let by_short: BTreeMap<&str, &str> =
        short_for.iter().map(|(long, short)| (short.as_str(), long.as_str())).collect();
    let main_of = |id: &str| -> String {
        let mut id = by_short.get(id).copied().unwrap_or(id);
        // Names may go round in a circle.
        for _ in 0..4 {
            let Some(main) = alias_for.get(id) else { break };
            id = by_short.get(main.as_str()).copied().unwrap_or(main);
        }
        id.to_owned()
    };
    for alias in alias_for.keys() {
        let main = main_of(alias);
        if main == *alias || !pooled.contains_key(&main) {
            continue;
        }
        if let (Some(taken), Some(entry)) = (pooled.remove(alias), pooled.get_mut(&main)) {
            entry.evidence.add(&taken.evidence);
            entry.count += taken.count;
            entry.inside_sentence += taken.inside_sentence;
            entry.known = entry.known.or(taken.known);
            entry.aliases.push(taken.name);
            entry.aliases.extend(taken.aliases);
        }
    }
    known_by_last_word(&mut pooled);

    let mut parties: Vec<Party> = Vec::new();
    let mut party_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut homes: Vec<Option<String>> = Vec::new();
    // Longer names first, so that a part of one finds its whole; among equals the order of the text.
    let mut order: Vec<(&String, &Candidate)> = pooled.iter().collect();
    order.sort_by_key(|(_, c)| (Reverse(c.words.min(8)), c.first.map(|s| s.start)));
    let mut part_of: BTreeMap<String, usize> = BTreeMap::new();
    for (id, candidate) in order {
        let Some(first) = candidate.first else {
            continue;
        };
        let class = class_of(candidate);
        let whole = (candidate.known.is_none() || candidate.words == 1).then(|| part_of.get(id)).flatten().copied();
        if let Some(whole) = whole.filter(|&w| candidate.known.is_none() || parties[w].class != Class::Person) {
            party_of.insert(id.clone(), whole);
            let party = &mut parties[whole];
            party.mentions += candidate.count;
            if candidate.name != party.name && party.class != Class::Person {
                party.aliases.push(candidate.name.clone());
            }
            if first.start < party.first.start {
                party.first = first;
            }
            party.evidence.add(&candidate.evidence);
            continue;
        }
        let Some(class) = class else { continue };
        let at = parties.len();
        let words: Vec<&str> =
            candidate.name.split_whitespace().filter(|w| !shapes::legal_form(&w.to_lowercase())).collect();
        if candidate.name.contains(' ') {
            for word in [words.last(), words.first()].into_iter().flatten() {
                let word = key(word);
                let short = if class == Class::Person { 1 } else { 2 };
                if word.chars().count() > short && !lexicon::company_noun(&word) && !lexicon::opens_sentence(&word) {
                    part_of.entry(word).or_insert(at);
                }
            }
        }
        party_of.insert(id.clone(), at);
        homes.push(candidate.home.clone());
        parties.push(Party {
            name: candidate.name.clone(),
            class,
            kind: PartyKind::Other,
            home: None,
            aliases: candidate
                .known_name
                .iter()
                .filter(|n| **n != candidate.name)
                .chain(candidate.aliases.iter())
                .cloned()
                .collect(),
            first,
            mentions: candidate.count,
            victim: 0,
            platform: candidate.known == Some(NameKind::Platform),
            known: candidate.known,
            evidence: candidate.evidence,
        });
    }
    let find = |id: &str| party_of.get(&main_of(id)).or_else(|| party_of.get(id)).copied();
    for (at, home) in homes.iter().enumerate() {
        if parties[at].class == Class::Person {
            parties[at].home = home.as_deref().and_then(find).filter(|&h| h != at && parties[h].class != Class::Person);
        }
    }
    let mut mentions: Vec<(Span, usize)> = Vec::new();
    for mention in &raw {
        let Some(party) = find(&mention.key) else {
            continue;
        };
        mentions.push((mention.span, party));
        if parties[party].class == Class::Person && parties[party].home.is_none() {
            parties[party].home =
                mention.home.as_deref().and_then(find).filter(|&h| h != party && parties[h].class != Class::Person);
        }
    }
    mentions.sort_by_key(|(span, _)| span.start);
    give_roles(&mut parties, outlet);
    let by_key = parties.iter().enumerate().rev().map(|(at, p)| (key(&p.name), at)).collect();
    let mut cast = Cast { parties, mentions, by_key, ..Cast::default() };
    cast.rank();
    cast
}

/// "Odo Marrin said … Marrin added": who is called by the last word alone and speaks is a person, unless the name says otherwise.
fn known_by_last_word(pooled: &mut BTreeMap<String, Candidate>) {
    let alone = |word: &str| pooled.get(&key(word)).filter(|c| c.words == 1 && c.known.is_none());
    let called: Vec<String> = pooled
        .iter()
        .filter(|(_, c)| (2..=3).contains(&c.words) && c.known.is_none() && c.evidence.organisation == 0)
        .filter(|(_, c)| {
            let mut words = c.name.split_whitespace();
            let first = words.next().unwrap_or_default();
            let last = words.next_back().unwrap_or_default();
            let house = alone(first).is_some() || lexicon::company_noun(&last.to_lowercase());
            !house
                && alone(last)
                    .is_some_and(|l| l.evidence.speaks > 0 && l.evidence.organisation == 0 || l.evidence.person >= 4)
        })
        .map(|(id, _)| id.clone())
        .collect();
    for id in called {
        if let Some(candidate) = pooled.get_mut(&id) {
            candidate.evidence.person += 3;
        }
    }
}

/// Which part each party plays.
pub(super) fn give_roles(parties: &mut [Party], outlet: Option<&str>) {
    for party in parties.iter_mut() {
        let e = &party.evidence;
        let name = party.name.to_lowercase();
        let own_outlet = outlet == Some(key(&party.name).as_str());
        party.kind = match (party.class, party.known) {
            (Class::Actor, _) => PartyKind::Actor,
            (Class::Person, _) if e.researcher >= 3 => PartyKind::Researcher,
            (Class::Person, _) if e.office > 0 => PartyKind::Authority,
            (Class::Person, _) => PartyKind::Other,
            (_, Some(NameKind::Outlet)) => PartyKind::Press,
            _ if own_outlet => PartyKind::Press,
            (_, Some(NameKind::Authority)) => PartyKind::Authority,
            (_, Some(NameKind::Platform)) => PartyKind::Other,
            // "NPC" is an authority where it is short for a commission.
            (_, None)
                if party.aliases.iter().map(|alias| alias.to_lowercase()).chain([name.clone()]).any(of_authority) =>
            {
                PartyKind::Authority
            }
            (_, Some(NameKind::Researcher)) => PartyKind::Researcher,
            (Class::Organisation, None) if e.office > 0 => PartyKind::Authority,
            // Who is told things and seen to review them is an outlet, however much it reports on crews.
            _ if party.known.is_none()
                && e.victim < 4
                && (e.outlet >= 4 && e.researcher < 3 || e.outlet >= 2 && masthead(&name)) =>
            {
                PartyKind::Press
            }
            _ if e.researcher >= 3 => PartyKind::Researcher,
            _ if e.outlet >= 2 && e.victim < 4 && party.known.is_none() => PartyKind::Press,
            _ => PartyKind::Other,
        };
        party.victim = e.victim
            + match party.kind {
                PartyKind::Other => e.looks,
                PartyKind::Researcher => e.looks / 2,
                _ => 0,
            };
    }
    let strongest = parties.iter().filter(|p| may_be_victim(p)).map(|p| p.victim).max().unwrap_or(0);
    let another = parties.iter().any(|p| may_be_victim(p) && p.kind == PartyKind::Other && p.victim >= 3);
    for party in parties.iter_mut() {
        // Who reports on crews or hunts them needs more to count as breached, for it stands beside such words all day; less where nobody
        // else does.
        let bar = match party.kind {
            PartyKind::Researcher | PartyKind::Authority if party.victim == strongest && !another => 4,
            PartyKind::Authority if party.known.is_none() => 4,
            PartyKind::Researcher | PartyKind::Authority => 6,
            _ => 3,
        };
        if may_be_victim(party) && party.victim >= bar.max(strongest / 4) {
            party.kind = PartyKind::Victim;
        }
    }
}

/// What an authority's name says.
fn of_authority(name: String) -> bool {
    [
        "police",
        "commission",
        "agency",
        "department",
        "ministry",
        "attorney",
        "court",
        "bureau",
        "authority",
        "prosecutor",
        "sheriff",
        "constabulary",
        "regulator",
        "ombudsman",
        "data protection",
        "cyber security cent",
        "cybersecurity cent",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// The last word of many an outlet's name.
fn masthead(name: &str) -> bool {
    name.rsplit(' ').next().is_some_and(|w| {
        matches!(
            w,
            "news"
                | "times"
                | "post"
                | "wire"
                | "journal"
                | "herald"
                | "tribune"
                | "gazette"
                | "chronicle"
                | "magazine"
                | "tv"
                | "radio"
                | "telegraph"
                | "daily"
                | "log"
                | "review"
                | "press"
                | "today"
                | "globe"
                | "standard"
                | "courier"
                | "observer"
        )
    })
}

pub(super) fn may_be_victim(party: &Party) -> bool {
    party.class == Class::Organisation
        && !party.platform
        && matches!(party.kind, PartyKind::Other | PartyKind::Researcher | PartyKind::Authority)
}
