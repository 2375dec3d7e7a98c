//! The counts, what both sign of them, and what they mean.

use std::io::Write;

use crate::Refused;
use crate::message::{self, Kind, MessageDigest, PublicKey, Reader};
use crate::terms::{Invitation, Session};

/// How many elements match, by label and group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// For each label, in the agreement's order, the matches of each group.
    pub labels: Vec<Vec<u32>>,
    /// The matches of each group with any label.
    pub anywhere: Vec<u32>,
}

impl Counts {
    /// All matches.
    pub fn total(&self) -> u32 {
        self.anywhere.iter().fold(0, |sum, it| sum.saturating_add(*it))
    }

    /// All matches with a label.
    pub fn of(&self, label: usize) -> u32 {
        self.labels.get(label).map_or(0, |groups| groups.iter().fold(0, |sum, it| sum.saturating_add(*it)))
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let all = self.labels.iter().chain([&self.anywhere]).flatten();
        all.flat_map(|count| count.to_le_bytes()).collect()
    }

    /// # Errors
    /// They are none that a session can have.
    fn read(session: &Session, body: &[u8]) -> Result<Counts, Refused> {
        let terms = session.terms();
        let numbers: Vec<u32> = body.as_chunks().0.iter().map(|it| u32::from_le_bytes(*it)).collect();
        let mut labels: Vec<Vec<u32>> = numbers.chunks(terms.bins.len()).map(<[u32]>::to_vec).collect();
        let anywhere = labels.pop().unwrap_or_default();
        let counts = Counts { labels, anywhere };
        let impossible = |detail| Err(Refused::Counts { detail });
        let total: u64 = counts.anywhere.iter().map(|it| u64::from(*it)).sum();
        if total > u64::from(terms.elements) {
            return impossible("more elements match than the sample has");
        }
        for (group, (any, bin)) in counts.anywhere.iter().zip(&terms.bins).enumerate() {
            if u64::from(*any) + u64::from(terms.hidden()) > u64::from(*bin) {
                return impossible("more elements of a group match than it has");
            }
            let of_labels = || counts.labels.iter().filter_map(|label| label.get(group)).copied();
            if of_labels().any(|it| it > *any) || of_labels().map(u64::from).sum::<u64>() < u64::from(*any) {
                return impossible("the counts of the labels do not fit those of the groups");
            }
        }
        Ok(counts)
    }
}

/// A result that was written or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The counts.
    pub counts: Counts,
    /// The request that was answered, and its answer.
    pub exchanged: [MessageDigest; 2],
    /// The result's digest.
    pub digest: MessageDigest,
}

impl Outcome {
    /// Bytes of a result's body.
    fn body(session: &Session) -> u64 {
        4 * (session.agreement.labels.len() as u64 + 1) * session.terms().bins.len() as u64
    }

    /// What a result says besides its counts: the digests of request and answer.
    pub(crate) fn details(exchanged: &[MessageDigest; 2]) -> Vec<u8> {
        exchanged.as_flattened().to_vec()
    }

    /// Reads the result of a session, of the answer with this digest.
    ///
    /// # Errors
    /// It is none, damaged, of another session or answer, not signed by the holder, or its counts are impossible.
    pub fn read(session: &Session, answer: MessageDigest, bytes: &[u8]) -> Result<Outcome, Refused> {
        let due = session.due(Kind::Result, answer, "answer", Outcome::body(session));
        let (digest, details, body) = Reader::whole_of(due, bytes)?;
        let exchanged = match details.as_chunks().0 {
            [request, named] if details.len() == 64 && *named == answer => [*request, *named],
            _ => return Err(Refused::Header { detail: "it does not name request and answer".to_owned() }),
        };
        Ok(Outcome { counts: Counts::read(session, &body)?, exchanged, digest })
    }
}

/// What both parties signed: that so much of a sample that one committed to is in a corpus that the other committed to.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The terms, the parties and the commitments.
    pub session: Session,
    /// The counts. The holder vouches for them; the owner for the files that they are of.
    pub outcome: Outcome,
}

impl Statement {
    /// Reads a statement for which a third party needs nothing but the two public keys: invitation, agreement, result and
    /// countersignature, one behind the other as they were sent.
    ///
    /// # Errors
    /// One of them is missing, damaged, not signed by its party, or does not follow the one before.
    pub fn verify(holder: PublicKey, owner: PublicKey, bytes: &[u8]) -> Result<Statement, Refused> {
        let (invitation, bytes) = message::split(bytes)?;
        let (agreement, bytes) = message::split(bytes)?;
        let (result, countersignature) = message::split(bytes)?;
        let session = Session::read(&Invitation::read(holder, owner, invitation)?, agreement)?;
        let answer = message::Header::of(result)?.previous;
        let outcome = Outcome::read(&session, answer, result)?;
        let due = session.due(Kind::Countersignature, outcome.digest, "result", 0);
        Reader::whole_of(due, countersignature)?;
        Ok(Statement { session, outcome })
    }

    /// Writes a statement of its four messages.
    ///
    /// # Errors
    /// `out` fails.
    pub fn write(mut out: impl Write, messages: [&[u8]; 4]) -> Result<(), Refused> {
        messages.into_iter().try_for_each(|message| out.write_all(message))?;
        Ok(())
    }
}

/// Between which shares of the whole the matches lie, in percent, with 95% confidence (Wilson), where a part of the elements was
/// looked at; rounded outwards. Where all were, it is the share itself.
pub fn share(matches: u32, of: u32, sampled: bool) -> (f64, f64) {
    let (matches, of) = (f64::from(matches.min(of)), f64::from(of.max(1)));
    let part = matches / of;
    if !sampled {
        return (100.0 * part, 100.0 * part);
    }
    let z = 1.959_963_984_540_054_f64;
    let (middle, wide) = (part + z * z / (2.0 * of), z * (part * (1.0 - part) / of + z * z / (4.0 * of * of)).sqrt());
    let whole = 1.0 + z * z / of;
    let (low, high) = ((middle - wide) / whole, (middle + wide) / whole);
    ((100.0 * low).floor().max(0.0), (100.0 * high).ceil().min(100.0))
}
