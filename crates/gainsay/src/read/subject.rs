//! Who a noun phrase means: a name, a spokesperson, "the company", "it".

use crate::claim::{PartyKind, Span};
use crate::read::entities::{Cast, Class, Party};
use crate::read::lexicon;
use crate::read::tokens::{Shape, Token};

/// How far back in its sentence a word leans on a name, in tokens.
const NEAR: usize = 40;

/// How many mentions before a phrase are looked at for the two houses that it means.
const SEEN_BEFORE: usize = 12;

/// The most words of a phrase that stands for somebody whom nothing else names.
const LONGEST_PHRASE: usize = 9;

/// How a speaker was made out, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// By name.
    Named,
    /// By the spokesperson of a named house.
    Spokesperson,
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
            Known::Spokesperson => "by its spokesperson",
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
    /// The authority that spoke last.
    pub(super) authority: Option<usize>,
    /// The first organisation named in this paragraph.
    pub(super) topic: Option<usize>,
    pub(super) person: Option<usize>,
    /// The crew or hacker that spoke last.
    pub(super) crew: Option<Speaker>,
    /// The first organisation that the paragraph before named.
    pub(super) topic_before: Option<usize>,
    /// Somebody spoke in the paragraph before.
    pub(super) spoke_before: bool,
    /// A person was named after the last speaker spoke.
    pub(super) person_since: bool,
    /// The house that spoke last through a spokesperson.
    pub(super) voice: Option<usize>,
    pub(super) actor: Option<usize>,
    pub(super) researcher: Option<usize>,
}

impl Memory {
    /// A new paragraph begins.
    pub(super) fn turn_paragraph(&mut self) {
        self.spoke_before = self.here.is_some();
        self.topic_before = self.topic;
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
                Class::Person => {
                    self.person_since |= self.speaker.as_ref().is_none_or(|s| s.party != Some(party));
                    self.person = Some(party);
                }
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
                match cast.parties[home].kind {
                    PartyKind::Authority => self.authority = Some(home),
                    _ => self.organisation = Some(home),
                }
            }
            match cast.parties.get(party).map(|p| p.class) {
                Some(Class::Person) => self.person = Some(party),
                Some(Class::Actor) => self.actor = Some(party),
                _ => {}
            }
        }
        self.person_since = false;
        if speaker.kind == PartyKind::Actor {
            self.crew = Some(speaker.clone());
        }
        if speaker.known == Known::Spokesperson {
            self.voice = speaker.party;
        }
        self.here = Some(speaker.clone());
        self.speaker = Some(speaker.clone());
    }
}

/// A sentence's tokens with the party that each belongs to.
pub(super) struct Sentence<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    pub(super) cast: &'a Cast,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) party: Vec<Option<usize>>,
}

