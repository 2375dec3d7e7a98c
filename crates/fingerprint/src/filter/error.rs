use std::io;

use crate::SegmentError;

/// Why a filter can't be written, opened or read.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// The bytes can't be read or written.
    #[error("{what} of the filter failed: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// It is some other file.
    #[error("this is no filter: it does not begin with the filter's magic bytes; name one that `corpus export` wrote")]
    NotAFilter,
    /// It was written by a newer program.
    #[error("the filter has format version {found}, and this program reads version 1: use a newer program")]
    OtherVersion {
        /// The version that the file names.
        found: u32,
    },
    /// Its bytes are not those that were written.
    #[error("the filter is damaged in its {part}: {detail}; get it again from whoever made it")]
    Damaged {
        /// Where.
        part: String,
        /// What is wrong there.
        detail: &'static str,
    },
    /// What is to be written makes no sense.
    #[error("this can't be written into a filter: {detail}")]
    Senseless {
        /// What is wrong with it.
        detail: &'static str,
    },
    /// The segments from which it was to be made can't be read.
    #[error(transparent)]
    Segment(#[from] SegmentError),
}
