//! Who is meant: the names that a model copied, as the names that the rules know.

use crate::claim::{OrganisationRole, PartyKind, Reading};

/// The party that the rules know by this name, with the part that it plays; the name itself where they know none.
pub(super) fn known(rules: &Reading, name: &str) -> (String, PartyKind) {
    let speaker = rules.drafts.iter().map(|draft| &draft.statement).find(|said| same(&said.speaker, name));
    if let Some(said) = speaker {
        return (said.speaker.clone(), said.speaker_kind);
    }
    let actor =
        rules.actors.iter().find(|actor| actor.aliases.iter().chain([&actor.name]).any(|known| same(known, name)));
    if let Some(actor) = actor {
        return (actor.name.clone(), PartyKind::Actor);
    }
    match rules.organisations.iter().find(|organisation| same(&organisation.name, name)) {
        Some(organisation) => (
            organisation.name.clone(),
            match organisation.role {
                OrganisationRole::AllegedVictim => PartyKind::Victim,
                OrganisationRole::Researcher => PartyKind::Researcher,
                OrganisationRole::Outlet => PartyKind::Press,
                OrganisationRole::Other => PartyKind::Other,
            },
        ),
        None => (name.to_owned(), PartyKind::Other),
    }
}

/// Whether two names are of one party: the same words, or one with words left out at its ends. `Person (Organisation)` is either.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (forms(one), forms(other));
    one.iter().any(|x| other.iter().any(|y| within(x, y) || within(y, x)))
}

fn within(short: &[String], long: &[String]) -> bool {
    let letters: usize = short.iter().map(|word| word.chars().count()).sum();
    !short.is_empty() && (short == long || letters >= 4 && long.windows(short.len()).any(|run| run == short))
}

fn forms(name: &str) -> Vec<Vec<String>> {
    let words = |name: &str| -> Vec<String> {
        let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        words.filter(|word| !matches!(word.as_str(), "" | "the" | "a" | "an" | "s")).collect()
    };
    match name.split_once('(') {
        Some((person, organisation)) => vec![words(person), words(organisation)],
        None => vec![words(name)],
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_party_is_the_same_under_part_of_its_name() {
        for (one, other) in [
            ("Brightwell", "the Brightwell's"),
            ("Mara Onslow (Brightwell)", "Onslow"),
            ("Mara Onslow (Brightwell)", "Brightwell spokesperson"),
            ("Tarn Labs", "TARN LABS"),
        ] {
            assert!(same(one, other) && same(other, one), "{one} {other}");
        }
        for (one, other) in
            [("Brightwell", "Tarnwell"), ("the", "the"), ("", ""), ("Al", "Al Brook"), ("She", "Onslow")]
        {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
