#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use jiff::Timestamp;

use super::*;
use crate::claim::{
    Actor, EntryId, Organisation, OrganisationRole, PartyKind, Reading, Said, SampleMatch, Source, SourceText, Span,
    State, Statement, Tlp, Until,
};

const MARLBECK: (&str, PartyKind) = ("Marlbeck", PartyKind::Victim);
const CREW: (&str, PartyKind) = ("Dustfinch", PartyKind::Actor);
const FIRM: (&str, PartyKind) = ("Firm", PartyKind::Researcher);
const OUTLET: (&str, PartyKind) = ("Outlet", PartyKind::Press);

/// A case of one story that names a company and a crew, with nothing said yet.
fn case() -> Case {
    let span = Span { start: 0, end: 8 };
    let reading = Reading {
        organisations: vec![Organisation { name: "Marlbeck".into(), role: OrganisationRole::AllegedVictim, span }],
        actors: vec![Actor { name: "Dustfinch".into(), aliases: vec!["DF".into()], span }],
        ..Reading::default()
    };
    let mut case = Case {
        id: EntryId([0; 32]),
        title: "marlbeck".into(),
        opened: Timestamp::UNIX_EPOCH,
        until: Until::default(),
        tlp: Tlp::Clear,
        sources: Vec::new(),
        statements: Vec::new(),
        findings: Vec::new(),
        brands: Default::default(),
        tasks: Vec::new(),
    };
    for kind in [SourceKind::Story, SourceKind::Sample] {
        let place = case.sources.len();
        case.sources.push(Source {
            id: EntryId([1; 32]),
            handle: format!("src{}", place + 1),
            kind,
            whence: "/story".into(),
            digest: String::new(),
            size: 0,
            title: None,
            outlet: None,
            published: None,
            received: Timestamp::UNIX_EPOCH,
            author: "ana".into(),
            tlp: Tlp::Clear,
            note: None,
            problems: Vec::new(),
            replaced_by: None,
            text: SourceText::Here("x".repeat(10_000)),
            reading: if kind == SourceKind::Story { reading.clone() } else { Reading::default() },
        });
    }
    case
}

/// Adds an accepted statement; later ones stand later in the text.
fn say(case: &mut Case, who: (&str, PartyKind), stance: Stance, facets: &[Facet], origin: Option<&str>) {
    let start = case.statements.len() * 10;
    case.statements.push(Said {
        handle: format!("s{}", case.statements.len() + 1),
        source: 0,
        statement: Statement {
            speaker: who.0.into(),
            speaker_kind: who.1,
            stance,
            about: vec!["Marlbeck".into()],
            facets: facets.to_vec(),
            origin: origin.map(str::to_owned),
            to: None,
            relays: vec![],
            date: None,
            days: None,
            span: Span { start, end: start + 9 },
        },
        state: State::Accepted { by: "ana".into(), unseen: false, entry: EntryId([2; 32]) },
        draft: (EntryId([0; 32]), 0),
        tlp: Tlp::Clear,
    });
}

fn find(case: &mut Case, verdict: &str) {
    case.findings.push(Finding {
        id: EntryId([3; 32]),
        handle: "m1".into(),
        sample: 1,
        received: Timestamp::UNIX_EPOCH,
        tlp: Tlp::Clear,
        command: "gainsay match sample".into(),
        result: SampleMatch { owner: "Marlbeck".into(), verdict: verdict.into(), ..SampleMatch::default() },
    });
}

fn millinats(case: &Case, facet: Facet) -> Option<i64> {
    assess(case).claims.iter().find(|claim| claim.facet == facet).map(|claim| claim.likelihood.millinats)
}

const ACCESS: &[Facet] = &[Facet::Access];

#[test]
fn repeats_are_not_confirmations() {
    let mut case = case();
    say(&mut case, CREW, Stance::Claims, ACCESS, None);
    let once = millinats(&case, Facet::Access).unwrap();
    say(&mut case, CREW, Stance::Claims, ACCESS, None);
    for _ in 0..10 {
        say(&mut case, OUTLET, Stance::Informs, ACCESS, Some("DF"));
        say(&mut case, FIRM, Stance::Informs, ACCESS, Some("Dustfinch"));
    }
    assert_eq!(millinats(&case, Facet::Access), Some(once));
    assert_eq!(assess(&case).origins.len(), 1);
    say(&mut case, FIRM, Stance::Claims, ACCESS, None);
    assert!(millinats(&case, Facet::Access).unwrap() > once, "an origin of its own counts");
    say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
    let contested = assess(&case);
    assert!(contested.disagreements.iter().any(|it| it.about == "Systems of Marlbeck were entered."));
}

