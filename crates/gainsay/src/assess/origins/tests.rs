#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use super::*;
use crate::assess::disagreements::tests::{Told, assessed, case};
use crate::claim::{Contact, Facet, Span};

const ACTOR: (&str, PartyKind) = ("Dustfinch", PartyKind::Actor);
const FIRM: (&str, PartyKind) = ("Firm", PartyKind::Researcher);
const COMPANY: (&str, PartyKind) = ("Marlbeck", PartyKind::Victim);

fn claims(who: (&'static str, PartyKind), facets: &'static [Facet], words: &'static str) -> Told {
    Told { who, stance: Stance::Claims, facets, words, about: &["Marlbeck"], origin: None }
}

#[test]
fn origins_are_followed_claim_by_claim() {
    let mut case = case(&[
        &[
            claims(ACTOR, &[Facet::Volume], "we have 30 TB"),
            Told {
                origin: Some("Dustfinch"),
                stance: Stance::Informs,
                ..claims(FIRM, &[Facet::Access], "they were in")
            },
        ],
        &[
            claims(FIRM, &[Facet::Access], "our data shows that a lab was entered"),
            Told { stance: Stance::PartlyConfirms, ..claims(COMPANY, &[Facet::Access], "a lab was entered") },
        ],
    ]);
    let span = Span { start: 0, end: 1 };
    let contact = Contact { from: "Firm".into(), to: "Dustfinch".into(), date: None, span };
    case.sources[0].reading.contacts.push(contact);
    let assessment = assessed(&case);
    let of = |facet: Facet| {
        let place = assessment.claims.iter().position(|claim| claim.facet == facet).unwrap();
        assessment.graph.of_claims[place].in_words(true)
    };
    assert_eq!(of(Facet::Volume), ["Dustfinch"]);
    assert_eq!(of(Facet::Access), ["Dustfinch through Firm", "Marlbeck, its own admission"]);
    let origins: Vec<&str> =
        assessment.graph.nodes.iter().filter(|node| node.is_origin).map(|node| node.name.as_str()).collect();
    assert_eq!(origins, ["Dustfinch", "Marlbeck"]);
}

#[test]
fn what_goes_round_in_a_circle_ends() {
    let relay = |from, to| Told {
        origin: Some(to),
        stance: Stance::Informs,
        ..claims(from, &[Facet::Access], "so it is said")
    };
    let other = ("Other Firm", PartyKind::Researcher);
    let case = case(&[&[relay(FIRM, "Other Firm")], &[relay(other, "Firm")], &[relay(FIRM, "Firm")]]);
    let graph = assessed(&case).graph;
    let parties = graph.nodes.iter().filter(|node| matches!(node.what, NodeKind::Party(_)));
    assert_eq!(parties.clone().count(), 2);
    assert_eq!(parties.filter(|node| node.is_origin).count(), 1, "{graph:?}");
}

#[test]
fn a_long_chain_of_relays_is_followed_to_its_end() {
    let names: Vec<&'static str> = (0..2000).map(|n| &*Box::leak(format!("Teller{n}").into_boxed_str())).collect();
    let told: Vec<Told> = names
        .windows(2)
        .map(|pair| Told {
            origin: Some(pair[1]),
            stance: Stance::Informs,
            ..claims((pair[0], PartyKind::Researcher), &[Facet::Access], "heard it")
        })
        .collect();
    let graph = assessed(&case(&[&told])).graph;
    assert_eq!(graph.nodes.iter().map(|node| node.depth).max(), Some(2000), "1,999 relays and the source");
}

#[test]
fn repeated_sentences_make_a_copy_and_a_shared_quotation_does_not() {
    const SHARED: &str = "The intruders are said to have been in the network of the company for two months before anybody saw them. \
        They took plans of the new engine and the correspondence of four directors with the bank. \
        Nobody at the plant wanted to speak about it when this paper called there in the morning.";
    const QUOTED: &str = "“We have found no sign at all that anybody was in our network, and we will go on looking for one in the weeks to come”";
    let told = |words: &'static str| claims(ACTOR, &[Facet::Access], words);
    let copied =
        case(&[&[told(SHARED)], &[told("Something else altogether stands here in other words.")], &[told(SHARED)]]);
    assert_eq!(copies(&copied), [(2, 0)]);
    let quoted = case(&[&[told(QUOTED)], &[told(QUOTED)]]);
    assert_eq!(copies(&quoted), []);
}
