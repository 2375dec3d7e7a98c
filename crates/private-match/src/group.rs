//! The group ristretto255 (RFC 9496), hashing to it (RFC 9380), and the functions of RFC 9497 over both.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::Refused;

/// Bytes of an element, and of a scalar.
pub(crate) const ELEMENT: usize = 32;

/// Bytes of a proof: challenge and response.
pub(crate) const PROOF: usize = 64;

/// Most elements that one proof covers: their number is hashed in two bytes.
pub(crate) const PROVEN: usize = 65_535;

/// How many elements are encoded with one inversion.
const BATCH: usize = 256;

/// An element as it is sent.
pub(crate) type Encoded = [u8; ELEMENT];

/// What both sides prefix every hash with, so that no value of one mode means anything in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suite(&'static str);

impl Suite {
    /// RFC 9497, mode 0x01.
    pub(crate) const WHICH: Suite = Suite("OPRFV1-\x01-ristretto255-SHA512");

    /// One blind for many elements and answers in another order: no mode of RFC 9497, and so named apart.
    pub(crate) const COUNT: Suite = Suite("gainsay-private-1-count-ristretto255-SHA512");

    /// A domain separation tag with its length behind it, as RFC 9380 has it.
    fn tag(self, what: &str) -> Vec<u8> {
        let mut tag = [what.as_bytes(), self.0.as_bytes()].concat();
        tag.push(u8::try_from(tag.len()).unwrap_or(u8::MAX));
        tag
    }

    /// HashToGroup, ready for many inputs.
    pub(crate) fn hasher(self) -> Hasher {
        Hasher::new(self.tag("HashToGroup-"))
    }

    /// HashToScalar of parts one behind the other.
    fn scalar(self, parts: &[&[u8]]) -> Scalar {
        Hasher::new(self.tag("HashToScalar-")).scalar(parts)
    }

    /// DeriveKeyPair (RFC 9497, 3.2.1): a key that differs for each seed, each info and each mode.
    ///
    /// # Errors
    /// Never in practice: 256 hashes would have to be zero.
    pub(crate) fn derive(self, seed: &[u8; 32], info: &[u8]) -> Result<Zeroizing<Scalar>, Refused> {
        let hasher = Hasher::new(self.tag("DeriveKeyPair"));
        for counter in 0..=u8::MAX {
            let key = Zeroizing::new(hasher.scalar(&[seed, &length(info), info, &[counter]]));
            if *key != Scalar::ZERO {
                return Ok(key);
            }
        }
        Err(Refused::NoKey)
    }

    /// Finalize (RFC 9497, 3.3.1) of an input and its unblinded element.
    pub(crate) fn finalize(self, input: &[u8], element: &Encoded) -> [u8; 64] {
        let hash = Sha512::new().chain_update(length(input)).chain_update(input);
        hash.chain_update(length(element)).chain_update(element).chain_update(b"Finalize").finalize().into()
    }
}

/// expand_message_xmd with SHA-512 (RFC 9380, 5.3.1): the first block of zeros is hashed once for all inputs.
pub(crate) struct Hasher {
    zeros: Sha512,
    tag: Vec<u8>,
}

impl Hasher {
    pub(crate) fn new(tag: Vec<u8>) -> Hasher {
        Hasher { zeros: Sha512::new().chain_update([0; 128]), tag }
    }

    pub(crate) fn expand<const LENGTH: usize>(&self, parts: &[&[u8]]) -> Zeroizing<[u8; LENGTH]> {
        let mut first = self.zeros.clone();
        parts.iter().for_each(|part| first.update(part));
        let [.., high, low] = LENGTH.to_be_bytes();
        let first: [u8; 64] = first.chain_update([high, low, 0]).chain_update(&self.tag).finalize().into();
        let (mut all, mut before) = (Zeroizing::new([0; LENGTH]), [0; 64]);
        for (number, out) in (1_u8..).zip(all.chunks_mut(64)) {
            before.iter_mut().zip(first).for_each(|(byte, first)| *byte ^= first);
            before =
                Sha512::new().chain_update(before).chain_update([number]).chain_update(&self.tag).finalize().into();
            out.copy_from_slice(&before[..out.len()]);
        }
        all
    }

    /// The element that parts, one behind the other, are hashed to.
    pub(crate) fn element(&self, parts: &[&[u8]]) -> RistrettoPoint {
        RistrettoPoint::from_uniform_bytes(&self.expand(parts))
    }

    fn scalar(&self, parts: &[&[u8]]) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.expand(parts))
    }
}

/// The length of something short in two bytes, most significant first.
fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes()
}

/// The element of an encoding.
///
/// # Errors
/// The encoding is not canonical, or is of the identity.
pub(crate) fn decode(encoded: &Encoded) -> Result<RistrettoPoint, Refused> {
    match CompressedRistretto(*encoded).decompress() {
        Some(point) if !point.is_identity() => Ok(point),
        Some(_) => Err(Refused::Identity),
        None => Err(Refused::NotAnElement),
    }
}

/// Takes more records of a group, of which `last` came before.
///
/// # Errors
/// They do not ascend.
pub(crate) fn ascending(last: &mut Option<Encoded>, records: &[Encoded]) -> Result<(), Refused> {
    match records.iter().all(|record| last.replace(*record).is_none_or(|last| last < *record)) {
        true => Ok(()),
        false => Err(Refused::Order),
    }
}

