//! Russian news by simple rules: who says, denies, confirms, checks, is silent.
//!
//! Names are given in Latin letters, as English stories write them, so that one party is one in texts of both scripts; the span
//! shows the original. Case endings are taken off where that is safe.

mod names;
mod terms;
#[cfg(test)]
mod tests;

use crate::claim::{
    About, Actor, Draft, Facet, Figure, FigureKind, Organisation, OrganisationRole, PartyKind, Reading, Span, Stance,
    Statement,
};
use crate::read::amounts::{Amount, Unit, amounts};
use crate::read::facets::facets;
use crate::read::names::Gazetteer;
use crate::read::sellers::figure_kind;
use crate::read::sentences::LONGEST_BYTES;
use crate::read::speech::pages;
use crate::read::words::{Word, words};

use names::{is_latin, is_quoted, latin, named, shares_stem};
use terms::{ACTORS, AUTHORITIES, COMPANIES, CUES, DENIALS, FACETS, INSTITUTIONS, NO_CUE, RESEARCHERS, TAKEN};

const UNNAMED: &str = "threat actor (unnamed)";

/// How sure the reader is, in thousandths, by how its speaker was found: named beside the verb, or by role.
const BY_NAME: u16 = 760;
const BY_ROLE: u16 = 640;

/// What a verb of saying does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    Says,
    Denies,
    Confirms,
    Checks,
    Silent,
    /// Sells, threatens, demands: what actors do.
    Offers,
}

/// Who may speak in a sentence, and at which word.
#[derive(Clone, Debug)]
struct Voice {
    place: usize,
    end: usize,
    name: String,
    kind: PartyKind,
    known: bool,
}

#[derive(Default)]
struct Memory {
    /// The last company that was named.
    company: Option<String>,
    /// The last person, as who speaks.
    person: Option<Voice>,
    victims: Vec<String>,
}

/// Reads a Russian story.
pub(super) fn story(text: &str, about: &About, names: &Gazetteer) -> Reading {
    let mut reading = Reading::default();
    let mut memory = Memory::default();
    for page in pages(text).iter().filter(|page| !page.paragraph.short) {
        let mut open: Option<Draft> = None;
        for unit in units(text, &page.sentences) {
            let words = words(text, unit);
            let named = named(text, &words, names);
            note(text, &words, &named, about, &mut memory, &mut reading);
            figures(text, &words, &mut reading.figures);
            let Some(found) = attribution(text, &words, &named, &memory) else {
                reading.drafts.extend(open.take());
                continue;
            };
            let mut drafts = found
                .voices
                .into_iter()
                .map(|voice| draft(text, unit, &words, (voice, found.cue), &mut memory))
                .collect::<Vec<_>>();
            if drafts.len() > 1 {
                reading.drafts.extend(open.take());
                reading.drafts.append(&mut drafts);
                continue;
            }
            let Some(draft) = drafts.pop() else { continue };
            open = match open.take() {
                Some(before) if is_one(&before, &draft) => Some(joined(text, before, draft)),
                before => {
                    reading.drafts.extend(before);
                    Some(draft)
                }
            };
        }
        reading.drafts.extend(open);
    }
    for organisation in &mut reading.organisations {
        if memory.victims.contains(&organisation.name) {
            organisation.role = OrganisationRole::AllegedVictim;
        }
    }
    for draft in &mut reading.drafts {
        if memory.victims.contains(&draft.statement.speaker) {
            draft.statement.speaker_kind = PartyKind::Victim;
        }
        draft.statement.about = memory.victims.iter().take(1).cloned().collect();
    }
    if let Some(unnamed) = reading.drafts.iter().find(|d| d.statement.speaker == UNNAMED) {
        reading.actors.push(Actor { name: UNNAMED.to_owned(), aliases: Vec::new(), span: unnamed.statement.span });
    }
    reading.figures.sort_by_key(|figure| figure.span);
    let mut seen = std::collections::BTreeSet::new();
    reading.figures.retain(|figure| seen.insert((figure.kind, figure.value.clone())));
    reading
}

