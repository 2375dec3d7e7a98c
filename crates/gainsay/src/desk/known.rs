//! What a desk knows of its cases without reading them. It grows with the ledger: a commit costs what it adds.

use std::collections::HashMap;

use super::casefile;
use crate::claim::EntryId;
use crate::store::{self, Reader};

/// Cases with their names, where those still stand.
pub(super) type Names = Vec<(Option<String>, EntryId)>;

/// The cases of a ledger.
#[derive(Default)]
pub(super) struct Known {
    /// So many entries are counted in.
    size: u64,
    /// Every case with its name, in the order in which they were opened.
    pub(super) cases: Names,
    /// The place of the newest entry of each case, and under none of those that are of no case.
    pub(super) newest: HashMap<Option<EntryId>, u64>,
    /// The same of what became of claims.
    pub(super) settled: HashMap<Option<EntryId>, u64>,
}

impl Known {
    /// Counts in what was written since.
    pub(super) fn grow(&mut self, reader: &Reader<'_>) -> Result<(), store::Error> {
        let size = reader.newest_head()?.map_or(0, |head| head.size);
        if size == self.size {
            return Ok(());
        }
        // What is destroyed was counted in before.
        if size < self.size || !reader.newest_of_kind("destruction/1", self.size..size)?.is_empty() {
            *self = Known::default();
        }
        let new = self.size..size;
        self.cases.extend(casefile::cases(reader, new.clone())?);
        self.newest.extend(reader.newest_by_case(new.clone())?);
        self.settled.extend(reader.newest_of_kind("settlement/1", new)?);
        self.size = size;
        Ok(())
    }
}
