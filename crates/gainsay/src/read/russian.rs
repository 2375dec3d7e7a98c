//! Russian news by simple rules: who says, denies, confirms, checks, is silent.
//!
//! Names are given in Latin letters, as English stories write them, so that one party is one in texts of both scripts; the span
//! shows the original. Case endings are taken off where that is safe.

use crate::claim::{
    About, Actor, Draft, Facet, Figure, FigureKind, Organisation, OrganisationRole, PartyKind, Reading, Span, Stance,
    Statement,
};
use crate::read::amounts::{Amount, Unit, amounts};
use crate::read::facets::facets;
use crate::read::names::{Gazetteer, NameKind};
use crate::read::sellers::figure_kind;
use crate::read::sentences::LONGEST_BYTES;
use crate::read::speech::pages;
use crate::read::words::{Word, words};

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

const CUES: &[(Cue, &[&str])] = &[
    (Cue::Denies, &["опроверг", "отрица", "отверг"]),
    (Cue::Confirms, &["подтверд", "признал", "признаёт", "признает", "подтвержда"]),
    (Cue::Checks, &["расслед", "провер", "выясня", "устанавлива", "возбуд", "помога"]),
    (
        Cue::Offers,
        &[
            "выстав",
            "угрожа",
            "требу",
            "потребов",
            "предлага",
            "выложил",
            "опубликовал",
            "похитил",
            "взломал",
            "продаёт",
            "продает",
            "уверя",
            "хваста",
        ],
    ),
    (
        Cue::Says,
        &[
            "заяв",
            "сообщ",
            "рассказ",
            "отмет",
            "отмеча",
            "подчеркну",
            "сказал",
            "говор",
            "уточн",
            "поясн",
            "добав",
            "утвержда",
            "считаю",
            "считает",
            "пишет",
            "писал",
            "передает",
            "передаёт",
            "предупре",
            "объяв",
            "напомн",
            "прокоммент",
            "ожидаю",
            "обнаруж",
            "обратил",
            "распростран",
            "обеща",
            "замет",
        ],
    ),
];

/// Verbs that look like cues and are nouns: `заявление`, `сообщение`, `проверка`.
const NO_CUE: &[&str] = &[
    "заявлен",
    "сообщен",
    "объявлен",
    "проверк",
    "рассказы",
    "разговор",
    "предложен",
    "требован",
    "расследован",
    "добавок",
    "отметк",
    "говоря",
    "обещан",
    "подтвержден",
    "подтверждён",
    "утвержден",
    "распространен",
    "опровержен",
    "проверенн",
    "предупрежден",
    "признан",
    "расследовател",
    "опубликован",
];

const ACTORS: &[&str] = &[
    "хакер",
    "продав",
    "злоумышлен",
    "преступник",
    "мошенник",
    "группировк",
    "вымогател",
    "взломщик",
    "киберпреступ",
    "кибергрупп",
];
const AUTHORITIES: &[&str] = &[
    "полици",
    "мвд",
    "фсб",
    "роскомнадзор",
    "прокуратур",
    "следствен",
    "минцифр",
    "минкомсвяз",
    "нкцки",
    "цб",
    "центробанк",
    "министерств",
    "регулятор",
    "ркн",
    "фбр",
    "европол",
    "суд",
];
const RESEARCHERS: &[&str] = &["эксперт", "исследовател", "аналитик", "специалист", "телеграм"];
const COMPANIES: &[&str] = &[
    "компани",
    "банк",
    "бюро",
    "клуб",
    "организац",
    "представител",
    "пресс",
    "корпорац",
    "фирм",
    "оператор",
    "ведомств",
    "холдинг",
    "сервис",
    "магазин",
    "спикер",
    "больниц",
    "университет",
    "завод",
    "авиакомпан",
    "администрац",
    "руководств",
];

/// Denials by what is said, whatever the verb.
const DENIALS: &[&[&str]] = &[
    &["угроз", "нет"],
    &["не", "подтвер"],
    &["нет", "признак"],
    &["нет", "сведен"],
    &["нет", "основан"],
    &["нет", "свидетельств"],
    &["не", "пострада"],
    &["не", "зафиксир"],
    &["не", "обнаруж"],
    &["не", "выяв"],
    &["не", "было"],
    &["не", "произо"],
    &["отсутству"],
    &["не", "соответств"],
    &["в", "безопасност"],
    &["утечк", "нет"],
];

/// Words near which a name is that of the victim.
const TAKEN: &[&str] = &["утечк", "взлом", "баз", "данны", "клиент", "атак", "слив", "похищ", "сотрудник"];