/// Sentences, where a quotation that goes over several is one with what says whose it is.
fn units(text: &str, sentences: &[Span]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut open: Option<Span> = None;
    for &sentence in sentences {
        let span = open.map_or(sentence, |open| Span { start: open.start, end: sentence.end });
        let written = span.of(text).unwrap_or_default();
        let unclosed = written.matches('«').count() > written.matches(['»', '”']).count();
        if unclosed && span.end - span.start < LONGEST_BYTES / 2 {
            open = Some(span);
        } else {
            open = None;
            found.push(span);
        }
    }
    found.extend(open);
    found
}

fn cue(words: &[Word], place: usize) -> Option<Cue> {
    let word = words.get(place)?;
    // `с заявлением: «…»`
    if word.begins(&["заявлен", "сообщен"]) && words.get(place + 1).is_some_and(|w| w.is(":")) {
        return Some(Cue::Says);
    }
    if word.begins(&["отверг"])
        && !words.iter().any(|w| w.begins(&["обвин", "утечк", "информац", "сообщен", "факт", "взлом"]))
    {
        return None;
    }
    if word.begins(&["отказ"]) {
        let silent = words.get(place + 1..(place + 3).min(words.len()))?.iter().any(|w| w.begins(&["коммент", "от"]));
        return silent.then_some(Cue::Silent);
    }
    if word.is("не") && words.get(place + 1).is_some_and(|w| w.begins(&["ответил", "прокоммент", "стал"]))
    {
        return Some(Cue::Silent);
    }
    if word.begins(NO_CUE) {
        return None;
    }
    let negated = place > 0 && words.get(place - 1).is_some_and(|w| w.is("не"));
    let cue = CUES.iter().find(|(_, stems)| word.begins(stems)).map(|(cue, _)| *cue)?;
    match (cue, negated) {
        (Cue::Confirms, true) => Some(Cue::Denies),
        (_, true) => None,
        _ => Some(cue),
    }
}

/// Who says it, several where they say it together, and how.
struct Attributed {
    voices: Vec<Voice>,
    cue: Cue,
}

fn attribution(text: &str, words: &[Word], named: &[Voice], memory: &Memory) -> Option<Attributed> {
    let mut voices = named.to_vec();
    voices.extend(roles(words, named, memory));
    voices.sort_by_key(|voice| voice.place);
    // По словам X, по данным X.
    let by = words.windows(2).position(|w| {
        matches!(w, [a, b] if a.is("по") && b.begins(&["словам", "данным", "информации", "сообщени", "мнению", "утвержден", "оценк", "верси"]))
    });
    if let Some(by) = by
        && let Some(voice) = voices.iter().find(|v| v.place > by + 1 && v.place <= by + 5)
    {
        return Some(Attributed { voices: vec![voice.clone()], cue: Cue::Says });
    }
    let mut found: Option<Attributed> = None;
    for place in 0..words.len() {
        let Some(cue) = cue(words, place) else { continue };
        let Some(voice) = speaker(text, words, &voices, place) else { continue };
        if cue == Cue::Offers && !matches!(voice.kind, PartyKind::Actor | PartyKind::Authority) {
            continue;
        }
        let stronger = match &found {
            None => true,
            Some(before) => {
                before.cue == Cue::Says && cue != Cue::Says && before.voices.iter().any(|v| v.name == voice.name)
            }
        };
        if stronger {
            found = Some(Attributed { voices: together(words, &voices, voice), cue });
        }
    }
    // `Заявил, что помогает расследовать`: what it says it does.
    if let Some(found) = &mut found
        && found.cue == Cue::Says
        && let Some(that) = words.iter().position(|w| w.is("что"))
        && (that + 1..words.len()).any(|place| cue(words, place) == Some(Cue::Checks))
    {
        found.cue = Cue::Checks;
    }
    found
}

