//! Pieces of drawn text to words, lines and paragraphs.

use super::Matrix;

/// Text that is drawn in one go.
pub(super) struct Piece {
    pub(super) text: String,
    start: (f64, f64),
    pub(super) end: (f64, f64),
    /// The direction of writing, of length 1.
    along: (f64, f64),
    /// The height of its letters on the page.
    size: f64,
}

impl Piece {
    /// An empty one at the place where a letter of height 1 is drawn.
    pub(super) fn at(placed: &Matrix) -> Piece {
        let [a, b, c, d, e, f] = *placed;
        let length = a.hypot(b);
        let along = if length > 0.0 { (a / length, b / length) } else { (1.0, 0.0) };
        Piece { text: String::new(), start: (e, f), end: (e, f), along, size: c.hypot(d) }
    }
}

/// A page as it fills.
#[derive(Default)]
pub(super) struct Layout {
    paragraphs: Vec<String>,
    /// The paragraph at hand.
    text: String,
    last: Option<Piece>,
    /// How far the lines of this paragraph are apart, once it has two.
    leading: Option<f64>,
    /// Where the line at hand begins, and the longest line on the page.
    line_start: (f64, f64),
    longest: f64,
}

impl Layout {
    pub(super) fn add(&mut self, piece: Piece) {
        let Some(last) = self.last.take() else {
            self.begin(piece);
            return;
        };
        let (dx, dy) = (piece.start.0 - last.end.0, piece.start.1 - last.end.1);
        let (along, across) = (dx * last.along.0 + dy * last.along.1, dy * last.along.0 - dx * last.along.1);
        let size = last.size.max(piece.size).max(f64::MIN_POSITIVE);
        let is_turned = last.along.0 * piece.along.0 + last.along.1 * piece.along.1 < 0.9;
        if !is_turned && across.abs() < 0.4 * size && along > -1.5 * size {
            // The same line. Letters of one word touch.
            let has_blank = self.text.ends_with(char::is_whitespace) || piece.text.starts_with(char::is_whitespace);
            if along > 0.18 * size && !has_blank {
                self.text.push(' ');
            }
            self.text.push_str(&piece.text);
            self.last = Some(piece);
            return;
        }
        let length = (last.end.0 - self.line_start.0).hypot(last.end.1 - self.line_start.1);
        self.longest = self.longest.max(length);
        let down = -across;
        let is_usual = down > 0.0 && down < 1.9 * size && self.leading.is_none_or(|leading| down < 1.25 * leading);
        let is_other_size = (piece.size - last.size).abs() > 0.12 * size;
        let ends = self.text.trim_end().ends_with(['.', '!', '?', ':', '”', '"']);
        let is_short = length < 0.75 * self.longest && ends;
        let is_item = piece.text.trim_start().starts_with(['•', '▪', '–', '●', '◦', '\u{f0b7}']);
        if is_turned || !is_usual || is_other_size || is_short || is_item {
            self.end_paragraph();
            self.begin(piece);
            return;
        }
        self.leading = Some(self.leading.map_or(down, |leading| leading.min(down)));
        self.join_line(&piece.text);
        self.line_start = piece.start;
        self.last = Some(piece);
    }

    fn begin(&mut self, piece: Piece) {
        self.text.push_str(&piece.text);
        self.line_start = piece.start;
        self.last = Some(piece);
    }

    /// Goes on with the next line of a paragraph: a word that was parted at the end of the line is put together.
    fn join_line(&mut self, next: &str) {
        let before = self.text.trim_end().len();
        self.text.truncate(before);
        let stem = self.text.strip_suffix(['-', '\u{ad}', '‐']);
        let is_parted = stem.is_some_and(|stem| {
            stem.ends_with(char::is_lowercase) && next.trim_start().starts_with(char::is_lowercase)
        });
        if is_parted {
            self.text.pop();
        } else {
            self.text.push(' ');
        }
        self.text.push_str(next.trim_start());
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        if !words.is_empty() {
            self.paragraphs.push(words.join(" "));
        }
        self.leading = None;
    }

    /// The paragraphs of the page.
    pub(super) fn finish(mut self) -> Vec<String> {
        self.end_paragraph();
        self.paragraphs
    }
}
