use std::io;

/// Why a segment can't be written, opened or read.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The bytes can't be read or written.
    #[error("{what} of the segment failed: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// It is some other file.
    #[error(
        "this is no segment: it does not begin with the segment's magic bytes; name a segment, or add the corpus again"
    )]
    NotASegment,
    /// It was written by an earlier program.
    #[error(
        "the segment was written by an earlier version (format {found}, and this program reads 2): add the corpus again"
    )]
    EarlierVersion {
        /// The version that the file names.
        found: u32,
    },
    /// It was written by a newer program.
    #[error("the segment has format version {found}, and this program reads version 2: use a newer program")]
    NewerVersion {
        /// The version that the file names.
        found: u32,
    },
    /// Its bytes are not those that were written.
    #[error("the segment is damaged in its {part}, {at}: {detail}; add the corpus again")]
    Damaged {
        /// The section.
        part: &'static str,
        /// Where: a block or a row.
        at: String,
        /// What is wrong there.
        detail: &'static str,
    },
    /// More things of one sort than the format can number.
    #[error("the segment would hold more than {limit} {what}: split the corpus")]
    TooMany {
        /// The things.
        what: &'static str,
        /// The most that there can be.
        limit: u64,
    },
    /// What is to be written makes no sense.
    #[error("this can't be written into a segment: {detail}")]
    Senseless {
        /// What is wrong with it.
        detail: &'static str,
    },
    /// Segments that are to be read as one tell of different things.
    #[error("the segments do not belong together: {detail}; add the corpus again")]
    Apart {
        /// What does not fit.
        detail: &'static str,
    },
}
