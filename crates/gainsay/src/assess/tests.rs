#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use jiff::Timestamp;

use super::*;
use crate::claim::{
    Actor, ElementKind, EntryId, Organisation, OrganisationRole, PartyKind, PrivateMatch, Reading, Said, SampleMatch,
    Source, SourceText, Span, State, Statement, Tlp,
};

pub(super) const MARLBECK: (&str, PartyKind) = ("Marlbeck", PartyKind::Victim);
pub(super) const CREW: (&str, PartyKind) = ("Dustfinch", PartyKind::Actor);
pub(super) const FIRM: (&str, PartyKind) = ("Firm", PartyKind::Researcher);
const OUTLET: (&str, PartyKind) = ("Outlet", PartyKind::Press);

/// A case of one story that names a company and a crew, with nothing said yet.
pub(super) fn case() -> Case {
    let span = Span { start: 0, end: 8 };
    let reading = Reading {
        organisations: vec![Organisation { name: "Marlbeck".into(), role: OrganisationRole::AllegedVictim, span }],
        actors: vec![Actor { name: "Dustfinch".into(), aliases: vec!["DF".into()], span }],
        ..Reading::default()
    };
    let mut case = Case::new(EntryId([0; 32]), "marlbeck".into(), Timestamp::UNIX_EPOCH, Tlp::Clear);
    for kind in [SourceKind::Story, SourceKind::Sample] {
        let place = case.sources.len();
        let by = (Timestamp::UNIX_EPOCH, "ana".into());
        case.sources.push(Source {
            text: SourceText::Here("x".repeat(10_000)),
            reading: if kind == SourceKind::Story { reading.clone() } else { Reading::default() },
            ..Source::new((EntryId([1; 32]), place), kind, "/story".into(), by, Tlp::Clear)
        });
    }
    case
}

