//! Parsers of foreign formats, run in a locked-down child process.
//!
//! A sample comes from criminals and a story from anybody, so no parser of either runs in the process that holds the
//! desk. The parent owns a [`Worker`], passes it one open file at a time and gets checked frames back. The child is
//! the same program, started anew, that calls [`serve`]: it locks itself down before it is given any file, and it
//! can then neither open, nor write, nor connect, nor start, nor signal anything. What a file holds travels as bytes
//! over a pipe; no name from a file ever reaches a file system.
//!
//! A program of the user's machine that is run on foreign bytes is a [`Tool`]: a child that locks itself down and becomes it.
//!
//! The parent treats the child as hostile too: a parser that was taken over can only lie about the file that it was
//! given, within the limits, and a lie that breaks the rules of the frames ends it.

mod ar;
mod archive;
mod binary;
mod budget;
mod cab;
mod certificate;
mod child;
mod clues;
mod cpio;
mod der;
mod detect;
mod documents;
mod facts;
mod feed;
mod finding;
mod follow;
mod git;
#[cfg(any(test, fuzzing))]
mod here;
mod html;
mod iso;
mod json;
mod leaksites;
mod limits;
mod mail;
mod markdown;
mod markup;
#[cfg(test)]
mod mutations;
mod names;
mod notebook;
mod office;
mod pdf;
mod picture;
mod protocol;
mod rar;
mod rpm;
mod sandbox;
mod serve;
mod sevenz;
mod sink;
mod split;
mod stream;
mod tar;
mod telegram;
mod text;
mod texts;
mod tool;
mod trace;
mod traces;
mod transcript;
mod worker;
mod zip;

pub use binary::{Binary, MOST_NAMES, MarkKind, Signature, SomeNames, is_binary};
pub use certificate::{Certificate, PrivateKey};
pub use clues::{Clue, ClueKind};
pub use detect::{HEAD, is_archive};
pub use facts::{Fact, has_facts};
pub use finding::{Finding, FindingKind};
#[cfg(any(test, fuzzing))]
pub use here::{hear_here, open_here, read_here};
pub use limits::Limits;
pub use office::is_office;
pub use picture::{Grey, Picture};
pub use protocol::{Document, DocumentFormat, DocumentHint};
pub use rar::is_volume;
pub use sandbox::{Enforced, MissingRights, leave_no_core, lock_down};
pub use serve::serve;
#[cfg(feature = "unlocked")]
pub use serve::serve_unlocked;
pub use split::{PartNumber, missing_parts, part_of, without_gap};
pub use texts::has_text;
pub use tool::{Argument, Tool, ToolError, ToolLimits, ToolOutput, become_tool};
pub use trace::{BadMap, Map, Run};
pub use worker::{DocumentEvent, Error, Event, Summary, Worker};
