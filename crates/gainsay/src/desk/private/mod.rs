//! Settling a sample, or a list of accounts, with another party by sending files, while neither shows the other what it holds.
//!
//! `private-match` is the protocol; here are the files around its messages (`sealed`), what is compared (`elements`, `corpus`), what a desk
//! keeps of a session (`folder`), the two sides (`holder`, `owner`), and what becomes of the result (`record`).

mod corpus;
mod elements;
mod folder;
mod holder;
mod keys;
mod owner;
mod record;
mod sealed;
mod words;

use std::path::PathBuf;

pub use holder::{Inviting, Looking};
pub use keys::Party;
pub use owner::Agreeing;
use private_match::Refused;
pub(in crate::desk) use record::check;
pub use record::{Keeping, inspect, verify};
use serde_json::{Value, json};

use self::keys::Keys;
use super::Desk;
use crate::claim::EntryId;

/// What can go wrong in a private match.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A message is not gone on with.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The index of a corpus failed.
    #[error("the index of a corpus cannot be used: {0}; index it again with `gainsay corpus add`")]
    Segment(#[from] fingerprint::SegmentError),
    /// A filter failed.
    #[error("a filter of a public corpus cannot be used: {0}; add it again with `gainsay corpus add`")]
    Filter(#[from] fingerprint::FilterError),
    /// Nobody agreed.
    #[error("nothing was written: read what the other side learns, and say yes, or run it again with --yes")]
    NotAgreed,
    /// Not a party's key.
    #[error("{key:?} is no key of a party: `gainsay private key` prints one on the other desk, gainsay-party-1:…")]
    NotAParty {
        /// What was given.
        key: String,
    },
    /// The desk's own key.
    #[error("this is the key of this desk itself: give the other party's, which `gainsay private key` prints there")]
    OwnKey,
    /// The file of the secrets.
    #[error("{path} does not hold the three secrets of this desk; put back a copy of it")]
    NoKeys {
        /// The file.
        path: PathBuf,
    },
    /// The machine has no random bytes.
    #[error("the system gives no random bytes: {why}")]
    NoRandomness {
        /// Why.
        why: String,
    },
    /// Not a file of a private match.
    #[error("{path} is no file of a private match: it does not begin as one")]
    NotSealed {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer program.
    #[error("{path} has version {found}, and this program reads version 1: use a newer program")]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u8,
    },
    /// Not the bytes that were written.
    #[error(
        "{path} was changed or cut short on its way: its bytes do not fit its digest; get it again from whoever sent it"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// For somebody else.
    #[error("{path} is for somebody else: it names another recipient's key than this desk's (`gainsay private key`)")]
    NotForUs {
        /// The file.
        path: PathBuf,
    },
    /// Another message is due.
    #[error(
        "{path} is the message {found:?}, and this command takes {expected:?}; `gainsay private inspect` says what a file is"
    )]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// What is due.
        expected: String,
    },
    /// The age part does not open.
    #[error("{path} does not open with this desk's key: {why}; get it again from whoever sent it")]
    NotOpened {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The head in clear lies.
    #[error(
        "{path} says outside that it is another message than it is inside: somebody changed its head; get it again"
    )]
    OtherInside {
        /// The file.
        path: PathBuf,
    },
    /// Longer than such a message.
    #[error("{path} is longer than any such message; get it again from whoever sent it")]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// There is something in its place.
    #[error("{path} is there already: name another file with -o")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// What was kept can't be read.
    #[error("{path} is not what this program keeps of a session ({why}); put back a copy of it")]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// No such session.
    #[error(
        "the message belongs to a session that this desk does not know: it follows an {after} that is not kept here"
    )]
    NoSession {
        /// What it follows.
        after: &'static str,
    },
    /// Something is due before.
    #[error(
        "this comes too early: the session's {missing} is not there yet; `gainsay private` says what comes after what"
    )]
    TooEarly {
        /// What is missing.
        missing: &'static str,
    },
    /// The other side's command.
    #[error("this desk is the other side of the session: it is for the {whose} to do")]
    OtherSide {
        /// Whose turn it is.
        whose: &'static str,
    },
    /// A second message where one was taken.
    #[error("another {what} of this session was taken before: two would tell what one does not; nothing was written")]
    Another {
        /// Which message.
        what: &'static str,
    },
    /// A domain is missing or too much.
    #[error(
        "accounts and credentials are of one domain, and nothing else is: give --domain example.com with them alone"
    )]
    Domain,
    /// A domain that nobody has shown to be theirs.
    #[error(
        "the other side asks for accounts of {domain}: have it shown that the domain is theirs (docs/private-match.md says how), and say so with --domain-proven {domain}"
    )]
    NotProven {
        /// The domain.
        domain: String,
    },
    /// Elements of another program.
    #[error("the invitation compares {inputs:?}, made in a way that this program does not know: use a newer program")]
    OtherElements {
        /// What it says.
        inputs: String,
    },
    /// A sample without any.
    #[error("{path} holds no {what}")]
    NoElements {
        /// The sample.
        path: PathBuf,
        /// What was looked for.
        what: String,
    },
    /// A list where none is, or the other way round.
    #[error("{0}")]
    Sources(&'static str),
    /// A list with its label.
    #[error("{given:?} names no list: write LABEL=FILE")]
    NotASet {
        /// What was given.
        given: String,
    },
    /// Nothing can be told of a company without its name.
    #[error("say with --company whose files or accounts they are, by the name that the case has for it")]
    WhichCompany,
    /// There is no statement yet.
    #[error("{path} is no statement of two parties: {why}")]
    NotAStatement {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Two keys are needed.
    #[error("give both public keys with --keys A,B")]
    Keys,
}

/// Tells what the other side will learn, and whether that is agreed to.
pub type Consent<'c> = dyn FnMut(&str) -> bool + 'c;

/// What was done, in words and for machines.
#[derive(Clone, Debug)]
pub struct Done {
    /// What came of it, and what to do next.
    pub words: String,
    /// The same for machines.
    pub value: Value,
}

impl Desk {
    /// The keys by which others know this desk. They are made when they are first asked for.
    ///
    /// # Errors
    /// They can't be read or written.
    pub fn private_key(&self) -> Result<Done, super::Error> {
        let party = Keys::of(self)?.party();
        let (key, digits) = (party.to_string(), party.digits());
        let words = format!(
            "{key}\n\nGive this key to the other party in any way, and let them read its digits to you by telephone or face to face:\n{digits}\nWho has other digits has another key: do not go on with it."
        );
        Ok(Done { words, value: json!({ "key": key, "digits": digits }) })
    }
}

/// The digits of a key, to be compared.
///
/// # Errors
/// It is no party's key.
pub fn digits(key: &str) -> Result<Done, Error> {
    let party: Party = key.parse()?;
    let (key, digits) = (party.to_string(), party.digits());
    Ok(Done { words: digits.clone(), value: json!({ "key": key, "digits": digits }) })
}

fn random() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|why| Error::NoRandomness { why: why.to_string() })?;
    Ok(bytes)
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// 32 bytes in hexadecimal.
fn hex(bytes: &[u8; 32]) -> String {
    EntryId(*bytes).to_string()
}

#[cfg(test)]
fn no_terms() -> private_match::Terms {
    elements::blank(1)
}
