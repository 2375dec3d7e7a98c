//! PDF: the text of its pages in the order in which it is drawn, put together to lines and paragraphs.

mod fonts;
mod layout;

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use hayro_syntax::content::UntypedIter;
use hayro_syntax::metadata::Metadata;
use hayro_syntax::object::{Array, DateTime, Dict, Name, Object, Stream};
use hayro_syntax::page::{Page, Resources};
use hayro_syntax::{LoadPdfError, Pdf};

use crate::clues::ClueKind;
use crate::documents::{Found, NoDocument, line};
use crate::finding::FindingKind;
use crate::mail::collect_addresses;
use crate::protocol::DocumentFormat;
use crate::text;
use crate::trace::Traced;
use crate::traces::Traces;
use fonts::Font;
use layout::{Layout, Piece};

/// Pages that are read.
const MOST_PAGES: usize = 10_000;

/// Drawing operations that are followed in one file.
const MOST_OPERATIONS: usize = 20_000_000;

/// Drawings that may lie in one another.
const DEEPEST: usize = 8;

/// Bytes of text that a file may have.
const LONGEST_TEXT: usize = 32 << 20;

/// Whether a file is a PDF: its sign stands in the first thousand bytes (ISO 32000-2, 7.5.2, and what readers accept).
pub(crate) fn looks_like_pdf(head: &[u8]) -> bool {
    head[..head.len().min(1024)].windows(5).any(|window| window == b"%PDF-")
}

/// Reads a file's text, page by page; a form feed stands between two. `traces` is told what the file says of who made it.
pub(crate) fn read(bytes: Vec<u8>, traces: &mut Traces) -> Result<Found, NoDocument> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => {
            NoDocument::new(FindingKind::Encrypted, "it opens with a password alone: take it off, and add that")
        }
        LoadPdfError::Invalid => NoDocument::new(FindingKind::Corrupt, "it is no PDF that holds together"),
    })?;
    let mut found = Found::new(DocumentFormat::Pdf, "UTF-8", Traced::default());
    about(&mut found, pdf.metadata(), traces);
    let mut reader = Reader { fonts: HashMap::new(), operations: 0, unknown: 0, layout: Layout::default() };
    let mut empty = Vec::new();
    let pages = pdf.pages();
    for (number, page) in (1usize..).zip(pages.iter()).take(MOST_PAGES) {
        reader.layout = Layout::default();
        let mut state = State::default();
        reader.draw(page.operations(), page.resources(), &mut state, 0);
        let paragraphs = std::mem::take(&mut reader.layout).finish();
        if number > 1 {
            found.text.add_own(if found.text.text.is_empty() { "" } else { "\n\u{c}\n" });
        }
        if paragraphs.is_empty() {
            empty.push(number);
        }
        let place = place_of(page, pdf.data().as_ref());
        for (index, paragraph) in paragraphs.iter().enumerate() {
            found.text.add_own(if index > 0 { "\n\n" } else { "" });
            match &place {
                Some(place) => found.text.add_unit(paragraph, place.clone()),
                None => found.text.add_own(paragraph),
            }
        }
        if found.text.text.len() > LONGEST_TEXT || reader.operations > MOST_OPERATIONS {
            found.problem(
                FindingKind::TooLarge,
                format!("the pages after page {number} were not read: too much is drawn"),
            );
            break;
        }
    }
    if pages.len() > MOST_PAGES {
        found.problem(FindingKind::TooLarge, format!("of {} pages the first {MOST_PAGES} were read", pages.len()));
    }
    if found.text.text.trim().is_empty() {
        let detail = format!("its {} pages hold pictures and no text: have them recognised, and add that", pages.len());
        return Err(NoDocument::new(FindingKind::Empty, detail));
    }
    if !empty.is_empty() {
        let some: Vec<String> = empty.iter().take(20).map(ToString::to_string).collect();
        let more = if empty.len() > some.len() { " and others" } else { "" };
        found.problem(FindingKind::Unsupported, format!("there is no text on page {}{more}", some.join(", ")));
    }
    if reader.unknown > 0 {
        let detail =
            format!("{} signs of fonts that do not say which characters they are were left out", reader.unknown);
        found.problem(FindingKind::Undecodable, detail);
    }
    collect_addresses(&found.text.text, &mut found.about.links);
    Ok(found)
}

