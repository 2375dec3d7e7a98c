//! Documents of offices: those of OOXML (docx, xlsx, pptx) and OpenDocument (odt, ods, odp), which are zip archives of XML.

use std::io::{Cursor, Read};
use std::ops::Range;

use ::zip::ZipArchive;

use crate::documents::{Found, NoDocument, line};
use crate::finding::FindingKind;
use crate::markup::{Token, Tokens, add_text, attribute, local, unescaped};
use crate::protocol::DocumentFormat;
use crate::sink::shown;
use crate::trace::Traced;

/// Bytes of one part, unpacked.
const LONGEST_PART: u64 = 64 << 20;

/// Bytes of a document's text.
const LONGEST_TEXT: usize = 16 << 20;

/// Slides or sheets.
const MOST_PARTS: usize = 2_000;

/// Whether a file that starts with these bytes is such a document: by the first name in it.
pub fn is_office(head: &[u8]) -> bool {
    const FIRST: [&[u8]; 7] = [
        b"[Content_Types].xml",
        b"_rels/.rels",
        b"docProps/",
        b"word/",
        b"xl/",
        b"ppt/",
        b"mimetypeapplication/vnd.oasis.opendocument.",
    ];
    let first = head.get(30..).filter(|_| head.starts_with(b"PK\x03\x04"));
    first.is_some_and(|first| FIRST.iter().any(|name| first.starts_with(name)))
}

type Parts = ZipArchive<Cursor<Vec<u8>>>;

