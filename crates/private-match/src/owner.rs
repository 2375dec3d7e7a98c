//! The side that owns the corpus: agrees, answers, countersigns, learns what is revealed.

use std::collections::HashMap;
use std::io::Write;

use curve25519_dalek::traits::Identity as _;
use curve25519_dalek::{RistrettoPoint, Scalar};
use zeroize::Zeroizing;

use crate::Refused;
use crate::filter::{self, Shape, rounded};
use crate::group::{ELEMENT, Encoded, Hasher, Pairs, Suite, ascending, decode, doubled, half, on_threads, public};
use crate::holder::{commitment, leaf, second_tag, tag};
use crate::message::{self, Envelope, Identity, Kind, MessageDigest, Reader};
use crate::result::Outcome;
use crate::seed::{Seed, leading};
use crate::terms::{
    Agreement, FEW, Invitation, Label, Mode, REVEALED, Session, Terms, control_pairs, itemised, set_digest,
};

/// Elements that are worked on at a time by one thread.
const PIECE: usize = 1 << 10;

/// The key of a session: fresh for each invitation and mode.
fn key(invitation: &Invitation, seed: &Seed) -> Result<Zeroizing<Scalar>, Refused> {
    invitation.terms.suite().derive(seed.bytes(), &invitation.digest)
}

/// Puts elements under the owner's key.
struct Evaluator {
    suite: Suite,
    hasher: Hasher,
    prefix: Vec<u8>,
    key: Zeroizing<Scalar>,
    half: Zeroizing<Scalar>,
    threads: usize,
}

impl Evaluator {
    fn new(invitation: &Invitation, seed: &Seed, threads: usize) -> Result<Evaluator, Refused> {
        let (key, suite) = (key(invitation, seed)?, invitation.terms.suite());
        let (hasher, prefix, half) = (suite.hasher(), invitation.terms.prefix(), half(&key));
        Ok(Evaluator { suite, hasher, prefix, key, half, threads })
    }

    /// What `of` makes of each element and its place under the key.
    fn each<T: AsRef<[u8]> + Sync, U: Send>(
        &self,
        items: &[T],
        of: &(impl Fn(&[u8], Encoded) -> U + Sync),
    ) -> Result<Vec<U>, Refused> {
        on_threads(self.threads, items, &|items| {
            let mut all = Vec::with_capacity(items.len());
            for piece in items.chunks(PIECE) {
                if !piece.iter().all(|item| itemised(item.as_ref())) {
                    return Err(Refused::Sample { detail: "an element is empty, or longer than 1024 bytes" });
                }
                let hashed = piece.iter().map(|item| self.hasher.element(&[&self.prefix, item.as_ref()]));
                let points: Vec<RistrettoPoint> = hashed.map(|point| point * *self.half).collect();
                all.extend(piece.iter().zip(doubled(&points)).map(|(item, element)| of(item.as_ref(), element)));
            }
            Ok(all)
        })
    }

    /// The 64 bytes that RFC 9497 makes of an element, where each has its answer.
    fn output(&self, item: &[u8], element: &Encoded) -> [u8; 64] {
        self.suite.finalize(&[&self.prefix, item].concat(), element)
    }
}

/// The owner's set, while it is made.
pub struct Setup<'i> {
    invitation: &'i Invitation,
    few: bool,
    evaluator: Evaluator,
    padding: Seed,
    controls: Vec<Encoded>,
    labels: Vec<Label>,
    name: String,
    tags: Vec<u64>,
    set: Vec<u8>,
}

/// What an owner agreed to.
pub struct Agreed {
    /// The session.
    pub session: Session,
    /// The set, to be kept for the answer. It tells nobody anything who does not have the key.
    pub set: Vec<u8>,
}

