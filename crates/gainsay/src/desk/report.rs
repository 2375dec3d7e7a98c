//! What leaves the desk: views of a case for a screen or a file, each through `release`.

use jiff::Timestamp;

use super::{Acting, Desk, Error};
use crate::claim::{Case, EntryId, State, Tlp, Until};
use crate::export::{self, text::Styles};
use crate::ledger::payload::ViewReleased;
use crate::ledger::{Tree, sha256};
use crate::release::{Basis, OF_CASE, Proof, Record, Released, View};
use crate::store;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One page that needs nothing else.
    Html,
    /// CommonMark.
    Markdown,
    /// For machines.
    Json,
}

/// What a case is shown as.
#[derive(Clone, Copy)]
pub enum Shape {
    /// All of it, for a terminal.
    Text(Styles),
    /// What fits a screen of it.
    Screen(Styles),
    /// Answer, next steps and disagreements, for a terminal.
    Brief(Styles),
    /// For machines.
    Json,
}

/// A report that the ledger has on record.
#[derive(Debug)]
pub struct Reported<S> {
    /// What `stage` made of it, to be given its name now.
    pub staged: S,
    /// The marking that it carries.
    pub marking: Tlp,
    /// How many things were withheld under theirs.
    pub withheld: usize,
}

impl Format {
    /// The format's word, as the ledger records it, and the usual ending of its files.
    pub fn word(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Markdown => "md",
            Format::Json => "json",
        }
    }
}

impl Desk {
    /// The case, for a terminal or for machines. Whoever sits at the desk may see all of it.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn show(&mut self, name: &str, now: Timestamp, until: Until, shape: Shape) -> Result<Released, Error> {
        let case = self.case_until(name, until)?;
        let view = self.whole_view(&case, now, matches!(shape, Shape::Json))?;
        let coloured = match shape {
            Shape::Text(styles) | Shape::Screen(styles) | Shape::Brief(styles) => styles.is_coloured(),
            Shape::Json => false,
        };
        Ok(Released::of(&view, coloured, |view| match shape {
            Shape::Text(styles) => export::text::view(view, styles),
            Shape::Screen(styles) => export::text::screen(view, styles),
            Shape::Brief(styles) => export::text::brief(view, styles),
            Shape::Json => export::json::view(view),
        }))
    }

    /// The case as a report for an audience. What left, to whom, and the assessment in it become ledger entries: after `stage` has
    /// brought what leaves to where only its name is missing, so that the ledger records no release that was never written.
    ///
    /// # Errors
    /// There is no such case, it is itself marked above the audience, it cannot be staged, or the store fails.
    pub fn report<S, E: From<Error>>(
        &mut self,
        acting: &Acting,
        name: &str,
        format: Format,
        audience: Option<Tlp>,
        stage: impl FnOnce(&Released) -> Result<S, E>,
    ) -> Result<Reported<S>, E> {
        let case = self.case(name)?;
        let audience = audience.unwrap_or_else(|| case.highest_marking());
        if case.tlp > audience {
            return Err(Error::CaseAbove { tlp: case.tlp, audience }.into());
        }
        let settings = self.settings()?;
        let record = self.record(&case, audience, true)?;
        let view = View::of(&case, audience, acting.now, record, &self.weights()?.0);
        let released = Released::of(&view, false, |view| match format {
            Format::Html => export::html::view(view),
            Format::Markdown => export::markdown::view(view),
            Format::Json => export::json::view(view),
        });
        let marking = view.marking();
        let assessment = super::basis::to_record(&view);
        let release = ViewReleased {
            case: case.id,
            format: format.word().to_owned(),
            audience,
            digest: sha256(&[released.as_str().as_bytes()]),
            withheld: view.withheld as u64,
        };
        let staged = stage(&released)?;
        self.database.commit(&self.key, acting.now, |commit| {
            settings.note(commit, acting)?;
            commit.push(&acting.entry(marking, assessment))?;
            Ok::<_, Error>(commit.push(&acting.entry(marking, release))?)
        })?;
        Ok(Reported { staged, marking, withheld: view.withheld })
    }

    /// All of a case as it stands, or as it was, for pages that are drawn of it.
    ///
    /// # Errors
    /// There is no such case, it was opened later, or the store fails.
    pub fn view(&mut self, name: &str, now: Timestamp, until: Until) -> Result<View, Error> {
        let case = self.case_until(name, until)?;
        self.whole_view(&case, now, false)
    }

    /// The same with the proofs of what it shows, which take time with the ledger.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn proven_view(&mut self, name: &str, now: Timestamp, until: Until) -> Result<View, Error> {
        let case = self.case_until(name, until)?;
        self.whole_view(&case, now, true)
    }

    /// All of a case, for whoever sits at the desk.
    pub(super) fn whole_view(&mut self, case: &Case, now: Timestamp, with_proofs: bool) -> Result<View, Error> {
        let record = self.record(case, Tlp::Red, with_proofs)?;
        Ok(View::of(case, Tlp::Red, now, record, &self.weights()?.0))
    }

    /// The ledger's state under a case, and where they are wanted the proofs of the entries that the case shows: they take every
    /// leaf of the ledger.
    fn record(&mut self, case: &Case, audience: Tlp, with_proofs: bool) -> Result<Record, Error> {
        let key = self.public_key();
        let basis = self.basis(case, audience)?;
        if !with_proofs {
            return Ok(Record { basis, ..self.bare_record()? });
        }
        let mut shown: Vec<(String, EntryId)> = vec![(OF_CASE.to_owned(), case.id)];
        shown.extend(case.sources.iter().map(|source| (source.handle.clone(), source.id)));
        for said in case.shown() {
            let entry = match &said.state {
                State::Accepted { entry, .. } => *entry,
                _ => said.draft.0,
            };
            shown.push((said.handle.clone(), entry));
        }
        shown.extend(case.findings.iter().map(|finding| (finding.handle.clone(), finding.id)));
        shown.extend(case.inspections.iter().map(|it| (it.handle.clone(), it.id)));
        shown.extend(case.privates.iter().map(|it| (it.handle.clone(), it.id)));
        shown.extend(case.challenges.iter().map(|challenge| (challenge.handle.clone(), challenge.id)));
        let by_analysts = case.edits.iter().map(|it| it.id).chain(case.judgements.iter().map(|it| it.id));
        shown.extend(by_analysts.map(|id| (id.short(), id)));
        self.database
            .with_snapshot(|reader| {
                let head = reader.newest_head()?;
                let leaves = reader.leaves(head.as_ref().map_or(0, |head| head.size))?;
                let places: std::collections::HashMap<EntryId, usize> =
                    leaves.iter().enumerate().map(|(place, leaf)| (EntryId(*leaf), place)).collect();
                let tree = Tree::new(leaves);
                let proofs = shown.into_iter().filter_map(|(handle, id)| {
                    let place = *places.get(&id)?;
                    Some(Proof { handle, seq: place as u64, leaf: id.0, path: tree.proof(place)? })
                });
                Ok::<_, store::Error>(Record { head, key, proofs: proofs.collect(), basis })
            })
            .map_err(Error::from)
    }

    /// The ledger's state alone.
    pub(super) fn bare_record(&self) -> Result<Record, Error> {
        let head = self.database.reader().newest_head()?;
        Ok(Record { head, key: self.public_key(), proofs: Vec::new(), basis: Basis::default() })
    }
}
