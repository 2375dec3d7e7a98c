#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::assess::Assessment;
use crate::claim::{
    Actor, Allegation, Contact, EntryId, Facet, Figure, FigureKind, Organisation, OrganisationRole, PartyKind, Reading,
    SourceKind, State, Statement, Tlp,
};

/// Something said in a source of a test's case.
#[derive(Clone, Copy)]
pub(in crate::assess) struct Told {
    pub who: (&'static str, PartyKind),
    pub stance: Stance,
    pub facets: &'static [Facet],
    pub words: &'static str,
    pub about: &'static [&'static str],
    pub origin: Option<&'static str>,
}

/// What a test's case amounts to.
pub(in crate::assess) fn assessed(case: &Case) -> Assessment {
    crate::assess::assess(case, crate::assess::Weights::built_in())
}

/// A case in which each source's text is what is told in it, a paragraph each.
pub(in crate::assess) fn case(sources: &[&[Told]]) -> Case {
    let at = |start| Span { start, end: start };
    let organisation = |name: &str, role| Organisation { name: name.into(), role, span: at(0) };
    let mut case = Case::new(EntryId([0; 32]), "test".into(), Timestamp::UNIX_EPOCH, Tlp::Clear);
    for (number, told) in sources.iter().enumerate() {
        let mut text = String::new();
        let mut reading = Reading::default();
        reading.actors.push(Actor { name: "Dustfinch".into(), aliases: vec![], span: at(0) });
        for one in *told {
            let span = Span { start: text.len(), end: text.len() + one.words.len() };
            text += one.words;
            text += "\n\n";
            for name in one.about {
                reading.organisations.push(organisation(name, OrganisationRole::AllegedVictim));
            }
            case.statements.push(Said {
                handle: format!("s{}", case.statements.len() + 1),
                source: number,
                statement: Statement {
                    speaker: one.who.0.into(),
                    speaker_kind: one.who.1,
                    stance: one.stance,
                    about: one.about.iter().map(|name| (*name).to_owned()).collect(),
                    facets: one.facets.to_vec(),
                    origin: one.origin.map(str::to_owned),
                    to: None,
                    relays: vec![],
                    date: None,
                    days: None,
                    span,
                },
                state: State::Accepted { by: "ana".into(), unseen: false, entry: EntryId([2; 32]) },
                draft: (EntryId([0; 32]), 0),
                tlp: Tlp::Clear,
            });
        }
        let by = (Timestamp::UNIX_EPOCH, "ana".into());
        let whence = format!("/story{number}");
        case.sources.push(Source {
            text: SourceText::Here(text),
            reading,
            ..Source::new((EntryId([1; 32]), number), SourceKind::Story, whence, by, Tlp::Clear)
        });
    }
    case
}

const CREW: (&str, PartyKind) = ("Dustfinch", PartyKind::Actor);
const COMPANY: (&str, PartyKind) = ("Marlbeck", PartyKind::Victim);
const FIRM: (&str, PartyKind) = ("Harrowgate", PartyKind::Researcher);

