//! What is known of a file beyond its bytes and its text, passed on behind it: which build a program is of, and to whom certificates and
//! keys belong.

use minicbor::{Decode, Encode};

use crate::binary::{self, Binary, MOST_LINES, MOST_NAMES, SomeNames};
use crate::certificate::{self, Certificate, PrivateKey};
use crate::documents::NoDocument;
use crate::protocol::Violation;
use crate::transcript::check_line;

/// What the facts of a file are called: `a.exe!facts`.
pub(crate) const NAME: &str = "facts";

/// Facts of one file.
pub(crate) const MOST: u64 = 1_000;

/// One thing that is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Fact {
    /// It is a program, a library or debug information.
    #[n(0)]
    Binary(#[n(0)] Box<Binary>),
    /// It holds a certificate.
    #[n(1)]
    Certificate(#[n(0)] Box<Certificate>),
    /// It holds a private key.
    #[n(2)]
    Key(#[n(0)] PrivateKey),
}

/// What a file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Binary,
    Certificates,
}

impl Kind {
    /// The bytes of a file up to which it is read.
    pub(crate) fn longest(self) -> u64 {
        match self {
            Kind::Binary => binary::LONGEST,
            Kind::Certificates => certificate::LONGEST,
        }
    }
}

/// What a file that starts with these bytes may hold.
pub(crate) fn kind_of(head: &[u8]) -> Option<Kind> {
    if binary::is_binary(head) {
        return Some(Kind::Binary);
    }
    certificate::may_hold(head).then_some(Kind::Certificates)
}

/// Whether a file that starts with these bytes, of which [`HEAD`](crate::HEAD) are enough, is a program or its debug information, of which
/// [`Worker::files`](crate::Worker::files) passes on a [`Fact`].
pub fn has_facts(head: &[u8]) -> bool {
    binary::is_binary(head)
}

/// What is known of a file, and what of that was not read.
pub(crate) fn read(kind: Kind, bytes: &[u8]) -> Result<(Vec<Fact>, Vec<String>), NoDocument> {
    Ok(match kind {
        Kind::Binary => {
            let all = binary::read(bytes)?;
            let problems = all.iter().flat_map(|it| it.problems.clone()).collect();
            (all.into_iter().map(|it| Fact::Binary(Box::new(it))).collect(), problems)
        }
        Kind::Certificates => certificate::read(bytes),
    })
}

impl Fact {
    /// Checks that every word of it may be shown.
    pub(crate) fn check(&self) -> Result<(), Violation> {
        let lines = |lines: &[&String]| lines.iter().try_for_each(|line| check_line(line));
        match self {
            Fact::Binary(of) => {
                let names = [&of.functions, &of.sources, &of.paths];
                let is_more = names.iter().any(|SomeNames { some, .. }| some.len() > MOST_NAMES);
                if is_more || [of.marks.len(), of.says.len(), of.problems.len()].into_iter().max() > Some(MOST_LINES) {
                    return Err(Violation::Budget("words of a program"));
                }
                lines(&[&of.format])?;
                of.marks.iter().try_for_each(|(_, value)| lines(&[value]))?;
                of.says.iter().try_for_each(|(what, value)| lines(&[what, value]))?;
                names.iter().flat_map(|it| &it.some).chain(&of.problems).try_for_each(|name| check_line(name))?;
                of.signature.iter().try_for_each(|it| lines(&[&it.signer, &it.algorithm]))
            }
            Fact::Certificate(of) => of.lines().into_iter().try_for_each(check_line),
            Fact::Key(of) => lines(&[&of.kind, &of.public_key]),
        }
    }
}