impl<'a> Sentence<'a> {
    pub(super) fn new(text: &'a str, cast: &'a Cast, tokens: Vec<Token<'a>>, span: Span) -> Self {
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
        Self { text, cast, tokens, party }
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.lower.as_str())
    }

    /// Who speaks, where the tokens `first..=last` are the subject of a verb of speaking.
    pub(super) fn speakers(&self, first: usize, last: usize, memory: &Memory) -> Vec<Speaker> {
        if first > last || last >= self.tokens.len() {
            return Vec::new();
        }
        if matches!(self.word(first), "both" | "neither")
            && last == first + 1
            && matches!(self.word(last), "companies" | "firms" | "company" | "firm" | "banks" | "sides")
        {
            return self.the_two(first);
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
        // "The phone and broadband provider" is one; "the gang, and the firm" ends with the firm.
        let of_its_own = |at: usize| {
            self.party[at].is_some() || lexicon::determiner(self.word(at)) || !lexicon::determiner(self.word(first))
        };
        let and = (first..last).rev().find(|&at| self.word(at) == "and" && of_its_own(at + 1));
        let first = and.map_or(first, |and| and + 1);
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
            self.party[at].is_none()
                && (lexicon::preposition(self.word(at)) && (first..at).any(is_head_word) || self.hangs_on(at))
        });
        let head_end = (first..cut.unwrap_or(last + 1))
            .rev()
            .find(|&at| matches!(self.tokens[at].shape, Shape::Word | Shape::Number) || self.party[at].is_some())?;
        // "Parents reached by The Log", "a person going by Wren".
        let mut head_end = head_end;
        while head_end > first
            && self.party[head_end].is_none()
            && (self.word(head_end).ends_with("ed")
                || matches!(self.word(head_end), "made" | "sent" | "seen" | "written" | "given")
                || lexicon::calendar_word(self.word(head_end)))
        {
            head_end -= 1;
        }
        let by_handle = matches!(
            self.word(first),
            "goes" | "went" | "going" | "known" | "called" | "named" | "calling" | "go" | "calls"
        ) || (first + 1..last).any(|at| {
            matches!(self.word(at), "named" | "called" | "dubbed" | "alias" | "handle" | "moniker" | "nickname")
                && (at + 1..at + 4).any(|n| self.party.get(n).copied().flatten().is_some())
        });
        if let Some(party) = (first..=last).rev().find_map(|at| self.party[at]).filter(|_| by_handle) {
            return Some(self.named(party));
        }
        let tail = cut.map(|c| (c, last));
        // "Acme's vice president of communications Ann Lee".
        let person = self.party[last].filter(|&p| self.cast.parties[p].class == Class::Person && cut.is_some());
        if let Some(person) = person.filter(|_| lexicon::person_noun(self.word(head_end))) {
            return Some(self.named(person));
        }
        if let Some(party) = self.party[head_end] {
            return Some(self.named(party));
        }
        if let Some(pronoun) = self.pronoun(first, head_end, memory) {
            return Some(pronoun);
        }
        self.by_noun(first, head_end, tail, memory)
    }

    /// "The group holding the files": a participle that hangs on those who act.
    fn hangs_on(&self, at: usize) -> bool {
        let word = self.word(at);
        let named = matches!(word, "going" | "calling" | "claiming" | "using");
        word.len() > 5
            && word.ends_with("ing")
            && !named
            && !self.tokens[at].capital
            && at.checked_sub(1).is_some_and(|noun| {
                let noun = self.word(noun);
                lexicon::actor_noun(noun) || lexicon::person_noun(noun) || lexicon::crowd_noun(noun)
            })
    }

    /// A subject that is none of the cast's parties, by its own words: "two watchdog groups", "Ann Lee". Only people and houses speak: its
    /// head names some, or is written as a name.
    pub(super) fn by_its_words(&self, first: usize, last: usize) -> Option<Speaker> {
        let opening = first == 0;
        let mut first = self.after_leading_adverbial(first, last);
        let skipped = |at: usize| {
            let word = self.word(at);
            lexicon::determiner(word)
                || lexicon::adverb(word)
                || self.tokens[at].shape != Shape::Word
                || matches!(word, "several" | "some" | "many" | "other" | "few")
        };
        while first <= last && skipped(first) {
            first += 1;
        }
        let end = (first..=last)
            .find(|&at| {
                let word = self.word(at);
                lexicon::preposition(word)
                    && !(word == "of" && self.tokens[at - 1].capital && !lexicon::determiner(self.word(at + 1)))
                    || lexicon::opens_clause(word)
                    || self.hangs_on(at)
                    || lexicon::calendar_word(word)
            })
            .unwrap_or(last + 1);
        // "A claim the company": the phrase begins with its last article.
        first = (first..end).rev().find(|&at| matches!(self.word(at), "the" | "a" | "an")).map_or(first, |at| at + 1);
        if (first..end).any(|at| !matches!(self.tokens[at].shape, Shape::Word | Shape::Possessive)) {
            return None;
        }
        let head = end.checked_sub(1).filter(|&head| first <= head && head - first < LONGEST_PHRASE)?;
        let noun = self.word(head);
        let singular = noun.strip_suffix('s').unwrap_or(noun);
        let is = |known: fn(&str) -> bool| known(noun) || known(singular);
        let kind = if is(lexicon::actor_noun) && !matches!(singular, "group" | "individual" | "collective") {
            PartyKind::Actor
        } else if is(lexicon::researcher_noun) {
            PartyKind::Researcher
        } else if is(lexicon::authority_noun) {
            PartyKind::Authority
        } else {
            PartyKind::Other
        };
        let written_as_name = self.tokens[head].capital && (!opening || head > first || !lexicon::opens_sentence(noun));
        let speaks = written_as_name
            || kind != PartyKind::Other
            || is(lexicon::actor_noun)
            || is(lexicon::person_noun)
            || is(lexicon::company_noun)
            || is(lexicon::crowd_noun)
            || lexicon::agent_noun(noun)
                && (noun.ends_with('s') || first > 0 && matches!(self.word(first - 1), "a" | "an" | "one" | "another"));
        let pronoun =
            matches!(noun, "i" | "we" | "you" | "he" | "she" | "it" | "they" | "that" | "this" | "those" | "none");
        if !speaks || pronoun || lexicon::document_noun(noun) || lexicon::cue(noun).is_some() {
            return None;
        }
        // "Acme's security advisers" speak for Acme; "Acme's view" speaks for nobody.
        let owner = (first + 1..end).rev().find(|&at| self.tokens[at].shape == Shape::Possessive);
        if let Some(house) = owner.and_then(|at| self.party[at - 1]) {
            return Some(Speaker { known: Known::Spokesperson, ..self.named(house) });
        }
        let span = Span { start: self.tokens[first].span.start, end: self.tokens[head].span.end };
        let name = span.of(self.text)?.to_owned();
        Some(Speaker { name, kind, party: None, known: Known::Unnamed })
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
        // "Acme said that …, but it denied": who has spoken in this sentence.
        if matches!(self.word(first), "it" | "they")
            && first > 3
            && matches!(self.word(first - 1), "but" | "and" | "though" | "although" | "while" | ",")
        {
            let spoken = (first.saturating_sub(NEAR)..first - 1).rev().find(|&at| {
                self.party[at].is_some_and(|p| self.cast.parties[p].class != Class::Person)
                    && (self.party.get(at + 1) != Some(&self.party[at]))
                    && (at + 1..at + 4)
                        .find(|&n| !lexicon::auxiliary(self.word(n)) && !lexicon::adverb(self.word(n)))
                        .is_some_and(|n| {
                            lexicon::cue(self.word(n)).is_some() || self.tokens.get(n).is_some_and(Token::sets_apart)
                        })
            });
            if let Some(party) = spoken.and_then(|at| self.party[at]) {
                return Some(Speaker { known: Known::Pronoun, ..self.named(party) });
            }
        }
        let organisation = || memory.organisation.or(memory.topic);
        let party = match self.word(first) {
            "he" | "she" => {
                // Who is the subject of this very sentence.
                let near = (first.saturating_sub(NEAR)..first).rev().find_map(|at| {
                    self.party[at]
                        .filter(|&p| self.cast.parties[p].class != Class::Organisation)
                        .filter(|_| self.tokens.get(at + 1).is_none_or(|t| t.shape != Shape::Possessive))
                });
                if let Some(party) = near {
                    return Some(Speaker { known: Known::Pronoun, ..self.named(party) });
                }
                let one = |s: &&Speaker| s.party.is_none_or(|p| self.cast.parties[p].class != Class::Organisation);
                let last = memory.here.as_ref().filter(one).or_else(|| memory.speaker.as_ref().filter(one));
                match last {
                    Some(last)
                        if last.party.is_none()
                            && (last.kind == PartyKind::Actor || memory.spoke_before || memory.here.is_some())
                            && !last.name.ends_with('s') =>
                    {
                        return Some(Speaker { known: Known::Pronoun, ..last.clone() });
                    }
                    // Who was named since then is meant.
                    _ if memory.person_since => memory.person,
                    Some(last) if last.party.is_some() => last.party,
                    _ => memory.person.or(memory.actor),
                }
            }
            "it" => match memory
                .here
                .as_ref()
                .or(memory.speaker.as_ref().filter(|_| memory.spoke_before || memory.topic_before.is_none()))
            {
                Some(last) if last.party.is_some_and(|p| self.cast.parties[p].class != Class::Person) => last.party,
                // A house that nothing but its own words name.
                Some(last)
                    if last.party.is_none()
                        && last.name.starts_with(char::is_uppercase)
                        && memory.topic.or(memory.topic_before).or_else(organisation).is_none() =>
                {
                    return Some(Speaker { known: Known::Unnamed, ..last.clone() });
                }
                _ => memory.topic.or(memory.topic_before).or_else(organisation),
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
        // "The dairy": what the story calls one of its parties.
        let described = || {
            let general = matches!(noun, "company" | "firm" | "group" | "organization" | "organisation");
            let before = self.tokens.first().map_or(0, |t| t.span.start);
            self.cast.known_as(noun, before).filter(|_| definite && !general && owner.is_none())
        };
        if let Some(party) = described().filter(|_| !lexicon::actor_noun(noun) && !lexicon::crowd_noun(noun)) {
            return Some(self.as_role(party));
        }
        if (first..=head).any(|at| matches!(self.word(at), "people" | "person" | "sources" | "source" | "persons"))
            && (first..=head)
                .any(|at| matches!(self.word(at), "familiar" | "briefed" | "close" | "knowledge" | "direct"))
        {
            let (name, kind) = ("sources".to_owned(), PartyKind::Other);
            return Some(Speaker { name, kind, party: None, known: Known::Unnamed });
        }
        // "The author", "the post": of whoever posted the data.
        let posted = matches!(
            noun,
            "author"
                | "user"
                | "poster"
                | "post"
                | "listing"
                | "thread"
                | "advertisement"
                | "ad"
                | "note"
                | "message"
                | "individual"
                | "person"
                | "vendor"
                | "website"
                | "site"
                | "member"
        );
        if posted
            && definite
            && owner.is_none()
            && let Some(crew) = memory.crew.clone().filter(|c| {
                c.party.is_none() || memory.speaker.as_ref() == Some(c) || noun != "vendor" && noun != "message"
            })
        {
            return Some(Speaker { known: crew.known.max(Known::Role), ..crew });
        }
        let going_by = matches!(noun, "going" | "known" | "called" | "named" | "dubbed" | "calling" | "claiming")
            && (first..head)
                .any(|at| lexicon::actor_noun(self.word(at)) || matches!(self.word(at), "actor" | "actors"));
        // "A watchdog group": it watches crews and is none.
        let watches = noun.starts_with("group")
            && (first..head).any(|at| {
                matches!(
                    self.word(at),
                    "watchdog"
                        | "security"
                        | "monitoring"
                        | "research"
                        | "rights"
                        | "advocacy"
                        | "privacy"
                        | "consumer"
                        | "trade"
                        | "industry"
                        | "lobby"
                )
            });
        if watches && owner.is_none() {
            return self.by_its_words(first, head).map(|s| Speaker { kind: PartyKind::Researcher, ..s });
        }
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
        // "A member of the group".
        let of_a_crew = owner.clone().filter(|s| of_the_crew && s.kind == PartyKind::Actor);
        if of_a_crew.is_some() {
            return of_a_crew;
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
            || owner.is_some()
                && matches!(
                    noun,
                    "office" | "division" | "unit" | "arm" | "branch" | "bureau" | "department" | "desk" | "lab"
                )
        {
            let several = noun.ends_with('s') && !definite && owner.is_none();
            if several && lexicon::researcher_noun(noun) {
                let qualified = head > first && self.word(head - 1) == "security";
                let name = if qualified { format!("security {noun}") } else { noun.to_owned() };
                let kind = PartyKind::Researcher;
                return Some(Speaker { name, kind, party: None, known: Known::Unnamed });
            }
            let voice = |s: Speaker| match s.known {
                Known::Named if lexicon::spokesperson(noun) => Speaker { known: Known::Spokesperson, ..s },
                _ => s,
            };
            // "Bank officials", "company executives".
            if let Some(at) =
                (first..head).rev().find(|&at| lexicon::company_noun(self.word(at))).filter(|_| owner.is_none())
            {
                return self.the_company(self.word(at), memory);
            }
            // "Union representatives" are the union's.
            let of_others = lexicon::spokesperson(noun)
                && owner.is_none()
                && head > first
                && self.tokens[head - 1].shape == Shape::Word
                && !lexicon::determiner(self.word(head - 1))
                && !lexicon::company_noun(self.word(head - 1))
                && !lexicon::adverb(self.word(head - 1))
                && matches!(
                    self.word(head - 1),
                    "union" | "industry" | "labour" | "labor" | "government" | "police" | "student" | "staff"
                );
            if of_others {
                return self.by_its_words(first, head);
            }
            // "One café owner" is nobody who was named.
            let anybody = matches!(self.word(first), "a" | "an" | "one" | "another" | "two" | "three" | "several")
                && !lexicon::spokesperson(noun)
                && !lexicon::researcher_noun(noun);
            if owner.is_none() && anybody {
                return self.by_its_words(first, head);
            }
            return owner
                .map(voice)
                .or_else(|| self.house_named_before(first, noun))
                .or_else(|| self.person_by_role(noun, memory));
        }
        // "The finance ministry": one that the text names so, else by what it is called.
        if matches!(
            noun,
            "ministry"
                | "government"
                | "parliament"
                | "embassy"
                | "army"
                | "military"
                | "council"
                | "commission"
                | "agency"
                | "department"
                | "bureau"
                | "university"
                | "court"
                | "authority"
                | "regulator"
                | "watchdog"
        ) && definite
            && owner.is_none()
        {
            let called = |p: &usize| {
                let party = &self.cast.parties[*p];
                party.class == Class::Organisation && party.name.to_lowercase().contains(noun)
            };
            let before = self.cast.mentions.partition_point(|(m, _)| m.start < self.tokens[first].span.start);
            let last = self.cast.mentions[..before].iter().rev().take(100).map(|(_, p)| p).find(|p| called(p));
            let here =
                memory.here.as_ref().and_then(|s| s.party).filter(|&p| self.cast.kind(p) == PartyKind::Authority);
            if let Some(party) = last.copied().or(here.filter(|_| head == first + 1)) {
                return Some(self.as_role(party));
            }
            let words: Vec<&str> = (first..=head).map(|at| self.word(at)).filter(|w| !lexicon::determiner(w)).collect();
            if words.len() > 1 && words.iter().all(|w| w.chars().all(char::is_alphabetic))
                || matches!(noun, "ministry" | "government" | "parliament" | "embassy" | "army" | "military")
            {
                return Some(Speaker {
                    name: words.join(" "),
                    kind: PartyKind::Authority,
                    party: None,
                    known: Known::Unnamed,
                });
            }
        }
        if lexicon::company_noun(noun) {
            if let Some(party) = (first..head).rev().find_map(|at| self.party[at]).filter(|&p| {
                self.cast.parties[p].class == Class::Organisation
                    && self.tokens.get(head - 1).is_none_or(|t| t.shape != Shape::Possessive)
            }) {
                return Some(self.named(party));
            }
            return if definite || self.tokens[first].capital && first == 0 {
                self.the_company(noun, memory)
            } else {
                None
            };
        }
        if lexicon::document_noun(noun) {
            // "The letter says": a company writes to its customers.
            let to_customers = matches!(
                noun,
                "letter" | "email" | "e-mail" | "notice" | "notification" | "memo" | "faq" | "advisory" | "bulletin"
            );
            // "The statement": of who spoke last, unless an outlet did.
            if matches!(noun, "statement" | "response") && definite && owner.is_none() {
                let last = memory.here.clone().or_else(|| memory.speaker.clone().filter(|_| memory.spoke_before));
                return last
                    .filter(|s| s.kind != PartyKind::Press)
                    .map(|s| Speaker { known: s.known.max(Known::Role), ..s })
                    .or_else(|| self.the_company(noun, memory));
            }
            return owner.or_else(|| if to_customers && definite { self.the_company(noun, memory) } else { None });
        }
        // "The railways": the one house that has the word in its name.
        // It has just spoken or been spoken of.
        let near = [memory.organisation, memory.authority, memory.topic, memory.topic_before];
        let called = |p: &usize| {
            let party = &self.cast.parties[*p];
            party.class == Class::Organisation && party.kind != PartyKind::Press && named_by(party, noun)
        };
        let one = near.into_iter().flatten().find(called);
        one.filter(|_| definite && head == first + 1 && noun.len() > 3).map(|p| self.as_role(p))
    }

    /// Who wrote what stands where crews post: by name, or nobody in particular.
    pub(super) fn writer_of_a_post(&self, known: Option<usize>) -> Speaker {
        known.map_or_else(
            || Speaker {
                name: "threat actor (unnamed)".to_owned(),
                kind: PartyKind::Actor,
                party: None,
                known: Known::Unnamed,
            },
            |party| self.as_role(party),
        )
    }

    /// "Neither", "both companies": the two houses named last before token `at`, in the order of the text.
    pub(super) fn the_two(&self, at: usize) -> Vec<Speaker> {
        let before = self.tokens.get(at).map_or(0, |t| t.span.start);
        let named = self.cast.mentions.partition_point(|(m, _)| m.start < before);
        let mut two: Vec<usize> = Vec::new();
        for &(_, party) in self.cast.mentions[..named].iter().rev().take(SEEN_BEFORE) {
            let found = &self.cast.parties[party];
            if found.class == Class::Organisation && found.kind != PartyKind::Press && !two.contains(&party) {
                two.insert(0, party);
            }
            if two.len() == 2 {
                return two.into_iter().map(|p| self.as_role(p)).collect();
            }
        }
        Vec::new()
    }

    /// Whose spokesperson, researchers or statement: "Acme’s", "an Acme", "its", "… for Acme".
    fn owner(&self, first: usize, head: usize, tail: Option<(usize, usize)>, memory: &Memory) -> Option<Speaker> {
        if let Some(possessive) = (first + 1..head).rev().find(|&at| self.tokens[at].shape == Shape::Possessive) {
            return self.one(first, possessive - 1, memory);
        }
        // "The @wren Twitter account", "a Telegram message": where people post is not who posts.
        let posts = lexicon::document_noun(self.word(head));
        let owner = |p: &usize| !(posts && self.cast.parties[*p].platform);
        if let Some(party) = (first..head).rev().find_map(|at| self.party[at].filter(owner)) {
            return Some(self.named(party));
        }
        if let Some((from, last)) = tail.filter(|&(from, _)| {
            // "Experts consulted by the paper" are not the paper's.
            let asked = self.word(from) == "by" && from > 0 && self.word(from - 1).ends_with("ed");
            !asked && matches!(self.word(from), "for" | "at" | "of" | "from" | "with" | "by")
        }) {
            if let Some(party) = (from + 1..=last).find_map(|at| self.party[at]) {
                return Some(self.named(party));
            }
            let told = |s: &Speaker| s.known == Known::Role || s.kind == PartyKind::Authority;
            if let Some(speaker) = self.one(from + 1, last, memory).filter(told) {
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
            // "The spokesperson": of the house that has just spoken, else of the one that last spoke through one.
            let of_a_house = |p: &usize| {
                let party = &self.cast.parties[*p];
                party.class == Class::Organisation && matches!(party.kind, PartyKind::Victim | PartyKind::Other)
            };
            let here = memory
                .here
                .as_ref()
                .and_then(|s| s.party)
                .map(|p| self.cast.parties[p].home.unwrap_or(p))
                .filter(of_a_house);
            return here.or(memory.voice).map(|p| self.as_role(p)).or_else(|| self.the_company(noun, memory));
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
    fn the_company(&self, noun: &str, memory: &Memory) -> Option<Speaker> {
        let public = matches!(
            noun,
            "agency"
                | "department"
                | "ministry"
                | "commission"
                | "council"
                | "organization"
                | "organisation"
                | "institution"
                | "city"
                | "district"
                | "association"
                | "school"
                | "university"
        );
        let organisation = |p: usize| {
            let party = self.cast.parties.get(p)?;
            match party.class {
                Class::Person => party.home,
                Class::Organisation if party.kind == PartyKind::Authority => Some(p).filter(|_| public),
                Class::Organisation if party.kind != PartyKind::Press => Some(p),
                _ => None,
            }
        };
        let here = memory.here.as_ref().and_then(|s| s.party).and_then(organisation);
        // "The hospital" is the house that has the word in its name, whoever else was spoken of.
        let general = matches!(
            noun,
            "company"
                | "firm"
                | "organisation"
                | "organization"
                | "business"
                | "provider"
                | "giant"
                | "maker"
                | "statement"
                | "response"
        );
        let mut called = (0..self.cast.parties.len())
            .filter(|&p| !general && organisation(p) == Some(p) && named_by(&self.cast.parties[p], noun));
        let called = called.next().filter(|_| called.next().is_none());
        called
            .or(here)
            .or(memory.topic.and_then(organisation))
            .or(memory.authority.filter(|_| public && noun != "organization" && noun != "organisation"))
            .or(memory.organisation)
            .or_else(|| self.cast.of_kind(PartyKind::Victim).first().copied())
            .or_else(|| memory.topic_before.and_then(organisation))
            .or_else(|| self.party.iter().flatten().copied().find(|&p| organisation(p) == Some(p)))
            .map(|p| self.as_role(p))
            .or_else(|| {
                let spoke = memory.here.as_ref().or(memory.speaker.as_ref());
                // A house that nothing but its own words name: the head of its name is no word for people.
                let head = |s: &Speaker| s.name.rsplit(' ').next().unwrap_or_default().to_lowercase();
                let house = spoke.filter(|s| {
                    s.party.is_none()
                        && s.kind == PartyKind::Other
                        && !lexicon::crowd_noun(&head(s))
                        && !lexicon::person_noun(&head(s))
                });
                house.map(|s| Speaker { known: Known::Unnamed, ..s.clone() })
            })
    }
}

/// Whether a noun is a word of the party's name: "the city" is the City of Stroud.
pub(super) fn named_by(party: &Party, noun: &str) -> bool {
    party.name.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(noun))
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
        let sentence = Sentence::new(text, &cast, tokens(text, span, &[]), span);
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
