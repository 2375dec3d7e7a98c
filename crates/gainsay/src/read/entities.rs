//! Who is in the story: organisations, persons with their organisations, crews; under all the names that the text gives them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::claim::{About, PartyKind, Span};
use crate::read::candidates::{Run, runs};
use crate::read::casting::{Candidate, OtherNames, RawMention, give_roles, settle};
use crate::read::deeds;
use crate::read::evidence::{Evidence, evidence};
use crate::read::lexicon::{self, Cue};
use crate::read::names::{Gazetteer, NameKind, key};
use crate::read::other_names::alias_of;
use crate::read::paragraphs::outlet_in_header;
use crate::read::speech::Page;
use crate::read::tokens::{Shape, Token, tokens};

/// What a party is, whatever part it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Organisation,
    Person,
    Actor,
}

/// Somebody with a name.
#[derive(Clone, Debug)]
pub(super) struct Party {
    pub(super) name: String,
    pub(super) class: Class,
    pub(super) kind: PartyKind,
    /// A person's organisation.
    pub(super) home: Option<usize>,
    pub(super) aliases: Vec<String>,
    pub(super) first: Span,
    pub(super) mentions: u32,
    /// How strongly the text presents it as breached.
    pub(super) victim: u32,
    /// A place where people post: a party only where it speaks.
    pub(super) platform: bool,
    /// What the gazetteer knows it as.
    pub(super) known: Option<NameKind>,
    /// What the text says about it, summed over its mentions.
    pub(super) evidence: Evidence,
}

/// A noun means one of the latest names, in mentions; farther back nobody would remember.
const LOOK_BACK: usize = 100;

/// The parties of one text and where they are named.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    pub(super) parties: Vec<Party>,
    /// In order of place, not overlapping.
    pub(super) mentions: Vec<(Span, usize)>,
    pub(super) ranked: BTreeMap<PartyKind, Vec<usize>>,
    pub(super) by_key: BTreeMap<String, usize>,
    /// By a common noun the parties that the text calls so.
    pub(super) called: BTreeMap<String, Vec<usize>>,
}

impl Cast {
    /// The name that a statement's speaker goes by: `Person (Organisation)` for a person whose organisation is known.
    pub(super) fn display(&self, party: usize) -> String {
        let Some(found) = self.parties.get(party) else {
            return String::new();
        };
        match found.home.and_then(|home| self.parties.get(home)) {
            Some(home) if found.class == Class::Person => format!("{} ({})", found.name, home.name),
            _ => found.name.clone(),
        }
    }

    /// The role in which a party speaks: a person's is that of the organisation.
    pub(super) fn kind(&self, party: usize) -> PartyKind {
        let Some(found) = self.parties.get(party) else {
            return PartyKind::Other;
        };
        match found.home.and_then(|home| self.parties.get(home)) {
            // Who holds an office of state speaks for it.
            Some(home) if found.kind == PartyKind::Authority && home.kind == PartyKind::Other => found.kind,
            Some(home) => home.kind,
            None => found.kind,
        }
    }

    /// The mentions inside a span.
    pub(super) fn within(&self, span: Span) -> &[(Span, usize)] {
        let from = self.mentions.partition_point(|(m, _)| m.start < span.start);
        let to = self.mentions.partition_point(|(m, _)| m.start < span.end);
        self.mentions.get(from..to).unwrap_or_default()
    }

    /// Parties of a kind, persons left out, strongest first.
    pub(super) fn of_kind(&self, kind: PartyKind) -> &[usize] {
        self.ranked.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The party that the text calls by this noun; of several the one that it named last before `before`.
    pub(super) fn known_as(&self, noun: &str, before: usize) -> Option<usize> {
        let parties = self.called.get(noun)?;
        if let [only] = parties.as_slice() {
            return Some(*only);
        }
        let to = self.mentions.partition_point(|(m, _)| m.start < before);
        let mut latest = self.mentions[..to].iter().rev().take(LOOK_BACK).map(|&(_, p)| p);
        latest.find(|p| parties.contains(p))
    }

    /// The party that is written exactly so, case and spaces aside.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.by_key.get(&key(name)).copied()
    }

