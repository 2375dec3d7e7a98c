//! What of the company's the pictures of a sample show: lines that were read in them, held against the company's files.

use std::fs::File;

use fingerprint::Profile;

use super::aligning::Aligner;
use super::numbers::best_match;
use crate::align::{Seen, Shelf, telling};
use crate::claim::{Screen, ScreenLine, counted};
use crate::inspect::{ReadLine, ReadPicture, ReadPictures, code_of, sure};
use crate::listing::{Listing, of_lines};
use crate::matching::{self, Bounds, MatchError, Matcher, Place, is_of_licence};
use crate::release::masked_in_place;

/// Letters and figures in lines that tell something: with fewer nothing is said of a picture.
const LEAST_READ: u32 = 60;

/// Letters and figures, and lines, that a picture must have in common with a file of the company's; grams of those that nobody else has.
const LEAST_LETTERS: u32 = 80;
const LEAST_LINES: usize = 4;
const LEAST_HITS: u64 = 2;

/// Thousandths of what was read that must be the company's: menus, folders and other windows stand around it.
const LEAST_SHARE: u32 = 300;

/// Thousandths of the best file's letters with which another file shows as much.
const AS_MUCH: u32 = 970;

/// Pictures that a result names.
const NAMED: usize = 500;

/// What each picture shows of the files of one owner, those that show something first; and what is to be said of all.
pub(super) fn screens(
    read: &ReadPictures,
    corpora: &[matching::Corpus<'_, File>],
    bounds: Bounds,
) -> Result<(Vec<Screen>, Vec<String>), MatchError> {
    if read.all.is_empty() && read.left_out == 0 {
        return Ok((Vec::new(), Vec::new()));
    }
    let matcher = Matcher::new(&Profile::one(), corpora, bounds)?;
    let mut aligner = Aligner::new(corpora);
    let mut screens = Vec::new();
    for picture in &read.all {
        screens.push(match &picture.lines {
            Ok(lines) => screen(picture, lines, &matcher, &mut aligner)?,
            Err(why) => Screen { words: vec![format!("It was not read: {why}.")], ..plain(picture, Screen::NOT_READ) },
        });
    }
    let words = words(read, &screens);
    screens.sort_by_key(|it| (rank(it), std::cmp::Reverse(it.letters.0)));
    screens.truncate(NAMED);
    Ok((screens, words))
}

/// The lists of files that pictures show, each with the picture's path.
pub(super) fn listings(read: &ReadPictures) -> impl Iterator<Item = (&str, Listing)> {
    read.all.iter().filter_map(|picture| {
        let lines: Vec<&str> = picture.lines.as_ref().ok()?.iter().map(|line| line.text.as_str()).collect();
        Some((picture.path.as_str(), of_lines(&lines)?))
    })
}

fn rank(screen: &Screen) -> usize {
    let order = [Screen::OURS, Screen::NOTHING, Screen::CANNOT_TELL];
    order.iter().position(|verdict| *verdict == screen.verdict).unwrap_or(order.len())
}

/// What is known of a picture that is held against nothing.
fn plain(picture: &ReadPicture, verdict: &str) -> Screen {
    Screen {
        path: picture.path.clone(),
        format: picture.format.clone(),
        size: picture.size,
        verdict: verdict.to_owned(),
        ..Screen::default()
    }
}

fn screen(
    picture: &ReadPicture,
    lines: &[ReadLine],
    matcher: &Matcher<'_, File>,
    aligner: &mut Aligner<'_>,
) -> Result<Screen, MatchError> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let all = telling(&texts);
    let mut found = plain(picture, Screen::CANNOT_TELL);
    found.sure = sure(lines);
    found.read = u32::try_from(texts.iter().filter(|text| telling(&[text]) > 0).count()).unwrap_or(u32::MAX);
    found.letters = (0, all);
    found.words = of_its_kind(picture);
    if all < LEAST_READ {
        found.words.push("There is too little text in it that could be read.".to_owned());
        return Ok(found);
    }
    Screen::NOTHING.clone_into(&mut found.verdict);
    let places = matcher.closest(code_of(lines).as_bytes())?;
    let mut seen: Vec<(Seen, Place, Vec<u8>)> = Vec::new();
    let mut not_at_hand = None;
    for place in places.into_iter().filter(|place| place.hits >= LEAST_HITS) {
        match aligner.original(&place) {
            Ok(text) => seen.push((seen_of(&text, &texts), place, text)),
            Err(why) => not_at_hand = not_at_hand.or(Some((place, why))),
        }
    }
    // Of those that show as much, the one that holds most grams stands first.
    seen.sort_by_key(|(seen, ..)| std::cmp::Reverse(seen.letters));
    match (seen.first(), not_at_hand) {
        (Some((best, place, text)), _) if is_enough(best, all) => {
            let as_much = |it: &&(Seen, Place, Vec<u8>)| it.0.letters * 1000 >= best.letters * AS_MUCH;
            let mut also: Vec<String> =
                seen.iter().filter(as_much).map(|it| String::from_utf8_lossy(&it.1.path).into_owned()).collect();
            let named = best_match(place);
            also.retain(|path| *path != named.path);
            also.sort();
            also.dedup();
            Screen::OURS.clone_into(&mut found.verdict);
            found.letters.0 = best.letters.min(all);
            found.lines = side_by_side(lines, best, text);
            found.picture.clone_from(&picture.png);
            (found.best, found.also) = (Some(named), also);
        }
        (None, Some((place, why))) => {
            Screen::CANNOT_TELL.clone_into(&mut found.verdict);
            let path = String::from_utf8_lossy(&place.path).into_owned();
            found.words.push(format!("It may show {path}, which could not be held beside it: {why}."));
        }
        _ => {}
    }
    Ok(found)
}

