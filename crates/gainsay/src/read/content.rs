//! What is said of the event, clause by clause: that it happened, that it did not, how far, or only that others say so.
//!
//! No single word decides. A word of the event (*breached*, *an intrusion*, *unauthorised access*) counts for what stands to its left in its
//! own clause: nothing, a negation, or words of hearsay and doubt.

use crate::claim::Span;
use crate::read::lexicon;
use crate::read::tokens::{Shape, Token, tokens};

/// What the words of one statement say, each with the words that say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The event happened: "was accessed", "suffered an attack".
    pub(super) happened: Option<Span>,
    /// It did not, or there is no sign of it, or what is asked about is safe.
    pub(super) not: Option<Span>,
    /// It may have: "may have been accessed".
    pub(super) perhaps: Option<Span>,
    /// The data is what it is said to be.
    pub(super) genuine: Option<Span>,
    /// What the data hold, how much of them there is, or that they are out: "includes names", "15 GB", "has been put online".
    pub(super) extent: Option<Span>,
    /// The event is named at all, in whatever light.
    pub(super) named: Option<Span>,
}

/// How far to the left of a word its negation is looked for, in tokens.
const REACH: usize = 30;

/// What stands over a word in its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    Plain,
    Denied,
    /// Claimed by somebody, asked, supposed, or not said.
    Doubtful,
    /// May have happened.
    Perhaps,
}

/// Reads what `text` says of the event.
pub(super) fn content(text: &str) -> Content {
    let mut words = tokens(text, Span { start: 0, end: text.len() }, &[]);
    words.retain(|t| !matches!(t.lower.as_str(), "\"" | "“" | "”" | "‘" | "’" | "«" | "»"));
    let said = Clauses::new(&words);
    let mut found = Content { extent: said.extent(), ..Content::default() };
    for at in 0..words.len() {
        let Some((kind, last)) = said.event(at) else { continue };
        let span = Span { start: words[at].span.start, end: words[last].span.end };
        let light = said.light(at);
        if kind != Event::Safe && kind != Event::Evidence {
            found.named.get_or_insert(span);
        }
        let over = said.left(at).next_back().map_or(span, |first| Span { start: words[first].span.start, ..span });
        let light = match kind {
            Event::Look
                if matches!(said.word(last), "no" | "nothing" | "none" | "zero") && light != Light::Doubtful =>
            {
                Light::Denied
            }
            _ => light,
        };
        match (kind, light) {
            (Event::Safe, Light::Plain) => drop(found.not.get_or_insert(span)),
            // "No evidence": the negation is what makes it say something.
            (Event::Safe | Event::Evidence, Light::Plain | Light::Doubtful | Light::Perhaps) => {}
            (Event::Safe, Light::Denied) => {}
            (_, Light::Denied) => {
                found
                    .not
                    .get_or_insert(said.negation(at).map_or(over, |n| Span { start: words[n].span.start, ..span }));
            }
            (Event::Mention | Event::Look, _) | (_, Light::Doubtful) => {}
            (Event::Genuine, Light::Plain) => drop(found.genuine.get_or_insert(span)),
            (_, Light::Perhaps) => drop(found.perhaps.get_or_insert(span)),
            (Event::Happened, Light::Plain) => drop(found.happened.get_or_insert(span)),
        }
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// Said to have happened, unless something to the left takes it back.
    Happened,
    /// Named without being asserted: "the affected customers", "the breach".
    Mention,
    /// "Secure", "unaffected".
    Safe,
    /// "Found no", "has not detected any".
    Look,
    /// "Evidence", "indication".
    Evidence,
    /// "Authentic", "real".
    Genuine,
}

struct Clauses<'t> {
    words: &'t [Token<'t>],
    /// For each token the first of its clause.
    from: Vec<usize>,
}

