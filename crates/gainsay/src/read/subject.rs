//! Who a noun phrase means: a name, a spokesperson, "the company", "it".

use crate::claim::{PartyKind, Span};
use crate::read::entities::{Cast, Class};
use crate::read::lexicon;
use crate::read::tokens::{Shape, Token};

/// How far back in its sentence a word leans on a name, in tokens.
const NEAR: usize = 40;

/// How a speaker was made out, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// By name.
    Named,
    /// By role: "the company", "the group".
    Role,
    /// By pronoun.
    Pronoun,
    /// No name in the text: "customers", "hackers".
    Unnamed,
}

impl Known {
    /// In a word or two, for `because`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Known::Named => "by name",
            Known::Role => "by role",
            Known::Pronoun => "by pronoun",
            Known::Unnamed => "without a name",
        }
    }
}

/// Somebody who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Speaker {
    pub(super) name: String,
    pub(super) kind: PartyKind,
    /// Its place in the cast, where it has a name.
    pub(super) party: Option<usize>,
    pub(super) known: Known,
}

/// Who was spoken of last, for the words that lean on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// Spoke last.
    pub(super) speaker: Option<Speaker>,
    /// Spoke last in this paragraph.
    pub(super) here: Option<Speaker>,
    /// The organisation that spoke last.
    pub(super) organisation: Option<usize>,
    /// The first organisation named in this paragraph.
    pub(super) topic: Option<usize>,
    pub(super) person: Option<usize>,
    pub(super) actor: Option<usize>,
    pub(super) researcher: Option<usize>,
}

impl Memory {
    /// A new paragraph begins.
    pub(super) fn turn_paragraph(&mut self) {
        self.here = None;
        self.topic = None;
    }

    /// Takes in who is named in `span`.
    pub(super) fn hear_names(&mut self, cast: &Cast, span: Span) {
        for &(_, party) in cast.within(span) {
            let Some(found) = cast.parties.get(party) else {
                continue;
            };
            match found.class {
                Class::Person => self.person = Some(party),
                Class::Actor => self.actor = Some(party),
                Class::Organisation => {
                    if found.kind == PartyKind::Researcher {
                        self.researcher = Some(party);
                    }
                    if found.kind != PartyKind::Press && !found.platform {
                        self.topic = self.topic.or(Some(party));
                    }
                }
            }
        }
    }

    /// Takes in who spoke.
    pub(super) fn hear_speaker(&mut self, cast: &Cast, speaker: &Speaker) {
        if let Some(party) = speaker.party {
            let home =
                cast.parties.get(party).and_then(|p| if p.class == Class::Person { p.home } else { Some(party) });
            if let Some(home) = home
                .filter(|&h| cast.parties[h].class == Class::Organisation && cast.parties[h].kind != PartyKind::Press)
            {
                self.organisation = Some(home);
            }
            match cast.parties.get(party).map(|p| p.class) {
                Some(Class::Person) => self.person = Some(party),
                Some(Class::Actor) => self.actor = Some(party),
                _ => {}
            }
        }
        self.here = Some(speaker.clone());
        self.speaker = Some(speaker.clone());
    }
}

/// A sentence's tokens with the party that each belongs to.
pub(super) struct Sentence<'a> {
    pub(super) cast: &'a Cast,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) party: Vec<Option<usize>>,
}

