//! What changed in a case since somebody last looked.

use jiff::Timestamp;

use super::{Desk, Error, casefile};
use crate::assess;
use crate::claim::{AssessedClaim, EntryId, Until};
use crate::release::View;

/// What changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The case was not there yet.
    Opened,
    /// So many entries came in, and what would now be judged otherwise, in words.
    Since(usize, Vec<String>),
}

/// A case as a list needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub title: String,
    /// The entry that opened it.
    pub id: EntryId,
    /// Changes with everything that a view of it rests on: what was drawn under the same is as it was.
    pub stamp: String,
    /// The place of its newest entry.
    newest: u64,
}

impl Desk {
    /// The cases, in the order in which they were opened.
    ///
    /// # Errors
    /// The store fails.
    pub fn cases_listed(&self) -> Result<Vec<Listed>, Error> {
        let beside = self.beside()?;
        let known = self.known()?;
        let cases = known.cases.iter().filter(|(_, id)| self.may_see(*id)).map(|(title, id)| {
            let newest = known.newest.get(&Some(*id)).copied().unwrap_or(0);
            Listed { title: casefile::title(title.as_deref()), id: *id, newest, stamp: format!("{newest}.{beside}") }
        });
        Ok(cases.collect())
    }

    /// The cases, first those to which something was added last.
    ///
    /// # Errors
    /// The store fails.
    pub fn cases_by_activity(&self) -> Result<Vec<Listed>, Error> {
        let mut cases = self.cases_listed()?;
        cases.sort_by_key(|case| std::cmp::Reverse(case.newest));
        Ok(cases)
    }

    /// The stamp of a case.
    ///
    /// # Errors
    /// The store fails.
    pub fn stamp(&self, case: EntryId) -> Result<String, Error> {
        let newest = self.known()?.newest.get(&Some(case)).copied().unwrap_or(0);
        Ok(format!("{newest}.{}", self.beside()?))
    }

    /// Changes with what views of every case rest on.
    fn beside(&self) -> Result<String, Error> {
        let known = self.known()?;
        // Corpora are of no case; what became of a claim tells in every other.
        let of_none = known.newest.get(&None).copied().unwrap_or(0);
        // Of a case that is not there for somebody nothing changes what they see.
        let settled = known.settled.iter().filter(|(case, _)| case.is_none_or(|case| self.may_see(case)));
        let settled = settled.map(|(_, seq)| *seq).max().unwrap_or(0);
        // What was learned of other cases tells too: for whom there are fewer, it is another view.
        let only: Vec<u8> = self.only.iter().flatten().flat_map(|id| id.0).collect();
        let (weights, names) = (EntryId(self.weights_digest()?), EntryId(self.names_digest()?));
        let all = format!("{of_none}.{settled}.{}.{weights}.{names}.", self.only.is_some());
        Ok(super::digest(&[all.as_bytes(), &only].concat())[..16].to_owned())
    }

    /// Whether a case got no entry since a moment.
    ///
    /// # Errors
    /// The store fails.
    pub fn is_quiet_since(&self, case: EntryId, then: Timestamp) -> Result<bool, Error> {
        Ok(self.entries_since(case, then)? == 0)
    }

    /// How many entries a case got since a moment.
    fn entries_since(&self, case: EntryId, then: Timestamp) -> Result<usize, Error> {
        Ok(self.database.reader().received(case)?.into_iter().filter(|received| *received > then).count())
    }

    /// What changed in a case, as it is viewed now, since a moment. Of a case to which nothing was added nothing is computed.
    ///
    /// # Errors
    /// The store fails.
    pub fn changed_since(&mut self, view: &View, then: Timestamp) -> Result<Changed, Error> {
        let entries = self.entries_since(view.case.id, then)?;
        if entries == 0 {
            return Ok(Changed::Since(0, Vec::new()));
        }
        let before =
            match self.view(&view.case.id.to_string(), then, Until { received: Some(then), ..Until::default() }) {
                Ok(before) => before,
                Err(Error::OpenedLater { .. }) => return Ok(Changed::Opened),
                Err(error) => return Err(error),
            };
        let claims = before.assessment.claims.into_iter().filter(|claim| claim.is_assessed());
        let earlier: Vec<AssessedClaim> = claims
            .map(|claim| AssessedClaim {
                key: Some(claim.key),
                proposition: claim.proposition,
                millinats: claim.likelihood.millinats,
                confidence: claim.confidence.word().to_owned(),
            })
            .collect();
        Ok(Changed::Since(entries, assess::since(&earlier, &view.assessment)))
    }
}
