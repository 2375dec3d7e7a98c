//! A view in strings: what the report's formats for people share.

use super::challenge;
use super::curve::Curve;
use super::explanations;
use super::in_hand;
use super::offers;
use super::origins::Picture;
use super::screens;
use super::sensitive;
use super::text::{moment, percent};
use super::timeline::{self, Event};
use crate::assess::{Edited, Judged, JudgedOn};
use crate::claim::{EntryId, Scan, SourceText, Span, State};
use crate::release::View;

/// How much of the text around a span is shown, in bytes on each side.
const CONTEXT: usize = 160;

/// Files that one build is said to expose.
const EXPOSED: usize = 10;

/// How many files of a match a page lists.
const ROWS: usize = 1000;

pub struct Page {
    /// Where the case's own pages lie, in a desk that is served; a report stands alone.
    pub within: Option<String>,
    pub title: String,
    pub tlp: String,
    pub tlp_class: String,
    pub made: String,
    pub opened: String,
    pub withheld: usize,
    pub answer: Vec<String>,
    /// What analysts hold of the case, beside what is computed.
    pub judged: Vec<String>,
    pub standing: Standing,
    pub steps: Vec<Step>,
    pub claims: Vec<Claim>,
    /// Edits that belong to no claim that the case has now.
    pub edits: Vec<String>,
    pub explanations: Vec<Explanations>,
    /// Each day once, with the first of its events.
    pub timeline: Vec<Event>,
    pub findings: Vec<Finding>,
    pub inspections: Vec<Inspection>,
    pub privates: Vec<Private>,
    /// Each challenge in sentences, with its handle.
    pub challenges: Vec<(String, Vec<String>)>,
    pub disagreements: Vec<Disagreement>,
    pub offers: Vec<offers::Row>,
    pub origins: Option<Origins>,
    pub said: Vec<Said>,
    pub sources: Vec<Source>,
    pub record: Option<Record>,
}

