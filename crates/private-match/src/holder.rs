//! The side that holds the sample: invites, asks, opens the answer, reveals.

use std::collections::HashMap;
use std::io::Write;

use curve25519_dalek::traits::Identity as _;
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Refused;
use crate::filter;
use crate::group::{ELEMENT, Encoded, Hasher, PROOF, Pairs, ascending, decode, doubled, half, on_threads};
use crate::message::{self, Envelope, Identity, Kind, MessageDigest, PublicKey, Reader};
use crate::result::{Counts, Outcome};
use crate::seed::{Seed, digest, leading};
use crate::terms::{CONTROLS, Invitation, Mode, Session, Terms, itemised, set_hash};

/// How many records are worked on at a time.
const PIECE: usize = 1 << 13;

/// What the holder asks about: elements in groups (files, or all in one).
#[derive(Clone, Debug)]
pub struct Sample<'a> {
    /// Each sorted.
    groups: Vec<Vec<&'a [u8]>>,
}

impl<'a> Sample<'a> {
    /// Of the elements of each group, in any order. Groups stand in the order of their answers.
    ///
    /// # Errors
    /// There is no group or too many of them, one is empty, an element is empty or longer than 1024 bytes, or comes twice in a group.
    pub fn new(groups: Vec<Vec<&'a [u8]>>) -> Result<Sample<'a>, Refused> {
        let mut sample = Sample { groups };
        let mut detail = None;
        if sample.groups.is_empty() {
            detail = Some("it has no elements");
        }
        for group in &mut sample.groups {
            group.sort_unstable();
            if group.is_empty() {
                detail = Some("a group has no elements");
            } else if !group.iter().all(|item| itemised(item)) {
                detail = Some("an element is empty, or longer than 1024 bytes");
            } else if group.windows(2).any(|pair| pair[0] == pair[1]) {
                detail = Some("an element comes twice in a group");
            }
        }
        match detail {
            Some(detail) => Err(Refused::Sample { detail }),
            None => Ok(sample),
        }
    }

    fn items(&self) -> impl Iterator<Item = (u32, &'a [u8])> {
        (0..).zip(&self.groups).flat_map(|(group, items)| items.iter().map(move |item| (group, *item)))
    }

    fn sizes(&self) -> Vec<u32> {
        self.groups.iter().map(|group| u32::try_from(group.len()).unwrap_or(u32::MAX)).collect()
    }

    /// The leaves of the commitment, ascending: each hides its element behind a salt of its own.
    fn leaves(&self, seed: &Seed) -> Vec<[u8; 32]> {
        let mut leaves: Vec<[u8; 32]> =
            self.items().map(|(group, item)| leaf(&salt(seed, group, item), group, item)).collect();
        leaves.sort_unstable();
        leaves
    }

    /// Terms for this sample: all of it in one session that counts, unless the caller sets other fields. Elements are of the kind and
    /// profile named; the nonce must be random.
    ///
    /// # Errors
    /// The sample has more elements than a session can have.
    pub fn terms(
        &self,
        seed: &Seed,
        mode: Mode,
        claim: &str,
        (inputs, profile): (&str, [u8; 32]),
        nonce: [u8; 32],
    ) -> Result<Terms, Refused> {
        let sizes = self.sizes();
        let elements: u64 = sizes.iter().map(|size| u64::from(*size)).sum();
        let elements = u32::try_from(elements).ok().filter(|it| *it <= 1 << 24);
        let elements = elements.ok_or(Refused::Sample { detail: "it has more than 2^24 elements" })?;
        if mode == Mode::Which && sizes.len() > 1 {
            return Err(Refused::Sample { detail: "only where matches are counted does it have groups" });
        }
        Ok(Terms {
            claim: claim.to_owned(),
            inputs: inputs.to_owned(),
            profile,
            mode,
            sampling: 1,
            elements,
            bins: Terms::bins(mode, &sizes),
            precision: 40,
            sessions: 1,
            session: 1,
            sample: commitment(&self.leaves(seed)),
            nonce,
        })
    }

    /// # Errors
    /// It is not what the terms commit to.
    fn check(&self, seed: &Seed, terms: &Terms) -> Result<(), Refused> {
        if commitment(&self.leaves(seed)) != terms.sample || Terms::bins(terms.mode, &self.sizes()) != terms.bins {
            return Err(Refused::OtherSample);
        }
        match self.items().all(|(_, item)| terms.keeps(item)) {
            true => Ok(()),
            false => Err(Refused::Sample { detail: "it has elements that do not take part by the terms' sampling" }),
        }
    }
}

fn salt(seed: &Seed, group: u32, item: &[u8]) -> [u8; 32] {
    let block = seed.block("salt", &[&group.to_be_bytes(), item]);
    block.first_chunk().copied().unwrap_or_default()
}

/// What commits to one element.
pub(crate) fn leaf(salt: &[u8; 32], group: u32, item: &[u8]) -> [u8; 32] {
    digest("leaf", &[salt, &group.to_be_bytes(), item])
}

/// What commits to all elements, by their leaves in ascending order.
pub(crate) fn commitment(leaves: &[[u8; 32]]) -> [u8; 32] {
    let count = u32::try_from(leaves.len()).unwrap_or(u32::MAX).to_be_bytes();
    digest("sample", &[&count, leaves.as_flattened()])
}

/// Writes the invitation.
///
/// # Errors
/// The terms are out of their limits, or `out` fails.
pub fn invite(identity: &Identity, owner: PublicKey, terms: Terms, out: impl Write) -> Result<Invitation, Refused> {
    terms.check()?;
    let zero = MessageDigest::default();
    let details = message::canonical(&terms);
    let envelope = Envelope { identity, kind: Kind::Invitation, to: owner, session: zero, previous: zero, details };
    let digest = envelope.write(out, &[])?;
    Ok(Invitation { terms, holder: identity.public(), owner, digest })
}

/// What the holder keeps of its request to open the answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// The request's digest.
    pub digest: MessageDigest,
    /// Where matches are counted, the encoded sum of each group's records. No secret.
    pub sums: Vec<[u8; 32]>,
}