    /// Orders the parties by part; to be called again when a part changes.
    pub(super) fn rank(&mut self) {
        self.ranked.clear();
        for (at, party) in self.parties.iter().enumerate().filter(|(_, p)| p.class != Class::Person) {
            self.ranked.entry(party.kind).or_default().push(at);
        }
        let parties = &self.parties;
        for list in self.ranked.values_mut() {
            list.sort_by_key(|&p| (Reverse(parties[p].victim), Reverse(parties[p].mentions), parties[p].first.start));
        }
    }
}

/// Finds the parties of a story.
pub(super) fn cast(text: &str, pages: &[Page], about: &About, names: &Gazetteer) -> Cast {
    let mut raw: Vec<RawMention> = Vec::new();
    let mut candidates: BTreeMap<String, Candidate> = BTreeMap::new();
    let mut short_for: BTreeMap<String, String> = BTreeMap::new();
    let mut alias_for: BTreeMap<String, String> = BTreeMap::new();
    let mut houses: BTreeMap<String, u32> = BTreeMap::new();
    for (number, page) in pages.iter().filter(|p| !p.paragraph.short).enumerate() {
        for (place, &sentence) in page.sentences.iter().enumerate() {
            let tokens = tokens(text, sentence, &[]);
            let found = runs(text, &tokens, names);
            let mut told_of: Vec<Evidence> = found.iter().map(|run| evidence(&tokens, run)).collect();
            share_in_lists(&tokens, &found, &mut told_of);
            if place == 0 && number < 2 {
                dateline(&tokens, &found, &mut told_of);
            }
            let id_of = |run: &Run| {
                let written = run.span.of(text).unwrap_or_default();
                let known = run.known.and_then(|_| names.find(written)).filter(|k| !k.brand);
                key(known.map_or(written, |k| k.name))
            };
            for (at, run) in found.iter().enumerate() {
                if matches!(run.known, Some(NameKind::Place | NameKind::Thing)) || is_label(&tokens, run) {
                    continue;
                }
                let written = run.span.of(text).unwrap_or_default();
                let known = run.known.and_then(|_| names.find(written));
                let known_name = known.filter(|k| !k.brand).map(|k| k.name.to_owned());
                let id = key(known_name.as_deref().unwrap_or(written));
                if let Some(main) = alias_of(&tokens, &found, at, &told_of) {
                    let main = id_of(&found[main]);
                    if main != id && alias_for.get(&main) != Some(&id) {
                        alias_for.entry(id.clone()).or_insert(main);
                    }
                }
                let mut told = told_of[at];
                add_shape(text, &tokens, run, names, &mut told);
                told.person += speaks_for(&tokens, run, found.get(at + 1));
                // What a story says first is what it is about.
                told.victim *= if number < 3 { 2 } else { 1 };
                told.looks *= if number < 3 { 2 } else { 1 };
                if let Some(next) = found.get(at + 1).filter(|next| is_short_form(&tokens, run, next)) {
                    short_for.entry(id.clone()).or_insert_with(|| key(next.span.of(text).unwrap_or_default()));
                }
                // Where both forms are known beforehand, too, the short one is what the story goes on to say.
                let short = found.get(at + 1).filter(|next| is_short_form(&tokens, run, next));
                let short = short.map(|next| next.span.of(text).unwrap_or_default());
                let short = short.filter(|s| names.find(s).is_some_and(|k| !k.brand && key(k.name) == id));
                let titled = titled_before(&tokens, &found, at);
                told.person += if titled { 4 } else { 0 };
                let home =
                    if titled { Some((id_of(&found[at - 1]), true)) } else { home_of(&tokens, &found, at, &id_of) };
                if let Some((house, true)) = &home
                    && told.person >= 3
                {
                    *houses.entry(house.clone()).or_default() += 3;
                }
                let home = home.map(|(house, _)| house);
                let entry = candidates.entry(id.clone()).or_default();
                if entry.first.is_none() {
                    entry.name = short.unwrap_or(written).to_owned();
                    entry.first = Some(run.span);
                    entry.words = run.last + 1 - run.first;
                    entry.known = run.known;
                    entry.brand = known.is_some_and(|k| k.brand);
                    entry.known_name = known_name;
                }
                entry.count += 1;
                entry.inside_sentence += u32::from(!run.opens_sentence);
                entry.evidence.add(&told);
                entry.home = entry.home.take().or(home.clone());
                raw.push(RawMention { span: run.span, key: id, home });
            }
        }
    }
    again_in_small_letters(text, pages, &mut raw, &mut candidates);
    for (house, points) in houses {
        if let Some(candidate) = candidates.get_mut(&house) {
            candidate.evidence.organisation += points;
        }
    }
    let outlet = about.outlet.as_deref().or_else(|| outlet_in_header(text)).map(key);
    let mut cast = settle(raw, candidates, OtherNames { short_for, alias_for }, outlet.as_deref());
    deeds::weigh(text, pages, &mut cast);
    headlines(text, pages, &mut cast.parties);
    give_roles(&mut cast.parties, outlet.as_deref());
    cast.rank();
    cast
}