/// The text of a document, a paragraph or row to a line; each leads back to the compressed part of the file that it is in.
pub(crate) fn read(bytes: Vec<u8>) -> Result<Found, NoDocument> {
    let broken = |error: ::zip::result::ZipError| {
        let detail = format!("it is no document that holds together: {}", shown(&error.to_string()));
        NoDocument::new(FindingKind::Corrupt, detail)
    };
    let mut parts = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut found = Found::new(DocumentFormat::Office, "UTF-8", Traced::default());
    let numbered = |folder: &str, parts: &Parts| {
        let number = |name: &str| name.strip_prefix(folder)?.strip_suffix(".xml")?.parse::<u32>().ok();
        let mut named: Vec<(u32, String)> =
            parts.file_names().flatten().filter_map(|name| Some((number(&name)?, name.into_owned()))).collect();
        named.sort();
        named.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    let (slides, sheets) = (numbered("ppt/slides/slide", &parts), numbered("xl/worksheets/sheet", &parts));
    let count = slides.len().max(sheets.len());
    if count > MOST_PARTS {
        found.problem(FindingKind::TooLarge, format!("of {count} slides or sheets the first {MOST_PARTS} were read"));
    }
    let mut was_any = false;
    let strings = part(&mut parts, "xl/sharedStrings.xml").map(|(xml, _)| shared_strings(&xml)).unwrap_or_default();
    for name in ["word/document.xml".to_owned(), "content.xml".to_owned()].iter().chain(slides.iter().take(MOST_PARTS))
    {
        if let Some((xml, place)) = part(&mut parts, name) {
            was_any = true;
            add_paragraphs(&mut found, &xml, Some(&place));
        }
    }
    for name in sheets.iter().take(MOST_PARTS) {
        if let Some((xml, place)) = part(&mut parts, name) {
            was_any = true;
            add_rows(&mut found, &xml, Some(&strings), Some(&place));
        }
    }
    if !was_any {
        let detail = "an archive like those of offices, in which there is no text, slide or sheet: add it as a sample";
        return Err(NoDocument::new(FindingKind::Unsupported, detail));
    }
    if found.text.text.len() > LONGEST_TEXT {
        found.problem(FindingKind::TooLarge, format!("its text beyond {LONGEST_TEXT} bytes was left out"));
    }
    for name in ["docProps/core.xml", "meta.xml"] {
        if let Some((xml, _)) = part(&mut parts, name) {
            about(&mut found, &xml);
        }
    }
    found.unless_empty()
}

/// A part as text, and where it lies in the file.
fn part(parts: &mut Parts, name: &str) -> Option<(String, Range<usize>)> {
    let file = parts.by_name(name).ok()?;
    let start = usize::try_from(file.data_start()?).ok()?;
    let end = start + usize::try_from(file.compressed_size()).ok()?;
    let mut bytes = Vec::new();
    file.take(LONGEST_PART).read_to_end(&mut bytes).ok()?;
    Some((String::from_utf8_lossy(&bytes).into_owned(), start..end))
}

/// Adds a line: it leads back to a place of the file, or where that is the part itself, to its own places in it.
fn add_line(found: &mut Found, line: &Traced, between: &str, place: Option<&Range<usize>>) {
    let text = line.text.trim();
    if text.is_empty() || found.text.text.len() > LONGEST_TEXT {
        return;
    }
    found.text.add_own(if found.text.text.is_empty() { "" } else { between });
    match place {
        Some(place) => found.text.add_unit(text, place.clone()),
        None => {
            let start = line.text.len() - line.text.trim_start().len();
            found.text.add(line, start..start + text.len());
        }
    }
}

/// Whether a text begins as a part of an office's document does that holds text, or tells of those who worked on it.
pub(crate) fn is_part(start: &str) -> bool {
    /// A text, what stands around and below it, slides, sheets and their strings; a text of OpenDocument in a part, and by itself.
    const ROOTS: [&str; 18] = [
        "document",
        "hdr",
        "ftr",
        "footnotes",
        "endnotes",
        "comments",
        "sld",
        "notes",
        "worksheet",
        "sst",
        "document-content",
        // Those that tell of who made it, and what is hidden.
        "coreProperties",
        "Properties",
        "workbook",
        "settings",
        "cmAuthorLst",
        "document-meta",
        "document-settings",
    ];
    const OFFICES: [&str; 3] = ["schemas.openxmlformats.org", "purl.oclc.org/ooxml", "urn:oasis:names:tc:opendocument"];
    let root = Tokens::of_xml(start, 0).find_map(|(token, _)| match token {
        Token::Start { name, attributes, .. } => Some((name, attributes)),
        _ => None,
    });
    root.is_some_and(|(name, attributes)| {
        ROOTS.contains(&local(name)) && OFFICES.iter().any(|office| attributes.contains(office))
    })
}

/// The text of one part by itself. The cells of a sheet that name a string by number say nothing here: those strings are a part of
/// their own.
pub(crate) fn text_of_part(part: &Traced) -> Traced {
    let mut found = Found::default();
    let xml = &part.text;
    let root = Tokens::of_xml(xml, 0).find_map(|(token, _)| match token {
        Token::Start { name, .. } => Some(local(name)),
        _ => None,
    });
    match root {
        Some("worksheet") => add_rows(&mut found, xml, None, None),
        Some("sst") => add_strings(&mut found, xml),
        _ => add_paragraphs(&mut found, xml, None),
    }
    found.text.through(part)
}

/// Adds the strings of a part that holds those of all sheets, one to a line.
fn add_strings(found: &mut Found, xml: &str) {
    let (mut string, mut in_text) = (Traced::default(), false);
    for (token, range) in Tokens::of_xml(xml, 0) {
        match token {
            Token::Start { name, is_closed, .. } if local(name) == "t" => in_text = !is_closed,
            Token::End { name } if local(name) == "t" => in_text = false,
            Token::End { name } if local(name) == "si" => add_line(found, &std::mem::take(&mut string), "\n", None),
            Token::Text if in_text => add_text(&mut string, &xml[range.clone()], range.start),
            _ => {}
        }
    }
}

/// Adds the paragraphs of a text or of a slide. In OOXML text stands in elements of its own, in OpenDocument right in the paragraph.
fn add_paragraphs(found: &mut Found, xml: &str, place: Option<&Range<usize>>) {
    let is_ooxml = xml.contains("schemas.openxmlformats.org") || xml.contains("purl.oclc.org/ooxml");
    let (mut paragraph, mut depth, mut in_text, mut has_deleted) = (Traced::default(), 0usize, false, false);
    for (token, range) in Tokens::of_xml(xml, 0) {
        match token {
            Token::Start { name, is_closed, .. } => match local(name) {
                "p" | "h" if !is_closed => {
                    // A box of text stands inside a paragraph.
                    add_line(found, &std::mem::take(&mut paragraph), "\n\n", place);
                    depth += 1;
                }
                "t" => in_text = !is_closed,
                "delText" => has_deleted = true,
                "tab" => paragraph.add_own("\t"),
                "br" | "cr" | "line-break" => paragraph.add_own("\n"),
                "s" if !is_ooxml => paragraph.add_own(" "),
                _ => {}
            },
            Token::End { name } => match local(name) {
                "p" | "h" => {
                    add_line(found, &std::mem::take(&mut paragraph), "\n\n", place);
                    depth = depth.saturating_sub(1);
                }
                "t" => in_text = false,
                _ => {}
            },
            Token::Text if in_text || !is_ooxml && depth > 0 => {
                add_text(&mut paragraph, &xml[range.clone()], range.start);
            }
            _ => {}
        }
    }
    add_line(found, &paragraph, "\n\n", place);
    if has_deleted {
        found.problem(FindingKind::HiddenText, "text that was deleted and is still in the file was left out");
    }
}

/// The strings that the cells of all sheets name by number.
fn shared_strings(xml: &str) -> Vec<String> {
    let (mut strings, mut string, mut in_text) = (Vec::new(), String::new(), false);
    for (token, range) in Tokens::of_xml(xml, 0) {
        match token {
            Token::Start { name, is_closed, .. } if local(name) == "t" => in_text = !is_closed,
            Token::End { name } if local(name) == "t" => in_text = false,
            Token::End { name } if local(name) == "si" => strings.push(std::mem::take(&mut string)),
            Token::Text if in_text => string.push_str(&unescaped(&xml[range])),
            _ => {}
        }
    }
    strings
}

/// Adds the rows of a sheet, their cells parted by tabs; without the strings that cells name by number, of the other cells alone.
fn add_rows(found: &mut Found, xml: &str, strings: Option<&[String]>, place: Option<&Range<usize>>) {
    let (mut row, mut cell, mut is_shared, mut in_value) = (Traced::default(), Traced::default(), false, false);
    let (mut between, mut was_cut) = ("\n\n", false);
    for (token, range) in Tokens::of_xml(xml, 0) {
        match token {
            Token::Start { name, attributes, is_closed } => match local(name) {
                "c" => is_shared = attribute(attributes, "t").is_some_and(|kind| kind == "s"),
                "v" | "t" => in_value = !is_closed,
                _ => {}
            },
            Token::End { name } => match local(name) {
                "v" | "t" => in_value = false,
                "c" => {
                    let cell = std::mem::take(&mut cell);
                    let number = if is_shared { cell.text.trim().parse::<usize>().ok() } else { None };
                    if number.is_some() && strings.is_none() {
                        continue;
                    }
                    let string = number.zip(strings).and_then(|(number, strings)| strings.get(number));
                    // The same long string may stand in every cell.
                    let length = row.text.len() + string.map_or(cell.text.len(), String::len);
                    if found.text.text.len() + length > LONGEST_TEXT {
                        was_cut = true;
                        continue;
                    }
                    row.add_own(if row.text.is_empty() { "" } else { "\t" });
                    match string {
                        Some(string) => row.add_own(&string.replace(['\n', '\r'], " ")),
                        None if place.is_none() => row.add(&cell, 0..cell.text.len()),
                        None => row.add_own(&cell.text.replace(['\n', '\r'], " ")),
                    }
                }
                "row" => {
                    let before = found.text.text.len();
                    add_line(found, &std::mem::take(&mut row), between, place);
                    between = if found.text.text.len() > before { "\n" } else { between };
                }
                _ => {}
            },
            Token::Text if in_value => add_text(&mut cell, &xml[range.clone()], range.start),
            _ => {}
        }
    }
    if was_cut {
        found.problem(FindingKind::TooLarge, format!("of its cells those beyond {LONGEST_TEXT} bytes were left out"));
    }
}

/// Title, author and dates, as the document says of itself.
fn about(found: &mut Found, xml: &str) {
    let mut value = String::new();
    for (token, range) in Tokens::of_xml(xml, 0) {
        match token {
            Token::Start { .. } => value.clear(),
            Token::Text => value.push_str(&unescaped(&xml[range])),
            Token::End { name } => {
                let of = &mut found.about;
                let (to, is_kept) = match local(name) {
                    "title" => (&mut of.title, true),
                    "creator" | "initial-creator" => (&mut of.byline, true),
                    "created" | "creation-date" => (&mut of.published, true),
                    "modified" | "date" => (&mut of.modified, true),
                    "language" => (&mut of.language, true),
                    _ => (&mut of.id, false),
                };
                if is_kept {
                    *to = to.take().or_else(|| line(&value));
                }
                value.clear();
            }
            _ => {}
        }
    }
}
