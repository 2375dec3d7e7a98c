//! What two parties agree on before anything of either is sent: the terms, and a commitment of each.

use curve25519_dalek::RistrettoPoint;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::Refused;
use crate::filter::{PRECISION, Shape, rounded};
use crate::group::{ELEMENT, Encoded, PROOF, PROVEN, Pairs, Suite, decode};
use crate::message::{self, Due, Envelope, Identity, Kind, MessageDigest, PublicKey, Reader};
use crate::result::Counts;
use crate::seed::{digest, leading};

/// Control elements that every set holds in a session that counts.
pub(crate) const CONTROLS: u32 = 256;

/// How many of them are hidden in a request of one group; and in each group where there are several.
const HIDDEN: u32 = 128;
const HIDDEN_EACH: u32 = 16;

/// The smallest group that is padded.
const SMALLEST_BIN: u32 = 64;

/// Limits.
const MOST_ELEMENTS: u32 = 1 << 24;
const MOST_BINS: usize = 1 << 12;
const MOST_LABELS: usize = 64;
const MOST_COUNT: u64 = 1 << 32;
const LONGEST_NAME: usize = 200;
const LONGEST_ITEM: usize = 1 << 10;

/// Bytes of a match in a revelation.
pub(crate) const REVEALED: usize = 4 + 32 + ELEMENT;

/// Below so many elements the owner must agree explicitly.
pub(crate) const FEW: u32 = 1_000;

/// Most sessions for one claim.
const SESSIONS: u8 = 3;

/// What the holder learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Mode {
    /// How many elements match, for each label and each group.
    #[n(0)]
    Count,
    /// Which elements match, for each label.
    #[n(1)]
    Which,
}

/// What the holder of a sample proposes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Terms {
    /// The claim that is to be settled, in words or by an id that both know: 200 bytes at most.
    #[n(0)]
    pub claim: String,
    /// What the elements are: fingerprints of code, hashes of files. 200 bytes at most.
    #[n(1)]
    pub inputs: String,
    /// The digest of what fixes how elements are made, so that both make them alike.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub profile: [u8; 32],
    /// What the holder learns.
    #[n(3)]
    pub mode: Mode,
    /// Of all elements one in so many takes part, by a hash: 1 for all.
    #[n(4)]
    pub sampling: u32,
    /// Elements of the sample that take part, 2^24 at most.
    #[n(5)]
    pub elements: u32,
    /// Records of each group in the request.
    #[n(6)]
    pub bins: Vec<u32>,
    /// Of elements that are not in a set, one in two to this is taken for one that is: 20 to 40.
    #[n(7)]
    pub precision: u8,
    /// How many sessions there may be for the claim, 3 at most.
    #[n(8)]
    pub sessions: u8,
    /// Which of them this is, from 1.
    #[n(9)]
    pub session: u8,
    /// The commitment to the sample.
    #[cbor(n(10), with = "minicbor::bytes")]
    pub sample: [u8; 32],
    /// Random, so that no two invitations are alike.
    #[cbor(n(11), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
}

impl Terms {
    /// Whether an element takes part.
    pub fn keeps(&self, item: &[u8]) -> bool {
        let bar = u64::MAX / u64::from(self.sampling.max(1));
        self.sampling <= 1 || leading(&digest("sampling", &[&self.prefix(), item])) < bar
    }

    /// What every element is hashed behind: no element of one kind or profile is one of another.
    pub(crate) fn prefix(&self) -> Vec<u8> {
        let length = u8::try_from(self.inputs.len()).unwrap_or(u8::MAX);
        [&[length][..], self.inputs.as_bytes(), &self.profile].concat()
    }

    pub(crate) fn suite(&self) -> Suite {
        match self.mode {
            Mode::Count => Suite::COUNT,
            Mode::Which => Suite::WHICH,
        }
    }

    /// Controls hidden in each group.
    pub(crate) fn hidden(&self) -> u32 {
        match (self.mode, self.bins.len()) {
            (Mode::Which, _) => 0,
            (Mode::Count, 0 | 1) => HIDDEN,
            (Mode::Count, _) => HIDDEN_EACH,
        }
    }