/// Writes the request.
///
/// # Errors
/// The sample or the seed is not the one that the invitation commits to, or `out` fails.
pub fn request(
    session: &Session,
    identity: &Identity,
    seed: &Seed,
    sample: &Sample<'_>,
    threads: usize,
    out: impl Write,
) -> Result<Requested, Refused> {
    let terms = session.terms();
    sample.check(seed, terms)?;
    let envelope = session.envelope(identity, Kind::Request, session.id);
    let mut writer = envelope.open(out, session.request_body())?;
    let mut sums = Vec::new();
    let (hasher, prefix) = (terms.suite().hasher(), terms.prefix());
    match terms.mode {
        Mode::Count => {
            let controls = session.invitation.controls();
            for ((number, group), bin) in (0..).zip(&sample.groups).zip(&terms.bins) {
                let blind = half(&blind_of(session, seed, number));
                let mut points = on_threads(threads, group, &|items| {
                    Ok(items.iter().map(|item| hasher.element(&[&prefix, item]) * *blind).collect())
                })?;
                let hidden = hidden(session, seed, number);
                points.extend(controls.iter().zip(hidden).filter(|(_, it)| *it).map(|(control, _)| control * *blind));
                for padding in points.len() as u64..u64::from(*bin) {
                    let block = seed.block("padding", &[&session.id, &number.to_be_bytes(), &padding.to_be_bytes()]);
                    points.push(RistrettoPoint::from_uniform_bytes(&block));
                }
                let sum: RistrettoPoint = points.iter().sum();
                sums.push((sum + sum).compress().to_bytes());
                let mut records = on_threads(threads, &points, &|points| Ok(doubled(points).collect()))?;
                records.sort_unstable();
                writer.write(records.as_flattened())?;
            }
        }
        Mode::Which => {
            for items in in_order(session, seed, sample).chunks(PIECE) {
                let records = on_threads(threads, items, &|items| {
                    let blinded = items
                        .iter()
                        .map(|item| hasher.element(&[&prefix, item]) * *half(&blind_of_item(session, seed, item)));
                    Ok(doubled(&blinded.collect::<Vec<_>>()).collect())
                })?;
                writer.write(records.as_flattened())?;
            }
        }
    }
    Ok(Requested { digest: writer.finish()?, sums })
}

/// The blind of a group: of the session's id, so that no two sessions share one.
fn blind_of(session: &Session, seed: &Seed, group: u32) -> Zeroizing<Scalar> {
    seed.scalar("blind of a group", &[&session.id, &group.to_be_bytes()])
}