/// A handle written small is a name wherever it stands, once it was introduced.
fn again_in_small_letters(
    text: &str,
    pages: &[Page],
    raw: &mut Vec<RawMention>,
    candidates: &mut BTreeMap<String, Candidate>,
) {
    let small =
        |c: &Candidate| c.words == 1 && c.evidence.actor >= 4 && c.name.chars().next().is_some_and(char::is_lowercase);
    let handles: std::collections::BTreeSet<String> =
        candidates.iter().filter(|(_, c)| small(c)).map(|(id, _)| id.clone()).collect();
    if handles.is_empty() {
        return;
    }
    let known: std::collections::BTreeSet<usize> = raw.iter().map(|mention| mention.span.start).collect();
    for &sentence in pages.iter().filter(|p| !p.paragraph.short).flat_map(|p| &p.sentences) {
        for token in tokens(text, sentence, &[]) {
            let id = key(token.span.of(text).unwrap_or_default());
            if token.shape.is_word() && handles.contains(&id) && !known.contains(&token.span.start) {
                if let Some(candidate) = candidates.get_mut(&id) {
                    candidate.count += 1;
                }
                raw.push(RawMention { span: token.span, key: id, home: None });
            }
        }
    }
}

/// A headline that tells of a breach names who was breached more often than who says so.
fn headlines(text: &str, pages: &[Page], parties: &mut [Party]) {
    for page in pages.iter().take_while(|p| p.paragraph.short) {
        let line = page.paragraph.span.of(text).unwrap_or_default().to_lowercase();
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let of_breach = |w: &&str| {
            ["hack", "breach", "leak", "ransom", "cyber"].iter().any(|stem| w.starts_with(stem))
                || matches!(*w, "stolen" | "theft" | "denies" | "data")
        };
        if !words.iter().any(of_breach) {
            continue;
        }
        for party in parties.iter_mut().filter(|p| p.class == Class::Organisation) {
            let name = party.name.to_lowercase();
            let name: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            let place = words.windows(name.len().max(1)).position(|w| w == name.as_slice());
            let tells = |at: usize| {
                words.get(at + name.len()).is_some_and(|w| {
                    matches!(*w, "says" | "said" | "warns" | "reports" | "finds" | "report" | "claims" | "reveals")
                })
            };
            if place.is_some_and(|at| !tells(at)) {
                party.evidence.victim += 2;
            }
        }
    }
}