fn told(who: (&'static str, PartyKind), stance: Stance, facets: &'static [Facet], words: &'static str) -> Told {
    Told { who, stance, facets, words, about: &["Marlbeck"], origin: None }
}

/// The kinds found, with how many of each.
fn kinds(case: &Case) -> BTreeMap<Kind, usize> {
    let mut kinds = BTreeMap::new();
    assessed(case).disagreements.iter().for_each(|it| *kinds.entry(it.kind).or_default() += 1);
    kinds
}

fn has(case: &Case, kind: Kind) -> bool {
    kinds(case).contains_key(&kind)
}

const ACCESS: &[Facet] = &[Facet::Access];
const TAKEN: &[Facet] = &[Facet::Access, Facet::Exfiltration, Facet::Assets];

#[test]
fn that_files_are_safe_denies_no_entry() {
    let says = |words| {
        case(&[&[told(CREW, Stance::Claims, ACCESS, "We were in."), told(COMPANY, Stance::Denies, ACCESS, words)]])
    };
    assert!(!has(&says("Our source code remains secure after the intrusion."), Kind::Stances));
    assert!(has(&says("We were not breached, and our source code remains secure."), Kind::Stances));
}

#[test]
fn a_party_is_against_itself_on_the_same_point_only() {
    let pair = |first, then| case(&[&[first], &[then]]);
    let told_of = |stance, words| told(COMPANY, stance, &[], words);
    let denied = told_of(Stance::Denies, "Marlbeck denied having been contacted by Harrowgate.");
    let then = told_of(Stance::Confirms, "Marlbeck confirmed that it was contacted last week.");
    assert!(has(&pair(denied, then), Kind::Reversal));
    let no_breach = told(COMPANY, Stance::Denies, ACCESS, "Marlbeck denied that it was breached.");
    assert!(!has(&pair(no_breach, then), Kind::Reversal), "a call is no breach");
    let nothing = told(COMPANY, Stance::PartlyConfirms, TAKEN, "A lab was entered, but no source code was stolen.");
    let something = told(COMPANY, Stance::PartlyConfirms, TAKEN, "The crew obtained debugging files from the lab.");
    assert!(has(&pair(nothing, something), Kind::Reversal));
    assert!(!has(&pair(nothing, nothing), Kind::Reversal));
}

#[test]
fn who_never_said_it_meets_where_it_did() {
    let never = told(FIRM, Stance::Disputes, ACCESS, "Harrowgate had never suggested that Marlbeck was breached.");
    let said = told(FIRM, Stance::Claims, ACCESS, "Harrowgate says that Dustfinch entered Marlbeck.");
    let at_a_distance = Told {
        origin: Some("Dustfinch"),
        ..told(FIRM, Stance::Informs, ACCESS, "Harrowgate reported Dustfinch's claims that it entered Marlbeck.")
    };
    assert!(has(&case(&[&[said], &[never]]), Kind::Disowned));
    assert!(!has(&case(&[&[at_a_distance], &[never]]), Kind::Disowned));
    let denial = told(COMPANY, Stance::Denies, ACCESS, "Marlbeck says that nothing was entered.");
    let wrong = told(FIRM, Stance::Disputes, &[], "That is incorrect by the data we have, Harrowgate said.");
    let found = kinds(&case(&[&[denial, wrong], &[never]]));
    assert_eq!((found.get(&Kind::Disowned), found.get(&Kind::Stances)), (Some(&1), Some(&1)));
}

#[test]
fn a_flat_denial_meets_a_guarded_one() {
    let guarded =
        told(COMPANY, Stance::Denies, ACCESS, "“There is no indication that we were entered,” Marlbeck said.");
    let flat = told(COMPANY, Stance::Denies, ACCESS, "Marlbeck denied outright that it was entered.");
    assert!(has(&case(&[&[flat], &[guarded]]), Kind::Summary));
    assert!(!has(&case(&[&[guarded], &[guarded]]), Kind::Summary));
    let of_calls = told(COMPANY, Stance::Denies, ACCESS, "Marlbeck denied having been contacted by anybody.");
    assert!(!has(&case(&[&[of_calls], &[guarded]]), Kind::Summary));
}

#[test]
fn a_headline_is_held_against_its_body() {
    let body = told(COMPANY, Stance::Denies, ACCESS, "“There is no indication that we were entered,” Marlbeck said.");
    let under = |title: &str| {
        let mut case = case(&[&[body]]);
        case.sources[0].title = Some(title.to_owned());
        case
    };
    assert!(has(&under("Marlbeck hacked"), Kind::Summary));
    assert!(has(&under("Marlbeck flatly denies it"), Kind::Summary));
    assert!(!has(&under("Marlbeck hacked, crew claims"), Kind::Summary));
    assert!(!has(&under("Tarnholt hacked"), Kind::Summary));
}

#[test]
fn nobody_is_silent_who_spoke() {
    let silent = told(FIRM, Stance::Informs, &[], "No one has come forward to confirm or deny it.");
    let spoke = told(COMPANY, Stance::Denies, ACCESS, "We were not breached.");
    assert!(has(&case(&[&[silent], &[spoke]]), Kind::Silence));
    assert!(!has(&case(&[&[silent]]), Kind::Silence));
}

#[test]
fn small_for_one_and_grave_for_another() {
    let small = told(COMPANY, Stance::PartlyConfirms, ACCESS, "Marlbeck called the incident “low risk”.");
    let grave = told(FIRM, Stance::Informs, &[], "The scale of the incident is massive, Harrowgate said.");
    assert!(has(&case(&[&[small], &[grave]]), Kind::Gravity));
    let elsewhere = Told { about: &["Tarnholt"], ..grave };
    assert!(!has(&case(&[&[small], &[elsewhere]]), Kind::Gravity));
}

#[test]
fn who_says_that_nobody_called_meets_who_called() {
    let denied = told(COMPANY, Stance::Denies, &[], "Marlbeck denied having been contacted by Harrowgate.");
    let called = told(FIRM, Stance::Informs, &[], "Harrowgate reached out to Marlbeck on May 8.");
    let mut both = case(&[&[denied, called]]);
    let start = denied.words.len() + 2;
    let contact = |start, end, date: &str| Contact {
        from: "Harrowgate".into(),
        to: "Marlbeck".into(),
        date: Some(date.into()),
        span: Span { start, end },
    };
    both.sources[0].reading.contacts = vec![contact(0, 10, "Monday"), contact(start, start + 10, "on May 8")];
    assert!(has(&both, Kind::Contact));
    both.sources[0].reading.contacts.pop();
    assert!(!has(&both, Kind::Contact), "what is denied is no call");
    let mut days = case(&[&[called], &[called]]);
    days.sources[0].reading.contacts.push(contact(0, 10, "on May 8"));
    days.sources[1].reading.contacts.push(contact(0, 10, "9 May"));
    assert!(has(&days, Kind::Contact));
}

/// A figure's kind, its words in the text, and its value.
type Given<'a> = (FigureKind, &'a str, &'a str);

/// A case of texts alone, with their figures at the words given.
fn texts(texts: &[(&'static str, &[Given<'_>])]) -> Case {
    let told: Vec<Vec<Told>> = texts
        .iter()
        .map(|(words, _)| {
            vec![Told { stance: Stance::Informs, facets: &[], ..told(FIRM, Stance::Informs, &[], words) }]
        })
        .collect();
    let sources: Vec<&[Told]> = told.iter().map(Vec::as_slice).collect();
    let mut case = case(&sources);
    for (source, (words, figures)) in case.sources.iter_mut().zip(texts) {
        source.reading.figures = figures
            .iter()
            .map(|(kind, at, value)| {
                let start = words.find(at).unwrap();
                Figure { kind: *kind, value: (*value).into(), of: None, span: Span { start, end: start + at.len() } }
            })
            .collect();
    }
    case
}