    /// The records of groups of so many elements.
    pub(crate) fn bins(mode: Mode, groups: &[u32]) -> Vec<u32> {
        match (mode, groups) {
            (Mode::Which, _) => vec![groups.iter().sum()],
            (Mode::Count, [one]) => vec![one + HIDDEN],
            (Mode::Count, _) => {
                groups.iter().map(|it| (it + HIDDEN_EACH).next_power_of_two().max(SMALLEST_BIN)).collect()
            }
        }
    }

    /// # Errors
    /// A field is out of its limits, or two do not fit each other.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        let hidden = u64::from(self.hidden());
        let records: u64 = self.bins.iter().map(|bin| u64::from(*bin)).sum();
        let elements = u64::from(self.elements);
        let one = u64::from(self.bins.first().copied().unwrap_or_default());
        let bins_fit = match (self.mode, self.bins.len()) {
            (Mode::Which, 1) | (Mode::Count, 1) => one == elements + hidden,
            (Mode::Count, 2..=MOST_BINS) => {
                let alike = |bin: &u32| bin.is_power_of_two() && (SMALLEST_BIN..=MOST_ELEMENTS).contains(bin);
                let most = records.saturating_sub(hidden * self.bins.len() as u64);
                self.bins.iter().all(alike) && elements <= most && elements >= self.bins.len() as u64
            }
            _ => false,
        };
        let checks = [
            (named(&self.claim), "the claim is empty, longer than 200 bytes or has control characters"),
            (named(&self.inputs), "what the elements are is empty, longer than 200 bytes or has control characters"),
            (self.sampling >= 1, "one element in none would be sampled"),
            ((1..=MOST_ELEMENTS).contains(&self.elements), "the sample has no elements, or more than 2^24"),
            (bins_fit && records <= 2 * u64::from(MOST_ELEMENTS), "the groups' sizes are not those of such a sample"),
            (PRECISION.contains(&self.precision), "the precision is not between 20 and 40 bits"),
            ((1..=SESSIONS).contains(&self.sessions), "there are to be no sessions, or more than 3"),
            ((1..=self.sessions).contains(&self.session), "the session is none of those that there are to be"),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, detail)) => Err(Refused::Terms { detail }),
            None => Ok(()),
        }
    }

    /// Whether an owner who answered these invitations of the holder before, in their order, may answer this one.
    ///
    /// # Errors
    /// It is one of them, or there were as many sessions of the claim as there may be, or the sample is another than theirs.
    pub(crate) fn follow(&self, earlier: &[Terms]) -> Result<(), Refused> {
        if earlier.iter().any(|before| before.nonce == self.nonce) {
            return Err(Refused::Replayed);
        }
        let same: Vec<&Terms> = earlier.iter().filter(|before| before.claim == self.claim).collect();
        let agreed = same.first().map_or(self.sessions, |first| first.sessions);
        if usize::from(self.session) != same.len() + 1 || self.sessions != agreed {
            let due = same.len() + 1;
            return Err(Refused::Sessions { session: self.session, due, sessions: agreed });
        }
        match same.iter().all(|before| before.sample == self.sample) {
            true => Ok(()),
            false => Err(Refused::DifferingSample),
        }
    }
}

/// Whether something can be a name.
pub(crate) fn named(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// Whether something can be an element.
pub(crate) fn itemised(item: &[u8]) -> bool {
    (1..=LONGEST_ITEM).contains(&item.len())
}

/// An invitation that was written or read.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What is proposed.
    pub terms: Terms,
    /// Who holds the sample.
    pub holder: PublicKey,
    /// Who owns the corpus.
    pub owner: PublicKey,
    /// The message's digest.
    pub digest: MessageDigest,
}

impl Invitation {
    /// Reads an invitation from one party to the other.
    ///
    /// # Errors
    /// It is none, damaged, not signed by the holder, for another owner, or its terms are out of their limits.
    pub fn read(holder: PublicKey, owner: PublicKey, bytes: &[u8]) -> Result<Invitation, Refused> {
        let zero = MessageDigest::default();
        let due = Due {
            kind: Kind::Invitation,
            from: holder,
            to: owner,
            session: zero,
            previous: zero,
            after: "beginning",
            body: 0,
        };
        let (digest, details, _) = Reader::whole_of(due, bytes)?;
        let terms: Terms = message::decode(&details)?;
        terms.check()?;
        Ok(Invitation { terms, holder, owner, digest })
    }