/// The lines of a text of ours that were read, but for those that licences have: they are everybody's.
fn seen_of(text: &[u8], read: &[&str]) -> Seen {
    let seen = Shelf::of(text).seen(read);
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let mut is_licensed = false;
    for (_, number) in &seen.lines {
        let line = usize::try_from(*number).ok().and_then(|number| lines.get_mut(number.checked_sub(1)?));
        if let Some(line) = line.filter(|line| is_of_licence(line)) {
            *line = b"";
            is_licensed = true;
        }
    }
    if is_licensed { Shelf::of(&lines.join(&b'\n')).seen(read) } else { seen }
}

fn is_enough(seen: &Seen, all: u32) -> bool {
    seen.letters >= LEAST_LETTERS && seen.lines.len() >= LEAST_LINES && seen.letters * 1000 >= all * LEAST_SHARE
}

/// The lines of a picture, each with the one of ours that it shows.
fn side_by_side(lines: &[ReadLine], seen: &Seen, text: &[u8]) -> Vec<ScreenLine> {
    // Masked whole: in a part of one a secret may no longer look like one.
    let ours = masked_in_place(&String::from_utf8_lossy(text));
    let ours: Vec<&str> = ours.lines().collect();
    let line = |(at, line): (usize, &ReadLine)| {
        let number = seen.lines.iter().find(|(read, _)| *read == at).map(|(_, number)| *number);
        let of_ours = number.and_then(|number| ours.get(usize::try_from(number).ok()?.checked_sub(1)?));
        ScreenLine {
            read: masked_in_place(&line.text),
            place: line.place,
            number,
            ours: of_ours.map(|line| line.trim_end().chars().take(LONGEST_LINE).collect()),
        }
    };
    lines.iter().enumerate().map(line).collect()
}

/// Characters of a line that a result keeps.
const LONGEST_LINE: usize = 400;

/// What kind of picture it is, where that matters.
fn of_its_kind(picture: &ReadPicture) -> Vec<String> {
    let photo = picture.is_photo.then_some(
        "It looks like a photograph and not like a picture that a screen gave of itself: less of such is read, and more of it wrongly.",
    );
    let animated = picture.is_animated.then_some("It is animated, and only its first picture was read.");
    photo.into_iter().chain(animated).map(str::to_owned).collect()
}

/// What is to be said of all pictures.
fn words(read: &ReadPictures, screens: &[Screen]) -> Vec<String> {
    let pictures = |count: usize| counted(count, "picture");
    let mut words = Vec::new();
    let of = |verdict: &str| screens.iter().filter(|it| it.verdict == verdict).count();
    if let Some(program) = &read.program {
        words.push(format!(
            "Text was read in {} by {program}: {} of the company's, {} nothing of it that was found. What is read in a picture has errors, and can be \
             made by hand: it is weaker evidence than the bytes of a file, and counts in none of the figures above.",
            pictures(read.all.len()),
            if of(Screen::OURS) == 1 { "1 shows lines".to_owned() } else { format!("{} show lines", of(Screen::OURS)) },
            match of(Screen::NOTHING) {
                1 => "1 shows".to_owned(),
                many => format!("{many} show"),
            },
        ));
    }
    let not_read = of(Screen::NOT_READ);
    if not_read > 0 {
        let why = read.all.iter().find_map(|it| it.lines.as_ref().err()).map(String::as_str).unwrap_or_default();
        words.push(format!("Not read: {}, the first because {why}.", pictures(not_read)));
    }
    if read.left_out > 0 {
        words.push(format!("Not read: {} more pictures, which are too many for one match.", read.left_out));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_licence_are_not_lines_of_ours() {
        let licence = "// Licensed under the Apache License, Version 2.0 (the \"License\");\n// you may not use this file except in compliance with \
                       the License.\n// You may obtain a copy of the License at\n";
        let own = "func engine_scan(table int) int {\n\treturn vault_sign(table) + 42\n}\n";
        let text = format!("{licence}\npackage engine\n\n{own}");
        let read: Vec<&str> = licence.lines().chain(own.lines()).collect();
        let seen = seen_of(text.as_bytes(), &read);
        assert_eq!(seen.lines, [(3, 7), (4, 8)]);
        assert!(seen_of(text.as_bytes(), &read[..3]).lines.is_empty());
    }
}