#[test]
fn figures_differ_in_number_or_in_wording() {
    let of = |one: &str, other: &str| {
        let words = "It wants a sum for it.";
        has(
            &texts(&[(words, &[(FigureKind::Price, "a sum", one)]), (words, &[(FigureKind::Price, "a sum", other)])]),
            Kind::Figures,
        )
    };
    assert!(of(">300000 USD", "300000 USD"));
    assert!(of("300000 USD", "500000 USD"));
    assert!(!of("~300000 USD", "300000 USD"));
    assert!(!of("300000 USD", "301000 USD"));
}

#[test]
fn sums_are_compared_where_their_sentences_are_of_one_matter() {
    let of = |one, other| {
        let sum = |value| -> [(FigureKind, &'static str, &'static str); 1] { [(FigureKind::Money, "a sum", value)] };
        has(&texts(&[(one, &sum("~1000000 USD")), (other, &sum(">1000000 USD"))]), Kind::Figures)
    };
    assert!(of("The group raked in a sum by selling stolen data.", "The group made a sum selling its stolen wares."));
    assert!(!of("The group raked in a sum by selling stolen data.", "Marlbeck paid a sum for Tarnholt."));
}

#[test]
fn one_volume_of_one_company_or_of_three() {
    let one = ("Marlbeck fell victim to a crew. It has 30 TB of it.", &[(FigureKind::Volume, "30 TB", "30 TB")][..]);
    let three = (
        "Three companies were entered. The crew has 30 TB of theirs.",
        &[(FigureKind::Volume, "30 TB", "30 TB"), (FigureKind::Count, "Three companies", "3 companies")][..],
    );
    assert!(has(&texts(&[one, three]), Kind::Attachment));
    assert!(!has(&texts(&[one, one]), Kind::Attachment));
}

