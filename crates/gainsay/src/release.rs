//! The one way out. Everything that leaves the desk, to a screen, a file or a page, is a `Released`, and only this file makes one.
//!
//! Before anything is drawn from a case, `View::of` takes out what is marked above the audience's clearance, shortens local paths, and
//! masks every value. What was drawn goes through the mask once more as `Released`, and loses what a terminal would obey. A test
//! holds that no other file prints or writes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use serde_json::Value;

use crate::assess::{Assessment, Fate, JudgedOn, Weights, assess};
use crate::claim::{Case, ClaimKey, EditKind, EntryId, SourceText, Tlp};
use crate::ledger::{Hash, PublicKey, TreeHead};
use crate::mask::{mask, mask_in_place};

/// A text that may be shown: masked, and of a marking that its audience is cleared for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released(String);

impl Released {
    /// Releases a text to whoever sits at the desk and may see all of it: lists, messages, results for no audience.
    pub fn plain(text: &str) -> Released {
        Released(harmless(&mask(text), false))
    }

    /// The same, for a text that the program itself has coloured.
    pub fn coloured(text: &str) -> Released {
        Released(harmless(&mask(text), true))
    }

    /// Releases values for machines, on one line: each string in them is masked by itself, so that what leaves is still JSON.
    pub fn json(mut value: Value) -> Released {
        each_string(&mut value, &|text| harmless(&mask(text), false));
        Released(format!("{value}\n"))
    }

    /// Releases what an exporter made of a view; `coloured` where it was made for a terminal with colour.
    pub fn of(view: &View, coloured: bool, render: impl FnOnce(&View) -> String) -> Released {
        Released(harmless(&mask(&render(view)), coloured))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text with its secrets turned into asterisks and its lines where they were: to be masked whole before it is cut into what is shown,
/// since a part of a secret may no longer look like one.
pub fn masked_in_place(text: &str) -> String {
    mask_in_place(text)
}

/// Masks a value.
fn change(text: &mut String) {
    if let Cow::Owned(masked) = mask(text) {
        *text = masked;
    }
}

/// Masks every string of a case by itself, before anything is drawn from it: once a format has escaped them, a secret may no longer
/// look like one. Texts keep their length, since spans point into them.
fn mask_values(case: &mut Case) {
    let change_all = |texts: &mut Vec<String>| texts.iter_mut().for_each(change);
    let change_if = |text: &mut Option<String>| text.iter_mut().for_each(change);
    change(&mut case.title);
    for source in &mut case.sources {
        change(&mut source.whence);
        change(&mut source.author);
        change_if(&mut source.title);
        change_if(&mut source.outlet);
        change_if(&mut source.byline);
        change_if(&mut source.language);
        change_if(&mut source.part);
        change_if(&mut source.note);
        change_all(&mut source.problems);
        if let SourceText::Here(text) = &mut source.text {
            *text = mask_in_place(text);
        }
        let reading = &mut source.reading;
        for allegation in &mut reading.allegations {
            change(&mut allegation.actor);
            change(&mut allegation.victim);
            change_all(&mut allegation.assets);
            change_if(&mut allegation.volume);
            change_if(&mut allegation.price);
        }
        for offer in &mut reading.offers {
            change_if(&mut offer.seller);
            change_if(&mut offer.victim);
            change_all(&mut offer.goods);
            change_if(&mut offer.volume);
            change_if(&mut offer.price);
            change_all(&mut offer.proof);
            change_all(&mut offer.contacts);
            change_if(&mut offer.access);
        }
        for figure in &mut reading.figures {
            change(&mut figure.value);
            change_if(&mut figure.of);
        }
        reading.organisations.iter_mut().for_each(|it| change(&mut it.name));
        for contact in &mut reading.contacts {
            change(&mut contact.from);
            change(&mut contact.to);
            change_if(&mut contact.date);
        }
        for actor in &mut reading.actors {
            change(&mut actor.name);
            change_all(&mut actor.aliases);
        }
    }
    for statement in case.statements.iter_mut().map(|said| &mut said.statement) {
        change(&mut statement.speaker);
        change_all(&mut statement.about);
        change_if(&mut statement.origin);
        change_all(&mut statement.relays);
        change_if(&mut statement.to);
        change_if(&mut statement.date);
    }
    for task in &mut case.tasks {
        change(&mut task.what);
        change_if(&mut task.owner);
    }
    for settled in case.settlements.iter_mut().chain(&mut case.past) {
        change(&mut settled.by);
        change(&mut settled.proposition);
        change(&mut settled.reason);
        if let ClaimKey::Computed { victim, .. } = &mut settled.claim {
            change_if(victim);
        }
        settled.sides.iter_mut().for_each(|side| change(&mut side.party));
    }
    for edit in &mut case.edits {
        change(&mut edit.by);
        change(&mut edit.reason);
        if let EditKind::Reword { proposition, .. } | EditKind::Split { proposition, .. } = &mut edit.what {
            change(proposition);
        }
    }
    for judgement in &mut case.judgements {
        change(&mut judgement.by);
        change(&mut judgement.reason);
        judgement.held.iter_mut().for_each(|held| change_if(&mut held.verdict));
    }
    for settled in &mut case.privates {
        change(&mut settled.company);
        change(&mut settled.claim);
        change(&mut settled.inputs);
        settled.labels.iter_mut().for_each(|label| change(&mut label.name));
    }
    for finding in &mut case.findings {
        change(&mut finding.command);
        finding.result.for_each_text(change);
    }
    for inspection in &mut case.inspections {
        change(&mut inspection.command);
        inspection.result.for_each_text(change);
    }
    case.challenges.iter_mut().for_each(|challenge| challenge.for_each_text(change));
}

/// Outside the desk nobody needs to know how its folders are called: of local paths only the last name stays.
fn shorten_paths(case: &mut Case) {
    static PATH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(^|\s)(?:/[^\s/]+)+/([^\s/]+)").unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
    });
    let shorten = |text: &mut String| *text = PATH.replace_all(text, "$1$2").into_owned();
    for source in &mut case.sources {
        if source.whence.starts_with('/') {
            source.whence = source.whence.rsplit('/').next().unwrap_or_default().to_owned();
        }
        source.problems.iter_mut().for_each(shorten);
        if let SourceText::Unavailable(why) = &mut source.text {
            shorten(why);
        }
    }
    case.inspections.iter_mut().for_each(|it| shorten(&mut it.command));
    for finding in &mut case.findings {
        shorten(&mut finding.command);
        let result = &mut finding.result;
        result.words.iter_mut().for_each(shorten);
        result.problems.iter_mut().for_each(shorten);
        let leaks = result.in_hand.iter_mut().filter_map(|it| it.leaks.as_mut());
        leaks.for_each(|leaks| shorten(&mut leaks.list));
        let listings = result.listings.iter_mut();
        listings.for_each(|listing| listing.words.iter_mut().for_each(shorten));
        result.for_each_source(|source| {
            if source.starts_with('/') {
                *source = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
            }
        });
    }
}

