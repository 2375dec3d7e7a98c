//! What changed in a case since somebody last looked.

use jiff::Timestamp;

use super::{Desk, Error};
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
}

impl Desk {
    /// The cases, first those to which something was added last.
    ///
    /// # Errors
    /// The store fails.
    pub fn cases_by_activity(&self) -> Result<Vec<Listed>, Error> {
        let reader = self.database.reader();
        let newest = reader.newest_by_case()?;
        let at = |id: EntryId| newest.get(&Some(id)).copied().unwrap_or(0);
        // Corpora are of no case; what became of a claim tells in every other.
        let of_none = newest.get(&None).copied().unwrap_or(0);
        let settled = reader.newest_of_kind("settlement/1")?.into_iter();
        // Of a case that is not there for somebody nothing changes what they see.
        let settled = settled.filter(|(case, _)| case.is_none_or(|case| self.may_see(case)));
        let settled = settled.map(|(_, seq)| seq).max().unwrap_or(0);
        // What was learned of other cases tells too: for whom there are fewer, it is another view.
        let only = self.only.as_ref().map_or(String::new(), |only| {
            super::digest(&only.iter().flat_map(|id| id.0).collect::<Vec<u8>>())[..16].to_owned()
        });
        let beside =
            format!("{of_none}.{settled}.{only}.{}.{}", EntryId(self.weights()?.1), EntryId(self.names_digest()?));
        let mut cases: Vec<Listed> = self
            .cases()?
            .into_iter()
            .map(|(title, id)| Listed { title, id, stamp: format!("{}.{beside}", at(id)) })
            .collect();
        cases.sort_by_key(|case| std::cmp::Reverse(at(case.id)));
        Ok(cases)
    }

    /// How many entries a case got since a moment.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn entries_since(&self, case: &str, then: Timestamp) -> Result<usize, Error> {
        Ok(self.log_of(case)?.iter().filter(|entry| entry.received > then).count())
    }

    /// What changed in a case, as it is viewed now, since a moment. Of a case to which nothing was added nothing is computed.
    ///
    /// # Errors
    /// The store fails.
    pub fn changed_since(&mut self, view: &View, then: Timestamp) -> Result<Changed, Error> {
        let id = view.case.id.to_string();
        let entries = self.entries_since(&id, then)?;
        if entries == 0 {
            return Ok(Changed::Since(0, Vec::new()));
        }
        let before = match self.view(&id, then, Until { received: Some(then), ..Until::default() }) {
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
