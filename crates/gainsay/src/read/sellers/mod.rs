//! What sellers write: forum posts, market entries, leak-site pages, ransom notes, chats; in English and Russian.
//!
//! Out come offers, and what the seller says in the first person as statements of that seller. What a leak site copies from the
//! victim's own pages is nobody's claim and is left out.

mod chat;
mod fields;
mod handles;
mod post;
mod wares;

pub(super) use chat::is_chat;
pub(super) use fields::Field;
pub(super) use handles::contacts;
pub(super) use wares::kind as figure_kind;

use crate::claim::{
    About, Actor, Draft, Figure, Organisation, OrganisationRole, PartyKind, Reading, Span, Stance, Statement,
};
use crate::read::amounts::amounts;
use crate::read::facets::facets;
use crate::read::kind::{is_address, is_crew};
use crate::read::names::Gazetteer;
use crate::read::quotes::quotations;
use crate::read::sentences::sentences;
use crate::read::vectors::vectors;
use crate::read::words::{Word, lines, words};
use post::{Post, allegation, is_name, worded};

/// Who a seller is that the text does not name.
const UNNAMED: &str = "threat actor (unnamed)";

/// How many offers of one text are told.
const MOST_OFFERS: usize = 2000;

/// How sure the reader is, in thousandths: of a claim by a seller who is named, by one who is not, of a field or a heading
/// alone, and of what the other side of a chat says.
const NAMED: u16 = 870;
const NAMELESS: u16 = 800;
const FIELD_ONLY: u16 = 650;
const OTHER_SIDE: u16 = 600;

/// The field that a line of a listing is.
pub(super) fn field(text: &str, line: Span) -> Option<Field> {
    fields::field(text, line).map(|line| line.field)
}

/// A statement before it is known who speaks.
struct Said {
    span: Span,
    stance: Stance,
    confidence: u16,
    /// Which offer it belongs to.
    post: usize,
    /// Who wrote it, where that is another than the seller.
    voice: Option<Span>,
}

#[derive(Default)]
struct Read {
    posts: Vec<Post>,
    said: Vec<Said>,
    /// Fields and headings that make a claim where no sentence does.
    bare: Vec<Said>,
    figures: Vec<Figure>,
    /// Who writes what follows, in a thread of several.
    voice: Option<Span>,
    /// The line before, where it is a name or two words: a crew, if an address follows.
    short: Option<Span>,
}

impl Read {
    fn new() -> Self {
        Read { posts: vec![Post::default()], ..Read::default() }
    }

    fn post(&mut self) -> &mut Post {
        let last = self.posts.len().saturating_sub(1);
        // There is always one: it begins with one, and none is taken away.
        &mut self.posts[last]
    }

    /// Begins another offer, if the one before holds anything and there are not too many.
    fn turn(&mut self) {
        if self.posts.len() < MOST_OFFERS && (self.post().whose().is_some() || self.post().offers_something()) {
            self.posts.push(Post::default());
        }
    }

    fn say(&mut self, span: Span, stance: Stance, confidence: u16) {
        let post = self.posts.len() - 1;
        let voice = self.voice.filter(|&voice| self.post().seller.is_some_and(|seller| seller != voice));
        self.said.push(Said { span, stance, confidence, post, voice });
    }