/// Takes out what a terminal or a reader's eye would act on: control characters, which move the cursor or rewrite what stands
/// above, and overrides of the writing direction, which turn names around. In a coloured text the few escape sequences for bold and
/// colour that the program itself writes stay.
fn harmless(text: &str, coloured: bool) -> String {
    const OWN: [&str; 6] = ["[0m", "[1m", "[2m", "[4m", "[31m", "[32m"];
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\t' => out.push(c),
            '\x1b' if coloured && OWN.iter().any(|own| text[at + 1..].starts_with(own)) => out.push(c),
            c if c.is_control() || is_unseen(c) => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

/// A case as one audience may see it, with its assessment. Exporters take nothing else.
pub struct View {
    /// The case without what the audience may not see.
    pub case: Case,
    /// What the whole case amounts to: withheld statements weigh, but do not show.
    pub assessment: Assessment,
    /// To which marking the audience is cleared.
    pub audience: Tlp,
    /// How many statements, sources, findings, edits and judgements were taken out.
    pub withheld: usize,
    /// When the view was made.
    pub made: Timestamp,
    /// The ledger that it rests on.
    pub record: Record,
    _only_here: (),
}

/// The ledger's state under a view, and how to hold the view against it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The newest signed head.
    pub head: Option<TreeHead>,
    /// The key that signed it.
    pub key: PublicKey,
    /// For each entry that the view shows: its handle, place, leaf hash and audit path.
    pub proofs: Vec<Proof>,
    /// What the assessment is based on beside the entries.
    pub basis: Basis,
}

/// What an assessment is based on beside the ledger's entries, and what became of the one before.
#[derive(Clone, Debug, Default)]
pub struct Basis {
    /// The model with its version.
    pub model: String,
    /// SHA-256 of the weights.
    pub weights: Hash,
    /// SHA-256 of the names that are known beforehand.
    pub names: Hash,
    /// By the handle of a finding, what has changed under it since it was computed.
    pub outdated: Vec<(String, String)>,
    /// The newest assessment on record that this audience may know of.
    pub earlier: Option<Earlier>,
}

/// An assessment on record, held against what the case would come to for its audience now.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// For which audience.
    pub audience: Tlp,
    /// How many entries the ledger had.
    pub based_on: u64,
    /// How many entries of the case came since.
    pub entries_since: usize,
    /// What would now be judged otherwise, in words; nothing where it still holds.
    pub changes: Vec<String>,
}

impl Earlier {
    /// What it was, and whether it holds.
    pub fn words(&self) -> String {
        let holds = match (self.changes.is_empty(), self.entries_since) {
            (true, 0) => "It still holds: nothing has come in since.".to_owned(),
            (true, 1) => "It still holds: 1 entry has come in since and changes nothing.".to_owned(),
            (true, more) => format!("It still holds: {more} entries have come in since and change nothing."),
            (false, 1) => "It no longer holds: 1 entry has come in since.".to_owned(),
            (false, more) => format!("It no longer holds: {more} entries have come in since."),
        };
        format!(
            "Last reported on {} by {} to TLP:{}, on {} entries. {holds}",
            self.at.strftime("%Y-%m-%d"),
            self.by,
            self.audience.word().to_uppercase(),
            self.based_on
        )
    }
}