    /// The control elements: nobody knows them before the invitation is written.
    pub(crate) fn controls(&self) -> Vec<RistrettoPoint> {
        let hasher = Suite::COUNT.hasher();
        // The length of what the elements are is never zero: no element is hashed like a control.
        let control = |number: u32| hasher.element(&[&[0], &self.digest, &number.to_be_bytes()]);
        let count = if self.terms.mode == Mode::Count { CONTROLS } else { 0 };
        (0..count).map(control).collect()
    }

    fn agreement_body(&self) -> u64 {
        match self.terms.mode {
            Mode::Count => u64::from(CONTROLS) * ELEMENT as u64 + PROOF as u64,
            Mode::Which => 0,
        }
    }
}

/// A part of the corpus by kind and place, and what is told of its size.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Label {
    /// What and where it is, such as "source, build farm". 200 bytes at most.
    #[n(0)]
    pub name: String,
    /// Its elements with controls and padding, rounded up to six leading bits.
    #[n(1)]
    pub count: u64,
    /// Bytes of its filter.
    #[n(2)]
    pub bytes: u64,
}

impl Label {
    /// How its filter is coded under these terms.
    pub(crate) fn shape(&self, terms: &Terms) -> Shape {
        Shape::new(self.count, terms.precision)
    }
}

/// What the owner of a corpus answers an invitation with.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Agreement {
    /// The session's public key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The digest of a list of what the corpus is made of, which the owner keeps: repositories, commits, counts.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub manifest: [u8; 32],
    /// The digest of the set that the answer will hold.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub set: [u8; 32],
    /// The parts of the corpus, in the set's order; 64 at most.
    #[n(3)]
    pub labels: Vec<Label>,
    /// Whether the owner agrees to a sample of fewer than 1000 elements.
    #[n(4)]
    pub few: bool,
}

impl Agreement {
    fn check(&self, terms: &Terms) -> Result<(), Refused> {
        let labels = |detail| Err(Refused::Labels { detail });
        if self.labels.is_empty() || self.labels.len() > MOST_LABELS {
            return labels("there is none, or there are more than 64");
        }
        for (number, label) in self.labels.iter().enumerate() {
            if !named(&label.name) {
                return labels("a name is empty, longer than 200 bytes or has control characters");
            }
            if self.labels.iter().take(number).any(|before| before.name == label.name) {
                return labels("a name comes twice");
            }
            let least = if terms.mode == Mode::Count { u64::from(CONTROLS) } else { 1 };
            if !(least..=MOST_COUNT).contains(&label.count) || label.count != rounded(label.count) {
                return labels("a size is not rounded, or out of its limits");
            }
            if !label.shape(terms).bytes().contains(&label.bytes) {
                return labels("a filter's length is not one of such a size");
            }
        }
        if terms.elements < FEW && !self.few {
            return Err(Refused::Few { elements: terms.elements });
        }
        decode(&self.key).map(|_| ())
    }

    /// Bytes of the set.
    pub(crate) fn set_bytes(&self) -> u64 {
        self.labels.iter().map(|label| label.bytes).sum()
    }
}

/// The digest of a set that an agreement names.
pub(crate) fn set_digest(set: &[u8]) -> [u8; 32] {
    set_hash().chain_update(set).finalize().into()
}

/// That digest before the set.
pub(crate) fn set_hash() -> Sha256 {
    Sha256::new().chain_update(b"gainsay private 1 set")
}

/// An agreed session. Both sides read it from the same two messages.
#[derive(Clone, Debug)]
pub struct Session {
    /// The invitation.
    pub invitation: Invitation,
    /// The agreement.
    pub agreement: Agreement,
    /// The session's id: the digest of its agreement.
    pub id: MessageDigest,
    /// The answers to the controls, as published.
    pub(crate) controls: Vec<Encoded>,
}

