//! What a text is, by its own marks: a story, what a seller wrote, or a chat.

use crate::claim::{About, SourceKind, Span};
use crate::read::names::{Gazetteer, NameKind};
use crate::read::sellers::{self, Field};
use crate::read::words::{Word, lines, words};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A story, a blog post, a company's own page.
    Story,
    /// A forum post, a market entry, a leak-site page, a ransom note.
    Listing,
    /// Messages of two or more.
    Chat,
}

/// What a text is, and why it is taken for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub kind: Kind,
    pub because: String,
}

/// How many lines are looked at: what a text is shows at its beginning.
const LINES: usize = 120;

/// A listing has marks of at least this weight.
const ENOUGH: usize = 4;

/// Tells what a text is. What the user said it is decides, but for listings, which may be chats.
pub(super) fn kind(text: &str, about: &About, names: &Gazetteer) -> Told {
    let told = |kind: Kind, because: &str| Told { kind, because: because.to_owned() };
    match about.kind {
        Some(SourceKind::Listing) => {
            return match sellers::is_chat(text) {
                Some(because) => told(Kind::Chat, because),
                None => told(Kind::Listing, "a listing, as was said"),
            };
        }
        Some(_) => return told(Kind::Story, "a story, as was said"),
        None => {}
    }
    if let Some(because) = sellers::is_chat(text) {
        return told(Kind::Chat, because);
    }
    let marks = marks(text, names);
    if marks.weight() >= ENOUGH && marks.weight() > marks.reporting {
        return Told { kind: Kind::Listing, because: format!("a listing: {}", marks.words().join(", ")) };
    }
    told(Kind::Story, "a story: no marks of a listing or a chat")
}

#[derive(Default)]
struct Marks {
    /// Fields that listings have, each once.
    fields: Vec<Field>,
    /// A line that is the name of a crew and no more.
    crew: bool,
    /// A line that is an address of the web and no more.
    address: bool,
    /// `Selling …`, `Продам …` at the beginning of a line.
    opens_sale: bool,
    /// `… HACKED`, `… LEAKED` in a line of capitals.
    shouts: bool,
    /// `We have stolen`, `мы скачали`, outside of quotation marks.
    own_deeds: usize,
    /// `We have taken`, `we will upload`: a crew's deeds where a crew is named on a line of its own, anybody's elsewhere.
    soft_deeds: usize,
    /// Coins, payment, and what is made public otherwise.
    coins: bool,
    payment: bool,
    publication: bool,
    /// `Your network was encrypted`.
    your_files: usize,
    /// A handle of a messenger.
    handle: bool,
    /// Posts of a page: a heading, a date below it and words below that, again and again.
    dated: usize,
    /// Escrow, guarantor, private messages.
    terms: usize,
    /// Words by which somebody reports what others say.
    reporting: usize,
}

impl Marks {
    fn weight(&self) -> usize {
        let fields = match self.fields.len() {
            0 => 0,
            1 => 1,
            many => 2 * many,
        };
        fields
            + if self.crew { 3 + self.soft_deeds.min(2) } else { 0 }
            + if self.demands() || self.posts_deeds() { ENOUGH } else { 0 }
            + usize::from(self.address)
            + if self.opens_sale { 3 } else { 0 }
            + if self.shouts { 2 } else { 0 }
            + 3 * self.own_deeds.min(3)
            + 2 * self.your_files.min(3)
            + if self.handle { 2 } else { 0 }
            + self.terms.min(3)
    }

    /// Whether somebody wants coins or will publish, and nobody reports that.
    fn demands(&self) -> bool {
        self.coins && self.payment && self.publication && self.reporting == 0
    }

    /// Whether the posts of one page tell of the writer's own deeds and of what is made public.
    fn posts_deeds(&self) -> bool {
        self.dated > 1 && self.publication && self.own_deeds + self.soft_deeds + self.your_files > 0
    }

