//! What the story calls its parties: "the dairy Clearmilk", "Clearmilk, a dairy" make "the dairy" Clearmilk; and whom a title without a house
//! speaks for: "chief executive Ann Lee".

use crate::claim::PartyKind;
use crate::read::entities::{Cast, Class};
use crate::read::lexicon;
use crate::read::speech::{Page, sentence_of};
use crate::read::subject::{Sentence, named_by};
use crate::read::tokens::Shape;

/// How far before a person its house may stand, in tokens: "Acme vice president of communications Ann Lee".
const TITLE_REACH: usize = 9;

/// How long a title behind a name may be, in tokens: "the hospital's vice president of human resources and marketing".
const LONGEST_TITLE: usize = 13;

/// Learns what the parties are called, and gives persons with a title the house that the text spoke of.
pub(super) fn describe(text: &str, pages: &[Page], cast: &mut Cast) {
    let mut called: Vec<(String, usize)> = Vec::new();
    let mut homes: Vec<(usize, usize)> = Vec::new();
    let mut last_house = None;
    for page in pages.iter().filter(|p| !p.paragraph.short) {
        for &span in &page.sentences {
            let sentence = sentence_of(text, cast, span, &page.quotes);
            for at in 0..sentence.tokens.len() {
                let Some(party) = sentence.party[at] else { continue };
                let opens = at == 0 || sentence.party[at - 1] != Some(party);
                let found = &cast.parties[party];
                if found.class == Class::Person {
                    if opens && found.home.is_none() {
                        let house = house(&sentence, at, last_house);
                        let house = house.or_else(|| titled_after(&sentence, at, last_house));
                        homes.extend(house.map(|house| (party, house)));
                    }
                    continue;
                }
                if opens {
                    called.extend(noun_before(&sentence, at).map(|noun| (noun, party)));
                }
                if sentence.party.get(at + 1) != Some(&Some(party)) {
                    called.extend(noun_after(&sentence, at).map(|noun| (noun, party)));
                }
                if is_house(cast, party) {
                    last_house = Some(party);
                }
            }
        }
    }
    for (noun, party) in called {
        let parties = cast.called.entry(noun).or_default();
        if !parties.contains(&party) {
            parties.push(party);
        }
    }
    for (person, house) in homes {
        cast.parties[person].home.get_or_insert(house);
    }
}

/// A company that may have a spokesperson: no outlet, no place where people post.
fn is_house(cast: &Cast, party: usize) -> bool {
    let found = &cast.parties[party];
    found.class == Class::Organisation && !found.platform && found.kind != PartyKind::Press
}

/// "The dairy Clearmilk", "the dairy, Clearmilk,".
fn noun_before(sentence: &Sentence<'_>, at: usize) -> Option<String> {
    let mut head = at.checked_sub(1)?;
    let apart = sentence.tokens[head].is_mark(",");
    if apart {
        head = head.checked_sub(1)?;
    }
    let noun = common_noun(sentence, head)?;
    let from = head.saturating_sub(5);
    let phrase =
        (from..head).rev().take_while(|&n| sentence.tokens[n].shape.is_word() || sentence.tokens[n].is_mark("-"));
    let definite = phrase.into_iter().any(|n| matches!(sentence.word(n), "the" | "a" | "an"));
    (definite || !apart && lexicon::company_noun(&noun)).then_some(noun)
}

/// "Clearmilk, a dairy in the north," and "Clearmilk (a dairy)".
fn noun_after(sentence: &Sentence<'_>, at: usize) -> Option<String> {
    let open = sentence.tokens.get(at + 1).filter(|t| t.sets_apart() || t.is_mark("("))?;
    if !open.sets_apart() && !open.is_mark("(") || !matches!(sentence.word(at + 2), "a" | "an" | "the" | "one") {
        return None;
    }
    let end = (at + 3..(at + 12).min(sentence.tokens.len())).find(|&n| {
        !sentence.tokens[n].shape.is_word() && !sentence.tokens[n].is_mark("-")
            || lexicon::preposition(sentence.word(n))
            || lexicon::opens_clause(sentence.word(n))
            || sentence.word(n) == "based"
    })?;
    common_noun(sentence, end - 1)
}

fn common_noun(sentence: &Sentence<'_>, at: usize) -> Option<String> {
    let token = &sentence.tokens[at];
    let word = token.lower.as_str();
    let noun = token.shape == Shape::Word
        && !token.capital
        && sentence.party[at].is_none()
        && word.len() > 2
        && !word.ends_with("ed")
        && !word.ends_with("ing")
        && !lexicon::adverb(word)
        && !lexicon::auxiliary(word)
        && !lexicon::determiner(word)
        && !lexicon::preposition(word)
        && !lexicon::opens_clause(word)
        && !lexicon::person_noun(word)
        && !lexicon::document_noun(word)
        && lexicon::cue(word).is_none()
        && !matches!(
            word,
            "and" | "or" | "of" | "victim" | "target" | "victims" | "company" | "firm" | "group" | "one"
        );
    noun.then(|| word.to_owned())
}