/// "Acme, Bolt and Crane were breached": what is said of one name in a list is said of all; "firms such as Acme and Bolt": so is what
/// announces the list.
fn share_in_lists(tokens: &[Token], found: &[Run], told: &mut [Evidence]) {
    // "Acme and fashion brand Bolt": what the next is may stand between.
    let listed = |left: &Run, right: &Run| {
        let between = &tokens[left.last + 1..right.first];
        let (marks, rest) = between.split_at(between.iter().take_while(|t| joins_list(t)).count());
        let described = rest.len() <= 3
            && rest.iter().all(|t| t.shape == Shape::Word && lexicon::cue(&t.lower).is_none())
            && rest.last().is_none_or(|t| t.is("the") || lexicon::company_noun(&t.lower));
        !marks.is_empty() && marks.len() <= 2 && described
    };
    let mut from = 0;
    while from < found.len() {
        let mut to = from;
        while to + 1 < found.len() && listed(&found[to], &found[to + 1]) {
            to += 1;
        }
        let announced = announced_as(tokens, found[from].first);
        // A comma alone is an apposition as often as a list.
        let is_list = to > from
            && (announced.is_some()
                || tokens[found[to - 1].last + 1..found[to].first].iter().any(|t| t.is("and") || t.is("or")));
        if is_list || announced.is_some() {
            let list = &mut told[from..=to];
            let victim = list.iter().map(|e| e.victim).max().unwrap_or(0);
            let speaks = list.iter().map(|e| e.speaks).max().unwrap_or(0);
            let house = |(e, run): (&Evidence, &Run)| {
                e.organisation >= 3
                    || matches!(run.known, Some(NameKind::Company | NameKind::Researcher | NameKind::Authority))
            };
            let houses = list.iter().zip(&found[from..=to]).any(house);
            for (evidence, run) in list.iter_mut().zip(&found[from..=to]) {
                evidence.victim = victim.max(evidence.victim);
                evidence.speaks = speaks.max(evidence.speaks);
                let (organisation, outlet) =
                    announced.unwrap_or((if houses && run.known.is_none() { 2 } else { 0 }, 0));
                evidence.organisation += organisation;
                evidence.outlet += outlet;
            }
        }
        from = to + 1;
    }
}

fn joins_list(token: &Token) -> bool {
    token.is("and") || token.is("or") || token.is_mark(",") || token.is_mark(";") || token.is_mark("&")
}

/// "Firms such as", "victims including", "portals like": the points of an organisation and of an outlet for each name in the list.
fn announced_as(tokens: &[Token], first: usize) -> Option<(u32, u32)> {
    let word = |back: usize| first.checked_sub(back).and_then(|at| tokens.get(at)).map_or("", |t| t.lower.as_str());
    let head = match word(1) {
        "including" | "like" | "namely" => 2,
        "as" if word(2) == "such" => 3,
        _ => return None,
    };
    let near = (head..head + 6).map(word).take_while(|w| !matches!(*w, "." | ";"));
    let mut found = None;
    for plural in near {
        let singular = plural.strip_suffix("ies").map(|stem| format!("{stem}y"));
        let singular = singular.as_deref().or_else(|| plural.strip_suffix('s')).unwrap_or_default();
        if matches!(singular, "outlet" | "newspaper" | "publication" | "site" | "website") {
            found = found.or(Some((2, 2)));
        } else if lexicon::company_noun(singular) && !matches!(singular, "app" | "network" | "district")
            || matches!(
                plural,
                "businesses" | "universities" | "clients" | "giants" | "portals" | "brands" | "victims" | "targets"
            )
        {
            found = found.or(Some((3, 0)));
        }
    }
    found
}

/// "STROUD (Wire Service) -", "Stroud, Morning Bell —": the line that opens a story names a place and an outlet.
fn dateline(tokens: &[Token], found: &[Run], told: &mut [Evidence]) {
    let dash = tokens
        .iter()
        .take(14)
        .position(|t| t.shape == Shape::Mark && matches!(t.lower.as_str(), "—" | "–" | "-" | "--"));
    let Some(dash) = dash.filter(|&d| d > 0) else { return };
    let plain = |t: &Token| t.capital || t.shape != Shape::Word;
    if !tokens[..dash].iter().all(plain) {
        return;
    }
    for (run, told) in found.iter().zip(told).take_while(|(run, _)| run.last < dash) {
        let bracketed = run.first > 0 && tokens[run.first - 1].is_mark("(");
        let closes =
            run.last + 1 == dash && run.first > 0 && tokens[run.first - 1].is_mark(",") && run.last > run.first;
        if bracketed || closes {
            told.outlet += 3;
            told.organisation += 1;
            told.victim = 0;
        } else {
            told.thing += 4;
        }
    }
}