    fn words(&self) -> Vec<&'static str> {
        let marks = [
            (self.fields.len() > 1, "its fields"),
            (self.crew, "a crew's name on a line of its own"),
            (self.opens_sale, "it opens with a sale"),
            (self.shouts, "a heading that shouts"),
            (self.own_deeds > 0, "it claims in the first person"),
            (self.posts_deeds(), "dated posts of the writer's deeds"),
            (self.demands(), "it demands coins or will publish"),
            (self.your_files > 0, "it addresses the victim"),
            (self.handle, "a handle to write to"),
            (self.terms > 0, "terms of sale"),
        ];
        marks.into_iter().filter(|(has, _)| *has).map(|(_, words)| words).collect()
    }
}

#[rustfmt::skip]
const SALE: &[&str] = &[
    "selling", "sell", "wts", "[selling]", "sale", "продам", "продаю", "продажа", "продаётся", "продается", "солью",
    "сливаю", "слив",
];

/// What a seller or a crew says of itself that no company does.
#[rustfmt::skip]
const OWN_DEEDS: &[&str] = &[
    "stole", "stolen", "hacked", "breached", "exfiltrated", "leaked", "downloaded", "dumped", "selling", "sell",
    "infiltrated", "encrypted", "locked", "auction", "auctioning", "hack", "publish", "leak", "leaking", "downloading", "взломали", "скачали", "слили",
    "выкачали", "украли", "зашифровали", "похитили", "взломал", "слил", "скачал", "продаем", "продаём", "опубликуем",
    "выложим",
];

/// What a crew and others say of themselves.
const SOFT_DEEDS: &[&str] = &["upload", "uploading", "taken", "took", "obtained", "share", "got"];

const OWN: &[&str] =
    &["we", "i", "we've", "i've", "i'm", "we're", "we'll", "мы", "я", "нами", "us", "our", "your", "ваши"];

#[rustfmt::skip]
const REPORTING: &[&str] = &[
    "said", "told", "according", "spokesperson", "spokesman", "spokeswoman", "reported", "reportedly", "allegedly",
    "researchers", "statement", "added", "confirmed", "denied", "сообщил", "сообщила", "сообщили", "заявил",
    "заявила", "заявили", "рассказал", "рассказали", "данным", "словам", "отметили", "подтвердили", "опровергли",
    "эксперты", "said:", "customers", "notification",
];

fn marks(text: &str, names: &Gazetteer) -> Marks {
    let mut marks = Marks::default();
    for line in lines(text).take(LINES) {
        let Some(written) = line.of(text) else { continue };
        if let Some(field) = sellers::field(text, line) {
            if !marks.fields.contains(&field) {
                marks.fields.push(field);
            }
        } else if written.len() <= 40 && is_crew(written, names) {
            marks.crew = true;
        } else if is_address(written) {
            marks.address = true;
        } else if is_date(written) {
            marks.dated += 1;
        }
        let words = words(text, line);
        prose(text, line, &words, &mut marks);
        // A story says who said what in every paragraph: no need to read it all.
        if marks.reporting > 10 && marks.reporting > 2 * marks.weight() {
            break;
        }
        if !marks.handle && may_hold_a_handle(written) {
            let mut found = Vec::new();
            sellers::contacts(text, line, &mut found);
            marks.handle = found.iter().any(|contact| !contact.starts_with("e-mail") && !contact.starts_with("handle"));
        }
    }
    marks
}

/// Whether it is worth looking closer: most lines have none of it.
fn may_hold_a_handle(line: &str) -> bool {
    line.contains('@') || line.contains("t.me/") || line.split(' ').any(|run| run.len() >= 60)
}

