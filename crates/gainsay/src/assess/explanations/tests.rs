#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use jiff::Timestamp;

use super::super::tests::{CREW, FIRM, MARLBECK, assess, case, find, in_words, say};
use super::*;
use crate::claim::{Commit, Shares, Stance, Window};

fn of(case: &Case) -> Vec<(Cause, i64)> {
    let all = assess(case).explanations;
    all.first().map_or(Vec::new(), |it| it.ranked.iter().map(|it| (it.cause, it.burden())).collect())
}

fn burden(case: &Case, cause: Cause) -> i64 {
    of(case).into_iter().find(|(it, _)| *it == cause).unwrap().1
}

const ACCESS: &[Facet] = &[Facet::Access];

#[test]
fn what_speaks_against_decides() {
    let mut case = case();
    assert!(of(&case).is_empty());
    say(&mut case, CREW, Stance::Claims, ACCESS, None);
    assert_eq!(of(&case)[0], (Cause::Own, 0));
    say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
    assert_eq!(of(&case).last().unwrap().0, Cause::Own, "a denial outweighs a boast");
    say(&mut case, MARLBECK, Stance::PartlyConfirms, ACCESS, None);
    assert_eq!(of(&case)[0].0, Cause::Own, "an admission takes the denial's place");
    let fits = &assess(&case).explanations[0].ranked[0].fits;
    assert_eq!(fits[0].words, "Marlbeck: victim partly confirms");
}

#[test]
fn a_denial_that_names_the_cause_speaks_for_it() {
    for (words, cause) in [
        ("The data was taken from a vendor, Marlbeck said.", Some(Cause::Supplier)),
        ("It was stolen from a third-party server, Marlbeck said.", Some(Cause::Supplier)),
        ("Users fell to their third-party apps, Marlbeck said.", Some(Cause::Supplier)),
        ("An unauthorized third party obtained nothing, Marlbeck said.", None),
        ("No third-party vendor was entered, Marlbeck said.", None),
        ("Marlbeck says that it is publicly available.", Some(Cause::Old)),
        ("The records are not ours, Marlbeck said.", Some(Cause::Mistaken)),
        ("Marlbeck calls the files fake.", Some(Cause::Fabricated)),
        ("Marlbeck works with third-party experts.", None),
        ("Marlbeck does not call the files fake.", None),
        ("Marlbeck says it is fake, or scraped.", None),
    ] {
        let mut case = case();
        say(&mut case, MARLBECK, Stance::Denies, ACCESS, None);
        in_words(&mut case, words);
        let expected = cause.unwrap_or(Cause::Supplier);
        assert_eq!(of(&case)[0].0, expected, "{words}");
        let alone = of(&case).iter().filter(|(_, burden)| *burden == 0).count();
        assert_eq!(alone, if cause.is_some() { 1 } else { 4 }, "{words}");
    }
}

#[test]
fn a_match_speaks_by_what_it_found_and_of_when() {
    let with = |verdict: &str, last: Option<(i64, bool)>, shares: Shares| {
        let mut case = case();
        case.sources[0].published = Some(Timestamp::from_second(400 * 86_400).unwrap());
        say(&mut case, CREW, Stance::Claims, ACCESS, None);
        find(&mut case, verdict);
        let result = &mut case.findings[0].result;
        result.verdicts = vec![("ours".into(), 10, 0)];
        result.shares = shares;
        result.window = last.map(|(day, open)| {
            let commit = |day: i64| Commit { id: String::new(), time: Timestamp::from_second(day * 86_400).unwrap() };
            let (first, last) = (commit(day - 1), commit(day));
            let strict = (first.clone(), last.clone());
            Window { line: "code".into(), strict, best: first.clone(), first, last, open, fit: 1, of: 1 }
        });
        case
    };
    let shares = |distinctive, public| Shares { distinctive, public, ..Shares::default() };
    let ours = shares(900, 0);
    let new = with("ours", Some((390, false)), ours);
    let old = with("ours", Some((10, false)), ours);
    let open = with("ours", Some((10, true)), ours);
    assert!(burden(&new, Cause::Old) > 1000 && burden(&open, Cause::Old) > 1000);
    assert_eq!(burden(&old, Cause::Old), 100, "the crew's word alone");
    assert_eq!(burden(&with("ours", Some((390, false)), shares(100, 800)), Cause::Old), 100, "most of it is public");
    for case in [&new, &old] {
        assert!(burden(case, Cause::Mistaken) > 1000 && burden(case, Cause::Fabricated) > 1000);
        assert_eq!(burden(case, Cause::Own), 0);
    }
    let public = with("public only", None, shares(0, 1000));
    assert!(burden(&public, Cause::Own) > burden(&public, Cause::Old));
    let nothing = with("not found", None, Shares::default());
    assert_eq!(burden(&nothing, Cause::Own), 0, "nobody has said how much the corpora cover");
    let weights = crate::assess::Weights::with("[evidence]\ncorpora_cover = 900").unwrap();
    let covered = &crate::assess::assess(&nothing, &weights).explanations[0].ranked;
    let own = covered.iter().find(|it| it.cause == Cause::Own).unwrap();
    assert_eq!(own.against[0].from, ["m1"]);
    assert!(own.burden() > 1000);
}

#[test]
fn an_origin_counts_once_whatever_it_speaks_to() {
    let mut case = case();
    say(&mut case, FIRM, Stance::Claims, &[Facet::Access, Facet::Exfiltration, Facet::Victim, Facet::Assets], None);
    let all = assess(&case).explanations;
    let fabricated = all[0].ranked.iter().find(|it| it.cause == Cause::Fabricated).unwrap();
    assert_eq!(fabricated.against.len(), 1);
    let heaviest = assess(&case).claims.iter().flat_map(|it| &it.voices).map(|it| it.weight).max();
    assert_eq!(Some(fabricated.burden()), heaviest);
}
