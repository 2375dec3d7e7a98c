//! What changed in a case since somebody last looked.

use jiff::Timestamp;

use super::{Desk, Error};
use crate::assess;
use crate::claim::{AssessedClaim, Until};
use crate::release::View;

/// What changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The case was not there yet.
    Opened,
    /// So many entries came in, and what would now be judged otherwise, in words.
    Since(usize, Vec<String>),
}

impl Desk {
    /// What changed in a case, as it is viewed now, since a moment. Of a case to which nothing was added nothing is computed.
    ///
    /// # Errors
    /// The store fails.
    pub fn changed_since(&mut self, view: &View, then: Timestamp) -> Result<Changed, Error> {
        let id = view.case.id.to_string();
        let entries = self.log_of(&id)?.iter().filter(|entry| entry.received > then).count();
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
