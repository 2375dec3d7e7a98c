//! Pictures of a sample beside the company's files that they show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::claim::{SampleMatch, Screen, ScreenLine, counted};

/// Pictures of a match that a page shows, those that show something of the company's; of the others it says what they are.
const PICTURES: usize = 20;

/// Pictures of a match that a page names.
const NAMED: usize = 200;

/// A picture as a page shows it.
pub struct Shown {
    pub path: String,
    pub verdict: String,
    pub words: Vec<String>,
    pub image: Option<Image>,
    /// The lines that are the company's: the number of ours, ours, and what was read.
    pub lines: Vec<(u32, String, String)>,
}

/// Pixels, and where in them lines are marked.
pub struct Image {
    pub width: u32,
    pub height: u32,
    /// PNG in base64.
    pub data: String,
    /// Left, top, width and height of each marked line, in pixels.
    pub marks: Vec<(u32, u32, u32, u32)>,
}

/// The pictures of a match.
pub fn shown(result: &SampleMatch) -> Vec<Shown> {
    let one = |(at, screen): (usize, &Screen)| Shown {
        path: screen.path.clone(),
        verdict: screen.verdict.clone(),
        words: words(screen),
        image: image(screen).filter(|_| at < PICTURES),
        lines: lines(screen).filter(|_| at < PICTURES).collect(),
    };
    result.screens.iter().take(NAMED).enumerate().map(one).collect()
}

/// What is to be said of a picture, in sentences.
pub fn words(screen: &Screen) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(best) = &screen.best {
        let when = best.days();
        let also = match screen.also.as_slice() {
            [] => String::new(),
            also => format!(" As much of it stands in {}.", also.join(", ")),
        };
        words.push(format!(
            "{} of {} that could be read, {} of {} letters and figures, are those of {} in {} ({when}).{also}",
            screen.shown(),
            counted(screen.read, "line"),
            screen.letters.0,
            screen.letters.1,
            best.path,
            best.corpus,
        ));
    }
    if screen.read > 0 {
        words.push(format!("The words were read with {} % certainty.", screen.sure));
    }
    words.extend(screen.words.iter().cloned());
    words
}

/// The lines of a picture that are the company's: the number of ours, ours, and what was read.
pub fn lines(screen: &Screen) -> impl Iterator<Item = (u32, String, String)> + '_ {
    let line = |line: &ScreenLine| Some((line.number?, line.ours.clone().unwrap_or_default(), line.read.clone()));
    screen.lines.iter().filter_map(line)
}

fn image(screen: &Screen) -> Option<Image> {
    let (width, height) = screen.size;
    let at = |permille: u32, all: u32| u32::try_from(u64::from(permille) * u64::from(all) / 1000).unwrap_or(all);
    let mark = |line: &ScreenLine| {
        let (left, top, right, bottom) = line.place;
        let (x, y) = (at(left, width), at(top, height));
        (x, y, at(right, width).saturating_sub(x).max(1), at(bottom, height).saturating_sub(y).max(1))
    };
    let is_empty = screen.picture.is_empty();
    (!is_empty).then(|| Image {
        width,
        height,
        data: STANDARD.encode(&screen.picture),
        marks: screen.lines.iter().filter(|line| line.number.is_some()).map(mark).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_ours_are_marked_where_they_stand() {
        let line = |number: Option<u32>| ScreenLine {
            read: "int eng1ne_start(void)".to_owned(),
            place: (100, 500, 600, 550),
            number,
            ours: number.map(|_| "int engine_start(void)".to_owned()),
        };
        let screen = Screen {
            path: "proof.png".to_owned(),
            size: (200, 100),
            verdict: Screen::OURS.to_owned(),
            lines: vec![line(None), line(Some(7))],
            picture: vec![1, 2, 3],
            ..Screen::default()
        };
        let shown = shown(&SampleMatch { screens: vec![screen], ..SampleMatch::default() });
        let only = shown.first().expect("one picture");
        assert_eq!(only.lines, [(7, "int engine_start(void)".to_owned(), "int eng1ne_start(void)".to_owned())]);
        let image = only.image.as_ref().expect("it is shown");
        assert_eq!((image.data.as_str(), image.marks.as_slice()), ("AQID", &[(20, 50, 100, 5)][..]));
    }
}