fn about(found: &mut Found, metadata: &Metadata, traces: &mut Traces) {
    let words = |value: &Option<Box<[u8]>>| value.as_ref().and_then(|bytes| line(&words_of(bytes)));
    found.about.title = words(&metadata.title);
    found.about.byline = words(&metadata.author);
    found.about.published = metadata.creation_date.as_ref().map(moment);
    found.about.modified = metadata.modification_date.as_ref().map(moment);
    let said = [
        (ClueKind::Person, words(&metadata.author)),
        (ClueKind::Tool, words(&metadata.creator)),
        (ClueKind::Tool, words(&metadata.producer)),
        (ClueKind::Written, found.about.published.as_ref().map(|at| format!("made {at}"))),
        (ClueKind::Written, found.about.modified.as_ref().map(|at| format!("changed {at}"))),
    ];
    traces.extend(said.into_iter().filter_map(|(kind, value)| value.map(|value| (kind, value, 1))));
}

/// A string of text outside of pages: UTF-16 or UTF-8 with its mark, else near to Latin 1.
fn words_of(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0xef, 0xbb, 0xbf, ..] => {
            text::decode(bytes.to_vec(), None).map(|it| it.text.text).unwrap_or_default()
        }
        bytes => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn moment(at: &DateTime) -> String {
    let DateTime { year, month, day, hour, minute, second, utc_offset_hour, utc_offset_minute } = at;
    let sign = if *utc_offset_hour < 0 { '-' } else { '+' };
    let offset = utc_offset_hour.unsigned_abs();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{offset:02}:{utc_offset_minute:02}")
}

/// Where the streams that draw a page stand in the file, from the first to the last; `None` where they are encrypted.
fn place_of(page: &Page<'_>, file: &[u8]) -> Option<Range<usize>> {
    let streams: Vec<Stream<'_>> = match page.raw().get::<Stream<'_>>("Contents") {
        Some(stream) => vec![stream],
        None => page.raw().get::<Array<'_>>("Contents")?.iter::<Stream<'_>>().collect(),
    };
    let mut place: Option<Range<usize>> = None;
    for stream in streams {
        let raw = stream.raw_data();
        // What was not decrypted is borrowed from the file.
        let start = raw.as_ptr().addr().checked_sub(file.as_ptr().addr())?;
        let end = start.checked_add(raw.len()).filter(|end| *end <= file.len())?;
        place = Some(place.map_or(start..end, |so_far| so_far.start.min(start)..so_far.end.max(end)));
    }
    place
}

/// A transformation: `[a b c d e f]` (ISO 32000-2, 8.3.4).
pub(crate) type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First the one, then the other.
fn times(first: &Matrix, then: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *first;
    let [m, n, o, p, q, r] = *then;
    [a * m + b * o, a * n + b * p, c * m + d * o, c * n + d * p, e * m + f * o + q, e * n + f * p + r]
}

/// What the operators of a page change (ISO 32000-2, 9.3).
#[derive(Clone)]
struct State {
    to_page: Matrix,
    text: Matrix,
    line: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    /// How text is drawn; 3 is not at all.
    mode: i64,
}