/// Whether what was reported before still holds, and what the assessment is based on.
pub struct Standing {
    pub earlier: Option<String>,
    pub changes: Vec<String>,
    pub outdated: Vec<String>,
    pub based_on: Vec<(&'static str, String)>,
}

/// What a sample must not reveal.
pub struct Inspection {
    pub handle: String,
    pub sample: String,
    pub looked_at: u64,
    pub kinds: Vec<sensitive::KindRow>,
    pub items: Vec<sensitive::ItemRow>,
    pub more: Option<String>,
    pub caption: &'static str,
    pub command: String,
}

pub struct Explanations {
    pub victim: String,
    pub in_order: String,
    pub ranked: Vec<Explanation>,
}

pub struct Explanation {
    pub words: &'static str,
    pub burden: i64,
    pub fits: Vec<Ground>,
    pub against: Vec<Ground>,
}

pub struct Ground {
    pub from: Vec<String>,
    pub words: String,
    pub weight: i64,
}

pub struct Origins {
    pub at_a_glance: String,
    pub lines: Vec<String>,
    pub picture: Option<Picture>,
    pub by_claim: Vec<(String, String, String)>,
}

pub struct Step {
    /// In parts, each with whether it is a command.
    pub what: Vec<(String, bool)>,
    pub from: Vec<String>,
    /// Who, until when, and whether it is done.
    pub task: Option<String>,
    pub done: bool,
}

pub struct Claim {
    pub handle: String,
    pub facet: &'static str,
    pub proposition: String,
    pub assessed: bool,
    pub likelihood: &'static str,
    pub range: &'static str,
    pub percent: u8,
    pub confidence: &'static str,
    /// What became of it, where somebody settled it.
    pub settled: Option<String>,
    /// Whether the way in is still open.
    pub access: Option<String>,
    /// What analysts hold of it, beside what is computed.
    pub judged: Vec<String>,
    /// What analysts made of it.
    pub edits: Vec<String>,
    pub voices: Vec<Voice>,
    pub uncounted: Vec<String>,
    /// The findings that would change it most, with the likelihood that each would lead to.
    pub prospects: Vec<String>,
    pub origins: Vec<String>,
}

pub struct Voice {
    pub handle: String,
    pub party: String,
    pub origin: Option<String>,
    pub for_claim: bool,
    pub weight: String,
    pub because: String,
    /// In the Admiralty code, such as `C2`.
    pub rating: String,
}

/// What was settled with another party.
pub struct Private {
    pub handle: String,
    pub words: Vec<String>,
}

pub struct Finding {
    pub handle: String,
    pub sample: String,
    pub owner: String,
    pub verdict: String,
    pub corpora: String,
    pub verdicts: Vec<(String, u64, u64)>,
    pub shares: String,
    pub window: Option<String>,
    pub curve: Option<Curve>,
    pub places: Vec<(String, u64, u64)>,
    pub listings: Vec<Listing>,
    pub screens: Vec<screens::Shown>,
    pub words: Vec<String>,
    /// What came of scanning for malware, and each thing that was found: engine, file and rule.
    pub scanned: Vec<String>,
    pub malware: Vec<(String, String, String)>,
    /// The company's builds: the file with what it is, how it stands, what it exposes, and what it gives away.
    pub builds: Vec<(String, String, Vec<String>, Vec<String>)>,
    /// What the sample is made of, each with its label.
    pub in_hand: Vec<(&'static str, String)>,
    /// What was offered, next to what of it is in hand.
    pub offered: Vec<String>,
    pub rows: Vec<Row>,
    pub problems: Vec<String>,
    /// The archives that the sample is made of.
    pub layers: Vec<Layer>,
    /// What they say of their makers: the archive, what it is about, and what it says.
    pub clues: Vec<(String, String, String)>,
    pub command: String,
}

pub struct Layer {
    pub path: String,
    pub format: String,
    pub files: u64,
    pub bytes: u64,
    /// What was found wrong with it or in it, each kind with how often.
    pub findings: String,
}

pub struct Row {
    pub path: String,
    pub verdict: String,
    pub share: String,
    pub best: String,
    pub edits: String,
}

pub struct Listing {
    pub path: String,
    pub format: String,
    pub verdict: String,
    pub words: Vec<String>,
}

pub struct Disagreement {
    pub kind: &'static str,
    pub about: String,
    pub places: Vec<Place>,
}

pub struct Place {
    pub source: String,
    pub who: String,
    pub what: String,
    pub quote: Option<String>,
}

pub struct Said {
    pub handle: String,
    pub date: String,
    pub speaker: String,
    pub kind: &'static str,
    pub stance: String,
    pub origin: Option<String>,
    pub source: String,
    pub outlet: String,
    pub state: String,
    pub before: String,
    pub quote: String,
    pub after: String,
}

pub struct Source {
    pub handle: String,
    pub kind: &'static str,
    pub name: String,
    pub title: Option<String>,
    pub whence: String,
    pub tlp: String,
    pub replaced: bool,
    pub problems: Vec<String>,
    pub published: String,
    pub received: String,
    pub digest: String,
}

pub struct Record {
    pub checkpoint: String,
    pub key: String,
    pub proofs: Vec<Proof>,
}

pub struct Proof {
    pub handle: String,
    pub seq: u64,
    pub leaf: String,
    pub path: Vec<String>,
}

impl Page {
    /// The view in strings.
    pub fn of(view: &View) -> Page {
        let case = &view.case;
        let assessment = &view.assessment;
        Page {
            within: None,
            title: case.title.clone(),
            tlp: view.marking().word().to_uppercase(),
            tlp_class: view.marking().word().replace('+', "-"),
            made: instant(view.made),
            opened: instant(case.opened),
            withheld: view.withheld,
            answer: assessment.answer.clone(),
            judged: (assessment.judgements.iter())
                .filter(|it| it.stands && !matches!(it.on, JudgedOn::Claim(_)))
                .map(Judged::words)
                .collect(),
            standing: standing(view),
            steps: assessment
                .steps
                .iter()
                .map(|s| Step {
                    what: with_commands(&s.what),
                    from: s.from.clone(),
                    task: s.task.as_ref().map(|task| task.words()),
                    done: s.task.as_ref().is_some_and(|task| task.done.is_some()),
                })
                .collect(),
            claims: assessment.claims.iter().map(|one| claim(view, one)).collect(),
            edits: assessment.edits.iter().filter(|it| it.claims.is_empty()).map(Edited::words).collect(),
            explanations: assessment.explanations.iter().map(explained).collect(),
            timeline: each_day_once(timeline::events(view)),
            findings: case.findings.iter().map(|one| finding(view, one)).collect(),
            inspections: case.inspections.iter().map(|one| inspection(view, one)).collect(),
            privates: case
                .privates
                .iter()
                .map(|settled| Private { handle: settled.handle.clone(), words: settled.words() })
                .collect(),
            challenges: case.challenges.iter().map(|one| (one.handle.clone(), challenge::lines(one))).collect(),
            disagreements: assessment.disagreements.iter().map(|one| disagreement(view, one)).collect(),
            offers: offers::rows(view),
            origins: super::origins::at_a_glance(&assessment.graph).map(|at_a_glance| Origins {
                at_a_glance,
                lines: super::origins::as_lines(view),
                picture: Picture::of(view),
                by_claim: super::origins::by_claim(view),
            }),
            said: said(view),
            sources: case.sources.iter().map(source).collect(),
            record: view.record.head.as_ref().map(|head| Record {
                checkpoint: head.to_checkpoint(&view.record.key),
                key: view.record.key.to_text(),
                proofs: view
                    .record
                    .proofs
                    .iter()
                    .map(|proof| Proof {
                        handle: proof.handle.clone(),
                        seq: proof.seq,
                        leaf: EntryId(proof.leaf).to_string(),
                        path: proof.path.iter().map(|hash| EntryId(*hash).to_string()).collect(),
                    })
                    .collect(),
            }),
        }
    }
}

fn each_day_once(mut events: Vec<Event>) -> Vec<Event> {
    let days: Vec<String> = events.iter().map(|event| event.day.clone()).collect();
    for (event, before) in events.iter_mut().skip(1).zip(&days) {
        if event.day == *before {
            event.day.clear();
        }
    }
    events
}

/// A text in parts: what stands between backquotes is a command, where they come in pairs.
fn with_commands(text: &str) -> Vec<(String, bool)> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![(text.to_owned(), false)];
    }
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    parts.map(|(at, part)| (part.to_owned(), at % 2 == 1)).collect()
}