/// The blind of an element.
fn blind_of_item(session: &Session, seed: &Seed, item: &[u8]) -> Zeroizing<Scalar> {
    seed.scalar("blind of an element", &[&session.id, item])
}

/// The order in which elements are asked for where each has its answer: one that tells nothing.
fn in_order<'a>(session: &Session, seed: &Seed, sample: &Sample<'a>) -> Vec<&'a [u8]> {
    let mut items: Vec<(u64, &[u8])> =
        sample.items().map(|(_, item)| (seed.number("order", &[&session.id, item]), item)).collect();
    items.sort_unstable();
    items.into_iter().map(|(_, item)| item).collect()
}

/// Which controls are hidden in a group.
fn hidden(session: &Session, seed: &Seed, group: u32) -> Vec<bool> {
    let rank = |control: u32| seed.number("control", &[&session.id, &group.to_be_bytes(), &control.to_be_bytes()]);
    let mut ranks: Vec<(u64, u32)> = (0..CONTROLS).map(|control| (rank(control), control)).collect();
    ranks.sort_unstable();
    ranks.truncate(usize::try_from(session.terms().hidden()).unwrap_or_default());
    (0..CONTROLS).map(|control| ranks.iter().any(|(_, it)| *it == control)).collect()
}

/// The answer, while it comes in pieces.
pub struct Opening<'s> {
    requested: MessageDigest,
    reader: Reader,
    body: Body<'s>,
}

/// What is looked up in the set: 64 bits of it, and the place of its record, or behind all records the number of a control.
type Lookup = (u64, u32);

struct Body<'s> {
    session: &'s Session,
    seed: &'s Seed,
    sums: &'s [Encoded],
    threads: usize,
    hasher: Hasher,
    prefix: Vec<u8>,
    /// Elements in the order of their records, where each has its answer.
    items: Vec<&'s [u8]>,
    /// Bytes of a record or proof that came in part.
    rest: Vec<u8>,
    batches: Vec<u32>,
    batch: usize,
    /// Records of this batch that came; and what the proof needs of them.
    came: u32,
    last: Option<Encoded>,
    sum: RistrettoPoint,
    firsts: Vec<RistrettoPoint>,
    seconds: Vec<RistrettoPoint>,
    encoded: Vec<(Encoded, Encoded)>,
    /// The published answers to the controls, and which were found in this group.
    controls: HashMap<Encoded, usize>,
    found: Vec<bool>,
    /// The group of each record, or none where it is a control; and its second tag, where each has its answer.
    groups: Vec<Option<u32>>,
    tags: Vec<Encoded>,
    lookups: Vec<Lookup>,
    /// For each record the labels that have it, one in each bit.
    labels: Vec<u64>,
    set: SetReader,
}

/// The set's filters, one behind the other.
struct SetReader {
    label: usize,
    left: u64,
    reader: Option<filter::Reader>,
    hash: Sha256,
    /// The first lookup that may still be found, and how many controls were.
    at: usize,
    controls: usize,
}