fn prose(text: &str, line: Span, words: &[Word], marks: &mut Marks) {
    let is = |word: &Word, list: &[&str]| list.contains(&word.text.as_str());
    let first = words.iter().find(|word| word.is_word());
    let offered = words.iter().filter(|w| w.is_word()).take(2).map(|w| w.text.as_str()).eq(["for", "sale"]);
    marks.opens_sale |= (offered || first.is_some_and(|word| is(word, SALE))) && line.end - line.start <= 1500;
    let written = line.of(text).unwrap_or_default();
    let capitals = written.chars().filter(|c| c.is_uppercase()).count() * 2
        > written.chars().filter(|c| c.is_alphabetic()).count();
    marks.shouts |= capitals
        && words.len() > 2
        && words.iter().any(|w| w.begins(&["hacked", "leaked", "breached", "stolen", "published", "взлом", "слив"]));
    let mut quoted = false;
    for (place, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "“" | "«" | "„" => quoted = true,
            "”" | "»" => quoted = false,
            "\"" => quoted = !quoted,
            _ => {}
        }
        if is(word, REPORTING) {
            marks.reporting += 2;
        }
        if quoted {
            continue;
        }
        let before = words.get(place.saturating_sub(4)..place).unwrap_or_default();
        if is(word, OWN_DEEDS) {
            // `We have stolen`, `your files were encrypted by us`; a company's `we were hacked` is no deed of its own.
            let actor = before.iter().rposition(|w| is(w, OWN));
            let passive =
                before.iter().any(|w| is(w, &["been", "was", "were", "be", "being", "not", "never", "don't"]));
            let yours = before.iter().any(|w| is(w, &["your", "ваши", "ваша"]));
            match actor {
                Some(_) if yours => marks.your_files += 1,
                Some(_) if !passive => marks.own_deeds += 1,
                _ => {}
            }
        }
        marks.soft_deeds += usize::from(is(word, SOFT_DEEDS) && before.iter().any(|w| is(w, OWN)));
        marks.coins |= matches!(word.text.as_str(), "bitcoin" | "bitcoins" | "btc" | "monero" | "xmr");
        marks.payment |= matches!(word.text.as_str(), "pay" | "payment" | "paid" | "transfer");
        marks.publication |= matches!(word.text.as_str(), "release" | "released" | "publish" | "published" | "leak");
        let pair = |next: &[&str]| words.get(place + 1).is_some_and(|w| is(w, next));
        match word.text.as_str() {
            "escrow" | "garant" | "гарант" | "гаранта" | "middleman" => marks.terms += 1,
            "pm" | "dm" if pair(&["me", "for", "only"]) => marks.terms += 1,
            "в" if pair(&["лс", "пм", "личку"]) => marks.terms += 1,
            "have" if pair(&["all", "your"]) && before.last().is_some_and(|w| is(w, &["we", "i"])) => {
                marks.own_deeds += 1
            }
            "your" | "ваши" | "ваша"
                if pair(&[
                    "network",
                    "data",
                    "files",
                    "company",
                    "systems",
                    "database",
                    "db",
                    "servers",
                    "файлы",
                    "сеть",
                    "данные",
                    "сервера",
                ]) =>
            {
                marks.your_files += 1
            }
            _ => {}
        }
    }
}

/// Whether a line is the name of a crew and nothing else.
pub(super) fn is_crew(line: &str, names: &Gazetteer) -> bool {
    names.find(line.trim()).is_some_and(|known| known.kind == NameKind::Actor)
}

/// Whether a line is a date in figures and nothing else.
pub(super) fn is_date(line: &str) -> bool {
    line.len() <= 10
        && line.split(['-', '.', '/']).count() == 3
        && line
            .split(['-', '.', '/'])
            .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a line is one address of the web, or one domain.
pub(super) fn is_address(line: &str) -> bool {
    let host = line.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let bare = host.split(['/', '?', ':']).next().unwrap_or_default();
    !line.contains(char::is_whitespace)
        && bare.len() >= 4
        && bare.split('.').count() >= 2
        && bare.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && bare.rsplit('.').next().is_some_and(|end| end.len() >= 2 && end.chars().all(char::is_alphabetic))
}