impl<'t> Clauses<'t> {
    fn new(words: &'t [Token<'t>]) -> Self {
        let mut from = Vec::with_capacity(words.len());
        let mut start = 0;
        for (at, token) in words.iter().enumerate() {
            if opens(words, at) {
                start = at;
            }
            from.push(start);
            if matches!(token.lower.as_str(), "." | ";" | "?" | "!" | ":") && token.shape == Shape::Mark {
                start = at + 1;
            }
        }
        Self { words, from }
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |t| t.lower.as_str())
    }

    /// The places to the left of `at` in its clause, nearest first.
    fn left(&self, at: usize) -> impl DoubleEndedIterator<Item = usize> {
        (self.from[at].max(at.saturating_sub(REACH))..at).rev()
    }

    /// One of `list` stands within `reach` words to the left, in the clause.
    fn before(&self, at: usize, reach: usize, is: impl Fn(&str) -> bool) -> bool {
        self.left(at).take(reach).any(|n| is(self.word(n)))
    }

    fn after(&self, at: usize, reach: usize, is: impl Fn(&str) -> bool) -> bool {
        (at + 1..=at + reach).take_while(|&n| self.from.get(n) == Some(&self.from[at])).any(|n| is(self.word(n)))
    }

    /// Helpers and adverbs between a form of "be" and a participle.
    fn passive(&self, at: usize) -> bool {
        self.left(at)
            .take(5)
            .take_while(|&n| {
                let word = self.word(n);
                lexicon::auxiliary(word)
                    || lexicon::adverb(word)
                    || matches!(
                        word,
                        "not"
                            | "recently"
                            | "in"
                            | "fact"
                            | "any"
                            | "way"
                            | "affected"
                            | "accessed"
                            | "viewed"
                            | "copied"
                            | "left"
                            | "or"
                            | "and"
                            | ","
                    )
            })
            .any(|n| be(self.word(n)))
    }

    /// "The list that was leaked": taken as given, not asserted.
    fn relative(&self, at: usize) -> bool {
        // "Individuals whose data may have been affected".
        if self.before(at, 9, |w| w == "whose") {
            return true;
        }
        let helper = |n: &usize| lexicon::auxiliary(self.word(*n)) || lexicon::adverb(self.word(*n));
        let subject = self.left(at).find(|n| !helper(n));
        subject.is_some_and(|n| {
            matches!(self.word(n), "that" | "which")
                && n.checked_sub(1)
                    .is_some_and(|b| self.words[b].shape == Shape::Word && lexicon::cue(self.word(b)).is_none())
        })
    }

    /// "All passwords are encrypted", "is stored encrypted": the helper is of the present, and nobody did it.
    fn protects(&self, at: usize) -> bool {
        let helper = self.left(at).take(4).find(|&n| be(self.word(n)) || self.word(n) == "stored");
        helper.is_some_and(|n| matches!(self.word(n), "is" | "are" | "stored"))
            && !self.before(at, 5, |w| matches!(w, "been" | "being" | "has" | "have"))
            && !self.after(at, 4, |w| w == "by")
    }

    /// Whether an event is worded at `at`, and the last of its words.
    fn event(&self, at: usize) -> Option<(Event, usize)> {
        let word = self.word(at);
        let next = |n: usize| self.word(at + n);
        if self.words[at].shape != Shape::Word {
            return None;
        }
        // "A third party obtained access to one server".
        if word == "obtained" && self.after(at, 3, |w| w == "access") && !next(1).starts_with("no") {
            return Some((Event::Happened, at));
        }
        if struck(word) {
            // "Steps taken", "taken offline", "hit back".
            if word == "taken"
                && (matches!(
                    next(1),
                    "offline"
                        | "down"
                        | "seriously"
                        | "place"
                        | "part"
                        | "steps"
                        | "action"
                        | "over"
                        | "aback"
                        | "care"
                        | "into"
                        | "measures"
                        | "immediate"
                        | "together"
                        | "aim"
                        | "advantage"
                        | "up"
                ) || self.before(at, 3, |w| {
                    matches!(w, "steps" | "measures" | "action" | "actions" | "precautions" | "step")
                }))
                || word == "hit" && next(1) == "back"
                || matches!(word, "removed" | "obtained" | "viewed" | "published" | "acquired")
                    && matches!(next(1), "from" | "by")
                    && !self.passive(at)
            {
                return None;
            }
            // "Passwords are encrypted": a state, and no deed.
            if word == "encrypted" && self.protects(at) {
                return Some((Event::Safe, at));
            }
            if self.passive(at) {
                return Some((if self.relative(at) { Event::Mention } else { Event::Happened }, at));
            }
            let active = self
                .left(at)
                .map(|n| &self.words[n])
                .find(|t| !lexicon::auxiliary(&t.lower) && !lexicon::adverb(&t.lower));
            // "Hackers accessed the files": somebody did it to something.
            let by_somebody = active.is_some_and(|t| {
                t.capital && t.shape == Shape::Word
                    || doer(&t.lower)
                    || matches!(t.lower.as_str(), "it" | "they" | "he" | "she" | "who" | "that" | "and" | "which")
            });
            let to_something = self.words.get(at + 1).is_some_and(|t| {
                lexicon::determiner(&t.lower)
                    || t.shape == Shape::Number
                    || t.capital
                    || asset(&t.lower)
                    || asset(next(2))
                    || lexicon::adverb(&t.lower)
                    || matches!(next(1), "into" | "from")
            });
            let by_somebody = by_somebody || self.before(at, 9, |w| happening(w) || doer(w));
            return Some((if by_somebody && to_something { Event::Happened } else { Event::Mention }, at));
        }
        match word {
            // "They got nothing".
            "nothing"
                if self.before(at, 1, |w| {
                    matches!(w, "got" | "took" | "obtained" | "stole" | "accessed" | "lost" | "taken")
                }) =>
            {
                return Some((Event::Look, at));
            }
            "stole" | "exfiltrates" | "infiltrates" => return Some((Event::Happened, at)),
            // "Was able to access the network", "prevented them from accessing it".
            "access" | "obtain" | "steal" | "exfiltrate"
                if self.before(at, 1, |w| w == "to") && self.before(at, 3, |w| matches!(w, "able" | "managed")) =>
            {
                return Some((Event::Happened, at));
            }
            "accessing" | "obtaining" | "stealing" | "exfiltrating" | "viewing" | "reaching" => {
                return Some((Event::Mention, at));
            }
            "bribed" | "tricked" | "deceived" | "phished" | "engineered" | "recruited" | "impersonated"
                if self.before(at, 5, doer) && !self.before(at, 3, |w| w == "to") =>
            {
                return Some((Event::Happened, at));
            }
            // "Received an extortion demand": to have been asked is to have been hit.
            "received" | "had" | "got"
                if self.after(at, 7, |w| matches!(w, "extortion" | "ransom" | "blackmail"))
                    && self.after(at, 4, |w| {
                        matches!(
                            w,
                            "demand"
                                | "demands"
                                | "email"
                                | "e-mail"
                                | "letter"
                                | "message"
                                | "note"
                                | "call"
                                | "threat"
                        )
                    }) =>
            {
                return Some((Event::Happened, at));
            }
            // "Data was released by a criminal organisation".
            "released" | "published" | "posted" | "dumped" | "shared"
                if self.passive(at)
                    && self.before(at, 8, asset)
                    && self.after(at, 6, |w| doer(w) || w == "criminal") =>
            {
                return Some((if self.relative(at) { Event::Mention } else { Event::Happened }, at));
            }
            "broke" | "broken" | "got" | "hacked" | "breaking" if next(1) == "into" => {
                return Some((Event::Happened, at + 1));
            }
            "gained" | "gaining" | "obtained" | "got" | "had" | "gain"
                if self.after(at, 4, |w| matches!(w, "access" | "entry")) && !self.after(at, 3, |w| w == "no") =>
            {
                return Some((Event::Happened, at));
            }
            "unauthorized" | "unauthorised" | "illegal" | "unlawful" | "malicious" | "illegally" => {
                let last = (1..4).find(|&n| {
                    matches!(
                        next(n),
                        "access"
                            | "activity"
                            | "party"
                            | "parties"
                            | "person"
                            | "persons"
                            | "individual"
                            | "individuals"
                            | "actor"
                            | "actors"
                            | "user"
                            | "users"
                            | "third"
                            | "intruder"
                            | "download"
                            | "acquisition"
                            | "accessed"
                            | "disclosure"
                            | "entry"
                            | "someone"
                    )
                })?;
                return Some((
                    if self.governed(at) || self.acts(at + last) { Event::Happened } else { Event::Mention },
                    at + last,
                ));
            }
            "unaffected" | "untouched" | "uncompromised" | "unharmed" => return Some((Event::Safe, at)),
            "secure" | "safe" | "intact" | "protected" => {
                let stands = self
                    .left(at)
                    .take(3)
                    .take_while(|&n| {
                        lexicon::adverb(self.word(n))
                            || be(self.word(n))
                            || remains(self.word(n))
                            || matches!(self.word(n), "completely" | "all")
                    })
                    .any(|n| be(self.word(n)) || remains(self.word(n)));
                let wanted = self.before(at, REACH, |w| {
                    matches!(w, "ensure" | "ensuring" | "make" | "making" | "keep" | "keeping" | "help")
                }) && !self.before(at, 3, remains);
                return (stands && !wanted).then_some((Event::Safe, at));
            }
            "operating" | "running" | "functioning" | "working"
                if self.after(at, 4, |w| matches!(w, "normally" | "normal" | "usual" | "smoothly")) =>
            {
                return Some((Event::Safe, at));
            }
            "disruption" | "disruptions" | "impact" | "interruption" | "harm" | "damage" => {
                return Some((Event::Mention, at));
            }
            // "Found no sign", "have not detected anything unusual".
            "found" | "detected" | "seen" | "saw" | "observed" | "identified" | "noticed" | "discovered"
            | "uncovered" | "find" | "see" | "detect" | "identify" => {
                let nothing =
                    matches!(next(1), "no" | "nothing" | "none" | "zero") && !matches!(next(2), "reason" | "longer");
                let last = if nothing { at + 1 } else { at };
                let looked = nothing || matches!(next(1), "any" | "anything" | "suspicious" | "unusual" | "signs");
                return looked.then_some((Event::Look, last));
            }
            "evidence" | "indication" | "indications" | "sign" | "signs" | "proof" | "trace" | "traces" | "facts" => {
                return Some((Event::Evidence, at));
            }
            "suggest" | "suggests" | "suggesting" | "indicate" | "indicates" | "indicating" | "believe"
            | "knowledge" | "aware" | "reason" | "suggestion" => {
                let denied = self
                    .before(at, 5, |w| matches!(w, "nothing" | "no" | "not" | "none") || w.ends_with("n't"))
                    || word == "aware" && self.before(at, 3, |w| w == "un");
                let of_saying = word == "aware" && !self.after(at, 2, |w| w == "of");
                return (denied && !of_saying).then_some((Event::Evidence, at));
            }
            "authentic" | "genuine" | "legitimate" | "legit" | "real" | "valid" | "ours" | "accurate" => {
                let of_data = self.before(at, 10, |w| {
                    asset(w)
                        || matches!(
                            w,
                            "it" | "they"
                                | "sample"
                                | "samples"
                                | "leak"
                                | "breach"
                                | "claims"
                                | "screenshots"
                                | "listing"
                        )
                }) || self.after(at, 3, asset);
                return of_data.then_some((Event::Genuine, at));
            }
            _ => {}
        } // "A ransomware gang", "its leak site", "a breach notice": no event.
        if matches!(
            next(1),
            "group"
                | "gang"
                | "gangs"
                | "groups"
                | "crew"
                | "operation"
                | "operations"
                | "site"
                | "sites"
                | "forum"
                | "forums"
                | "notification"
                | "notifications"
                | "notice"
                | "claims"
                | "claim"
                | "reports"
                | "actors"
                | "operators"
                | "marketplace"
        ) && happening(word)
        {
            return None;
        }
        if matches!(word, "release" | "publication" | "disclosure") && next(1) == "of" && self.governed(at) {
            return Some((Event::Happened, at));
        }
        if happening(word)
            || word == "access"
                && self.before(at, 2, |w| matches!(w, "unlawful" | "illegal" | "remote" | "gained" | "network" | "no"))
        {
            let happened = self.governed(at) || self.acts(at);
            return Some((if happened { Event::Happened } else { Event::Mention }, at));
        }
        // "No customer data", "none of our systems": what is denied of a thing that was asked about.
        if asset(word)
            && self
                .left(at)
                .take(4)
                .take_while(|&n| !matches!(self.word(n), "in" | "to" | "for" | "on" | "with" | "about"))
                .any(|n| matches!(self.word(n), "no" | "zero" | "none"))
            && (self.after(at, 8, |w| be(w) || struck(w) || matches!(w, "at" | "has" | "have" | "stored"))
                || self.before(at, 8, lost))
        {
            return Some((Event::Mention, at));
        }
        // "Has not received a ransom demand", "nobody contacted us".
        if matches!(
            word,
            "contacted"
                | "demand"
                | "demands"
                | "originated"
                | "originate"
                | "came"
                | "come"
                | "belong"
                | "belongs"
                | "related"
                | "associated"
                | "linked"
                | "connected"
                | "responsible"
                | "involve"
                | "involves"
                | "affect"
                | "affects"
                | "impact"
                | "impacts"
                | "compromise"
                | "contain"
                | "contains"
                | "include"
                | "includes"
                | "suffer"
                | "occur"
                | "happen"
                | "expose"
                | "disrupt"
                | "reach"
                | "stored"
                | "vulnerable"
                | "exploited"
                | "true"
                | "truth"
                | "merit"
                | "foundation"
        ) {
            return Some((Event::Mention, at));
        }
        None
    }

    /// The noun at `at` is what somebody underwent, found or answers: "suffered a breach", "following the attack".
    fn governed(&self, at: usize) -> bool {
        for n in self.left(at).take(10) {
            let word = self.word(n);
            if word == "that" {
                return false;
            }
            if be(word) && n > 0 && self.word(n - 1) == "there"
                || undergoes(word)
                || matches!(word, "to" | "of" | "by" | "in" | "from")
                    && n > 0
                    && matches!(
                        (self.word(n - 1), word),
                        ("due", "to")
                            | ("responding" | "responded" | "response" | "subject" | "subjected" | "prey", "to")
                            | (
                                "victim"
                                    | "because"
                                    | "result"
                                    | "target"
                                    | "aware"
                                    | "learned"
                                    | "learnt"
                                    | "knew"
                                    | "knowledge"
                                    | "informed"
                                    | "notified"
                                    | "alerted",
                                "of"
                            )
                            | ("hit" | "affected" | "caused" | "disrupted" | "impacted" | "struck" | "targeted", "by")
                            | ("involved", "in")
                            | (
                                "recovering"
                                    | "stems"
                                    | "stemmed"
                                    | "stemming"
                                    | "resulting"
                                    | "originated"
                                    | "came"
                                    | "comes",
                                "from"
                            )
                    )
            {
                return true;
            }
            // "A targeted, malicious attack": an adjective, and no deed.
            let adjective = n > 0 && (lexicon::determiner(self.word(n - 1)) || self.word(n - 1) == ",");
            if struck(word) && !adjective || matches!(word, "," | "and") && n + 3 < at {
                return false;
            }
        }
        false
    }

    /// The noun at `at` does or undergoes something: "the incident was limited to", "the attack hit".
    fn acts(&self, at: usize) -> bool {
        let mut after = at + 1..(at + 7).min(self.words.len());
        after
            .find(|&n| {
                !lexicon::auxiliary(self.word(n)) && !lexicon::adverb(self.word(n)) || self.from[n] != self.from[at]
            })
            .is_some_and(|n| {
                self.from[n] == self.from[at]
                    && (matches!(
                        self.word(n),
                        "limited"
                            | "confined"
                            | "contained"
                            | "isolated"
                            | "restricted"
                            | "occurred"
                            | "happened"
                            | "took"
                            | "involved"
                            | "began"
                            | "started"
                            | "resulted"
                            | "stemmed"
                            | "originated"
                            | "forced"
                            | "caused"
                            | "came"
                            | "led"
                            | "discovered"
                            | "detected"
                            | "identified"
                            | "entered"
                            | "stole"
                            | "used"
                            | "exploited"
                            | "managed"
                            | "was"
                    ) || struck(self.word(n)))
            })
    }

    /// What data there are: a holding verb beside them, or a place where they are for all to see.
    fn extent(&self) -> Option<Span> {
        let found = (0..self.words.len()).find(|&at| {
            let word = self.word(at);
            let holds = matches!(
                word,
                "includes"
                    | "include"
                    | "included"
                    | "contains"
                    | "contain"
                    | "contained"
                    | "containing"
                    | "including"
                    | "comprises"
                    | "consists"
            );
            let out =
                matches!(word, "online" | "public" | "exposed" | "leaked" | "published" | "accessible" | "dumped")
                    && self.before(at, 6, be);
            let of_data = |at: usize| {
                asset(self.word(at))
                    || matches!(
                        self.word(at),
                        "dump"
                            | "leak"
                            | "trove"
                            | "archive"
                            | "cache"
                            | "dataset"
                            | "set"
                            | "file"
                            | "sample"
                            | "listing"
                    )
            };
            let clause = || self.from[at]..at;
            let held = clause().any(of_data) || (at + 1..self.words.len().min(at + 14)).any(|n| asset(self.word(n)));
            (holds && held || out && clause().any(of_data) || self.amount(at)) && self.light(at) == Light::Plain
        })?;
        Some(self.words[found].span)
    }

    /// "15 GB", "20 million users".
    fn amount(&self, at: usize) -> bool {
        let counted = |n: usize| {
            asset(self.word(n))
                || matches!(
                    self.word(n),
                    "gb" | "tb"
                        | "mb"
                        | "gigabytes"
                        | "terabytes"
                        | "entries"
                        | "rows"
                        | "lines"
                        | "people"
                        | "subscribers"
                        | "members"
                )
        };
        self.words[at].shape == Shape::Number
            && (counted(at + 1)
                || matches!(self.word(at + 1), "million" | "billion" | "thousand") && (2..5).any(|n| counted(at + n)))
    }

    /// The word that denies what stands at `at`.
    fn negation(&self, at: usize) -> Option<usize> {
        self.left(at).find(|&n| self.denies(n))
    }

    fn light(&self, at: usize) -> Light {
        let mut doubt = false;
        let mut perhaps = false;
        // "The claims are not true": what is denied stands to the left of its negation, and is no part of this.
        for n in self.left(at) {
            if self.denies(n) {
                // "In exchange for not releasing what they claim to have obtained": the claim is theirs, and nearer.
                let theirs = (n..at).any(|c| {
                    self.word(c).starts_with("claim")
                        && matches!(self.word(c - 1), "they" | "he" | "she" | "who" | "hackers")
                });
                if theirs {
                    return Light::Doubtful;
                }
                return if self.withholds(n) { Light::Doubtful } else { Light::Denied };
            }
            let word = self.word(n);
            // "The threat actor" is there; "the threat" may not be.
            let named = word == "threat" && matches!(self.word(n + 1), "actor" | "actors" | "actor's" | "group");
            doubt |= !named && doubtful(word) || self.heard(n);
            doubt |= self.asked(n);
            perhaps |= matches!(word, "may" | "might" | "could") && n + 6 > at;
            perhaps |= matches!(word, "possibly" | "probably" | "perhaps" | "likely") && n + 4 > at;
            // "The files must have been taken": a guess.
            perhaps |= word == "must" && self.word(n + 1) == "have";
            // "In situations where your password was exposed".
            doubt |= word == "where" && n > 0 && matches!(self.word(n - 1), "situations" | "cases" | "instances");
            doubt |= matches!(word, "when" | "whenever" | "where")
                && matches!(self.word(n + 1), "a" | "an" | "any" | "your" | "you");
            doubt |= matches!(word, "would" | "should" | "will" | "can") && n + 6 > at;
            // "Had it been breached, it would have said so".
            doubt |= matches!(word, "had" | "were")
                && (n == self.from[at] || (n + 1..n + 7).any(|b| self.word(b) == "been"))
                && matches!(self.word(n + 1), "it" | "we" | "they" | "any" | "its" | "our" | "there" | "the");
        }
        match (doubt, perhaps) {
            (true, _) => Light::Doubtful,
            (_, true) => Light::Perhaps,
            _ => Light::Plain,
        }
    }

    /// "Too early to know who had been affected": that somebody was is not said.
    fn asked(&self, at: usize) -> bool {
        matches!(self.word(at), "who" | "what" | "which")
            && self.left(at).take(3).any(|b| {
                matches!(
                    self.word(b),
                    "know" | "determine" | "establish" | "identify" | "exactly" | "understand" | "ascertain"
                )
            })
    }

    /// "Reports of a breach", "aware of the reports": others say so.
    fn heard(&self, at: usize) -> bool {
        matches!(
            self.word(at),
            "report"
                | "reports"
                | "post"
                | "posts"
                | "article"
                | "articles"
                | "story"
                | "stories"
                | "listing"
                | "screenshots"
        ) && (matches!(
            self.word(at + 1),
            "of" | "that"
                | "claiming"
                | "suggesting"
                | "alleging"
                | "about"
                | "regarding"
                | "concerning"
                | "circulating"
        ) || self.before(at, 3, |w| {
            matches!(w, "media" | "online" | "press" | "news" | "these" | "those" | "recent" | "aware" | "seen")
        }))
    }

    fn denies(&self, at: usize) -> bool {
        let word = self.word(at);
        // "Neither confirmed nor denied".
        if word.starts_with("den") && at > 0 && matches!(self.word(at - 1), "nor" | "or") {
            return false;
        }
        match word {
            // "Not only", "no longer", "no later than": nothing is denied.
            // "Whether it happened or not".
            "not" if at > 0 && self.word(at - 1) == "or" => false,
            "not" | "no" => !matches!(
                self.word(at + 1),
                "only" | "longer" | "later" | "matter" | "doubt" | "less" | "fewer" | "least" | "just" | "surprise"
            ),
            "nothing" | "none" | "nobody" | "neither" | "nor" | "without" | "zero" | "never" | "cannot" | "unaware"
            | "denied" | "denies" | "deny" | "denying" | "denial" | "refuted" | "refutes" | "ruled" | "excluded" => {
                true
            }
            "rejected" | "rejects" | "dismissed" | "dismisses" | "rejecting" | "dismissing" | "disputed"
            | "disputes" | "refuting" => true,
            "prevented" | "prevents" | "blocked" | "stopped" | "kept" => (2..9).any(|n| self.word(at + n) == "from"),
            "failed" | "fails" => matches!(self.word(at + 2), "find" | "identify" | "detect"),
            "free" => matches!(self.word(at + 1), "of" | "from"),
            "unlikely" | "improbable" => true,
            "low" | "remote" | "slim" | "small" | "little" => {
                matches!(self.word(at + 1), "possibility" | "chance" | "likelihood" | "probability")
            }
            _ => word.ends_with("n't"),
        }
    }

    /// The negation at `at` is of saying or knowing, not of the event: "did not say how many were stolen", "cannot rule out".
    fn withholds(&self, at: usize) -> bool {
        let mut after = (at + 1..(at + 7).min(self.words.len())).filter(|&n| {
            !lexicon::auxiliary(self.word(n))
                && !lexicon::adverb(self.word(n))
                && !matches!(self.word(n), "able" | "to" | "been" | "in" | "a" | "position")
        });
        let Some(verb) = after.next() else { return false };
        matches!(
            self.word(verb),
            "say"
                | "said"
                | "saying"
                | "disclose"
                | "disclosed"
                | "reveal"
                | "revealed"
                | "specify"
                | "specified"
                | "name"
                | "named"
                | "confirm"
                | "confirmed"
                | "confirming"
                | "comment"
                | "elaborate"
                | "clear"
                | "known"
                | "know"
                | "knows"
                | "determine"
                | "determined"
                | "establish"
                | "established"
                | "verify"
                | "verified"
                | "clarify"
                | "sure"
                | "certain"
                | "provide"
                | "provided"
                | "share"
                | "shared"
                | "respond"
                | "responded"
                | "answer"
                | "answered"
                | "rule"
                | "ruled"
                | "exclude"
                | "speculate"
                | "discuss"
                | "detail"
                | "details"
                | "immediate"
                | "address"
                | "addressed"
                | "tell"
                | "told"
                | "deny"
                | "denied"
                | "acknowledged"
                | "acknowledge"
                | "wait"
                | "comply"
                | "expect"
                | "expects"
                | "anticipate"
                | "anticipates"
        )
    }
}