impl Default for State {
    fn default() -> State {
        State {
            to_page: IDENTITY,
            text: IDENTITY,
            line: IDENTITY,
            font: None,
            size: 1.0,
            spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

struct Reader {
    /// By the place of their dictionary in memory, which is that in the file.
    fonts: HashMap<(usize, usize), Rc<Font>>,
    operations: usize,
    /// Signs that mean no known character.
    unknown: usize,
    layout: Layout,
}

impl Reader {
    fn draw(&mut self, mut operations: UntypedIter<'_>, resources: &Resources<'_>, state: &mut State, depth: usize) {
        let mut saved: Vec<State> = Vec::new();
        while let Some(instruction) = operations.next() {
            self.operations += 1;
            if self.operations > MOST_OPERATIONS {
                return;
            }
            let operands: Vec<Object<'_>> = instruction.operands().cloned().collect();
            let number = |at: usize| match operands.get(at) {
                Some(Object::Number(number)) => number.as_f64(),
                _ => 0.0,
            };
            let matrix = || [0, 1, 2, 3, 4, 5].map(number);
            match &**instruction.operator {
                b"q" if saved.len() < 1000 => saved.push(state.clone()),
                b"Q" => {
                    if let Some(before) = saved.pop() {
                        *state = before;
                    }
                }
                b"cm" => state.to_page = times(&matrix(), &state.to_page),
                b"BT" => (state.text, state.line) = (IDENTITY, IDENTITY),
                b"Tf" => {
                    if let Some(Object::Name(name)) = operands.first() {
                        state.font = self.font(name, resources);
                    }
                    state.size = number(1);
                }
                b"Tc" => state.spacing = number(0),
                b"Tw" => state.word_spacing = number(0),
                b"Tz" => state.scale = number(0) / 100.0,
                b"TL" => state.leading = number(0),
                b"Ts" => state.rise = number(0),
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a mode is one of eight; what is none is none after it"
                )]
                b"Tr" => state.mode = number(0) as i64,
                b"Td" => next_line(state, number(0), number(1)),
                b"TD" => {
                    state.leading = -number(1);
                    next_line(state, number(0), number(1));
                }
                b"Tm" => (state.text, state.line) = (matrix(), matrix()),
                b"T*" => next_line(state, 0.0, -state.leading),
                b"Tj" => self.show(state, operands.first()),
                b"'" => {
                    next_line(state, 0.0, -state.leading);
                    self.show(state, operands.first());
                }
                b"\"" => {
                    (state.word_spacing, state.spacing) = (number(0), number(1));
                    next_line(state, 0.0, -state.leading);
                    self.show(state, operands.get(2));
                }
                b"TJ" => {
                    let Some(Object::Array(array)) = operands.first() else { continue };
                    for item in array.iter::<Object<'_>>() {
                        if let Object::Number(adjust) = &item {
                            advance(state, -adjust.as_f64() / 1000.0 * state.size * state.scale);
                        } else {
                            self.show(state, Some(&item));
                        }
                    }
                }
                b"Do" => {
                    let Some(Object::Name(name)) = operands.first() else { continue };
                    let Some(form) = resources.get_x_object(name).filter(|_| depth < DEEPEST) else { continue };
                    if form.dict().get::<Name<'_>>("Subtype").is_none_or(|kind| &*kind != b"Form") {
                        continue;
                    }
                    let Ok(content) = form.decoded_data() else { continue };
                    let mut inner = state.clone();
                    if let Some(array) = form.dict().get::<Array<'_>>("Matrix") {
                        let mut numbers = array.iter::<f32>().map(f64::from);
                        let matrix = IDENTITY.map(|known| numbers.next().unwrap_or(known));
                        inner.to_page = times(&matrix, &inner.to_page);
                    }
                    let own = form.dict().get::<Dict<'_>>("Resources").map(Resources::new);
                    self.draw(UntypedIter::new(&content), own.as_ref().unwrap_or(resources), &mut inner, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn font(&mut self, name: &Name<'_>, resources: &Resources<'_>) -> Option<Rc<Font>> {
        let dict = resources.get_font(name)?;
        let key = (dict.data().as_ptr().addr(), dict.data().len());
        Some(Rc::clone(self.fonts.entry(key).or_insert_with(|| Rc::new(Font::read(&dict)))))
    }

    fn show(&mut self, state: &mut State, string: Option<&Object<'_>>) {
        let (Some(Object::String(string)), Some(font)) = (string, state.font.clone()) else { return };
        let mut bytes = string.as_bytes();
        let mut piece: Option<Piece> = None;
        while !bytes.is_empty() {
            let (code, length) = font.next_code(bytes);
            bytes = &bytes[length..];
            let placed = times(&[state.size * state.scale, 0.0, 0.0, state.size, 0.0, state.rise], &state.text);
            let placed = times(&placed, &state.to_page);
            let is_space = length == 1 && code == 32;
            let width = font.width(code) * state.size + state.spacing + if is_space { state.word_spacing } else { 0.0 };
            advance(state, width * state.scale);
            let Some(character) = font.character(code) else {
                self.unknown += 1;
                continue;
            };
            let end = times(&state.text, &state.to_page);
            let piece = piece.get_or_insert_with(|| Piece::at(&placed));
            piece.text.push_str(&character);
            piece.end = (end[4], end[5]);
        }
        // What is not drawn is often the text of a picture that was recognised: it belongs to the page.
        if let Some(piece) = piece.filter(|piece| !piece.text.is_empty() && state.mode <= 7) {
            self.layout.add(piece);
        }
    }
}

fn next_line(state: &mut State, x: f64, y: f64) {
    state.line = times(&[1.0, 0.0, 0.0, 1.0, x, y], &state.line);
    state.text = state.line;
}

fn advance(state: &mut State, by: f64) {
    state.text = times(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &state.text);
}
