//! Lists of what extortionists published, as RansomLook and ransomware.live give them in JSON: each post is a document.

use std::ops::Range;

use crate::documents::{Found, NoDocument, add_attachment, add_link, line, undecodable};
use crate::finding::FindingKind;
use crate::json::{self, Elements};
use crate::protocol::DocumentFormat;
use crate::sink::{Sink, Stop};
use crate::text::Decoded;
use crate::trace::Traced;

/// Of a list's beginning, where its fields must turn up.
const HEAD: usize = 64 << 10;

/// The names of fields in both services and their versions, best first.
const TITLE: &[&str] = &["post_title", "victim", "title"];
const GROUP: &[&str] = &["group_name", "group", "gang"];
const DISCOVERED: &[&str] = &["published", "discovered", "attackdate", "date"];
const DESCRIPTION: &[&str] = &["description", "summary"];
const ADDRESS: &[&str] = &["claim_url", "post_url", "link", "url", "permalink"];
const DOMAIN: &[&str] = &["website", "domain"];

/// Whether a text is such a list.
pub(crate) fn is_listing(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let head = &start[..start.floor_char_boundary(HEAD)];
    let has = |names: &[&str]| names.iter().any(|name| head.contains(&format!("\"{name}\"")));
    start.starts_with(['[', '{'])
        && (has(&TITLE[..1]) || has(&["victim"]) && has(GROUP))
        && (has(&["discovered"]) || has(&["attackdate"]) || has(GROUP))
}

/// Passes on every post of a list. It is an array, the array under `victims`, `posts`, `data` or `results` of an
/// object, or an array beside others in an array (RansomLook gives a group and then its posts).
pub(crate) fn read(sink: &mut Sink<'_>, name: &str, decoded: &Decoded) -> Result<(), Stop> {
    let text = &decoded.text.text;
    let start = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
    let mut number = 0;
    if text[start..].starts_with('[') {
        return read_list(sink, name, decoded, start, None, &mut number, 0);
    }
    let list = ["victims", "posts", "data", "results"].iter().find_map(|key| json::array_of(text, key, start));
    match list {
        Some((_, array)) => read_list(sink, name, decoded, array, None, &mut number, 0),
        // One post.
        None => sink.document(name, None, || {
            let range = json::value(text, start).map_err(|why| NoDocument::new(FindingKind::Corrupt, why))?;
            post(decoded, &range, None)
        }),
    }
}

fn read_list(
    sink: &mut Sink<'_>,
    name: &str,
    decoded: &Decoded,
    array: usize,
    group: Option<&str>,
    number: &mut u64,
    depth: u8,
) -> Result<(), Stop> {
    let text = &decoded.text.text;
    let mut group = group.map(str::to_owned);
    for element in Elements::new(text, array) {
        if let Ok(range) = &element {
            if text[range.clone()].starts_with('[') && depth < 2 {
                read_list(sink, name, decoded, range.start, group.as_deref(), number, depth + 1)?;
                continue;
            }
            let fields = json::fields(text, range);
            // The group whose posts follow.
            if depth == 0 && find(&fields, &TITLE[..2]).is_none() && find(&fields, &["locations"]).is_some() {
                group = find(&fields, &["name"]).and_then(|value| json::scalar(text, &value));
                continue;
            }
        }
        *number += 1;
        sink.document(name, Some(&format!("post {number}")), || {
            let range = element.map_err(|why| NoDocument::new(FindingKind::Corrupt, why))?;
            post(decoded, &range, group.as_deref())
        })?;
    }
    Ok(())
}

fn find(fields: &[(String, Range<usize>)], names: &[&str]) -> Option<Range<usize>> {
    names.iter().find_map(|name| fields.iter().find(|(key, _)| key == name)).map(|(_, value)| value.clone())
}

/// A post: its title and description, and below them what the list says of it.
fn post(decoded: &Decoded, range: &Range<usize>, of_group: Option<&str>) -> Result<Found, NoDocument> {
    let text = &decoded.text.text;
    let fields = json::fields(text, range);
    let traced = |names: &[&str]| {
        let value = find(&fields, names).and_then(|value| json::string(text, &value))?;
        (!value.text.trim().is_empty()).then_some(value)
    };
    let words = |names: &[&str]| {
        names.iter().find_map(|name| line(&json::scalar(text, &find(&fields, &[name])?)?)).filter(|it| it != "N/A")
    };
    let Some(title) = traced(TITLE) else {
        return Err(NoDocument::new(FindingKind::NotAnEntry, "it has no title"));
    };
    let mut found = Found::new(DocumentFormat::Listing, decoded.encoding, Traced::default());
    let group = words(GROUP).or_else(|| of_group.and_then(line));
    let about = &mut found.about;
    about.title = line(&title.text);
    about.published = words(DISCOVERED);
    about.modified = words(&["updated"]);
    about.address = words(ADDRESS).filter(|address| address.contains("://"));
    if let (Some(group), Some(title)) = (&group, &about.title) {
        // Many posts of a group have its one page for their address.
        about.id = Some(format!("leaksite:{group}/{title}"));
    }
    about.byline.clone_from(&group);
    for names in [ADDRESS, DOMAIN, &["magnet"]] {
        if let Some(address) = words(names) {
            add_link(&mut about.links, &address);
        }
    }
    for name in ["screen", "screenshot"] {
        if let Some(file) = words(&[name]).filter(|file| file.len() < 500) {
            add_attachment(&mut about.attachments, &file);
        }
    }
    let mut out = Traced::default();
    out.add(&title, 0..title.text.len());
    if let Some(description) = traced(DESCRIPTION).filter(|it| it.text.trim() != title.text.trim()) {
        out.add_own("\n\n");
        out.add(&description, 0..description.text.len());
    }
    out.add_own("\n");
    for (label, names) in [("Group", GROUP), ("Website", DOMAIN), ("Discovered", &["discovered"][..])] {
        if let Some(value) = traced(names) {
            out.add_own(&format!("\n{label}: "));
            out.add(&value, 0..value.text.len());
        }
    }
    out.add_own("\n");
    found.text = out.through(&decoded.text);
    if decoded.had_errors {
        found.problem(FindingKind::Undecodable, undecodable(decoded.encoding));
    }
    found.unless_empty()
}
