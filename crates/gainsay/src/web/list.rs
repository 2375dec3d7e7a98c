//! A case in pieces. Its page shows the beginning of each list; a list has pages of its own, so that no page is longer than what somebody
//! reads, whatever the case holds.

use askama::Template;

use super::answer::{Answer, Failure};
use super::asking::Asking;
use super::case::{self, Entry};
use super::fields::{Asked, At};
use super::frame::Frame;
use super::{Answered, source};
use crate::claim::counted;
use crate::desk::{self, LogLine, Role};
use crate::export::page::{Finding, Page};
use crate::release::View;

/// A list of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Claims,
    Explanations,
    Timeline,
    Disagreements,
    Offers,
    Said,
    Sources,
    Ledger,
}

/// How much of what belongs to one row is shown: on a case's page, and on a list's.
const OF_ROW: (usize, usize) = (5, 40);

/// How many handles stand in a row.
const HANDLES: (usize, usize) = (12, 100);

/// How many files, archives or clues of a match a case's page shows; the match has a page of its own.
const OF_MATCH: usize = 20;

/// How many matches, inspections, private matches and challenges it shows.
const EVIDENCE: usize = 8;

/// How many boxes and lines the picture of who relays whom may have: with more nobody reads it.
const DRAWN: usize = 250;

/// How much of what somebody said is shown, in characters: its source has it all.
const QUOTE: usize = 600;

impl List {
    const ALL: [List; 8] = [
        List::Claims,
        List::Explanations,
        List::Timeline,
        List::Disagreements,
        List::Offers,
        List::Said,
        List::Sources,
        List::Ledger,
    ];

    /// The id of its section, and its name in addresses.
    pub(super) fn word(self) -> &'static str {
        match self {
            List::Claims => "claims",
            List::Explanations => "explanations",
            List::Timeline => "timeline",
            List::Disagreements => "disagreements",
            List::Offers => "offers",
            List::Said => "said",
            List::Sources => "sources",
            List::Ledger => "ledger",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            List::Claims => "claims",
            List::Explanations => "what may be behind it",
            List::Timeline => "timeline",
            List::Disagreements => "disagreements",
            List::Offers => "offers",
            List::Said => "who said what",
            List::Sources => "sources",
            List::Ledger => "ledger entries",
        }
    }

    /// How many a case's page shows, and how many a page of the list.
    fn rows(self) -> (usize, usize) {
        match self {
            List::Claims => (12, 10),
            List::Explanations => (3, 3),
            List::Timeline => (40, 300),
            List::Disagreements => (8, 40),
            List::Offers => (10, 50),
            List::Said => (20, 60),
            List::Sources => (20, 100),
            List::Ledger => (20, 200),
        }
    }

    fn cut<T>(self, rows: &mut Vec<T>, only: Option<(List, usize)>) -> usize {
        let (from, most) = match only {
            None => (0, self.rows().0),
            Some((list, from)) if list == self => (from, self.rows().1),
            Some(_) => (0, 0),
        };
        let of = rows.len();
        rows.drain(..from.min(of));
        rows.truncate(most);
        of
    }
}

/// Cuts a page of a case: to the beginning of each list, or to a piece of one. Gives how long that one is.
pub(super) fn cut(page: &mut Page, entries: &mut Vec<LogLine>, within: &str, only: Option<(List, usize)>) -> usize {
    let mut of_only = 0;
    for list in List::ALL {
        let of = match list {
            List::Claims => list.cut(&mut page.claims, only),
            List::Explanations => list.cut(&mut page.explanations, only),
            List::Timeline => list.cut(&mut page.timeline, only),
            List::Disagreements => list.cut(&mut page.disagreements, only),
            List::Offers => list.cut(&mut page.offers, only),
            List::Said => list.cut(&mut page.said, only),
            List::Sources => list.cut(&mut page.sources, only),
            List::Ledger => list.cut(entries, only),
        };
        match only {
            Some((one, _)) if one == list => of_only = of,
            None if of > list.rows().0 => {
                let words = format!("All {of}: {}", list.title());
                page.rest.insert(list.word(), (format!("{within}/lists/{}", list.word()), words));
            }
            _ => {}
        }
    }
    let pick = |(on_case, on_list): (usize, usize)| if only.is_some() { on_list } else { on_case };
    rows(page, pick(OF_ROW), pick(HANDLES));
    evidence(page);
    let claims = page.claims.iter().map(|it| &it.handle).chain(page.said.iter().map(|it| &it.handle));
    let evidence = page.findings.iter().map(|it| &it.handle).chain(page.inspections.iter().map(|it| &it.handle));
    let others = page.privates.iter().map(|it| &it.handle).chain(page.challenges.iter().map(|it| &it.0));
    page.here = claims.chain(evidence).chain(others).cloned().collect();
    page.within = Some(within.to_owned());
    of_only
}