/// `В «Альфе», «Бете» и «Гамме» рассказали`: all who are named in a row before this one.
fn together(words: &[Word], voices: &[Voice], last: &Voice) -> Vec<Voice> {
    let mut found = vec![last.clone()];
    let mut from = last.place;
    for voice in voices.iter().rev().filter(|v| v.end <= last.place && v.known && last.known) {
        let between = words.get(voice.end..from).unwrap_or_default();
        let joined = !between.is_empty()
            && between.iter().all(|w| matches!(w.text.as_str(), "," | "и" | "«" | "»" | "в" | "“" | "”"))
            && between.iter().any(|w| w.is(",") || w.is("и"));
        if !joined {
            break;
        }
        from = voice.place;
        found.insert(0, voice.clone());
    }
    found
}

/// The subject of a verb: the nearest before it in its clause, or what follows it.
fn speaker<'v>(text: &str, words: &[Word], voices: &'v [Voice], verb: usize) -> Option<&'v Voice> {
    let stops = |from: usize, to: usize| {
        let between = words.get(from..to).unwrap_or_default();
        between.iter().any(|w| matches!(w.text.as_str(), "," | "—" | "–" | ":" | ";" | "что"))
    };
    let preposition = |voice: &Voice| {
        words.get(voice.place.saturating_sub(2)..voice.place).is_some_and(|w| w.iter().any(|w| w.is("в") || w.is("во")))
    };
    // To whom it was told: `заявили «Известиям»`.
    let addressed = |voice: &Voice| {
        let dative = words.get(voice.end.saturating_sub(1)).is_some_and(|w| w.text.ends_with(['у', 'м', 'ю']));
        dative && voice.known && is_quoted(text, words, voice) && !preposition(voice)
    };
    if words.get(verb).is_some_and(|w| w.begins(&["заявлен", "сообщен"])) {
        return voices.iter().rev().find(|v| v.end <= verb);
    }
    let before =
        voices.iter().rev().find(|v| v.end <= verb && verb - v.end < 9 && !stops(v.end, verb) && !addressed(v));
    let after =
        voices.iter().find(|v| v.place > verb && v.place - verb < 7 && !stops(verb + 1, v.place) && !addressed(v));
    // В компании заявили; банк заявил; заявили в компании.
    before.or(after).or_else(|| {
        let apposed = voices.iter().rev().find(|v| v.end <= verb && verb - v.end < 12)?;
        // X, ознакомившийся с данными, сообщил: commas that close again.
        let commas = words.get(apposed.end..verb)?.iter().filter(|w| w.is(",")).count();
        (commas == 2).then_some(apposed)
    })
}

/// Those who speak by what they are: hackers, experts, the company.
fn roles(words: &[Word], named: &[Voice], memory: &Memory) -> Vec<Voice> {
    let mut found = Vec::new();
    for (place, word) in words.iter().enumerate().filter(|(_, word)| word.is_word()) {
        if named.iter().any(|v| v.place <= place && place < v.end) {
            continue;
        }
        let voice = |name: String, kind| Voice { place, end: place + 1, name, kind, known: false };
        if word.begins(ACTORS) {
            found.push(voice(UNNAMED.to_owned(), PartyKind::Actor));
        } else if word.begins(RESEARCHERS) {
            found.push(voice(latin(&word.text), PartyKind::Researcher));
        } else if word.begins(AUTHORITIES) {
            found.push(voice(latin(&word.text), PartyKind::Authority));
        } else if matches!(word.text.as_str(), "он" | "она")
            && let Some(person) = &memory.person
        {
            found.push(Voice { place, end: place + 1, ..person.clone() });
        } else if word.begins(COMPANIES)
            && !named.iter().any(|v| v.place > place && v.place <= place + 2)
            && let Some(company) = &memory.company
        {
            found.push(voice(company.clone(), PartyKind::Victim));
        }
    }
    found
}

