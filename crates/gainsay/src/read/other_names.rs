//! Names for one party: "GreyHeron, also known as Storm Finch", "GreyHeron (UNC1234)", "GreyHeron, which Acme tracks as Finch".

use crate::read::candidates::Run;
use crate::read::evidence::Evidence;
use crate::read::lexicon;
use crate::read::names::NameKind;
use crate::read::tokens::Token;

/// How many tokens may stand between a name and another for the same party.
const BETWEEN: usize = 10;

/// The run that `found[at]` is another name of.
pub(super) fn alias_of(tokens: &[Token], found: &[Run], at: usize, told: &[Evidence]) -> Option<usize> {
    let main = at.checked_sub(1)?;
    let (first, last) = (&found[main], &found[at]);
    let between = &tokens[first.last + 1..last.first];
    if between.is_empty() || between.len() > BETWEEN {
        return None;
    }
    let words: Vec<&str> = between.iter().map(|t| t.lower.as_str()).filter(|w| !is_quotation_mark(w)).collect();
    // "Also known as Finch or Wren": a list goes on.
    if matches!(words.as_slice(), ["or" | "/" | "and"]) {
        return alias_of(tokens, found, main, told);
    }
    // "Tracked by Acme as Finch": the name between is who gives the other name.
    if words == ["as"]
        && let Some(before) = main.checked_sub(1)
    {
        let given: Vec<&str> = tokens[found[before].last + 1..first.first].iter().map(|t| t.lower.as_str()).collect();
        let named = matches!(
            given.as_slice(),
            [.., "tracked" | "named" | "dubbed" | "known" | "called" | "identified", "by" | "to"]
        );
        return named.then_some(before);
    }
    if also(&words) {
        // "GreyHeron, which Acme tracks as Finch": the name between is who gives the other name.
        let by_another = matches!(words.first(), Some(&("tracks" | "calls" | "dubs" | "tracked" | "dubbed" | "named")));
        if by_another {
            let before = main.checked_sub(1)?;
            let clause = &tokens[found[before].last + 1..first.first];
            let relative = clause.iter().any(|t| matches!(t.lower.as_str(), "which" | "that" | "whom" | "by"));
            // "Acme said the crew, which Bolt calls Finch": the crew, and not Acme.
            let of_another = clause.iter().any(|t| lexicon::actor_noun(&t.lower) || lexicon::cue(&t.lower).is_some());
            return (relative && !of_another).then_some(before);
        }
        // "Acme blames a group that it calls Finch": not Acme.
        let calls_another = words.iter().any(|w| matches!(*w, "tracks" | "calls" | "dubs"));
        if calls_another {
            return None;
        }
        return (!words.iter().any(|w| lexicon::cue(w).is_some() && *w != "called")).then_some(main);
    }
    // "GreyHeron (UNC1234)".
    let bracketed = words == ["("] && tokens.get(last.last + 1).is_some_and(|t| t.is_mark(")"));
    let crew = |at: usize| found[at].known == Some(NameKind::Actor) || told.get(at).is_some_and(|e| e.actor >= 4);
    let coded = tokens[last.first].lower.starts_with(|c: char| c.is_ascii_lowercase())
        && tokens[last.first].lower.ends_with(|c: char| c.is_ascii_digit());
    (bracketed && crew(main) && (coded || crew(at) || found[at].known.is_none())).then_some(main)
}

fn is_quotation_mark(word: &str) -> bool {
    matches!(word, "\"" | "“" | "”" | "‘" | "’" | "'" | "«" | "»")
}

/// The words end in "also known as", "aka", "formerly".
fn also(words: &[&str]) -> bool {
    let end = words.iter().rposition(|w| {
        !matches!(*w, "the" | "name" | "names" | "alias" | "aliases" | "moniker" | "handle" | "online" | "simply")
    });
    let Some(end) = end else { return false };
    let told = &words[..=end];
    let has = |list: &[&str]| told.iter().any(|w| list.contains(w));
    match words[end] {
        "aka" | "a.k.a" | "f.k.a" | "née" | "formerly" | "previously" => true,
        "." => end > 0 && matches!(words[end - 1], "a.k.a" | "f.k.a"),
        "as" => {
            has(&["tracked", "tracks", "rebranded", "referred"])
                || has(&["known", "operating", "trading", "identified", "doing"])
                    && has(&[
                        "also",
                        "formerly",
                        "previously",
                        "otherwise",
                        "sometimes",
                        "better",
                        "variously",
                        "alternatively",
                        "now",
                    ])
        }
        "calls" | "dubs" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::pages;

    /// The other names of a party.
    fn others(text: &str, name: &str) -> Vec<String> {
        let cast = cast(text, &pages(text), &About::default(), &Gazetteer::default());
        cast.parties.iter().find(|p| p.name == name).map(|p| p.aliases.clone()).unwrap_or_default()
    }

    #[test]
    fn other_names_are_of_one_party() {
        for (text, names) in [
            ("The gang Grey Heron, also known as Finch or Wren, stole files.", &["Finch", "Wren"][..]),
            ("The gang Grey Heron (UNC1234) stole files.", &["UNC1234"]),
            ("The gang Grey Heron, tracked by Tarnwell as Finch, stole files.", &["Finch"]),
            ("The gang Grey Heron, which Tarnwell calls Finch, stole files.", &["Finch"]),
            ("The gang Grey Heron, formerly Finch, stole files.", &["Finch"]),
        ] {
            assert_eq!(others(text, "Grey Heron"), names, "{text}");
        }
    }

    #[test]
    fn who_gives_the_name_does_not_bear_it() {
        let text =
            "The research firm Tarnwell said that it blames a group it calls Grey Heron. Tarnwell knows Grey Heron.";
        assert_eq!(others(text, "Tarnwell"), Vec::<String>::new());
    }
}
