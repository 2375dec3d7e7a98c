//! What a source said in an earlier version and says no longer.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{Case, Said, SourceText};

/// The place of the newest version of a source.
pub fn newest(case: &Case, source: usize) -> usize {
    let mut newest = source;
    // A version always came in behind the one that it takes the place of.
    while let Some(next) = case.sources[newest].replaced_by.filter(|next| *next > newest) {
        newest = next;
    }
    newest
}

/// The handles of the statements whose words the newest version of their source no longer has, wherever in it. Where only blanks, marks
/// or capitals differ it has them; where its text is not here nothing is known.
pub fn dropped(case: &Case) -> BTreeSet<String> {
    let mut texts: BTreeMap<usize, Option<String>> = BTreeMap::new();
    let mut is_dropped = |said: &Said| {
        let newest = newest(case, said.source);
        let quote = said.quote(case).filter(|_| newest != said.source)?;
        let text = texts.entry(newest).or_insert_with(|| match &case.sources[newest].text {
            SourceText::Here(text) => Some(plain(text)),
            _ => None,
        });
        text.as_ref().map(|text| !text.contains(&plain(quote)))
    };
    let shows = case.statements.iter().filter(|said| said.state.shows());
    shows.filter(|said| is_dropped(said) == Some(true)).map(|said| said.handle.clone()).collect()
}

/// A text as it is compared: its letters and figures in small, a blank before and after each word.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push(' ');
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        plain.extend(word.chars().flat_map(char::to_lowercase));
        plain.push(' ');
    }
    plain
}
