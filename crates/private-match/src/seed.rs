use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use curve25519_dalek::Scalar;

/// Thirty-two random bytes, from which a party derives everything that it keeps secret. It is wiped when it is dropped.
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// Of bytes that a generator fit for keys gave.
    pub fn new(bytes: [u8; 32]) -> Seed {
        Seed(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Sixty-four bytes for a purpose and a context.
    pub(crate) fn block(&self, purpose: &'static str, context: &[&[u8]]) -> Zeroizing<[u8; 64]> {
        let mut hash = Sha512::new().chain_update(b"gainsay private 1 secret").chain_update(*self.0);
        hash.update([u8::try_from(purpose.len()).unwrap_or(u8::MAX)]);
        hash.update(purpose);
        context.iter().for_each(|part| hash.update(part));
        Zeroizing::new(hash.finalize().into())
    }

    /// A scalar for a purpose and a context.
    pub(crate) fn scalar(&self, purpose: &'static str, context: &[&[u8]]) -> Zeroizing<Scalar> {
        Zeroizing::new(Scalar::from_bytes_mod_order_wide(&self.block(purpose, context)))
    }

    /// A number for a purpose and a context.
    pub(crate) fn number(&self, purpose: &'static str, context: &[&[u8]]) -> u64 {
        leading(&*self.block(purpose, context))
    }
}

/// SHA-256 of parts behind a name of what they are.
pub(crate) fn digest(what: &'static str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(b"gainsay private 1 ").chain_update(what);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// The number of the eight leading bytes.
pub(crate) fn leading(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