/// Notes whom a sentence names, and as what.
fn note(text: &str, words: &[Word], named: &[Voice], about: &About, memory: &mut Memory, reading: &mut Reading) {
    let outlet = about.outlet.as_deref().map(latin);
    for voice in named {
        let span = Span {
            start: words.get(voice.place).map_or(0, |w| w.span.start),
            end: words.get(voice.end - 1).map_or(0, |w| w.span.end),
        };
        let name = voice.name.split(" (").nth(1).map_or(voice.name.as_str(), |house| house.trim_end_matches(')'));
        let house_before = voice.place > 0
            && words.get(voice.place - 1).is_some_and(|w| w.begins(COMPANIES) || w.begins(&["групп", "сет"]));
        let person = voice.name.contains(" (")
            || !house_before
                && voice.end - voice.place == 2
                && !words.get(voice.place + 1).is_some_and(|w| w.begins(INSTITUTIONS))
                && !words.get(voice.place).is_some_and(is_latin)
                && !is_quoted(text, words, voice);
        if voice.kind == PartyKind::Actor {
            if !reading.actors.iter().any(|a| a.name == name) {
                reading.actors.push(Actor { name: name.to_owned(), aliases: Vec::new(), span });
            }
            continue;
        }
        if person {
            memory.person = Some(voice.clone());
            if !voice.name.contains(" (") {
                continue;
            }
        }
        let same = |known: &Organisation| known.role == OrganisationRole::Outlet && shares_stem(&known.name, name);
        if reading.organisations.iter().any(same) {
            continue;
        }
        let before = words.get(voice.place.saturating_sub(4)..voice.place).unwrap_or_default();
        let taken = before.iter().any(|w| w.begins(TAKEN))
            && !matches!(voice.kind, PartyKind::Authority | PartyKind::Press | PartyKind::Researcher);
        let dative =
            words.get(voice.end - 1).is_some_and(|w| w.text.ends_with(['у', 'м'])) && is_quoted(text, words, voice);
        let asked = dative && (voice.end..voice.end + 3).any(|place| cue(words, place).is_some());
        let told = asked
            || voice.place > 0
                && words
                    .get(voice.place.saturating_sub(2)..voice.place)
                    .is_some_and(|w| w.iter().any(|w| w.begins(&["заяв", "сообщ", "рассказ", "пишет", "данным"])))
                && (words.get(voice.end - 1).is_some_and(|w| w.text.ends_with(['у', 'м']))
                    || before.iter().any(|w| w.begins(&["пишет", "данным"])));
        let role = match voice.kind {
            PartyKind::Researcher => OrganisationRole::Researcher,
            PartyKind::Press => OrganisationRole::Outlet,
            _ if outlet.as_deref() == Some(name) || told => OrganisationRole::Outlet,
            _ if taken => OrganisationRole::AllegedVictim,
            _ => OrganisationRole::Other,
        };
        if role == OrganisationRole::AllegedVictim && !memory.victims.contains(&voice.name) {
            memory.victims.push(voice.name.clone());
        }
        if !matches!(role, OrganisationRole::Outlet) && voice.kind == PartyKind::Other && !voice.name.contains(" (") {
            memory.company = Some(voice.name.clone());
        }
        if !reading.organisations.iter().any(|known| known.name == name) && reading.organisations.len() < 500 {
            reading.organisations.push(Organisation { name: name.to_owned(), role, span });
        }
    }
}

fn figures(text: &str, words: &[Word], found: &mut Vec<Figure>) {
    let leaked = words.iter().any(|w| w.begins(TAKEN) || w.begins(ACTORS) || w.begins(&["запис", "строк", "файл"]));
    for amount in amounts(words) {
        let kind = figure_kind(words, &amount).filter(|kind| leaked || *kind == FigureKind::Volume);
        found.extend(kind.map(|kind| amount.figure(text, kind)));
    }
}

fn denies(words: &[Word]) -> bool {
    DENIALS.iter().any(|run| match run {
        [one] => words.iter().any(|w| w.begins(&[one])),
        [a, b] => {
            let near = |place: usize, stem: &str| {
                words.get(place + 1..(place + 5).min(words.len())).is_some_and(|w| w.iter().any(|w| w.begins(&[stem])))
            };
            words.iter().enumerate().any(|(place, w)| (w.is(a) || a.len() > 6 && w.begins(&[a])) && near(place, b))
        }
        _ => false,
    })
}