/// Words that begin sentences with a capital and are no names.
const FUNCTION: &[&str] = &[
    "в",
    "во",
    "на",
    "по",
    "об",
    "о",
    "для",
    "его",
    "ее",
    "её",
    "их",
    "он",
    "она",
    "они",
    "сейчас",
    "тогда",
    "при",
    "как",
    "это",
    "этот",
    "эта",
    "эти",
    "но",
    "и",
    "а",
    "с",
    "со",
    "к",
    "из",
    "у",
    "от",
    "за",
    "среди",
    "ранее",
    "позднее",
    "позже",
    "также",
    "кроме",
    "после",
    "первым",
    "если",
    "однако",
    "все",
    "всего",
    "мы",
    "я",
    "что",
    "кто",
    "именно",
    "там",
    "так",
    "таким",
    "по-видимому",
    "напомним",
    "ну",
    "до",
    "не",
    "ни",
    "уже",
    "еще",
    "ещё",
    "когда",
    "где",
    "под",
    "над",
    "через",
    "вместе",
    "согласно",
    "файл",
    "данные",
    "сведения",
    "утечка",
    "хакеры",
    "вы",
    // Legal forms and initials that name nobody.
    "ао",
    "ооо",
    "пао",
    "зао",
    "ип",
    "сми",
    "фио",
    "инн",
    "снилс",
    "тв",
];

/// What institutions are called after an adjective: `Национальный центр кибербезопасности`.
const INSTITUTIONS: &[&str] = &[
    "центр",
    "бюро",
    "банк",
    "агентств",
    "служб",
    "комитет",
    "институт",
    "университет",
    "фонд",
    "совет",
    "союз",
    "комисси",
    "управлен",
];

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

