//! Names in Russian sentences, as English news writes them.

use crate::claim::{PartyKind, Span};
use crate::read::names::{Gazetteer, NameKind};
use crate::read::words::Word;

use super::terms::{AUTHORITIES, FUNCTION, INSTITUTIONS};
use super::{Voice, cue};

/// The names of a sentence: in quotation marks, in Latin letters, in capitals, or known.
pub(super) fn named(text: &str, words: &[Word], names: &Gazetteer) -> Vec<Voice> {
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
pub(super) fn persons(text: &str, words: &[Word], found: &mut Vec<Voice>) {
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

pub(super) fn is_quoted(text: &str, words: &[Word], voice: &Voice) -> bool {
    words
        .get(voice.place)
        .and_then(|w| text.get(..w.span.start))
        .is_some_and(|before| before.ends_with(['«', '“', '"', '„']))
}

pub(super) fn is_latin(word: &Word) -> bool {
    word.text.starts_with(|c: char| c.is_ascii_alphabetic())
}

pub(super) fn is_place(word: &str) -> bool {
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

/// The same name in another case.
pub(super) fn shares_stem(left: &str, right: &str) -> bool {
    let stem = |name: &str| name.chars().take(6).collect::<String>();
    left.chars().count() > 5 && stem(left) == stem(right)
}

/// A name without the ending of its case, where what is left is surely a name: `Сбербанке` is `Сбербанк`.
pub(super) fn nominative(name: &str) -> String {
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
pub(super) fn latin(name: &str) -> String {
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