/// `Слиты данные лишь 200 клиентов`: it admits a part.
fn only(words: &[Word]) -> bool {
    let limit = words.iter().position(|w| matches!(w.text.as_str(), "лишь" | "только" | "незначительн"));
    limit.is_some() && words.iter().any(|w| w.begins(&["утечк", "данны", "слит", "записей", "клиент"]))
}

fn draft(text: &str, unit: Span, words: &[Word], (voice, cue): (Voice, Cue), memory: &mut Memory) -> Draft {
    let house = voice.kind == PartyKind::Other || voice.kind == PartyKind::Victim;
    let stance = match (voice.kind, cue) {
        (PartyKind::Actor, Cue::Denies) => Stance::Denies,
        (PartyKind::Actor, Cue::Silent) => Stance::NoComment,
        (PartyKind::Actor, _) => Stance::Claims,
        (PartyKind::Researcher, Cue::Denies) => Stance::Disputes,
        (_, Cue::Denies) => Stance::Denies,
        (_, Cue::Silent) => Stance::NoComment,
        _ if house && denies(words) => Stance::Denies,
        _ if house && only(words) => Stance::PartlyConfirms,
        (_, Cue::Confirms) => Stance::Confirms,
        (PartyKind::Authority, Cue::Offers) => Stance::Investigating,
        (_, Cue::Checks) => Stance::Investigating,
        _ => Stance::Informs,
    };
    if house
        && matches!(stance, Stance::Denies | Stance::Confirms | Stance::Investigating)
        && !memory.victims.contains(&voice.name)
    {
        memory.victims.push(voice.name.clone());
    }
    let (start, end) = (unit.start, unit.end.min(unit.start + LONGEST_BYTES));
    let end = (start..=end).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(unit.end);
    let statement = Statement {
        speaker: voice.name,
        speaker_kind: voice.kind,
        stance,
        about: Vec::new(),
        facets: facets_of(unit.of(text).unwrap_or_default()),
        origin: None,
        relays: Vec::new(),
        to: None,
        date: None,
        days: None,
        span: Span { start, end },
    };
    let (confidence, known) = if voice.known { (BY_NAME, "by name") } else { (BY_ROLE, "by role") };
    Draft { statement, confidence, because: format!("a Russian verb of saying and its subject; speaker {known}") }
}

/// Neighbouring statements of one speaker, of which one may only say more.
fn is_one(left: &Draft, right: &Draft) -> bool {
    let (a, b) = (&left.statement, &right.statement);
    let compatible = a.stance == b.stance || a.stance == Stance::Informs || b.stance == Stance::Informs;
    a.speaker == b.speaker
        && compatible
        && a.speaker_kind != PartyKind::Actor
        && b.span.end - a.span.start <= LONGEST_BYTES
}

fn joined(text: &str, mut left: Draft, right: Draft) -> Draft {
    if left.statement.stance == Stance::Informs {
        left.statement.stance = right.statement.stance;
    }
    left.statement.span.end = right.statement.span.end;
    left.statement.facets = facets_of(left.statement.span.of(text).unwrap_or_default());
    left
}

/// The facets of a text of either language; empty for context.
pub(super) fn facets_of(said: &str) -> Vec<Facet> {
    let mut found = facets(said);
    if said.is_ascii() {
        return found;
    }
    let words = words(said, Span { start: 0, end: said.len() });
    for (facet, stems) in FACETS {
        if words.iter().any(|word| word.begins(stems)) && !found.contains(facet) {
            found.push(*facet);
        }
    }
    let measured = |amount: &Amount| matches!(amount.unit, Unit::Bytes(_) | Unit::Things { .. });
    if !found.contains(&Facet::Volume) && amounts(&words).iter().any(measured) {
        found.push(Facet::Volume);
    }
    Facet::ALL.iter().filter(|facet| found.contains(facet)).copied().collect()
}