/// "Twitter: https://…": the label of a field.
fn is_label(tokens: &[Token], run: &Run) -> bool {
    let next = |n: usize| tokens.get(run.last + n).map_or("", |t| t.lower.as_str());
    next(1) == ":" && matches!(next(2), "http" | "https" | "hxxp" | "hxxps" | "www" | "@")
}

/// "Chief analyst of Acme, Ann Lee said": a title and its house before a comma.
fn titled_before(tokens: &[Token], found: &[Run], at: usize) -> bool {
    let Some(house) = at.checked_sub(1).and_then(|before| found.get(before)) else { return false };
    let run = &found[at];
    let beside = run.first == house.last + 2 && tokens[house.last + 1].is_mark(",") && run.last + 1 - run.first <= 3;
    if !beside || run.known.is_some() {
        return false;
    }
    let before = &tokens[house.first.saturating_sub(14)..house.first];
    let phrase = before.iter().rev().take_while(|t| {
        lexicon::cue(&t.lower).is_none()
            && !t.sets_apart()
            && !lexicon::opens_clause(&t.lower)
            && !lexicon::auxiliary(&t.lower)
    });
    let words: Vec<&str> = phrase.map(|t| t.lower.as_str()).collect();
    let title = words.iter().position(|w| lexicon::person_noun(w) && !lexicon::spokesperson(w));
    title.is_some_and(|title| words[..title].iter().any(|w| matches!(*w, "of" | "at" | "for" | "with")))
}

/// "Advanced Locks (AdLock)" and "Federal Lock Office (FLO)".
fn is_short_form(tokens: &[Token], long: &Run, short: &Run) -> bool {
    // "Grey Heron (UNC1234)": a code is another name, and no short form.
    let code = tokens[short.first].lower.ends_with(|c: char| c.is_ascii_digit());
    !code
        && short.first == long.last + 2
        && tokens[long.last + 1].is_mark("(")
        && tokens.get(short.last + 1).is_some_and(|t| t.is_mark(")"))
        && long.last > long.first
}

/// What the name itself says.
fn add_shape(text: &str, tokens: &[Token], run: &Run, names: &Gazetteer, found: &mut Evidence) {
    let words = run.last + 1 - run.first;
    let first = tokens[run.first].span.of(text).unwrap_or_default();
    let given = names.find(first).is_some_and(|k| k.kind == NameKind::Given);
    if given && (2..=3).contains(&words) && run.known.is_none() {
        found.person += 3;
    }
    let owned = run.first >= 2 && tokens[run.first - 1].shape == Shape::Possessive && tokens[run.first - 2].capital;
    if owned && words == 2 && found.speaks > 0 {
        found.person += 3;
    }
}

/// "Ann Lee of Acme said", "Lee of Acme denied": who is of an organisation and speaks is a person.
fn speaks_for(tokens: &[Token], run: &Run, next: Option<&Run>) -> u32 {
    let words = run.last + 1 - run.first;
    // "Ann Lee of the security specialists Acme".
    let described = |next: &Run| {
        tokens.get(run.last + 2..next.first).is_some_and(|between| {
            between.len() <= 4
                && between.iter().all(|t| t.shape == Shape::Word && !t.capital && lexicon::cue(&t.lower).is_none())
        })
    };
    let beside = next.filter(|next| {
        run.known.is_none()
            && words <= 3
            && described(next)
            && matches!(tokens[run.last + 1].lower.as_str(), "of" | "from" | "at")
            && !matches!(next.known, Some(NameKind::Place | NameKind::Thing | NameKind::Given))
    });
    let Some(next) = beside else { return 0 };
    let said_by = run.first > 0 && lexicon::cue(&tokens[run.first - 1].lower) == Some(Cue::Says);
    let mut after =
        tokens[next.last + 1..].iter().skip_while(|t| lexicon::auxiliary(&t.lower) || lexicon::adverb(&t.lower));
    let speaks = after.next().is_some_and(|t| lexicon::cue(&t.lower).is_some_and(|cue| cue != Cue::Offers));
    if speaks || said_by { 3 } else { 0 }
}