/// A moment as pages and their script read it.
pub fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn standing(view: &View) -> Standing {
    let basis = &view.record.basis;
    let digest = |hash: &[u8; 32]| EntryId(*hash).to_string();
    let mut based_on = Vec::new();
    if let Some(head) = &view.record.head {
        based_on.push(("ledger", format!("{} entries, root {}", head.size, digest(&head.root))));
    }
    based_on.push(("model", basis.model.clone()));
    based_on.push(("weights", format!("SHA-256 {}", digest(&basis.weights))));
    based_on.push(("names known beforehand", format!("SHA-256 {}", digest(&basis.names))));
    let corpora = view.case.current_findings();
    based_on.extend(corpora.map(|finding| ("corpora", format!("{}: {}", finding.handle, finding.result.against()))));
    Standing {
        earlier: basis.earlier.as_ref().map(|earlier| earlier.words()),
        changes: basis.earlier.as_ref().map_or(Vec::new(), |earlier| earlier.changes.clone()),
        outdated: basis.outdated.iter().map(|(_, words)| words.clone()).collect(),
        based_on,
    }
}

fn explained(of: &crate::assess::Explanations) -> Explanations {
    let ground =
        |it: &crate::assess::Ground| Ground { from: it.from.clone(), words: it.words.clone(), weight: it.weight };
    let ranked = of.ranked.iter().map(|it| Explanation {
        words: it.cause.words(),
        burden: it.burden(),
        fits: it.fits.iter().map(ground).collect(),
        against: it.against.iter().map(ground).collect(),
    });
    Explanations {
        victim: explanations::of(of).to_owned(),
        in_order: explanations::in_order(of),
        ranked: ranked.collect(),
    }
}

