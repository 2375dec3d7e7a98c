#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use jiff::Timestamp;

use super::super::tests::{CREW, FIRM, MARLBECK, assess, case, say};
use super::*;
use crate::assess::Assessment;
use crate::claim::{Confidence, EntryId, Opinion, OwnJudgement, Stance, State, Tlp};

fn claim(facet: Facet) -> ClaimKey {
    ClaimKey::Computed { facet, victim: Some("Marlbeck".into()) }
}

/// A crew claims source code and customer records; the company admits the entry and denies the rest.
fn contested() -> Case {
    let mut case = case();
    let assets = &[Facet::Assets];
    say(&mut case, CREW, Stance::Claims, &[Facet::Access], None);
    say(&mut case, CREW, Stance::Claims, assets, None);
    say(&mut case, MARLBECK, Stance::PartlyConfirms, &[Facet::Access], None);
    say(&mut case, MARLBECK, Stance::Denies, assets, None);
    say(&mut case, FIRM, Stance::Claims, assets, None);
    say(&mut case, FIRM, Stance::NoComment, assets, None);
    for (place, said) in (0..).zip(&mut case.statements) {
        said.draft = (EntryId([9; 32]), place);
    }
    case
}

fn statement(place: u32) -> StatementKey {
    (EntryId([9; 32]), place)
}

fn edit(case: &mut Case, by: &str, what: EditKind) -> EntryId {
    let id = EntryId([100 + u8::try_from(case.edits.len()).unwrap(); 32]);
    let at = Timestamp::UNIX_EPOCH;
    case.edits.push(Edit { id, by: by.into(), at, tlp: Tlp::Clear, what, reason: "So it is".into() });
    id
}

fn reword(case: &mut Case, by: &str, facet: Facet, words: &str) -> EntryId {
    edit(case, by, EditKind::Reword { claim: claim(facet), proposition: words.into() })
}

fn find<'a>(assessment: &'a Assessment, words: &str) -> Option<&'a Claim> {
    assessment.claims.iter().find(|claim| claim.proposition.contains(words))
}

fn fates(assessment: &Assessment) -> Vec<&Fate> {
    assessment.edits.iter().map(|edited| &edited.fate).collect()
}

/// Each claim's words, voices and log-odds.
fn weighed(assessment: &Assessment) -> Vec<(String, Vec<String>, i64)> {
    let of_claim = |it: &Claim| {
        (it.proposition.clone(), it.voices.iter().map(|it| it.handle.clone()).collect(), it.likelihood.millinats)
    };
    assessment.claims.iter().map(of_claim).collect()
}

#[test]
fn of_two_wordings_the_later_holds_and_both_are_told() {
    let mut case = contested();
    let before = assess(&case);
    reword(&mut case, "ana", Facet::Access, "A test lab was entered.");
    let second = reword(&mut case, "ben", Facet::Access, "One test lab was entered.");
    let both = assess(&case);
    let claim = find(&both, "One test lab").unwrap();
    assert!(both.edits.iter().all(|edited| edited.holds() && edited.claims == [claim.handle.clone()]));
    assert_eq!(both.edits[1].what, "reworded “A test lab was entered.” as “One test lab was entered.”");
    let numbers = |it: &Assessment| it.claims.iter().map(|it| it.likelihood).collect::<Vec<_>>();
    assert_eq!(numbers(&both), numbers(&before), "words weigh nothing");
    let undo = edit(&mut case, "ana", EditKind::Undo { edit: second });
    let undone = assess(&case);
    assert!(find(&undone, "A test lab").is_some());
    assert_eq!(undone.edits[1].fate, Fate::Undone { by: "ana".into(), with: undo });
    edit(&mut case, "ben", EditKind::Undo { edit: undo });
    assert!(find(&assess(&case), "One test lab").is_some(), "what takes back is taken back too");
}

