//! Content fingerprints of files, and an index of them.
//!
//! [`Fingerprinter`] turns the bytes of a file into [`Fingerprints`] under a [`Profile`]; a shared run of
//! [`SHARED_RUN`] normalised bytes always leaves a shared fingerprint. [`Sorter`] brings the fingerprints of a company's
//! files and of their history into order, [`SegmentWriter`] writes them as a [`Segment`], and [`Index`] answers from
//! several of these where given fingerprints stand.
//!
//! What everybody has need not be known by its places: [`Filter`] says only whether a corpus has something, in some nine bits.
//!
//! Three things are frozen and specified byte by byte, each with stored examples that are checked forever: profile 1
//! in `docs/fingerprint-profile-1.md`, the file format of a segment in `docs/segment-2.md`, that of a filter in `docs/filter-1.md`.

mod code;
mod decode;
mod distinct;
mod every;
mod filter;
mod fingerprinter;
mod grams;
mod index;
mod kernel;
mod marks;
mod parts;
mod profile;
mod segment;
mod sketches;
mod winnow;

pub use code::Tokens;
pub use decode::{Kind, decoded_text};
pub use distinct::sort_distinct;
pub use every::normalised;
pub use filter::{About, Filter, FilterError, FilterWriter, write_filter};
pub use fingerprinter::{Fingerprinter, Fingerprints};
pub use grams::{Changes, Copied, Edit, Grams, Scratch};
pub use index::{Index, Posting, WholeInterval};
pub use kernel::{Isa, UnknownIsa};
pub use marks::Marks;
pub use parts::Parts;
pub use profile::{Channel, GRAM, Profile, ProfileId, SHARED_RUN, WINDOW};
pub use segment::{
    Commit, Content, Counts, Interval, IntervalId, Line, LineId, LineKind, PathId, ReadAt, Segment, SegmentError,
    SegmentWriter, SortedRows, Sorter, merge,
};
pub use sketches::Sketches;