fn claim(view: &View, claim: &crate::assess::Claim) -> Claim {
    let assessment = &view.assessment;
    let judged = assessment.judgements.iter().filter(|it| it.stands && it.is_on(&claim.handle));
    let edits = assessment.edits.iter().filter(|it| it.claims.contains(&claim.handle));
    Claim {
        judged: judged.map(Judged::words).collect(),
        edits: edits.map(Edited::words).collect(),
        handle: claim.handle.clone(),
        facet: claim.facet.word(),
        proposition: claim.proposition.clone(),
        assessed: claim.is_assessed(),
        likelihood: claim.likelihood.word(),
        range: claim.likelihood.range(),
        percent: claim.likelihood.percent(),
        confidence: claim.confidence.word(),
        voices: claim
            .voices
            .iter()
            .filter(|voice| voice.weight != 0)
            .map(|voice| Voice {
                handle: voice.handle.clone(),
                party: voice.party.clone(),
                origin: voice.origin.clone(),
                for_claim: voice.for_claim,
                weight: format!("{:+}", voice.weight),
                because: voice.because.clone(),
                rating: format!("{}{}", voice.reliability, voice.credibility),
            })
            .collect(),
        prospects: claim.prospects.iter().map(|it| it.to_string()).collect(),
        settled: claim.settled.clone(),
        access: claim.access.as_ref().map(crate::assess::Access::words),
        uncounted: claim.voices.iter().filter(|voice| voice.weight == 0).map(|voice| voice.handle.clone()).collect(),
        origins: claim.origins.iter().cloned().collect(),
    }
}

fn inspection(view: &View, of: &crate::claim::Inspection) -> Inspection {
    Inspection {
        handle: of.handle.clone(),
        sample: view.case.sources[of.sample].name().to_owned(),
        looked_at: of.result.files,
        kinds: sensitive::kinds(&of.result),
        items: sensitive::items(&of.result, ROWS),
        more: sensitive::more(&of.result, ROWS),
        caption: sensitive::CAPTION,
        command: of.command.clone(),
    }
}

fn finding(view: &View, finding: &crate::claim::Finding) -> Finding {
    let result = &finding.result;
    Finding {
        handle: finding.handle.clone(),
        sample: view.case.sources[finding.sample].name().to_owned(),
        owner: result.owner.clone(),
        verdict: result.verdict.clone(),
        corpora: result.against(),
        verdicts: result.verdicts.clone(),
        shares: format!(
            "Of the sample's fingerprints {} are in the corpora of {} ({} in so many different files of theirs that they tell none), {} in public ones, and {} in what was published. {} are distinctive: the owner's and nobody else's.",
            percent(result.shares.matched),
            result.owner,
            percent(result.shares.common),
            percent(result.shares.public),
            percent(result.shares.published),
            percent(result.shares.distinctive)
        ),
        window: result.window.as_ref().map(|window| {
            format!(
                "{} to {}{} in {}. Best single commit: {}, which {} of {} files fit.",
                moment(&window.first),
                moment(&window.last),
                if window.open { ", the newest known, so that nothing bounds it above," } else { "" },
                window.line,
                moment(&window.best),
                window.fit,
                window.of
            )
        }),
        curve: Curve::of(result),
        places: result
            .places
            .iter()
            .flat_map(|places| &places.all)
            .map(|place| (place.name.clone(), place.files, place.only_here))
            .collect(),
        listings: result
            .listings
            .iter()
            .map(|listing| Listing {
                path: listing.path.clone(),
                format: listing.format.clone(),
                verdict: listing.verdict.clone(),
                words: listing.words.clone(),
            })
            .collect(),
        screens: screens::shown(result),
        words: result.words.clone(),
        in_hand: in_hand::lines(result),
        offered: in_hand::offered(&crate::assess::offered(&view.case, result)),
        rows: result
            .rows
            .iter()
            .take(ROWS)
            .map(|row| Row {
                path: row.path.clone(),
                verdict: row.verdict.clone(),
                share: if row.exact { "exact".to_owned() } else { percent(row.shares.distinctive) },
                best: row.best.as_ref().map_or(String::new(), |best| {
                    format!("{}: {}, {} to {}", best.corpus, best.path, best.first.day(), best.last.day())
                }),
                edits: row.alignment.as_ref().map_or(String::new(), |alignment| {
                    alignment.edits.iter().chain(&alignment.note).cloned().collect::<Vec<_>>().join("; ")
                }),
            })
            .collect(),
        scanned: result.scans.iter().flat_map(Scan::words).collect(),
        malware: result
            .scans
            .iter()
            .flat_map(|scan| scan.found.iter().map(|it| (scan.engine.clone(), it.path.clone(), it.rule.clone())))
            .collect(),
        builds: result
            .builds
            .iter()
            .map(|it| (format!("{} ({})", it.path, it.format), it.standing.clone(), it.exposes(EXPOSED), it.words()))
            .collect(),
        problems: result.problems.clone(),
        layers: result.layers.iter().map(layer).collect(),
        clues: result
            .clues
            .iter()
            .map(|clue| {
                let entries = if clue.entries > 1 { format!(" ({} entries)", clue.entries) } else { String::new() };
                (clue.path.clone(), clue.kind.clone(), format!("{}{entries}", clue.value))
            })
            .collect(),
        command: finding.command.clone(),
    }
}