/// Half of a scalar: [`multiplied`] doubles what it is given, since doubles are encoded in batches and others are not.
pub(crate) fn half(scalar: &Scalar) -> Zeroizing<Scalar> {
    Zeroizing::new(scalar.div_by_2())
}

/// The encodings of twice these elements.
pub(crate) fn doubled(points: &[RistrettoPoint]) -> impl Iterator<Item = Encoded> {
    points.chunks(BATCH).flat_map(RistrettoPoint::double_and_compress_batch).map(|it| it.to_bytes())
}

/// Works on parts of a list at a time, one part for each thread, and gives the results in the list's order.
///
/// # Errors
/// The first that the work gives.
pub(crate) fn on_threads<T: Sync, U: Send>(
    threads: usize,
    list: &[T],
    work: &(impl Fn(&[T]) -> Result<Vec<U>, Refused> + Sync),
) -> Result<Vec<U>, Refused> {
    let part = list.len().div_ceil(threads.max(1)).max(1);
    if list.len() <= part {
        return work(list);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = list.chunks(part).map(|part| scope.spawn(move || work(part))).collect();
        let mut all = Vec::with_capacity(list.len());
        for thread in running {
            // A thread only ends otherwise where the program is broken, and then this one is too.
            all.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}

/// Pairs of elements of which each second is the first times the key, as far as they are proven by one proof.
pub(crate) struct Pairs<'p> {
    pub(crate) suite: Suite,
    /// The public key.
    pub(crate) public: &'p Encoded,
    /// At most 65,535.
    pub(crate) firsts: &'p [RistrettoPoint],
    /// Each pair, encoded.
    pub(crate) encoded: &'p [(Encoded, Encoded)],
}

impl Pairs<'_> {
    /// One element for many of each list: the sums that ComputeComposites (RFC 9497, 2.2.1) makes of the firsts, or seconds, of all pairs.
    pub(crate) fn composites<const LISTS: usize>(&self, lists: [&[RistrettoPoint]; LISTS]) -> [RistrettoPoint; LISTS] {
        let tag = [b"Seed-", self.suite.0.as_bytes()].concat();
        let seed = Sha512::new().chain_update(length(self.public)).chain_update(self.public);
        let seed: [u8; 64] = seed.chain_update(length(&tag)).chain_update(&tag).finalize().into();
        let hasher = Hasher::new(self.suite.tag("HashToScalar-"));
        let weight = |(number, (first, second)): (u16, &(Encoded, Encoded))| {
            let number = number.to_be_bytes();
            hasher.scalar(&[&[0, 64], &seed, &number, &[0, 32], first, &[0, 32], second, b"Composite"])
        };
        let weights: Vec<Scalar> = (0..).zip(self.encoded).map(weight).collect();
        lists.map(|elements| RistrettoPoint::vartime_multiscalar_mul(&weights, elements))
    }

    fn challenge(&self, elements: [RistrettoPoint; 4]) -> Scalar {
        let [m, z, t2, t3] = elements.map(|it| it.compress().to_bytes());
        let size: &[u8] = &[0, 32];
        self.suite.scalar(&[size, self.public, size, &m, size, &z, size, &t2, size, &t3, b"Challenge"])
    }

    /// GenerateProof (RFC 9497, 2.2.1). Its random scalar is a hash of key and statement, as in EdDSA, so that no generator's fault gives
    /// the key away.
    pub(crate) fn prove(&self, key: &Scalar) -> [u8; PROOF] {
        let [first] = self.composites([self.firsts]);
        let encoded = first.compress().to_bytes();
        let secret = Zeroizing::new(key.to_bytes());
        let random = self.suite.scalar(&[b"Random-", &*secret, self.public, &encoded]);
        self.prove_with(key, &Zeroizing::new(random), first)
    }

    pub(crate) fn prove_with(&self, key: &Scalar, random: &Scalar, first: RistrettoPoint) -> [u8; PROOF] {
        let challenge = self.challenge([first, first * key, RistrettoPoint::mul_base(random), first * random]);
        let mut proof = [0; PROOF];
        let (head, tail) = proof.split_at_mut(ELEMENT);
        head.copy_from_slice(challenge.as_bytes());
        tail.copy_from_slice((random - challenge * key).as_bytes());
        proof
    }

    /// VerifyProof (RFC 9497, 2.2.2) of these second elements.
    pub(crate) fn holds(&self, seconds: &[RistrettoPoint], proof: &[u8; PROOF]) -> Result<bool, Refused> {
        let [first, second] = self.composites([self.firsts, seconds]);
        let scalar = |bytes: &[u8]| {
            let bytes = bytes.try_into().unwrap_or([u8::MAX; ELEMENT]);
            Option::<Scalar>::from(Scalar::from_canonical_bytes(bytes))
        };
        let (head, tail) = proof.split_at(ELEMENT);
        let (Some(challenge), Some(response)) = (scalar(head), scalar(tail)) else { return Ok(false) };
        let public = decode(self.public)?;
        let t2 = RistrettoPoint::vartime_multiscalar_mul([response, challenge], [BASE, public]);
        let t3 = RistrettoPoint::vartime_multiscalar_mul([response, challenge], [first, second]);
        Ok(self.challenge([first, second, t2, t3]) == challenge)
    }
}

/// The public key of a key.
pub(crate) fn public(key: &Scalar) -> Encoded {
    RistrettoPoint::mul_base(key).compress().to_bytes()
}