impl<'s> Opening<'s> {
    /// Opens the answer to a request.
    ///
    /// # Errors
    /// The sample or the seed is not the one that the invitation commits to.
    pub fn new(
        session: &'s Session,
        requested: &'s Requested,
        seed: &'s Seed,
        sample: &Sample<'s>,
        threads: usize,
    ) -> Result<Opening<'s>, Refused> {
        let terms = session.terms();
        let items = if terms.mode == Mode::Which {
            sample.check(seed, terms)?;
            in_order(session, seed, sample)
        } else {
            Vec::new()
        };
        let due = session.due(Kind::Answer, requested.digest, "request", session.answer_body());
        let body = Body {
            session,
            seed,
            sums: &requested.sums,
            threads,
            hasher: terms.suite().hasher(),
            prefix: terms.prefix(),
            items,
            rest: Vec::new(),
            batches: session.batches(),
            batch: 0,
            came: 0,
            last: None,
            sum: RistrettoPoint::identity(),
            firsts: Vec::new(),
            seconds: Vec::new(),
            encoded: Vec::new(),
            controls: session.controls.iter().copied().zip(0..).collect(),
            found: vec![false; session.controls.len()],
            groups: Vec::new(),
            tags: Vec::new(),
            lookups: Vec::new(),
            labels: Vec::new(),
            set: SetReader { label: 0, left: 0, reader: None, hash: set_hash(), at: 0, controls: 0 },
        };
        Ok(Opening { requested: requested.digest, reader: Reader::new(due), body })
    }

    /// Takes more of the answer.
    ///
    /// # Errors
    /// It is not the answer that is due, damaged, or altered.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let body = &mut self.body;
        self.reader.push(bytes, &mut |chunk| body.take(chunk))
    }

    /// The outcome of an answer that came whole.
    ///
    /// # Errors
    /// It did not, or its set is not the one that the agreement commits to, or it is not signed by the owner.
    pub fn finish(self) -> Result<Opened<'s>, Refused> {
        let (answer, _) = self.reader.finish()?;
        let Body { session, items, groups, tags, labels, set, .. } = self.body;
        let set: [u8; 32] = set.hash.finalize().into();
        if set != session.agreement.set {
            return Err(Refused::OtherSet);
        }
        let empty = vec![0; session.terms().bins.len()];
        let mut counts = Counts { labels: vec![empty.clone(); session.agreement.labels.len()], anywhere: empty };
        let mut matches = Vec::new();
        for (place, (group, labels)) in groups.iter().zip(labels).enumerate() {
            let Some(group) = group.and_then(|it| usize::try_from(it).ok()).filter(|_| labels != 0) else { continue };
            let having = (0..).zip(&mut counts.labels).filter(|(bit, _)| labels >> bit & 1 == 1).map(|(_, of)| of);
            for count in having.chain([&mut counts.anywhere]).filter_map(|of| of.get_mut(group)) {
                *count += 1;
            }
            if let (Some(item), Some(tag)) = (items.get(place), tags.get(place)) {
                matches.push(Match { item, labels, tag: *tag });
            }
        }
        Ok(Opened { counts, matches, exchanged: [self.requested, answer] })
    }
}