    fn line(&mut self, text: &str, line: Span, open: &mut Option<Field>, names: &Gazetteer) {
        let written = line.of(text).unwrap_or_default();
        if written.len() > 2 && written.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '~' | '—' | '#')) {
            self.turn();
            *open = None;
            return;
        }
        let short = self.short.take();
        if let Some(voice) = chat::head_of_post(text, line) {
            // In a thread each post has a writer; who opened it is the seller.
            let seller = self.post().seller.and_then(|seller| seller.of(text));
            self.voice = if seller == voice.of(text) { self.post().seller } else { Some(voice) };
            let first = self.voice;
            let seller = &mut self.post().seller;
            *seller = seller.or(first);
            return;
        }
        if let Some(found) = fields::field(text, line) {
            let empty = found.value.start >= found.value.end;
            *open = empty.then_some(found.field);
            if !empty {
                self.field(text, line, found.field, found.value);
            }
            return;
        }
        if written.len() <= 60 && is_crew(written, names) {
            self.post().cover(line);
            let seller = &mut self.post().seller;
            *seller = seller.or(Some(line));
            return;
        }
        if is_address(written) && (self.post().title.is_some() || written.contains("://")) {
            self.post().cover(line);
            let seller = &mut self.post().seller;
            *seller = seller.or(short);
            if !written.contains(".onion") && self.said.is_empty() {
                let site = &mut self.post().site;
                *site = site.or(Some(line));
            }
            return;
        }
        let words = words(text, line);
        let many = words.iter().filter(|word| word.is_word()).count();
        if many <= 2 && self.post().title.is_some() && self.said.is_empty() {
            self.short = Some(line);
        }
        match *open {
            Some(Field::Contact) if many <= 12 => handles::contacts(text, line, &mut self.post().contacts),
            Some(field) if many <= 12 && !matches!(field, Field::Description | Field::Post | Field::Profile) => {
                self.field(text, line, field, line);
            }
            _ if self.is_heading(written, many) => self.heading(text, line, &words),
            _ => self.prose(text, line),
        }
    }

    /// A short first line that is no sentence.
    fn is_heading(&mut self, written: &str, words: usize) -> bool {
        let finished = written.ends_with(['.', '!', '?', ':', ';', ',']) && words > 4;
        let here = self.posts.len() - 1;
        words > 0
            && words <= 16
            && !finished
            && self.post().title.is_none()
            && self.voice.is_none()
            && self.said.last().is_none_or(|said| said.post != here)
    }

    fn field(&mut self, text: &str, line: Span, field: Field, value: Span) {
        let again = matches!(field, Field::Victim | Field::Title | Field::Price | Field::Site)
            && self.post().set.contains(&field)
            && self.post().span.is_some_and(|span| span.end < line.start);
        // A second victim is another offer; a second price may be another currency's.
        if again && matches!(field, Field::Victim | Field::Title) {
            self.turn();
        }
        self.post().set.push(field);
        self.post().cover(line);
        let mut figures = std::mem::take(&mut self.figures);
        self.post().take(text, field, value, &mut figures);
        self.figures = figures;
        match field {
            Field::Description => self.prose(text, value),
            Field::Contact => handles::contacts(text, line, &mut self.post().contacts),
            Field::Goods | Field::Volume | Field::Price | Field::Access | Field::Blitz | Field::Title => self.bare(line),
            _ => {}
        }
    }

    fn bare(&mut self, span: Span) {
        let post = self.posts.len() - 1;
        self.bare.push(Said { span, stance: Stance::Claims, confidence: FIELD_ONLY, post, voice: None });
    }

    fn heading(&mut self, text: &str, line: Span, words: &[Word]) {
        let amounts = amounts(words);
        let mut figures = std::mem::take(&mut self.figures);
        self.post().cover(line);
        self.post().title = Some(line);
        self.post().prose(text, line, words, &amounts, &mut figures);
        self.figures = figures;
        if wares::claims(words, &amounts) {
            self.bare(line);
        }
    }

    /// The sentences of a line, of which those that stand together and claim something are one statement.
    fn prose(&mut self, text: &str, line: Span) {
        self.post().cover(line);
        let mut open: Option<(Span, Stance)> = None;
        let mut call = None;
        for sentence in sentences(text, line, &quotations(text, line)) {
            let words = words(text, sentence);
            let amounts = amounts(&words);
            let called = call.take().map_or(sentence, |call: Span| Span { start: call.start, end: sentence.end });
            if !wares::claims(&words, &amounts) {
                // `UPDATE!!!`: it opens what follows.
                call = (words.iter().filter(|word| word.is_word()).count() <= 2).then_some(sentence);
                handles::contacts(text, sentence, &mut self.post().contacts);
                self.post().open_doors(&words);
                if let Some((span, stance)) = open.take() {
                    self.say(span, stance, NAMED);
                }
                continue;
            }
            let mut figures = std::mem::take(&mut self.figures);
            self.post().prose(text, sentence, &words, &amounts, &mut figures);
            self.figures = figures;
            let stance = stance(&words);
            open = match open {
                Some((span, before)) if before == stance => Some((Span { start: span.start, end: sentence.end }, stance)),
                Some((span, before)) => {
                    self.say(span, before, NAMED);
                    Some((sentence, stance))
                }
                None => Some((called, stance)),
            };
        }
        if let Some((span, stance)) = open {
            self.say(span, stance, NAMED);
        }
    }

    /// A heading that is no sentence names the victim of a leak site's entry.
    fn name_victims(&mut self, text: &str) {
        for post in &mut self.posts {
            let Some(title) = post.title.filter(|_| post.victim.is_none()) else { continue };
            let words = words(text, title);
            let amounts = amounts(&words);
            post.victim = match wares::victim(&words) {
                Some(named) => Some(named),
                None if wares::claims(&words, &amounts) || words.len() > 12 => None,
                None => before_bracket(text, title),
            };
        }
    }
}

