//! Who a desk is to others: a key that signs and a key that is encrypted to, and the secrets behind them.

use std::fmt;
use std::fs;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use private_match::{Identity, PublicKey, Seed};
use sha2::{Digest, Sha256};

use super::Error;
use crate::claim::EntryId;
use crate::desk::{self, Desk, KEYS, write_new};

/// The file of the secrets, below the desk's keys.
const FILE: &str = "private-match.key";

/// What a key begins with as it is written.
const PREFIX: &str = "gainsay-party-1";

/// A party's public keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// What its signatures are checked with.
    pub signs: PublicKey,
    /// The age recipient that files for it are encrypted to.
    recipient: String,
}

impl Party {
    /// Thirty digits that two people can read to each other: who has another key has other digits.
    pub fn digits(&self) -> String {
        let digest = Sha256::new().chain_update(b"gainsay private 1 party").chain_update(self.to_string()).finalize();
        let groups = digest.as_chunks::<5>().0.iter().take(3).map(|bytes| {
            let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) % 10_000_000_000;
            format!("{:05} {:05}", number / 100_000, number % 100_000)
        });
        groups.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn recipient(&self) -> Result<age::x25519::Recipient, Error> {
        self.recipient.parse().map_err(|_| Error::NotAParty { key: self.recipient.clone() })
    }
}

/// An Ed25519 public key as it is written: 64 hexadecimal digits.
pub(super) fn hex(key: &PublicKey) -> String {
    EntryId(key.0).to_string()
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}:{}:{}", hex(&self.signs), self.recipient)
    }
}

impl FromStr for Party {
    type Err = Error;

    fn from_str(key: &str) -> Result<Party, Error> {
        let not = || Error::NotAParty { key: key.to_owned() };
        let mut parts = key.trim().split(':');
        let (Some(PREFIX), Some(signs), Some(recipient), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(not());
        };
        let party = Party { signs: signs_of(signs).ok_or_else(not)?, recipient: recipient.to_owned() };
        party.recipient().map_err(|_| not())?;
        Ok(party)
    }
}

/// The key that signatures are checked with, given by itself or with the other.
///
/// # Errors
/// It is neither.
pub fn signing_key(key: &str) -> Result<PublicKey, Error> {
    match signs_of(key.trim()) {
        Some(signs) => Ok(signs),
        None => key.parse::<Party>().map(|party| party.signs),
    }
}

fn signs_of(digits: &str) -> Option<PublicKey> {
    digits.parse::<EntryId>().ok().map(|key| PublicKey(key.0))
}

/// A desk's secrets for private matches.
pub(super) struct Keys {
    pub(super) identity: Identity,
    pub(super) seed: Seed,
    pub(super) age: age::x25519::Identity,
}

impl Keys {
    /// Those of a desk, which are made when they are first needed.
    ///
    /// # Errors
    /// The file can't be written, or is none of this program's.
    pub(super) fn of(desk: &Desk) -> Result<Keys, desk::Error> {
        let path = desk.root().join(KEYS).join(FILE);
        if !path.exists() {
            let age = age::x25519::Identity::generate();
            let [signs, seed] = [super::random()?, super::random()?].map(|bytes| EntryId(bytes).to_string());
            write_new(&path, &format!("{signs}\n{seed}\n{}\n", age.to_string().expose_secret()), true)?;
        }
        let failed = |why| desk::Error::File { action: "read", path: path.clone(), why };
        let text = fs::read_to_string(&path).map_err(failed)?;
        let mut lines = text.lines();
        let mut bytes = || lines.next().and_then(|line| line.parse::<EntryId>().ok());
        let (signs, seed) = (bytes(), bytes());
        let age = lines.next().and_then(|line| line.parse().ok());
        let (Some(signs), Some(seed), Some(age)) = (signs, seed, age) else {
            return Err(Error::NoKeys { path }.into());
        };
        Ok(Keys { identity: Identity::new(&signs.0), seed: Seed::new(seed.0), age })
    }

    /// What others know of them.
    pub(super) fn party(&self) -> Party {
        Party { signs: self.identity.public(), recipient: self.age.to_public().to_string() }
    }
}
