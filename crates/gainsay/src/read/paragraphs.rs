//! The lines of a text that are the story, and those that stand around it.

use crate::claim::Span;
use crate::read::lexicon;

/// One paragraph of the story: a text line without its margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) span: Span,
    /// The name under or over set-off words: a line such as `Brightwell` below its own message.
    pub(super) short: bool,
}

/// The outlet that a first line of the form `# source: OUTLET, DATE, ADDRESS` names.
pub(super) fn outlet_in_header(text: &str) -> Option<&str> {
    let line = text.lines().next()?.strip_prefix("# source:")?.trim();
    let outlet = line.split(',').next()?.trim();
    (!outlet.is_empty()).then_some(outlet)
}

/// The story's paragraphs. Left out: title, sub-title, by-line, dates, captions, pointers to other stories, adverts, tips, notes on updates, the
/// author's box. A short line without a full stop (a heading, a signature) is given with `short` set, since a signature says who wrote what stands above it.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let lines = lines_of(text);
    let body_from = end_of_head(text, &lines);
    let mut found = Vec::new();
    let mut before_body = true;
    for (number, &span) in lines.iter().enumerate().skip(body_from) {
        let line = &text[span.start..span.end];
        if closes_story(line) && number * 2 > lines.len() {
            break;
        }
        if is_furniture(line) || lines.get(number + 1).is_some_and(|next| is_credit(&text[next.start..next.end])) {
            continue;
        }
        let words = line.split_whitespace().take(31).count();
        let finished = is_finished(line);
        let short = !finished && words < if before_body { 30 } else { 15 };
        before_body &= short;
        found.push(Paragraph { span, short });
    }
    found
}

fn lines_of(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            let margin = line.len() - line.trim_start().len();
            found.push(Span { start: start + margin, end: start + margin + trimmed.len() });
        }
        start += line.len();
    }
    found
}

/// A by-line among the first lines ends the head: what stands above it is title and sub-title.
fn end_of_head(text: &str, lines: &[Span]) -> usize {
    let byline = lines.iter().take(8).position(|s| is_byline(&text[s.start..s.end]));
    let header = usize::from(text.starts_with("# source:"));
    byline.map_or(header, |at| at + 1)
}

fn is_byline(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let by = words.next().is_some_and(|w| w.eq_ignore_ascii_case("by") || w.eq_ignore_ascii_case("written"));
    by && line.split_whitespace().count() <= 8
        && !is_finished(line)
        && words.next().is_some_and(|w| w.starts_with(char::is_uppercase) || w == "by")
}

/// Ends as a sentence does.
fn is_finished(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '’', '»', ')', ']', '\'', '*']).ends_with(['.', '!', '?', ':', '…', ';', ','])
        || line.ends_with(['"', '”', '»']) && line.split_whitespace().nth(5).is_some()
        || line.starts_with(['“', '"', '«', '„'])
}

fn is_credit(line: &str) -> bool {
    let start: String = line.chars().take(24).collect::<String>().to_lowercase();
    [
        "photo:",
        "image:",
        "photo by",
        "image credit",
        "photo credit",
        "credit:",
        "picture:",
        "photograph:",
        "illustration:",
    ]
    .iter()
    .any(|p| start.starts_with(p))
}

/// A line of the page and not of the story.
fn is_furniture(line: &str) -> bool {
    let start: String = line.chars().take(90).collect::<String>().to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|p| start.starts_with(p));
    is_credit(line)
        || begins(&[
            "media caption",
            "image caption",
            "video caption",
            "image copyright",
            "image source",
            "you must be logged in",
        ])
        || matches!(
            start.as_str(),
            "advertisement"
                | "ad"
                | "share"
                | "comments"
                | "tags"
                | "related"
                | "sponsored"
                | "loading..."
                | "table of contents"
        )
        || begins(&[
            "read more",
            "also read",
            "read also",
            "see also",
            "see more",
            "related:",
            "related stories",
            "related articles",
            "more:",
            "share this",
            "sign up",
            "subscribe",
            "got a tip",
            "follow us",
            "follow @",
            "want to learn more",
            "click here",
            "join our",
            "join the",
            "image source",
            "source:",
            "tags:",
            "filed under",
            "copyright",
            "©",
            "all rights reserved",
            "don't miss",
            "you may also",
            "recommended:",
            "watch:",
            "listen:",
            "contact the author",
            "editor's note",
            "editor’s note",
            "posted in",
            "this article was originally",
            "this story was originally",
            "featured image",
            "download:",
        ])
        || start.starts_with(['—', '–', '-'])
            && line.split_whitespace().count() < 12
            && start.contains(|c: char| c.is_ascii_digit())
        || is_update_note(&start)
        || ["pgp ", "fingerprint:", "signal:", "| email", "encrypted texts"].iter().any(|p| start.contains(p))
        || is_date_line(line)
}