#[test]
fn data_for_sale_is_not_access_for_sale() {
    let data = ("The crew is selling documents and source code.", &[][..]);
    let access = ("Alleged network access was later offered on a forum.", &[][..]);
    let entered = ("The crew had network access and is selling the documents.", &[][..]);
    assert!(has(&texts(&[data, access]), Kind::Goods));
    assert!(!has(&texts(&[data, entered]), Kind::Goods));
}

fn alleged(case: &mut Case, source: usize, names: &[&str]) {
    let SourceText::Here(text) = &case.sources[source].text else { return };
    let span = Span { start: 0, end: text.len() };
    case.sources[source].reading.allegations = names
        .iter()
        .map(|name| Allegation {
            actor: "Dustfinch".into(),
            victim: (*name).into(),
            assets: vec![],
            volume: None,
            price: None,
            span,
        })
        .collect();
}

#[test]
fn a_product_beside_its_owner_is_found_by_the_gazetteer_or_by_a_text() {
    let listed = told(FIRM, Stance::Informs, &[], "They are Marlbeck and Quillon.");
    let mut unknown = case(&[&[listed]]);
    alleged(&mut unknown, 0, &["Marlbeck", "Quillon"]);
    assert!(!has(&unknown, Kind::Owner));
    let mut known = unknown.clone();
    known.brands.insert("Quillon".into(), "Marlbeck".into());
    assert!(has(&known, Kind::Owner));
    let says = told(FIRM, Stance::Informs, &[], "Marlbeck, maker of Quillon software, was called.");
    let mut said = case(&[&[listed], &[says]]);
    alleged(&mut said, 0, &["Marlbeck", "Quillon"]);
    assert!(has(&said, Kind::Owner));
}

#[test]
fn victims_are_of_one_country_here_and_of_another_there() {
    let group = ("The crew infiltrated the US firms last week.", &[][..]);
    let named = ("Japanese engine maker Marlbeck answered.", &[][..]);
    let us = ("They told us firms were hacked.", &[][..]);
    assert!(has(&texts(&[group, named]), Kind::Nation));
    assert!(!has(&texts(&[us, named]), Kind::Nation));
}

#[test]
fn names_withheld_here_are_reported_there() {
    let withheld = told(FIRM, Stance::NoComment, &[], "Harrowgate did not reveal the names of the victims.");
    let listed = Told {
        about: &["Marlbeck", "Tarnholt"],
        ..told(FIRM, Stance::Informs, ACCESS, "Harrowgate reported claims against Marlbeck and Tarnholt.")
    };
    assert!(has(&case(&[&[withheld], &[listed]]), Kind::Withheld));
    assert!(!has(&case(&[&[withheld]]), Kind::Withheld));
}

#[test]
fn thousands_of_statements_are_bounded() {
    let mut lines = Vec::new();
    for _ in 0..3000 {
        lines.push(told(CREW, Stance::Claims, TAKEN, "We obtained it all."));
        lines.push(told(COMPANY, Stance::Denies, TAKEN, "Marlbeck denied it. No evidence of a breach was found."));
    }
    let found = assessed(&case(&[&lines])).disagreements;
    assert!(!found.is_empty() && found.len() <= MOST, "{}", found.len());
}