/// Cuts what belongs to a row.
fn rows(page: &mut Page, most: usize, handles: usize) {
    fn more<T>(list: &mut Vec<T>, most: usize) -> usize {
        let more = list.len().saturating_sub(most);
        list.truncate(most);
        more
    }
    for claim in &mut page.claims {
        claim.more_voices = more(&mut claim.voices, most);
        claim.more_uncounted = more(&mut claim.uncounted, handles);
        for list in [&mut claim.origins, &mut claim.edits, &mut claim.judged] {
            let beyond = more(list, most);
            list.extend((beyond > 0).then(|| format!("and {beyond} more")));
        }
    }
    for it in page.explanations.iter_mut().flat_map(|it| &mut it.ranked) {
        it.more_fits = more(&mut it.fits, most);
        it.more_against = more(&mut it.against, most);
        it.fits.iter_mut().chain(&mut it.against).for_each(|ground| ground.from.truncate(handles));
    }
    page.timeline.iter_mut().for_each(|event| event.from.truncate(handles));
    page.steps.iter_mut().for_each(|step| step.from.truncate(handles));
    for list in [&mut page.edits, &mut page.judged, &mut page.standing.changes, &mut page.standing.outdated] {
        let beyond = more(list, handles);
        list.extend((beyond > 0).then(|| format!("and {beyond} more")));
    }
    page.said.iter_mut().for_each(|said| shorten(&mut said.quote));
    for place in page.disagreements.iter_mut().flat_map(|it| &mut it.places) {
        place.quote.iter_mut().for_each(shorten);
    }
    if let Some(origins) = &mut page.origins {
        origins.by_claim.truncate(List::Claims.rows().0);
        origins.by_claim.iter_mut().for_each(|(_, _, from)| shorten(from));
        if origins.picture.take_if(|picture| picture.boxes.len() + picture.lines.len() > DRAWN).is_some() {
            origins.at_a_glance += " They are too many to be drawn.";
        }
    }
}

/// Cuts the evidence: each match has a page of its own, and what stands in no page is in what the command gives.
fn evidence(page: &mut Page) {
    page.findings.truncate(EVIDENCE);
    page.privates.truncate(EVIDENCE);
    page.challenges.truncate(EVIDENCE);
    page.inspections.truncate(EVIDENCE);
    for inspection in &mut page.inspections {
        let beyond = inspection.items.len().saturating_sub(OF_MATCH);
        inspection.items.truncate(OF_MATCH);
        if beyond > 0 {
            inspection.more = Some(format!("and {beyond} more: `gainsay show --json` has them all"));
        }
    }
    for finding in &mut page.findings {
        cut_match(finding, OF_MATCH);
        // They have pages of their own.
        let pictures = std::mem::take(&mut finding.screens).len();
        let words = || format!("Pictures: {pictures}, beside the files that they show on the match’s own page.");
        finding.words.extend((pictures > 0).then(words));
    }
}

/// Cuts what is told of a match, and says of what there is more.
pub(super) fn cut_match(finding: &mut Finding, most: usize) {
    let mut beyond = Vec::new();
    let mut cut = |what: &str, length: usize| {
        if length > most {
            beyond.push(counted(length, what));
        }
    };
    cut("file", finding.rows.len());
    cut("archive", finding.layers.len());
    cut("clue", finding.clues.len());
    cut("find", finding.malware.len());
    cut("build", finding.builds.len());
    cut("listing", finding.listings.len());
    cut("problem", finding.problems.len());
    cut("sentence", finding.words.len());
    finding.rows.truncate(most);
    finding.layers.truncate(most);
    finding.clues.truncate(most);
    finding.malware.truncate(most);
    finding.builds.truncate(most);
    finding.listings.truncate(most);
    finding.problems.truncate(most);
    finding.words.truncate(most);
    finding.places.truncate(most);
    if !beyond.is_empty() {
        finding.beyond =
            Some(format!("Of {} the first {most} are shown: `gainsay show --json` has them all.", beyond.join(", ")));
    }
}