/// "Update, 5/13: Updated with …" tells of the page, "Update: the group has now …" of the matter.
fn is_update_note(start: &str) -> bool {
    let Some(rest) = start
        .strip_prefix("update")
        .or_else(|| start.strip_prefix("correction"))
        .or_else(|| start.strip_prefix("[update"))
    else {
        return false;
    };
    let said = rest.split_once(':').map_or(rest, |(_, said)| said).trim_start();
    [
        "updated",
        "added",
        "this story",
        "this article",
        "this post",
        "adds",
        "adding",
        "the article",
        "the story",
        "article updated",
        "story updated",
        "a previous version",
        "an earlier version",
        "headline",
    ]
    .iter()
    .any(|p| said.starts_with(p))
}

/// Nothing but a date, perhaps with a time.
fn is_date_line(line: &str) -> bool {
    let mut any = false;
    line.split_whitespace().take(12).all(|w| {
        let word = w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        any |= !word.is_empty();
        word.is_empty()
            || lexicon::calendar_word(&word)
            || word.starts_with(|c: char| c.is_ascii_digit())
            || matches!(word.as_str(), "am" | "pm" | "at" | "updated" | "published" | "posted" | "on")
    }) && any
        && line.split_whitespace().count() <= 12
}

/// The longest dateline, in bytes.
const LONGEST_DATELINE: usize = 70;

/// A sentence without the place and the agency before it: "STROUD, Ruritania (Wire) — A gang said", "STROUD: The firm said".
pub(super) fn after_dateline(text: &str, sentence: Span) -> Span {
    let written = sentence.of(text).unwrap_or_default();
    let head = written.get(..written.floor_char_boundary(LONGEST_DATELINE)).unwrap_or_default();
    let shouts = |word: &str| word.len() > 2 && !word.chars().any(char::is_lowercase);
    let cut = [" — ", " – ", " -- ", " - ", ": "].iter().filter_map(|mark| Some((head.find(mark)?, *mark))).min();
    let Some((at, mark)) = cut else { return sentence };
    let (place, rest) = (&written[..at], &written[at + mark.len()..]);
    let named =
        place.split_whitespace().all(|w| w.starts_with(|c: char| c.is_uppercase() || c == '(' || c.is_ascii_digit()));
    let told = match mark {
        ": " => place.split_whitespace().all(shouts),
        _ => place.split_whitespace().next().is_some_and(shouts) || place.ends_with(')') || place.contains(", "),
    };
    let opens = rest.starts_with(|c: char| c.is_uppercase() || matches!(c, '“' | '"'));
    if named && told && opens && !place.is_empty() {
        Span { start: sentence.start + at + mark.len(), end: sentence.end }
    } else {
        sentence
    }
}

fn closes_story(line: &str) -> bool {
    let start: String = line.chars().take(40).collect::<String>().to_lowercase();
    [
        "about the author",
        "related stories",
        "related articles",
        "leave a reply",
        "more from",
        "share this:",
        "most read",
        "latest news",
    ]
    .iter()
    .any(|p| start.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Vec<&str> {
        paragraphs(text).iter().filter(|p| !p.short).map(|p| &text[p.span.start..p.span.end]).collect()
    }

    #[test]
    fn title_byline_date_caption_and_pointers_are_left_out() {
        let text = "Brightwell denies theft\nA crew said it took files.\nBy Ann Lee\nMay 3, 2030\n\nShelves in a shop.\nPhoto: Somebody\n\nThe crew said so.\nRead more: Other news.\nAdvertisement\nUpdate, 5/4: Added a comment.\nUpdate: The crew left.\n";
        assert_eq!(kept(text), ["The crew said so.", "Update: The crew left."]);
    }

    #[test]
    fn a_signature_is_kept_as_a_short_line() {
        let found = paragraphs("Brightwell spoke.\nWe are sorry.\nBrightwell\n");
        assert_eq!(found.iter().map(|p| p.short).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn the_header_names_the_outlet() {
        assert_eq!(
            outlet_in_header("# source: The Daily Log, May 1, 2030, https://x.example/\nText."),
            Some("The Daily Log")
        );
        assert_eq!(outlet_in_header("Text."), None);
    }

    #[test]
    fn a_dateline_is_no_part_of_its_sentence() {
        let after = |line: &str| {
            let span = after_dateline(line, Span { start: 0, end: line.len() });
            line[span.start..].to_owned()
        };
        for line in [
            "STROUD: The gang said so.",
            "STROUD, Ruritania (Wire) — The gang said so.",
            "Stroud, Morning Bell – The gang said so.",
            "(Wire) -- The gang said so.",
        ] {
            assert_eq!(after(line), "The gang said so.", "{line}");
        }
        for line in [
            "Brightwell said: The gang did it.",
            "Brightwell, Inc. – a maker of locks – denied it.",
            "The firm - Brightwell - denied it.",
            "—",
            "",
        ] {
            assert_eq!(after(line), line);
        }
    }
}