/// A seller claims, but where it declines to say or says that it was somebody else.
fn stance(words: &[Word]) -> Stance {
    if wares::refuses(words) {
        Stance::NoComment
    } else if wares::denies(words) {
        Stance::Denies
    } else {
        Stance::Claims
    }
}

/// `Brightwell [updated]` without what stands in brackets.
fn before_bracket(text: &str, title: Span) -> Option<Span> {
    let written = title.of(text)?;
    let name = written.split(['[', '(', '|']).next()?.trim_end();
    (!name.is_empty()).then_some(Span { start: title.start, end: title.start + name.len() })
}

/// Reads a listing. `because` says why it is taken for one.
pub(super) fn listing(text: &str, about: &About, names: &Gazetteer, because: &str) -> Reading {
    let mut read = Read::new();
    let mut open = None;
    for line in lines(text) {
        read.line(text, line, &mut open, names);
    }
    read.name_victims(text);
    let mut reading = Reading::default();
    let sellers: Vec<Option<Span>> = shared(read.posts.iter().map(|post| post.seller).collect());
    if read.said.is_empty() {
        read.said = std::mem::take(&mut read.bare);
    }
    for said in &read.said {
        let post = read.posts.get(said.post);
        let seller = said.voice.or(sellers.get(said.post).copied().flatten()).and_then(|span| span.of(text)).map(worded);
        let kind = if said.voice.is_some() { PartyKind::Other } else { PartyKind::Actor };
        let confidence = if said.voice.is_some() { OTHER_SIDE } else { said.confidence };
        let confidence = if seller.is_some() { confidence } else { confidence.min(NAMELESS) };
        let because = format!("{because}; {}", if seller.is_some() { "its seller is named" } else { "its seller is not named" });
        let whose = post.and_then(Post::whose).and_then(|span| span.of(text)).map(worded);
        reading.drafts.push(draft(text, said, confidence, (seller, kind), whose, because));
        ways_in(text, said.span, &mut reading);
    }
    tell(text, &read.posts, &sellers, about, &mut reading);
    reading.figures = distinct(read.figures);
    reading
}

/// Where only one offer of a text names its seller, all are by that one.
fn shared(mut sellers: Vec<Option<Span>>) -> Vec<Option<Span>> {
    let mut named = sellers.iter().flatten();
    if let (Some(&one), None) = (named.next(), named.next()) {
        sellers.iter_mut().for_each(|seller| *seller = Some(one));
    }
    sellers
}

fn draft(
    text: &str,
    said: &Said,
    confidence: u16,
    (speaker, speaker_kind): (Option<String>, PartyKind),
    whose: Option<String>,
    because: String,
) -> Draft {
    let statement = Statement {
        speaker: speaker.unwrap_or_else(|| UNNAMED.to_owned()),
        speaker_kind,
        stance: said.stance,
        about: whose.into_iter().collect(),
        facets: facets(said.span.of(text).unwrap_or_default()),
        origin: None,
        relays: Vec::new(),
        to: None,
        date: None,
        days: None,
        span: said.span,
    };
    Draft { statement, confidence, because }
}

fn ways_in(text: &str, span: Span, reading: &mut Reading) {
    vectors(text, span, &mut reading.vectors);
}