impl Body<'_> {
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Refused> {
        while !bytes.is_empty() && self.batch < self.batches.len() {
            let left = self.batches.get(self.batch).copied().unwrap_or_default() - self.came;
            let whole = if left == 0 { PROOF } else { ELEMENT };
            if self.rest.is_empty() && left > 0 && bytes.len() >= ELEMENT {
                let records = bytes.as_chunks::<ELEMENT>().0;
                let now = records.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.records(&records[..now])?;
                bytes = &bytes[now * ELEMENT..];
                continue;
            }
            let (now, later) = bytes.split_at(bytes.len().min(whole - self.rest.len()));
            self.rest.extend(now);
            bytes = later;
            if self.rest.len() == whole {
                let part = std::mem::take(&mut self.rest);
                if let Some(proof) = part.first_chunk::<PROOF>() {
                    self.proof(proof)?;
                } else if let Some(record) = part.first_chunk::<ELEMENT>() {
                    self.records(&[*record])?;
                }
            }
        }
        if bytes.is_empty() { Ok(()) } else { self.set(bytes) }
    }

    /// Unblinds records.
    fn records(&mut self, records: &[Encoded]) -> Result<(), Refused> {
        self.came += u32::try_from(records.len()).unwrap_or_default();
        match self.session.terms().mode {
            Mode::Count => self.counted(records),
            Mode::Which => self.each(records),
        }
    }

    fn counted(&mut self, records: &[Encoded]) -> Result<(), Refused> {
        ascending(&mut self.last, records)?;
        let group = u32::try_from(self.batch).unwrap_or_default();
        let blind = blind_of(self.session, self.seed, group);
        let back = half(&Zeroizing::new(blind.invert()));
        let opened = on_threads(self.threads, records, &|records| {
            let points = records.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
            let back: Vec<RistrettoPoint> = points.iter().map(|point| point * *back).collect();
            Ok(points.into_iter().zip(doubled(&back)).collect())
        })?;
        for (point, element) in opened {
            self.sum += point;
            let control = self.controls.get(&element).copied();
            if let Some(found) = control.and_then(|it| self.found.get_mut(it)) {
                *found = true;
            }
            self.look_up(tag(&element));
            self.groups.push(control.is_none().then_some(group));
        }
        Ok(())
    }

    fn each(&mut self, records: &[Encoded]) -> Result<(), Refused> {
        let at = self.groups.len();
        let items = self.items.get(at..at + records.len()).unwrap_or_default();
        let work: Vec<(&[u8], &Encoded)> = items.iter().copied().zip(records).collect();
        let (session, seed, hasher, prefix) = (self.session, self.seed, &self.hasher, &self.prefix);
        let opened = on_threads(self.threads, &work, &|work: &[(&[u8], &Encoded)]| {
            let mut blinds: Vec<Scalar> = work.iter().map(|(item, _)| *blind_of_item(session, seed, item)).collect();
            let hashed = work.iter().map(|(item, _)| hasher.element(&[prefix, item]));
            let halves: Vec<RistrettoPoint> = hashed.zip(&blinds).map(|(it, blind)| it * *half(blind)).collect();
            Scalar::invert_batch_alloc(&mut blinds);
            let blinds = Zeroizing::new(blinds);
            let points = work.iter().map(|(_, record)| decode(record)).collect::<Result<Vec<_>, _>>()?;
            let back: Vec<RistrettoPoint> = points.iter().zip(&*blinds).map(|(it, back)| it * *half(back)).collect();
            let firsts = halves.iter().map(|half| half + half).zip(doubled(&halves));
            Ok(firsts.zip(points).zip(doubled(&back)).collect())
        })?;
        for ((((first, blinded), second), element), (item, record)) in opened.into_iter().zip(&work) {
            self.firsts.push(first);
            self.seconds.push(second);
            self.encoded.push((blinded, **record));
            let output = self.session.terms().suite().finalize(&[&self.prefix, *item].concat(), &element);
            self.tags.push(second_tag(&output));
            self.look_up(leading(&output));
            self.groups.push(Some(0));
        }
        Ok(())
    }

    fn look_up(&mut self, tag: u64) {
        self.lookups.push((tag, u32::try_from(self.groups.len()).unwrap_or(u32::MAX)));
    }

    /// Checks a batch by its proof, and what was hidden in it.
    fn proof(&mut self, proof: &[u8; PROOF]) -> Result<(), Refused> {
        let terms = self.session.terms();
        if terms.mode == Mode::Count {
            let hidden = hidden(self.session, self.seed, u32::try_from(self.batch).unwrap_or_default());
            let missing = hidden.iter().zip(&self.found).filter(|(asked, found)| **asked && !**found).count();
            if missing > 0 {
                let hidden = hidden.iter().filter(|it| **it).count();
                return Err(Refused::Altered { group: self.batch, missing, hidden });
            }
            if hidden.iter().zip(&self.found).any(|(asked, found)| !asked && *found) {
                return Err(Refused::Unasked { group: self.batch });
            }
            let asked = self.sums.get(self.batch).copied().unwrap_or_default();
            self.firsts.push(decode(&asked)?);
            self.encoded.push((asked, self.sum.compress().to_bytes()));
            self.seconds.push(self.sum);
        }
        let public = &self.session.agreement.key;
        let pairs = Pairs { suite: terms.suite(), public, firsts: &self.firsts, encoded: &self.encoded };
        if !pairs.holds(&self.seconds, proof)? {
            let what = match terms.mode {
                Mode::Count => format!("group {}", self.batch),
                Mode::Which => format!("batch {}", self.batch),
            };
            return Err(Refused::AnswerProof { what });
        }
        (self.batch, self.came, self.last, self.sum) = (self.batch + 1, 0, None, RistrettoPoint::identity());
        self.firsts.clear();
        self.seconds.clear();
        self.encoded.clear();
        self.found.fill(false);
        if self.batch == self.batches.len() {
            self.answered();
        }
        Ok(())
    }

    /// All records came: what follows is the set.
    fn answered(&mut self) {
        self.labels = vec![0; self.groups.len()];
        let behind = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let controls = self.session.controls.iter().zip(behind..).map(|(control, place)| (tag(control), place));
        self.lookups.extend(controls);
        self.lookups.sort_unstable();
    }

    fn set(&mut self, mut bytes: &[u8]) -> Result<(), Refused> {
        self.set.hash.update(bytes);
        let agreement = &self.session.agreement;
        while let Some(label) = agreement.labels.get(self.set.label).filter(|_| !bytes.is_empty()) {
            let shape = label.shape(self.session.terms());
            let refused = Refused::filter(&label.name);
            if self.set.reader.is_none() {
                (self.set.left, self.set.at, self.set.controls) = (label.bytes, 0, 0);
            }
            let reader = self.set.reader.get_or_insert_with(|| filter::Reader::new(shape));
            let now = bytes.len().min(usize::try_from(self.set.left).unwrap_or(usize::MAX));
            let (at, controls, labels) = (&mut self.set.at, &mut self.set.controls, &mut self.labels);
            let (lookups, bit) = (&self.lookups, 1 << self.set.label);
            let found = &mut |number: u64| {
                while let Some((tag, place)) = lookups.get(*at).copied() {
                    let reduced = shape.reduce(tag);
                    if reduced > number {
                        break;
                    }
                    if reduced == number {
                        match usize::try_from(place).ok().and_then(|place| labels.get_mut(place)) {
                            Some(labels) => *labels |= bit,
                            None => *controls += 1,
                        }
                    }
                    *at += 1;
                }
            };
            reader.push(&bytes[..now], found).map_err(&refused)?;
            bytes = &bytes[now..];
            self.set.left -= now as u64;
            if self.set.left == 0 {
                reader.finish().map_err(&refused)?;
                let missing = self.session.controls.len().saturating_sub(self.set.controls);
                if missing > 0 {
                    return Err(Refused::FilterControls { label: label.name.clone(), missing });
                }
                self.set.reader = None;
                self.set.label += 1;
            }
        }
        Ok(())
    }
}

