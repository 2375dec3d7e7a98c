//! A case on one screen: the answer, what to do, the claims, what may be behind them, and what all of it rests on.

use std::collections::BTreeMap;

use super::{Page, Styles, WIDTH, cut};
use crate::assess::{Claim, JudgedOn};
use crate::claim::{Facet, SourceText, counted, quoted};
use crate::export::{challenge, explanations, origins};
use crate::release::View;

/// How many steps are shown, each on a line.
const STEPS: usize = 4;

/// How many claims.
const CLAIMS: usize = 6;

/// How many companies, matches and judgements.
const FEW: usize = 3;

/// How wide a claim's proposition is, in characters.
const PROPOSITION: usize = 52;

/// How wide its likelihood is: `roughly even chance (45–55%)`.
const LIKELIHOOD: usize = 29;

/// The case, for a terminal of 100 columns and 40 lines or little more.
pub fn screen(view: &View, styles: Styles) -> String {
    let mut page = Page::new(styles);
    page.title(view);
    page.heading("Answer");
    for sentence in &view.assessment.answer {
        page.wrapped(2, sentence);
    }
    page.own_judgements(view, FEW);
    page.stale(view);
    page.steps_at_a_glance(view);
    page.claims_at_a_glance(view);
    page.explanations_at_a_glance(view);
    page.grounds_at_a_glance(view);
    let case = quoted(&view.case.title);
    page.line("");
    page.hanging(
        "All of it: ",
        &format!("gainsay show {case} --all · to hand over: gainsay report {case} -o FILE.html"),
    );
    page.record(view);
    page.text
}