#[test]
fn a_claim_is_split_and_merged_again() {
    let mut case = contested();
    let before = assess(&case);
    let split = EditKind::Split {
        claim: claim(Facet::Assets),
        proposition: "Customer records are among it.".into(),
        statements: vec![statement(4)],
    };
    let id = edit(&mut case, "ana", split);
    let parted = assess(&case);
    let (whole, part) = (find(&parted, "includes").unwrap(), find(&parted, "Customer records").unwrap());
    assert_eq!(part.voices.iter().map(|it| it.handle.as_str()).collect::<Vec<_>>(), ["s5"]);
    assert!(whole.voices.iter().all(|voice| voice.handle != "s5"));
    assert!(part.likelihood > whole.likelihood, "each is weighed by what speaks to it");
    edit(&mut case, "ben", EditKind::Merge { claim: ClaimKey::Split(id), into: claim(Facet::Assets) });
    let mut merged = assess(&case);
    let voices = &find(&merged, "includes").unwrap().voices;
    assert_eq!(voices.len(), 3);
    assert_eq!(merged.claims.len(), before.claims.len());
    // The trail of what was merged goes with it.
    let handle = find(&merged, "includes").unwrap().handle.clone();
    assert!(merged.edits.iter().all(|edited| edited.claims == [handle.clone()]), "{:?}", merged.edits);
    merged.edits.clear();
    assert_eq!(weighed(&merged), weighed(&before));
}

#[test]
fn edits_that_contradict_go_by_the_order_of_the_ledger() {
    let mut case = contested();
    let split = EditKind::Split {
        claim: claim(Facet::Assets),
        proposition: "Customer records are among it.".into(),
        statements: vec![statement(4)],
    };
    let id = edit(&mut case, "ana", split.clone());
    edit(&mut case, "ben", split);
    edit(&mut case, "ana", EditKind::Merge { claim: ClaimKey::Split(id), into: claim(Facet::Assets) });
    edit(&mut case, "ben", EditKind::Merge { claim: claim(Facet::Assets), into: ClaimKey::Split(id) });
    edit(
        &mut case,
        "ben",
        EditKind::Reword { claim: ClaimKey::Split(id), proposition: "Some records are among it.".into() },
    );
    edit(&mut case, "ben", EditKind::Merge { claim: claim(Facet::Access), into: claim(Facet::Assets) });
    let assessment = assess(&case);
    let whys: Vec<&str> =
        fates(&assessment).into_iter().map(|it| if let Fate::Void(why) = it { why } else { "" }).collect();
    let gone = "ana had merged the claim into “What is offered includes internal files of Marlbeck.”";
    let apart = "one is of access and the other of assets: they cannot be one claim";
    let none = "none of its statements speaks to the claim any more";
    assert_eq!(whys, ["", none, "", gone, gone, apart]);
    // Once the merging is taken back, what it stood in the way of holds.
    let merge = case.edits[2].id;
    edit(&mut case, "ana", EditKind::Undo { edit: merge });
    let assessment = assess(&case);
    assert_eq!(assessment.edits[3].fate, Fate::Holds);
    assert!(matches!(assessment.edits[1].fate, Fate::Void(_)));
}

#[test]
fn a_statement_speaks_to_the_claim_that_it_is_attached_to() {
    let mut case = contested();
    let attach = |statement, for_claim| EditKind::Attach { claim: claim(Facet::Access), statement, for_claim };
    edit(&mut case, "ana", EditKind::Detach { claim: claim(Facet::Assets), statement: statement(4) });
    edit(&mut case, "ana", attach(statement(4), None));
    let moved = assess(&case);
    let voices = |facet| &moved.claims.iter().find(|it| it.facet == facet).unwrap().voices;
    assert!(voices(Facet::Access).iter().any(|voice| voice.handle == "s5" && voice.weight > 0));
    assert!(voices(Facet::Assets).iter().all(|voice| voice.handle != "s5"));
    edit(&mut case, "ben", attach(statement(4), Some(false)));
    edit(&mut case, "ben", attach(statement(5), None));
    edit(&mut case, "ben", attach((EntryId([8; 32]), 0), None));
    let turned = assess(&case);
    let access = turned.claims.iter().find(|it| it.facet == Facet::Access).unwrap();
    assert!(access.voices.iter().any(|voice| voice.handle == "s5" && !voice.for_claim && voice.weight < 0));
    assert!(matches!(&turned.edits[3].fate, Fate::Void(why) if why.starts_with("s6 takes no side")));
    assert!(matches!(&turned.edits[4].fate, Fate::Void(why) if why.starts_with("a statement that is gone")));
    case.statements[4].state = State::Rejected { by: "ben".into(), entry: EntryId([0; 32]) };
    assert!(fates(&assess(&case))[..2].iter().all(|fate| matches!(fate, Fate::Void(_))));
}

#[test]
fn edits_of_claims_whose_texts_are_gone_say_so() {
    let mut case = contested();
    reword(&mut case, "ana", Facet::Access, "A test lab was entered.");
    case.statements.clear();
    case.sources[0].reading = crate::claim::Reading::default();
    let assessment = assess(&case);
    assert!(assessment.edits[0].claims.is_empty());
    let words = assessment.edits[0].words();
    assert!(words.ends_with("Does not hold: nothing in the case claims access of Marlbeck any more."), "{words}");
}