/// Adds an accepted statement; later ones stand later in the text.
pub(super) fn say(case: &mut Case, who: (&str, PartyKind), stance: Stance, facets: &[Facet], origin: Option<&str>) {
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

pub(super) fn find(case: &mut Case, verdict: &str) {
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

/// With the weights of the program.
pub(super) fn assess(case: &Case) -> Assessment {
    super::assess(case, Weights::built_in())
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
    case.statements[1].state = State::Rejected { by: "ana".into(), entry: EntryId([0; 32]) };
    assert_eq!(assess(&case).disagreements.len(), 0);
}

#[test]
fn a_match_bears_on_whose_data_it_is_and_on_nothing_else() {
    for (verdict, change) in [("ours", 1), ("partly ours", 1), ("public only", -1), ("not found", 0)] {
        let mut case = case();
        say(&mut case, CREW, Stance::Claims, &[Facet::Victim, Facet::Access, Facet::Exfiltration], None);
        let before = [Facet::Victim, Facet::Access, Facet::Exfiltration].map(|facet| millinats(&case, facet).unwrap());
        find(&mut case, verdict);
        let after = [Facet::Victim, Facet::Access, Facet::Exfiltration].map(|facet| millinats(&case, facet).unwrap());
        assert_eq!((after[0] - before[0]).signum(), change, "{verdict}");
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
    let start = Weights::built_in().start;
    assert!(millinats(&case, Facet::Assets).unwrap() < start, "what is limited is not admitted");
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

/// A source like the first one, of the day given.
fn publish(case: &mut Case, day: i64) -> usize {
    let place = case.sources.len();
    let mut source = case.sources[0].clone();
    source.handle = format!("src{}", place + 1);
    source.published = Some(Timestamp::from_second(day * 86_400).unwrap());
    source.reading.drafts.clear();
    case.sources.push(source);
    place
}

/// What is said in the text of the last statement.
pub(super) fn in_words(case: &mut Case, words: &str) {
    let said = case.statements.last_mut().unwrap();
    let SourceText::Here(text) = &mut case.sources[said.source].text else { return };
    said.statement.span = Span { start: text.len(), end: text.len() + words.len() };
    *text += words;
}

#[test]
fn a_match_weighs_by_its_own_figures() {
    let of = |files: u64, public: bool| {
        let mut case = case();
        find(&mut case, "ours");
        let result = &mut case.findings[0].result;
        result.verdicts = vec![("ours".into(), files, 0)];
        if public {
            result.corpora.push(crate::claim::Against {
                name: "public".into(),
                role: crate::claim::CorpusRole::Public,
                indexed: None,
                contents: 1,
                rows: 1,
                packages: None,
            });
        }
        millinats(&case, Facet::Victim).unwrap()
    };
    assert!(of(1, true) < of(10, true) && of(10, true) < of(100, true));
    assert_eq!(of(100, true), of(100_000, true));
    assert!(of(10, false) < of(10, true), "without public code less");
}

/// A private match of so many elements of a kind.
fn settle(case: &mut Case, elements: ElementKind, matches: u32, holder: &str) {
    let number = case.privates.len() + 1;
    case.privates.push(PrivateMatch {
        id: EntryId([90; 32]),
        handle: format!("p{number}"),
        received: Timestamp::UNIX_EPOCH,
        tlp: Tlp::Clear,
        company: MARLBECK.0.into(),
        held_here: true,
        holder: holder.into(),
        owner: "owner".into(),
        claim: "claim 17".into(),
        elements,
        inputs: "elements".into(),
        which: false,
        sampling: 1,
        count: 100_000,
        matches,
        percent: (1, 1),
        labels: Vec::new(),
        statement: format!("statement {number}"),
    });
}

#[test]
fn a_private_match_weighs_as_a_match_does() {
    let of = |elements, matches| {
        let mut case = case();
        settle(&mut case, elements, matches, "holder");
        millinats(&case, Facet::Victim).unwrap()
    };
    let nothing = Weights::built_in().start;
    assert_eq!(of(ElementKind::Text, 0), nothing, "finding nothing counts as far as the corpora are stated to cover");
    assert_eq!(of(ElementKind::Text, 99), nothing, "a licence's worth of text is nobody's");
    assert!(of(ElementKind::Text, 100) < of(ElementKind::Text, 1_000));
    assert_eq!(of(ElementKind::Text, 1_000), of(ElementKind::Files, 10));
    let mut matched = case();
    find(&mut matched, "ours");
    let result = &mut matched.findings[0].result;
    result.verdicts = vec![("ours".into(), 10, 0)];
    result.corpora.push(crate::claim::Against {
        name: "public".into(),
        role: crate::claim::CorpusRole::Public,
        indexed: None,
        contents: 1,
        rows: 1,
        packages: None,
    });
    assert_eq!(millinats(&matched, Facet::Victim), Some(of(ElementKind::Files, 10)));
    let mut access = case();
    say(&mut access, CREW, Stance::Claims, ACCESS, None);
    let before = millinats(&access, Facet::Access);
    settle(&mut access, ElementKind::Files, 10, "holder");
    assert_eq!(millinats(&access, Facet::Access), before, "it bears on whose data it is alone");
    assert!(assess(&access).answer[0].starts_with("Both parties signed that 10 of 100000 elements"));
}

#[test]
fn the_same_two_count_once() {
    let mut once = case();
    settle(&mut once, ElementKind::Files, 10, "holder");
    let mut twice = once.clone();
    settle(&mut twice, ElementKind::Text, 1_000, "holder");
    settle(&mut twice, ElementKind::Text, 200, "holder");
    assert_eq!(millinats(&once, Facet::Victim), millinats(&twice, Facet::Victim));
    settle(&mut twice, ElementKind::Text, 1_000, "another");
    assert!(millinats(&once, Facet::Victim) < millinats(&twice, Facet::Victim));
}

#[test]
fn finding_nothing_counts_as_far_as_the_corpora_are_stated_to_cover() {
    let mut case = case();
    say(&mut case, CREW, Stance::Claims, &[Facet::Victim], None);
    find(&mut case, "not found");
    let of = |own: &str| super::assess(&case, &Weights::with(own).unwrap()).claims[0].likelihood.millinats;
    assert!(of("[evidence]\ncorpora_cover = 900") < of("[evidence]\ncorpora_cover = 100"));
    assert!(of("[evidence]\ncorpora_cover = 100") < of(""));
}

#[test]
fn what_stands_behind_a_word_weighs() {
    let with = |who, stance, words: &str| {
        let mut case = case();
        say(&mut case, who, stance, &[Facet::Assets], None);
        in_words(&mut case, words);
        millinats(&case, Facet::Assets).unwrap()
    };
    let claims = |words| with(CREW, Stance::Claims, words);
    assert!(claims("Dustfinch says it has the network.") < claims("Dustfinch posted screenshots."));
    assert!(claims("Dustfinch posted screenshots.") < claims("Dustfinch posted the entire database."));
    let denies = |words| with(MARLBECK, Stance::Denies, words);
    assert!(denies("Marlbeck was not breached.") < denies("Marlbeck has no evidence of a breach so far."));
    let confirms = |words| with(FIRM, Stance::Claims, words);
    assert!(confirms("Firm says so.") < confirms("Firm verified the records."));
}

#[test]
fn a_company_that_admitted_a_part_limits_the_rest_and_denies_it_less() {
    let mut flat = case();
    say(&mut flat, MARLBECK, Stance::Denies, &[Facet::Assets], None);
    let mut limiting = flat.clone();
    say(&mut limiting, MARLBECK, Stance::Confirms, ACCESS, None);
    assert!(millinats(&limiting, Facet::Assets).unwrap() > millinats(&flat, Facet::Assets).unwrap());
}

#[test]
fn who_turns_counts_less_and_is_rated_lower() {
    let mut steady = case();
    say(&mut steady, FIRM, Stance::Claims, ACCESS, None);
    let mut turned = steady.clone();
    let later = publish(&mut turned, 9);
    say(&mut turned, FIRM, Stance::Denies, ACCESS, None);
    turned.statements[1].source = later;
    let assessed = assess(&turned);
    let voices = &assessed.claims[0].voices;
    let start = Weights::built_in().start;
    let (one, two) = (millinats(&steady, Facet::Access).unwrap(), assessed.claims[0].likelihood.millinats);
    assert!(two < start && start - two < one - start);
    assert_eq!(voices.len(), 2, "both stay visible");
    assert!(voices.iter().all(|voice| voice.reliability == 'D'));
    assert_eq!(assess(&steady).claims[0].voices[0].reliability, 'C');
}

#[test]
fn credibility_is_what_the_others_say() {
    let mut case = case();
    say(&mut case, CREW, Stance::Claims, ACCESS, None);
    assert_eq!(assess(&case).claims[0].voices[0].credibility, 6, "alone");
    say(&mut case, MARLBECK, Stance::Confirms, ACCESS, None);
    let rating = |case: &Case, party: &str| {
        let claims = assess(case).claims;
        let voice = claims[0].voices.iter().find(|voice| voice.party == party).cloned().unwrap();
        (voice.reliability, voice.credibility)
    };
    assert_eq!(rating(&case, "Dustfinch"), ('D', 1));
    say(&mut case, FIRM, Stance::Denies, ACCESS, None);
    assert_eq!(rating(&case, "Firm"), ('C', 5));
}

#[test]
fn what_would_change_it_is_told_with_where_it_would_lead() {
    let mut case = case();
    say(&mut case, CREW, Stance::Claims, ACCESS, None);
    let claim = assess(&case).claims.swap_remove(0);
    assert_eq!(claim.prospects.len(), 3);
    let sizes: Vec<u8> =
        claim.prospects.iter().map(|it| it.likelihood.percent().abs_diff(claim.likelihood.percent())).collect();
    assert!(sizes.is_sorted_by(|one, other| one >= other) && sizes[2] > 0);
    let confirmed = claim.prospects.iter().find(|it| it.what == "the company confirms it").unwrap();
    say(&mut case, MARLBECK, Stance::Confirms, ACCESS, None);
    assert_eq!(millinats(&case, Facet::Access), Some(confirmed.likelihood.millinats), "it leads where it says");
}

#[test]
fn dates_that_cannot_be_replace_nothing() {
    let mut case = case();
    let first = publish(&mut case, 10_000);
    say(&mut case, FIRM, Stance::Claims, ACCESS, None);
    case.statements[0].source = first;
    let second = publish(&mut case, 10_010);
    say(&mut case, FIRM, Stance::Denies, ACCESS, None);
    case.statements[1].source = second;
    let denied = millinats(&case, Facet::Access);
    for (from, to) in [((2999, 1, 1), (2999, 1, 2)), ((1066, 10, 14), (1066, 10, 14)), ((2020, 5, 2), (2020, 5, 1))] {
        let day = |(year, month, day)| jiff::civil::date(year, month, day);
        case.statements[0].statement.days = Some(crate::claim::Days { from: day(from), to: day(to) });
        assert_eq!(millinats(&case, Facet::Access), denied);
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    const WHO: [(&str, PartyKind); 6] =
        [MARLBECK, CREW, FIRM, OUTLET, ("Bureau", PartyKind::Authority), ("Bystander", PartyKind::Other)];
    const SAID: [&str; 5] = [
        " Words.",
        " No evidence so far.",
        " Screenshots were posted.",
        " The entire database is out.",
        " The rows were verified.",
    ];

    /// Speaker, stance, facet, words, day.
    type Line = (usize, usize, usize, usize, i64);

    /// A company and its explanations, each with what is against it.
    type Ranked = (Option<String>, Vec<(&'static str, i64)>);

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        prop::collection::vec((0..WHO.len(), 0..Stance::ALL.len(), 0..4_usize, 0..SAID.len(), 1..6_i64), 1..12)
    }

    fn add(case: &mut Case, (who, stance, facet, words, day): Line, origin: Option<&str>) {
        let source = publish(case, day);
        let facet = [Facet::Access, Facet::Exfiltration, Facet::Victim, Facet::Assets][facet];
        say(case, WHO[who], Stance::ALL[stance], &[facet], origin);
        case.statements.last_mut().unwrap().source = source;
        in_words(case, SAID[words]);
    }

    fn made_of(lines: &[Line]) -> Case {
        let mut case = case();
        lines.iter().for_each(|line| add(&mut case, *line, None));
        case
    }

    /// The same case with two companies' names swapped.
    fn renamed(case: &Case) -> Case {
        let mut renamed = case.clone();
        let change = |name: &mut String| match name.as_str() {
            "Marlbeck" => *name = "Firm".to_owned(),
            "Firm" => *name = "Marlbeck".to_owned(),
            _ => {}
        };
        for source in &mut renamed.sources {
            source.reading.organisations.iter_mut().for_each(|it| change(&mut it.name));
        }
        for said in &mut renamed.statements {
            change(&mut said.statement.speaker);
            said.statement.about.iter_mut().for_each(change);
        }
        renamed
    }

    /// Each proposition with its log-odds, by its words.
    fn weighed(case: &Case) -> Vec<(String, i64)> {
        let claims = assess(case).claims;
        let mut all: Vec<_> = claims.into_iter().map(|it| (it.proposition, it.likelihood.millinats)).collect();
        all.sort();
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn repeating_changes_nothing(lines in lines(), again in 0..12_usize) {
            let mut case = made_of(&lines);
            let before = weighed(&case);
            let line = lines[again % lines.len()];
            add(&mut case, line, None);
            prop_assert_eq!(&weighed(&case), &before, "the same article once more");
            // An outlet that is the origin itself would repeat itself.
            if Stance::ALL[line.1] == Stance::Claims && WHO[line.0] != OUTLET {
                let outlet = WHO.iter().position(|who| *who == OUTLET).unwrap();
                for day in 1..11 {
                    add(&mut case, (outlet, line.1, line.2, 0, day), Some(WHO[line.0].0));
                }
                prop_assert_eq!(&weighed(&case), &before, "ten that relay it");
            }
        }

        #[test]
        fn the_order_of_capture_changes_nothing(lines in lines(), turn in 0..12_usize) {
            let mut turned = lines.clone();
            turned.rotate_left(turn % lines.len());
            prop_assert_eq!(weighed(&made_of(&lines)), weighed(&made_of(&turned)));
        }

        #[test]
        fn an_origin_more_moves_it_its_way(lines in lines(), facet in 0..4_usize, kind in 2..5_usize, pro: bool) {
            let mut case = made_of(&lines);
            let facet_of = [Facet::Access, Facet::Exfiltration, Facet::Victim, Facet::Assets][facet];
            let Some(before) = millinats(&case, facet_of) else { return Ok(()) };
            let stance = if pro { Stance::Claims } else { Stance::Denies };
            say(&mut case, ("Newcomer", WHO[kind].1), stance, &[facet_of], None);
            let after = millinats(&case, facet_of).unwrap();
            prop_assert!(if pro { after >= before } else { after <= before }, "{before} to {after}");
        }

        #[test]
        fn explanations_count_origins_and_not_their_repeaters(lines in lines(), turn in 0..12_usize) {
            let explained = |case: &Case| -> Vec<Ranked> {
                let ranked = |it: &Explanations| it.ranked.iter().map(|it| (it.cause.word(), it.burden())).collect();
                let mut all: Vec<_> =
                    assess(case).explanations.iter().map(|it| (it.victim.clone(), ranked(it))).collect();
                all.sort();
                all
            };
            let mut case = made_of(&lines);
            let before = explained(&case);
            let mut turned = lines.clone();
            turned.rotate_left(turn % lines.len());
            prop_assert_eq!(&explained(&made_of(&turned)), &before, "the order of capture");
            let renamed = explained(&renamed(&case));
            let numbers = |all: &[Ranked]| -> Vec<_> {
                all.iter().map(|(_, ranked)| ranked.clone()).collect()
            };
            prop_assert_eq!(numbers(&renamed), numbers(&before), "the names of two companies");
            let line = lines[turn % lines.len()];
            add(&mut case, line, None);
            if Stance::ALL[line.1] == Stance::Claims && WHO[line.0] != OUTLET {
                let outlet = WHO.iter().position(|who| *who == OUTLET).unwrap();
                for day in 1..11 {
                    add(&mut case, (outlet, line.1, line.2, 0, day), Some(WHO[line.0].0));
                }
            }
            prop_assert_eq!(&explained(&case), &before, "ten that relay it");
        }

        #[test]
        fn names_change_nothing_but_the_names(lines in lines()) {
            let case = made_of(&lines);
            let renamed = renamed(&case);
            let numbers = |case: &Case| -> Vec<(Facet, i64)> {
                assess(case).claims.iter().map(|it| (it.facet, it.likelihood.millinats)).collect()
            };
            prop_assert_eq!(numbers(&case), numbers(&renamed));
        }
    }

    #[test]
    fn thousands_of_statements_by_one_party_are_one_voice() {
        let mut case = case();
        say(&mut case, CREW, Stance::Claims, ACCESS, None);
        let once = weighed(&case);
        for _ in 0..5000 {
            say(&mut case, CREW, Stance::Claims, ACCESS, None);
        }
        assert_eq!(weighed(&case), once);
    }
}