impl<'i> Setup<'i> {
    /// Begins the set that an invitation asks for, with the first label's name. `earlier` are the terms of all invitations that the holder
    /// had answered before, in their order; `few` says that the owner agrees to a sample of fewer than 1000 elements.
    ///
    /// # Errors
    /// The invitation may not be answered.
    pub fn new(
        invitation: &'i Invitation,
        earlier: &[Terms],
        few: bool,
        seed: &Seed,
        label: &str,
        threads: usize,
    ) -> Result<Setup<'i>, Refused> {
        invitation.terms.follow(earlier)?;
        let elements = invitation.terms.elements;
        if elements < FEW && !few {
            return Err(Refused::Few { elements });
        }
        let evaluator = Evaluator::new(invitation, seed, threads)?;
        let controls: Vec<RistrettoPoint> = invitation.controls().iter().map(|it| it * *evaluator.half).collect();
        let padding = seed.block("padding of a set", &[&invitation.digest]);
        Ok(Setup {
            invitation,
            few,
            evaluator,
            padding: Seed::new(padding.first_chunk().copied().unwrap_or_default()),
            controls: doubled(&controls).collect(),
            labels: Vec::new(),
            name: label.to_owned(),
            tags: Vec::new(),
            set: Vec::new(),
        })
    }

    /// Adds elements of the corpus to the label in work: some, in any order; those that do not take part by the terms' sampling are
    /// left out. What everybody has should not be among them.
    ///
    /// # Errors
    /// An element is empty or longer than 1024 bytes.
    pub fn add<T: AsRef<[u8]> + Sync>(&mut self, items: &[T]) -> Result<(), Refused> {
        let terms = &self.invitation.terms;
        let kept: Vec<&[u8]> = items.iter().map(AsRef::as_ref).filter(|item| terms.keeps(item)).collect();
        let evaluator = &self.evaluator;
        let tags = match terms.mode {
            Mode::Count => evaluator.each(&kept, &|_, element| tag(&element))?,
            Mode::Which => evaluator.each(&kept, &|item, element| leading(&evaluator.output(item, &element)))?,
        };
        self.tags.extend(tags);
        Ok(())
    }

    /// Ends the label in work and begins another.
    pub fn label(&mut self, name: &str) {
        self.end_label();
        name.clone_into(&mut self.name);
    }

    fn end_label(&mut self) {
        let mut numbers = std::mem::take(&mut self.tags);
        numbers.extend(self.controls.iter().map(tag));
        numbers.sort_unstable();
        numbers.dedup();
        let shape = Shape::new(rounded((numbers.len() as u64).max(1)), self.invitation.terms.precision);
        numbers.iter_mut().for_each(|number| *number = shape.reduce(*number));
        numbers.dedup();
        let count = usize::try_from(shape.count).unwrap_or(usize::MAX);
        let mut made = 0_u64;
        let label = u8::try_from(self.labels.len()).unwrap_or(u8::MAX);
        while numbers.len() < count {
            for _ in numbers.len()..count {
                numbers.push(shape.reduce(self.padding.number("padding", &[&[label], &made.to_be_bytes()])));
                made += 1;
            }
            numbers.sort_unstable();
            numbers.dedup();
        }
        let code = filter::write(shape, &numbers);
        let name = std::mem::take(&mut self.name);
        self.labels.push(Label { name, count: shape.count, bytes: code.len() as u64 });
        self.set.extend(code);
    }

    /// Writes the agreement. `manifest` is the digest of what the owner keeps on what the corpus is made of.
    ///
    /// # Errors
    /// The labels are out of their limits, or `out` fails.
    pub fn finish(mut self, identity: &Identity, manifest: [u8; 32], mut out: impl Write) -> Result<Agreed, Refused> {
        self.end_label();
        let Setup { invitation, few, evaluator, controls, labels, set, .. } = self;
        let key = public(&evaluator.key);
        let details = message::canonical(&Agreement { key, manifest, set: set_digest(&set), labels, few });
        let mut body = controls.as_flattened().to_vec();
        if invitation.terms.mode == Mode::Count {
            body.extend(control_pairs(invitation, &key, &controls).pairs().prove(&evaluator.key));
        }
        let session = MessageDigest::default();
        let (to, previous) = (invitation.holder, invitation.digest);
        let envelope = Envelope { identity, kind: Kind::Agreement, to, session, previous, details };
        let mut message = Vec::new();
        envelope.write(&mut message, &body)?;
        let session = Session::read(invitation, &message)?;
        out.write_all(&message)?;
        Ok(Agreed { session, set })
    }
}

/// The request, while it comes in pieces and is answered.
pub struct Answering<'s> {
    set: &'s [u8],
    reader: Reader,
    body: Body<'s>,
}