/// A clause opens at a word of contrast, or behind a comma with a subject of its own.
fn opens(words: &[Token<'_>], at: usize) -> bool {
    let word = |n: usize| words.get(n).map_or("", |t| t.lower.as_str());
    let before = at.checked_sub(1).map_or("", word);
    match word(at) {
        "but" | "however" | "although" | "though" | "whereas" | "while" | "nevertheless" | "nonetheless"
        | "instead" | "because" | "despite" => true,
        "yet" => before == ",",
        "and" => {
            let next = word(at + 1);
            matches!(next, "that" | "it" | "we" | "they" | "he" | "she" | "there" | "none")
                || before == "," && (matches!(next, "no" | "is" | "has" | "have" | "are" | "the") || lexicon::determiner(next) && next != "any")
                || matches!(next, "is" | "has" | "have" | "are" | "said" | "says" | "found" | "denied" | "confirmed")
                // "… and no data was taken", "and its own network was": a subject of its own.
                || matches!(next, "no" | "its" | "our" | "the" | "their") && (2..7).any(|n| be(word(at + n)) || matches!(word(at + n), "remain" | "remains" | "remained"))
        }
        "," => {
            matches!(word(at + 1), "with")
                || matches!(
                    word(at + 1),
                    "saying"
                        | "adding"
                        | "stressing"
                        | "insisting"
                        | "confirming"
                        | "admitting"
                        | "acknowledging"
                        | "noting"
                )
        }
        _ => false,
    }
}

fn be(word: &str) -> bool {
    matches!(
        word,
        "be" | "been"
            | "being"
            | "was"
            | "were"
            | "is"
            | "are"
            | "got"
            | "get"
            | "wasn't"
            | "weren't"
            | "isn't"
            | "aren't"
    )
}

fn remains(word: &str) -> bool {
    matches!(word, "remain" | "remains" | "remained" | "stay" | "stays" | "stayed" | "kept")
}

/// What is done to a house or to its data.
fn struck(word: &str) -> bool {
    matches!(
        word,
        "breached"
            | "hacked"
            | "compromised"
            | "accessed"
            | "stolen"
            | "exfiltrated"
            | "exposed"
            | "leaked"
            | "obtained"
            | "taken"
            | "copied"
            | "affected"
            | "impacted"
            | "targeted"
            | "infiltrated"
            | "downloaded"
            | "encrypted"
            | "hit"
            | "attacked"
            | "disrupted"
            | "penetrated"
            | "acquired"
            | "viewed"
            | "removed"
            | "harvested"
            | "misused"
            | "abused"
            | "extracted"
            | "entered"
            | "infected"
            | "involved"
            | "touched"
            | "swiped"
            | "extorted"
            | "lost"
            | "robbed"
            | "intercepted"
            | "revealed"
            | "siphoned"
            | "disclosed"
    )
}

/// The event as a noun.
fn happening(word: &str) -> bool {
    matches!(
        word,
        "breach"
            | "breaches"
            | "hack"
            | "hacks"
            | "hacking"
            | "intrusion"
            | "intrusions"
            | "incident"
            | "attack"
            | "attacks"
            | "cyberattack"
            | "cyberattacks"
            | "cyber-attack"
            | "theft"
            | "leak"
            | "compromise"
            | "break-in"
            | "exfiltration"
            | "infection"
            | "ransomware"
            | "malware"
            | "penetration"
            | "intruder"
            | "intruders"
            | "hackers"
            | "attackers"
            | "attacker"
            | "hacker"
            | "outage"
            | "cyberincident"
            | "exposure"
    )
}

/// Who does it, as a noun.
fn doer(word: &str) -> bool {
    lexicon::actor_noun(word)
        || matches!(
            word,
            "party"
                | "parties"
                | "person"
                | "someone"
                | "somebody"
                | "actor"
                | "actors"
                | "employee"
                | "insider"
                | "contractor"
                | "attack"
                | "breach"
                | "incident"
                | "cyberattack"
                | "malware"
                | "ransomware"
        )
}

/// What somebody holds.
fn asset(word: &str) -> bool {
    matches!(
        word,
        "data"
            | "information"
            | "systems"
            | "system"
            | "network"
            | "networks"
            | "servers"
            | "server"
            | "records"
            | "files"
            | "documents"
            | "passwords"
            | "password"
            | "credentials"
            | "accounts"
            | "account"
            | "customers"
            | "customer"
            | "users"
            | "code"
            | "database"
            | "databases"
            | "infrastructure"
            | "environment"
            | "environments"
            | "details"
            | "emails"
            | "numbers"
            | "names"
            | "addresses"
            | "products"
            | "services"
            | "operations"
            | "employees"
            | "patients"
            | "clients"
            | "cards"
            | "funds"
            | "money"
            | "keys"
            | "secrets"
            | "property"
            | "backups"
            | "devices"
            | "sample"
            | "samples"
            | "table"
    )
}

fn lost(word: &str) -> bool {
    matches!(
        word,
        "lost"
            | "leaked"
            | "contains"
            | "contained"
            | "include"
            | "includes"
            | "included"
            | "involved"
            | "involves"
            | "affected"
            | "impact"
            | "impacted"
            | "access"
            | "accessed"
            | "exposed"
            | "stole"
    )
}

/// Verbs of undergoing and finding, and what leads from an event to its consequences.
fn undergoes(word: &str) -> bool {
    matches!(
        word,
        "experienced"
            | "experiencing"
            | "suffered"
            | "suffering"
            | "sustained"
            | "identified"
            | "detected"
            | "discovered"
            | "noticed"
            | "spotted"
            | "contained"
            | "confirmed"
            | "confirms"
            | "confirm"
            | "acknowledged"
            | "acknowledges"
            | "admitted"
            | "admits"
            | "disclosed"
            | "discloses"
            | "mitigated"
            | "stopped"
            | "facing"
            | "handling"
            | "addressing"
            | "remediated"
            | "apologized"
            | "apologised"
            | "regret"
            | "regrets"
            | "underwent"
            | "conceded"
            | "recorded"
            | "accepted"
            | "accepts"
    )
}

/// Words of hearsay, question and supposition.
fn doubtful(word: &str) -> bool {
    word.starts_with("alleg")
        || word.starts_with("purport")
        || matches!(
            word,
            "claim"
                | "claims"
                | "claimed"
                | "claiming"
                | "whether"
                | "if"
                | "possible"
                | "potential"
                | "suspected"
                | "suspicion"
                | "reportedly"
                | "rumour"
                | "rumours"
                | "rumor"
                | "rumors"
                | "unconfirmed"
                | "unverified"
                | "attempted"
                | "attempt"
                | "attempts"
                | "attempting"
                | "trying"
                | "hypothetical"
                | "speculation"
                | "threat"
                | "threatened"
                | "prevent"
                | "preventing"
                | "avoid"
                | "future"
                | "unless"
                | "how"
                | "refused"
                | "refuses"
                | "declined"
                | "declines"
                | "supposed"
                | "supposedly"
                | "against"
                | "said-to"
                | "offering"
                | "selling"
                | "sell"
        )
}