fn is_quoted(text: &str, words: &[Word], voice: &Voice) -> bool {
    words
        .get(voice.place)
        .and_then(|w| text.get(..w.span.start))
        .is_some_and(|before| before.ends_with(['«', '“', '"', '„']))
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

/// The names of a sentence: in quotation marks, in Latin letters, in capitals, or known.
fn named(text: &str, words: &[Word], names: &Gazetteer) -> Vec<Voice> {
    let mut found: Vec<Voice> = Vec::new();
    let capital = |word: &Word| word.span.of(text).and_then(|w| w.chars().next()).is_some_and(char::is_uppercase);
    let mut place = 0;
    while let Some(word) = words.get(place) {
        let begins = word.is_word() && capital(word) && !FUNCTION.contains(&word.text.as_str());
        if !begins {
            place += 1;
            continue;
        }
        let mut end = place + 1;
        while let Some(next) = words.get(end) {
            let hyphen =
                next.is("-") && words.get(end + 1).is_some_and(|w| w.span.start == next.span.end && w.is_word());
            let joined = hyphen || words.get(end - 1).is_some_and(|w| w.is("-") && w.span.end == next.span.start);
            if !(joined || next.is_word() && capital(next) && is_latin(next) == is_latin(word)) || end - place >= 6 {
                break;
            }
            end += 1;
        }
        // An institution's name goes on in small letters.
        if end == place + 1
            && words.get(end).is_some_and(|w| w.begins(INSTITUTIONS))
            && word.text.ends_with(['й', 'м', 'я', 'е', 'о'])
        {
            end += 1;
            while end - place < 5
                && words.get(end).is_some_and(|w| {
                    w.is_word()
                        && cue(words, end).is_none()
                        && w.text.ends_with(['и', 'ы', 'а', 'я', 'й', 'х', 'в'])
                        && w.text.chars().count() > 3
                })
            {
                end += 1;
            }
        }
        let institution = words.get(place + 1).is_some_and(|w| end > place + 1 && w.begins(INSTITUTIONS));
        let opens = |w: &Word| matches!(w.text.as_str(), "«" | "“" | "." | "!" | "?" | "—");
        let first_of_sentence =
            words.iter().take(place).all(|w| !w.is_word()) || place > 0 && words.get(place - 1).is_some_and(opens);
        let run = words.get(place..end).unwrap_or_default();
        let span = Span { start: word.span.start, end: run.last().map_or(word.span.end, |w| w.span.end) };
        let written = span.of(text).unwrap_or_default();
        let quoted = text.get(..span.start).is_some_and(|before| before.ends_with(['«', '“', '„', '"']));
        // A quotation opens with a capital, too: a name in marks is closed after it.
        let closed = text.get(span.end..).is_some_and(|rest| rest.starts_with(['»', '”', '"']));
        let short = run.len() == 1 && written.chars().filter(|c| c.is_uppercase()).count() > 1;
        let name = nominative(written);
        let known = names.find(written).or_else(|| names.find(&name));
        let authority = word.begins(AUTHORITIES)
            || institution && word.begins(&["национальн", "следствен", "федеральн", "государствен"]);
        // `IT-компания` is no name.
        let role = run.iter().any(|w| w.begins(&["компани", "банкир"])) && run.len() > 1;
        let place_name =
            matches!(known.map(|k| k.kind), Some(NameKind::Place | NameKind::Thing)) || is_place(&word.text);
        // A quotation opens with a capital, too: a name in marks is closed after it.
        let adjective = run.len() == 1
            && !quoted
            && word.text.ends_with(['й', 'м', 'х'])
            && word.text.chars().count() > 6
            && known.is_none();
        let bare = (first_of_sentence && !(quoted && closed) || adjective)
            && !short
            && !is_latin(word)
            && known.is_none()
            && run.len() < 2
            && !word.begins(&["сбер", "ростел", "яндекс", "тинькоф"]);
        if !(bare || role || place_name || quoted && !closed && run.len() == 1 && !is_latin(word) && !short)
            && written.chars().count() > 1
        {
            let kind = match known.map(|k| k.kind) {
                Some(NameKind::Actor) => PartyKind::Actor,
                Some(NameKind::Researcher) => PartyKind::Researcher,
                Some(NameKind::Outlet) => PartyKind::Press,
                _ if authority => PartyKind::Authority,
                _ => PartyKind::Other,
            };
            let shown = known.map_or_else(|| latin(&name), |known| known.name.to_owned());
            found.push(Voice { place, end, name: shown, kind, known: true });
        }
        place = end;
    }
    persons(text, words, &mut found);
    found
}

/// `основатель DeviceLock Ашот Оганесян`: a person with an organisation right before.
fn persons(text: &str, words: &[Word], found: &mut Vec<Voice>) {
    let mut at = 1;
    while at < found.len() {
        let (Some(house), Some(person)) = (found.get(at - 1), found.get(at)) else { break };
        let people = person.end - person.place == 2
            && words.get(person.place..person.end).is_some_and(|run| run.iter().all(|w| !is_latin(w) && !w.is("-")))
            && house.end == person.place
            && text.len() > 1;
        if people {
            let name = format!("{} ({})", person.name, house.name);
            let voice = Voice { place: house.place, end: person.end, name, kind: house.kind, known: true };
            found.splice(at - 1..=at, [voice]);
        } else {
            at += 1;
        }
    }
    // `Ашот Оганесян, специалист и основатель DeviceLock`
    let offices =
        ["основател", "директор", "глава", "руководител", "гендиректор", "сотрудник", "представител", "аналитик"];
    for at in 1..found.len() {
        let (Some(person), Some(house)) = (found.get(at - 1).cloned(), found.get(at).cloned()) else { break };
        let between = words.get(person.end..house.place).unwrap_or_default();
        let people = person.end - person.place == 2
            && words.get(person.place..person.end).is_some_and(|run| run.iter().all(|w| !is_latin(w)));
        let office = between.first().is_some_and(|w| w.is(","))
            && between.last().is_some_and(|w| w.begins(&offices))
            && !person.name.contains('(');
        if people
            && office
            && let Some(found) = found.get_mut(at - 1)
        {
            found.name = format!("{} ({})", person.name, house.name);
        }
    }
}

/// The same name in another case.
fn shares_stem(left: &str, right: &str) -> bool {
    let stem = |name: &str| name.chars().take(6).collect::<String>();
    left.chars().count() > 5 && stem(left) == stem(right)
}

fn is_latin(word: &Word) -> bool {
    word.text.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn is_place(word: &str) -> bool {
    [
        "росси",
        "москв",
        "украин",
        "сша",
        "европ",
        "великобритан",
        "китай",
        "кита",
        "рф",
        "германи",
        "понедельник",
        "вторник",
        "петербург",
    ]
    .iter()
    .any(|stem| word.starts_with(stem))
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

/// The parts of a breach claim that Russian words speak to, by their stems.
const FACETS: &[(Facet, &[&str])] = &[
    (Facet::Access, &["взлом", "доступ", "проник", "хакн", "атак", "зашифр", "локн", "залоч", "пролоч"]),
    (Facet::Exfiltration, &["похи", "украл", "утеч", "слил", "слив", "слит", "скача", "выкача", "выгруз", "опубликов"]),
    (Facet::Assets, &["баз", "данны", "документ", "файл", "исходник", "парол", "паспорт", "переписк", "сведен"]),
    (Facet::Offer, &["прода", "цен", "выкуп", "аукцион", "стоимост", "блиц"]),
];

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

/// A name without the ending of its case, where what is left is surely a name: `Сбербанке` is `Сбербанк`.
fn nominative(name: &str) -> String {
    let masculine = ["банк", "надзор", "телеком", "ком", "клуб", "центр", "холдинг", "завод", "концерн", "фонд"];
    for ending in ["ом", "ем", "а", "у", "е"] {
        if let Some(stem) = name.strip_suffix(ending)
            && masculine.iter().any(|end| stem.to_lowercase().ends_with(end))
        {
            return stem.to_owned();
        }
    }
    // In marks and after a verb of saying: `«Вестнику»`.
    for (ending, full) in [("нику", "ник"), ("ику", "ик"), ("иям", "ия"), ("иях", "ия"), ("ии", "ия")]
    {
        if let Some(stem) = name.strip_suffix(ending)
            && stem.chars().count() > 3
        {
            return format!("{stem}{full}");
        }
    }
    name.to_owned()
}

/// Russian letters as English news writes them (BGN/PCGN, simplified). Other letters stay.
fn latin(name: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (place, &letter) in letters.iter().enumerate() {
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        let end = letters.get(place + 1).is_none_or(|next| !next.is_alphabetic());
        let after_i = place > 0 && letters.get(place - 1).is_some_and(|before| matches!(before, 'и' | 'И'));
        let written = match lower {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "g",
            'д' => "d",
            'е' | 'ё' | 'э' => "e",
            'ж' => "zh",
            'з' => "z",
            'и' => "i",
            'й' | 'ы' => "y",
            'к' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' => "u",
            'ф' => "f",
            'х' => "kh",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ъ' | 'ь' => "",
            'ю' => "yu",
            'я' if end && after_i => "a",
            'я' => "ya",
            _ => {
                out.push(letter);
                continue;
            }
        };
        let mut first = written.chars();
        match first.next().filter(|_| letter.is_uppercase()) {
            Some(initial) => {
                out.extend(initial.to_uppercase());
                out.push_str(first.as_str());
            }
            None => out.push_str(written),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Stance)> {
        let reading = story(text, &About::default(), &Gazetteer::built_in());
        reading.drafts.into_iter().map(|d| (d.statement.speaker, d.statement.stance)).collect()
    }

    #[test]
    fn russian_verbs_of_saying() {
        for (text, speaker, stance) in [
            ("В «Брайтвелле» опровергли утечку данных клиентов.", "Braytvelle", Stance::Denies),
            ("Компания Brightwell подтвердила взлом своей сети.", "Brightwell", Stance::Confirms),
            ("Хакеры утверждают, что похитили 2 ТБ данных Brightwell.", UNNAMED, Stance::Claims),
            ("В Brightwell отказались от комментариев.", "Brightwell", Stance::NoComment),
            ("В Brightwell проводят проверку и выясняют обстоятельства.", "Brightwell", Stance::Investigating),
            ("По словам продавца, база содержит 2 млн строк.", UNNAMED, Stance::Claims),
            ("Brightwell заявила, что данные клиентов не пострадали.", "Brightwell", Stance::Denies),
        ] {
            assert_eq!(read(text), [(speaker.to_owned(), stance)], "{text}");
        }
    }

    #[test]
    fn russian_words_speak_to_the_parts_of_a_claim() {
        assert_eq!(
            facets_of("Продам доступ в сеть и базу, 2 млн строк."),
            [Facet::Access, Facet::Assets, Facet::Volume, Facet::Offer]
        );
        assert_eq!(facets_of("В компании открыли новый офис."), []);
    }

    #[test]
    fn a_quotation_over_sentences_has_one_speaker() {
        let told = read("«Мы проверили все. Утечки не было. Данные целы», — сообщили в Brightwell.");
        assert_eq!(told, [("Brightwell".to_owned(), Stance::Denies)]);
    }

    #[test]
    fn names_lose_their_case_and_are_written_in_latin() {
        assert_eq!(latin(&nominative("Сбербанке")), "Sberbank");
        assert_eq!(latin(&nominative("Известиям")), "Izvestia");
        assert_eq!(latin("Ашот"), "Ashot");
        assert_eq!(latin("DeviceLock"), "DeviceLock");
    }
}