struct Body<'s> {
    session: &'s Session,
    evaluator: Evaluator,
    batches: Vec<u32>,
    batch: usize,
    last: Option<Encoded>,
    sum: RistrettoPoint,
    firsts: Vec<RistrettoPoint>,
    encoded: Vec<(Encoded, Encoded)>,
    /// The answers of the batch in work, and those before with their proofs.
    answers: Vec<Encoded>,
    out: Vec<u8>,
}

impl<'s> Answering<'s> {
    /// Answers the request of a session, with the set that was made for the agreement.
    ///
    /// # Errors
    /// Set or seed are not those of the agreement.
    pub fn new(session: &'s Session, seed: &Seed, set: &'s [u8], threads: usize) -> Result<Answering<'s>, Refused> {
        if set_digest(set) != session.agreement.set {
            return Err(Refused::OtherSet);
        }
        let evaluator = Evaluator::new(&session.invitation, seed, threads)?;
        if public(&evaluator.key) != session.agreement.key {
            return Err(Refused::OtherKey);
        }
        let due = session.due(Kind::Request, session.id, "agreement", session.request_body());
        let body = Body {
            session,
            evaluator,
            batches: session.batches(),
            batch: 0,
            last: None,
            sum: RistrettoPoint::identity(),
            firsts: Vec::new(),
            encoded: Vec::new(),
            answers: Vec::new(),
            out: Vec::new(),
        };
        Ok(Answering { set, reader: Reader::new(due), body })
    }

    /// Takes more of the request.
    ///
    /// # Errors
    /// It is not the request that is due, damaged, or has records that no request has.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let body = &mut self.body;
        self.reader.push(bytes, &mut |chunk| body.take(chunk))
    }

    /// Writes the answer to a request that came whole; gives the digests of both.
    ///
    /// # Errors
    /// It did not, or is not signed by the holder, or `out` fails.
    pub fn finish(self, identity: &Identity, out: impl Write) -> Result<[MessageDigest; 2], Refused> {
        let (request, _) = self.reader.finish()?;
        let session = self.body.session;
        let mut writer = session.envelope(identity, Kind::Answer, request).open(out, session.answer_body())?;
        writer.write(&self.body.out)?;
        writer.write(self.set)?;
        Ok([request, writer.finish()?])
    }
}

impl Body<'_> {
    /// Chunks have whole records, as the body has.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let mut records = bytes.as_chunks::<ELEMENT>().0;
        while let Some(size) = self.batches.get(self.batch).filter(|_| !records.is_empty()) {
            let left = usize::try_from(*size).unwrap_or(usize::MAX) - self.answers.len();
            let (now, later) = records.split_at(records.len().min(left));
            records = later;
            self.records(now)?;
            if now.len() == left {
                self.prove()?;
            }
        }
        Ok(())
    }

    fn records(&mut self, records: &[Encoded]) -> Result<(), Refused> {
        let mode = self.session.terms().mode;
        if mode == Mode::Count {
            ascending(&mut self.last, records)?;
        }
        let key = &self.evaluator.half;
        let answered = on_threads(self.evaluator.threads, records, &|records| {
            let points = records.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
            let halves: Vec<RistrettoPoint> = points.iter().map(|point| point * **key).collect();
            Ok(points.into_iter().zip(doubled(&halves)).collect())
        })?;
        for ((first, second), record) in answered.into_iter().zip(records) {
            self.answers.push(second);
            match mode {
                Mode::Count => self.sum += first,
                Mode::Which => {
                    self.firsts.push(first);
                    self.encoded.push((*record, second));
                }
            }
        }
        Ok(())
    }

    /// A batch is whole: its answers, shuffled by being sorted where matches are only counted, and their proof.
    fn prove(&mut self) -> Result<(), Refused> {
        let (suite, key) = (self.evaluator.suite, &self.evaluator.key);
        if self.session.terms().mode == Mode::Count {
            self.answers.sort_unstable();
            if self.sum == RistrettoPoint::identity() {
                return Err(Refused::Identity);
            }
            self.firsts.push(self.sum);
            let second = self.sum * **key;
            self.encoded.push((self.sum.compress().to_bytes(), second.compress().to_bytes()));
        }
        let public = &self.session.agreement.key;
        let proof = Pairs { suite, public, firsts: &self.firsts, encoded: &self.encoded }.prove(key);
        self.out.extend(self.answers.as_flattened());
        self.out.extend(proof);
        self.answers.clear();
        self.firsts.clear();
        self.encoded.clear();
        (self.batch, self.last, self.sum) = (self.batch + 1, None, RistrettoPoint::identity());
        Ok(())
    }
}