impl Page {
    fn steps_at_a_glance(&mut self, view: &View) {
        let open = view
            .assessment
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.task.as_ref().is_none_or(|task| task.done.is_none()));
        let open: Vec<_> = open.collect();
        if !open.is_empty() {
            self.heading("Next steps");
        }
        for (number, step) in open.iter().take(STEPS) {
            let task = step.task.as_ref().map_or(String::new(), |task| format!("({}) ", task.words()));
            self.line(&cut(&format!("{:>3}. {task}{}", number + 1, step.what), WIDTH));
        }
        self.and_more(open.len().saturating_sub(STEPS));
    }

    fn claims_at_a_glance(&mut self, view: &View) {
        let claims = &view.assessment.claims;
        let standing = |claim: &Claim| view.assessment.judgements.iter().any(|it| it.stands && it.is_on(&claim.handle));
        let mut assessed: Vec<&Claim> = claims.iter().filter(|claim| claim.is_assessed()).collect();
        // Of many companies whose data it is and who was entered, before what of each is said to have been taken.
        assessed.sort_by_key(|claim| (!standing(claim), claim.facet != Facet::Victim, claim.facet));
        if claims.is_empty() {
            return;
        }
        self.heading("Claims");
        for claim in assessed.iter().take(CLAIMS) {
            let edits = view.assessment.edits.iter();
            let is_edited = edits.clone().any(|it| it.holds() && it.claims.contains(&claim.handle));
            let mark = if is_edited { "*" } else { " " };
            let proposition = cut(&claim.proposition, PROPOSITION);
            let likelihood = format!("{:LIKELIHOOD$}", claim.likelihood.to_string());
            let likelihood = self.in_style(self.styles.strong, &likelihood);
            self.line(&format!(
                "  {:<3}{mark} {proposition:PROPOSITION$} {likelihood} {}",
                claim.handle,
                claim.confidence.word()
            ));
            let standing = view.assessment.judgements.iter().filter(|it| it.stands && it.is_on(&claim.handle));
            for judged in standing.take(2) {
                self.line(&cut(&format!("       {}", judged.in_short()), WIDTH));
            }
        }
        let more = assessed.len().saturating_sub(CLAIMS);
        let open = claims.len() - assessed.len();
        let rest = [(more, "more"), (open, "that nothing reviewed speaks to")];
        let rest: Vec<String> =
            rest.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if !rest.is_empty() {
            self.line(&format!("     … and {}", rest.join(", ")));
        }
        if view.assessment.edits.iter().any(|it| it.holds() && !it.claims.is_empty()) {
            self.line("     * edited by an analyst");
        }
    }

    fn explanations_at_a_glance(&mut self, view: &View) {
        let all = &view.assessment.explanations;
        if all.is_empty() {
            return;
        }
        self.heading("What may be behind it, by what speaks against");
        for one in all.iter().take(FEW) {
            self.hanging(&format!("  {}: ", explanations::of(one)), &explanations::in_order(one));
        }
        self.and_more(all.len().saturating_sub(FEW));
    }

    fn grounds_at_a_glance(&mut self, view: &View) {
        let assessment = &view.assessment;
        self.heading("What it rests on");
        for finding in view.case.findings.iter().take(FEW) {
            self.line(&cut(&format!("  {} {}", finding.handle, finding.result.summary()), WIDTH));
        }
        self.and_more(view.case.findings.len().saturating_sub(FEW));
        for settled in view.case.privates.iter().take(FEW) {
            self.line(&cut(&format!("  {} {}", settled.handle, settled.summary()), WIDTH));
        }
        self.and_more(view.case.privates.len().saturating_sub(FEW));
        for one in view.case.challenges.iter().filter_map(challenge::in_short).take(FEW) {
            self.hanging("  ", &one);
        }
        let hidden = view.case.sources.iter().filter_map(|source| match &source.text {
            SourceText::Unavailable(why) => Some(format!("{}: {why}", source.handle)),
            SourceText::Here(_) | SourceText::None => None,
        });
        let hidden: Vec<String> = hidden.collect();
        for words in hidden.iter().take(FEW) {
            self.hanging("  Not to be shown: ", words);
        }
        self.and_more(hidden.len().saturating_sub(FEW));
        if let Some(glance) = origins::at_a_glance(&assessment.graph) {
            self.wrapped(2, &glance);
        }
        let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
        for one in &assessment.disagreements {
            *kinds.entry(one.kind).or_default() += 1;
        }
        if !kinds.is_empty() {
            let mut kinds: Vec<_> = kinds.into_iter().collect();
            kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let more = if kinds.len() > FEW { "; …" } else { "" };
            let kinds = kinds.into_iter().take(FEW).map(|(kind, count)| format!("{} ({count})", kind.word()));
            let count = counted(assessment.disagreements.len(), "disagreement");
            self.wrapped(2, &format!("{count}: {}{more}", kinds.collect::<Vec<_>>().join("; ")));
        }
    }

    /// What analysts hold of the case as a whole, beside what is computed; and of claims that it has no more.
    pub(super) fn own_judgements(&mut self, view: &View, count: usize) {
        let standing = view.assessment.judgements.iter().filter(|it| it.stands);
        let of_case: Vec<_> = standing.filter(|it| !matches!(it.on, JudgedOn::Claim(_))).collect();
        if of_case.is_empty() {
            return;
        }
        self.line(&self.in_style(self.styles.strong, "  Own judgement, beside what is computed:"));
        for judged in of_case.iter().take(count) {
            let on = if judged.on == JudgedOn::Gone { "on a claim that is no more: " } else { "" };
            self.wrapped(4, &format!("{on}{}", judged.words()));
        }
        self.and_more(of_case.len().saturating_sub(count));
    }

    /// That what was last reported holds no longer, with what changes most, and that findings are out of date.
    fn stale(&mut self, view: &View) {
        let basis = &view.record.basis;
        if basis.earlier.as_ref().is_some_and(|earlier| !earlier.changes.is_empty()) || !basis.outdated.is_empty() {
            self.standing(view, 1);
        }
    }

    /// Whether what was last reported still holds, and whether findings are out of date.
    pub(super) fn standing(&mut self, view: &View, count: usize) {
        let basis = &view.record.basis;
        if let Some(earlier) = &basis.earlier {
            self.wrapped(2, &earlier.words());
            for change in earlier.changes.iter().take(count) {
                self.hanging("    - ", change);
            }
            self.and_more(earlier.changes.len().saturating_sub(count));
        }
        for (_, words) in basis.outdated.iter().take(count) {
            self.hanging("  Out of date: ", words);
        }
        self.and_more(basis.outdated.len().saturating_sub(count));
    }
}