/// Characters that are not seen and change how others are: overrides and marks of direction, breaks, zero widths (but those that
/// join letters), tags.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn each_string(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(values) => values.iter_mut().for_each(|value| each_string(value, change)),
        Value::Object(fields) => fields.values_mut().for_each(|value| each_string(value, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The handle of the proof of the entry that opened the case.
pub const OF_CASE: &str = "case";

/// That an entry is in the ledger (RFC 6962, section 2.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The handle of what the entry made.
    pub handle: String,
    /// Its place.
    pub seq: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The audit path, lowest first.
    pub path: Vec<Hash>,
}

impl View {
    /// What this audience may see of a case.
    ///
    /// The assessment is made of the case without what is withheld: an answer must not give away what it may not show. The count
    /// of what was withheld says that there is more.
    pub fn of(case: &Case, audience: Tlp, made: Timestamp, mut record: Record, weights: &Weights) -> View {
        let mut case = case.clone();
        let before = size(&case);
        let may_see_source: Vec<bool> = case.sources.iter().map(|source| source.tlp <= audience).collect();
        case.statements.retain(|said| said.tlp <= audience);
        case.findings.retain(|finding| finding.tlp <= audience);
        case.inspections.retain(|it| it.tlp <= audience);
        case.privates.retain(|it| it.tlp <= audience);
        case.challenges.retain(|challenge| challenge.tlp <= audience);
        case.tasks.retain(|task| task.tlp <= audience);
        case.settlements.retain(|settled| settled.tlp <= audience);
        case.past.retain(|settled| settled.tlp <= audience);
        case.edits.retain(|edit| edit.tlp <= audience);
        case.judgements.retain(|judgement| judgement.tlp <= audience);
        case.keep_sources(&may_see_source);
        if audience < Tlp::Red {
            shorten_paths(&mut case);
        }
        mask_values(&mut case);
        let mut withheld = before - size(&case);
        let shown: BTreeSet<&str> = case
            .sources
            .iter()
            .map(|it| it.handle.as_str())
            .chain(case.statements.iter().map(|it| it.handle.as_str()))
            .chain(case.findings.iter().map(|it| it.handle.as_str()))
            .chain(case.inspections.iter().map(|it| it.handle.as_str()))
            .chain(case.privates.iter().map(|it| it.handle.as_str()))
            .chain(case.challenges.iter().map(|it| it.handle.as_str()))
            .collect();
        let basis = &mut record.basis;
        basis.outdated.retain(|(handle, _)| shown.contains(handle.as_str()));
        basis.earlier = basis.earlier.take().filter(|earlier| earlier.audience <= audience);
        if let Some(earlier) = &mut basis.earlier {
            earlier.changes.iter_mut().for_each(change);
        }
        let by_analysts: BTreeSet<EntryId> =
            case.edits.iter().map(|it| it.id).chain(case.judgements.iter().map(|it| it.id)).collect();
        record.proofs.retain(|proof| {
            let handle = proof.handle.as_str();
            handle == OF_CASE || shown.contains(handle) || by_analysts.contains(&EntryId(proof.leaf))
        });
        let mut assessment = assess(&case, weights);
        if withheld > 0 {
            // What cannot be made to what this audience sees would name what it may not see.
            let told = assessment.edits.len() + assessment.judgements.len();
            assessment.edits.retain(|edited| edited.fate == Fate::Holds && !edited.claims.is_empty());
            assessment.judgements.retain(|judged| judged.on != JudgedOn::Gone);
            withheld += told - assessment.edits.len() - assessment.judgements.len();
        }
        View { case, assessment, audience, withheld, made, record, _only_here: () }
    }

    /// The marking that the view itself carries: the highest of what it shows.
    pub fn marking(&self) -> Tlp {
        self.case.highest_marking()
    }
}

fn size(case: &Case) -> usize {
    let evidence = case.findings.len() + case.privates.len() + case.challenges.len() + case.inspections.len();
    case.sources.len() + case.statements.len() + evidence + case.edits.len() + case.judgements.len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_our_own_escape_sequences_pass() {
        let harmless = |text: &str| super::harmless(text, true);
        assert_eq!(harmless("\x1b[1mbold\x1b[0m\n\ttab"), "\x1b[1mbold\x1b[0m\n\ttab");
        assert_eq!(super::harmless("\x1b[1mbold", false), "\u{fffd}[1mbold");
        assert_eq!(
            harmless("a\x1b[2Jb\x1b]0;title\x07c\rd\u{9b}5me"),
            "a\u{fffd}[2Jb\u{fffd}]0;title\u{fffd}c\u{fffd}d\u{fffd}5me"
        );
        assert_eq!(harmless("exe.\u{202e}gpj"), "exe.\u{fffd}gpj");
        assert_eq!(harmless("naïve עברית"), "naïve עברית");
    }
}