/// Reads the result and writes that it is of the request and answer that were exchanged here.
///
/// # Errors
/// The result is damaged, of other files, not signed by the holder, or impossible; or `out` fails.
pub fn countersign(
    session: &Session,
    identity: &Identity,
    exchanged: [MessageDigest; 2],
    result: &[u8],
    out: impl Write,
) -> Result<Outcome, Refused> {
    let [_, answer] = exchanged;
    let outcome = Outcome::read(session, answer, result)?;
    if outcome.exchanged != exchanged {
        return Err(Refused::OtherFiles);
    }
    session.envelope(identity, Kind::Countersignature, outcome.digest).write(out, &[])?;
    Ok(outcome)
}

/// The revelation, while it comes in pieces; then what it reveals.
pub struct Revealing<'s> {
    session: &'s Session,
    reader: Reader,
    body: Vec<u8>,
}

/// What was revealed, by second tags: elements are found by putting the corpus under the key once more.
pub struct Revealed {
    evaluator: Evaluator,
    leaves: Vec<[u8; 32]>,
    tags: HashMap<Encoded, (u32, [u8; 32])>,
}

impl<'s> Revealing<'s> {
    /// Takes the revelation that belongs to a result.
    ///
    /// # Errors
    /// The session only counts.
    pub fn new(session: &'s Session, outcome: &Outcome) -> Result<Revealing<'s>, Refused> {
        if session.terms().mode != Mode::Which {
            return Err(Refused::NothingToReveal);
        }
        let body = session.revelation_body(&outcome.counts);
        let due = session.due(Kind::Revelation, outcome.digest, "result", body);
        Ok(Revealing { session, reader: Reader::new(due), body: Vec::new() })
    }

    /// Takes more of it.
    ///
    /// # Errors
    /// It is not the revelation that is due, or damaged.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let body = &mut self.body;
        self.reader.push(bytes, &mut |chunk| {
            body.extend(chunk);
            Ok(())
        })
    }

    /// What a revelation that came whole reveals.
    ///
    /// # Errors
    /// It did not, or is not signed by the holder, or its leaves are not what the invitation commits to, or an element comes twice.
    pub fn finish(self, seed: &Seed, threads: usize) -> Result<Revealed, Refused> {
        self.reader.finish()?;
        let terms = self.session.terms();
        let elements = usize::try_from(terms.elements).unwrap_or(usize::MAX);
        let (leaves, records) = self.body.split_at_checked(elements.saturating_mul(32)).ok_or(Refused::CutShort)?;
        let leaves = leaves.as_chunks().0.to_vec();
        if commitment(&leaves) != terms.sample || leaves.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Refused::NotInSample);
        }
        let (mut tags, mut last) = (HashMap::new(), None);
        for record in records.as_chunks::<REVEALED>().0 {
            let (Some((place, rest)), Some(tag)) = (record.split_first_chunk(), record.last_chunk()) else { continue };
            let place = u32::from_le_bytes(*place);
            let salt = rest.first_chunk().copied().unwrap_or_default();
            if last.replace(place).is_some_and(|last| last >= place) || tags.insert(*tag, (place, salt)).is_some() {
                return Err(Refused::Order);
            }
        }
        Ok(Revealed { evaluator: Evaluator::new(&self.session.invitation, seed, threads)?, leaves, tags })
    }
}

impl Revealed {
    /// Which of these elements of the corpus were revealed: their places in the list.
    ///
    /// # Errors
    /// An element was revealed that the sample committed to does not have.
    pub fn find<T: AsRef<[u8]> + Sync>(&self, items: &[T]) -> Result<Vec<usize>, Refused> {
        let second = |item: &[u8], element| second_tag(&self.evaluator.output(item, &element));
        let mut found = Vec::new();
        for (place, (item, tag)) in items.iter().zip(self.evaluator.each(items, &second)?).enumerate() {
            let Some((at, salt)) = self.tags.get(&tag) else { continue };
            let committed = usize::try_from(*at).ok().and_then(|at| self.leaves.get(at));
            if committed != Some(&leaf(salt, 0, item.as_ref())) {
                return Err(Refused::NotInSample);
            }
            found.push(place);
        }
        Ok(found)
    }
}