fn layer(layer: &crate::claim::Layer) -> Layer {
    let often = |(kind, count): &(String, u64)| if *count == 1 { kind.clone() } else { format!("{kind} ({count})") };
    Layer {
        path: layer.path.clone(),
        format: layer.format.clone(),
        files: layer.files,
        bytes: layer.bytes,
        findings: layer.findings.iter().map(often).collect::<Vec<_>>().join(", "),
    }
}

fn disagreement(view: &View, disagreement: &crate::assess::Disagreement) -> Disagreement {
    Disagreement {
        kind: disagreement.kind.word(),
        about: disagreement.about.clone(),
        places: disagreement
            .places
            .iter()
            .map(|place| {
                let source = &view.case.sources[place.source];
                Place {
                    source: source.handle.clone(),
                    who: place.who.clone(),
                    what: place.what.clone(),
                    quote: match &source.text {
                        SourceText::Here(text) => place.span.of(text).map(str::to_owned),
                        _ => None,
                    },
                }
            })
            .collect(),
    }
}

fn said(view: &View) -> Vec<Said> {
    let mut shown: Vec<&crate::claim::Said> = view.case.shown().collect();
    shown.sort_by_key(|said| view.case.order(said));
    shown
        .into_iter()
        .map(|said| {
            let source = &view.case.sources[said.source];
            let statement = &said.statement;
            let (before, quote, after) = match &source.text {
                SourceText::Here(text) => around(text, statement.span),
                SourceText::Unavailable(why) => (String::new(), format!("[cannot be shown: {why}]"), String::new()),
                SourceText::None => Default::default(),
            };
            Said {
                handle: said.handle.clone(),
                date: source.published.map_or_else(|| "undated".to_owned(), |at| at.strftime("%Y-%m-%d").to_string()),
                speaker: statement.speaker.clone(),
                kind: statement.speaker_kind.word(),
                stance: statement.stance.word().replace('_', " "),
                origin: statement.origin.clone(),
                source: source.handle.clone(),
                outlet: source.name().to_owned(),
                state: match &said.state {
                    State::Draft { confidence } => format!("unreviewed draft, {} % sure", confidence / 10),
                    State::Accepted { by, .. } => format!("accepted by {by}"),
                    State::Rejected { by, .. } => format!("rejected by {by}"),
                },
                before,
                quote,
                after,
            }
        })
        .collect()
}

/// A span with some of the paragraph around it.
fn around(text: &str, span: Span) -> (String, String, String) {
    let Some(quote) = span.of(text) else { return Default::default() };
    let paragraph_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let paragraph_end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at);
    let start = text.ceil_char_boundary(paragraph_start.max(span.start.saturating_sub(CONTEXT)));
    let end = text.floor_char_boundary(paragraph_end.min(span.end + CONTEXT));
    let before = &text[start.min(span.start)..span.start];
    let after = &text[span.end..end.max(span.end)];
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    (
        format!("{}{before}", cut(start > paragraph_start)),
        quote.to_owned(),
        format!("{after}{}", cut(end < paragraph_end)),
    )
}

fn source(source: &crate::claim::Source) -> Source {
    Source {
        handle: source.handle.clone(),
        kind: source.kind.word(),
        name: source.name().to_owned(),
        title: source.title.clone(),
        whence: source.whence.clone(),
        tlp: source.tlp.word().to_uppercase(),
        replaced: source.replaced_by.is_some(),
        problems: source.problems.clone(),
        published: source.published.map_or_else(|| "undated".to_owned(), instant),
        received: instant(source.received),
        digest: source.digest.clone(),
    }
}