/// Offers, claims, victims and sellers of the posts that offer anything.
fn tell(text: &str, posts: &[Post], sellers: &[Option<Span>], about: &About, reading: &mut Reading) {
    // The title that capture found stands for a heading that the text has not.
    let titled = about.title.as_deref().filter(|title| posts.len() == 1 && is_name(title)).map(worded);
    let contacts: Vec<&Vec<String>> = posts.iter().map(|post| &post.contacts).filter(|found| !found.is_empty()).collect();
    for (post, seller) in posts.iter().zip(sellers) {
        let named = seller.and_then(|span| span.of(text)).map(worded);
        if let (Some(span), Some(name)) = (*seller, &named)
            && !reading.actors.iter().any(|actor| actor.name.eq_ignore_ascii_case(name))
        {
            reading.actors.push(Actor { name: name.clone(), aliases: Vec::new(), span });
        }
        if let Some((span, name)) = post.whose().filter(|_| post.is_named(text)).and_then(|span| Some((span, span.of(text)?)))
            && !reading.organisations.iter().any(|known| known.name.eq_ignore_ascii_case(name))
        {
            reading.organisations.push(Organisation { name: worded(name), role: OrganisationRole::AllegedVictim, span });
        }
        if post.offers_something() {
            let mut offer = post.offer(text, named.as_deref());
            offer.victim = offer.victim.or_else(|| titled.clone());
            if let (true, [one]) = (offer.contacts.is_empty(), contacts.as_slice()) {
                offer.contacts.clone_from(one);
            }
            reading.allegations.extend(allegation(&offer, UNNAMED));
            reading.offers.push(offer);
        }
    }
}

/// Each figure once, at its first place.
fn distinct(mut figures: Vec<Figure>) -> Vec<Figure> {
    figures.sort_by_key(|figure| figure.span);
    let mut seen = std::collections::BTreeSet::new();
    figures.retain(|figure| seen.insert((figure.kind, figure.value.clone())));
    figures
}

/// How those are called who are asked to pay.
const OTHER_SIDES: &[&str] = &["victim", "client", "customer", "you", "company", "жертва", "клиент"];

/// How those are called who may be anybody.
const OTHERS: &[&str] = &["buyer", "покупатель", "bot", "file", "system", "journalist", "researcher"];

fn kind_of(nick: &str) -> PartyKind {
    let name = nick.trim().to_lowercase();
    if OTHER_SIDES.contains(&name.as_str()) {
        PartyKind::Victim
    } else if OTHERS.contains(&name.as_str()) {
        PartyKind::Other
    } else {
        PartyKind::Actor
    }
}

/// Reads a chat: each message is a paragraph by its writer, and what the other side is told is an offer.
pub(super) fn conversation(text: &str, about: &About, because: &str) -> Reading {
    let mut reading = Reading::default();
    let mut read = Read::new();
    let mut weight: std::collections::BTreeMap<String, (usize, Span)> = std::collections::BTreeMap::new();
    for message in chat::messages(text) {
        let Some(nick) = message.nick else {
            head_of_chat(text, message.body, read.post());
            continue;
        };
        let name = nick_of(nick.of(text).unwrap_or_default());
        let kind = kind_of(name);
        if kind == PartyKind::Actor {
            weight.entry(name.to_owned()).or_insert((0, nick)).0 += 1;
        }
        let words = words(text, message.body);
        let amounts = amounts(&words);
        let speaks = match kind {
            PartyKind::Actor => wares::matters(&words, &amounts),
            _ => wares::doubts(&words) || wares::refuses(&words) || wares::is_about_money(&amounts),
        };
        if !speaks {
            if kind == PartyKind::Actor {
                read.post().prove(&words);
            }
            continue;
        }
        let stance = match kind {
            PartyKind::Actor => stance(&words),
            _ if wares::refuses(&words) => Stance::NoComment,
            _ if wares::doubts(&words) => Stance::Disputes,
            _ => Stance::Informs,
        };
        if kind == PartyKind::Actor {
            read.post().cover(message.body);
            let mut figures = std::mem::take(&mut read.figures);
            read.post().prose(text, message.body, &words, &amounts, &mut figures);
            read.figures = figures;
            ways_in(text, message.body, &mut reading);
        } else {
            let sums = amounts.iter().filter_map(|a| Some(a.figure(text, wares::kind(&words, a)?)));
            read.figures.extend(sums);
        }
        let confidence = if kind == PartyKind::Actor && wares::claims(&words, &amounts) { NAMED } else { OTHER_SIDE };
        let said = Said { span: bounded(text, message.body), stance, confidence, post: 0, voice: None };
        let because = format!("{because}; the writer of the message");
        reading.drafts.push(draft(text, &said, confidence, (Some(name.to_owned()), kind), None, because));
    }
    let whose = read.post().whose().and_then(|span| span.of(text)).map(worded);
    for draft in &mut reading.drafts {
        draft.statement.about.extend(whose.clone());
    }
    let seller = weight.values().max_by_key(|(count, span)| (*count, std::cmp::Reverse(span.start))).map(|(_, span)| *span);
    tell(text, &read.posts, &[seller], about, &mut reading);
    for (name, (_, span)) in weight {
        if !reading.actors.iter().any(|actor| actor.name.eq_ignore_ascii_case(&name)) && reading.actors.len() < MOST_OFFERS {
            reading.actors.push(Actor { name, aliases: Vec::new(), span });
        }
    }
    reading.actors.sort_by_key(|actor| actor.span.start);
    reading.figures = distinct(read.figures);
    reading
}