impl Session {
    /// Reads the agreement to an invitation.
    ///
    /// # Errors
    /// It is none, damaged, not signed by the owner, of another invitation, out of its limits, without the consent that few elements ask
    /// for, or the proof of its controls does not hold.
    pub fn read(invitation: &Invitation, bytes: &[u8]) -> Result<Session, Refused> {
        let due = Due {
            kind: Kind::Agreement,
            from: invitation.owner,
            to: invitation.holder,
            session: MessageDigest::default(),
            previous: invitation.digest,
            after: "invitation",
            body: invitation.agreement_body(),
        };
        let (id, details, body) = Reader::whole_of(due, bytes)?;
        let agreement: Agreement = message::decode(&details)?;
        agreement.check(&invitation.terms)?;
        let mut controls = Vec::new();
        if invitation.terms.mode == Mode::Count {
            let (records, proof) = body.split_last_chunk::<PROOF>().ok_or(Refused::CutShort)?;
            controls = records.as_chunks::<ELEMENT>().0.to_vec();
            let seconds = controls.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
            if !control_pairs(invitation, &agreement.key, &controls).holds(&seconds, proof)? {
                return Err(Refused::ControlProof);
            }
        }
        Ok(Session { invitation: invitation.clone(), agreement, id, controls })
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.invitation.terms
    }

    /// A message that is due in this session.
    pub(crate) fn due(&self, kind: Kind, previous: MessageDigest, after: &'static str, body: u64) -> Due {
        let (from, to) = self.parties(kind);
        Due { kind, from, to, session: self.id, previous, after, body }
    }

    /// What a message of this session is besides its body, where only its kind says nothing.
    pub(crate) fn envelope<'i>(&self, identity: &'i Identity, kind: Kind, previous: MessageDigest) -> Envelope<'i> {
        let (_, to) = self.parties(kind);
        Envelope { identity, kind, to, session: self.id, previous, details: Vec::new() }
    }

    /// Who sends a message, and to whom.
    fn parties(&self, kind: Kind) -> (PublicKey, PublicKey) {
        let Invitation { holder, owner, .. } = self.invitation;
        match kind {
            Kind::Answer | Kind::Countersignature | Kind::Agreement => (owner, holder),
            Kind::Invitation | Kind::Request | Kind::Result | Kind::Revelation => (holder, owner),
        }
    }

    pub(crate) fn records(&self) -> u64 {
        self.terms().bins.iter().map(|bin| u64::from(*bin)).sum()
    }

    /// Bytes of the request's body.
    pub(crate) fn request_body(&self) -> u64 {
        self.records() * ELEMENT as u64
    }

    /// How many records each proof of the answer covers, in order: a group, or as many as one proof can.
    pub(crate) fn batches(&self) -> Vec<u32> {
        let most = u32::try_from(PROVEN).unwrap_or_default();
        match (self.terms().mode, self.terms().bins.as_slice()) {
            (Mode::Count, bins) => bins.to_vec(),
            (Mode::Which, bins) => {
                let all: u32 = bins.iter().sum();
                (0..all.div_ceil(most)).map(|number| most.min(all - number * most)).collect()
            }
        }
    }

    /// Bytes of the revelation's body: the leaves of the commitment, and for each match its leaf's place, salt and second tag.
    pub(crate) fn revelation_body(&self, counts: &Counts) -> u64 {
        u64::from(self.terms().elements) * 32 + u64::from(counts.total()) * REVEALED as u64
    }

    /// How many elements that are in no set are expected to be counted as if they were, by chance.
    pub fn chance(&self) -> f64 {
        let of = |label: &Label| f64::from(label.shape(self.terms()).precision());
        self.agreement.labels.iter().map(|label| f64::from(self.terms().elements) * (-of(label)).exp2()).sum()
    }

    /// Bytes of the answer's body.
    pub(crate) fn answer_body(&self) -> u64 {
        self.request_body() + (self.batches().len() * PROOF) as u64 + self.agreement.set_bytes()
    }
}

/// Controls with their answers, for the proof that the agreement holds.
pub(crate) struct ControlPairs {
    key: Encoded,
    firsts: Vec<RistrettoPoint>,
    encoded: Vec<(Encoded, Encoded)>,
}

pub(crate) fn control_pairs(invitation: &Invitation, key: &Encoded, answers: &[Encoded]) -> ControlPairs {
    let firsts = invitation.controls();
    let encoded = firsts.iter().zip(answers).map(|(first, second)| (first.compress().to_bytes(), *second)).collect();
    ControlPairs { key: *key, firsts, encoded }
}

impl ControlPairs {
    pub(crate) fn pairs(&self) -> Pairs<'_> {
        Pairs { suite: Suite::COUNT, public: &self.key, firsts: &self.firsts, encoded: &self.encoded }
    }

    fn holds(&self, seconds: &[RistrettoPoint], proof: &[u8; PROOF]) -> Result<bool, Refused> {
        self.pairs().holds(seconds, proof)
    }
}