fn shorten(quote: &mut String) {
    if let Some((end, _)) = quote.char_indices().nth(QUOTE) {
        quote.truncate(end);
        quote.push('…');
    }
}

#[derive(Template)]
#[template(path = "web/list.html")]
struct ListPage {
    frame: Frame,
    page: Page,
    entries: Vec<Entry>,
    list: List,
    within: String,
    here: String,
    until: Option<String>,
    /// What the address of another piece ends in.
    as_of: String,
    first: usize,
    last: usize,
    of: usize,
    before: Option<usize>,
}

pub(super) async fn page(asking: Asking, At((id, word)): At<(String, String)>, asked: Asked) -> Answered {
    let list = List::ALL.into_iter().find(|list| list.word() == word).ok_or(Failure::Nowhere)?;
    let from: usize = match asked.get("from") {
        None => 0,
        Some(from) => from.parse().map_err(|_| Failure::Input(format!("{from} is no place in a list.")))?,
    };
    let as_of = asked.get("as_of").unwrap_or_default().to_owned();
    let until = case::until(&as_of)?;
    asking
        .page_of(id, until, move |desk, view, session| {
            let within = format!("/case/{}", view.case.id.short());
            let mut page = Page::of(view);
            let mut entries = case::entries(desk, view)?;
            let of = cut(&mut page, &mut entries, &within, Some((list, from)));
            let piece = list.rows().1;
            Ok(ListPage {
                frame: Frame::of(session, &format!("{}: {}", view.case.title, list.title())),
                here: format!("{within}/lists/{}", list.word()),
                until: view.case.until.words(),
                as_of: if as_of.is_empty() { String::new() } else { format!("&as_of={as_of}") },
                first: (from + 1).min(of),
                last: from.saturating_add(piece).min(of),
                of,
                before: (from > 0).then(|| from.saturating_sub(piece)),
                page,
                entries: entries.into_iter().map(Entry::of).collect(),
                list,
                within,
            })
        })
        .await
}

/// Where a handle of a case is shown.
pub(super) async fn at(asking: Asking, At((id, handle)): At<(String, String)>) -> Answered {
    asking
        .at_desk(Role::Reader, move |desk, acting, _| {
            let view = desk.view(&id, acting.now, crate::claim::Until::default())?;
            let missing = || desk::Error::NoHandle { case: view.case.title.clone(), handle: handle.clone() };
            Ok(Answer::Go(place(&view, &handle).ok_or_else(missing)?))
        })
        .await
}

fn place(view: &View, handle: &str) -> Option<String> {
    let case = &view.case;
    let within = format!("/case/{}", case.id.short());
    if case.sources.iter().any(|source| source.handle == handle) {
        return Some(format!("{within}/sources/{handle}"));
    }
    if let Some(said) = case.statements.iter().find(|said| said.handle == handle) {
        return Some(source::place(view, said));
    }
    if let Some(at) = view.assessment.claims.iter().position(|claim| claim.handle == handle) {
        let piece = List::Claims.rows().1;
        return Some(format!("{within}/lists/claims?from={}#{handle}", at / piece * piece));
    }
    case.findings.iter().any(|it| it.handle == handle).then(|| format!("{within}/matches/{handle}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_to_its_beginning_or_to_a_piece() {
        let all: Vec<usize> = (0..100).collect();
        let cut = |only| {
            let mut rows = all.clone();
            assert_eq!(List::Said.cut(&mut rows, only), 100);
            rows
        };
        assert_eq!(cut(None), (0..20).collect::<Vec<_>>());
        assert_eq!(cut(Some((List::Said, 60))), (60..100).collect::<Vec<_>>());
        assert!(cut(Some((List::Said, usize::MAX))).is_empty() && cut(Some((List::Claims, 0))).is_empty());
    }

    #[test]
    fn what_is_long_is_shortened_between_characters() {
        let mut long = "é".repeat(QUOTE + 1);
        shorten(&mut long);
        assert_eq!(long.chars().count(), QUOTE + 1);
        assert!(long.ends_with('…'));
    }
}