/// Whom a person with a title and no house of its own speaks for.
fn house(sentence: &Sentence<'_>, at: usize, last: Option<usize>) -> Option<usize> {
    let title = (at.saturating_sub(TITLE_REACH)..at)
        .rev()
        .take_while(|&n| {
            lexicon::cue(sentence.word(n)).is_none() && sentence.party[n].is_none_or(|p| is_house(sentence.cast, p))
        })
        .take(6)
        .find(|&n| {
            speaks_for_a_house(sentence, n) || lexicon::person_noun(sentence.word(n)) && of_its_house(sentence, n)
        })?;
    let beside = (at.saturating_sub(TITLE_REACH)..title)
        .rev()
        .find_map(|n| sentence.party[n].filter(|&p| is_house(sentence.cast, p)).map(|p| (n, p)));
    match beside {
        Some((n, party))
            if (n + 1..title)
                .all(|b| sentence.tokens[b].shape != Shape::Mark && lexicon::cue(sentence.word(b)).is_none()) =>
        {
            Some(party)
        }
        _ => last,
    }
}

/// "Ann Lee, company general manager, said", "Ann Lee, its director,": a title behind the name that leaves the house to the story.
fn titled_after(sentence: &Sentence<'_>, at: usize, last: Option<usize>) -> Option<usize> {
    let party = sentence.party[at];
    let end = (at..sentence.tokens.len()).find(|&n| sentence.party[n] != party).unwrap_or(sentence.tokens.len());
    let opens = sentence.tokens.get(end).is_some_and(|t| t.sets_apart());
    let close = (end + 1..(end + 1 + LONGEST_TITLE).min(sentence.tokens.len()))
        .find(|&n| !sentence.tokens[n].shape.is_word() && !matches!(sentence.word(n), "'s" | "’s" | "-"));
    let titled = close.is_some_and(|close| {
        let unnamed = (end + 1..close).all(|n| sentence.party[n].is_none());
        let owned = matches!(sentence.word(end + 1), "its" | "the" | "their");
        opens
            && unnamed
            && (end + 1..close).any(|n| {
                lexicon::person_noun(sentence.word(n))
                    && (owned && speaks_for_a_house(sentence, n)
                        || (end + 1..n).any(|b| lexicon::company_noun(sentence.word(b))))
            })
    });
    // "The hospital's director": the one house that has the word in its name.
    let owner = (end + 1..end + 5).find(|&n| sentence.tokens.get(n + 1).is_some_and(|t| t.shape == Shape::Possessive));
    let named = owner.and_then(|n| {
        let cast = sentence.cast;
        let mut called =
            (0..cast.parties.len()).filter(|&p| is_house(cast, p) && named_by(&cast.parties[p], sentence.word(n)));
        called.next().filter(|_| called.next().is_none())
    });
    named.or(last).filter(|_| titled)
}

/// "Its head of research": whose, the text has just said.
fn of_its_house(sentence: &Sentence<'_>, title: usize) -> bool {
    (title.saturating_sub(3)..title).any(|n| matches!(sentence.word(n), "its" | "their"))
}

/// Titles that are of one house and speak for it.
fn speaks_for_a_house(sentence: &Sentence<'_>, at: usize) -> bool {
    let word = sentence.word(at);
    lexicon::spokesperson(word)
        || matches!(
            word,
            "ceo"
                | "ciso"
                | "cto"
                | "cio"
                | "cfo"
                | "coo"
                | "president"
                | "chairman"
                | "chairwoman"
                | "founder"
                | "co-founder"
                | "minister"
                | "governor"
                | "mayor"
                | "commissioner"
                | "director"
                | "superintendent"
                | "secretary"
                | "chancellor"
        )
        // "City manager", "company general manager".
        || lexicon::person_noun(word) && (1..4).any(|n| at >= n && lexicon::company_noun(sentence.word(at - n)))
        || word == "executive" && at > 0 && sentence.word(at - 1) == "chief"
        || word == "officer" && (1..5).any(|n| at >= n && sentence.word(at - n) == "chief")
}

#[cfg(test)]
mod tests {
    use crate::claim::About;
    use crate::read::{Gazetteer, read};

    fn speakers(text: &str) -> Vec<String> {
        read(text, &About::default(), &Gazetteer::built_in()).drafts.into_iter().map(|d| d.statement.speaker).collect()
    }

    #[test]
    fn a_party_goes_by_what_the_story_calls_it() {
        let story = "A gang known as GreyHeron breached the dairy Brightwell. Tarnwell, a courier, was hit, too. Tarnwell denied that it was breached. Brightwell denied that it was breached.";
        for (said, who) in [("The dairy said more.", "Brightwell"), ("The courier said more.", "Tarnwell")] {
            assert_eq!(speakers(&format!("{story}\n\n{said}")).last().map(String::as_str), Some(who), "{said}");
        }
    }

    #[test]
    fn a_title_speaks_for_the_house_of_the_story() {
        for said in [
            "“We were hacked last night,” chief executive Mara Onslow told reporters.",
            "“We were hacked last night,” Brightwell vice president of communications Mara Onslow said.",
        ] {
            let story = format!(
                "A gang known as GreyHeron breached the dairy Brightwell. Brightwell denied that it was breached.\n\n{said}"
            );
            assert_eq!(speakers(&story).last().map(String::as_str), Some("Mara Onslow (Brightwell)"), "{said}");
        }
        let hospital = "A gang known as GreyHeron breached Stroud Hospital. Tarnwell, a courier, helped.\n\nThe theft was old, Mara Onslow, the hospital’s vice president of human resources and marketing, told The Daily Log.";
        assert_eq!(speakers(hospital).last().map(String::as_str), Some("Mara Onslow (Stroud Hospital)"));
    }
}