/// The tag of an element that is under the owner's key alone.
pub(crate) fn tag(element: &Encoded) -> u64 {
    leading(&digest("tag", &[element]))
}

/// What is told of a match where it is revealed: nothing of it can be computed from the set.
pub(crate) fn second_tag(output: &[u8; 64]) -> Encoded {
    output.last_chunk().copied().unwrap_or_default()
}

/// An element of the sample that is in the owner's set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'s> {
    /// The element.
    pub item: &'s [u8],
    /// The labels that have it: bit 0 is the agreement's first.
    pub labels: u64,
    tag: Encoded,
}

/// What an answer says.
#[derive(Clone, Debug)]
pub struct Opened<'s> {
    /// How many elements match.
    pub counts: Counts,
    /// Which, where the terms let the holder learn it.
    pub matches: Vec<Match<'s>>,
    /// The digests of the request and its answer.
    pub exchanged: [MessageDigest; 2],
}

impl Opened<'_> {
    /// Writes the result, which tells the owner the counts.
    ///
    /// # Errors
    /// `out` fails.
    pub fn result(&self, session: &Session, identity: &Identity, out: impl Write) -> Result<Outcome, Refused> {
        let [_, answer] = self.exchanged;
        let details = Outcome::details(&self.exchanged);
        let envelope = Envelope { details, ..session.envelope(identity, Kind::Result, answer) };
        let digest = envelope.write(out, &self.counts.body())?;
        Ok(Outcome { counts: self.counts.clone(), exchanged: self.exchanged, digest })
    }
}

/// Writes the revelation, which tells the owner which of its elements match, and of each that the sample committed to had it.
///
/// # Errors
/// The session only counts, or the sample or seed is not the one that the invitation commits to, or `out` fails.
pub fn reveal(
    session: &Session,
    identity: &Identity,
    seed: &Seed,
    sample: &Sample<'_>,
    (opened, outcome): (&Opened<'_>, &Outcome),
    out: impl Write,
) -> Result<MessageDigest, Refused> {
    if session.terms().mode != Mode::Which {
        return Err(Refused::NothingToReveal);
    }
    sample.check(seed, session.terms())?;
    let leaves = sample.leaves(seed);
    let mut records = Vec::with_capacity(opened.matches.len());
    for found in &opened.matches {
        let salt = salt(seed, 0, found.item);
        let place = leaves.binary_search(&leaf(&salt, 0, found.item)).map_err(|_| Refused::OtherSample)?;
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        records.push((place, salt, found.tag));
    }
    // In the order of the leaves, which is nobody's.
    records.sort_unstable();
    let envelope = session.envelope(identity, Kind::Revelation, outcome.digest);
    let mut writer = envelope.open(out, session.revelation_body(&outcome.counts))?;
    writer.write(leaves.as_flattened())?;
    for (place, salt, tag) in &records {
        writer.write(&place.to_le_bytes())?;
        writer.write(salt)?;
        writer.write(tag)?;
    }
    writer.finish()
}