impl<'a> Sentence<'a> {
    pub(super) fn new(cast: &'a Cast, tokens: Vec<Token<'a>>, span: Span) -> Self {
        let mentions = cast.within(span);
        let mut at = 0;
        let party = tokens
            .iter()
            .map(|token| {
                while mentions.get(at).is_some_and(|(m, _)| m.end <= token.span.start) {
                    at += 1;
                }
                mentions
                    .get(at)
                    .filter(|(m, _)| {
                        token.shape != Shape::Quote && m.start <= token.span.start && token.span.end <= m.end
                    })
                    .map(|&(_, p)| p)
            })
            .collect();
        Self { cast, tokens, party }
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.lower.as_str())
    }

    /// Who speaks, where the tokens `first..=last` are the subject of a verb of speaking.
    pub(super) fn speakers(&self, first: usize, last: usize, memory: &Memory) -> Vec<Speaker> {
        if first > last || last >= self.tokens.len() {
            return Vec::new();
        }
        if let Some(and) = (first + 1..last).find(|&at| {
            self.word(at) == "and"
                && self.party[at - 1].is_some()
                && (at + 1..=last.min(at + 2)).any(|n| self.party[n].is_some())
        }) {
            let (mut left, right) = (self.speakers(first, and - 1, memory), self.speakers(and + 1, last, memory));
            if !left.is_empty() && !right.is_empty() {
                left.extend(right);
                return left;
            }
        }
        let first = (first..=last).rev().find(|&at| self.word(at) == "and").map_or(first, |and| and + 1);
        self.one(first, last, memory).into_iter().collect()
    }

    fn one(&self, first: usize, last: usize, memory: &Memory) -> Option<Speaker> {
        let first = self.after_leading_adverbial(first, last);
        if first > last {
            return None;
        }
        let is_head_word = |at: usize| {
            self.party[at].is_some()
                || self.tokens[at].shape == Shape::Word
                    && !lexicon::determiner(self.word(at))
                    && !lexicon::preposition(self.word(at))
        };
        let cut = (first + 1..=last).find(|&at| {
            self.party[at].is_none() && lexicon::preposition(self.word(at)) && (first..at).any(is_head_word)
        });
        let head_end = (first..cut.unwrap_or(last + 1))
            .rev()
            .find(|&at| matches!(self.tokens[at].shape, Shape::Word | Shape::Number) || self.party[at].is_some())?;
        let tail = cut.map(|c| (c, last));
        if let Some(party) = self.party[head_end] {
            return Some(self.named(party));
        }
        if let Some(pronoun) = self.pronoun(first, head_end, memory) {
            return Some(pronoun);
        }
        self.by_noun(first, head_end, tail, memory)
    }

    /// "On Wednesday the carrier": what stands before the phrase proper.
    fn after_leading_adverbial(&self, first: usize, last: usize) -> usize {
        let mut at = first;
        while at <= last
            && (matches!(self.tokens[at].shape, Shape::Mark)
                || matches!(self.word(at), "and" | "but" | "yet" | "so" | "then" | "however" | "meanwhile")
                || self.party[at].is_none() && lexicon::adverb(self.word(at)))
        {
            at += 1;
        }
        if at <= last && self.party[at].is_none() && lexicon::preposition(self.word(at)) {
            return (at + 1..=last)
                .rev()
                .find(|&n| {
                    self.word(n) == "the"
                        || self.word(n) == "a"
                        || self.party[n].is_some() && self.party[n - 1] != self.party[n]
                })
                .unwrap_or(last + 1);
        }
        at
    }

    fn named(&self, party: usize) -> Speaker {
        Speaker { name: self.cast.display(party), kind: self.cast.kind(party), party: Some(party), known: Known::Named }
    }

    fn as_role(&self, party: usize) -> Speaker {
        Speaker { known: Known::Role, ..self.named(party) }
    }

    fn pronoun(&self, first: usize, last: usize, memory: &Memory) -> Option<Speaker> {
        if first != last {
            return None;
        }
        // "The blog said; it added": "it" is the blog, and whose blog that is nobody said.
        let of_a_document = || {
            (first.saturating_sub(NEAR).max(1)..first).any(|at| {
                lexicon::document_noun(self.word(at))
                    && matches!(self.word(at - 1), "the" | "a" | "this")
                    && lexicon::cue(self.word(at + 1)).is_some()
            })
        };
        if self.word(first) == "it" && of_a_document() {
            return None;
        }
        // "Acme closed the hole, it said": the sentence itself opens with who speaks.
        let opener =
            self.party.first().copied().flatten().filter(|&p| first > 1 && self.cast.parties[p].class != Class::Person);
        if let Some(party) =
            opener.filter(|_| matches!(self.word(first), "it" | "they") && self.tokens[first - 1].sets_apart())
        {
            return Some(Speaker { known: Known::Pronoun, ..self.named(party) });
        }
        let organisation = || memory.organisation.or(memory.topic);
        let party = match self.word(first) {
            "he" | "she" => memory.person,
            "it" => match memory.here.as_ref().or(memory.speaker.as_ref()) {
                Some(last) if last.party.is_some_and(|p| self.cast.parties[p].class != Class::Person) => last.party,
                _ => memory.topic.or_else(organisation),
            },
            "they" => match &memory.here {
                Some(last) if last.party.is_some() => last.party,
                Some(last) => {
                    return Some(Speaker { known: Known::Pronoun, ..last.clone() });
                }
                None => memory.actor.or_else(organisation),
            },
            _ => return None,
        }?;
        Some(Speaker { known: Known::Pronoun, ..self.named(party) })
    }

    /// A phrase whose head is a common noun.
    fn by_noun(&self, first: usize, head: usize, tail: Option<(usize, usize)>, memory: &Memory) -> Option<Speaker> {
        let noun = self.word(head);
        let owner = self.owner(first, head, tail, memory);
        let party_in = |from: usize, to: usize, class: Class| {
            (from..=to).find_map(|at| self.party[at].filter(|&p| self.cast.parties[p].class == class))
        };
        let definite = (first..head).any(|at| matches!(self.word(at), "the" | "this" | "that" | "these" | "those"));
        let threat_actor = matches!(noun, "actor" | "actors") && head > first && self.word(head - 1) == "threat";
        let going_by = matches!(noun, "going" | "known" | "called" | "named" | "dubbed" | "calling" | "claiming")
            && (first..head)
                .any(|at| lexicon::actor_noun(self.word(at)) || matches!(self.word(at), "actor" | "actors"));
        if lexicon::actor_noun(noun) || threat_actor || going_by {
            let last = tail.map_or(head, |(_, last)| last);
            if let Some(actor) = party_in(first, last, Class::Actor) {
                return Some(self.named(actor));
            }
            let remembered = memory.actor.or_else(|| self.cast.of_kind(PartyKind::Actor).first().copied());
            if let Some(actor) = remembered.filter(|_| definite || self.cast.of_kind(PartyKind::Actor).len() == 1) {
                return Some(self.as_role(actor));
            }
            let name = if matches!(noun, "hacker" | "hackers") { "hacker (unnamed)" } else { "threat actor (unnamed)" };
            return Some(Speaker { name: name.to_owned(), kind: PartyKind::Actor, party: None, known: Known::Unnamed });
        }
        let of_the_crew = matches!(
            noun,
            "operator" | "member" | "representative" | "admin" | "administrator" | "affiliate" | "spokesperson"
        );
        if let Some(actor) = party_in(first, head, Class::Actor).filter(|_| of_the_crew) {
            return Some(self.named(actor));
        }
        if lexicon::crowd_noun(noun) && !lexicon::researcher_noun(noun) && !matches!(noun, "officials")
            || noun == "authorities"
        {
            let kind = if lexicon::authority_noun(noun) { PartyKind::Authority } else { PartyKind::Other };
            return Some(Speaker { name: noun.to_owned(), kind, party: None, known: Known::Unnamed });
        }
        if lexicon::person_noun(noun)
            || lexicon::spokesperson(noun)
            || lexicon::researcher_noun(noun)
            || matches!(noun, "officials" | "executives" | "team" | "staff")
        {
            let several = noun.ends_with('s') && !definite && owner.is_none();
            if several && lexicon::researcher_noun(noun) {
                let qualified = head > first && self.word(head - 1) == "security";
                let name = if qualified { format!("security {noun}") } else { noun.to_owned() };
                let kind = PartyKind::Researcher;
                return Some(Speaker { name, kind, party: None, known: Known::Unnamed });
            }
            return owner
                .or_else(|| self.house_named_before(first, noun))
                .or_else(|| self.person_by_role(noun, memory));
        }
        if lexicon::company_noun(noun) {
            if let Some(party) = (first..head).rev().find_map(|at| self.party[at]).filter(|&p| {
                self.cast.parties[p].class == Class::Organisation
                    && self.tokens.get(head - 1).is_none_or(|t| t.shape != Shape::Possessive)
            }) {
                return Some(self.named(party));
            }
            return if definite { self.the_company(memory) } else { None };
        }
        if lexicon::document_noun(noun) {
            return owner;
        }
        None
    }

    /// Whose spokesperson, researchers or statement: "Acme’s", "an Acme", "its", "… for Acme".
    fn owner(&self, first: usize, head: usize, tail: Option<(usize, usize)>, memory: &Memory) -> Option<Speaker> {
        if let Some(possessive) = (first + 1..head).rev().find(|&at| self.tokens[at].shape == Shape::Possessive) {
            return self.one(first, possessive - 1, memory);
        }
        if let Some(party) = (first..head).rev().find_map(|at| self.party[at]) {
            return Some(self.named(party));
        }
        if let Some((from, last)) =
            tail.filter(|&(from, _)| matches!(self.word(from), "for" | "at" | "of" | "from" | "with" | "by"))
        {
            if let Some(party) = (from + 1..=last).find_map(|at| self.party[at]) {
                return Some(self.named(party));
            }
            if let Some(speaker) = self.one(from + 1, last, memory).filter(|s| s.known == Known::Role) {
                return Some(speaker);
            }
        }
        match self.word(first) {
            "its" | "their" => {
                memory.here.clone().or_else(|| memory.speaker.clone()).map(|s| Speaker { known: Known::Pronoun, ..s })
            }
            _ => None,
        }
    }

    /// "Acme kept silent; a spokesperson said": the spokesperson is of the house that the sentence has just named.
    fn house_named_before(&self, first: usize, noun: &str) -> Option<Speaker> {
        let house = |p: &usize| {
            let party = &self.cast.parties[*p];
            party.class == Class::Organisation && matches!(party.kind, PartyKind::Victim | PartyKind::Other)
        };
        let named = (first.saturating_sub(NEAR)..first).rev().find_map(|at| self.party[at]).filter(house);
        named.filter(|_| lexicon::spokesperson(noun)).map(|p| self.as_role(p))
    }

    fn person_by_role(&self, noun: &str, memory: &Memory) -> Option<Speaker> {
        if lexicon::spokesperson(noun) {
            return self.the_company(memory);
        }
        if lexicon::researcher_noun(noun) {
            let party = memory
                .person
                .filter(|&p| self.cast.kind(p) == PartyKind::Researcher && !noun.ends_with('s'))
                .or(memory.researcher);
            return party.map(|p| self.as_role(p)).or_else(|| {
                Some(Speaker { name: noun.to_owned(), kind: PartyKind::Researcher, party: None, known: Known::Unnamed })
            });
        }
        memory.person.map(|p| self.as_role(p)).or_else(|| memory.organisation.map(|p| self.as_role(p)))
    }

    /// "The company": who spoke last in this paragraph, whom the paragraph names first, who spoke last at all, whom the story is about.
    fn the_company(&self, memory: &Memory) -> Option<Speaker> {
        let organisation = |p: usize| {
            let party = self.cast.parties.get(p)?;
            match party.class {
                Class::Person => party.home,
                Class::Organisation if party.kind != PartyKind::Press => Some(p),
                _ => None,
            }
        };
        let here = memory.here.as_ref().and_then(|s| s.party).and_then(organisation);
        here.or(memory.topic.and_then(organisation))
            .or(memory.organisation)
            .or_else(|| self.cast.of_kind(PartyKind::Victim).first().copied())
            .map(|p| self.as_role(p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::pages;
    use crate::read::tokens::tokens;

    fn who(text: &str, phrase: &str) -> Vec<String> {
        let all = Span { start: 0, end: text.len() };
        let cast = cast(text, &pages(text), &About::default(), &Gazetteer::built_in());
        let mut memory = Memory::default();
        memory.hear_names(&cast, all);
        let start = text.rfind(phrase).unwrap_or(0);
        let span = Span { start, end: start + phrase.len() };
        let sentence = Sentence::new(&cast, tokens(text, span, &[]), span);
        sentence.speakers(0, sentence.tokens.len() - 1, &memory).into_iter().map(|s| s.name).collect()
    }

    const STORY: &str = "A gang known as GreyHeron breached Brightwell. Brightwell denied it. Tarnwell, a threat intelligence firm, said so.";

    #[test]
    fn phrases_lead_to_their_parties() {
        for (phrase, expected) in [
            ("A Brightwell spokesman", "Brightwell"),
            ("Security researchers at Tarnwell", "Tarnwell"),
            ("A spokesperson for Brightwell", "Brightwell"),
            ("The gang", "GreyHeron"),
            ("the gang's leak site", "GreyHeron"),
            ("The company", "Brightwell"),
            ("Many customers", "customers"),
            ("On Monday the firm", "Brightwell"),
        ] {
            let text = format!("{STORY} {phrase} spoke.");
            assert_eq!(who(&text, phrase), [expected], "{phrase}");
        }
    }

    #[test]
    fn two_names_are_two_speakers_and_a_thing_is_none() {
        assert_eq!(
            who(&format!("{STORY} Brightwell and Tarnwell spoke."), "Brightwell and Tarnwell"),
            ["Brightwell", "Tarnwell"]
        );
        assert_eq!(who(&format!("{STORY} The weather spoke."), "The weather"), Vec::<String>::new());
    }
}
