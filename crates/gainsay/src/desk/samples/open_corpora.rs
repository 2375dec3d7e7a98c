//! Corpora with their indexes and filters open.

use std::fs::File;

use fingerprint::{Filter, Index};

use super::{Corpus, Desk, Error};
use crate::claim::Root;
use crate::matching;

/// Corpora, opened. A merge in the background may remove their files: what is open stays readable.
pub(super) struct OpenCorpora<'a> {
    /// The corpora.
    pub(super) of: Vec<&'a Corpus>,
    indexes: Vec<Index<File>>,
    filters: Vec<Vec<Filter<File>>>,
    roots: Vec<Vec<Root>>,
}

impl<'a> OpenCorpora<'a> {
    /// Opens corpora of a desk.
    ///
    /// # Errors
    /// A segment is missing or damaged.
    pub(super) fn open(desk: &Desk, of: Vec<&'a Corpus>) -> Result<OpenCorpora<'a>, Error> {
        Ok(OpenCorpora {
            indexes: of.iter().map(|it| desk.index(it)).collect::<Result<_, _>>()?,
            filters: of.iter().map(|it| desk.filters(it)).collect::<Result<_, _>>()?,
            roots: of.iter().map(|it| it.roots()).collect(),
            of,
        })
    }

    /// The corpora as `matching` takes them.
    pub(super) fn to_be_matched(&self) -> Vec<matching::Corpus<'_, File>> {
        let parts = self.roots.iter().zip(&self.indexes).zip(&self.filters);
        let corpora = self.of.iter().zip(parts).map(|(it, ((roots, index), filters))| matching::Corpus {
            name: &it.indexed.name,
            owner: &it.indexed.owner,
            role: it.indexed.role,
            roots,
            index,
            filters,
        });
        corpora.collect()
    }
}