/// A name of a chat server without the server: `stern@example.onion`.
fn nick_of(written: &str) -> &str {
    let written = written.trim();
    written.split('@').next().filter(|name| !name.is_empty()).unwrap_or(written)
}

/// The lines above the first message may name crew and victim: `heron/brightwell_example`, `Victim: Brightwell`.
fn head_of_chat(text: &str, line: Span, post: &mut Post) {
    if let Some(found) = fields::field(text, line) {
        if matches!(found.field, Field::Victim | Field::Site) && found.value.start < found.value.end {
            post.victim = post.victim.or(Some(found.value));
        }
        return;
    }
    let written = line.of(text).unwrap_or_default();
    if let Some((_, victim)) = written.split_once('/')
        && !written.contains(char::is_whitespace)
        && !written.contains("://")
        && !victim.is_empty()
    {
        post.victim = post.victim.or(Some(Span { start: line.end - victim.len(), end: line.end }));
    }
}

/// As much of a message as one statement may be.
fn bounded(text: &str, body: Span) -> Span {
    let most = body.end.min(body.start + crate::read::sentences::LONGEST_BYTES);
    let end = (body.start..=most).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(body.end);
    Span { start: body.start, end }
}

/// What others are reported to have said in a listing, as news is read: `Their president said "no data was taken"`. It is taken out of
/// what the seller says.
pub(super) fn reported(text: &str, told: Vec<Draft>, reading: &mut Reading) {
    for draft in told {
        let statement = &draft.statement;
        let span = statement.span;
        let others = !matches!(statement.speaker_kind, PartyKind::Actor | PartyKind::Press) && draft.because.ends_with("by name");
        let quoted = span.of(text).is_some_and(|said| said.contains(['"', '“', '”']));
        if !others || !quoted {
            continue;
        }
        let mut kept = Vec::new();
        for mut own in std::mem::take(&mut reading.drafts) {
            let all = own.statement.span;
            if !all.overlaps(&span) {
                kept.push(own);
                continue;
            }
            for part in [Span { start: all.start, end: span.start.max(all.start) }, Span { start: span.end.min(all.end), end: all.end }] {
                if let Some(part) = trimmed(text, part).filter(|part| words(text, *part).len() > 3) {
                    own.statement.span = part;
                    kept.push(own.clone());
                }
            }
        }
        reading.drafts = kept;
        reading.drafts.push(draft);
    }
    reading.drafts.sort_by_key(|draft| draft.statement.span);
}

fn trimmed(text: &str, span: Span) -> Option<Span> {
    let written = span.of(text)?;
    let start = span.start + (written.len() - written.trim_start().len());
    let end = start + written.trim().len();
    (start < end).then_some(Span { start, end })
}