fn judge(case: &mut Case, by: &str, on: Option<ClaimKey>, held: Option<Opinion>) {
    let id = EntryId([200 + u8::try_from(case.judgements.len()).unwrap(); 32]);
    let (at, reason) = (Timestamp::UNIX_EPOCH, "I saw the logs".to_owned());
    case.judgements.push(OwnJudgement { id, by: by.into(), at, tlp: Tlp::Clear, on, held, reason });
}

#[test]
fn judgements_stand_beside_what_is_computed_until_their_author_changes_his_mind() {
    let mut case = contested();
    let before = assess(&case);
    let likely = |likelihood| Some(Opinion { likelihood: Some(likelihood), ..Opinion::default() });
    judge(&mut case, "ana", Some(claim(Facet::Access)), likely((1, 5)));
    judge(&mut case, "ben", Some(claim(Facet::Access)), likely((95, 99)));
    let sure = Opinion { confidence: Some(Confidence::High), verdict: Some("Ours".into()), ..Opinion::default() };
    judge(&mut case, "ana", None, Some(sure));
    judge(&mut case, "ana", Some(claim(Facet::Access)), likely((70, 70)));
    judge(&mut case, "ben", Some(claim(Facet::Access)), None);
    judge(&mut case, "ana", Some(claim(Facet::Offer)), likely((50, 50)));
    let mut after = assess(&case);
    let standing: Vec<(&str, bool)> = after.judgements.iter().map(|it| (it.by.as_str(), it.stands)).collect();
    let expected = [("ana", false), ("ben", false), ("ana", true), ("ana", true), ("ben", false), ("ana", true)];
    assert_eq!(standing, expected);
    assert_eq!(after.judgements[5].on, crate::assess::JudgedOn::Gone);
    assert!(after.judgements[3].words().contains(": likely (70%). Why: I saw the logs."));
    assert!(after.judgements[2].words().contains(": “Ours”, high confidence. Why"));
    after.judgements.clear();
    assert_eq!(format!("{after:?}"), format!("{before:?}"), "nothing that is computed changes");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever two analysts do, every edit is told with its fate, no statement is lost, and taking all of it back leaves the case as it was.
    #[test]
    fn whatever_is_edited_can_be_taken_back(
        edits in proptest::collection::vec((0..5_u8, 0..2_u8, 0..8_u32, 0..4_usize, 0..3_u8), 1..16),
    ) {
        let mut case = contested();
        let before = assess(&case);
        let mut keys = vec![claim(Facet::Access), claim(Facet::Assets)];
        for (kind, author, place, key, side) in edits {
            let claim = keys[key % keys.len()].clone();
            let other = keys[(key + 1) % keys.len()].clone();
            let statement = statement(place);
            let for_claim = [None, Some(true), Some(false)][usize::from(side)];
            let what = match kind {
                0 => EditKind::Reword { claim, proposition: format!("It is {place}.") },
                1 => {
                    keys.push(ClaimKey::Split(EntryId([100 + u8::try_from(case.edits.len()).unwrap(); 32])));
                    EditKind::Split { claim, proposition: format!("A part is {place}."), statements: vec![statement] }
                }
                2 => EditKind::Merge { claim, into: other },
                3 => EditKind::Attach { claim, statement, for_claim },
                _ => EditKind::Detach { claim, statement },
            };
            edit(&mut case, if author == 0 { "ana" } else { "ben" }, what);
        }
        let made = case.edits.len();
        let edited = assess(&case);
        proptest::prop_assert_eq!(edited.edits.len(), made);
        for claim in &edited.claims {
            let handles: BTreeSet<&str> = claim.voices.iter().map(|voice| voice.handle.as_str()).collect();
            proptest::prop_assert_eq!(handles.len(), claim.voices.len(), "nothing speaks twice to a claim");
        }
        for target in case.edits.clone() {
            edit(&mut case, "ana", EditKind::Undo { edit: target.id });
        }
        let mut undone = assess(&case);
        let all_undone = undone.edits[..made].iter().all(|it| matches!(it.fate, Fate::Undone { .. }));
        proptest::prop_assert!(all_undone, "{:?}", undone.edits);
        undone.edits.clear();
        proptest::prop_assert_eq!(format!("{undone:?}"), format!("{before:?}"));
    }
}
