//! What sellers write: forum posts, market entries, leak-site pages, ransom notes, chats; in English and Russian.
//!
//! Out come offers, and what the seller says in the first person as statements of that seller. What a leak site copies from the
//! victim's own pages is nobody's claim and is left out.

mod chat;
mod fields;
mod handles;
mod post;
mod terms;
#[cfg(test)]
mod tests;
mod wares;

pub(super) use chat::is_chat;
pub(super) use fields::Field;
pub(super) use handles::contacts;
pub(super) use wares::kind as figure_kind;

use crate::claim::{
    About, Actor, Draft, Figure, FigureKind, Organisation, OrganisationRole, PartyKind, Reading, Span, Stance,
    Statement,
};
use crate::read::amounts::{Unit, amounts};
use crate::read::kind::{is_address, is_crew, is_date};
use crate::read::names::Gazetteer;
use crate::read::quotes::quotations;
use crate::read::russian::facets_of;
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

/// Sentences of one paragraph that are one statement so far.
struct Open {
    span: Span,
    stance: Stance,
    sure: bool,
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
    /// A known crew that the text names as a team: its seller, where it names no other.
    crew: Option<Span>,
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
        if self.crew.is_none() {
            self.crew = wares::crew(text, &words, names);
        }
        let plain =
            written.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
        if many == 1 && plain && self.post().title.is_some() && self.said.is_empty() {
            self.short = Some(line);
        }
        if self.numbered(text, line, &words) {
            return;
        }
        if let Some(field) = wares::bare_field(&words) {
            let value = words.get(1).map_or(line, |word| Span { start: word.span.start, end: line.end });
            self.field(text, line, field, value);
            return;
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

    /// `2) Italy, locks, 30kk, VPN - 1500$`: each line of a numbered list with a price is an offer.
    fn numbered(&mut self, text: &str, line: Span, words: &[Word]) -> bool {
        let marked = words.first().is_some_and(|w| w.text.len() <= 3 && w.text.bytes().all(|b| b.is_ascii_digit()))
            && words.get(1).is_some_and(|w| matches!(w.text.as_str(), ")" | "." | "-"));
        let rest = words.get(2..).unwrap_or_default();
        let amounts = amounts(rest);
        let Some(price) = amounts.last().filter(|a| marked && matches!(a.unit, Unit::Money(_) | Unit::Bare)) else {
            return false;
        };
        // A price ends its line, and a line that tells in the first person is no entry of a list.
        let ends = rest.len() <= price.last + 3;
        if amounts.len() == 1 && rest.len() < 4 || !ends || wares::tells(rest) {
            return false;
        }
        self.turn();
        self.post().cover(line);
        let price = price.clone();
        self.figures.push(price.figure(text, FigureKind::Price));
        self.post().of_list(rest, &amounts, price.span);
        self.say(line, Stance::Claims, NAMED);
        true
    }

    /// A short first line that is no sentence.
    fn is_heading(&mut self, written: &str, words: usize) -> bool {
        let finished = written.ends_with(['.', '!', '?', ';', ',']) && words > 4 || written.ends_with(':');
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
        handles::contacts(text, line, &mut self.post().contacts);
        match field {
            Field::Description => self.prose(text, value),
            Field::Goods | Field::Volume | Field::Price | Field::Access | Field::Start | Field::Blitz => {
                self.bare(line)
            }
            Field::Title => {
                let words = words(text, value);
                if wares::claims(&words, &amounts(&words)) {
                    self.bare(line);
                }
            }
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
        let mut open: Option<Open> = None;
        let mut call = None;
        let mut gap = false;
        let mut led = None;
        let cut = sentences(text, line, &quotations(text, line));
        for sentence in cut.into_iter().flat_map(|sentence| run_together(text, sentence)) {
            let words = words(text, sentence);
            let amounts = amounts(&words);
            let called = call.take().map_or(sentence, |call: Span| Span { start: call.start, end: sentence.end });
            if !wares::claims(&words, &amounts) {
                // `UPDATE!!!`: it opens what follows.
                call = (words.iter().filter(|word| word.is_word()).count() <= 2).then_some(sentence);
                handles::contacts(text, sentence, &mut self.post().contacts);
                self.post().open_doors(&words);
                self.post().greet(text, &words);
                // One sentence between two claims, as of what the files hold, parts them no more than a breath does.
                // Nor does what the writer says of itself and to whom it writes, which may lead up to the claim, too.
                let goes_on = wares::tells(&words) || wares::addresses(&words);
                led = led.filter(|_| goes_on).or(goes_on.then_some(sentence.start));
                if !goes_on && std::mem::replace(&mut gap, true) || call.is_some() {
                    self.close(open.take());
                }
                continue;
            }
            gap = false;
            let called = Span { start: led.take().map_or(called.start, |led: usize| led.min(called.start)), ..called };
            let mut figures = std::mem::take(&mut self.figures);
            self.post().prose(text, sentence, &words, &amounts, &mut figures);
            self.figures = figures;
            let (stance, sure) = (stance(&words), wares::is_sure(&words, &amounts));
            open = match open {
                Some(before) if before.stance == stance => Some(Open {
                    span: Span { start: before.span.start, end: sentence.end },
                    stance,
                    sure: before.sure || sure,
                }),
                before => {
                    self.close(before);
                    Some(Open { span: called, stance, sure })
                }
            };
        }
        self.close(open);
    }

    fn close(&mut self, open: Option<Open>) {
        if let Some(Open { span, stance, sure }) = open {
            self.say(span, stance, if sure { NAMED } else { NAMELESS });
        }
    }

    /// A heading that is no sentence names the victim of a leak site's entry.
    fn name_victims(&mut self, text: &str) {
        for post in &mut self.posts {
            let Some(title) = post.title.filter(|_| post.victim.is_none()) else { continue };
            let words = words(text, title);
            let amounts = amounts(&words);
            post.victim = match wares::victim(text, &words) {
                Some(named) => Some(named),
                None if wares::claims(&words, &amounts) || words.len() > 12 => None,
                None => before_bracket(text, title),
            };
        }
    }
}

/// Sentences that lost the line break between them: `for fabrications.We have stolen`.
fn run_together(text: &str, sentence: Span) -> Vec<Span> {
    let written = sentence.of(text).unwrap_or_default();
    let mut found = Vec::new();
    let mut start = 0;
    for (at, mark) in written.match_indices(['.', '!', '…']) {
        let word =
            written.get(start..at).unwrap_or_default().chars().rev().take_while(|c| c.is_lowercase()).take(3).count();
        let mut after = written.get(at + mark.len()..).unwrap_or_default().chars();
        let capital =
            after.next().is_some_and(char::is_uppercase) && after.next().is_some_and(|c| c.is_lowercase() || c == ' ');
        if word > 2 && capital {
            let end = at + mark.len();
            found.push(Span { start: sentence.start + start, end: sentence.start + end });
            start = end;
        }
    }
    found.push(Span { start: sentence.start + start, end: sentence.end });
    found.retain(|span| span.start < span.end);
    found
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
        for line in fields::side_by_side(text, line) {
            read.line(text, line, &mut open, names);
        }
    }
    read.name_victims(text);
    let mut reading = Reading::default();
    let mut sellers: Vec<Option<Span>> = shared(read.posts.iter().map(|post| post.seller).collect());
    // Whose page it is was guessed from the line above it.
    let mut heading = false;
    if sellers.iter().all(Option::is_none) {
        heading = read.crew.is_none();
        let crew = read.crew.or_else(|| heads_its_posts(text));
        sellers.iter_mut().for_each(|seller| *seller = crew);
        read.posts.iter_mut().for_each(|post| post.seller = crew);
    }
    if read.said.is_empty() {
        read.said = std::mem::take(&mut read.bare);
    }
    for said in &read.said {
        let post = read.posts.get(said.post);
        let seller =
            said.voice.or(sellers.get(said.post).copied().flatten()).and_then(|span| span.of(text)).map(worded);
        let kind = if said.voice.is_some() { PartyKind::Other } else { PartyKind::Actor };
        let confidence = if said.voice.is_some() { OTHER_SIDE } else { said.confidence };
        let confidence = if seller.is_some() && !heading { confidence } else { confidence.min(NAMELESS) };
        let because =
            format!("{because}; {}", if seller.is_some() { "its seller is named" } else { "its seller is not named" });
        let whose = post.and_then(Post::whose).and_then(|span| span.of(text)).map(worded);
        // What others write below an offer is no offer of theirs.
        let stance = if said.voice.is_some() && said.stance == Stance::Claims { Stance::Informs } else { said.stance };
        let said = &Said { stance, ..*said };
        reading.drafts.push(draft(text, said, confidence, (seller, kind), whose, because));
        ways_in(text, said.span, &mut reading);
    }
    tell(text, &read.posts, &sellers, about, &mut reading);
    reading.figures = distinct(read.figures);
    reading
}

/// The name above a page of dated posts, in one or two words on a line of its own.
fn heads_its_posts(text: &str) -> Option<Span> {
    let dated = lines(text).filter(|line| line.of(text).is_some_and(is_date)).take(2).count() == 2;
    let first = lines(text).next().filter(|_| dated)?;
    let written = first.of(text)?;
    (written.split_whitespace().count() <= 2 && !is_address(written) && !is_date(written)).then_some(first)
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
        facets: facets_of(said.span.of(text).unwrap_or_default()),
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
    let contacts: Vec<&Vec<String>> =
        posts.iter().map(|post| &post.contacts).filter(|found| !found.is_empty()).collect();
    for (post, seller) in posts.iter().zip(sellers) {
        let named = seller.and_then(|span| span.of(text)).map(worded);
        if let (Some(span), Some(name)) = (*seller, &named)
            && !reading.actors.iter().any(|actor| actor.name.eq_ignore_ascii_case(name))
        {
            reading.actors.push(Actor { name: name.clone(), aliases: Vec::new(), span });
        }
        if let Some((span, name)) =
            post.whose().filter(|_| post.is_named(text)).and_then(|span| Some((span, span.of(text)?)))
            && !reading.organisations.iter().any(|known| known.name.eq_ignore_ascii_case(name))
        {
            reading.organisations.push(Organisation {
                name: worded(name),
                role: OrganisationRole::AllegedVictim,
                span,
            });
        }
        if post.offers_something() && (posts.len() == 1 || post.is_one_of_many()) {
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

/// Who bargains says something in a message of as many words.
const LONG_MESSAGE: usize = 20;

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
        if chat::is_file(message.body.of(text).unwrap_or_default()) {
            if kind == PartyKind::Actor {
                read.post().attach(message.body);
            }
            continue;
        }
        let speaks = match kind {
            PartyKind::Actor => wares::matters(&words, &amounts),
            _ => {
                let long = words.iter().filter(|word| word.is_word()).count() >= LONG_MESSAGE;
                long || wares::doubts(&words) || wares::refuses(&words) || wares::is_about_money(&amounts)
            }
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
    let seller =
        weight.values().max_by_key(|(count, span)| (*count, std::cmp::Reverse(span.start))).map(|(_, span)| *span);
    read.post().seller = seller;
    tell(text, &read.posts, &[seller], about, &mut reading);
    for (name, (_, span)) in weight {
        if !reading.actors.iter().any(|actor| actor.name.eq_ignore_ascii_case(&name))
            && reading.actors.len() < MOST_OFFERS
        {
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

/// Whether it is worth looking for what others are reported to have said: most listings quote nobody.
pub(super) fn may_report(text: &str) -> bool {
    let verbs = [" said", " says", " told", " stated", " denied", " denies", " confirmed", " claimed"];
    text.contains(['"', '“', '”']) && verbs.iter().any(|verb| text.contains(verb))
}

/// What others are reported to have said in a listing, as news is read: `Their president said "no data was taken"`. It is taken out of
/// what the seller says.
pub(super) fn reported(text: &str, told: Vec<Draft>, reading: &mut Reading) {
    for draft in told {
        let statement = &draft.statement;
        let span = statement.span;
        let others = !matches!(statement.speaker_kind, PartyKind::Actor | PartyKind::Press)
            && draft.because.ends_with("by name");
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
            for part in [
                Span { start: all.start, end: span.start.max(all.start) },
                Span { start: span.end.min(all.end), end: all.end },
            ] {
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
