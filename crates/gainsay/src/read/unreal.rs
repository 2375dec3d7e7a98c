//! Speech that did not happen: "had Acme said", "if Acme admits", "Acme would have confirmed", "it is not true that Acme confirmed".

use crate::read::lexicon;
use crate::read::subject::Sentence;

/// How far before a subject its clause may begin, in tokens.
const CLAUSE_REACH: usize = 30;

/// Whether a verb of speaking at `verb`, with its helpers from `helpers` on and its subject from `subject` on, is only supposed, asked,
/// foreseen or called untrue.
pub(super) fn is_unreal(sentence: &Sentence<'_>, subject: usize, helpers: usize, verb: usize) -> bool {
    let denied = (helpers..verb).any(|at| lexicon::negates(sentence.word(at)));
    // "Would only say that" says it; "would not say" keeps silent.
    let only = (helpers..verb + 2).any(|at| sentence.word(at) == "only");
    let supposed = (helpers..verb).any(|at| {
        let word = sentence.word(at);
        // "The Log can reveal" reveals it.
        let reveals = word == "can" && sentence.word(verb) == "reveal";
        modal(word)
            && !reveals
            && sentence.word(at + 1) != "only"
            && !only
            && (!denied || sentence.word(at + 2) == "have")
    });
    let nobody = matches!(sentence.word(subject), "no" | "nobody" | "none" | "neither");
    supposed || nobody || turned_about(sentence, subject) || hangs_on_a_doubt(sentence, subject)
}

fn modal(word: &str) -> bool {
    matches!(word, "would" | "could" | "might" | "may" | "should" | "will" | "can")
}

/// "Had Acme said", "should Acme say", "did Acme say?": the helper stands before the subject.
fn turned_about(sentence: &Sentence<'_>, subject: usize) -> bool {
    let Some(before) = subject.checked_sub(1) else {
        return false;
    };
    let opens = before.checked_sub(1).is_none_or(|b| {
        let token = &sentence.tokens[b];
        !token.shape.is_word() || matches!(sentence.word(b), "and" | "but" | "or")
    });
    match sentence.word(before) {
        "had" | "were" | "should" | "would" | "could" | "might" => true,
        "has" | "have" | "did" | "does" | "do" | "will" | "can" | "is" | "was" => {
            opens || sentence.tokens.last().is_some_and(|t| t.is_mark("?"))
        }
        _ => false,
    }
}

/// "If", "unless", "whether" opens the clause; or "that" does, behind words that call it untrue or hearsay.
fn hangs_on_a_doubt(sentence: &Sentence<'_>, subject: usize) -> bool {
    let clause = || {
        (subject.saturating_sub(CLAUSE_REACH)..subject).rev().take_while(|&at| {
            let token = &sentence.tokens[at];
            token.shape.is_word() || matches!(token.lower.as_str(), "'s" | "-")
        })
    };
    let asked = |at: usize| at > 0 && matches!(sentence.word(at - 1), "asked" | "asking" | "wonder" | "wondered");
    let supposed = clause().any(|at| match sentence.word(at) {
        "if" | "unless" | "whether" => !asked(at),
        "suppose" | "supposing" | "assuming" | "imagine" | "provided" | "lest" => true,
        _ => false,
    });
    let doubted = subject > 0 && sentence.word(subject - 1) == "that" && {
        clause().any(|at| {
            lexicon::negates(sentence.word(at))
                || matches!(
                    sentence.word(at),
                    "false" | "untrue" | "wrong" | "rumour" | "rumours" | "rumor" | "rumors" | "denied" | "denies"
                )
        })
    };
    supposed || doubted
}

#[cfg(test)]
mod tests {
    use crate::claim::{About, Stance};
    use crate::read::{ACCEPT_AT, Gazetteer, read};

    fn stances(text: &str) -> Vec<(String, Stance)> {
        let reading = read(text, &About::default(), &Gazetteer::built_in());
        reading.drafts.into_iter().map(|d| (d.statement.speaker, d.statement.stance)).collect()
    }

    #[test]
    fn what_was_never_said_is_no_statement() {
        for text in [
            "Had Brightwell Corp said that its systems were breached, Tarnwell would have stopped.",
            "If Brightwell Corp confirmed that its systems were breached, customers would leave.",
            "Were Brightwell Corp to confirm that its data was stolen, Tarnwell would sell.",
            "Should Brightwell Corp confirm that its data was stolen, its shares would fall.",
            "Brightwell Corp would have said that its systems were breached.",
            "Brightwell Corp might confirm that its systems were breached.",
            "Tarnwell would stop if the lock maker Brightwell Corp admitted that its systems were breached.",
            "It is not true that Brightwell Corp confirmed that its systems were breached.",
            "Did Brightwell Corp confirm that its systems were breached?",
            "No Brightwell Corp spokesperson confirmed that its systems were breached.",
        ] {
            assert_eq!(stances(text), [], "{text}");
        }
    }

    #[test]
    fn a_condition_inside_what_is_said_is_no_admission() {
        for text in [
            "Brightwell Corp said that if its systems had been breached, it would tell customers.",
            "Brightwell Corp said that it would tell customers had its systems been breached.",
            "Brightwell Corp said that its data would have been stolen without the new locks.",
        ] {
            let reading = read(text, &About::default(), &Gazetteer::built_in());
            for draft in reading.drafts {
                assert_eq!(draft.statement.stance, Stance::Informs, "{text}");
                assert!(draft.confidence < ACCEPT_AT, "{text}");
            }
        }
    }

    #[test]
    fn what_was_said_under_a_condition_or_sparingly_was_said() {
        assert_eq!(stances("Asked if it had been hacked, Brightwell Corp said that it was.").len(), 1);
        for text in [
            "Brightwell Corp would only say that its systems were breached.",
            "Only then did Brightwell Corp confirm that its systems were breached.",
        ] {
            let told = stances(text);
            let admitted = |s: Stance| matches!(s, Stance::Confirms | Stance::PartlyConfirms);
            assert!(
                matches!(told.as_slice(), [(who, s)] if who == "Brightwell Corp" && admitted(*s)),
                "{text}: {told:?}"
            );
        }
    }

    #[test]
    fn to_withhold_a_confirmation_is_no_comment() {
        for words in [
            "refused to confirm",
            "declined to confirm",
            "would not confirm",
            "could not confirm",
            "did not confirm",
            "didn’t confirm",
            "has not confirmed",
            "never confirmed",
            "has yet to confirm",
            "neither confirmed nor denied",
            "would neither confirm nor deny",
            "has neither confirmed nor denied",
        ] {
            let text = format!("Brightwell Corp {words} that its data was stolen.");
            assert_eq!(stances(&text), [("Brightwell Corp".to_owned(), Stance::NoComment)], "{text}");
        }
        let hanging = "Brightwell Corp put up a page, without confirming that its data was stolen.";
        assert_eq!(stances(hanging), []);
    }

    #[test]
    fn who_tells_of_anothers_silence_informs() {
        for words in ["refused to confirm", "has not confirmed", "neither confirmed nor denied"] {
            let text = format!("Brightwell Corp {words} that its data was stolen, Tarnwell said.");
            let told = stances(&text);
            assert!(told.contains(&("Tarnwell".to_owned(), Stance::Informs)), "{text}: {told:?}");
            assert!(told.iter().all(|t| matches!(t.1, Stance::Informs | Stance::NoComment)), "{text}: {told:?}");
        }
    }
}