#[test]
fn drafts_show_in_disagreements_and_do_not_weigh() {
    let mut case = case();
    say(&mut case, CREW, Stance::Claims, ACCESS, None);
    say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
    let both = millinats(&case, Facet::Access).unwrap();
    case.statements[1].state = State::Draft { confidence: 990 };
    assert!(millinats(&case, Facet::Access).unwrap() > both);
    assert_eq!(assess(&case).disagreements.len(), 1);
    case.statements[0].state = State::Draft { confidence: 990 };
    assert!(!assess(&case).claims[0].is_assessed());
    case.statements[1].state = State::Rejected { by: "ana".into() };
    assert_eq!(assess(&case).disagreements.len(), 0);
}

#[test]
fn a_match_bears_on_whose_data_it_is_and_on_nothing_else() {
    for (verdict, up) in [("ours", true), ("partly ours", true), ("public only", false), ("not found", false)] {
        let mut case = case();
        say(&mut case, CREW, Stance::Claims, &[Facet::Victim, Facet::Access, Facet::Exfiltration], None);
        let before = [Facet::Victim, Facet::Access, Facet::Exfiltration].map(|facet| millinats(&case, facet).unwrap());
        find(&mut case, verdict);
        let after = [Facet::Victim, Facet::Access, Facet::Exfiltration].map(|facet| millinats(&case, facet).unwrap());
        assert_eq!(after[0] > before[0], up, "{verdict}");
        assert_eq!(after[1..], before[1..], "{verdict}");
    }
}

#[test]
fn an_admission_is_not_taken_back_by_a_denial() {
    let mut case = case();
    say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
    say(&mut case, MARLBECK, Stance::PartlyConfirms, &[Facet::Access, Facet::Assets], None);
    let admitted = millinats(&case, Facet::Access).unwrap();
    assert!(admitted > 2000);
    assert!(millinats(&case, Facet::Assets).unwrap() < 200, "what is limited is not admitted");
    say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
    assert_eq!(millinats(&case, Facet::Access), Some(admitted));
    assert!(assess(&case).disagreements.iter().any(|it| it.kind.word() == "a party against itself"));
}

#[test]
fn to_dispute_a_denial_is_to_speak_for_the_claim() {
    let mut disputed = case();
    say(&mut disputed, FIRM, Stance::Disputes, ACCESS, None);
    let claim = millinats(&disputed, Facet::Access).unwrap();
    let mut denial = case();
    say(&mut denial, MARLBECK, Stance::Denies, ACCESS, None);
    say(&mut denial, FIRM, Stance::Disputes, ACCESS, None);
    assert!(claim < 0 && millinats(&denial, Facet::Access).unwrap() > 0);
}

#[test]
fn a_party_has_the_role_that_most_places_give_it() {
    let mut case = case();
    say(&mut case, ("Firm", PartyKind::Victim), Stance::Confirms, ACCESS, None);
    case.sources[0].reading.organisations.push(Organisation {
        name: "Firm".into(),
        role: OrganisationRole::AllegedVictim,
        span: Span { start: 0, end: 4 },
    });
    for _ in 0..3 {
        say(&mut case, FIRM, Stance::Informs, &[], None);
    }
    assert!(assess(&case).claims.iter().all(|claim| claim.victim.as_deref() != Some("Firm")));
}

#[test]
fn the_same_case_gives_the_same_assessment() {
    let mut case = case();
    say(&mut case, CREW, Stance::Claims, &[Facet::Access, Facet::Volume, Facet::Offer], None);
    say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
    find(&mut case, "ours");
    assert_eq!(format!("{:?}", assess(&case)), format!("{:?}", assess(&case)));
    assert!(assess(&case).answer[0].starts_with("The sample is data of Marlbeck"));
}