/// The organisation beside a person: "Acme's Ann Lee", "Acme CEO Ann Lee", "Ann Lee, director at Acme", "Ann Lee of Acme".
/// True where the words leave no doubt that the one works at the other.
fn home_of(tokens: &[Token], found: &[Run], at: usize, named: &impl Fn(&Run) -> String) -> Option<(String, bool)> {
    let run = found.get(at)?;
    if let Some(before) = at.checked_sub(1).and_then(|b| found.get(b)) {
        let between = &tokens[before.last + 1..run.first];
        let titled = between.iter().any(|t| lexicon::person_noun(&t.lower));
        let owned = between.first().is_some_and(|t| t.shape == Shape::Possessive);
        let beside = between.iter().enumerate().all(|(n, t)| {
            t.shape == Shape::Possessive
                // "Acme's director, Ann Lee,".
                || t.is_mark(",") && titled && n + 1 == between.len()
                || lexicon::person_noun(&t.lower)
                // "Acme's head of public affairs Ann Lee".
                || owned && titled && t.shape == Shape::Word && lexicon::cue(&t.lower).is_none() && !lexicon::auxiliary(&t.lower)
                || matches!(
                    t.lower.as_str(),
                    "security" | "senior" | "chief" | "executive" | "general" | "information" | "vice" | "threat" | "lead" | "and"
                )
        });
        if !between.is_empty() && between.len() <= 7 && beside && !between.iter().all(|t| t.is("and")) {
            return Some((named(before), true));
        }
    }
    let after = found.get(at + 1)?;
    let between = &tokens[run.last + 1..after.first];
    let near = between.len() <= 10
        && between.first().is_some_and(|t| t.sets_apart() || matches!(t.lower.as_str(), "of" | "from" | "at" | "("));
    let crossed = between.iter().skip(1).any(|t| t.sets_apart() || t.is_mark(".") || lexicon::cue(&t.lower).is_some());
    let sure =
        between.iter().any(|t| lexicon::person_noun(&t.lower)) && !between.iter().any(|t| t.shape == Shape::Possessive);
    (near && !crossed && !between.iter().any(|t| t.is("and"))).then(|| (named(after), sure))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::read::speech::pages;

    fn cast_of(text: &str) -> Cast {
        cast(text, &pages(text), &About::default(), &Gazetteer::built_in())
    }

    #[test]
    fn a_short_form_and_its_long_name_are_one_party() {
        let cast = cast_of(
            "Northern Threat Institute (NorThreat), a threat intelligence firm, reported the sale. NorThreat said more.",
        );
        assert_eq!(cast.parties.len(), 1);
        assert_eq!((cast.parties[0].name.as_str(), cast.parties[0].kind), ("NorThreat", PartyKind::Researcher));
        assert_eq!(cast.mentions.len(), 3);
    }

    #[test]
    fn a_person_speaks_for_an_organisation_and_is_known_by_surname() {
        let cast = cast_of(
            "Mara Onslow, Tarnwell’s director of research, said so. Onslow added more. Files were stolen from Tarnwell, which Tarnwell denied.",
        );
        let person = cast.parties.iter().position(|p| p.class == Class::Person).unwrap();
        assert_eq!(cast.display(person), "Mara Onslow (Tarnwell)");
        assert_eq!(cast.mentions.iter().filter(|(_, p)| *p == person).count(), 2);
    }

    #[test]
    fn who_is_of_a_described_house_and_speaks_is_a_person() {
        let found = persons("Rika Fenwell of the security specialists Tarnwell pointed out that it is simple.");
        assert_eq!(found, ["Rika Fenwell (Tarnwell)"]);
    }

    #[test]
    fn a_house_of_a_country_and_one_described_behind_its_name() {
        let found = houses(
            "Amazon Spain denied it. The gang targeted the Shirlow insurance company. The Finnish telecommunications company denied it.",
        );
        assert!(found.contains(&"Amazon Spain".to_owned()) && found.contains(&"Shirlow".to_owned()), "{found:?}");
        assert!(!found.iter().any(|name| name == "Finnish"), "{found:?}");
    }

    #[test]
    fn crews_and_victims_get_their_parts() {
        let cast =
            cast_of("A gang going by GreyHeron said it breached Brightwell. Brightwell denied that it was hacked.");
        let part = |name: &str| cast.parties.iter().find(|p| p.name == name).unwrap().kind;
        assert_eq!(part("GreyHeron"), PartyKind::Actor);
        assert_eq!(part("Brightwell"), PartyKind::Victim);
    }

    /// The display names of the persons.
    fn persons(text: &str) -> Vec<String> {
        let cast = cast_of(text);
        (0..cast.parties.len()).filter(|&p| cast.parties[p].class == Class::Person).map(|p| cast.display(p)).collect()
    }

    #[test]
    fn persons_are_told_by_what_they_do_and_whose_they_are() {
        for text in [
            "Odo Marrin, who directs research at Tarnwell, said so. Marrin added more. Tarnwell said so, too.",
            "Odo Marrin of Tarnwell denied it. Marrin added more. Tarnwell said so, too.",
            "It is fine, said Odo Marrin of Tarnwell. Marrin added more. Tarnwell said so, too.",
            "Tarnwell’s chief analyst, Odo Marrin, said so. Marrin added more. Tarnwell said so, too.",
        ] {
            assert_eq!(persons(text), ["Odo Marrin (Tarnwell)"], "{text}");
        }
        assert_eq!(
            persons("It came up on Monday, when Marrin of Tarnwell said so. Tarnwell said so, too."),
            ["Marrin (Tarnwell)"]
        );
    }

    #[test]
    fn of_two_names_known_beforehand_the_short_one_stands() {
        let names = Gazetteer::parse("researcher: NorThreat; Northern Threat Institute").unwrap_or_default();
        let text = "Northern Threat Institute (NorThreat) reported the sale.";
        let cast = cast(text, &pages(text), &About::default(), &names);
        assert_eq!(cast.parties.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["NorThreat"]);
    }

    #[test]
    fn an_outlet_a_researcher_or_a_company_known_beforehand_is_no_crew() {
        let names = Gazetteer::parse("company: Brightwell").unwrap_or_default();
        let text =
            "Brightwell broke into the bank. Brightwell is selling customer records. Brightwell stole the files.";
        let cast = cast(text, &pages(text), &About::default(), &names);
        assert!(cast.parties.iter().all(|p| p.class == Class::Organisation));
    }

    /// The names of the organisations.
    fn houses(text: &str) -> Vec<String> {
        let cast = cast_of(text);
        cast.parties.iter().filter(|p| p.class == Class::Organisation).map(|p| p.name.clone()).collect()
    }

    #[test]
    fn unknown_houses_are_found_by_their_words_and_their_neighbours() {
        for (text, names) in [
            (
                "It hit firms such as Marlow Foods, Tessaro and fashion brand Bolt.",
                &["Bolt", "Marlow Foods", "Tessaro"][..],
            ),
            ("The Stroud-based Pellmore was hit.", &["Pellmore"]),
            ("Files of Société Lumière SA were sold.", &["Société Lumière SA"]),
            ("It was iLockr, which makes locks.", &["iLockr"]),
            ("A spokesperson for 7Bridges knew.", &["7Bridges"]),
            ("An attack on the city of Dunmere went on.", &["city of Dunmere"]),
            ("Patients of Saint Brannock's Hospital waited.", &["Saint Brannock's Hospital"]),
            ("Tarnwell’s Ann Lee said so.", &["Tarnwell"]),
            ("It came from the site stroudnews.com, and it is old.", &["stroudnews.com"]),
        ] {
            let mut found = houses(text);
            found.sort();
            assert_eq!(found, names, "{text}");
        }
    }

    #[test]
    fn products_malware_and_departments_are_no_houses() {
        for text in
            ["It wrote a Google Translate text.", "The Grimlock malware was seen.", "It was on a Facebook page."]
        {
            assert_eq!(houses(text), Vec::<String>::new(), "{text}");
        }
    }
}
