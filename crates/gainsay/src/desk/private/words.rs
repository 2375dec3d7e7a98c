//! What each step tells the other side, in plain words, and what comes next.

use std::path::Path;

use private_match::{Counts, Label, Mode, Session, Terms};

use super::corpus::LeftOut;
use super::elements::What;
use crate::claim::{counted, on_one_line, quoted};

/// A count of elements.
pub(super) fn elements(count: u32) -> String {
    counted(count, "element")
}

/// What terms are about.
fn about(terms: &Terms) -> String {
    let sampled = match terms.sampling {
        0 | 1 => String::new(),
        one_in => format!(", one in {one_in} of all, chosen by a hash"),
    };
    format!("{} ({}{sampled})", elements(terms.elements), terms.inputs)
}

/// What so few elements tell, or groups, or that elements are learned.
fn warnings(terms: &Terms, what: &What) -> String {
    let mut words = String::new();
    if terms.elements < 1_000 {
        words += "\nThey are fewer than 1000. So few may be a few files: whoever knows what they are learns of single files whether they are there, and with a second session that differs by one, of a single element.";
    }
    if terms.bins.len() > 1 {
        words += &format!(
            "\nIt is counted in {} groups, one for each file. A group may be as small as one element: agreeing to that is nearly agreeing to tell which.",
            terms.bins.len()
        );
    }
    if what.kind == crate::claim::ElementKind::Lines {
        words += "\nLines that were read off pictures seldom come out alike twice: few matches mean little.";
    }
    words
}

pub(super) fn invite(terms: &Terms, what: &What, digits: &str) -> String {
    let learns = match terms.mode {
        Mode::Count => "how many of them are in each part of what they hold, never which",
        Mode::Which => "which of them are there, and in which part",
    };
    format!(
        "Whoever has the key with the digits {digits} will learn from this file that you hold {}, concerning {:?}, and that you ask to learn {learns}.\nThey will not learn what the elements are, now or later, unless you reveal it.\nThe file binds you to this sample: its digest under a secret is in it, and no other one can be asked about under this claim. This is session {} of {} that there may be.{}",
        about(terms),
        terms.claim,
        terms.session,
        terms.sessions,
        warnings(terms, what)
    )
}

/// The sizes of labels.
fn labels(labels: &[Label]) -> String {
    labels.iter().map(|label| format!("\n  {}: at most {} elements", label.name, label.count)).collect()
}

pub(super) fn agree(session: &Session, what: &What, digits: &str, left_out: LeftOut) -> String {
    let terms = &session.invitation.terms;
    let later = match terms.mode {
        Mode::Count => "how many of its elements are in each of these parts, and not which",
        Mode::Which => "which of its elements are in each of these parts",
    };
    let public = match left_out {
        LeftOut::Indexed => "\nWhat your public and published corpora have was left out: it is counted for nobody.",
        LeftOut::Filtered => {
            "\nWhat your public and published corpora have was left out: it is counted for nobody. Some of them are filters, and a filter takes one in 256 of what only you have for public too: so little more of yours was left out, and counts come out lower by so much."
        }
        LeftOut::Nothing => {
            "\nNo public corpus takes part on this desk: what everybody has counts as yours, and a sample padded with it gains by that. Add one with `gainsay corpus add NAME PATH --public` first, if you have it."
        }
        LeftOut::Lists => "",
    };
    format!(
        "Whoever has the key with the digits {digits} holds {} and asks about {:?}.\nFrom this file they will learn the names and rounded sizes of these parts of what you hold:{}\nIf you then answer their request, they will learn {later}. You will learn the counts, which they sign.\nThe file binds you to what you hold now: nothing can be added or taken out before the answer.{public}{}",
        about(terms),
        terms.claim,
        labels(&session.agreement.labels),
        warnings(terms, what)
    )
}

pub(super) fn request(session: &Session) -> String {
    format!(
        "They will learn nothing from this file but that you go on: it holds your {} blinded, and nobody without your secrets can tell what they are.\nThey hold what they compare in these parts:{}",
        elements(session.invitation.terms.elements),
        labels(&session.agreement.labels)
    )
}

pub(super) fn answer(session: &Session) -> String {
    let terms = &session.invitation.terms;
    let learns = match terms.mode {
        Mode::Count => "how many of their elements are in each part of what you hold, and not which",
        Mode::Which => "which of their elements are in each part of what you hold",
    };
    format!(
        "With this file they will learn {learns}: of {}, concerning {:?}. It cannot be taken back.\nThe file also holds all that you compare, under a key that is used this once: without it nobody can tell what it is, or try elements of their own beyond those asked about.",
        about(terms),
        terms.claim
    )
}

/// What was counted.
pub(super) fn counts(session: &Session, counts: &Counts, groups: &[String]) -> String {
    let terms = &session.invitation.terms;
    let total = counts.total();
    let mut words = format!("{total} of {} are there: {} of the sample.", about(terms), share(total, terms));
    if terms.sampling > 1 {
        words += " The interval holds in 95 of 100 such samplings.";
    }
    for (place, label) in session.agreement.labels.iter().enumerate() {
        let count = counts.of(place);
        words += &format!("\n  {}: {count} ({})", label.name, share(count, terms));
    }
    if groups.len() > 1 {
        for (name, count) in groups.iter().zip(&counts.anywhere) {
            words += &format!("\n  in {}: {count}", on_one_line(name));
        }
    }
    let chance = session.chance();
    if chance >= 0.01 {
        words += &format!("\nSome {chance:.2} of them are expected to be there by chance alone.");
    } else {
        words += "\nThat any of them is counted by chance alone: less than once in a hundred sessions.";
    }
    words
}

/// "29%", "between 71% and 74%", "less than 1%".
fn share(matches: u32, terms: &Terms) -> String {
    crate::claim::share(super::record::percent(matches, terms), matches)
}

pub(super) fn result(session: &Session, said: &Counts) -> String {
    format!(
        "They will learn these counts from this file, {} of {} in all, which you vouch for with your signature.",
        said.total(),
        elements(session.invitation.terms.elements)
    )
}

pub(super) fn countersign(session: &Session) -> String {
    format!(
        "They will learn from this file that you agree: the counts are of the files that were exchanged. Whoever is given the statement, by you or by them, can check with both public keys that you took part, concerning {:?}, the names and sizes of your parts, and the counts. You do not vouch for the counts themselves, which you cannot check.",
        session.invitation.terms.claim
    )
}

pub(super) fn reveal(matches: usize) -> String {
    format!(
        "They will learn which of the things that they hold your sample has: {}. They can check that each was in the sample that you committed to before they answered. It cannot be taken back.",
        counted(matches, "element")
    )
}

/// What to do with a file that was written.
pub(super) fn next(output: &Path, whom: &str, then: &str) -> String {
    let file = output.file_name().unwrap_or(output.as_os_str()).to_string_lossy().into_owned();
    format!(
        "Wrote {}. Send it to the {whom} in any way, by mail or on a stick: nobody else can read it.\nNext they run: gainsay private {then}",
        on_one_line(&output.to_string_lossy()),
        then = then.replace("FILE", &quoted(&file))
    )
}
